/**
 * Analytic Jacobian of the skinned body and its normal equations (see the header). The owner of the BLAS calls.
 *
 *   symbol        code
 *   sqrt(a_v)     s
 *   sum w_vk      mass[j]     over the subtree of j
 *   sum w_vk x_vk moment[j]   over the subtree of j
 *   q_vj          q = moment[j] - mass[j] p_j
 *   slope_f       feature_slope[f]
 */
#include "body/register_jacobian.h"

#include <cblas.h>
#include <stdlib.h>

#include "base/mem.h"
#include "body/correctives.h"
#include "body/vertex_keys.h"

struct oik_body_normal {
    const oik_body_model *model;
    size_t n_blocks;
    oik_body_block *blocks;
    oik_vec3 *mode_offset; /**< n_modes x 24 */
    oik_vec3 *corrected;   /**< n_vertices, rest skin with its correctives; NULL for a model without */
    double *A;             /**< rows of one block */
    double *C;             /**< A^T A */
};

const int oik_body_limb_joints[OIK_BODY_N_LIMB_JOINTS] = {OIK_J_HIP_L,      OIK_J_HIP_R,      OIK_J_KNEE_L,  OIK_J_KNEE_R,
                                                          OIK_J_ANKLE_L,    OIK_J_ANKLE_R,    OIK_J_SHOULDER_L, OIK_J_SHOULDER_R,
                                                          OIK_J_ELBOW_L,    OIK_J_ELBOW_R,    OIK_J_WRIST_L, OIK_J_WRIST_R};

size_t oik_body_n_unknowns(size_t n_modes, bool shifts) {
    return OIK_BODY_COLUMN_BETA + n_modes + (shifts ? 3 * OIK_BODY_N_LIMB_JOINTS : 0);
}

double oik_body_subtree_share(const oik_body_model *model, size_t vertex, int joint) {
    double share = 0.0;
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++) {
        int j = model->influence_joint[e];
        while (j > joint) /* a parent has a smaller number than its children */
            j = model->parents[j];
        if (j == joint)
            share += model->influence_weight[e];
    }
    return share;
}

/** Columns of the unknowns of a block, without the residual. */
static int n_columns(const oik_body_block *block, size_t n_modes, bool shifts) {
    return 3 * block->n_joints + 3 + (int)n_modes + (shifts ? 3 * block->n_limb_joints : 0);
}

void oik_body_mode_offsets(oik_vec3 *offset, const oik_body_model *model, const oik_body_frames *frames, size_t n_modes) {
    for (size_t m = 0; m < n_modes; m++) {
        const oik_vec3 *dJ = model->mode_joints + m * OIK_N_JOINTS;
        oik_vec3 dp[OIK_N_JOINTS];
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            int q = model->parents[j];
            dp[j] = q < 0 ? v3(0, 0, 0) : v3_add(dp[q], m3_mulv(frames->G[q], v3_sub(dJ[j], dJ[q])));
            offset[m * OIK_N_JOINTS + (size_t)j] = v3_sub(dp[j], m3_mulv(frames->G[j], dJ[j]));
        }
    }
}

void oik_body_feature_slopes(double (*slope)[3], const oik_body_model *model, const oik_body_frames *frames) {
    int n = oik_features_per_joint(model->corrective_kind);
    for (int j = 1; n > 0 && j < OIK_N_JOINTS; j++) {
        oik_mat3 G = frames->G[model->parents[j]], R = m3_tmul(G, frames->G[j]);
        double(*D)[3] = slope + (j - 1) * n;
        oik_feature_slopes(D, model->corrective_kind, j, frames->feature, &R);
        for (int f = 0; f < n; f++) {
            oik_vec3 d = m3_mulv(G, v3(D[f][0], D[f][1], D[f][2]));
            D[f][0] = d.x;
            D[f][1] = d.y;
            D[f][2] = d.z;
        }
    }
}

/** Store one three-vector of vertex i in a column of a block of n vertices. */
static void put(double *column, int n, int i, oik_vec3 d) {
    column[i] = d.x;
    column[n + i] = d.y;
    column[2 * n + i] = d.z;
}

