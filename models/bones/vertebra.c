/** Vertebrae L5 to C1 from the table of the spine; frame: origin body centre, tilted forward with the body. */
#include "bones.h"
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
    s.ly = axis ? -0.35 * s.h : by_region(r, -0.30 * s.h, -0.15 * s.h, -1.5);
    s.lz = -s.d - s.cd;
    s.lt = by_region(r, 3.6, 3.2, 2.4);
    s.lh = axis ? 6.5 : by_region(r, 8.0, 7.5, 4.8);
    return s;
}

static void cervical_body(oik_bone_draft *o, const shape *s) {
    double w = s->w, d = s->d, h = s->h;
    FEATURE(o, TUBE_CAP(ADD, 0, 0.18, X_AXIS, {0, -h + 0.5, 1, w * 0.98, d, 0, d * 0.9, 2.4},
                        {0, 0, 0.5, w * 0.9, d * 0.9, 0, d * 0.85, 2.3},
                        {0, h - 1, -0.5, w, d * 0.95, 0, d * 0.9, 2.4}));
    if (s->level != LEVEL_C2) { /* uncinate processes */
        FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(w * 0.85, h + 1.2, -1), P(2.2, 3.5, d * 0.62), P(0, 0, -12)));
        return;
    }
    /* dens and superior facets of the axis */
    FEATURE(o, TUBE(ADD, 4, X_AXIS, {0, h - 4, 0, 7, 6}, {0, h + 4, 0, 5.2, 5}, {0, h + 11, 0, 5.6, 5.6},
                    {0, h + 16, -1, 3.5, 4}));
    FEATURE(o, ELLIPSOID(ADD_PAIR, 4, P(11, h - 1, -1.5), P(7.5, 3.2, 7.5), P(0, 0, -22)));
}

/** Waisted body with hollow endplates. */
static void trunk_body(oik_bone_draft *o, const shape *s) {
    double w = s->w, d = s->d, h = s->h, waist = by_region(s->region, 0.86, 0.90, 0.95);
    double flare = s->region == LUMBAR ? 1.02 : 1.0;
    FEATURE(o, TUBE_CAP(ADD, 0, 0.18, X_AXIS, {0, -h + 0.6, 0, w * flare, d, 0, d * 0.92, 2.25},
                        {0, -h + 3, 0, w * 0.99, d * 0.97, 0, d * 0.9, 2.25},
                        {0, 0, -0.4, w * waist, d * 0.88, 0, d * 0.86, 2.2},
                        {0, h - 3, 0, w * 0.96, d * 0.97, 0, d * 0.9, 2.25},
                        {0, h - 0.6, 0, w * 0.98, d * 0.99, 0, d * 0.92, 2.25}));
    FEATURE(o, ELLIPSOID(CUT, 2, P(0, h + 6.2, 0), P(w * 0.8, 7.5, d * 0.78), NO_TURN));
    FEATURE(o, ELLIPSOID(CUT, 2, P(0, -h - 6.2, 0), P(w * 0.8, 7.5, d * 0.78), NO_TURN));
}

static void arch(oik_bone_draft *o, const shape *s) {
    double px = s->px, py = s->py, pz = s->pz, ph = s->ph, pw = s->t->pedicle_half_width, cd = s->cd, cw = s->cw;
    /* pedicles */
    FEATURE(o, TUBE(ADD_PAIR, 4, Y_AXIS, {s->w * 0.60, py, pz * 0.72, ph, pw},
                    {px * 0.96, py, pz - cd * 0.28, ph * 0.92, pw},
                    {px + (s->region == CERVICAL ? 2 : 0), py - 0.5, pz - cd * 0.62, ph, pw + 0.6}));
    /* laminae */
    FEATURE(o, TUBE(ADD_PAIR, 4, Y_AXIS, {px, py - 1, pz - cd * 0.62, ph, s->lt},
                    {cw * 0.92 + 1, s->ly + s->lh * 0.25, s->lz + 3, s->lh, s->lt},
                    {cw * 0.45, s->ly - 1, s->lz - 2.2, s->lh * 1.05, s->lt * 0.95},
                    {0, s->ly - 2.5, s->lz - 4.5, s->lh * 0.95, s->lt}));
}

