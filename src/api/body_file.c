/** A body in a file, with everything that the stages behind it read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "api/stage_file.h"
#include "api/stage_input.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/register_workspace.h"

/** What a body holds besides arrays. */
enum { UNITS, TRUNK_RESIDUAL, LONG_EDGES, RMS, REPOSE_RMS, STATURE, N_MEASURES };
enum { MIRRORED, OWN_FACES, ITERATIONS, CONVERGED, FROM_PARAMETERS, N_FLAGS };
enum { MAX_ARRAYS = 18 };

typedef struct body_numbers {
    oik_vec3 pose[OIK_N_JOINTS]; /**< rotation vectors */
    double measures[N_MEASURES];
    int32_t flags[N_FLAGS];
} body_numbers;

/** All arrays of a file, in memory that the body has. @return their number */
static int body_arrays(oik_stage_array list[MAX_ARRAYS], oik_body *b, size_t n_features, body_numbers *numbers) {
    const size_t n = b->n_vertices;
    oik_body_fit *fit = &b->fit;
    const oik_stage_array all[] = {
        {"betas", fit->beta, NULL, 1, {b->n_modes}},
        {"pose", &numbers->pose->x, NULL, 2, {OIK_N_JOINTS, 3}},
        {"trans", &fit->pose.tau.x, NULL, 1, {3}},
        {"vertices", &fit->x_model->x, NULL, 2, {n, 3}},
        {"faces", NULL, b->faces[0], 2, {b->n_faces, 3}},
        {"input_vertices", &b->x->x, NULL, 2, {n, 3}},
        {"rest_vertices", &fit->v_subject->x, NULL, 2, {n, 3}},
        {"rest_model", &fit->v_shaped->x, NULL, 2, {n, 3}},
        {"form_vertices", &fit->form.v_subject->x, NULL, 2, {n, 3}},
        {"form_model", &fit->form.v_shaped->x, NULL, 2, {n, 3}},
        {"form_joints", &fit->form.J->x, NULL, 2, {OIK_N_JOINTS, 3}},
        {"joint_rotations", &fit->pose.R->m[0][0], NULL, 3, {OIK_N_JOINTS, 3, 3}},
        {"world_rotations", &fit->frames.G->m[0][0], NULL, 3, {OIK_N_JOINTS, 3, 3}},
        {"world_joints", &fit->frames.p->x, NULL, 2, {OIK_N_JOINTS, 3}},
        {"rest_joints", &fit->frames.J->x, NULL, 2, {OIK_N_JOINTS, 3}},
        {"measures", numbers->measures, NULL, 1, {N_MEASURES}},
        {"flags", NULL, numbers->flags, 1, {N_FLAGS}},
        {"features", fit->frames.feature, NULL, 1, {n_features}}}; /* the last one, for models that have some */
    int count = (int)(sizeof all / sizeof *all) - (n_features == 0);
    memcpy(list, all, (size_t)count * sizeof *all);
    return count;
}

/* ------------------------------------------------------------------ saving */

static body_numbers numbers_of(const oik_body *b) {
    body_numbers n = {.measures = {[UNITS] = b->input.units_per_metre, [TRUNK_RESIDUAL] = b->input.trunk_residual,
                                   [LONG_EDGES] = b->input.long_edge_share, [RMS] = b->fit.rms, [REPOSE_RMS] = b->fit.repose_rms,
                                   [STATURE] = b->stature},
                      .flags = {[MIRRORED] = b->input.mirrored, [OWN_FACES] = b->own_faces, [ITERATIONS] = b->fit.n_iterations,
                                [CONVERGED] = b->fit.converged, [FROM_PARAMETERS] = b->from_parameters}};
    if (b->origin.method == OIK_METHOD_REFERENCE)
        memcpy(n.pose, b->published.theta, sizeof n.pose);
    for (int j = 0; j < OIK_N_JOINTS && b->origin.method != OIK_METHOD_REFERENCE; j++)
        n.pose[j] = oik_rot_log(b->fit.pose.R[j]);
    return n;
}

oik_status oik_body_save(const oik_body *body, const oik_model *model, const char *path, oik_error *err) {
    oik_body view = *body; /* the table points to what can be written to, for reading */
    body_numbers numbers = numbers_of(body);
    oik_stage_array list[MAX_ARRAYS];
    oik_npz_writer *w = NULL;
    const char *unit = body->input.unit_name;
    if (!body->origin.key[0])
        return oik_fail(err, OIK_E_ARGUMENT, "%s: the body of a sequence is not saved", path);
    oik_status status = oik_check_body(body, model, err);
    if (!status)
        status = oik_stage_file_begin(&w, &body->origin, &body->calls, err);
    if (!status)
        status = oik_npz_add_text(w, "unit", 1, &unit, err);
    if (!status)
        status = oik_stage_file_add(w, list, body_arrays(list, &view, model->body->n_features, &numbers), err);
    if (!status)
        status = oik_npz_writer_save(w, path, 0, err);
    oik_npz_writer_free(w);
    return status;
}

/* ------------------------------------------------------------------ loading */

