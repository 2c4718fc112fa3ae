/** How hands and fingers have moved with their skin (formulas in digits.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "skeleton/digits_hand.h"

/** Skin of the palm that tells of the hand is moved by it alone; that of a finger bone, the rest apart, at least so much. */
static const double PALM_SHARE = 0.98, LEAST_SHARE = 0.1;
/** Rounds over the fingers after the start; a second one changes turns by less than 1 deg. */
enum { SWEEPS = 1 };
/**
 * (sigma_d / sigma_e)^2: a bone of the subject is taken to lie within sigma_d = 3 mm of where the model's proportions put it, a joint
 * within sigma_e = 4 mm of the middle of the finger.
 */
static const double RHO = 0.5;
/** Rounds of averaging in the folds of bent joints, where blended rotations tell little. */
enum { FOLD_ROUNDS = 8 };
/** Springs of a hand weigh so much more, or its fingers pull it about. */
static const double HAND_WEIGHT = 3.0;
/** How far beside a finger bone the points lie that tell its turn about its length [m]. */
static const double ARM = 30e-3;

static void gather(oik_vec3 *out, const oik_hand *h, const oik_vec3 *x) {
    for (size_t v = 0; v < h->n; v++)
        out[v] = x[h->vertex[v]];
}

static oik_vec3 moved(const oik_rigid *T, oik_vec3 x) {
    return v3_add(m3_mulv(T->R, x), T->t);
}

/* ---- motions ---- */

/** blended + sign share_s T z. */
static void blend_in(oik_digits *d, const oik_hand *h, int s, const oik_rigid *T, double sign) {
    const double *share = h->share + (size_t)s * h->n;
    for (size_t v = 0; v < h->n; v++)
        if (share[v] > 0.0)
            d->blended[v] = v3_madd(d->blended[v], sign * share[v], moved(T, d->from[v]));
}

/** Each bone with the skin that is its alone; with its parent when there is too little. */
static void start_motions(oik_rigid *motion, const oik_hand *h, oik_digits *d) {
    memset(d->blended, 0, h->n * sizeof *d->blended);
    for (int s = 0; s < h->n_bones; s++) {
        const double *share = h->share + (size_t)s * h->n;
        motion[s] = s > 0 ? motion[h->bone[s].parent] : (oik_rigid){.R = m3_identity(), .scale = 1.0};
        for (size_t v = 0; v < h->n; v++)
            d->weight[v] = s > 0 || share[v] > PALM_SHARE ? share[v] * share[v] : 0.0;
        oik_rigid_fit(&motion[s], d->from, d->to, d->weight, h->n, 0, NULL);
        blend_in(d, h, s, &motion[s], 1.0);
    }
    for (size_t v = 0; v < h->n; v++) /* the forearm's share of skin at the wrist is not looked at: it goes with the hand */
        d->blended[v] = v3_madd(d->blended[v], 1.0 - h->beyond[v], moved(&motion[0], d->from[v]));
}

/** min sum_v | x_v - sum_s share_vs T_s z_v |^2 over one bone, the others as they are. */
static void refine_motion(oik_rigid *motion, const oik_hand *h, oik_digits *d, int s) {
    const double *share = h->share + (size_t)s * h->n;
    blend_in(d, h, s, &motion[s], -1.0);
    for (size_t v = 0; v < h->n; v++) {
        bool tells = share[v] > LEAST_SHARE;
        d->weight[v] = tells ? share[v] * share[v] : 0.0;
        d->goal[v] = tells ? v3_scale(v3_sub(d->to[v], d->blended[v]), 1.0 / share[v]) : d->to[v];
    }
    oik_rigid_fit(&motion[s], d->from, d->goal, d->weight, h->n, 0, NULL);
    blend_in(d, h, s, &motion[s], 1.0);
}

/** Motions from d->from to d->to. */
static void find_motions(oik_rigid *motion, const oik_hand *h, oik_digits *d) {
    start_motions(motion, h, d);
    for (int i = 0; i < SWEEPS; i++)
        for (int s = 1; s < h->n_bones; s++)
            refine_motion(motion, h, d, s);
}

