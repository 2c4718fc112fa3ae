/**
 * Paths of stitch points while a joint bends, found on the bones of the template (see oik_path_row), the curve of the spine, and turns.
 *
 *   roll     T(f) = shift . turn by f about the axis; the shift, along the follower's axis at half the angle, keeps the least distance
 *            of the meshes
 *   groove   T(f) = shift towards the axis . tilt about the follower's centre . turn by a about the axis, where the shift keeps the least
 *            distance of the meshes, the tilt makes the whole turn tilt * f, and a keeps the string's length
 *
 * A path's point at angle f is T(f) of the stitch's point, carried by the base.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "mesh/locate.h"
#include "models/skeleton_builder.h"

static const double DEG = 3.14159265358979323846 / 180.0;
/* ROLL_LIMIT: what a hinge gives where bones meet beyond its surfaces, as behind a knee that is bent to the end: the bones need 3 mm at 135
 * degrees, 7 mm at 140; step between the angles of a path; half an interval of bisection, and its halvings: down to 2 um and 0.001 deg */
static const double STEP_DEG = 15.0, SHIFT_LIMIT = 20e-3, ROLL_LIMIT = 6e-3, TURN_SLACK_DEG = 30.0;
enum { HALVINGS = 14, MAX_BONE_NAMES = 256 };

/** All bones of a left part in the template's lying body. */
typedef struct part_mesh {
    oik_vec3 *v;
    int32_t (*f)[3];
    size_t n_v, n_f;
    oik_locator *surface;
} part_mesh;

typedef struct motion {
    oik_mat3 R;
    oik_vec3 t;
} motion;

/** What one path is found from. */
typedef struct path_finder {
    const oik_path_row *row;
    oik_builder *b;
    int base, follower, driver; /**< part rows */
    part_mesh base_mesh, follower_mesh;
    oik_vec3 axis_at, axis;     /**< in the lying template body; unit */
    oik_vec3 centre;            /**< of the follower */
    motion start;               /**< takes the follower from the template's placement to where its stitches meet */
    const motion *driver_moved; /**< the driver's own path where it has one, in steps of STEP_DEG, else NULL */
    int n_driver_moved;
    oik_vec3 tie[2];            /**< on the driver, on the follower, where the template has them */
    double gap, length;         /**< least distance, string [m] */
} path_finder;

/* ---- meshes ---- */

static void add_bone(oik_builder *b, part_mesh *mesh, int row, const char *name) {
    const oik_bone *bone = oik_bone_find(b->bones, name);
    if (!bone) {
        b->status = oik_fail(b->err, OIK_E_MODEL, "a path asks for bone %s, which does not exist", name);
        return;
    }
    oik_vec3 *v = oik_resize(mesh->v, mesh->n_v + bone->n_v, sizeof *v, b->err);
    mesh->v = v ? v : mesh->v;
    int32_t(*f)[3] = oik_resize(mesh->f, mesh->n_f + bone->n_f, sizeof *f, b->err);
    mesh->f = f ? f : mesh->f;
    if (!v || !f) {
        b->status = OIK_E_MEMORY;
        return;
    }
    for (size_t i = 0; i < bone->n_v; i++)
        v[mesh->n_v + i] = oik_builder_place(b, row, OIK_LEFT, bone->v[i]);
    for (size_t i = 0; i < bone->n_f; i++)
        for (int k = 0; k < 3; k++)
            f[mesh->n_f + i][k] = bone->f[i][k] + (int32_t)mesh->n_v;
    mesh->n_v += bone->n_v;
    mesh->n_f += bone->n_f;
}

/** Bones of a lateral part, named with blanks between them. */
static void make_mesh(oik_builder *b, part_mesh *mesh, int row) {
    char names[MAX_BONE_NAMES];
    snprintf(names, sizeof names, "%s", oik_part_table[row].bones);
    for (char *name = names, *end; *name && !b->status; name = end) {
        end = name + strcspn(name, " ");
        if (*end)
            *end++ = '\0';
        add_bone(b, mesh, row, name);
    }
    if (!b->status)
        b->status = oik_locator_new(&mesh->surface, mesh->v, mesh->n_v, (const int32_t(*)[3])mesh->f, mesh->n_f, b->err);
}

static void free_mesh(part_mesh *mesh) {
    free(mesh->v);
    free(mesh->f);
    oik_locator_free(mesh->surface);
}

