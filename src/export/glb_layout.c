/** Views and accessors of a glTF file, and the transforms of its nodes (see glb_layout.h). */
#include "export/glb_layout.h"

#include <stdlib.h>

#include "base/mem.h"
#include "export/glb_y_up.h"
#include "ik/joint_angles.h"

enum { UNSIGNED_SHORT = 5123, UNSIGNED_INT = 5125, FLOAT = 5126, ATTRIBUTES = 34962, INDICES = 34963 };

const oik_glb_kind oik_glb_kinds[OIK_GLB_N_VIEWS] = {
    [OIK_GLB_POSITION] = {FLOAT, "VEC3", 12, ATTRIBUTES},         [OIK_GLB_NORMAL] = {FLOAT, "VEC3", 12, ATTRIBUTES},
    [OIK_GLB_INDEX_16] = {UNSIGNED_SHORT, "SCALAR", 2, INDICES},  [OIK_GLB_INDEX_32] = {UNSIGNED_INT, "SCALAR", 4, INDICES},
    [OIK_GLB_JOINTS] = {UNSIGNED_SHORT, "VEC4", 8, ATTRIBUTES},   [OIK_GLB_WEIGHTS] = {FLOAT, "VEC4", 16, ATTRIBUTES},
    [OIK_GLB_INVERSE_BIND] = {FLOAT, "MAT4", 64, 0},              [OIK_GLB_TIME] = {FLOAT, "SCALAR", 4, 0},
    [OIK_GLB_ROTATION] = {FLOAT, "VEC4", 16, 0},                  [OIK_GLB_TRANSLATION] = {FLOAT, "VEC3", 12, 0},
};

oik_vec3 oik_glb_vertex(const oik_glb_mesh *mesh, size_t i) {
    return mesh->skin ? oik_y_up_point(mesh->vertices[i]) : mesh->vertices[i];
}

float oik_glb_time(const oik_rig *rig, int frame) {
    return (float)(rig->time[frame] - rig->time[0]);
}

void oik_glb_local(oik_mat3 *R, oik_vec3 *t, const oik_rig *rig, int i, const double *q) {
    const oik_rig_body *body = &rig->bodies[i];
    const oik_dof *dofs = rig->dofs + body->first_dof;
    const double *q_i = q + body->first_dof;
    oik_vec3 shift = v3(0, 0, 0);
    for (int k = body->n_rotations; k < body->n_rotations + body->n_translations; k++)
        shift = v3_madd(shift, q_i[k], dofs[k].axis);
    oik_mat3 AE = m3_mul(body->A, oik_joint_rotation(dofs, body->n_rotations, q_i));
    *R = m3_mul(AE, m3_transpose(body->B));
    *t = v3_add(body->s, m3_mulv(body->A, shift));
    if (body->parent < 0) {
        *R = m3_mul(oik_y_up_turn(), *R);
        *t = oik_y_up_point(*t);
    }
}

/** The next count elements of a view; the accessor's number. */
static int add_accessor(oik_glb_layout *layout, oik_glb_view_id id, size_t count) {
    oik_glb_view *view = &layout->views[id];
    layout->accessors[layout->n_accessors] = (oik_glb_accessor){.view = id, .offset = view->size, .count = count};
    view->size += count * oik_glb_kinds[id].size;
    return layout->n_accessors++;
}

static void set_bounds(oik_glb_accessor *accessor, const oik_glb_mesh *mesh) {
    accessor->n_bounds = 3;
    for (int c = 0; c < 3; c++) {
        accessor->min[c] = INFINITY, accessor->max[c] = -INFINITY;
        for (size_t i = 0; i < mesh->n_vertices; i++) {
            float x = (float)v3_get(oik_glb_vertex(mesh, i), c);
            accessor->min[c] = fmin(accessor->min[c], x);
            accessor->max[c] = fmax(accessor->max[c], x);
        }
    }
}

