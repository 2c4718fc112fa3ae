/* Rigs through the public header: what they are made from, and every format. Needs the built-in models and data/demo. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "case_folder.h"
#include "demo_person.h"
#include "demo_run.h"
#include "osso_ik.h"
#include "rig/rig.h"

static demo_person anna;
static oik_chain_file *chain_file;
static oik_motion *walk; /* from keypoints */
static oik_error err;

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static int set_up(void **state) {
    (void)state;
    return demo_person_new(&anna, "female", DEMO_FEMALE) || failed(oik_chain_file_from_skeleton(&chain_file, anna.lying, &err)) ||
           failed(oik_motion_from_keypoint_file(&walk, NULL, chain_file, "data/demo/walk.txt", 0.0, NULL, &err));
}

static int tear_down(void **state) {
    (void)state;
    oik_motion_free(walk);
    oik_chain_file_free(chain_file);
    demo_person_clear(&anna);
    return 0;
}

static oik_rig *make(const oik_skeleton *skeleton, const oik_motion *motion, const oik_rig_options *options) {
    oik_rig *rig = NULL;
    if (failed(oik_rig_from_skeleton(&rig, anna.model, anna.body, skeleton, motion, options, &err)))
        fail_msg("%s", err.message);
    return rig;
}

/* ------------------------------------------------------------------ what a rig is made from */

/** Largest distance between bone vertices of a rig in its last frame and those of a skeleton [m]. */
static double largest_distance(const oik_rig *rig, const oik_skeleton *skeleton) {
    oik_skeleton_info info = oik_skeleton_get_info(skeleton);
    oik_mat3 R[64];
    oik_vec3 o[64];
    double largest = 0.0;
    assert_true(rig->n_bodies <= 64);
    oik_rig_forward(R, o, rig, rig->q + (size_t)(rig->n_frames - 1) * (size_t)rig->n_dofs);
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        size_t next = 0;
        for (size_t v = 0; v < info.n_vertices; v++) {
            if (strcmp(info.bone_names[info.bone_of_vertex[v]], bone->name) != 0)
                continue;
            const double *x = info.vertices + 3 * v;
            oik_vec3 there = v3_add(m3_mulv(R[bone->body], bone->vertices[next++]), o[bone->body]);
            largest = fmax(largest, v3_dist(there, oik_rig_world(v3(x[0], x[1], x[2]))));
        }
        assert_int_equal(next, bone->n_vertices);
    }
    return largest;
}

static void posed_bones_are_where_the_skeleton_has_them(void **state) {
    (void)state;
    for (int full = 0; full < 2; full++) {
        const oik_rig_options options = {.full = full};
        oik_rig *rig = make(anna.posed, anna.motion, &options);
        /* coordinates of merged joints are found from rotations of double precision; bones are 1 m from the root */
        assert_true(largest_distance(rig, anna.posed) < 1e-6);
        oik_rig_free(rig);
    }
}

/** Largest distance between two rigs' vertices of one bone, in their bodies' frames. */
static double difference(const oik_rig *a, const oik_rig *b, const char *name) {
    for (int i = 0; i < a->n_bones; i++)
        if (strcmp(a->bones[i].name, name) == 0) {
            double largest = 0.0;
            assert_string_equal(b->bones[i].name, name);
            for (size_t v = 0; v < a->bones[i].n_vertices; v++)
                largest = fmax(largest, v3_dist(a->bones[i].vertices[v], b->bones[i].vertices[v]));
            return largest;
        }
    fail_msg("no bone %s", name);
    return NAN;
}

static void lying_bones_ride_on_the_same_bodies(void **state) {
    (void)state;
    static const char *const names[] = {"femur_r", "femur_l", "tibia_r", "humerus_l"};
    const oik_rig_options full = {.full = 1};
    oik_rig *a = make(anna.posed, anna.motion, &full), *b = make(anna.lying, walk, &full);
    /* posing moves a bone by some millimetres against its segment, to keep it inside the skin and in its joint; a wrong posture of rest
     * would move it by the length of a limb */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!(difference(a, b, names[i]) < 0.03))
            fail_msg("%s: %g", names[i], difference(a, b, names[i]));
    oik_rig_free(a);
    oik_rig_free(b);
}

