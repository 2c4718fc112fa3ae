/** How well the bones of a placed puppet fit each other and the skin, measured on all their vertices. Lengths in metres. */
#ifndef OIK_MODELS_SUBJECT_MEASURE_H
#define OIK_MODELS_SUBJECT_MEASURE_H

#include "body/body_model.h"
#include "mesh/locate.h"
#include "skeleton/skeleton.h"

/** Two bones that are neighbours in the template, and how deep they lie in each other there. */
typedef struct oik_bone_neighbours {
    int a, b;
    double template_depth; /**< 0: apart */
} oik_bone_neighbours;

/** What stays the same for all subjects of a model. Const after making; the model is borrowed. */
typedef struct oik_subject_gauge {
    const oik_skel_model *model;
    size_t *first;               /**< n_bones + 1: vertices of bone b are first[b] .. first[b + 1] */
    size_t *first_face;          /**< n_bones + 1 */
    int32_t (*faces)[3];         /**< n_faces, of one bone after the other, numbered within the bone */
    oik_bone_neighbours *pairs;
    int n_pairs;
} oik_subject_gauge;

/**
 * Neighbours are bones whose surfaces come within `reach` of each other in the template, of one part or of two.
 * @return OIK_E_MEMORY; OIK_E_MODEL when the vertices or faces of a bone do not lie in one block
 */
oik_status oik_subject_gauge_new(oik_subject_gauge **out, const oik_skel_model *model, double reach, oik_error *err);
void oik_subject_gauge_free(oik_subject_gauge *gauge);

/**
 * Depth of all pairs: the greatest distance of a vertex of one bone below the surface of the other, 0 where they are apart.
 * @param[out] depth n_pairs [m]
 * @return OIK_E_MEMORY, OIK_E_NOT_FINITE. About 0.1 s.
 */
oik_status oik_subject_depths(double *depth, const oik_subject_gauge *gauge, const oik_puppet *puppet, oik_error *err);

/**
 * Greatest distance of each bone's vertices outside a closed skin, 0 when all of the bone is inside.
 * @param[out] outside n_bones [m]
 * @param[in]  x,faces the skin that the puppet was placed in
 */
oik_status oik_subject_outside(double *outside, const oik_subject_gauge *gauge, const oik_puppet *puppet, const oik_vec3 *x, size_t n,
                               const int32_t (*faces)[3], size_t n_faces, oik_error *err);

/** Extent of a bone along y of its part (the length of a long bone), by name [m]; NAN when there is no such bone. */
double oik_subject_length(const oik_subject_gauge *gauge, const oik_puppet *puppet, const char *bone);

#endif
