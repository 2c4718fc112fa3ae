/**
 * A made-up report for the tests of its writer and of its page: tiny body and tiny skeleton, ten steps in three stages.
 *
 *   1 - 3   registration: the skin comes down on the input from 0.3, 0.2 and 0.1 m above; no bones
 *   4 - 7   placing: bones of a shape that grows to the result's, in the lying skin; a new solve begins with step 6
 *   8 - 10  posing: the right thigh and shank are 0.3, 0.2 and 0.1 m to the side of the result
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/report_html.h"
#include "skeleton/skeleton.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

enum { FIXTURE_REGISTRATION = 3, FIXTURE_PLACING = 4, FIXTURE_POSING = 3, FIXTURE_STEPS = 10 };

typedef struct report_fixture {
    oik_body_model *body;
    oik_skel_model *skeleton;
    oik_kinematics *kinematics;
    oik_chain *chain;
    oik_chain_pose *pose;
    oik_puppet *result, *puppets[FIXTURE_STEPS];
    oik_vec3 *skin, *lying, *above[FIXTURE_REGISTRATION];
    oik_report_step steps[FIXTURE_STEPS];
    oik_quality quality;
    oik_report report;
} report_fixture;

static inline oik_vec3 *fixture_skin(const oik_body_model *body, bool lying, const oik_skel_model *skeleton, oik_vec3 shift) {
    oik_vec3 *x = calloc(body->n_vertices, sizeof *x);
    oik_body_pose pose = oik_body_pose_rest();
    assert_non_null(x);
    if (lying)
        memcpy(pose.R, skeleton->lying_R, sizeof pose.R);
    tiny_body_posed(x, NULL, body, NULL, &pose);
    for (size_t i = 0; i < body->n_vertices; i++)
        x[i] = v3_add(x[i], shift);
    return x;
}

/** The result, with a shape this far from it and the right leg this far to the side. */
static inline oik_puppet *fixture_puppet(const report_fixture *f, double shape, double aside) {
    oik_puppet *puppet = NULL;
    assert_int_equal(oik_puppet_new(&puppet, f->skeleton, NULL), OIK_OK);
    oik_puppet_copy(puppet, f->result);
    for (size_t k = 0; k + 1 < puppet->n_modes; k++) /* the last mode stays as it is */
        puppet->shape[k] += shape;
    puppet->t[TINY_THIGH_R].x -= aside;
    puppet->t[TINY_SHANK_R].x -= aside;
    return puppet;
}

static inline void fixture_steps(report_fixture *f) {
    for (int i = 0; i < FIXTURE_STEPS; i++) {
        oik_report_step *step = &f->steps[i];
        int placing = i - FIXTURE_REGISTRATION, posing = placing - FIXTURE_PLACING;
        if (placing < 0) {
            f->above[i] = fixture_skin(f->body, false, f->skeleton, v3(0, 0.1 * (FIXTURE_REGISTRATION - i), 0));
            *step = (oik_report_step){.stage = "registration", .iteration = i + 1, .cost = 1.0 / (1 + i), .skin = f->above[i]};
            continue;
        }
        bool lying = posing < 0;
        f->puppets[i] = lying ? fixture_puppet(f, -0.5 * (FIXTURE_PLACING - placing), 0.0)
                              : fixture_puppet(f, 0.0, 0.1 * (FIXTURE_POSING - posing));
        *step = (oik_report_step){.stage = lying ? "placing" : "posing",
                                  .iteration = lying ? 1 + placing % 2 : 1 + posing,
                                  .cost = lying ? 500.0 - placing : NAN,
                                  .lying = lying,
                                  .skin = lying ? f->lying : f->skin,
                                  .R = f->puppets[i]->R,
                                  .t = f->puppets[i]->t,
                                  .shape = lying ? f->puppets[i]->shape : NULL};
    }
}

static inline void fixture_make(report_fixture *f) {
    *f = (report_fixture){.body = tiny_body_new()};
    assert_non_null(f->body);
    f->skeleton = tiny_skeleton_new(f->body);
    assert_non_null(f->skeleton);
    assert_int_equal(oik_puppet_new(&f->result, f->skeleton, NULL), OIK_OK);
    f->result->shape[0] = 0.5;
    assert_int_equal(oik_skel_kinematics(&f->kinematics, f->skeleton, f->result, NULL), OIK_OK);
    double *q = NULL;
    assert_int_equal(oik_chain_new(&f->chain, &q, f->kinematics, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&f->pose, f->chain, NULL), OIK_OK);
    oik_chain_forward(f->pose, f->chain, q);
    free(q);
    f->skin = fixture_skin(f->body, false, f->skeleton, v3(0, 0, 0));
    f->lying = fixture_skin(f->body, true, f->skeleton, v3(0.2, -0.4, 0.1));
    fixture_steps(f);
    f->quality = (oik_quality){.n_gates = 2, .level = 1};
    f->quality.gates[0] = (oik_gate){.name = "hip_gap", .unit = "m", .value = 0.0051, .warn = 0.004, .fail = 0.010, .level = 1};
    f->quality.gates[1] = (oik_gate){.name = "bones_outside_depth", .unit = "m", .value = 0.001, .warn = 0.005, .fail = INFINITY};
    f->report = (oik_report){.name = "tiny",
                             .input_path = "tiny.ply",
                             .version = "0.0",
                             .model = {.name = "tiny model", .gender = "female", .licence = "MIT"},
                             .stature = 1.7,
                             .quality = &f->quality,
                             .n_skin_vertices = f->body->n_vertices,
                             .n_skin_faces = f->body->n_faces,
                             .skin_faces = (const int32_t(*)[3])f->body->faces,
                             .skeleton = f->skeleton,
                             .kinematics = f->kinematics,
                             .chain = f->chain,
                             .pose = f->pose,
                             .result = {.skin = f->skin, .R = f->result->R, .t = f->result->t, .shape = f->result->shape},
                             .n_steps = FIXTURE_STEPS,
                             .steps = f->steps};
}

static inline void fixture_release(report_fixture *f) {
    for (int i = 0; i < FIXTURE_STEPS; i++)
        oik_puppet_free(f->puppets[i]);
    for (int i = 0; i < FIXTURE_REGISTRATION; i++)
        free(f->above[i]);
    free(f->skin);
    free(f->lying);
    oik_chain_pose_free(f->pose);
    oik_chain_free(f->chain);
    oik_kinematics_free(f->kinematics);
    oik_puppet_free(f->result);
    oik_skel_model_free(f->skeleton);
    oik_body_model_free(f->body);
}

#endif
