#include "skeleton/flex.h"

#include <math.h>

#include "base/rot.h"
#include "skeleton/puppet_terms.h"

/** What moves the vertices of one bone. */
typedef struct bend {
    oik_mat3 seated, swung; /**< A, B */
    oik_vec3 turn;          /**< log(B^T A) */
    oik_vec3 seat, q;       /**< u_s, and where the other part carries it [m] */
} bend;

/** Least rotation that takes direction a to direction b; none when one of them is 0. */
static oik_mat3 least_rotation(oik_vec3 a, oik_vec3 b) {
    oik_vec3 axis = v3_cross(a, b);
    double sine = v3_norm(axis);
    return sine > 0.0 ? oik_rot_axis(axis, atan2(sine, v3_dot(a, b))) : m3_identity();
}

static bend bend_of(const oik_puppet *puppet, const oik_skel_model *model, size_t flex) {
    const int32_t *point = model->flexes.point[flex];
    int32_t own = model->point_part[point[1]], other = model->point_part[point[0]];
    bend b = {.seat = oik_puppet_local(puppet->shape, model, (size_t)point[1]), .q = oik_puppet_point(puppet, model, (size_t)point[0])};
    oik_vec3 far = v3_sub(oik_puppet_local(puppet->shape, model, (size_t)point[2]), b.seat);
    oik_vec3 wanted = v3_sub(oik_puppet_point(puppet, model, (size_t)point[2]), b.q);
    b.seated = m3_mul(puppet->R[other], m3_tmul(model->rest_R[other], model->rest_R[own]));
    b.swung = m3_mul(least_rotation(m3_mulv(puppet->R[own], far), wanted), puppet->R[own]);
    b.turn = oik_rot_log(m3_tmul(b.swung, b.seated));
    return b;
}

/** R of shares a and b, not both 0. */
static oik_mat3 rotation_of(const bend *b, const double share[2]) {
    if (share[0] == 0.0)
        return b->swung;
    if (share[1] == 0.0)
        return b->seated;
    return m3_mul(b->swung, oik_rot_exp(v3_scale(b->turn, share[0] / (share[0] + share[1]))));
}

/** y - y_c of entry e. */
static oik_vec3 offset_of(const bend *b, const oik_puppet *puppet, const oik_skel_model *model, int32_t e) {
    const double *share = model->flexes.share[e];
    double held = share[0] + share[1];
    if (held == 0.0)
        return v3(0, 0, 0);
    int32_t v = model->flexes.vertex[e], own = model->point_part[v];
    oik_vec3 u = oik_puppet_local(puppet->shape, model, (size_t)v);
    oik_vec3 bent = v3_add(b->q, m3_mulv(rotation_of(b, share), v3_sub(u, b->seat)));
    return v3_scale(v3_sub(bent, v3_add(m3_mulv(puppet->R[own], u), puppet->t[own])), held);
}

void oik_flex_offsets(oik_vec3 *d, const oik_puppet *puppet, const oik_skel_model *model) {
    const oik_flexes *flexes = &model->flexes;
    for (size_t i = 0; i < flexes->n; i++) {
        bend b = bend_of(puppet, model, i);
        for (int32_t e = flexes->start[i]; e < flexes->start[i + 1]; e++)
            d[flexes->vertex[e]] = offset_of(&b, puppet, model, e);
    }
}

void oik_flex_vertices(oik_vec3 *y, const oik_puppet *puppet, const oik_skel_model *model) {
    const oik_flexes *flexes = &model->flexes;
    for (size_t i = 0; i < flexes->n; i++) {
        bend b = bend_of(puppet, model, i);
        for (int32_t e = flexes->start[i]; e < flexes->start[i + 1]; e++)
            y[flexes->vertex[e]] = v3_add(y[flexes->vertex[e]], offset_of(&b, puppet, model, e));
    }
}
