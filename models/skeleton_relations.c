/** Stitches, ligaments, landmarks and springs of the skeleton model from the anatomical tables. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/skeleton_builder.h"

/* ---- stitches ---- */

static void add_stitch(oik_builder *b, int32_t p_a, int32_t p_b, double infer_sigma, double pose_sigma, bool keep_offset) {
    oik_stitches *s = &b->m->stitches;
    s->point_a = oik_builder_grow(b, s->point_a, s->n, sizeof *s->point_a);
    s->point_b = oik_builder_grow(b, s->point_b, s->n, sizeof *s->point_b);
    s->weight_infer = oik_builder_grow(b, s->weight_infer, s->n, sizeof *s->weight_infer);
    s->weight_pose = oik_builder_grow(b, s->weight_pose, s->n, sizeof *s->weight_pose);
    s->keep_offset = oik_builder_grow(b, s->keep_offset, s->n, sizeof *s->keep_offset);
    if (b->status)
        return;
    s->point_a[s->n] = p_a;
    s->point_b[s->n] = p_b;
    s->weight_infer[s->n] = 1e3 / infer_sigma;
    s->weight_pose[s->n] = 1e3 / pose_sigma;
    s->keep_offset[s->n++] = keep_offset;
}

/** Stitch canonical positions of two rows on one side or on both. */
static void stitch(oik_builder *b, int row_a, int row_b, oik_vec3 p_a, oik_vec3 p_b, double infer_sigma, double pose_sigma,
                   bool keep_offset) {
    int sides = oik_builder_two_sided(row_a, p_a) || oik_builder_two_sided(row_b, p_b) ? 2 : 1;
    for (int side = 0; side < sides && !b->status; side++) {
        int32_t a = oik_builder_point(b, row_a, side, p_a), c = oik_builder_point(b, row_b, side, p_b);
        add_stitch(b, a, c, infer_sigma, pose_sigma, keep_offset);
        if (keep_offset)
            continue;
        if (strstr(oik_part_table[row_b].name, "femur") && strstr(oik_part_table[row_a].name, "pelvis")) {
            b->m->gap_hip[side == OIK_RIGHT ? 0 : 1][0] = a;
            b->m->gap_hip[side == OIK_RIGHT ? 0 : 1][1] = c;
        }
        if (strstr(oik_part_table[row_b].name, "humerus")) {
            b->m->gap_shoulder[side == OIK_RIGHT ? 0 : 1][0] = a;
            b->m->gap_shoulder[side == OIK_RIGHT ? 0 : 1][1] = c;
        }
    }
}

static oik_vec3 bone_point(oik_builder *b, const char *bone, const char *landmark) {
    char text[64];
    snprintf(text, sizeof text, "%s:%s", bone, landmark);
    return oik_builder_position(b, text);
}

/**
 * Intervertebral discs between neighbouring vertebrae from the sacrum to C2: four points on the rim of the mid-plane, and while posing its
 * centre. A disc bends about its nucleus, which hardly yields: the rims give, the centre keeps its height, so that no pose stretches the spine.
 */
static void stitch_discs(oik_builder *b) {
    const double sigma_infer = 1.5, sigma_pose = 1.8, unused = 1e6, sigma_centre = 0.5;
    int lower = oik_builder_row(b, "pelvis");
    for (int row = 0; row < oik_n_part_rows && !b->status; row++) {
        const char *name = oik_part_table[row].name;
        if (oik_part_table[row].frame != OIK_F_TORSO || strchr("LTC", name[0]) == NULL || strcmp(name, "C1") == 0)
            continue;
        bool sacrum = strcmp(oik_part_table[lower].name, "pelvis") == 0;
        oik_vec3 below = sacrum ? bone_point(b, "sacrum", "s1") : bone_point(b, oik_part_table[lower].name, "sup");
        oik_vec3 centre = v3_lerp(below, bone_point(b, name, "inf"), 0.5);
        oik_vec3 front = v3_sub(bone_point(b, name, "ant"), bone_point(b, name, "body_c"));
        oik_vec3 side = v3(bone_point(b, name, "lat_l").x, 0, 0);
        oik_vec3 rim[3] = {v3_add(centre, side), v3_add(centre, front), v3_sub(centre, front)};
        for (int k = 0; k < 3; k++)
            stitch(b, lower, row, rim[k], rim[k], sigma_infer, sigma_pose, true);
        stitch(b, lower, row, centre, centre, unused, sigma_centre, true);
        lower = row;
    }
}

