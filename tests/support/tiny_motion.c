/** The made-up motion (see tiny_motion.h). */
#include "support/tiny_motion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

#define IDENTITY {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}

enum { N_DOFS = 3 };

static const double DEG = 3.14159265358979323846 / 180.0;

oik_ik_motion *tiny_motion_new(int n_frames) {
    static oik_dof dofs[N_DOFS] = {{.name = "pelvis_rotation", .axis = {0, 1, 0}},
                                   {.name = "pelvis_tx", .axis = {1, 0, 0}, .translation = true, .lower = -10, .upper = 10},
                                   {.name = "knee", .axis = {0, 0, 1}}};
    static oik_chain_joint joints[2] = {
        {.name = "ground_pelvis", .parent = -1, .kind = OIK_JOINT_FREE, .A = IDENTITY, .B = IDENTITY,
         .n_rotations = 1, .n_translations = 1},
        {.name = "hip_r", .parent = 0, .kind = OIK_JOINT_HINGE, .A = IDENTITY, .B = IDENTITY, .s = {0, -1, 0},
         .first_dof = 2, .n_rotations = 1}};
    static char names[2][OIK_NAME_LENGTH] = {"pelvis", "femur_r"};
    static const oik_chain chain = {.n_segments = 2, .segment_names = names, .joints = joints, .n_dofs = N_DOFS, .dofs = dofs};
    oik_ik_motion *motion;
    dofs[0].lower = -720.0 * DEG, dofs[0].upper = 720.0 * DEG;
    dofs[2].upper = 140.0 * DEG;
    if (oik_ik_motion_new(&motion, &chain, n_frames, NULL))
        return NULL;
    for (int f = 0; f < n_frames; f++) {
        double t = 0.5 * f, *q = motion->q + f * N_DOFS;
        motion->time[f] = t;
        q[0] = remainder(90.0 * t, 360.0) * DEG, q[1] = t * t, q[2] = (f % 2) * 30.0 * DEG;
    }
    oik_ik_motion_mark_bounds(motion);
    motion->link_error[0] = 1.0 * DEG;
    motion->noise = 0.0105, motion->temporal_weight = 1.25e-4, motion->n_iterations = 12, motion->converged = true;
    motion->stop = "cost";
    return motion;
}

void tiny_motion_expect_text(const char *path, const char *text) {
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_string_equal((char *)data, text);
    assert_int_equal(size, strlen(text));
    free(data);
}

void tiny_motion_expect_same_file(const char *path_a, const char *path_b) {
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path_a, NULL), OIK_OK);
    tiny_motion_expect_text(path_b, (const char *)data);
    free(data);
}
