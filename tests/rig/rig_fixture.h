/* What the tests of rigs share: a demo body through the library, rigs of it, motions of its chain. Include after cmocka.h. */
#ifndef OIK_TEST_RIG_FIXTURE_H
#define OIK_TEST_RIG_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "rig/rig.h"
#include "support/run_program.h"
#include "support/tiny_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* Products of up to 8 rotations and sums of lengths of 1 m in double precision: some 1e-15. */
#define EXACT 1e-12
/* Euler angles of a rotation lose half of the digits within 1e-8 of a gimbal position; random ones stay 1e-4 away: some 1e-12. */
#define DECOMPOSED 1e-9

static const double DEG = 3.14159265358979323846 / 180.0;

typedef struct subject {
    oik_model *model;
    oik_mesh *mesh;
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion; /* one frame: the posed bones */
} subject;

static inline int failed(oik_status status, const oik_error *err) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err->message);
    return status != OIK_OK;
}

static inline int subject_new(subject *s, const char *model_path, const char *mesh_path) {
    oik_error err = {.status = OIK_OK};
    return failed(oik_model_load(&s->model, model_path, &err), &err) || failed(oik_mesh_read(&s->mesh, mesh_path, &err), &err) ||
           failed(oik_body_from_mesh(&s->body, s->model, s->mesh, "body", NULL, &err), &err) ||
           failed(oik_skeleton_infer(&s->lying, s->model, s->body, NULL, &err), &err) ||
           failed(oik_skeleton_pose(&s->posed, s->model, s->body, s->lying, NULL, &err), &err) ||
           failed(oik_chain_from_skeleton(&s->chain, s->model, s->lying, &err), &err) ||
           failed(oik_motion_solve(&s->motion, s->model, s->chain, s->posed, NULL, &err), &err);
}

static inline int demo_subject_new(subject *s) {
    char path[RUN_MAX_PATH];
    const char *models = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", models ? models : "build/models");
    return subject_new(s, path, "data/demo/body_female.ply");
}

static inline void subject_clear(subject *s) {
    oik_motion_free(s->motion);
    oik_chain_free(s->chain);
    oik_skeleton_free(s->posed);
    oik_skeleton_free(s->lying);
    oik_body_free(s->body);
    oik_mesh_free(s->mesh);
    oik_model_free(s->model);
}

/* with skin, mass from its volume, bones as posed; the motion is the one given or the posed frame */
static inline oik_rig_input input_of(const subject *s, const oik_ik_motion *motion) {
    return (oik_rig_input){.name = "demo",
                           .gender = "female",
                           .model = s->model->skeleton,
                           .puppet = s->posed->puppet,
                           .chain = s->chain,
                           .motion = motion ? motion : s->motion->frames,
                           .stature = s->body->stature,
                           .n_skin_vertices = s->body->n_vertices,
                           .n_skin_faces = s->body->n_faces,
                           .skin = s->body->x,
                           .skin_faces = (const int32_t (*)[3])s->body->faces,
                           .body = s->model->body};
}

/* ends the test when it fails */
static inline oik_rig *make_rig(const oik_rig_input *input, oik_rig_detail detail) {
    oik_rig *rig = NULL;
    oik_error err = {.status = OIK_OK};
    assert_false(failed(oik_rig_new(&rig, input, detail, &err), &err));
    assert_non_null(rig);
    return rig;
}

/* the posed frame, then random ones within the ranges, half a second apart */
static inline oik_ik_motion *random_frames(const subject *s, int n_frames, uint64_t seed) {
    oik_ik_motion *motion = NULL;
    size_t n = (size_t)s->chain->n_dofs;
    assert_int_equal(oik_ik_motion_new(&motion, s->chain, n_frames, NULL), OIK_OK);
    memcpy(motion->q, s->motion->frames->q, n * sizeof *motion->q);
    for (int f = 0; f < n_frames; f++) {
        motion->time[f] = 0.5 * f;
        if (f)
            tiny_random_pose(motion->q + (size_t)f * n, s->chain, 0.05, &seed);
    }
    return motion;
}

static inline int find_body(const oik_rig *rig, const char *name) {
    for (int b = 0; b < rig->n_bodies; b++)
        if (strcmp(rig->bodies[b].name, name) == 0)
            return b;
    return -1;
}

/* ends the test when there is none */
static inline const oik_rig_body *body_named(const oik_rig *rig, const char *name) {
    int b = find_body(rig, name);
    if (b < 0)
        fail_msg("the rig has no body %s", name);
    return &rig->bodies[b];
}

static inline int find_dof(const oik_rig *rig, const char *name) {
    for (int d = 0; d < rig->n_dofs; d++)
        if (strcmp(rig->dofs[d].name, name) == 0)
            return d;
    return -1;
}

/* (x, y, z) -> (z, y, -x), written out again */
static inline oik_mat3 world_matrix(void) {
    return (oik_mat3){{{0, 0, 1}, {0, 1, 0}, {-1, 0, 0}}};
}

static inline double difference(oik_mat3 A, oik_mat3 B) {
    double most = 0.0;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            most = fmax(most, fabs(A.m[r][c] - B.m[r][c]));
    return most;
}

/* places of all bodies; ends the test when out of memory; free both */
static inline void place(oik_mat3 **R, oik_vec3 **o, const oik_rig *rig, const double *q) {
    *R = calloc((size_t)rig->n_bodies, sizeof **R);
    *o = calloc((size_t)rig->n_bodies, sizeof **o);
    assert_true(*R && *o);
    oik_rig_forward(*R, *o, rig, q);
}

#endif
