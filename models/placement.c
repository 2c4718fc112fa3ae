#include "models/placement.h"

#include <stdio.h>
#include <string.h>

#include "base/rot.h"
#include "base/status.h"
#include "models/position.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/* lying pose: 12 deg of depression at the collar, 33 deg of adduction at the shoulder */
static const double COLLAR_DEG = 12.0, SHOULDER_DEG = 33.0;
/* the skin's first thoracic vertebra: how far from the hips [m], and on which side of the vertical above them (back is negative) */
static const double TRUNK_HEIGHT_MALE = 0.578, TRUNK_HEIGHT_FEMALE = 0.522, TRUNK_LEAN_DEG = -3.6;
/* the scapula turns up with the abducted arm: its spine then rises by 20 degrees */
static const double SCAPULA_UPWARD_DEG = 7.0, FOREARM_PRONATION_DEG = 90.0;
static const double FINGER_PULP = 2e-3, HEEL_PAD = 8e-3, TOE_PAD = 5e-3, SOLE_PAD = 12.5e-3;

void oik_lying_pose(oik_mat3 R[OIK_N_JOINTS]) {
    oik_vec3 z = v3(0, 0, 1);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        R[j] = m3_identity();
    R[OIK_J_COLLAR_L] = oik_rot_axis(z, -COLLAR_DEG * DEG);
    R[OIK_J_COLLAR_R] = oik_rot_axis(z, COLLAR_DEG * DEG);
    R[OIK_J_SHOULDER_L] = oik_rot_axis(z, -SHOULDER_DEG * DEG);
    R[OIK_J_SHOULDER_R] = oik_rot_axis(z, SHOULDER_DEG * DEG);
}

/** State of the placing: what the frames are built from. */
typedef struct placing {
    const oik_template_skin *skin;
    const oik_bone_set *bones;
    oik_placement *out;
    oik_error *err;
    oik_status status;
} placing;

static double lerp(double a, double b, double t) {
    return a + t * (b - a);
}

static int row_of(const char *name) {
    for (int i = 0; i < oik_n_part_rows; i++)
        if (strcmp(oik_part_table[i].name, name) == 0)
            return i;
    return -1;
}

static oik_placement *of(placing *p, const char *name) {
    return &p->out[row_of(name)];
}

static oik_vec3 landmark(placing *p, const char *text) {
    oik_vec3 x = v3(0, 0, 0);
    if (!p->status)
        p->status = oik_position_parse(&x, text, p->bones, p->err);
    return x;
}

/** A place of a part in its canonical frame. */
static oik_vec3 canonical(placing *p, const char *part, const char *text) {
    oik_vec3 x = v3(0, 0, 0);
    if (!p->status)
        p->status = oik_position_in(&x, text, oik_part_table[row_of(part)].bones, p->bones, p->err);
    return x;
}

/** A place of a part in the lying template body. */
static oik_vec3 placed(placing *p, const char *part, const char *text) {
    return oik_placement_apply(of(p, part), canonical(p, part, text));
}

oik_vec3 oik_placement_target(const oik_template_skin *skin, const oik_centre_row *row) {
    oik_vec3 offset = v3_scale(v3_lerp(row->male, row->female, skin->skin->gender), 1e-3);
    return v3_add(skin->frames.p[row->joint], m3_mulv(skin->frames.G[row->joint], offset));
}

static oik_vec3 target(placing *p, const char *part) {
    for (int i = 0; i < oik_n_centre_rows; i++)
        if (strcmp(oik_centre_table[i].part, part) == 0 && oik_centre_table[i].joint >= 0)
            return oik_placement_target(p->skin, &oik_centre_table[i]);
    p->status = oik_fail(p->err, OIK_E_MODEL, "no joint centre for part %s", part);
    return v3(0, 0, 0);
}

/** Frame with the given y axis and its z axis as near as possible to z. */
static oik_mat3 frame_yz(oik_vec3 y, oik_vec3 z) {
    y = v3_unit(y);
    z = v3_unit(v3_madd(z, -v3_dot(z, y), y));
    return m3_columns(v3_cross(y, z), y, z);
}

/** A segment end of the address table, moved from the T-pose into the lying pose with joint j. */
static oik_vec3 axis_point(placing *p, const char *segment, bool end, int j) {
    const oik_skin *skin = p->skin->skin;
    for (size_t i = 0; i < skin->n_segments; i++)
        if (strcmp(skin->segments[i].name, segment) == 0) {
            oik_vec3 x = end ? skin->segments[i].B : skin->segments[i].A;
            oik_vec3 arm = v3_sub(x, p->skin->frames.J[j]);
            return v3_add(p->skin->frames.p[j], m3_mulv(p->skin->frames.G[j], arm));
        }
    p->status = oik_fail(p->err, OIK_E_MODEL, "the address table has no segment %s", segment);
    return v3(0, 0, 0);
}

