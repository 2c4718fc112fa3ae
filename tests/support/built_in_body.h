/** The built-in models in tests of the library's inside, and the pipeline from a skin to posed bones. */
#ifndef TESTS_SUPPORT_BUILT_IN_BODY_H
#define TESTS_SUPPORT_BUILT_IN_BODY_H

#include "body/registration.h"
#include "skeleton/skeleton.h"

/** Path of a model of the build that is tested ("female", "male" or "neutral"), in a static buffer of in_folder (run_program.h). */
const char *built_in_path(const char *gender);

/** One model and what registers bodies with it. All functions below end the test on any error. */
typedef struct built_in_body {
    oik_body_model *body;
    oik_skel_model *model;
    oik_body_register *workspace;
} built_in_body;

built_in_body built_in_load(const char *gender);
void built_in_free(built_in_body *b);

/** Shape modes of a subject who is not the mean: the first six at plus and minus half a standard deviation. n_modes; free it. */
double *built_in_shape(const oik_body_model *body);

/** What the pipeline finds in a skin. */
typedef struct found_bones {
    oik_body_fit fit;
    oik_puppet *lying, *posed;
} found_bones;

/** @param[in] x n_vertices [m] */
found_bones find_bones(const built_in_body *b, const oik_vec3 *x);
void found_bones_free(found_bones *found);

#endif
