/** Landmarks, contacts and springs of a report (see report_ties.h). */
#include "export/report_ties.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/report_array.h"
#include "mesh/mesh.h"

/* ---- what must hold ---- */

static oik_status check_numbers(const int32_t *values, size_t n, size_t end, const char *what, oik_error *err) {
    for (size_t i = 0; i < n; i++)
        if (values[i] < 0 || (size_t)values[i] >= end)
            return oik_fail(err, OIK_E_ARGUMENT, "report: %s %zu has number %d, there are %zu", what, i, values[i], end);
    return OIK_OK;
}

oik_status oik_report_check_ties(const oik_skel_model *s, size_t n_skin, oik_error *err) {
    const oik_landmarks *l = &s->landmarks;
    oik_status status = check_numbers(l->point, l->n, s->n_points, "point of landmark", err);
    if (!status && l->n)
        status = check_numbers(l->skin.index, (size_t)l->skin.start[l->n], n_skin, "skin vertex of landmarks, entry", err);
    if (!status)
        status = check_numbers(s->springs.point, s->springs.n, s->n_points, "point of spring", err);
    if (!status)
        status = check_numbers(s->springs.skin, s->springs.n, n_skin, "skin vertex of spring", err);
    if (!status && s->published)
        status = check_numbers(s->published->contact_point, s->published->n_contacts, s->n_points, "point of contact", err);
    if (!status && s->published)
        status = check_numbers(s->published->contact_skin, s->published->n_contacts, n_skin, "skin vertex of contact", err);
    return status;
}

/* ---- springs ---- */

static oik_status put_springs(oik_text_file *file, const oik_springs *springs, oik_error *err) {
    int32_t *point = oik_new(springs->n, sizeof *point, err), *skin = oik_new(springs->n, sizeof *skin, err);
    oik_status status = point && skin ? OIK_OK : OIK_E_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < springs->n && !status; i++)
        if (springs->weight[i] > 0.0) {
            point[n] = springs->point[i];
            skin[n++] = springs->skin[i];
        }
    if (!status)
        status = oik_report_put_indices(file, "spring-point", point, n, err);
    if (!status)
        status = oik_report_put_indices(file, "spring-skin", skin, n, err);
    free(point);
    free(skin);
    return status;
}

/* ---- landmarks and contacts ---- */

typedef struct landmark_list {
    size_t n;
    int32_t *point;
    oik_vec3 *target; /**< in the frame of the lying body */
} landmark_list;

static void add_landmark(landmark_list *list, int32_t point, oik_vec3 target) {
    list->point[list->n] = point;
    list->target[list->n++] = target;
}

static oik_vec3 landmark_target(const oik_landmarks *l, size_t i, const oik_vec3 *skin, const oik_vec3 *normal) {
    oik_vec3 target = v3(0, 0, 0), n = v3(0, 0, 0);
    for (int32_t e = l->skin.start[i]; e < l->skin.start[i + 1]; e++) {
        target = v3_madd(target, l->skin.value[e], skin[l->skin.index[e]]);
        n = v3_madd(n, l->skin.value[e], normal[l->skin.index[e]]);
    }
    return v3_madd(target, -l->depth[i], v3_unit(n));
}

/** skin, normal: of the lying body, or NULL: targets at the origin. */
static void collect(landmark_list *list, const oik_skel_model *s, const oik_vec3 *skin, const oik_vec3 *normal) {
    for (size_t i = 0; i < s->landmarks.n; i++)
        if (s->landmarks.weight[i] > 0.0)
            add_landmark(list, s->landmarks.point[i], skin ? landmark_target(&s->landmarks, i, skin, normal) : v3(0, 0, 0));
    for (size_t i = 0; s->published && i < s->published->n_contacts; i++)
        if (s->published->contact_weight[i] > 0.0)
            add_landmark(list, s->published->contact_point[i], skin ? skin[s->published->contact_skin[i]] : v3(0, 0, 0));
}

static oik_status put_landmarks(oik_text_file *file, const oik_report *r, const oik_report_layout *layout, oik_error *err) {
    const oik_skel_model *s = r->skeleton;
    const oik_vec3 *skin = oik_report_lying_skin(r);
    size_t room = s->landmarks.n + (s->published ? s->published->n_contacts : 0);
    landmark_list list = {.point = oik_new(room, sizeof *list.point, err), .target = oik_new(room, sizeof *list.target, err)};
    oik_vec3 *normal = oik_new(skin ? r->n_skin_vertices : 0, sizeof *normal, err);
    oik_status status = list.point && list.target && normal ? OIK_OK : OIK_E_MEMORY;
    if (!status && skin)
        oik_mesh_normals(normal, skin, r->n_skin_vertices, r->skin_faces, r->n_skin_faces);
    if (!status) {
        collect(&list, s, skin, normal);
        status = oik_report_put_indices(file, "landmark-point", list.point, list.n, err);
    }
    for (size_t i = 0; i < list.n && !status; i++)
        list.target[i] = oik_report_show(&layout->lying, list.target[i]);
    if (!status && skin)
        status = oik_report_put_points(file, "landmark-target", list.target, list.n, err);
    free(list.point);
    free(list.target);
    free(normal);
    return status;
}

oik_status oik_report_put_ties(oik_text_file *file, const oik_report *report, const oik_report_layout *layout, oik_error *err) {
    oik_status status = put_springs(file, &report->skeleton->springs, err);
    return status ? status : put_landmarks(file, report, layout, err);
}
