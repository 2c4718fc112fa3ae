/** Lettering (see picture_text.h) in a font of strokes made for it. */
#include "export/picture_text.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/**
 * A glyph is a list of strokes with blanks between; a stroke is a list of points "xy": x in half units as a hexadecimal digit, y in units,
 * baseline 2, small letters up to 7, capitals up to 9, descenders down to 0. "~" before a stroke: a curve, the quadratic B-spline of its
 * points from the first one to the last; "o": a closed curve. A single point is a dot.
 */
typedef struct glyph {
    char character;
    const char *strokes;
} glyph;

enum { BASELINE = 2, CAP_UNITS = 7, GAP = 4, BLANK = 6 }; /* GAP after a glyph, BLANK for a space [half units] */

#define QUESTION_MARK "~0709797645 4544 42" /* also stands for what the font does not have */

static const glyph font[] = {
    {'A', "024982 1474"},           {'B', "020949 ~49898646 0646 ~46969242 0242"},
    {'C', "~878909028284"},         {'D', "32020939 ~39898232"},
    {'E', "79090272 0666"},         {'F', "790902 0666"},
    {'G', "~878909028285 8555"},    {'H', "0209 8289 0686"},
    {'I', "0209"},                  {'J', "6964 ~64620204"},
    {'K', "0209 8905 2682"},        {'L', "090272"},
    {'M', "020954a9a2"},            {'N', "02098289"},
    {'O', "o09999202"},             {'P', "020949 ~49898545 0545"},
    {'Q', "o09999202 6491"},        {'R', "020949 ~49898545 0545 4582"},
    {'S', "~8889090685820203"},     {'T', "0989 4942"},
    {'U', "0905 ~05028285 8589"},   {'V', "094289"},
    {'W', "09326992c9"},            {'X', "0982 8902"},
    {'Y', "094589 4542"},           {'Z', "09890282"},
    {'a', "o07676202 6762"},        {'b', "o07676202 0902"},
    {'c', "~666707026263"},         {'d', "o07676202 6962"},
    {'e', "0565 ~656707026263"},    {'f', "~592927 2722 0747"},
    {'g', "o07676202 6762 ~626010"},{'h', "0902 ~05076764 6462"},
    {'i', "0702 09"},               {'j', "2721 ~212000 29"},
    {'k', "0902 6704 2562"},        {'l', "0902"},
    {'m', "0702 ~05075754 5452 ~5557a7a4 a4a2"}, {'n', "0702 ~05076764 6462"},
    {'o', "o07777202"},             {'p', "o07676202 0700"},
    {'q', "o07676202 6760"},        {'r', "0702 ~050747"},
    {'s', "~6667070564620203"},     {'t', "2924 ~242252 0757"},
    {'u', "0705 ~05026264 6762"},   {'v', "073267"},
    {'w', "07325772a7"},            {'x', "0762 6702"},
    {'y', "0732 6720"},             {'z', "07670262"},
    {'0', "o09797202"},             {'1', "173932"},
    {'2', "~0709797602 0272"},      {'3', "~0809797636 ~3676720203"},
    {'4', "69048464 6962"},         {'5', "791906 ~063787820203"},
    {'6', "o06767202 ~690904"},     {'7', "097932"},
    {'8', "o19696616 o06767202"},   {'9', "o09797505 ~777212"},
    {'.', "02"},                    {',', "1201"},
    {':', "02 06"},                 {';', "12 01 16"},
    {'-', "0555"},                  {'_', "0171"},
    {'+', "0575 3238"},             {'=', "0676 0474"},
    {'/', "0169"},                  {'\'', "0907"},
    {'(', "~39080331"},             {')', "~09383301"},
    {'[', "29090121"},              {']', "09292101"},
    {'#', "2129 6169 0484 0787"},   {'%', "0299 o09393707 o64949262"},
    {'&', "~9502042679592782"},     {'!', "0904 02"},
    {'~', "~04264664"},             {'?', QUESTION_MARK}};

enum { MAX_POINTS = 12, MAX_SEGMENTS = 64, CURVE_STEPS = 5 };

typedef struct point {
    double x, y; /**< [units] */
} point;

typedef struct outline {
    int n;
    point from[MAX_SEGMENTS], to[MAX_SEGMENTS];
    double width; /**< [units] */
} outline;

static const char *strokes_of(unsigned char c) {
    for (size_t i = 0; i < sizeof font / sizeof *font; i++)
        if ((unsigned char)font[i].character == c)
            return font[i].strokes;
    return QUESTION_MARK;
}

static void add_segment(outline *o, point from, point to) {
    if (o->n == MAX_SEGMENTS)
        return;
    o->from[o->n] = from;
    o->to[o->n++] = to;
}

