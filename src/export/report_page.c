/**
 * The files of the report's page, put into the library by the assembler (see report_page.h). Paths are relative to the folder in which
 * make runs; OIK_THREE_JS is three.js r111 as Debian's libjs-three has it.
 */
#include "export/report_page.h"

#include <stddef.h>
#include <string.h>

#ifndef OIK_THREE_JS
#define OIK_THREE_JS "/usr/share/javascript/three/three.min.js"
#endif

/** The bytes of a file and a NUL, as a constant that only this library sees. */
#define EMBED(symbol, path)                                                                                                  \
    __asm__(".pushsection .rodata\n.global " #symbol "\n.hidden " #symbol "\n" #symbol ":\n.incbin \"" path "\"\n.byte 0\n"   \
            ".popsection\n");                                                                                                \
    extern const char symbol[]

EMBED(oik_page_html, "src/export/report/page.html");
EMBED(oik_page_css, "src/export/report/page.css");
EMBED(oik_page_three_licence, "src/export/report/three-licence.js");
EMBED(oik_page_three_js, OIK_THREE_JS);
EMBED(oik_page_data_js, "src/export/report/data.js");
EMBED(oik_page_pick_js, "src/export/report/pick.js");
EMBED(oik_page_figure_js, "src/export/report/figure.js");
EMBED(oik_page_body_js, "src/export/report/body.js");
EMBED(oik_page_motion_js, "src/export/report/motion.js");
EMBED(oik_page_scene_js, "src/export/report/scene.js");
EMBED(oik_page_orbit_js, "src/export/report/orbit.js");
EMBED(oik_page_player_js, "src/export/report/player.js");
EMBED(oik_page_curve_js, "src/export/report/curve.js");
EMBED(oik_page_tables_js, "src/export/report/tables.js");
EMBED(oik_page_plots_js, "src/export/report/plots.js");
EMBED(oik_page_main_js, "src/export/report/main.js");

static const struct {
    const char *name, *text;
} pieces[] = {{"style", oik_page_css},       {"three", oik_page_three_licence}, {"three", oik_page_three_js},
              {"program", oik_page_data_js},  {"program", oik_page_pick_js},     {"program", oik_page_figure_js},
              {"program", oik_page_body_js},  {"program", oik_page_motion_js},   {"program", oik_page_scene_js},
              {"program", oik_page_orbit_js}, {"program", oik_page_player_js},   {"program", oik_page_curve_js},
              {"program", oik_page_tables_js}, {"program", oik_page_plots_js},   {"program", oik_page_main_js}};

const char *oik_report_page(void) {
    return oik_page_html;
}

const char *oik_report_piece(const char *name, int index) {
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (strcmp(pieces[i].name, name) == 0 && index-- == 0)
            return pieces[i].text;
    return NULL;
}
