"""Closed triangle surfaces made from formulas: solids of revolution along a path with exact vertex counts, and the skin of a field."""
import heapq

import numpy as np

# ---------------------------------------------------------------- solids of revolution


def arc(radius, begin, end, centre=0.0, steps=64):
    """Profile points (z, rho) of a circle about (centre, 0), angles from the -z direction [rad]."""
    a = np.linspace(begin, end, steps)
    return np.column_stack([centre - radius * np.cos(a), radius * np.sin(a)])


def bar(length, r_begin, r_shaft, r_end, cap=1.9):
    """Profile of a long bone: balls about z = 0 and z = length, a shaft between. Rows on the balls are patches 0 and 1."""
    first, last = arc(r_begin, 0.0, cap), arc(r_end, np.pi - cap, np.pi, length)
    z = np.linspace(0, 1, 66)[1:-1]
    blend = 1 - (1 - (2 * z - 1) ** 4) ** 2   # 1 at the ends, 0 along the shaft
    ends = np.where(z < 0.5, first[-1, 1], last[0, 1])
    shaft = np.column_stack([first[-1, 0] + z * (last[0, 0] - first[-1, 0]), r_shaft + blend * (ends - r_shaft)])
    return joined([(first, 0), (shaft, -1), (last, 1)])


def cupped_bar(length, r_cup, r_rim, r_shaft, r_end, open_angle):
    """Profile of a bone that begins with a hollow about z = 0 (patch 0) and ends in a ball about z = length (patch 1)."""
    hollow = arc(r_cup, np.pi, np.pi - open_angle)
    last = arc(r_end, 1.2, np.pi, length)
    begin, rim = hollow[-1], np.array([hollow[-1, 0] + 0.004, max(r_rim, hollow[-1, 1] + 0.004)])
    z = np.linspace(0, 1, 66)[1:-1]
    fall = (1 - z) ** 6
    ends = rim[1] * fall + r_shaft * (1 - fall) + (last[0, 1] - r_shaft) * z ** 12
    z_from = max(rim[0], r_cup + 0.012)       # the wall stays outside the hollow
    shaft = np.column_stack([z_from + z * (last[0, 0] - z_from), ends])
    side = np.column_stack([np.linspace(rim[0], z_from, 16), np.full(16, rim[1])])
    return joined([(hollow, 0), (np.array([begin, rim]), -1), (side, -1), (shaft, -1), (last, 1)])


def cup(r_cup, thickness, open_angle):
    """Profile of a bowl about z = 0 that opens towards -z; its inner side is patch 0."""
    inner = arc(r_cup, np.pi, np.pi - open_angle)
    outer = arc(r_cup + thickness, np.pi - open_angle, np.pi)
    return joined([(inner, 0), (outer, -1)])


def ellipse(length, radius):
    a = np.linspace(0, np.pi, 128)
    return joined([(np.column_stack([length / 2 * (1 - np.cos(a)), radius * np.sin(a)]), -1)])


def joined(pieces):
    """(profile (n,2), patch of each row)"""
    return np.concatenate([p for p, _ in pieces]), np.concatenate([np.full(len(p), k) for p, k in pieces])


