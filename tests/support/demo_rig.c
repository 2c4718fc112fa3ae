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

static oik_status solve(demo *d, oik_error *err) {
    char path[1024];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    oik_status status = oik_model_load(&d->model, path, err);
    if (!status)
        status = oik_mesh_read(&d->mesh, DEMO_FEMALE, err);
    if (!status)
        status = oik_body_from_mesh(&d->body, d->model, d->mesh, DEMO_FEMALE, NULL, err);
    if (!status)
        status = oik_skeleton_infer(&d->lying, d->model, d->body, NULL, err);
    if (!status)
        status = oik_skeleton_pose(&d->posed, d->model, d->body, d->lying, NULL, err);
    if (!status)
        status = oik_chain_from_skeleton(&d->chain, d->model, d->lying, err);
    return status ? status : oik_motion_solve(&d->motion, d->model, d->chain, d->posed, NULL, err);
}

static void demo_free(demo *d) {
    oik_motion_free(d->motion);
    oik_chain_free(d->chain);
    oik_skeleton_free(d->posed);
    oik_skeleton_free(d->lying);
    oik_body_free(d->body);
    oik_mesh_free(d->mesh);
    oik_model_free(d->model);
}

oik_rig *demo_rig_new(oik_rig_detail detail) {
    demo d = {0};
    oik_error err = {0};
    oik_rig *rig = NULL;
    oik_status status = solve(&d, &err);
    if (!status) {
        const oik_rig_input input = {.name = "demo",
                                     .gender = "female",
                                     .model = d.model->skeleton,
                                     .puppet = d.posed->puppet,
                                     .chain = d.chain,
                                     .motion = d.motion->frames,
                                     .stature = d.body->stature,
                                     .n_skin_vertices = d.body->n_vertices,
                                     .n_skin_faces = d.body->n_faces,
                                     .skin = d.body->x,
                                     .skin_faces = (const int32_t(*)[3])d.body->faces,
                                     .body = d.model->body};
        status = oik_rig_new(&rig, &input, detail, &err);
    }
    demo_free(&d);
    if (status)
        fail_msg("%s", err.message);
    return rig;
}
