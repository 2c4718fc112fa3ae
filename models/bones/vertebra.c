/** Vertebrae L5 to C1 from the table of the spine; frame: origin body centre, tilted forward with the body. */
#include "bones.h"
#include "rib.h"
#include "spine.h"

typedef enum region { LUMBAR, THORACIC, CERVICAL } region;

/** Derived dimensions; x is lateral, y up, z forward from the body's centre. */
typedef struct shape {
    const oik_vertebra_row *t;
    int level;
    region region;
    double w, d, h;      /* half width, depth, height of the body */
    double cw, cd, tp;   /* half canal width, canal depth, half span of the transverse processes */
    double px, py, pz;   /* pedicle: at mid canal, height of its axis, back of the body */
    double ph;           /* pedicle half height */
    double ly, lz;       /* lamina: height, back wall of the canal */
    double lt, lh;       /* lamina half thickness, half height */
} shape;

static double by_region(region r, double lumbar, double thoracic, double cervical) {
    return r == LUMBAR ? lumbar : r == THORACIC ? thoracic : cervical;
}

static shape derive(int level) {
    const oik_vertebra_row *t = oik_vertebra_table + level;
    region r = level <= LEVEL_L1 ? LUMBAR : level <= LEVEL_T1 ? THORACIC : CERVICAL;
    bool axis = level == LEVEL_C2, low_thoracic = level < LEVEL_T12 + 4;
    shape s = {.t = t, .level = level, .region = r};
    s.w = 0.5 * t->width;
    s.d = 0.5 * t->depth;
    s.h = 0.5 * t->height;
    s.cw = 0.5 * t->canal_width;
    s.cd = t->canal_depth;
    s.tp = 0.5 * t->tp_span;
    s.px = s.cw + 0.9 * t->pedicle_half_width;
    s.py = axis ? -0.35 * s.h : s.h * by_region(r, 0.30, 0.42, -0.05);
    s.pz = -0.86 * s.d;
    s.ph = by_region(r, 7.2, low_thoracic ? 6.2 : 5.2, 3.6);
    s.ly = axis ? -0.35 * s.h : by_region(r, -0.30 * s.h, -0.32 * s.h, -1.5);
    s.lz = -s.d - s.cd;
    s.lt = by_region(r, 3.6, 3.2, 2.4);
    s.lh = axis ? 6.5 : by_region(r, 8.0, 8.6, 5.0);
    return s;
}

/** The dens in the ring of the atlas, and the shoulders that carry the atlas. */
static void axis_dens(oik_bone_draft *o, const shape *s) {
    double h = s->h;
    FEATURE(o, TUBE_CAP(ADD, 3, 0.9, X_AXIS, {0, h - 5, 0, 6.5, 5.8}, {0, h + 1.5, 0, 4.8, 4.6},
                        {0, h + 7, 0, 5.2, 5}, {0, h + 9.5, -0.6, 4.4, 4.4}, {0, h + 10.5, -0.8, 3.8, 3.8}));
    FEATURE(o, CONE(ADD_PAIR, 4, P(6, h - 9, -2), 6, P(14.5, h - 6, -2.5), 5.2));
    FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(15.5, h - 3, -2), P(8, 5.5, 8.5), P(0, 0, -20)));
}

/** Stations end where the rounded rim begins, so that the body is as high as its table says. */
static const double RIM_CAP = 0.15;

/** Half the angle between the end plates [deg]; a body that tilts the spine forward is lower in front. */
static double half_wedge(const shape *s) {
    return 0.5 * s->t->tilt_body;
}

/** Centre line of a wedged body: an arc, so that the sections at its last stations, y = -end and end, stand at the angle of the end plates. */
static double bow(const shape *s, double y, double end) {
    const double DEG = 3.14159265358979323846 / 180.0;
    return 0.5 * half_wedge(s) * DEG * y * y / end;
}

