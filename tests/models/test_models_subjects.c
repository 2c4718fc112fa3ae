/*
 * Bones in people who differ: random subjects of the prior have the spread of people, their bones neither enter each other nor leave the
 * skin, and dimensions of bones follow the skin without jumps. `make subjects` does the same for 500 subjects of each sex.
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

#include "base/npz.h"
#include "models/skin_dimensions.h"
#include "models/subject_draw.h"
#include "models/subject_report.h"
#include "skeleton/puppet_terms.h"
#include "support/disc_measures.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

enum { FEMALE, MALE, N_SEXES, N_SUBJECTS = 12, N_DRAWN = 300, N_STEPS = 21 };

typedef struct model {
    oik_body_model *body;
    oik_skel_model *skeleton;
    oik_subject_gauge *gauge;
    char **mode_names;
} model;

static model models[N_SEXES];
static const char *const genders[N_SEXES] = {"female", "male"};

static void check(oik_status status, const oik_error *err) {
    if (status)
        fail_msg("%s", err->message);
}

static void load(model *m, const char *gender) {
    const char *folder = getenv("OSSO_IK_MODELS"), *build = getenv("OSSO_IK_BUILD");
    char file[32];
    size_t n;
    oik_npz *npz;
    oik_error err = {.message = ""};
    snprintf(file, sizeof file, "%s.npz", gender);
    check(oik_npz_open(&npz, in_folder(folder ? folder : in_folder(build ? build : "build", "models"), file), &err), &err);
    check(oik_body_model_load(&m->body, npz, &err), &err);
    check(oik_skel_model_load(&m->skeleton, npz, m->body->n_vertices, &err), &err);
    check(oik_npz_read_text(npz, "skin_mode_name", &n, &m->mode_names, &err), &err);
    check(oik_subject_gauge_new(&m->gauge, m->skeleton, 10e-3, &err), &err);
    oik_npz_free(npz);
}

static int set_up(void **state) {
    (void)state;
    for (int i = 0; i < N_SEXES; i++)
        load(&models[i], genders[i]);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < N_SEXES; i++) {
        oik_subject_gauge_free(models[i].gauge);
        oik_skel_model_free(models[i].skeleton);
        oik_body_model_free(models[i].body);
        free(models[i].mode_names);
    }
    return 0;
}

static size_t mode(const model *m, const char *name) {
    for (size_t k = 0; k < m->body->n_modes; k++)
        if (strcmp(m->mode_names[k], name) == 0)
            return k;
    fail_msg("no mode %s", name);
    return 0;
}

/* ---- the prior ---- */

static void normal_numbers_have_mean_0_and_variance_1(void **state) {
    (void)state;
    const int n = 20000;
    oik_subject_source source = {7}, again = {7};
    double sum = 0, squares = 0, fourth = 0, product = 0, last = 0;
    for (int i = 0; i < n; i++) {
        double x = oik_subject_normal(&source);
        assert_true(x == oik_subject_normal(&again));
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
        product += x * last;
        last = x;
    }
    /* four standard errors: 1, sqrt 2, sqrt 96 and 1 over sqrt n */
    assert_true(fabs(sum / n) < 0.028 && fabs(squares / n - 1) < 0.04 && fabs(fourth / n - 3) < 0.28 && fabs(product / n) < 0.028);
}

/* What a skin measures along the body's axes [m]. */
typedef struct skin_measures {
    double stature, thigh, trunk;
} skin_measures;

static skin_measures measure(const oik_body_fit *fit, size_t n) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, fit->v_subject[i].y);
        high = fmax(high, fit->v_subject[i].y);
    }
    const oik_vec3 *J = fit->frames.J;
    return (skin_measures){high - low, J[OIK_J_HIP_L].y - J[OIK_J_KNEE_L].y, J[OIK_J_NECK].y - J[OIK_J_HIP_L].y};
}

/* Statures of people of one sex: ANSUR II in skin_dimensions.txt. Before correlations were known to the modes it was 88 and 91 mm. */
static void statures_spread_as_in_people(void **state) {
    (void)state;
    const double expected[N_SEXES] = {64.2, 68.6};
    for (int s = 0; s < N_SEXES; s++) {
        const oik_body_model *body = models[s].body;
        double beta[64], sum = 0, squares = 0;
        oik_subject_source source = {11};
        assert_true(body->n_modes <= 64);
        for (int i = 0; i < N_DRAWN; i++) {
            oik_body_fit fit;
            oik_subject_draw(beta, body, &source);
            assert_int_equal(oik_subject_fit(&fit, body, beta, NULL), OIK_OK);
            double stature = 1e3 * measure(&fit, body->n_vertices).stature;
            oik_body_fit_free(&fit);
            sum += stature;
            squares += stature * stature;
        }
        double mean = sum / N_DRAWN, sd = sqrt(squares / N_DRAWN - mean * mean);
        /* 3 standard errors of a spread, sd / sqrt(2 n), are 12 %; heights that no parameter has (malleolus, axilla to cervicale) 5 % more */
        if (fabs(sd / expected[s] - 1) > 0.17)
            fail_msg("%s: statures spread by %.1f mm, expected %.1f", genders[s], sd, expected[s]);
    }
}

