/** Landmarks that only measures and warps of bones need, beside those that bones/ gives: in the frame of the bone, mm. */
#include <string.h>

#include "models/bone_make.h"
#include "models/bones/spine.h"

typedef struct mark_row {
    const char *bone;
    oik_bone_mark mark;
} mark_row;

static const mark_row rows[] = {
    {"femur", {"neck_c", OFF_BONE, {25, -23, -5.5}}},   {"femur", {"neck_base", OFF_BONE, {45, -45, -11}}},
    {"femur", {"shaft_p", OFF_BONE, {37, -140, 1}}},    {"femur", {"shaft_d", OFF_BONE, {15, -300, 7}}},
    {"femur", {"cond_c", OFF_BONE, {0, -418, -8}}},     {"femur", {"stretch_p", OFF_BONE, {40, -110, 0}}},
    {"femur", {"stretch_d", OFF_BONE, {13, -335, 4}}},
    {"tibia", {"plateau_c", OFF_BONE, {0, -33, -7}}},   {"tibia", {"shaft_p", OFF_BONE, {0, -110, -8}}},
    {"tibia", {"shaft_d", OFF_BONE, {-4, -345, -4}}},   {"tibia", {"med_ant", ON_BONE, {-20, -31.5, 10}}},
    {"tibia", {"med_post", ON_BONE, {-20, -31.5, -25}}}, {"tibia", {"plat_post_l", ON_BONE, {21, -40, -30}}},
    {"fibula", {"shaft_p", OFF_BONE, {37, -100, -20}}}, {"fibula", {"shaft_d", OFF_BONE, {31, -345, -10}}},
    {"humerus", {"shaft_p", OFF_BONE, {7, -75, 3}}},    {"humerus", {"shaft_d", OFF_BONE, {3, -225, -3}}},
    {"humerus", {"troch_low", ON_BONE, {-18, -316, 1}}}, {"humerus", {"cap_low", ON_BONE, {14, -310, 3}}},
    {"ulna", {"shaft_p", OFF_BONE, {-9, -50, -8}}},     {"ulna", {"shaft_d", OFF_BONE, {-17, -225, -4}}},
    {"radius", {"shaft_p", OFF_BONE, {14, -60, 1}}},    {"radius", {"shaft_d", OFF_BONE, {12, -215, 2}}},
    {"scapula", {"glen_sup", ON_BONE, {-27, 17.5, 0}}},  {"scapula", {"glen_inf", ON_BONE, {-28, -17.5, 0}}},
    {"scapula", {"glen_ant", ON_BONE, {-27, 0, 12.5}}},  {"scapula", {"glen_post", ON_BONE, {-27, 0, -12.5}}},
    {"hipbone", {"ilium_c", OFF_BONE, {100, 90, -20}}}, {"hipbone", {"ischium_c", OFF_BONE, {62, -50, -30}}},
    {"hipbone", {"pubis_c", OFF_BONE, {15, -20, 41}}},
    {"hipbone", {"acet_sup", ON_BONE, {107, 17.6, 2}}}, {"hipbone", {"acet_ant", ON_BONE, {81, 3.5, 26}}},
    {"hipbone", {"acet_post", ON_BONE, {82, -17.5, -20}}},
    {"skull", {"orbit_c", OFF_BONE, {33, 16.5, 84}}},   {"skull", {"nose_c", OFF_BONE, {3, -8, 92}}},
    {"skull", {"dacryon", ON_BONE, {13.5, 20, 86}}},    {"skull", {"alare", ON_BONE, {12.3, -11, 86}}},
    {"skull", {"brow", OFF_BONE, {14, 38, 92}}},
        {"skull", {"arch_l", OFF_BONE, {60, -6, 38}}},
    {"mandible", {"ramus_up", ON_BONE, {49, -22, 6}}},  {"mandible", {"ramus_low", ON_BONE, {46, -47, 11}}},
    {"mandible", {"border_back", ON_BONE, {42, -75, 34}}}, {"mandible", {"border_front", ON_BONE, {26, -85, 72}}},
    {"sacrum", {"s1_ant", OFF_BONE, {0, 0, 16}}},       {"sacrum", {"s1_post", OFF_BONE, {0, 0, -14}}},
    {"sacrum", {"sup_ant", ON_BONE, {0, 0, 13}}},       {"sacrum", {"sup_post", ON_BONE, {0, 0, -11}}},
};

/** Rims of the end plates in the median plane, and the vertebral canal. */
static void vertebra_marks(oik_bone_draft *draft, int level) {
    const oik_vertebra_row *t = oik_vertebra_table + level;
    oik_vertebra_pose pose = oik_vertebra_stand(level);
    double h = 0.5 * t->height, d = 0.5 * t->depth;
    if (level == LEVEL_C1)
        return;
    oik_sdf_set_frame(draft->sdf, oik_tilt(pose.tilt_deg), pose.centre);
    if (level != LEVEL_C2) { /* the dens stands on the upper end of C2 */
        oik_draft_mark(draft, "sup_ant", ON_BONE, v3(0, h, 0.80 * d));
        oik_draft_mark(draft, "sup_post", ON_BONE, v3(0, h, -0.72 * d));
        oik_draft_mark(draft, "rim_ant", ON_BONE, v3(0, h - 2.0, 0.97 * d));
        oik_draft_mark(draft, "rim_post", ON_BONE, v3(0, h - 2.0, -0.90 * d));
    }
    oik_draft_mark(draft, "inf_ant", ON_BONE, v3(0, -h, 0.80 * d));
    oik_draft_mark(draft, "inf_post", ON_BONE, v3(0, -h, -0.72 * d));
    oik_draft_mark(draft, "canal", OFF_BONE, v3(0, 0, -d - 0.5 * t->canal_depth));
}

void oik_draft_measuring_marks(oik_bone_draft *draft, const oik_bone_spec *spec) {
    if (spec->draft == oik_draft_vertebra)
        vertebra_marks(draft, spec->number);
    if (spec->draft == oik_draft_sacrum)
        oik_sdf_set_frame(draft->sdf, oik_tilt(OIK_S1_TILT), OIK_S1_CENTRE);
    else
        oik_sdf_set_frame(draft->sdf, m3_identity(), v3(0, 0, 0));
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++)
        if (strcmp(rows[i].bone, spec->name) == 0)
            oik_draft_mark(draft, rows[i].mark.name, rows[i].mark.place, rows[i].mark.p);
}
