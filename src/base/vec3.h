/**
 * Three-vectors and 3x3 matrices as values.
 *
 * An array of n points is `oik_vec3 *` and has the memory layout of an n x 3 row-major double array.
 * Matrices are row-major; a rotation R_ab maps coordinates of frame b to coordinates of frame a.
 * Every function is pure, allocates nothing and is O(1).
 */
#ifndef OIK_BASE_VEC3_H
#define OIK_BASE_VEC3_H

#include <math.h>

typedef struct oik_vec3 {
    double x, y, z;
} oik_vec3;

typedef struct oik_mat3 {
    double m[3][3]; /**< m[row][column] */
} oik_mat3;

static inline oik_vec3 v3(double x, double y, double z) {
    return (oik_vec3){x, y, z};
}
static inline oik_vec3 v3_add(oik_vec3 a, oik_vec3 b) {
    return v3(a.x + b.x, a.y + b.y, a.z + b.z);
}
static inline oik_vec3 v3_sub(oik_vec3 a, oik_vec3 b) {
    return v3(a.x - b.x, a.y - b.y, a.z - b.z);
}
static inline oik_vec3 v3_scale(oik_vec3 a, double s) {
    return v3(a.x * s, a.y * s, a.z * s);
}
/** a + s b */
static inline oik_vec3 v3_madd(oik_vec3 a, double s, oik_vec3 b) {
    return v3(a.x + s * b.x, a.y + s * b.y, a.z + s * b.z);
}
/** (1 - t) a + t b */
static inline oik_vec3 v3_lerp(oik_vec3 a, oik_vec3 b, double t) {
    return v3_madd(a, t, v3_sub(b, a));
}
static inline oik_vec3 v3_mul(oik_vec3 a, oik_vec3 b) {
    return v3(a.x * b.x, a.y * b.y, a.z * b.z);
}
/** Smaller and larger of each component, of finite vectors: comparisons, since fmin() and fmax() are calls on most machines. */
static inline oik_vec3 v3_min(oik_vec3 a, oik_vec3 b) {
    return v3(a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, a.z < b.z ? a.z : b.z);
}
static inline oik_vec3 v3_max(oik_vec3 a, oik_vec3 b) {
    return v3(a.x > b.x ? a.x : b.x, a.y > b.y ? a.y : b.y, a.z > b.z ? a.z : b.z);
}
static inline double v3_dot(oik_vec3 a, oik_vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline oik_vec3 v3_cross(oik_vec3 a, oik_vec3 b) {
    return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
static inline double v3_norm(oik_vec3 a) {
    return sqrt(v3_dot(a, a));
}
static inline double v3_dist(oik_vec3 a, oik_vec3 b) {
    return v3_norm(v3_sub(a, b));
}
/** a / |a|; the zero vector stays zero */
static inline oik_vec3 v3_unit(oik_vec3 a) {
    double n = v3_norm(a);
    return n > 0.0 ? v3_scale(a, 1.0 / n) : a;
}
/** component 0, 1 or 2 */
static inline double v3_get(oik_vec3 a, int axis) {
    return axis == 0 ? a.x : axis == 1 ? a.y : a.z;
}
static inline int v3_finite(oik_vec3 a) {
    return isfinite(a.x) && isfinite(a.y) && isfinite(a.z);
}

static inline oik_mat3 m3_identity(void) {
    return (oik_mat3){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
}
static inline oik_mat3 m3_diag(oik_vec3 d) {
    return (oik_mat3){{{d.x, 0, 0}, {0, d.y, 0}, {0, 0, d.z}}};
}
/** columns a, b, c */
static inline oik_mat3 m3_columns(oik_vec3 a, oik_vec3 b, oik_vec3 c) {
    return (oik_mat3){{{a.x, b.x, c.x}, {a.y, b.y, c.y}, {a.z, b.z, c.z}}};
}
static inline oik_vec3 m3_column(oik_mat3 A, int j) {
    return v3(A.m[0][j], A.m[1][j], A.m[2][j]);
}
static inline oik_mat3 m3_transpose(oik_mat3 A) {
    return (oik_mat3){{{A.m[0][0], A.m[1][0], A.m[2][0]},
                       {A.m[0][1], A.m[1][1], A.m[2][1]},
                       {A.m[0][2], A.m[1][2], A.m[2][2]}}};
}
/** A v */
static inline oik_vec3 m3_mulv(oik_mat3 A, oik_vec3 v) {
    return v3(A.m[0][0] * v.x + A.m[0][1] * v.y + A.m[0][2] * v.z,
              A.m[1][0] * v.x + A.m[1][1] * v.y + A.m[1][2] * v.z,
              A.m[2][0] * v.x + A.m[2][1] * v.y + A.m[2][2] * v.z);
}
/** A^T v */
static inline oik_vec3 m3_tmulv(oik_mat3 A, oik_vec3 v) {
    return v3(A.m[0][0] * v.x + A.m[1][0] * v.y + A.m[2][0] * v.z,
              A.m[0][1] * v.x + A.m[1][1] * v.y + A.m[2][1] * v.z,
              A.m[0][2] * v.x + A.m[1][2] * v.y + A.m[2][2] * v.z);
}
/** A B */
static inline oik_mat3 m3_mul(oik_mat3 A, oik_mat3 B) {
    oik_mat3 C;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            C.m[i][j] = A.m[i][0] * B.m[0][j] + A.m[i][1] * B.m[1][j] + A.m[i][2] * B.m[2][j];
    return C;
}
/** A^T B */
static inline oik_mat3 m3_tmul(oik_mat3 A, oik_mat3 B) {
    return m3_mul(m3_transpose(A), B);
}
static inline oik_mat3 m3_add(oik_mat3 A, oik_mat3 B) {
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            A.m[i][j] += B.m[i][j];
    return A;
}
static inline oik_mat3 m3_scale(oik_mat3 A, double s) {
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            A.m[i][j] *= s;
    return A;
}
/** a b^T */
static inline oik_mat3 m3_outer(oik_vec3 a, oik_vec3 b) {
    return (oik_mat3){{{a.x * b.x, a.x * b.y, a.x * b.z},
                       {a.y * b.x, a.y * b.y, a.y * b.z},
                       {a.z * b.x, a.z * b.y, a.z * b.z}}};
}
/** [a]_x, so that [a]_x b = a x b */
static inline oik_mat3 m3_skew(oik_vec3 a) {
    return (oik_mat3){{{0, -a.z, a.y}, {a.z, 0, -a.x}, {-a.y, a.x, 0}}};
}
static inline double m3_det(oik_mat3 A) {
    return v3_dot(m3_column(A, 0), v3_cross(m3_column(A, 1), m3_column(A, 2)));
}

#endif
