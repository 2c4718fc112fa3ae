/**
 * Rows of the published registration (see the header).
 *
 *   symbol          code
 *   M_v             M
 *   sum w_vk        mass[j]     over the subtree of j
 *   sum w_vk x_vk   moment[j]   over the subtree of j
 *   A_j             turn[j]
 *   df/dtheta_j     slope[(j - 1) features ..]
 *   dp - G dJ       offset[k][axis][m]
 */
#include "body/published_jacobian.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/correctives.h"
#include "body/register_jacobian.h"
#include "body/vertex_keys.h"

enum {
    N_BETAS = OIK_PUBLISHED_N_BETAS,
    BLOCK = 128, /* vertices: their rows, at most 85 columns, stay in a 512 kB cache until they are multiplied */
    MOST_FEATURES = OIK_MAX_FEATURES / (OIK_N_JOINTS - 1)
};

/* ---- rearranging the model ----------------------------------------------------------------------------------------- */

/* Cut the vertices, sorted by their joints, into blocks. */
static void cut_blocks(oik_published_rows *rows, const oik_vertex_key *keys) {
    size_t n = rows->model->n_vertices;
    for (size_t b = 0; b < rows->n_blocks; b++) {
        oik_published_block *block = &rows->blocks[b];
        uint32_t mask = 0;
        block->first = b * BLOCK;
        block->end = block->first + BLOCK < n ? block->first + BLOCK : n;
        for (size_t i = block->first; i < block->end; i++) {
            rows->order[i] = keys[i].vertex;
            mask |= keys[i].joints;
        }
        for (int j = 0; j < OIK_N_JOINTS; j++)
            if (mask >> j & 1) {
                block->slot[j] = block->n_joints;
                block->joints[block->n_joints++] = j;
            }
    }
}

static void copy_shape(oik_published_rows *rows) {
    size_t n = rows->model->n_vertices;
    double *out = rows->shape;
    for (size_t i = 0; i < n; i++, out += 3 * N_BETAS)
        for (size_t m = 0; m < N_BETAS; m++) {
            oik_vec3 d = rows->model->modes[m * n + (size_t)rows->order[i]];
            out[m] = d.x;
            out[N_BETAS + m] = d.y;
            out[2 * N_BETAS + m] = d.z;
        }
}

/* The entries of corrective_joint and corrective of one vertex; the number of joints. */
static size_t copy_vertex_correctives(uint8_t *joint, double *out, const oik_body_model *model, size_t v, uint32_t mask) {
    size_t features = (size_t)oik_features_per_joint(model->corrective_kind), n_joints = 0;
    for (size_t j = 1; j < OIK_N_JOINTS; j++) {
        if (!(mask >> j & 1))
            continue;
        const oik_vec3 *c = model->correctives + (j - 1) * features * model->n_vertices + v;
        for (size_t f = 0; f < features; f++, c += model->n_vertices) {
            out[f] = c->x;
            out[features + f] = c->y;
            out[2 * features + f] = c->z;
        }
        out += 3 * features;
        joint[n_joints++] = (uint8_t)j;
    }
    return n_joints;
}

