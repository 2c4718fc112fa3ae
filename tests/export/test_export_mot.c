/* NAME.mot: what a reader of its own finds in it, under every locale, and what is refused. */
#include "export/mot.h"
#include "rig_writer.h"
#include "support/failing_malloc.h"
#include "support/osim_reader.h"

static const double DEG = 3.14159265358979323846 / 180.0;

static void header_is_the_one_opensim_reads(void **state) {
    (void)state;
    static const char begin[] = "Coordinates\nversion=1\nnRows=3\nnColumns=17\ninDegrees=yes\n";
    static const char names[] =
        "\nendheader\ntime\tpelvis_tilt\tpelvis_list\tpelvis_rotation\tpelvis_tx\tpelvis_ty\tpelvis_tz\thip_flexion_r\t";
    oik_rig *rig = tiny_rig_new();
    char *text = rig_written(oik_mot_write, rig, "tiny.mot");
    assert_memory_equal(text, begin, sizeof begin - 1);
    assert_non_null(strstr(text, names));
    free(text);
    oik_rig_free(rig);
}

static void every_coordinate_comes_back_in_degrees_and_metres(void **state) {
    (void)state;
    const double half_digit = 0.5e-9, rounding = 1e-12; /* 9 decimals are written */
    reader_table table;
    oik_rig *rig = tiny_rig_new();
    char *text = rig_written(oik_mot_write, rig, "tiny.mot");
    reader_table_mot(&table, text);
    assert_string_equal(table.problem, "");
    assert_true(table.degrees);
    assert_int_equal(table.n_rows, TINY_RIG_FRAMES);
    assert_int_equal(table.n_columns, TINY_RIG_DOFS + 1);
    for (int f = 0; f < TINY_RIG_FRAMES; f++) {
        assert_true(fabs(table.values[f * table.n_columns] - rig->time[f]) < 1e-9);
        for (int d = 0; d < TINY_RIG_DOFS; d++) {
            double unit = rig->dofs[d].translation ? 1.0 : DEG;
            int column = reader_column(&table, rig->dofs[d].name);
            assert_int_equal(column, d + 1);
            double error = table.values[f * table.n_columns + column] - rig->q[f * TINY_RIG_DOFS + d] / unit;
            assert_true(fabs(error) < half_digit + rounding);
        }
    }
    reader_table_clear(&table);
    free(text);
    oik_rig_free(rig);
}

static void bytes_depend_on_the_rig_only(void **state) {
    (void)state;
    rig_check_same_bytes(oik_mot_write);
}

static void a_number_that_is_not_finite_is_refused_by_name(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->q[TINY_RIG_DOFS + 9] = NAN;
    rig_refused(oik_mot_write, rig, OIK_E_NOT_FINITE, "coordinate knee_angle_r of frame 1");
    rig->time[0] = INFINITY;
    rig_refused(oik_mot_write, rig, OIK_E_NOT_FINITE, "time of frame 0");
    oik_rig_free(rig);
}

static void a_bad_disk_leaves_nothing_behind(void **state) {
    (void)state;
    rig_check_disk(oik_mot_write);
}

static void short_memory_is_reported(void **state) {
    (void)state;
    rig_check_memory(oik_mot_write);
}

int main(void) {
    const struct CMUnitTest test_export_mot[] = {
        cmocka_unit_test(header_is_the_one_opensim_reads),
        cmocka_unit_test(every_coordinate_comes_back_in_degrees_and_metres),
        cmocka_unit_test(bytes_depend_on_the_rig_only),
        cmocka_unit_test(a_number_that_is_not_finite_is_refused_by_name),
        cmocka_unit_test(a_bad_disk_leaves_nothing_behind),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(test_export_mot, temp_dir_setup, temp_dir_teardown);
}
