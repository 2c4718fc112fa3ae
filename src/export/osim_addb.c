/** A subject's folder for AddBiomechanics (see osim_addb.h). */
#include "export/osim_addb.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/addb_meshes.h"
#include "export/trc.h"

/** 'X', 'Y' or 'Z' for plus or minus that axis, '?' for any other direction. Its reader compares exactly, after 12 written digits. */
static char axis_letter(oik_vec3 a) {
    const double exact = 1e-12;
    for (int c = 0; c < 3; c++)
        if (fabs(fabs(v3_get(a, c)) - 1.0) < exact && v3_norm(a) < 1.0 + exact)
            return "XYZ"[c];
    return '?';
}

static bool are_orthogonal(const oik_dof *dofs) {
    const double slack = 1e-4; /* its reader's own */
    for (int i = 0; i < 3; i++)
        if (fabs(v3_dot(dofs[i].axis, dofs[(i + 1) % 3].axis)) > slack)
            return false;
    return true;
}

static bool is_readable(const oik_rig_body *body, const oik_dof *dofs) {
    static const char *const orders[] = {"XYZ", "XZY", "ZXY", "ZYX"};
    char order[7] = {0};
    for (int i = 0; i < body->n_rotations + body->n_translations; i++)
        order[i] = axis_letter(dofs[i].axis);
    bool known = false, free_joint = body->n_rotations == 3 && body->n_translations == 3;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        known = known || strncmp(order, orders[i], 3) == 0;
    if (free_joint)
        return known && strcmp(order + 3, "XYZ") == 0 && v3_get(dofs[3].axis, 0) + v3_get(dofs[4].axis, 1) + v3_get(dofs[5].axis, 2) > 2.0;
    if (body->n_translations > 0)
        return false;
    bool oblique = strchr(order, '?') != NULL;
    return body->n_rotations < 3 || known || (oblique && are_orthogonal(dofs));
}

oik_status oik_addb_check(const oik_rig *rig, oik_error *err) {
    for (int i = 0; i < rig->n_bodies; i++)
        if (!is_readable(&rig->bodies[i], rig->dofs + rig->bodies[i].first_dof))
            return oik_fail(err, OIK_E_MODEL, "joint %s: AddBiomechanics reads no joint with these axes", rig->bodies[i].joint_name);
    oik_osim_meshes *meshes;
    double lift;
    oik_status status = oik_addb_meshes_new(&meshes, &lift, rig, err);
    free(meshes);
    return status;
}

void oik_addb_trial_path(oik_buf *buf, const char *rig_name) {
    oik_buf_printf(buf, "trials/%s/markers.trc", rig_name);
}

/**
 * Coordinates at rest, or at the end of the range that is nearer, and the root so high that the feet are on the ground. Those that follow
 * others too: its reader ignores constraints.
 */
static void stand_on_the_ground(double *q, const oik_rig *rig, double lift) {
    for (int d = 0; d < rig->n_dofs; d++)
        q[d] = fmin(fmax(rig->dofs[d].rest, rig->dofs[d].lower), rig->dofs[d].upper);
    const oik_rig_body *root = &rig->bodies[0];
    if (root->n_translations == 3) /* along x, y, z: oik_addb_check */
        q[root->first_dof + root->n_rotations + 1] = lift;
}

oik_status oik_addb_model_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_osim_meshes *meshes = NULL;
    double lift = 0.0, *q = NULL;
    oik_status status = oik_rig_check(rig, err);
    if (!status)
        status = oik_addb_meshes_new(&meshes, &lift, rig, err);
    if (!status) {
        q = oik_new((size_t)rig->n_dofs, sizeof *q, err);
        status = q ? OIK_OK : OIK_E_MEMORY;
    }
    if (status) {
        oik_error_prefix(err, "%s", path);
    } else {
        stand_on_the_ground(q, rig, lift);
        status = oik_osim_write_as(rig, q, meshes, path, err);
    }
    free(meshes);
    free(q);
    return status;
}

/* one more than its smoothing of markers takes third differences over */
enum { MIN_FRAMES = 4 };

