/** What OpenSim and other tools refuse or silently repair, found before a file is written (see rig.h). */
#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "rig/rig.h"

/** OpenSim calls two axes collinear when the norm of their cross product is less (CustomJoint). */
static const double COLLINEAR = 1e-5;

/** Characters that every tool takes in a name, in any locale. */
static bool is_plain_name(const char *name) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return name[0] && name[strspn(name, allowed)] == '\0';
}

/** The i-th of a list of names that lie stride bytes apart. */
typedef struct name_list {
    const char *what;
    const char *first;
    size_t stride;
    int n;
    int (*compare)(const char *, const char *);
} name_list;

static const char *name_of(const name_list *list, int i) {
    return list->first + (size_t)i * list->stride;
}

static oik_status check_names(const name_list *list, oik_error *err) {
    for (int i = 0; i < list->n; i++) {
        const char *name = name_of(list, i);
        if (!is_plain_name(name))
            return oik_fail(err, OIK_E_MODEL, "%s %d: expected a name of letters, digits and _, found '%s'", list->what, i, name);
        for (int k = 0; k < i; k++)
            if (list->compare(name, name_of(list, k)) == 0)
                return oik_fail(err, OIK_E_MODEL, "%s %d and %d have the same name '%s'", list->what, k, i, name);
    }
    return OIK_OK;
}

/** A name that means something else to OpenSim. */
static oik_status check_reserved(const name_list *list, const char *reserved, oik_error *err) {
    for (int i = 0; i < list->n; i++)
        if (strcasecmp(name_of(list, i), reserved) == 0)
            return oik_fail(err, OIK_E_MODEL, "%s %d: the name '%s' is taken by OpenSim", list->what, i, reserved);
    return OIK_OK;
}

static oik_status check_all_names(const oik_rig *rig, oik_error *err) {
    const name_list lists[] = {
        {"rig", rig->name, sizeof rig->name, 1, strcmp},
        {"body", rig->n_bodies ? rig->bodies->name : NULL, sizeof *rig->bodies, rig->n_bodies, strcmp},
        {"joint", rig->n_bodies ? rig->bodies->joint_name : NULL, sizeof *rig->bodies, rig->n_bodies, strcmp},
        {"coordinate", rig->n_dofs ? rig->dofs->name : NULL, sizeof *rig->dofs, rig->n_dofs, strcmp},
        {"marker", rig->n_markers ? rig->markers->name : NULL, sizeof *rig->markers, rig->n_markers, strcmp},
        {"bone", rig->n_bones ? rig->bones->name : NULL, sizeof *rig->bones, rig->n_bones, strcasecmp},
    };
    enum { BODIES = 1, COORDINATES = 3, N_LISTS = sizeof lists / sizeof *lists };
    oik_status status = OIK_OK;
    for (int i = 0; i < N_LISTS && !status; i++)
        status = check_names(&lists[i], err);
    if (!status)
        status = check_reserved(&lists[BODIES], "ground", err);
    return status ? status : check_reserved(&lists[COORDINATES], "time", err);
}

/** (trace I / 2) 1 - I: the second moments of the mass distribution, which no real one has below zero (hence A + B >= C). */
static oik_mat3 second_moments(const double I[6]) {
    double h = 0.5 * (I[0] + I[1] + I[2]);
    return (oik_mat3){{{h - I[0], -I[3], -I[4]}, {-I[3], h - I[1], -I[5]}, {-I[4], -I[5], h - I[2]}}};
}

/** Has the symmetric matrix only eigenvalues >= 0? All principal minors are, to the rounding of 12 written digits. */
static bool is_semidefinite(oik_mat3 M) {
    double size = fabs(M.m[0][0]) + fabs(M.m[1][1]) + fabs(M.m[2][2]), slack = 1e-9;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3;
        if (M.m[i][i] < -slack * size || M.m[i][i] * M.m[j][j] - M.m[i][j] * M.m[j][i] < -slack * size * size)
            return false;
    }
    return m3_det(M) >= -slack * size * size * size;
}

