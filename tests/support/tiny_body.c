/* A made-up body model for tests. */
#include "support/tiny_body.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "body/correctives.h"
#include "support/random.h"

enum { RINGS = 4, SIDES = 6, PER_JOINT = RINGS * SIDES + 2, FACES_PER_JOINT = 2 * SIDES * RINGS };

const int tiny_mirror_joint[OIK_N_JOINTS] = {0,  2,  1,  3,  5,  4,  6,  8,  7,  9,  11, 10,
                                             12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22};

static const int parents[OIK_N_JOINTS] = {-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21};

/* joint centres of the midline and the left side, the far end of the bone, its radius [m] */
static const struct {
    int joint;
    oik_vec3 centre, end;
    double radius;
} bones[] = {
    {OIK_J_PELVIS, {0, 0, 0}, {0, 0.09, 0}, 0.12},
    {OIK_J_SPINE1, {0, 0.11, -0.01}, {0, 0.22, -0.01}, 0.11},
    {OIK_J_SPINE2, {0, 0.24, 0}, {0, 0.30, 0}, 0.12},
    {OIK_J_SPINE3, {0, 0.32, 0.01}, {0, 0.48, 0}, 0.13},
    {OIK_J_NECK, {0, 0.50, 0}, {0, 0.57, 0.01}, 0.05},
    {OIK_J_HEAD, {0, 0.58, 0.02}, {0, 0.80, 0.02}, 0.09},
    {OIK_J_HIP_L, {0.08, -0.08, 0}, {0.09, -0.44, 0}, 0.08},
    {OIK_J_KNEE_L, {0.10, -0.47, 0}, {0.10, -0.84, -0.02}, 0.05},
    {OIK_J_ANKLE_L, {0.10, -0.88, -0.03}, {0.11, -0.92, 0.06}, 0.035},
    {OIK_J_FOOT_L, {0.12, -0.93, 0.09}, {0.12, -0.93, 0.15}, 0.03},
    {OIK_J_COLLAR_L, {0.06, 0.45, 0}, {0.13, 0.46, -0.01}, 0.06},
    {OIK_J_SHOULDER_L, {0.17, 0.46, -0.01}, {0.40, 0.46, -0.02}, 0.05},
    {OIK_J_ELBOW_L, {0.43, 0.46, -0.02}, {0.65, 0.46, -0.02}, 0.04},
    {OIK_J_WRIST_L, {0.68, 0.46, -0.02}, {0.74, 0.46, -0.01}, 0.03},
    {OIK_J_HAND_L, {0.76, 0.46, -0.01}, {0.84, 0.45, 0}, 0.025},
};
enum { N_BONES = sizeof bones / sizeof *bones };

static int on_left(int joint) {
    return tiny_mirror_joint[joint] != joint;
}

