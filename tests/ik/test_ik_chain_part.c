/* A chain taken apart: trunk and limbs, their coordinates and markers, and that a limb alone moves as it does on the whole chain. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/chain_part.h"
#include "ik/frame_terms.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/stick_chain.h"

enum { MAX_DOFS = 64 };

typedef struct fixture {
    oik_chain *chain;
    oik_markers *markers;
    oik_chain_parts *parts;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || !(f->chain = stick_chain_new()) || !(f->markers = stick_markers_new(f->chain)))
        return -1;
    return oik_chain_parts_new(&f->parts, f->chain, f->markers, NULL) ? -1 : 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_chain_parts_free(f->parts);
    oik_markers_free(f->markers);
    oik_chain_free(f->chain);
    free(f);
    return 0;
}

/* the part whose first joint is this one of the whole chain */
static const oik_chain_part *part_at(const fixture *f, stick_joint joint) {
    for (int i = 0; i < f->parts->n_parts; i++)
        if (!strcmp(f->parts->parts[i].chain->joints[0].name, f->chain->joints[joint].name))
            return &f->parts->parts[i];
    fail_msg("no part begins with %s", f->chain->joints[joint].name);
    return NULL;
}

static void expect_part(const fixture *f, stick_joint root, int carrier, int n_joints, int n_dofs, int n_markers) {
    const oik_chain_part *part = part_at(f, root);
    assert_int_equal(part->carrier, carrier);
    assert_int_equal(part->chain->n_segments, n_joints);
    assert_int_equal(part->chain->n_dofs, n_dofs);
    assert_int_equal(part->markers->n_markers, n_markers);
    assert_int_equal(part->markers->n_links, 0);
}

/* the clavicles' own centres are not measured: they stay with the trunk, and arms begin at the shoulders */
static void legs_and_arms_are_limbs_and_the_rest_is_trunk(void **state) {
    const fixture *f = *state;
    assert_true(part_at(f, STICK_PELVIS) == &f->parts->parts[0]);
    expect_part(f, STICK_HIP_R, STICK_PELVIS, 3, 4, 2); /* knee, ankle */
    expect_part(f, STICK_HIP_L, STICK_PELVIS, 3, 4, 2);
    expect_part(f, STICK_SHOULDER_R, STICK_CLAVICLE_R, 3, 4, 2);
    expect_part(f, STICK_SHOULDER_L, STICK_CLAVICLE_L, 3, 4, 2);
}

/* pelvis, spine, chest, clavicles, and the neck, whose centre is measured: a limb of its own with the head */
static void the_head_is_a_limb_too(void **state) {
    const fixture *f = *state;
    expect_part(f, STICK_PELVIS, -1, 5, 16, 7); /* pelvis, two hips, chest, neck, two shoulders */
    expect_part(f, STICK_NECK, STICK_CHEST, 2, 2, 1);
    assert_int_equal(f->parts->n_parts, 6);
}

static void every_coordinate_and_marker_is_in_exactly_one_part(void **state) {
    const fixture *f = *state;
    int dof_seen[MAX_DOFS] = {0}, marker_seen[STICK_N_JOINTS] = {0};
    for (int i = 0; i < f->parts->n_parts; i++) {
        const oik_chain_part *part = &f->parts->parts[i];
        for (int d = 0; d < part->chain->n_dofs; d++) {
            dof_seen[part->dof[d]]++;
            assert_string_equal(part->chain->dofs[d].name, f->chain->dofs[part->dof[d]].name);
        }
        for (int m = 0; m < part->markers->n_markers; m++) {
            marker_seen[part->marker[m]]++;
            assert_string_equal(part->markers->markers[m].name, f->markers->markers[part->marker[m]].name);
        }
        assert_int_equal(oik_chain_check(part->chain, NULL), OIK_OK);
    }
    for (int d = 0; d < f->chain->n_dofs; d++)
        assert_int_equal(dof_seen[d], 1);
    for (int m = 0; m < f->markers->n_markers; m++)
        assert_int_equal(marker_seen[m], 1);
}

static oik_vec3 to_world(const oik_chain_pose *whole, int carrier, oik_vec3 x) {
    return carrier < 0 ? x : v3_add(whole->origin[carrier], m3_mulv(whole->R[carrier], x));
}

