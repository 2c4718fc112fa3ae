/* A reader of binary glTF for tests (see glb_reader.h). */
#include "support/glb_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rot.h"

enum { UNSIGNED_SHORT = 5123, UNSIGNED_INT = 5125, FLOAT = 5126 };

static uint32_t u32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void glb_read(glb_file *file, const char *path) {
    json_error_t error;
    *file = (glb_file){0};
    assert_int_equal(oik_file_read(&file->data, &file->size, path, NULL), OIK_OK);
    const uint8_t *p = file->data;
    assert_true(file->size > 28);
    assert_memory_equal(p, "glTF\2\0\0\0", 8);
    assert_int_equal(u32(p + 8), file->size);
    size_t json_size = u32(p + 12);
    assert_memory_equal(p + 16, "JSON", 4);
    assert_true(json_size % 4 == 0 && 28 + json_size <= file->size);
    file->json = json_loadb((const char *)p + 20, json_size, 0, &error);
    if (!file->json)
        fail_msg("%s: %s", path, error.text);
    p += 20 + json_size;
    assert_true(p[-1] == '}' || p[-1] == ' ');
    file->bin = p + 8;
    file->bin_size = u32(p);
    assert_memory_equal(p + 4, "BIN\0", 4);
    assert_int_equal(file->bin_size % 4, 0);
    assert_ptr_equal(file->bin + file->bin_size, file->data + file->size);
    assert_int_equal(glb_integer(glb_item(file, "buffers", 0), "byteLength"), file->bin_size);
}

void glb_free(glb_file *file) {
    json_decref(file->json);
    free(file->data);
}

const json_t *glb_item(const glb_file *file, const char *array, size_t i) {
    const json_t *item = json_array_get(json_object_get(file->json, array), i);
    if (!item)
        fail_msg("no %s %zu", array, i);
    return item;
}

size_t glb_count(const glb_file *file, const char *array) {
    return json_array_size(json_object_get(file->json, array));
}

size_t glb_integer(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        fail_msg("no integer \"%s\"", key);
    return (size_t)json_integer_value(value);
}

/* ---- accessors ---- */

static size_t n_components(const json_t *accessor) {
    static const struct { const char *type; size_t n; } types[] = {{"SCALAR", 1}, {"VEC3", 3}, {"VEC4", 4}, {"MAT4", 16}};
    const char *type = json_string_value(json_object_get(accessor, "type"));
    assert_non_null(type);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].n;
    fail_msg("type %s", type);
    return 0;
}

static size_t component_size(const json_t *accessor) {
    size_t component = glb_integer(accessor, "componentType");
    assert_true(component == UNSIGNED_SHORT || component == UNSIGNED_INT || component == FLOAT);
    return component == UNSIGNED_SHORT ? 2 : 4;
}

size_t glb_n_elements(const glb_file *file, size_t accessor) {
    return glb_integer(glb_item(file, "accessors", accessor), "count");
}

double glb_number(const glb_file *file, size_t number, size_t i, size_t c) {
    const json_t *accessor = glb_item(file, "accessors", number);
    const json_t *view = glb_item(file, "bufferViews", glb_integer(accessor, "bufferView"));
    size_t component = glb_integer(accessor, "componentType"), size = component_size(accessor);
    const json_t *stride = json_object_get(view, "byteStride");
    size_t step = stride ? (size_t)json_integer_value(stride) : size * n_components(accessor);
    assert_true(i < glb_integer(accessor, "count") && c < n_components(accessor));
    const uint8_t *p = file->bin + glb_integer(view, "byteOffset") + glb_integer(accessor, "byteOffset") + i * step + c * size;
    if (component == UNSIGNED_SHORT)
        return p[0] | p[1] << 8;
    uint32_t bits = u32(p);
    float x;
    memcpy(&x, &bits, sizeof x);
    return component == FLOAT ? (double)x : bits;
}

oik_vec3 glb_point(const glb_file *file, size_t accessor, size_t i) {
    return v3(glb_number(file, accessor, i, 0), glb_number(file, accessor, i, 1), glb_number(file, accessor, i, 2));
}

glb_transform glb_matrix(const glb_file *file, size_t accessor, size_t i) {
    glb_transform out;
    double m[16];
    for (size_t c = 0; c < 16; c++)
        m[c] = glb_number(file, accessor, i, c);
    assert_true(m[3] == 0.0 && m[7] == 0.0 && m[11] == 0.0 && m[15] == 1.0);
    out.R = m3_columns(v3(m[0], m[1], m[2]), v3(m[4], m[5], m[6]), v3(m[8], m[9], m[10]));
    out.t = v3(m[12], m[13], m[14]);
    return out;
}

static void check_bounds(const glb_file *file, size_t number, const json_t *accessor) {
    const json_t *min = json_object_get(accessor, "min"), *max = json_object_get(accessor, "max");
    for (size_t c = 0; min && c < n_components(accessor); c++) {
        double lowest = INFINITY, highest = -INFINITY;
        for (size_t i = 0; i < glb_n_elements(file, number); i++) {
            lowest = fmin(lowest, glb_number(file, number, i, c));
            highest = fmax(highest, glb_number(file, number, i, c));
        }
        assert_true(json_number_value(json_array_get(min, c)) == lowest);
        assert_true(json_number_value(json_array_get(max, c)) == highest);
    }
}

