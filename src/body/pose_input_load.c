/** Body parameters from .npz files in the style of AMASS. Formulas and arrays are in the header. */
#include "body/pose_input_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

enum { SMPLH_JOINTS = 52, SHARED_JOINTS = 22 /* 0 to 21 are the same in both */ };

void oik_pose_input_free(oik_pose_input *input) {
    if (!input)
        return;
    free(input->rotations);
    free(input->trans);
    free(input->betas);
    free(input);
}

static oik_status shape_error(const char *path, const char *name, const char *expected, int n_dim, const size_t *shape,
                              oik_error *err) {
    char found[64] = "a single number";
    if (n_dim == 1)
        snprintf(found, sizeof found, "(%zu)", shape[0]);
    else if (n_dim == 2)
        snprintf(found, sizeof found, "(%zu, %zu)", shape[0], shape[1]);
    else if (n_dim > 2)
        snprintf(found, sizeof found, "%d dimensions", n_dim);
    return oik_fail(err, OIK_E_SHAPE, "%s: array '%s': expected the shape %s, found %s", path, name, expected, found);
}

/** An array of 1 or 2 dimensions as rows; a vector is one row. SHAPE for others, with what was expected. */
static oik_status read_rows(double **values, size_t *n_rows, size_t *n_columns, const oik_npz *npz, const char *path,
                            const char *name, const char *expected, oik_error *err) {
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    oik_status status = oik_npz_shape(npz, name, &n_dim, shape, err);
    if (status)
        return status;
    if (n_dim < 1 || n_dim > 2)
        return shape_error(path, name, expected, n_dim, shape, err);
    *n_rows = n_dim == 2 ? shape[0] : 1;
    *n_columns = shape[n_dim - 1];
    return oik_npz_read_f64(npz, name, n_dim, shape, values, err);
}

/** The 24 joints of SMPL out of a row of the file. */
static void take_joints(oik_vec3 joints[OIK_N_JOINTS], const double *row, int n_file_joints) {
    int n_shared = n_file_joints == OIK_N_JOINTS ? OIK_N_JOINTS : SHARED_JOINTS;
    for (int j = 0; j < n_shared; j++)
        joints[j] = v3(row[3 * j], row[3 * j + 1], row[3 * j + 2]);
}

/** Rows of rotations, one per frame: (frames, 3 joints) or one such row, (frames, joints, 3), or (joints, 3) for one frame. */
static oik_status read_rotations(double **values, size_t *n_rows, size_t *n_columns, const oik_npz *npz, const char *path,
                                 const char *name, const char *expected, oik_error *err) {
    int n_dim = 0;
    size_t shape[OIK_NPZ_MAX_DIM];
    oik_status status = oik_npz_shape(npz, name, &n_dim, shape, err);
    if (status)
        return status;
    bool points = n_dim >= 2 && n_dim <= 3 && shape[n_dim - 1] == 3 &&
                  (shape[n_dim - 2] == OIK_N_JOINTS || shape[n_dim - 2] == SMPLH_JOINTS);
    if (!points)
        return read_rows(values, n_rows, n_columns, npz, path, name, expected, err);
    *n_rows = n_dim == 3 ? shape[0] : 1;
    *n_columns = 3 * shape[n_dim - 2];
    return oik_npz_read_f64(npz, name, n_dim, shape, values, err);
}

