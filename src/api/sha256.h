/** SHA-256 of a byte string: names models and inputs by their content. */
#ifndef OIK_API_SHA256_H
#define OIK_API_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { OIK_HASH_LENGTH = 64 }; /* hexadecimal digits */

typedef struct oik_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    uint8_t block[64];
} oik_sha256;

void oik_sha256_begin(oik_sha256 *hash);
void oik_sha256_add(oik_sha256 *hash, const void *data, size_t size);
/** Write 64 hexadecimal digits and a NUL; the hash must be begun anew before it is used again. */
void oik_sha256_end(oik_sha256 *hash, char hex[OIK_HASH_LENGTH + 1]);

#endif
