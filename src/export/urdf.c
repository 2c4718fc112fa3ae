/** NAME.urdf (see urdf.h). */
#include "export/urdf.h"

#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "export/rig_joint.h"
#include "export/rig_meshes.h"
#include "export/xml_numbers.h"

static const char WORLD[] = "world", GROUND[] = "ground", LINK_SUFFIX[] = "_link";

/**
 * Roll, pitch and yaw of R = Rz(yaw) Ry(pitch) Rx(roll), pitch within +-pi/2. Roll is taken from Ry(pitch) Rx(roll) = Rz(yaw)^T R, which is
 * well determined in the gimbal position too.
 */
static oik_vec3 roll_pitch_yaw(oik_mat3 R) {
    double pitch = atan2(-R.m[2][0], hypot(R.m[0][0], R.m[1][0]));
    double yaw = atan2(R.m[1][0], R.m[0][0]);
    double c = cos(yaw), s = sin(yaw);
    double roll = atan2(s * R.m[0][2] - c * R.m[1][2], c * R.m[1][1] - s * R.m[0][1]);
    return v3(roll, pitch, yaw);
}

static void put_origin(oik_buf *buf, oik_vec3 at, oik_mat3 R) {
    oik_buf_printf(buf, "<origin");
    oik_xml_vec3(buf, "xyz", at);
    oik_xml_vec3(buf, "rpy", roll_pitch_yaw(R));
    oik_buf_printf(buf, "/>");
}

static void put_comment(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "<?xml version=\"1.0\"?>\n<!-- %s: a rig of osso_ik. Metres, radians, kg.\n", rig->name);
    oik_buf_printf(buf, "     Link world: x forward, y left, z up (REP 103). Link ground: x forward, y up, z right, the rig's own world.\n"
                        "     Joints have the names and values of the rig's coordinates; "
                        "rotations turn in the order in which they follow each\n"
                        "     other. Links named ..._link stand between the coordinates of one joint and are practically without mass.\n"
                        "     Effort and velocity limits are not the subject's: they are so wide that nothing meets them.\n");
    oik_buf_printf(buf, "     Subject: %.6g kg%s, %.6g m. -->\n", rig->mass,
                   rig->mass_estimated ? " (estimated from the skin's volume)" : "", rig->stature);
}

