/** Parsing the .npy header. */
#include "base/npy.h"

#include <string.h>

#include "base/status.h"

/** The text of the dictionary, read from p to end. */
typedef struct cursor {
    const char *p, *end;
} cursor;

static void skip_blanks(cursor *c) {
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
        c->p++;
}

/** Step over the character if it is next. */
static int accept(cursor *c, char wanted) {
    skip_blanks(c);
    if (c->p >= c->end || *c->p != wanted)
        return 0;
    c->p++;
    return 1;
}

/** A quoted string without escapes, cut at the size of text; false when none is next. */
static int read_string(cursor *c, char *text, size_t size) {
    char quote = accept(c, '\'') ? '\'' : accept(c, '"') ? '"' : '\0';
    if (!quote)
        return 0;
    size_t n = 0;
    for (; c->p < c->end && *c->p != quote; c->p++)
        if (n + 1 < size)
            text[n++] = *c->p;
    text[n] = '\0';
    return accept(c, quote);
}

static int accept_word(cursor *c, const char *word) {
    skip_blanks(c);
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return 0;
    c->p += n;
    return 1;
}

/** A decimal count; false when none is next or it overflows. */
static int read_count(cursor *c, size_t *value) {
    skip_blanks(c);
    const char *first = c->p;
    size_t sum = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
        size_t digit = (size_t)(*c->p - '0');
        if (sum > (SIZE_MAX - digit) / 10)
            return 0;
        sum = 10 * sum + digit;
    }
    *value = sum;
    return c->p > first;
}

static oik_status read_dtype(oik_npy *h, cursor *c, oik_error *err) {
    char name[32];
    if (!read_string(c, name, sizeof name))
        return oik_fail(err, OIK_E_FORMAT, "npy header: structured arrays are not read, expected one dtype such as '<f8'");
    cursor size = {name + (strlen(name) < 2 ? strlen(name) : 2), name + strlen(name)};
    h->big_endian = name[0] == '>';
    h->kind = strchr("<>|=", name[0]) && name[0] ? name[1] : '\0';
    if (h->kind == 'O')
        return oik_fail(err, OIK_E_FORMAT, "dtype '%s' (pickled Python objects) is refused, expected numbers or text", name);
    int readable = read_count(&size, &h->item_size) && size.p == size.end;
    size_t n = h->item_size;
    if (h->kind == 'f')
        readable = readable && (n == 4 || n == 8);
    else if (h->kind == 'i' || h->kind == 'u')
        readable = readable && (n == 1 || n == 2 || n == 4 || n == 8);
    else if (h->kind == 'b')
        readable = readable && n == 1;
    else
        readable = readable && (h->kind == 'S' || h->kind == 'U');
    if (!readable)
        return oik_fail(err, OIK_E_FORMAT, "dtype '%s' is not read, expected f4 f8 i1-i8 u1-u8 b1 S or U", name);
    if (h->kind == 'U') {
        if (h->item_size > SIZE_MAX / 4)
            return oik_fail(err, OIK_E_FORMAT, "dtype '%s' is too large", name);
        h->item_size *= 4; /* code points of 4 bytes */
    }
    return OIK_OK;
}

static oik_status read_shape(oik_npy *h, cursor *c, oik_error *err) {
    if (!accept(c, '('))
        return oik_fail(err, OIK_E_FORMAT, "npy header: shape is not a tuple");
    for (h->n_dim = 0; !accept(c, ')'); h->n_dim++) {
        size_t count;
        if (!read_count(c, &count))
            return oik_fail(err, OIK_E_FORMAT, "npy header: dimension %d of the shape is not a count", h->n_dim + 1);
        if (h->n_dim == OIK_NPZ_MAX_DIM)
            return oik_fail(err, OIK_E_SHAPE, "expected at most %d dimensions, found more", OIK_NPZ_MAX_DIM);
        h->shape[h->n_dim] = count;
        (void)accept(c, 'L'); /* Python 2 wrote long integers as 3L */
        if (!accept(c, ',') && !(c->p < c->end && *c->p == ')'))
            return oik_fail(err, OIK_E_FORMAT, "npy header: the shape has no closing parenthesis");
    }
    return OIK_OK;
}

