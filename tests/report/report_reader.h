/** Facts and arrays of a report's page, read back from its bytes. Needs a folder of temp_dir_setup. */
#ifndef TESTS_REPORT_READER_H
#define TESTS_REPORT_READER_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/report_html.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

/* The page as text; free it. */
static inline char *page_of(const oik_report *report, size_t *size) {
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    if (oik_report_write(report, temp_path(path, "report.html"), &err))
        fail_msg("%s", err.message);
    char *page = file_text(path, size);
    assert_non_null(page);
    return page;
}

static inline json_t *facts_of(const char *page) {
    static const char open[] = "<script type=\"application/json\" id=\"facts\">";
    const char *begin = strstr(page, open);
    assert_non_null(begin);
    begin += sizeof open - 1;
    const char *end = strstr(begin, "</script>");
    assert_non_null(end);
    json_t *facts = json_loadb(begin, (size_t)(end - begin), 0, NULL);
    assert_non_null(facts);
    return facts;
}

typedef struct array {
    size_t n;       /* numbers */
    double *values; /* points: in metres */
    char type[4];
} array;

static inline int digit_of(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static inline size_t base64_bytes(uint8_t *out, const char *text) {
    size_t n = 0;
    uint32_t bits = 0;
    for (int have = 0; digit_of(*text) >= 0; text++) {
        bits = bits << 6 | (uint32_t)digit_of(*text);
        have += 6;
        if (have >= 8)
            out[n++] = (uint8_t)(bits >> (have -= 8));
    }
    assert_true(*text == '=' || *text == '<');
    return n;
}

static inline double number_at(const uint8_t *bytes, size_t width, bool is_float) {
    uint32_t bits = 0;
    float narrow;
    for (size_t k = width; k-- > 0;)
        bits = bits << 8 | bytes[k];
    memcpy(&narrow, &bits, sizeof narrow);
    return is_float ? (double)narrow : (double)bits;
}

/* An array of the page; release its values. n = 0 when it is not there. */
static inline array array_of(const char *page, const char *name) {
    char mark[64];
    array a = {0};
    snprintf(mark, sizeof mark, "id=\"array-%s\" data-type=\"", name);
    const char *tag = strstr(page, mark);
    if (!tag)
        return a;
    snprintf(a.type, sizeof a.type, "%.3s", tag + strlen(mark));
    a.type[strcspn(a.type, "\"")] = '\0';
    const char *text = strchr(tag, '>') + 1, *grid = strstr(tag, "data-origin=\"");
    double origin[3] = {0, 0, 0}, step = 1.0;
    if (grid && grid < text)
        assert_int_equal(sscanf(grid, "data-origin=\"%lf %lf %lf\" data-step=\"%lf\"", &origin[0], &origin[1], &origin[2], &step), 4);
    uint8_t *bytes = malloc(strcspn(text, "<") + 1);
    assert_non_null(bytes);
    size_t width = a.type[0] == 'f' ? 4 : (size_t)atoi(a.type + 1) / 8, size = base64_bytes(bytes, text);
    assert_int_equal(size % width, 0);
    a.n = size / width;
    a.values = calloc(a.n + 1, sizeof *a.values);
    assert_non_null(a.values);
    for (size_t i = 0; i < a.n; i++)
        a.values[i] = origin[i % 3] + step * number_at(bytes + width * i, width, a.type[0] == 'f');
    free(bytes);
    return a;
}

#endif