/** Limb bone between two centres: y up the limb, z forward, sized so that its canonical length spans them. */
static void place_limb(placing *p, const char *part, oik_vec3 proximal, oik_vec3 distal, double canonical_length) {
    oik_placement *o = of(p, part);
    double scale = v3_dist(proximal, distal) / (canonical_length * o->ratio.y);
    o->ratio = v3_scale(o->ratio, scale);
    o->R = frame_yz(v3_sub(proximal, distal), v3(0, 0, 1));
    o->t = proximal;
}

/**
 * The trunk above the hips: as high as the skin's, and as far behind them. Height is that of the vertebrae above the sacrum alone, so
 * that the pelvis keeps its size; the whole trunk turns about the hips.
 */
static void place_torso(placing *p) {
    oik_vec3 hip = target(p, "pelvis"), s1 = landmark(p, "sacrum:s1"), top = landmark(p, "T1:body_c");
    double height = lerp(TRUNK_HEIGHT_MALE, TRUNK_HEIGHT_FEMALE, p->skin->skin->gender);
    double ratio = (sqrt(height * height - top.z * top.z) - s1.y) / (top.y - s1.y);
    oik_vec3 scaled = v3(0, s1.y + ratio * (top.y - s1.y), top.z);
    oik_mat3 R = oik_rot_axis(v3(1, 0, 0), TRUNK_LEAN_DEG * DEG - atan2(scaled.z, scaled.y));
    for (int i = 0; i < oik_n_part_rows; i++)
        if (oik_part_table[i].frame == OIK_F_TORSO) {
            bool pelvis = strcmp(oik_part_table[i].name, "pelvis") == 0;
            p->out[i].R = R;
            p->out[i].ratio.y = pelvis ? 1.0 : ratio;
            p->out[i].t = v3_add(v3(0, hip.y, hip.z), m3_mulv(R, v3(0, pelvis ? 0.0 : (1.0 - ratio) * s1.y, 0)));
        }
}

/** Skull under the crown and the back of the head (soft tissue 6 and 6.5 mm, facial tissue tables). */
static void place_skull(placing *p) {
    const oik_skin *skin = p->skin->skin;
    double top = -INFINITY, back = INFINITY;
    for (size_t v = 0; v < skin->n_vertices; v++)
        if (skin->part[v] == OIK_J_HEAD) {
            top = fmax(top, p->skin->x[v].y);
            back = fmin(back, p->skin->x[v].z);
        }
    oik_vec3 vertex = v3_mul(of(p, "skull")->ratio, landmark(p, "skull:vertex"));
    oik_vec3 occiput = v3_mul(of(p, "skull")->ratio, landmark(p, "skull:opisthocranion"));
    oik_vec3 t = v3(0, top - 6e-3 - vertex.y, back + 6.5e-3 - occiput.z);
    of(p, "skull")->t = of(p, "mandible")->t = t;
    of(p, "skull")->R = of(p, "mandible")->R = m3_identity();
}

/** The neck from the trunk to the skull: turned towards the condyles and as long as the way to them; its width and depth stay. */
static void place_neck(placing *p) {
    oik_vec3 foot = canonical(p, "T1", "T1:sup"), v = v3_sub(canonical(p, "C1", "0,707.5,-0.8"), foot);
    oik_vec3 from = oik_placement_apply(of(p, "T1"), foot), way = v3_sub(placed(p, "skull", "0,-26,4"), from);
    double ratio = sqrt(fmax(way.y * way.y + way.z * way.z - v.z * v.z, 0.0)) / v.y;
    oik_mat3 R = oik_rot_axis(v3(1, 0, 0), atan2(way.z, way.y) - atan2(v.z, ratio * v.y));
    for (int i = 0; i < oik_n_part_rows; i++)
        if (oik_part_table[i].frame == OIK_F_TORSO && oik_part_table[i].name[0] == 'C') {
            p->out[i].R = R;
            p->out[i].ratio.y = ratio;
            p->out[i].t = v3_sub(from, m3_mulv(R, v3_mul(p->out[i].ratio, foot)));
        }
}

