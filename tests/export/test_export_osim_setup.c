/* Setup files of OpenSim's tools: they name what is there, and measure what they say. */
#include <unistd.h>

#include "export/osim.h"
#include "export/osim_files.h"
#include "export/osim_measure.h"
#include "export/osim_setup.h"
#include "rig_writer.h"
#include "support/failing_malloc.h"
#include "support/osim_reader.h"

/* The tiny rig has no landmark at its hips' and knees' ends: with these, thighs and pelvis can be measured, the shank cannot. */
enum { MARKERS = TINY_RIG_MARKERS + 4 };

static oik_rig *measurable_rig(void) {
    static const oik_rig_marker more[4] = {{"RGT", TINY_RIG_FEMUR_R, {0, 0.01, 0.06}, true},
                                           {"LGT", TINY_RIG_FEMUR_L, {0, 0.01, -0.06}, true},
                                           {"RTHI", TINY_RIG_FEMUR_R, {0.01, -0.41, 0.001}, false},
                                           {"RHJC", TINY_RIG_PELVIS, {0, 0, 0.085}, true}};
    oik_rig *rig = tiny_rig_new();
    rig->markers = realloc(rig->markers, MARKERS * sizeof *rig->markers);
    assert_non_null(rig->markers);
    memcpy(rig->markers + TINY_RIG_MARKERS, more, sizeof more);
    rig->n_markers = MARKERS;
    return rig;
}

static int find_marker(const oik_rig *rig, const char *name) {
    for (int m = 0; m < rig->n_markers; m++)
        if (strcmp(rig->markers[m].name, name) == 0)
            return m;
    fail_msg("no marker %s", name);
    return -1;
}

/** Content of the first <tag>...</tag> behind a place of the text; the place moves behind it. NULL: no more. Free it. */
static char *next_content(const char **place, const char *tag) {
    char begin[64], end[64];
    snprintf(begin, sizeof begin, "<%s>", tag);
    snprintf(end, sizeof end, "</%s>", tag);
    const char *from = strstr(*place, begin), *to = from ? strstr(from, end) : NULL;
    if (!to)
        return NULL;
    from += strlen(begin);
    *place = to;
    char *out = calloc((size_t)(to - from) + 1, 1);
    memcpy(out, from, (size_t)(to - from));
    return out;
}

static void check_content(const char *text, const char *tag, const char *expected) {
    char *found = next_content(&text, tag);
    assert_non_null(found);
    assert_string_equal(found, expected);
    free(found);
}

/** How often a passage occurs. */
static int count(const char *text, const char *passage) {
    int n = 0;
    for (const char *p = text; (p = strstr(p, passage)); p += strlen(passage))
        n++;
    return n;
}

static oik_status write_ik(const oik_rig *rig, const char *path, oik_error *err) {
    return oik_osim_ik_setup_write(rig, "walk", path, err);
}

static oik_status write_scale(const oik_rig *rig, const char *path, oik_error *err) {
    return oik_osim_scale_setup_write(rig, "walk", path, err);
}

static void inverse_kinematics_has_a_task_for_every_marker(void **state) {
    (void)state;
    oik_rig *rig = measurable_rig();
    char *text = rig_written(write_ik, rig, "walk_ik_setup.xml");
    check_content(text, "model_file", "walk.osim");
    check_content(text, "marker_file", "walk.trc");
    check_content(text, "output_motion_file", "walk_ik.mot");
    check_content(text, "time_range", "0 1");
    assert_int_equal(count(text, "<IKMarkerTask name="), MARKERS);
    for (int m = 0; m < MARKERS; m++) {
        char task[64];
        snprintf(task, sizeof task, "<IKMarkerTask name=\"%s\">", rig->markers[m].name);
        assert_int_equal(count(text, task), 1);
    }
    free(text);
    oik_rig_free(rig);
}

static void bodies_are_measured_between_landmarks_at_their_joints(void **state) {
    (void)state;
    oik_osim_measure *measure = NULL;
    oik_rig *rig = measurable_rig();
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    /* pelvis: its two landmarks; right thigh: trochanter to knee; RTHI slides on the skin, RHJC is in the hip's centre */
    assert_int_equal(measure[TINY_RIG_PELVIS].pair[0][0], find_marker(rig, "RASI"));
    assert_int_equal(measure[TINY_RIG_PELVIS].pair[0][1], find_marker(rig, "LASI"));
    assert_int_equal(measure[TINY_RIG_FEMUR_R].pair[0][0], find_marker(rig, "RGT"));
    assert_int_equal(measure[TINY_RIG_FEMUR_R].pair[0][1], find_marker(rig, "RKNE"));
    assert_int_equal(measure[TINY_RIG_PELVIS].n_pairs, 1); /* RASI LASI is its own mirror image */
    assert_int_equal(measure[TINY_RIG_FEMUR_L].n_pairs, 0); /* no joint below it in this rig, and no LKNE */
    assert_int_equal(measure[TINY_RIG_FEMUR_L].like, TINY_RIG_FEMUR_R);
    assert_int_equal(measure[TINY_RIG_TIBIA_R].like, TINY_RIG_FEMUR_R);
    assert_int_equal(measure[TINY_RIG_TORSO].like, TINY_RIG_PELVIS);
    free(measure);
    oik_rig_free(rig);
}