static void put_ground(oik_buf *buf) {
    const oik_mat3 y_up = {{{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}}; /* (x, y, z) of the rig is (x, -z, y) of REP 103 */
    oik_buf_printf(buf, "  <link name=\"%s\"/>\n  <link name=\"%s\"/>\n", WORLD, GROUND);
    oik_buf_printf(buf, "  <joint name=\"%s_%s\" type=\"fixed\">\n    <parent link=\"%s\"/>\n    <child link=\"%s\"/>\n    ",
                   WORLD, GROUND, WORLD,
                   GROUND);
    put_origin(buf, v3(0, 0, 0), y_up);
    oik_buf_printf(buf, "\n  </joint>\n");
}

static void put_inertial(oik_buf *buf, double mass, oik_vec3 centre, const double inertia[6]) {
    static const char *const names[6] = {"ixx", "iyy", "izz", "ixy", "ixz", "iyz"};
    oik_buf_printf(buf, "    <inertial>\n      ");
    put_origin(buf, centre, m3_identity());
    oik_buf_printf(buf, "\n      <mass");
    oik_xml_numbers(buf, "value", &mass, 1);
    oik_buf_printf(buf, "/>\n      <inertia");
    for (int i = 0; i < 6; i++)
        oik_xml_numbers(buf, names[i], &inertia[i], 1);
    oik_buf_printf(buf, "/>\n    </inertial>\n");
}

/** A link between two coordinates of one joint. */
static void put_link_between(oik_buf *buf, const oik_dof *dof) {
    static const double inertia[6] = {1e-9, 1e-9, 1e-9, 0, 0, 0}, mass = 1e-6;
    oik_buf_printf(buf, "  <link name=\"%s%s\">\n", dof->name, LINK_SUFFIX);
    put_inertial(buf, mass, v3(0, 0, 0), inertia);
    oik_buf_printf(buf, "  </link>\n");
}

static void put_body_link(oik_buf *buf, const oik_rig *rig, int i) {
    const oik_rig_body *body = &rig->bodies[i];
    oik_buf_printf(buf, "  <link name=\"%s\">\n", body->name);
    put_inertial(buf, body->mass, body->mass_centre, body->inertia);
    for (int b = 0; b < rig->n_bones; b++) {
        if (rig->bones[b].body != i)
            continue;
        oik_buf_printf(buf, "    <visual name=\"%s\">\n      <geometry>\n        <mesh filename=\"", rig->bones[b].name);
        oik_rig_mesh_name(buf, rig->name, rig->bones[b].name);
        oik_buf_printf(buf, "\"/>\n      </geometry>\n      <material name=\"bone\"/>\n    </visual>\n");
    }
    oik_buf_printf(buf, "  </link>\n");
}

/** Limits, damping, and the coordinate that it follows where URDF can say so. */
static void put_bounds(oik_buf *buf, const oik_rig *rig, int d, bool is_free, bool continuous) {
    const oik_dof *dof = &rig->dofs[d];
    oik_buf_printf(buf, "    <limit");
    if (!continuous) {
        oik_rig_range range = oik_rig_coordinate_range(rig, d);
        oik_xml_numbers(buf, "lower", &range.lower, 1);
        oik_xml_numbers(buf, "upper", &range.upper, 1);
    }
    oik_buf_printf(buf, " effort=\"10000\" velocity=\"1000\"/>\n");
    if (!is_free)
        oik_buf_printf(buf, "    <dynamics damping=\"0.2\"/>\n");
    if (dof->n_coefficients != 1 && dof->n_coefficients != 2)
        return;
    double slope = dof->n_coefficients == 2 ? dof->coefficient[1] : 0.0;
    oik_buf_printf(buf, "    <mimic joint=\"%s\"", rig->dofs[dof->master].name);
    oik_xml_numbers(buf, "multiplier", &slope, 1);
    oik_xml_numbers(buf, "offset", dof->coefficient, 1);
    oik_buf_printf(buf, "/>\n");
}

/** Name of the link behind the k-th coordinate of a body; behind none of them: the parent's. */
static void put_link_name(oik_buf *buf, const oik_rig *rig, const oik_rig_body *body, int k) {
    if (k < 0)
        oik_buf_printf(buf, "%s", body->parent < 0 ? GROUND : rig->bodies[body->parent].name);
    else if (k == oik_rig_n_coordinates(body) - 1)
        oik_buf_printf(buf, "%s", body->name);
    else
        oik_buf_printf(buf, "%s%s", rig->dofs[oik_rig_coordinate(body, k)].name, LINK_SUFFIX);
}

/** Joint of the k-th coordinate of a body. */
static void put_joint(oik_buf *buf, const oik_rig *rig, const oik_rig_body *body, int k) {
    int d = oik_rig_coordinate(body, k);
    const oik_dof *dof = &rig->dofs[d];
    bool continuous = body->kind == OIK_JOINT_FREE && !dof->translation;
    oik_buf_printf(buf, "  <joint name=\"%s\" type=\"%s\">\n    <parent link=\"", dof->name,
                   dof->translation ? "prismatic" : continuous ? "continuous" : "revolute");
    put_link_name(buf, rig, body, k - 1);
    oik_buf_printf(buf, "\"/>\n    <child link=\"");
    put_link_name(buf, rig, body, k);
    oik_buf_printf(buf, "\"/>\n    ");
    put_origin(buf, k == 0 ? body->s : v3(0, 0, 0), k == 0 ? oik_rig_zero_rotation(body) : m3_identity());
    oik_buf_printf(buf, "\n    <axis");
    oik_xml_vec3(buf, "xyz", oik_rig_axis(body, dof));
    oik_buf_printf(buf, "/>\n");
    put_bounds(buf, rig, d, body->kind == OIK_JOINT_FREE, continuous);
    oik_buf_printf(buf, "  </joint>\n");
}

static void put_body(oik_buf *buf, const oik_rig *rig, int i) {
    const oik_rig_body *body = &rig->bodies[i];
    int n = oik_rig_n_coordinates(body);
    for (int k = 0; k < n; k++) {
        put_joint(buf, rig, body, k);
        if (k < n - 1)
            put_link_between(buf, &rig->dofs[oik_rig_coordinate(body, k)]);
    }
    put_body_link(buf, rig, i);
}

/** Is it the name of a coordinate and LINK_SUFFIX? */
static bool is_link_between(const oik_rig *rig, const char *name) {
    size_t suffix = strlen(LINK_SUFFIX), n = strlen(name);
    if (n <= suffix || strcmp(name + n - suffix, LINK_SUFFIX) != 0)
        return false;
    for (int d = 0; d < rig->n_dofs; d++)
        if (strlen(rig->dofs[d].name) == n - suffix && strncmp(rig->dofs[d].name, name, n - suffix) == 0)
            return true;
    return false;
}

static oik_status check(const oik_rig *rig, oik_error *err) {
    oik_status status = oik_rig_check(rig, err); /* knows no body "ground" either */
    for (int i = 0; i < rig->n_bodies && !status; i++)
        if (strcmp(rig->bodies[i].name, WORLD) == 0 || is_link_between(rig, rig->bodies[i].name))
            status = oik_fail(err, OIK_E_MODEL, "body %d: the name '%s' is that of another link of URDF", i, rig->bodies[i].name);
    for (int d = 0; d < rig->n_dofs && !status; d++)
        if (strcmp(rig->dofs[d].name, "world_ground") == 0)
            status = oik_fail(err, OIK_E_MODEL, "coordinate %d: the name '%s' is that of another joint of URDF", d, rig->dofs[d].name);
    return status;
}

static void put_document(oik_buf *buf, const oik_rig *rig) {
    put_comment(buf, rig);
    oik_buf_printf(buf, "<robot name=\"%s\">\n  <material name=\"bone\">\n    <color rgba=\"0.89 0.85 0.75 1\"/>\n  </material>\n",
                   rig->name);
    oik_buf_printf(buf, "  <mujoco>\n    <compiler strippath=\"false\" discardvisual=\"false\" fusestatic=\"false\"/>\n  </mujoco>\n");
    put_ground(buf);
    for (int i = 0; i < rig->n_bodies; i++)
        put_body(buf, rig, i);
    oik_buf_printf(buf, "</robot>\n");
}

oik_status oik_urdf_document_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_buf buf = {0};
    oik_status status = check(rig, err);
    if (status)
        return status;
    put_document(&buf, rig);
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

oik_status oik_urdf_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_status status = check(rig, err);
    if (!status)
        status = oik_rig_meshes_write(rig, path, err);
    return status ? status : oik_urdf_document_write(rig, path, err);
}
