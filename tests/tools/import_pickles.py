"""Tests of reading pickles: hostile ones are refused, old ones give the same arrays. Run by test_import.py."""
import collections
import pickle
import random
import sys
import time
import tracemalloc
import types
import warnings

import hostile
import numpy as np
import tiny_pack
from import_common import Folder, assert_same_arrays, load_bytes
from osso_import import unpickle, values
from osso_import.problem import Problem


class HostilePickles(Folder):
    def test_every_hostile_pickle_is_refused_at_little_cost(self):
        for name, data, sentence in hostile.all_cases():
            with self.subTest(name):
                marker = self.folder / "marker"
                path = self.folder / "hostile.pkl"
                path.write_bytes(data.replace(b"MARKER", str(marker).encode()))
                tracemalloc.start()
                began = time.monotonic()
                with self.assertRaises(Problem) as caught:
                    unpickle.load_pickle(str(path))
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                self.assertIn(str(path), str(caught.exception))
                self.assertIn(sentence, str(caught.exception))
                self.assertFalse(marker.exists())
                self.assertLess(peak, 16 << 20)  # all of them are shorter than 1 kB
                self.assertLess(time.monotonic() - began, 5.0)

    def test_the_message_names_the_file_and_the_global(self):
        with self.assertRaises(Problem) as caught:
            load_bytes(hostile.call(b"os", b"system"))
        self.assertRegex(str(caught.exception), r"\.pkl: refused: it asks for 'os\.system', ")

    def test_names_that_are_refused_cannot_write_on_the_terminal(self):
        with self.assertRaises(Problem) as caught:
            load_bytes(hostile.stack_global(b"os\n\x1b[31m" + 200 * b"x", b"sys\x1btem\n"))
        sentence = str(caught.exception)
        self.assertTrue(sentence.isprintable())
        self.assertIn(r"os\n\x1b[31mxxx", sentence)
        self.assertLess(len(sentence), 250)

    def test_operations_have_a_limit(self):
        began = time.monotonic()
        with self.assertRaisesRegex(Problem, "more than 8000000 operations"):
            load_bytes(b"(" + 30_000_000 * b"]")
        self.assertLess(time.monotonic() - began, 20.0)  # about 2 s; all 30 million would make 2 GB

    def test_long_files_are_refused_unread(self):
        path = self.folder / "long.pkl"
        with open(path, "wb") as file:
            file.truncate((1 << 30) + 1)
        with self.assertRaisesRegex(Problem, "long.pkl: 1073741825 bytes, expected at most 1073741824"):
            unpickle.load_pickle(str(path))

    def test_objects_without_a_state_are_problems(self):
        for module, name in ((b"scipy.sparse.csc", b"csc_matrix"), (b"scipy.sparse", b"coo_array"), (b"chumpy.ch", b"Ch")):
            made = load_bytes(b"\x80\x02c" + module + b"\n" + name + b"\n)\x81.")
            for value in (made, [made], (made, 1.0)):
                with self.subTest(name, value=type(value)), self.assertRaises(Problem):
                    values.reals(value, "file", (2, 2))

    def test_texts_in_lists_take_no_room(self):
        text = "a" * 1_000_000
        tracemalloc.start()
        for value in ([text] * 100_000, [[1.0], [text.encode()]], [np.array([text])] * 100_000, [np.str_(text)], np.zeros(0, "S999999999"), [None], [{}]):
            with self.assertRaisesRegex(Problem, "expected "):
                values.numbers(value, "file")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(peak, 64 << 20)  # numpy would take 400 GB

    def test_numbers_too_long_to_write_out_are_problems(self):
        for value in (1 << 20000, [1 << 20000], "x"):
            for check in (values.numbers, values.name, values.table, values.sequence):
                with self.subTest(check.__name__), self.assertRaises(Problem):
                    check([value] if check is values.name else value, "file") if check is not values.sequence else check(value, "file", 9)

    def test_names_lead_to_no_other_folder(self):
        for bad in ("", "a/b", "/abs", "..", "../up", ".hidden", "a\\b", "a\nb", "a\x1b[0m", "a\x00", "x" * 32, "\u00e9", b"a/b", np.array("a/b"), 3, None):
            with self.subTest(bad), self.assertRaisesRegex(Problem, r"^model\.pkl: parts: expected a name"):
                values.name(bad, "model.pkl: parts")
        for good in ("femur_L", "x" * 31, "a.b", "a b", b"rib-3"):
            self.assertEqual(values.name(good, "file"), good if isinstance(good, str) else good.decode())

    def test_deep_nesting_is_no_crash(self):
        deep = load_bytes(b"(l" + 100000 * b"(l" + 100000 * b"a" + b".")
        with self.assertRaises(Problem):
            values.numbers(deep, "file")

    def test_shared_lists_do_not_multiply(self):
        for first in (b"I1\na", b""):
            laughs = b"(l" + first + b"p0\n" + b"".join(b"(l" + 10 * (b"g%d\na" % k) + b"p%d\n" % (k + 1) for k in range(30)) + b"."
            with self.assertRaises(Problem):
                values.numbers(load_bytes(laughs), "file")

    def test_lists_that_hold_themselves_are_refused(self):
        with self.assertRaises(Problem):
            values.numbers(load_bytes(b"(lp0\ng0\na."), "file")

    def test_no_stand_in_keeps_what_a_pickle_sets(self):
        before = dict(unpickle.KNOWN)
        for _, data, _ in hostile.all_cases():
            try:
                load_bytes(data.replace(b"touch MARKER", b"true"))
            except Problem:
                pass
        self.assertEqual(before, unpickle.KNOWN)
        np.testing.assert_array_equal(load_bytes(pickle.dumps(np.arange(3.0), 2)).value, [0, 1, 2])

    def test_damaged_pickles_are_problems(self):
        source = pickle.dumps({"a": np.arange(6.0).reshape(2, 3), "b": [1, 2, "x"], "c": np.int64(4)}, 2)
        chance = random.Random(7)
        for _ in range(1500):
            data = bytearray(source)
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                table = load_bytes(bytes(data))
                values.numbers(table["a"] if isinstance(table, dict) and "a" in table else table, "file")
            except Problem:
                pass


