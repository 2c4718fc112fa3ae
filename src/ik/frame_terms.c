/** Rows of one frame's measurements (see frame_terms.h). */
#include "ik/frame_terms.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

oik_frame_data oik_measurement_frame(const oik_measurement *m, const oik_chain *chain, int frame) {
    size_t markers = (size_t)frame * (size_t)(m->markers ? m->markers->n_markers : 0);
    size_t segments = (size_t)frame * (size_t)chain->n_segments;
    return (oik_frame_data){.x = m->x ? m->x + markers : NULL,
                            .weight = m->weight ? m->weight + markers : NULL,
                            .R = m->R ? m->R + segments : NULL,
                            .R_weight = m->R_weight ? m->R_weight + segments : NULL};
}

oik_vec3 oik_marker_position(const oik_marker *marker, const oik_chain_pose *pose) {
    return v3_add(pose->origin[marker->segment], m3_mulv(pose->R[marker->segment], marker->local));
}

static const oik_markers NO_MARKERS = {0, 0, NULL, NULL};

/* ---- layout -------------------------------------------------------------------------------------------------------- */

static int path_length(const oik_chain_paths *paths, int segment) {
    return paths->start[segment + 1] - paths->start[segment];
}

/** Segment whose path a term with one path follows. */
static int segment_of(const oik_frame_terms *t, const oik_term *term) {
    return term->kind == OIK_TERM_ORIENTATION ? term->index : t->markers->markers[term->index].segment;
}

/** Ascending union of two segments' paths, appended to col; col may be NULL. The number of its coordinates. */
static int join_paths(int *col, const oik_chain_paths *paths, int a, int b) {
    const int *pa = paths->dof + paths->start[a], *pb = paths->dof + paths->start[b];
    int na = path_length(paths, a), nb = path_length(paths, b), n = 0;
    for (int i = 0, k = 0; i < na || k < nb; n++) {
        int next = k >= nb || (i < na && pa[i] < pb[k]) ? pa[i] : pb[k];
        i += i < na && pa[i] == next;
        k += k < nb && pb[k] == next;
        if (col)
            col[n] = next;
    }
    return n;
}

static int fill_columns(int *col, const oik_frame_terms *t, const oik_term *term) {
    if (term->kind != OIK_TERM_LINK)
        return join_paths(col, t->paths, segment_of(t, term), segment_of(t, term));
    const oik_marker_link *link = &t->markers->links[term->index];
    return join_paths(col, t->paths, t->markers->markers[link->from].segment, t->markers->markers[link->to].segment);
}

static void add_term(oik_frame_terms *t, oik_term_kind kind, int index) {
    t->terms[t->n_terms++] = (oik_term){.kind = kind, .index = index};
}

static void list_terms(oik_frame_terms *t, const oik_term_choice *choice) {
    for (int i = 0; choice->segments && i < t->chain->n_segments; i++)
        if (choice->segments[i])
            add_term(t, OIK_TERM_ORIENTATION, i);
    for (int i = 0; choice->positions && i < t->markers->n_markers; i++)
        if (!choice->markers || choice->markers[i])
            add_term(t, OIK_TERM_POSITION, i);
    for (int i = 0; choice->links && i < t->markers->n_links; i++)
        if (t->markers->links[i].weight > 0.0)
            add_term(t, OIK_TERM_LINK, i);
}

oik_status oik_markers_check(const oik_markers *markers, const oik_chain *chain, oik_error *err) {
    for (int i = 0; markers && i < markers->n_markers; i++)
        if (markers->markers[i].segment < 0 || markers->markers[i].segment >= chain->n_segments)
            return oik_fail(err, OIK_E_ARGUMENT, "marker %s is on segment %d, the chain has %d", markers->markers[i].name,
                            markers->markers[i].segment, chain->n_segments);
    for (int i = 0; markers && i < markers->n_links; i++) {
        const oik_marker_link *link = &markers->links[i];
        if (link->from < 0 || link->from >= markers->n_markers || link->to < 0 || link->to >= markers->n_markers)
            return oik_fail(err, OIK_E_ARGUMENT, "link %d joins markers %d and %d, there are %d", i, link->from, link->to,
                            markers->n_markers);
    }
    return OIK_OK;
}

