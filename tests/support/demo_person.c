/* One body through the whole pipeline (see the header). */
#include "support/demo_person.h"

#include <stdio.h>
#include <string.h>

#include "support/built_in_body.h"

int demo_person_new(demo_person *person, const char *gender, const char *mesh) {
    oik_error err = {0};
    demo_person *p = person;
    memset(p, 0, sizeof *p);
    if (oik_model_load(&p->model, built_in_path(gender), &err) || oik_mesh_read(&p->mesh, mesh, &err) ||
        oik_body_from_mesh(&p->body, p->model, p->mesh, mesh, NULL, &err) || oik_skeleton_infer(&p->lying, p->model, p->body, NULL, &err) ||
        oik_skeleton_pose(&p->posed, p->model, p->body, p->lying, NULL, &err) ||
        oik_chain_from_skeleton(&p->chain, p->model, p->lying, &err) ||
        oik_motion_solve(&p->motion, p->model, p->chain, p->posed, NULL, &err)) {
        fprintf(stderr, "%s: %s\n", mesh, err.message);
        return -1;
    }
    return 0;
}

void demo_person_clear(demo_person *person) {
    oik_motion_free(person->motion);
    oik_chain_free(person->chain);
    oik_skeleton_free(person->posed);
    oik_skeleton_free(person->lying);
    oik_body_free(person->body);
    oik_mesh_free(person->mesh);
    oik_model_free(person->model);
}
