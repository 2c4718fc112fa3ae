#include "skeleton/surfaces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/box_tree.h"
#include "mesh/mesh.h"
#include "skeleton/flex.h"
#include "skeleton/midline.h"
#include "skeleton/puppet_terms.h"

/* A vertex farther from a surface than the reach and SLACK is not looked for, outside or inside: one that is deeper has neighbours that are
 * less so. What is farther than FACING from a part's bounds in the template does not reach it. Surfaces face each other when the product of
 * their normals is below OPPOSED; parts that glide are brought back through bones up to THICKNESS thick. Vertices are listed ROOM farther than
 * they are looked for: parts move by about as much after their first solve. */
static const double SLACK = 1.5e-3, FACING = 50e-3, OPPOSED = -0.25, THICKNESS = 12e-3, ROOM = 4e-3;

/** One part's surface in its own frame. */
typedef struct surface {
    int32_t first, n_vertices; /**< a block of the model's vertices */
    size_t n_faces;
    int32_t (*faces)[3];       /**< those that can come near another part; numbers of the model's vertices; NULL: none */
    oik_box_tree tree;
    bool bends;
    double way;                /**< how far its vertices may have gone in its frame since the beginning, by shape and bend [m] */
} surface;

struct oik_surfaces {
    const oik_skel_model *model;
    surface *part;     /**< n_parts */
    oik_vec3 *u;       /**< n_vertices, local positions of shaped and bent bones [m] */
    oik_vec3 *bend;    /**< n_vertices, how far u is from where the shape alone has it [m] */
    oik_vec3 *moved;   /**< n_vertices, scratch: the bend in the world's frame [m] */
    oik_vec3 *normal;  /**< n_vertices, of the mean shape in the part's frame */
    int32_t *owner;    /**< n_vertices, the face of its part that stands for a vertex, -1 for none */
    double *shape;     /**< n_modes that the surfaces have now */
};

/** Bounds of a part in the template. */
typedef struct bounds {
    oik_vec3 low, high;
} bounds;

/* ---- making ---- */

static void find_blocks(oik_surfaces *s) {
    for (size_t i = 0; i < s->model->n_vertices; i++) {
        surface *p = &s->part[s->model->point_part[i]];
        if (p->n_vertices++ == 0)
            p->first = (int32_t)i;
    }
    for (int32_t e = 0; s->model->flexes.n > 0 && e < s->model->flexes.start[s->model->flexes.n]; e++)
        s->part[s->model->point_part[s->model->flexes.vertex[e]]].bends = true;
}

static oik_vec3 template_place(const oik_surfaces *s, size_t vertex) {
    int32_t part = s->model->point_part[vertex];
    return v3_add(m3_mulv(s->model->rest_R[part], s->u[vertex]), s->model->rest_t[part]);
}

static void find_bounds(bounds *b, const oik_surfaces *s) {
    for (int p = 0; p < s->model->n_parts; p++)
        b[p] = (bounds){v3(HUGE_VAL, HUGE_VAL, HUGE_VAL), v3(-HUGE_VAL, -HUGE_VAL, -HUGE_VAL)};
    for (size_t i = 0; i < s->model->n_vertices; i++) {
        bounds *part = &b[s->model->point_part[i]];
        oik_vec3 y = template_place(s, i);
        part->low = v3_min(part->low, y);
        part->high = v3_max(part->high, y);
    }
}

static bool within(const bounds *b, oik_vec3 y, double reach) {
    return y.x > b->low.x - reach && y.y > b->low.y - reach && y.z > b->low.z - reach && y.x < b->high.x + reach &&
           y.y < b->high.y + reach && y.z < b->high.z + reach;
}

/** Mark vertices that are near a part which theirs is paired with. */
static void mark_near(bool *marked, const oik_surfaces *s, const bounds *b, const int32_t pair[2]) {
    for (int side = 0; side < 2; side++) {
        const surface *own = &s->part[pair[side]];
        for (int32_t i = own->first; i < own->first + own->n_vertices; i++)
            marked[i] = marked[i] || within(&b[pair[1 - side]], template_place(s, (size_t)i), FACING);
    }
}

