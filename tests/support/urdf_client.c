/* A small reader of URDF files (see urdf_client.h). */
#include "support/urdf_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rot.h"

/** One tag: its text from after '<' to before '>'. */
typedef struct tag {
    const char *text, *end;
} tag;

/** Next tag from *p on; comments and declarations are passed over. */
static bool next_tag(const char **p, tag *t) {
    for (;;) {
        const char *begin = strchr(*p, '<');
        if (!begin)
            return false;
        bool comment = strncmp(begin, "<!--", 4) == 0;
        const char *end = strstr(begin, comment ? "-->" : ">");
        assert_non_null(end);
        *p = end + 1;
        if (comment || begin[1] == '?')
            continue;
        *t = (tag){begin + 1, end};
        return true;
    }
}

static bool is(const tag *t, const char *name) {
    size_t n = strlen(name);
    return strncmp(t->text, name, n) == 0 && (t->text[n] == ' ' || t->text[n] == '>' || t->text[n] == '/');
}

static bool attribute(const tag *t, const char *name, char *value, size_t room) {
    char pattern[URDF_NAME_LENGTH];
    snprintf(pattern, sizeof pattern, " %s=\"", name);
    const char *begin = strstr(t->text, pattern);
    if (!begin || begin > t->end)
        return false;
    begin += strlen(pattern);
    size_t n = strcspn(begin, "\"");
    assert_true(n < room);
    memcpy(value, begin, n);
    value[n] = '\0';
    return true;
}

static bool number(const tag *t, const char *name, double *x) {
    char text[URDF_NAME_LENGTH], *end;
    if (!attribute(t, name, text, sizeof text))
        return false;
    *x = strtod(text, &end);
    assert_true(end != text && *end == '\0');
    return true;
}

static void point(const tag *t, const char *name, oik_vec3 *v) {
    char text[URDF_PATH_LENGTH];
    if (attribute(t, name, text, sizeof text))
        assert_int_equal(sscanf(text, "%lf %lf %lf", &v->x, &v->y, &v->z), 3);
}

static void read_link_part(urdf_client *client, const tag *t) {
    static const char *const names[6] = {"ixx", "iyy", "izz", "ixy", "ixz", "iyz"};
    urdf_link *link = &client->links[client->n_links - 1];
    link->has_inertia = link->has_inertia || is(t, "inertial");
    if (is(t, "origin"))
        point(t, "xyz", &link->centre); /* the writer gives no other origin in a link, and no rotation */
    if (is(t, "mass"))
        assert_true(number(t, "value", &link->mass));
    if (is(t, "inertia"))
        for (int i = 0; i < 6; i++)
            assert_true(number(t, names[i], &link->inertia[i]));
    if (is(t, "mesh")) {
        urdf_mesh *mesh = &client->meshes[client->n_meshes++];
        assert_true(client->n_meshes <= URDF_MAX_MESHES);
        memcpy(mesh->link, link->name, sizeof mesh->link);
        assert_true(attribute(t, "filename", mesh->file, sizeof mesh->file));
    }
}

static void read_joint_part(urdf_joint *joint, const tag *t) {
    if (is(t, "parent"))
        assert_true(attribute(t, "link", joint->parent, sizeof joint->parent));
    if (is(t, "child"))
        assert_true(attribute(t, "link", joint->child, sizeof joint->child));
    if (is(t, "axis"))
        point(t, "xyz", &joint->axis);
    if (is(t, "origin")) {
        point(t, "xyz", &joint->at);
        point(t, "rpy", &joint->rpy);
    }
    if (is(t, "limit")) {
        joint->has_range = number(t, "lower", &joint->lower) && number(t, "upper", &joint->upper);
        joint->has_limit = number(t, "effort", &joint->effort) && number(t, "velocity", &joint->velocity);
    }
    if (is(t, "mimic")) {
        assert_true(attribute(t, "joint", joint->mimics, sizeof joint->mimics));
        assert_true(number(t, "multiplier", &joint->multiplier) && number(t, "offset", &joint->offset));
    }
}

static void read_tags(urdf_client *client, const char *p) {
    enum { NOTHING, LINK, JOINT } inside = NOTHING;
    for (tag t; next_tag(&p, &t);) {
        bool begins_link = is(&t, "link"), begins_joint = is(&t, "joint"), closed = t.end[-1] == '/';
        if (begins_link) {
            assert_true(client->n_links < URDF_MAX_LINKS);
            assert_true(attribute(&t, "name", client->links[client->n_links++].name, URDF_NAME_LENGTH));
            inside = closed ? NOTHING : LINK;
        } else if (begins_joint) {
            assert_true(client->n_joints < URDF_MAX_LINKS);
            urdf_joint *joint = &client->joints[client->n_joints++];
            assert_true(attribute(&t, "name", joint->name, sizeof joint->name));
            assert_true(attribute(&t, "type", joint->type, sizeof joint->type));
            inside = JOINT;
        } else if (is(&t, "/link") || is(&t, "/joint")) {
            inside = NOTHING;
        } else if (inside == LINK) {
            read_link_part(client, &t);
        } else if (inside == JOINT) {
            read_joint_part(&client->joints[client->n_joints - 1], &t);
        }
    }
}

urdf_client *urdf_open(const char *path) {
    uint8_t *data;
    size_t size;
    urdf_client *client = calloc(1, sizeof *client);
    assert_non_null(client);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    read_tags(client, (const char *)data);
    free(data);
    return client;
}

const urdf_link *urdf_find_link(const urdf_client *client, const char *name) {
    for (int i = 0; i < client->n_links; i++)
        if (strcmp(client->links[i].name, name) == 0)
            return &client->links[i];
    return NULL;
}

urdf_joint *urdf_find_joint(urdf_client *client, const char *name) {
    for (int i = 0; i < client->n_joints; i++)
        if (strcmp(client->joints[i].name, name) == 0)
            return &client->joints[i];
    return NULL;
}

static const urdf_joint *joint_above(const urdf_client *client, const char *link) {
    for (int i = 0; i < client->n_joints; i++)
        if (strcmp(client->joints[i].child, link) == 0)
            return &client->joints[i];
    return NULL;
}

/** URDF: fixed-axis roll about x, pitch about y, yaw about z. */
static oik_mat3 origin_rotation(oik_vec3 rpy) {
    oik_mat3 X = oik_rot_axis(v3(1, 0, 0), rpy.x), Y = oik_rot_axis(v3(0, 1, 0), rpy.y), Z = oik_rot_axis(v3(0, 0, 1), rpy.z);
    return m3_mul(Z, m3_mul(Y, X));
}

void urdf_place(const urdf_client *client, const char *link, const char *above, oik_mat3 *R, oik_vec3 *o) {
    *R = m3_identity();
    *o = v3(0, 0, 0);
    while (strcmp(link, above) != 0) {
        const urdf_joint *joint = joint_above(client, link);
        assert_non_null(joint);
        bool slides = strcmp(joint->type, "prismatic") == 0, fixed = strcmp(joint->type, "fixed") == 0;
        oik_mat3 R_q = slides || fixed ? m3_identity() : oik_rot_axis(joint->axis, joint->q);
        oik_vec3 t = slides ? v3_scale(joint->axis, joint->q) : v3(0, 0, 0);
        oik_mat3 R_o = origin_rotation(joint->rpy);
        *o = v3_add(joint->at, m3_mulv(R_o, v3_add(t, m3_mulv(R_q, *o))));
        *R = m3_mul(R_o, m3_mul(R_q, *R));
        link = joint->parent;
    }
}
