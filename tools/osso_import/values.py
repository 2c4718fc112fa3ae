"""
Values of a model file as checked numpy arrays.

Every function takes the value as the reader gave it (numpy array, list, chumpy wrapper, sparse matrix) and a text that says where it is
from: "file: array". A Problem says what was expected and what was found.
"""
import numpy as np

from .problem import Problem
from .unpickle import Array, Sparse, Wrapped, short

MAX_LIST_ITEMS = 1 << 24  # of a list in place of an array; shared lists could make more of a small file
MAX_NAME_BYTES = 31  # of the program's own names, and of parts of file names
NUMBERS = "biuf"  # kinds of element types: truth values, whole numbers, real numbers


def unwrap(value):
    """The array inside a wrapper; anything else as it is."""
    for _ in range(8):  # a wrapper in a wrapper; more than that is no model
        if not isinstance(value, (Array, Wrapped)):
            return value
        value = value.value
    return None


def sequence(value, where, length=None):
    """A list, also when it is a tuple or an array."""
    value = unwrap(value)
    if isinstance(value, np.ndarray) and value.ndim > 0:
        value = list(value)
    if not isinstance(value, (list, tuple, range)):
        raise Problem(f"{where}: expected a list, found {describe(value)}")
    if len(value) > MAX_LIST_ITEMS:
        raise Problem(f"{where}: a list of more than {MAX_LIST_ITEMS} entries")
    if length is not None and len(value) != length:
        raise Problem(f"{where}: expected {length} entries, found {len(value)}")
    return list(value)


def table(value, where):
    value = unwrap(value)
    if not isinstance(value, dict):
        raise Problem(f"{where}: expected a dict, found {describe(value)}")
    return value


def member(dictionary, key, file):
    if key not in dictionary:
        raise Problem(f"{file}: {key}: missing")
    return dictionary[key]


def name(value, where):
    """Name of a part or a patch. Names of parts become names of files: nothing in them may lead to another folder or hide a file."""
    value = unwrap(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bytes):
        value = value.decode("latin1")
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable() or len(value) > MAX_NAME_BYTES:
        raise Problem(f"{where}: expected a name of 1 to {MAX_NAME_BYTES} printable ASCII characters, found {describe(value)}")
    if value[0] == "." or "/" in value or "\\" in value:
        raise Problem(f"{where}: expected a name without / and \\ that does not begin with a dot, found {describe(value)}")
    return str(value)


def whole_number(value, where, limit):
    """One number, 0 to limit - 1."""
    return int(indices(numbers(value, where).reshape(-1), where, (1,), limit)[0])


def describe(value):
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, Sparse):
        return "a sparse matrix"
    if value is None:
        return "nothing"
    if isinstance(value, int) and value.bit_length() > 64:  # Python does not write out very long numbers
        return short(value)
    if isinstance(value, (str, bytes)):
        return f"{type(value).__name__} {value[:30]!r:.40}"
    return f"{type(value).__name__} {value!r:.30}" if isinstance(value, (int, float)) else f"a {type(value).__name__}"


def count_items(value, room):
    """Lists and numbers in nested lists, stopping where there are too many."""
    if isinstance(value, range):
        return max(1, len(value))
    if not isinstance(value, (list, tuple)):
        return max(1, getattr(unwrap(value), "size", 1))
    n = 1
    for item in value:
        n += count_items(item, room - n)
        if n > room:
            break
    return n


