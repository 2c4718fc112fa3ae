/**
 * Surfaces of a puppet's parts, with the subject's shape and with bones bent as they are (flex.h), and what vertices of one part are near
 * another part's surface.
 *
 * Each part has a tree of boxes in its own frame. Vertices near another part are found by going down the tree of their own: a box whose
 * centre is farther from the other surface than its half diagonal and the reach together is left out with all that is in it. Those that are
 * found, with some room, are kept: as long as the parts have moved less than that in each other's frame, no other vertex can be near.
 */
#ifndef OIK_SKELETON_SURFACES_H
#define OIK_SKELETON_SURFACES_H

#include "skeleton/skeleton.h"

typedef struct oik_surfaces oik_surfaces;

/** A vertex and the place of another part's surface that is nearest to it. */
typedef struct oik_near_vertex {
    int32_t vertex;
    int32_t corner;   /**< vertex of the other part, of the nearest face the corner that is nearest */
    double distance;  /**< along the normal, negative inside the other part [m] */
    oik_vec3 point;   /**< on the surface, in the frame of the other part, with its bend [m] */
    oik_vec3 normal;  /**< there, outward, in the same frame: of the face, or of the vertices of the corner or side that is nearest */
} oik_near_vertex;

/**
 * @param[in] pairs n_pairs, parts that will be asked for; each part's surface is known near the others that it is paired with
 * The model is borrowed. OIK_E_MEMORY. Memory O(faces), about 0.3 us for each.
 */
oik_status oik_surfaces_new(oik_surfaces **out, const oik_skel_model *model, const int32_t (*pairs)[2], size_t n_pairs, oik_error *err);
void oik_surfaces_free(oik_surfaces *surfaces);

/** Surfaces with the shape and the bent bones of a puppet. O(vertices and faces that have moved in their part's frame). */
void oik_surfaces_follow(oik_surfaces *surfaces, const oik_puppet *puppet);

/** What is remembered of a vertex between two questions. */
typedef struct oik_seen_vertex {
    int32_t vertex;
    oik_vec3 at;     /**< where it was when it was looked at, in the frame of the other part [m] */
    double distance; /**< from the surface then, without a sign; 0 when it is to be looked at again [m] */
    double way;      /**< how far that surface may have gone by then in its own frame, by shape and bend [m] */
} oik_seen_vertex;

/** One direction of a pair of parts. */
typedef struct oik_near_pair {
    int32_t own, other;    /**< vertices of the first part, surface of the second one */
    bool *glides;          /**< n_vertices of the first part: those that count, also where they have gone through a thin bone; NULL: all */
    size_t n_seen, room;   /**< room: for how many there is memory */
    oik_seen_vertex *seen; /**< n_seen, all that count within `listed` of the surface when they were listed; NULL before anything was near */
    double listed;         /**< 0: not yet [m] */
    oik_mat3 R;            /**< from the own frame to that of the other part, when they were listed */
    oik_vec3 t;
    double way;            /**< of both parts, by shape and bend, when they were listed [m] */
} oik_near_pair;

/**
 * Vertices of part `own` whose distance from part `other` is less than reach, and those that are inside it by less than reach and SLACK
 * (surfaces.c). Only where the two surfaces face each other: a vertex deep in a thin bone is nearer to the far side, which would pull it
 * through; of a pair that glides the near side is looked for then. After oik_surfaces_follow with the same puppet.
 * @param[out]    out   as many as part `own` has vertices
 * @param[out]    n     how many there are
 * @param[in,out] pair  vertices that cannot have come near since they were last looked at are left out
 * @return OIK_E_MEMORY
 */
oik_status oik_surfaces_near(oik_near_vertex *out, size_t *n, oik_near_pair *pair, const oik_surfaces *surfaces, const oik_puppet *puppet,
                             double reach, oik_error *err);
/** Does not free the pair itself. */
void oik_near_pair_clear(oik_near_pair *pair);

/** A pair glides: what of the first part faces the other one in the template. Before the first oik_surfaces_follow. OIK_E_MEMORY. */
oik_status oik_surfaces_glide(oik_near_pair *pair, const oik_surfaces *surfaces, oik_error *err);

/** How far a vertex is from where its part carries it, in its part's frame [m]. Zero but in bones that bend. */
oik_vec3 oik_surfaces_bend(const oik_surfaces *surfaces, int32_t vertex);
/** Position of a vertex in its part's frame, bent [m]. */
oik_vec3 oik_surfaces_local(const oik_surfaces *surfaces, int32_t vertex);
/** Vertices of a part: first .. first + the number returned. */
size_t oik_surfaces_vertices(int32_t *first, const oik_surfaces *surfaces, int32_t part);

#endif
