/**
 * Time of one frame of a mesh sequence, registration and posing, tracked and each frame by itself; memory of the trackers.
 *
 *   bench_track [MODEL.npz]         default: $BUILD/models/neutral.npz
 *
 * The subject is the model itself, shaped, swinging arms and legs at 30 frames per second, with a smooth centimetre of disagreement, so
 * that no data is needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/npz.h"
#include "base/rot.h"
#include "body/track.h"
#include "skeleton/track.h"

enum { FRAMES = 30, RUNS = 5, SINGLE_EVERY = 10 };

static const double DT = 1.0 / 30.0;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double median(double *times, size_t n) {
    qsort(times, n, sizeof *times, ascending);
    return times[n / 2];
}

static double peak_megabytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024.0;
}

/** Both models and the frames, FRAMES x n_vertices. */
typedef struct subject {
    oik_body_model *body;
    oik_skel_model *skeleton;
    oik_vec3 *x;
} subject;

static oik_body_pose pose_at(int frame) {
    oik_body_pose pose = oik_body_pose_rest();
    double phase = 6.0 * frame * DT; /* a stride per second */
    for (int side = 0; side < 2; side++) {
        double swing = (side ? -0.5 : 0.5) * sin(phase), sign = side ? 1.0 : -1.0;
        pose.R[OIK_J_HIP_L + side] = oik_rot_exp(v3(-swing, 0, 0));
        pose.R[OIK_J_KNEE_L + side] = oik_rot_exp(v3(0.5 + swing, 0, 0));
        pose.R[OIK_J_COLLAR_L + side] = oik_rot_exp(v3(0, 0, 0.2 * sign));
        pose.R[OIK_J_SHOULDER_L + side] = m3_mul(oik_rot_exp(v3(0.6 * swing, 0, 0)), oik_rot_exp(v3(0, 0, 1.0 * sign)));
        pose.R[OIK_J_ELBOW_L + side] = oik_rot_exp(v3(0, sign * 0.5, 0));
    }
    pose.R[OIK_J_PELVIS] = oik_rot_exp(v3(0, 0.1 * sin(phase), 0));
    pose.tau = v3(0, 0, 1.2 * frame * DT);
    return pose;
}

static oik_status make_frames(subject *s) {
    const oik_body_model *model = s->body;
    size_t n = model->n_vertices;
    double *beta = calloc(model->n_modes, sizeof *beta);
    s->x = malloc((FRAMES + 1) * n * sizeof *s->x);
    if (!beta || !s->x) {
        free(beta);
        return OIK_E_MEMORY;
    }
    oik_vec3 *v = s->x + FRAMES * n, J[OIK_N_JOINTS];
    for (size_t k = 0; k < model->n_modes; k++)
        beta[k] = k % 2 ? -0.7 : 0.7;
    oik_body_shape(v, model, beta);
    oik_body_joints(J, model, v);
    for (size_t i = 0; i < n; i++)
        v[i] = v3_madd(v[i], 0.005, v3(sin(20 * v[i].y), sin(25 * v[i].z), sin(22 * v[i].x)));
    for (int f = 0; f < FRAMES; f++) {
        oik_body_pose pose = pose_at(f);
        oik_body_frames frames;
        oik_body_forward(&frames, model, J, &pose);
        oik_body_skin(s->x + (size_t)f * n, model, v, &frames);
    }
    free(beta);
    return OIK_OK;
}

static oik_status load(subject *s, const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = oik_body_model_load(&s->body, npz, err);
    if (!status)
        status = oik_skel_model_load(&s->skeleton, npz, s->body->n_vertices, err);
    oik_npz_free(npz);
    return status ? status : make_frames(s);
}

/** Median times of the frames after the first [s]. */
typedef struct times {
    double registration, posing;
} times;

static oik_status single_frames(times *out, const subject *s, const oik_puppet *lying, const double *beta, oik_error *err) {
    oik_body_register *workspace = NULL;
    oik_body_register_options options = oik_body_register_options_default();
    oik_skel_options skel_options = oik_skel_options_default();
    double registration[FRAMES], posing[FRAMES];
    size_t n = 0;
    options.fixed_beta = beta;
    oik_status status = oik_body_register_new(&workspace, s->body, err);
    for (int f = 0; !status && f < FRAMES; f += SINGLE_EVERY, n++) {
        const oik_vec3 *x = s->x + (size_t)f * s->body->n_vertices;
        oik_body_fit fit = {0};
        oik_puppet *puppet = NULL;
        double start = now();
        status = oik_body_fit_mesh(&fit, workspace, x, &options, err);
        registration[n] = now() - start;
        start = now();
        if (!status)
            status = oik_skel_pose(&puppet, NULL, s->skeleton, s->body, &fit, x, (const int32_t(*)[3])s->body->faces, s->body->n_faces,
                                   lying, &skel_options, err);
        posing[n] = now() - start;
        oik_puppet_free(puppet);
        oik_body_fit_free(&fit);
    }
    oik_body_register_free(workspace);
    if (!status)
        *out = (times){median(registration, n), median(posing, n)};
    return status;
}

