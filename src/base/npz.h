/**
 * NumPy .npz archives (zip of .npy), reading and writing, little-endian, C order.
 *
 * Reading accepts dtypes f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1, |Sn and <Un (as text), any byte order, format 1-3, and
 * Fortran order (converted). Pickled object arrays are refused. Sizes are overflow-checked before allocation.
 */
#ifndef OIK_BASE_NPZ_H
#define OIK_BASE_NPZ_H

#include <stddef.h>
#include <stdint.h>

#include "osso_ik.h"

#define OIK_NPZ_MAX_DIM 4

typedef struct oik_npz oik_npz; /**< an archive open for reading; one thread at a time may use it */

/** @return OIK_E_IO when absent, OIK_E_FORMAT when not a zip archive; *out is NULL on error. */
oik_status oik_npz_open(oik_npz **out, const char *path, oik_error *err);
/** The same from bytes in memory, which are copied; path is used in messages only. */
oik_status oik_npz_open_memory(oik_npz **out, const uint8_t *data, size_t size, const char *path, oik_error *err);
/** One .npy file seen as an archive whose only array is called "arr_0". */
oik_status oik_npz_open_npy(oik_npz **out, const char *path, oik_error *err);
/**
 * An .npz archive or a .npy file (then with the one array "arr_0") that stays on disk: the calls below load just the array they are
 * asked for, and npz_rows.h just a row of it. The file must not change while it is open.
 * @return as oik_npz_open
 */
oik_status oik_npz_open_on_disk(oik_npz **out, const char *path, oik_error *err);
void oik_npz_free(oik_npz *npz);

int oik_npz_has(const oik_npz *npz, const char *name);

#define OIK_NPZ_NAME_LENGTH 256

/** Number of arrays. */
size_t oik_npz_count(const oik_npz *npz);
/**
 * Name of array i, in the order of the archive.
 * @return OIK_E_ARGUMENT for i >= count; OIK_E_FORMAT when the name does not fit
 */
oik_status oik_npz_name(char name[OIK_NPZ_NAME_LENGTH], const oik_npz *npz, size_t i, oik_error *err);

/** Shape of an array without its data; n_dim <= OIK_NPZ_MAX_DIM. */
oik_status oik_npz_shape(const oik_npz *npz, const char *name, int *n_dim, size_t shape[OIK_NPZ_MAX_DIM],
                         oik_error *err);

/**
 * Read a whole numeric array, converted to the wanted type. *out is malloc'ed (free it), NULL on error.
 * @param[in,out] shape n_dim entries; SIZE_MAX means any and is filled in, other values must match (OIK_E_SHAPE)
 * @return OIK_E_FORMAT for an unknown name, dtype or a value that does not fit the integer type;
 *         OIK_E_NOT_FINITE for NaN or infinity in a float array.
 */
oik_status oik_npz_read_f64(const oik_npz *npz, const char *name, int n_dim, size_t *shape, double **out, oik_error *err);
/** The same, but NaN and infinity come through: for measurements, where NaN stands for a gap. */
oik_status oik_npz_read_f64_gaps(const oik_npz *npz, const char *name, int n_dim, size_t *shape, double **out, oik_error *err);
oik_status oik_npz_read_f32(const oik_npz *npz, const char *name, int n_dim, size_t *shape, float **out, oik_error *err);
oik_status oik_npz_read_i32(const oik_npz *npz, const char *name, int n_dim, size_t *shape, int32_t **out, oik_error *err);
/** A 1-D (or 0-D) array of strings as n NUL-terminated strings in one block; free(*out) frees everything. */
oik_status oik_npz_read_text(const oik_npz *npz, const char *name, size_t *n, char ***out, oik_error *err);

/**
 * Frame rate of a sequence from its archive: the first there is of fps, frame_rate, mocap_framerate, mocap_frame_rate.
 * @param[out] fps 0 when the archive has none of these
 * @return OIK_E_SHAPE when it is not one number, OIK_E_FORMAT when it is not > 0, or as oik_npz_read_f64
 */
oik_status oik_npz_read_frame_rate(const oik_npz *npz, double *fps, oik_error *err);

typedef struct oik_npz_writer oik_npz_writer;

/** Collects arrays in memory; nothing is on disk before _save. */
oik_status oik_npz_writer_new(oik_npz_writer **out, oik_error *err);
/**
 * dtype: "<f4" "<f8" "<i4" "<u2" "<i2" "|u1"; data is copied (values are converted from the type named in the call, to integers by
 * rounding to the nearest). OIK_E_ARGUMENT for a value outside the range of dtype, OIK_E_NOT_FINITE, OIK_E_SHAPE, OIK_E_MEMORY.
 */
oik_status oik_npz_add_f64(oik_npz_writer *w, const char *name, const char *dtype, int n_dim, const size_t *shape,
                           const double *data, oik_error *err);
oik_status oik_npz_add_i32(oik_npz_writer *w, const char *name, const char *dtype, int n_dim, const size_t *shape,
                           const int32_t *data, oik_error *err);
/** UTF-8 strings as a 1-D "<Un" array. */
oik_status oik_npz_add_text(oik_npz_writer *w, const char *name, size_t n, const char *const *text, oik_error *err);
/** Write to a temporary file beside path and rename it; byte-identical for equal content (no time stamps). */
oik_status oik_npz_writer_save(oik_npz_writer *w, const char *path, int deflate, oik_error *err);
void oik_npz_writer_free(oik_npz_writer *w);

#endif
