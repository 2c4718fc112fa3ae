/**
 * The .npy header, among the npz*.c files. Nothing else includes this file.
 *
 * A .npy file is "\x93NUMPY", a version (major, minor), the header's length (2 bytes little-endian in version 1, 4 in 2 and 3),
 * a Python dictionary such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } and the array's bytes.
 * Source: numpy.lib.format, "The .npy format", NEP 1.
 */
#ifndef OIK_BASE_NPY_H
#define OIK_BASE_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "base/npz.h"

/** Longest header we accept: version 1 allows no more, and only structured dtypes need more. */
#define OIK_NPY_MAX_HEADER 65536

typedef struct oik_npy {
    char kind;           /**< f i u b S U */
    size_t item_size;    /**< bytes of one element */
    int big_endian;
    int fortran;         /**< first index fastest */
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    size_t n;            /**< product of shape, 1 for a scalar */
    size_t data_offset;  /**< of the first element in the file */
} oik_npy;

/**
 * Parse the header at the begin of a .npy file.
 * @param[in] data,size at least the header; size may end inside the array's bytes
 * @return OIK_E_FORMAT; OIK_E_SHAPE for more than OIK_NPZ_MAX_DIM dimensions. The message does not name the file.
 */
oik_status oik_npy_parse(oik_npy *out, const uint8_t *data, size_t size, oik_error *err);

/** Product of n_dim sizes times item_size into *bytes; false when it overflows. */
int oik_npy_byte_count(size_t *bytes, int n_dim, const size_t *shape, size_t item_size);

#endif
