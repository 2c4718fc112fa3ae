/** The pipeline over a sequence: frame after frame, then joint angles over all of them. */
#ifndef OIK_CLI_SEQUENCE_H
#define OIK_CLI_SEQUENCE_H

#include "cli/options.h"
#include "osso_ik.h"

/**
 * Run what oik_wants_sequence says yes to. Finished frames are kept on disk when the run ends early (bad frame, Ctrl-C), and the next
 * run goes on from them.
 */
oik_exit oik_sequence_run(const oik_options *options, const oik_model *model, oik_log *log);

#endif