/** From the lamina along a drooping line: hatchet-shaped, bar-shaped or forked. */
static void spinous_process(oik_bone_draft *o, const shape *s) {
    const double DEG = 3.14159265358979323846 / 180.0;
    double droop = s->t->spinous_droop * DEG, e = s->t->spinous_half_height, length = s->t->spinous_length;
    oik_vec3 dir = v3(0, -sin(droop), -cos(droop)), a = v3(0, s->ly - 2, s->lz - 3);
    oik_vec3 m = v3_madd(a, 0.5 * length, dir), z = v3_madd(a, length, dir);
    if (s->region == LUMBAR) {
        FEATURE(o, PLATE(ADD, 4, 3, 3, {0, a.y + e * 0.55, a.z, 3.0}, {0, a.y - e * 0.1, a.z, 3.0},
                         {0, a.y - e * 0.75, a.z, 2.8}, {0, m.y + e * 0.65, m.z, 2.2}, {0, m.y, m.z, 2.2},
                         {0, m.y - e * 0.85, m.z, 2.4}, {0, z.y + e * 0.6, z.z + 1, 3.2},
                         {0, z.y - e * 0.1, z.z, 3.0}, {0, z.y - e * 0.95, z.z + 1, 3.8}));
    } else if (s->region == THORACIC) {
        FEATURE(o, TUBE(ADD, 4, Y_AXIS, {0, a.y, a.z, e * 1.1, 3.4}, {0, m.y, m.z, e * 0.75, 2.4},
                        {0, z.y, z.z, e * 0.62, 2.8}, {0, z.y + dir.y * 2, z.z + dir.z * 2, 3, 2.6}));
    } else {
        FEATURE(o, TUBE(ADD, 3, Y_AXIS, {0, a.y, a.z, e, 2.8}, {0, m.y, m.z, e * 0.8, 2.4},
                        {0, z.y, z.z, e * 0.75, 2.8}));
        double fork = s->level == LEVEL_C2 ? 5 : 4;
        if (s->level != LEVEL_C7)
            FEATURE(o, CONE(ADD_PAIR, 2, P(0.5, m.y, m.z), 2.5, P(fork, z.y - 2, z.z - 2), 2.2));
        else
            FEATURE(o, ELLIPSOID(ADD, 3, P(0, z.y, z.z - 1), P(4, 4, 3), NO_TURN));
    }
    oik_draft_mark(o, "spinous", ON_BONE, v3_madd(z, 3, dir));
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
                        {tp - 4.5, t->tp_up + 3, t->tp_back, 5, 4.6}));
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

static void lumbar_facets(oik_bone_draft *o, const shape *s) {
    double h = s->h, py = s->py, fx = s->cw + 6.0 - (s->level > 2 ? 1 : 0), fz = s->pz - s->cd * 0.80;
    double facet_turn = s->level == LEVEL_L5 ? -35 : 20;
    FEATURE(o, CONE(ADD_PAIR, 4, P(fx, py, fz + 1), 5, P(fx + 3.5, py + h * 0.62 + 8, fz - 2.5), 4.4));
    FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(fx + 4, py + h * 0.45 + 8, fz - 2), P(3.2, 8, 6), P(0, facet_turn, 0)));
    FEATURE(o, CONE(ADD_PAIR, 4, P(s->cw * 0.75 + 1, s->ly, s->lz), 4.6,
                    P(s->cw * 0.72 + 2.5, -h - 8, s->lz - 1.5), 4.4));
    FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(s->cw * 0.75 + 2.5, -h - 7, s->lz - 0.5), P(3.5, 8, 5), NO_TURN));
}

static void thoracic_facets(oik_bone_draft *o, const shape *s) {
    double h = s->h, py = s->py, fx = s->cw + 1.5, fz = s->pz - s->cd * 0.70, ix = s->cw * 0.9;
    FEATURE(o, TUBE(ADD_PAIR, 3, X_AXIS, {fx, py, fz, 5, 3.5}, {fx, py + h * 0.5 + 3, fz - 0.8, 5, 2.6},
                    {fx, py + h * 0.5 + 8, fz - 1.6, 4.2, 2}));
    FEATURE(o, TUBE(ADD_PAIR, 3, X_AXIS, {s->cw * 0.85, s->ly, s->lz + 1, 5, 3}, {ix, -h - 1, s->lz + 2.2, 5, 2.5},
                    {ix, -h - 5, s->lz + 2.4, 4.2, 2}));
}

