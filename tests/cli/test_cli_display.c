/* --display: the report of every step, and the browser that shows it. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "demo_run.h"
#include "run_program.h"

static char *folder;

static int new_folder(void **state) {
    (void)state;
    folder = scratch_new();
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    return folder ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

static run_result show(const char *option) {
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, "-D", option, NULL);
    if (r.code != 0)
        fail_msg("exit code %d: %s", r.code, r.err);
    return r;
}

static void without_a_display_it_says_where_the_report_is(void **state) {
    (void)state;
    run_result r = show(NULL);
    const char *page = in_folder(folder, "body_female_report.html");
    char expected[RUN_MAX_PATH + 32];
    snprintf(expected, sizeof expected, "open %s in a browser", page);
    assert_non_null(strstr(r.err, expected));
    snprintf(expected, sizeof expected, "%s\n", page);
    assert_non_null(strstr(r.out, expected));
    char *text = file_text(page, NULL);
    assert_non_null(text);
    assert_non_null(strstr(text, "</html>"));
    free(text);
    run_free(&r);
}

/** Steps are there only when they are computed, so that nothing is taken over; all else is as without the report. */
static void all_steps_are_recorded_in_every_run(void **state) {
    (void)state;
    const char *page = in_folder(folder, "body_female_report.html"), *bones = in_folder(folder, "body_female_skel_posed.ply");
    run_result r = show(NULL);
    size_t size = 0, again = 0, n_bones = 0, n_again = 0;
    char *first = file_text(page, &size), *posed = file_text(bones, &n_bones);
    run_free(&r);
    r = show("-q");
    char *second = file_text(page, &again), *posed_again = file_text(bones, &n_again);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    assert_int_equal(n_bones, n_again);
    assert_memory_equal(posed, posed_again, n_bones);
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, "-p", "-D", NULL);
    free(second);
    second = file_text(page, &again);
    assert_true(again < size); /* the steps of posing alone */
    run_free(&r);
    free(first);
    free(second);
    free(posed);
    free(posed_again);
}

static void without_the_option_no_page_is_opened(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_true(file_exists(in_folder(folder, "body_female_report.html")));
    assert_null(strstr(r.err, "browser"));
    run_free(&r);
}

/** A program that the browser is opened with: it writes its argument into a file. */
static void put_opener(void) {
    char text[3 * RUN_MAX_PATH];
    const char *path = in_folder(folder, "xdg-open");
    snprintf(text, sizeof text, "#!/bin/sh\nprintf '%%s' \"$1\" > %s/opening && mv %s/opening %s/opened\n", folder, folder, folder);
    file_put(path, text, strlen(text));
    assert_int_equal(chmod(path, 0700), 0);
}

static void with_a_display_the_browser_is_opened(void **state) {
    (void)state;
    char *path = getenv("PATH"), *old = strdup(path ? path : ""), longer[4096];
    put_opener();
    snprintf(longer, sizeof longer, "%s:%s", folder, old);
    setenv("PATH", longer, 1);
    setenv("WAYLAND_DISPLAY", "wayland-test", 1);
    run_result r = show(NULL);
    assert_non_null(strstr(r.err, "opened in the browser"));
    run_free(&r);
    const struct timespec moment = {.tv_nsec = 20000000};
    for (int i = 0; i < 500 && !file_exists(in_folder(folder, "opened")); i++)
        nanosleep(&moment, NULL); /* it is not waited for: 10 s at most */
    char *argument = file_text(in_folder(folder, "opened"), NULL);
    assert_non_null(argument);
    assert_string_equal(argument, in_folder(folder, "body_female_report.html"));
    free(argument);
    setenv("PATH", folder, 1);
    assert_int_equal(remove(in_folder(folder, "xdg-open")), 0);
    r = show(NULL); /* no such program */
    assert_non_null(strstr(r.err, "in a browser"));
    run_free(&r);
    setenv("PATH", old, 1);
    unsetenv("WAYLAND_DISPLAY");
    free(old);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, new_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(without_a_display_it_says_where_the_report_is),
        IN_FOLDER(all_steps_are_recorded_in_every_run),
        IN_FOLDER(without_the_option_no_page_is_opened),
        IN_FOLDER(with_a_display_the_browser_is_opened),
    };
    return cmocka_run_group_tests_name("test_cli_display", tests, NULL, NULL);
}
