/** NAME_report.html (see report_html.h): the page's template with style, programs and data in their places. */
#include "export/report_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "export/report_array.h"
#include "export/report_json.h"
#include "export/report_motion.h"
#include "export/report_page.h"
#include "export/report_ties.h"
#include "skeleton/flex.h"
#include "skeleton/puppet_terms.h"

/** A report that is being written. */
typedef struct writing {
    const oik_report *report;
    oik_report_layout layout;
    oik_text_file file;
} writing;

/* ---- skins: arrays skin-0 (the result's), skin-1, ... ---- */

static oik_status put_skin(writing *w, oik_vec3 *shown, const oik_report_step *step, int32_t number, oik_error *err) {
    char name[32];
    size_t n = w->report->n_skin_vertices;
    const oik_report_space *space = oik_report_space_of(&w->layout, step);
    for (size_t i = 0; i < n; i++)
        shown[i] = oik_report_show(space, step->skin[i]);
    snprintf(name, sizeof name, "skin-%d", number);
    return oik_report_put_points(&w->file, name, shown, n, err);
}

static oik_status put_skins(writing *w, oik_error *err) {
    const oik_report *r = w->report;
    oik_vec3 *shown = oik_new(r->n_skin_vertices, sizeof *shown, err);
    if (!shown)
        return OIK_E_MEMORY;
    int32_t n_written = 1;
    oik_status status = put_skin(w, shown, &r->result, 0, err);
    for (size_t i = 0; i < r->n_steps && !status; i++)
        if (w->layout.states[i].skin == n_written)
            status = put_skin(w, shown, &r->steps[i], n_written++, err);
    free(shown);
    return status;
}

/* ---- bones in the result's shape: local coordinates of all points, labels and faces of the mesh ---- */

/** The bones of all steps are bent (skeleton/flex.h) as those of the result are: parts of the page are rigid. */
static void bend_bones(oik_vec3 *local, oik_vec3 *bend, const oik_report *report) {
    const oik_report_step *result = &report->result;
    const oik_skel_model *s = report->skeleton;
    const oik_puppet puppet = {.n_parts = s->n_parts, .n_modes = s->n_modes, .R = (oik_mat3 *)result->R, .t = (oik_vec3 *)result->t,
                               .shape = (double *)result->shape};
    oik_flex_offsets(bend, &puppet, s);
    for (size_t i = 0; i < s->n_vertices; i++)
        local[i] = v3_add(local[i], m3_tmulv(result->R[s->point_part[i]], bend[i]));
}

static oik_status put_bones(writing *w, oik_error *err) {
    const oik_skel_model *s = w->report->skeleton;
    oik_vec3 *local = oik_new(s->n_points, sizeof *local, err), *bend = oik_new(s->n_vertices, sizeof *bend, err);
    oik_status status = local && bend ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; i < s->n_points && !status; i++)
        local[i] = oik_puppet_local(w->report->result.shape, s, i);
    if (!status)
        bend_bones(local, bend, w->report);
    if (!status)
        status = oik_report_put_points(&w->file, "bone-points", local, s->n_points, err);
    free(local);
    free(bend);
    if (!status)
        status = oik_report_put_indices(&w->file, "bone-part", s->point_part, s->n_points, err);
    if (!status)
        status = oik_report_put_indices(&w->file, "bone-label", s->vertex_bone, s->n_vertices, err);
    if (!status)
        status = oik_report_put_indices(&w->file, "bone-faces", (const int32_t *)s->faces, 3 * s->n_faces, err);
    return status;
}

/* ---- shape modes that change: per point the number of entries, per entry mode and displacement ---- */

typedef struct entries {
    int32_t *count, *slot; /**< points; entries */
    oik_vec3 *vector;      /**< entries */
    size_t n;
} entries;

static void collect_entries(entries *e, const oik_skel_model *s, const int32_t *slot) {
    for (size_t i = 0; i < s->n_points; i++)
        for (int32_t k = s->mode_start[i]; k < s->mode_start[i + 1]; k++) {
            if (slot[s->mode_index[k]] < 0)
                continue;
            e->count[i]++;
            e->slot[e->n] = slot[s->mode_index[k]];
            e->vector[e->n++] = s->mode_vector[k];
        }
}

static oik_status put_modes(writing *w, oik_error *err) {
    const oik_skel_model *s = w->report->skeleton;
    if (w->layout.n_modes == 0)
        return OIK_OK;
    size_t room = (size_t)s->mode_start[s->n_points];
    entries e = {.count = oik_new(s->n_points, sizeof *e.count, err),
                 .slot = oik_new(room, sizeof *e.slot, err),
                 .vector = oik_new(room, sizeof *e.vector, err)};
    oik_status status = e.count && e.slot && e.vector ? OIK_OK : OIK_E_MEMORY;
    if (!status) {
        collect_entries(&e, s, w->layout.mode_slot);
        status = oik_report_put_indices(&w->file, "mode-count", e.count, s->n_points, err);
    }
    if (!status)
        status = oik_report_put_indices(&w->file, "mode-slot", e.slot, e.n, err);
    if (!status)
        status = oik_report_put_points(&w->file, "mode-vector", e.vector, e.n, err);
    free(e.count);
    free(e.slot);
    free(e.vector);
    return status;
}

