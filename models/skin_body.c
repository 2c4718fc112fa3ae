/*
 * The primitives of the body. Rows of a loft: place along the axis, centre offset, half breadth, front and back half depth and
 * exponent of the cross-section, mostly as factors of a body dimension (a girth c counts as the radius c / 2 pi). Factors and
 * lengths in mm were fitted by eye to the dimensions' own definitions; the shape of each muscle group is two or three numbers.
 *
 * symbol  J landmarks [mm], D dimensions [mm], p shape parameters, g gender
 */
#include "skin_body.h"

#include <math.h>

#define N_ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static const double m_per_mm = 1e-3;
static const double two_pi = 6.28318530717958647692;

enum { BODY = OIK_SKIN_BODY, SKULL = OIK_SKIN_SKULL, PALM = OIK_SKIN_PALM, SOLE = OIK_SKIN_SOLE };

typedef struct builder {
    oik_skin_surface *S;
    const oik_skin_landmarks *J;
    const oik_skin_dimensions *D;
    const oik_skin_parameters *p;
    double g;
} builder;

/** a station whose place is given on a chain of points: 1.25 is a quarter of the way from point 1 to point 2 */
typedef struct chain_row {
    double place, du, dw, a, front, back, n;
} chain_row;

static double value(const builder *b, int parameter) {
    return oik_skin_parameter(b->p, parameter);
}

/** 1 + a relative parameter */
static double factor(const builder *b, int parameter) {
    return 1 + value(b, parameter);
}

static double trunk_y(const builder *b, double y) {
    return oik_skin_trunk_height(b->J, b->D, y);
}

static oik_vec3 metres(oik_vec3 mm) {
    return v3_scale(mm, m_per_mm);
}

static oik_skin_join blend(unsigned regions, double width_mm) {
    return (oik_skin_join){regions, width_mm * m_per_mm};
}

static void cone(const builder *b, oik_skin_join join, oik_vec3 A, oik_vec3 B, double r_A, double r_B) {
    oik_skin_add_cone(b->S, join, metres(A), metres(B), r_A * m_per_mm, r_B * m_per_mm);
}

static void ellipsoid(const builder *b, oik_skin_join join, oik_vec3 centre, oik_vec3 radius) {
    oik_skin_add_ellipsoid(b->S, join, metres(centre), metres(radius), m3_identity(), 2.0);
}

/** a loft whose rows are in mm; t stays a fraction */
static void loft(const builder *b, oik_skin_join join, oik_vec3 A, oik_vec3 B, oik_vec3 u, oik_vec3 w_side,
                 const oik_skin_station *row, size_t n, double cap_A, double cap_B) {
    oik_skin_station s[OIK_SKIN_MAX_STATIONS];
    for (size_t i = 0; i < n; i++)
        s[i] = (oik_skin_station){row[i].t,
                                  row[i].cu * m_per_mm,
                                  row[i].cw * m_per_mm,
                                  row[i].a * m_per_mm,
                                  row[i].front * m_per_mm,
                                  row[i].back * m_per_mm,
                                  row[i].n};
    oik_skin_add_loft(b->S, join, metres(A), metres(B), u, w_side, s, n, cap_A * m_per_mm, cap_B * m_per_mm);
}

/** a loft along the straight line through the first and last of three points, its centre following the chain */
static void chain_loft(const builder *b, oik_skin_join join, const oik_vec3 node[3], oik_vec3 u, oik_vec3 w_side,
                       const chain_row *row, size_t n, double cap_A, double cap_B) {
    oik_vec3 A = node[0], d = v3_sub(node[2], A);
    double length = v3_norm(d);
    d = v3_unit(d);
    oik_vec3 un = v3_unit(v3_madd(u, -v3_dot(u, d), d)), w = v3_cross(un, d);
    if (v3_dot(w, w_side) < 0)
        w = v3_scale(w, -1);
    oik_skin_station s[OIK_SKIN_MAX_STATIONS];
    for (size_t i = 0; i < n; i++) {
        int k = row[i].place < 1 ? 0 : 1;
        oik_vec3 c = v3_sub(v3_lerp(node[k], node[k + 1], row[i].place - k), A);
        s[i] = (oik_skin_station){v3_dot(c, d) / length, v3_dot(c, un) + row[i].du, v3_dot(c, w) + row[i].dw,
                                  row[i].a,              row[i].front,             row[i].back,
                                  row[i].n};
    }
    loft(b, join, A, node[2], u, w_side, s, n, cap_A, cap_B);
}

