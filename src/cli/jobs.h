/** Several jobs at a time, each on a thread of its own, what they say in the order of the jobs. */
#ifndef OIK_CLI_JOBS_H
#define OIK_CLI_JOBS_H

#include <stdio.h>

#include "cli/log.h"
#include "cli/options.h"

/** One job; what it says goes to its log and to out. Jobs share what context points to. */
typedef oik_exit oik_job(void *context, size_t index, oik_log *log, FILE *out);

/**
 * Do all jobs, at most n_threads at a time. With one thread a job writes to standard output and through the log itself; with more, text
 * is kept until all jobs before have ended, so that it comes out as with one; the progress line then counts jobs.
 *
 * @param[out] codes n_jobs; OIK_EXIT_INTERNAL for a job whose text found no memory
 * @param[in]  what  jobs are, for the progress line, e.g. "bodies"
 */
void oik_jobs_run(oik_exit *codes, size_t n_jobs, int n_threads, oik_job *job, void *context, const char *what, oik_log *log);

#endif
