/**
 * The published method at the size of the published model, and the refined method on the same model: bench_published
 *
 * The model is made up (tests/oracle/make_pack.py --real: 6,890 skin vertices, 21 parts of 85,670 bone vertices, 3,113 springs, 3,119 contacts,
 * 815 interface pairs) and imported by `osso_ik import`, into $BUILD/bench; both need python3 with numpy and scipy, else nothing is measured.
 * Targets: at most 1.0 s (aim 0.4 s) and 300 MB on one core, loading included. The published program: 120 s of processor time, 2.3 GB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/npz.h"
#include "mesh/mesh_io.h"
#include "skeleton/published.h"

enum { N_RUNS = 5, PATH_LENGTH = 1024, NOT_MEASURED = 0, MEASURED = 1, FAILED = -1 };

typedef struct places {
    char program[PATH_LENGTH], folder[PATH_LENGTH], archive[PATH_LENGTH], body[PATH_LENGTH], out[PATH_LENGTH];
} places;

typedef enum stage { LOADING, REGISTRATION, LYING, POSING, N_STAGES } stage;

/* One run: seconds of each stage, steps taken, cost at the end of posing. */
typedef struct run_record {
    double seconds[N_STAGES];
    int steps;
    double cost;
} run_record;

/* What a run works on. */
typedef struct subject {
    oik_body_model *skin;
    oik_skel_model *skeleton;
    oik_mesh *mesh;
    oik_vec3 *x;
} subject;