/** height of the crotch's skin */
static double crotch_y(const builder *b) {
    return trunk_y(b, b->D->crotch_height) - 14;
}

static double half_hip(const builder *b) {
    return b->D->hip_breadth / 2 * factor(b, OIK_SKIN_W_hip);
}

static void add_trunk(const builder *b) {
    const oik_skin_dimensions *D = b->D;
    double hip = half_hip(b), waist = D->waist_breadth / 2 * factor(b, OIK_SKIN_W_waist);
    double chest = D->chest_breadth / 2 * factor(b, OIK_SKIN_W_chest);
    double girdle = D->biacromial_breadth / 2 * factor(b, OIK_SKIN_W_shoulder);
    double buttock_d = D->buttock_depth * factor(b, OIK_SKIN_D_hip);
    double waist_front = D->waist_depth * factor(b, OIK_SKIN_D_belly), waist_back = D->waist_depth;
    double chest_front = D->chest_depth * factor(b, OIK_SKIN_D_chest), chest_back = D->chest_depth;
    /* height, cz, half breadth, front, back, exponent */
    const double row[][6] = {
        {trunk_y(b, D->crotch_height) + 30, -8, 0.76 * hip, 0.34 * buttock_d, 0.38 * buttock_d, 2.0},
        {trunk_y(b, D->buttock_height), -4, 0.955 * hip, 0.44 * buttock_d, 0.47 * buttock_d, 2.25},
        {trunk_y(b, D->trochanterion_height) + 25, 0, 0.965 * hip, 0.455 * buttock_d, 0.445 * buttock_d, 2.3},
        {trunk_y(b, D->waist_height) - 35, 4, 0.98 * waist, 0.50 * waist_front, 0.465 * waist_back + 4, 2.35},
        {trunk_y(b, D->waist_height) + 35, 6, 0.955 * waist, 0.50 * waist_front, 0.46 * waist_back, 2.35},
        {trunk_y(b, D->tenthrib_height), 4, chest, 0.495 * waist_front, 0.495 * waist_back, 2.35},
        {trunk_y(b, D->chest_height) - 20, 0, 1.06 * chest, 0.46 * chest_front, 0.47 * chest_back, 2.45},
        {trunk_y(b, D->axilla_height) - 15, -10, 1.14 * chest, 0.43 * chest_front, 0.46 * chest_back, 2.5},
        {trunk_y(b, D->axilla_height) + 35, -20, 0.76 * girdle, 0.40 * chest_front, 0.41 * chest_back, 2.4},
        {trunk_y(b, D->acromial_height) - 25, -32, 0.66 * girdle, 0.33 * chest_front, 0.34 * chest_back, 2.3},
        {trunk_y(b, D->suprasternale_height) + 2, -40, 0.46 * girdle, 0.24 * chest_back, 0.26 * chest_back, 2.1}};
    enum { N = N_ROWS(row) };
    oik_skin_station s[N];
    double y0 = row[0][0], y1 = row[N - 1][0];
    for (int i = 0; i < N; i++)
        s[i] = (oik_skin_station){(row[i][0] - y0) / (y1 - y0), 0, row[i][1], row[i][2],
                                  row[i][3],                    row[i][4], row[i][5]};
    loft(b, blend(BODY | SKULL, 24), v3(0, y0, 0), v3(0, y1, 0), v3(1, 0, 0), v3(0, 0, 1), s, N, 50, 14);
}

