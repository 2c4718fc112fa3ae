/** Posing of a sequence (see the header). */
#include "skeleton/track.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "skeleton/containment.h"
#include "skeleton/posing.h"

/** Points of a part that tell its placement: three fix it, four that are far apart weigh its turns about all axes. */
enum { POINTS_PER_PART = 4 };

/**
 * How far skin is taken to slide over bone from one frame to the next [m]: a vertex is looked at again in every frame when it was less
 * than 4 mm under the skin, in every 17th when it was deep inside. Measured on walking and on random motion, 7.5 to 30 frames per
 * second: bone vertices outside are 0.28 % and 0.20 % with 0.5 mm as with looking at all vertices in all frames.
 */
static const double SLIP = 0.5e-3;

struct oik_skel_track {
    const oik_skel_model *model;
    const oik_body_model *body;
    const int32_t (*faces)[3];
    size_t n_faces;
    oik_puppet *lying;
    oik_posing posing;
    oik_terms terms;
    oik_containment *containment;            /**< of the last frame; NULL: nothing is known of the skin */
    int32_t (*points)[POINTS_PER_PART];      /**< n_parts, points of the temporal term, -1 for none */
    oik_body_frames frames;                  /**< of the last frame */
    oik_puppet *last, *trial;                /**< its placement; that of the frame that is being posed */
    bool has_last;
};

oik_skel_track_options oik_skel_track_options_default(void) {
    oik_skel_track_options options = {.first = oik_skel_options_default(),
                                      .next = oik_skel_options_default(),
                                      .body_weight = 400.0,
                                      .temporal_weight = 20.0};
    options.first.containment_rounds = 1;
    options.next.containment_rounds = 1;
    options.next.max_iterations = 4;
    options.next.cost_tolerance = 1e-4;
    return options;
}

/* ---- points of the temporal term ---- */

/** Vertex of a part that is farthest from the points chosen so far; the first one when there are none. */
static int32_t farthest(const oik_skel_model *model, int32_t first, int32_t end, const int32_t *chosen, int n_chosen) {
    int32_t best = first;
    double largest = -1.0;
    for (int32_t i = first; i < end && n_chosen > 0; i++) {
        double nearest = HUGE_VAL;
        for (int k = 0; k < n_chosen; k++)
            nearest = fmin(nearest, v3_dist(model->mean[i], model->mean[chosen[k]]));
        if (nearest > largest) {
            largest = nearest;
            best = i;
        }
    }
    return best;
}

static void choose_points(oik_skel_track *track) {
    const oik_skel_model *model = track->model;
    for (int p = 0; p < model->n_parts; p++)
        for (int k = 0; k < POINTS_PER_PART; k++)
            track->points[p][k] = -1;
    for (int32_t first = 0, end; first < (int32_t)model->n_vertices; first = end) {
        int32_t part = model->point_part[first];
        for (end = first; end < (int32_t)model->n_vertices && model->point_part[end] == part;)
            end++;
        int32_t corner = farthest(model, first, end, &first, 1);
        track->points[part][0] = corner;
        for (int k = 1; k < POINTS_PER_PART; k++)
            track->points[part][k] = farthest(model, first, end, track->points[part], k);
    }
}

/* ---- making ---- */

oik_status oik_skel_track_new(oik_skel_track **out, const oik_skel_model *model, const oik_body_model *body, const oik_body_fit *fit,
                              const int32_t (*faces)[3], size_t n_faces, const oik_puppet *lying, oik_error *err) {
    *out = NULL;
    oik_skel_track *track = oik_new(1, sizeof *track, err);
    if (!track)
        return OIK_E_MEMORY;
    track->model = model;
    track->body = body;
    track->faces = faces;
    track->n_faces = n_faces;
    track->points = oik_new((size_t)model->n_parts, sizeof *track->points, err);
    oik_status status = track->points ? oik_puppet_new(&track->lying, model, err) : OIK_E_MEMORY;
    if (!status)
        status = oik_puppet_new(&track->last, model, err);
    if (!status)
        status = oik_puppet_new(&track->trial, model, err);
    if (status)
        goto done;
    oik_puppet_copy(track->lying, lying);
    oik_terms_init(&track->terms, model, false, track->lying->shape);
    choose_points(track);
    status = oik_posing_init(&track->posing, model, body, fit, track->lying, err);
done:
    if (status)
        oik_skel_track_free(track);
    else
        *out = track;
    return status;
}

void oik_skel_track_free(oik_skel_track *track) {
    if (!track)
        return;
    oik_posing_clear(&track->posing);
    oik_terms_free(&track->terms);
    oik_containment_free(track->containment);
    oik_puppet_free(track->lying);
    oik_puppet_free(track->last);
    oik_puppet_free(track->trial);
    free(track->points);
    free(track);
}

