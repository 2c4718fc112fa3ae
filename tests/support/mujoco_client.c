/* MuJoCo, loaded at run time (see mujoco_client.h). */
#define _GNU_SOURCE
#include "support/mujoco_client.h"

#if defined __has_include
#if __has_include(<mujoco/mujoco.h>)
#define HAVE_MUJOCO 1
#endif
#endif

#ifndef HAVE_MUJOCO

const char *mujoco_missing(void) {
    return "MuJoCo is not there (package libmujoco-dev)";
}

/* nobody has a client to call the others with */
mujoco_client *mujoco_open(const char *path, char *message, size_t n) {
    (void)path;
    if (n)
        message[0] = '\0';
    return NULL;
}
void mujoco_close(mujoco_client *client) {
    (void)client;
}
bool mujoco_set(mujoco_client *client, const char *joint, double value) {
    (void)client, (void)joint, (void)value;
    return false;
}
bool mujoco_push(mujoco_client *client, const char *joint, double velocity) {
    (void)client, (void)joint, (void)velocity;
    return false;
}
double mujoco_get(const mujoco_client *client, const char *joint) {
    (void)client, (void)joint;
    return (double)NAN;
}
bool mujoco_range(const mujoco_client *client, const char *joint, double *lower, double *upper) {
    (void)client, (void)joint, (void)lower, (void)upper;
    return false;
}
bool mujoco_keyframe(mujoco_client *client, const char *key) {
    (void)client, (void)key;
    return false;
}
void mujoco_reset(mujoco_client *client) {
    (void)client;
}
void mujoco_touch(mujoco_client *client, bool touch) {
    (void)client, (void)touch;
}
void mujoco_forward(mujoco_client *client) {
    (void)client;
}
double mujoco_energy(const mujoco_client *client) {
    (void)client;
    return (double)NAN;
}
double mujoco_peak_energy(const mujoco_client *client) {
    (void)client;
    return (double)NAN;
}
bool mujoco_run(mujoco_client *client, double seconds) {
    (void)client, (void)seconds;
    return false;
}
bool mujoco_body(const mujoco_client *client, const char *body, oik_mat3 *R, oik_vec3 *o) {
    (void)client, (void)body, (void)R, (void)o;
    return false;
}
bool mujoco_site(const mujoco_client *client, const char *site, oik_vec3 *at) {
    (void)client, (void)site, (void)at;
    return false;
}
int mujoco_mesh(const mujoco_client *client, const char *geom, oik_vec3 *at) {
    (void)client, (void)geom, (void)at;
    return -1;
}
bool mujoco_inertia(const mujoco_client *client, const char *body, double *mass, oik_vec3 *centre, double inertia[6]) {
    (void)client, (void)body, (void)mass, (void)centre, (void)inertia;
    return false;
}
double mujoco_coupling_error(const mujoco_client *client, const char *joint) {
    (void)client, (void)joint;
    return (double)NAN;
}
oik_vec3 mujoco_mass_centre(const mujoco_client *client) {
    (void)client;
    return v3(0, 0, 0);
}
mujoco_totals mujoco_sums(const mujoco_client *client) {
    (void)client;
    return (mujoco_totals){0};
}

#else

#include <dlfcn.h>
#include <mujoco/mujoco.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rot.h"

/** The functions of the library that are used here. */
typedef struct mujoco_library {
    int (*version)(void);
    mjModel *(*loadXML)(const char *, const mjVFS *, char *, int);
    mjData *(*makeData)(const mjModel *);
    void (*deleteModel)(mjModel *);
    void (*deleteData)(mjData *);
    void (*forward)(const mjModel *, mjData *);
    void (*step)(const mjModel *, mjData *);
    void (*resetData)(const mjModel *, mjData *);
    void (*resetDataKeyframe)(const mjModel *, mjData *, int);
    int (*name2id)(const mjModel *, int, const char *);
    mjtNum (*getTotalmass)(const mjModel *);
} mujoco_library;

struct mujoco_client {
    const mujoco_library *library;
    mjModel *m;
    mjData *d;
    double peak; /* energy */
};

/* MuJoCo's handler has no argument of ours */
static char warning[256];

static void keep_warning(const char *text) {
    if (!warning[0])
        snprintf(warning, sizeof warning, "%s", text);
}

/** Put the symbol's address into a pointer to a function. */
static bool find(void *handle, const char *name, void *function) {
    void *address = dlsym(handle, name);
    memcpy(function, &address, sizeof address);
    return address;
}

