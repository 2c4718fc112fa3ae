/** An open archive, among the npz*.c files. Nothing else includes this file. */
#ifndef OIK_BASE_NPZ_ARCHIVE_H
#define OIK_BASE_NPZ_ARCHIVE_H

#include <zip.h>

#include "base/npy.h"

struct oik_npz {
    char *path;
    uint8_t *file;    /**< the whole file, NULL when it stays on disk */
    size_t file_size;
    zip_t *zip;       /**< NULL for a single .npy */
    int fd;           /**< a single .npy that stays on disk, else -1 */
};

/** Index of "name.npy" in the archive, -1 when there is none. npz->zip is not NULL. */
zip_int64_t oik_npz_entry(const oik_npz *npz, const char *name);

/**
 * Size of an archive entry after checks that keep a damaged or hostile directory from asking for much memory.
 * @param[out] stored 1 when the entry is not compressed, so that any place in it can be read at once; may be NULL
 * @return OIK_E_FORMAT without the names of file and array
 */
oik_status oik_npz_entry_size(size_t *size, int *stored, const oik_npz *npz, zip_uint64_t index, oik_error *err);

/** Header of an array; errors without the names of file and array. */
oik_status oik_npz_header(oik_npy *header, const oik_npz *npz, const char *name, oik_error *err);

/** size bytes at an offset of a .npy that stays on disk; OIK_E_IO without the name of the file. */
oik_status oik_npz_read_at(uint8_t *data, size_t size, const oik_npz *npz, size_t offset, oik_error *err);

/** Name file and array in front of an error; gives the status back. */
oik_status oik_npz_name_array(oik_status status, const oik_npz *npz, const char *name, oik_error *err);

/** The number whose bytes begin at p. 8-byte integers beyond 2^53 are rounded to the nearest double. */
double oik_npy_value(const uint8_t *p, const oik_npy *h);

#endif
