/**
 * generate_models: writes the built-in models, and the demo bodies made from them.
 *
 *   generate_models TABLE_DIR OUT_DIR            female.npz, male.npz, neutral.npz
 *   generate_models --demo MODEL_DIR OUT_DIR     body_female.ply, body_male.ply, body_male_crouch.ply, walk.txt
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "models/bone_set.h"
#include "models/demo_bodies.h"
#include "models/demo_walk.h"
#include "models/model_write.h"
#include "models/skeleton_build.h"
#include "models/skin.h"

enum { N_THREADS = 2 };

static oik_status generate_one(const char *out_dir, const char *gender, double g, const oik_skin_base *base,
                               const oik_bone_set *bones, oik_error *err) {
    oik_skin *skin = NULL;
    oik_skel_model *skeleton = NULL;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.npz", out_dir, gender);
    oik_status status = oik_skin_new(&skin, base, g, err);
    if (!status)
        status = oik_skeleton_build(&skeleton, skin, bones, err);
    if (!status)
        status = oik_model_write(path, gender, skin, skeleton, err);
    oik_skel_model_free(skeleton);
    oik_skin_free(skin);
    return status;
}

static oik_status generate_all(const char *table_dir, const char *out_dir, oik_error *err) {
    oik_skin_base *base = NULL;
    oik_bone_set *bones = NULL;
    oik_status status = oik_dir_make(out_dir, err);
    if (!status)
        status = oik_bone_set_new(&bones, 1.0, N_THREADS, err);
    if (!status)
        status = oik_skin_base_new(&base, table_dir, err);
    if (!status)
        status = generate_one(out_dir, "female", 1.0, base, bones, err);
    if (!status)
        status = generate_one(out_dir, "male", 0.0, base, bones, err);
    if (!status)
        status = generate_one(out_dir, "neutral", 0.5, base, bones, err);
    oik_skin_base_free(base);
    oik_bone_set_free(bones);
    return status;
}

int main(int argc, char **argv) {
    oik_error err = {OIK_OK, ""};
    oik_status status;
    if (argc == 4 && strcmp(argv[1], "--demo") == 0) {
        status = oik_demo_bodies_write(argv[2], argv[3], &err);
        if (!status)
            status = oik_demo_walk_write(argv[2], argv[3], &err);
    } else if (argc == 3) {
        status = generate_all(argv[1], argv[2], &err);
    } else {
        fprintf(stderr, "usage: %s TABLE_DIR OUT_DIR | --demo MODEL_DIR OUT_DIR\n", argv[0]);
        return 2;
    }
    if (status)
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    return status ? 1 : 0;
}
