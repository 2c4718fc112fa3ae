/**
 * A made-up skeleton for tests: one capsule of bone in each of pelvis, thorax, thighs, shanks and arms of the tiny body
 * (tiny_body.h), exactly mirror symmetric, with points, modes, landmarks, springs, stitches, ligaments, segments and joints.
 * The template skeleton fits the template body: every landmark and stitch has a residual of 0 there.
 */
#ifndef TESTS_SUPPORT_TINY_SKELETON_H
#define TESTS_SUPPORT_TINY_SKELETON_H

#include "body/registration.h"
#include "skeleton/skel_model.h"

/** Parts; the bone, and the block of TINY_BONE_VERTICES vertices, have the number of the part. */
enum tiny_part {
    TINY_PELVIS, TINY_THORAX, TINY_THIGH_R, TINY_THIGH_L, TINY_SHANK_R, TINY_SHANK_L, TINY_ARM_R, TINY_ARM_L, TINY_PARTS
};

/** Segments; joint i moves segment i. */
enum tiny_segment {
    TINY_S_PELVIS, TINY_S_THORAX, TINY_S_THIGH_R, TINY_S_SHANK_R, TINY_S_ARM_R, TINY_S_THIGH_L, TINY_S_SHANK_L, TINY_S_ARM_L,
    TINY_SEGMENTS
};

enum { TINY_BONE_VERTICES = 34, TINY_SKELETON_MODES = 3 };

/** One unit of shape mode 0 scales all bones by 1 + TINY_SIZE; of mode 1 stretches the legs by TINY_LEG; mode 2 widens the trunk. */
#define TINY_SIZE 0.05
#define TINY_LEG 0.022

/** NULL when out of memory; free with oik_skel_model_free. */
oik_skel_model *tiny_skeleton_new(const oik_body_model *body);

/** Vertex on the other side. */
size_t tiny_skeleton_mirror_vertex(size_t vertex);

/**
 * What registration would say about a tiny body of known shape (NULL: template) and pose: v_subject and x_model are that body without
 * error. False when out of memory; release with oik_body_fit_free.
 */
bool tiny_fit_new(oik_body_fit *fit, const oik_body_model *body, const double *beta, const oik_body_pose *pose);

#endif
