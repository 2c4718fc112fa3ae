/*
 * Accuracy and speed of temporal inverse kinematics.
 *
 *   accuracy  MPJAS, the mean angle between true and solved global orientations over all joints that turn, and over limbs: lower (hip,
 *             knee), upper (shoulder, elbow), and both while truly straight (hinge below 15 degrees) or bent. Keypoints clean, with
 *             10 mm of noise on every coordinate, with a fifth of them missing. Motions of the shared folder (ik/motions, the published
 *             chain IMVIP22; skipped where there is none), and generated ones (random_motion.h)
 *   speed     processor time per frame, one thread, everything included; median of 5 runs up to 1,000 frames, one run of more.
 *             Baseline: SLSQP frame by frame, the published scheme (patch_ik.h), in the same run. Floor: what one iteration of the whole
 *             chain costs a frame
 *
 * bench_ik [accuracy | speed]
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/rot.h"
#include "ik/keypoint_motion.h"
#include "ik/patch_ik.h"
#include "ik/sequence_problem.h"
#include "solve/cholesky.h"
#include "solve/normal_matrix.h"
/* benchmarks link the library only: what they share with the tests (DEG and normal() too) comes as source */
#include "support/mpjas.c"
#include "support/random.h"
#include "support/random_motion.c"
#include "support/shared_path.c"
#include "support/stick_chain.c"

enum { MAX_MOTIONS = 256, MAX_NAME = 64, MAX_LIMBS = 8, MAX_JOINTS = 64, RUNS = 5, SEEDS = 60 };

static const double NOISE = 0.01, MISSING = 0.2;

static void must(oik_status status, const oik_error *err) {
    if (status) {
        fprintf(stderr, "bench_ik: %s\n", err->message);
        exit(1);
    }
}

