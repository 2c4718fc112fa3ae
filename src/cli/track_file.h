/**
 * tmp/NAME_track.bin: what tracking a sequence has found so far, so that a run that was stopped can be taken up again.
 *
 *   header   "OIKTRK1\n", key (64 hexadecimal digits), bytes of a record, bytes of a state (uint64_t each)
 *   blocks   first frame, number of frames (uint64_t), OIK_SEQUENCE_BLOCK hashes and records, state after the last frame,
 *            SHA-256 of all this
 *
 * Numbers are in this machine's order of bytes: the file is for this machine. All blocks are of one size; only the last one of a
 * sequence may hold fewer frames. A block that was cut off or changed, and what follows it, is not used.
 */
#ifndef OIK_CLI_TRACK_FILE_H
#define OIK_CLI_TRACK_FILE_H

#include "api/sequence.h"

typedef struct oik_track_block {
    uint64_t first, n_frames;
    char hash[OIK_SEQUENCE_BLOCK][OIK_HASH_LENGTH]; /**< of the input of each frame, not NUL-terminated */
    uint8_t *records; /**< OIK_SEQUENCE_BLOCK records */
    uint8_t *state;
} oik_track_block;

typedef struct oik_track_file oik_track_file;

/**
 * Open the file or make it.
 * @param[in] key  of everything that the records depend on besides their own frames; a file of another key is emptied
 * @param[in] anew empty it in any case
 * @return OIK_E_IO; OIK_E_MEMORY
 */
oik_status oik_track_file_open(oik_track_file **out, const char *path, const char key[OIK_HASH_LENGTH + 1], const oik_sequence *sequence,
                               bool anew, oik_error *err);
void oik_track_file_free(oik_track_file *file);

/** The file's block, to read and to fill. */
oik_track_block *oik_track_file_block(oik_track_file *file);
/** Read the next block; false at the end and where the file is damaged. first_frame: the one it must start with. */
bool oik_track_file_next(oik_track_file *file, size_t first_frame);
/** The block read last is of no use: the file ends before it. */
void oik_track_file_reject(oik_track_file *file);
/** Append the block after those that were read and not rejected. OIK_E_IO. */
oik_status oik_track_file_append(oik_track_file *file, oik_error *err);

#endif
