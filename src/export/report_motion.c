/** The motion of a report (see report_motion.h). */
#include "export/report_motion.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "export/report_array.h"

enum { INFLUENCES = 4, GROUND_FRAMES = 60 };

/* ---- what must hold ---- */

static oik_status check_skin(const oik_rig *rig, oik_error *err) {
    const oik_rig_skin *skin = &rig->skin;
    for (size_t i = 0; i < skin->n_vertices; i++)
        for (int k = 0; k < INFLUENCES; k++)
            if (skin->body[i][k] < 0 || skin->body[i][k] >= rig->n_bodies)
                return oik_fail(err, OIK_E_ARGUMENT, "report: vertex %zu of the rig's skin has body %d of %d", i, skin->body[i][k],
                                rig->n_bodies);
    return oik_report_check_faces((const int32_t(*)[3])skin->faces, skin->n_faces, skin->n_vertices, "rig's skin", err);
}

oik_status oik_report_check_rig(const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    for (int b = 0; b < rig->n_bones && !status; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        status = oik_report_check_faces((const int32_t(*)[3])bone->faces, bone->n_faces, bone->n_vertices, bone->name, err);
    }
    return status ? status : check_skin(rig, err);
}

/* ---- frames and ground ---- */

static void place_frames(oik_report_motion *motion, const oik_rig *rig) {
    for (size_t f = 0; f < motion->n_frames; f++)
        oik_rig_forward(motion->R + f * (size_t)rig->n_bodies, motion->o + f * (size_t)rig->n_bodies, rig,
                        rig->q + f * motion->every * (size_t)rig->n_dofs);
}

/** From the rig's x forward, z right to the page's z forward, x left, and about the vertical until the subject faces the viewer. */
static oik_mat3 facing(const oik_report_motion *motion, const oik_rig *rig) {
    const oik_mat3 page = {{{0, 0, -1}, {0, 1, 0}, {1, 0, 0}}};
    oik_vec3 forward = v3(0, 0, 0);
    for (size_t f = 0; f < motion->n_frames; f++)
        forward = v3_add(forward, m3_column(motion->R[f * (size_t)rig->n_bodies], 0));
    forward = m3_mulv(page, forward);
    return m3_mul(oik_rot_axis(v3(0, 1, 0), -atan2(forward.x, forward.z)), page);
}

/** Height of the lowest skin vertex in a frame; turn, shift: n_bodies, from the skin's rest to the frame. */
static double lowest_in_frame(const oik_rig_skin *skin, const oik_mat3 *turn, const oik_vec3 *shift) {
    double lowest = HUGE_VAL;
    for (size_t i = 0; i < skin->n_vertices; i++) {
        double height = 0.0;
        for (int k = 0; k < INFLUENCES; k++) {
            int b = skin->body[i][k];
            height += skin->weight[i][k] * (m3_mulv(turn[b], skin->vertices[i]).y + shift[b].y);
        }
        lowest = fmin(lowest, height);
    }
    return lowest;
}

/** Of the skin, seen in GROUND_FRAMES frames; of the joint centres where there is no skin. In the rig's world; frames as placed there. */
static oik_status find_ground(double *ground, const oik_report_motion *motion, const oik_rig *rig, oik_error *err) {
    size_t n = (size_t)rig->n_bodies, stride = 1 + motion->n_frames / GROUND_FRAMES;
    oik_mat3 *turn = oik_new(n, sizeof *turn, err);
    oik_vec3 *shift = oik_new(n, sizeof *shift, err);
    *ground = HUGE_VAL;
    for (size_t f = 0; turn && shift && f < motion->n_frames; f += stride) {
        const oik_mat3 *R = motion->R + f * n;
        const oik_vec3 *o = motion->o + f * n;
        for (size_t b = 0; b < n; b++) {
            turn[b] = m3_mul(R[b], m3_transpose(motion->R[b]));
            shift[b] = v3_sub(o[b], m3_mulv(turn[b], motion->o[b]));
            *ground = rig->skin.n_vertices ? *ground : fmin(*ground, o[b].y);
        }
        *ground = fmin(*ground, lowest_in_frame(&rig->skin, turn, shift));
    }
    oik_status status = turn && shift ? OIK_OK : OIK_E_MEMORY;
    free(turn);
    free(shift);
    return status;
}

