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
#include "models/bone_fit.h"
#include "models/demo_bodies.h"
#include "models/demo_walk.h"
#include "models/model_write.h"
#include "models/skeleton_build.h"
#include "models/skin.h"

enum { N_THREADS = 2 };

/** What the three models share. */
typedef struct shared {
    const char *table_dir, *out_dir;
    oik_skin_base *base;
    oik_bone_set *bones; /**< as generated */
} shared;

static oik_status generate_one(const shared *s, const char *gender, double g, oik_error *err) {
    oik_skin *skin = NULL;
    oik_bone_set *bones = NULL;
    oik_skel_model *skeleton = NULL;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.npz", s->out_dir, gender);
    oik_status status = oik_skin_new(&skin, s->base, g, err);
    if (!status)
        status = oik_bone_set_fit(&bones, s->bones, s->table_dir, g, err);
    if (!status)
        status = oik_skeleton_build(&skeleton, skin, bones, err);
    if (!status)
        status = oik_model_write(path, gender, skin, skeleton, err);
    oik_skel_model_free(skeleton);
    oik_bone_set_free(bones);
    oik_skin_free(skin);
    return status;
}

static oik_status generate_all(const char *table_dir, const char *out_dir, oik_error *err) {
    shared s = {table_dir, out_dir, NULL, NULL};
    oik_status status = oik_dir_make(out_dir, err);
    if (!status)
        status = oik_bone_set_new(&s.bones, 1.0, N_THREADS, err);
    if (!status)
        status = oik_skin_base_new(&s.base, table_dir, err);
    if (!status)
        status = generate_one(&s, "female", 1.0, err);
    if (!status)
        status = generate_one(&s, "male", 0.0, err);
    if (!status)
        status = generate_one(&s, "neutral", 0.5, err);
    oik_skin_base_free(s.base);
    oik_bone_set_free(s.bones);
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
