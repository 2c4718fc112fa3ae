/** What a user should know about keypoints and their motion (see ik_findings.h). */
#include "cli/ik_findings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/status.h"
#include "base/text.h"

/** A longer gap cannot be bridged reliably: half a step of a walk [s]. */
static const double LONG_GAP = 1.0;
/** Lengths that differ more than those of grown people do, or a size that none of them has: perhaps another unit, other keypoints. */
static const double STRANGE_MISMATCH = 0.2, STRANGE_SCALE = 1.5;
/** An error larger than keypoint detectors and soft tissue make [m], or than so many standard deviations of measured noise. */
static const double LARGE_ERROR = 0.05, LARGE_DEVIATION = 4.0;
/** Share of the frames. */
static const double OFTEN = 0.5;

enum { MOST_NAMES = 4 }; /* named in a sentence */

/** Names in a sentence, and how many more there are. */
typedef struct name_list {
    oik_buf text;
    int n;
} name_list;

static void add_name(name_list *list, const char *name) {
    if (list->n < MOST_NAMES)
        oik_buf_printf(&list->text, "%s%s", list->n ? ", " : "", name);
    list->n++;
}

static const char *names(name_list *list) {
    if (list->n > MOST_NAMES)
        oik_buf_printf(&list->text, " and %d more", list->n - MOST_NAMES);
    return list->text.data ? list->text.data : "";
}

/** The buffer's text becomes a finding; the buffer is empty afterwards. */
static oik_status add(oik_ik_findings *out, oik_log_level level, oik_buf *text, oik_error *err) {
    oik_status status = text->status;
    if (status)
        oik_fail(err, status, "%s", oik_status_sentence(status));
    else if (text->size > 0 && out->n < OIK_MAX_FINDINGS) {
        out->list[out->n++] = (oik_finding){level, text->data};
        *text = (oik_buf){0};
    }
    oik_buf_free(text);
    return status;
}

/* ------------------------------------------------------------------ matching */

static oik_status find_dropped(oik_ik_findings *out, const oik_matched_keypoints *m, oik_error *err) {
    oik_buf text = {0};
    if (m->report.n_dropped > 0)
        oik_buf_printf(&text, "%d of the chain's %d pairs of joints and keypoints left out: others fit the measured distances better",
                       m->report.n_dropped, m->file->n_pairs);
    return add(out, OIK_LOG_WARNING, &text, err);
}

static oik_status find_mismatch(oik_ik_findings *out, const oik_matched_keypoints *m, oik_error *err) {
    oik_buf text = {0};
    const double percent = 100.0, scale = m->report.scale;
    bool strange = m->report.length_mismatch > STRANGE_MISMATCH || scale > STRANGE_SCALE || scale < 1.0 / STRANGE_SCALE;
    const char *check = strange ? "; please check that keypoints, their unit and the chain belong together" : "";
    if (m->lengths == OIK_LENGTHS_SCALED)
        oik_buf_printf(&text, "measured lengths are %.4g times the chain's: positions are divided by that%s", scale, check);
    else if (m->lengths == OIK_LENGTHS_ADAPTED)
        oik_buf_printf(&text, "measured lengths are %.4g times the chain's and differ by another %.1f %%: lengths are the chain's, "
                              "directions those of the keypoints%s",
                       scale, percent * m->report.length_mismatch, check);
    return add(out, strange ? OIK_LOG_WARNING : OIK_LOG_INFO, &text, err);
}

/* ------------------------------------------------------------------ gaps */

/** Longest time without a marker [s], and the first frame of that gap; all of the motion when it is never seen. */
typedef struct gap {
    double seconds;
    int first;
    bool never_seen;
} gap;

static gap longest_gap(const oik_measurement *m, int marker) {
    gap worst = {.never_seen = true};
    int seen = -1; /* the last frame that shows it */
    for (int f = 0; f <= m->n_frames; f++) {
        bool end = f == m->n_frames;
        if (!end && !(m->weight[(size_t)f * (size_t)m->markers->n_markers + (size_t)marker] > 0.0))
            continue;
        double seconds = m->time[end ? f - 1 : f] - m->time[seen < 0 ? 0 : seen];
        if (f - seen > 1 && seconds > worst.seconds) {
            worst.seconds = seconds;
            worst.first = seen + 1;
        }
        worst.never_seen = worst.never_seen && end;
        seen = f;
    }
    return worst;
}

