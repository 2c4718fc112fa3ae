/**
 * Which segment carries each rigid part of the skeleton, and the bones on their bodies.
 *
 * A part that has a segment is carried by it. Between the parts of two joined segments lie others (vertebrae): from the parent's up to the
 * first one that carries a point of the joint's centre they go with the parent, the others with the child, so that L1 to L5 are lumbar, T1
 * to T12 thorax and C1 to C7 neck. All others (mandible, fingers) go with the part that they hang on, unless a joint of the skin moves them
 * that moves a segment beside them: the patella goes with the tibia, on whose tendon its distance hardly changes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rig/rig_build.h"

/* ------------------------------------------------------------------ parts */

static oik_status find_recipes(oik_rig_builder *b, oik_error *err) {
    const oik_skel_model *model = b->input->model;
    const oik_chain *chain = b->input->chain;
    for (int i = 0; i < chain->n_segments; i++) {
        b->recipe[i] = -1;
        for (int k = 0; k < model->n_segments; k++)
            if (strcmp(model->segments[k].name, chain->segment_names[i]) == 0)
                b->recipe[i] = k;
        if (b->recipe[i] < 0)
            return oik_fail(err, OIK_E_MODEL, "the skeleton model has no segment %s, which the chain has", chain->segment_names[i]);
    }
    return OIK_OK;
}

static int depth(const oik_skel_model *model, int part) {
    int n = 0;
    for (; model->part_parent[part] >= 0; part = model->part_parent[part])
        n++;
    return n;
}

/** Parts from one to another through the tree, both included; roots count as joined. path: n_parts. @return their number */
static int find_path(int *path, const oik_skel_model *model, int from, int to) {
    int n = 0, n_to = 0;
    int *end = path + model->n_parts; /* the way down to `to` is written there, backwards */
    while (from != to) {
        bool up = depth(model, from) >= depth(model, to), roots = depth(model, from) == 0 && depth(model, to) == 0;
        if (up)
            path[n++] = from;
        else
            *(end - ++n_to) = to;
        if (roots)
            break;
        *(up ? &from : &to) = model->part_parent[up ? from : to];
    }
    path[n++] = to;
    memmove(path + n, end - n_to, (size_t)n_to * sizeof *path);
    return n + n_to;
}

static bool carries_point(const oik_skel_model *model, int part, int32_t list) {
    for (int32_t i = model->list_start[list]; i < model->list_start[list + 1]; i++)
        if (model->point_part[model->list_point[i]] == part)
            return true;
    return false;
}

/** Parts between a segment's and its parent's, each to one of the two. */
static void share_between(oik_rig_builder *b, int *path, int segment) {
    const oik_skel_model *model = b->input->model;
    int parent = b->input->chain->joints[segment].parent, recipe = b->recipe[segment];
    int n = find_path(path, model, model->segments[b->recipe[parent]].part, model->segments[recipe].part);
    int last = 0; /* of the parent's */
    while (last < n - 1 && !carries_point(model, path[last], model->joints[recipe].centre))
        last++;
    for (int k = 1; k < n - 1; k++)
        if (b->segment_of_part[path[k]] < 0)
            b->segment_of_part[path[k]] = k <= last ? parent : segment;
}

/** Segment whose part hangs on the same part and is moved by the same joint of the skin, unless that moves the part they hang on; or -1. */
static int segment_beside(const oik_rig_builder *b, int part) {
    const oik_skel_model *model = b->input->model;
    int parent = model->part_parent[part], joint = model->part_joint[part];
    for (int i = 0; i < b->input->chain->n_segments && joint != model->part_joint[parent]; i++) {
        int other = model->segments[b->recipe[i]].part;
        if (model->part_parent[other] == parent && model->part_joint[other] == joint)
            return i;
    }
    return -1;
}

/** Segments of the parts that have none yet; a root goes with the first one. */
static void inherit(oik_rig_builder *b) {
    const oik_skel_model *model = b->input->model;
    for (int p = 0; p < model->n_parts; p++) {
        int parent = model->part_parent[p];
        if (b->segment_of_part[p] >= 0)
            continue;
        int beside = parent < 0 ? 0 : segment_beside(b, p);
        b->segment_of_part[p] = beside < 0 ? b->segment_of_part[parent] : beside;
    }
}

oik_status oik_rig_assign_parts(oik_rig_builder *b, oik_error *err) {
    const oik_skel_model *model = b->input->model;
    const oik_chain *chain = b->input->chain;
    oik_status status = find_recipes(b, err);
    if (status)
        return status;
    int *path = oik_new((size_t)model->n_parts, sizeof *path, err);
    if (!path)
        return OIK_E_MEMORY;
    for (int p = 0; p < model->n_parts; p++)
        b->segment_of_part[p] = -1;
    for (int i = 0; i < chain->n_segments; i++)
        b->segment_of_part[model->segments[b->recipe[i]].part] = i;
    for (int i = 0; i < chain->n_segments; i++)
        if (chain->joints[i].parent >= 0)
            share_between(b, path, i);
    inherit(b);
    free(path);
    return OIK_OK;
}

