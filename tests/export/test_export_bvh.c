/*
 * NAME.bvh: a reader written from the format's description rebuilds every joint of the rig from the file; angles without jumps; what the
 * format cannot say; Blender. Blender (package blender) is skipped where it is not installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rot.h"
#include "export/bvh.h"
#include "support/failing_malloc.h"
#include "rig_writer.h"
#include "support/animation_checks.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/* ---- reader ---- */

enum { MAX_JOINTS = 16, MAX_CHANNELS = 6 };

typedef struct joint {
    char name[OIK_NAME_LENGTH];
    int parent;
    oik_vec3 offset, end; /* end: offset of the End Site, 0 without */
    int n_channels;
    char channels[MAX_CHANNELS][16];
} joint;

typedef struct hierarchy {
    char *text, *rest; /* file; what is not read yet */
    int n_joints, n_frames, n_numbers;
    joint joints[MAX_JOINTS];
    double frame_time, *numbers; /* n_frames x n_numbers */
} hierarchy;

static const char *word(hierarchy *h) {
    char *token = strtok_r(NULL, " \t\n", &h->rest);
    if (!token)
        fail_msg("the file ends too early");
    return token;
}

static void expect(hierarchy *h, const char *text) {
    assert_string_equal(word(h), text);
}

static double number(hierarchy *h) {
    const char *text = word(h);
    char *end;
    double x = strtod(text, &end);
    if (*end || !strchr(text, '.'))
        fail_msg("'%s' is not a number with a decimal point", text);
    return x;
}

static oik_vec3 offset(hierarchy *h) {
    expect(h, "OFFSET");
    double x = number(h), y = number(h), z = number(h);
    return v3(x, y, z);
}

static void read_joint(hierarchy *h, int parent) {
    assert_true(h->n_joints < MAX_JOINTS);
    int own = h->n_joints++;
    joint *j = &h->joints[own];
    j->parent = parent;
    strncpy(j->name, word(h), sizeof j->name - 1);
    expect(h, "{");
    j->offset = offset(h);
    expect(h, "CHANNELS");
    j->n_channels = atoi(word(h));
    assert_true(j->n_channels == 3 || j->n_channels == 6);
    for (int c = 0; c < j->n_channels; c++)
        strncpy(j->channels[c], word(h), sizeof j->channels[c] - 1);
    h->n_numbers += j->n_channels;
    for (const char *token = word(h); strcmp(token, "}") != 0; token = word(h)) {
        if (strcmp(token, "JOINT") == 0) {
            read_joint(h, own);
            continue;
        }
        assert_string_equal(token, "End");
        expect(h, "Site");
        expect(h, "{");
        j->end = offset(h);
        expect(h, "}");
    }
}

static void read_motion(hierarchy *h) {
    expect(h, "MOTION");
    expect(h, "Frames:");
    h->n_frames = atoi(word(h));
    expect(h, "Frame");
    expect(h, "Time:");
    h->frame_time = number(h);
    h->numbers = calloc((size_t)(h->n_frames * h->n_numbers), sizeof *h->numbers);
    assert_non_null(h->numbers);
    for (int i = 0; i < h->n_frames * h->n_numbers; i++)
        h->numbers[i] = number(h);
    assert_null(strtok_r(NULL, " \t\n", &h->rest));
}

static void hierarchy_read(hierarchy *h, const char *path) {
    size_t size;
    uint8_t *data;
    *h = (hierarchy){0};
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    h->text = (char *)data;
    h->rest = h->text;
    expect(h, "HIERARCHY");
    expect(h, "ROOT");
    read_joint(h, -1);
    read_motion(h);
}

static void hierarchy_free(hierarchy *h) {
    free(h->text);
    free(h->numbers);
}

