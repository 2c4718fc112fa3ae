/* Lettering: widths, ink, texts that are too long, characters that the font does not have. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "export/picture_text.h"

enum { WIDTH = 300, HEIGHT = 60, WHITE = 255 };

static uint8_t pixels[HEIGHT][WIDTH][3];
static const oik_picture_image image = {WIDTH, HEIGHT, pixels[0]};
static const oik_picture_pen pen = {10, 40, WIDTH - 10, 21, 3, {0, 0, 0}};

static int clear_image(void **state) {
    (void)state;
    memset(pixels, WHITE, sizeof pixels);
    return 0;
}

/** Columns and rows of pixels with ink: first and end. */
static void find_ink(int *x0, int *x1, int *y0, int *y1) {
    *x0 = WIDTH, *x1 = 0, *y0 = HEIGHT, *y1 = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (pixels[y][x][0] < WHITE / 2) {
                *x0 = x < *x0 ? x : *x0;
                *x1 = x >= *x1 ? x + 1 : *x1;
                *y0 = y < *y0 ? y : *y0;
                *y1 = y >= *y1 ? y + 1 : *y1;
            }
}

static void ink_is_where_the_pen_says(void **state) {
    (void)state;
    int x0, x1, y0, y1;
    oik_picture_text_draw(&image, &pen, "Hello");
    find_ink(&x0, &x1, &y0, &y1);
    /* middles of strokes run from x and the baseline to the width and the cap height; half of the stroke of 3 is outside */
    assert_in_range(x0, 8, 9);
    assert_in_range(y1, 41, 42);
    assert_in_range(y0, 17, 18);
    double end = 10.0 + oik_picture_text_width("Hello", 21) + 1.5;
    assert_true(x1 >= end - 1.5 && x1 <= end + 1.5); /* thin ink at the round end of an "o" */
}

static void every_character_has_a_shape_of_its_own(void **state) {
    (void)state;
    enum { N = 26 + 26 + 10 };
    static const char characters[N + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static uint8_t shapes[N][sizeof pixels];
    for (int i = 0; i < N; i++) {
        const char text[2] = {characters[i], '\0'};
        clear_image(NULL);
        oik_picture_text_draw(&image, &pen, text);
        memcpy(shapes[i], pixels, sizeof pixels);
        for (int j = 0; j < i; j++)
            if (memcmp(shapes[i], shapes[j], sizeof pixels) == 0 && !strchr("Il", characters[i]))
                fail_msg("%c and %c look alike", characters[i], characters[j]);
    }
}

static void widths_add_up(void **state) {
    (void)state;
    double ab = oik_picture_text_width("ab", 7), a = oik_picture_text_width("a", 7), b = oik_picture_text_width("b", 7);
    double abab = oik_picture_text_width("abab", 7), gap = ab - a - b;
    assert_true(gap > 0.5 && gap < 4.0);
    assert_true(fabs(abab - 2.0 * ab - gap) < 1e-12); /* a few sums of halves */
    assert_true(fabs(oik_picture_text_width("ab", 14) - 2.0 * ab) < 1e-12);
    assert_true(oik_picture_text_width("", 7) == 0.0);
}

static void unknown_characters_show_as_question_marks(void **state) {
    (void)state;
    static uint8_t expected[sizeof pixels];
    oik_picture_text_draw(&image, &pen, "k?rp?");
    memcpy(expected, pixels, sizeof pixels);
    clear_image(NULL);
    oik_picture_text_draw(&image, &pen, "k\xc3\xb6rp\xe2\x82\xac"); /* two and three bytes of UTF-8 */
    assert_memory_equal(pixels, expected, sizeof pixels);
    clear_image(NULL);
    oik_picture_text_draw(&image, &pen, "k\x01rp\xff"); /* no UTF-8 at all */
    assert_memory_equal(pixels, expected, sizeof pixels);
}

static void a_long_text_is_cut_before_the_end(void **state) {
    (void)state;
    int x0, x1, y0, y1;
    oik_picture_pen narrow = pen;
    narrow.end = 150;
    oik_picture_text_draw(&image, &narrow, "MMMMMMMMMMMMMMMMMMMM");
    find_ink(&x0, &x1, &y0, &y1);
    assert_in_range(x1, 100, 150);
    static uint8_t whole[sizeof pixels];
    memcpy(whole, pixels, sizeof pixels);
    clear_image(NULL);
    oik_picture_text_draw(&image, &narrow, "MMMMMMMMM");
    assert_memory_equal(pixels, whole, sizeof pixels); /* what is cut leaves no trace */
}

static void nothing_is_drawn_outside_the_image(void **state) {
    (void)state;
    const oik_picture_pen places[] = {{-50, -10, 1e3, 30, 4, {0, 0, 0}}, {WIDTH - 5, HEIGHT + 8, 1e3, 30, 4, {0, 0, 0}}};
    const oik_picture_image inner = {WIDTH, HEIGHT - 40, pixels[20]};
    for (int i = 0; i < 2; i++)
        oik_picture_text_draw(&inner, &places[i], "outside");
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (y < 20 || y >= HEIGHT - 20)
                assert_int_equal(pixels[y][x][0], WHITE);
}

static void boxes_mix_at_their_edges(void **state) {
    (void)state;
    const uint8_t ink[3] = {0, 55, 155};
    oik_picture_box_draw(&image, 10.5, 10, 13, 12.25, ink);
    static const uint8_t half[3] = {128, 155, 205}, quarter[3] = {191, 205, 230}, eighth[3] = {223, 230, 243};
    assert_memory_equal(pixels[11][11], ink, 3);
    assert_memory_equal(pixels[11][10], half, 3);
    assert_memory_equal(pixels[12][12], quarter, 3);
    assert_memory_equal(pixels[12][10], eighth, 3);
    assert_int_equal(pixels[11][13][0], WHITE);
    assert_int_equal(pixels[9][11][0], WHITE);
}

#define ON_WHITE(f) cmocka_unit_test_setup(f, clear_image)

int main(void) {
    const struct CMUnitTest tests[] = {ON_WHITE(ink_is_where_the_pen_says),
                                       ON_WHITE(every_character_has_a_shape_of_its_own),
                                       ON_WHITE(widths_add_up),
                                       ON_WHITE(unknown_characters_show_as_question_marks),
                                       ON_WHITE(a_long_text_is_cut_before_the_end),
                                       ON_WHITE(nothing_is_drawn_outside_the_image),
                                       ON_WHITE(boxes_mix_at_their_edges)};
    return cmocka_run_group_tests_name("test_export_picture_text", tests, NULL, NULL);
}