class OldFormats(Folder):
    def same(self, found, expected, where="file"):
        np.testing.assert_array_equal(values.numbers(found, where), expected)

    def test_every_protocol_gives_the_same_arrays(self):
        kinds = [np.arange(12.0).reshape(3, 4), np.arange(12, dtype=">i4"), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.float32([1.5]),
                 np.array(3, dtype=np.uint32), np.zeros((0, 3)), np.array([True, False])]
        for protocol in range(6):
            for array in kinds:
                with self.subTest(protocol=protocol, dtype=array.dtype):
                    self.same(load_bytes(pickle.dumps(array, protocol)), array)

    def test_scalars_texts_and_ordered_dicts(self):
        value = collections.OrderedDict([("a", np.float64(2.5)), ("b", b"bytes"), ("c", b""), ("d", 10**30)])
        for protocol in range(6):
            found = load_bytes(pickle.dumps(value, protocol))
            self.assertEqual(dict(value), found)

    def test_what_python_2_wrote(self):
        data = (b"(dp0\nS'v\\xe9'\nI1\nsS'array'\n" + hostile.ARRAY + b"(I1\n(I2\nt" + hostile.FLOAT +
                b"I00\nS'\\x00\\x00\\x00\\x00\\x00\\x00\\xf0?\\x00\\x00\\x00\\x00\\x00\\x00\\x00@'\ntbs.")
        found = load_bytes(data)
        self.assertEqual(found["v\xe9"], 1)
        self.same(found["array"], [1.0, 2.0])

    def test_ordered_dict_of_python_2(self):
        found = load_bytes(b"ccollections\nOrderedDict\n((l(lS'a'\naI1\naatR.")
        self.assertEqual(found, {"a": 1})

    def test_sets_and_ranges_are_lists(self):
        for protocol in range(6):
            for value in ({3, 4, 5}, frozenset([3, 4, 5]), range(3, 6), [range(3, 6), (1, 2, 3)]):
                with self.subTest(value, protocol=protocol):
                    expected = [[3, 4, 5], [1, 2, 3]] if isinstance(value, list) else [3, 4, 5]
                    self.same(load_bytes(pickle.dumps(value, protocol)), expected)
        self.same(load_bytes(b"c__builtin__\nxrange\n(I0\nI4\nI2\ntR."), [0, 2])
        self.assertEqual(values.sequence(range(3), "file", 3), [0, 1, 2])

    def test_numpy_matrices_are_arrays(self):
        for protocol in range(6):
            self.same(load_bytes(pickle.dumps(matrix_of([[1.0, 2.0], [3.0, 4.0]]), protocol)), [[1, 2], [3, 4]])

    def test_object_arrays_are_lists(self):
        lists = np.empty(2, dtype=object)
        lists[:] = [[1, 2], [3]]
        self.assertEqual(values.sequence(load_bytes(pickle.dumps(lists, 2)), "file", 2), [[1, 2], [3]])

    def test_sparse_matrices_old_and_new(self):
        try:
            import scipy.sparse
        except ImportError:
            self.skipTest("no scipy")
        dense = np.array([[0.0, 2, 0, 0], [1, 0, 0, 3], [0, 0, 0, 0]])
        for form in ("csc", "csr", "coo"):
            for kind in ("matrix", "array"):
                matrix = getattr(scipy.sparse, f"{form}_{kind}")(dense)
                for protocol in range(6):
                    with self.subTest(form=form, kind=kind, protocol=protocol):
                        data = pickle.dumps(matrix, protocol)
                        for now, then in ((b"scipy.sparse._" + form.encode(), b"scipy.sparse." + form.encode()),):
                            if protocol < 4:  # later ones have the lengths of their texts
                                data = data.replace(now, then)
                        found = load_bytes(data)
                        self.same(values.reals(found, "file", (3, 4)), dense)
                        rows, row, column, value = values.triplets(found, "file", 3, 4)
                        self.assertEqual((rows, row.tolist(), column.tolist(), value.tolist()), (3, [0, 1, 1], [1, 0, 3], [2, 1, 3]))

    def test_sparse_matrices_that_are_wrong(self):
        good = {"_shape": (2, 3), "data": [1.0, 2.0], "indices": [0, 2], "indptr": [0, 1, 2]}
        for change in ({"_shape": (2, 10**9)}, {"_shape": None}, {"indices": [0, 3]}, {"indices": [0, -1]}, {"indptr": [0, 2, 1]}, {"indptr": [0, 2]},
                       {"data": [1.0]}, {"data": [1.0, float("nan")]}, {"indptr": None}):
            matrix = unpickle.Csr()
            matrix.state = {**good, **change}
            with self.subTest(change=change), self.assertRaises(Problem):
                values.triplets(matrix, "file: matrix", 2, 3)

    def test_entries_named_twice_are_added_up(self):
        matrix = unpickle.Coo()
        matrix.state = {"_shape": (1, 2), "row": [0, 0], "col": [1, 1], "data": [1.0, 2.5]}
        self.assertEqual([part.tolist() for part in values.triplets(matrix, "file", 1, 2)[1:]], [[0], [1], [3.5]])

    def test_whole_pack_in_old_clothes_gives_the_same_archive(self):
        content = tiny_pack.files()
        plain = self.convert(content)
        for protocol, pickler in ((0, None), (2, None), (5, None), (2, chumpy_pickle), (2, list_pickle)):
            with self.subTest(protocol=protocol, pickler=pickler):
                assert_same_arrays(self, plain, self.convert(content, protocol=protocol, pickler=pickler))


def matrix_of(value):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy advises against them
        return np.asmatrix(value)


def replaced(value, change):
    """A nested value with every array of numbers changed."""
    if isinstance(value, dict):
        return {key: replaced(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, change) for item in value]
    return change(value) if isinstance(value, np.ndarray) else value


def chumpy_pickle(value, protocol):
    """Every array wrapped in a chumpy object."""
    module, ch = types.ModuleType("chumpy"), types.ModuleType("chumpy.ch")

    class Ch:
        pass

    Ch.__module__, Ch.__qualname__, ch.Ch = "chumpy.ch", "Ch", Ch

    def wrap(array):
        made = Ch()
        made.x, made._dirty_vars = array, []
        return made

    sys.modules.update({"chumpy": module, "chumpy.ch": ch})
    try:
        return pickle.dumps(replaced(value, wrap), protocol)
    finally:
        del sys.modules["chumpy"], sys.modules["chumpy.ch"]


def list_pickle(value, protocol):
    return pickle.dumps(replaced(value, lambda array: array.tolist()), protocol)
