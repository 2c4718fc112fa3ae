/** Pixels as a PNG file. The only owner of libpng. */
#ifndef OIK_EXPORT_PICTURE_PNG_H
#define OIK_EXPORT_PICTURE_PNG_H

#include <stdint.h>

#include "osso_ik.h"

/** 8-bit sRGB pixels, row after row from the top. */
typedef struct oik_picture_image {
    int width, height;
    uint8_t (*pixels)[3]; /**< width x height: red, green, blue */
} oik_picture_image;

/**
 * Write a PNG (through a temporary file and a rename) without a time, so that equal pixels make equal files.
 * @return OIK_E_IO; OIK_E_MEMORY. Nothing is left behind on error.
 */
oik_status oik_picture_png_write(const oik_picture_image *image, const char *path, oik_error *err);

#endif