static void add_neck(const builder *b) {
    const oik_skin_landmarks *J = b->J;
    double r = b->D->neck_circumference / two_pi * factor(b, OIK_SKIN_W_neck);
    const oik_skin_station s[] = {{0, 0, 0, 1.22 * r, r, 1.12 * r, 2},
                                  {0.30, 0, 0, r, 1.02 * r, r, 2},
                                  {0.65, 0, 0, 0.94 * r, 1.03 * r, 0.97 * r, 2},
                                  {1, 0, 0, 0.90 * r, 0.9 * r, 0.95 * r, 2}};
    oik_vec3 base = v3(0, trunk_y(b, b->D->suprasternale_height) - 18, -38);
    loft(b, blend(BODY | SKULL, 26), base, v3(0, J->top - 150 * J->head_scale, -8), v3(1, 0, 0), v3(0, 0, 1), s,
         N_ROWS(s), 20, 20);
    /* trapezius: from the neck to the acromion */
    cone(b, blend(BODY | SKULL, 45), v3(22, J->neck.y + 32, -44),
         v3(0.86 * J->shoulder.x, J->shoulder.y + 4, J->shoulder.z - 2), 30 * factor(b, OIK_SKIN_W_neck), 24);
}

/** cranium, face, nose, lips and ear; h lengths along the height of the head */
static void add_head(const builder *b) {
    const oik_skin_dimensions *D = b->D;
    double h = b->J->head_scale, top = b->J->top;
    double half_length = D->head_length / 2, half_breadth = D->head_breadth / 2 * factor(b, OIK_SKIN_W_head);
    double y = top - 92 * h, z = 6, face_z = z + half_length, cheek = D->bizygomatic_breadth;
    oik_skin_add_ellipsoid(b->S, blend(BODY | SKULL, 18), metres(v3(0, y, z - 4)),
                           metres(v3(half_breadth, 92 * h, 0.985 * half_length)), m3_identity(), 2.15);
    double chin = top - (D->menton_sellion_length + 108) * h;
    const oik_skin_station face[] = {{0, 0, 0, 0.25 * cheek, half_length - 38, 40, 2.2},
                                     {0.25, 0, 0, 0.37 * cheek, half_length - 33, 60, 2.2},
                                     {0.55, 0, 0, 0.46 * cheek, half_length - 30, 60, 2.3},
                                     {1, 0, 0, 0.93 * half_breadth, half_length - 29, 60, 2.3}};
    loft(b, blend(BODY | SKULL, 14), v3(0, chin + 3, z + 30), v3(0, y + 10, z + 20), v3(1, 0, 0), v3(0, 0, 1), face,
         N_ROWS(face), 14, 10);
    cone(b, blend(SKULL, 9), v3(0, y - 10 * h, face_z - 10), v3(0, y - 46 * h, face_z + 12), 5, 10.5);
    cone(b, blend(SKULL, 10), v3(0, y - 70 * h, face_z - 14), v3(0, y - 71 * h, face_z - 13), 15, 15);
    const double lean = 0.2; /* of the auricle, rad */
    oik_mat3 R = {{{1, 0, 0}, {0, cos(lean), -sin(lean)}, {0, sin(lean), cos(lean)}}};
    oik_skin_add_ellipsoid(b->S, blend(SKULL, 5), metres(v3(half_breadth + 3, y - 26 * h, z - 14)),
                           metres(v3(8.5, 31 * h, 18)), R, 2.0);
}

