/** Random subjects: skins drawn from the prior of a body model, and the fit that placing bones in them asks for. */
#ifndef OIK_MODELS_SUBJECT_DRAW_H
#define OIK_MODELS_SUBJECT_DRAW_H

#include "body/registration.h"

/** Subjects of one seed are the same on every machine, up to the last bits of log and cos. */
typedef struct oik_subject_source {
    uint64_t state;
} oik_subject_source;

/** A standard normal number (Box and Muller over splitmix64: Steele, Lea and Flood, OOPSLA 2014). */
double oik_subject_normal(oik_subject_source *source);

/** beta_k ~ N(0, 1 / mode_precision_k), n_modes: what the prior of the model says about people. */
void oik_subject_draw(double *beta, const oik_body_model *body, oik_subject_source *source);

/**
 * The fit of a subject whose un-posed skin is template + modes beta, as registration gives it for a body in the rest pose: shape, pose,
 * frames, skin of the subject; x_model stays NULL.
 * @param[out] fit release with oik_body_fit_free, also on error
 * @return OIK_E_MEMORY
 */
oik_status oik_subject_fit(oik_body_fit *fit, const oik_body_model *body, const double *beta, oik_error *err);

#endif
