/** The files that osso_ik ik writes. */
#ifndef OIK_CLI_IK_OUTPUTS_H
#define OIK_CLI_IK_OUTPUTS_H

#include "base/file.h"
#include "ik/motion.h"

enum { OIK_MAX_IK_OUTPUTS = 5 };

typedef struct oik_ik_outputs {
    size_t n;
    char *paths[OIK_MAX_IK_OUTPUTS]; /**< relative to the output directory; owned */
    oik_status (*write[OIK_MAX_IK_OUTPUTS])(const char *path, const oik_ik_motion *motion, oik_error *err);
} oik_ik_outputs;

/**
 * Base of the output files: the file's name without folder and extension, and of a text file also without a ".pose" before it, so
 * that walk.pose.txt gives walk. Appended to name.
 */
void oik_ik_output_name(oik_buf *name, const char *motion_path);

/** @param[in] exports oik_ik_export bits. OIK_E_MEMORY; release with oik_ik_outputs_free also then. */
oik_status oik_ik_outputs_plan(oik_ik_outputs *out, const char *name, unsigned exports, oik_error *err);
void oik_ik_outputs_free(oik_ik_outputs *outputs);

/**
 * Write all files into dir, which is made when it is not there. On error, and when Ctrl-C comes meanwhile (OIK_E_CANCELLED), what was
 * written and made is removed again.
 */
oik_status oik_ik_outputs_write(const oik_ik_outputs *outputs, const char *dir, const oik_ik_motion *motion, oik_error *err);

#endif
