/** Formatting meshes as PLY and OBJ. Coordinates are single precision; 9 digits bring a float back exactly. */
#include <string.h>

#include "mesh/formats.h"

/** The line "prefix text", with line ends inside the text turned into blanks. */
static void put_comment(oik_buf *out, const char *prefix, const char *text) {
    oik_buf_append(out, prefix, strlen(prefix));
    for (const char *p = text; *p; p++)
        oik_buf_append(out, *p == '\n' || *p == '\r' ? " " : p, 1);
    oik_buf_append(out, "\n", 1);
}

/** Bits in little-endian order; the place behind them. */
static uint8_t *put_u32(uint8_t *to, uint32_t bits) {
    for (int k = 0; k < 4; k++)
        *to++ = (uint8_t)(bits >> 8 * k);
    return to;
}

static uint8_t *put_float(uint8_t *to, double value) {
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    return put_u32(to, bits);
}

static void put_ply_header(oik_buf *out, const oik_mesh *mesh, const oik_mesh_write_options *o, int has_labels) {
    oik_buf_printf(out, "ply\nformat %s 1.0\n", o->format == OIK_MESH_PLY_ASCII ? "ascii" : "binary_little_endian");
    for (size_t i = 0; i < o->n_comments; i++)
        put_comment(out, "comment ", o->comments[i]);
    oik_buf_printf(out, "element vertex %zu\nproperty float x\nproperty float y\nproperty float z\n", mesh->n_vertices);
    if (has_labels)
        oik_buf_printf(out, "property int %s\n", o->label_name);
    oik_buf_printf(out, "element face %zu\nproperty list uchar int vertex_indices\nend_header\n", mesh->n_faces);
}

static void put_ply_ascii(oik_buf *out, const oik_mesh *mesh, int has_labels) {
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 v = mesh->vertices[i];
        oik_buf_printf(out, "%.9g %.9g %.9g", (double)(float)v.x, (double)(float)v.y, (double)(float)v.z);
        if (has_labels)
            oik_buf_printf(out, " %d", mesh->labels[i]);
        oik_buf_append(out, "\n", 1);
    }
    for (size_t f = 0; f < mesh->n_faces; f++)
        oik_buf_printf(out, "3 %d %d %d\n", mesh->faces[f][0], mesh->faces[f][1], mesh->faces[f][2]);
}

static void put_ply_binary(oik_buf *out, const oik_mesh *mesh, int has_labels) {
    uint8_t row[16];
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        uint8_t *end = row;
        for (int k = 0; k < 3; k++)
            end = put_float(end, v3_get(mesh->vertices[i], k));
        if (has_labels)
            end = put_u32(end, (uint32_t)mesh->labels[i]);
        oik_buf_append(out, row, (size_t)(end - row));
    }
    for (size_t f = 0; f < mesh->n_faces; f++) {
        uint8_t *end = row;
        *end++ = 3;
        for (int k = 0; k < 3; k++)
            end = put_u32(end, (uint32_t)mesh->faces[f][k]);
        oik_buf_append(out, row, (size_t)(end - row));
    }
}

void oik_ply_write(oik_buf *out, const oik_mesh *mesh, const oik_mesh_write_options *options) {
    int has_labels = options->label_name && mesh->labels;
    put_ply_header(out, mesh, options, has_labels);
    if (options->format == OIK_MESH_PLY_ASCII)
        put_ply_ascii(out, mesh, has_labels);
    else
        put_ply_binary(out, mesh, has_labels);
}

void oik_obj_write(oik_buf *out, const oik_mesh *mesh, const oik_mesh_write_options *options) {
    for (size_t i = 0; i < options->n_comments; i++)
        put_comment(out, "# ", options->comments[i]);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 v = mesh->vertices[i];
        oik_buf_printf(out, "v %.9g %.9g %.9g\n", (double)(float)v.x, (double)(float)v.y, (double)(float)v.z);
    }
    for (size_t f = 0; f < mesh->n_faces; f++)
        oik_buf_printf(out, "f %d %d %d\n", mesh->faces[f][0] + 1, mesh->faces[f][1] + 1, mesh->faces[f][2] + 1);
}