typedef oik_status method(run_record *record, const subject *s, oik_error *err);

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double lap(double *since) {
    double start = *since;
    *since = now();
    return *since - start;
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double median(double *values, int n) {
    qsort(values, (size_t)n, sizeof *values, ascending);
    return values[n / 2];
}

static double peak_megabytes(const struct rusage *usage) {
    return (double)usage->ru_maxrss * 1024.0 / 1e6;
}

static void hold_to_one_core(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        puts("(not held to one core)");
}

/* ------------------------------------------------------------------ making the model */

/* Exit code of a program, -1 when it could not be started. usage may be NULL; a quiet one's messages are dropped. */
static int run_program(char *const argv[], bool quiet, struct rusage *usage) {
    extern char **environ;
    posix_spawn_file_actions_t actions;
    struct rusage ignored;
    pid_t pid;
    int status = 0;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    if (quiet)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed || wait4(pid, &status, 0, usage ? usage : &ignored) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A Python that has what the generator and the importer need, or NULL. */
static char *find_python(void) {
    static char first[] = "python3", second[] = "/usr/bin/python3", option[] = "-c", program[] = "import numpy, scipy.sparse";
    char *const names[] = {first, second};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *const argv[] = {names[i], option, program, NULL};
        if (run_program(argv, true, NULL) == 0)
            return names[i];
    }
    return NULL;
}

/* Is a file there and newer than the programs that make it? */
static bool up_to_date(const char *path) {
    struct stat made, source;
    glob_t sources;
    bool newer = stat(path, &made) == 0;
    if (glob("tests/oracle/*.py", 0, NULL, &sources) != 0 || glob("tools/osso_import/*.py", GLOB_APPEND, NULL, &sources) != 0)
        return newer;
    for (size_t i = 0; i < sources.gl_pathc && newer; i++)
        newer = stat(sources.gl_pathv[i], &source) != 0 || source.st_mtime <= made.st_mtime;
    globfree(&sources);
    return newer;
}

static bool make_model(places *p, char *python) {
    char star[PATH_LENGTH + 32], osso[PATH_LENGTH + 32], loss[PATH_LENGTH + 32];
    snprintf(star, sizeof star, "%s/pack/data/star_1_1", p->folder);
    snprintf(osso, sizeof osso, "%s/pack/data/skeleton", p->folder);
    snprintf(loss, sizeof loss, "%s/pack/data/loss", p->folder);
    char *const generate[] = {python, "-B", "tests/oracle/make_pack.py", p->folder, "--real", NULL};
    char *const import[] = {p->program, "import", "--star", star, "--osso", osso, "--loss", loss, "--gender", "female", "-o", p->archive, NULL};
    puts("making the model (half a minute)");
    fflush(stdout);
    setenv("OSSO_IK_TOOLS", "tools", 0); /* a build folder may lie anywhere */
    return run_program(generate, false, NULL) == 0 && run_program(import, false, NULL) == 0;
}

/* ------------------------------------------------------------------ the two methods, stage by stage */

static oik_status reference_method(run_record *record, const subject *s, oik_error *err) {
    oik_published_body body;
    oik_lsq_report reports[OIK_PUBLISHED_REGISTER_CALLS + OIK_N_CALLS] = {0};
    oik_lsq_report *lying_report = reports + OIK_PUBLISHED_REGISTER_CALLS;
    oik_published_options registration = {0};
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying = NULL, *posed = NULL;
    double t = now();
    oik_status status = oik_published_register(&body, reports, s->skin, s->x, &registration, err);
    record->seconds[REGISTRATION] = lap(&t);
    if (!status)
        status = oik_published_infer(&lying, lying_report, s->skeleton, s->skin, &body, &options, false, err);
    record->seconds[LYING] = lap(&t);
    if (!status)
        status = oik_published_pose(&posed, lying_report + OIK_CALL_A, s->skeleton, s->skin, &body, lying, &options, false, err);
    record->seconds[POSING] = lap(&t);
    for (int i = 0; i < OIK_PUBLISHED_REGISTER_CALLS + OIK_N_CALLS; i++)
        record->steps += reports[i].n_accepted;
    record->cost = lying_report[OIK_CALL_C].final_cost;
    oik_puppet_free(lying);
    oik_puppet_free(posed);
    return status;
}

static oik_status refined_method(run_record *record, const subject *s, oik_error *err) {
    oik_body_register *workspace = NULL;
    oik_body_register_options registration = oik_body_register_options_default();
    oik_skel_options options = oik_skel_options_default();
    oik_body_fit fit = {0};
    oik_lsq_report lying_report = {0}, posed_report = {0};
    oik_puppet *lying = NULL, *posed = NULL;
    double t = now();
    oik_status status = oik_body_register_new(&workspace, s->skin, err);
    if (!status)
        status = oik_body_fit_mesh(&fit, workspace, s->x, &registration, err);
    oik_body_register_free(workspace);
    record->seconds[REGISTRATION] = lap(&t);
    if (!status)
        status = oik_skel_infer(&lying, &lying_report, s->skeleton, s->skin, &fit, &options, err);
    record->seconds[LYING] = lap(&t);
    if (!status)
        status = oik_skel_pose(&posed, &posed_report, s->skeleton, s->skin, &fit, s->x, (const int32_t(*)[3])s->skin->faces,
                               s->skin->n_faces, lying, &options, err);
    record->seconds[POSING] = lap(&t);
    record->steps = fit.n_iterations + lying_report.n_accepted + posed_report.n_accepted;
    record->cost = posed_report.final_cost;
    oik_puppet_free(lying);
    oik_puppet_free(posed);
    oik_body_fit_free(&fit);
    return status;
}

static void subject_free(subject *s) {
    oik_body_model_free(s->skin);
    oik_skel_model_free(s->skeleton);
    oik_mesh_free(s->mesh);
    free(s->x);
    *s = (subject){0};
}

static oik_status subject_load(subject *s, const places *p, oik_error *err) {
    oik_npz *npz = NULL;
    oik_body_input input;
    oik_status status = oik_npz_open(&npz, p->archive, err);
    if (!status)
        status = oik_body_model_load(&s->skin, npz, err);
    if (!status)
        status = oik_skel_model_load(&s->skeleton, npz, s->skin->n_vertices, err);
    oik_npz_free(npz);
    if (!status)
        status = oik_mesh_read(&s->mesh, p->body, err);
    if (!status && !(s->x = malloc(s->skin->n_vertices * sizeof *s->x)))
        status = OIK_E_MEMORY;
    if (!status)
        status = oik_body_normalise(&input, s->x, s->skin, s->mesh, p->body, err);
    return status;
}

static void print_stages(const char *name, run_record records[N_RUNS]) {
    static const char *const stages[N_STAGES] = {"loading", "registration", "lying skeleton", "posing"};
    double values[N_RUNS], total[N_RUNS], solving[N_RUNS];
    printf("%s method: %d steps, cost at the end %.4g\n", name, records[0].steps, records[0].cost);
    for (int i = 0; i < N_RUNS; i++)
        total[i] = solving[i] = 0.0;
    for (int k = 0; k < N_STAGES; k++) {
        for (int i = 0; i < N_RUNS; i++) {
            values[i] = records[i].seconds[k];
            total[i] += values[i];
            solving[i] += k == LOADING ? 0.0 : values[i];
        }
        printf("  %-28s%8.3f s\n", stages[k], median(values, N_RUNS));
    }
    printf("  %-28s%8.3f s\n", "all but loading", median(solving, N_RUNS));
    printf("  %-28s%8.3f s\n", "together", median(total, N_RUNS));
}

/* Stages of one method, in this process; the peak is that of the process so far. */
static oik_status measure_stages(const char *name, method *solve, const places *p, oik_error *err) {
    run_record records[N_RUNS] = {0};
    struct rusage usage;
    oik_status status = OIK_OK;
    for (int i = 0; i < N_RUNS && !status; i++) {
        subject s = {0};
        double t = now();
        status = subject_load(&s, p, err);
        records[i].seconds[LOADING] = lap(&t);
        if (!status)
            status = solve(&records[i], &s, err);
        subject_free(&s);
    }
    if (status)
        return status;
    print_stages(name, records);
    getrusage(RUSAGE_SELF, &usage);
    printf("  %-28s%8.1f MB\n", "peak memory", peak_megabytes(&usage));
    return OIK_OK;
}

/* ------------------------------------------------------------------ the whole program */

static bool measure_program(char *name, places *p) {
    char *const argv[] = {p->program, "--mesh_input", p->body, "--gender", "female", "--model", p->archive, "--method", name,
                          "--force_recompute", "-q", "-o", p->out, NULL};
    double wall[N_RUNS], memory = 0.0;
    for (int i = 0; i < N_RUNS; i++) {
        struct rusage usage = {0};
        double t = now();
        int code = run_program(argv, true, &usage);
        wall[i] = lap(&t);
        memory = peak_megabytes(&usage);
        if (code != 0 && code != 4) /* 4: a quality gate, the work is the same */
            return false;
    }
    printf("whole program, %-13s%8.3f s%8.1f MB\n", name, median(wall, N_RUNS), memory);
    return true;
}

static int measure(void) {
    places p;
    oik_error err = {.message = "out of memory"};
    const char *build = getenv("BUILD");
    snprintf(p.program, sizeof p.program, "%s/osso_ik", build ? build : "build");
    snprintf(p.folder, sizeof p.folder, "%s/bench", build ? build : "build");
    snprintf(p.archive, sizeof p.archive, "%s/bench/real_female.npz", build ? build : "build");
    snprintf(p.body, sizeof p.body, "%s/bench/bodies/female.ply", build ? build : "build");
    snprintf(p.out, sizeof p.out, "%s/bench/out", build ? build : "build");
    if (!up_to_date(p.archive)) {
        char *python = find_python();
        if (!python) {
            puts("skipped: needs python3 with numpy and scipy (apt install python3-numpy python3-scipy)");
            return NOT_MEASURED;
        }
        if (!make_model(&p, python)) {
            fputs("bench_published: the model could not be made\n", stderr);
            return FAILED;
        }
    }
    hold_to_one_core();
    /* first: what a started program reports as its peak is at least what this process has held */
    if (!measure_program("reference", &p) || !measure_program("refined", &p)) {
        fputs("bench_published: the program failed\n", stderr);
        return FAILED;
    }
    if (measure_stages("reference", reference_method, &p, &err) || measure_stages("refined", refined_method, &p, &err)) {
        fprintf(stderr, "bench_published: %s\n", err.message);
        return FAILED;
    }
    return MEASURED;
}

int main(void) {
    puts("bench_published: 6890 skin vertices, 85670 bone vertices, one core, medians of 5");
    int result = measure();
    if (result == MEASURED)
        puts("targets, reference: 1.0 s (aim 0.4 s), 300 MB; the published program: 120 s, 2300 MB");
    return result == FAILED;
}
