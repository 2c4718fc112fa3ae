/**
 * The anatomical tables of the built-in skeleton: which bones make a part, how parts meet, where bones lie under the skin,
 * how they vary and how they move. All of it is data; skeleton_build.c turns it into the arrays of a model file.
 *
 * A position is a text of terms joined by '+': "bone:landmark" of bone_set.h, or "x,y,z" in millimetres; "a|b" is the middle of two terms.
 * All are in the canonical frames of bone_set.h (left side, +x lateral, +y up, +z forward), of the bones before they are fitted to a
 * sex; the places are carried along (position.h). Right parts are mirror images, and
 * in midline parts a position off the midline stands for both sides. Every row of facts carries its source; [L] marks a value from the literature by memory that has
 * still to be verified, see models/README.md.
 */
#ifndef OIK_MODELS_SKELETON_TABLES_H
#define OIK_MODELS_SKELETON_TABLES_H

#include <stdbool.h>

#include "base/vec3.h"

/** Canonical frames in which bones are made. */
typedef enum oik_frame {
    OIK_F_TORSO, OIK_F_SKULL, OIK_F_THIGH, OIK_F_PATELLA, OIK_F_SHANK, OIK_F_FOOT, OIK_F_SCAPULA, OIK_F_CLAVICLE,
    OIK_F_ARM, OIK_F_FOREARM, OIK_F_RADIUS, OIK_F_HAND, OIK_F_PHALANX
} oik_frame;

typedef struct oik_part_row {
    const char *name;    /**< without side */
    const char *group;   /**< anatomical group for output, without side */
    const char *parent;  /**< name of the parent part, NULL for the root */
    bool lateral;        /**< true: a left and a right part */
    bool group_lateral;
    oik_frame frame;
    int joint;           /**< SMPL joint (of the left side) that carries the part when posing starts */
    const char *bones;   /**< space-separated bone names of bone_set.h; "+" before a name: left and right bone in a midline part */
    int n_springs;       /**< bone points tied to the skin while posing */
    double spring_sigma; /**< how far such a point may stray from where the skin carries it [mm] */
    double spring_low, spring_high; /**< only points between these canonical heights y are tied [mm]: skin in the folds of hip and shoulder misleads */
} oik_part_row;
extern const oik_part_row oik_part_table[];
extern const int oik_n_part_rows;

/** Anatomical name of a bone of bone_set.h. */
typedef struct oik_bone_name_row {
    const char *key, *name;
} oik_bone_name_row;
extern const oik_bone_name_row oik_bone_name_table[];
extern const int oik_n_bone_name_rows;

/** Two parts share a point: p in the canonical frame of each. */
typedef struct oik_stitch_row {
    const char *a, *b;   /**< part names without side; lateral parts pair on equal sides; midline with lateral: both sides */
    const char *p_a, *p_b; /**< position in the canonical frame of each; p_a NULL: where the template has p_b */
    double infer_sigma;  /**< [mm] while placing */
    double pose_sigma;   /**< [mm] while posing */
    bool keep_offset;    /**< false: the points are one and the same joint centre */
} oik_stitch_row;
extern const oik_stitch_row oik_stitch_table[];
extern const int oik_n_stitch_rows;

/** Pairs of points whose distance is kept while posing. */
typedef struct oik_ligament_row {
    const char *a, *b;
    const char *p_a, *p_b;
    double sigma; /**< [mm] */
} oik_ligament_row;
extern const oik_ligament_row oik_ligament_table[];
extern const int oik_n_ligament_rows;

/** Part that turns with another one: see oik_couplings. The axis is given for the left side and turned round on the right. */
typedef struct oik_coupling_row {
    const char *follower, *base, *driver; /**< parts */
    const char *pivot, *axis_from, *axis_to;  /**< on the follower */
    const char *driver_from, *driver_to;      /**< on the driver */
    double ratio;
    const char *source;
} oik_coupling_row;
extern const oik_coupling_row oik_coupling_table[];
extern const int oik_n_coupling_rows;

/** How the first point of the stitches between two parts travels while a joint bends (oik_paths); skeleton_paths.c finds the path. */
typedef enum oik_path_kind {
    OIK_PATH_ROLL,  /**< the follower turns about the axis and keeps its least distance from the base */
    OIK_PATH_GROOVE /**< the follower glides on the base on a string of constant length that is tied to the driver */
} oik_path_kind;

typedef struct oik_path_row {
    const char *base, *follower, *driver; /**< parts */
    oik_path_kind kind;
    const char *axis_from, *axis_to; /**< on the base, left side; a positive angle bends the joint */
    const char *tie_driver, *tie_follower; /**< ends of the string, or NULL */
    double tilt;             /**< turn of the follower per turn of the driver */
    double gap_low, gap_high; /**< the least distance is that of the template, within these bounds [mm] */
    double last;             /**< up to this angle [deg] */
    const char *source;
} oik_path_row;
extern const oik_path_row oik_path_table[];
extern const int oik_n_path_rows;

/** A part that is to keep a least distance from another one's surface (oik_clearances). */
typedef struct oik_clearance_row {
    const char *part, *from;
    double distance, sigma; /**< [mm] */
    const char *source;
} oik_clearance_row;
extern const oik_clearance_row oik_clearance_table[];
extern const int oik_n_clearance_rows;
/** Any two parts whose bones are nearer than this in the template do not enter each other [mm]. */
extern const double oik_neighbour_distance;

