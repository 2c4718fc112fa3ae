/** What a glTF file cannot hold, found before it is written (see glb.h). */
#include "base/status.h"
#include "export/glb_layout.h"

/** Finite also in single precision. */
static bool is_single(oik_vec3 v) {
    return isfinite((float)v.x) && isfinite((float)v.y) && isfinite((float)v.z);
}

/** A mesh, "bone femur_r" or "skin ". */
static oik_status check_mesh(const char *what, const char *name, const oik_vec3 *vertices, size_t n_vertices,
                             const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    if (n_faces == 0)
        return oik_fail(err, OIK_E_SHAPE, "%s%s: expected a mesh, found no face", what, name);
    for (size_t i = 0; i < n_vertices; i++)
        if (!is_single(vertices[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s%s: vertex %zu is not finite", what, name, i);
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (faces[f][k] < 0 || (size_t)faces[f][k] >= n_vertices)
                return oik_fail(err, OIK_E_MODEL, "%s%s: face %zu has vertex %d of %zu", what, name, f, faces[f][k], n_vertices);
    return OIK_OK;
}

static oik_status check_influences(const oik_rig *rig, size_t v, oik_error *err) {
    const double slack = 1e-5; /* weights from files have single precision */
    double sum = 0.0;
    for (int k = 0; k < 4; k++) {
        double weight = rig->skin.weight[v][k];
        if (rig->skin.body[v][k] < 0 || rig->skin.body[v][k] >= rig->n_bodies)
            return oik_fail(err, OIK_E_MODEL, "skin: vertex %zu follows body %d of %d", v, rig->skin.body[v][k], rig->n_bodies);
        if (!(weight >= 0.0))
            return oik_fail(err, OIK_E_MODEL, "skin: vertex %zu has the weight %g, expected one of 0 or more", v, weight);
        sum += weight;
    }
    if (!(fabs(sum - 1.0) <= slack))
        return oik_fail(err, OIK_E_MODEL, "skin: the weights of vertex %zu sum to %.9g, expected 1", v, sum);
    return OIK_OK;
}

static oik_status check_skin(const oik_rig *rig, oik_error *err) {
    const oik_rig_skin *skin = &rig->skin;
    if (skin->n_vertices == 0)
        return OIK_OK;
    if (rig->n_bodies > UINT16_MAX)
        return oik_fail(err, OIK_E_SHAPE, "%d bodies, expected up to %d that carry the skin", rig->n_bodies, UINT16_MAX);
    oik_status status = check_mesh("skin", "", skin->vertices, skin->n_vertices, (const int32_t(*)[3])skin->faces, skin->n_faces, err);
    for (size_t v = 0; v < skin->n_vertices && !status; v++)
        status = check_influences(rig, v, err);
    return status;
}

oik_status oik_glb_check(const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (!status && rig->n_bones == 0 && rig->skin.n_vertices == 0)
        status = oik_fail(err, OIK_E_SHAPE, "the rig has neither bones nor skin");
    for (int b = 0; b < rig->n_bones && !status; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        status = check_mesh("bone ", bone->name, bone->vertices, bone->n_vertices, (const int32_t(*)[3])bone->faces, bone->n_faces, err);
    }
    if (!status)
        status = check_skin(rig, err);
    for (int f = 1; f < rig->n_frames && !status; f++)
        if (!(oik_glb_time(rig, f) > oik_glb_time(rig, f - 1)))
            status = oik_fail(err, OIK_E_ARGUMENT, "frames %d and %d have the same time in single precision", f - 1, f);
    return status;
}
