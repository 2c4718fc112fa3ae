/** NAME.osim (see osim.h). */
#include "export/osim.h"

#include "base/file.h"
#include "base/status.h"
#include "export/obj_geometry.h"
#include "export/osim_xml.h"

oik_vec3 oik_osim_angles(oik_mat3 R) {
    /* row 0 of R is (cos y cos z, -cos y sin z, sin y); R Rot(z, -z) = Rot(x) Rot(y) then has the middle column (0, cos x, sin x) */
    double z = atan2(-R.m[0][1], R.m[0][0]), y = atan2(R.m[0][2], hypot(R.m[0][0], R.m[0][1]));
    oik_vec3 middle = m3_mulv(R, v3(sin(z), cos(z), 0.0));
    return v3(atan2(middle.z, middle.y), y, z);
}

/** What a model opens with. */
typedef struct appearance {
    const double *q;               /**< n_dofs, default values */
    const oik_osim_meshes *meshes; /**< n_bodies; NULL: the rig's bones */
} appearance;

/** The coordinate's range with the whole motion and its default in it; of a free translation no more than their surroundings. */
static void put_range(oik_buf *buf, const oik_rig *rig, int d, double standard, bool free_joint) {
    const double around = 5.0; /* as Rajagopal's pelvis_tx has it, so that a slider can be used [m] */
    const oik_dof *dof = &rig->dofs[d];
    double visited[2] = {standard, standard}, range[2];
    for (int f = 0; f < rig->n_frames; f++) {
        double q = rig->q[(size_t)f * (size_t)rig->n_dofs + (size_t)d];
        visited[0] = fmin(visited[0], q);
        visited[1] = fmax(visited[1], q);
    }
    bool near = free_joint && dof->translation;
    range[0] = fmin(near ? fmax(dof->lower, visited[0] - around) : dof->lower, visited[0]);
    range[1] = fmax(near ? fmin(dof->upper, visited[1] + around) : dof->upper, visited[1]);
    oik_osim_put_vector(buf, 6, "range", range, 2);
}

static void put_coordinate(oik_buf *buf, const oik_rig *rig, int d, double standard, bool free_joint) {
    oik_osim_open(buf, 5, "Coordinate", rig->dofs[d].name);
    oik_osim_put_value(buf, 6, "default_value", standard);
    oik_osim_put_value(buf, 6, "default_speed_value", 0.0);
    put_range(buf, rig, d, standard, free_joint);
    oik_osim_put_text(buf, 6, "clamped", free_joint ? "false" : "true");
    oik_osim_put_text(buf, 6, "locked", "false");
    oik_osim_put_text(buf, 6, "prescribed_function", "");
    oik_osim_put_text(buf, 6, "prescribed", "false");
    oik_osim_tag(buf, 5, "/Coordinate");
}

static void put_frame(oik_buf *buf, const char *body, const char *set, const char *joint, oik_vec3 translation, oik_mat3 R) {
    oik_buf_printf(buf, "\t\t\t\t\t<PhysicalOffsetFrame name=\"%s_at_%s\">\n", body, joint);
    oik_buf_printf(buf, "\t\t\t\t\t\t<socket_parent>/%s%s</socket_parent>\n", set, body);
    oik_osim_put_vec3(buf, 6, "translation", translation);
    oik_osim_put_vec3(buf, 6, "orientation", oik_osim_angles(R));
    oik_osim_tag(buf, 5, "/PhysicalOffsetFrame");
}

/** Three directions, the first n of them those of the coordinates, that span space as well as those allow. */
static void complete_axes(oik_vec3 axis[3], int n) {
    if (n == 0)
        axis[0] = v3(1, 0, 0);
    if (n <= 1) { /* the unit vector farthest from the first one */
        double x = fabs(axis[0].x), y = fabs(axis[0].y), z = fabs(axis[0].z);
        oik_vec3 far = x <= y && x <= z ? v3(1, 0, 0) : y <= z ? v3(0, 1, 0) : v3(0, 0, 1);
        axis[1] = v3_unit(v3_madd(far, -v3_dot(far, axis[0]), axis[0]));
    }
    if (n <= 2)
        axis[2] = v3_unit(v3_cross(axis[0], axis[1]));
}

