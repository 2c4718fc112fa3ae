/**
 * A whole mesh sequence: reading, registration, posing, inverse kinematics, writing. Frames per second of one core, memory, angles
 * against the truth that posed the meshes.
 *
 *   bench_sequence [MODEL.npz [N_FRAMES]]      default: $BUILD/models/neutral.npz, 100 frames
 *
 * The subject is the model itself, shaped and walking at 30 frames per second, with a smooth millimetre of disagreement, so that no
 * data is needed. Truth: the same lying bones carried by the joints that posed the meshes. Files go to a folder in $TMPDIR (or /tmp)
 * that is removed at the end. Times are those of the processor; with OPENBLAS_NUM_THREADS=1 they are of one core.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "api/sequence.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "ik/joint_angles.h"
#include "mesh/mesh_sequence.h"

static const double FPS = 30.0, DEG = 180.0 / 3.14159265358979323846;

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_megabytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024.0;
}

/* ------------------------------------------------------------------ the walk */

/** Two harmonics per joint, roughly those of level walking (Winter 2009); both sides half a stride apart. */
static oik_body_pose pose_at(double time) {
    oik_body_pose pose = oik_body_pose_rest();
    const double stride = 2.0 * 3.14159265358979323846 * 0.9; /* 0.9 strides a second */
    for (int side = 0; side < 2; side++) {
        double phase = stride * time + (side ? 3.14159265358979323846 : 0.0), sign = side ? 1.0 : -1.0;
        double hip = 0.15 + 0.38 * cos(phase), knee = 0.4 + 0.42 * sin(phase - 0.9) + 0.12 * sin(2 * phase);
        double ankle = 0.05 + 0.18 * sin(2 * phase + 0.6), arm = -0.3 * cos(phase), elbow = 0.45 - 0.2 * cos(phase);
        pose.R[OIK_J_HIP_L + side] = m3_mul(oik_rot_exp(v3(-hip, 0, 0)), oik_rot_exp(v3(0, 0.06 * sin(phase), 0.05 * cos(phase))));
        pose.R[OIK_J_KNEE_L + side] = oik_rot_exp(v3(fmax(knee, 0.02), 0, 0));
        pose.R[OIK_J_ANKLE_L + side] = oik_rot_exp(v3(-ankle, 0, 0));
        pose.R[OIK_J_SHOULDER_L + side] = m3_mul(oik_rot_exp(v3(arm, 0, 0)), oik_rot_exp(v3(0, 0, 1.2 * sign)));
        pose.R[OIK_J_ELBOW_L + side] = oik_rot_exp(v3(0, sign * elbow, 0));
    }
    pose.R[OIK_J_PELVIS] = oik_rot_exp(v3(0.05, 0.08 * sin(stride * time), 0.04 * cos(stride * time)));
    pose.R[OIK_J_SPINE2] = oik_rot_exp(v3(0.04, -0.1 * sin(stride * time), 0));
    pose.R[OIK_J_NECK] = oik_rot_exp(v3(0.1, -0.03 * sin(stride * time), 0));
    pose.tau = v3(0.02 * sin(stride * time), 0.015 * cos(2 * stride * time), 1.2 * time);
    return pose;
}

/** The subject's rest skin and joints. */
typedef struct walker {
    const oik_body_model *model;
    oik_vec3 *v, *x; /**< n_vertices */
    oik_vec3 J[OIK_N_JOINTS];
} walker;

static oik_status walker_new(walker *w, const oik_body_model *model, oik_error *err) {
    double *beta = oik_new(model->n_modes, sizeof *beta, err);
    *w = (walker){.model = model,
                  .v = oik_new(model->n_vertices, sizeof *w->v, err),
                  .x = oik_new(model->n_vertices, sizeof *w->x, err)};
    if (!beta || !w->v || !w->x) {
        free(beta);
        return OIK_E_MEMORY;
    }
    for (size_t k = 0; k < model->n_modes; k++)
        beta[k] = k % 2 ? -0.7 : 0.7;
    oik_body_shape(w->v, model, beta);
    oik_body_joints(w->J, model, w->v);
    for (size_t i = 0; i < model->n_vertices; i++)
        w->v[i] = v3_madd(w->v[i], 0.001, v3(sin(20 * w->v[i].y), sin(25 * w->v[i].z), sin(22 * w->v[i].x)));
    free(beta);
    return OIK_OK;
}

static void walker_free(walker *w) {
    free(w->v);
    free(w->x);
}

static oik_body_frames joints_at(const walker *w, size_t frame) {
    oik_body_frames frames;
    oik_body_pose pose = pose_at((double)frame / FPS);
    oik_body_forward(&frames, w->model, w->J, &pose);
    return frames;
}

