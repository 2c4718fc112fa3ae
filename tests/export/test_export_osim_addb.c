/* The folder for AddBiomechanics: what its server reads, the height it finds, the meshes it has. */
#include <unistd.h>

#include <jansson.h>

#include "export/addb_meshes.h"
#include "export/osim_addb.h"
#include "rig_writer.h"
#include "support/demo_rig.h"
#include "support/failing_malloc.h"
#include "support/osim_reader.h"

/* Numbers of the model have 12 significant digits, a chain of joints adds up a dozen of them: some 1e-11 m. */
static const double SAME = 1e-9;

/* ---------------------------------------------------------------- a reader of meshes on frames of bodies */

/** Box of a body's meshes in the world [m], by the boxes of the table; their axes are those of the files. */
typedef struct placed {
    int n;          /**< meshes, 0: none */
    oik_vec3 low, high;
} placed;

static oik_vec3 numbers_in(const char *from, const char *tag) {
    char begin[32];
    double x[3];
    snprintf(begin, sizeof begin, "<%s>", tag);
    const char *p = strstr(from, begin);
    assert_non_null(p);
    assert_int_equal(sscanf(p + strlen(begin), "%lf %lf %lf", &x[0], &x[1], &x[2]), 3);
    return v3(x[0], x[1], x[2]);
}

static int count_files(const char *from, const char *end, const oik_addb_mesh_set *set) {
    int n = 0;
    for (const char *p = from; (p = strstr(p, "<mesh_file>")) && p < end; n++) {
        p += strlen("<mesh_file>");
        bool known = false;
        for (int m = 0; m < set->n; m++)
            known = known || (strncmp(p, set->files[m], strlen(set->files[m])) == 0 && p[strlen(set->files[m])] == '<');
        assert_true(known);
    }
    return n;
}

static oik_mat3 turn(oik_vec3 a, double angle) {
    return m3_add(m3_add(m3_scale(m3_identity(), cos(angle)), m3_scale(m3_skew(a), sin(angle))),
                  m3_scale(m3_outer(a, a), 1.0 - cos(angle)));
}

