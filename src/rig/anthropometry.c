/**
 * De Leva's table 4 (see anthropometry.h).
 *
 * Masses, mass centres and radii agree with two other printings of the table; lengths with one. The masses of a sex sum to 1 to within
 * 1e-4, and its three parts of the trunk, put together, have the mass centre that the table gives for the whole trunk.
 */
#include "rig/anthropometry.h"

#include <string.h>

typedef enum sex { FEMALE, MALE, N_SEXES } sex;

/* mass, length [m], mass centre, radii of gyration: sagittal, transverse, longitudinal axis */
static const oik_anthropometry table[OIK_N_BODY_PARTS][N_SEXES] = {
    [OIK_PART_HEAD] = {{0.0668, 0.2437, 0.4841, 0.271, 0.295, 0.261}, {0.0694, 0.2429, 0.5002, 0.303, 0.315, 0.261}},
    [OIK_PART_UPPER_TRUNK] = {{0.1545, 0.1425, 0.2077, 0.746, 0.502, 0.718}, {0.1596, 0.1707, 0.2999, 0.716, 0.454, 0.659}},
    [OIK_PART_MIDDLE_TRUNK] = {{0.1465, 0.2053, 0.4512, 0.433, 0.354, 0.415}, {0.1633, 0.2155, 0.4502, 0.482, 0.383, 0.468}},
    [OIK_PART_LOWER_TRUNK] = {{0.1247, 0.1815, 0.4920, 0.433, 0.402, 0.444}, {0.1117, 0.1457, 0.6115, 0.615, 0.551, 0.587}},
    [OIK_PART_UPPER_ARM] = {{0.0255, 0.2751, 0.5754, 0.278, 0.260, 0.148}, {0.0271, 0.2817, 0.5772, 0.285, 0.269, 0.158}},
    [OIK_PART_FOREARM] = {{0.0138, 0.2643, 0.4559, 0.261, 0.257, 0.094}, {0.0162, 0.2689, 0.4574, 0.276, 0.265, 0.121}},
    [OIK_PART_HAND] = {{0.0056, 0.0780, 0.7474, 0.531, 0.454, 0.335}, {0.0061, 0.0862, 0.7900, 0.628, 0.513, 0.401}},
    [OIK_PART_THIGH] = {{0.1478, 0.3685, 0.3612, 0.369, 0.364, 0.162}, {0.1416, 0.4222, 0.4095, 0.329, 0.329, 0.149}},
    [OIK_PART_SHANK] = {{0.0481, 0.4386, 0.4352, 0.267, 0.263, 0.092}, {0.0433, 0.4403, 0.4395, 0.251, 0.246, 0.102}},
    [OIK_PART_FOOT] = {{0.0129, 0.2283, 0.4014, 0.299, 0.279, 0.139}, {0.0137, 0.2581, 0.4415, 0.257, 0.245, 0.124}},
};

static const double trunk_length[N_SEXES] = {0.6148, 0.6033};

/** Share of the female column. */
static double female_share(const char *gender) {
    return strcmp(gender, "female") == 0 ? 1.0 : strcmp(gender, "male") == 0 ? 0.0 : 0.5;
}

double oik_trunk_length(const char *gender) {
    double f = female_share(gender);
    return f * trunk_length[FEMALE] + (1.0 - f) * trunk_length[MALE];
}

oik_anthropometry oik_anthropometry_of(oik_body_part part, const char *gender) {
    double f = female_share(gender), m = 1.0 - f;
    const oik_anthropometry *a = &table[part][FEMALE], *b = &table[part][MALE];
    return (oik_anthropometry){.mass = f * a->mass + m * b->mass,
                               .length = f * a->length + m * b->length,
                               .centre = f * a->centre + m * b->centre,
                               .sagittal = f * a->sagittal + m * b->sagittal,
                               .transverse = f * a->transverse + m * b->transverse,
                               .longitudinal = f * a->longitudinal + m * b->longitudinal};
}
