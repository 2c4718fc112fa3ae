/**
 * Registration with a known shape through sums over the vertices (see the header).
 *
 *   symbol          code
 *   T_k             transform[k], translation counted from the centroid of x
 *   D_k, S_kl       D[k], S[k][l]
 *   c               centre = sum a_v x_v
 *   F_k             force = sum_v a_v w_vk (x_v - y_v) h_v^T = D_k - sum_l T_l S_lk
 *   joint sums of   pair
 *   two subtrees    sum over k below j, l below m of T_k S_kl T_l^T (second), T_k S_kl e_4 (first), S_kl,44 (mass)
 */
#include "body/register_moments.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "body/register_jacobian.h"

/** 3x4: rotation and translation, or a moment of three-vectors with h. */
typedef struct mat34 {
    double m[3][4];
} mat34;

typedef struct mat44 {
    double m[4][4];
} mat44;

struct oik_body_moments {
    const oik_body_model *model;
    const double *area;
    const oik_vec3 *v;
    mat44 S[OIK_N_JOINTS][OIK_N_JOINTS]; /**< lower triangle of joints, S_lk = S_kl */
    mat44 own[OIK_N_JOINTS];             /**< sum_l S_kl = sum_v a_v w_vk h_v h_v^T */
    mat34 D[OIK_N_JOINTS];
    oik_vec3 centre; /**< [m] */
    double square;   /**< sum a_v |x_v - c|^2 */
};

oik_status oik_body_moments_new(oik_body_moments **out, const oik_body_model *model, const double *area, oik_error *err) {
    *out = oik_new(1, sizeof **out, err);
    if (!*out)
        return OIK_E_MEMORY;
    (*out)->model = model;
    (*out)->area = area;
    return OIK_OK;
}

void oik_body_moments_free(oik_body_moments *moments) {
    free(moments);
}

/** S += c h h^T */
static void add_outer(mat44 *S, double c, oik_vec3 v) {
    const double h[4] = {v.x, v.y, v.z, 1.0};
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            S->m[a][b] += c * h[a] * h[b];
}

void oik_body_moments_set_shape(oik_body_moments *moments, const oik_vec3 *v) {
    const oik_body_model *model = moments->model;
    memset(moments->S, 0, sizeof moments->S);
    memset(moments->own, 0, sizeof moments->own);
    moments->v = v;
    for (size_t i = 0; i < model->n_vertices; i++)
        for (size_t a = model->influence_start[i]; a < model->influence_start[i + 1]; a++) {
            int k = model->influence_joint[a];
            double share = moments->area[i] * model->influence_weight[a];
            if (share <= 0.0)
                continue;
            add_outer(&moments->own[k], share, v[i]);
            for (size_t b = model->influence_start[i]; b < model->influence_start[i + 1]; b++)
                if (model->influence_joint[b] <= k)
                    add_outer(&moments->S[k][model->influence_joint[b]], share * model->influence_weight[b], v[i]);
        }
}

/** D += c x h^T */
static void add_cross(mat34 *D, double c, oik_vec3 x, oik_vec3 v) {
    const double h[4] = {v.x, v.y, v.z, 1.0}, u[3] = {c * x.x, c * x.y, c * x.z};
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 4; b++)
            D->m[a][b] += u[a] * h[b];
}

void oik_body_moments_set_mesh(oik_body_moments *moments, const oik_vec3 *x) {
    const oik_body_model *model = moments->model;
    memset(moments->D, 0, sizeof moments->D);
    moments->centre = v3(0, 0, 0);
    moments->square = 0.0;
    for (size_t i = 0; i < model->n_vertices; i++)
        moments->centre = v3_madd(moments->centre, moments->area[i], x[i]);
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 r = v3_sub(x[i], moments->centre);
        moments->square += moments->area[i] * v3_dot(r, r);
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++)
            add_cross(&moments->D[model->influence_joint[e]], moments->area[i] * model->influence_weight[e], r, moments->v[i]);
    }
}

/* ---- small dense algebra ---- */

static mat34 transform(const oik_body_moments *moments, const oik_body_frames *frames, int k) {
    oik_mat3 G = frames->G[k];
    oik_vec3 t = v3_sub(v3_sub(frames->p[k], m3_mulv(G, frames->J[k])), moments->centre);
    return (mat34){{{G.m[0][0], G.m[0][1], G.m[0][2], t.x},
                    {G.m[1][0], G.m[1][1], G.m[1][2], t.y},
                    {G.m[2][0], G.m[2][1], G.m[2][2], t.z}}};
}

