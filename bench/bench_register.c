/**
 * Time of the registration of one body: workspace, fit, and the most memory the process ever held.
 *
 *   bench_register [MODEL.npz]      default: $BUILD/models/neutral.npz
 *
 * The subject is the model itself, shaped, bent and disturbed by a smooth centimetre, so that no data is needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/npz.h"
#include "base/rot.h"
#include "body/registration.h"

enum { RUNS = 15 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static long peak_kilobytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/** Bent limbs, a shape of alternating sign, one centimetre of smooth disagreement. */
static void make_subject(oik_vec3 *x, const oik_body_model *model, double *beta) {
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_frames frames;
    oik_body_pose pose = oik_body_pose_rest();
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose.R[j] = oik_rot_exp(v3_scale(v3(sin(3.0 * j), sin(5.0 * j), sin(7.0 * j)), 0.4));
    for (size_t k = 0; k < model->n_modes; k++)
        beta[k] = k % 2 ? -0.7 : 0.7;
    oik_body_shape(x, model, beta);
    oik_body_joints(J, model, x);
    oik_body_forward(&frames, model, J, &pose);
    oik_body_skin(x, model, x, &frames);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_madd(x[i], 0.01, v3(sin(20 * x[i].y), sin(25 * x[i].z), sin(22 * x[i].x)));
}

static oik_status measure(const oik_body_model *model, const oik_vec3 *x, oik_error *err) {
    oik_body_register *workspace = NULL;
    oik_body_register_options options = oik_body_register_options_default();
    double start = now(), times[RUNS];
    oik_status status = oik_body_register_new(&workspace, model, err);
    printf("workspace            %8.1f ms\n", 1e3 * (now() - start));
    for (int run = 0; !status && run < RUNS; run++) {
        oik_body_fit fit = {0};
        start = now();
        status = oik_body_fit_mesh(&fit, workspace, x, &options, err);
        times[run] = now() - start;
        if (!status && run == 0)
            printf("iterations           %8d\nrms                  %8.2f mm\nre-posed rms         %8.2f mm\n", fit.n_iterations,
                   1e3 * fit.rms, 1e3 * fit.repose_rms);
        oik_body_fit_free(&fit);
    }
    oik_body_register_free(workspace);
    if (status)
        return status;
    qsort(times, RUNS, sizeof *times, ascending);
    printf("fit, best of %d      %8.1f ms\nfit, median          %8.1f ms\n", RUNS, 1e3 * times[0], 1e3 * times[RUNS / 2]);
    return OIK_OK;
}

int main(int argc, char **argv) {
    char path[4096];
    const char *build = getenv("BUILD");
    oik_npz *npz = NULL;
    oik_body_model *model = NULL;
    oik_error err = {.message = "out of memory"};
    snprintf(path, sizeof path, "%s/models/neutral.npz", build ? build : "build");
    oik_status status = oik_npz_open(&npz, argc > 1 ? argv[1] : path, &err);
    if (!status)
        status = oik_body_model_load(&model, npz, &err);
    oik_npz_free(npz);
    oik_vec3 *x = status ? NULL : malloc(model->n_vertices * sizeof *x);
    double *beta = status ? NULL : malloc(model->n_modes * sizeof *beta);
    if (x && beta) {
        long before = peak_kilobytes();
        printf("bench_register: %zu vertices, %zu modes\n", model->n_vertices, model->n_modes);
        make_subject(x, model, beta);
        status = measure(model, x, &err);
        printf("extra memory         %8.1f MB\n", (double)(peak_kilobytes() - before) / 1024.0);
    }
    if (status || !x || !beta)
        fprintf(stderr, "bench_register: %s\n", err.message);
    free(x);
    free(beta);
    oik_body_model_free(model);
    return status != OIK_OK;
}
