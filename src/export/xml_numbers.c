/** Attributes of numbers in XML documents (see xml_numbers.h). */
#include "export/xml_numbers.h"

void oik_xml_number(oik_buf *buf, double x) {
    const double shown = 1e-12; /* nothing in a rig is smaller: a millionth of a millionth of a metre, a radian, a kg m^2 */
    oik_buf_printf(buf, "%.12g", fabs(x) < shown ? 0.0 : x);
}

void oik_xml_numbers(oik_buf *buf, const char *attribute, const double *x, int n) {
    oik_buf_printf(buf, " %s=\"", attribute);
    for (int i = 0; i < n; i++) {
        if (i > 0)
            oik_buf_append(buf, " ", 1);
        oik_xml_number(buf, x[i]);
    }
    oik_buf_append(buf, "\"", 1);
}

void oik_xml_vec3(oik_buf *buf, const char *attribute, oik_vec3 v) {
    const double x[3] = {v.x, v.y, v.z};
    oik_xml_numbers(buf, attribute, x, 3);
}

void oik_xml_line(oik_buf *buf, int level) {
    oik_buf_append(buf, "\n", 1);
    for (int i = 0; i < level; i++)
        oik_buf_append(buf, "  ", 2);
}
