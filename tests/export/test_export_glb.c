/*
 * NAME.glb: a reader written from the specification (support/glb_reader.h) finds every bone and skin vertex where the rig has it; what
 * the format asks of numbers, names and padding; what is refused; clients. Blender (package blender) and Khronos' validator (npm package
 * gltf-validator, its folder in OIK_GLTF_VALIDATOR; package nodejs) are skipped where they are not installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "export/glb.h"
#include "rig_writer.h"
#include "support/animation_checks.h"
#include "support/failing_malloc.h"
#include "support/glb_reader.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"

enum { MAX_NODES = 32 };

/* [m]; single precision leaves 1e-7 of a quaternion and of 2 m, along 3 bodies of half a metre */
static const double FAR = 2e-6;

static void write_and_read(glb_file *file, const oik_rig *rig, const char *name) {
    char path[TEMP_PATH_LENGTH];
    rig_write(oik_glb_write, rig, temp_path(path, name));
    glb_read(file, path);
}

static const double *frame_of(const oik_rig *rig, int frame) {
    return rig->q + (ptrdiff_t)frame * rig->n_dofs;
}

/* Attribute or indices of the only primitive of a mesh. */
static size_t accessor_of(const glb_file *file, size_t mesh, const char *attribute) {
    const json_t *primitives = json_object_get(glb_item(file, "meshes", mesh), "primitives");
    assert_int_equal(json_array_size(primitives), 1);
    const json_t *primitive = json_array_get(primitives, 0);
    return glb_integer(attribute ? json_object_get(primitive, "attributes") : primitive, attribute ? attribute : "indices");
}

/* ---- against the rig ---- */

static void compare_bones(const oik_rig *rig, const glb_file *file, int frame) {
    glb_transform world[MAX_NODES];
    oik_mat3 R[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES];
    assert_true(glb_count(file, "nodes") <= MAX_NODES);
    glb_world(world, file, (size_t)frame);
    oik_rig_forward(R, o, rig, frame_of(rig, frame));
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        char name[OIK_NAME_LENGTH + 8];
        snprintf(name, sizeof name, "%s_mesh", bone->name);
        size_t node = glb_node(file, name), position = accessor_of(file, glb_integer(glb_item(file, "nodes", node), "mesh"), "POSITION");
        assert_int_equal(glb_n_elements(file, position), bone->n_vertices);
        for (size_t i = 0; i < bone->n_vertices; i++) {
            oik_vec3 wanted = v3_add(o[bone->body], m3_mulv(R[bone->body], bone->vertices[i]));
            assert_true(v3_dist(glb_apply(world[node], glb_point(file, position, i)), rig_y_up(wanted)) <= FAR);
        }
    }
    for (int i = 0; i < rig->n_bodies; i++)
        assert_true(v3_dist(world[glb_node(file, rig->bodies[i].name)].t, rig_y_up(o[i])) <= FAR);
}

/* Where linear blending takes a skin vertex, from the rig alone; world of the rig. */
static oik_vec3 blended(const oik_rig *rig, size_t v, const oik_mat3 *R, const oik_vec3 *o, const oik_mat3 *R0, const oik_vec3 *o0) {
    oik_vec3 sum = v3(0, 0, 0);
    for (int k = 0; k < 4; k++) {
        int i = rig->skin.body[v][k];
        oik_vec3 local = m3_tmulv(R0[i], v3_sub(rig->skin.vertices[v], o0[i]));
        sum = v3_madd(sum, rig->skin.weight[v][k], v3_add(o[i], m3_mulv(R[i], local)));
    }
    return sum;
}

