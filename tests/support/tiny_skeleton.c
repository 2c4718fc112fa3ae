/* A made-up skeleton for tests. */
#include "support/tiny_skeleton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "mesh/mesh.h"
#include "support/tiny_body.h"

enum { RINGS = 4, SIDES = 8, FACES_PER_BONE = 2 * SIDES * RINGS, LEFT = 0, RIGHT = 1 };
enum { MAX_POINTS = 512, MAX_ROWS = 256, MAX_ENTRIES = 2048, SPRING_STRIDE = 3 };

/* capsules of bone inside the capsules of skin, in the T-pose of the tiny body, midline and left side [m] */
enum { PELVIS, THORAX, THIGH, SHANK, ARM, N_ROWS };
static const struct {
    const char *name, *group;
    int parent, lateral, joint;
    oik_vec3 a, b;
    double radius;
} rows[N_ROWS] = {
    {"pelvis", "trunk", -1, 0, OIK_J_PELVIS, {0, -0.003, 0}, {0, 0.012, 0}, 0.04},
    {"thorax", "trunk", PELVIS, 0, OIK_J_SPINE3, {0, 0.38, 0.08}, {0, 0.41, 0.08}, 0.025},
    {"thigh", "leg", PELVIS, 1, OIK_J_HIP_L, {0.083, -0.15, 0}, {0.088, -0.38, 0}, 0.025},
    {"shank", "leg", THIGH, 1, OIK_J_KNEE_L, {0.10, -0.53, -0.003}, {0.10, -0.78, -0.016}, 0.02},
    {"arm", "arm", THORAX, 1, OIK_J_SHOULDER_L, {0.26, 0.46, -0.012}, {0.36, 0.46, -0.018}, 0.015},
};

typedef struct builder {
    oik_skel_model *m;
    const oik_body_model *body;
    oik_body_frames lying;
    oik_vec3 *x, *normal; /* skin of the template in the lying pose */
    oik_mat3 Q[N_ROWS];   /* local frame -> T-pose, left side */
    int32_t entries;      /* of the shape modes */
} builder;

