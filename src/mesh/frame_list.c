/** The files of a mesh sequence. */
#include "mesh/frame_list.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/text.h"

void oik_frame_list_clear(oik_frame_list *list) {
    for (size_t i = 0; i < list->n; i++)
        free(list->paths[i]);
    free(list->paths);
    free(list->name);
    *list = (oik_frame_list){0};
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** Step over a run of digits; what counts of it (no leading zeros) is given. */
static oik_span take_number(oik_span *text) {
    while (text->p < text->end && *text->p == '0')
        text->p++;
    oik_span number = {text->p, text->p};
    while (text->p < text->end && is_digit(*text->p))
        text->p++;
    number.end = text->p;
    return number;
}

static int compare_numbers(oik_span a, oik_span b) {
    size_t n_a = (size_t)(a.end - a.p), n_b = (size_t)(b.end - b.p);
    return n_a != n_b ? (n_a > n_b) - (n_a < n_b) : memcmp(a.p, b.p, n_a);
}

static int compare_spans(oik_span a, oik_span b) {
    while (a.p < a.end && b.p < b.end) {
        int order;
        if (is_digit(*a.p) && is_digit(*b.p))
            order = compare_numbers(take_number(&a), take_number(&b));
        else
            order = (unsigned char)*a.p++ - (unsigned char)*b.p++;
        if (order)
            return order;
    }
    return (a.p < a.end) - (b.p < b.end);
}

/** The last component of a path. */
static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/** A path without its ending (".ply"). */
static oik_span without_ending(const char *path) {
    const char *base = base_name(path), *dot = strrchr(base, '.');
    return (oik_span){path, dot && dot > base ? dot : base + strlen(base)};
}

int oik_natural_order(const char *a, const char *b) {
    int order = compare_spans(without_ending(a), without_ending(b));
    return order ? order : strcmp(a, b);
}

static int order_of_paths(const void *a, const void *b) {
    return oik_natural_order(*(char *const *)a, *(char *const *)b);
}

/** Does the name have this ending of four lower-case letters, in any letter case? */
static int has_ending(const char *path, const char *ending) {
    size_t n = strlen(path);
    if (n <= 4)
        return 0;
    for (int i = 0; i < 4; i++) {
        char c = path[n - 4 + (size_t)i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != ending[i])
            return 0;
    }
    return 1;
}

static int is_mesh_name(const char *path) {
    return has_ending(path, ".ply") || has_ending(path, ".obj");
}

static int is_array_name(const char *path) {
    return has_ending(path, ".npz") || has_ending(path, ".npy");
}

/** Add the path folder/name, or name when the folder is NULL. */
static oik_status push(oik_frame_list *list, const char *folder, const char *name, oik_error *err) {
    enum { FIRST_CAPACITY = 64 };
    if (list->n == list->capacity) {
        size_t capacity = list->n ? 2 * list->n : FIRST_CAPACITY;
        char **paths = oik_resize(list->paths, capacity, sizeof *paths, err);
        if (!paths)
            return OIK_E_MEMORY;
        list->paths = paths;
        list->capacity = capacity;
    }
    size_t n_folder = folder ? strlen(folder) : 0, size = n_folder + strlen(name) + 2;
    char *path = oik_new(size, 1, err);
    if (!path)
        return OIK_E_MEMORY;
    const char *slash = n_folder && folder[n_folder - 1] != '/' ? "/" : "";
    snprintf(path, size, "%s%s%s", folder ? folder : "", slash, name);
    list->paths[list->n++] = path;
    return OIK_OK;
}

/** The meshes of a folder; names that begin with a dot are hidden. */
static oik_status push_folder(oik_frame_list *list, const char *path, oik_error *err) {
    DIR *folder = opendir(path);
    if (!folder)
        return oik_fail(err, OIK_E_IO, "%s: the directory cannot be read: %s", path, strerror(errno));
    oik_status status = OIK_OK;
    errno = 0;
    for (struct dirent *entry; !status && (entry = readdir(folder)) != NULL; errno = 0)
        if (entry->d_name[0] != '.' && is_mesh_name(entry->d_name))
            status = push(list, path, entry->d_name, err);
    if (!status && errno)
        status = oik_fail(err, OIK_E_IO, "%s: the directory cannot be read: %s", path, strerror(errno));
    closedir(folder);
    if (!status && list->n == 0)
        status = oik_fail(err, OIK_E_IO, "%s: expected a directory with .ply or .obj files, found none in it", path);
    return status;
}

static oik_status push_matches(oik_frame_list *list, const char *pattern, oik_error *err) {
    glob_t found = {0};
    int code = glob(pattern, GLOB_NOSORT, NULL, &found);
    oik_status status = OIK_OK;
    if (code == GLOB_NOSPACE)
        status = oik_fail(err, OIK_E_MEMORY, "out of memory for the names that match %s", pattern);
    for (size_t i = 0; !status && !code && i < found.gl_pathc; i++)
        if (is_mesh_name(found.gl_pathv[i]))
            status = push(list, NULL, found.gl_pathv[i], err);
    if (!status && list->n == 0)
        status = oik_fail(err, OIK_E_IO, "%s: expected a pattern that matches .ply or .obj files, it matches %zu names, none of them one",
                          pattern, code ? (size_t)0 : (size_t)found.gl_pathc);
    globfree(&found);
    return status;
}

/** Each path is a mesh file. */
static oik_status push_files(oik_frame_list *list, const char *const *paths, size_t n_paths, oik_error *err) {
    oik_status status = OIK_OK;
    for (size_t i = 0; i < n_paths && !status; i++) {
        struct stat info;
        if (stat(paths[i], &info) != 0)
            status = oik_fail(err, OIK_E_IO, "%s: cannot be opened: %s", paths[i], strerror(errno));
        else if (S_ISDIR(info.st_mode) || is_array_name(paths[i]))
            status = oik_fail(err, OIK_E_ARGUMENT, "%s: expected a mesh file as one of %zu inputs, found %s, which is a sequence by itself",
                              paths[i], n_paths, S_ISDIR(info.st_mode) ? "a directory" : "an array file");
        else
            status = push(list, NULL, paths[i], err);
    }
    return status;
}

/** What a single path stands for; a file whose name looks like a pattern is that file. */
static oik_status push_one(oik_frame_list *list, const char *path, oik_error *err) {
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return push_folder(list, path, err);
        list->is_array = is_array_name(path);
        return push(list, NULL, path, err);
    }
    if (strpbrk(path, "*?["))
        return push_matches(list, path, err);
    return oik_fail(err, OIK_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
}

/** Two files with one name but for the ending would be the same frame twice. */
static oik_status check_twins(const oik_frame_list *list, oik_error *err) {
    for (size_t i = 1; i < list->n; i++) {
        oik_span a = without_ending(list->paths[i - 1]), b = without_ending(list->paths[i]);
        size_t n = (size_t)(a.end - a.p);
        if (n == (size_t)(b.end - b.p) && memcmp(a.p, b.p, n) == 0)
            return oik_fail(err, OIK_E_ARGUMENT, "%s and %s are one frame twice: choose with a pattern, for example '*%s'",
                            list->paths[i - 1], list->paths[i], b.end);
    }
    return OIK_OK;
}

/** Last component of a folder's path without trailing slashes; empty for the root. */
static oik_span folder_name(const char *path, size_t length) {
    const char *end = path + length;
    while (end > path && end[-1] == '/')
        end--;
    const char *p = end;
    while (p > path && p[-1] != '/')
        p--;
    return (oik_span){p, end};
}

static int names_something(oik_span name) {
    return name.p < name.end && !oik_span_is(name, ".") && !oik_span_is(name, "..");
}

/** The part of the file names that all frames share, without the begin of their numbers and what separates it: "walk" of walk_01, walk_02. */
static oik_span common_name(const oik_frame_list *list) {
    oik_span name = without_ending(list->paths[0]);
    name.p = base_name(list->paths[0]);
    if (list->n == 1)
        return name;
    for (size_t i = 1; i < list->n; i++) {
        const char *other = base_name(list->paths[i]), *end = without_ending(list->paths[i]).end;
        const char *p = name.p;
        while (p < name.end && other < end && *p == *other) {
            p++;
            other++;
        }
        name.end = p;
    }
    while (name.end > name.p && ((unsigned char)*name.end & 0xC0) == 0x80) /* not inside a UTF-8 character */
        name.end--;
    while (name.end > name.p && is_digit(name.end[-1]))
        name.end--;
    while (name.end > name.p && strchr("_-. ", name.end[-1]))
        name.end--;
    return name;
}

static oik_status set_name(oik_frame_list *list, const char *path, size_t n_paths, oik_error *err) {
    struct stat info;
    static const char no_name[] = "sequence";
    oik_span name = {NULL, NULL};
    if (n_paths == 1 && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        name = folder_name(path, strlen(path));
    if (!names_something(name))
        name = common_name(list);
    if (!names_something(name))
        name = folder_name(list->paths[0], (size_t)(base_name(list->paths[0]) - list->paths[0]));
    if (!names_something(name))
        name = (oik_span){no_name, no_name + sizeof no_name - 1};
    size_t n = (size_t)(name.end - name.p);
    list->name = oik_new(n + 1, 1, err);
    if (!list->name)
        return OIK_E_MEMORY;
    memcpy(list->name, name.p, n);
    return OIK_OK;
}

oik_status oik_frame_list_find(oik_frame_list *list, const char *const *paths, size_t n_paths, oik_error *err) {
    *list = (oik_frame_list){0};
    if (n_paths == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "a mesh sequence needs a file, a directory or a pattern, none is given");
    oik_status status = n_paths == 1 ? push_one(list, paths[0], err) : push_files(list, paths, n_paths, err);
    if (status)
        return status;
    qsort(list->paths, list->n, sizeof *list->paths, order_of_paths);
    status = check_twins(list, err);
    if (!status)
        status = set_name(list, paths[0], n_paths, err);
    return status;
}
