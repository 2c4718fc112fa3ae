/** Setup files of OpenSim's tools (see osim_setup.h). */
#include "export/osim_setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "export/osim.h"
#include "export/osim_files.h"
#include "export/osim_measure.h"
#include "export/osim_xml.h"
#include "export/trc.h"

/** A setup file that is being written. */
typedef struct setup {
    const oik_rig *rig;
    const char *base;
    const oik_osim_measure *measure; /**< n_bodies, or NULL */
    oik_buf *buf;
} setup;

/** <tag>BASEsuffix</tag> */
static void put_file(const setup *s, int indent, const char *tag, const char *suffix) {
    oik_buf name = {0};
    oik_buf_printf(&name, "%s%s", s->base, suffix);
    if (name.status)
        s->buf->status = name.status; /* reported when the file is written */
    else
        oik_osim_put_text(s->buf, indent, tag, name.data);
    oik_buf_free(&name);
}

static void put_tasks(const setup *s) {
    oik_osim_tag(s->buf, 2, "IKTaskSet");
    oik_osim_tag(s->buf, 3, "objects");
    for (int m = 0; m < s->rig->n_markers; m++) {
        oik_osim_open(s->buf, 4, "IKMarkerTask", s->rig->markers[m].name);
        oik_osim_put_text(s->buf, 5, "apply", "true");
        oik_osim_put_text(s->buf, 5, "weight", "1");
        oik_osim_tag(s->buf, 4, "/IKMarkerTask");
    }
    oik_osim_tag(s->buf, 3, "/objects");
    oik_osim_put_text(s->buf, 3, "groups", "");
    oik_osim_tag(s->buf, 2, "/IKTaskSet");
}

static void put_head(const setup *s, const char *tool, const char *suffix) {
    oik_buf_printf(s->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<OpenSimDocument Version=\"40000\">\n");
    oik_buf_printf(s->buf, "\t<%s name=\"%s%s\">\n", tool, s->rig->name, suffix);
    oik_buf_printf(s->buf, "\t\t<!--Run it in the folder where it lies. Units: m, s, kg; height in mm.-->\n");
}

static void put_ik(const setup *s) {
    double range[2];
    oik_trc_time_range(range, s->rig);
    put_head(s, "InverseKinematicsTool", "");
    oik_osim_put_text(s->buf, 2, "results_directory", "./");
    put_file(s, 2, "model_file", oik_osim_file_suffix(OIK_OSIM_MODEL));
    oik_osim_put_text(s->buf, 2, "constraint_weight", "Inf");
    oik_osim_put_text(s->buf, 2, "accuracy", "1e-05"); /* OpenSim's default */
    put_tasks(s);
    put_file(s, 2, "marker_file", oik_osim_file_suffix(OIK_OSIM_MARKERS));
    oik_osim_put_text(s->buf, 2, "coordinate_file", "Unassigned");
    oik_osim_put_vector(s->buf, 2, "time_range", range, 2);
    oik_osim_put_text(s->buf, 2, "report_errors", "true");
    put_file(s, 2, "output_motion_file", "_ik.mot");
    oik_osim_put_text(s->buf, 2, "report_marker_locations", "false");
    oik_buf_printf(s->buf, "\t</InverseKinematicsTool>\n</OpenSimDocument>\n");
}

static void put_pairs(const setup *s, const oik_osim_measure *measure) {
    const oik_rig_marker *markers = s->rig->markers;
    for (int p = 0; p < measure->n_pairs; p++) {
        oik_osim_tag(s->buf, 8, "MarkerPair");
        oik_buf_printf(s->buf, "\t\t\t\t\t\t\t\t\t<markers>%s %s</markers>\n", markers[measure->pair[p][0]].name,
                       markers[measure->pair[p][1]].name);
        oik_osim_tag(s->buf, 8, "/MarkerPair");
    }
}

/** One measurement scales all bodies that are measured like body i or like its mirror image. */
static void put_measurement(const setup *s, int i) {
    const oik_osim_measure *own = &s->measure[i], *other = own->mirror < 0 ? NULL : &s->measure[own->mirror];
    int shown = (int)strlen(s->rig->bodies[i].name) - (other ? 2 : 0); /* both sides: without _r or _l */
    oik_buf_printf(s->buf, "\t\t\t\t\t<Measurement name=\"%.*s\">\n", shown, s->rig->bodies[i].name);
    oik_osim_put_text(s->buf, 6, "apply", "true");
    oik_buf_printf(s->buf, "\t\t\t\t\t\t<MarkerPairSet>\n\t\t\t\t\t\t\t<objects>\n");
    put_pairs(s, own);
    if (other)
        put_pairs(s, other);
    oik_buf_printf(s->buf, "\t\t\t\t\t\t\t</objects>\n\t\t\t\t\t\t\t<groups></groups>\n\t\t\t\t\t\t</MarkerPairSet>\n");
    oik_buf_printf(s->buf, "\t\t\t\t\t\t<BodyScaleSet>\n\t\t\t\t\t\t\t<objects>\n");
    for (int k = 0; k < s->rig->n_bodies; k++) {
        if (s->measure[k].like < 0 || (s->measure[k].like != i && s->measure[k].like != own->mirror))
            continue;
        oik_osim_open(s->buf, 8, "BodyScale", s->rig->bodies[k].name);
        oik_osim_put_text(s->buf, 9, "axes", "X Y Z");
        oik_osim_tag(s->buf, 8, "/BodyScale");
    }
    oik_buf_printf(s->buf, "\t\t\t\t\t\t\t</objects>\n\t\t\t\t\t\t\t<groups></groups>\n\t\t\t\t\t\t</BodyScaleSet>\n");
    oik_osim_tag(s->buf, 5, "/Measurement");
}

