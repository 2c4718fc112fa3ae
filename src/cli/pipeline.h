/** One body through all stages. */
#ifndef OIK_CLI_PIPELINE_H
#define OIK_CLI_PIPELINE_H

#include "body/pose_input_load.h"
#include "cli/outputs.h"

/** A file as it was read: a mesh, or the body parameters of one frame. */
typedef struct oik_input {
    oik_mesh *mesh;                 /**< or NULL */
    oik_pose_input *poses;          /**< when there is no mesh */
    oik_body_parameters parameters; /**< of frame 0 of poses */
    char hash[OIK_HASH_LENGTH + 1]; /**< SHA-256 of the file */
} oik_input;

/** @param[in] parameters the file has body parameters, not a mesh */
oik_status oik_input_read(oik_input *input, const char *path, bool parameters, oik_error *err);
void oik_input_free(oik_input *input);

/** How to go through the stages. */
typedef struct oik_pipeline_settings {
    oik_stage_options stage;
    const char *files[OIK_N_STAGES]; /**< where an earlier run may have left the results of stages */
    bool recompute;   /**< do not look for them */
    bool posing_only; /**< those before posing must be there, posing is computed */
} oik_pipeline_settings;

/** Everything that the stages make for one body; owned, released by oik_pipeline_free. */
typedef struct oik_pipeline {
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion;
    oik_quality quality;
    bool cached[OIK_N_STAGES]; /**< the result was read from its file */
    int n_stages, n_times;
    oik_summary_stage stages[OIK_SUMMARY_MAX_STAGES];
    oik_summary_time times[OIK_SUMMARY_MAX_TIMES];
} oik_pipeline;

/**
 * Run all stages in memory; results that are there already are read. A file that is damaged or was made from something else is
 * computed anew, and said at debug level.
 * @param[in] path name of the input for messages
 * @return what the stages return; posing_only: OIK_E_IO, OIK_E_FORMAT naming the file that is missing or does not belong to the input
 */
oik_status oik_pipeline_run(oik_pipeline *p, const oik_model *model, const oik_input *input, const char *path,
                            const oik_pipeline_settings *settings, oik_log *log, oik_error *err);
void oik_pipeline_free(oik_pipeline *p);

/** Seconds of the monotonic clock. */
double oik_clock_now(void);

#endif