/** Once loaded it stays: unloading a library with threads and C++ statics is not worth the risk in a test. */
static const mujoco_library *library(void) {
    static mujoco_library lib;
    static bool tried, ready;
    if (tried)
        return ready ? &lib : NULL;
    tried = true;
    void *handle = dlopen("libmujoco.so", RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return NULL;
    void (**handler)(const char *) = NULL;
    void *address = dlsym(handle, "mju_user_warning");
    memcpy(&handler, &address, sizeof address);
    ready = handler && find(handle, "mj_version", &lib.version) && lib.version() == mjVERSION_HEADER &&
            find(handle, "mj_loadXML", &lib.loadXML) && find(handle, "mj_makeData", &lib.makeData) &&
            find(handle, "mj_deleteModel", &lib.deleteModel) && find(handle, "mj_deleteData", &lib.deleteData) &&
            find(handle, "mj_forward", &lib.forward) && find(handle, "mj_step", &lib.step) &&
            find(handle, "mj_resetData", &lib.resetData) && find(handle, "mj_resetDataKeyframe", &lib.resetDataKeyframe) &&
            find(handle, "mj_name2id", &lib.name2id) && find(handle, "mj_getTotalmass", &lib.getTotalmass);
    if (ready)
        *handler = keep_warning; /* its own handler writes a log file into the current folder */
    return ready ? &lib : NULL;
}

const char *mujoco_missing(void) {
    return library() ? NULL : "MuJoCo's library is not there or of another version than its header (package libmujoco-dev)";
}

mujoco_client *mujoco_open(const char *path, char *message, size_t n) {
    mujoco_client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->library = library();
    warning[0] = message[0] = '\0';
    client->m = client->library->loadXML(path, NULL, message, (int)n);
    if (client->m)
        client->m->opt.enableflags |= mjENBL_ENERGY;
    client->d = client->m ? client->library->makeData(client->m) : NULL;
    if (warning[0])
        snprintf(message, n, "%s", warning);
    if (client->d && !message[0])
        return client;
    mujoco_close(client);
    return NULL;
}

void mujoco_close(mujoco_client *client) {
    if (!client)
        return;
    if (client->d)
        client->library->deleteData(client->d);
    if (client->m)
        client->library->deleteModel(client->m);
    free(client);
}

static int number_of(const mujoco_client *client, mjtObj kind, const char *name) {
    return client->library->name2id(client->m, (int)kind, name);
}

static double *coordinate(const mujoco_client *client, const char *joint) {
    int j = number_of(client, mjOBJ_JOINT, joint);
    return j < 0 ? NULL : &client->d->qpos[client->m->jnt_qposadr[j]];
}

bool mujoco_set(mujoco_client *client, const char *joint, double value) {
    double *q = coordinate(client, joint);
    if (q)
        *q = value;
    return q;
}

bool mujoco_push(mujoco_client *client, const char *joint, double velocity) {
    int j = number_of(client, mjOBJ_JOINT, joint);
    if (j >= 0)
        client->d->qvel[client->m->jnt_dofadr[j]] = velocity;
    return j >= 0;
}

double mujoco_get(const mujoco_client *client, const char *joint) {
    const double *q = coordinate(client, joint);
    return q ? *q : (double)NAN;
}

bool mujoco_range(const mujoco_client *client, const char *joint, double *lower, double *upper) {
    int j = number_of(client, mjOBJ_JOINT, joint);
    if (j < 0 || !client->m->jnt_limited[j])
        return false;
    *lower = client->m->jnt_range[2 * j];
    *upper = client->m->jnt_range[2 * j + 1];
    return true;
}

bool mujoco_keyframe(mujoco_client *client, const char *key) {
    int k = number_of(client, mjOBJ_KEY, key);
    if (k >= 0)
        client->library->resetDataKeyframe(client->m, client->d, k);
    return k >= 0;
}

void mujoco_reset(mujoco_client *client) {
    client->library->resetData(client->m, client->d);
}

void mujoco_touch(mujoco_client *client, bool touch) {
    int *flags = &client->m->opt.disableflags;
    *flags = touch ? *flags & ~mjDSBL_CONTACT : *flags | mjDSBL_CONTACT;
}

double mujoco_energy(const mujoco_client *client) {
    return client->d->energy[0] + client->d->energy[1];
}

double mujoco_peak_energy(const mujoco_client *client) {
    return client->peak;
}

void mujoco_forward(mujoco_client *client) {
    client->library->forward(client->m, client->d);
}

bool mujoco_run(mujoco_client *client, double seconds) {
    double end = client->d->time + seconds;
    bool finite = true;
    warning[0] = '\0';
    client->peak = -INFINITY;
    /* MuJoCo warns of a diverging simulation and sets it back to its start */
    while (finite && !warning[0] && client->d->time < end) {
        client->library->step(client->m, client->d);
        client->peak = fmax(client->peak, mujoco_energy(client));
        for (int i = 0; i < client->m->nv; i++)
            finite = finite && isfinite(client->d->qpos[i]) && isfinite(client->d->qvel[i]);
    }
    return finite && !warning[0];
}

static oik_vec3 point(const double *x) {
    return v3(x[0], x[1], x[2]);
}

static oik_mat3 matrix(const double *x) {
    return (oik_mat3){{{x[0], x[1], x[2]}, {x[3], x[4], x[5]}, {x[6], x[7], x[8]}}};
}

bool mujoco_body(const mujoco_client *client, const char *body, oik_mat3 *R, oik_vec3 *o) {
    int b = number_of(client, mjOBJ_BODY, body);
    if (b < 0)
        return false;
    *R = matrix(client->d->xmat + (ptrdiff_t)9 * b);
    *o = point(client->d->xpos + (ptrdiff_t)3 * b);
    return true;
}

bool mujoco_site(const mujoco_client *client, const char *site, oik_vec3 *at) {
    int s = number_of(client, mjOBJ_SITE, site);
    if (s >= 0)
        *at = point(client->d->site_xpos + (ptrdiff_t)3 * s);
    return s >= 0;
}

int mujoco_mesh(const mujoco_client *client, const char *geom, oik_vec3 *at) {
    int g = number_of(client, mjOBJ_GEOM, geom);
    if (g < 0 || client->m->geom_type[g] != mjGEOM_MESH)
        return -1;
    int mesh = client->m->geom_dataid[g], n = client->m->mesh_vertnum[mesh];
    const float *vertex = client->m->mesh_vert + (ptrdiff_t)3 * client->m->mesh_vertadr[mesh];
    oik_mat3 R = matrix(client->d->geom_xmat + (ptrdiff_t)9 * g);
    oik_vec3 o = point(client->d->geom_xpos + (ptrdiff_t)3 * g);
    for (int v = 0; at && v < n; v++, vertex += 3)
        at[v] = v3_add(o, m3_mulv(R, v3((double)vertex[0], (double)vertex[1], (double)vertex[2])));
    return n;
}

bool mujoco_inertia(const mujoco_client *client, const char *body, double *mass, oik_vec3 *centre, double inertia[6]) {
    int b = number_of(client, mjOBJ_BODY, body);
    if (b < 0)
        return false;
    const double *principal = client->m->body_inertia + (ptrdiff_t)3 * b, *q = client->m->body_iquat + (ptrdiff_t)4 * b;
    oik_mat3 R = oik_rot_from_quat((oik_quat){q[0], q[1], q[2], q[3]});
    oik_mat3 I = m3_mul(m3_mul(R, m3_diag(point(principal))), m3_transpose(R));
    const double six[6] = {I.m[0][0], I.m[1][1], I.m[2][2], I.m[0][1], I.m[0][2], I.m[1][2]};
    memcpy(inertia, six, sizeof six);
    *mass = client->m->body_mass[b];
    *centre = point(client->m->body_ipos + (ptrdiff_t)3 * b);
    return true;
}

double mujoco_coupling_error(const mujoco_client *client, const char *joint) {
    const mjModel *m = client->m;
    int j = number_of(client, mjOBJ_JOINT, joint);
    for (int e = 0; e < m->neq; e++)
        if (m->eq_type[e] == mjEQ_JOINT && m->eq_obj1id[e] == j && client->d->ne == m->neq)
            return client->d->efc_pos[e]; /* rows of equality constraints come first, one for each of this kind */
    return (double)NAN;
}

oik_vec3 mujoco_mass_centre(const mujoco_client *client) {
    return point(client->d->subtree_com); /* the first one is of the world */
}

static double deepest_contact(const mjData *d) {
    double deepest = INFINITY;
    for (int c = 0; c < d->ncon; c++)
        deepest = fmin(deepest, d->contact[c].dist);
    return deepest;
}

mujoco_totals mujoco_sums(const mujoco_client *client) {
    return (mujoco_totals){.mass = client->library->getTotalmass(client->m),
                           .gravity = point(client->m->opt.gravity),
                           .n_coordinates = client->m->nq,
                           .n_velocities = client->m->nv,
                           .n_bodies = client->m->nbody - 1,
                           .n_meshes = client->m->nmesh,
                           .n_contacts = client->d->ncon,
                           .deepest = deepest_contact(client->d),
                           .time_step = client->m->opt.timestep};
}

#endif