/** Saddle-shaped ends: the sides of the upper one rise as uncinate processes beside the bevelled lower end of the next. */
static void cervical_body(oik_bone_draft *o, const shape *s) {
    double w = s->w, d = s->d, h = s->h, rim = RIM_CAP * 0.8 * w;
    FEATURE(o, TUBE_CAP(ADD, 0, RIM_CAP, X_AXIS, {0, -h + rim, 0.6, w * 0.78, d * 1.04, 0, d * 0.98, 2.5},
                        {0, -h * 0.4, 0.4, w * 0.88, d * 0.94, 0, d * 0.92, 2.3},
                        {0, h * 0.3, 0, w * 0.95, d * 0.94, 0, d * 0.92, 2.3},
                        {0, h - rim, -0.5, w, d * 1.0, 0, d * 0.97, 2.4}));
    if (s->level == LEVEL_C2) {
        axis_dens(o, s);
        return;
    }
    FEATURE(o, ELLIPSOID(ADD_PAIR, 2.5, P(w * 0.94, h - 0.2, -1.5), P(1.9, 2.9, d * 0.68), P(0, 0, -14)));
    /* the upper end is hollow from side to side only */
    FEATURE(o, CONE(CUT, 1, P(0, h + 14.2, d), 15, P(0, h + 14.2, -d), 15));
}

/** Hollow of the upper (side 1) or lower (side -1) end plate, `depth` deep within the rim. */
static void hollow_end(oik_bone_draft *o, const shape *s, int side, double depth) {
    const double DEG = 3.14159265358979323846 / 180.0, half_height = 7.5;
    double turn = side * half_wedge(s), out = half_height - depth;
    oik_vec3 c = v3(0, side * (s->h + out * cos(turn * DEG)), bow(s, s->h, s->h) + side * out * sin(turn * DEG));
    FEATURE(o, ELLIPSOID(CUT, 2, P(0, c.y, c.z), P(s->w * 0.82, half_height, s->d * 0.8), P(turn, 0, 0)));
}

/** Waisted and wedged body with hollow end plates. */
static void trunk_body(oik_bone_draft *o, const shape *s) {
    double w = s->w, d = s->d, h = s->h, waist = by_region(s->region, 0.88, 0.92, 0.95), end = h - RIM_CAP * 0.92 * d;
    double flare = s->region == LUMBAR ? 1.05 : 1.03, depth = by_region(s->region, 1.4, 0.9, 0.8);
    FEATURE(o, TUBE_CAP(ADD, 0, RIM_CAP, X_AXIS, {0, -end, bow(s, end, end), w * flare, d * 1.04, 0, d * 0.97, 2.25},
                        {0, -h + 4, bow(s, h - 4, end), w * 1.0, d, 0, d * 0.93, 2.25},
                        {0, 0, 0, w * waist, d * 0.87, 0, d * 0.92, 2.2},
                        {0, h - 4, bow(s, h - 4, end), w * 0.99, d, 0, d * 0.93, 2.25},
                        {0, end, bow(s, end, end), w * 1.02, d * 1.03, 0, d * 0.97, 2.25}));
    hollow_end(o, s, 1, depth);
    hollow_end(o, s, -1, depth);
}

static void arch(oik_bone_draft *o, const shape *s) {
    double px = s->px, py = s->py, pz = s->pz, ph = s->ph, pw = s->t->pedicle_half_width, cd = s->cd, cw = s->cw;
    /* pedicles */
    FEATURE(o, TUBE(ADD_PAIR, 4, Y_AXIS, {s->w * 0.60, py, pz * 0.72, ph, pw},
                    {px * 0.96, py, pz - cd * 0.28, ph * 0.92, pw},
                    {px + (s->region == CERVICAL ? 2 : 0), py - 0.5, pz - cd * 0.62, ph, pw + 0.6}));
    /* laminae, like shingles: the lower edge lies behind the upper one; lumbar ones leave a window between them */
    FEATURE(o, TUBE(ADD_PAIR, 4, P(0, 1, by_region(s->region, 0.10, 0.30, 0.35)), {px, py - 1, pz - cd * 0.62, ph, s->lt},
                    {cw * 0.92 + 1, s->ly + s->lh * 0.25, s->lz + 3, s->lh, s->lt},
                    {cw * 0.45, s->ly - 1, s->lz - 2.2, s->lh * 1.05, s->lt * 0.95},
                    {0, s->ly - (s->region == LUMBAR ? 3.6 : 2.5), s->lz - 4.5, s->lh * by_region(s->region, 0.72, 0.95, 0.95), s->lt}));
}

