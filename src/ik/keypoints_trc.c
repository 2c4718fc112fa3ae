/**
 * OpenSim's marker file .trc: cells separated by tabs.
 *
 *   PathFileType  4  (X/Y/Z)  name of the file
 *   DataRate  CameraRate  NumFrames  NumMarkers  Units ...     names of what the next line says
 *   250.00  250.00  464  40  mm ...
 *   Frame#  Time  name of marker 1  (empty)  (empty)  name of marker 2 ...
 *   (empty)  (empty)  X1  Y1  Z1  X2 ...
 *   1  0.000  x  y  z ...                                      one line per frame; empty lines are skipped
 *
 * Source: OpenSim documentation, "Marker (.trc) Files".
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/status.h"
#include "ik/keypoints_read.h"

enum { FIRST_CELLS = 2 }; /* number and time of the frame stand before the markers */

typedef struct trc {
    const oik_keypoints_source *in;
    oik_lines lines;
    double rate, metres; /**< frames per second (0: unknown), length of the unit [m] */
    int64_t n_frames, n_markers;
    oik_span names;      /**< line of the markers' names */
    oik_lines body;      /**< before the first frame */
} trc;

/** Next cell of a line, without the blanks around it. @return 0 behind the last one; line->p is then NULL */
static int next_cell(oik_span *line, oik_span *cell) {
    if (!line->p)
        return 0;
    const char *tab = line->p;
    while (tab < line->end && *tab != '\t')
        tab++;
    *cell = (oik_span){line->p, tab};
    line->p = tab < line->end ? tab + 1 : NULL;
    while (cell->p < cell->end && *cell->p == ' ')
        cell->p++;
    while (cell->end > cell->p && cell->end[-1] == ' ')
        cell->end--;
    return 1;
}

static int is_empty(oik_span cell) {
    return cell.p == cell.end;
}

static int same_word(oik_span cell, const char *word) {
    size_t n = strlen(word);
    return (size_t)(cell.end - cell.p) == n && strncasecmp(cell.p, word, n) == 0;
}

static oik_status need_line(oik_span *line, trc *t, const char *what, oik_error *err) {
    if (oik_lines_next(&t->lines, line))
        return OIK_OK;
    t->lines.number++;
    return oik_fail(err, OIK_E_FORMAT, "expected %s, found the end of the file", what);
}

static oik_status read_count(int64_t *count, oik_span cell, const char *what, oik_error *err) {
    char shown[OIK_SHOWN_LENGTH];
    size_t used = oik_integer_parse(count, cell.p, cell.end);
    if (used == 0 || cell.p + used != cell.end || *count < 1)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a count of at least 1, found '%s'", what, oik_span_show(shown, cell));
    return OIK_OK;
}

