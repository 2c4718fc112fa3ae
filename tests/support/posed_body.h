/** Skins of one subject in everyday and extreme poses, made from the built-in body model. */
#ifndef TESTS_SUPPORT_POSED_BODY_H
#define TESTS_SUPPORT_POSED_BODY_H

#include "body/registration.h"

typedef enum posed_body {
    POSED_STANDING, POSED_WALKING, POSED_SQUAT, POSED_ARMS_OVERHEAD, POSED_HANDS_ON_HIPS, POSED_SITTING, POSED_FORWARD_BEND,
    POSED_TWISTED, POSED_COUNT
} posed_body;

/** E.g. "arms overhead". */
const char *posed_body_name(posed_body pose);

/**
 * Skin of a subject: its own shape (shape modes at up to half a standard deviation), posed by linear blend skinning. Thighs turn about
 * the anatomical hip centres, as those of people do.
 * @param[out] x     n_vertices [m]
 * @param[in]  shape n_modes (moving_shape), or NULL for the mean
 * Ends the test when out of memory.
 */
void posed_body_skin(oik_vec3 *x, const oik_body_model *model, const double *shape, posed_body pose);
/**
 * The same with thighs that turn about the joints of the body model's tree, which are not the hips of bones.
 * @param[out] frames where the joints are
 */
void posed_body_skin_of_tree(oik_vec3 *x, oik_body_frames *frames, const oik_body_model *model, const double *shape, posed_body pose);

/** The same of a subject with a rest skin v of n_vertices of its own; its joints are where the model's regressor has them in v. */
void posed_body_own_skin(oik_vec3 *x, const oik_body_model *model, const oik_vec3 *v, posed_body pose);

#endif
