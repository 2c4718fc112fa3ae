/** Summary of a sequence (see sequence_summary_json.h). */
#include "export/sequence_summary_json.h"

#include <jansson.h>
#include <math.h>

#include "base/status.h"
#include "export/json_values.h"
#include "export/summary_json.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

static json_t *input_object(const oik_sequence_summary *s) {
    return json_pack("{s:o, s:i, s:o, s:s, s:o, s:b}", "path", oik_json_of_text(s->input_path), "frames", s->motion->n_frames,
                     "frame_rate", oik_json_of_number(s->fps), "unit", s->body.unit, "units_per_metre",
                     oik_json_of_number(s->body.units_per_metre), "mirrored", s->body.mirrored);
}

static json_t *subject_object(const oik_sequence_summary *s) {
    json_t *beta = json_array();
    for (size_t k = 0; k < s->body.n_modes; k++)
        json_array_append_new(beta, oik_json_of_number(s->body.beta[k]));
    return json_pack("{s:o, s:o}", "stature", oik_json_of_number(s->body.stature), "shape", beta);
}

static double mean_segment_error(const oik_ik_motion *m) {
    double sum = 0.0;
    for (int f = 0; f < m->n_frames; f++)
        sum += m->segment_error[f];
    return sum / m->n_frames;
}

static json_t *solver_object(const oik_ik_motion *m) {
    return json_pack("{s:i, s:b, s:s, s:o, s:o}", "iterations", m->n_iterations, "converged", m->converged, "stop", m->stop,
                     "temporal_weight", oik_json_of_number(m->temporal_weight), "segment_error_deg",
                     oik_json_of_number(mean_segment_error(m) * DEG_PER_RAD));
}

static json_t *gate_object(const oik_gate *worst, const oik_gate *mean) {
    static const char *const verdicts[] = {"passed", "warning", "failed"};
    oik_buf sentence = {0};
    oik_gate_sentence(&sentence, worst);
    json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "name", worst->name, "unit", worst->unit, "worst",
                               oik_json_of_number(worst->value), "mean", oik_json_of_number(mean->value), "warn",
                               oik_json_of_number(worst->warn), "fail", oik_json_of_number(worst->fail), "verdict", verdicts[worst->level],
                               "in_words", sentence.data ? sentence.data : "");
    oik_buf_free(&sentence);
    return object;
}

static json_t *quality_object(const oik_quality *worst, const oik_quality *mean) {
    json_t *gates = json_array();
    for (int i = 0; i < worst->n_gates; i++)
        json_array_append_new(gates, gate_object(&worst->gates[i], &mean->gates[i]));
    return json_pack("{s:s, s:o}", "verdict", worst->level == 0 ? "passed" : worst->level == 1 ? "warning" : "failed", "gates", gates);
}

static json_t *files_array(const oik_sequence_summary *s) {
    json_t *array = json_array();
    for (size_t i = 0; i < s->n_files; i++)
        json_array_append_new(array, oik_json_of_text(s->files[i]));
    return array;
}

static json_t *times_object(const oik_sequence_summary *s) {
    double n = (double)s->motion->n_frames - (double)s->n_resumed;
    return json_pack("{s:o, s:o, s:o, s:o, s:i}", "tracking", oik_json_of_number(s->tracking_seconds), "angles",
                     oik_json_of_number(s->angles_seconds), "total", oik_json_of_number(s->seconds), "frames_per_second",
                     oik_json_of_number(s->seconds > 0.0 ? n / s->seconds : 0.0), "resumed_frames", (int)s->n_resumed);
}

oik_status oik_sequence_summary_json(oik_buf *buf, const oik_sequence_summary *s, bool compact, oik_error *err) {
    json_t *program = json_pack("{s:s, s:s}", "name", "osso_ik", "version", oik_version());
    json_t *model = json_pack("{s:s, s:s, s:s, s:s}", "name", s->model.name, "gender", s->model.gender, "licence", s->model.licence,
                              "content_hash", s->model.hash);
    json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", oik_json_of_text(s->name), "program", program,
                               "model", model, "input", input_object(s), "subject", subject_object(s), "solver", solver_object(s->motion),
                               "quality", quality_object(s->worst, s->mean), "files", files_array(s), "times", times_object(s));
    if (!oik_json_append(buf, object, (compact ? JSON_COMPACT : JSON_INDENT(2)) | JSON_REAL_PRECISION(9)))
        return oik_fail(err, OIK_E_MEMORY, "%s: the summary could not be composed: out of memory or a name that is not UTF-8", s->name);
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}
