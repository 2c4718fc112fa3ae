/* The tree of boxes against all triangles: nearest points, those that face a direction, any within a distance, moved triangles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mesh/box_tree.h"
#include "support/failing_malloc.h"
#include "support/random.h"

/* Positions of about 1 and some operations; squares of distances up to 10. */
static const double ROUNDING = 1e-13;

enum { QUESTIONS = 400 };
static const size_t sizes[] = {1, 2, 4, 5, 9, 60, 700};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* Triangles that hang in space, each with its own corners. */
typedef struct soup {
    size_t n_faces;
    oik_vec3 *vertices;
    int32_t (*faces)[3];
    oik_box_tree tree;
} soup;

static void scatter(soup *s, uint64_t seed) {
    for (size_t f = 0; f < s->n_faces; f++) {
        oik_vec3 centre = random_vec3(&seed);
        for (int k = 0; k < 3; k++)
            s->vertices[s->faces[f][k]] = v3_madd(centre, 0.2, random_vec3(&seed));
    }
}

static soup soup_new(size_t n_faces, uint64_t seed) {
    soup s = {n_faces, calloc(3 * n_faces, sizeof *s.vertices), calloc(n_faces, sizeof *s.faces), {0}};
    assert_non_null(s.vertices);
    assert_non_null(s.faces);
    for (size_t f = 0; f < n_faces; f++)
        for (size_t k = 0; k < 3; k++)
            s.faces[f][k] = (int32_t)(3 * (n_faces - 1 - f) + (k + f) % 3); /* not in the order of the vertices */
    scatter(&s, seed);
    assert_int_equal(oik_box_tree_init(&s.tree, s.vertices, (const int32_t(*)[3])s.faces, n_faces, NULL), OIK_OK);
    return s;
}

static void soup_free(soup *s) {
    oik_box_tree_clear(&s->tree);
    free(s->vertices);
    free(s->faces);
}

static oik_vec3 corner(const soup *s, size_t f, int k) {
    return s->vertices[s->faces[f][k]];
}

static oik_vec3 nearest_on_side(oik_vec3 a, oik_vec3 b, oik_vec3 p) {
    oik_vec3 d = v3_sub(b, a);
    double square = v3_dot(d, d);
    return v3_madd(a, square > 0.0 ? fmin(fmax(v3_dot(v3_sub(p, a), d) / square, 0.0), 1.0) : 0.0, d);
}

/* The foot of the perpendicular where it is within the three sides, else the nearest of their points: not the way of box_tree.c. */
static oik_vec3 nearest_on(oik_vec3 a, oik_vec3 b, oik_vec3 c, oik_vec3 p) {
    const oik_vec3 corners[] = {a, b, c};
    oik_vec3 n = v3_unit(v3_cross(v3_sub(b, a), v3_sub(c, a))), foot = v3_madd(p, -v3_dot(v3_sub(p, a), n), n), best = a;
    bool inside = v3_norm(n) > 0.0;
    for (int k = 0; k < 3; k++) {
        oik_vec3 from = corners[k], to = corners[(k + 1) % 3], q = nearest_on_side(from, to, p);
        inside = inside && v3_dot(n, v3_cross(v3_sub(to, from), v3_sub(foot, from))) >= 0.0;
        best = v3_dist(p, q) < v3_dist(p, best) ? q : best;
    }
    return inside ? foot : best;
}

static double square_to(const soup *s, size_t f, oik_vec3 p) {
    oik_vec3 d = v3_sub(p, nearest_on(corner(s, f, 0), corner(s, f, 1), corner(s, f, 2), p));
    return v3_dot(d, d);
}

static oik_vec3 normal_of(const soup *s, size_t f) {
    return v3_unit(v3_cross(v3_sub(corner(s, f, 1), corner(s, f, 0)), v3_sub(corner(s, f, 2), corner(s, f, 0))));
}

