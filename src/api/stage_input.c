/** What stage 1 starts from, as a hash. */
#include "api/stage_input.h"

#include <string.h>

#include "body/body_model.h"
#include "mesh/mesh.h"

void oik_stage_hash_mesh(char hash[OIK_HASH_LENGTH + 1], const oik_mesh *mesh) {
    const uint64_t counts[2] = {mesh->n_vertices, mesh->n_faces};
    oik_sha256 sha;
    oik_sha256_begin(&sha);
    oik_sha256_add(&sha, counts, sizeof counts);
    oik_sha256_add(&sha, mesh->vertices, mesh->n_vertices * sizeof *mesh->vertices);
    if (mesh->n_faces)
        oik_sha256_add(&sha, mesh->faces, mesh->n_faces * sizeof *mesh->faces);
    oik_sha256_end(&sha, hash);
}

void oik_stage_hash_parameters(char hash[OIK_HASH_LENGTH + 1], const oik_body_parameters *p) {
    const double zeros[3] = {0, 0, 0}, axes = p->z_up ? 1.0 : 0.0;
    oik_sha256 sha;
    oik_sha256_begin(&sha);
    oik_sha256_add(&sha, &axes, sizeof axes);
    oik_sha256_add(&sha, p->pose, 3 * OIK_N_JOINTS * sizeof *p->pose);
    oik_sha256_add(&sha, p->trans ? p->trans : zeros, sizeof zeros);
    if (p->n_betas)
        oik_sha256_add(&sha, p->betas, p->n_betas * sizeof *p->betas);
    oik_sha256_end(&sha, hash);
}