/** Faces of marked vertices, part by part. */
static oik_status gather_faces(oik_surfaces *s, const bool *marked, oik_error *err) {
    const oik_skel_model *m = s->model;
    for (int filling = 0; filling < 2; filling++) {
        for (size_t f = 0; f < m->n_faces; f++) {
            const int32_t *v = m->faces[f];
            surface *p = &s->part[m->point_part[v[0]]];
            if (!marked[v[0]] && !marked[v[1]] && !marked[v[2]])
                continue;
            for (int k = 0; filling && k < 3; k++) {
                p->faces[p->n_faces][k] = v[k];
                s->owner[v[k]] = (int32_t)p->n_faces;
            }
            p->n_faces++;
        }
        for (int i = 0; i < m->n_parts && !filling; i++) {
            surface *p = &s->part[i];
            if (p->n_faces > 0 && !(p->faces = oik_new(p->n_faces, sizeof *p->faces, err)))
                return OIK_E_MEMORY;
            p->n_faces = 0;
        }
    }
    return OIK_OK;
}

static oik_status prepare(oik_surfaces *s, const int32_t (*pairs)[2], size_t n_pairs, oik_error *err) {
    const oik_skel_model *m = s->model;
    bool *marked = oik_new(m->n_vertices, sizeof *marked, err);
    bounds *b = oik_new((size_t)m->n_parts, sizeof *b, err);
    oik_status status = marked && b ? OIK_OK : OIK_E_MEMORY;
    if (!status) {
        find_blocks(s);
        for (size_t i = 0; i < m->n_vertices; i++) {
            s->u[i] = oik_puppet_local(s->shape, m, i);
            s->owner[i] = -1;
        }
        oik_mesh_normals(s->normal, s->u, m->n_vertices, (const int32_t(*)[3])m->faces, m->n_faces);
        find_bounds(b, s);
        for (size_t i = 0; i < n_pairs; i++)
            mark_near(marked, s, b, pairs[i]);
        status = gather_faces(s, marked, err);
    }
    for (int i = 0; i < m->n_parts && !status; i++)
        if (s->part[i].n_faces > 0)
            status = oik_box_tree_init(&s->part[i].tree, s->u, (const int32_t(*)[3])s->part[i].faces, s->part[i].n_faces, err);
    free(marked);
    free(b);
    return status;
}

oik_status oik_surfaces_new(oik_surfaces **out, const oik_skel_model *model, const int32_t (*pairs)[2], size_t n_pairs, oik_error *err) {
    *out = NULL;
    oik_surfaces *s = oik_new(1, sizeof *s, err);
    if (!s)
        return OIK_E_MEMORY;
    s->model = model;
    s->part = oik_new((size_t)model->n_parts, sizeof *s->part, err);
    s->u = oik_new(model->n_vertices, sizeof *s->u, err);
    s->bend = oik_new(model->n_vertices, sizeof *s->bend, err);
    s->moved = oik_new(model->n_vertices, sizeof *s->moved, err);
    s->normal = oik_new(model->n_vertices, sizeof *s->normal, err);
    s->owner = oik_new(model->n_vertices, sizeof *s->owner, err);
    s->shape = oik_new(model->n_modes, sizeof *s->shape, err);
    bool complete = s->part && s->u && s->bend && s->moved && s->normal && s->owner && s->shape;
    oik_status status = complete ? prepare(s, pairs, n_pairs, err) : OIK_E_MEMORY;
    if (status)
        oik_surfaces_free(s);
    else
        *out = s;
    return status;
}

void oik_surfaces_free(oik_surfaces *s) {
    if (!s)
        return;
    for (int p = 0; s->part && p < s->model->n_parts; p++) {
        free(s->part[p].faces);
        oik_box_tree_clear(&s->part[p].tree);
    }
    free(s->part);
    free(s->u);
    free(s->bend);
    free(s->moved);
    free(s->normal);
    free(s->owner);
    free(s->shape);
    free(s);
}

/* ---- following ---- */