/* Of people of equal stature those with longer thighs have a shorter trunk: abdomen -0.52, chest -0.17, pelvis +0.37. */
static void a_mode_takes_along_what_goes_with_it(void **state) {
    (void)state;
    oik_skin_dimension_table table;
    oik_error err = {.message = ""};
    check(oik_skin_dimensions_load(&table, "models/tables/skin_dimensions.txt", &err), &err);
    const oik_skin_correlations *c = &table.correlations;
    assert_int_equal(c->parameter[0], OIK_SKIN_N_PARAMETERS);
    assert_int_equal(c->parameter[1], OIK_SKIN_L_thigh);
    const oik_skin_parameters one = {.value = {[OIK_SKIN_L_pelvis] = 1, [OIK_SKIN_L_abdomen] = 1, [OIK_SKIN_L_chest] = 1}};
    double left = sqrt(1 - c->r[1][0] * c->r[1][0]), expected = 0; /* of thighs, when stature is known; of the trunk [mm] */
    for (int i = 2; i < c->n; i++)
        expected += (c->r[i][1] - c->r[1][0] * c->r[i][0]) / left * oik_skin_parameter(&one, c->parameter[i]);
    assert_true(expected < -8.0);
    for (int s = 0; s < N_SEXES; s++) {
        const oik_body_model *body = models[s].body;
        double *beta = calloc(body->n_modes, sizeof *beta);
        oik_body_fit mean, longer;
        assert_non_null(beta);
        check(oik_subject_fit(&mean, body, beta, &err), &err);
        beta[mode(&models[s], "L_thigh")] = 1;
        check(oik_subject_fit(&longer, body, beta, &err), &err);
        skin_measures a = measure(&mean, body->n_vertices), b = measure(&longer, body->n_vertices);
        /* the joints' rings see four fifths of a stretch of 19.5 mm, the rings of neck and hip most of what the trunk does */
        assert_true(1e3 * (b.thigh - a.thigh) > 14.0 && 1e3 * (b.thigh - a.thigh) < 20.0);
        if (fabs(1e3 * (b.trunk - a.trunk) - expected) > 3.0)
            fail_msg("the trunk changes by %.1f mm, expected %.1f", 1e3 * (b.trunk - a.trunk), expected);
        oik_body_fit_free(&mean);
        oik_body_fit_free(&longer);
        free(beta);
    }
}

static void write_table(char path[TEMP_PATH_LENGTH], const char *extra) {
    char line[2048];
    temp_path(path, "table.txt");
    FILE *in = fopen("models/tables/skin_dimensions.txt", "r"), *out = fopen(path, "w");
    assert_true(in && out);
    while (fgets(line, sizeof line, in))
        if (strncmp(line, "r ", 2) != 0)
            fputs(line, out);
    fputs(extra, out);
    fclose(in);
    fclose(out);
}

static void damaged_correlations_are_refused_by_line(void **state) {
    (void)state;
    static const char *const damaged[] = {"r nobody\n", "r size\nr L_thigh\n", "r size\nr L_thigh 1.5\n", "r size\nr size 0.2\n", "r \n"};
    char path[TEMP_PATH_LENGTH];
    oik_skin_dimension_table table;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        oik_error err = {.message = ""};
        write_table(path, damaged[i]);
        assert_int_equal(oik_skin_dimensions_load(&table, path, &err), OIK_E_FORMAT);
        assert_non_null(strstr(err.message, " line "));
    }
    write_table(path, "r size\nr L_thigh -.25\n");
    assert_int_equal(oik_skin_dimensions_load(&table, path, NULL), OIK_OK);
    assert_int_equal(table.correlations.n, 2);
    assert_true(table.correlations.r[1][0] == -0.25);
}

/* ---- measures ---- */

static int bone(const model *m, const char *name) {
    for (int b = 0; b < m->skeleton->n_bones; b++)
        if (strcmp(m->skeleton->bone_names[b], name) == 0)
            return b;
    fail_msg("no bone %s", name);
    return 0;
}

