/**
 * Oracles of the published method: made-up licensed files with the reference program's numbers, and the body model in them.
 *
 *   FOLDER/pack/data/star_1_1/GENDER/model.npz   the body model
 *   FOLDER/bodies/GENDER.ply                     the input
 *   FOLDER/expected/GENDER/NAME.npz              the reference's numbers
 */
#ifndef TESTS_SUPPORT_ORACLE_BODY_H
#define TESTS_SUPPORT_ORACLE_BODY_H

#include "base/npz.h"
#include "body/body_model.h"

enum { ORACLE_PATH_LENGTH = 1024, N_ORACLES = 2 };

extern const char *const oracle_genders[2];

/** Folder of oracle number k: ../shared/oracle, tests/data/oracle; NULL, after a message, when it is absent. @return out */
const char *oracle_folder(char out[ORACLE_PATH_LENGTH], int k);

/** FOLDER/expected/GENDER/NAME.npz; NULL, after a message on stderr, when it cannot be read. */
oik_npz *oracle_expected(const char *folder, const char *gender, const char *name);

/** An array of expected numbers of known or any (n = SIZE_MAX) count; NULL, after a message on stderr, when it is not there. */
double *oracle_numbers(const oik_npz *npz, const char *name, size_t *n);

/**
 * The body model, read straight from the licensed layout: dense weights and regressor, STAR's corrective of beta[1] folded into
 * mode 1, which the joints do not see. Parts and mirror are made up: nothing of the published method asks for them.
 * @return NULL, after a message on stderr, when it cannot be read; free with oik_body_model_free
 */
oik_body_model *oracle_body_new(const char *folder, const char *gender);

/** Vertices of FOLDER/bodies/GENDER.ply; n must be its count. NULL as above. */
oik_vec3 *oracle_input(const char *folder, const char *gender, size_t n);

#endif
