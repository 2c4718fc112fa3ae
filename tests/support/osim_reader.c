/* A reader of OpenSim's files for tests (see osim_reader.h). Numbers are read by strtod: call it in the C locale. */
#include "support/osim_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- XML */

/** An element of the document: its text lies in the file's text. */
typedef struct element {
    const char *tag, *name, *text; /**< tag and the attribute "name": not NUL-terminated */
    size_t tag_length, name_length, text_length;
    int parent, end;               /**< elements from its own index + 1 to end - 1 lie within it */
} element;

typedef struct document {
    element *elements;
    int n;
    bool ok; /**< tags match */
} document;

static const char *skip_to(const char *p, const char *what) {
    const char *found = strstr(p, what);
    return found ? found + strlen(what) : p + strlen(p);
}

static void read_attribute(element *e, const char *p, const char *end) {
    const char *name = strstr(p, "name=\"");
    if (!name || name > end)
        return;
    e->name = name + strlen("name=\"");
    e->name_length = strcspn(e->name, "\"");
}

/** Tags in the order of the text; an element's text runs to its first child or its end. */
static document read_document(const char *text) {
    document d = {calloc(strlen(text) / 3 + 1, sizeof *d.elements), 0, true};
    int open = -1;
    for (const char *p = text; d.elements && (p = strchr(p, '<'));) {
        const char *end = p + strcspn(p, ">");
        if (strncmp(p, "<!--", 4) == 0) {
            p = skip_to(p, "-->");
        } else if (p[1] == '?') {
            p = skip_to(p, "?>");
        } else if (p[1] == '/') {
            size_t n = (size_t)(end - p) - 2;
            if (open < 0 || d.elements[open].tag_length != n || strncmp(d.elements[open].tag, p + 2, n) != 0) {
                d.ok = false;
                break;
            }
            element *e = &d.elements[open];
            e->end = d.n;
            if (e->end == open + 1)
                e->text_length = (size_t)(p - e->text);
            open = e->parent;
            p = end;
        } else {
            element *e = &d.elements[d.n];
            *e = (element){.tag = p + 1, .tag_length = strcspn(p + 1, " >/"), .text = end + 1, .parent = open, .end = d.n + 1};
            read_attribute(e, p, end);
            if (end[-1] != '/')
                open = d.n;
            d.n++;
            p = end;
        }
    }
    d.ok = d.ok && open < 0 && d.n > 0;
    return d;
}

/** Next child of an element with that tag (NULL: any), from child "after" on (-1: the first); -1 when there is none. */
static int next_child(const document *d, int parent, int after, const char *tag) {
    for (int i = after < 0 ? parent + 1 : d->elements[after].end; i < d->elements[parent].end; i = d->elements[i].end)
        if (!tag || (strlen(tag) == d->elements[i].tag_length && strncmp(tag, d->elements[i].tag, strlen(tag)) == 0))
            return i;
    return -1;
}

static int child(const document *d, int parent, const char *tag) {
    return parent < 0 ? -1 : next_child(d, parent, -1, tag);
}

static void copy(char out[READER_NAME], const char *from, size_t n) {
    if (n > READER_NAME - 1)
        n = READER_NAME - 1;
    if (n)
        memcpy(out, from, n);
    out[n] = '\0';
}

static void text_of(char out[READER_NAME], const document *d, int parent, const char *tag) {
    int i = child(d, parent, tag);
    copy(out, i < 0 ? "" : d->elements[i].text, i < 0 ? 0 : d->elements[i].text_length);
}

static void name_of(char out[READER_NAME], const document *d, int i) {
    copy(out, d->elements[i].name, d->elements[i].name_length);
}

/* ---------------------------------------------------------------- the model */

typedef struct reader {
    document d;
    reader_model *m;
} reader;

static void problem(reader_model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void problem(reader_model *m, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!m->problem[0])
        vsnprintf(m->problem, sizeof m->problem, format, args);
    va_end(args);
}

