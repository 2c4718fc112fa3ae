/*
 * Articular surfaces face each other with natural gaps: 1 to 6 mm at every joint, in the bones of both sexes as they are fitted and in the
 * bodies of the three models. A row is a joint; the gap is the least distance of the two meshes there.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "models/bone_fit.h"
#include "models/position.h"
#include "models/skeleton_tables.h"
#include "support/bone_gaps.h"
#include "support/built_in_body.h"
#include "support/joint_measures.h"

/* Bars of the issue that the bones were made for [mm]. */
static const double LEAST = 1.0, MOST = 6.0;
/* Upper and lower teeth in occlusion: they touch, and are no articulation. */
static const double BITE_LEAST = -0.1, BITE_MOST = 0.5;

/* Part of a bone: a box in its own axes (lateral, up, forward) about the middle of its extents there [mm]. */
typedef struct region_row {
    oik_vec3 low, high;
} region_row;

#define ANY 1e3
static const region_row MEDIAL = {{-ANY, -ANY, -ANY}, {0, ANY, ANY}}, LATERAL = {{0, -ANY, -ANY}, {ANY, ANY, ANY}};
static const region_row UPPER = {{-ANY, 0, -ANY}, {ANY, ANY, ANY}}, LOWER = {{-ANY, -ANY, -ANY}, {ANY, 0, ANY}};
static const region_row DENS = {{-7, -ANY, 0}, {7, ANY, ANY}}, LATERAL_MASS = {{8, -ANY, -ANY}, {ANY, ANY, ANY}};
static const region_row CONDYLE = {{-ANY, 15, -ANY}, {ANY, ANY, -22}}, MOLARS = {{20, -20, -20}, {36, ANY, 14}};
/* Behind the body of a vertebra, beside the spinous process. */
static const region_row FACETS = {{5, -ANY, -ANY}, {ANY, ANY, 0}};

/* A joint of the left side or the midline. Bones are made in frames of their own (bone_set.h): where those of a and b differ, `at_a` and
 * `at_b` are one place; "-": they meet in the body only. */
typedef struct joint_row {
    const char *a, *b, *name;
    const region_row *region; /* of a; NULL: all of it */
    const char *at_a, *at_b;
} joint_row;

