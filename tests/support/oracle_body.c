/* Oracles of the published method (see the header). */
#include "support/oracle_body.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "body/correctives.h"
#include "mesh/mesh_io.h"
#include "support/shared_path.h"

const char *const oracle_genders[2] = {"female", "male"};

const char *oracle_folder(char out[ORACLE_PATH_LENGTH], int k) {
    if (k == 0)
        return shared_path(out, "oracle");
    snprintf(out, ORACLE_PATH_LENGTH, "tests/data/oracle");
    if (access(out, R_OK) == 0)
        return out;
    fprintf(stderr, "skipped: no %s\n", out);
    return NULL;
}

static void *complain(const oik_error *err) {
    fprintf(stderr, "oracle: %s\n", err->message);
    return NULL;
}

oik_npz *oracle_expected(const char *folder, const char *gender, const char *name) {
    char path[2 * ORACLE_PATH_LENGTH];
    oik_error err = {0};
    oik_npz *npz = NULL;
    snprintf(path, sizeof path, "%s/expected/%s/%s.npz", folder, gender, name);
    return oik_npz_open(&npz, path, &err) == OIK_OK ? npz : complain(&err);
}

/* An array of any shape as one row of numbers. */
static double *flat_numbers(const oik_npz *npz, const char *name, size_t *n, oik_error *err) {
    int n_dim = 0;
    size_t shape[OIK_NPZ_MAX_DIM];
    double *out = NULL;
    if (oik_npz_shape(npz, name, &n_dim, shape, err) || oik_npz_read_f64(npz, name, n_dim, shape, &out, err))
        return NULL;
    *n = 1;
    for (int d = 0; d < n_dim; d++)
        *n *= shape[d];
    return out;
}

double *oracle_numbers(const oik_npz *npz, const char *name, size_t *n) {
    oik_error err = {0};
    size_t found = 0;
    double *out = flat_numbers(npz, name, &found, &err);
    if (!out)
        return complain(&err);
    if (*n != SIZE_MAX && *n != found) {
        fprintf(stderr, "oracle: %s has %zu numbers, expected %zu\n", name, found, *n);
        free(out);
        return NULL;
    }
    *n = found;
    return out;
}

/* The arrays of a licensed file. */
typedef struct licensed {
    double *v_template, *shapedirs, *posedirs, *J_regressor, *weights, *kintree_table, *f;
    size_t n_template, n_shapedirs, n_posedirs, n_regressor, n_weights, n_kintree, n_f;
} licensed;

static void licensed_free(licensed *a) {
    free(a->v_template);
    free(a->shapedirs);
    free(a->posedirs);
    free(a->J_regressor);
    free(a->weights);
    free(a->kintree_table);
    free(a->f);
}

static int licensed_read(licensed *a, const oik_npz *npz, oik_error *err) {
    a->v_template = flat_numbers(npz, "v_template", &a->n_template, err);
    a->shapedirs = flat_numbers(npz, "shapedirs", &a->n_shapedirs, err);
    a->posedirs = flat_numbers(npz, "posedirs", &a->n_posedirs, err);
    a->J_regressor = flat_numbers(npz, "J_regressor", &a->n_regressor, err);
    a->weights = flat_numbers(npz, "weights", &a->n_weights, err);
    a->kintree_table = flat_numbers(npz, "kintree_table", &a->n_kintree, err);
    a->f = flat_numbers(npz, "f", &a->n_f, err);
    return a->v_template && a->shapedirs && a->posedirs && a->J_regressor && a->weights && a->kintree_table && a->f;
}

/* Field k of n three-vectors whose coefficients come last: (n, 3, n_fields). */
static void copy_field(oik_vec3 *out, const double *in, size_t n, size_t n_fields, size_t k) {
    for (size_t v = 0; v < n; v++)
        out[v] = v3(in[(3 * v) * n_fields + k], in[(3 * v + 1) * n_fields + k], in[(3 * v + 2) * n_fields + k]);
}

static size_t count_nonzero(const double *a, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += a[i] != 0.0;
    return count;
}

static int allocate(oik_body_model *m, const licensed *a, oik_error *err) {
    size_t n = m->n_vertices = a->n_template / 3, n_regressor = count_nonzero(a->J_regressor, a->n_regressor);
    m->n_faces = a->n_f / 3;
    m->n_modes = a->n_shapedirs / a->n_template;
    m->corrective_kind = OIK_CORRECTIVES_STAR;
    m->n_features = 23 * (size_t)oik_features_per_joint(m->corrective_kind);
    if (a->n_posedirs != a->n_template * (m->n_features + 1) || a->n_weights != n * OIK_N_JOINTS ||
        a->n_regressor != n * OIK_N_JOINTS || a->n_kintree != 2 * OIK_N_JOINTS || m->n_modes < 2)
        return 0;
    size_t n_influences = count_nonzero(a->weights, a->n_weights);
    m->template_v = oik_new(n, sizeof *m->template_v, err);
    m->faces = oik_new(m->n_faces, sizeof *m->faces, err);
    m->modes = oik_new(m->n_modes * n, sizeof *m->modes, err);
    m->mode_precision = oik_new(m->n_modes, sizeof *m->mode_precision, err);
    m->influence_start = oik_new(n + 1, sizeof *m->influence_start, err);
    m->influence_joint = oik_new(n_influences, sizeof *m->influence_joint, err);
    m->influence_weight = oik_new(n_influences, sizeof *m->influence_weight, err);
    m->mirror = oik_new(n, sizeof *m->mirror, err);
    m->part = oik_new(n, sizeof *m->part, err);
    m->regressor_vertex = oik_new(n_regressor, sizeof *m->regressor_vertex, err);
    m->regressor_value = oik_new(n_regressor, sizeof *m->regressor_value, err);
    m->mode_joints = oik_new(m->n_modes * OIK_N_JOINTS, sizeof *m->mode_joints, err);
    m->correctives = oik_new(m->n_features * n, sizeof *m->correctives, err);
    return m->template_v && m->faces && m->modes && m->mode_precision && m->influence_start && m->influence_joint &&
           m->influence_weight && m->mirror && m->part && m->regressor_vertex && m->regressor_value && m->mode_joints &&
           m->correctives;
}