static void *room(size_t n, size_t size) {
    void *block = calloc(n ? n : 1, size);
    if (!block)
        must(OIK_E_MEMORY, &(oik_error){.message = "out of memory"});
    return block;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* ---- accuracy ------------------------------------------------------------------------------------------------------ */

typedef enum condition { CLEAN, NOISY, GAPPY, N_CONDITIONS } condition;
static const char *const condition_names[N_CONDITIONS] = {"clean", "10 mm", "20 % missing"};

/* means in degrees; NaN where there is nothing to take the mean of */
typedef struct score {
    double all, lower, upper, straight, bent;
} score;

typedef struct mean {
    double sum;
    long n;
} mean;

static void add(mean *m, double value) {
    m->sum += value;
    m->n++;
}

static double mean_of(const mean *m) {
    return m->n ? m->sum / (double)m->n : NAN;
}

static score score_motion(const oik_chain *chain, const double *q, const double *truth, int n_frames) {
    const double straight_below = 15.0 * DEG;
    mpjas_limb limbs[MAX_LIMBS];
    int n_limbs = mpjas_limbs(limbs, MAX_LIMBS, chain), n = chain->n_segments;
    double *angle = room((size_t)n_frames * (size_t)n, sizeof *angle);
    mean sides[2] = {{0, 0}, {0, 0}}, bends[2] = {{0, 0}, {0, 0}};
    must(mpjas_angles(angle, chain, q, truth, n_frames), &(oik_error){.message = "out of memory"});
    for (int f = 0; f < n_frames; f++)
        for (int i = 0; i < n_limbs; i++) {
            double error = 0.5 * (angle[f * n + limbs[i].ball] + angle[f * n + limbs[i].hinge]);
            double flexion = fabs(truth[f * chain->n_dofs + chain->joints[limbs[i].hinge].first_dof]);
            add(&sides[limbs[i].lower], error);
            add(&bends[flexion >= straight_below], error);
        }
    score s = {mpjas_mean(angle, chain, NULL, 0, n_frames) / DEG, mean_of(&sides[1]) / DEG, mean_of(&sides[0]) / DEG,
               mean_of(&bends[0]) / DEG, mean_of(&bends[1]) / DEG};
    free(angle);
    return s;
}

static void print_number(double value) {
    if (isnan(value))
        printf("%9s", "-");
    else
        printf("%9.3f", value);
}

static void print_score(const char *name, const char *what, score s) {
    printf("%-28s %-13s", name, what);
    const double columns[] = {s.all, s.lower, s.upper, s.straight, s.bent};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        print_number(columns[i]);
    printf("\n");
}

/* ---- motions of the shared folder ---------------------------------------------------------------------------------- */

static void disturb(oik_keypoints *keypoints, condition what, uint64_t seed) {
    for (int i = 0; i < keypoints->n_frames * keypoints->n_points; i++) {
        double x = normal(&seed), y = normal(&seed), z = normal(&seed), u = 0.5 * (1.0 + random_signed(&seed));
        if (what == NOISY)
            keypoints->x[i] = v3_madd(keypoints->x[i], NOISE, v3(x, y, z));
        if (what == GAPPY && u < MISSING)
            keypoints->confidence[i] = 0.0;
    }
}

static int find_dof(const oik_chain *chain, const char *joint, char axis) {
    char name[OIK_NAME_LENGTH + 2];
    snprintf(name, sizeof name, "%s_%c", joint, axis);
    for (int d = 0; d < chain->n_dofs; d++)
        if (!strcmp(chain->dofs[d].name, name))
            return d;
    return -1;
}

/* rows: frame, then x y z of every joint [deg]; translations, which no orientation needs, stay 0 */
static double *read_truth(const char *path, const oik_chain *chain, int n_frames) {
    double *q = room((size_t)n_frames * (size_t)chain->n_dofs, sizeof *q);
    char header[256];
    FILE *file = fopen(path, "r");
    bool ok = file && fgets(header, sizeof header, file);
    for (int f = 0; f < n_frames && ok; f++) {
        double number;
        ok = fscanf(file, "%lf", &number) == 1;
        for (int i = 0; i < 3 * chain->n_segments && ok; i++) {
            ok = fscanf(file, "%lf", &number) == 1;
            int d = find_dof(chain, chain->joints[i / 3].name, "xyz"[i % 3]);
            if (d >= 0)
                q[f * chain->n_dofs + d] = number * DEG;
        }
    }
    if (file)
        fclose(file);
    if (!ok) {
        fprintf(stderr, "bench_ik: %s: expected %d rows of a frame's number and %d angles\n", path, n_frames, 3 * chain->n_segments);
        exit(1);
    }
    return q;
}

static const char *file_of(char path[SHARED_PATH_LENGTH], const char *folder, const char *name, const char *ending) {
    int n = snprintf(path, SHARED_PATH_LENGTH, "%s/%s%s", folder, name, ending);
    if (n < 0 || n >= SHARED_PATH_LENGTH)
        must(OIK_E_IO, &(oik_error){.message = "the path of the motions is too long"});
    return path;
}

static score score_file(const oik_chain_file *file, const char *folder, const char *name, condition what) {
    char path[SHARED_PATH_LENGTH];
    oik_error err = {0};
    oik_keypoints *keypoints;
    oik_matched_keypoints *matched;
    oik_ik_motion *motion;
    must(oik_keypoints_load(&keypoints, file_of(path, folder, name, ".pose.txt"), 0.0, &err), &err);
    disturb(keypoints, what, 1);
    must(oik_matched_keypoints_new(&matched, file, keypoints, &err), &err);
    must(oik_keypoint_motion_solve(&motion, matched, NULL, &err), &err);
    double *truth = read_truth(file_of(path, folder, name, ".gt.txt"), file->chain, motion->n_frames);
    score s = score_motion(file->chain, motion->q, truth, motion->n_frames);
    free(truth);
    oik_ik_motion_free(motion);
    oik_matched_keypoints_free(matched);
    oik_keypoints_free(keypoints);
    return s;
}

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

/* names of the motions of a folder, in order */
static int list_motions(char names[][MAX_NAME], const char *folder) {
    const char *ending = ".pose.txt";
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && n < MAX_MOTIONS && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        if (length > tail && length - tail < MAX_NAME && !strcmp(entry->d_name + length - tail, ending))
            snprintf(names[n++], MAX_NAME, "%.*s", (int)(length - tail), entry->d_name);
    }
    if (dir)
        closedir(dir);
    qsort(names, (size_t)n, MAX_NAME, by_name);
    return n;
}

static void score_files(const oik_chain_file *file, const char *folder) {
    static char names[MAX_MOTIONS][MAX_NAME];
    int n = list_motions(names, folder);
    for (int i = 0; i < n; i++)
        for (condition what = CLEAN; what < N_CONDITIONS; what++)
            print_score(what == CLEAN ? names[i] : "", condition_names[what], score_file(file, folder, names[i], what));
}

