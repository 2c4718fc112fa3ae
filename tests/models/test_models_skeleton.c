/* The generated skeleton: tables, both sides, joint centres, regressors, names, file, determinism, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "models/bone_fit.h"
#include "models/model_write.h"
#include "models/placement.h"
#include "models/position.h"
#include "models/skeleton_build.h"
#include "models/skeleton_tables.h"
#include "skeleton/skeleton.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"

enum { FEMALE, MALE, NEUTRAL, N_GENDERS };

static const double genders[N_GENDERS] = {1.0, 0.0, 0.5};

/* One set of coarse bones for all tests: a finer one has other vertices but the same landmarks. */
#define DETAIL 0.3

static oik_skin_base *base;
static oik_bone_set *bones, *fitted[N_GENDERS]; /* as generated, and of each gender */
static oik_skin *skin[N_GENDERS];
static oik_skel_model *model[N_GENDERS];

static int set_up(void **state) {
    oik_error err = {.status = OIK_OK};
    bool made = oik_skin_base_new(&base, "models/tables", &err) == OIK_OK && oik_bone_set_new(&bones, DETAIL, 2, &err) == OIK_OK;
    for (int g = 0; g < N_GENDERS && made; g++)
        made = oik_skin_new(&skin[g], base, genders[g], &err) == OIK_OK &&
               oik_bone_set_fit(&fitted[g], bones, "models/tables", genders[g], &err) == OIK_OK &&
               oik_skeleton_build(&model[g], skin[g], fitted[g], &err) == OIK_OK;
    if (!made)
        print_error("%s\n", err.message);
    return made ? temp_dir_setup(state) : -1;
}

static int tear_down(void **state) {
    for (int g = 0; g < N_GENDERS; g++) {
        oik_skel_model_free(model[g]);
        oik_skin_free(skin[g]);
        oik_bone_set_free(fitted[g]);
    }
    oik_skin_base_free(base);
    oik_bone_set_free(bones);
    return temp_dir_teardown(state);
}

