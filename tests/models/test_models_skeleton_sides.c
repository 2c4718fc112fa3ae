/* The generated skeleton is mirror symmetric: parts, points, modes, relations to the skin, segments and joints. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/bone_fit.h"
#include "models/skeleton_build.h"
#include "skeleton/skeleton.h"

#define DETAIL 0.3 /* coarse bones: a finer one has other vertices but the same symmetry */

static oik_skin_base *base;
static oik_bone_set *bones, *fitted; /* as generated, and of a woman */
static oik_skin *skin;
static oik_skel_model *m;
static int32_t *twin; /* point on the other side, itself on the midline and where there is none */

static oik_vec3 mirrored(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

static bool equal(oik_vec3 a, oik_vec3 b) {
    return a.x == b.x && a.y == b.y && a.z == b.z; /* -0 equals 0 */
}

/* Point of the mirror part at the mirrored place. Vertices pair with vertices, virtual points with virtual points. */
static int32_t find_twin(size_t i) {
    size_t first = i < m->n_vertices ? 0 : m->n_vertices, end = i < m->n_vertices ? m->n_vertices : m->n_points;
    int32_t part = m->part_mirror[m->point_part[i]];
    for (size_t k = first; k < end; k++)
        if (m->point_part[k] == part && equal(m->mean[k], mirrored(m->mean[i])))
            return (int32_t)k;
    return -1;
}

static int set_up(void **state) {
    (void)state;
    oik_error err = {.status = OIK_OK};
    if (oik_skin_base_new(&base, "models/tables", &err) || oik_bone_set_new(&bones, DETAIL, 2, &err) ||
        oik_skin_new(&skin, base, 1.0, &err) || oik_bone_set_fit(&fitted, bones, "models/tables", 1.0, &err) ||
        oik_skeleton_build(&m, skin, fitted, &err)) {
        print_error("%s\n", err.message);
        return -1;
    }
    twin = malloc(m->n_points * sizeof *twin);
    if (!twin)
        return -1;
    for (size_t i = 0; i < m->n_points; i++)
        twin[i] = find_twin(i) >= 0 ? find_twin(i) : (int32_t)i;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(twin);
    oik_skel_model_free(m);
    oik_skin_free(skin);
    oik_bone_set_free(fitted);
    oik_bone_set_free(bones);
    oik_skin_base_free(base);
    return 0;
}

static void parts_mirror(void **state) {
    (void)state;
    const oik_mat3 M = m3_diag(v3(-1, 1, 1));
    for (int p = 0; p < m->n_parts; p++) {
        int q = m->part_mirror[p];
        oik_mat3 R = m3_mul(M, m3_mul(m->rest_R[p], M));
        assert_int_equal(m->part_mirror[q], p);
        for (int j = 0; j < 3; j++)
            assert_true(equal(m3_column(m->rest_R[q], j), m3_column(R, j)));
        assert_true(equal(m->rest_t[q], mirrored(m->rest_t[p])));
        assert_int_equal(m->part_joint[q], p == q ? m->part_joint[p] : oik_skin_joint_mirror[m->part_joint[p]]);
        assert_true(m->part_parent[p] < 0 ? p == q : m->part_parent[q] == m->part_mirror[m->part_parent[p]]);
        size_t n = strlen(m->part_names[p]);
        assert_int_equal(strlen(m->part_names[q]), n);
        assert_int_equal(strncmp(m->part_names[p], m->part_names[q], p == q ? n : n - 1), 0);
    }
}

static void every_point_has_a_twin(void **state) {
    (void)state;
    for (size_t i = 0; i < m->n_points; i++)
        if (find_twin(i) < 0)
            fail_msg("point %zu of %s at (%g, %g, %g) has none", i, m->part_names[m->point_part[i]], m->mean[i].x, m->mean[i].y,
                     m->mean[i].z);
}

/* Midline bones come out of the generator with vertices that are mirrored to the last bit, so a twin's displacement is as well. */
static void modes_mirror(void **state) {
    (void)state;
    for (size_t i = 0; i < m->n_points; i++) {
        int32_t e = m->mode_start[i], f = m->mode_start[twin[i]];
        assert_int_equal(m->mode_start[i + 1] - e, m->mode_start[twin[i] + 1] - f);
        for (; e < m->mode_start[i + 1]; e++, f++) {
            assert_int_equal(m->mode_index[e], m->mode_index[f]);
            if (v3_dist(m->mode_vector[e], mirrored(m->mode_vector[f])) > 1e-15) /* on the midline a bump is evaluated on either side */
                fail_msg("mode %d of point %zu of %s", m->mode_index[e], i, m->part_names[m->point_part[i]]);
        }
    }
}

/* Two points at one place of one part are as good as one. */
static bool same_point(int32_t a, int32_t b) {
    return m->point_part[a] == m->point_part[b] && equal(m->mean[a], m->mean[b]);
}

static void stitches_mirror(void **state) {
    (void)state;
    const oik_stitches *s = &m->stitches;
    for (size_t i = 0; i < s->n; i++) {
        bool found = false;
        for (size_t k = 0; k < s->n && !found; k++)
            found = same_point(s->point_a[k], twin[s->point_a[i]]) && same_point(s->point_b[k], twin[s->point_b[i]]) &&
                    s->weight_infer[k] == s->weight_infer[i] && s->weight_pose[k] == s->weight_pose[i] &&
                    s->keep_offset[k] == s->keep_offset[i];
        if (!found)
            fail_msg("stitch %zu of %s and %s has no twin", i, m->part_names[m->point_part[s->point_a[i]]],
                     m->part_names[m->point_part[s->point_b[i]]]);
    }
}

static void ligaments_mirror(void **state) {
    (void)state;
    const oik_ligaments *l = &m->ligaments;
    for (size_t i = 0; i < l->n; i++) {
        bool found = false;
        for (size_t k = 0; k < l->n && !found; k++)
            found = same_point(l->point_a[k], twin[l->point_a[i]]) && same_point(l->point_b[k], twin[l->point_b[i]]) &&
                    l->weight[k] == l->weight[i];
        if (!found)
            fail_msg("ligament %zu has no twin", i);
    }
}

/* The rotation by an angle about an axis mirrors into the rotation by the same angle about the mirrored axis turned round. */
static void couplings_mirror(void **state) {
    (void)state;
    const oik_couplings *c = &m->couplings;
    for (size_t i = 0; i < c->n; i++) {
        bool found = false;
        for (size_t k = 0; k < c->n && !found; k++) {
            found = c->ratio[k] == c->ratio[i];
            for (int j = 0; j < 3; j++)
                found &= c->part[k][j] == m->part_mirror[c->part[i][j]];
            for (int j = 0; j < 5; j++)
                found &= same_point(c->point[k][j == 1 ? 2 : j == 2 ? 1 : j], twin[c->point[i][j]]);
        }
        if (!found)
            fail_msg("coupling %zu of %s has no twin", i, m->part_names[c->part[i][0]]);
    }
}

/* Weight of a landmark's row at one skin vertex; rows on the midline name a vertex twice. */
static double row_weight(size_t landmark, int32_t vertex) {
    const oik_sparse_rows *rows = &m->landmarks.skin;
    double sum = 0.0;
    for (int32_t e = rows->start[landmark]; e < rows->start[landmark + 1]; e++)
        sum += rows->index[e] == vertex ? rows->value[e] : 0.0;
    return sum;
}

static bool rows_mirror(size_t i, size_t k) {
    const oik_sparse_rows *rows = &m->landmarks.skin;
    for (int32_t e = rows->start[i]; e < rows->start[i + 1]; e++)
        if (fabs(row_weight(i, rows->index[e]) - row_weight(k, skin->mirror[rows->index[e]])) > 1e-15) /* the order of two additions */
            return false;
    return true;
}

static void landmarks_mirror(void **state) {
    (void)state;
    const oik_landmarks *l = &m->landmarks;
    for (size_t i = 0; i < l->n; i++) {
        bool found = false;
        for (size_t k = 0; k < l->n && !found; k++)
            found = same_point(l->point[k], twin[l->point[i]]) && l->depth[k] == l->depth[i] && l->weight[k] == l->weight[i] &&
                    l->tangential[k] == l->tangential[i] && rows_mirror(i, k);
        if (!found)
            fail_msg("landmark %zu of %s has no twin", i, m->part_names[m->point_part[l->point[i]]]);
    }
}

static void springs_mirror(void **state) {
    (void)state;
    const oik_springs *s = &m->springs;
    assert_true(s->n > 0);
    for (size_t i = 0; i < s->n; i++) {
        int32_t n = 0, n_twin = 0; /* a spring may be there twice, its twin then is too */
        for (size_t k = 0; k < s->n; k++) {
            n += s->point[k] == s->point[i] && s->skin[k] == s->skin[i] && s->weight[k] == s->weight[i];
            n_twin += s->point[k] == twin[s->point[i]] && s->skin[k] == skin->mirror[s->skin[i]] && s->weight[k] == s->weight[i];
        }
        if (n != n_twin)
            fail_msg("spring %zu of %s is there %d times, its twin %d times", i, m->part_names[m->point_part[s->point[i]]], n, n_twin);
    }
}

/* Springs tie a part to skin that its own joint, or a joint next to it, moves. */
static void springs_stay_on_their_side(void **state) {
    (void)state;
    for (size_t i = 0; i < m->springs.n; i++) {
        const char *part = m->part_names[m->point_part[m->springs.point[i]]];
        size_t n = strlen(part);
        oik_vec3 x = skin->template_v[m->springs.skin[i]];
        if (n > 2 && part[n - 2] == '_')
            assert_true(part[n - 1] == 'l' ? x.x > -0.02 : x.x < 0.02); /* a shoulder blade follows skin up to the spine */
    }
}

/* ---- kinematics ---- */

/* Segment of the other side by name. */
static int other_side(int i) {
    char name[OIK_NAME_LENGTH];
    size_t n = strlen(m->segments[i].name);
    memcpy(name, m->segments[i].name, sizeof name);
    if (n > 2 && name[n - 2] == '_' && (name[n - 1] == 'l' || name[n - 1] == 'r'))
        name[n - 1] = name[n - 1] == 'l' ? 'r' : 'l';
    for (int k = 0; k < m->n_segments; k++)
        if (strcmp(m->segments[k].name, name) == 0)
            return k;
    fail_msg("segment %s has no twin", m->segments[i].name);
    return -1;
}

/* x forward, y up, z right on both sides: the mirror image with its z axis turned round. Rotations about (x, y, z) become (-x, -y, z). */
static void segments_and_joints_mirror(void **state) {
    (void)state;
    oik_puppet *puppet;
    oik_kinematics *k;
    assert_int_equal(oik_puppet_new(&puppet, m, NULL), OIK_OK);
    assert_int_equal(oik_skel_kinematics(&k, m, puppet, NULL), OIK_OK);
    const double rounding = 1e-12;
    for (int i = 0; i < k->n_segments; i++) {
        const oik_segment *a = &k->segments[i], *b = &k->segments[other_side(i)];
        const oik_joint *ja = &k->joints[i], *jb = &k->joints[other_side(i)];
        oik_mat3 R = m3_mul(m3_diag(v3(-1, 1, 1)), m3_mul(a->R, m3_diag(v3(1, 1, -1))));
        for (int c = 0; c < 3; c++)
            if (v3_dist(m3_column(b->R, c), m3_column(R, c)) > rounding)
                fail_msg("axis %d of segment %s", c, a->name);
        assert_true(v3_dist(b->origin, mirrored(a->origin)) < rounding);
        assert_true(fabs(a->length - b->length) < rounding && a->weight == b->weight);
        assert_true(v3_dist(jb->centre, mirrored(ja->centre)) < rounding);
        assert_int_equal(ja->n_dofs, jb->n_dofs);
        assert_int_equal(ja->kind, jb->kind);
        assert_true(i == other_side(i) || ja->parent == jb->parent || other_side(ja->parent) == jb->parent);
        for (int d = 0; d < ja->n_dofs && i != other_side(i); d++) {
            oik_vec3 axis = ja->dofs[d].axis;
            if (v3_dist(jb->dofs[d].axis, v3(-axis.x, -axis.y, axis.z)) > rounding)
                fail_msg("axis of %s", ja->dofs[d].name);
            assert_true(ja->dofs[d].lower == jb->dofs[d].lower && ja->dofs[d].upper == jb->dofs[d].upper);
            assert_true(ja->dofs[d].rest == jb->dofs[d].rest);
        }
    }
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

static void segment_frames_look_forward_up_and_right(void **state) {
    (void)state;
    oik_puppet *puppet;
    oik_kinematics *k;
    assert_int_equal(oik_puppet_new(&puppet, m, NULL), OIK_OK);
    assert_int_equal(oik_skel_kinematics(&k, m, puppet, NULL), OIK_OK);
    for (int i = 0; i < k->n_segments; i++) {
        const oik_mat3 R = k->segments[i].R;
        assert_true(fabs(m3_det(R) - 1.0) < 1e-12);
        if (strncmp(k->segments[i].name, "femur", 5) == 0 || strncmp(k->segments[i].name, "tibia", 5) == 0 ||
            strcmp(k->segments[i].name, "pelvis") == 0 || strcmp(k->segments[i].name, "thorax") == 0) /* upright in the lying pose */
            if (R.m[2][0] < 0.8 || R.m[1][1] < 0.8 || R.m[0][2] > -0.8)
                fail_msg("segment %s", k->segments[i].name);
    }
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(parts_mirror),
        cmocka_unit_test(every_point_has_a_twin),
        cmocka_unit_test(modes_mirror),
        cmocka_unit_test(stitches_mirror),
        cmocka_unit_test(ligaments_mirror),
        cmocka_unit_test(couplings_mirror),
        cmocka_unit_test(landmarks_mirror),
        cmocka_unit_test(springs_mirror),
        cmocka_unit_test(springs_stay_on_their_side),
        cmocka_unit_test(segments_and_joints_mirror),
        cmocka_unit_test(segment_frames_look_forward_up_and_right),
    };
    return cmocka_run_group_tests_name("test_models_skeleton_sides", cases, set_up, tear_down);
}