static void set_bend(oik_surfaces *s, const oik_puppet *puppet, surface *p) {
    double farthest = 0.0;
    for (int32_t i = p->first; i < p->first + p->n_vertices; i++) {
        int32_t part = s->model->point_part[i];
        oik_vec3 before = s->bend[i];
        s->bend[i] = m3_tmulv(puppet->R[part], s->moved[i]);
        s->u[i] = v3_add(v3_sub(s->u[i], before), s->bend[i]);
        farthest = fmax(farthest, v3_dist(before, s->bend[i]));
    }
    p->way += farthest;
}

static void set_shape(oik_surfaces *s, surface *p) {
    double farthest = 0.0;
    for (int32_t i = p->first; i < p->first + p->n_vertices; i++) {
        oik_vec3 before = s->u[i];
        s->u[i] = v3_add(oik_puppet_local(s->shape, s->model, (size_t)i), s->bend[i]);
        farthest = fmax(farthest, v3_dist(before, s->u[i]));
    }
    p->way += farthest;
}

void oik_surfaces_follow(oik_surfaces *s, const oik_puppet *puppet) {
    const oik_skel_model *m = s->model;
    bool shaped = memcmp(s->shape, puppet->shape, m->n_modes * sizeof *s->shape) != 0;
    memcpy(s->shape, puppet->shape, m->n_modes * sizeof *s->shape);
    oik_flex_offsets(s->moved, puppet, m);
    for (int i = 0; i < m->n_parts; i++) {
        surface *p = &s->part[i];
        if (shaped)
            set_shape(s, p);
        if (p->bends)
            set_bend(s, puppet, p);
        if (p->n_faces > 0 && (p->bends || shaped))
            oik_box_tree_move(&p->tree, s->u, (const int32_t(*)[3])p->faces, p->n_faces);
    }
}

oik_vec3 oik_surfaces_bend(const oik_surfaces *s, int32_t vertex) {
    return s->bend[vertex];
}

oik_vec3 oik_surfaces_local(const oik_surfaces *s, int32_t vertex) {
    return s->u[vertex];
}

size_t oik_surfaces_vertices(int32_t *first, const oik_surfaces *s, int32_t part) {
    *first = s->part[part].first;
    return (size_t)s->part[part].n_vertices;
}

/* ---- what is near ---- */

/** One question. */
typedef struct search {
    const oik_surfaces *s;
    const surface *own, *other;
    oik_near_pair *pair;
    oik_mat3 R;          /**< takes the frame of the own part to that of the other one */
    oik_vec3 t;
    bool midline;        /**< both parts are in the midline, and do not glide */
    double reach, range; /**< range: as far as is looked [m] */
    oik_near_vertex *out;
    size_t n;
} search;

static oik_vec3 face_normal(const oik_surfaces *s, const int32_t v[3]) {
    return v3_unit(v3_cross(v3_sub(s->u[v[1]], s->u[v[0]]), v3_sub(s->u[v[2]], s->u[v[0]])));
}

static oik_vec3 normal_at(const oik_surfaces *s, const surface *p, const oik_box_hit *hit) {
    const int32_t *v = p->faces[hit->face];
    int k = (int)hit->feature;
    if (k <= OIK_CORNER_2)
        return s->normal[v[k]];
    if (k != OIK_INSIDE)
        return v3_unit(v3_add(s->normal[v[k - OIK_SIDE_0]], s->normal[v[(k - OIK_SIDE_0 + 1) % 3]]));
    return face_normal(s, v);
}

static int32_t nearest_corner(const oik_surfaces *s, const int32_t face[3], oik_vec3 point) {
    int32_t best = face[0];
    for (int k = 1; k < 3; k++)
        if (v3_dist(s->u[face[k]], point) < v3_dist(s->u[best], point))
            best = face[k];
    return best;
}

static void put(search *q, int32_t vertex, oik_vec3 y, const oik_box_hit *hit, oik_vec3 normal) {
    double distance = v3_dot(normal, v3_sub(y, hit->point));
    if (distance < q->reach)
        q->out[q->n++] = (oik_near_vertex){vertex, nearest_corner(q->s, q->other->faces[hit->face], hit->point), distance, hit->point, normal};
}

