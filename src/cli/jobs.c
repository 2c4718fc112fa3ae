/** Several jobs at a time (see jobs.h). */
#include "cli/jobs.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/status.h"
#include "cli/pipeline.h"

/** What one job said. */
typedef struct slot {
    char *out, *err;
    size_t n_out, n_err;
    bool done, lost;
} slot;

typedef struct pool {
    oik_job *job;
    void *context;
    oik_log log;         /**< a copy: the main thread's own draws the line */
    oik_exit *codes;
    size_t n_jobs, next; /**< next: not yet begun */
    slot *slots;         /**< n_jobs */
    pthread_mutex_t lock; /**< of next and slots[].done */
    pthread_cond_t done;
} pool;

static void run_one(pool *p, size_t i) {
    slot *s = &p->slots[i];
    FILE *out = open_memstream(&s->out, &s->n_out), *err = open_memstream(&s->err, &s->n_err);
    oik_log log = p->log;
    log.stream = err;
    log.terminal = false; /* the line is the pool's */
    p->codes[i] = out && err ? p->job(p->context, i, &log, out) : OIK_EXIT_INTERNAL;
    bool kept = out && fclose(out) == 0;
    kept = err && fclose(err) == 0 && kept;
    s->lost = !kept;
    if (s->lost)
        p->codes[i] = OIK_EXIT_INTERNAL;
}

static void *work(void *context) {
    pool *p = context;
    pthread_mutex_lock(&p->lock);
    while (p->next < p->n_jobs) {
        size_t i = p->next++;
        pthread_mutex_unlock(&p->lock);
        run_one(p, i);
        pthread_mutex_lock(&p->lock);
        p->slots[i].done = true;
        pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/** Wait for each job in turn and say what it said. */
static void tell(pool *p, const char *what, oik_log *log) {
    double start = oik_clock_now();
    for (size_t i = 0; i < p->n_jobs; i++) {
        slot *s = &p->slots[i];
        pthread_mutex_lock(&p->lock);
        while (!s->done)
            pthread_cond_wait(&p->done, &p->lock);
        pthread_mutex_unlock(&p->lock);
        oik_log_progress_end(log);
        fwrite(s->err ? s->err : "", 1, s->n_err, log->stream);
        fwrite(s->out ? s->out : "", 1, s->n_out, stdout);
        if (s->lost)
            oik_log_write(log, OIK_LOG_ERROR, "%s", oik_status_sentence(OIK_E_MEMORY));
        free(s->err);
        free(s->out);
        oik_log_rate(log, what, i + 1, p->n_jobs, oik_clock_now() - start);
    }
    oik_log_progress_end(log);
}

static void run_pool(pool *p, size_t n_threads, pthread_t *threads, const char *what, oik_log *log) {
    size_t n = 0;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->done, NULL);
    while (n < n_threads && pthread_create(&threads[n], NULL, work, p) == 0)
        n++;
    if (n == 0)
        work(p);
    tell(p, what, log);
    while (n > 0)
        pthread_join(threads[--n], NULL);
    pthread_cond_destroy(&p->done);
    pthread_mutex_destroy(&p->lock);
}

void oik_jobs_run(oik_exit *codes, size_t n_jobs, int n_threads, oik_job *job, void *context, const char *what, oik_log *log) {
    size_t n = (size_t)(n_threads > 1 ? n_threads : 1) < n_jobs ? (size_t)n_threads : n_jobs;
    pool p = {.job = job, .context = context, .log = *log, .codes = codes, .n_jobs = n_jobs};
    pthread_t *threads = n > 1 && n_threads > 1 ? calloc(n, sizeof *threads) : NULL;
    p.slots = threads ? calloc(n_jobs, sizeof *p.slots) : NULL;
    if (p.slots)
        run_pool(&p, n, threads, what, log);
    else
        for (size_t i = 0; i < n_jobs; i++)
            codes[i] = job(context, i, log, stdout);
    free(p.slots);
    free(threads);
}
