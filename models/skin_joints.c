/*
 * How a landmark is found: heights and lengths come from ANSUR II skin landmarks, the joint centres from them by fixed offsets to
 * the inside; every offset below is in mm or a fraction of the dimension it stands beside. They were set by hand on this
 * project's own body so that the surface around them has the right breadths; anatomical joint centres for the bones are
 * computed elsewhere, from skin landmarks by published regressions.
 */
#include "skin_joints.h"

#include <stdio.h>

static const double m_per_mm = 1e-3;

const char *const oik_skin_joint_name[OIK_SKIN_N_JOINTS] = {
    "pelvis", "l_hip",    "r_hip",    "spine1", "l_knee",     "r_knee",     "spine2",  "l_ankle",
    "r_ankle", "spine3",  "l_foot",   "r_foot", "neck",       "l_collar",   "r_collar", "head",
    "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist", "l_hand", "r_hand"};
const int oik_skin_joint_parent[OIK_SKIN_N_JOINTS] = {-1, 0, 0, 0,  1,  2,  3,  4,  5,  6,  7,  8,
                                                      9,  9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21};
const int oik_skin_joint_mirror[OIK_SKIN_N_JOINTS] = {0,  2,  1,  3,  5,  4,  6,  8,  7,  9,  11, 10,
                                                      12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22};

const char *const oik_skin_segment_name[OIK_SKIN_N_SEGMENTS] = {
    "trunk1",    "trunk2",  "collar",  "uarm",    "farm",      "neck",    "head",    "thigh",   "shank",
    "heel",      "mid",     "mt1",     "t1",      "mt2",       "t2",      "mt3",     "t3",      "mt4",
    "t4",        "mt5",     "t5",      "mc_index", "index0",   "index1",  "index2",  "mc_middle", "middle0",
    "middle1",   "middle2", "mc_ring", "ring0",   "ring1",     "ring2",   "mc_little", "little0", "little1",
    "little2",   "mc_thumb", "thumb0", "thumb1",  "thumb2"};

static double clamp01(double x) {
    return fmin(fmax(x, 0.0), 1.0);
}

static double ramp(double y, double from, double to) {
    return clamp01((y - from) / (to - from));
}

double oik_skin_trunk_height(const oik_skin_landmarks *J, const oik_skin_dimensions *D, double y) {
    return y + J->trunk_raise + J->pelvis_stretch * ramp(y, D->crotch_height, D->buttock_height) +
           J->abdomen_stretch * ramp(y, D->buttock_height, D->tenthrib_height) +
           J->chest_stretch * ramp(y, D->tenthrib_height, D->axilla_height);
}

/** hip, knee, ankle and the stretches of the trunk; the hip joint lies 42 mm below trochanterion height, the knee axis 15 mm
 *  below the epicondyle's top, the ankle axis 4 mm above the malleolus */
static void place_leg(oik_skin_landmarks *J, const oik_skin_dimensions *D, const oik_skin_parameters *p) {
    double base = D->trochanterion_height - 42;
    double y_ankle = D->malleolus_height + 4;
    double y_knee = D->epicondyle_height - 15 + oik_skin_parameter(p, OIK_SKIN_L_shank);
    double y_hip = base + oik_skin_parameter(p, OIK_SKIN_L_shank) + oik_skin_parameter(p, OIK_SKIN_L_thigh);
    double spacing = oik_skin_parameter(p, OIK_SKIN_W_pelvis), stance = oik_skin_parameter(p, OIK_SKIN_X_stance);
    J->hip = v3(0.19 * D->hip_breadth + spacing, y_hip, 0);
    J->knee = v3(99 + 0.75 * spacing + 0.5 * stance, y_knee, 3 + oik_skin_parameter(p, OIK_SKIN_Z_knee));
    J->ankle = v3(88 + 0.5 * spacing + stance, y_ankle, -42);
    J->foot_length = D->foot_length * (1 + oik_skin_parameter(p, OIK_SKIN_L_foot));
    J->foot_breadth = D->foot_breadth * (1 + oik_skin_parameter(p, OIK_SKIN_W_foot));
    J->foot = v3_add(J->ankle, v3(26, 18 - y_ankle, 0.46 * J->foot_length));
    J->trunk_raise = y_hip - base;
    J->pelvis_stretch = oik_skin_parameter(p, OIK_SKIN_L_pelvis);
    J->abdomen_stretch = oik_skin_parameter(p, OIK_SKIN_L_abdomen);
    J->chest_stretch = oik_skin_parameter(p, OIK_SKIN_L_chest);
}

