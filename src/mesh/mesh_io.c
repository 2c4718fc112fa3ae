/** Reading and writing mesh files: which format it is, and the checks that all formats share. */
#include "mesh/mesh_io.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "mesh/formats.h"

/** Does the file begin with the line "ply"? */
static int has_ply_magic(const uint8_t *data, size_t size) {
    return size >= 4 && memcmp(data, "ply", 3) == 0 && strchr(" \t\r\n", data[3]) && data[3];
}

static int ends_in_obj(const char *name) {
    size_t n = strlen(name);
    const char *p = name + n - (n < 4 ? n : 4);
    return p[0] == '.' && (p[1] | 0x20) == 'o' && (p[2] | 0x20) == 'b' && (p[3] | 0x20) == 'j';
}

oik_status oik_mesh_read_memory(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err) {
    *out = NULL;
    if (size == 0)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a PLY or OBJ mesh, the file is empty", name);
    oik_status status;
    if (has_ply_magic(data, size)) {
        status = oik_ply_read(out, data, size, name, err);
    } else if (ends_in_obj(name)) {
        status = oik_obj_read(out, data, size, name, err);
    } else {
        char shown[OIK_SHOWN_LENGTH];
        const char *text = (const char *)data;
        oik_lines lines = {text, text + size, 0};
        oik_span line = {text, text};
        (void)oik_lines_next(&lines, &line);
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a PLY mesh (its first line is 'ply') or a name ending in .obj, found '%s'",
                        name, oik_span_show(shown, line));
    }
    if (status == OIK_E_MEMORY)
        oik_error_prefix(err, "%s", name);
    return status;
}

oik_status oik_mesh_read(oik_mesh **out, const char *path, oik_error *err) {
    uint8_t *data;
    size_t size;
    *out = NULL;
    oik_status status = oik_file_read(&data, &size, path, err);
    if (!status)
        status = oik_mesh_read_memory(out, data, size, path, err);
    free(data);
    return status;
}

/** Coordinates that a float can hold, and faces of this mesh. */
static oik_status check_mesh(const oik_mesh *mesh, const char *path, oik_error *err) {
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 v = mesh->vertices[i];
        double largest = fmax(fabs(v.x), fmax(fabs(v.y), fabs(v.z)));
        if (!v3_finite(v) || largest > (double)FLT_MAX)
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: not written: vertex %zu is not finite in single precision", path, i);
    }
    for (size_t f = 0; f < mesh->n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (mesh->faces[f][k] < 0 || (size_t)mesh->faces[f][k] >= mesh->n_vertices)
                return oik_fail(err, OIK_E_ARGUMENT, "%s: not written: face %zu has the vertex index %d, expected 0 to %zu", path, f,
                                mesh->faces[f][k], mesh->n_vertices - 1);
    return OIK_OK;
}

oik_status oik_mesh_write(const oik_mesh *mesh, const char *path, const oik_mesh_write_options *options, oik_error *err) {
    oik_status status = check_mesh(mesh, path, err);
    if (status)
        return status;
    oik_buf buf = {0};
    if (options->format == OIK_MESH_OBJ)
        oik_obj_write(&buf, mesh, options);
    else
        oik_ply_write(&buf, mesh, options);
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}