static oik_vec3 mirrored(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

static int row_of(const char *part) {
    for (int i = 0; i < oik_n_part_rows; i++)
        if (strcmp(oik_part_table[i].name, part) == 0)
            return i;
    fail_msg("no part %s", part);
    return -1;
}

static oik_vec3 position(const char *text) {
    oik_vec3 p = v3(0, 0, 0);
    oik_error err = {.status = OIK_OK};
    if (oik_position_parse(&p, text, bones, &err))
        fail_msg("%s", err.message);
    return p;
}

/* ---- tables ---- */

static void every_row_names_parts_and_positions_that_exist(void **state) {
    (void)state;
    for (int i = 0; i < oik_n_part_rows; i++)
        assert_true(!oik_part_table[i].parent || row_of(oik_part_table[i].parent) < i);
    for (int i = 0; i < oik_n_bone_name_rows; i++)
        assert_non_null(oik_bone_find(bones, oik_bone_name_table[i].key));
    for (int i = 0; i < oik_n_stitch_rows; i++) {
        assert_true(row_of(oik_stitch_table[i].a) != row_of(oik_stitch_table[i].b));
        if (oik_stitch_table[i].p_a) /* else it is where the template has p_b */
            position(oik_stitch_table[i].p_a);
        position(oik_stitch_table[i].p_b);
        assert_true(oik_stitch_table[i].infer_sigma > 0.0 && oik_stitch_table[i].pose_sigma > 0.0);
    }
    for (int i = 0; i < oik_n_ligament_rows; i++) {
        assert_true(row_of(oik_ligament_table[i].a) != row_of(oik_ligament_table[i].b));
        position(oik_ligament_table[i].p_a);
        position(oik_ligament_table[i].p_b);
        assert_true(oik_ligament_table[i].sigma > 0.0);
    }
    for (int i = 0; i < oik_n_contact_rows; i++) {
        row_of(oik_contact_table[i].part);
        position(oik_contact_table[i].p);
        assert_true(oik_contact_table[i].depth_male > 0.0 && oik_contact_table[i].depth_female > 0.0);
        assert_true(v3_norm(oik_contact_table[i].direction) > 0.5 && oik_contact_table[i].sigma > 0.0);
        assert_true(oik_contact_table[i].across >= 0.0 && oik_contact_table[i].across <= 1.0);
    }
    for (int i = 0; i < oik_n_centre_rows; i++) {
        row_of(oik_centre_table[i].part);
        position(oik_centre_table[i].p);
        assert_true(oik_centre_table[i].ring > 0.0 && oik_centre_table[i].sigma > 0.0);
    }
    for (int i = 0; i < oik_n_point_rows; i++) {
        row_of(oik_point_table[i].part);
        position(oik_point_table[i].p);
    }
}

static void every_mode_row_moves_a_part(void **state) {
    (void)state;
    for (int i = 0; i < oik_n_mode_rows; i++) {
        const char *pattern = oik_mode_table[i].part;
        size_t n = strcspn(pattern, "*");
        bool found = false;
        for (int k = 0; k < oik_n_part_rows; k++)
            found |= pattern[n] == '*' ? strncmp(pattern, oik_part_table[k].name, n) == 0 : strcmp(pattern, oik_part_table[k].name) == 0;
        if (!found)
            fail_msg("mode %s moves no part %s", oik_mode_table[i].name, pattern);
    }
}

/* Bones of a part row, one after the other; '+' is cut off. */
static const char *next_bone(char key[OIK_BONE_NAME], bool *both, const char *list) {
    list += strspn(list, " ");
    *both = *list == '+';
    list += *both;
    size_t n = strcspn(list, " ");
    snprintf(key, OIK_BONE_NAME, "%.*s", (int)n, list);
    return list + n;
}

static void every_bone_is_in_one_part_on_its_sides(void **state) {
    (void)state;
    char key[OIK_BONE_NAME];
    bool both;
    int *uses = calloc((size_t)bones->n, sizeof *uses), n_parts = 0, n_bones = 0;
    size_t n_vertices = 0, n_faces = 0;
    assert_non_null(uses);
    for (int row = 0; row < oik_n_part_rows; row++) {
        bool lateral = oik_part_table[row].lateral;
        n_parts += lateral ? 2 : 1;
        for (const char *c = next_bone(key, &both, oik_part_table[row].bones); key[0]; c = next_bone(key, &both, c)) {
            const oik_bone *bone = oik_bone_find(bones, key);
            assert_non_null(bone);
            if (bone->midline != (!lateral && !both))
                fail_msg("bone %s is on the wrong number of sides", key);
            size_t sides = bone->midline ? 1 : 2;
            uses[bone - bones->bones]++;
            n_bones += (int)sides;
            n_vertices += sides * bone->n_v;
            n_faces += sides * bone->n_f;
        }
    }
    for (int i = 0; i < bones->n; i++)
        if (uses[i] != 1)
            fail_msg("bone %s is used %d times", bones->bones[i].name, uses[i]);
    free(uses);
    for (int g = 0; g < N_GENDERS; g++) {
        assert_int_equal(model[g]->n_parts, n_parts);
        assert_int_equal(model[g]->n_bones, n_bones);
        assert_int_equal(model[g]->n_vertices, n_vertices);
        assert_int_equal(model[g]->n_faces, n_faces);
    }
}

static void assert_unique(const char (*names)[OIK_NAME_LENGTH], int n) {
    for (int i = 0; i < n; i++) {
        assert_true(names[i][0] != '\0');
        for (int k = 0; k < i; k++)
            if (strcmp(names[i], names[k]) == 0)
                fail_msg("%s is there twice", names[i]);
    }
}

static void names_are_unique(void **state) {
    (void)state;
    const oik_skel_model *m = model[NEUTRAL];
    char name[256][OIK_NAME_LENGTH];
    assert_unique((const char(*)[OIK_NAME_LENGTH])m->part_names, m->n_parts);
    assert_unique((const char(*)[OIK_NAME_LENGTH])m->bone_names, m->n_bones);
    assert_unique((const char(*)[OIK_NAME_LENGTH])m->group_names, m->n_groups);
    int n = 0;
    for (int i = 0; i < m->n_segments; i++) {
        memcpy(name[i], m->segments[i].name, OIK_NAME_LENGTH);
        memcpy(name[m->n_segments + i], m->joints[i].joint.name, OIK_NAME_LENGTH);
    }
    assert_unique((const char(*)[OIK_NAME_LENGTH])name, m->n_segments);
    assert_unique((const char(*)[OIK_NAME_LENGTH])(name + m->n_segments), m->n_segments);
    for (int i = 0; i < m->n_segments; i++)
        for (int k = 0; k < m->joints[i].joint.n_dofs; k++)
            memcpy(name[n++], m->joints[i].joint.dofs[k].name, OIK_NAME_LENGTH);
    assert_true(n < 256);
    assert_unique((const char(*)[OIK_NAME_LENGTH])name, n);
}

/* ---- joint centres ---- */

/* Parts of one canonical frame share it, so a point that they share has the same coordinates for both. */
static void stitched_points_agree_where_parts_have_one_frame(void **state) {
    (void)state;
    int n = 0;
    for (int i = 0; i < oik_n_stitch_rows; i++) {
        const oik_stitch_row *r = &oik_stitch_table[i];
        oik_frame a = oik_part_table[row_of(r->a)].frame, b = oik_part_table[row_of(r->b)].frame;
        if (a != b)
            continue;
        if (v3_dist(position(r->p_a), position(r->p_b)) > 1e-12)
            fail_msg("%s and %s are stitched at %s and %s", r->a, r->b, r->p_a, r->p_b);
        n++;
    }
    assert_true(n > 20);
}

static oik_vec3 rest_point(const oik_skel_model *m, int32_t point) {
    int32_t p = m->point_part[point];
    return v3_add(m3_mulv(m->rest_R[p], m->mean[point]), m->rest_t[p]);
}

static const oik_centre_row *centre_row(const char *part) {
    for (int i = 0; i < oik_n_centre_rows; i++)
        if (strcmp(oik_centre_table[i].part, part) == 0)
            return &oik_centre_table[i];
    fail_msg("no joint centre for %s", part);
    return NULL;
}

/*
 * Scaled to a gender, bones of two parts do not meet by themselves: stitches close them. In the first placement the origins of thigh and
 * arm are on the joint centres of the skin; the shoulder blade has the centre of the shoulder as its origin, so it agrees with the arm,
 * and the pelvis has its origin midway between the hips and turns about the line through them, so it differs along that line only.
 */
static void hips_and_shoulders_start_at_the_joint_centres_of_the_skin(void **state) {
    (void)state;
    const double rounding = 1e-12, width = 30e-3; /* [m]; hips of skin and scaled pelvis differ, but by less than an acetabulum's radius */
    for (int g = 0; g < N_GENDERS; g++) {
        const oik_skel_model *m = model[g];
        oik_template_skin lying;
        oik_mat3 R[OIK_N_JOINTS];
        oik_lying_pose(R);
        assert_int_equal(oik_template_skin_new(&lying, skin[g], R, NULL), OIK_OK);
        oik_vec3 hip = oik_placement_target(&lying, centre_row("pelvis")), shoulder = oik_placement_target(&lying, centre_row("humerus"));
        oik_template_skin_free(&lying);
        for (int side = 0; side < 2; side++) {
            oik_vec3 pelvis = rest_point(m, m->gap_hip[side][0]), femur = rest_point(m, m->gap_hip[side][1]);
            oik_vec3 scapula = rest_point(m, m->gap_shoulder[side][0]), humerus = rest_point(m, m->gap_shoulder[side][1]);
            bool right = side == 0;
            assert_true(v3_dist(femur, right ? mirrored(hip) : hip) < rounding);
            assert_true(v3_dist(humerus, right ? mirrored(shoulder) : shoulder) < rounding);
            assert_true(v3_dist(scapula, humerus) < rounding);
            assert_true(fabs(pelvis.y - femur.y) < rounding && fabs(pelvis.z - femur.z) < rounding);
            assert_true(fabs(pelvis.x - femur.x) < width);
        }
    }
}

static void gap_points_are_on_the_bones_that_they_are_named_after(void **state) {
    (void)state;
    const oik_skel_model *m = model[NEUTRAL];
    static const char *const expected[2][2][2] = {{{"pelvis", "femur_r"}, {"scapula_r", "humerus_r"}},
                                                  {{"pelvis", "femur_l"}, {"scapula_l", "humerus_l"}}};
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < 2; k++) {
            assert_string_equal(m->part_names[m->point_part[m->gap_hip[side][k]]], expected[side][0][k]);
            assert_string_equal(m->part_names[m->point_part[m->gap_shoulder[side][k]]], expected[side][1][k]);
        }
}

