/** Chain files: opening, and telling the three formats apart (see chain_load.h). */
#include "ik/chain_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "ik/chain_load_rows.h"
#include "ik/h36m_chain.h"
#include "ik/posture.h"

void oik_chain_file_free(oik_chain_file *file) {
    if (!file)
        return;
    oik_chain_free(file->chain);
    free(file->q_rest);
    free(file->pairs);
    oik_markers_free(file->markers);
    free(file);
}

/** Names of the chains of a collection, as many as fit. @return out */
static const char *list_names(char *out, size_t size, const json_t *chains) {
    const char *key;
    json_t *value;
    size_t used = 0;
    out[0] = '\0';
    json_object_foreach((json_t *)(uintptr_t)chains, key, value) {
        int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "", key);
        if (n < 0 || (size_t)n >= size - used)
            break;
        used += (size_t)n;
    }
    out[used] = '\0';
    return out;
}

/** The chain of a collection that name asks for; NULL: the only one. */
static oik_status choose_chain(const json_t **out, const json_t *chains, const char *name, oik_error *err) {
    char names[OIK_ERROR_LENGTH / 2];
    if (!json_is_object(chains))
        return oik_fail(err, OIK_E_FORMAT, "chains: expected an object, found %s", oik_json_kind(chains));
    if (!name && json_object_size(chains) != 1)
        return oik_fail(err, OIK_E_FORMAT, "expected the name of one of its %zu chains: %s", json_object_size(chains),
                        list_names(names, sizeof names, chains));
    *out = name ? json_object_get(chains, name) : json_object_iter_value(json_object_iter((json_t *)(uintptr_t)chains));
    if (!*out)
        return oik_fail(err, OIK_E_FORMAT, "it has no chain %.60s; it has: %s", name, list_names(names, sizeof names, chains));
    return OIK_OK;
}

static oik_status read_published(oik_chain_rows *rows, const json_t *root, const char *name, oik_error *err) {
    const json_t *chain = NULL;
    oik_status status = choose_chain(&chain, json_object_get(root, "chains"), name, err);
    return status ? status : oik_chain_rows_published(rows, chain, err);
}

static oik_status read_rows(oik_chain_rows *rows, const json_t *root, const char *name, oik_error *err) {
    static const char ours[] = "osso_ik kinematic chain", written[] = "osso_ik chain";
    int version;
    if (!json_is_object(root))
        return oik_fail(err, OIK_E_FORMAT, "expected an object, found %s", oik_json_kind(root));
    if (json_object_get(root, "chains"))
        return read_published(rows, root, name, err);
    const char *format = json_string_value(json_object_get(root, "format"));
    bool is_ours = format && strcmp(format, ours) == 0;
    if (!is_ours && !(format && strcmp(format, written) == 0))
        return oik_fail(err, OIK_E_FORMAT, "expected \"format\": \"%s\" or \"%s\", or a collection \"chains\", found format %.60s", ours,
                        written, format ? format : oik_json_kind(json_object_get(root, "format")));
    if (name)
        return oik_fail(err, OIK_E_FORMAT, "it holds one chain without a name, %.60s was asked for", name);
    oik_status status = oik_json_integer(&version, json_object_get(root, "version"), 1, 1, "version", err);
    if (status)
        return status;
    return is_ours ? oik_chain_rows_ours(rows, root, err) : oik_chain_rows_written(rows, root, err);
}

static oik_status parse_json(json_t **root, const char *text, size_t size, oik_error *err) {
    json_error_t error;
    error.text[0] = '\0';
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (*root)
        return OIK_OK;
    /* jansson leaves the text empty when an allocation fails in the middle of parsing */
    if (error.text[0] == '\0' || json_error_code(&error) == json_error_out_of_memory)
        return oik_fail(err, OIK_E_MEMORY, "out of memory for %zu bytes of JSON", size);
    return oik_fail(err, OIK_E_FORMAT, "line %d, column %d: %s", error.line, error.column, error.text);
}

/** Keypoints of a chain that the program wrote: matched by the names of Human3.6M. A chain without such joints has none. */
static oik_status add_h36m_markers(oik_chain_file *file, oik_error *err) {
    file->y_up = true;
    oik_posture_spread(file->chain);
    oik_status status = oik_h36m_markers(&file->markers, file->chain, err);
    for (int i = 0; !status && i < file->markers->n_markers; i++)
        file->markers->markers[i].keypoint = -1;
    return status == OIK_E_MODEL ? OIK_OK : status;
}

oik_status oik_chain_parse(oik_chain_file **out, const char *text, size_t size, const char *path, const char *name, oik_error *err) {
    oik_chain_rows rows = {0};
    oik_chain_file *file = NULL;
    json_t *root;
    *out = NULL;
    oik_status status = parse_json(&root, text, size, err);
    if (!status)
        status = read_rows(&rows, root, name, err);
    if (!status)
        status = oik_chain_from_rows(&file, &rows, err);
    if (!status && !file->markers && file->n_pairs == 0)
        status = add_h36m_markers(file, err);
    if (status)
        oik_error_prefix(err, "%s", path);
    oik_chain_rows_free(&rows);
    json_decref(root);
    if (status)
        oik_chain_file_free(file);
    else
        *out = file;
    return status;
}

oik_status oik_chain_load(oik_chain_file **out, const char *path, const char *name, oik_error *err) {
    uint8_t *data;
    size_t size;
    *out = NULL;
    oik_status status = oik_file_read(&data, &size, path, err);
    if (!status)
        status = oik_chain_parse(out, (const char *)data, size, path, name, err);
    free(data);
    return status;
}
