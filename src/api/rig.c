/** Rigs from the results of the pipeline, and to files. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/file.h"
#include "base/status.h"
#include "export/bvh.h"
#include "export/c3d.h"
#include "export/glb.h"
#include "export/isb_csv.h"
#include "export/mjcf.h"
#include "export/mot.h"
#include "export/osim_addb.h"
#include "export/osim_files.h"
#include "export/trc.h"
#include "export/urdf.h"
#include "rig/rig.h"
#include "skeleton/lying.h"

/* ------------------------------------------------------------------ making */

/** Bones and skin as they lie, and the posture of the chain in which they do. */
typedef struct lie {
    const double *q;     /**< in q_rest or in the motion */
    double *q_rest;      /**< or NULL */
    oik_lying_skin skin; /**< of the lying skeleton, else empty */
} lie;

static void lie_free(lie *l) {
    free(l->q_rest);
    oik_lying_skin_free(&l->skin);
}

/** What the options say, or the motion's input, or what the motion shows. */
static oik_status choose_up(oik_vec3 *up, const double given[3], const oik_motion *motion, oik_error *err) {
    *up = v3(given[0], given[1], given[2]);
    if (v3_dot(*up, *up) == 0.0)
        *up = motion->up;
    return v3_dot(*up, *up) == 0.0 ? oik_up_of_motion(up, motion->frames, err) : OIK_OK;
}

static oik_status lie_down(lie *l, const oik_model *model, const oik_body *body, const oik_skeleton *lying, const oik_motion *motion,
                           oik_error *err) {
    oik_chain *same = NULL;
    oik_status status = oik_chain_new(&same, &l->q_rest, lying->kinematics, err);
    if (!status && same->n_dofs != motion->chain->n_dofs)
        status = oik_fail(err, OIK_E_ARGUMENT, "the motion has %d degrees of freedom, the skeleton %d: they do not belong together",
                          motion->chain->n_dofs, same->n_dofs);
    oik_chain_free(same);
    if (!status)
        status = oik_lying_skin_new(&l->skin, model->skeleton, model->body, &body->fit, err);
    l->q = l->q_rest;
    return status;
}

static oik_status stand(lie *l, const oik_motion *motion, oik_error *err) {
    const oik_ik_motion *frames = motion->frames;
    if (!motion->measured)
        return oik_fail(err, OIK_E_ARGUMENT, "a motion from keypoints goes with the lying skeleton, this one is posed");
    l->q = frames->q + (size_t)(frames->n_frames - 1) * (size_t)motion->chain->n_dofs;
    return OIK_OK;
}

oik_status oik_rig_from_skeleton(oik_rig **out, const oik_model *model, const oik_body *body, const oik_skeleton *skeleton,
                                 const oik_motion *motion, const oik_rig_options *options, oik_error *err) {
    const oik_rig_options defaults = {0};
    const oik_rig_options *o = options ? options : &defaults;
    lie l = {0};
    oik_vec3 up = {0};
    *out = NULL;
    oik_status status = oik_check_body(body, model, err);
    if (!status)
        status = oik_check_skeleton(skeleton, model, err);
    if (!status)
        status = oik_check_chain(motion->chain, skeleton->kinematics, err);
    if (!status)
        status = skeleton->posed ? stand(&l, motion, err) : lie_down(&l, model, body, skeleton, motion, err);
    if (!status)
        status = choose_up(&up, o->up, motion, err);
    if (!status) {
        const oik_rig_input input = {.name = o->name ? o->name : "",
                                     .gender = model->gender,
                                     .model = model->skeleton,
                                     .puppet = skeleton->puppet,
                                     .placed = skeleton->posed && motion->placed.n_frames ? &motion->placed : NULL,
                                     .chain = motion->chain,
                                     .motion = motion->frames,
                                     .q = l.q,
                                     .mass = o->mass,
                                     .stature = body->stature,
                                     .n_skin_vertices = body->n_vertices,
                                     .n_skin_faces = body->n_faces,
                                     .skin = skeleton->posed ? body->x : l.skin.x,
                                     .rest_skin = body->fit.v_subject,
                                     .skin_faces = (const int32_t(*)[3])body->faces,
                                     .body = model->body,
                                     .up = up};
        status = oik_rig_new(out, &input, o->full ? OIK_RIG_FULL : OIK_RIG_PLAIN, err);
    }
    lie_free(&l);
    return status;
}

oik_status oik_motion_up(double up[3], const oik_motion *motion, oik_error *err) {
    static const double unknown[3] = {0};
    oik_vec3 axis;
    oik_status status = choose_up(&axis, unknown, motion, err);
    if (!status)
        up[0] = axis.x, up[1] = axis.y, up[2] = axis.z;
    return status;
}

/* ------------------------------------------------------------------ files */

/** "DIR/NAME.osim" as "DIR" and "NAME". */
static oik_status write_osim(const oik_rig *rig, const char *path, oik_error *err) {
    static const char suffix[] = ".osim";
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name), n_suffix = sizeof suffix - 1;
    if (n <= n_suffix || strcmp(name + n - n_suffix, suffix) != 0)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a name that ends with %s", path, suffix);
    oik_buf folder = {0}, base = {0};
    oik_buf_printf(&folder, "%.*s", slash ? (int)(name - path) : 1, slash ? path : ".");
    oik_buf_printf(&base, "%.*s", (int)(n - n_suffix), name);
    oik_status status = folder.status ? folder.status : base.status;
    status = status ? oik_fail(err, status, "%s", oik_status_sentence(status)) : oik_osim_write_all(rig, base.data, folder.data, err);
    oik_buf_free(&folder);
    oik_buf_free(&base);
    return status;
}

oik_status oik_write_rig(const oik_rig *rig, const char *format, const char *path, oik_error *err) {
    static const struct {
        const char *format;
        oik_status (*write)(const oik_rig *rig, const char *path, oik_error *err);
    } writers[] = {{"osim", write_osim},     {"mot", oik_mot_write},   {"trc", oik_trc_write},
                   {"c3d", oik_c3d_write},   {"bvh", oik_bvh_write},   {"glb", oik_glb_write},
                   {"mjcf", oik_mjcf_write}, {"urdf", oik_urdf_write}, {"addb", oik_addb_write}};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i].format, format) == 0)
            return writers[i].write(rig, path, err);
    return oik_fail(err, OIK_E_ARGUMENT, "a rig is not written as \"%.40s\": expected osim, mot, trc, c3d, bvh, glb, mjcf, urdf or addb",
                    format);
}

oik_status oik_write_isb_angles(const oik_motion *motion, const double up[3], const char *path, oik_error *err) {
    static const double unknown[3] = {0};
    oik_vec3 axis;
    oik_status status = choose_up(&axis, up ? up : unknown, motion, err);
    return status ? status : oik_isb_csv_write(path, motion->frames, axis, err);
}
