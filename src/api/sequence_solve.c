/** Joint angles over the frames of a sequence (see sequence.h). */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/sequence.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

/* ------------------------------------------------------------------ noise */

/**
 * Least noise of a segment's orientation [rad]: registration of smooth skins leaves 0.3 degrees (walking, generated from known poses).
 * The solver counts in metres at its length scale.
 */
static const double LEAST_ORIENTATION_NOISE = 0.005;

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/** Fourth difference of a segment's orientation from frame f on, as a rotation vector [rad]. */
static oik_vec3 fourth_difference(const oik_sequence *s, size_t frame, int segment) {
    static const double binomial[] = {1.0, -4.0, 6.0, -4.0, 1.0};
    size_t n = (size_t)s->n_segments, at = frame * n + (size_t)segment;
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t k = 1; k < 5; k++)
        sum = v3_madd(sum, binomial[k], oik_rot_log(m3_tmul(s->R[at], s->R[at + k * n])));
    return sum;
}

/**
 * Noise of the orientations [rad]: what fourth differences over time leave is noise and the quickest parts of the motion. Their
 * variance per axis is 70 sigma^2 (1 + 16 + 36 + 16 + 1), and the median length of a vector of three such numbers 1.538 times their
 * standard deviation. Time steps are taken as even; long ones overrate the noise, never underrate it.
 */
static oik_status orientation_noise(double *sigma, const oik_sequence *s, oik_error *err) {
    const double per_sigma = 1.538 * sqrt(70.0);
    *sigma = LEAST_ORIENTATION_NOISE;
    if (s->n_frames < 5)
        return OIK_OK;
    size_t n = (s->n_frames - 4) * (size_t)s->n_segments, k = 0;
    double *length = oik_new(n, sizeof *length, err);
    if (!length)
        return OIK_E_MEMORY;
    for (size_t f = 0; f + 4 < s->n_frames; f++)
        for (int i = 0; i < s->n_segments; i++)
            length[k++] = v3_norm(fourth_difference(s, f, i));
    qsort(length, n, sizeof *length, ascending);
    *sigma = fmax(*sigma, length[n / 2] / per_sigma);
    free(length);
    return OIK_OK;
}

/* ------------------------------------------------------------------ solving */

/**
 * How far joint centres of tracked bones stray from those of a chain of fixed lengths [m]: bones glide on each other, and the skin turns
 * about points beside the bones' joints. A centre counts as a measurement with this standard deviation beside orientations with theirs,
 * so that feet and hands of the chain stay near the tracked ones: without it they are 10 to 20 mm off in a walk of the built-in models
 * (mean over all bones 6.5 to 10 mm), with it 4 to 6 mm in mean, at 0.2 degrees of orientation.
 */
static const double CENTRE_NOISE = 0.005;

/**
 * What inverse kinematics is given: all orientations, the place of the root, and weakly those of the other joints. The turn of a clavicle
 * about its length, which posed bones do not show, follows the arm in carried ones (the rhythm of the shoulder), so it counts as the others
 * do.
 */
typedef struct target {
    oik_markers *markers; /**< n_segments, at the joints; where they are: oik_sequence.centre */
    double *weight, *R_weight;
} target;

static void target_free(target *t) {
    oik_markers_free(t->markers);
    free(t->weight);
    free(t->R_weight);
}

