/** Writes the template of one gender as a PLY file, for looking at it: skin_main tables gender file.ply [mode standard-deviations]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mesh/mesh_io.h"
#include "skin.h"

/** add `amount` standard deviations of the mode of that name. @return 0 when there is none */
static int add_mode(oik_skin *skin, const char *name, double amount) {
    for (size_t k = 0; k < skin->n_modes; k++) {
        if (strcmp(skin->mode_names[k], name) != 0)
            continue;
        for (size_t i = 0; i < skin->n_vertices; i++)
            skin->template_v[i] = v3_madd(skin->template_v[i], amount, skin->modes[k * skin->n_vertices + i]);
        return 1;
    }
    return 0;
}

static oik_status write_skin(const oik_skin *skin, const char *path, oik_error *err) {
    const oik_mesh mesh = {.n_vertices = skin->n_vertices,
                           .n_faces = skin->n_faces,
                           .vertices = skin->template_v,
                           .faces = skin->faces};
    const char *const comments[] = {"metres"};
    const oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY, .comments = comments, .n_comments = 1};
    return oik_mesh_write(&mesh, path, &options, err);
}

int main(int argc, char **argv) {
    if (argc != 4 && argc != 6) {
        fprintf(stderr, "usage: skin_main table-folder gender(0 male .. 1 female) file.ply [mode standard-deviations]\n");
        return 2;
    }
    oik_error err = {0};
    oik_skin_base *base = NULL;
    oik_skin *skin = NULL;
    oik_status status = oik_skin_base_new(&base, argv[1], &err);
    if (status == OIK_OK)
        status = oik_skin_new(&skin, base, strtod(argv[2], NULL), &err);
    if (status == OIK_OK && argc == 6 && !add_mode(skin, argv[4], strtod(argv[5], NULL))) {
        fprintf(stderr, "skin_main: there is no mode %s\n", argv[4]);
        status = OIK_E_ARGUMENT;
    } else if (status == OIK_OK) {
        status = write_skin(skin, argv[3], &err);
    }
    if (err.message[0])
        fprintf(stderr, "skin_main: %s\n", err.message);
    oik_skin_free(skin);
    oik_skin_base_free(base);
    return status == OIK_OK ? 0 : 1;
}
