/**
 * NAME.bvh (see bvh.h).
 *
 *   symbol          code                meaning
 *   R_i, o_i        R[i], o[i]          body i in the frame that is written, world of the rig
 *   R_i^0, o_i^0    R_rest[i], o_rest[i]   body i in the neutral posture
 *   G_i             G[i]                global rotation of joint i, world of the file
 */
#include "export/bvh.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/glb_y_up.h"
#include "export/text_file.h"
#include "ik/joint_angles.h"

enum { DECIMALS = 6, INDENT = 2 };

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

typedef struct angles {
    double zxy[3]; /**< [rad] */
} angles;

typedef struct bvh {
    const oik_rig *rig;
    oik_buf *buf;
    oik_mat3 *R_rest, *R, *G; /**< n_bodies */
    oik_vec3 *o_rest, *o;     /**< n_bodies [m] */
    angles *written;          /**< n_bodies, of the frame written last */
    int *order;               /**< joints as the hierarchy lists them */
    int n_listed;
    double *q;                /**< n_dofs, the neutral posture */
} bvh;

static void bvh_release(bvh *b) {
    free(b->R_rest);
    free(b->R);
    free(b->G);
    free(b->o_rest);
    free(b->o);
    free(b->written);
    free(b->order);
    free(b->q);
}

static oik_status bvh_prepare(bvh *b, const oik_rig *rig, oik_error *err) {
    size_t n = (size_t)rig->n_bodies;
    b->rig = rig;
    if (!(b->R_rest = oik_new(n, sizeof *b->R_rest, err)) || !(b->R = oik_new(n, sizeof *b->R, err)) ||
        !(b->G = oik_new(n, sizeof *b->G, err)) || !(b->o_rest = oik_new(n, sizeof *b->o_rest, err)) ||
        !(b->o = oik_new(n, sizeof *b->o, err)) || !(b->written = oik_new(n, sizeof *b->written, err)) ||
        !(b->order = oik_new(n, sizeof *b->order, err)) || !(b->q = oik_new((size_t)rig->n_dofs, sizeof *b->q, err)))
        return OIK_E_MEMORY;
    for (int d = 0; d < rig->n_dofs; d++)
        b->q[d] = rig->dofs[d].rest;
    oik_rig_forward(b->R_rest, b->o_rest, rig, b->q);
    return OIK_OK;
}

/* ---- hierarchy ---- */

static void put_indent(oik_buf *buf, int depth) {
    oik_buf_printf(buf, "%*s", INDENT * depth, "");
}

/** The next number of a line. */
static void put_number(oik_buf *buf, double x) {
    if (buf->size && buf->data[buf->size - 1] != '\n')
        oik_buf_append(buf, " ", 1);
    oik_buf_fixed(buf, x, DECIMALS);
}

static void put_point(oik_buf *buf, oik_vec3 p) {
    put_number(buf, p.x);
    put_number(buf, p.y);
    put_number(buf, p.z);
}

static void put_offset(oik_buf *buf, int depth, oik_vec3 offset) {
    put_indent(buf, depth);
    oik_buf_printf(buf, "OFFSET");
    put_point(buf, offset);
    oik_buf_append(buf, "\n", 1);
}

/** Where a body without children ends, in its frame [m] (see bvh.h). */
static oik_vec3 end_of(const oik_rig *rig, const oik_rig_body *body) {
    oik_vec3 sum = v3(0, 0, 0);
    double reach = 0.0;
    const oik_rig_bone *first = rig->bones + body->first_bone, *end = first + body->n_bones;
    for (const oik_rig_bone *bone = first; bone < end; bone++)
        for (size_t v = 0; v < bone->n_vertices; v++)
            sum = v3_add(sum, bone->vertices[v]);
    oik_vec3 direction = v3_unit(sum);
    for (const oik_rig_bone *bone = first; bone < end; bone++)
        for (size_t v = 0; v < bone->n_vertices; v++)
            reach = fmax(reach, v3_dot(direction, bone->vertices[v]));
    return reach > 0.0 ? v3_scale(direction, reach) : v3_scale(body->mass_centre, 2.0);
}

static void put_end_site(const bvh *b, int i, int depth) {
    oik_vec3 end = m3_mulv(b->R_rest[i], end_of(b->rig, &b->rig->bodies[i]));
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "End Site\n");
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "{\n");
    put_offset(b->buf, depth + 1, oik_y_up_point(end));
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "}\n");
}

static bool has_position(const oik_rig_body *body) {
    return body->parent < 0 || body->n_translations > 0;
}

