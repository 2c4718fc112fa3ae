#!/usr/bin/env python3
"""Write a complete made-up model in the file layout of the published program, and two bodies to fit it to.

    python3 make_pack.py DIR                                  the small model of tests/data/oracle
    python3 make_pack.py DIR --real                           as many vertices and terms as the published model has
    python3 make_pack.py DIR --old                            pickles as an old Python 2 with chumpy would have written them

DIR/pack/data/{star_1_1,skeleton,loss}, with --smpl also DIR/pack/data/smpl, and DIR/bodies/{female,male}.ply.
The same options give the same numbers. Needs numpy; --sparse and --old need scipy.
"""
import argparse
import os
import pickle
import struct
import sys
import types

import numpy as np

import figure
import model
import published

REAL = dict(skin_vertices=6890, bone_vertices=85670, springs=3113, contacts=3119, interface_pairs=815, knee_ligaments=27, clavicle_ligaments=15,
            patch_vertices=100, ribs=10, rays=5, glued=12, landmarks=5)


def options(argv):
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("directory")
    p.add_argument("--real", action="store_true", help="sizes of the published model")
    for name, value in [("skin-vertices", 410), ("bone-vertices", 700), ("springs", 220), ("contacts", 126), ("interface-pairs", 80),
                        ("knee-ligaments", 10), ("clavicle-ligaments", 8), ("patch-vertices", 14), ("ribs", 2), ("rays", 2), ("glued", 4),
                        ("landmarks", 4), ("modes", 11), ("seed", 20240229)]:
        p.add_argument("--" + name, type=int, default=None, metavar="N", help=f"default {value}")
        p.set_defaults(**{"default_" + name.replace("-", "_"): value})
    p.add_argument("--sparse", action="store_true", help="landmark regressors as scipy sparse matrices")
    p.add_argument("--smpl", action="store_true", help="also skins with the 207 pose features of SMPL")
    p.add_argument("--old", action="store_true", help="pickles of protocol 0 and 2 with latin1 strings, chumpy wrappers and sparse matrices")
    o = p.parse_args(argv)
    for key, value in list(vars(o).items()):
        if key.startswith("default_") and getattr(o, key[8:]) is None:
            setattr(o, key[8:], REAL.get(key[8:], value) if o.real else value)
    return o


# ---------------------------------------------------------------- old pickles

class OldPickler(pickle._Pickler):
    """Writes strings and bytes both as Python 2's str."""
    dispatch = dict(pickle._Pickler.dispatch)

    def save_str(self, obj):
        data = obj if isinstance(obj, bytes) else obj.encode("latin1")
        if self.proto == 0:
            text = "".join(chr(c) if 32 <= c < 127 and chr(c) not in "\\'" else f"\\x{c:02x}" for c in data)
            self.write(b"S'" + text.encode("ascii") + b"'\n")
        elif len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(obj)
    dispatch[bytes] = save_str
    dispatch[str] = save_str


def chumpy_class():
    """A class that pickles as chumpy.ch.Ch, without chumpy."""
    package, module = types.ModuleType("chumpy"), types.ModuleType("chumpy.ch")
    package.ch = module
    sys.modules.update({"chumpy": package, "chumpy.ch": module})
    module.Ch = type("Ch", (object,), {"__module__": "chumpy.ch", "__init__": lambda self, x: self.__dict__.update(x=x, _dirty_vars=[], _itr=None)})
    return module.Ch


