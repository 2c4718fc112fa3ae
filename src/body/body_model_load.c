/**
 * Reading and checking the skin group of a model archive.
 *
 *   array                   shape     stored  meaning
 *   skin_template           (V,3)     f4      rest skin [m], Y up, left on +x, facing +z
 *   skin_faces              (F,3)     i4      triangles, counter-clockwise outside
 *   skin_modes              (K,V,3)   f4      shape modes [m per standard deviation], K >= 1
 *   skin_mode_precision     (K)       f8      prior weight of each mode, > 0
 *   skin_parents            (24)      i4      -1 for joint 0; otherwise smaller than the joint's own number
 *   skin_weight_joint       (V,N)     u1      joints that move a vertex, 1 <= N <= 24
 *   skin_weight             (V,N)     f4      their shares, >= 0, sum 1
 *   skin_mirror             (V)       i4      twin on the other side; an involution
 *   skin_part               (V)       u1      joint whose segment the vertex belongs to
 *   skin_regressor_joint    (n)       u1      sparse joint regressor: row, not decreasing
 *   skin_regressor_vertex   (n)       i4      column
 *   skin_regressor_value    (n)       f8      value; each row sums to 1
 *   optional, of imported models:
 *   skin_correctives        (C,V,3)   f8      pose correctives [m per unit of the feature]: C = 92 of STAR, 207 of SMPL
 *   skin_joints             (24,3)    f8      joints of the template [m]; absent: regressor times template
 *   skin_mode_joints        (K,24,3)  f8      what the modes do to the joints [m]; absent: regressor times modes
 *
 * Sums of 1 are checked to 1e-4 (shares are stored in single precision) and then made exact, so that a translated rest skin gives
 * exactly translated joints and vertices; those of a model with correctives stay as they are, for the numbers of its maker. The dtype
 * may be another: single precision is what the built-in models are stored in, imported ones have f8.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "body/body_model.h"
#include "body/correctives.h"

#define SUM_TOLERANCE 1e-4
/** Of an imported model, whose numbers are used as they are: anything farther off is no regressor of joints. */
#define IMPORTED_SUM_TOLERANCE 1e-2

/** What an archive reader reported about one array, as an error of the model. */
static oik_status array_error(oik_status status, const char *name, oik_error *err) {
    if (status == OIK_OK || status == OIK_E_MEMORY)
        return status;
    oik_error_prefix(err, "body model: array %s", name);
    if (err)
        err->status = OIK_E_MODEL;
    return OIK_E_MODEL;
}

static oik_status read_f64(double **out, const oik_npz *npz, const char *name, int n_dim, size_t *shape,
                           oik_error *err) {
    return array_error(oik_npz_read_f64(npz, name, n_dim, shape, out, err), name, err);
}

/** A three-column array of f64 is an array of points (see base/vec3.h). */
static oik_status read_points(oik_vec3 **out, const oik_npz *npz, const char *name, int n_dim, size_t *shape,
                              oik_error *err) {
    double *values = NULL;
    oik_status status = read_f64(&values, npz, name, n_dim, shape, err);
    *out = (oik_vec3 *)(void *)values;
    return status;
}

/** Integers, each in [low, high). */
static oik_status read_i32(int32_t **out, const oik_npz *npz, const char *name, int n_dim, size_t *shape, int32_t low,
                           size_t high, oik_error *err) {
    oik_status status = array_error(oik_npz_read_i32(npz, name, n_dim, shape, out, err), name, err);
    if (status)
        return status;
    size_t n = 1;
    for (int d = 0; d < n_dim; d++)
        n *= shape[d];
    for (size_t i = 0; i < n; i++)
        if ((*out)[i] < low || (*out)[i] >= (long long)high)
            return oik_fail(err, OIK_E_MODEL, "body model: array %s: entry %zu is %d, expected %d to %lld", name, i,
                            (int)(*out)[i], (int)low, (long long)high - 1);
    return OIK_OK;
}