/** x = o + R (t + B (scale * v)), B of body-fixed angles about x, y, z */
static placed read_meshes(const char *text, const char *body, oik_mat3 R, oik_vec3 o) {
    placed out = {0, {INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
    oik_addb_mesh_set set = {0};
    char begin[96];
    snprintf(begin, sizeof begin, "<PhysicalOffsetFrame name=\"%s_meshes\">", body);
    const char *from = strstr(text, begin), *end = from ? strstr(from, "</PhysicalOffsetFrame>") : NULL;
    if (!from)
        return out;
    assert_non_null(end);
    assert_true(oik_addb_mesh_set_of(&set, body));
    out.n = count_files(from, end, &set);
    assert_int_equal(out.n, set.n);
    oik_vec3 t = numbers_in(from, "translation"), a = numbers_in(from, "orientation"), scale = numbers_in(from, "scale_factors");
    oik_mat3 B = m3_mul(m3_mul(turn(v3(1, 0, 0), a.x), turn(v3(0, 1, 0), a.y)), turn(v3(0, 0, 1), a.z));
    for (int c = 0; c < 8; c++) {
        oik_vec3 v = v3(c & 1 ? set.high.x : set.low.x, c & 2 ? set.high.y : set.low.y, c & 4 ? set.high.z : set.low.z);
        oik_vec3 x = v3_add(o, m3_mulv(R, v3_add(t, m3_mulv(B, v3_mul(scale, v)))));
        out.low = v3_min(out.low, x);
        out.high = v3_max(out.high, x);
    }
    return out;
}

/** The model as nimblephysics reads it, all coordinates zero or with their defaults. */
typedef struct model {
    char *text;
    reader_model *read;
    oik_mat3 R[READER_MAX_BODIES];
    oik_vec3 o[READER_MAX_BODIES];
    placed meshes[READER_MAX_BODIES];
    int n_meshes;
    double low, high; /**< of all meshes [m] */
} model;

static void model_place(model *m, bool zero) {
    for (int d = 0; d < m->read->n_coordinates && zero; d++)
        m->read->coordinates[d].standard = 0.0;
    assert_true(reader_forward(m->R, m->o, m->read, NULL, -1));
    m->low = INFINITY, m->high = -INFINITY, m->n_meshes = 0;
    for (int i = 0; i < m->read->n_bodies; i++) {
        m->meshes[i] = read_meshes(m->text, m->read->bodies[i].name, m->R[i], m->o[i]);
        m->low = fmin(m->low, m->meshes[i].low.y);
        m->high = fmax(m->high, m->meshes[i].high.y);
        m->n_meshes += m->meshes[i].n;
    }
}

static model model_of(const oik_rig *rig) {
    model m = {.text = rig_written(oik_addb_model_write, rig, "unscaled_generic.osim")};
    m.read = reader_model_new(m.text);
    assert_non_null(m.read);
    assert_string_equal(m.read->problem, "");
    assert_int_equal(m.read->n_bodies, rig->n_bodies);
    return m;
}

static void model_clear(model *m) {
    free(m->text);
    free(m->read);
}

/* ---------------------------------------------------------------- meshes */

static void the_servers_height_is_the_subjects(void **state) {
    (void)state;
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        oik_rig *rig = demo_rig_of((demo_body)body, OIK_RIG_PLAIN);
        model m = model_of(rig);
        model_place(&m, false);
        assert_true(fabs(m.high - m.low - rig->stature) < SAME); /* the generic height is taken as the model opens */
        assert_true(fabs(m.low) < SAME);                         /* on the ground */
        model_place(&m, true);
        assert_true(fabs(m.high - m.low - rig->stature) < SAME);
        assert_int_equal(m.n_meshes, 79); /* of Rajagopal's model, less two patellae */
        model_clear(&m);
        oik_rig_free(rig);
    }
}

/** Bones of a body with all coordinates zero; patellae are shown on no body. */
static void expect_on_bones(const model *m, const oik_rig *rig, const char *name) {
    int body = reader_find_body(m->read, name);
    oik_vec3 low = v3(INFINITY, INFINITY, INFINITY), high = v3(-INFINITY, -INFINITY, -INFINITY);
    for (int b = 0; b < rig->n_bones; b++)
        for (size_t v = 0; v < rig->bones[b].n_vertices && rig->bones[b].body == body && !strstr(rig->bones[b].name, "patella"); v++) {
            oik_vec3 x = v3_add(m->o[body], m3_mulv(m->R[body], rig->bones[b].vertices[v]));
            low = v3_min(low, x);
            high = v3_max(high, x);
        }
    if (!(v3_dist(low, m->meshes[body].low) < SAME && v3_dist(high, m->meshes[body].high) < SAME))
        fail_msg("%s: the box of the meshes is not that of the bones", name);
}

static void meshes_take_the_place_of_the_bones(void **state) {
    (void)state;
    static const char *const names[] = {"pelvis", "femur_r", "femur_l", "tibia_r", "talus_l", "calcn_r", "calcn_l", "toes_r", "humerus_l",
                                        "ulna_r", "radius_l", "hand_r"};
    oik_rig *rig = demo_rig_new(OIK_RIG_PLAIN);
    model m = model_of(rig);
    model_place(&m, true);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_on_bones(&m, rig, names[i]);
    int torso = reader_find_body(m.read, "torso");
    double crown = -INFINITY;
    for (int b = 0; b < rig->n_bones; b++)
        for (size_t v = 0; v < rig->bones[b].n_vertices && rig->bones[b].body == torso; v++)
            crown = fmax(crown, v3_add(m.o[torso], m3_mulv(m.R[torso], rig->bones[b].vertices[v])).y);
    /* scalp, sole, and what the trunk was bent; the demo body stands upright */
    assert_true(m.meshes[torso].high.y > crown && m.meshes[torso].high.y < crown + 0.05);
    model_clear(&m);
    oik_rig_free(rig);
}

static void left_meshes_are_mirror_images(void **state) {
    (void)state;
    static const char *const names[][2] = {{"femur_r", "femur_l"}, {"calcn_r", "calcn_l"}, {"hand_r", "hand_l"}};
    oik_addb_mesh_set right, left;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(oik_addb_mesh_set_of(&right, names[i][0]) && oik_addb_mesh_set_of(&left, names[i][1]));
        assert_true(right.low.z == -left.high.z && right.high.z == -left.low.z && right.high.y == left.high.y && right.low.x == left.low.x);
        assert_int_equal(right.n, left.n);
        for (int m = 0; m < right.n; m++)
            assert_string_not_equal(right.files[m], left.files[m]);
    }
    assert_string_equal(left.files[0], "pisiform_lvs.vtp");
    assert_false(oik_addb_mesh_set_of(&left, "femur_") || oik_addb_mesh_set_of(&left, "clavicle_r") || oik_addb_mesh_set_of(&left, ""));
}

