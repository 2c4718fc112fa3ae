/** The body of stage 1: its input, its faces, what is told of it. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "mesh/topology.h"
#include "skeleton/lying.h"

void oik_body_set_input_index(oik_body *body, const oik_body_model *model) {
    for (size_t i = 0; i < body->n_vertices; i++)
        body->input_index[i] = body->input.mirrored ? model->mirror[i] : (int32_t)i;
}

/** Copy a triangulation; number != NULL renumbers the vertices, flip turns it inside out. */
static oik_status copy_faces(oik_body *body, const int32_t (*faces)[3], size_t n_faces, const int32_t *number, bool flip,
                             oik_error *err) {
    body->faces = oik_new(n_faces, sizeof *body->faces, err);
    if (!body->faces)
        return OIK_E_MEMORY;
    body->n_faces = n_faces;
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++) {
            int32_t v = faces[f][flip ? 2 - k : k];
            body->faces[f][k] = number ? number[v] : v;
        }
    return OIK_OK;
}

/** Volume inside a closed surface, negative when its faces look inwards; unit of the vertices cubed. */
static double signed_volume(const oik_mesh *mesh) {
    double six_volumes = 0.0;
    for (size_t f = 0; f < mesh->n_faces; f++) {
        const int32_t *t = mesh->faces[f];
        six_volumes += v3_dot(mesh->vertices[t[0]], v3_cross(mesh->vertices[t[1]], mesh->vertices[t[2]]));
    }
    return six_volumes / 6.0;
}

/** Does the mesh's own triangulation bound the body: one piece with every vertex, no hole, all faces looking to one side? */
static oik_status faces_bound_body(bool *yes, const oik_mesh *mesh, oik_error *err) {
    *yes = false;
    if (mesh->n_faces == 0)
        return OIK_OK;
    oik_topology t;
    oik_status status = oik_topology_of(&t, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces, err);
    if (status)
        return status;
    size_t n_faults = t.n_boundary_edges + t.n_non_manifold_edges + t.n_inconsistent_edges + t.n_degenerate_faces;
    *yes = n_faults == 0 && t.n_unused_vertices == 0 && t.n_components == 1;
    return OIK_OK;
}

/** The input's own triangulation when it bounds the body, turned outwards where it looks inwards; else the model's. */
static oik_status choose_faces(oik_body *body, const oik_body_model *model, const oik_mesh *mesh, oik_error *err) {
    oik_status status = faces_bound_body(&body->own_faces, mesh, err);
    if (status)
        return status;
    if (!body->own_faces)
        return copy_faces(body, (const int32_t(*)[3])model->faces, model->n_faces, NULL, false, err);
    return copy_faces(body, (const int32_t(*)[3])mesh->faces, mesh->n_faces, body->input_index, signed_volume(mesh) < 0.0, err);
}

double oik_body_standing_height(const oik_vec3 *v, size_t n) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, v[i].y);
        high = fmax(high, v[i].y);
    }
    return high - low;
}

static oik_status body_new(oik_body **out, const oik_body_model *model, oik_error *err) {
    oik_body *body = oik_new(1, sizeof *body, err);
    *out = body;
    if (!body)
        return OIK_E_MEMORY;
    body->n_vertices = model->n_vertices;
    body->n_modes = model->n_modes;
    body->x = oik_new(model->n_vertices, sizeof *body->x, err);
    body->input_index = oik_new(model->n_vertices, sizeof *body->input_index, err);
    return body->x && body->input_index ? OIK_OK : OIK_E_MEMORY;
}

oik_status oik_body_open(oik_body **out, const oik_body_model *model, const oik_mesh *mesh, const char *name, oik_error *err) {
    *out = NULL;
    oik_body *body = NULL;
    oik_status status = body_new(&body, model, err);
    if (!status)
        status = oik_body_normalise(&body->input, body->x, model, mesh, name, err);
    if (!status) {
        oik_body_set_input_index(body, model);
        status = choose_faces(body, model, mesh, err);
    }
    if (status)
        oik_body_free(body);
    else
        *out = body;
    return status;
}

oik_status oik_body_blank(oik_body **out, const oik_body_model *model, oik_error *err) {
    *out = NULL;
    oik_body *body = NULL;
    oik_status status = body_new(&body, model, err);
    if (!status) {
        body->input = (oik_body_input){.units_per_metre = 1.0, .unit_name = "m"};
        oik_body_set_input_index(body, model);
        status = copy_faces(body, (const int32_t(*)[3])model->faces, model->n_faces, NULL, false, err);
    }
    if (status)
        oik_body_free(body);
    else
        *out = body;
    return status;
}

void oik_body_free(oik_body *body) {
    if (!body)
        return;
    oik_body_fit_free(&body->fit);
    free(body->x);
    free(body->faces);
    free(body->input_index);
    free(body);
}

oik_body_info oik_body_get_info(const oik_body *body) {
    return (oik_body_info){.unit = body->input.unit_name,
                           .units_per_metre = body->input.units_per_metre,
                           .mirrored = body->input.mirrored,
                           .rms = body->fit.rms,
                           .repose_rms = body->fit.repose_rms,
                           .long_edge_share = body->input.long_edge_share,
                           .n_iterations = body->fit.n_iterations,
                           .converged = body->fit.converged,
                           .n_modes = body->n_modes,
                           .beta = body->fit.beta,
                           .stature = body->stature};
}

oik_skin_info oik_body_get_skin(const oik_body *body) {
    return (oik_skin_info){.n_vertices = body->n_vertices,
                           .n_faces = body->n_faces,
                           .measured = (const double *)(const void *)body->x, /* see base/vec3.h */
                           .posed = (const double *)(const void *)body->fit.x_model,
                           .unposed = (const double *)(const void *)body->fit.v_subject,
                           .faces = (const int32_t *)(const void *)body->faces,
                           .of_input = body->input_index};
}

oik_status oik_body_place_lying_skin(double *vertices, const oik_model *model, const oik_body *body, oik_error *err) {
    oik_lying_skin skin = {0};
    oik_status status = oik_check_body(body, model, err);
    if (!status)
        status = oik_lying_skin_new(&skin, model->skeleton, model->body, &body->fit, err);
    if (!status)
        memcpy(vertices, skin.x, body->n_vertices * sizeof *skin.x);
    oik_lying_skin_free(&skin);
    return status;
}

size_t oik_body_n_calls(const oik_body *body) {
    return body->calls.n ? (size_t)body->calls.n : 1;
}

oik_call_info oik_body_get_call(const oik_body *body, size_t index) {
    if (body->calls.n || index > 0)
        return oik_stage_call_info(&body->origin, &body->calls, index);
    const char *stop = body->from_parameters ? "given" : body->fit.converged ? "converged" : "iterations";
    return (oik_call_info){.name = oik_stage_name(OIK_STAGE_REGISTRATION),
                           .n_iterations = body->fit.n_iterations,
                           .initial_cost = NAN,
                           .final_cost = NAN,
                           .stop = stop};
}
