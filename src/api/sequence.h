/**
 * Meshes of one subject over time: every frame registered and its bones posed from the frame before, then joint angles over all frames.
 *
 * The subject (shape, own skin, lying bones) is learned once; unit and chirality are those of the first mesh. Of a frame only what
 * inverse kinematics, quality and rigs need is kept (oik_sequence_frame, 12 numbers per segment and 6 per part, 4 kB).
 *
 * Frames go in blocks of OIK_SEQUENCE_BLOCK. At the begin of a block tracking goes on from the last poses and placements alone, all of
 * which is in oik_sequence_state: a run that is taken up again at a block gives the same numbers as one that was never stopped.
 */
#ifndef OIK_API_SEQUENCE_H
#define OIK_API_SEQUENCE_H

#include "api/internal.h"
#include "body/track.h"
#include "ik/sequence_ik.h"
#include "skeleton/track.h"

/** A second of tracking at most is lost by a stop; what a block costs anew is 1 ms per frame. */
enum { OIK_SEQUENCE_BLOCK = 32 };

/** Of every frame one vertex of so many is tested for being outside the skin, others in the next one: all take longer than posing. */
enum { OIK_SEQUENCE_SAMPLE = 8 };

struct oik_sequence {
    const oik_model *model;
    oik_stage_options options;
    oik_body_track_options body_options;
    oik_skel_track_options bone_options;
    oik_body_track *bodies;
    oik_skel_track *bones;
    oik_locator *skin;      /**< of the last frame */
    oik_body_frames last_frames; /**< of the last frame's body */
    oik_body *body;         /**< of the last frame, NULL before the subject is known */
    oik_skeleton *lying;
    oik_skeleton *posed;    /**< of the last frame */
    int n_segments;
    size_t n_frames, room;
    oik_sequence_frame *frames; /**< n_frames */
    double *time;           /**< n_frames [s] */
    oik_puppet *carried;    /**< of the last frame: the lying bones as the registered body moves them */
    oik_mat3 *R;            /**< n_frames x n_segments, segment frame -> input's frame, of the carried bones */
    oik_vec3 *centre;       /**< n_frames x n_segments, centre of the joint that moves the segment, of the posed bones [m] */
    oik_vec3 *part_r, *part_t; /**< n_frames x n_parts, placement of the posed bones: rotation vector [rad], translation [m] */
};

/** Room for one frame more. OIK_E_MEMORY. */
oik_status oik_sequence_make_room(oik_sequence *sequence, oik_error *err);
/** Free what only adding frames needs, before oik_sequence_solve_chain. */
void oik_sequence_end_tracking(oik_sequence *sequence);

/** Bytes of a frame's record. */
size_t oik_sequence_record_size(const oik_sequence *sequence);
/** Everything that is kept of one frame, in this machine's order of bytes. record: oik_sequence_record_size. */
void oik_sequence_get_record(uint8_t *record, const oik_sequence *sequence, size_t frame);
/** Append a frame from its record, without tracking it; after the last one oik_sequence_set_state. OIK_E_MEMORY. */
oik_status oik_sequence_put_record(oik_sequence *sequence, const uint8_t *record, oik_error *err);

/** Bytes of the state of tracking; the subject must be known for this and the next two. */
size_t oik_sequence_state_size(const oik_sequence *sequence);
/** State after the last frame, whose number must be the last of a block. state: oik_sequence_state_size. */
void oik_sequence_get_state(uint8_t *state, const oik_sequence *sequence);
/** Go on after the frames that were put. */
void oik_sequence_set_state(oik_sequence *sequence, const uint8_t *state);

/**
 * Learn the subject: from one mesh or more, in the same unit and chirality, spread over the sequence. oik_sequence_add does it with
 * its first mesh otherwise.
 * @param[in] meshes n_meshes; the first one tells unit and chirality, and its faces are those of all frames
 */
oik_status oik_sequence_learn(oik_sequence *sequence, const oik_mesh *const *meshes, size_t n_meshes, const char *name, oik_error *err);

/** Body parameters in place of meshes: the subject has this shape (n_modes of the model). */
oik_status oik_sequence_learn_shape(oik_sequence *sequence, const double *beta, oik_error *err);
/** A frame of a posed model; after oik_sequence_learn_shape. Errors as in oik_sequence_add. */
oik_status oik_sequence_add_pose(oik_sequence *sequence, const oik_body_pose *pose, double time, oik_error *err);

/** Joint angles over all frames; the chain must be that of the lying skeleton. progress: as in oik_sequence_options, or NULL. */
oik_status oik_sequence_solve_chain(oik_ik_motion **out, const oik_sequence *sequence, const oik_chain *chain,
                                    int (*on_progress)(void *context, int n_done), void *context, oik_error *err);

#endif
