"""
Reading pickles without running them.

A pickle is a program: it names functions ("globals") and calls them. Here the names are looked up in a fixed table of stand-ins, which
do nothing but check and keep what they are given. No function of numpy, scipy, chumpy or Python is ever handed to a pickle, and any other
name is refused.

  in the pickle                                   what load_pickle gives
  numpy.core.multiarray._reconstruct + state      numpy array over the bytes of the file; an object array becomes a list
  numpy.core.multiarray.scalar, _frombuffer       number, numpy array
  scipy.sparse csc, csr, coo matrix or array      Sparse
  chumpy.*                                        Wrapped, of which .value is the array inside
  collections.OrderedDict                         dict
  set, frozenset                                  list
  range                                           itself
  lists, tuples, dicts, texts, numbers            themselves, with Array, Sparse and Wrapped objects inside: see values.py

Sizes: an array must be as long as its bytes in the file, so that a few bytes cannot ask for a large array; the number of operations has a
limit, because some of one byte make an object of seventy.
"""
import io
import math
import os
import pickle
import re
import struct

import numpy as np

from . import sources
from .problem import Problem

MAX_FILE_BYTES = 4 << 30  # of one file
MAX_PICKLE_BYTES = 1 << 30  # SMPL's have 0.3 GB
MAX_OPERATIONS = 8_000_000  # all tables of the published skeleton as lists in protocol 0 need 5 million; as arrays some hundred
MAX_EMPTY = 1 << 20  # rows of an array without numbers
MAX_RANGE = 1 << 31  # numbers of a range, none of which is made here
MAX_DIMENSIONS = 8
DTYPE = re.compile(r"^[<>=|]?(?:b1|[iu][1248]|f[248]|O8?|[SU][0-9]{1,9}|\?)$")


class Refused(Exception):
    """What the pickle asks for is not done. The text is the end of a sentence that begins with the file's name."""


class Function:
    """A callable stand-in. It has no attributes that a pickle could set."""

    __slots__ = ("_call",)

    def __init__(self, call):
        object.__setattr__(self, "_call", call)

    def __call__(self, *arguments):
        return self._call(*arguments)

    def __setattr__(self, name, value):
        raise Refused("it sets attributes of a function")

    def __setstate__(self, state):
        raise Refused("it sets the state of a function")


class Shell:
    """An object that a pickle makes first and gives its state later, once."""

    __slots__ = ()

    def __setstate__(self, state):
        raise Refused(f"it sets the state of a {type(self).__name__} object")


def short(value):
    """For a message: the value of a text or number, else its type. Nested tuples that share their parts may have endless texts."""
    if isinstance(value, int) and value.bit_length() > 64:  # Python does not write out very long numbers
        return f"a whole number of {value.bit_length()} bits"
    if isinstance(value, (str, bytes)):
        value = value[:60]
    return f"{value!r:.60}" if isinstance(value, (str, bytes, int, float)) else f"a {type(value).__name__}"


def text_of(value):
    """Text of Python 2 or 3."""
    return value.decode("latin1") if isinstance(value, (bytes, bytearray)) else value


class Dtype(Shell):
    """Element type: a plain number, text, or 'object'; neither structured nor of another package."""

    __slots__ = ("code", "order")

    def __new__(cls, code=None, *_):
        code = text_of(code)
        if not isinstance(code, str) or not DTYPE.fullmatch(code):
            raise Refused(f"it has an array of the element type {short(code)}, which is not one of numbers")
        self = super().__new__(cls)
        self.code, self.order = code.lstrip("<>=|"), "<"
        return self

    def __setstate__(self, state):
        if not isinstance(state, tuple) or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise Refused("it has an array of a structured element type")
        order = text_of(state[1])
        if order not in ("<", ">", "|", "="):
            raise Refused(f"it has an array of the unknown byte order {short(order)}")
        self.order = "<" if order in "=|" else order

    def is_object(self):
        return self.code[0] == "O"

    def numpy(self):
        return np.dtype(self.order + self.code)


def array_of(dtype, shape, raw, fortran):
    """Numbers over raw bytes, or a list when the elements are objects."""
    if not isinstance(dtype, Dtype):
        raise Refused("it has an array without an element type")
    if isinstance(shape, int):
        shape = (shape,)
    if not isinstance(shape, tuple) or len(shape) > MAX_DIMENSIONS or not all(type(n) is int and n >= 0 for n in shape):
        raise Refused("it has an array of a shape that is no list of a few numbers")
    if dtype.is_object():
        if not isinstance(raw, list) or len(raw) != math.prod(shape):
            raise Refused(f"it has an object array of the shape {shape} with another number of objects")
        return nested(raw, shape)
    if isinstance(raw, str):
        raw = raw.encode("latin1")  # bytes of Python 2
    if not isinstance(raw, (bytes, bytearray)):
        raise Refused("it has an array whose data are not bytes")
    if math.prod(shape) == 0 and max(shape) > MAX_EMPTY:
        raise Refused(f"it has an empty array of more than {MAX_EMPTY} rows or columns")
    kind = dtype.numpy()
    if kind.itemsize == 0 or len(raw) != math.prod(shape) * kind.itemsize:
        raise Refused(f"it has an array of the shape {shape} and {len(raw)} bytes of data, which do not fit together")
    return np.frombuffer(raw, kind).reshape(shape, order="F" if fortran else "C")