/** Signed distance from a surface [m]; `reach` when it is further. */
static double distance_from(const oik_locator *surface, oik_vec3 p, double reach) {
    oik_nearest near;
    if (!oik_locator_nearest(&near, surface, p, reach))
        return reach;
    return v3_dot(near.normal, v3_sub(p, near.point)) < 0.0 ? -near.distance : near.distance;
}

/** Least distance of base and moved follower [m]. */
static double gap_of(const path_finder *p, motion moved) {
    double least = SHIFT_LIMIT;
    for (size_t i = 0; i < p->follower_mesh.n_v; i++) {
        oik_vec3 y = v3_add(m3_mulv(moved.R, p->follower_mesh.v[i]), moved.t);
        least = fmin(least, distance_from(p->base_mesh.surface, y, SHIFT_LIMIT));
    }
    for (size_t i = 0; i < p->base_mesh.n_v; i++) {
        oik_vec3 y = m3_tmulv(moved.R, v3_sub(p->base_mesh.v[i], moved.t));
        least = fmin(least, distance_from(p->follower_mesh.surface, y, SHIFT_LIMIT));
    }
    return least;
}

/* ---- motions ---- */

static oik_vec3 apply(motion m, oik_vec3 x) {
    return v3_add(m3_mulv(m.R, x), m.t);
}

/** Turn about an axis through a point, after `first`. */
static motion turned(motion first, oik_vec3 at, oik_vec3 axis, double angle) {
    oik_mat3 R = oik_rot_axis(axis, angle);
    return (motion){m3_mul(R, first.R), v3_add(at, m3_mulv(R, v3_sub(first.t, at)))};
}

/** Moved on along a direction until the least distance is that of the template. */
static motion at_distance(const path_finder *p, motion m, oik_vec3 away, double limit) {
    double low = -limit, high = limit;
    motion shifted = m;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        shifted.t = v3_madd(m.t, middle, away);
        if (gap_of(p, shifted) < p->gap)
            low = middle;
        else
            high = middle;
    }
    return shifted;
}

static motion at_rest(void) {
    return (motion){m3_identity(), v3(0, 0, 0)};
}

static motion roll(const path_finder *p, double angle) {
    motion m = turned(p->start, p->axis_at, p->axis, angle);
    motion half = turned(p->start, p->axis_at, p->axis, 0.5 * angle);
    oik_vec3 down = v3_scale(m3_column(m3_mul(half.R, p->b->placement[p->follower].R), 1), -1.0);
    return at_distance(p, m, down, ROLL_LIMIT);
}

static motion on_groove(const path_finder *p, double angle, double position) {
    motion m = turned(p->start, p->axis_at, p->axis, position);
    oik_vec3 at = apply(m, p->centre), out = v3_sub(at, p->axis_at);
    m = turned(m, at, p->axis, p->row->tilt * angle - position);
    return at_distance(p, m, v3_unit(v3_madd(out, -v3_dot(out, p->axis), p->axis)), SHIFT_LIMIT);
}

/** Where the driver's end of the string is: on its own path, or turned about the axis. */
static oik_vec3 driver_tie(const path_finder *p, double angle) {
    int k = (int)lround(angle / (STEP_DEG * DEG)), last = p->n_driver_moved - 1;
    if (!p->driver_moved)
        return apply(turned(at_rest(), p->axis_at, p->axis, angle), p->tie[0]);
    double beyond = angle - fmin(k, last) * STEP_DEG * DEG;
    return apply(turned(p->driver_moved[k < last ? k : last], p->axis_at, p->axis, beyond), p->tie[0]);
}

/** The further round the follower goes, the nearer its end of the string is to the driver's. */
static motion groove(const path_finder *p, double angle) {
    oik_vec3 tie = driver_tie(p, angle);
    double low = -TURN_SLACK_DEG * DEG, high = angle + TURN_SLACK_DEG * DEG;
    motion m = at_rest();
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        m = on_groove(p, angle, middle);
        if (v3_dist(tie, apply(m, p->tie[1])) > p->length)
            low = middle;
        else
            high = middle;
    }
    return m;
}

/* ---- paths ---- */

/** Canonical position of a place in the lying template body, in the frame of a left part. */
static oik_vec3 canonical(const oik_builder *b, int row, oik_vec3 y) {
    const oik_placement *o = &b->placement[row];
    oik_vec3 x = m3_tmulv(o->R, v3_sub(y, o->t));
    return v3(x.x / o->ratio.x, x.y / o->ratio.y, x.z / o->ratio.z);
}

static oik_vec3 placed(oik_builder *b, int row, const char *position) {
    return oik_builder_place(b, row, OIK_LEFT, oik_builder_position(b, position));
}