/** n numbers of a child's text; NaN where there are fewer, or where one is followed by anything but a blank. */
static void numbers(double *out, int n, const reader *r, int parent, const char *tag) {
    char text[READER_NAME * 2] = "";
    int i = child(&r->d, parent, tag);
    if (i >= 0 && r->d.elements[i].text_length < sizeof text)
        memcpy(text, r->d.elements[i].text, r->d.elements[i].text_length);
    char *p = text;
    for (int k = 0; k < n; k++) {
        char *end;
        out[k] = strtod(p, &end);
        if (end == p || (*end && *end != ' ')) {
            problem(r->m, "<%s>: expected %d numbers, found '%s'", tag, n, text);
            out[k] = NAN;
        }
        p = end;
    }
    if (*p)
        problem(r->m, "<%s>: more than %d numbers: '%s'", tag, n, text);
}

static oik_vec3 vector(const reader *r, int parent, const char *tag) {
    double x[3];
    numbers(x, 3, r, parent, tag);
    return v3(x[0], x[1], x[2]);
}

/** Rotation by an angle about a unit axis: cos 1 + sin [a] + (1 - cos) a a^T. */
static oik_mat3 about(oik_vec3 a, double angle) {
    return m3_add(m3_add(m3_scale(m3_identity(), cos(angle)), m3_scale(m3_skew(a), sin(angle))),
                  m3_scale(m3_outer(a, a), 1.0 - cos(angle)));
}

int reader_find_body(const reader_model *model, const char *name) {
    for (int i = 0; i < model->n_bodies; i++)
        if (strcmp(model->bodies[i].name, name) == 0)
            return i;
    return -1;
}

/** Body of a socket's path; -1: ground, and also with a problem when there is no such thing. */
static int find_socket(reader_model *m, const char *path, const char *who) {
    static const char set[] = "/bodyset/";
    if (strcmp(path, "/ground") == 0)
        return -1;
    int body = strncmp(path, set, sizeof set - 1) == 0 ? reader_find_body(m, path + sizeof set - 1) : -1;
    if (body < 0)
        problem(m, "%s: no frame '%s'", who, path);
    return body;
}

/** OpenSim takes no blank, slash, backslash, star or plus in a component's name. */
static void check_names(const reader *r) {
    for (int i = 0; i < r->d.n; i++) {
        char name[READER_NAME], other[READER_NAME];
        name_of(name, &r->d, i);
        if (strpbrk(name, " \t\n/\\*+"))
            problem(r->m, "'%s' is no name", name);
        for (int k = r->d.elements[i].end; name[0] && r->d.elements[i].parent >= 0 && k < r->d.elements[r->d.elements[i].parent].end;
             k = r->d.elements[k].end) {
            name_of(other, &r->d, k);
            if (strcmp(name, other) == 0)
                problem(r->m, "two elements named '%s' in one place", name);
        }
    }
}

static void read_meshes(const reader *r, int body_element, int body) {
    int list = child(&r->d, body_element, "attached_geometry");
    for (int i = child(&r->d, list, "Mesh"); i >= 0; i = next_child(&r->d, list, i, "Mesh")) {
        reader_attached *mesh = &r->m->meshes[r->m->n_meshes++];
        char socket[READER_NAME];
        text_of(mesh->name, &r->d, i, "mesh_file");
        text_of(socket, &r->d, i, "socket_frame");
        mesh->body = body;
        if (strcmp(socket, "..") != 0 || !mesh->name[0])
            problem(r->m, "mesh '%s' on '%s'", mesh->name, socket);
    }
}

static void read_bodies(const reader *r, int model) {
    int list = child(&r->d, child(&r->d, model, "BodySet"), "objects");
    for (int i = child(&r->d, list, "Body"); i >= 0; i = next_child(&r->d, list, i, "Body")) {
        reader_body *body = &r->m->bodies[r->m->n_bodies];
        name_of(body->name, &r->d, i);
        numbers(&body->mass, 1, r, i, "mass");
        body->mass_centre = vector(r, i, "mass_center");
        numbers(body->inertia, 6, r, i, "inertia");
        read_meshes(r, i, r->m->n_bodies++);
    }
}