static size_t count_bits(uint32_t mask) {
    size_t n = 0;
    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

static oik_status copy_correctives(oik_published_rows *rows, const oik_vertex_key *keys, oik_error *err) {
    const oik_body_model *model = rows->model;
    size_t n = model->n_vertices, features = (size_t)oik_features_per_joint(model->corrective_kind), total = 0;
    for (size_t i = 0; i < n; i++)
        total += count_bits(keys[i].correcting);
    rows->corrective_start = oik_new(n + 1, sizeof *rows->corrective_start, err);
    rows->corrective_joint = oik_new(total, sizeof *rows->corrective_joint, err);
    rows->corrective = oik_new(total, 3 * features * sizeof *rows->corrective, err);
    if (!rows->corrective_start || !rows->corrective_joint || !rows->corrective)
        return OIK_E_MEMORY;
    for (size_t i = 0, at = 0; i < n; i++, rows->corrective_start[i] = at)
        at += copy_vertex_correctives(rows->corrective_joint + at, rows->corrective + 3 * features * at, model, (size_t)keys[i].vertex,
                                      keys[i].correcting);
    return OIK_OK;
}

static oik_status rearrange(oik_published_rows *rows, oik_vertex_key *keys, oik_error *err) {
    size_t n = rows->model->n_vertices;
    rows->order = oik_new(n, sizeof *rows->order, err);
    rows->shape = oik_new(n, 3 * N_BETAS * sizeof *rows->shape, err);
    rows->skin = oik_new(n, sizeof *rows->skin, err);
    rows->n_blocks = (n + BLOCK - 1) / BLOCK;
    rows->blocks = oik_new(rows->n_blocks, sizeof *rows->blocks, err);
    if (!rows->order || !rows->shape || !rows->skin || !rows->blocks)
        return OIK_E_MEMORY;
    oik_vertex_keys(keys, rows->model);
    cut_blocks(rows, keys);
    copy_shape(rows);
    return copy_correctives(rows, keys, err);
}

oik_status oik_published_rows_new(oik_published_rows **out, const oik_body_model *model, oik_error *err) {
    *out = NULL;
    oik_published_rows *rows = oik_new(1, sizeof *rows, err);
    oik_vertex_key *keys = oik_new(model->n_vertices, sizeof *keys, err);
    oik_status status = OIK_E_MEMORY;
    if (rows && keys) {
        rows->model = model;
        status = rearrange(rows, keys, err);
    }
    free(keys);
    if (status == OIK_OK)
        *out = rows;
    else
        oik_published_rows_free(rows);
    return status;
}

void oik_published_rows_free(oik_published_rows *rows) {
    if (!rows)
        return;
    free(rows->order);
    free(rows->shape);
    free(rows->corrective_start);
    free(rows->corrective_joint);
    free(rows->corrective);
    free(rows->blocks);
    free(rows->skin);
    free(rows);
}

/* ---- sparsity ------------------------------------------------------------------------------------------------------ */

int oik_published_n_unknowns(oik_published_free free) {
    return free.n_betas + 3 * free.n_joints + 3;
}

int oik_published_n_rows(const oik_published_rows *rows) {
    return 3 * (int)rows->model->n_vertices + OIK_PUBLISHED_PRIOR_ROWS;
}

/* Joints of a block that are free: those at the start of its list. */
static int n_free_joints(const oik_published_block *block, oik_published_free free) {
    int n = 0;
    while (n < block->n_joints && block->joints[n] < free.n_joints)
        n++;
    return n;
}

static int n_columns(const oik_published_block *block, oik_published_free free) {
    return free.n_betas + 3 * n_free_joints(block, free) + 3;
}

/* Columns of the rows of a block; the end of them. */
static int *write_columns(int *col, const oik_published_block *block, oik_published_free free) {
    for (int m = 0; m < free.n_betas; m++)
        *col++ = m;
    for (int b = 0; b < n_free_joints(block, free); b++)
        for (int axis = 0; axis < 3; axis++)
            *col++ = free.n_betas + 3 * block->joints[b] + axis;
    for (int axis = 0; axis < 3; axis++)
        *col++ = free.n_betas + 3 * free.n_joints + axis;
    return col;
}

static size_t n_entries(const oik_published_rows *rows, oik_published_free free) {
    size_t sum = (size_t)oik_published_n_unknowns(free);
    for (size_t b = 0; b < rows->n_blocks; b++)
        sum += 3 * (rows->blocks[b].end - rows->blocks[b].first) * (size_t)n_columns(&rows->blocks[b], free);
    return sum;
}

static void write_pattern(int *row_start, int *col, const oik_published_rows *rows, oik_published_free free) {
    const int *first = col;
    for (size_t b = 0; b < rows->n_blocks; b++)
        for (size_t row = 3 * rows->blocks[b].first; row < 3 * rows->blocks[b].end; row++) {
            col = write_columns(col, &rows->blocks[b], free);
            *++row_start = (int)(col - first);
        }
    for (int k = 0; k < OIK_PUBLISHED_PRIOR_ROWS; k++) {
        int joint_part = k - N_BETAS;
        if (k < free.n_betas)
            *col++ = k;
        else if (joint_part >= 0 && joint_part < 3 * free.n_joints)
            *col++ = free.n_betas + joint_part;
        *++row_start = (int)(col - first);
    }
}

oik_status oik_published_pattern(oik_lsq_pattern *pattern, const oik_published_rows *rows, oik_published_free unknowns,
                                 oik_error *err) {
    size_t entries = n_entries(rows, unknowns);
    if (entries > INT_MAX)
        return oik_fail(err, OIK_E_MODEL, "registration: %zu vertices make a Jacobian of more than %d entries",
                        rows->model->n_vertices, INT_MAX);
    int *row_start = oik_new((size_t)oik_published_n_rows(rows) + 1, sizeof(int), err);
    int *col = oik_new(entries, sizeof(int), err);
    if (!row_start || !col) {
        free(row_start);
        free(col);
        return OIK_E_MEMORY;
    }
    write_pattern(row_start, col, rows, unknowns);
    *pattern = (oik_lsq_pattern){
        .n_rows = oik_published_n_rows(rows), .n_unknowns = oik_published_n_unknowns(unknowns), .row_start = row_start, .col = col};
    return OIK_OK;
}

/* ---- evaluation ---------------------------------------------------------------------------------------------------- */

/* What all vertices share at one point. */
typedef struct linearisation {
    const oik_published_rows *rows;
    const oik_published_point *point;
    int features;                              /* of a joint */
    oik_body_frames frames;                    /* tau left out; feature as the published model has it */
    oik_mat3 turn[OIK_N_JOINTS];
    double slope[OIK_MAX_FEATURES][3];
    double offset[OIK_N_JOINTS][3][N_BETAS];
} linearisation;

/* What the joints do to one vertex. */
typedef struct vertex_motion {
    oik_mat3 M;
    double mass[OIK_N_JOINTS];
    oik_vec3 moment[OIK_N_JOINTS];
} vertex_motion;

/* dp - G dJ of every joint and mode, the motion of the root joint included. */
static void set_offsets(linearisation *at) {
    const oik_body_model *model = at->rows->model;
    oik_vec3 offset[N_BETAS * OIK_N_JOINTS];
    oik_body_mode_offsets(offset, model, &at->frames, N_BETAS);
    for (int m = 0; m < N_BETAS; m++)
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            oik_vec3 d = v3_add(offset[m * OIK_N_JOINTS + j], model->mode_joints[m * OIK_N_JOINTS]);
            at->offset[j][0][m] = d.x;
            at->offset[j][1][m] = d.y;
            at->offset[j][2][m] = d.z;
        }
}

