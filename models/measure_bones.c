/**
 * measure_bones: the dimensions of the bones as generated and as fitted beside the published ones.
 *
 *   measure_bones TABLE_DIR
 *
 * First the dimensions: generated; men: fitted, published, difference; women: the same. Differences in % (lengths) or degrees. Then the amounts of the
 * fields that do it.
 */
#include <math.h>
#include <stdio.h>

#include "models/bone_fit.h"
#include "models/bone_warp.h"

enum { N_SEXES = 2 };

static oik_status print_row(const oik_dimension *d, const oik_bone_set *generated, oik_bone_set *const fitted[N_SEXES], oik_error *err) {
    double v = 0.0;
    oik_status status = oik_bone_measure(&v, generated, d->bones, d->measure, err);
    printf("%-10s %-14.14s %-34.34s %7.1f", d->region, d->bones, d->name, v);
    for (int k = 0; k < N_SEXES && !status; k++) {
        double published = oik_dimension_value(d, k);
        status = oik_bone_measure(&v, fitted[k], d->bones, d->measure, err);
        printf(" | %7.1f %7.1f %6.1f", v, published, d->angle ? v - published : 100.0 * (v / published - 1.0));
    }
    printf("\n");
    return status;
}

static void print_amounts(oik_bone_set *const fitted[N_SEXES]) {
    const oik_bone_warps *men = fitted[0]->warps, *women = fitted[1]->warps;
    printf("\nfields: men, women [mm, 1 or degrees]\n");
    for (int i = 0; i < men->n_parameters; i++)
        printf("%-10s %-28s %8.3f %8.3f\n", men->parameters[i].group, men->parameters[i].name, men->parameters[i].amount,
               women->parameters[i].amount);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s TABLE_DIR\n", argv[0]);
        return 2;
    }
    char path[1024];
    oik_error err = {OIK_OK, ""};
    oik_dimension_table table = {0};
    oik_bone_set *bones = NULL, *fitted[N_SEXES] = {NULL};
    snprintf(path, sizeof path, "%s/bone_dimensions.txt", argv[1]);
    oik_status status = oik_dimension_table_load(&table, path, &err);
    if (!status)
        status = oik_bone_set_new(&bones, 1.0, 2, &err);
    for (int k = 0; k < N_SEXES && !status; k++)
        status = oik_bone_set_fit(&fitted[k], bones, argv[1], k, &err);
    for (int i = 0; i < table.n && !status; i++)
        status = print_row(table.rows + i, bones, fitted, &err);
    if (!status)
        print_amounts(fitted);
    if (status)
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    for (int k = 0; k < N_SEXES; k++)
        oik_bone_set_free(fitted[k]);
    oik_bone_set_free(bones);
    oik_dimension_table_free(&table);
    return status ? 1 : 0;
}