static int find_segment(const oik_motion *motion, const char *name) {
    for (size_t i = 0; i < oik_motion_n_segments(motion); i++)
        if (strcmp(oik_motion_segment_name(motion, i), name) == 0)
            return (int)i;
    return -1;
}

static void bodies_follow_the_segments_of_a_motion(void **state) {
    (void)state;
    enum { ROOM = 64, FRAME = 40 };
    static double R_segment[9 * ROOM], origin[3 * ROOM];
    static oik_mat3 R[ROOM];
    static oik_vec3 o[ROOM];
    const oik_rig_options full = {.full = 1};
    oik_rig *rig = make(anna.lying, walk, &full);
    assert_int_equal(rig->n_frames, oik_motion_n_frames(walk));
    assert_true(oik_motion_n_segments(walk) <= ROOM && rig->n_bodies <= ROOM);
    assert_int_equal(oik_motion_place_segments(R_segment, origin, walk, FRAME, &err), OIK_OK);
    oik_rig_forward(R, o, rig, rig->q + FRAME * rig->n_dofs);
    for (int i = 0; i < rig->n_bodies; i++) {
        int s = find_segment(walk, rig->bodies[i].name);
        assert_true(s >= 0);
        for (int c = 0; c < 3; c++) { /* axis c of the segment, in the rig's world */
            const double *m = R_segment + 9 * s + c;
            oik_vec3 axis = oik_rig_world(v3(m[0], m[3], m[6]));
            assert_true(v3_dist(axis, v3(R[i].m[0][c], R[i].m[1][c], R[i].m[2][c])) < 1e-9); /* the same angles, added up twice */
        }
    }
    oik_rig_free(rig);
}

/** Bones in the first frame are within the bounding box of the skin there, which wrong places of either would not be. */
static void skin_is_around_the_bones_in_the_first_frame(void **state) {
    (void)state;
    const double slack = 0.02; /* [m]: linear blend skinning from the lying posture thins joints that bend */
    oik_mat3 R[64];
    oik_vec3 o[64];
    oik_rig *rig = make(anna.lying, walk, NULL);
    oik_vec3 low = rig->skin.vertices[0], high = low;
    for (size_t v = 0; v < rig->skin.n_vertices; v++) {
        low = v3_min(low, rig->skin.vertices[v]);
        high = v3_max(high, rig->skin.vertices[v]);
    }
    assert_true(rig->n_bodies <= 64);
    oik_rig_forward(R, o, rig, rig->q);
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        for (size_t v = 0; v < bone->n_vertices; v++) {
            oik_vec3 p = v3_add(m3_mulv(R[bone->body], bone->vertices[v]), o[bone->body]);
            if (!(p.x > low.x - slack && p.y > low.y - slack && p.z > low.z - slack && p.x < high.x + slack && p.y < high.y + slack &&
                  p.z < high.z + slack))
                fail_msg("%s: (%g, %g, %g)", bone->name, p.x, p.y, p.z);
        }
    }
    oik_rig_free(rig);
}

/** Extent of the skin along the vertical in the first frame [m]. */
static double height_of(const oik_rig *rig) {
    double low = rig->skin.vertices[0].y, high = low;
    for (size_t v = 0; v < rig->skin.n_vertices; v++) {
        low = fmin(low, rig->skin.vertices[v].y);
        high = fmax(high, rig->skin.vertices[v].y);
    }
    return high - low;
}

