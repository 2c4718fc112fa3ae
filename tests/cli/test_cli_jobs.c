/* Several jobs at a time: what they say comes out in their order, whatever order they end in. */
#define _XOPEN_SOURCE 700
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/jobs.h"
#include "temp_dir.h"

enum { N_JOBS = 9 };

typedef struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t all;
    int n_here, n_wanted; /* jobs that wait for each other, so that they must run at the same time */
} meeting;

/* The first ones wait until enough of them have begun; the later one then ends first. */
static oik_exit speak(void *context, size_t index, oik_log *log, FILE *out) {
    meeting *m = context;
    pthread_mutex_lock(&m->lock);
    m->n_here++;
    pthread_cond_broadcast(&m->all);
    while (m->n_here < m->n_wanted)
        pthread_cond_wait(&m->all, &m->lock);
    pthread_mutex_unlock(&m->lock);
    oik_log_write(log, OIK_LOG_WARNING, "job %zu began", index);
    if (index % 2 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    fprintf(out, "result %zu\n", index);
    oik_log_write(log, OIK_LOG_INFO, "job %zu ended", index);
    return index == 4 ? OIK_EXIT_QUALITY : OIK_EXIT_DONE;
}

/** Run all jobs with standard output and the log in files, whose texts are given. */
static void run(char out[1024], char err[1024], oik_exit codes[N_JOBS], int n_threads, int n_wanted) {
    char path[TEMP_PATH_LENGTH];
    meeting m = {.lock = PTHREAD_MUTEX_INITIALIZER, .all = PTHREAD_COND_INITIALIZER, .n_wanted = n_wanted};
    FILE *text = tmpfile();
    oik_log log = {.stream = text, .level = OIK_LOG_INFO};
    fflush(stdout);
    int keep = dup(STDOUT_FILENO);
    assert_non_null(text);
    assert_non_null(freopen(temp_path(path, "out"), "w", stdout));
    oik_jobs_run(codes, N_JOBS, n_threads, speak, &m, "jobs", &log);
    fflush(stdout);
    dup2(keep, STDOUT_FILENO);
    close(keep);
    rewind(text);
    err[fread(err, 1, 1023, text)] = '\0';
    fclose(text);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, 1023, file)] = '\0';
    fclose(file);
}

static void text_and_codes_are_those_of_one_thread(void **state) {
    (void)state;
    char out[1024], err[1024], wanted_out[1024], wanted_err[1024];
    oik_exit codes[N_JOBS], wanted[N_JOBS];
    run(wanted_out, wanted_err, wanted, 0, 1);
    assert_non_null(strstr(wanted_out, "result 0\nresult 1\n"));
    assert_non_null(strstr(wanted_err, "warning: job 0 began\nosso_ik: job 0 ended\nosso_ik: warning: job 1 began\n"));
    assert_int_equal(wanted[4], OIK_EXIT_QUALITY);
    for (int n = 1; n <= N_JOBS + 1; n += 2) {
        run(out, err, codes, n, 1);
        assert_string_equal(out, wanted_out);
        assert_string_equal(err, wanted_err);
        assert_memory_equal(codes, wanted, sizeof codes);
    }
}

/* Would wait for ever if there were fewer */
static void as_many_run_at_a_time_as_there_are_threads(void **state) {
    (void)state;
    char out[1024], err[1024];
    oik_exit codes[N_JOBS];
    run(out, err, codes, 4, 4);
    run(out, err, codes, N_JOBS, N_JOBS);
    assert_non_null(strstr(out, "result 8\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_codes_are_those_of_one_thread),
        cmocka_unit_test(as_many_run_at_a_time_as_there_are_threads),
    };
    return cmocka_run_group_tests_name("test_cli_jobs", tests, temp_dir_setup, temp_dir_teardown);
}