/* ---- landmarks ---- */

static void landmark_weights_add_up_to_one(void **state) {
    (void)state;
    for (int g = 0; g < N_GENDERS; g++) {
        const oik_landmarks *l = &model[g]->landmarks;
        for (size_t i = 0; i < l->n; i++) {
            int32_t first = l->skin.start[i], end = l->skin.start[i + 1];
            double sum = 0.0;
            assert_true(end - first >= 4 && end - first < OIK_MAX_ROW); /* a full row is a ring that was cut short */
            for (int32_t e = first; e < end; e++)
                sum += l->skin.value[e];
            assert_true(fabs(sum - 1.0) < 1e-12); /* up to 1500 rounded additions */
        }
    }
}

/* Joint centres of the template's skin are where the regressor rows say. */
static void joint_centre_rows_see_the_centre(void **state) {
    (void)state;
    for (int g = 0; g < N_GENDERS; g++) {
        const oik_skel_model *m = model[g];
        oik_template_skin lying;
        assert_int_equal(oik_template_skin_new(&lying, skin[g], m->lying_R, NULL), OIK_OK);
        oik_vec3 expected = oik_placement_target(&lying, centre_row("tibia"));
        int n = 0;
        for (size_t i = 0; i < m->landmarks.n; i++) {
            if (m->landmarks.depth[i] > 0.0 || strcmp(m->part_names[m->point_part[m->landmarks.point[i]]], "tibia_l") != 0)
                continue;
            oik_vec3 seen = v3(0, 0, 0);
            for (int32_t e = m->landmarks.skin.start[i]; e < m->landmarks.skin.start[i + 1]; e++)
                seen = v3_madd(seen, m->landmarks.skin.value[e], lying.x[m->landmarks.skin.index[e]]);
            assert_true(v3_dist(seen, expected) < 1e-6); /* the constraint is met up to the ridge of 1e-9 in its normal matrix */
            n++;
        }
        assert_int_equal(n, 1);
        oik_template_skin_free(&lying);
    }
}

