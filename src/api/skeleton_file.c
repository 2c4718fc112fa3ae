/** Placed bones in a file. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "api/stage_file.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

enum { N_ARRAYS = 4 };

/** Arrays that are written and read. r: n_parts rotation vectors. */
static oik_stage_array *puppet_arrays(oik_stage_array list[N_ARRAYS], oik_puppet *puppet, oik_vec3 *r) {
    const size_t n = (size_t)puppet->n_parts;
    list[0] = (oik_stage_array){"R", &puppet->R->m[0][0], NULL, 3, {n, 3, 3}};
    list[1] = (oik_stage_array){"t", &puppet->t->x, NULL, 2, {n, 3}};
    list[2] = (oik_stage_array){"r", &r->x, NULL, 2, {n, 3}};
    list[3] = (oik_stage_array){"shape", puppet->shape, NULL, 1, {puppet->n_modes}};
    return list;
}

/* ------------------------------------------------------------------ saving */

static oik_status add_part_names(oik_npz_writer *w, const oik_skel_model *model, oik_error *err) {
    const char **names = oik_new((size_t)model->n_parts, sizeof *names, err);
    if (!names)
        return OIK_E_MEMORY;
    for (int p = 0; p < model->n_parts; p++)
        names[p] = model->part_names[p];
    oik_status status = oik_npz_add_text(w, "part_names", (size_t)model->n_parts, names, err);
    free(names);
    return status;
}

static oik_status add_arrays(oik_npz_writer *w, const oik_skeleton *s, oik_vec3 *r, oik_error *err) {
    oik_stage_array list[N_ARRAYS];
    const oik_stage_array vertices = {"vertices", &s->vertices->x, NULL, 2, {s->n_vertices, 3}};
    for (int p = 0; p < s->puppet->n_parts; p++)
        r[p] = s->puppet->r ? s->puppet->r[p] : oik_rot_log(s->puppet->R[p]);
    oik_status status = oik_stage_file_add(w, puppet_arrays(list, s->puppet, r), N_ARRAYS, err);
    if (!status)
        status = oik_stage_file_add(w, &vertices, 1, err);
    return status;
}

oik_status oik_skeleton_save(const oik_skeleton *s, const oik_model *model, const char *path, oik_error *err) {
    oik_npz_writer *w = NULL;
    if (!s->origin.key[0])
        return oik_fail(err, OIK_E_ARGUMENT, "%s: the bones of a sequence are not saved", path);
    oik_status status = oik_check_skeleton(s, model, err);
    if (status)
        return status;
    oik_vec3 *r = oik_new((size_t)s->puppet->n_parts, sizeof *r, err);
    status = r ? oik_stage_file_begin(&w, &s->origin, &s->calls, err) : OIK_E_MEMORY;
    if (!status)
        status = add_part_names(w, model->skeleton, err);
    if (!status)
        status = add_arrays(w, s, r, err);
    if (!status)
        status = oik_npz_writer_save(w, path, 0, err);
    oik_npz_writer_free(w);
    free(r);
    return status;
}

/* ------------------------------------------------------------------ loading */

static oik_status read_puppet(oik_skeleton *s, const oik_skel_model *model, const oik_npz *npz, const char *path, oik_error *err) {
    oik_stage_array list[N_ARRAYS];
    oik_vec3 *r = oik_new((size_t)model->n_parts, sizeof *r, err);
    oik_status status = r ? oik_puppet_new(&s->puppet, model, err) : OIK_E_MEMORY;
    if (!status)
        status = oik_stage_file_read(npz, puppet_arrays(list, s->puppet, r), N_ARRAYS, path, err);
    for (int p = 0; p < model->n_parts && !status; p++)
        if (!oik_skel_is_rotation(s->puppet->R[p]))
            status = oik_fail(err, OIK_E_FORMAT, "%s: array R: part %d is not rotated but distorted", path, p);
    if (!status && s->origin.method == OIK_METHOD_REFERENCE)
        s->puppet->r = r; /* changes hands */
    else
        free(r);
    return status;
}

oik_status oik_skeleton_load(oik_skeleton **out, const oik_model *model, const oik_body *body, const oik_skeleton *lying,
                             const oik_stage_options *options, const char *path, oik_error *err) {
    *out = NULL;
    if (lying && lying->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a lying skeleton is expected, this one is posed already");
    oik_npz *npz = NULL;
    oik_skeleton *s = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (!status)
        status = oik_check_body(body, model, err);
    if (!status && lying)
        status = oik_check_skeleton(lying, model, err);
    if (!status)
        status = oik_skeleton_new(&s, model->skeleton, err);
    if (status)
        return status;
    s->origin = oik_stage_origin_next(lying ? &lying->origin : &body->origin, options);
    status = oik_stage_file_open(&npz, &s->calls, &s->origin, path, err);
    if (!status)
        status = read_puppet(s, model->skeleton, npz, path, err);
    if (!status)
        status = oik_skeleton_refresh(s, model->skeleton, err);
    if (!status && lying)
        status = oik_skeleton_set_posed(s, model->skeleton, body, lying->puppet, err);
    oik_npz_free(npz);
    if (status)
        oik_skeleton_free(s);
    else
        *out = s;
    return status;
}
