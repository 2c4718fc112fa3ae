"""
Bones from body meshes, and how they move: libossoik with numpy arrays.

    import ossoik
    found = ossoik.skeleton("body.ply", "female")   # a file, or an array of 6890 x 3 vertices in SMPL order
    found.vertices, found.bone_names                # bones in the input's pose [m]
    found.angles["knee_angle_r"]                    # [rad]

`skeleton` runs the whole pipeline. Its stages are Model.load, Mesh, Body.from_mesh, Skeleton.infer, Skeleton.pose, Chain.from_skeleton,
Motion.solve and quality; Sequence takes meshes over time, Motion.from_keypoints keypoints; Rig writes what OpenSim, MuJoCo and others open.

Units and frames: metres, radians, seconds; Y up, the subject's left on +x, facing +z in model space; posed bodies, bones and motions are in
the frame of the input, in metres. Rotations are 3 x 3 matrices. F: frames, n: coordinates, S: segments, V: vertices.

Arrays that come out are copies. What goes wrong is an OssoikError with the library's sentence. What a callback raises, and Ctrl-C in the main
thread, stops the library and comes out of the call. Objects free their memory when nothing refers to them any more, or at close() or the
end of a `with` block; an object that others were made from stays as long as they need it. Calls run without Python's global lock. Models
may be shared by threads; everything else is read-only once it is made, and may be too, but a Sequence, which belongs to one thread at a time.

The library is $OSSOIK_LIBRARY, or one beside this file (build tree, installed tree), or that of the system. Needs Python 3.9 and numpy.
"""
import contextlib
import ctypes
import ctypes.util
import enum
import functools
import os
import signal
import threading
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_int32, c_size_t, c_void_p
from typing import Callable, NamedTuple, Optional

import numpy as np

__all__ = ["Body", "BodyInfo", "BodyParameters", "CallInfo", "Chain", "Coordinate", "Gate", "KeypointReport", "Mesh", "Model", "ModelInfo", "Motion",
           "Options", "OssoikError", "Quality", "Result", "Rig", "RigBody", "RigBone", "RigCoordinate", "RigInfo", "RigMarker", "Sequence",
           "SequenceFrame", "Skeleton", "SkeletonInfo", "Skin", "Status", "Step", "quality", "skeleton", "version", "write_report"]

__version__ = "0.1.0"  # of the header that the declarations below follow

GENDERS = ("female", "male", "neutral")  # of the built-in models
N_JOINTS = 24  # of SMPL


class Status(enum.IntEnum):
    """What went wrong, as oik_status in osso_ik.h."""
    OK = 0
    ARGUMENT = 1
    MEMORY = 2
    IO = 3
    FORMAT = 4
    SHAPE = 5
    NOT_FINITE = 6
    ORDER = 7
    MODEL = 8
    SOLVER = 9
    CANCELLED = 10


class OssoikError(Exception):
    """A call failed. status: a Status; the text is the library's sentence."""

    def __init__(self, status, message):
        super().__init__(status, message)
        self.status = Status(status)

    def __str__(self):
        return self.args[1]


# ---------------------------------------------------------------- the header, declared

_CANCEL = ctypes.CFUNCTYPE(c_int, c_void_p)
_PROGRESS = ctypes.CFUNCTYPE(c_int, c_void_p, c_size_t)


class _Error(ctypes.Structure):
    _fields_ = [("status", c_int), ("message", c_char * 512)]


class _ModelInfo(ctypes.Structure):
    _fields_ = ([(name, c_char_p) for name in ("name", "gender", "licence", "hash")]
                + [(name, c_size_t) for name in ("n_skin_vertices", "n_skin_faces", "n_skin_modes", "n_bones", "n_bone_vertices", "n_bone_faces",
                                                 "n_parts", "n_skeleton_modes", "n_joints", "n_dofs")]
                + [("family", c_char_p), ("n_pose_features", c_size_t), ("n_rigid_parts", c_size_t), ("has_reference", c_int), ("skin_faces", POINTER(c_int32))])


class _Step(ctypes.Structure):
    _fields_ = [("stage", c_char_p), ("iteration", c_int), ("cost", c_double), ("skin", c_void_p), ("n_parts", c_size_t),
                ("part_R", c_void_p), ("part_t", c_void_p), ("shape", c_void_p)]


_ON_STEP = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(_Step))


class _StageOptions(ctypes.Structure):
    _fields_ = [("more_iterations", c_int), ("cancel", _CANCEL), ("cancel_context", c_void_p), ("method", c_int),
                ("on_step", _ON_STEP), ("step_context", c_void_p)]


class _BodyParameters(ctypes.Structure):
    _fields_ = [("n_betas", c_size_t), ("betas", c_void_p), ("pose", c_void_p), ("trans", c_void_p), ("z_up", c_int)]


class _BodyInfo(ctypes.Structure):
    _fields_ = [("unit", c_char_p), ("units_per_metre", c_double), ("mirrored", c_int), ("rms", c_double), ("repose_rms", c_double),
                ("long_edge_share", c_double), ("n_iterations", c_int), ("converged", c_int), ("n_modes", c_size_t), ("beta", c_void_p),
                ("stature", c_double)]


class _CallInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("n_iterations", c_int), ("initial_cost", c_double), ("final_cost", c_double), ("stop", c_char_p)]


class _SkeletonInfo(ctypes.Structure):
    _fields_ = [("n_vertices", c_size_t), ("n_faces", c_size_t), ("n_bones", c_size_t), ("n_parts", c_size_t),
                ("bone_names", POINTER(c_char_p)), ("part_names", POINTER(c_char_p)), ("bone_of_vertex", c_void_p),
                ("part_of_vertex", c_void_p), ("faces", c_void_p), ("vertices", c_void_p), ("initial_cost", c_double),
                ("final_cost", c_double), ("n_iterations", c_int), ("stop", c_char_p)]


class _Coordinate(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("joint", c_char_p), ("translation", c_int), ("value", c_double), ("lower", c_double),
                ("upper", c_double), ("bound", c_int), ("disagreement", c_double)]


class _MotionFrame(ctypes.Structure):
    _fields_ = [("time", c_double), ("coordinates", c_void_p), ("position_error", c_double)]


class _KeypointArrays(ctypes.Structure):
    _fields_ = [("n_frames", c_size_t), ("n_points", c_size_t), ("n_numbers", c_int), ("values", c_void_p), ("names", POINTER(c_char_p)),
                ("time", c_void_p), ("fps", c_double)]


class _KeypointOptions(ctypes.Structure):
    _fields_ = [("noise", c_double), ("smoothness", c_double), ("robust", c_double), ("cutoff_hz", c_double), ("progress", _PROGRESS),
                ("context", c_void_p)]


class _KeypointReport(ctypes.Structure):
    _fields_ = [("n_matched", c_size_t), ("n_dropped_pairs", c_size_t), ("scale", c_double), ("length_mismatch", c_double),
                ("noise", c_double)]


class _SequenceFrame(ctypes.Structure):
    _fields_ = ([(name, c_double) for name in ("registration_rms", "repose_rms", "long_edge_share", "outside_share", "outside_depth", "hip_gap",
                                               "shoulder_gap")]
                + [("restarted", c_int), ("n_iterations", c_int)])


class _MeshInfo(ctypes.Structure):
    _fields_ = [("n_vertices", c_size_t), ("n_faces", c_size_t), ("vertices", POINTER(c_double)), ("faces", POINTER(c_int32))]


class _SkinInfo(ctypes.Structure):
    _fields_ = [("n_vertices", c_size_t), ("n_faces", c_size_t), ("measured", POINTER(c_double)), ("posed", POINTER(c_double)),
                ("unposed", POINTER(c_double)), ("faces", POINTER(c_int32)), ("of_input", POINTER(c_int32))]


class _RigOptions(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("mass", c_double), ("full", c_int), ("up", c_double * 3)]


class _RigInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("gender", c_char_p), ("mass", c_double), ("stature", c_double), ("mass_estimated", c_int),
                ("up", c_double * 3), ("world", c_double * 9), ("n_bodies", c_size_t), ("n_coordinates", c_size_t), ("n_bones", c_size_t),
                ("n_markers", c_size_t), ("n_frames", c_size_t), ("time", POINTER(c_double)), ("coordinates", POINTER(c_double))]


class _RigBodyInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("joint", c_char_p), ("parent", c_int), ("mass", c_double), ("mass_centre", c_double * 3),
                ("inertia", c_double * 6), ("centre", c_double * 3), ("A", c_double * 9), ("B", c_double * 9), ("first_coordinate", c_size_t),
                ("n_rotations", c_size_t), ("n_translations", c_size_t)]