static bool is_soft(const char *mode) {
    return strncmp(mode, "S_breast", 8) == 0 || strncmp(mode, "S_belly", 7) == 0 || strncmp(mode, "D_belly", 7) == 0 ||
           strncmp(mode, "S_buttock", 9) == 0 || strncmp(mode, "W_waist", 7) == 0;
}

/* Fat does not move the hips: the rows of the pelvis' joint centres do not see the modes of soft tissue. */
static void trunk_centres_are_blind_to_soft_tissue(void **state) {
    (void)state;
    for (int g = 0; g < N_GENDERS; g++) {
        const oik_landmarks *l = &model[g]->landmarks;
        int n = 0;
        for (size_t i = 0; i < l->n; i++) {
            if (l->depth[i] > 0.0 || strcmp(model[g]->part_names[model[g]->point_part[l->point[i]]], "pelvis") != 0)
                continue;
            for (size_t k = 0; k < skin[g]->n_modes; k++) {
                oik_vec3 moved = v3(0, 0, 0);
                for (int32_t e = l->skin.start[i]; e < l->skin.start[i + 1]; e++)
                    moved = v3_madd(moved, l->skin.value[e], skin[g]->modes[k * skin[g]->n_vertices + (size_t)l->skin.index[e]]);
                if (!is_soft(skin[g]->mode_names[k]))
                    continue;
                n++;
                if (v3_norm(moved) > 1e-6) /* 1 um per standard deviation: the ridge of the normal matrix */
                    fail_msg("mode %s moves a hip by %g mm", skin[g]->mode_names[k], 1e3 * v3_norm(moved));
            }
        }
        assert_int_equal(n, 2 * 5);
    }
}

