/**
 * Posing of a sequence: the lying puppet of one subject moved into every frame, each frame from the last one.
 *
 *   min over R, t:  the energy of oik_skel_pose + w_b^2 sum_pk | y_pk - y_pk,body |^2 + w_t^2 sum_pk | y_pk - y_pk,carried |^2
 *
 * y_pk are four far-apart points of part p. "Body" is the lying puppet moved with the joints of the registered body, coupled parts
 * turned by their drivers: where oik_skel_pose starts. "Carried" is the last frame's placement under the motion of those joints since: where
 * the search starts. Each frame is solved without barriers, then once more with those that this placement calls for. More rounds do not
 * bring more bone inside, and let the shoulder girdle wander from frame to frame. Neighbouring bones may enter each other by some
 * millimetres: looking for that (clearance.h) would double the time. The matrix is analysed again only when a part has more barriers
 * than in any frame before.
 */
#ifndef OIK_SKELETON_TRACK_H
#define OIK_SKELETON_TRACK_H

#include "skeleton/skeleton.h"

typedef struct oik_skel_track oik_skel_track; /**< one subject and one triangulation of its skin */

typedef struct oik_skel_track_options {
    oik_skel_options first;   /**< of the first frame and of restarts */
    oik_skel_options next;    /**< of the others: some steps from a start that is nearly right */
    double body_weight;       /**< w_b [1/m], default 400: a part may stray by 2.5 mm from the motion of its joint. Springs alone follow
                                   the skin, which slides near joints and hardly shows turns about the length of a bone. 0: none */
    double temporal_weight;   /**< w_t [1/m], default 20: 50 mm, only for what nothing else decides. 0: none */
} oik_skel_track_options;

oik_skel_track_options oik_skel_track_options_default(void);

typedef struct oik_skel_track_report {
    oik_lsq_report solve;
    bool restarted; /**< posed as a single frame */
} oik_skel_track_report;

/**
 * @param[in] model,body,faces must outlive the track; lying is copied
 * @param[in] fit   v_subject, v_shaped (lying.h) and frames.J are read: those of the whole sequence
 * @param[in] faces closed triangulation of the frames' skin, n_faces
 * @return OIK_E_MEMORY. About 10 MB with the first frame.
 */
oik_status oik_skel_track_new(oik_skel_track **out, const oik_skel_model *model, const oik_body_model *body, const oik_body_fit *fit,
                              const int32_t (*faces)[3], size_t n_faces, const oik_puppet *lying, oik_error *err);
void oik_skel_track_free(oik_skel_track *track);

/**
 * Pose the next frame.
 * @param[out] puppet  of the same model (oik_puppet_new); untouched on error
 * @param[out] report  may be NULL
 * @param[in]  frames  of the body in this frame (fit.frames of oik_body_track_frame)
 * @param[in]  x       n_vertices of the body, the frame's skin [m]
 * @param[in]  restart nothing is known of the last frame (its time is far away, or its registration was restarted)
 * @return as oik_skel_pose; after an error the next frame is a restart
 * About 20 ms for the built-in model, a sixth of a single frame's. Its memory does not grow with the number of frames.
 */
oik_status oik_skel_track_frame(oik_puppet *puppet, oik_skel_track_report *report, oik_skel_track *track, const oik_body_frames *frames,
                                const oik_vec3 *x, bool restart, const oik_skel_track_options *options, oik_error *err);

/**
 * "Body": the lying puppet as the registered body alone moves it, coupled parts turned by their drivers. Parts come apart at the joints
 * by millimetres, but each has the orientation that all the skin of its segment tells, with nothing between it and the registration.
 * @param[out] puppet of the same model
 */
void oik_skel_track_carried(oik_puppet *puppet, oik_skel_track *track, const oik_body_frames *frames);

/**
 * Go on from a placement as the last frame's: after a stop, with what was kept of it, or on the way. What is known of the skin is
 * forgotten, so the next frames depend on nothing but this placement: they come out the same either way. Costs one look at every vertex.
 * @param[in] last   copied
 * @param[in] frames of the body in that frame
 */
void oik_skel_track_continue(oik_skel_track *track, const oik_puppet *last, const oik_body_frames *frames);

#endif
