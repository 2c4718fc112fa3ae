"""The made-up model: skin with weights, modes and correctives; bones in parts; what ties them together. Figures of figure.py, a fixed seed."""
import numpy as np

import figure
import published
import surface

N_MODES = 11          # columns of the skeleton's modes; the method reads the first 10
GRAIN = 2.0 ** -20    # numbers are multiples of this, so that files compress
PATCHES = [f"{n}_{s}" for n in ("clavicle", "sternum", "hips", "shoulder") for s in "LR"] \
    + [f"{n}{s}" for n in ("femur_P", "femur_D", "tibia_P", "humerus_P", "humerus_D", "ulna_P") for s in "LR"]


def grain(x):
    return np.round(np.asarray(x, float) / GRAIN) * GRAIN


def smooth(x):
    """0 below 0, 1 above 1, in between a smooth step."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def nearest(a, b, count=1):
    """Indices (len(a), count) of the points of b nearest to each of a, and the distances."""
    indices, distances = [], []
    for k in range(0, len(a), 512):
        d2 = ((a[k:k + 512, None] - b[None]) ** 2).sum(-1)
        i = np.argsort(d2, axis=1, kind="stable")[:, :count]
        indices.append(i)
        distances.append(np.sqrt(np.take_along_axis(d2, i, 1)))
    return np.concatenate(indices), np.concatenate(distances)


def farthest_points(v, count):
    """Indices of `count` points spread over v, the first is the farthest from the mean."""
    chosen = [int(np.argmax(((v - v.mean(0)) ** 2).sum(1)))]
    d = np.full(len(v), np.inf)
    for _ in range(count - 1):
        d = np.minimum(d, ((v - v[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(np.argmax(d)))
    return np.array(chosen)


def around(p, v):
    """Indices of points of v near p on all sides of it: one for each of 14 directions, duplicates once."""
    axes = np.concatenate([np.eye(3), -np.eye(3), [[x, y, z] for x in (1, -1) for y in (1, -1) for z in (1, -1)] / np.sqrt(3)])
    d = v - p
    r = np.linalg.norm(d, axis=1)
    aside = 1 - (d @ axes.T) / np.maximum(r, 1e-9)[:, None]
    return np.unique(np.argmin((r + 0.01)[:, None] * (1 + 4 * aside), axis=0))


def affine_weights(points, target):
    """Least-squares-smallest weights with sum 1 that put the points' weighted sum at the target."""
    A = np.vstack([points.T, np.ones(len(points))])
    centre = points.mean(0)
    A[:3] -= centre[:, None]
    return np.linalg.lstsq(A, np.append(target - centre, 1.0), rcond=None)[0]


def sum_one(w, at):
    """Rounded weights whose sum is exactly 1: entry `at` takes the rest."""
    w = grain(w)
    w[at] += 1.0 - w.sum()
    return w


# ---------------------------------------------------------------- deformations of space that skin and bones share

def male(p):
    """Taller, broader shoulders. Near the joints of the arms it is a shift, so that balls stay balls."""
    out = p * 1.04
    out[:, 0] += np.sign(p[:, 0]) * 0.012 * smooth(np.abs(p[:, 0]) / 0.13) * smooth((p[:, 1] - 0.22) / 0.16)
    return out


def mode_fields(rng):
    """N_MODES functions points -> displacement per unit."""
    def wave(amplitude):
        a, b = rng.normal(0, 2.0, (4, 3)), rng.uniform(0, 2 * np.pi, 4)
        c = rng.normal(0, amplitude / 2, (4, 3))
        return lambda p: np.cos(p @ a.T + b) @ c

    def along(axis, f):
        return lambda p: np.eye(3)[axis] * f(p)[:, None]
    fields = [lambda p: 0.03 * p,
              lambda p: 0.004 * p * [1, 0, 1],
              along(1, lambda p: -0.022 * smooth(-p[:, 1] / 0.9)),
              along(0, lambda p: np.sign(p[:, 0]) * 0.016 * smooth((np.abs(p[:, 0]) - 0.15) / 0.55)),
              along(0, lambda p: np.sign(p[:, 0]) * 0.009 * smooth(np.abs(p[:, 0]) / 0.13) * smooth((p[:, 1] - 0.22) / 0.16)),
              along(0, lambda p: np.sign(p[:, 0]) * 0.007 * smooth(np.abs(p[:, 0]) / 0.07) * smooth((0.2 - p[:, 1]) / 0.2)),
              along(1, lambda p: 0.014 * smooth(p[:, 1] / 0.4))]
    return fields + [wave(0.003 * 0.8 ** k) for k in range(N_MODES - len(fields))]


