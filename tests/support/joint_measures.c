/* Measures of joints on bone meshes. */
#include "joint_measures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/mesh.h"
#include "skeleton/sphere.h"

static const double MM = 1e3, FAR = GAP_FAR;

static void *room_for(size_t n, size_t size) {
    void *block = calloc(n ? n : 1, size);
    assert_non_null(block);
    return block;
}

/* ---- bones ---- */

static void find_blocks(placed_bones *b) {
    const oik_skel_model *m = b->model;
    int bone = -1;
    for (size_t i = 0; i < m->n_vertices; i++)
        if (m->vertex_bone[i] != bone) {
            assert_int_equal(m->vertex_bone[i], bone + 1);
            b->first[++bone] = i;
        }
    b->first[bone + 1] = m->n_vertices;
}

static bone_surface surface_of(const placed_bones *b, int bone, int32_t (*faces)[3]) {
    const oik_skel_model *m = b->model;
    size_t n = 0, first = b->first[bone];
    for (size_t f = 0; f < m->n_faces; f++)
        if (m->vertex_bone[m->faces[f][0]] == bone) {
            for (int k = 0; k < 3; k++)
                faces[n][k] = m->faces[f][k] - (int32_t)first;
            n++;
        }
    return bone_surface_new(b->y + first, b->first[bone + 1] - first, (const int32_t(*)[3])faces, n);
}

placed_bones placed_bones_new(const oik_skel_model *model, const oik_puppet *puppet) {
    size_t n = (size_t)model->n_bones;
    placed_bones b = {.model = model,
                      .y = room_for(model->n_vertices, sizeof *b.y),
                      .first = room_for(n + 1, sizeof *b.first),
                      .surface = room_for(n, sizeof *b.surface)};
    int32_t(*faces)[3] = room_for(model->n_faces, sizeof *faces);
    oik_puppet_vertices(b.y, puppet, model);
    find_blocks(&b);
    for (int i = 0; i < model->n_bones; i++)
        b.surface[i] = surface_of(&b, i, faces);
    free(faces);
    return b;
}

void placed_bones_free(placed_bones *b) {
    for (int i = 0; i < b->model->n_bones; i++)
        bone_surface_free(&b->surface[i]);
    free(b->y);
    free(b->first);
    free(b->surface);
}

int placed_bone(const placed_bones *b, const char *name) {
    for (int i = 0; i < b->model->n_bones; i++)
        if (strcmp(b->model->bone_names[i], name) == 0)
            return i;
    fail_msg("there is no bone %s", name);
    return -1;
}

/* ---- distances ---- */

static int part_of_bone(const placed_bones *b, int bone) {
    return b->model->point_part[b->first[bone]];
}

double bone_gap(const placed_bones *b, int first, int second) {
    return MM * surface_gap(&b->surface[first], &b->surface[second], NULL, FAR);
}

double bone_gap_side(const placed_bones *b, const oik_puppet *puppet, int first, int second, double sign) {
    int part = part_of_bone(b, first);
    const double far = 1.0; /* beyond any bone */
    gap_region side = {puppet->R[part], puppet->t[part], v3(sign > 0.0 ? 0.0 : -far, -far, -far), v3(sign > 0.0 ? far : 0.0, far, far)};
    return MM * surface_gap_from(&b->surface[first], &b->surface[second], &side, FAR);
}

/* ---- balls ---- */

/** Sphere through the vertices of a bone within `reach` of a point whose normal points away from (sign 1) or towards (-1) it. */
static oik_sphere sphere_near(const placed_bones *b, const oik_vec3 *normal, int bone, oik_vec3 c, double reach, double sign) {
    oik_vec3 *x = room_for(b->model->n_vertices, sizeof *x);
    size_t n = 0;
    for (size_t v = b->first[bone]; v < b->first[bone + 1]; v++) {
        oik_vec3 d = v3_sub(b->y[v], c);
        if (v3_norm(d) < reach && sign * v3_dot(v3_unit(d), normal[v]) > 0.9)
            x[n++] = b->y[v];
    }
    oik_sphere sphere;
    assert_int_equal(oik_sphere_fit(&sphere, x, n, NULL), OIK_OK);
    free(x);
    return sphere;
}