/* df/dtheta_j = df/dw J_l(theta_j) */
static void set_slopes(linearisation *at, int j, const oik_mat3 *R_j, oik_mat3 left) {
    double D[MOST_FEATURES][3];
    oik_feature_slopes(D, at->rows->model->corrective_kind, j, at->frames.feature, R_j);
    for (int f = 0; f < at->features; f++) {
        oik_vec3 d = m3_tmulv(left, v3(D[f][0], D[f][1], D[f][2]));
        double *out = at->slope[(j - 1) * at->features + f];
        out[0] = d.x;
        out[1] = d.y;
        out[2] = d.z;
    }
}

/* Rest joints of the ten published modes. */
static void shape_joints(oik_vec3 J[OIK_N_JOINTS], const oik_body_model *model, const double beta[N_BETAS]) {
    memcpy(J, model->joints, sizeof model->joints);
    for (int m = 0; m < N_BETAS; m++)
        for (int j = 0; j < OIK_N_JOINTS; j++)
            J[j] = v3_madd(J[j], beta[m], model->mode_joints[m * OIK_N_JOINTS + j]);
}

static void linearise(linearisation *at, const oik_published_rows *rows, const oik_published_point *point) {
    const oik_body_model *model = rows->model;
    const oik_vec3 *theta = point->body->theta;
    oik_body_pose pose = oik_body_pose_rest();
    oik_vec3 J[OIK_N_JOINTS];
    at->rows = rows;
    at->point = point;
    at->features = oik_features_per_joint(model->corrective_kind);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose.R[j] = oik_rot_exp(theta[j]);
    shape_joints(J, model, point->body->beta);
    oik_body_forward(&at->frames, model, J, &pose);
    oik_features_of_vectors(at->frames.feature, model->corrective_kind, theta);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_mat3 left = oik_rot_right_jacobian(v3_scale(theta[j], -1.0)); /* J_l(theta) = J_r(-theta) */
        int q = model->parents[j];
        at->turn[j] = q < 0 ? left : m3_mul(at->frames.G[q], left);
        if (j > 0)
            set_slopes(at, j, &pose.R[j], left);
    }
    set_offsets(at);
}