static void move_to_page(oik_report_motion *motion, size_t n_bodies, double ground) {
    oik_report_space *space = &motion->space;
    oik_vec3 low = m3_mulv(space->R, motion->o[0]), high = low;
    for (size_t f = 0; f < motion->n_frames; f++) {
        oik_vec3 root = m3_mulv(space->R, motion->o[f * n_bodies]);
        low = v3_min(low, root);
        high = v3_max(high, root);
    }
    oik_vec3 middle = v3_lerp(low, high, 0.5);
    space->centre = m3_tmulv(space->R, v3(middle.x, ground, middle.z));
    for (size_t i = 0; i < motion->n_frames * n_bodies; i++) {
        motion->R[i] = m3_mul(space->R, motion->R[i]);
        motion->o[i] = oik_report_show(space, motion->o[i]);
    }
}

oik_status oik_report_motion_make(oik_report_motion *motion, const oik_rig *rig, oik_error *err) {
    size_t n = (size_t)rig->n_frames, n_bodies = (size_t)rig->n_bodies;
    *motion = (oik_report_motion){.every = 1 + (n - 1) / OIK_REPORT_MAX_FRAMES};
    motion->n_frames = 1 + (n - 1) / motion->every;
    motion->R = oik_new(motion->n_frames * n_bodies, sizeof *motion->R, err);
    motion->o = oik_new(motion->n_frames * n_bodies, sizeof *motion->o, err);
    if (!motion->R || !motion->o)
        return OIK_E_MEMORY;
    double ground;
    place_frames(motion, rig);
    motion->space.R = facing(motion, rig);
    oik_status status = find_ground(&ground, motion, rig, err);
    if (!status)
        move_to_page(motion, n_bodies, ground);
    return status;
}

void oik_report_motion_free(oik_report_motion *motion) {
    free(motion->R);
    free(motion->o);
    *motion = (oik_report_motion){0};
}

/* ---- bones: all in one, as the arrays of a body ---- */

typedef struct bone_arrays {
    oik_vec3 *points;
    int32_t *part, *label, *faces;
    size_t n_vertices, n_faces;
} bone_arrays;

static void bone_arrays_free(bone_arrays *a) {
    free(a->points);
    free(a->part);
    free(a->label);
    free(a->faces);
}

static oik_status collect_bones(bone_arrays *a, const oik_rig *rig, oik_error *err) {
    size_t n_vertices = 0, n_faces = 0;
    for (int b = 0; b < rig->n_bones; b++) {
        n_vertices += rig->bones[b].n_vertices;
        n_faces += rig->bones[b].n_faces;
    }
    *a = (bone_arrays){.points = oik_new(n_vertices, sizeof *a->points, err),
                       .part = oik_new(n_vertices, sizeof *a->part, err),
                       .label = oik_new(n_vertices, sizeof *a->label, err),
                       .faces = oik_new(n_faces, 3 * sizeof *a->faces, err)};
    if (!a->points || !a->part || !a->label || !a->faces)
        return OIK_E_MEMORY;
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_bone *bone = &rig->bones[b];
        for (size_t f = 0; f < bone->n_faces; f++, a->n_faces++)
            for (size_t k = 0; k < 3; k++)
                a->faces[3 * a->n_faces + k] = (int32_t)a->n_vertices + bone->faces[f][k];
        for (size_t i = 0; i < bone->n_vertices; i++, a->n_vertices++) {
            a->points[a->n_vertices] = bone->vertices[i];
            a->part[a->n_vertices] = bone->body;
            a->label[a->n_vertices] = b;
        }
    }
    return OIK_OK;
}

