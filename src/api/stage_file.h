/**
 * Results of stages in .npz files: the arrays that say what a file was made from, and tables of arrays that are written and read alike.
 *
 *   array         content
 *   key           of stage.h, 64 hexadecimal digits
 *   program       version of the library
 *   stage         "registration", "placing", "posing"
 *   method        "refined", "reference"
 *   more_it       0, 1
 *   input         SHA-256 of the mesh's vertices and faces, or of the body parameters
 *   model         content hash of the model
 *   n_calls       of the solver
 *   call_counts   (4, 5) of each call: stop reason, accepted steps, evaluations, factorisations, singular ones; i4
 *   call_costs    (4, 3) of each call: first and last cost, last gradient
 */
#ifndef OIK_API_STAGE_FILE_H
#define OIK_API_STAGE_FILE_H

#include "api/stage.h"
#include "base/npz.h"

enum { OIK_STAGE_ARRAY_DIMS = 3 };

/** One array and its place in memory. */
typedef struct oik_stage_array {
    const char *name;
    double *real;    /**< or NULL */
    int32_t *whole;  /**< when real is NULL */
    int n_dim;
    size_t shape[OIK_STAGE_ARRAY_DIMS];
} oik_stage_array;

/** A file that is being written: origin and calls are in it. Free the writer. */
oik_status oik_stage_file_begin(oik_npz_writer **out, const oik_stage_origin *origin, const oik_stage_calls *calls, oik_error *err);
oik_status oik_stage_file_add(oik_npz_writer *writer, const oik_stage_array *arrays, int n, oik_error *err);

/**
 * Open a file and check that it was made from what is expected.
 * @return OIK_E_FORMAT with what it was made from instead; OIK_E_IO; OIK_E_MEMORY
 */
oik_status oik_stage_file_open(oik_npz **out, oik_stage_calls *calls, const oik_stage_origin *expected, const char *path, oik_error *err);
/** Read arrays of the given shapes. OIK_E_FORMAT naming file and array; OIK_E_MEMORY. */
oik_status oik_stage_file_read(const oik_npz *npz, const oik_stage_array *arrays, int n, const char *path, oik_error *err);

#endif
