/**
 * A tree of axis-aligned boxes over triangles.
 *
 * Built from the top by halving the triangles at the median centroid along the longest axis, so that its depth is at most
 * log2(n) + 1. The search goes into the nearer child first and leaves out boxes that are farther than the best point so far.
 */
#include "mesh/box_tree.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mesh/near_order.h"

enum { LEAF_SIZE = 4, MAX_DEPTH = 40 }; /* 2^31 triangles halve 31 times */

/** What the builder shares between its steps. */
typedef struct builder {
    oik_box_tree tree;
    const oik_vec3 *vertices;
    const int32_t (*faces)[3];
    oik_vec3 *centres; /**< n_faces centres of the triangles' bounds */
} builder;

static void triangle_bounds(oik_vec3 *lo, oik_vec3 *hi, const builder *b, int32_t face) {
    const int32_t *f = b->faces[face];
    *lo = v3_min(v3_min(b->vertices[f[0]], b->vertices[f[1]]), b->vertices[f[2]]);
    *hi = v3_max(v3_max(b->vertices[f[0]], b->vertices[f[1]]), b->vertices[f[2]]);
}

static void fit_leaf(const builder *b, oik_box_node *node) {
    triangle_bounds(&node->lo, &node->hi, b, b->tree.order[node->first]);
    for (int32_t i = 1; i < node->n; i++) {
        oik_vec3 lo, hi;
        triangle_bounds(&lo, &hi, b, b->tree.order[node->first + i]);
        node->lo = v3_min(node->lo, lo);
        node->hi = v3_max(node->hi, hi);
    }
}

/** Build the subtree of order[first .. first + n - 1] behind the nodes there are; its number. Depth log2(n). */
static int32_t build_node(builder *b, int32_t first, int32_t n) {
    int32_t index = b->tree.n_nodes++;
    oik_box_node *node = &b->tree.nodes[index];
    if (n <= LEAF_SIZE) {
        *node = (oik_box_node){.first = first, .n = n};
        fit_leaf(b, node);
        return index;
    }
    int32_t half = n / 2;
    oik_halve(b->tree.order + first, n, b->centres);
    const oik_box_node *left = &b->tree.nodes[build_node(b, first, half)];
    int32_t right = build_node(b, first + half, n - half);
    const oik_box_node *other = &b->tree.nodes[right];
    *node = (oik_box_node){.lo = v3_min(left->lo, other->lo), .hi = v3_max(left->hi, other->hi), .first = first, .right = right};
    return index;
}

static void fill_triangles(builder *b, size_t n_faces) {
    for (size_t f = 0; f < n_faces; f++) {
        oik_vec3 lo, hi;
        triangle_bounds(&lo, &hi, b, (int32_t)f);
        b->centres[f] = v3_lerp(lo, hi, 0.5);
        b->tree.order[f] = (int32_t)f;
    }
    build_node(b, 0, (int32_t)n_faces);
    for (size_t i = 0; i < n_faces; i++)
        for (int k = 0; k < 3; k++)
            b->tree.corners[i][k] = b->vertices[b->faces[b->tree.order[i]][k]];
}

oik_status oik_box_tree_init(oik_box_tree *out, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    /* leaves hold at least (LEAF_SIZE + 1) / 2 triangles, unless there is only one leaf; a binary tree has fewer inner nodes than leaves */
    size_t max_leaves = n_faces / ((LEAF_SIZE + 1) / 2) + 1;
    builder b = {.vertices = vertices, .faces = faces};
    b.tree.nodes = oik_new(2 * max_leaves, sizeof *b.tree.nodes, err);
    b.tree.order = b.tree.nodes ? oik_new(n_faces, sizeof *b.tree.order, err) : NULL;
    b.tree.corners = b.tree.order ? oik_new(n_faces, sizeof *b.tree.corners, err) : NULL;
    b.centres = b.tree.corners ? oik_new(n_faces, sizeof *b.centres, err) : NULL;
    if (!b.centres) {
        oik_box_tree_clear(&b.tree);
        return OIK_E_MEMORY;
    }
    fill_triangles(&b, n_faces);
    free(b.centres);
    *out = b.tree;
    return OIK_OK;
}

