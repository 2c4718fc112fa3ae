"""The formulas of the published method (OSSO, Keller et al., CVPR 2022), dense and slow, for checking the program.

Independent of the C code: numpy only, derivatives by the complex step (f'(x) = Im f(x + ih) / h, exact to rounding), which is why nothing
here may use abs, conj or comparisons of complex numbers. Frames: y up, subject's left on +x, metres, rotation vectors in radians.

    body                  M(beta, theta, tau), the skin of the STAR or SMPL family
    register_residuals    stage 1: four calls of five steps
    Puppet.shape          stage 2: the skeleton's shape
    infer_residuals       stage 3: the bones in the lying pose, 20 steps
    Posing                stage 4: calls A, B, C of 10, 10 and 15 steps
    dogleg                the minimiser with the published rules

Orders that a file of expected numbers depends on: unknowns of stage 1 are beta, theta, tau (those that are free), of stages 3 and 4 all
rotation vectors, then all translations; residuals are in the order in which each stage lists them.
"""
import numpy as np

STEP = 1e-30          # complex step: no subtraction, so as small as squares of it still vanish
DEPTH = 0.005         # [m] contacts lie this far under the skin
SPRING_MIN = 0.01     # [m] least rest length of a spring
N_BETAS = 10


# ---------------------------------------------------------------- arithmetic that is analytic

def norm(v):
    """Length of each row; analytic where it is not zero."""
    return np.sqrt((v * v).sum(-1))


def exp_rotation(r):
    """Rotation matrices (n,3,3) of rotation vectors (n,3): I + sin(a)/a [r] + (1 - cos(a))/a^2 [r]^2."""
    a2 = (r * r).sum(-1)
    small = a2.real < 1e-8
    a = np.sqrt(np.where(small, 1.0, a2))
    s = np.where(small, 1 - a2 / 6 + a2 * a2 / 120, np.sin(a) / a)
    c = np.where(small, 0.5 - a2 / 24 + a2 * a2 / 720, (1 - np.cos(a)) / np.where(small, 1.0, a2))
    K = np.zeros(r.shape[:1] + (3, 3), r.dtype)
    K[:, 0, 1], K[:, 0, 2], K[:, 1, 2] = -r[:, 2], r[:, 1], -r[:, 0]
    K[:, 1, 0], K[:, 2, 0], K[:, 2, 1] = r[:, 2], -r[:, 1], r[:, 0]
    return np.eye(3) + s[:, None, None] * K + c[:, None, None] * (K @ K)


def sphere_centre(x):
    """Centre c of the least-squares sphere |x|^2 = 2 c.x + k through points (n,3)."""
    m = x.mean(0)
    d = x - m
    A = np.column_stack([2 * d, np.ones(len(d))])
    return m + np.linalg.solve(A.T @ A, A.T @ (d * d).sum(1))[:3]


def jacobian(residuals, x):
    """Derivatives (n_residuals, n_unknowns) by the complex step. residuals: x -> dict of blocks."""
    columns = []
    for i in range(len(x)):
        z = x.astype(complex)
        z[i] += 1j * STEP
        columns.append(stacked(residuals(z)).imag / STEP)
    return np.column_stack(columns)


def stacked(blocks):
    return np.concatenate([np.ravel(b) for b in blocks.values()])


def vertex_normals(v, faces):
    """Area-weighted unit normals."""
    n = np.cross(v[faces[:, 1]] - v[faces[:, 0]], v[faces[:, 2]] - v[faces[:, 0]])
    out = np.zeros_like(v)
    for k in range(3):
        np.add.at(out, faces[:, k], n)
    return out / np.maximum(np.linalg.norm(out, axis=1), 1e-300)[:, None]


# ---------------------------------------------------------------- minimiser

