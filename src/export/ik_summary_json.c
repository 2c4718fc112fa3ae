/** Summary of inverse kinematics from keypoints (see ik_summary_json.h). */
#include "export/ik_summary_json.h"

#include <jansson.h>

#include "base/status.h"
#include "export/json_values.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

static json_t *text_array(const char *const *texts, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, oik_json_of_text(texts[i]));
    return array;
}

static json_t *keypoints_object(const oik_matched_keypoints *m) {
    static const char *const lengths[] = {
        [OIK_LENGTHS_MEASURED] = "measured", [OIK_LENGTHS_SCALED] = "scaled", [OIK_LENGTHS_ADAPTED] = "adapted"};
    return json_pack("{s:i, s:i, s:o, s:o, s:s, s:o}", "matched", m->markers->n_markers, "dropped_pairs", m->report.n_dropped, "scale",
                     oik_json_of_number(m->report.scale), "length_mismatch", oik_json_of_number(m->report.length_mismatch), "lengths",
                     lengths[m->lengths], "noise_m", oik_json_of_number(m->noise));
}

static json_t *solver_object(const oik_ik_summary *s) {
    const oik_ik_motion *m = s->motion;
    return json_pack("{s:s, s:i, s:b, s:s, s:o, s:o, s:o}", "name", s->solver, "iterations", m->n_iterations, "converged", m->converged,
                     "stop", m->stop, "temporal_weight", oik_json_of_number(m->temporal_weight), "noise_m", oik_json_of_number(m->noise),
                     "cutoff_hz", m->cutoff_hz > 0.0 ? json_real(m->cutoff_hz) : json_null());
}

/** Root mean square over the frames where there is something, and the worst of them. */
static json_t *error_object(const double *errors, int n_frames, double unit) {
    double sum = 0.0, largest = 0.0;
    int n = 0, worst = -1;
    for (int f = 0; f < n_frames; f++) {
        if (isnan(errors[f]))
            continue;
        sum += errors[f] * errors[f];
        n++;
        if (worst < 0 || errors[f] > largest) {
            largest = errors[f];
            worst = f;
        }
    }
    if (n == 0)
        return json_null();
    return json_pack("{s:o, s:o, s:i}", "rms", oik_json_of_number(sqrt(sum / n) * unit), "largest", oik_json_of_number(largest * unit),
                     "worst_frame", worst);
}

static json_t *residuals_object(const oik_ik_motion *m) {
    return json_pack("{s:o, s:o}", "position_m", error_object(m->position_error, m->n_frames, 1.0), "link_deg",
                     error_object(m->link_error, m->n_frames, DEG_PER_RAD));
}

/** Share of the frames in which each coordinate sat on a bound; those that never did are left out. */
static json_t *bounds_object(const oik_ik_motion *m) {
    json_t *object = json_object();
    for (int d = 0; d < m->chain->n_dofs; d++) {
        int n = 0;
        for (int f = 0; f < m->n_frames; f++)
            n += m->bound[(size_t)f * (size_t)m->chain->n_dofs + (size_t)d] != OIK_BOUND_NONE;
        if (n > 0)
            json_object_set_new(object, m->chain->dofs[d].name, oik_json_of_number((double)n / m->n_frames));
    }
    return object;
}

static json_t *summary_object(const oik_ik_summary *s) {
    int last = s->motion->n_frames - 1;
    json_t *program = json_pack("{s:s, s:s}", "name", "osso_ik", "version", oik_version());
    json_t *input = json_pack("{s:o, s:o}", "chain", oik_json_of_text(s->chain_path), "motion", oik_json_of_text(s->motion_path));
    json_t *times = json_pack("{s:o, s:o}", "solve", oik_json_of_number(s->solve_seconds), "total", oik_json_of_number(s->seconds));
    return json_pack("{s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", oik_json_of_text(s->name), "program", program,
                     "input", input, "frames", s->motion->n_frames, "duration",
                     oik_json_of_number(s->motion->time[last] - s->motion->time[0]), "keypoints", keypoints_object(s->matched), "solver",
                     solver_object(s), "residuals", residuals_object(s->motion), "on_bounds", bounds_object(s->motion), "messages",
                     text_array(s->messages, s->n_messages), "files", text_array(s->files, s->n_files), "times", times);
}

oik_status oik_ik_summary_json(oik_buf *buf, const oik_ik_summary *summary, oik_error *err) {
    if (!oik_json_append(buf, summary_object(summary), JSON_COMPACT | JSON_REAL_PRECISION(9)))
        return oik_fail(err, OIK_E_MEMORY, "%s: the summary could not be composed: out of memory or a name that is not UTF-8",
                        summary->name);
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}
