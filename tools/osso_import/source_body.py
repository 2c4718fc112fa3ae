"""Body model files: STAR (.npz, 93 pose correctives) and SMPL (.npz or .pkl, 207), told apart by their shape and not by their name."""
import io
import math
import os
import zipfile
from dataclasses import dataclass

import numpy as np

from . import sources, values
from .problem import Problem
from .unpickle import MAX_FILE_BYTES, load_pickle, read_bytes

N_JOINTS = 24
N_MODES = 10  # that the published method uses
STAR_CORRECTIVES = 93  # 4 numbers for each of 23 joints, and one for beta[1]
SMPL_CORRECTIVES = 207  # 9 numbers for each of 23 joints
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]  # of SMPL's joints
SHARE_TOLERANCE = 1e-4  # of the sum of a vertex's weights: the bound of the program's own reader
REGRESSOR_TOLERANCE = 1e-2  # of the sum of a joint's row: published rows are used as they are stored, and are not exact
KEYS = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table", "f")


@dataclass
class Body:
    family: str  # STAR or SMPL
    template: np.ndarray  # (V, 3) [m]
    modes: np.ndarray  # (10, V, 3), without the corrective that beta[1] drives
    mode_corrective: np.ndarray  # (V, 3) STAR's corrective that beta[1] drives, else zero
    correctives: np.ndarray  # (92 or 207, V, 3)
    regressor: tuple  # rows, columns, values of the non-zero entries
    weights: np.ndarray  # (V, 24)
    faces: np.ndarray  # (F, 3)


def find_file(place, gender):
    """place: a model file, or a folder with GENDER/model.npz or GENDER/model.pkl."""
    if not os.path.isdir(place):
        return place
    for suffix in (".npz", ".pkl"):
        path = os.path.join(place, gender, "model" + suffix)
        if os.path.exists(path):
            return path
    raise Problem(f"{place}: has no {gender}/model.npz")


def read_npy(stream, size, where):
    """An array of numbers whose bytes are all there; objects are refused."""
    try:
        version = np.lib.format.read_magic(stream)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = header(stream)
    except (ValueError, KeyError, EOFError):
        raise Problem(f"{where}: not an array that can be read") from None
    if dtype.hasobject:
        raise Problem(f"{where}: holds Python objects, which are not read from .npz files; give the .pkl file instead")
    if math.prod(shape) * dtype.itemsize > size:
        raise Problem(f"{where}: an array of shape {shape} in {size} bytes")
    data = stream.read(math.prod(shape) * dtype.itemsize)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise Problem(f"{where}: ends before its array does")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def read_npz_arrays(path, keys):
    """Those arrays of an archive that keys names."""
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(path))) as archive:
            for entry in archive.infolist():
                key = entry.filename.removesuffix(".npy")
                if key not in keys:
                    continue
                if entry.file_size > MAX_FILE_BYTES:
                    raise Problem(f"{path}: {key}: {entry.file_size} bytes, expected at most {MAX_FILE_BYTES}")
                arrays[key] = read_npy(io.BytesIO(archive.read(entry)), entry.file_size, f"{path}: {key}")
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Problem(f"{path}: not an .npz archive that can be read ({error})") from None
    except Problem:
        raise
    except Exception as error:  # a damaged archive fails in zlib, lzma or bz2
        raise Problem(f"{path}: not an .npz archive that can be read ({type(error).__name__})") from None
    return arrays


def is_zip(path):
    sources.begin_file(path)
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"PK"
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None


def check_parents(raw, path):
    where = f"{path}: kintree_table"
    kintree = values.numbers(raw, where)
    values.check_shape(kintree, where, (2, N_JOINTS))
    if [int(p) for p in kintree[0][1:]] != PARENTS[1:]:
        raise Problem(f"{where}: expected the tree of SMPL's {N_JOINTS} joints, found parents {kintree[0][1:].tolist()}")


def read_weights(raw, path, n_vertices):
    where = f"{path}: weights"
    weights = values.reals(raw, where, (n_vertices, N_JOINTS))
    off = np.abs(weights.sum(1) - 1.0) > SHARE_TOLERANCE
    if (weights < 0.0).any() or off.any():
        raise Problem(f"{where}: row {int(np.argmax(off | (weights < 0.0).any(1)))} is negative or does not add up to 1")
    return weights


def read_regressor(raw, path, n_vertices):
    where = f"{path}: J_regressor"
    _, row, column, value = values.triplets(raw, where, N_JOINTS, n_vertices)
    off = np.abs(np.bincount(row, value, N_JOINTS) - 1.0) > REGRESSOR_TOLERANCE
    if off.any():
        raise Problem(f"{where}: row {int(np.argmax(off))} does not add up to 1")
    return row, column, value


def read_faces(raw, path, n_vertices):
    where = f"{path}: f"
    faces = values.indices(raw, where, ((1,), 3), n_vertices)
    repeats = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
    if repeats.any():
        raise Problem(f"{where}: face {int(np.argmax(repeats))} has a vertex twice")
    return faces


def split_correctives(raw, path, n_vertices):
    """Family, correctives driven by the pose (C, V, 3), corrective driven by beta[1] (V, 3)."""
    posedirs = values.reals(raw, f"{path}: posedirs", (n_vertices, 3, None)).transpose(2, 0, 1)
    if len(posedirs) == STAR_CORRECTIVES:
        return "STAR", posedirs[:-1], posedirs[-1]
    if len(posedirs) == SMPL_CORRECTIVES:
        return "SMPL", posedirs, np.zeros((n_vertices, 3))
    raise Problem(f"{path}: posedirs: expected {STAR_CORRECTIVES} (STAR) or {SMPL_CORRECTIVES} (SMPL) correctives, found {len(posedirs)}")


def read_body(place, gender):
    path = find_file(place, gender)
    raw = read_npz_arrays(path, KEYS) if is_zip(path) else values.table(load_pickle(path), path)
    template = values.reals(values.member(raw, "v_template", path), f"{path}: v_template", ((4,), 3))
    n = len(template)
    shapedirs = values.reals(values.member(raw, "shapedirs", path), f"{path}: shapedirs", (n, 3, (N_MODES,)))
    family, correctives, mode_corrective = split_correctives(values.member(raw, "posedirs", path), path, n)
    check_parents(values.member(raw, "kintree_table", path), path)
    return Body(
        family=family,
        template=template,
        modes=shapedirs[:, :, :N_MODES].transpose(2, 0, 1),
        mode_corrective=mode_corrective,
        correctives=correctives,
        regressor=read_regressor(values.member(raw, "J_regressor", path), path, n),
        weights=read_weights(values.member(raw, "weights", path), path, n),
        faces=read_faces(values.member(raw, "f", path), path, n),
    )
