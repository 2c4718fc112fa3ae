"""
Which files an archive was made from: their names and SHA-256, for `osso_ik info`.
"""
import hashlib
import os

_seen = {}


def begin():
    """Forget the files of an earlier conversion."""
    _seen.clear()


def note(path, data):
    _seen[os.path.join(os.path.basename(os.path.dirname(path)), os.path.basename(path))] = hashlib.sha256(data).hexdigest()


def lines():
    """'folder/file sha256' of every file read, by name; folders above are left out, they are nobody's business."""
    return [f"{name} {digest}" for name, digest in sorted(_seen.items())]
