/**
 * Large arrays row by row, in memory for one row. Row i of an array of shape (N, a, b) is the a x b block at first index i.
 *
 * A row of a .npy file or of a stored (not compressed) .npz entry is read at its place. A compressed entry is inflated forwards; going
 * back to an earlier row starts it again.
 */
#ifndef OIK_BASE_NPZ_ROWS_H
#define OIK_BASE_NPZ_ROWS_H

#include "base/npz.h"

typedef struct oik_npz_rows oik_npz_rows; /**< one thread at a time may use it and its archive */

/**
 * @param[out] out NULL on error
 * @param[in]  npz must outlive the rows; see oik_npz_open_on_disk
 * @return OIK_E_FORMAT for an unknown name, text, Fortran order (a row is no block there) or an array that is cut off;
 *         OIK_E_SHAPE for 0 dimensions; OIK_E_MEMORY
 * Allocates the bytes of one row.
 */
oik_status oik_npz_rows_open(oik_npz_rows **out, const oik_npz *npz, const char *name, oik_error *err);
void oik_npz_rows_free(oik_npz_rows *rows);

/** Shape of the array; n_dim >= 1 entries. */
const size_t *oik_npz_rows_shape(const oik_npz_rows *rows, int *n_dim);

/**
 * One row as doubles; NaN and infinity come through.
 * @param[out] out product of the shape without its first entry
 * @return OIK_E_ARGUMENT for a row past the last; OIK_E_IO, OIK_E_FORMAT when the bytes are damaged. The checksum of an archive
 *         entry is compared when its last row is read after all others in order.
 * Allocates nothing of its own (libzip does when it opens an entry); O(row), for a compressed entry O(rows passed over).
 */
oik_status oik_npz_rows_read(double *out, oik_npz_rows *rows, size_t row, oik_error *err);

#endif
