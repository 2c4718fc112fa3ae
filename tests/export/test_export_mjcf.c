/*
 * NAME.xml in MuJoCo: it loads, everything is where the rig has it, masses and ranges are the rig's; it falls as it weighs, and however its
 * joints turn and whatever it hits, it neither breaks nor gains energy.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/mjcf.h"
#include "failing_malloc.h"
#include "rig_writer.h"
#include "support/demo_rig.h"
#include "support/mujoco_client.h"
#include "support/random.h"
#include "support/rig_export.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"

enum { MAX_BODIES = 64, MAX_VERTICES = 20000 };

/* 12 written digits of lengths up to some metres, through a chain of bodies; the aim is 1 mm */
static const double TOLERANCE = 1e-6;

/** Write a rig and load it; skips the test without MuJoCo. */
static mujoco_client *load(oik_rig *rig) {
    char path[TEMP_PATH_LENGTH], message[512];
    const char *missing = mujoco_missing();
    rig_write(oik_mjcf_write, rig, temp_path(path, "rig.xml"));
    if (missing) {
        fprintf(stderr, "skipped: %s\n", missing);
        oik_rig_free(rig);
        skip();
    }
    mujoco_client *client = mujoco_open(path, message, sizeof message);
    if (!client)
        fail_msg("MuJoCo: %s", message);
    return client;
}

static void set_coordinates(mujoco_client *client, const oik_rig *rig, const double *q) {
    for (int d = 0; d < rig->n_dofs; d++)
        assert_true(mujoco_set(client, rig->dofs[d].name, q[d]));
    mujoco_forward(client);
}

static void expect_near(const char *what, oik_vec3 found, oik_vec3 expected) {
    if (!(v3_dist(found, expected) <= TOLERANCE))
        fail_msg("%s: %g %g %g, the rig has %g %g %g", what, found.x, found.y, found.z, expected.x, expected.y, expected.z);
}

/** Every vertex of the bone is a corner of the mesh (MuJoCo may merge and reorder them). */
static void expect_bone(const mujoco_client *client, const oik_rig_bone *bone, oik_mat3 R, oik_vec3 o) {
    static oik_vec3 found[MAX_VERTICES];
    int n = mujoco_mesh(client, bone->name, NULL);
    assert_true(n > 0 && n <= MAX_VERTICES);
    mujoco_mesh(client, bone->name, found);
    for (size_t v = 0; v < bone->n_vertices; v++) {
        oik_vec3 expected = v3_add(o, m3_mulv(R, bone->vertices[v]));
        double nearest = INFINITY;
        for (int k = 0; k < n; k++)
            nearest = fmin(nearest, v3_dist(found[k], expected));
        if (!(nearest <= TOLERANCE))
            fail_msg("%s: vertex %zu is %g m off", bone->name, v, nearest);
    }
}

/** Bodies and markers are where oik_rig_forward has them. */
static void expect_pose(void *client, const oik_rig *rig, const double *q) {
    oik_mat3 R[MAX_BODIES], R_found = {0};
    oik_vec3 o[MAX_BODIES], found = {0};
    assert_true(rig->n_bodies <= MAX_BODIES);
    set_coordinates(client, rig, q);
    oik_rig_forward(R, o, rig, q);
    for (int i = 0; i < rig->n_bodies; i++) {
        assert_true(mujoco_body(client, rig->bodies[i].name, &R_found, &found));
        expect_near(rig->bodies[i].name, found, o[i]);
        for (int c = 0; c < 3; c++)
            expect_near(rig->bodies[i].name, m3_column(R_found, c), m3_column(R[i], c));
    }
    for (int m = 0; m < rig->n_markers; m++) {
        const oik_rig_marker *marker = &rig->markers[m];
        assert_true(mujoco_site(client, marker->name, &found));
        expect_near(marker->name, found, v3_add(o[marker->body], m3_mulv(R[marker->body], marker->at)));
    }
}

/** Bones too, at coordinates q. */
static void expect_bones(mujoco_client *client, const oik_rig *rig, const double *q) {
    oik_mat3 R[MAX_BODIES];
    oik_vec3 o[MAX_BODIES];
    set_coordinates(client, rig, q);
    oik_rig_forward(R, o, rig, q);
    for (int b = 0; b < rig->n_bones; b++)
        expect_bone(client, &rig->bones[b], R[rig->bones[b].body], o[rig->bones[b].body]);
}

