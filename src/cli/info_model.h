/** What osso_ik info says of a model. */
#ifndef OIK_CLI_INFO_MODEL_H
#define OIK_CLI_INFO_MODEL_H

#include "osso_ik.h"

/** Print a model file's facts; of an imported one also its parts, the terms of its energies, and what it was made from. */
oik_status oik_info_model(const char *path, oik_error *err);

#endif
