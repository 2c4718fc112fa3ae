/** What a sample of subjects shows: distributions of the deepest intersection and the furthest bone outside, worst bones, proportions. */
#ifndef OIK_MODELS_SUBJECT_REPORT_H
#define OIK_MODELS_SUBJECT_REPORT_H

#include <stdio.h>

#include "models/subject_measure.h"

enum { OIK_SUBJECT_N_RATIOS = 5 };

/** One subject. */
typedef struct oik_subject_row {
    double deepest;   /**< of all neighbours, what goes beyond the template's own depth [m] */
    int deepest_pair;
    double outside;   /**< [m] */
    int outside_bone;
    double stature;   /**< of the skin [m] */
    double ratio[OIK_SUBJECT_N_RATIOS];
} oik_subject_row;

/** All subjects of one model. */
typedef struct oik_subject_report {
    const oik_subject_gauge *gauge;
    int n, room;
    oik_subject_row *rows;  /**< room */
    double *pair_worst;     /**< n_pairs, beyond the template's depth [m] */
    int *pair_count;        /**< n_pairs, subjects beyond the limit */
    double *bone_worst;     /**< n_bones, outside [m] */
    int *bone_count;        /**< n_bones, subjects beyond the limit */
    double *depth, *outside; /**< scratch: n_pairs, n_bones */
} oik_subject_report;

/** What counts as a fault: 1 mm of intersection, 3 mm outside [m]. */
extern const double oik_subject_depth_limit, oik_subject_outside_limit;

/** Room for n subjects. OIK_E_MEMORY. */
oik_status oik_subject_report_new(oik_subject_report **out, const oik_subject_gauge *gauge, int n, oik_error *err);
void oik_subject_report_free(oik_subject_report *report);

/**
 * Draw nothing, measure: places the bones in the skin template + modes beta and adds a row.
 * @param[in] beta n_modes of the body
 */
oik_status oik_subject_report_add(oik_subject_report *report, const oik_body_model *body, const double *beta, oik_error *err);

/** Number of subjects with a ratio that no adult has (subject_report.c lists them). */
int oik_subject_report_implausible(const oik_subject_report *report);
void oik_subject_report_print(FILE *file, const oik_subject_report *report, const char *title);

#endif
