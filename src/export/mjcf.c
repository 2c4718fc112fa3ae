/** NAME.xml for MuJoCo (see mjcf.h). */
#include "export/mjcf.h"

#include <string.h>

#include "base/file.h"
#include "base/rot.h"
#include "base/status.h"
#include "export/rig_joint.h"
#include "export/rig_meshes.h"
#include "export/xml_numbers.h"

/** Walk through the tree of bodies: every body is entered, then its children, then it is left. Begin with {-1, false}. */
typedef struct body_walk {
    int body; /**< -1: the world */
    bool leaving;
} body_walk;

/** First body after `after` on that parent, -1 when there is none. */
static int next_child(const oik_rig *rig, int parent, int after) {
    for (int i = after + 1; i < rig->n_bodies; i++)
        if (rig->bodies[i].parent == parent)
            return i;
    return -1;
}

/** @return false at the end */
static bool walk_on(body_walk *walk, const oik_rig *rig) {
    int parent = walk->leaving ? rig->bodies[walk->body].parent : walk->body;
    int child = next_child(rig, parent, walk->body);
    walk->leaving = child < 0;
    walk->body = walk->leaving ? parent : child;
    return walk->body >= 0;
}

static int level_of(const oik_rig *rig, int body) {
    enum { WORLD = 2 }; /* mujoco, worldbody */
    int level = WORLD;
    for (int i = rig->bodies[body].parent; i >= 0; i = rig->bodies[i].parent)
        level++;
    return level;
}

static void put_quat(oik_buf *buf, oik_mat3 R) {
    oik_quat q = oik_quat_from_rot(R);
    const double wxyz[4] = {q.w, q.x, q.y, q.z};
    oik_xml_numbers(buf, "quat", wxyz, 4);
}

/** Explains the file to who opens it. */
static void put_comment(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "<!-- %s: a rig of osso_ik for MuJoCo.\n", rig->name);
    oik_buf_printf(buf, "     World: x forward, y up, z right of the subject. Metres, kg, radians.\n"
                        "     Joints have the names and values of the rig's coordinates; the hinges of a body turn in the order in which they\n"
                        "     are listed, each about an axis that those before it have moved.\n");
    oik_buf_printf(buf, "     Subject: %.6g kg%s, %.6g m. -->\n", rig->mass, rig->mass_estimated ? " (estimated from the skin's volume)" : "",
                   rig->stature);
}

static void put_settings(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "<mujoco model=\"%s\">\n", rig->name);
    oik_buf_printf(buf, "  <compiler angle=\"radian\" autolimits=\"true\" inertiafromgeom=\"false\"/>\n"
                        "  <option gravity=\"0 -9.80665 0\"/>\n");
    oik_buf_printf(buf, "  <statistic extent=\"%.6g\"/>\n", rig->stature);
    oik_buf_printf(buf, "  <visual>\n"
                        "    <global offwidth=\"1920\" offheight=\"1080\"/>\n"
                        "  </visual>\n"
                        "  <default>\n"
                        "    <geom type=\"mesh\" contype=\"0\" conaffinity=\"0\" group=\"1\" rgba=\"0.89 0.85 0.75 1\"/>\n");
    /* 7 mm: half the diameter of the usual reflective marker, 14 mm */
    oik_buf_printf(buf, "    <site type=\"sphere\" size=\"0.007\"/>\n"
                        "    <default class=\"landmark\">\n"
                        "      <site rgba=\"0.8 0.3 0.2 1\"/>\n"
                        "    </default>\n"
                        "    <default class=\"skin\">\n"
                        "      <site rgba=\"0.2 0.4 0.8 1\"/>\n"
                        "    </default>\n"
                        "  </default>\n");
}

static void put_meshes(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "  <asset>\n"
                        "    <texture name=\"background\" type=\"skybox\" builtin=\"flat\" rgb1=\"0.85 0.88 0.92\"\n"
                        "      rgb2=\"0.85 0.88 0.92\" width=\"16\" height=\"96\"/>");
    for (int b = 0; b < rig->n_bones; b++) {
        oik_buf_printf(buf, "\n    <mesh name=\"%s\" file=\"", rig->bones[b].name);
        oik_rig_mesh_name(buf, rig->name, rig->bones[b].name);
        oik_buf_printf(buf, "\"/>");
    }
    oik_buf_printf(buf, "\n  </asset>\n");
}

static void put_joint(oik_buf *buf, const oik_rig *rig, const oik_rig_body *body, int d) {
    const double no_width = 1e-6; /* MuJoCo refuses a range whose ends are equal [rad], [m] */
    const oik_dof *dof = &rig->dofs[d];
    oik_buf_printf(buf, "<joint name=\"%s\" type=\"%s\"", dof->name, dof->translation ? "slide" : "hinge");
    oik_xml_vec3(buf, "axis", oik_rig_axis(body, dof));
    if (body->kind != OIK_JOINT_FREE) {
        oik_rig_range range = oik_rig_coordinate_range(rig, d);
        double widen = range.upper - range.lower < no_width ? no_width : 0.0;
        const double ends[2] = {range.lower - widen, range.upper + widen};
        oik_xml_numbers(buf, "range", ends, 2);
    }
    oik_buf_printf(buf, "/>");
}

static void put_inertial(oik_buf *buf, const oik_rig_body *body) {
    oik_buf_printf(buf, "<inertial");
    oik_xml_vec3(buf, "pos", body->mass_centre);
    oik_xml_numbers(buf, "mass", &body->mass, 1);
    oik_xml_numbers(buf, "fullinertia", body->inertia, 6); /* MuJoCo's order is the rig's: xx yy zz xy xz yz */
    oik_buf_printf(buf, "/>");
}

