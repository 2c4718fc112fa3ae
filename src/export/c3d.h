/**
 * NAME.c3d: the virtual markers and the poses of the bodies of a rig, frame by frame, for Visual3D, Vicon, Mokka, ezc3d.
 *
 * World: the rig's, x forward, y up, z to the right (POINT:X_SCREEN "+X", POINT:Y_SCREEN "+Y"). Millimetres, as POINT:UNITS says, also in
 * the poses. Little-endian ("Intel") single precision. Blocks have 512 bytes and are counted from 1:
 *
 *   block 1        header
 *   block 2 ..     parameters (c3d_parameters.h): POINT, ANALOG (none), FORCE_PLATFORM (none), ROTATION, TRIAL, MANUFACTURER
 *   POINT:DATA_START     frame after frame, marker after marker: x, y, z and 0, which says that the point was computed, not measured
 *   ROTATION:DATA_START  frame after frame, body after body, 17 numbers: the 4x4 matrix (R o; 0 1) from the body's frame to the world,
 *                        column after column, and 0, its residual
 *
 * ROTATION is C-Motion's group, which Theia3D also writes; labels end in _4X4 as theirs do, before that is the rig's name of the body.
 * The frames are the rig's (ISB: x anterior, y superior, z to the right, origin at the joint that moves the body), not those of Theia's or
 * Visual3D's own segments, whose z is along the segment. More than 255 markers or bodies continue in LABELS2, LABELS3, ...
 *
 * Frames are counted from 1; the format has no times, so the time of the first one is lost. From 65536 frames on POINT:FRAMES is a float,
 * as c3d.org recommends, POINT:LONG_FRAMES (C-Motion) has the number too, and word 5 of the header stays at 65535. TRIAL:ACTUAL_START_FIELD
 * and ACTUAL_END_FIELD (Vicon) have it always, in two words, the low one first. A single frame has the rate 30 Hz, as in BVH.
 *
 * Source: The C3D file format, user guide, c3d.org; "ROTATION data type", Visual3D wiki, HAS-Motion (wiki.has-motion.com).
 */
#ifndef OIK_EXPORT_C3D_H
#define OIK_EXPORT_C3D_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return OIK_E_ARGUMENT when there are no markers or the time steps are not even, which the format cannot say; OIK_E_SHAPE when the
 *         markers of all frames take more than 33 MB (where the poses begin is a number of 16 bits; about 36000 frames of 57 markers), or
 *         there are more names than the format has room for; OIK_E_MODEL, OIK_E_NOT_FINITE (oik_rig_check); OIK_E_IO; OIK_E_MEMORY.
 *         Nothing is written on error.
 * Equal rigs give equal bytes. 16 bytes a marker and frame, 68 a body and frame. Memory does not depend on the number of frames.
 */
oik_status oik_c3d_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
