/** One view of bones inside a translucent skin, drawn into an image. */
#ifndef OIK_EXPORT_PICTURE_VIEW_H
#define OIK_EXPORT_PICTURE_VIEW_H

#include "export/picture_png.h"
#include "export/picture_sky.h"

/** What is seen; all in one upright frame. */
typedef struct oik_picture_scene {
    oik_picture_mesh bones, skin;
    float *bone_light;             /**< bones.n_vertices, of the sky */
    const int32_t *bone_of_vertex; /**< bones.n_vertices, or NULL */
} oik_picture_scene;

/** From where: unit vectors in the frame of the scene, and where its origin comes to lie. */
typedef struct oik_picture_camera {
    oik_vec3 right, up, toward; /**< of the viewer; toward him */
    double pixels_per_metre;
    double x, y;                /**< of the origin in the image [pixels], y down */
} oik_picture_camera;

/** sRGB of the paper that views are drawn on. */
extern const uint8_t oik_picture_paper[3];

/**
 * Draw over the image's paper. Nine samples a pixel, light added up linearly. The scene must lie inside the image: what does not is held
 * at its left and upper edge, or left out.
 * Bones: light of the sky and of a lamp beside the viewer. Skin: light is lost on the way through the body, after Beer and Lambert, but
 * never all of it, and at its surface, more at grazing angles, as Fresnel's law has it.
 * @return OIK_E_MEMORY
 */
oik_status oik_picture_view_draw(const oik_picture_image *image, const oik_picture_scene *scene, const oik_picture_camera *camera,
                                 oik_error *err);

#endif
