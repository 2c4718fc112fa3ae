/** Barriers against the skin: which bone vertices need one, where, and how much it weighs (see containment.h). */
#include "skeleton/containment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "mesh/mesh.h"
#include "skeleton/clearance.h"
#include "skeleton/flex.h"
#include "skeleton/midline.h"

/* Thinnest skin over bone on the body is about 3 mm (shin, malleoli, knuckles: models/README.md); a bone closer than
 * MARGIN to the surface is pushed back, one closer than WATCH is guarded so that it does not cross in the next solve. A vertex with the skin
 * farther than FAR_INSIDE is not asked about further; where skin overlaps itself in folds, that decides which of its layers count. */
static const double MARGIN = 1.5e-3, WATCH = 3.5e-3, SEARCH = 60e-3, FAR_INSIDE = 12e-3;
/* A part's barriers weigh together like BARRIER_SHARE single ones of BARRIER_WEIGHT, however fine its mesh is. No weight jumps when a vertex
 * joins or leaves. Beyond FORCE_LIMIT outside, the force of a barrier does not grow any more: bones that have no room would buckle. */
static const double BARRIER_WEIGHT = 1000.0, BARRIER_SHARE = 8.0 /* 1 / 1 mm */, FORCE_LIMIT = 3e-3;
/* The same for bones of the hand, whose skin tells their places to a millimetre: fingers are tight, and stronger barriers turn bones in them
 * by 10 degrees and the hand by 5. */
static const double HAND_SHARE = 1.25;

/* What is inside another bone counts as much more than what is outside the skin: fewer vertices can be near a joint than under the skin. */
static const double ENTERED_SHARE = 10.0;

/* Joints of the skin's tree between a bone and skin that it can meet: hand bones do not leave the body through the belly. */
enum { NEIGHBOURHOOD = 2 };

/* Vertices that are looked at together. */
enum { BATCH = 256 };

/** Barrier terms that a part has in every solve, as long as the sequence lasts. */
typedef struct room {
    int32_t vertex; /**< of the part, for idle terms */
    size_t n;
} room;

struct oik_containment {
    const oik_skel_model *model;
    const oik_body_model *body;
    const int32_t (*faces)[3]; /**< borrowed */
    oik_locator *skin;
    oik_vec3 *seen_at;  /**< n_vertices, where each vertex was last looked at [m] */
    oik_vec3 *normal;   /**< n_vertices, outward normal of the bone in its part's frame */
    oik_vec3 *u;        /**< n_vertices, in their parts' frames with the shape that was last looked at [m] */
    double *shape;      /**< n_modes, that shape */
    oik_vec3 *bend;     /**< n_vertices, how far bones that bend are from where their part carries them (flex.h) [m] */
    double *clearance;  /**< n_vertices, distance to the skin there, -1 before the first look [m] */
    bool moved;         /**< by oik_containment_move: what is not near is deep inside, and barriers have room */
    room *room;         /**< n_parts */
    oik_puppet *best;   /**< of the placements so far the one whose bone vertices are the least outside, at first that without barriers */
    oik_clearance *between; /**< distances between bones; NULL when the model asks for none */
};

oik_status oik_containment_new(oik_containment **out, const oik_skel_model *model, const oik_body_model *body,
                               const oik_vec3 *x, const int32_t (*faces)[3], size_t n_faces, oik_limits limits, oik_error *err) {
    *out = NULL;
    oik_containment *c = oik_new(1, sizeof *c, err);
    if (!c)
        return OIK_E_MEMORY;
    c->model = model;
    c->body = body;
    c->faces = faces;
    c->seen_at = oik_new(model->n_vertices, sizeof *c->seen_at, err);
    c->clearance = oik_new(model->n_vertices, sizeof *c->clearance, err);
    c->normal = oik_new(model->n_vertices, sizeof *c->normal, err);
    c->u = oik_new(model->n_vertices, sizeof *c->u, err);
    c->shape = oik_new(model->n_modes, sizeof *c->shape, err);
    c->bend = oik_new(model->n_vertices, sizeof *c->bend, err);
    c->room = oik_new((size_t)model->n_parts, sizeof *c->room, err);
    bool complete = c->seen_at && c->clearance && c->normal && c->u && c->shape && c->bend && c->room;
    oik_status status = complete ? oik_puppet_new(&c->best, model, err) : OIK_E_MEMORY;
    bool gliding = limits != OIK_LIMITS_SKIN && model->clearances.n > 0, contact = limits == OIK_LIMITS_CONTACT;
    if (!status && (gliding || (contact && model->neighbours.n > 0)))
        status = oik_clearance_new(&c->between, model, contact, err);
    if (!status)
        status = oik_locator_new(&c->skin, x, body->n_vertices, faces, n_faces, err);
    if (status) {
        oik_containment_free(c);
        return status;
    }
    oik_mesh_normals(c->normal, model->mean, model->n_vertices, (const int32_t(*)[3])model->faces, model->n_faces);
    for (size_t i = 0; i < model->n_vertices; i++) {
        c->u[i] = model->mean[i];
        c->clearance[i] = -1.0;
        c->room[model->point_part[i]].vertex = (int32_t)i;
    }
    *out = c;
    return OIK_OK;
}

