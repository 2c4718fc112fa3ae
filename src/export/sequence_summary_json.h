/** NAME_summary.json of a sequence: what was read, how good the frames are, how the motion was solved, what was written. */
#ifndef OIK_EXPORT_SEQUENCE_SUMMARY_JSON_H
#define OIK_EXPORT_SEQUENCE_SUMMARY_JSON_H

#include "base/file.h"
#include "ik/motion.h"

typedef struct oik_sequence_summary {
    const char *name;          /**< base of the output files */
    const char *input_path;    /**< as given */
    oik_model_info model;
    oik_body_info body;        /**< the subject's */
    double fps;
    const oik_ik_motion *motion;
    const oik_quality *worst, *mean; /**< gates over the frames */
    size_t n_files;
    const char *const *files;  /**< relative to the output directory */
    size_t n_resumed;          /**< frames taken over from an earlier run */
    double tracking_seconds, angles_seconds, seconds; /**< wall times: the other frames, inverse kinematics, everything */
} oik_sequence_summary;

/**
 * One JSON object; the schema is docs/schema/sequence-summary.schema.json. What differs between runs on equal input is under "times".
 * @param[in] compact one line without indentation
 * @return OIK_E_MEMORY. Appends to buf.
 */
oik_status oik_sequence_summary_json(oik_buf *buf, const oik_sequence_summary *summary, bool compact, oik_error *err);

#endif