/* ---- generated motions --------------------------------------------------------------------------------------------- */

/* what is solved: a chain with markers and its posture of rest */
typedef struct subject {
    const char *name;
    const oik_chain *chain;
    const oik_markers *markers;
    const double *rest;
} subject;

static random_motion *generate(const subject *s, uint64_t seed, int n_frames, bool extended, condition what) {
    static const double speeds[] = {RANDOM_MOTION_SLOW, RANDOM_MOTION_MEDIUM, RANDOM_MOTION_FAST};
    random_motion_options options = random_motion_defaults(seed);
    options.n_frames = n_frames;
    options.speed = speeds[seed % 3];
    options.travel = options.speed;
    options.extended = extended;
    options.noise = what == NOISY ? NOISE : 0.0;
    options.missing = what == GAPPY ? MISSING : 0.0;
    return random_motion_new(s->chain, s->markers, &options);
}

static oik_ik_motion *solve(const subject *s, const random_motion *motion) {
    oik_measurement measurement = random_motion_measurement(motion);
    oik_error err = {0};
    oik_ik_motion *solved;
    must(oik_ik_solve_sequence(&solved, s->chain, &measurement, s->rest, NULL, &err), &err);
    return solved;
}

static void add_score(mean *means, double *all, int at, score s) {
    const double columns[] = {s.all, s.lower, s.upper, s.straight, s.bent};
    for (int i = 0; i < 5; i++)
        if (!isnan(columns[i]))
            add(&means[i], columns[i]);
    all[at] = s.all;
}

static void score_generated(const subject *s, bool extended) {
    char name[MAX_NAME];
    snprintf(name, sizeof name, "%s, %s", s->name, extended ? "extended" : "bent");
    for (condition what = CLEAN; what < N_CONDITIONS; what++) {
        mean means[5] = {{0, 0}};
        double all[SEEDS];
        for (int seed = 0; seed < SEEDS; seed++) {
            random_motion *motion = generate(s, (uint64_t)seed + 1, 30, extended, what);
            oik_ik_motion *solved = solve(s, motion);
            add_score(means, all, seed, score_motion(s->chain, solved->q, motion->q, 30));
            oik_ik_motion_free(solved);
            random_motion_free(motion);
        }
        print_score(what == CLEAN ? name : "", condition_names[what],
                    (score){mean_of(&means[0]), mean_of(&means[1]), mean_of(&means[2]), mean_of(&means[3]), mean_of(&means[4])});
        qsort(all, SEEDS, sizeof *all, ascending);
        printf("%28s %13s%9.3f%9.3f%9.3f\n", "", "", all[SEEDS / 2], all[SEEDS * 19 / 20], all[SEEDS - 1]);
    }
}

/* markers of the published chain, as its keypoints are matched in a shared motion */
static oik_matched_keypoints *match_published(const oik_chain_file *file, oik_keypoints **keypoints, const char *folder) {
    static char names[MAX_MOTIONS][MAX_NAME];
    char path[SHARED_PATH_LENGTH];
    oik_error err = {0};
    oik_matched_keypoints *matched;
    if (list_motions(names, folder) == 0)
        return NULL;
    must(oik_keypoints_load(keypoints, file_of(path, folder, names[0], ".pose.txt"), 0.0, &err), &err);
    must(oik_matched_keypoints_new(&matched, file, *keypoints, &err), &err);
    return matched;
}

static void bench_published(void) {
    char chains[SHARED_PATH_LENGTH], folder[SHARED_PATH_LENGTH];
    oik_error err = {0};
    oik_chain_file *file;
    oik_keypoints *keypoints = NULL;
    if (!shared_path(chains, "ik/chains.json") || !shared_path(folder, "ik/motions"))
        return;
    must(oik_chain_load(&file, chains, "IMVIP22", &err), &err);
    score_files(file, folder);
    oik_matched_keypoints *matched = match_published(file, &keypoints, folder);
    if (matched) {
        const subject published = {"generated, IMVIP22", file->chain, matched->markers, file->q_rest};
        score_generated(&published, false);
        score_generated(&published, true);
    }
    oik_matched_keypoints_free(matched);
    oik_keypoints_free(keypoints);
    oik_chain_file_free(file);
}