/** Forked from C2 to C6; that of C7 is long with a knob. */
static void cervical_spinous(oik_bone_draft *o, const shape *s, oik_vec3 a, oik_vec3 z, oik_vec3 dir) {
    double e = s->t->spinous_half_height, fork = s->level == LEVEL_C2 ? 5.5 : 4.2;
    oik_vec3 m = v3_lerp(a, z, 0.5);
    FEATURE(o, TUBE(ADD, 3, Y_AXIS, {0, a.y, a.z, e, 2.8}, {0, m.y, m.z, e * 0.8, 2.4}, {0, z.y, z.z, e * 0.7, 2.8}));
    if (s->level == LEVEL_C7) {
        FEATURE(o, ELLIPSOID(ADD, 3, P(0, z.y, z.z - 1), P(3.8, 4, 3), NO_TURN));
        oik_draft_mark(o, "spinous", ON_BONE, v3_madd(z, 3, dir));
        return;
    }
    FEATURE(o, CONE(ADD_PAIR, 2.5, P(1, m.y - 0.5, m.z - 1), 2.6, P(fork, z.y - 2, z.z - 3.5), 2.3));
    FEATURE(o, ELLIPSOID(CUT, 1.2, P(0, z.y - 3.5, z.z - 4.5), P(2.1, 7, 6), NO_TURN));
    oik_draft_mark(o, "spinous", ON_BONE, v3(0, z.y + 1, z.z + 1));
}

/** From the lamina along a drooping line: hatchet-shaped, bar-shaped or forked. */
static void spinous_process(oik_bone_draft *o, const shape *s) {
    const double DEG = 3.14159265358979323846 / 180.0;
    double droop = s->t->spinous_droop * DEG, e = s->t->spinous_half_height, length = s->t->spinous_length;
    oik_vec3 dir = v3(0, -sin(droop), -cos(droop)), a = v3(0, s->ly - 2, s->lz - 3);
    oik_vec3 m = v3_madd(a, 0.5 * length, dir), z = v3_madd(a, length, dir);
    if (s->region == LUMBAR) {
        FEATURE(o, PLATE(ADD, 4, 3, 3, {0, a.y + e * 0.2, a.z, 3.0}, {0, a.y - e * 0.1, a.z, 3.0},
                         {0, a.y - e * 0.7, a.z, 2.8}, {0, m.y + e * 0.60, m.z, 2.0}, {0, m.y, m.z, 1.9},
                         {0, m.y - e * 0.70, m.z, 2.2}, {0, z.y + e * 0.50, z.z + 3, 3.0},
                         {0, z.y - e * 0.1, z.z, 3.2}, {0, z.y - e * 0.85, z.z + 1, 4.0}));
        oik_draft_mark(o, "spinous", ON_BONE, v3_madd(z, 3, dir));
    } else if (s->region == THORACIC) {
        FEATURE(o, TUBE(ADD, 4, Y_AXIS, {0, a.y, a.z, e * 1.1, 3.6}, {0, m.y, m.z, e * 0.72, 2.3},
                        {0, z.y, z.z, e * 0.60, 2.6}, {0, z.y + dir.y * 2, z.z + dir.z * 2, 3, 2.8}));
        oik_draft_mark(o, "spinous", ON_BONE, v3_madd(z, 3, dir));
    } else {
        cervical_spinous(o, s, a, z, dir);
    }
}

static void transverse_processes(oik_bone_draft *o, const shape *s) {
    const oik_vertebra_row *t = s->t;
    double px = s->px, py = s->py, tp = s->tp, back = s->pz - s->cd * 0.62;
    if (s->region == LUMBAR) {
        FEATURE(o, TUBE(ADD_PAIR, 5, Y_AXIS, {px, py - 2, s->pz - s->cd * 0.45, 6, 4.5},
                        {px + (tp - px) * 0.45, py - 1, s->pz - s->cd * 0.55, 4.2, 2.6},
                        {px + (tp - px) * 0.8, py + 1, t->tp_back + 1, 4.5, 2.3},
                        {tp - 3, t->tp_up + 1, t->tp_back, 3.6, 2.4}));
        /* accessory process */
        FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(px + 4, py - 4, s->pz - s->cd * 0.75), P(3, 4, 3.5), NO_TURN));
    } else if (s->region == THORACIC) {
        FEATURE(o, TUBE(ADD_PAIR, 4, Y_AXIS, {px, py, back, 5.5, 4.5},
                        {px + (tp - px) * 0.5, py + 1, (back + t->tp_back) * 0.5 - 1, 4.4, 4},
                        {tp - 4.3, t->tp_up + 3, t->tp_back, 4.5, 4.2}));
    } else {
        /* anterior and posterior bar around the transverse foramen */
        FEATURE(o, TUBE(ADD_PAIR, 3, Y_AXIS, {s->w * 0.8, -1, 1, 3.2, 2.2},
                        {tp * 0.68, t->tp_up - 0.5, 1.5, 2.8, 1.9},
                        {tp - 2.5, t->tp_up - 1, t->tp_back + 3.5, 2.8, 2.2}));
        FEATURE(o, TUBE(ADD_PAIR, 3, Y_AXIS, {px + 1, -1, -9, 3.6, 2.2},
                        {tp * 0.72, t->tp_up - 0.5, t->tp_back - 4, 3, 2},
                        {tp - 2.5, t->tp_up - 1, t->tp_back, 3.2, 2.4}));
    }
}