static void put_measurements(const setup *s) {
    oik_buf_printf(s->buf, "\t\t\t<MeasurementSet>\n\t\t\t\t<objects>\n");
    for (int i = 0; i < s->rig->n_bodies; i++) {
        const oik_osim_measure *own = &s->measure[i];
        bool done = own->mirror >= 0 && own->mirror < i && s->measure[own->mirror].n_pairs > 0;
        if (own->n_pairs > 0 && !done)
            put_measurement(s, i);
    }
    oik_buf_printf(s->buf, "\t\t\t\t</objects>\n\t\t\t\t<groups></groups>\n\t\t\t</MeasurementSet>\n");
}

static void put_scaler(const setup *s, const double range[2]) {
    oik_osim_tag(s->buf, 2, "ModelScaler");
    oik_osim_put_text(s->buf, 3, "apply", "true");
    oik_osim_put_text(s->buf, 3, "scaling_order", "measurements");
    put_measurements(s);
    put_file(s, 3, "marker_file", oik_osim_file_suffix(OIK_OSIM_STATIC));
    oik_osim_put_vector(s->buf, 3, "time_range", range, 2);
    oik_osim_put_text(s->buf, 3, "preserve_mass_distribution", "true");
    oik_osim_put_text(s->buf, 3, "output_model_file", "Unassigned");
    put_file(s, 3, "output_scale_file", "_scale_factors.xml");
    oik_osim_tag(s->buf, 2, "/ModelScaler");
}

static void put_placer(const setup *s, const double range[2]) {
    oik_osim_tag(s->buf, 2, "MarkerPlacer");
    oik_osim_put_text(s->buf, 3, "apply", "true");
    put_tasks(s);
    put_file(s, 3, "marker_file", oik_osim_file_suffix(OIK_OSIM_STATIC));
    oik_osim_put_text(s->buf, 3, "coordinate_file", "Unassigned");
    oik_osim_put_vector(s->buf, 3, "time_range", range, 2);
    put_file(s, 3, "output_motion_file", "_static_pose.mot");
    put_file(s, 3, "output_model_file", "_scaled.osim");
    oik_osim_put_text(s->buf, 3, "output_marker_file", "Unassigned");
    oik_osim_put_text(s->buf, 3, "max_marker_movement", "-1");
    oik_osim_tag(s->buf, 2, "/MarkerPlacer");
}

static void put_scale(const setup *s) {
    const double mm_per_m = 1000.0;
    double range[2];
    oik_trc_static_range(range, s->rig);
    put_head(s, "ScaleTool", "_scaled");
    oik_osim_put_value(s->buf, 2, "mass", s->rig->mass);
    oik_osim_put_value(s->buf, 2, "height", s->rig->stature * mm_per_m);
    oik_osim_put_text(s->buf, 2, "age", "-1");
    oik_osim_put_text(s->buf, 2, "notes",
                      "To scale the model to a measured static trial, put its file and time range in both places; "
                      "ScaleTool compares it with the posture in which the model opens.");
    oik_osim_tag(s->buf, 2, "GenericModelMaker");
    put_file(s, 3, "model_file", oik_osim_file_suffix(OIK_OSIM_MODEL));
    oik_osim_tag(s->buf, 2, "/GenericModelMaker");
    put_scaler(s, range);
    put_placer(s, range);
    oik_buf_printf(s->buf, "\t</ScaleTool>\n</OpenSimDocument>\n");
}

static oik_status check(const oik_rig *rig, const char *path, oik_error *err) {
    oik_status status = oik_rig_check(rig, err);
    if (!status && rig->n_markers < 1)
        status = oik_fail(err, OIK_E_ARGUMENT, "expected a rig with markers, found none");
    if (status)
        oik_error_prefix(err, "%s", path);
    return status;
}

oik_status oik_osim_ik_setup_write(const oik_rig *rig, const char *base, const char *path, oik_error *err) {
    oik_status status = check(rig, path, err);
    if (status)
        return status;
    oik_buf buf = {0};
    put_ik(&(setup){rig, base, NULL, &buf});
    status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

oik_status oik_osim_scale_setup_write(const oik_rig *rig, const char *base, const char *path, oik_error *err) {
    oik_osim_measure *measure = NULL;
    oik_buf buf = {0};
    oik_status status = check(rig, path, err);
    if (!status)
        status = oik_osim_measure_new(&measure, rig, err);
    if (!status) {
        put_scale(&(setup){rig, base, measure, &buf});
        status = oik_buf_write_file(&buf, path, err);
    }
    oik_buf_free(&buf);
    free(measure);
    return status;
}
