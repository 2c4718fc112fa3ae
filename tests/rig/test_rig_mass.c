/* Masses, mass centres and inertias of rigs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rot.h"
#include "rig/anthropometry.h"
#include "rig_fixture.h"
#include "shapes.h"

static subject s;

static int set_up(void **state) {
    (void)state;
    return demo_subject_new(&s);
}

static int tear_down(void **state) {
    (void)state;
    subject_clear(&s);
    return 0;
}

/* principal moments: A + B >= C for any order, and A, B, C > 0, by the eigenvalues of the 3 x 3 matrix */
static void expect_possible_inertia(const oik_rig_body *body) {
    const double *I = body->inertia;
    oik_mat3 M = {{{I[0], I[3], I[4]}, {I[3], I[1], I[5]}, {I[4], I[5], I[2]}}}, U, V;
    oik_vec3 moments;
    oik_svd3(&U, &moments, &V, M);
    /* singular values are the eigenvalues of a symmetric matrix up to sign; the signs show in the determinant and the trace */
    assert_near(moments.x + moments.y + moments.z, I[0] + I[1] + I[2], 1e-12);
    assert_true(moments.z > 0.0);
    assert_true(moments.y + moments.z >= moments.x * (1.0 - 1e-12));
}

static void table_is_consistent(void **state) {
    (void)state;
    static const char *const genders[] = {"female", "male", "neutral"};
    /* mass centre of the whole trunk from C7 downwards, in shares of its length: the table's own row */
    static const double trunk_centre[] = {0.4964, 0.5138, 0.5051};
    for (int g = 0; g < 3; g++) {
        double sum = 0.0, trunk = 0.0, moment = 0.0, below = 0.0;
        for (int p = OIK_N_BODY_PARTS - 1; p >= 0; p--) {
            oik_anthropometry a = oik_anthropometry_of((oik_body_part)p, genders[g]);
            double x = a.sagittal * a.sagittal, y = a.longitudinal * a.longitudinal, z = a.transverse * a.transverse;
            assert_true(x + y >= z && y + z >= x && z + x >= y);
            sum += a.mass * (p <= OIK_PART_LOWER_TRUNK ? 1 : 2);
            if (p < OIK_PART_UPPER_TRUNK || p > OIK_PART_LOWER_TRUNK)
                continue;
            trunk += a.mass;
            moment += a.mass * (below + (1.0 - a.centre) * a.length);
            below += a.length;
        }
        /* rounded to a tenth of a per mille each; three of the lengths to a millimetre and centres to a per mille of it */
        assert_near(sum, 1.0, 2e-4);
        assert_near(1.0 - moment / trunk / oik_trunk_length(genders[g]), trunk_centre[g], 0.006);
    }
}

static void masses_add_up_and_inertias_are_possible(void **state) {
    (void)state;
    static const double masses[] = {0.0, 1.0, 61.3, 499.0};
    static const char *const genders[] = {"female", "male", "neutral"};
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++)
        for (size_t i = 0; i < sizeof masses / sizeof *masses; i++)
            for (int g = 0; g < 3; g++) {
                oik_rig_input input = input_of(&s, NULL);
                input.mass = masses[i];
                input.gender = genders[g];
                oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
                double sum = 0.0;
                assert_int_equal(rig->mass_estimated, masses[i] == 0.0);
                for (int b = 0; b < rig->n_bodies; b++) {
                    assert_true(rig->bodies[b].mass > 0.0);
                    sum += rig->bodies[b].mass;
                    expect_possible_inertia(&rig->bodies[b]);
                }
                /* one rounding is left */
                assert_near(sum, rig->mass, 1e-15 * 27 * rig->mass);
                if (masses[i] > 0.0)
                    assert_true(rig->mass == masses[i]);
                oik_rig_free(rig);
            }
}

static oik_vec3 whole_body_centre(const oik_rig *rig) {
    oik_vec3 sum = v3(0, 0, 0), *o;
    oik_mat3 *R;
    place(&R, &o, rig, rig->q);
    for (int b = 0; b < rig->n_bodies; b++)
        sum = v3_madd(sum, rig->bodies[b].mass / rig->mass, v3_add(o[b], m3_mulv(R[b], rig->bodies[b].mass_centre)));
    free(R);
    free(o);
    return sum;
}

