/** --motion: keypoints that drive the chain of a mesh's subject. */
#ifndef OIK_CLI_DRIVEN_H
#define OIK_CLI_DRIVEN_H

#include "cli/options.h"
#include "osso_ik.h"

/** Lengths are the subject's, directions the keypoints'. */
typedef struct oik_driven {
    oik_chain_file *chain;
    oik_motion *motion; /**< NULL without --motion */
} oik_driven;

/**
 * Before anything is computed: can the keypoints be read, and have they the even time steps that some formats of --export need?
 * Nothing without --motion.
 * @return as oik_keypoints_load; OIK_E_FORMAT for the time steps
 */
oik_status oik_driven_check(const oik_options *options, oik_error *err);

/** Nothing without --motion. Errors as in oik_motion_from_keypoint_file; release with oik_driven_free, also after one. */
oik_status oik_driven_solve(oik_driven *driven, const oik_skeleton *lying, const oik_options *options, oik_log *log, oik_error *err);
void oik_driven_free(oik_driven *driven);

#endif
