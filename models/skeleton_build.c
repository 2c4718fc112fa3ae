/**
 * Parts, bones, points and shape modes of the skeleton model.
 *
 *   local point  u = ratio .* x - centre    (x canonical; mirrored in x on the right)
 *   placed       y = R u + t,  t = t_frame + R centre
 */
#include "models/skeleton_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/skeleton_builder.h"

void *oik_builder_grow(oik_builder *b, void *array, size_t n, size_t size) {
    bool power_of_two = (n & (n - 1)) == 0;
    if (b->status || !power_of_two)
        return array;
    void *grown = oik_resize(array, n ? 2 * n : 1, size, b->err);
    if (!grown)
        b->status = OIK_E_MEMORY;
    return grown ? grown : array;
}

int oik_builder_row(oik_builder *b, const char *part) {
    for (int i = 0; i < oik_n_part_rows; i++)
        if (strcmp(oik_part_table[i].name, part) == 0)
            return i;
    if (!b->status)
        b->status = oik_fail(b->err, OIK_E_MODEL, "the part table has no part %s", part);
    return 0;
}

oik_vec3 oik_builder_position(oik_builder *b, const char *text) {
    oik_vec3 p = v3(0, 0, 0);
    if (!b->status)
        b->status = oik_position_parse(&p, text, b->bones, b->err);
    return p;
}

oik_vec3 oik_builder_position_in(oik_builder *b, int row, const char *text) {
    oik_vec3 p = v3(0, 0, 0);
    if (!b->status)
        b->status = oik_position_in(&p, text, oik_part_table[row].bones, b->bones, b->err);
    return p;
}

bool oik_builder_two_sided(int row, oik_vec3 x) {
    return oik_part_table[row].lateral || fabs(x.x) > 1e-3;
}

static oik_vec3 mirror(oik_vec3 x) {
    return v3(-x.x, x.y, x.z);
}

oik_vec3 oik_builder_place(const oik_builder *b, int row, int side, oik_vec3 x) {
    bool lateral = oik_part_table[row].lateral;
    oik_vec3 y = oik_placement_apply(&b->placement[row], lateral || side == OIK_LEFT ? x : mirror(x));
    return lateral && side == OIK_RIGHT ? mirror(y) : y;
}

/* ---- shape modes ---- */

static bool matches(const char *pattern, const char *part) {
    size_t n = strlen(pattern);
    return pattern[n - 1] == '*' ? strncmp(pattern, part, n - 1) == 0 : strcmp(pattern, part) == 0;
}

/** v inside a sphere about c, falling off outside it. */
static oik_vec3 bump(const oik_mode_row *row, oik_vec3 x, oik_vec3 c, oik_vec3 v) {
    double sigma = row->from * 1e-3, r = fmax(0.0, v3_dist(x, c) - row->to * 1e-3);
    return v3_scale(v, exp(-0.5 * r * r / (sigma * sigma)));
}

/** Displacement of canonical x (left side or midline) by one unit of a mode row whose place in the set is known, in canonical axes. */
static oik_vec3 mode_displacement(const oik_mode_row *row, const oik_mode_place *place, oik_vec3 x, bool midline) {
    if (row->kind == OIK_MODE_SCALE)
        return v3_mul(row->v, v3_sub(x, place->c));
    oik_vec3 v = v3_scale(row->v, 1e-3);
    if (row->kind == OIK_MODE_STRETCH) {
        double s = v3_dot(v3_sub(x, place->c), v3_unit(v));
        return v3_scale(v, fmin(1.0, fmax(0.0, (s - place->from) / (place->to - place->from))));
    }
    oik_vec3 d = bump(row, x, place->c, v);
    return midline ? v3_add(d, mirror(bump(row, mirror(x), place->c, v))) : d;
}

/** Where fitting has carried the centre and the ends of a mode row in a part. */
static oik_mode_place mode_place(oik_builder *b, const oik_mode_row *row, int part_row) {
    oik_mode_place place = {.from = row->from * 1e-3, .to = row->to * 1e-3};
    char text[96];
    snprintf(text, sizeof text, "%.9g,%.9g,%.9g", row->c.x, row->c.y, row->c.z);
    place.c = oik_builder_position_in(b, part_row, text);
    if (row->kind != OIK_MODE_STRETCH)
        return place;
    oik_vec3 along = v3_unit(row->v), end[2] = {v3_madd(row->c, row->from, along), v3_madd(row->c, row->to, along)};
    double s[2];
    for (int k = 0; k < 2; k++) {
        snprintf(text, sizeof text, "%.9g,%.9g,%.9g", end[k].x, end[k].y, end[k].z);
        s[k] = v3_dot(v3_sub(oik_builder_position_in(b, part_row, text), place.c), along);
    }
    place.from = s[0];
    place.to = s[1];
    return place;
}

