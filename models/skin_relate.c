#include "models/skin_relate.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh.h"

static void copy_skin(oik_body_model *body, const oik_skin *skin) {
    size_t n = skin->n_vertices;
    memcpy(body->template_v, skin->template_v, n * sizeof *body->template_v);
    memcpy(body->faces, skin->faces, skin->n_faces * sizeof *body->faces);
    size_t e = 0;
    for (size_t v = 0; v < n; v++) {
        for (int k = 0; k < OIK_SKIN_N_WEIGHTS; k++)
            if (skin->weight[v][k] > 0.0) {
                body->influence_joint[e] = skin->weight_joint[v][k];
                body->influence_weight[e++] = skin->weight[v][k];
            }
        body->influence_start[v + 1] = e;
    }
    for (int j = 0; j < OIK_N_JOINTS; j++)
        body->parents[j] = oik_skin_joint_parent[j];
    for (size_t r = 0; r < skin->n_regressor; r++) {
        int j = skin->regressor_joint[r];
        body->joints[j] = v3_madd(body->joints[j], skin->regressor_value[r], skin->template_v[skin->regressor_vertex[r]]);
    }
}

oik_status oik_template_skin_new(oik_template_skin *out, const oik_skin *skin, const oik_mat3 lying_R[OIK_N_JOINTS], oik_error *err) {
    size_t n = skin->n_vertices;
    *out = (oik_template_skin){.skin = skin};
    oik_body_model *body = out->body = oik_new(1, sizeof *body, err);
    if (!body)
        return OIK_E_MEMORY;
    body->n_vertices = n;
    body->n_faces = skin->n_faces;
    body->template_v = oik_new(n, sizeof *body->template_v, err);
    body->faces = oik_new(skin->n_faces, sizeof *body->faces, err);
    body->influence_start = oik_new(n + 1, sizeof *body->influence_start, err);
    body->influence_joint = oik_new(n, OIK_SKIN_N_WEIGHTS * sizeof *body->influence_joint, err);
    body->influence_weight = oik_new(n, OIK_SKIN_N_WEIGHTS * sizeof *body->influence_weight, err);
    out->x = oik_new(n, sizeof *out->x, err);
    out->normal = oik_new(n, sizeof *out->normal, err);
    if (!body->template_v || !body->faces || !body->influence_start || !body->influence_joint || !body->influence_weight || !out->x ||
        !out->normal) {
        oik_template_skin_free(out);
        return OIK_E_MEMORY;
    }
    copy_skin(body, skin);
    oik_body_pose pose = {.tau = {0, 0, 0}};
    memcpy(pose.R, lying_R, sizeof pose.R);
    oik_body_forward(&out->frames, body, body->joints, &pose);
    oik_body_skin(out->x, body, body->template_v, &out->frames);
    oik_mesh_normals(out->normal, out->x, n, (const int32_t(*)[3])body->faces, body->n_faces);
    return OIK_OK;
}

void oik_template_skin_free(oik_template_skin *out) {
    oik_body_model_free(out->body);
    free(out->x);
    free(out->normal);
    *out = (oik_template_skin){0};
}

/** Parameter s of the line p + s d on a triangle; false when it misses (Moeller & Trumbore 1997). */
static bool line_triangle(double *s, oik_vec3 p, oik_vec3 d, oik_vec3 a, oik_vec3 b, oik_vec3 c) {
    oik_vec3 e1 = v3_sub(b, a), e2 = v3_sub(c, a), h = v3_cross(d, e2), q = v3_sub(p, a);
    double det = v3_dot(e1, h);
    if (fabs(det) < 1e-18)
        return false;
    double u = v3_dot(q, h) / det;
    oik_vec3 k = v3_cross(q, e1);
    double v = v3_dot(d, k) / det;
    *s = v3_dot(e2, k) / det;
    return u >= -1e-9 && v >= -1e-9 && u + v <= 1 + 1e-9;
}

static bool line_hit(oik_vec3 *hit, const oik_template_skin *skin, oik_vec3 p, oik_vec3 d) {
    double best = INFINITY;
    for (size_t f = 0; f < skin->skin->n_faces; f++) {
        const int32_t *t = skin->skin->faces[f];
        oik_vec3 a = skin->x[t[0]], b = skin->x[t[1]], c = skin->x[t[2]];
        double s;
        if (v3_dot(v3_cross(v3_sub(b, a), v3_sub(c, a)), d) > 0.0 && line_triangle(&s, p, d, a, b, c) && fabs(s) < fabs(best))
            best = s;
    }
    *hit = v3_madd(p, best, d);
    return isfinite(best);
}

oik_status oik_skin_row_contact(oik_skin_row *row, const oik_template_skin *skin, oik_vec3 p, oik_vec3 d, oik_error *err) {
    const double sigma = 6e-3;
    oik_vec3 hit, direction = v3_unit(d);
    if (!line_hit(&hit, skin, p, direction))
        return oik_fail(err, OIK_E_MODEL, "no skin along (%.2f, %.2f, %.2f) from (%.3f, %.3f, %.3f)", d.x, d.y, d.z, p.x, p.y, p.z);
    double total = 0.0, radius = 2.0 * sigma;
    for (row->n = 0; row->n < 4; radius *= 1.5) {
        row->n = 0;
        total = 0.0;
        for (size_t v = 0; v < skin->skin->n_vertices; v++) {
            double r = v3_dist(skin->x[v], hit);
            if (r > radius || v3_dot(skin->normal[v], direction) <= 0.2 || row->n == OIK_MAX_ROW)
                continue;
            row->vertex[row->n] = (int32_t)v;
            row->weight[row->n] = exp(-0.5 * r * r / (sigma * sigma));
            total += row->weight[row->n++];
        }
    }
    for (int i = 0; i < row->n; i++)
        row->weight[i] /= total;
    return OIK_OK;
}

