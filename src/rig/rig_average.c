/**
 * Bones of many frames on rigid bodies.
 *
 * A joint of a rig turns about a fixed centre, tracked bones slide and turn a little on each other. A part p, carried by body b, rides
 * there at the mean of its places in the frames f that are known:
 *
 *   R = nearest rotation to sum_f R_b,f^T R_p,f        t = mean of R_b,f^T (t_p,f - o_b,f)
 *
 * which minimise the sums of squared chordal distances of the rotations and of distances of the places.
 *   Source: Moakher, SIAM J. Matrix Anal. Appl. 24 (2002) 1 (projected arithmetic mean).
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "rig/rig_build.h"

oik_status oik_rig_placed_new(oik_rig_placed *out, int n_frames, int n_parts, oik_error *err) {
    size_t n = (size_t)n_frames, n_places = n * (size_t)n_parts;
    *out = (oik_rig_placed){.n_frames = n_frames};
    out->frame = oik_new(n, sizeof *out->frame, err);
    out->r = oik_new(n_places, sizeof *out->r, err);
    out->t = oik_new(n_places, sizeof *out->t, err);
    return out->frame && out->r && out->t ? OIK_OK : OIK_E_MEMORY;
}

void oik_rig_placed_clear(oik_rig_placed *placed) {
    free(placed->frame);
    free(placed->r);
    free(placed->t);
    *placed = (oik_rig_placed){0};
}

/** Working memory. */
typedef struct sums {
    oik_mat3 *R; /**< n_bodies, of one frame */
    oik_vec3 *o;
    oik_mat3 *turn; /**< n_parts, sum over the frames in the body's frame */
    oik_vec3 *place;
} sums;

static void sums_free(sums *s) {
    free(s->R);
    free(s->o);
    free(s->turn);
    free(s->place);
}

static oik_status sums_new(sums *s, const oik_rig_builder *b, oik_error *err) {
    size_t n_bodies = (size_t)b->rig->n_bodies, n_parts = (size_t)b->input->model->n_parts;
    *s = (sums){.R = oik_new(n_bodies, sizeof *s->R, err),
                .o = oik_new(n_bodies, sizeof *s->o, err),
                .turn = oik_new(n_parts, sizeof *s->turn, err),
                .place = oik_new(n_parts, sizeof *s->place, err)};
    return s->R && s->o && s->turn && s->place ? OIK_OK : OIK_E_MEMORY;
}

static int body_of(const oik_rig_builder *b, int part) {
    return b->body_of_segment[b->segment_of_part[part]];
}

static void add_frame(sums *s, const oik_rig_builder *b, int i) {
    const oik_rig_placed *placed = b->input->placed;
    int n_parts = b->input->model->n_parts;
    oik_rig_forward(s->R, s->o, b->rig, b->rig->q + (size_t)placed->frame[i] * (size_t)b->rig->n_dofs);
    for (int p = 0; p < n_parts; p++) {
        size_t at = (size_t)i * (size_t)n_parts + (size_t)p;
        int body = body_of(b, p);
        oik_mat3 turn = m3_tmul(s->R[body], m3_mul(b->rig->world, oik_rot_exp(placed->r[at])));
        oik_vec3 place = m3_tmulv(s->R[body], v3_sub(m3_mulv(b->rig->world, placed->t[at]), s->o[body]));
        for (int k = 0; k < 9; k++)
            s->turn[p].m[k / 3][k % 3] += turn.m[k / 3][k % 3];
        s->place[p] = v3_add(s->place[p], place);
    }
}

/** The means, on the bodies where the bones lie. */
static void place_parts(oik_puppet *out, const sums *s, const oik_rig_builder *b) {
    for (int p = 0; p < out->n_parts; p++) {
        int body = body_of(b, p);
        oik_vec3 mean = v3_scale(s->place[p], 1.0 / b->input->placed->n_frames);
        out->R[p] = m3_tmul(b->rig->world, m3_mul(b->R[body], oik_rot_nearest(s->turn[p])));
        out->t[p] = m3_tmulv(b->rig->world, v3_add(b->o[body], m3_mulv(b->R[body], mean)));
    }
}

oik_status oik_rig_average_parts(oik_rig_builder *b, oik_error *err) {
    b->puppet = b->input->puppet;
    if (!b->input->placed)
        return OIK_OK;
    sums s;
    oik_status status = sums_new(&s, b, err);
    if (!status)
        status = oik_puppet_new(&b->average, b->input->model, err);
    if (!status) {
        oik_puppet_copy(b->average, b->input->puppet);
        for (int i = 0; i < b->input->placed->n_frames; i++)
            add_frame(&s, b, i);
        place_parts(b->average, &s, b);
        b->puppet = b->average;
    }
    sums_free(&s);
    return status;
}
