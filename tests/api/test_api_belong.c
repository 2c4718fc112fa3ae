/* Objects of different models or subjects in one call, and what is left of a call that was stopped. Needs the built-in models and
 * data/demo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "demo_person.h"
#include "demo_run.h"
#include "run_program.h"

static demo_person anna, ben;
static oik_error err;
static char *folder;

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    return !folder || demo_person_new(&anna, "female", DEMO_FEMALE) || demo_person_new(&ben, "male", DEMO_MALE);
}

static int tear_down(void **state) {
    (void)state;
    demo_person_clear(&anna);
    demo_person_clear(&ben);
    scratch_free(folder);
    return 0;
}

/** An argument that does not belong there, by name; nothing is made. */
static void refused(oik_status status, const void *object, const char *word) {
    assert_int_equal(status, OIK_E_ARGUMENT);
    assert_null(object);
    if (!strstr(err.message, word))
        fail_msg("expected \"%s\" in: %s", word, err.message);
}

static void stages_refuse_objects_of_another_model(void **state) {
    (void)state;
    oik_skeleton *s = NULL;
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;
    oik_quality quality;
    double *x = calloc(3 * anna.body->n_vertices, sizeof *x);
    refused(oik_skeleton_infer(&s, anna.model, ben.body, NULL, &err), s, "the body was not made");
    refused(oik_skeleton_pose(&s, anna.model, ben.body, anna.lying, NULL, &err), s, "the body was not made");
    refused(oik_skeleton_pose(&s, anna.model, anna.body, ben.lying, NULL, &err), s, "the skeleton was not made");
    refused(oik_chain_from_skeleton(&chain, anna.model, ben.lying, &err), chain, "the skeleton was not made");
    refused(oik_motion_solve(&motion, anna.model, anna.chain, ben.posed, NULL, &err), motion, "the skeleton was not made");
    refused(oik_quality_measure(&quality, anna.model, ben.body, anna.posed, anna.motion, &err), NULL, "the body was not made");
    refused(oik_quality_measure(&quality, anna.model, anna.body, ben.posed, anna.motion, &err), NULL, "the skeleton was not made");
    refused(oik_body_place_lying_skin(x, anna.model, ben.body, &err), NULL, "the body was not made");
    free(x);
}

static void rigs_and_files_refuse_objects_of_another_model(void **state) {
    (void)state;
    oik_rig *rig = NULL;
    oik_skeleton *s = NULL;
    const char *path = in_folder(folder, "a");
    refused(oik_rig_from_skeleton(&rig, anna.model, ben.body, anna.posed, anna.motion, NULL, &err), rig, "the body was not made");
    refused(oik_rig_from_skeleton(&rig, anna.model, anna.body, ben.posed, anna.motion, NULL, &err), rig, "the skeleton was not made");
    refused(oik_write_body(anna.model, ben.body, 1, path, &err), NULL, "the body was not made");
    refused(oik_body_save(ben.body, anna.model, path, &err), NULL, "the body was not made");
    refused(oik_skeleton_save(ben.posed, anna.model, path, &err), NULL, "the skeleton was not made");
    refused(oik_skeleton_load(&s, anna.model, ben.body, NULL, NULL, path, &err), s, "the body was not made");
    refused(oik_skeleton_load(&s, anna.model, anna.body, ben.lying, NULL, path, &err), s, "the skeleton was not made");
    assert_int_equal(count_files(folder), 0);
}

/** A model that was loaded twice is one model. */
static void copies_of_a_model_are_one(void **state) {
    (void)state;
    char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    oik_model *again = NULL;
    oik_rig *rig = NULL;
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    assert_false(failed(oik_model_load(&again, path, &err)));
    assert_false(failed(oik_rig_from_skeleton(&rig, again, anna.body, anna.posed, anna.motion, NULL, &err)));
    oik_rig_free(rig);
    oik_model_free(again);
}

