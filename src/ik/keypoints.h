/**
 * Keypoints or markers measured over time, read from a file.
 *
 *   .txt  rows "x y z", 17 rows a frame, in Human3.6M order (pelvis, R hip, knee, ankle, L hip, knee, ankle, spine, thorax, nose,
 *         head, L shoulder, elbow, wrist, R shoulder, elbow, wrist); lines that begin with # and empty lines are skipped
 *         nan nan nan is a missing keypoint
 *   .trc  OpenSim's marker file; blank cells and NaN are missing markers
 *   .npz  one array (F, J, 3) or (F, J, 4), the fourth number a confidence >= 0; named keypoints, or the only array of that shape;
 *         NaN is a missing keypoint; a scalar fps, frame_rate, mocap_framerate or mocap_frame_rate, and J texts names,
 *         keypoint_names or joint_names, may be there
 *
 * Points without names in the file are called as in h36m_chain.h when there are 17 of them, else "0", "1", ... Names of more than
 * OIK_NAME_LENGTH - 1 bytes are cut. Axes are those of the file (text: Z up); lengths are brought to metres where the file names its unit.
 */
#ifndef OIK_IK_KEYPOINTS_H
#define OIK_IK_KEYPOINTS_H

#include <stdint.h>

#include "skeleton/kinematics.h"

enum { OIK_H36M_POINTS = 17 };

typedef struct oik_keypoints {
    int n_frames, n_points;
    double *time;       /**< n_frames, ascending [s] */
    oik_vec3 *x;        /**< n_frames x n_points [m]; 0 where missing */
    double *confidence; /**< n_frames x n_points; 0 = missing, 1 where the file does not say */
    char (*names)[OIK_NAME_LENGTH]; /**< n_points */
    bool z_up;          /**< the format says so (text); else unknown */
} oik_keypoints;

/**
 * @param[out] out  owned by the caller; NULL on error
 * @param[in]  path the file name's ending chooses the format
 * @param[in]  fps  frames per second, 0.001 to 1e6; 0: the file's own (in .trc its column of times if that ascends), else 30
 * @return OIK_E_IO; OIK_E_FORMAT naming file, line (or array) and what was expected; OIK_E_SHAPE; OIK_E_NOT_FINITE (an infinite
 *         number, or a text row that is NaN in part); OIK_E_ARGUMENT (fps outside its range); OIK_E_MEMORY. O(size of the file).
 */
oik_status oik_keypoints_load(oik_keypoints **out, const char *path, double fps, oik_error *err);

/** The same from memory; path is used for its ending and in messages. */
oik_status oik_keypoints_parse(oik_keypoints **out, const uint8_t *data, size_t size, const char *path, double fps, oik_error *err);
void oik_keypoints_free(oik_keypoints *keypoints);

#endif