static oik_status damaged(const char *path, const char *array, oik_error *err) {
    return oik_fail(err, OIK_E_FORMAT, "%s: array %s: a number is out of its range", path, array);
}

static oik_status make_faces(oik_body *b, const oik_npz *npz, const char *path, oik_error *err) {
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    oik_status status = oik_npz_shape(npz, "faces", &n_dim, shape, err);
    if (status)
        return status;
    if (n_dim != 2 || shape[0] == 0 || shape[1] != 3)
        return oik_fail(err, OIK_E_FORMAT, "%s: array faces: expected the shape (faces, 3)", path);
    void *faces = oik_resize(b->faces, shape[0], sizeof *b->faces, err);
    if (!faces)
        return OIK_E_MEMORY;
    b->faces = faces;
    b->n_faces = shape[0];
    return OIK_OK;
}

static oik_status read_unit(oik_body *b, const oik_npz *npz, const char *path, oik_error *err) {
    size_t n = 0;
    char **text = NULL;
    oik_status status = oik_npz_read_text(npz, "unit", &n, &text, err);
    if (!status && (n != 1 || strlen(text[0]) >= sizeof b->unit))
        status = damaged(path, "unit", err);
    if (!status)
        snprintf(b->unit, sizeof b->unit, "%s", text[0]);
    free(text);
    return status;
}

static oik_status check_ranges(const oik_body *b, const body_numbers *n, const char *path, oik_error *err) {
    for (size_t f = 0; f < b->n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (b->faces[f][k] < 0 || (size_t)b->faces[f][k] >= b->n_vertices)
                return damaged(path, "faces", err);
    if (!(n->measures[UNITS] > 0.0))
        return damaged(path, "measures", err);
    return OIK_OK;
}

/** The numbers to their places. */
static void take_numbers(oik_body *b, const oik_body_model *model, const body_numbers *n) {
    const bool mirrored = n->flags[MIRRORED] != 0;
    b->input = (oik_body_input){.units_per_metre = n->measures[UNITS],
                                .unit_name = b->unit,
                                .mirrored = mirrored,
                                .trunk_residual = n->measures[TRUNK_RESIDUAL],
                                .long_edge_share = n->measures[LONG_EDGES]};
    b->fit.rms = n->measures[RMS];
    b->fit.repose_rms = n->measures[REPOSE_RMS];
    b->fit.n_iterations = n->flags[ITERATIONS];
    b->fit.converged = n->flags[CONVERGED] != 0;
    b->stature = n->measures[STATURE];
    b->own_faces = n->flags[OWN_FACES] != 0;
    b->from_parameters = n->flags[FROM_PARAMETERS] != 0;
    oik_body_set_input_index(b, model);
    if (b->origin.method == OIK_METHOD_REFERENCE) {
        b->published.tau = b->fit.pose.tau;
        memcpy(b->published.theta, n->pose, sizeof n->pose);
        for (size_t k = 0; k < OIK_PUBLISHED_N_BETAS && k < b->n_modes; k++)
            b->published.beta[k] = b->fit.beta[k];
    }
}

static oik_status read_body(oik_body *b, const oik_body_model *model, const oik_npz *npz, const char *path, oik_error *err) {
    body_numbers numbers;
    oik_stage_array list[MAX_ARRAYS];
    oik_status status = oik_body_fit_new(&b->fit, model, err);
    if (!status)
        status = make_faces(b, npz, path, err);
    if (!status)
        status = oik_stage_file_read(npz, list, body_arrays(list, b, model->n_features, &numbers), path, err);
    if (!status)
        status = read_unit(b, npz, path, err);
    if (!status)
        status = check_ranges(b, &numbers, path, err);
    if (!status)
        take_numbers(b, model, &numbers);
    return status;
}

static oik_status load(oik_body **out, const oik_model *model, const oik_stage_origin *expected, const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    oik_body *body = NULL;
    oik_status status = oik_body_blank(&body, model->body, err);
    if (!status)
        status = oik_stage_file_open(&npz, &body->calls, expected, path, err);
    if (!status) {
        body->origin = *expected;
        status = read_body(body, model->body, npz, path, err);
    }
    oik_npz_free(npz);
    if (status)
        oik_body_free(body);
    else
        *out = body;
    return status;
}

oik_status oik_body_load(oik_body **out, const oik_model *model, const oik_mesh *mesh, const oik_stage_options *options,
                         const char *path, oik_error *err) {
    char input[OIK_HASH_LENGTH + 1];
    *out = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (status)
        return status;
    oik_stage_hash_mesh(input, mesh);
    oik_stage_origin expected = oik_stage_origin_first(model, options, input);
    return load(out, model, &expected, path, err);
}

oik_status oik_body_load_from_parameters(oik_body **out, const oik_model *model, const oik_body_parameters *parameters,
                                         const oik_stage_options *options, const char *path, oik_error *err) {
    char input[OIK_HASH_LENGTH + 1];
    *out = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (status)
        return status;
    oik_stage_hash_parameters(input, parameters);
    oik_stage_origin expected = oik_stage_origin_first(model, options, input);
    return load(out, model, &expected, path, err);
}
