/** The frames of a sequence (see sequence_input.h). */
#include "cli/sequence_input.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/status.h"
#include "cli/outputs.h"

static bool ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n > m && strcasecmp(text + n - m, ending) == 0;
}

/** Has the file more than one frame of body parameters? Not so when it cannot be read: then reading it says why. */
static bool has_frames(const char *path) {
    int n_dim = 0;
    size_t shape[OIK_NPZ_MAX_DIM];
    oik_npz *npz = NULL;
    oik_status status = oik_npz_open_on_disk(&npz, path, NULL);
    if (!status)
        status = oik_npz_shape(npz, oik_npz_has(npz, "poses") ? "poses" : "pose", &n_dim, shape, NULL);
    oik_npz_free(npz);
    return !status && n_dim == 2 && shape[0] > 1;
}

bool oik_wants_sequence(const oik_options *o) {
    struct stat info;
    if (o->pose_input)
        return has_frames(o->pose_input);
    if (o->sequence)
        return true;
    if (o->n_meshes != 1)
        return false;
    const char *path = o->meshes[0];
    if (stat(path, &info) != 0)
        return strpbrk(path, "*?[") != NULL;
    return S_ISDIR(info.st_mode) || ends_with(path, ".npz") || ends_with(path, ".npy");
}

/* ------------------------------------------------------------------ opening */

static oik_status copy_text(char **to, const char *from, oik_error *err) {
    oik_buf text = {0};
    oik_buf_append(&text, from, strlen(from) + 1);
    *to = text.data;
    return text.status ? oik_fail(err, text.status, "%s", oik_status_sentence(text.status)) : OIK_OK;
}

static oik_status open_meshes(oik_sequence_input *in, const oik_options *o, oik_error *err) {
    oik_status status = oik_mesh_sequence_open(&in->meshes, o->meshes, o->n_meshes, err);
    if (!status)
        status = copy_text(&in->path, o->meshes[0], err);
    if (!status)
        status = copy_text(&in->name, oik_mesh_sequence_name(in->meshes), err);
    if (status)
        return status;
    in->n_frames = oik_mesh_sequence_n_frames(in->meshes);
    in->fps = oik_mesh_sequence_frame_rate(in->meshes);
    return OIK_OK;
}

static oik_status open_poses(oik_sequence_input *in, const oik_options *o, const oik_model *model, oik_error *err) {
    oik_buf name = {0};
    oik_shape_space space = model->family ? OIK_SHAPE_SMPL : OIK_SHAPE_OWN;
    oik_status status = oik_pose_input_load(&in->poses, o->pose_input, err);
    if (!status)
        status = oik_pose_subject_new(&in->subject, in->poses, model->body, space, err);
    if (!status)
        status = copy_text(&in->path, o->pose_input, err);
    if (status)
        return status;
    oik_output_name(&name, o->pose_input);
    status = name.status ? oik_fail(err, name.status, "%s", oik_status_sentence(name.status)) : OIK_OK;
    in->name = name.data; /* the buffer's block changes hands */
    in->n_frames = in->poses->n_frames;
    in->fps = in->poses->frame_rate;
    return status;
}

oik_status oik_sequence_input_open(oik_sequence_input *in, const oik_options *o, const oik_model *model, oik_error *err) {
    const double usual_rate = 30.0;
    *in = (oik_sequence_input){0};
    oik_status status = o->pose_input ? open_poses(in, o, model, err) : open_meshes(in, o, err);
    in->usual_fps = o->fps == 0.0 && in->fps == 0.0;
    in->fps = o->fps > 0.0 ? o->fps : in->fps > 0.0 ? in->fps : usual_rate;
    return status;
}

void oik_sequence_input_free(oik_sequence_input *in) {
    oik_mesh_sequence_free(in->meshes);
    oik_pose_input_free(in->poses);
    oik_pose_subject_free(in->subject);
    oik_mesh_free(in->mesh);
    free(in->path);
    free(in->name);
    *in = (oik_sequence_input){0};
}