/** The demo walk with its axes turned in a circle: text has z up, so its subject lies, unless the caller says which way is up. */
static void text_keypoints_say_which_way_is_up(void **state) {
    (void)state;
    const double x[3] = {1, 0, 0};
    double up[3], row[3];
    char *text = file_text("data/demo/walk.txt", NULL), *numbers = strchr(text, '\n') + 1;
    FILE *file = fopen(in_folder(folder, "turned.txt"), "w");
    assert_non_null(file);
    for (char *end = numbers; (row[0] = strtod(numbers, &end)), end != numbers; numbers = end) {
        row[1] = strtod(end, &end);
        row[2] = strtod(end, &end);
        fprintf(file, "%.4f %.4f %.4f\n", row[1], row[2], row[0]); /* in the frame of the motion up is x then */
    }
    assert_int_equal(fclose(file), 0);
    free(text);
    oik_motion *turned = NULL;
    assert_false(failed(oik_motion_from_keypoint_file(&turned, NULL, chain_file, in_folder(folder, "turned.txt"), 0.0, NULL, &err)));
    assert_int_equal(oik_motion_up(up, turned, &err), OIK_OK);
    assert_true(up[0] == 0.0 && up[1] == 1.0 && up[2] == 0.0);
    oik_rig_options stands = {.up = {x[0], x[1], x[2]}};
    oik_rig *lies = make(anna.lying, turned, NULL), *rig = make(anna.lying, turned, &stands), *as_it_was = make(anna.lying, walk, NULL);
    assert_true(lies->up.y == 1.0 && rig->up.x == 1.0);
    assert_true(fabs(height_of(rig) - height_of(as_it_was)) < 0.01); /* keypoints are rounded to 0.1 mm */
    assert_true(height_of(lies) < 0.6 * height_of(rig)); /* a step is not as long as a body */
    oik_rig_free(as_it_was);
    oik_rig_free(rig);
    oik_rig_free(lies);
    oik_motion_free(turned);
}

/** Skinning loses volume where joints bend: the mass is that of the un-posed skin. */
static void one_subject_has_one_estimated_mass(void **state) {
    (void)state;
    const double same = 0.01; /* of the mass: what registration and un-posing of two meshes of a subject leave, one in a deep crouch */
    static const char *const paths[] = {"data/demo/body_male.ply", "data/demo/body_male_crouch.ply"};
    char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    oik_model *male = NULL;
    double mass[2] = {0};
    snprintf(path, sizeof path, "%s/male.npz", dir ? dir : "build/models");
    assert_false(failed(oik_model_load(&male, path, &err)));
    for (int i = 0; i < 2; i++) {
        oik_mesh *m = NULL;
        oik_body *b = NULL;
        oik_skeleton *l = NULL, *p = NULL;
        oik_chain *c = NULL;
        oik_motion *q = NULL;
        oik_rig *rig = NULL;
        assert_false(failed(oik_mesh_read(&m, paths[i], &err)) || failed(oik_body_from_mesh(&b, male, m, paths[i], NULL, &err)) ||
                     failed(oik_skeleton_infer(&l, male, b, NULL, &err)) || failed(oik_skeleton_pose(&p, male, b, l, NULL, &err)) ||
                     failed(oik_chain_from_skeleton(&c, male, l, &err)) || failed(oik_motion_solve(&q, male, c, p, NULL, &err)) ||
                     failed(oik_rig_from_skeleton(&rig, male, b, p, q, NULL, &err)));
        mass[i] = rig->mass;
        oik_rig_free(rig);
        assert_false(failed(oik_rig_from_skeleton(&rig, male, b, l, q, NULL, &err)));
        assert_true(rig->mass == mass[i]); /* lying as posed */
        oik_rig_free(rig);
        oik_motion_free(q);
        oik_chain_free(c);
        oik_skeleton_free(p);
        oik_skeleton_free(l);
        oik_body_free(b);
        oik_mesh_free(m);
    }
    oik_model_free(male);
    if (!(fabs(mass[0] - mass[1]) < same * mass[0]))
        fail_msg("%g and %g kg", mass[0], mass[1]);
}

