/* The rig of a sequence against the frames themselves: bones that ride on the solved chain stand where tracking put them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "moving_body.h"
#include "rig/rig.h"
#include "run_program.h"

enum { N_FRAMES = 12, MAX_BODIES = 64 };

static oik_model *model;
static oik_sequence *sequence;
static oik_chain *chain;
static oik_motion *motion;
static oik_vec3 *tracked; /**< N_FRAMES x n_vertices of the model's bones */
static oik_error err;

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static int add_frame(const double *shape, int frame) {
    oik_mesh *mesh = moving_mesh(model->body, shape, frame, 1.0);
    oik_status status = oik_sequence_add(sequence, mesh, frame / MOVING_FPS, "mesh", &err);
    oik_mesh_free(mesh);
    if (failed(status))
        return 1;
    const oik_skeleton *posed = oik_sequence_posed(sequence);
    memcpy(tracked + (size_t)frame * posed->n_vertices, posed->vertices, posed->n_vertices * sizeof *tracked);
    return 0;
}

static int set_up(void **unused) {
    (void)unused;
    char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    if (failed(oik_model_load(&model, path, &err)) || failed(oik_sequence_new(&sequence, model, NULL, &err)))
        return 1;
    double *shape = moving_shape(model->body);
    tracked = malloc(N_FRAMES * model->skeleton->n_vertices * sizeof *tracked);
    int wrong = !shape || !tracked;
    for (int f = 0; f < N_FRAMES && !wrong; f++)
        wrong = add_frame(shape, f);
    free(shape);
    return wrong || failed(oik_chain_from_skeleton(&chain, model, oik_sequence_lying(sequence), &err)) ||
           failed(oik_sequence_solve(&motion, sequence, chain, &err));
}

static int tear_down(void **unused) {
    (void)unused;
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_sequence_free(sequence);
    oik_model_free(model);
    free(tracked);
    return 0;
}

static int model_bone(const char *name) {
    for (int b = 0; b < model->skeleton->n_bones; b++)
        if (strcmp(model->skeleton->bone_names[b], name) == 0)
            return b;
    fail_msg("no bone %s", name);
    return -1;
}

/** Root mean square distance between a bone on its body and the tracked one [m]. */
static double bone_distance(const oik_rig_bone *bone, oik_mat3 R, oik_vec3 o, const oik_vec3 *there) {
    const oik_skel_model *skeleton = model->skeleton;
    int32_t number = model_bone(bone->name);
    double sum = 0.0;
    size_t i = 0;
    for (size_t v = 0; v < skeleton->n_vertices; v++) {
        if (skeleton->vertex_bone[v] != number)
            continue;
        oik_vec3 d = v3_sub(v3_add(o, m3_mulv(R, bone->vertices[i++])), oik_rig_world(there[v]));
        sum += v3_dot(d, d);
    }
    assert_int_equal(i, bone->n_vertices);
    return sqrt(sum / (double)i);
}

/** Largest and mean distance over the bones and the first n frames, from vertices there (n x those of the model's bones). */
static void distances(double *largest, double *mean, const oik_rig *rig, const oik_vec3 *there, int n) {
    oik_mat3 R[MAX_BODIES];
    oik_vec3 o[MAX_BODIES];
    *largest = *mean = 0.0;
    assert_true(rig->n_bodies <= MAX_BODIES && rig->n_frames == n);
    for (int f = 0; f < n; f++) {
        oik_rig_forward(R, o, rig, rig->q + (size_t)f * (size_t)rig->n_dofs);
        for (int b = 0; b < rig->n_bones; b++) {
            const oik_rig_bone *bone = &rig->bones[b];
            double d = bone_distance(bone, R[bone->body], o[bone->body], there + (size_t)f * model->skeleton->n_vertices);
            *largest = fmax(*largest, d);
            *mean += d / (n * rig->n_bones);
        }
    }
}

static oik_rig *rig_of(const oik_sequence *s, const oik_motion *m, int full) {
    const oik_rig_options options = {.full = full};
    oik_rig *rig = NULL;
    if (failed(oik_rig_from_skeleton(&rig, model, oik_sequence_body(s), oik_sequence_posed(s), m, &options, &err)))
        fail();
    return rig;
}

static oik_rig *make(int full) {
    return rig_of(sequence, motion, full);
}

