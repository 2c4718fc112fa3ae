/** Assignment of keypoints to joint centres by distances (see marker_match.h). */
#include "ik/marker_match.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

/** Proportions of adults differ by about this much (logarithm of a length, once the size of the body is taken out). */
static const double TOLERANCE = 0.1;
/** Shortest distance that says anything: below, the measuring error is all there is [m]. */
static const double SHORTEST = 1e-3;
/** The chain fixes a distance whose sampled range is narrower than this (logarithm): rounding, and points nearly on an axis. */
static const double FIXED = 1e-3;

enum {
    MAX_CLAIMS = 400,  /* more markers than any laboratory puts on a body; bounds the square tables */
    MAX_FRAMES = 500,  /* evenly spread over the motion; a median over more gains nothing */
    N_SAMPLES = 400    /* postures; with the ends of the ranges among them, distances come within a percent of their extremes */
};

typedef enum verdict { OPEN, ACCEPTED, DROPPED } verdict;

/** A marker that may be the one of its keypoint. */
typedef struct claim {
    oik_marker marker;
    int joint; /**< whose centre it is; -1 for a marker that the file places itself */
    verdict verdict;
} claim;

typedef struct matcher {
    const oik_chain_file *file;
    const oik_keypoints *keypoints;
    int n;
    claim *claims;          /**< n */
    int (*pair_claims)[2];  /**< file->n_pairs, claims of the two ends */
    double *lower, *upper;  /**< n x n, range of the chain's distance [m] */
    double *measured;       /**< n x n, median measured distance [m]; NaN when never seen together */
    double scale;
} matcher;

static void matcher_free(matcher *m) {
    free(m->claims);
    free(m->pair_claims);
    free(m->lower);
    free(m->upper);
    free(m->measured);
}

static size_t at(const matcher *m, int i, int j) {
    return (size_t)i * (size_t)m->n + (size_t)j;
}

/* ------------------------------------------------------------------ claims */

static int find_keypoint(const oik_keypoints *keypoints, const char *name) {
    for (int i = 0; i < keypoints->n_points; i++)
        if (strcmp(keypoints->names[i], name) == 0)
            return i;
    return -1;
}

/** Number of a pair's keypoint, which the measurement must have. */
static oik_status resolve(int *out, const matcher *m, int number, const char *name, oik_error *err) {
    const oik_keypoints *k = m->keypoints;
    *out = number >= 0 ? number : find_keypoint(k, name);
    if (*out >= k->n_points)
        return oik_fail(err, OIK_E_FORMAT, "the chain's pairs need keypoint %d, the measurement has %d: 0 to %d", number, k->n_points,
                        k->n_points - 1);
    if (*out < 0)
        return oik_fail(err, OIK_E_FORMAT, "the chain's pairs need a keypoint %s, the measurement has %d others, the first %s", name,
                        k->n_points, k->names[0]);
    return OIK_OK;
}

/** Index of the claim of a joint on a keypoint, which is added when it is new. */
static int add_claim(matcher *m, int joint, int keypoint) {
    for (int i = 0; i < m->n; i++)
        if (m->claims[i].joint == joint && m->claims[i].marker.keypoint == keypoint)
            return i;
    claim *c = &m->claims[m->n];
    *c = (claim){.marker = oik_marker_at_joint(m->file->chain, joint), .joint = joint};
    c->marker.keypoint = keypoint;
    return m->n++;
}

static oik_status check_count(const matcher *m, oik_error *err) {
    if (m->n > MAX_CLAIMS)
        return oik_fail(err, OIK_E_FORMAT, "expected at most %d pairs of joint and keypoint, or markers, in a chain", MAX_CLAIMS);
    return OIK_OK;
}

static oik_status claim_pairs(matcher *m, oik_error *err) {
    for (int i = 0; i < m->file->n_pairs; i++) {
        const oik_link_pair *pair = &m->file->pairs[i];
        int from, to;
        oik_status status = resolve(&from, m, pair->keypoint_from, pair->name_from, err);
        if (!status)
            status = resolve(&to, m, pair->keypoint_to, pair->name_to, err);
        if (status)
            return status;
        m->pair_claims[i][0] = add_claim(m, pair->from, from);
        m->pair_claims[i][1] = add_claim(m, pair->to, to);
        status = check_count(m, err);
        if (status)
            return status;
    }
    return OIK_OK;
}