static oik_status check_mass(const oik_rig_body *body, oik_error *err) {
    const double *I = body->inertia;
    bool finite = isfinite(body->mass) && v3_finite(body->mass_centre);
    for (int i = 0; i < 6; i++)
        finite = finite && isfinite(I[i]);
    if (!finite)
        return oik_fail(err, OIK_E_NOT_FINITE, "body %s: mass, mass centre or inertia is not finite", body->name);
    if (body->mass <= 0.0)
        return oik_fail(err, OIK_E_MODEL, "body %s: expected a mass above 0, found %g kg", body->name, body->mass);
    if (I[0] + I[1] + I[2] <= 0.0 || !is_semidefinite(second_moments(I)))
        return oik_fail(err, OIK_E_MODEL, "body %s: no mass distribution has the inertia %g %g %g %g %g %g", body->name, I[0], I[1], I[2],
                        I[3], I[4], I[5]);
    return OIK_OK;
}

static bool is_finite_frame(oik_mat3 R) {
    return v3_finite(m3_column(R, 0)) && v3_finite(m3_column(R, 1)) && v3_finite(m3_column(R, 2));
}

static bool is_rotation(oik_mat3 R) {
    const double slack = 1e-6;
    oik_mat3 E = m3_tmul(R, R);
    for (int i = 0; i < 9; i++)
        if (fabs(E.m[i / 3][i % 3] - (i % 4 == 0)) > slack)
            return false;
    return m3_det(R) > 0.0;
}

/** n coordinates of one kind: unit axes, no two along the same line. */
static oik_status check_axes(const oik_rig_body *body, const oik_dof *dofs, int n, oik_error *err) {
    const double unit_slack = 1e-6;
    for (int i = 0; i < n; i++) {
        if (!v3_finite(dofs[i].axis) || !isfinite(dofs[i].lower) || !isfinite(dofs[i].upper) || !isfinite(dofs[i].rest))
            return oik_fail(err, OIK_E_NOT_FINITE, "coordinate %s: axis, range or rest is not finite", dofs[i].name);
        if (fabs(v3_norm(dofs[i].axis) - 1.0) > unit_slack)
            return oik_fail(err, OIK_E_MODEL, "coordinate %s: expected a unit axis, found one of length %g", dofs[i].name,
                            v3_norm(dofs[i].axis));
        for (int k = 0; k < i; k++)
            if (v3_norm(v3_cross(dofs[i].axis, dofs[k].axis)) < COLLINEAR)
                return oik_fail(err, OIK_E_MODEL, "joint %s: the axes of %s and %s are collinear, which OpenSim refuses",
                                body->joint_name, dofs[k].name, dofs[i].name);
    }
    return OIK_OK;
}

static oik_status check_joint(const oik_rig *rig, int i, oik_error *err) {
    const oik_rig_body *body = &rig->bodies[i];
    int n = body->n_rotations + body->n_translations;
    if (body->parent < -1 || body->parent >= i)
        return oik_fail(err, OIK_E_MODEL, "body %s: expected a parent before it, found body %d", body->name, body->parent);
    if (body->n_rotations < 0 || body->n_rotations > 3 || body->n_translations < 0 || body->n_translations > 3 || n < 1)
        return oik_fail(err, OIK_E_MODEL, "joint %s: expected up to 3 rotations and 3 translations, found %d and %d", body->joint_name,
                        body->n_rotations, body->n_translations);
    if (body->first_dof < 0 || body->first_dof > rig->n_dofs - n)
        return oik_fail(err, OIK_E_MODEL, "joint %s: its coordinates are not among the %d of the rig", body->joint_name, rig->n_dofs);
    if (!is_finite_frame(body->A) || !is_finite_frame(body->B) || !v3_finite(body->s))
        return oik_fail(err, OIK_E_NOT_FINITE, "joint %s: its frame is not finite", body->joint_name);
    if (!is_rotation(body->A) || !is_rotation(body->B))
        return oik_fail(err, OIK_E_MODEL, "joint %s: expected rotations as its frames in parent and child", body->joint_name);
    const oik_dof *dofs = rig->dofs + body->first_dof;
    oik_status status = check_axes(body, dofs, body->n_rotations, err);
    return status ? status : check_axes(body, dofs + body->n_rotations, body->n_translations, err);
}