void oik_poses_warn(oik_log *log, const char *path, const oik_pose_input *poses, const oik_pose_subject *subject, const char *gender) {
    static const char *const genders[] = {
        [OIK_GENDER_FEMALE] = "female", [OIK_GENDER_MALE] = "male", [OIK_GENDER_NEUTRAL] = "neutral"};
    if (subject->betas_ignored[0])
        oik_log_write(log, OIK_LOG_WARNING, "%s: %s", path, subject->betas_ignored);
    if (poses->gender != OIK_GENDER_UNKNOWN && strcmp(genders[poses->gender], gender) != 0)
        oik_log_write(log, OIK_LOG_WARNING, "%s: the file is of a %s body, the model %s", path, genders[poses->gender], gender);
}

const double *oik_up_of_input(const oik_options *o, const oik_pose_input *poses) {
    static const double y[3] = {0.0, 1.0, 0.0};
    bool given = o->up[0] != 0.0 || o->up[1] != 0.0 || o->up[2] != 0.0;
    return !given && poses && poses->z_up && !o->motion ? y : o->up;
}

/* ------------------------------------------------------------------ the subject */

/** Frames that the subject is learned from: more do not tell more (body/track.h). */
enum { MAX_LEARNED = 5 };

static oik_status learn_meshes(const oik_sequence_input *in, oik_sequence *sequence, oik_sha256 *hash, oik_error *err) {
    oik_mesh *meshes[MAX_LEARNED] = {NULL};
    size_t n = in->n_frames < MAX_LEARNED ? in->n_frames : MAX_LEARNED;
    oik_status status = OIK_OK;
    for (size_t i = 0; i < n && !status; i++) {
        status = oik_mesh_sequence_read(&meshes[i], in->meshes, n > 1 ? i * (in->n_frames - 1) / (n - 1) : 0, err);
        if (!status)
            oik_sha256_add(hash, meshes[i]->vertices, meshes[i]->n_vertices * sizeof *meshes[i]->vertices);
    }
    if (!status)
        status = oik_sequence_learn(sequence, (const oik_mesh *const *)meshes, n, in->path, err);
    for (size_t i = 0; i < n; i++)
        oik_mesh_free(meshes[i]);
    return status;
}

oik_status oik_sequence_input_learn(const oik_sequence_input *in, oik_sequence *sequence, oik_sha256 *hash, oik_error *err) {
    if (in->meshes)
        return learn_meshes(in, sequence, hash, err);
    oik_sha256_add(hash, in->subject->beta, sequence->model->body->n_modes * sizeof *in->subject->beta);
    return oik_sequence_learn_shape(sequence, in->subject->beta, err);
}

/* ------------------------------------------------------------------ frames */

oik_status oik_sequence_input_read(oik_sequence_input *in, size_t frame, char hash[OIK_HASH_LENGTH + 1], oik_error *err) {
    oik_sha256 sha;
    oik_sha256_begin(&sha);
    oik_status status;
    if (in->meshes) {
        oik_mesh_free(in->mesh);
        in->mesh = NULL;
        status = oik_mesh_sequence_read(&in->mesh, in->meshes, frame, err);
        if (!status)
            oik_sha256_add(&sha, in->mesh->vertices, in->mesh->n_vertices * sizeof *in->mesh->vertices);
    } else {
        status = oik_pose_input_frame(&in->pose, in->poses, in->subject, frame, err);
        oik_sha256_add(&sha, &in->pose, sizeof in->pose);
    }
    oik_sha256_end(&sha, hash);
    return status;
}

oik_status oik_sequence_input_add(const oik_sequence_input *in, size_t frame, oik_sequence *sequence, oik_error *err) {
    double time = (double)frame / in->fps;
    oik_status status = in->meshes ? oik_sequence_add(sequence, in->mesh, time, in->path, err)
                                   : oik_sequence_add_pose(sequence, &in->pose, time, err);
    if (status)
        oik_error_prefix(err, "frame %zu", frame);
    return status;
}