static oik_status put_bones(oik_text_file *file, const oik_rig *rig, oik_error *err) {
    bone_arrays a;
    oik_status status = collect_bones(&a, rig, err);
    if (!status)
        status = oik_report_put_points(file, "motion-bone-points", a.points, a.n_vertices, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-bone-part", a.part, a.n_vertices, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-bone-label", a.label, a.n_vertices, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-bone-faces", a.faces, 3 * a.n_faces, err);
    bone_arrays_free(&a);
    return status;
}

/* ---- skin: in the first frame, with bodies and weights in 1/255 ---- */

/** Whole numbers that add up to 255; what rounding leaves goes to the largest. */
static void round_weights(int32_t *out, const double *weight) {
    int largest = 0, sum = 0;
    for (int k = 0; k < INFLUENCES; k++) {
        out[k] = (int32_t)lround(UINT8_MAX * weight[k]);
        sum += out[k];
        largest = weight[k] > weight[largest] ? k : largest;
    }
    out[largest] += UINT8_MAX - sum;
}

static oik_status put_skin(oik_text_file *file, const oik_rig_skin *skin, const oik_report_space *space, oik_error *err) {
    size_t n = skin->n_vertices;
    oik_vec3 *shown = oik_new(n, sizeof *shown, err);
    int32_t(*weight)[INFLUENCES] = oik_new(n, sizeof *weight, err);
    oik_status status = shown && weight ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; i < n && !status; i++) {
        shown[i] = oik_report_show(space, skin->vertices[i]);
        round_weights(weight[i], skin->weight[i]);
    }
    if (!status)
        status = oik_report_put_points(file, "motion-skin", shown, n, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-skin-faces", (const int32_t *)skin->faces, 3 * skin->n_faces, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-skin-body", (const int32_t *)skin->body, INFLUENCES * n, err);
    if (!status)
        status = oik_report_put_indices(file, "motion-skin-weight", (const int32_t *)weight, INFLUENCES * n, err);
    free(shown);
    free(weight);
    return status;
}

/* ---- frames ---- */

/** Coordinates and times of the frames that are shown. */
static oik_status put_coordinates(oik_text_file *file, const oik_rig *rig, const oik_report_motion *motion, oik_error *err) {
    size_t n = motion->n_frames, n_dofs = (size_t)rig->n_dofs;
    double *time = oik_new(n, sizeof *time, err), *q = oik_new(n * n_dofs, sizeof *q, err);
    oik_status status = time && q ? OIK_OK : OIK_E_MEMORY;
    for (size_t f = 0; f < n && !status; f++) {
        time[f] = rig->time[f * motion->every];
        for (size_t k = 0; k < n_dofs; k++)
            q[f * n_dofs + k] = rig->q[f * motion->every * n_dofs + k];
    }
    if (!status)
        status = oik_report_put_f32(file, "motion-time", time, n, err);
    if (!status)
        status = oik_report_put_f32(file, "motion-q", q, n * n_dofs, err);
    free(time);
    free(q);
    return status;
}

static oik_status put_placements(oik_text_file *file, const oik_rig *rig, const oik_report_motion *motion, oik_error *err) {
    size_t n_bodies = (size_t)rig->n_bodies, n = motion->n_frames * n_bodies;
    double(*rotation)[4] = oik_new(n, sizeof *rotation, err), (*root)[3] = oik_new(motion->n_frames, sizeof *root, err);
    oik_vec3 *origin = oik_new(n, sizeof *origin, err);
    oik_status status = rotation && root && origin ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; i < n && !status; i++) {
        oik_quat q = oik_quat_from_rot(motion->R[i]);
        oik_vec3 first = motion->o[i - i % n_bodies];
        rotation[i][0] = q.w, rotation[i][1] = q.x, rotation[i][2] = q.y, rotation[i][3] = q.z;
        origin[i] = v3_sub(motion->o[i], first);
        root[i / n_bodies][0] = first.x, root[i / n_bodies][1] = first.y, root[i / n_bodies][2] = first.z;
    }
    if (!status)
        status = oik_report_put_units(file, "motion-rotation", &rotation[0][0], 4 * n, err);
    if (!status)
        status = oik_report_put_points(file, "motion-origin", origin, n, err);
    if (!status)
        status = oik_report_put_f32(file, "motion-root", &root[0][0], 3 * motion->n_frames, err);
    free(rotation);
    free(root);
    free(origin);
    return status;
}

oik_status oik_report_put_motion(oik_text_file *file, const oik_rig *rig, const oik_report_motion *motion, oik_error *err) {
    oik_status status = put_bones(file, rig, err);
    if (!status && rig->skin.n_vertices)
        status = put_skin(file, &rig->skin, &motion->space, err);
    if (!status)
        status = put_coordinates(file, rig, motion, err);
    return status ? status : put_placements(file, rig, motion, err);
}
