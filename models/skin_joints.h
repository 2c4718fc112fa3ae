/**
 * Joint centres and landmarks of the T-pose body, and the axes that vertex addresses refer to.
 *
 * Left side and midline; the right side is the mirror image. The origin lies on the floor in the sagittal plane.
 * Landmarks are in millimetres like the dimensions they are computed from; axes and joints are given in metres.
 */
#ifndef OIK_MODELS_SKIN_JOINTS_H
#define OIK_MODELS_SKIN_JOINTS_H

#include "skin.h"
#include "skin_dimensions.h"

enum { OIK_SKIN_N_DIGITS = 5, OIK_SKIN_N_SEGMENTS = 41 };

/** thumb first; the same order for fingers in every table of this folder */
enum { OIK_SKIN_THUMB, OIK_SKIN_INDEX, OIK_SKIN_MIDDLE, OIK_SKIN_RING, OIK_SKIN_LITTLE };

/** Numbers of the segments, in the order of skin_address.txt. */
enum {
    OIK_SKIN_TRUNK1,
    OIK_SKIN_TRUNK2,
    OIK_SKIN_COLLAR,
    OIK_SKIN_UARM,
    OIK_SKIN_FARM,
    OIK_SKIN_NECK,
    OIK_SKIN_HEAD,
    OIK_SKIN_THIGH,
    OIK_SKIN_SHANK,
    OIK_SKIN_HEEL,
    OIK_SKIN_MID,
    OIK_SKIN_TOES,          /**< mt1 t1 mt2 t2 ... mt5 t5 */
    OIK_SKIN_MT5 = 19,
    OIK_SKIN_FINGERS = 21,  /**< mc_index index0 index1 index2, middle, ring, little, thumb: four each */
    OIK_SKIN_MC_THUMB = 37, /**< mc_thumb thumb0 thumb1 thumb2 */
};

extern const char *const oik_skin_segment_name[OIK_SKIN_N_SEGMENTS];

/** Bones of a finger as a chain of four points with the radii of the skin there. [mm] */
typedef struct oik_skin_finger {
    oik_vec3 point[4];
    double radius[4];
    oik_vec3 direction; /**< unit */
} oik_skin_finger;

typedef struct oik_skin_toe {
    oik_vec3 base, end;
    double base_radius, end_radius;
} oik_skin_toe;

/** All in mm. */
typedef struct oik_skin_landmarks {
    oik_vec3 pelvis, spine1, spine2, spine3, neck, head;
    oik_vec3 hip, knee, ankle, foot;
    oik_vec3 collar, shoulder, elbow, wrist, hand;
    double trunk_raise;    /**< how much the whole trunk is raised by longer legs */
    double pelvis_stretch; /**< added between crotch and buttock height */
    double abdomen_stretch;/**< added between buttock and tenth-rib height */
    double chest_stretch;  /**< added between tenth-rib and axilla height */
    double top;            /**< vertex of the head above the floor */
    double head_scale;     /**< 1 at the mean */
    double hand_length, hand_breadth, foot_length, foot_breadth;
    oik_skin_finger finger[OIK_SKIN_N_DIGITS];
    oik_skin_toe toe[OIK_SKIN_N_DIGITS];
    oik_vec3 heel;         /**< backmost point of the sole */
    oik_vec3 foot_x, foot_z; /**< lateral and forward directions of the foot, unit */
} oik_skin_landmarks;

oik_skin_landmarks oik_skin_landmarks_at(const oik_skin_dimensions *D, const oik_skin_parameters *p);

/** Height on the stretched trunk of a point that the mean body has at height y [mm]. */
double oik_skin_trunk_height(const oik_skin_landmarks *J, const oik_skin_dimensions *D, double y);

/** The axes of all segments [m]. */
void oik_skin_axes(oik_skin_segment axes[OIK_SKIN_N_SEGMENTS], const oik_skin_landmarks *J,
                   const oik_skin_dimensions *D);

/** The 24 joint centres in SMPL order, both sides [m]. */
void oik_skin_joint_centres(oik_vec3 joints[OIK_SKIN_N_JOINTS], const oik_skin_landmarks *J);

#endif
