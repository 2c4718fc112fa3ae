/*
 * models/README.md describes the model files that the generator writes: every array, with its shape, and nothing else but the optional
 * arrays of imported models.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/npz.h"
#include "support/run_program.h"

static const char readme_path[] = "models/README.md";

enum { MAX_SYMBOLS = 64, CELL = 128 };

/* A name of the README's shapes, e.g. P, and the number that stands for it in a model. */
typedef struct symbol {
    char name[CELL];
    size_t value;
} symbol;

typedef struct symbol_table {
    size_t n;
    symbol list[MAX_SYMBOLS];
} symbol_table;

static oik_npz *open_model(const char *gender) {
    const char *models = getenv("OSSO_IK_MODELS"), *build = getenv("OSSO_IK_BUILD");
    char file[32];
    oik_npz *npz;
    oik_error err = {OIK_OK, ""};
    snprintf(file, sizeof file, "%s.npz", gender);
    if (oik_npz_open(&npz, in_folder(models ? models : in_folder(build ? build : "build", "models"), file), &err))
        fail_msg("%s", err.message);
    return npz;
}

static char *read_readme(void) {
    char *text = file_text(readme_path, NULL);
    if (!text)
        fail_msg("%s cannot be read; tests run from the top folder", readme_path);
    return text;
}

/* Cell k of a table row "| a | b |", without blanks and back quotes at its ends. */
static bool cell_of(char cell[CELL], const char *row, int k) {
    for (; k >= 0 && *row == '|'; k--) {
        const char *begin = row + 1, *end = begin + strcspn(begin, "|\n");
        row = end;
        if (k > 0 || *end != '|')
            continue;
        while (begin < end && (*begin == ' ' || *begin == '`'))
            begin++;
        while (end > begin && (end[-1] == ' ' || end[-1] == '`'))
            end--;
        snprintf(cell, CELL, "%.*s", (int)(end - begin), begin);
        return true;
    }
    return false;
}

/* Next row of a format table at or after *at: its first cell is the quoted name of an array that every model has. */
static const char *next_array(char name[CELL], const char **at) {
    static const char *const groups[] = {"meta_", "skin_", "skel_", "kin_"};
    for (const char *row = *at; row && *row; row = strchr(row, '\n') ? strchr(row, '\n') + 1 : NULL) {
        char meaning[CELL];
        if (strncmp(row, "| `", 3) != 0 || !cell_of(name, row, 0))
            continue;
        if (cell_of(meaning, row, 4) && strncmp(meaning, "optional: ", 10) == 0)
            continue;
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
            if (strncmp(name, groups[g], strlen(groups[g])) == 0) {
                *at = row + 1;
                return row;
            }
    }
    *at = NULL;
    return NULL;
}

static bool is_described(const char *readme, const char *wanted) {
    char name[CELL];
    for (const char *at = readme; at && next_array(name, &at);)
        if (strcmp(name, wanted) == 0)
            return true;
    return false;
}

static void every_array_of_the_file_is_described(void **state) {
    (void)state;
    char *readme = read_readme(), name[OIK_NPZ_NAME_LENGTH];
    oik_npz *npz = open_model("neutral");
    assert_true(oik_npz_count(npz) > 50);
    for (size_t i = 0; i < oik_npz_count(npz); i++) {
        assert_int_equal(oik_npz_name(name, npz, i, NULL), OIK_OK);
        if (!is_described(readme, name))
            fail_msg("%s has no row for the array %s", readme_path, name);
    }
    oik_npz_free(npz);
    free(readme);
}

static void every_described_array_is_in_the_file(void **state) {
    (void)state;
    char *readme = read_readme(), name[CELL];
    oik_npz *npz = open_model("neutral");
    size_t n = 0;
    for (const char *at = readme; at && next_array(name, &at); n++)
        if (!oik_npz_has(npz, name))
            fail_msg("%s describes %s, which the model does not have", readme_path, name);
    assert_int_equal(n, oik_npz_count(npz)); /* each once */
    oik_npz_free(npz);
    free(readme);
}

