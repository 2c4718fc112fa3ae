/**
 * The JSON chunk of a glTF file (see glb.h). The owner of jansson's object building for it: a NULL anywhere ends in one of the document.
 *
 * Numbers of nodes: the rig 0, body i 1 + i, bone b 1 + n_bodies + b, the skin behind them.
 */
#include "export/glb_json.h"

#include <jansson.h>

#include "base/rot.h"
#include "base/status.h"
#include "export/json_values.h"

enum { BONE_MATERIAL, SKIN_MATERIAL };

/** Append to an array that has not failed yet. @return the array, or NULL with everything released */
static json_t *with(json_t *array, json_t *item) {
    if (!array || json_array_append_new(array, item)) {
        if (!array)
            json_decref(item);
        json_decref(array);
        return NULL;
    }
    return array;
}

/** Set a key of an object that has not failed yet. @return the object, or NULL with everything released */
static json_t *with_key(json_t *object, const char *key, json_t *value) {
    if (!object || json_object_set_new(object, key, value)) {
        if (!object)
            json_decref(value);
        json_decref(object);
        return NULL;
    }
    return object;
}

/** A number that is single precision in the binary chunk as well. */
static json_t *single(double x) {
    return json_real((double)(float)x);
}

static json_t *vector(oik_vec3 v) {
    return json_pack("[o,o,o]", single(v.x), single(v.y), single(v.z));
}

static json_t *quaternion(oik_mat3 R) {
    oik_quat q = oik_quat_from_rot(R);
    return json_pack("[o,o,o,o]", single(q.x), single(q.y), single(q.z), single(q.w));
}

/* ---- asset ---- */

static json_t *asset(const oik_rig *rig) {
    json_t *subject = json_pack("{s:s, s:o, s:o, s:b, s:o}", "name", rig->name, "gender", oik_json_of_text(rig->gender), "mass",
                                oik_json_of_number(rig->mass), "massEstimated", rig->mass_estimated, "stature",
                                oik_json_of_number(rig->stature));
    json_t *units = json_pack("{s:s, s:s, s:s, s:s}", "length", "m", "angle", "rad", "time", "s", "mass", "kg");
    json_t *frames = json_pack("{s:s, s:s}", "world", "x to the subject's left, y up, z forward", "body",
                               "ISB: x anterior, y superior, z to the right; origin at the centre of the joint that moves it");
    json_t *extras = json_pack("{s:o, s:o, s:o, s:s, s:f}", "subject", subject, "units", units, "frames", frames, "bindPose",
                               "first frame", "firstFrameTime", rig->time[0]);
    return json_pack("{s:s, s:o, s:o}", "version", "2.0", "generator", json_sprintf("osso_ik %s", oik_version()), "extras", extras);
}

static json_t *scenes(const oik_rig *rig, const oik_glb_layout *layout) {
    json_t *nodes = with(json_array(), json_integer(0));
    if (layout->joints >= 0)
        nodes = with(nodes, json_integer(1 + rig->n_bodies + rig->n_bones));
    return json_pack("[{s:s, s:o}]", "name", rig->name, "nodes", nodes);
}

/* ---- nodes ---- */

static json_t *coordinate(const oik_dof *dof, double value) {
    return json_pack("{s:s, s:s, s:[f,f], s:f}", "name", dof->name, "kind", dof->translation ? "translation" : "rotation", "range",
                     dof->lower, dof->upper, "value", value);
}

static json_t *joint(const oik_rig *rig, const oik_rig_body *body) {
    json_t *coordinates = json_array();
    for (int d = body->first_dof; d < body->first_dof + body->n_rotations + body->n_translations; d++)
        coordinates = with(coordinates, coordinate(&rig->dofs[d], rig->q[d]));
    return json_pack("{s:s, s:o}", "joint", body->joint_name, "coordinates", coordinates);
}

/** Bodies on body i (-1: the world), and its bones. */
static json_t *children(const oik_rig *rig, int i) {
    json_t *list = json_array();
    for (int c = 0; c < rig->n_bodies; c++)
        if (rig->bodies[c].parent == i)
            list = with(list, json_integer(1 + c));
    for (int b = 0; b < rig->n_bones; b++)
        if (rig->bones[b].body == i)
            list = with(list, json_integer(1 + rig->n_bodies + b));
    return list;
}