static void check_poses(oik_rig *rig) {
    mujoco_client *client = load(rig);
    rig_check_poses(rig, 11, expect_pose, client);
    expect_bones(client, rig, rig->q + (ptrdiff_t)(rig->n_frames - 1) * rig->n_dofs);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void a_plain_rig_is_posed_alike(void **state) {
    (void)state;
    check_poses(tiny_rig_new());
}

static void turned_joint_frames_are_posed_alike(void **state) {
    (void)state;
    check_poses(turned_rig_new());
}

static void the_keyframe_is_the_first_frame(void **state) {
    (void)state;
    oik_rig *rig = turned_rig_new();
    mujoco_client *client = load(rig);
    assert_true(mujoco_keyframe(client, "first_frame"));
    for (int d = 0; d < rig->n_dofs; d++)
        assert_true(fabs(mujoco_get(client, rig->dofs[d].name) - rig->q[d]) < 1e-11); /* 12 digits */
    expect_pose(client, rig, rig->q);
    expect_bones(client, rig, rig->q);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void masses_and_inertias_are_the_rigs(void **state) {
    (void)state;
    oik_rig *rig = turned_rig_new();
    mujoco_client *client = load(rig);
    mujoco_totals sums = mujoco_sums(client);
    double total = 0.0;
    for (int i = 0; i < rig->n_bodies; i++) {
        const oik_rig_body *body = &rig->bodies[i];
        double mass, inertia[6];
        oik_vec3 centre;
        assert_true(mujoco_inertia(client, body->name, &mass, &centre, inertia));
        assert_true(fabs(mass - body->mass) < 1e-9);
        expect_near(body->name, centre, body->mass_centre);
        for (int k = 0; k < 6; k++)
            assert_true(fabs(inertia[k] - body->inertia[k]) < 1e-9); /* MuJoCo finds the principal axes by iteration */
        total += body->mass;
    }
    assert_true(fabs(sums.mass - total) < 1e-9);
    assert_int_equal(sums.n_bodies, rig->n_bodies);
    assert_int_equal(sums.n_coordinates, rig->n_dofs);
    assert_int_equal(sums.n_velocities, rig->n_dofs); /* no quaternion among them */
    mujoco_close(client);
    oik_rig_free(rig);
}

static void ranges_are_the_rigs_and_hold_the_motion(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    double lower = 0, upper = 0;
    rig->q[TINY_RIG_DOFS + 9] = 2.5;                        /* the knee bends beyond 2.4 in frame 1 */
    rig->dofs[8].lower = rig->dofs[8].upper = 0.0;          /* a coordinate that is held, */
    for (int f = 0; f < rig->n_frames; f++)
        rig->q[f * TINY_RIG_DOFS + 8] = 0.0;                /* and does not move */
    mujoco_client *client = load(rig);
    assert_false(mujoco_range(client, "pelvis_tilt", &lower, &upper)); /* free: it may walk away and turn round */
    assert_true(mujoco_range(client, "hip_adduction_r", &lower, &upper));
    assert_true(fabs(lower + 0.875) < 1e-11 && fabs(upper - 0.5) < 1e-11);
    assert_true(mujoco_range(client, "knee_angle_r", &lower, &upper));
    assert_true(fabs(lower) < 1e-11 && fabs(upper - 2.5) < 1e-11);
    assert_true(mujoco_range(client, "hip_rotation_r", &lower, &upper));
    assert_true(lower < 0 && lower > -1e-5 && upper > 0 && upper < 1e-5);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void a_dependent_coordinate_is_constrained(void **state) {
    (void)state;
    oik_rig *rig = turned_rig_new();
    mujoco_client *client = load(rig);
    set_coordinates(client, rig, rig->q + 2 * TINY_RIG_DOFS);
    assert_true(fabs(mujoco_coupling_error(client, "lumbar_bending")) < 1e-9);
    assert_true(fabs(mujoco_coupling_error(client, "lumbar_rotation")) < 1e-9);
    mujoco_set(client, "lumbar_rotation", rig->q[2 * TINY_RIG_DOFS + 15] + 0.25);
    mujoco_forward(client);
    assert_true(fabs(mujoco_coupling_error(client, "lumbar_rotation") - 0.25) < 1e-9);
    mujoco_close(client);
    oik_rig_free(rig);
}

/** From a pose at rest the mass centre of a body without anything to hold it falls by g t^2 / 2, whatever the joints do. */
static void check_fall(oik_rig *rig) {
    const double seconds = 0.1, g = 9.80665;
    mujoco_client *client = load(rig);
    mujoco_totals sums = mujoco_sums(client);
    assert_true(v3_dist(sums.gravity, v3(0, -g, 0)) < 1e-12);
    mujoco_touch(client, false);
    assert_true(mujoco_keyframe(client, "first_frame"));
    mujoco_forward(client);
    double height = mujoco_mass_centre(client).y;
    assert_true(mujoco_run(client, seconds));
    mujoco_forward(client);
    double fallen = height - mujoco_mass_centre(client).y;
    /*
     * A step takes the velocity of its end, so that n of them fall by g dt^2 (1 + 2 + ... + n) = g t (t + dt) / 2. 1e-4 m of 0.05: the
     * armature of the pelvis' hinges pulls at the world; one step more or less moves the result by 2e-3.
     */
    assert_true(fabs(fallen - 0.5 * g * seconds * (seconds + sums.time_step)) < 1e-4);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void it_falls_as_it_weighs(void **state) {
    (void)state;
    check_fall(tiny_rig_new());
    check_fall(demo_rig_new(OIK_RIG_PLAIN));
    check_fall(demo_rig_new(OIK_RIG_FULL));
}

/** All joints but the pelvis' turn by up to 10 rad/s. */
static void push_all(mujoco_client *client, const oik_rig *rig, uint64_t *random) {
    for (int d = rig->bodies[0].n_rotations + rig->bodies[0].n_translations; d < rig->n_dofs; d++)
        assert_true(mujoco_push(client, rig->dofs[d].name, 10.0 * random_signed(random)));
    mujoco_forward(client);
}

/** 2 s through the air or onto the floor, from three random pushes. */
static void check_sound(oik_rig *rig, bool floor) {
    enum { PUSHES = 3 };
    uint64_t random = 17;
    mujoco_client *client = load(rig);
    mujoco_touch(client, floor);
    for (int k = 0; k < PUSHES; k++) {
        assert_true(mujoco_keyframe(client, "first_frame"));
        push_all(client, rig, &random);
        double energy = mujoco_energy(client), height = mujoco_mass_centre(client).y;
        if (!mujoco_run(client, 2.0))
            fail_msg("push %d: the simulation diverges", k);
        mujoco_forward(client);
        /* 1 J of 1000: what limits and floor give back when they are left, at steps of 2 ms; they and damping take hundreds */
        if (!(mujoco_peak_energy(client) <= energy + 1.0))
            fail_msg("push %d: %g J from %g J", k, mujoco_peak_energy(client), energy);
        double fallen = height - mujoco_mass_centre(client).y;
        if (floor ? !(fallen > 0.0 && fallen < height) : !(fallen > 15.0)) /* it lies on the floor; 2 s of free fall are 19.6 m */
            fail_msg("push %d: fallen by %g m", k, fallen);
        assert_true(!floor || mujoco_sums(client).deepest > -0.02); /* [m]; soft contact, the subject lies on it */
    }
    mujoco_close(client);
    oik_rig_free(rig);
}

static void simulations_are_sound_in_the_air(void **state) {
    (void)state;
    check_sound(tiny_rig_new(), false);
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        check_sound(demo_rig_of((demo_body)body, OIK_RIG_PLAIN), false);
        check_sound(demo_rig_of((demo_body)body, OIK_RIG_FULL), false);
    }
}

static void simulations_are_sound_on_the_floor(void **state) {
    (void)state;
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        check_sound(demo_rig_of((demo_body)body, OIK_RIG_PLAIN), true);
        check_sound(demo_rig_of((demo_body)body, OIK_RIG_FULL), true);
    }
}

/** The lowest point of all shapes touches the floor, in the pose where the model opens and in the first frame. */
static void it_stands_on_the_floor(void **state) {
    (void)state;
    const double step = 1e-3; /* [m] */
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        oik_rig *rig = demo_rig_of((demo_body)body, OIK_RIG_FULL);
        mujoco_client *client = load(rig);
        for (int key = 0; key < 2; key++) {
            mujoco_reset(client);
            assert_true(!key || mujoco_keyframe(client, "first_frame"));
            assert_true(key || fabs(mujoco_get(client, "hip_flexion_r")) == 0.0);
            double height = mujoco_get(client, "pelvis_ty");
            mujoco_set(client, "pelvis_ty", height + step);
            mujoco_forward(client);
            assert_int_equal(mujoco_sums(client).n_contacts, 0);
            mujoco_set(client, "pelvis_ty", height - step);
            mujoco_forward(client);
            assert_true(mujoco_sums(client).n_contacts > 0 && mujoco_sums(client).n_contacts < 20); /* feet, not limbs among themselves */
            assert_true(fabs(mujoco_sums(client).deepest + step) < 1e-6); /* 12 written digits */
        }
        mujoco_close(client);
        oik_rig_free(rig);
    }
}

static void a_rig_without_skin_has_no_floor(void **state) {
    (void)state;
    oik_rig *rig = demo_rig_new(OIK_RIG_PLAIN);
    rig->skin.n_vertices = 0;
    mujoco_client *client = load(rig);
    assert_true(mujoco_run(client, 2.0));
    assert_int_equal(mujoco_sums(client).n_contacts, 0);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void the_demo_bodies_are_posed_alike(void **state) {
    (void)state;
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        check_poses(demo_rig_of((demo_body)body, OIK_RIG_PLAIN));
        check_poses(demo_rig_of((demo_body)body, OIK_RIG_FULL));
    }
}

/** The whole subject is there, and nothing besides. */
static void the_demo_body_weighs_what_the_subject_does(void **state) {
    (void)state;
    oik_rig *rig = demo_rig_new(OIK_RIG_FULL);
    mujoco_client *client = load(rig);
    assert_true(fabs(mujoco_sums(client).mass - rig->mass) < 1e-6 * rig->mass); /* shares of 12 digits that add up to 1 */
    mujoco_close(client);
    oik_rig_free(rig);
}

static void files_are_those_that_were_named(void **state) {
    (void)state;
    rig_check_files(oik_mjcf_write, "rig.xml");
}

static void bytes_do_not_depend_on_run_or_locale(void **state) {
    (void)state;
    rig_check_bytes(oik_mjcf_write, "rig.xml");
}

static void bad_rigs_are_refused_by_name(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    rig_check_bad_rigs(oik_mjcf_write);
    oik_rig *rig = tiny_rig_new();
    char file[TEMP_PATH_LENGTH];
    snprintf(path, sizeof path, "%.500s/rig.xml", temp_file(file, "a_file", "", 0));
    assert_int_equal(oik_mjcf_write(rig, path, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "a_file"));
    strcpy(rig->bones[0].name, "contact_pelvis");
    rig_check_refused(oik_mjcf_write, rig, OIK_E_MODEL, "'contact_pelvis'");
    strcpy(rig->bones[0].name, "floor");
    rig_check_refused(oik_mjcf_write, rig, OIK_E_MODEL, "'floor'");
    oik_rig_free(rig);
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(oik_mjcf_document_write);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    rig_check_memory(oik_mjcf_document_write);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_rig_is_posed_alike),
        cmocka_unit_test(turned_joint_frames_are_posed_alike),
        cmocka_unit_test(the_keyframe_is_the_first_frame),
        cmocka_unit_test(masses_and_inertias_are_the_rigs),
        cmocka_unit_test(ranges_are_the_rigs_and_hold_the_motion),
        cmocka_unit_test(a_dependent_coordinate_is_constrained),
        cmocka_unit_test(the_demo_bodies_are_posed_alike),
        cmocka_unit_test(it_falls_as_it_weighs),
        cmocka_unit_test(simulations_are_sound_in_the_air),
        cmocka_unit_test(simulations_are_sound_on_the_floor),
        cmocka_unit_test(it_stands_on_the_floor),
        cmocka_unit_test(a_rig_without_skin_has_no_floor),
        cmocka_unit_test(the_demo_body_weighs_what_the_subject_does),
        cmocka_unit_test(files_are_those_that_were_named),
        cmocka_unit_test(bytes_do_not_depend_on_run_or_locale),
        cmocka_unit_test(bad_rigs_are_refused_by_name),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_export_mjcf", tests, temp_dir_setup, temp_dir_teardown);
}