/** Three TransformAxis of one kind, n of them with a coordinate. */
static void put_axes(oik_buf *buf, const char *kind, const oik_dof *dofs, int n) {
    oik_vec3 axis[3] = {{0}};
    for (int i = 0; i < n; i++)
        axis[i] = dofs[i].axis;
    complete_axes(axis, n);
    if (n == 0) /* the directions OpenSim's own files have */
        axis[1] = v3(0, 1, 0), axis[2] = v3(0, 0, 1);
    for (int i = 0; i < 3; i++) {
        oik_buf_printf(buf, "\t\t\t\t\t<TransformAxis name=\"%s%d\">\n", kind, i + 1);
        oik_osim_put_text(buf, 6, "coordinates", i < n ? dofs[i].name : "");
        oik_osim_put_vec3(buf, 6, "axis", axis[i]);
        oik_osim_open(buf, 6, i < n ? "LinearFunction" : "Constant", "function");
        oik_osim_put_text(buf, 7, i < n ? "coefficients" : "value", i < n ? "1 0" : "0");
        oik_osim_tag(buf, 6, i < n ? "/LinearFunction" : "/Constant");
        oik_osim_tag(buf, 5, "/TransformAxis");
    }
}

static void put_joint(oik_buf *buf, const oik_rig *rig, int i, const appearance *look) {
    const oik_rig_body *body = &rig->bodies[i];
    const char *parent = body->parent < 0 ? "ground" : rig->bodies[body->parent].name, *joint = body->joint_name;
    int n = body->n_rotations + body->n_translations;
    oik_osim_open(buf, 3, "CustomJoint", joint);
    oik_buf_printf(buf, "\t\t\t\t<socket_parent_frame>%s_at_%s</socket_parent_frame>\n", parent, joint);
    oik_buf_printf(buf, "\t\t\t\t<socket_child_frame>%s_at_%s</socket_child_frame>\n", body->name, joint);
    oik_osim_tag(buf, 4, "coordinates");
    for (int d = body->first_dof; d < body->first_dof + n; d++)
        put_coordinate(buf, rig, d, look->q[d], body->kind == OIK_JOINT_FREE);
    oik_osim_tag(buf, 4, "/coordinates");
    oik_osim_tag(buf, 4, "frames");
    put_frame(buf, parent, body->parent < 0 ? "" : "bodyset/", joint, body->s, body->A);
    put_frame(buf, body->name, "bodyset/", joint, v3(0, 0, 0), body->B);
    oik_osim_tag(buf, 4, "/frames");
    oik_osim_tag(buf, 4, "SpatialTransform");
    put_axes(buf, "rotation", rig->dofs + body->first_dof, body->n_rotations);
    put_axes(buf, "translation", rig->dofs + body->first_dof + body->n_rotations, body->n_translations);
    oik_osim_tag(buf, 4, "/SpatialTransform");
    oik_osim_tag(buf, 3, "/CustomJoint");
}

/** The mesh of a component one level up. */
static void put_mesh(oik_buf *buf, int indent, const char *name, const char *file, oik_vec3 scale) {
    oik_osim_open(buf, indent, "Mesh", name);
    oik_osim_put_text(buf, indent + 1, "socket_frame", "..");
    oik_osim_put_vec3(buf, indent + 1, "scale_factors", scale);
    oik_osim_tag(buf, indent + 1, "Appearance");
    oik_osim_put_text(buf, indent + 2, "opacity", "1");
    oik_osim_put_text(buf, indent + 2, "color", "0.89 0.86 0.79"); /* bone */
    oik_osim_tag(buf, indent + 1, "/Appearance");
    oik_osim_put_text(buf, indent + 1, "mesh_file", file);
    oik_osim_tag(buf, indent, "/Mesh");
}