static oik_vec3 mirrored(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

static int part_of(int row, int side) {
    return rows[row].lateral ? TINY_THIGH_R + 2 * (row - THIGH) + (side == LEFT) : row;
}

static oik_vec3 centroid(int row) {
    return v3_lerp(rows[row].a, rows[row].b, 0.5);
}

size_t tiny_skeleton_mirror_vertex(size_t vertex) {
    size_t part = vertex / TINY_BONE_VERTICES, k = vertex % TINY_BONE_VERTICES;
    if (part >= TINY_THIGH_R)
        return (part ^ 1) * TINY_BONE_VERTICES + k;
    return k < RINGS * SIDES ? vertex - k % SIDES + (SIDES - k % SIDES) % SIDES : vertex;
}

/* ---- points ---- */

static void add_mode(builder *b, int mode, oik_vec3 local) {
    b->m->mode_index[b->entries] = mode;
    b->m->mode_vector[b->entries++] = local;
}

/* Displacement by one unit of each mode at d from the centroid, T-pose axes, x from the midline. */
static void add_modes(builder *b, int row, int side, oik_vec3 d, double x) {
    oik_vec3 leg = v3(0, TINY_LEG * d.y, 0), wide = v3(0.08 * x, 0, 0), all = v3_scale(d, TINY_SIZE);
    oik_vec3 modes[TINY_SKELETON_MODES] = {m3_tmulv(b->Q[row], all), m3_tmulv(b->Q[row], leg), m3_tmulv(b->Q[row], wide)};
    for (int k = 0; k < TINY_SKELETON_MODES; k++)
        if (k == 0 || (k == 1 && (row == THIGH || row == SHANK)) || (k == 2 && row <= THORAX))
            add_mode(b, k, side == RIGHT && rows[row].lateral ? mirrored(modes[k]) : modes[k]);
}

/* A point that a part carries, given in the T-pose on the left; its mirror image on the right. */
static int32_t add_point(builder *b, int row, int side, oik_vec3 p) {
    oik_skel_model *m = b->m;
    size_t n = m->n_points++;
    int flip = side == RIGHT && rows[row].lateral;
    if (side == RIGHT && !flip)
        p = mirrored(p);
    oik_vec3 d = v3_sub(p, centroid(row)), local = m3_tmulv(b->Q[row], d);
    m->mean[n] = flip ? mirrored(local) : local;
    m->point_part[n] = part_of(row, side);
    m->mode_start[n] = b->entries;
    add_modes(b, row, side, d, p.x);
    m->mode_start[n + 1] = b->entries;
    return (int32_t)n;
}

/* A point of the T-pose in the lying pose, as the part of a row carries it. */
static oik_vec3 lying_of(const builder *b, int row, oik_vec3 p) {
    int j = rows[row].joint;
    return v3_add(b->lying.p[j], m3_mulv(b->lying.G[j], v3_sub(p, b->lying.J[j])));
}

/* The other way round. */
static oik_vec3 t_pose_of(const builder *b, int row, oik_vec3 y) {
    int j = rows[row].joint;
    return v3_add(b->lying.J[j], m3_tmulv(b->lying.G[j], v3_sub(y, b->lying.p[j])));
}

/* ---- parts and bones ---- */

static int group_of(int row, int side) {
    return row <= THORAX ? 0 : row == ARM ? 3 + (side == LEFT) : 1 + (side == LEFT);
}

static void add_part(builder *b, int row, int side) {
    static const char *const suffix[2][2] = {{"", ""}, {"_l", "_r"}};
    oik_skel_model *m = b->m;
    int p = part_of(row, side), group = group_of(row, side), lateral = rows[row].lateral;
    snprintf(m->part_names[p], OIK_NAME_LENGTH, "%s%s", rows[row].name, suffix[lateral][side]);
    snprintf(m->bone_names[p], OIK_NAME_LENGTH, "%s_bone%s", rows[row].name, suffix[lateral][side]);
    snprintf(m->group_names[group], OIK_NAME_LENGTH, "%s%s", rows[row].group, suffix[lateral][side]);
    m->part_parent[p] = rows[row].parent < 0 ? -1 : part_of(rows[row].parent, side);
    m->part_group[p] = group;
    m->part_joint[p] = side == RIGHT ? tiny_mirror_joint[rows[row].joint] : rows[row].joint;
    m->part_mirror[p] = part_of(row, 1 - side);
    oik_mat3 R = m3_mul(b->lying.G[rows[row].joint], b->Q[row]), M = m3_diag(v3(-1, 1, 1));
    oik_vec3 t = lying_of(b, row, centroid(row));
    m->rest_R[p] = side == RIGHT && lateral ? m3_mul(M, m3_mul(R, M)) : R;
    m->rest_t[p] = side == RIGHT && lateral ? mirrored(t) : t;
}

/* Vertex of a capsule: the rings one after the other, then the pole at a and the pole at b. */
static oik_vec3 capsule_vertex(int row, int k) {
    oik_vec3 a = rows[row].a, e = rows[row].b, along = v3_unit(v3_sub(e, a));
    double r = rows[row].radius, angle = 6.283185307179586 * (k % SIDES) / SIDES;
    if (k >= RINGS * SIDES)
        return k == RINGS * SIDES ? v3_madd(a, -0.5 * r, along) : v3_madd(e, 0.5 * r, along);
    oik_vec3 u = v3_unit(v3_cross(v3(1, 0.1 * rows[row].lateral, 0), along)), w = v3_cross(along, u);
    oik_vec3 on_axis = v3_lerp(a, e, (double)(k / SIDES) / (RINGS - 1));
    return v3_add(on_axis, v3_add(v3_scale(u, r * cos(angle)), v3_scale(w, r * sin(angle))));
}

static void set_face(int32_t face[3], int32_t a, int32_t b, int32_t c, int flipped) {
    face[0] = a;
    face[1] = flipped ? c : b;
    face[2] = flipped ? b : c;
}

static void add_bone(builder *b, int row, int side) {
    int part = part_of(row, side), flipped = side == RIGHT && rows[row].lateral;
    int32_t first = part * TINY_BONE_VERTICES, start = first + RINGS * SIDES, last = (RINGS - 1) * SIDES;
    int32_t(*face)[3] = b->m->faces + b->m->n_faces;
    for (int k = 0; k < TINY_BONE_VERTICES; k++)
        b->m->vertex_bone[add_point(b, row, side, capsule_vertex(row, k))] = part;
    for (int s = 0; s < SIDES; s++) {
        int32_t v = first + s, w = first + (s + 1) % SIDES;
        set_face(*face++, start, w, v, flipped);
        set_face(*face++, start + 1, v + last, w + last, flipped);
        for (int r = 0; r + 1 < RINGS; r++, v += SIDES, w += SIDES) {
            set_face(*face++, v, w, w + SIDES, flipped);
            set_face(*face++, v, w + SIDES, v + SIDES, flipped);
        }
    }
    b->m->n_faces += FACES_PER_BONE;
    b->m->n_vertices = b->m->n_points;
}

static void add_parts(builder *b) {
    for (int row = 0; row < N_ROWS; row++) {
        if (rows[row].lateral) {
            add_part(b, row, RIGHT);
            add_bone(b, row, RIGHT);
        }
        add_part(b, row, LEFT);
        add_bone(b, row, LEFT);
    }
}

/* ---- relations ---- */

/* What a joint's regressor row sees in the lying pose (where a parent is turned, that is not quite the joint). */
static oik_vec3 regressed(const builder *b, int joint) {
    oik_vec3 y = v3(0, 0, 0);
    for (size_t k = b->body->regressor_start[joint]; k < b->body->regressor_start[joint + 1]; k++)
        y = v3_madd(y, b->body->regressor_value[k], b->x[b->body->regressor_vertex[k]]);
    return y;
}

/* A joint of the body seen by its regressor row. */
static void add_centre(builder *b, int row, int side, int joint) {
    oik_landmarks *l = &b->m->landmarks;
    int seen = side == RIGHT ? tiny_mirror_joint[joint] : joint;
    int32_t e = l->skin.start[l->n];
    for (size_t k = b->body->regressor_start[seen]; k < b->body->regressor_start[seen + 1]; k++, e++) {
        l->skin.index[e] = b->body->regressor_vertex[k];
        l->skin.value[e] = b->body->regressor_value[k];
    }
    l->point[l->n] = add_point(b, row, side, t_pose_of(b, row, regressed(b, joint)));
    l->weight[l->n] = 250.0;
    l->tangential[l->n] = 1.0;
    l->skin.start[++l->n] = e;
}

/* A bony landmark 10 mm under a skin vertex of the left side; its mirror image on the right. */
static void add_contact(builder *b, int row, int side, size_t vertex) {
    const double depth = 10e-3;
    oik_landmarks *l = &b->m->landmarks;
    int32_t e = l->skin.start[l->n];
    oik_vec3 y = v3_madd(b->x[vertex], -depth, b->normal[vertex]);
    l->skin.index[e] = side == RIGHT ? b->body->mirror[vertex] : (int32_t)vertex;
    l->skin.value[e] = 1.0;
    l->point[l->n] = add_point(b, row, side, t_pose_of(b, row, y));
    l->depth[l->n] = depth;
    l->weight[l->n] = 200.0;
    l->tangential[l->n] = 0.5;
    l->skin.start[++l->n] = e + 1;
}

static void add_landmarks(builder *b) {
    static const struct {
        int row, joint;
    } centres[] = {{PELVIS, OIK_J_HIP_L},  {THORAX, OIK_J_SHOULDER_L}, {THIGH, OIK_J_HIP_L},    {THIGH, OIK_J_KNEE_L},
                   {SHANK, OIK_J_KNEE_L}, {SHANK, OIK_J_ANKLE_L},     {ARM, OIK_J_SHOULDER_L}, {ARM, OIK_J_ELBOW_L}};
    enum { SKIN_SIDES = 6, PER_JOINT = 4 * SKIN_SIDES + 2, RING = 2 * SKIN_SIDES };
    for (size_t i = 0; i < sizeof centres / sizeof *centres; i++) {
        add_centre(b, centres[i].row, RIGHT, centres[i].joint);
        add_centre(b, centres[i].row, LEFT, centres[i].joint);
    }
    for (int row = 0; row < N_ROWS; row++)
        for (size_t s = 0; s < SKIN_SIDES; s += 2) {
            size_t vertex = (size_t)rows[row].joint * PER_JOINT + RING + s;
            add_contact(b, row, RIGHT, vertex);
            add_contact(b, row, LEFT, vertex);
        }
}

static void add_stitch(builder *b, int row_a, int row_b, int side, oik_vec3 p, int keep_offset) {
    oik_stitches *s = &b->m->stitches;
    s->point_a[s->n] = add_point(b, row_a, side, p);
    s->point_b[s->n] = add_point(b, row_b, side, p);
    s->weight_infer[s->n] = keep_offset ? 500.0 : 2000.0;
    s->weight_pose[s->n] = keep_offset ? 400.0 : 2500.0;
    s->keep_offset[s->n++] = keep_offset;
}

static void add_stitches(builder *b) {
    oik_stitches *s = &b->m->stitches;
    const oik_vec3 *J = b->body->joints;
    const oik_vec3 knee = J[OIK_J_KNEE_L], lateral = v3(0.03, 0, 0);
    add_stitch(b, PELVIS, THORAX, LEFT, v3(0, 0.2, 0.06), 1);
    for (int side = RIGHT; side >= LEFT; side--) {
        int32_t(*gap)[2] = side == RIGHT ? &b->m->gap_hip[0] : &b->m->gap_hip[1];
        size_t first = s->n;
        add_stitch(b, PELVIS, THIGH, side, J[OIK_J_HIP_L], 0);
        add_stitch(b, THORAX, ARM, side, J[OIK_J_SHOULDER_L], 0);
        (*gap)[0] = s->point_a[first];
        (*gap)[1] = s->point_b[first];
        gap = side == RIGHT ? &b->m->gap_shoulder[0] : &b->m->gap_shoulder[1];
        (*gap)[0] = s->point_a[first + 1];
        (*gap)[1] = s->point_b[first + 1];
        add_stitch(b, THIGH, SHANK, side, v3_add(knee, lateral), 1);
        add_stitch(b, THIGH, SHANK, side, v3_sub(knee, lateral), 1);
        add_stitch(b, THIGH, SHANK, side, v3_add(knee, v3(0, 0, 0.04)), 1);
        s->weight_pose[s->n - 1] = 5.0; /* a knee that bends, but for the springs */
        add_stitch(b, PELVIS, THORAX, side, v3(0.05, 0.2, 0), 1);
    }
}

static void add_ligament(builder *b, int row_a, int row_b, int side, oik_vec3 p_a, oik_vec3 p_b) {
    oik_ligaments *l = &b->m->ligaments;
    l->point_a[l->n] = add_point(b, row_a, side, p_a);
    l->point_b[l->n] = add_point(b, row_b, side, p_b);
    l->weight[l->n++] = 500.0;
}

static void add_ligaments(builder *b) {
    for (int side = RIGHT; side >= LEFT; side--) {
        add_ligament(b, PELVIS, THIGH, side, v3(0.05, 0.01, 0.03), v3(0.083, -0.25, 0.02));
        add_ligament(b, THORAX, ARM, side, v3(0.02, 0.40, 0.09), v3(0.30, 0.45, -0.01));
    }
}

/* The shank turns a little with the elevation of the thigh; turned the other way round on the right, as rotations are mirrored. */
static void add_couplings(builder *b) {
    const oik_vec3 *J = b->body->joints;
    oik_couplings *c = &b->m->couplings;
    for (int side = RIGHT; side >= LEFT; side--, c->n++) {
        int32_t inner = add_point(b, SHANK, side, v3_sub(J[OIK_J_KNEE_L], v3(0.03, 0, 0)));
        int32_t outer = add_point(b, SHANK, side, v3_add(J[OIK_J_KNEE_L], v3(0.03, 0, 0)));
        const int32_t part[3] = {part_of(SHANK, side), part_of(PELVIS, side), part_of(THIGH, side)};
        const int32_t point[5] = {add_point(b, SHANK, side, J[OIK_J_KNEE_L]), side == RIGHT ? outer : inner,
                                  side == RIGHT ? inner : outer, add_point(b, THIGH, side, J[OIK_J_HIP_L]),
                                  add_point(b, THIGH, side, J[OIK_J_KNEE_L])};
        memcpy(c->part[c->n], part, sizeof part);
        memcpy(c->point[c->n], point, sizeof point);
        c->ratio[c->n] = 0.1;
    }
}

static int32_t nearest_skin(const builder *b, oik_vec3 y, int joint) {
    int32_t best = -1;
    for (size_t v = 0; v < b->body->n_vertices; v++)
        if (b->body->part[v] == joint && (best < 0 || v3_dist(b->x[v], y) < v3_dist(b->x[best], y)))
            best = (int32_t)v;
    return best;
}

static void add_spring(builder *b, size_t point, int32_t skin) {
    oik_springs *s = &b->m->springs;
    s->point[s->n] = (int32_t)point;
    s->skin[s->n] = skin;
    s->weight[s->n++] = 100.0;
}

/* Bone vertices of the left and the midline that follow the nearest skin, and their mirror images. */
static void add_springs(builder *b) {
    const oik_skel_model *m = b->m;
    for (size_t i = 0; i < m->n_vertices; i += SPRING_STRIDE) {
        int32_t part = m->point_part[i];
        if (part >= TINY_THIGH_R && part % 2 == TINY_THIGH_R % 2)
            continue;
        int32_t skin = nearest_skin(b, v3_add(m3_mulv(m->rest_R[part], m->mean[i]), m->rest_t[part]), m->part_joint[part]);
        add_spring(b, i, skin);
        add_spring(b, tiny_skeleton_mirror_vertex(i), b->body->mirror[skin]);
    }
}

/* ---- kinematics ---- */

static int32_t add_list(builder *b, int n, const int32_t *points) {
    oik_skel_model *m = b->m;
    int32_t e = m->list_start[m->n_lists];
    for (int i = 0; i < n; i++)
        m->list_point[e + i] = points[i];
    m->list_start[++m->n_lists] = e + n;
    return m->n_lists - 1;
}

static int32_t list_at(builder *b, int row, int side, oik_vec3 p) {
    int32_t point = add_point(b, row, side, p);
    return add_list(b, 1, &point);
}

static int32_t list_of_both_sides(builder *b, int row, oik_vec3 p) {
    int32_t points[2] = {add_point(b, row, RIGHT, p), add_point(b, row, LEFT, p)};
    return add_list(b, 2, points);
}

static void add_joint(oik_joint_recipe *j, const char *name, int parent, int child, oik_joint_kind kind, oik_frame_kind frame, int n_dofs) {
    j->joint = (oik_joint){.parent = parent, .child = child, .kind = kind, .parent_frame = frame, .child_frame = frame, .n_dofs = n_dofs};
    snprintf(j->joint.name, OIK_NAME_LENGTH, "%s_%d", name, child);
    for (int k = 0; k < 3; k++)
        j->axis_from[k] = j->axis_to[k] = -1;
    for (int k = 0; k < n_dofs; k++) {
        oik_dof *dof = &j->joint.dofs[k];
        snprintf(dof->name, OIK_NAME_LENGTH, "%s_%d_%d", name, child, k);
        dof->axis = v3(k % 3 == 1, k % 3 == 2, k % 3 == 0);
        dof->translation = k >= 3;
        dof->lower = -1.0 - 0.1 * k;
        dof->upper = 1.5;
        dof->rest = 0.1 * k;
    }
}

static void add_trunk(builder *b) {
    oik_skel_model *m = b->m;
    const oik_vec3 *J = b->body->joints;
    oik_segment_recipe *s = &m->segments[TINY_S_PELVIS];
    int32_t hip_r = list_at(b, PELVIS, RIGHT, J[OIK_J_HIP_L]), hip_l = list_at(b, PELVIS, LEFT, J[OIK_J_HIP_L]);
    *s = (oik_segment_recipe){"pelvis", TINY_PELVIS, list_of_both_sides(b, PELVIS, J[OIK_J_HIP_L]), hip_l, hip_r,
                              list_at(b, PELVIS, LEFT, v3(0, 0, 0)), list_at(b, PELVIS, LEFT, v3(0, 0.1, 0.01)), 2, 1, -1, 1.0};
    oik_joint_recipe *j = &m->joints[TINY_S_PELVIS];
    add_joint(j, "ground", -1, TINY_S_PELVIS, OIK_JOINT_FREE, OIK_FRAME_NEUTRAL, 6);
    j->centre = s->origin;

    int32_t disc = list_at(b, THORAX, LEFT, v3(0, 0.2, 0.06));
    s = &m->segments[TINY_S_THORAX];
    *s = (oik_segment_recipe){"thorax", TINY_THORAX, disc, disc, list_at(b, THORAX, LEFT, v3(0, 0.45, 0.05)),
                              list_at(b, THORAX, LEFT, J[OIK_J_SHOULDER_L]), list_at(b, THORAX, RIGHT, J[OIK_J_SHOULDER_L]), 1, 2, -1,
                              0.75};
    j = &m->joints[TINY_S_THORAX];
    add_joint(j, "back", TINY_S_PELVIS, TINY_S_THORAX, OIK_JOINT_BALL, OIK_FRAME_NEUTRAL, 3);
    j->centre = disc;
    j->axis_from[0] = hip_l;
    j->axis_to[0] = hip_r;
}

/* Right: medial to lateral points right; left: lateral to medial. */
static void add_limb(builder *b, int side) {
    oik_skel_model *m = b->m;
    const oik_vec3 *J = b->body->joints;
    const oik_vec3 knee = J[OIK_J_KNEE_L], wide = v3(side == RIGHT ? 0.03 : -0.03, 0, 0);
    const char *suffix = side == RIGHT ? "_r" : "_l";
    int first = side == RIGHT ? TINY_S_THIGH_R : TINY_S_THIGH_L, thigh = first, shank = first + 1, arm = first + 2;
    int32_t hip = list_at(b, THIGH, side, J[OIK_J_HIP_L]), knee_t = list_at(b, THIGH, side, knee);
    int32_t from = list_at(b, THIGH, side, v3_sub(knee, wide)), to = list_at(b, THIGH, side, v3_add(knee, wide));
    m->segments[thigh] = (oik_segment_recipe){"", part_of(THIGH, side), hip, knee_t, hip, from, to, 1, 2, knee_t, 1.0};
    add_joint(&m->joints[thigh], "hip", TINY_S_PELVIS, thigh, OIK_JOINT_BALL, OIK_FRAME_SEGMENT, 3);
    m->joints[thigh].centre = hip;

    int32_t knee_s = list_at(b, SHANK, side, knee), ankle = list_at(b, SHANK, side, J[OIK_J_ANKLE_L]);
    int32_t from_s = list_at(b, SHANK, side, v3_sub(knee, wide)), to_s = list_at(b, SHANK, side, v3_add(knee, wide));
    m->segments[shank] = (oik_segment_recipe){"", part_of(SHANK, side), knee_s, from_s, to_s, ankle, knee_s, 2, 1, ankle, 1.0};
    add_joint(&m->joints[shank], "knee", thigh, shank, OIK_JOINT_HINGE, OIK_FRAME_SEGMENT, 1);
    m->joints[shank].centre = knee_t;
    m->joints[shank].axis_from[0] = from;
    m->joints[shank].axis_to[0] = to;

    int32_t shoulder = list_at(b, ARM, side, J[OIK_J_SHOULDER_L]), elbow = list_at(b, ARM, side, J[OIK_J_ELBOW_L]);
    int32_t front = list_at(b, ARM, side, v3_add(J[OIK_J_SHOULDER_L], v3(0.02, 0, 0.05)));
    m->segments[arm] = (oik_segment_recipe){"", part_of(ARM, side), shoulder, elbow, shoulder, shoulder, front, 1, 0, elbow, 0.5};
    add_joint(&m->joints[arm], "shoulder", TINY_S_THORAX, arm, OIK_JOINT_BALL, OIK_FRAME_NEUTRAL, 3);
    m->joints[arm].centre = shoulder;
    snprintf(m->segments[thigh].name, OIK_NAME_LENGTH, "thigh%s", suffix);
    snprintf(m->segments[shank].name, OIK_NAME_LENGTH, "shank%s", suffix);
    snprintf(m->segments[arm].name, OIK_NAME_LENGTH, "arm%s", suffix);
}

/* ---- memory ---- */

/* Room for every array of the model, one after the other; false when memory is short. */
static bool allocate(oik_skel_model *m) {
    struct {
        void *at; /* address of the pointer */
        size_t n, size;
    } blocks[] = {
#define ROOM(field, n) {&(field), n, sizeof *(field)}
        ROOM(m->part_names, TINY_PARTS), ROOM(m->bone_names, TINY_PARTS), ROOM(m->group_names, TINY_PARTS),
        ROOM(m->part_parent, TINY_PARTS), ROOM(m->part_group, TINY_PARTS), ROOM(m->part_joint, TINY_PARTS),
        ROOM(m->part_mirror, TINY_PARTS), ROOM(m->mean, MAX_POINTS), ROOM(m->point_part, MAX_POINTS),
        ROOM(m->vertex_bone, TINY_PARTS * TINY_BONE_VERTICES), ROOM(m->faces, TINY_PARTS * FACES_PER_BONE),
        ROOM(m->rest_R, TINY_PARTS), ROOM(m->rest_t, TINY_PARTS), ROOM(m->mode_weight, TINY_SKELETON_MODES),
        ROOM(m->mode_start, MAX_POINTS + 1), ROOM(m->mode_index, MAX_ENTRIES), ROOM(m->mode_vector, MAX_ENTRIES),
        ROOM(m->landmarks.point, MAX_ROWS), ROOM(m->landmarks.skin.start, MAX_ROWS), ROOM(m->landmarks.skin.index, MAX_ENTRIES),
        ROOM(m->landmarks.skin.value, MAX_ENTRIES), ROOM(m->landmarks.depth, MAX_ROWS), ROOM(m->landmarks.weight, MAX_ROWS),
        ROOM(m->landmarks.tangential, MAX_ROWS), ROOM(m->springs.point, MAX_ROWS), ROOM(m->springs.skin, MAX_ROWS),
        ROOM(m->springs.weight, MAX_ROWS), ROOM(m->stitches.point_a, MAX_ROWS), ROOM(m->stitches.point_b, MAX_ROWS),
        ROOM(m->stitches.weight_infer, MAX_ROWS), ROOM(m->stitches.weight_pose, MAX_ROWS), ROOM(m->stitches.keep_offset, MAX_ROWS),
        ROOM(m->ligaments.point_a, MAX_ROWS), ROOM(m->ligaments.point_b, MAX_ROWS), ROOM(m->ligaments.weight, MAX_ROWS),
        ROOM(m->couplings.part, MAX_ROWS), ROOM(m->couplings.point, MAX_ROWS), ROOM(m->couplings.ratio, MAX_ROWS),
        ROOM(m->list_start, MAX_ROWS), ROOM(m->list_point, MAX_ROWS), ROOM(m->segments, TINY_SEGMENTS),
        ROOM(m->joints, TINY_SEGMENTS)};
#undef ROOM
    bool complete = true;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        void *block = oik_new(blocks[i].n, blocks[i].size, NULL);
        memcpy(blocks[i].at, &block, sizeof block);
        complete = complete && block;
    }
    return complete;
}