/* ---- one frame ---- */

/** The last placement, each part moved as the body joint that it hangs on has moved since. */
static void carry(oik_puppet *to, const oik_skel_track *track, const oik_body_frames *frames) {
    oik_puppet_copy(to, track->last);
    for (int p = 0; p < to->n_parts; p++) {
        int j = track->model->part_joint[p];
        oik_mat3 Q = m3_mul(frames->G[j], m3_transpose(track->frames.G[j]));
        to->R[p] = oik_rot_nearest(m3_mul(Q, to->R[p])); /* so that rounding does not add up over the frames */
        to->t[p] = v3_add(frames->p[j], m3_mulv(Q, v3_sub(to->t[p], track->frames.p[j])));
    }
}

/** Anchors at the points of every part where a puppet has them. */
static void add_anchors(oik_terms *terms, const oik_skel_track *track, const oik_puppet *at, double weight) {
    for (int p = 0; p < track->model->n_parts; p++)
        for (int k = 0; k < POINTS_PER_PART && track->points[p][k] >= 0 && weight > 0.0; k++) {
            oik_vec3 y = oik_puppet_point(at, track->model, (size_t)track->points[p][k]);
            oik_terms_add(terms, oik_term_anchor(track->points[p][k], y, weight, v3(0, 0, 0), 1.0));
        }
}

/** Energy of the frame but for barriers and the last frame; trial is where the body takes the lying puppet. */
static void add_frame(oik_skel_track *track, const oik_body_frames *frames, const oik_vec3 *x, const oik_skel_track_options *options) {
    oik_terms_clear(&track->terms);
    oik_posing_start(track->trial, &track->posing, frames, x);
    oik_posing_add(&track->terms, &track->posing, frames, x);
    add_anchors(&track->terms, track, track->trial, options->body_weight);
}

/** Nothing is known of the skin at x. */
static oik_status start_containment(oik_skel_track *track, const oik_vec3 *x, oik_error *err) {
    oik_containment_free(track->containment);
    track->containment = NULL;
    return oik_containment_new(&track->containment, track->model, track->body, x, track->faces, track->n_faces, OIK_LIMITS_GLIDING, err);
}

/** Without a past. */
static oik_status pose_first(oik_lsq_report *report, oik_skel_track *track, const oik_vec3 *x, const oik_skel_track_options *options,
                             oik_error *err) {
    oik_status status = start_containment(track, x, err);
    if (!status)
        status = oik_containment_solve(report, track->trial, &track->terms, track->containment, &options->first, err);
    return status;
}

static oik_status pose_next(oik_lsq_report *report, oik_skel_track *track, const oik_body_frames *frames, const oik_vec3 *x,
                            const oik_skel_track_options *options, oik_error *err) {
    carry(track->trial, track, frames);
    add_anchors(&track->terms, track, track->trial, options->temporal_weight);
    oik_status status = track->containment ? OIK_OK : start_containment(track, x, err);
    if (!status)
        status = oik_containment_move(track->containment, x, track->last, track->trial, SLIP, err);
    if (!status)
        status = oik_containment_solve(report, track->trial, &track->terms, track->containment, &options->next, err);
    return status;
}

oik_status oik_skel_track_frame(oik_puppet *puppet, oik_skel_track_report *report, oik_skel_track *track, const oik_body_frames *frames,
                                const oik_vec3 *x, bool restart, const oik_skel_track_options *options, oik_error *err) {
    oik_skel_track_report own = {.restarted = restart || !track->has_last};
    add_frame(track, frames, x, options);
    oik_status status = own.restarted ? pose_first(&own.solve, track, x, options, err)
                                      : pose_next(&own.solve, track, frames, x, options, err);
    if (status) {
        track->has_last = false; /* what is known of the skin may be half this frame's, half the last one's */
        return status;
    }
    oik_puppet_copy(puppet, track->trial);
    oik_puppet_copy(track->last, track->trial);
    track->frames = *frames;
    track->has_last = true;
    if (report)
        *report = own;
    return OIK_OK;
}

void oik_skel_track_carried(oik_puppet *puppet, oik_skel_track *track, const oik_body_frames *frames) {
    oik_posing_start(puppet, &track->posing, frames, NULL);
}

void oik_skel_track_continue(oik_skel_track *track, const oik_puppet *last, const oik_body_frames *frames) {
    oik_puppet_copy(track->last, last);
    track->frames = *frames;
    track->has_last = true;
    oik_containment_free(track->containment);
    track->containment = NULL;
}