static int pair_of(const model *m, const char *a, const char *b) {
    int x = bone(m, a), y = bone(m, b);
    for (int i = 0; i < m->gauge->n_pairs; i++)
        if ((m->gauge->pairs[i].a == x && m->gauge->pairs[i].b == y) || (m->gauge->pairs[i].a == y && m->gauge->pairs[i].b == x))
            return i;
    fail_msg("%s and %s are no neighbours", a, b);
    return 0;
}

static int part(const model *m, const char *name) {
    for (int p = 0; p < m->skeleton->n_parts; p++)
        if (strcmp(m->skeleton->part_names[p], name) == 0)
            return p;
    fail_msg("no part %s", name);
    return 0;
}

/* The thigh pushed into the pelvis along the neck, and the skull pushed out of the crown by 30 mm. */
static void intersections_and_bones_outside_are_found(void **state) {
    (void)state;
    const model *m = &models[MALE];
    oik_puppet *puppet;
    oik_error err = {.message = ""};
    double *depth = calloc((size_t)m->gauge->n_pairs, sizeof *depth), *beta = calloc(m->body->n_modes, sizeof *beta);
    double *outside = calloc((size_t)m->skeleton->n_bones, sizeof *outside);
    assert_true(depth && beta && outside);
    check(oik_puppet_new(&puppet, m->skeleton, &err), &err);
    int hip = pair_of(m, "hip_bone_l", "femur_l"), skull = bone(m, "skull");
    check(oik_subject_depths(depth, m->gauge, puppet, &err), &err);
    for (int i = 0; i < m->gauge->n_pairs; i++)
        assert_true(fabs(depth[i] - m->gauge->pairs[i].template_depth) < 1e-9);
    puppet->t[part(m, "femur_l")].x -= 12e-3;
    puppet->t[part(m, "skull")].y += 36e-3;
    check(oik_subject_depths(depth, m->gauge, puppet, &err), &err);
    assert_true(depth[hip] > 2e-3 && depth[hip] < 12e-3); /* the joint space is used up first */
    check(oik_subject_outside(outside, m->gauge, puppet, m->body->template_v, m->body->n_vertices, (const int32_t(*)[3])m->body->faces,
                              m->body->n_faces, &err), &err);
    assert_true(outside[skull] > 24e-3 && outside[skull] < 36e-3); /* 6 mm of scalp above it before */
    assert_true(outside[bone(m, "femur_l")] == 0.0);
    free(depth);
    free(beta);
    free(outside);
    oik_puppet_free(puppet);
}

/* ---- subjects ---- */

/* Widest so far of 500 subjects of each sex [mm], a tenth to spare; the bars of anatomy are 1 and 3. C7 enters T1 and the clavicle the second
 * rib; the tip of the big toe is outside. */
static const double depth_bar[N_SEXES] = {2.8, 2.8}, outside_bar[N_SEXES] = {3.6, 4.8};

static void bones_of_random_subjects_fit(void **state) {
    (void)state;
    for (int s = 0; s < N_SEXES; s++) {
        const model *m = &models[s];
        oik_subject_report *report;
        oik_error err = {.message = ""};
        oik_subject_source source = {1};
        double beta[64];
        check(oik_subject_report_new(&report, m->gauge, N_SUBJECTS, &err), &err);
        for (int i = 0; i < N_SUBJECTS; i++) {
            oik_subject_draw(beta, m->body, &source);
            check(oik_subject_report_add(report, m->body, beta, &err), &err);
            const oik_subject_row *row = &report->rows[i];
            if (1e3 * row->deepest > depth_bar[s])
                fail_msg("%s %d: %s enters %s by %.2f mm more than in the template", genders[s], i,
                         m->skeleton->bone_names[m->gauge->pairs[row->deepest_pair].a],
                         m->skeleton->bone_names[m->gauge->pairs[row->deepest_pair].b], 1e3 * row->deepest);
            if (1e3 * row->outside > outside_bar[s])
                fail_msg("%s %d: %s is outside by %.2f mm", genders[s], i, m->skeleton->bone_names[row->outside_bone], 1e3 * row->outside);
        }
        oik_subject_report_free(report);
    }
}