/* Least squared distance to the triangles whose normal has a product with d below the limit; HUGE_VAL when there is none. */
static double least_square(const soup *s, oik_vec3 p, oik_vec3 d, double limit) {
    double least = HUGE_VAL;
    for (size_t f = 0; f < s->n_faces; f++)
        if (v3_dot(normal_of(s, f), d) < limit)
            least = fmin(least, square_to(s, f, p));
    return least;
}

/* The corner, side or inside that a hit names has its point. */
static void assert_feature(const soup *s, const oik_box_hit *hit) {
    int k = (int)hit->feature, side = k - OIK_SIDE_0;
    size_t f = (size_t)hit->face;
    if (k <= OIK_CORNER_2)
        assert_true(v3_dist(hit->point, corner(s, f, k)) < ROUNDING);
    else if (k != OIK_INSIDE) {
        oik_vec3 a = corner(s, f, side), b = corner(s, f, (side + 1) % 3);
        assert_true(fabs(v3_dist(a, hit->point) + v3_dist(hit->point, b) - v3_dist(a, b)) < ROUNDING);
    } else {
        /* a foot of a perpendicular near a sliver's side is off by the sliver's conditioning, 1e3 here */
        assert_true(fabs(v3_dot(normal_of(s, f), v3_sub(hit->point, corner(s, f, 0)))) < 1e3 * ROUNDING);
    }
}

static void assert_hit(const soup *s, const oik_box_hit *hit, oik_vec3 p, double square) {
    assert_true(hit->face >= 0 && (size_t)hit->face < s->n_faces);
    assert_true(fabs(hit->square - square) < ROUNDING);
    assert_true(fabs(square_to(s, (size_t)hit->face, p) - square) < ROUNDING);
    assert_true(fabs(v3_dist(p, hit->point) - sqrt(square)) < 1e3 * ROUNDING);
    assert_feature(s, hit);
}

/* Also with a limit just within and just beyond what there is. */
static void check_nearest(const soup *s, uint64_t seed) {
    const oik_vec3 any = v3(1, 0, 0);
    for (int i = 0; i < QUESTIONS; i++) {
        oik_vec3 p = v3_scale(random_vec3(&seed), 1.6);
        double square = least_square(s, p, any, 2.0);
        oik_box_hit hit;
        assert_true(oik_box_tree_nearest(&hit, &s->tree, p, HUGE_VAL));
        assert_hit(s, &hit, p, square);
        assert_true(oik_box_tree_nearest(&hit, &s->tree, p, square + 1e-9));
        assert_false(oik_box_tree_nearest(&hit, &s->tree, p, square - 1e-9));
    }
}

static void the_nearest_point_is_that_of_all_triangles(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        soup s = soup_new(sizes[i], 10 + i);
        check_nearest(&s, 3 * i + 1);
        soup_free(&s);
    }
}

static void moved_triangles_are_found_where_they_are(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        soup s = soup_new(sizes[i], 20 + i);
        scatter(&s, 70 + i);
        oik_box_tree_move(&s.tree, s.vertices, (const int32_t(*)[3])s.faces, s.n_faces);
        check_nearest(&s, 5 * i + 2);
        soup_free(&s);
    }
}

/* @return how many questions had an answer */
static int check_facing(const soup *s, uint64_t seed, double limit) {
    int n_found = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        oik_vec3 p = v3_scale(random_vec3(&seed), 1.3), d = v3_unit(random_vec3(&seed));
        double square = least_square(s, p, d, limit);
        oik_box_hit hit;
        int found = oik_box_tree_nearest_facing(&hit, &s->tree, p, 0.25, d, limit);
        assert_int_equal(found, square <= 0.25);
        if (!found)
            continue;
        n_found++;
        assert_true(v3_dot(normal_of(s, (size_t)hit.face), d) < limit);
        assert_hit(s, &hit, p, square);
    }
    return n_found;
}

