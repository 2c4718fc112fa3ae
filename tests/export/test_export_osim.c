/*
 * NAME.osim: forward kinematics rebuilt from the files alone (support/osim_reader.h) puts every bone where the rig has it; what OpenSim
 * refuses to load is refused before it is written.
 */
#include "base/rot.h"
#include "export/mot.h"
#include "export/obj_geometry.h"
#include "export/osim.h"
#include "export/trc.h"
#include "mesh/mesh_io.h"
#include "rig_writer.h"
#include "support/failing_malloc.h"
#include "support/osim_reader.h"
#include "support/random.h"

/*
 * 12 significant digits in the model and 9 decimals of a degree in the motion leave about 1e-10 m at the end of a limb; vertices of bones
 * have 7 decimals. Asked for is 1 mm and 0.5 deg.
 */
static const double SAME_PLACE = 1e-7 + 1e-8, SAME_ROTATION = 1e-8;
static const double DEG = 3.14159265358979323846 / 180.0;

static reader_model *model_of(const oik_rig *rig) {
    char *text = rig_written(oik_osim_write, rig, "model.osim");
    reader_model *model = reader_model_new(text);
    assert_non_null(model);
    assert_string_equal(model->problem, "");
    free(text);
    return model;
}

static void motion_of(reader_table *motion, const oik_rig *rig) {
    char *text = rig_written(oik_mot_write, rig, "model.mot");
    reader_table_mot(motion, text);
    assert_string_equal(motion->problem, "");
    free(text);
}

/** All bodies in one row of the motion file (-1: default posture) against the rig with coordinates q. */
static void check_bodies(const oik_rig *rig, const reader_model *model, const reader_table *motion, int row, const double *q) {
    oik_mat3 R[READER_MAX_BODIES], R_rig[READER_MAX_BODIES];
    oik_vec3 o[READER_MAX_BODIES], o_rig[READER_MAX_BODIES];
    assert_true(reader_forward(R, o, model, motion, row));
    oik_rig_forward(R_rig, o_rig, rig, q);
    for (int i = 0; i < rig->n_bodies; i++) {
        int k = reader_find_body(model, rig->bodies[i].name);
        assert_true(k >= 0);
        double angle = reader_angle(R[k], R_rig[i]), distance = v3_dist(o[k], o_rig[i]);
        if (!(angle < SAME_ROTATION && distance < SAME_PLACE))
            fail_msg("%s in row %d: %g rad and %g m off", rig->bodies[i].name, row, angle, distance);
    }
}

/** Every vertex of every mesh that the model names, in every frame. */
static void check_bones(const oik_rig *rig, const reader_model *model, const reader_table *motion) {
    char path[TEMP_PATH_LENGTH], name[TEMP_PATH_LENGTH];
    oik_mat3 R[READER_MAX_BODIES], R_rig[READER_MAX_BODIES];
    oik_vec3 o[READER_MAX_BODIES], o_rig[READER_MAX_BODIES];
    assert_int_equal(model->n_meshes, rig->n_bones);
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        oik_mesh *mesh = NULL;
        snprintf(name, sizeof name, "%s_%s.obj", rig->name, bone->name);
        int m = 0;
        while (m < model->n_meshes && strcmp(model->meshes[m].name, name) != 0)
            m++;
        assert_true(m < model->n_meshes);
        char file[TEMP_PATH_LENGTH + 16];
        snprintf(file, sizeof file, "Geometry/%s", name);
        assert_int_equal(oik_mesh_read(&mesh, temp_path(path, file), NULL), OIK_OK);
        assert_int_equal(mesh->n_vertices, bone->n_vertices);
        assert_int_equal(mesh->n_faces, bone->n_faces);
        assert_memory_equal(mesh->faces, bone->faces, bone->n_faces * sizeof *bone->faces);
        for (int f = 0; f < rig->n_frames; f++) {
            reader_forward(R, o, model, motion, f);
            oik_rig_forward(R_rig, o_rig, rig, rig->q + (size_t)f * (size_t)rig->n_dofs);
            int body = model->meshes[m].body;
            for (size_t v = 0; v < bone->n_vertices; v++) {
                oik_vec3 there = v3_add(o[body], m3_mulv(R[body], mesh->vertices[v]));
                oik_vec3 expected = v3_add(o_rig[bone->body], m3_mulv(R_rig[bone->body], bone->vertices[v]));
                assert_true(v3_dist(there, expected) < SAME_PLACE);
            }
        }
        oik_mesh_free(mesh);
    }
}

