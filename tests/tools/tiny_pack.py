"""
A made-up licensed model, small enough to be made for each test: stick figure in T-pose, every bone and every piece of skin a spindle.

y up, left on +x, facing +z [m]. Numbers are written down by hand; nobody's data.
"""
import copy
import os
import pickle

import numpy as np

RINGS, SPOKES = 5, 8
N = RINGS * SPOKES + 2  # vertices of a spindle: pole, rings, pole
N_MODES, N_LANDMARKS = 12, 3
PARENTS = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]

# left or midline part: from, to, SMPL joint, parent
PARTS = {
    "hip_bones": ((-0.09, -0.03, 0), (0.09, -0.03, 0), 0, None),
    "low_back": ((0, 0.06, -0.02), (0, 0.2, -0.03), 3, "hip_bones"),
    "mid_back": ((0, 0.2, -0.03), (0, 0.32, -0.03), 6, "low_back"),
    "up_back": ((0, 0.32, -0.03), (0, 0.5, -0.03), 9, "mid_back"),
    "nape": ((0, 0.5, -0.03), (0, 0.6, 0), 12, "up_back"),
    "head": ((0, 0.6, 0), (0, 0.8, 0.02), 15, "nape"),
    "cage": ((0, 0.32, 0.05), (0, 0.47, 0.05), 9, "up_back"),
    "girdle_L": ((0.02, 0.46, 0.04), (0.17, 0.46, 0), 13, "up_back"),
    "upper_arm_L": ((0.17, 0.46, 0), (0.44, 0.46, 0), 16, "girdle_L"),
    "lower_arm_L": ((0.44, 0.46, 0), (0.7, 0.46, 0), 18, "upper_arm_L"),
    "hand_L": ((0.7, 0.46, 0), (0.86, 0.46, 0), 20, "lower_arm_L"),
    "thigh_L": ((0.09, -0.06, 0), (0.1, -0.46, 0), 1, "hip_bones"),
    "shank_L": ((0.1, -0.46, 0), (0.1, -0.86, -0.01), 4, "thigh_L"),
    "foot_L": ((0.1, -0.9, -0.05), (0.11, -0.9, 0.15), 7, "shank_L"),
}
# SMPL joint: place of the left or midline one; a piece of skin reaches to the place of a child or 8 cm further
JOINTS = {0: (0, 0, 0), 1: (0.09, -0.06, 0), 3: (0, 0.1, -0.02), 4: (0.1, -0.46, 0), 6: (0, 0.22, -0.03), 7: (0.1, -0.88, -0.02),
          9: (0, 0.34, -0.03), 10: (0.11, -0.92, 0.1), 12: (0, 0.52, -0.02), 13: (0.06, 0.45, 0), 15: (0, 0.62, 0), 16: (0.17, 0.46, 0),
          18: (0.44, 0.46, 0), 20: (0.7, 0.46, 0), 22: (0.78, 0.46, 0)}
SKIN_END = {0: (0, 0.09, 0), 3: (0, 0.2, -0.02), 6: (0, 0.32, -0.02), 9: (0, 0.5, 0), 12: (0, 0.6, 0), 15: (0, 0.84, 0.02), 10: (0.11, -0.93, 0.16),
            22: (0.9, 0.46, 0)}
TWIN_JOINT = {1: 2, 4: 5, 7: 8, 10: 11, 13: 14, 16: 17, 18: 19, 20: 21, 22: 23}
# sphere patch: part, its end
PATCHES = {"hips_L": ("hip_bones", (0.09, -0.03, 0)), "femur_PL": ("thigh_L", 0), "femur_DL": ("thigh_L", 1), "tibia_PL": ("shank_L", 0),
           "shoulder_L": ("girdle_L", 1), "humerus_PL": ("upper_arm_L", 0), "humerus_DL": ("upper_arm_L", 1), "ulna_PL": ("lower_arm_L", 0),
           "clavicle_L": ("girdle_L", 0), "sternum_L": ("cage", (0.02, 0.46, 0.05))}
N_PATCH = 1 + SPOKES