static void of_those_that_face_a_direction_the_nearest_is_found(void **state) {
    (void)state;
    const double limits[] = {-0.25, 0.5, -0.9};
    int n_found = 0;
    for (size_t i = 0; i < N_SIZES; i++) {
        soup s = soup_new(sizes[i], 40 + i);
        for (size_t k = 0; k < 3; k++)
            n_found += check_facing(&s, 11 * i + k, limits[k]);
        soup_free(&s);
    }
    assert_true(n_found > QUESTIONS && n_found < (int)N_SIZES * 3 * QUESTIONS); /* both answers come up */
}

static void no_triangle_faces_beyond_any_product(void **state) {
    (void)state;
    soup s = soup_new(60, 4);
    oik_box_hit hit;
    assert_false(oik_box_tree_nearest_facing(&hit, &s.tree, v3(0, 0, 0), HUGE_VAL, v3(0, 1, 0), -1.1));
    soup_free(&s);
}

/* Two slopes that meet in a valley, and their mirror image with the faces in the other order: the point above the edge is as near to both. */
static void of_two_that_meet_the_one_that_faces_more_squarely_is_found(void **state) {
    (void)state;
    const oik_vec3 p = {0, 0.3, 0.25}, d = v3_unit(v3(0.2, -1, 0));
    double x_of_normal[2];
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        double sign = mirrored ? -1.0 : 1.0;
        oik_vec3 vertices[4] = {{0, 0, -1}, {0, 0, 2}, {sign * 0.7, -0.1, 0.1}, {sign * -0.7, -0.3, 0.2}};
        const int32_t faces[2][2][3] = {{{0, 1, 2}, {1, 0, 3}}, {{0, 1, 3}, {1, 0, 2}}};
        oik_box_tree tree;
        oik_box_hit hit;
        assert_int_equal(oik_box_tree_init(&tree, vertices, faces[mirrored], 2, NULL), OIK_OK);
        assert_true(oik_box_tree_nearest_facing(&hit, &tree, p, 1.0, v3(sign * d.x, d.y, d.z), 0.0));
        const int32_t *f = faces[mirrored][hit.face];
        oik_vec3 n = v3_unit(v3_cross(v3_sub(vertices[f[1]], vertices[f[0]]), v3_sub(vertices[f[2]], vertices[f[0]])));
        x_of_normal[mirrored] = sign * n.x;
        assert_true(fabs(hit.square - 0.09) < ROUNDING);
        oik_box_tree_clear(&tree);
    }
    assert_true(fabs(x_of_normal[0] - x_of_normal[1]) < ROUNDING);
}

static void any_is_within_the_distance_when_there_is_one(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        soup s = soup_new(sizes[i], 60 + i);
        uint64_t seed = 90 + i;
        for (int q = 0; q < QUESTIONS; q++) {
            oik_vec3 p = v3_scale(random_vec3(&seed), 1.6);
            double square = least_square(&s, p, v3(1, 0, 0), 2.0), wide = square + 0.1 * fabs(random_signed(&seed));
            oik_box_hit hit;
            assert_true(oik_box_tree_any(&hit, &s.tree, p, square + 1e-9));
            assert_true(oik_box_tree_any(&hit, &s.tree, p, wide));
            assert_true(hit.square <= wide && fabs(v3_dot(v3_sub(hit.point, p), v3_sub(hit.point, p)) - hit.square) < ROUNDING);
            assert_true(square_to(&s, (size_t)hit.face, hit.point) < ROUNDING);
            assert_false(oik_box_tree_any(&hit, &s.tree, p, square - fmin(1e-9, 0.5 * square)));
        }
        soup_free(&s);
    }
}

