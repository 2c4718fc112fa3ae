/** Which postures people take (see posture.h). */
#include "ik/posture.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ik/frame_terms.h"

static const double DEG = 3.14159265358979323846 / 180.0;

typedef struct row {
    const char *name;   /**< without side */
    double spread;      /**< standard deviation [deg] */
    double rhythm;      /**< g, change while the arm is raised to 120 degrees [deg] */
} row;

/**
 * Spreads: about half of what standing, walking, sitting and reaching take on either side of neutral. Gait: Kadaba et al., J. Orthop. Res.
 * 8 (1990) 383 (hip, pelvis); Leardini et al., Gait Posture 33 (2011) 560 (trunk) [L]. Sitting and bending take most in the sagittal
 * plane. Girdle: between people, at one elevation (Ludewig 2009) [L]. Elbow and knee are seen from the keypoints alone.
 *
 * Rhythm, hanging to 120 degrees (Ludewig 2009) [L]: the clavicle turns 16 back, 6 up and 31 backward about its own axis. That axis is 20
 * degrees behind lateral, ours is lateral: 29 about ours and 11 more of elevation. The scapula's three are those about our axes with which
 * the blade of the built-in model does on the chest (ISB angles) what was measured there: 37 upward, 21 of posterior tilt, no turn
 * inward or outward beyond 3; 0.31 of the arm's elevation, Braman 2009 has 0.30.
 */
static const row rows[] = {
    {"lumbar_extension", 15, 0},    {"lumbar_bending", 6, 0},           {"lumbar_rotation", 5, 0},
    {"thorax_extension", 10, 0},    {"thorax_bending", 6, 0},           {"thorax_rotation", 8, 0},
    {"neck_extension", 12, 0},      {"neck_bending", 8, 0},             {"neck_rotation", 15, 0},
    {"head_extension", 8, 0},       {"head_bending", 5, 0},             {"head_rotation", 15, 0},
    {"clavicle_protraction", 6, -16}, {"clavicle_elevation", 6, 17},    {"clavicle_rotation", 6, 29},
    {"scapula_protraction", 6, 14}, {"scapula_upward_rotation", 6, 8},  {"scapula_tilt", 6, 4},
    {"arm_flex", 60, 0},            {"arm_add", 60, 0},                 {"arm_rot", 40, 0},
    {"pro_sup", 30, 0},             {"wrist_flex", 15, 0},              {"wrist_dev", 8, 0},
    {"hip_flexion", 35, 0},         {"hip_adduction", 8, 0},            {"hip_rotation", 10, 0},
    {"ankle_angle", 10, 0},         {"subtalar_angle", 6, 0},           {"mtp_angle", 10, 0},
};

enum { N_ROWS = sizeof rows / sizeof *rows, N_SIDES = 2 };

static const char *const sides[N_SIDES] = {"_r", "_l"};

/** The row of a coordinate, NULL: none; side: 0 right, 1 left, -1 midline. */
static const row *find_row(int *side, const char *name) {
    for (int i = 0; i < N_ROWS; i++) {
        size_t n = strlen(rows[i].name);
        if (strncmp(rows[i].name, name, n) != 0)
            continue;
        *side = strcmp(name + n, sides[0]) == 0 ? 0 : strcmp(name + n, sides[1]) == 0 ? 1 : -1;
        if (*side >= 0 || name[n] == '\0')
            return &rows[i];
    }
    return NULL;
}

void oik_posture_spread(oik_chain *chain) {
    int side;
    for (int d = 0; d < chain->n_dofs; d++) {
        const row *r = find_row(&side, chain->dofs[d].name);
        if (r && !chain->dofs[d].translation)
            chain->dofs[d].spread = r->spread * DEG;
    }
}

/* ------------------------------------------------------------------ rhythm */

/** Markers between which an arm and the trunk are seen, -1: there is none. */
typedef struct arm {
    int shoulder, elbow, pelvis, thorax;
} arm;