static void bench_accuracy(const subject *stick) {
    printf("MPJAS [deg]; generated: means of %d motions of 30 frames, below them median, 95th percentile and worst of all joints\n\n",
           SEEDS);
    printf("%-28s %-13s%9s%9s%9s%9s%9s\n", "motion", "keypoints", "all", "lower", "upper", "straight", "bent");
    bench_published();
    score_generated(stick, false);
    score_generated(stick, true);
    printf("\n");
}

/* ---- speed --------------------------------------------------------------------------------------------------------- */

/* processor time per frame [us]; iterations of the last run */
static double time_solver(int *n_iterations, const subject *s, const random_motion *motion, int runs) {
    double times[RUNS];
    for (int run = 0; run < runs; run++) {
        double start = now();
        oik_ik_motion *solved = solve(s, motion);
        times[run] = 1e6 * (now() - start) / motion->n_frames;
        *n_iterations = solved->n_iterations;
        oik_ik_motion_free(solved);
    }
    qsort(times, (size_t)runs, sizeof *times, ascending);
    return times[runs / 2];
}

static void bench_lengths(const subject *s) {
    static const int lengths[] = {100, 1000, 10000, 100000};
    printf("%-12s %-13s %12s %12s\n", "frames", "keypoints", "us / frame", "iterations");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (condition what = CLEAN; what <= NOISY; what++) {
            int n_iterations = 0;
            random_motion *motion = generate(s, 1, lengths[i], false, what);
            double time = time_solver(&n_iterations, s, motion, lengths[i] > 1000 ? 1 : RUNS);
            printf("%-12d %-13s %12.1f %12d\n", lengths[i], condition_names[what], time, n_iterations);
            fflush(stdout);
            random_motion_free(motion);
        }
}

static void bench_baseline(const subject *s, oik_patch_mode mode, int n_frames) {
    oik_patch_ik_options options = oik_patch_ik_options_default();
    oik_error err = {0};
    random_motion *motion = generate(s, 1, n_frames, false, CLEAN);
    oik_measurement measurement = random_motion_measurement(motion);
    double *q = room((size_t)n_frames * (size_t)s->chain->n_dofs, sizeof *q);
    int n_iterations = 0;
    options.mode = mode;
    options.q_rest = s->rest;
    double start = now();
    must(oik_patch_ik_solve(q, NULL, s->chain, &measurement, &options, &err), &err);
    double baseline = 1e6 * (now() - start) / n_frames, ours = time_solver(&n_iterations, s, motion, RUNS);
    printf("%-28s %6d frames %10.1f us / frame = %8.1f frames / s, MPJAS %.3f deg; ours %7.1f us / frame, %.0f times faster\n",
           mode == OIK_PATCH_TEMPORAL ? "SLSQP in patches of 5" : "SLSQP frame by frame", n_frames, baseline, 1e6 / baseline,
           mpjas(s->chain, q, motion->q, n_frames) / DEG, ours, baseline / ours);
    fflush(stdout);
    free(q);
    random_motion_free(motion);
}

/* ---- floor --------------------------------------------------------------------------------------------------------- */

/* one iteration of the whole chain, step by step */
typedef struct iteration {
    oik_sequence_problem *problem;
    oik_normal_matrix *normal;
    oik_cholesky *cholesky;
    const double *q;
    double *r, *jac, *gradient;
} iteration;

static void run_forward(void *context, const subject *s, int n_frames) {
    const iteration *it = context;
    oik_chain_pose *pose;
    must(oik_chain_pose_new(&pose, s->chain, NULL), &(oik_error){.message = "out of memory"});
    for (int f = 0; f < n_frames; f++)
        oik_chain_forward(pose, s->chain, it->q + f * s->chain->n_dofs);
    oik_chain_pose_free(pose);
}

static void run_rows(void *context, const subject *s, int n_frames) {
    static const oik_sequence_weights weights = {
        .temporal = 1e-6, .jump = 1.0, .translation = 1.0, .prior = 1e-6, .range = 1.0, .limit = 1.0};
    iteration *it = context;
    (void)s;
    (void)n_frames;
    must(oik_sequence_problem_evaluate(it->problem, it->r, it->jac, it->q, NULL, 0, &weights), &(oik_error){.message = "evaluation"});
}

static void run_assembly(void *context, const subject *s, int n_frames) {
    iteration *it = context;
    (void)s;
    (void)n_frames;
    oik_normal_matrix_assemble(it->normal, it->gradient, it->jac, it->r);
}

