"""
Writing the model archive: stored, without dates, byte for byte the same for equal content.

The content hash is that of models/README.md: SHA-256 of a line "name size crc32" for each array, sorted by name.
"""
import hashlib
import io
import os
import zipfile
import zlib

import numpy as np

from . import sources
from .problem import Problem

HASH = "meta_content_hash"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can have


def check_finite(arrays):
    """Numbers that are finite may have overflowed on the way."""
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            entry = int(np.argmin(np.isfinite(array).ravel()))
            raise Problem(f"{name}: entry {entry} is not a finite number: the files hold numbers that are too large")


def check_place(path):
    if sources.holds(path):
        raise Problem(f"{path}: is one of the files that are read; give the archive another name")
    if os.path.exists(path) and not os.path.isfile(path):
        raise Problem(f"{path}: cannot be written: not a file")


def npy_bytes(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def content_hash(entries):
    lines = sorted((name.encode(), f" {len(data)} {zlib.crc32(data):08x}\n".encode()) for name, data in entries.items())
    return hashlib.sha256(b"".join(name + numbers for name, numbers in lines)).hexdigest()


def add(archive, name, data):
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)


def write(path, arrays):
    """arrays: name: array, in the order in which they are to stand. The file appears whole or not at all."""
    check_finite(arrays)
    check_place(path)
    entries = {name + ".npy": npy_bytes(array) for name, array in arrays.items()}
    digest = content_hash(entries)
    entries[HASH + ".npy"] = npy_bytes(np.array([digest]))
    partial = f"{path}.{os.getpid()}.part"
    try:
        with zipfile.ZipFile(partial, "x", zipfile.ZIP_STORED) as archive:
            for name, data in entries.items():
                add(archive, name, data)
        os.replace(partial, path)
    except OSError as error:
        raise Problem(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        if os.path.exists(partial):
            os.remove(partial)
    return digest