/** One run through the sequence; lying and fit are made by the first run and used by the others. */
static oik_status track_frames(times *out, const subject *s, oik_puppet **lying, oik_body_fit *fit, oik_error *err) {
    oik_body_track *body = NULL;
    oik_skel_track *bones = NULL;
    oik_puppet *puppet = NULL;
    oik_body_track_options body_options = oik_body_track_options_default();
    oik_skel_track_options bone_options = oik_skel_track_options_default();
    oik_skel_options infer = oik_skel_options_default();
    double registration[FRAMES], posing[FRAMES];
    oik_status status = oik_body_track_new(&body, s->body, err);
    if (!status)
        status = oik_puppet_new(&puppet, s->skeleton, err);
    for (int f = 0; !status && f < FRAMES; f++) {
        const oik_vec3 *x = s->x + (size_t)f * s->body->n_vertices;
        oik_body_track_report report;
        double start = now();
        status = oik_body_track_frame(fit, &report, body, x, DT, &body_options, err);
        registration[f] = now() - start;
        if (!status && !*lying)
            status = oik_skel_infer(lying, NULL, s->skeleton, s->body, fit, &infer, err);
        if (!status && !bones)
            status = oik_skel_track_new(&bones, s->skeleton, s->body, fit, (const int32_t(*)[3])s->body->faces, s->body->n_faces, *lying, err);
        start = now();
        if (!status)
            status = oik_skel_track_frame(puppet, NULL, bones, &fit->frames, x, report.restarted, &bone_options, err);
        posing[f] = now() - start;
    }
    if (!status)
        *out = (times){median(registration + 1, FRAMES - 1), median(posing + 1, FRAMES - 1)};
    oik_puppet_free(puppet);
    oik_skel_track_free(bones);
    oik_body_track_free(body);
    return status;
}

static oik_status measure(const subject *s, oik_error *err) {
    oik_puppet *lying = NULL;
    oik_body_fit fit = {0};
    times single = {0}, tracked = {0};
    double registration[RUNS], posing[RUNS], before = peak_megabytes();
    oik_status status = OIK_OK;
    for (int run = 0; !status && run < RUNS; run++) {
        status = track_frames(&tracked, s, &lying, &fit, err);
        registration[run] = tracked.registration;
        posing[run] = tracked.posing;
    }
    double memory = peak_megabytes() - before;
    if (!status)
        status = single_frames(&single, s, lying, fit.beta, err);
    if (!status) {
        tracked = (times){median(registration, RUNS), median(posing, RUNS)};
        double one = tracked.registration + tracked.posing, other = single.registration + single.posing;
        printf("                     tracked   single   ratio\n");
        printf("registration    ms %9.2f %8.1f %7.1f\n", 1e3 * tracked.registration, 1e3 * single.registration,
               single.registration / tracked.registration);
        printf("posing          ms %9.2f %8.1f %7.1f\n", 1e3 * tracked.posing, 1e3 * single.posing, single.posing / tracked.posing);
        printf("together        ms %9.2f %8.1f %7.1f\n", 1e3 * one, 1e3 * other, other / one);
        printf("frames per second %10.1f %8.1f\n", 1.0 / one, 1.0 / other);
        printf("extra memory    MB %9.1f\n", memory);
    }
    oik_puppet_free(lying);
    oik_body_fit_free(&fit);
    return status;
}

int main(int argc, char **argv) {
    char path[4096];
    const char *build = getenv("BUILD");
    oik_error err = {.message = "out of memory"};
    subject s = {0};
    snprintf(path, sizeof path, "%s/models/neutral.npz", build ? build : "build");
    oik_status status = load(&s, argc > 1 ? argv[1] : path, &err);
    if (!status) {
        printf("bench_track: %d frames, %d runs\n", FRAMES, RUNS);
        status = measure(&s, &err);
    }
    if (status)
        fprintf(stderr, "bench_track: %s\n", err.message);
    free(s.x);
    oik_body_model_free(s.body);
    oik_skel_model_free(s.skeleton);
    return status != OIK_OK;
}
