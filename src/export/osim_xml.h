/** Text of OpenSim's XML files: what their writers share. */
#ifndef OIK_EXPORT_OSIM_XML_H
#define OIK_EXPORT_OSIM_XML_H

#include "base/file.h"
#include "base/vec3.h"

/** indent tabs, <tag>x y z</tag>, line end. Numbers as oik_xml_number writes them. */
void oik_osim_put_vector(oik_buf *buf, int indent, const char *tag, const double *x, int n);
void oik_osim_put_vec3(oik_buf *buf, int indent, const char *tag, oik_vec3 x);
void oik_osim_put_value(oik_buf *buf, int indent, const char *tag, double x);

/** indent tabs, <tag>text</tag>, line end; '&', '<' and '>' of the text are escaped. */
void oik_osim_put_text(oik_buf *buf, int indent, const char *tag, const char *text);

/** indent tabs, <class_name name="name">, line end. The name is plain (oik_rig_check). */
void oik_osim_open(oik_buf *buf, int indent, const char *class_name, const char *name);
/** indent tabs, <tag>, line end; the tag may begin or end with a slash. */
void oik_osim_tag(oik_buf *buf, int indent, const char *tag);

#endif