/** Number of the mode that a row belongs to; rows of one name need not be neighbours. */
static int mode_number(int row) {
    int number = 0;
    for (int i = 0; i < oik_n_mode_rows; i++) {
        bool first = true;
        for (int j = 0; j < i && first; j++)
            first = strcmp(oik_mode_table[i].name, oik_mode_table[j].name) != 0;
        if (strcmp(oik_mode_table[i].name, oik_mode_table[row].name) == 0)
            return number;
        number += first;
    }
    return -1;
}

static void add_mode_entry(oik_builder *b, int32_t mode, oik_vec3 d) {
    oik_skel_model *m = b->m;
    m->mode_index = oik_builder_grow(b, m->mode_index, b->mode_entries, sizeof *m->mode_index);
    m->mode_vector = oik_builder_grow(b, m->mode_vector, b->mode_entries, sizeof *m->mode_vector);
    if (b->status)
        return;
    m->mode_index[b->mode_entries] = mode;
    m->mode_vector[b->mode_entries++] = d;
}

/** Which mode each row of the mode table belongs to, and which rows move a part: looked up once, not once a point. */
static void find_mode_rows(oik_builder *b, int row) {
    b->n_mode_rows = 0;
    for (int mode = 0; mode < (int)b->m->n_modes; mode++)
        for (int i = 0; i < oik_n_mode_rows; i++)
            if (b->mode_of_row[i] == mode && matches(oik_mode_table[i].part, oik_part_table[row].name))
                b->mode_rows[b->n_mode_rows++] = i;
    for (int k = 0; k < b->n_mode_rows; k++)
        b->mode_place[k] = mode_place(b, &oik_mode_table[b->mode_rows[k]], row);
    b->mode_rows_of = row;
}

static void add_modes(oik_builder *b, int row, int side, oik_vec3 x) {
    const oik_part_row *part = &oik_part_table[row];
    bool flip = part->lateral && side == OIK_RIGHT;
    if (b->mode_rows_of != row)
        find_mode_rows(b, row);
    for (int k = 0; k < b->n_mode_rows;) {
        int mode = b->mode_of_row[b->mode_rows[k]];
        oik_vec3 d = v3(0, 0, 0);
        for (; k < b->n_mode_rows && b->mode_of_row[b->mode_rows[k]] == mode; k++)
            d = v3_add(d, v3_mul(b->placement[row].ratio, mode_displacement(&oik_mode_table[b->mode_rows[k]], &b->mode_place[k], x, !part->lateral)));
        add_mode_entry(b, mode, flip ? mirror(d) : d);
    }
}

/* ---- points ---- */

int32_t oik_builder_point(oik_builder *b, int row, int side, oik_vec3 x) {
    oik_skel_model *m = b->m;
    size_t n = m->n_points;
    bool lateral = oik_part_table[row].lateral;
    m->mean = oik_builder_grow(b, m->mean, n, sizeof *m->mean);
    m->point_part = oik_builder_grow(b, m->point_part, n, sizeof *m->point_part);
    m->mode_start = oik_builder_grow(b, m->mode_start, n, sizeof *m->mode_start);
    if (b->status)
        return 0;
    if (!lateral && side == OIK_RIGHT)
        x = mirror(x);
    oik_vec3 u = v3_sub(v3_mul(b->placement[row].ratio, x), b->centre[row]);
    m->mean[n] = lateral && side == OIK_RIGHT ? mirror(u) : u;
    m->point_part[n] = b->part[row][side];
    m->mode_start[n] = (int32_t)b->mode_entries;
    add_modes(b, row, side, x);
    m->n_points++;
    return (int32_t)n;
}

/* ---- parts ---- */

static void set_name(char *out, const char *name, bool lateral, int side) {
    snprintf(out, OIK_NAME_LENGTH, "%s%s", name, !lateral ? "" : side == OIK_LEFT ? "_l" : "_r");
}

static int group_index(oik_builder *b, const char *name, bool lateral, int side) {
    oik_skel_model *m = b->m;
    char full[OIK_NAME_LENGTH];
    set_name(full, name, lateral, side);
    for (int i = 0; i < m->n_groups; i++)
        if (strcmp(m->group_names[i], full) == 0)
            return i;
    m->group_names = oik_builder_grow(b, m->group_names, (size_t)m->n_groups, sizeof *m->group_names);
    if (b->status)
        return 0;
    memcpy(m->group_names[m->n_groups], full, sizeof full);
    return m->n_groups++;
}

static oik_mat3 mirror_rotation(oik_mat3 R) {
    oik_mat3 M = m3_diag(v3(-1, 1, 1));
    return m3_mul(M, m3_mul(R, M));
}

