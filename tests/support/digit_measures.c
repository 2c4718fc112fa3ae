/* Measures of finger bones. */
#include "digit_measures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/locate.h"
#include "joint_measures.h"

static const double MM = 1e3, DEG = 180.0 / 3.14159265358979323846;

enum { N_FINGER_BONES = N_DIGITS * N_PHALANGES };

static int finger_part(const oik_skel_model *model, int side, int i) {
    return digit_part(model, side, i / N_PHALANGES, i % N_PHALANGES);
}

static int part_of(const oik_skel_model *model, const char *name, int side) {
    char wanted[OIK_NAME_LENGTH + 2];
    snprintf(wanted, sizeof wanted, "%s_%c", name, side ? 'l' : 'r');
    for (int p = 0; p < model->n_parts; p++)
        if (strcmp(model->part_names[p], wanted) == 0)
            return p;
    fail_msg("there is no part %s", wanted);
    return -1;
}

static double turn(const oik_puppet *a, const oik_puppet *b, int part) {
    return DEG * oik_rot_angle_between(a->R[part], b->R[part]);
}

/** How far p lies outside of the skin [m], 0 inside. */
static double distance_outside(const oik_locator *skin, oik_vec3 p) {
    oik_nearest near;
    return oik_locator_winding(skin, p) > 0 || !oik_locator_nearest(&near, skin, p, INFINITY) ? 0.0 : near.distance;
}

/** Vertices of one part: shift from the truth, those further outside than in truth: where bent skin folds, the true bones too leave it. */
static void measure_vertices(digit_measures *m, const oik_skel_model *model, const oik_locator *skin, const oik_puppet *bones,
                             const oik_puppet *truth, int part, size_t *n_outside, size_t *n_all) {
    double shift = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < model->n_vertices; i++) {
        if (model->point_part[i] != part)
            continue;
        oik_vec3 y = oik_puppet_point(bones, model, i), true_y = oik_puppet_point(truth, model, i);
        shift += v3_dist(y, true_y);
        n++;
        double outside = distance_outside(skin, y);
        outside = outside > 0.0 ? outside - distance_outside(skin, true_y) : 0.0;
        m->outside = fmax(m->outside, MM * outside);
        *n_outside += outside > 0.0;
    }
    *n_all += n;
    m->mean_shift += MM * shift / (double)n / (2 * N_FINGER_BONES);
    m->largest_shift = fmax(m->largest_shift, MM * shift / (double)n);
}

/** Joint of a bone and the joint of the next one, or the bone's far end. */
static void axis_of(oik_vec3 end[2], const oik_skel_model *model, const oik_puppet *bones, int side, int i) {
    int part = finger_part(model, side, i);
    end[0] = end[1] = oik_puppet_point(bones, model, (size_t)digit_joint(model, part));
    if (i % N_PHALANGES + 1 < N_PHALANGES) {
        end[1] = oik_puppet_point(bones, model, (size_t)digit_joint(model, finger_part(model, side, i + 1)));
        return;
    }
    for (size_t k = 0; k < model->n_vertices; k++) {
        oik_vec3 y = oik_puppet_point(bones, model, k);
        if (model->point_part[k] == part && v3_dist(y, end[0]) > v3_dist(end[1], end[0]))
            end[1] = y;
    }
}

