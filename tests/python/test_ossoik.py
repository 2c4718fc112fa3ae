#!/usr/bin/env python3
"""
Tests of tools/python/ossoik.py on the demo bodies: `python3 tests/python/test_ossoik.py [CLASS]`, in the checkout. Needs numpy.

OSSO_IK_BUILD names the build folder (default build), OSSO_IK_MODELS the models (default those of the build folder).
"""
import ast
import concurrent.futures
import contextlib
import copy
import filecmp
import functools
import gc
import os
import pathlib
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

import numpy as np

import header

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("OSSO_IK_BUILD", ROOT / "build")).resolve()
BINDINGS = ROOT / "tools" / "python" / "ossoik.py"
os.environ["OSSOIK_LIBRARY"] = str(BUILD / "libossoik.so")
os.environ.setdefault("OSSO_IK_MODELS", str(BUILD / "models"))
os.environ["OSSO_IK_MODELS"] = os.path.abspath(os.environ["OSSO_IK_MODELS"])
sys.path.insert(0, str(BINDINGS.parent))
import ossoik  # noqa: E402

FEMALE, MALE, CROUCH = (str(ROOT / "data" / "demo" / f"body_{name}.ply") for name in ("female", "male", "male_crouch"))
WALK = str(ROOT / "data" / "demo" / "walk.txt")
INCLUDE = str(ROOT / "include")
SANITIZED = "libasan" in os.environ.get("LD_PRELOAD", "")


@functools.lru_cache(maxsize=None)
def model(gender):
    return ossoik.Model.load(gender)


@functools.lru_cache(maxsize=None)
def result(path, gender):
    return ossoik.skeleton(path, model(gender))


def female():
    return result(FEMALE, "female")


def read_ply(path):
    """Vertices of a binary PLY file as a structured array, faces, comments."""
    types = {"float": "<f4", "int": "<i4", "uchar": "u1", "ushort": "<u2", "uint": "<u4", "short": "<i2"}
    data = pathlib.Path(path).read_bytes()
    head, _, body = data.partition(b"end_header\n")
    comments, vertex, n = [], [], {}
    for line in head.decode().splitlines():
        words = line.split()
        if words[0] == "comment":
            comments.append(words[1:])
        elif words[0] == "element":
            n[words[1]] = int(words[2])
        elif words[0] == "property" and words[1] != "list":
            vertex.append((words[2], types[words[1]]))
    vertices = np.frombuffer(body, vertex, n["vertex"])
    faces = np.frombuffer(body, [("n", "u1"), ("v", "<i4", 3)], n["face"], vertices.nbytes)["v"]
    return vertices, faces, comments


def coordinates(ply_vertices):
    return np.stack([ply_vertices[axis] for axis in "xyz"], axis=1)


def run_program(*arguments):
    done = subprocess.run([str(BUILD / "osso_ik"), *map(str, arguments), "-q"], capture_output=True, text=True)
    if done.returncode not in (0, 4):  # 4: a quality gate failed
        raise AssertionError(f"osso_ik: {done.stderr}")


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_fails(self, status, sentence, function, *arguments, **named):
        with self.assertRaisesRegex(ossoik.OssoikError, sentence) as caught:
            function(*arguments, **named)
        self.assertIs(caught.exception.status, status)


class Header(Scratch):
    """The declarations are those of include/osso_ik.h."""
    CONSTANTS = {f"OIK_{'' if status.name == 'OK' else 'E_'}{status.name}": int(status) for status in ossoik.Status}
    CONSTANTS.update(OIK_N_STATUS=len(ossoik.Status), OIK_ERROR_LENGTH=ossoik._Error.message.size, OIK_N_GATES=ossoik._Quality.gates.size // 48,
                     OIK_METHOD_REFINED=ossoik._METHODS.index("refined"), OIK_METHOD_REFERENCE=ossoik._METHODS.index("reference"))

    def problems(self, folder):
        if header.compiler() is None:
            self.skipTest("no C compiler (package gcc)")
        return header.layout_problems(str(folder), ossoik._STRUCTS, self.CONSTANTS, str(self.folder))

    def changed(self, old, new):
        text = (ROOT / "include" / "osso_ik.h").read_text()
        self.assertIn(old, text)
        (self.folder / "osso_ik.h").write_text(text.replace(old, new, 1))
        return self.folder

    def test_structs_and_constants_are_the_compilers(self):
        self.assertEqual(self.problems(INCLUDE), [])

    def test_a_changed_struct_is_noticed(self):
        for old, new in (("    int bound; ", "    int free_bound, bound; "),
                         ("    int level;                  /**< 0 passed", "    int level, added;  /**< 0 passed"),  # within padding
                         ("    double noise;            /**< measured", "    size_t noise;            /**< measured"),  # same size
                         ("    double value, warn, fail;", "    double warn, value, fail;"),
                         ("    OIK_METHOD_REFINED, ", "    OIK_METHOD_NONE, OIK_METHOD_REFINED, "),
                         ("typedef struct oik_gate {", "typedef struct oik_new { int x; } oik_new;\ntypedef struct oik_gate {")):
            self.assertNotEqual(self.problems(self.changed(old, new)), [], new)

    def test_functions_are_the_headers(self):
        self.assertGreater(len(header.functions_of(INCLUDE, ossoik._STRUCTS)), 50)
        self.assertEqual(header.function_problems(INCLUDE, ossoik._FUNCTIONS, ossoik._STRUCTS), [])

    def test_a_changed_function_is_noticed(self):
        for old, new in (("const oik_motion *motion, size_t frame, oik_error", "const oik_motion *motion, int frame, oik_error"),
                         ("double time, const char *name,", "const char *name, double time,"),
                         ("const char *oik_version(void);", "const char *oik_version(void);\nvoid oik_new_call(int x);")):
            self.assertEqual(len(header.function_problems(str(self.changed(old, new)), ossoik._FUNCTIONS, ossoik._STRUCTS)), 1, new)

    def test_names_of_status_are_the_librarys(self):
        for name, value in self.CONSTANTS.items():
            if name == "OIK_OK" or name.startswith("OIK_E_"):
                self.assertEqual(ossoik._lib.oik_status_name(value).decode(), name)

    def test_versions_are_the_same(self):
        self.assertEqual(ossoik.__version__, ossoik.version())

    def test_the_file_is_python_3_9(self):
        ast.parse(BINDINGS.read_text(), feature_version=(3, 9))

    def test_all_that_is_public_is_listed_and_documented(self):
        public = {name for name, value in vars(ossoik).items() if getattr(value, "__module__", None) == "ossoik" and not name.startswith("_")}
        self.assertEqual(public, set(ossoik.__all__))
        for name in ossoik.__all__:
            self.assertTrue(getattr(ossoik, name).__doc__, name)


