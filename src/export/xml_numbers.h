/** Attributes of numbers in XML documents. */
#ifndef OIK_EXPORT_XML_NUMBERS_H
#define OIK_EXPORT_XML_NUMBERS_H

#include "base/file.h"
#include "base/vec3.h"

/** Append one number: 12 significant digits, what is less than 1e-12 as 0. */
void oik_xml_number(oik_buf *buf, double x);
/** Append ` attribute="x y z"`. @param[in] x n numbers */
void oik_xml_numbers(oik_buf *buf, const char *attribute, const double *x, int n);
void oik_xml_vec3(oik_buf *buf, const char *attribute, oik_vec3 v);
/** Append a line break and two blanks for each level. */
void oik_xml_line(oik_buf *buf, int level);

#endif
