/**
 * The parameter section of a C3D file: groups of named numbers and texts.
 *
 *   header      4 bytes: 1, 80, the number of blocks, 84 (little-endian)
 *   group       length of the name, - number of the group, name, offset (word), length of the description, description
 *   parameter   - length of the name when it is locked, number of the group, name, offset (word), bytes of an element (-1: character),
 *               number of dimensions, dimensions (bytes), data, length of the description, description
 *
 * Numbers are locked, as an editor that changed them would break the file; texts are not. Offsets count from themselves to the next record;
 * that of the last one is 0. The first dimension changes fastest. Texts of a list are padded with spaces.
 *
 * Appending may run out of memory: buf.status keeps it.
 */
#ifndef OIK_EXPORT_C3D_PARAMETERS_H
#define OIK_EXPORT_C3D_PARAMETERS_H

#include "base/file.h"

enum {
    OIK_C3D_BLOCK = 512,      /**< [bytes] */
    OIK_C3D_KEY = 80,         /**< byte that marks the header and the parameters */
    OIK_C3D_LITTLE_ENDIAN = 84,
    OIK_C3D_MAX_LIST = 255,   /**< dimensions are bytes */
    OIK_C3D_MAX_TEXT = 127    /**< [bytes] of a name, a description, a text */
};

typedef struct oik_c3d_parameters {
    oik_buf buf;
    int n_groups;
    size_t last; /**< where the offset of the last record stands */
} oik_c3d_parameters;

/** Text i of a list; at most OIK_C3D_MAX_TEXT bytes. */
typedef void oik_c3d_text_at(char out[OIK_C3D_MAX_TEXT + 1], const void *list, int i);

void oik_c3d_begin(oik_c3d_parameters *p);
/** Parameters that follow belong to it. Names: A-Z, 0-9, _ */
void oik_c3d_group(oik_c3d_parameters *p, const char *name, const char *description);
void oik_c3d_word(oik_c3d_parameters *p, const char *name, unsigned value, const char *description);
/** A number in two words, the low one first. */
void oik_c3d_two_words(oik_c3d_parameters *p, const char *name, unsigned value, const char *description);
void oik_c3d_real(oik_c3d_parameters *p, const char *name, double value, const char *description);
void oik_c3d_text(oik_c3d_parameters *p, const char *name, const char *text, const char *description);
/** n texts in NAME, NAME2, NAME3, ... of up to 255 each, as wide as the longest. */
void oik_c3d_texts(oik_c3d_parameters *p, const char *name, int n, oik_c3d_text_at *text, const void *list, const char *description);
/** Complete the section to whole blocks. @return OIK_E_SHAPE for more than 255 blocks; OIK_E_MEMORY */
oik_status oik_c3d_end(oik_c3d_parameters *p, oik_error *err);

/** Numbers of the format: 16 bits, and single precision. */
void oik_c3d_put_word(oik_buf *buf, unsigned x);
void oik_c3d_put_float(oik_buf *buf, double x);
/** Zeros up to the next block. */
void oik_c3d_pad(oik_buf *buf, size_t written);

#endif
