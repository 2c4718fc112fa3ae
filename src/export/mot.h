/**
 * NAME.mot: all coordinates of a rig over time, as OpenSim's motion files have them.
 *
 *   Coordinates / version=1 / nRows=N / nColumns=M (time counted) / inDegrees=yes / endheader
 *   time  coordinate ...           names in the order of the rig
 *   one row per frame: time [s] with 6 decimals, rotations [deg] and translations [m] with 9
 *
 * separated by tabs. Source: OpenSim documentation, "Storage (.sto) and motion (.mot) files".
 */
#ifndef OIK_EXPORT_MOT_H
#define OIK_EXPORT_MOT_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return OIK_E_NOT_FINITE naming frame and coordinate; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; about 14 bytes a number.
 */
oik_status oik_mot_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
