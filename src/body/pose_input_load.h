/**
 * Body parameters in place of meshes: .npz files in the style of AMASS, and the poses of the body model that they stand for.
 *
 *   array                               shape               meaning
 *   poses, else pose                    (N,72) or (N,156)   rotation vectors [rad] of the 24 joints of SMPL or the 52 of SMPL-H;
 *                                       or (72), (156)      one frame; also (N,24,3), (N,52,3), (24,3), (52,3)
 *   trans                               (N,3), optional     translation [m], see below; absent: zeros
 *   betas                               (B) or (1,B), opt.  shape parameters of the model that the file was made with
 *   gender                              text, optional      female, male or neutral; f, m, n; any letter case; also b'female'
 *   fps, frame_rate, mocap_framerate,   one number, opt.    frame rate [1/s]; the first of them counts
 *   mocap_frame_rate
 *
 * Joints: 0 to 21 are the same in SMPL and SMPL-H. SMPL's 22 and 23 are the hands as one piece; SMPL-H has 15 finger joints for each
 * instead, none of which stands for the whole hand, so that with 156 numbers 22 and 23 are the identity.
 *
 * Translation: SMPL poses x = LBS(pose, shape) + trans, and the root turns about its rest joint J_0, so that the pelvis is not at trans
 * but at J_0 + trans. The pose of body_model.h has p_0 = J_0 + tau with J_0 of our own model. With C for the change of axes (below):
 *
 *   G_0 = C R_0,   tau = C (J_f + trans) - J_0,   J_f: rest root joint of the model that the file was made with
 *
 * so that x = C (LBS + trans). In a model with SMPL's shape space J_f = J_0. In another one J_f is unknown; it is then the mean of SMPL
 * (OIK_SMPL_ROOT_Y, _Z), which puts the pelvis where the file has it within the few centimetres by which J_f varies with shape.
 *
 * Axes: files with mocap_framerate or mocap_frame_rate come from AMASS, whose worlds are Z up: C (x,y,z) = (x,z,-y). Other files are
 * taken as given, Y up: C = 1.
 *
 * Source: Loper et al., SMPL, ACM TOG 34 (2015) 248; Romero et al., Embodied Hands, ACM TOG 36 (2017) 245 (SMPL-H); Mahmood et al.,
 * AMASS, ICCV 2019.
 */
#ifndef OIK_BODY_POSE_INPUT_LOAD_H
#define OIK_BODY_POSE_INPUT_LOAD_H

#include "body/body_model.h"

/**
 * Rest root joint of SMPL's mean body, to 1 cm [m]; x is 0 by symmetry. The neutral SMPL-H without shape has (-0.002, -0.223, 0.028),
 * a constant of public motion programs.
 */
#define OIK_SMPL_ROOT_Y (-0.22)
#define OIK_SMPL_ROOT_Z 0.03

typedef enum oik_pose_gender { OIK_GENDER_UNKNOWN, OIK_GENDER_FEMALE, OIK_GENDER_MALE, OIK_GENDER_NEUTRAL } oik_pose_gender;

typedef struct oik_pose_input {
    size_t n_frames;         /**< >= 1 */
    int n_file_joints;       /**< 24 or 52 */
    oik_vec3 *rotations;     /**< n_frames x 24 rotation vectors [rad] */
    oik_vec3 *trans;         /**< n_frames [m] as in the file */
    size_t n_betas;          /**< 0: the file has none */
    double *betas;           /**< n_betas as in the file */
    oik_pose_gender gender;  /**< unknown when absent, not text or another word */
    double frame_rate;       /**< [1/s], 0 unknown */
    bool z_up;               /**< the world of the file is Z up; a caller who knows better may change it */
} oik_pose_input;

/**
 * Read a file of body parameters.
 * @param[out] out NULL on error
 * @return OIK_E_IO; OIK_E_FORMAT (no archive, no poses, not numbers); OIK_E_SHAPE naming the array; OIK_E_NOT_FINITE; OIK_E_MEMORY
 * Memory: 600 bytes per frame, and three times the array poses while it is read.
 */
oik_status oik_pose_input_load(oik_pose_input **out, const char *path, oik_error *err);
void oik_pose_input_free(oik_pose_input *input);

/** What the modes of a model mean. */
typedef enum oik_shape_space {
    OIK_SHAPE_OWN, /**< another space than SMPL's, as in the built-in model: SMPL's betas mean nothing in it */
    OIK_SHAPE_SMPL /**< mode k is SMPL's beta k and the template's origin SMPL's: an imported model of the SMPL family */
} oik_shape_space;

/** One subject: the shape that all frames of an input have in a model. */
typedef struct oik_pose_subject {
    double *beta;                /**< n_modes of the model; zeros where the file gives none */
    oik_vec3 J[OIK_N_JOINTS];    /**< rest joints of that shape [m], for oik_body_forward */
    oik_vec3 file_root;          /**< J_f [m] */
    char betas_ignored[160];     /**< a sentence when betas of the file are not used, else "" */
} oik_pose_subject;

/**
 * The subject of an input in a model. Betas are used in SMPL's shape space only: the first min(n_betas, n_modes) of them.
 * @param[out] out NULL on error
 * @return OIK_OK or OIK_E_MEMORY
 */
oik_status oik_pose_subject_new(oik_pose_subject **out, const oik_pose_input *input, const oik_body_model *model,
                                oik_shape_space space, oik_error *err);
void oik_pose_subject_free(oik_pose_subject *subject);

/**
 * Pose of one frame, for oik_body_forward with subject->J and oik_body_skin with the skin of subject->beta. Y up.
 * @return OIK_E_ARGUMENT for a frame past the last; pose is untouched then. Allocates nothing; O(1).
 */
oik_status oik_pose_input_frame(oik_body_pose *pose, const oik_pose_input *input, const oik_pose_subject *subject, size_t frame,
                                oik_error *err);

#endif