static bool on_finger(const oik_skin *skin, size_t v, const char *finger) {
    const char *name = skin->segments[skin->address[v].segment].name;
    return !finger || strncmp(name, finger, strlen(finger)) == 0;
}

/** Soft tissue modes: what they move is not bone. */
static bool is_soft(const char *mode) {
    static const char *const soft[] = {"S_breast", "S_belly", "D_belly", "S_buttock", "W_waist"};
    for (size_t i = 0; i < sizeof soft / sizeof *soft; i++)
        if (strcmp(mode, soft[i]) == 0)
            return true;
    return false;
}

enum { MAX_CONSTRAINTS = 4 + 3 * 5 };

/** Constraint column of one vertex: 1, position relative to p in rings, soft modes in centimetres. */
static int constraint_column(double a[MAX_CONSTRAINTS], const oik_template_skin *skin, size_t v, oik_vec3 p, double ring, bool blind) {
    oik_vec3 d = v3_scale(v3_sub(skin->x[v], p), 1.0 / ring);
    int n = 0;
    a[n++] = 1.0;
    a[n++] = d.x;
    a[n++] = d.y;
    a[n++] = d.z;
    for (size_t k = 0; blind && k < skin->skin->n_modes; k++) {
        if (!is_soft(skin->skin->mode_names[k]) || n + 3 > MAX_CONSTRAINTS)
            continue;
        oik_vec3 m = v3_scale(skin->skin->modes[k * skin->skin->n_vertices + v], 100.0);
        a[n++] = m.x;
        a[n++] = m.y;
        a[n++] = m.z;
    }
    return n;
}

oik_status oik_skin_row_centre(oik_skin_row *row, const oik_template_skin *skin, oik_vec3 p, double ring, bool blind,
                               const char *finger, oik_error *err) {
    double column[MAX_CONSTRAINTS], M[MAX_CONSTRAINTS * MAX_CONSTRAINTS] = {0}, b[MAX_CONSTRAINTS] = {1.0}, q[OIK_MAX_ROW];
    int n_constraints = 0;
    row->n = 0;
    for (size_t v = 0; v < skin->skin->n_vertices && row->n < OIK_MAX_ROW; v++) {
        double r = v3_dist(skin->x[v], p) / ring;
        if (r >= 1.0 || !on_finger(skin->skin, v, finger))
            continue;
        q[row->n] = (1 - r * r) * (1 - r * r);
        n_constraints = constraint_column(column, skin, v, p, ring, blind);
        for (int i = 0; i < n_constraints; i++)
            for (int j = 0; j < n_constraints; j++)
                M[i * n_constraints + j] += q[row->n] * column[i] * column[j];
        row->vertex[row->n++] = (int32_t)v;
    }
    if (row->n < 8)
        return oik_fail(err, OIK_E_MODEL, "only %d skin vertices within %.0f mm of a joint centre", row->n, 1e3 * ring);
    for (int i = 0; i < n_constraints; i++)
        M[i * n_constraints + i] += 1e-9 * M[0];
    if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', n_constraints, 1, M, n_constraints, b, 1) != 0)
        return oik_fail(err, OIK_E_MODEL, "the skin around a joint centre does not determine it");
    double total = 0.0;
    for (int i = 0; i < row->n; i++) {
        constraint_column(column, skin, (size_t)row->vertex[i], p, ring, blind);
        row->weight[i] = 0.0;
        for (int k = 0; k < n_constraints; k++)
            row->weight[i] += q[i] * column[k] * b[k];
        total += row->weight[i];
    }
    for (int i = 0; i < row->n; i++)
        row->weight[i] /= total;
    return OIK_OK;
}

/** Joints whose skin a bone hung on `joint` may follow: the trunk shares its skin, the shoulder blade glides under its neighbours'. */
static bool follows(int joint, int skin_joint) {
    static const int trunk[] = {OIK_J_PELVIS, OIK_J_SPINE1, OIK_J_SPINE2, OIK_J_SPINE3};
    bool bone_in_trunk = false, skin_in_trunk = false;
    for (int i = 0; i < 4; i++) {
        bone_in_trunk |= joint == trunk[i];
        skin_in_trunk |= skin_joint == trunk[i];
    }
    if (joint == skin_joint || (bone_in_trunk && skin_in_trunk))
        return true;
    bool collar = joint == OIK_J_COLLAR_L || joint == OIK_J_COLLAR_R;
    if (collar || joint == OIK_J_NECK)
        return skin_joint == OIK_J_SPINE3;
    return (joint == OIK_J_HAND_L && skin_joint == OIK_J_WRIST_L) || (joint == OIK_J_HAND_R && skin_joint == OIK_J_WRIST_R);
}

int32_t oik_skin_follow(const oik_template_skin *skin, oik_vec3 p, int joint, const char *finger) {
    int32_t best = -1;
    double best_distance = INFINITY;
    for (size_t v = 0; v < skin->skin->n_vertices; v++) {
        double share = 0.0;
        for (int k = 0; k < OIK_SKIN_N_WEIGHTS; k++)
            if (follows(joint, skin->skin->weight_joint[v][k]))
                share += skin->skin->weight[v][k];
        double r = v3_dist(skin->x[v], p);
        if (share >= 0.5 && r < best_distance && on_finger(skin->skin, v, finger)) {
            best = (int32_t)v;
            best_distance = r;
        }
    }
    return best;
}

oik_skin_row oik_skin_row_mirror(const oik_skin_row *row, const oik_skin *skin) {
    oik_skin_row mirrored = *row;
    for (int i = 0; i < row->n; i++)
        mirrored.vertex[i] = skin->mirror[row->vertex[i]];
    return mirrored;
}
