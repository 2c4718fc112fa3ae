/**
 * The arrays of a skeleton model in an archive: one list for reading, writing and documentation.
 *
 * Each entry: X(array name, field of oik_skel_model, rows, columns, limit)
 * rows and columns are expressions over `m` (the model); limit is the exclusive upper bound of an index array, or SKEL_STARTS for
 * the row starts of a compressed table: 0, then ascending, the last one the length of the arrays behind it. Index arrays hold values
 * >= -1. Counts (n_parts, ...) come from the shapes of SKEL_COUNTS first.
 */
#ifndef OIK_SKELETON_SKEL_MODEL_ARRAYS_H
#define OIK_SKELETON_SKEL_MODEL_ARRAYS_H

#include "skeleton/skel_model.h"

#define SKEL_STARTS INT32_MAX
enum { SKEL_SEGMENT_COLUMNS = 9, SKEL_JOINT_COLUMNS = 12 };

/** X(array, field, rows): names */
#define SKEL_TEXT_ARRAYS(X)                    \
    X("skel_part_name", part_names, m->n_parts) \
    X("skel_bone_name", bone_names, m->n_bones) \
    X("skel_group_name", group_names, m->n_groups)

/** int32 arrays */
#define SKEL_INT_ARRAYS(X)                                                              \
    X("skel_part_parent", part_parent, m->n_parts, 1, m->n_parts)                        \
    X("skel_part_group", part_group, m->n_parts, 1, m->n_groups)                         \
    X("skel_part_joint", part_joint, m->n_parts, 1, 24)                                  \
    X("skel_part_mirror", part_mirror, m->n_parts, 1, m->n_parts)                        \
    X("skel_point_part", point_part, m->n_points, 1, m->n_parts)                         \
    X("skel_vertex_bone", vertex_bone, m->n_vertices, 1, m->n_bones)                     \
    X("skel_faces", faces, m->n_faces, 3, m->n_vertices)                                 \
    X("skel_mode_start", mode_start, m->n_points + 1, 1, SKEL_STARTS)                    \
    X("skel_mode_index", mode_index, m->mode_start[m->n_points], 1, m->n_modes)          \
    X("skel_landmark_point", landmarks.point, m->landmarks.n, 1, m->n_points)            \
    X("skel_landmark_skin_start", landmarks.skin.start, m->landmarks.n + 1, 1, SKEL_STARTS) \
    X("skel_landmark_skin", landmarks.skin.index, m->landmarks.skin.start[m->landmarks.n], 1, n_skin) \
    X("skel_spring_point", springs.point, m->springs.n, 1, m->n_points)                  \
    X("skel_spring_skin", springs.skin, m->springs.n, 1, n_skin)                         \
    X("skel_stitch_a", stitches.point_a, m->stitches.n, 1, m->n_points)                  \
    X("skel_stitch_b", stitches.point_b, m->stitches.n, 1, m->n_points)                  \
    X("skel_stitch_keep_offset", stitches.keep_offset, m->stitches.n, 1, 2)              \
    X("skel_ligament_a", ligaments.point_a, m->ligaments.n, 1, m->n_points)              \
    X("skel_ligament_b", ligaments.point_b, m->ligaments.n, 1, m->n_points)              \
    X("skel_coupling_part", couplings.part, m->couplings.n, 3, m->n_parts)               \
    X("skel_coupling_point", couplings.point, m->couplings.n, 5, m->n_points)            \
    X("skel_list_start", list_start, m->n_lists + 1, 1, SKEL_STARTS)                     \
    X("skel_list_point", list_point, m->list_start[m->n_lists], 1, m->n_points)

/** float arrays: X(array, field, rows, columns, archive dtype); fields are double or oik_vec3 or oik_mat3 */
#define SKEL_REAL_ARRAYS(X)                                                       \
    X("skel_mean", mean, m->n_points, 3, "<f4")                                    \
    X("skel_rest_R", rest_R, m->n_parts, 9, "<f8")                                 \
    X("skel_rest_t", rest_t, m->n_parts, 3, "<f8")                                 \
    X("skel_mode_weight", mode_weight, m->n_modes, 1, "<f8")                       \
    X("skel_mode_vector", mode_vector, m->mode_start[m->n_points], 3, "<f4")       \
    X("skel_landmark_value", landmarks.skin.value, m->landmarks.skin.start[m->landmarks.n], 1, "<f8") \
    X("skel_landmark_depth", landmarks.depth, m->landmarks.n, 1, "<f8")            \
    X("skel_landmark_weight", landmarks.weight, m->landmarks.n, 1, "<f8")          \
    X("skel_landmark_tangential", landmarks.tangential, m->landmarks.n, 1, "<f8")  \
    X("skel_spring_weight", springs.weight, m->springs.n, 1, "<f8")                \
    X("skel_stitch_weight_infer", stitches.weight_infer, m->stitches.n, 1, "<f8")  \
    X("skel_stitch_weight_pose", stitches.weight_pose, m->stitches.n, 1, "<f8")    \
    X("skel_ligament_weight", ligaments.weight, m->ligaments.n, 1, "<f8")          \
    X("skel_coupling_ratio", couplings.ratio, m->couplings.n, 1, "<f8")