def revolve(profile, path, n, flat=(1.0, 1.0), across=(0.0, 0.0, 1.0), patch_share=0.0):
    """
    A closed surface of exactly n vertices.

    profile: (points (z, rho), patch per point), from pole to pole; path: points of the axis (k,3), straight at its ends, which z runs along;
    flat: factors of rho along `across` and perpendicular to it; patch_share: least share of the vertices in each patch.
    Returns vertices (n,3), faces (m,3), patch (n) with -1 for none.
    """
    points, patch = profile
    length = np.linalg.norm(np.diff(points, axis=0), axis=1)
    weight = length * np.maximum((points[1:, 1] + points[:-1, 1]) / 2, 1e-5)
    inside = (patch[1:] == patch[:-1]) & (patch[1:] >= 0)
    shares = set(patch[1:][inside])
    for k in shares:
        mine = inside & (patch[1:] == k)
        wanted = patch_share / (1 - len(shares) * patch_share)
        weight[mine] *= max(1.0, wanted * weight[~inside].sum() / weight[mine].sum())
        length[mine] *= max(1.0, wanted * length[~inside].sum() / length[mine].sum())
    n_rings = max(2, int(round(np.sqrt((n - 2) * length.sum() / (2 * np.pi * np.average(points[:, 1])) * 0.8))))
    n_rings = min(n_rings, (n - 2) // 3)
    # rings at equal shares of the vertices' measure, blended with equal arc length so that poles are not crowded
    measure = np.concatenate([[0], np.cumsum(weight / weight.sum() + length / length.sum())]) / 2
    at = np.interp((np.arange(n_rings) + 0.5 + 0.25 * (n_rings < 8)) / (n_rings + 0.5 * (n_rings < 8)), measure, np.arange(len(points)))
    z, rho = (np.interp(at, np.arange(len(points)), points[:, c]) for c in (0, 1))
    ring_patch = np.where(patch[np.floor(at).astype(int)] == patch[np.ceil(at).astype(int)], patch[np.floor(at).astype(int)], -1)
    counts = shared_out(n - 2, np.maximum(rho, 0.15 * rho.max()), 3)
    v, label = [along(path, points[0, 0], points[0, 1], np.zeros(1), flat, across)], [[patch[0]]]
    for i in range(n_rings):
        theta = 2 * np.pi * (np.arange(counts[i]) + 0.5 * (i % 2)) / counts[i]
        v.append(along(path, z[i], rho[i], theta, flat, across))
        label.append(np.full(counts[i], ring_patch[i]))
    v.append(along(path, points[-1, 0], points[-1, 1], np.zeros(1), flat, across))
    label.append([patch[-1]])
    v, faces = np.concatenate(v), ring_faces(np.concatenate([[1], counts, [1]]))
    if volume(v, faces) < 0:
        faces = faces[:, ::-1]
    return v, faces, np.concatenate(label).astype(int)


def along(path, z, rho, theta, flat, across):
    """Points of a ring at length z of the path."""
    path = np.asarray(path, float)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    k = int(np.clip(np.searchsorted(s, z) - 1, 0, len(s) - 2))
    direction = (path[k + 1] - path[k]) / (s[k + 1] - s[k])
    e1 = np.asarray(across) - direction * (direction @ across)
    e1 /= np.linalg.norm(e1)
    e2 = np.cross(direction, e1)
    return path[k] + (z - s[k]) * direction + rho * (flat[0] * np.cos(theta)[:, None] * e1 + flat[1] * np.sin(theta)[:, None] * e2)


def shared_out(total, weight, least):
    """Whole numbers in proportion to weights, each at least `least`, that add up to total."""
    counts = np.maximum(np.floor(total * weight / weight.sum()).astype(int), least)
    while counts.sum() != total:
        gap = total * weight / weight.sum() - counts
        if counts.sum() < total:
            counts[np.argmax(gap)] += 1
        else:
            counts[np.argmin(np.where(counts > least, gap, np.inf))] -= 1
    return counts


def ring_faces(counts):
    """Triangles between neighbouring rings of counts[i] vertices each; the first and last ring are poles."""
    start, faces = np.concatenate([[0], np.cumsum(counts)]), []
    for i in range(len(counts) - 1):
        a, b, na, nb = start[i], start[i + 1], counts[i], counts[i + 1]
        offset = [0.5 * ((i - 1) % 2) / na if na > 1 else 0.0, 0.5 * (i % 2) / nb if nb > 1 else 0.0]
        ka = kb = 0
        steps_a, steps_b = (na if na > 1 else 0), (nb if nb > 1 else 0)
        while ka < steps_a or kb < steps_b:
            next_a = (ka + 1) / na + offset[0] if ka < steps_a else np.inf
            next_b = (kb + 1) / nb + offset[1] if kb < steps_b else np.inf
            if next_a < next_b:
                faces.append((a + ka % na, a + (ka + 1) % na, b + kb % nb))
                ka += 1
            else:
                faces.append((a + ka % na, b + (kb + 1) % nb, b + kb % nb))
                kb += 1
    return np.array(faces)


def volume(v, faces):
    a, b, c = (v[faces[:, k]] for k in range(3))
    return np.einsum("ij,ij->", np.cross(a, b), c) / 6


# ---------------------------------------------------------------- surface of a field, mirrored at x = 0

# a cube as six tetrahedra about its diagonal (Kuhn): corners by bits x 1, y 2, z 4
TETRAHEDRA = [(0, 1, 3, 7), (0, 1, 5, 7), (0, 2, 3, 7), (0, 2, 6, 7), (0, 4, 5, 7), (0, 4, 6, 7)]


def field_surface(field, low, high, h, n, density):
    """
    Closed mesh of n vertices of field = 0 (negative inside), symmetric in x; the first part has x >= 0.

    low, high: box that holds the half x >= 0 (low[0] is 0); h: cell; density: points -> relative vertices per length.
    """
    v, faces = tetrahedra_surface(field, np.asarray(low, float), np.asarray(high, float), h)
    v, faces = collapsed(v, faces, n, density)
    v = settled(v, faces, field)
    return mirrored(v, faces)


def tetrahedra_surface(field, low, high, h):
    counts = np.ceil((high - low) / h).astype(int) + 1
    axes = [low[k] + h * np.arange(counts[k]) for k in range(3)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    value = field(nodes)
    index = np.arange(len(nodes)).reshape(counts)
    corner = [index[(k & 1):counts[0] - 1 + (k & 1), (k >> 1 & 1):counts[1] - 1 + (k >> 1 & 1), (k >> 2):counts[2] - 1 + (k >> 2)].ravel()
              for k in range(8)]
    tets = np.concatenate([np.column_stack([corner[c] for c in t]) for t in TETRAHEDRA])
    tets = tets[((value[tets] < 0).sum(1) % 4) != 0]
    keys, triangles = {}, []

    def crossing(a, b):
        return keys.setdefault((min(a, b), max(a, b)), len(keys))
    for t in tets:
        inside, outside = [a for a in t if value[a] < 0], [a for a in t if value[a] >= 0]
        one = inside if len(inside) == 1 else outside
        if len(inside) == 2:
            a, b, c, d = (crossing(inside[i], outside[j]) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0)))
            new = [(a, b, c), (a, c, d)]
        else:
            new = [tuple(crossing(one[0], q) for q in t if q != one[0])]
        triangles += [(x, nodes[inside].mean(0) - nodes[outside].mean(0)) for x in new]
    pairs = np.array(list(keys))
    share = value[pairs[:, 0]] / (value[pairs[:, 0]] - value[pairs[:, 1]])
    v = nodes[pairs[:, 0]] + share[:, None] * (nodes[pairs[:, 1]] - nodes[pairs[:, 0]])
    faces, inward = np.array([f for f, _ in triangles]), np.array([d for _, d in triangles])
    normal = np.cross(v[faces[:, 1]] - v[faces[:, 0]], v[faces[:, 2]] - v[faces[:, 0]])
    flip = (normal * inward).sum(1) > 0
    faces[flip] = faces[flip][:, ::-1]
    return v, faces


