#include "skin_modes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

static const double smoothing = 3;
/** stature's standard deviation over its mean: 68.6 / 1756.2 and 64.2 / 1628.5 (ANSUR II) */
static const double size_sd = 0.039;
/** of half of the way from male to female: all of it in a model of either sex, a quarter (judgement) among people of one sex, whose
 *  differences the other modes have */
static double gender_sd(double g) {
    return 0.25 + 3.0 * g * (1.0 - g);
}

typedef struct workspace {
    oik_skin_body body;
    double *radius;  /* n_left */
    oik_vec3 *moved; /* n_vertices */
} workspace;

/** vertices of the body with one parameter at `value` standard deviations */
static void change(oik_vec3 *out, workspace *w, const oik_skin_mode_input *in, int parameter, double value) {
    oik_skin_dimensions D = oik_skin_dimensions_at(in->dimensions, in->gender);
    oik_skin_parameters p = {{0}};
    p.value[parameter] = value;
    oik_skin_body_make(&w->body, &D, &p, in->gender);
    oik_skin_cast(w->radius, in->table, &w->body, in->radius);
    oik_skin_place(out, in->table, w->body.axes, w->radius);
}

static oik_vec3 shortened(oik_vec3 d, double longest) {
    double n = v3_norm(d);
    return n > longest ? v3_scale(d, longest / n) : d;
}

/** half of the difference, limited, smoothed, exactly symmetric */
static oik_status finish(oik_vec3 *mode, const oik_vec3 *plus, const oik_vec3 *minus, double longest,
                         const oik_skin_mode_input *in, oik_error *err) {
    const oik_skin_address_table *T = in->table;
    for (size_t i = 0; i < T->n_vertices; i++)
        mode[i] = shortened(v3_scale(v3_sub(plus[i], minus[i]), 0.5), longest);
    oik_status status = oik_skin_graph_smooth(mode, in->graph, smoothing, err);
    for (size_t i = 0; i < T->n_left; i++) {
        int32_t left = T->vertex[i], right = T->mirror[left];
        if (left == right)
            mode[left].x = 0;
        else
            mode[right] = v3(-mode[left].x, mode[left].y, mode[left].z);
    }
    return status;
}

/** the whole body grows about the middle of its height */
static void size_mode(oik_vec3 *mode, const oik_vec3 *vertices, size_t n) {
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        lowest = fmin(lowest, vertices[i].y);
        highest = fmax(highest, vertices[i].y);
    }
    for (size_t i = 0; i < n; i++)
        mode[i] = v3_scale(v3(vertices[i].x, vertices[i].y - 0.5 * (lowest + highest), vertices[i].z), size_sd);
}

/** Lower factor L of the correlations, L L' = r, in place. */
static oik_status factorise(oik_skin_correlations *c, oik_error *err) {
    for (int i = 0; i < c->n; i++) {
        c->r[i][i] = 1.0;
        for (int j = 0; j <= i; j++) {
            for (int k = 0; k < j; k++)
                c->r[i][j] -= c->r[i][k] * c->r[j][k];
            if (i == j && !(c->r[i][i] > 1e-6))
                return oik_fail(err, OIK_E_FORMAT, "the correlations of the shape parameters are not those of any people");
            c->r[i][j] = i == j ? sqrt(c->r[i][i]) : c->r[i][j] / c->r[j][j];
        }
    }
    return OIK_OK;
}

static size_t mode_of(int parameter) {
    return (size_t)(parameter == OIK_SKIN_N_PARAMETERS ? OIK_SKIN_N_PARAMETERS + 1 : parameter);
}

/** mode_i <- L_ii mode_i + sum over j > i of L_ji mode_j: a mode takes along what goes with it in people, as far as no mode before it did. */
static oik_status correlate(oik_vec3 *modes, size_t n, const oik_skin_correlations *correlations, oik_error *err) {
    oik_skin_correlations L = *correlations;
    oik_status status = factorise(&L, err);
    for (int i = 0; i < L.n && !status; i++) {
        oik_vec3 *mode = modes + mode_of(L.parameter[i]) * n;
        for (size_t v = 0; v < n; v++)
            mode[v] = v3_scale(mode[v], L.r[i][i]);
        for (int j = i + 1; j < L.n; j++)
            for (size_t v = 0; v < n; v++)
                mode[v] = v3_madd(mode[v], L.r[j][i], modes[mode_of(L.parameter[j]) * n + v]);
    }
    return status;
}

oik_status oik_skin_modes(oik_vec3 *modes, char (*names)[OIK_SKIN_NAME], const oik_skin_mode_input *in,
                          oik_error *err) {
    size_t n = in->table->n_vertices;
    oik_status status = OIK_E_MEMORY;
    workspace *w = oik_new(1, sizeof *w, err);
    if (!w)
        return status;
    w->radius = oik_new(in->table->n_left, sizeof *w->radius, err);
    w->moved = oik_new(2 * n, sizeof *w->moved, err);
    if (w->radius && w->moved)
        status = OIK_OK;
    for (int k = 0; status == OIK_OK && k < OIK_SKIN_N_PARAMETERS; k++) {
        change(w->moved, w, in, k, 1);
        change(w->moved + n, w, in, k, -1);
        status = finish(modes + (size_t)k * n, w->moved, w->moved + n, 0.030, in, err);
        snprintf(names[k], OIK_SKIN_NAME, "%s", oik_skin_parameter_name[k]);
    }
    if (status == OIK_OK) {
        oik_vec3 *gender = modes + OIK_SKIN_N_PARAMETERS * n;
        status = finish(gender, in->female, in->male, 0.090, in, err);
        for (size_t i = 0; i < n; i++)
            gender[i] = v3_scale(gender[i], gender_sd(in->gender));
        snprintf(names[OIK_SKIN_N_PARAMETERS], OIK_SKIN_NAME, "gender");
        size_mode(modes + (OIK_SKIN_N_PARAMETERS + 1) * n, in->vertices, n);
        snprintf(names[OIK_SKIN_N_PARAMETERS + 1], OIK_SKIN_NAME, "size");
    }
    if (status == OIK_OK)
        status = correlate(modes, n, &in->dimensions->correlations, err);
    free(w->radius);
    free(w->moved);
    free(w);
    return status;
}
