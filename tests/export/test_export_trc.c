/* NAME.trc and the static trial: what a reader of its own and the library's find in them, under every locale, and what is refused. */
#include "export/osim.h"
#include "export/trc.h"
#include "ik/keypoints.h"
#include "rig_writer.h"
#include "support/failing_malloc.h"
#include "support/osim_reader.h"

/* Six decimals of a millimetre are written: at most half of the last one off, and rounding of a few metres. */
static const double WRITTEN = 0.5e-9 + 1e-14;

static oik_vec3 marker_of(const oik_rig *rig, const double *q, int marker) {
    oik_mat3 R[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES];
    const oik_rig_marker *m = &rig->markers[marker];
    oik_rig_forward(R, o, rig, q);
    return v3_add(o[m->body], m3_mulv(R[m->body], m->at));
}

static oik_vec3 in_table(const reader_table *table, int row, int marker) {
    const double *x = table->values + row * table->n_columns + 1 + 3 * marker;
    return v3_scale(v3(x[0], x[1], x[2]), table->unit);
}

static void markers_ride_on_their_bodies(void **state) {
    (void)state;
    reader_table table;
    oik_rig *rig = tiny_rig_new();
    char *text = rig_written(oik_trc_write, rig, "tiny.trc");
    assert_non_null(strstr(text, "\ttiny.trc\n")); /* the file's own name */
    reader_table_trc(&table, text);
    assert_string_equal(table.problem, "");
    assert_int_equal(table.n_rows, TINY_RIG_FRAMES);
    for (int f = 0; f < TINY_RIG_FRAMES; f++) {
        assert_true(fabs(table.values[f * table.n_columns] - rig->time[f]) < 1e-9);
        for (int m = 0; m < TINY_RIG_MARKERS; m++) {
            assert_string_equal(table.names[1 + 3 * m], rig->markers[m].name);
            double error = v3_dist(in_table(&table, f, m), marker_of(rig, rig->q + f * TINY_RIG_DOFS, m));
            assert_true(error < 2.0 * WRITTEN); /* of three coordinates */
        }
    }
    reader_table_clear(&table);
    free(text);
    oik_rig_free(rig);
}

static void our_own_reader_of_marker_files_takes_it(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_keypoints *k = NULL;
    oik_error err = {0};
    oik_rig *rig = tiny_rig_new();
    assert_int_equal(oik_trc_write(rig, temp_path(path, "ours.trc"), NULL), OIK_OK);
    if (oik_keypoints_load(&k, path, 0.0, &err))
        fail_msg("%s", err.message);
    assert_int_equal(k->n_frames, TINY_RIG_FRAMES);
    assert_int_equal(k->n_points, TINY_RIG_MARKERS);
    for (int f = 0; f < TINY_RIG_FRAMES; f++)
        for (int m = 0; m < TINY_RIG_MARKERS; m++)
            assert_true(v3_dist(k->x[f * TINY_RIG_MARKERS + m], marker_of(rig, rig->q + f * TINY_RIG_DOFS, m)) < 2.0 * WRITTEN);
    oik_keypoints_free(k);
    oik_rig_free(rig);
}

static void a_still_body_has_a_span_of_time(void **state) {
    (void)state;
    reader_table table;
    double range[2];
    oik_rig *rig = tiny_rig_new();
    rig->n_frames = 1;
    char *text = rig_written(oik_trc_write, rig, "still.trc");
    reader_table_trc(&table, text);
    assert_string_equal(table.problem, "");
    assert_int_equal(table.n_rows, 2);
    oik_trc_time_range(range, rig);
    assert_true(range[1] > range[0]);
    assert_true(fabs(table.values[0] - range[0]) < 1e-9 && fabs(table.values[table.n_columns] - range[1]) < 1e-9);
    for (int m = 0; m < TINY_RIG_MARKERS; m++)
        for (int row = 0; row < 2; row++)
            assert_true(v3_dist(in_table(&table, row, m), marker_of(rig, rig->q, m)) < 2.0 * WRITTEN);
    reader_table_clear(&table);
    free(text);
    oik_rig_free(rig);
}

static void the_static_trial_stands_as_the_model_does(void **state) {
    (void)state;
    reader_table table;
    double range[2];
    oik_rig *rig = tiny_rig_new();
    rig->q[6] = 0.3; /* neither at rest nor as in the frames that follow */
    char *text = rig_written(oik_trc_write_static, rig, "static.trc");
    reader_table_trc(&table, text);
    assert_string_equal(table.problem, "");
    assert_int_equal(table.n_rows, 2);
    oik_trc_static_range(range, rig);
    assert_true(fabs(table.values[0] - range[0]) < 1e-9 && fabs(table.values[table.n_columns] - range[1]) < 1e-9);
    for (int m = 0; m < TINY_RIG_MARKERS; m++)
        for (int row = 0; row < 2; row++)
            assert_true(v3_dist(in_table(&table, row, m), marker_of(rig, rig->q, m)) < 2.0 * WRITTEN);
    reader_table_clear(&table);
    free(text);
    oik_rig_free(rig);
}

static void bytes_depend_on_the_rig_only(void **state) {
    (void)state;
    rig_check_same_bytes(oik_trc_write);
    rig_check_same_bytes(oik_trc_write_static);
}

static void what_cannot_be_written_is_refused(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->q[TINY_RIG_DOFS + 3] = NAN;
    rig_refused(oik_trc_write, rig, OIK_E_NOT_FINITE, "marker RASI of frame 1");
    rig->n_markers = 0;
    rig_refused(oik_trc_write, rig, OIK_E_ARGUMENT, "markers");
    rig_refused(oik_trc_write_static, rig, OIK_E_ARGUMENT, "markers");
    rig->n_markers = TINY_RIG_MARKERS;
    rig->n_frames = 0;
    rig_refused(oik_trc_write, rig, OIK_E_ARGUMENT, "frames");
    rig_refused(oik_trc_write_static, rig, OIK_E_ARGUMENT, "frames");
    oik_rig_free(rig);
}

static void a_bad_disk_leaves_nothing_behind(void **state) {
    (void)state;
    rig_check_disk(oik_trc_write);
}

static void short_memory_is_reported(void **state) {
    (void)state;
    rig_check_memory(oik_trc_write);
    rig_check_memory(oik_trc_write_static);
}

int main(void) {
    const struct CMUnitTest test_export_trc[] = {
        cmocka_unit_test(markers_ride_on_their_bodies),
        cmocka_unit_test(our_own_reader_of_marker_files_takes_it),
        cmocka_unit_test(a_still_body_has_a_span_of_time),
        cmocka_unit_test(the_static_trial_stands_as_the_model_does),
        cmocka_unit_test(bytes_depend_on_the_rig_only),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(a_bad_disk_leaves_nothing_behind),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(test_export_trc, temp_dir_setup, temp_dir_teardown);
}
