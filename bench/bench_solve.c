/*
 * How fast the least-squares core runs on problems shaped like the project's own. Medians of five runs.
 *
 *   puppet  100 rigid parts of 6 unknowns; rows between two parts: 12 columns, one by one (springs) and in threes (stitches)
 *   chain   frames of 31 joint angles; 24 markers of three rows with up to 12 angles, first differences to the next frame
 *
 * Each residual is a'(x + x^2 / 10) - b over its columns, cheap enough that the solver is what is measured.
 * The assembly is compared with the plain triple loop over rows and pairs of columns: into a dense matrix for the puppet,
 * with a binary search per entry for the chain, where a dense matrix does not fit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "solve/lsq.h"
#include "solve/normal_matrix.h"

enum { RUNS = 5, PART_COLS = 6, ANGLES = 31, MARKERS = 24 };

typedef struct bench_problem {
    const char *name;
    oik_lsq_pattern pattern;
    int *row_start, *col;
    double *a;    /* one per entry */
    double *b;    /* one per row */
    double *x;    /* start: 0 */
    bool is_long; /* too large for a dense normal matrix */
} bench_problem;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(uint64_t *seed) { /* in [-1, 1), Knuth's MMIX generator */
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) / 4503599627370496.0 - 1.0;
}

static int below(int n, uint64_t *seed) {
    return (int)((uniform(seed) + 1.0) * 0.5 * n);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v) {
    qsort(v, RUNS, sizeof *v, compare_doubles);
    return v[RUNS / 2];
}

/* ---- problems ------------------------------------------------------------------------------------------------------ */

static void *must(void *block) {
    if (!block) {
        fprintf(stderr, "bench_solve: out of memory\n");
        exit(1);
    }
    return block;
}

static void make_room(bench_problem *bench, int n_unknowns, int n_rows, int row_length) {
    size_t n_entries = (size_t)n_rows * (size_t)row_length;
    bench->pattern.n_unknowns = n_unknowns;
    bench->row_start = must(oik_new((size_t)n_rows + 1, sizeof(int), NULL));
    bench->col = must(oik_new(n_entries, sizeof(int), NULL));
    bench->a = must(oik_new(n_entries, sizeof(double), NULL));
    bench->b = must(oik_new((size_t)n_rows, sizeof(double), NULL));
    bench->x = must(oik_new((size_t)n_unknowns, sizeof(double), NULL));
}

static void add_row(bench_problem *bench, const int *cols, int length, uint64_t *seed) {
    int row = bench->pattern.n_rows++, p = bench->row_start[row];
    for (int k = 0; k < length; k++, p++) {
        bench->col[p] = cols[k];
        bench->a[p] = uniform(seed);
    }
    bench->b[row] = uniform(seed);
    bench->row_start[row + 1] = p;
}

static void finish(bench_problem *bench) {
    bench->pattern.row_start = bench->row_start;
    bench->pattern.col = bench->col;
}

/* Parts hang together like bones: a part meets its neighbours in the list and a few further ones. */
static bench_problem make_puppet(void) {
    enum { PARTS = 100, ROWS = 10000 };
    bench_problem bench = {.name = "puppet"};
    uint64_t seed = 1;
    make_room(&bench, PARTS * PART_COLS, ROWS, 2 * PART_COLS);
    while (bench.pattern.n_rows < ROWS) {
        int part = below(PARTS, &seed), other = (part + 1 + below(4, &seed)) % PARTS, cols[2 * PART_COLS];
        for (int k = 0; k < PART_COLS; k++) {
            cols[k] = PART_COLS * part + k;
            cols[PART_COLS + k] = PART_COLS * other + k;
        }
        int n_rows = bench.pattern.n_rows % 2 == 0 && bench.pattern.n_rows + 3 <= ROWS ? 3 : 1;
        for (int i = 0; i < n_rows; i++)
            add_row(&bench, cols, 2 * PART_COLS, &seed);
    }
    finish(&bench);
    return bench;
}

static void add_frame(bench_problem *bench, int frame, bool is_last, uint64_t *seed) {
    for (int m = 0; m < MARKERS; m++) {
        int cols[12], length = 6 + m % 7, first = m % (ANGLES - 12);
        for (int k = 0; k < length; k++) /* the root's six, then a run of joint angles */
            cols[k] = ANGLES * frame + (k < 6 ? k : first + k);
        for (int i = 0; i < 3; i++)
            add_row(bench, cols, length, seed);
    }
    for (int k = 0; k < ANGLES && !is_last; k++) {
        int cols[] = {ANGLES * frame + k, ANGLES * (frame + 1) + k};
        add_row(bench, cols, 2, seed);
    }
}

static bench_problem make_chain(const char *name, int n_frames) {
    bench_problem bench = {.name = name, .is_long = true};
    uint64_t seed = 2;
    make_room(&bench, n_frames * ANGLES, n_frames * (3 * MARKERS + ANGLES), 12);
    for (int frame = 0; frame < n_frames; frame++)
        add_frame(&bench, frame, frame == n_frames - 1, &seed);
    finish(&bench);
    return bench;
}

static void free_problem(bench_problem *bench) {
    free(bench->row_start);
    free(bench->col);
    free(bench->a);
    free(bench->b);
    free(bench->x);
}

