/**
 * The energies of the published method's calls (see the header).
 *
 *   symbol   code
 *   s        shape
 *   W        shape_regressor
 *   d0       rest
 *   w_i      contact_weight
 */
#include "skeleton/published_terms.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/sphere.h"

/* Source of all numbers here: the published method, see published.h. */
static const double CONTACT_DEPTH = 5e-3;       /* of a contact's target under the skin [m] */
static const double SHORTEST_SPRING = 10e-3;    /* [m] */

enum { ALL_EDGES = (1 << OIK_PUBLISHED_EDGES) - 1, SPINE_AND_ANKLES = 1 << 0 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 17 | 1 << 19 };

static const struct schedule {
    int steps;
    double spring, stitch, ligament, ball; /* weights */
    int edges;                             /* bit i: stitches of edge i */
    oik_ligament_group ligaments;
} schedule[OIK_N_CALLS] = {[OIK_CALL_LYING] = {.steps = 20},
                           [OIK_CALL_A] = {10, 1.0, 10.0, 1.0, 0.0, ALL_EDGES, OIK_LIGAMENT_CLAVICLE},
                           [OIK_CALL_B] = {10, 1.0, 1.0, 1.0, 0.0, ALL_EDGES, OIK_LIGAMENT_CLAVICLE},
                           [OIK_CALL_C] = {15, 0.05, 0.1, 1.0, 1.1, SPINE_AND_ANKLES, OIK_LIGAMENT_KNEE}};

oik_lsq_options oik_published_call_solver(oik_published_call call, bool more_iterations) {
    return oik_published_solver(schedule[call].steps, more_iterations);
}

/* volatile: gcc 12 drops the two conversions of all but the first of three numbers where it vectorises them (-O2, x86-64) */
static double to_single(double v) {
    volatile float single = (float)v;
    return (double)single;
}

void oik_published_round(oik_vec3 *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        x[i] = v3(to_single(x[i].x), to_single(x[i].y), to_single(x[i].z));
}

void oik_published_shape(double *shape, const oik_skel_model *model, const double *beta) {
    const oik_published *published = model->published;
    for (size_t k = 0; k < model->n_modes; k++) {
        shape[k] = published->shape_regressor[published->n_skin_modes * model->n_modes + k];
        for (size_t j = 0; j < published->n_skin_modes; j++)
            shape[k] += beta[j] * published->shape_regressor[j * model->n_modes + k];
    }
}

oik_status oik_published_centre(oik_terms_point *centre, const oik_skel_model *model, const double *shape, int32_t list, oik_error *err) {
    const int32_t *point = model->list_point + model->list_start[list];
    size_t n = (size_t)(model->list_start[list + 1] - model->list_start[list]);
    oik_vec3 *u = oik_new(n, sizeof *u, err);
    if (!u)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < n; i++)
        u[i] = oik_puppet_local(shape, model, (size_t)point[i]);
    oik_sphere sphere;
    oik_error why = {.status = OIK_OK};
    oik_status status = oik_sphere_fit(&sphere, u, n, &why);
    free(u);
    if (status)
        return oik_fail(err, OIK_E_MODEL, "skel_ball_list: point list %d: %s", list, why.message);
    *centre = (oik_terms_point){model->point_part[point[0]], sphere.centre};
    return OIK_OK;
}

/* ---- lying ---- */

oik_vec3 oik_published_landmark(const oik_skel_model *model, size_t i, const oik_vec3 *skin) {
    const oik_sparse_rows *rows = &model->landmarks.skin;
    oik_vec3 target = v3(0, 0, 0);
    for (int32_t e = rows->start[i]; e < rows->start[i + 1]; e++)
        target = v3_madd(target, rows->value[e], skin[rows->index[e]]);
    return target;
}

oik_term oik_published_contact(const oik_skel_model *model, size_t i, const oik_vec3 *skin, const oik_vec3 *normal, double scale) {
    const oik_published *published = model->published;
    int32_t v = published->contact_skin[i];
    return (oik_term){.kind = OIK_TERM_CONTACT, .a = published->contact_point[i], .b = -1,
                      .weight = scale * published->contact_weight[i], .vector = v3_madd(skin[v], -CONTACT_DEPTH, normal[v])};
}