/** Row-major 3 x 3 of a public structure against the one inside. */
static void assert_matrix(const double m[9], oik_mat3 R) {
    assert_memory_equal(m, R.m, sizeof R.m);
}

static void accessors_tell_what_the_rig_holds(void **state) {
    (void)state;
    const oik_rig_options full = {.full = 1, .mass = 60.0, .name = "anna"};
    oik_rig *rig = make(anna.posed, anna.motion, &full);
    oik_rig_info info = oik_rig_get_info(rig);
    assert_string_equal(info.name, "anna");
    assert_string_equal(info.gender, "female");
    assert_true(info.mass == 60.0 && info.stature == rig->stature && !info.mass_estimated && info.up[1] == 1.0);
    assert_matrix(info.world, rig->world);
    assert_true(info.n_bodies == (size_t)rig->n_bodies && info.n_coordinates == (size_t)rig->n_dofs && info.n_frames == 1);
    assert_true(info.time == rig->time && info.coordinates == rig->q);
    size_t next = 0;
    for (size_t i = 0; i < info.n_bodies; i++) {
        const oik_rig_body *inside = &rig->bodies[i];
        oik_rig_body_info b = oik_rig_get_body(rig, i);
        assert_string_equal(b.name, inside->name);
        assert_string_equal(b.joint, inside->joint_name);
        assert_true(b.parent == inside->parent && b.mass == inside->mass && b.mass_centre[2] == inside->mass_centre.z);
        assert_true(b.centre[0] == inside->s.x && b.inertia[5] == inside->inertia[5] && b.first_coordinate == next);
        assert_matrix(b.A, inside->A);
        assert_matrix(b.B, inside->B);
        next += b.n_rotations + b.n_translations;
        for (size_t d = b.first_coordinate; d < next; d++) {
            oik_rig_coordinate_info c = oik_rig_get_coordinate(rig, d);
            assert_string_equal(c.name, rig->dofs[d].name);
            assert_true(c.body == (int)i && c.translation == rig->dofs[d].translation && c.lower == rig->dofs[d].lower);
            assert_true(c.axis[1] == rig->dofs[d].axis.y && c.neutral == rig->dofs[d].rest && c.follows == -1);
        }
    }
    assert_int_equal(next, info.n_coordinates);
    for (size_t i = 0; i < info.n_bones; i++) {
        oik_rig_bone_info b = oik_rig_get_bone(rig, i);
        assert_string_equal(b.name, rig->bones[i].name);
        assert_true(b.vertices[4] == rig->bones[i].vertices[1].y && b.faces[5] == rig->bones[i].faces[1][2]);
        assert_true(b.n_vertices == rig->bones[i].n_vertices && b.n_faces == rig->bones[i].n_faces && b.body == rig->bones[i].body);
    }
    assert_string_equal(oik_rig_get_body(rig, info.n_bodies).name, "");
    assert_string_equal(oik_rig_get_coordinate(rig, info.n_coordinates).name, "");
    assert_string_equal(oik_rig_get_marker(rig, info.n_markers).name, "");
    assert_string_equal(oik_rig_get_bone(rig, info.n_bones).name, "");
    oik_rig_free(rig);
}

static void markers_are_placed_with_their_bodies(void **state) {
    (void)state;
    enum { ROOM = 128, FRAME = 40 };
    double at[3 * ROOM], R[9 * 64], origin[3 * 64];
    oik_rig *rig = make(anna.lying, walk, NULL);
    const double *q = rig->q + FRAME * rig->n_dofs;
    assert_true(rig->n_markers <= ROOM && rig->n_bodies <= 64);
    assert_int_equal(oik_rig_place_markers(at, rig, q, &err), OIK_OK);
    assert_int_equal(oik_rig_place_bodies(R, origin, rig, q, &err), OIK_OK);
    assert_int_equal(oik_rig_place_bodies(NULL, NULL, rig, q, &err), OIK_OK);
    for (int m = 0; m < rig->n_markers; m++) {
        oik_rig_marker_info marker = oik_rig_get_marker(rig, (size_t)m);
        assert_string_equal(marker.name, rig->markers[m].name);
        for (int r = 0; r < 3; r++) {
            const double *row = R + 9 * marker.body + 3 * r, *x = marker.at;
            double there = origin[3 * marker.body + r] + row[0] * x[0] + row[1] * x[1] + row[2] * x[2];
            assert_true(fabs(at[3 * m + r] - there) < 1e-12); /* sums of lengths of 1 m */
        }
    }
    oik_rig_free(rig);
}

