#include "models/bone_stand.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

enum { N_LEVELS = 24, N_RIBS = 12, N_CARTILAGES = 10, N_TRUE = 7, FIRST_THORACIC = 5, FIRST_CERVICAL = 17, MIDDLE_THORACIC = 11, HYOID_LEVEL = 21, AXIS = 22, ATLAS = 23 };

typedef enum stand_parameter {
    LUMBAR_WEDGE, THORACIC_WEDGE, CERVICAL_WEDGE, LUMBAR_DISC, THORACIC_DISC, CERVICAL_DISC, BREADTH, HEIGHT, DEPTH, N_STAND
} stand_parameter;

typedef enum stand_role { NONE, SACRUM, VERTEBRA, RIB, CARTILAGE, STERNUM, HYOID } stand_role;

typedef struct stand_bone {
    stand_role role;
    int number; /* level of a vertebra from L5 = 0, number of a rib or cartilage */
} stand_bone;

struct oik_bone_stand {
    int parameter[N_STAND];
    int sacrum, sternum, hyoid, level[N_LEVELS], rib[N_RIBS + 1], cartilage[N_CARTILAGES + 1];
    /* before fitting [m] */
    oik_vec3 s1, s1_front, s1_back, lower[N_LEVELS], upper[N_LEVELS], head[N_RIBS + 1], start[N_CARTILAGES + 1], end[N_CARTILAGES + 1];
    /* after it */
    oik_mat3 R[N_LEVELS], R_sacrum, R_cage;
    oik_vec3 t[N_LEVELS], sternum_shift, placed_head[N_RIBS + 1];
};

static const double DEG = 3.14159265358979323846 / 180.0;

/* ---- set-up ---- */

static int bone_index(const oik_bone_set *base, const char *name, oik_status *status, oik_error *err) {
    const oik_bone *b = oik_bone_find(base, name);
    if (!b && !*status)
        *status = oik_fail(err, OIK_E_MODEL, "the trunk cannot stand without a bone %s", name);
    return b ? (int)(b - base->bones) : 0;
}

static oik_vec3 mark(const oik_bone_set *base, int bone, const char *name, oik_status *status, oik_error *err) {
    const oik_vec3 *p = oik_bone_landmark(base->bones + bone, name);
    if (!p && !*status)
        *status = oik_fail(err, OIK_E_MODEL, "bone %s has no landmark %s", base->bones[bone].name, name);
    return p ? *p : v3(0, 0, 0);
}

static oik_status find_vertebrae(oik_bone_stand *s, const oik_bone_set *base, oik_error *err) {
    oik_status status = OIK_OK;
    s->sacrum = bone_index(base, "sacrum", &status, err);
    s->s1 = mark(base, s->sacrum, "s1", &status, err);
    s->s1_front = mark(base, s->sacrum, "s1_ant", &status, err);
    s->s1_back = mark(base, s->sacrum, "s1_post", &status, err);
    for (int i = 0; i < N_LEVELS; i++) {
        char name[8];
        int number = i < FIRST_THORACIC ? 5 - i : i < FIRST_CERVICAL ? 17 - i : 24 - i;
        snprintf(name, sizeof name, "%c%d", i < FIRST_THORACIC ? 'L' : i < FIRST_CERVICAL ? 'T' : 'C', number);
        s->level[i] = bone_index(base, name, &status, err);
        s->lower[i] = mark(base, s->level[i], i == ATLAS ? "body_c" : "inf", &status, err);
        s->upper[i] = mark(base, s->level[i], i >= AXIS ? "body_c" : "sup", &status, err); /* the top of the axis is its dens */
    }
    return status;
}

static oik_status find_cage(oik_bone_stand *s, const oik_bone_set *base, oik_error *err) {
    oik_status status = OIK_OK;
    char name[16];
    s->sternum = bone_index(base, "sternum", &status, err);
    s->hyoid = bone_index(base, "hyoid", &status, err);
    for (int r = 1; r <= N_RIBS; r++) {
        snprintf(name, sizeof name, "rib%d", r);
        s->rib[r] = bone_index(base, name, &status, err);
        s->head[r] = mark(base, s->rib[r], "head", &status, err);
    }
    for (int r = 1; r <= N_CARTILAGES; r++) {
        snprintf(name, sizeof name, "cart%d", r);
        s->cartilage[r] = bone_index(base, name, &status, err);
        s->start[r] = mark(base, s->cartilage[r], "ccj", &status, err);
        s->end[r] = mark(base, s->cartilage[r], "end", &status, err);
    }
    return status;
}

