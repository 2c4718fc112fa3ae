/**
 * Joints as a chain file lists them, in any order, and the chain made from them. Between the readers of the single formats; nothing
 * else includes this file.
 *
 * A reader fills a oik_chain_rows whose numbers (parents, pairs, markers' segments) count the file's joints; oik_chain_from_rows puts
 * parents before their children and renumbers everything.
 */
#ifndef OIK_IK_CHAIN_LOAD_ROWS_H
#define OIK_IK_CHAIN_LOAD_ROWS_H

#include "ik/chain_load_json.h"

enum {
    OIK_CHAIN_FILE_JOINTS = 1000,      /**< most joints that a file may have; keeps work on made-up files bounded */
    OIK_CHAIN_FILE_KEYPOINTS = 1000000 /**< most keypoints that a pair may count to; more than any file has */
};

/** Room that translations of a root get where the file does not say: the built-in models' own range [m]. */
#define OIK_ROOT_RANGE 1000.0

#define OIK_RAD_PER_DEG (3.14159265358979323846 / 180.0)

static inline double oik_inside(double value, double lower, double upper) {
    return value < lower ? lower : value > upper ? upper : value;
}

/** One joint of the file and the segment it moves. */
typedef struct oik_chain_row {
    oik_chain_joint joint;         /**< parent = row, -1 = ground; first_dof is set later */
    char segment[OIK_NAME_LENGTH]; /**< name of the segment it moves */
    oik_mat3 R;                    /**< orientation of the segment in the file's posture */
    oik_vec3 origin, centre;       /**< of the segment, of the joint, in the file's posture [m] */
    oik_dof dofs[OIK_MAX_JOINT_DOFS]; /**< rotations, then translations; master is set later; rest = where the prior pulls */
    char master[OIK_MAX_JOINT_DOFS][OIK_NAME_LENGTH]; /**< coordinate that a coupled one follows */
} oik_chain_row;

typedef struct oik_chain_rows {
    int n;
    oik_chain_row *row;
    int n_pairs;
    oik_link_pair *pairs;
    oik_markers *markers; /**< or NULL */
} oik_chain_rows;

/** Room for n joints. OIK_E_FORMAT when n is 0 or above OIK_CHAIN_FILE_JOINTS. */
oik_status oik_chain_rows_new(oik_chain_rows *rows, size_t n, oik_error *err);
void oik_chain_rows_free(oik_chain_rows *rows);

/** Row of a joint by its name, of a segment by its name; -1 when there is none. */
int oik_chain_rows_joint(const oik_chain_rows *rows, const char *name);
int oik_chain_rows_segment(const oik_chain_rows *rows, const char *name);

static inline int oik_chain_row_dofs(const oik_chain_row *row) {
    return row->joint.n_rotations + row->joint.n_translations;
}

/**
 * "coupling": {"master": name, "polynomial": [c0, c1, ...]} of a degree of freedom, in radians and metres; nothing to do when absent.
 * Adds to row's dof k.
 */
oik_status oik_chain_row_coupling(oik_chain_row *row, int k, const json_t *dof, oik_error *err);

/** Room for n pairs in rows, all of weight 1. */
oik_status oik_chain_rows_new_pairs(oik_chain_rows *rows, size_t n, oik_error *err);
/** A direction needs two joints and two keypoints: OIK_E_FORMAT when either pair is twice the same. */
oik_status oik_chain_rows_check_pair(const oik_link_pair *pair, oik_error *err);

/** OIK_E_FORMAT when the row has more degrees of freedom than a joint can, or a rotation behind a translation; counts both. */
oik_status oik_chain_row_count(oik_chain_row *row, int n_dofs, oik_error *err);

/**
 * The chain, its resting coordinates, pairs and markers. Takes pairs and markers out of rows.
 * @return OIK_E_FORMAT naming the joint: not exactly one root, parents in a circle, two joints or coordinates of one name, a coupling
 *         to a coordinate that is absent or coupled itself, and what else oik_chain_check refuses; OIK_E_MEMORY
 */
oik_status oik_chain_from_rows(oik_chain_file **out, oik_chain_rows *rows, oik_error *err);

/** The readers: root is the file, chain the one object that holds the chain. Errors do not name the file yet. */
oik_status oik_chain_rows_published(oik_chain_rows *rows, const json_t *chain, oik_error *err);
oik_status oik_chain_rows_ours(oik_chain_rows *rows, const json_t *root, oik_error *err);
oik_status oik_chain_rows_written(oik_chain_rows *rows, const json_t *root, oik_error *err);

#endif
