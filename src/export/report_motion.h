/**
 * The motion of a report: the frames of a rig.
 *
 * Bones are rigid on the rig's bodies, joint by joint where the rig places them; the skin is blended between the bodies by the page (linear
 * blend skinning with the rig's weights). The page's frame is Y up, facing +z: the rig's world turned about its vertical until the subject
 * faces +z in the mean of the frames. Middle of the root's way at x = z = 0, lowest point of the skin at y = 0.
 *
 * Every body has a quaternion wxyz in 16 bits a number (0.002 deg) and a place relative to the root's in 16 bits of the largest distance
 * (0.03 mm); the root's place and the coordinates are in single precision. Motions of more than OIK_REPORT_MAX_FRAMES frames are thinned.
 */
#ifndef OIK_EXPORT_REPORT_MOTION_H
#define OIK_EXPORT_REPORT_MOTION_H

#include "export/report_layout.h"
#include "export/text_file.h"

/** About 0.8 kB each for 27 bodies and 45 coordinates: 3.2 MB. */
enum { OIK_REPORT_MAX_FRAMES = 4000 };

/** What must hold of a rig. OIK_E_ARGUMENT; OIK_E_MODEL; OIK_E_NOT_FINITE. */
oik_status oik_report_check_rig(const oik_rig *rig, oik_error *err);

/** Which frames are shown, and where. Release with oik_report_motion_free, also on error. OIK_E_MEMORY. */
oik_status oik_report_motion_make(oik_report_motion *motion, const oik_rig *rig, oik_error *err);
void oik_report_motion_free(oik_report_motion *motion);

/** Arrays motion-bone-points, -bone-part, -bone-label, -bone-faces, -skin, -skin-faces, -skin-body, -skin-weight, -time, -q, -rotation,
 *  -origin, -root. */
oik_status oik_report_put_motion(oik_text_file *file, const oik_rig *rig, const oik_report_motion *motion, oik_error *err);

#endif