/** All frames and the default posture. */
static void check_kinematics(const oik_rig *rig) {
    reader_table motion;
    reader_model *model = model_of(rig);
    motion_of(&motion, rig);
    for (int f = 0; f < rig->n_frames; f++)
        check_bodies(rig, model, &motion, f, rig->q + (size_t)f * (size_t)rig->n_dofs);
    check_bodies(rig, model, NULL, -1, rig->q);
    reader_table_clear(&motion);
    free(model);
}

static void files_alone_put_every_bone_where_the_rig_has_it(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    reader_table motion;
    oik_rig *rig = tiny_rig_new();
    check_kinematics(rig);
    reader_model *model = model_of(rig);
    motion_of(&motion, rig);
    assert_int_equal(oik_obj_geometry_write_all(rig, temp_path(path, "."), NULL), OIK_OK);
    check_bones(rig, model, &motion);
    reader_table_clear(&motion);
    free(model);
    oik_rig_free(rig);
}

/** Turn and move every joint of the tiny rig at random, with oblique axes that are not orthogonal. */
static void shake(oik_rig *rig, uint64_t *seed) {
    for (int i = 0; i < rig->n_bodies; i++) {
        oik_rig_body *body = &rig->bodies[i];
        body->A = oik_rot_exp(v3_scale(random_vec3(seed), 3.0));
        body->B = oik_rot_exp(v3_scale(random_vec3(seed), 3.0));
        body->s = v3_scale(random_vec3(seed), 0.5);
    }
    for (int d = 0; d < rig->n_dofs; d++)
        rig->dofs[d].axis = v3_unit(v3_madd(rig->dofs[d].axis, 0.4, random_vec3(seed)));
    for (int k = 0; k < rig->n_frames * rig->n_dofs; k++)
        rig->q[k] = 3.0 * random_signed(seed);
}

static void oblique_joints_of_any_kind_keep_their_kinematics(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int trial = 0; trial < 20; trial++) {
        oik_rig *rig = tiny_rig_new();
        shake(rig, &seed);
        /* the left hip becomes a joint of two rotations and one translation, the back one of three translations */
        oik_rig_body *hip = &rig->bodies[TINY_RIG_FEMUR_L], *back = &rig->bodies[TINY_RIG_TORSO];
        hip->n_rotations = 2, hip->n_translations = 1;
        rig->dofs[hip->first_dof + 2].translation = true;
        back->n_rotations = trial % 3, back->n_translations = 3 - trial % 3;
        for (int k = 0; k < 3; k++)
            rig->dofs[back->first_dof + k].translation = k >= back->n_rotations;
        check_kinematics(rig);
        oik_rig_free(rig);
    }
}

static void a_joint_of_one_axis_along_any_direction_has_independent_axes(void **state) {
    (void)state;
    static const oik_vec3 axes[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, 0, 0}, {0, -1, 0}, {0, 0, -1}, {0.6, 0.8, 0}, {0.6, 0, -0.8}};
    oik_rig *rig = tiny_rig_new();
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        rig->dofs[9].axis = axes[i];
        check_kinematics(rig);
    }
    oik_rig_free(rig);
}

static oik_mat3 turn(int axis, double angle) {
    return oik_rot_axis(v3(axis == 0, axis == 1, axis == 2), angle);
}

static void check_angles(oik_mat3 R) {
    const double rounding = 1e-14; /* a few units in the last place of numbers up to 1, at gimbal positions too */
    oik_vec3 a = oik_osim_angles(R);
    oik_mat3 again = m3_mul(m3_mul(turn(0, a.x), turn(1, a.y)), turn(2, a.z));
    assert_true(reader_angle(again, R) < rounding);
    assert_true(fabs(a.y) <= 90.0 * DEG + rounding);
}

static void angles_of_a_frame_give_the_frame_back(void **state) {
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 1000; i++)
        check_angles(oik_rot_exp(v3_scale(random_vec3(&seed), 3.2)));
    static const double from_gimbal[] = {0.0, 1e-17, 1e-12, 1e-9, 1e-8, 1e-6, 1e-3};
    for (size_t i = 0; i < sizeof from_gimbal / sizeof *from_gimbal; i++)
        for (int k = 0; k < 100; k++) {
            double x = 3.0 * random_signed(&seed), z = 3.0 * random_signed(&seed);
            for (int sign = -1; sign <= 1; sign += 2)
                check_angles(m3_mul(m3_mul(turn(0, x), turn(1, sign * (90.0 * DEG - from_gimbal[i]))), turn(2, z)));
        }
    for (int axis = 0; axis < 3; axis++)
        for (int quarter = -2; quarter <= 2; quarter++)
            check_angles(turn(axis, quarter * 90.0 * DEG));
}

