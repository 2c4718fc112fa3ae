/** Writing .npz archives: arrays are collected as .npy bytes and zipped in memory, then written in one go. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/npy.h"
#include "base/npz.h"
#include "base/status.h"

typedef struct entry {
    char *name; /**< "poses.npy" */
    uint8_t *data;
    size_t size;
} entry;

struct oik_npz_writer {
    entry *entries;
    size_t n_entries;
};

oik_status oik_npz_writer_new(oik_npz_writer **out, oik_error *err) {
    *out = oik_new(1, sizeof **out, err);
    return *out ? OIK_OK : OIK_E_MEMORY;
}

void oik_npz_writer_free(oik_npz_writer *w) {
    if (!w)
        return;
    for (size_t i = 0; i < w->n_entries; i++) {
        free(w->entries[i].name);
        free(w->entries[i].data);
    }
    free(w->entries);
    free(w);
}

typedef struct number_format {
    const char *dtype;
    char kind; /**< f, i or u */
    size_t size;
    double min, max;
} number_format;

static const number_format number_formats[] = {
    {"<f4", 'f', 4, -(double)FLT_MAX, (double)FLT_MAX}, {"<f8", 'f', 8, -DBL_MAX, DBL_MAX},
    {"<i4", 'i', 4, INT32_MIN, INT32_MAX},              {"<i2", 'i', 2, INT16_MIN, INT16_MAX},
    {"<u2", 'u', 2, 0, UINT16_MAX},                     {"|u1", 'u', 1, 0, UINT8_MAX},
};

static const number_format *find_format(const char *dtype) {
    for (size_t i = 0; i < sizeof number_formats / sizeof *number_formats; i++)
        if (strcmp(dtype, number_formats[i].dtype) == 0)
            return &number_formats[i];
    return NULL;
}

static void put_little_endian(uint8_t *p, uint64_t bits, size_t size) {
    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(bits >> 8 * i);
}

/** Store one value; integers are rounded to the nearest. */
static oik_status put_number(uint8_t *p, double value, const number_format *f, size_t i, oik_error *err) {
    if (!isfinite(value))
        return oik_fail(err, OIK_E_NOT_FINITE, "element %zu is not finite", i);
    double stored = f->kind == 'f' ? value : nearbyint(value);
    if (stored < f->min || stored > f->max)
        return oik_fail(err, OIK_E_ARGUMENT, "element %zu is %g, outside the range of dtype '%s'", i, value, f->dtype);
    uint64_t bits = 0;
    if (f->kind == 'f' && f->size == 8) {
        memcpy(&bits, &stored, 8);
    } else if (f->kind == 'f') {
        float single = (float)stored;
        uint32_t half;
        memcpy(&half, &single, 4);
        bits = half;
    } else {
        bits = (uint64_t)(int64_t)stored;
    }
    put_little_endian(p, bits, f->size);
    return OIK_OK;
}

/** Magic number, version 1.0 and dictionary, padded so that the data start at a multiple of 64 bytes, as NumPy does. */
static void put_header(oik_buf *out, const char *dtype, int n_dim, const size_t *shape) {
    enum { PREAMBLE = 10, ALIGNMENT = 64 };
    oik_buf text = {0};
    oik_buf_printf(&text, "{'descr': '%s', 'fortran_order': False, 'shape': (", dtype);
    for (int i = 0; i < n_dim; i++)
        oik_buf_printf(&text, i ? " %zu," : "%zu,", shape[i]);
    if (n_dim > 1)
        text.size -= !text.status; /* (3, 4) but (3,) */
    oik_buf_printf(&text, "), }");
    while (!text.status && (PREAMBLE + text.size + 1) % ALIGNMENT)
        oik_buf_append(&text, " ", 1);
    oik_buf_append(&text, "\n", 1);
    const uint8_t preamble[PREAMBLE] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (uint8_t)text.size, (uint8_t)(text.size >> 8)};
    oik_buf_append(out, preamble, sizeof preamble);
    oik_buf_append(out, text.data, text.size);
    if (text.status)
        out->status = text.status;
    oik_buf_free(&text);
}

