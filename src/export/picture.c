/** NAME.png (see picture.h): checks, scene, views, lettering, file. */
#include "export/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/picture_layout.h"
#include "export/picture_png.h"
#include "export/picture_scene.h"
#include "export/picture_view.h"

/** The signed axis of the input nearest to a direction. */
static oik_vec3 nearest_axis(oik_vec3 d) {
    double x = fabs(d.x), y = fabs(d.y), z = fabs(d.z);
    if (x >= y && x >= z)
        return v3(copysign(1.0, d.x), 0, 0);
    return y >= z ? v3(0, copysign(1.0, d.y), 0) : v3(0, 0, copysign(1.0, d.z));
}

oik_mat3 oik_picture_upright(oik_mat3 pelvis) {
    const double nearest = 0.70710678118654752; /* cos 45 deg */
    oik_vec3 up = m3_column(pelvis, 1), axis = nearest_axis(up);
    if (v3_dot(up, axis) < nearest)
        return pelvis;
    /* the pelvis's left is never vertical here: it is across its up */
    oik_vec3 forward = v3_unit(v3_cross(m3_column(pelvis, 0), axis));
    return m3_columns(v3_cross(axis, forward), axis, forward);
}

static oik_status check_mesh(const char *what, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                             const char *path, oik_error *err) {
    const size_t most = INT32_MAX / 8; /* the skin's faces become four, with three vertices more for each */
    if (n_faces == 0 || n_vertices == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a %s to draw, found %zu vertices and %zu faces", path, what, n_vertices,
                        n_faces);
    if (n_faces > most || n_vertices > most)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected up to %zu vertices and faces of %s, found %zu and %zu", path, most, what,
                        n_vertices, n_faces);
    for (size_t v = 0; v < n_vertices; v++)
        if (!v3_finite(vertices[v]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: %s vertex %zu is not finite", path, what, v);
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (faces[f][k] < 0 || (size_t)faces[f][k] >= n_vertices)
                return oik_fail(err, OIK_E_SHAPE, "%s: %s face %zu: expected one of %zu vertices, found number %d", path, what, f,
                                n_vertices, faces[f][k]);
    return OIK_OK;
}

static oik_status check_frame(oik_mat3 upright, const char *path, oik_error *err) {
    const double rounding = 1e-6; /* of a rotation that came through a file in single precision */
    oik_mat3 product = m3_tmul(upright, upright);
    double worst = 0.0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            worst = fmax(worst, isfinite(product.m[i][j]) ? fabs(product.m[i][j] - (i == j)) : INFINITY);
    if (worst > rounding || m3_det(upright) < 0.0)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a rotation for left, up and forward of the body, found axes that are no such",
                        path);
    return OIK_OK;
}

static oik_status check_picture(const oik_picture *p, int width, int height, const char *path, oik_error *err) {
    if (width < OIK_PICTURE_MIN_SIZE || width > OIK_PICTURE_MAX_SIZE || height < OIK_PICTURE_MIN_SIZE || height > OIK_PICTURE_MAX_SIZE)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected %d to %d pixels each way, found %d x %d", path, OIK_PICTURE_MIN_SIZE,
                        OIK_PICTURE_MAX_SIZE, width, height);
    oik_status status = check_frame(p->upright, path, err);
    if (!status)
        status = check_mesh("skin", p->skin_vertices, p->n_skin_vertices, p->skin_faces, p->n_skin_faces, path, err);
    if (!status)
        status = check_mesh("skeleton", p->bone_vertices, p->n_bone_vertices, p->bone_faces, p->n_bone_faces, path, err);
    return status;
}

static void lay_paper(const oik_picture_image *image) {
    for (size_t i = 0; i < (size_t)image->width * (size_t)image->height; i++)
        memcpy(image->pixels[i], oik_picture_paper, sizeof oik_picture_paper);
}

oik_status oik_picture_write(const oik_picture *picture, const char *path, oik_error *err) {
    const int width = picture->width ? picture->width : OIK_PICTURE_WIDTH, height = picture->height ? picture->height : OIK_PICTURE_HEIGHT;
    oik_status status = check_picture(picture, width, height, path, err);
    if (status)
        return status;
    oik_vec3 size;
    oik_picture_scene scene = {0};
    oik_picture_image image = {width, height, oik_new((size_t)width * (size_t)height, 3, err)};
    status = image.pixels ? oik_picture_scene_fill(&scene, &size, picture, path, err) : OIK_E_MEMORY;
    if (status)
        goto done;
    lay_paper(&image);
    oik_picture_layout layout = oik_picture_layout_of(width, height, size);
    for (int i = 0; i < OIK_PICTURE_N_VIEWS && !status; i++)
        status = oik_picture_view_draw(&image, &scene, &layout.panels[i].camera, err);
    if (!status)
        status = oik_picture_letter(&image, &layout, picture, err);
    if (!status)
        status = oik_picture_png_write(&image, path, err);
done:
    oik_picture_scene_free(&scene);
    free(image.pixels);
    return status;
}
