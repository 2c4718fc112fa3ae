/**
 * The reference's calls of its minimiser as our terms, each set up from the reference's own start, and its numbers for them. Whatever is
 * missing ends the test.
 */
#ifndef TESTS_SUPPORT_ORACLE_CALL_H
#define TESTS_SUPPORT_ORACLE_CALL_H

#include "skeleton/published_terms.h"
#include "support/oracle_skeleton.h"

typedef struct oracle_call {
    const oracle_subject *subject;
    oik_published_call call;
    oik_npz *npz;         /**< the reference's numbers */
    size_t n_unknowns;
    oik_vec3 *lying_skin, *skin, *normal;
    oik_puppet *lying;    /**< the reference's */
    oik_puppet *start;    /**< at its x0 */
    oik_published_scene scene;
    oik_terms terms;      /**< absolute rotations */
} oracle_call;

void oracle_call_open(oracle_call *c, const oracle_subject *subject, oik_published_call which);
void oracle_call_close(oracle_call *c);

/** The reference keeps contacts of weight 0 as rows of zeros. */
bool oracle_call_leaves_out(const oracle_call *c, size_t reference_row);
/** The reference's residuals at its start, block after block; n: their number. Free it. */
double *oracle_call_residuals(const oracle_call *c, size_t *n);
/** The reference's Jacobian at its start, n_rows x n_unknowns, without the rows that are left out. Free it. */
double *oracle_call_jacobian(const oracle_call *c, size_t n_rows);
/** The reference's cost at its end. */
double oracle_call_cost(const oracle_call *c);

/** A file of expected numbers, and an array of n numbers in it. */
oik_npz *oracle_subject_file(const oracle_subject *subject, const char *name);
double *oracle_file_numbers(const oik_npz *npz, const char *name, size_t n);

oik_vec3 *oracle_points_new(size_t n);
/** A puppet of the subject's shape with rotation vectors. */
oik_puppet *oracle_puppet_new(const oracle_subject *subject);
/** The reference's lying puppet. */
oik_puppet *oracle_lying_new(const oracle_subject *subject);
/** The subject in the lying pose. */
oik_published_body oracle_lying_body(const oracle_subject *subject);
/** Our skin of a body. */
oik_vec3 *oracle_skin_new(const oracle_subject *subject, const oik_published_body *body);

#endif
