/**
 * Pose features of the SMPL family (see the header).
 *
 *   symbol   code
 *   q_j      (f[0], f[1], f[2]) vector part, f[3] + 1 real part
 */
#include "body/correctives.h"

#include "base/rot.h"

enum { STAR_FEATURES = 4, SMPL_FEATURES = 9 };

/* Smallest squared angle that the published model divides by. Source: the STAR formulas, see the header. */
#define LEAST_SQUARED_ANGLE 1e-16

int oik_features_per_joint(oik_corrective_kind kind) {
    switch (kind) {
    case OIK_CORRECTIVES_STAR:
        return STAR_FEATURES;
    case OIK_CORRECTIVES_SMPL:
        return SMPL_FEATURES;
    case OIK_CORRECTIVES_NONE:
        break;
    }
    return 0;
}

static void quaternion_features(double f[STAR_FEATURES], double w, oik_vec3 q) {
    f[0] = q.x;
    f[1] = q.y;
    f[2] = q.z;
    f[3] = w - 1.0;
}

static void matrix_features(double f[SMPL_FEATURES], const oik_mat3 *R) {
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            f[3 * i + k] = R->m[i][k] - (i == k ? 1.0 : 0.0);
}

void oik_features_of_rotations(double *f, oik_corrective_kind kind, const oik_mat3 R[OIK_N_JOINTS]) {
    for (int j = 1; j < OIK_N_JOINTS; j++, f += oik_features_per_joint(kind)) {
        if (kind == OIK_CORRECTIVES_STAR) {
            oik_quat q = oik_quat_from_rot(R[j]);
            quaternion_features(f, q.w, v3(q.x, q.y, q.z));
        } else if (kind == OIK_CORRECTIVES_SMPL) {
            matrix_features(f, &R[j]);
        }
    }
}

void oik_features_of_vectors(double *f, oik_corrective_kind kind, const oik_vec3 theta[OIK_N_JOINTS]) {
    for (int j = 1; j < OIK_N_JOINTS; j++, f += oik_features_per_joint(kind)) {
        if (kind == OIK_CORRECTIVES_STAR) {
            double angle = sqrt(fmax(v3_dot(theta[j], theta[j]), LEAST_SQUARED_ANGLE));
            quaternion_features(f, cos(0.5 * angle), v3_scale(theta[j], sin(0.5 * angle) / angle));
        } else if (kind == OIK_CORRECTIVES_SMPL) {
            oik_mat3 R = oik_rot_exp(theta[j]);
            matrix_features(f, &R);
        }
    }
}

/** dq = (0, w)/2 q: vector part (q_w w + w x q)/2, real part -(w . q)/2 */
static void quaternion_slopes(double (*D)[3], const double f[STAR_FEATURES]) {
    oik_mat3 S = m3_skew(v3(-0.5 * f[0], -0.5 * f[1], -0.5 * f[2]));
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            D[i][k] = S.m[i][k] + (i == k ? 0.5 * (f[3] + 1.0) : 0.0);
        D[3][i] = -0.5 * f[i];
    }
}

/** dR = [w]_x R: column c changes by w x R_c = -[R_c]_x w */
static void matrix_slopes(double (*D)[3], const oik_mat3 *R) {
    for (int c = 0; c < 3; c++) {
        oik_mat3 S = m3_skew(v3_scale(m3_column(*R, c), -1.0));
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++)
                D[3 * i + c][k] = S.m[i][k];
    }
}

void oik_feature_slopes(double (*D)[3], oik_corrective_kind kind, int j, const double *f, const oik_mat3 *R_j) {
    if (kind == OIK_CORRECTIVES_STAR)
        quaternion_slopes(D, f + (j - 1) * STAR_FEATURES);
    else if (kind == OIK_CORRECTIVES_SMPL)
        matrix_slopes(D, R_j);
}