/* The same from the file alone. */
static oik_vec3 skinned(const glb_file *file, const glb_transform *world, size_t v) {
    size_t mesh = glb_integer(glb_item(file, "nodes", glb_node(file, "skin")), "mesh");
    size_t joints = accessor_of(file, mesh, "JOINTS_0"), weights = accessor_of(file, mesh, "WEIGHTS_0");
    const json_t *skin = glb_item(file, "skins", 0);
    oik_vec3 sum = v3(0, 0, 0), x = glb_point(file, accessor_of(file, mesh, "POSITION"), v);
    for (size_t k = 0; k < 4; k++) {
        size_t joint = (size_t)glb_number(file, joints, v, k);
        size_t node = (size_t)json_integer_value(json_array_get(json_object_get(skin, "joints"), joint));
        oik_vec3 local = glb_apply(glb_matrix(file, glb_integer(skin, "inverseBindMatrices"), joint), x);
        sum = v3_madd(sum, glb_number(file, weights, v, k), glb_apply(world[node], local));
    }
    return sum;
}

static void compare_skin(const oik_rig *rig, const glb_file *file, int frame) {
    glb_transform world[MAX_NODES];
    oik_mat3 R[TINY_RIG_BODIES], R0[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES], o0[TINY_RIG_BODIES];
    glb_world(world, file, (size_t)frame);
    oik_rig_forward(R0, o0, rig, rig->q);
    oik_rig_forward(R, o, rig, frame_of(rig, frame));
    for (size_t v = 0; v < rig->skin.n_vertices; v++) {
        oik_vec3 found = skinned(file, world, v);
        assert_true(v3_dist(found, rig_y_up(blended(rig, v, R, o, R0, o0))) <= FAR);
        if (frame == 0)
            assert_true(v3_dist(found, rig_y_up(rig->skin.vertices[v])) <= FAR);
    }
}

static void compare(const oik_rig *rig, const glb_file *file) {
    for (int f = 0; f < rig->n_frames; f++) {
        compare_bones(rig, file, f);
        compare_skin(rig, file, f);
    }
}

static void bones_and_skin_are_where_the_rig_has_them(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rigs[] = {tiny_rig_new(), turned_rig_new()};
    for (size_t i = 0; i < 2; i++) {
        write_and_read(&file, rigs[i], "tiny.glb");
        glb_check_storage(&file);
        compare(rigs[i], &file);
        glb_free(&file);
        oik_rig_free(rigs[i]);
    }
}

static void inverse_bind_matrices_undo_the_first_frame(void **state) {
    (void)state;
    glb_file file;
    glb_transform world[MAX_NODES];
    oik_rig *rig = turned_rig_new();
    write_and_read(&file, rig, "bind.glb");
    glb_world(world, &file, 0);
    const json_t *skin = glb_item(&file, "skins", 0), *joint;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(skin, "joints")), rig->n_bodies);
    json_array_foreach(json_object_get(skin, "joints"), i, joint) {
        glb_transform inverse = glb_matrix(&file, glb_integer(skin, "inverseBindMatrices"), i), at = world[json_integer_value(joint)];
        oik_mat3 product = m3_mul(at.R, inverse.R);
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                assert_true(fabs(product.m[r][c] - (r == c)) < 1e-6); /* single precision */
        assert_true(v3_norm(glb_apply(at, inverse.t)) <= FAR);
    }
    glb_free(&file);
    oik_rig_free(rig);
}

static void faces_and_normals_look_outward(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&file, rig, "faces.glb");
    assert_int_equal(glb_count(&file, "meshes"), rig->n_bones + 1);
    for (size_t m = 0; m < glb_count(&file, "meshes"); m++) {
        size_t position = accessor_of(&file, m, "POSITION"), normal = accessor_of(&file, m, "NORMAL");
        size_t indices = accessor_of(&file, m, NULL), n = glb_n_elements(&file, indices);
        double volume = 0.0;
        for (size_t i = 0; i < n; i += 3) {
            oik_vec3 p[3];
            for (size_t k = 0; k < 3; k++) {
                size_t corner = (size_t)glb_number(&file, indices, i + k, 0);
                p[k] = glb_point(&file, position, corner);
                oik_vec3 around = glb_point(&file, normal, corner);
                assert_true(fabs(v3_norm(around) - 1.0) < 1e-6);
            }
            oik_vec3 face = v3_cross(v3_sub(p[1], p[0]), v3_sub(p[2], p[0]));
            for (size_t k = 0; k < 3; k++) /* corners of boxes: every normal is on the outer side of its faces */
                assert_true(v3_dot(face, glb_point(&file, normal, (size_t)glb_number(&file, indices, i + k, 0))) > 0.0);
            volume += v3_dot(p[0], v3_cross(p[1], p[2])) / 6.0;
        }
        assert_true(volume > 0.0);
    }
    glb_free(&file);
    oik_rig_free(rig);
}