/* A joint's rotation, channel after channel, and its place on the parent: position channels instead of the offset. */
static void local(oik_mat3 *R, oik_vec3 *t, const joint *j, const double *numbers) {
    static const oik_vec3 axes[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double position[3] = {j->offset.x, j->offset.y, j->offset.z};
    *R = m3_identity();
    for (int c = 0; c < j->n_channels; c++) {
        int axis = j->channels[c][0] - 'X';
        assert_in_range(axis, 0, 2);
        if (strcmp(j->channels[c] + 1, "position") == 0)
            position[axis] = numbers[c];
        else
            *R = m3_mul(*R, oik_rot_axis(axes[axis], numbers[c] * DEG));
    }
    *t = v3(position[0], position[1], position[2]);
}

typedef struct placed {
    oik_mat3 G[MAX_JOINTS];
    oik_vec3 p[MAX_JOINTS];
} placed;

static void place(placed *out, const hierarchy *h, int frame) {
    const double *numbers = h->numbers + (ptrdiff_t)frame * h->n_numbers;
    for (int i = 0; i < h->n_joints; i++) {
        const joint *j = &h->joints[i];
        local(&out->G[i], &out->p[i], j, numbers);
        numbers += j->n_channels;
        if (j->parent >= 0) {
            out->p[i] = v3_add(out->p[j->parent], m3_mulv(out->G[j->parent], out->p[i]));
            out->G[i] = m3_mul(out->G[j->parent], out->G[i]);
        }
    }
}

static int find_joint(const hierarchy *h, const char *name) {
    int i = 0;
    while (i < h->n_joints && strcmp(h->joints[i].name, name) != 0)
        i++;
    assert_true(i < h->n_joints);
    return i;
}

/* ---- against the rig ---- */

/* Position of every joint in every frame, and its rotation away from the neutral posture. */
static void compare(const oik_rig *rig, const hierarchy *h) {
    const double far = 1e-5, turned = 1e-6; /* [m], [rad]: 6 decimals of metres and degrees, rounded along 3 joints */
    oik_mat3 R0[MAX_JOINTS], R[MAX_JOINTS];
    oik_vec3 o0[MAX_JOINTS], o[MAX_JOINTS];
    double rest[TINY_RIG_DOFS];
    placed at;
    const oik_mat3 T = m3_columns(rig_y_up(v3(1, 0, 0)), rig_y_up(v3(0, 1, 0)), rig_y_up(v3(0, 0, 1)));
    for (int d = 0; d < rig->n_dofs; d++)
        rest[d] = rig->dofs[d].rest;
    oik_rig_forward(R0, o0, rig, rest);
    assert_int_equal(h->n_joints, rig->n_bodies);
    assert_int_equal(h->n_frames, rig->n_frames);
    for (int f = 0; f < rig->n_frames; f++) {
        oik_rig_forward(R, o, rig, rig->q + (ptrdiff_t)f * rig->n_dofs);
        place(&at, h, f);
        for (int b = 0; b < rig->n_bodies; b++) {
            int i = find_joint(h, rig->bodies[b].name);
            oik_mat3 since = m3_mul(R[b], m3_transpose(R0[b]));
            assert_true(v3_dist(at.p[i], rig_y_up(o[b])) <= far);
            assert_true(oik_rot_angle_between(at.G[i], m3_mul(m3_mul(T, since), m3_transpose(T))) <= turned);
        }
    }
}

static void write_and_read(hierarchy *h, const oik_rig *rig, const char *name) {
    char path[TEMP_PATH_LENGTH];
    rig_write(oik_bvh_write, rig, temp_path(path, name));
    hierarchy_read(h, path);
}

static void joints_are_where_the_rig_has_them(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    for (int d = 6; d < rig->n_dofs; d++)
        rig->dofs[d].rest = 0.1 * (d - 8); /* any posture can be the neutral one */
    write_and_read(&h, rig, "tiny.bvh");
    compare(rig, &h);
    assert_true(fabs(h.frame_time - 0.5) < 1e-9);
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void a_turned_and_shuffled_rig_is_where_it_should_be(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = turned_rig_new();
    write_and_read(&h, rig, "turned.bvh");
    compare(rig, &h);
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void left_is_on_x_and_forward_on_z(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&h, rig, "axes.bvh");
    assert_true(v3_norm(h.joints[0].offset) == 0.0); /* exactly: some readers add it to the position */
    oik_vec3 hip = h.joints[find_joint(&h, "femur_l")].offset, back = h.joints[find_joint(&h, "torso")].offset;
    assert_true(v3_dist(hip, v3(0.085, 0, 0)) < 1e-6);
    assert_true(v3_dist(back, v3(0, 0.11, -0.08)) < 1e-6); /* behind the hips */
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void channels_are_named_in_the_order_of_their_rotations(void **state) {
    (void)state;
    static const char *const names[] = {"Xposition", "Yposition", "Zposition", "Zrotation", "Xrotation", "Yrotation"};
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&h, rig, "channels.bvh");
    for (int i = 0; i < h.n_joints; i++) {
        int n = h.joints[i].n_channels;
        assert_int_equal(n, i == 0 ? 6 : 3);
        for (int c = 0; c < n; c++)
            assert_string_equal(h.joints[i].channels[c], names[6 - n + c]);
    }
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void ends_are_where_the_bones_end(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&h, rig, "ends.bvh");
    assert_true(v3_dist(h.joints[find_joint(&h, "femur_l")].end, v3(0, -0.4, 0)) < 1e-6); /* the box of the femur, 0.4 m down */
    assert_true(v3_norm(h.joints[find_joint(&h, "femur_r")].end) == 0.0);                 /* has a child */
    hierarchy_free(&h);
    rig->bodies[TINY_RIG_FEMUR_L].n_bones = 0;
    write_and_read(&h, rig, "ends.bvh");
    assert_true(v3_dist(h.joints[find_joint(&h, "femur_l")].end, v3(0, -0.34, 0)) < 1e-6); /* twice the mass centre */
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void a_joint_that_glides_has_positions_too(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    oik_dof *last = &rig->dofs[rig->bodies[TINY_RIG_FEMUR_L].first_dof + 2];
    rig->bodies[TINY_RIG_FEMUR_L].n_rotations = 2, rig->bodies[TINY_RIG_FEMUR_L].n_translations = 1;
    last->translation = true, last->rest = 0.03;
    write_and_read(&h, rig, "glide.bvh");
    assert_int_equal(h.joints[find_joint(&h, "femur_l")].n_channels, 6);
    compare(rig, &h);
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void angles_run_on_through_turns_and_gimbal_positions(void **state) {
    (void)state;
    enum { FRAMES = 109, FLEXION = 6, ADDUCTION = 7, ROTATION = 8, PELVIS_Y = 5 };
    hierarchy h;
    oik_rig *rig = rig_turning(FRAMES);
    assert_non_null(rig);
    for (int f = 0; f < FRAMES; f++) { /* the thigh goes up through exactly 90 degrees, which is the x rotation here, to 118, and back */
        double *q = rig->q + (ptrdiff_t)f * rig->n_dofs;
        q[0] = q[1] = q[ADDUCTION] = 0.0;
        q[FLEXION] = 2.0 * DEG * (f < 60 ? f : 118 - f), q[ROTATION] = 0.1 * sin(0.1 * f);
    }
    write_and_read(&h, rig, "turns.bvh");
    compare(rig, &h);
    for (int f = 1; f < FRAMES; f++)
        for (int n = 3; n < h.n_numbers; n++) {
            double step = h.numbers[f * h.n_numbers + n] - h.numbers[(f - 1) * h.n_numbers + n];
            assert_true(fabs(step) < 10.001); /* the pelvis turns by 10 */
        }
    double turned = h.numbers[(FRAMES - 1) * h.n_numbers + PELVIS_Y] - h.numbers[PELVIS_Y];
    assert_true(fabs(turned - 1080.0) < 1e-5); /* three whole turns in one go */
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void one_frame_is_a_motion_of_one(void **state) {
    (void)state;
    hierarchy h;
    oik_rig *rig = tiny_rig_new();
    rig->n_frames = 1;
    write_and_read(&h, rig, "one.bvh");
    compare(rig, &h);
    assert_true(h.frame_time > 0.0);
    hierarchy_free(&h);
    oik_rig_free(rig);
}

static void what_the_format_cannot_say_is_refused(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->time[1] = 0.4;
    rig_check_refused(oik_bvh_write, rig, OIK_E_ARGUMENT, "frame 1");
    rig->time[1] = 0.5;
    strcpy(rig->bodies[2].name, "tibia r");
    rig_check_refused(oik_bvh_write, rig, OIK_E_MODEL, "tibia r");
    strcpy(rig->bodies[2].name, "tibia_r");
    rig->bodies[3].parent = -1;
    rig_check_refused(oik_bvh_write, rig, OIK_E_MODEL, "femur_l");
    rig->bodies[3].parent = 0;
    rig->q[2 * TINY_RIG_DOFS + 3] = NAN;
    rig_check_refused(oik_bvh_write, rig, OIK_E_NOT_FINITE, "pelvis_tx");
    oik_rig_free(rig);
}

static void equal_rigs_give_equal_bytes(void **state) {
    (void)state;
    animation_check_same_bytes(oik_bvh_write);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    animation_check_comma_locale(oik_bvh_write);
}

static void bad_folders_are_refused(void **state) {
    (void)state;
    animation_check_bad_folders(oik_bvh_write);
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(oik_bvh_write);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    temp_path(path, "swept.bvh");
    failing_malloc_arm(-1);
    assert_int_equal(oik_bvh_write(rig, path, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_true(n > 8);
    int n_files = count_entries(temp_path(folder, "."));
    for (long k = 0; k < n; k++) {
        oik_error err = {0};
        failing_malloc_arm(k);
        oik_status status = oik_bvh_write(rig, path, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_int_equal(count_entries(folder), n_files); /* no temporary file is left */
    }
    oik_rig_free(rig);
}

static void blender_has_the_same_joints(void **state) {
    (void)state;
    animation_check_blender(oik_bvh_write, "blender.bvh");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joints_are_where_the_rig_has_them),
        cmocka_unit_test(a_turned_and_shuffled_rig_is_where_it_should_be),
        cmocka_unit_test(left_is_on_x_and_forward_on_z),
        cmocka_unit_test(channels_are_named_in_the_order_of_their_rotations),
        cmocka_unit_test(ends_are_where_the_bones_end),
        cmocka_unit_test(a_joint_that_glides_has_positions_too),
        cmocka_unit_test(angles_run_on_through_turns_and_gimbal_positions),
        cmocka_unit_test(one_frame_is_a_motion_of_one),
        cmocka_unit_test(what_the_format_cannot_say_is_refused),
        cmocka_unit_test(equal_rigs_give_equal_bytes),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_folders_are_refused),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(blender_has_the_same_joints),
    };
    return cmocka_run_group_tests_name("test_export_bvh", tests, temp_dir_setup, temp_dir_teardown);
}
