/*
 * ISB angles of a body and of its mirror image, from the mesh through the whole pipeline: left and right are exchanged, and the values
 * are equal. A mirror image is given in two ways, which the registration treats differently: all points reflected, so that the numbering
 * of the vertices is that of a mirrored body; and renumbered as well, so that it is another person, who stands the other way round.
 */
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
#include "ik/isb_angles.h"
#include "support/demo_run.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/** The objects of a run. */
typedef struct run {
    oik_model *model;
    oik_mesh *mesh;
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion;
} run;

static void run_free(run *r) {
    oik_motion_free(r->motion);
    oik_chain_free(r->chain);
    oik_skeleton_free(r->posed);
    oik_skeleton_free(r->lying);
    oik_body_free(r->body);
    oik_mesh_free(r->mesh);
    oik_model_free(r->model);
}

typedef enum reflection { AS_IT_IS, REFLECTED, REFLECTED_AND_RENUMBERED } reflection;

static void exchange(oik_vec3 *a, oik_vec3 *b) {
    oik_vec3 kept = *a;
    *a = *b;
    *b = kept;
}

static void mirror(oik_mesh *mesh, const oik_body_model *model, reflection how) {
    assert_int_equal(mesh->n_vertices, model->n_vertices);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        mesh->vertices[i].x = how == AS_IT_IS ? mesh->vertices[i].x : -mesh->vertices[i].x;
        if (how == REFLECTED_AND_RENUMBERED && (size_t)model->mirror[i] < i)
            exchange(&mesh->vertices[i], &mesh->vertices[model->mirror[i]]);
    }
    mesh->n_faces = how == AS_IT_IS ? mesh->n_faces : 0; /* else they would look inside; the model has its own */
}

static oik_status solve(run *r, const char *input, reflection how, oik_error *err) {
    char path[1024];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    oik_status status = oik_model_load(&r->model, path, err);
    if (!status)
        status = oik_mesh_read(&r->mesh, input, err);
    if (!status) {
        mirror(r->mesh, r->model->body, how);
        status = oik_body_from_mesh(&r->body, r->model, r->mesh, input, NULL, err);
    }
    if (!status)
        status = oik_skeleton_infer(&r->lying, r->model, r->body, NULL, err);
    if (!status)
        status = oik_skeleton_pose(&r->posed, r->model, r->body, r->lying, NULL, err);
    if (!status)
        status = oik_chain_from_skeleton(&r->chain, r->model, r->lying, err);
    return status ? status : oik_motion_solve(&r->motion, r->model, r->chain, r->posed, NULL, err);
}

/** Angles of the only frame of a body. */
static oik_isb_angles *angles_of(const char *input, reflection how) {
    run r = {0};
    oik_error err = {0};
    oik_isb_angles *isb = NULL;
    oik_chain_pose *pose = NULL;
    oik_status status = solve(&r, input, how, &err);
    if (!status)
        status = oik_isb_angles_new(&isb, r.motion->chain, v3(0, 1, 0), &err);
    if (!status)
        status = oik_chain_pose_new(&pose, r.motion->chain, &err);
    if (status)
        fail_msg("%s", err.message);
    assert_int_equal(r.motion->frames->n_frames, 1);
    oik_chain_forward(pose, r.motion->chain, r.motion->frames->q);
    oik_isb_angles_next(isb, pose->R);
    oik_chain_pose_free(pose);
    run_free(&r);
    return isb;
}

static double angle_named(const oik_isb_angles *isb, const char *name) {
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++)
            if (strcmp(isb->joints[i].names[k], name) == 0)
                return isb->joints[i].angle[k];
    fail_msg("no angle %s", name);
    return 0.0;
}

/** The other side's name: true where there is one. */
static bool exchange_sides(char *name) {
    size_t n = strlen(name);
    bool sided = strcmp(name + n - 2, "_r") == 0 || strcmp(name + n - 2, "_l") == 0;
    if (sided)
        name[n - 1] = name[n - 1] == 'r' ? 'l' : 'r';
    return sided;
}

/** What an angle of the body is in the mirror: bending and turning of the trunk change their sign. */
static double mirrored_value(const char *name, bool sided, double angle) {
    return !sided && (strstr(name, "_right_") || strstr(name, "_left_")) ? -angle : angle;
}

/** Every angle of the image is that of the other side of the body. @return how many angles differ between the body's sides by 5 deg */
static int expect_exchanged(const oik_isb_angles *isb, const oik_isb_angles *image) {
    const double tolerance = 0.001 * DEG; /* two solutions of the same equations, which stop where steps are small: 1e-6 deg measured */
    int n_unlike = 0;
    assert_int_equal(image->n_joints, isb->n_joints);
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++) {
            char other[OIK_ISB_NAME_LENGTH];
            strcpy(other, isb->joints[i].names[k]);
            bool sided = exchange_sides(other);
            double angle = isb->joints[i].angle[k], expected = mirrored_value(other, sided, angle);
            double off = remainder(angle_named(image, other) - expected, 360.0 * DEG);
            if (!(fabs(off) < tolerance))
                fail_msg("%s is %.5f deg off", other, off / DEG);
            n_unlike += sided && fabs(angle_named(isb, other) - angle) > 5.0 * DEG;
        }
    return n_unlike;
}

static void a_mirrored_mesh_has_left_and_right_exchanged(void **state) {
    (void)state;
    oik_isb_angles *isb = angles_of(DEMO_FEMALE, AS_IT_IS);
    for (int how = REFLECTED; how <= REFLECTED_AND_RENUMBERED; how++) {
        oik_isb_angles *image = angles_of(DEMO_FEMALE, (reflection)how);
        assert_true(expect_exchanged(isb, image) >= 10); /* she walks, so that an exchange is seen */
        oik_isb_angles_free(image);
    }
    oik_isb_angles_free(isb);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mirrored_mesh_has_left_and_right_exchanged),
    };
    return cmocka_run_group_tests_name("test_ik_isb_mirror", tests, NULL, NULL);
}