/* positions of about 1 m through a handful of rotations: 1e-14 is a few roundings */
static void expect_same_markers(const fixture *f, const oik_chain_part *part, const oik_chain_pose *whole, const double *q) {
    double local[MAX_DOFS];
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, part->chain, NULL), OIK_OK);
    for (int d = 0; d < part->chain->n_dofs; d++)
        local[d] = q[part->dof[d]];
    oik_chain_forward(pose, part->chain, local);
    for (int m = 0; m < part->markers->n_markers; m++) {
        oik_vec3 expected = oik_marker_position(&f->markers->markers[part->marker[m]], whole);
        oik_vec3 found = to_world(whole, part->carrier, oik_marker_position(&part->markers->markers[m], pose));
        assert_true(v3_dist(expected, found) < 1e-14);
    }
    oik_chain_pose_free(pose);
}

static void parts_in_their_carriers_frames_make_up_the_whole_pose(void **state) {
    const fixture *f = *state;
    double q[MAX_DOFS];
    uint64_t random = 5;
    oik_chain_pose *whole;
    assert_int_equal(oik_chain_pose_new(&whole, f->chain, NULL), OIK_OK);
    for (int trial = 0; trial < 5; trial++) {
        tiny_random_pose(q, f->chain, 0.0, &random);
        oik_chain_forward(whole, f->chain, q);
        for (int i = 0; i < f->parts->n_parts; i++)
            expect_same_markers(f, &f->parts->parts[i], whole, q);
    }
    oik_chain_pose_free(whole);
}

static void expect_one_part(const oik_chain *chain, const oik_markers *markers) {
    oik_chain_parts *parts;
    assert_int_equal(oik_chain_parts_new(&parts, chain, markers, NULL), OIK_OK);
    assert_int_equal(parts->n_parts, 1);
    assert_int_equal(parts->parts[0].carrier, -1);
    assert_int_equal(parts->parts[0].chain->n_dofs, chain->n_dofs);
    assert_int_equal(parts->parts[0].markers->n_markers, markers ? markers->n_markers : 0);
    oik_chain_parts_free(parts);
}

static void without_markers_there_is_one_part(void **state) {
    const fixture *f = *state;
    oik_markers *none;
    assert_int_equal(oik_markers_new(&none, 0, 0, NULL), OIK_OK);
    expect_one_part(f->chain, NULL);
    expect_one_part(f->chain, none);
    oik_markers_free(none);
}

/* a marker a millimetre off its hip does not say where the leg hangs */
static void a_limb_without_a_marker_at_its_root_stays_with_the_trunk(void **state) {
    const fixture *f = *state;
    oik_chain_parts *parts;
    int hip = oik_markers_find(f->markers, "hip_r");
    f->markers->markers[hip].local.x += 1e-3;
    assert_int_equal(oik_chain_parts_new(&parts, f->chain, f->markers, NULL), OIK_OK);
    assert_int_equal(parts->n_parts, f->parts->n_parts); /* the knee is measured: the shank is the limb */
    assert_int_equal(parts->parts[0].chain->n_dofs, 16 + 3);
    oik_chain_parts_free(parts);
}

static void a_chain_with_couplings_stays_whole(void **state) {
    (void)state;
    oik_kinematics *lying = coupled_kinematics_new();
    oik_chain *chain;
    oik_markers *markers;
    assert_int_equal(oik_chain_new(&chain, NULL, lying, NULL), OIK_OK);
    assert_int_equal(oik_markers_new(&markers, (size_t)chain->n_segments, 0, NULL), OIK_OK);
    for (int i = 0; i < chain->n_segments; i++)
        markers->markers[i] = oik_marker_at_joint(chain, i);
    expect_one_part(chain, markers);
    oik_markers_free(markers);
    oik_chain_free(chain);
    tiny_kinematics_free(lying);
}

static void every_failing_allocation_is_reported(void **state) {
    const fixture *f = *state;
    for (long n = 0;; n++) {
        oik_chain_parts *parts;
        failing_malloc_arm(n);
        oik_status status = oik_chain_parts_new(&parts, f->chain, f->markers, NULL);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        assert_true(all == (parts != NULL));
        oik_chain_parts_free(parts);
        if (all) {
            assert_true(n > 40); /* six parts of eight arrays */
            return;
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest test_ik_chain_part[] = {
        CASE(legs_and_arms_are_limbs_and_the_rest_is_trunk),
        CASE(the_head_is_a_limb_too),
        CASE(every_coordinate_and_marker_is_in_exactly_one_part),
        CASE(parts_in_their_carriers_frames_make_up_the_whole_pose),
        CASE(without_markers_there_is_one_part),
        CASE(a_limb_without_a_marker_at_its_root_stays_with_the_trunk),
        CASE(a_chain_with_couplings_stays_whole),
        CASE(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(test_ik_chain_part, NULL, NULL);
}
