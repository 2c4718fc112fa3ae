/** Large arrays row by row. */
#include "base/npz_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/npz_archive.h"
#include "base/status.h"

struct oik_npz_rows {
    const oik_npz *npz;
    char name[OIK_NPZ_NAME_LENGTH];
    oik_npy header;
    size_t n_values, n_bytes; /**< of one row */
    uint8_t *bytes;           /**< one row as it is stored */
    zip_uint64_t entry;       /**< in an archive: */
    int stored;               /**< 1: any place of the entry can be read at once */
    zip_file_t *stream;       /**< the open entry, or NULL */
    size_t position;          /**< of the stream in the entry */
};

static void close_stream(oik_npz_rows *rows) {
    if (rows->stream)
        zip_fclose(rows->stream);
    rows->stream = NULL;
}

void oik_npz_rows_free(oik_npz_rows *rows) {
    if (!rows)
        return;
    close_stream(rows);
    free(rows->bytes);
    free(rows);
}

/** Is the array one that rows can be read from, with as many bytes as its shape asks for? */
static oik_status check_layout(const oik_npy *h, size_t file_size, oik_error *err) {
    if (h->kind == 'S' || h->kind == 'U')
        return oik_fail(err, OIK_E_FORMAT, "expected numbers, found text");
    if (h->n_dim < 1)
        return oik_fail(err, OIK_E_SHAPE, "expected at least 1 dimension, found a single number");
    if (h->fortran)
        return oik_fail(err, OIK_E_FORMAT, "expected C order (the last index fastest), found Fortran order: "
                                           "save it again after numpy.ascontiguousarray");
    size_t expected = h->n * h->item_size, found = file_size - h->data_offset;
    if (found != expected)
        return oik_fail(err, OIK_E_FORMAT, "expected %zu bytes for its shape, found %zu", expected, found);
    return OIK_OK;
}

static oik_status examine(oik_npz_rows *rows, oik_error *err) {
    const oik_npz *npz = rows->npz;
    size_t size = npz->file_size;
    oik_status status = oik_npz_header(&rows->header, npz, rows->name, err);
    if (!status && npz->zip) {
        rows->entry = (zip_uint64_t)oik_npz_entry(npz, rows->name); /* there is one: its header was read */
        status = oik_npz_entry_size(&size, &rows->stored, npz, rows->entry, err);
    }
    if (!status)
        status = check_layout(&rows->header, size, err);
    if (status)
        return status;
    rows->n_values = rows->header.shape[0] ? rows->header.n / rows->header.shape[0] : 0;
    rows->n_bytes = rows->n_values * rows->header.item_size;
    rows->bytes = oik_new(rows->n_bytes, 1, err);
    return rows->bytes ? OIK_OK : OIK_E_MEMORY;
}

oik_status oik_npz_rows_open(oik_npz_rows **out, const oik_npz *npz, const char *name, oik_error *err) {
    *out = NULL;
    if (strlen(name) >= OIK_NPZ_NAME_LENGTH)
        return oik_npz_name_array(oik_fail(err, OIK_E_FORMAT, "the archive has no such array"), npz, name, err);
    oik_npz_rows *rows = oik_new(1, sizeof *rows, err);
    if (!rows)
        return OIK_E_MEMORY;
    rows->npz = npz;
    memcpy(rows->name, name, strlen(name));
    oik_status status = examine(rows, err);
    if (status)
        oik_npz_rows_free(rows);
    else
        *out = rows;
    return oik_npz_name_array(status, npz, name, err);
}

const size_t *oik_npz_rows_shape(const oik_npz_rows *rows, int *n_dim) {
    *n_dim = rows->header.n_dim;
    return rows->header.shape;
}

/** The next bytes of the open entry. */
static oik_status read_stream(uint8_t *data, size_t size, oik_npz_rows *rows, oik_error *err) {
    size_t done = 0;
    zip_int64_t got = 0;
    while (done < size && (got = zip_fread(rows->stream, data + done, size - done)) > 0)
        done += (size_t)got;
    rows->position += done;
    if (got < 0)
        return oik_fail(err, OIK_E_FORMAT, "its entry is damaged: %s", zip_file_strerror(rows->stream));
    if (done != size)
        return oik_fail(err, OIK_E_FORMAT, "its entry is cut off: expected %zu bytes, found %zu", rows->position + size - done,
                        rows->position);
    return OIK_OK;
}