class _RigCoordinateInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("body", c_int), ("translation", c_int), ("axis", c_double * 3), ("lower", c_double), ("upper", c_double),
                ("neutral", c_double), ("follows", c_int)]


class _RigMarkerInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("body", c_int), ("at", c_double * 3), ("fixed", c_int)]


class _RigBoneInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("body", c_int), ("n_vertices", c_size_t), ("n_faces", c_size_t), ("vertices", POINTER(c_double)),
                ("faces", POINTER(c_int32))]


class _Gate(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("unit", c_char_p), ("value", c_double), ("warn", c_double), ("fail", c_double), ("level", c_int)]


class _Quality(ctypes.Structure):
    _fields_ = [("gates", _Gate * 8), ("n_gates", c_int), ("level", c_int)]


class _ReportInput(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("input_path", c_char_p), ("model", c_void_p), ("body", c_void_p), ("posed", c_void_p), ("motion", c_void_p),
                ("rig", c_void_p), ("quality", POINTER(_Quality)), ("mean", POINTER(_Quality)), ("n_steps", c_size_t), ("steps", POINTER(_Step)),
                ("up", c_double * 3)]


# C name -> class, for the tests against the header
_STRUCTS = {"oik_error": _Error, "oik_model_info": _ModelInfo, "oik_step": _Step, "oik_stage_options": _StageOptions,
            "oik_body_parameters": _BodyParameters, "oik_body_info": _BodyInfo, "oik_call_info": _CallInfo,
            "oik_skeleton_info": _SkeletonInfo, "oik_coordinate": _Coordinate, "oik_motion_frame": _MotionFrame,
            "oik_keypoint_arrays": _KeypointArrays, "oik_keypoint_options": _KeypointOptions, "oik_keypoint_report": _KeypointReport,
            "oik_sequence_frame": _SequenceFrame, "oik_mesh_info": _MeshInfo, "oik_skin_info": _SkinInfo,
            "oik_rig_options": _RigOptions, "oik_rig_info": _RigInfo, "oik_rig_body_info": _RigBodyInfo,
            "oik_rig_coordinate_info": _RigCoordinateInfo, "oik_rig_marker_info": _RigMarkerInfo, "oik_rig_bone_info": _RigBoneInfo,
            "oik_gate": _Gate, "oik_quality": _Quality,
            "oik_report_input": _ReportInput}

# C name -> result and arguments; a pointer is _P
_P = c_void_p
_FUNCTIONS = {
    "oik_version": (c_char_p,),
    "oik_status_name": (c_char_p, c_int),
    "oik_status_sentence": (c_char_p, c_int),
    "oik_model_load": (c_int, _P, c_char_p, _P),
    "oik_model_free": (None, _P),
    "oik_model_get_info": (_ModelInfo, _P),
    "oik_mesh_read": (c_int, _P, c_char_p, _P),
    "oik_mesh_from_arrays": (c_int, _P, _P, c_size_t, _P, c_size_t, _P),
    "oik_mesh_free": (None, _P),
    "oik_mesh_get_info": (_MeshInfo, _P),
    "oik_body_from_mesh": (c_int, _P, _P, _P, c_char_p, _P, _P),
    "oik_body_from_parameters": (c_int, _P, _P, _P, _P, _P),
    "oik_body_free": (None, _P),
    "oik_body_get_info": (_BodyInfo, _P),
    "oik_body_get_skin": (_SkinInfo, _P),
    "oik_body_place_lying_skin": (c_int, _P, _P, _P, _P),
    "oik_body_n_calls": (c_size_t, _P),
    "oik_body_get_call": (_CallInfo, _P, c_size_t),
    "oik_skeleton_infer": (c_int, _P, _P, _P, _P, _P),
    "oik_skeleton_pose": (c_int, _P, _P, _P, _P, _P, _P),
    "oik_skeleton_free": (None, _P),
    "oik_skeleton_get_info": (_SkeletonInfo, _P),
    "oik_skeleton_n_calls": (c_size_t, _P),
    "oik_skeleton_get_call": (_CallInfo, _P, c_size_t),
    "oik_skeleton_place": (c_int, _P, _P, _P, _P, _P, _P),
    "oik_body_save": (c_int, _P, _P, c_char_p, _P),
    "oik_body_load": (c_int, _P, _P, _P, _P, c_char_p, _P),
    "oik_body_load_from_parameters": (c_int, _P, _P, _P, _P, c_char_p, _P),
    "oik_skeleton_save": (c_int, _P, _P, c_char_p, _P),
    "oik_skeleton_load": (c_int, _P, _P, _P, _P, _P, c_char_p, _P),
    "oik_chain_from_skeleton": (c_int, _P, _P, _P, _P),
    "oik_chain_free": (None, _P),
    "oik_motion_solve": (c_int, _P, _P, _P, _P, _P, _P),
    "oik_motion_free": (None, _P),
    "oik_motion_n_coordinates": (c_size_t, _P),
    "oik_motion_coordinate": (_Coordinate, _P, c_size_t),
    "oik_motion_n_frames": (c_size_t, _P),
    "oik_motion_get_frame": (_MotionFrame, _P, c_size_t),
    "oik_motion_n_segments": (c_size_t, _P),
    "oik_motion_segment_name": (c_char_p, _P, c_size_t),
    "oik_motion_place_segments": (c_int, _P, _P, _P, c_size_t, _P),
    "oik_chain_load": (c_int, _P, c_char_p, c_char_p, _P),
    "oik_chain_file_from_skeleton": (c_int, _P, _P, _P),
    "oik_chain_file_free": (None, _P),
    "oik_motion_from_keypoints": (c_int, _P, _P, _P, _P, _P, _P),
    "oik_motion_from_keypoint_file": (c_int, _P, _P, _P, c_char_p, c_double, _P, _P),
    "oik_sequence_new": (c_int, _P, _P, _P, _P),
    "oik_sequence_free": (None, _P),
    "oik_sequence_add": (c_int, _P, _P, c_double, c_char_p, _P),
    "oik_sequence_n_frames": (c_size_t, _P),
    "oik_sequence_get_frame": (_SequenceFrame, _P, c_size_t),
    "oik_sequence_body": (_P, _P),
    "oik_sequence_posed": (_P, _P),
    "oik_sequence_lying": (_P, _P),
    "oik_sequence_solve": (c_int, _P, _P, _P, _P),
    "oik_quality_measure": (c_int, _P, _P, _P, _P, _P, _P),
    "oik_sequence_quality": (c_int, _P, _P, _P, _P, _P),
    "oik_write_body": (c_int, _P, _P, c_int, c_char_p, _P),
    "oik_write_skeleton": (c_int, _P, c_char_p, c_char_p, _P),
    "oik_write_chain": (c_int, _P, _P, c_char_p, _P),
    "oik_write_angles": (c_int, _P, c_char_p, _P),
    "oik_write_orientations": (c_int, _P, c_char_p, _P),
    "oik_write_segments": (c_int, _P, c_char_p, _P),
    "oik_write_rates": (c_int, _P, c_char_p, _P),
    "oik_write_motion": (c_int, _P, c_char_p, _P),
    "oik_rig_from_skeleton": (c_int, _P, _P, _P, _P, _P, _P, _P),
    "oik_motion_up": (c_int, _P, _P, _P),
    "oik_rig_free": (None, _P),
    "oik_rig_get_info": (_RigInfo, _P),
    "oik_rig_get_body": (_RigBodyInfo, _P, c_size_t),
    "oik_rig_get_coordinate": (_RigCoordinateInfo, _P, c_size_t),
    "oik_rig_get_marker": (_RigMarkerInfo, _P, c_size_t),
    "oik_rig_get_bone": (_RigBoneInfo, _P, c_size_t),
    "oik_rig_place_bodies": (c_int, _P, _P, _P, _P, _P),
    "oik_rig_place_markers": (c_int, _P, _P, _P, _P),
    "oik_write_rig": (c_int, _P, c_char_p, c_char_p, _P),
    "oik_write_picture": (c_int, _P, _P, c_char_p, c_char_p, _P),
    "oik_write_report": (c_int, _P, c_char_p, _P),
    "oik_write_isb_angles": (c_int, _P, _P, c_char_p, _P),
}

# ---------------------------------------------------------------- the library

_HERE = os.path.dirname(os.path.realpath(__file__))
_SONAME = "libossoik.so." + __version__.split(".", maxsplit=1)[0]
_PLACES = ("../../build", ".", "../lib", "../../../lib")  # build tree, beside this file, PREFIX/python, PREFIX/share/osso_ik/python


def _candidates():
    """Paths and names of the library, in the order in which they are tried."""
    named = os.environ.get("OSSOIK_LIBRARY")
    if named:
        yield named
        return
    for place in _PLACES:
        for name in ("libossoik.so", _SONAME):
            path = os.path.normpath(os.path.join(_HERE, place, name))
            if os.path.exists(path):
                yield path
    yield _SONAME
    yield ctypes.util.find_library("ossoik")  # last: it runs ldconfig