static void run_factor(void *context, const subject *s, int n_frames) {
    iteration *it = context;
    oik_error err = {0};
    (void)s;
    (void)n_frames;
    for (int i = 0; i < it->normal->n; i++) /* Levenberg-Marquardt's damping */
        it->normal->values[it->normal->column_start[i]] += 1e-3;
    must(oik_cholesky_factor(it->cholesky, it->normal->values, &err), &err);
}

static double time_step(const char *name, void (*step)(void *, const subject *, int), iteration *it, const subject *s, int n_frames) {
    double times[RUNS];
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        step(it, s, n_frames);
        times[run] = 1e6 * (now() - start) / n_frames;
    }
    qsort(times, RUNS, sizeof *times, ascending);
    printf("%-44s %8.2f us / frame\n", name, times[RUNS / 2]);
    return times[RUNS / 2];
}

static void bench_floor(const subject *s, int n_frames) {
    random_motion *motion = generate(s, 1, n_frames, false, CLEAN);
    oik_measurement measurement = random_motion_measurement(motion);
    oik_term_choice choice = {.positions = true, .length_scale = 0.1};
    oik_error err = {0};
    iteration it = {.q = motion->q};
    must(oik_sequence_problem_new(&it.problem, s->chain, &measurement, &choice, s->rest, n_frames, &err), &err);
    const oik_lsq_pattern *pattern = oik_sequence_problem_pattern(it.problem);
    must(oik_normal_matrix_new(&it.normal, pattern, &err), &err);
    must(oik_cholesky_new(&it.cholesky, pattern->n_unknowns, it.normal->column_start, it.normal->row, &err), &err);
    it.r = room((size_t)pattern->n_rows, sizeof *it.r);
    it.jac = room((size_t)pattern->row_start[pattern->n_rows], sizeof *it.jac);
    it.gradient = room((size_t)pattern->n_unknowns, sizeof *it.gradient);
    printf("Floor: one iteration of the whole chain\n");
    time_step("forward kinematics alone", run_forward, &it, s, n_frames);
    double sum = time_step("rows and Jacobian, forward kinematics included", run_rows, &it, s, n_frames);
    sum += time_step("normal matrix", run_assembly, &it, s, n_frames);
    sum += time_step("factorisation", run_factor, &it, s, n_frames);
    printf("%-44s %8.2f us / frame\n", "together", sum);
    free(it.r);
    free(it.jac);
    free(it.gradient);
    oik_cholesky_free(it.cholesky);
    oik_normal_matrix_free(it.normal);
    oik_sequence_problem_free(it.problem);
    random_motion_free(motion);
}

static void bench_speed(const subject *s) {
    printf("Speed: chain of %d rotations and 3 translations, %d keypoints, bent motion, one thread\n\n", s->chain->n_dofs - 3,
           s->markers->n_markers);
    bench_lengths(s);
    printf("\n");
    bench_baseline(s, OIK_PATCH_FED, 200);
    bench_baseline(s, OIK_PATCH_TEMPORAL, 20);
    printf("\n");
    bench_floor(s, 640);
}

/* ---- */

/* the linear algebra library reads how many threads it may use before main begins */
static void use_one_thread(char **argv) {
    const char *variable = "OPENBLAS_NUM_THREADS";
    if (getenv(variable))
        return;
    if (setenv(variable, "1", 1) == 0)
        execv("/proc/self/exe", argv);
    fprintf(stderr, "bench_ik: %s is not set: times may be those of several threads\n", variable);
}

int main(int argc, char **argv) {
    bool accuracy = argc < 2 || !strcmp(argv[1], "accuracy"), speed = argc < 2 || !strcmp(argv[1], "speed");
    use_one_thread(argv);
    oik_chain *chain = stick_chain_new();
    oik_markers *markers = chain ? stick_markers_new(chain) : NULL;
    double *rest = room(STICK_N_DOFS, sizeof *rest);
    if (!markers)
        must(OIK_E_MEMORY, &(oik_error){.message = "out of memory"});
    const subject stick = {"generated, own chain", chain, markers, rest};
    if (accuracy)
        bench_accuracy(&stick);
    if (speed)
        bench_speed(&stick);
    free(rest);
    oik_markers_free(markers);
    oik_chain_free(chain);
    return accuracy || speed ? 0 : 2;
}
