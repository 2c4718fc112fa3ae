/** NAME.glb (see glb.h): the header, the JSON chunk, and the binary chunk view after view. Numbers are little-endian. */
#include "export/glb.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "export/glb_json.h"
#include "export/glb_y_up.h"
#include "export/text_file.h"
#include "mesh/mesh.h"

typedef struct glb {
    const oik_rig *rig;
    oik_glb_layout layout;
    oik_text_file file;
    oik_mat3 *R;       /**< n_bodies, first frame */
    oik_vec3 *o;       /**< n_bodies [m] */
    oik_vec3 *normals; /**< room for the largest mesh */
} glb;

static void put_u16(oik_buf *buf, uint16_t x) {
    const uint8_t bytes[2] = {(uint8_t)x, (uint8_t)(x >> 8)};
    oik_buf_append(buf, bytes, sizeof bytes);
}

static void put_u32(oik_buf *buf, uint32_t x) {
    const uint8_t bytes[4] = {(uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16), (uint8_t)(x >> 24)};
    oik_buf_append(buf, bytes, sizeof bytes);
}

static void put_float(oik_buf *buf, double x) {
    float single = (float)x;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    put_u32(buf, bits);
}

static void put_point(oik_buf *buf, oik_vec3 p) {
    put_float(buf, p.x);
    put_float(buf, p.y);
    put_float(buf, p.z);
}

/* ---- the views; each appends its data, without the padding ---- */

static oik_status put_positions(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (int m = 0; m < g->layout.n_meshes; m++) {
        const oik_glb_mesh *mesh = &g->layout.meshes[m];
        for (size_t i = 0; i < mesh->n_vertices && !status; i++) {
            put_point(&g->file.buf, oik_glb_vertex(mesh, i));
            status = oik_text_file_flow(&g->file, err);
        }
    }
    return status;
}

/** A vertex without area has no normal; a unit vector is required. */
static oik_vec3 some_normal(oik_vec3 normal) {
    return v3_norm(normal) > 0.0 ? normal : v3(0, 1, 0);
}

static oik_status put_normals(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (int m = 0; m < g->layout.n_meshes; m++) {
        const oik_glb_mesh *mesh = &g->layout.meshes[m];
        oik_mesh_normals(g->normals, mesh->vertices, mesh->n_vertices, mesh->faces, mesh->n_faces);
        for (size_t i = 0; i < mesh->n_vertices && !status; i++) {
            oik_vec3 normal = some_normal(g->normals[i]);
            put_point(&g->file.buf, mesh->skin ? oik_y_up_point(normal) : normal);
            status = oik_text_file_flow(&g->file, err);
        }
    }
    return status;
}

/** Indices of the meshes whose accessors lie in the view. */
static oik_status put_indices(glb *g, oik_glb_view_id view, oik_error *err) {
    oik_status status = OIK_OK;
    for (int m = 0; m < g->layout.n_meshes; m++) {
        const oik_glb_mesh *mesh = &g->layout.meshes[m];
        if (g->layout.accessors[mesh->indices].view != view)
            continue;
        for (size_t f = 0; f < mesh->n_faces && !status; f++) {
            for (int k = 0; k < 3; k++)
                if (view == OIK_GLB_INDEX_16)
                    put_u16(&g->file.buf, (uint16_t)mesh->faces[f][k]);
                else
                    put_u32(&g->file.buf, (uint32_t)mesh->faces[f][k]);
            status = oik_text_file_flow(&g->file, err);
        }
    }
    return status;
}

static oik_status put_narrow_indices(glb *g, oik_error *err) {
    return put_indices(g, OIK_GLB_INDEX_16, err);
}

static oik_status put_wide_indices(glb *g, oik_error *err) {
    return put_indices(g, OIK_GLB_INDEX_32, err);
}

/** The bodies that carry a vertex; unused ones are 0 with weight 0. */
typedef struct influences {
    uint16_t body[4];
    float weight[4];
} influences;

