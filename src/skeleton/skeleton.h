/**
 * Skeleton inference: shape and placing of the bones in the lying body, posing into the input body.
 *
 *   infer  min over R, t, s:  landmarks + stitches + shape prior + containment
 *   pose   min over R, t:     springs + stitches + ligaments + containment
 *
 * Of an imported model, s follows from the shape of the skin, and the energies are infer: landmarks + contacts + stitches + containment;
 * pose: springs + stitches + ligaments + balls + containment.
 *
 * Both are instances of the one least-squares core (solve/lsq.h) over rigid parts with local rotation updates.
 */
#ifndef OIK_SKELETON_SKELETON_H
#define OIK_SKELETON_SKELETON_H

#include "body/registration.h"
#include "skeleton/skel_model.h"
#include "solve/lsq.h"

/** Placement of every part and the shape coefficients. */
typedef struct oik_puppet {
    int n_parts;
    size_t n_modes;
    oik_mat3 *R;   /**< n_parts */
    oik_vec3 *t;   /**< n_parts [m] */
    double *shape; /**< n_modes */
    oik_vec3 *r;   /**< n_parts rotation vectors of the published method, R = exp(r), angles beyond half a turn as they are; else NULL */
} oik_puppet;

oik_status oik_puppet_new(oik_puppet **out, const oik_skel_model *model, oik_error *err); /**< at the template's placement */
void oik_puppet_free(oik_puppet *puppet);
/** Give a puppet rotation vectors, r = log R. Nothing to do when it has them. OIK_E_MEMORY. */
oik_status oik_puppet_keep_vectors(oik_puppet *puppet, oik_error *err);
/** Placement and shape; both of one model. to->r, where there is one, becomes from->r or the logarithms of from->R. */
void oik_puppet_copy(oik_puppet *to, const oik_puppet *from);

/** Placed position of one point, as its part carries it. O(modes of the point). */
oik_vec3 oik_puppet_point(const oik_puppet *puppet, const oik_skel_model *model, size_t point);
/** Placed positions of the mesh vertices, those of bones that bend (flex.h) where they bend to; y: n_vertices. */
void oik_puppet_vertices(oik_vec3 *y, const oik_puppet *puppet, const oik_skel_model *model);

typedef struct oik_skel_options {
    double cost_tolerance; /**< relative decrease of the cost that ends a solve, default 1e-6 */
    int max_iterations;     /**< steps of one solve, default 100 */
    int containment_rounds; /**< rounds of find-violations-and-resolve, default 4 */
    int (*on_step)(void *context, int iteration, const oik_puppet *puppet, double cost); /**< may be NULL; non-zero cancels */
    void *on_step_context;
} oik_skel_options;

oik_skel_options oik_skel_options_default(void);

/** Shape and place: the puppet in the lying pose of the subject's own un-posed skin. */
oik_status oik_skel_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                          const oik_body_model *body, const oik_body_fit *fit, const oik_skel_options *options,
                          oik_error *err);

/**
 * Pose: the lying puppet moved into the input body.
 * @param[in] x     n_vertices of the body, the input's vertices [m]
 * @param[in] faces closed triangulation of x (the input's own or the model's)
 */
oik_status oik_skel_pose(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                         const oik_body_model *body, const oik_body_fit *fit, const oik_vec3 *x,
                         const int32_t (*faces)[3], size_t n_faces, const oik_puppet *lying,
                         const oik_skel_options *options, oik_error *err);

/** Joint centres, axes and segment frames of a placed puppet. Free with oik_kinematics_free and free. */
oik_status oik_skel_kinematics(oik_kinematics **out, const oik_skel_model *model, const oik_puppet *puppet, oik_error *err);

#endif
