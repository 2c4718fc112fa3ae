/* Running out of memory at every allocation of oik_rig_new: OIK_E_MEMORY, no rig, nothing leaked (under ASan). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rot.h"
#include "failing_malloc.h"
#include "rig_fixture.h"

static subject s;

static int set_up(void **state) {
    (void)state;
    return demo_subject_new(&s);
}

static int tear_down(void **state) {
    (void)state;
    subject_clear(&s);
    return 0;
}

/* bones allocate 400 times alike: of those one in STEP is tried, of all others each */
static void every_failing_allocation_is_an_error(void **state) {
    (void)state;
    enum { STEP = 7, AT_THE_ENDS = 40 };
    oik_rig_input input = input_of(&s, NULL);
    int n_parts = s.posed->puppet->n_parts;
    oik_rig_placed placed;
    assert_int_equal(oik_rig_placed_new(&placed, 1, n_parts, NULL), OIK_OK);
    for (int p = 0; p < n_parts; p++) {
        placed.r[p] = oik_rot_log(s.posed->puppet->R[p]);
        placed.t[p] = s.posed->puppet->t[p];
    }
    input.placed = &placed;        /* the mean of one frame */
    input.q = s.motion->frames->q; /* the skin is moved too */
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        failing_malloc_arm(-1);
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        long n = failing_malloc_disarm();
        oik_rig_free(rig);
        assert_true(n > 2 * AT_THE_ENDS);
        for (long k = 0; k < n; k += k < AT_THE_ENDS || k >= n - AT_THE_ENDS ? 1 : STEP) {
            oik_error err = {.status = OIK_OK};
            failing_malloc_arm(k);
            oik_status status = oik_rig_new(&rig, &input, (oik_rig_detail)detail, &err);
            failing_malloc_disarm();
            assert_int_equal(status, OIK_E_MEMORY);
            assert_null(rig);
        }
    }
    oik_rig_placed_clear(&placed);
}

static void room_for_placements_that_is_not_there_is_an_error(void **state) {
    (void)state;
    for (long k = 0; k < 3; k++) { /* frames, turns, places */
        oik_rig_placed placed;
        failing_malloc_arm(k);
        oik_status status = oik_rig_placed_new(&placed, 2, 3, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        oik_rig_placed_clear(&placed);
    }
}

static void forward_kinematics_allocates_nothing(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    oik_mat3 *R;
    oik_vec3 *o;
    place(&R, &o, rig, rig->q);
    failing_malloc_arm(-1);
    oik_rig_forward(R, o, rig, rig->q);
    assert_int_equal(failing_malloc_disarm(), 0);
    free(R);
    free(o);
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_allocation_is_an_error),
        cmocka_unit_test(room_for_placements_that_is_not_there_is_an_error),
        cmocka_unit_test(forward_kinematics_allocates_nothing),
    };
    return cmocka_run_group_tests_name("rig_memory", tests, set_up, tear_down);
}
