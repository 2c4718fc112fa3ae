#include "skeleton/lying.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mesh/mesh.h"

/** Open the hands of the lying skin. */
static oik_status open_hands(oik_lying_skin *skin, const oik_body_model *body, const oik_vec3 *v_shaped, oik_error *err) {
    if (oik_digits_n_sides(skin->digits) == 0)
        return OIK_OK; /* no fingers */
    oik_vec3 *z = oik_new(body->n_vertices, sizeof *z, err);
    if (!z)
        return OIK_E_MEMORY;
    oik_body_skin(z, body, v_shaped, &skin->frames);
    oik_status status = oik_digits_straighten(skin->x, skin->digits, z, err);
    free(z);
    return status;
}

oik_status oik_lying_skin_new(oik_lying_skin *out, const oik_skel_model *model, const oik_body_model *body,
                              const oik_body_fit *fit, oik_error *err) {
    oik_body_pose pose = {.tau = {0, 0, 0}};
    memcpy(pose.R, model->lying_R, sizeof pose.R);
    out->x = oik_new(body->n_vertices, sizeof *out->x, err);
    out->normal = oik_new(body->n_vertices, sizeof *out->normal, err);
    out->digits = NULL;
    oik_status status = out->x && out->normal ? oik_digits_new(&out->digits, model, body, err) : OIK_E_MEMORY;
    if (!status) {
        oik_body_forward(&out->frames, body, fit->frames.J, &pose);
        oik_body_skin(out->x, body, fit->v_subject, &out->frames);
        status = open_hands(out, body, fit->v_shaped, err);
    }
    if (status) {
        oik_lying_skin_free(out);
        return status;
    }
    oik_mesh_normals(out->normal, out->x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces);
    return OIK_OK;
}

void oik_lying_skin_free(oik_lying_skin *skin) {
    free(skin->x);
    free(skin->normal);
    oik_digits_free(skin->digits);
    skin->digits = NULL;
    skin->x = skin->normal = NULL;
}
