/** Bones as a PLY mesh. */
#include "export/skeleton_ply.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh_io.h"

enum { MAX_COMMENT = 160 };

static bool selected(const oik_skeleton_ply *s, int32_t vertex) {
    return !s->group_of_vertex || s->group_of_vertex[vertex] == s->group;
}

static bool face_selected(const oik_skeleton_ply *s, const int32_t *face) {
    return selected(s, face[0]) && selected(s, face[1]) && selected(s, face[2]);
}

/** Number the selected vertices from 0; returns how many there are. number: n_vertices, -1 for the others. */
static size_t number_vertices(int32_t *number, const oik_skeleton_ply *s) {
    int32_t n = 0;
    for (size_t i = 0; i < s->n_vertices; i++)
        number[i] = selected(s, (int32_t)i) ? n++ : -1;
    return (size_t)n;
}

static size_t count_faces(const oik_skeleton_ply *s) {
    size_t n = 0;
    for (size_t f = 0; f < s->n_faces; f++)
        n += face_selected(s, s->faces[f]);
    return n;
}

static void fill(oik_mesh *mesh, const oik_skeleton_ply *s, const int32_t *number) {
    for (size_t i = 0; i < s->n_vertices; i++) {
        if (number[i] < 0)
            continue;
        mesh->vertices[number[i]] = v3_scale(s->vertices[i], s->units_per_metre);
        mesh->labels[number[i]] = s->bone_of_vertex[i];
    }
    size_t n = 0;
    for (size_t f = 0; f < s->n_faces; f++) {
        if (!face_selected(s, s->faces[f]))
            continue;
        for (int k = 0; k < 3; k++)
            mesh->faces[n][k] = number[s->faces[f][k]];
        n++;
    }
}

/** Header lines in one block: unit, frame, and the bones that occur. */
typedef struct header {
    char (*text)[MAX_COMMENT];
    const char **lines;
    size_t n;
} header;

static void header_free(header *h) {
    free(h->text);
    free(h->lines);
}

static oik_status header_new(header *h, const oik_skeleton_ply *s, const oik_mesh *mesh, oik_error *err) {
    size_t room = s->n_bones + 2;
    bool *occurs = oik_new(s->n_bones, sizeof *occurs, err);
    h->text = oik_new(room, sizeof *h->text, err);
    h->lines = oik_new(room, sizeof *h->lines, err);
    if (!occurs || !h->text || !h->lines) {
        free(occurs);
        return OIK_E_MEMORY;
    }
    for (size_t i = 0; i < mesh->n_vertices; i++)
        occurs[mesh->labels[i]] = true;
    snprintf(h->text[h->n++], MAX_COMMENT, "unit %s", s->unit);
    snprintf(h->text[h->n++], MAX_COMMENT, "frame %s", s->frame);
    for (size_t b = 0; b < s->n_bones; b++)
        if (occurs[b])
            snprintf(h->text[h->n++], MAX_COMMENT, "bone %zu %s", b, s->bone_names[b]);
    for (size_t i = 0; i < h->n; i++)
        h->lines[i] = h->text[i];
    free(occurs);
    return OIK_OK;
}

static oik_status write_mesh(const oik_skeleton_ply *s, oik_mesh *mesh, const char *path, oik_error *err) {
    header h = {0};
    oik_status status = header_new(&h, s, mesh, err);
    if (!status) {
        oik_mesh_write_options options = {
            .format = OIK_MESH_PLY_BINARY, .label_name = "bone", .comments = h.lines, .n_comments = h.n};
        status = oik_mesh_write(mesh, path, &options, err);
    }
    header_free(&h);
    return status;
}

oik_status oik_skeleton_ply_write(const oik_skeleton_ply *s, const char *path, oik_error *err) {
    oik_mesh *mesh = NULL;
    oik_status status = OIK_OK;
    int32_t *number = oik_new(s->n_vertices, sizeof *number, err);
    if (!number)
        return OIK_E_MEMORY;
    size_t n = number_vertices(number, s);
    if (n == 0)
        status = oik_fail(err, OIK_E_ARGUMENT, "%s: not written: the selection has no vertex", path);
    if (!status)
        status = oik_mesh_new(&mesh, n, count_faces(s), err);
    if (!status) {
        mesh->labels = oik_new(n, sizeof *mesh->labels, err);
        status = mesh->labels ? OIK_OK : OIK_E_MEMORY;
    }
    if (!status) {
        fill(mesh, s, number);
        status = write_mesh(s, mesh, path, err);
    }
    oik_mesh_free(mesh);
    free(number);
    return status;
}