#define UNMEASURABLE(text, change)                                                                                                       \
    do {                                                                                                                                 \
        oik_rig *rig = tiny_rig_new();                                                                                                   \
        change;                                                                                                                          \
        rig_refused(oik_addb_model_write, rig, OIK_E_MODEL, text);                                                                       \
        assert_int_equal(oik_addb_check(rig, NULL), OIK_E_MODEL);                                                                        \
        oik_rig_free(rig);                                                                                                               \
    } while (0)

static void a_model_without_height_is_refused(void **state) {
    (void)state;
    UNMEASURABLE("has none for these", for (int i = 0; i < rig->n_bodies; i++) rig->bodies[i].name[0] = 'x');
    UNMEASURABLE("has none for these", for (int b = 0; b < rig->n_bones; b++) rig->bones[b].n_vertices = rig->bones[b].n_faces = 0);
    UNMEASURABLE("stature is 0.600 m", rig->stature = 0.6);
}

/* ---------------------------------------------------------------- the other files */

static void the_folder_has_what_addbiomechanics_reads(void **state) {
    (void)state;
    static const char *const files[] = {"addb/unscaled_generic.osim", "addb/trials/tiny/markers.trc"};
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    oik_rig *rig = tiny_rig_new();
    strcpy(rig->gender, "female");
    strcpy(rig->bodies[1].name, "calcn_r");
    strcpy(rig->bodies[3].name, "calcn_l");
    if (oik_addb_write(rig, temp_path(path, "addb"), &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(access(temp_path(path, files[i]), R_OK), 0);
    assert_int_equal(count_entries(temp_path(path, "addb")), 3); /* no Geometry: the server's own would stay away */
    json_t *subject = json_load_file(temp_path(path, "addb/_subject.json"), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(subject);
    assert_true(json_number_value(json_object_get(subject, "massKg")) == 70.0);
    assert_true(json_number_value(json_object_get(subject, "heightM")) == 1.75);
    assert_string_equal(json_string_value(json_object_get(subject, "sex")), "female");
    assert_string_equal(json_string_value(json_object_get(subject, "skeletonPreset")), "custom");
    assert_true(json_is_true(json_object_get(subject, "disableDynamics")));
    assert_int_equal(json_array_size(json_object_get(subject, "footBodyNames")), 2);
    json_decref(subject);
    oik_rig_free(rig);
}

static void an_unknown_sex_is_said_so(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new(); /* neutral, without feet */
    char *text = rig_written(oik_addb_subject_write, rig, "_subject.json");
    assert_non_null(strstr(text, "\"sex\": \"unknown\""));
    assert_non_null(strstr(text, "\"footBodyNames\": []"));
    free(text);
    oik_rig_free(rig);
}

static const reader_coordinate *coordinate(const model *m, const char *name) {
    for (int d = 0; d < m->read->n_coordinates; d++)
        if (strcmp(m->read->coordinates[d].name, name) == 0)
            return &m->read->coordinates[d];
    fail_msg("no coordinate %s", name);
    return NULL;
}

static void the_model_opens_in_the_neutral_posture(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    memmove(rig->q, rig->q + TINY_RIG_DOFS, 2 * TINY_RIG_DOFS * sizeof *rig->q); /* the motion begins bent */
    rig->n_frames = 2;
    rig->dofs[9].lower = 0.1; /* the knee does not reach its rest */
    model m = model_of(rig);
    for (int d = 0; d < rig->n_dofs; d++) {
        const reader_coordinate *q = coordinate(&m, rig->dofs[d].name);
        bool height = strcmp(q->name, "pelvis_ty") == 0;
        assert_true(height ? q->standard > 0.5 : q->standard == (d == 9 ? 0.1 : 0.0));
        for (int f = 0; f < rig->n_frames; f++) { /* the motion stays within the ranges */
            double x = rig->q[f * TINY_RIG_DOFS + d];
            assert_true(x > q->range[0] - SAME && x < q->range[1] + SAME);
        }
    }
    model_clear(&m);
    oik_rig_free(rig);
}

/** Frames in the file, its last two rows, and the time of the last one. */
static void expect_rows(const oik_rig *rig, int n_rows, bool held, double last_time) {
    reader_table table = {0};
    char *text = rig_written(oik_addb_markers_write, rig, "markers.trc");
    reader_table_trc(&table, text);
    assert_string_equal(table.problem, "");
    assert_int_equal(table.n_rows, n_rows);
    const double *last = table.values + (n_rows - 1) * table.n_columns, *before = last - table.n_columns;
    assert_true(fabs(last[0] - last_time) < 1e-9);
    assert_int_equal(memcmp(last + 1, before + 1, (size_t)(table.n_columns - 1) * sizeof *last) == 0, held);
    reader_table_clear(&table);
    free(text);
}

static void short_trials_are_held(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new(); /* frames at 0, 0.5 and 1 s */
    expect_rows(rig, 4, true, 1.5);
    rig->n_frames = 2;
    expect_rows(rig, 4, true, 1.5);
    rig->n_frames = 1;
    expect_rows(rig, 4, true, 0.03);
    oik_rig_free(rig);
    rig = tiny_rig_new();
    rig->n_frames = 4; /* three of the tiny rig's and one more */
    rig->time = realloc(rig->time, 4 * sizeof *rig->time);
    rig->q = realloc(rig->q, 4 * TINY_RIG_DOFS * sizeof *rig->q);
    assert_true(rig->time && rig->q);
    rig->time[3] = 1.5;
    memcpy(rig->q + 3 * TINY_RIG_DOFS, rig->q, TINY_RIG_DOFS * sizeof *rig->q);
    expect_rows(rig, 4, false, 1.5);
    oik_rig_free(rig);
}

#define UNREADABLE(text, change)                                                                                                         \
    do {                                                                                                                                 \
        oik_error err = {0};                                                                                                             \
        char path[TEMP_PATH_LENGTH];                                                                                                     \
        oik_rig *rig = tiny_rig_new();                                                                                                   \
        assert_int_equal(oik_addb_check(rig, NULL), OIK_OK);                                                                             \
        change;                                                                                                                          \
        assert_int_equal(oik_addb_write(rig, temp_path(path, "unreadable"), &err), OIK_E_MODEL);                                         \
        assert_non_null(strstr(err.message, text));                                                                                      \
        assert_int_not_equal(access(path, R_OK), 0);                                                                                     \
        oik_rig_free(rig);                                                                                                               \
    } while (0)

static void joints_that_addbiomechanics_cannot_read_are_refused(void **state) {
    (void)state;
    UNREADABLE("hip_r", rig->dofs[8].axis = v3_unit(v3(0, 1, 0.1)));                                   /* not orthogonal */
    UNREADABLE("hip_r", (rig->dofs[6].axis = v3(0, 1, 0), rig->dofs[8].axis = v3(0, 0, 1)));           /* order YXZ */
    UNREADABLE("ground_pelvis", rig->dofs[3].axis = v3(-1, 0, 0));
    UNREADABLE("back", (rig->bodies[4].n_rotations = 2, rig->bodies[4].n_translations = 1, rig->dofs[15].translation = true));
    oik_rig *rig = tiny_rig_new();
    for (int k = 0; k < 3; k++) { /* oblique, but orthogonal */
        oik_vec3 a = rig->dofs[6 + k].axis;
        rig->dofs[6 + k].axis = v3(0.8 * a.x - 0.6 * a.y, 0.6 * a.x + 0.8 * a.y, a.z);
    }
    assert_int_equal(oik_addb_check(rig, NULL), OIK_OK);
    oik_rig_free(rig);
}

static void demo_rigs_are_readable(void **state) {
    (void)state;
    for (int body = 0; body < DEMO_N_BODIES; body++) {
        oik_rig *rig = demo_rig_of((demo_body)body, OIK_RIG_PLAIN);
        assert_int_equal(oik_addb_check(rig, NULL), OIK_OK);
        oik_rig_free(rig);
    }
}

static void files_are_written_carefully(void **state) {
    (void)state;
    rig_writer *const writers[] = {oik_addb_subject_write, oik_addb_model_write, oik_addb_markers_write};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        rig_check_disk(writers[i]);
        rig_check_memory(writers[i]);
        rig_check_same_bytes(writers[i]);
    }
}

int main(void) {
    const struct CMUnitTest test_export_osim_addb[] = {
        cmocka_unit_test(the_servers_height_is_the_subjects),
        cmocka_unit_test(meshes_take_the_place_of_the_bones),
        cmocka_unit_test(left_meshes_are_mirror_images),
        cmocka_unit_test(a_model_without_height_is_refused),
        cmocka_unit_test(the_folder_has_what_addbiomechanics_reads),
        cmocka_unit_test(an_unknown_sex_is_said_so),
        cmocka_unit_test(the_model_opens_in_the_neutral_posture),
        cmocka_unit_test(short_trials_are_held),
        cmocka_unit_test(joints_that_addbiomechanics_cannot_read_are_refused),
        cmocka_unit_test(demo_rigs_are_readable),
        cmocka_unit_test(files_are_written_carefully),
    };
    return cmocka_run_group_tests(test_export_osim_addb, temp_dir_setup, temp_dir_teardown);
}
