/**
 * The objects behind the public handles. Everything that a run changes lives in one of them; models are const.
 *
 * Frames: the input mesh divided by its units is the frame of the posed body, skeleton and motion. A mirrored input needs no frame
 * of its own: its surface is that of a person whose sides are exchanged, so registration renumbers the vertices (twin for twin) and
 * leaves the surface where it is; every rotation stays proper, and left and right are the sides of the person as seen.
 */
#ifndef OIK_API_INTERNAL_H
#define OIK_API_INTERNAL_H

#include "api/model_hash.h"
#include "api/stage.h"
#include "body/published_registration.h"
#include "body/registration.h"
#include "ik/chain.h"
#include "ik/frame_ik.h"
#include "ik/motion.h"
#include "mesh/locate.h"
#include "rig/rig.h"
#include "skeleton/skeleton.h"

struct oik_model {
    oik_body_model *body;
    oik_skel_model *skeleton;
    char *name, *gender, *licence;
    char *family;        /**< "STAR" or "SMPL" of an imported model, else NULL */
    char hash[OIK_HASH_LENGTH + 1];
};

struct oik_body {
    oik_body_input input;
    oik_body_fit fit;
    size_t n_vertices, n_modes;
    oik_vec3 *x;         /**< n_vertices, the input in the model's vertex order [m] */
    size_t n_faces;
    int32_t (*faces)[3]; /**< n_faces, closed triangulation of x, counter-clockwise outside */
    bool own_faces;      /**< the faces came with the input; else they are the model's */
    int32_t *input_index; /**< n_vertices, number of each vertex in the input file */
    double stature;      /**< [m] */
    oik_stage_origin origin; /**< key is empty for the body of a sequence */
    oik_published_body published; /**< of the reference method */
    oik_stage_calls calls;   /**< of the reference method */
    bool from_parameters;    /**< nothing was registered */
    char unit[OIK_UNIT_LENGTH]; /**< a loaded body's input.unit_name */
};

struct oik_skeleton {
    bool posed;
    double units_per_metre; /**< of the input; 1 for the lying skeleton */
    char unit_name[OIK_UNIT_LENGTH];
    oik_puppet *puppet;
    oik_stage_origin origin;
    oik_stage_calls calls;
    oik_kinematics *kinematics;
    oik_kinematics *lying;  /**< posed: of the lying skeleton that was posed; lying: NULL */
    size_t n_vertices, n_faces, n_bones, n_parts;
    oik_vec3 *vertices;     /**< n_vertices [m] */
    int32_t (*faces)[3];    /**< n_faces */
    int32_t *bone_of_vertex, *part_of_vertex; /**< n_vertices */
    char (*bone_text)[OIK_NAME_LENGTH], (*part_text)[OIK_NAME_LENGTH];
    const char **bone_names, **part_names; /**< point into the text above */
};

struct oik_motion {
    const oik_chain *chain;   /**< the caller's; it outlives the motion */
    oik_ik_motion *frames;    /**< all frames; one for a posed skeleton, at time 0 */
    oik_ik_result *result;    /**< of frame 0; of many frames q and bound are told, the rest is 0 or NaN */
    oik_chain_pose *pose;     /**< of the coordinates of frame 0, in the frame of what was measured */
    oik_kinematics *measured; /**< joint centres and segment frames of the posed bones themselves; NULL for keypoints */
    oik_rig_placed placed;    /**< bones of a sequence, n_frames 0 for other motions */
    oik_vec3 up;              /**< signed axis that points up, where the input tells it, else zero */
};

/** A motion of many frames, which it owns from now on, also on error. OIK_E_MEMORY. */
oik_status oik_motion_of_frames(oik_motion **out, oik_ik_motion *frames, oik_error *err);

/** Body without a fit: input recognised, brought into metres and model order, faces chosen. The steps of oik_body_from_mesh but the fit. */
oik_status oik_body_open(oik_body **out, const oik_body_model *model, const oik_mesh *mesh, const char *name, oik_error *err);
/** Body without input: metres, model order, the model's faces, all vertices at the origin. */
oik_status oik_body_blank(oik_body **out, const oik_body_model *model, oik_error *err);
/** Number of each vertex in the input: input vertex i is model vertex mirror[i] of a mirrored one; the permutation is its own inverse. */
void oik_body_set_input_index(oik_body *body, const oik_body_model *model);
/** Give a blank body a shape (n_modes) at rest. OIK_E_MEMORY. */
oik_status oik_body_take_shape(oik_body *body, const oik_body_model *model, const double *beta, oik_error *err);
/** Pose a body that has a shape; its input is then the model's own skin. */
void oik_body_take_pose(oik_body *body, const oik_body_model *model, const oik_body_pose *pose);
/** Standing height: extent of the un-posed skin along the model's vertical [m]. */
double oik_body_standing_height(const oik_vec3 *v, size_t n);

/** Room for a skeleton: labels and names filled in, mesh and kinematics by oik_skeleton_refresh. */
oik_status oik_skeleton_new(oik_skeleton **out, const oik_skel_model *model, oik_error *err);
/** Posed into this body: unit, and kinematics of the lying skeleton. OIK_E_MEMORY. */
oik_status oik_skeleton_set_posed(oik_skeleton *skeleton, const oik_skel_model *model, const oik_body *body, const oik_puppet *lying,
                                  oik_error *err);
/** Mesh, joint centres and segment frames of skeleton->puppet, in place of those it had. */
oik_status oik_skeleton_refresh(oik_skeleton *skeleton, const oik_skel_model *model, oik_error *err);

/** How far bones lie outside the skin. */
typedef struct oik_outside {
    double share;   /**< of the bone vertices looked at */
    double deepest; /**< farthest vertex from the skin [m] */
} oik_outside;

/** Vertices first, first + step, ... of the model with winding number <= 0 with respect to the posed skin. */
oik_outside oik_outside_measure(const oik_locator *skin, const oik_skel_model *model, const oik_vec3 *vertices, size_t first, size_t step);
/** Larger distance of the right and the left pair of points that should coincide [m]. */
double oik_largest_gap(const oik_skel_model *model, const oik_puppet *puppet, const int32_t pairs[2][2]);
/** Values of the gates in the order in which they are reported, and their limits. */
typedef struct oik_gate_values {
    double registration_rms, long_edge_share, outside_share, outside_depth, hip_gap, shoulder_gap, range_of_motion;
} oik_gate_values;
oik_quality oik_quality_of(const oik_gate_values *values);

#endif
