/** Whole files in and out, and the buffer that writers fill. */
#define _POSIX_C_SOURCE 200809L
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/status.h"

/** "path: what: reason of errno" */
static oik_status fail_errno(oik_error *err, const char *path, const char *what, int code) {
    return oik_fail(err, OIK_E_IO, "%s: %s: %s", path, what, strerror(code));
}

/** Fill the block from the file; the count of bytes read or -1. Fewer than size means that the file ended early. */
static ssize_t read_fully(int fd, uint8_t *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, data + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static oik_status read_open_file(uint8_t **data, size_t *size, int fd, const char *path, oik_error *err) {
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail_errno(err, path, "cannot be examined", errno);
    if (!S_ISREG(info.st_mode))
        return oik_fail(err, OIK_E_IO, "%s: expected a file, found %s", path,
                        S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket");
    size_t n = (size_t)info.st_size;
    uint8_t *block = oik_new(n + 1, 1, err);
    if (!block) {
        oik_error_prefix(err, "%s", path);
        return OIK_E_MEMORY;
    }
    ssize_t got = read_fully(fd, block, n);
    if (got == (ssize_t)n) {
        *data = block;
        *size = n;
        return OIK_OK;
    }
    int code = errno;
    free(block);
    if (got < 0)
        return fail_errno(err, path, "cannot be read", code);
    return oik_fail(err, OIK_E_IO, "%s: expected %zu bytes, the file ended after %zd while it was read", path, n, got);
}

oik_status oik_file_read(uint8_t **data, size_t *size, const char *path, oik_error *err) {
    *data = NULL;
    *size = 0;
    /* O_NONBLOCK: opening a pipe that nobody writes to must not wait; it is refused as not a regular file */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_errno(err, path, "cannot be opened", errno);
    oik_status status = read_open_file(data, size, fd, path, err);
    close(fd);
    return status;
}

/** Length of "dir/" in path, 0 when there is no slash. */
static size_t directory_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/**
 * Create a new file beside path. Its short name keeps within the name length limit of file systems whatever path is; O_EXCL
 * makes it ours, and mode 0666 leaves the permissions to the user's umask.
 */
static int open_temporary(char *name, size_t name_size, const char *path) {
    enum { MAX_TRIES = 100 }; /* only left-overs of a crashed process with our number can be in the way */
    for (int k = 0; k < MAX_TRIES; k++) {
        snprintf(name, name_size, "%.*s.oik-%ld-%d.tmp", (int)directory_length(path), path, (long)getpid(), k);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static int write_fully(int fd, const uint8_t *data, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        size -= (size_t)n;
    }
    return 0;
}

struct oik_file_writer {
    char *path, *temporary;
    int fd; /**< -1 when closed */
};

oik_status oik_file_writer_new(oik_file_writer **out, const char *path, oik_error *err) {
    *out = NULL;
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return oik_fail(err, OIK_E_IO, "%s: cannot be written: it exists and is not a file", path);
    const size_t room = sizeof ".oik--.tmp" + 32; /* 32: two decimal numbers */
    size_t name_size = directory_length(path) + room;
    oik_file_writer *writer = oik_new(1, sizeof *writer, err);
    if (!writer)
        return OIK_E_MEMORY;
    writer->fd = -1;
    oik_status status = OIK_OK;
    if (!(writer->path = oik_new(strlen(path) + 1, 1, err)) || !(writer->temporary = oik_new(name_size, 1, err))) {
        status = OIK_E_MEMORY;
        goto done;
    }
    memcpy(writer->path, path, strlen(path) + 1);
    writer->fd = open_temporary(writer->temporary, name_size, path);
    if (writer->fd < 0)
        status = fail_errno(err, path, "cannot be written: its directory takes no new file", errno);
done:
    if (status)
        oik_file_writer_free(writer);
    else
        *out = writer;
    return status;
}

oik_status oik_file_writer_append(oik_file_writer *writer, const void *data, size_t size, oik_error *err) {
    if (write_fully(writer->fd, data, size) != 0)
        return fail_errno(err, writer->path, "cannot be written", errno);
    return OIK_OK;
}

/** Close, after syncing when asked to; 0 or the errno of the step that failed. */
static int close_file(int fd, bool sync) {
    int code = sync && fsync(fd) != 0 ? errno : 0;
    if (close(fd) != 0 && !code)
        code = errno;
    return code;
}

static oik_status finish(oik_file_writer *writer, bool sync, oik_error *err) {
    int code = close_file(writer->fd, sync);
    writer->fd = -1;
    if (!code && rename(writer->temporary, writer->path) != 0)
        code = errno;
    if (!code)
        return OIK_OK;
    unlink(writer->temporary);
    return fail_errno(err, writer->path, "cannot be written", code);
}

oik_status oik_file_writer_finish(oik_file_writer *writer, oik_error *err) {
    return finish(writer, true, err);
}

void oik_file_writer_free(oik_file_writer *writer) {
    if (!writer)
        return;
    if (writer->fd >= 0) {
        close(writer->fd);
        unlink(writer->temporary);
    }
    free(writer->path);
    free(writer->temporary);
    free(writer);
}

static oik_status write_file(const char *path, const void *data, size_t size, bool sync, oik_error *err) {
    oik_file_writer *writer = NULL;
    oik_status status = oik_file_writer_new(&writer, path, err);
    if (!writer)
        return status;
    status = oik_file_writer_append(writer, data, size, err);
    if (!status)
        status = finish(writer, sync, err);
    oik_file_writer_free(writer);
    return status;
}

oik_status oik_file_write(const char *path, const void *data, size_t size, oik_error *err) {
    return write_file(path, data, size, true, err);
}

/** Make one directory of a path; one that is there already is fine. */
static oik_status make_one(const char *path, oik_error *err) {
    if (mkdir(path, 0777) == 0)
        return OIK_OK;
    int code = errno;
    struct stat info;
    if (stat(path, &info) != 0)
        return fail_errno(err, path, "cannot be made", code);
    if (!S_ISDIR(info.st_mode))
        return oik_fail(err, OIK_E_IO, "%s: expected a directory, found a file", path);
    return OIK_OK;
}

oik_status oik_dir_make(const char *path, oik_error *err) {
    size_t n = strlen(path);
    if (n == 0)
        return oik_fail(err, OIK_E_IO, "a directory is expected, its name is empty");
    char *part = oik_new(n + 1, 1, err);
    if (!part)
        return OIK_E_MEMORY;
    oik_status status = OIK_OK;
    for (size_t i = 1; i <= n && !status; i++) {
        int ends = (path[i] == '/' || path[i] == '\0') && path[i - 1] != '/';
        if (!ends)
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        status = make_one(part, err);
    }
    free(part);
    return status;
}

/** Room for `extra` more bytes and a NUL; false with a sticky status when there is none. */
static int reserve(oik_buf *buf, size_t extra) {
    enum { FIRST_CAPACITY = 4096 };
    if (buf->status)
        return 0;
    if (extra < buf->capacity - buf->size)
        return 1;
    size_t wanted = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (wanted - buf->size <= extra && wanted <= SIZE_MAX / 2)
        wanted *= 2;
    char *data = wanted - buf->size > extra ? oik_resize(buf->data, wanted, 1, NULL) : NULL;
    if (!data) {
        buf->status = OIK_E_MEMORY;
        return 0;
    }
    buf->data = data;
    buf->capacity = wanted;
    return 1;
}

void oik_buf_append(oik_buf *buf, const void *data, size_t size) {
    if (!reserve(buf, size))
        return;
    if (size)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

/** vsnprintf at the end of the buffer in the C locale of this thread; the length the text needs, or -1. */
static int print_at_end(oik_buf *buf, const char *format, va_list args) {
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return -1;
    locale_t caller = uselocale(c_locale);
    int n = vsnprintf(buf->data + buf->size, buf->capacity - buf->size, format, args);
    uselocale(caller);
    freelocale(c_locale);
    return n;
}

void oik_buf_printf(oik_buf *buf, const char *format, ...) {
    enum { USUAL_LENGTH = 128 }; /* most lines fit at the first try */
    size_t room = USUAL_LENGTH;
    for (int try = 0; try < 2; try++) {
        if (!reserve(buf, room))
            return;
        va_list args;
        va_start(args, format);
        int n = print_at_end(buf, format, args);
        va_end(args);
        if (n < 0) {
            buf->status = OIK_E_MEMORY;
            return;
        }
        room = (size_t)n;
        if (room < buf->capacity - buf->size) {
            buf->size += room;
            return;
        }
    }
}

void oik_buf_fixed(oik_buf *buf, double x, int decimals) {
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const double exact = 9007199254740992.0; /* 2^53: up to there every integer is a double */
    enum { LONGEST = 32 };
    char text[LONGEST], *end = text + LONGEST, *c = end;
    double scaled = fabs(x) * powers[decimals];
    if (!(scaled < exact)) {
        oik_buf_printf(buf, "%.*f", decimals, x);
        return;
    }
    uint64_t digits = (uint64_t)scaled;
    digits += scaled - (double)digits >= 0.5;
    bool negative = x < 0.0 && digits > 0;
    for (int k = 0; k <= decimals || digits > 0; k++, digits /= 10) {
        if (k == decimals && k > 0)
            *--c = '.';
        *--c = (char)('0' + digits % 10);
    }
    if (negative)
        *--c = '-';
    oik_buf_append(buf, c, (size_t)(end - c));
}

oik_status oik_buf_drain(oik_buf *buf, oik_file_writer *writer, oik_error *err) {
    if (buf->status)
        return oik_fail(err, buf->status, "%s: not written: %s", writer->path, oik_status_sentence(buf->status));
    oik_status status = buf->size ? oik_file_writer_append(writer, buf->data, buf->size, err) : OIK_OK;
    buf->size = 0;
    return status;
}

static oik_status write_buf(const oik_buf *buf, const char *path, bool sync, oik_error *err) {
    if (buf->status)
        return oik_fail(err, buf->status, "%s: not written: %s", path, oik_status_sentence(buf->status));
    return write_file(path, buf->data ? buf->data : "", buf->size, sync, err);
}

oik_status oik_buf_write_file(const oik_buf *buf, const char *path, oik_error *err) {
    return write_buf(buf, path, true, err);
}

oik_status oik_buf_write_one_of_many(const oik_buf *buf, const char *path, oik_error *err) {
    return write_buf(buf, path, false, err);
}

void oik_buf_free(oik_buf *buf) {
    if (!buf)
        return;
    free(buf->data);
    *buf = (oik_buf){0};
}
