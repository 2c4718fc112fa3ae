/**
 * NAME.c3d (see c3d.h), written piece by piece.
 *
 *   symbol   code       meaning
 *   R, o     R[i], o[i] body i in the frame that is written, world of the rig
 */
#include "export/c3d.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/c3d_parameters.h"
#include "export/text_file.h"

static const double MM_PER_M = 1000.0;
static const double SINGLE_FRAME_RATE = 30.0; /* [Hz]; the format wants one even where nothing moves */

enum {
    MAX_WORD = 65535,
    POINT_BYTES = 4 * 4,     /**< of a marker in a frame */
    ROTATION_BYTES = 17 * 4, /**< of a body in a frame */
    PARAMETER_BLOCK = 2      /**< where the parameters begin */
};

typedef struct c3d {
    const oik_rig *rig;
    double rate; /**< [Hz] */
    oik_c3d_parameters parameters;
    size_t point_block, rotation_block; /**< where the data begin, blocks counted from 1 */
    oik_mat3 *R;                        /**< n_bodies */
    oik_vec3 *o;
    oik_text_file file;
} c3d;

/* ------------------------------------------------------------------ parameters */

static void marker_label(char out[OIK_C3D_MAX_TEXT + 1], const void *rig, int i) {
    snprintf(out, OIK_C3D_MAX_TEXT + 1, "%s", ((const oik_rig *)rig)->markers[i].name);
}

static void marker_description(char out[OIK_C3D_MAX_TEXT + 1], const void *list, int i) {
    const oik_rig *rig = list;
    const oik_rig_marker *marker = &rig->markers[i];
    snprintf(out, OIK_C3D_MAX_TEXT + 1, "%s, %s", rig->bodies[marker->body].name, marker->fixed ? "bony landmark or joint" : "soft tissue");
}

static void body_label(char out[OIK_C3D_MAX_TEXT + 1], const void *rig, int i) {
    snprintf(out, OIK_C3D_MAX_TEXT + 1, "%s_4X4", ((const oik_rig *)rig)->bodies[i].name);
}

static void body_description(char out[OIK_C3D_MAX_TEXT + 1], const void *rig, int i) {
    snprintf(out, OIK_C3D_MAX_TEXT + 1, "moved by %s", ((const oik_rig *)rig)->bodies[i].joint_name);
}

static void put_point_group(oik_c3d_parameters *p, const c3d *c) {
    const oik_rig *rig = c->rig;
    oik_c3d_group(p, "POINT", "virtual markers; x forward, y up, z to the right");
    oik_c3d_word(p, "USED", (unsigned)rig->n_markers, "number of markers");
    if (rig->n_frames > MAX_WORD) {
        oik_c3d_real(p, "FRAMES", rig->n_frames, "number of frames");
        oik_c3d_real(p, "LONG_FRAMES", rig->n_frames, "number of frames");
    } else {
        oik_c3d_word(p, "FRAMES", (unsigned)rig->n_frames, "number of frames");
    }
    oik_c3d_word(p, "DATA_START", (unsigned)c->point_block, "block where the markers begin");
    oik_c3d_real(p, "SCALE", -1.0, "negative: floating point");
    oik_c3d_real(p, "RATE", c->rate, "frames per second");
    oik_c3d_text(p, "UNITS", "mm", "also of ROTATION");
    oik_c3d_text(p, "X_SCREEN", "+X", "forward");
    oik_c3d_text(p, "Y_SCREEN", "+Y", "up");
    oik_c3d_texts(p, "LABELS", rig->n_markers, marker_label, rig, "");
    oik_c3d_texts(p, "DESCRIPTIONS", rig->n_markers, marker_description, rig, "body and kind");
}

