/** The page of the report without its data: template, style, three.js and our own program, embedded when the library is built. */
#ifndef OIK_EXPORT_REPORT_PAGE_H
#define OIK_EXPORT_REPORT_PAGE_H

/** The template; "<!-- @NAME -->" stands for a piece, or for the data. */
const char *oik_report_page(void);

/** Piece "style", "three" or "program" number `index`, counted from 0; NULL behind the last one and for other names. */
const char *oik_report_piece(const char *name, int index);

#endif
