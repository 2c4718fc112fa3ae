/** Pictures of a report's page in a browser. Tests are skipped without Chromium or python3 (which unpacks the screenshots). */
#ifndef TESTS_REPORT_BROWSER_H
#define TESTS_REPORT_BROWSER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report_reader.h"
#include "support/headless_page.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

/* Can pages be looked at? Said once when not. */
static inline bool has_browser(void) {
    static int found = -1;
    if (found < 0) {
        found = headless_browser() && system("command -v python3 > /dev/null 2>&1") == 0;
        if (!found)
            fprintf(stderr, "no chromium or no python3: the report's page is not looked at\n");
    }
    return found == 1;
}

static inline void need_browser(void) {
    if (!has_browser())
        skip();
}

/* The document of a page at an address, as text; free it. */
static inline char *document_of(const char *page, const char *hash) {
    char place[2 * TEMP_PATH_LENGTH];
    need_browser();
    snprintf(place, sizeof place, "%s#%s", page, hash);
    return headless_document(place);
}

/* ---- pictures ---- */

enum { WIDTH = 500, HEIGHT = 600 };

typedef struct picture {
    uint8_t *rgb; /* WIDTH x HEIGHT x 3: the 3-D view */
} picture;

/*
 * Put behind a page's own programs: it goes to PLACES one after the other; what the view draws there, at a size that no text around it
 * changes, is left in the document in the end.
 */
static const char camera[] =
    "const view = byId('canvas'), flat = document.createElement('canvas').getContext('2d', { willReadFrequently: true });\n"
    "Object.assign(flat.canvas, { width: WIDTH, height: HEIGHT });\n"
    "Object.assign(view.style, { width: WIDTH + 'px', height: HEIGHT + 'px' });\n"
    "function pictureAt(place) {\n"
    "  history.replaceState(null, '', '#' + place); readAddress(); page.scene.resize(); look(page.view);\n"
    "  page.scene.renderer.render(page.scene.scene, page.scene.camera); flat.drawImage(view, 0, 0);\n"
    "  const { data } = flat.getImageData(0, 0, WIDTH, HEIGHT);\n"
    "  return data.reduce((bytes, value, i) => i % 4 < 3 ? bytes + String.fromCharCode(value) : bytes, '');\n"
    "}\n"
    "for (const picture of PLACES.map(pictureAt)) {\n"
    "  const text = document.createElement('p'); text.textContent = 'PICTURE ' + btoa(picture); document.body.append(text);\n"
    "}\n";

/* A page and a program behind its own. */
static inline void write_with_program(const char *path, const char *page, const char *program) {
    char *html = file_text(page, NULL);
    assert_non_null(html);
    char *end = strstr(html, "</body>");
    FILE *file = fopen(path, "w");
    assert_true(end && file);
    fprintf(file, "%.*s<script>\n%s</script>\n%s", (int)(end - html), html, program, end);
    assert_int_equal(fclose(file), 0);
    free(html);
}

static inline void read_picture(picture *p, const char *text) {
    size_t size = (size_t)WIDTH * HEIGHT * 3, room = strcspn(text, "<") + 1;
    p->rgb = malloc(room);
    assert_non_null(p->rgb);
    assert_int_equal(base64_bytes(p->rgb, text), size);
}

/* Pictures of a page at n addresses, by one start of the browser, and the document at the last one, to be freed. */
static inline char *take_pictures(picture *out, const char *page, const char *const *places, int n) {
    static const char mark[] = "<p>PICTURE ";
    char path[TEMP_PATH_LENGTH], program[8192];
    int used = snprintf(program, sizeof program, "const WIDTH = %d, HEIGHT = %d, PLACES = [", WIDTH, HEIGHT);
    for (int i = 0; i < n; i++)
        used += snprintf(program + used, sizeof program - (size_t)used, "'%s', ", places[i]);
    snprintf(program + used, sizeof program - (size_t)used, "];\n%s", camera);
    write_with_program(temp_path(path, "camera.html"), page, program);
    char *document = headless_document(path), *at = document;
    for (int i = 0; i < n; i++) {
        at = strstr(at, mark);
        if (!at)
            fail_msg("%s: no picture %d of %d", page, i + 1, n);
        at += sizeof mark - 1;
        read_picture(&out[i], at);
    }
    return document;
}

static inline void free_pictures(picture *pictures, int n) {
    for (int i = 0; i < n; i++)
        free(pictures[i].rgb);
}

/* Is a pixel in a colour of bone, in light or shade: clearly more red than blue, which nothing else in the view is? */
static inline bool is_bone(const uint8_t *rgb) {
    return rgb[0] > rgb[2] + 12;
}

static inline int count_bone(const picture *p) {
    int n = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        n += is_bone(p->rgb + 3 * i);
    return n;
}

static inline int count_differences(const picture *a, const picture *b) {
    int n = 0;
    for (int i = 0; i < 3 * WIDTH * HEIGHT; i += 3)
        n += abs(a->rgb[i] - b->rgb[i]) + abs(a->rgb[i + 1] - b->rgb[i + 1]) + abs(a->rgb[i + 2] - b->rgb[i + 2]) > 12;
    return n;
}

/* Pixels of bone that a user sees: in a screenshot of the page, in the part of the view that has no buttons on it. */
static inline int count_bone_on_screen(const char *page, const char *hash) {
    enum { WINDOW_WIDTH = 1000, WINDOW_HEIGHT = 760, LEFT = 190, RIGHT = 560, TOP = 110, BOTTOM = 500 };
    char place[2 * TEMP_PATH_LENGTH], png[TEMP_PATH_LENGTH], ppm[TEMP_PATH_LENGTH], command[4 * TEMP_PATH_LENGTH];
    int columns, rows, header = 0, n = 0;
    snprintf(place, sizeof place, "%s#%s", page, hash);
    headless_screenshot(temp_path(png, "page.png"), place, WINDOW_WIDTH, WINDOW_HEIGHT);
    snprintf(command, sizeof command, "python3 tests/report/png_to_ppm.py '%s' '%s'", png, temp_path(ppm, "page.ppm"));
    assert_int_equal(system(command), 0);
    size_t size;
    char *text = file_text(ppm, &size);
    assert_non_null(text);
    assert_int_equal(sscanf(text, "P6 %d %d 255%n", &columns, &rows, &header), 2);
    assert_true(columns == WINDOW_WIDTH && rows == WINDOW_HEIGHT && size == (size_t)header + 1 + (size_t)columns * (size_t)rows * 3);
    for (int y = TOP; y < BOTTOM; y++)
        for (int x = LEFT; x < RIGHT; x++)
            n += is_bone((const uint8_t *)text + header + 1 + 3 * (y * columns + x));
    free(text);
    return n;
}

/* A layer that is switched on adds pixels to a picture of the bones alone, and at least so many. */
static inline void expect_layer(const picture *bones, const picture *with, const char *layer, int least) {
    int n = count_differences(bones, with);
    print_message("# %s: %d pixels\n", layer, n);
    assert_true(n >= least);
}

/* ---- texts ---- */

/* How often a text occurs in another one. */
static inline int count_text(const char *text, const char *part) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* All of the texts are there, and nothing that a hostile name might have put there. */
static inline void expect_texts(const char *document, const char *const *wanted, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!strstr(document, wanted[i]))
            fail_msg("no \"%s\" in the document", wanted[i]);
    assert_null(strstr(document, "<img"));
    assert_null(strstr(document, "<title>owned"));
}

#endif
