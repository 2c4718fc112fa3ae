#include "skin_weights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { N = OIK_SKIN_N_JOINTS, SMOOTHING_PASSES = 4 };

static const double least_weight = 0.004;

/** Which vertices a joint may move at all, by the segment they belong to, besides those of its parent. */
typedef enum scope { EVERYWHERE, NOT_LEGS, NECK_ONLY, SIDE_NOT_HEAD, HEAD_ONLY, NOT_THUMB, HIP } scope;

/** A joint plane of the left side or the midline: where it passes the joint, its direction, over what width it acts. */
typedef struct joint_plane {
    int joint;
    scope where;
    oik_vec3 offset, normal; /* offset in m; the normal need not be a unit vector */
    double half_width;       /* [m] */
} joint_plane;

/* half widths: how far around the joint the skin slides, roughly the limb's half thickness there; set by bending our own
   template */
static const joint_plane planes[] = {{1, HIP, {0.012, 0, 0}, {0.42, -0.9, 0}, 0.075},
                                     {4, EVERYWHERE, {0, 0, 0}, {0, -1, 0}, 0.045},
                                     {7, EVERYWHERE, {0, 0.004, 0}, {0, -1, 0.15}, 0.032},
                                     {10, EVERYWHERE, {0, 0, 0}, {0, -0.1, 1}, 0.022},
                                     {3, NOT_LEGS, {0, 0, 0}, {0, 1, 0}, 0.060},
                                     {6, EVERYWHERE, {0, 0, 0}, {0, 1, 0}, 0.055},
                                     {9, EVERYWHERE, {0, 0, 0}, {0, 1, 0}, 0.045},
                                     {12, NECK_ONLY, {0, 0, 0}, {0, 1, 0.25}, 0.040},
                                     {15, HEAD_ONLY, {0, 0, 0}, {0, 1, -0.35}, 0.035},
                                     {13, SIDE_NOT_HEAD, {0.005, 0, 0}, {1, 0.45, 0}, 0.055},
                                     {16, EVERYWHERE, {0, 0, 0}, {0.93, 0.36, 0}, 0.050},
                                     {18, EVERYWHERE, {0, 0, 0}, {1, 0, 0}, 0.038},
                                     {20, EVERYWHERE, {0, 0, 0}, {1, 0, 0}, 0.024},
                                     {22, NOT_THUMB, {0.008, 0, 0}, {1, 0, 0}, 0.016}};

static double smoothstep(double x) {
    x = fmin(fmax(x, 0), 1);
    return x * x * (3 - 2 * x);
}

static int is_leg(size_t segment) {
    return segment >= OIK_SKIN_THIGH && segment < OIK_SKIN_FINGERS;
}
static int is_arm(size_t segment) {
    return segment == OIK_SKIN_UARM || segment == OIK_SKIN_FARM || segment >= OIK_SKIN_FINGERS;
}
static int is_head(size_t segment) {
    return segment == OIK_SKIN_NECK || segment == OIK_SKIN_HEAD;
}

/** 1 on the joint's own side, 0 on the other, a ramp of 16 mm between */
static double own_side(double x) {
    return fmin(fmax((x + 0.008) / 0.016, 0), 1);
}

/** x is mirrored for right-hand joints, so that "own side" is +x */
static double allowed(scope where, oik_vec3 x, size_t segment, const oik_vec3 *joints) {
    switch (where) {
    case EVERYWHERE: return 1;
    case NOT_LEGS: return !is_leg(segment);
    case NECK_ONLY: return !is_arm(segment) && fabs(x.x) < 0.14; /* not the shoulders */
    case SIDE_NOT_HEAD: return is_head(segment) ? 0 : own_side(x.x);
    case HEAD_ONLY: return is_head(segment);
    case NOT_THUMB: return segment < OIK_SKIN_MC_THUMB;
    case HIP: return x.y < joints[0].y + 0.05 ? own_side(x.x) : 0; /* not the waist */
    }
    return 1;
}

/** activations of all joints at a point of the given segment */
static void activate(double a[N], oik_vec3 x, size_t segment, const oik_vec3 *joints) {
    for (size_t k = 0; k < sizeof planes / sizeof *planes; k++) {
        const joint_plane *p = &planes[k];
        int twin = oik_skin_joint_mirror[p->joint];
        for (int right = 0; right <= (twin != p->joint); right++) {
            oik_vec3 q = right ? v3(-x.x, x.y, x.z) : x;
            oik_vec3 d = v3_sub(q, v3_add(joints[p->joint], p->offset));
            double distance = v3_dot(d, v3_unit(p->normal));
            a[right ? twin : p->joint] =
                smoothstep((distance + p->half_width) / (2 * p->half_width)) * allowed(p->where, q, segment, joints);
        }
    }
}