/* ---- what the format asks for ---- */

static void weights_sum_to_one_and_name_each_body_once(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    oik_rig_skin *skin = &rig->skin;
    for (int k = 0; k < 4; k++) { /* twice the same body; thirds and a weight below single precision; none at first; a sum of 1.000004 */
        skin->body[0][k] = k / 2, skin->weight[0][k] = 0.25;
        skin->body[1][k] = k, skin->weight[1][k] = k == 3 ? 1e-60 : 1.0 / 3.0;
        skin->body[2][k] = k == 2 ? 4 : 1, skin->weight[2][k] = k == 2;
        skin->body[3][k] = k, skin->weight[3][k] = 0.250001;
    }
    write_and_read(&file, rig, "weights.glb");
    size_t mesh = (size_t)rig->n_bones, joints = accessor_of(&file, mesh, "JOINTS_0"), weights = accessor_of(&file, mesh, "WEIGHTS_0");
    for (size_t v = 0; v < skin->n_vertices; v++) {
        double sum = 0.0;
        for (size_t k = 0; k < 4; k++) {
            double weight = glb_number(&file, weights, v, k), joint = glb_number(&file, joints, v, k);
            assert_true(weight > 0.0 ? joint < rig->n_bodies : weight == 0.0 && joint == 0.0);
            for (size_t l = 0; l < k; l++)
                assert_true(weight == 0.0 || joint != glb_number(&file, joints, v, l));
            sum += weight;
        }
        assert_true(fabs(sum - 1.0) <= 6e-8); /* half a unit in the last place of a number below 1 */
    }
    assert_true(glb_number(&file, weights, 0, 0) == 0.5 && glb_number(&file, joints, 0, 1) == 1.0);
    assert_true(glb_number(&file, joints, 2, 0) == 4.0 && glb_number(&file, weights, 2, 0) == 1.0);
    glb_free(&file);
    oik_rig_free(rig);
}

static void skin_is_translucent_and_bones_are_not(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&file, rig, "materials.glb");
    for (size_t m = 0; m < glb_count(&file, "meshes"); m++) {
        const json_t *primitive = json_array_get(json_object_get(glb_item(&file, "meshes", m), "primitives"), 0);
        const json_t *material = glb_item(&file, "materials", glb_integer(primitive, "material"));
        const json_t *colour = json_object_get(json_object_get(material, "pbrMetallicRoughness"), "baseColorFactor");
        const char *mode = json_string_value(json_object_get(material, "alphaMode"));
        bool is_skin = m == (size_t)rig->n_bones;
        assert_true(is_skin == (mode && strcmp(mode, "BLEND") == 0));
        assert_true(is_skin == (json_number_value(json_array_get(colour, 3)) < 1.0));
        assert_false(json_is_true(json_object_get(material, "doubleSided")));
    }
    glb_free(&file);
    oik_rig_free(rig);
}

