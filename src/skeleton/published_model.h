/**
 * Tables of the published method (OSSO, Keller et al., CVPR 2022) that an imported model has besides the puppet's own.
 *
 *   array                  shape          meaning
 *   skel_shape_regressor   (K+1, S)       shape coefficients s = [beta 1] W, K shape modes of the skin, S of the skeleton
 *   skel_lying_vector      (24, 3)        rotation vectors of the lying pose; the root's is zero
 *   skel_contact_point     (n)            bone vertex that touches the skin when lying
 *   skel_contact_skin      (n)            skin vertex above it
 *   skel_contact_weight    (n)            w_i
 *   skel_stitch_edge       (stitches)     number of the pair of parts that a stitch joins, 0 .. 19, in the order of the source model
 *   skel_ligament_group    (ligaments)    0 clavicle, 1 knee
 *   skel_ball_list         (n, 2)         point lists of two vertex patches, each of which lies on a sphere
 *   skel_ball_coincide     (n)            1: the sphere centres coincide (hips), 0: they keep their lying distance
 *   skel_ball_weight       (n)            weight in refined posing [1/m]
 *
 * The points of a patch belong to one part, are at least 4 and do not lie in a plane.
 * Landmarks, springs, stitches and ligaments are those of skel_model.h. The published method takes its own weights for them (published.h);
 * theirs are for refined posing.
 */
#ifndef OIK_SKELETON_PUBLISHED_MODEL_H
#define OIK_SKELETON_PUBLISHED_MODEL_H

#include <stdint.h>

#include "base/npz.h"
#include "base/vec3.h"

enum { OIK_PUBLISHED_EDGES = 20 };

typedef enum oik_ligament_group { OIK_LIGAMENT_CLAVICLE, OIK_LIGAMENT_KNEE, OIK_N_LIGAMENT_GROUPS } oik_ligament_group;

typedef struct oik_published {
    size_t n_skin_modes;      /**< K */
    double *shape_regressor;  /**< (K + 1) x n_modes of the skeleton */
    oik_vec3 *lying_vector;   /**< 24 */
    size_t n_contacts;
    int32_t *contact_point, *contact_skin;
    double *contact_weight;
    int32_t *stitch_edge;     /**< stitches.n of the skeleton model */
    int32_t *ligament_group;  /**< ligaments.n */
    size_t n_balls;
    int32_t (*ball_list)[2];
    int32_t *ball_coincide;
    double *ball_weight;
} oik_published;

struct oik_skel_model;

/** Does an archive have these tables? */
bool oik_published_is_in(const oik_npz *npz);

/**
 * Read the tables of an archive that has them.
 * @param[out] out    NULL when the archive has none, and on error
 * @param[in]  model  the other arrays, read and checked
 * @param[in]  npz    also gives the number of shape modes of the skin (skin_modes), of which K may use fewer
 * @param[in]  n_skin vertices of the body model
 * @return OIK_E_MODEL naming the array; OIK_E_MEMORY
 */
oik_status oik_published_load(oik_published **out, const struct oik_skel_model *model, const oik_npz *npz, size_t n_skin, oik_error *err);
void oik_published_free(oik_published *published);

#endif