static void read_coordinates(const reader *r, int joint) {
    int list = child(&r->d, joint, "coordinates");
    for (int i = child(&r->d, list, "Coordinate"); i >= 0; i = next_child(&r->d, list, i, "Coordinate")) {
        reader_coordinate *q = &r->m->coordinates[r->m->n_coordinates++];
        char clamped[READER_NAME];
        name_of(q->name, &r->d, i);
        numbers(&q->standard, 1, r, i, "default_value");
        numbers(q->range, 2, r, i, "range");
        text_of(clamped, &r->d, i, "clamped");
        q->clamped = strcmp(clamped, "true") == 0;
        if (q->clamped && (q->standard < q->range[0] || q->standard > q->range[1]))
            problem(r->m, "coordinate %s: its default is outside its range", q->name);
    }
}

/** Frame of that name among the joint's own. */
static void read_frame(const reader *r, int joint, const char *name, int *body, oik_mat3 *R, oik_vec3 *p) {
    int list = child(&r->d, joint, "frames"), n_found = 0;
    for (int i = child(&r->d, list, "PhysicalOffsetFrame"); i >= 0; i = next_child(&r->d, list, i, "PhysicalOffsetFrame")) {
        char own[READER_NAME], socket[READER_NAME];
        name_of(own, &r->d, i);
        if (strcmp(own, name) != 0)
            continue;
        n_found++;
        text_of(socket, &r->d, i, "socket_parent");
        *body = find_socket(r->m, socket, name);
        *p = vector(r, i, "translation");
        oik_vec3 a = vector(r, i, "orientation");
        *R = m3_mul(m3_mul(about(v3(1, 0, 0), a.x), about(v3(0, 1, 0), a.y)), about(v3(0, 0, 1), a.z));
    }
    if (n_found != 1)
        problem(r->m, "%d frames named '%s'", n_found, name);
}

static void read_axes(const reader *r, int joint, reader_joint *out) {
    static const char *const names[READER_MAX_AXES] = {"rotation1",    "rotation2",    "rotation3",
                                                       "translation1", "translation2", "translation3"};
    int list = child(&r->d, joint, "SpatialTransform"), n = 0;
    for (int i = child(&r->d, list, "TransformAxis"); i >= 0 && n < READER_MAX_AXES; i = next_child(&r->d, list, i, "TransformAxis"), n++) {
        reader_axis *axis = &out->axes[n];
        char name[READER_NAME];
        double linear[2];
        name_of(name, &r->d, i);
        if (strcmp(name, names[n]) != 0)
            problem(r->m, "joint %s: axis %d is named %s", out->name, n, name);
        text_of(axis->coordinate, &r->d, i, "coordinates");
        axis->axis = vector(r, i, "axis");
        int function = child(&r->d, i, "LinearFunction");
        if (function >= 0) {
            numbers(linear, 2, r, function, "coefficients");
            axis->slope = linear[0], axis->offset = linear[1];
        } else {
            function = child(&r->d, i, "Constant");
            numbers(&axis->offset, 1, r, function < 0 ? i : function, "value");
        }
        if ((axis->slope != 0.0) != (axis->coordinate[0] != '\0'))
            problem(r->m, "joint %s, %s: function and coordinate do not agree", out->name, name);
        if (axis->slope != 0.0 && fabs(axis->slope) != 1.0) /* a coupled coordinate, whose degrees a motion file keeps */
            problem(r->m, "joint %s, %s: slope %g", out->name, name, axis->slope);
    }
    if (n != READER_MAX_AXES)
        problem(r->m, "joint %s: %d axes", out->name, n);
    for (int k = 0; k < READER_MAX_AXES; k++) {
        oik_vec3 a = out->axes[k].axis, b = out->axes[k % 3 == 2 ? k - 2 : k + 1].axis;
        if (!(v3_norm(v3_cross(a, b)) >= 1e-5)) /* CustomJoint::extendFinalizeFromProperties */
            problem(r->m, "joint %s: collinear axes", out->name);
    }
}

