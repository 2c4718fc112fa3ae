"""
Points that the parts carry, and lists of them.

  local point   u = mean + modes s
  vertices      mean_i = M_i - mean_p(M) + mean(T_p),  mode_k,i = B_k,i - mean_p(B_k)     so that u is the shape of the published method
  virtual       after the vertices: centres of sphere patches (mean and derivative by s), points at fixed places of a part

A list stands for the mean of its points.
"""
import numpy as np

AWAY = 0.1  # [m] of a virtual point that shows a direction


def per_part(values, part, n_parts):
    """Mean of the rows of each part. values: (N, ...)."""
    total = np.zeros((n_parts,) + values.shape[1:])
    np.add.at(total, part, values)
    return total / np.bincount(part, minlength=n_parts).reshape((-1,) + (1,) * (values.ndim - 1))


def sphere(points, modes):
    """
    Centre of the least-squares sphere through points (n, 3) and its slope for each mode (S, n, 3).

      |x_i|^2 = 2 x_i . c + (r^2 - |c|^2),  that is A p = b with A_i = (2 x_i, 1), b_i = |x_i|^2, c the first three of p
      N dp = dA^T (b - A p) + A^T (db - dA p),  N = A^T A
    """
    middle = points.mean(0)  # better conditioned there
    x = points - middle
    A = np.hstack([2.0 * x, np.ones((len(x), 1))])
    b = (x**2).sum(1)
    p = np.linalg.lstsq(A, b, rcond=None)[0]
    inverse = np.linalg.pinv(A.T @ A)
    slopes = np.zeros((len(modes), 3))
    for k, dx in enumerate(modes):
        dA = np.hstack([2.0 * dx, np.zeros((len(x), 1))])
        db = 2.0 * (x * dx).sum(1)
        slopes[k] = (inverse @ (dA.T @ (b - A @ p) + A.T @ (db - dA @ p)))[:3]
    return p[:3] + middle, slopes


class Points:
    def __init__(self, skeleton):
        n = len(skeleton.names)
        part = skeleton.part
        self.part_mean = per_part(np.concatenate(skeleton.local), part, n)  # the same for every shape
        origin = self.part_mean - per_part(skeleton.mean, part, n)
        basis = skeleton.modes.transpose(1, 0, 2)
        self.part = part.tolist()
        self.n_vertices = len(part)
        self.n_modes = len(skeleton.modes)
        self.vertex_mean = skeleton.mean + origin[part]
        self.vertex_modes = basis - per_part(basis, part, n)[part]  # (N, S, 3)
        self.virtual_mean, self.virtual_modes = [], []
        self.lists, self.centres = [], {}

    def add(self, part, mean, modes=None):
        """A virtual point."""
        self.part.append(int(part))
        self.virtual_mean.append(mean)
        self.virtual_modes.append(np.zeros((self.n_modes, 3)) if modes is None else modes)
        return len(self.part) - 1

    def centre(self, patch):
        """Virtual point at the centre of the sphere through a patch."""
        key = tuple(patch.tolist())
        if key not in self.centres:
            mean, slopes = sphere(self.vertex_mean[patch], self.vertex_modes[patch].transpose(1, 0, 2))
            self.centres[key] = self.add(self.part[patch[0]], mean, slopes)
        return self.centres[key]

    def towards(self, part, direction):
        """Virtual point that lies in a direction from the mean of a part, in the part's own axes; the mean for the direction 0."""
        return self.add(part, self.part_mean[part] + AWAY * np.asarray(direction, dtype=float))

    def list(self, *points):
        """Number of a list of points."""
        points = [int(p) for group in points for p in np.ravel(group)]
        if points not in self.lists:
            self.lists.append(points)
        return self.lists.index(points)

    def mean(self):
        return np.concatenate([self.vertex_mean, np.reshape(self.virtual_mean, (-1, 3))])

    def modes(self):
        return np.concatenate([self.vertex_modes, np.reshape(self.virtual_modes, (-1, self.n_modes, 3))])

    def arrays(self):
        n = len(self.part)
        start = np.concatenate([[0], np.cumsum([len(points) for points in self.lists])])
        return {
            "skel_point_part": np.array(self.part, dtype=np.int32),
            "skel_mean": self.mean(),
            "skel_mode_start": (self.n_modes * np.arange(n + 1)).astype(np.int32),
            "skel_mode_index": np.tile(np.arange(self.n_modes, dtype=np.int32), n),
            "skel_mode_vector": self.modes().reshape(-1, 3),
            "skel_list_start": start.astype(np.int32),
            "skel_list_point": np.array([p for points in self.lists for p in points], dtype=np.int32),
        }