/** Articular pillars with sloping facets, and the transverse foramina. */
static void cervical_facets(oik_bone_draft *o, const shape *s) {
    double x = s->px + 3.2, py = s->py, d = s->d, hole_x = s->tp * 0.64, hole_z = s->t->tp_back * 0.3 - 2;
    if (s->level == LEVEL_C2) {
        FEATURE(o, TUBE(ADD_PAIR, 3, X_AXIS, {s->px + 1, py, -d - 4, 5.5, 4.5},
                        {s->px + 2, py - 7.5, -d - 7, 5.8, 4.2}));
    } else {
        FEATURE(o, TUBE(ADD_PAIR, 3, X_AXIS, {x, py + 6, -d - 3.4, 6.2, 4.4}, {x, py, -d - 5, 5.8, 5.2},
                        {x, py - 6, -d - 6.6, 6, 4.2}));
        FEATURE(o, ELLIPSOID(CUT_PAIR, 1.5, P(x, py + 9.7, -d + 1), P(8, 3.5, 9), P(40, 0, 0)));
        FEATURE(o, ELLIPSOID(CUT_PAIR, 1.5, P(x, py - 10.7, -d - 11), P(8, 3.5, 9), P(40, 0, 0)));
    }
    FEATURE(o, CONE(CUT_PAIR, 1, P(hole_x, -9, hole_z), 2.9, P(hole_x, 9, hole_z), 2.9));
}

/** The ring of C1. */
static const oik_sdf_feature atlas_features[] = {
    /* anterior tubercle, anterior arch */
    ELLIPSOID(ADD, 3, P(0, -1, 10.5), P(4.5, 4.5, 3.2), NO_TURN),
    TUBE(ADD_PAIR, 4, Y_AXIS, {0, 0, 9, 6, 3.2}, {8, 0, 7.5, 5, 3}, {15, 0, 2, 6, 4.5}),
    /* lateral masses */
    ELLIPSOID(ADD_PAIR, 3, P(18.5, 0, -5), P(8.5, 8.5, 11), P(0, -25, 0)),
    /* transverse processes */
    TUBE(ADD_PAIR, 4, Y_AXIS, {22, -1, -6, 6, 6}, {30, -2, -8, 4.5, 5.8}, {37.5, -2.5, -9, 4, 4}),
    /* posterior arch */
    TUBE(ADD_PAIR, 4, Y_AXIS, {18, -1, -12, 4, 4}, {19, 0, -21, 3.5, 3.5}, {13, 0, -31, 3.8, 3.2},
         {4, 0, -35.5, 4.6, 3.2}, {0, 0, -36, 5, 3.2}),
    /* superior and inferior facets, transverse foramina */
    ELLIPSOID(CUT_PAIR, 2, P(19, 11, -5), P(6.5, 5.5, 10.5), P(0, -25, 0)),
    ELLIPSOID(CUT_PAIR, 2, P(18, -10.5, -6), P(8, 4, 8), P(0, 0, -20)),
    CONE(CUT_PAIR, 1, P(29, -10, -8), 2.5, P(29, 10, -8), 2.5),
    /* posterior tubercle */
    CONE(ADD, 2, P(0, 1, -37), 3, P(0, 1, -39), 2),
};

static const oik_bone_mark atlas_marks[] = {
    {"tp_l", ON_BONE, {39, 0, -9}}, {"tp_r", ON_BONE, {-39, 0, -9}}, {"post", ON_BONE, {0, 0, -40}},
    {"ant", ON_BONE, {0, 0, 13}}, {"body_c", OFF_BONE, {0, 0, 0}},
};

static const oik_bone_table atlas = BONE_TABLE(atlas_features, atlas_marks);

static void body_marks(oik_bone_draft *o, const shape *s) {
    double front = 0.9 * s->d, side = 0.9 * s->w;
    double dens = s->level == LEVEL_C2 ? 19.5 : 0; /* the top of C2 is that of its dens */
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
        oik_draft_table(o, &atlas);
        return;
    }
    shape s = derive(level);
    if (s.region == CERVICAL)
        cervical_body(o, &s);
    else
        trunk_body(o, &s);
    arch(o, &s);
    spinous_process(o, &s);
    transverse_processes(o, &s);
    if (s.region == LUMBAR)
        lumbar_facets(o, &s);
    else if (s.region == THORACIC)
        thoracic_facets(o, &s);
    else
        cervical_facets(o, &s);
    /* keep the vertebral canal free */
    double z = s.lz + s.cd * 0.52;
    double width = s.cw * 0.86, depth = s.cd * 0.46;
    FEATURE(o, TUBE(CUT, 2, X_AXIS, {0, -s.h - 16, z, width, depth}, {0, s.h + 16, z, width, depth}));
    body_marks(o, &s);
}