/** In the midline (midline.h), the nearest point and the normal become the mean of both sides, where these do not oppose each other. */
static void look_at_both_sides(oik_box_hit *hit, oik_vec3 *normal, const search *q, int32_t vertex, oik_vec3 y) {
    oik_box_hit left, right;
    if (!q->midline || !oik_in_midline(q->s->model, (size_t)vertex))
        return;
    oik_vec3 aside = oik_aside(q->s->model, q->pair->other);
    if (!oik_box_tree_nearest(&left, &q->other->tree, v3_add(y, aside), q->range * q->range) ||
        !oik_box_tree_nearest(&right, &q->other->tree, v3_sub(y, aside), q->range * q->range))
        return;
    oik_vec3 a = normal_at(q->s, q->other, &left), b = normal_at(q->s, q->other, &right);
    if (v3_dot(a, b) <= 0.0)
        return;
    *normal = v3_unit(v3_add(a, b));
    hit->point = v3_lerp(left.point, right.point, 0.5);
}

/** Distance of a vertex at y without a sign, the range when it is farther; it is put out when it is within reach and faces the surface. */
static double look_at_vertex(search *q, int32_t vertex, oik_vec3 y) {
    oik_box_hit hit, facing;
    if (!oik_box_tree_nearest(&hit, &q->other->tree, y, q->range * q->range))
        return q->range;
    oik_vec3 normal = normal_at(q->s, q->other, &hit), own = m3_mulv(q->R, q->s->normal[vertex]);
    look_at_both_sides(&hit, &normal, q, vertex, y);
    bool inside = v3_dot(normal, v3_sub(y, hit.point)) < 0.0;
    if (v3_dot(normal, own) < (inside && !q->pair->glides ? -OPPOSED : OPPOSED))
        put(q, vertex, y, &hit, normal);
    else if (q->pair->glides && oik_box_tree_nearest_facing(&facing, &q->other->tree, y, THICKNESS * THICKNESS, own, OPPOSED))
        put(q, vertex, y, &facing, face_normal(q->s, q->other->faces[facing.face]));
    return inside || q->pair->glides ? 0.0 : sqrt(hit.square);
}

static void visit_vertex(search *q, oik_seen_vertex *seen) {
    oik_vec3 y = v3_add(m3_mulv(q->R, q->s->u[seen->vertex]), q->t);
    if (seen->distance - v3_dist(y, seen->at) - (q->other->way - seen->way) >= q->reach)
        return;
    seen->distance = look_at_vertex(q, seen->vertex, y);
    seen->at = y;
    seen->way = q->other->way;
}

/** Is a vertex of a face the face's own, and one of those that count? Each vertex belongs to one face. */
static bool counts(const search *q, int32_t vertex, int32_t face) {
    return q->s->owner[vertex] == face && (!q->pair->glides || q->pair->glides[vertex - q->own->first]);
}

static void list_leaf(search *q, const oik_box_node *node) {
    for (int32_t i = node->first; i < node->first + node->n; i++) {
        int32_t face = q->own->tree.order[i];
        for (int k = 0; k < 3; k++)
            if (counts(q, q->own->faces[face][k], face))
                q->out[q->n++].vertex = q->own->faces[face][k];
    }
}

/** Put out the vertices of boxes within q->pair->listed. known: a point of the other surface, or NULL. Recursion: the depth of the tree. */
static void list_node(search *q, int32_t index, const oik_vec3 *known) {
    const oik_box_node *node = &q->own->tree.nodes[index];
    oik_vec3 half = v3_scale(v3_sub(node->hi, node->lo), 0.5), centre = v3_add(m3_mulv(q->R, v3_add(node->lo, half)), q->t);
    double limit = v3_norm(half) + q->pair->listed;
    oik_box_hit hit;
    if (!known || v3_dist(*known, centre) > limit) {
        if (!oik_box_tree_any(&hit, &q->other->tree, centre, limit * limit))
            return;
        known = &hit.point;
    }
    if (node->n > 0) {
        list_leaf(q, node);
        return;
    }
    list_node(q, index + 1, known);
    list_node(q, node->right, known);
}

