/*
 * NAME.glb in three.js (package libjs-three) in headless Chromium: it loads without a word on the console, every bone is within 1 mm of the
 * rig's in three frames of the animation, something is drawn. Skipped where they are not installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "export/glb.h"
#include "support/animation_checks.h"
#include "support/headless_page.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

#define THREE_JS "/usr/share/javascript/three/three.js"
#define GLTF_LOADER_JS "/usr/share/javascript/three/examples/js/loaders/GLTFLoader.js"

static void need_clients(void) {
    const char *missing = !headless_browser()                                         ? "Chromium (package chromium)"
                          : !file_exists(THREE_JS) || !file_exists(GLTF_LOADER_JS) ? "three.js with its GLTFLoader (package libjs-three)"
                                                                                     : NULL;
    if (!missing)
        return;
    fprintf(stderr, "no %s: the file in three.js is not tested\n", missing);
    skip();
}

/* The page: three.js and its loader, the file's bytes, tests/export/three_page.js. */
static void write_page(const char *page, const char *model, const oik_rig *rig) {
    char command[4 * TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(command, sizeof command,
             "{ printf '<!doctype html><meta charset=\"utf-8\"><body><script src=\"file://%s\"></script><script src=\"file://%s\"></script>"
             "<script>const FRAMES = [0, %d, %d], MODEL = \"'; base64 -w 0 '%s'; "
             "printf '\";</script><script src=\"file://%s/tests/export/three_page.js\"></script>'; } > '%s'",
             THREE_JS, GLTF_LOADER_JS, rig->n_frames / 2, rig->n_frames - 1, model, folder, page);
    assert_int_equal(system(command), 0);
}

static void check_three(oik_rig *rig) {
    char model[TEMP_PATH_LENGTH], page[TEMP_PATH_LENGTH], table[TEMP_PATH_LENGTH];
    rig_write(oik_glb_write, rig, temp_path(model, "three.glb"));
    write_page(temp_path(page, "page.html"), model, rig);
    char *document = headless_document(page);
    char *begin = strstr(document, "TABLE\n"), *end = strstr(document, "END ");
    if (!begin || !end)
        fail_msg("no table in the document: %.200s", document);
    begin += strlen("TABLE\n");
    temp_file(table, "table", begin, (size_t)(end - begin));
    animation_check_table(rig, table);
    assert_true(atoi(end + strlen("END ")) > 500); /* of 65,536 pixels; a body of 1.7 m makes 4,000 */
    free(document);
    oik_rig_free(rig);
}

static void a_tiny_rig_moves_alike(void **state) {
    (void)state;
    need_clients();
    check_three(rig_turning(31));
}

static void a_demo_body_moves_alike(void **state) {
    (void)state;
    need_clients();
    check_three(demo_rig_moving(DEMO_BODY_FEMALE, OIK_RIG_FULL, 31));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tiny_rig_moves_alike),
        cmocka_unit_test(a_demo_body_moves_alike),
    };
    return cmocka_run_group_tests_name("test_export_glb_three", tests, temp_dir_setup, temp_dir_teardown);
}
