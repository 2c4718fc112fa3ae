/* Markers of rigs: names, bodies, places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mesh/locate.h"
#include "rig_fixture.h"

static subject s;

static int set_up(void **state) {
    (void)state;
    return demo_subject_new(&s);
}

static int tear_down(void **state) {
    (void)state;
    subject_clear(&s);
    return 0;
}

static const oik_rig_marker *marker_named(const oik_rig *rig, const char *name) {
    for (int m = 0; m < rig->n_markers; m++)
        if (strcmp(rig->markers[m].name, name) == 0)
            return &rig->markers[m];
    return NULL;
}

/* ends the test when there is none */
static oik_vec3 at(const oik_rig *rig, const char *name) {
    const oik_rig_marker *marker = marker_named(rig, name);
    if (!marker)
        fail_msg("the rig has no marker %s", name);
    return marker->at;
}

static bool is_joint_centre(const char *name) {
    size_t n = strlen(name);
    return n > 2 && strcmp(name + n - 2, "JC") == 0;
}

static void names_are_plain_and_unique_and_both_sides_have_the_same(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    for (int m = 0; m < rig->n_markers; m++) {
        char twin[OIK_NAME_LENGTH];
        const oik_rig_marker *marker = &rig->markers[m];
        assert_true(marker->name[0] && strspn(marker->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(marker->name));
        assert_true(marker->body >= 0 && marker->body < rig->n_bodies);
        assert_ptr_equal(marker_named(rig, marker->name), marker); /* the first of that name */
        strcpy(twin, marker->name);
        if (twin[0] != 'R' && twin[0] != 'L')
            continue;
        twin[0] = twin[0] == 'R' ? 'L' : 'R';
        const oik_rig_marker *other = marker_named(rig, twin);
        assert_non_null(other);
        /* opposite places on twin bodies; a demo body is not quite symmetric, and vertices of soft tissue are 2 cm apart */
        double tolerance = marker->fixed ? 0.02 : 0.05;
        assert_near(v3_dist(marker->at, v3(other->at.x, other->at.y, -other->at.z)), 0, tolerance);
    }
    oik_rig_free(rig);
}

static void markers_are_where_anatomy_has_them(void **state) {
    (void)state;
    static const struct {
        const char *name, *body;
    } places[] = {{"RASI", "pelvis"},   {"LPSI", "pelvis"},     {"CLAV", "thorax"},   {"STRN", "thorax"},    {"C7", "neck"},
                  {"VERT", "head"},     {"RSHO", "clavicle_r"}, {"LAI", "scapula_l"}, {"RELB", "humerus_r"}, {"LWRB", "ulna_l"},
                  {"RWRA", "radius_r"}, {"LFIN", "hand_l"},     {"RKNE", "femur_r"},  {"LANK", "tibia_l"},   {"RHEE", "calcn_r"},
                  {"LTOE", "calcn_l"},  {"RHLX", "toes_r"},     {"RHJC", "pelvis"},   {"LKJC", "femur_l"},   {"RAJC", "tibia_r"},
                  {"T10", "thorax"},    {"RFHD", "head"},       {"LBHD", "head"},     {"LSJC", "scapula_l"}, {"REJC", "humerus_r"},
                  {"LWJC", "radius_l"}, {"RTHI", "femur_r"},    {"LFRM", "ulna_l"}};
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_non_null(marker_named(rig, places[i].name));
        assert_string_equal(rig->bodies[marker_named(rig, places[i].name)->body].name, places[i].body);
    }
    assert_true(at(rig, "RASI").x > at(rig, "RPSI").x + 0.1);                                       /* in front */
    assert_true(at(rig, "RASI").z > 0.05 && at(rig, "LASI").z < -0.05);                             /* right, left */
    assert_true(at(rig, "STRN").y < at(rig, "CLAV").y && at(rig, "VERT").y > at(rig, "RPOR").y);    /* below, above */
    assert_true(at(rig, "RKNE").z > 0.02 && at(rig, "RKNM").z < -0.02 && at(rig, "LKNE").z < -0.02); /* lateral, medial */
    assert_true(at(rig, "RANK").z > at(rig, "RMED").z && at(rig, "RWRA").z > at(rig, "RWRB").z);
    assert_true(at(rig, "RTOE").x > at(rig, "RHEE").x + 0.15);
    assert_true(at(rig, "RFMH").z < at(rig, "RVMH").z && at(rig, "LFMH").z > at(rig, "LVMH").z);
    /* on top of the foot: above the joint of the toes, which lies in the middle of the heads of the metatarsals */
    assert_true(at(rig, "RTOE").y > body_named(rig, "toes_r")->s.y + 0.005);
    assert_true(at(rig, "RTHI").z > 0.04 && at(rig, "LTIB").z < -0.02);
    /* the head band is level, the ears' markers beside the ears, the shoulder's above the joint of the clavicle's end */
    double level = at(rig, "RFHD").y;
    assert_near(at(rig, "LBHD").y, level, 0.02);
    assert_true(level > at(rig, "RPOR").y + 0.03 && level < at(rig, "VERT").y - 0.03);
    assert_true(at(rig, "RFHD").x > at(rig, "RPOR").x + 0.03 && at(rig, "LBHD").x < at(rig, "LPOR").x - 0.03);
    assert_true(at(rig, "RFHD").z > 0.03 && at(rig, "LFHD").z < -0.03 && at(rig, "RBHD").z > 0.03);
    assert_true(at(rig, "RSHO").y > 0.005 && fabs(at(rig, "RSHO").x) < at(rig, "RSHO").y);
    assert_true(at(rig, "T10").x < -0.02 && fabs(at(rig, "T10").z) < 0.02 && at(rig, "T10").y < at(rig, "CLAV").y - 0.1);
    /* in the lower third of thigh and shank */
    assert_true(at(rig, "RTHI").y < 0.6 * at(rig, "RKJC").y && at(rig, "RTIB").y < 0.6 * at(rig, "RAJC").y);
    assert_near(v3_dist(at(rig, "RKJC"), body_named(rig, "tibia_r")->s), 0, EXACT);
    oik_rig_free(rig);
}