/** Format 1.0: magic, header of 118 bytes, then single precision. */
static oik_status write_npy(const char *path, walker *w, size_t n_frames, oik_error *err) {
    oik_file_writer *file = NULL;
    size_t n = 3 * w->model->n_vertices;
    float *row = oik_new(n, sizeof *row, err);
    char shape[80], head[129];
    snprintf(shape, sizeof shape, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu, 3), }", n_frames, w->model->n_vertices);
    snprintf(head, sizeof head, "          %-117s\n", shape);
    memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
    oik_status status = row ? oik_file_writer_new(&file, path, err) : OIK_E_MEMORY;
    if (!status)
        status = oik_file_writer_append(file, head, 128, err);
    for (size_t f = 0; f < n_frames && !status; f++) {
        oik_body_frames frames = joints_at(w, f);
        oik_body_skin(w->x, w->model, w->v, &frames);
        for (size_t i = 0; i < n; i++)
            row[i] = (float)(&w->x->x)[i];
        status = oik_file_writer_append(file, row, n * sizeof *row, err);
    }
    if (!status)
        status = oik_file_writer_finish(file, err);
    oik_file_writer_free(file);
    free(row);
    return status;
}

/* ------------------------------------------------------------------ the run */

typedef struct bench {
    oik_model *model;
    walker walker;
    char folder[256], path[512];
    oik_mesh_sequence *input;
    oik_sequence *sequence;
    oik_chain *chain;
    oik_motion *motion;
    oik_mat3 *truth; /**< n_frames x n_segments */
    size_t n_frames;
    double tracking, solving, writing, checking; /**< [s] */
} bench;

static const char *in_bench_folder(bench *b, const char *name) {
    snprintf(b->path, sizeof b->path, "%s/%s", b->folder, name);
    return b->path;
}

/** Orientations of the lying bones carried by the true joints. */
static oik_status store_truth(bench *b, size_t frame, oik_error *err) {
    oik_kinematics *k = NULL;
    oik_body_frames frames = joints_at(&b->walker, frame);
    oik_skel_track_carried(b->sequence->carried, b->sequence->bones, &frames);
    oik_status status = oik_skel_kinematics(&k, b->model->skeleton, b->sequence->carried, err);
    for (int i = 0; i < b->sequence->n_segments && !status; i++)
        b->truth[frame * (size_t)b->sequence->n_segments + (size_t)i] = k->segments[i].R;
    oik_kinematics_free(k);
    return status;
}

static oik_status track(bench *b, oik_error *err) {
    oik_status status = OIK_OK;
    double start = cpu_seconds(), written = 0.0, checked = 0.0;
    for (size_t f = 0; f < b->n_frames && !status; f++) {
        oik_mesh *mesh = NULL;
        status = oik_mesh_sequence_read(&mesh, b->input, f, err);
        if (!status)
            status = oik_sequence_add(b->sequence, mesh, (double)f / FPS, "frame", err);
        oik_mesh_free(mesh);
        double after = cpu_seconds();
        if (!status)
            status = oik_write_skeleton(oik_sequence_posed(b->sequence), "all", in_bench_folder(b, "bones.ply"), err);
        written += cpu_seconds() - after;
        after = cpu_seconds();
        if (!status)
            status = store_truth(b, f, err);
        checked += cpu_seconds() - after;
    }
    b->writing += written;
    b->checking = checked;
    b->tracking = cpu_seconds() - start - written - checked;
    return status;
}

static oik_status solve(bench *b, oik_error *err) {
    double start = cpu_seconds();
    oik_sequence_end_tracking(b->sequence);
    oik_status status = oik_chain_from_skeleton(&b->chain, b->model, oik_sequence_lying(b->sequence), err);
    if (!status)
        status = oik_sequence_solve(&b->motion, b->sequence, b->chain, err);
    b->solving = cpu_seconds() - start;
    start = cpu_seconds();
    if (!status)
        status = oik_write_angles(b->motion, in_bench_folder(b, "angles.csv"), err);
    if (!status)
        status = oik_write_segments(b->motion, in_bench_folder(b, "segments.csv"), err);
    if (!status)
        status = oik_write_rates(b->motion, in_bench_folder(b, "rates.csv"), err);
    if (!status)
        status = oik_write_motion(b->motion, in_bench_folder(b, "motion.json"), err);
    b->writing += cpu_seconds() - start;
    return status;
}

/* ------------------------------------------------------------------ against the truth */

