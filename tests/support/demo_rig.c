/* The rig of a demo body (see demo_rig.h). */
#include "support/demo_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/internal.h"
#include "support/demo_person.h"
#include "support/demo_run.h"

static const struct {
    const char *mesh, *gender;
} bodies[DEMO_N_BODIES] = {[DEMO_BODY_FEMALE] = {DEMO_FEMALE, "female"},
                           [DEMO_BODY_MALE] = {DEMO_MALE, "male"},
                           [DEMO_BODY_CROUCH] = {DEMO_CROUCH, "male"}};

/** Solved when it is asked for first, and kept until the program ends. */
static const demo_person *solved(demo_body body) {
    static demo_person kept[DEMO_N_BODIES];
    if (!kept[body].motion && demo_person_new(&kept[body], bodies[body].gender, bodies[body].mesh))
        fail_msg("no pipeline of '%s'", bodies[body].mesh);
    return &kept[body];
}

oik_rig *demo_rig_of(demo_body body, oik_rig_detail detail) {
    const demo_person *d = solved(body);
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
