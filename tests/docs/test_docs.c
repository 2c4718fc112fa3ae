/* The documents say what the program does: options, version, example, commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "osso_ik.h"
#include "run_program.h"

static char *text_of(const char *path) {
    char *text = file_text(path, NULL);
    if (!text)
        fail_msg("%s cannot be read", path);
    return text;
}

static void expect_in(const char *path, const char *part) {
    char *text = text_of(path);
    if (!strstr(text, part))
        fail_msg("%s does not contain: %s", path, part);
    free(text);
}

/** Remove backslashes, so that "\-\-gender" of a man page reads "--gender". */
static void drop_backslashes(char *text) {
    char *to = text;
    for (const char *from = text; *from; from++)
        if (*from != '\\')
            *to++ = *from;
    *to = '\0';
}

/** Every long option of a help text is in the man page and in the completion. Frees the result. */
static void expect_documented(run_result r) {
    char *man = text_of("docs/osso_ik.1"), *completion = text_of("docs/bash-completion");
    drop_backslashes(man);
    size_t n = 0;
    for (const char *c = r.out; (c = strstr(c, " --")) != NULL; n++) {
        c += 1;
        int length = (int)strcspn(c, " ,\n");
        char option[64];
        snprintf(option, sizeof option, "%.*s", length, c);
        if (!strstr(man, option))
            fail_msg("docs/osso_ik.1 does not explain %s", option);
        if (!strstr(completion, option))
            fail_msg("docs/bash-completion does not know %s", option);
    }
    assert_true(n >= 10);
    free(man);
    free(completion);
    run_free(&r);
}

static void options_are_documented(void **state) {
    (void)state;
    expect_documented(run_osso_ik("--help", NULL));
    expect_documented(run_osso_ik("ik", "--help", NULL));
}

static void version_is_the_same_everywhere(void **state) {
    (void)state;
    char text[64];
    snprintf(text, sizeof text, "\n## %s", oik_version());
    expect_in("CHANGELOG.md", text);
    snprintf(text, sizeof text, "\"osso_ik %s\"", oik_version());
    expect_in("docs/osso_ik.1", text);
}

static void readme_shows_the_example_that_is_compiled(void **state) {
    (void)state;
    char *example = text_of("examples/minimal.c");
    expect_in("README.md", example);
    free(example);
}

static void readme_and_ci_run_the_same_tests(void **state) {
    (void)state;
    expect_in("README.md", "\nsh tools/install-deps.sh && make -j2 run-demo\n");
    expect_in("README.md", "\nsh tools/install-deps.sh --import --clients\nmake -j2 test\n");
    expect_in(".ci/run", "\nsh tools/install-deps.sh --import --clients\nexec make -j2 test\n");
}

static void the_example_runs(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    const char *model = in_folder(dir ? dir : "build/models", "female.npz");
    run_result r = run_built("examples/minimal", model, "data/demo/body_female.ply", NULL);
    if (r.code != 0)
        fail_msg("exit code %d: %s", r.code, r.err);
    assert_non_null(strstr(r.out, "knee_angle_r"));
    run_free(&r);
    r = run_built("examples/minimal", model, "absent.ply", NULL);
    assert_int_equal(r.code, 1);
    assert_non_null(strstr(r.err, "absent.ply"));
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_documented), cmocka_unit_test(version_is_the_same_everywhere),
        cmocka_unit_test(readme_shows_the_example_that_is_compiled), cmocka_unit_test(readme_and_ci_run_the_same_tests),
        cmocka_unit_test(the_example_runs)};
    return cmocka_run_group_tests_name("test_docs", tests, NULL, NULL);
}
