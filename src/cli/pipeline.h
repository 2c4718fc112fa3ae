/** One body through all stages. */
#ifndef OIK_CLI_PIPELINE_H
#define OIK_CLI_PIPELINE_H

#include "cli/outputs.h"

/** A mesh file as it was read. */
typedef struct oik_input {
    oik_mesh *mesh;
    char hash[OIK_HASH_LENGTH + 1]; /**< SHA-256 of the file */
} oik_input;

oik_status oik_input_read(oik_input *input, const char *path, oik_error *err);
void oik_input_free(oik_input *input);

/** Everything that the stages make for one body; owned, released by oik_pipeline_free. */
typedef struct oik_pipeline {
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion;
    oik_quality quality;
    int n_stages;
    oik_summary_stage stages[OIK_SUMMARY_MAX_STAGES];
} oik_pipeline;

/** Run all stages in memory. path: name of the input for messages. */
oik_status oik_pipeline_run(oik_pipeline *p, const oik_model *model, const oik_input *input, const char *path,
                            const oik_stage_options *options, oik_log *log, oik_error *err);
void oik_pipeline_free(oik_pipeline *p);

/** Seconds of the monotonic clock. */
double oik_clock_now(void);

#endif