/** Header and room for the data at the end of *out; the data's place is given in *data. */
static oik_status begin_array(oik_buf *out, uint8_t **data, const char *dtype, int n_dim, const size_t *shape, size_t item_size,
                              oik_error *err) {
    size_t bytes;
    if (n_dim < 0 || n_dim > OIK_NPZ_MAX_DIM || !oik_npy_byte_count(&bytes, n_dim, shape, item_size))
        return oik_fail(err, OIK_E_SHAPE, "expected at most %d dimensions and a shape that fits memory", OIK_NPZ_MAX_DIM);
    put_header(out, dtype, n_dim, shape);
    char *grown = out->status || bytes > (size_t)PTRDIFF_MAX - out->size ? NULL : oik_resize(out->data, out->size + bytes + 1, 1, NULL);
    if (!grown)
        return oik_fail(err, OIK_E_MEMORY, "out of memory for %zu bytes", bytes);
    out->data = grown;
    memset(grown + out->size, 0, bytes + 1);
    *data = (uint8_t *)grown + out->size;
    out->size += bytes;
    out->capacity = out->size + 1;
    return OIK_OK;
}

/** Take over the bytes of an array under a name. */
static oik_status push_entry(oik_npz_writer *w, const char *name, oik_buf *array, oik_error *err) {
    static const char extension[] = ".npy";
    size_t n = strlen(name);
    entry *entries = oik_resize(w->entries, w->n_entries + 1, sizeof *entries, err);
    if (!entries)
        return OIK_E_MEMORY;
    w->entries = entries;
    char *file_name = oik_new(n + sizeof extension, 1, err);
    if (!file_name)
        return OIK_E_MEMORY;
    memcpy(file_name, name, n);
    memcpy(file_name + n, extension, sizeof extension);
    entries[w->n_entries++] = (entry){file_name, (uint8_t *)array->data, array->size};
    *array = (oik_buf){0};
    return OIK_OK;
}

/** Name the array in front of an error and drop its bytes. */
static oik_status end_array(oik_status status, const char *name, oik_buf *array, oik_error *err) {
    if (status)
        oik_error_prefix(err, "array '%s'", name);
    oik_buf_free(array);
    return status;
}

/** Source values of either type. */
typedef struct numbers {
    const double *f64;
    const int32_t *i32;
} numbers;

static oik_status add_numbers(oik_npz_writer *w, const char *name, const char *dtype, int n_dim, const size_t *shape, numbers in,
                              oik_error *err) {
    oik_buf array = {0};
    uint8_t *data = NULL;
    size_t n = 0;
    const number_format *f = find_format(dtype);
    if (!f)
        return oik_fail(err, OIK_E_ARGUMENT, "array '%s': dtype '%s' is not written", name, dtype);
    oik_status status = begin_array(&array, &data, dtype, n_dim, shape, f->size, err);
    if (!status)
        oik_npy_byte_count(&n, n_dim, shape, 1);
    for (size_t i = 0; i < n && !status; i++)
        status = put_number(data + i * f->size, in.f64 ? in.f64[i] : (double)in.i32[i], f, i, err);
    if (!status)
        status = push_entry(w, name, &array, err);
    return end_array(status, name, &array, err);
}

oik_status oik_npz_add_f64(oik_npz_writer *w, const char *name, const char *dtype, int n_dim, const size_t *shape,
                           const double *data, oik_error *err) {
    return add_numbers(w, name, dtype, n_dim, shape, (numbers){.f64 = data}, err);
}

oik_status oik_npz_add_i32(oik_npz_writer *w, const char *name, const char *dtype, int n_dim, const size_t *shape,
                           const int32_t *data, oik_error *err) {
    return add_numbers(w, name, dtype, n_dim, shape, (numbers){.i32 = data}, err);
}