class CommandLine(Scratch):
    """Results are the command line's to the last digit that it prints."""

    def check_body(self, path, gender):
        name, found = pathlib.Path(path).stem, result(path, gender)
        run_program("--mesh_input", path, "-g", gender, "-o", self.folder / "out", "-F")
        ours = self.folder / "ours"
        ours.mkdir()
        self.check_angles(self.folder / "out" / f"{name}_angles.csv", found.motion)
        self.check_bones(self.folder / "out" / f"{name}_skel_posed.ply", found)
        found.motion.write_angles(ours / f"{name}_angles.csv")
        found.motion.write_chain(ours / f"{name}_chain.json")
        found.posed.write(ours / f"{name}_skel_posed.ply")
        found.lying.write(ours / "tmp_skel_lying.ply")
        found.body.write(ours / "tmp_body_posed.ply")
        found.body.write(ours / "tmp_body_lying.ply", lying=True)
        found.body.save(ours / "tmp_body_posed.npz")
        found.lying.save(ours / "tmp_skel_lying.npz")
        found.posed.save(ours / "tmp_skel_posed.npz")
        for file in ours.iterdir():
            theirs = self.folder / "out" / file.name.replace("tmp_", f"tmp/{name}_")
            self.assertTrue(filecmp.cmp(file, theirs, shallow=False), file.name)

    def check_angles(self, path, motion):
        names, values = (line.split(",") for line in path.read_text().splitlines())
        self.assertEqual(tuple(names[2:]), motion.names)
        units = [coordinate.unit for coordinate in motion.coordinates]
        shown = [f"{np.degrees(q) if unit == 'rad' else q:.6f}" for q, unit in zip(motion.q[0], units)]
        self.assertEqual(values[2:], shown)
        self.assertEqual(units.count("m"), 3)

    def check_bones(self, path, found):
        vertices, faces, comments = read_ply(path)
        np.testing.assert_array_equal(coordinates(vertices), found.vertices.astype(np.float32))
        np.testing.assert_array_equal(faces, found.faces)
        np.testing.assert_array_equal(vertices["bone"], found.bone_of_vertex)
        self.assertEqual([words[2] for words in comments if words[0] == "bone"], list(found.bone_names))

    def test_female(self):
        self.check_body(FEMALE, "female")

    def test_crouching_male(self):
        self.check_body(CROUCH, "male")

    def test_motion_from_keypoints(self):
        female().motion.write_chain(self.folder / "chain.json")
        run_program("ik", "--chain", self.folder / "chain.json", "--motion", WALK, "--out", self.folder / "out")
        with ossoik.Chain.load(self.folder / "chain.json") as chain:
            motion = ossoik.Motion.from_keypoint_file(chain, WALK)
        for kind, ending in (("angles", "csv"), ("orientations", "txt"), ("segments", "csv"), ("rates", "csv"), ("motion", "json")):
            ours, theirs = self.folder / f"{kind}.{ending}", self.folder / "out" / f"walk_{kind}.{ending}"
            getattr(motion, f"write_{kind}")(ours)
            self.assertTrue(filecmp.cmp(ours, theirs, shallow=False), kind)


class Inputs(Scratch):
    """What goes in, in which form, and what is refused."""

    def test_arrays_files_and_meshes_give_the_same(self):
        vertices, faces, _ = read_ply(FEMALE)
        x = coordinates(vertices)
        self.assertEqual(x.dtype, np.float32)
        wanted = ossoik.Body.from_mesh(model("female"), pathlib.Path(FEMALE))
        for mesh in (x, np.asfortranarray(x, np.float64), x.tolist(), ossoik.Mesh.from_arrays(x, faces.astype(np.uint16)), ossoik.Mesh.read(FEMALE)):
            found = ossoik.Body.from_mesh(model("female"), mesh)
            np.testing.assert_array_equal(found.info().beta, wanted.info().beta)

    def test_units_are_recognised_and_results_are_in_metres(self):
        vertices, _, _ = read_ply(FEMALE)
        found = ossoik.skeleton(coordinates(vertices) * 1000.0, model("female"))
        self.assertEqual(found.body.info().unit, "mm")
        # single precision of the coordinates in millimetres moves bones by less than a micrometre
        np.testing.assert_allclose(found.vertices, female().vertices, rtol=0, atol=1e-6)

    def test_errors_are_the_librarys_sentences(self):
        status, load, x = ossoik.Status, ossoik.Model.load, np.zeros((6890, 3))
        self.assert_fails(status.MODEL, "absent.npz", load, self.folder / "absent.npz")
        self.assert_fails(status.IO, "absent.ply", ossoik.Mesh.read, self.folder / "absent.ply")
        self.assert_fails(status.SHAPE, "6890", ossoik.Body.from_mesh, model("female"), x[:9])
        x[5, 1] = np.nan
        self.assert_fails(status.NOT_FINITE, "vertex 5", ossoik.Mesh.from_arrays, x)
        self.assert_fails(status.MODEL, "osso_ik import", ossoik.skeleton, FEMALE, model("female"), ossoik.Options(method="reference"))
        self.assert_fails(status.ARGUMENT, "lying", ossoik.Chain.from_skeleton, female().posed)
        self.assert_fails(status.ARGUMENT, "posed already", female().posed.pose, female().body)
        self.assert_fails(status.ARGUMENT, 'called "tail"', female().posed.write, self.folder / "tail.ply", "tail")
        self.assert_fails(status.IO, "absent", female().motion.write_angles, self.folder / "absent" / "a.csv")

    def test_wrong_arrays_are_refused(self):
        status, make = ossoik.Status, ossoik.Mesh.from_arrays
        self.assert_fails(status.SHAPE, r"any x 3 numbers, found one of shape \(4, 2\)", make, np.zeros((4, 2)))
        self.assert_fails(status.SHAPE, "vertices", make, np.zeros(12))
        self.assert_fails(status.ARGUMENT, "needs vertices", make, np.zeros((0, 3)))
        self.assert_fails(status.SHAPE, "float64", make, np.zeros((4, 3)), np.zeros((2, 3)))
        self.assert_fails(status.SHAPE, "-1 to 2", make, np.zeros((4, 3)), [[0, 1, -1], [0, 1, 2]])
        self.assert_fails(status.SHAPE, "4294967296", make, np.zeros((4, 3)), [[0, 1, 2 ** 32]])
        self.assert_fails(status.SHAPE, "face 0: vertex 4", make, np.zeros((4, 3)), [[0, 1, 4]])
        self.assert_fails(status.SHAPE, "72", ossoik.Body.from_parameters, model("female"), ossoik.BodyParameters(np.zeros(70)))

    def test_wrong_objects_are_refused(self):
        body = female().body
        for function, arguments in ((ossoik.Skeleton.infer, [female().lying]), (ossoik.Body.from_mesh, ["female", FEMALE]),
                                    (ossoik.Motion.solve, [female().motion, female().posed]), (ossoik.Chain.from_skeleton, [body])):
            with self.assertRaises(TypeError):
                function(*arguments)
        with self.assertRaises(ValueError):
            ossoik.Mesh.read("a\0b.ply")
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaises(TypeError):
                copying(body)

    def test_objects_of_two_models_do_not_mix(self):
        other = result(MALE, "male")
        status = ossoik.Status.ARGUMENT
        self.assert_fails(status, "one and the same Model", other.lying.pose, female().body)
        self.assert_fails(status, "one and the same Model", ossoik.Motion.solve, other.chain, female().posed)
        self.assert_fails(status, "one and the same Model", ossoik.quality, other.body, female().posed, female().motion)
        self.assert_fails(status, "one and the same Model", ossoik.Skeleton.load, "a.npz", other.body, female().lying)

    def test_parameters_in_place_of_a_mesh(self):
        pose = np.zeros((24, 3))
        rest = ossoik.BodyParameters(pose)
        moved = ossoik.BodyParameters(pose.ravel().tolist(), trans=[1.0, 2.0, 3.0])
        bones = []
        for parameters in (rest, moved):
            body = ossoik.Body.from_parameters(model("neutral"), parameters)
            self.assertEqual(body.calls()[0].stop, "given")
            bones.append(ossoik.Skeleton.infer(body).pose(body).info().vertices)
        # posing solves to a relative change of the cost, which leaves less than a tenth of a millimetre
        np.testing.assert_allclose(bones[1] - bones[0], np.broadcast_to([1.0, 2.0, 3.0], bones[0].shape), rtol=0, atol=1e-4)

    def test_what_was_saved_is_loaded_and_nothing_else(self):
        found, path = female(), self.folder / "stage.npz"
        found.body.save(path)
        body = ossoik.Body.load(path, found.model, FEMALE)
        np.testing.assert_array_equal(body.info().beta, found.body.info().beta)
        self.assert_fails(ossoik.Status.FORMAT, "made from", ossoik.Body.load, path, found.model, MALE)
        self.assert_fails(ossoik.Status.FORMAT, "", ossoik.Body.load, path, found.model, FEMALE, ossoik.Options(more_iterations=True))
        found.lying.save(path)
        lying = ossoik.Skeleton.load(path, body)
        found.posed.save(path)
        posed = ossoik.Skeleton.load(path, body, lying)
        self.assertEqual((lying.posed, posed.posed), (False, True))
        np.testing.assert_array_equal(posed.info().vertices, found.vertices)
        parameters = ossoik.BodyParameters(np.full((24, 3), 0.01), [0.5], [0.0, 1.0, 0.0])
        given = ossoik.Body.from_parameters(found.model, parameters)
        given.save(path)
        loaded = ossoik.Body.load(path, found.model, parameters)
        self.assertEqual(loaded.info().stature, given.info().stature)