static void place_shoulder(placing *p) {
    oik_mat3 plane = m3_mul(oik_rot_axis(v3(0, 1, 0), -37 * DEG),
                            m3_mul(oik_rot_axis(v3(1, 0, 0), 9 * DEG), oik_rot_axis(v3(0, 0, 1), 3 * DEG)));
    oik_placement *scapula = of(p, "scapula"), *clavicle = of(p, "clavicle");
    scapula->R = m3_mul(oik_rot_axis(v3(0, 0, 1), SCAPULA_UPWARD_DEG * DEG), plane);
    scapula->t = target(p, "humerus");
    oik_vec3 sc = placed(p, "ribcage", "sternum:sc_l+4,5,1"), ac = placed(p, "scapula", "scapula:ac_joint+2,0,0");
    oik_vec3 along = v3_unit(v3_sub(ac, sc)), up = v3(0, 1, 0);
    up = v3_unit(v3_madd(up, -v3_dot(up, along), along));
    clavicle->R = m3_columns(along, up, v3_cross(along, up));
    clavicle->ratio.x = v3_dist(sc, ac) / landmark(p, "clavicle:ac").x;
    clavicle->t = sc;
}

/** Turn a part about a point and size it. */
static void turn_and_size(oik_placement *o, oik_vec3 at, oik_mat3 turn, double scale) {
    o->R = m3_mul(turn, o->R);
    o->ratio = v3_scale(o->ratio, scale);
    o->t = v3_madd(at, scale, m3_mulv(turn, v3_sub(o->t, at)));
}

/**
 * Forearm in pronation: the radius turns about the line from its head to that of the ulna, which takes the middle of its lower end across
 * the ulna; then both bones are turned and sized until it lies in the skin's wrist.
 */
static void place_forearm(placing *p, oik_vec3 elbow, oik_vec3 wrist) {
    oik_placement *ulna = of(p, "ulna"), *radius = of(p, "radius");
    double length = -landmark(p, "radius:wrist_c").y;
    place_limb(p, "ulna", elbow, wrist, length);
    place_limb(p, "radius", elbow, wrist, length);
    oik_vec3 head = placed(p, "radius", "15,-16,3"), distal = placed(p, "radius", "ulna:head_c");
    turn_and_size(radius, head, oik_rot_axis(v3_sub(head, distal), -FOREARM_PRONATION_DEG * DEG), 1.0);
    oik_vec3 reach = v3_sub(placed(p, "radius", "radius:wrist_c"), elbow), aim = v3_sub(wrist, elbow), axis = v3_cross(reach, aim);
    oik_mat3 turn = oik_rot_axis(axis, atan2(v3_norm(axis), v3_dot(reach, aim)));
    double scale = v3_norm(aim) / v3_norm(reach);
    turn_and_size(ulna, elbow, turn, scale);
    turn_and_size(radius, elbow, turn, scale);
}

static void place_arm(placing *p) {
    oik_vec3 gh = target(p, "humerus"), elbow = p->skin->frames.p[OIK_J_ELBOW_L];
    place_limb(p, "humerus", gh, elbow, -landmark(p, "humerus:elbow_c").y);
    place_forearm(p, elbow, target(p, "hand"));
}

/** Rotation that takes an axis and a palm side of the bones to the skin's. */
static oik_mat3 hand_rotation(oik_vec3 axis, oik_vec3 palm, oik_vec3 skin_axis, oik_vec3 skin_palm) {
    return m3_mul(frame_yz(skin_axis, skin_palm), m3_transpose(frame_yz(axis, palm)));
}

/** The hand points from the wrist to the middle of the four knuckles, those of the bones to those of the skin. */
static void place_hand(placing *p) {
    static const char *const heads[] = {"mc2:head_c", "mc3:head_c", "mc4:head_c", "mc5:head_c"};
    static const char *const fingers[] = {"index0", "middle0", "ring0", "little0"};
    oik_placement *hand = of(p, "hand");
    oik_vec3 wrist = target(p, "hand"), palm = m3_mulv(p->skin->frames.G[OIK_J_WRIST_L], v3(0, -1, 0));
    oik_vec3 bones = v3(0, 0, 0), skin = v3(0, 0, 0);
    for (int i = 0; i < 4; i++) {
        bones = v3_madd(bones, 0.25, landmark(p, heads[i]));
        skin = v3_madd(skin, 0.25, axis_point(p, fingers[i], false, OIK_J_HAND_L));
    }
    hand->R = hand_rotation(bones, v3(0, 0, 1), v3_sub(skin, wrist), palm);
    hand->t = v3_sub(wrist, m3_mulv(hand->R, v3_mul(hand->ratio, v3(0, 5e-3, 0))));
}