/** The motion with its last frame held. @param[out] time,q room for MIN_FRAMES */
static void hold_last_frame(double *time, double *q, const oik_rig *rig) {
    int n = rig->n_frames;
    size_t row = (size_t)rig->n_dofs * sizeof *q;
    double step = n > 1 ? rig->time[n - 1] - rig->time[n - 2] : 0.01; /* of one frame, as in markers of motion capture at 100 Hz [s] */
    memcpy(time, rig->time, (size_t)n * sizeof *time);
    memcpy(q, rig->q, (size_t)n * row);
    for (int f = n; f < MIN_FRAMES; f++) {
        time[f] = time[f - 1] + step;
        memcpy(q + f * rig->n_dofs, q + (n - 1) * rig->n_dofs, row);
    }
}

oik_status oik_addb_markers_write(const oik_rig *rig, const char *path, oik_error *err) {
    if (rig->n_frames < 1 || rig->n_frames >= MIN_FRAMES)
        return oik_trc_write(rig, path, err);
    oik_rig held = *rig;
    double time[MIN_FRAMES];
    held.n_frames = MIN_FRAMES;
    held.time = time;
    held.q = oik_new(MIN_FRAMES * (size_t)rig->n_dofs, sizeof *held.q, err);
    if (!held.q) {
        oik_error_prefix(err, "%s", path);
        return OIK_E_MEMORY;
    }
    hold_last_frame(time, held.q, rig);
    oik_status status = oik_trc_write(&held, path, err);
    free(held.q);
    return status;
}

static bool has_body(const oik_rig *rig, const char *name) {
    for (int i = 0; i < rig->n_bodies; i++)
        if (strcmp(rig->bodies[i].name, name) == 0)
            return true;
    return false;
}

oik_status oik_addb_subject_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (!status && (!isfinite(rig->mass) || !isfinite(rig->stature)))
        status = oik_fail(err, OIK_E_NOT_FINITE, "the subject's mass or stature is not finite");
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    bool known = strcmp(rig->gender, "female") == 0 || strcmp(rig->gender, "male") == 0;
    bool feet = has_body(rig, "calcn_r") && has_body(rig, "calcn_l");
    oik_buf buf = {0};
    oik_buf_printf(&buf, "{\n  \"massKg\": %.3f,\n  \"heightM\": %.3f,\n  \"sex\": \"%s\",\n", rig->mass, rig->stature,
                   known ? rig->gender : "unknown");
    oik_buf_printf(&buf, "  \"skeletonPreset\": \"custom\",\n  \"disableDynamics\": true,\n  \"footBodyNames\": [%s]\n}\n",
                   feet ? "\"calcn_r\", \"calcn_l\"" : "");
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

typedef oik_status rig_writer(const oik_rig *rig, const char *path, oik_error *err);

/** Write folder/name, making the folders on the way. */
static oik_status write_in(const oik_rig *rig, const char *folder, const char *name, rig_writer *writer, oik_error *err) {
    oik_buf path = {0};
    oik_buf_printf(&path, "%s/%s", folder, name);
    oik_status status = path.status ? oik_fail(err, path.status, "%s", oik_status_sentence(path.status)) : OIK_OK;
    if (!status) {
        char *slash = strrchr(path.data, '/');
        *slash = '\0';
        status = oik_dir_make(path.data, err);
        *slash = '/';
    }
    if (!status)
        status = writer(rig, path.data, err);
    oik_buf_free(&path);
    return status;
}

oik_status oik_addb_write(const oik_rig *rig, const char *folder, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (!status)
        status = oik_addb_check(rig, err);
    if (status) {
        oik_error_prefix(err, "%s", folder);
        return status;
    }
    oik_buf trial = {0};
    oik_addb_trial_path(&trial, rig->name);
    status = trial.status ? oik_fail(err, trial.status, "%s", oik_status_sentence(trial.status)) : OIK_OK;
    if (!status)
        status = write_in(rig, folder, "_subject.json", oik_addb_subject_write, err);
    if (!status)
        status = write_in(rig, folder, "unscaled_generic.osim", oik_addb_model_write, err);
    if (!status)
        status = write_in(rig, folder, trial.data, oik_addb_markers_write, err);
    oik_buf_free(&trial);
    return status;
}
