/** Do the objects of a call belong together (see belong.h)? */
#include "api/belong.h"

#include <string.h>

#include "base/status.h"

static bool is_of(const oik_stage_origin *origin, const oik_model *model) {
    return !origin->model[0] || strncmp(origin->model, model->hash, OIK_HASH_LENGTH) == 0;
}

oik_status oik_check_body(const oik_body *body, const oik_model *model, oik_error *err) {
    if (is_of(&body->origin, model) && body->n_vertices == model->body->n_vertices && body->n_modes == model->body->n_modes)
        return OIK_OK;
    return oik_fail(err, OIK_E_ARGUMENT, "the body was not made with the model \"%.80s\", which it is used with", model->name);
}

oik_status oik_check_skeleton(const oik_skeleton *s, const oik_model *model, oik_error *err) {
    const oik_skel_model *m = model->skeleton;
    if (is_of(&s->origin, model) && s->n_vertices == m->n_vertices && s->puppet->n_parts == m->n_parts &&
        s->puppet->n_modes == m->n_modes && s->kinematics->n_segments == m->n_segments)
        return OIK_OK;
    return oik_fail(err, OIK_E_ARGUMENT, "the skeleton was not made with the model \"%.80s\", which it is used with", model->name);
}

oik_status oik_check_chain(const oik_chain *chain, const oik_kinematics *k, oik_error *err) {
    if (chain->n_segments != k->n_segments)
        return oik_fail(err, OIK_E_ARGUMENT, "the chain has %d segments, the skeleton %d: they do not belong together", chain->n_segments,
                        k->n_segments);
    for (int i = 0; i < chain->n_segments; i++)
        if (strcmp(chain->segment_names[i], k->segments[i].name) != 0 || chain->joints[i].parent != k->joints[i].parent)
            return oik_fail(err, OIK_E_ARGUMENT, "segment %d is %s in the chain, %s in the skeleton: they do not belong together", i,
                            chain->segment_names[i], k->segments[i].name);
    return OIK_OK;
}