static oik_status find_gaps(oik_ik_findings *out, const oik_keypoints *keypoints, const oik_matched_keypoints *m, oik_error *err) {
    name_list never = {0}, long_gaps = {0};
    oik_buf text = {0};
    for (int i = 0; i < m->markers->n_markers; i++) {
        const char *name = keypoints->names[m->markers->markers[i].keypoint];
        gap g = longest_gap(&m->measurement, i);
        char with_time[OIK_NAME_LENGTH + 64];
        snprintf(with_time, sizeof with_time, "%s (%.2f s from frame %d on)", name, g.seconds, g.first);
        if (g.never_seen)
            add_name(&never, name);
        else if (g.seconds > LONG_GAP)
            add_name(&long_gaps, with_time);
    }
    if (never.n)
        oik_buf_printf(&text, "keypoints that are never seen: %s", names(&never));
    oik_status status = add(out, OIK_LOG_WARNING, &text, err);
    if (!status && long_gaps.n)
        oik_buf_printf(&text, "gaps of more than %g s, in which the motion is a guess: %s", LONG_GAP, names(&long_gaps));
    if (!status)
        status = add(out, OIK_LOG_WARNING, &text, err);
    oik_buf_free(&never.text);
    oik_buf_free(&long_gaps.text);
    return status;
}

/* ------------------------------------------------------------------ motion */

static oik_status find_errors(oik_ik_findings *out, const oik_ik_motion *motion, oik_error *err) {
    const double mm = 1e3, axes = sqrt(3.0);
    double limit = isfinite(motion->noise) ? fmax(LARGE_ERROR, LARGE_DEVIATION * axes * motion->noise) : LARGE_ERROR, largest = 0.0;
    int n = 0, worst = 0;
    oik_buf text = {0};
    for (int f = 0; f < motion->n_frames; f++) {
        n += motion->position_error[f] > limit;
        if (motion->position_error[f] > largest) {
            largest = motion->position_error[f];
            worst = f;
        }
    }
    if (n)
        oik_buf_printf(&text, "more than %.0f mm off the keypoints (root mean square) in %d of %d frame%s, most in frame %d, by %.0f mm",
                       mm * limit, n, motion->n_frames, oik_plural((size_t)motion->n_frames), worst, mm * largest);
    return add(out, OIK_LOG_WARNING, &text, err);
}

static oik_status find_bounds(oik_ik_findings *out, const oik_ik_motion *motion, oik_error *err) {
    const oik_chain *chain = motion->chain;
    name_list list = {0};
    oik_buf text = {0};
    for (int d = 0; d < chain->n_dofs; d++) {
        int n = 0;
        for (int f = 0; f < motion->n_frames; f++)
            n += motion->bound[(size_t)f * (size_t)chain->n_dofs + (size_t)d] != OIK_BOUND_NONE;
        if (n > OFTEN * motion->n_frames)
            add_name(&list, chain->dofs[d].name);
    }
    if (list.n)
        oik_buf_printf(&text, "on a bound of their range of motion in more than half of the frames: %s", names(&list));
    oik_buf_free(&list.text);
    return add(out, OIK_LOG_WARNING, &text, err);
}

oik_status oik_ik_findings_collect(oik_ik_findings *out, const oik_keypoints *keypoints, const oik_matched_keypoints *matched,
                                   const oik_ik_motion *motion, oik_error *err) {
    *out = (oik_ik_findings){0};
    oik_status status = find_dropped(out, matched, err);
    if (!status)
        status = find_mismatch(out, matched, err);
    if (!status)
        status = find_gaps(out, keypoints, matched, err);
    if (!status && motion)
        status = find_errors(out, motion, err);
    if (!status && motion)
        status = find_bounds(out, motion, err);
    return status;
}

void oik_ik_findings_clear(oik_ik_findings *findings) {
    for (int i = 0; i < findings->n; i++)
        free(findings->list[i].text);
    findings->n = 0;
}
