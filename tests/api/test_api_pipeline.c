/* The public calls, one after the other, on a demo body. Needs the built-in models and data/demo. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "demo_person.h"
#include "demo_run.h"
#include "osso_ik.h"
#include "run_program.h"

static demo_person anna;
static oik_error err;

static int set_up(void **state) {
    (void)state;
    return demo_person_new(&anna, "female", DEMO_FEMALE);
}

static int tear_down(void **state) {
    (void)state;
    demo_person_clear(&anna);
    return 0;
}

static void body_facts_are_plausible(void **state) {
    (void)state;
    oik_body_info info = oik_body_get_info(anna.body);
    assert_string_equal(info.unit, "m");
    assert_false(info.mirrored);
    assert_true(info.converged && info.n_iterations > 0);
    /* the demo bodies lie off the shape space, so registration has something to do, and well within its gate */
    assert_true(info.rms > 1e-4 && info.rms < 0.020);
    assert_true(info.repose_rms <= info.rms);
    assert_true(info.stature > 1.4 && info.stature < 2.1);
}

static void skeleton_labels_are_in_range(void **state) {
    (void)state;
    oik_skeleton_info info = oik_skeleton_get_info(anna.posed);
    oik_model_info m = oik_model_get_info(anna.model);
    assert_int_equal(info.n_vertices, m.n_bone_vertices);
    assert_int_equal(info.n_bones, m.n_bones);
    assert_int_equal(info.n_parts, m.n_parts);
    for (size_t i = 0; i < info.n_vertices; i++) {
        assert_in_range(info.bone_of_vertex[i], 0, info.n_bones - 1);
        assert_in_range(info.part_of_vertex[i], 0, info.n_parts - 1);
        assert_true(isfinite(info.vertices[3 * i]) && isfinite(info.vertices[3 * i + 1]) && isfinite(info.vertices[3 * i + 2]));
    }
    for (size_t i = 0; i < 3 * info.n_faces; i++)
        assert_in_range(info.faces[i], 0, info.n_vertices - 1);
}

static void posing_moves_bones_rigidly(void **state) {
    (void)state;
    /* two vertices of one bone keep their distance, but for ribs and their cartilages, which bend; 1e-9 m: rounding of a rotation */
    oik_skeleton_info a = oik_skeleton_get_info(anna.lying), b = oik_skeleton_get_info(anna.posed);
    double largest_move = 0.0;
    for (size_t i = 1; i < a.n_vertices; i++) {
        if (a.bone_of_vertex[i] != a.bone_of_vertex[i - 1])
            continue;
        double d[2] = {0, 0}, move = 0;
        for (int k = 0; k < 3; k++) {
            d[0] += pow(a.vertices[3 * i + (size_t)k] - a.vertices[3 * i - 3 + (size_t)k], 2);
            d[1] += pow(b.vertices[3 * i + (size_t)k] - b.vertices[3 * i - 3 + (size_t)k], 2);
            move += pow(a.vertices[3 * i + (size_t)k] - b.vertices[3 * i + (size_t)k], 2);
        }
        const char *bone = a.bone_names[a.bone_of_vertex[i]];
        if (strncmp(bone, "rib_", 4) != 0 && strncmp(bone, "costal_", 7) != 0)
            assert_true(fabs(sqrt(d[0]) - sqrt(d[1])) < 1e-9);
        largest_move = fmax(largest_move, sqrt(move));
    }
    assert_true(largest_move > 0.05);
    assert_true(b.final_cost < b.initial_cost);
}

static void coordinates_lie_within_their_ranges(void **state) {
    (void)state;
    size_t n = oik_motion_n_coordinates(anna.motion);
    assert_int_equal(n, oik_model_get_info(anna.model).n_dofs);
    bool knee = false;
    for (size_t i = 0; i < n; i++) {
        oik_coordinate c = oik_motion_coordinate(anna.motion, i);
        assert_true(strlen(c.name) > 0 && strlen(c.joint) > 0);
        assert_true(c.value >= c.lower - 1e-9 && c.value <= c.upper + 1e-9); /* the optimiser's bound tolerance */
        assert_true(c.bound != 0 || c.disagreement == 0.0);
        knee |= strcmp(c.name, "knee_angle_r") == 0;
    }
    assert_true(knee);
    assert_string_equal(oik_motion_coordinate(anna.motion, n).name, "");
}