/* ---- placements: quaternion wxyz and translation of every part in the page's frame; shapes: differences from the result's ---- */

static void add_placement(oik_report_array *array, const oik_report_space *space, const oik_report_step *step, int n_parts) {
    for (int p = 0; p < n_parts; p++) {
        oik_quat q = oik_quat_from_rot(m3_mul(space->R, step->R[p]));
        oik_vec3 t = oik_report_show(space, step->t[p]);
        const double values[7] = {q.w, q.x, q.y, q.z, t.x, t.y, t.z};
        for (int k = 0; k < 7; k++)
            oik_report_array_add_f32(array, values[k]);
    }
}

static oik_status put_placements(writing *w, oik_error *err) {
    const oik_report *r = w->report;
    oik_report_array array;
    oik_status status = OIK_OK;
    oik_report_array_begin(&array, &w->file, "placements", "f32", NULL);
    add_placement(&array, &w->layout.input, &r->result, r->skeleton->n_parts);
    for (size_t i = 0; i < r->n_steps && !status; i++) {
        const oik_report_step *step = &r->steps[i];
        if (step->R)
            add_placement(&array, oik_report_space_of(&w->layout, step), step, r->skeleton->n_parts);
        status = oik_text_file_flow(&w->file, err);
    }
    return status ? status : oik_report_array_end(&array, err);
}

static oik_status put_shapes(writing *w, oik_error *err) {
    const oik_report *r = w->report;
    oik_report_array array;
    int32_t n_written = 1;
    oik_report_array_begin(&array, &w->file, "shapes", "f32", NULL);
    for (int32_t k = 0; k < w->layout.n_modes; k++)
        oik_report_array_add_f32(&array, 0.0);
    for (size_t i = 0; i < r->n_steps; i++) {
        if (w->layout.states[i].shape != n_written)
            continue;
        n_written++;
        for (size_t k = 0; k < r->skeleton->n_modes; k++)
            if (w->layout.mode_slot[k] >= 0)
                oik_report_array_add_f32(&array, r->steps[i].shape[k] - r->result.shape[k]);
    }
    return oik_report_array_end(&array, err);
}

/* ---- page ---- */

static oik_status put_body(writing *w, oik_error *err) {
    oik_status status = oik_report_put_indices(&w->file, "skin-faces", (const int32_t *)w->report->skin_faces, 3 * w->report->n_skin_faces,
                                               err);
    if (!status)
        status = put_skins(w, err);
    if (!status)
        status = put_bones(w, err);
    if (!status)
        status = put_modes(w, err);
    if (!status)
        status = put_placements(w, err);
    if (!status)
        status = put_shapes(w, err);
    return status ? status : oik_report_put_ties(&w->file, w->report, &w->layout, err);
}

static oik_status put_data(writing *w, oik_error *err) {
    oik_status status = oik_report_put_facts(&w->file.buf, w->report, &w->layout, err);
    if (!status && w->report->skeleton)
        status = put_body(w, err);
    return !status && w->report->rig ? oik_report_put_motion(&w->file, w->report->rig, &w->layout.motion, err) : status;
}

/** What stands for "<!-- @NAME -->": the data, or all pieces of that name. */
static oik_status put_named(writing *w, const char *name, oik_error *err) {
    if (strcmp(name, "data") == 0)
        return put_data(w, err);
    oik_status status = OIK_OK;
    const char *piece;
    for (int i = 0; !status && (piece = oik_report_piece(name, i)); i++) {
        oik_buf_append(&w->file.buf, piece, strlen(piece));
        status = oik_text_file_flow(&w->file, err);
    }
    return status;
}

static oik_status put_page(writing *w, oik_error *err) {
    static const char open[] = "<!-- @", close[] = " -->";
    oik_status status = OIK_OK;
    const char *p = oik_report_page(), *marker;
    while (!status && (marker = strstr(p, open))) {
        const char *begin = marker + sizeof open - 1, *end = strstr(begin, close);
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)(end - begin), begin);
        oik_buf_append(&w->file.buf, p, (size_t)(marker - p));
        status = put_named(w, name, err);
        p = end + sizeof close - 1;
    }
    oik_buf_append(&w->file.buf, p, strlen(p));
    return status;
}

oik_status oik_report_write(const oik_report *report, const char *path, oik_error *err) {
    writing w = {.report = report};
    oik_status status = oik_report_layout_make(&w.layout, report, err);
    if (!status)
        status = oik_text_file_open(&w.file, path, err);
    if (w.file.writer) {
        status = put_page(&w, err);
        status = oik_text_file_close(&w.file, status, err);
    }
    oik_report_layout_free(&w.layout);
    return status;
}
