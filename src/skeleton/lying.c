#include "skeleton/lying.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mesh/mesh.h"

oik_status oik_lying_skin_new(oik_lying_skin *out, const oik_skel_model *model, const oik_body_model *body,
                              const oik_body_fit *fit, oik_error *err) {
    oik_body_pose pose = {.tau = {0, 0, 0}};
    memcpy(pose.R, model->lying_R, sizeof pose.R);
    out->x = oik_new(body->n_vertices, sizeof *out->x, err);
    out->normal = oik_new(body->n_vertices, sizeof *out->normal, err);
    if (!out->x || !out->normal) {
        oik_lying_skin_free(out);
        return OIK_E_MEMORY;
    }
    oik_body_forward(&out->frames, body, fit->frames.J, &pose);
    oik_body_skin(out->x, body, fit->v_subject, &out->frames);
    oik_mesh_normals(out->normal, out->x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces);
    return OIK_OK;
}

void oik_lying_skin_free(oik_lying_skin *skin) {
    free(skin->x);
    free(skin->normal);
    skin->x = skin->normal = NULL;
}