/* Arms 0.5 rad down; the template skin in that pose. */
static void lay(builder *b) {
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[OIK_J_SHOULDER_L] = oik_rot_axis(v3(0, 0, 1), -0.5);
    pose.R[OIK_J_SHOULDER_R] = oik_rot_axis(v3(0, 0, 1), 0.5);
    memcpy(b->m->lying_R, pose.R, sizeof pose.R);
    oik_body_forward(&b->lying, b->body, b->body->joints, &pose);
    oik_body_skin(b->x, b->body, b->body->template_v, &b->lying);
    oik_mesh_normals(b->normal, b->x, b->body->n_vertices, (const int32_t(*)[3])b->body->faces, b->body->n_faces);
}

static void fill(builder *b) {
    oik_skel_model *m = b->m;
    lay(b);
    for (int row = 0; row < N_ROWS; row++) /* midline frames are turned about the x axis only, so that they are symmetric */
        b->Q[row] = oik_rot_exp(rows[row].lateral ? v3(0.3, -0.2, 0.1 * row) : v3(0.2, 0, 0));
    m->n_parts = m->n_bones = TINY_PARTS;
    m->n_groups = 5;
    m->n_modes = TINY_SKELETON_MODES;
    for (int k = 0; k < TINY_SKELETON_MODES; k++)
        m->mode_weight[k] = 1.0;
    add_parts(b);
    add_landmarks(b);
    add_stitches(b);
    add_ligaments(b);
    add_couplings(b);
    add_springs(b);
    add_trunk(b);
    add_limb(b, RIGHT);
    add_limb(b, LEFT);
    m->n_segments = TINY_SEGMENTS;
    m->landmarks.skin.n = m->landmarks.n;
}