static void both_details_have_the_same_mass_centre_in_the_first_frame(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *plain = make_rig(&input, OIK_RIG_PLAIN), *full = make_rig(&input, OIK_RIG_FULL);
    oik_vec3 centre = whole_body_centre(full);
    assert_near(v3_dist(centre, whole_body_centre(plain)), 0, DECOMPOSED);
    /* a walker's is a little above the hips, between the feet */
    double above = centre.y - full->q[find_dof(full, "pelvis_ty")];
    assert_true(above > 0.0 && above < 0.15);
    oik_rig_free(plain);
    oik_rig_free(full);
}

/* the rule of rig_mass.c written out for a thigh, a forearm of two bones, and a foot of three */
static void segments_are_those_of_the_table(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    input.gender = "male";
    input.mass = 80;
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    const double total = 80 / (2 * (0.0271 + 0.0162 + 0.0061 + 0.1416 + 0.0433 + 0.0137) + 0.0694 + 0.1596 + 0.1633 + 0.1117);
    const oik_rig_body *femur = body_named(rig, "femur_r"), *tibia = body_named(rig, "tibia_r");
    double length = v3_norm(tibia->s), small = 1e-9;
    assert_near(femur->mass, 0.1416 * total, small);
    assert_near(v3_dist(femur->mass_centre, v3_scale(tibia->s, 0.4095)), 0, small);
    assert_near(femur->inertia[0], femur->mass * pow(0.329 * length, 2), small);
    assert_near(femur->inertia[1], femur->mass * pow(0.149 * length, 2), small);
    assert_near(femur->inertia[2], femur->mass * pow(0.329 * length, 2), small);
    assert_near(body_named(rig, "ulna_l")->mass, 0.0162 / 2 * total, small);
    assert_near(body_named(rig, "radius_l")->mass, 0.0162 / 2 * total, small);
    assert_near(body_named(rig, "calcn_l")->mass + body_named(rig, "talus_l")->mass + body_named(rig, "toes_l")->mass, 0.0137 * total,
                small);
    assert_near(body_named(rig, "head")->mass + body_named(rig, "neck")->mass, 0.0694 * total, small);
    oik_rig_free(rig);
}

static oik_vec3 marker_place(const oik_rig *rig, const char *name, const oik_mat3 *R, const oik_vec3 *o) {
    for (int m = 0; m < rig->n_markers; m++)
        if (strcmp(rig->markers[m].name, name) == 0)
            return v3_add(o[rig->markers[m].body], m3_mulv(R[rig->markers[m].body], rig->markers[m].at));
    fail_msg("the rig has no marker %s", name);
    return v3(0, 0, 0);
}

/* talus, calcaneus and toes together have the mass centre of a foot in the neutral posture; markers without skin are on the bones */
static void foot_of_three_bodies_is_that_of_the_table(void **state) {
    (void)state;
    static const char *const bodies[] = {"talus_l", "calcn_l", "toes_l"};
    oik_rig_input input = input_of(&s, NULL);
    input.skin = NULL;
    input.body = NULL;
    input.gender = "male";
    input.mass = 80;
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    double *neutral = calloc((size_t)rig->n_dofs, sizeof *neutral), mass = 0.0;
    oik_mat3 *R;
    oik_vec3 *o, sum = v3(0, 0, 0);
    assert_non_null(neutral);
    for (int d = 0; d < rig->n_dofs; d++)
        neutral[d] = rig->dofs[d].rest;
    place(&R, &o, rig, neutral);
    for (int i = 0; i < 3; i++) {
        int b = find_body(rig, bodies[i]);
        mass += rig->bodies[b].mass;
        sum = v3_madd(sum, rig->bodies[b].mass, v3_add(o[b], m3_mulv(R[b], rig->bodies[b].mass_centre)));
    }
    oik_vec3 heel = marker_place(rig, "LHEE", R, o), toe = marker_place(rig, "LHLX", R, o);
    assert_near(v3_dist(v3_scale(sum, 1.0 / mass), v3_lerp(heel, toe, 0.4415)), 0, DECOMPOSED);
    const oik_rig_body *calcn = body_named(rig, "calcn_l");
    double length = v3_dist(heel, toe);
    assert_near(calcn->inertia[0], calcn->mass * pow(0.124 * length, 2), 1e-9);
    assert_near(calcn->inertia[1], calcn->mass * pow(0.257 * length, 2), 1e-9);
    assert_near(calcn->inertia[2], calcn->mass * pow(0.245 * length, 2), 1e-9);
    free(neutral);
    free(R);
    free(o);
    oik_rig_free(rig);
}

