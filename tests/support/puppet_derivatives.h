/** Terms of a puppet as a dense Jacobian, and that against central differences. For the tiny skeleton. */
#ifndef TESTS_SUPPORT_PUPPET_DERIVATIVES_H
#define TESTS_SUPPORT_PUPPET_DERIVATIVES_H

#include "skeleton/puppet_terms.h"

enum { LAST_KIND = OIK_TERM_SPRING };

/** The template's placement, each part moved by up to `turn` [rad] and `shift` [m], shape coefficients up to 1. */
oik_puppet *displaced_puppet(const oik_skel_model *model, uint64_t seed, double turn, double shift);

/** A term of any kind that is at work in the puppet, between the left thigh and the left shank. */
oik_term make_term(const oik_skel_model *model, oik_term_kind kind, const oik_puppet *puppet);

typedef struct linearised {
    oik_lsq_pattern pattern;
    size_t state;
    double *x, *r, *dense; /**< state, residuals, rows x unknowns */
} linearised;

linearised linearise(const oik_terms *terms, const oik_puppet *puppet);
void free_linearised(linearised *at);

/** n zeros. */
void *zeros(size_t n);

/** Every column of the Jacobian against central differences; ends the test where they disagree. */
void assert_derivatives(const oik_terms *terms, const oik_puppet *puppet);

#endif
