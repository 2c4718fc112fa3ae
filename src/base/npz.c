/** Reading .npz archives. libzip takes the archive apart, npy.c reads the headers, this file converts the values. */
#include "base/npz.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/npz_archive.h"
#include "base/status.h"

static const char npy_array_name[] = "arr_0"; /* what numpy.savez calls an array without a name */
static const char extension[] = ".npy";        /* of an array's entry in the archive */

void oik_npz_free(oik_npz *npz) {
    if (!npz)
        return;
    if (npz->zip)
        zip_discard(npz->zip);
    if (npz->fd >= 0)
        close(npz->fd);
    free(npz->file);
    free(npz->path);
    free(npz);
}

/** Path without content. */
static oik_npz *npz_new(const char *path, oik_error *err) {
    oik_npz *npz = oik_new(1, sizeof *npz, err);
    if (!npz)
        return NULL;
    npz->path = oik_new(strlen(path) + 1, 1, err);
    if (!npz->path) {
        free(npz);
        return NULL;
    }
    memcpy(npz->path, path, strlen(path));
    npz->fd = -1;
    return npz;
}

/** Path and content; the archive is not looked into. */
static oik_status load_file(oik_npz **out, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = npz_new(path, err);
    if (!npz)
        return OIK_E_MEMORY;
    oik_status status = oik_file_read(&npz->file, &npz->file_size, path, err);
    if (status)
        oik_npz_free(npz);
    else
        *out = npz;
    return status;
}

static oik_status open_archive(oik_npz *npz, oik_error *err) {
    if (npz->file_size == 0) /* libzip would take it for an archive without entries */
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an .npz archive (zip), the file is empty", npz->path);
    zip_error_t zip_err;
    zip_error_init(&zip_err);
    zip_source_t *source = npz->file ? zip_source_buffer_create(npz->file, npz->file_size, 0, &zip_err)
                                     : zip_source_file_create(npz->path, 0, -1, &zip_err);
    if (source)
        npz->zip = zip_open_from_source(source, ZIP_RDONLY, &zip_err);
    if (source && !npz->zip)
        zip_source_free(source);
    oik_status status = OIK_OK;
    if (!npz->zip)
        status = oik_fail(err, OIK_E_FORMAT, "%s: expected an .npz archive (zip), found %zu bytes of something else: %s", npz->path,
                          npz->file_size, zip_error_strerror(&zip_err));
    zip_error_fini(&zip_err);
    return status;
}

oik_status oik_npz_open(oik_npz **out, const char *path, oik_error *err) {
    oik_npz *npz;
    *out = NULL;
    oik_status status = load_file(&npz, path, err);
    if (status)
        return status;
    status = open_archive(npz, err);
    if (status)
        oik_npz_free(npz);
    else
        *out = npz;
    return status;
}

oik_status oik_npz_open_memory(oik_npz **out, const uint8_t *data, size_t size, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = npz_new(path, err);
    if (!npz)
        return OIK_E_MEMORY;
    oik_status status = OIK_E_MEMORY;
    npz->file = oik_new(size, 1, err);
    if (npz->file) {
        if (size)
            memcpy(npz->file, data, size);
        npz->file_size = size;
        status = open_archive(npz, err);
    }
    if (status)
        oik_npz_free(npz);
    else
        *out = npz;
    return status;
}

oik_status oik_npz_open_npy(oik_npz **out, const char *path, oik_error *err) {
    oik_npz *npz;
    *out = NULL;
    oik_status status = load_file(&npz, path, err);
    if (status)
        return status;
    oik_npy header;
    status = oik_npy_parse(&header, npz->file, npz->file_size, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        oik_npz_free(npz);
        return status;
    }
    *out = npz;
    return OIK_OK;
}

oik_status oik_npz_read_at(uint8_t *data, size_t size, const oik_npz *npz, size_t offset, oik_error *err) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(npz->fd, data + done, size - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return oik_fail(err, OIK_E_IO, "cannot be read: %s", strerror(errno));
        if (n == 0)
            return oik_fail(err, OIK_E_IO, "expected %zu bytes at byte %zu, the file ended after %zu", size, offset, done);
        done += (size_t)n;
    }
    return OIK_OK;
}