static void quaternions_do_not_change_sides(void **state) {
    (void)state;
    enum { FRAMES = 109 }; /* the pelvis turns three times */
    glb_file file;
    oik_rig *rig = rig_turning(FRAMES);
    write_and_read(&file, rig, "turns.glb");
    const json_t *samplers = json_object_get(glb_item(&file, "animations", 0), "samplers"), *sampler;
    size_t s, n_rotations = 0;
    json_array_foreach(samplers, s, sampler) {
        size_t input = glb_integer(sampler, "input"), output = glb_integer(sampler, "output");
        const json_t *type = json_object_get(glb_item(&file, "accessors", output), "type");
        assert_true(glb_number(&file, input, 0, 0) == 0.0);
        for (size_t f = 1; f < FRAMES; f++) {
            double dot = 0.0;
            assert_true(fabs(glb_number(&file, input, f, 0) - 0.01 * (double)f) < 1e-6);
            if (strcmp(json_string_value(type), "VEC4") != 0)
                continue;
            for (size_t c = 0; c < 4; c++)
                dot += glb_number(&file, output, f, c) * glb_number(&file, output, f - 1, c);
            assert_true(dot > 0.9);
            n_rotations++;
        }
    }
    assert_int_equal(n_rotations, TINY_RIG_BODIES * (FRAMES - 1));
    compare(rig, &file);
    glb_free(&file);
    oik_rig_free(rig);
}

static void one_frame_has_no_animation(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    rig->n_frames = 1;
    write_and_read(&file, rig, "one.glb");
    assert_int_equal(glb_count(&file, "animations"), 0);
    glb_check_storage(&file);
    compare(rig, &file);
    glb_free(&file);
    oik_rig_free(rig);
}

static void a_rig_without_skin_has_bones_only(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    rig->skin.n_vertices = 0;
    write_and_read(&file, rig, "bones.glb");
    assert_int_equal(glb_count(&file, "skins"), 0);
    assert_int_equal(glb_count(&file, "meshes"), rig->n_bones);
    assert_int_equal(glb_count(&file, "materials"), 1);
    glb_check_storage(&file);
    for (int f = 0; f < rig->n_frames; f++)
        compare_bones(rig, &file, f);
    glb_free(&file);
    oik_rig_free(rig);
}

/* Replace a bone's mesh by a band of n vertices. */
static void make_band(oik_rig_bone *bone, size_t n) {
    free(bone->vertices);
    free(bone->faces);
    bone->n_vertices = n, bone->n_faces = n - 2;
    bone->vertices = calloc(n, sizeof *bone->vertices);
    bone->faces = calloc(n - 2, sizeof *bone->faces);
    assert_true(bone->vertices && bone->faces);
    for (size_t i = 0; i < n; i++)
        bone->vertices[i] = v3((double)(i / 2) * 1e-5, (double)(i % 2) * 0.1, 0);
    for (size_t f = 0; f < n - 2; f++)
        for (int k = 0; k < 3; k++)
            bone->faces[f][k] = (int32_t)(f + (size_t)k);
}

static void only_large_meshes_have_wide_indices(void **state) {
    (void)state;
    enum { UNSIGNED_SHORT = 5123, UNSIGNED_INT = 5125, NARROW = 65535 };
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    make_band(&rig->bones[1], NARROW);
    make_band(&rig->bones[2], NARROW + 1);
    write_and_read(&file, rig, "large.glb");
    glb_check_storage(&file);
    for (size_t m = 0; m < 3; m++) {
        size_t indices = accessor_of(&file, m, NULL);
        assert_int_equal(glb_integer(glb_item(&file, "accessors", indices), "componentType"), m < 2 ? UNSIGNED_SHORT : UNSIGNED_INT);
        const oik_rig_bone *bone = &rig->bones[m];
        size_t last = bone->n_faces - 1;
        for (size_t k = 0; k < 3; k++)
            assert_true(glb_number(&file, indices, 3 * last + k, 0) == bone->faces[last][k]);
    }
    compare_bones(rig, &file, 2);
    glb_free(&file);
    oik_rig_free(rig);
}

static void a_vertex_without_area_has_some_normal(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    for (int k = 0; k < 3; k++)
        rig->bones[0].faces[0][k] = 1;
    rig->bones[0].n_faces = 1;
    write_and_read(&file, rig, "flat.glb");
    for (size_t i = 0; i < rig->bones[0].n_vertices; i++)
        assert_true(v3_norm(glb_point(&file, accessor_of(&file, 0, "NORMAL"), i)) == 1.0);
    glb_free(&file);
    oik_rig_free(rig);
}

