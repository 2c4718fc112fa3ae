/** Text of OpenSim's XML files (see osim_xml.h). */
#include "export/osim_xml.h"

#include "export/xml_numbers.h"

static void put_indent(oik_buf *buf, int indent) {
    for (int i = 0; i < indent; i++)
        oik_buf_append(buf, "\t", 1);
}

void oik_osim_put_vector(oik_buf *buf, int indent, const char *tag, const double *x, int n) {
    put_indent(buf, indent);
    oik_buf_printf(buf, "<%s>", tag);
    for (int i = 0; i < n; i++) {
        if (i > 0)
            oik_buf_append(buf, " ", 1);
        oik_xml_number(buf, x[i]);
    }
    oik_buf_printf(buf, "</%s>\n", tag);
}

void oik_osim_put_vec3(oik_buf *buf, int indent, const char *tag, oik_vec3 x) {
    const double components[3] = {x.x, x.y, x.z};
    oik_osim_put_vector(buf, indent, tag, components, 3);
}

void oik_osim_put_value(oik_buf *buf, int indent, const char *tag, double x) {
    oik_osim_put_vector(buf, indent, tag, &x, 1);
}

void oik_osim_put_text(oik_buf *buf, int indent, const char *tag, const char *text) {
    put_indent(buf, indent);
    oik_buf_printf(buf, "<%s>", tag);
    for (const char *c = text; *c; c++) {
        const char *escaped = *c == '&' ? "&amp;" : *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : NULL;
        if (escaped)
            oik_buf_printf(buf, "%s", escaped);
        else
            oik_buf_append(buf, c, 1);
    }
    oik_buf_printf(buf, "</%s>\n", tag);
}

void oik_osim_open(oik_buf *buf, int indent, const char *class_name, const char *name) {
    put_indent(buf, indent);
    oik_buf_printf(buf, "<%s name=\"%s\">\n", class_name, name);
}

void oik_osim_tag(oik_buf *buf, int indent, const char *tag) {
    put_indent(buf, indent);
    oik_buf_printf(buf, "<%s>\n", tag);
}