/** buttock to ankle; the knee's cross-sections lie 9 mm behind the joint */
static void add_leg(const builder *b) {
    const oik_skin_dimensions *D = b->D;
    double thigh = D->thigh_circumference / two_pi, low = D->lower_thigh_circumference / two_pi;
    double calf = D->calf_circumference / two_pi, ankle = D->ankle_circumference / two_pi, hip = half_hip(b);
    double wt = factor(b, OIK_SKIN_W_thigh), dt = factor(b, OIK_SKIN_D_thigh);
    double wc = factor(b, OIK_SKIN_W_calf), dc = factor(b, OIK_SKIN_D_calf);
    double wk = (wt + 1) / 2, dk = (dt + 1) / 2, w_knee = (wt + wc) / 2, w_low = (wc + 1) / 2, d_low = (dc + 1) / 2;
    double knee = 0.90 * low;
    const chain_row row[] = {
        {0, 2, -2, 0.43 * hip, thigh * dt, 1.04 * thigh * dt, 2.1},
        {0.16, 2, -3, fmin(0.46 * hip, 0.90 * thigh) * wt, 1.02 * thigh * dt, 1.04 * thigh * dt, 2.1},
        {0.42, 0, 3, 0.82 * thigh * wt, 0.90 * thigh * dt, 0.87 * thigh * dt, 2.05},
        {0.74, 0, 4, 0.97 * low * wt, 1.03 * low * dt, 0.97 * low * dt, 2.05},
        {0.92, 0, 2, knee * wk, 0.99 * low * dk, 0.91 * low * dk, 2.1},
        {1.0, 0, 0, 0.97 * knee * w_knee, 0.97 * low, 0.88 * low, 2.15},
        {1.10, 0, -4, 0.94 * calf * wc, 0.93 * calf * dc, 0.95 * calf * dc, 2.1},
        {1.30, 1, -9, 0.995 * calf * wc, 0.92 * calf * dc, 1.11 * calf * dc, 2.05},
        {1.52, 0, -7, 0.83 * calf * wc, 0.83 * calf * dc, 0.93 * calf * dc, 2.05},
        {1.80, 0, -2, 0.98 * ankle * w_low, 1.07 * ankle * d_low, 1.07 * ankle * d_low, 2.05},
        {1.93, 0, -2, 0.95 * ankle, 1.15 * ankle, 1.1 * ankle, 2.1},
        {2.0, 0, 0, 0.49 * D->bimalleolar_breadth, 1.2 * ankle, 1.15 * ankle, 2.2}};
    const oik_vec3 node[3] = {v3(0.50 * hip, crotch_y(b) + 78, -4), v3_add(b->J->knee, v3(0, 0, -9)), b->J->ankle};
    chain_loft(b, blend(BODY | SOLE, 26), node, v3(1, 0, 0), v3(0, 0, 1), row, N_ROWS(row), 60, 24);
    b->S->primitive[b->S->n - 1].mirror_blend = 8 * m_per_mm; /* the thighs touch each other */
}

/** buttock, breast, belly, perineum and pubic region */
static void add_trunk_forms(const builder *b) {
    const oik_skin_dimensions *D = b->D;
    double hip = half_hip(b), male = 1 - b->g, crotch = crotch_y(b);
    double chest = D->chest_breadth / 2 * factor(b, OIK_SKIN_W_chest);
    double waist = D->waist_breadth / 2 * factor(b, OIK_SKIN_W_waist);
    double belly_d = D->waist_depth * factor(b, OIK_SKIN_D_belly);
    ellipsoid(b, blend(BODY, 34),
              v3(0.46 * hip, trunk_y(b, D->buttock_height) + 2, -0.20 * D->buttock_depth * factor(b, OIK_SKIN_D_hip)),
              v3(0.50 * hip, 80, 0.325 * D->buttock_depth * factor(b, OIK_SKIN_S_buttock)));
    double form = b->g - 0.10 * male; /* 1: breast; -0.1: flat over the pectoral muscle */
    double projection = factor(b, OIK_SKIN_S_breast);
    ellipsoid(b, blend(BODY, 34), v3(0.525 * chest, trunk_y(b, D->chest_height) - 2, 0.30 * D->chest_depth),
              v3(0.40 * chest, 48 + 16 * male, (0.20 + 0.06 * form) * D->chest_depth * projection));
    ellipsoid(b, blend(BODY, 34), v3(0, trunk_y(b, D->waist_height) - 10, 0.22 * belly_d),
              v3(0.62 * waist, 90, 0.275 * D->waist_depth * factor(b, OIK_SKIN_S_belly)));
    cone(b, blend(BODY, 22), v3(0, crotch + 17, 34), v3(0, crotch + 26, -72), 17, 19);
    ellipsoid(b, blend(BODY, 45), v3(0, crotch + 58, 0.27 * D->buttock_depth), v3(58, 62, 0.16 * D->buttock_depth));
}