static oik_vec3 mirrored(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

/* Vertex of a capsule: the rings one after the other, then the pole at the joint and the pole at the end. */
static oik_vec3 capsule_vertex(int bone, int k) {
    oik_vec3 a = bones[bone].centre, b = bones[bone].end, along = v3_unit(v3_sub(b, a));
    double r = bones[bone].radius;
    if (k >= RINGS * SIDES)
        return k == RINGS * SIDES ? v3_madd(a, -0.5 * r, along) : v3_madd(b, 0.5 * r, along);
    /* on the midline w is the x axis, so that side s and side SIDES - s mirror each other */
    oik_vec3 u = v3_unit(v3_cross(v3(1, 0.1 * on_left(bones[bone].joint), 0), along)), w = v3_cross(along, u);
    double angle = 6.283185307179586 * (k % SIDES) / SIDES, t = (double)(k / SIDES) / (RINGS - 1);
    double front = 1.0 + 0.2 * cos(angle); /* front and back differ */
    return v3_add(v3_lerp(a, b, t), v3_add(v3_scale(u, r * front * cos(angle)), v3_scale(w, r * sin(angle))));
}

/* Influences of vertex v, those of v - 1 being set. */
static void set_weights(oik_body_model *model, size_t v) {
    static const double shared[3][3] = {{0.5, 0.4, 0.1}, {0.8, 0.2, 0}, {1, 0, 0}};
    int joint = model->part[v], k = (int)(v % PER_JOINT);
    int ring = k == RINGS * SIDES ? 0 : k > RINGS * SIDES ? RINGS : k / SIDES;
    const double *w = shared[ring < 2 ? ring : 2];
    size_t e = model->influence_start[v];
    for (int s = 0, j = joint; s < 3 && w[s] > 0.0; s++) {
        model->influence_joint[e] = (uint8_t)j;
        model->influence_weight[e++] = w[s];
        j = parents[j] < 0 ? j : parents[j];
    }
    model->influence_start[v + 1] = e;
}

static void set_face(int32_t face[3], int32_t a, int32_t b, int32_t c, int flipped) {
    face[0] = a;
    face[1] = flipped ? c : b;
    face[2] = flipped ? b : c;
}

/* Triangles of the capsule of a joint, counter-clockwise outside; flipped for a mirror image. */
static void add_faces(oik_body_model *model, int joint, int flipped) {
    int32_t first = joint * PER_JOINT, start = first + RINGS * SIDES, end = start + 1, last = (RINGS - 1) * SIDES;
    int32_t(*face)[3] = model->faces + (size_t)joint * FACES_PER_JOINT;
    for (int s = 0; s < SIDES; s++) {
        int32_t a = first + s, b = first + (s + 1) % SIDES;
        set_face(*face++, start, b, a, flipped);
        set_face(*face++, end, a + last, b + last, flipped);
        for (int r = 0; r + 1 < RINGS; r++, a += SIDES, b += SIDES) {
            set_face(*face++, a, b, b + SIDES, flipped);
            set_face(*face++, a, b + SIDES, a + SIDES, flipped);
        }
    }
}

static void add_capsule(oik_body_model *model, int bone, int joint) {
    int twin = tiny_mirror_joint[joint], right = joint != bones[bone].joint;
    for (int k = 0; k < PER_JOINT; k++) {
        int32_t v = joint * PER_JOINT + k;
        int side = k % SIDES, twin_k = twin == joint && k < RINGS * SIDES ? k - side + (SIDES - side) % SIDES : k;
        oik_vec3 p = capsule_vertex(bone, k);
        model->template_v[v] = right ? mirrored(p) : p;
        model->mirror[v] = twin * PER_JOINT + twin_k;
        model->part[v] = (uint8_t)joint;
    }
    add_faces(model, joint, right);
}

/* On the midline the two halves are made equal to the last bit. */
static void make_symmetric(oik_vec3 *field, const oik_body_model *model) {
    for (size_t v = 0; v < model->n_vertices; v++) {
        size_t twin = (size_t)model->mirror[v];
        if (twin > v)
            field[twin] = mirrored(field[v]);
        if (twin == v)
            field[v].x = 0;
    }
}

/* Size (4 % per standard deviation), leg length (2 cm at the foot), girth (4 mm). */
static void set_modes(oik_body_model *model) {
    for (size_t v = 0; v < model->n_vertices; v++) {
        int joint = model->part[v], leg = on_left(joint) && joint <= OIK_J_FOOT_R;
        oik_vec3 p = model->template_v[v], *mode = model->modes + v;
        oik_vec3 centre = v3(0, 0, 0), *ring = model->template_v + v - v % PER_JOINT;
        for (int k = 0; k < PER_JOINT; k++)
            centre = v3_madd(centre, 1.0 / PER_JOINT, ring[k]);
        mode[0] = v3_scale(p, 0.04);
        mode[model->n_vertices] = leg ? v3(0, 0.022 * (p.y + 0.05), 0) : v3(0, 0, 0);
        mode[2 * model->n_vertices] = v3_scale(v3_unit(v3_sub(p, centre)), 0.004);
    }
    for (size_t m = 0; m < model->n_modes; m++) {
        make_symmetric(model->modes + m * model->n_vertices, model);
        model->mode_precision[m] = 1.0 + 0.5 * (double)m;
    }
}

/* The centre of a joint is the mean of its first ring. */
static void set_regressor(oik_body_model *model) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        model->parents[j] = parents[j];
        model->regressor_start[j + 1] = (size_t)(j + 1) * SIDES;
        for (int s = 0; s < SIDES; s++) {
            model->regressor_vertex[j * SIDES + s] = j * PER_JOINT + s;
            model->regressor_value[j * SIDES + s] = 1.0 / SIDES;
        }
    }
}

static oik_body_model *allocate(void) {
    oik_body_model *model = oik_new(1, sizeof *model, NULL);
    if (!model)
        return NULL;
    size_t n = model->n_vertices = OIK_N_JOINTS * PER_JOINT;
    model->n_faces = OIK_N_JOINTS * FACES_PER_JOINT;
    model->n_modes = TINY_BODY_MODES;
    model->template_v = oik_new(n, sizeof *model->template_v, NULL);
    model->faces = oik_new(model->n_faces, sizeof *model->faces, NULL);
    model->modes = oik_new(n * model->n_modes, sizeof *model->modes, NULL);
    model->mode_precision = oik_new(model->n_modes, sizeof *model->mode_precision, NULL);
    model->influence_start = oik_new(n + 1, sizeof *model->influence_start, NULL);
    model->influence_joint = oik_new(n, 3 * sizeof *model->influence_joint, NULL);
    model->influence_weight = oik_new(n, 3 * sizeof *model->influence_weight, NULL);
    model->mirror = oik_new(n, sizeof *model->mirror, NULL);
    model->part = oik_new(n, sizeof *model->part, NULL);
    model->regressor_vertex = oik_new(OIK_N_JOINTS, SIDES * sizeof *model->regressor_vertex, NULL);
    model->regressor_value = oik_new(OIK_N_JOINTS, SIDES * sizeof *model->regressor_value, NULL);
    if (model->template_v && model->faces && model->modes && model->mode_precision && model->influence_start &&
        model->influence_joint && model->influence_weight && model->mirror && model->part && model->regressor_vertex &&
        model->regressor_value)
        return model;
    oik_body_model_free(model);
    return NULL;
}