class HalfMesh:
    """Triangles around vertices, for collapsing edges. The rim x = 0 stays in its plane."""

    def __init__(self, v, faces):
        self.v = [p for p in v]
        self.faces = {i: tuple(f) for i, f in enumerate(faces)}
        self.around = [set() for _ in v]
        for i, f in self.faces.items():
            for a in f:
                self.around[a].add(i)
        self.rim = v[:, 0] == 0
        self.rim_free = int(self.rim.sum())
        self.n = len(v)

    def neighbours(self, a):
        return {b for i in self.around[a] for b in self.faces[i]} - {a}

    def size(self):
        return 2 * self.n - self.rim_free

    def collapse(self, a, b):
        """Merge b into a when the surface stays a surface; True when done."""
        if self.rim[b] and not self.rim[a]:
            a, b = b, a
        shared = self.around[a] & self.around[b]
        common = self.neighbours(a) & self.neighbours(b)
        if len(common) != len(shared) or len(shared) != (1 if self.rim[a] and self.rim[b] else 2):
            return False
        if any(len(self.neighbours(c)) <= (3 if self.rim[c] else 4) for c in common):
            return False
        where = self.v[a] if self.rim[a] and not self.rim[b] else (self.v[a] + self.v[b]) / 2
        for c in (a, b):
            for i in self.around[c] - shared:
                before = [self.v[q] for q in self.faces[i]]
                after = [where if q in (a, b) else self.v[q] for q in self.faces[i]]
                m, n = (np.cross(t[1] - t[0], t[2] - t[0]) for t in (before, after))
                if m @ n <= 0.2 * np.sqrt((m @ m) * (n @ n)) and m @ m > 1e-24:
                    return False
        for i in shared:
            for c in self.faces.pop(i):
                self.around[c].discard(i)
        for i in self.around[b]:
            self.faces[i] = tuple(a if q == b else q for q in self.faces[i])
            self.around[a].add(i)
        self.around[b] = set()
        self.v[a] = where
        self.n -= 1
        self.rim_free -= int(self.rim[b])
        return a


