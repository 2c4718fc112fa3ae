"""
Skeleton files of OSSO: the stitched puppet, its shape space and the tables of the energies.

Two numberings of bone vertices: "template" has one number for a vertex that two parts share, "stitched" has one for each part, part
after part. All results are in the stitched numbering, with the parts in an order in which parents come first.
"""
import os
from dataclasses import dataclass, field

import numpy as np

from . import values
from .problem import Problem
from .source_body import N_JOINTS, N_MODES
from .unpickle import load_pickle

MAX_PARTS = 255
MAX_EDGES = 20  # pairs of parts that meet: the published weights are given for 20 (OIK_PUBLISHED_EDGES)


@dataclass
class Skeleton:
    names: list = field(default_factory=list)
    parent: np.ndarray = None  # (P) -1 for the root
    edges: list = field(default_factory=list)  # pairs of parts, in the order of the file
    interface: list = field(default_factory=list)  # for each edge: points of its first part, points of its second
    translation: np.ndarray = None  # (P, 3) of the parts in the template [m]
    local: list = field(default_factory=list)  # for each part: its template points in its own frame (n, 3) [m]
    faces: np.ndarray = None  # (F, 3)
    part: np.ndarray = None  # (N) part of a point, ascending
    mean: np.ndarray = None  # (N, 3) mean of the shape space [m]
    modes: np.ndarray = None  # (S, N, 3)
    regressor: np.ndarray = None  # (11, S) shape of the skeleton from [beta 1]
    landmark_point: np.ndarray = None  # (L)
    landmark_skin: tuple = None  # rows, columns, values
    lying: np.ndarray = None  # (23, 3) rotation vectors
    contacts: tuple = None  # skin vertices, points, weights
    springs: tuple = None  # skin vertices, points
    patches: dict = None  # name: points on a sphere
    clavicle: np.ndarray = None  # (n, 2) points
    knee: np.ndarray = None  # (n, 2) points


def load_one_of(folder, *names):
    for name in names:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return load_pickle(path), path
    raise Problem(f"{os.path.join(folder, names[0])}: missing")


def at(container, index, where):
    """Entry of a list or of a dict that is keyed by numbers."""
    container = values.unwrap(container)
    if isinstance(container, dict):
        if index not in container:
            raise Problem(f"{where}: no entry {index}")
        return container[index]
    items = values.sequence(container, where)
    if index >= len(items):
        raise Problem(f"{where}: no entry {index}")
    return items[index]


def read_part_names(raw, path):
    """Names in the order of their numbers."""
    where = f"{path}: parts"
    parts = values.table(values.member(raw, "parts", path), where)
    number = {values.name(key, where): values.whole_number(value, where, MAX_PARTS) for key, value in parts.items()}
    if not 0 < len(parts) <= MAX_PARTS or sorted(number.values()) != list(range(len(parts))):
        raise Problem(f"{where}: expected 1 to {MAX_PARTS} names numbered from 0")
    used = sorted(values.indices(raw.get("partSet", list(range(len(parts)))), f"{path}: partSet", (None,), len(parts)).tolist())
    if used != list(range(len(parts))):
        raise Problem(f"{path}: partSet: expected all {len(parts)} parts, found {len(used)} entries")
    return sorted(number, key=number.get)


def read_parents(raw, path, names):
    where = f"{path}: parent"
    table = values.table(values.member(raw, "parent", path), where)
    parent = []
    for name in names:
        found = values.unwrap(table.get(name))
        if isinstance(found, np.ndarray):
            found = found.tolist()
        if isinstance(found, (list, tuple)) and len(found) == 1:
            found = values.unwrap(found[0])
        if found is None or (isinstance(found, (list, tuple)) and len(found) == 0):
            parent.append(-1)
        elif isinstance(found, str) and found in names:
            parent.append(names.index(found))
        else:
            raise Problem(f"{where}: {name}: expected the name of a part, found {values.describe(found)}")
    return parent


def parents_first(parent, path):
    """Order of the parts in which a parent comes before its children and which is else that of the file."""
    order, left = [], list(range(len(parent)))
    if parent.count(-1) != 1:
        raise Problem(f"{path}: parent: expected one part without a parent, found {parent.count(-1)}")
    while left:
        ready = [p for p in left if parent[p] < 0 or parent[p] in order]
        if not ready:
            raise Problem(f"{path}: parent: the parts {left} go round in a circle")
        order.append(ready[0])
        left.remove(ready[0])
    return order


