/** The JSON chunk of a glTF file. */
#ifndef OIK_EXPORT_GLB_JSON_H
#define OIK_EXPORT_GLB_JSON_H

#include "base/file.h"
#include "export/glb_layout.h"

/** Append the document, without padding. @return OIK_E_MEMORY */
oik_status oik_glb_json(oik_buf *buf, const oik_rig *rig, const oik_glb_layout *layout, oik_error *err);

#endif