static void masses_and_markers_are_those_of_the_rig(void **state) {
    (void)state;
    const double digits = 1e-11; /* 12 significant ones, of numbers below 100 */
    oik_rig *rig = tiny_rig_new();
    reader_model *model = model_of(rig);
    assert_int_equal(model->n_bodies, TINY_RIG_BODIES);
    assert_int_equal(model->n_joints, TINY_RIG_BODIES);
    assert_int_equal(model->n_coordinates, TINY_RIG_DOFS);
    assert_int_equal(model->n_markers, TINY_RIG_MARKERS);
    for (int i = 0; i < TINY_RIG_BODIES; i++) {
        const oik_rig_body *body = &rig->bodies[i];
        assert_string_equal(model->bodies[i].name, body->name);
        assert_string_equal(model->joints[i].name, body->joint_name);
        assert_true(fabs(model->bodies[i].mass - body->mass) < digits);
        assert_true(v3_dist(model->bodies[i].mass_centre, body->mass_centre) < digits);
        for (int k = 0; k < 6; k++)
            assert_true(fabs(model->bodies[i].inertia[k] - body->inertia[k]) < digits);
    }
    for (int m = 0; m < TINY_RIG_MARKERS; m++) {
        assert_string_equal(model->markers[m].name, rig->markers[m].name);
        assert_int_equal(model->markers[m].body, rig->markers[m].body);
        assert_int_equal(model->markers[m].fixed, rig->markers[m].fixed);
        assert_true(v3_dist(model->markers[m].at, rig->markers[m].at) < digits);
    }
    free(model);
    oik_rig_free(rig);
}

static const reader_coordinate *coordinate(const reader_model *model, const char *name) {
    for (int i = 0; i < model->n_coordinates; i++)
        if (strcmp(model->coordinates[i].name, name) == 0)
            return &model->coordinates[i];
    fail_msg("no coordinate %s", name);
    return NULL;
}

/* OpenSim's inverse kinematics begins where the model opens, and does not find a posture far from there */
static void the_model_opens_as_the_motion_begins(void **state) {
    (void)state;
    const double digits = 1e-11;
    oik_rig *rig = tiny_rig_new();
    rig->q[6] = 0.25;
    rig->q[9] = -0.5; /* below its range */
    reader_model *model = model_of(rig);
    for (int d = 0; d < TINY_RIG_DOFS; d++) {
        const reader_coordinate *c = coordinate(model, rig->dofs[d].name);
        assert_true(fabs(c->standard - rig->q[d]) < digits);
        assert_true(c->range[0] <= c->standard && c->standard <= c->range[1]); /* else OpenSim moves it there */
    }
    assert_false(coordinate(model, "pelvis_rotation")->clamped);
    assert_true(coordinate(model, "knee_angle_r")->clamped);
    free(model);
    oik_rig_free(rig);
}

static void a_range_is_widened_to_hold_the_motion(void **state) {
    (void)state;
    const double digits = 1e-11;
    oik_rig *rig = tiny_rig_new();
    rig->q[TINY_RIG_DOFS + 9] = -0.125;
    rig->q[2 * TINY_RIG_DOFS + 9] = 2.75;
    reader_model *model = model_of(rig);
    const reader_coordinate *knee = coordinate(model, "knee_angle_r"), *hip = coordinate(model, "hip_rotation_l");
    assert_true(fabs(knee->range[0] + 0.125) < digits && fabs(knee->range[1] - 2.75) < digits);
    assert_true(fabs(hip->range[0] + 0.75) < digits && fabs(hip->range[1] - 0.75) < digits);
    free(model);
    oik_rig_free(rig);
}