/** centre_weight: of the places of joints but the root's. */
static oik_status target_new(target *t, const oik_sequence *s, const oik_chain *chain, double centre_weight, oik_error *err) {
    size_t n = (size_t)s->n_segments;
    if (!(t->weight = oik_new(s->n_frames * n, sizeof *t->weight, err)) ||
        !(t->R_weight = oik_new(s->n_frames * n, sizeof *t->R_weight, err)))
        return OIK_E_MEMORY;
    oik_status status = oik_markers_new(&t->markers, n, 0, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        t->markers->markers[i] = oik_marker_at_joint(chain, (int)i);
    for (size_t f = 0; f < s->n_frames; f++)
        for (size_t i = 0; i < n; i++) {
            t->weight[f * n + i] = i == 0 ? 1.0 : centre_weight;
            t->R_weight[f * n + i] = 1.0;
        }
    return OIK_OK;
}

/**
 * With every orientation measured a frame depends little on those around it: windows of 48 frames with 8 in common differ from one whole
 * window by 0.001 degrees. These keep memory below that of tracking.
 */
enum { WINDOW = 120, OVERLAP = 16 };

oik_status oik_sequence_solve_chain(oik_ik_motion **out, const oik_sequence *s, const oik_chain *chain,
                                    int (*on_progress)(void *context, int n_done), void *context, oik_error *err) {
    *out = NULL;
    if (s->n_frames == 0 || s->n_frames > INT_MAX)
        return oik_fail(err, OIK_E_ARGUMENT, "a sequence of %zu frames, expected 1 to %d", s->n_frames, INT_MAX);
    oik_status status = oik_check_chain(chain, s->lying->kinematics, err);
    if (status)
        return status;
    target t = {0};
    oik_chain *same = NULL;
    double *q_rest = NULL, sigma = 0.0;
    oik_sequence_options options = oik_sequence_options_default();
    status = oik_chain_new(&same, &q_rest, s->lying->kinematics, err);
    if (!status)
        status = orientation_noise(&sigma, s, err);
    options.noise = sigma * options.length_scale;
    if (!status)
        status = target_new(&t, s, chain, fmin(1.0, pow(options.noise / CENTRE_NOISE, 2)), err);
    options.window = WINDOW;
    options.overlap = OVERLAP;
    options.on_progress = on_progress;
    options.context = context;
    oik_measurement m = {.n_frames = (int)s->n_frames, .time = s->time, .markers = t.markers, .x = s->centre, .weight = t.weight,
                         .R = s->R, .R_weight = t.R_weight};
    if (!status)
        status = oik_ik_solve_sequence(out, chain, &m, q_rest, &options, err);
    target_free(&t);
    oik_chain_free(same);
    free(q_rest);
    return status;
}

static int poll_window(void *context, int n_done) {
    (void)n_done;
    return oik_stage_poll(context);
}

/** The bones in the first frame, for the chain's file: orientations and centres as they were measured, origins as they were solved. */
static oik_status first_frame(oik_motion *motion, const oik_sequence *s, oik_error *err) {
    oik_status status = oik_skel_kinematics(&motion->measured, s->model->skeleton, s->lying->puppet, err);
    for (int i = 0; i < s->n_segments && !status; i++) {
        motion->measured->segments[i].R = s->R[i];
        motion->measured->segments[i].origin = motion->pose->origin[i];
        motion->measured->joints[i].centre = s->centre[i];
    }
    return status;
}

/** For rigs, at most so many frames, evenly spread: a mean over more is no better. */
enum { MAX_PLACED = 512 };

static oik_status take_placements(oik_motion *motion, const oik_sequence *s, oik_error *err) {
    size_t n_parts = (size_t)s->model->skeleton->n_parts, n = s->n_frames < MAX_PLACED ? s->n_frames : MAX_PLACED;
    oik_status status = oik_rig_placed_new(&motion->placed, (int)n, (int)n_parts, err);
    for (size_t i = 0; i < n && !status; i++) {
        size_t frame = n > 1 ? i * (s->n_frames - 1) / (n - 1) : 0;
        motion->placed.frame[i] = (int)frame;
        memcpy(motion->placed.r + i * n_parts, s->part_r + frame * n_parts, n_parts * sizeof *s->part_r);
        memcpy(motion->placed.t + i * n_parts, s->part_t + frame * n_parts, n_parts * sizeof *s->part_t);
    }
    return status;
}

oik_status oik_sequence_solve(oik_motion **out, const oik_sequence *s, const oik_chain *chain, oik_error *err) {
    oik_stage_watch watch = {.options = &s->options};
    oik_ik_motion *frames = NULL;
    oik_motion *motion = NULL;
    *out = NULL;
    oik_status status = oik_sequence_solve_chain(&frames, s, chain, poll_window, &watch, err);
    if (!status)
        status = oik_motion_of_frames(&motion, frames, err);
    if (!status)
        status = first_frame(motion, s, err);
    if (!status)
        status = take_placements(motion, s, err);
    status = oik_stage_status(&watch, status, "inverse kinematics", err);
    if (status)
        oik_motion_free(motion);
    else
        *out = motion;
    return status;
}
