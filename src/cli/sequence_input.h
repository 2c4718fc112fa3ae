/** The frames of a sequence: meshes in files or arrays, or body parameters. */
#ifndef OIK_CLI_SEQUENCE_INPUT_H
#define OIK_CLI_SEQUENCE_INPUT_H

#include "api/sequence.h"
#include "body/pose_input_load.h"
#include "cli/options.h"
#include "mesh/mesh_sequence.h"

typedef struct oik_sequence_input {
    oik_mesh_sequence *meshes;
    oik_pose_input *poses;
    oik_pose_subject *subject;
    char *path;            /**< as given; of several files the first */
    char *name;            /**< base of the output files */
    size_t n_frames;
    double fps;
    bool usual_fps;        /**< neither the input nor the user says */
    oik_mesh *mesh;        /**< of the frame read last, or NULL */
    oik_body_pose pose;
} oik_sequence_input;

/** Do the options ask for a sequence: --sequence, --pose_input of more than one frame, or one folder, pattern or array file? */
bool oik_wants_sequence(const oik_options *options);

/** Release with oik_sequence_input_free, also after an error. Errors as in oik_mesh_sequence_open, oik_pose_input_load. */
oik_status oik_sequence_input_open(oik_sequence_input *input, const oik_options *options, const oik_model *model, oik_error *err);
void oik_sequence_input_free(oik_sequence_input *input);

/** Say what of a file of body parameters is not used, and that it is of the other sex than the model. */
void oik_poses_warn(oik_log *log, const char *path, const oik_pose_input *poses, const oik_pose_subject *subject, const char *gender);

/**
 * Signed axis (3) that points up in the frame of the results: --up; else y where a file of body parameters has its world Z up (AMASS),
 * which is turned to Y up; else zeros: to be found. poses: NULL for meshes; --motion has a frame of its own.
 */
const double *oik_up_of_input(const oik_options *options, const oik_pose_input *poses);

/** Teach the sequence its subject: from frames spread over the input, or the parameters' shape. What it is learned from is hashed. */
oik_status oik_sequence_input_learn(const oik_sequence_input *input, oik_sequence *sequence, oik_sha256 *hash, oik_error *err);

/** Read a frame. @param[out] hash of its vertices or its pose */
oik_status oik_sequence_input_read(oik_sequence_input *input, size_t frame, char hash[OIK_HASH_LENGTH + 1], oik_error *err);
/** Add the frame read last. */
oik_status oik_sequence_input_add(const oik_sequence_input *input, size_t frame, oik_sequence *sequence, oik_error *err);

#endif
