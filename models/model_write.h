/** Writing a model archive: skin, skeleton and meta arrays (format in models/README.md). */
#ifndef OIK_MODELS_MODEL_WRITE_H
#define OIK_MODELS_MODEL_WRITE_H

#include "models/skin.h"
#include "skeleton/skel_model.h"

/** gender: "female", "male" or "neutral". Byte-identical for equal input. */
oik_status oik_model_write(const char *path, const char *gender, const oik_skin *skin, const oik_skel_model *skeleton, oik_error *err);

#endif