def _declare(library):
    for name, (result, *arguments) in _FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{library._name}: no function {name}: this ossoik.py belongs to libossoik {__version__}") from None
        function.restype, function.argtypes = result, arguments
    found = library.oik_version().decode()
    if found != __version__:
        raise ImportError(f"{library._name}: version {found}, this ossoik.py belongs to libossoik {__version__}")
    return library


def _load_library():
    problems = []
    for path in filter(None, _candidates()):
        try:
            return _declare(ctypes.CDLL(path))
        except OSError as error:
            problems.append(str(error))
    raise ImportError("libossoik.so was not found; OSSOIK_LIBRARY can name it. Tried: " + "; ".join(problems))


_lib = _load_library()


def version():
    """Version of the library, e.g. "0.1.0"."""
    return _lib.oik_version().decode()


class _DlInfo(ctypes.Structure):  # Dl_info of dlfcn.h
    _fields_ = [("file_name", c_char_p), ("base", c_void_p), ("symbol_name", c_char_p), ("symbol", c_void_p)]


def _library_folder():
    """Folder of the library's file, also when it was found by name."""
    info = _DlInfo()
    address = ctypes.cast(_lib.oik_version, c_void_p)
    if not ctypes.CDLL(None).dladdr(address, byref(info)):
        return _HERE
    return os.path.dirname(os.path.realpath(os.fsdecode(info.file_name)))


def _built_in_model(gender):
    """Path of a built-in model: in $OSSO_IK_MODELS, else beside the library, else beside this file."""
    folder = os.environ.get("OSSO_IK_MODELS")
    if folder:
        return os.path.join(folder, gender + ".npz")
    beside = [os.path.join(_library_folder(), place) for place in ("models", "../build/models", "../share/osso_ik/models")]
    folders = [os.path.normpath(path) for path in beside + [os.path.join(_HERE, place) for place in ("../../build/models", "../models")]]
    for folder in folders:
        if os.access(os.path.join(folder, gender + ".npz"), os.R_OK):
            return os.path.join(folder, gender + ".npz")
    raise OssoikError(Status.MODEL, f"the built-in model {gender}.npz is in none of {', '.join(folders)}: run make, or give its path")


# ---------------------------------------------------------------- handles and calls

_alive = set()  # handles of open objects; see _Object


class _Handle:
    """
    A pointer of the library, freed when nothing refers to it any more.

    It is passed to calls as it is, so it lives through a call although another thread closes its object. needs: handles that must outlive it.
    """
    __slots__ = ("_as_parameter_", "_free", "_needs")

    def __init__(self, pointer, free, needs=()):
        self._as_parameter_, self._free, self._needs = pointer, free, needs

    def __del__(self):
        if self._free:
            self._free(self._as_parameter_)


class _Object:
    """
    What is open: `with` closes it, and so does the end of its life.

    Handles of open objects are in _alive, so that they are never part of what the garbage collector takes apart in any order: they go by
    their references alone, a motion before its chain.
    """
    _handle = None
    _model = None  # handle of the model that it belongs to

    def __init__(self, handle, model=None):
        self._handle, self._model = handle, model
        _alive.add(handle)

    def close(self):
        """Free it, as soon as nothing that was made from it needs it."""
        _alive.discard(self._handle)
        self._handle = self._model = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self, _discard=_alive.discard):
        _discard(self._handle)

    def __reduce__(self):
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled")

    @property
    def _open(self):
        handle = self._handle
        if handle is None:
            raise ValueError(f"this {type(self).__name__} is closed")
        return handle


def _of(kind, value):
    """The handle of an object of this class."""
    if not isinstance(value, kind):
        raise TypeError(f"expected a {kind.__name__}, found a {type(value).__name__}")
    return value._open


def _same_model(*objects):
    if any(one._model is not objects[0]._model for one in objects):
        kinds = ", ".join(type(one).__name__ for one in objects)
        raise OssoikError(Status.ARGUMENT, f"{kinds}: they were not made with one and the same Model")
    return objects[0]._model


def _check(function, *arguments):
    """Call a function whose last argument is an oik_error."""
    error = _Error()
    if function(*arguments, byref(error)):
        raise OssoikError(error.status, error.message.decode("utf-8", "replace"))


def _create(free, needs, function, *arguments, call=_check):
    """Handle of the object that a function gives through its first argument."""
    out, handle = c_void_p(), None
    try:
        call(function, byref(out), *arguments)
    finally:
        if out.value:  # also of a call that was stopped
            handle = _Handle(out.value, free, needs)
    return handle


def _bytes(text):
    """A path or name as C takes it."""
    data = os.fsencode(text)
    if b"\0" in data:
        raise ValueError(f"{text!r} has a null byte")
    return data


def _text(value):
    return value.decode("utf-8", "replace") if value is not None else None


def _texts(values, n):
    return tuple(_text(values[i]) for i in range(n))


def _array(pointer, shape, kind=np.float64):
    """A copy of the library's array."""
    copy = np.empty(shape, kind)
    if copy.size:
        ctypes.memmove(copy.ctypes.data, pointer, copy.nbytes)
    return copy


def _numbers(values, name, shape):
    """Contiguous float64 array; a dimension of -1 may be any."""
    array = np.ascontiguousarray(values, np.float64)
    if array.ndim != len(shape) or any(want not in (-1, found) for want, found in zip(shape, array.shape)):
        wanted = " x ".join("any" if n == -1 else str(n) for n in shape)
        raise OssoikError(Status.SHAPE, f"{name}: expected an array of {wanted} numbers, found one of shape {array.shape}")
    return array


def _integers(values, name):
    """Contiguous int32 array of rows of three."""
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind not in "iu":
        raise OssoikError(Status.SHAPE, f"{name}: expected an array of any x 3 integers, found {array.dtype} of shape {array.shape}")
    if array.size and (array.min() < 0 or array.max() > np.iinfo(np.int32).max):
        raise OssoikError(Status.SHAPE, f"{name}: expected numbers of vertices, found {array.min()} to {array.max()}")
    return np.ascontiguousarray(array, np.int32)


def _record(kind, struct):
    """A named tuple from the fields of the same names, texts decoded."""
    fields = (getattr(struct, name) for name in kind._fields)
    return kind._make(_text(value) if isinstance(value, bytes) else value for value in fields)


# ---------------------------------------------------------------- callbacks

class Step(NamedTuple):
    """An accepted step of registration, placing or posing; the arrays are copies."""
    stage: str                     # name of the call that takes it, as CallInfo has it
    iteration: int                 # from 1; begins anew where bones that left the skin are solved for again
    cost: float                    # sum of squares; registration of the refined method: root mean square distance [m]
    skin: Optional[np.ndarray]     # V x 3 in SMPL order [m]; None when placing and posing
    part_R: Optional[np.ndarray]   # n_rigid_parts x 3 x 3; None when registering, as the next two
    part_t: Optional[np.ndarray]   # n_rigid_parts x 3 [m]
    shape: Optional[np.ndarray]    # n_skeleton_modes; Model.place_bones makes vertices of these three


class Options(NamedTuple):
    """How stages are computed."""
    method: str = "refined"  # or "reference": the published method, on imported models
    more_iterations: bool = False  # tolerances twice as tight; reference: on to convergence
    cancel: Optional[Callable[[], object]] = None  # asked at each step; true stops the call with Status.CANCELLED
    on_step: Optional[Callable[[Step], object]] = None  # told each accepted step; true stops the call as well


_METHODS = ("refined", "reference")


class _Watch:
    """
    The callbacks of one call.

    An exception cannot pass through C: it is kept, the call is stopped, and run raises it again. What handles a signal (Ctrl-C) would run at
    the first line of a callback, before anything could catch what it raises: during a call in the main thread it runs where that is caught.
    """

    def __init__(self):
        self._error, self._signals, self._handlers, self._inside = None, [], {}, False

    def guard(self, function, *arguments):
        """What a callback returns to C: 1 to stop."""
        if self._error is not None:
            return 1
        try:
            self._inside = True
            self._handle_signals()
            return 1 if function is not None and function(*arguments) else 0
        except BaseException as error:
            self._inside = False
            self._error = error
            return 1
        finally:
            self._inside = False

    def run(self, function, *arguments):
        """_check, with what callbacks raised."""
        self._error, self._signals, self._handlers = None, [], _signal_handlers()
        for number in self._handlers:
            signal.signal(number, self._on_signal)
        try:
            _check(function, *arguments)
        except OssoikError:
            if self._error is None:
                raise
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            self._handle_signals()
        self._raise_error()

    def _raise_error(self):
        error, self._error = self._error, None
        try:
            if error is not None:
                raise error
        finally:
            del error  # else its traceback would refer to itself

    def _handle_signals(self):
        while self._signals:
            number, frame = self._signals.pop(0)
            self._handlers[number](number, frame)

    def _on_signal(self, number, frame):
        if self._inside:
            self._handlers[number](number, frame)
        else:
            self._signals.append((number, frame))