static void add_part(oik_builder *b, int row, int side) {
    const oik_part_row *r = &oik_part_table[row];
    oik_skel_model *m = b->m;
    int p = m->n_parts++;
    b->part[row][side] = p;
    if (!r->lateral)
        b->part[row][OIK_RIGHT] = p;
    set_name(m->part_names[p], r->name, r->lateral, side);
    m->part_parent[p] = r->parent ? b->part[oik_builder_row(b, r->parent)][side] : -1;
    m->part_group[p] = group_index(b, r->group, r->group_lateral, side);
    m->part_joint[p] = r->lateral && side == OIK_RIGHT ? oik_skin_joint_mirror[r->joint] : r->joint;
    oik_vec3 t = v3_add(b->placement[row].t, m3_mulv(b->placement[row].R, b->centre[row]));
    bool flip = r->lateral && side == OIK_RIGHT;
    m->rest_R[p] = flip ? mirror_rotation(b->placement[row].R) : b->placement[row].R;
    m->rest_t[p] = flip ? mirror(t) : t;
}

static void add_parts(oik_builder *b) {
    oik_skel_model *m = b->m;
    size_t limit = 2 * OIK_MAX_PART_ROWS;
    m->part_names = oik_new(limit, sizeof *m->part_names, b->err);
    m->part_parent = oik_new(limit, sizeof *m->part_parent, b->err);
    m->part_group = oik_new(limit, sizeof *m->part_group, b->err);
    m->part_joint = oik_new(limit, sizeof *m->part_joint, b->err);
    m->part_mirror = oik_new(limit, sizeof *m->part_mirror, b->err);
    m->rest_R = oik_new(limit, sizeof *m->rest_R, b->err);
    m->rest_t = oik_new(limit, sizeof *m->rest_t, b->err);
    if (!m->part_names || !m->part_parent || !m->part_group || !m->part_joint || !m->part_mirror || !m->rest_R || !m->rest_t) {
        b->status = OIK_E_MEMORY;
        return;
    }
    for (int row = 0; row < oik_n_part_rows; row++) {
        if (oik_part_table[row].lateral)
            add_part(b, row, OIK_RIGHT);
        add_part(b, row, OIK_LEFT);
        m->part_mirror[b->part[row][OIK_LEFT]] = b->part[row][OIK_RIGHT];
        m->part_mirror[b->part[row][OIK_RIGHT]] = b->part[row][OIK_LEFT];
    }
}

/* ---- bones ---- */

/** Next bone key of a space-separated list; *both is set for "+name". */
static const char *next_bone(char key[OIK_BONE_NAME], bool *both, const char *list) {
    list += strspn(list, " ");
    *both = *list == '+';
    list += *both;
    size_t n = strcspn(list, " ");
    snprintf(key, OIK_BONE_NAME, "%.*s", (int)n, list);
    return list + n;
}

static const char *anatomical_name(const char *key) {
    for (int i = 0; i < oik_n_bone_name_rows; i++)
        if (strcmp(oik_bone_name_table[i].key, key) == 0)
            return oik_bone_name_table[i].name;
    return key;
}

static const oik_bone *find_bone(oik_builder *b, const char *key) {
    const oik_bone *bone = oik_bone_find(b->bones, key);
    if (!bone && !b->status)
        b->status = oik_fail(b->err, OIK_E_MODEL, "the part table names a bone %s that does not exist", key);
    return bone;
}

/** Scaled centroid of all vertices of a row; on the midline for midline parts. */
static void find_centre(oik_builder *b, int row) {
    char key[OIK_BONE_NAME];
    bool both;
    oik_vec3 sum = v3(0, 0, 0);
    size_t n = 0;
    for (const char *c = next_bone(key, &both, oik_part_table[row].bones); key[0]; c = next_bone(key, &both, c)) {
        const oik_bone *bone = find_bone(b, key);
        for (size_t i = 0; bone && i < bone->n_v; i++)
            sum = v3_add(sum, bone->v[i]);
        n += bone ? bone->n_v : 0;
    }
    oik_vec3 mean = v3_scale(sum, n ? 1.0 / (double)n : 0.0);
    if (!oik_part_table[row].lateral)
        mean.x = 0.0;
    b->centre[row] = v3_mul(b->placement[row].ratio, mean);
}

