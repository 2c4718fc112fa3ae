/**
 * Do the objects of a call belong together? Wrong ones would be read past their ends, or give bones of another person without a word.
 *
 * Bodies and skeletons know the hash of their model, so a model that was loaded twice is one model. Chains and motions know their segments
 * only: those of another subject of the same model are not told apart.
 */
#ifndef OIK_API_BELONG_H
#define OIK_API_BELONG_H

#include "api/internal.h"

/** @return OIK_E_ARGUMENT when the body is of another model */
oik_status oik_check_body(const oik_body *body, const oik_model *model, oik_error *err);
oik_status oik_check_skeleton(const oik_skeleton *skeleton, const oik_model *model, oik_error *err);
/** @return OIK_E_ARGUMENT when the segments of the chain are not those of the skeleton, by number, name and parent */
oik_status oik_check_chain(const oik_chain *chain, const oik_kinematics *kinematics, oik_error *err);

#endif
