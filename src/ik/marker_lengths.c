/** Markers brought to the segment lengths of a chain (see marker_lengths.h). */
#include "ik/marker_lengths.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/frame_terms.h"
#include "ik/patch_start.h"

/** Two points are one below this [m]: no direction can be told. */
static const double COINCIDENT = 1e-6;

enum {
    MAX_FRAMES = 500, /* for a median, evenly spread over the motion */
    N_SAMPLES = 200   /* postures for the range of a distance: to a few percent, which is less than it is good for */
};

/** What hangs on what. */
typedef struct marker_tree {
    const oik_chain *chain;
    const oik_markers *markers;
    int n;
    int *order;            /**< n, markers from the root outwards */
    int *parent;           /**< n, nearest proximal marker; -1: none */
    bool *rigid;           /**< n, the chain fixes the distance to the parent */
    double *lower, *upper; /**< n, range of the chain's distance to the parent [m] */
    double *length;        /**< n, the chain's distance to the parent: at rest, then as estimated [m] */
    double *measured;      /**< n, median measured distance to the parent [m]; NaN when never seen together */
    oik_vec3 *place;       /**< n, places in one posture [m] */
} marker_tree;

static void tree_free(marker_tree *t) {
    free(t->order);
    free(t->parent);
    free(t->rigid);
    free(t->lower);
    free(t->upper);
    free(t->length);
    free(t->measured);
    free(t->place);
}

/* ------------------------------------------------------------------ bodies */

/** The segment nearest to the root that no coordinate moves against this one. */
static int body_of(const oik_chain *chain, int segment) {
    while (chain->joints[segment].parent >= 0 && chain->joints[segment].n_rotations + chain->joints[segment].n_translations == 0)
        segment = chain->joints[segment].parent;
    return segment;
}

bool oik_marker_moves_with(const oik_marker *marker, const oik_chain *chain, int segment) {
    int body = body_of(chain, segment);
    if (body_of(chain, marker->segment) == body)
        return true;
    for (int i = 0; i < chain->n_segments; i++) {
        const oik_chain_joint *joint = &chain->joints[i];
        bool at_centre = joint->n_translations == 0 && joint->parent == marker->segment &&
                         v3_dist(marker->local, joint->s) <= COINCIDENT;
        if (at_centre && body_of(chain, i) == body)
            return true;
    }
    return false;
}

bool oik_markers_are_rigid(const oik_marker *a, const oik_marker *b, const oik_chain *chain) {
    for (int i = 0; i < chain->n_segments; i++)
        if (oik_marker_moves_with(a, chain, i) && oik_marker_moves_with(b, chain, i))
            return true;
    return false;
}

/* ------------------------------------------------------------------ the tree */

static int depth_of(const oik_chain *chain, int segment) {
    int depth = 0;
    for (; chain->joints[segment].parent >= 0; segment = chain->joints[segment].parent)
        depth++;
    return depth;
}

/** Does marker a come before b on the way out? Of equals the first of the list does. */
static bool is_proximal(const marker_tree *t, int a, int b) {
    const oik_marker *p = &t->markers->markers[a], *m = &t->markers->markers[b];
    int depth_p = depth_of(t->chain, p->segment), depth_m = depth_of(t->chain, m->segment);
    if (depth_p != depth_m)
        return depth_p < depth_m;
    double p_out = v3_dist(p->local, t->chain->joints[p->segment].b), m_out = v3_dist(m->local, t->chain->joints[m->segment].b);
    return p_out != m_out ? p_out < m_out : a < b;
}

/** Insertion into the order: markers are few. */
static void find_order(marker_tree *t) {
    for (int m = 0; m < t->n; m++) {
        int at = m;
        for (; at > 0 && is_proximal(t, m, t->order[at - 1]); at--)
            t->order[at] = t->order[at - 1];
        t->order[at] = m;
    }
}

/** Nearest at rest of the markers order[0 .. place - 1] that move with the segment; any segment that marker m moves with: -1. */
static int nearest_before(const marker_tree *t, int place, int segment) {
    int m = t->order[place], best = -1;
    for (int i = 0; i < place; i++) {
        int p = t->order[i];
        bool fits = segment < 0 ? oik_markers_are_rigid(&t->markers->markers[p], &t->markers->markers[m], t->chain)
                                : oik_marker_moves_with(&t->markers->markers[p], t->chain, segment);
        if (fits && (best < 0 || v3_dist(t->place[p], t->place[m]) < v3_dist(t->place[best], t->place[m])))
            best = p;
    }
    return best;
}