/** Markers of the file's own that the measurement has: nobody disputes them. */
static oik_status claim_markers(matcher *m, oik_error *err) {
    const oik_markers *markers = m->file->markers;
    oik_status status = OIK_OK;
    for (int i = 0; !status && markers && i < markers->n_markers; i++) {
        claim c = {.marker = markers->markers[i], .joint = -1, .verdict = ACCEPTED};
        if (c.marker.keypoint < 0)
            c.marker.keypoint = find_keypoint(m->keypoints, c.marker.name);
        bool taken = c.marker.keypoint < 0 || c.marker.keypoint >= m->keypoints->n_points;
        for (int k = 0; k < m->n; k++)
            taken = taken || m->claims[k].marker.keypoint == c.marker.keypoint;
        if (!taken)
            m->claims[m->n++] = c;
        status = check_count(m, err);
    }
    return status;
}

static bool are_rivals(const claim *a, const claim *b) {
    return a->marker.keypoint == b->marker.keypoint || (a->joint >= 0 && a->joint == b->joint);
}

static void drop_rivals(matcher *m, int winner) {
    for (int i = 0; i < m->n; i++)
        if (i != winner && m->claims[i].verdict == OPEN && are_rivals(&m->claims[i], &m->claims[winner]))
            m->claims[i].verdict = DROPPED;
}

/** Accept what has no rival. */
static void accept_undisputed(matcher *m) {
    for (int i = 0; i < m->n; i++) {
        bool disputed = false;
        for (int j = 0; j < m->n; j++)
            disputed = disputed || (j != i && are_rivals(&m->claims[i], &m->claims[j]));
        if (!disputed)
            m->claims[i].verdict = ACCEPTED;
    }
}

/* ------------------------------------------------------------------ distances */

/** Uniform in [0, 1): a fixed sequence (Steele, Lea and Flood, OOPSLA 2014). */
static double next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/**
 * A posture within the ranges of motion; a coordinate is at either end with a probability of a quarter, for there the extremes are.
 * Where the root is does not change a distance; coordinates that follow others are overruled by forward kinematics.
 */
static void sample_posture(double *q, const oik_chain *chain, uint64_t *state) {
    for (int k = 0; k < chain->n_dofs; k++) {
        const oik_dof *dof = &chain->dofs[k];
        double t = 2.0 * next_random(state) - 0.5;
        t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
        q[k] = dof->lower + t * (dof->upper - dof->lower);
    }
}

/** Widen all ranges by the distances of one posture. */
static void widen(matcher *m, const oik_chain_pose *pose) {
    for (int i = 0; i < m->n; i++)
        for (int j = 0; j < i; j++) {
            const oik_marker *a = &m->claims[i].marker, *b = &m->claims[j].marker;
            oik_vec3 x = v3_add(pose->origin[a->segment], m3_mulv(pose->R[a->segment], a->local));
            oik_vec3 y = v3_add(pose->origin[b->segment], m3_mulv(pose->R[b->segment], b->local));
            double d = fmax(v3_dist(x, y), SHORTEST);
            m->lower[at(m, i, j)] = m->lower[at(m, j, i)] = fmin(m->lower[at(m, i, j)], d);
            m->upper[at(m, i, j)] = m->upper[at(m, j, i)] = fmax(m->upper[at(m, i, j)], d);
        }
}