static void put_rotation_group(oik_c3d_parameters *p, const c3d *c) {
    const oik_rig *rig = c->rig;
    oik_c3d_group(p, "ROTATION", "4x4 from body to world, by columns, and residual; body: x anterior, y superior, z right");
    oik_c3d_word(p, "USED", (unsigned)rig->n_bodies, "number of bodies");
    oik_c3d_word(p, "DATA_START", (unsigned)c->rotation_block, "block where the matrices begin");
    oik_c3d_word(p, "RATIO", 1, "matrices a frame of POINT");
    oik_c3d_real(p, "RATE", c->rate, "matrices per second");
    if (rig->n_frames > MAX_WORD)
        oik_c3d_real(p, "FRAMES", rig->n_frames, "number of frames");
    else
        oik_c3d_word(p, "FRAMES", (unsigned)rig->n_frames, "number of frames");
    oik_c3d_texts(p, "LABELS", rig->n_bodies, body_label, rig, "");
    oik_c3d_texts(p, "DESCRIPTIONS", rig->n_bodies, body_description, rig, "joint");
}

/** Groups that readers look for although there is nothing in them. */
static void put_empty_groups(oik_c3d_parameters *p, const c3d *c) {
    oik_c3d_group(p, "ANALOG", "none");
    oik_c3d_word(p, "USED", 0, "number of channels");
    oik_c3d_real(p, "GEN_SCALE", 1.0, "");
    oik_c3d_real(p, "RATE", c->rate, "samples per second");
    oik_c3d_group(p, "FORCE_PLATFORM", "none");
    oik_c3d_word(p, "USED", 0, "number of plates");
}

static oik_status put_parameters(c3d *c, oik_error *err) {
    oik_c3d_parameters *p = &c->parameters;
    oik_buf_free(&p->buf);
    oik_c3d_begin(p);
    put_point_group(p, c);
    put_empty_groups(p, c);
    put_rotation_group(p, c);
    oik_c3d_group(p, "TRIAL", "frames of the file");
    oik_c3d_two_words(p, "ACTUAL_START_FIELD", 1, "first frame, low word first");
    oik_c3d_two_words(p, "ACTUAL_END_FIELD", (unsigned)c->rig->n_frames, "last frame, low word first");
    oik_c3d_group(p, "MANUFACTURER", "program that wrote the file");
    oik_c3d_text(p, "COMPANY", "osso_ik", "");
    oik_c3d_text(p, "SOFTWARE", "osso_ik", "");
    return oik_c3d_end(p, err);
}

/* ------------------------------------------------------------------ where things lie */

static size_t blocks(size_t bytes) {
    return (bytes + OIK_C3D_BLOCK - 1) / OIK_C3D_BLOCK;
}

/** The parameters say where the data are, and the data lie behind the parameters, whose size does not depend on what they say. */
static oik_status lay_out(c3d *c, oik_error *err) {
    const oik_rig *rig = c->rig;
    oik_status status = put_parameters(c, err);
    if (status)
        return status;
    c->point_block = PARAMETER_BLOCK + c->parameters.buf.size / OIK_C3D_BLOCK;
    c->rotation_block = c->point_block + blocks((size_t)rig->n_frames * (size_t)rig->n_markers * POINT_BYTES);
    if (c->rotation_block > MAX_WORD)
        return oik_fail(err, OIK_E_SHAPE, "%d frames of %d markers: a C3D file has room for about %zu such frames before the matrices",
                        rig->n_frames, rig->n_markers,
                        (MAX_WORD - c->point_block) * OIK_C3D_BLOCK / ((size_t)rig->n_markers * POINT_BYTES));
    return put_parameters(c, err);
}

static oik_status check(double *rate, const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (status)
        return status;
    if (rig->n_markers < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "expected a rig with markers, found none");
    const oik_chain chain = {.n_dofs = rig->n_dofs, .dofs = rig->dofs};
    const oik_ik_motion motion = {.n_frames = rig->n_frames, .chain = &chain, .time = rig->time, .q = rig->q};
    status = oik_ik_motion_frame_rate(rate, &motion, err);
    if (!status && *rate == 0.0)
        *rate = SINGLE_FRAME_RATE;
    return status;
}

