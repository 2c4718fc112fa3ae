/** Lettering and lines on an image, with smooth edges. */
#ifndef OIK_EXPORT_PICTURE_TEXT_H
#define OIK_EXPORT_PICTURE_TEXT_H

#include "export/picture_png.h"

typedef struct oik_picture_pen {
    double x, y;       /**< where the text's line begins [pixels], y down, (0, 0) is the corner of the first pixel */
    double end;        /**< x that the text must not pass: one that would is cut and ends with "..." */
    double cap_height; /**< of capital letters [pixels] */
    double stroke;     /**< width of lines [pixels] */
    uint8_t ink[3];    /**< sRGB */
} oik_picture_pen;

/** Width of a text [pixels]. UTF-8; a character that the font does not have, and each that is not ASCII, shows as "?". */
double oik_picture_text_width(const char *text, double cap_height);

/** Write a text to the right of (x, y). What lies outside the image is left out. */
void oik_picture_text_draw(const oik_picture_image *image, const oik_picture_pen *pen, const char *text);

/** Fill a rectangle; edges between pixels are mixed with what is below. */
void oik_picture_box_draw(const oik_picture_image *image, double x0, double y0, double x1, double y1, const uint8_t ink[3]);

#endif
