/** The files of a mesh sequence: what a folder, a pattern or several paths stand for, in order. Only mesh_sequence.c needs this. */
#ifndef OIK_MESH_FRAME_LIST_H
#define OIK_MESH_FRAME_LIST_H

#include <stddef.h>

#include "osso_ik.h"

typedef struct oik_frame_list {
    size_t n, capacity;
    char **paths; /**< n, in natural order */
    char *name;   /**< of the whole, for output files; see mesh_sequence.h */
    int is_array; /**< 1: one .npz or .npy file, which has the frames inside */
} oik_frame_list;

/**
 * Find the files (see oik_mesh_sequence_open); none of them is opened.
 * @param[out] list to be freed by oik_frame_list_clear, also after an error
 * @return OIK_E_ARGUMENT, OIK_E_IO, OIK_E_MEMORY with a message that names the path
 * Reads folders; O(n log n).
 */
oik_status oik_frame_list_find(oik_frame_list *list, const char *const *paths, size_t n_paths, oik_error *err);
void oik_frame_list_clear(oik_frame_list *list);

/**
 * Order of two names of which runs of digits count as numbers: frame2 before frame10, frame02 beside frame2. Names without their
 * endings are compared first, so that a.obj and a.ply are neighbours. @return < 0, 0 (equal to the last byte), > 0
 */
int oik_natural_order(const char *a, const char *b);

#endif
