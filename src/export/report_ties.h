/**
 * What ties the bones of a body to its skin, for the report: landmarks (and, of an imported model, contacts) that placing used, and
 * springs that posing used. Points are those of the skeleton model, of which the page has all.
 *
 *   landmark-point    n        point of the bones; landmarks, then contacts
 *   landmark-target   n x 3    where it was wanted, in the page's frame of the lying body: sum_v w_v (x_v - depth n_v), or the skin
 *                              vertex of a contact; only with a lying skin
 *   spring-point      n        point of the bones
 *   spring-skin       n        vertex of the skin whose neighbourhood it kept
 *
 * Ties of weight 0 are left out.
 */
#ifndef OIK_EXPORT_REPORT_TIES_H
#define OIK_EXPORT_REPORT_TIES_H

#include "export/report_layout.h"
#include "export/text_file.h"

/** All numbers of points and vertices in range. OIK_E_ARGUMENT. */
oik_status oik_report_check_ties(const oik_skel_model *skeleton, size_t n_skin_vertices, oik_error *err);

/** @return OIK_E_NOT_FINITE; OIK_E_IO; OIK_E_MEMORY */
oik_status oik_report_put_ties(oik_text_file *file, const oik_report *report, const oik_report_layout *layout, oik_error *err);

#endif