/** Without the children of a node that has none: an empty list is not allowed. */
static json_t *with_children(json_t *node, json_t *list) {
    if (list && json_array_size(list) == 0) {
        json_decref(list);
        return node;
    }
    return with_key(node, "children", list);
}

static json_t *body_node(const oik_rig *rig, int i) {
    oik_mat3 R;
    oik_vec3 t;
    oik_glb_local(&R, &t, rig, i, rig->q);
    json_t *node = json_pack("{s:s, s:o, s:o, s:o}", "name", rig->bodies[i].name, "rotation", quaternion(R), "translation", vector(t),
                             "extras", joint(rig, &rig->bodies[i]));
    return with_children(node, children(rig, i));
}

static json_t *nodes(const oik_rig *rig, const oik_glb_layout *layout) {
    json_t *list = with(json_array(), with_children(json_pack("{s:s}", "name", rig->name), children(rig, -1)));
    for (int i = 0; i < rig->n_bodies; i++)
        list = with(list, body_node(rig, i));
    for (int b = 0; b < rig->n_bones; b++)
        list = with(list, json_pack("{s:o, s:i}", "name", json_sprintf("%s_mesh", rig->bones[b].name), "mesh", b));
    if (layout->joints >= 0)
        list = with(list, json_pack("{s:s, s:i, s:i}", "name", "skin", "mesh", rig->n_bones, "skin", 0));
    return list;
}

/* ---- meshes, materials and skin ---- */

static json_t *mesh(const oik_glb_mesh *in, const oik_glb_layout *layout) {
    json_t *attributes = json_pack("{s:i, s:i}", "POSITION", in->position, "NORMAL", in->normal);
    if (in->skin) {
        attributes = with_key(attributes, "JOINTS_0", json_integer(layout->joints));
        attributes = with_key(attributes, "WEIGHTS_0", json_integer(layout->weights));
    }
    return json_pack("{s:s, s:[{s:o, s:i, s:i}]}", "name", in->name, "primitives", "attributes", attributes, "indices", in->indices,
                     "material", in->skin ? SKIN_MATERIAL : BONE_MATERIAL);
}

static json_t *meshes(const oik_glb_layout *layout) {
    json_t *list = json_array();
    for (int m = 0; m < layout->n_meshes; m++)
        list = with(list, mesh(&layout->meshes[m], layout));
    return list;
}

/** Linear colours: ivory bones, skin through which they are seen. */
static json_t *materials(const oik_glb_layout *layout) {
    json_t *bone = json_pack("{s:[f,f,f,f], s:f, s:f}", "baseColorFactor", 0.76, 0.69, 0.54, 1.0, "metallicFactor", 0.0,
                             "roughnessFactor", 0.7);
    json_t *list = with(json_array(), json_pack("{s:s, s:o}", "name", "bone", "pbrMetallicRoughness", bone));
    if (layout->joints < 0)
        return list;
    json_t *skin = json_pack("{s:[f,f,f,f], s:f, s:f}", "baseColorFactor", 0.6, 0.32, 0.24, 0.35, "metallicFactor", 0.0,
                             "roughnessFactor", 0.8);
    return with(list, json_pack("{s:s, s:o, s:s, s:b}", "name", "skin", "pbrMetallicRoughness", skin, "alphaMode", "BLEND",
                                "doubleSided", 0));
}

static json_t *skins(const oik_rig *rig, const oik_glb_layout *layout) {
    json_t *joints = json_array();
    for (int i = 0; i < rig->n_bodies; i++)
        joints = with(joints, json_integer(1 + i));
    return json_pack("[{s:s, s:i, s:o, s:i}]", "name", "skin", "inverseBindMatrices", layout->inverse_bind, "joints", joints, "skeleton",
                     0);
}

/* ---- animation ---- */

typedef struct channels {
    json_t *channels, *samplers;
    int n;
} channels;

