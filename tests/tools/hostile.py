"""Pickles that no model file holds, as bytes: name, pickle, part of the sentence that refuses it."""
import struct

ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
FLOAT = b"cnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb"


def call(module, name, arguments=b"(S'touch MARKER'\nt"):
    return b"c" + module + b"\n" + name + b"\n" + arguments + b"R."


def stack_global(module, name):
    return b"\x80\x04" + b"".join(b"\x8c" + bytes([len(t)]) + t for t in (module, name)) + b"\x93."


def array_state(shape, data, dtype=FLOAT):
    return ARRAY + b"(I1\n" + shape + dtype + b"I00\n" + data + b"tb."


GLOBALS = [
    (b"os", b"system"), (b"posix", b"system"), (b"subprocess", b"Popen"), (b"builtins", b"eval"), (b"builtins", b"exec"),
    (b"__builtin__", b"eval"), (b"__builtin__", b"apply"), (b"__builtin__", b"file"), (b"builtins", b"getattr"), (b"builtins", b"__import__"),
    (b"builtins", b"open"), (b"builtins", b"type"), (b"builtins", b"bytearray"), (b"operator", b"attrgetter"), (b"functools", b"partial"),
    (b"types", b"FunctionType"), (b"importlib", b"import_module"), (b"runpy", b"run_path"), (b"pickle", b"loads"), (b"sys", b"modules"),
    (b"numpy", b"load"), (b"numpy", b"fromfile"), (b"numpy", b"memmap"), (b"numpy", b"save"), (b"numpy", b"zeros"),
    (b"numpy.testing._private.utils", b"runstring"), (b"numpy.testing", b"runstring"), (b"numpy.f2py", b"compile"),
    (b"numpy.core.multiarray", b"array"), (b"numpy.core.multiarray", b"fromfile"), (b"numpy.core.numeric", b"load"),
    (b"numpy.lib.npyio", b"load"), (b"numpy.distutils.exec_command", b"exec_command"), (b"scipy.io", b"loadmat"),
    (b"scipy.sparse", b"load_npz"), (b"collections", b"namedtuple"), (b"collections", b"UserDict"), (b"_codecs", b"lookup"),
    (b"codecs", b"encode"), (b"copyreg", b"add_extension"), (b"copyreg", b"pickle"), (b"copyreg", b"__newobj__"), (b"copy_reg", b"constructor"),
    (b"chumpy", b"os.system"), (b"chumpy.ch", b"__import__"), (b"chumpyx", b"Ch"), (b"chumpy.ch.", b"Ch"), (b"osso_import.unpickle", b"load_pickle"),
]

DOTTED = [
    (b"os", b"path.join"), (b"numpy", b"core.multiarray._reconstruct"), (b"numpy", b"ndarray.__class__"), (b"numpy", b"__class__"),
    (b"numpy.core.multiarray", b"__class__"), (b"numpy.core.multiarray", b"_reconstruct.__globals__"), (b"numpy", b"dtype.__init__"),
    (b"collections", b"OrderedDict.__init__"), (b"builtins", b"object.__subclasses__"), (b"builtins", b"bytes.fromhex"), (b"chumpy.ch", b"Ch.__class__"),
    (b"chumpy.ch", b"os.system"), (b"numpy\n", b"ndarray"),
]

