/**
 * The subject's own skin in the rest pose.
 *
 *   D_raw = Q_v^T (x_v - y_v)                        what the model's skin lacks, turned back into the rest pose
 *   (diag(w) + mu L^T L) D = diag(w) D_raw           smoothed where the turning is not to be trusted
 *   u_v = v_v + D_v
 *
 * With pose correctives y has those of the pose, and u, as v, is without: what re-poses to x is u through oik_body_skin.
 * x the subject, y the posed model, v the model's shaped rest skin, Q_v the polar rotation of the blended matrix M_v, L the uniform
 * Laplacian on the edges of the model's faces and their mirror images (so that the result is as symmetric as the subject).
 * w = clip((s - 0.35) / 0.5, 0, 1)^2 + 1e-3 with s the smallest singular value of M_v: blended rotations lose volume where a joint
 * bends, and plain inverse skinning folds the skin there. The trust may be lowered further by a share per vertex.
 */
#ifndef OIK_BODY_UNPOSE_H
#define OIK_BODY_UNPOSE_H

#include "body/body_model.h"

typedef struct oik_body_unpose oik_body_unpose; /**< workspace: L^T L, its symbolic analysis, right-hand sides */

/** Analyse the matrix of a model (once). OIK_E_MEMORY, OIK_E_SOLVER. */
oik_status oik_body_unpose_new(oik_body_unpose **out, const oik_body_model *model, oik_error *err);
void oik_body_unpose_free(oik_body_unpose *unpose);

/**
 * @param[out] u      n_vertices, the subject's rest skin [m]; must not overlap the inputs
 * @param[in]  v,y,x  n_vertices each: shaped rest skin, posed model, subject [m]
 * @param[in]  frames of the fitted pose
 * @param[in]  share  n_vertices, 0..1, by which the ramp of w is multiplied, or NULL: 1
 * @param[in]  mu     smoothness, > 0
 * @return OIK_OK or OIK_E_SOLVER. One sparse factorisation and three right-hand sides; allocates inside CHOLMOD only.
 */
oik_status oik_body_unpose_solve(oik_vec3 *u, oik_body_unpose *unpose, const oik_vec3 *v, const oik_vec3 *y,
                                 const oik_vec3 *x, const oik_body_frames *frames, const double *share, double mu, oik_error *err);

#endif