/* One dimension of a shape: a number, a symbol, or "symbol+1". A symbol stands for the same number everywhere. */
static void check_dimension(symbol_table *table, const char *text, size_t found, const char *array) {
    char name[CELL];
    snprintf(name, sizeof name, "%s", text);
    char *plus = strchr(name, '+');
    size_t value = found - (plus ? strtoul(plus + 1, NULL, 10) : 0);
    if (plus)
        *plus = '\0';
    if (name[0] >= '0' && name[0] <= '9') {
        if (strtoul(name, NULL, 10) != value)
            fail_msg("%s: %s has a dimension %s, the file %zu", readme_path, array, text, found);
        return;
    }
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->list[i].name, name) == 0) {
            if (table->list[i].value != value)
                fail_msg("%s: %s of %s is %zu in the file, elsewhere %zu", readme_path, text, array, value, table->list[i].value);
            return;
        }
    assert_true(table->n < MAX_SYMBOLS);
    memcpy(table->list[table->n].name, name, sizeof name);
    table->list[table->n++].value = value;
}

/* Shape "(A,B)" of one row against the array. */
static void check_shape(symbol_table *table, const char *row, const oik_npz *npz, const char *array) {
    char cell[CELL];
    int n_dim, k = 0;
    size_t shape[OIK_NPZ_MAX_DIM];
    if (!cell_of(cell, row, 2) || cell[0] != '(')
        fail_msg("%s: the row of %s has no shape in its third column", readme_path, array);
    assert_int_equal(oik_npz_shape(npz, array, &n_dim, shape, NULL), OIK_OK);
    for (char *part = strtok(cell, "(,) "); part; part = strtok(NULL, "(,) "), k++)
        if (k < n_dim)
            check_dimension(table, part, shape[k], array);
    if (k != n_dim)
        fail_msg("%s: %s has %d dimensions, the file %d", readme_path, array, k, n_dim);
}

static void resolve_symbols(symbol_table *table, const char *readme, const oik_npz *npz) {
    char name[CELL];
    table->n = 0;
    for (const char *at = readme, *row; at && (row = next_array(name, &at)) != NULL;)
        check_shape(table, row, npz, name);
}

static void shapes_are_those_of_the_files(void **state) {
    (void)state;
    static const char *const genders[] = {"female", "male", "neutral"};
    char *readme = read_readme();
    for (size_t g = 0; g < 3; g++) {
        symbol_table table;
        oik_npz *npz = open_model(genders[g]);
        resolve_symbols(&table, readme, npz);
        assert_true(table.n > 10);
        oik_npz_free(npz);
    }
    free(readme);
}

/* The table of symbols gives exact sizes, or "about" ones within 5 percent: bone meshes differ a little between compilers. */
static void sizes_are_those_of_the_files(void **state) {
    (void)state;
    char *readme = read_readme(), cell[CELL];
    oik_npz *npz = open_model("neutral");
    symbol_table table;
    resolve_symbols(&table, readme, npz);
    for (size_t i = 0; i < table.n; i++) {
        char start[CELL + 8];
        snprintf(start, sizeof start, "\n| %s |", table.list[i].name);
        const char *row = strstr(readme, start);
        if (!row || !cell_of(cell, row + 1, 2))
            fail_msg("%s does not say what %s is", readme_path, table.list[i].name);
        bool about = strncmp(cell, "about ", 6) == 0;
        double said = strtod(cell + (about ? 6 : 0), NULL), found = (double)table.list[i].value;
        if (said < found * (about ? 0.95 : 1.0) || said > found * (about ? 1.05 : 1.0))
            fail_msg("%s gives %s for %s, the file has %.0f", readme_path, cell, table.list[i].name, found);
    }
    oik_npz_free(npz);
    free(readme);
}

static void lister_refuses_what_is_not_there(void **state) {
    (void)state;
    char name[OIK_NPZ_NAME_LENGTH] = "before";
    oik_error err = {OIK_OK, ""};
    oik_npz *npz = open_model("neutral");
    assert_int_equal(oik_npz_name(name, npz, 0, &err), OIK_OK);
    assert_string_equal(name, "meta_format");
    assert_int_equal(oik_npz_name(name, npz, oik_npz_count(npz), &err), OIK_E_ARGUMENT);
    assert_string_equal(name, "");
    assert_non_null(strstr(err.message, "neutral.npz"));
    oik_npz_free(npz);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_array_of_the_file_is_described), cmocka_unit_test(every_described_array_is_in_the_file),
        cmocka_unit_test(shapes_are_those_of_the_files), cmocka_unit_test(sizes_are_those_of_the_files),
        cmocka_unit_test(lister_refuses_what_is_not_there)};
    return cmocka_run_group_tests_name("test_models_readme", tests, NULL, NULL);
}