/* ------------------------------------------------------------------ bones */

/** Working memory: the number of every vertex in its bone, and where it is. */
typedef struct numbering {
    int32_t *of_vertex;             /**< n_vertices */
    oik_vec3 *y;                    /**< n_vertices, where they lie [m] */
    size_t *n_vertices, *n_faces;   /**< n_bones of the model */
    int *body;                      /**< n_bones of the model, -1: without vertices */
    char (*names)[OIK_NAME_LENGTH]; /**< n_bones of the model */
} numbering;

/** All corners in one bone; bones are closed surfaces of their own. */
static bool is_bone_face(const oik_skel_model *model, const int32_t face[3]) {
    int32_t bone = model->vertex_bone[face[0]];
    return model->vertex_bone[face[1]] == bone && model->vertex_bone[face[2]] == bone;
}

static void count(numbering *n, const oik_rig_builder *b) {
    const oik_skel_model *model = b->input->model;
    for (int k = 0; k < model->n_bones; k++)
        n->body[k] = -1;
    for (size_t v = 0; v < model->n_vertices; v++) {
        int32_t bone = model->vertex_bone[v];
        if (n->body[bone] < 0)
            n->body[bone] = b->body_of_segment[b->segment_of_part[model->point_part[v]]];
        n->of_vertex[v] = (int32_t)n->n_vertices[bone]++;
    }
    for (size_t f = 0; f < model->n_faces; f++)
        if (is_bone_face(model, model->faces[f]))
            n->n_faces[model->vertex_bone[model->faces[f][0]]]++;
}

/** Bones body after body; place: number of each of the model's bones in the rig, -1: none. */
static oik_status list_bones(oik_rig_builder *b, int *place, const numbering *n, oik_error *err) {
    const oik_skel_model *model = b->input->model;
    oik_rig *rig = b->rig;
    for (int k = 0; k < model->n_bones; k++)
        place[k] = -1;
    for (int i = 0; i < rig->n_bodies; i++) {
        rig->bodies[i].first_bone = rig->n_bones;
        for (int k = 0; k < model->n_bones; k++) {
            if (n->body[k] != i)
                continue;
            oik_rig_bone *bone = &rig->bones[rig->n_bones];
            place[k] = rig->n_bones++;
            bone->body = i;
            memcpy(bone->name, n->names[k], sizeof bone->name);
            if (!(bone->vertices = oik_new(n->n_vertices[k], sizeof *bone->vertices, err)) ||
                !(bone->faces = oik_new(n->n_faces[k], sizeof *bone->faces, err)))
                return OIK_E_MEMORY;
            bone->n_vertices = n->n_vertices[k];
        }
        rig->bodies[i].n_bones = rig->n_bones - rig->bodies[i].first_bone;
    }
    return OIK_OK;
}

/** Bones that bend (skeleton/flex.h) stay as they are bent where the bones lie. */
static void fill_bones(oik_rig_builder *b, const int *place, const numbering *n) {
    const oik_skel_model *model = b->input->model;
    oik_puppet_vertices(n->y, b->puppet, model);
    for (size_t v = 0; v < model->n_vertices; v++) {
        oik_rig_bone *bone = &b->rig->bones[place[model->vertex_bone[v]]];
        bone->vertices[n->of_vertex[v]] = oik_rig_in_body(b, bone->body, n->y[v]);
    }
    for (size_t f = 0; f < model->n_faces; f++) {
        const int32_t *face = model->faces[f];
        oik_rig_bone *bone = &b->rig->bones[place[model->vertex_bone[face[0]]]];
        if (!is_bone_face(model, face))
            continue;
        for (int c = 0; c < 3; c++)
            bone->faces[bone->n_faces][c] = n->of_vertex[face[c]];
        bone->n_faces++;
    }
}

oik_status oik_rig_build_bones(oik_rig_builder *b, oik_error *err) {
    const oik_skel_model *model = b->input->model;
    size_t n_bones = (size_t)model->n_bones;
    numbering n = {0};
    int *place = NULL;
    oik_status status = OIK_E_MEMORY;
    if ((n.of_vertex = oik_new(model->n_vertices, sizeof *n.of_vertex, err)) && (n.y = oik_new(model->n_vertices, sizeof *n.y, err)) &&
        (n.n_vertices = oik_new(n_bones, sizeof *n.n_vertices, err)) && (n.n_faces = oik_new(n_bones, sizeof *n.n_faces, err)) &&
        (n.body = oik_new(n_bones, sizeof *n.body, err)) && (place = oik_new(n_bones, sizeof *place, err)) &&
        (b->rig->bones = oik_new(n_bones, sizeof *b->rig->bones, err))) {
        count(&n, b);
        status = oik_rig_bone_names(&n.names, model, err);
        if (!status)
            status = list_bones(b, place, &n, err);
    }
    if (!status)
        fill_bones(b, place, &n);
    free(n.of_vertex);
    free(n.y);
    free(n.n_vertices);
    free(n.n_faces);
    free(n.body);
    free(n.names);
    free(place);
    return status;
}
