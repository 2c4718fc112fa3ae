/** Layout and lettering (see picture_layout.h). Lengths in comments and constants are those of the usual picture, 1800 x 1000 pixels. */
#include "export/picture_layout.h"

#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "export/picture_text.h"

static const double margin = 48, header = 104, footer = 72; /* [units] */
static const uint8_t dark[3] = {38, 46, 56}, grey[3] = {106, 116, 128};

/** Views by their viewers' axes, in the frame x left, y up, z forward. From the right side the subject faces right, as in a gait plot. */
static oik_picture_panel panel_of(int i, oik_vec3 size) {
    const oik_vec3 up = v3(0, 1, 0);
    switch (i) {
    case 0:
        return (oik_picture_panel){"front", "R", "L", {.right = v3(1, 0, 0), .up = up, .toward = v3(0, 0, 1)}, 0, size.x};
    case 1:
        return (oik_picture_panel){"right side", "", "", {.right = v3(0, 0, 1), .up = up, .toward = v3(-1, 0, 0)}, 0, size.z};
    default:
        return (oik_picture_panel){"back", "L", "R", {.right = v3(-1, 0, 0), .up = up, .toward = v3(0, 0, -1)}, 0, size.x};
    }
}

oik_picture_layout oik_picture_layout_of(int width, int height, oik_vec3 size) {
    oik_picture_layout layout = {0};
    layout.unit = fmin((double)height / OIK_PICTURE_HEIGHT, (double)width / OIK_PICTURE_WIDTH);
    const double u = layout.unit, across = 2.0 * size.x + size.z; /* [m] */
    const double room_across = width - (OIK_PICTURE_N_VIEWS + 1) * margin * u, room_up = height - (header + footer) * u;
    layout.pixels_per_metre = fmin(room_across / fmax(across, 1e-9), room_up / fmax(size.y, 1e-9));
    const double gap = (width - across * layout.pixels_per_metre) / (OIK_PICTURE_N_VIEWS + 1);
    const double middle = header * u + 0.5 * room_up;
    layout.floor = middle + 0.5 * size.y * layout.pixels_per_metre;
    double x = gap;
    for (int i = 0; i < OIK_PICTURE_N_VIEWS; i++) {
        oik_picture_panel *panel = &layout.panels[i];
        *panel = panel_of(i, size);
        panel->width *= layout.pixels_per_metre;
        panel->middle = x + 0.5 * panel->width;
        panel->camera.pixels_per_metre = layout.pixels_per_metre;
        panel->camera.x = panel->middle;
        panel->camera.y = middle;
        x += panel->width + gap;
    }
    return layout;
}

/** A size of lettering [units]. */
typedef struct letters {
    double cap_height, stroke;
    const uint8_t *ink;
} letters;

static const letters title_letters = {20, 2.7, dark}, caption_letters = {15, 1.9, grey}, mark_letters = {15, 2.4, dark},
                     small_letters = {13, 1.7, grey};

/** Write at (x, y) [pixels]; x is the text's left end for align 0, its middle for 0.5, its right end for 1. */
static void write_at(const oik_picture_image *image, const oik_picture_layout *layout, const letters *l, double align, double x, double y,
                     const char *text) {
    oik_picture_pen pen = {.x = x - align * oik_picture_text_width(text, l->cap_height * layout->unit),
                           .y = y,
                           .end = image->width,
                           .cap_height = l->cap_height * layout->unit,
                           .stroke = l->stroke * layout->unit,
                           .ink = {l->ink[0], l->ink[1], l->ink[2]}};
    oik_picture_text_draw(image, &pen, text);
}

static void letter_panels(const oik_picture_image *image, const oik_picture_layout *layout) {
    const double u = layout->unit, y = layout->floor + 46 * u;
    const double nearest_mark = 90 * u; /* beside the caption */
    for (int i = 0; i < OIK_PICTURE_N_VIEWS; i++) {
        const oik_picture_panel *panel = &layout->panels[i];
        double side = fmax(0.5 * panel->width - 20 * u, nearest_mark);
        write_at(image, layout, &caption_letters, 0.5, panel->middle, y, panel->caption);
        write_at(image, layout, &mark_letters, 0.5, panel->middle - side, y, panel->left_mark);
        write_at(image, layout, &mark_letters, 0.5, panel->middle + side, y, panel->right_mark);
    }
}

/** The longest of 1, 0.5, 0.1, 0.05, ... times any power of ten that is at most so long. */
static double round_length(double longest) {
    double power = pow(10.0, floor(log10(longest)));
    return 5.0 * power <= longest ? 5.0 * power : power;
}

/** A bar in fifths at the top right, its length beneath. */
static oik_status letter_scale(const oik_picture_image *image, const oik_picture_layout *layout, oik_error *err) {
    const double u = layout->unit, thick = 7 * u, y = 36 * u, line = 1.5 * u;
    const double length = round_length(0.2 * image->width / layout->pixels_per_metre), pixels = length * layout->pixels_per_metre;
    const double right = image->width - margin * u, left = right - pixels, fifth = pixels / 5.0;
    oik_buf text = {0};
    oik_buf_printf(&text, "%g m", length);
    if (text.status)
        return oik_fail(err, text.status, "the scale of a picture: %s", oik_status_sentence(text.status));
    oik_picture_box_draw(image, left, y, right, y + line, dark);
    oik_picture_box_draw(image, left, y + thick - line, right, y + thick, dark);
    oik_picture_box_draw(image, right - line, y, right, y + thick, dark);
    for (int i = 0; i < 5; i += 2)
        oik_picture_box_draw(image, left + i * fifth, y, left + (i + 1) * fifth, y + thick, dark);
    write_at(image, layout, &small_letters, 1.0, right, y + thick + 24 * u, text.data);
    oik_buf_free(&text);
    return OIK_OK;
}

static oik_status letter_title(const oik_picture_image *image, const oik_picture_layout *layout, const oik_picture *picture,
                               oik_error *err) {
    const double u = layout->unit;
    const letters *l = &title_letters;
    /* the scale bar has the right end of the line to itself */
    oik_picture_pen pen = {margin * u, 50 * u, 0.7 * image->width, l->cap_height * u, l->stroke * u, {dark[0], dark[1], dark[2]}};
    oik_picture_text_draw(image, &pen, picture->name ? picture->name : "");
    if (!(picture->stature > 0.0))
        return OIK_OK;
    oik_buf text = {0};
    oik_buf_printf(&text, "stature %.2f m", picture->stature);
    if (!text.status)
        write_at(image, layout, &small_letters, 0.0, margin * u, 80 * u, text.data);
    oik_status status = text.status;
    oik_buf_free(&text);
    return status ? oik_fail(err, status, "the title of a picture: %s", oik_status_sentence(status)) : OIK_OK;
}

oik_status oik_picture_letter(const oik_picture_image *image, const oik_picture_layout *layout, const oik_picture *picture,
                              oik_error *err) {
    letter_panels(image, layout);
    oik_status status = letter_scale(image, layout, err);
    return status ? status : letter_title(image, layout, picture, err);
}
