/** Names that rigs and their files have (see rig.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rig/rig.h"

void oik_rig_plain_name(char *out, size_t size, const char *name) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t n = strnlen(name, size - 1);
    memmove(out, name, n);
    out[n] = '\0';
    for (char *c = out + strspn(out, allowed); *c; c += strspn(c, allowed))
        *c = '_';
}

/** A bone's name, and no other's among those before it, even where the case of letters does not count. */
static void name_bone(char (*names)[OIK_NAME_LENGTH], int i, const char *name) {
    enum { ROOM_FOR_NUMBER = 11 }; /* _ and an unsigned int */
    char base[OIK_NAME_LENGTH];
    oik_rig_plain_name(base, sizeof base, name[0] ? name : "bone");
    snprintf(names[i], sizeof names[i], "%s", base);
    unsigned number = 2;
    for (int other = 0; other < i;) {
        if (strcasecmp(names[i], names[other++]) != 0)
            continue;
        snprintf(names[i], sizeof names[i], "%.*s_%u", OIK_NAME_LENGTH - 1 - ROOM_FOR_NUMBER, base, number++);
        other = 0;
    }
}

oik_status oik_rig_bone_names(char (**out)[OIK_NAME_LENGTH], const oik_skel_model *model, oik_error *err) {
    size_t n = (size_t)model->n_bones;
    char(*names)[OIK_NAME_LENGTH] = oik_new(n, sizeof *names, err);
    bool *there = oik_new(n, sizeof *there, err);
    *out = NULL;
    if (!names || !there) {
        free(names);
        free(there);
        return OIK_E_MEMORY;
    }
    for (size_t v = 0; v < model->n_vertices; v++)
        there[model->vertex_bone[v]] = true;
    for (int i = 0; i < model->n_bones; i++)
        if (there[i])
            name_bone(names, i, model->bone_names[i]);
    free(there);
    *out = names;
    return OIK_OK;
}