static void landmarks_and_soft_markers_lie_on_the_skin(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_locator *skin;
    oik_error err;
    assert_int_equal(oik_locator_new(&skin, input.skin, input.n_skin_vertices, input.skin_faces, input.n_skin_faces, &err), OIK_OK);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        oik_mat3 *R, C = world_matrix();
        oik_vec3 *o;
        int n_soft = 0;
        place(&R, &o, rig, rig->q);
        for (int m = 0; m < rig->n_markers; m++) {
            const oik_rig_marker *marker = &rig->markers[m];
            oik_vec3 p = m3_tmulv(C, v3_add(o[marker->body], m3_mulv(R[marker->body], marker->at)));
            oik_nearest nearest;
            assert_true(oik_locator_nearest(&nearest, skin, p, INFINITY));
            if (is_joint_centre(marker->name))
                assert_true(oik_locator_winding(skin, p) == 1 && nearest.distance > 0.005);
            else
                assert_near(nearest.distance, 0, DECOMPOSED);
            n_soft += !marker->fixed;
        }
        assert_int_equal(n_soft, 8);
        free(R);
        free(o);
        oik_rig_free(rig);
    }
    oik_locator_free(skin);
}

/* without a skin landmarks are on the bones, and soft tissue has none */
static void without_a_skin_markers_are_on_the_bones(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *covered = make_rig(&input, OIK_RIG_FULL);
    input.skin = NULL;
    input.body = NULL;
    input.mass = 60;
    oik_rig *bare = make_rig(&input, OIK_RIG_FULL);
    enum { SOFT = 8, HEAD_BAND = 4 };
    assert_int_equal(covered->n_markers - bare->n_markers, SOFT + HEAD_BAND);
    for (int m = 0; m < bare->n_markers; m++) {
        const oik_rig_marker *marker = &bare->markers[m];
        double depth = v3_dist(marker->at, at(covered, marker->name));
        assert_true(marker->fixed);
        assert_true(is_joint_centre(marker->name) ? depth == 0.0 : depth > 0.0 && depth <= 0.06 + 0.03);
    }
    assert_int_equal(bare->skin.n_vertices, 0);
    oik_rig_free(covered);
    oik_rig_free(bare);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_plain_and_unique_and_both_sides_have_the_same),
        cmocka_unit_test(markers_are_where_anatomy_has_them),
        cmocka_unit_test(landmarks_and_soft_markers_lie_on_the_skin),
        cmocka_unit_test(without_a_skin_markers_are_on_the_bones),
    };
    return cmocka_run_group_tests_name("rig_markers", tests, set_up, tear_down);
}