static oik_status prepare(c3d *c, oik_error *err) {
    size_t n = (size_t)c->rig->n_bodies;
    if (!(c->R = oik_new(n, sizeof *c->R, err)) || !(c->o = oik_new(n, sizeof *c->o, err)))
        return OIK_E_MEMORY;
    return lay_out(c, err);
}

/* ------------------------------------------------------------------ the file */

/** Words 1 to 12, zeros behind them: no events, no ranges. */
static void put_header(oik_buf *buf, const c3d *c) {
    const oik_rig *rig = c->rig;
    oik_c3d_put_word(buf, PARAMETER_BLOCK | OIK_C3D_KEY << 8);
    oik_c3d_put_word(buf, (unsigned)rig->n_markers);
    oik_c3d_put_word(buf, 0); /* analog measurements a frame */
    oik_c3d_put_word(buf, 1);
    oik_c3d_put_word(buf, rig->n_frames > MAX_WORD ? MAX_WORD : (unsigned)rig->n_frames);
    oik_c3d_put_word(buf, 0); /* largest gap that was interpolated */
    oik_c3d_put_float(buf, -1.0);
    oik_c3d_put_word(buf, (unsigned)c->point_block);
    oik_c3d_put_word(buf, 0); /* analog samples a frame */
    oik_c3d_put_float(buf, c->rate);
    oik_c3d_pad(buf, buf->size);
}

static void put_point(oik_buf *buf, oik_vec3 p, double fourth) {
    for (int k = 0; k < 3; k++)
        oik_c3d_put_float(buf, v3_get(p, k));
    oik_c3d_put_float(buf, fourth);
}

static void put_markers(c3d *c) {
    for (int m = 0; m < c->rig->n_markers; m++) {
        const oik_rig_marker *marker = &c->rig->markers[m];
        oik_vec3 x = v3_add(c->o[marker->body], m3_mulv(c->R[marker->body], marker->at));
        put_point(&c->file.buf, v3_scale(x, MM_PER_M), 0.0);
    }
}

static void put_matrices(c3d *c) {
    for (int i = 0; i < c->rig->n_bodies; i++) {
        for (int k = 0; k < 3; k++)
            put_point(&c->file.buf, m3_column(c->R[i], k), 0.0);
        put_point(&c->file.buf, v3_scale(c->o[i], MM_PER_M), 1.0);
        oik_c3d_put_float(&c->file.buf, 0.0);
    }
}

/** All frames of markers or of matrices, and zeros to the end of the block. */
static oik_status put_frames(c3d *c, void (*put)(c3d *), size_t frame_bytes, oik_error *err) {
    const oik_rig *rig = c->rig;
    oik_status status = OIK_OK;
    for (int f = 0; f < rig->n_frames && !status; f++) {
        oik_rig_forward(c->R, c->o, rig, rig->q + (size_t)f * (size_t)rig->n_dofs);
        put(c);
        status = oik_text_file_flow(&c->file, err);
    }
    oik_c3d_pad(&c->file.buf, (size_t)rig->n_frames * frame_bytes);
    return status;
}

static oik_status put_file(c3d *c, oik_error *err) {
    const oik_rig *rig = c->rig;
    put_header(&c->file.buf, c);
    oik_buf_append(&c->file.buf, c->parameters.buf.data, c->parameters.buf.size);
    oik_status status = put_frames(c, put_markers, (size_t)rig->n_markers * POINT_BYTES, err);
    return status ? status : put_frames(c, put_matrices, (size_t)rig->n_bodies * ROTATION_BYTES, err);
}

oik_status oik_c3d_write(const oik_rig *rig, const char *path, oik_error *err) {
    c3d c = {.rig = rig};
    oik_status status = check(&c.rate, rig, err);
    if (!status)
        status = prepare(&c, err);
    if (status)
        oik_error_prefix(err, "%s", path);
    if (!status && !(status = oik_text_file_open(&c.file, path, err)))
        status = oik_text_file_close(&c.file, put_file(&c, err), err);
    oik_buf_free(&c.parameters.buf);
    free(c.R);
    free(c.o);
    return status;
}
