/** The energy of posing (formulas in posing.h). */
#include "skeleton/posing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "skeleton/containment.h"
#include "skeleton/path.h"
#include "skeleton/published_terms.h"

/** Sphere centres of the subject's shape, the one on the parent part first. */
static oik_status find_balls(oik_posing *posing, oik_error *err) {
    const oik_skel_model *model = posing->model;
    const oik_published *published = model->published;
    posing->balls = oik_new(published->n_balls, sizeof *posing->balls, err);
    if (!posing->balls)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < published->n_balls; i++) {
        oik_terms_point *ball = posing->balls[i];
        for (int k = 0; k < 2; k++) {
            oik_status status = oik_published_centre(&ball[k], model, posing->lying->shape, published->ball_list[i][k], err);
            if (status)
                return status;
        }
        if (model->part_parent[ball[0].part] == ball[1].part) {
            oik_terms_point child = ball[0];
            ball[0] = ball[1];
            ball[1] = child;
        }
    }
    return OIK_OK;
}

/* ---- paths ---- */

/** Offsets that the stitches of paths have in the lying puppet. */
static oik_status find_paths(oik_posing *posing, oik_error *err) {
    const oik_skel_model *model = posing->model;
    const oik_puppet *lying = posing->lying;
    posing->path_angle = oik_new(model->paths.n, sizeof *posing->path_angle, err);
    posing->path_offset = oik_new(model->paths.n, sizeof *posing->path_offset, err);
    if (!posing->path_angle || !posing->path_offset)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < model->paths.n; i++) {
        int32_t stitch = model->paths.stitch[i], base = model->point_part[model->stitches.point_a[stitch]];
        oik_vec3 u = oik_path_local(model, i, lying->shape, oik_path_angle(model, i, lying));
        oik_vec3 y = oik_puppet_point(lying, model, (size_t)model->stitches.point_b[stitch]);
        posing->path_offset[i] = v3_sub(u, m3_tmulv(lying->R[base], v3_sub(y, lying->t[base])));
    }
    return OIK_OK;
}

/** Local position on the base that the follower's point is to have. What it is off its path when lying turns with the joint. */
static oik_vec3 path_target(const oik_posing *in, size_t path) {
    double bend = in->path_angle[path] - oik_path_angle(in->model, path, in->lying);
    oik_mat3 turn = oik_rot_axis(oik_path_axis(in->model, path, in->lying->shape), bend);
    oik_vec3 u = oik_path_local(in->model, path, in->lying->shape, in->path_angle[path]);
    return v3_sub(u, m3_mulv(turn, in->path_offset[path]));
}

/** A follower that three or more paths guide starts where they want it. */
static void start_on_paths(oik_puppet *start, const oik_posing *in) {
    enum { MAX_GUIDES = 8 };
    const oik_skel_model *model = in->model;
    const oik_paths *paths = &model->paths;
    for (size_t first = 0, end; first < paths->n; first = end) {
        oik_vec3 u[MAX_GUIDES], y[MAX_GUIDES];
        int32_t follower = model->point_part[model->stitches.point_b[paths->stitch[first]]];
        size_t n = 0;
        for (end = first; end < paths->n && model->point_part[model->stitches.point_b[paths->stitch[end]]] == follower; end++) {
            int32_t a = model->stitches.point_a[paths->stitch[end]], b = model->stitches.point_b[paths->stitch[end]];
            int32_t base = model->point_part[a];
            if (n == MAX_GUIDES)
                continue;
            u[n] = oik_puppet_local(start->shape, model, (size_t)b);
            y[n++] = v3_add(m3_mulv(start->R[base], path_target(in, end)), start->t[base]);
        }
        oik_rigid placed;
        if (n < 3 || oik_rigid_fit(&placed, u, y, NULL, n, 0, NULL) != OIK_OK)
            continue;
        start->R[follower] = placed.R;
        start->t[follower] = placed.t;
    }
}

