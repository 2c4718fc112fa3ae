/** Frames and array numbers of a report (see report_layout.h). */
#include "export/report_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/report_motion.h"
#include "export/report_ties.h"
#include "ik/up.h"

const oik_report_step *oik_report_step_at(const oik_report *report, size_t i) {
    return i < report->n_steps ? &report->steps[i] : &report->result;
}

const oik_report_space *oik_report_space_of(const oik_report_layout *layout, const oik_report_step *step) {
    return step->lying ? &layout->lying : &layout->input;
}

oik_vec3 oik_report_show(const oik_report_space *space, oik_vec3 x) {
    return m3_mulv(space->R, v3_sub(x, space->centre));
}

/* ---- what must hold ---- */

oik_status oik_report_check_faces(const int32_t (*faces)[3], size_t n_faces, size_t n_vertices, const char *what, oik_error *err) {
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (faces[f][k] < 0 || (size_t)faces[f][k] >= n_vertices)
                return oik_fail(err, OIK_E_ARGUMENT, "report: face %zu of the %s has vertex %d, there are %zu", f, what, faces[f][k],
                                n_vertices);
    return OIK_OK;
}

static oik_status check_labels(const oik_skel_model *s, oik_error *err) {
    for (size_t i = 0; i < s->n_points; i++)
        if (s->point_part[i] < 0 || s->point_part[i] >= s->n_parts)
            return oik_fail(err, OIK_E_ARGUMENT, "report: point %zu of the skeleton has part %d of %d", i, s->point_part[i], s->n_parts);
    for (size_t i = 0; i < s->n_vertices; i++)
        if (s->vertex_bone[i] < 0 || s->vertex_bone[i] >= s->n_bones)
            return oik_fail(err, OIK_E_ARGUMENT, "report: vertex %zu of the skeleton has bone %d of %d", i, s->vertex_bone[i], s->n_bones);
    return OIK_OK;
}

/** Placement and shape; skins are checked when they are written. */
static oik_status check_step(const oik_report_step *step, size_t number, const oik_skel_model *s, oik_error *err) {
    if (!step->R != !step->t)
        return oik_fail(err, OIK_E_ARGUMENT, "report: step %zu has rotations without translations, or these without those", number);
    for (int p = 0; step->R && p < s->n_parts; p++) {
        bool finite = v3_finite(step->t[p]);
        for (int k = 0; k < 3; k++)
            finite = finite && v3_finite(m3_column(step->R[p], k));
        if (!finite)
            return oik_fail(err, OIK_E_NOT_FINITE, "report: step %zu: the placement of part %d is not finite", number, p);
    }
    for (size_t k = 0; step->shape && k < s->n_modes; k++)
        if (!isfinite(step->shape[k]))
            return oik_fail(err, OIK_E_NOT_FINITE, "report: step %zu: shape coefficient %zu is not finite", number, k);
    return OIK_OK;
}

static oik_status check_body(const oik_report *r, oik_error *err) {
    const oik_skel_model *s = r->skeleton;
    if (!r->result.skin || !r->result.R || !r->result.shape)
        return oik_fail(err, OIK_E_ARGUMENT, "report: the result needs skin, placement and shape");
    if (!r->chain != !r->pose)
        return oik_fail(err, OIK_E_ARGUMENT, "report: a chain needs its pose, and a pose its chain");
    if (r->kinematics && r->kinematics->n_joints > s->n_segments)
        return oik_fail(err, OIK_E_ARGUMENT, "report: %d joints, the skeleton has %d segments", r->kinematics->n_joints, s->n_segments);
    for (int i = 0; r->kinematics && i < r->kinematics->n_joints; i++)
        if (s->segments[i].part < 0 || s->segments[i].part >= s->n_parts)
            return oik_fail(err, OIK_E_ARGUMENT, "report: segment %d is carried by part %d of %d", i, s->segments[i].part, s->n_parts);
    oik_status status = oik_report_check_faces(r->skin_faces, r->n_skin_faces, r->n_skin_vertices, "skin", err);
    if (!status)
        status = oik_report_check_faces((const int32_t(*)[3])s->faces, s->n_faces, s->n_vertices, "skeleton", err);
    if (!status)
        status = check_labels(s, err);
    if (!status)
        status = oik_report_check_ties(s, r->n_skin_vertices, err);
    for (size_t i = 0; i <= r->n_steps && !status; i++)
        status = check_step(oik_report_step_at(r, i), i + 1, s, err);
    return status;
}

static oik_status check_report(const oik_report *r, oik_error *err) {
    if (!r->skeleton && !r->rig)
        return oik_fail(err, OIK_E_ARGUMENT, "report: there is neither a body nor a rig to show");
    for (int i = 0; r->mean && i < r->mean->n_gates; i++)
        if (!r->quality || i >= r->quality->n_gates || strcmp(r->mean->gates[i].name, r->quality->gates[i].name) != 0)
            return oik_fail(err, OIK_E_ARGUMENT, "report: gate %d, %s, of the mean is not one of the worst frame", i,
                            r->mean->gates[i].name);
    oik_status status = r->skeleton ? check_body(r, err) : OIK_OK;
    return !status && r->rig ? oik_report_check_rig(r->rig, err) : status;
}

/* ---- frames ---- */

/** One of the 24 rotations by right angles: x and y axis go to the signed axes a and b; false when these are not perpendicular. */
static bool right_angle_turn(oik_mat3 *R, int a, int b) {
    static const oik_vec3 axes[6] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    if (a / 2 == b / 2)
        return false;
    *R = m3_columns(axes[a], axes[b], v3_cross(axes[a], axes[b]));
    return true;
}