/** Each body once, weights that sum to 1 as precisely as the largest of them can say. */
static influences influences_of(const oik_rig_skin *skin, size_t v) {
    influences out = {{0}, {0}};
    double sum[4] = {0};
    int n = 0, largest = 0;
    for (int k = 0; k < 4; k++) {
        int at = 0;
        if ((float)skin->weight[v][k] == 0.0f)
            continue;
        while (at < n && out.body[at] != skin->body[v][k])
            at++;
        n += at == n;
        out.body[at] = (uint16_t)skin->body[v][k];
        sum[at] += skin->weight[v][k];
        largest = sum[at] > sum[largest] ? at : largest;
    }
    double others = 0.0;
    for (int k = 0; k < n; k++) {
        out.weight[k] = (float)sum[k];
        others += k == largest ? 0.0 : (double)out.weight[k];
    }
    out.weight[largest] = (float)(1.0 - others);
    return out;
}

static oik_status put_joints(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (size_t v = 0; v < g->rig->skin.n_vertices && !status; v++) {
        influences of = influences_of(&g->rig->skin, v);
        for (int k = 0; k < 4; k++)
            put_u16(&g->file.buf, of.body[k]);
        status = oik_text_file_flow(&g->file, err);
    }
    return status;
}

static oik_status put_weights(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (size_t v = 0; v < g->rig->skin.n_vertices && !status; v++) {
        influences of = influences_of(&g->rig->skin, v);
        for (int k = 0; k < 4; k++)
            put_float(&g->file.buf, (double)of.weight[k]);
        status = oik_text_file_flow(&g->file, err);
    }
    return status;
}

/** (T R, T o)^-1 = (R^T T^T, -R^T o), column after column. */
static oik_status put_inverse_bind(glb *g, oik_error *err) {
    if (g->layout.inverse_bind < 0)
        return OIK_OK;
    for (int i = 0; i < g->rig->n_bodies; i++) {
        oik_mat3 inverse = m3_transpose(m3_mul(oik_y_up_turn(), g->R[i]));
        for (int c = 0; c < 3; c++) {
            put_point(&g->file.buf, m3_column(inverse, c));
            put_float(&g->file.buf, 0.0);
        }
        put_point(&g->file.buf, v3_scale(m3_tmulv(g->R[i], g->o[i]), -1.0));
        put_float(&g->file.buf, 1.0);
    }
    return oik_text_file_flow(&g->file, err);
}

static oik_status put_times(glb *g, oik_error *err) {
    if (g->layout.time < 0)
        return OIK_OK;
    for (int f = 0; f < g->rig->n_frames; f++)
        put_float(&g->file.buf, (double)oik_glb_time(g->rig, f));
    return oik_text_file_flow(&g->file, err);
}

static double quat_dot(oik_quat a, oik_quat b) {
    return a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
}

static oik_status put_body_rotations(glb *g, int body, oik_error *err) {
    oik_status status = OIK_OK;
    oik_quat before = {1, 0, 0, 0};
    for (int f = 0; f < g->rig->n_frames && !status; f++) {
        oik_mat3 R;
        oik_vec3 t;
        oik_glb_local(&R, &t, g->rig, body, g->rig->q + (size_t)f * (size_t)g->rig->n_dofs);
        oik_quat q = oik_quat_from_rot(R);
        if (f > 0 && quat_dot(q, before) < 0.0)
            q = (oik_quat){-q.w, -q.x, -q.y, -q.z};
        put_point(&g->file.buf, v3(q.x, q.y, q.z));
        put_float(&g->file.buf, q.w);
        before = q;
        status = oik_text_file_flow(&g->file, err);
    }
    return status;
}

static oik_status put_rotations(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (int i = 0; i < g->rig->n_bodies && !status; i++)
        if (g->layout.rotation[i] >= 0)
            status = put_body_rotations(g, i, err);
    return status;
}

static oik_status put_body_translations(glb *g, int body, oik_error *err) {
    oik_status status = OIK_OK;
    for (int f = 0; f < g->rig->n_frames && !status; f++) {
        oik_mat3 R;
        oik_vec3 t;
        oik_glb_local(&R, &t, g->rig, body, g->rig->q + (size_t)f * (size_t)g->rig->n_dofs);
        put_point(&g->file.buf, t);
        status = oik_text_file_flow(&g->file, err);
    }
    return status;
}