oik_status oik_bone_stand_new(oik_bone_stand **out, oik_bone_warps *warps, const oik_bone_set *base, oik_error *err) {
    static const char *const names[N_STAND] = {"lumbar_wedge",  "thoracic_wedge", "cervical_wedge", "lumbar_disc", "thoracic_disc",
                                               "cervical_disc", "breadth",        "height",         "depth"};
    oik_bone_stand *s = *out = oik_new(1, sizeof *s, err);
    if (!s)
        return OIK_E_MEMORY;
    for (int i = 0; i < N_STAND; i++) {
        s->parameter[i] = oik_bone_warps_parameter(warps, "cage", names[i], OIK_WARP_STAND, err);
        if (s->parameter[i] < 0)
            return OIK_E_MEMORY;
    }
    oik_status status = find_vertebrae(s, base, err);
    if (!status)
        status = find_cage(s, base, err);
    if (!status)
        oik_bone_stand_update(warps);
    return status;
}

static stand_bone role_of(const oik_bone_stand *s, int bone) {
    if (bone == s->sacrum || bone == s->sternum)
        return (stand_bone){bone == s->sacrum ? SACRUM : STERNUM, 0};
    if (bone == s->hyoid)
        return (stand_bone){HYOID, HYOID_LEVEL};
    for (int i = 0; i < N_LEVELS; i++)
        if (bone == s->level[i])
            return (stand_bone){VERTEBRA, i};
    for (int r = 1; r <= N_RIBS; r++)
        if (bone == s->rib[r])
            return (stand_bone){RIB, r};
    for (int r = 1; r <= N_CARTILAGES; r++)
        if (bone == s->cartilage[r])
            return (stand_bone){CARTILAGE, r};
    return (stand_bone){NONE, 0};
}

bool oik_bone_stand_has(const oik_bone_warps *warps, int bone) {
    stand_role role = role_of(warps->stand, bone).role;
    return role != NONE && role != SACRUM;
}

bool oik_bone_stand_follows_ribs(const oik_bone_warps *warps, int bone) {
    stand_role role = role_of(warps->stand, bone).role;
    return role == CARTILAGE || role == STERNUM;
}

/* ---- motion ---- */

static double amount(const oik_bone_warps *w, stand_parameter p) {
    return w->parameters[w->stand->parameter[p]].amount;
}

static oik_vec3 vertebra(const oik_bone_warps *w, int level, oik_vec3 x) {
    const oik_bone_stand *s = w->stand;
    return v3_add(m3_mulv(s->R[level], oik_bone_warps_apply(w, s->level[level], true, x)), s->t[level]);
}

static double smoothstep(double t) {
    t = fmin(1.0, fmax(0.0, t));
    return t * t * (3.0 - 2.0 * t);
}

static oik_vec3 rib(const oik_bone_warps *w, int r, oik_vec3 x) {
    const double near = 12e-3, far = 60e-3; /* [m] from the head: neck and tubercle go with the vertebra */
    const oik_bone_stand *s = w->stand;
    int level = FIRST_CERVICAL - r;
    oik_vec3 size = v3(1.0 + amount(w, BREADTH), 1.0 + amount(w, HEIGHT), 1.0 + amount(w, DEPTH));
    oik_vec3 local = oik_bone_warps_apply(w, s->rib[r], false, x);
    oik_vec3 with_cage = v3_add(s->placed_head[r], m3_mulv(s->R_cage, v3_mul(size, v3_sub(local, s->head[r]))));
    double share = smoothstep((v3_dist(x, s->head[r]) - near) / (far - near));
    oik_vec3 with_spine = share == 1.0 ? with_cage : v3_add(vertebra(w, level, x), m3_mulv(s->R[level], v3_sub(local, x)));
    return v3_lerp(with_spine, with_cage, share);
}

static oik_vec3 sternum(const oik_bone_warps *w, oik_vec3 x) {
    return v3_add(m3_mulv(w->stand->R_cage, oik_bone_warps_apply(w, w->stand->sternum, true, x)), w->stand->sternum_shift);
}

static oik_vec3 cartilage(const oik_bone_warps *w, int r, oik_vec3 x) {
    const oik_bone_stand *s = w->stand;
    oik_vec3 d = v3_sub(s->end[r], s->start[r]);
    double share = smoothstep(v3_dot(v3_sub(x, s->start[r]), d) / v3_dot(d, d));
    oik_vec3 own = m3_mulv(s->R_cage, v3_sub(oik_bone_warps_apply(w, s->cartilage[r], false, x), x));
    oik_vec3 a = rib(w, r, x), b = share == 0.0 ? a : r <= N_TRUE ? sternum(w, x) : cartilage(w, r - 1, x);
    return v3_add(own, v3_lerp(a, b, share));
}