/* c . f for numbers of one coordinate */
static double sum_products(const double *c, const double *f, int n) {
    double sum = 0.0;
    for (int k = 0; k < n; k++)
        sum += c[k] * f[k];
    return sum;
}

/* y of the vertex in place i of the order. */
static oik_vec3 rest_vertex(const linearisation *at, size_t i) {
    const oik_published_rows *rows = at->rows;
    const double *shape = rows->shape + 3 * N_BETAS * i, *beta = at->point->body->beta;
    int n = at->features;
    oik_vec3 y = rows->model->template_v[rows->order[i]];
    y = v3_add(y, v3(sum_products(shape, beta, N_BETAS), sum_products(shape + N_BETAS, beta, N_BETAS),
                     sum_products(shape + 2 * N_BETAS, beta, N_BETAS)));
    for (size_t e = rows->corrective_start[i]; e < rows->corrective_start[i + 1]; e++) {
        const double *c = rows->corrective + 3 * (size_t)n * e, *f = at->frames.feature + (rows->corrective_joint[e] - 1) * n;
        y = v3_add(y, v3(sum_products(c, f, n), sum_products(c + n, f, n), sum_products(c + 2 * n, f, n)));
    }
    return y;
}

/* Blended rotation, and mass and moment of the joints themselves. @return the skin without tau */
static oik_vec3 skin_vertex(vertex_motion *motion, const linearisation *at, const oik_published_block *block, size_t vertex,
                            oik_vec3 y) {
    const oik_body_model *model = at->rows->model;
    const oik_body_frames *frames = &at->frames;
    oik_vec3 x = v3(0, 0, 0);
    motion->M = (oik_mat3){{{0}}};
    for (int b = 0; b < block->n_joints; b++) {
        motion->mass[block->joints[b]] = 0.0;
        motion->moment[block->joints[b]] = v3(0, 0, 0);
    }
    for (size_t k = model->influence_start[vertex]; k < model->influence_start[vertex + 1]; k++) {
        int j = model->influence_joint[k];
        double w = model->influence_weight[k];
        oik_vec3 moved = v3_scale(v3_add(frames->p[j], m3_mulv(frames->G[j], v3_sub(y, frames->J[j]))), w);
        motion->M = m3_add(motion->M, m3_scale(frames->G[j], w));
        motion->mass[j] += w;
        motion->moment[j] = v3_add(motion->moment[j], moved);
        x = v3_add(x, moved);
    }
    return x;
}

/* From the joints to their subtrees: children into parents. */
static void add_subtrees(vertex_motion *motion, const oik_body_model *model, const oik_published_block *block) {
    for (int b = block->n_joints - 1; b > 0; b--) {
        int j = block->joints[b], q = model->parents[j];
        motion->mass[q] += motion->mass[j];
        motion->moment[q] = v3_add(motion->moment[q], motion->moment[j]);
    }
}

/* Add three columns of a joint to three rows of k columns each. */
static void add_columns(double *jac, int k, const oik_mat3 *d) {
    for (int axis = 0; axis < 3; axis++, jac += k)
        for (int c = 0; c < 3; c++)
            jac[c] += d->m[axis][c];
}

/* w (M mode + sum_k w_k offset_k) */
static void shape_columns(double *jac, int k, const linearisation *at, size_t i, const oik_mat3 *M) {
    const oik_body_model *model = at->rows->model;
    const double *shape = at->rows->shape + 3 * N_BETAS * i;
    size_t v = (size_t)at->rows->order[i];
    int n_betas = at->point->free.n_betas;
    for (int axis = 0; axis < 3; axis++, jac += k) {
        double d[N_BETAS];
        for (int m = 0; m < N_BETAS; m++)
            d[m] = M->m[axis][0] * shape[m] + M->m[axis][1] * shape[N_BETAS + m] + M->m[axis][2] * shape[2 * N_BETAS + m];
        for (size_t e = model->influence_start[v]; e < model->influence_start[v + 1]; e++) {
            const double *offset = at->offset[model->influence_joint[e]][axis];
            for (int m = 0; m < N_BETAS; m++)
                d[m] += model->influence_weight[e] * offset[m];
        }
        for (int m = 0; m < n_betas; m++)
            jac[m] = at->point->weight * d[m];
    }
}

