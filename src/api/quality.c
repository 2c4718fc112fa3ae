/** Quality gates: what was measured on a result, against a limit to warn at and one to fail at. */
#include <stdlib.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/status.h"
#include "mesh/locate.h"

#define DEGREE (3.14159265358979323846 / 180.0)

/** A limit that is only reported: nothing fails it. */
#define NO_LIMIT INFINITY

static void add_gate(oik_quality *q, const char *name, const char *unit, double value, double warn, double fail) {
    /* "not <=", so that a value that is not a number does not pass */
    int level = !(value <= fail) ? 2 : !(value <= warn) ? 1 : 0;
    q->gates[q->n_gates++] =
        (oik_gate){.name = name, .unit = unit, .value = value, .warn = warn, .fail = fail, .level = level};
    q->level = level > q->level ? level : q->level;
}

/** No point of a body is farther than half a metre from the skin: a bone that is farther out counts as that far. */
static const double FAR_OUT = 0.5;

enum { BATCH = 256 }; /* vertices that are looked at together */

/** Count those of n points that are outside, near each other in the list. */
static void count_outside(oik_outside *out, size_t *n_outside, const oik_locator *skin, const oik_vec3 *p, size_t n) {
    oik_side side[BATCH];
    oik_locator_sides(side, skin, p, n, 0.0);
    for (size_t i = 0; i < n; i++) {
        oik_nearest nearest;
        if (side[i] == OIK_SIDE_INSIDE || (side[i] == OIK_SIDE_UNKNOWN && oik_locator_winding(skin, p[i]) > 0))
            continue;
        ++*n_outside;
        bool found = oik_locator_nearest(&nearest, skin, p[i], FAR_OUT);
        out->deepest = fmax(out->deepest, found ? nearest.distance : FAR_OUT);
    }
}

oik_outside oik_outside_measure(const oik_locator *skin, const oik_skel_model *model, const oik_vec3 *vertices, size_t first, size_t step) {
    size_t n_outside = 0, n_seen = 0, n = 0;
    oik_outside out = {0};
    oik_vec3 p[BATCH];
    for (size_t i = 0; i < model->n_vertices; i++) {
        size_t vertex = (size_t)model->near_order[i];
        if (vertex % step == first)
            p[n++] = vertices[vertex];
        if (n < BATCH && i + 1 < model->n_vertices)
            continue;
        count_outside(&out, &n_outside, skin, p, n);
        n_seen += n;
        n = 0;
    }
    out.share = n_seen ? (double)n_outside / (double)n_seen : 0.0;
    return out;
}

static oik_status measure_outside(oik_outside *out, const oik_skel_model *model, const oik_body *body, const oik_skeleton *posed, oik_error *err) {
    oik_locator *locator = NULL;
    oik_status status = oik_locator_new(&locator, body->x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, err);
    if (!status)
        *out = oik_outside_measure(locator, model, posed->vertices, 0, 1);
    oik_locator_free(locator);
    return status;
}

double oik_largest_gap(const oik_skel_model *model, const oik_puppet *puppet, const int32_t pairs[2][2]) {
    double gap[2];
    for (int side = 0; side < 2; side++)
        gap[side] = v3_dist(oik_puppet_point(puppet, model, (size_t)pairs[side][0]),
                            oik_puppet_point(puppet, model, (size_t)pairs[side][1]));
    return fmax(gap[0], gap[1]);
}

/** Largest angle by which the bones lie beyond a range of motion [rad]. */
static double largest_disagreement(const oik_motion *motion) {
    double largest = 0.0;
    for (size_t i = 0; i < oik_motion_n_coordinates(motion); i++) {
        oik_coordinate c = oik_motion_coordinate(motion, i);
        if (!c.translation)
            largest = fmax(largest, fabs(c.disagreement));
    }
    return largest;
}

oik_quality oik_quality_of(const oik_gate_values *v) {
    oik_quality q = {0};
    add_gate(&q, "registration_rms", "m", v->registration_rms, 0.020, 0.050);
    add_gate(&q, "long_edge_share", "1", v->long_edge_share, 0.005, 0.10);
    add_gate(&q, "bones_outside_share", "1", v->outside_share, 0.03, 0.10);
    add_gate(&q, "bones_outside_depth", "m", v->outside_depth, 0.005, NO_LIMIT);
    add_gate(&q, "hip_gap", "m", v->hip_gap, 0.004, 0.010);
    add_gate(&q, "shoulder_gap", "m", v->shoulder_gap, 0.006, NO_LIMIT);
    add_gate(&q, "range_of_motion", "rad", v->range_of_motion, 5.0 * DEGREE, 15.0 * DEGREE);
    return q;
}

oik_status oik_quality_measure(oik_quality *out, const oik_model *model, const oik_body *body, const oik_skeleton *posed,
                               const oik_motion *motion, oik_error *err) {
    if (!posed->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "quality is measured on a posed skeleton, this one is lying");
    oik_outside bones;
    oik_status status = oik_check_body(body, model, err);
    if (!status)
        status = oik_check_skeleton(posed, model, err);
    if (!status)
        status = oik_check_chain(motion->chain, posed->lying, err);
    if (!status)
        status = measure_outside(&bones, model->skeleton, body, posed, err);
    if (status)
        return status;
    const oik_skel_model *skeleton = model->skeleton;
    *out = oik_quality_of(&(oik_gate_values){.registration_rms = body->fit.rms,
                                             .long_edge_share = body->input.long_edge_share,
                                             .outside_share = bones.share,
                                             .outside_depth = bones.deepest,
                                             .hip_gap = oik_largest_gap(skeleton, posed->puppet, skeleton->gap_hip),
                                             .shoulder_gap = oik_largest_gap(skeleton, posed->puppet, skeleton->gap_shoulder),
                                             .range_of_motion = largest_disagreement(motion)});
    return OIK_OK;
}
