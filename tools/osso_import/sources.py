"""
Which files an archive was made from: their names and SHA-256, for `osso_ik info`.
"""
import hashlib
import os

_seen = {}
_paths = []
_reading = []  # the file that is being read, if any


def begin():
    """Forget the files of an earlier conversion."""
    _seen.clear()
    _paths.clear()
    _reading.clear()


def begin_file(path):
    """For a message about what stops the reader."""
    _reading[:] = [path]


def end_files():
    _reading.clear()


def reading():
    """The file that is being read or checked, or an empty text."""
    return _reading[0] if _reading else ""


def note(path, data):
    _paths.append(path)
    _seen[os.path.join(os.path.basename(os.path.dirname(path)), os.path.basename(path))] = hashlib.sha256(data).hexdigest()


def holds(path):
    """Whether a path names one of the files read, by whatever name."""
    return os.path.exists(path) and any(os.path.exists(seen) and os.path.samefile(path, seen) for seen in _paths)


def lines():
    """'folder/file sha256' of every file read, by name; folders above are left out, they are nobody's business."""
    return [f"{name} {digest}" for name, digest in sorted(_seen.items())]
