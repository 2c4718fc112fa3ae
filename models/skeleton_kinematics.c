/** Point lists, segments, joints and degrees of freedom of the skeleton model from the kinematic tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/skeleton_builder.h"

static const double DEG = 3.14159265358979323846 / 180.0;

enum { MAX_POINTS = 128 };

/** Named virtual points on both sides; equal indices where the point lies on the midline. */
typedef struct kinematics_builder {
    oik_builder *b;
    int32_t point[MAX_POINTS][2];
    size_t list_entries;
} kinematics_builder;

static void add_points(kinematics_builder *k) {
    for (int i = 0; i < oik_n_point_rows && !k->b->status; i++) {
        const oik_point_row *r = &oik_point_table[i];
        int row = oik_builder_row(k->b, r->part);
        oik_vec3 p = oik_builder_position_in(k->b, row, r->p);
        k->point[i][OIK_LEFT] = k->point[i][OIK_RIGHT] = oik_builder_point(k->b, row, OIK_LEFT, p);
        if (oik_builder_two_sided(row, p))
            k->point[i][OIK_RIGHT] = oik_builder_point(k->b, row, OIK_RIGHT, p);
    }
}

/** Index of a named point; a suffix _l or _r overrides the side. */
static int32_t find_point(kinematics_builder *k, const char *name, int side) {
    char base[OIK_NAME_LENGTH];
    size_t n = strlen(name);
    snprintf(base, sizeof base, "%s", name);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < oik_n_point_rows; i++)
            if (strcmp(oik_point_table[i].name, base) == 0)
                return k->point[i][side];
        if (n > 2 && name[n - 2] == '_') {
            base[n - 2] = '\0';
            side = name[n - 1] == 'r' ? OIK_RIGHT : OIK_LEFT;
        }
    }
    k->b->status = oik_fail(k->b->err, OIK_E_MODEL, "the point table has no point %s", name);
    return 0;
}

/** Append a list of named points; @return its number, or -1 for NULL. */
static int32_t add_list(kinematics_builder *k, const char *names, int side) {
    oik_skel_model *m = k->b->m;
    if (!names)
        return -1;
    if (!m->list_start)
        m->list_start = oik_builder_grow(k->b, NULL, 0, sizeof *m->list_start);
    for (const char *c = names; *c && !k->b->status; c += strspn(c, " ")) {
        char name[OIK_NAME_LENGTH];
        size_t n = strcspn(c, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, c);
        c += n;
        m->list_point = oik_builder_grow(k->b, m->list_point, k->list_entries, sizeof *m->list_point);
        if (!k->b->status)
            m->list_point[k->list_entries++] = find_point(k, name, side);
    }
    m->list_start = oik_builder_grow(k->b, m->list_start, (size_t)m->n_lists + 1, sizeof *m->list_start);
    if (k->b->status)
        return 0;
    m->list_start[0] = 0;
    m->list_start[++m->n_lists] = (int32_t)k->list_entries;
    return m->n_lists - 1;
}

static void side_name(char out[OIK_NAME_LENGTH], const char *name, bool lateral, int side) {
    snprintf(out, OIK_NAME_LENGTH, "%s%s", name, !lateral ? "" : side == OIK_RIGHT ? "_r" : "_l");
}

static void add_segment(kinematics_builder *k, const oik_segment_row *r, int side, oik_segment_recipe *s) {
    /* a pair that runs medial to lateral points right on the right side and is turned round on the left */
    bool turn = r->secondary_right && side == OIK_LEFT;
    bool turn_primary = turn && r->primary == 'z', turn_secondary = turn && r->secondary == 'z';
    side_name(s->name, r->name, r->lateral, side);
    s->part = k->b->part[oik_builder_row(k->b, r->part)][side];
    s->origin = add_list(k, r->origin, side);
    s->primary_from = add_list(k, turn_primary ? r->primary_to : r->primary_from, side);
    s->primary_to = add_list(k, turn_primary ? r->primary_from : r->primary_to, side);
    s->secondary_from = add_list(k, turn_secondary ? r->secondary_to : r->secondary_from, side);
    s->secondary_to = add_list(k, turn_secondary ? r->secondary_from : r->secondary_to, side);
    s->primary_axis = r->primary - 'x';
    s->secondary_axis = r->secondary - 'x';
    s->distal = add_list(k, r->distal, side);
    s->weight = 1.0 - r->unseen;
}