/** Joint numbers as bytes. */
static oik_status read_joints(uint8_t **out, const oik_npz *npz, const char *name, int n_dim, size_t *shape,
                              oik_error *err) {
    int32_t *wide = NULL;
    oik_status status = read_i32(&wide, npz, name, n_dim, shape, 0, OIK_N_JOINTS, err);
    if (status)
        goto done;
    size_t n = 1;
    for (int d = 0; d < n_dim; d++)
        n *= shape[d];
    *out = oik_new(n, 1, err);
    if (!*out) {
        status = OIK_E_MEMORY;
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        (*out)[i] = (uint8_t)wide[i];
done:
    free(wide);
    return status;
}

/** The smallest skin on which a rigid fit is defined, and sizes whose edge and coordinate counts fit an int. */
enum { MIN_VERTICES = 4, MAX_VERTICES = INT32_MAX / 3, MAX_FACES = INT32_MAX / 12 };

static oik_status load_template(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    size_t shape[] = {SIZE_MAX, 3};
    oik_status status = read_points(&model->template_v, npz, "skin_template", 2, shape, err);
    if (status)
        return status;
    model->n_vertices = shape[0];
    if (model->n_vertices < MIN_VERTICES || model->n_vertices > MAX_VERTICES)
        return oik_fail(err, OIK_E_MODEL, "body model: array skin_template: %zu vertices, expected %d to %d",
                        model->n_vertices, MIN_VERTICES, MAX_VERTICES);
    return OIK_OK;
}

static oik_status load_faces(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    size_t shape[] = {SIZE_MAX, 3};
    int32_t *flat = NULL;
    oik_status status = read_i32(&flat, npz, "skin_faces", 2, shape, 0, model->n_vertices, err);
    model->faces = (int32_t(*)[3])(void *)flat;
    model->n_faces = shape[0];
    if (!status && model->n_faces > MAX_FACES)
        return oik_fail(err, OIK_E_MODEL, "body model: array skin_faces: %zu faces, expected at most %d", model->n_faces,
                        MAX_FACES);
    for (size_t f = 0; !status && f < model->n_faces; f++) {
        const int32_t *t = model->faces[f];
        if (t[0] == t[1] || t[1] == t[2] || t[2] == t[0])
            status = oik_fail(err, OIK_E_MODEL, "body model: array skin_faces: face %zu repeats a vertex", f);
    }
    return status;
}

static oik_status load_modes(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    size_t shape[] = {SIZE_MAX, model->n_vertices, 3};
    oik_status status = read_points(&model->modes, npz, "skin_modes", 3, shape, err);
    if (status)
        return status;
    model->n_modes = shape[0];
    if (model->n_modes == 0)
        return oik_fail(err, OIK_E_MODEL, "body model: array skin_modes: no shape mode, expected at least 1");
    return OIK_OK;
}

/** The family follows from the number of correctives. */
static oik_status load_correctives(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    enum { MOVING_JOINTS = OIK_N_JOINTS - 1 };
    size_t shape[] = {SIZE_MAX, model->n_vertices, 3};
    if (!oik_npz_has(npz, "skin_correctives"))
        return OIK_OK;
    oik_status status = read_points(&model->correctives, npz, "skin_correctives", 3, shape, err);
    if (status)
        return status;
    size_t n_star = MOVING_JOINTS * (size_t)oik_features_per_joint(OIK_CORRECTIVES_STAR);
    size_t n_smpl = MOVING_JOINTS * (size_t)oik_features_per_joint(OIK_CORRECTIVES_SMPL);
    if (shape[0] != n_star && shape[0] != n_smpl)
        return oik_fail(err, OIK_E_MODEL, "body model: array skin_correctives: %zu correctives, expected %zu (STAR) or %zu (SMPL)",
                        shape[0], n_star, n_smpl);
    model->n_features = shape[0];
    model->corrective_kind = shape[0] == n_star ? OIK_CORRECTIVES_STAR : OIK_CORRECTIVES_SMPL;
    return OIK_OK;
}

static oik_status load_precision(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    oik_status status = read_f64(&model->mode_precision, npz, "skin_mode_precision", 1, &(size_t){model->n_modes}, err);
    for (size_t k = 0; !status && k < model->n_modes; k++)
        if (model->mode_precision[k] <= 0.0)
            status = oik_fail(err, OIK_E_MODEL, "body model: array skin_mode_precision: entry %zu is %g, expected > 0", k,
                              model->mode_precision[k]);
    return status;
}

static oik_status load_parents(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    int32_t *parents = NULL;
    oik_status status = read_i32(&parents, npz, "skin_parents", 1, &(size_t){OIK_N_JOINTS}, -1, OIK_N_JOINTS, err);
    for (int j = 0; !status && j < OIK_N_JOINTS; j++) {
        model->parents[j] = parents[j];
        if (j == 0 ? parents[j] != -1 : parents[j] < 0 || parents[j] >= j)
            status = oik_fail(err, OIK_E_MODEL, "body model: array skin_parents: parent of joint %d is %d, expected %s", j,
                              (int)parents[j], j == 0 ? "-1" : "a joint before it");
    }
    free(parents);
    return status;
}

/** Shares of one vertex: none negative, of sum 1; made exact unless as_stored. */
static oik_status scale_shares(double *w, size_t n, size_t vertex, bool as_stored, oik_error *err) {
    double sum = 0.0;
    bool negative = false;
    for (size_t k = 0; k < n; k++) {
        sum += w[k];
        negative |= w[k] < 0.0;
    }
    if (negative || fabs(sum - 1.0) > (as_stored ? IMPORTED_SUM_TOLERANCE : SUM_TOLERANCE))
        return oik_fail(err, OIK_E_MODEL,
                        "body model: array skin_weight: vertex %zu has shares of sum %.6g%s, expected 1 and none negative",
                        vertex, sum, negative ? ", one negative" : "");
    for (size_t k = 0; k < n && !as_stored; k++)
        w[k] /= sum;
    return OIK_OK;
}

/** The positive entries of a table of n joints and shares for every vertex. */
static oik_status set_influences(oik_body_model *model, const uint8_t *joint, const double *weight, size_t n,
                                 oik_error *err) {
    size_t n_all = n * model->n_vertices, n_positive = 0;
    for (size_t i = 0; i < n_all; i++)
        n_positive += weight[i] > 0.0;
    model->influence_start = oik_new(model->n_vertices + 1, sizeof *model->influence_start, err);
    model->influence_joint = oik_new(n_positive, sizeof *model->influence_joint, err);
    model->influence_weight = oik_new(n_positive, sizeof *model->influence_weight, err);
    if (!model->influence_start || !model->influence_joint || !model->influence_weight)
        return OIK_E_MEMORY;
    size_t e = 0;
    for (size_t i = 0; i < n_all; i++) {
        if (weight[i] > 0.0) {
            model->influence_joint[e] = joint[i];
            model->influence_weight[e++] = weight[i];
        }
        model->influence_start[i / n + 1] = e;
    }
    return OIK_OK;
}

static oik_status load_influences(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    size_t shape[] = {model->n_vertices, SIZE_MAX};
    uint8_t *joint = NULL;
    double *weight = NULL;
    oik_status status = read_joints(&joint, npz, "skin_weight_joint", 2, shape, err);
    if (!status && (shape[1] < 1 || shape[1] > OIK_N_JOINTS))
        status = oik_fail(err, OIK_E_MODEL, "body model: array skin_weight_joint: %zu joints for each vertex, expected 1 to %d",
                          shape[1], OIK_N_JOINTS);
    if (!status)
        status = read_f64(&weight, npz, "skin_weight", 2, shape, err);
    for (size_t i = 0; !status && i < model->n_vertices; i++)
        status = scale_shares(weight + i * shape[1], shape[1], i, model->n_features > 0, err);
    if (!status)
        status = set_influences(model, joint, weight, shape[1], err);
    free(joint);
    free(weight);
    return status;
}

static oik_status load_mirror(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    oik_status status =
        read_i32(&model->mirror, npz, "skin_mirror", 1, &(size_t){model->n_vertices}, 0, model->n_vertices, err);
    for (size_t i = 0; !status && i < model->n_vertices; i++)
        if (model->mirror[model->mirror[i]] != (int32_t)i)
            status = oik_fail(err, OIK_E_MODEL, "body model: array skin_mirror: the twin of vertex %zu is %d, whose twin is %d", i,
                              (int)model->mirror[i], (int)model->mirror[model->mirror[i]]);
    return status;
}

static oik_status load_part(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    return read_joints(&model->part, npz, "skin_part", 1, &(size_t){model->n_vertices}, err);
}

/** Row starts from the row number of every entry. */
static oik_status set_rows(oik_body_model *model, const uint8_t *row, size_t n, oik_error *err) {
    for (size_t e = 0; e < n; e++) {
        if (e > 0 && row[e] < row[e - 1])
            return oik_fail(err, OIK_E_MODEL, "body model: array skin_regressor_joint: entry %zu goes back from joint %d to %d",
                            e, row[e - 1], row[e]);
        model->regressor_start[row[e] + 1] = e + 1;
    }
    for (int j = 0; j < OIK_N_JOINTS; j++)
        if (model->regressor_start[j + 1] < model->regressor_start[j])
            model->regressor_start[j + 1] = model->regressor_start[j];
    return OIK_OK;
}

static oik_status scale_rows(oik_body_model *model, oik_error *err) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        double sum = 0.0;
        for (size_t e = model->regressor_start[j]; e < model->regressor_start[j + 1]; e++)
            sum += model->regressor_value[e];
        if (fabs(sum - 1.0) > (model->n_features ? IMPORTED_SUM_TOLERANCE : SUM_TOLERANCE))
            return oik_fail(err, OIK_E_MODEL, "body model: array skin_regressor_value: joint %d sums to %.6g, expected 1", j, sum);
        for (size_t e = model->regressor_start[j]; e < model->regressor_start[j + 1] && !model->n_features; e++)
            model->regressor_value[e] /= sum;
    }
    return OIK_OK;
}

