"""What the importer's tests share: scratch folders, converting a pack, comparing archives."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "import_model.py"
sys.path[:0] = [str(ROOT / "tools")]

import numpy as np

import import_model
import tiny_pack
from osso_import import unpickle
from osso_import.problem import Problem

SHARED = pathlib.Path(os.environ.get("OSSO_IK_SHARED", ROOT.parent / "shared"))
MODELS = pathlib.Path(os.environ.get("OSSO_IK_MODELS", ROOT / os.environ.get("OSSO_IK_BUILD", "build") / "models"))
ROUNDING = 1e-12  # of lengths of a metre in double precision, with room for sums of a hundred terms


def load_bytes(data):
    with tempfile.NamedTemporaryFile(suffix=".pkl") as file:
        file.write(data)
        file.flush()
        return unpickle.load_pickle(file.name)


def options(folder, output, **changes):
    folder = str(folder)
    given = {"star": f"{folder}/star_1_1", "osso": f"{folder}/skeleton", "loss": f"{folder}/loss", "gender": "female", "output": output,
             "tables": str(MODELS / "neutral.npz")}
    given.update(changes)
    return [word for key, value in given.items() for word in (f"--{key}", str(value))]


def run(*arguments, **settings):
    return subprocess.run([sys.executable, "-B", str(TOOL), *arguments], capture_output=True, text=True, timeout=120, **settings)


class Folder(unittest.TestCase):
    """A scratch folder for each test."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def convert(self, content, **settings):
        """Arrays of the archive that a pack makes."""
        write = {key: settings.pop(key) for key in ("protocol", "pickler") if key in settings}
        tiny_pack.write(self.folder, content, **write)
        parsed = import_model.parse(options(self.folder, "unused.npz", **settings))
        return import_model.convert(parsed)

    def problem(self, content, **settings):
        with self.assertRaises(Problem) as caught:
            self.convert(content, **settings)
        return str(caught.exception)


def assert_same_arrays(test, expected, found):
    test.assertEqual(list(expected), list(found))
    for name in set(expected) - {"meta_sources"}:  # the files' own hashes
        np.testing.assert_array_equal(expected[name], found[name], err_msg=name)