void oik_containment_free(oik_containment *c) {
    if (!c)
        return;
    oik_locator_free(c->skin);
    free(c->seen_at);
    free(c->clearance);
    free(c->normal);
    free(c->u);
    free(c->shape);
    free(c->bend);
    free(c->room);
    oik_puppet_free(c->best);
    oik_clearance_free(c->between);
    free(c);
}

double oik_skin_rigidity(oik_mat3 blend) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, blend);
    return fmin(1.0, fmax(0.05, (s.z - 0.5) / 0.4));
}

/** Number of steps between two joints of the body's tree. */
static int tree_distance(const oik_body_model *body, int a, int b) {
    int steps = 0;
    for (; a != b; steps++) { /* a parent has a smaller number than its children */
        if (a > b)
            a = body->parents[a];
        else
            b = body->parents[b];
    }
    return steps;
}

/** Can a vertex of this part meet this face of the skin? */
static bool is_neighbour(const oik_containment *c, size_t vertex, int32_t face) {
    int bone = c->model->part_joint[c->model->point_part[vertex]];
    return tree_distance(c->body, bone, c->body->part[c->faces[face][0]]) <= NEIGHBOURHOOD;
}

/** Nearest skin, near first because most bone is either close under it or too deep to matter. side: what is known of y at FAR_INSIDE. */
static int find_skin(oik_nearest *near, const oik_containment *c, oik_vec3 y, oik_side side) {
    if (side == OIK_SIDE_UNKNOWN && oik_locator_nearest(near, c->skin, y, FAR_INSIDE))
        return 1;
    if (side == OIK_SIDE_INSIDE || c->moved)
        return 0;
    return (side == OIK_SIDE_OUTSIDE || oik_locator_winding(c->skin, y) <= 0) && oik_locator_nearest(near, c->skin, y, SEARCH);
}

static bool cannot_have_reached(const oik_containment *c, size_t vertex, oik_vec3 y) {
    return c->clearance[vertex] - v3_dist(y, c->seen_at[vertex]) > WATCH;
}

/** How much a barrier counts: from 0 at WATCH to 1 at MARGIN, and less again the farther outside its vertex is (Huber's loss, reweighted). */
static double barrier_count(double depth) {
    return fmin(1.0, (WATCH - depth) / (WATCH - MARGIN)) * FORCE_LIMIT / fmax(FORCE_LIMIT, -depth);
}

/** Share the weight of a part's barriers, those since `first`; their weights hold how much each counts. */
static void balance(oik_terms *terms, size_t first, bool of_hand) {
    double count = 0.0, share = of_hand ? HAND_SHARE : BARRIER_SHARE;
    for (size_t i = first; i < terms->n; i++)
        count += terms->term[i].weight;
    double weight = BARRIER_WEIGHT * fmin(1.0, sqrt(share / fmax(count, 1.0)));
    for (size_t i = first; i < terms->n; i++)
        terms->term[i].weight = weight * sqrt(terms->term[i].weight);
}

/**
 * Look for the skin from y, near a vertex; a barrier that counts as `share` of one is added where the vertex lies less than WATCH under it.
 * Skin that faces against the bone is the far side of a thin place or of another limb and says nothing about where the vertex left the
 * body. The term has a vertex where its part carries it.
 * @return how deep the vertex is, FAR_INSIDE when no skin is near [m]
 */
static double look_from(oik_terms *terms, double *beyond, oik_containment *c, size_t vertex, oik_vec3 y, oik_side side, oik_vec3 normal,
                        double share) {
    oik_nearest near;
    if (!find_skin(&near, c, y, side))
        return FAR_INSIDE;
    double depth = v3_dot(near.normal, v3_sub(near.point, c->seen_at[vertex]));
    if (depth >= WATCH || v3_dot(near.normal, normal) < 0.0 || !is_neighbour(c, vertex, near.face))
        return depth;
    *beyond += share * fmax(0.0, -depth);
    oik_terms_add(terms, (oik_term){.kind = OIK_TERM_BARRIER, .a = (int32_t)vertex, .b = -1, .distance = MARGIN,
                                    .weight = share * barrier_count(depth),
                                    .vector = v3_sub(near.point, c->bend[vertex]), .normal = near.normal});
    return depth;
}