/** Bounds of a leaf from its stored corners. */
static void refit_leaf(oik_box_node *node, oik_vec3 (*corners)[3]) {
    node->lo = node->hi = corners[node->first][0];
    for (int32_t i = node->first; i < node->first + node->n; i++)
        for (int k = 0; k < 3; k++) {
            node->lo = v3_min(node->lo, corners[i][k]);
            node->hi = v3_max(node->hi, corners[i][k]);
        }
}

void oik_box_tree_move(oik_box_tree *tree, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    for (size_t i = 0; i < n_faces; i++)
        for (int k = 0; k < 3; k++)
            tree->corners[i][k] = vertices[faces[tree->order[i]][k]];
    for (int32_t index = tree->n_nodes - 1; index >= 0; index--) { /* children come after their parent */
        oik_box_node *node = &tree->nodes[index];
        if (node->n > 0) {
            refit_leaf(node, tree->corners);
            continue;
        }
        node->lo = v3_min(tree->nodes[index + 1].lo, tree->nodes[node->right].lo);
        node->hi = v3_max(tree->nodes[index + 1].hi, tree->nodes[node->right].hi);
    }
}

void oik_box_tree_clear(oik_box_tree *tree) {
    free(tree->nodes);
    free(tree->order);
    free(tree->corners);
    *tree = (oik_box_tree){0};
}

/** A point of a side or corner as an answer. */
static oik_box_hit hit_at(oik_vec3 point, oik_vec3 p, oik_feature feature) {
    oik_vec3 d = v3_sub(p, point);
    return (oik_box_hit){.point = point, .square = v3_dot(d, d), .feature = feature};
}

/* share of its terms below which an area counts as none: what is left by rounding, and triangles a ten-millionth as high as long */
static const double NO_AREA = 1e-14;

/**
 * Nearest point on a triangle by the region of its plane that p projects to: a corner, a side or the inside, also for triangles of no area
 * (C. Ericson, Real-Time Collision Detection, Morgan Kaufmann 2005, section 5.1.5).
 *
 *   A1 .. C2 = ab . ap, ac . ap, ab . bp, ac . bp, ab . cp, ac . cp      on_c = |n|^2 times the share of corner c in the projection of p
 */
static oik_box_hit nearest_on_triangle(const oik_vec3 corner[3], oik_vec3 p) {
    oik_vec3 a = corner[0], b = corner[1], c = corner[2], ab = v3_sub(b, a), ac = v3_sub(c, a);
    oik_vec3 ap = v3_sub(p, a), bp = v3_sub(p, b), cp = v3_sub(p, c);
    double A1 = v3_dot(ab, ap), A2 = v3_dot(ac, ap), B1 = v3_dot(ab, bp), B2 = v3_dot(ac, bp), C1 = v3_dot(ab, cp), C2 = v3_dot(ac, cp);
    if (A1 <= 0.0 && A2 <= 0.0)
        return hit_at(a, p, OIK_CORNER_0);
    if (B1 >= 0.0 && B2 <= B1)
        return hit_at(b, p, OIK_CORNER_1);
    if (C2 >= 0.0 && C1 <= C2)
        return hit_at(c, p, OIK_CORNER_2);
    double on_a = B1 * C2 - C1 * B2, on_b = C1 * A2 - A1 * C2, on_c = A1 * B2 - B1 * A2;
    if (on_c <= NO_AREA * fabs(A1 * B2) && A1 > 0.0 && B1 <= 0.0)
        return hit_at(v3_madd(a, A1 / (A1 - B1), ab), p, OIK_SIDE_0);
    if (on_b <= NO_AREA * fabs(A1 * C2) && A2 > 0.0 && C2 <= 0.0)
        return hit_at(v3_madd(a, A2 / (A2 - C2), ac), p, OIK_SIDE_2);
    if (on_a <= NO_AREA * fabs(C1 * B2) && B2 >= B1 && C1 >= C2)
        return hit_at(v3_lerp(b, c, (B2 - B1) / (B2 - B1 + C1 - C2)), p, OIK_SIDE_1);
    oik_vec3 n = v3_cross(ab, ac);
    double square = v3_dot(n, n);
    if (square < DBL_MIN) /* underflow of what is no needle: all corners are one place */
        return hit_at(a, p, OIK_CORNER_0);
    double height = v3_dot(ap, n) / square; /* in lengths of n */
    return (oik_box_hit){.point = v3_madd(p, -height, n), .square = height * height * square, .feature = OIK_INSIDE};
}

