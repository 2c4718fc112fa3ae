/**
 * NAME_report.html: a body and its bones to look at in a browser, or their motion, or both, in one file that needs no network.
 *
 * The page shows skin, bones, joint centres and axes, quality gates, segment lengths and joint angles.
 *
 * Body: with recorded steps every state of the optimisation can be scrubbed through, with the cost curve, the landmarks that placing used
 * and the springs that posing used. The page places the bones itself from what each step says of the parts:
 *
 *   y_i = R_p (u_i + sum_k (s_k - s_k,result) mode_k,i) + t_p,   p = part of vertex i
 *
 * so that a step costs 28 bytes per part. Coordinates are stored in 16 bits of their array's extent (0.04 mm in 2.5 m).
 * Steps in the input's frame are turned, in steps of 90 degrees, until what is said to be up is up, else the pelvis is upright, and it
 * faces the viewer; the lowest point is on the ground.
 *
 * Motion: the frames of a rig play, 14 bytes per body and 4 per coordinate of each (report_motion.h).
 */
#ifndef OIK_EXPORT_REPORT_HTML_H
#define OIK_EXPORT_REPORT_HTML_H

#include "ik/chain.h"
#include "osso_ik.h"
#include "rig/rig.h"
#include "skeleton/skel_model.h"

/** One state of the optimisation. Arrays are read while the report is written and stay the caller's. */
typedef struct oik_report_step {
    const char *stage;    /**< "registration", "placing", "posing": neighbours of one name share a cost curve */
    int iteration;        /**< from 1; where it does not grow, a new solve begins and the curve is interrupted */
    double cost;          /**< NaN: none */
    bool lying;           /**< in the frame of the lying body, else in the input's */
    const oik_vec3 *skin; /**< n_skin_vertices [m], or NULL: as in the step before, none in the first */
    const oik_mat3 *R;    /**< parts of the skeleton, or NULL: bones as in the step before, none in the first */
    const oik_vec3 *t;    /**< parts [m]; NULL exactly when R is */
    const double *shape;  /**< modes of the skeleton, or NULL: the result's */
} oik_report_step;

typedef struct oik_report {
    const char *name;           /**< base of the output files; any text */
    const char *input_path;     /**< as given, or NULL */
    const char *version;        /**< oik_version() */
    oik_model_info model;       /**< name, gender and licence are shown */
    double stature;             /**< [m]; NaN: not shown */
    const oik_quality *quality; /**< or NULL; of a sequence each gate in its worst frame */
    const oik_quality *mean;    /**< of a sequence: the same gates in the mean of the frames, or NULL */
    const oik_kinematics *kinematics; /**< segment lengths, or NULL; of a body the result's, whose joint centres are shown too */

    const oik_skel_model *skeleton; /**< NULL: no body, nothing of this part is read. Bones, parts, faces, shape modes, landmarks, springs;
                                         segments[i].part carries joint i of the kinematics */
    size_t n_skin_vertices, n_skin_faces;
    const int32_t (*skin_faces)[3]; /**< n_skin_faces */
    const oik_chain *chain;     /**< names, ranges and axes of the coordinates, or NULL */
    const oik_chain_pose *pose; /**< of the chain in the result; NULL exactly when chain is */
    oik_report_step result;     /**< the outcome, in the input's frame: skin (the input itself), R, t and shape, nothing else */
    oik_vec3 up;                /**< signed axis that points up in the input's frame; zero: found */
    size_t n_steps;             /**< 0: the result alone */
    const oik_report_step *steps; /**< n_steps in the order of computing */

    const oik_rig *rig;         /**< whose frames play, or NULL */
} oik_report;

/**
 * Write the page. Equal reports give equal bytes. Text of any kind is shown as it is and never becomes markup.
 * @return OIK_E_ARGUMENT: neither body nor rig; result without skin, parts or shape, R without t, chain without pose, a face, part,
 *         landmark or spring out of range, two qualities of different gates; OIK_E_MODEL: a rig that oik_rig_check refuses;
 *         OIK_E_NOT_FINITE: naming the step; OIK_E_IO; OIK_E_MEMORY. Nothing is left behind on error.
 * Cost: about 1.2 MB for the page's program, 55 kB per skin of 6,890 vertices, 36 bytes per bone vertex, 9 per entry of the shape modes.
 */
oik_status oik_report_write(const oik_report *report, const char *path, oik_error *err);

#endif