/** T S, S symmetric. */
static mat34 times(const mat34 *T, const mat44 *S) {
    mat34 P = {{{0}}};
    for (int a = 0; a < 3; a++)
        for (int c = 0; c < 4; c++)
            for (int b = 0; b < 4; b++)
                P.m[a][c] += T->m[a][b] * S->m[b][c];
    return P;
}

/** P T^T */
static oik_mat3 times_transposed(const mat34 *P, const mat34 *T) {
    oik_mat3 C = {{{0}}};
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 4; c++)
                C.m[a][b] += P->m[a][c] * T->m[b][c];
    return C;
}

static double inner(const mat34 *P, const mat34 *Q) {
    double sum = 0.0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 4; b++)
            sum += P->m[a][b] * Q->m[a][b];
    return sum;
}

static oik_vec3 last_column(const mat34 *P) {
    return v3(P->m[0][3], P->m[1][3], P->m[2][3]);
}

/** Do two joints, l <= k, share a vertex? */
static int joined(const oik_body_moments *moments, int k, int l) {
    return moments->S[k][l].m[3][3] > 0.0;
}

double oik_body_moments_square(const oik_body_moments *moments, const oik_body_frames *frames) {
    mat34 T[OIK_N_JOINTS];
    double sum = moments->square;
    for (int k = 0; k < OIK_N_JOINTS; k++) {
        T[k] = transform(moments, frames, k);
        sum -= 2.0 * inner(&T[k], &moments->D[k]);
        for (int l = 0; l <= k; l++)
            if (joined(moments, k, l)) {
                mat34 P = times(&T[k], &moments->S[k][l]);
                sum += (l < k ? 2.0 : 1.0) * inner(&P, &T[l]);
            }
    }
    return sum < 0.0 ? 0.0 : sum; /* rounding of a perfect fit */
}

/* ---- normal equations ---- */

/** Sums over the vertices of joint k times those of joint l; after gathering over their subtrees. */
typedef struct pair {
    oik_mat3 second; /**< sum a w_k w_l x_k x_l^T */
    oik_vec3 first;  /**< sum a w_k w_l x_k */
    double mass;     /**< sum a w_k w_l */
} pair;

typedef struct sums {
    pair pair[OIK_N_JOINTS][OIK_N_JOINTS];
    oik_vec3 force[OIK_N_JOINTS];  /**< sum a w_k (x - y) */
    oik_vec3 torque[OIK_N_JOINTS]; /**< sum a w_k x_k x (x - y) about the centre */
} sums;

/** Axial vector of N = sum x r^T, that is sum x cross r. */
static oik_vec3 axial(oik_mat3 N) {
    return v3(N.m[1][2] - N.m[2][1], N.m[2][0] - N.m[0][2], N.m[0][1] - N.m[1][0]);
}

static void set_pairs(sums *s, const oik_body_moments *moments, const mat34 T[OIK_N_JOINTS], mat34 F[OIK_N_JOINTS]) {
    memset(s->pair, 0, sizeof s->pair);
    memcpy(F, moments->D, sizeof moments->D);
    for (int k = 0; k < OIK_N_JOINTS; k++)
        for (int l = 0; l < OIK_N_JOINTS; l++) {
            int high = k > l ? k : l, low = k > l ? l : k;
            if (!joined(moments, high, low))
                continue;
            const mat44 *S = &moments->S[high][low];
            mat34 P = times(&T[k], S);
            s->pair[k][l] = (pair){times_transposed(&P, &T[l]), last_column(&P), S->m[3][3]};
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 4; b++)
                    F[l].m[a][b] -= P.m[a][b];
        }
}

static void add_pair(pair *to, const pair *from) {
    to->second = m3_add(to->second, from->second);
    to->first = v3_add(to->first, from->first);
    to->mass += from->mass;
}

/** Every joint's sums with those of the joints below it: children into parents, over both joints of a pair. */
static void gather(sums *s, const oik_body_model *model) {
    for (int j = OIK_N_JOINTS - 1; j > 0; j--) {
        int q = model->parents[j];
        for (int l = 0; l < OIK_N_JOINTS; l++)
            add_pair(&s->pair[q][l], &s->pair[j][l]);
        s->force[q] = v3_add(s->force[q], s->force[j]);
        s->torque[q] = v3_add(s->torque[q], s->torque[j]);
    }
    for (int j = OIK_N_JOINTS - 1; j > 0; j--)
        for (int k = 0; k < OIK_N_JOINTS; k++)
            add_pair(&s->pair[k][model->parents[j]], &s->pair[k][j]);
}