oik_status oik_posing_init(oik_posing *posing, const oik_skel_model *model, const oik_body_model *body, const oik_body_fit *fit,
                           const oik_puppet *lying, oik_error *err) {
    const oik_springs *springs = &model->springs;
    *posing = (oik_posing){.model = model, .body = body, .lying = lying};
    oik_status status = oik_lying_skin_new(&posing->skin, model, body, fit, err);
    if (!status)
        status = oik_puppet_new(&posing->reference, model, err);
    if (status)
        return status;
    posing->skin_turn = oik_new(springs->n, sizeof *posing->skin_turn, err);
    posing->digit = oik_new((size_t)model->n_parts, sizeof *posing->digit, err);
    posing->n_sides = oik_digits_n_sides(posing->skin.digits);
    posing->side = oik_new(posing->n_sides, sizeof *posing->side, err);
    if (!posing->skin_turn || !posing->digit || !posing->side)
        return OIK_E_MEMORY;
    oik_digits_sides(posing->side, posing->skin.digits, model, posing->skin.x);
    for (size_t i = 0; i < springs->n; i++)
        posing->skin_turn[i] = oik_body_vertex_rotation(body, (size_t)springs->skin[i], &posing->skin.frames);
    status = find_paths(posing, err);
    return !status && model->published ? find_balls(posing, err) : status;
}

void oik_posing_clear(oik_posing *posing) {
    oik_lying_skin_free(&posing->skin);
    free(posing->skin_turn);
    free(posing->digit);
    free(posing->side);
    free(posing->balls);
    free(posing->path_angle);
    free(posing->path_offset);
    oik_puppet_free(posing->reference);
    *posing = (oik_posing){0};
}

/** Where the skin of its part takes a point. */
static oik_vec3 with_digit(const oik_digit_motion *T, oik_vec3 y) {
    return v3_add(T->t, m3_mulv(T->R, y));
}

/** Start: each part moves with the joint of the body model that it hangs on, hands and fingers with their skin where it is known. */
static void start_from_body(oik_puppet *puppet, const oik_posing *in, const oik_body_frames *frames) {
    for (int p = 0; p < puppet->n_parts; p++) {
        int j = in->model->part_joint[p];
        oik_mat3 Q = m3_mul(frames->G[j], m3_transpose(in->skin.frames.G[j]));
        oik_vec3 arm = v3_sub(in->reference->t[p], in->skin.frames.p[j]);
        const oik_digit_motion *T = &in->digit[p];
        puppet->R[p] = m3_mul(T->known ? T->R : Q, in->reference->R[p]);
        puppet->t[p] = T->known ? with_digit(T, in->reference->t[p]) : v3_add(frames->p[j], m3_mulv(Q, arm));
    }
    memcpy(puppet->shape, in->lying->shape, puppet->n_modes * sizeof *puppet->shape);
}

/* below this elevation the follower does not turn yet (setting phase, Inman 1944) */
static const double SETTING_PHASE = 30.0 * 3.14159265358979323846 / 180.0;

/** Angle between a part's downward axis and the line through two points, but at least that of the setting phase [rad]. */
static double elevation(const oik_skel_model *model, const oik_puppet *puppet, int32_t base, const int32_t ends[2]) {
    oik_vec3 along = v3_unit(v3_sub(oik_puppet_point(puppet, model, (size_t)ends[1]), oik_puppet_point(puppet, model, (size_t)ends[0])));
    double angle = acos(fmax(-1.0, fmin(1.0, -v3_dot(along, m3_column(puppet->R[base], 1)))));
    return fmax(angle, SETTING_PHASE);
}

/** Turn the coupled parts of the reference by what the start of their drivers asks for. */
static void turn_coupled(oik_posing *in, const oik_puppet *start) {
    const oik_couplings *couplings = &in->model->couplings;
    for (size_t i = 0; i < couplings->n; i++) {
        const int32_t *part = couplings->part[i], *point = couplings->point[i];
        double rise = elevation(in->model, start, part[1], point + 3) - elevation(in->model, in->lying, part[1], point + 3);
        oik_vec3 pivot = oik_puppet_point(in->lying, in->model, (size_t)point[0]);
        oik_vec3 axis = v3_sub(oik_puppet_point(in->lying, in->model, (size_t)point[2]), oik_puppet_point(in->lying, in->model, (size_t)point[1]));
        oik_mat3 turn = oik_rot_axis(axis, couplings->ratio[i] * rise);
        oik_puppet *r = in->reference;
        r->R[part[0]] = m3_mul(turn, r->R[part[0]]);
        r->t[part[0]] = v3_add(pivot, m3_mulv(turn, v3_sub(r->t[part[0]], pivot)));
    }
}

/* skin that turns this much more or less than the joint of the bone under it counts half [rad] */
static const double HALF_TURN = 10.0 * 3.14159265358979323846 / 180.0;

/** How far skin goes with the bone: buttocks turn half with the thigh, and must not take the pelvis along. Q: turn of the skin since lying. */
static double loyalty(const oik_posing *in, int32_t point, oik_mat3 Q, const oik_body_frames *frames) {
    int j = in->model->part_joint[in->model->point_part[point]];
    double a = oik_rot_angle_between(Q, m3_mul(frames->G[j], m3_transpose(in->skin.frames.G[j])));
    return in->model->published ? 1.0 : 1.0 / (1.0 + a * a / (HALF_TURN * HALF_TURN));
}

