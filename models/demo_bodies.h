/**
 * Demo bodies: synthetic people in SMPL vertex order, made from the built-in models.
 *
 * Each has a shape away from the mean, a pose (walking; standing with one hand raised; deep squat with arms up), and smooth surface detail that
 * no shape mode contains, so that registration has something to do.
 */
#ifndef OIK_MODELS_DEMO_BODIES_H
#define OIK_MODELS_DEMO_BODIES_H

#include "osso_ik.h"

/** Write body_female.ply, body_male.ply and body_male_crouch.ply. OIK_E_MODEL, OIK_E_IO, OIK_E_MEMORY. Deterministic. */
oik_status oik_demo_bodies_write(const char *model_dir, const char *out_dir, oik_error *err);

#endif