def nested(items, shape):
    """A flat list in the nesting of a shape."""
    if len(shape) == 0:
        return items[0]
    if len(shape) == 1 or not items:
        return list(items)
    step = len(items) // shape[0]
    return [nested(items[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


class Array(Shell):
    """A numpy array: value is set by its state (version, shape, element type, Fortran order, data)."""

    __slots__ = ("value",)

    def __new__(cls, *_):
        self = super().__new__(cls)
        self.value = None
        return self

    def __setstate__(self, state):
        if not isinstance(state, tuple) or len(state) not in (4, 5):
            raise Refused("it has an array with an unknown state")
        shape, dtype, fortran, raw = state[-4:]
        self.value = array_of(dtype, shape, raw, bool(fortran))


class Sparse(Shell):
    """A sparse matrix: form 'csc', 'csr' or 'coo', and its arrays as the pickle has them."""

    __slots__ = ("state",)
    form = None

    def __new__(cls, *_):
        self = super().__new__(cls)
        self.state = None
        return self

    def __setstate__(self, state):
        if not isinstance(state, dict):
            raise Refused("it has a sparse matrix with an unknown state")
        self.state = state


class Csc(Sparse):
    __slots__ = ()
    form = "csc"


class Csr(Sparse):
    __slots__ = ()
    form = "csr"


class Coo(Sparse):
    __slots__ = ()
    form = "coo"


class Wrapped(Shell):
    """An object of chumpy: a constant has its array under 'x'; nothing is computed."""

    __slots__ = ("value",)

    def __new__(cls, *_):
        self = super().__new__(cls)
        self.value = None
        return self

    def __setstate__(self, state):
        if isinstance(state, tuple) and len(state) == 2:
            state = state[0]
        if isinstance(state, dict):
            self.value = state.get("x", state.get("_x"))


class Base:
    """Stands for 'object', 'ndarray' and 'matrix' as arguments."""

    __slots__ = ()

    def __init__(self):
        raise Refused("it makes an object of no known kind")

    def __setstate__(self, state):
        raise Refused("it sets the state of a class")


def reconstruct_array(kind, shape=(0,), code="b"):
    if kind is not Base:
        raise Refused("it has an array of an unknown class")
    return Array()


def reconstruct_object(kind, base=Base, state=None):
    if not (isinstance(kind, type) and issubclass(kind, Shell) and kind is not Shell) or base is not Base or state is not None:
        raise Refused("it makes an object of a class that is not known here")
    return kind()


def scalar(dtype, raw):
    return array_of(dtype, (), raw, False)[()]


def from_buffer(raw, dtype, shape, order="C"):
    shell = Array()
    shell.value = array_of(dtype, shape, raw, text_of(order) == "F")
    return shell


def encode(text, encoding="latin1"):
    """Bytes as protocol 2 writes them."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Refused(f"it encodes text as {short(encoding)}")
    return text.encode("latin1")


def no_bytes(*arguments):
    """Empty bytes as protocol 2 writes them."""
    if arguments:
        raise Refused("it makes bytes from something else")
    return b""


def check_keys(keys):
    """Keys of a dict: plain ones. (The hash of nested tuples that share their parts takes for ever.)"""
    for key in keys:
        if not isinstance(key, (str, bytes, int, float, np.generic)):
            raise Refused(f"it has a dict with {short(key)} as a key")


def ordered(items=()):
    if not isinstance(items, (list, tuple)) or not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in items):
        raise Refused("it makes a dict from something that is not a list of pairs")
    check_keys(pair[0] for pair in items)
    return dict(items)


def list_of(items=()):
    """What a set is of: nothing is hashed here."""
    if not isinstance(items, (list, tuple)):
        raise Refused("it makes a set from something that is not a list")
    return list(items)


def range_of(*numbers):
    if not 1 <= len(numbers) <= 3 or not all(type(n) is int and abs(n) < MAX_RANGE for n in numbers) or numbers[2:] == (0,):
        raise Refused("it has a range that is not one of up to three numbers")
    return range(*numbers)


def known_globals():
    table = {
        ("numpy", "ndarray"): Base,
        ("numpy", "matrix"): Base,
        ("numpy.matrixlib.defmatrix", "matrix"): Base,
        ("numpy.core.defmatrix", "matrix"): Base,
        ("numpy", "dtype"): Dtype,
        ("collections", "OrderedDict"): Function(ordered),
        ("_codecs", "encode"): Function(encode),
    }
    for core in ("numpy.core", "numpy._core"):
        table[core + ".multiarray", "_reconstruct"] = Function(reconstruct_array)
        table[core + ".multiarray", "scalar"] = Function(scalar)
        table[core + ".numeric", "_frombuffer"] = Function(from_buffer)
    for kind in (Csc, Csr, Coo):
        for module in ("", "." + kind.form, "._" + kind.form, "._arrays"):
            for suffix in ("_matrix", "_array"):
                table["scipy.sparse" + module, kind.form + suffix] = kind
    for module in ("copy_reg", "copyreg"):
        table[module, "_reconstructor"] = Function(reconstruct_object)
    for module in ("__builtin__", "builtins"):
        table[module, "object"] = Base
        table[module, "bytes"] = Function(no_bytes)
        for name in ("set", "frozenset"):
            table[module, name] = Function(list_of)
        for name in ("range", "xrange"):
            table[module, name] = Function(range_of)
    return table


KNOWN = known_globals()
CHUMPY = re.compile(r"^chumpy(\.[A-Za-z_]+)*$")
IDENTIFIER = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")


class Operations(dict):
    """The table of operations, counting how often it is asked."""

    def __init__(self, table):
        super().__init__(table)
        self.left = MAX_OPERATIONS

    def __getitem__(self, code):
        self.left -= 1
        if self.left < 0:
            raise Refused(f"it has more than {MAX_OPERATIONS} operations")
        return super().__getitem__(code)


class Unpickler(pickle._Unpickler):
    """
    The unpickler of the standard library that is written in Python: its memo is a dict, while that of the C one is a table that one
    hostile number makes 64 GB large. What costs more than the file is long is refused: see the operations at the end.
    """

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, data):
        super().__init__(io.BytesIO(data), encoding="latin1")
        self.n_bytes = len(data)
        self.dispatch = Operations(type(self).dispatch)

    def find_class(self, module, name):
        if (module, name) in KNOWN:
            return KNOWN[module, name]
        if CHUMPY.match(module) and IDENTIFIER.match(name):
            return Wrapped
        raise Refused(f"it asks for {short(f'{module[:60]}.{name[:60]}')}, which is none of the few names that a model file needs")

    def get_extension(self, code):
        raise Refused(f"it asks for the extension {code}")

    def persistent_load(self, pid):
        raise Refused("it asks for an object outside the file")

    def load_bytearray8(self):
        (size,) = struct.unpack("<Q", self.read(8))
        if size > self.n_bytes:
            raise Refused("it asks for more bytes than it has")
        self.append(bytearray(self.read(size)))

    def load_frame(self):
        (size,) = struct.unpack("<Q", self.read(8))
        if size > self.n_bytes:
            raise Refused("it asks for more bytes than it has")
        self._unframer.load_frame(size)

    def load_dict(self):
        items = self.pop_mark()
        check_keys(items[0::2])
        self.append(dict(zip(items[0::2], items[1::2])))

    def load_setitem(self):
        check_keys(self.stack[-2:-1])
        super().load_setitem()

    def load_setitems(self):
        check_keys(self.stack[0::2])
        super().load_setitems()

    def load_empty_set(self):
        self.append([])

    def load_additems(self):
        items = self.pop_mark()
        if type(self.stack[-1]) is not list:
            raise Refused("it adds items to something that is not a set")
        self.stack[-1].extend(items)

    def load_frozenset(self):
        items = self.pop_mark()  # first: it changes what append appends to
        self.append(items)

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8
    dispatch[pickle.FRAME[0]] = load_frame
    dispatch[pickle.DICT[0]] = load_dict
    dispatch[pickle.SETITEM[0]] = load_setitem
    dispatch[pickle.SETITEMS[0]] = load_setitems
    dispatch[pickle.EMPTY_SET[0]] = load_empty_set
    dispatch[pickle.ADDITEMS[0]] = load_additems
    dispatch[pickle.FROZENSET[0]] = load_frozenset


def read_bytes(path, most=MAX_FILE_BYTES):
    sources.begin_file(path)
    try:
        size = os.path.getsize(path)
        if size > most:
            raise Problem(f"{path}: {size} bytes, expected at most {most}")
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None
    sources.note(path, data)
    return data


def load_pickle(path):
    """What a pickle holds. Raises Problem naming the file, and the name that is refused."""
    data = read_bytes(path, MAX_PICKLE_BYTES)
    try:
        return Unpickler(data).load()
    except Refused as refused:
        raise Problem(f"{path}: refused: {refused}") from None
    except MemoryError:
        raise Problem(f"{path}: needs more memory than there is") from None
    except Exception as error:  # a damaged pickle fails in any way there is
        raise Problem(f"{path}: not a pickle that can be read ({type(error).__name__}: {short(str(error))})") from None