class Outputs(Scratch):
    """Shapes, units and labels of what comes out."""

    def test_everything_has_the_shape_that_is_written_down(self):
        found, facts = female(), female().model.info()
        bones = found.lying.info()
        self.assertEqual(bones.vertices.shape, (facts.n_bone_vertices, 3))
        self.assertEqual(bones.faces.shape, (facts.n_bone_faces, 3))
        self.assertEqual((len(bones.bone_names), len(bones.part_names)), (facts.n_bones, facts.n_parts))
        self.assertEqual(set(bones.bone_of_vertex), set(range(facts.n_bones)))
        self.assertEqual(set(bones.part_of_vertex), set(range(facts.n_parts)))
        self.assertEqual(found.motion.q.shape, (1, facts.n_dofs))
        self.assertEqual(len(found.segments), facts.n_joints)
        self.assertEqual(found.body.info().beta.shape, (facts.n_skin_modes,))
        self.assertEqual((facts.gender, facts.family, facts.has_reference), ("female", None, 0))
        self.assertEqual(found.posed.calls()[-1].final_cost, found.posed.info().final_cost)
        self.assertEqual(found.lying.calls()[0].name, "placing")

    def test_arrays_are_copies(self):
        first = female().lying.info()
        wanted = first.vertices.copy()
        first.vertices[:] = 0.0
        np.testing.assert_array_equal(female().lying.info().vertices, wanted)
        with self.assertRaises(ValueError):
            female().motion.q[0, 0] = 1.0

    def test_segments_are_where_the_chain_says(self):
        """The pelvis stands at its three translations, turned by rotations; every rotation is one."""
        found = female()
        R, origin = found.motion.segments()
        self.assertEqual((R.shape[:2], origin.shape[:2]), ((1, len(found.segments)),) * 2)
        np.testing.assert_allclose(R[0] @ R[0].transpose(0, 2, 1), np.broadcast_to(np.eye(3), R[0].shape), atol=1e-12)  # rounding
        np.testing.assert_allclose(np.linalg.det(R[0]), 1.0, atol=1e-12)
        pelvis = found.motion.segment_names.index("pelvis")
        np.testing.assert_array_equal(found.segments["pelvis"][1], origin[0, pelvis])
        # the trunk is upright in this body: y of the pelvis points up, x forward or nearly so
        self.assertGreater(R[0, pelvis, 1, 1], 0.9)

    def test_coordinates_lie_in_their_ranges(self):
        for coordinate in female().motion.coordinates:
            if coordinate.unit == "rad":
                self.assertTrue(coordinate.lower - 1e-9 <= coordinate.value <= coordinate.upper + 1e-9, coordinate)  # rounding
        self.assertEqual(female().angles["knee_angle_r"], female().motion.q[0, female().motion.names.index("knee_angle_r")])

    def test_quality_has_its_gates(self):
        found = female().quality
        self.assertEqual(found.level, max(gate.level for gate in found.gates))
        self.assertEqual(found.gates[0][:3], ("registration_rms", "m", female().body.info().rms))
        self.assertEqual(found.gates[-1].name, "range_of_motion")