/** Are the parts of a stitch the left ones of the base and the follower? */
static bool ties(const path_finder *p, size_t stitch, int side) {
    const oik_skel_model *m = p->b->m;
    return m->point_part[m->stitches.point_a[stitch]] == p->b->part[p->base][side] &&
           m->point_part[m->stitches.point_b[stitch]] == p->b->part[p->follower][side];
}

static oik_vec3 rest_point(const oik_skel_model *m, int32_t point) {
    int32_t part = m->point_part[point];
    return v3_add(m3_mulv(m->rest_R[part], m->mean[point]), m->rest_t[part]);
}

/** The follower's points onto those of the base, as their weights while placing ask for. */
static motion meet(const path_finder *p) {
    enum { MAX_STITCHES = 8 };
    const oik_stitches *s = &p->b->m->stitches;
    oik_vec3 from[MAX_STITCHES], to[MAX_STITCHES];
    double w[MAX_STITCHES];
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < MAX_STITCHES; i++)
        if (ties(p, i, OIK_LEFT)) {
            from[n] = rest_point(p->b->m, s->point_b[i]);
            to[n] = rest_point(p->b->m, s->point_a[i]);
            w[n++] = s->weight_infer[i] * s->weight_infer[i];
        }
    oik_rigid fit;
    if (p->b->status || (p->b->status = oik_rigid_fit(&fit, from, to, w, n, 0, p->b->err)) != OIK_OK)
        return at_rest();
    return (motion){fit.R, fit.t};
}

/** Where the stitches meet, but not turned about the axis: oik_path_angle counts from the template's placement. */
static motion meet_unbent(const path_finder *p) {
    motion m = meet(p);
    oik_quat q = oik_quat_from_rot(m.R);
    return turned(m, p->axis_at, p->axis, -2.0 * atan2(v3_dot(v3(q.x, q.y, q.z), p->axis), q.w));
}

static void prepare(path_finder *p, oik_builder *b, const oik_path_row *row) {
    p->row = row;
    p->b = b;
    p->base = oik_builder_row(b, row->base);
    p->follower = oik_builder_row(b, row->follower);
    p->driver = oik_builder_row(b, row->driver);
    make_mesh(b, &p->base_mesh, p->base);
    if (!b->status)
        make_mesh(b, &p->follower_mesh, p->follower);
    oik_vec3 from = placed(b, p->base, row->axis_from), to = placed(b, p->base, row->axis_to);
    p->axis_at = v3_lerp(from, to, 0.5);
    p->axis = v3_unit(v3_sub(to, from));
    p->centre = oik_builder_place(b, p->follower, OIK_LEFT, v3(0, 0, 0));
    p->start = p->driver == p->follower ? meet_unbent(p) : meet(p);
    if (row->tie_driver) {
        p->tie[0] = placed(b, p->driver, row->tie_driver);
        p->tie[1] = placed(b, p->follower, row->tie_follower);
        p->length = v3_dist(driver_tie(p, 0.0), apply(p->start, p->tie[1]));
    }
    if (!b->status)
        p->gap = fmin(row->gap_high * 1e-3, fmax(row->gap_low * 1e-3, gap_of(p, p->start)));
}

/** Append the path of one stitch on one side; moved[k] is where the follower of the left side is at k steps. */
static void add_path(path_finder *p, size_t stitch, int side, const motion *moved, int n_steps) {
    oik_builder *b = p->b;
    oik_paths *paths = &b->m->paths;
    size_t n = paths->n, first = n ? (size_t)paths->start[n] : 0;
    paths->stitch = oik_builder_grow(b, paths->stitch, n, sizeof *paths->stitch);
    paths->driver = oik_builder_grow(b, paths->driver, n, sizeof *paths->driver);
    paths->axis = oik_builder_grow(b, paths->axis, n, sizeof *paths->axis);
    if (!paths->start)
        paths->start = oik_builder_grow(b, NULL, 0, sizeof *paths->start);
    paths->start = oik_builder_grow(b, paths->start, n + 1, sizeof *paths->start);
    oik_vec3 axis[2] = {oik_builder_position(b, p->row->axis_from), oik_builder_position(b, p->row->axis_to)};
    oik_vec3 y = rest_point(b->m, b->m->stitches.point_b[stitch]);
    if (side == OIK_RIGHT)
        y.x = -y.x;
    for (int k = 0; k < n_steps && !b->status; k++) {
        size_t entry = first + (size_t)k;
        paths->angle = oik_builder_grow(b, paths->angle, entry, sizeof *paths->angle);
        paths->point = oik_builder_grow(b, paths->point, entry, sizeof *paths->point);
        if (b->status)
            return;
        paths->angle[entry] = k * STEP_DEG * DEG;
        paths->point[entry] = oik_builder_point(b, p->base, side, canonical(b, p->base, apply(moved[k], y)));
    }
    if (b->status)
        return;
    bool turn = side == OIK_RIGHT; /* a rotation axis is a pseudo-vector */
    paths->stitch[n] = (int32_t)stitch;
    paths->driver[n] = b->part[p->driver][side];
    paths->axis[n][turn] = oik_builder_point(b, p->base, side, axis[0]);
    paths->axis[n][!turn] = oik_builder_point(b, p->base, side, axis[1]);
    paths->start[0] = 0;
    paths->start[n + 1] = (int32_t)first + n_steps;
    paths->n++;
}