/* w (A e x q) */
static void rotation_columns(double *jac, int k, const linearisation *at, const oik_published_block *block, int n_joints,
                             const vertex_motion *motion) {
    for (int b = 0; b < n_joints; b++, jac += 3) {
        int j = block->joints[b];
        oik_vec3 q = v3_madd(motion->moment[j], -motion->mass[j], at->frames.p[j]);
        oik_mat3 d = m3_mul(m3_skew(v3_scale(q, -at->point->weight)), at->turn[j]);
        memset(jac, 0, 3 * sizeof *jac);
        memset(jac + k, 0, 3 * sizeof *jac);
        memset(jac + 2 * k, 0, 3 * sizeof *jac);
        add_columns(jac, k, &d);
    }
}

/* sum_f c_f df_f/dtheta_j of one vertex: 3 x 3 */
static oik_mat3 corrective_slope(const double *c, const double (*slope)[3], int features) {
    oik_mat3 N = {{{0}}};
    for (int axis = 0; axis < 3; axis++)
        for (int f = 0; f < features; f++, c++)
            for (int a = 0; a < 3; a++)
                N.m[axis][a] += *c * slope[f][a];
    return N;
}

/* + w M N; jac at the first column of the rotations */
static void corrective_columns(double *jac, int k, const linearisation *at, const oik_published_block *block, size_t i,
                               const oik_mat3 *M) {
    const oik_published_rows *rows = at->rows;
    oik_mat3 wM = m3_scale(*M, at->point->weight);
    size_t features = (size_t)at->features;
    for (size_t e = rows->corrective_start[i]; e < rows->corrective_start[i + 1]; e++) {
        int j = rows->corrective_joint[e];
        oik_mat3 N = corrective_slope(rows->corrective + 3 * features * e, at->slope + (size_t)(j - 1) * features, at->features);
        oik_mat3 d = m3_mul(wM, N);
        if (j < at->point->free.n_joints)
            add_columns(jac + 3 * block->slot[j], k, &d);
    }
}

/* w e */
static void translation_columns(double *jac, int k, double weight) {
    for (int axis = 0; axis < 3; axis++, jac += k)
        for (int c = 0; c < 3; c++)
            jac[c] = axis == c ? weight : 0.0;
}

/* Three residuals of the vertex in place i; with jac, three rows of k columns. */
static void evaluate_vertex(double *r, double *jac, int k, oik_vec3 *skin, const linearisation *at,
                            const oik_published_block *block, size_t i) {
    const oik_published_point *point = at->point;
    size_t v = (size_t)at->rows->order[i];
    vertex_motion motion;
    skin[v] = v3_add(skin_vertex(&motion, at, block, v, rest_vertex(at, i)), point->body->tau);
    oik_vec3 d = v3_scale(v3_sub(skin[v], point->x[v]), point->weight);
    r[0] = d.x;
    r[1] = d.y;
    r[2] = d.z;
    if (!jac)
        return;
    int n_betas = point->free.n_betas, n_joints = (k - n_betas - 3) / 3;
    add_subtrees(&motion, at->rows->model, block);
    if (n_betas > 0)
        shape_columns(jac, k, at, i, &motion.M);
    rotation_columns(jac + n_betas, k, at, block, n_joints, &motion);
    if (n_joints > 1)
        corrective_columns(jac + n_betas, k, at, block, i, &motion.M);
    translation_columns(jac + k - 3, k, point->weight);
}

/* beta and theta themselves */
static void evaluate_priors(double *r, double *jac, const oik_published_point *point) {
    const oik_published_body *body = point->body;
    memcpy(r, body->beta, sizeof body->beta);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        for (int axis = 0; axis < 3; axis++)
            r[N_BETAS + 3 * j + axis] = v3_get(body->theta[j], axis);
    for (int c = 0; jac && c < point->free.n_betas + 3 * point->free.n_joints; c++)
        jac[c] = 1.0;
}

void oik_published_evaluate(double *r, double *jac, oik_published_rows *rows, const oik_published_point *point) {
    linearisation at;
    linearise(&at, rows, point);
    for (size_t b = 0; b < rows->n_blocks; b++) {
        const oik_published_block *block = &rows->blocks[b];
        int k = n_columns(block, point->free);
        for (size_t i = block->first; i < block->end; i++, r += 3) {
            evaluate_vertex(r, jac, k, rows->skin, &at, block, i);
            if (jac)
                jac += 3 * (size_t)k;
        }
    }
    evaluate_priors(r, jac, point);
}
