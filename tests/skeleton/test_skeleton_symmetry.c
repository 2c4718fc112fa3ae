/*
 * Bodies that are their own mirror images, in poses that are, through the whole pipeline with the built-in models: so are their bones.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rot.h"
#include "support/built_in_body.h"
#include "support/posed_body.h"
#include "support/random.h"

static const char *const genders[] = {"female", "male"};
static const posed_body symmetric[] = {POSED_STANDING, POSED_SQUAT, POSED_ARMS_OVERHEAD, POSED_SITTING, POSED_FORWARD_BEND};

static const uint64_t seeds[] = {60, 67};

enum { N_GENDERS = 2, N_SUBJECTS = sizeof seeds / sizeof *seeds, N_POSES = sizeof symmetric / sizeof *symmetric };

/* Registration and solves end within some nanometres; where one of two mirror images is taken by chance, parts are 0.04 to 8 mm off. */
static const double TOLERANCE = 1e-6;

/* Shape modes are symmetric; half of the skin stands for the other one, since rounding is not. */
static void draw(oik_vec3 *x, const oik_body_model *body, uint64_t seed, posed_body pose) {
    double *shape = calloc(body->n_modes, sizeof *shape);
    assert_non_null(shape);
    for (size_t k = 0; k < body->n_modes; k++)
        shape[k] = 1.5 * random_signed(&seed) / sqrt(body->mode_precision[k]);
    posed_body_skin(x, body, shape, pose);
    for (size_t v = 0; v < body->n_vertices; v++) {
        size_t image = (size_t)body->mirror[v];
        if (image >= v)
            x[image] = v == image ? v3(0, x[v].y, x[v].z) : v3(-x[v].x, x[v].y, x[v].z);
    }
    free(shape);
}

static void check_parts(const oik_skel_model *model, const oik_puppet *puppet, const char *which, posed_body pose) {
    const oik_mat3 mirror = m3_diag(v3(-1, 1, 1));
    for (int p = 0; p < model->n_parts; p++) {
        int image = model->part_mirror[p];
        double shift = v3_dist(m3_mulv(mirror, puppet->t[image]), puppet->t[p]);
        double turn = oik_rot_angle_between(m3_mul(mirror, m3_mul(puppet->R[image], mirror)), puppet->R[p]);
        if (shift > TOLERANCE || turn > 10.0 * TOLERANCE) /* of parts some 0.1 m long */
            fail_msg("%s, %s: %s is %.4f mm and %.4f mrad from its mirror image", which, posed_body_name(pose), model->part_names[p],
                     1e3 * shift, 1e3 * turn);
    }
}

static void symmetric_bodies_have_symmetric_bones(void **state) {
    (void)state;
    for (int g = 0; g < N_GENDERS; g++) {
        built_in_body b = built_in_load(genders[g]);
        oik_vec3 *x = calloc(b.body->n_vertices, sizeof *x);
        assert_non_null(x);
        for (int i = 0; i < N_SUBJECTS * N_POSES; i++) {
            posed_body pose = symmetric[i % N_POSES];
            draw(x, b.body, seeds[i / N_POSES], pose);
            found_bones found = find_bones(&b, x);
            check_parts(b.model, found.lying, "lying", pose);
            check_parts(b.model, found.posed, "posed", pose);
            found_bones_free(&found);
        }
        free(x);
        built_in_free(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetric_bodies_have_symmetric_bones),
    };
    return cmocka_run_group_tests_name("test_skeleton_symmetry", tests, NULL, NULL);
}
