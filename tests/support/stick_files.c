/* The stick chain and its motions as files (see stick_files.h). */
#include "support/stick_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "support/stick_chain.h"

static const double DEG = 180.0 / 3.14159265358979323846;

enum { ROWS = 17, NOSE = 9 };

int stick_row_of(int marker) {
    return marker < NOSE ? marker : marker + 1;
}

static const char *type_of(const oik_chain_joint *joint) {
    static const char *const types[] = {"fixed", "hinge", "universal", "ball"};
    return joint->parent < 0 ? "free" : types[joint->n_rotations];
}

static void put_dof(oik_buf *text, const oik_dof *dof, int k) {
    double unit = dof->translation ? 1.0 : DEG;
    oik_buf_printf(text, "%s{\"name\": \"%s\", \"axis\": [%g, %g, %g], \"%s\": [%.17g, %.17g]}", k ? ", " : "", dof->name, dof->axis.x,
                   dof->axis.y, dof->axis.z, dof->translation ? "range_m" : "range_deg", dof->lower * unit, dof->upper * unit);
}

static void put_joint(oik_buf *text, const oik_chain *chain, const oik_chain_pose *pose, int i) {
    const oik_chain_joint *joint = &chain->joints[i];
    oik_vec3 c = pose->centre[i];
    oik_buf_printf(text, "%s {\"name\": \"%s\", \"type\": \"%s\", \"position\": [%.17g, %.17g, %.17g], \"parent\": ", i ? ",\n" : "",
                   joint->name, type_of(joint), c.x, c.y, c.z);
    oik_buf_printf(text, joint->parent < 0 ? "null" : "\"%s\"", joint->parent < 0 ? "" : chain->joints[joint->parent].name);
    oik_buf_printf(text, ", \"dofs\": [");
    for (int k = 0; k < joint->n_rotations + joint->n_translations; k++)
        put_dof(text, &chain->dofs[joint->first_dof + k], k);
    oik_buf_printf(text, "]}");
}

/* joint of the chain whose centre the marker is: they have one name */
static void put_pairs(oik_buf *text, const oik_markers *markers) {
    for (int i = 0; i < markers->n_links; i++) {
        const oik_marker_link *link = &markers->links[i];
        oik_buf_printf(text, "%s {\"from\": \"%s\", \"to\": \"%s\", \"keypoint_from\": %d, \"keypoint_to\": %d}", i ? ",\n" : "",
                       markers->markers[link->from].name, markers->markers[link->to].name, stick_row_of(link->from),
                       stick_row_of(link->to));
    }
}

char *stick_chain_json(void) {
    oik_buf text = {0};
    oik_chain *chain = stick_chain_new();
    oik_markers *markers = chain ? stick_markers_new(chain) : NULL;
    oik_chain_pose *pose = NULL;
    double *q = calloc(STICK_N_DOFS, sizeof *q); /* zero: positions in the file are those at zero */
    if (markers && q && oik_chain_pose_new(&pose, chain, NULL) == OIK_OK) {
        oik_chain_forward(pose, chain, q);
        oik_buf_printf(&text, "{\"format\": \"osso_ik kinematic chain\", \"version\": 1, \"joints\": [\n");
        for (int i = 0; i < chain->n_segments; i++)
            put_joint(&text, chain, pose, i);
        oik_buf_printf(&text, "],\n \"link_pairs\": [\n");
        put_pairs(&text, markers);
        oik_buf_printf(&text, "]}\n");
    }
    free(q);
    oik_chain_pose_free(pose);
    oik_markers_free(markers);
    oik_chain_free(chain);
    return text.data;
}

oik_chain_file *stick_chain_file_new(void) {
    oik_chain_file *file = NULL;
    oik_error err = {0};
    char *text = stick_chain_json();
    assert_non_null(text);
    if (oik_chain_parse(&file, text, strlen(text), "stick.json", NULL, &err))
        fail_msg("%s", err.message);
    free(text);
    return file;
}

char *stick_text(const random_motion *motion, double scale) {
    oik_buf text = {0};
    int n = motion->markers->n_markers;
    for (int f = 0; f < motion->n_frames; f++)
        for (int row = 0; row < ROWS; row++) {
            int m = row < NOSE ? row : row - 1;
            if (row == NOSE || !(motion->weight[f * n + m] > 0.0)) {
                oik_buf_printf(&text, "nan nan nan\n");
                continue;
            }
            oik_vec3 x = v3_scale(motion->x[f * n + m], scale);
            oik_buf_printf(&text, "%.9f %.9f %.9f\n", x.x, x.y, x.z);
        }
    return text.data;
}

oik_keypoints *stick_keypoints_new(const random_motion *motion, double scale) {
    oik_keypoints *keypoints = NULL;
    oik_error err = {0};
    char *text = stick_text(motion, scale);
    assert_non_null(text);
    if (oik_keypoints_parse(&keypoints, (const uint8_t *)text, strlen(text), "stick.txt", 30.0, &err))
        fail_msg("%s", err.message);
    free(text);
    return keypoints;
}