/**
 * A camera that keeps its place beside the subject's mass centre and its direction in the world. 1.6 statures away the subject fills
 * three quarters of MuJoCo's view of 45 deg: 1 / (2 * 1.6 tan 22.5 deg) = 0.75.
 */
static void put_camera(oik_buf *buf, const oik_rig *rig, const oik_rig_body *root, const char *name, oik_vec3 from) {
    const double statures = 1.6;
    const oik_vec3 up = v3(0, 1, 0);
    oik_mat3 R = m3_columns(v3_cross(up, from), up, from); /* a camera looks along its -z */
    oik_mat3 R_0 = oik_rig_zero_rotation(root);
    oik_buf_printf(buf, "<camera name=\"%s\" mode=\"trackcom\"", name);
    oik_xml_vec3(buf, "pos", m3_tmulv(R_0, v3_scale(from, statures * rig->stature)));
    put_quat(buf, m3_tmul(R_0, R));
    oik_buf_printf(buf, "/>");
}

static void put_shown(oik_buf *buf, const oik_rig *rig, int i, int level) {
    for (int b = 0; b < rig->n_bones; b++) {
        if (rig->bones[b].body != i)
            continue;
        oik_xml_line(buf, level);
        oik_buf_printf(buf, "<geom name=\"%s\" mesh=\"%s\"/>", rig->bones[b].name, rig->bones[b].name);
    }
    for (int m = 0; m < rig->n_markers; m++) {
        const oik_rig_marker *marker = &rig->markers[m];
        if (marker->body != i)
            continue;
        oik_xml_line(buf, level);
        oik_buf_printf(buf, "<site name=\"%s\" class=\"%s\"", marker->name, marker->fixed ? "landmark" : "skin");
        oik_xml_vec3(buf, "pos", marker->at);
        oik_buf_printf(buf, "/>");
    }
}

static void open_body(oik_buf *buf, const oik_rig *rig, int i) {
    const oik_rig_body *body = &rig->bodies[i];
    int level = level_of(rig, i);
    oik_xml_line(buf, level);
    oik_buf_printf(buf, "<body name=\"%s\"", body->name);
    oik_xml_vec3(buf, "pos", body->s);
    put_quat(buf, oik_rig_zero_rotation(body));
    oik_buf_printf(buf, ">");
    for (int k = 0; k < oik_rig_n_coordinates(body); k++) {
        oik_xml_line(buf, level + 1);
        put_joint(buf, rig, body, oik_rig_coordinate(body, k));
    }
    oik_xml_line(buf, level + 1);
    put_inertial(buf, body);
    if (i == 0) {
        oik_xml_line(buf, level + 1);
        put_camera(buf, rig, body, "front", v3(1, 0, 0));
        oik_xml_line(buf, level + 1);
        put_camera(buf, rig, body, "right", v3(0, 0, 1));
    }
    put_shown(buf, rig, i, level + 1);
}

static void put_bodies(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "  <worldbody>\n"
                        "    <light name=\"overhead\" directional=\"true\" castshadow=\"false\" pos=\"0 3 0\" dir=\"-0.4 -1 -0.3\"/>");
    for (body_walk walk = {-1, false}; walk_on(&walk, rig);) {
        if (!walk.leaving) {
            open_body(buf, rig, walk.body);
            continue;
        }
        oik_xml_line(buf, level_of(rig, walk.body));
        oik_buf_printf(buf, "</body>");
    }
    oik_buf_printf(buf, "\n  </worldbody>\n");
}

static void put_couplings(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "  <equality>");
    for (int d = 0; d < rig->n_dofs; d++) {
        const oik_dof *dof = &rig->dofs[d];
        double polynomial[OIK_MAX_COUPLING] = {0};
        if (dof->n_coefficients == 0)
            continue;
        memcpy(polynomial, dof->coefficient, (size_t)dof->n_coefficients * sizeof *polynomial);
        oik_buf_printf(buf, "\n    <joint joint1=\"%s\" joint2=\"%s\"", dof->name, rig->dofs[dof->master].name);
        oik_xml_numbers(buf, "polycoef", polynomial, OIK_MAX_COUPLING);
        oik_buf_printf(buf, "/>");
    }
    oik_buf_printf(buf, "\n  </equality>\n");
}

/** Coordinates of the first frame in MuJoCo's order. */
static void put_keyframe(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "  <keyframe>\n    <key name=\"first_frame\"");
    oik_xml_numbers(buf, "time", rig->time, 1);
    const char *before = " qpos=\"";
    for (body_walk walk = {-1, false}; walk_on(&walk, rig);)
        for (int k = 0; !walk.leaving && k < oik_rig_n_coordinates(&rig->bodies[walk.body]); k++) {
            oik_buf_append(buf, before, strlen(before));
            oik_xml_number(buf, rig->q[oik_rig_coordinate(&rig->bodies[walk.body], k)]);
            before = " ";
        }
    oik_buf_printf(buf, "\"/>\n  </keyframe>\n");
}

static oik_status check(const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    for (int i = 0; i < rig->n_bodies && !status; i++)
        if (strcmp(rig->bodies[i].name, "world") == 0)
            status = oik_fail(err, OIK_E_MODEL, "body %d: the name 'world' is taken by MuJoCo", i);
    return status;
}

oik_status oik_mjcf_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_buf buf = {0};
    oik_status status = check(rig, err);
    if (!status)
        status = oik_rig_meshes_write(rig, path, err);
    if (status)
        return status;
    put_comment(&buf, rig);
    put_settings(&buf, rig);
    put_meshes(&buf, rig);
    put_bodies(&buf, rig);
    put_couplings(&buf, rig);
    put_keyframe(&buf, rig);
    oik_buf_printf(&buf, "</mujoco>\n");
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}
