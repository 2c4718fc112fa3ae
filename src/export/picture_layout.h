/** Where the three views of a picture lie, and what is written around them. */
#ifndef OIK_EXPORT_PICTURE_LAYOUT_H
#define OIK_EXPORT_PICTURE_LAYOUT_H

#include "export/picture.h"
#include "export/picture_view.h"

enum { OIK_PICTURE_N_VIEWS = 3 };

typedef struct oik_picture_panel {
    const char *caption;
    const char *left_mark, *right_mark; /**< the side of the subject at either side of the view; "": none */
    oik_picture_camera camera;
    double middle, width;               /**< of the body [pixels] */
} oik_picture_panel;

typedef struct oik_picture_layout {
    double unit;             /**< what lettering is measured in: a pixel of the usual picture's size, in the picture's [pixels] */
    double pixels_per_metre;
    double floor;            /**< y of the lowest point of the body [pixels] */
    oik_picture_panel panels[OIK_PICTURE_N_VIEWS];
} oik_picture_layout;

/**
 * One scale for all views, as large as fits.
 * @param[in] size extent of the scene along left, up, forward [m]; its middle is the origin
 */
oik_picture_layout oik_picture_layout_of(int width, int height, oik_vec3 size);

/** Name, stature, captions, marks of the sides, scale bar. OIK_E_MEMORY. */
oik_status oik_picture_letter(const oik_picture_image *image, const oik_picture_layout *layout, const oik_picture *picture,
                              oik_error *err);

#endif
