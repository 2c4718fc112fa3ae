/**
 * NAME_chain.json: the subject's kinematic chain with its joint angles, as docs/schema/chain.schema.json describes it.
 *
 * Places and directions are written as given, in the frame of the input mesh; lengths in metres, angles in degrees; every number
 * rounded to 1e-6 and printed the same under every locale, so that equal input gives equal bytes.
 */
#ifndef OIK_EXPORT_CHAIN_JSON_H
#define OIK_EXPORT_CHAIN_JSON_H

#include "ik/chain.h"

/** What is written; all places and directions in the input's frame. */
typedef struct oik_chain_json {
    const oik_chain *chain;  /**< names, kinds, tree and ranges */
    const double *q;         /**< n_dofs coordinates [rad], [m] */
    const oik_vec3 *centre;  /**< n_segments joint centres [m] */
    const oik_vec3 *axis;    /**< n_dofs unit vectors */
    const oik_vec3 *origin;  /**< n_segments segment origins [m] */
    const oik_mat3 *R;       /**< n_segments, segment frame -> input frame */
    const double *length;    /**< n_segments [m], 0 where a segment has no distal joint */
} oik_chain_json;

/**
 * Write the file (through a temporary file and a rename).
 * @return OIK_E_NOT_FINITE naming the joint or segment; OIK_E_IO; OIK_E_MEMORY, also for a name that is not UTF-8.
 *         Nothing is written on error.
 */
oik_status oik_chain_json_write(const char *path, const oik_chain_json *in, oik_error *err);

#endif
