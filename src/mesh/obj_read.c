/** Reading the vertices and faces of a Wavefront OBJ file. Source: Wavefront, Advanced Visualizer manual, appendix B1. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "mesh/formats.h"

typedef struct reader {
    const char *name; /**< of the file */
    oik_lines lines;
    oik_vec3 *vertices;
    size_t n_vertices, capacity;
    oik_face_list faces;
    int64_t largest_index; /**< of all faces, from 1; checked at the end because faces may come before their vertices */
    size_t largest_line;
    oik_error *err;
} reader;

/** "file: line 7: expected ..., found 'word'" */
static oik_status expected(const reader *r, const char *what, oik_span found) {
    char shown[OIK_SHOWN_LENGTH];
    return oik_fail(r->err, OIK_E_FORMAT, "%s: line %zu: expected %s, found '%s'", r->name, r->lines.number, what,
                    oik_span_show(shown, found));
}

/** Next word of a statement, which goes on in the next line after a backslash. */
static int next_word(reader *r, oik_span *line, oik_span *word) {
    while (oik_span_word(line, word)) {
        int continues = oik_span_is(*word, "\\") && line->p == line->end;
        if (!continues)
            return 1;
        if (!oik_lines_next(&r->lines, line))
            return 0;
    }
    return 0;
}

static oik_status push_vertex(reader *r, oik_vec3 position) {
    if (r->n_vertices == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 1024;
        oik_vec3 *vertices = oik_resize(r->vertices, capacity, sizeof *vertices, r->err);
        if (!vertices)
            return OIK_E_MEMORY;
        r->vertices = vertices;
        r->capacity = capacity;
    }
    r->vertices[r->n_vertices++] = position;
    return OIK_OK;
}

/** v x y z; a weight or a colour may follow and is not read */
static oik_status read_vertex(reader *r, oik_span line) {
    double position[3] = {0};
    oik_span word;
    for (int axis = 0; axis < 3; axis++) {
        if (!next_word(r, &line, &word))
            return oik_fail(r->err, OIK_E_FORMAT, "%s: line %zu: expected 3 coordinates, found %d", r->name, r->lines.number, axis);
        size_t used = oik_number_parse(&position[axis], word.p, word.end);
        if (used == 0 || word.p + used != word.end)
            return expected(r, "a number", word);
        if (!isfinite(position[axis]))
            return oik_fail(r->err, OIK_E_NOT_FINITE, "%s: line %zu: vertex %zu: expected a finite %c coordinate, found %s", r->name,
                            r->lines.number, r->n_vertices + 1, "xyz"[axis], isnan(position[axis]) ? "NaN" : "infinity");
    }
    return push_vertex(r, v3(position[0], position[1], position[2]));
}

/** a, a/b, a//c or a/b/c; a counts from 1, or back from the last vertex when negative. */
static oik_status read_corner(reader *r, oik_span word, int32_t *index) {
    int64_t value;
    size_t used = oik_integer_parse(&value, word.p, word.end);
    if (used == 0 || (word.p + used != word.end && word.p[used] != '/'))
        return expected(r, "a vertex index", word);
    if (value < 0)
        value += (int64_t)r->n_vertices + 1;
    if (value < 1 || value > INT32_MAX)
        return expected(r, "the index of a vertex, from 1", word);
    if (value > r->largest_index) {
        r->largest_index = value;
        r->largest_line = r->lines.number;
    }
    *index = (int32_t)(value - 1);
    return OIK_OK;
}

/** f: a polygon as a fan of triangles around its first vertex */
static oik_status read_face(reader *r, oik_span line) {
    int32_t face[3] = {0};
    size_t count = 0;
    oik_span word;
    for (; next_word(r, &line, &word); count++) {
        int32_t index = 0;
        oik_status status = read_corner(r, word, &index);
        face[count < 3 ? count : 2] = index;
        if (!status && count >= 2)
            status = oik_face_list_push(&r->faces, face, r->err);
        if (status)
            return status;
        if (count >= 2)
            face[1] = index;
    }
    if (count < 3)
        return oik_fail(r->err, OIK_E_FORMAT, "%s: line %zu: expected a face of at least 3 vertices, found %zu", r->name,
                        r->lines.number, count);
    return OIK_OK;
}

static oik_status read_statements(reader *r) {
    oik_span line, word;
    while (oik_lines_next(&r->lines, &line)) {
        oik_status status = OIK_OK;
        if (!oik_span_word(&line, &word))
            continue;
        if (oik_span_is(word, "v"))
            status = read_vertex(r, line);
        else if (oik_span_is(word, "f"))
            status = read_face(r, line);
        if (status)
            return status;
    }
    return OIK_OK;
}

static oik_status check_counts(const reader *r) {
    if (r->n_vertices == 0)
        return oik_fail(r->err, OIK_E_FORMAT, "%s: expected an OBJ file with 'v x y z' lines, found none in %zu lines", r->name,
                        r->lines.number);
    if (r->n_vertices > INT32_MAX)
        return oik_fail(r->err, OIK_E_SHAPE, "%s: expected at most %d vertices, found %zu", r->name, INT32_MAX, r->n_vertices);
    if (r->largest_index > (int64_t)r->n_vertices)
        return oik_fail(r->err, OIK_E_FORMAT, "%s: line %zu: expected a vertex index from 1 to %zu, found %lld", r->name,
                        r->largest_line, r->n_vertices, (long long)r->largest_index);
    return OIK_OK;
}

/** Hand what was read over to a mesh. */
static oik_status make_mesh(oik_mesh **out, reader *r) {
    oik_mesh *mesh;
    oik_status status = oik_mesh_new(&mesh, 0, 0, r->err);
    if (status)
        return status;
    free(mesh->vertices);
    mesh->vertices = r->vertices;
    mesh->n_vertices = r->n_vertices;
    r->vertices = NULL;
    if (r->faces.n > 0) {
        free(mesh->faces);
        mesh->faces = r->faces.faces;
        mesh->n_faces = r->faces.n;
        r->faces = (oik_face_list){0};
    }
    *out = mesh;
    return OIK_OK;
}

oik_status oik_obj_read(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err) {
    const char *text = (const char *)data;
    reader r = {.name = name, .lines = {text, text + size, 0}, .err = err};
    *out = NULL;
    oik_status status = read_statements(&r);
    if (!status)
        status = check_counts(&r);
    if (!status)
        status = make_mesh(out, &r);
    free(r.vertices);
    free(r.faces.faces);
    return status;
}