static void put_bone(oik_buf *buf, const oik_rig *rig, const oik_rig_bone *bone) {
    oik_buf name = {0}, file = {0};
    oik_buf_printf(&name, "%s_geom", bone->name);
    oik_obj_geometry_name(&file, rig->name, bone->name);
    if (name.status || file.status)
        buf->status = name.status ? name.status : file.status; /* reported when the file is written */
    else
        put_mesh(buf, 5, name.data, file.data, v3(1, 1, 1));
    oik_buf_free(&name);
    oik_buf_free(&file);
}

static void put_bones(oik_buf *buf, const oik_rig *rig, int i) {
    oik_osim_tag(buf, 4, "attached_geometry");
    for (int b = 0; b < rig->n_bones; b++)
        if (rig->bones[b].body == i)
            put_bone(buf, rig, &rig->bones[b]);
    oik_osim_tag(buf, 4, "/attached_geometry");
}

/** A frame of the body with meshes. The body has no attached_geometry then: nimblephysics takes the last list it finds. */
static void put_meshes(oik_buf *buf, const char *body, const oik_osim_meshes *meshes) {
    if (meshes->n == 0)
        return;
    oik_osim_tag(buf, 4, "components");
    oik_buf_printf(buf, "\t\t\t\t\t<PhysicalOffsetFrame name=\"%s_meshes\">\n", body);
    oik_osim_tag(buf, 6, "attached_geometry");
    for (int m = 0; m < meshes->n; m++) {
        char name[OIK_NAME_LENGTH];
        oik_rig_plain_name(name, sizeof name, meshes->files[m]);
        put_mesh(buf, 7, name, meshes->files[m], meshes->scale);
    }
    oik_osim_tag(buf, 6, "/attached_geometry");
    oik_osim_put_text(buf, 6, "socket_parent", "..");
    oik_osim_put_vec3(buf, 6, "translation", meshes->translation);
    oik_osim_put_vec3(buf, 6, "orientation", oik_osim_angles(meshes->orientation));
    oik_osim_tag(buf, 5, "/PhysicalOffsetFrame");
    oik_osim_tag(buf, 4, "/components");
}

static void put_body(oik_buf *buf, const oik_rig *rig, int i, const appearance *look) {
    const oik_rig_body *body = &rig->bodies[i];
    oik_osim_open(buf, 3, "Body", body->name);
    if (look->meshes)
        put_meshes(buf, body->name, &look->meshes[i]);
    else
        put_bones(buf, rig, i);
    oik_osim_put_value(buf, 4, "mass", body->mass);
    oik_osim_put_vec3(buf, 4, "mass_center", body->mass_centre);
    oik_osim_put_vector(buf, 4, "inertia", body->inertia, 6);
    oik_osim_tag(buf, 3, "/Body");
}

/** OpenSim's coefficients begin with that of the highest power. */
static void put_coupling(oik_buf *buf, const oik_rig *rig, const oik_dof *dof) {
    double coefficients[OIK_MAX_COUPLING];
    for (int i = 0; i < dof->n_coefficients; i++)
        coefficients[i] = dof->coefficient[dof->n_coefficients - 1 - i];
    oik_buf_printf(buf, "\t\t\t<CoordinateCouplerConstraint name=\"%s_follows\">\n", dof->name);
    oik_osim_put_text(buf, 4, "isEnforced", "true");
    oik_osim_tag(buf, 4, "coupled_coordinates_function");
    oik_osim_tag(buf, 5, "PolynomialFunction");
    oik_osim_put_vector(buf, 6, "coefficients", coefficients, dof->n_coefficients);
    oik_osim_tag(buf, 5, "/PolynomialFunction");
    oik_osim_tag(buf, 4, "/coupled_coordinates_function");
    oik_osim_put_text(buf, 4, "independent_coordinate_names", rig->dofs[dof->master].name);
    oik_osim_put_text(buf, 4, "dependent_coordinate_name", dof->name);
    oik_osim_put_text(buf, 4, "scale_factor", "1");
    oik_osim_tag(buf, 3, "/CoordinateCouplerConstraint");
}

