/* The files for OpenSim of a demo body: what a reader of these files alone makes of them is what the rig says, in both details. */
#include "export/osim_files.h"
#include "export/osim_measure.h"
#include "mesh/mesh_io.h"
#include "rig_writer.h"
#include "support/osim_reader.h"
#include "rig/rig_fixture.h"

/*
 * 12 significant digits in the model and 9 decimals of a degree in the motion leave about 1e-10 m at the end of a limb; vertices of bones
 * have 7 decimals. Asked for is 1 mm and 0.5 deg.
 */
static const double SAME_PLACE = 1e-7 + 1e-8, SAME_ROTATION = 1e-8;
enum { FRAMES = 12 };

static subject s;

static int set_up(void **state) {
    return temp_dir_setup(state) || demo_subject_new(&s);
}

static int tear_down(void **state) {
    subject_clear(&s);
    return temp_dir_teardown(state);
}

/** Everything that was written of one rig, as read from the files. */
typedef struct written {
    char folder[TEMP_PATH_LENGTH];
    reader_model *model;
    reader_table motion, markers, still;
} written;

static char *text_in(const written *w, const char *name) {
    char path[2 * TEMP_PATH_LENGTH];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    return rig_file_text(path);
}

static void write_and_read(written *w, const oik_rig *rig, const char *folder) {
    oik_error err = {0};
    assert_int_equal(oik_dir_make(temp_path(w->folder, folder), NULL), OIK_OK);
    if (oik_osim_write_all(rig, "demo", w->folder, &err))
        fail_msg("%s", err.message);
    char *osim = text_in(w, "demo.osim"), *mot = text_in(w, "demo.mot"), *trc = text_in(w, "demo.trc"),
         *still = text_in(w, "demo_static.trc");
    w->model = reader_model_new(osim);
    assert_non_null(w->model);
    reader_table_mot(&w->motion, mot);
    reader_table_trc(&w->markers, trc);
    reader_table_trc(&w->still, still);
    assert_string_equal(w->model->problem, "");
    assert_string_equal(w->motion.problem, "");
    assert_string_equal(w->markers.problem, "");
    assert_string_equal(w->still.problem, "");
    free(osim);
    free(mot);
    free(trc);
    free(still);
}

static void written_clear(written *w) {
    free(w->model);
    reader_table_clear(&w->motion);
    reader_table_clear(&w->markers);
    reader_table_clear(&w->still);
}

/** Places from the files and places from the rig, in one frame. */
typedef struct places {
    oik_mat3 R[READER_MAX_BODIES], *R_rig;
    oik_vec3 o[READER_MAX_BODIES], *o_rig;
} places;

static void check_bodies(const oik_rig *rig, const places *p) {
    for (int i = 0; i < rig->n_bodies; i++) {
        double angle = reader_angle(p->R[i], p->R_rig[i]), distance = v3_dist(p->o[i], p->o_rig[i]);
        if (!(angle < SAME_ROTATION && distance < SAME_PLACE))
            fail_msg("%s: %g rad and %g m off", rig->bodies[i].name, angle, distance);
    }
}

static void check_markers(const oik_rig *rig, const written *w, const places *p, int frame) {
    const reader_table *t = &w->markers;
    for (int m = 0; m < rig->n_markers; m++) {
        const double *x = t->values + frame * t->n_columns + 1 + 3 * m;
        const reader_attached *marker = &w->model->markers[m];
        oik_vec3 there = v3_add(p->o[marker->body], m3_mulv(p->R[marker->body], marker->at));
        assert_string_equal(marker->name, t->names[1 + 3 * m]);
        assert_true(v3_dist(there, v3_scale(v3(x[0], x[1], x[2]), t->unit)) < SAME_PLACE);
    }
}

static void check_bones(const oik_rig *rig, const written *w, const places *p, oik_mesh *const *meshes) {
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        int body = w->model->meshes[b].body;
        for (size_t v = 0; v < bone->n_vertices; v++) {
            oik_vec3 there = v3_add(p->o[body], m3_mulv(p->R[body], meshes[b]->vertices[v]));
            oik_vec3 expected = v3_add(p->o_rig[bone->body], m3_mulv(p->R_rig[bone->body], bone->vertices[v]));
            if (!(v3_dist(there, expected) < SAME_PLACE))
                fail_msg("%s: %g m off", bone->name, v3_dist(there, expected));
        }
    }
}

/** Meshes in the order of the model, which is that of the rig. */
static void read_meshes(oik_mesh **meshes, const oik_rig *rig, const written *w) {
    assert_int_equal(w->model->n_meshes, rig->n_bones);
    for (int b = 0; b < rig->n_bones; b++) {
        char path[2 * TEMP_PATH_LENGTH];
        assert_non_null(strstr(w->model->meshes[b].name, rig->bones[b].name));
        snprintf(path, sizeof path, "%s/Geometry/%s", w->folder, w->model->meshes[b].name);
        assert_int_equal(oik_mesh_read(&meshes[b], path, NULL), OIK_OK);
        assert_int_equal(meshes[b]->n_vertices, rig->bones[b].n_vertices);
    }
}