def _signal_handlers():
    """Number of signal: function, of those that Python handles in this thread."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return {number: handler for number, handler in handlers.items() if callable(handler)}


def _copy_step(step, model):
    info = _lib.oik_model_get_info(model)
    bones = bool(step.part_R)
    return Step(stage=_text(step.stage), iteration=step.iteration, cost=step.cost,
                skin=_array(step.skin, (info.n_skin_vertices, 3)) if step.skin else None,
                part_R=_array(step.part_R, (step.n_parts, 3, 3)) if bones else None,
                part_t=_array(step.part_t, (step.n_parts, 3)) if bones else None,
                shape=_array(step.shape, (info.n_skeleton_modes,)) if bones else None)


def _stage_options(options, model, watch=None):
    """oik_stage_options; it holds the callbacks, which refer to the watch. A call without a watch has none."""
    options = options if options is not None else Options()
    if options.method not in _METHODS:
        raise OssoikError(Status.ARGUMENT, f"method {options.method!r}, expected 'refined' or 'reference'")
    c = _StageOptions(more_iterations=bool(options.more_iterations), method=_METHODS.index(options.method))
    if watch is not None and (options.cancel or _signal_handlers()):
        c.cancel = _CANCEL(lambda _: watch.guard(options.cancel))
    if watch is not None and options.on_step:
        c.on_step = _ON_STEP(lambda _, step: watch.guard(lambda: options.on_step(_copy_step(step.contents, model))))
    return c


# ---------------------------------------------------------------- models and meshes

class ModelInfo(NamedTuple):
    """Facts of a model; fields as oik_model_info in osso_ik.h."""
    name: str
    gender: str
    licence: str
    hash: str
    n_skin_vertices: int
    n_skin_faces: int
    n_skin_modes: int
    n_bones: int
    n_bone_vertices: int
    n_bone_faces: int
    n_parts: int
    n_skeleton_modes: int
    n_joints: int
    n_dofs: int
    family: Optional[str]  # "STAR" or "SMPL" of an imported model; None: a shape space of its own
    n_pose_features: int
    n_rigid_parts: int
    has_reference: int     # 1: the published method can run on it


class Model(_Object):
    """Body and skeleton model of one sex; may be shared by threads. Made by Model.load."""

    @classmethod
    def load(cls, model):
        """
        Read a model: 0.1 s, 40 MB.

        model: "female", "male" or "neutral" for a built-in one ($OSSO_IK_MODELS, else beside the library), or the path of an archive.
        """
        path = _built_in_model(model) if model in GENDERS else model
        handle = _create(_lib.oik_model_free, (), _lib.oik_model_load, _bytes(path))
        return cls(handle, handle)

    def info(self):
        """ModelInfo."""
        return _record(ModelInfo, _lib.oik_model_get_info(self._open))

    def skin_faces(self):
        """Triangles of the skin in SMPL order: n_skin_faces x 3, int32."""
        c = _lib.oik_model_get_info(self._open)
        return _array(c.skin_faces, (c.n_skin_faces, 3), np.int32)

    def place_bones(self, step):
        """Bone vertices of a Step of placing or posing: n_bone_vertices x 3 [m]."""
        if step.part_R is None:
            raise OssoikError(Status.ARGUMENT, f"a step of {step.stage} has a skin and no bones")
        info = self.info()
        R = _numbers(step.part_R, "part_R", (info.n_rigid_parts, 3, 3))
        t = _numbers(step.part_t, "part_t", (info.n_rigid_parts, 3))
        shape = _numbers(step.shape, "shape", (info.n_skeleton_modes,))
        vertices = np.empty((info.n_bone_vertices, 3))
        _check(_lib.oik_skeleton_place, vertices.ctypes.data, self._open, R.ctypes.data, t.ctypes.data, shape.ctypes.data)
        return vertices


class Mesh(_Object):
    """A surface mesh. Made by Mesh.read or Mesh.from_arrays."""

    def __init__(self, handle, name):
        super().__init__(handle)
        self.name = name  # for messages

    @classmethod
    def read(cls, path):
        """Read a PLY or OBJ file; vertex order is kept."""
        return cls(_create(_lib.oik_mesh_free, (), _lib.oik_mesh_read, _bytes(path)), os.fsdecode(path))

    @classmethod
    def from_arrays(cls, vertices, faces=None, name="mesh"):
        """
        A mesh from arrays, which are copied.

        vertices: V x 3, in any of the known units; faces: any x 3 integers from 0, may be None.
        """
        x = _numbers(vertices, "vertices", (-1, 3))
        f = _integers(faces, "faces") if faces is not None else np.empty((0, 3), np.int32)
        return cls(_create(_lib.oik_mesh_free, (), _lib.oik_mesh_from_arrays, x.ctypes.data, len(x), f.ctypes.data if len(f) else None, len(f)),
                   name)

    @property
    def vertices(self):
        """V x 3, in the unit and order of its source."""
        c = _lib.oik_mesh_get_info(self._open)
        return _array(c.vertices, (c.n_vertices, 3))

    @property
    def faces(self):
        """n_faces x 3, int32; polygons are fanned."""
        c = _lib.oik_mesh_get_info(self._open)
        return _array(c.faces, (c.n_faces, 3), np.int32)


def _as_mesh(mesh):
    """A Mesh from a Mesh, a path or an array of vertices."""
    if isinstance(mesh, Mesh):
        return mesh
    return Mesh.read(mesh) if isinstance(mesh, (str, bytes, os.PathLike)) else Mesh.from_arrays(mesh)


# ---------------------------------------------------------------- bodies

class BodyParameters(NamedTuple):
    """A body of the SMPL family in place of a mesh; Y up unless z_up."""
    pose: np.ndarray  # 24 x 3 rotation vectors [rad], or the same 72 numbers
    betas: np.ndarray = ()  # in SMPL's shape space: used by imported models only
    trans: Optional[np.ndarray] = None  # 3 [m], None: zeros; the root turns about its rest joint
    z_up: bool = False  # of a world with Z up, as in AMASS; the body comes out with Y up

    def _arrays(self):
        """pose, betas, trans; they must live as long as what _parameters_to_c makes of them."""
        pose = _numbers(np.ravel(self.pose), "pose", (3 * N_JOINTS,))
        return pose, _numbers(self.betas, "betas", (-1,)), None if self.trans is None else _numbers(self.trans, "trans", (3,))


def _parameters_to_c(arrays, z_up):
    pose, betas, trans = arrays
    return _BodyParameters(len(betas), betas.ctypes.data, pose.ctypes.data, None if trans is None else trans.ctypes.data, bool(z_up))


class CallInfo(NamedTuple):
    """One call of a minimiser; a stage of the published method may have several."""
    name: str           # "registration", "placing", "posing"; reference: "registration 1" to "4", "placing", "posing A" to "C"
    n_iterations: int   # accepted steps
    initial_cost: float # sums of squares; NaN where there is none
    final_cost: float
    stop: str           # why it stopped


class BodyInfo(NamedTuple):
    """What was recognised of a body, and how well the model was registered to it."""
    unit: str               # unit recognised: "m", "mm", ...
    units_per_metre: float
    mirrored: int           # 1: the input was a mirrored body
    rms: float              # registration error [m]
    repose_rms: float       # error of the subject's own skin re-posed [m]
    long_edge_share: float
    n_iterations: int
    converged: int
    beta: np.ndarray        # n_modes shape parameters, standard deviations
    stature: float          # height of the un-posed subject [m]


class Skin(NamedTuple):
    """The skins of a body, vertex by vertex in the model's order; arrays are copies."""
    measured: np.ndarray  # V x 3, the input [m]; of BodyParameters the same as posed
    posed: np.ndarray     # V x 3, the model registered to it, in the input's frame [m]
    unposed: np.ndarray   # V x 3, the subject's own skin in the model's posture of rest and frame [m]
    lying: np.ndarray     # V x 3, the subject's own skin around the lying bones, in their frame [m]
    faces: np.ndarray     # n_faces x 3, int32, closed
    of_input: np.ndarray  # V, int32, vertex of the input: another one only where the input was mirrored


