/** Fuzz target: the first byte chooses a format of keypoints, the others are the file. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "fuzz/fuzz_main.h"
#include "ik/keypoints.h"

static void check(const oik_keypoints *k) {
    require(k->n_frames > 0 && k->n_points > 0, "no frames");
    for (int f = 0; f < k->n_frames; f++)
        require(isfinite(k->time[f]) && (f == 0 || k->time[f] > k->time[f - 1]), "times do not ascend");
    for (int i = 0; i < k->n_frames * k->n_points; i++) {
        require(v3_finite(k->x[i]) && isfinite(k->confidence[i]) && k->confidence[i] >= 0.0, "a value that cannot be");
        require(k->confidence[i] > 0.0 || v3_norm(k->x[i]) == 0.0, "a missing keypoint is somewhere");
    }
    for (int i = 0; i < k->n_points; i++)
        require(memchr(k->names[i], '\0', OIK_NAME_LENGTH) != NULL, "a name has no end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"a.txt", "a.trc", "a.npz"};
    if (size == 0)
        return 0;
    oik_error err = {0};
    oik_keypoints *k;
    oik_status status = oik_keypoints_parse(&k, data + 1, size - 1, paths[data[0] % 3], 0.0, &err);
    require((status == OIK_OK) == (k != NULL), "keypoints without success");
    require(status == OIK_OK || strstr(err.message, "a.") != NULL, "an error without its file");
    if (k)
        check(k);
    oik_keypoints_free(k);
    return 0;
}