static void discs_of_random_subjects_are_3_to_15_mm_high(void **state) {
    (void)state;
    for (int s = 0; s < N_SEXES; s++) {
        const model *m = &models[s];
        const spine_discs discs = spine_discs_find(m->skeleton);
        oik_skel_options options = oik_skel_options_default();
        oik_error err = {.message = ""};
        oik_subject_source source = {1};
        for (int i = 0; i < N_SUBJECTS; i++) {
            double beta[64];
            disc_heights heights[N_DISCS];
            oik_body_fit fit;
            oik_puppet *puppet;
            oik_subject_draw(beta, m->body, &source);
            check(oik_subject_fit(&fit, m->body, beta, &err), &err);
            check(oik_skel_infer(&puppet, NULL, m->skeleton, m->body, &fit, &options, &err), &err);
            spine_discs_measure(heights, &discs, puppet);
            oik_puppet_free(puppet);
            oik_body_fit_free(&fit);
            for (int d = 0; d < N_DISCS; d++) {
                double space = heights[d].space, middle = heights[d].at[DISC_MIDDLE];
                if (!(fmin(space, middle) >= 3.0 && fmax(space, middle) <= 15.0))
                    fail_msg("%s %d: the disc of %s is %.1f mm high, in the middle %.1f", genders[s], i, disc_name(d), space, middle);
            }
        }
    }
}

/* ---- smoothness ---- */

/* Extents of all bones along the axes of their parts, three for each bone [m]. */
static void extents(double *e, const model *m, const oik_puppet *puppet) {
    const oik_skel_model *skeleton = m->skeleton;
    for (int b = 0; b < skeleton->n_bones; b++) {
        oik_vec3 low = v3(INFINITY, INFINITY, INFINITY), high = v3_scale(low, -1.0);
        for (size_t v = m->gauge->first[b]; v < m->gauge->first[b + 1]; v++) {
            oik_vec3 u = oik_puppet_local(puppet->shape, skeleton, v);
            low = v3_min(low, u);
            high = v3_max(high, u);
        }
        e[3 * b] = high.x - low.x;
        e[3 * b + 1] = high.y - low.y;
        e[3 * b + 2] = high.z - low.z;
    }
}

static void place(double *e, const model *m, const char *name, double value) {
    oik_error err = {.message = ""};
    oik_skel_options options = oik_skel_options_default();
    oik_body_fit fit;
    oik_puppet *puppet;
    double *beta = calloc(m->body->n_modes, sizeof *beta);
    assert_non_null(beta);
    beta[mode(m, name)] = value;
    check(oik_subject_fit(&fit, m->body, beta, &err), &err);
    check(oik_skel_infer(&puppet, NULL, m->skeleton, m->body, &fit, &options, &err), &err);
    extents(e, m, puppet);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
    free(beta);
}

/* From -2 to 2 standard deviations in steps of 0.2: how much a step may differ from the one before. */
static void dimensions_of_bones_follow_the_skin_without_jumps(void **state) {
    (void)state;
    const model *m = &models[MALE];
    static const char *const walked[] = {"size", "L_thigh", "W_hip"};
    /* a step changes bones by up to 4 mm; without barriers of the skin bends are below 0.01 mm, with them 4 mm and 8 % */
    const double jump_mm = 4.0, jump_percent = 8.0;
    size_t n = 3 * (size_t)m->skeleton->n_bones;
    double *e = calloc(n * N_STEPS, sizeof *e);
    assert_non_null(e);
    for (size_t w = 0; w < sizeof walked / sizeof *walked; w++) {
        for (int i = 0; i < N_STEPS; i++)
            place(e + (size_t)i * n, m, walked[w], -2.0 + 4.0 * i / (N_STEPS - 1));
        for (int i = 1; i + 1 < N_STEPS; i++)
            for (size_t k = 0; k < n; k++) {
                const double *x = e + (size_t)i * n + k;
                double bend = 1e3 * fabs(x[-(ptrdiff_t)n] - 2 * x[0] + x[n]), share = 0.1 * bend / x[0];
                if (bend > jump_mm || share > jump_percent)
                    fail_msg("%s: extent %zu of %s jumps by %.2f mm or %.1f %% at %+.1f", walked[w], k % 3, m->skeleton->bone_names[k / 3], bend,
                             share, -2.0 + 4.0 * i / (N_STEPS - 1));
            }
    }
    free(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_numbers_have_mean_0_and_variance_1),
        cmocka_unit_test(statures_spread_as_in_people),
        cmocka_unit_test(a_mode_takes_along_what_goes_with_it),
        cmocka_unit_test_setup_teardown(damaged_correlations_are_refused_by_line, temp_dir_setup, temp_dir_teardown),
        cmocka_unit_test(intersections_and_bones_outside_are_found),
        cmocka_unit_test(bones_of_random_subjects_fit),
        cmocka_unit_test(discs_of_random_subjects_are_3_to_15_mm_high),
        cmocka_unit_test(dimensions_of_bones_follow_the_skin_without_jumps),
    };
    return cmocka_run_group_tests_name("test_models_subjects", tests, set_up, tear_down);
}