/** Paths of all stitches between the two parts; moved: room for the steps of a path. */
static void add_paths(path_finder *p, motion *moved, int n_steps) {
    oik_builder *b = p->b;
    for (int k = 0; k < n_steps && !b->status; k++)
        moved[k] = p->row->kind == OIK_PATH_ROLL ? roll(p, k * STEP_DEG * DEG) : groove(p, k * STEP_DEG * DEG);
    for (size_t i = 0; i < b->m->stitches.n && !b->status; i++)
        for (int side = 0; side < 2; side++)
            if (ties(p, i, side))
                add_path(p, i, side, moved, n_steps);
}

void oik_builder_paths(oik_builder *b) {
    enum { MAX_STEPS = 16 };
    motion moved[2][MAX_STEPS];
    for (int i = 0; i < oik_n_path_rows && !b->status; i++) {
        const oik_path_row *row = &oik_path_table[i];
        path_finder p = {0};
        if (i > 0 && strcmp(oik_path_table[i - 1].follower, row->driver) == 0) {
            p.driver_moved = moved[(i - 1) % 2];
            p.n_driver_moved = 1 + (int)lround(oik_path_table[i - 1].last / STEP_DEG);
        }
        int n_steps = 1 + (int)lround(row->last / STEP_DEG);
        prepare(&p, b, row);
        if (!b->status && n_steps > MAX_STEPS)
            b->status = oik_fail(b->err, OIK_E_MODEL, "the path of part %s has more than %d steps", row->follower, MAX_STEPS);
        if (!b->status)
            add_paths(&p, moved[i % 2], n_steps);
        free_mesh(&p.base_mesh);
        free_mesh(&p.follower_mesh);
    }
}

void oik_builder_turns(oik_builder *b) {
    oik_turns *t = &b->m->turns;
    for (int i = 0; i < oik_n_turn_rows; i++) {
        int row = oik_builder_row(b, oik_turn_table[i].part);
        for (int side = 0; !b->status && side < (oik_part_table[row].lateral ? 2 : 1); side++) {
            t->part = oik_builder_grow(b, t->part, t->n, sizeof *t->part);
            t->weight = oik_builder_grow(b, t->weight, t->n, sizeof *t->weight);
            if (b->status)
                return;
            t->part[t->n] = b->part[row][side];
            t->weight[t->n++] = 1.0 / (oik_turn_table[i].sigma * DEG);
        }
    }
}

void oik_builder_curves(oik_builder *b) {
    oik_curves *c = &b->m->curves;
    int before = b->part[oik_builder_row(b, "pelvis")][OIK_LEFT];
    for (int i = 0; i + 1 < oik_n_curve_rows && !b->status; i++) {
        const oik_curve_row *r = &oik_curve_table[i];
        int middle = b->part[oik_builder_row(b, r[0].part)][OIK_LEFT], after = b->part[oik_builder_row(b, r[1].part)][OIK_LEFT];
        c->part = oik_builder_grow(b, c->part, c->n, sizeof *c->part);
        c->share = oik_builder_grow(b, c->share, c->n, sizeof *c->share);
        c->weight = oik_builder_grow(b, c->weight, c->n, sizeof *c->weight);
        if (b->status)
            return;
        c->part[c->n][0] = before;
        c->part[c->n][1] = middle;
        c->part[c->n][2] = after;
        c->share[c->n] = r[0].range / (r[0].range + r[1].range);
        c->weight[c->n++] = 1.0 / (oik_curve_sigma * DEG);
        before = middle;
    }
}