/** A bone of a ray along a direction: it starts at the landmark `start` and has the landmark `end` at a place. */
static void place_phalanx(placing *p, const char *part, const char *start, const char *end, oik_vec3 place, oik_vec3 direction,
                          oik_vec3 palm, oik_vec3 skin_palm) {
    oik_vec3 a = landmark(p, start), b = landmark(p, end);
    oik_placement *o = of(p, part);
    o->R = hand_rotation(v3_sub(b, a), palm, direction, skin_palm);
    o->t = v3_sub(place, m3_mulv(o->R, v3_mul(o->ratio, b)));
}

/** Whether a vertex is skin of the finger whose last axis ends in b, near that end. @param[out] along from b along the axis [m] */
static bool is_finger_end(double *along, const placing *p, size_t v, oik_vec3 b, oik_vec3 direction) {
    const double around = 12e-3, before = 20e-3;
    oik_vec3 d = v3_sub(p->skin->x[v], b);
    *along = v3_dot(d, direction);
    return fabs(*along) < before && v3_norm(v3_madd(d, -*along, direction)) < around;
}

/** How far a finger's skin reaches beyond the end b of its last axis: the mean of what lies within 10 mm of its foremost vertex. */
static double finger_reach(const placing *p, oik_vec3 b, oik_vec3 direction) {
    const double end = 10e-3;
    double foremost = -INFINITY, sum = 0.0, along;
    int n = 0;
    for (size_t v = 0; v < p->skin->skin->n_vertices; v++)
        if (is_finger_end(&along, p, v, b, direction))
            foremost = fmax(foremost, along);
    for (size_t v = 0; v < p->skin->skin->n_vertices; v++)
        if (is_finger_end(&along, p, v, b, direction) && along > foremost - end) {
            sum += along;
            n++;
        }
    return n > 0 ? sum / n : 0.0;
}

/**
 * The phalanges of one ray from its tip backwards along the skin's finger axes; the centre of each bone's head is that of the next bone's
 * joint. @param[out] length from the tip to the last centre. @return where the centre of the metacarpal's head should be
 */
static oik_vec3 place_phalanges(placing *p, int ray, const char *finger, double *length) {
    static const char *const phalanx[] = {"", "proximal", "middle", "distal"};
    bool thumb = ray == 1;
    int joint = thumb ? OIK_J_WRIST_L : OIK_J_HAND_L;
    oik_vec3 palm = thumb ? v3(-0.62, 0.05, 0.78) : v3(0, 0, 1), place = v3(0, 0, 0);
    *length = 0.0;
    for (int k = 3; k >= 1; k--) {
        char segment[16], part[32], start[16], end[16];
        if (thumb && k == 2)
            continue;
        snprintf(segment, sizeof segment, "%s%d", finger, k - 1);
        snprintf(part, sizeof part, "%s_%s", finger, phalanx[k]);
        snprintf(start, sizeof start, "fin%d%d:joint_c", ray, k);
        snprintf(end, sizeof end, "fin%d%d:%s", ray, k, k == 3 ? "dist" : "head_c");
        oik_vec3 a = axis_point(p, segment, false, joint), b = axis_point(p, segment, true, joint);
        oik_vec3 direction = v3_unit(v3_sub(b, a));
        if (k == 3)
            place = v3_madd(b, finger_reach(p, b, direction) - FINGER_PULP, direction);
        place_phalanx(p, part, start, end, place, direction, palm, m3_mulv(of(p, "hand")->R, palm));
        oik_vec3 centre = placed(p, part, start);
        *length += v3_dist(place, centre);
        place = centre;
    }
    return place;
}

static void size_part(oik_placement *o, double size) {
    o->ratio = v3_scale(o->ratio, size);
}

/** The thumb between its tip and the carpus, sized so that it fills it. */
static void place_thumb(placing *p) {
    static const char *const parts[] = {"thumb_metacarpal", "thumb_proximal", "thumb_distal"};
    const oik_vec3 palm = v3(-0.62, 0.05, 0.78);
    double length, metacarpal = v3_dist(landmark(p, "mc1:base"), landmark(p, "mc1:head_c"));
    oik_vec3 from = placed(p, "hand", "mc1:base"), end = place_phalanges(p, 1, "thumb", &length);
    double size = 1.0 + (v3_dist(from, end) - metacarpal) / (length + metacarpal);
    for (int i = 0; i < 3; i++)
        size_part(of(p, parts[i]), size);
    end = place_phalanges(p, 1, "thumb", &length);
    place_phalanx(p, parts[0], "mc1:base", "mc1:head_c", end, v3_sub(end, from), palm, m3_mulv(of(p, "hand")->R, palm));
}

