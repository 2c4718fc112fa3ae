/** The kinematic chain and its joint angles to files. */
#include <stdlib.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "export/angles_csv.h"
#include "export/chain_json.h"
#include "export/motion_json.h"
#include "export/orientations_txt.h"
#include "export/rates_csv.h"
#include "export/segments_csv.h"

/** The posed bones' kinematics as separate arrays, which is what the writer takes. */
typedef struct columns {
    oik_vec3 *centre, *origin;
    oik_mat3 *R;
    double *length;
} columns;

static void columns_free(columns *c) {
    free(c->centre);
    free(c->origin);
    free(c->R);
    free(c->length);
}

static oik_status columns_new(columns *c, const oik_kinematics *k, oik_error *err) {
    size_t n = (size_t)k->n_segments;
    c->centre = oik_new(n, sizeof *c->centre, err);
    c->origin = oik_new(n, sizeof *c->origin, err);
    c->R = oik_new(n, sizeof *c->R, err);
    c->length = oik_new(n, sizeof *c->length, err);
    if (!c->centre || !c->origin || !c->R || !c->length)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        c->centre[i] = k->joints[i].centre;
        c->origin[i] = k->segments[i].origin;
        c->R[i] = k->segments[i].R;
        c->length[i] = k->segments[i].length;
    }
    return OIK_OK;
}

/** Centres and frames are those of the bones as they are posed; axes and angles are those of the solved chain. */
oik_status oik_write_chain(const oik_chain *chain, const oik_motion *motion, const char *path, oik_error *err) {
    columns c = {0};
    if (!motion->measured)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: a chain is written with the motion of a posed skeleton, this one is from keypoints",
                        path);
    oik_status status = oik_check_chain(chain, motion->measured, err);
    if (!status)
        status = columns_new(&c, motion->measured, err);
    if (!status) {
        oik_chain_json document = {.chain = chain,
                                   .q = motion->result->q,
                                   .centre = c.centre,
                                   .axis = motion->pose->axis,
                                   .origin = c.origin,
                                   .R = c.R,
                                   .length = c.length};
        status = oik_chain_json_write(path, &document, err);
    }
    columns_free(&c);
    return status;
}

oik_status oik_write_angles(const oik_motion *motion, const char *path, oik_error *err) {
    const oik_ik_motion *m = motion->frames;
    oik_angles_csv table = {.chain = m->chain, .n_frames = (size_t)m->n_frames, .time = m->time, .q = m->q};
    return oik_angles_csv_write(path, &table, err);
}

oik_status oik_write_orientations(const oik_motion *motion, const char *path, oik_error *err) {
    return oik_orientations_txt_write(path, motion->frames, err);
}

oik_status oik_write_segments(const oik_motion *motion, const char *path, oik_error *err) {
    return oik_segments_csv_write(path, motion->frames, err);
}

oik_status oik_write_rates(const oik_motion *motion, const char *path, oik_error *err) {
    return oik_rates_csv_write(path, motion->frames, err);
}

oik_status oik_write_motion(const oik_motion *motion, const char *path, oik_error *err) {
    return oik_motion_json_write(path, motion->frames, err);
}