static void a_demo_body_passes_every_gate(void **state) {
    (void)state;
    oik_quality quality;
    assert_int_equal(oik_quality_measure(&quality, anna.model, anna.body, anna.posed, anna.motion, &err), OIK_OK);
    assert_true(quality.n_gates >= 6);
    for (int i = 0; i < quality.n_gates; i++) {
        const oik_gate *g = &quality.gates[i];
        if (g->level == 2)
            fail_msg("%s is %g %s, limit %g", g->name, g->value, g->unit, g->fail);
        assert_true(g->level <= quality.level);
        assert_true(g->value >= 0.0);
    }
}

static void stages_in_the_wrong_order_are_refused(void **state) {
    (void)state;
    oik_skeleton *s = NULL;
    oik_chain *c = NULL;
    oik_motion *m = NULL;
    oik_quality q;
    assert_int_equal(oik_skeleton_pose(&s, anna.model, anna.body, anna.posed, NULL, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_chain_from_skeleton(&c, anna.model, anna.posed, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_motion_solve(&m, anna.model, anna.chain, anna.lying, NULL, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_quality_measure(&q, anna.model, anna.body, anna.lying, anna.motion, &err), OIK_E_ARGUMENT);
    assert_true(!s && !c && !m);
}

static int stop_at_once(void *context) {
    int *n_polls = context;
    return ++*n_polls > 0;
}

static void every_stage_can_be_cancelled(void **state) {
    (void)state;
    int n_polls = 0;
    oik_stage_options options = {.cancel = stop_at_once, .cancel_context = &n_polls};
    oik_body *b = NULL;
    oik_skeleton *s = NULL;
    oik_motion *m = NULL;
    assert_int_equal(oik_body_from_mesh(&b, anna.model, anna.mesh, "body", &options, &err), OIK_E_CANCELLED);
    assert_int_equal(n_polls, 1);
    assert_int_equal(oik_skeleton_infer(&s, anna.model, anna.body, &options, &err), OIK_E_CANCELLED);
    assert_null(s);
    assert_int_equal(oik_skeleton_pose(&s, anna.model, anna.body, anna.lying, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(oik_motion_solve(&m, anna.model, anna.chain, anna.posed, &options, &err), OIK_E_CANCELLED);
    assert_true(!b && !s && !m);
    assert_int_equal(n_polls, 4);
}

/** Polls, and steps that were told; the poll that stops, 0: none. */
typedef struct polls {
    int n, n_steps, stop_at;
} polls;

static int count_poll(void *context) {
    polls *p = context;
    return ++p->n == p->stop_at;
}

static int count_told(void *context, const oik_step *step) {
    polls *p = context;
    p->n_steps += step->iteration > 0;
    return 0;
}

/* The last polls of registration are those of the form, which tells no steps. */
static void registration_can_be_cancelled_to_its_end(void **state) {
    (void)state;
    polls whole = {.stop_at = 0}, cut;
    oik_stage_options options = {.cancel = count_poll, .cancel_context = &whole, .on_step = count_told, .step_context = &whole};
    oik_body *b = NULL;
    assert_int_equal(oik_body_from_mesh(&b, anna.model, anna.mesh, "body", &options, &err), OIK_OK);
    oik_body_free(b);
    assert_true(whole.n > whole.n_steps + 2); /* the two starts, and steps of the form */
    cut = (polls){.stop_at = whole.n};
    options.cancel_context = options.step_context = &cut;
    b = NULL;
    assert_int_equal(oik_body_from_mesh(&b, anna.model, anna.mesh, "body", &options, &err), OIK_E_CANCELLED);
    assert_null(b);
    assert_int_equal(cut.n, whole.n);
}

/** Steps of the stages' first solves; later ones have other barriers, so their number says nothing. */
typedef struct first_solves {
    int n, n_solves;
} first_solves;

static int count_step(void *context, const oik_step *step) {
    first_solves *first = context;
    first->n_solves += step->iteration == 1;
    first->n += first->n_solves == 1;
    return 0;
}

/** Steps of the first solves of all stages on a body. */
static int count_steps(const char *path, int more_iterations) {
    first_solves first = {0};
    oik_stage_options options = {.more_iterations = more_iterations, .on_step = count_step, .step_context = &first};
    oik_mesh *found = demo_mesh(path);
    oik_body *b = NULL;
    oik_skeleton *down = NULL, *up = NULL;
    assert_int_equal(oik_body_from_mesh(&b, anna.model, found, path, &options, &err), OIK_OK);
    first.n_solves = 0;
    assert_int_equal(oik_skeleton_infer(&down, anna.model, b, &options, &err), OIK_OK);
    first.n_solves = 0;
    assert_int_equal(oik_skeleton_pose(&up, anna.model, b, down, &options, &err), OIK_OK);
    oik_skeleton_free(up);
    oik_skeleton_free(down);
    oik_body_free(b);
    oik_mesh_free(found);
    return first.n;
}

/** Often the step that meets the usual tolerance meets the tighter one too, so several bodies are taken. */
static void more_iterations_go_further(void **state) {
    (void)state;
    static const char *const paths[] = {DEMO_FEMALE, DEMO_MALE, DEMO_CROUCH};
    int more = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int difference = count_steps(paths[i], 1) - count_steps(paths[i], 0);
        assert_true(difference >= 0);
        more += difference;
    }
    assert_true(more > 0);
}

static void writers_refuse_unknown_selections(void **state) {
    (void)state;
    char *folder = scratch_new();
    assert_int_equal(oik_write_skeleton(anna.posed, "tail", in_folder(folder, "x.ply"), &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "tail"));
    assert_int_equal(count_files(folder), 0);
    scratch_free(folder);
}

static void a_part_and_its_bones_have_the_same_vertices(void **state) {
    (void)state;
    char *folder = scratch_new();
    oik_skeleton_info info = oik_skeleton_get_info(anna.posed);
    char what[80];
    snprintf(what, sizeof what, "part:%s", info.part_names[0]);
    const char *path = in_folder(folder, "part.ply");
    assert_int_equal(oik_write_skeleton(anna.posed, what, path, &err), OIK_OK);
    size_t expected = 0;
    for (size_t i = 0; i < info.n_vertices; i++)
        expected += info.part_of_vertex[i] == 0;
    char *text = file_text(path, NULL);
    snprintf(what, sizeof what, "element vertex %zu\n", expected);
    assert_non_null(strstr(text, what));
    free(text);
    scratch_free(folder);
}

static void null_is_freed_without_harm(void **state) {
    (void)state;
    oik_model_free(NULL);
    oik_mesh_free(NULL);
    oik_body_free(NULL);
    oik_skeleton_free(NULL);
    oik_chain_free(NULL);
    oik_motion_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_facts_are_plausible),
        cmocka_unit_test(skeleton_labels_are_in_range),
        cmocka_unit_test(posing_moves_bones_rigidly),
        cmocka_unit_test(coordinates_lie_within_their_ranges),
        cmocka_unit_test(a_demo_body_passes_every_gate),
        cmocka_unit_test(stages_in_the_wrong_order_are_refused),
        cmocka_unit_test(every_stage_can_be_cancelled),
        cmocka_unit_test(registration_can_be_cancelled_to_its_end),
        cmocka_unit_test(more_iterations_go_further),
        cmocka_unit_test(writers_refuse_unknown_selections),
        cmocka_unit_test(a_part_and_its_bones_have_the_same_vertices),
        cmocka_unit_test(null_is_freed_without_harm),
    };
    return cmocka_run_group_tests_name("test_api_pipeline", tests, set_up, tear_down);
}