static void find_parent(marker_tree *t, int place) {
    int m = t->order[place], p = nearest_before(t, place, -1);
    t->rigid[m] = p >= 0;
    for (int s = t->markers->markers[m].segment; p < 0 && s >= 0; s = t->chain->joints[s].parent)
        p = nearest_before(t, place, s);
    t->parent[m] = p;
    t->length[m] = t->lower[m] = t->upper[m] = p >= 0 ? v3_dist(t->place[p], t->place[m]) : 0.0;
}

static void place_markers(marker_tree *t, oik_chain_pose *pose, const double *q) {
    oik_chain_forward(pose, t->chain, q);
    for (int m = 0; m < t->n; m++)
        t->place[m] = oik_marker_position(&t->markers->markers[m], pose);
}

/**
 * A posture within the ranges of motion, and within two spreads of rest where those are known; a coordinate is at either end with a
 * probability of a quarter: there the extremes are.
 */
static void sample_posture(double *q, const oik_chain *chain, const double *q_rest, uint64_t *state) {
    for (int k = 0; k < chain->n_dofs; k++) {
        const oik_dof *dof = &chain->dofs[k];
        double t = fmin(fmax(2.0 * oik_patch_uniform(state) - 0.5, 0.0), 1.0), two = dof->spread > 0.0 ? 2.0 * dof->spread : INFINITY;
        double lower = fmin(fmax(q_rest[k] - two, dof->lower), dof->upper), upper = fmin(fmax(q_rest[k] + two, dof->lower), dof->upper);
        q[k] = lower + t * (upper - lower);
    }
}

/** Widen the ranges of the distances that the chain does not fix. */
static oik_status sample_ranges(marker_tree *t, oik_chain_pose *pose, const double *q_rest, oik_error *err) {
    uint64_t state = 1;
    double *q = oik_new((size_t)t->chain->n_dofs, sizeof *q, err);
    for (int k = 0; q && k < N_SAMPLES; k++) {
        sample_posture(q, t->chain, q_rest, &state);
        place_markers(t, pose, q);
        for (int m = 0; m < t->n; m++) {
            if (t->rigid[m] || t->parent[m] < 0)
                continue;
            double d = v3_dist(t->place[m], t->place[t->parent[m]]);
            t->lower[m] = fmin(t->lower[m], d);
            t->upper[m] = fmax(t->upper[m], d);
        }
    }
    free(q);
    return q ? OIK_OK : OIK_E_MEMORY;
}

static oik_status allocate(marker_tree *t, oik_error *err) {
    size_t n = (size_t)t->n;
    t->order = oik_new(n, sizeof *t->order, err);
    t->parent = oik_new(n, sizeof *t->parent, err);
    t->rigid = oik_new(n, sizeof *t->rigid, err);
    t->lower = oik_new(n, sizeof *t->lower, err);
    t->upper = oik_new(n, sizeof *t->upper, err);
    t->length = oik_new(n, sizeof *t->length, err);
    t->measured = oik_new(n, sizeof *t->measured, err);
    t->place = oik_new(n, sizeof *t->place, err);
    bool all = t->order && t->parent && t->rigid && t->lower && t->upper && t->length && t->measured && t->place;
    return all ? OIK_OK : OIK_E_MEMORY;
}

static oik_status tree_new(marker_tree *t, const oik_chain *chain, const double *q_rest, const oik_markers *markers, oik_error *err) {
    oik_chain_pose *pose = NULL;
    *t = (marker_tree){.chain = chain, .markers = markers, .n = markers->n_markers};
    oik_status status = allocate(t, err);
    if (!status)
        status = oik_chain_pose_new(&pose, chain, err);
    if (!status) {
        place_markers(t, pose, q_rest);
        find_order(t);
        for (int i = 0; i < t->n; i++)
            find_parent(t, i);
        status = sample_ranges(t, pose, q_rest, err);
    }
    oik_chain_pose_free(pose);
    return status;
}

/* ------------------------------------------------------------------ measured distances */

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Median over the frames that show both markers, NaN of none. work: MAX_FRAMES */
static double median_distance(const oik_measurement *m, int a, int b, double *work) {
    int step = (m->n_frames + MAX_FRAMES - 1) / MAX_FRAMES, n = 0;
    for (int f = 0; f < m->n_frames; f += step) {
        size_t row = (size_t)f * (size_t)m->markers->n_markers, i = row + (size_t)a, j = row + (size_t)b;
        if (m->weight[i] > 0.0 && m->weight[j] > 0.0)
            work[n++] = v3_dist(m->x[i], m->x[j]);
    }
    qsort(work, (size_t)n, sizeof *work, compare_numbers);
    return n ? 0.5 * (work[(n - 1) / 2] + work[n / 2]) : (double)NAN;
}

