/**
 * The energies of the published method's calls (formulas and table in published.h). Private to skeleton/, and for tests of it.
 */
#ifndef OIK_SKELETON_PUBLISHED_TERMS_H
#define OIK_SKELETON_PUBLISHED_TERMS_H

#include "skeleton/published.h"
#include "skeleton/puppet_terms.h"

/** What the residuals of a call are made of, all borrowed. */
typedef struct oik_published_scene {
    const oik_skel_model *model;
    const oik_puppet *lying;     /**< the puppet in the lying body; the call that places it reads nothing but its shape */
    const oik_vec3 *lying_skin;  /**< vertices of the body [m] */
    const oik_vec3 *skin;        /**< that of this call: lying_skin, or the registered one [m] */
    const oik_vec3 *normal;      /**< its outward unit normals */
} oik_published_scene;

/** The published minimiser with the steps of a call. */
oik_lsq_options oik_published_call_solver(oik_published_call call, bool more_iterations);

/**
 * Append the residuals of one call, block after block: landmarks, contacts (lying); springs, stitches, ligaments (A, B); stitches,
 * ligaments, balls, springs (C). Those of weight 0 are left out.
 * @param[in,out] terms of scene->model with the constant shape scene->lying->shape
 * @return OIK_E_MODEL for a patch without a sphere; OIK_E_MEMORY
 */
oik_status oik_published_add(oik_terms *terms, oik_published_call call, const oik_published_scene *scene, oik_error *err);

/** Contact i: weight w_i times `scale`, target 5 mm under a skin with these normals. */
oik_term oik_published_contact(const oik_skel_model *model, size_t i, const oik_vec3 *skin, const oik_vec3 *normal, double scale);

/** Landmark i on a skin as the regressor of the model says, sum_v w_iv x_v [m]. */
oik_vec3 oik_published_landmark(const oik_skel_model *model, size_t i, const oik_vec3 *skin);

/**
 * Centre of the sphere of a patch, in the frame of the part that carries it.
 * @param[in] shape n_modes
 * @param[in] list  point list of the model
 * @return OIK_E_MODEL when the patch has none; OIK_E_MEMORY
 */
oik_status oik_published_centre(oik_terms_point *centre, const oik_skel_model *model, const double *shape, int32_t list, oik_error *err);

/** What points become in a file of single precision. */
void oik_published_round(oik_vec3 *x, size_t n);

/** s = [beta 1] W. shape: n_modes; beta: published->n_skin_modes. */
void oik_published_shape(double *shape, const oik_skel_model *model, const double *beta);

#endif
