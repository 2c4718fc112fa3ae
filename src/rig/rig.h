/**
 * A rig: one subject's bones on a tree of bodies, in the terms that biomechanics tools share. Every writer of rigs (OpenSim, MJCF, URDF,
 * BVH, glTF) reads this and nothing else.
 *
 * Frames: the world of a rig is OpenSim's, x forward, y up, z right: (z, y, -x) of the frame of the body model (oik_rig_world), into which
 * the frame of the motion is turned first when y is not up in it (ik/up.h). A body's frame has the axes of its segment (ISB, Wu et al.
 * 2002, 2005: x anterior, y superior, z to the right) and its origin at the centre of the joint that moves it, so that femur, tibia,
 * humerus, ... begin where OpenSim's do. Forward kinematics of body i with coordinates q:
 *
 *   R_i = R_p A_i Rot(a_1, q_1) Rot(a_2, q_2) Rot(a_3, q_3) B_i^T
 *   o_i = o_p + R_p s_i + R_p A_i (translations along their axes)
 *
 * The root's parent is the world: R_p = I, o_p = 0. Rotations are body-fixed in listed order, about unit axes of the joint frame.
 *
 * Detail: OIK_RIG_FULL has every segment of the chain. OIK_RIG_PLAIN has the bodies, joints and coordinates of Rajagopal et al. 2016:
 * pelvis, femur, tibia, talus, calcn, toes, torso, humerus, ulna, radius, hand; lumbar, thorax, neck, head, clavicles and scapulae are one
 * torso on the joint "back" at the lumbosacral disc, the arms hang on it by "acromial". Its coordinates are computed from the full motion,
 * body by body, so that orientations of pelvis, torso (that of the thorax) and limbs are those of the full rig; where the trunk bends
 * within itself the arms' places differ in all frames but the one in which the bones lie. A body that the chain has no segment for is left
 * out (an imported skeleton has no talus and toes), but a radius without bones stands between ulna and hand where the chain has a ball
 * joint for both (rig_wrist.c). Coordinates that follow others do so in the full rig, where q has their values.
 *
 * Bones ride on the body of their segment and are placed as they lie: posing the rig with the coordinates of that posture (the first
 * frame's, unless the input says otherwise) gives the placed skeleton back exactly. Bones over time (oik_rig_input.placed) ride at the mean
 * of their places.
 */
#ifndef OIK_RIG_RIG_H
#define OIK_RIG_RIG_H

#include "body/body_model.h"
#include "ik/motion.h"
#include "ik/up.h"
#include "skeleton/skeleton.h"

enum { OIK_RIG_NAME_LENGTH = 64 };

typedef enum oik_rig_detail { OIK_RIG_PLAIN, OIK_RIG_FULL } oik_rig_detail;

/** A rigid body and the joint that moves it. */
typedef struct oik_rig_body {
    char name[OIK_NAME_LENGTH];       /**< Rajagopal's where that model has the body: "femur_r", "torso" */
    char joint_name[OIK_NAME_LENGTH]; /**< "hip_r", "walker_knee_r", "back", ... */
    int parent;                       /**< body, -1: the world; parents come first */
    oik_joint_kind kind;
    oik_mat3 A, B;                    /**< joint frame in the parent's and in this body's frame */
    oik_vec3 s;                       /**< joint centre in the parent's frame [m]; it is this body's origin */
    int first_dof, n_rotations, n_translations;
    double mass;                      /**< [kg], > 0 */
    oik_vec3 mass_centre;             /**< in the body's frame [m] */
    double inertia[6];                /**< about the mass centre, body axes: xx yy zz xy xz yz [kg m^2]; positive definite, A + B >= C */
    int first_bone, n_bones;          /**< of oik_rig.bones */
} oik_rig_body;

/** One anatomical bone, a closed mesh in its body's frame. */
typedef struct oik_rig_bone {
    char name[OIK_NAME_LENGTH];       /**< letters, digits, _ only: also a file name */
    int body;
    size_t n_vertices, n_faces;
    oik_vec3 *vertices;               /**< n_vertices [m] */
    int32_t (*faces)[3];              /**< n_faces */
} oik_rig_bone;

typedef struct oik_rig_marker {
    char name[OIK_NAME_LENGTH];       /**< as laboratories name them: RASI, LKNE, ... or of a bony landmark */
    int body;
    oik_vec3 at;                      /**< in the body's frame [m] */
    bool fixed;                       /**< over a bony landmark, or a joint centre; else a marker on soft tissue, which may slide */
} oik_rig_marker;

/** Skin in the first frame, with the bodies that carry each vertex. */
typedef struct oik_rig_skin {
    size_t n_vertices, n_faces;
    oik_vec3 *vertices;               /**< n_vertices, world, in the first frame [m] */
    int32_t (*faces)[3];
    int32_t (*body)[4];               /**< n_vertices; unused entries 0 with weight 0 */
    double (*weight)[4];              /**< n_vertices, >= 0, sum 1 */
} oik_rig_skin;

typedef struct oik_rig {
    char name[OIK_RIG_NAME_LENGTH];   /**< letters, digits, _ only */
    char gender[8];
    oik_rig_detail detail;
    double mass, stature;             /**< of the subject [kg], [m] */
    bool mass_estimated;              /**< from the volume of the skin, not given */
    oik_vec3 up;                      /**< of the frame of the motion, a signed axis */
    oik_mat3 world;                   /**< from the frame of the motion to the rig's world: a rotation about the origin, no translation */
    int n_bodies, n_dofs, n_bones, n_markers;
    oik_rig_body *bodies;
    oik_dof *dofs;                    /**< n_dofs: name, axis (joint frame), range, translation; rest is the value in the neutral posture */
    oik_rig_bone *bones;              /**< body after body */
    oik_rig_marker *markers;
    oik_rig_skin skin;                /**< n_vertices 0: none */
    int n_frames;                     /**< >= 1 */
    double *time;                     /**< n_frames [s] */
    double *q;                        /**< n_frames x n_dofs [rad], [m] */
} oik_rig;