/** pelvis to head; the neck's base is the cervicale; heights between by fractions of pelvis to cervicale */
static void place_spine(oik_skin_landmarks *J, const oik_skin_dimensions *D, const oik_skin_parameters *p) {
    double y_neck = oik_skin_trunk_height(J, D, D->cervicale_height - 8);
    double neck = oik_skin_parameter(p, OIK_SKIN_L_neck), head = oik_skin_parameter(p, OIK_SKIN_L_head);
    J->pelvis = v3(0, J->hip.y + 86 + J->pelvis_stretch, 8);
    double length = y_neck - J->pelvis.y;
    J->spine1 = v3(0, J->pelvis.y + 0.235 * length, -26);
    J->spine2 = v3(0, J->pelvis.y + 0.475 * length, -6);
    J->spine3 = v3(0, J->pelvis.y + 0.58 * length, -2);
    J->neck = v3(0, y_neck - 14, -32);
    J->head = v3(0, y_neck - 20 + 0.050 * D->stature + neck, 4);
    J->top = y_neck - (D->cervicale_height - 8) + D->stature + neck + head;
    J->head_scale = 1 + head / 232; /* 232 mm: chin to vertex */
}

static void place_arm(oik_skin_landmarks *J, const oik_skin_dimensions *D, const oik_skin_parameters *p) {
    double x = D->biacromial_breadth / 2 - 18 + oik_skin_parameter(p, OIK_SKIN_W_clavicle);
    double y = oik_skin_trunk_height(J, D, D->acromial_height) - 20 + oik_skin_parameter(p, OIK_SKIN_Y_shoulder);
    J->shoulder = v3(x, y, -38);
    J->collar = v3(0.41 * x, y - 0.026 * D->stature, -18);
    double upper_arm = D->acromion_radiale_length - 54 + oik_skin_parameter(p, OIK_SKIN_L_upper_arm);
    double forearm = D->radiale_stylion_length + 1 + oik_skin_parameter(p, OIK_SKIN_L_forearm);
    J->elbow = v3_add(J->shoulder, v3(upper_arm, -6, -18));
    J->wrist = v3_add(J->elbow, v3(forearm, 4, -4));
    J->hand_length = D->hand_length * (1 + oik_skin_parameter(p, OIK_SKIN_L_hand));
    J->hand_breadth = D->hand_breadth * (1 + oik_skin_parameter(p, OIK_SKIN_W_hand));
    J->hand = v3_add(J->wrist, v3(0.47 * J->hand_length, -4, 4));
}

static void place_fingers(oik_skin_landmarks *J) {
    /* z of the knuckle per hand breadth; its x and the finger's length per hand length; radii at base and tip [mm]; spread */
    static const double shape[OIK_SKIN_N_DIGITS][6] = {[OIK_SKIN_INDEX] = {0.30, 0.52, 0.42, 8.6, 7.0, 0.099},
                                                       [OIK_SKIN_MIDDLE] = {0.075, 0.53, 0.465, 8.8, 7.1, 0.0},
                                                       [OIK_SKIN_RING] = {-0.16, 0.52, 0.43, 8.3, 6.8, -0.066},
                                                       [OIK_SKIN_LITTLE] = {-0.375, 0.48, 0.36, 7.3, 6.0, -0.176}};
    double l = J->hand_length, b = J->hand_breadth;
    double thick = b / 88.3; /* radii go with breadth; their numbers are those of the mean man */
    for (int f = OIK_SKIN_INDEX; f <= OIK_SKIN_LITTLE; f++) {
        const double *s = shape[f];
        oik_vec3 base = v3_add(J->wrist, v3(s[1] * l, -3, s[0] * b + 4)), d = v3_unit(v3(1, -0.03, s[5]));
        double length = s[2] * l, r0 = s[3] * thick, r1 = s[4] * thick;
        J->finger[f] = (oik_skin_finger){{base, v3_madd(base, 0.45 * length, d), v3_madd(base, 0.74 * length, d),
                                          v3_madd(base, length - r1, d)},
                                         {r0, 0.95 * r0, (r0 + r1) / 2, r1},
                                         d};
    }
    oik_vec3 base = v3_add(J->wrist, v3(0.17 * l, -8, 0.34 * b)), d1 = v3_unit(v3(0.62, -0.10, 0.62)),
             d2 = v3_unit(v3(0.80, -0.10, 0.45)), d3 = v3_unit(v3(0.88, -0.08, 0.36));
    oik_vec3 p1 = v3_madd(base, 0.205 * l, d1), p2 = v3_madd(p1, 0.18 * l, d2), p3 = v3_madd(p2, 0.13 * l, d3);
    J->finger[OIK_SKIN_THUMB] = (oik_skin_finger){{base, p1, p2, p3}, {13.5 * thick, 10.2 * thick, 9.2 * thick, 8 * thick}, d2};
}

