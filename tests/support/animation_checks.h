/** What the tests of the writers of animations (bvh, glb) share. Files lie in the test's folder (temp_dir.h must be set up). */
#ifndef TESTS_SUPPORT_ANIMATION_CHECKS_H
#define TESTS_SUPPORT_ANIMATION_CHECKS_H

#include "support/demo_rig.h"
#include "support/rig_export.h"

/** The tiny rig (tiny_rig.h) with n frames every 10 ms, all coordinates moved; pelvis_rotation turns by 10 deg a frame. NULL: no memory. */
oik_rig *rig_turning(int n_frames);

/**
 * A demo body with n frames at 30 Hz: every coordinate swings about that of the first frame by a third of its range to either side, the
 * pelvis by 0.6 rad and 0.4 m, so that all bodies are elsewhere in every frame.
 */
oik_rig *demo_rig_moving(demo_body body, oik_rig_detail detail, int n_frames);

/** (-z, y, x): world of the rig -> world of formats with the left on x and forward on z. */
oik_vec3 rig_y_up(oik_vec3 p);

/** The tiny rig, written twice, gives the same bytes. */
void animation_check_same_bytes(rig_writer *write);
/** The same bytes where the decimal point is a comma. Skips the test on a machine without such a locale. */
void animation_check_comma_locale(rig_writer *write);
/** A folder that is not there, and a file in the folder's place, are refused with OIK_E_IO and the path. */
void animation_check_bad_folders(rig_writer *write);

/** Is a program on the path? If not, says on stderr that `what` is not tested. */
bool client_installed(const char *program, const char *what);

/**
 * A table of what a client shows, in lines "FRAME NAME x y z": origins of all bodies in three frames, in the world of the file. Each within
 * 1 mm of the rig's.
 */
void animation_check_table(const oik_rig *rig, const char *table);

/**
 * Rigs that move, tiny and of demo bodies, written to the file of that name and imported into Blender (tests/export/blender_import.py):
 * the heads of its bones are where the bodies are in the first, the middle and the last frame, within 1 mm. Skips the test where Blender is
 * not installed.
 */
void animation_check_blender(rig_writer *write, const char *name);

#endif