static arm find_arm(const oik_markers *markers, int side) {
    static const char *const names[N_SIDES][2] = {{"shoulder_r", "elbow_r"}, {"shoulder_l", "elbow_l"}};
    return (arm){oik_markers_find(markers, names[side][0]), oik_markers_find(markers, names[side][1]),
                 oik_markers_find(markers, "pelvis"), oik_markers_find(markers, "thorax")};
}

/** cos e, unchanged when a marker is missing or two are one. */
static void see_arm(double *cosine, const arm *a, const oik_vec3 *x, const double *weight) {
    const int points[] = {a->shoulder, a->elbow, a->pelvis, a->thorax};
    for (int i = 0; i < 4; i++)
        if (points[i] < 0 || (weight && !(weight[points[i]] > 0.0)))
            return;
    oik_vec3 down = v3_sub(x[a->pelvis], x[a->thorax]), upper = v3_sub(x[a->elbow], x[a->shoulder]);
    double lengths = v3_norm(down) * v3_norm(upper);
    if (lengths > 0.0)
        *cosine = v3_dot(down, upper) / lengths;
}

static oik_status rest_cosines(double cosine[N_SIDES], const arm arms[N_SIDES], const oik_chain *chain, const double *q_rest,
                               const oik_markers *markers, oik_error *err) {
    oik_chain_pose *pose = NULL;
    oik_vec3 *x = oik_new((size_t)markers->n_markers, sizeof *x, err);
    oik_status status = x ? oik_chain_pose_new(&pose, chain, err) : OIK_E_MEMORY;
    if (!status) {
        oik_chain_forward(pose, chain, q_rest);
        for (int m = 0; m < markers->n_markers; m++)
            x[m] = oik_marker_position(&markers->markers[m], pose);
        for (int s = 0; s < N_SIDES; s++)
            see_arm(&cosine[s], &arms[s], x, NULL);
    }
    oik_chain_pose_free(pose);
    free(x);
    return status;
}

/** One frame; raised: (cos e_rest - cos e) / (1 - cos 120 deg) of either arm. */
static void expect(double *q, const oik_chain *chain, const double *q_rest, const double raised[N_SIDES]) {
    for (int d = 0; d < chain->n_dofs; d++) {
        const oik_dof *dof = &chain->dofs[d];
        int side = -1;
        const row *r = dof->spread > 0.0 ? find_row(&side, dof->name) : NULL;
        double follows = r && side >= 0 ? r->rhythm * DEG * raised[side] : 0.0;
        q[d] = fmin(fmax(q_rest[d] + follows, dof->lower), dof->upper);
    }
}

static bool any_spread(const oik_chain *chain) {
    for (int d = 0; d < chain->n_dofs; d++)
        if (chain->dofs[d].spread > 0.0)
            return true;
    return false;
}

oik_status oik_posture_expected(double **out, const oik_chain *chain, const double *q_rest, const oik_measurement *m, oik_error *err) {
    const double full = 1.5; /* 1 - cos 120 deg */
    size_t n = (size_t)chain->n_dofs, n_frames = (size_t)m->n_frames;
    *out = NULL;
    if (!any_spread(chain))
        return OIK_OK;
    const arm arms[N_SIDES] = {find_arm(m->markers, 0), find_arm(m->markers, 1)};
    double at_rest[N_SIDES] = {0}, cosine[N_SIDES], raised[N_SIDES];
    oik_status status = rest_cosines(at_rest, arms, chain, q_rest, m->markers, err);
    double *q = status ? NULL : oik_new(n_frames * n, sizeof *q, err);
    if (!q)
        return OIK_E_MEMORY;
    memcpy(cosine, at_rest, sizeof cosine);
    for (size_t f = 0; f < n_frames; f++) {
        for (int s = 0; s < N_SIDES; s++) {
            see_arm(&cosine[s], &arms[s], m->x + f * (size_t)m->markers->n_markers, m->weight + f * (size_t)m->markers->n_markers);
            raised[s] = (at_rest[s] - cosine[s]) / full;
        }
        expect(q + f * n, chain, q_rest, raised);
    }
    *out = q;
    return OIK_OK;
}
