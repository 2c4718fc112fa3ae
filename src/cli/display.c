/** What is done with the steps of optimisation (see display.h). */
#include "cli/display.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/status.h"
#include "cli/rig_outputs.h"

struct oik_display {
    oik_log *log;
    const char *path;
    bool record;
    size_t n_skin, n_modes;
    size_t n_steps, room;
    oik_step *steps; /**< their arrays are the display's */
    oik_status status;
};

oik_status oik_display_new(oik_display **out, const oik_model *model, const char *path, bool record, oik_log *log, oik_error *err) {
    *out = oik_new(1, sizeof **out, err);
    if (!*out)
        return OIK_E_MEMORY;
    **out = (oik_display){
        .log = log, .path = path, .record = record, .n_skin = model->body->n_vertices, .n_modes = model->skeleton->n_modes};
    return OIK_OK;
}

static void free_step(const oik_step *step) {
    free((void *)(uintptr_t)step->skin);
    free((void *)(uintptr_t)step->part_R);
    free((void *)(uintptr_t)step->part_t);
    free((void *)(uintptr_t)step->shape);
}

void oik_display_free(oik_display *d) {
    if (!d)
        return;
    for (size_t i = 0; i < d->n_steps; i++)
        free_step(&d->steps[i]);
    free(d->steps);
    free(d);
}

/* ------------------------------------------------------------------ recording */

/** A copy of n doubles, or NULL; sets *failed when memory is short. */
static void *copy(const double *from, size_t n, bool *failed) {
    double *to = from ? oik_new(n, sizeof *to, NULL) : NULL;
    if (to)
        memcpy(to, from, n * sizeof *to);
    *failed |= from && !to;
    return to;
}

static oik_status make_room(oik_display *d) {
    if (d->n_steps < d->room)
        return OIK_OK;
    size_t room = d->room ? 2 * d->room : 64;
    oik_step *steps = oik_resize(d->steps, room, sizeof *steps, NULL);
    if (!steps)
        return OIK_E_MEMORY;
    d->steps = steps;
    d->room = room;
    return OIK_OK;
}

static void record(oik_display *d, const oik_step *step) {
    bool failed = false;
    d->status = make_room(d);
    if (d->status)
        return;
    oik_step *s = &d->steps[d->n_steps++];
    *s = *step;
    s->skin = copy(step->skin, 3 * d->n_skin, &failed);
    s->part_R = copy(step->part_R, 9 * step->n_parts, &failed);
    s->part_t = copy(step->part_t, 3 * step->n_parts, &failed);
    s->shape = copy(step->shape, d->n_modes, &failed);
    d->status = failed ? OIK_E_MEMORY : OIK_OK;
}

int oik_display_step(void *context, const oik_step *step) {
    oik_display *d = context;
    oik_log_write(d->log, OIK_LOG_DEBUG, "%s: %s: step %d: %.6e", d->path, step->stage, step->iteration, step->cost);
    if (d->record && !d->status)
        record(d, step);
    return d->status != OIK_OK;
}

oik_status oik_display_status(const oik_display *d, oik_error *err) {
    if (!d->status)
        return OIK_OK;
    return oik_fail(err, d->status, "%s: %s: the steps of optimisation could not be kept", d->path, oik_status_sentence(d->status));
}

/* ------------------------------------------------------------------ the report */

oik_status oik_display_write(const oik_display *d, const oik_results *r, const char *path, oik_error *err) {
    oik_report_input input = {.name = r->name,
                                    .input_path = r->input_path,
                                    .model = r->model,
                                    .body = r->body,
                                    .posed = r->sequence ? NULL : r->posed,
                                    .motion = r->motion,
                                    .rig = r->over_time ? r->rigs->rigs[OIK_RIG_FULL] : NULL, /* every segment plays */
                                    .quality = r->sequence ? r->sequence->worst : &r->summary->quality,
                                    .mean = r->sequence ? r->sequence->mean : NULL,
                                    .n_steps = d ? d->n_steps : 0,
                                    .steps = d ? d->steps : NULL};
    if (!r->over_time) /* else it is that of the motion, whose rig stands upright already */
        memcpy(input.up, r->up, sizeof input.up);
    return oik_write_report(&input, path, err);
}

/* ------------------------------------------------------------------ the browser */

extern char **environ;

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && *value;
}

/** Start "xdg-open path" in a group of its own, so that Ctrl-C here does not end the browser. */
static bool start_browser(const char *path) {
    char program[] = "xdg-open", *argv[] = {program, (char *)(uintptr_t)path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return false;
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    int failed = posix_spawnp(&pid, program, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed == 0;
}

void oik_display_open(const char *path, oik_log *log) {
    if ((is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")) && start_browser(path))
        oik_log_write(log, OIK_LOG_INFO, "%s is opened in the browser", path);
    else
        oik_log_write(log, OIK_LOG_INFO, "open %s in a browser", path);
}
