/** NAME_summary.json: what a run read, what it found, how good it is and what it wrote. */
#ifndef OIK_EXPORT_SUMMARY_JSON_H
#define OIK_EXPORT_SUMMARY_JSON_H

#include "base/file.h"
#include "ik/chain.h"
#include "osso_ik.h"

enum { OIK_SUMMARY_MAX_STAGES = 12, OIK_SUMMARY_MAX_TIMES = 8 };

/** A stage, or one call of its solver. */
typedef struct oik_summary_stage {
    const char *name;          /**< "registration", ...; with the published method "registration 1", ... */
    int n_iterations;
    double initial_cost, final_cost; /**< NaN where the stage has no such number: written as null */
    const char *stop;          /**< why it stopped */
    bool cached;               /**< taken over from an earlier run */
} oik_summary_stage;

typedef struct oik_summary_time {
    const char *name;          /**< "registration", ... */
    double seconds;            /**< wall time */
} oik_summary_time;

typedef struct oik_summary {
    const char *name;          /**< base of the output files */
    const char *input_path, *input_hash; /**< as given; SHA-256 of the file */
    oik_model_info model;
    const char *method;        /**< "refined" or "reference" */
    oik_body_info body;
    int n_stages, n_times;
    oik_summary_stage stages[OIK_SUMMARY_MAX_STAGES];
    oik_summary_time times[OIK_SUMMARY_MAX_TIMES];
    double seconds;            /**< all stages, reading and writing */
    const oik_kinematics *kinematics; /**< posed: segment lengths */
    oik_quality quality;
    const oik_motion *motion;  /**< whose coordinates on a bound of their range are told; NULL: none */
    size_t n_files;
    const char *const *files;  /**< written files, relative to the output directory */
} oik_summary;

/**
 * One JSON object; the schema is docs/schema/summary.schema.json. Wall times are all under the key "times": everything else but
 * "cached" is equal for equal input. Lengths in metres; numbers have 9 significant digits.
 * @param[in] compact one line without indentation
 * @return OIK_E_MEMORY. Appends to buf.
 */
oik_status oik_summary_json(oik_buf *buf, const oik_summary *summary, bool compact, oik_error *err);

/** Append a sentence in plain words on one gate, e.g. "hip_gap: 3.10 mm, limit 4.00 mm: passed". */
void oik_gate_sentence(oik_buf *buf, const oik_gate *gate);

#endif
