#include "built_in_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run_program.h"

static void check(oik_status status, const oik_error *err) {
    if (status)
        fail_msg("%s", err->message);
}

const char *built_in_path(const char *gender) {
    const char *models = getenv("OSSO_IK_MODELS"), *build = getenv("OSSO_IK_BUILD");
    char file[32];
    snprintf(file, sizeof file, "%s.npz", gender);
    return in_folder(models ? models : in_folder(build ? build : "build", "models"), file);
}

built_in_body built_in_load(const char *gender) {
    built_in_body b = {0};
    oik_npz *npz;
    oik_error err = {.message = ""};
    check(oik_npz_open(&npz, built_in_path(gender), &err), &err);
    check(oik_body_model_load(&b.body, npz, &err), &err);
    check(oik_skel_model_load(&b.model, npz, b.body->n_vertices, &err), &err);
    oik_npz_free(npz);
    check(oik_body_register_new(&b.workspace, b.body, &err), &err);
    return b;
}

void built_in_free(built_in_body *b) {
    oik_body_register_free(b->workspace);
    oik_skel_model_free(b->model);
    oik_body_model_free(b->body);
}

double *built_in_shape(const oik_body_model *body) {
    double *shape = calloc(body->n_modes, sizeof *shape);
    assert_non_null(shape);
    for (size_t k = 0; k < 6; k++)
        shape[k] = k % 2 ? -0.5 : 0.5;
    return shape;
}

found_bones find_bones(const built_in_body *b, const oik_vec3 *x) {
    oik_error err = {.message = ""};
    oik_body_register_options registering = oik_body_register_options_default();
    oik_skel_options options = oik_skel_options_default();
    const int32_t(*faces)[3] = (const int32_t(*)[3])b->body->faces;
    found_bones f;
    check(oik_body_fit_mesh(&f.fit, b->workspace, x, &registering, &err), &err);
    check(oik_skel_infer(&f.lying, NULL, b->model, b->body, &f.fit, &options, &err), &err);
    check(oik_skel_pose(&f.posed, NULL, b->model, b->body, &f.fit, x, faces, b->body->n_faces, f.lying, &options, &err), &err);
    return f;
}

void found_bones_free(found_bones *found) {
    oik_puppet_free(found->lying);
    oik_puppet_free(found->posed);
    oik_body_fit_free(&found->fit);
}