/** Mass and moment of one vertex about every joint of the block: own share first, then children into parents. */
static void subtree_moments(double mass[OIK_N_JOINTS], oik_vec3 moment[OIK_N_JOINTS], const oik_body_model *model,
                            const oik_body_block *block, const oik_body_tangent *at, int32_t v) {
    const oik_body_frames *f = at->frames;
    for (int b = 0; b < block->n_joints; b++) {
        mass[block->joints[b]] = 0.0;
        moment[block->joints[b]] = v3(0, 0, 0);
    }
    for (size_t e = model->influence_start[v]; e < model->influence_start[v + 1]; e++) {
        int j = model->influence_joint[e];
        double w = model->influence_weight[e];
        oik_vec3 x = v3_add(f->p[j], m3_mulv(f->G[j], v3_sub(at->v[v], f->J[j])));
        mass[j] += w;
        moment[j] = v3_madd(moment[j], w, x);
    }
    for (int b = block->n_joints - 1; b > 0; b--) {
        int j = block->joints[b], q = model->parents[j];
        mass[q] += mass[j];
        moment[q] = v3_add(moment[q], moment[j]);
    }
}

/** d x = w x q: columns e_x x q, e_y x q, e_z x q. */
static void rotation_columns(double *A, const oik_body_model *model, const oik_body_block *block,
                             const oik_body_tangent *at) {
    int n = block->n_vertices;
    size_t column = 3 * (size_t)n;
    for (int i = 0; i < n; i++) {
        double mass[OIK_N_JOINTS], s = sqrt(at->area[block->vertices[i]]);
        oik_vec3 moment[OIK_N_JOINTS];
        subtree_moments(mass, moment, model, block, at, block->vertices[i]);
        for (int b = 0; b < block->n_joints; b++) {
            int j = block->joints[b];
            oik_vec3 q = v3_scale(v3_madd(moment[j], -mass[j], at->frames->p[j]), s);
            double *c = A + 3 * (size_t)b * column;
            put(c, n, i, v3(0, -q.z, q.y));
            put(c + column, n, i, v3(q.z, 0, -q.x));
            put(c + 2 * column, n, i, v3(-q.y, q.x, 0));
        }
    }
}

/** sum over the features of joint j of corrective_f,v slope_f^T. */
static oik_mat3 corrective_slope(const oik_body_model *model, const oik_body_tangent *at, size_t v, int j) {
    size_t n = (size_t)oik_features_per_joint(model->corrective_kind), first = (size_t)(j - 1) * n;
    oik_mat3 S = {{{0}}};
    for (size_t f = first; f < first + n; f++) {
        const double *slope = at->feature_slope[f];
        S = m3_add(S, m3_outer(model->correctives[f * model->n_vertices + v], v3(slope[0], slope[1], slope[2])));
    }
    return S;
}

/** Add sqrt(a_v) M_v sum_f corrective_f,v slope_f^T to the columns of the rotations; the root has no features. */
static void add_correctives(double *A, const oik_body_model *model, const oik_body_block *block, const oik_body_tangent *at) {
    size_t n = (size_t)block->n_vertices;
    for (size_t i = 0; i < n; i++) {
        size_t v = (size_t)block->vertices[i];
        oik_mat3 M = m3_scale(oik_body_blend(model, v, at->frames), sqrt(at->area[v]));
        for (int b = 1; b < block->n_joints; b++) {
            oik_mat3 d = m3_mul(M, corrective_slope(model, at, v, block->joints[b]));
            double *c = A + 3 * (size_t)b * 3 * n + i;
            for (size_t a = 0; a < 3; a++)
                for (size_t row = 0; row < 3; row++)
                    c[(3 * a + row) * n] += d.m[row][a];
        }
    }
}

static void translation_columns(double *A, const oik_body_block *block, const oik_body_tangent *at) {
    int n = block->n_vertices;
    size_t column = 3 * (size_t)n;
    for (int i = 0; i < n; i++) {
        double s = sqrt(at->area[block->vertices[i]]);
        put(A, n, i, v3(s, 0, 0));
        put(A + column, n, i, v3(0, s, 0));
        put(A + 2 * column, n, i, v3(0, 0, s));
    }
}

/** What a shape column needs of one vertex. */
typedef struct weighted_vertex {
    oik_mat3 M; /**< sqrt(a_v) M_v */
    double s;   /**< sqrt(a_v) */
} weighted_vertex;

