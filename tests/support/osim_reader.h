/**
 * Forward kinematics from the files for OpenSim alone: a reader of .osim, .mot and .trc, written from OpenSim's documentation and not from
 * our writers, for the tests of these. It shares no arithmetic with the library but vec3.h.
 */
#ifndef TESTS_SUPPORT_OSIM_READER_H
#define TESTS_SUPPORT_OSIM_READER_H

#include <stdbool.h>

#include "base/vec3.h"

enum { READER_NAME = 80, READER_MAX_BODIES = 64, READER_MAX_AXES = 6, READER_MAX_MARKERS = 256, READER_MAX_MESHES = 512 };

typedef struct reader_axis {
    char coordinate[READER_NAME]; /**< "" when nothing moves it */
    oik_vec3 axis;
    double slope, offset;
} reader_axis;

typedef struct reader_joint {
    char name[READER_NAME];
    int parent, child;            /**< body, -1: ground */
    oik_mat3 R_parent, R_child;   /**< offset frames in their bodies */
    oik_vec3 p_parent, p_child;
    reader_axis axes[READER_MAX_AXES];
} reader_joint;

typedef struct reader_body {
    char name[READER_NAME];
    double mass, inertia[6];
    oik_vec3 mass_centre;
} reader_body;

/** A marker or a mesh: where it is attached. */
typedef struct reader_attached {
    char name[READER_NAME]; /**< of a mesh: its file */
    int body;
    oik_vec3 at;
    bool fixed;
} reader_attached;

typedef struct reader_coordinate {
    char name[READER_NAME];
    double standard, range[2]; /**< default_value */
    bool clamped;
} reader_coordinate;

typedef struct reader_model {
    char problem[160]; /**< "" or why OpenSim would not load it or would change it */
    int n_bodies, n_joints, n_markers, n_meshes, n_coordinates;
    reader_body bodies[READER_MAX_BODIES];
    reader_joint joints[READER_MAX_BODIES];
    reader_attached markers[READER_MAX_MARKERS], meshes[READER_MAX_MESHES];
    reader_coordinate coordinates[6 * READER_MAX_BODIES];
} reader_model;

/** From the text of an .osim file. NULL when memory is short; free() it. Look at problem first. */
reader_model *reader_model_new(const char *text);
int reader_find_body(const reader_model *model, const char *name);

/** Numbers of a .mot or .trc file with the names of their columns. */
typedef struct reader_table {
    char problem[160];
    int n_rows, n_columns;      /**< time counted */
    bool degrees;               /**< of a .mot */
    double unit;                /**< of a .trc [m] */
    char (*names)[READER_NAME]; /**< n_columns; a marker's three columns have the same name */
    double *values;             /**< n_rows x n_columns */
} reader_table;

/** From the text of a file, which is changed. Release with reader_table_clear. */
void reader_table_mot(reader_table *table, char *text);
void reader_table_trc(reader_table *table, char *text);
void reader_table_clear(reader_table *table);

/** Column of a name, -1: none. */
int reader_column(const reader_table *table, const char *name);

/**
 * Place all bodies in one row of the motion; row -1: in the model's default posture.
 * @param[out] R,o n_bodies @return false when a coordinate has no column
 */
bool reader_forward(oik_mat3 *R, oik_vec3 *o, const reader_model *model, const reader_table *motion, int row);

/** Angle between two rotations, also where it is small [rad]. */
double reader_angle(oik_mat3 R, oik_mat3 S);

#endif
