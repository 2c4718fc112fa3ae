#include "models/subject_report.h"

#include <stdlib.h>

#include "base/mem.h"
#include "models/subject_draw.h"
#include "skeleton/lying.h"

const double oik_subject_depth_limit = 1e-3, oik_subject_outside_limit = 3e-3;

static const double MM = 1e3;

/**
 * Proportions of extents along the parts' axes, with bounds that hold nearly all adults: mean and spread of the indices in White, Black &
 * Folkens, Human Osteology, 3rd ed. (2012), and Feldesman et al. 1990 for the femur [L], 4 standard deviations each way.
 */
static const struct ratio {
    const char *name, *over, *under; /**< bones; under NULL: stature */
    double low, high;
} ratios[OIK_SUBJECT_N_RATIOS] = {
    {"femur / stature", "femur_l", NULL, 0.235, 0.300},
    {"tibia / femur (crural)", "tibia_l", "femur_l", 0.72, 0.94},
    {"radius / humerus (brachial)", "radius_l", "humerus_l", 0.66, 0.88},
    {"humerus / femur", "humerus_l", "femur_l", 0.62, 0.82},
    {"hip bone / femur", "hip_bone_l", "femur_l", 0.40, 0.58},
};

/* ---- making ---- */

oik_status oik_subject_report_new(oik_subject_report **out, const oik_subject_gauge *gauge, int n, oik_error *err) {
    oik_subject_report *r = *out = oik_new(1, sizeof *r, err);
    if (!r)
        return OIK_E_MEMORY;
    size_t n_pairs = (size_t)gauge->n_pairs, n_bones = (size_t)gauge->model->n_bones;
    *r = (oik_subject_report){.gauge = gauge, .room = n};
    r->rows = oik_new((size_t)n, sizeof *r->rows, err);
    r->pair_worst = oik_new(n_pairs, sizeof *r->pair_worst, err);
    r->pair_count = oik_new(n_pairs, sizeof *r->pair_count, err);
    r->bone_worst = oik_new(n_bones, sizeof *r->bone_worst, err);
    r->bone_count = oik_new(n_bones, sizeof *r->bone_count, err);
    r->depth = oik_new(n_pairs, sizeof *r->depth, err);
    r->outside = oik_new(n_bones, sizeof *r->outside, err);
    if (r->rows && r->pair_worst && r->pair_count && r->bone_worst && r->bone_count && r->depth && r->outside)
        return OIK_OK;
    oik_subject_report_free(r);
    *out = NULL;
    return OIK_E_MEMORY;
}

void oik_subject_report_free(oik_subject_report *r) {
    if (!r)
        return;
    free(r->rows);
    free(r->pair_worst);
    free(r->pair_count);
    free(r->bone_worst);
    free(r->bone_count);
    free(r->depth);
    free(r->outside);
    free(r);
}

/* ---- adding ---- */

static double stature_of(const oik_body_fit *fit, size_t n) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, fit->v_subject[i].y);
        high = fmax(high, fit->v_subject[i].y);
    }
    return high - low;
}

static void keep_depths(oik_subject_report *r, oik_subject_row *row) {
    for (int i = 0; i < r->gauge->n_pairs; i++) {
        double beyond = r->depth[i] - r->gauge->pairs[i].template_depth;
        r->pair_worst[i] = fmax(r->pair_worst[i], beyond);
        r->pair_count[i] += beyond > oik_subject_depth_limit;
        if (beyond > row->deepest) {
            row->deepest = beyond;
            row->deepest_pair = i;
        }
    }
}

static void keep_outside(oik_subject_report *r, oik_subject_row *row) {
    for (int b = 0; b < r->gauge->model->n_bones; b++) {
        r->bone_worst[b] = fmax(r->bone_worst[b], r->outside[b]);
        r->bone_count[b] += r->outside[b] > oik_subject_outside_limit;
        if (r->outside[b] > row->outside) {
            row->outside = r->outside[b];
            row->outside_bone = b;
        }
    }
}

static void keep_ratios(oik_subject_row *row, const oik_subject_gauge *gauge, const oik_puppet *puppet) {
    for (int i = 0; i < OIK_SUBJECT_N_RATIOS; i++) {
        double under = ratios[i].under ? oik_subject_length(gauge, puppet, ratios[i].under) : row->stature;
        row->ratio[i] = oik_subject_length(gauge, puppet, ratios[i].over) / under;
    }
}

oik_status oik_subject_report_add(oik_subject_report *r, const oik_body_model *body, const double *beta, oik_error *err) {
    const oik_subject_gauge *g = r->gauge;
    oik_skel_options options = oik_skel_options_default();
    oik_subject_row *row = &r->rows[r->n];
    oik_body_fit fit;
    oik_puppet *puppet = NULL;
    oik_lying_skin skin = {0};
    oik_status status = oik_subject_fit(&fit, body, beta, err);
    if (!status)
        status = oik_skel_infer(&puppet, NULL, g->model, body, &fit, &options, err);
    if (!status)
        status = oik_lying_skin_new(&skin, g->model, body, &fit, err);
    if (!status)
        status = oik_subject_depths(r->depth, g, puppet, err);
    if (!status)
        status = oik_subject_outside(r->outside, g, puppet, skin.x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, err);
    if (!status) {
        *row = (oik_subject_row){.stature = stature_of(&fit, body->n_vertices), .deepest_pair = -1, .outside_bone = -1};
        keep_depths(r, row);
        keep_outside(r, row);
        keep_ratios(row, g, puppet);
        r->n++;
    }
    oik_lying_skin_free(&skin);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
    return status;
}