/** Where a point of the reference goes when its part moves with the body's joint. */
static oik_vec3 carried_point(const oik_posing *in, int32_t point, const oik_body_frames *frames) {
    int j = in->model->part_joint[in->model->point_part[point]];
    oik_mat3 Q = m3_mul(frames->G[j], m3_transpose(in->skin.frames.G[j]));
    oik_vec3 y = oik_puppet_point(in->reference, in->model, (size_t)point);
    return v3_add(frames->p[j], m3_mulv(Q, v3_sub(y, in->skin.frames.p[j])));
}

/* What the skin at a spring does not tell, the motion of the joint does, at this share of the spring's weight. It does not keep pelves from
 * following the thighs in deep squats (turns do); with 2, bones whose thighs are too short for the pose were pushed out at the knees. */
static const double STAND_IN = 0.7;

static void add_springs(oik_terms *terms, const oik_posing *in, const oik_body_frames *frames, const oik_vec3 *x) {
    const oik_springs *springs = &in->model->springs;
    for (size_t i = 0; i < springs->n; i++) {
        oik_vec3 y = oik_puppet_point(in->lying, in->model, (size_t)springs->point[i]);
        const oik_digit_motion *T = &in->digit[in->model->point_part[springs->point[i]]];
        if (T->known) {
            oik_terms_add(terms, oik_term_anchor(springs->point[i], with_digit(T, y), springs->weight[i] * T->weight, v3(0, 0, 0), 1.0));
            continue;
        }
        size_t v = (size_t)springs->skin[i];
        oik_mat3 posed = oik_body_blend(in->body, v, frames);
        oik_mat3 Q = m3_mul(oik_rot_nearest(posed), m3_transpose(in->skin_turn[i]));
        oik_vec3 target = v3_add(x[v], m3_mulv(Q, v3_sub(y, in->skin.x[v])));
        double share = oik_skin_rigidity(posed) * loyalty(in, springs->point[i], Q, frames);
        double other = in->model->published ? 0.0 : STAND_IN * (1.0 - share);
        double weight = hypot(share, other), part = other * other / (weight * weight);
        target = v3_add(v3_scale(target, 1.0 - part), v3_scale(carried_point(in, springs->point[i], frames), part));
        oik_terms_add(terms, oik_term_anchor(springs->point[i], target, springs->weight[i] * weight, v3(0, 0, 0), 1.0));
    }
}

/** Turns of parts since lying are those of their joints of the body: unit arms along three axes, of which two tell a turn about the third. */
static void add_turns(oik_terms *terms, const oik_posing *in, const oik_body_frames *frames) {
    const oik_turns *turns = &in->model->turns;
    for (size_t i = 0; i < turns->n; i++) {
        int32_t p = turns->part[i], middle = oik_terms_add_point(terms, p, v3(0, 0, 0));
        int j = in->model->part_joint[p];
        oik_mat3 R = m3_mul(m3_mul(frames->G[j], m3_transpose(in->skin.frames.G[j])), in->lying->R[p]);
        const oik_vec3 arm[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        for (int k = 0; k < 3; k++)
            oik_terms_add(terms, (oik_term){.kind = OIK_TERM_OFFSET, .a = oik_terms_add_point(terms, p, arm[k]), .b = middle,
                                            .weight = turns->weight[i] / sqrt(2.0), .vector = m3_mulv(R, arm[k])});
    }
}

/* how far a point 30 mm beside a finger bone may be off where its skin takes it: 3 mm, or 6 deg */
static const double SIDE_WEIGHT = 333.0;

/** A finger bone in a tight finger does not turn about its length to make room. */
static void add_sides(oik_terms *terms, const oik_posing *in) {
    for (size_t i = 0; i < in->n_sides; i++) {
        const oik_digit_side *side = &in->side[i];
        const oik_digit_motion *T = &in->digit[side->part];
        if (!T->known)
            continue;
        oik_vec3 y = v3_add(in->lying->t[side->part], m3_mulv(in->lying->R[side->part], side->u));
        int32_t point = oik_terms_add_point(terms, side->part, side->u);
        oik_terms_add(terms, oik_term_anchor(point, with_digit(T, y), SIDE_WEIGHT, m3_mulv(T->R, side->normal), 0.0));
    }
}

static void add_stitches(oik_terms *terms, const oik_posing *in) {
    const oik_stitches *stitches = &in->model->stitches;
    for (size_t i = 0, path = 0; i < stitches->n; i++) { /* paths are in the order of their stitches */
        int32_t a = stitches->point_a[i], b = stitches->point_b[i];
        oik_vec3 offset = v3(0, 0, 0);
        if (stitches->keep_offset[i]) {
            oik_vec3 gap = v3_sub(oik_puppet_point(in->reference, in->model, (size_t)a), oik_puppet_point(in->reference, in->model, (size_t)b));
            offset = m3_tmulv(in->reference->R[in->model->point_part[a]], gap);
        }
        if (path < in->model->paths.n && in->model->paths.stitch[path] == (int32_t)i) {
            a = oik_terms_add_point(terms, in->model->point_part[a], path_target(in, path++));
            offset = v3(0, 0, 0);
        }
        oik_terms_add(terms, oik_term_stitch(a, b, stitches->weight_pose[i], offset));
    }
}

static void add_ligaments(oik_terms *terms, const oik_posing *in) {
    const oik_ligaments *ligaments = &in->model->ligaments;
    for (size_t i = 0; i < ligaments->n; i++) {
        int32_t a = ligaments->point_a[i], b = ligaments->point_b[i];
        double rest = v3_dist(oik_puppet_point(in->lying, in->model, (size_t)a), oik_puppet_point(in->lying, in->model, (size_t)b));
        oik_terms_add(terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = a, .b = b, .weight = ligaments->weight[i], .distance = rest});
    }
}

