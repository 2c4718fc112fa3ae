/* The gallery: a picture of every group of bones, all of the model's bones in some, bones in all four views, the same bytes again. */
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run_program.h"

enum { N_GROUPS = 14, N_VIEWS = 4 };

static char *one, *two;

static int run_gallery(const char *folder) {
    char model[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(model, sizeof model, "%s/male.npz", dir ? dir : "build/models");
    run_result r = run_built("gallery", model, folder, NULL);
    int code = r.code;
    if (code)
        fprintf(stderr, "%s\n", r.err);
    run_free(&r);
    return code;
}

static int set_up(void **state) {
    (void)state;
    one = scratch_new();
    two = scratch_new();
    return !one || !two || run_gallery(one) || run_gallery(two);
}

static int tear_down(void **state) {
    (void)state;
    scratch_free(one);
    scratch_free(two);
    return 0;
}

static void every_group_has_its_picture(void **state) {
    (void)state;
    static const char *const names[] = {"male_skeleton.png", "male_skull.png", "male_cage.png", "male_pelvis.png",
                                        "male_hand.png",     "male_foot.png",  "male_shank.png"};
    assert_int_equal(count_files(one), N_GROUPS);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(file_exists(in_folder(one, names[i])));
}

static void equal_models_give_equal_pictures(void **state) {
    (void)state;
    size_t size_one, size_two;
    char *a = file_text(in_folder(one, "male_foot.png"), &size_one), *b = file_text(in_folder(two, "male_foot.png"), &size_two);
    assert_int_equal(size_one, size_two);
    assert_memory_equal(a, b, size_one);
    free(a);
    free(b);
}

/** Runs of columns in which something is drawn above the captions. */
static int count_views(const char *path) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_int_not_equal(png_image_begin_read_from_file(&image, path), 0);
    image.format = PNG_FORMAT_GRAY;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(pixels);
    assert_int_not_equal(png_image_finish_read(&image, NULL, pixels, 0, NULL), 0);
    int n = 0, was = 0;
    for (png_uint_32 x = 0; x < image.width; x++) {
        int is = 0;
        for (png_uint_32 y = 0; y < image.height * 9 / 10; y++)
            is |= pixels[y * image.width + x] != pixels[0]; /* the paper */
        n += is && !was;
        was = is;
    }
    free(pixels);
    return n;
}

static void bones_are_seen_from_four_sides(void **state) {
    (void)state;
    assert_int_equal(count_views(in_folder(one, "male_skull.png")), N_VIEWS);
    assert_int_equal(count_views(in_folder(one, "male_thigh.png")), N_VIEWS);
}

static void what_is_missing_is_said(void **state) {
    (void)state;
    run_result r = run_built("gallery", "absent.npz", one, NULL);
    assert_int_equal(r.code, 1);
    assert_non_null(strstr(r.err, "absent.npz"));
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_group_has_its_picture),
        cmocka_unit_test(equal_models_give_equal_pictures),
        cmocka_unit_test(bones_are_seen_from_four_sides),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests_name("models/gallery", tests, set_up, tear_down);
}