static oik_status load_poses(oik_pose_input *input, const oik_npz *npz, const char *path, oik_error *err) {
    static const char expected[] = "(frames, 72) of SMPL or (frames, 156) of SMPL-H, or (frames, joints, 3)";
    const char *name = oik_npz_has(npz, "poses") ? "poses" : "pose";
    double *values = NULL;
    size_t n_columns = 0;
    if (!oik_npz_has(npz, name))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected body parameters with an array 'poses' or 'pose', found neither", path);
    oik_status status = read_rotations(&values, &input->n_frames, &n_columns, npz, path, name, expected, err);
    if (!status && (input->n_frames == 0 || (n_columns != 3 * OIK_N_JOINTS && n_columns != 3 * SMPLH_JOINTS)))
        status = shape_error(path, name, expected, 2, (size_t[]){input->n_frames, n_columns}, err);
    if (!status) {
        input->n_file_joints = (int)(n_columns / 3);
        input->rotations = oik_new(input->n_frames, OIK_N_JOINTS * sizeof *input->rotations, err);
        status = input->rotations ? OIK_OK : OIK_E_MEMORY;
    }
    for (size_t i = 0; i < input->n_frames && !status; i++)
        take_joints(input->rotations + i * OIK_N_JOINTS, values + i * n_columns, input->n_file_joints);
    free(values);
    return status;
}

static oik_status load_trans(oik_pose_input *input, const oik_npz *npz, const char *path, oik_error *err) {
    double *values = NULL;
    size_t n_rows = input->n_frames, n_columns = 3;
    oik_status status = OIK_OK;
    if (oik_npz_has(npz, "trans"))
        status = read_rows(&values, &n_rows, &n_columns, npz, path, "trans", "(frames, 3)", err);
    if (!status && (n_rows != input->n_frames || n_columns != 3))
        status = oik_fail(err, OIK_E_SHAPE, "%s: array 'trans': expected the shape (%zu, 3) as there are %zu poses, found (%zu, %zu)", path,
                          input->n_frames, input->n_frames, n_rows, n_columns);
    if (!status) {
        input->trans = oik_new(input->n_frames, sizeof *input->trans, err);
        status = input->trans ? OIK_OK : OIK_E_MEMORY;
    }
    for (size_t i = 0; i < input->n_frames && values && !status; i++)
        input->trans[i] = v3(values[3 * i], values[3 * i + 1], values[3 * i + 2]);
    free(values);
    return status;
}

static oik_status load_betas(oik_pose_input *input, const oik_npz *npz, const char *path, oik_error *err) {
    size_t n_rows = 0;
    if (!oik_npz_has(npz, "betas"))
        return OIK_OK;
    oik_status status = read_rows(&input->betas, &n_rows, &input->n_betas, npz, path, "betas", "(parameters), at least one", err);
    if (!status && (n_rows != 1 || input->n_betas == 0))
        status = shape_error(path, "betas", "(parameters), at least one, one shape for all frames", 2,
                             (size_t[]){n_rows, input->n_betas}, err);
    return status;
}

/** female, f, Female, b'female' and so on. */
static oik_pose_gender gender_of(const char *text) {
    static const char *const words[] = {"", "female", "male", "neutral"};
    char word[16] = "";
    size_t n = 0;
    if (text[0] == 'b' && (text[1] == '\'' || text[1] == '"')) /* bytes that Python turned into text */
        text += 2;
    for (; n + 1 < sizeof word && *text && *text != '\'' && *text != '"'; text++)
        word[n++] = (char)(*text >= 'A' && *text <= 'Z' ? *text + ('a' - 'A') : *text);
    word[n] = '\0';
    for (int g = OIK_GENDER_FEMALE; g <= OIK_GENDER_NEUTRAL; g++)
        if (strcmp(word, words[g]) == 0 || (n == 1 && word[0] == words[g][0]))
            return (oik_pose_gender)g;
    return OIK_GENDER_UNKNOWN;
}

/** A gender that is no text (some files have it as a pickled object) is unknown: the caller has to be told it anyway. */
static oik_status load_gender(oik_pose_input *input, const oik_npz *npz, oik_error *err) {
    size_t n = 0;
    char **text = NULL;
    if (!oik_npz_has(npz, "gender"))
        return OIK_OK;
    oik_error unread;
    oik_status status = oik_npz_read_text(npz, "gender", &n, &text, &unread);
    if (status == OIK_E_MEMORY && err)
        *err = unread;
    if (!status && n == 1)
        input->gender = gender_of(text[0]);
    free(text);
    return status == OIK_E_MEMORY ? status : OIK_OK;
}

