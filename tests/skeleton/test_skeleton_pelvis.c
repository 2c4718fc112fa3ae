#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/rot.h"
#include "support/built_in_body.h"
#include "support/posed_body.h"
#include "skeleton/posing.h"
static const double DEG = 3.14159265358979323846 / 180.0;
int main(void) {
    const char *names[] = {"pelvis","femur_l","tibia_l","foot_l","toes_l","L5","L3","L1","T10","ribcage","T3","C7","skull","clavicle_l","scapula_l","humerus_l","ulna_l","radius_l","hand_l"};
    enum { N = sizeof names / sizeof *names };
    printf("%-14s", ""); for (int i = 0; i < N; i++) printf(" %6.6s", names[i]); printf("\n");
    for (int who = 0; who < 2; who++) {
        built_in_body b = built_in_load(who ? "male" : "female");
        oik_vec3 *x = malloc(b.body->n_vertices * sizeof *x);
        double *shape = built_in_shape(b.body);
        for (int tree = 0; tree < 2; tree++)
        for (int pose = 0; pose < POSED_COUNT; pose++) {
            oik_body_frames frames;
            if (tree) posed_body_skin_of_tree(x, &frames, b.body, shape, (posed_body)pose); else posed_body_skin(x, b.body, shape, (posed_body)pose);
            found_bones f = find_bones(&b, x);
            oik_posing posing; oik_puppet *start; oik_puppet_new(&start, b.model, NULL);
            oik_posing_init(&posing, b.model, b.body, &f.fit, f.lying, NULL);
            oik_posing_start(start, &posing, &f.fit.frames, x);
            printf("%d%d %-11.11s", who, tree, posed_body_name((posed_body)pose));
            for (int i = 0; i < N; i++) { int p = 0; while (p < b.model->n_parts && strcmp(b.model->part_names[p], names[i])) p++; if (p == b.model->n_parts) { printf("   ?   "); continue; }
                printf(" %6.1f", oik_rot_angle_between(start->R[p], f.posed->R[p]) / DEG); }
            printf("\n"); fflush(stdout);
            oik_posing_clear(&posing); oik_puppet_free(start); found_bones_free(&f);
        }
        free(shape); free(x); built_in_free(&b);
    }
    return 0;
}
