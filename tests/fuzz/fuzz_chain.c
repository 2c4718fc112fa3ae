/** Fuzz target: any bytes as a chain file; what loads is moved, and its pairs are matched with made-up keypoints. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz_main.h"
#include "ik/marker_match.h"

static void check_chain(const oik_chain_file *file) {
    oik_chain_pose *pose;
    require(oik_chain_check(file->chain, NULL) == OIK_OK, "a chain that is none");
    if (oik_chain_pose_new(&pose, file->chain, NULL))
        return;
    oik_chain_forward(pose, file->chain, file->q_rest);
    for (int i = 0; i < file->chain->n_segments; i++)
        require(v3_finite(pose->centre[i]) && v3_finite(pose->origin[i]), "a joint at infinity");
    oik_chain_pose_free(pose);
    for (int i = 0; i < file->n_pairs; i++)
        require(file->pairs[i].from >= 0 && file->pairs[i].from < file->chain->n_segments && file->pairs[i].to >= 0 &&
                    file->pairs[i].to < file->chain->n_segments, "a pair of joints that are not there");
}

/* Two frames of 17 points on a spiral. */
static void check_matching(const oik_chain_file *file) {
    enum { FRAMES = 2, POINTS = OIK_H36M_POINTS, MOST_PAIRS = 50 };
    double time[FRAMES] = {0, 1}, confidence[FRAMES * POINTS];
    oik_vec3 x[FRAMES * POINTS];
    char names[POINTS][OIK_NAME_LENGTH] = {{0}};
    for (int i = 0; i < FRAMES * POINTS; i++) {
        x[i] = v3(cos(i), sin(i), 0.1 * i);
        confidence[i] = i % 5 ? 1.0 : 0.0;
    }
    for (int i = 0; i < POINTS; i++)
        snprintf(names[i], sizeof names[i], "%c", 'a' + i);
    oik_keypoints k = {FRAMES, POINTS, time, x, confidence, names};
    oik_markers *m = NULL;
    if (file->n_pairs <= MOST_PAIRS && oik_markers_match(&m, NULL, file, &k, NULL) == OIK_OK)
        for (int i = 0; i < m->n_links; i++)
            require(m->links[i].from >= 0 && m->links[i].from < m->n_markers && m->links[i].to >= 0 && m->links[i].to < m->n_markers,
                    "a link to a marker that is not there");
    oik_markers_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {NULL, "A"};
    for (int i = 0; i < 2; i++) {
        oik_error err = {0};
        oik_chain_file *file;
        oik_status status = oik_chain_parse(&file, (const char *)data, size, "a.json", names[i], &err);
        require((status == OIK_OK) == (file != NULL), "a chain without success");
        require(status == OIK_OK || strstr(err.message, "a.json") != NULL, "an error without its file");
        if (!file)
            continue;
        check_chain(file);
        check_matching(file);
        oik_chain_file_free(file);
    }
    return 0;
}