/** the foot points 7 deg outwards */
static void place_toes(oik_skin_landmarks *J) {
    /* lateral place per foot breadth; base and length along the foot per foot length; radii at base and tip [mm] */
    static const double shape[OIK_SKIN_N_DIGITS][5] = {{-0.33, 0.80, 0.19, 11.5, 10},
                                                       {-0.10, 0.82, 0.155, 8, 7.2},
                                                       {0.09, 0.79, 0.135, 7.5, 6.6},
                                                       {0.255, 0.745, 0.125, 7.2, 6.3},
                                                       {0.395, 0.69, 0.115, 7, 6}};
    const double toe_out = 7 * 3.14159265358979323846 / 180;
    J->foot_x = v3(cos(toe_out), 0, -sin(toe_out));
    J->foot_z = v3(sin(toe_out), 0, cos(toe_out));
    J->heel = v3_add(J->ankle, v3(0, -J->ankle.y, -0.245 * J->foot_length));
    for (int t = 0; t < OIK_SKIN_N_DIGITS; t++) {
        const double *s = shape[t];
        double r0 = s[3], r1 = s[4];
        oik_vec3 line = v3_madd(J->heel, s[0] * J->foot_breadth, J->foot_x);
        oik_vec3 base = v3_madd(line, s[1] * J->foot_length, J->foot_z);
        oik_vec3 end = v3_madd(line, (s[1] + s[2]) * J->foot_length - r1, J->foot_z);
        J->toe[t] = (oik_skin_toe){v3_add(base, v3(0, r0 + 4, 0)), v3_add(end, v3(0, r1 + 1, 0)), r0, r1};
    }
}

oik_skin_landmarks oik_skin_landmarks_at(const oik_skin_dimensions *D, const oik_skin_parameters *p) {
    oik_skin_landmarks J = {0};
    place_leg(&J, D, p);
    place_spine(&J, D, p);
    place_arm(&J, D, p);
    place_fingers(&J);
    place_toes(&J);
    return J;
}

/** four nodes of a finger's axes: knuckle, the two joints, and the tip's centre */
static void finger_nodes(oik_vec3 node[4], const oik_skin_landmarks *J, int f) {
    const oik_skin_finger *F = &J->finger[f];
    const oik_vec3 *q = F->point;
    if (f == OIK_SKIN_THUMB) {
        node[0] = v3_lerp(q[0], q[1], 0.9);
        node[1] = v3_lerp(q[1], q[2], 0.55);
        node[2] = v3_lerp(q[2], q[3], 0.4);
        node[3] = v3_madd(q[3], 0.3 * F->radius[3], v3_unit(v3_sub(q[3], q[2])));
        return;
    }
    static const double fraction[4] = {0.02, 0.35, 0.70, 0.95}; /* from the web of the fingers to the tip */
    double length = v3_dist(q[3], q[0]) + F->radius[3];
    double web = (f == OIK_SKIN_LITTLE ? 0.57 : 0.61) * J->hand_length - (q[0].x - J->wrist.x);
    for (int i = 0; i < 4; i++)
        node[i] = v3_madd(q[0], web + fraction[i] * (length - web), F->direction);
}

static void set_axis(oik_skin_segment *axes, int i, oik_vec3 A, oik_vec3 B) {
    oik_skin_segment *s = &axes[i];
    snprintf(s->name, sizeof s->name, "%s", oik_skin_segment_name[i]);
    s->A = v3_scale(A, m_per_mm);
    s->B = v3_scale(B, m_per_mm);
    oik_vec3 d = v3_unit(v3_sub(B, A));
    /* theta = 0 points forwards, on axes that run forwards themselves upwards; mt5 runs outwards enough for the first */
    int forwards = i >= OIK_SKIN_MID && i < OIK_SKIN_FINGERS && i != OIK_SKIN_MT5;
    oik_vec3 reference = forwards ? v3(0, 1, 0) : v3(0, 0, 1);
    s->u = v3_unit(v3_madd(reference, -v3_dot(reference, d), d));
    s->w = v3_cross(d, s->u);
}

