/**
 * The content hash of a model archive.
 *
 *   hash = SHA-256 of the lines "name size crc32\n" of all arrays but meta_content_hash, sorted by name
 *
 * where size and crc32 are those of the array's bytes in the archive's directory. The archive reader checks every array
 * against its crc32, so that together an array that is changed, removed, added or exchanged is noticed. The hash does not
 * depend on compression.
 *
 * Text arrays of the meta group, one string each: meta_format = "osso_ik model 1", meta_name, meta_gender ("female", "male" or
 * "neutral"), meta_licence, meta_content_hash (64 hexadecimal digits).
 */
#ifndef OIK_API_MODEL_HASH_H
#define OIK_API_MODEL_HASH_H

#include "api/sha256.h"
#include "base/npz.h"
#include "osso_ik.h"

#define OIK_MODEL_FORMAT "osso_ik model 1"

/** Hash of an archive on disk; its arrays are not read. OIK_E_IO, OIK_E_FORMAT, OIK_E_MEMORY. */
oik_status oik_model_hash(char hash[OIK_HASH_LENGTH + 1], const char *path, oik_error *err);

/**
 * Add meta_content_hash to a finished model archive and write it.
 * @param[in] w all other arrays of the model have been added
 */
oik_status oik_model_save(oik_npz_writer *w, const char *path, oik_error *err);

#endif
