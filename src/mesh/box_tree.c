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

static int longest_axis(const builder *b, int32_t first, int32_t n) {
    oik_vec3 lo = b->centres[b->tree.order[first]], hi = lo;
    for (int32_t i = 1; i < n; i++) {
        lo = v3_min(lo, b->centres[b->tree.order[first + i]]);
        hi = v3_max(hi, b->centres[b->tree.order[first + i]]);
    }
    oik_vec3 d = v3_sub(hi, lo);
    return d.x >= d.y && d.x >= d.z ? 0 : d.y >= d.z ? 1 : 2;
}

/** Move the k smallest centres along axis to the front of order[0 .. n - 1] (Hoare, Comm. ACM 4 (1961) 321). */
static void select_smallest(int32_t *order, int32_t n, int32_t k, const oik_vec3 *centres, int axis) {
    int32_t left = 0, right = n - 1;
    while (left < right) {
        double pivot = v3_get(centres[order[left + (right - left) / 2]], axis);
        int32_t i = left, j = right;
        while (i <= j) {
            while (v3_get(centres[order[i]], axis) < pivot)
                i++;
            while (v3_get(centres[order[j]], axis) > pivot)
                j--;
            if (i > j)
                break;
            int32_t swap = order[i];
            order[i++] = order[j];
            order[j--] = swap;
        }
        if (k <= j)
            right = j;
        else if (k >= i)
            left = i;
        else
            return;
    }
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
    select_smallest(b->tree.order + first, n, half, b->centres, longest_axis(b, first, n));
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

/** Nearest point on the side from a to b, as a fraction of the way. */
static double fraction_on_side(oik_vec3 a, oik_vec3 b, oik_vec3 p) {
    oik_vec3 d = v3_sub(b, a);
    double square = v3_dot(d, d);
    double t = square > 0.0 ? v3_dot(v3_sub(p, a), d) / square : 0.0;
    return t > 0.0 ? t < 1.0 ? t : 1.0 : 0.0;
}

/** Nearest point on the three sides of a triangle; works for triangles of no area too. */
static oik_box_hit nearest_on_sides(const oik_vec3 corner[3], oik_vec3 p) {
    oik_box_hit best = {.square = HUGE_VAL};
    for (int k = 0; k < 3; k++) {
        int next = (k + 1) % 3;
        double t = fraction_on_side(corner[k], corner[next], p);
        oik_vec3 point = v3_lerp(corner[k], corner[next], t);
        oik_vec3 d = v3_sub(p, point);
        if (v3_dot(d, d) >= best.square)
            continue;
        int feature = t <= 0.0 ? OIK_CORNER_0 + k : t >= 1.0 ? OIK_CORNER_0 + next : OIK_SIDE_0 + k;
        best = (oik_box_hit){.point = point, .square = v3_dot(d, d), .feature = (oik_feature)feature};
    }
    return best;
}

/**
 * Nearest point on a triangle: the foot of the perpendicular when it is inside, else a point of the sides.
 * The foot is inside when p is on the inner side of the three planes that stand on the sides along the normal.
 */
static oik_box_hit nearest_on_triangle(const oik_vec3 corner[3], oik_vec3 p) {
    oik_vec3 ab = v3_sub(corner[1], corner[0]), ac = v3_sub(corner[2], corner[0]);
    oik_vec3 n = v3_cross(ab, ac);
    oik_vec3 ap = v3_sub(p, corner[0]), bp = v3_sub(p, corner[1]);
    double square = v3_dot(n, n);
    int inside = v3_dot(n, v3_cross(ab, ap)) > 0.0 && v3_dot(n, v3_cross(v3_sub(corner[2], corner[1]), bp)) > 0.0 &&
                 v3_dot(n, v3_cross(ap, ac)) > 0.0 && square > DBL_MIN;
    if (!inside)
        return nearest_on_sides(corner, p);
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
} facing;

static bool counts(const facing *wanted, const oik_vec3 corner[3]) {
    if (!wanted)
        return true;
    oik_vec3 n = v3_unit(v3_cross(v3_sub(corner[1], corner[0]), v3_sub(corner[2], corner[0])));
    return v3_dot(n, wanted->direction) < wanted->limit;
}

static int search_leaf(oik_box_hit *best, const oik_box_tree *tree, const oik_box_node *leaf, oik_vec3 p, const facing *wanted) {
    int found = 0;
    for (int32_t i = leaf->first; i < leaf->first + leaf->n; i++) {
        if (!counts(wanted, (const oik_vec3 *)tree->corners[i]))
            continue;
        oik_box_hit hit = nearest_on_triangle((const oik_vec3 *)tree->corners[i], p);
        if (hit.square > best->square)
            continue;
        *best = hit;
        best->face = tree->order[i];
        found = 1;
    }
    return found;
}

static int search(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square, const facing *wanted) {
    struct {
        int32_t node;
        double square;
    } stack[MAX_DEPTH];
    int depth = 0, found = 0;
    oik_box_hit best = {.square = max_square};
    stack[depth].node = 0;
    stack[depth++].square = box_square(&tree->nodes[0], p);
    while (depth > 0) {
        depth--;
        if (stack[depth].square > best.square)
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
    return search(out, tree, p, max_square, NULL);
}

int oik_box_tree_nearest_facing(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square, oik_vec3 direction, double limit) {
    const facing wanted = {direction, limit};
    return search(out, tree, p, max_square, &wanted);
}

int oik_box_tree_touches(const oik_box_tree *tree, oik_vec3 p, double max_square) {
    int32_t stack[MAX_DEPTH];
    int depth = 0;
    stack[depth++] = 0;
    while (depth > 0) {
        const oik_box_node *node = &tree->nodes[stack[--depth]];
        if (box_square(node, p) > max_square)
            continue;
        if (node->n > 0)
            return 1;
        int32_t left = (int32_t)(node - tree->nodes) + 1;
        bool left_first = box_square(&tree->nodes[left], p) <= box_square(&tree->nodes[node->right], p);
        stack[depth++] = left_first ? node->right : left;
        stack[depth++] = left_first ? left : node->right;
    }
    return 0;
}