/** Middle of the box about the skin within 5 mm of the plane across the middle of the true bone, and within a finger's reach of it. */
static double distance_from_centre(const oik_body_model *body, const oik_skel_model *model, const oik_vec3 *x, const oik_puppet *bones,
                                   const oik_puppet *truth, int side, int i) {
    oik_vec3 true_end[2], end[2], low = v3(INFINITY, INFINITY, INFINITY), high = v3_scale(low, -1.0);
    axis_of(true_end, model, truth, side, i);
    axis_of(end, model, bones, side, i);
    oik_vec3 middle = truth->t[finger_part(model, side, i)], along = v3_unit(v3_sub(true_end[1], true_end[0]));
    oik_mat3 R = truth->R[finger_part(model, side, i)];
    for (size_t v = 0; v < body->n_vertices; v++) {
        oik_vec3 d = v3_sub(x[v], middle);
        if (v3_norm(d) > 11e-3 || fabs(v3_dot(d, along)) > 5e-3)
            continue;
        low = v3_min(low, m3_tmulv(R, d));
        high = v3_max(high, m3_tmulv(R, d));
    }
    oik_vec3 centre = v3_add(middle, m3_mulv(R, v3_lerp(low, high, 0.5))), axis = v3_sub(end[1], end[0]);
    return MM * v3_norm(v3_cross(v3_sub(centre, end[0]), axis)) / v3_norm(axis);
}

static int bone_number(const oik_skel_model *model, int part) {
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->point_part[i] == part)
            return model->vertex_bone[i];
    return -1;
}

static double deepest_overlap(const oik_skel_model *model, const placed_bones *placed, int side) {
    double deepest = 0.0;
    for (int i = 0; i < N_FINGER_BONES; i++)
        for (int k = i + 1; k < N_FINGER_BONES; k++)
            deepest = fmax(deepest, -bone_gap(placed, bone_number(model, finger_part(model, side, i)),
                                              bone_number(model, finger_part(model, side, k))));
    return deepest;
}

/** Least and greatest of the gaps of a hand's finger joints. */
static void measure_gaps(digit_measures *m, const oik_skel_model *model, const placed_bones *placed, int side) {
    for (int i = 1; i < N_FINGER_BONES; i++) { /* the first one hangs on the carpus */
        int part = finger_part(model, side, i), before = model->part_parent[part];
        char metacarpal[OIK_NAME_LENGTH];
        snprintf(metacarpal, sizeof metacarpal, "metacarpal_%d_%c", i / N_PHALANGES + 1, side ? 'l' : 'r');
        int from = i % N_PHALANGES == 0 ? placed_bone(placed, metacarpal) : bone_number(model, before);
        double gap = bone_gap(placed, from, bone_number(model, part));
        m->gap_low = fmin(m->gap_low, gap);
        m->gap_high = fmax(m->gap_high, gap);
    }
}

digit_measures digit_measures_take(const oik_body_model *body, const oik_skel_model *model, const oik_vec3 *x, const oik_puppet *bones,
                                   const oik_puppet *truth) {
    digit_measures m = {.gap_low = HUGE_VAL};
    oik_locator *skin = NULL;
    size_t n_outside = 0, n_all = 0;
    assert_int_equal(oik_locator_new(&skin, x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, NULL), OIK_OK);
    placed_bones placed = placed_bones_new(model, bones);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < N_FINGER_BONES; i++) {
            int p = finger_part(model, side, i);
            m.mean_angle += turn(bones, truth, p) / (2 * N_FINGER_BONES);
            m.largest_angle = fmax(m.largest_angle, turn(bones, truth, p));
            m.length = fmax(m.length, 100.0 * fabs(bone_length(model, bones, model->part_names[p]) /
                                                       bone_length(model, truth, model->part_names[p]) - 1.0));
            measure_vertices(&m, model, skin, bones, truth, p, &n_outside, &n_all);
            if (i > 0) /* the skin around the thumb's metacarpal is the palm */
                m.off_centre = fmax(m.off_centre, distance_from_centre(body, model, x, bones, truth, side, i));
        }
        m.overlap = fmax(m.overlap, deepest_overlap(model, &placed, side));
        measure_gaps(&m, model, &placed, side);
        m.wrist = fmax(m.wrist, turn(bones, truth, part_of(model, "hand", side)));
        m.forearm = fmax(m.forearm, fmax(turn(bones, truth, part_of(model, "radius", side)), turn(bones, truth, part_of(model, "ulna", side))));
    }
    m.outside_share = (double)n_outside / (double)n_all;
    placed_bones_free(&placed);
    oik_locator_free(skin);
    return m;
}