/** in T-pose the breadth of an arm's cross-section is vertical, its front faces +z */
static void add_arm(const builder *b) {
    const oik_skin_dimensions *D = b->D;
    double bw = D->biceps_circumference / two_pi * factor(b, OIK_SKIN_W_upper_arm);
    double bd = D->biceps_circumference / two_pi * factor(b, OIK_SKIN_D_upper_arm);
    double f = D->forearm_circumference / two_pi * factor(b, OIK_SKIN_W_forearm), w = D->wrist_circumference / two_pi;
    const chain_row row[] = {{0, 0, 0, 0.943 * bw, 1.019 * bd, 1.057 * bd, 2.1},
                             {0.22, 3, 0, 1.02 * bw, bd, 0.98 * bd, 2.05},
                             {0.5, 0, 0, 0.96 * bw, 0.90 * bd, 0.90 * bd, 2},
                             {0.80, -1, 0, 0.84 * bw, 0.79 * bd, 0.79 * bd, 2},
                             {1, 0, 0, 0.93 * f, 0.84 * f, 0.84 * f, 2.05},
                             {1.12, 0, 0, 1.01 * f, 0.96 * f, 0.96 * f, 2},
                             {1.28, 0, 0, 1.00 * f, 1.01 * f, 1.00 * f, 2},
                             {1.6, 0, 0, 0.78 * f, 0.85 * f, 0.85 * f, 2},
                             {1.88, 0, 0, 0.89 * w, 1.10 * w, 1.10 * w, 2.1},
                             {2, 0, 0, 0.83 * w, 1.16 * w, 1.16 * w, 2.2}};
    const oik_vec3 node[3] = {v3_add(b->J->shoulder, v3(-16, 2, 0)), b->J->elbow, b->J->wrist};
    chain_loft(b, blend(BODY | PALM, 42), node, v3(0, 1, 0), v3(0, 0, 1), row, N_ROWS(row), 34, 12);
}

/** pectoral muscle in front and scapula with latissimus behind, from the trunk to the shoulder */
static void add_shoulder_muscles(const builder *b) {
    double depth = b->D->chest_depth, y = trunk_y(b, b->D->axilla_height);
    oik_vec3 S = b->J->shoulder;
    cone(b, blend(BODY, 40), v3(0.30 * S.x, y + 32, 0.18 * depth - 16), v3(0.95 * S.x, S.y - 14, S.z + 12), 34, 34);
    cone(b, blend(BODY, 40), v3(0.45 * S.x, y - 25, -0.30 * depth - 8), v3(0.92 * S.x, S.y - 18, S.z - 12), 40, 36);
    /* the blade stands out behind: its spine from the root to the acromion, its inner border from there down to the lower angle */
    oik_vec3 root = v3(0.47 * S.x, S.y - 36, -0.38 * depth);
    cone(b, blend(BODY, 20), root, v3(0.90 * S.x, S.y - 6, S.z - 36), 36, 33);
    cone(b, blend(BODY, 20), root, v3(0.65 * S.x, y - 30, -0.38 * depth), 36, 34);
}

static void add_hand(const builder *b) {
    double w = b->D->wrist_circumference / two_pi, hb = b->J->hand_breadth;
    double thick = hb / 88.3; /* thickness goes with breadth; its numbers are those of the mean man */
    oik_vec3 wrist = b->J->wrist;
    const oik_skin_station s[] = {{0, 0, 0, 0.78 * w, 1.05 * w, 1.08 * w, 2.3},
                                  {0.3, 0, 0, 18 * thick, 0.42 * hb, 0.43 * hb, 2.5},
                                  {0.62, 0, 0, 16.5 * thick, 0.47 * hb, 0.46 * hb, 2.7},
                                  {0.85, 0, 0, 15 * thick, 0.475 * hb, 0.45 * hb, 2.8},
                                  {1, 0, 0, 12.5 * thick, 0.45 * hb, 0.41 * hb, 2.6}};
    loft(b, blend(BODY | PALM, 10), v3_add(wrist, v3(0, -2, 0)), v3_add(wrist, v3(0.56 * b->J->hand_length, -4, 4)),
         v3(0, 1, 0), v3(0, 0, 1), s, N_ROWS(s), 10, 7);
    for (int i = 0; i < OIK_SKIN_N_DIGITS; i++) {
        const oik_skin_finger *F = &b->J->finger[i];
        for (int k = 0; k < 3; k++) {
            int in_palm = k == 0 && i != OIK_SKIN_THUMB, ball = k == 0 && i == OIK_SKIN_THUMB;
            oik_vec3 A = in_palm ? v3_madd(F->point[0], -14, F->direction) : F->point[k];
            cone(b, blend(PALM, in_palm ? 3.5 : ball ? 7 : 1.5), A, F->point[k + 1], F->radius[k], F->radius[k + 1]);
        }
    }
}