static oik_status new_layout(oik_frame_terms *t, const oik_term_choice *choice, oik_error *err) {
    size_t most = (size_t)t->chain->n_segments + (size_t)t->markers->n_markers + (size_t)t->markers->n_links;
    if (!(t->terms = oik_new(most, sizeof *t->terms, err)))
        return OIK_E_MEMORY;
    list_terms(t, choice);
    size_t n_cols = 0;
    int longest = 0;
    for (int i = 0; i < t->n_terms; i++) {
        oik_term *term = &t->terms[i];
        term->first_col = (int)n_cols;
        term->n_cols = fill_columns(NULL, t, term);
        longest = term->n_cols > longest ? term->n_cols : longest;
        n_cols += (size_t)term->n_cols;
        if (3 * n_cols > INT_MAX)
            return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: the chain is too long (%zu derivatives)", 3 * n_cols);
    }
    t->n_values = (int)(3 * n_cols);
    if (!(t->col = oik_new(n_cols, sizeof *t->col, err)) || !(t->J = oik_new((size_t)longest, sizeof *t->J, err)) ||
        !(t->by_dof = oik_new((size_t)t->chain->n_dofs, sizeof *t->by_dof, err)))
        return OIK_E_MEMORY;
    for (int i = 0; i < t->n_terms; i++)
        fill_columns(t->col + t->terms[i].first_col, t, &t->terms[i]);
    return OIK_OK;
}