/** One code point of UTF-8 text; its length in bytes, 0 when the bytes are not UTF-8. */
static size_t get_utf8(uint32_t *code, const char *text) {
    const uint8_t *p = (const uint8_t *)text;
    size_t n = p[0] < 0x80 ? 1 : p[0] >> 5 == 0x06 ? 2 : p[0] >> 4 == 0x0E ? 3 : p[0] >> 3 == 0x1E ? 4 : 0;
    if (n < 2) {
        *code = p[0];
        return n;
    }
    *code = p[0] & (0x7Fu >> n);
    for (size_t k = 1; k < n; k++) {
        if (p[k] >> 6 != 0x02)
            return 0;
        *code = *code << 6 | (p[k] & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    int valid = *code >= smallest[n] && *code <= 0x10FFFF && !(*code >= 0xD800 && *code <= 0xDFFF);
    return valid ? n : 0;
}

/** Number of code points, or SIZE_MAX when the text is not UTF-8. With data, also store them as 4-byte little-endian. */
static size_t code_points(uint8_t *data, const char *text) {
    size_t n = 0;
    while (*text) {
        uint32_t code;
        size_t step = get_utf8(&code, text);
        if (step == 0)
            return SIZE_MAX;
        if (data)
            put_little_endian(data + 4 * n, code, 4);
        text += step;
        n++;
    }
    return n;
}

oik_status oik_npz_add_text(oik_npz_writer *w, const char *name, size_t n, const char *const *text, oik_error *err) {
    size_t longest = 1; /* NumPy has no strings of width 0 */
    for (size_t i = 0; i < n; i++) {
        size_t length = code_points(NULL, text[i]);
        if (length == SIZE_MAX)
            return oik_fail(err, OIK_E_ARGUMENT, "array '%s': string %zu is not UTF-8", name, i);
        longest = length > longest ? length : longest;
    }
    oik_buf array = {0};
    uint8_t *data = NULL;
    char dtype[32];
    snprintf(dtype, sizeof dtype, "<U%zu", longest);
    oik_status status = begin_array(&array, &data, dtype, 1, &n, 4 * longest, err);
    for (size_t i = 0; i < n && !status; i++)
        code_points(data + 4 * longest * i, text[i]);
    if (!status)
        status = push_entry(w, name, &array, err);
    return end_array(status, name, &array, err);
}

/** Add one entry with a fixed date, so that equal content gives equal bytes. */
static int zip_entry(zip_t *zip, const entry *e, int deflate) {
    const zip_uint16_t midnight = 0, first_of_january_1980 = (1 << 5) | 1; /* the zero of DOS time */
    zip_source_t *source = zip_source_buffer(zip, e->data, e->size, 0);
    if (!source)
        return -1;
    zip_int64_t index = zip_file_add(zip, e->name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return -1;
    }
    zip_uint64_t i = (zip_uint64_t)index;
    if (zip_file_set_dostime(zip, i, midnight, first_of_january_1980, 0) != 0)
        return -1;
    return zip_set_file_compression(zip, i, deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
}

/** Fill the archive behind a memory source, which stays open for reading its bytes. */
static int zip_entries(zip_source_t *memory, const oik_npz_writer *w, int deflate, zip_error_t *zip_err) {
    zip_source_keep(memory); /* zip_close and zip_discard let go of one reference */
    zip_t *zip = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, zip_err);
    if (!zip) {
        zip_source_free(memory);
        return -1;
    }
    int failed = 0;
    for (size_t i = 0; i < w->n_entries && !failed; i++)
        failed = zip_entry(zip, &w->entries[i], deflate) != 0;
    if (!failed && zip_close(zip) == 0)
        return 0;
    zip_error_set(zip_err, zip_error_code_zip(zip_get_error(zip)), zip_error_code_system(zip_get_error(zip)));
    zip_discard(zip);
    return -1;
}

/** The bytes of a closed archive from its memory source. */
static oik_status collect_bytes(uint8_t **data, size_t *size, zip_source_t *memory, oik_error *err) {
    zip_stat_t info;
    if (zip_source_stat(memory, &info) != 0 || !(info.valid & ZIP_STAT_SIZE) || zip_source_open(memory) != 0)
        return oik_fail(err, OIK_E_MEMORY, "the archive could not be built in memory");
    oik_status status = OIK_OK;
    *size = (size_t)info.size;
    *data = oik_new(*size, 1, err);
    if (!*data)
        status = OIK_E_MEMORY;
    else if (zip_source_read(memory, *data, *size) != (zip_int64_t)*size)
        status = oik_fail(err, OIK_E_MEMORY, "the archive could not be read back from memory");
    zip_source_close(memory);
    return status;
}

oik_status oik_npz_writer_save(oik_npz_writer *w, const char *path, int deflate, oik_error *err) {
    oik_status status = OIK_OK;
    uint8_t *data = NULL;
    size_t size = 0;
    zip_error_t zip_err;
    zip_error_init(&zip_err);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &zip_err);
    if (!memory || zip_entries(memory, w, deflate, &zip_err) != 0)
        status = oik_fail(err, OIK_E_ARGUMENT, "the archive could not be built: %s", zip_error_strerror(&zip_err));
    if (!status)
        status = collect_bytes(&data, &size, memory, err);
    if (status)
        oik_error_prefix(err, "%s", path);
    else
        status = oik_file_write(path, data, size, err);
    free(data);
    if (memory)
        zip_source_free(memory);
    zip_error_fini(&zip_err);
    return status;
}