/* ---- file ---- */

static size_t read_all(char **bytes, const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t n = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(n);
    assert_non_null(*bytes);
    assert_int_equal(fread(*bytes, 1, n, file), n);
    fclose(file);
    return n;
}

static void two_runs_write_the_same_bytes(void **state) {
    (void)state;
    char path[2][TEMP_PATH_LENGTH], *bytes[2];
    size_t n[2];
    oik_skel_model *again;
    assert_int_equal(oik_skeleton_build(&again, skin[FEMALE], fitted[FEMALE], NULL), OIK_OK);
    assert_int_equal(oik_model_write(temp_path(path[0], "a.npz"), "female", skin[FEMALE], model[FEMALE], NULL), OIK_OK);
    assert_int_equal(oik_model_write(temp_path(path[1], "b.npz"), "female", skin[FEMALE], again, NULL), OIK_OK);
    for (int i = 0; i < 2; i++)
        n[i] = read_all(&bytes[i], path[i]);
    assert_int_equal(n[0], n[1]);
    assert_true(memcmp(bytes[0], bytes[1], n[0]) == 0);
    free(bytes[0]);
    free(bytes[1]);
    oik_skel_model_free(again);
}

static void a_written_model_is_sound_and_comes_back(void **state) {
    (void)state;
    for (int g = 0; g < N_GENDERS; g++) {
        char path[TEMP_PATH_LENGTH];
        oik_error err = {.status = OIK_OK};
        oik_npz *npz;
        oik_skel_model *loaded = NULL;
        assert_int_equal(oik_model_write(temp_path(path, "model.npz"), "neutral", skin[g], model[g], NULL), OIK_OK);
        assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
        if (oik_skel_model_load(&loaded, npz, skin[g]->n_vertices, &err))
            fail_msg("%s", err.message);
        assert_int_equal(loaded->n_points, model[g]->n_points);
        assert_memory_equal(loaded->rest_R, model[g]->rest_R, (size_t)loaded->n_parts * sizeof *loaded->rest_R);
        assert_memory_equal(loaded->gap_hip, model[g]->gap_hip, sizeof loaded->gap_hip);
        assert_int_equal(loaded->n_segments, model[g]->n_segments);
        oik_skel_model_free(loaded);
        oik_npz_free(npz);
    }
}

/* ---- memory ---- */

/* Building takes thousands of allocations: the first ones one by one, then ever wider steps. */
static void failed_allocations_are_reported(void **state) {
    (void)state;
    oik_skel_model *built;
    failing_malloc_arm(-1);
    assert_int_equal(oik_skeleton_build(&built, skin[NEUTRAL], fitted[NEUTRAL], NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_skel_model_free(built);
    assert_true(n > 100);
    for (long k = 0; k < n; k += 1 + k / 16) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_skeleton_build(&built, skin[NEUTRAL], fitted[NEUTRAL], &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(built);
    }
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(every_row_names_parts_and_positions_that_exist),
        cmocka_unit_test(every_mode_row_moves_a_part),
        cmocka_unit_test(every_bone_is_in_one_part_on_its_sides),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(stitched_points_agree_where_parts_have_one_frame),
        cmocka_unit_test(hips_and_shoulders_start_at_the_joint_centres_of_the_skin),
        cmocka_unit_test(gap_points_are_on_the_bones_that_they_are_named_after),
        cmocka_unit_test(landmark_weights_add_up_to_one),
        cmocka_unit_test(joint_centre_rows_see_the_centre),
        cmocka_unit_test(trunk_centres_are_blind_to_soft_tissue),
        cmocka_unit_test(two_runs_write_the_same_bytes),
        cmocka_unit_test(a_written_model_is_sound_and_comes_back),
        cmocka_unit_test(failed_allocations_are_reported),
    };
    return cmocka_run_group_tests_name("test_models_skeleton", cases, set_up, tear_down);
}