/* ---- printing ---- */

static bool implausible(const oik_subject_row *row) {
    bool any = false;
    for (int i = 0; i < OIK_SUBJECT_N_RATIOS; i++)
        any = any || !(row->ratio[i] >= ratios[i].low && row->ratio[i] <= ratios[i].high);
    return any;
}

int oik_subject_report_implausible(const oik_subject_report *r) {
    int n = 0;
    for (int i = 0; i < r->n; i++)
        n += implausible(&r->rows[i]);
    return n;
}

/** Subjects by the largest value that they have: bins end at the given millimetres. */
static void print_histogram(FILE *file, const oik_subject_report *r, const char *what, bool outside, double limit) {
    static const double end[] = {0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 1e9};
    enum { N = sizeof end / sizeof *end };
    int count[N] = {0}, within = 0;
    for (int i = 0; i < r->n; i++) {
        double x = outside ? r->rows[i].outside : r->rows[i].deepest;
        int bin = 0;
        while (MM * x > end[bin])
            bin++;
        count[bin]++;
        within += x <= limit;
    }
    fprintf(file, "%s: within %.0f mm in %d of %d subjects\n  up to mm ", what, MM * limit, within, r->n);
    for (int k = 0; k < N - 1; k++)
        fprintf(file, "%6g", end[k]);
    fprintf(file, "  more\n  subjects ");
    for (int k = 0; k < N; k++)
        fprintf(file, "%6d", count[k]);
    fprintf(file, "\n");
}

/** The next index in descending order of value after `last`; -1 at the end or when the value is no fault. */
static int next_worst(const double *value, int n, int last, double limit) {
    int best = -1;
    for (int i = 0; i < n; i++) {
        bool after = last < 0 || value[i] < value[last] || (value[i] == value[last] && i > last);
        if (after && value[i] > limit && (best < 0 || value[i] > value[best]))
            best = i;
    }
    return best;
}

static void print_worst(FILE *file, const oik_subject_report *r) {
    const oik_subject_gauge *g = r->gauge;
    int last = -1;
    fprintf(file, "pairs beyond %.0f mm: worst [mm], subjects, depth in the template [mm]\n", MM * oik_subject_depth_limit);
    for (int k = 0; k < 24 && (last = next_worst(r->pair_worst, g->n_pairs, last, oik_subject_depth_limit)) >= 0; k++)
        fprintf(file, "  %6.2f %4d %6.2f  %s - %s\n", MM * r->pair_worst[last], r->pair_count[last], MM * g->pairs[last].template_depth,
                g->model->bone_names[g->pairs[last].a], g->model->bone_names[g->pairs[last].b]);
    fprintf(file, "bones outside by more than %.0f mm: worst [mm], subjects\n", MM * oik_subject_outside_limit);
    last = -1;
    for (int k = 0; k < 16 && (last = next_worst(r->bone_worst, g->model->n_bones, last, oik_subject_outside_limit)) >= 0; k++)
        fprintf(file, "  %6.2f %4d  %s\n", MM * r->bone_worst[last], r->bone_count[last], g->model->bone_names[last]);
}

static void print_ratios(FILE *file, const oik_subject_report *r) {
    double mean = 0.0, square = 0.0;
    for (int i = 0; i < r->n; i++) {
        mean += r->rows[i].stature / r->n;
        square += r->rows[i].stature * r->rows[i].stature / r->n;
    }
    fprintf(file, "stature %.0f +- %.0f mm; proportions: mean, sd, least, greatest, allowed\n", MM * mean,
            MM * sqrt(fmax(0.0, square - mean * mean)));
    for (int k = 0; k < OIK_SUBJECT_N_RATIOS; k++) {
        double m = 0.0, s = 0.0, low = INFINITY, high = -INFINITY;
        for (int i = 0; i < r->n; i++) {
            double x = r->rows[i].ratio[k];
            m += x / r->n;
            s += x * x / r->n;
            low = fmin(low, x);
            high = fmax(high, x);
        }
        fprintf(file, "  %-28s %.3f %.3f  %.3f %.3f  %.3f-%.3f\n", ratios[k].name, m, sqrt(fmax(0.0, s - m * m)), low, high,
                ratios[k].low, ratios[k].high);
    }
    fprintf(file, "subjects with a proportion out of bounds: %d\n", oik_subject_report_implausible(r));
}

void oik_subject_report_print(FILE *file, const oik_subject_report *r, const char *title) {
    fprintf(file, "== %s: %d subjects, %d pairs of neighbours\n", title, r->n, r->gauge->n_pairs);
    print_histogram(file, r, "deepest intersection of neighbours beyond the template's own", false, oik_subject_depth_limit);
    print_histogram(file, r, "furthest bone vertex outside the skin", true, oik_subject_outside_limit);
    print_worst(file, r);
    print_ratios(file, r);
}
