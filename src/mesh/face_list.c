/** The growing list of triangles that the readers fill. */
#include <string.h>

#include "base/mem.h"
#include "mesh/formats.h"

oik_status oik_face_list_push(oik_face_list *list, const int32_t face[3], oik_error *err) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 1024;
        int32_t(*faces)[3] = oik_resize(list->faces, capacity, sizeof *faces, err);
        if (!faces)
            return OIK_E_MEMORY;
        list->faces = faces;
        list->capacity = capacity;
    }
    memcpy(list->faces[list->n++], face, sizeof *list->faces);
    return OIK_OK;
}