/** A chain with one segment less, another name or another parent. */
static void chains_of_other_segments_are_refused(void **state) {
    (void)state;
    oik_motion *motion = NULL, changed = *anna.motion;
    oik_ik_motion frames = *anna.motion->frames;
    oik_quality quality;
    oik_rig *rig = NULL;
    oik_chain chain = *anna.chain;
    char name[OIK_NAME_LENGTH];
    changed.chain = &chain;
    changed.frames = &frames;
    frames.chain = &chain;
    for (int kind = 0; kind < 3; kind++) {
        chain = *anna.chain;
        memcpy(name, chain.segment_names[3], sizeof name);
        chain.n_segments -= kind == 0;
        if (kind == 1)
            memcpy(chain.segment_names[3], "other", sizeof "other");
        chain.joints[5].parent += kind == 2 ? -1 : 0;
        refused(oik_motion_solve(&motion, anna.model, &chain, anna.posed, NULL, &err), motion, "do not belong together");
        refused(oik_quality_measure(&quality, anna.model, anna.body, anna.posed, &changed, &err), NULL, "do not belong together");
        refused(oik_rig_from_skeleton(&rig, anna.model, anna.body, anna.posed, &changed, NULL, &err), rig, "do not belong together");
        refused(oik_write_chain(&chain, anna.motion, in_folder(folder, "a"), &err), NULL, "do not belong together");
        chain.joints[5].parent += kind == 2;
        memcpy(chain.segment_names[3], name, sizeof name);
    }
    assert_int_equal(count_files(folder), 0);
}

/* ------------------------------------------------------------------ sequences */

typedef struct stop {
    int after, n; /**< polls */
} stop;

static int stops(void *context) {
    stop *s = context;
    return s->after >= 0 && s->n++ >= s->after;
}

static oik_sequence *two_frames(stop *s) {
    const oik_stage_options options = {.cancel = stops, .cancel_context = s};
    oik_sequence *sequence = NULL;
    assert_false(failed(oik_sequence_new(&sequence, anna.model, &options, &err)));
    for (int f = 0; f < 2; f++)
        assert_false(failed(oik_sequence_add(sequence, anna.mesh, f / 30.0, "body", &err)));
    return sequence;
}

/** Its body and bones know their model too. */
static void sequences_refuse_objects_of_another_model(void **state) {
    (void)state;
    stop never = {.after = -1};
    oik_sequence *sequence = two_frames(&never);
    oik_chain *chain = NULL;
    oik_motion *motion = NULL, *two = NULL, changed;
    oik_quality worst, mean;
    refused(oik_chain_from_skeleton(&chain, ben.model, oik_sequence_lying(sequence), &err), chain, "the skeleton was not made");
    refused(oik_write_body(ben.model, oik_sequence_body(sequence), 1, in_folder(folder, "a"), &err), NULL, "the body was not made");
    assert_false(failed(oik_chain_from_skeleton(&chain, anna.model, oik_sequence_lying(sequence), &err)));
    assert_false(failed(oik_sequence_solve(&two, sequence, chain, &err)));
    assert_false(failed(oik_sequence_quality(&worst, &mean, sequence, two, &err)));
    changed = *two;
    oik_ik_motion frames = *two->frames;
    oik_chain fewer = *chain;
    fewer.n_segments--;
    frames.chain = changed.chain = &fewer;
    changed.frames = &frames;
    refused(oik_sequence_solve(&motion, sequence, &fewer, &err), motion, "do not belong together");
    refused(oik_sequence_quality(&worst, &mean, sequence, &changed, &err), NULL, "do not belong together");
    refused(oik_sequence_quality(&worst, &mean, sequence, anna.motion, &err), NULL, "do not belong together");
    oik_motion_free(two);
    oik_chain_free(chain);
    oik_sequence_free(sequence);
}

/** Whenever solving is stopped, at its last poll too, there is no motion. */
static void stopped_solving_gives_no_motion(void **state) {
    (void)state;
    stop s = {.after = -1};
    oik_sequence *sequence = two_frames(&s);
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;
    oik_status status = OIK_E_CANCELLED;
    int n_stopped = 0;
    assert_false(failed(oik_chain_from_skeleton(&chain, anna.model, oik_sequence_lying(sequence), &err)));
    for (; status == OIK_E_CANCELLED && n_stopped < 1000; n_stopped++) {
        s = (stop){.after = n_stopped};
        motion = (oik_motion *)&err;
        status = oik_sequence_solve(&motion, sequence, chain, &err);
        assert_true((status == OIK_OK) == (motion != NULL));
    }
    assert_int_equal(status, OIK_OK);
    assert_true(n_stopped > 1); /* it polls at all */
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_sequence_free(sequence);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_refuse_objects_of_another_model),
        cmocka_unit_test(rigs_and_files_refuse_objects_of_another_model),
        cmocka_unit_test(copies_of_a_model_are_one),
        cmocka_unit_test(chains_of_other_segments_are_refused),
        cmocka_unit_test(sequences_refuse_objects_of_another_model),
        cmocka_unit_test(stopped_solving_gives_no_motion),
    };
    return cmocka_run_group_tests_name("test_api_belong", tests, set_up, tear_down);
}