/** Mean angle between solved and true segments [deg], and that of the registered bodies' segments alone. */
static oik_status segment_errors(double *solved, double *registered, const bench *b, oik_error *err) {
    oik_chain_pose *pose = NULL;
    int n = b->sequence->n_segments;
    oik_status status = oik_chain_pose_new(&pose, b->chain, err);
    *solved = *registered = 0.0;
    for (size_t f = 0; f < b->n_frames && !status; f++) {
        oik_chain_forward(pose, b->chain, oik_motion_get_frame(b->motion, f).coordinates);
        for (int i = 0; i < n; i++) {
            size_t at = f * (size_t)n + (size_t)i;
            *solved += oik_rot_angle_between(pose->R[i], b->truth[at]);
            *registered += oik_rot_angle_between(b->sequence->R[at], b->truth[at]);
        }
    }
    *solved *= DEG / (double)(b->n_frames * (size_t)n);
    *registered *= DEG / (double)(b->n_frames * (size_t)n);
    oik_chain_pose_free(pose);
    return status;
}

/** Mean difference of a joint's first coordinate from that of the true segments [deg]. */
static double angle_error(const bench *b, int i) {
    const oik_chain_joint *joint = &b->chain->joints[i];
    const oik_dof *dofs = b->chain->dofs + joint->first_dof;
    double sum = 0.0, q[OIK_MAX_JOINT_DOFS];
    for (size_t f = 0; f < b->n_frames; f++) {
        const oik_mat3 *R = b->truth + f * (size_t)b->sequence->n_segments;
        const double *solved = oik_motion_get_frame(b->motion, f).coordinates + joint->first_dof;
        oik_joint_angles(q, dofs, joint->n_rotations, m3_mul(m3_tmul(m3_mul(R[joint->parent], joint->A), R[i]), joint->B), solved);
        sum += fabs(q[0] - solved[0]);
    }
    return sum * DEG / (double)b->n_frames;
}

static oik_status report(const bench *b, oik_error *err) {
    static const char *const names[] = {"hip_flexion_r", "knee_angle_r", "ankle_angle_r", "arm_flex_r", "elbow_flex_r"};
    double solved, registered, total = b->tracking + b->solving + b->writing, n = (double)b->n_frames;
    oik_status status = segment_errors(&solved, &registered, b, err);
    if (status)
        return status;
    printf("%zu frames: %.1f per second of one core; per frame %.2f ms reading, registration and posing, %.2f ms joint angles, %.2f ms "
           "writing; peak memory %.0f MB\n",
           b->n_frames, n / total, 1e3 * b->tracking / n, 1e3 * b->solving / n, 1e3 * b->writing / n, peak_megabytes());
    printf("segments against the truth: %.2f deg in mean, before the chain %.2f; angles:", solved, registered);
    for (int i = 1; i < b->chain->n_segments; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (strcmp(b->chain->dofs[b->chain->joints[i].first_dof].name, names[k]) == 0)
                printf(" %s %.2f", names[k], angle_error(b, i));
    printf("\n");
    return OIK_OK;
}

static oik_status run(bench *b, const char *model_path, oik_error *err) {
    oik_status status = oik_model_load(&b->model, model_path, err);
    if (!status)
        status = walker_new(&b->walker, b->model->body, err);
    if (!status)
        status = write_npy(in_bench_folder(b, "walk.npy"), &b->walker, b->n_frames, err);
    const char *path = b->path;
    if (!status)
        status = oik_mesh_sequence_open(&b->input, &path, 1, err);
    if (!status)
        status = oik_sequence_new(&b->sequence, b->model, NULL, err);
    b->truth = oik_new(b->n_frames * (status ? 0 : (size_t)b->sequence->n_segments), sizeof *b->truth, err);
    if (!status && !b->truth)
        status = OIK_E_MEMORY;
    if (!status)
        status = track(b, err);
    if (!status)
        status = solve(b, err);
    return status ? status : report(b, err);
}

static void bench_free(bench *b) {
    static const char *const files[] = {"walk.npy", "bones.ply", "angles.csv", "segments.csv", "rates.csv", "motion.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_bench_folder(b, files[i]));
    rmdir(b->folder);
    free(b->truth);
    oik_motion_free(b->motion);
    oik_chain_free(b->chain);
    oik_sequence_free(b->sequence);
    oik_mesh_sequence_free(b->input);
    walker_free(&b->walker);
    oik_model_free(b->model);
}

int main(int argc, char **argv) {
    char path[512];
    const char *build = getenv("BUILD"), *tmp = getenv("TMPDIR");
    oik_error err = {0};
    bench b = {.n_frames = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 100};
    snprintf(path, sizeof path, "%s/models/neutral.npz", build ? build : "build");
    snprintf(b.folder, sizeof b.folder, "%s/bench_sequence_XXXXXX", tmp ? tmp : "/tmp");
    if (b.n_frames == 0 || !mkdtemp(b.folder)) {
        fprintf(stderr, "bench_sequence: expected a number of frames and a folder for files that can be written\n");
        return 1;
    }
    oik_status status = run(&b, argc > 1 ? argv[1] : path, &err);
    if (status)
        fprintf(stderr, "bench_sequence: %s\n", err.message);
    bench_free(&b);
    return status != OIK_OK;
}