def dogleg(residuals, x0, max_steps, jac=None, tolerance=1e-15):
    """Accepted iterates (k,n), the first is x0. residuals: x -> dict of blocks; jac: x -> matrix, by default the complex step."""
    jac = jac or (lambda x: jacobian(residuals, x))
    iterates = [x0.copy()]
    x, delta = x0.copy(), None
    r = stacked(residuals(x))
    while len(iterates) <= max_steps:
        J = jac(x)
        A, g = J.T @ J, -J.T @ r
        if np.abs(g).max() < tolerance:
            break
        d_sd = (g @ g) / np.sum((J @ g) ** 2) * g
        d_gn = np.linalg.solve(A, g)
        if delta is None:
            delta = np.linalg.norm(d_gn)
        accepted = False
        while not accepted:
            d = dogleg_step(d_sd, d_gn, delta)
            if np.linalg.norm(d) <= tolerance * np.linalg.norm(x):
                return np.array(iterates)
            r_new = stacked(residuals(x + d))
            rho = (r @ r - r_new @ r_new) / (2 * g @ d - d @ A @ d)
            accepted = rho > 0
            if accepted:
                x, r = x + d, r_new
                iterates.append(x.copy())
            if rho > 0.9:
                delta = max(delta, 2.5 * np.linalg.norm(d))
            elif rho < 0.05:
                delta /= 4
            if delta <= tolerance * np.linalg.norm(x):
                return np.array(iterates)
    return np.array(iterates)


def dogleg_step(d_sd, d_gn, delta):
    """Powell's step of length at most delta."""
    if np.linalg.norm(d_gn) <= delta:
        return d_gn
    if np.linalg.norm(d_sd) >= delta:
        return delta / np.linalg.norm(d_sd) * d_sd
    u = d_gn - d_sd
    b, c = d_sd @ u, d_sd @ d_sd - delta * delta
    return d_sd + (-b + np.sqrt(b * b - (u @ u) * c)) / (u @ u) * u


# ---------------------------------------------------------------- body model

def body(model, beta, theta, tau):
    """Skin (V,3) of the first ten shape coefficients, 24 rotation vectors (24,3) and a translation."""
    shaped = model["v_template"] + model["shapedirs"][:, :, :N_BETAS] @ beta
    R = exp_rotation(theta)
    posed = shaped + model["posedirs"] @ features(model["posedirs"].shape[2], theta, R, beta)
    J = model["J_regressor"] @ shaped
    G, p = joint_frames(model, J, R, np.zeros(3))
    w = model["weights"]
    blend = np.tensordot(w, G, 1)
    return (blend @ posed[:, :, None])[:, :, 0] + w @ (p - (G @ J[:, :, None])[:, :, 0]) + tau


def joint_frames(model, J, R, tau):
    """Global rotations (24,3,3) and positions (24,3) of the joints, J: rest positions, R: local rotations."""
    parents = model["kintree_table"][0].astype(np.int64)
    G, p = [R[0]], [J[0] + tau]
    for j in range(1, 24):
        up = parents[j]
        G.append(G[up] @ R[j])
        p.append(p[up] + G[up] @ (J[j] - J[up]))
    return np.array(G), np.array(p)


def features(count, theta, R, beta):
    """What the pose correctives are driven by: 93 numbers of STAR (quaternions, beta[1]) or 207 of SMPL (matrices)."""
    if count == 207:
        return (R[1:] - np.eye(3)).reshape(-1)
    a2 = (theta[1:] * theta[1:]).sum(1)
    a = np.sqrt(np.where(a2.real < 1e-16, 1e-16, a2))
    q = np.column_stack([theta[1:] * (np.sin(a / 2) / a)[:, None], np.cos(a / 2) - 1])
    return np.concatenate([q.reshape(-1), beta[1:2]])


# ---------------------------------------------------------------- stage 1

# free unknowns of beta (10), theta (72), tau (3), and the weight of each call
REGISTER_CALLS = [(np.r_[10:13, 82:85], 1), (np.r_[0:3, 10:85], 1), (np.arange(85), 1), (np.arange(85), 100)]


def register_residuals(model, x, full, free, weight):
    """Of the free unknowns z, the others as in full (85). Fixed ones have their prior too."""
    def residuals(z):
        q = full.astype(z.dtype)
        q[free] = z
        return {"p2p": weight * (body(model, q[:10], q[10:82].reshape(24, 3), q[82:]) - x), "betas": q[:10], "pose": q[10:82]}
    return residuals


# ---------------------------------------------------------------- skeleton

