/** Where the built-in models are. */
#ifndef OIK_CLI_MODEL_PATH_H
#define OIK_CLI_MODEL_PATH_H

#include "base/file.h"

/**
 * The file of the built-in model of one sex. Looked for, in this order, in: the directory named by the environment variable
 * OSSO_IK_MODELS (then nowhere else); models, ../build/models and ../share/osso_ik/models beside the program.
 * @param[out] path appended, NUL-terminated
 * @return OIK_E_MODEL: says where it was looked for
 */
oik_status oik_model_path(oik_buf *path, const char *gender, oik_error *err);

#endif