/** Where the template has a position of another part, in the canonical frame of this one (left sides). */
static oik_vec3 seen_from(const oik_builder *b, int row, int other, oik_vec3 p) {
    const oik_placement *own = &b->placement[row];
    oik_vec3 x = m3_tmulv(own->R, v3_sub(oik_placement_apply(&b->placement[other], p), own->t));
    return v3(x.x / own->ratio.x, x.y / own->ratio.y, x.z / own->ratio.z);
}

void oik_builder_stitches(oik_builder *b) {
    for (int i = 0; i < oik_n_stitch_rows && !b->status; i++) {
        const oik_stitch_row *r = &oik_stitch_table[i];
        int row_a = oik_builder_row(b, r->a), row_b = oik_builder_row(b, r->b);
        bool one_frame = oik_part_table[row_a].frame == oik_part_table[row_b].frame; /* then both names are of one place */
        oik_vec3 p_b = oik_builder_position_in(b, row_b, r->p_b);
        oik_vec3 p_a = r->p_a ? oik_builder_position_in(b, row_a, r->p_a) : seen_from(b, row_a, row_b, p_b);
        stitch(b, row_a, row_b, p_a, one_frame ? p_a : p_b, r->infer_sigma, r->pose_sigma, r->keep_offset);
    }
    stitch_discs(b);
}

void oik_builder_ligaments(oik_builder *b) {
    oik_ligaments *l = &b->m->ligaments;
    for (int i = 0; i < oik_n_ligament_rows && !b->status; i++) {
        const oik_ligament_row *r = &oik_ligament_table[i];
        int row_a = oik_builder_row(b, r->a), row_b = oik_builder_row(b, r->b);
        oik_vec3 p_a = oik_builder_position_in(b, row_a, r->p_a), p_b = oik_builder_position_in(b, row_b, r->p_b);
        for (int side = 0; side < 2 && !b->status; side++) {
            l->point_a = oik_builder_grow(b, l->point_a, l->n, sizeof *l->point_a);
            l->point_b = oik_builder_grow(b, l->point_b, l->n, sizeof *l->point_b);
            l->weight = oik_builder_grow(b, l->weight, l->n, sizeof *l->weight);
            if (b->status)
                return;
            l->point_a[l->n] = oik_builder_point(b, row_a, side, p_a);
            l->point_b[l->n] = oik_builder_point(b, row_b, side, p_b);
            l->weight[l->n++] = 1e3 / r->sigma;
        }
    }
}

void oik_builder_couplings(oik_builder *b) {
    oik_couplings *c = &b->m->couplings;
    for (int i = 0; i < oik_n_coupling_rows && !b->status; i++) {
        const oik_coupling_row *r = &oik_coupling_table[i];
        int follower = oik_builder_row(b, r->follower), base = oik_builder_row(b, r->base), driver = oik_builder_row(b, r->driver);
        for (int side = 0; side < 2 && !b->status; side++) {
            bool turn = side == OIK_RIGHT; /* a rotation axis is a pseudo-vector */
            c->part = oik_builder_grow(b, c->part, c->n, sizeof *c->part);
            c->point = oik_builder_grow(b, c->point, c->n, sizeof *c->point);
            c->ratio = oik_builder_grow(b, c->ratio, c->n, sizeof *c->ratio);
            const char *on_follower[3] = {r->pivot, turn ? r->axis_to : r->axis_from, turn ? r->axis_from : r->axis_to};
            const char *on_driver[2] = {r->driver_from, r->driver_to};
            if (b->status)
                return;
            c->part[c->n][0] = b->part[follower][side];
            c->part[c->n][1] = b->part[base][side];
            c->part[c->n][2] = b->part[driver][side];
            for (int k = 0; k < 3; k++)
                c->point[c->n][k] = oik_builder_point(b, follower, side, oik_builder_position_in(b, follower, on_follower[k]));
            for (int k = 0; k < 2; k++)
                c->point[c->n][3 + k] = oik_builder_point(b, driver, side, oik_builder_position_in(b, driver, on_driver[k]));
            c->ratio[c->n++] = r->ratio;
        }
    }
}

/* ---- landmarks ---- */

typedef struct landmark_weights {
    double depth, weight, tangential; /**< [m], [1/m], [1] */
} landmark_weights;

