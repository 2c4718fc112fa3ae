/** The made-up chain of tiny_chain.h with coordinates that follow others. */
#ifndef TESTS_SUPPORT_COUPLED_CHAIN_H
#define TESTS_SUPPORT_COUPLED_CHAIN_H

#include "support/tiny_chain.h"

/** Index of a coordinate of the chain that lying will become, -1 when absent. */
int coupled_find_dof(const oik_kinematics *lying, const char *name);

/**
 * Lying kinematics with 8 dependent coordinates (60 in all). NULL when out of memory. Free with tiny_kinematics_free.
 *   thorax_extension, neck_extension, head_extension   one curve of the spine, on lumbar_extension
 *   knee_glide_x_r, knee_glide_y_r                     translations of the right knee, on its angle (quadratic, cubic)
 *   scapula_rotation_r, clavicle_elevation_r           on arm_flex_r, which lies further out
 *   hip_adduction_l                                    on hip_adduction_r, which lies on another path
 */
oik_kinematics *coupled_kinematics_new(void);

#endif
