/** The list of all bones and their making on several threads; see bone_set.h. */
#include "bone_set.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "bone_make.h"
#include "bone_warp.h"
#include "bones/foot.h"

#define LEFT(name_, cell, faces, table_) {.name = name_, .cell_mm = cell, .n_faces = faces, .table = &table_}
#define LEFT_NUMBERED(name_, cell, faces, draft_, number_)                                                           \
    {.name = name_, .cell_mm = cell, .n_faces = faces, .draft = draft_, .number = number_}
#define MIDLINE(name_, cell, faces, table_)                                                                          \
    {.name = name_, .cell_mm = cell, .n_faces = faces, .table = &table_, .midline = true}
#define MIDLINE_NUMBERED(name_, cell, faces, draft_, number_)                                                        \
    {.name = name_, .cell_mm = cell, .n_faces = faces, .draft = draft_, .number = number_, .midline = true}
#define TOE(n, faces) LEFT_NUMBERED("toe" #n, 1.0, faces, oik_draft_toe, n)
#define FINGER(n, faces) LEFT_NUMBERED("fin" #n, 0.9, faces, oik_draft_finger, n)
#define RIB(n, faces) LEFT_NUMBERED("rib" #n, 1.3, faces, oik_draft_rib, n)
#define LUMBAR(n, level) MIDLINE_NUMBERED("L" #n, 1.4, 1000, oik_draft_vertebra, level)
#define THORACIC(n, level) MIDLINE_NUMBERED("T" #n, 1.2, 900, oik_draft_vertebra, level)
#define CERVICAL(n, level) MIDLINE_NUMBERED("C" #n, 0.95, 1000, oik_draft_vertebra, level)
#define CARTILAGE(n, faces)                                                                                          \
    {.name = "cart" #n, .cell_mm = 1.1, .n_faces = faces, .draft = oik_draft_cartilage, .number = n, .cartilage = true}

/** Numbers of faces at detail 1; with the left bones twice they make about 54,400 vertices. */
static const oik_bone_spec bones[] = {
    LEFT("femur", 2.2, 2250, oik_femur),
    LEFT("patella", 1.4, 360, oik_patella),
    LEFT("tibia", 2.1, 1650, oik_tibia),
    LEFT("fibula", 1.5, 700, oik_fibula),
    LEFT("talus", 1.3, 760, oik_talus),
    LEFT("calcaneus", 1.4, 760, oik_calcaneus),
    LEFT_NUMBERED("navicular", 1.2, 400, oik_draft_midfoot, OIK_NAVICULAR),
    LEFT_NUMBERED("cun1", 1.2, 340, oik_draft_midfoot, OIK_CUNEIFORM_1),
    LEFT_NUMBERED("cun2", 1.2, 260, oik_draft_midfoot, OIK_CUNEIFORM_2),
    LEFT_NUMBERED("cun3", 1.2, 280, oik_draft_midfoot, OIK_CUNEIFORM_3),
    LEFT_NUMBERED("cuboid", 1.2, 400, oik_draft_midfoot, OIK_CUBOID),
    LEFT_NUMBERED("mt1", 1.2, 440, oik_draft_metatarsal, 1),
    LEFT_NUMBERED("mt2", 1.2, 330, oik_draft_metatarsal, 2),
    LEFT_NUMBERED("mt3", 1.2, 330, oik_draft_metatarsal, 3),
    LEFT_NUMBERED("mt4", 1.2, 330, oik_draft_metatarsal, 4),
    LEFT_NUMBERED("mt5", 1.2, 330, oik_draft_metatarsal, 5),
    TOE(11, 240), TOE(13, 200),
    TOE(21, 160), TOE(22, 100), TOE(23, 120),
    TOE(31, 160), TOE(32, 100), TOE(33, 120),
    TOE(41, 160), TOE(42, 100), TOE(43, 120),
    TOE(51, 160), TOE(52, 100), TOE(53, 120),
    LEFT("humerus", 1.9, 1650, oik_humerus),
    LEFT("ulna", 1.4, 960, oik_ulna),
    LEFT("radius", 1.4, 860, oik_radius),
    LEFT("scapula", 1.3, 2100, oik_scapula),
    LEFT("clavicle", 1.3, 660, oik_clavicle),
    LEFT("car0", 1.0, 220, oik_scaphoid),
    LEFT("car1", 1.0, 180, oik_lunate),
    LEFT("car2", 1.0, 160, oik_triquetrum),
    LEFT("car3", 1.0, 100, oik_pisiform),
    LEFT("car4", 1.0, 220, oik_trapezium),
    LEFT("car5", 1.0, 160, oik_trapezoid),
    LEFT("car6", 1.0, 220, oik_capitate),
    LEFT("car7", 1.0, 220, oik_hamate),
    LEFT_NUMBERED("mc1", 1.0, 240, oik_draft_metacarpal, 1),
    LEFT_NUMBERED("mc2", 1.0, 220, oik_draft_metacarpal, 2),
    LEFT_NUMBERED("mc3", 1.0, 220, oik_draft_metacarpal, 3),
    LEFT_NUMBERED("mc4", 1.0, 220, oik_draft_metacarpal, 4),
    LEFT_NUMBERED("mc5", 1.0, 220, oik_draft_metacarpal, 5),
    FINGER(11, 180), FINGER(13, 130),
    FINGER(21, 180), FINGER(22, 150), FINGER(23, 120),
    FINGER(31, 180), FINGER(32, 150), FINGER(33, 120),
    FINGER(41, 180), FINGER(42, 150), FINGER(43, 120),
    FINGER(51, 180), FINGER(52, 150), FINGER(53, 120),
    LEFT("hipbone", 1.8, 3000, oik_hipbone),
    MIDLINE_NUMBERED("sacrum", 1.3, 3600, oik_draft_sacrum, 0),
    LUMBAR(5, 0), LUMBAR(4, 1), LUMBAR(3, 2), LUMBAR(2, 3), LUMBAR(1, 4),
    THORACIC(12, 5), THORACIC(11, 6), THORACIC(10, 7), THORACIC(9, 8), THORACIC(8, 9), THORACIC(7, 10),
    THORACIC(6, 11), THORACIC(5, 12), THORACIC(4, 13), THORACIC(3, 14), THORACIC(2, 15), THORACIC(1, 16),
    CERVICAL(7, 17), CERVICAL(6, 18), CERVICAL(5, 19), CERVICAL(4, 20), CERVICAL(3, 21), CERVICAL(2, 22),
    CERVICAL(1, 23),
    MIDLINE("sternum", 1.4, 900, oik_sternum),
    CARTILAGE(1, 140), CARTILAGE(2, 160), CARTILAGE(3, 180), CARTILAGE(4, 200), CARTILAGE(5, 220),
    CARTILAGE(6, 260), CARTILAGE(7, 300), CARTILAGE(8, 200), CARTILAGE(9, 180), CARTILAGE(10, 160),
    MIDLINE("skull", 1.35, 11000, oik_skull),
    MIDLINE("mandible", 1.1, 3400, oik_mandible),
    MIDLINE("hyoid", 0.8, 400, oik_hyoid),
    RIB(1, 400), RIB(2, 440), RIB(3, 460), RIB(4, 480), RIB(5, 480), RIB(6, 480),
    RIB(7, 480), RIB(8, 480), RIB(9, 460), RIB(10, 440), RIB(11, 360), RIB(12, 260),
};

enum { N_BONES = (int)(sizeof bones / sizeof *bones) };

/* ---- sharing bones between threads ---- */

typedef struct job {
    oik_bone *out; /* N_BONES */
    double detail;
    pthread_mutex_t mutex;
    int next; /* first bone that nobody has taken */
    oik_status status;
    oik_error error; /* of the failed bone with the lowest number, so that the message is deterministic */
    int failed;
} job;

static int take_bone(job *j) {
    pthread_mutex_lock(&j->mutex);
    int i = j->next < N_BONES ? j->next++ : -1;
    pthread_mutex_unlock(&j->mutex);
    return i;
}

static void note_failure(job *j, int i, oik_status status, const oik_error *error) {
    pthread_mutex_lock(&j->mutex);
    if (j->status == OIK_OK || i < j->failed) {
        j->status = status;
        j->error = *error;
        j->failed = i;
    }
    pthread_mutex_unlock(&j->mutex);
}

static void *work(void *argument) {
    job *j = argument;
    for (int i = take_bone(j); i >= 0; i = take_bone(j)) {
        oik_error error = {.status = OIK_OK};
        oik_status status = oik_bone_make(j->out + i, bones + i, j->detail, &error);
        if (status != OIK_OK)
            note_failure(j, i, status, &error);
    }
    return NULL;
}

/** The caller works too; a thread that cannot be started only costs time. */
static void run(job *j, int n_threads) {
    enum { MOST_THREADS = 64 };
    pthread_t threads[MOST_THREADS];
    int n = 0;
    for (int i = 1; i < n_threads && n < MOST_THREADS; i++)
        if (pthread_create(threads + n, NULL, work, j) == 0)
            n++;
    work(j);
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

/* ---- the set ---- */

static oik_status new_set(oik_bone_set **out, int n, oik_error *err) {
    oik_bone_set *set = oik_new(1, sizeof *set, err);
    if (!set)
        return OIK_E_MEMORY;
    set->bones = oik_new((size_t)n, sizeof *set->bones, err);
    if (!set->bones) {
        free(set);
        return OIK_E_MEMORY;
    }
    set->n = n;
    *out = set;
    return OIK_OK;
}

static oik_status check_detail(double detail, oik_error *err) {
    const double least = 0.1, most = 8.0;
    if (detail >= least && detail <= most)
        return OIK_OK;
    return oik_fail(err, OIK_E_ARGUMENT, "detail must be %g to %g, found %g", least, most, detail);
}

oik_status oik_bone_set_new(oik_bone_set **out, double detail, int n_threads, oik_error *err) {
    *out = NULL;
    oik_status status = check_detail(detail, err);
    if (status == OIK_OK && n_threads < 1)
        status = oik_fail(err, OIK_E_ARGUMENT, "the number of threads must be at least 1, found %d", n_threads);
    if (status == OIK_OK)
        status = new_set(out, N_BONES, err);
    if (status != OIK_OK)
        return status;
    job j = {.out = (*out)->bones, .detail = detail, .mutex = PTHREAD_MUTEX_INITIALIZER};
    run(&j, n_threads);
    pthread_mutex_destroy(&j.mutex);
    if (j.status != OIK_OK) {
        oik_bone_set_free(*out);
        *out = NULL;
        return oik_fail(err, j.status, "%s", j.error.message);
    }
    return OIK_OK;
}

oik_status oik_bone_set_new_one(oik_bone_set **out, const char *name, double detail, oik_error *err) {
    *out = NULL;
    const oik_bone_spec *spec = NULL;
    for (int i = 0; i < N_BONES; i++)
        if (strcmp(bones[i].name, name) == 0)
            spec = bones + i;
    if (!spec)
        return oik_fail(err, OIK_E_ARGUMENT, "there is no bone called %s", name);
    oik_status status = check_detail(detail, err);
    if (status == OIK_OK)
        status = new_set(out, 1, err);
    if (status == OIK_OK)
        status = oik_bone_make((*out)->bones, spec, detail, err);
    if (status != OIK_OK) {
        oik_bone_set_free(*out);
        *out = NULL;
    }
    return status;
}

void oik_bone_set_free(oik_bone_set *set) {
    if (!set)
        return;
    for (int i = 0; i < set->n; i++)
        oik_bone_clear(set->bones + i);
    free(set->bones);
    oik_bone_warps_free(set->warps);
    free(set);
}

const oik_bone *oik_bone_find(const oik_bone_set *set, const char *name) {
    for (int i = 0; i < set->n; i++)
        if (strcmp(set->bones[i].name, name) == 0)
            return set->bones + i;
    return NULL;
}

const oik_landmark *oik_bone_mark_of(const oik_bone *bone, const char *name) {
    for (int i = 0; i < bone->n_landmarks; i++)
        if (strcmp(bone->landmarks[i].name, name) == 0)
            return bone->landmarks + i;
    return NULL;
}

const oik_vec3 *oik_bone_landmark(const oik_bone *bone, const char *name) {
    const oik_landmark *l = oik_bone_mark_of(bone, name);
    return l ? &l->p : NULL;
}