enum { SEEN_DESCR = 1, SEEN_ORDER = 2, SEEN_SHAPE = 4, SEEN_ALL = 7 };

/** One "key: value" of the dictionary; marks it in seen. */
static oik_status read_entry(oik_npy *h, cursor *c, int *seen, oik_error *err) {
    char key[32];
    if (!read_string(c, key, sizeof key) || !accept(c, ':'))
        return oik_fail(err, OIK_E_FORMAT, "npy header: expected 'key': value");
    if (strcmp(key, "descr") == 0) {
        *seen |= SEEN_DESCR;
        return read_dtype(h, c, err);
    }
    if (strcmp(key, "shape") == 0) {
        *seen |= SEEN_SHAPE;
        return read_shape(h, c, err);
    }
    if (strcmp(key, "fortran_order") != 0)
        return oik_fail(err, OIK_E_FORMAT, "npy header: unknown key '%s'", key);
    *seen |= SEEN_ORDER;
    h->fortran = accept_word(c, "True");
    if (!h->fortran && !accept_word(c, "False"))
        return oik_fail(err, OIK_E_FORMAT, "npy header: fortran_order is neither True nor False");
    return OIK_OK;
}

static oik_status read_dictionary(oik_npy *h, cursor c, oik_error *err) {
    int seen = 0;
    if (!accept(&c, '{'))
        return oik_fail(err, OIK_E_FORMAT, "npy header: expected a dictionary");
    while (!accept(&c, '}')) {
        oik_status status = read_entry(h, &c, &seen, err);
        if (status)
            return status;
        skip_blanks(&c);
        if (!accept(&c, ',') && !(c.p < c.end && *c.p == '}'))
            return oik_fail(err, OIK_E_FORMAT, "npy header: the dictionary is not closed");
    }
    if (seen != SEEN_ALL)
        return oik_fail(err, OIK_E_FORMAT, "npy header: descr, fortran_order or shape is missing");
    return OIK_OK;
}

int oik_npy_byte_count(size_t *bytes, int n_dim, const size_t *shape, size_t item_size) {
    size_t product = item_size;
    for (int i = 0; i < n_dim; i++) {
        if (shape[i] && product > (size_t)PTRDIFF_MAX / shape[i])
            return 0;
        product *= shape[i];
    }
    *bytes = product;
    return 1;
}

oik_status oik_npy_parse(oik_npy *out, const uint8_t *data, size_t size, oik_error *err) {
    static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    if (size < 10 || memcmp(data, magic, sizeof magic) != 0)
        return oik_fail(err, OIK_E_FORMAT, "expected a NumPy array, its magic number is missing");
    int major = data[6];
    if (major < 1 || major > 3)
        return oik_fail(err, OIK_E_FORMAT, "expected npy version 1 to 3, found %d.%d", major, data[7]);
    size_t begin = major == 1 ? 10 : 12;
    if (size < begin)
        return oik_fail(err, OIK_E_FORMAT, "the npy header is cut off");
    size_t length = data[8] + 256u * (size_t)data[9];
    if (major > 1)
        length += ((size_t)data[10] << 16) + ((size_t)data[11] << 24);
    if (length > OIK_NPY_MAX_HEADER)
        return oik_fail(err, OIK_E_FORMAT, "expected an npy header of at most %d bytes, found %zu", OIK_NPY_MAX_HEADER, length);
    if (length > size - begin)
        return oik_fail(err, OIK_E_FORMAT, "the npy header is cut off: expected %zu bytes, found %zu", length, size - begin);
    oik_npy h = {.data_offset = begin + length};
    const char *text = (const char *)data + begin;
    oik_status status = read_dictionary(&h, (cursor){text, text + length}, err);
    if (status)
        return status;
    size_t bytes;
    if (!oik_npy_byte_count(&bytes, h.n_dim, h.shape, h.item_size) || !oik_npy_byte_count(&h.n, h.n_dim, h.shape, 1))
        return oik_fail(err, OIK_E_SHAPE, "npy header: the shape is larger than memory");
    *out = h;
    return OIK_OK;
}