void oik_digits_follow(oik_digit_motion *motion, oik_digits *digits, const oik_vec3 *from, const oik_vec3 *x) {
    for (int i = 0; i < digits->n_hands; i++) {
        const oik_hand *h = &digits->hand[i];
        gather(digits->from, h, from);
        gather(digits->to, h, x);
        find_motions(h->motion, h, digits);
        for (int s = 0; s < h->n_bones; s++)
            motion[h->bone[s].part] = (oik_digit_motion){true, s == 0 ? HAND_WEIGHT : 1.0, h->motion[s].R, h->motion[s].t};
    }
}

/* ---- open hands ---- */

/** Joint of a bone in the model's skin: the template's, moved as the skin that it bends. */
static oik_vec3 joint_in(const oik_hand *h, int s, const oik_vec3 *z) {
    oik_vec3 sum = v3(0, 0, 0);
    double total = 0.0;
    for (size_t v = 0; v < h->n; v++) {
        double a = h->beyond[(size_t)s * h->n + v], w = a * (1.0 - a);
        sum = v3_madd(sum, w, v3_sub(z[v], h->rest[v]));
        total += w;
    }
    return v3_madd(h->bone[s].joint, 1.0 / fmax(total, 1e-12), sum);
}

/**
 * Joint of the subject: half-way between where the skin before and behind it have it, and from there towards the point about which the one
 * has turned against the other.
 *
 *   q = m + e,   (A^T A + rho) e = -A^T delta,   A = I - R^T,   delta = (I + R^T) d / 2
 *
 * in the frame of the skin before it. d leads from the joint as this skin has it to that of the skin behind, R is the turn; delta is how far the
 * bone is off its place in the model when it is opened about m. At right angles to the axis A^T A = 2 - 2 cos, and A^T delta = -w x d sin
 * with the axis w. A straight joint tells nothing of its place: e = 0.
 * @param[in] c the joint in the model
 */
static oik_vec3 find_joint(const oik_rigid *before, const oik_rigid *behind, oik_vec3 c) {
    oik_vec3 a = moved(before, c), b = moved(behind, c), m = v3_lerp(a, b, 0.5);
    oik_vec3 d = m3_tmulv(before->R, v3_sub(b, a)), turn = oik_rot_log(m3_tmul(before->R, behind->R));
    double angle = v3_norm(turn);
    if (angle < 1e-9)
        return m;
    double gain = sin(angle) / angle / (2.0 - 2.0 * cos(angle) + RHO);
    return v3_madd(m, gain, m3_mulv(before->R, v3_cross(turn, d)));
}

/** M_s: the rotations of the motions z -> y about joints of the subject, which meet when the hand is open. */
static void find_bends(oik_rigid *bend, const oik_hand *h, const oik_rigid *motion, const oik_vec3 *z) {
    for (int s = 0; s < h->n_bones; s++) {
        int parent = h->bone[s].parent;
        oik_vec3 c = joint_in(h, s, z), q = moved(&motion[s], c), open = q;
        if (parent >= 0) {
            q = find_joint(&motion[parent], &motion[s], c);
            open = m3_tmulv(bend[parent].R, v3_sub(q, bend[parent].t));
        }
        bend[s] = (oik_rigid){.R = motion[s].R, .t = v3_sub(q, m3_mulv(motion[s].R, open)), .scale = 1.0};
    }
}

/** Blend of the bends at a vertex: x -> M x + t. */
static oik_mat3 blend_at(oik_vec3 *t, const oik_hand *h, const oik_rigid *bend, size_t v) {
    oik_mat3 M = m3_scale(m3_identity(), 1.0 - h->beyond[v]);
    *t = v3(0, 0, 0);
    for (int s = 0; s < h->n_bones; s++) {
        double share = h->share[(size_t)s * h->n + v];
        if (share <= 0.0)
            continue;
        M = m3_add(M, m3_scale(bend[s].R, share));
        *t = v3_madd(*t, share, bend[s].t);
    }
    return M;
}

/** Does one bone alone move a vertex? Then M_v is its rotation, to rounding. */
static bool is_rigid(const oik_hand *h, size_t v) {
    for (int s = 0; s < h->n_bones; s++)
        if (h->share[(size_t)s * h->n + v] > 1.0 - 1e-9)
            return true;
    return false;
}

