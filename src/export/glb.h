/**
 * NAME.glb: a rig as binary glTF 2.0: its bodies as nodes, its bones as meshes on them, its skin with weights, its motion as animation.
 *
 * World: x to the subject's left, y up, z forward (glTF's front): T = (-z, y, x) of the rig's (glb_y_up.h). Metres, seconds.
 *
 *   node NAME            of the rig, no transform; parent of the root body
 *     node per body      local transform L_i = A E(q) B^T, s_i + A (translations); of the root T before it; axes and origins as in rig.h
 *       node BONE_mesh   a bone's mesh BONE, opaque, vertices in the body's frame
 *   node skin            mesh and skin, translucent, vertices in the world of the first frame
 *
 * The first frame is the pose of the nodes and the bind pose, for that is the one in which the skin is known: the inverse bind matrix of
 * body i is (T R_i, T o_i)^-1 there, and a skin vertex moves as sum_k w_k (T R_k, T o_k) (T R_k, T o_k)_first^-1 x.
 *
 * With more than one frame: one animation NAME, LINEAR, time from 0; a rotation of every body whose joint turns, a translation where it
 * has any (root). Quaternions xyzw, the sign of each the one nearer to the frame before.
 *
 * The skin is translucent by alphaMode BLEND and the alpha of its colour (three.js, Blender); readers built on VTK 9.1, such as f3d 1.3,
 * pass over that alpha and show it opaque.
 *
 * The asset's extras name units, frames, the subject and the time of the first frame; those of a body's node its joint and
 * coordinates with range [rad, m] and value in the first frame.
 *
 * Source: Khronos glTF 2.0 specification, ISO/IEC 12113:2022.
 */
#ifndef OIK_EXPORT_GLB_H
#define OIK_EXPORT_GLB_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename).
 *
 * Four influences a vertex, as single precision that sums to 1; those of one body are added up. Normals are area-weighted. Indices have
 * 16 bits where a mesh has at most 65,535 vertices.
 *
 * @return OIK_E_MODEL (what oik_rig_check refuses; a face or body out of range; weights that do not sum to 1); OIK_E_SHAPE (a bone or
 *         the skin without faces; neither bones nor skin; a file beyond 4 GB); OIK_E_ARGUMENT (two frames at one time in single
 *         precision); OIK_E_NOT_FINITE; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Size: 24 bytes a bone vertex, 48 a skin vertex, 6 a face, 16 a body and frame, 0.6 kB of JSON a bone; 2.24 MB for 47,000 vertices
 * of 200 bones and a skin of 6,890. Memory: the document and one mesh's normals; it does not depend on the number of frames.
 */
oik_status oik_glb_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