static const joint_row joints[] = {
    {"C1", "skull", "atlanto-occipital", NULL, "-", "-"},
    {"C1", "C2", "atlas and dens", &DENS, NULL, NULL},
    {"C1", "C2", "lateral atlanto-axial", &LATERAL_MASS, NULL, NULL},
    {"mandible", "skull", "temporomandibular", &CONDYLE, NULL, NULL},
    {"sternum", "clavicle", "sternoclavicular", NULL, "-", "-"},
    {"clavicle", "scapula", "acromioclavicular", NULL, "-", "-"},
    {"scapula", "humerus", "glenohumeral", NULL, "scapula:gh_c", "humerus:gh_c"},
    {"humerus", "ulna", "humero-ulnar", NULL, "humerus:elbow_c", "ulna:elbow_c"},
    {"humerus", "radius", "humeroradial", NULL, "humerus:elbow_c", "ulna:elbow_c"},
    {"radius", "ulna", "proximal radio-ulnar", &UPPER, NULL, NULL},
    {"radius", "ulna", "distal radio-ulnar", &LOWER, NULL, NULL},
    {"radius", "car0", "radiocarpal, scaphoid", NULL, "radius:wrist_c", "0,5,0"},
    {"radius", "car1", "radiocarpal, lunate", NULL, "radius:wrist_c", "0,5,0"},
    {"car0", "car1", "scapholunate", NULL, NULL, NULL},
    {"car1", "car2", "lunotriquetral", NULL, NULL, NULL},
    {"car2", "car3", "pisotriquetral", NULL, NULL, NULL},
    {"car0", "car4", "scaphotrapezial", NULL, NULL, NULL},
    {"car0", "car5", "scaphotrapezoid", NULL, NULL, NULL},
    {"car0", "car6", "scaphocapitate", NULL, NULL, NULL},
    {"car1", "car6", "capitolunate", NULL, NULL, NULL},
    {"car1", "car7", "lunohamate", NULL, NULL, NULL},
    {"car2", "car7", "triquetrohamate", NULL, NULL, NULL},
    {"car4", "car5", "trapezium and trapezoid", NULL, NULL, NULL},
    {"car5", "car6", "trapezoid and capitate", NULL, NULL, NULL},
    {"car6", "car7", "capitohamate", NULL, NULL, NULL},
    {"car4", "mc1", "carpometacarpal 1", NULL, NULL, NULL},
    {"car4", "mc2", "carpometacarpal 2, trapezium", NULL, NULL, NULL},
    {"car5", "mc2", "carpometacarpal 2, trapezoid", NULL, NULL, NULL},
    {"car6", "mc2", "carpometacarpal 2, capitate", NULL, NULL, NULL},
    {"car6", "mc3", "carpometacarpal 3", NULL, NULL, NULL},
    {"car6", "mc4", "carpometacarpal 4, capitate", NULL, NULL, NULL},
    {"car7", "mc4", "carpometacarpal 4, hamate", NULL, NULL, NULL},
    {"car7", "mc5", "carpometacarpal 5", NULL, NULL, NULL},
    {"mc2", "mc3", "intermetacarpal 2", NULL, NULL, NULL},
    {"mc3", "mc4", "intermetacarpal 3", NULL, NULL, NULL},
    {"mc4", "mc5", "intermetacarpal 4", NULL, NULL, NULL},
    {"mc1", "fin11", "metacarpophalangeal 1", NULL, NULL, NULL},
    {"mc2", "fin21", "metacarpophalangeal 2", NULL, NULL, NULL},
    {"mc3", "fin31", "metacarpophalangeal 3", NULL, NULL, NULL},
    {"mc4", "fin41", "metacarpophalangeal 4", NULL, NULL, NULL},
    {"mc5", "fin51", "metacarpophalangeal 5", NULL, NULL, NULL},
    {"fin11", "fin13", "interphalangeal of the thumb", NULL, NULL, NULL},
    {"fin21", "fin22", "proximal interphalangeal 2", NULL, NULL, NULL},
    {"fin31", "fin32", "proximal interphalangeal 3", NULL, NULL, NULL},
    {"fin41", "fin42", "proximal interphalangeal 4", NULL, NULL, NULL},
    {"fin51", "fin52", "proximal interphalangeal 5", NULL, NULL, NULL},
    {"fin22", "fin23", "distal interphalangeal 2", NULL, NULL, NULL},
    {"fin32", "fin33", "distal interphalangeal 3", NULL, NULL, NULL},
    {"fin42", "fin43", "distal interphalangeal 4", NULL, NULL, NULL},
    {"fin52", "fin53", "distal interphalangeal 5", NULL, NULL, NULL},
    {"hipbone", "sacrum", "sacroiliac", NULL, NULL, NULL},
    {"hipbone", "femur", "hip", NULL, "hipbone:hip_c", "femur:hip_c"},
    {"femur", "tibia", "knee, medial", &MEDIAL, "femur:knee_c", "tibia:knee_c"},
    {"femur", "tibia", "knee, lateral", &LATERAL, "femur:knee_c", "tibia:knee_c"},
    {"femur", "patella", "patellofemoral", NULL, "-", "-"},
    {"fibula", "tibia", "proximal tibiofibular", &UPPER, NULL, NULL},
    {"fibula", "tibia", "distal tibiofibular", &LOWER, NULL, NULL},
    {"tibia", "talus", "talocrural, tibia", NULL, "tibia:ankle_c", "talus:ankle_c"},
    {"fibula", "talus", "talocrural, fibula", NULL, "tibia:ankle_c", "talus:ankle_c"},
    {"talus", "calcaneus", "subtalar", NULL, NULL, NULL},
    {"talus", "navicular", "talonavicular", NULL, NULL, NULL},
    {"calcaneus", "cuboid", "calcaneocuboid", NULL, NULL, NULL},
    {"navicular", "cun1", "cuneonavicular 1", NULL, NULL, NULL},
    {"navicular", "cun2", "cuneonavicular 2", NULL, NULL, NULL},
    {"navicular", "cun3", "cuneonavicular 3", NULL, NULL, NULL},
    {"cun1", "cun2", "intercuneiform 1", NULL, NULL, NULL},
    {"cun2", "cun3", "intercuneiform 2", NULL, NULL, NULL},
    {"cun3", "cuboid", "cuneocuboid", NULL, NULL, NULL},
    {"cun1", "mt1", "tarsometatarsal 1", NULL, NULL, NULL},
    {"cun1", "mt2", "tarsometatarsal 2, medial", NULL, NULL, NULL},
    {"cun2", "mt2", "tarsometatarsal 2", NULL, NULL, NULL},
    {"cun3", "mt2", "tarsometatarsal 2, lateral", NULL, NULL, NULL},
    {"cun3", "mt3", "tarsometatarsal 3", NULL, NULL, NULL},
    {"cun3", "mt4", "tarsometatarsal 4, medial", NULL, NULL, NULL},
    {"cuboid", "mt4", "tarsometatarsal 4", NULL, NULL, NULL},
    {"cuboid", "mt5", "tarsometatarsal 5", NULL, NULL, NULL},
    {"mt2", "mt3", "intermetatarsal 2", NULL, NULL, NULL},
    {"mt3", "mt4", "intermetatarsal 3", NULL, NULL, NULL},
    {"mt4", "mt5", "intermetatarsal 4", NULL, NULL, NULL},
    {"mt1", "toe11", "metatarsophalangeal 1", NULL, NULL, NULL},
    {"mt2", "toe21", "metatarsophalangeal 2", NULL, NULL, NULL},
    {"mt3", "toe31", "metatarsophalangeal 3", NULL, NULL, NULL},
    {"mt4", "toe41", "metatarsophalangeal 4", NULL, NULL, NULL},
    {"mt5", "toe51", "metatarsophalangeal 5", NULL, NULL, NULL},
    {"toe11", "toe13", "interphalangeal of the big toe", NULL, NULL, NULL},
    {"toe21", "toe22", "proximal interphalangeal, toe 2", NULL, NULL, NULL},
    {"toe31", "toe32", "proximal interphalangeal, toe 3", NULL, NULL, NULL},
    {"toe41", "toe42", "proximal interphalangeal, toe 4", NULL, NULL, NULL},
    {"toe51", "toe52", "proximal interphalangeal, toe 5", NULL, NULL, NULL},
    {"toe22", "toe23", "distal interphalangeal, toe 2", NULL, NULL, NULL},
    {"toe32", "toe33", "distal interphalangeal, toe 3", NULL, NULL, NULL},
    {"toe42", "toe43", "distal interphalangeal, toe 4", NULL, NULL, NULL},
    {"toe52", "toe53", "distal interphalangeal, toe 5", NULL, NULL, NULL},
};
enum { N_JOINTS = sizeof joints / sizeof *joints };