oik_skel_model *tiny_skeleton_new(const oik_body_model *body) {
    builder b = {.body = body, .m = oik_new(1, sizeof *b.m, NULL)};
    if (!b.m)
        return NULL;
    b.x = oik_new(body->n_vertices, sizeof *b.x, NULL);
    b.normal = oik_new(body->n_vertices, sizeof *b.normal, NULL);
    bool complete = allocate(b.m) && b.x && b.normal;
    if (complete)
        fill(&b);
    complete = complete && oik_skel_model_order(b.m, NULL) == OIK_OK;
    free(b.x);
    free(b.normal);
    if (complete)
        return b.m;
    oik_skel_model_free(b.m);
    return NULL;
}

bool tiny_fit_new(oik_body_fit *fit, const oik_body_model *body, const double *beta, const oik_body_pose *pose) {
    oik_vec3 J[OIK_N_JOINTS];
    *fit = (oik_body_fit){.pose = *pose, .converged = true};
    fit->x_model = oik_new(body->n_vertices, sizeof *fit->x_model, NULL);
    fit->v_subject = oik_new(body->n_vertices, sizeof *fit->v_subject, NULL);
    if (!fit->x_model || !fit->v_subject) {
        oik_body_fit_free(fit);
        return false;
    }
    oik_body_shape(fit->v_subject, body, beta);
    oik_body_joints(J, body, fit->v_subject);
    oik_body_forward(&fit->frames, body, J, pose);
    oik_body_skin(fit->x_model, body, fit->v_subject, &fit->frames);
    return true;
}