static oik_status load(oik_pose_input *input, const oik_npz *npz, const char *path, oik_error *err) {
    oik_status status = load_poses(input, npz, path, err);
    if (!status)
        status = load_trans(input, npz, path, err);
    if (!status)
        status = load_betas(input, npz, path, err);
    if (!status)
        status = load_gender(input, npz, err);
    if (!status)
        status = oik_npz_read_frame_rate(npz, &input->frame_rate, err);
    input->z_up = oik_npz_has(npz, "mocap_framerate") || oik_npz_has(npz, "mocap_frame_rate");
    return status;
}

oik_status oik_pose_input_load(oik_pose_input **out, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = NULL;
    oik_pose_input *input = oik_new(1, sizeof *input, err);
    oik_status status = input ? oik_npz_open_on_disk(&npz, path, err) : OIK_E_MEMORY;
    if (!status)
        status = load(input, npz, path, err);
    oik_npz_free(npz);
    if (status)
        oik_pose_input_free(input);
    else
        *out = input;
    return status;
}

void oik_pose_subject_free(oik_pose_subject *subject) {
    if (!subject)
        return;
    free(subject->beta);
    free(subject);
}

oik_status oik_pose_subject_new(oik_pose_subject **out, const oik_pose_input *input, const oik_body_model *model,
                                oik_shape_space space, oik_error *err) {
    *out = NULL;
    oik_pose_subject *subject = oik_new(1, sizeof *subject, err);
    if (!subject)
        return OIK_E_MEMORY;
    subject->beta = oik_new(model->n_modes, sizeof *subject->beta, err);
    if (!subject->beta) {
        oik_pose_subject_free(subject);
        return OIK_E_MEMORY;
    }
    size_t n_common = input->n_betas < model->n_modes ? input->n_betas : model->n_modes;
    size_t n_used = space == OIK_SHAPE_SMPL ? n_common : 0;
    if (n_used)
        memcpy(subject->beta, input->betas, n_used * sizeof *subject->beta);
    if (space != OIK_SHAPE_SMPL && input->n_betas)
        snprintf(subject->betas_ignored, sizeof subject->betas_ignored,
                 "the file's %zu shape parameters (betas) are not used: they belong to SMPL's shape space, the model has its own",
                 input->n_betas);
    else if (n_used < input->n_betas)
        snprintf(subject->betas_ignored, sizeof subject->betas_ignored,
                 "only %zu of the file's %zu shape parameters (betas) are used: the model has no more modes", n_used, input->n_betas);
    oik_body_shape_joints(subject->J, model, subject->beta);
    subject->file_root = space == OIK_SHAPE_SMPL ? subject->J[OIK_J_PELVIS] : v3(0, OIK_SMPL_ROOT_Y, OIK_SMPL_ROOT_Z);
    *out = subject;
    return OIK_OK;
}

oik_status oik_pose_input_frame(oik_body_pose *pose, const oik_pose_input *input, const oik_pose_subject *subject, size_t frame,
                                oik_error *err) {
    static const oik_mat3 y_up_of_z_up = {{{1, 0, 0}, {0, 0, 1}, {0, -1, 0}}};
    if (frame >= input->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "frame %zu asked for, expected 0 to %zu", frame, input->n_frames - 1);
    const oik_vec3 *w = input->rotations + frame * OIK_N_JOINTS;
    oik_mat3 C = input->z_up ? y_up_of_z_up : m3_identity();
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose->R[j] = oik_rot_exp(w[j]);
    pose->R[OIK_J_PELVIS] = m3_mul(C, pose->R[OIK_J_PELVIS]);
    oik_vec3 pelvis = m3_mulv(C, v3_add(subject->file_root, input->trans[frame]));
    pose->tau = v3_sub(pelvis, subject->J[OIK_J_PELVIS]);
    return OIK_OK;
}