class Body(_Object):
    """The body model registered to a mesh, or posed by parameters: stage 1."""

    @classmethod
    def from_mesh(cls, model, mesh, options=None, name=None):
        """
        Register the model to a mesh in SMPL vertex order, in any orientation, unit and chirality.

        mesh: a Mesh, a path, or V x 3 vertices. name: for messages. options: Options.
        """
        watch, m = _Watch(), _of(Model, model)
        surface = _as_mesh(mesh)
        c = _stage_options(options, m, watch)
        return cls(_create(_lib.oik_body_free, (m,), _lib.oik_body_from_mesh, m, surface._open, _bytes(name or surface.name), byref(c),
                           call=watch.run), m)

    @classmethod
    def from_parameters(cls, model, parameters, options=None):
        """A body from BodyParameters: the model's skin, nothing to register."""
        watch, m, arrays = _Watch(), _of(Model, model), parameters._arrays()
        c, p = _stage_options(options, m, watch), _parameters_to_c(arrays, parameters.z_up)
        return cls(_create(_lib.oik_body_free, (m,), _lib.oik_body_from_parameters, m, byref(p), byref(c), call=watch.run), m)

    @classmethod
    def load(cls, path, model, source, options=None):
        """
        The body that was saved, to the last bit; an OssoikError when it was made from something else.

        source: what it was made from: a Mesh, path or V x 3 vertices, or BodyParameters; options: as it was made (callbacks are not used).
        """
        m = _of(Model, model)
        c = _stage_options(options, m)
        if isinstance(source, BodyParameters):
            arrays = source._arrays()
            p = _parameters_to_c(arrays, source.z_up)
            return cls(_create(_lib.oik_body_free, (m,), _lib.oik_body_load_from_parameters, m, byref(p), byref(c), _bytes(path)), m)
        return cls(_create(_lib.oik_body_free, (m,), _lib.oik_body_load, m, _as_mesh(source)._open, byref(c), _bytes(path)), m)

    def save(self, path):
        """Write all of it to a .npz file, for Body.load. Not for the body of a sequence."""
        _check(_lib.oik_body_save, self._open, self._model, _bytes(path))

    def info(self):
        """BodyInfo."""
        handle = self._open
        c = _lib.oik_body_get_info(handle)
        c_fields = {name: getattr(c, name) for name in BodyInfo._fields}
        return BodyInfo(**{**c_fields, "unit": _text(c.unit), "beta": _array(c.beta, (c.n_modes,))})

    def skin(self):
        """Skin."""
        handle, m = self._open, self._model
        c = _lib.oik_body_get_skin(handle)
        places = (_array(values, (c.n_vertices, 3)) for values in (c.measured, c.posed, c.unposed))
        lying = np.empty((c.n_vertices, 3))
        _check(_lib.oik_body_place_lying_skin, lying.ctypes.data, m, handle)
        return Skin(*places, lying, _array(c.faces, (c.n_faces, 3), np.int32), _array(c.of_input, (c.n_vertices,), np.int32))

    def calls(self):
        """Tuple of CallInfo."""
        handle = self._open
        return tuple(_record(CallInfo, _lib.oik_body_get_call(handle, i)) for i in range(_lib.oik_body_n_calls(handle)))

    def write(self, path, lying=False):
        """The registered body as PLY: in the input's pose, frame and unit, or lying: the subject's own skin un-posed, in metres."""
        _check(_lib.oik_write_body, self._model, self._open, bool(lying), _bytes(path))


# ---------------------------------------------------------------- skeletons

class SkeletonInfo(NamedTuple):
    """Bones with their labels; arrays are copies."""
    vertices: np.ndarray        # V x 3 [m]; posed: the input's frame; lying: model frame
    faces: np.ndarray           # n_faces x 3, int32
    bone_names: tuple           # n_bones texts
    part_names: tuple           # n_parts texts
    bone_of_vertex: np.ndarray  # V, int32
    part_of_vertex: np.ndarray  # V, int32
    initial_cost: float         # of the first call
    final_cost: float           # of the last call
    n_iterations: int           # of all calls
    stop: str                   # why the last call stopped


class Skeleton(_Object):
    """The bones of a subject, lying (stages 2 and 3) or posed (stage 4)."""

    def __init__(self, handle, model, posed):
        super().__init__(handle, model)
        self.posed = posed  # False: in the lying pose in which they are fitted

    @classmethod
    def infer(cls, body, options=None):
        """Bones of the body's shape, lying inside the subject's own un-posed skin."""
        watch, b, m = _Watch(), _of(Body, body), body._model
        c = _stage_options(options, m, watch)
        return cls(_create(_lib.oik_skeleton_free, (m,), _lib.oik_skeleton_infer, m, b, byref(c), call=watch.run), m, False)

    def pose(self, body, options=None):
        """The same bones posed into the body: a Skeleton."""
        watch, lying, b, m = _Watch(), self._open, _of(Body, body), _same_model(body, self)
        c = _stage_options(options, m, watch)
        return Skeleton(_create(_lib.oik_skeleton_free, (m,), _lib.oik_skeleton_pose, m, b, lying, byref(c), call=watch.run), m, True)

    @classmethod
    def load(cls, path, body, lying=None, options=None):
        """
        The skeleton that was saved, to the last bit; an OssoikError when it was made from something else.

        body, options: as it was made; lying: the Skeleton that was posed, or None for the lying one.
        """
        b, source = _of(Body, body), _of(Skeleton, lying) if lying is not None else None
        m = _same_model(*[one for one in (body, lying) if one is not None])
        c = _stage_options(options, m)
        return cls(_create(_lib.oik_skeleton_free, (m,), _lib.oik_skeleton_load, m, b, source, byref(c), _bytes(path)), m, lying is not None)

    def save(self, path):
        """Write all of it to a .npz file, for Skeleton.load. Not for those of a sequence."""
        _check(_lib.oik_skeleton_save, self._open, self._model, _bytes(path))

    def info(self):
        """SkeletonInfo."""
        handle = self._open
        c = _lib.oik_skeleton_get_info(handle)
        return SkeletonInfo(vertices=_array(c.vertices, (c.n_vertices, 3)), faces=_array(c.faces, (c.n_faces, 3), np.int32),
                            bone_names=_texts(c.bone_names, c.n_bones), part_names=_texts(c.part_names, c.n_parts),
                            bone_of_vertex=_array(c.bone_of_vertex, (c.n_vertices,), np.int32),
                            part_of_vertex=_array(c.part_of_vertex, (c.n_vertices,), np.int32), initial_cost=c.initial_cost,
                            final_cost=c.final_cost, n_iterations=c.n_iterations, stop=_text(c.stop))

    def calls(self):
        """Tuple of CallInfo."""
        handle = self._open
        return tuple(_record(CallInfo, _lib.oik_skeleton_get_call(handle, i)) for i in range(_lib.oik_skeleton_n_calls(handle)))

    def write(self, path, what="all"):
        """PLY with a bone's number per vertex. what: "all", or a part or bone by name. Posed: in the input's frame and unit."""
        _check(_lib.oik_write_skeleton, self._open, _bytes(what), _bytes(path))

    def write_picture(self, path, body, title=None):
        """PNG of the posed bones inside the body's skin, from the front, from the right and from behind."""
        _check(_lib.oik_write_picture, body._open, self._open, None if title is None else _bytes(title), _bytes(path))


# ---------------------------------------------------------------- chains and motions

class Chain(_Object):
    """Joints, axes and ranges of motion: of a subject (Chain.from_skeleton), or of a file (Chain.load), for keypoints only."""

    def __init__(self, handle, model, lying):
        super().__init__(handle, model)
        self._lying = lying  # handle of the subject's lying skeleton; None: the handle is that of a chain file

    @classmethod
    def from_skeleton(cls, lying):
        """The subject's own chain, from the lying skeleton."""
        skeleton_handle = _of(Skeleton, lying)
        return cls(_create(_lib.oik_chain_free, (), _lib.oik_chain_from_skeleton, lying._model, skeleton_handle), lying._model, skeleton_handle)

    @classmethod
    def load(cls, path, name=None):
        """A chain from JSON: published ones, or NAME_chain.json of a body. name: one of a collection; None: the file's only one."""
        chosen = _bytes(name) if name is not None else None
        return cls(_create(_lib.oik_chain_file_free, (), _lib.oik_chain_load, _bytes(path), chosen), None, None)

    def close(self):
        super().close()
        self._lying = None

    def _solver_handle(self):
        """The oik_chain."""
        handle = self._open
        if self._lying is None:
            raise OssoikError(Status.ARGUMENT, "a chain from a file is driven by keypoints; bones need the subject's own, Chain.from_skeleton")
        return handle

    def _keypoint_handle(self):
        """The oik_chain_file; a subject's chain has the 17 keypoints of Human3.6M at its joint centres."""
        handle = self._open
        return handle if self._lying is None else _create(_lib.oik_chain_file_free, (), _lib.oik_chain_file_from_skeleton, self._lying)


