/* Loading models: content hash, damage, facts. Needs the built-in models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/model_hash.h"
#include "base/npz.h"
#include "run_program.h"

static char *folder;

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    return folder ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

static const char *model_path(const char *gender) {
    static char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/%s.npz", dir ? dir : "build/models", gender);
    return path;
}

static void each_sex_loads_and_tells_what_it_is(void **state) {
    (void)state;
    static const char *const genders[] = {"female", "male", "neutral"};
    for (int i = 0; i < 3; i++) {
        oik_model *model = NULL;
        oik_error err = {0};
        if (oik_model_load(&model, model_path(genders[i]), &err) != OIK_OK)
            fail_msg("%s", err.message);
        oik_model_info info = oik_model_get_info(model);
        assert_string_equal(info.gender, genders[i]);
        assert_int_equal(info.n_skin_vertices, 6890); /* the SMPL family */
        assert_true(info.n_bones > 100 && info.n_parts > 20 && info.n_joints > 20 && info.n_dofs > info.n_joints);
        assert_int_equal(strlen(info.hash), OIK_HASH_LENGTH);
        assert_true(strlen(info.licence) > 0 && strlen(info.name) > 0);
        oik_model_free(model);
    }
}

static void expect_refused(const char *path, const char *part_of_message) {
    oik_model *model = (oik_model *)folder; /* must become NULL */
    oik_error err = {0};
    assert_int_equal(oik_model_load(&model, path, &err), OIK_E_MODEL);
    assert_int_equal(err.status, OIK_E_MODEL);
    assert_null(model);
    if (!strstr(err.message, path) || !strstr(err.message, part_of_message))
        fail_msg("expected the file and \"%s\" in \"%s\"", part_of_message, err.message);
}

static void a_missing_model_is_named(void **state) {
    (void)state;
    expect_refused(in_folder(folder, "absent.npz"), "");
}

static void a_file_that_is_no_archive_is_refused(void **state) {
    (void)state;
    const char *path = in_folder(folder, "text.npz");
    file_put(path, "not an archive", 14);
    expect_refused(path, "");
}

/** Every byte that is damaged must be noticed, wherever it is: names, sizes, checksums or content. */
static void one_damaged_byte_is_noticed(void **state) {
    (void)state;
    size_t size = 0;
    char *bytes = file_text(model_path("neutral"), &size);
    assert_non_null(bytes);
    const char *path = in_folder(folder, "damaged.npz");
    for (int k = 1; k < 6; k++) { /* five places spread over the arrays' content */
        size_t place = size / 6 * (size_t)k;
        bytes[place] = (char)(bytes[place] ^ 0x10);
        file_put(path, bytes, size);
        bytes[place] = (char)(bytes[place] ^ 0x10);
        oik_model *model = NULL;
        oik_error err = {0};
        if (oik_model_load(&model, path, &err) != OIK_E_MODEL)
            fail_msg("byte %zu of %zu: not noticed", place, size);
        assert_null(model);
    }
    file_put(path, bytes, size / 2);
    expect_refused(path, "");
    free(bytes);
}

static oik_npz_writer *small_archive(double value) {
    oik_npz_writer *w = NULL;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "a", "<f8", 1, (size_t[]){3}, (double[]){1, 2, value}, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_i32(w, "b", "<i4", 1, (size_t[]){2}, (int32_t[]){4, 5}, NULL), OIK_OK);
    return w;
}

static void hash_follows_content_and_not_compression(void **state) {
    (void)state;
    char stored[OIK_HASH_LENGTH + 1], deflated[OIK_HASH_LENGTH + 1], other[OIK_HASH_LENGTH + 1], sealed[OIK_HASH_LENGTH + 1];
    const char *path = in_folder(folder, "small.npz");
    oik_npz_writer *w = small_archive(3.0);
    assert_int_equal(oik_npz_writer_save(w, path, 0, NULL), OIK_OK);
    assert_int_equal(oik_model_hash(stored, path, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 1, NULL), OIK_OK);
    assert_int_equal(oik_model_hash(deflated, path, NULL), OIK_OK);
    assert_string_equal(stored, deflated);
    /* the hash itself is not part of what is hashed */
    assert_int_equal(oik_model_save(w, path, NULL), OIK_OK);
    assert_int_equal(oik_model_hash(sealed, path, NULL), OIK_OK);
    assert_string_equal(stored, sealed);
    oik_npz_writer_free(w);
    w = small_archive(3.5);
    assert_int_equal(oik_npz_writer_save(w, path, 1, NULL), OIK_OK);
    assert_int_equal(oik_model_hash(other, path, NULL), OIK_OK);
    assert_string_not_equal(stored, other);
    oik_npz_writer_free(w);
}

static void an_archive_of_another_kind_is_refused(void **state) {
    (void)state;
    const char *path = in_folder(folder, "kind.npz");
    oik_npz_writer *w = small_archive(1.0);
    assert_int_equal(oik_model_save(w, path, NULL), OIK_OK);
    oik_npz_writer_free(w);
    expect_refused(path, "meta_format");
    w = small_archive(1.0);
    assert_int_equal(oik_npz_add_text(w, "meta_format", 1, &(const char *){"osso_ik model 999"}, NULL), OIK_OK);
    assert_int_equal(oik_model_save(w, path, NULL), OIK_OK);
    oik_npz_writer_free(w);
    expect_refused(path, "osso_ik model 999");
}

static void a_changed_array_does_not_fit_the_hash(void **state) {
    (void)state;
    const char *path = in_folder(folder, "changed.npz");
    const char *no_hash = "0000000000000000000000000000000000000000000000000000000000000000";
    oik_npz_writer *w = small_archive(1.0);
    assert_int_equal(oik_npz_add_text(w, "meta_format", 1, &(const char *){OIK_MODEL_FORMAT}, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_text(w, "meta_content_hash", 1, &no_hash, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 1, NULL), OIK_OK);
    oik_npz_writer_free(w);
    expect_refused(path, "content hash");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sex_loads_and_tells_what_it_is),      cmocka_unit_test(a_missing_model_is_named),
        cmocka_unit_test(a_file_that_is_no_archive_is_refused),     cmocka_unit_test(one_damaged_byte_is_noticed),
        cmocka_unit_test(hash_follows_content_and_not_compression), cmocka_unit_test(an_archive_of_another_kind_is_refused),
        cmocka_unit_test(a_changed_array_does_not_fit_the_hash),
    };
    return cmocka_run_group_tests_name("test_api_model", tests, set_up, tear_down);
}
