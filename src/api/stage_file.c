/** Results of stages in .npz files (arrays in stage_file.h). */
#include "api/stage_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"

enum { N_COUNTS = 5, N_COSTS = 3 };

/** The numbers of all calls as two arrays. */
typedef struct call_numbers {
    int32_t counts[OIK_MAX_CALLS][N_COUNTS], n;
    double costs[OIK_MAX_CALLS][N_COSTS];
} call_numbers;

static oik_stage_array *call_arrays(oik_stage_array arrays[3], call_numbers *numbers) {
    arrays[0] = (oik_stage_array){"n_calls", NULL, &numbers->n, 1, {1}};
    arrays[1] = (oik_stage_array){"call_counts", NULL, numbers->counts[0], 2, {OIK_MAX_CALLS, N_COUNTS}};
    arrays[2] = (oik_stage_array){"call_costs", numbers->costs[0], NULL, 2, {OIK_MAX_CALLS, N_COSTS}};
    return arrays;
}

/* ------------------------------------------------------------------ writing */

static call_numbers numbers_of(const oik_stage_calls *calls) {
    call_numbers numbers = {.n = calls->n};
    for (int i = 0; i < calls->n && i < OIK_MAX_CALLS; i++) {
        const oik_lsq_report *r = &calls->report[i];
        const int32_t counts[N_COUNTS] = {(int32_t)r->stop, r->n_accepted, r->n_evaluations, r->n_factorisations, r->n_singular};
        const double costs[N_COSTS] = {r->initial_cost, r->final_cost, r->final_gradient};
        memcpy(numbers.counts[i], counts, sizeof counts);
        memcpy(numbers.costs[i], costs, sizeof costs);
    }
    return numbers;
}

static oik_status add_texts(oik_npz_writer *w, const oik_stage_origin *o, oik_error *err) {
    const struct {
        const char *name, *text;
    } texts[] = {{"key", o->key},
                 {"program", oik_version()},
                 {"stage", oik_stage_name(o->stage)},
                 {"method", oik_method_name(o->method)},
                 {"input", o->input},
                 {"model", o->model}};
    oik_status status = OIK_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !status; i++)
        status = oik_npz_add_text(w, texts[i].name, 1, &texts[i].text, err);
    return status;
}

oik_status oik_stage_file_add(oik_npz_writer *w, const oik_stage_array *arrays, int n, oik_error *err) {
    oik_status status = OIK_OK;
    for (int i = 0; i < n && !status; i++) {
        const oik_stage_array *a = &arrays[i];
        status = a->real ? oik_npz_add_f64(w, a->name, "<f8", a->n_dim, a->shape, a->real, err)
                         : oik_npz_add_i32(w, a->name, "<i4", a->n_dim, a->shape, a->whole, err);
        if (status)
            oik_error_prefix(err, "array %s", a->name);
    }
    return status;
}

oik_status oik_stage_file_begin(oik_npz_writer **out, const oik_stage_origin *origin, const oik_stage_calls *calls, oik_error *err) {
    *out = NULL;
    oik_npz_writer *w = NULL;
    oik_stage_array arrays[3];
    call_numbers numbers = numbers_of(calls);
    int32_t more = origin->more_iterations;
    const oik_stage_array more_it = {"more_it", NULL, &more, 1, {1}};
    oik_status status = oik_npz_writer_new(&w, err);
    if (!status)
        status = add_texts(w, origin, err);
    if (!status)
        status = oik_stage_file_add(w, &more_it, 1, err);
    if (!status)
        status = oik_stage_file_add(w, call_arrays(arrays, &numbers), 3, err);
    if (status)
        oik_npz_writer_free(w);
    else
        *out = w;
    return status;
}

/* ------------------------------------------------------------------ reading */

/** What is wrong with a file's content, other than a lack of memory, is its format. */
static oik_status format_error(oik_status status, const char *path, oik_error *err) {
    if (status == OIK_OK || status == OIK_E_MEMORY || status == OIK_E_IO)
        return status;
    if (err && strncmp(err->message, path, strlen(path)) != 0)
        oik_error_prefix(err, "%s", path);
    if (err)
        err->status = OIK_E_FORMAT;
    return OIK_E_FORMAT;
}