static oik_status read_unit(double *metres, oik_span cell, oik_error *err) {
    static const struct {
        const char *name;
        double metres;
    } units[] = {{"mm", 1e-3}, {"cm", 1e-2}, {"m", 1.0}, {"meters", 1.0}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (same_word(cell, units[i].name)) {
            *metres = units[i].metres;
            return OIK_OK;
        }
    char shown[OIK_SHOWN_LENGTH];
    return oik_fail(err, OIK_E_FORMAT, "Units: expected mm, cm or m, found '%s'", oik_span_show(shown, cell));
}

static oik_status read_value(trc *t, oik_span key, oik_span cell, oik_error *err) {
    if (same_word(key, "NumFrames"))
        return read_count(&t->n_frames, cell, "NumFrames", err);
    if (same_word(key, "NumMarkers"))
        return read_count(&t->n_markers, cell, "NumMarkers", err);
    if (same_word(key, "Units"))
        return read_unit(&t->metres, cell, err);
    if (!same_word(key, "DataRate"))
        return OIK_OK;
    oik_status status = oik_keypoints_number(&t->rate, cell, err);
    if (status)
        oik_error_prefix(err, "DataRate");
    else if (t->rate != 0.0 && !oik_keypoints_rate_is_usual(t->rate))
        status = oik_fail(err, OIK_E_FORMAT, "DataRate: expected 0.001 to 1000000 frames per second, found %g", t->rate);
    return status;
}

/** The line of names and the line of values below it. */
static oik_status read_values(trc *t, oik_error *err) {
    oik_span keys, values, key, value;
    oik_status status = need_line(&keys, t, "the line DataRate, CameraRate, NumFrames ...", err);
    if (!status)
        status = need_line(&values, t, "the values of DataRate, CameraRate, NumFrames ...", err);
    while (!status && next_cell(&keys, &key) && next_cell(&values, &value))
        status = read_value(t, key, value, err);
    if (!status && (t->n_frames == 0 || t->n_markers == 0 || t->metres <= 0.0))
        status = oik_fail(err, OIK_E_FORMAT, "expected values of NumFrames, NumMarkers and Units, found none of %s",
                          t->n_frames == 0    ? "NumFrames"
                          : t->n_markers == 0 ? "NumMarkers"
                                              : "Units");
    return status;
}

/** Line of the markers' names: Frame#, Time, then one name per marker with any number of empty cells between. */
static oik_status read_names_line(trc *t, oik_error *err) {
    oik_span line, cell;
    int64_t n_names = 0;
    oik_status status = need_line(&line, t, "the line Frame#, Time and the markers' names", err);
    if (status)
        return status;
    t->names = line;
    for (int i = 0; next_cell(&line, &cell); i++)
        n_names += i >= FIRST_CELLS && !is_empty(cell);
    if (n_names != t->n_markers)
        return oik_fail(err, OIK_E_FORMAT, "NumMarkers is %lld, found the names of %lld", (long long)t->n_markers, (long long)n_names);
    return need_line(&line, t, "the line X1, Y1, Z1 ...", err);
}

static oik_status read_header(trc *t, oik_error *err) {
    oik_span line, word;
    char shown[OIK_SHOWN_LENGTH];
    oik_status status = need_line(&line, t, "PathFileType", err);
    if (!status && (!oik_span_word(&line, &word) || !same_word(word, "PathFileType")))
        status = oik_fail(err, OIK_E_FORMAT, "expected PathFileType, found '%s'", oik_span_show(shown, word));
    if (!status)
        status = read_values(t, err);
    if (!status)
        status = read_names_line(t, err);
    t->body = t->lines;
    return status;
}

/** Next line with anything on it but blanks. */
static int next_frame(trc *t, oik_span *line) {
    while (oik_lines_next(&t->lines, line)) {
        oik_span rest = *line, word;
        if (oik_span_word(&rest, &word))
            return 1;
    }
    return 0;
}

/** As many cells as the header promises; what follows them is empty. */
static oik_status check_frame(const trc *t, oik_span line, oik_error *err) {
    char shown[OIK_SHOWN_LENGTH];
    oik_span cell;
    int64_t n = 0, expected = FIRST_CELLS + 3 * t->n_markers;
    for (; next_cell(&line, &cell); n++)
        if (n >= expected && !is_empty(cell))
            return oik_fail(err, OIK_E_FORMAT, "expected %lld cells for %lld markers, found one more: '%s'", (long long)expected,
                            (long long)t->n_markers, oik_span_show(shown, cell));
    if (n < expected)
        return oik_fail(err, OIK_E_FORMAT, "expected %lld cells for %lld markers, separated by tabs, found %lld", (long long)expected,
                        (long long)t->n_markers, (long long)n);
    return OIK_OK;
}

/** Check all frames before room is made for them, so that a header cannot ask for more than the file holds. */
static oik_status check_frames(trc *t, oik_error *err) {
    oik_span line;
    int64_t n = 0;
    oik_status status = OIK_OK;
    for (; !status && next_frame(t, &line); n++)
        status = check_frame(t, line, err);
    if (!status && n != t->n_frames)
        status = oik_fail(err, OIK_E_FORMAT, "NumFrames is %lld, the number of frames found is %lld", (long long)t->n_frames, (long long)n);
    return status;
}

/** A cell as a number; NaN when it is empty. */
static oik_status read_cell(double *value, oik_span *line, oik_error *err) {
    oik_span cell;
    *value = (double)NAN;
    if (!next_cell(line, &cell) || is_empty(cell))
        return OIK_OK;
    return oik_keypoints_number(value, cell, err);
}

/** One marker in one frame: three cells. A cell that is empty or NaN makes the marker missing. */
static oik_status read_marker(oik_keypoints *k, size_t i, const trc *t, oik_span *line, oik_error *err) {
    double v[3];
    oik_status status = OIK_OK;
    for (int c = 0; !status && c < 3; c++)
        status = read_cell(&v[c], line, err);
    if (status)
        return status;
    if (isinf(v[0]) || isinf(v[1]) || isinf(v[2]))
        return oik_fail(err, OIK_E_NOT_FINITE, "expected finite numbers, found an infinite one");
    if (isnan(v[0]) || isnan(v[1]) || isnan(v[2]))
        return OIK_OK;
    k->x[i] = v3_scale(v3(v[0], v[1], v[2]), t->metres);
    k->confidence[i] = 1.0;
    return OIK_OK;
}

static oik_status read_frame(oik_keypoints *k, int f, const trc *t, oik_span line, oik_error *err) {
    oik_span cell;
    next_cell(&line, &cell); /* number of the frame: frames count in the order of the file */
    oik_status status = read_cell(&k->time[f], &line, err);
    if (status) {
        oik_error_prefix(err, "Time");
        return status;
    }
    for (int m = 0; m < k->n_points; m++) {
        status = read_marker(k, (size_t)f * (size_t)k->n_points + (size_t)m, t, &line, err);
        if (status) {
            oik_error_prefix(err, "marker %s", k->names[m]);
            return status;
        }
    }
    return OIK_OK;
}

static void copy_names(oik_keypoints *k, oik_span line) {
    oik_span cell;
    int m = 0;
    for (int i = 0; next_cell(&line, &cell); i++)
        if (i >= FIRST_CELLS && !is_empty(cell))
            oik_keypoints_set_name(k, m++, cell.p, (size_t)(cell.end - cell.p));
}

/** The caller's rate; else the column of times if it ascends; else DataRate; else the default. */
static void set_times(oik_keypoints *k, const trc *t) {
    bool ascends = isfinite(k->time[0]);
    for (int f = 1; f < k->n_frames; f++)
        ascends = ascends && isfinite(k->time[f]) && k->time[f] > k->time[f - 1];
    if (t->in->fps > 0.0 || !ascends)
        oik_keypoints_set_rate(k, t->in->fps > 0.0 ? t->in->fps : t->rate > 0.0 ? t->rate : OIK_DEFAULT_FPS);
}

static oik_status read_body(oik_keypoints **out, trc *t, oik_error *err) {
    oik_keypoints *k;
    oik_span line;
    oik_status status = oik_keypoints_new(&k, (size_t)t->n_frames, (size_t)t->n_markers, t->in->path, err);
    if (status)
        return status;
    copy_names(k, t->names);
    t->lines = t->body;
    for (int f = 0; !status && next_frame(t, &line); f++)
        status = read_frame(k, f, t, line, err);
    if (status) {
        oik_error_prefix(err, "%s: line %zu", t->in->path, t->lines.number);
        oik_keypoints_free(k);
        return status;
    }
    set_times(k, t);
    *out = k;
    return OIK_OK;
}

oik_status oik_keypoints_read_trc(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err) {
    *out = NULL;
    trc t = {.in = in, .lines = {(const char *)in->data, (const char *)in->data + in->size, 0}};
    oik_status status = read_header(&t, err);
    if (!status)
        status = check_frames(&t, err);
    if (status) {
        oik_error_prefix(err, "%s: line %zu", in->path, t.lines.number);
        return status;
    }
    return read_body(out, &t, err);
}
