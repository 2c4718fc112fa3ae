/** What tracking has found so far, on disk (see track_file.h). */
#include "cli/track_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/status.h"

typedef struct header {
    char magic[8], key[OIK_HASH_LENGTH];
    uint64_t record_size, state_size;
} header;

struct oik_track_file {
    FILE *file;
    char *path;
    header head;
    oik_track_block block;
    size_t size;    /**< bytes of a block on disk */
    uint8_t *bytes; /**< one block as it is on disk */
    size_t n_good;  /**< blocks that were read or written */
};

static oik_status io_error(const oik_track_file *t, const char *what, oik_error *err) {
    return oik_fail(err, OIK_E_IO, "%s: cannot be %s: %s", t->path, what, strerror(errno));
}

/* ------------------------------------------------------------------ blocks as bytes */

static size_t block_size(const header *h) {
    return 2 * sizeof(uint64_t) + OIK_SEQUENCE_BLOCK * (OIK_HASH_LENGTH + (size_t)h->record_size) + (size_t)h->state_size +
           OIK_HASH_LENGTH;
}

/** Copy one piece of the block from or to its place in the bytes. @return the place after it */
static uint8_t *move(uint8_t *place, void *piece, size_t size, bool out) {
    memcpy(out ? place : piece, out ? piece : place, size);
    return place + size;
}

static void transfer(oik_track_file *t, bool out) {
    oik_track_block *b = &t->block;
    uint8_t *place = move(t->bytes, &b->first, sizeof b->first, out);
    place = move(place, &b->n_frames, sizeof b->n_frames, out);
    place = move(place, b->hash, sizeof b->hash, out);
    place = move(place, b->records, OIK_SEQUENCE_BLOCK * (size_t)t->head.record_size, out);
    move(place, b->state, (size_t)t->head.state_size, out);
}

static void checksum(char hash[OIK_HASH_LENGTH + 1], const oik_track_file *t) {
    oik_sha256 sha;
    oik_sha256_begin(&sha);
    oik_sha256_add(&sha, t->bytes, t->size - OIK_HASH_LENGTH);
    oik_sha256_end(&sha, hash);
}

/* ------------------------------------------------------------------ the file */

static oik_status start_anew(oik_track_file *t, oik_error *err) {
    if (t->file)
        fclose(t->file);
    t->file = fopen(t->path, "w+b");
    if (!t->file || fwrite(&t->head, sizeof t->head, 1, t->file) != 1 || fflush(t->file) != 0)
        return io_error(t, "written", err);
    return OIK_OK;
}

/** Is there a file of the same key? Leaves it open behind its header. */
static bool open_old(oik_track_file *t) {
    header found;
    t->file = fopen(t->path, "r+b");
    return t->file && fread(&found, sizeof found, 1, t->file) == 1 && memcmp(&found, &t->head, sizeof found) == 0;
}

static oik_status allocate(oik_track_file *t, const char *path, oik_error *err) {
    t->path = oik_new(strlen(path) + 1, 1, err);
    t->bytes = oik_new(t->size, 1, err);
    t->block.records = oik_new(OIK_SEQUENCE_BLOCK, (size_t)t->head.record_size, err);
    t->block.state = oik_new((size_t)t->head.state_size, 1, err);
    if (!t->path || !t->bytes || !t->block.records || !t->block.state)
        return OIK_E_MEMORY;
    memcpy(t->path, path, strlen(path));
    return OIK_OK;
}

oik_status oik_track_file_open(oik_track_file **out, const char *path, const char key[OIK_HASH_LENGTH + 1], const oik_sequence *sequence,
                               bool anew, oik_error *err) {
    *out = NULL;
    oik_track_file *t = oik_new(1, sizeof *t, err);
    if (!t)
        return OIK_E_MEMORY;
    memcpy(t->head.magic, "OIKTRK1\n", sizeof t->head.magic);
    memcpy(t->head.key, key, sizeof t->head.key);
    t->head.record_size = oik_sequence_record_size(sequence);
    t->head.state_size = oik_sequence_state_size(sequence);
    t->size = block_size(&t->head);
    oik_status status = allocate(t, path, err);
    if (!status && (anew || !open_old(t)))
        status = start_anew(t, err);
    if (status)
        oik_track_file_free(t);
    else
        *out = t;
    return status;
}

void oik_track_file_free(oik_track_file *t) {
    if (!t)
        return;
    if (t->file)
        fclose(t->file);
    free(t->path);
    free(t->bytes);
    free(t->block.records);
    free(t->block.state);
    free(t);
}

oik_track_block *oik_track_file_block(oik_track_file *t) {
    return &t->block;
}

bool oik_track_file_next(oik_track_file *t, size_t first_frame) {
    char hash[OIK_HASH_LENGTH + 1];
    if (fread(t->bytes, t->size, 1, t->file) != 1)
        return false;
    checksum(hash, t);
    if (memcmp(hash, t->bytes + t->size - OIK_HASH_LENGTH, OIK_HASH_LENGTH) != 0)
        return false;
    transfer(t, false);
    if (t->block.first != first_frame || t->block.n_frames == 0 || t->block.n_frames > OIK_SEQUENCE_BLOCK)
        return false;
    t->n_good++;
    return true;
}

void oik_track_file_reject(oik_track_file *t) {
    t->n_good--;
}

oik_status oik_track_file_append(oik_track_file *t, oik_error *err) {
    char hash[OIK_HASH_LENGTH + 1];
    off_t at = (off_t)(sizeof t->head + t->n_good * t->size);
    transfer(t, true);
    checksum(hash, t);
    memcpy(t->bytes + t->size - OIK_HASH_LENGTH, hash, OIK_HASH_LENGTH);
    if (fseeko(t->file, at, SEEK_SET) != 0 || ftruncate(fileno(t->file), at) != 0 || fwrite(t->bytes, t->size, 1, t->file) != 1 ||
        fflush(t->file) != 0)
        return io_error(t, "written", err);
    t->n_good++;
    return OIK_OK;
}
