/** The arrays of a skeleton archive one by one, so that tests can damage each of them. */
#ifndef TESTS_SUPPORT_SKELETON_ARRAYS_H
#define TESTS_SUPPORT_SKELETON_ARRAYS_H

#include "skeleton/skel_model_arrays.h"
#include "support/tiny_skeleton.h"

enum { MAX_ARRAYS = 96, MAX_DOFS = TINY_SEGMENTS * OIK_MAX_JOINT_DOFS };

/** One array of the archive: names, integers or doubles. */
typedef struct array {
    const char *name, *dtype;
    size_t rows, columns;
    size_t limit; /**< of integers: exclusive upper bound, SKEL_STARTS for row starts, 0 where any value is good */
    char (*text)[OIK_NAME_LENGTH];
    int32_t *i;
    double *f;
    bool counts;   /**< its length is the count that others are measured by */
    bool optional; /**< may be missing */
    bool any_length; /**< fewer rows are a model too */
} array;

typedef struct skeleton_arrays {
    array array[MAX_ARRAYS];
    int n;
} skeleton_arrays;

/** Every array of a tiny skeleton with the tables of the published method (copied). Ends the test when memory is short. */
void skeleton_arrays_fill(skeleton_arrays *all, const oik_skel_model *m, const oik_body_model *body);
void skeleton_arrays_clear(skeleton_arrays *all);
/** The array of that name; ends the test when there is none. */
array *skeleton_arrays_find(skeleton_arrays *all, const char *name);

void skeleton_arrays_put(oik_npz_writer *writer, const array *a);
/** Write all arrays but one (NULL: none). */
void skeleton_arrays_write(const skeleton_arrays *all, const array *absent, const char *path);

/** Overwrite the last number of a stored array of reals with NaN, which no writer would write, keeping the archive sound. */
void skeleton_arrays_spoil(const array *a, const char *path);

#endif