/* From below; each stands on the one before. */
static const char *const spine[] = {"sacrum", "L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8", "T7", "T6", "T5",
                                    "T4", "T3", "T2", "T1", "C7", "C6", "C5", "C4", "C3", "C2"};
enum { N_SPINE = sizeof spine / sizeof *spine, N_RIBS = 12 };

/* ---- bones as fitted, and bones in bodies ---- */

enum { N_SEXES = 2, N_BODIES = 3 };

static const char *const genders[N_BODIES] = {"male", "female", "neutral"};

static oik_bone_set *generated, *fitted[N_SEXES];
static built_in_body built_in[N_BODIES];
static oik_puppet *rest[N_BODIES];
static placed_bones placed[N_BODIES];

static int set_up(void **state) {
    (void)state;
    oik_error err = {.status = OIK_OK};
    bool made = oik_bone_set_new(&generated, 1.0, 2, &err) == OIK_OK;
    for (int g = 0; g < N_SEXES && made; g++)
        made = oik_bone_set_fit(&fitted[g], generated, "models/tables", g, &err) == OIK_OK;
    for (int g = 0; g < N_BODIES && made; g++) {
        built_in[g] = built_in_load(genders[g]);
        made = oik_puppet_new(&rest[g], built_in[g].model, &err) == OIK_OK;
        if (made)
            placed[g] = placed_bones_new(built_in[g].model, rest[g]);
    }
    if (!made)
        print_error("%s\n", err.message);
    return made ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    for (int g = 0; g < N_BODIES; g++) {
        if (rest[g])
            placed_bones_free(&placed[g]);
        oik_puppet_free(rest[g]);
        built_in_free(&built_in[g]);
    }
    for (int g = 0; g < N_SEXES; g++)
        oik_bone_set_free(fitted[g]);
    oik_bone_set_free(generated);
    return 0;
}