static void a_free_translation_has_a_range_for_a_slider(void **state) {
    (void)state;
    const double digits = 1e-11;
    oik_rig *rig = tiny_rig_new(); /* pelvis_tx goes from 0.1 to 0.9 m */
    rig->dofs[3].lower = -1000.0, rig->dofs[3].upper = 1000.0;
    rig->dofs[4].lower = 0.0, rig->dofs[4].upper = 1.0; /* pelvis_ty goes to 1.1 m */
    reader_model *model = model_of(rig);
    const reader_coordinate *x = coordinate(model, "pelvis_tx"), *y = coordinate(model, "pelvis_ty");
    assert_true(fabs(x->range[0] + 4.9) < digits && fabs(x->range[1] - 5.9) < digits);
    assert_true(fabs(y->range[0]) < digits && fabs(y->range[1] - 1.1) < digits);
    free(model);
    oik_rig_free(rig);
}

static void a_dependent_coordinate_becomes_a_constraint(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    oik_dof *bending = &rig->dofs[14];
    bending->n_coefficients = 3, bending->master = 13;
    bending->coefficient[0] = 0.125, bending->coefficient[1] = -0.5, bending->coefficient[2] = 2.0;
    char *text = rig_written(oik_osim_write, rig, "coupled.osim");
    assert_non_null(strstr(text, "<CoordinateCouplerConstraint name=\"lumbar_bending_follows\">"));
    assert_non_null(strstr(text, "<coefficients>2 -0.5 0.125</coefficients>")); /* highest power first */
    assert_non_null(strstr(text, "<independent_coordinate_names>lumbar_extension</independent_coordinate_names>"));
    assert_non_null(strstr(text, "<dependent_coordinate_name>lumbar_bending</dependent_coordinate_name>"));
    free(text);
    bending->master = 14;
    rig_refused(oik_osim_write, rig, OIK_E_MODEL, "lumbar_bending");
    bending->master = 13;
    bending->coefficient[1] = NAN;
    rig_refused(oik_osim_write, rig, OIK_E_NOT_FINITE, "lumbar_bending");
    oik_rig_free(rig);
}

/* ---------------------------------------------------------------- what OpenSim refuses */

/** The tiny rig after a change, refused with a message. */
#define REFUSED(status, text, change)                                                                                                    \
    do {                                                                                                                                 \
        oik_rig *rig = tiny_rig_new();                                                                                                   \
        change;                                                                                                                          \
        rig_refused(oik_osim_write, rig, status, text);                                                                                  \
        oik_rig_free(rig);                                                                                                               \
    } while (0)

static void names_that_do_not_load_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "body 2", strcpy(rig->bodies[2].name, "tibia r"));
    REFUSED(OIK_E_MODEL, "joint 2", strcpy(rig->bodies[2].joint_name, "knee/r"));
    REFUSED(OIK_E_MODEL, "coordinate 9", strcpy(rig->dofs[9].name, "knee\tangle"));
    REFUSED(OIK_E_MODEL, "marker 0", strcpy(rig->markers[0].name, "R.ASI"));
    REFUSED(OIK_E_MODEL, "bone 5", strcpy(rig->bones[5].name, "Wirbels\303\244ule"));
    REFUSED(OIK_E_MODEL, "bone 5", strcpy(rig->bones[5].name, ""));
    REFUSED(OIK_E_MODEL, "rig 0", strcpy(rig->name, "a&b"));
    REFUSED(OIK_E_MODEL, "'ground'", strcpy(rig->bodies[0].name, "ground"));
    REFUSED(OIK_E_MODEL, "'time'", strcpy(rig->dofs[3].name, "Time"));
}

static void names_that_occur_twice_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "'femur_r'", strcpy(rig->bodies[3].name, "femur_r")); /* else a joint had two frames of one name */
    REFUSED(OIK_E_MODEL, "'hip_r'", strcpy(rig->bodies[3].joint_name, "hip_r"));
    REFUSED(OIK_E_MODEL, "'knee_angle_r'", strcpy(rig->dofs[10].name, "knee_angle_r"));
    REFUSED(OIK_E_MODEL, "'RASI'", strcpy(rig->markers[1].name, "RASI"));
    REFUSED(OIK_E_MODEL, "'FEMUR_R'", strcpy(rig->bones[4].name, "FEMUR_R")); /* one file where letter case does not count */
}

static void collinear_axes_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "hip_flexion_r and hip_rotation_r are collinear", rig->dofs[8].axis = v3_unit(v3(1e-6, 0, -1)));
    REFUSED(OIK_E_MODEL, "pelvis_tx and pelvis_ty are collinear", rig->dofs[4].axis = v3(1, 0, 0));
    REFUSED(OIK_E_MODEL, "length", rig->dofs[9].axis = v3(0, 0, 2));
    REFUSED(OIK_E_MODEL, "length", rig->dofs[9].axis = v3(0, 0, 0));
}

