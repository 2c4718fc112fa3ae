/** Files in and out: the only place where results reach the disk, always through a temporary file and a rename. */
#ifndef OIK_BASE_FILE_H
#define OIK_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "osso_ik.h"

/** Read a whole regular file. *data is malloc'ed with one NUL byte after its end. OIK_E_IO names the path and the reason. */
oik_status oik_file_read(uint8_t **data, size_t *size, const char *path, oik_error *err);

/** Write a whole file: temporary file in the same directory, fsync, rename. Nothing is left behind on error. */
oik_status oik_file_write(const char *path, const void *data, size_t size, oik_error *err);

/** A file that is written piece by piece; until it is closed, path keeps what it had. */
typedef struct oik_file_writer oik_file_writer;

/** Open a temporary file in path's directory. @param[out] out NULL on error. OIK_E_IO; OIK_E_MEMORY. */
oik_status oik_file_writer_new(oik_file_writer **out, const char *path, oik_error *err);
/** Append to the file. After an error only oik_file_writer_free is of use. */
oik_status oik_file_writer_append(oik_file_writer *writer, const void *data, size_t size, oik_error *err);
/** fsync, close and rename to path. Call it once; the temporary file is gone either way. */
oik_status oik_file_writer_finish(oik_file_writer *writer, oik_error *err);
/** Frees; a file that was not finished is removed. */
void oik_file_writer_free(oik_file_writer *writer);

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
/**
 * x with so many decimals (0 .. 9), ten times as fast as printf: x 10^decimals as a double, rounded to an integer with ties away
 * from zero; no sign on what shows as zero. From 2^53 on, and when not finite, as printf's "%.*f".
 */
void oik_buf_fixed(oik_buf *buf, double x, int decimals);
oik_status oik_buf_write_file(const oik_buf *buf, const char *path, oik_error *err);
/**
 * The same without fsync, for files by the hundred that can be made again: on a busy disk, waiting for each would take longer than all else.
 * The rename still keeps a program that stops from leaving half a file; a machine that stops within seconds may leave an empty one.
 */
oik_status oik_buf_write_one_of_many(const oik_buf *buf, const char *path, oik_error *err);
/** Append the content to the file and empty the buffer. */
oik_status oik_buf_drain(oik_buf *buf, oik_file_writer *writer, oik_error *err);
void oik_buf_free(oik_buf *buf);

#endif