static weighted_vertex weigh(const oik_body_model *model, const oik_body_tangent *at, size_t v) {
    double s = sqrt(at->area[v]);
    return (weighted_vertex){m3_scale(oik_body_blend(model, v, at->frames), s), s};
}

/** sqrt(a_v) (M_v mode + sum_k w_vk offset_k), one mode after the other. */
static void shape_columns(double *A, const oik_body_model *model, const oik_body_block *block,
                          const oik_body_tangent *at) {
    int n = block->n_vertices;
    weighted_vertex u[OIK_BODY_BLOCK];
    for (int i = 0; i < n; i++)
        u[i] = weigh(model, at, (size_t)block->vertices[i]);
    for (size_t m = 0; m < at->n_modes; m++) {
        const oik_vec3 *mode = model->modes + m * model->n_vertices;
        const oik_vec3 *offset = at->mode_offset + m * OIK_N_JOINTS;
        for (int i = 0; i < n; i++) {
            int32_t v = block->vertices[i];
            oik_vec3 d = m3_mulv(u[i].M, mode[v]);
            for (size_t e = model->influence_start[v]; e < model->influence_start[v + 1]; e++)
                d = v3_madd(d, u[i].s * model->influence_weight[e], offset[model->influence_joint[e]]);
            put(A + m * 3 * (size_t)n, n, i, d);
        }
    }
}

/** sqrt(a_v) s_vj e_x, e_y, e_z. */
static void shift_columns(double *A, const oik_body_model *model, const oik_body_block *block, const oik_body_tangent *at) {
    int n = block->n_vertices;
    size_t column = 3 * (size_t)n;
    for (int b = 0; b < block->n_limb_joints; b++, A += 3 * column)
        for (int i = 0; i < n; i++) {
            size_t v = (size_t)block->vertices[i];
            double s = sqrt(at->area[v]) * oik_body_subtree_share(model, v, oik_body_limb_joints[block->limb_joints[b]]);
            put(A, n, i, v3(s, 0, 0));
            put(A + column, n, i, v3(0, s, 0));
            put(A + 2 * column, n, i, v3(0, 0, s));
        }
}

void oik_body_jacobian(double *A, const oik_body_model *model, const oik_body_block *block, const oik_body_tangent *at,
                       const oik_vec3 *residual) {
    int n = block->n_vertices;
    size_t column = 3 * (size_t)n;
    double *root = A + 3 * (size_t)block->n_joints * column;
    double *last = A + (size_t)n_columns(block, at->n_modes, at->shifts) * column;
    rotation_columns(A, model, block, at);
    if (model->n_features)
        add_correctives(A, model, block, at);
    translation_columns(root, block, at);
    shape_columns(root + 3 * column, model, block, at);
    if (at->shifts)
        shift_columns(root + (3 + at->n_modes) * column, model, block, at);
    for (int i = 0; i < n; i++) {
        int32_t v = block->vertices[i];
        put(last, n, i, v3_scale(residual[v], sqrt(at->area[v])));
    }
}

/** Cut the vertices, sorted by their joints, into blocks. */
static void cut_blocks(oik_body_normal *normal, const oik_vertex_key *keys, size_t n) {
    for (size_t b = 0; b < normal->n_blocks; b++) {
        oik_body_block *block = &normal->blocks[b];
        uint32_t mask = 0;
        for (size_t i = b * OIK_BODY_BLOCK; i < n && i < (b + 1) * OIK_BODY_BLOCK; i++) {
            block->vertices[block->n_vertices++] = keys[i].vertex;
            mask |= keys[i].joints;
        }
        for (int j = 0; j < OIK_N_JOINTS; j++)
            if (mask >> j & 1)
                block->joints[block->n_joints++] = j;
        for (int l = 0; l < OIK_BODY_N_LIMB_JOINTS; l++)
            if (mask >> oik_body_limb_joints[l] & 1)
                block->limb_joints[block->n_limb_joints++] = l;
    }
}

static oik_status make_blocks(oik_body_normal *normal, oik_error *err) {
    const oik_body_model *model = normal->model;
    oik_vertex_key *keys = oik_new(model->n_vertices, sizeof *keys, err);
    normal->n_blocks = (model->n_vertices + OIK_BODY_BLOCK - 1) / OIK_BODY_BLOCK;
    normal->blocks = oik_new(normal->n_blocks, sizeof *normal->blocks, err);
    if (!keys || !normal->blocks) {
        free(keys);
        return OIK_E_MEMORY;
    }
    oik_vertex_keys(keys, model);
    cut_blocks(normal, keys, model->n_vertices);
    free(keys);
    return OIK_OK;
}

