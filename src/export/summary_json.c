/** NAME_summary.json. */
#include "export/summary_json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "export/json_values.h"

#define DEGREES_PER_RADIAN (180.0 / 3.14159265358979323846)

static const char *verdict_of(int level) {
    return level == 0 ? "passed" : level == 1 ? "warning" : "failed";
}

/** What people read: gates in millimetres, per cent and degrees. */
typedef struct display_unit {
    const char *unit, *text;
    double factor;
} display_unit;

static display_unit display_of(const char *unit) {
    static const display_unit units[] = {{"m", " mm", 1000.0}, {"rad", " deg", DEGREES_PER_RADIAN}, {"1", " %", 100.0}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, unit) == 0)
            return units[i];
    return (display_unit){unit, "", 1.0};
}

void oik_gate_sentence(oik_buf *buf, const oik_gate *gate) {
    display_unit d = display_of(gate->unit);
    /* the limit that decided: the hard one when it was passed */
    double limit = gate->level == 2 ? gate->fail : gate->warn;
    oik_buf_printf(buf, "%s: %.2f%s, limit %.2f%s: %s", gate->name, gate->value * d.factor, d.text, limit * d.factor, d.text,
                   verdict_of(gate->level));
}

static json_t *input_object(const oik_summary *s) {
    return json_pack("{s:o, s:s, s:s, s:o, s:b, s:o}", "path", oik_json_of_text(s->input_path), "sha256", s->input_hash, "unit",
                     s->body.unit, "units_per_metre", oik_json_of_number(s->body.units_per_metre), "mirrored", s->body.mirrored,
                     "long_edge_share", oik_json_of_number(s->body.long_edge_share));
}

static json_t *subject_object(const oik_summary *s) {
    json_t *beta = json_array();
    for (size_t k = 0; k < s->body.n_modes; k++)
        json_array_append_new(beta, oik_json_of_number(s->body.beta[k]));
    return json_pack("{s:o, s:o, s:o, s:o}", "stature", oik_json_of_number(s->body.stature), "registration_rms",
                     oik_json_of_number(s->body.rms), "repose_rms", oik_json_of_number(s->body.repose_rms), "shape", beta);
}

static json_t *stages_array(const oik_summary *s) {
    json_t *array = json_array();
    for (int i = 0; i < s->n_stages; i++) {
        const oik_summary_stage *stage = &s->stages[i];
        json_array_append_new(array, json_pack("{s:s, s:i, s:o, s:o, s:s, s:b}", "name", stage->name, "iterations",
                                               stage->n_iterations, "initial_cost", oik_json_of_number(stage->initial_cost),
                                               "final_cost", oik_json_of_number(stage->final_cost), "stop", stage->stop, "cached",
                                               stage->cached));
    }
    return array;
}

static json_t *lengths_object(const oik_summary *s) {
    json_t *object = json_object();
    for (int i = 0; s->kinematics && i < s->kinematics->n_segments; i++)
        if (s->kinematics->segments[i].length > 0.0)
            json_object_set_new(object, s->kinematics->segments[i].name, oik_json_of_number(s->kinematics->segments[i].length));
    return object;
}

static json_t *gate_object(const oik_gate *g) {
    oik_buf sentence = {0};
    oik_gate_sentence(&sentence, g);
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "name", g->name, "unit", g->unit, "value", oik_json_of_number(g->value), "warn",
                  oik_json_of_number(g->warn), "fail", oik_json_of_number(g->fail), "verdict", verdict_of(g->level), "in_words",
                  sentence.data ? sentence.data : "");
    oik_buf_free(&sentence);
    return object;
}

/** Coordinates that are held by their range of motion, and how far beyond it the bones are. */
static json_t *bounds_array(const oik_motion *motion) {
    json_t *array = json_array();
    for (size_t i = 0; motion && i < oik_motion_n_coordinates(motion); i++) {
        oik_coordinate c = oik_motion_coordinate(motion, i);
        if (c.bound == 0)
            continue;
        json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o}", "coordinate", c.name, "bound", c.bound < 0 ? "lower" : "upper",
                                               "value", oik_json_of_number(c.value), "beyond", oik_json_of_number(fabs(c.disagreement))));
    }
    return array;
}

static json_t *quality_object(const oik_summary *s) {
    const oik_quality *q = &s->quality;
    json_t *gates = json_array();
    for (int i = 0; i < q->n_gates; i++)
        json_array_append_new(gates, gate_object(&q->gates[i]));
    return json_pack("{s:s, s:o, s:o}", "verdict", verdict_of(q->level), "gates", gates, "on_bounds", bounds_array(s->motion));
}

static json_t *files_array(const oik_summary *s) {
    json_t *array = json_array();
    for (size_t i = 0; i < s->n_files; i++)
        json_array_append_new(array, oik_json_of_text(s->files[i]));
    return array;
}

static json_t *times_object(const oik_summary *s) {
    json_t *object = json_object();
    for (int i = 0; i < s->n_times; i++)
        json_object_set_new(object, s->times[i].name, oik_json_of_number(s->times[i].seconds));
    json_object_set_new(object, "total", oik_json_of_number(s->seconds));
    return object;
}

static json_t *summary_object(const oik_summary *s) {
    json_t *program = json_pack("{s:s, s:s}", "name", "osso_ik", "version", oik_version());
    json_t *model = json_pack("{s:s, s:s, s:s, s:s}", "name", s->model.name, "gender", s->model.gender, "licence",
                              s->model.licence, "content_hash", s->model.hash);
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", oik_json_of_text(s->name), "program", program,
                     "model", model, "method", s->method, "input", input_object(s), "subject", subject_object(s), "segment_lengths",
                     lengths_object(s), "stages", stages_array(s), "quality", quality_object(s), "files", files_array(s), "times",
                     times_object(s));
}

oik_status oik_summary_json(oik_buf *buf, const oik_summary *summary, bool compact, oik_error *err) {
    size_t layout = compact ? JSON_COMPACT : JSON_INDENT(2);
    if (!oik_json_append(buf, summary_object(summary), layout | JSON_REAL_PRECISION(9)))
        return oik_fail(err, OIK_E_MEMORY, "%s: the summary could not be composed: out of memory or a name that is not UTF-8",
                        summary->name);
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}