static void put_channels(oik_buf *buf, const oik_rig_body *body, int depth) {
    put_indent(buf, depth);
    oik_buf_printf(buf, has_position(body) ? "CHANNELS 6 Xposition Yposition Zposition " : "CHANNELS 3 ");
    oik_buf_printf(buf, "Zrotation Xrotation Yrotation\n");
}

/** The joint and all below it. */
static void put_joint(bvh *b, int i, int depth) {
    const oik_rig_body *body = &b->rig->bodies[i];
    oik_vec3 offset = body->parent < 0 ? v3(0, 0, 0) : v3_sub(b->o_rest[i], b->o_rest[body->parent]);
    int n_children = 0;
    b->order[b->n_listed++] = i;
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "%s %s\n", body->parent < 0 ? "ROOT" : "JOINT", body->name);
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "{\n");
    put_offset(b->buf, depth + 1, oik_y_up_point(offset));
    put_channels(b->buf, body, depth + 1);
    for (int c = i + 1; c < b->rig->n_bodies; c++)
        if (b->rig->bodies[c].parent == i) {
            put_joint(b, c, depth + 1);
            n_children++;
        }
    if (!n_children)
        put_end_site(b, i, depth + 1);
    put_indent(b->buf, depth);
    oik_buf_printf(b->buf, "}\n");
}

/* ---- motion ---- */

/** The rotation as angles about z, x, y, nearest to those written before. */
static void put_rotation(oik_buf *buf, angles *written, oik_mat3 R) {
    static const oik_dof zxy[3] = {{.axis = {0, 0, 1}}, {.axis = {1, 0, 0}}, {.axis = {0, 1, 0}}};
    const angles before = *written;
    oik_joint_angles(written->zxy, zxy, 3, R, before.zxy);
    for (int k = 0; k < 3; k++)
        put_number(buf, written->zxy[k] * DEG_PER_RAD);
}

static void put_frame(bvh *b, const double *q) {
    const oik_mat3 T = oik_y_up_turn();
    oik_rig_forward(b->R, b->o, b->rig, q);
    for (int k = 0; k < b->n_listed; k++) {
        int i = b->order[k], p = b->rig->bodies[i].parent;
        oik_mat3 G_p = p < 0 ? m3_identity() : b->G[p];
        oik_vec3 o_p = p < 0 ? v3(0, 0, 0) : b->o[p];
        b->G[i] = m3_mul(m3_mul(T, m3_mul(b->R[i], m3_transpose(b->R_rest[i]))), m3_transpose(T));
        if (has_position(&b->rig->bodies[i]))
            put_point(b->buf, m3_tmulv(G_p, oik_y_up_point(v3_sub(b->o[i], o_p))));
        put_rotation(b->buf, &b->written[i], m3_tmul(G_p, b->G[i]));
    }
    oik_buf_append(b->buf, "\n", 1);
}

static oik_status put_motion(bvh *b, oik_text_file *file, double rate, oik_error *err) {
    const double single_frame_rate = 30.0; /* [Hz]; the format wants one even where nothing moves */
    oik_status status = OIK_OK;
    oik_buf_printf(b->buf, "MOTION\nFrames: %d\nFrame Time: %.9f\n", b->rig->n_frames, 1.0 / (rate > 0.0 ? rate : single_frame_rate));
    for (int f = 0; f < b->rig->n_frames && !status; f++) {
        put_frame(b, b->rig->q + (size_t)f * (size_t)b->rig->n_dofs);
        status = oik_text_file_flow(file, err);
    }
    return status;
}

/** @param[out] rate of the frames [Hz], 0 for one */
static oik_status check(double *rate, const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (status)
        return status;
    for (int i = 0; i < rig->n_bodies; i++)
        if ((i == 0) != (rig->bodies[i].parent < 0))
            return oik_fail(err, OIK_E_MODEL, "body %s: expected one body on the world, the first", rig->bodies[i].name);
    const oik_chain chain = {.n_dofs = rig->n_dofs, .dofs = rig->dofs};
    const oik_ik_motion motion = {.n_frames = rig->n_frames, .chain = &chain, .time = rig->time, .q = rig->q};
    return oik_ik_motion_frame_rate(rate, &motion, err);
}

oik_status oik_bvh_write(const oik_rig *rig, const char *path, oik_error *err) {
    bvh b = {0};
    oik_text_file file;
    double rate = 0.0;
    oik_status status = check(&rate, rig, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    status = bvh_prepare(&b, rig, err);
    if (!status)
        status = oik_text_file_open(&file, path, err);
    if (!status) {
        b.buf = &file.buf;
        oik_buf_printf(b.buf, "HIERARCHY\n");
        put_joint(&b, 0, 0);
        status = oik_text_file_close(&file, put_motion(&b, &file, rate, err), err);
    }
    bvh_release(&b);
    return status;
}