class Coordinate(NamedTuple):
    """A degree of freedom of a chain; value, bound and disagreement are those of frame 0."""
    name: str
    joint: str
    unit: str            # "rad" or "m"
    value: float
    lower: float
    upper: float
    bound: int           # -1 on its lower bound, 1 on its upper bound, else 0
    disagreement: float  # how far beyond the bound the bones lie


class KeypointReport(NamedTuple):
    """How keypoints and chain went together."""
    n_matched: int          # keypoints that measure a point of the chain
    n_dropped_pairs: int    # pairs of the chain file that contradict the measured distances
    scale: float            # measured lengths / the chain's
    length_mismatch: float  # how far lengths differ once the scale is taken out, relative
    noise: float            # measured [m]; NaN: not measured


class Motion(_Object):
    """Solved coordinates of a chain, in one frame (Motion.solve) or many (Motion.from_keypoints, Sequence.solve)."""

    def __init__(self, handle, model, chain, report=None):
        super().__init__(handle, model)
        self._chain = chain   # handle of the oik_chain, None when it is a file's
        self.report = report  # KeypointReport, None when there were no keypoints

    @classmethod
    def solve(cls, chain, posed, options=None):
        """Joint angles of a posed Skeleton within the ranges of motion: one frame."""
        watch, p = _Watch(), _of(Skeleton, posed)
        _of(Chain, chain)
        c_chain, m = chain._solver_handle(), _same_model(chain, posed)
        c = _stage_options(options, m, watch)
        return cls(_create(_lib.oik_motion_free, (c_chain,), _lib.oik_motion_solve, m, c_chain, p, byref(c), call=watch.run), m, c_chain)

    @classmethod
    def from_keypoints(cls, chain, values, names=None, time=None, fps=0.0, **options):
        """
        Motion of a chain from keypoints, over the whole sequence at once, in the frame of the keypoints.

        values: F x points x 3 [m], or x 4 with a confidence >= 0; NaN or confidence 0: missing; the vertical is the chain's, Y for a subject's
        own one (files of 17 rows have Z up and are turned, x y z -> y z x). names: of the points; None: those of Human3.6M when there are
        17, else "0", "1", ... time: F ascending [s]; None: even steps of fps (0: 30).

        options: noise, standard deviation of a coordinate [m] (0: measured); smoothness, factor on the weight of smooth motion (0: 1);
        robust, distance beyond which keypoints count less and less [m] (0: squares); cutoff_hz, low-pass without delay (0: none);
        progress, a function that is told how many frames are done; true stops the call.
        """
        x = _numbers(values, "keypoints", (-1, -1, -1))
        n_frames, n_points, n_numbers = x.shape
        c = _KeypointArrays(n_frames=n_frames, n_points=n_points, n_numbers=n_numbers, values=x.ctypes.data, fps=fps)
        if names is not None:
            if len(names) != n_points:
                raise OssoikError(Status.SHAPE, f"{len(names)} names of {n_points} keypoints")
            c.names = (c_char_p * n_points)(*[_bytes(name) for name in names])
        if time is not None:
            t = _numbers(time, "time", (n_frames,))
            c.time = t.ctypes.data
        return cls._of_keypoints(chain, options, lambda *a: _lib.oik_motion_from_keypoints(*a[:3], byref(c), *a[3:]))

    @classmethod
    def from_keypoint_file(cls, chain, path, fps=0.0, **options):
        """The same from a file: .txt (17 rows a frame), .trc or .npz. fps: frames per second; 0: the file's own, else 30."""
        return cls._of_keypoints(chain, options, lambda *a: _lib.oik_motion_from_keypoint_file(*a[:3], _bytes(path), fps, *a[3:]))

    @classmethod
    def _of_keypoints(cls, chain, options, function):
        """function: takes out, report, chain, options, error."""
        _of(Chain, chain)
        watch, c_chain, report = _Watch(), chain._keypoint_handle(), _KeypointReport()
        c = _keypoint_options(watch, **options)
        handle = _create(_lib.oik_motion_free, (c_chain,), function, byref(report), c_chain, byref(c), call=watch.run)
        return cls(handle, chain._model, None, _record(KeypointReport, report))

    def close(self):
        super().close()
        self._chain = None

    def __len__(self):
        """Number of frames."""
        return _lib.oik_motion_n_frames(self._open)

    @functools.cached_property
    def coordinates(self):
        """Tuple of n Coordinate."""
        handle = self._open
        found = [_lib.oik_motion_coordinate(handle, i) for i in range(_lib.oik_motion_n_coordinates(handle))]
        return tuple(Coordinate(_text(c.name), _text(c.joint), "m" if c.translation else "rad", c.value, c.lower, c.upper, c.bound,
                                c.disagreement) for c in found)

    @functools.cached_property
    def names(self):
        """Names of the n coordinates."""
        return tuple(coordinate.name for coordinate in self.coordinates)

    @functools.cached_property
    def segment_names(self):
        """Names of the S segments."""
        handle = self._open
        return tuple(_text(_lib.oik_motion_segment_name(handle, i)) for i in range(_lib.oik_motion_n_segments(handle)))

    @functools.cached_property
    def _frames(self):
        """q, time, position_error."""
        handle, n = self._open, len(self.coordinates)
        n_frames = _lib.oik_motion_n_frames(handle)
        q, time, position_error = np.empty((n_frames, n)), np.empty(n_frames), np.empty(n_frames)
        for i in range(n_frames):
            frame = _lib.oik_motion_get_frame(handle, i)
            ctypes.memmove(q.ctypes.data + i * n * q.itemsize, frame.coordinates, n * q.itemsize)
            time[i], position_error[i] = frame.time, frame.position_error
        for array in (q, time, position_error):
            array.flags.writeable = False
        return q, time, position_error

    @property
    def q(self):
        """Coordinates, F x n [rad], [m]; read-only."""
        return self._frames[0]

    @property
    def time(self):
        """F [s]; read-only."""
        return self._frames[1]

    @property
    def position_error(self):
        """Root mean square distance to the measured points, F [m]; NaN where there are none; read-only."""
        return self._frames[2]

    def up(self):
        """
        The signed axis (3) that points up. Text keypoints say it: their z, which is y in the motion of a subject's own chain. Else it is that
        nearest to the way from the feet to the neck; a subject who lies down misleads it.
        """
        axis = np.empty(3)
        _check(_lib.oik_motion_up, axis.ctypes.data, self._open)
        return axis

    def segments(self):
        """Where the segments are: rotations segment -> world (F x S x 3 x 3), and origins (F x S x 3) [m]."""
        handle, n_frames, n = self._open, len(self), len(self.segment_names)
        R, origin = np.empty((n_frames, n, 3, 3)), np.empty((n_frames, n, 3))
        for i in range(n_frames):
            _check(_lib.oik_motion_place_segments, R.ctypes.data + i * R.strides[0], origin.ctypes.data + i * origin.strides[0], handle, i)
        return R, origin

    def write_chain(self, path):
        """NAME_chain.json: joints, axes, ranges, values and segment frames of the posed subject; not for motions from keypoints."""
        _check(_lib.oik_write_chain, self._chain, self._open, _bytes(path))

    def write_angles(self, path):
        """NAME_angles.csv: coordinates [degrees], [m], a line per frame."""
        _check(_lib.oik_write_angles, self._open, _bytes(path))

    def write_orientations(self, path):
        """NAME_orientations.txt: "# format: quat", then rows "frame joint qw qx qy qz"."""
        _check(_lib.oik_write_orientations, self._open, _bytes(path))

    def write_segments(self, path):
        """NAME_segments.csv: position, orientation, angular velocity and acceleration of every segment, a line per frame."""
        _check(_lib.oik_write_segments, self._open, _bytes(path))

    def write_rates(self, path):
        """NAME_rates.csv: velocity and acceleration of every coordinate, a line per frame."""
        _check(_lib.oik_write_rates, self._open, _bytes(path))

    def write_motion(self, path):
        """NAME_motion.json: coordinates, residuals, bounds, solver."""
        _check(_lib.oik_write_motion, self._open, _bytes(path))

    def write_isb_angles(self, path, up=None):
        """NAME_isb.csv: joint angles as the International Society of Biomechanics defines them [degrees], a line per frame.

        up: signed axis (3) that points up in the motion's frame; None: found."""
        axis = None if up is None else _numbers(up, "up", (3,))
        _check(_lib.oik_write_isb_angles, self._open, None if axis is None else axis.ctypes.data, _bytes(path))


def _keypoint_options(watch, noise=0.0, smoothness=0.0, robust=0.0, cutoff_hz=0.0, progress=None):
    c = _KeypointOptions(noise=noise, smoothness=smoothness, robust=robust, cutoff_hz=cutoff_hz)
    if progress or _signal_handlers():
        c.progress = _PROGRESS(lambda _, n_done: watch.guard(progress, n_done))
    return c


