/** Derivatives of forward kinematics (see chain_jacobian.h). */
#include "ik/chain_jacobian.h"

#include <stdlib.h>

#include "base/mem.h"

static int own_dofs(const oik_chain *chain, int i) {
    return chain->joints[i].n_rotations + chain->joints[i].n_translations;
}

/** Path lengths as running sums in start. */
static void measure_paths(oik_chain_paths *paths, const oik_chain *chain) {
    for (int i = 0; i < chain->n_segments; i++) {
        int p = chain->joints[i].parent;
        int length = own_dofs(chain, i) + (p < 0 ? 0 : paths->start[p + 1] - paths->start[p]);
        paths->start[i + 1] = paths->start[i] + length;
        paths->longest = length > paths->longest ? length : paths->longest;
    }
}

/** Each path is its parent's path and the joint's own coordinates. */
static void fill_paths(oik_chain_paths *paths, const oik_chain *chain) {
    for (int i = 0; i < chain->n_segments; i++) {
        int p = chain->joints[i].parent, next = paths->start[i];
        for (int k = p < 0 ? 0 : paths->start[p]; p >= 0 && k < paths->start[p + 1]; k++, next++) {
            paths->dof[next] = paths->dof[k];
            paths->joint[next] = paths->joint[k];
        }
        for (int k = 0; k < own_dofs(chain, i); k++, next++) {
            paths->dof[next] = chain->joints[i].first_dof + k;
            paths->joint[next] = i;
        }
    }
}

oik_status oik_chain_paths_new(oik_chain_paths **out, const oik_chain *chain, oik_error *err) {
    oik_status status = OIK_E_MEMORY;
    oik_chain_paths *paths = oik_new(1, sizeof *paths, err);
    *out = NULL;
    if (!paths || !(paths->start = oik_new((size_t)chain->n_segments + 1, sizeof *paths->start, err)))
        goto done;
    measure_paths(paths, chain);
    size_t total = (size_t)paths->start[chain->n_segments];
    if (!(paths->dof = oik_new(total, sizeof *paths->dof, err)) || !(paths->joint = oik_new(total, sizeof *paths->joint, err)))
        goto done;
    fill_paths(paths, chain);
    *out = paths;
    status = OIK_OK;
done:
    if (status)
        oik_chain_paths_free(paths);
    return status;
}

void oik_chain_paths_free(oik_chain_paths *paths) {
    if (!paths)
        return;
    free(paths->start);
    free(paths->dof);
    free(paths->joint);
    free(paths);
}

void oik_chain_rotation_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths,
                                 const oik_chain_pose *pose, int segment) {
    const int *dof = paths->dof + paths->start[segment];
    int length = paths->start[segment + 1] - paths->start[segment];
    for (int k = 0; k < length; k++)
        J[k] = chain->dofs[dof[k]].translation ? v3(0, 0, 0) : pose->axis[dof[k]];
}

void oik_chain_point_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths, const oik_chain_pose *pose,
                              int segment, oik_vec3 point) {
    const int *dof = paths->dof + paths->start[segment], *joint = paths->joint + paths->start[segment];
    int length = paths->start[segment + 1] - paths->start[segment];
    for (int k = 0; k < length; k++) {
        oik_vec3 axis = pose->axis[dof[k]], arm = v3_sub(point, pose->centre[joint[k]]);
        J[k] = chain->dofs[dof[k]].translation ? axis : v3_cross(axis, arm);
    }
}