static void a_marker_of_another_limb_measures_nothing(void **state) {
    (void)state;
    oik_osim_measure *measure = NULL;
    oik_rig *rig = measurable_rig();
    rig->markers[find_marker(rig, "C7")].at = v3(0.08, -0.115, 0.09); /* of the torso: a hand at the hip, nearer than the trochanter */
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    assert_int_equal(measure[TINY_RIG_FEMUR_R].pair[0][0], find_marker(rig, "RGT"));
    free(measure);
    oik_rig_free(rig);
}

static void the_midline_is_measured_on_both_sides(void **state) {
    (void)state;
    static const oik_rig_marker markers[4] = {{"LPSI", TINY_RIG_PELVIS, {-0.12, 0.09, -0.05}, true},
                                              {"RPSI", TINY_RIG_PELVIS, {-0.12, 0.09, 0.04}, true},
                                              {"LSHO", TINY_RIG_FEMUR_R, {0, 0.4, -0.2}, true},
                                              {"RSHO", TINY_RIG_FEMUR_R, {0, 0.4, 0.2}, true}};
    oik_osim_measure *measure = NULL;
    oik_rig *rig = tiny_rig_new(); /* its right leg becomes a trunk with an arm */
    strcpy(rig->bodies[TINY_RIG_FEMUR_R].name, "trunk");
    rig->bodies[TINY_RIG_FEMUR_R].s = v3(-0.08, 0.1, 0);
    rig->bodies[TINY_RIG_TIBIA_R].s = v3(0, 0.4, 0.17);
    memcpy(rig->markers, markers, sizeof markers);
    rig->n_markers = 4;
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    assert_int_equal(measure[TINY_RIG_FEMUR_R].n_pairs, 2);
    assert_memory_equal(measure[TINY_RIG_FEMUR_R].pair, ((int[2][2]){{1, 3}, {0, 2}}), sizeof(int[2][2]));
    free(measure);
    oik_rig_free(rig);
}

static void left_takes_the_markers_of_right(void **state) {
    (void)state;
    oik_osim_measure *measure = NULL;
    oik_rig *rig = measurable_rig();
    /* nearest to the left knee is another marker than on the right */
    rig->bodies[TINY_RIG_TORSO].parent = TINY_RIG_FEMUR_L;
    rig->bodies[TINY_RIG_TORSO].s = v3(0, -0.41, 0);
    rig->markers[find_marker(rig, "C7")] = (oik_rig_marker){"LKNE", TINY_RIG_FEMUR_L, {0, -0.4, -0.05}, true};
    rig->markers[find_marker(rig, "RTIB")] = (oik_rig_marker){"LKNM", TINY_RIG_FEMUR_L, {0, -0.4, 0.04}, true};
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    assert_int_equal(measure[TINY_RIG_FEMUR_L].n_pairs, 1);
    assert_int_equal(measure[TINY_RIG_FEMUR_L].pair[0][0], find_marker(rig, "LGT"));
    assert_int_equal(measure[TINY_RIG_FEMUR_L].pair[0][1], find_marker(rig, "LKNE"));
    free(measure);
    oik_rig_free(rig);
}

static void landmarks_amid_a_limb_do_not_measure_it(void **state) {
    (void)state;
    oik_osim_measure *measure = NULL;
    oik_rig *rig = measurable_rig();
    rig->markers[find_marker(rig, "RASI")].fixed = false;
    rig->markers[find_marker(rig, "RGT")].at = v3(0, -0.19, 0); /* each nearest to one end, but 4 of 41 cm apart */
    rig->markers[find_marker(rig, "RKNE")].at = v3(0, -0.23, 0);
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    assert_int_equal(measure[TINY_RIG_FEMUR_R].n_pairs, 0);
    assert_int_equal(measure[TINY_RIG_FEMUR_R].like, measure[TINY_RIG_PELVIS].like);
    free(measure);
    oik_rig_free(rig);
}

