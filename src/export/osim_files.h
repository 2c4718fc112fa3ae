/** The files for OpenSim that one subject gets, by name and together. */
#ifndef OIK_EXPORT_OSIM_FILES_H
#define OIK_EXPORT_OSIM_FILES_H

#include "rig/rig.h"

/** Besides these there is one mesh per bone: export/obj_geometry.h. */
typedef enum oik_osim_file {
    OIK_OSIM_MODEL,       /**< NAME.osim */
    OIK_OSIM_MOTION,      /**< NAME.mot */
    OIK_OSIM_MARKERS,     /**< NAME.trc */
    OIK_OSIM_STATIC,      /**< NAME_static.trc */
    OIK_OSIM_IK_SETUP,    /**< NAME_ik_setup.xml */
    OIK_OSIM_SCALE_SETUP, /**< NAME_scale_setup.xml */
    OIK_OSIM_N_FILES
} oik_osim_file;

/** What follows NAME: ".osim" and so on. */
const char *oik_osim_file_suffix(oik_osim_file file);

/**
 * Write one file.
 * @param[in] base NAME of all files, without folder; the setup files name the others by it
 * @return those of the file's writer
 */
oik_status oik_osim_file_write(const oik_rig *rig, oik_osim_file file, const char *base, const char *path, oik_error *err);

/**
 * Write all of them and Geometry/ to a folder that exists. Where one fails, those before it stay.
 * @return those of the writers
 */
oik_status oik_osim_write_all(const oik_rig *rig, const char *base, const char *folder, oik_error *err);

#endif