# ---------------------------------------------------------------- rigs

class RigInfo(NamedTuple):
    name: str
    gender: str
    mass: float           # of the subject [kg]
    stature: float        # [m]
    mass_estimated: bool  # from the volume of the skin
    up: np.ndarray        # 3, in the frame of the motion
    world: np.ndarray     # 3 x 3, from the frame of the motion to the rig's: x forward, y up, z right


class RigBody(NamedTuple):
    """
    A rigid body and the joint that moves it. Its frame has x to the front, y up and z to the right of its segment, and begins at the centre
    of that joint. With the place R_p, o_p of the parent and coordinates q about and along axes a, rotations first:

        R = R_p A Rot(a_1, q_1) Rot(a_2, q_2) ... B^T,     o = o_p + R_p (centre + A (sum over translations q a))
    """
    name: str
    joint: str
    parent: int              # number of a body before it; -1: ground
    mass: float              # [kg]
    mass_centre: np.ndarray  # 3, in the body's frame [m]
    inertia: np.ndarray      # 3 x 3, about the mass centre along the body's axes [kg m^2]
    centre: np.ndarray       # 3, of the joint, in the parent's frame [m]
    A: np.ndarray            # 3 x 3, joint frame in the parent's frame
    B: np.ndarray            # 3 x 3, joint frame in this body's frame
    coordinates: tuple       # numbers of its coordinates


class RigCoordinate(NamedTuple):
    name: str
    body: int         # that it moves
    unit: str         # "rad" or "m"
    axis: np.ndarray  # 3, in the joint frame
    lower: float
    upper: float
    neutral: float    # value in the neutral posture
    follows: int      # coordinate that it is a function of, else -1


class RigMarker(NamedTuple):
    name: str
    body: int
    at: np.ndarray  # 3, in the body's frame [m]
    fixed: bool     # over a bony landmark or at a joint centre, else on soft tissue


class RigBone(NamedTuple):
    name: str
    body: int
    vertices: np.ndarray  # V x 3, in the body's frame [m]
    faces: np.ndarray     # n_faces x 3, int32


def _six_to_matrix(six):
    xx, yy, zz, xy, xz, yz = six
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


class Rig(_Object):
    """Bones on a tree of bodies with joints, masses, markers, skin and motion: what other programs of the field open."""

    @classmethod
    def from_skeleton(cls, body, skeleton, motion, name="subject", mass=0.0, full=False, up=None):
        """
        skeleton: posed, with the motion of its mesh (of a sequence: its last frame; bones ride at the mean of their places over all frames);
        or lying, with any motion of the subject's chain, also from keypoints. name: of the subject. mass: 1 to 500 [kg]; 0: estimated from the volume of the skin. full: neck, head, clavicles and
        scapulae as well, besides the bodies, joints and coordinates of Rajagopal et al. 2016. up: signed axis (3) that points up in the frame
        of the motion; None: Motion.up. The rig stands on the ground of OpenSim, x forward, y up, z right.
        """
        b, s, q = _of(Body, body), _of(Skeleton, skeleton), _of(Motion, motion)
        m = _same_model(body, skeleton, motion)
        c = _RigOptions(name=_bytes(name), mass=mass, full=bool(full))
        if up is not None:
            c.up[:] = _numbers(up, "up", (3,))
        return cls(_create(_lib.oik_rig_free, (), _lib.oik_rig_from_skeleton, m, b, s, q, byref(c)), m)

    def info(self):
        """RigInfo."""
        c = _lib.oik_rig_get_info(self._open)
        return RigInfo(_text(c.name), _text(c.gender), c.mass, c.stature, bool(c.mass_estimated), np.array(c.up),
                       np.array(c.world).reshape(3, 3))

    def __len__(self):
        """Number of frames."""
        return _lib.oik_rig_get_info(self._open).n_frames

    @functools.cached_property
    def bodies(self):
        """Tuple of RigBody, parents before children."""
        handle, found = self._open, []
        for i in range(_lib.oik_rig_get_info(handle).n_bodies):
            c = _lib.oik_rig_get_body(handle, i)
            end = c.first_coordinate + c.n_rotations + c.n_translations
            found.append(RigBody(_text(c.name), _text(c.joint), c.parent, c.mass, np.array(c.mass_centre), _six_to_matrix(c.inertia),
                                 np.array(c.centre), np.array(c.A).reshape(3, 3), np.array(c.B).reshape(3, 3),
                                 tuple(range(c.first_coordinate, end))))
        return tuple(found)

    @functools.cached_property
    def coordinates(self):
        """Tuple of RigCoordinate."""
        handle = self._open
        found = [_lib.oik_rig_get_coordinate(handle, i) for i in range(_lib.oik_rig_get_info(handle).n_coordinates)]
        return tuple(RigCoordinate(_text(c.name), c.body, "m" if c.translation else "rad", np.array(c.axis), c.lower, c.upper, c.neutral,
                                   c.follows) for c in found)

    @functools.cached_property
    def markers(self):
        """Tuple of RigMarker."""
        handle = self._open
        found = [_lib.oik_rig_get_marker(handle, i) for i in range(_lib.oik_rig_get_info(handle).n_markers)]
        return tuple(RigMarker(_text(c.name), c.body, np.array(c.at), bool(c.fixed)) for c in found)

    def bones(self):
        """Tuple of RigBone."""
        handle = self._open
        found = [_lib.oik_rig_get_bone(handle, i) for i in range(_lib.oik_rig_get_info(handle).n_bones)]
        return tuple(RigBone(_text(c.name), c.body, _array(c.vertices, (c.n_vertices, 3)), _array(c.faces, (c.n_faces, 3), np.int32))
                     for c in found)

    @property
    def time(self):
        """F [s]."""
        c = _lib.oik_rig_get_info(self._open)
        return _array(c.time, (c.n_frames,))

    @property
    def q(self):
        """Coordinates, F x n [rad], [m]."""
        c = _lib.oik_rig_get_info(self._open)
        return _array(c.coordinates, (c.n_frames, c.n_coordinates))

    def _coordinates_of(self, q):
        return self.q if q is None else _numbers(q, "q", (-1, len(self.coordinates)))

    def place_bodies(self, q=None):
        """Where the n bodies are: R (F x n x 3 x 3, body -> the rig's world), origin (F x n x 3) [m]. q: F x n coordinates; None: its own."""
        values, handle, n = self._coordinates_of(q), self._open, len(self.bodies)
        R, origin = np.empty((len(values), n, 3, 3)), np.empty((len(values), n, 3))
        for f, row in enumerate(values):
            _check(_lib.oik_rig_place_bodies, R[f].ctypes.data, origin[f].ctypes.data, handle, row.ctypes.data)
        return R, origin

    def place_markers(self, q=None):
        """Where the n markers are: F x n x 3, in the rig's world [m]. q: as in place_bodies."""
        values, handle = self._coordinates_of(q), self._open
        at = np.empty((len(values), len(self.markers), 3))
        for f, row in enumerate(values):
            _check(_lib.oik_rig_place_markers, at[f].ctypes.data, handle, row.ctypes.data)
        return at

    def write(self, path, format):
        """
        format: "osim" (DIR/NAME.osim, and in DIR what OpenSim runs with it), "mot", "trc", "c3d", "bvh", "glb", "mjcf", "urdf", or "addb" (path is
        a folder for AddBiomechanics).
        """
        _check(_lib.oik_write_rig, self._open, _bytes(format), _bytes(path))


# ---------------------------------------------------------------- quality

class Gate(NamedTuple):
    """A measure against a limit to warn at and one to fail at, in SI units."""
    name: str
    unit: str
    value: float
    warn: float
    fail: float
    level: int  # 0 passed, 1 warning, 2 failed


class Quality(NamedTuple):
    gates: tuple  # of Gate
    level: int    # worst of the gates


def _quality_of(c):
    return Quality(tuple(_record(Gate, c.gates[i]) for i in range(c.n_gates)), c.level)


def quality(body, posed, motion):
    """Measure a result: registration, bones outside the skin, joint gaps, ranges of motion. Quality."""
    found, b, p, moved = _Quality(), _of(Body, body), _of(Skeleton, posed), _of(Motion, motion)
    _check(_lib.oik_quality_measure, byref(found), _same_model(body, posed), b, p, moved)
    return _quality_of(found)


# ---------------------------------------------------------------- sequences

# ---------------------------------------------------------------- report

def _quality_to_c(found):
    c = _Quality(n_gates=len(found.gates), level=found.level)
    for i, gate in enumerate(found.gates):
        c.gates[i] = _Gate(*(value.encode() if isinstance(value, str) else value for value in gate))
    return c