/** Squared distance from p to a box, 0 inside. */
static double box_square(const oik_box_node *node, oik_vec3 p) {
    oik_vec3 below = v3_sub(node->lo, p), above = v3_sub(p, node->hi);
    double x = below.x > above.x ? below.x : above.x, y = below.y > above.y ? below.y : above.y,
           z = below.z > above.z ? below.z : above.z;
    x = x > 0.0 ? x : 0.0, y = y > 0.0 ? y : 0.0, z = z > 0.0 ? z : 0.0;
    return x * x + y * y + z * z;
}

/** Triangles that count: those whose normal has a product with a direction below a limit. NULL: all. */
typedef struct facing {
    oik_vec3 direction;
    double limit;
    double product; /**< of the best one so far */
} facing;

/* Triangles that meet in the nearest point are equally near but for rounding, of squared distances about this share; the one that faces
 * the direction most squarely is taken, not that which rounding or the order of the tree prefers: mirror images stay mirror images. */
static const double SAME = 1e-9;

static double product(const facing *wanted, const oik_vec3 corner[3]) {
    return v3_dot(v3_unit(v3_cross(v3_sub(corner[1], corner[0]), v3_sub(corner[2], corner[0]))), wanted->direction);
}

/** Squared distance up to which there may be a better one than the best so far. */
static double search_limit(const oik_box_hit *best, const facing *wanted) {
    return wanted && wanted->product < wanted->limit ? best->square * (1.0 + SAME) : best->square;
}

/** Is a triangle's hit better than the best so far? */
static bool is_better(const oik_box_hit *hit, const oik_box_hit *best, facing *wanted, const oik_vec3 corner[3]) {
    if (hit->square > search_limit(best, wanted))
        return false;
    if (!wanted)
        return true;
    double own = product(wanted, corner);
    if (own >= wanted->limit || (hit->square >= best->square * (1.0 - SAME) && own >= wanted->product))
        return false;
    wanted->product = own;
    return true;
}

static int search_leaf(oik_box_hit *best, const oik_box_tree *tree, const oik_box_node *leaf, oik_vec3 p, facing *wanted) {
    int found = 0;
    for (int32_t i = leaf->first; i < leaf->first + leaf->n; i++) {
        oik_box_hit hit = nearest_on_triangle((const oik_vec3 *)tree->corners[i], p);
        if (!is_better(&hit, best, wanted, (const oik_vec3 *)tree->corners[i]))
            continue;
        *best = hit;
        best->face = tree->order[i];
        found = 1;
    }
    return found;
}

/** first: any one will do. */
static int search(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square, facing *wanted, bool first) {
    struct {
        int32_t node;
        double square;
    } stack[MAX_DEPTH];
    int depth = 0, found = 0;
    oik_box_hit best = {.square = max_square};
    stack[depth].node = 0;
    stack[depth++].square = box_square(&tree->nodes[0], p);
    while (depth > 0 && !(first && found)) {
        depth--;
        if (stack[depth].square > search_limit(&best, wanted))
            continue;
        int32_t index = stack[depth].node;
        const oik_box_node *node = &tree->nodes[index];
        if (node->n > 0) {
            found |= search_leaf(&best, tree, node, p, wanted);
            continue;
        }
        int32_t near_child = index + 1, far_child = node->right;
        double near_square = box_square(&tree->nodes[near_child], p), far_square = box_square(&tree->nodes[far_child], p);
        if (far_square < near_square) {
            int32_t child = near_child;
            near_child = far_child, far_child = child;
            double square = near_square;
            near_square = far_square, far_square = square;
        }
        /* each level leaves one node behind, so that the stack is never higher than the tree */
        stack[depth].node = far_child, stack[depth++].square = far_square;
        stack[depth].node = near_child, stack[depth++].square = near_square;
    }
    if (found)
        *out = best;
    return found;
}

int oik_box_tree_nearest(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square) {
    return search(out, tree, p, max_square, NULL, false);
}

int oik_box_tree_nearest_facing(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square, oik_vec3 direction, double limit) {
    facing wanted = {direction, limit, limit};
    return search(out, tree, p, max_square, &wanted, false);
}

int oik_box_tree_any(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square) {
    return search(out, tree, p, max_square, NULL, true);
}