/* A region of a bone with these axes in place. */
static gap_region region_of(const region_row *row, const oik_vec3 *v, size_t n, oik_mat3 axes) {
    oik_vec3 low = v3_scale(v3(1, 1, 1), HUGE_VAL), high = v3_scale(low, -1.0);
    for (size_t i = 0; i < n; i++) {
        oik_vec3 p = m3_tmulv(axes, v[i]);
        low = v3_min(low, p);
        high = v3_max(high, p);
    }
    return (gap_region){axes, m3_mulv(axes, v3_lerp(low, high, 0.5)), v3_scale(row->low, 1e-3), v3_scale(row->high, 1e-3)};
}

/* Vertices further than this from the other bone's box are not looked at [m]; no gap of interest is so wide. */
static const double MARGIN = 0.015;

static double gap_mm(const bone_surface *a, const bone_surface *b, const region_row *row, oik_mat3 axes) {
    gap_region region = {.axes = axes};
    if (row)
        region = region_of(row, a->v, a->n, axes);
    return 1e3 * surface_gap(a, b, row ? &region : NULL, MARGIN);
}

static oik_vec3 position(const oik_bone_set *set, const char *text) {
    oik_vec3 p = v3(0, 0, 0);
    oik_error err = {.status = OIK_OK};
    if (text && oik_position_parse(&p, text, set, &err))
        fail_msg("%s", err.message);
    return p;
}

static bone_surface surface_in(const oik_bone_set *set, const char *name, oik_vec3 *v, oik_vec3 shift) {
    const oik_bone *b = oik_bone_find(set, name);
    if (!b)
        fail_msg("there is no bone %s", name);
    for (size_t i = 0; i < b->n_v; i++)
        v[i] = v3_add(b->v[i], shift);
    return bone_surface_new(v, b->n_v, (const int32_t(*)[3])b->f, b->n_f);
}

static double gap_in_set(const oik_bone_set *set, const joint_row *j) {
    const oik_bone *a = oik_bone_find(set, j->a), *b = oik_bone_find(set, j->b);
    assert_true(a && b);
    oik_vec3 *v = calloc(a->n_v + b->n_v, sizeof *v);
    assert_non_null(v);
    bone_surface one = surface_in(set, j->a, v, v3(0, 0, 0));
    bone_surface two = surface_in(set, j->b, v + a->n_v, v3_sub(position(set, j->at_a), position(set, j->at_b)));
    double gap = gap_mm(&one, &two, j->region, a->axes);
    bone_surface_free(&one);
    bone_surface_free(&two);
    free(v);
    return gap;
}

/* Bone of a body by its name in the set: the left one of a pair. */
static int bone_of(const placed_bones *b, const char *key) {
    char name[OIK_NAME_LENGTH + 2];
    const char *full = key;
    for (int i = 0; i < oik_n_bone_name_rows; i++)
        if (strcmp(oik_bone_name_table[i].key, key) == 0)
            full = oik_bone_name_table[i].name;
    snprintf(name, sizeof name, "%s%s", full, oik_bone_find(generated, key)->midline ? "" : "_l");
    return placed_bone(b, name);
}

static double gap_in_body(int g, const joint_row *j) {
    const placed_bones *p = &placed[g];
    int a = bone_of(p, j->a), b = bone_of(p, j->b);
    return gap_mm(&p->surface[a], &p->surface[b], j->region, rest[g]->R[p->model->point_part[p->first[a]]]);
}

/* ---- what is wrong ---- */

typedef struct faults {
    int n;
    char text[4000];
} faults;

