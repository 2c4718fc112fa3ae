/**
 * Registration of a sequence of meshes of one subject: one shape, warm starts, a weak temporal prior.
 *
 *   min  sum_v a_v | x_v - y_v(theta, tau) |^2 + sum_{j>0} rho_j^2 | log R_j |^2 + rho_t^2 sum_j | log(R_pred,j^T R_j) |^2
 *
 * The shape is that of registration.h, learned once; with it fixed the data term depends on the vertices through a few sums
 * (register_moments.h), so that a step costs the same as for a stick figure and no vertex is left out. Each frame starts from the
 * cheaper of two poses: the prediction at constant angular velocity, and the last pose under the motion of the root's own vertices
 * (closed form). R_pred are the local rotations of the prediction (the global one at the root).
 * The sums know no pose correctives: a model with correctives is tracked vertex by vertex.
 */
#ifndef OIK_BODY_TRACK_H
#define OIK_BODY_TRACK_H

#include "body/registration.h"

typedef struct oik_body_track oik_body_track; /**< one subject: shape, own skin, the last two poses */

typedef struct oik_body_track_options {
    oik_body_register_options registration; /**< of the shape; pose_prior and max_iterations of every frame. fixed_beta is not read */
    double temporal_prior; /**< rho_t [m/rad], default 0.3e-3: half the weakest of the pose priors. For frames 1/30 s apart or closer;
                                with longer steps it falls by the square, as a prediction gets worse. 0 switches it off */
} oik_body_track_options;

oik_body_track_options oik_body_track_options_default(void);

typedef struct oik_body_track_report {
    int n_iterations;
    bool converged;
    bool restarted; /**< the first frame, or one that only the closed-form start of each joint leads to */
    bool jumped;    /**< a joint is far from its prediction: the temporal prior was dropped */
} oik_body_track_report;

/** What tracking carries from frame to frame, besides the subject: enough to go on elsewhere as if it had never stopped. */
typedef struct oik_body_track_state {
    int n_past;            /**< poses known, 0 to 2 */
    oik_body_pose past[2]; /**< the last one first */
    double dt[2];          /**< time from the pose before it [s], 0: unknown */
    double usual_rms;      /**< running mean over the frames [m] */
} oik_body_track_state;

/** One per subject and thread; the model must outlive it. OIK_E_MEMORY, OIK_E_SOLVER. About 9 MB for 6890 vertices, with the first frame. */
oik_status oik_body_track_new(oik_body_track **out, const oik_body_model *model, oik_error *err);
void oik_body_track_free(oik_body_track *track);

/**
 * Learn the subject from some frames: beta is the mean of their registrations, the own skin the mean of their un-posed skins at that
 * beta. For one frame this is oik_body_fit_mesh. Noise of single frames and creases of single poses shrink with the number of frames;
 * three to five, spread over the sequence, take most of what there is to gain. Forgets the poses tracked so far.
 * @param[in] x n_frames x n_vertices [m]
 * @return as oik_body_fit_mesh; OIK_E_ARGUMENT when n_frames is 0; the track is unchanged on error
 * Cost: one registration per frame, two when there are several.
 */
oik_status oik_body_track_learn(oik_body_track *track, const oik_vec3 *x, size_t n_frames, const oik_body_track_options *options,
                                oik_error *err);

/**
 * Register the next frame. The first one is learned from (oik_body_track_learn) unless that was called before.
 * @param[in,out] fit    zero before the first frame; its arrays are allocated then and used again, free them with oik_body_fit_free.
 *                       beta, v_shaped and v_subject are the same in every frame. Untouched on error, as the track is: a bad frame
 *                       can be left out and its time added to the next dt
 * @param[out]    report may be NULL
 * @param[in]     x      n_vertices [m]
 * @param[in]     dt     time since the last frame [s]; 0: unknown, no prediction and no temporal prior
 * @return OIK_OK; OIK_E_NOT_FINITE; OIK_E_ARGUMENT for a negative dt; OIK_E_CANCELLED; OIK_E_MEMORY (first frame)
 * About 0.7 ms for 6890 vertices (a model with correctives: 20 to 100 ms); allocates nothing after the first frame.
 */
oik_status oik_body_track_frame(oik_body_fit *fit, oik_body_track_report *report, oik_body_track *track, const oik_vec3 *x, double dt,
                                const oik_body_track_options *options, oik_error *err);

/**
 * The subject that was learned, un-posed: beta, v_shaped, v_subject, the joints frames.J; x_model is v_shaped.
 * @param[out] fit as in oik_body_track_frame
 * @return OIK_E_ARGUMENT before there is one; OIK_E_MEMORY
 */
oik_status oik_body_track_subject(oik_body_fit *fit, const oik_body_track *track, oik_error *err);

/** The state after the last frame. */
oik_body_track_state oik_body_track_get_state(const oik_body_track *track);
/** Go on from a state; the subject must have been learned from the same frames (oik_body_track_learn) for the same results. */
void oik_body_track_set_state(oik_body_track *track, const oik_body_track_state *state);

#endif