/** The chain's distance, of which the range of motion leaves some open (see marker_lengths.h). */
static double estimate_length(const marker_tree *t, int m, const oik_marker_report *report) {
    double rest = t->length[m], range = t->upper[m] - t->lower[m], error = report->length_mismatch * rest;
    double variance = range * range / 12.0; /* of a uniform distribution */
    if (range == 0.0 || isnan(t->measured[m]))
        return rest;
    double l = rest + variance / (variance + error * error) * (t->measured[m] / report->scale - rest);
    return fmin(fmax(l, t->lower[m]), t->upper[m]);
}

static oik_status measure(marker_tree *t, const oik_measurement *measurement, const oik_marker_report *report, oik_error *err) {
    double *work = oik_new(MAX_FRAMES, sizeof *work, err);
    for (int m = 0; work && m < t->n; m++) {
        t->measured[m] = t->parent[m] >= 0 ? median_distance(measurement, m, t->parent[m], work) : (double)NAN;
        t->length[m] = estimate_length(t, m, report);
    }
    free(work);
    return work ? OIK_OK : OIK_E_MEMORY;
}

/* ------------------------------------------------------------------ one frame */

/** k from marker a, which is above m, to m; a path of which a part was never seen says no more than the common scale. */
static double stretch(const marker_tree *t, int a, int m, double scale) {
    double length = 0.0, measured = 0.0;
    for (; m != a; m = t->parent[m]) {
        length += t->length[m];
        measured += t->measured[m];
    }
    return measured > COINCIDENT ? length / measured : 1.0 / scale;
}

static oik_vec3 place_marker(const marker_tree *t, const oik_vec3 *out, const oik_vec3 *x, const double *weight, int m, double scale) {
    int a = t->parent[m];
    while (a >= 0 && !(weight[a] > 0.0))
        a = t->parent[a];
    return a < 0 ? v3_scale(x[m], 1.0 / scale) : v3_madd(out[a], stretch(t, a, m, scale), v3_sub(x[m], x[a]));
}

oik_status oik_marker_lengths_adapt(oik_vec3 *x, const oik_chain *chain, const double *q_rest, const oik_measurement *measurement,
                                    const oik_marker_report *report, oik_error *err) {
    marker_tree t;
    if (!measurement->markers || !(report->scale > 0.0) || !isfinite(report->scale))
        return oik_fail(err, OIK_E_ARGUMENT, "lengths are adapted with markers and a scale > 0, the scale is %g", report->scale);
    oik_status status = tree_new(&t, chain, q_rest, measurement->markers, err);
    if (!status)
        status = measure(&t, measurement, report, err);
    for (int f = 0; !status && f < measurement->n_frames; f++) {
        size_t row = (size_t)f * (size_t)t.n;
        const oik_vec3 *in = measurement->x + row;
        const double *weight = measurement->weight + row;
        for (int i = 0; i < t.n; i++) {
            int m = t.order[i];
            x[row + (size_t)m] = weight[m] > 0.0 ? place_marker(&t, x + row, in, weight, m, report->scale) : in[m];
        }
    }
    tree_free(&t);
    return status;
}

oik_status oik_marker_lengths_explained(double *share, const oik_chain *chain, const double *q_rest, const oik_measurement *measurement,
                                        double sigma, oik_error *err) {
    const double median_error = 1.2533 * sqrt(2.0); /* of a median, sqrt(pi / 2) times that of a mean; two points */
    marker_tree t;
    double sum = 0.0;
    int n = 0;
    *share = 0.0;
    if (!measurement->markers || measurement->n_frames < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "lengths are judged with markers and frames");
    double frames = measurement->n_frames < MAX_FRAMES ? measurement->n_frames : MAX_FRAMES;
    oik_status status = tree_new(&t, chain, q_rest, measurement->markers, err);
    for (int m = 0; !status && m < t.n; m++)
        if (t.rigid[m] && t.lower[m] > COINCIDENT) {
            double noise = sigma / t.lower[m], bias = 2.0 * noise * noise, error = median_error * noise / sqrt(frames);
            sum += bias * bias + error * error;
            n++;
        }
    if (n && isfinite(sum))
        *share = sqrt(sum / n);
    tree_free(&t);
    return status;
}