static void extras_name_units_frames_and_coordinates(void **state) {
    (void)state;
    glb_file file;
    oik_rig *rig = tiny_rig_new();
    rig->stature = NAN; /* not known */
    write_and_read(&file, rig, "extras.glb");
    const json_t *asset = json_object_get(file.json, "asset"), *extras = json_object_get(asset, "extras");
    assert_string_equal(json_string_value(json_object_get(asset, "version")), "2.0");
    assert_int_equal(strncmp(json_string_value(json_object_get(asset, "generator")), "osso_ik ", 8), 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(extras, "units"), "length")), "m");
    assert_true(json_is_string(json_object_get(json_object_get(extras, "frames"), "world")));
    assert_true(json_is_null(json_object_get(json_object_get(extras, "subject"), "stature")));
    const json_t *knee = json_object_get(glb_item(&file, "nodes", glb_node(&file, "tibia_r")), "extras");
    const json_t *angle = json_array_get(json_object_get(knee, "coordinates"), 0);
    assert_string_equal(json_string_value(json_object_get(knee, "joint")), "walker_knee_r");
    assert_string_equal(json_string_value(json_object_get(angle, "name")), "knee_angle_r");
    assert_true(json_number_value(json_array_get(json_object_get(angle, "range"), 1)) == 2.4);
    glb_free(&file);
    oik_rig_free(rig);
}

/* ---- refusals ---- */

static void bad_rigs_are_refused_by_name(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->bones[3].faces[4][1] = 8;
    rig_check_refused(oik_glb_write, rig, OIK_E_MODEL, "bone tibia_r: face 4");
    rig->bones[3].faces[4][1] = 0;
    rig->bones[3].vertices[2].y = 1e300; /* beyond single precision */
    rig_check_refused(oik_glb_write, rig, OIK_E_NOT_FINITE, "bone tibia_r: vertex 2");
    rig->bones[3].vertices[2].y = 0.0;
    rig->bones[3].n_faces = 0;
    rig_check_refused(oik_glb_write, rig, OIK_E_SHAPE, "bone tibia_r");
    rig->bones[3].n_faces = 12;
    rig->skin.weight[5][0] += 0.01;
    rig_check_refused(oik_glb_write, rig, OIK_E_MODEL, "vertex 5");
    rig->skin.weight[5][0] -= 0.01;
    rig->skin.body[6][2] = TINY_RIG_BODIES;
    rig_check_refused(oik_glb_write, rig, OIK_E_MODEL, "vertex 6 follows body 5 of 5");
    rig->skin.body[6][2] = 0;
    rig->time[2] = rig->time[1] + 1e-12;
    rig_check_refused(oik_glb_write, rig, OIK_E_ARGUMENT, "frames 1 and 2");
    rig->time[2] = NAN;
    rig_check_refused(oik_glb_write, rig, OIK_E_NOT_FINITE, "frame 2");
    rig->time[2] = 1.0;
    strcpy(rig->bones[0].name, "a/b");
    rig_check_refused(oik_glb_write, rig, OIK_E_MODEL, "a/b");
    oik_rig_free(rig);
}

static void nothing_to_see_is_refused(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    int n_bones = rig->n_bones;
    rig->skin.n_vertices = 0, rig->n_bones = 0;
    rig_check_refused(oik_glb_write, rig, OIK_E_SHAPE, "neither bones nor skin");
    rig->n_bones = n_bones;
    oik_rig_free(rig);
}

static void equal_rigs_give_equal_bytes(void **state) {
    (void)state;
    animation_check_same_bytes(oik_glb_write);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    animation_check_comma_locale(oik_glb_write);
}