static oik_status load_regressor(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    size_t n = SIZE_MAX;
    uint8_t *row = NULL;
    oik_status status = read_joints(&row, npz, "skin_regressor_joint", 1, &n, err);
    if (!status)
        status = read_i32(&model->regressor_vertex, npz, "skin_regressor_vertex", 1, &n, 0, model->n_vertices, err);
    if (!status)
        status = read_f64(&model->regressor_value, npz, "skin_regressor_value", 1, &n, err);
    if (!status)
        status = set_rows(model, row, n, err);
    if (!status)
        status = scale_rows(model, err);
    free(row);
    return status;
}

/** How far stored joints of the template may be from regressor times template [m]: rounding, no other body. */
static const double JOINT_TOLERANCE = 1e-4;

static oik_status load_template_joints(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    oik_vec3 *stored = NULL;
    oik_status status = read_points(&stored, npz, "skin_joints", 2, (size_t[]){OIK_N_JOINTS, 3}, err);
    for (size_t j = 0; !status && j < OIK_N_JOINTS; j++) {
        double distance = v3_dist(stored[j], model->joints[j]);
        if (distance > JOINT_TOLERANCE)
            status = oik_fail(err, OIK_E_MODEL,
                              "body model: array skin_joints: joint %zu is %.3g m from regressor times template, expected at most %g",
                              j, distance, JOINT_TOLERANCE);
        model->joints[j] = stored[j];
    }
    free(stored);
    return status;
}