static void judge(faults *f, double mm, double least, double most, const char *who, const joint_row *j) {
    if (getenv("JOINT_GAPS"))
        print_message("%-8s %-32s %-10s %-10s %6.2f%s\n", who, j->name, j->a, j->b, mm, mm >= least && mm <= most ? "" : "  *");
    if (mm >= least && mm <= most)
        return;
    size_t used = strlen(f->text);
    f->n++;
    snprintf(f->text + used, sizeof f->text - used, "\n%s: %s %.2f mm", who, j->name, mm);
}

/* The neutral model has no fitted set of its own. */
static void judge_set_and_body(faults *f, int g, const joint_row *j, double least, double most) {
    if (g < N_SEXES)
        judge(f, gap_in_set(fitted[g], j), least, most, genders[g], j);
    judge(f, gap_in_body(g, j), least, most, genders[g], j);
}

static void none(const faults *f) {
    if (f->n > 0)
        fail_msg("%d joints:%s", f->n, f->text);
}

/* ---- tests ---- */

static void joints_of_fitted_bones_have_natural_gaps(void **state) {
    (void)state;
    faults f = {0};
    for (int g = 0; g < N_SEXES; g++)
        for (int i = 0; i < N_JOINTS; i++)
            if (!joints[i].at_a || joints[i].at_a[0] != '-')
                judge(&f, gap_in_set(fitted[g], &joints[i]), LEAST, MOST, genders[g], &joints[i]);
    none(&f);
}

static void joints_of_bodies_have_natural_gaps(void **state) {
    (void)state;
    faults f = {0};
    for (int g = 0; g < N_BODIES; g++)
        for (int i = 0; i < N_JOINTS; i++)
            judge(&f, gap_in_body(g, &joints[i]), LEAST, MOST, genders[g], &joints[i]);
    none(&f);
}

static void facets_of_vertebrae_have_natural_gaps(void **state) {
    (void)state;
    faults f = {0};
    for (int g = 0; g < N_BODIES; g++)
        for (int i = 1; i < N_SPINE; i++) {
            const joint_row j = {spine[i], spine[i - 1], "facets", &FACETS, NULL, NULL};
            judge_set_and_body(&f, g, &j, LEAST, MOST);
        }
    none(&f);
}

/* A rib stands on the vertebra of its number, ribs 2 to 10 on the one above too. */
static void ribs_stand_on_their_vertebrae(void **state) {
    (void)state;
    faults f = {0};
    for (int g = 0; g < N_BODIES; g++)
        for (int i = 1; i <= N_RIBS; i++)
            for (int above = 0; above <= (i > 1 && i < 11); above++) {
                char rib[8], vertebra[8];
                snprintf(rib, sizeof rib, "rib%d", i);
                snprintf(vertebra, sizeof vertebra, "T%d", i - above);
                const joint_row j = {rib, vertebra, above ? "rib and vertebra above" : "rib and vertebra", NULL, NULL, NULL};
                judge_set_and_body(&f, g, &j, LEAST, MOST);
            }
    none(&f);
}

static void the_pubic_bones_have_their_disc_between_them(void **state) {
    (void)state;
    faults f = {0};
    const joint_row symphysis = {"hip_bone_l", "hip_bone_r", "pubic symphysis", NULL, NULL, NULL};
    for (int g = 0; g < N_BODIES; g++)
        judge(&f, bone_gap(&placed[g], placed_bone(&placed[g], symphysis.a), placed_bone(&placed[g], symphysis.b)), LEAST, MOST, genders[g],
              &symphysis);
    none(&f);
}

static void teeth_meet(void **state) {
    (void)state;
    faults f = {0};
    const joint_row bite = {"mandible", "skull", "bite of the molars", &MOLARS, NULL, NULL};
    for (int g = 0; g < N_BODIES; g++)
        judge_set_and_body(&f, g, &bite, BITE_LEAST, BITE_MOST);
    none(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joints_of_fitted_bones_have_natural_gaps),
        cmocka_unit_test(joints_of_bodies_have_natural_gaps),
        cmocka_unit_test(facets_of_vertebrae_have_natural_gaps),
        cmocka_unit_test(ribs_stand_on_their_vertebrae),
        cmocka_unit_test(the_pubic_bones_have_their_disc_between_them),
        cmocka_unit_test(teeth_meet),
    };
    return cmocka_run_group_tests_name("test_models_joints", tests, set_up, tear_down);
}
