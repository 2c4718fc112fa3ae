/** What the tests of the writers of rigs share. Files lie in the test's folder (temp_dir.h must be set up). */
#ifndef TESTS_SUPPORT_RIG_EXPORT_H
#define TESTS_SUPPORT_RIG_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "rig/rig.h"

/** The writer under test, such as oik_mjcf_write. */
typedef oik_status rig_writer(const oik_rig *rig, const char *path, oik_error *err);

/**
 * The tiny rig made harder: every joint frame is turned in parent and child, also the root's; the torso stands on the right femur, so
 * that depth-first order is not that of the rig; lumbar_bending follows hip_flexion_r (1.5 degrees + 0.25 of it), lumbar_rotation
 * follows knee_angle_r (0.125 q - 0.0625 q^2 + 0.03125 q^3).
 */
oik_rig *turned_rig_new(void);

/** Give dependent coordinates the values that their masters ask for. q: n_dofs */
void complete_coordinates(double *q, const oik_rig *rig);
/** Coordinates inside their ranges, translations within 1 m, dependent ones as their masters give them. q: n_dofs */
void random_coordinates(double *q, const oik_rig *rig, uint64_t *random);

/** Compare a client with the rig at coordinates q. */
typedef void rig_pose_check(void *client, const oik_rig *rig, const double *q);
/** In the frames of the rig and in 20 random poses. */
void rig_check_poses(oik_rig *rig, uint64_t seed, rig_pose_check *check, void *client);

/** Both files have the same bytes. */
void expect_same_bytes(const char *path_a, const char *path_b);

/** Write a rig; ends the test with the message when that fails. */
void rig_write(rig_writer *write, const oik_rig *rig, const char *path);

/** Document and meshes have the same bytes where the decimal point is a comma, and when written again. */
void rig_check_bytes(rig_writer *write, const char *document);
/** The rig is refused with this status and a message with that text; no file is made. */
void rig_check_refused(rig_writer *write, const oik_rig *rig, oik_status status, const char *text);
/** Names that are empty, not plain, twice there or taken, and numbers that are not finite. */
void rig_check_bad_rigs(rig_writer *write);
/** The files that oik_rig_document_files names are those that are there, and no others. */
void rig_check_files(rig_writer *write, const char *document);

/** Run a shell command; its exit code, what it printed in text. */
int run_command(const char *command, char *text, size_t room);

#endif
