/** One bone from its description to its mesh; see bone_make.h. */
#include "bone_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "bones/spine.h"
#include "polygonise.h"
#include "simplify.h"

static const double METRES = 1e-3;

void oik_bone_clear(oik_bone *bone) {
    free(bone->v);
    free(bone->f);
    free(bone->rest);
    bone->v = bone->rest = NULL;
    bone->f = NULL;
}

/* ---- drafts ---- */

void oik_draft_mark(oik_bone_draft *draft, const char *name, oik_mark_place place, oik_vec3 p) {
    if (draft->n_marks == OIK_BONE_MAX_LANDMARKS)
        return;
    oik_bone_mark *m = draft->marks + draft->n_marks++;
    snprintf(m->name, sizeof m->name, "%s", name);
    m->place = place;
    m->p = oik_sdf_from_frame(draft->sdf, p);
}

void oik_draft_table(oik_bone_draft *draft, const oik_bone_table *table) {
    for (int i = 0; i < table->n_features; i++)
        oik_sdf_add(draft->sdf, table->features + i);
    for (int i = 0; i < table->n_marks; i++)
        oik_draft_mark(draft, table->marks[i].name, table->marks[i].place, table->marks[i].p);
}

/** Vertebrae and sacrum are described in a frame that leans with their bodies. */
static oik_mat3 axes_of(const oik_bone_spec *spec) {
    if (spec->draft == oik_draft_vertebra)
        return oik_tilt(oik_vertebra_stand(spec->number).tilt_deg);
    return spec->draft == oik_draft_sacrum ? oik_tilt(OIK_S1_TILT) : m3_identity();
}

/* ---- surface ---- */

/** Above detail 1 the lattice is refined with the number of faces; below it stays, so that the topology stays. */
static double cell_size(const oik_bone_spec *spec, double detail) {
    return spec->cell_mm / fmax(sqrt(detail), 1.0);
}

static oik_status make_surface(oik_surface *s, const oik_sdf *sdf, const oik_bone_spec *spec, double detail,
                               oik_error *err) {
    oik_sdf_grid *grid = NULL;
    size_t n_faces = (size_t)(spec->n_faces * detail);
    oik_status status = oik_sdf_sample(&grid, sdf, cell_size(spec, detail), spec->midline, err);
    if (status == OIK_OK)
        status = oik_polygonise(s, grid, err);
    oik_sdf_grid_free(grid);
    if (status == OIK_OK)
        status = oik_simplify(s, spec->midline ? n_faces / 2 : n_faces, spec->midline, err);
    if (status == OIK_OK && spec->midline)
        status = oik_surface_mirror(s, err);
    return status;
}

/* ---- landmarks ---- */

/** Nearest point of a triangle (Ericson, Real-Time Collision Detection, 5.1.5). */
static oik_vec3 nearest_on_triangle(oik_vec3 a, oik_vec3 b, oik_vec3 c, oik_vec3 p) {
    oik_vec3 ab = v3_sub(b, a), ac = v3_sub(c, a), ap = v3_sub(p, a), bp = v3_sub(p, b), cp = v3_sub(p, c);
    double d1 = v3_dot(ab, ap), d2 = v3_dot(ac, ap), d3 = v3_dot(ab, bp), d4 = v3_dot(ac, bp);
    double d5 = v3_dot(ab, cp), d6 = v3_dot(ac, cp);
    if (d1 <= 0 && d2 <= 0)
        return a;
    if (d3 >= 0 && d4 <= d3)
        return b;
    if (d6 >= 0 && d5 <= d6)
        return c;
    double va = d3 * d6 - d5 * d4, vb = d5 * d2 - d1 * d6, vc = d1 * d4 - d3 * d2;
    if (vc <= 0 && d1 >= 0 && d3 <= 0)
        return v3_madd(a, d1 / (d1 - d3), ab);
    if (vb <= 0 && d2 >= 0 && d6 <= 0)
        return v3_madd(a, d2 / (d2 - d6), ac);
    if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0)
        return v3_madd(b, (d4 - d3) / ((d4 - d3) + (d5 - d6)), v3_sub(c, b));
    double s = 1.0 / (va + vb + vc);
    return v3_madd(v3_madd(a, vb * s, ab), vc * s, ac);
}

static oik_vec3 nearest_on_surface(const oik_surface *s, oik_vec3 p) {
    oik_vec3 best = s->v[0];
    for (size_t i = 0; i < s->n_f; i++) {
        const int32_t *f = s->f[i];
        oik_vec3 q = nearest_on_triangle(s->v[f[0]], s->v[f[1]], s->v[f[2]], p);
        if (v3_dist(q, p) < v3_dist(best, p))
            best = q;
    }
    return best;
}