oik_status oik_frame_terms_new(oik_frame_terms **out, const oik_chain *chain, const oik_markers *markers,
                               const oik_term_choice *choice, oik_error *err) {
    *out = NULL;
    if (!(choice->length_scale > 0.0) || !(choice->robust_scale >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: length scale %g, robust scale %g, expected > 0, >= 0",
                        choice->length_scale, choice->robust_scale);
    oik_status status = oik_markers_check(markers, chain, err);
    if (status)
        return status;
    oik_frame_terms *t = oik_new(1, sizeof *t, err);
    if (!t)
        return OIK_E_MEMORY;
    t->chain = chain;
    t->markers = markers ? markers : &NO_MARKERS;
    t->length_scale = choice->length_scale;
    t->robust_scale = choice->robust_scale;
    status = oik_chain_paths_new(&t->paths, chain, err);
    if (!status)
        status = new_layout(t, choice, err);
    if (status)
        oik_frame_terms_free(t);
    else
        *out = t;
    return status;
}

void oik_frame_terms_free(oik_frame_terms *t) {
    if (!t)
        return;
    oik_chain_paths_free(t->paths);
    free(t->terms);
    free(t->col);
    free(t->J);
    free(t->by_dof);
    free(t);
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

/** What the rows of one term are made of: r, and M J_k for each of its coordinates. */
typedef struct term_rows {
    oik_vec3 r;
    oik_mat3 M;
} term_rows;

static const term_rows ABSENT = {{0, 0, 0}, {{{0}}}};

static void put_rows(double *r, double *jac, const oik_frame_terms *t, const oik_term *term, const term_rows *rows) {
    for (int a = 0; a < 3; a++)
        r[a] = v3_get(rows->r, a);
    for (int k = 0; jac && k < term->n_cols; k++) {
        oik_vec3 column = m3_mulv(rows->M, t->J[k]);
        jac[k] = column.x;
        jac[k + term->n_cols] = column.y;
        jac[k + 2 * term->n_cols] = column.z;
    }
}

static term_rows orientation_rows(oik_frame_terms *t, int i, const oik_chain_pose *pose, const oik_frame_data *data, bool derive) {
    if (!data->R || !data->R_weight || data->R_weight[i] == 0.0)
        return ABSENT;
    double w = sqrt(data->R_weight[i]);
    oik_vec3 phi = oik_rot_log(m3_tmul(pose->R[i], data->R[i]));
    term_rows rows = {.r = v3_scale(phi, w)};
    if (derive) {
        oik_mat3 left_inverse = m3_transpose(oik_rot_right_jacobian_inv(phi)); /* J_l(phi) = J_r(phi)^T */
        rows.M = m3_scale(m3_mul(left_inverse, m3_transpose(pose->R[i])), -w);
        oik_chain_rotation_jacobian(t->J, t->chain, t->paths, pose, i);
    }
    return rows;
}

/**
 * r -> h r with h^2 = log(1 + s) / s, s = |r|^2 / c^2, and its derivative (h I + 2 h' r r^T / c^2) dr.
 * h' = (1 / (s (1 + s)) - log(1 + s) / s^2) / (2 h).
 */
static void make_robust(term_rows *rows, double c) {
    const double small = 1e-6; /* below, h = 1 - s/4 and h' = -1/4 to rounding */
    double s = v3_dot(rows->r, rows->r) / (c * c);
    double h = s < small ? 1.0 - 0.25 * s : sqrt(log1p(s) / s);
    double slope = s < small ? -0.25 : (1.0 / (s * (1.0 + s)) - log1p(s) / (s * s)) / (2.0 * h);
    oik_mat3 outer = m3_outer(rows->r, v3_scale(rows->r, 2.0 * slope / (c * c)));
    rows->M = m3_mul(m3_add(m3_scale(m3_identity(), h), outer), rows->M);
    rows->r = v3_scale(rows->r, h);
}

static term_rows position_rows(oik_frame_terms *t, int i, const oik_chain_pose *pose, const oik_frame_data *data, bool derive) {
    const oik_marker *marker = &t->markers->markers[i];
    double w = sqrt(data->weight[i]) / t->length_scale;
    if (w == 0.0)
        return ABSENT;
    oik_vec3 p = oik_marker_position(marker, pose);
    term_rows rows = {.r = v3_sub(p, data->x[i]), .M = m3_identity()};
    if (derive)
        oik_chain_point_jacobian(t->J, t->chain, t->paths, pose, marker->segment, p);
    if (t->robust_scale > 0.0)
        make_robust(&rows, t->robust_scale);
    rows.r = v3_scale(rows.r, w);
    rows.M = m3_scale(rows.M, w);
    return rows;
}

/** by_dof += sign dp/dq for a marker. */
static void scatter_point(oik_frame_terms *t, const oik_marker *marker, oik_vec3 p, const oik_chain_pose *pose, double sign) {
    const int *dof = t->paths->dof + t->paths->start[marker->segment];
    oik_chain_point_jacobian(t->J, t->chain, t->paths, pose, marker->segment, p);
    for (int k = 0; k < path_length(t->paths, marker->segment); k++)
        t->by_dof[dof[k]] = v3_madd(t->by_dof[dof[k]], sign, t->J[k]);
}

/** Derivative of p_b - p_a in J, in the order of the term's coordinates. */
static void link_jacobian(oik_frame_terms *t, const oik_term *term, oik_vec3 pa, oik_vec3 pb, const oik_chain_pose *pose) {
    const oik_marker_link *link = &t->markers->links[term->index];
    const int *col = t->col + term->first_col;
    for (int k = 0; k < term->n_cols; k++)
        t->by_dof[col[k]] = v3(0, 0, 0);
    scatter_point(t, &t->markers->markers[link->from], pa, pose, -1.0);
    scatter_point(t, &t->markers->markers[link->to], pb, pose, 1.0);
    for (int k = 0; k < term->n_cols; k++)
        t->J[k] = t->by_dof[col[k]];
}

static term_rows link_rows(oik_frame_terms *t, const oik_term *term, const oik_chain_pose *pose, const oik_frame_data *data,
                           bool derive) {
    const oik_marker_link *link = &t->markers->links[term->index];
    double w = sqrt(data->link_weight ? data->link_weight[term->index]
                                      : link->weight * fmin(data->weight[link->from], data->weight[link->to]));
    if (w == 0.0)
        return ABSENT;
    oik_vec3 measured = v3_sub(data->x[link->to], data->x[link->from]);
    oik_vec3 pa = oik_marker_position(&t->markers->markers[link->from], pose);
    oik_vec3 pb = oik_marker_position(&t->markers->markers[link->to], pose);
    double length = v3_dist(pa, pb), measured_length = v3_norm(measured);
    if (length == 0.0 || measured_length == 0.0)
        return ABSENT; /* no direction */
    oik_vec3 d = v3_scale(v3_sub(pb, pa), 1.0 / length);
    term_rows rows = {.r = v3_scale(v3_madd(d, -1.0 / measured_length, measured), w)};
    if (derive) {
        rows.M = m3_scale(m3_add(m3_identity(), m3_scale(m3_outer(d, d), -1.0)), w / length);
        link_jacobian(t, term, pa, pb, pose);
    }
    return rows;
}

static term_rows rows_of(oik_frame_terms *t, const oik_term *term, const oik_chain_pose *pose, const oik_frame_data *data,
                         bool derive) {
    switch (term->kind) {
    case OIK_TERM_ORIENTATION:
        return orientation_rows(t, term->index, pose, data, derive);
    case OIK_TERM_POSITION:
        return position_rows(t, term->index, pose, data, derive);
    case OIK_TERM_LINK:
        break;
    }
    return link_rows(t, term, pose, data, derive);
}

void oik_frame_terms_evaluate(oik_frame_terms *t, double *r, double *jac, const oik_chain_pose *pose, const oik_frame_data *data) {
    for (int i = 0; i < t->n_terms; i++) {
        const oik_term *term = &t->terms[i];
        term_rows rows = rows_of(t, term, pose, data, jac != NULL);
        put_rows(r, jac, t, term, &rows);
        r += 3;
        if (jac)
            jac += 3 * term->n_cols;
    }
}