/** The joint's coordinates are listed as its axes need them: else OpenSim sorts them and forgets some of their properties. */
static void check_order(reader_model *m, const reader_joint *joint, int first) {
    int next = first;
    for (int k = 0; k < READER_MAX_AXES; k++) {
        const char *name = joint->axes[k].coordinate;
        if (name[0] && (next == m->n_coordinates || strcmp(name, m->coordinates[next++].name) != 0))
            problem(m, "joint %s: coordinate %s out of order", joint->name, name);
    }
    if (next != m->n_coordinates)
        problem(m, "joint %s: a coordinate that moves nothing", joint->name);
}

static void read_joints(const reader *r, int model) {
    int list = child(&r->d, child(&r->d, model, "JointSet"), "objects");
    for (int i = child(&r->d, list, "CustomJoint"); i >= 0; i = next_child(&r->d, list, i, "CustomJoint")) {
        reader_joint *joint = &r->m->joints[r->m->n_joints++];
        char parent[READER_NAME], own[READER_NAME];
        name_of(joint->name, &r->d, i);
        text_of(parent, &r->d, i, "socket_parent_frame");
        text_of(own, &r->d, i, "socket_child_frame");
        read_frame(r, i, parent, &joint->parent, &joint->R_parent, &joint->p_parent);
        read_frame(r, i, own, &joint->child, &joint->R_child, &joint->p_child);
        int first = r->m->n_coordinates;
        read_coordinates(r, i);
        read_axes(r, i, joint);
        check_order(r->m, joint, first);
    }
}

static void read_markers(const reader *r, int model) {
    int list = child(&r->d, child(&r->d, model, "MarkerSet"), "objects");
    for (int i = child(&r->d, list, "Marker"); i >= 0; i = next_child(&r->d, list, i, "Marker")) {
        reader_attached *marker = &r->m->markers[r->m->n_markers++];
        char socket[READER_NAME], fixed[READER_NAME];
        name_of(marker->name, &r->d, i);
        text_of(socket, &r->d, i, "socket_parent_frame");
        text_of(fixed, &r->d, i, "fixed");
        marker->body = find_socket(r->m, socket, marker->name);
        marker->at = vector(r, i, "location");
        marker->fixed = strcmp(fixed, "true") == 0;
    }
}

reader_model *reader_model_new(const char *text) {
    reader r = {read_document(text), calloc(1, sizeof(reader_model))};
    if (!r.d.elements || !r.m) {
        free(r.d.elements);
        free(r.m);
        return NULL;
    }
    int model = r.d.ok ? child(&r.d, 0, "Model") : -1;
    if (model < 0) {
        problem(r.m, "not an OpenSim document");
    } else {
        if (!strstr(text, "<OpenSimDocument Version=\"40000\">"))
            problem(r.m, "another version");
        check_names(&r);
        read_bodies(&r, model);
        read_joints(&r, model);
        read_markers(&r, model);
    }
    free(r.d.elements);
    return r.m;
}

/* ---------------------------------------------------------------- tables */

static void table_problem(reader_table *table, const char *what) {
    if (!table->problem[0])
        snprintf(table->problem, sizeof table->problem, "%s", what);
}

/** Cut the next line off the text; NULL at its end. */
static char *next_line(char **text) {
    char *line = *text;
    if (!line || !*line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end)
        *end = '\0';
    *text = end ? end + 1 : NULL;
    return line;
}

/** Cut the next cell off a line of cells separated by tabs; NULL behind the last one. */
static char *next_cell(char **line) {
    char *cell = *line;
    if (!cell)
        return NULL;
    char *tab = strchr(cell, '\t');
    if (tab)
        *tab = '\0';
    *line = tab ? tab + 1 : NULL;
    return cell;
}