def _steps_to_c(steps, model):
    """Array of _Step, and the arrays that it points to."""
    info, c, kept = _lib.oik_model_get_info(model), (_Step * len(steps))(), []

    def hold(values, name, shape):
        if values is None:
            return None
        kept.append(_numbers(values, name, shape))
        return kept[-1].ctypes.data

    for to, step in zip(c, steps):
        to.stage, to.iteration, to.cost = step.stage.encode(), step.iteration, step.cost
        to.skin = hold(step.skin, "skin", (info.n_skin_vertices, 3))
        to.n_parts = 0 if step.part_R is None else info.n_rigid_parts
        to.part_R = hold(step.part_R, "part_R", (info.n_rigid_parts, 3, 3))
        to.part_t = hold(step.part_t, "part_t", (info.n_rigid_parts, 3))
        to.shape = hold(step.shape, "shape", (info.n_skeleton_modes,))
    return c, kept


def write_report(path, name, model, body=None, posed=None, motion=None, rig=None, quality=None, mean=None, steps=(), input_path=None,
                 up=None):
    """
    Write a page for a browser, in one file: a body with its posed bones, a motion that plays, or both.

    name: heading. posed: a posed Skeleton with its Body and, for joint angles, its own Motion. rig: a Rig, best a full one, whose frames play.
    Of a sequence: Sequence.body tells the stature, its Motion the segment lengths, Sequence.quality the Quality of the worst frame and the
    mean. steps: those that Options.on_step got, to look at the optimisation of the body. input_path: what it was made from. up: signed axis
    (3) that points up in the frame of the body; None: found, so that the pelvis is upright.
    """
    m = _of(Model, model)
    _same_model(model, *(thing for thing in (body, posed, motion, rig) if thing is not None))
    handles = {kind.__name__.lower(): _of(kind, thing) for kind, thing in ((Body, body), (Motion, motion), (Rig, rig)) if thing is not None}
    if posed is not None:
        handles["posed"] = _of(Skeleton, posed)
    c_steps, kept = _steps_to_c(steps, m)
    c = _ReportInput(name=_bytes(name), input_path=_bytes(input_path) if input_path is not None else None, model=m._as_parameter_,
                     n_steps=len(steps), steps=c_steps, **{key: handle._as_parameter_ for key, handle in handles.items()})
    if up is not None:
        c.up[:] = _numbers(up, "up", (3,))
    if quality is not None:
        c.quality = ctypes.pointer(_quality_to_c(quality))
    if mean is not None:
        c.mean = ctypes.pointer(_quality_to_c(mean))
    _check(_lib.oik_write_report, byref(c), _bytes(path))
    del kept, handles  # had to live until here


class SequenceFrame(NamedTuple):
    """What one frame gave."""
    registration_rms: float  # [m]
    repose_rms: float        # of the subject's own skin re-posed [m]
    long_edge_share: float
    outside_share: float     # bone vertices outside the skin, of every eighth one
    outside_depth: float     # the farthest of them [m]
    hip_gap: float           # [m]
    shoulder_gap: float      # [m]
    restarted: int           # 1: posed without the frame before, 0: from it
    n_iterations: int        # of posing


class Sequence(_Object):
    """
    One subject over time, mesh by mesh: the bones of each are posed from the frame before, then joint angles are solved over all frames.

        with ossoik.Sequence(model) as walk:
            for mesh in meshes:
                walk.add(mesh)
                bones = walk.posed.info().vertices
            motion = walk.solve()

    Memory for one frame, and 4 kB more for each. options: Options of the refined method; cancel is asked before each frame.
    fps: frames per second of frames that are added without a time.
    """

    def __init__(self, model, options=None, fps=30.0):
        m = _of(Model, model)
        self._watch, self._at_work, self._fps = _Watch(), threading.Lock(), fps
        self._options = _stage_options(options, m, self._watch)  # holds the callbacks that the library calls
        super().__init__(_create(_lib.oik_sequence_free, (m,), _lib.oik_sequence_new, m, byref(self._options)), m)

    def add(self, mesh, time=None, name=None):
        """
        Add the next frame; its SequenceFrame. The subject is learned from the first one, whose unit, chirality and faces are those of all.

        mesh: a Mesh, a path, or V x 3 vertices; time: later than the last frame's [s], None: number of the frame / fps. A frame that fails
        leaves no trace: the next one can be added.
        """
        handle, surface = self._open, _as_mesh(mesh)
        with self._alone():
            n = len(self)
            self._watch.run(_lib.oik_sequence_add, handle, surface._open, n / self._fps if time is None else time, _bytes(name or surface.name))
            return self.frame(n)

    @contextlib.contextmanager
    def _alone(self):
        """One call at a time, also of callbacks."""
        if not self._at_work.acquire(blocking=False):
            raise RuntimeError("this Sequence is at work: one call at a time")
        try:
            yield
        finally:
            self._at_work.release()

    def __len__(self):
        """Number of frames."""
        return _lib.oik_sequence_n_frames(self._open)

    def frame(self, index):
        """SequenceFrame of a frame from 0."""
        if not 0 <= index < len(self):
            raise IndexError(f"frame {index} of a sequence of {len(self)}")
        return _record(SequenceFrame, _lib.oik_sequence_get_frame(self._open, index))

    def _view(self, function):
        """Handle of something that the sequence owns; None before the first frame."""
        handle = self._open
        pointer = function(handle)
        return _Handle(pointer, None, (handle,)) if pointer else None

    @property
    def body(self):
        """The last frame's Body; it changes with the next frame. None before the first one."""
        view = self._view(_lib.oik_sequence_body)
        return Body(view, self._model) if view else None

    @property
    def posed(self):
        """The last frame's posed Skeleton; it changes with the next frame. None before the first one."""
        view = self._view(_lib.oik_sequence_posed)
        return Skeleton(view, self._model, True) if view else None

    @property
    def lying(self):
        """The subject's lying Skeleton. None before the first frame."""
        view = self._view(_lib.oik_sequence_lying)
        return Skeleton(view, self._model, False) if view else None

    def solve(self, chain=None):
        """Joint angles of all frames: a Motion. chain: that of self.lying, which is also made when it is None."""
        handle = self._open
        if chain is None:
            if not len(self):
                raise OssoikError(Status.ARGUMENT, "a sequence without a frame has no motion")
            chain = Chain.from_skeleton(self.lying)
        _of(Chain, chain)
        c_chain, m = chain._solver_handle(), _same_model(chain, self)
        with self._alone():
            solved = _create(_lib.oik_motion_free, (c_chain,), _lib.oik_sequence_solve, handle, c_chain, call=self._watch.run)
        return Motion(solved, m, c_chain)

    def quality(self, motion):
        """Every gate at its worst frame, and at the mean of the frames: two Quality."""
        worst, mean, handle, moved = _Quality(), _Quality(), self._open, _of(Motion, motion)
        _same_model(self, motion)
        with self._alone():
            _check(_lib.oik_sequence_quality, byref(worst), byref(mean), handle, moved)
        return _quality_of(worst), _quality_of(mean)


# ---------------------------------------------------------------- all at once

class Result(NamedTuple):
    """Everything that the pipeline gives for one body."""
    model: Model
    body: Body
    lying: Skeleton
    posed: Skeleton
    chain: Chain
    motion: Motion              # one frame
    quality: Quality
    vertices: np.ndarray        # of the posed bones, V x 3, in the input's frame [m]
    faces: np.ndarray           # n_faces x 3, int32
    bone_names: tuple
    bone_of_vertex: np.ndarray  # V, int32
    angles: dict                # name of coordinate: [rad], [m]
    segments: dict              # name of segment: (rotation segment -> world 3 x 3, origin 3 [m])


def skeleton(mesh, gender, options=None, name=None):
    """
    Bones and joint angles of one body: the whole pipeline, 0.4 s. Result.

    mesh: a Mesh, a path (PLY, OBJ), or V x 3 vertices in SMPL order, in any orientation and unit.
    gender: "female", "male" or "neutral", the path of a model archive, or a Model (loaded once for many bodies). options: Options.
    """
    model = gender if isinstance(gender, Model) else Model.load(gender)
    body = Body.from_mesh(model, mesh, options, name)
    lying = Skeleton.infer(body, options)
    posed = lying.pose(body, options)
    chain = Chain.from_skeleton(lying)
    motion = Motion.solve(chain, posed, options)
    bones, (R, origin) = posed.info(), motion.segments()
    return Result(model, body, lying, posed, chain, motion, quality(body, posed, motion), bones.vertices, bones.faces, bones.bone_names,
                  bones.bone_of_vertex, dict(zip(motion.names, motion.q[0].tolist())),
                  dict(zip(motion.segment_names, zip(R[0], origin[0]))))
