/**
 * NAME_angles.csv: the coordinates of every frame as a table for people and spreadsheets.
 *
 * Header line "frame,time," and the coordinates' names in the order of the chain; one line per frame: frame number from 0, time
 * [s], rotations [deg], translations [m], each with 6 decimals and a decimal point under every locale.
 */
#ifndef OIK_EXPORT_ANGLES_CSV_H
#define OIK_EXPORT_ANGLES_CSV_H

#include "ik/chain.h"

typedef struct oik_angles_csv {
    const oik_chain *chain; /**< names of the coordinates */
    size_t n_frames;
    const double *time;     /**< n_frames [s] */
    const double *q;        /**< n_frames x n_dofs row-major [rad], [m] */
} oik_angles_csv;

/**
 * Write the file (through a temporary file and a rename).
 * @return OIK_E_NOT_FINITE naming frame and coordinate; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; about 11 bytes a number.
 */
oik_status oik_angles_csv_write(const char *path, const oik_angles_csv *in, oik_error *err);

#endif
