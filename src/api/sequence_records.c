/** What is kept of a sequence, as rows of bytes (see sequence.h). */
#include <string.h>

#include "api/sequence.h"
#include "base/status.h"

/** Some memory of the sequence that a row has a copy of. */
typedef struct piece {
    void *memory;
    size_t size;
} piece;

enum { FRAME_PIECES = 6, STATE_PIECES = 3 };

static size_t total_size(const piece *pieces, int n) {
    size_t size = 0;
    for (int i = 0; i < n; i++)
        size += pieces[i].size;
    return size;
}

static void copy_out(uint8_t *row, const piece *pieces, int n) {
    for (int i = 0; i < n; row += pieces[i].size, i++)
        memcpy(row, pieces[i].memory, pieces[i].size);
}

static void copy_in(const piece *pieces, int n, const uint8_t *row) {
    for (int i = 0; i < n; row += pieces[i].size, i++)
        memcpy(pieces[i].memory, row, pieces[i].size);
}

/* ------------------------------------------------------------------ frames */

static void pieces_of_frame(piece p[FRAME_PIECES], const oik_sequence *s, size_t frame) {
    size_t n = (size_t)s->n_segments, n_parts = (size_t)s->model->skeleton->n_parts;
    p[0] = (piece){s->time + frame, sizeof *s->time};
    p[1] = (piece){s->frames + frame, sizeof *s->frames};
    p[2] = (piece){s->R + frame * n, n * sizeof *s->R};
    p[3] = (piece){s->centre + frame * n, n * sizeof *s->centre};
    p[4] = (piece){s->part_r + frame * n_parts, n_parts * sizeof *s->part_r};
    p[5] = (piece){s->part_t + frame * n_parts, n_parts * sizeof *s->part_t};
}

size_t oik_sequence_record_size(const oik_sequence *s) {
    size_t n = (size_t)s->n_segments, n_parts = (size_t)s->model->skeleton->n_parts;
    return sizeof *s->time + sizeof *s->frames + n * (sizeof *s->R + sizeof *s->centre) + n_parts * (sizeof *s->part_r + sizeof *s->part_t);
}

void oik_sequence_get_record(uint8_t *record, const oik_sequence *s, size_t frame) {
    piece pieces[FRAME_PIECES];
    pieces_of_frame(pieces, s, frame);
    copy_out(record, pieces, FRAME_PIECES);
}

oik_status oik_sequence_put_record(oik_sequence *s, const uint8_t *record, oik_error *err) {
    piece pieces[FRAME_PIECES];
    oik_status status = oik_sequence_make_room(s, err);
    if (status)
        return status;
    pieces_of_frame(pieces, s, s->n_frames++);
    copy_in(pieces, FRAME_PIECES, record);
    return OIK_OK;
}

/* ------------------------------------------------------------------ state of tracking */

/** But for the bones, whose number is the model's. */
typedef struct fixed_state {
    oik_body_track_state body;
    oik_body_frames frames;
} fixed_state;

static void pieces_of_state(piece p[STATE_PIECES], fixed_state *fixed, const oik_sequence *s) {
    const oik_puppet *puppet = s->posed->puppet;
    size_t n = (size_t)puppet->n_parts;
    p[0] = (piece){fixed, sizeof *fixed};
    p[1] = (piece){puppet->R, n * sizeof *puppet->R};
    p[2] = (piece){puppet->t, n * sizeof *puppet->t};
}

size_t oik_sequence_state_size(const oik_sequence *s) {
    piece pieces[STATE_PIECES];
    pieces_of_state(pieces, NULL, s);
    return sizeof(fixed_state) + total_size(pieces + 1, STATE_PIECES - 1);
}

void oik_sequence_get_state(uint8_t *state, const oik_sequence *s) {
    fixed_state fixed;
    piece pieces[STATE_PIECES];
    memset(&fixed, 0, sizeof fixed); /* padding too */
    if (s->bodies)
        fixed.body = oik_body_track_get_state(s->bodies);
    fixed.frames = s->last_frames;
    pieces_of_state(pieces, &fixed, s);
    copy_out(state, pieces, STATE_PIECES);
}

void oik_sequence_set_state(oik_sequence *s, const uint8_t *state) {
    fixed_state fixed;
    piece pieces[STATE_PIECES];
    pieces_of_state(pieces, &fixed, s);
    copy_in(pieces, STATE_PIECES, state);
    s->last_frames = fixed.frames;
    if (s->bodies)
        oik_body_track_set_state(s->bodies, &fixed.body);
}