class Numbering:
    """From the file's stitched numbers to ours, and from template numbers to stitched ones."""

    def __init__(self, raw, path, n_parts):
        where = f"{path}: part2bodyPoints"
        template = values.reals(values.member(raw, "template_points", path), f"{path}: template_points", ((1,), 3))
        body = values.member(raw, "part2bodyPoints", path)
        self.blocks = [values.indices(at(body, p, where), f"{where}[{p}]", ((1,),), len(template)) for p in range(n_parts)]
        self.n_template = len(template)
        self.size = [len(block) for block in self.blocks]
        self.first = np.concatenate([[0], np.cumsum(self.size)])
        self.n = int(self.first[-1])
        self.first_holder(raw, path)

    def first_holder(self, raw, path):
        """
        Stitched number for each template number: a vertex that several parts share is that of the part of the first triangle that has
        it. (Found by comparing contact residuals of the reference program; see docs/importing.md.) A vertex of no triangle is that of the
        first part that has it.
        """
        tri = values.indices(values.member(raw, "tri", path), f"{path}: tri", (None, 3), self.n_template)
        seg = values.indices(values.member(raw, "seg", path), f"{path}: seg", (len(tri),), len(self.blocks))
        corner, face = np.unique(tri, return_index=True)
        part_of = np.full(self.n_template, -1)
        part_of[corner] = seg[face // 3]
        self.stitched = np.full(self.n_template, -1)
        for p, block in reversed(list(enumerate(self.blocks))):
            self.stitched[block] = self.first[p] + np.arange(len(block))
        for p, block in enumerate(self.blocks):
            mine = part_of[block] == p
            self.stitched[block[mine]] = self.first[p] + np.flatnonzero(mine)

    def reorder(self, order):
        """Ours of the file's: parts in a new order."""
        ours, next_point = np.empty(self.n, dtype=np.int64), 0
        for p in order:
            ours[self.first[p] : self.first[p + 1]] = next_point + np.arange(self.size[p])
            next_point += self.size[p]
        self.ours = ours
        self.from_file = np.argsort(ours)


def read_edges(raw, path, number, n_parts, place):
    """Edges in the order of the file, and the points that meet at them."""
    where = f"{path}: pairs"
    pairs = values.indices(values.member(raw, "pairs", path), where, (None, 2), n_parts)
    half = len(pairs) // 2
    if len(pairs) % 2 or {tuple(p) for p in pairs[half:].tolist()} != {tuple(p) for p in pairs[:half, ::-1].tolist()}:
        raise Problem(f"{where}: expected pairs of parts, then the same pairs turned round")
    if half > MAX_EDGES:
        raise Problem(f"{where}: expected at most {MAX_EDGES} pairs of parts, found {half}")
    where = f"{path}: interfacePointsFromTo"
    table = values.member(raw, "interfacePointsFromTo", path)
    edges, interface = [], []
    for i, j in pairs[:half].tolist():
        here = f"{where}[{i}][{j}]"
        a = values.indices(at(at(table, i, where), j, here), here, (None,), number.size[i])
        b = values.indices(at(at(table, j, where), i, here), f"{where}[{j}][{i}]", (len(a),), number.size[j])
        edges.append((place[i], place[j]))
        interface.append((number.ours[number.first[i] + a], number.ours[number.first[j] + b]))
    return edges, interface


def read_part_shape(raw, path, p, n_points):
    """Points of a part in its own frame."""
    where = f"{path}: shape[{p}]"
    shape = values.table(at(values.member(raw, "shape", path), p, f"{path}: shape"), where)
    flat = values.numbers(values.member(shape, "T", where), f"{where}['T']").reshape(-1)
    return values.reals(flat, f"{where}['T']", (3 * n_points,)).reshape(-1, 3)


def read_part_faces(raw, path, p, n_points):
    where = f"{path}: partFaces"
    return values.indices(at(values.member(raw, "partFaces", path), p, where), f"{where}[{p}]", (None, 3), n_points)


def read_puppet(skeleton, folder):
    """Parts, their points and triangles, and where they meet; gives the numbering of the file."""
    raw, path = load_one_of(folder, "skeleton_model.pkl")
    raw = values.table(raw, path)
    names = read_part_names(raw, path)
    n = len(names)
    parent = read_parents(raw, path, names)
    order = parents_first(parent, path)
    place = np.argsort(order).tolist()
    number = Numbering(raw, path, n)
    number.reorder(order)
    skeleton.names = [names[p] for p in order]
    skeleton.parent = np.array([-1 if parent[p] < 0 else place[parent[p]] for p in order])
    skeleton.edges, skeleton.interface = read_edges(raw, path, number, n, place)
    skeleton.translation = values.reals(values.member(raw, "template_t", path), f"{path}: template_t", (n, 3))[order]
    skeleton.part = np.repeat(np.arange(n), [number.size[p] for p in order])
    skeleton.local = [read_part_shape(raw, path, p, number.size[p]) for p in order]
    skeleton.faces = np.concatenate([number.ours[number.first[p] + read_part_faces(raw, path, p, number.size[p])] for p in order])
    return number


def read_shape_space(skeleton, folder, gender, number):
    raw, path = load_one_of(folder, f"skeleton_pca_{gender}.pkl")
    raw = values.table(raw, path)
    mean = values.reals(values.member(raw, "M", path), f"{path}: M", (number.n, 3))
    basis = values.reals(values.member(raw, "B", path), f"{path}: B", (number.n, 3, (1,)))
    raw, path = load_one_of(folder, f"betas_regressor_{gender}.pkl")
    n_modes = min(N_MODES, basis.shape[2])
    skeleton.regressor = values.reals(raw, path, (N_MODES + 1, (n_modes,)))[:, :n_modes]
    skeleton.mean = mean[number.from_file]
    skeleton.modes = basis[number.from_file, :, :n_modes].transpose(2, 0, 1)


def read_skin_relations(skeleton, folder, gender, number, n_skin):
    raw, path = load_one_of(folder, "ldm_indices.pkl")
    skeleton.landmark_point = number.ours[values.indices(raw, path, ((1,),), number.n)]
    raw, path = load_one_of(folder, f"ldm_regressor_{gender}.pkl")
    _, *skeleton.landmark_skin = values.triplets(raw, path, len(skeleton.landmark_point), n_skin)
    raw, path = load_one_of(folder, f"lying_pose_{gender}.pkl")
    skeleton.lying = values.numbers(raw, path).reshape(-1)
    skeleton.lying = values.reals(skeleton.lying, path, (3 * (N_JOINTS - 1),)).reshape(-1, 3)


def read_losses(skeleton, folder, number, n_skin):
    raw, path = load_one_of(folder, "skin_skel_contacts.pkl")
    skin, bone, weight = values.sequence(raw, path, 3)
    skin = values.indices(skin, f"{path}: skin", (None,), n_skin)
    stitched = number.stitched[values.indices(bone, f"{path}: skeleton", (len(skin),), number.n_template)]
    if (stitched < 0).any():
        raise Problem(f"{path}: skeleton: entry {int(np.argmax(stitched < 0))} is a vertex of no part")
    weight = values.reals(weight, f"{path}: weight", (len(skin),))
    if (weight < 0.0).any():
        at_entry = int(np.argmax(weight < 0.0))
        raise Problem(f"{path}: weight: entry {at_entry} is {weight[at_entry]:g}, expected a weight of at least 0")
    skeleton.contacts = skin, number.ours[stitched], weight
    raw, path = load_one_of(folder, "skin_skeleton_pairs.pkl")
    skin, bone = values.sequence(raw, path, 2)
    skin = values.indices(skin, f"{path}: skin", ((1,),), n_skin)
    skeleton.springs = skin, number.ours[values.indices(bone, f"{path}: skeleton", (len(skin),), number.n)]
    for name in ("clavicle", "knee"):
        raw, path = load_one_of(folder, f"{name}_ligament_pairs.pkl")
        pairs = values.numbers(raw, path)
        pairs = pairs.reshape(0, 2) if pairs.size == 0 else pairs  # an empty list has no second dimension
        setattr(skeleton, name, number.ours[values.indices(pairs, path, (None, 2), number.n)])


def read_patches(skeleton, folder, number):
    raw, path = load_one_of(folder, "gloss_ball_joints_ldm.pkl")
    raw = values.table(raw, path)
    names = [values.name(n, f"{path}: names") for n in values.sequence(values.member(raw, "names", path), f"{path}: names")]
    lists = values.sequence(values.member(raw, "verts_ids", path), f"{path}: verts_ids", len(names))
    skeleton.patches = {}
    for name, points in zip(names, lists):
        ours = number.ours[values.indices(points, f"{path}: {name}", ((4,),), number.n)]
        if len(set(skeleton.part[ours].tolist())) != 1:
            raise Problem(f"{path}: {name}: expected points of one part")
        skeleton.patches[name] = ours


def read_skeleton(osso, loss, gender, n_skin):
    """All tables, checked. n_skin: vertices of the body model."""
    skeleton = Skeleton()
    number = read_puppet(skeleton, osso)
    read_shape_space(skeleton, osso, gender, number)
    read_skin_relations(skeleton, osso, gender, number, n_skin)
    read_losses(skeleton, loss, number, n_skin)
    read_patches(skeleton, loss, number)
    return skeleton
