/*
 * NAME.urdf: check_urdf takes it; forward kinematics over its tree puts everything where the rig has it, and so does MuJoCo, which is a
 * reader of URDF too and looks for the meshes.
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

#include "base/rot.h"
#include "export/urdf.h"
#include "failing_malloc.h"
#include "rig_writer.h"
#include "support/demo_rig.h"
#include "support/mujoco_client.h"
#include "support/random.h"
#include "support/rig_export.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"
#include "support/urdf_client.h"

enum { MAX_BODIES = 64 };

/* 12 written digits of lengths up to some metres, through a chain of bodies */
static const double TOLERANCE = 1e-6;

static urdf_client *write_and_open(const oik_rig *rig) {
    char path[TEMP_PATH_LENGTH];
    rig_write(oik_urdf_write, rig, temp_path(path, "rig.urdf"));
    return urdf_open(path);
}

static void expect_pose(void *urdf, const oik_rig *rig, const double *q) {
    urdf_client *client = urdf;
    oik_mat3 R[MAX_BODIES], R_found = {0};
    oik_vec3 o[MAX_BODIES], found = {0};
    assert_true(rig->n_bodies <= MAX_BODIES);
    for (int d = 0; d < rig->n_dofs; d++) {
        urdf_joint *joint = urdf_find_joint(client, rig->dofs[d].name);
        assert_non_null(joint);
        joint->q = q[d];
    }
    oik_rig_forward(R, o, rig, q);
    for (int i = 0; i < rig->n_bodies; i++) {
        urdf_place(client, rig->bodies[i].name, "ground", &R_found, &found);
        if (!(v3_dist(found, o[i]) <= TOLERANCE && oik_rot_angle_between(R_found, R[i]) <= TOLERANCE))
            fail_msg("%s is %g m and %g rad off", rig->bodies[i].name, v3_dist(found, o[i]), oik_rot_angle_between(R_found, R[i]));
    }
}

static void check_poses(oik_rig *rig) {
    urdf_client *client = write_and_open(rig);
    rig_check_poses(rig, 12, expect_pose, client);
    free(client);
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

/** Where pitch is 90 degrees, up to rounding, only roll - yaw is known. */
static void a_joint_frame_in_gimbal_position_is_kept(void **state) {
    (void)state;
    const oik_mat3 C = oik_rot_exp(v3(0.3, -0.8, 0.5)); /* A B^T then has rounding errors where the pitch's cosine is */
    const double quarter = 1.57079632679489662, offsets[] = {0, 1e-15, -1e-15, 1e-8, -1e-8, 1e-5};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            oik_rig *rig = tiny_rig_new();
            oik_rig_body *femur = &rig->bodies[TINY_RIG_FEMUR_R];
            oik_mat3 pitched = m3_mul(oik_rot_axis(v3(0, 1, 0), sign * quarter + offsets[i]), oik_rot_axis(v3(1, 0, 0), 0.7));
            femur->A = m3_mul(pitched, C);
            femur->B = C;
            check_poses(rig);
        }
}

static void the_world_of_ros_has_z_up(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    urdf_client *client = write_and_open(rig);
    oik_mat3 R;
    oik_vec3 o;
    urdf_place(client, "ground", "world", &R, &o);
    assert_true(v3_norm(o) == 0.0);
    assert_true(v3_dist(m3_mulv(R, v3(1, 0, 0)), v3(1, 0, 0)) < 1e-11);  /* forward stays x */
    assert_true(v3_dist(m3_mulv(R, v3(0, 1, 0)), v3(0, 0, 1)) < 1e-11);  /* up becomes z */
    assert_true(v3_dist(m3_mulv(R, v3(0, 0, 1)), v3(0, -1, 0)) < 1e-11); /* right becomes -y, for y is left */
    free(client);
    oik_rig_free(rig);
}

static void every_coordinate_has_a_link_and_every_moving_link_inertia(void **state) {
    (void)state;
    oik_rig *rig = turned_rig_new();
    urdf_client *client = write_and_open(rig);
    double total = 0.0, expected = 0.0;
    assert_int_equal(client->n_links, rig->n_dofs + 2); /* and world, ground */
    assert_int_equal(client->n_joints, rig->n_dofs + 1);
    for (int i = 0; i < client->n_links; i++) {
        bool still = strcmp(client->links[i].name, "world") == 0 || strcmp(client->links[i].name, "ground") == 0;
        assert_int_equal(client->links[i].has_inertia, !still);
        assert_true(still || (client->links[i].mass > 0 && client->links[i].inertia[0] > 0));
        total += client->links[i].mass;
    }
    for (int i = 0; i < rig->n_bodies; i++) {
        const oik_rig_body *body = &rig->bodies[i];
        const urdf_link *link = urdf_find_link(client, body->name);
        assert_non_null(link);
        assert_true(fabs(link->mass - body->mass) < 1e-9);
        assert_true(v3_dist(link->centre, body->mass_centre) < 1e-9);
        for (int k = 0; k < 6; k++)
            assert_true(fabs(link->inertia[k] - body->inertia[k]) < 1e-11);
        expected += body->mass;
    }
    assert_true(total >= expected && total < expected * (1 + 1e-6)); /* what the links between add */
    free(client);
    oik_rig_free(rig);
}