static void measure_balls(joint_measures *out, const placed_bones *b, const oik_puppet *puppet) {
    const oik_skel_model *m = b->model;
    oik_vec3 *normal = room_for(m->n_vertices, sizeof *normal);
    oik_mesh_normals(normal, b->y, m->n_vertices, (const int32_t(*)[3])m->faces, m->n_faces);
    for (int side = 0; side < 2; side++) {
        oik_vec3 in_pelvis = oik_puppet_point(puppet, m, (size_t)m->gap_hip[side][0]);
        oik_vec3 in_femur = oik_puppet_point(puppet, m, (size_t)m->gap_hip[side][1]);
        oik_vec3 in_scapula = oik_puppet_point(puppet, m, (size_t)m->gap_shoulder[side][0]);
        oik_vec3 in_humerus = oik_puppet_point(puppet, m, (size_t)m->gap_shoulder[side][1]);
        oik_sphere head = sphere_near(b, normal, placed_bone(b, side ? "femur_l" : "femur_r"), in_femur, 0.032, 1.0);
        oik_sphere socket = sphere_near(b, normal, placed_bone(b, side ? "hip_bone_l" : "hip_bone_r"), in_pelvis, 0.036, -1.0);
        oik_sphere ball = sphere_near(b, normal, placed_bone(b, side ? "humerus_l" : "humerus_r"), in_humerus, 0.032, 1.0);
        out->femoral_head[side] = MM * v3_dist(head.centre, socket.centre);
        out->humeral_head[side] = MM * v3_dist(ball.centre, in_scapula);
    }
    free(normal);
}

/* ---- knee ---- */

/** Mean of the first two stitch points (the hinge axis) that tie two parts, carried by each. */
static void hinge(oik_vec3 at[2], const placed_bones *b, const oik_puppet *puppet, int part_a, int part_b) {
    const oik_stitches *s = &b->model->stitches;
    int n = 0;
    at[0] = at[1] = v3(0, 0, 0);
    for (size_t i = 0; i < s->n && n < 2; i++)
        if (b->model->point_part[s->point_a[i]] == part_a && b->model->point_part[s->point_b[i]] == part_b) {
            at[0] = v3_madd(at[0], 0.5, oik_puppet_point(puppet, b->model, (size_t)s->point_a[i]));
            at[1] = v3_madd(at[1], 0.5, oik_puppet_point(puppet, b->model, (size_t)s->point_b[i]));
            n++;
        }
    assert_int_equal(n, 2);
}

static double ligament_length(const oik_skel_model *m, const oik_puppet *puppet, int part_a, int part_b) {
    const oik_ligaments *l = &m->ligaments;
    for (size_t i = 0; i < l->n; i++)
        if (m->point_part[l->point_a[i]] == part_a && m->point_part[l->point_b[i]] == part_b)
            return MM * v3_dist(oik_puppet_point(puppet, m, (size_t)l->point_a[i]), oik_puppet_point(puppet, m, (size_t)l->point_b[i]));
    fail_msg("no ligament");
    return 0.0;
}

static int part_named(const oik_skel_model *m, const char *name) {
    for (int p = 0; p < m->n_parts; p++)
        if (strcmp(m->part_names[p], name) == 0)
            return p;
    fail_msg("there is no part %s", name);
    return -1;
}

double patellar_ligament(const oik_skel_model *model, const oik_puppet *puppet) {
    return ligament_length(model, puppet, part_named(model, "tibia_l"), part_named(model, "patella_l"));
}

double bone_length(const oik_skel_model *model, const oik_puppet *puppet, const char *part) {
    int p = part_named(model, part);
    oik_vec3 low = v3(FAR, FAR, FAR), high = v3_scale(low, -1.0); /* the origin of a part is inside it */
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->point_part[i] == p) {
            oik_vec3 u = oik_puppet_local(puppet->shape, model, i);
            low = v3_min(low, u);
            high = v3_max(high, u);
        }
    oik_vec3 size = v3_sub(high, low);
    return MM * fmax(size.x, fmax(size.y, size.z));
}

static void measure_knee(joint_measures *out, const placed_bones *b, const oik_puppet *puppet, int side) {
    int femur = placed_bone(b, side ? "femur_l" : "femur_r"), tibia = placed_bone(b, side ? "tibia_l" : "tibia_r");
    int patella = placed_bone(b, side ? "patella_l" : "patella_r");
    double lateral = side ? 1.0 : -1.0;
    oik_vec3 axis[2], pivot[2];
    hinge(axis, b, puppet, part_of_bone(b, femur), part_of_bone(b, tibia));
    hinge(pivot, b, puppet, part_of_bone(b, femur), part_of_bone(b, patella));
    out->knee_slide[side] = MM * v3_dist(axis[0], axis[1]);
    for (int k = 0; k < 2; k++)
        out->knee_gap[side][k] = bone_gap_side(b, puppet, tibia, femur, k ? lateral : -lateral);
    out->patella_gap[side] = bone_gap(b, femur, patella);
    oik_vec3 off = v3_sub(puppet->t[part_of_bone(b, patella)], axis[0]);
    out->patella_offset[side] = MM * lateral * v3_dot(m3_column(puppet->R[part_of_bone(b, femur)], 0), off);
    out->patella_height[side] = ligament_length(b->model, puppet, part_of_bone(b, tibia), part_of_bone(b, patella));
}