/* Weights of each vertex, the heaviest first. */
static void copy_influences(oik_body_model *m, const double *weights) {
    size_t end = 0;
    for (size_t v = 0; v < m->n_vertices; v++) {
        size_t start = end;
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            double w = weights[v * OIK_N_JOINTS + (size_t)j];
            if (w == 0.0)
                continue;
            size_t k = end++;
            for (; k > start && m->influence_weight[k - 1] < w; k--) {
                m->influence_weight[k] = m->influence_weight[k - 1];
                m->influence_joint[k] = m->influence_joint[k - 1];
            }
            m->influence_weight[k] = w;
            m->influence_joint[k] = (uint8_t)j;
        }
        m->influence_start[v + 1] = end;
        m->part[v] = m->influence_joint[start];
        m->mirror[v] = (int32_t)v;
    }
}

static void copy_regressor(oik_body_model *m, const double *regressor) {
    size_t end = 0;
    for (size_t j = 0; j < OIK_N_JOINTS; j++) {
        for (size_t v = 0; v < m->n_vertices; v++)
            if (regressor[j * m->n_vertices + v] != 0.0) {
                m->regressor_vertex[end] = (int32_t)v;
                m->regressor_value[end++] = regressor[j * m->n_vertices + v];
            }
        m->regressor_start[j + 1] = end;
    }
}

static void copy_tables(oik_body_model *m, const licensed *a) {
    copy_field(m->template_v, a->v_template, m->n_vertices, 1, 0);
    for (size_t i = 0; i < a->n_f; i++)
        m->faces[i / 3][i % 3] = (int32_t)a->f[i];
    for (size_t k = 0; k < m->n_modes; k++) {
        copy_field(m->modes + k * m->n_vertices, a->shapedirs, m->n_vertices, m->n_modes, k);
        m->mode_precision[k] = 1.0;
    }
    for (size_t f = 0; f < m->n_features; f++)
        copy_field(m->correctives + f * m->n_vertices, a->posedirs, m->n_vertices, m->n_features + 1, f);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        m->parents[j] = j == 0 ? -1 : (int)a->kintree_table[j];
    copy_influences(m, a->weights);
    copy_regressor(m, a->J_regressor);
    oik_body_joints(m->joints, m, m->template_v);
    for (size_t k = 0; k < m->n_modes; k++)
        oik_body_joints(m->mode_joints + k * OIK_N_JOINTS, m, m->modes + k * m->n_vertices);
    for (size_t v = 0; v < m->n_vertices; v++) { /* the corrective that beta[1] drives */
        const double *last = a->posedirs + 3 * v * (m->n_features + 1) + m->n_features;
        oik_vec3 d = v3(last[0], last[m->n_features + 1], last[2 * (m->n_features + 1)]);
        m->modes[m->n_vertices + v] = v3_add(m->modes[m->n_vertices + v], d);
    }
}

oik_body_model *oracle_body_new(const char *folder, const char *gender) {
    char path[2 * ORACLE_PATH_LENGTH];
    oik_error err = {.message = "the arrays of the body model do not fit together"};
    oik_npz *npz = NULL;
    licensed arrays = {0};
    oik_body_model *model = calloc(1, sizeof *model);
    snprintf(path, sizeof path, "%s/pack/data/star_1_1/%s/model.npz", folder, gender);
    int complete = model && oik_npz_open(&npz, path, &err) == OIK_OK && licensed_read(&arrays, npz, &err) &&
                   allocate(model, &arrays, &err);
    if (complete)
        copy_tables(model, &arrays);
    licensed_free(&arrays);
    oik_npz_free(npz);
    if (complete)
        return model;
    oik_body_model_free(model);
    return complain(&err);
}

oik_vec3 *oracle_input(const char *folder, const char *gender, size_t n) {
    char path[2 * ORACLE_PATH_LENGTH];
    oik_error err = {.message = "the input has another vertex count than the model"};
    oik_mesh *mesh = NULL;
    oik_vec3 *out = NULL;
    snprintf(path, sizeof path, "%s/bodies/%s.ply", folder, gender);
    if (oik_mesh_read(&mesh, path, &err) == OIK_OK && mesh->n_vertices == n) {
        out = mesh->vertices;
        mesh->vertices = NULL;
    }
    oik_mesh_free(mesh);
    return out ? out : complain(&err);
}
