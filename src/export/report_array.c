/** Arrays of numbers in the report (see report_array.h). */
#include "export/report_array.h"

#include <string.h>

#include "base/status.h"

/** Numbers between two looks at whether a piece of the file is full. */
enum { FLOW_STRIDE = 4096 };

/** One to three bytes as four characters of 6 bits each, '=' for characters that no byte reaches. */
static void put_group(oik_buf *buf, const uint8_t *bytes, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = (uint32_t)bytes[0] << 16 | (n > 1 ? (uint32_t)bytes[1] << 8 : 0) | (n > 2 ? bytes[2] : 0);
    char text[4] = {'=', '=', '=', '='};
    for (size_t i = 0; i <= n; i++)
        text[i] = digits[bits >> (18 - 6 * i) & 63];
    oik_buf_append(buf, text, sizeof text);
}

void oik_report_array_begin(oik_report_array *array, oik_text_file *file, const char *name, const char *type,
                            const oik_report_grid *grid) {
    *array = (oik_report_array){.file = file};
    oik_buf_printf(&file->buf, "<script type=\"text/plain\" class=\"array\" id=\"array-%s\" data-type=\"%s\"", name, type);
    if (grid)
        oik_buf_printf(&file->buf, " data-origin=\"%.9g %.9g %.9g\" data-step=\"%.9g\"", grid->origin.x, grid->origin.y,
                       grid->origin.z, grid->step);
    oik_buf_append(&file->buf, ">", 1);
}

void oik_report_array_add(oik_report_array *array, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        array->rest[array->n_rest++] = bytes[i];
        if (array->n_rest < sizeof array->rest)
            continue;
        put_group(&array->file->buf, array->rest, sizeof array->rest);
        array->n_rest = 0;
    }
}

/** The `width` lowest bytes of value, lowest first. */
static void add_little_endian(oik_report_array *array, uint32_t value, size_t width) {
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    oik_report_array_add(array, bytes, width);
}

void oik_report_array_add_f32(oik_report_array *array, double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    add_little_endian(array, bits, sizeof bits);
}

oik_status oik_report_array_end(oik_report_array *array, oik_error *err) {
    static const char end[] = "</script>\n";
    if (array->n_rest)
        put_group(&array->file->buf, array->rest, array->n_rest);
    oik_buf_append(&array->file->buf, end, sizeof end - 1);
    return oik_text_file_flow(array->file, err);
}

oik_status oik_report_put_f32(oik_text_file *file, const char *name, const double *values, size_t n, oik_error *err) {
    oik_report_array array;
    oik_status status = OIK_OK;
    oik_report_array_begin(&array, file, name, "f32", NULL);
    for (size_t i = 0; i < n && !status; i++) {
        oik_report_array_add_f32(&array, values[i]);
        if (i % FLOW_STRIDE == 0)
            status = oik_text_file_flow(file, err);
    }
    return status ? status : oik_report_array_end(&array, err);
}

oik_status oik_report_put_units(oik_text_file *file, const char *name, const double *values, size_t n, oik_error *err) {
    const oik_report_grid grid = {.origin = {-1.0, -1.0, -1.0}, .step = 2.0 / UINT16_MAX};
    oik_report_array array;
    oik_status status = OIK_OK;
    oik_report_array_begin(&array, file, name, "u16", &grid);
    for (size_t i = 0; i < n && !status; i++) {
        add_little_endian(&array, (uint32_t)lround((fmin(fmax(values[i], -1.0), 1.0) + 1.0) / grid.step), 2);
        if (i % FLOW_STRIDE == 0)
            status = oik_text_file_flow(file, err);
    }
    return status ? status : oik_report_array_end(&array, err);
}

oik_status oik_report_put_indices(oik_text_file *file, const char *name, const int32_t *values, size_t n, oik_error *err) {
    int32_t largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = values[i] > largest ? values[i] : largest;
    size_t width = largest <= UINT8_MAX ? 1 : largest <= UINT16_MAX ? 2 : 4;
    oik_report_array array;
    oik_status status = OIK_OK;
    oik_report_array_begin(&array, file, name, width == 1 ? "u8" : width == 2 ? "u16" : "u32", NULL);
    for (size_t i = 0; i < n && !status; i++) {
        add_little_endian(&array, (uint32_t)values[i], width);
        if (i % FLOW_STRIDE == 0)
            status = oik_text_file_flow(file, err);
    }
    return status ? status : oik_report_array_end(&array, err);
}

static oik_status grid_of(oik_report_grid *grid, const char *name, const oik_vec3 *points, size_t n, oik_error *err) {
    oik_vec3 low = n ? points[0] : v3(0, 0, 0), high = low;
    for (size_t i = 0; i < n; i++) {
        if (!v3_finite(points[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "report: %s: point %zu is not finite", name, i);
        low = v3_min(low, points[i]);
        high = v3_max(high, points[i]);
    }
    oik_vec3 extent = v3_sub(high, low);
    double largest = fmax(extent.x, fmax(extent.y, extent.z));
    *grid = (oik_report_grid){.origin = low, .step = largest > 0.0 ? largest / UINT16_MAX : 1.0};
    return OIK_OK;
}

oik_status oik_report_put_points(oik_text_file *file, const char *name, const oik_vec3 *points, size_t n, oik_error *err) {
    oik_report_grid grid = {.step = 1.0};
    oik_report_array array;
    oik_status status = grid_of(&grid, name, points, n, err);
    if (status)
        return status;
    oik_report_array_begin(&array, file, name, "u16", &grid);
    for (size_t i = 0; i < n && !status; i++) {
        oik_vec3 q = v3_scale(v3_sub(points[i], grid.origin), 1.0 / grid.step);
        add_little_endian(&array, (uint32_t)lround(q.x), 2);
        add_little_endian(&array, (uint32_t)lround(q.y), 2);
        add_little_endian(&array, (uint32_t)lround(q.z), 2);
        if (i % FLOW_STRIDE == 0)
            status = oik_text_file_flow(file, err);
    }
    return status ? status : oik_report_array_end(&array, err);
}