/* ---- cage ---- */

static void keep(bone_pair *out, bool better, const char *a, const char *b, double mm) {
    if (!better && out->name[0])
        return;
    snprintf(out->name, sizeof out->name, "%s-%s", a, b);
    out->mm = mm;
}

static void measure_cage(joint_measures *out, const placed_bones *b) {
    int sternum = placed_bone(b, "sternum");
    for (int i = 1; i <= 12; i++)
        for (int side = 0; side < 2; side++) {
            char rib[32], cartilage[40], vertebra[16], above[16];
            snprintf(rib, sizeof rib, "rib_%d_%c", i, side ? 'l' : 'r');
            snprintf(cartilage, sizeof cartilage, "costal_cartilage_%d_%c", i, side ? 'l' : 'r');
            snprintf(vertebra, sizeof vertebra, "T%d", i);
            snprintf(above, sizeof above, i > 1 ? "T%d" : "C7", i - 1);
            int r = placed_bone(b, rib);
            double gap = fmin(bone_gap(b, r, placed_bone(b, vertebra)), bone_gap(b, r, placed_bone(b, above)));
            keep(&out->rib_spine, gap > out->rib_spine.mm, rib, vertebra, gap);
            if (i > 10)
                continue;
            int c = placed_bone(b, cartilage);
            gap = bone_gap(b, r, c);
            keep(&out->rib_sternum, gap > out->rib_sternum.mm, rib, cartilage, gap);
            if (i <= 7) {
                gap = bone_gap(b, c, sternum);
                keep(&out->rib_sternum, gap > out->rib_sternum.mm, cartilage, "sternum", gap);
            }
        }
}

static void measure_shoulder(joint_measures *out, const placed_bones *b, int side) {
    int scapula = placed_bone(b, side ? "scapula_l" : "scapula_r");
    out->scapula_gap[side] = MM * FAR;
    for (int i = 0; i < b->model->n_bones; i++)
        if (strncmp(b->model->bone_names[i], "rib_", 4) == 0)
            out->scapula_gap[side] = fmin(out->scapula_gap[side], bone_gap(b, scapula, i));
    out->radius_gap[side] = bone_gap(b, placed_bone(b, side ? "radius_l" : "radius_r"), placed_bone(b, side ? "ulna_l" : "ulna_r"));
}

/* ---- interpenetration ---- */

/** Cartilage grows into its neighbours: ribs, sternum and each other. */
static bool grown_together(const char *a, const char *b) {
    bool both = true, one = false;
    const char *names[2] = {a, b};
    for (int k = 0; k < 2; k++) {
        bool cartilage = strstr(names[k], "cartilage") != NULL;
        one = one || cartilage;
        both = both && (cartilage || strncmp(names[k], "rib_", 4) == 0 || strcmp(names[k], "sternum") == 0);
    }
    return one && both;
}

static void insert(bone_pair *list, size_t n, const char *a, const char *b, double mm) {
    size_t at = n;
    while (at > 0 && mm > list[at - 1].mm)
        at--;
    if (at == n)
        return;
    memmove(list + at + 1, list + at, (n - 1 - at) * sizeof *list);
    list[at].name[0] = '\0';
    keep(&list[at], true, a, b, mm);
}

static void measure_depths(joint_measures *out, const placed_bones *b) {
    const oik_skel_model *m = b->model;
    for (int i = 0; i < m->n_bones; i++)
        for (int k = i + 1; k < m->n_bones; k++) {
            if (part_of_bone(b, i) == part_of_bone(b, k) || grown_together(m->bone_names[i], m->bone_names[k]))
                continue;
            double depth = -MM * surface_gap(&b->surface[i], &b->surface[k], NULL, 0.0);
            if (depth > 0.0)
                insert(out->deepest, sizeof out->deepest / sizeof *out->deepest, m->bone_names[i], m->bone_names[k], depth);
        }
}

void joint_measures_take(joint_measures *out, const oik_skel_model *model, const oik_puppet *puppet) {
    placed_bones b = placed_bones_new(model, puppet);
    *out = (joint_measures){0};
    measure_balls(out, &b, puppet);
    for (int side = 0; side < 2; side++) {
        measure_knee(out, &b, puppet, side);
        measure_shoulder(out, &b, side);
    }
    measure_cage(out, &b);
    measure_depths(out, &b);
    placed_bones_free(&b);
}