static void put_marker(oik_buf *buf, const oik_rig *rig, const oik_rig_marker *marker) {
    oik_osim_open(buf, 3, "Marker", marker->name);
    oik_buf_printf(buf, "\t\t\t\t<socket_parent_frame>/bodyset/%s</socket_parent_frame>\n", rig->bodies[marker->body].name);
    oik_osim_put_vec3(buf, 4, "location", marker->at);
    oik_osim_put_text(buf, 4, "fixed", marker->fixed ? "true" : "false");
    oik_osim_tag(buf, 3, "/Marker");
}

static void open_set(oik_buf *buf, const char *class_name, const char *name) {
    oik_osim_open(buf, 1, class_name, name);
    oik_osim_tag(buf, 2, "objects");
}

static void close_set(oik_buf *buf, const char *end_tag) {
    oik_osim_tag(buf, 2, "/objects");
    oik_osim_put_text(buf, 2, "groups", "");
    oik_osim_tag(buf, 1, end_tag);
}

static void put_head(oik_buf *buf, const oik_rig *rig) {
    static const double gravity[3] = {0.0, -9.80665, 0.0}; /* standard gravity, CGPM 1901 [m/s^2] */
    oik_buf_printf(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<OpenSimDocument Version=\"40000\">\n");
    oik_osim_open(buf, 0, "Model", rig->name);
    oik_buf_printf(buf, "\t<!--Frame: x forward, y up, z right. Units: m, rad, kg. Rotations: body-fixed, rotation1 first.-->\n"
                        "\t<!--Masses and inertias: de Leva 1996, for a body mass of %.3f kg%s; stature %.3f m.-->\n",
                   rig->mass, rig->mass_estimated ? " (estimated from the volume of the skin)" : "", rig->stature);
    oik_osim_open(buf, 1, "Ground", "ground");
    oik_osim_put_text(buf, 2, "attached_geometry", "");
    oik_osim_tag(buf, 1, "/Ground");
    oik_osim_put_vector(buf, 1, "gravity", gravity, 3);
    oik_osim_put_text(buf, 1, "credits", "osso_ik; names, axes and signs of coordinates after Rajagopal et al. 2016");
    oik_osim_put_text(buf, 1, "publications", "");
    oik_osim_put_text(buf, 1, "length_units", "meters");
    oik_osim_put_text(buf, 1, "force_units", "N");
}

static void put_constraints(oik_buf *buf, const oik_rig *rig) {
    int n = 0;
    for (int d = 0; d < rig->n_dofs; d++)
        n += rig->dofs[d].n_coefficients > 0;
    if (n == 0)
        return;
    open_set(buf, "ConstraintSet", "constraintset");
    for (int d = 0; d < rig->n_dofs; d++)
        if (rig->dofs[d].n_coefficients > 0)
            put_coupling(buf, rig, &rig->dofs[d]);
    close_set(buf, "/ConstraintSet");
}

static void put_model(oik_buf *buf, const oik_rig *rig, const appearance *look) {
    put_head(buf, rig);
    open_set(buf, "BodySet", "bodyset");
    for (int i = 0; i < rig->n_bodies; i++)
        put_body(buf, rig, i, look);
    close_set(buf, "/BodySet");
    open_set(buf, "JointSet", "jointset");
    for (int i = 0; i < rig->n_bodies; i++)
        put_joint(buf, rig, i, look);
    close_set(buf, "/JointSet");
    put_constraints(buf, rig);
    open_set(buf, "MarkerSet", "markerset");
    for (int m = 0; m < rig->n_markers; m++)
        put_marker(buf, rig, &rig->markers[m]);
    close_set(buf, "/MarkerSet");
    oik_buf_printf(buf, "</Model>\n</OpenSimDocument>\n");
}

oik_status oik_osim_write_as(const oik_rig *rig, const double *q, const oik_osim_meshes *meshes, const char *path, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    oik_buf buf = {0};
    put_model(&buf, rig, &(appearance){.q = q ? q : rig->q, .meshes = meshes});
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

oik_status oik_osim_write(const oik_rig *rig, const char *path, oik_error *err) {
    return oik_osim_write_as(rig, NULL, NULL, path, err);
}
