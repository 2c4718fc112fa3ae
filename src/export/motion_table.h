/** Text tables of a whole motion, frame after frame: what their exporters share. */
#ifndef OIK_EXPORT_MOTION_TABLE_H
#define OIK_EXPORT_MOTION_TABLE_H

#include "base/file.h"
#include "ik/motion_kinematics.h"

typedef struct oik_motion_table {
    void (*header)(oik_buf *buf, const oik_chain *chain);
    void (*frame)(oik_buf *buf, const oik_motion_kinematics *kinematics); /**< the lines of one frame */
} oik_motion_table;

/**
 * Write the file (through a temporary file and a rename).
 * @return those of oik_ik_motion_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames.
 */
oik_status oik_motion_table_write(const char *path, const oik_motion_table *table, const oik_ik_motion *motion, oik_error *err);

/** ",name_suffix" of a CSV header; quoted where the name holds a comma, quotation mark or line break (RFC 4180). */
void oik_csv_heading(oik_buf *buf, const char *name, const char *suffix);
/** ",x" with 6 decimals; an empty cell when x is NaN. */
void oik_csv_number(oik_buf *buf, double x);

/** The cells "frame,time" that begin a line. */
void oik_csv_frame(oik_buf *buf, const oik_motion_kinematics *kinematics);

#endif