def numbers(value, where):
    """A dense array of numbers."""
    value = unwrap(value)
    if isinstance(value, (list, tuple, range)):
        try:
            if count_items(value, MAX_LIST_ITEMS) > MAX_LIST_ITEMS:
                raise Problem(f"{where}: a list of more than {MAX_LIST_ITEMS} numbers")
            value = np.array(plain_list(value, where))
        except (ValueError, TypeError, RecursionError):
            raise Problem(f"{where}: expected an array of numbers, found lists that make none") from None
    elif isinstance(value, (int, float, np.generic)):
        check_number(value, where)
        value = np.array(value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in NUMBERS:
        raise Problem(f"{where}: expected an array of numbers, found {describe(value)}")
    return value


def check_number(value, where):
    """A number or an array of them. (Numpy would give every text in a list the room of the longest one.)"""
    if getattr(value, "dtype", np.dtype(float)).kind not in NUMBERS or not isinstance(value, (int, float, np.generic, np.ndarray)):
        raise Problem(f"{where}: expected numbers, found {describe(value)}")


def plain_list(value, where):
    """Nested lists of nothing but numbers and arrays of them."""
    if isinstance(value, (list, tuple, range)):
        return [plain_list(item, where) for item in value]
    value = unwrap(value)
    if isinstance(value, (list, tuple, range)):  # an object array
        return plain_list(value, where)
    check_number(value, where)
    return value


def check_shape(array, where, shape):
    """shape: numbers; None: any; (n,): at least n."""
    fits = array.ndim == len(shape)
    for found, wanted in zip(array.shape, shape):
        fits = fits and (wanted is None or (found >= wanted[0] if isinstance(wanted, tuple) else found == wanted))
    if not fits:
        text = ", ".join("any" if n is None else f"{n[0]} or more" if isinstance(n, tuple) else str(n) for n in shape)
        raise Problem(f"{where}: expected an array of shape ({text}), found {array.shape}")


def reals(value, where, shape):
    """Finite float64 array of a shape (see check_shape)."""
    value = unwrap(value)
    if isinstance(value, Sparse) and len(shape) == 2:
        return dense(value, where, shape)
    array = numbers(value, where)
    check_shape(array, where, shape)
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise Problem(f"{where}: entry {int(np.argmin(np.isfinite(array).ravel()))} is not a finite number")
    return array


def indices(value, where, shape, limit):
    """int64 array of a shape, each 0 to limit - 1."""
    array = numbers(value, where)
    check_shape(array, where, shape)
    if array.dtype.kind == "f" and not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        raise Problem(f"{where}: expected whole numbers")
    outside = (array < 0) | (array >= limit)
    if outside.any():
        at = int(np.argmax(outside.ravel()))
        raise Problem(f"{where}: entry {at} is {array.ravel()[at]}, expected 0 to {limit - 1}")
    return array.astype(np.int64)


def triplets(value, where, n_rows, n_columns):
    """
    Non-zero entries of a dense or sparse matrix, row after row, columns ascending; entries named twice are added up.
    n_rows: a number, or (n,) for at least n. Gives (number of rows, row, column, value).
    """
    value = unwrap(value)
    if not isinstance(value, Sparse):
        matrix = reals(value, where, (n_rows, n_columns))
        row, column = np.nonzero(matrix)
        return len(matrix), row, column, matrix[row, column]
    shape = sparse_shape(value, where)
    wanted = shape[0] >= n_rows[0] if isinstance(n_rows, tuple) else shape[0] == n_rows
    if not wanted or shape[1] != n_columns:
        raise Problem(f"{where}: expected a matrix of {n_rows} rows and {n_columns} columns, found {shape}")
    row, column, entry = sparse_entries(value, where, shape)
    key, place = np.unique(row * n_columns + column, return_inverse=True)
    total = np.zeros(len(key))
    np.add.at(total, place, entry)
    keep = total != 0.0
    return shape[0], key[keep] // n_columns, key[keep] % n_columns, total[keep]


def sparse_shape(matrix, where):
    state = matrix.state or {}
    shape = state.get("_shape", state.get("shape"))
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(isinstance(n, (int, np.integer)) and 0 <= n < 2**31 for n in shape):
        raise Problem(f"{where}: a sparse matrix without a shape")
    return int(shape[0]), int(shape[1])


def sparse_entries(matrix, where, shape):
    """Row, column and value of each stored entry."""
    state = matrix.state
    entry = reals(state.get("data"), f"{where}: data", (None,))
    if matrix.form == "coo":
        pair = state.get("coords") or (state.get("row"), state.get("col"))
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise Problem(f"{where}: a sparse matrix without rows and columns")
        return tuple(indices(part, where, (len(entry),), limit) for part, limit in zip(pair, shape)) + (entry,)
    major, minor = shape if matrix.form == "csr" else shape[::-1]
    start = indices(state.get("indptr"), f"{where}: indptr", (major + 1,), len(entry) + 1)
    if start[0] != 0 or start[-1] != len(entry) or (np.diff(start) < 0).any():
        raise Problem(f"{where}: indptr: expected ascending numbers from 0 to {len(entry)}")
    inner = indices(state.get("indices"), f"{where}: indices", (len(entry),), minor)
    outer = np.repeat(np.arange(major), np.diff(start))
    return (outer, inner, entry) if matrix.form == "csr" else (inner, outer, entry)


def dense(matrix, where, shape):
    """A sparse matrix of a size that is known beforehand."""
    found = sparse_shape(matrix, where)
    if found[0] * found[1] > MAX_LIST_ITEMS:
        raise Problem(f"{where}: a matrix of shape {found} is too large")
    array = np.zeros(found)
    _, row, column, entry = triplets(matrix, where, found[0], found[1])
    array[row, column] = entry
    check_shape(array, where, shape)
    return array