static void weights_at(double w[N], oik_vec3 x, size_t segment, const oik_vec3 *joints) {
    double a[N] = {0}, A[N];
    activate(a, x, segment, joints);
    A[0] = w[0] = 1;
    for (int j = 1; j < N; j++)
        w[j] = A[j] = A[oik_skin_joint_parent[j]] * a[j];
    for (int j = 1; j < N; j++)
        w[oik_skin_joint_parent[j]] -= A[j];
    for (int j = 0; j < N; j++)
        w[j] = fmax(w[j], 0);
}

/** write the left-hand row to its right-hand twin; on the midline average it with its own mirror image */
static void mirror_row(double *dense, int32_t left, int32_t right) {
    double row[N];
    memcpy(row, dense + (size_t)left * N, sizeof row);
    for (int j = 0; j < N; j++) {
        int m = oik_skin_joint_mirror[j];
        if (left == right)
            dense[(size_t)left * N + (size_t)j] = 0.5 * (row[j] + row[m]);
        else
            dense[(size_t)right * N + (size_t)m] = row[j];
    }
}

static void mirror_all(double *dense, const oik_skin_address_table *T) {
    for (size_t i = 0; i < T->n_left; i++)
        mirror_row(dense, T->vertex[i], T->mirror[T->vertex[i]]);
}

static oik_status smooth(double *dense, const oik_skin_graph *graph, oik_error *err) {
    size_t n = graph->n;
    double *next = oik_new(n * N, sizeof *next, err);
    if (!next)
        return OIK_E_MEMORY;
    for (int pass = 0; pass < SMOOTHING_PASSES; pass++) {
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < N; j++)
                next[i * N + j] = 0.5 * dense[i * N + j] + 0.5 * oik_skin_graph_mean(graph, dense, N, i, j);
        memcpy(dense, next, n * N * sizeof *next);
    }
    free(next);
    return OIK_OK;
}

/** the joint with the greatest weight not yet taken and past the limit, or -1 */
static int greatest(const double w[N], const int taken[N], double limit) {
    int best = -1;
    for (int j = 0; j < N; j++)
        if (!taken[j] && w[j] > limit && (best < 0 || w[j] > w[best]))
            best = j;
    return best;
}

/** keep the four greatest (on the midline whole left-right pairs), make the sum 1 */
static void prune(double w[N], int on_midline) {
    int taken[N] = {0}, room = OIK_SKIN_N_WEIGHTS;
    double kept[N] = {0}, sum = 0;
    for (int j; room > 0 && (j = greatest(w, taken, least_weight)) >= 0;) {
        int twin = on_midline ? oik_skin_joint_mirror[j] : j, need = twin == j ? 1 : 2;
        taken[j] = taken[twin] = 1;
        if (need > room)
            continue;
        room -= need;
        kept[j] = w[j];
        kept[twin] = w[twin];
        sum += w[j] + (need == 2 ? w[twin] : 0);
    }
    for (int j = 0; j < N; j++)
        w[j] = kept[j] / sum;
}

oik_status oik_skin_weights(double *dense, const oik_vec3 *vertices, const oik_vec3 *joints,
                            const oik_skin_address_table *table, const oik_skin_graph *graph, oik_error *err) {
    for (size_t i = 0; i < table->n_left; i++) {
        size_t v = (size_t)table->vertex[i];
        weights_at(dense + v * N, vertices[v], table->row[i].segment, joints);
    }
    mirror_all(dense, table);
    oik_status status = smooth(dense, graph, err);
    if (status != OIK_OK)
        return status;
    for (size_t i = 0; i < table->n_left; i++) {
        int32_t v = table->vertex[i], twin = table->mirror[v];
        if (v == twin)
            mirror_row(dense, v, v);
        prune(dense + (size_t)v * N, v == twin);
        if (v != twin)
            mirror_row(dense, v, twin);
    }
    return OIK_OK;
}

void oik_skin_weights_pack(uint8_t (*joint)[OIK_SKIN_N_WEIGHTS], double (*weight)[OIK_SKIN_N_WEIGHTS],
                           const double *dense, size_t n_vertices) {
    for (size_t i = 0; i < n_vertices; i++) {
        int taken[N] = {0};
        for (int k = 0; k < OIK_SKIN_N_WEIGHTS; k++) {
            int j = greatest(dense + i * N, taken, 0);
            joint[i][k] = j < 0 ? 0 : (uint8_t)j;
            weight[i][k] = j < 0 ? 0 : dense[i * N + (size_t)j];
            if (j >= 0)
                taken[j] = 1;
        }
    }
}