static oik_status sample_distances(matcher *m, oik_error *err) {
    const oik_chain *chain = m->file->chain;
    uint64_t state = 1;
    oik_chain_pose *pose = NULL;
    double *q = oik_new((size_t)chain->n_dofs, sizeof *q, err);
    oik_status status = q ? oik_chain_pose_new(&pose, chain, err) : OIK_E_MEMORY;
    for (size_t i = 0; !status && i < (size_t)m->n * (size_t)m->n; i++) {
        m->lower[i] = HUGE_VAL;
        m->upper[i] = 0.0;
    }
    for (int k = 0; !status && k < N_SAMPLES; k++) {
        sample_posture(q, chain, &state);
        oik_chain_forward(pose, chain, q);
        widen(m, pose);
    }
    free(q);
    oik_chain_pose_free(pose);
    return status;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Sorts the values; NaN of none. */
static double median(double *values, int n) {
    if (n == 0)
        return (double)NAN;
    qsort(values, (size_t)n, sizeof *values, compare_numbers);
    return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

/** Median distance of two keypoints over the frames that show both. work: MAX_FRAMES */
static double measured_distance(const oik_keypoints *k, int a, int b, double *work) {
    int step = (k->n_frames + MAX_FRAMES - 1) / MAX_FRAMES, n = 0;
    for (int f = 0; f < k->n_frames; f += step) {
        size_t row = (size_t)f * (size_t)k->n_points, i = row + (size_t)a, j = row + (size_t)b;
        if (k->confidence[i] > 0.0 && k->confidence[j] > 0.0)
            work[n++] = fmax(v3_dist(k->x[i], k->x[j]), SHORTEST);
    }
    return median(work, n);
}

static void measure_distances(matcher *m, double *work) {
    for (int i = 0; i < m->n; i++)
        for (int j = 0; j < i; j++)
            m->measured[at(m, i, j)] = m->measured[at(m, j, i)] =
                measured_distance(m->keypoints, m->claims[i].marker.keypoint, m->claims[j].marker.keypoint, work);
}

/** A distance between accepted claims that the chain fixes and that was measured. */
static bool is_yardstick(const matcher *m, int i, int j) {
    size_t k = at(m, i, j);
    return m->claims[i].verdict == ACCEPTED && m->claims[j].verdict == ACCEPTED && isfinite(m->measured[k]) &&
           m->lower[k] > SHORTEST && log(m->upper[k] / m->lower[k]) < FIXED;
}

/** Measured lengths / the chain's; 1 when there is no yardstick. work: n^2 / 2 */
static double find_scale(const matcher *m, double *work) {
    int n = 0;
    for (int i = 0; i < m->n; i++)
        for (int j = 0; j < i; j++)
            if (is_yardstick(m, i, j))
                work[n++] = m->measured[at(m, i, j)] / sqrt(m->lower[at(m, i, j)] * m->upper[at(m, i, j)]);
    return n ? median(work, n) : 1.0;
}

/** Logarithm of measured / (scale * nearest distance in the chain's range). */
static double deviation(const matcher *m, size_t k) {
    double d = m->measured[k] / m->scale;
    return log(d / fmin(fmax(d, m->lower[k]), m->upper[k]));
}

static double length_mismatch(const matcher *m) {
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < m->n; i++)
        for (int j = 0; j < i; j++)
            if (is_yardstick(m, i, j)) {
                double e = expm1(deviation(m, at(m, i, j)));
                sum += e * e;
                n++;
            }
    return n ? sqrt(sum / n) : 0.0;
}

/* ------------------------------------------------------------------ disputes */

/** How badly claim i agrees with the accepted ones (see marker_match.h); 0 when nothing can be compared. */
static double disagreement(const matcher *m, int i) {
    double sum = 0.0;
    int n = 0;
    for (int j = 0; j < m->n; j++) {
        size_t k = at(m, i, j);
        if (j == i || m->claims[j].verdict != ACCEPTED || isnan(m->measured[k]))
            continue;
        sum += fabs(deviation(m, k)) / TOLERANCE + log(log(m->upper[k] / m->lower[k]) + 2.0 * TOLERANCE);
        n++;
    }
    return n ? sum / n : 0.0;
}

/** Accept the best of the open claims until none is left. Of equal ones the first of the file wins. */
static void settle_disputes(matcher *m, double *work) {
    accept_undisputed(m);
    m->scale = find_scale(m, work);
    for (;;) {
        int best = -1;
        double least = HUGE_VAL;
        for (int i = 0; i < m->n; i++) {
            double cost = m->claims[i].verdict == OPEN ? disagreement(m, i) : HUGE_VAL;
            if (cost < least) {
                least = cost;
                best = i;
            }
        }
        if (best < 0)
            break;
        m->claims[best].verdict = ACCEPTED;
        drop_rivals(m, best);
    }
    m->scale = find_scale(m, work);
}

/* ------------------------------------------------------------------ result */

/** Index in the result of each accepted claim, in the order of the keypoints; -1 for the others. @return their count */
static int number_markers(int *index, const matcher *m) {
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        index[i] = m->claims[i].verdict == ACCEPTED ? 0 : -1;
        n += index[i] == 0;
        for (int j = 0; index[i] >= 0 && j < m->n; j++)
            index[i] += m->claims[j].verdict == ACCEPTED && m->claims[j].marker.keypoint < m->claims[i].marker.keypoint;
    }
    return n;
}

