/** Triangle meshes as binary STL (see stl.h). */
#include "export/stl.h"

#include <string.h>

#include "base/file.h"
#include "base/status.h"

enum { HEADER_SIZE = 80 };

static void put_u32(oik_buf *buf, uint32_t bits) {
    const uint8_t bytes[4] = {(uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16), (uint8_t)(bits >> 24)};
    oik_buf_append(buf, bytes, sizeof bytes);
}

static void put_point(oik_buf *buf, oik_vec3 p) {
    const float components[3] = {(float)p.x, (float)p.y, (float)p.z};
    for (int c = 0; c < 3; c++) {
        uint32_t bits;
        memcpy(&bits, &components[c], sizeof bits);
        put_u32(buf, bits);
    }
}

static void put_face(oik_buf *buf, oik_vec3 a, oik_vec3 b, oik_vec3 c) {
    const uint8_t attribute[2] = {0, 0};
    put_point(buf, v3_unit(v3_cross(v3_sub(b, a), v3_sub(c, a))));
    put_point(buf, a);
    put_point(buf, b);
    put_point(buf, c);
    oik_buf_append(buf, attribute, sizeof attribute);
}

oik_status oik_stl_check(const oik_stl *stl, const char *path, oik_error *err) {
    if (strlen(stl->header) >= HEADER_SIZE || strncmp(stl->header, "solid", strlen("solid")) == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a header of up to %d characters that does not begin with solid", path,
                        HEADER_SIZE - 1);
    if (stl->n_faces == 0 || stl->n_faces > UINT32_MAX)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected 1 to 2^32 - 1 faces, found %zu", path, stl->n_faces);
    for (size_t v = 0; v < stl->n_vertices; v++)
        if (!v3_finite(stl->vertices[v]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: vertex %zu is not finite", path, v);
    for (size_t f = 0; f < stl->n_faces; f++)
        for (int c = 0; c < 3; c++)
            if (stl->faces[f][c] < 0 || (size_t)stl->faces[f][c] >= stl->n_vertices)
                return oik_fail(err, OIK_E_SHAPE, "%s: face %zu: expected one of %zu vertices, found number %d", path, f, stl->n_vertices,
                                stl->faces[f][c]);
    return OIK_OK;
}

oik_status oik_stl_write(const oik_stl *stl, const char *path, oik_error *err) {
    oik_status status = oik_stl_check(stl, path, err);
    if (status)
        return status;
    oik_buf buf = {0};
    char header[HEADER_SIZE] = {0};
    memcpy(header, stl->header, strlen(stl->header));
    oik_buf_append(&buf, header, sizeof header);
    put_u32(&buf, (uint32_t)stl->n_faces);
    for (size_t f = 0; f < stl->n_faces; f++) {
        const int32_t *corner = stl->faces[f];
        put_face(&buf, stl->vertices[corner[0]], stl->vertices[corner[1]], stl->vertices[corner[2]]);
    }
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}
