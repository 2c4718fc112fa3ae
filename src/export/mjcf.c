/** NAME.xml for MuJoCo (see mjcf.h). */
#include "export/mjcf.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "export/rig_joint.h"
#include "export/rig_meshes.h"
#include "export/rig_shapes.h"
#include "export/xml_numbers.h"

/** Geoms of shapes are named after the bodies, behind this. */
static const char SHAPE_PREFIX[] = "contact_", FLOOR[] = "floor";

/** The rig on its floor. */
typedef struct scene {
    const oik_rig *rig;
    int n_shapes;
    oik_rig_shape *shapes;
    double floor; /**< height [m]; without shapes there is none */
    double lift;  /**< from the first frame's place to that in which the zero posture stands on the floor, upwards [m] */
} scene;

/* ------------------------------------------------------------------ floor */

/** Lowest point of the shapes for coordinates q. R, o: room for the bodies. */
static double lowest(const scene *sc, oik_mat3 *R, oik_vec3 *o, const double *q) {
    oik_rig_forward(R, o, sc->rig, q);
    return oik_rig_shapes_lowest(sc->shapes, sc->n_shapes, R, o);
}

/** The floor is under the first frame; the zero posture is lifted onto it. q: n_dofs zeros, used up */
static void find_floor(scene *sc, oik_mat3 *R, oik_vec3 *o, double *q) {
    const oik_rig_body *root = &sc->rig->bodies[0];
    sc->floor = lowest(sc, R, o, sc->rig->q);
    for (int k = 0; k < root->n_translations; k++)
        q[oik_rig_coordinate(root, k)] = sc->rig->q[oik_rig_coordinate(root, k)];
    sc->lift = sc->floor - lowest(sc, R, o, q);
}

static void scene_release(scene *sc) {
    free(sc->shapes);
}

static oik_status scene_make(scene *sc, const oik_rig *rig, oik_error *err) {
    *sc = (scene){.rig = rig};
    oik_status status = oik_rig_shapes_new(&sc->shapes, &sc->n_shapes, rig, err);
    if (status || sc->n_shapes == 0)
        return status;
    oik_mat3 *R = oik_new((size_t)rig->n_bodies, sizeof *R, err);
    oik_vec3 *o = oik_new((size_t)rig->n_bodies, sizeof *o, err);
    double *q = oik_new((size_t)rig->n_dofs, sizeof *q, err);
    if (R && o && q)
        find_floor(sc, R, o, q);
    else
        status = OIK_E_MEMORY;
    free(R);
    free(o);
    free(q);
    return status;
}

/** Value in qpos0 of the k-th coordinate of a body. */
static double value_at_first(const scene *sc, const oik_rig_body *body, int k) {
    if (body->parent >= 0 || k >= body->n_translations)
        return 0.0;
    int d = oik_rig_coordinate(body, k);
    return sc->rig->q[d] + sc->lift * m3_mulv(body->A, sc->rig->dofs[d].axis).y;
}

/** Place of a body on the world in qpos0. */
static oik_vec3 place_at_first(const scene *sc, const oik_rig_body *body) {
    oik_vec3 at = body->s;
    for (int k = 0; k < body->n_translations; k++)
        at = v3_madd(at, value_at_first(sc, body, k), m3_mulv(body->A, sc->rig->dofs[oik_rig_coordinate(body, k)].axis));
    return at;
}

/* ------------------------------------------------------------------ tree */

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
                        "     Joints have the names and values of the rig's coordinates; "
                        "the hinges of a body turn in the order in which they\n"
                        "     are listed, each about an axis that those before it have moved.\n"
                        "     The subject's own pose is the keyframe first_frame. "
                        "Bones are shown and touch nothing; capsules and boxes (group 3)\n"
                        "     touch the floor, not each other. A scene with a floor of its own: delete the geom floor.\n");
    oik_buf_printf(buf, "     Subject: %.6g kg%s, %.6g m. -->\n", rig->mass,
                   rig->mass_estimated ? " (estimated from the skin's volume)" : "", rig->stature);
}

/** What mjcf.h says of joints, in numbers. */
static void put_joint_defaults(oik_buf *buf) {
    oik_buf_printf(buf, "    <joint armature=\"0.001\" damping=\"0.2\"/>\n"
                        "    <default class=\"root_hinge\">\n"
                        "      <joint armature=\"0.01\" damping=\"0\"/>\n"
                        "    </default>\n"
                        "    <default class=\"root_slide\">\n"
                        "      <joint armature=\"0\" damping=\"0\"/>\n"
                        "    </default>\n");
}

/** Contact is where contype of one geom meets conaffinity of the other: shapes touch the floor only, bones nothing. */
static void put_geom_defaults(oik_buf *buf) {
    oik_buf_printf(buf, "    <default class=\"bone\">\n"
                        "      <geom type=\"mesh\" contype=\"0\" conaffinity=\"0\" group=\"1\" material=\"bone\"/>\n"
                        "    </default>\n"
                        "    <default class=\"shape\">\n"
                        "      <geom contype=\"1\" conaffinity=\"0\" group=\"3\" rgba=\"0.8 0.55 0.45 0.3\"/>\n"
                        "    </default>\n"
                        "    <default class=\"floor\">\n"
                        "      <geom type=\"plane\" contype=\"0\" conaffinity=\"1\" group=\"0\" material=\"floor\"/>\n"
                        "    </default>\n");
}

