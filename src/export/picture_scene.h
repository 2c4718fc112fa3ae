/** Skin and bones upright and ready to be drawn. */
#ifndef OIK_EXPORT_PICTURE_SCENE_H
#define OIK_EXPORT_PICTURE_SCENE_H

#include "export/picture.h"
#include "export/picture_view.h"

/**
 * The meshes of a picture, x to the subject's left, y up, z forward, around the middle of their common box, with normals. The skin has four
 * faces for each of its own, bent as its normals say, so that its outline is smooth.
 * @param[out] size extent along left, up, forward [m]
 * @return OIK_E_ARGUMENT (extent that is no body's: below 1 mm or above 1 km); OIK_E_MEMORY. The scene must be freed either way.
 */
oik_status oik_picture_scene_fill(oik_picture_scene *scene, oik_vec3 *size, const oik_picture *picture, const char *path, oik_error *err);
void oik_picture_scene_free(oik_picture_scene *scene);

#endif
