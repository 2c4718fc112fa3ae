/** NAME_chain.json (see chain_json.h). The owner of jansson's object building for it: a NULL anywhere ends in json_error. */
#include "export/chain_json.h"

#include <jansson.h>

#include "base/file.h"
#include "base/status.h"
#include "export/json_values.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

/** x rounded to 1e-6, never -0. NULL when x is not finite. */
static json_t *number(double x) {
    double rounded = round(x * 1e6) / 1e6;
    return json_real(rounded == 0.0 ? 0.0 : rounded);
}

static json_t *vector(oik_vec3 v) {
    return json_pack("[o,o,o]", number(v.x), number(v.y), number(v.z));
}

static json_t *matrix(oik_mat3 R) {
    return json_pack("[o,o,o]", vector(v3(R.m[0][0], R.m[0][1], R.m[0][2])), vector(v3(R.m[1][0], R.m[1][1], R.m[1][2])),
                     vector(v3(R.m[2][0], R.m[2][1], R.m[2][2])));
}

static const char *kind_name(oik_joint_kind kind) {
    switch (kind) {
    case OIK_JOINT_FREE:
        return "free";
    case OIK_JOINT_BALL:
        return "ball";
    case OIK_JOINT_UNIVERSAL:
        return "universal";
    case OIK_JOINT_HINGE:
        break;
    }
    return "hinge";
}

static const char *segment_name(const oik_chain *chain, int segment) {
    return segment < 0 ? "ground" : chain->segment_names[segment];
}

/** "coupling" of a coordinate that follows another one. */
static json_t *coupling(const oik_chain *chain, const oik_dof *dof) {
    json_t *polynomial = json_array();
    int failed = 0;
    for (int i = 0; i < dof->n_coefficients; i++)
        failed |= json_array_append_new(polynomial, json_real(dof->coefficient[i]));
    if (failed) {
        json_decref(polynomial);
        return NULL;
    }
    return json_pack("{s:s, s:o}", "master", chain->dofs[dof->master].name, "polynomial", polynomial);
}

static json_t *dof(const oik_chain *chain, const oik_dof *dof, double q) {
    double unit = dof->translation ? 1.0 : DEG_PER_RAD;
    json_t *out = json_pack("{s:s, s:[o,o], s:o}", "name", dof->name, dof->translation ? "range_m" : "range_deg",
                            number(dof->lower * unit), number(dof->upper * unit), dof->translation ? "value_m" : "value_deg",
                            number(q * unit));
    if (out && dof->n_coefficients > 0 && json_object_set_new(out, "coupling", coupling(chain, dof))) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static json_t *joint(const oik_chain_json *in, int i) {
    const oik_chain_joint *joint = &in->chain->joints[i];
    json_t *axes = json_array(), *dofs = json_array();
    int failed = 0;
    for (int k = joint->first_dof; k < joint->first_dof + joint->n_rotations + joint->n_translations; k++) {
        failed |= json_array_append_new(axes, vector(in->axis[k]));
        failed |= json_array_append_new(dofs, dof(in->chain, &in->chain->dofs[k], in->q[k]));
    }
    if (failed) {
        json_decref(axes);
        json_decref(dofs);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "name", joint->name, "parent",
                     segment_name(in->chain, joint->parent), "child", segment_name(in->chain, i), "type",
                     kind_name(joint->kind), "centre", vector(in->centre[i]), "axes", axes, "dofs", dofs);
}

static json_t *segment(const oik_chain_json *in, int i) {
    return json_pack("{s:s, s:o, s:o, s:o}", "name", segment_name(in->chain, i), "origin", vector(in->origin[i]), "rotation",
                     matrix(in->R[i]), "length", number(in->length[i]));
}

static json_t *document(const oik_chain_json *in) {
    json_t *joints = json_array(), *segments = json_array();
    int failed = 0;
    for (int i = 0; i < in->chain->n_segments; i++) {
        failed |= json_array_append_new(joints, joint(in, i));
        failed |= json_array_append_new(segments, segment(in, i));
    }
    if (failed) {
        json_decref(joints);
        json_decref(segments);
        return NULL;
    }
    return json_pack("{s:s, s:i, s:{s:s, s:s}, s:o, s:o}", "format", "osso_ik chain", "version", 1, "units", "length", "m",
                     "angle", "deg", "joints", joints, "segments", segments);
}

static bool joint_is_finite(const oik_chain_json *in, int i) {
    const oik_chain_joint *joint = &in->chain->joints[i];
    bool finite = v3_finite(in->centre[i]);
    for (int k = joint->first_dof; k < joint->first_dof + joint->n_rotations + joint->n_translations; k++)
        finite = finite && isfinite(in->q[k]) && v3_finite(in->axis[k]);
    return finite;
}

static bool segment_is_finite(const oik_chain_json *in, int i) {
    bool finite = v3_finite(in->origin[i]) && isfinite(in->length[i]);
    for (int c = 0; c < 3; c++)
        finite = finite && v3_finite(m3_column(in->R[i], c));
    return finite;
}

static oik_status check(const char *path, const oik_chain_json *in, oik_error *err) {
    for (int i = 0; i < in->chain->n_segments; i++) {
        if (!joint_is_finite(in, i))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: joint %s has a centre, axis or coordinate that is not finite", path,
                            in->chain->joints[i].name);
        if (!segment_is_finite(in, i))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: segment %s has a frame or length that is not finite", path,
                            in->chain->segment_names[i]);
    }
    return OIK_OK;
}

oik_status oik_chain_json_write(const char *path, const oik_chain_json *in, oik_error *err) {
    enum { DIGITS = 15 }; /* significant: a number rounded to 1e-6 prints as it was rounded */
    oik_status status = check(path, in, err);
    if (status)
        return status;
    oik_buf text = {0};
    if (oik_json_append(&text, document(in), JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS))) {
        oik_buf_append(&text, "\n", 1);
        status = oik_buf_write_file(&text, path, err);
    } else {
        status = oik_fail(err, OIK_E_MEMORY, "%s: out of memory, or a name that is not UTF-8", path);
    }
    oik_buf_free(&text);
    return status;
}