static void check_files(oik_rig_detail detail, const char *folder) {
    written w = {0};
    places p = {0};
    oik_ik_motion *motion = random_frames(&s, FRAMES, 3);
    oik_rig_input input = input_of(&s, motion);
    oik_rig *rig = make_rig(&input, detail);
    write_and_read(&w, rig, folder);
    assert_int_equal(w.model->n_bodies, rig->n_bodies);
    assert_int_equal(w.model->n_coordinates, rig->n_dofs);
    oik_mesh **meshes = calloc((size_t)rig->n_bones, sizeof *meshes);
    read_meshes(meshes, rig, &w);
    for (int f = 0; f < FRAMES; f++) {
        assert_true(reader_forward(p.R, p.o, w.model, &w.motion, f));
        place(&p.R_rig, &p.o_rig, rig, rig->q + (size_t)f * (size_t)rig->n_dofs);
        check_bodies(rig, &p);
        check_markers(rig, &w, &p, f);
        check_bones(rig, &w, &p, meshes);
        free(p.R_rig);
        free(p.o_rig);
    }
    for (int b = 0; b < rig->n_bones; b++)
        oik_mesh_free(meshes[b]);
    free(meshes);
    written_clear(&w);
    oik_rig_free(rig);
    oik_ik_motion_free(motion);
}

static void files_of_the_plain_rig_put_every_bone_in_its_place(void **state) {
    (void)state;
    check_files(OIK_RIG_PLAIN, "plain");
}

static void files_of_the_full_rig_put_every_bone_in_its_place(void **state) {
    (void)state;
    check_files(OIK_RIG_FULL, "full");
}

/** The first frame of the files is the posed skeleton, vertex by vertex as the library writes it in its own frame. */
static void the_first_frame_is_the_posed_skeleton(void **state) {
    (void)state;
    written w = {0};
    places p = {0};
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    write_and_read(&w, rig, "posed");
    assert_int_equal(w.motion.n_rows, 1);
    oik_mesh **meshes = calloc((size_t)rig->n_bones, sizeof *meshes);
    read_meshes(meshes, rig, &w);
    assert_true(reader_forward(p.R, p.o, w.model, &w.motion, 0));
    size_t n_seen = 0;
    for (int b = 0; b < rig->n_bones; b++) {
        int of_skeleton = 0;
        while (of_skeleton < (int)s.posed->n_bones && strcmp(s.posed->bone_names[of_skeleton], rig->bones[b].name) != 0)
            of_skeleton++;
        assert_true(of_skeleton < (int)s.posed->n_bones);
        size_t v = 0;
        for (size_t i = 0; i < s.posed->n_vertices; i++) {
            if (s.posed->bone_of_vertex[i] != of_skeleton)
                continue;
            assert_true(v < meshes[b]->n_vertices);
            int body = w.model->meshes[b].body;
            oik_vec3 there = v3_add(p.o[body], m3_mulv(p.R[body], meshes[b]->vertices[v++]));
            assert_true(v3_dist(there, oik_rig_world(s.posed->vertices[i])) < SAME_PLACE);
            n_seen++;
        }
    }
    assert_int_equal(n_seen, s.posed->n_vertices);
    for (int b = 0; b < rig->n_bones; b++)
        oik_mesh_free(meshes[b]);
    free(meshes);
    written_clear(&w);
    oik_rig_free(rig);
}

/** A model that people recognise: Rajagopal's names, and OpenSim's scaling measures most of it. */
static void the_plain_model_has_rajagopals_coordinates_and_measures(void **state) {
    (void)state;
    static const char *const coordinates[] = {"pelvis_tilt",   "pelvis_tx",        "hip_flexion_r", "hip_adduction_l",  "knee_angle_r",
                                              "ankle_angle_l", "subtalar_angle_r", "mtp_angle_l",   "lumbar_extension", "arm_flex_r",
                                              "elbow_flex_l",  "pro_sup_r",        "wrist_flex_r"};
    static const char *const measured[] = {"pelvis", "femur_r", "femur_l", "tibia_r", "tibia_l", "torso", "humerus_r", "humerus_l"};
    written w = {0};
    oik_osim_measure *measure = NULL;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    write_and_read(&w, rig, "names");
    for (size_t i = 0; i < sizeof coordinates / sizeof *coordinates; i++)
        assert_true(reader_column(&w.motion, coordinates[i]) >= 0);
    assert_int_equal(oik_osim_measure_new(&measure, rig, NULL), OIK_OK);
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        const oik_osim_measure *own = &measure[find_body(rig, measured[i])];
        if (own->n_pairs == 0)
            fail_msg("%s is not measured", measured[i]);
    }
    const oik_osim_measure *shank = &measure[find_body(rig, "tibia_l")];
    assert_string_equal(rig->markers[shank->pair[0][0]].name, "LKNE");
    assert_string_equal(rig->markers[shank->pair[0][1]].name, "LANK");
    for (int i = 0; i < rig->n_bodies; i++)
        assert_true(measure[i].like >= 0);
    free(measure);
    written_clear(&w);
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest test_export_osim_demo[] = {
        cmocka_unit_test(files_of_the_plain_rig_put_every_bone_in_its_place),
        cmocka_unit_test(files_of_the_full_rig_put_every_bone_in_its_place),
        cmocka_unit_test(the_first_frame_is_the_posed_skeleton),
        cmocka_unit_test(the_plain_model_has_rajagopals_coordinates_and_measures),
    };
    return cmocka_run_group_tests(test_export_osim_demo, set_up, tear_down);
}