void glb_check_storage(const glb_file *file) {
    size_t end = 0;
    for (size_t v = 0; v < glb_count(file, "bufferViews"); v++) {
        const json_t *view = glb_item(file, "bufferViews", v);
        size_t offset = glb_integer(view, "byteOffset"), length = glb_integer(view, "byteLength");
        assert_true(offset >= end && offset - end < 4 && offset % 4 == 0 && length > 0);
        for (; end < offset; end++)
            assert_int_equal(file->bin[end], 0);
        end = offset + length;
        assert_true(end <= file->bin_size);
    }
    assert_true(file->bin_size - end < 4);
    for (size_t a = 0; a < glb_count(file, "accessors"); a++) {
        const json_t *accessor = glb_item(file, "accessors", a);
        const json_t *view = glb_item(file, "bufferViews", glb_integer(accessor, "bufferView"));
        size_t offset = glb_integer(accessor, "byteOffset"), size = component_size(accessor);
        size_t length = glb_integer(accessor, "count") * size * n_components(accessor);
        assert_true(offset % size == 0 && length > 0 && offset + length <= glb_integer(view, "byteLength"));
        check_bounds(file, a, accessor);
    }
}

/* ---- nodes ---- */

size_t glb_node(const glb_file *file, const char *name) {
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < glb_count(file, "nodes"); i++)
        if (strcmp(json_string_value(json_object_get(glb_item(file, "nodes", i), "name")), name) == 0) {
            assert_true(found == SIZE_MAX); /* names tell nodes apart */
            found = i;
        }
    if (found == SIZE_MAX)
        fail_msg("no node %s", name);
    return found;
}

oik_vec3 glb_apply(glb_transform a, oik_vec3 p) {
    return v3_add(m3_mulv(a.R, p), a.t);
}

/* Rotation and translation as four numbers each, in the node's own terms. */
typedef struct trs {
    double rotation[4], translation[4];
} trs;

static void numbers_of(double *out, const json_t *node, const char *key) {
    const json_t *list = json_object_get(node, key);
    for (size_t c = 0; c < json_array_size(list); c++)
        out[c] = json_number_value(json_array_get(list, c));
}

static void animate(trs *local, const glb_file *file, size_t frame) {
    const json_t *animation = glb_item(file, "animations", 0), *channel;
    size_t i;
    json_array_foreach(json_object_get(animation, "channels"), i, channel) {
        const json_t *sampler = json_array_get(json_object_get(animation, "samplers"), glb_integer(channel, "sampler"));
        const json_t *target = json_object_get(channel, "target");
        bool turns = strcmp(json_string_value(json_object_get(target, "path")), "rotation") == 0;
        trs *at = &local[glb_integer(target, "node")];
        size_t output = glb_integer(sampler, "output");
        assert_string_equal(json_string_value(json_object_get(sampler, "interpolation")), "LINEAR");
        assert_int_equal(glb_n_elements(file, output), glb_n_elements(file, glb_integer(sampler, "input")));
        for (size_t c = 0; c < (turns ? 4U : 3U); c++)
            (turns ? at->rotation : at->translation)[c] = glb_number(file, output, frame, c);
    }
}

static glb_transform transform_of(const trs *local) {
    const double *q = local->rotation, *t = local->translation;
    double norm = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    assert_true(fabs(norm - 1.0) < 1e-6); /* single precision */
    return (glb_transform){oik_rot_from_quat((oik_quat){q[3], q[0], q[1], q[2]}), v3(t[0], t[1], t[2])};
}

/** Place the nodes of a list and all below them. */
static void place(glb_transform *out, const glb_file *file, const trs *local, const json_t *list, glb_transform parent) {
    size_t i;
    const json_t *child;
    json_array_foreach(list, i, child) {
        size_t node = (size_t)json_integer_value(child);
        glb_transform own = transform_of(&local[node]);
        out[node] = (glb_transform){m3_mul(parent.R, own.R), glb_apply(parent, own.t)};
        place(out, file, local, json_object_get(glb_item(file, "nodes", node), "children"), out[node]);
    }
}

void glb_world(glb_transform *out, const glb_file *file, size_t frame) {
    size_t n = glb_count(file, "nodes");
    trs *local = calloc(n, sizeof *local);
    assert_non_null(local);
    for (size_t i = 0; i < n; i++) {
        local[i].rotation[3] = 1.0;
        numbers_of(local[i].rotation, glb_item(file, "nodes", i), "rotation");
        numbers_of(local[i].translation, glb_item(file, "nodes", i), "translation");
    }
    if (glb_count(file, "animations") > 0)
        animate(local, file, frame);
    const json_t *roots = json_object_get(glb_item(file, "scenes", 0), "nodes");
    place(out, file, local, roots, (glb_transform){m3_identity(), v3(0, 0, 0)});
    free(local);
}