static oik_status put_translations(glb *g, oik_error *err) {
    oik_status status = OIK_OK;
    for (int i = 0; i < g->rig->n_bodies && !status; i++)
        if (g->layout.translation[i] >= 0)
            status = put_body_translations(g, i, err);
    return status;
}

/* ---- the file ---- */

static oik_status put_views(glb *g, oik_error *err) {
    typedef oik_status put_view(glb *, oik_error *);
    static put_view *const put[OIK_GLB_N_VIEWS] = {
        [OIK_GLB_POSITION] = put_positions,         [OIK_GLB_NORMAL] = put_normals,     [OIK_GLB_INDEX_16] = put_narrow_indices,
        [OIK_GLB_INDEX_32] = put_wide_indices,      [OIK_GLB_JOINTS] = put_joints,      [OIK_GLB_WEIGHTS] = put_weights,
        [OIK_GLB_INVERSE_BIND] = put_inverse_bind,  [OIK_GLB_TIME] = put_times,         [OIK_GLB_ROTATION] = put_rotations,
        [OIK_GLB_TRANSLATION] = put_translations,
    };
    oik_status status = OIK_OK;
    for (int v = 0; v < OIK_GLB_N_VIEWS && !status; v++) {
        status = put[v](g, err);
        oik_buf_append(&g->file.buf, "\0\0\0", -g->layout.views[v].size & 3);
    }
    return status;
}

static size_t largest_mesh(const oik_glb_layout *layout) {
    size_t n = 0;
    for (int m = 0; m < layout->n_meshes; m++)
        n = layout->meshes[m].n_vertices > n ? layout->meshes[m].n_vertices : n;
    return n;
}

static oik_status prepare(glb *g, const oik_rig *rig, oik_buf *json, oik_error *err) {
    size_t n = (size_t)rig->n_bodies;
    g->rig = rig;
    oik_status status = oik_glb_layout_make(&g->layout, rig, err);
    if (status)
        return status;
    if (!(g->R = oik_new(n, sizeof *g->R, err)) || !(g->o = oik_new(n, sizeof *g->o, err)) ||
        !(g->normals = oik_new(largest_mesh(&g->layout), sizeof *g->normals, err)))
        return OIK_E_MEMORY;
    oik_rig_forward(g->R, g->o, rig, rig->q);
    status = oik_glb_json(json, rig, &g->layout, err);
    oik_buf_append(json, "   ", -json->size & 3);
    return status;
}

static oik_status put_file(glb *g, const oik_buf *json, uint32_t size, oik_error *err) {
    oik_buf *buf = &g->file.buf;
    oik_buf_append(buf, "glTF", 4);
    put_u32(buf, 2);
    put_u32(buf, size);
    put_u32(buf, (uint32_t)json->size);
    oik_buf_append(buf, "JSON", 4);
    oik_buf_append(buf, json->data, json->size);
    put_u32(buf, (uint32_t)g->layout.size);
    oik_buf_append(buf, "BIN", 4); /* with its NUL */
    return put_views(g, err);
}

oik_status oik_glb_write(const oik_rig *rig, const char *path, oik_error *err) {
    enum { HEADERS = 12 + 8 + 8 }; /* of the file and of two chunks [bytes] */
    glb g = {0};
    oik_buf json = {0};
    oik_status status = oik_glb_check(rig, err);
    if (!status)
        status = prepare(&g, rig, &json, err);
    uint64_t size = HEADERS + (uint64_t)json.size + g.layout.size;
    if (!status && size > UINT32_MAX)
        status = oik_fail(err, OIK_E_SHAPE, "%llu bytes, expected up to 4 GB", (unsigned long long)size);
    if (status)
        oik_error_prefix(err, "%s", path);
    if (!status && !(status = oik_text_file_open(&g.file, path, err)))
        status = oik_text_file_close(&g.file, put_file(&g, &json, (uint32_t)size, err), err);
    oik_buf_free(&json);
    oik_glb_layout_free(&g.layout);
    free(g.R);
    free(g.o);
    free(g.normals);
    return status;
}