/** Open npz->path, which must be a file, and note its size. O_NONBLOCK: see oik_file_read. */
static oik_status open_file(oik_npz *npz, oik_error *err) {
    npz->fd = open(npz->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (npz->fd < 0 || fstat(npz->fd, &info) != 0)
        return oik_fail(err, OIK_E_IO, "%s: cannot be opened: %s", npz->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return oik_fail(err, OIK_E_IO, "%s: expected a file, found %s", npz->path,
                        S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket");
    npz->file_size = (size_t)info.st_size;
    return OIK_OK;
}

/** Does the open file begin with the magic number of a .npy? */
static int is_npy(const oik_npz *npz) {
    uint8_t magic[6];
    return oik_npz_read_at(magic, sizeof magic, npz, 0, NULL) == OIK_OK && memcmp(magic, "\x93NUMPY", sizeof magic) == 0;
}

oik_status oik_npz_open_on_disk(oik_npz **out, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = npz_new(path, err);
    if (!npz)
        return OIK_E_MEMORY;
    oik_status status = open_file(npz, err);
    if (!status && !is_npy(npz)) {
        close(npz->fd); /* libzip opens the file itself */
        npz->fd = -1;
        status = open_archive(npz, err);
    }
    if (status)
        oik_npz_free(npz);
    else
        *out = npz;
    return status;
}

zip_int64_t oik_npz_entry(const oik_npz *npz, const char *name) {
    char file_name[OIK_NPZ_NAME_LENGTH];
    if (strlen(name) + sizeof extension > sizeof file_name)
        return -1;
    snprintf(file_name, sizeof file_name, "%s%s", name, extension);
    return zip_name_locate(npz->zip, file_name, 0);
}

int oik_npz_has(const oik_npz *npz, const char *name) {
    return npz->zip ? oik_npz_entry(npz, name) >= 0 : strcmp(name, npy_array_name) == 0;
}

size_t oik_npz_count(const oik_npz *npz) {
    return npz->zip ? (size_t)zip_get_num_entries(npz->zip, 0) : 1;
}

oik_status oik_npz_name(char name[OIK_NPZ_NAME_LENGTH], const oik_npz *npz, size_t i, oik_error *err) {
    size_t count = oik_npz_count(npz);
    name[0] = '\0';
    if (i >= count)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: array %zu asked for, the archive has %zu", npz->path, i, count);
    const char *entry = npz->zip ? zip_get_name(npz->zip, i, 0) : npy_array_name;
    size_t length = entry ? strlen(entry) : 0, ending = sizeof extension - 1;
    if (length > ending && strcmp(entry + length - ending, extension) == 0)
        length -= ending;
    if (length == 0 || length >= OIK_NPZ_NAME_LENGTH)
        return oik_fail(err, OIK_E_FORMAT, "%s: the name of array %zu has %zu characters, expected 1 to %d", npz->path, i, length,
                        OIK_NPZ_NAME_LENGTH - 1);
    memcpy(name, entry, length);
    name[length] = '\0';
    return OIK_OK;
}

/** One array's .npy bytes. owned is what to free: NULL when the bytes are part of the loaded file. */
typedef struct blob {
    const uint8_t *data;
    size_t size;
    uint8_t *owned;
} blob;

oik_status oik_npz_entry_size(size_t *size, int *stored, const oik_npz *npz, zip_uint64_t index, oik_error *err) {
    /* deflate never shrinks data more than 1032 times (zlib technical notes); 4096 covers the tiniest entries */
    const zip_uint64_t max_ratio = 1032, slack = 4096;
    zip_stat_t info;
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(npz->zip, index, 0, &info) != 0 || (info.valid & needed) != needed)
        return oik_fail(err, OIK_E_FORMAT, "its entry in the archive is damaged");
    if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE)
        return oik_fail(err, OIK_E_FORMAT, "expected a stored or deflated entry, found compression method %u", info.comp_method);
    if (info.comp_size > npz->file_size || info.size > info.comp_size * max_ratio + slack)
        return oik_fail(err, OIK_E_FORMAT, "its entry claims %llu bytes, more than an archive of %zu bytes can hold",
                        (unsigned long long)info.size, npz->file_size);
    *size = (size_t)info.size;
    if (stored)
        *stored = info.comp_method == ZIP_CM_STORE;
    return OIK_OK;
}

/** Fill data with the first `size` bytes of an entry; at its end the checksum is verified too. */
static oik_status inflate_entry(uint8_t *data, size_t size, int whole, const oik_npz *npz, zip_uint64_t index, oik_error *err) {
    zip_file_t *entry = zip_fopen_index(npz->zip, index, 0);
    if (!entry)
        return oik_fail(err, OIK_E_FORMAT, "its entry cannot be opened: %s", zip_strerror(npz->zip));
    size_t done = 0;
    zip_int64_t got = 0;
    while (done < size && (got = zip_fread(entry, data + done, size - done)) > 0)
        done += (size_t)got;
    uint8_t beyond;
    if (got >= 0 && done == size && whole)
        got = zip_fread(entry, &beyond, 1); /* libzip compares the CRC when it meets the end */
    oik_status status = OIK_OK;
    if (got < 0)
        status = oik_fail(err, OIK_E_FORMAT, "its entry is damaged: %s", zip_file_strerror(entry));
    else if (done == size && whole && got > 0)
        status = oik_fail(err, OIK_E_FORMAT, "its entry is damaged: it goes on after the %zu bytes that it should have", size);
    else if (done != size)
        status = oik_fail(err, OIK_E_FORMAT, "its entry is cut off: expected %zu bytes, found %zu", size, done);
    zip_fclose(entry);
    return status;
}

static oik_status load_entry(blob *out, const oik_npz *npz, const char *name, size_t max_size, oik_error *err) {
    zip_int64_t index = oik_npz_entry(npz, name);
    if (index < 0)
        return oik_fail(err, OIK_E_FORMAT, "the archive has no such array");
    size_t size = 0;
    oik_status status = oik_npz_entry_size(&size, NULL, npz, (zip_uint64_t)index, err);
    if (status)
        return status;
    int whole = size <= max_size;
    size = whole ? size : max_size;
    uint8_t *data = oik_new(size, 1, err);
    if (!data)
        return OIK_E_MEMORY;
    status = inflate_entry(data, size, whole, npz, (zip_uint64_t)index, err);
    if (status)
        free(data);
    else
        *out = (blob){data, size, data};
    return status;
}

/** The first bytes, at most max_size, of a .npy on disk. */
static oik_status load_head(blob *out, const oik_npz *npz, size_t max_size, oik_error *err) {
    size_t size = npz->file_size < max_size ? npz->file_size : max_size;
    uint8_t *data = oik_new(size, 1, err);
    oik_status status = data ? oik_npz_read_at(data, size, npz, 0, err) : OIK_E_MEMORY;
    if (status)
        free(data);
    else
        *out = (blob){data, size, data};
    return status;
}

/** Header and at most max_size bytes of an array. Errors do not name file and array yet. */
static oik_status load_array(blob *out, oik_npy *header, const oik_npz *npz, const char *name, size_t max_size, oik_error *err) {
    *out = (blob){npz->file, npz->file_size, NULL};
    oik_status status = OIK_OK;
    if (npz->zip)
        status = load_entry(out, npz, name, max_size, err);
    else if (!oik_npz_has(npz, name))
        status = oik_fail(err, OIK_E_FORMAT, "a single .npy has only the array '%s'", npy_array_name);
    else if (npz->fd >= 0)
        status = load_head(out, npz, max_size, err);
    if (status)
        return status;
    status = oik_npy_parse(header, out->data, out->size, err);
    size_t expected = status ? 0 : header->n * header->item_size, found = status ? 0 : out->size - header->data_offset;
    if (!status && max_size == SIZE_MAX && found != expected)
        status = oik_fail(err, OIK_E_FORMAT, "expected %zu bytes for its shape, found %zu", expected, found);
    if (status) {
        free(out->owned);
        *out = (blob){0};
    }
    return status;
}

oik_status oik_npz_name_array(oik_status status, const oik_npz *npz, const char *name, oik_error *err) {
    if (status)
        oik_error_prefix(err, "%s: array '%s'", npz->path, name);
    return status;
}

oik_status oik_npz_header(oik_npy *header, const oik_npz *npz, const char *name, oik_error *err) {
    const size_t header_only = OIK_NPY_MAX_HEADER + 12;
    blob bytes;
    oik_status status = load_array(&bytes, header, npz, name, header_only, err);
    if (!status)
        free(bytes.owned);
    return status;
}

oik_status oik_npz_shape(const oik_npz *npz, const char *name, int *n_dim, size_t shape[OIK_NPZ_MAX_DIM], oik_error *err) {
    oik_npy header;
    oik_status status = oik_npz_header(&header, npz, name, err);
    if (status)
        return oik_npz_name_array(status, npz, name, err);
    *n_dim = header.n_dim;
    memcpy(shape, header.shape, sizeof header.shape);
    return OIK_OK;
}

/** Unsigned integer of 1, 2, 4 or 8 bytes in the array's byte order. */
static uint64_t raw_bits(const uint8_t *p, size_t size, int big_endian) {
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | p[big_endian ? i : size - 1 - i];
    return bits;
}

static int64_t sign_extend(uint64_t bits, size_t size) {
    const unsigned shift = 64 - 8 * (unsigned)size;
    const uint64_t sign = UINT64_C(1) << 63;
    uint64_t top = bits << shift;
    uint64_t fill = top & sign ? ~(UINT64_MAX >> shift) : 0;
    int64_t value;
    uint64_t extended = bits | fill;
    memcpy(&value, &extended, sizeof value);
    return value;
}

double oik_npy_value(const uint8_t *p, const oik_npy *h) {
    uint64_t bits = raw_bits(p, h->item_size, h->big_endian);
    if (h->kind == 'f' && h->item_size == 8) {
        double d;
        memcpy(&d, &bits, sizeof d);
        return d;
    }
    if (h->kind == 'f') {
        float f;
        uint32_t half = (uint32_t)bits;
        memcpy(&f, &half, sizeof f);
        return (double)f;
    }
    return h->kind == 'i' ? (double)sign_extend(bits, h->item_size) : (double)bits;
}

/** Compare the array's shape with the wanted one and fill in its SIZE_MAX entries. */
static oik_status match_shape(const oik_npy *h, int n_dim, size_t *shape, oik_error *err) {
    if (h->n_dim != n_dim)
        return oik_fail(err, OIK_E_SHAPE, "expected %d dimensions, found %d", n_dim, h->n_dim);
    for (int i = 0; i < n_dim; i++)
        if (shape[i] != SIZE_MAX && shape[i] != h->shape[i])
            return oik_fail(err, OIK_E_SHAPE, "expected %zu entries in dimension %d, found %zu", shape[i], i + 1, h->shape[i]);
    for (int i = 0; i < n_dim; i++)
        shape[i] = h->shape[i];
    return OIK_OK;
}

/** Steps through the elements in C order whatever the file's order is. */
typedef struct walker {
    size_t index[OIK_NPZ_MAX_DIM], stride[OIK_NPZ_MAX_DIM]; /**< stride in elements */
    size_t position;
} walker;

static walker walker_begin(const oik_npy *h) {
    walker w = {0};
    size_t stride = 1;
    for (int k = 0; k < h->n_dim; k++) {
        int axis = h->fortran ? k : h->n_dim - 1 - k;
        w.stride[axis] = stride;
        stride *= h->shape[axis];
    }
    return w;
}

static void walker_next(walker *w, const oik_npy *h) {
    for (int axis = h->n_dim - 1; axis >= 0; axis--) {
        w->position += w->stride[axis];
        if (++w->index[axis] < h->shape[axis])
            return;
        w->position -= w->stride[axis] * h->shape[axis];
        w->index[axis] = 0;
    }
}

typedef enum target { TO_F64, TO_F64_GAPS, TO_F32, TO_I32 } target;

static const size_t target_size[] = {sizeof(double), sizeof(double), sizeof(float), sizeof(int32_t)};

/** Store a value as element i of the output; what is wrong with it when it cannot be. */
static oik_status store_value(void *out, size_t i, double value, target to, oik_error *err) {
    if (!isfinite(value) && to != TO_F64_GAPS)
        return oik_fail(err, OIK_E_NOT_FINITE, "element %zu is %s, expected a finite number", i, isnan(value) ? "NaN" : "infinite");
    if (to == TO_F64 || to == TO_F64_GAPS) {
        ((double *)out)[i] = value;
    } else if (to == TO_F32) {
        if (fabs(value) > (double)FLT_MAX)
            return oik_fail(err, OIK_E_FORMAT, "element %zu is %g, too large for single precision", i, value);
        ((float *)out)[i] = (float)value;
    } else {
        if (value < INT32_MIN || value > INT32_MAX || value != floor(value))
            return oik_fail(err, OIK_E_FORMAT, "element %zu is %g, expected a 32-bit integer", i, value);
        ((int32_t *)out)[i] = (int32_t)value;
    }
    return OIK_OK;
}

static oik_status convert_values(void *out, target to, const oik_npy *h, const uint8_t *data, oik_error *err) {
    walker w = walker_begin(h);
    bool in_order = !h->fortran || h->n_dim < 2; /* as nearly always, without the walker */
    for (size_t i = 0; i < h->n; i++) {
        double value = oik_npy_value(data + (in_order ? i : w.position) * h->item_size, h);
        oik_status status = store_value(out, i, value, to, err);
        if (status)
            return status;
        if (!in_order)
            walker_next(&w, h);
    }
    return OIK_OK;
}

static oik_status read_numbers(const oik_npz *npz, const char *name, int n_dim, size_t *shape, void **out, target to,
                               oik_error *err) {
    *out = NULL;
    void *values = NULL;
    blob bytes;
    oik_npy header;
    oik_status status = load_array(&bytes, &header, npz, name, SIZE_MAX, err);
    if (status)
        return oik_npz_name_array(status, npz, name, err);
    if (header.kind == 'S' || header.kind == 'U')
        status = oik_fail(err, OIK_E_FORMAT, "expected numbers, found text");
    if (!status)
        status = match_shape(&header, n_dim, shape, err);
    if (status)
        goto done;
    values = oik_new(header.n, target_size[to], err);
    status = values ? convert_values(values, to, &header, bytes.data + header.data_offset, err) : OIK_E_MEMORY;
done:
    free(bytes.owned);
    if (status)
        free(values);
    else
        *out = values;
    return oik_npz_name_array(status, npz, name, err);
}

oik_status oik_npz_read_f64(const oik_npz *npz, const char *name, int n_dim, size_t *shape, double **out, oik_error *err) {
    void *values;
    oik_status status = read_numbers(npz, name, n_dim, shape, &values, TO_F64, err);
    *out = values;
    return status;
}

oik_status oik_npz_read_f64_gaps(const oik_npz *npz, const char *name, int n_dim, size_t *shape, double **out, oik_error *err) {
    void *values;
    oik_status status = read_numbers(npz, name, n_dim, shape, &values, TO_F64_GAPS, err);
    *out = values;
    return status;
}

oik_status oik_npz_read_f32(const oik_npz *npz, const char *name, int n_dim, size_t *shape, float **out, oik_error *err) {
    void *values;
    oik_status status = read_numbers(npz, name, n_dim, shape, &values, TO_F32, err);
    *out = values;
    return status;
}

oik_status oik_npz_read_i32(const oik_npz *npz, const char *name, int n_dim, size_t *shape, int32_t **out, oik_error *err) {
    void *values;
    oik_status status = read_numbers(npz, name, n_dim, shape, &values, TO_I32, err);
    *out = values;
    return status;
}

/** UTF-8 bytes of a code point into text (room for 4); their number. What is not a code point becomes U+FFFD. */
static size_t put_utf8(char *text, uint32_t code) {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    static const uint8_t lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t k = n - 1; k > 0; k--) {
        text[k] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    text[0] = (char)(lead[n] | code);
    return n;
}

/** One S or U element as NUL-terminated text (room for item_size + 1); the bytes used with the NUL. */
static size_t put_element(char *text, const uint8_t *p, const oik_npy *h) {
    size_t unit = h->kind == 'U' ? 4 : 1, used = 0;
    for (size_t i = 0; i < h->item_size; i += unit) {
        uint32_t code = (uint32_t)raw_bits(p + i, unit, h->big_endian);
        if (code == 0)
            break;
        if (h->kind == 'U')
            used += put_utf8(text + used, code);
        else
            text[used++] = (char)code;
    }
    text[used++] = '\0';
    return used;
}

static oik_status convert_text(char ***out, const oik_npy *h, const uint8_t *data, oik_error *err) {
    size_t element = sizeof(char *) + 1, bytes;
    if (h->item_size > SIZE_MAX - element || !oik_npy_byte_count(&bytes, 1, &h->n, h->item_size + element))
        return oik_fail(err, OIK_E_MEMORY, "out of memory for %zu strings of %zu bytes", h->n, h->item_size);
    char **strings = oik_new(bytes, 1, err);
    if (!strings)
        return OIK_E_MEMORY;
    char *text = (char *)(strings + h->n);
    for (size_t i = 0; i < h->n; i++) {
        strings[i] = text;
        text += put_element(text, data + i * h->item_size, h);
    }
    *out = strings;
    return OIK_OK;
}

oik_status oik_npz_read_text(const oik_npz *npz, const char *name, size_t *n, char ***out, oik_error *err) {
    *out = NULL;
    *n = 0;
    blob bytes;
    oik_npy header;
    oik_status status = load_array(&bytes, &header, npz, name, SIZE_MAX, err);
    if (status)
        return oik_npz_name_array(status, npz, name, err);
    if (header.kind != 'S' && header.kind != 'U')
        status = oik_fail(err, OIK_E_FORMAT, "expected text, found numbers");
    else if (header.n_dim > 1)
        status = oik_fail(err, OIK_E_SHAPE, "expected at most 1 dimension, found %d", header.n_dim);
    else
        status = convert_text(out, &header, bytes.data + header.data_offset, err);
    if (!status)
        *n = header.n;
    free(bytes.owned);
    return oik_npz_name_array(status, npz, name, err);
}