/** Cosines between where R takes anterior, superior and right of the pelvis and forwards, up and right of the page, added up. */
static double uprightness(oik_mat3 R, oik_mat3 pelvis) {
    oik_mat3 shown = m3_mul(R, pelvis);
    return shown.m[2][0] + shown.m[1][1] - shown.m[0][2];
}

/**
 * The turn by right angles that stands the pelvis upright, or, where up is not zero, of those that turn it to y the one in which the pelvis
 * faces the viewer; the plain one unless another is clearly better (a crouching pelvis leans a lot).
 */
static oik_mat3 upright_turn(const oik_kinematics *kinematics, oik_vec3 up) {
    const double clearly = 1.0;
    bool given = v3_dot(up, up) > 0.0;
    oik_mat3 best = given ? oik_up_turn(up) : m3_identity(), turn;
    if (!kinematics || kinematics->n_segments == 0)
        return best;
    oik_mat3 pelvis = kinematics->segments[0].R;
    double most = uprightness(best, pelvis) + clearly;
    for (int a = 0; a < 6; a++)
        for (int b = 0; b < 6; b++)
            if (right_angle_turn(&turn, a, b) && (!given || m3_mulv(turn, up).y > 0.5) && uprightness(turn, pelvis) > most) {
                best = turn;
                most = uprightness(turn, pelvis);
            }
    return best;
}

/** Middle of the skin's box, at its feet. */
static oik_report_space space_around(oik_mat3 R, const oik_vec3 *skin, size_t n) {
    if (!skin || n == 0)
        return (oik_report_space){.R = R, .centre = v3(0, 0, 0)};
    oik_vec3 low = m3_mulv(R, skin[0]), high = low;
    for (size_t i = 1; i < n; i++) {
        oik_vec3 p = m3_mulv(R, skin[i]);
        low = v3_min(low, p);
        high = v3_max(high, p);
    }
    oik_vec3 middle = v3_lerp(low, high, 0.5);
    return (oik_report_space){.R = R, .centre = m3_tmulv(R, v3(middle.x, low.y, middle.z))};
}

const oik_vec3 *oik_report_lying_skin(const oik_report *r) {
    for (size_t i = 0; i < r->n_steps; i++)
        if (r->steps[i].lying && r->steps[i].skin)
            return r->steps[i].skin;
    return NULL;
}

/* ---- numbers ---- */

/** The skin is the result's. */
static bool same_skin(const oik_report *r, const oik_report_step *step) {
    return !step->lying && memcmp(step->skin, r->result.skin, r->n_skin_vertices * sizeof *step->skin) == 0;
}

static bool same_shape(const oik_report *r, const oik_report_step *step) {
    return !step->shape || memcmp(step->shape, r->result.shape, r->skeleton->n_modes * sizeof *step->shape) == 0;
}

/** Arrays of step i, given those of the step before. The result's arrays, and what equals them, are number 0. */
static oik_report_state state_of(oik_report_layout *layout, const oik_report *r, size_t i, oik_report_state state) {
    const oik_report_step *step = oik_report_step_at(r, i), *before = i ? &r->steps[i - 1] : NULL;
    bool stays = before && before->skin == step->skin && before->lying == step->lying;
    if (step->skin && !stays)
        state.skin = same_skin(r, step) ? 0 : layout->n_skins++;
    if (!step->R)
        return state;
    state.placement = i == r->n_steps ? 0 : layout->n_placements++;
    stays = before && before->R && before->shape == step->shape;
    if (!stays)
        state.shape = same_shape(r, step) ? 0 : layout->n_shapes++;
    return state;
}

static void number_modes(oik_report_layout *layout, const oik_report *r) {
    for (size_t k = 0; k < r->skeleton->n_modes; k++) {
        bool used = false;
        for (size_t i = 0; i < r->n_steps && !used; i++)
            used = r->steps[i].R && r->steps[i].shape && r->steps[i].shape[k] != r->result.shape[k];
        layout->mode_slot[k] = used ? layout->n_modes++ : -1;
    }
}

static oik_status lay_out_body(oik_report_layout *layout, const oik_report *r, oik_error *err) {
    layout->states = oik_new(r->n_steps + 1, sizeof *layout->states, err);
    layout->mode_slot = oik_new(r->skeleton->n_modes, sizeof *layout->mode_slot, err);
    if (!layout->states || !layout->mode_slot)
        return OIK_E_MEMORY;
    layout->input = space_around(upright_turn(r->kinematics, r->up), r->result.skin, r->n_skin_vertices);
    layout->lying = space_around(m3_identity(), oik_report_lying_skin(r), r->n_skin_vertices);
    oik_report_state state = {.skin = -1, .placement = -1, .shape = -1};
    for (size_t i = 0; i <= r->n_steps; i++)
        layout->states[i] = state = state_of(layout, r, i, state);
    number_modes(layout, r);
    return OIK_OK;
}

oik_status oik_report_layout_make(oik_report_layout *layout, const oik_report *r, oik_error *err) {
    *layout = (oik_report_layout){.n_skins = 1, .n_placements = 1, .n_shapes = 1};
    oik_status status = check_report(r, err);
    if (!status && r->skeleton)
        status = lay_out_body(layout, r, err);
    return !status && r->rig ? oik_report_motion_make(&layout->motion, r->rig, err) : status;
}

void oik_report_layout_free(oik_report_layout *layout) {
    oik_report_motion_free(&layout->motion);
    free(layout->states);
    free(layout->mode_slot);
    *layout = (oik_report_layout){0};
}