static void add_lying(oik_terms *terms, const oik_published_scene *in) {
    const oik_skel_model *model = in->model;
    for (size_t i = 0; i < model->landmarks.n; i++)
        oik_terms_add(terms, oik_term_anchor(model->landmarks.point[i], oik_published_landmark(model, i, in->skin), 1.0, v3(0, 0, 0), 1.0));
    for (size_t i = 0; i < model->published->n_contacts; i++)
        oik_terms_add(terms, oik_published_contact(model, i, in->skin, in->normal, 1.0));
}

/* ---- posing ---- */

static oik_vec3 lying_point(const oik_published_scene *in, int32_t point) {
    return oik_puppet_point(in->lying, in->model, (size_t)point);
}

static void add_springs(oik_terms *terms, const oik_published_scene *in, double weight) {
    const oik_springs *springs = &in->model->springs;
    for (size_t i = 0; i < springs->n; i++) {
        int32_t v = springs->skin[i];
        double rest = fmax(v3_dist(lying_point(in, springs->point[i]), in->lying_skin[v]), SHORTEST_SPRING);
        oik_terms_add(terms, (oik_term){.kind = OIK_TERM_SPRING, .a = springs->point[i], .b = -1, .weight = weight, .distance = rest,
                                        .vector = in->skin[v], .normal = in->normal[v]});
    }
}

static void add_stitches(oik_terms *terms, const oik_published_scene *in, double weight, int edges) {
    const oik_stitches *stitches = &in->model->stitches;
    for (size_t i = 0; i < stitches->n; i++) {
        int32_t a = stitches->point_a[i], b = stitches->point_b[i];
        if (edges >> in->model->published->stitch_edge[i] & 1)
            oik_terms_add(terms, (oik_term){.kind = OIK_TERM_OFFSET, .a = a, .b = b, .weight = weight,
                                            .vector = v3_sub(lying_point(in, a), lying_point(in, b))});
    }
}

static void add_ligaments(oik_terms *terms, const oik_published_scene *in, double weight, oik_ligament_group group) {
    const oik_ligaments *ligaments = &in->model->ligaments;
    for (size_t i = 0; i < ligaments->n; i++) {
        int32_t a = ligaments->point_a[i], b = ligaments->point_b[i];
        if (in->model->published->ligament_group[i] == (int32_t)group)
            oik_terms_add(terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = a, .b = b, .weight = weight,
                                            .distance = v3_dist(lying_point(in, a), lying_point(in, b))});
    }
}

static oik_vec3 lying_centre(const oik_published_scene *in, oik_terms_point centre) {
    return v3_add(m3_mulv(in->lying->R[centre.part], centre.u), in->lying->t[centre.part]);
}

static oik_status add_balls(oik_terms *terms, const oik_published_scene *in, double weight, oik_error *err) {
    const oik_published *published = in->model->published;
    for (size_t i = 0; weight > 0.0 && i < published->n_balls; i++) {
        oik_terms_point c[2] = {{0}};
        int32_t point[2] = {0};
        for (int k = 0; k < 2; k++) {
            oik_status status = oik_published_centre(&c[k], in->model, in->lying->shape, published->ball_list[i][k], err);
            if (status)
                return status;
            point[k] = oik_terms_add_point(terms, c[k].part, c[k].u);
        }
        double rest = published->ball_coincide[i] ? 0.0 : v3_dist(lying_centre(in, c[0]), lying_centre(in, c[1]));
        oik_terms_add(terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = point[0], .b = point[1], .weight = weight, .distance = rest});
    }
    return OIK_OK;
}

oik_status oik_published_add(oik_terms *terms, oik_published_call call, const oik_published_scene *scene, oik_error *err) {
    const struct schedule *s = &schedule[call];
    oik_status status = OIK_OK;
    if (call == OIK_CALL_LYING)
        add_lying(terms, scene);
    else if (call != OIK_CALL_C)
        add_springs(terms, scene, s->spring);
    if (call != OIK_CALL_LYING) {
        add_stitches(terms, scene, s->stitch, s->edges);
        add_ligaments(terms, scene, s->ligament, s->ligaments);
        status = add_balls(terms, scene, s->ball, err);
    }
    if (call == OIK_CALL_C)
        add_springs(terms, scene, s->spring);
    return status;
}