static bool allocate(reader_table *table) {
    bool possible = table->n_rows > 0 && table->n_columns > 0 && table->n_rows < 100000 && table->n_columns < 1000;
    if (possible) {
        table->names = calloc((size_t)table->n_columns, sizeof *table->names);
        table->values = calloc((size_t)table->n_rows * (size_t)table->n_columns, sizeof *table->values);
    }
    if (!table->names || !table->values)
        table_problem(table, "no rows or columns");
    return table->names && table->values;
}

/** All rows that are left; the first `skipped` cells of each are not part of the table. */
static void read_rows(reader_table *table, char *text, int skipped) {
    int row = 0;
    for (char *line; (line = next_line(&text));) {
        int column = -skipped;
        for (char *cell; (cell = next_cell(&line)); column++) {
            char *end;
            double x = strtod(cell, &end);
            if (end == cell || *end)
                table_problem(table, "a cell is no number");
            if (column >= 0 && column < table->n_columns && row < table->n_rows)
                table->values[row * table->n_columns + column] = x;
        }
        if (column != table->n_columns)
            table_problem(table, "a row has another number of cells than the header says");
        row++;
    }
    if (row != table->n_rows)
        table_problem(table, "another number of rows than the header says");
}

/** A word that OpenSim reads as a key wherever a line of the header begins with it (Storage::parseHeaders); our own lines have no blank. */
static bool begins_with_key(const char *line) {
    static const char *const keys[] = {"name", "nr", "nRows", "datarows", "nc", "nColumns", "datacolumns", "units", "version", "inDegrees",
                                       "Angles", "range", "Range", "wrap", "Wrap", "WRAP", "event", "#"};
    size_t n = strcspn(line, " \t=");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i]) == n && strncmp(keys[i], line, n) == 0 && line[n] != '=')
            return true;
    return false;
}

void reader_table_mot(reader_table *table, char *text) {
    *table = (reader_table){.unit = 1.0};
    char *line = next_line(&text);
    if (!line || strcmp(line, "Coordinates") != 0)
        table_problem(table, "expected 'Coordinates'");
    while ((line = next_line(&text)) && strcmp(line, "endheader") != 0) {
        sscanf(line, "nRows=%d", &table->n_rows);
        sscanf(line, "nColumns=%d", &table->n_columns);
        table->degrees = table->degrees || strcmp(line, "inDegrees=yes") == 0;
        if (begins_with_key(line))
            table_problem(table, "a line of the header begins with a key");
    }
    line = next_line(&text);
    if (!line || !allocate(table))
        return;
    int n = 0;
    for (char *cell; (cell = next_cell(&line)) && n < table->n_columns; n++)
        copy(table->names[n], cell, strlen(cell));
    if (n != table->n_columns || line || strcmp(table->names[0], "time") != 0)
        table_problem(table, "another number of names than the header says");
    read_rows(table, text, 0);
}

void reader_table_trc(reader_table *table, char *text) {
    *table = (reader_table){.unit = NAN};
    char *line = next_line(&text), unit[8] = "";
    double rate, camera, original;
    int n_markers = 0, start, n_original, n = 1;
    if (!line || strncmp(line, "PathFileType\t4\t(X/Y/Z)\t", 23) != 0)
        table_problem(table, "line 1");
    line = next_line(&text);
    if (!line || strcmp(line, "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames") != 0)
        table_problem(table, "line 2");
    line = next_line(&text);
    if (!line || sscanf(line, "%lf\t%lf\t%d\t%d\t%7s\t%lf\t%d\t%d", &rate, &camera, &table->n_rows, &n_markers, unit, &original, &start,
                        &n_original) != 8 || !(rate > 0.0) || n_original != table->n_rows)
        table_problem(table, "line 3");
    table->unit = strcmp(unit, "mm") == 0 ? 1e-3 : strcmp(unit, "m") == 0 ? 1.0 : (double)NAN;
    table->n_columns = 1 + 3 * n_markers;
    line = next_line(&text);
    if (!line || !allocate(table))
        return;
    copy(table->names[0], "time", 4);
    if (strncmp(line, "Frame#\tTime\t", 12) != 0)
        table_problem(table, "line 4");
    line += 12;
    for (char *cell; (cell = next_cell(&line)) && n < table->n_columns; n++)
        if ((n - 1) % 3 == 0)
            for (int c = 0; c < 3; c++)
                copy(table->names[n + c], cell, strlen(cell));
        else if (*cell)
            table_problem(table, "line 4: a name in a place that is empty");
    if (n != table->n_columns || line)
        table_problem(table, "line 4: another number of names");
    line = next_line(&text);
    if (!line || strncmp(line, "\t\tX1\tY1\tZ1", 10) != 0)
        table_problem(table, "line 5");
    line = next_line(&text);
    if (!line || *line)
        table_problem(table, "line 6");
    read_rows(table, text, 1);
}