static void skeleton_and_motion_must_belong_together(void **state) {
    (void)state;
    oik_rig *rig = (oik_rig *)&err;
    assert_int_equal(oik_rig_from_skeleton(&rig, anna.model, anna.body, anna.posed, walk, NULL, &err), OIK_E_ARGUMENT);
    assert_null(rig);
    assert_non_null(strstr(err.message, "lying"));
}

/** The demo body as a laboratory with z up has it, x to the right and y forward, through the whole pipeline. */
typedef struct laboratory {
    oik_mesh *mesh;
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion;
} laboratory;

static void laboratory_new(laboratory *l) {
    enum { ROOM = 6890 };
    static double x[3 * ROOM];
    oik_mesh_info info = oik_mesh_get_info(anna.mesh);
    assert_int_equal(info.n_vertices, ROOM);
    for (size_t v = 0; v < ROOM; v++) { /* (x, y, z) -> (x, -z, y) */
        x[3 * v] = info.vertices[3 * v];
        x[3 * v + 1] = -info.vertices[3 * v + 2];
        x[3 * v + 2] = info.vertices[3 * v + 1];
    }
    assert_false(failed(oik_mesh_from_arrays(&l->mesh, x, ROOM, info.faces, info.n_faces, &err)) ||
                 failed(oik_body_from_mesh(&l->body, anna.model, l->mesh, "z up", NULL, &err)) ||
                 failed(oik_skeleton_infer(&l->lying, anna.model, l->body, NULL, &err)) ||
                 failed(oik_skeleton_pose(&l->posed, anna.model, l->body, l->lying, NULL, &err)) ||
                 failed(oik_chain_from_skeleton(&l->chain, anna.model, l->lying, &err)) ||
                 failed(oik_motion_solve(&l->motion, anna.model, l->chain, l->posed, NULL, &err)));
}

static void laboratory_clear(laboratory *l) {
    oik_motion_free(l->motion);
    oik_chain_free(l->chain);
    oik_skeleton_free(l->posed);
    oik_skeleton_free(l->lying);
    oik_body_free(l->body);
    oik_mesh_free(l->mesh);
}

static void a_body_with_z_up_is_set_upright(void **state) {
    (void)state;
    const oik_rig_options keep = {.up = {0, 1, 0}}, wrong = {.up = {0, 1, 1}};
    const double same = 1e-4; /* registration and posing stop where steps are below 1e-6 m; a body on its side is off by 1 m */
    laboratory l = {0};
    double up[3] = {0};
    oik_mat3 R[2][64];
    oik_vec3 o[2][64];
    laboratory_new(&l);
    assert_int_equal(oik_motion_up(up, l.motion, &err), OIK_OK);
    assert_true(up[0] == 0.0 && up[1] == 0.0 && up[2] == 1.0);
    oik_rig *a = make(anna.posed, anna.motion, NULL), *b = NULL, *side = NULL, *none = NULL;
    assert_false(failed(oik_rig_from_skeleton(&b, anna.model, l.body, l.posed, l.motion, NULL, &err)));
    assert_false(failed(oik_rig_from_skeleton(&side, anna.model, l.body, l.posed, l.motion, &keep, &err)));
    assert_int_equal(oik_rig_from_skeleton(&none, anna.model, l.body, l.posed, l.motion, &wrong, &err), OIK_E_ARGUMENT);
    assert_null(none);
    assert_true(a->n_bodies <= 64);
    oik_rig_forward(R[0], o[0], a, a->q);
    oik_rig_forward(R[1], o[1], b, b->q);
    for (int i = 0; i < a->n_bodies; i++)
        assert_true(v3_dist(o[0][i], o[1][i]) < same);
    for (int d = 0; d < 6; d++)
        assert_true(fabs(a->q[d] - b->q[d]) < same);
    for (size_t v = 0; v < a->skin.n_vertices; v++)
        assert_true(v3_dist(a->skin.vertices[v], b->skin.vertices[v]) < same);
    /* as it lies when it is not turned */
    oik_rig_forward(R[1], o[1], side, side->q);
    oik_vec3 trunk = v3_sub(o[1][a->bodies[a->n_bodies - 1].parent], o[1][0]);
    assert_true(fabs(trunk.y) < 0.5 * v3_norm(trunk));
    oik_rig_free(a);
    oik_rig_free(b);
    oik_rig_free(side);
    laboratory_clear(&l);
}