/** Is the one string of an array this one? */
static oik_status text_is(bool *same, const oik_npz *npz, const char *name, const char *expected, oik_error *err) {
    size_t n = 0;
    char **text = NULL;
    oik_status status = oik_npz_read_text(npz, name, &n, &text, err);
    *same = !status && n == 1 && strcmp(text[0], expected) == 0;
    free(text);
    return status;
}

/** Equal keys, or what differs. */
static oik_status check_origin(const oik_npz *npz, const oik_stage_origin *o, const char *path, oik_error *err) {
    const struct {
        const char *name, *expected, *sentence;
    } reasons[] = {{"stage", oik_stage_name(o->stage), "it holds the result of another stage"},
                   {"program", oik_version(), "it was made by another version of osso_ik"},
                   {"input", o->input, "it was made from another input"},
                   {"model", o->model, "it was made with another model"},
                   {"method", oik_method_name(o->method), "it was made by the other method (--method)"}};
    bool same;
    oik_status status = text_is(&same, npz, "key", o->key, err);
    if (status || same)
        return status;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        status = text_is(&same, npz, reasons[i].name, reasons[i].expected, err);
        if (status)
            return status;
        if (!same)
            return oik_fail(err, OIK_E_FORMAT, "%s: %s", path, reasons[i].sentence);
    }
    return oik_fail(err, OIK_E_FORMAT, "%s: it was made with other limits (--more_it), or from another result of the stage before", path);
}

static oik_status take_calls(oik_stage_calls *calls, const call_numbers *numbers, const char *path, oik_error *err) {
    bool right = numbers->n >= 0 && numbers->n <= OIK_MAX_CALLS;
    for (int i = 0; right && i < numbers->n; i++) {
        const int32_t *c = numbers->counts[i];
        const double *costs = numbers->costs[i];
        right = c[0] >= 0 && c[0] <= (int32_t)OIK_LSQ_STOP_CALLER;
        calls->report[i] = (oik_lsq_report){.stop = (oik_lsq_stop)c[0], .n_accepted = c[1], .n_evaluations = c[2], .n_factorisations = c[3],
                                            .n_singular = c[4], .initial_cost = costs[0], .final_cost = costs[1],
                                            .final_gradient = costs[2]};
    }
    calls->n = numbers->n;
    return right ? OIK_OK : oik_fail(err, OIK_E_FORMAT, "%s: array call_counts: a number is out of its range", path);
}

oik_status oik_stage_file_read(const oik_npz *npz, const oik_stage_array *arrays, int n, const char *path, oik_error *err) {
    oik_status status = OIK_OK;
    for (int i = 0; i < n && !status; i++) {
        const oik_stage_array *a = &arrays[i];
        size_t shape[OIK_STAGE_ARRAY_DIMS], size = a->real ? sizeof *a->real : sizeof *a->whole;
        double *real = NULL;
        int32_t *whole = NULL;
        memcpy(shape, a->shape, sizeof shape);
        status = a->real ? oik_npz_read_f64(npz, a->name, a->n_dim, shape, &real, err)
                         : oik_npz_read_i32(npz, a->name, a->n_dim, shape, &whole, err);
        for (int d = 0; d < a->n_dim; d++)
            size *= a->shape[d];
        if (!status)
            memcpy(a->real ? (void *)a->real : (void *)a->whole, a->real ? (void *)real : (void *)whole, size);
        free(real);
        free(whole);
    }
    return format_error(status, path, err);
}

oik_status oik_stage_file_open(oik_npz **out, oik_stage_calls *calls, const oik_stage_origin *expected, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = NULL;
    oik_stage_array arrays[3];
    call_numbers numbers;
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = check_origin(npz, expected, path, err);
    if (!status)
        status = oik_stage_file_read(npz, call_arrays(arrays, &numbers), 3, path, err);
    if (!status)
        status = take_calls(calls, &numbers, path, err);
    if (status)
        oik_npz_free(npz);
    else
        *out = npz;
    return format_error(status, path, err);
}