static void add_landmark(oik_builder *b, int32_t point, const oik_skin_row *row, landmark_weights w) {
    oik_landmarks *l = &b->m->landmarks;
    l->point = oik_builder_grow(b, l->point, l->n, sizeof *l->point);
    l->depth = oik_builder_grow(b, l->depth, l->n, sizeof *l->depth);
    l->weight = oik_builder_grow(b, l->weight, l->n, sizeof *l->weight);
    l->tangential = oik_builder_grow(b, l->tangential, l->n, sizeof *l->tangential);
    if (!l->skin.start)
        l->skin.start = oik_builder_grow(b, NULL, 0, sizeof *l->skin.start);
    l->skin.start = oik_builder_grow(b, l->skin.start, l->n + 1, sizeof *l->skin.start);
    for (int i = 0; i < row->n && !b->status; i++) {
        l->skin.index = oik_builder_grow(b, l->skin.index, b->landmark_entries, sizeof *l->skin.index);
        l->skin.value = oik_builder_grow(b, l->skin.value, b->landmark_entries, sizeof *l->skin.value);
        if (b->status)
            return;
        l->skin.index[b->landmark_entries] = row->vertex[i];
        l->skin.value[b->landmark_entries++] = row->weight[i];
    }
    if (b->status)
        return;
    l->point[l->n] = point;
    l->depth[l->n] = w.depth;
    l->weight[l->n] = w.weight;
    l->tangential[l->n++] = w.tangential;
    l->skin.start[0] = 0;
    l->skin.start[l->n] = (int32_t)b->landmark_entries;
    l->skin.n = l->n;
}

/** A row on the midline is made mirror symmetric. */
static void symmetrise(oik_skin_row *row, const oik_skin *skin) {
    int n = row->n;
    if (2 * n > OIK_MAX_ROW)
        return;
    for (int i = 0; i < n; i++) {
        row->weight[i] *= 0.5;
        row->vertex[n + i] = skin->mirror[row->vertex[i]];
        row->weight[n + i] = row->weight[i];
    }
    row->n = 2 * n;
}

static void add_both(oik_builder *b, int part_row, oik_vec3 p, oik_skin_row *row, landmark_weights w) {
    if (!oik_builder_two_sided(part_row, p)) {
        symmetrise(row, b->skin.skin);
        add_landmark(b, oik_builder_point(b, part_row, OIK_LEFT, p), row, w);
        return;
    }
    oik_skin_row right = oik_skin_row_mirror(row, b->skin.skin);
    add_landmark(b, oik_builder_point(b, part_row, OIK_LEFT, p), row, w);
    add_landmark(b, oik_builder_point(b, part_row, OIK_RIGHT, p), &right, w);
}

static void add_contact(oik_builder *b, const oik_contact_row *r, oik_skin_row *row) {
    int part = oik_builder_row(b, r->part);
    oik_vec3 p = oik_builder_position_in(b, part, r->p);
    if (b->status)
        return;
    oik_vec3 placed = oik_builder_place(b, part, OIK_LEFT, p), direction = m3_mulv(b->placement[part].R, r->direction);
    b->status = oik_skin_row_contact(row, &b->skin, placed, direction, b->err);
    if (b->status) {
        oik_error_prefix(b->err, "contact %s", r->p);
        return;
    }
    double g = b->skin.skin->gender, depth = (1 - g) * r->depth_male + g * r->depth_female;
    add_both(b, part, p, row, (landmark_weights){depth * 1e-3, 1e3 / r->sigma, r->across});
}

static const char *finger_of(const char *part) {
    static const char *const fingers[] = {"thumb", "index", "middle", "ring", "little"};
    for (int i = 0; i < 5; i++)
        if (strncmp(part, fingers[i], strlen(fingers[i])) == 0 && strcmp(part, "thumb_metacarpal") != 0)
            return fingers[i];
    return NULL;
}

static void add_centre(oik_builder *b, const oik_centre_row *r, oik_skin_row *row) {
    int part = oik_builder_row(b, r->part);
    oik_vec3 p = oik_builder_position_in(b, part, r->p);
    if (b->status)
        return;
    oik_vec3 at = r->joint >= 0 ? oik_placement_target(&b->skin, r) : oik_builder_place(b, part, OIK_LEFT, p);
    const double trunk_ring = 100.0; /* mm; a ring this wide holds soft tissue that is not to move the joint */
    b->status = oik_skin_row_centre(row, &b->skin, at, r->ring * 1e-3, r->ring > trunk_ring, finger_of(r->part), b->err);
    if (b->status) {
        oik_error_prefix(b->err, "joint centre %s", r->p);
        return;
    }
    add_both(b, part, p, row, (landmark_weights){0.0, 1e3 / r->sigma, 1.0});
}