/** Rotation of a blend, and how far it is to be trusted (as in body/unpose.c): 0 where the skin is folded. */
static oik_mat3 rotation_of(double *trust, oik_mat3 M) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, M);
    double ramp = fmin(fmax((s.z - 0.35) / 0.5, 0.0), 1.0), sign = m3_det(U) * m3_det(V) < 0.0 ? -1.0 : 1.0;
    *trust = sign > 0.0 ? ramp * ramp : 0.0;
    return m3_mul(m3_mul(U, m3_diag(v3(1, 1, sign))), m3_transpose(V));
}

/** D_v and how far it is to be trusted. */
static void find_residuals(oik_vec3 *D, double *trust, const oik_hand *h, const oik_digits *d, const oik_rigid *bend) {
    for (size_t v = 0; v < h->n; v++) {
        oik_vec3 t;
        oik_mat3 M = blend_at(&t, h, bend, v), Q = M;
        trust[v] = 1.0;
        if (!is_rigid(h, v))
            Q = rotation_of(&trust[v], M);
        D[v] = m3_tmulv(Q, v3_sub(d->to[v], v3_add(m3_mulv(M, d->from[v]), t)));
    }
}

oik_status oik_digits_straighten(oik_vec3 *y, oik_digits *digits, const oik_vec3 *z, oik_error *err) {
    for (int i = 0; i < digits->n_hands; i++) {
        const oik_hand *h = &digits->hand[i];
        oik_rigid *bend = h->motion + h->n_bones;
        double *count = oik_new(h->n, sizeof *count, err);
        if (!count)
            return OIK_E_MEMORY;
        gather(digits->from, h, z);
        gather(digits->to, h, y);
        find_motions(h->motion, h, digits);
        find_bends(bend, h, h->motion, digits->from);
        oik_vec3 *raw = digits->goal, *D = digits->to, *sum = digits->blended;
        find_residuals(raw, digits->weight, h, digits, bend);
        memcpy(D, raw, h->n * sizeof *D);
        for (int k = 0; k < FOLD_ROUNDS; k++)
            oik_hand_average(D, raw, digits->weight, h, sum, count);
        for (size_t v = 0; v < h->n; v++)
            y[h->vertex[v]] = v3_add(digits->from[v], D[v]);
        free(count);
    }
    return OIK_OK;
}

/* ---- turns about the length ---- */

size_t oik_digits_n_sides(const oik_digits *digits) {
    size_t n = 0;
    for (int i = 0; i < digits->n_hands; i++)
        n += 2 * (size_t)(digits->hand[i].n_bones - 1);
    return n;
}

/** A direction at right angles to d. */
static oik_vec3 beside(oik_vec3 d) {
    oik_vec3 reference = fabs(d.z) < 0.9 * v3_norm(d) ? v3(0, 0, 1) : v3(0, 1, 0);
    return v3_unit(v3_madd(reference, -v3_dot(reference, d) / v3_dot(d, d), d));
}

static oik_digit_side side_of(const oik_digit_bone *bone, const oik_skel_model *model, const oik_rigid *T, double sign) {
    oik_vec3 along = v3_sub(bone->end, bone->joint), out = beside(along);
    oik_vec3 at = v3_madd(v3_lerp(bone->joint, bone->end, 0.5), sign * ARM, out);
    return (oik_digit_side){.part = bone->part,
                            .u = m3_tmulv(model->rest_R[bone->part], v3_sub(at, model->rest_t[bone->part])),
                            .target = moved(T, at),
                            .normal = m3_mulv(T->R, v3_unit(v3_cross(along, out)))};
}

void oik_digits_sides(oik_digit_side *side, oik_digits *digits, const oik_skel_model *model, const oik_vec3 *y) {
    for (int i = 0; i < digits->n_hands; i++) {
        const oik_hand *h = &digits->hand[i];
        memcpy(digits->from, h->rest, h->n * sizeof *h->rest);
        gather(digits->to, h, y);
        find_motions(h->motion, h, digits);
        for (int s = 1; s < h->n_bones; s++) {
            *side++ = side_of(&h->bone[s], model, &h->motion[s], 1.0);
            *side++ = side_of(&h->bone[s], model, &h->motion[s], -1.0);
        }
    }
}