CASES = [
    ("persistent id", b"Pos.system\n.", "outside the file"),
    ("binary persistent id", b"S'x'\nQ.", "outside the file"),
    ("extension", b"\x82\x01.", "extension"),
    ("reduce inside a list", b"(lp0\n" + call(b"os", b"system")[:-1] + b"a.", "os.system"),
    ("reduce as an argument", b"cnumpy\ndtype\n(" + call(b"os", b"system")[:-1] + b"tR.", "os.system"),
    ("reduce as array data", ARRAY + b"(I1\n(I1\nt" + FLOAT + b"I00\n" + call(b"os", b"system")[:-1] + b"tb.", "os.system"),
    ("instance", b"(S'touch MARKER'\nios\nsystem\n.", "os.system"),
    ("object", b"(cos\nsystem\nS'touch MARKER'\no.", "os.system"),
    ("reconstructor of a dict", b"ccopyreg\n_reconstructor\n(c__builtin__\nobject\nc__builtin__\nobject\nNtR.", "class that is not known"),
    ("reconstructor of text", b"ccopyreg\n_reconstructor\n(S'os'\nc__builtin__\nobject\nNtR.", "class that is not known"),
    ("reconstructor with a state", b"ccopyreg\n_reconstructor\n(cscipy.sparse.csc\ncsc_matrix\nc__builtin__\nobject\n}tR.", "class that is not known"),
    ("object made", b"c__builtin__\nobject\n)R.", "no known kind"),
    ("ndarray made", b"cnumpy\nndarray\n((I1000000000000\ntS'd'\ntR.", ""),
    ("bytes of a number", b"c__builtin__\nbytes\n(I1000000000000\ntR.", "bytes from something else"),
    ("encode with a codec", b"c_codecs\nencode\n(S'x'\nS'zlib'\ntR.", "encodes text"),
    ("state of a function", b"c_codecs\nencode\n}S'__code__'\nI1\nsb.", "state of a function"),
    ("slots of a function", b"c_codecs\nencode\n(N}S'_call'\nI1\nstb.", "state of a function"),
    ("state of a class", b"cnumpy\ndtype\n}S'__init__'\nI1\nsb.", ""),
    ("dict as state of an array", ARRAY + b"}S'__class__'\nI1\nsb.", "unknown state"),
    ("dict as state of a dtype", FLOAT + b"}S'__class__'\nI1\nsb.", "structured"),
    ("list as state of a sparse matrix", b"cscipy.sparse.csc\ncsc_matrix\n)\x81(lb.", "unknown state"),
    ("attributes of a dict", b"ccollections\nOrderedDict\n)R}S'__class__'\nI1\nsb.", ""),
    ("structured dtype", b"cnumpy\ndtype\n(S'V8'\nI0\nI1\ntR.", "element type"),
    ("subarray dtype", b"cnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\n(S'f8'\n(I9\nttNNI-1\nI-1\nI0\ntb.", "structured"),
    ("huge dtype", b"cnumpy\ndtype\n(S'S9999999999'\nI0\nI1\ntR.", "element type"),
    ("dtype as text", b"cnumpy\ndtype\n(S'f8,f8'\nI0\nI1\ntR.", "element type"),
    ("array of another class", b"cnumpy.core.multiarray\n_reconstruct\n(cscipy.sparse.csc\ncsc_matrix\n(I0\ntS'b'\ntR.", "unknown class"),
    ("shape bomb", array_state(b"(I1000000000000\nt", b"S'12345678'\n"), "do not fit together"),
    ("shape bomb of objects", array_state(b"(I1000000000\nt", b"(l", FLOAT.replace(b"f8", b"O8").replace(b"'<'", b"'|'")), "another number"),
    ("negative shape", array_state(b"(I-1\nI-1\nt", b"S'12345678'\n"), "shape"),
    ("shape of a number that overflows", array_state(b"(L18446744073709551617L\nt", b"S'12345678'\n"), "do not fit together"),
    ("many dimensions", array_state(b"(" + 64 * b"I1\n" + b"t", b"S'12345678'\n"), "shape"),
    ("scalar without bytes", b"cnumpy.core.multiarray\nscalar\n(" + FLOAT + b"S''\ntR.", "do not fit together"),
    ("buffer bomb", b"cnumpy.core.numeric\n_frombuffer\n(S''\n" + FLOAT + b"(I1000000000000\ntS'C'\ntR.", "do not fit together"),
    ("memo bomb", b"Nr\xff\xff\xff\x7f", ""),
    ("long bytes", b"\x80\x04\x8e" + struct.pack("<Q", 1 << 36) + b"x.", ""),
    ("long text", b"\x80\x04\x8d" + struct.pack("<Q", 1 << 36) + b"x.", ""),
    ("long byte array", b"\x80\x05\x96" + struct.pack("<Q", 1 << 36) + b"x.", "more bytes"),
    ("long frame", b"\x80\x04\x95" + struct.pack("<Q", 1 << 36) + b"N.", ""),
    ("long number", b"\x8b\xff\xff\xff\x7f1.", ""),
    ("hash bomb", b"I1\n0)q\x00" + b"".join(b"h" + bytes([k]) + b"h" + bytes([k]) + b"\x86q" + bytes([k + 1]) for k in range(60)) + b"}h\x3cNs.", "as a key"),
    ("items of no set", b"\x80\x04}(I1\n\x90.", "not a set"),
    ("set of a number", b"c__builtin__\nset\n(I5\ntR.", "not a list"),
    ("long range", b"cbuiltins\nrange\n(L99999999999L\ntR.", "range"),
    ("range of a step of nothing", b"cbuiltins\nrange\n(I0\nI9\nI0\ntR.", "range"),
    ("empty array of many rows", array_state(b"(I1000000000\nI0\nt", b"S''\n"), "empty array"),
    ("dtype that is made without a type", ARRAY + b"(I1\n(I1\ntcnumpy\ndtype\n)\x81I00\nS'12345678'\ntb.", "element type"),
    ("dtype with a line after it", b"cnumpy\ndtype\n(S'f8\\n'\nI0\nI1\ntR.", "element type"),
    ("nothing", b"", ""),
    ("no pickle", b"PLY\nformat", ""),
    ("out of band buffer", b"\x80\x05\x97.", ""),
]


def all_cases():
    for module, name in GLOBALS:
        yield f"{module.decode()} {name.decode()}", call(module, name), "refused: it asks for"
    for module, name in DOTTED:
        yield f"dotted {module.decode()!r} {name.decode()}", stack_global(module, name), "refused: it asks for"
    yield from CASES
