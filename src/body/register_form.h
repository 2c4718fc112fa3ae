/**
 * The form of a subject: the rest skin as it comes out of every pose alike. Bones take their shape from it.
 *
 *   min  sum_v a_v r_v | x_v - y_v(theta, tau, beta, o) |^2 + sigma_f^2 sum_k c_k beta_k^2 + pose prior + rho_o^2 sum_j |o_j|^2
 *        p_j = p_parent + G_parent (J_j - J_parent + o_j)                                     o_j at hips, knees, ... wrists only
 *   (diag(W) + mu_f L^T L) D = diag(W) D_raw,  W = r^2 (1 - h) w                              as in unpose.h, frames with the o_j
 *   form_v = v_v(beta) + (1 - h_v) D_v + h_v D_raw,v                                         h_v: how much of a vertex is hand
 *
 * The registration holds segments together at the model's joints. Those of a subject lie elsewhere, by some 10 mm, so a bent limb is off its
 * place, and shape and un-posed skin give way as the joint bends: lengths between joints by 3 to 5 % (measured on bodies re-posed 15 ways).
 * With shifts o_j every segment lies where its own skin is, and what one segment is like follows from that segment alone.
 * r_v = prod_j (1 - 2 s_vj)^2 over shoulders, elbows and wrists is 0 where a vertex goes half with such a joint (s_vj, register_jacobian.h) and
 * folds, 1 where it goes with one segment. It does not depend on the pose. Skin of hips and knees counts: a thigh in a deep crouch has no
 * more room for its bone than that shows, while its middle is stretched by a tenth (real SMPL bodies). D is smooth over three fingers'
 * breadth: what of the skin the shape modes lack, without its folds. Smooth over a hand's breadth it lost where the buttocks of a real crouch
 * are, and its thigh bones came out 3 % longer. Hands (h_v) are those of the un-posed skin: fingers bend at joints that the model does not
 * have, and are straightened later.
 */
#ifndef OIK_BODY_REGISTER_FORM_H
#define OIK_BODY_REGISTER_FORM_H

#include "body/register_workspace.h"

/**
 * r_v, and a_v r_v with the sum 1.
 * @param[out] rigidity,weight n_vertices each
 * @param[in]  area            n_vertices: a_v
 */
void oik_body_form_weights(double *rigidity, double *weight, const oik_body_model *model, const double *area);

/**
 * Form of the subject at workspace->state, which is a minimum of the registration with the shape free and is changed. A model with pose
 * correctives has its joints where the subject's are, and known folds: its form is the un-posed skin in workspace->subject.
 * @param[out] form    arrays of n_vertices (oik_body_fit_new); filled
 * @param[in]  target  of the registration
 * @return OIK_OK; OIK_E_NOT_FINITE; OIK_E_CANCELLED by options->stops; OIK_E_SOLVER. Some steps of the registration with 36 unknowns more, and one un-posing.
 */
oik_status oik_body_register_form(oik_body_rest *form, oik_body_register *workspace, const oik_body_target *target,
                                  const oik_body_register_options *options, oik_error *err);

#endif