/** the breadth of a foot's cross-section lies along foot_x, its front is the sole */
static void add_foot(const builder *b) {
    const oik_skin_landmarks *J = b->J;
    double half_heel = b->D->heel_breadth / 2, fb = J->foot_breadth, fl = J->foot_length;
    double k = fl / 271.2; /* heights go with length; their numbers are those of the mean man */
    const oik_skin_station s[] = {{0, 0, -12 * k, 0.80 * half_heel, 33 * k, 30 * k, 2.3},
                                  {0.14, 0, -12 * k, 0.98 * half_heel, 35.5 * k, 46 * k, 2.3},
                                  {0.36, 2, -6 * k, 0.98 * half_heel, 29 * k, 50 * k, 2.2},
                                  {0.58, 1, 0, 0.42 * fb, 23.5 * k, 38 * k, 2.2},
                                  {0.78, 0, 4 * k, 0.485 * fb, 19.5 * k, 22 * k, 2.3},
                                  {0.94, 0, 8 * k, 0.475 * fb, 14.5 * k, 15 * k, 2.3},
                                  {1.0, 0, 10 * k, 0.43 * fb, 11 * k, 9 * k, 2.3}};
    oik_vec3 A = v3_add(v3_madd(J->heel, 0.02 * fl, J->foot_z), v3(0, 24 * k, 0));
    oik_vec3 B = v3_add(v3_madd(J->heel, 0.84 * fl, J->foot_z), v3(0, 24 * k, 0));
    loft(b, blend(BODY | SOLE, 22), A, B, J->foot_x, v3(0, -1, 0), s, N_ROWS(s), 0.62 * half_heel, 10);
    /* the instep: a ridge from the front of the ankle to the head of the first metatarsal */
    oik_vec3 instep[2] = {v3(-0.12 * fb, 56 * k, 0.40 * fl), v3(-0.30 * fb, 25 * k, 0.72 * fl)}; /* across, up, along */
    for (int i = 0; i < 2; i++)
        instep[i] = v3_add(v3_madd(v3_madd(J->heel, instep[i].x, J->foot_x), instep[i].z, J->foot_z), v3(0, instep[i].y, 0));
    cone(b, blend(BODY | SOLE, 16), instep[0], instep[1], 14 * k, 13 * k);
    for (int t = 0; t < OIK_SKIN_N_DIGITS; t++)
        cone(b, blend(SOLE, 5), J->toe[t].base, J->toe[t].end, J->toe[t].base_radius, J->toe[t].end_radius);
}

void oik_skin_body_make(oik_skin_body *out, const oik_skin_dimensions *D, const oik_skin_parameters *p, double g) {
    oik_skin_landmarks J = oik_skin_landmarks_at(D, p);
    builder b = {&out->surface, &J, D, p, g};
    out->surface.n = 0;
    add_trunk(&b);
    add_neck(&b);
    add_head(&b);
    add_leg(&b);
    add_trunk_forms(&b);
    add_arm(&b);
    add_shoulder_muscles(&b);
    add_hand(&b);
    add_foot(&b);
    oik_skin_axes(out->axes, &J, D);
    oik_skin_joint_centres(out->joints, &J);
}