static oik_status open_stream(oik_npz_rows *rows, oik_error *err) {
    rows->stream = zip_fopen_index(rows->npz->zip, rows->entry, 0);
    rows->position = 0;
    return rows->stream ? OIK_OK : oik_fail(err, OIK_E_FORMAT, "its entry cannot be opened: %s", zip_strerror(rows->npz->zip));
}

static oik_status seek_stream(oik_npz_rows *rows, size_t offset, oik_error *err) {
    if (zip_fseek(rows->stream, (zip_int64_t)offset, SEEK_SET) != 0)
        return oik_fail(err, OIK_E_FORMAT, "its entry is damaged: %s", zip_file_strerror(rows->stream));
    rows->position = offset;
    return OIK_OK;
}

/**
 * Bring the entry's stream to an offset. Short ways forward (the header before row 0) are read, so that the checksum goes on; longer
 * ones too in a compressed entry, which for a way back starts again.
 */
static oik_status move_stream(oik_npz_rows *rows, size_t offset, oik_error *err) {
    uint8_t passed[16384];
    oik_status status = OIK_OK;
    if (!rows->stored && rows->stream && offset < rows->position)
        close_stream(rows);
    if (!rows->stream)
        status = open_stream(rows, err);
    if (!status && rows->stored && (offset < rows->position || offset - rows->position > sizeof passed))
        status = seek_stream(rows, offset, err);
    while (!status && rows->position < offset) {
        size_t left = offset - rows->position;
        status = read_stream(passed, left < sizeof passed ? left : sizeof passed, rows, err);
    }
    return status;
}

/** At the end of the entry: libzip compares the CRC when it meets the end after bytes that were read in order. */
static oik_status meet_end(oik_npz_rows *rows, oik_error *err) {
    uint8_t beyond;
    zip_int64_t got = zip_fread(rows->stream, &beyond, 1);
    if (got < 0)
        return oik_fail(err, OIK_E_FORMAT, "its entry is damaged: %s", zip_file_strerror(rows->stream));
    return got == 0 ? OIK_OK : oik_fail(err, OIK_E_FORMAT, "its entry is damaged: it goes on after the bytes that it should have");
}

static oik_status read_entry(oik_npz_rows *rows, size_t offset, int last, oik_error *err) {
    oik_status status = move_stream(rows, offset, err);
    if (!status)
        status = read_stream(rows->bytes, rows->n_bytes, rows, err);
    if (!status && last)
        status = meet_end(rows, err);
    if (status)
        close_stream(rows);
    return status;
}

/** The stored bytes of a row, in rows->bytes or in the loaded file. */
static oik_status load_row(const uint8_t **data, oik_npz_rows *rows, size_t row, oik_error *err) {
    size_t offset = rows->header.data_offset + row * rows->n_bytes;
    *data = rows->bytes;
    if (rows->npz->zip)
        return read_entry(rows, offset, row + 1 == rows->header.shape[0], err);
    if (rows->npz->fd >= 0)
        return oik_npz_read_at(rows->bytes, rows->n_bytes, rows->npz, offset, err);
    *data = rows->npz->file + offset;
    return OIK_OK;
}

oik_status oik_npz_rows_read(double *out, oik_npz_rows *rows, size_t row, oik_error *err) {
    const oik_npy *h = &rows->header;
    const uint8_t *data;
    if (row >= h->shape[0]) {
        oik_fail(err, OIK_E_ARGUMENT, "row %zu asked for, it has %zu", row, h->shape[0]);
        return oik_npz_name_array(OIK_E_ARGUMENT, rows->npz, rows->name, err);
    }
    oik_status status = load_row(&data, rows, row, err);
    for (size_t i = 0; !status && i < rows->n_values; i++)
        out[i] = oik_npy_value(data + i * h->item_size, h);
    return oik_npz_name_array(status, rows->npz, rows->name, err);
}