static void markers_and_bones_without_a_body_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "marker C7", rig->markers[4].body = TINY_RIG_BODIES);
    REFUSED(OIK_E_MODEL, "marker C7", rig->markers[4].body = -1);
    REFUSED(OIK_E_MODEL, "bone T8", rig->bones[5].body = TINY_RIG_BODIES);
    REFUSED(OIK_E_NOT_FINITE, "marker C7", rig->markers[4].at.x = NAN);
}

static void impossible_masses_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "tibia_r", rig->bodies[2].mass = 0.0);
    REFUSED(OIK_E_NOT_FINITE, "tibia_r", rig->bodies[2].inertia[4] = NAN);
    REFUSED(OIK_E_MODEL, "inertia", rig->bodies[2].inertia[0] = 0.2);  /* xx > yy + zz */
    REFUSED(OIK_E_MODEL, "inertia", rig->bodies[2].inertia[1] = -0.1);
    REFUSED(OIK_E_MODEL, "inertia", rig->bodies[2].inertia[3] = 0.04); /* principal moments that break the rule */
    static const double minor[6] = {2, 2, 2, -2, -2, -2}, determinant[6] = {2, 2, 2, 0.6, 0.6, 0.6};
    REFUSED(OIK_E_MODEL, "inertia", memcpy(rig->bodies[2].inertia, minor, sizeof minor));             /* two second moments below 0 */
    REFUSED(OIK_E_MODEL, "inertia", memcpy(rig->bodies[2].inertia, determinant, sizeof determinant)); /* one, no two axes show it */
    REFUSED(OIK_E_MODEL, "inertia", memset(rig->bodies[2].inertia, 0, sizeof rig->bodies[2].inertia));
}

static void broken_joints_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_MODEL, "tibia_r", rig->bodies[2].parent = 2);
    REFUSED(OIK_E_MODEL, "tibia_r", rig->bodies[2].parent = -2);
    REFUSED(OIK_E_MODEL, "walker_knee_r", rig->bodies[2].n_rotations = 0);
    REFUSED(OIK_E_MODEL, "walker_knee_r", rig->bodies[2].n_rotations = 4);
    REFUSED(OIK_E_MODEL, "walker_knee_r", rig->bodies[2].first_dof = TINY_RIG_DOFS);
    REFUSED(OIK_E_MODEL, "walker_knee_r", rig->bodies[2].A.m[0][0] += 0.1);
    REFUSED(OIK_E_MODEL, "walker_knee_r", rig->bodies[2].B = m3_diag(v3(1, 1, -1)));
    REFUSED(OIK_E_NOT_FINITE, "walker_knee_r", rig->bodies[2].s.y = INFINITY);
    REFUSED(OIK_E_NOT_FINITE, "knee_angle_r", rig->dofs[9].upper = INFINITY);
    REFUSED(OIK_E_MODEL, "16 coordinates, its joints have 15", rig->bodies[4].n_rotations = 2);
}

static void broken_motions_are_refused(void **state) {
    (void)state;
    REFUSED(OIK_E_NOT_FINITE, "knee_angle_r of frame 1", rig->q[TINY_RIG_DOFS + 9] = NAN);
    REFUSED(OIK_E_NOT_FINITE, "frame 0", rig->time[0] = NAN);
    REFUSED(OIK_E_MODEL, "frame 2", rig->time[2] = rig->time[1]);
    REFUSED(OIK_E_MODEL, "frame", rig->n_frames = 0);
}

/** The same text with one passage replaced, read again: the reader sees the damage, so that its silence means something. */
static void check_damage(const char *text, const char *from, const char *to, const char *expected) {
    const char *at = strstr(text, from);
    assert_non_null(at);
    size_t before = (size_t)(at - text), room = strlen(text) + strlen(to) + 1;
    char *damaged = malloc(room);
    snprintf(damaged, room, "%.*s%s%s", (int)before, text, to, at + strlen(from));
    reader_model *model = reader_model_new(damaged);
    assert_non_null(model);
    if (!strstr(model->problem, expected))
        fail_msg("expected '%s', found '%s'", expected, model->problem);
    free(model);
    free(damaged);
}