/** The joints as an import stored them take the place of the derived ones. */
static oik_status load_joints(oik_body_model *model, const oik_npz *npz, oik_error *err) {
    oik_status status = oik_body_model_derive(model, err);
    if (!status && oik_npz_has(npz, "skin_joints"))
        status = load_template_joints(model, npz, err);
    if (!status && oik_npz_has(npz, "skin_mode_joints")) {
        free(model->mode_joints);
        status = read_points(&model->mode_joints, npz, "skin_mode_joints", 3, (size_t[]){model->n_modes, OIK_N_JOINTS, 3}, err);
    }
    return status;
}

oik_status oik_body_model_load(oik_body_model **out, const oik_npz *npz, oik_error *err) {
    static oik_status (*const steps[])(oik_body_model *, const oik_npz *, oik_error *) = {
        load_template,   load_faces,  load_modes, load_correctives, load_precision, load_parents,
        load_influences, load_mirror, load_part,  load_regressor,   load_joints};
    *out = NULL;
    oik_body_model *model = oik_new(1, sizeof *model, err);
    if (!model)
        return OIK_E_MEMORY;
    oik_status status = OIK_OK;
    for (size_t s = 0; !status && s < sizeof steps / sizeof *steps; s++)
        status = steps[s](model, npz, err);
    if (status)
        oik_body_model_free(model);
    else
        *out = model;
    return status;
}
