/** The content hash of a model archive, from the archive's directory. */
#include "api/model_hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/mem.h"
#include "base/status.h"

#define HASH_ARRAY "meta_content_hash"

typedef struct entry {
    const char *name; /**< the archive's */
    uint64_t size;
    uint32_t crc;
} entry;

static int compare_names(const void *a, const void *b) {
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/** Directory entries but the hash itself; *n of them. */
static oik_status read_directory(entry *entries, size_t *n, zip_t *zip, size_t n_all, const char *path, oik_error *err) {
    *n = 0;
    for (size_t i = 0; i < n_all; i++) {
        zip_stat_t info;
        if (zip_stat_index(zip, i, 0, &info) != 0 || !(info.valid & ZIP_STAT_NAME) || !(info.valid & ZIP_STAT_SIZE) ||
            !(info.valid & ZIP_STAT_CRC))
            return oik_fail(err, OIK_E_FORMAT, "%s: entry %zu of the archive has no name, size or checksum", path, i);
        if (strcmp(info.name, HASH_ARRAY ".npy") != 0)
            entries[(*n)++] = (entry){.name = info.name, .size = info.size, .crc = info.crc};
    }
    return OIK_OK;
}

static void hash_entries(char hash[OIK_HASH_LENGTH + 1], entry *entries, size_t n) {
    oik_sha256 sha;
    qsort(entries, n, sizeof *entries, compare_names);
    oik_sha256_begin(&sha);
    for (size_t i = 0; i < n; i++) {
        char numbers[64];
        int length = snprintf(numbers, sizeof numbers, " %" PRIu64 " %08" PRIx32 "\n", entries[i].size, entries[i].crc);
        oik_sha256_add(&sha, entries[i].name, strlen(entries[i].name));
        oik_sha256_add(&sha, numbers, (size_t)length);
    }
    oik_sha256_end(&sha, hash);
}

oik_status oik_model_hash(char hash[OIK_HASH_LENGTH + 1], const char *path, oik_error *err) {
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
    if (!zip)
        return oik_fail(err, code == ZIP_ER_OPEN || code == ZIP_ER_NOENT ? OIK_E_IO : OIK_E_FORMAT,
                        "%s: cannot be opened as a zip archive", path);
    oik_status status = OIK_OK;
    size_t n_all = (size_t)zip_get_num_entries(zip, 0), n = 0;
    entry *entries = oik_new(n_all, sizeof *entries, err);
    if (!entries)
        status = OIK_E_MEMORY;
    if (!status)
        status = read_directory(entries, &n, zip, n_all, path, err);
    if (!status)
        hash_entries(hash, entries, n);
    free(entries);
    zip_discard(zip);
    return status;
}

oik_status oik_model_save(oik_npz_writer *w, const char *path, oik_error *err) {
    char hash[OIK_HASH_LENGTH + 1];
    oik_status status = oik_npz_writer_save(w, path, 1, err);
    if (!status)
        status = oik_model_hash(hash, path, err);
    if (!status)
        status = oik_npz_add_text(w, HASH_ARRAY, 1, &(const char *){hash}, err);
    if (!status)
        status = oik_npz_writer_save(w, path, 1, err);
    if (status)
        remove(path);
    return status;
}