/** Append one bone mesh to the part of a row; flipped for a right bone. */
static void add_bone(oik_builder *b, int row, int side, const oik_bone *bone, bool named_by_side) {
    oik_skel_model *m = b->m;
    size_t first = m->n_points;
    m->bone_names = oik_builder_grow(b, m->bone_names, (size_t)m->n_bones, sizeof *m->bone_names);
    if (b->status)
        return;
    set_name(m->bone_names[m->n_bones], anatomical_name(bone->name), named_by_side, side);
    for (size_t i = 0; i < bone->n_v && !b->status; i++) {
        int32_t point = oik_builder_point(b, row, side, bone->v[i]);
        m->vertex_bone = oik_builder_grow(b, m->vertex_bone, (size_t)point, sizeof *m->vertex_bone);
        if (!b->status)
            m->vertex_bone[point] = m->n_bones;
    }
    for (size_t f = 0; f < bone->n_f && !b->status; f++) {
        m->faces = oik_builder_grow(b, m->faces, m->n_faces, sizeof *m->faces);
        if (b->status)
            return;
        bool flip = side == OIK_RIGHT;
        for (int k = 0; k < 3; k++)
            m->faces[m->n_faces][k] = (int32_t)first + bone->f[f][flip ? 2 - k : k];
        m->n_faces++;
    }
    m->n_bones++;
}

static void add_bones_of(oik_builder *b, int row, int side) {
    char key[OIK_BONE_NAME];
    bool both;
    for (const char *c = next_bone(key, &both, oik_part_table[row].bones); key[0] && !b->status; c = next_bone(key, &both, c)) {
        const oik_bone *bone = find_bone(b, key);
        if (!bone)
            return;
        if (both)
            add_bone(b, row, OIK_RIGHT, bone, true);
        add_bone(b, row, both ? OIK_LEFT : side, bone, both || oik_part_table[row].lateral);
    }
}

static void add_bones(oik_builder *b) {
    for (int row = 0; row < oik_n_part_rows; row++) {
        if (oik_part_table[row].lateral)
            add_bones_of(b, row, OIK_RIGHT);
        add_bones_of(b, row, OIK_LEFT);
    }
    b->m->n_vertices = b->m->n_points;
}

int32_t oik_builder_bone_start(oik_builder *b, const char *key, int side) {
    const oik_skel_model *m = b->m;
    char name[OIK_NAME_LENGTH];
    set_name(name, anatomical_name(key), true, side);
    for (size_t i = 0; i < m->n_vertices; i++)
        if (strcmp(m->bone_names[m->vertex_bone[i]], name) == 0)
            return (int32_t)i;
    if (!b->status)
        b->status = oik_fail(b->err, OIK_E_MODEL, "the parts have no bone %s", name);
    return 0;
}

static void finish_modes(oik_builder *b) {
    oik_skel_model *m = b->m;
    m->mode_start = oik_builder_grow(b, m->mode_start, m->n_points, sizeof *m->mode_start);
    if (!b->status)
        m->mode_start[m->n_points] = (int32_t)b->mode_entries;
}

static void start_modes(oik_builder *b) {
    oik_skel_model *m = b->m;
    int n = 0;
    if (oik_n_mode_rows > OIK_MAX_MODE_ROWS) {
        b->status = oik_fail(b->err, OIK_E_MODEL, "the mode table has more than %d rows", OIK_MAX_MODE_ROWS);
        return;
    }
    for (int i = 0; i < oik_n_mode_rows; i++) {
        b->mode_of_row[i] = mode_number(i);
        n = b->mode_of_row[i] + 1 > n ? b->mode_of_row[i] + 1 : n;
    }
    b->mode_rows_of = -1;
    m->n_modes = (size_t)n;
    m->mode_weight = oik_new(m->n_modes, sizeof *m->mode_weight, b->err);
    if (!m->mode_weight)
        b->status = OIK_E_MEMORY;
    for (size_t k = 0; m->mode_weight && k < m->n_modes; k++)
        m->mode_weight[k] = 1.0;
}

oik_status oik_skeleton_build(oik_skel_model **out, const oik_skin *skin, const oik_bone_set *bones, oik_error *err) {
    oik_builder b = {.bones = bones, .err = err};
    *out = NULL;
    b.m = oik_new(1, sizeof *b.m, err);
    if (!b.m)
        return OIK_E_MEMORY;
    oik_lying_pose(b.m->lying_R);
    b.status = oik_template_skin_new(&b.skin, skin, b.m->lying_R, err);
    if (!b.status)
        b.status = oik_placement_new(b.placement, &b.skin, bones, err);
    for (int row = 0; row < oik_n_part_rows && !b.status; row++)
        find_centre(&b, row);
    void (*const steps[])(oik_builder *) = {start_modes,          add_parts,           add_bones,
                                            oik_builder_stitches, oik_builder_ligaments, oik_builder_couplings, oik_builder_paths,
                                            oik_builder_clearances, oik_builder_curves, oik_builder_turns, oik_builder_flexes,
                                            oik_builder_landmarks,
                                            oik_builder_springs,  oik_builder_kinematics, finish_modes};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !b.status; i++)
        steps[i](&b);
    oik_template_skin_free(&b.skin);
    if (b.status) {
        oik_skel_model_free(b.m);
        return b.status;
    }
    *out = b.m;
    return OIK_OK;
}