static void add_channel(channels *all, int time, int output, int node, const char *path) {
    if (output < 0)
        return;
    json_t *sampler = json_pack("{s:i, s:s, s:i}", "input", time, "interpolation", "LINEAR", "output", output);
    json_t *channel = json_pack("{s:i, s:{s:i, s:s}}", "sampler", all->n++, "target", "node", node, "path", path);
    all->samplers = with(all->samplers, sampler);
    all->channels = with(all->channels, channel);
}

static json_t *animations(const oik_rig *rig, const oik_glb_layout *layout) {
    channels all = {json_array(), json_array(), 0};
    for (int i = 0; i < rig->n_bodies; i++) {
        add_channel(&all, layout->time, layout->rotation[i], 1 + i, "rotation");
        add_channel(&all, layout->time, layout->translation[i], 1 + i, "translation");
    }
    return json_pack("[{s:s, s:o, s:o}]", "name", rig->name, "channels", all.channels, "samplers", all.samplers);
}

/* ---- accessors and views ---- */

static json_t *bounds(const double *x, int n) {
    json_t *list = json_array();
    for (int c = 0; c < n; c++)
        list = with(list, json_real(x[c]));
    return list;
}

static json_t *accessor(const oik_glb_accessor *in, const oik_glb_layout *layout) {
    const oik_glb_kind *kind = &oik_glb_kinds[in->view];
    json_t *out = json_pack("{s:i, s:I, s:i, s:I, s:s}", "bufferView", layout->views[in->view].number, "byteOffset",
                            (json_int_t)in->offset, "componentType", kind->component, "count", (json_int_t)in->count, "type", kind->type);
    if (in->n_bounds == 0)
        return out;
    return with_key(with_key(out, "min", bounds(in->min, in->n_bounds)), "max", bounds(in->max, in->n_bounds));
}

static json_t *accessors(const oik_glb_layout *layout) {
    json_t *list = json_array();
    for (int a = 0; a < layout->n_accessors; a++)
        list = with(list, accessor(&layout->accessors[a], layout));
    return list;
}

static json_t *buffer_view(const oik_glb_view *view, const oik_glb_kind *kind) {
    enum { ATTRIBUTES = 34962 };
    json_t *out = json_pack("{s:i, s:I, s:I}", "buffer", 0, "byteOffset", (json_int_t)view->offset, "byteLength", (json_int_t)view->size);
    if (kind->target == ATTRIBUTES)
        out = with_key(out, "byteStride", json_integer((json_int_t)kind->size));
    return kind->target ? with_key(out, "target", json_integer(kind->target)) : out;
}

static json_t *buffer_views(const oik_glb_layout *layout) {
    json_t *list = json_array();
    for (int v = 0; v < OIK_GLB_N_VIEWS; v++)
        if (layout->views[v].number >= 0)
            list = with(list, buffer_view(&layout->views[v], &oik_glb_kinds[v]));
    return list;
}

static json_t *document(const oik_rig *rig, const oik_glb_layout *layout) {
    json_t *out = json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "asset", asset(rig), "scene", 0, "scenes", scenes(rig, layout), "nodes",
                            nodes(rig, layout), "meshes", meshes(layout), "materials", materials(layout));
    if (layout->joints >= 0)
        out = with_key(out, "skins", skins(rig, layout));
    if (layout->time >= 0)
        out = with_key(out, "animations", animations(rig, layout));
    out = with_key(out, "accessors", accessors(layout));
    out = with_key(out, "bufferViews", buffer_views(layout));
    return with_key(out, "buffers", json_pack("[{s:I}]", "byteLength", (json_int_t)layout->size));
}

oik_status oik_glb_json(oik_buf *buf, const oik_rig *rig, const oik_glb_layout *layout, oik_error *err) {
    enum { DIGITS = 17 }; /* significant: bounds come back bit by bit */
    bool whole = oik_json_append(buf, document(rig, layout), JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    return whole ? OIK_OK : oik_fail(err, OIK_E_MEMORY, "out of memory: the document of %d meshes", layout->n_meshes);
}
