/** The header of a PLY file. */
#include "mesh/ply_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/status.h"

static const struct {
    const char *name, *sized_name;
    size_t size;
} types[] = {
    [PLY_INT8] = {"char", "int8", 1},       [PLY_UINT8] = {"uchar", "uint8", 1},    [PLY_INT16] = {"short", "int16", 2},
    [PLY_UINT16] = {"ushort", "uint16", 2}, [PLY_INT32] = {"int", "int32", 4},      [PLY_UINT32] = {"uint", "uint32", 4},
    [PLY_FLOAT32] = {"float", "float32", 4}, [PLY_FLOAT64] = {"double", "float64", 8},
};

size_t ply_type_size(ply_type type) {
    return types[type].size;
}

static int find_type(ply_type *type, oik_span word) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (oik_span_is(word, types[i].name) || oik_span_is(word, types[i].sized_name)) {
            *type = (ply_type)i;
            return 1;
        }
    return 0;
}

/** What the parser knows while it reads. */
typedef struct parser {
    ply_header header;
    oik_lines lines;
    const char *name; /**< of the file */
    oik_error *err;
} parser;

/** "file: line 7: expected ..., found 'word'" */
static oik_status expected(const parser *p, const char *what, oik_span found) {
    char shown[OIK_SHOWN_LENGTH];
    return oik_fail(p->err, OIK_E_FORMAT, "%s: line %zu: expected %s, found '%s'", p->name, p->lines.number, what,
                    oik_span_show(shown, found));
}

static oik_status parse_format(parser *p, oik_span rest) {
    static const char *const names[] = {
        [PLY_ASCII] = "ascii", [PLY_LITTLE_ENDIAN] = "binary_little_endian", [PLY_BIG_ENDIAN] = "binary_big_endian"};
    oik_span line = rest, word;
    if (p->header.encoding != PLY_NO_ENCODING)
        return expected(p, "one format line", line);
    (void)oik_span_word(&rest, &word);
    for (ply_encoding e = PLY_ASCII; e <= PLY_BIG_ENDIAN; e++)
        if (oik_span_is(word, names[e]))
            p->header.encoding = e;
    if (p->header.encoding == PLY_NO_ENCODING)
        return expected(p, "format ascii, binary_little_endian or binary_big_endian", line);
    (void)oik_span_word(&rest, &word);
    return oik_span_is(word, "1.0") ? OIK_OK : expected(p, "format version 1.0", line);
}

static oik_status parse_element(parser *p, oik_span rest) {
    oik_span line = rest, name, word;
    int64_t count;
    if (!oik_span_word(&rest, &name) || !oik_span_word(&rest, &word))
        return expected(p, "element NAME COUNT", line);
    size_t used = oik_integer_parse(&count, word.p, word.end);
    if (used == 0 || word.p + used != word.end || count < 0)
        return expected(p, "a count of at least 0", word);
    ply_header *h = &p->header;
    const size_t max_elements = 64; /* real files have 1 to 5; the search below stays short on hostile ones */
    if (h->n_elements == max_elements)
        return expected(p, "at most 64 elements", name);
    for (size_t i = 0; i < h->n_elements; i++) {
        oik_span other = h->elements[i].name;
        if (other.end - other.p == name.end - name.p && memcmp(other.p, name.p, (size_t)(name.end - name.p)) == 0)
            return expected(p, "an element name that has not been used", name);
    }
    ply_element *elements = oik_resize(h->elements, h->n_elements + 1, sizeof *elements, p->err);
    if (!elements)
        return OIK_E_MEMORY;
    h->elements = elements;
    elements[h->n_elements++] = (ply_element){.name = name, .count = (size_t)count};
    return OIK_OK;
}

static oik_status parse_property(parser *p, oik_span rest) {
    oik_span line = rest, word;
    ply_property property = {0};
    if (p->header.n_elements == 0)
        return expected(p, "an element before its first property", line);
    (void)oik_span_word(&rest, &word);
    property.is_list = oik_span_is(word, "list");
    if (property.is_list) {
        (void)oik_span_word(&rest, &word);
        if (!find_type(&property.count_type, word))
            return expected(p, "the type of a list count (char ... double, int8 ... float64)", word);
        (void)oik_span_word(&rest, &word);
    }
    if (!find_type(&property.type, word))
        return expected(p, "a property type (char ... double, int8 ... float64)", word);
    if (!oik_span_word(&rest, &property.name))
        return expected(p, "a property name", line);
    ply_element *element = &p->header.elements[p->header.n_elements - 1];
    ply_property *properties = oik_resize(element->properties, element->n_properties + 1, sizeof *properties, p->err);
    if (!properties)
        return OIK_E_MEMORY;
    element->properties = properties;
    properties[element->n_properties++] = property;
    return OIK_OK;
}