class Callbacks(Scratch):
    """cancel, on_step and progress; exceptions and signals come out of the call."""

    def setUp(self):
        super().setUp()
        self.unraised = []
        hook, sys.unraisablehook = sys.unraisablehook, self.unraised.append
        self.addCleanup(setattr, sys, "unraisablehook", hook)
        self.addCleanup(lambda: self.assertEqual(self.unraised, []))

    def stages(self, options):
        body = ossoik.Body.from_mesh(model("female"), FEMALE, options)
        lying = ossoik.Skeleton.infer(body, options)
        return body, lying, lying.pose(body, options)

    def test_steps_are_told_and_the_last_is_the_result(self):
        steps = []
        body, lying, posed = self.stages(ossoik.Options(on_step=steps.append))
        by_stage = {name: [step for step in steps if step.stage == name] for name in ("registration", "placing", "posing")}
        self.assertEqual([len(found) for found in by_stage.values()],
                         [body.info().n_iterations, lying.info().n_iterations, posed.info().n_iterations])
        last = by_stage["registration"][-1]
        self.assertEqual((last.cost, last.part_R), (body.info().rms, None))
        body.write(self.folder / "body.ply")
        np.testing.assert_array_equal(coordinates(read_ply(self.folder / "body.ply")[0]), last.skin.astype(np.float32))
        for skeleton, found in ((lying, by_stage["placing"]), (posed, by_stage["posing"])):
            self.assertIsNone(found[-1].skin)
            np.testing.assert_array_equal(model("female").place_bones(found[-1]), skeleton.info().vertices)
            self.assertGreater(np.abs(model("female").place_bones(found[0]) - skeleton.info().vertices).max(), 1e-4)  # a copy of its own
        self.assert_fails(ossoik.Status.ARGUMENT, "no bones", model("female").place_bones, last)

    def test_watching_changes_nothing(self):
        bones = self.stages(ossoik.Options(on_step=lambda step: None, cancel=lambda: False))[2].info()
        np.testing.assert_array_equal(bones.vertices, female().vertices)

    def test_cancel_stops(self):
        for stop in (1, 3):
            asked = iter(range(1, 100))
            self.assert_fails(ossoik.Status.CANCELLED, "stopped by the caller", ossoik.Body.from_mesh, model("female"), FEMALE,
                              ossoik.Options(cancel=lambda: next(asked) == stop))
            self.assertEqual(next(asked), stop + 1)

    def test_a_true_step_stops(self):
        steps = []
        self.assert_fails(ossoik.Status.CANCELLED, "stopped", ossoik.Skeleton.infer, female().body,
                          ossoik.Options(on_step=lambda step: steps.append(step) or len(steps) == 2))
        self.assertEqual(len(steps), 2)

    def test_what_a_callback_raises_comes_out(self):
        class Surprise(BaseException):
            pass

        def fail(*_):
            calls.append(1)
            raise Surprise("here")

        for options in (ossoik.Options(cancel=fail), ossoik.Options(on_step=fail)):
            for function in (functools.partial(ossoik.Body.from_mesh, model("female"), FEMALE), functools.partial(ossoik.Skeleton.infer, female().body),
                             functools.partial(female().lying.pose, female().body)):
                calls = []
                with self.assertRaisesRegex(Surprise, "here"):
                    function(options)
                self.assertEqual(len(calls), 1)

    def test_what_progress_raises_comes_out(self):
        def fail(n_done):
            raise KeyError(n_done)

        with self.assertRaises(KeyError):
            ossoik.Motion.from_keypoint_file(female().chain, WALK, progress=fail)
        self.assert_fails(ossoik.Status.CANCELLED, "", ossoik.Motion.from_keypoint_file, female().chain, WALK, progress=lambda n_done: True)

    def interrupted(self, number, error):
        """Stages until a signal, sent between two callbacks, comes out as an exception; number of steps after it was sent."""
        begun, late = threading.Event(), []

        def send():
            begun.wait()
            time.sleep(0.003)  # by then the main thread is back in the library
            sent.set()
            os.kill(os.getpid(), number)

        sent = threading.Event()
        sender = threading.Thread(target=send)
        sender.start()
        with self.assertRaises(error):
            for _ in range(100):
                self.stages(ossoik.Options(on_step=lambda step: late.append(step) if sent.is_set() else begun.set()))
        sender.join()
        return len(late)

    def test_ctrl_c_comes_out(self):
        handler = signal.default_int_handler  # a shell may have started this program with Ctrl-C ignored
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, handler))
        self.assertLessEqual(self.interrupted(signal.SIGINT, KeyboardInterrupt), 2)  # the step in which it comes, and one that runs already
        self.assertIs(signal.getsignal(signal.SIGINT), handler)

    def test_other_handlers_may_raise_too(self):
        def leave(number, frame):
            raise SystemExit(3)

        self.addCleanup(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, leave))
        self.assertLessEqual(self.interrupted(signal.SIGTERM, SystemExit), 2)
        self.assertIs(signal.getsignal(signal.SIGTERM), leave)

    def test_a_handler_that_does_not_raise_stops_nothing(self):
        seen = []
        self.addCleanup(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number)))
        options = ossoik.Options(on_step=lambda step: step.iteration == 2 and os.kill(os.getpid(), signal.SIGTERM))
        bones = self.stages(options)[2].info()
        np.testing.assert_array_equal(bones.vertices, female().vertices)
        self.assertGreater(len(seen), 1)

    def test_calls_may_be_made_within_callbacks(self):
        inner = []

        def run(step):
            if step.iteration == 1 and not inner:
                inner.append(ossoik.skeleton(FEMALE, model("female")).vertices)

        outer = ossoik.skeleton(FEMALE, model("female"), ossoik.Options(on_step=run)).vertices
        np.testing.assert_array_equal(inner[0], outer)