oik_body_model *tiny_body_new(void) {
    oik_body_model *model = allocate();
    if (!model)
        return NULL;
    for (int b = 0; b < N_BONES; b++) {
        add_capsule(model, b, bones[b].joint);
        if (on_left(bones[b].joint))
            add_capsule(model, b, tiny_mirror_joint[bones[b].joint]);
    }
    make_symmetric(model->template_v, model);
    for (size_t v = 0; v < model->n_vertices; v++)
        set_weights(model, v);
    set_modes(model);
    set_regressor(model);
    if (oik_body_model_derive(model, NULL) == OIK_OK)
        return model;
    oik_body_model_free(model);
    return NULL;
}

/* Sign of a feature of a rotation R in the feature of its mirror image S R S, S = diag(-1, 1, 1). */
static double mirror_sign(oik_corrective_kind kind, int feature) {
    static const double star[] = {1, -1, -1, 1}, axis[] = {-1, 1, 1};
    return kind == OIK_CORRECTIVES_STAR ? star[feature] : axis[feature / 3] * axis[feature % 3];
}

/* Is a part the joint's own or a neighbour's? */
static int near_joint(int part, int joint) {
    return part == joint || parents[part] == joint || parents[joint] == part;
}

/* One feature's correctives, and those of its twin. */
static void set_corrective(oik_body_model *model, int joint, int feature, uint64_t *random) {
    int n_each = oik_features_per_joint(model->corrective_kind), twin = tiny_mirror_joint[joint];
    double sign = mirror_sign(model->corrective_kind, feature);
    size_t first = (size_t)n_each * (size_t)(joint - 1), twin_first = (size_t)n_each * (size_t)(twin - 1);
    oik_vec3 *own = model->correctives + (first + (size_t)feature) * model->n_vertices;
    oik_vec3 *other = model->correctives + (twin_first + (size_t)feature) * model->n_vertices;
    for (size_t v = 0; v < model->n_vertices; v++) {
        size_t w = (size_t)model->mirror[v];
        oik_vec3 d = v3_scale(random_vec3(random), 0.005);
        if (model->corrective_kind == OIK_CORRECTIVES_STAR && !near_joint(model->part[v], joint))
            continue;
        if (own == other && v == w) /* its own mirror image */
            d = sign > 0 ? v3(0, d.y, d.z) : v3(d.x, 0, 0);
        own[v] = d;
        other[w] = v3_scale(mirrored(d), sign);
    }
}

void tiny_body_add_to_mode(oik_body_model *model) {
    uint64_t random = 12;
    oik_vec3 *mode = model->modes + model->n_vertices;
    for (size_t v = 0; v < model->n_vertices; v++)
        mode[v] = v3_madd(mode[v], 0.002, random_vec3(&random));
    make_symmetric(mode, model);
}

int tiny_body_add_correctives(oik_body_model *model, oik_corrective_kind kind) {
    int n_each = oik_features_per_joint(kind);
    uint64_t random = 11;
    model->corrective_kind = kind;
    model->n_features = (size_t)(n_each * (OIK_N_JOINTS - 1));
    if (n_each == 0)
        return 0;
    model->correctives = oik_new(model->n_features, model->n_vertices * sizeof *model->correctives, NULL);
    if (!model->correctives)
        return -1;
    for (int j = 1; j < OIK_N_JOINTS; j++)
        for (int f = 0; f < n_each && tiny_mirror_joint[j] >= j; f++)
            set_corrective(model, j, f, &random);
    return 0;
}

oik_body_pose tiny_body_pose(double amplitude) {
    oik_body_pose pose = {.tau = {0.3, -0.2, 0.5}};
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 axis = v3_unit(v3(sin(3.0 * j + 1.0), sin(5.0 * j + 2.0), sin(7.0 * j + 3.0)));
        pose.R[j] = oik_rot_axis(axis, amplitude * sin(1.0 + 2.0 * j));
    }
    return pose;
}

oik_body_pose tiny_body_mirror_pose(const oik_body_pose *pose) {
    oik_body_pose out = {.tau = mirrored(pose->tau)};
    oik_mat3 S = m3_diag(v3(-1, 1, 1));
    for (int j = 0; j < OIK_N_JOINTS; j++)
        out.R[j] = m3_mul(m3_mul(S, pose->R[tiny_mirror_joint[j]]), S);
    return out;
}

void tiny_body_posed(oik_vec3 *x, oik_vec3 *v, const oik_body_model *model, const double *beta, const oik_body_pose *pose) {
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_frames frames;
    oik_body_shape(x, model, beta);
    for (size_t i = 0; v && i < model->n_vertices; i++)
        v[i] = x[i];
    oik_body_shape_joints(J, model, beta);
    oik_body_forward(&frames, model, J, pose);
    oik_body_skin(x, model, x, &frames);
}