/** Interpret the lines between "ply" and "end_header". */
static oik_status parse_lines(parser *p) {
    oik_span line, word;
    while (oik_lines_next(&p->lines, &line)) {
        oik_span rest = line;
        oik_status status = OIK_OK;
        if (!oik_span_word(&rest, &word) || oik_span_is(word, "comment") || oik_span_is(word, "obj_info"))
            continue;
        if (oik_span_is(word, "end_header"))
            return OIK_OK;
        if (oik_span_is(word, "format"))
            status = parse_format(p, rest);
        else if (oik_span_is(word, "element"))
            status = parse_element(p, rest);
        else if (oik_span_is(word, "property"))
            status = parse_property(p, rest);
        else
            status = expected(p, "format, element, property, comment or end_header", line);
        if (status)
            return status;
    }
    return oik_fail(p->err, OIK_E_FORMAT, "%s: the header has no end_header line within its %zu lines", p->name, p->lines.number);
}

/**
 * Bytes that one instance takes at the least: its values and empty lists in binary, a digit and a separator for each
 * property in ASCII.
 */
static size_t min_bytes(const ply_element *element, ply_encoding encoding) {
    size_t bytes = 0;
    for (size_t i = 0; i < element->n_properties; i++) {
        const ply_property *p = &element->properties[i];
        bytes += encoding == PLY_ASCII ? 2 : ply_type_size(p->is_list ? p->count_type : p->type);
    }
    return bytes;
}

/** Refuse counts that the file is too short for, before anything is allocated for them. */
static oik_status check_counts(const parser *p, size_t size) {
    size_t left = size - p->header.data_offset;
    left += p->header.encoding == PLY_ASCII; /* the last separator may be missing */
    for (size_t i = 0; i < p->header.n_elements; i++) {
        const ply_element *element = &p->header.elements[i];
        size_t bytes = min_bytes(element, p->header.encoding);
        if (bytes && element->count > left / bytes) {
            char shown[OIK_SHOWN_LENGTH];
            return oik_fail(p->err, OIK_E_FORMAT,
                            "%s: the header claims %zu of element '%s' with at least %zu bytes each, found only %zu bytes: the "
                            "count is wrong or the file is cut off",
                            p->name, element->count, oik_span_show(shown, element->name), bytes, left);
        }
        left -= element->count * bytes;
    }
    return OIK_OK;
}

/**
 * Where the data begin. When the first line ends in a lone CR, so does the last one, and an LF after it is data. Otherwise
 * end_header may end in CRLF even where the other lines end in LF.
 */
static size_t data_begin(const uint8_t *data, const oik_lines *lines, int lone_cr) {
    const uint8_t *p = (const uint8_t *)lines->p;
    int took_crlf = p - data >= 2 && p[-1] == '\n' && p[-2] == '\r';
    return (size_t)(p - data) - (size_t)(lone_cr && took_crlf);
}

oik_status ply_header_parse(ply_header *out, const uint8_t *data, size_t size, const char *name, oik_error *err) {
    const char *text = (const char *)data;
    parser p = {.lines = {text, text + size, 0}, .name = name, .err = err};
    oik_span line = {text, text}, word;
    (void)oik_lines_next(&p.lines, &line);
    int lone_cr = line.end < text + size && *line.end == '\r' && p.lines.p == line.end + 1;
    oik_span rest = line;
    (void)oik_span_word(&rest, &word);
    oik_status status = oik_span_is(word, "ply") ? parse_lines(&p) : expected(&p, "'ply'", line);
    if (!status && p.header.encoding == PLY_NO_ENCODING)
        status = oik_fail(err, OIK_E_FORMAT, "%s: the header has no format line", name);
    if (!status) {
        p.header.data_offset = data_begin(data, &p.lines, lone_cr);
        p.header.n_lines = p.lines.number;
        status = check_counts(&p, size);
    }
    if (status)
        ply_header_free(&p.header);
    else
        *out = p.header;
    return status;
}

void ply_header_free(ply_header *header) {
    for (size_t i = 0; i < header->n_elements; i++)
        free(header->elements[i].properties);
    free(header->elements);
    *header = (ply_header){0};
}
