/**
 * Stages 2 to 4 of the published method (OSSO, Keller et al., CVPR 2022): shape, lying pose, posing.
 *
 * Notation: y = R_p u + t_p with R_p = exp(r_p), r_p and t_p absolute and changed by addition; u the local point of the subject's shape.
 *
 *   shape     s = [beta 1] W
 *   lying     start r = 0, t = the template's; 20 steps:   y - R_ldm v_lying (3 rows);   w_i |v - 0.005 n - y|^2 (1 row)
 *   posing    t -= mean(y) - mean(v), then calls A, B, C:
 *     spring    c |y - v| - d0,  d0 = max(|y - v|_lying, 0.01 m),  c = -sign((y - v) . n), constant in the Jacobian
 *     stitch    (y_a - y_b) - (y_a - y_b)_lying, in the world's frame
 *     ligament  |y_a - y_b| - |y_a - y_b|_lying
 *     ball      |c_2 - c_1| - r_0,  c the centre of the least-squares sphere of a patch, r_0 its lying value, 0 for the hips
 *
 *   call   steps   residuals
 *   A      10      spring, 10 stitch, clavicle ligaments
 *   B      10      spring, stitch, clavicle ligaments
 *   C      15      0.1 stitch of the edges {0,3,4,5,9,17,19} (spine, ankles), knee ligaments, 1.1 ball, 0.05 spring
 *
 * Dogleg with the published rules (solve/lsq.h). A sphere centre is fitted once in part coordinates, with which
 * it moves rigidly; the released program has a wrong derivative there. Stage 3 takes the skin as computed; stage 4 takes the lying and
 * the registered skin through single precision, as they come from files there, and bones as computed.
 */
#ifndef OIK_SKELETON_PUBLISHED_H
#define OIK_SKELETON_PUBLISHED_H

#include "body/published_registration.h"
#include "skeleton/skeleton.h"

typedef enum oik_published_call { OIK_CALL_LYING, OIK_CALL_A, OIK_CALL_B, OIK_CALL_C, OIK_N_CALLS } oik_published_call;

/**
 * Stages 2 and 3.
 * @param[out] out     puppet->r is set; NULL on error
 * @param[out] report  may be NULL
 * @param[in]  options on_step and on_step_context are used
 * @param[in]  more_iterations caps are lifted: each call goes on, for at most 200 steps, until the cost falls by less than 1e-10 of itself
 * @return OIK_E_MODEL for a model without tables of the published method, or for more than 10 shape modes of the skin; OIK_E_CANCELLED;
 *         OIK_E_NOT_FINITE; OIK_E_SOLVER; OIK_E_MEMORY
 * 4 ms at real size (21 parts, 3,119 contacts), stage 4 17 ms (3,113 springs, 815 interface pairs, 85,670 vertices).
 */
oik_status oik_published_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model, const oik_body_model *skin,
                               const oik_published_body *body, const oik_skel_options *options, bool more_iterations, oik_error *err);

/** Stage 4. @param[out] reports of calls A, B, C, may be NULL; @param[in] lying as oik_published_infer made it. Else as above. */
oik_status oik_published_pose(oik_puppet **out, oik_lsq_report reports[3], const oik_skel_model *model, const oik_body_model *skin,
                              const oik_published_body *body, const oik_puppet *lying, const oik_skel_options *options,
                              bool more_iterations, oik_error *err);

#endif