/* All three corners on one line, in every order along it, two of them or all the same place. */
static void triangles_without_area_are_their_longest_side(void **state) {
    (void)state;
    static const double along[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {1, 1, 1}};
    uint64_t seed = 5;
    for (size_t i = 0; i < sizeof along / sizeof *along; i++)
        for (int q = 0; q < QUESTIONS; q++) {
            oik_vec3 from = random_vec3(&seed), way = random_vec3(&seed), p = v3_scale(random_vec3(&seed), 2.0), corners[3];
            const int32_t face[1][3] = {{0, 1, 2}};
            double low = fmin(along[i][0], fmin(along[i][1], along[i][2])), high = fmax(along[i][0], fmax(along[i][1], along[i][2]));
            oik_box_tree tree;
            oik_box_hit hit;
            for (int k = 0; k < 3; k++)
                corners[k] = v3_madd(from, along[i][k], way);
            assert_int_equal(oik_box_tree_init(&tree, corners, face, 1, NULL), OIK_OK);
            assert_true(oik_box_tree_nearest(&hit, &tree, p, HUGE_VAL));
            assert_true(v3_dist(hit.point, nearest_on_side(v3_madd(from, low, way), v3_madd(from, high, way), p)) < ROUNDING);
            oik_box_tree_clear(&tree);
        }
}

/* Every triangle is in one leaf, and within all boxes above it. */
static void check_boxes(const soup *s) {
    int *seen = calloc(s->n_faces, sizeof *seen);
    assert_non_null(seen);
    for (int32_t i = 0; i < s->tree.n_nodes; i++) {
        const oik_box_node *node = &s->tree.nodes[i];
        for (int32_t e = node->first; e < node->first + node->n; e++) {
            int32_t f = s->tree.order[e];
            seen[f]++;
            for (int k = 0; k < 3; k++) {
                oik_vec3 p = corner(s, (size_t)f, k), inside = v3_min(v3_max(p, node->lo), node->hi);
                assert_true(v3_dist(s->tree.corners[e][k], p) == 0.0 && v3_dist(p, inside) == 0.0);
            }
        }
        for (int side = 0; side < 2 && node->n == 0; side++) {
            const oik_box_node *child = &s->tree.nodes[side ? node->right : i + 1];
            assert_true(v3_dist(v3_min(child->lo, node->lo), node->lo) == 0.0 && v3_dist(v3_max(child->hi, node->hi), node->hi) == 0.0);
        }
    }
    for (size_t f = 0; f < s->n_faces; f++)
        assert_int_equal(seen[f], 1);
    free(seen);
}

static void every_triangle_is_in_one_leaf(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        soup s = soup_new(sizes[i], 80 + i);
        check_boxes(&s);
        scatter(&s, 5);
        oik_box_tree_move(&s.tree, s.vertices, (const int32_t(*)[3])s.faces, s.n_faces);
        check_boxes(&s);
        soup_free(&s);
    }
}

static void lack_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    soup s = soup_new(9, 3);
    oik_box_tree tree = {0};
    failing_malloc_arm(-1);
    assert_int_equal(oik_box_tree_init(&tree, s.vertices, (const int32_t(*)[3])s.faces, s.n_faces, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_box_tree_clear(&tree);
    assert_true(n > 0);
    for (long k = 0; k < n; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_box_tree_init(&tree, s.vertices, (const int32_t(*)[3])s.faces, s.n_faces, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(tree.nodes);
    }
    oik_box_tree_clear(&tree); /* twice is once */
    soup_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_point_is_that_of_all_triangles),
        cmocka_unit_test(moved_triangles_are_found_where_they_are),
        cmocka_unit_test(of_those_that_face_a_direction_the_nearest_is_found),
        cmocka_unit_test(no_triangle_faces_beyond_any_product),
        cmocka_unit_test(of_two_that_meet_the_one_that_faces_more_squarely_is_found),
        cmocka_unit_test(any_is_within_the_distance_when_there_is_one),
        cmocka_unit_test(triangles_without_area_are_their_longest_side),
        cmocka_unit_test(every_triangle_is_in_one_leaf),
        cmocka_unit_test(lack_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("test_mesh_box_tree", tests, NULL, NULL);
}
