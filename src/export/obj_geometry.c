/** Bones of a rig as OBJ files (see obj_geometry.h). */
#include "export/obj_geometry.h"

#include "base/status.h"

void oik_obj_geometry_name(oik_buf *buf, const char *rig_name, const char *bone_name) {
    oik_buf_printf(buf, "%s_%s.obj", rig_name, bone_name);
}

void oik_obj_geometry_path(oik_buf *buf, const char *rig_name, const char *bone_name) {
    oik_buf_printf(buf, "Geometry/");
    oik_obj_geometry_name(buf, rig_name, bone_name);
}

static oik_status check(const oik_rig_bone *bone, oik_error *err) {
    for (size_t v = 0; v < bone->n_vertices; v++)
        if (!v3_finite(bone->vertices[v]))
            return oik_fail(err, OIK_E_NOT_FINITE, "bone %s: vertex %zu is not finite", bone->name, v);
    for (size_t f = 0; f < bone->n_faces; f++)
        for (int c = 0; c < 3; c++)
            if (bone->faces[f][c] < 0 || (size_t)bone->faces[f][c] >= bone->n_vertices)
                return oik_fail(err, OIK_E_MODEL, "bone %s: face %zu has vertex %d, expected one of %zu", bone->name, f,
                                (int)bone->faces[f][c], bone->n_vertices);
    return OIK_OK;
}

static void put_vertex(oik_buf *buf, oik_vec3 p) {
    enum { DECIMALS = 7 };
    oik_buf_append(buf, "v", 1);
    for (int c = 0; c < 3; c++) {
        oik_buf_append(buf, " ", 1);
        oik_buf_fixed(buf, v3_get(p, c), DECIMALS);
    }
    oik_buf_append(buf, "\n", 1);
}

static void put_face(oik_buf *buf, const int32_t face[3]) {
    oik_buf_append(buf, "f", 1);
    for (int c = 0; c < 3; c++) {
        oik_buf_append(buf, " ", 1);
        oik_buf_fixed(buf, face[c] + 1.0, 0);
    }
    oik_buf_append(buf, "\n", 1);
}

oik_status oik_obj_geometry_write(const oik_rig_bone *bone, const char *path, oik_error *err) {
    oik_status status = check(bone, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    oik_buf buf = {0};
    oik_buf_printf(&buf, "# %s; metres; frame of its body: x anterior, y superior, z to the right\n", bone->name);
    for (size_t v = 0; v < bone->n_vertices; v++)
        put_vertex(&buf, bone->vertices[v]);
    for (size_t f = 0; f < bone->n_faces; f++)
        put_face(&buf, bone->faces[f]);
    status = oik_buf_write_one_of_many(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

oik_status oik_obj_geometry_write_all(const oik_rig *rig, const char *folder, oik_error *err) {
    oik_buf path = {0};
    oik_buf_printf(&path, "%s/Geometry", folder);
    oik_status status = path.status ? oik_fail(err, path.status, "%s", oik_status_sentence(path.status)) : oik_dir_make(path.data, err);
    for (int b = 0; b < rig->n_bones && !status; b++) {
        path.size = 0;
        oik_buf_printf(&path, "%s/", folder);
        oik_obj_geometry_path(&path, rig->name, rig->bones[b].name);
        status = path.status ? oik_fail(err, path.status, "%s", oik_status_sentence(path.status))
                             : oik_obj_geometry_write(&rig->bones[b], path.data, err);
    }
    oik_buf_free(&path);
    return status;
}
