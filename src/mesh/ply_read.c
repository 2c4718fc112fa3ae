/**
 * Reading the data of a PLY file.
 *
 * An element instance is one line in ASCII and a run of bytes in binary. Both are read through next_value, which gives every
 * scalar as a double (exact for all PLY types), so that what an element means is written down once.
 */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/status.h"
#include "mesh/formats.h"
#include "mesh/ply_header.h"

#define NONE SIZE_MAX /* no such property or element */

/** The data while they are read. */
typedef struct source {
    const char *name; /**< of the file */
    ply_encoding encoding;
    const uint8_t *begin, *p, *end; /**< whole file, next byte (binary) and end */
    oik_lines lines;                /**< ASCII: what follows the current line */
    oik_span line;                  /**< ASCII: rest of the current line */
    const ply_element *element;     /**< being read */
    size_t instance;
    oik_error *err;
} source;

/** Fail with "file: line 14 (vertex 3): message" or, in binary, "file: byte 812 (vertex 3): message". */
static oik_status fail_here(const source *s, oik_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static oik_status fail_here(const source *s, oik_status status, const char *format, ...) {
    char message[OIK_ERROR_LENGTH], shown[OIK_SHOWN_LENGTH];
    va_list args;
    va_start(args, format);
    if (vsnprintf(message, sizeof message, format, args) < 0)
        message[0] = '\0';
    va_end(args);
    oik_fail(s->err, status, "%s", message);
    int ascii = s->encoding == PLY_ASCII;
    oik_error_prefix(s->err, "%s: %s %zu (%s %zu)", s->name, ascii ? "line" : "byte",
                     ascii ? s->lines.number : (size_t)(s->p - s->begin), oik_span_show(shown, s->element->name), s->instance);
    return status;
}

/** A number of an ASCII line. A float is rounded to one, so that the same mesh in ASCII and in binary is the same here. */
static oik_status next_word_value(source *s, ply_type type, double *value) {
    oik_span word;
    char shown[OIK_SHOWN_LENGTH];
    if (!oik_span_word(&s->line, &word))
        return fail_here(s, OIK_E_FORMAT, "expected more values (%zu properties), found the end of the line",
                         s->element->n_properties);
    size_t used = oik_number_parse(value, word.p, word.end);
    if (used == 0 || word.p + used != word.end)
        return fail_here(s, OIK_E_FORMAT, "expected a number, found '%s'", oik_span_show(shown, word));
    if (type == PLY_FLOAT32)
        *value = (double)(float)*value;
    return OIK_OK;
}

/** Bits of a binary value in the file's byte order. */
static uint64_t binary_bits(const source *s, size_t size) {
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | s->p[s->encoding == PLY_BIG_ENDIAN ? i : size - 1 - i];
    return bits;
}

/** Value of the bits of an integer type: a set sign bit of a signed type stands for -2^bits. */
static double integer_value(uint64_t bits, ply_type type) {
    int is_signed = type == PLY_INT8 || type == PLY_INT16 || type == PLY_INT32;
    unsigned n_bits = 8 * (unsigned)ply_type_size(type);
    int negative = is_signed && bits >> (n_bits - 1) & 1;
    return (double)bits - (negative ? (double)(UINT64_C(1) << n_bits) : 0.0);
}

static oik_status next_binary_value(source *s, ply_type type, double *value) {
    size_t size = ply_type_size(type);
    if ((size_t)(s->end - s->p) < size)
        return fail_here(s, OIK_E_FORMAT, "the file is cut off: expected a value of %zu bytes, found %zu", size,
                         (size_t)(s->end - s->p));
    uint64_t bits = binary_bits(s, size);
    s->p += size;
    if (type == PLY_FLOAT64) {
        memcpy(value, &bits, sizeof *value);
    } else if (type == PLY_FLOAT32) {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        *value = (double)single;
    } else {
        *value = integer_value(bits, type);
    }
    return OIK_OK;
}

static oik_status next_value(source *s, ply_type type, double *value) {
    return s->encoding == PLY_ASCII ? next_word_value(s, type, value) : next_binary_value(s, type, value);
}

/** Length of a list. Every entry takes a byte at least, so that a longer list than the file is refused at once. */
static oik_status next_count(source *s, const ply_property *property, size_t *count) {
    double value;
    oik_status status = next_value(s, property->count_type, &value);
    if (status)
        return status;
    size_t left = (size_t)(s->encoding == PLY_ASCII ? s->line.end - s->line.p : s->end - s->p);
    if (!(value >= 0.0) || value != floor(value))
        return fail_here(s, OIK_E_FORMAT, "expected a list count of at least 0, found %g", value);
    if (value > (double)left)
        return fail_here(s, OIK_E_FORMAT, "expected %.0f list entries, found %zu bytes: the count is wrong or the file is cut off",
                         value, left);
    *count = (size_t)value;
    return OIK_OK;
}

/** Read a property that nobody wants. */
static oik_status skip_property(source *s, const ply_property *property) {
    size_t count = 1;
    double value;
    oik_status status = property->is_list ? next_count(s, property, &count) : OIK_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = next_value(s, property->type, &value);
    return status;
}

/** Go to the next instance; in ASCII that is the next line that is not blank. */
static oik_status begin_instance(source *s) {
    if (s->encoding != PLY_ASCII)
        return OIK_OK;
    oik_span line, word;
    while (oik_lines_next(&s->lines, &line)) {
        s->line = line;
        if (oik_span_word(&line, &word))
            return OIK_OK;
    }
    return fail_here(s, OIK_E_FORMAT, "the file is cut off: the header announces %zu, found %zu", s->element->count, s->instance);
}

static oik_status end_instance(source *s) {
    oik_span word;
    char shown[OIK_SHOWN_LENGTH];
    if (s->encoding == PLY_ASCII && oik_span_word(&s->line, &word))
        return fail_here(s, OIK_E_FORMAT, "expected the end of the line after %zu properties, found '%s'", s->element->n_properties,
                         oik_span_show(shown, word));
    return OIK_OK;
}

static size_t find_property(const ply_element *element, const char *name, int is_list) {
    for (size_t i = 0; i < element->n_properties; i++)
        if (element->properties[i].is_list == is_list && oik_span_is(element->properties[i].name, name))
            return i;
    return NONE;
}

static int is_integer_type(ply_type type) {
    return type != PLY_FLOAT32 && type != PLY_FLOAT64;
}

/** The per-vertex integer property that becomes oik_mesh.labels. */
static size_t find_label(const ply_element *element) {
    static const char *const names[] = {"bone", "part", "label"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t k = find_property(element, names[i], 0);
        if (k != NONE && is_integer_type(element->properties[k].type))
            return k;
    }
    return NONE;
}

static oik_status read_vertex(source *s, const size_t xyz[3], size_t label, oik_mesh *mesh) {
    double position[3] = {0};
    for (size_t k = 0; k < s->element->n_properties; k++) {
        const ply_property *property = &s->element->properties[k];
        int axis = k == xyz[0] ? 0 : k == xyz[1] ? 1 : k == xyz[2] ? 2 : -1;
        double value = 0.0;
        oik_status status = property->is_list ? skip_property(s, property) : next_value(s, property->type, &value);
        if (status)
            return status;
        if (axis >= 0 && !isfinite(value))
            return fail_here(s, OIK_E_NOT_FINITE, "expected a finite %c coordinate, found %s", "xyz"[axis],
                             isnan(value) ? "NaN" : "infinity");
        if (axis >= 0)
            position[axis] = value;
        if (k == label && !(value >= INT32_MIN && value <= INT32_MAX && value == floor(value)))
            return fail_here(s, OIK_E_FORMAT, "expected a 32-bit integer label, found %g", value);
        if (k == label)
            mesh->labels[s->instance] = (int32_t)value;
    }
    mesh->vertices[s->instance] = v3(position[0], position[1], position[2]);
    return OIK_OK;
}

static oik_status read_vertices(source *s, oik_mesh *mesh) {
    static const char *const names[] = {"x", "y", "z"};
    size_t xyz[3], label = find_label(s->element);
    for (int axis = 0; axis < 3; axis++) {
        xyz[axis] = find_property(s->element, names[axis], 0);
        if (xyz[axis] == NONE)
            return oik_fail(s->err, OIK_E_FORMAT, "%s: expected the vertex properties x, y and z, '%s' is missing", s->name,
                            names[axis]);
    }
    if (label != NONE) {
        mesh->labels = oik_new(mesh->n_vertices, sizeof *mesh->labels, s->err);
        if (!mesh->labels)
            return OIK_E_MEMORY;
    }
    oik_status status = OIK_OK;
    for (s->instance = 0; s->instance < s->element->count && !status; s->instance++) {
        status = begin_instance(s);
        if (!status)
            status = read_vertex(s, xyz, label, mesh);
        if (!status)
            status = end_instance(s);
    }
    return status;
}

/** Next vertex index of a list; -1 is let through for the restarts of triangle strips. */
static oik_status next_index(source *s, const ply_property *property, size_t n_vertices, int32_t lowest, int32_t *index) {
    double value;
    oik_status status = next_value(s, property->type, &value);
    if (status)
        return status;
    if (value != floor(value) || !(value >= lowest && value < (double)n_vertices))
        return fail_here(s, OIK_E_FORMAT, "expected a vertex index from 0 to %zu, found %.10g", n_vertices - 1, value);
    *index = (int32_t)value;
    return OIK_OK;
}

/** A polygon as a fan of triangles around its first vertex. */
static oik_status read_polygon(source *s, const ply_property *property, size_t n_vertices, oik_face_list *faces) {
    size_t count = 0;
    oik_status status = next_count(s, property, &count);
    if (!status && count < 3)
        status = fail_here(s, OIK_E_FORMAT, "expected a face of at least 3 vertices, found %zu", count);
    int32_t face[3] = {0};
    for (size_t i = 0; i < count && !status; i++) {
        int32_t index = 0;
        status = next_index(s, property, n_vertices, 0, &index);
        face[i < 3 ? i : 2] = index;
        if (!status && i >= 2)
            status = oik_face_list_push(faces, face, s->err);
        if (i >= 2)
            face[1] = index;
    }
    return status;
}

/** Triangle strips, restarted by -1: every second triangle is turned so that all face the same side. */
static oik_status read_strip(source *s, const ply_property *property, size_t n_vertices, oik_face_list *faces) {
    size_t count = 0, length = 0;
    oik_status status = next_count(s, property, &count);
    int32_t last[2] = {0};
    for (size_t i = 0; i < count && !status; i++) {
        int32_t index = 0;
        status = next_index(s, property, n_vertices, -1, &index);
        if (index < 0) {
            length = 0;
            continue;
        }
        int odd = length % 2 == 1;
        const int32_t face[3] = {last[odd], last[!odd], index};
        if (!status && length++ >= 2)
            status = oik_face_list_push(faces, face, s->err);
        last[0] = last[1];
        last[1] = index;
    }
    return status;
}

static oik_status read_faces(source *s, int is_strip, size_t n_vertices, oik_face_list *faces) {
    size_t indices = find_property(s->element, "vertex_indices", 1);
    if (indices == NONE)
        indices = find_property(s->element, "vertex_index", 1);
    if (indices == NONE && s->element->count > 0)
        return oik_fail(s->err, OIK_E_FORMAT, "%s: expected the list property vertex_indices of the faces, it is missing", s->name);
    oik_status status = OIK_OK;
    for (s->instance = 0; s->instance < s->element->count && !status; s->instance++) {
        status = begin_instance(s);
        for (size_t k = 0; k < s->element->n_properties && !status; k++) {
            const ply_property *property = &s->element->properties[k];
            if (k != indices)
                status = skip_property(s, property);
            else
                status = is_strip ? read_strip(s, property, n_vertices, faces) : read_polygon(s, property, n_vertices, faces);
        }
        if (!status)
            status = end_instance(s);
    }
    return status;
}

static oik_status skip_element(source *s) {
    oik_status status = OIK_OK;
    if (s->element->n_properties == 0) /* takes no space in the file, whatever its count */
        return status;
    for (s->instance = 0; s->instance < s->element->count && !status; s->instance++) {
        status = begin_instance(s);
        for (size_t k = 0; k < s->element->n_properties && !status; k++)
            status = skip_property(s, &s->element->properties[k]);
        if (!status)
            status = end_instance(s);
    }
    return status;
}

/** After the last element only blanks, line ends, NUL bytes and the DOS end-of-file mark are allowed. */
static oik_status check_end(const source *s) {
    const char *p = s->encoding == PLY_ASCII ? s->lines.p : (const char *)s->p;
    const char *end = (const char *)s->end;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n' || *p == '\0' || *p == '\x1a'))
        p++;
    if (p == end)
        return OIK_OK;
    if (s->encoding == PLY_ASCII)
        return oik_fail(s->err, OIK_E_FORMAT, "%s: expected the end of the file after line %zu, found more: a count of the header is wrong",
                        s->name, s->lines.number);
    return oik_fail(s->err, OIK_E_FORMAT, "%s: expected the end of the file after byte %zu, found %zu bytes more: a count of the "
                    "header is wrong", s->name, (size_t)(s->p - s->begin), (size_t)(s->end - s->p));
}

static size_t vertex_element(const ply_header *header) {
    for (size_t i = 0; i < header->n_elements; i++)
        if (oik_span_is(header->elements[i].name, "vertex"))
            return i;
    return NONE;
}

static oik_status read_elements(source *s, const ply_header *header, oik_mesh *mesh, oik_face_list *faces) {
    oik_status status = OIK_OK;
    for (size_t i = 0; i < header->n_elements && !status; i++) {
        s->element = &header->elements[i];
        int is_strip = oik_span_is(s->element->name, "tristrips");
        if (oik_span_is(s->element->name, "vertex"))
            status = read_vertices(s, mesh);
        else if (is_strip || oik_span_is(s->element->name, "face"))
            status = read_faces(s, is_strip, mesh->n_vertices, faces);
        else
            status = skip_element(s);
    }
    return status ? status : check_end(s);
}

/** An empty mesh for the vertices that the header announces. */
static oik_status new_mesh(oik_mesh **out, const ply_header *header, const char *name, oik_error *err) {
    size_t i = vertex_element(header);
    if (i == NONE)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an element 'vertex', the header has none", name);
    size_t n = header->elements[i].count;
    if (n == 0)
        return oik_fail(err, OIK_E_SHAPE, "%s: expected vertices, the header announces 0", name);
    if (n > INT32_MAX)
        return oik_fail(err, OIK_E_SHAPE, "%s: expected at most %d vertices, found %zu", name, INT32_MAX, n);
    return oik_mesh_new(out, n, 0, err);
}

oik_status oik_ply_read(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err) {
    ply_header header;
    oik_mesh *mesh = NULL;
    oik_face_list faces = {0};
    *out = NULL;
    oik_status status = ply_header_parse(&header, data, size, name, err);
    if (status)
        return status;
    status = new_mesh(&mesh, &header, name, err);
    if (!mesh)
        goto done;
    const uint8_t *begin = data + header.data_offset, *end = data + size;
    source s = {.name = name, .encoding = header.encoding, .begin = data, .p = begin, .end = end, .err = err};
    s.lines = (oik_lines){(const char *)begin, (const char *)end, header.n_lines};
    status = read_elements(&s, &header, mesh, &faces);
    if (!status && faces.n > 0) {
        free(mesh->faces);
        mesh->faces = faces.faces;
        mesh->n_faces = faces.n;
        faces = (oik_face_list){0};
    }
done:
    free(faces.faces);
    ply_header_free(&header);
    if (status)
        oik_mesh_free(mesh);
    else
        *out = mesh;
    return status;
}
