/* Which way is up: the turns of the six axes, and the way a motion stands. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/up.h"
#include "stick_chain.h"
#include "tiny_chain.h"

/* sines of three quarter turns in double precision: some 1e-16; another turn is off by 1 */
#define TURNED 1e-12

static const struct {
    oik_vec3 up, turned; /* turned: where (1, 2, 3) comes to, as up.h lists it */
} table[] = {{{1, 0, 0}, {-2, 1, 3}},  {{0, 1, 0}, {1, 2, 3}},   {{0, 0, 1}, {1, 3, -2}},
             {{-1, 0, 0}, {2, -1, 3}}, {{0, -1, 0}, {1, -2, -3}}, {{0, 0, -1}, {1, -3, 2}}};
enum { N_AXES = sizeof table / sizeof *table };

static void turns_are_those_of_the_table(void **state) {
    (void)state;
    for (int i = 0; i < N_AXES; i++) {
        oik_mat3 U = oik_up_turn(table[i].up);
        oik_vec3 y = m3_mulv(U, table[i].up), p = m3_mulv(U, v3(1, 2, 3));
        assert_int_equal(oik_up_check(table[i].up, NULL), OIK_OK);
        assert_true(v3_dist(y, v3(0, 1, 0)) == 0.0);
        assert_true(v3_dist(p, table[i].turned) == 0.0);
        assert_true(m3_det(U) == 1.0);
    }
}

static void other_directions_are_refused(void **state) {
    (void)state;
    const oik_vec3 wrong[] = {{0, 0, 0}, {0, 2, 0}, {0.6, 0.8, 0}, {1, 1, 0}, {NAN, 1, 0}, {0, INFINITY, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        oik_error err = {.status = OIK_OK};
        assert_int_equal(oik_up_check(wrong[i], &err), OIK_E_ARGUMENT);
        assert_non_null(strstr(err.message, "up is ("));
    }
}

/* one upright frame of the chain, its root at the turn W */
static oik_ik_motion *turned_motion(const oik_chain *chain, oik_mat3 W) {
    oik_ik_motion *motion;
    assert_int_equal(oik_ik_motion_new(&motion, chain, 1, NULL), OIK_OK);
    const oik_chain_joint *root = &chain->joints[0];
    /* R = A E B^T: that of the chain at 0 is A B^T */
    oik_mat3 E = m3_tmul(root->A, m3_mul(W, root->A));
    oik_vec3 a[3] = {chain->dofs[0].axis, chain->dofs[1].axis, chain->dofs[2].axis};
    double best = INFINITY, q[3];
    /* a grid of quarter turns holds every turn of an axis */
    for (int i = 0; i < 64; i++) {
        const double quarter = 1.57079632679489661923;
        for (int k = 0; k < 3; k++)
            q[k] = quarter * ((i >> (2 * k)) & 3);
        oik_mat3 D = m3_mul(m3_mul(oik_rot_axis(a[0], q[0]), oik_rot_axis(a[1], q[1])), oik_rot_axis(a[2], q[2]));
        double off = 0.0;
        for (int c = 0; c < 3; c++)
            off += v3_dist(m3_column(D, c), m3_column(E, c));
        if (off < best) {
            best = off;
            memcpy(motion->q, q, sizeof q);
        }
    }
    assert_true(best < TURNED);
    return motion;
}

static void a_standing_motion_shows_its_axis(void **state) {
    (void)state;
    oik_chain *chain = stick_chain_new();
    assert_non_null(chain);
    for (int i = 0; i < N_AXES; i++) {
        oik_ik_motion *motion = turned_motion(chain, m3_transpose(oik_up_turn(table[i].up)));
        oik_vec3 up;
        assert_int_equal(oik_up_of_motion(&up, motion, NULL), OIK_OK);
        assert_true(v3_dist(up, table[i].up) == 0.0);
        oik_ik_motion_free(motion);
    }
    oik_chain_free(chain);
}

/* the trunk alone has no feet, the legs alone no neck; with neither there is only y */
static void chains_of_a_part_of_the_body_show_it_too(void **state) {
    (void)state;
    static const char *const legs[] = {"knee", "ankle"}, *const trunk[] = {"spine", "chest", "neck", "head"};
    for (int hidden = 1; hidden < 4; hidden++) {
        oik_chain *chain = stick_chain_new();
        assert_non_null(chain);
        for (int s = 0; s < chain->n_segments; s++) {
            bool hide = false;
            for (size_t w = 0; w < sizeof legs / sizeof *legs; w++)
                hide = hide || ((hidden & 1) && strncmp(chain->segment_names[s], legs[w], strlen(legs[w])) == 0);
            for (size_t w = 0; w < sizeof trunk / sizeof *trunk; w++)
                hide = hide || ((hidden & 2) && strncmp(chain->segment_names[s], trunk[w], strlen(trunk[w])) == 0);
            if (hide) {
                strcpy(chain->segment_names[s], "other");
                strcpy(chain->joints[s].name, "other");
            }
        }
        oik_ik_motion *motion = turned_motion(chain, m3_transpose(oik_up_turn(v3(0, 0, 1))));
        oik_vec3 up;
        assert_int_equal(oik_up_of_motion(&up, motion, NULL), OIK_OK);
        assert_true(v3_dist(up, hidden == 3 ? v3(0, 1, 0) : v3(0, 0, 1)) == 0.0);
        oik_ik_motion_free(motion);
        oik_chain_free(chain);
    }
}

/* one frame in three leans: the mean counts, whichever comes first or last */
static void all_frames_count(void **state) {
    (void)state;
    oik_chain *chain = stick_chain_new();
    oik_ik_motion *motion, *frames[3];
    oik_vec3 up;
    assert_non_null(chain);
    const oik_vec3 ups[] = {{1, 0, 0}, {0, 0, 1}, {0, 0, 1}};
    assert_int_equal(oik_ik_motion_new(&motion, chain, 3, NULL), OIK_OK);
    for (int order = 0; order < 3; order++) {
        for (int f = 0; f < 3; f++) {
            frames[f] = turned_motion(chain, m3_transpose(oik_up_turn(ups[(f + order) % 3])));
            memcpy(motion->q + f * chain->n_dofs, frames[f]->q, (size_t)chain->n_dofs * sizeof *motion->q);
            oik_ik_motion_free(frames[f]);
        }
        assert_int_equal(oik_up_of_motion(&up, motion, NULL), OIK_OK);
        assert_true(v3_dist(up, v3(0, 0, 1)) == 0.0);
    }
    oik_ik_motion_free(motion);
    oik_chain_free(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_are_those_of_the_table),
        cmocka_unit_test(other_directions_are_refused),
        cmocka_unit_test(a_standing_motion_shows_its_axis),
        cmocka_unit_test(chains_of_a_part_of_the_body_show_it_too),
        cmocka_unit_test(all_frames_count),
    };
    return cmocka_run_group_tests_name("ik_up", tests, NULL, NULL);
}
