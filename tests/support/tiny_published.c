/* Tables of the published method for the tiny skeleton (see the header). */
#include "support/tiny_published.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "body/published_registration.h"
#include "support/tiny_skeleton.h"

enum { PATCH = 6 };

static oik_published *new_tables(const oik_skel_model *m) {
    oik_published *p = oik_new(1, sizeof *p, NULL);
    if (!p)
        return NULL;
    *p = (oik_published){.n_skin_modes = TINY_BODY_MODES, .n_contacts = TINY_CONTACTS, .n_balls = TINY_BALLS};
    p->shape_regressor = oik_new((TINY_BODY_MODES + 1) * m->n_modes, sizeof *p->shape_regressor, NULL);
    p->lying_vector = oik_new(24, sizeof *p->lying_vector, NULL);
    p->contact_point = oik_new(TINY_CONTACTS, sizeof *p->contact_point, NULL);
    p->contact_skin = oik_new(TINY_CONTACTS, sizeof *p->contact_skin, NULL);
    p->contact_weight = oik_new(TINY_CONTACTS, sizeof *p->contact_weight, NULL);
    p->stitch_edge = oik_new(m->stitches.n, sizeof *p->stitch_edge, NULL);
    p->ligament_group = oik_new(m->ligaments.n, sizeof *p->ligament_group, NULL);
    p->ball_list = oik_new(TINY_BALLS, sizeof *p->ball_list, NULL);
    p->ball_coincide = oik_new(TINY_BALLS, sizeof *p->ball_coincide, NULL);
    p->ball_weight = oik_new(TINY_BALLS, sizeof *p->ball_weight, NULL);
    if (p->shape_regressor && p->lying_vector && p->contact_point && p->contact_skin && p->contact_weight && p->stitch_edge &&
        p->ligament_group && p->ball_list && p->ball_coincide && p->ball_weight)
        return p;
    oik_published_free(p);
    return NULL;
}

static void fill(oik_published *p, const oik_skel_model *m) {
    for (size_t k = 0; k < m->n_modes; k++) /* coefficient k is the skin's, but for a little of the mean */
        for (size_t j = 0; j <= TINY_BODY_MODES; j++)
            p->shape_regressor[j * m->n_modes + k] = j == k ? 1.0 : j == TINY_BODY_MODES ? 0.05 : 0.0;
    for (int j = 1; j < 24; j++)
        p->lying_vector[j] = oik_rot_log(m->lying_R[j]);
    for (size_t i = 0; i < TINY_CONTACTS; i++) {
        size_t spring = i * m->springs.n / TINY_CONTACTS;
        p->contact_point[i] = m->springs.point[spring];
        p->contact_skin[i] = m->springs.skin[spring];
        p->contact_weight[i] = 1.0;
    }
    for (size_t i = 0; i < m->stitches.n; i++)
        p->stitch_edge[i] = (int32_t)(i % OIK_PUBLISHED_EDGES);
    for (size_t i = 0; i < m->ligaments.n; i++)
        p->ligament_group[i] = (int32_t)(i % OIK_N_LIGAMENT_GROUPS);
}

static oik_vec3 at_template(const oik_skel_model *m, int32_t point) {
    int32_t part = m->point_part[point];
    return v3_add(m3_mulv(m->rest_R[part], m->mean[point]), m->rest_t[part]);
}

/** The vertices of a part that are nearest to a place in the template, as a list of their own. */
static int32_t add_patch(oik_skel_model *m, int32_t part, oik_vec3 place) {
    int32_t e = m->list_start[m->n_lists];
    for (int32_t k = 0; k < PATCH; k++) {
        int32_t best = -1;
        for (int32_t i = part * TINY_BONE_VERTICES; i < (part + 1) * TINY_BONE_VERTICES; i++) {
            bool taken = false;
            for (int32_t t = e; t < e + k; t++)
                taken = taken || m->list_point[t] == i;
            if (!taken && (best < 0 || v3_dist(at_template(m, i), place) < v3_dist(at_template(m, best), place)))
                best = i;
        }
        m->list_point[e + k] = best;
    }
    m->list_start[++m->n_lists] = e + PATCH;
    return m->n_lists - 1;
}

static bool grow_lists(oik_skel_model *m, size_t n_more) {
    size_t n_points = (size_t)m->list_start[m->n_lists] + n_more * PATCH;
    int32_t *start = oik_resize(m->list_start, (size_t)m->n_lists + 1 + n_more, sizeof *start, NULL);
    if (start)
        m->list_start = start;
    int32_t *point = oik_resize(m->list_point, n_points, sizeof *point, NULL);
    if (point)
        m->list_point = point;
    return start && point;
}

static void add_balls(oik_published *p, oik_skel_model *m) {
    const struct {
        int32_t distal, proximal, coincide;
    } balls[TINY_BALLS] = {{TINY_THIGH_R, TINY_PELVIS, 1}, {TINY_THIGH_L, TINY_PELVIS, 1}, {TINY_THIGH_R, TINY_SHANK_R, 0}};
    for (size_t i = 0; i < TINY_BALLS; i++) {
        const int32_t *hip = m->gap_hip[balls[i].distal == TINY_THIGH_L];
        oik_vec3 place = at_template(m, balls[i].coincide ? hip[1] : balls[i].proximal * TINY_BONE_VERTICES);
        p->ball_list[i][0] = add_patch(m, balls[i].distal, place);
        p->ball_list[i][1] = add_patch(m, balls[i].proximal, place);
        p->ball_coincide[i] = balls[i].coincide;
        p->ball_weight[i] = 10.0;
    }
}

int tiny_published_add(oik_skel_model *model) {
    oik_published *p = grow_lists(model, 2 * TINY_BALLS) ? new_tables(model) : NULL;
    if (!p)
        return -1;
    fill(p, model);
    add_balls(p, model);
    model->published = p;
    return 0;
}

int tiny_published_modes(oik_body_model *body) {
    size_t n = body->n_vertices, before = body->n_modes, after = OIK_PUBLISHED_N_BETAS;
    oik_vec3 *modes = oik_resize(body->modes, after * n, sizeof *modes, NULL);
    if (modes)
        body->modes = modes;
    double *precision = oik_resize(body->mode_precision, after, sizeof *precision, NULL);
    if (precision)
        body->mode_precision = precision;
    if (!modes || !precision)
        return -1;
    memset(modes + before * n, 0, (after - before) * n * sizeof *modes);
    for (size_t k = before; k < after; k++)
        precision[k] = 1.0;
    body->n_modes = after;
    return oik_body_model_derive(body, NULL) == OIK_OK ? 0 : -1;
}