/** How far vertices of the own part may have moved in the frame of the other one, or its surface there, since they were listed [m]. */
static double moved(const search *q) {
    const oik_box_node *all = &q->own->tree.nodes[0];
    double farthest = 0.0;
    for (int i = 0; i < 8; i++) { /* a rigid motion moves a corner of a box the farthest */
        oik_vec3 u = v3(i & 1 ? all->hi.x : all->lo.x, i & 2 ? all->hi.y : all->lo.y, i & 4 ? all->hi.z : all->lo.z);
        oik_vec3 before = v3_add(m3_mulv(q->pair->R, u), q->pair->t), now = v3_add(m3_mulv(q->R, u), q->t);
        farthest = fmax(farthest, v3_dist(before, now));
    }
    return farthest + q->own->way + q->other->way - q->pair->way;
}

/** List what may come near before the parts have moved by ROOM. */
static oik_status list_vertices(search *q, oik_error *err) {
    oik_near_pair *pair = q->pair;
    pair->listed = q->range + ROOM;
    pair->R = q->R;
    pair->t = q->t;
    pair->way = q->own->way + q->other->way;
    list_node(q, 0, NULL);
    if (q->n > pair->room) {
        oik_seen_vertex *seen = oik_resize(pair->seen, q->n, sizeof *seen, err);
        if (!seen) {
            pair->listed = 0.0;
            return OIK_E_MEMORY;
        }
        pair->seen = seen;
        pair->room = q->n;
    }
    pair->n_seen = q->n;
    for (size_t i = 0; i < q->n; i++)
        pair->seen[i] = (oik_seen_vertex){.vertex = q->out[i].vertex};
    q->n = 0;
    return OIK_OK;
}

oik_status oik_surfaces_near(oik_near_vertex *out, size_t *n, oik_near_pair *pair, const oik_surfaces *s, const oik_puppet *puppet,
                             double reach, oik_error *err) {
    search q = {.s = s, .own = &s->part[pair->own], .other = &s->part[pair->other], .pair = pair, .reach = reach,
                .range = reach + SLACK, .out = out};
    *n = 0;
    if (q.own->n_faces == 0 || q.other->n_faces == 0)
        return OIK_OK;
    q.midline = !pair->glides && s->model->part_mirror[pair->own] == pair->own && s->model->part_mirror[pair->other] == pair->other;
    q.R = m3_tmul(puppet->R[pair->other], puppet->R[pair->own]);
    q.t = m3_tmulv(puppet->R[pair->other], v3_sub(puppet->t[pair->own], puppet->t[pair->other]));
    if (pair->listed == 0.0 || q.range + moved(&q) > pair->listed) {
        oik_status status = list_vertices(&q, err);
        if (status)
            return status;
    }
    for (size_t i = 0; i < pair->n_seen; i++)
        visit_vertex(&q, &pair->seen[i]);
    *n = q.n;
    return OIK_OK;
}

oik_status oik_surfaces_glide(oik_near_pair *pair, const oik_surfaces *s, oik_error *err) {
    const oik_skel_model *m = s->model;
    const surface *own = &s->part[pair->own], *other = &s->part[pair->other];
    oik_mat3 R = m3_tmul(m->rest_R[pair->other], m->rest_R[pair->own]);
    oik_vec3 t = m3_tmulv(m->rest_R[pair->other], v3_sub(m->rest_t[pair->own], m->rest_t[pair->other]));
    pair->glides = oik_new((size_t)own->n_vertices, sizeof *pair->glides, err);
    if (!pair->glides)
        return OIK_E_MEMORY;
    for (int32_t i = 0; i < own->n_vertices && other->n_faces > 0; i++) {
        oik_vec3 y = v3_add(m3_mulv(R, s->u[own->first + i]), t), normal = m3_mulv(R, s->normal[own->first + i]);
        oik_box_hit hit;
        pair->glides[i] = oik_box_tree_nearest(&hit, &other->tree, y, FACING * FACING) && v3_dot(normal_at(s, other, &hit), normal) < 0.0;
    }
    return OIK_OK;
}

void oik_near_pair_clear(oik_near_pair *pair) {
    free(pair->glides);
    free(pair->seen);
    *pair = (oik_near_pair){.own = pair->own, .other = pair->other};
}
