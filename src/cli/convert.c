/** osso_ik convert: a mesh from one format to another. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/commands.h"
#include "mesh/mesh_io.h"

/** Does path end with the extension, in any letter case? */
static bool has_extension(const char *path, const char *extension) {
    size_t n = strlen(path), m = strlen(extension);
    return n > m && strcasecmp(path + n - m, extension) == 0;
}

static oik_exit usage(const char *what) {
    fprintf(stderr, "osso_ik: error: convert: %s; usage: osso_ik convert [--ascii] IN OUT, OUT ends with .ply or .obj\n", what);
    return OIK_EXIT_USAGE;
}

static oik_exit convert(const char *in, const char *out, oik_mesh_format format) {
    oik_error err = {0};
    oik_mesh *mesh = NULL;
    oik_mesh_write_options options = {.format = format};
    oik_status status = oik_mesh_read(&mesh, in, &err);
    if (!status) {
        options.label_name = mesh->labels ? "label" : NULL;
        status = oik_mesh_write(mesh, out, &options, &err);
    }
    if (status)
        fprintf(stderr, "osso_ik: error: %s\n", err.message);
    oik_mesh_free(mesh);
    return oik_exit_of(status);
}

oik_exit oik_command_convert(int argc, char **argv) {
    const char *files[2] = {NULL, NULL};
    int n_files = 0;
    bool ascii = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ascii") == 0)
            ascii = true;
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            return usage("unknown option");
        else if (n_files == 2)
            return usage("more than two files");
        else
            files[n_files++] = argv[i];
    }
    if (n_files < 2)
        return usage("two files are needed");
    if (has_extension(files[1], ".obj"))
        return ascii ? usage("--ascii is for .ply") : convert(files[0], files[1], OIK_MESH_OBJ);
    if (has_extension(files[1], ".ply"))
        return convert(files[0], files[1], ascii ? OIK_MESH_PLY_ASCII : OIK_MESH_PLY_BINARY);
    return usage("unknown output format");
}