oik_vec3 oik_bone_stand_apply(const oik_bone_warps *warps, int bone, bool midline, oik_vec3 x) {
    stand_bone b = role_of(warps->stand, bone);
    switch (b.role) {
    case VERTEBRA:
        return vertebra(warps, b.number, x);
    case RIB:
        return rib(warps, b.number, x);
    case CARTILAGE:
        return cartilage(warps, b.number, x);
    case HYOID:
        return vertebra(warps, b.number, x);
    case STERNUM:
        return sternum(warps, x);
    default:
        return oik_bone_warps_apply(warps, bone, midline, x);
    }
}

oik_mat3 oik_bone_stand_rotation(const oik_bone_warps *warps, int bone) {
    stand_bone b = role_of(warps->stand, bone);
    switch (b.role) {
    case VERTEBRA:
    case HYOID:
        return warps->stand->R[b.number];
    case SACRUM:
        return warps->stand->R_sacrum;
    case RIB:
    case CARTILAGE:
    case STERNUM:
        return warps->stand->R_cage;
    default:
        return m3_identity();
    }
}

/* ---- standing up ---- */

static oik_mat3 tilt_between(oik_vec3 from, oik_vec3 to) {
    return oik_rot_axis(v3(1, 0, 0), atan2(to.z, to.y) > atan2(from.z, from.y) ? acos(fmin(1.0, v3_dot(v3_unit(from), v3_unit(to))))
                                                                             : -acos(fmin(1.0, v3_dot(v3_unit(from), v3_unit(to)))));
}

/** The sacrum's own fields may turn its upper end plate. */
static void stand_sacrum(oik_bone_stand *s, const oik_bone_warps *w, oik_vec3 *top) {
    oik_vec3 front = oik_bone_warps_apply(w, s->sacrum, true, s->s1_front), back = oik_bone_warps_apply(w, s->sacrum, true, s->s1_back);
    s->R_sacrum = tilt_between(v3_sub(s->s1_front, s->s1_back), v3_sub(front, back));
    *top = oik_bone_warps_apply(w, s->sacrum, true, s->s1);
}

static void stand_spine(oik_bone_stand *s, const oik_bone_warps *w) {
    oik_vec3 top, below = s->s1;
    stand_sacrum(s, w, &top);
    oik_mat3 R = s->R_sacrum;
    for (int i = 0; i < N_LEVELS; i++) {
        int region = i < FIRST_THORACIC ? 0 : i < FIRST_CERVICAL ? 1 : 2;
        double wedge = amount(w, (stand_parameter)(LUMBAR_WEDGE + region)) * DEG;
        double disc = 1.0 + amount(w, (stand_parameter)(LUMBAR_DISC + region));
        oik_mat3 half = oik_rot_axis(v3(1, 0, 0), 0.5 * wedge);
        oik_vec3 gap = m3_mulv(m3_mul(half, R), v3_scale(v3_sub(s->lower[i], below), disc));
        s->R[i] = R = m3_mul(half, m3_mul(half, R));
        oik_vec3 lower = oik_bone_warps_apply(w, s->level[i], true, s->lower[i]);
        s->t[i] = v3_sub(v3_add(top, gap), m3_mulv(R, lower));
        top = vertebra(w, i, s->upper[i]);
        below = s->upper[i];
    }
}

/** Mean over cartilages 1 to 7 of where the ribs' ends, and the way from there before fitting at the cage's size, would put the notches. */
static void stand_sternum(oik_bone_stand *s, const oik_bone_warps *w) {
    oik_vec3 size = v3(1.0 + amount(w, BREADTH), 1.0 + amount(w, HEIGHT), 1.0 + amount(w, DEPTH)), sum = v3(0, 0, 0);
    for (int r = 1; r <= N_TRUE; r++) {
        oik_vec3 wanted = v3_add(rib(w, r, s->start[r]), m3_mulv(s->R_cage, v3_mul(size, v3_sub(s->end[r], s->start[r]))));
        sum = v3_add(sum, v3_sub(wanted, m3_mulv(s->R_cage, oik_bone_warps_apply(w, s->sternum, true, s->end[r]))));
    }
    s->sternum_shift = v3(0, sum.y / N_TRUE, sum.z / N_TRUE);
}

void oik_bone_stand_update(oik_bone_warps *warps) {
    stand_spine(warps->stand, warps);
    warps->stand->R_cage = warps->stand->R[MIDDLE_THORACIC];
    for (int r = 1; r <= N_RIBS; r++)
        warps->stand->placed_head[r] = vertebra(warps, FIRST_CERVICAL - r, warps->stand->head[r]);
    stand_sternum(warps->stand, warps);
}