static void trunk_axes(oik_skin_segment *axes, const oik_skin_landmarks *J, double h) {
    oik_vec3 H = J->hip, S = J->shoulder;
    oik_vec3 bottom = v3(0, H.y, H.z), waist = v3(0, H.y + 0.45 * (S.y - H.y), H.z);
    oik_vec3 top = v3(0, S.y - 0.045 * h, 0.6 * S.z + 0.4 * H.z);
    oik_vec3 neck = v3(0, S.y + 0.022 * h, S.z), jaw = v3(0, J->top - 0.092 * h, 2 + 0.005 * h);
    set_axis(axes, OIK_SKIN_TRUNK1, bottom, waist);
    set_axis(axes, OIK_SKIN_TRUNK2, waist, top);
    set_axis(axes, OIK_SKIN_NECK, neck, jaw);
    set_axis(axes, OIK_SKIN_HEAD, jaw, v3(0, J->top - 0.058 * h, 2));
}

static void limb_axes(oik_skin_segment *axes, const oik_skin_landmarks *J, double h) {
    oik_vec3 S = J->shoulder;
    set_axis(axes, OIK_SKIN_COLLAR, v3(0.45 * S.x, S.y - 0.022 * h, S.z), S);
    set_axis(axes, OIK_SKIN_UARM, S, J->elbow);
    set_axis(axes, OIK_SKIN_FARM, J->elbow, J->wrist);
    set_axis(axes, OIK_SKIN_THIGH, v3_add(J->hip, v3(0.012 * h, 0, 0)), J->knee);
    set_axis(axes, OIK_SKIN_SHANK, J->knee, J->ankle);
}

static void foot_axes(oik_skin_segment *axes, const oik_skin_landmarks *J, double h) {
    oik_vec3 heel = v3(J->ankle.x, 0.018 * h, J->ankle.z - 0.006 * h), base[OIK_SKIN_N_DIGITS];
    for (int t = 0; t < OIK_SKIN_N_DIGITS; t++)
        base[t] = v3_lerp(J->toe[t].base, J->toe[t].end, 0.30);
    oik_vec3 mid = v3_lerp(heel, v3_lerp(base[1], base[2], 0.5), 0.45);
    mid.y = 0.021 * h;
    set_axis(axes, OIK_SKIN_HEEL, J->ankle, heel);
    set_axis(axes, OIK_SKIN_MID, heel, mid);
    for (int t = 0; t < OIK_SKIN_N_DIGITS; t++) {
        set_axis(axes, OIK_SKIN_TOES + 2 * t, mid, base[t]);
        set_axis(axes, OIK_SKIN_TOES + 2 * t + 1, base[t], v3_lerp(J->toe[t].base, J->toe[t].end, 0.97));
    }
}

static void hand_axes(oik_skin_segment *axes, const oik_skin_landmarks *J) {
    for (int f = 0; f < OIK_SKIN_N_DIGITS; f++) {
        int thumb = f == OIK_SKIN_THUMB;
        int first = thumb ? OIK_SKIN_MC_THUMB : OIK_SKIN_FINGERS + 4 * (f - OIK_SKIN_INDEX);
        oik_vec3 node[4];
        finger_nodes(node, J, f);
        set_axis(axes, first, thumb ? v3_lerp(J->wrist, node[0], 0.25) : J->wrist, node[0]);
        for (int k = 0; k < 3; k++)
            set_axis(axes, first + 1 + k, node[k], node[k + 1]);
    }
}

void oik_skin_axes(oik_skin_segment axes[OIK_SKIN_N_SEGMENTS], const oik_skin_landmarks *J,
                   const oik_skin_dimensions *D) {
    trunk_axes(axes, J, D->stature);
    limb_axes(axes, J, D->stature);
    foot_axes(axes, J, D->stature);
    hand_axes(axes, J);
}

void oik_skin_joint_centres(oik_vec3 joints[OIK_SKIN_N_JOINTS], const oik_skin_landmarks *J) {
    const oik_vec3 left[OIK_SKIN_N_JOINTS] = {[0] = J->pelvis, [1] = J->hip,     [3] = J->spine1,  [4] = J->knee,
                                              [6] = J->spine2, [7] = J->ankle,   [9] = J->spine3,  [10] = J->foot,
                                              [12] = J->neck,  [13] = J->collar, [15] = J->head,   [16] = J->shoulder,
                                              [18] = J->elbow, [20] = J->wrist,  [22] = J->hand};
    for (int j = 0; j < OIK_SKIN_N_JOINTS; j++) {
        int m = oik_skin_joint_mirror[j];
        if (m < j)
            continue;
        joints[j] = v3_scale(left[j], m_per_mm);
        joints[m] = v3_scale(left[j], m_per_mm);
        if (m != j)
            joints[m].x = -joints[m].x;
    }
}
