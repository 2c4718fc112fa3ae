/** Whole files in and out: the only place where results reach the disk, always through a temporary file and a rename. */
#ifndef OIK_BASE_FILE_H
#define OIK_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "osso_ik.h"

/** Read a whole regular file. *data is malloc'ed with one NUL byte after its end. OIK_E_IO names the path and the reason. */
oik_status oik_file_read(uint8_t **data, size_t *size, const char *path, oik_error *err);

/** Write a whole file: temporary file in the same directory, fsync, rename. Nothing is left behind on error. */
oik_status oik_file_write(const char *path, const void *data, size_t size, oik_error *err);

/** mkdir -p; OIK_E_IO names the part that failed. */
oik_status oik_dir_make(const char *path, oik_error *err);

/** A growing text or byte buffer for writers; errors stick and are reported by oik_buf_write_file. */
typedef struct oik_buf {
    char *data;
    size_t size, capacity;
    oik_status status;
} oik_buf;

void oik_buf_append(oik_buf *buf, const void *data, size_t size);
/** printf in the C locale whatever setlocale() says (decimal point, no grouping). */
void oik_buf_printf(oik_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
oik_status oik_buf_write_file(const oik_buf *buf, const char *path, oik_error *err);
void oik_buf_free(oik_buf *buf);

#endif
