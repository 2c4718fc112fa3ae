/** What stage 1 starts from, as a hash: the input of a stage's key. */
#ifndef OIK_API_STAGE_INPUT_H
#define OIK_API_STAGE_INPUT_H

#include "api/stage.h"

/** SHA-256 of the vertices and faces, in this machine's order of bytes. */
void oik_stage_hash_mesh(char hash[OIK_HASH_LENGTH + 1], const oik_mesh *mesh);
/** SHA-256 of the numbers that count. */
void oik_stage_hash_parameters(char hash[OIK_HASH_LENGTH + 1], const oik_body_parameters *parameters);

#endif