/** Rotation axes are pseudo-vectors: the mirror image of (x, y, z) about the sagittal plane is (-x, -y, z) with z to the right. */
static oik_dof make_dof(const oik_dof_row *r, bool lateral, int side) {
    bool flip = lateral && side == OIK_LEFT;
    double unit = r->translation ? 1.0 : DEG;
    oik_dof dof = {.translation = r->translation, .lower = r->lower * unit, .upper = r->upper * unit, .rest = r->rest * unit};
    dof.axis = flip ? v3(-r->axis.x, -r->axis.y, r->axis.z) : r->axis;
    side_name(dof.name, r->name, lateral, side);
    return dof;
}

static int segment_index(kinematics_builder *k, const char *name, int side) {
    char with_side[OIK_NAME_LENGTH];
    side_name(with_side, name, true, side);
    for (int i = 0; i < k->b->m->n_segments; i++)
        if (strcmp(k->b->m->segments[i].name, name) == 0 || strcmp(k->b->m->segments[i].name, with_side) == 0)
            return i;
    k->b->status = oik_fail(k->b->err, OIK_E_MODEL, "the segment table has no segment %s before its children", name);
    return 0;
}

static void add_joint(kinematics_builder *k, const oik_joint_row *r, bool lateral, int side, int child, oik_joint_recipe *out) {
    bool turn = lateral && side == OIK_LEFT; /* an axis through two points is a pseudo-vector too */
    oik_joint *joint = &out->joint;
    side_name(joint->name, r->name, lateral, side);
    joint->parent = r->parent ? segment_index(k, r->parent, side) : -1;
    joint->child = child;
    joint->kind = (oik_joint_kind)r->kind;
    joint->parent_frame = r->parent_segment ? OIK_FRAME_SEGMENT : OIK_FRAME_NEUTRAL;
    joint->child_frame = r->child_segment ? OIK_FRAME_SEGMENT : OIK_FRAME_NEUTRAL;
    joint->n_dofs = r->n_dofs;
    for (int d = 0; d < r->n_dofs; d++)
        joint->dofs[d] = make_dof(&r->dofs[d], lateral, side);
    out->centre = add_list(k, r->centre, side);
    for (int d = 0; d < 3; d++)
        out->axis_from[d] = out->axis_to[d] = -1;
    out->axis_from[0] = add_list(k, turn ? r->axis_to : r->axis_from, side);
    out->axis_to[0] = add_list(k, turn ? r->axis_from : r->axis_to, side);
}

static const oik_joint_row *joint_of(kinematics_builder *k, const char *segment) {
    for (int i = 0; i < oik_n_joint_rows; i++)
        if (strcmp(oik_joint_table[i].child, segment) == 0)
            return &oik_joint_table[i];
    k->b->status = oik_fail(k->b->err, OIK_E_MODEL, "no joint moves segment %s", segment);
    return NULL;
}

/** Midline segments first, then the right and the left limbs, each in table order: parents before children. */
static void add_segments(kinematics_builder *k) {
    oik_skel_model *m = k->b->m;
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < oik_n_segment_rows && !k->b->status; i++) {
            const oik_segment_row *r = &oik_segment_table[i];
            if (r->lateral != (pass > 0))
                continue;
            int side = pass == 1 ? OIK_RIGHT : OIK_LEFT, child = m->n_segments;
            const oik_joint_row *joint = joint_of(k, r->name);
            add_segment(k, r, side, &m->segments[child]);
            if (joint)
                add_joint(k, joint, r->lateral, side, child, &m->joints[child]);
            m->n_segments++;
        }
}

void oik_builder_kinematics(oik_builder *b) {
    kinematics_builder k = {.b = b};
    size_t limit = 2 * (size_t)oik_n_segment_rows;
    b->m->segments = oik_new(limit, sizeof *b->m->segments, b->err);
    b->m->joints = oik_new(limit, sizeof *b->m->joints, b->err);
    if (!b->m->segments || !b->m->joints || oik_n_point_rows > MAX_POINTS) {
        b->status = OIK_E_MEMORY;
        return;
    }
    add_points(&k);
    add_segments(&k);
}