static void both_sides_share_one_measurement(void **state) {
    (void)state;
    oik_rig *rig = measurable_rig();
    rig->bodies[TINY_RIG_TORSO].parent = TINY_RIG_FEMUR_L; /* a shank on the left, by another name */
    rig->bodies[TINY_RIG_TORSO].s = v3(0, -0.41, 0);
    oik_rig_marker *knee = &rig->markers[find_marker(rig, "C7")];
    *knee = (oik_rig_marker){"LKNE", TINY_RIG_FEMUR_L, {0, -0.4, -0.05}, true};
    char *text = rig_written(write_scale, rig, "both.xml");
    const char *place = strstr(text, "<Measurement name=\"femur\">");
    assert_non_null(place);
    char *body = next_content(&place, "MarkerPairSet"), *scales = next_content(&place, "BodyScaleSet");
    assert_int_equal(count(body, "<markers>RGT RKNE</markers>"), 1);
    assert_int_equal(count(body, "<markers>LGT LKNE</markers>"), 1);
    assert_int_equal(count(body, "<MarkerPair>"), 2);
    assert_int_equal(count(scales, "<BodyScale "), 4); /* thighs, and what hangs on either */
    assert_int_equal(count(text, "<BodyScale "), TINY_RIG_BODIES);
    free(body);
    free(scales);
    free(text);
    oik_rig_free(rig);
}

static void a_rig_without_landmarks_is_not_scaled(void **state) {
    (void)state;
    oik_osim_measure *measure = NULL;
    oik_rig *rig = tiny_rig_new();
    for (int m = 0; m < rig->n_markers; m++)
        rig->markers[m].fixed = false;
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    for (int i = 0; i < rig->n_bodies; i++)
        assert_int_equal(measure[i].like, -1);
    char *text = rig_written(write_scale, rig, "walk_scale_setup.xml");
    assert_int_equal(count(text, "<Measurement "), 0);
    free(text);
    free(measure);
    oik_rig_free(rig);
}

/** Distance of two markers of the model as it opens. */
static double model_distance(const reader_model *model, const char *a, const char *b) {
    oik_mat3 R[READER_MAX_BODIES];
    oik_vec3 o[READER_MAX_BODIES], x[2] = {{0}};
    assert_true(reader_forward(R, o, model, NULL, -1));
    for (int m = 0; m < model->n_markers; m++)
        for (int k = 0; k < 2; k++)
            if (strcmp(model->markers[m].name, k ? b : a) == 0)
                x[k] = v3_add(o[model->markers[m].body], m3_mulv(R[model->markers[m].body], model->markers[m].at));
    return v3_dist(x[0], x[1]);
}

static double trial_distance(const reader_table *trial, const char *a, const char *b) {
    int i = reader_column(trial, a), k = reader_column(trial, b);
    assert_true(i >= 0 && k >= 0);
    const double *x = trial->values + i, *y = trial->values + k;
    return trial->unit * v3_dist(v3(x[0], x[1], x[2]), v3(y[0], y[1], y[2]));
}

/** All files of a rig in the test's folder. */
static void write_all(const oik_rig *rig, const char *base) {
    char folder[TEMP_PATH_LENGTH];
    oik_error err = {0};
    if (oik_osim_write_all(rig, base, temp_path(folder, "."), &err))
        fail_msg("%s", err.message);
}

static void the_static_trial_scales_every_body_by_one(void **state) {
    (void)state;
    const double digits = 1e-7; /* of places with 9 decimals, over distances of decimetres */
    char path[TEMP_PATH_LENGTH], a[READER_NAME], b[READER_NAME];
    reader_table trial;
    oik_rig *rig = measurable_rig();
    rig->q[6] = 0.4; /* the model opens with a bent hip, neither at rest nor as in the frames that follow */
    write_all(rig, "scaled");
    char *osim = rig_file_text(temp_path(path, "scaled.osim")), *trc = rig_file_text(temp_path(path, "scaled_static.trc"));
    char *setup = rig_file_text(temp_path(path, "scaled_scale_setup.xml"));
    reader_model *model = reader_model_new(osim);
    reader_table_trc(&trial, trc);
    int n_pairs = 0;
    const char *place = setup;
    for (char *pair; (pair = next_content(&place, "markers")); n_pairs++) {
        assert_int_equal(sscanf(pair, "%79s %79s", a, b), 2);
        assert_true(fabs(trial_distance(&trial, a, b) / model_distance(model, a, b) - 1.0) < digits);
        free(pair);
    }
    assert_int_equal(n_pairs, 2);
    assert_int_equal(count(setup, "<Measurement name=\"pelvis\">"), 1);
    assert_int_equal(count(setup, "<Measurement name=\"femur\">"), 1); /* both thighs */
    assert_int_equal(count(setup, "<BodyScale "), TINY_RIG_BODIES);
    for (int i = 0; i < TINY_RIG_BODIES; i++) {
        char scale[64];
        snprintf(scale, sizeof scale, "<BodyScale name=\"%s\">", rig->bodies[i].name);
        assert_int_equal(count(setup, scale), 1);
    }
    check_content(setup, "mass", "70");
    check_content(setup, "height", "1750"); /* mm */
    free(model);
    reader_table_clear(&trial);
    free(osim);
    free(trc);
    free(setup);
    oik_rig_free(rig);
}