/** Nearest point of the line along which the mesh of a midline bone crosses the midline; its edges lie at x = 0 exactly. */
static oik_vec3 nearest_on_midline(const oik_surface *s, oik_vec3 p) {
    oik_vec3 best = v3(INFINITY, 0, 0);
    for (size_t i = 0; i < s->n_f; i++)
        for (int k = 0; k < 3; k++) {
            oik_vec3 a = s->v[s->f[i][k]], b = s->v[s->f[i][(k + 1) % 3]];
            if (a.x != 0.0 || b.x != 0.0)
                continue;
            oik_vec3 q = nearest_on_triangle(a, b, b, p);
            if (v3_dist(q, p) < v3_dist(best, p))
                best = q;
        }
    return best;
}

/** Descriptions name surface landmarks to within this distance [mm]; more means that the shape has changed. */
static const double LANDMARK_REACH = 5.0;

/**
 * Move surface landmarks onto the mesh. A landmark of the right half of a midline bone is found as the mirror image of
 * one of the left half, so that pairs stay exact pairs where the mesh offers two nearest points; one on the midline stays there.
 */
static oik_status place_landmarks(oik_bone *out, const oik_bone_draft *draft, const oik_surface *s, oik_error *err) {
    for (int i = 0; i < draft->n_marks; i++) {
        const oik_bone_mark *m = draft->marks + i;
        oik_landmark *l = out->landmarks + i;
        bool mirrored = out->midline && m->p.x < 0.0;
        oik_vec3 p = mirrored ? v3(-m->p.x, m->p.y, m->p.z) : m->p;
        bool central = out->midline && p.x == 0.0;
        oik_vec3 q = m->place != ON_BONE ? p : central ? nearest_on_midline(s, p) : nearest_on_surface(s, p);
        if (v3_dist(p, q) > LANDMARK_REACH)
            return oik_fail(err, OIK_E_MODEL, "landmark %s is %.1f mm off the surface, expected at most %.1f", m->name,
                            v3_dist(p, q), LANDMARK_REACH);
        if (mirrored)
            q.x = -q.x;
        memcpy(l->name, m->name, sizeof l->name);
        l->on_surface = m->place == ON_BONE;
        l->p = l->rest = v3_scale(q, METRES);
    }
    out->n_landmarks = draft->n_marks;
    return OIK_OK;
}

void oik_bone_settle_landmarks(oik_bone *bone) {
    const oik_surface s = {.v = bone->v, .f = bone->f, .n_v = bone->n_v, .n_f = bone->n_f};
    for (int i = 0; i < bone->n_landmarks; i++) {
        oik_landmark *l = bone->landmarks + i;
        if (!l->on_surface)
            continue;
        bool mirrored = bone->midline && l->p.x < 0.0;
        oik_vec3 p = mirrored ? v3(-l->p.x, l->p.y, l->p.z) : l->p;
        l->p = bone->midline && p.x == 0.0 ? nearest_on_midline(&s, p) : nearest_on_surface(&s, p);
        if (mirrored)
            l->p.x = -l->p.x;
    }
}

oik_status oik_bone_make(oik_bone *out, const oik_bone_spec *spec, double detail, oik_error *err) {
    oik_bone_draft draft = {0};
    oik_surface surface = {0};
    *out = (oik_bone){.midline = spec->midline, .cartilage = spec->cartilage, .axes = axes_of(spec)};
    snprintf(out->name, sizeof out->name, "%s", spec->name);
    oik_status status = oik_sdf_new(&draft.sdf, err);
    if (status == OIK_OK) {
        if (spec->table)
            oik_draft_table(&draft, spec->table);
        else
            spec->draft(&draft, spec->number);
        oik_draft_measuring_marks(&draft, spec);
        status = oik_sdf_status(draft.sdf, err);
    }
    if (status == OIK_OK)
        status = make_surface(&surface, draft.sdf, spec, detail, err);
    if (status == OIK_OK)
        status = place_landmarks(out, &draft, &surface, err);
    if (status == OIK_OK) {
        for (size_t i = 0; i < surface.n_v; i++)
            surface.v[i] = v3_scale(surface.v[i], METRES);
        out->n_v = surface.n_v;
        out->n_f = surface.n_f;
        out->v = surface.v;
        out->f = surface.f;
        surface = (oik_surface){0};
    } else {
        oik_error_prefix(err, "bone %s", spec->name);
    }
    oik_surface_free(&surface);
    oik_sdf_free(draft.sdf);
    return status;
}