static void options_are_taken(void **state) {
    (void)state;
    const oik_rig_options options = {.name = "Anna 1", .mass = 61.5, .full = 1};
    oik_rig *plain = make(anna.posed, anna.motion, NULL), *full = make(anna.posed, anna.motion, &options), *bad = NULL;
    assert_string_equal(plain->name, "subject");
    assert_string_equal(full->name, "Anna_1");
    assert_true(full->mass == 61.5 && !full->mass_estimated);
    assert_true(plain->mass_estimated && plain->mass > 50.0 && plain->mass < 75.0); /* a woman of 1.66 m */
    assert_true(full->n_bodies > plain->n_bodies);
    oik_rig_free(plain);
    oik_rig_free(full);
    const double wrong[] = {0.5, 501.0, -60.0, NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const oik_rig_options o = {.mass = wrong[i]};
        assert_int_equal(oik_rig_from_skeleton(&bad, anna.model, anna.body, anna.posed, anna.motion, &o, &err), OIK_E_ARGUMENT);
        assert_null(bad);
    }
    oik_rig_free(NULL);
}

/* ------------------------------------------------------------------ files */

static void every_format_is_written(void **state) {
    (void)state;
    static const struct {
        const char *format, *path, *begin, *other; /* other: a file that comes with it */
    } formats[] = {{"osim", "osim/anna.osim", "<?xml", "osim/Geometry/anna_femur_r.obj"},
                   {"mot", "anna.mot", "Coordinates", NULL},
                   {"trc", "anna.trc", "PathFileType", NULL},
                   {"bvh", "anna.bvh", "HIERARCHY", NULL},
                   {"glb", "anna.glb", "glTF", NULL},
                   {"mjcf", "mjcf.xml", "<", "anna_meshes/femur_r.stl"},
                   {"urdf", "anna.urdf", "<?xml", "anna_meshes/femur_l.stl"},
                   {"addb", "addb", NULL, "addb/_subject.json"}};
    const oik_rig_options options = {.name = "anna"};
    oik_rig *rig = make(anna.posed, anna.motion, &options);
    /* the folder that .osim lies in must be there: a call that writes in another one first */
    assert_int_equal(oik_write_rig(rig, "addb", in_folder(folder, "osim"), &err), OIK_OK);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (failed(oik_write_rig(rig, formats[i].format, in_folder(folder, formats[i].path), &err)))
            fail_msg("%s: %s", formats[i].format, err.message);
        char *text = formats[i].begin ? file_text(in_folder(folder, formats[i].path), NULL) : NULL;
        if (formats[i].begin && (!text || strncmp(text, formats[i].begin, strlen(formats[i].begin)) != 0))
            fail_msg("%s does not begin with %s", formats[i].path, formats[i].begin);
        assert_true(!formats[i].other || file_exists(in_folder(folder, formats[i].other)));
        free(text);
    }
    static const char *const with_osim[] = {"anna.mot", "anna.trc", "anna_static.trc", "anna_ik_setup.xml", "anna_scale_setup.xml"};
    for (size_t i = 0; i < sizeof with_osim / sizeof *with_osim; i++)
        assert_true(file_exists(in_folder(in_folder(folder, "osim"), with_osim[i])));
    oik_rig_free(rig);
}