static void limits_are_the_rigs_and_hold_the_motion(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->q[TINY_RIG_DOFS + 9] = 2.5; /* the knee bends beyond 2.4 in frame 1 */
    urdf_client *client = write_and_open(rig);
    for (int d = 0; d < rig->n_dofs; d++) {
        const urdf_joint *joint = urdf_find_joint(client, rig->dofs[d].name);
        const char *type = rig->dofs[d].translation ? "prismatic" : d < 3 ? "continuous" : "revolute";
        assert_string_equal(joint->type, type);
        assert_true(joint->has_limit && joint->effort > 0 && joint->velocity > 0);
        assert_int_equal(joint->has_range, d >= 3);
        if (!joint->has_range)
            continue;
        assert_true(fabs(joint->lower - rig->dofs[d].lower) < 1e-11);
        assert_true(fabs(joint->upper - (d == 9 ? 2.5 : rig->dofs[d].upper)) < 1e-11);
    }
    free(client);
    oik_rig_free(rig);
}

static void a_linear_dependence_is_mimicked(void **state) {
    (void)state;
    oik_rig *rig = turned_rig_new();
    urdf_client *client = write_and_open(rig);
    const urdf_joint *bending = urdf_find_joint(client, "lumbar_bending");
    assert_string_equal(bending->mimics, "hip_flexion_r");
    for (int f = 0; f < rig->n_frames; f++) {
        const double *q = rig->q + (ptrdiff_t)f * TINY_RIG_DOFS;
        assert_true(fabs(bending->multiplier * q[6] + bending->offset - q[14]) < 1e-11);
    }
    assert_string_equal(urdf_find_joint(client, "lumbar_rotation")->mimics, ""); /* cubic */
    free(client);
    oik_rig_free(rig);
}

static void every_bone_is_a_mesh_of_its_link(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    urdf_client *client = write_and_open(rig);
    assert_int_equal(client->n_meshes, rig->n_bones);
    for (int b = 0; b < rig->n_bones; b++) {
        char expected[URDF_PATH_LENGTH], path[TEMP_PATH_LENGTH];
        snprintf(expected, sizeof expected, "tiny_meshes/%s.stl", rig->bones[b].name);
        assert_string_equal(client->meshes[b].file, expected);
        assert_string_equal(client->meshes[b].link, rig->bodies[rig->bones[b].body].name);
        FILE *file = fopen(temp_path(path, expected), "rb");
        assert_non_null(file);
        fclose(file);
    }
    free(client);
    oik_rig_free(rig);
}

/** check_urdf on the file; skips the test where it is not installed. */
static void check_with_urdfdom(oik_rig *rig) {
    char path[TEMP_PATH_LENGTH], command[2 * TEMP_PATH_LENGTH], text[65536];
    rig_write(oik_urdf_write, rig, temp_path(path, "checked.urdf"));
    oik_rig_free(rig);
    if (run_command("command -v check_urdf", text, sizeof text) != 0) {
        fprintf(stderr, "skipped: check_urdf is not there (package liburdfdom-tools)\n");
        skip();
    }
    snprintf(command, sizeof command, "check_urdf '%s' 2>&1", path);
    if (run_command(command, text, sizeof text) != 0 || !strstr(text, "Successfully Parsed"))
        fail_msg("%s", text);
    assert_null(strstr(text, "rror"));
    assert_null(strstr(text, "arning"));
    assert_non_null(strstr(text, "root Link: world has 1 child"));
}

static void urdfdom_takes_a_plain_rig(void **state) {
    (void)state;
    check_with_urdfdom(tiny_rig_new());
}

static void urdfdom_takes_a_rig_with_dependent_coordinates(void **state) {
    (void)state;
    check_with_urdfdom(turned_rig_new());
}

static void the_demo_bodies_are_posed_alike(void **state) {
    (void)state;
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        check_poses(demo_rig_of((demo_body)body, OIK_RIG_PLAIN));
        check_poses(demo_rig_of((demo_body)body, OIK_RIG_FULL));
    }
}