static void lay_out_mesh(oik_glb_layout *layout, oik_glb_mesh mesh) {
    /* 65,535 itself is not an index: it restarts a primitive */
    bool narrow = mesh.n_vertices <= UINT16_MAX;
    mesh.position = add_accessor(layout, OIK_GLB_POSITION, mesh.n_vertices);
    set_bounds(&layout->accessors[mesh.position], &mesh);
    mesh.normal = add_accessor(layout, OIK_GLB_NORMAL, mesh.n_vertices);
    mesh.indices = add_accessor(layout, narrow ? OIK_GLB_INDEX_16 : OIK_GLB_INDEX_32, 3 * mesh.n_faces);
    layout->meshes[layout->n_meshes++] = mesh;
}

static void lay_out_meshes(oik_glb_layout *layout, const oik_rig *rig) {
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        lay_out_mesh(layout, (oik_glb_mesh){.name = bone->name, .n_vertices = bone->n_vertices, .n_faces = bone->n_faces,
                                            .vertices = bone->vertices, .faces = (const int32_t(*)[3])bone->faces});
    }
    const oik_rig_skin *skin = &rig->skin;
    layout->joints = layout->weights = layout->inverse_bind = -1;
    if (skin->n_vertices == 0)
        return;
    lay_out_mesh(layout, (oik_glb_mesh){.name = "skin", .n_vertices = skin->n_vertices, .n_faces = skin->n_faces,
                                        .vertices = skin->vertices, .faces = (const int32_t(*)[3])skin->faces, .skin = true});
    layout->joints = add_accessor(layout, OIK_GLB_JOINTS, skin->n_vertices);
    layout->weights = add_accessor(layout, OIK_GLB_WEIGHTS, skin->n_vertices);
    layout->inverse_bind = add_accessor(layout, OIK_GLB_INVERSE_BIND, (size_t)rig->n_bodies);
}

static void lay_out_animation(oik_glb_layout *layout, const oik_rig *rig) {
    size_t n_frames = (size_t)rig->n_frames;
    layout->time = -1;
    for (int i = 0; i < rig->n_bodies; i++)
        layout->rotation[i] = layout->translation[i] = -1;
    if (n_frames < 2)
        return;
    layout->time = add_accessor(layout, OIK_GLB_TIME, n_frames);
    oik_glb_accessor *time = &layout->accessors[layout->time];
    time->n_bounds = 1;
    time->max[0] = oik_glb_time(rig, rig->n_frames - 1);
    for (int i = 0; i < rig->n_bodies; i++) {
        if (rig->bodies[i].n_rotations > 0)
            layout->rotation[i] = add_accessor(layout, OIK_GLB_ROTATION, n_frames);
        if (rig->bodies[i].n_translations > 0)
            layout->translation[i] = add_accessor(layout, OIK_GLB_TRANSLATION, n_frames);
    }
}

/** One view behind the other, on multiples of 4 bytes. */
static void place_views(oik_glb_layout *layout) {
    int n = 0;
    for (int v = 0; v < OIK_GLB_N_VIEWS; v++) {
        oik_glb_view *view = &layout->views[v];
        view->number = view->size ? n++ : -1;
        view->offset = layout->size;
        layout->size += (view->size + 3) & ~(size_t)3;
    }
}

oik_status oik_glb_layout_make(oik_glb_layout *layout, const oik_rig *rig, oik_error *err) {
    *layout = (oik_glb_layout){0};
    size_t n_bodies = (size_t)rig->n_bodies, n_meshes = (size_t)rig->n_bones + 1;
    size_t n_accessors = 3 * n_meshes + 3 + 1 + 2 * n_bodies; /* of meshes, skin, time and bodies */
    if (!(layout->accessors = oik_new(n_accessors, sizeof *layout->accessors, err)) ||
        !(layout->meshes = oik_new(n_meshes, sizeof *layout->meshes, err)) ||
        !(layout->rotation = oik_new(n_bodies, sizeof *layout->rotation, err)) ||
        !(layout->translation = oik_new(n_bodies, sizeof *layout->translation, err)))
        return OIK_E_MEMORY;
    lay_out_meshes(layout, rig);
    lay_out_animation(layout, rig);
    place_views(layout);
    return OIK_OK;
}

void oik_glb_layout_free(oik_glb_layout *layout) {
    free(layout->accessors);
    free(layout->meshes);
    free(layout->rotation);
    free(layout->translation);
    *layout = (oik_glb_layout){0};
}
