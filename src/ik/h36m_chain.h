/** The 17 keypoints of Human3.6M: their names, and where they sit on the program's own chain. */
#ifndef OIK_IK_H36M_CHAIN_H
#define OIK_IK_H36M_CHAIN_H

#include "ik/keypoints.h"
#include "ik/markers.h"

/** Name of keypoint i of 17, e.g. "hip_r"; NULL outside 0 .. 16. */
const char *oik_h36m_name(int i);

/**
 * Markers at the joint centres that the keypoints stand for, found by the names of the chain's joints (those of our models and of
 * Rajagopal et al. 2016): pelvis in the middle between the hips, spine in the middle of the straight line from pelvis to thorax (on
 * the segment below the joint between lumbar spine and thorax; at that joint when the chain has no such line), thorax at the lower
 * end of the neck, head at the crown. A keypoint whose joint the chain does not have is left out, and so is the nose, which no joint
 * carries. Links join hip, knee and ankle; shoulder, elbow and wrist; the hips; the shoulders; pelvis, thorax and head. Each marker
 * says how far another body's keypoint of its name may be off (doubt).
 *
 * @param[out] out name = oik_h36m_name, by which its keypoint is found, keypoint -1; owned by the caller; NULL on error
 * @return OIK_E_MODEL when fewer than 3 markers are found; OIK_E_MEMORY. O(joints).
 * Source of the order: Ionescu et al., Human3.6M, PAMI 36 (2014) 1325, in the 17-joint selection of Martinez et al., ICCV 2017.
 */
oik_status oik_h36m_markers(oik_markers **out, const oik_chain *chain, oik_error *err);

#endif
