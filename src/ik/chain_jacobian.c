/** Derivatives of forward kinematics (see chain_jacobian.h). */
#include "ik/chain_jacobian.h"

#include <stdlib.h>

#include "base/mem.h"

static int own_dofs(const oik_chain *chain, int i) {
    return chain->joints[i].n_rotations + chain->joints[i].n_translations;
}

/** How a coordinate moves a segment. */
typedef enum role { OFF_PATH, BY_FOLLOWERS, ON_PATH } role;

/** How the coordinates (n_dofs) move segment s; those that depend on others count as OFF_PATH, and for their masters. */
static void mark_path(role *roles, const oik_chain *chain, int s) {
    for (int d = 0; d < chain->n_dofs; d++)
        roles[d] = OFF_PATH;
    for (int i = s; i >= 0; i = chain->joints[i].parent)
        for (int k = 0; k < own_dofs(chain, i); k++) {
            int d = chain->joints[i].first_dof + k, master = chain->dofs[d].master;
            if (chain->dofs[d].n_coefficients == 0)
                roles[d] = ON_PATH;
            else if (roles[master] == OFF_PATH)
                roles[master] = BY_FOLLOWERS;
        }
}

/** Path lengths as running sums in start, numbers of followers in follower_start. */
static void measure_paths(oik_chain_paths *paths, role *roles, const oik_chain *chain) {
    for (int s = 0; s < chain->n_segments; s++) {
        int length = 0, p = chain->joints[s].parent;
        int n_followers = p < 0 ? 0 : paths->follower_start[p + 1] - paths->follower_start[p];
        mark_path(roles, chain, s);
        for (int d = 0; d < chain->n_dofs; d++)
            length += roles[d] != OFF_PATH;
        for (int k = 0; k < own_dofs(chain, s); k++)
            n_followers += chain->dofs[chain->joints[s].first_dof + k].n_coefficients > 0;
        paths->start[s + 1] = paths->start[s] + length;
        paths->follower_start[s + 1] = paths->follower_start[s] + n_followers;
        paths->longest = length > paths->longest ? length : paths->longest;
    }
}

static int column_of(const oik_chain_paths *paths, int s, int dof) {
    int k = paths->start[s];
    while (paths->dof[k] != dof)
        k++;
    return k - paths->start[s];
}

/** Followers of segment s, from its own joint to the root. */
static void fill_followers(oik_chain_paths *paths, role *roles, const oik_chain *chain, int s) {
    oik_follower *next = paths->follower + paths->follower_start[s];
    for (int i = s; i >= 0; i = chain->joints[i].parent)
        for (int k = 0; k < own_dofs(chain, i); k++) {
            int d = chain->joints[i].first_dof + k, master = chain->dofs[d].master;
            if (chain->dofs[d].n_coefficients == 0)
                continue;
            *next++ = (oik_follower){column_of(paths, s, master), d, i, roles[master] == BY_FOLLOWERS};
            roles[master] = ON_PATH;
        }
}

static void fill_paths(oik_chain_paths *paths, role *roles, const oik_chain *chain) {
    for (int s = 0; s < chain->n_segments; s++) {
        int next = paths->start[s];
        mark_path(roles, chain, s);
        for (int i = 0; i < chain->n_segments; i++)
            for (int k = 0; k < own_dofs(chain, i); k++)
                if (roles[chain->joints[i].first_dof + k] != OFF_PATH) {
                    paths->dof[next] = chain->joints[i].first_dof + k;
                    paths->joint[next++] = i;
                }
        fill_followers(paths, roles, chain, s);
    }
}

oik_status oik_chain_paths_new(oik_chain_paths **out, const oik_chain *chain, oik_error *err) {
    oik_status status = OIK_E_MEMORY;
    oik_chain_paths *paths = oik_new(1, sizeof *paths, err);
    *out = NULL;
    size_t n = (size_t)chain->n_segments;
    role *roles = oik_new((size_t)chain->n_dofs, sizeof *roles, err);
    if (!paths || !roles || !(paths->start = oik_new(n + 1, sizeof *paths->start, err)) ||
        !(paths->follower_start = oik_new(n + 1, sizeof *paths->follower_start, err)))
        goto done;
    measure_paths(paths, roles, chain);
    size_t total = (size_t)paths->start[n], n_followers = (size_t)paths->follower_start[n];
    if (!(paths->dof = oik_new(total, sizeof *paths->dof, err)) || !(paths->joint = oik_new(total, sizeof *paths->joint, err)) ||
        !(paths->follower = oik_new(n_followers, sizeof *paths->follower, err)))
        goto done;
    fill_paths(paths, roles, chain);
    *out = paths;
    status = OIK_OK;
done:
    free(roles);
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
    free(paths->follower_start);
    free(paths->follower);
    free(paths);
}

static void add_motion(oik_vec3 *J, const oik_follower *follower, const oik_chain_pose *pose, oik_vec3 motion) {
    oik_vec3 before = follower->replaces ? v3(0, 0, 0) : J[follower->column];
    J[follower->column] = v3_madd(before, pose->factor[follower->dof], motion);
}

void oik_chain_rotation_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths,
                                 const oik_chain_pose *pose, int segment) {
    const int *dof = paths->dof + paths->start[segment];
    int length = paths->start[segment + 1] - paths->start[segment];
    for (int k = 0; k < length; k++)
        J[k] = chain->dofs[dof[k]].translation ? v3(0, 0, 0) : pose->axis[dof[k]];
    for (int f = paths->follower_start[segment]; f < paths->follower_start[segment + 1]; f++) {
        const oik_follower *follower = &paths->follower[f];
        add_motion(J, follower, pose, chain->dofs[follower->dof].translation ? v3(0, 0, 0) : pose->axis[follower->dof]);
    }
}

void oik_chain_point_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths, const oik_chain_pose *pose,
                              int segment, oik_vec3 point) {
    const int *dof = paths->dof + paths->start[segment], *joint = paths->joint + paths->start[segment];
    int length = paths->start[segment + 1] - paths->start[segment];
    for (int k = 0; k < length; k++) {
        oik_vec3 axis = pose->axis[dof[k]], arm = v3_sub(point, pose->centre[joint[k]]);
        J[k] = chain->dofs[dof[k]].translation ? axis : v3_cross(axis, arm);
    }
    for (int f = paths->follower_start[segment]; f < paths->follower_start[segment + 1]; f++) {
        const oik_follower *follower = &paths->follower[f];
        oik_vec3 axis = pose->axis[follower->dof], arm = v3_sub(point, pose->centre[follower->joint]);
        add_motion(J, follower, pose, chain->dofs[follower->dof].translation ? axis : v3_cross(axis, arm));
    }
}