static void set_sums(sums *s, const oik_body_moments *moments, const oik_body_frames *frames) {
    mat34 T[OIK_N_JOINTS], F[OIK_N_JOINTS];
    for (int k = 0; k < OIK_N_JOINTS; k++)
        T[k] = transform(moments, frames, k);
    set_pairs(s, moments, T, F);
    for (int k = 0; k < OIK_N_JOINTS; k++) {
        s->force[k] = last_column(&F[k]);
        s->torque[k] = axial(times_transposed(&T[k], &F[k]));
    }
    gather(s, moments->model);
}

/** sum a q_j q_m^T, q_j = sum over k below j of w_k (x_k - p_j); p from the centre. */
static oik_mat3 arm_product(const sums *s, int j, int m, oik_vec3 p_j, oik_vec3 p_m) {
    const pair *jm = &s->pair[j][m], *mj = &s->pair[m][j];
    oik_mat3 C = m3_add(jm->second, m3_scale(m3_outer(jm->first, p_m), -1.0));
    C = m3_add(C, m3_scale(m3_outer(p_j, mj->first), -1.0));
    return m3_add(C, m3_scale(m3_outer(p_j, p_m), jm->mass));
}

static void put_block(double *H, size_t n, size_t row, size_t column, oik_mat3 B) {
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++)
            H[(row + a) * n + column + b] = B.m[a][b];
}

/** Joint j and root: shift d and turn w_j meet in d . (w_j x sum a q_j) = -d . [sum a q_j]_x w_j. */
static void put_joint(double *H, double *g, size_t n, const sums *s, int j, const oik_vec3 p[OIK_N_JOINTS]) {
    size_t row = 3 * (size_t)j;
    for (int m = 0; m <= j; m++) {
        oik_mat3 C = arm_product(s, j, m, p[j], p[m]);
        double trace = C.m[0][0] + C.m[1][1] + C.m[2][2];
        put_block(H, n, row, 3 * (size_t)m, m3_add(m3_scale(m3_identity(), trace), m3_scale(m3_transpose(C), -1.0)));
    }
    const pair *with_all = &s->pair[j][0];
    oik_vec3 arm = v3_madd(with_all->first, -with_all->mass, p[j]);
    put_block(H, n, OIK_BODY_COLUMN_ROOT, row, m3_scale(m3_skew(arm), -1.0));
    oik_vec3 torque = v3_sub(s->torque[j], v3_cross(p[j], s->force[j]));
    for (int a = 0; a < 3; a++)
        g[row + (size_t)a] = v3_get(torque, a);
}

void oik_body_moments_normal(double *H, double *g, const oik_body_moments *moments, const oik_body_frames *frames) {
    const size_t n = OIK_BODY_COLUMN_BETA;
    oik_vec3 p[OIK_N_JOINTS];
    sums s;
    set_sums(&s, moments, frames);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        p[j] = v3_sub(frames->p[j], moments->centre);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        put_joint(H, g, n, &s, j, p);
    put_block(H, n, OIK_BODY_COLUMN_ROOT, OIK_BODY_COLUMN_ROOT, m3_scale(m3_identity(), s.pair[0][0].mass));
    for (int a = 0; a < 3; a++)
        g[OIK_BODY_COLUMN_ROOT + a] = v3_get(s.force[0], a);
}

void oik_body_moments_joint_motion(oik_mat3 *G, oik_vec3 *p, const oik_body_moments *moments, int j, oik_vec3 J) {
    const mat34 *D = &moments->D[j];
    const mat44 *own = &moments->own[j];
    double mass = own->m[3][3];
    oik_vec3 to = v3_scale(last_column(D), 1.0 / mass);
    oik_vec3 from = v3_scale(v3(own->m[0][3], own->m[1][3], own->m[2][3]), 1.0 / mass);
    oik_mat3 covariance = {{{D->m[0][0], D->m[0][1], D->m[0][2]}, {D->m[1][0], D->m[1][1], D->m[1][2]}, {D->m[2][0], D->m[2][1], D->m[2][2]}}};
    covariance = m3_add(covariance, m3_scale(m3_outer(to, from), -mass));
    *G = oik_rot_nearest(covariance);
    *p = v3_add(moments->centre, v3_add(to, m3_mulv(*G, v3_sub(J, from))));
}
