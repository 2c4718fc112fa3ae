/* A folder for the files of one test program. */
#include "support/temp_dir.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[TEMP_PATH_LENGTH / 2];

int temp_dir_setup(void **unused) {
    (void)unused;
    const char *base = getenv("TMPDIR");
    int n = snprintf(folder, sizeof folder, "%s/oik-test-XXXXXX", base && base[0] ? base : "/tmp");
    return n < (int)sizeof folder && mkdtemp(folder) ? 0 : -1;
}

static int is_dot(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Depth is that of the folders that the tests make, two or three. */
static void remove_all(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) {
        unlink(path);
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char child[2 * TEMP_PATH_LENGTH];
        if (is_dot(entry->d_name))
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        struct stat info;
        if (lstat(child, &info) == 0 && S_ISDIR(info.st_mode))
            remove_all(child);
        else
            unlink(child);
    }
    closedir(dir);
    rmdir(path);
}

int temp_dir_teardown(void **unused) {
    (void)unused;
    remove_all(folder);
    return 0;
}

const char *temp_path(char out[TEMP_PATH_LENGTH], const char *name) {
    snprintf(out, TEMP_PATH_LENGTH, "%s/%s", folder, name);
    return out;
}

const char *temp_file(char out[TEMP_PATH_LENGTH], const char *name, const void *data, size_t size) {
    FILE *file = fopen(temp_path(out, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return out;
}

int count_entries(const char *path) {
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    int n = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        n += !is_dot(entry->d_name);
    closedir(dir);
    return n;
}