static void the_reader_of_this_test_sees_what_opensim_refuses(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    char *text = rig_written(oik_osim_write, rig, "good.osim");
    check_damage(text, "<Body name=\"tibia_r\">", "<Body name=\"tibia r\">", "no name");
    check_damage(text, "<Body name=\"femur_l\">", "<Body name=\"femur_r\">", "two elements");
    check_damage(text, "/bodyset/femur_r</socket_parent_frame>", "/bodyset/thigh_r</socket_parent_frame>", "no frame");
    check_damage(text, "\"femur_r_at_hip_r\"", "\"pelvis_at_hip_r\"", "two elements");
    check_damage(text, "<axis>1 0 0</axis>", "<axis>0 0 1</axis>", "collinear");
    check_damage(text, "<axis>1 0 0</axis>", "<axis>1,0 0,0 0,0</axis>", "<axis>"); /* a decimal comma */
    check_damage(text, "</Ground>", "</Grund>", "not an OpenSim document");
    free(text);
    oik_rig_free(rig);
}

static void the_document_is_well_formed(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], command[2 * TEMP_PATH_LENGTH];
    if (system("command -v xmllint > /dev/null 2>&1") != 0) {
        print_message("xmllint is absent; apt-get install libxml2-utils\n");
        skip();
    }
    oik_rig *rig = tiny_rig_new();
    assert_int_equal(oik_osim_write(rig, temp_path(path, "lint.osim"), NULL), OIK_OK);
    snprintf(command, sizeof command, "xmllint --noout --nonet '%s'", path);
    assert_int_equal(system(command), 0);
    oik_rig_free(rig);
}

/* ---------------------------------------------------------------- files */

static void bytes_depend_on_the_rig_only(void **state) {
    (void)state;
    rig_check_same_bytes(oik_osim_write);
}

static void a_bad_disk_leaves_nothing_behind(void **state) {
    (void)state;
    rig_check_disk(oik_osim_write);
}

static void short_memory_is_reported(void **state) {
    (void)state;
    rig_check_memory(oik_osim_write);
}

static oik_status write_first_bone(const oik_rig *rig, const char *path, oik_error *err) {
    return oik_obj_geometry_write(&rig->bones[0], path, err);
}

static void bones_are_written_as_carefully(void **state) {
    (void)state;
    rig_check_same_bytes(write_first_bone);
    rig_check_disk(write_first_bone);
    rig_check_memory(write_first_bone);
    oik_rig *rig = tiny_rig_new();
    rig->bones[0].faces[3][1] = 8;
    rig_refused(write_first_bone, rig, OIK_E_MODEL, "sacrum: face 3");
    rig->bones[0].vertices[2].y = NAN;
    rig_refused(write_first_bone, rig, OIK_E_NOT_FINITE, "sacrum: vertex 2");
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest test_export_osim[] = {
        cmocka_unit_test(files_alone_put_every_bone_where_the_rig_has_it),
        cmocka_unit_test(oblique_joints_of_any_kind_keep_their_kinematics),
        cmocka_unit_test(a_joint_of_one_axis_along_any_direction_has_independent_axes),
        cmocka_unit_test(angles_of_a_frame_give_the_frame_back),
        cmocka_unit_test(masses_and_markers_are_those_of_the_rig),
        cmocka_unit_test(the_model_opens_as_the_motion_begins),
        cmocka_unit_test(a_range_is_widened_to_hold_the_motion),
        cmocka_unit_test(a_free_translation_has_a_range_for_a_slider),
        cmocka_unit_test(a_dependent_coordinate_becomes_a_constraint),
        cmocka_unit_test(names_that_do_not_load_are_refused),
        cmocka_unit_test(names_that_occur_twice_are_refused),
        cmocka_unit_test(collinear_axes_are_refused),
        cmocka_unit_test(markers_and_bones_without_a_body_are_refused),
        cmocka_unit_test(impossible_masses_are_refused),
        cmocka_unit_test(broken_joints_are_refused),
        cmocka_unit_test(broken_motions_are_refused),
        cmocka_unit_test(the_reader_of_this_test_sees_what_opensim_refuses),
        cmocka_unit_test(the_document_is_well_formed),
        cmocka_unit_test(bytes_depend_on_the_rig_only),
        cmocka_unit_test(a_bad_disk_leaves_nothing_behind),
        cmocka_unit_test(short_memory_is_reported),
        cmocka_unit_test(bones_are_written_as_carefully),
    };
    return cmocka_run_group_tests(test_export_osim, temp_dir_setup, temp_dir_teardown);
}
