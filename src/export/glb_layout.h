/** Where everything lies in the binary chunk of a glTF file: views (one per kind of data), and accessors in them. */
#ifndef OIK_EXPORT_GLB_LAYOUT_H
#define OIK_EXPORT_GLB_LAYOUT_H

#include "rig/rig.h"

/** The kinds of data, in the order of the chunk. */
typedef enum oik_glb_view_id {
    OIK_GLB_POSITION, OIK_GLB_NORMAL, OIK_GLB_INDEX_16, OIK_GLB_INDEX_32, OIK_GLB_JOINTS, OIK_GLB_WEIGHTS, OIK_GLB_INVERSE_BIND,
    OIK_GLB_TIME, OIK_GLB_ROTATION, OIK_GLB_TRANSLATION, OIK_GLB_N_VIEWS
} oik_glb_view_id;

/** What the elements of a view are, in glTF's terms. */
typedef struct oik_glb_kind {
    int component;    /**< 5123 unsigned short, 5125 unsigned int, 5126 float */
    const char *type; /**< "SCALAR", "VEC3", ... */
    size_t size;      /**< of an element [bytes] */
    int target;       /**< 34962 vertex attributes, 34963 indices, 0 none */
} oik_glb_kind;

extern const oik_glb_kind oik_glb_kinds[OIK_GLB_N_VIEWS];

typedef struct oik_glb_view {
    size_t offset, size; /**< [bytes]; offset a multiple of 4; without the padding */
    int number;          /**< in the file; -1: empty and left out */
} oik_glb_view;

typedef struct oik_glb_accessor {
    oik_glb_view_id view;
    size_t offset, count;  /**< in its view [bytes]; elements */
    int n_bounds;          /**< components with bounds; 0: none */
    double min[3], max[3]; /**< of the numbers as they are written */
} oik_glb_accessor;

/** A mesh of the file: a bone, or the skin behind them. */
typedef struct oik_glb_mesh {
    const char *name;
    size_t n_vertices, n_faces;
    const oik_vec3 *vertices;
    const int32_t (*faces)[3];
    bool skin;                      /**< vertices are in the world of the rig: to be turned */
    int position, normal, indices;  /**< accessors */
} oik_glb_mesh;

typedef struct oik_glb_layout {
    oik_glb_view views[OIK_GLB_N_VIEWS];
    size_t size;                    /**< of the chunk, a multiple of 4 [bytes] */
    int n_accessors, n_meshes;
    oik_glb_accessor *accessors;
    oik_glb_mesh *meshes;           /**< the rig's bones, then its skin if it has one */
    int joints, weights, inverse_bind; /**< accessors of the skin, -1: none */
    int time;                       /**< accessor, -1: no animation */
    int *rotation, *translation;    /**< bodies: accessor, -1: does not move */
} oik_glb_layout;

/**
 * Lay the file out; the rig has been checked. Release with oik_glb_layout_free, also on error.
 * @return OIK_E_MEMORY
 */
oik_status oik_glb_layout_make(oik_glb_layout *layout, const oik_rig *rig, oik_error *err);
void oik_glb_layout_free(oik_glb_layout *layout);

/** Vertex of a mesh in the frame of its node. */
oik_vec3 oik_glb_vertex(const oik_glb_mesh *mesh, size_t i);

/** Time of a frame from the first one on [s], as it is written. */
float oik_glb_time(const oik_rig *rig, int frame);

/** Local transform of a body's node for coordinates q (n_dofs). */
void oik_glb_local(oik_mat3 *R, oik_vec3 *t, const oik_rig *rig, int body, const double *q);

/** Whether a rig can be written (see oik_glb_write). O(vertices + faces), allocates nothing. */
oik_status oik_glb_check(const oik_rig *rig, oik_error *err);

#endif
