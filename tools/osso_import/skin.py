"""The skin_ arrays of a model archive (models/README.md)."""
import numpy as np

from .source_body import N_JOINTS, N_MODES, PARENTS

CHUNK = 512  # rows of the distance table that are in memory at once
NEIGHBOURS = 8  # that a vertex without a mutual twin looks at


def nearest(points, to, n):
    """The n nearest of `to` for each point: indices and squared distances, nearest first."""
    index, square = [], []
    norm = (to**2).sum(1)
    for start in range(0, len(points), CHUNK):
        rows = points[start : start + CHUNK]
        d2 = (rows**2).sum(1)[:, None] - 2.0 * rows @ to.T + norm
        best = np.sort(np.argpartition(d2, n - 1, axis=1)[:, :n], axis=1)
        d2 = np.take_along_axis(d2, best, 1)
        order = np.argsort(d2, axis=1, kind="stable")
        index.append(np.take_along_axis(best, order, 1))
        square.append(np.take_along_axis(d2, order, 1))
    return np.concatenate(index), np.concatenate(square)


def mirror_twins(points):
    """
    Twin of each point on the other side of x = 0: mutual nearest neighbours of the reflected points first, then the nearest of those
    that are left, pair after pair; itself where none is left. Applied twice it is the identity.
    """
    n = len(points)
    index, square = nearest(points * [-1.0, 1.0, 1.0], points, min(NEIGHBOURS, n))
    twin, all_points = index[:, 0].copy(), np.arange(n)
    twin[twin[twin] != all_points] = -1
    left = np.flatnonzero(twin < 0)
    pairs = [(square[i, k], i, int(index[i, k])) for i in left.tolist() for k in range(index.shape[1])]
    for _, i, j in sorted(pairs):
        if twin[i] < 0 and twin[j] < 0:
            twin[i], twin[j] = j, i
    return np.where(twin < 0, all_points, twin)


def influences(weights):
    """Joints and shares of each vertex, heaviest first, as many columns as the vertex with the most joints needs."""
    n = int((weights != 0.0).sum(1).max())
    joint = np.argsort(-weights, axis=1, kind="stable")[:, :n]
    share = np.take_along_axis(weights, joint, 1)
    return np.where(share > 0.0, joint, 0), share


def regress(regressor, points):
    """Joints of points (V, 3)."""
    row, column, value = regressor
    return np.stack([np.bincount(row, value * points[column, k], N_JOINTS) for k in range(3)], axis=1)


def skin_arrays(body):
    modes = body.modes.copy()
    modes[1] += body.mode_corrective  # STAR: beta[1] drives a corrective of the rest skin that its joints do not see
    joint, share = influences(body.weights)
    row, column, value = body.regressor
    return {
        "skin_template": body.template,
        "skin_faces": body.faces.astype(np.int32),
        "skin_modes": modes,
        "skin_mode_precision": np.ones(N_MODES),
        "skin_mode_joints": np.stack([regress(body.regressor, mode) for mode in body.modes]),
        "skin_joints": regress(body.regressor, body.template),
        "skin_parents": np.array(PARENTS, dtype=np.int32),
        "skin_weight_joint": joint.astype(np.uint8),
        "skin_weight": share,
        "skin_mirror": mirror_twins(body.template).astype(np.int32),
        "skin_part": np.argmax(body.weights, axis=1).astype(np.uint8),
        "skin_regressor_joint": row.astype(np.uint8),
        "skin_regressor_vertex": column.astype(np.int32),
        "skin_regressor_value": value,
        "skin_correctives": body.correctives,
    }