/** Every file that the setups read is there. */
static void setups_name_files_that_are_there(void **state) {
    (void)state;
    static const char *const setups[] = {"a b & c_ik_setup.xml", "a b & c_scale_setup.xml"};
    static const char *const tags[] = {"model_file", "marker_file"};
    char path[TEMP_PATH_LENGTH];
    oik_rig *rig = measurable_rig();
    write_all(rig, "a b & c"); /* the base of files is any text, the rig's name is not */
    for (int s = 0; s < 2; s++)
        for (int t = 0; t < 2; t++) {
            char *text = rig_file_text(temp_path(path, setups[s]));
            const char *place = text;
            char *name = next_content(&place, tags[t]);
            assert_non_null(name);
            assert_memory_equal(name, "a b &amp; c", 11);
            char plain[TEMP_PATH_LENGTH];
            snprintf(plain, sizeof plain, "a b & c%s", name + 11);
            assert_int_equal(access(temp_path(path, plain), R_OK), 0);
            free(name);
            free(text);
        }
    for (int file = 0; file < OIK_OSIM_N_FILES; file++) {
        char name[64];
        snprintf(name, sizeof name, "a b & c%s", oik_osim_file_suffix((oik_osim_file)file));
        assert_int_equal(access(temp_path(path, name), R_OK), 0);
    }
    oik_rig_free(rig);
}

static void documents_are_well_formed(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], command[3 * TEMP_PATH_LENGTH];
    if (system("command -v xmllint > /dev/null 2>&1") != 0) {
        print_message("xmllint is absent; apt-get install libxml2-utils\n");
        skip();
    }
    oik_rig *rig = measurable_rig();
    write_all(rig, "x & <y>");
    snprintf(command, sizeof command, "xmllint --noout --nonet '%s'/*.xml '%s'/*.osim", temp_path(path, "."), path);
    assert_int_equal(system(command), 0);
    oik_rig_free(rig);
}

static void a_rig_without_markers_has_no_setup(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->n_markers = 0;
    rig_refused(write_ik, rig, OIK_E_ARGUMENT, "markers");
    rig_refused(write_scale, rig, OIK_E_ARGUMENT, "markers");
    rig->n_markers = TINY_RIG_MARKERS;
    rig->bodies[1].mass = -1.0;
    rig_refused(write_ik, rig, OIK_E_MODEL, "femur_r");
    oik_rig_free(rig);
}

static void setups_are_written_carefully(void **state) {
    (void)state;
    rig_writer *const writers[] = {write_ik, write_scale};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        rig_check_disk(writers[i]);
        rig_check_memory(writers[i]);
        rig_check_same_bytes(writers[i]);
    }
}

int main(void) {
    const struct CMUnitTest test_export_osim_setup[] = {
        cmocka_unit_test(inverse_kinematics_has_a_task_for_every_marker),
        cmocka_unit_test(bodies_are_measured_between_landmarks_at_their_joints),
        cmocka_unit_test(a_marker_of_another_limb_measures_nothing),
        cmocka_unit_test(the_midline_is_measured_on_both_sides),
        cmocka_unit_test(left_takes_the_markers_of_right),
        cmocka_unit_test(landmarks_amid_a_limb_do_not_measure_it),
        cmocka_unit_test(both_sides_share_one_measurement),
        cmocka_unit_test(a_rig_without_landmarks_is_not_scaled),
        cmocka_unit_test(the_static_trial_scales_every_body_by_one),
        cmocka_unit_test(setups_name_files_that_are_there),
        cmocka_unit_test(documents_are_well_formed),
        cmocka_unit_test(a_rig_without_markers_has_no_setup),
        cmocka_unit_test(setups_are_written_carefully),
    };
    return cmocka_run_group_tests(test_export_osim_setup, temp_dir_setup, temp_dir_teardown);
}
