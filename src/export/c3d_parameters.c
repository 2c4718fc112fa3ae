/** Parameter section of a C3D file (see c3d_parameters.h). */
#include "export/c3d_parameters.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"

enum { CHARACTER = -1, WORD = 2, REAL = 4, MAX_BLOCKS = 255 };

/* ------------------------------------------------------------------ numbers */

static void put_byte(oik_buf *buf, int x) {
    const uint8_t byte = (uint8_t)x;
    oik_buf_append(buf, &byte, 1);
}

void oik_c3d_put_word(oik_buf *buf, unsigned x) {
    put_byte(buf, (int)(x & 0xff));
    put_byte(buf, (int)(x >> 8 & 0xff));
}

void oik_c3d_put_float(oik_buf *buf, double x) {
    float single = (float)x;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    const uint8_t bytes[4] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24)};
    oik_buf_append(buf, bytes, sizeof bytes);
}

void oik_c3d_pad(oik_buf *buf, size_t written) {
    static const uint8_t zeros[OIK_C3D_BLOCK] = {0};
    oik_buf_append(buf, zeros, -written & (OIK_C3D_BLOCK - 1));
}

/* ------------------------------------------------------------------ records */

/** What a parameter has before its data. */
typedef struct shape {
    int element; /**< bytes, or CHARACTER */
    int n_dims;
    int dims[2];
} shape;

static size_t data_size(const shape *s) {
    size_t size = s->element == CHARACTER ? 1 : (size_t)s->element;
    for (int d = 0; d < s->n_dims; d++)
        size *= (size_t)s->dims[d];
    return size;
}

/** What groups and parameters begin with. @param[in] size bytes after the offset */
static void open_record(oik_c3d_parameters *p, int name_length, int group, const char *name, size_t size) {
    put_byte(&p->buf, name_length);
    put_byte(&p->buf, group);
    oik_buf_append(&p->buf, name, strlen(name));
    p->last = p->buf.size;
    oik_c3d_put_word(&p->buf, (unsigned)(2 + size));
}

static void put_description(oik_buf *buf, const char *description) {
    put_byte(buf, (int)strlen(description));
    oik_buf_append(buf, description, strlen(description));
}

/** The data and put_description must follow. */
static void open_parameter(oik_c3d_parameters *p, const char *name, const shape *s, const char *description) {
    int length = (int)strlen(name);
    size_t size = 2 + (size_t)s->n_dims + data_size(s) + 1 + strlen(description);
    open_record(p, s->element == CHARACTER ? length : -length, p->n_groups, name, size);
    put_byte(&p->buf, s->element);
    put_byte(&p->buf, s->n_dims);
    for (int d = 0; d < s->n_dims; d++)
        put_byte(&p->buf, s->dims[d]);
}

void oik_c3d_begin(oik_c3d_parameters *p) {
    *p = (oik_c3d_parameters){0};
    put_byte(&p->buf, 1);
    put_byte(&p->buf, OIK_C3D_KEY);
    put_byte(&p->buf, 0); /* blocks, not known yet */
    put_byte(&p->buf, OIK_C3D_LITTLE_ENDIAN);
}

void oik_c3d_group(oik_c3d_parameters *p, const char *name, const char *description) {
    open_record(p, (int)strlen(name), -++p->n_groups, name, 1 + strlen(description));
    put_description(&p->buf, description);
}

void oik_c3d_word(oik_c3d_parameters *p, const char *name, unsigned value, const char *description) {
    open_parameter(p, name, &(shape){.element = WORD}, description);
    oik_c3d_put_word(&p->buf, value);
    put_description(&p->buf, description);
}

void oik_c3d_two_words(oik_c3d_parameters *p, const char *name, unsigned value, const char *description) {
    open_parameter(p, name, &(shape){.element = WORD, .n_dims = 1, .dims = {2}}, description);
    oik_c3d_put_word(&p->buf, value & 0xffff);
    oik_c3d_put_word(&p->buf, value >> 16);
    put_description(&p->buf, description);
}

void oik_c3d_real(oik_c3d_parameters *p, const char *name, double value, const char *description) {
    open_parameter(p, name, &(shape){.element = REAL}, description);
    oik_c3d_put_float(&p->buf, value);
    put_description(&p->buf, description);
}

void oik_c3d_text(oik_c3d_parameters *p, const char *name, const char *text, const char *description) {
    open_parameter(p, name, &(shape){.element = CHARACTER, .n_dims = 1, .dims = {(int)strlen(text)}}, description);
    oik_buf_append(&p->buf, text, strlen(text));
    put_description(&p->buf, description);
}

/** Texts first .. first + n - 1 of a list as one parameter. */
static void put_texts(oik_c3d_parameters *p, const char *name, int first, int n, oik_c3d_text_at *text, const void *list,
                      const char *description) {
    char one[OIK_C3D_MAX_TEXT + 1];
    int width = 0;
    for (int i = 0; i < n; i++) {
        text(one, list, first + i);
        width = (int)strlen(one) > width ? (int)strlen(one) : width;
    }
    open_parameter(p, name, &(shape){.element = CHARACTER, .n_dims = 2, .dims = {width, n}}, description);
    for (int i = 0; i < n; i++) {
        text(one, list, first + i);
        oik_buf_printf(&p->buf, "%-*s", width, one);
    }
    put_description(&p->buf, description);
}

void oik_c3d_texts(oik_c3d_parameters *p, const char *name, int n, oik_c3d_text_at *text, const void *list, const char *description) {
    char numbered[OIK_C3D_MAX_TEXT + 1];
    for (int first = 0, part = 1; first < n; first += OIK_C3D_MAX_LIST, part++) {
        int here = n - first < OIK_C3D_MAX_LIST ? n - first : OIK_C3D_MAX_LIST;
        snprintf(numbered, sizeof numbered, part == 1 ? "%s" : "%s%d", name, part);
        put_texts(p, numbered, first, here, text, list, description);
    }
}

oik_status oik_c3d_end(oik_c3d_parameters *p, oik_error *err) {
    oik_c3d_pad(&p->buf, p->buf.size);
    if (p->buf.status)
        return oik_fail(err, p->buf.status, "%s: the parameters", oik_status_sentence(p->buf.status));
    size_t n_blocks = p->buf.size / OIK_C3D_BLOCK;
    if (n_blocks > MAX_BLOCKS)
        return oik_fail(err, OIK_E_SHAPE, "the names of markers and bodies need %zu blocks, a C3D file has up to %d", n_blocks, MAX_BLOCKS);
    p->buf.data[2] = (char)n_blocks;
    p->buf.data[p->last] = p->buf.data[p->last + 1] = 0; /* the last record */
    return OIK_OK;
}