class Keypoints(Scratch):
    """Motion from arrays and files."""

    def walk(self):
        """F x 17 x 3, with Y up; rows of the file have Z up."""
        return np.loadtxt(WALK).reshape(-1, 17, 3)[:, :, [1, 2, 0]]

    def test_arrays_and_files_give_the_same(self):
        chain, points = female().chain, self.walk()
        wanted = ossoik.Motion.from_keypoint_file(chain, WALK)
        for found in (ossoik.Motion.from_keypoints(chain, points), ossoik.Motion.from_keypoints(chain, points, time=np.arange(len(points)) / 30.0),
                      ossoik.Motion.from_keypoints(chain, np.concatenate([points, np.ones((*points.shape[:2], 1))], axis=2), fps=30)):
            np.testing.assert_array_equal(found.q, wanted.q)
            np.testing.assert_array_equal(found.time, wanted.time)
        self.assertEqual(wanted.report.n_matched, 16)  # the nose is on no joint
        self.assertEqual(len(wanted), len(points))
        self.assertEqual(wanted.position_error.shape, (len(points),))
        self.assertTrue((np.isfinite(wanted.position_error)).all())

    def test_options_and_times_are_passed_on(self):
        chain, points = female().chain, self.walk()
        plain = ossoik.Motion.from_keypoints(chain, points)
        for name, value in (("noise", 0.02), ("smoothness", 4.0), ("robust", 0.001), ("cutoff_hz", 3.0)):
            found = ossoik.Motion.from_keypoints(chain, points, **{name: value})
            self.assertGreater(np.abs(found.q - plain.q).max(), 1e-6, name)
        twice = ossoik.Motion.from_keypoints(chain, points, fps=60)
        np.testing.assert_array_equal(twice.time, np.arange(len(points)) / 60.0)
        with self.assertRaises(TypeError):
            ossoik.Motion.from_keypoints(chain, points, sharpness=1.0)

    def test_names_choose_the_points(self):
        """Points in another order, under their names, give the same motion but for the order of sums."""
        female().motion.write_chain(self.folder / "chain.json")
        points, chain = self.walk(), ossoik.Chain.load(self.folder / "chain.json")
        names = ["pelvis", "hip_r", "knee_r", "ankle_r", "hip_l", "knee_l", "ankle_l", "spine", "thorax", "nose", "head", "shoulder_l", "elbow_l",
                 "wrist_l", "shoulder_r", "elbow_r", "wrist_r"]  # of Human3.6M
        order = np.random.default_rng(1).permutation(17)
        wanted = ossoik.Motion.from_keypoints(chain, points)
        found = ossoik.Motion.from_keypoints(chain, points[:, order], names=[names[i] for i in order])
        np.testing.assert_allclose(found.q, wanted.q, rtol=0, atol=1e-5)
        self.assert_fails(ossoik.Status.SHAPE, "3 names of 17", ossoik.Motion.from_keypoints, chain, points, names=names[:3])

    def test_segments_follow_the_frames(self):
        motion = ossoik.Motion.from_keypoint_file(female().chain, WALK)
        R, origin = motion.segments()
        self.assertEqual(R.shape, (len(motion), len(motion.segment_names), 3, 3))
        self.assertEqual(origin.shape, (len(motion), len(motion.segment_names), 3))
        np.testing.assert_allclose(np.linalg.det(R), 1.0, atol=1e-12)  # rounding
        pelvis = motion.segment_names.index("pelvis")
        # the walker advances by more than two metres, the first keypoint, between the hips, with the pelvis; lengths are made the chain's
        path = motion.report.scale * np.linalg.norm(origin[-1, pelvis] - origin[0, pelvis])
        self.assertAlmostEqual(path, np.linalg.norm(self.walk()[-1, 0] - self.walk()[0, 0]), delta=0.02)  # the pelvis turns meanwhile

    def test_wrong_keypoints_are_refused(self):
        chain, points, make = female().chain, self.walk(), ossoik.Motion.from_keypoints
        self.assert_fails(ossoik.Status.SHAPE, "any x any x any", make, chain, points[0])
        self.assert_fails(ossoik.Status.ARGUMENT, "2 numbers", make, chain, points[:, :, :2])
        self.assert_fails(ossoik.Status.SHAPE, "time", make, chain, points, time=[0.0, 1.0])
        self.assert_fails(ossoik.Status.ARGUMENT, "", make, chain, points, time=np.zeros(len(points)))
        self.assert_fails(ossoik.Status.FORMAT, "", make, chain, np.full_like(points, np.nan))

    def test_a_chain_of_a_file_is_for_keypoints_only(self):
        female().motion.write_chain(self.folder / "chain.json")
        chain = ossoik.Chain.load(self.folder / "chain.json")
        motion = ossoik.Motion.from_keypoint_file(chain, WALK)
        self.assert_fails(ossoik.Status.ARGUMENT, "Chain.from_skeleton", ossoik.Motion.solve, chain, female().posed)
        self.assert_fails(ossoik.Status.ARGUMENT, "keypoints", motion.write_chain, self.folder / "again.json")
        self.assert_fails(ossoik.Status.IO, "absent.json", ossoik.Chain.load, self.folder / "absent.json")


class Sequences(Scratch):
    """Meshes of one subject over time."""
    STEP = np.array([0.0, 0.0, 0.02])  # [m] from frame to frame

    def frames(self, n):
        x = coordinates(read_ply(FEMALE)[0]).astype(np.float64)
        return [x + i * self.STEP for i in range(n)]

    def test_frames_go_in_and_a_motion_comes_out(self):
        with ossoik.Sequence(model("female"), fps=50) as walk:
            self.assertTrue(walk.body is None and walk.posed is None and walk.lying is None and len(walk) == 0)
            self.assert_fails(ossoik.Status.ARGUMENT, "without a frame", walk.solve)
            bones = []
            for mesh in self.frames(4):
                frame = walk.add(mesh)
                bones.append(walk.posed.info().vertices)
                self.assertEqual(frame.registration_rms, walk.body.info().rms)
            motion = walk.solve()
            worst, mean = walk.quality(motion)
            self.assertEqual((len(walk), walk.frame(0).restarted), (4, 1))
            self.assertRaises(IndexError, walk.frame, 4)
        np.testing.assert_array_equal(motion.time, np.arange(4) / 50.0)
        self.assertGreaterEqual(worst.gates[0].value, mean.gates[0].value)
        # the body moves as a whole: so do the bones, to what tracking leaves (0.1 mm, the big toe 0.25), and the pelvis
        np.testing.assert_allclose(bones[3] - bones[0], np.broadcast_to(3 * self.STEP, bones[0].shape), rtol=0, atol=3e-4)
        origin = motion.segments()[1][:, motion.segment_names.index("pelvis")]
        np.testing.assert_allclose(origin[3] - origin[0], 3 * self.STEP, rtol=0, atol=1e-3)

    def test_a_frame_that_fails_leaves_no_trace(self):
        walk, frames = ossoik.Sequence(model("female")), self.frames(2)
        self.assert_fails(ossoik.Status.SHAPE, "6890", walk.add, frames[0][:50])
        walk.add(frames[0], 0.0)
        self.assert_fails(ossoik.Status.ARGUMENT, "later than the frame before", walk.add, frames[1], 0.0)
        walk.add(frames[1], 0.5, "second")
        self.assertEqual(len(walk), 2)
        self.assert_fails(ossoik.Status.ARGUMENT, "one and the same Model", walk.solve, result(MALE, "male").chain)
        self.assert_fails(ossoik.Status.ARGUMENT, "", walk.body.save, self.folder / "b.npz")

    def test_what_a_callback_raises_comes_out_of_add_and_solve(self):
        raising = []

        def cancel():
            if raising:
                raise KeyError("asked")

        walk, frames = ossoik.Sequence(model("female"), ossoik.Options(cancel=cancel)), self.frames(3)
        walk.add(frames[0])
        raising.append(1)
        self.assertRaises(KeyError, walk.add, frames[1])
        self.assertRaises(KeyError, walk.solve)
        raising.clear()
        walk.add(frames[1])
        self.assertEqual(len(walk.solve()), 2)

    def test_one_call_at_a_time(self):
        walk, frames, raised = None, self.frames(1), []

        def again(step):
            try:
                walk.add(frames[0], 9.0)
            except RuntimeError as error:
                raised.append(error)

        walk = ossoik.Sequence(model("female"), ossoik.Options(on_step=again))
        walk.add(frames[0])
        self.assertTrue(raised)
        self.assertEqual(len(walk), 1)

    def test_views_keep_the_sequence(self):
        walk = ossoik.Sequence(model("female"))
        walk.add(self.frames(1)[0])
        posed, lying = walk.posed, walk.lying
        wanted = posed.info().vertices
        walk.close()
        self.assertRaises(ValueError, len, walk)
        gc.collect()
        np.testing.assert_array_equal(posed.info().vertices, wanted)
        self.assertIn("knee_angle_r", ossoik.Motion.solve(ossoik.Chain.from_skeleton(lying), posed).names)


