/** The table of vertex addresses, and vertices on a body's surface from it. */
#ifndef OIK_MODELS_SKIN_TEMPLATE_H
#define OIK_MODELS_SKIN_TEMPLATE_H

#include "skin_body.h"

/** Addresses of the left half and the midline. */
typedef struct oik_skin_address_table {
    size_t n_vertices; /**< of the whole body: 6890 */
    size_t n_left;     /**< rows: left half and midline, 3512 */
    int32_t *vertex;   /**< n_left, index of the row's vertex in SMPL order, ascending */
    oik_skin_address *row; /**< n_left */
    int32_t *mirror;   /**< n_vertices, index of the twin; itself on the midline */
    int32_t *row_of;   /**< n_vertices, row of the vertex or of its twin */
} oik_skin_address_table;

/**
 * Read skin_address.txt: a line "segments name..." with the names of oik_skin_segment_name in their order, then rows
 * "index mirror segment t theta tilt" with t in percent and angles in degrees; # comments.
 * @return OIK_E_IO, OIK_E_MEMORY, OIK_E_FORMAT with file and line; *out is NULL on error
 */
oik_status oik_skin_address_load(oik_skin_address_table **out, const char *path, oik_error *err);
void oik_skin_address_free(oik_skin_address_table *table);

/** Region bit of a vertex by its segment (see skin_surface.h). */
unsigned oik_skin_segment_region(size_t segment);

/** Where the ray of an address starts, and its unit direction; left half, for right-hand vertices negate x of both. */
void oik_skin_ray(oik_vec3 *origin, oik_vec3 *direction, const oik_skin_segment *axes, const oik_skin_address *address);

/**
 * Radius of every row: how far from the axis its ray leaves the surface.
 *
 * Without a start the ray is marched from the axis and the first crossing from inside to outside is taken; with one the crossing
 * nearest to it is bracketed and found by regula falsi, so that a small change of the body moves every vertex continuously.
 *
 * @param[out] radius   n_left [m]; a ray that never leaves the surface keeps `start`, or a negative value without one
 * @param[in]  start    n_left radii of a similar body [m], or NULL
 * @return number of rays without a crossing. Allocates nothing; about 60 field evaluations per row, 8 with a start.
 */
size_t oik_skin_cast(double *radius, const oik_skin_address_table *table, const oik_skin_body *body,
                     const double *start);

/** Points at the given radii: n_left to n_vertices, right half by mirroring, midline on x = 0. [m] */
void oik_skin_place(oik_vec3 *vertices, const oik_skin_address_table *table, const oik_skin_segment *axes,
                    const double *radius);

#endif
