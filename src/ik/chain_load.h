/**
 * Kinematic chains from JSON files (docs/chain-files.md): ours, the NAME_chain.json that the program writes, and collections
 * of published chains ("chains": one object per name).
 */
#ifndef OIK_IK_CHAIN_LOAD_H
#define OIK_IK_CHAIN_LOAD_H

#include "ik/keypoints.h"
#include "ik/markers.h"

/** One row of the file's link_pairs: the direction from one joint centre to another is that from one keypoint to another. */
typedef struct oik_link_pair {
    int from, to;                     /**< joints of the chain */
    int keypoint_from, keypoint_to;   /**< numbers of keypoints, -1 where the file gives a name */
    char name_from[OIK_NAME_LENGTH], name_to[OIK_NAME_LENGTH]; /**< names of keypoints, or "" */
    double weight;                    /**< 1 unless given */
} oik_link_pair;

typedef struct oik_chain_file {
    oik_chain *chain;
    double *q_rest;        /**< chain->n_dofs */
    int n_pairs;
    oik_link_pair *pairs;  /**< may be NULL */
    oik_markers *markers;  /**< those that the file itself places on segments, or NULL; keypoint -1: matched by name */
    bool y_up;             /**< its ground has y up, x to the left, z forward: a subject's chain; keypoints with Z up are turned to it */
} oik_chain_file;

/**
 * A chain that places no keypoints of its own (NAME_chain.json) gets the markers of h36m_chain.h, as far as it has joints of such names.
 *
 * @param[out] out  owned by the caller; NULL on error
 * @param[in]  path FILE.json
 * @param[in]  name chain in a collection; NULL: the file's only one
 * @return OIK_E_IO; OIK_E_FORMAT naming file, joint and what was expected and found (an unknown chain name lists those there are);
 *         OIK_E_MEMORY. O(size of the file + joints^2).
 */
oik_status oik_chain_load(oik_chain_file **out, const char *path, const char *name, oik_error *err);
/** The same from memory; path is used in messages. */
oik_status oik_chain_parse(oik_chain_file **out, const char *text, size_t size, const char *path, const char *name, oik_error *err);
void oik_chain_file_free(oik_chain_file *file);

#endif