static void bad_folders_are_refused(void **state) {
    (void)state;
    animation_check_bad_folders(oik_glb_write);
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(oik_glb_write);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], swept[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    json_set_alloc_funcs(malloc, free); /* those of the test program, which can fail */
    failing_malloc_arm(-1);
    assert_int_equal(oik_glb_write(rig, temp_path(path, "whole.glb"), NULL), OIK_OK);
    long n = failing_malloc_disarm(), n_recovered = 0;
    assert_true(n > 100);
    assert_int_equal(oik_glb_write(rig, temp_path(swept, "swept.glb"), NULL), OIK_OK);
    int n_files = count_entries(temp_path(folder, "."));
    for (long k = 0; k < n; k++) {
        oik_error err = {0};
        failing_malloc_arm(k);
        oik_status status = oik_glb_write(rig, swept, &err);
        failing_malloc_disarm();
        assert_int_equal(err.status, status);
        assert_true(status == OIK_E_MEMORY || status == OIK_OK);
        n_recovered += status == OIK_OK;
        expect_same_bytes(path, swept); /* the old file, or a new one that lacks nothing */
        assert_int_equal(count_entries(folder), n_files);
    }
    assert_true(n_recovered <= 2); /* a text that was not made is tried again as ASCII */
    oik_rig_free(rig);
}

/* ---- clients ---- */

static void the_validator_finds_neither_errors_nor_warnings(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], command[3 * TEMP_PATH_LENGTH], text[4096];
    const char *module = getenv("OIK_GLTF_VALIDATOR");
    if (!client_installed("node", "the file under Khronos' validator"))
        skip();
    if (!module) {
        fprintf(stderr, "OIK_GLTF_VALIDATOR does not name the folder of npm's gltf-validator: the file under it is not tested\n");
        skip();
    }
    oik_rig *rigs[] = {tiny_rig_new(), turned_rig_new(), rig_turning(1), tiny_rig_new(), tiny_rig_new(), demo_rig_new(OIK_RIG_FULL),
                       demo_rig_of(DEMO_BODY_CROUCH, OIK_RIG_PLAIN), demo_rig_moving(DEMO_BODY_MALE, OIK_RIG_FULL, 31)};
    rigs[3]->skin.n_vertices = 0;
    make_band(&rigs[4]->bones[2], 70000);
    for (size_t i = 0; i < sizeof rigs / sizeof *rigs; i++) {
        rig_write(oik_glb_write, rigs[i], temp_path(path, "valid.glb"));
        snprintf(command, sizeof command, "node tests/export/gltf_validate.js '%s' '%s' 2>&1", module, path);
        int code = run_command(command, text, sizeof text);
        if (code != 0)
            fail_msg("rig %zu: %s", i, text);
        oik_rig_free(rigs[i]);
    }
}

static void blender_has_the_same_joints(void **state) {
    (void)state;
    animation_check_blender(oik_glb_write, "blender.glb");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bones_and_skin_are_where_the_rig_has_them),
        cmocka_unit_test(inverse_bind_matrices_undo_the_first_frame),
        cmocka_unit_test(faces_and_normals_look_outward),
        cmocka_unit_test(weights_sum_to_one_and_name_each_body_once),
        cmocka_unit_test(skin_is_translucent_and_bones_are_not),
        cmocka_unit_test(quaternions_do_not_change_sides),
        cmocka_unit_test(one_frame_has_no_animation),
        cmocka_unit_test(a_rig_without_skin_has_bones_only),
        cmocka_unit_test(only_large_meshes_have_wide_indices),
        cmocka_unit_test(a_vertex_without_area_has_some_normal),
        cmocka_unit_test(extras_name_units_frames_and_coordinates),
        cmocka_unit_test(bad_rigs_are_refused_by_name),
        cmocka_unit_test(nothing_to_see_is_refused),
        cmocka_unit_test(equal_rigs_give_equal_bytes),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_folders_are_refused),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(the_validator_finds_neither_errors_nor_warnings),
        cmocka_unit_test(blender_has_the_same_joints),
    };
    return cmocka_run_group_tests_name("test_export_glb", tests, temp_dir_setup, temp_dir_teardown);
}