def write_pickle(path, value, protocol=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        if protocol is None:
            pickle.dump(value, f, protocol=4)
        else:
            OldPickler(f, protocol, fix_imports=True).dump(value)


# ---------------------------------------------------------------- the files

def lying_pose(gender):
    """Rotation vectors (24,3): arms beside the body, feet extended, elbows and knees a little bent."""
    r = np.zeros((24, 3))
    more = 0.04 if gender == "male" else 0.0
    for left, right, v in ((1, 2, (0.03, 0, 0.10 + more)), (4, 5, (0.06, 0.0, 0)), (7, 8, (0.35, 0.1, 0)), (13, 14, (0, 0, -0.12)),
                           (16, 17, (0.1, 0.12, -0.72 - more)), (18, 19, (0.0, -0.22, 0.05)), (20, 21, (0.1, 0, 0.04))):
        r[left] = v
        r[right] = np.multiply(v, (1, -1, -1))
    r[12], r[3] = (-0.04, 0, 0), (0.03, 0, 0)
    return model.grain(r)


def walking(gender):
    """Rotation vectors (24,3) and translation of the body to be fitted."""
    r = np.zeros((24, 3))
    s = 1.0 if gender == "female" else -0.8
    r[0] = (0.03, 0.22 * s, 0.02)
    r[1], r[2] = (-0.32 * s, 0.04, 0.03), (0.24 * s, -0.03, -0.04)
    r[4], r[5] = (0.28 - 0.12 * s, 0, 0), (0.26 + 0.14 * s, 0.02, 0)
    r[7], r[8] = (-0.06, 0.08, 0), (0.1, -0.06, 0)
    r[3], r[6], r[9] = (0.04, -0.08 * s, 0.01), (0.03, -0.07 * s, 0), (-0.02, -0.05 * s, 0.01)
    r[12], r[15] = (0.06, 0.05, 0), (-0.03, 0.06 * s, 0.02)
    r[13], r[14] = (0, 0.02, -0.1), (0, -0.04, 0.11)
    r[16], r[17] = (0.22 * s, 0.1, -0.95), (-0.24 * s, -0.12, 0.9)
    r[18], r[19] = (0.06, -0.4, 0.08), (0.03, 0.34, -0.1)
    r[20], r[21] = (0.1, -0.05, 0.06), (0.05, 0.08, -0.05)
    return r, np.array([0.12, 0.93, -0.21]) if gender == "female" else np.array([-0.07, 0.98, 0.15])


BETAS = {"female": [-1.1, 0.7, 0.5, -0.6, 0.4, 0.8, -0.5, 0.6, -0.3, 0.4], "male": [0.8, -0.6, -0.7, 0.5, 0.6, -0.4, 0.5, -0.7, 0.5, -0.2]}


def body_mesh(skin, gender, seed):
    """The skin in a walking pose, 2 mm off along its normals in waves."""
    theta, tau = walking(gender)
    v = published.body(skin, np.array(BETAS[gender]), theta, tau)
    rng = np.random.default_rng([seed, 3, gender == "male"])
    rest = skin["v_template"]
    waves = np.cos(rest @ rng.normal(0, 9.0, (5, 3)).T + rng.uniform(0, 6.28, 5)).sum(1)
    return v + 0.002 / np.sqrt(2.5) * waves[:, None] * model.vertex_normals(v, skin["f"].astype(int))


def write_ply(path, v, faces):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    rows = np.zeros(len(faces), [("n", "u1"), ("f", "<i4", 3)])
    rows["n"], rows["f"] = 3, faces
    with open(path, "wb") as f:
        f.write(f"ply\nformat binary_little_endian 1.0\nelement vertex {len(v)}\nproperty float x\nproperty float y\nproperty float z\n"
                f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n".encode())
        f.write(v.astype("<f4").tobytes() + rows.tobytes())


def skeleton_files(o, skins):
    """{file name without .pkl: value} of skeleton/ and loss/."""
    puppet, v, start, template, patches = model.skeleton(o.bone_vertices, o.ribs, o.rays, o.interface_pairs, o.glued, o.seed)
    near = model.skin_near(skins["female"]["weights"])
    ldm = model.landmarks(v, start, o.landmarks)
    files = {"skeleton/skeleton_model": puppet, "skeleton/ldm_indices": [int(i) for i in ldm]}
    fields = model.mode_fields(np.random.default_rng([o.seed, 7]))
    rng = np.random.default_rng([o.seed, 2])
    modes = model.grain(np.stack([f(v) for f in fields], -1))
    for gender in ("female", "male"):
        mean = model.grain(model.male(v) if gender == "male" else v + 0.2 * fields[8](v))
        basis = modes if gender == "female" else model.grain(0.95 * modes)
        files[f"skeleton/skeleton_pca_{gender}"] = {"M": mean, "B": basis if o.real else basis.astype(np.float32)}   # the grain fits in 24 bits
        W = np.zeros((11, model.N_MODES)) + rng.normal(0, 0.02, (11, model.N_MODES))
        W[:10, :10] += 0.95 * np.eye(10)
        files[f"skeleton/betas_regressor_{gender}"] = model.grain(W)
        lying = lying_pose(gender)
        files[f"skeleton/ldm_regressor_{gender}"] = model.landmark_regressor(mean, ldm, start, skins[gender], lying, near)
        files[f"skeleton/lying_pose_{gender}"] = lying[1:].ravel()
    skin = skins["female"]["v_template"]
    normals = model.vertex_normals(skin, skins["female"]["f"].astype(int))
    skin_i, bone_i, weight = model.contacts(v, start, skin, near, o.contacts, rng)
    files["loss/skin_skel_contacts"] = [skin_i, template[bone_i], weight]
    files["loss/skin_skeleton_pairs"] = list(model.springs(v, start, skin, normals, near, o.springs, rng))
    names = model.PATCHES
    files["loss/gloss_ball_joints_ldm"] = {"names": list(names), "verts_ids": [[int(i) for i in spread(patches[k], o.patch_vertices)] for k in names]}
    part = {p: np.arange(start[i], start[i + 1]) for i, p in enumerate(figure.PARTS)}
    files["loss/knee_ligament_pairs"] = both_sides(v, o.knee_ligaments, [(part[f"femur_{s}"], part[f"tibia_{s}"]) for s in "LR"])
    files["loss/clavicle_ligament_pairs"] = both_sides(v, o.clavicle_ligaments, [(part[f"shoulder_{s}"], part["ribs"]) for s in "LR"])
    return files


def spread(ids, count):
    return ids[np.linspace(0, len(ids) - 1, min(count, len(ids))).round().astype(int)]


def both_sides(v, count, sides):
    return np.concatenate([model.ligaments(v, a, b, n) for (a, b), n in zip(sides, (count - count // 2, count // 2))])


def write_old(path, files):
    """Protocols 0 and 2 by turns; modes, means and poses wrapped, regressors sparse."""
    from scipy import sparse
    wrap = chumpy_class()
    for k, (name, value) in enumerate(sorted(files.items())):
        if "ldm_regressor" in name:
            value = sparse.csc_matrix(value)
        elif "lying_pose" in name or "betas_regressor" in name:
            value = wrap(value)
        elif "skeleton_pca" in name:
            value = {key: wrap(a) for key, a in value.items()}
        write_pickle(f"{path}/{name}.pkl", value, 2 * (k % 2))


def write_smpl(path, skins, old):
    for gender, skin in skins.items():
        os.makedirs(f"{path}/smpl", exist_ok=True)
        np.savez_compressed(f"{path}/smpl/{gender}.npz", **skin)
        if old:
            from scipy import sparse
            wrap = chumpy_class()
            value = {k: wrap(a) if k in ("shapedirs", "posedirs") else a for k, a in skin.items()}
            value.update(J_regressor=sparse.csc_matrix(skin["J_regressor"]), bs_style="lbs", bs_type="lrotmin")
            write_pickle(f"{path}/smpl/{gender}.pkl", value, 2)


def main(argv=None):
    o = options(argv)
    data = f"{o.directory}/pack/data"
    skins = model.skins(o.skin_vertices, o.modes, 4, o.seed)
    for gender, skin in skins.items():
        os.makedirs(f"{data}/star_1_1/{gender}", exist_ok=True)
        np.savez_compressed(f"{data}/star_1_1/{gender}/model.npz", **skin)
        write_ply(f"{o.directory}/bodies/{gender}.ply", body_mesh(skin, gender, o.seed), skin["f"])
    files = skeleton_files(o, skins)
    if o.old:
        write_old(data, files)
    else:
        for name, value in files.items():
            if o.sparse and "ldm_regressor" in name:
                from scipy import sparse
                value = sparse.csr_matrix(value)
            write_pickle(f"{data}/{name}.pkl", value)
    if o.smpl:
        write_smpl(data, model.skins(o.skin_vertices, o.modes, 9, o.seed), o.old)


if __name__ == "__main__":
    main()
