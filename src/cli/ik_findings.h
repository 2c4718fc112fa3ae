/** What a user should know about keypoints and the motion solved from them, as sentences. */
#ifndef OIK_CLI_IK_FINDINGS_H
#define OIK_CLI_IK_FINDINGS_H

#include "cli/log.h"
#include "ik/keypoint_motion.h"

enum { OIK_MAX_FINDINGS = 8 };

typedef struct oik_finding {
    oik_log_level level;
    char *text; /**< owned */
} oik_finding;

typedef struct oik_ik_findings {
    int n;
    oik_finding list[OIK_MAX_FINDINGS];
} oik_ik_findings;

/**
 * Pairs that were dropped, lengths that differ, keypoints that are never seen or have long gaps; and of the motion frames with large
 * errors and coordinates that stay on a bound.
 *
 * @param[out] out    release with oik_ik_findings_clear also after an error
 * @param[in]  motion NULL before it is solved
 * @return OIK_E_MEMORY
 */
oik_status oik_ik_findings_collect(oik_ik_findings *out, const oik_keypoints *keypoints, const oik_matched_keypoints *matched,
                                   const oik_ik_motion *motion, oik_error *err);
void oik_ik_findings_clear(oik_ik_findings *findings);

#endif