/** How far one joint of the spine goes against the next (oik_curves): rows from the pelvis upwards. */
typedef struct oik_curve_row {
    const char *part;   /**< the vertebra above the joint */
    double range;       /**< flexion and extension together [deg] */
} oik_curve_row;
extern const oik_curve_row oik_curve_table[];
extern const int oik_n_curve_rows;
extern const double oik_curve_sigma; /**< how far a vertebra may be off the curve [deg] */

/** A part that turns with its joint of the skin (oik_turns). */
typedef struct oik_turn_row {
    const char *part;
    double sigma; /**< [deg] */
    const char *why;
} oik_turn_row;
extern const oik_turn_row oik_turn_table[];
extern const int oik_n_turn_rows;

/** A rib that bends between its vertebra and the rib cage (oik_flexes). */
typedef struct oik_flex_row {
    const char *vertebra;  /**< part that its head stands on */
    const char *rib;       /**< bone of bone_set.h, on both sides */
    const char *cartilage; /**< the same, or NULL: a floating rib */
} oik_flex_row;
extern const oik_flex_row oik_flex_table[];
extern const int oik_n_flex_rows;

/** Bony landmark under the skin: the ray from the landmark along `direction` meets the skin `depth` further out. */
typedef struct oik_contact_row {
    const char *part;
    const char *p;       /**< position of the landmark */
    oik_vec3 direction;  /**< canonical frame; need not be unit */
    double depth_male, depth_female; /**< soft tissue thickness [mm] */
    double sigma;        /**< along the skin normal [mm] */
    double across;       /**< weight across the normal relative to along, 0..1 */
    const char *source;
} oik_contact_row;
extern const oik_contact_row oik_contact_table[];
extern const int oik_n_contact_rows;

/** Joint centre seen from the skin: SMPL-like joint of the template body plus an offset. */
typedef struct oik_centre_row {
    const char *part;
    const char *p;         /**< position of the joint centre */
    int joint;            /**< SMPL joint of the left side */
    oik_vec3 male, female; /**< offset from that joint in the template's T-pose [mm] */
    double sigma;         /**< [mm] */
    double ring;          /**< skin vertices within this distance take part [mm] */
    const char *source;
} oik_centre_row;
extern const oik_centre_row oik_centre_table[];
extern const int oik_n_centre_rows;

typedef enum oik_mode_kind {
    OIK_MODE_SCALE,   /**< displacement = diag(v) (x - c) */
    OIK_MODE_STRETCH, /**< displacement = v ramp((x - c) . v / |v|), rising from 0 at `from` to 1 at `to` [mm] */
    OIK_MODE_BUMP     /**< displacement = v exp(-max(0, |x - c| - to)^2 / (2 from^2)), mirrored in midline parts: a sphere of
                           radius `to` moves rigidly */
} oik_mode_kind;

/** Shape mode: rows of one name add up to one mode; 1 unit = 1 standard deviation. Left and right vary together. */
typedef struct oik_mode_row {
    const char *name;
    const char *part;  /**< part name, or a prefix followed by '*' */
    oik_mode_kind kind;
    oik_vec3 v, c;     /**< [1] or [mm] */
    double from, to;   /**< [mm] */
} oik_mode_row;
extern const oik_mode_row oik_mode_table[];
extern const int oik_n_mode_rows;

/** Named virtual points for joint centres, axes and segment frames. */
typedef struct oik_point_row {
    const char *name; /**< referred to by the tables below */
    const char *part;
    const char *p;
} oik_point_row;
extern const oik_point_row oik_point_table[];
extern const int oik_n_point_rows;

/** Segment frame after ISB. Point lists are space-separated names of oik_point_table; "name_l name_r" style suffixes _l/_r choose a side,
 *  names without suffix follow the segment's own side. */
typedef struct oik_segment_row {
    const char *name;
    bool lateral;
    const char *part;
    const char *origin, *primary_from, *primary_to, *secondary_from, *secondary_to;
    char primary, secondary;  /**< 'x', 'y', 'z' */
    bool secondary_right;     /**< the secondary (or, if primary is z, the primary) pair runs medial to lateral: turned round on the left so that z points right */
    const char *distal;       /**< or NULL */
    const char *source;
    double unseen;            /**< share of the orientation that the skin does not show, 0..1 */
} oik_segment_row;
extern const oik_segment_row oik_segment_table[];
extern const int oik_n_segment_rows;

typedef struct oik_dof_row {
    const char *name;
    oik_vec3 axis;       /**< right side, x forward, y up, z right */
    double lower, upper; /**< [deg] or [m] */
    double rest;         /**< value in the lying pose where both frames are neutral [deg] */
    bool translation;
} oik_dof_row;

typedef struct oik_joint_row {
    const char *name;
    const char *parent, *child; /**< segments, NULL = ground; midline parents of lateral children are found by name */
    int kind;                   /**< oik_joint_kind */
    bool parent_segment, child_segment; /**< frame kind: true = the segment's own ISB frame, false = neutral */
    const char *centre;         /**< point list */
    const char *axis_from, *axis_to; /**< point lists of the first dof's axis (right side: towards its positive sense), or NULL */
    int n_dofs;
    oik_dof_row dofs[6];
    const char *source;
} oik_joint_row;
extern const oik_joint_row oik_joint_table[];
extern const int oik_n_joint_rows;

#endif