static void a_sequence_of_one_frame_has_its_bones_exactly(void **unused) {
    (void)unused;
    oik_sequence *one = NULL;
    oik_chain *its_chain = NULL;
    oik_motion *its_motion = NULL;
    double *shape = moving_shape(model->body);
    oik_mesh *mesh = moving_mesh(model->body, shape, 0, 1.0);
    assert_false(failed(oik_sequence_new(&one, model, NULL, &err)) || failed(oik_sequence_add(one, mesh, 0.0, "mesh", &err)) ||
                 failed(oik_chain_from_skeleton(&its_chain, model, oik_sequence_lying(one), &err)) ||
                 failed(oik_sequence_solve(&its_motion, one, its_chain, &err)));
    for (int full = 0; full <= 1; full++) {
        double largest, mean;
        oik_rig *rig = rig_of(one, its_motion, full);
        distances(&largest, &mean, rig, oik_sequence_posed(one)->vertices, 1);
        assert_true(largest < 1e-9); /* placed by the same numbers, in and out of the body's frame */
        oik_rig_free(rig);
    }
    oik_motion_free(its_motion);
    oik_chain_free(its_chain);
    oik_sequence_free(one);
    oik_mesh_free(mesh);
    free(shape);
}

/** Centre of the vertices of a bone in one frame, on its body. */
static oik_vec3 centre_in_body(const oik_rig_bone *bone, oik_mat3 R, oik_vec3 o, const oik_vec3 *there) {
    int32_t number = model_bone(bone->name);
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t v = 0; v < model->skeleton->n_vertices; v++)
        if (model->skeleton->vertex_bone[v] == number)
            sum = v3_add(sum, oik_rig_world(there[v]));
    return m3_tmulv(R, v3_sub(v3_scale(sum, 1.0 / (double)bone->n_vertices), o));
}

/** How far the centre of a bone is from the mean of the tracked bone's on its body [m]. */
static double distance_to_mean(const oik_rig *rig, const oik_rig_bone *bone) {
    oik_mat3 R[MAX_BODIES];
    oik_vec3 o[MAX_BODIES], off = v3(0, 0, 0);
    for (size_t i = 0; i < bone->n_vertices; i++)
        off = v3_madd(off, -1.0 / (double)bone->n_vertices, bone->vertices[i]);
    for (int f = 0; f < N_FRAMES; f++) {
        oik_rig_forward(R, o, rig, rig->q + (size_t)f * (size_t)rig->n_dofs);
        const oik_vec3 *there = tracked + (size_t)f * model->skeleton->n_vertices;
        off = v3_madd(off, 1.0 / N_FRAMES, centre_in_body(bone, R[bone->body], o[bone->body], there));
    }
    return v3_norm(off);
}

/* A mean rotation is no mean of points: with turns of 3 degrees a point 0.3 m from the part's origin is off by 0.4 mm at most */
static void bones_ride_at_the_mean_of_their_places(void **unused) {
    (void)unused;
    for (int full = 0; full <= 1; full++) {
        oik_rig *rig = make(full);
        for (int b = 0; b < rig->n_bones; b++) {
            double distance = distance_to_mean(rig, &rig->bones[b]);
            if (!(distance < 4e-4))
                fail_msg("%s is %g m from the mean of its places", rig->bones[b].name, distance);
        }
        oik_rig_free(rig);
    }
}

/**
 * A rig has fixed joint centres; tracked bones are held by ligaments. Measured over 60 degrees of hip and knee: 1.8 mm on average, 7.7 mm
 * at the shank. Bones as in the last frame alone, on a chain that follows orientations only, would be 3.2 and 18 mm away.
 */
static void bones_of_the_rig_follow_the_frames(void **unused) {
    (void)unused;
    for (int full = 0; full <= 1; full++) {
        double largest, mean;
        oik_rig *rig = make(full);
        distances(&largest, &mean, rig, tracked, N_FRAMES);
        if (!(largest < 0.011 && mean < 0.0026))
            fail_msg("%g m on average, %g m at most", mean, largest);
        oik_rig_free(rig);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_of_one_frame_has_its_bones_exactly),
        cmocka_unit_test(bones_ride_at_the_mean_of_their_places),
        cmocka_unit_test(bones_of_the_rig_follow_the_frames),
    };
    return cmocka_run_group_tests_name("api/sequence_rig", tests, set_up, tear_down);
}
