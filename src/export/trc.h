/**
 * NAME.trc: virtual markers, those of a rig carried along by its bodies, as OpenSim's and motion capture's marker files have them.
 *
 *   PathFileType  4  (X/Y/Z)  name of the file
 *   DataRate  CameraRate  NumFrames  NumMarkers  Units  OrigDataRate  OrigDataStartFrame  OrigNumFrames
 *   values of these
 *   Frame#  Time  name of marker 1  (empty)  (empty)  name of marker 2 ...
 *   (empty)  (empty)  X1  Y1  Z1  X2 ...
 *   an empty line
 *   1  0.000000  x  y  z ...          one line per frame
 *
 * separated by tabs; times [s] and positions [mm] with 6 decimals, x forward, y up, z right. No marker is ever missing.
 * Source: OpenSim documentation, "Marker (.trc) files".
 */
#ifndef OIK_EXPORT_TRC_H
#define OIK_EXPORT_TRC_H

#include "rig/rig.h"

/**
 * Markers of every frame of the motion. A rig of one frame gives two equal lines 0.01 s apart, for readers take a rate and a span of
 * time for granted.
 * @return OIK_E_ARGUMENT (no marker, no frame); OIK_E_NOT_FINITE naming frame and marker; OIK_E_IO; OIK_E_MEMORY.
 *         Nothing is written on error.
 * Memory does not depend on the number of frames; about 12 bytes a number.
 */
oik_status oik_trc_write(const oik_rig *rig, const char *path, oik_error *err);

/** First and last time in the file that oik_trc_write writes [s]. */
void oik_trc_time_range(double range[2], const oik_rig *rig);

/** A static trial: markers of the first frame, in which the .osim file opens, in two equal lines. Errors as above. */
oik_status oik_trc_write_static(const oik_rig *rig, const char *path, oik_error *err);
/** First and last time in that file [s]. */
void oik_trc_static_range(double range[2], const oik_rig *rig);

#endif