# ---------------------------------------------------------------- skin

def skin_weights(v):
    """Shares of 24 joints, at most six per vertex, rows add up to exactly 1."""
    J = figure.joints()
    d = np.full((len(v), 24), np.inf)
    for j in range(24):
        ends = [J[c] for c in range(24) if figure.PARENTS[c] == j]
        if not ends:
            twin = figure.MIRROR_JOINT[j]
            e = np.array(figure.LEAF_END.get(j) or figure.LEAF_END[twin]) * (1 if j in figure.LEAF_END else [-1, 1, 1])
            ends = [J[j] + e]
        for e in ends:
            a, b = J[j], e
            t = np.clip((v - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
            d[:, j] = np.minimum(d[:, j], np.linalg.norm(v - a - t[:, None] * (b - a), axis=1))
    apart = steps_apart()
    d[apart[np.argmin(d, 1)] > 2] = np.inf
    w = np.exp(-5.0 * (d / d.min(1)[:, None] - 1))
    w[w < np.sort(w, 1)[:, -6][:, None]] = 0
    w = np.maximum(w / w.sum(1)[:, None] - 0.008, 0)
    w /= w.sum(1)[:, None]
    return np.array([sum_one(row, np.argmax(row)) for row in w])


def steps_apart():
    """Number of joints between each two joints of the tree."""
    d = np.where(np.eye(24, dtype=bool), 0, 99)
    for j in range(1, 24):
        d[j, figure.PARENTS[j]] = d[figure.PARENTS[j], j] = 1
    for k in range(24):
        d = np.minimum(d, d[:, [k]] + d[[k]])
    return d


def joint_regressor(v):
    """(24, V): each joint from vertices around it."""
    out = np.zeros((24, len(v)))
    for j, p in enumerate(figure.joints()):
        some = around(p, v)
        out[j, some] = sum_one(affine_weights(v[some], p), 0)
    return out


def pose_correctives(v, normals, per_joint, rng):
    """(V, 3, 23 per_joint [+ 1]): bulges near each joint, zero farther than about 15 cm from it."""
    J = figure.joints()
    columns = []
    for j in range(1, 24):
        near = np.exp(-((v - J[j]) ** 2).sum(1) / 0.07 ** 2)
        near = np.where(near > 0.05, near, 0)[:, None]
        columns += [near * (rng.normal(0, 0.004) * normals + rng.normal(0, 0.002, 3)) for _ in range(per_joint)]
    if per_joint == 4:
        trunk = np.exp(-((v - [0, 0.15, 0.08]) ** 2).sum(1) / 0.15 ** 2)[:, None]
        columns.append(0.003 * np.where(trunk > 0.05, trunk, 0) * normals)
    return grain(np.stack(columns, -1))


def vertex_normals(v, faces):
    n = np.cross(v[faces[:, 1]] - v[faces[:, 0]], v[faces[:, 2]] - v[faces[:, 0]])
    out = np.zeros_like(v)
    for k in range(3):
        np.add.at(out, faces[:, k], n)
    return out / np.linalg.norm(out, axis=1)[:, None]


def skins(n, n_modes, per_joint, seed):
    """{gender: arrays of model.npz}. n_modes: columns of shapedirs, those past N_MODES are zero."""
    grow = 2.6 / n   # [m] what chords of a coarse mesh cut off
    v, faces = surface.field_surface(lambda p: figure.outline(p, grow), (0, -1.02, -0.2), (0.92, 0.82, 0.26), 0.022, n, figure.outline_density)
    order = np.random.default_rng(seed).permutation(n)
    v, faces = grain(v[order]), np.argsort(order)[faces]
    weights = skin_weights(v)
    regressor = joint_regressor(v)
    kintree = np.array([np.where(figure.PARENTS < 0, 2 ** 32 - 1, figure.PARENTS), np.arange(24)]).astype(np.uint32)
    out = {}
    for g, gender in enumerate(("female", "male")):
        rng = np.random.default_rng([seed, g])
        fields = mode_fields(np.random.default_rng([seed, 7]))
        template = grain(male(v) if gender == "male" else v)
        normals = vertex_normals(template, faces)
        modes = np.zeros((n, 3, n_modes))
        for k in range(min(n_modes, N_MODES)):
            modes[:, :, k] = fields[k](v)
        soft = smooth(1.2 - np.abs(v[:, 0]) / 0.5)[:, None] * normals
        modes[:, :, 1] += 0.011 * soft
        out[gender] = dict(v_template=template, shapedirs=grain(modes), posedirs=pose_correctives(v, normals, per_joint, rng), J_regressor=regressor,
                           weights=weights, kintree_table=kintree, f=faces.astype(np.uint32))
    return out


# ---------------------------------------------------------------- bones

def parts(n, n_ribs, n_rays):
    """Per part: vertices, faces, {patch name: vertices}. Stitched vertices in all: n."""
    listed = [(p, side, c) for p, sides in figure.bones(n_ribs, n_rays).items() for side, cs in sides.items() for c in cs]
    size = np.array([c["weight"] * np.sqrt(profile_area(c["profile"][0])) for _, _, c in listed])
    copies = np.array([1 if side == "midline" else 2 for _, side, _ in listed])
    least = np.array([15 * max(len(c["patches"]), 0.54) for _, _, c in listed]).astype(int)
    counts = counts_with_twins(n, size, copies, least)
    out = [dict(v=[], f=[], patches={}, n=0) for _ in figure.PARTS]
    for (p, side, c), count in zip(listed, counts):
        v, f, patch = surface.revolve(c["profile"], c["path"], count, c["flat"], c["across"], 0.33 if c["patches"] else 0.0)
        add(out[p], v, f, patch, c["patches"], "L")
        if side != "midline":
            add(out[figure.MIRROR_PART[p]], v * [-1, 1, 1], f[:, ::-1], patch, c["patches"], "R")
    return [dict(v=grain(np.concatenate(q["v"])), f=np.concatenate(q["f"]), patches=q["patches"]) for q in out]


def counts_with_twins(n, size, copies, least):
    """Vertices per component such that all copies together have exactly n."""
    if (least * copies).sum() > n:
        raise SystemExit(f"--bone-vertices: at least {(least * copies).sum()}")
    counts = least + np.floor((n - (least * copies).sum()) * size / (size * copies).sum()).astype(int)
    rest = n - (counts * copies).sum()
    single, double = np.flatnonzero(copies == 1), np.flatnonzero(copies == 2)
    if rest % 2:
        counts[single[np.argmax(size[single])]] += 1
    counts[double[np.argmax(size[double])]] += rest // 2
    return counts


def profile_area(points):
    return (np.linalg.norm(np.diff(points, axis=0), axis=1) * (points[1:, 1] + points[:-1, 1])).sum() * np.pi


def add(part, v, f, patch, names, side):
    for k, name in enumerate(names):
        full = f"{name}{side}" if name[-2:] in ("_P", "_D") else f"{name}_{side}"
        part["patches"][full] = part["n"] + np.flatnonzero(patch == k)
    part["v"].append(v)
    part["f"].append(f + part["n"])
    part["n"] += len(v)


def glue(bones, count):
    """Neighbouring vertebrae share `count` vertices: those of the second part move to those of the first. [(part, vertex, part, vertex)]"""
    shared = []
    for a, b in figure.GLUED_EDGES:
        used = {v for _, _, p, v in shared if p == a}
        for i, j in closest_pairs(bones[a]["v"], bones[b]["v"], count, used):
            bones[b]["v"][j] = bones[a]["v"][i]
            shared.append((a, i, b, j))
    return shared


def closest_pairs(a, b, count, used=()):
    """`count` pairs of near points, each point in one pair at most; pairs that coincide come first."""
    near, d = nearest(a, b, min(24, len(b)))
    pairs, mine, theirs = [], set(used), set()
    for _, i, j in sorted(zip(d.ravel(), np.repeat(np.arange(len(a)), near.shape[1]), near.ravel())):
        if i not in mine and j not in theirs:
            pairs.append((int(i), int(j)))
            mine.add(i)
            theirs.add(j)
            if len(pairs) == count:
                break
    return pairs


def facing_pairs(a, b, count):
    """`count` pairs of points, spread over those of a that are nearest to b, each with the nearest free point of b."""
    near = np.argsort(nearest(a, b)[1][:, 0], kind="stable")[:max(count, min(3 * count, len(a) // 3))]
    pairs, free = [], np.ones(len(b), bool)
    for i in near[farthest_points(a[near], count)]:
        j = np.argmin(np.where(free, ((b - a[i]) ** 2).sum(1), np.inf))
        free[j] = False
        pairs.append((int(i), int(j)))
    return pairs


def skeleton(n, n_ribs, n_rays, n_interface, n_glued, seed):
    """The dict of skeleton_model.pkl, the template's stitched vertices and the patches in stitched numbering."""
    bones = parts(n, n_ribs, n_rays)
    shared = glue(bones, n_glued)
    start = np.concatenate([[0], np.cumsum([len(b["v"]) for b in bones])])
    v = np.concatenate([b["v"] for b in bones])
    unique = np.arange(len(v))
    for a, i, b, j in shared:
        unique[start[b] + j] = unique[start[a] + i]
    kept = np.unique(unique)
    rng = np.random.default_rng([seed, 1])
    template = np.full(len(v), -1)
    template[kept] = rng.permutation(len(kept))
    template = template[unique]
    points = np.zeros((len(kept), 3))
    points[template] = v
    names, children = figure.PARTS, {p: [] for p in figure.PARTS}
    parent = {p: [] for p in names}
    for a, b in figure.EDGES:
        parent[names[b]] = names[a]
        children[names[a]].append(names[b])
    interface = [[[] for _ in names] for _ in names]
    counts = surface.shared_out(n_interface, np.ones(len(figure.EDGES)), 1)
    for (a, b), count in zip(figure.EDGES, counts):
        pairs = np.array(facing_pairs(bones[a]["v"], bones[b]["v"], count))
        interface[a][b], interface[b][a] = pairs[:, 0], pairs[:, 1]
    J = figure.joints()
    anchor = [J[driver(p)] for p in range(len(names))]
    tri = np.concatenate([template[b["f"] + s] for b, s in zip(bones, start)])
    seg = np.repeat(np.arange(len(names)), [len(b["f"]) for b in bones])
    shuffle = rng.permutation(len(tri))
    model = dict(root=0, partSet=list(range(len(names))), pairs=[[a, b] for a, b in figure.EDGES] + [[b, a] for a, b in figure.EDGES], parent=parent,
                 children=children, parts={p: i for i, p in enumerate(names)},
                 neighbors={p: ([parent[p]] if parent[p] else []) + children[p] for p in names}, names=list(names), rmin=None, rmax=None,
                 template_r_abs=np.zeros((len(names), 3)), template_t=np.array(anchor, float), tri=tri[shuffle], seg=seg[shuffle],
                 partFaces={p: b["f"].astype(np.uint32) for p, b in enumerate(bones)},
                 part2bodyPoints={p: template[s:s + len(b["v"])] for p, (b, s) in enumerate(zip(bones, start))}, body2partPoints=None,
                 partPoints={p: b["v"] for p, b in enumerate(bones)},
                 shape={p: {"T": (b["v"] - anchor[p]).ravel()} for p, b in enumerate(bones)}, interfacePointsFromTo=interface, template_points=points)
    patches = {k: start[p] + ids for p, b in enumerate(bones) for k, ids in b["patches"].items()}
    return model, v, start, template, patches


# ---------------------------------------------------------------- what ties skin and bones together

def part_joints(p):
    if p in figure.PART_JOINTS:
        return list(figure.PART_JOINTS[p])
    return [int(figure.MIRROR_JOINT[j]) for j in figure.PART_JOINTS[figure.MIRROR_PART[p]]]


def skin_near(weights):
    """Per part: skin vertices whose greatest share is a joint that the part follows."""
    first = np.argmax(weights, 1)
    return [np.flatnonzero(np.isin(first, part_joints(p))) for p in range(len(figure.PARTS))]


def landmarks(v, start, count):
    """Stitched vertices, `count` spread over each part; in units of its spread along its own axes, so that they hold thin bones too."""
    out = []
    for p in range(len(start) - 1):
        d = v[start[p]:start[p + 1]] - v[start[p]:start[p + 1]].mean(0)
        axes = np.linalg.eigh(d.T @ d)[1]
        u = d @ axes
        out.append(start[p] + farthest_points(u / u.std(0), count))
    return np.concatenate(out)


def driver(p):
    """The joint that a part follows."""
    return figure.ANCHORS[p] if p in figure.ANCHORS else int(figure.MIRROR_JOINT[figure.ANCHORS[figure.MIRROR_PART[p]]])


def landmark_regressor(v, indices, start, skin_model, lying, near):
    """(L, V): each landmark from skin vertices of its own segment around it, exact in the lying pose of the mean body, where a part follows
    its joint rigidly; rows add up to 1. lying: rotation vectors (24,3)."""
    skin, out = skin_model["v_template"], np.zeros((len(indices), len(skin_model["v_template"])))
    posed = published.body(skin_model, np.zeros(published.N_BETAS), lying, np.zeros(3))
    J = skin_model["J_regressor"] @ skin
    G, at = published.joint_frames(skin_model, J, published.exp_rotation(lying), np.zeros(3))
    part = np.searchsorted(start, indices, side="right") - 1
    for row, (i, p) in enumerate(zip(indices, part)):
        j = driver(p)
        target = G[j] @ (v[i] - J[j]) + at[j]
        some = near[p][around(v[i], skin[near[p]])]
        w = affine_weights(posed[some], target)
        if np.abs(w).max() > 0.5:      # not surrounded: a wider stance
            some = np.union1d(some, near[p][farthest_points(skin[near[p]], 16)])
            w = affine_weights(posed[some], target)
        out[row, some] = sum_one(w, 0)
    return out


def contacts(v, start, skin, near, count, rng):
    """Skin vertex, bone vertex, weight: of each part's bones some of those nearest to the skin."""
    quota = surface.shared_out(count, np.sqrt(np.diff(start)), 1)
    skin_i, bone_i = [], []
    for p, n in enumerate(quota):
        mine = np.arange(start[p], start[p + 1])
        mine = mine[np.sort(rng.permutation(len(mine))[:4 * n + 20])]
        index, d = nearest(v[mine], skin[near[p]])
        chosen = np.argsort(d[:, 0], kind="stable")[:max(n, len(mine) // 2)]
        chosen = chosen[rng.permutation(len(chosen))[:n]]
        bone_i.append(mine[chosen])
        skin_i.append(near[p][index[chosen, 0]])
    weight = grain(rng.uniform(0.1, 1.0, sum(map(len, bone_i))))
    weight[rng.permutation(len(weight))[:len(weight) // 20]] = 0.0
    return np.concatenate(skin_i), np.concatenate(bone_i), weight


def springs(v, start, skin, normals, near, count, rng):
    """Skin vertex, bone vertex: skin vertices of each part, those nearest to its bones, with the bone vertex nearest to them and beneath."""
    quota = surface.shared_out(count, np.sqrt(np.diff(start)), 3)
    skin_i, bone_i = [], []
    for p, n in enumerate(quota):
        index, d = nearest(skin[near[p]], v[start[p]:start[p + 1]])
        bone, d = start[p] + index[:, 0], d[:, 0]
        beneath = ((v[bone] - skin[near[p]]) * normals[near[p]]).sum(1) < -0.6 * d
        order = np.argsort(np.where(beneath, d, d + 1.0), kind="stable")
        chosen = order[:max(min(n, beneath.sum()), int(0.6 * beneath.sum()))]
        chosen = np.concatenate([rng.permutation(chosen) for _ in range(n // len(chosen) + 1)])[:n]   # repeated when there are too few
        skin_i.append(near[p][chosen])
        bone_i.append(bone[chosen])
    return np.concatenate(skin_i), np.concatenate(bone_i)


def ligaments(v, a, b, count):
    """(count, 2): near vertices of two sets, stitched numbering."""
    pairs = np.array(closest_pairs(v[a], v[b], count))
    return np.column_stack([a[pairs[:, 0]], b[pairs[:, 1]]])