static int claim_of_marker(const matcher *m, const oik_marker *marker) {
    for (int i = 0; i < m->n; i++)
        if (m->claims[i].joint < 0 && strcmp(m->claims[i].marker.name, marker->name) == 0)
            return i;
    return -1;
}

/** Links of the pairs, then those between the file's own markers. @return pairs left out */
static int add_links(oik_markers *out, const matcher *m, const int *index) {
    int n_dropped = 0;
    const oik_markers *own = m->file->markers;
    for (int i = 0; i < m->file->n_pairs; i++) {
        int from = index[m->pair_claims[i][0]], to = index[m->pair_claims[i][1]];
        if (from >= 0 && to >= 0)
            out->links[out->n_links++] = (oik_marker_link){from, to, m->file->pairs[i].weight};
        else
            n_dropped++;
    }
    for (int i = 0; own && i < own->n_links; i++) {
        int from = claim_of_marker(m, &own->markers[own->links[i].from]), to = claim_of_marker(m, &own->markers[own->links[i].to]);
        if (from >= 0 && to >= 0)
            out->links[out->n_links++] = (oik_marker_link){index[from], index[to], own->links[i].weight};
    }
    return n_dropped;
}

static oik_status make_result(oik_markers **out, oik_marker_report *report, const matcher *m, int *index, oik_error *err) {
    int n = number_markers(index, m), n_links = m->file->n_pairs + (m->file->markers ? m->file->markers->n_links : 0);
    if (n == 0)
        return oik_fail(err, OIK_E_FORMAT, "none of the chain's %d markers is among the %d keypoints of the measurement (the first is %s)",
                        m->file->markers ? m->file->markers->n_markers : 0, m->keypoints->n_points, m->keypoints->names[0]);
    oik_status status = oik_markers_new(out, (size_t)n, (size_t)n_links, err);
    if (status)
        return status;
    (*out)->n_links = 0;
    for (int i = 0; i < m->n; i++)
        if (index[i] >= 0)
            (*out)->markers[index[i]] = m->claims[i].marker;
    int n_dropped = add_links(*out, m, index);
    if (report)
        *report = (oik_marker_report){.n_dropped = n_dropped, .scale = m->scale, .length_mismatch = length_mismatch(m)};
    return OIK_OK;
}

/** Room for the claims, and the claims. */
static oik_status collect_claims(matcher *m, oik_error *err) {
    const int behind = 2; /* one pair may stand behind the last claim allowed when the count is checked */
    m->claims = oik_new(MAX_CLAIMS + behind, sizeof *m->claims, err);
    m->pair_claims = oik_new((size_t)m->file->n_pairs, sizeof *m->pair_claims, err);
    if (!m->claims || !m->pair_claims)
        return OIK_E_MEMORY;
    oik_status status = claim_pairs(m, err);
    return status ? status : claim_markers(m, err);
}

oik_status oik_markers_match(oik_markers **out, oik_marker_report *report, const oik_chain_file *file, const oik_keypoints *keypoints,
                             oik_error *err) {
    matcher m = {.file = file, .keypoints = keypoints, .scale = 1.0};
    double *work = NULL;
    int *index = NULL;
    *out = NULL;
    oik_status status = collect_claims(&m, err);
    if (status)
        goto done;
    size_t n = (size_t)m.n * (size_t)m.n;
    m.lower = oik_new(n, sizeof *m.lower, err);
    m.upper = oik_new(n, sizeof *m.upper, err);
    m.measured = oik_new(n, sizeof *m.measured, err);
    work = oik_new(n > MAX_FRAMES ? n : MAX_FRAMES, sizeof *work, err);
    index = oik_new((size_t)m.n, sizeof *index, err);
    status = m.lower && m.upper && m.measured && work && index ? sample_distances(&m, err) : OIK_E_MEMORY;
    if (status)
        goto done;
    measure_distances(&m, work);
    settle_disputes(&m, work);
    status = make_result(out, report, &m, index, err);
done:
    free(work);
    free(index);
    matcher_free(&m);
    return status;
}
