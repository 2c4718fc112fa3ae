/** Writes bones as PLY files with their landmarks: bones_main directory [detail [threads [bone ...]]]. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bone_set.h"
#include "mesh/mesh_io.h"

static oik_status write_mesh(const oik_bone *b, const char *directory, oik_error *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.ply", directory, b->name);
    const oik_mesh mesh = {.n_vertices = b->n_v, .n_faces = b->n_f, .vertices = b->v, .faces = b->f};
    const char *const comments[] = {"metres"};
    const oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY, .comments = comments, .n_comments = 1};
    return oik_mesh_write(&mesh, path, &options, err);
}

static oik_status write_landmarks(const oik_bone *b, const char *directory, oik_error *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.landmarks.txt", directory, b->name);
    oik_buf buf = {0};
    for (int i = 0; i < b->n_landmarks; i++) {
        const oik_landmark *l = b->landmarks + i;
        oik_buf_printf(&buf, "%s %s %.6f %.6f %.6f\n", l->name, l->on_surface ? "on" : "off", l->p.x, l->p.y, l->p.z);
    }
    oik_status status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

static oik_status write_set(const oik_bone_set *set, const char *directory, oik_error *err) {
    size_t n_v = 0;
    oik_status status = oik_dir_make(directory, err);
    for (int i = 0; i < set->n && status == OIK_OK; i++) {
        const oik_bone *b = set->bones + i;
        status = write_mesh(b, directory, err);
        if (status == OIK_OK)
            status = write_landmarks(b, directory, err);
        n_v += b->n_v * (b->midline ? 1 : 2);
    }
    if (status == OIK_OK)
        printf("%d bones, %zu vertices with both sides\n", set->n, n_v);
    return status;
}

static oik_status make_named(const char *directory, double detail, char **names, int n, oik_error *err) {
    oik_status status = OIK_OK;
    for (int i = 0; i < n && status == OIK_OK; i++) {
        oik_bone_set *set = NULL;
        status = oik_bone_set_new_one(&set, names[i], detail, err);
        if (status == OIK_OK)
            status = write_set(set, directory, err);
        oik_bone_set_free(set);
    }
    return status;
}

static oik_status make_all(const char *directory, double detail, int n_threads, oik_error *err) {
    oik_bone_set *set = NULL;
    oik_status status = oik_bone_set_new(&set, detail, n_threads, err);
    if (status == OIK_OK)
        status = write_set(set, directory, err);
    oik_bone_set_free(set);
    return status;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s directory [detail [threads [bone ...]]]\n", argv[0]);
        return 2;
    }
    oik_error err = {.status = OIK_OK};
    double detail = argc > 2 ? atof(argv[2]) : 1.0;
    int n_threads = argc > 3 ? atoi(argv[3]) : 1;
    oik_status status = argc > 4 ? make_named(argv[1], detail, argv + 4, argc - 4, &err)
                                 : make_all(argv[1], detail, n_threads, &err);
    if (status != OIK_OK)
        fprintf(stderr, "%s\n", err.message);
    return status == OIK_OK ? 0 : 1;
}
