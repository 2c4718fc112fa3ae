/** How a report is laid out: the frame in which it is shown, and which arrays each step refers to. */
#ifndef OIK_EXPORT_REPORT_LAYOUT_H
#define OIK_EXPORT_REPORT_LAYOUT_H

#include "export/report_html.h"

/** Into the frame of the page: p = R (x - centre); Y up, facing +z, feet on y = 0, in the middle. */
typedef struct oik_report_space {
    oik_mat3 R;
    oik_vec3 centre; /**< [m] */
} oik_report_space;

/** Arrays of one step by number; -1: none. */
typedef struct oik_report_state {
    int32_t skin, placement, shape;
} oik_report_state;

/** How the frames of a rig are shown (report_motion.h). */
typedef struct oik_report_motion {
    oik_report_space space;    /**< from the rig's world */
    size_t n_frames, every;    /**< shown; one of so many of the rig */
    oik_mat3 *R;               /**< n_frames x bodies, body frame -> page */
    oik_vec3 *o;               /**< n_frames x bodies [m], page */
} oik_report_motion;

typedef struct oik_report_layout {
    oik_report_motion motion;  /**< empty without a rig; what follows is empty without a body */
    oik_report_space input, lying;
    oik_report_state *states;  /**< n_steps + 1: the steps and the result */
    int32_t n_skins, n_placements, n_shapes; /**< number 0 of each is the result's */
    int32_t n_modes;           /**< shape modes that differ from the result in some step */
    int32_t *mode_slot;        /**< modes of the skeleton: number among those, or -1 */
} oik_report_layout;

/** Step i of n_steps + 1; the last one is the result. */
const oik_report_step *oik_report_step_at(const oik_report *report, size_t i);

/** The skin of the first step that shows the lying body, or NULL. */
const oik_vec3 *oik_report_lying_skin(const oik_report *report);

/** Faces of vertices that there are. OIK_E_ARGUMENT naming what they are of. */
oik_status oik_report_check_faces(const int32_t (*faces)[3], size_t n_faces, size_t n_vertices, const char *what, oik_error *err);

/** Check the report and lay it out. Release with oik_report_layout_free, also on error. OIK_E_ARGUMENT, OIK_E_MODEL,
 *  OIK_E_NOT_FINITE, OIK_E_MEMORY. */
oik_status oik_report_layout_make(oik_report_layout *layout, const oik_report *report, oik_error *err);
void oik_report_layout_free(oik_report_layout *layout);

/** The space of a step. */
const oik_report_space *oik_report_space_of(const oik_report_layout *layout, const oik_report_step *step);
oik_vec3 oik_report_show(const oik_report_space *space, oik_vec3 x);

#endif