void reader_table_clear(reader_table *table) {
    free(table->names);
    free(table->values);
    *table = (reader_table){0};
}

int reader_column(const reader_table *table, const char *name) {
    for (int i = 0; i < table->n_columns; i++)
        if (strcmp(table->names[i], name) == 0)
            return i;
    return -1;
}

/* ---------------------------------------------------------------- kinematics */

static double coordinate_value(const reader_model *m, const reader_table *motion, int row, const char *name, bool turns, bool *found) {
    if (row < 0) {
        for (int i = 0; i < m->n_coordinates; i++)
            if (strcmp(m->coordinates[i].name, name) == 0)
                return m->coordinates[i].standard;
        *found = false;
        return 0.0;
    }
    int column = reader_column(motion, name);
    *found = *found && column >= 0;
    double x = column < 0 ? 0.0 : motion->values[row * motion->n_columns + column];
    return turns && motion->degrees ? x * 3.14159265358979323846 / 180.0 : x;
}

/* X_child = X_parent X_(parent's offset) X_joint X_(child's offset)^-1 */
bool reader_forward(oik_mat3 *R, oik_vec3 *o, const reader_model *model, const reader_table *motion, int row) {
    bool found = true;
    for (int j = 0; j < model->n_joints; j++) {
        const reader_joint *joint = &model->joints[j];
        oik_mat3 E = m3_identity();
        oik_vec3 t = v3(0, 0, 0);
        for (int k = 0; k < READER_MAX_AXES; k++) {
            const reader_axis *axis = &joint->axes[k];
            double x = axis->offset;
            if (axis->coordinate[0])
                x += axis->slope * coordinate_value(model, motion, row, axis->coordinate, k < 3, &found);
            if (k < 3)
                E = m3_mul(E, about(axis->axis, x));
            else
                t = v3_madd(t, x, axis->axis);
        }
        oik_mat3 R_p = joint->parent < 0 ? m3_identity() : R[joint->parent];
        oik_vec3 o_p = joint->parent < 0 ? v3(0, 0, 0) : o[joint->parent];
        oik_mat3 R_joint = m3_mul(R_p, joint->R_parent);
        oik_vec3 o_joint = v3_add(v3_add(o_p, m3_mulv(R_p, joint->p_parent)), m3_mulv(R_joint, t));
        R[joint->child] = m3_mul(m3_mul(R_joint, E), m3_transpose(joint->R_child));
        o[joint->child] = v3_sub(o_joint, m3_mulv(R[joint->child], joint->p_child));
    }
    return found;
}

/* | R - S | = 2 sqrt(2) sin(angle / 2) */
double reader_angle(oik_mat3 R, oik_mat3 S) {
    double sum = 0.0;
    for (int i = 0; i < 9; i++)
        sum += (R.m[i / 3][i % 3] - S.m[i / 3][i % 3]) * (R.m[i / 3][i % 3] - S.m[i / 3][i % 3]);
    return 2.0 * asin(fmin(sqrt(sum / 8.0), 1.0));
}
