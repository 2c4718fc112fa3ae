#include "models/subject_draw.h"

#include <string.h>

#include "base/mem.h"

static uint64_t next_bits(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/** Uniform in (0, 1]. */
static double uniform(uint64_t *state) {
    return (double)((next_bits(state) >> 11) + 1) * 0x1p-53;
}

double oik_subject_normal(oik_subject_source *source) {
    const double two_pi = 6.28318530717958647692;
    double radius = sqrt(-2.0 * log(uniform(&source->state)));
    return radius * cos(two_pi * uniform(&source->state));
}

void oik_subject_draw(double *beta, const oik_body_model *body, oik_subject_source *source) {
    for (size_t k = 0; k < body->n_modes; k++)
        beta[k] = oik_subject_normal(source) / sqrt(body->mode_precision[k]);
}

oik_status oik_subject_fit(oik_body_fit *fit, const oik_body_model *body, const double *beta, oik_error *err) {
    oik_vec3 J[OIK_N_JOINTS];
    *fit = (oik_body_fit){.pose = oik_body_pose_rest()};
    fit->beta = oik_new(body->n_modes, sizeof *fit->beta, err);
    fit->v_shaped = oik_new(body->n_vertices, sizeof *fit->v_shaped, err);
    fit->v_subject = oik_new(body->n_vertices, sizeof *fit->v_subject, err);
    if (!fit->beta || !fit->v_shaped || !fit->v_subject)
        return OIK_E_MEMORY;
    memcpy(fit->beta, beta, body->n_modes * sizeof *beta);
    oik_body_shape(fit->v_shaped, body, beta);
    memcpy(fit->v_subject, fit->v_shaped, body->n_vertices * sizeof *fit->v_subject);
    oik_body_shape_joints(J, body, beta);
    oik_body_forward(&fit->frames, body, J, &fit->pose);
    return OIK_OK;
}