/** Forward and sideways of the lying puppet tell all turns. */
static void add_curves(oik_terms *terms, const oik_posing *in) {
    const oik_curves *curves = &in->model->curves;
    const oik_vec3 directions[2] = {{0, 0, 1}, {1, 0, 0}};
    for (size_t i = 0; i < 2 * curves->n; i++) {
        const int32_t *part = curves->part[i / 2];
        int32_t point[3];
        oik_vec3 d[3];
        for (int k = 0; k < 3; k++) {
            point[k] = oik_terms_add_point(terms, part[k], v3(0, 0, 0));
            d[k] = m3_tmulv(in->lying->R[part[k]], directions[i % 2]);
        }
        oik_terms_add(terms, (oik_term){.kind = OIK_TERM_CURVE, .a = point[0], .b = point[1], .c = point[2], .weight = curves->weight[i / 2],
                                        .distance = curves->share[i / 2], .S = m3_columns(d[0], d[1], d[2])});
    }
}

static void add_balls(oik_terms *terms, const oik_posing *in) {
    const oik_published *published = in->model->published;
    const oik_puppet *at = in->reference;
    for (size_t i = 0; published && i < published->n_balls; i++) {
        const oik_terms_point *a = &in->balls[i][0], *b = &in->balls[i][1];
        oik_vec3 offset = v3(0, 0, 0);
        if (!published->ball_coincide[i]) {
            oik_vec3 y_b = v3_add(m3_mulv(at->R[b->part], b->u), at->t[b->part]);
            offset = v3_sub(a->u, m3_tmulv(at->R[a->part], v3_sub(y_b, at->t[a->part])));
        }
        oik_terms_add(terms, oik_term_stitch(oik_terms_add_point(terms, a->part, a->u), oik_terms_add_point(terms, b->part, b->u),
                                             published->ball_weight[i], offset));
    }
}

void oik_posing_start(oik_puppet *start, oik_posing *posing, const oik_body_frames *frames, const oik_vec3 *x) {
    memset(posing->digit, 0, (size_t)posing->model->n_parts * sizeof *posing->digit);
    if (x)
        oik_digits_follow(posing->digit, posing->skin.digits, posing->skin.x, x);
    oik_puppet_copy(posing->reference, posing->lying);
    start_from_body(start, posing, frames);
    turn_coupled(posing, start);
    start_from_body(start, posing, frames);
    for (size_t i = 0; i < posing->model->paths.n; i++)
        posing->path_angle[i] = oik_path_angle(posing->model, i, start);
    start_on_paths(start, posing);
}

void oik_posing_add(oik_terms *terms, const oik_posing *posing, const oik_body_frames *frames, const oik_vec3 *x) {
    add_springs(terms, posing, frames, x);
    add_turns(terms, posing, frames);
    add_sides(terms, posing);
    add_stitches(terms, posing);
    add_ligaments(terms, posing);
    add_curves(terms, posing);
    add_balls(terms, posing);
}
