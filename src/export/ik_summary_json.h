/** Summary of inverse kinematics from keypoints: what was read, how it was matched, how good the motion is, what was written. */
#ifndef OIK_EXPORT_IK_SUMMARY_JSON_H
#define OIK_EXPORT_IK_SUMMARY_JSON_H

#include "base/file.h"
#include "ik/keypoint_motion.h"

typedef struct oik_ik_summary {
    const char *name;                     /**< base of the output files */
    const char *chain_path, *motion_path; /**< as given */
    const oik_matched_keypoints *matched;
    const oik_ik_motion *motion;
    const char *solver;
    size_t n_messages;
    const char *const *messages;          /**< n_messages, warnings and remarks in sentences */
    size_t n_files;
    const char *const *files;             /**< written files, relative to the output directory */
    double solve_seconds, seconds;        /**< wall time of solving, and with reading and writing */
} oik_ik_summary;

/**
 * One JSON object on one line; the schema is docs/schema/ik-summary.schema.json. Wall times are all under the key "times": everything
 * else is equal for equal input. Lengths in metres, angles in degrees; numbers have 9 significant digits.
 * @return OIK_E_MEMORY. Appends to buf.
 */
oik_status oik_ik_summary_json(oik_buf *buf, const oik_ik_summary *summary, oik_error *err);

#endif