void oik_builder_landmarks(oik_builder *b) {
    oik_skin_row *row = oik_new(1, sizeof *row, b->err);
    if (!row)
        b->status = OIK_E_MEMORY;
    for (int i = 0; i < oik_n_contact_rows && !b->status; i++)
        add_contact(b, &oik_contact_table[i], row);
    for (int i = 0; i < oik_n_centre_rows && !b->status; i++)
        add_centre(b, &oik_centre_table[i], row);
    free(row);
}

/* ---- springs ---- */

static void add_spring(oik_builder *b, int32_t point, int32_t skin, double weight) {
    oik_springs *s = &b->m->springs;
    s->point = oik_builder_grow(b, s->point, s->n, sizeof *s->point);
    s->skin = oik_builder_grow(b, s->skin, s->n, sizeof *s->skin);
    s->weight = oik_builder_grow(b, s->weight, s->n, sizeof *s->weight);
    if (b->status)
        return;
    s->point[s->n] = point;
    s->skin[s->n] = skin;
    s->weight[s->n++] = weight;
}

/** Vertex range of a part; vertices lie in part blocks. */
static void part_range(const oik_skel_model *m, int part, size_t *first, size_t *end) {
    *first = 0;
    while (*first < m->n_vertices && m->point_part[*first] != part)
        ++*first;
    *end = *first;
    while (*end < m->n_vertices && m->point_part[*end] == part)
        ++*end;
}

/** Vertex of a part nearest to the mirror image of another one of it. */
static size_t mirror_vertex(const oik_skel_model *m, size_t vertex, size_t first, size_t end) {
    oik_vec3 wanted = v3(-m->mean[vertex].x, m->mean[vertex].y, m->mean[vertex].z);
    size_t best = first;
    for (size_t i = first; i < end; i++)
        if (v3_dist(m->mean[i], wanted) < v3_dist(m->mean[best], wanted))
            best = i;
    return best;
}

/** Tie a vertex of a left or midline part, and its mirror image, to the skin that it follows. */
static void add_spring_pair(oik_builder *b, int row, size_t vertex, size_t first, size_t end, double weight) {
    const oik_skel_model *m = b->m;
    int part = b->part[row][OIK_LEFT], right = b->part[row][OIK_RIGHT];
    oik_vec3 y = v3_add(m3_mulv(m->rest_R[part], m->mean[vertex]), m->rest_t[part]);
    int32_t skin = oik_skin_follow(&b->skin, y, m->part_joint[part], finger_of(oik_part_table[row].name));
    if (skin < 0) {
        b->status = oik_fail(b->err, OIK_E_MODEL, "no skin moves with part %s", oik_part_table[row].name);
        return;
    }
    size_t other = mirror_vertex(m, vertex, first, end);
    if (right != part) {
        size_t right_first, right_end;
        part_range(m, right, &right_first, &right_end);
        other = right_first + (vertex - first);
    }
    add_spring(b, (int32_t)vertex, skin, weight);
    add_spring(b, (int32_t)other, b->skin.skin->mirror[skin], weight);
}

/** Farthest point sampling of a part's vertices: each new point is the one farthest from all before it. */
static void add_part_springs(oik_builder *b, int row, double *distance) {
    const oik_part_row *r = &oik_part_table[row];
    const oik_skel_model *m = b->m;
    size_t first, end;
    part_range(m, b->part[row][OIK_LEFT], &first, &end);
    for (size_t i = first; i < end; i++) {
        double y = 1e3 * (m->mean[i].y + b->centre[row].y) / b->placement[row].ratio.y;
        bool usable = y >= r->spring_low && y <= r->spring_high;
        distance[i - first] = usable ? v3_norm(m->mean[i]) : -1.0; /* the first sample is the vertex farthest from the centroid */
    }
    double weight = 1e3 / r->spring_sigma / sqrt((double)r->n_springs / 8.0);
    for (int k = 0; k < r->n_springs && first < end && !b->status; k++) {
        size_t pick = first;
        for (size_t i = first; i < end; i++)
            if (distance[i - first] > distance[pick - first])
                pick = i;
        for (size_t i = first; i < end; i++) {
            double d = v3_dist(m->mean[i], m->mean[pick]);
            if (distance[i - first] >= 0.0)
                distance[i - first] = k == 0 ? d : fmin(distance[i - first], d);
        }
        add_spring_pair(b, row, pick, first, end, weight);
    }
}

void oik_builder_springs(oik_builder *b) {
    double *distance = oik_new(b->m->n_vertices, sizeof *distance, b->err);
    if (!distance)
        b->status = OIK_E_MEMORY;
    for (int row = 0; row < oik_n_part_rows && !b->status; row++)
        add_part_springs(b, row, distance);
    free(distance);
}
