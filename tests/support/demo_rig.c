/* The rig of a demo body (see demo_rig.h). */
#include "support/demo_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/internal.h"
#include "support/demo_run.h"

/** The objects that a rig is made from. */
typedef struct demo {
    oik_model *model;
    oik_mesh *mesh;
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion;
} demo;

static const struct {
    const char *mesh, *gender;
} bodies[DEMO_N_BODIES] = {[DEMO_BODY_FEMALE] = {DEMO_FEMALE, "female"},
                           [DEMO_BODY_MALE] = {DEMO_MALE, "male"},
                           [DEMO_BODY_CROUCH] = {DEMO_CROUCH, "male"}};

static oik_status solve(demo *d, demo_body body, oik_error *err) {
    char path[1024];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/%s.npz", dir ? dir : "build/models", bodies[body].gender);
    oik_status status = oik_model_load(&d->model, path, err);
    if (!status)
        status = oik_mesh_read(&d->mesh, bodies[body].mesh, err);
    if (!status)
        status = oik_body_from_mesh(&d->body, d->model, d->mesh, bodies[body].mesh, NULL, err);
    if (!status)
        status = oik_skeleton_infer(&d->lying, d->model, d->body, NULL, err);
    if (!status)
        status = oik_skeleton_pose(&d->posed, d->model, d->body, d->lying, NULL, err);
    if (!status)
        status = oik_chain_from_skeleton(&d->chain, d->model, d->lying, err);
    return status ? status : oik_motion_solve(&d->motion, d->model, d->chain, d->posed, NULL, err);
}

/** Solved when it is asked for first, and kept until the program ends. */
static const demo *solved(demo_body body) {
    static demo kept[DEMO_N_BODIES];
    oik_error err = {0};
    if (!kept[body].motion && solve(&kept[body], body, &err) != OIK_OK)
        fail_msg("%s", err.message);
    return &kept[body];
}

oik_rig *demo_rig_of(demo_body body, oik_rig_detail detail) {
    const demo *d = solved(body);
    oik_error err = {0};
    oik_rig *rig = NULL;
    const oik_rig_input input = {.name = "demo",
                                 .gender = bodies[body].gender,
                                 .model = d->model->skeleton,
                                 .puppet = d->posed->puppet,
                                 .chain = d->chain,
                                 .motion = d->motion->frames,
                                 .stature = d->body->stature,
                                 .n_skin_vertices = d->body->n_vertices,
                                 .n_skin_faces = d->body->n_faces,
                                 .skin = d->body->x,
                                 .skin_faces = (const int32_t(*)[3])d->body->faces,
                                 .body = d->model->body};
    if (oik_rig_new(&rig, &input, detail, &err) != OIK_OK)
        fail_msg("%s", err.message);
    return rig;
}

oik_rig *demo_rig_new(oik_rig_detail detail) {
    return demo_rig_of(DEMO_BODY_FEMALE, detail);
}