oik_status oik_body_normal_new(oik_body_normal **out, const oik_body_model *model, oik_error *err) {
    size_t most = oik_body_n_unknowns(model->n_modes, true) + 1;
    *out = NULL;
    oik_body_normal *normal = oik_new(1, sizeof *normal, err);
    if (!normal)
        return OIK_E_MEMORY;
    normal->model = model;
    normal->mode_offset = oik_new(model->n_modes, OIK_N_JOINTS * sizeof *normal->mode_offset, err);
    if (model->n_features)
        normal->corrected = oik_new(model->n_vertices, sizeof *normal->corrected, err);
    normal->A = oik_new(most, 3 * OIK_BODY_BLOCK * sizeof *normal->A, err);
    normal->C = oik_new(most, most * sizeof *normal->C, err);
    bool complete = normal->mode_offset && normal->A && normal->C && (normal->corrected || !model->n_features);
    oik_status status = complete ? make_blocks(normal, err) : OIK_E_MEMORY;
    if (status)
        oik_body_normal_free(normal);
    else
        *out = normal;
    return status;
}

void oik_body_normal_free(oik_body_normal *normal) {
    if (!normal)
        return;
    free(normal->blocks);
    free(normal->mode_offset);
    free(normal->corrected);
    free(normal->A);
    free(normal->C);
    free(normal);
}

/** Unknown that column c of a block belongs to. */
static size_t unknown(const oik_body_block *block, int c, size_t n_modes) {
    int rotations = 3 * block->n_joints, shift = c - rotations - 3 - (int)n_modes;
    if (shift >= 0)
        return OIK_BODY_COLUMN_BETA + n_modes + (size_t)(3 * block->limb_joints[shift / 3] + shift % 3);
    return (size_t)(c < rotations ? 3 * block->joints[c / 3] + c % 3 : OIK_BODY_COLUMN_ROOT + c - rotations);
}

/** Add the product C of a block (columns of unknowns ascending, the residual last) to H and g. */
static void scatter(double *H, double *g, size_t n, size_t n_modes, const oik_body_block *block, const double *C, int columns) {
    for (int i = 0; i < columns; i++)
        for (int j = 0; j <= i; j++)
            H[unknown(block, i, n_modes) * n + unknown(block, j, n_modes)] += C[i * (columns + 1) + j];
    for (int j = 0; j < columns; j++)
        g[unknown(block, j, n_modes)] += C[columns * (columns + 1) + j];
}

void oik_body_normal_build(double *H, double *g, oik_body_normal *normal, const oik_vec3 *v, const oik_body_frames *frames,
                           const oik_vec3 *residual, const double *area, size_t n_modes, bool shifts) {
    size_t n = oik_body_n_unknowns(n_modes, shifts);
    double slope[OIK_MAX_FEATURES][3];
    oik_body_tangent at = {v, frames, normal->mode_offset, area, n_modes, (const double(*)[3])slope, shifts};
    oik_body_mode_offsets(normal->mode_offset, normal->model, frames, n_modes);
    oik_body_feature_slopes(slope, normal->model, frames);
    if (normal->corrected) {
        oik_body_correct(normal->corrected, normal->model, v, frames);
        at.v = normal->corrected;
    }
    for (size_t i = 0; i < n * n; i++)
        H[i] = 0.0;
    for (size_t i = 0; i < n; i++)
        g[i] = 0.0;
    openblas_set_num_threads(1);
    for (size_t b = 0; b < normal->n_blocks; b++) {
        const oik_body_block *block = &normal->blocks[b];
        int columns = n_columns(block, n_modes, shifts), rows = 3 * block->n_vertices;
        oik_body_jacobian(normal->A, normal->model, block, &at, residual);
        /* the upper triangle of the column-major product is the lower triangle of the row-major one */
        cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, columns + 1, rows, 1.0, normal->A, rows, 0.0, normal->C,
                    columns + 1);
        scatter(H, g, n, n_modes, block, normal->C, columns);
    }
}