def spindle(a, b, radius):
    """Closed surface from a to b: (N, 3) vertices, faces."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    along = (b - a) / np.linalg.norm(b - a)
    side = np.cross(along, [0.0, 0.6, 0.8] if abs(along[0]) > 0.5 else [1.0, 0, 0])
    side /= np.linalg.norm(side)
    up = np.cross(side, along)
    v = [a]
    for i in range(RINGS):
        s = (i + 1) / (RINGS + 1)
        r = radius * np.sqrt(4 * s * (1 - s))
        v += [a + s * (b - a) + r * (np.cos(t) * side + np.sin(t) * up) for t in 2 * np.pi * np.arange(SPOKES) / SPOKES]
    faces, last = [], N - 1
    for k in range(SPOKES):
        n = (k + 1) % SPOKES
        faces += [(0, 1 + n, 1 + k), (last, last - SPOKES + k, last - SPOKES + n)]
        for i in range(RINGS - 1):
            p, q = 1 + i * SPOKES, 1 + (i + 1) * SPOKES
            faces += [(p + k, p + n, q + k), (p + n, q + n, q + k)]
    return np.array(v + [b]), np.array(faces)


def mirrored(point):
    return np.asarray(point, float) * [-1, 1, 1]


def smpl_joints():
    place = np.zeros((24, 3))
    for j, point in JOINTS.items():
        place[j] = point
        if j in TWIN_JOINT:
            place[TWIN_JOINT[j]] = mirrored(point)
    return place


def skin_end(j, place):
    for left, right in TWIN_JOINT.items():
        if j == right:
            return mirrored(skin_end(left, place))
    if j in SKIN_END:
        return np.array(SKIN_END[j], float)
    return place[PARENTS.index(j, j + 1)]


def body(rng, n_correctives):
    """STAR-like (93) or SMPL-like (207) body model."""
    place = smpl_joints()
    pieces = [spindle(place[j], skin_end(j, place), 0.06) for j in range(24)]
    v = np.concatenate([piece[0] for piece in pieces])
    owner = np.repeat(np.arange(24), N)
    weights = np.zeros((len(v), 24))
    weights[np.arange(len(v)), owner] = 1.0
    bent = np.arange(0, len(v), 7)
    weights[bent] *= 0.75
    weights[bent, np.array(PARENTS)[owner[bent]]] += 0.25
    regressor = np.zeros((24, len(v)))
    for j in range(24):
        regressor[j, j * N : j * N + 1 + SPOKES] = 1.0 / (1 + SPOKES)
    kintree = np.array([PARENTS, range(24)], dtype=np.uint32)
    kintree[0, 0] = 2**32 - 1
    return {
        "v_template": v,
        "shapedirs": 0.01 * rng.normal(size=(len(v), 3, N_MODES)),
        "posedirs": 0.001 * rng.normal(size=(len(v), 3, n_correctives)),
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": kintree,
        "f": np.concatenate([piece[1] + j * N for j, piece in enumerate(pieces)]).astype(np.uint32),
    }


def part_table():
    """name: from, to, joint, parent, of both sides."""
    table = {}
    for name, (a, b, joint, parent) in PARTS.items():
        table[name] = (a, b, joint, parent)
        if name.endswith("_L"):
            twin = parent[:-2] + "_R" if parent and parent.endswith("_L") else parent
            table[name[:-2] + "_R"] = (mirrored(a), mirrored(b), TWIN_JOINT[joint], twin)
    return table


def nearest(points, to, n):
    return np.argsort(np.linalg.norm(points - np.asarray(to, float), axis=1), kind="stable")[:n]


def template_numbers(table, points):
    """Template number of each point: the poles where low_back and mid_back meet are one vertex; the order is turned round."""
    names = list(table)
    total = len(names) * N
    number = total - 1 - np.arange(total)  # the reverse order: nothing may rely on ascending numbers
    here = names.index("low_back") * N + N - 1
    there = names.index("mid_back") * N
    assert np.allclose(points[here], points[there])
    number[there] = number[here]
    kept = np.unique(number)
    return np.searchsorted(kept, number)


def thumb_down(v, angle):
    """A hand turned about its length, thumb downwards."""
    c, s = np.cos(angle), np.sin(angle)
    y, z = v[:, 1] - 0.46, v[:, 2]
    return np.column_stack([v[:, 0], 0.46 + c * y - s * z, s * y + c * z])


def skeleton_model(table, hand_turn):
    names = list(table)
    pieces = [spindle(a, b, 0.02) for a, b, _, _ in table.values()]
    pieces = [(thumb_down(v, hand_turn), f) if name.startswith("hand_") else (v, f) for name, (v, f) in zip(names, pieces)]
    points = np.concatenate([piece[0] for piece in pieces])
    number = template_numbers(table, points)
    centre = np.array([piece[0].mean(0) for piece in pieces])
    origin = np.array([row[0] for row in table.values()]) + [0.0, 0.01, 0.0]  # of the parts' own coordinates: not their middle
    edges = [[names.index(parent), p] for p, (_, _, _, parent) in enumerate(table.values()) if parent]
    meet = [[[] for _ in names] for _ in names]
    for i, j in edges:
        middle = (pieces[i][0][nearest(pieces[i][0], centre[j], 1)[0]] + pieces[j][0][nearest(pieces[j][0], centre[i], 1)[0]]) / 2
        meet[i][j], meet[j][i] = (nearest(pieces[p][0], middle, SPOKES) for p in (i, j))
    template = np.zeros((number.max() + 1, 3))
    template[number] = points
    seg = np.repeat(np.arange(len(names)), [len(piece[1]) for piece in pieces])
    faces = np.concatenate([piece[1] + p * N for p, piece in enumerate(pieces)])
    return points, number, {
        "root": 0,
        "partSet": list(range(len(names))),
        "pairs": edges + [[j, i] for i, j in edges],
        "parent": {name: row[3] or [] for name, row in table.items()},
        "parts": {name: p for p, name in enumerate(names)},
        "names": names,
        "template_t": origin,
        "tri": number[faces],
        "seg": seg,
        "partFaces": {p: piece[1].astype(np.uint32) for p, piece in enumerate(pieces)},
        "part2bodyPoints": {p: number[p * N : (p + 1) * N] for p in range(len(names))},
        "shape": {p: {"T": (piece[0] - origin[p]).reshape(-1)} for p, piece in enumerate(pieces)},
        "interfacePointsFromTo": meet,
        "template_points": template,
    }


def patches(table, points):
    names, lists = [], []
    for name, (part, end) in PATCHES.items():
        for side in "LR":
            turn = np.asarray if side == "L" else mirrored
            carrier = part if side == "L" or not part.endswith("_L") else part[:-2] + "_R"
            first = list(table).index(carrier) * N
            place = table[carrier][end] if isinstance(end, int) else turn(end)
            names.append(name[:-1] + side)
            lists.append((first + nearest(points[first : first + N], place, N_PATCH)).tolist())
    return {"names": names, "verts_ids": lists}


def relations(table, points, number, skin):
    """Springs, contacts, landmarks between each part and the piece of skin of its joint."""
    spring, contact, landmark, regressor = [], [], [], []
    for p, (_, _, joint, _) in enumerate(table.values()):
        for k in range(0, N, 3):
            spring.append((joint * N + k, p * N + k))
            contact.append((joint * N + k, number[p * N + k]))
        for k in np.linspace(0, N - 1, N_LANDMARKS).astype(int):
            row = np.zeros(len(skin))
            row[nearest(skin, points[p * N + k], 4)] = 0.25
            landmark.append(p * N + int(k))
            regressor.append(row)
    weight = np.linspace(0.1, 1.0, len(contact))
    return list(map(np.array, zip(*spring))), [*map(np.array, zip(*contact)), weight], landmark, np.array(regressor)


def ligaments(table, a, b):
    names = list(table)
    return np.array([[names.index(f"{a}_{s}") * N + k, names.index(b if b == "cage" else f"{b}_{s}") * N + k] for s in "LR" for k in (1, 2)])


def files(n_correctives=93, seed=5, order=None, hand_turn=0.0):
    """Content of each file, path: value. order: of the names of the parts, if not parents first; hand_turn [rad] of the bones only."""
    rng = np.random.default_rng(seed)
    table = part_table()
    table = {name: table[name] for name in order or table}
    model = body(rng, n_correctives)
    points, number, skeleton = skeleton_model(table, hand_turn)
    spring, contact, landmark, regressor = relations(table, points, number, model["v_template"])
    tied = {}
    for gender in ("female", "male"):
        tied[f"skeleton/skeleton_pca_{gender}.pkl"] = {"M": points, "B": 0.01 * np.random.default_rng(seed + 1).normal(size=(len(points), 3, N_MODES))}
        tied[f"skeleton/betas_regressor_{gender}.pkl"] = 0.1 * np.random.default_rng(seed + 2).normal(size=(11, N_MODES))
        tied[f"skeleton/ldm_regressor_{gender}.pkl"] = regressor
        tied[f"skeleton/lying_pose_{gender}.pkl"] = 0.1 * np.random.default_rng(seed + 3).normal(size=69)
        tied[f"star_1_1/{gender}/model.npz"] = model
    return {
        "skeleton/skeleton_model.pkl": skeleton,
        "skeleton/ldm_indices.pkl": landmark,
        "loss/skin_skel_contacts.pkl": contact,
        "loss/skin_skeleton_pairs.pkl": spring,
        "loss/gloss_ball_joints_ldm.pkl": patches(table, points),
        "loss/clavicle_ligament_pairs.pkl": ligaments(table, "girdle", "cage"),
        "loss/knee_ligament_pairs.pkl": ligaments(table, "thigh", "shank"),
        **tied,
    }


def write(folder, content, protocol=4, pickler=None):
    """Write the files. pickler: what makes the bytes of a pickle, (value, protocol) -> bytes."""
    for name, value in content.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.endswith(".npz"):
            np.savez(path, **value)
            continue
        with open(path, "wb") as file:
            file.write((pickler or pickle.dumps)(value, protocol))


def changed(content, name, change):
    """A copy of the files in which one has been changed."""
    result = dict(content)
    result[name] = copy.deepcopy(content[name])
    answer = change(result[name])
    if answer is not None:
        result[name] = answer
    return result
