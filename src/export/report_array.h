/**
 * Arrays of numbers in the report: <script type="text/plain" class="array" id="array-NAME" data-type="u16">BASE64</script>,
 * little-endian, row by row. Base64 (RFC 4648) has no character that means anything in HTML.
 */
#ifndef OIK_EXPORT_REPORT_ARRAY_H
#define OIK_EXPORT_REPORT_ARRAY_H

#include <stdint.h>

#include "base/vec3.h"
#include "export/text_file.h"

/** Points as whole numbers q: p = origin + step q, componentwise. */
typedef struct oik_report_grid {
    oik_vec3 origin;
    double step;
} oik_report_grid;

/** An array that is being written. */
typedef struct oik_report_array {
    oik_text_file *file;
    uint8_t rest[3]; /**< bytes that do not make a group of three yet */
    size_t n_rest;
} oik_report_array;

/** @param[in] type "u8", "u16", "u32" or "f32"; @param[in] grid attributes data-origin and data-step, or NULL */
void oik_report_array_begin(oik_report_array *array, oik_text_file *file, const char *name, const char *type,
                            const oik_report_grid *grid);
void oik_report_array_add(oik_report_array *array, const uint8_t *bytes, size_t size);
void oik_report_array_add_f32(oik_report_array *array, double value);
/** Call it once; large arrays also call oik_text_file_flow in between. */
oik_status oik_report_array_end(oik_report_array *array, oik_error *err);

/** Whole array of n numbers in single precision. */
oik_status oik_report_put_f32(oik_text_file *file, const char *name, const double *values, size_t n, oik_error *err);

/** Whole array of n numbers from -1 to 1, in 16 bits. */
oik_status oik_report_put_units(oik_text_file *file, const char *name, const double *values, size_t n, oik_error *err);

/** Whole array of n numbers >= 0 in the narrowest of u8, u16 and u32. */
oik_status oik_report_put_indices(oik_text_file *file, const char *name, const int32_t *values, size_t n, oik_error *err);

/**
 * Whole array of n points as u16 triples on a grid from their lowest corner, with 65,535 steps over their largest extent.
 * @return OIK_E_NOT_FINITE naming the array and the point
 */
oik_status oik_report_put_points(oik_text_file *file, const char *name, const oik_vec3 *points, size_t n, oik_error *err);

#endif
