/* Keypoints of Human3.6M on a chain with the joint names of our models. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/h36m_chain.h"
#include "support/failing_malloc.h"
#include "support/tiny_chain.h"

static oik_chain_pose *pose_of(const oik_chain *chain, const double *q) {
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    oik_chain_forward(pose, chain, q);
    return pose;
}

static int find_joint(const oik_chain *chain, const char *name) {
    for (int i = 0; i < chain->n_segments; i++)
        if (strcmp(chain->joints[i].name, name) == 0)
            return i;
    fail_msg("no joint %s", name);
    return -1;
}

/* The made-up body with the joint names of our models. */
static oik_chain *named_like_ours(void) {
    static const char *const names[][2] = {{"thorax", "thoracolumbar"}, {"neck", "cervicothoracic"}, {"head", "atlantooccipital"}};
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain;
    assert_int_equal(oik_chain_new(&chain, NULL, lying, NULL), OIK_OK);
    tiny_kinematics_free(lying);
    for (int i = 0; i < 3; i++)
        strcpy(chain->joints[find_joint(chain, names[i][0])].name, names[i][1]);
    return chain;
}

static oik_vec3 place_of(const oik_chain_pose *pose, const oik_markers *m, const char *name) {
    int i = oik_markers_find(m, name);
    if (i < 0)
        fail_msg("no marker %s", name);
    const oik_marker *marker = &m->markers[i];
    return v3_add(pose->origin[marker->segment], m3_mulv(pose->R[marker->segment], marker->local));
}

static void human36m_markers_sit_on_the_joints(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    oik_markers *m;
    assert_int_equal(oik_h36m_markers(&m, chain, NULL), OIK_OK);
    assert_int_equal(m->n_markers, OIK_H36M_POINTS - 1);
    assert_int_equal(m->n_links, 12);
    double *q = calloc((size_t)chain->n_dofs, sizeof *q);
    uint64_t random = 3;
    tiny_random_pose(q, chain, 0.0, &random);
    oik_chain_pose *pose = pose_of(chain, q);
    static const char *const at_joints[][2] = {{"hip_r", "hip_r"}, {"knee_l", "walker_knee_l"}, {"thorax", "cervicothoracic"},
                                               {"shoulder_r", "acromial_r"}, {"wrist_l", "radius_hand_l"}};
    for (size_t i = 0; i < sizeof at_joints / sizeof *at_joints; i++) /* rounding only */
        assert_true(v3_dist(place_of(pose, m, at_joints[i][0]), pose->centre[find_joint(chain, at_joints[i][1])]) < 1e-14);
    oik_vec3 hips = v3_lerp(pose->centre[find_joint(chain, "hip_r")], pose->centre[find_joint(chain, "hip_l")], 0.5);
    assert_true(v3_dist(place_of(pose, m, "pelvis"), hips) < 1e-14);
    oik_vec3 atlas = pose->centre[find_joint(chain, "atlantooccipital")];
    double neck = v3_dist(atlas, pose->centre[find_joint(chain, "cervicothoracic")]);
    assert_true(fabs(v3_dist(place_of(pose, m, "head"), atlas) - 1.1 * neck) < 1e-14);
    for (int i = 0; i < m->n_markers; i++)
        assert_int_equal(m->markers[i].keypoint, -1); /* the name says it */
    assert_null(oik_h36m_name(-1));
    assert_null(oik_h36m_name(OIK_H36M_POINTS));
    oik_chain_pose_free(pose);
    oik_markers_free(m);
    free(q);
    oik_chain_free(chain);
}

static void the_spine_is_in_line_with_pelvis_and_thorax(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    oik_markers *m;
    assert_int_equal(oik_h36m_markers(&m, chain, NULL), OIK_OK);
    double *q = calloc((size_t)chain->n_dofs, sizeof *q);
    oik_chain_pose *pose = pose_of(chain, q);
    int waist = find_joint(chain, "thoracolumbar");
    oik_vec3 middle = v3_lerp(place_of(pose, m, "pelvis"), place_of(pose, m, "thorax"), 0.5);
    assert_true(v3_dist(place_of(pose, m, "spine"), middle) < 1e-14); /* rounding */
    assert_int_equal(m->markers[oik_markers_find(m, "spine")].segment, chain->joints[waist].parent);
    oik_markers_free(m);
    chain->joints[find_joint(chain, "cervicothoracic")].name[0] = 'X';
    assert_int_equal(oik_h36m_markers(&m, chain, NULL), OIK_OK);
    assert_true(v3_dist(place_of(pose, m, "spine"), pose->centre[waist]) < 1e-14); /* without the line: at the joint */
    oik_chain_pose_free(pose);
    oik_markers_free(m);
    free(q);
    oik_chain_free(chain);
}

static void a_chain_of_other_names_has_no_human36m_markers(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    for (int i = 0; i < chain->n_segments; i++)
        chain->joints[i].name[0] = 'X';
    oik_markers *m;
    oik_error err = {0};
    assert_int_equal(oik_h36m_markers(&m, chain, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, "the chain of 27 joints"));
    assert_null(m);
    oik_chain_free(chain);
}

static void what_a_chain_lacks_is_left_out(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    strcpy(chain->joints[find_joint(chain, "hip_l")].name, "other");
    oik_markers *m;
    assert_int_equal(oik_h36m_markers(&m, chain, NULL), OIK_OK);
    assert_int_equal(oik_markers_find(m, "hip_l"), -1);
    assert_int_equal(oik_markers_find(m, "pelvis"), -1); /* it is in the middle of two hips */
    assert_int_equal(m->n_markers, OIK_H36M_POINTS - 3);
    assert_int_equal(m->n_links, 12 - 3); /* without hip to knee, hip to hip and pelvis to thorax */
    oik_markers_free(m);
    oik_chain_free(chain);
}

static void a_marker_at_a_root_is_on_its_own_segment(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    int hip = find_joint(chain, "hip_r");
    oik_marker root = oik_marker_at_joint(chain, 0), other = oik_marker_at_joint(chain, hip);
    assert_int_equal(root.segment, 0);
    assert_int_equal(other.segment, chain->joints[hip].parent);
    assert_true(v3_dist(root.local, chain->joints[0].b) == 0.0 && v3_dist(other.local, chain->joints[hip].s) == 0.0);
    oik_chain_free(chain);
    oik_markers_free(NULL);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    oik_chain *chain = named_like_ours();
    oik_status status = OIK_E_MEMORY;
    for (long n = 0; status; n++) {
        oik_markers *m;
        oik_error err = {0};
        failing_malloc_arm(n);
        status = oik_h36m_markers(&m, chain, &err);
        long n_seen = failing_malloc_disarm();
        assert_true(status == OIK_E_MEMORY ? n_seen > n && !m && strstr(err.message, "memory") : !status && n_seen == n && m && n > 5);
        oik_markers_free(m);
    }
    oik_chain_free(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(human36m_markers_sit_on_the_joints),
        cmocka_unit_test(the_spine_is_in_line_with_pelvis_and_thorax),
        cmocka_unit_test(a_chain_of_other_names_has_no_human36m_markers),
        cmocka_unit_test(what_a_chain_lacks_is_left_out),
        cmocka_unit_test(a_marker_at_a_root_is_on_its_own_segment),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_ik_h36m_chain", tests, NULL, NULL);
}