/** A finger along the skin's, turned about its tip and sized so that it starts at its knuckle. */
static void place_finger(placing *p, int ray, const char *finger) {
    static const char *const phalanx[] = {"proximal", "middle", "distal"};
    char knuckle[16], distal[32], end[16], part[32];
    double length;
    snprintf(knuckle, sizeof knuckle, "mc%d:head_c", ray);
    snprintf(distal, sizeof distal, "%s_distal", finger);
    snprintf(end, sizeof end, "fin%d3:dist", ray);
    oik_vec3 start = place_phalanges(p, ray, finger, &length), tip = placed(p, distal, end);
    oik_vec3 has = v3_sub(start, tip), wants = v3_sub(placed(p, "hand", knuckle), tip), axis = v3_cross(has, wants);
    oik_mat3 turn = oik_rot_axis(axis, atan2(v3_norm(axis), v3_dot(has, wants)));
    for (int k = 0; k < 3; k++) {
        snprintf(part, sizeof part, "%s_%s", finger, phalanx[k]);
        turn_and_size(of(p, part), tip, turn, v3_norm(wants) / v3_norm(has));
    }
}

static void place_leg(placing *p) {
    oik_vec3 hip = target(p, "pelvis"), knee = target(p, "femur"), ankle = target(p, "tibia");
    place_limb(p, "femur", hip, knee, -landmark(p, "femur:knee_c").y);
    place_limb(p, "tibia", knee, ankle, -landmark(p, "tibia:ankle_c").y);
    oik_placement *patella = of(p, "patella");
    patella->R = of(p, "femur")->R;
    patella->ratio = of(p, "femur")->ratio;
    patella->t = placed(p, "femur", "0,-414,39.5");
}

/** Foot bones between heel pad and toe pad of the skin, on its sole. */
static void place_foot(placing *p) {
    const oik_skin *skin = p->skin->skin;
    oik_vec3 sum[2] = {{0, 0, 0}, {0, 0, 0}};
    int n[2] = {0, 0};
    double sole = INFINITY, low = INFINITY, high = -INFINITY;
    for (size_t v = 0; v < skin->n_vertices; v++)
        if (skin->part[v] == OIK_J_ANKLE_L || skin->part[v] == OIK_J_FOOT_L) {
            int toe = skin->part[v] == OIK_J_FOOT_L;
            sum[toe] = v3_add(sum[toe], p->skin->x[v]);
            n[toe]++;
            sole = fmin(sole, p->skin->x[v].y);
        }
    oik_vec3 forward = v3_sub(v3_scale(sum[1], 1.0 / n[1]), v3_scale(sum[0], 1.0 / n[0]));
    forward.y = 0.0;
    forward = v3_unit(forward);
    for (size_t v = 0; v < skin->n_vertices; v++)
        if (skin->part[v] == OIK_J_ANKLE_L || skin->part[v] == OIK_J_FOOT_L) {
            low = fmin(low, v3_dot(forward, p->skin->x[v]));
            high = fmax(high, v3_dot(forward, p->skin->x[v]));
        }
    double heel = landmark(p, "calcaneus:heel_post").z - 2e-3, toe = landmark(p, "toe13:dist").z + 2e-3;
    double sole_y = landmark(p, "calcaneus:heel_plantar").y - SOLE_PAD;
    oik_vec3 ankle = target(p, "tibia");
    static const char *const parts[] = {"talus", "foot", "toes"};
    for (int i = 0; i < 3; i++) {
        oik_placement *o = of(p, parts[i]);
        double scale = (high - TOE_PAD - (low + HEEL_PAD)) / ((toe - heel) * o->ratio.z);
        o->ratio = v3_scale(o->ratio, scale);
        o->R = frame_yz(v3(0, 1, 0), forward);
        double along = low + HEEL_PAD - heel * o->ratio.z;
        oik_vec3 origin = v3_madd(ankle, along - v3_dot(forward, ankle), forward);
        origin.y = sole - sole_y * o->ratio.y;
        o->t = origin;
    }
}

oik_status oik_placement_new(oik_placement *placement, const oik_template_skin *skin, const oik_bone_set *bones, oik_error *err) {
    placing p = {skin, bones, placement, err, OIK_OK};
    for (int i = 0; i < oik_n_part_rows; i++)
        placement[i] = (oik_placement){m3_identity(), v3(1, 1, 1), v3(0, 0, 0)};
    place_torso(&p);
    place_skull(&p);
    place_neck(&p);
    place_shoulder(&p);
    place_arm(&p);
    place_hand(&p);
    place_thumb(&p);
    place_finger(&p, 2, "index");
    place_finger(&p, 3, "middle");
    place_finger(&p, 4, "ring");
    place_finger(&p, 5, "little");
    place_leg(&p);
    place_foot(&p);
    return p.status;
}
