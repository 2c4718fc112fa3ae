/**
 * Time of inverse kinematics of one frame on a full chain of 58 coordinates, all starts included.
 *
 * Kinds of frames: exact orientations; orientations with 0.03 rad of noise (no start meets them, so all are run); the same with
 * joint centres; joint centres alone; link directions alone. Random poses over the whole ranges of motion.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rot.h"
#include "ik/frame_ik.h"
#include "support/tiny_chain.c" /* benchmarks link the library only: the chain of the tests comes as source */

enum { FRAMES = 40, MAX_SEGMENTS = 64 };

typedef struct kind {
    const char *name;
    double noise; /* [rad], and a tenth of it in metres */
    double w_R, w_centre, w_link;
} kind;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static void disturb(oik_chain_pose *pose, int n, double noise, uint64_t *random) {
    for (int i = 0; i < n; i++) {
        pose->R[i] = m3_mul(pose->R[i], oik_rot_exp(v3_scale(random_vec3(random), noise)));
        pose->centre[i] = v3_madd(pose->centre[i], 0.1 * noise, random_vec3(random));
    }
}

static oik_status measure(const kind *what, const oik_chain *chain, const double *rest, oik_chain_pose *pose, double *q,
                          oik_error *err) {
    double w_R[MAX_SEGMENTS], w_centre[MAX_SEGMENTS], w_link[MAX_SEGMENTS], times[FRAMES];
    int n_converged = 0, n_evaluations = 0;
    uint64_t random = 1;
    for (int i = 0; i < chain->n_segments; i++) {
        w_R[i] = what->w_R;
        w_centre[i] = what->w_centre;
        w_link[i] = what->w_link;
    }
    oik_ik_target target = {pose->R, w_R, pose->centre, w_centre, w_link};
    for (int frame = 0; frame < FRAMES; frame++) {
        oik_ik_result *result;
        tiny_random_pose(q, chain, 0.0, &random);
        oik_chain_forward(pose, chain, q);
        disturb(pose, chain->n_segments, what->noise, &random);
        double start = now();
        oik_status status = oik_ik_solve_frame(&result, chain, &target, rest, NULL, err);
        times[frame] = now() - start;
        if (status)
            return status;
        n_converged += result->converged;
        n_evaluations += result->n_evaluations;
        oik_ik_result_free(result);
    }
    qsort(times, FRAMES, sizeof *times, ascending);
    printf("%-28s median %6.2f ms, slowest %6.2f ms, %5.1f evaluations, converged %d of %d\n", what->name,
           1e3 * times[FRAMES / 2], 1e3 * times[FRAMES - 1], (double)n_evaluations / FRAMES, n_converged, FRAMES);
    return OIK_OK;
}

static void time_forward(const oik_chain *chain, const double *q, oik_chain_pose *pose) {
    enum { RUNS = 20000 };
    double start = now();
    for (int run = 0; run < RUNS; run++)
        oik_chain_forward(pose, chain, q);
    printf("%-28s %6.2f us\n", "forward kinematics", 1e6 * (now() - start) / RUNS);
}

int main(void) {
    static const kind kinds[] = {{"orientations", 0.0, 1.0, 0.0, 0.0},
                                 {"orientations, noise", 0.03, 1.0, 0.0, 0.0},
                                 {"orientations, centres, noise", 0.03, 1.0, 1.0, 0.0},
                                 {"centres", 0.0, 0.0, 1.0, 0.0},
                                 {"link directions", 0.0, 0.0, 0.0, 1.0}};
    oik_error err = {0};
    oik_chain *chain = NULL;
    oik_chain_pose *pose = NULL;
    double *rest = NULL, *q = NULL;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_status status = lying ? oik_chain_new(&chain, &rest, lying, &err) : OIK_E_MEMORY;
    if (!status)
        status = oik_chain_pose_new(&pose, chain, &err);
    if (!status && (chain->n_segments > MAX_SEGMENTS || !(q = calloc((size_t)chain->n_dofs, sizeof *q))))
        status = OIK_E_MEMORY;
    if (!status)
        time_forward(chain, rest, pose);
    for (size_t k = 0; !status && k < sizeof kinds / sizeof *kinds; k++)
        status = measure(&kinds[k], chain, rest, pose, q, &err);
    if (status)
        fprintf(stderr, "bench_ik_frame: %s\n", err.message);
    free(q);
    free(rest);
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
    tiny_kinematics_free(lying);
    return status ? 1 : 0;
}
