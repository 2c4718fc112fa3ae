/** The files for OpenSim that one subject gets (see osim_files.h). */
#include "export/osim_files.h"

#include "base/file.h"
#include "base/status.h"
#include "export/mot.h"
#include "export/obj_geometry.h"
#include "export/osim.h"
#include "export/osim_setup.h"
#include "export/trc.h"

const char *oik_osim_file_suffix(oik_osim_file file) {
    static const char *const suffix[OIK_OSIM_N_FILES] = {".osim", ".mot", ".trc", "_static.trc", "_ik_setup.xml", "_scale_setup.xml"};
    return suffix[file];
}

oik_status oik_osim_file_write(const oik_rig *rig, oik_osim_file file, const char *base, const char *path, oik_error *err) {
    switch (file) {
    case OIK_OSIM_MODEL: return oik_osim_write(rig, path, err);
    case OIK_OSIM_MOTION: return oik_mot_write(rig, path, err);
    case OIK_OSIM_MARKERS: return oik_trc_write(rig, path, err);
    case OIK_OSIM_STATIC: return oik_trc_write_static(rig, path, err);
    case OIK_OSIM_IK_SETUP: return oik_osim_ik_setup_write(rig, base, path, err);
    case OIK_OSIM_SCALE_SETUP: return oik_osim_scale_setup_write(rig, base, path, err);
    case OIK_OSIM_N_FILES: break;
    }
    return oik_fail(err, OIK_E_ARGUMENT, "%s: unknown kind of file", path);
}

oik_status oik_osim_write_all(const oik_rig *rig, const char *base, const char *folder, oik_error *err) {
    oik_buf path = {0};
    oik_status status = OIK_OK;
    for (int file = 0; file < OIK_OSIM_N_FILES && !status; file++) {
        path.size = 0;
        oik_buf_printf(&path, "%s/%s%s", folder, base, oik_osim_file_suffix((oik_osim_file)file));
        status = path.status ? oik_fail(err, path.status, "%s", oik_status_sentence(path.status))
                             : oik_osim_file_write(rig, (oik_osim_file)file, base, path.data, err);
    }
    oik_buf_free(&path);
    return status ? status : oik_obj_geometry_write_all(rig, folder, err);
}