/** Optional int32 and float arrays: all of a group are there or none. X as above; a group's first array gives its count. */
#define SKEL_PATH_INT_ARRAYS(X)                                                     \
    X("skel_path_stitch", paths.stitch, m->paths.n, 1, m->stitches.n)               \
    X("skel_path_driver", paths.driver, m->paths.n, 1, m->n_parts)                  \
    X("skel_path_axis", paths.axis, m->paths.n, 2, m->n_points)                     \
    X("skel_path_start", paths.start, m->paths.n + 1, 1, SKEL_STARTS)               \
    X("skel_path_point", paths.point, m->paths.start[m->paths.n], 1, m->n_points)
#define SKEL_PATH_REAL_ARRAYS(X) X("skel_path_angle", paths.angle, m->paths.start[m->paths.n], 1, "<f8")
#define SKEL_CLEARANCE_INT_ARRAYS(X) X("skel_clearance_part", clearances.part, m->clearances.n, 2, m->n_parts)
#define SKEL_CLEARANCE_REAL_ARRAYS(X)                                               \
    X("skel_clearance_distance", clearances.distance, m->clearances.n, 1, "<f8")    \
    X("skel_clearance_weight", clearances.weight, m->clearances.n, 1, "<f8")
#define SKEL_NEIGHBOUR_INT_ARRAYS(X) X("skel_neighbour_part", neighbours.part, m->neighbours.n, 2, m->n_parts)
#define SKEL_CURVE_INT_ARRAYS(X) X("skel_curve_part", curves.part, m->curves.n, 3, m->n_parts)
#define SKEL_CURVE_REAL_ARRAYS(X)                                                   \
    X("skel_curve_share", curves.share, m->curves.n, 1, "<f8")                      \
    X("skel_curve_weight", curves.weight, m->curves.n, 1, "<f8")
#define SKEL_TURN_INT_ARRAYS(X) X("skel_turn_part", turns.part, m->turns.n, 1, m->n_parts)
#define SKEL_TURN_REAL_ARRAYS(X) X("skel_turn_weight", turns.weight, m->turns.n, 1, "<f8")
#define SKEL_FLEX_INT_ARRAYS(X)                                                     \
    X("skel_flex_point", flexes.point, m->flexes.n, 3, m->n_points)                 \
    X("skel_flex_start", flexes.start, m->flexes.n + 1, 1, SKEL_STARTS)             \
    X("skel_flex_vertex", flexes.vertex, m->flexes.start[m->flexes.n], 1, m->n_vertices)
#define SKEL_FLEX_REAL_ARRAYS(X) X("skel_flex_share", flexes.share, m->flexes.start[m->flexes.n], 2, "<f8")

/** X(array that gives a count, field, subtract): read first, in this order */
#define SKEL_COUNTS(X)                           \
    X("skel_part_parent", n_parts, int, 0)        \
    X("skel_bone_name", n_bones, int, 0)          \
    X("skel_group_name", n_groups, int, 0)        \
    X("skel_vertex_bone", n_vertices, size_t, 0)  \
    X("skel_faces", n_faces, size_t, 0)           \
    X("skel_point_part", n_points, size_t, 0)     \
    X("skel_mode_weight", n_modes, size_t, 0)     \
    X("skel_landmark_point", landmarks.n, size_t, 0) \
    X("skel_spring_point", springs.n, size_t, 0)  \
    X("skel_stitch_a", stitches.n, size_t, 0)     \
    X("skel_ligament_a", ligaments.n, size_t, 0)  \
    X("skel_coupling_ratio", couplings.n, size_t, 0) \
    X("skel_list_start", n_lists, int, 1)         \
    X("kin_segment_name", n_segments, int, 0)

/** Rows of an array less `subtract`. OIK_E_MODEL naming the array; OIK_E_MEMORY */
oik_status oik_skel_read_count(size_t *count, const oik_npz *npz, const char *name, size_t subtract, oik_error *err);
/**
 * Read one array of rows x columns (1: one-dimensional) and check its range as described above.
 * @param[out] out NULL or to be freed, also on error
 * @return OIK_E_MODEL naming the array; OIK_E_MEMORY
 */
oik_status oik_skel_read_ints(int32_t **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, size_t limit,
                              oik_error *err);
oik_status oik_skel_read_reals(double **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, oik_error *err);

/**
 * Names of an archive end up in file names and on terminals: 1 to OIK_NAME_LENGTH - 1 bytes, no slash, backslash or control
 * character, no dot at the beginning.
 * @return OIK_E_MODEL naming the array and the entry
 */
oik_status oik_skel_check_name(const char *array, size_t entry, const char *name, oik_error *err);

#endif
