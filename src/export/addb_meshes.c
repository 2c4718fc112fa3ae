/** Which meshes AddBiomechanics shows on the bodies of a rig, and where (see addb_meshes.h). */
#include "export/addb_meshes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

/** Along the axes of the world, at all coordinates zero [m]. */
typedef struct box {
    oik_vec3 low, high;
} box;

/** A mesh is not squeezed flatter than this: the smallest bone of the plain rig is a centimetre thick [m]. */
static const double THINNEST = 0.001;

typedef struct layout {
    const oik_rig *rig;
    oik_mat3 *R;            /**< n_bodies, at all coordinates zero */
    oik_vec3 *o;
    oik_addb_mesh_set *set; /**< n_bodies; n 0: none */
    box *place;             /**< n_bodies; of those with a set */
} layout;

/** Its reader leaves patellae out, and no mesh of the shank has them. */
static bool is_shown(const oik_rig_bone *bone) {
    return strncmp(bone->name, "patella", strlen("patella")) != 0;
}

static box box_of_bones(const layout *l, int body) {
    box b = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
    for (int i = 0; i < l->rig->n_bones; i++) {
        const oik_rig_bone *bone = &l->rig->bones[i];
        for (size_t v = 0; v < bone->n_vertices && bone->body == body && is_shown(bone); v++) {
            oik_vec3 p = v3_add(l->o[body], m3_mulv(l->R[body], bone->vertices[v]));
            b.low = v3_min(b.low, p);
            b.high = v3_max(b.high, p);
        }
    }
    return b;
}

static bool fills_space(box b) {
    oik_vec3 size = v3_sub(b.high, b.low);
    return size.x > THINNEST && size.y > THINNEST && size.z > THINNEST;
}

/** @param[out] lowest height in the world [m] */
static oik_status stand_as_tall_as_the_subject(layout *l, double *lowest, oik_error *err) {
    int crown = -1;
    *lowest = INFINITY;
    for (int i = 0; i < l->rig->n_bodies; i++) {
        if (l->set[i].n == 0)
            continue;
        *lowest = fmin(*lowest, l->place[i].low.y);
        if (crown < 0 || l->place[i].high.y > l->place[crown].high.y)
            crown = i;
    }
    if (crown < 0)
        return oik_fail(err, OIK_E_MODEL, "AddBiomechanics measures models by the meshes of their bodies and has none for these");
    l->place[crown].high.y = *lowest + l->rig->stature;
    if (!fills_space(l->place[crown]))
        return oik_fail(err, OIK_E_MODEL, "body %s: begins %.3f m above the lowest one, the subject's stature is %.3f m",
                        l->rig->bodies[crown].name, l->place[crown].low.y - *lowest, l->rig->stature);
    return OIK_OK;
}

/** The map of the set's box to its place, as seen from the body. */
static void put(oik_osim_meshes *out, const layout *l, int body) {
    const oik_addb_mesh_set *set = &l->set[body];
    if (set->n == 0)
        return;
    oik_vec3 from = v3_sub(set->high, set->low), to = v3_sub(l->place[body].high, l->place[body].low);
    out->n = set->n;
    memcpy(out->files, set->files, sizeof out->files);
    out->scale = v3(to.x / from.x, to.y / from.y, to.z / from.z);
    oik_vec3 origin = v3_sub(l->place[body].low, v3_mul(out->scale, set->low)); /* of the files, in the world */
    out->translation = m3_tmulv(l->R[body], v3_sub(origin, l->o[body]));
    out->orientation = m3_transpose(l->R[body]);
}

static oik_status layout_new(layout *l, const oik_rig *rig, oik_error *err) {
    size_t n = (size_t)rig->n_bodies;
    double *zero = oik_new((size_t)rig->n_dofs, sizeof *zero, err);
    *l = (layout){.rig = rig};
    l->R = oik_new(n, sizeof *l->R, err);
    l->o = oik_new(n, sizeof *l->o, err);
    l->set = oik_new(n, sizeof *l->set, err);
    l->place = oik_new(n, sizeof *l->place, err);
    if (!zero || !l->R || !l->o || !l->set || !l->place) {
        free(zero);
        return OIK_E_MEMORY;
    }
    oik_rig_forward(l->R, l->o, rig, zero);
    free(zero);
    for (int i = 0; i < rig->n_bodies; i++) {
        l->place[i] = box_of_bones(l, i);
        if (!fills_space(l->place[i]) || !oik_addb_mesh_set_of(&l->set[i], rig->bodies[i].name))
            l->set[i].n = 0;
    }
    return OIK_OK;
}

static void layout_clear(layout *l) {
    free(l->R);
    free(l->o);
    free(l->set);
    free(l->place);
}

oik_status oik_addb_meshes_new(oik_osim_meshes **meshes, double *lift, const oik_rig *rig, oik_error *err) {
    layout l;
    double lowest = 0.0;
    *meshes = NULL;
    oik_status status = layout_new(&l, rig, err);
    if (!status)
        status = stand_as_tall_as_the_subject(&l, &lowest, err);
    if (!status) {
        *meshes = oik_new((size_t)rig->n_bodies, sizeof **meshes, err);
        status = *meshes ? OIK_OK : OIK_E_MEMORY;
    }
    for (int i = 0; i < rig->n_bodies && !status; i++)
        put(&(*meshes)[i], &l, i);
    if (!status)
        *lift = -lowest;
    layout_clear(&l);
    return status;
}