class Puppet:
    """Parts of the pack in stitched numbering. T: the subject's local points (N,3), set by shape()."""

    def __init__(self, pack):
        model = pack["skeleton_model"]
        self.pack, self.model = pack, model
        self.n_parts = len(model["names"])
        sizes = [len(model["part2bodyPoints"][p]) for p in range(self.n_parts)]
        self.start = np.concatenate([[0], np.cumsum(sizes)])
        self.part = np.repeat(np.arange(self.n_parts), sizes)
        self.faces = np.concatenate([np.asarray(model["partFaces"][p], np.int64) + self.start[p] for p in range(self.n_parts)])
        self.template_T = np.concatenate([np.asarray(model["shape"][p]["T"]).reshape(-1, 3) for p in range(self.n_parts)])
        self.T = self.template_T
        self.pairs = np.array(model["pairs"][:len(model["pairs"]) // 2])
        self.interface()

    def interface(self):
        rows = []
        for k, (i, j) in enumerate(self.pairs):
            a = np.asarray(self.model["interfacePointsFromTo"][i][j]) + self.start[i]
            b = np.asarray(self.model["interfacePointsFromTo"][j][i]) + self.start[j]
            rows.append(np.column_stack([a, b, np.full(len(a), k)]))
        self.stitch_a, self.stitch_b, self.stitch_edge = np.concatenate(rows).T

    def stitched_of_template(self):
        """The stitched vertex of each template vertex; of several, the one in the segment of the first triangle that has the vertex."""
        n = len(self.model["template_points"])
        tri, seg = np.asarray(self.model["tri"], np.int64), np.asarray(self.model["seg"], np.int64)
        segment = np.full(n, -1)
        segment[tri[::-1].ravel()] = np.repeat(seg[::-1], 3)
        out = np.full(n, -1)
        for p in range(self.n_parts):
            points = np.asarray(self.model["part2bodyPoints"][p], np.int64)
            mine = segment[points] == p
            out[points[mine]] = self.start[p] + np.flatnonzero(mine)
        return out

    def shape(self, beta):
        """Stage 2: s = [beta 1] W; each part keeps the mean of the model's own local points."""
        W, M, B = (np.asarray(self.pack[k]) for k in ("betas_regressor", "M", "B"))
        s = (np.append(beta, 1.0) @ W)[:N_BETAS]
        v = M + B[:, :, :N_BETAS] @ s
        for p in range(self.n_parts):
            q = slice(self.start[p], self.start[p + 1])
            v[q] += self.template_T[q].mean(0) - v[q].mean(0)
        self.T = v

    def place(self, x, points=slice(None)):
        """y = R u + t of the points named, x: rotation vectors, then translations."""
        r, t = x.reshape(2, self.n_parts, 3)
        part = self.part[points]
        return (exp_rotation(r)[part] @ self.T[points][:, :, None])[:, :, 0] + t[part]


def single(v):
    """What is left of coordinates after a file of single precision."""
    return v.astype(np.float32).astype(np.float64)


def infer_residuals(puppet, skin_model, beta):
    """Stages 2 and 3: residuals, start, the lying skin (double precision here, single() for what comes after)."""
    pack = puppet.pack
    puppet.shape(beta)
    theta = np.concatenate([np.zeros(3), np.asarray(pack["lying_pose"]).reshape(-1)]).reshape(24, 3)
    lying = body(skin_model, beta, theta, np.zeros(3))
    targets = np.asarray(pack["ldm_regressor"]) @ lying
    skin_i, bone_i, weight = (np.asarray(c) for c in pack["contacts"])
    bone_i = puppet.stitched_of_template()[bone_i]
    inside = (lying - DEPTH * vertex_normals(lying, skin_model["f"].astype(np.int64)))[skin_i]
    ldm = np.asarray(pack["ldm_indices"])

    def residuals(x):
        d = inside - puppet.place(x, bone_i)
        return {"ldm": puppet.place(x, ldm) - targets, "contacts": weight * (d * d).sum(1)}

    x0 = np.concatenate([np.zeros(3 * puppet.n_parts), np.asarray(puppet.model["template_t"]).reshape(-1)])
    return residuals, x0, lying


# ---------------------------------------------------------------- stage 4

STAGE_C_EDGES = [0, 3, 4, 5, 9, 17, 19]   # spine and ankles
BALLS = [(f"femur_P{s}", f"hips_{s}") for s in "LR"] + [(f"humerus_D{s}", f"ulna_P{s}") for s in "LR"] \
    + [(f"humerus_P{s}", f"shoulder_{s}") for s in "LR"] + [(f"femur_D{s}", f"tibia_P{s}") for s in "LR"]


class Posing:
    """Terms of stage 4; references are taken from the placement x_lying and the lying skin."""

    def __init__(self, puppet, x_lying, lying, skin, skin_faces):
        pack = puppet.pack
        self.puppet, self.skin = puppet, skin
        self.normals = vertex_normals(skin, skin_faces)
        self.spring_skin, self.spring_bone = (np.asarray(c) for c in pack["springs"])
        y = puppet.place(x_lying)
        rest = norm(y[self.spring_bone] - lying[self.spring_skin])
        self.spring_rest = np.maximum(rest, SPRING_MIN)
        self.stitch_rest = y[puppet.stitch_a] - y[puppet.stitch_b]
        self.ligament_rest = {k: self.lengths(k, y) for k in ("clavicle", "knee")}
        names = list(pack["balls"]["names"])
        patches = [np.asarray(v) for v in pack["balls"]["verts_ids"]]
        self.balls = [(patches[names.index(a)], patches[names.index(b)]) for a, b in BALLS]
        self.ball_rest = np.array([norm(sphere_centre(y[b]) - sphere_centre(y[a])) for a, b in self.balls])
        self.ball_rest[:2] = 0.0

    def start(self, x_lying):
        """The lying placement, shifted so that the mean of the bones is the mean of the skin."""
        r, t = x_lying.reshape(2, -1, 3)
        shift = self.puppet.place(x_lying).mean(0) - self.skin.mean(0)
        return np.concatenate([r.ravel(), (t - shift).ravel()])

    def lengths(self, name, y):
        a, b = np.asarray(self.puppet.pack[name]).T
        return norm(y[a] - y[b])

    def spring(self, y):
        d = y[self.spring_bone] - self.skin[self.spring_skin]
        side = -np.sign((d.real * self.normals[self.spring_skin]).sum(1))
        return side * norm(d) - self.spring_rest

    def stitch(self, y):
        return (y[self.puppet.stitch_a] - y[self.puppet.stitch_b]) - self.stitch_rest

    def ligament(self, name, y):
        return self.lengths(name, y) - self.ligament_rest[name]

    def ball(self, y):
        d = np.array([sphere_centre(y[b]) - sphere_centre(y[a]) for a, b in self.balls])
        return norm(d) - self.ball_rest

    def call_a(self, x):
        y = self.puppet.place(x)
        return {"skin_spring": self.spring(y), "stitching": 10 * self.stitch(y), "clavicle_cost": self.ligament("clavicle", y)}

    def call_b(self, x):
        y = self.puppet.place(x)
        return {"skin_spring": self.spring(y), "stitching": self.stitch(y), "clavicle_cost": self.ligament("clavicle", y)}

    def call_c(self, x):
        y = self.puppet.place(x)
        some = np.isin(self.puppet.stitch_edge, STAGE_C_EDGES)
        return {"stitching": 0.1 * self.stitch(y)[some], "tendon_cost": self.ligament("knee", y),
                "ball_joint": 1.1 * self.ball(y), "skin_spring": 0.05 * self.spring(y)}

    def call_c_fault(self, x):
        """The released program's Jacobian of call C. It differentiates the x*x of its sphere fit twice, which adds to the derivative of each
        centre the regression of 2 x.dx on x, and as x.(w x x) = 0 that is the velocity of the part's point at the world's origin."""
        J, y, n = jacobian(self.call_c, x), self.puppet.place(x), self.puppet.n_parts
        first = len(J) - len(self.spring_skin) - len(self.balls)
        for row, patches in enumerate(self.balls, first):
            c = [sphere_centre(y[patch]) for patch in patches]
            along = 1.1 * (c[1] - c[0]) / np.linalg.norm(c[1] - c[0])
            for sign, patch in zip((-1, 1), patches):
                p = 3 * self.puppet.part[patch[0]]
                r, t = x[p:p + 3], x[3 * n + p:3 * n + p + 3]
                u = -exp_rotation(r[None])[0].T @ t
                dR = jacobian(lambda q: {"x": exp_rotation(q[None])[0] @ u}, r)
                J[row, p:p + 3] += sign * along @ dR
                J[row, 3 * n + p:3 * n + p + 3] += sign * along
        return J