/** Look at one vertex at y; in the midline, the skin of both sides counts half each (midline.h). R: its part's rotation. */
static void look_at(oik_terms *terms, double *beyond, oik_containment *c, size_t vertex, oik_vec3 y, oik_side side, oik_mat3 R) {
    oik_vec3 normal = m3_mulv(R, c->normal[vertex]);
    double depth;
    c->seen_at[vertex] = y;
    if (oik_in_midline(c->model, vertex)) {
        oik_vec3 aside = m3_mulv(R, oik_aside(c->model, c->model->point_part[vertex]));
        depth = look_from(terms, beyond, c, vertex, v3_add(y, aside), side, normal, 0.5);
        depth = fmin(depth, look_from(terms, beyond, c, vertex, v3_sub(y, aside), side, normal, 0.5));
    } else {
        depth = look_from(terms, beyond, c, vertex, y, side, normal, 1.0);
    }
    c->clearance[vertex] = fmax(0.0, depth);
}

/** Vertices of one part that are to be looked at. Together, since most are as deep inside as those about them. */
typedef struct batch {
    size_t n;
    int32_t vertex[BATCH];
    oik_vec3 y[BATCH]; /**< where they are [m] */
} batch;

static void look_at_batch(oik_terms *terms, double *beyond, oik_containment *c, batch *b, oik_mat3 R) {
    oik_side side[BATCH];
    oik_locator_sides(side, c->skin, b->y, b->n, FAR_INSIDE);
    for (size_t i = 0; i < b->n; i++)
        look_at(terms, beyond, c, (size_t)b->vertex[i], b->y[i], side[i], R);
    b->n = 0;
}

/** Look at vertices first .. end - 1 of near_order, all those of a part. */
static void look_at_part(oik_terms *terms, double *beyond, oik_containment *c, const oik_puppet *puppet, int32_t part, size_t first, size_t end) {
    batch b = {.n = 0};
    for (size_t i = first; i < end; i++) {
        size_t vertex = (size_t)c->model->near_order[i];
        oik_vec3 y = v3_add(v3_add(m3_mulv(puppet->R[part], c->u[vertex]), puppet->t[part]), c->bend[vertex]);
        if (cannot_have_reached(c, vertex, y))
            continue;
        b.vertex[b.n] = (int32_t)vertex;
        b.y[b.n++] = y;
        if (b.n == BATCH)
            look_at_batch(terms, beyond, c, &b, puppet->R[part]);
    }
    look_at_batch(terms, beyond, c, &b, puppet->R[part]);
}

/** Idle barriers after the n that a part has, until its room is full. */
static void fill_room(oik_terms *terms, oik_containment *c, int32_t part, const oik_puppet *puppet, size_t n) {
    const size_t step = 32; /* grown with a quarter to spare, so that it is seldom done */
    room *r = &c->room[part];
    if (n > r->n)
        r->n = (n + n / 4 + step) / step * step;
    for (; n < r->n; n++) /* their plane is a metre away from the vertex */
        oik_terms_add(terms, (oik_term){.kind = OIK_TERM_BARRIER, .a = r->vertex, .b = -1, .distance = -1.0, .weight = BARRIER_WEIGHT,
                                        .vector = oik_puppet_point(puppet, c->model, (size_t)r->vertex), .normal = v3(0, 1, 0)});
}

/** Local positions are those of the puppet's shape, which seldom changes. */
static void follow_shape(oik_containment *c, const oik_puppet *puppet) {
    size_t size = c->model->n_modes * sizeof *c->shape;
    if (memcmp(c->shape, puppet->shape, size) == 0)
        return;
    memcpy(c->shape, puppet->shape, size);
    for (size_t i = 0; i < c->model->n_vertices; i++)
        c->u[i] = oik_puppet_local(c->shape, c->model, i);
}

oik_status oik_containment_add(oik_terms *terms, double *beyond, oik_containment *c, const oik_puppet *puppet,
                               oik_error *err) {
    const oik_skel_model *model = c->model;
    double sum = 0.0;
    follow_shape(c, puppet);
    oik_flex_offsets(c->bend, puppet, model);
    for (size_t i = 0, end; i < model->n_vertices; i = end) {
        int32_t part = model->point_part[i];
        size_t before = terms->n;
        for (end = i; end < model->n_vertices && model->point_part[end] == part;)
            end++;
        look_at_part(terms, &sum, c, puppet, part, i, end);
        balance(terms, before, model->part_joint[part] >= OIK_J_WRIST_L && !model->published);
        if (c->moved)
            fill_room(terms, c, part, puppet, terms->n - before);
    }
    if (beyond)
        *beyond = sum;
    return terms->status ? oik_fail(err, terms->status, "out of memory for the barrier terms") : OIK_OK;
}