/** Half thickness of an articular process behind its facet. */
static double process_thickness(const shape *s) {
    return by_region(s->region, 4.2, 2.6, 3.2);
}

/** In the frame of a joint: an articular process below (side -1) or above (side +1) the joint space. */
static void add_facet(oik_bone_draft *o, const oik_facet_joint *j, double thickness, int side) {
    oik_sdf_set_frame(o->sdf, j->R, j->centre);
    FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(0, 0, side * thickness), P(j->half_width, j->half_height, thickness + 0.4), NO_TURN));
}

/** Cut everything beyond the bone's side of the joint space, so that facets are flat and neighbours never meet; `ends` beyond them. */
static void cut_facet(oik_bone_draft *o, const oik_facet_joint *j, double reach, double ends, int side) {
    const double margin = 3.0, half_gap = 0.5 * j->gap;
    oik_sdf_set_frame(o->sdf, j->R, j->centre);
    FEATURE(o, BOX(CUT_PAIR, 0.8, P(0, 0, side * (half_gap - reach)), P(j->half_width + margin, j->half_height + ends, reach),
                   1.5, NO_TURN));
}

/** The centre of a process in the vertebra's frame. */
static oik_vec3 process_centre(const oik_vertebra_pose *pose, const oik_facet_joint *j, double thickness, int side) {
    oik_vec3 p = v3_madd(j->centre, side * (thickness + 0.5 * j->gap), m3_column(j->R, 2));
    return m3_tmulv(oik_tilt(pose->tilt_deg), v3_sub(p, pose->centre));
}

/** Articular processes towards both neighbours; the axis has its own upper ones. */
static void articular_processes(oik_bone_draft *o, const shape *s, const oik_vertebra_pose *pose) {
    double t = process_thickness(s);
    oik_facet_joint below = oik_facet_stand(s->level);
    oik_vec3 lower = process_centre(pose, &below, t, 1);
    oik_vec3 root = s->region == CERVICAL ? v3(s->px + 2.5, s->py, -s->d - 5.5)
                                          : v3(s->px + 0.5, s->py + 1, s->pz - s->cd * 0.55);
    oik_vec3 isthmus = s->region == CERVICAL ? root : v3(s->cw * 0.80 + 1.5, s->ly, s->lz + 1.5);
    double r = by_region(s->region, 4.6, 2.8, 5.2);
    FEATURE(o, CONE(ADD_PAIR, 4, P(isthmus.x, isthmus.y, isthmus.z), r, P(lower.x, lower.y, lower.z), r * 0.9));
    if (s->level < LEVEL_C2) {
        oik_facet_joint above = oik_facet_stand(s->level + 1);
        oik_vec3 upper = process_centre(pose, &above, t, -1);
        FEATURE(o, CONE(ADD_PAIR, 4, P(root.x, root.y, root.z), r, P(upper.x, upper.y, upper.z), r * 0.9));
        if (s->region == LUMBAR) /* mammillary process */
            FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(upper.x + 1, upper.y - 1, upper.z - 4), P(3, 6, 4), NO_TURN));
        add_facet(o, &above, t, -1);
    }
    add_facet(o, &below, t, 1);
    oik_sdf_set_frame(o->sdf, oik_tilt(pose->tilt_deg), pose->centre);
}

static void cut_facets(oik_bone_draft *o, const shape *s, const oik_vertebra_pose *pose) {
    double reach = by_region(s->region, 6.5, 4.5, 3.5);
    double ends = by_region(s->region, 6, 3, 3); /* a process of a lordotic spine ends above the lamina */
    oik_facet_joint below = oik_facet_stand(s->level);
    cut_facet(o, &below, reach, ends, 1);
    if (s->level < LEVEL_C2) {
        oik_facet_joint above = oik_facet_stand(s->level + 1);
        cut_facet(o, &above, reach, ends, -1);
    } else { /* the atlas above the axis */
        oik_draft_atlas_joint(o, -1);
    }
    oik_sdf_set_frame(o->sdf, oik_tilt(pose->tilt_deg), pose->centre);
}