static void put_site_defaults(oik_buf *buf) {
    /* 7 mm: half the diameter of the usual reflective marker, 14 mm */
    oik_buf_printf(buf, "    <site type=\"sphere\" size=\"0.007\"/>\n"
                        "    <default class=\"landmark\">\n"
                        "      <site rgba=\"0.8 0.3 0.2 1\"/>\n"
                        "    </default>\n"
                        "    <default class=\"skin\">\n"
                        "      <site rgba=\"0.2 0.4 0.8 1\"/>\n"
                        "    </default>\n");
}

static void put_settings(oik_buf *buf, const scene *sc) {
    oik_buf_printf(buf, "<mujoco model=\"%s\">\n", sc->rig->name);
    oik_buf_printf(buf, "  <compiler angle=\"radian\" autolimits=\"true\" inertiafromgeom=\"false\"/>\n"
                        "  <option gravity=\"0 -9.80665 0\" timestep=\"0.002\" integrator=\"implicit\"/>\n");
    oik_buf_printf(buf, "  <statistic extent=\"%.6g\"/>\n", sc->rig->stature);
    oik_buf_printf(buf, "  <visual>\n"
                        "    <global offwidth=\"1920\" offheight=\"1080\"/>\n"
                        "    <headlight ambient=\"0.35 0.35 0.35\" diffuse=\"0.4 0.4 0.4\" specular=\"0.1 0.1 0.1\"/>\n"
                        "  </visual>\n"
                        "  <default>\n");
    put_joint_defaults(buf);
    put_geom_defaults(buf);
    put_site_defaults(buf);
    oik_buf_printf(buf, "  </default>\n");
}

static void put_meshes(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "  <asset>\n"
                        "    <texture name=\"background\" type=\"skybox\" builtin=\"flat\" rgb1=\"0.85 0.88 0.92\"\n"
                        "      rgb2=\"0.85 0.88 0.92\" width=\"16\" height=\"96\"/>\n"
                        "    <texture name=\"tiles\" type=\"2d\" builtin=\"checker\" rgb1=\"0.62 0.66 0.70\" rgb2=\"0.70 0.74 0.78\"\n"
                        "      width=\"256\" height=\"256\"/>\n"
                        "    <material name=\"floor\" texture=\"tiles\" texrepeat=\"1 1\" texuniform=\"true\" specular=\"0\"/>\n"
                        "    <material name=\"bone\" rgba=\"0.89 0.85 0.75 1\" specular=\"0.2\" shininess=\"0.2\"/>");
    for (int b = 0; b < rig->n_bones; b++) {
        oik_buf_printf(buf, "\n    <mesh name=\"%s\" file=\"", rig->bones[b].name);
        oik_rig_mesh_name(buf, rig->name, rig->bones[b].name);
        oik_buf_printf(buf, "\"/>");
    }
    oik_buf_printf(buf, "\n  </asset>\n");
}