oik_status oik_containment_move(oik_containment *c, const oik_vec3 *x, const oik_puppet *from, const oik_puppet *to, double slip,
                                oik_error *err) {
    oik_status status = oik_locator_move(c->skin, x, err);
    if (status)
        return status;
    for (size_t i = 0; i < c->model->n_vertices; i++) {
        int32_t part = c->model->point_part[i];
        oik_vec3 arm = m3_tmulv(from->R[part], v3_sub(c->seen_at[i], from->t[part]));
        c->seen_at[i] = v3_add(to->t[part], m3_mulv(to->R[part], arm));
        c->clearance[i] -= slip;
    }
    c->moved = true;
    return OIK_OK;
}

/** The placement of the last solve, its report and how far its bone vertices are outside or in other bones, all together. */
typedef struct outcome {
    oik_lsq_report report;
    double beyond; /**< [m] */
} outcome;

/** Distances between bones, and barriers. @param[out] beyond how far bones are outside the skin or inside other bones [m] */
static oik_status add_limits(oik_terms *terms, double *beyond, oik_containment *c, const oik_puppet *puppet, oik_error *err) {
    double outside = 0.0, entered = 0.0;
    oik_status status = c->between ? oik_clearance_add(terms, &entered, c->between, puppet, true, c->moved, err) : OIK_OK;
    if (!status)
        status = oik_containment_add(terms, &outside, c, puppet, err);
    *beyond = outside + ENTERED_SHARE * entered;
    return status;
}

/**
 * Barriers pull about bones that hardly fit under the skin: if they end farther outside than before, what was before stands. Going back
 * to it is a step.
 */
static oik_status judge(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, oik_containment *c, const outcome *best,
                        const oik_skel_options *options, oik_error *err) {
    size_t before = terms->n;
    double now = 0.0;
    oik_status status = add_limits(terms, &now, c, puppet, err);
    terms->n = before;
    if (status || now <= best->beyond)
        return status;
    oik_puppet_copy(puppet, c->best);
    report->final_cost = best->report.final_cost;
    report->stop = best->report.stop;
    report->n_accepted++;
    if (options->on_step && options->on_step(options->on_step_context, 1, puppet, report->final_cost) != 0)
        return oik_fail(err, OIK_E_CANCELLED, "stopped by the caller while placing the bones");
    return OIK_OK;
}

/**
 * Barriers for the next round. The placement that they are for becomes the best one when it is. With an imported model that is the first
 * one.
 */
static oik_status next_round(oik_terms *terms, outcome *best, oik_containment *c, const oik_puppet *puppet, const oik_lsq_report *report,
                             int round, oik_error *err) {
    double beyond = 0.0;
    oik_status status = add_limits(terms, &beyond, c, puppet, err);
    if (status || (round > 0 && (c->model->published || beyond > best->beyond)))
        return status;
    *best = (outcome){*report, beyond};
    oik_puppet_copy(c->best, puppet);
    return OIK_OK;
}

oik_status oik_containment_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms,
                                 oik_containment *containment, const oik_skel_options *options, oik_error *err) {
    size_t before = terms->n;
    outcome best = {.beyond = 0.0};
    double entered;
    oik_status status = containment->between ? oik_clearance_add(terms, &entered, containment->between, puppet, false, containment->moved, err) : OIK_OK;
    for (int32_t part = 0; containment->moved && part < containment->model->n_parts; part++)
        fill_room(terms, containment, part, puppet, 0);
    if (!status)
        status = oik_terms_solve(report, puppet, terms, options, err);
    for (int round = 0; !status && round < options->containment_rounds; round++) {
        oik_lsq_report part;
        terms->n = before; /* the barriers of the last round stood where the skin was nearest then */
        status = next_round(terms, &best, containment, puppet, report, round, err);
        if (status || terms->n == before)
            return status;
        status = oik_terms_solve(&part, puppet, terms, options, err);
        report->n_accepted += part.n_accepted;
        report->n_evaluations += part.n_evaluations;
        report->final_cost = part.final_cost;
        report->stop = part.stop;
    }
    return !status && options->containment_rounds > 0 ? judge(report, puppet, terms, containment, &best, options, err) : status;
}
