/**
 * Placement of the stitched puppet.
 *
 * | symbol | code                          |
 * |--------|-------------------------------|
 * | R_p    | puppet->R[p]                  |
 * | t_p    | puppet->t[p]                  |
 * | s_k    | puppet->shape[k]              |
 * | u_i    | oik_puppet_local              |
 * | y_i    | oik_puppet_point              |
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "skeleton/flex.h"
#include "skeleton/skeleton.h"

oik_status oik_puppet_new(oik_puppet **out, const oik_skel_model *model, oik_error *err) {
    *out = NULL;
    oik_puppet *puppet = oik_new(1, sizeof *puppet, err);
    if (!puppet)
        return OIK_E_MEMORY;
    size_t n_parts = (size_t)model->n_parts;
    puppet->n_parts = model->n_parts;
    puppet->n_modes = model->n_modes;
    puppet->R = oik_new(n_parts, sizeof *puppet->R, err);
    puppet->t = oik_new(n_parts, sizeof *puppet->t, err);
    puppet->shape = oik_new(model->n_modes, sizeof *puppet->shape, err);
    if (!puppet->R || !puppet->t || !puppet->shape) {
        oik_puppet_free(puppet);
        return OIK_E_MEMORY;
    }
    memcpy(puppet->R, model->rest_R, n_parts * sizeof *puppet->R);
    memcpy(puppet->t, model->rest_t, n_parts * sizeof *puppet->t);
    *out = puppet;
    return OIK_OK;
}

void oik_puppet_free(oik_puppet *puppet) {
    if (!puppet)
        return;
    free(puppet->R);
    free(puppet->t);
    free(puppet->shape);
    free(puppet->r);
    free(puppet);
}

oik_status oik_puppet_keep_vectors(oik_puppet *puppet, oik_error *err) {
    if (puppet->r)
        return OIK_OK;
    puppet->r = oik_new((size_t)puppet->n_parts, sizeof *puppet->r, err);
    for (int p = 0; puppet->r && p < puppet->n_parts; p++)
        puppet->r[p] = oik_rot_log(puppet->R[p]);
    return puppet->r ? OIK_OK : OIK_E_MEMORY;
}

void oik_puppet_copy(oik_puppet *to, const oik_puppet *from) {
    memcpy(to->R, from->R, (size_t)from->n_parts * sizeof *to->R);
    memcpy(to->t, from->t, (size_t)from->n_parts * sizeof *to->t);
    memcpy(to->shape, from->shape, from->n_modes * sizeof *to->shape);
    for (int p = 0; to->r && p < from->n_parts; p++)
        to->r[p] = from->r ? from->r[p] : oik_rot_log(from->R[p]);
}

oik_vec3 oik_puppet_local(const double *shape, const oik_skel_model *model, size_t point) {
    oik_vec3 u = model->mean[point];
    for (int32_t e = model->mode_start[point]; e < model->mode_start[point + 1]; e++)
        u = v3_madd(u, shape[model->mode_index[e]], model->mode_vector[e]);
    return u;
}

oik_vec3 oik_puppet_point(const oik_puppet *puppet, const oik_skel_model *model, size_t point) {
    int32_t part = model->point_part[point];
    oik_vec3 u = oik_puppet_local(puppet->shape, model, point);
    return v3_add(m3_mulv(puppet->R[part], u), puppet->t[part]);
}

void oik_puppet_vertices(oik_vec3 *y, const oik_puppet *puppet, const oik_skel_model *model) {
    for (size_t i = 0; i < model->n_vertices; i++)
        y[i] = oik_puppet_point(puppet, model, i);
    oik_flex_vertices(y, puppet, model);
}