class Rigs(Scratch):
    """What other programs open."""
    FILES = {"osim": "body_female.osim", "bvh": "body_female.bvh", "glb": "body_female.glb", "mjcf": "body_female_mjcf.xml",
             "urdf": "body_female.urdf", "addb": "body_female_addb"}

    def rig(self, **options):
        return ossoik.Rig.from_skeleton(female().body, female().posed, female().motion, "body_female", **options)

    def check_files(self, folder):
        """Everything in the command line's folder that is not there without --export."""
        ours = sorted(path.relative_to(folder / "ours") for path in (folder / "ours").rglob("*") if path.is_file())
        self.assertGreater(len(ours), 200)  # with a mesh of every bone
        for name in ours:
            self.assertTrue(filecmp.cmp(folder / "ours" / name, folder / "theirs" / name, shallow=False), name)
        return ours

    def test_files_are_the_command_lines(self):
        run_program("--mesh_input", FEMALE, "-g", "female", "-o", self.folder / "theirs", "-F", "--export", ",".join(["isb", "png", *self.FILES]))
        (self.folder / "ours").mkdir()
        plain, full = self.rig(), self.rig(full=True)
        for form, name in self.FILES.items():  # the command line takes plain bodies for OpenSim's family, full ones for the others
            (plain if form in ("osim", "addb") else full).write(self.folder / "ours" / name, form)
        female().motion.write_isb_angles(self.folder / "ours" / "body_female_isb.csv")
        female().posed.write_picture(self.folder / "ours" / "body_female.png", female().body, "body_female")
        names = {str(name) for name in self.check_files(self.folder)}
        self.assertLessEqual({"body_female.osim", "body_female.glb", "body_female_isb.csv", "body_female.png", "body_female.mot"}, names)

    def test_options_are_passed_on(self):
        texts = []
        for options in ({}, {"mass": 70.0}, {"full": True}):
            self.rig(**options).write(self.folder / "a.osim", "osim")
            texts.append((self.folder / "a.osim").read_text())
        self.assertEqual(len(set(texts)), 3)
        self.assertGreater(len(texts[2]), len(texts[0]))

    def test_a_rig_moves_by_keypoints(self):
        motion = ossoik.Motion.from_keypoint_file(female().chain, WALK)
        rig = ossoik.Rig.from_skeleton(female().body, female().lying, motion)
        rig.write(self.folder / "walk.mot", "mot")
        self.assertIn(f"nRows={len(motion)}", (self.folder / "walk.mot").read_text())

    def test_what_cannot_be_a_rig_is_refused(self):
        found, other, make, status = female(), result(MALE, "male"), ossoik.Rig.from_skeleton, ossoik.Status.ARGUMENT
        self.assert_fails(status, "osim, mot, trc", self.rig().write, self.folder / "a.fbx", "fbx")
        self.assert_fails(status, "", self.rig, mass=9999.0)
        self.assert_fails(status, "one and the same Model", make, found.body, found.posed, other.motion)
        walk = ossoik.Motion.from_keypoint_file(found.chain, WALK)
        self.assert_fails(status, "goes with the lying skeleton", make, found.body, found.posed, walk)


    def test_its_numbers_are_arrays(self):
        walk = ossoik.Motion.from_keypoint_file(female().chain, WALK)
        rig = ossoik.Rig.from_skeleton(female().body, female().lying, walk, "walk", mass=60.0, full=True)
        info, bodies, names = rig.info(), rig.bodies, [body.name for body in rig.bodies]
        self.assertEqual((info.name, info.gender, info.mass, info.mass_estimated), ("walk", "female", 60.0, False))
        self.assertEqual(info.stature, female().body.info().stature)
        np.testing.assert_array_equal(info.up, [0, 1, 0])
        np.testing.assert_array_equal(info.world, [[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
        self.assertEqual(sorted(names), sorted(walk.segment_names))
        self.assertAlmostEqual(sum(body.mass for body in bodies), 60.0, places=9)
        for body in bodies:
            self.assertTrue((np.linalg.eigvalsh(body.inertia) > 0).all())
        self.assertEqual(bodies[names.index("tibia_r")].parent, names.index("femur_r"))
        self.assertEqual([i for body in bodies for i in body.coordinates], list(range(len(rig.coordinates))))
        self.assertEqual([c.name for c in rig.coordinates], list(walk.names))
        knee = rig.coordinates[walk.names.index("knee_angle_r")]
        self.assertEqual((names[knee.body], knee.unit, knee.follows), ("tibia_r", "rad", -1))
        self.assertEqual(len(rig), len(walk))
        np.testing.assert_array_equal(rig.time, walk.time)
        np.testing.assert_array_equal(rig.q, walk.q)

    def test_places_are_those_of_the_motion(self):
        walk = ossoik.Motion.from_keypoint_file(female().chain, WALK)
        rig = ossoik.Rig.from_skeleton(female().body, female().lying, walk, full=True)
        R, origin = rig.place_bodies()
        R_segments, _ = walk.segments()
        order = [walk.segment_names.index(body.name) for body in rig.bodies]
        np.testing.assert_allclose(R, rig.info().world @ R_segments[:, order], atol=1e-9)  # the same angles, added up twice
        one_R, one = rig.place_bodies(rig.q[7:8])
        np.testing.assert_array_equal(one_R[0], R[7])
        np.testing.assert_array_equal(one[0], origin[7])
        for i, body in enumerate(rig.bodies):  # the formula of RigBody, where a body only turns
            if body.parent >= 0:
                np.testing.assert_allclose(origin[:, i], origin[:, body.parent] + R[:, body.parent] @ body.centre, atol=1e-12)
        at = rig.place_markers()
        for i, marker in enumerate(rig.markers):
            np.testing.assert_allclose(at[:, i], origin[:, marker.body] + R[:, marker.body] @ marker.at, atol=1e-12)
        self.assertLessEqual({"RASI", "LKNE", "RANK"}, {marker.name for marker in rig.markers})
        self.assert_fails(ossoik.Status.SHAPE, "q", rig.place_markers, np.zeros((2, 3)))

    def test_bones_are_where_the_skeleton_has_them(self):
        rig, info = self.rig(), female().posed.info()
        R, origin = rig.place_bodies()
        self.assertEqual(sorted(bone.name for bone in rig.bones()), sorted(info.bone_names))
        for bone in rig.bones():
            x = (origin[0, bone.body] + bone.vertices @ R[0, bone.body].T) @ rig.info().world
            np.testing.assert_allclose(x, info.vertices[info.bone_of_vertex == info.bone_names.index(bone.name)], atol=1e-6)
            self.assertEqual(bone.faces.max(), len(bone.vertices) - 1)

    def test_bodies_with_z_up_stand(self):
        vertices = ossoik.Mesh.read(FEMALE).vertices[:, [0, 2, 1]] * [1, -1, 1]
        found = ossoik.skeleton(vertices, "female")
        np.testing.assert_array_equal(found.motion.up(), [0, 0, 1])
        rig, plain = ossoik.Rig.from_skeleton(found.body, found.posed, found.motion), self.rig()
        np.testing.assert_array_equal(rig.info().up, [0, 0, 1])
        # registration and posing stop at steps below 1e-6 m; on its side a marker would be a metre away
        np.testing.assert_allclose(rig.place_markers(), plain.place_markers(), atol=1e-3)
        lying = ossoik.Rig.from_skeleton(found.body, found.posed, found.motion, up=[0, 1, 0])
        self.assertGreater(np.abs(lying.place_markers() - plain.place_markers()).max(), 0.5)
        self.assert_fails(ossoik.Status.ARGUMENT, "up is", ossoik.Rig.from_skeleton, found.body, found.posed, found.motion, up=[0, 1, 1])


class Surfaces(Scratch):
    """Vertices and faces of meshes, bodies and models."""

    def test_meshes_give_back_what_they_were_made_from(self):
        vertices, faces, _ = read_ply(FEMALE)
        mesh = ossoik.Mesh.read(FEMALE)
        np.testing.assert_array_equal(mesh.vertices, coordinates(vertices).astype(np.float64))
        np.testing.assert_array_equal(mesh.faces, faces)
        points = ossoik.Mesh.from_arrays(mesh.vertices[:5])
        self.assertEqual((points.vertices.shape, points.faces.shape), ((5, 3), (0, 3)))

    def test_skins_are_those_of_the_files(self):
        body = female().body
        skin = body.skin()
        body.write(self.folder / "posed.ply")
        body.write(self.folder / "lying.ply", lying=True)
        for name, ours in (("posed", skin.posed), ("lying", skin.lying)):
            vertices, faces, _ = read_ply(self.folder / f"{name}.ply")
            np.testing.assert_array_equal(coordinates(vertices), ours.astype(np.float32))
            np.testing.assert_array_equal(faces, skin.faces)
        np.testing.assert_array_equal(skin.measured, ossoik.Mesh.read(FEMALE).vertices)
        np.testing.assert_array_equal(skin.of_input, np.arange(len(skin.measured)))
        self.assertAlmostEqual(np.ptp(skin.unposed[:, 1]), body.info().stature)

    def test_a_mirrored_input_is_renumbered(self):
        mesh = ossoik.Mesh.read(FEMALE)
        twin = ossoik.Body.from_mesh(female().model, ossoik.Mesh.from_arrays(mesh.vertices * [-1, 1, 1], mesh.faces))
        skin = twin.skin()
        self.assertEqual(twin.info().mirrored, 1)
        np.testing.assert_array_equal(skin.measured, (mesh.vertices * [-1, 1, 1])[skin.of_input])
        self.assertGreater(np.count_nonzero(skin.of_input != np.arange(len(skin.of_input))), 6000)

    def test_faces_of_a_model_close_its_skin(self):
        model = female().model
        faces = model.skin_faces()
        self.assertEqual(len(faces), model.info().n_skin_faces)
        edges = {(a, b) for face in faces.tolist() for a, b in zip(face, face[1:] + face[:1])}
        self.assertEqual(len(edges), 3 * len(faces))
        self.assertEqual(edges, {(b, a) for a, b in edges})


class Lifetimes(Scratch):
    """Handles are freed once, when nothing needs them any more, a motion before its chain."""

    def watch(self, handle, name, freed):
        free = handle._free
        handle._free = lambda pointer: (freed.append(name), free(pointer))

    def motion(self, freed):
        found = female()
        chain = ossoik.Chain.from_skeleton(found.lying)
        motion = ossoik.Motion.solve(chain, found.posed)
        self.watch(chain._handle, "chain", freed)
        self.watch(motion._handle, "motion", freed)
        return chain, motion

    def test_a_chain_stays_as_long_as_its_motion(self):
        freed = []
        chain, motion = self.motion(freed)
        with chain:
            pass
        self.assertRaises(ValueError, ossoik.Motion.solve, chain, female().posed)
        del chain
        gc.collect()
        self.assertEqual(freed, [])
        motion.write_angles(self.folder / "a.csv")
        self.assertEqual(motion.segments()[0].shape[0], 1)
        motion.close()
        self.assertEqual(freed, ["motion", "chain"])
        motion.close()
        self.assertRaises(ValueError, motion.write_angles, self.folder / "a.csv")
        self.assertEqual(freed, ["motion", "chain"])

    def test_cycles_are_taken_apart_in_order(self):
        for turn in range(2):
            freed = []
            objects = list(self.motion(freed))
            objects[1].mine = objects  # a cycle
            if turn:
                objects.reverse()
            del objects
            gc.collect()
            self.assertEqual(freed, ["motion", "chain"])

    def test_a_model_stays_as_long_as_what_needs_it(self):
        freed = []
        with ossoik.Model.load("neutral") as own:
            self.watch(own._handle, "model", freed)
            body = ossoik.Body.from_mesh(own, FEMALE)
        self.assertRaises(ValueError, own.info)
        lying = ossoik.Skeleton.infer(body)
        body.write(self.folder / "b.ply")
        del own, body
        gc.collect()
        self.assertEqual(freed, [])
        lying.save(self.folder / "l.npz")
        del lying
        self.assertEqual(freed, ["model"])

    def test_everything_is_freed_once(self):
        made, freed, create = [], [], ossoik._create

        def note_made(*arguments, **named):
            handle = create(*arguments, **named)
            made.append(handle._as_parameter_)
            return handle

        with contextlib.ExitStack() as stack:
            stack.enter_context(unittest.mock.patch.object(ossoik, "_create", note_made))
            for name in filter(lambda name: name.endswith("_free"), ossoik._FUNCTIONS):
                free = getattr(ossoik._lib, name)
                stack.enter_context(unittest.mock.patch.object(ossoik._lib, name, lambda pointer, free=free: (freed.append(pointer), free(pointer))))
            found = ossoik.skeleton(ossoik.Mesh.read(FEMALE), "female")
            found.motion.write_chain(self.folder / "chain.json")
            ossoik.Rig.from_skeleton(found.body, found.posed, found.motion)
            ossoik.Motion.from_keypoint_file(found.chain, WALK)
            ossoik.Motion.from_keypoint_file(ossoik.Chain.load(self.folder / "chain.json"), WALK)
            walk = ossoik.Sequence(found.model)
            walk.add(FEMALE)
            walk.solve()
            for stop in (ossoik.Options(cancel=lambda: True), ossoik.Options(method="reference")):
                self.assertRaises(ossoik.OssoikError, ossoik.skeleton, FEMALE, found.model, stop)
            del found, walk
            gc.collect()
        self.assertGreater(len(made), 15)
        self.assertEqual(sorted(made), sorted(freed))

    def test_nothing_is_left_open(self):
        gc.collect()
        before = len(ossoik._alive)
        found = ossoik.skeleton(FEMALE, "female")
        self.assertGreater(len(ossoik._alive), before)
        del found
        self.assertEqual(len(ossoik._alive), before)

    def test_memory_does_not_grow(self):
        if SANITIZED:
            self.skipTest("the address sanitizer keeps freed memory")

        def resident():
            return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        if not os.path.exists("/proc/self/statm"):
            self.skipTest("no /proc")
        for turn in range(23):
            if turn == 3:  # by then the allocator has what a run needs
                start = resident()
            found = ossoik.skeleton(FEMALE, "female", ossoik.Options(on_step=lambda step: None))
            self.assertEqual(found.quality.level, 0)
            del found
        # a run takes 40 MB; one lost body or skeleton in each would make 20 MB or more, fragments of the heap make less than 5
        self.assertLess(resident() - start, 8e6)


class Threads(Scratch):
    """Calls run without Python's lock, and give what they give one after the other."""

    def test_two_bodies_at_once(self):
        wanted = result(MALE, "male"), result(CROUCH, "male")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for _ in range(2):
                found = pool.map(lambda path: ossoik.skeleton(path, model("male")), (MALE, CROUCH))
                for one, other in zip(found, wanted):
                    np.testing.assert_array_equal(one.vertices, other.vertices)
                    np.testing.assert_array_equal(one.motion.q, other.motion.q)

    def test_other_threads_run_during_a_call(self):
        """Without callbacks nothing gives the lock away within a call but ctypes itself."""
        during, busy = [], threading.Event()

        def work():
            body = female().body
            busy.set()
            female().lying.pose(body)
            busy.clear()

        worker = threading.Thread(target=work)
        worker.start()
        busy.wait()
        while busy.is_set():
            during.append(time.perf_counter())
            time.sleep(0.001)
        worker.join()
        self.assertGreater(len(during), 5)  # in a call of 100 ms or so; 1 with the lock

    def test_an_object_that_is_closed_elsewhere_stays_through_the_call(self):
        body = ossoik.Body.from_mesh(model("female"), FEMALE)
        closing = threading.Thread(target=body.close)

        def step(_):
            if closing.ident is None:  # in the midst of the call
                closing.start()
                closing.join()

        ossoik.Skeleton.infer(body, ossoik.Options(on_step=step))
        self.assertIsNotNone(closing.ident)
        self.assertRaises(ValueError, body.info)


class Finding(Scratch):
    """Library and models are found where they are built and installed."""

    def run_python(self, file, code, **extra):
        environment = {name: value for name, value in os.environ.items() if name not in ("OSSOIK_LIBRARY", "OSSO_IK_MODELS", "PYTHONPATH")}
        environment.update(extra, PYTHONPATH=str(file.parent), PYTHONDONTWRITEBYTECODE="1")
        return subprocess.run([sys.executable, "-c", "import ossoik; " + code], capture_output=True, text=True, env=environment, cwd=self.folder)

    def put(self, place):
        file = self.folder / place / "ossoik.py"
        file.parent.mkdir(parents=True)
        shutil.copy(BINDINGS, file)
        return file

    def put_library(self, place):
        (self.folder / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(BUILD / "libossoik.so", self.folder / place / "libossoik.so.0")

    def put_models(self, place):
        (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(os.environ["OSSO_IK_MODELS"], self.folder / place)

    def test_trees(self):
        for file, library, models in (("a/tools/python", "a/build", "a/build/models"), ("b/share/osso_ik/python", "b/lib", "b/share/osso_ik/models"),
                                      ("c/python", "c/lib", "c/share/osso_ik/models"), ("d", "d", "d/models")):
            module = self.put(file)
            self.put_library(library)
            self.put_models(models)
            done = self.run_python(module, "print(ossoik.Model.load('male').info().gender, ossoik._library_folder())")
            self.assertEqual(done.stderr, "")
            self.assertEqual(done.stdout.split(), ["male", str((self.folder / library).resolve())])

    def test_the_systems_library(self):
        module = self.put("only")
        self.put_library("system")
        self.put_models("share/osso_ik/models")
        done = self.run_python(module, "print(ossoik.Model.load('male').info().gender)", LD_LIBRARY_PATH=str(self.folder / "system"))
        self.assertEqual((done.stdout, done.stderr), ("male\n", ""))

    def test_what_is_not_there_is_said(self):
        module = self.put("only")
        named = self.run_python(module, "", OSSOIK_LIBRARY=str(self.folder / "absent.so"))
        self.assertIn("ImportError: libossoik.so was not found; OSSOIK_LIBRARY can name it. Tried: ", named.stderr)
        self.assertIn("absent.so", named.stderr)
        self.put_library("only")
        for code, sentence in (("ossoik.Model.load('male')", "the built-in model male.npz is in none of"), ("ossoik.Model.load('x.npz')", "x.npz")):
            done = self.run_python(module, code)
            self.assertIn("OssoikError: " + sentence, done.stderr)

    def test_another_version_is_refused(self):
        module = self.put("only")
        self.put_library("only")
        module.write_text(module.read_text().replace(f'__version__ = "{ossoik.__version__}"', '__version__ = "0.0.9"'))
        done = self.run_python(module, "")
        self.assertIn(f"version {ossoik.__version__}, this ossoik.py belongs to libossoik 0.0.9", done.stderr)


if __name__ == "__main__":
    unittest.main()