/** The k-th joint of a body. */
static void put_joint(oik_buf *buf, const scene *sc, const oik_rig_body *body, int k) {
    const double no_width = 1e-6; /* MuJoCo refuses a range whose ends are equal [rad], [m] */
    int d = oik_rig_coordinate(body, k);
    const oik_dof *dof = &sc->rig->dofs[d];
    oik_buf_printf(buf, "<joint name=\"%s\" type=\"%s\"", dof->name, dof->translation ? "slide" : "hinge");
    if (body->kind == OIK_JOINT_FREE)
        oik_buf_printf(buf, " class=\"%s\"", dof->translation ? "root_slide" : "root_hinge");
    oik_xml_vec3(buf, "axis", oik_rig_axis(body, dof));
    double first = value_at_first(sc, body, k);
    if (first != 0.0)
        oik_xml_numbers(buf, "ref", &first, 1);
    if (body->kind != OIK_JOINT_FREE) {
        oik_rig_range range = oik_rig_coordinate_range(sc->rig, d);
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

static void put_bones(oik_buf *buf, const oik_rig *rig, int i, int level) {
    for (int b = 0; b < rig->n_bones; b++) {
        if (rig->bones[b].body != i)
            continue;
        oik_xml_line(buf, level);
        oik_buf_printf(buf, "<geom name=\"%s\" class=\"bone\" mesh=\"%s\"/>", rig->bones[b].name, rig->bones[b].name);
    }
}

static void put_markers(oik_buf *buf, const oik_rig *rig, int i, int level) {
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

static void put_shape(oik_buf *buf, const scene *sc, int i, int level) {
    for (const oik_rig_shape *s = sc->shapes; s < sc->shapes + sc->n_shapes; s++) {
        const double size[2] = {s->radius, s->half_line};
        if (s->body != i)
            continue;
        bool ball = s->kind == OIK_SHAPE_CAPSULE && !(s->half_line > 0.0);
        oik_xml_line(buf, level);
        oik_buf_printf(buf, "<geom name=\"%s%s\" class=\"shape\" type=\"%s\"", SHAPE_PREFIX, sc->rig->bodies[i].name,
                       s->kind == OIK_SHAPE_BOX ? "box" : ball ? "sphere" : "capsule");
        oik_xml_vec3(buf, "pos", s->centre);
        if (s->kind == OIK_SHAPE_BOX)
            oik_xml_vec3(buf, "size", s->half);
        else
            oik_xml_numbers(buf, "size", size, ball ? 1 : 2);
        if (s->kind == OIK_SHAPE_CAPSULE && !ball)
            oik_xml_vec3(buf, "zaxis", s->axis);
        oik_buf_printf(buf, "/>");
    }
}

static void put_cameras(oik_buf *buf, const oik_rig *rig, int level) {
    oik_xml_line(buf, level);
    put_camera(buf, rig, &rig->bodies[0], "front", v3(1, 0, 0));
    oik_xml_line(buf, level);
    put_camera(buf, rig, &rig->bodies[0], "right", v3(0, 0, 1));
}

static void open_body(oik_buf *buf, const scene *sc, int i) {
    const oik_rig_body *body = &sc->rig->bodies[i];
    int level = level_of(sc->rig, i);
    oik_xml_line(buf, level);
    oik_buf_printf(buf, "<body name=\"%s\"", body->name);
    oik_xml_vec3(buf, "pos", body->parent < 0 ? place_at_first(sc, body) : body->s);
    put_quat(buf, oik_rig_zero_rotation(body));
    oik_buf_printf(buf, ">");
    for (int k = 0; k < oik_rig_n_coordinates(body); k++) {
        oik_xml_line(buf, level + 1);
        put_joint(buf, sc, body, k);
    }
    oik_xml_line(buf, level + 1);
    put_inertial(buf, body);
    if (i == 0)
        put_cameras(buf, sc->rig, level + 1);
    put_shape(buf, sc, i, level + 1);
    put_bones(buf, sc->rig, i, level + 1);
    put_markers(buf, sc->rig, i, level + 1);
}

static void put_floor(oik_buf *buf, const scene *sc) {
    if (sc->n_shapes == 0)
        return;
    oik_buf_printf(buf, "\n    <geom name=\"%s\" class=\"floor\" zaxis=\"0 1 0\"", FLOOR);
    oik_xml_vec3(buf, "pos", v3(0, sc->floor, 0));
    oik_buf_printf(buf, " size=\"0 0 0.1\"/>"); /* without end; lines of its grid every 0.1 m */
}

static void put_bodies(oik_buf *buf, const scene *sc) {
    oik_buf_printf(buf, "  <worldbody>\n"
                        "    <light name=\"overhead\" directional=\"true\" castshadow=\"true\" pos=\"0 4 0\" dir=\"-0.4 -1 -0.3\"\n"
                        "      diffuse=\"0.6 0.6 0.6\" specular=\"0.1 0.1 0.1\"/>");
    put_floor(buf, sc);
    for (body_walk walk = {-1, false}; walk_on(&walk, sc->rig);) {
        if (!walk.leaving) {
            open_body(buf, sc, walk.body);
            continue;
        }
        oik_xml_line(buf, level_of(sc->rig, walk.body));
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
    for (int b = 0; b < rig->n_bones && !status; b++)
        if (strcmp(rig->bones[b].name, FLOOR) == 0 || strncmp(rig->bones[b].name, SHAPE_PREFIX, strlen(SHAPE_PREFIX)) == 0)
            status = oik_fail(err, OIK_E_MODEL, "bone %d: the name '%s' is that of a shape for contact", b, rig->bones[b].name);
    return status;
}

static void put_document(oik_buf *buf, const scene *sc) {
    put_comment(buf, sc->rig);
    put_settings(buf, sc);
    put_meshes(buf, sc->rig);
    put_bodies(buf, sc);
    put_couplings(buf, sc->rig);
    put_keyframe(buf, sc->rig);
    oik_buf_printf(buf, "</mujoco>\n");
}

oik_status oik_mjcf_document_write(const oik_rig *rig, const char *path, oik_error *err) {
    scene sc = {0};
    oik_buf buf = {0};
    oik_status status = check(rig, err);
    if (!status)
        status = scene_make(&sc, rig, err);
    if (!status) {
        put_document(&buf, &sc);
        status = oik_buf_write_file(&buf, path, err);
    }
    oik_buf_free(&buf);
    scene_release(&sc);
    return status;
}

oik_status oik_mjcf_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_status status = check(rig, err);
    if (!status)
        status = oik_rig_meshes_write(rig, path, err);
    return status ? status : oik_mjcf_document_write(rig, path, err);
}