/** Foramina of the transverse processes; that of C7 is the smallest, that of the axis turns outward below its shoulder. */
static void transverse_foramina(oik_bone_draft *o, const shape *s) {
    double x = s->tp * 0.64, z = s->t->tp_back * 0.3 - 2, r = s->level == LEVEL_C7 ? 2.2 : 2.8;
    if (s->level == LEVEL_C2)
        FEATURE(o, CONE(CUT_PAIR, 1, P(x, -12, z), r, P(x + 8, 1, z), r));
    else
        FEATURE(o, CONE(CUT_PAIR, 1, P(x, -9, z), r, P(x, 9, z), r));
}

/** Costal facets: hollows for the heads of the vertebra's own rib and of the one below, for the neck and for the tubercle. */
static void costal_facets(oik_bone_draft *o, const shape *s, const oik_vertebra_pose *pose) {
    const double cartilage = 2.7, neck = 6.4; /* the rib's neck lies before the transverse process */
    int own = LEVEL_T1 + 1 - s->level, last_shared = 10;
    oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
    oik_vec3 head = oik_rib_head(own), tubercle = oik_rib_tubercle(own);
    FEATURE(o, BALL(CUT_PAIR, 1, P(head.x, head.y, head.z), oik_rib_head_radius(own) + cartilage));
    if (oik_rib_tubercle_radius(own) > 0) {
        FEATURE(o, BALL(CUT_PAIR, 1, P(tubercle.x, tubercle.y, tubercle.z), oik_rib_tubercle_radius(own) + cartilage));
        FEATURE(o, CONE(CUT_PAIR, 2, P(head.x, head.y, head.z), neck, P(tubercle.x, tubercle.y, tubercle.z), neck));
    }
    if (own < last_shared) {
        head = oik_rib_head(own + 1);
        FEATURE(o, BALL(CUT_PAIR, 1, P(head.x, head.y, head.z), oik_rib_head_radius(own + 1) + cartilage));
    }
    oik_sdf_set_frame(o->sdf, oik_tilt(pose->tilt_deg), pose->centre);
}

static void body_marks(oik_bone_draft *o, const shape *s) {
    double front = 0.9 * s->d, side = 0.9 * s->w;
    double dens = s->level == LEVEL_C2 ? 13.5 : 0; /* the top of C2 is that of its dens */
    oik_draft_mark(o, "body_c", OFF_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "sup", ON_BONE, v3(0, s->h + dens, 0));
    oik_draft_mark(o, "inf", ON_BONE, v3(0, -s->h, 0));
    oik_draft_mark(o, "ant", ON_BONE, v3(0, 0, front));
    oik_draft_mark(o, "tp_l", ON_BONE, v3(s->tp, s->t->tp_up, s->t->tp_back));
    oik_draft_mark(o, "tp_r", ON_BONE, v3(-s->tp, s->t->tp_up, s->t->tp_back));
    oik_draft_mark(o, "lat_l", ON_BONE, v3(side, 0, 0));
    oik_draft_mark(o, "lat_r", ON_BONE, v3(-side, 0, 0));
}

void oik_draft_vertebra(oik_bone_draft *o, int level) {
    oik_vertebra_pose pose = oik_vertebra_stand(level);
    oik_sdf_set_frame(o->sdf, oik_tilt(pose.tilt_deg), pose.centre);
    if (level == LEVEL_C1) {
        oik_draft_atlas(o);
        return;
    }
    shape s = derive(level);
    if (s.region == CERVICAL)
        cervical_body(o, &s);
    else
        trunk_body(o, &s);
    arch(o, &s);
    articular_processes(o, &s, &pose);
    spinous_process(o, &s);
    transverse_processes(o, &s);
    if (s.region == CERVICAL)
        transverse_foramina(o, &s);
    if (s.region == THORACIC)
        costal_facets(o, &s, &pose);
    /* keep the vertebral canal free */
    double z = s.lz + s.cd * 0.52;
    double width = s.cw * 0.86, depth = s.cd * 0.46;
    FEATURE(o, TUBE(CUT, 2, X_AXIS, {0, -s.h - 16, z, width, depth}, {0, s.h + 16, z, width, depth}));
    cut_facets(o, &s, &pose);
    body_marks(o, &s);
}