static oik_status evaluate(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    const bench_problem *bench = context;
    for (int i = 0; i < bench->pattern.n_rows; i++) {
        double sum = -bench->b[i];
        for (int p = bench->row_start[i]; p < bench->row_start[i + 1]; p++) {
            double v = x[bench->col[p]];
            sum += bench->a[p] * (v + 0.1 * v * v);
            if (jac)
                jac[p] = bench->a[p] * (1.0 + 0.2 * v);
        }
        r[i] = sum;
    }
    return OIK_OK;
}

/* ---- assembly ------------------------------------------------------------------------------------------------------ */

static void plain_dense(double *dense, const bench_problem *bench, const double *jac) {
    size_t n = (size_t)bench->pattern.n_unknowns;
    memset(dense, 0, n * n * sizeof *dense);
    for (int i = 0; i < bench->pattern.n_rows; i++)
        for (int p = bench->row_start[i]; p < bench->row_start[i + 1]; p++)
            for (int q = bench->row_start[i]; q < bench->row_start[i + 1]; q++)
                if (bench->col[q] >= bench->col[p])
                    dense[(size_t)bench->col[p] * n + (size_t)bench->col[q]] += jac[p] * jac[q];
}

static double *find(const oik_normal_matrix *normal, int column, int row) {
    int low = normal->column_start[column], high = normal->column_start[column + 1] - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (normal->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return &normal->values[low];
}

static void plain_sparse(oik_normal_matrix *normal, const bench_problem *bench, const double *jac) {
    memset(normal->values, 0, (size_t)normal->column_start[normal->n] * sizeof *normal->values);
    for (int i = 0; i < bench->pattern.n_rows; i++)
        for (int p = bench->row_start[i]; p < bench->row_start[i + 1]; p++)
            for (int q = bench->row_start[i]; q < bench->row_start[i + 1]; q++)
                if (bench->col[q] >= bench->col[p])
                    *find(normal, bench->col[p], bench->col[q]) += jac[p] * jac[q];
}

static void bench_assembly(const bench_problem *bench) {
    size_t n = (size_t)bench->pattern.n_unknowns, m = (size_t)bench->pattern.n_rows;
    oik_normal_matrix *normal = NULL;
    if (oik_normal_matrix_new(&normal, &bench->pattern, NULL) != OIK_OK)
        must(NULL);
    double *jac = must(oik_new((size_t)bench->row_start[m], sizeof(double), NULL));
    double *r = must(oik_new(m, sizeof(double), NULL)), *gradient = must(oik_new(n, sizeof(double), NULL));
    double *dense = bench->is_long ? NULL : must(oik_new(n * n, sizeof(double), NULL));
    double fast[RUNS], plain[RUNS];
    evaluate((void *)(uintptr_t)bench, bench->x, r, jac, NULL);
    for (int run = 0; run < RUNS; run++) {
        double t0 = now();
        if (dense)
            plain_dense(dense, bench, jac);
        else
            plain_sparse(normal, bench, jac);
        double t1 = now();
        oik_normal_matrix_assemble(normal, gradient, jac, r);
        plain[run] = t1 - t0;
        fast[run] = now() - t1;
    }
    double fast_time = median(fast), plain_time = median(plain);
    printf("%-12s assembly %9.3f ms, plain triple loop %9.3f ms (%s): %.1f times\n", bench->name, 1e3 * fast_time,
           1e3 * plain_time, dense ? "dense" : "search per entry", plain_time / fast_time);
    oik_normal_matrix_free(normal);
    free(jac);
    free(r);
    free(gradient);
    free(dense);
}

/* ---- iterations ---------------------------------------------------------------------------------------------------- */

static void bench_iterations(const bench_problem *bench, oik_lsq_strategy strategy) {
    size_t n = (size_t)bench->pattern.n_unknowns;
    oik_lsq_options options = oik_lsq_options_default();
    options.strategy = strategy;
    options.max_iterations = 10;
    options.cost_tolerance = 1e-14;
    oik_lsq_problem problem = {.context = (void *)(uintptr_t)bench, .state_size = n, .evaluate = evaluate};
    oik_lsq *lsq = NULL;
    double t0 = now();
    if (oik_lsq_new(&lsq, &bench->pattern, n, NULL) != OIK_OK)
        must(NULL);
    double setup = now() - t0, rate[RUNS];
    double *x = must(oik_new(n, sizeof *x, NULL));
    oik_lsq_report report = {0};
    for (int run = 0; run < RUNS; run++) {
        memset(x, 0, n * sizeof *x);
        t0 = now();
        if (oik_lsq_solve(&report, lsq, x, &problem, &options, NULL) != OIK_OK)
            must(NULL);
        rate[run] = report.n_accepted / (now() - t0);
    }
    printf("%-12s %-6s %7zu unknowns %8d rows: %8.2f iterations/s, setup %.3f s, %d steps, stop: %s\n", bench->name,
           strategy == OIK_LSQ_LM ? "lm" : "dogleg", n, bench->pattern.n_rows, median(rate), setup, report.n_accepted,
           oik_lsq_stop_name(report.stop));
    free(x);
    oik_lsq_free(lsq);
}

int main(void) {
    bench_problem benches[] = {make_puppet(), make_chain("chain 1000", 1000), make_chain("chain 10000", 10000)};
    for (size_t k = 0; k < sizeof benches / sizeof *benches; k++) {
        bench_assembly(&benches[k]);
        bench_iterations(&benches[k], OIK_LSQ_LM);
        bench_iterations(&benches[k], OIK_LSQ_DOGLEG);
        free_problem(&benches[k]);
    }
    return 0;
}