/** Where the parts of the skeleton were in some frames of a motion. */
typedef struct oik_rig_placed {
    int n_frames;
    int *frame;                       /**< n_frames, of the motion */
    oik_vec3 *r, *t;                  /**< n_frames x n_parts of the model, in the frame of the motion: rotation vector [rad], place [m] */
} oik_rig_placed;

/** Room for n_frames; clear it with oik_rig_placed_clear, also after an error. OIK_E_MEMORY. */
oik_status oik_rig_placed_new(oik_rig_placed *out, int n_frames, int n_parts, oik_error *err);
void oik_rig_placed_clear(oik_rig_placed *placed);

/** What a rig is made of; everything stays the caller's. */
typedef struct oik_rig_input {
    const char *name, *gender;
    const oik_skel_model *model;
    const oik_puppet *puppet;         /**< of that model: the bones, in the frame of the motion */
    const oik_rig_placed *placed;     /**< bones over time: each part rides on its body at the mean of its places there, puppet tells the
                                           shape (rig_average.c); NULL: as it lies in puppet */
    const oik_chain *chain;           /**< its segments are the model's, by name */
    const oik_ik_motion *motion;      /**< of that chain, >= 1 frame */
    const double *q;                  /**< chain->n_dofs, posture in which bones and skin lie; NULL: the motion's first frame. Others: the
                                           lying skeleton at q_rest of its chain, a later frame of a sequence */
    double mass;                      /**< [kg]; 0: estimate from the volume of rest_skin */
    double stature;                   /**< [m] */
    size_t n_skin_vertices, n_skin_faces;
    const oik_vec3 *skin;             /**< lying as the bones do, frame of the motion [m]; NULL: none, then mass must be given */
    const oik_vec3 *rest_skin;        /**< n_skin_vertices, the subject's un-posed skin: skinning loses up to 4 % of the volume where
                                           joints bend, so one subject would weigh less crouching; NULL: skin [m] */
    const int32_t (*skin_faces)[3];   /**< closed, counter-clockwise seen from outside */
    const oik_body_model *body;       /**< weights of the skin; NULL exactly when skin is */
    oik_vec3 up;                      /**< signed axis that points up in the frame of the motion (oik_up_of_motion); zero: y */
} oik_rig_input;

/** From the frame of the body model to the world of a rig: (x, y, z) -> (z, y, -x). That of a motion: oik_rig.world. */
static inline oik_vec3 oik_rig_world(oik_vec3 p) {
    return v3(p.z, p.y, -p.x);
}

/**
 * Masses are de Leva's (1996), scaled to the subject (rig_mass.c); markers: rig_markers.c; weights of the skin: rig_skin.c.
 *
 * @param[out] out NULL on error
 * @return OIK_E_ARGUMENT (mass outside 1 to 500 kg, no skin and no mass, up that is no axis); OIK_E_MODEL when the chain lacks a segment
 *         that bodies or masses need, or has one that the model or the mass table does not know, naming it; OIK_E_NOT_FINITE; OIK_E_MEMORY
 * About 15 ms with the skin of 6890 vertices, and 20 us a frame.
 */
oik_status oik_rig_new(oik_rig **out, const oik_rig_input *input, oik_rig_detail detail, oik_error *err);
void oik_rig_free(oik_rig *rig);

/** A name as rigs have it: what is not a letter, digit or _ becomes _, cut to what out has room for. size: of out, > 0. In place too. */
void oik_rig_plain_name(char *out, size_t size, const char *name);

/**
 * Names of the bones that a rig of a model has: oik_rig_plain_name of the model's, "bone" for an empty one, with a number behind it where a
 * bone before has the same (the case of letters does not count).
 *
 * @param[out] names n_bones of the model, "" for one without vertices, which no rig has; free it; NULL on error
 * @return OIK_E_MEMORY. O(n_vertices + n_bones^2).
 */
oik_status oik_rig_bone_names(char (**names)[OIK_NAME_LENGTH], const oik_skel_model *model, oik_error *err);

/** Place the bodies for coordinates q (n_dofs). R, o: n_bodies; world. O(n_dofs), allocates nothing. */
void oik_rig_forward(oik_mat3 *R, oik_vec3 *o, const oik_rig *rig, const double *q);

/**
 * Whether OpenSim and the other tools accept the rig; every writer asks before it writes.
 *
 * Names: letters, digits and _, not empty; unique among bodies, joints, coordinates, markers and bones (bones are files: their letter
 * case does not count); no body "ground", no coordinate "time". Bodies: parents first, mass > 0, inertia of a possible mass
 * distribution (positive, A + B >= C). Joints: 1 to 6 coordinates, up to 3 rotations, then up to 3 translations; unit axes, no two
 * rotations and no two translations of a joint along the same line; rotations as frames. Markers and bones: of a body of the rig.
 * Times ascend. All numbers finite.
 *
 * @return OIK_E_MODEL naming the element; OIK_E_NOT_FINITE. O(n^2) in the number of names, allocates nothing.
 */
oik_status oik_rig_check(const oik_rig *rig, oik_error *err);

#endif