/* MuJoCo has z up, as REP 103 has, and a body for every link. */
static void expect_mujoco_pose(void *client, const oik_rig *rig, const double *q) {
    oik_mat3 R[MAX_BODIES], R_found = {0};
    oik_vec3 o[MAX_BODIES], found = {0};
    for (int d = 0; d < rig->n_dofs; d++)
        assert_true(mujoco_set(client, rig->dofs[d].name, q[d]));
    mujoco_forward(client);
    oik_rig_forward(R, o, rig, q);
    for (int i = 0; i < rig->n_bodies; i++) {
        assert_true(mujoco_body(client, rig->bodies[i].name, &R_found, &found));
        oik_vec3 expected = v3(o[i].x, -o[i].z, o[i].y), x = m3_column(R[i], 0);
        if (!(v3_dist(found, expected) <= TOLERANCE))
            fail_msg("%s is %g m off", rig->bodies[i].name, v3_dist(found, expected));
        assert_true(v3_dist(m3_column(R_found, 0), v3(x.x, -x.z, x.y)) <= TOLERANCE);
    }
}

static void check_with_mujoco(oik_rig *rig) {
    char path[TEMP_PATH_LENGTH], message[512];
    const char *missing = mujoco_missing();
    rig_write(oik_urdf_write, rig, temp_path(path, "mujoco.urdf"));
    if (missing) {
        fprintf(stderr, "skipped: %s\n", missing);
        oik_rig_free(rig);
        skip();
    }
    mujoco_client *client = mujoco_open(path, message, sizeof message);
    if (!client)
        fail_msg("MuJoCo: %s", message);
    assert_int_equal(mujoco_sums(client).n_coordinates, rig->n_dofs);
    assert_int_equal(mujoco_sums(client).n_meshes, rig->n_bones); /* found beside the file */
    rig_check_poses(rig, 13, expect_mujoco_pose, client);
    mujoco_close(client);
    oik_rig_free(rig);
}

static void mujoco_poses_it_alike(void **state) {
    (void)state;
    check_with_mujoco(tiny_rig_new());
    check_with_mujoco(demo_rig_new(OIK_RIG_FULL));
}

static void urdfdom_takes_the_demo_body(void **state) {
    (void)state;
    check_with_urdfdom(demo_rig_new(OIK_RIG_FULL));
}

static void files_are_those_that_were_named(void **state) {
    (void)state;
    rig_check_files(oik_urdf_write, "rig.urdf");
}

static void bytes_do_not_depend_on_run_or_locale(void **state) {
    (void)state;
    rig_check_bytes(oik_urdf_write, "rig.urdf");
}

static void bad_rigs_are_refused_by_name(void **state) {
    (void)state;
    rig_check_bad_rigs(oik_urdf_write);
    oik_rig *rig = tiny_rig_new();
    strcpy(rig->bodies[2].name, "hip_flexion_r_link"); /* a link between the coordinates of the hip */
    rig_check_refused(oik_urdf_write, rig, OIK_E_MODEL, "'hip_flexion_r_link'");
    strcpy(rig->bodies[2].name, "tibia_r_link"); /* of no coordinate */
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_urdf_write(rig, temp_path(path, "link.urdf"), NULL), OIK_OK);
    strcpy(rig->dofs[9].name, "world_ground");
    rig_check_refused(oik_urdf_write, rig, OIK_E_MODEL, "'world_ground'");
    oik_rig_free(rig);
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(oik_urdf_document_write);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    rig_check_memory(oik_urdf_document_write);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_rig_is_posed_alike),
        cmocka_unit_test(turned_joint_frames_are_posed_alike),
        cmocka_unit_test(a_joint_frame_in_gimbal_position_is_kept),
        cmocka_unit_test(the_world_of_ros_has_z_up),
        cmocka_unit_test(every_coordinate_has_a_link_and_every_moving_link_inertia),
        cmocka_unit_test(limits_are_the_rigs_and_hold_the_motion),
        cmocka_unit_test(a_linear_dependence_is_mimicked),
        cmocka_unit_test(every_bone_is_a_mesh_of_its_link),
        cmocka_unit_test(urdfdom_takes_a_plain_rig),
        cmocka_unit_test(urdfdom_takes_a_rig_with_dependent_coordinates),
        cmocka_unit_test(the_demo_bodies_are_posed_alike),
        cmocka_unit_test(mujoco_poses_it_alike),
        cmocka_unit_test(urdfdom_takes_the_demo_body),
        cmocka_unit_test(files_are_those_that_were_named),
        cmocka_unit_test(bytes_do_not_depend_on_run_or_locale),
        cmocka_unit_test(bad_rigs_are_refused_by_name),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_export_urdf", tests, temp_dir_setup, temp_dir_teardown);
}
