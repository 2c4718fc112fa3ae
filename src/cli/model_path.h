/** Where the built-in models are. */
#ifndef OIK_CLI_MODEL_PATH_H
#define OIK_CLI_MODEL_PATH_H

#include <limits.h>
#include <stdbool.h>

#include "base/file.h"

/** Directory of the running program, without the last slash; false when the system does not tell. */
bool oik_program_directory(char path[PATH_MAX]);

/**
 * The file of the built-in model of one sex. Looked for, in this order, in: the directory named by the environment variable
 * OSSO_IK_MODELS (then nowhere else); models, ../build/models and ../share/osso_ik/models beside the program.
 * @param[out] path appended, NUL-terminated
 * @return OIK_E_MODEL: says where it was looked for
 */
oik_status oik_model_path(oik_buf *path, const char *gender, oik_error *err);

#endif