/* a plain torso is the sum of its segments: here its mass and inertia about the world's origin, in the first frame */
static void torso_is_the_sum_of_its_segments(void **state) {
    (void)state;
    static const char *const segments[] = {"lumbar", "thorax", "neck", "head", "clavicle_r", "clavicle_l", "scapula_r", "scapula_l"};
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rigs[2] = {make_rig(&input, OIK_RIG_PLAIN), make_rig(&input, OIK_RIG_FULL)};
    double mass[2] = {0, 0}, trace[2] = {0, 0};
    for (int detail = 0; detail < 2; detail++) {
        oik_mat3 *R;
        oik_vec3 *o;
        place(&R, &o, rigs[detail], rigs[detail]->q);
        for (size_t i = 0; i < (detail ? sizeof segments / sizeof *segments : 1); i++) {
            int b = find_body(rigs[detail], detail ? segments[i] : "torso");
            const oik_rig_body *body = &rigs[detail]->bodies[b];
            oik_vec3 c = v3_add(o[b], m3_mulv(R[b], body->mass_centre));
            mass[detail] += body->mass;
            trace[detail] += body->inertia[0] + body->inertia[1] + body->inertia[2] + 2 * body->mass * v3_dot(c, c);
        }
        free(R);
        free(o);
    }
    assert_near(mass[0], mass[1], 1e-12 * mass[1]);
    assert_near(trace[0], trace[1], 1e-9 * trace[1]);
    oik_rig_free(rigs[0]);
    oik_rig_free(rigs[1]);
}

static void mass_is_estimated_from_the_volume(void **state) {
    (void)state;
    oik_mesh *cube = shape_cube(v3(5, -3, 2), 0.4);
    assert_non_null(cube);
    oik_rig_input input = input_of(&s, NULL);
    /* the first 8 vertices of the body take the cube's places; weights do not matter here */
    input.n_skin_vertices = cube->n_vertices, input.n_skin_faces = cube->n_faces;
    input.skin = cube->vertices;
    input.skin_faces = (const int32_t (*)[3])cube->faces;
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    assert_near(rig->mass, 0.4 * 0.4 * 0.4 * 1010.0, 1e-9);
    oik_rig_free(rig);
    oik_mesh_free(cube);
}

static void impossible_masses_are_refused(void **state) {
    (void)state;
    static const double refused[] = {0.99, 501.0, -60.0, NAN, INFINITY};
    oik_rig *rig = NULL;
    oik_error err;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        oik_rig_input input = input_of(&s, NULL);
        input.mass = refused[i];
        assert_int_equal(oik_rig_new(&rig, &input, OIK_RIG_PLAIN, &err), OIK_E_ARGUMENT);
        assert_null(rig);
    }
    oik_rig_input input = input_of(&s, NULL);
    input.skin = NULL;
    input.body = NULL;
    assert_int_equal(oik_rig_new(&rig, &input, OIK_RIG_PLAIN, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "no skin"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_consistent),
        cmocka_unit_test(masses_add_up_and_inertias_are_possible),
        cmocka_unit_test(both_details_have_the_same_mass_centre_in_the_first_frame),
        cmocka_unit_test(segments_are_those_of_the_table),
        cmocka_unit_test(foot_of_three_bodies_is_that_of_the_table),
        cmocka_unit_test(torso_is_the_sum_of_its_segments),
        cmocka_unit_test(mass_is_estimated_from_the_volume),
        cmocka_unit_test(impossible_masses_are_refused),
    };
    return cmocka_run_group_tests_name("rig_mass", tests, set_up, tear_down);
}
