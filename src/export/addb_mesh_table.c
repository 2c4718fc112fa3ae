/** Names and boxes of the meshes of AddBiomechanics' server (see addb_meshes.h for their source). */
#include "export/addb_meshes.h"

#include <string.h>

/** In names, '?' stands for the letter of the side. */
typedef struct row {
    const char *body;
    oik_vec3 low, high; /* [m], of the right side */
    const char *names[OIK_OSIM_MAX_MESHES];
} row;

/* pelvis_r and foot_r, equal to r_pelvis and r_foot, for ANSUR_metrics.xml does not know them: see addb_meshes.h */
static const row rows[] = {
    {"pelvis", {-0.15650, -0.13379, -0.13217}, {0.00001, 0.08100, 0.13217}, {"pelvis_r", "l_pelvis", "sacrum"}},
    {"femur_?", {-0.03742, -0.43036, -0.03763}, {0.03290, 0.02235, 0.06188}, {"?_femur"}},
    {"tibia_?", {-0.03165, -0.40707, -0.03064}, {0.02761, -0.01794, 0.03976}, {"?_tibia", "?_fibula"}},
    {"talus_?", {-0.01753, -0.01622, -0.02114}, {0.02861, 0.01389, 0.02041}, {"?_talus"}},
    {"calcn_?", {-0.00980, -0.00984, -0.03923}, {0.18382, 0.04304, 0.04563}, {"foot_?"}},
    {"toes_?", {-0.03598, -0.01013, -0.03765}, {0.07692, 0.00805, 0.05420}, {"?_bofoot"}},
    {"torso", {-0.09750, -0.01543, -0.16679}, {0.10494, 0.65057, 0.16679}, {"hat_spine", "hat_jaw", "hat_skull", "hat_ribs_scap"}},
    {"humerus_?", {-0.01382, -0.29962, -0.03274}, {0.02931, 0.01827, 0.02428}, {"humerus_?v"}},
    {"ulna_?", {-0.03385, -0.24478, -0.01362}, {-0.00069, 0.01379, 0.03149}, {"ulna_?v"}},
    {"radius_?", {-0.02087, -0.23850, -0.00964}, {0.00866, 0.00231, 0.03662}, {"radius_?v"}},
    {"hand_?", {-0.01911, -0.17090, -0.05324}, {0.06473, 0.00436, 0.05973},
     {"pisiform_?vs",        "lunate_?vs",       "scaphoid_?vs",      "triquetrum_?vs",    "hamate_?vs",          "capitate_?vs",
      "trapezoid_?vs",       "trapezium_?vs",    "metacarpal2_?vs",   "index_proximal_?vs", "index_medial_?vs",   "index_distal_?vs",
      "metacarpal3_?vs",     "middle_proximal_?vs", "middle_medial_?vs", "middle_distal_?vs", "metacarpal4_?vs",   "ring_proximal_?vs",
      "ring_medial_?vs",     "ring_distal_?vs",  "metacarpal5_?vs",   "little_proximal_?vs", "little_medial_?vs", "little_distal_?vs",
      "metacarpal1_?vs",     "thumb_proximal_?vs", "thumb_distal_?vs"}}};

/** name with the side's letter, and an ending; out has room for OIK_NAME_LENGTH. */
static void spell(char *out, const char *name, char side, const char *ending) {
    size_t n = 0;
    for (const char *c = name; *c && n + 1 < OIK_NAME_LENGTH; c++)
        out[n++] = *c == '?' ? side : *c;
    for (const char *c = ending; *c && n + 1 < OIK_NAME_LENGTH; c++)
        out[n++] = *c;
    out[n] = '\0';
}

static void fill(oik_addb_mesh_set *set, const row *from, char side) {
    *set = (oik_addb_mesh_set){.low = from->low, .high = from->high};
    if (side == 'l')
        set->low.z = -from->high.z, set->high.z = -from->low.z;
    while (set->n < OIK_OSIM_MAX_MESHES && from->names[set->n]) {
        spell(set->files[set->n], from->names[set->n], side, ".vtp");
        set->n++;
    }
}

bool oik_addb_mesh_set_of(oik_addb_mesh_set *set, const char *body) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (const char *side = "rl"; *side; side++) {
            char name[OIK_NAME_LENGTH];
            spell(name, rows[i].body, *side, "");
            if (strcmp(name, body) == 0) {
                fill(set, &rows[i], *side);
                return true;
            }
        }
    return false;
}