static point middle(point a, point b) {
    return (point){0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
}

/** The parabola from a to c with control point b. */
static void add_arc(outline *o, point a, point b, point c) {
    point last = a;
    for (int i = 1; i <= CURVE_STEPS; i++) {
        double t = (double)i / CURVE_STEPS, u = 1.0 - t;
        point next = {u * u * a.x + 2 * u * t * b.x + t * t * c.x, u * u * a.y + 2 * u * t * b.y + t * t * c.y};
        add_segment(o, last, next);
        last = next;
    }
}

static void add_curve(outline *o, const point *p, int n, bool closed) {
    for (int i = closed ? 0 : 1; i < (closed ? n : n - 1); i++) {
        point before = p[(i + n - 1) % n], after = p[(i + 1) % n];
        point a = !closed && i == 1 ? before : middle(before, p[i]);
        point c = !closed && i == n - 2 ? after : middle(p[i], after);
        add_arc(o, a, p[i], c);
    }
}

static void add_lines(outline *o, const point *p, int n) {
    if (n == 1)
        add_segment(o, p[0], p[0]);
    for (int i = 1; i < n; i++)
        add_segment(o, p[i - 1], p[i]);
}

static int hex_digit(char c) {
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static outline outline_of(const char *strokes) {
    outline o = {0};
    while (*strokes) {
        const char kind = *strokes == '~' || *strokes == 'o' ? *strokes++ : ' ';
        point p[MAX_POINTS];
        int n = 0;
        for (; strokes[0] && strokes[0] != ' ' && n < MAX_POINTS; strokes += 2, n++) {
            p[n] = (point){0.5 * hex_digit(strokes[0]), strokes[1] - '0'};
            o.width = fmax(o.width, p[n].x);
        }
        if (kind == ' ')
            add_lines(&o, p, n);
        else
            add_curve(&o, p, n, kind == 'o');
        while (*strokes == ' ')
            strokes++;
    }
    return o;
}

/** Next character of a text; 0 at its end. The bytes of one that is not ASCII count as one. */
static unsigned char next_character(const char **text) {
    unsigned char c = (unsigned char)*(*text);
    if (c)
        (*text)++;
    while (c >= 0x80 && ((unsigned char)**text & 0xC0) == 0x80) /* UTF-8's bytes after the first */
        (*text)++;
    return c;
}

static double advance(unsigned char c) {
    return 0.5 * (c == ' ' ? BLANK : GAP) + (c == ' ' ? 0.0 : outline_of(strokes_of(c)).width);
}

double oik_picture_text_width(const char *text, double cap_height) {
    double units = 0.0;
    unsigned char c;
    while ((c = next_character(&text)))
        units += advance(c);
    return units > 0.0 ? (units - 0.5 * GAP) * cap_height / CAP_UNITS : 0.0;
}

/** Distance of q from the strokes of a glyph [units]. */
static double distance(const outline *o, point q) {
    double best = INFINITY;
    for (int i = 0; i < o->n; i++) {
        point a = o->from[i], b = o->to[i];
        double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
        double t = length2 > 0.0 ? ((q.x - a.x) * dx + (q.y - a.y) * dy) / length2 : 0.0;
        t = fmin(fmax(t, 0.0), 1.0);
        best = fmin(best, hypot(q.x - a.x - t * dx, q.y - a.y - t * dy));
    }
    return best;
}

/** Mix ink over a pixel; outside the image nothing happens. */
static void mix(const oik_picture_image *image, int x, int y, const uint8_t ink[3], double share) {
    if (x < 0 || y < 0 || x >= image->width || y >= image->height || !(share > 0.0))
        return;
    uint8_t *pixel = image->pixels[(size_t)y * (size_t)image->width + (size_t)x];
    for (int k = 0; k < 3; k++)
        pixel[k] = (uint8_t)(pixel[k] + fmin(share, 1.0) * (ink[k] - pixel[k]) + 0.5);
}

/** A glyph whose left end is at x [pixels]. */
static void draw_glyph(const oik_picture_image *image, const oik_picture_pen *pen, double x, const outline *o) {
    const double y = pen->y;
    const double unit = pen->cap_height / CAP_UNITS, reach = pen->stroke + 1.0;
    const int left = (int)floor(x - reach), right = (int)ceil(x + o->width * unit + reach);
    const int top = (int)floor(y - pen->cap_height - reach), bottom = (int)ceil(y + BASELINE * unit + reach);
    for (int j = top; j <= bottom; j++)
        for (int i = left; i <= right; i++) {
            point q = {(i + 0.5 - x) / unit, BASELINE + (y - j - 0.5) / unit};
            mix(image, i, j, pen->ink, 0.5 * pen->stroke + 0.5 - unit * distance(o, q));
        }
}

/** Draw characters as long as they end before `end`; *x goes on. */
static void draw_characters(const oik_picture_image *image, const oik_picture_pen *pen, double *x, double end, const char *text) {
    unsigned char c;
    while ((c = next_character(&text))) {
        double width = advance(c) * pen->cap_height / CAP_UNITS;
        if (*x + width > end)
            return;
        if (c != ' ') {
            outline o = outline_of(strokes_of(c));
            draw_glyph(image, pen, *x, &o);
        }
        *x += width;
    }
}

void oik_picture_text_draw(const oik_picture_image *image, const oik_picture_pen *pen, const char *text) {
    const double unit = pen->cap_height / CAP_UNITS;
    double x = pen->x;
    if (x + oik_picture_text_width(text, pen->cap_height) <= pen->end) {
        draw_characters(image, pen, &x, INFINITY, text);
        return;
    }
    draw_characters(image, pen, &x, pen->end - 3.0 * unit * advance('.'), text);
    draw_characters(image, pen, &x, INFINITY, "...");
}

void oik_picture_box_draw(const oik_picture_image *image, double x0, double y0, double x1, double y1, const uint8_t ink[3]) {
    for (int j = (int)floor(y0); j < (int)ceil(y1); j++)
        for (int i = (int)floor(x0); i < (int)ceil(x1); i++) {
            double across = fmin(x1, i + 1.0) - fmax(x0, i), along = fmin(y1, j + 1.0) - fmax(y0, j);
            mix(image, i, j, ink, fmax(across, 0.0) * fmax(along, 0.0));
        }
}
