/** Residuals of one frame of inverse kinematics (see frame_residuals.h). */
#include "ik/frame_residuals.h"

#include <stdlib.h>

#include "base/mem.h"

double oik_target_R_weight(const oik_ik_target *target, int i) {
    return target->R && target->R_weight ? target->R_weight[i] : 0.0;
}

double oik_target_centre_weight(const oik_ik_target *target, int i) {
    return target->centre && target->centre_weight ? target->centre_weight[i] : 0.0;
}

double oik_target_link_weight(const oik_ik_target *target, const oik_chain *chain, int i) {
    int p = chain->joints[i].parent;
    if (p < 0 || !target->centre || !target->link_weight || !(target->link_weight[i] != 0.0))
        return 0.0;
    return v3_dist(target->centre[i], target->centre[p]) == 0.0 ? 0.0 : target->link_weight[i];
}

static void fill_markers(oik_frame_residuals *f) {
    oik_markers *m = f->markers;
    m->n_markers = f->chain->n_segments;
    for (int i = 0; i < f->chain->n_segments; i++) {
        m->markers[i] = (oik_marker){.segment = i, .local = f->chain->joints[i].b, .keypoint = -1};
        double weight = oik_target_link_weight(f->target, f->chain, i);
        if (weight == 0.0)
            continue;
        f->link_weight[m->n_links] = weight;
        m->links[m->n_links++] = (oik_marker_link){.from = f->chain->joints[i].parent, .to = i, .weight = weight};
    }
}

static oik_status new_terms(oik_frame_residuals *f, double length_scale, oik_error *err) {
    size_t n = (size_t)f->chain->n_segments;
    bool *segments = oik_new(n, sizeof *segments, err), *centres = oik_new(n, sizeof *centres, err);
    oik_status status = OIK_E_MEMORY;
    if (!segments || !centres || !(f->link_weight = oik_new(n, sizeof *f->link_weight, err)) ||
        !(f->markers = oik_new(1, sizeof *f->markers, err)) ||
        !(f->markers->markers = oik_new(n, sizeof *f->markers->markers, err)) ||
        !(f->markers->links = oik_new(n, sizeof *f->markers->links, err)))
        goto done;
    fill_markers(f);
    for (size_t i = 0; i < n; i++) {
        segments[i] = oik_target_R_weight(f->target, (int)i) != 0.0;
        centres[i] = oik_target_centre_weight(f->target, (int)i) != 0.0;
    }
    oik_term_choice choice = {.segments = segments, .markers = centres, .positions = true, .links = true, .length_scale = length_scale};
    status = oik_frame_terms_new(&f->terms, f->chain, f->markers, &choice, err);
done:
    free(segments);
    free(centres);
    return status;
}

static void fill_pattern(oik_frame_residuals *f) {
    int row = 0, next = 0;
    for (int i = 0; i < f->terms->n_terms; i++)
        for (int a = 0; a < 3; a++) {
            const oik_term *term = &f->terms->terms[i];
            for (int k = 0; k < term->n_cols; k++)
                f->col[next++] = f->terms->col[term->first_col + k];
            f->row_start[++row] = next;
        }
    for (int k = 0; k < f->chain->n_dofs; k++) {
        f->col[next++] = k;
        f->row_start[++row] = next;
    }
}

static oik_status new_pattern(oik_frame_residuals *f, oik_error *err) {
    size_t n = (size_t)f->chain->n_dofs, n_rows = 3 * (size_t)f->terms->n_terms + n;
    f->row_start = oik_new(n_rows + 1, sizeof *f->row_start, err);
    f->col = oik_new((size_t)f->terms->n_values + n, sizeof *f->col, err);
    if (!f->row_start || !f->col)
        return OIK_E_MEMORY;
    fill_pattern(f);
    f->pattern = (oik_lsq_pattern){(int)n_rows, f->chain->n_dofs, f->row_start, f->col};
    return OIK_OK;
}

oik_status oik_frame_residuals_new(oik_frame_residuals **out, const oik_chain *chain, const oik_ik_target *target,
                                   const double *rest, const oik_ik_options *options, oik_error *err) {
    oik_frame_residuals *f = oik_new(1, sizeof *f, err);
    *out = NULL;
    if (!f)
        return OIK_E_MEMORY;
    f->chain = chain;
    f->target = target;
    f->rest = rest;
    f->prior_weight = options->prior_weight;
    oik_status status = oik_chain_pose_new(&f->pose, chain, err);
    if (!status)
        status = new_terms(f, options->length_scale, err);
    if (!status)
        status = new_pattern(f, err);
    if (status)
        oik_frame_residuals_free(f);
    else
        *out = f;
    return status;
}

void oik_frame_residuals_free(oik_frame_residuals *f) {
    if (!f)
        return;
    oik_frame_terms_free(f->terms);
    oik_markers_free(f->markers);
    oik_chain_pose_free(f->pose);
    free(f->link_weight);
    free(f->row_start);
    free(f->col);
    free(f);
}

/** A frozen coordinate has no range and no prior; nor has a dependent one, which would count for its master twice. */
static double prior_scale(const oik_frame_residuals *f, int k) {
    const oik_dof *dof = &f->chain->dofs[k];
    double range = dof->n_coefficients ? 0.0 : dof->upper - dof->lower;
    return range > 0.0 ? sqrt(f->prior_weight) / range : 0.0;
}

void oik_frame_residuals_evaluate(oik_frame_residuals *f, const double *q, double *r, double *jac) {
    const oik_ik_target *target = f->target;
    oik_frame_data data = {.x = target->centre, .weight = target->centre_weight, .R = target->R, .R_weight = target->R_weight,
                           .link_weight = f->link_weight};
    oik_chain_forward(f->pose, f->chain, q);
    oik_frame_terms_evaluate(f->terms, r, jac, f->pose, &data);
    r += 3 * f->terms->n_terms;
    for (int k = 0; k < f->chain->n_dofs; k++) {
        double scale = prior_scale(f, k);
        r[k] = scale * (q[k] - f->rest[k]);
        if (jac)
            jac[f->terms->n_values + k] = scale;
    }
}