def collapsed(v, faces, n, density):
    """Short edges first until the mirrored mesh has n vertices."""
    mesh = HalfMesh(v, faces)
    weight = density(v)
    version = np.zeros(len(v), int)

    def push(heap, a, b):
        cost = np.linalg.norm(mesh.v[a] - mesh.v[b]) * (weight[a] + weight[b])
        heapq.heappush(heap, (cost, min(a, b), max(a, b), version[a] + version[b]))
    heap = []
    for a, b in {(min(p), max(p)) for f in faces for p in ((f[0], f[1]), (f[1], f[2]), (f[2], f[0]))}:
        push(heap, a, b)
    while mesh.size() > n:
        if not heap:
            raise SystemExit(f"the surface has {mesh.size()} vertices and cannot have {n}")
        _, a, b, seen = heapq.heappop(heap)
        if not mesh.around[a] or not mesh.around[b] or seen != version[a] + version[b]:
            continue
        # the last one: a rim edge takes one vertex, any other takes two
        takes = 1 if mesh.rim[a] and mesh.rim[b] else 2
        if mesh.size() - takes < n:
            continue
        a = mesh.collapse(a, b)
        if a is not False:
            version[a] += 1
            for q in mesh.neighbours(a):
                push(heap, a, q)
    kept = [a for a in range(len(v)) if mesh.around[a]]
    number = {a: i for i, a in enumerate(kept)}
    return np.array([mesh.v[a] for a in kept]), np.array([[number[q] for q in f] for f in mesh.faces.values()])


def settled(v, faces, field, rounds=12):
    """Vertices spread along the surface and put onto it."""
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    rim = v[:, 0] == 0
    count = np.bincount(edges.ravel(), minlength=len(v))[:, None]
    for _ in range(rounds):
        total = np.zeros_like(v)
        np.add.at(total, edges[:, 0], v[edges[:, 1]])
        np.add.at(total, edges[:, 1], v[edges[:, 0]])
        v = v + 0.4 * (total / count - v)
        for _ in range(3):
            v[rim, 0] = 0
            g = np.column_stack([(field(v + d) - field(v - d)) / 2e-4 for d in 1e-4 * np.eye(3)])
            v = v - np.clip(field(v) / (g * g).sum(1), -0.02, 0.02)[:, None] * g
        v[rim, 0] = 0
        v[~rim, 0] = np.maximum(v[~rim, 0], 1e-3)
    return v


def mirrored(v, faces):
    """The half and its mirror image, joined at the rim."""
    rim = v[:, 0] == 0
    twin = np.arange(len(v))
    twin[~rim] = len(v) + np.arange((~rim).sum())
    both = np.concatenate([v, v[~rim] * [-1, 1, 1]])
    return both, np.concatenate([faces, twin[faces][:, ::-1]])