static void what_cannot_be_written_is_refused(void **state) {
    (void)state;
    const oik_rig_options full = {.full = 1};
    oik_rig *rig = make(anna.posed, anna.motion, NULL);
    assert_int_equal(oik_write_rig(rig, "fbx", in_folder(folder, "a.fbx"), &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "\"fbx\""));
    assert_int_equal(oik_write_rig(rig, "osim", in_folder(folder, "a.xml"), &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_write_rig(rig, "osim", in_folder(folder, ".osim"), &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_write_rig(rig, "glb", in_folder(folder, "absent/a.glb"), &err), OIK_E_IO);
    oik_rig_free(rig);
    rig = make(anna.posed, anna.motion, &full);
    assert_int_equal(oik_write_rig(rig, "addb", in_folder(folder, "addb"), &err), OIK_E_MODEL);
    assert_int_equal(count_files(folder), 0);
    oik_rig_free(rig);
}

static void isb_angles_have_a_line_per_frame(void **state) {
    (void)state;
    const char *path = in_folder(folder, "isb.csv");
    assert_int_equal(oik_write_isb_angles(walk, NULL, path, &err), OIK_OK);
    char *text = file_text(path, NULL);
    size_t n = 0;
    for (const char *c = text; *c; c++)
        n += *c == '\n';
    assert_int_equal(n, 1 + oik_motion_n_frames(walk));
    assert_int_equal(strncmp(text, "frame,time,isb_", strlen("frame,time,isb_")), 0);
    free(text);
}

/** The demo walk's text has z up, which is turned to the y up of a subject's chain. */
static void isb_angles_are_about_the_ground(void **state) {
    (void)state;
    const double z[3] = {0, 0, 1}, y[3] = {0, 1, 0}, none[3] = {1, 1, 0}, *const ups[] = {NULL, y, z};
    char *text[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(oik_write_isb_angles(walk, ups[i], in_folder(folder, "up.csv"), &err), OIK_OK);
        text[i] = file_text(in_folder(folder, "up.csv"), NULL);
    }
    assert_string_equal(text[0], text[1]);
    assert_string_not_equal(text[0], text[2]);
    assert_int_equal(oik_write_isb_angles(walk, none, in_folder(folder, "none.csv"), &err), OIK_E_ARGUMENT);
    assert_false(file_exists(in_folder(folder, "none.csv")));
    for (int i = 0; i < 3; i++)
        free(text[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posed_bones_are_where_the_skeleton_has_them),
        cmocka_unit_test(lying_bones_ride_on_the_same_bodies),
        cmocka_unit_test(bodies_follow_the_segments_of_a_motion),
        cmocka_unit_test(skin_is_around_the_bones_in_the_first_frame),
        IN_FOLDER(text_keypoints_say_which_way_is_up),
        cmocka_unit_test(one_subject_has_one_estimated_mass),
        cmocka_unit_test(accessors_tell_what_the_rig_holds),
        cmocka_unit_test(markers_are_placed_with_their_bodies),
        cmocka_unit_test(skeleton_and_motion_must_belong_together),
        cmocka_unit_test(a_body_with_z_up_is_set_upright),
        cmocka_unit_test(options_are_taken),
        IN_FOLDER(every_format_is_written),
        IN_FOLDER(what_cannot_be_written_is_refused),
        IN_FOLDER(isb_angles_have_a_line_per_frame),
        IN_FOLDER(isb_angles_are_about_the_ground),
    };
    return cmocka_run_group_tests_name("test_api_rig", tests, set_up, tear_down);
}