static oik_status check_coupling(const oik_rig *rig, const oik_dof *dof, oik_error *err) {
    if (dof->n_coefficients == 0)
        return OIK_OK;
    bool independent = dof->n_coefficients > 0 && dof->n_coefficients <= OIK_MAX_COUPLING && dof->master >= 0 &&
                       dof->master < rig->n_dofs && rig->dofs[dof->master].n_coefficients == 0;
    if (!independent)
        return oik_fail(err, OIK_E_MODEL, "coordinate %s: expected an independent coordinate of the rig to follow", dof->name);
    for (int i = 0; i < dof->n_coefficients; i++)
        if (!isfinite(dof->coefficient[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "coordinate %s: coefficient %d is not finite", dof->name, i);
    return OIK_OK;
}

static oik_status check_attached(const oik_rig *rig, oik_error *err) {
    for (int m = 0; m < rig->n_markers; m++) {
        const oik_rig_marker *marker = &rig->markers[m];
        if (marker->body < 0 || marker->body >= rig->n_bodies)
            return oik_fail(err, OIK_E_MODEL, "marker %s: expected a body of the rig, found number %d", marker->name, marker->body);
        if (!v3_finite(marker->at))
            return oik_fail(err, OIK_E_NOT_FINITE, "marker %s: its place is not finite", marker->name);
    }
    for (int b = 0; b < rig->n_bones; b++)
        if (rig->bones[b].body < 0 || rig->bones[b].body >= rig->n_bodies)
            return oik_fail(err, OIK_E_MODEL, "bone %s: expected a body of the rig, found number %d", rig->bones[b].name,
                            rig->bones[b].body);
    return OIK_OK;
}

static oik_status check_motion(const oik_rig *rig, oik_error *err) {
    if (rig->n_frames < 1)
        return oik_fail(err, OIK_E_MODEL, "rig %s: expected at least 1 frame, found %d", rig->name, rig->n_frames);
    for (int f = 0; f < rig->n_frames; f++) {
        if (!isfinite(rig->time[f]))
            return oik_fail(err, OIK_E_NOT_FINITE, "the time of frame %d is not finite", f);
        if (f > 0 && rig->time[f] <= rig->time[f - 1])
            return oik_fail(err, OIK_E_MODEL, "frame %d is not later than the one before it", f);
        for (int d = 0; d < rig->n_dofs; d++)
            if (!isfinite(rig->q[(size_t)f * (size_t)rig->n_dofs + (size_t)d]))
                return oik_fail(err, OIK_E_NOT_FINITE, "coordinate %s of frame %d is not finite", rig->dofs[d].name, f);
    }
    return OIK_OK;
}

oik_status oik_rig_check(const oik_rig *rig, oik_error *err) {
    oik_status status = check_all_names(rig, err);
    int n_used = 0;
    for (int i = 0; i < rig->n_bodies && !status; i++) {
        status = check_mass(&rig->bodies[i], err);
        if (!status)
            status = check_joint(rig, i, err);
        n_used += rig->bodies[i].n_rotations + rig->bodies[i].n_translations;
    }
    if (!status && n_used != rig->n_dofs)
        status = oik_fail(err, OIK_E_MODEL, "rig %s: %d coordinates, its joints have %d", rig->name, rig->n_dofs, n_used);
    for (int d = 0; d < rig->n_dofs && !status; d++)
        status = check_coupling(rig, &rig->dofs[d], err);
    if (!status)
        status = check_attached(rig, err);
    return status ? status : check_motion(rig, err);
}
