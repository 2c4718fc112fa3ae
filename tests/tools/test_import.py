#!/usr/bin/env python3
"""
Tests of tools/import_model.py: `python3 tests/tools/test_import.py [CLASS]`. Needs numpy; those of sparse matrices also scipy.

OSSO_IK_SHARED names the shared folder (default ../shared beside the checkout); what needs it is skipped when it is absent.
"""
import contextlib
import hashlib
import io
import os
import pathlib
import pickle
import random
import resource
import unittest
import zipfile
import zlib
from unittest import mock

from import_common import ROUNDING, SHARED, Folder, options, run  # first: it sets the paths

import hostile
import import_model
import numpy as np
import tiny_pack
from import_pickles import HostilePickles, OldFormats, matrix_of  # the classes are run from here, by name
from osso_import import points as carried
from osso_import import archive, skin, source_body, values
from osso_import.problem import Problem


def stop_at(file, error, real):
    """A function that does as the real one, and fails at a file."""
    def call(value, where, *rest):
        if file in where:
            raise error
        return real(value, where, *rest)
    return call


class Checks(Folder):
    """A wrong value is a sentence that names file and array, what was expected and what was found."""

    def test_wrong_values_are_named(self):
        model, body = "skeleton/skeleton_model.pkl", "star_1_1/female/model.npz"

        def at(key, change):
            def apply(table):
                answer = change(table[key])
                if answer is not None:
                    table[key] = answer
            return apply

        def put(where, value):
            def apply(array):
                array[where] = value
            return apply

        cases = [
            (body, at("v_template", put((3, 1), np.nan)), r"model\.npz: v_template: entry 10 is not a finite number"),
            (body, at("v_template", lambda a: a[:, :2]), r"v_template: expected an array of shape \(4 or more, 3\), found \(1008, 2\)"),
            (body, at("shapedirs", lambda a: a[:, :, :9]), r"shapedirs: expected .*10 or more.*found \(1008, 3, 9\)"),
            (body, at("posedirs", lambda a: a[:, :, :92]), r"posedirs: expected 93 \(STAR\) or 207 \(SMPL\) correctives, found 92"),
            (body, at("J_regressor", put((5, 0), 0.5)), r"J_regressor: row 5 does not add up to 1"),
            (body, at("J_regressor", lambda a: a * 1.005), None),
            (body, at("J_regressor", lambda a: a * 1.02), r"J_regressor: row 0 does not add up to 1"),
            (body, at("J_regressor", lambda a: a[:, 1:]), r"J_regressor: expected .*1008.*found \(24, 1007\)"),
            (body, at("weights", put((9, 3), -0.5)), r"weights: row 9 is negative or does not add up to 1"),
            (body, at("kintree_table", put((0, 5), 7)), r"kintree_table: expected the tree of SMPL's 24 joints"),
            (body, at("f", put((0, 0), 1008)), r"f: entry 0 is 1008, expected 0 to 1007"),
            (body, at("f", put((2, slice(None)), 4)), r"f: face 2 has a vertex twice"),
            (body, lambda t: t.pop("weights") is None or None, r"weights: missing"),
            (model, at("parts", lambda t: {**t, "hip_bones": 3}), r"skeleton_model\.pkl: parts: expected 1 to 255 names numbered from 0"),
            (model, at("parent", lambda t: {**t, "nape": "tail"}), r"parent: nape: expected the name of a part, found str 'tail'"),
            (model, at("parent", lambda t: {**t, "nape": []}), r"parent: expected one part without a parent, found 2"),
            (model, at("parent", lambda t: {**t, "up_back": "head"}), r"parent: the parts .* go round in a circle"),
            (model, at("parent", lambda t: {**t, "nape": 3}), r"parent: nape: expected the name of a part, found int 3"),
            (model, at("parent", lambda t: {**t, "nape": 0.5}), r"parent: nape: expected the name of a part, found float 0.5"),
            (model, at("parent", lambda t: {**t, "nape": 1 << 20000}), r"parent: nape: expected the name of a part, found a whole number"),
            (model, at("parts", lambda t: {**{n: p for n, p in t.items() if n != "nape"}, "../nape": t["nape"]}),
             r"skeleton_model\.pkl: parts: expected a name without / .* found str '\.\./nape'"),
            (model, at("pairs", lambda t: t[:20] + [[0, 20]] + t[20:] + [[20, 0]]), r"pairs: expected at most 20 pairs of parts, found 21"),
            (model, at("partSet", set), None),
            (model, at("partSet", lambda t: range(21)), None),
            (model, at("template_t", matrix_of), None),
            (model, at("template_t", lambda a: a[1:]), r"template_t: expected an array of shape \(21, 3\), found \(20, 3\)"),
            (model, at("tri", put((0, 0), -1)), r"tri: entry 0 is -1"),
            (model, at("seg", put(0, 21)), r"seg: entry 0 is 21, expected 0 to 20"),
            (model, at("part2bodyPoints", lambda t: {p: v for p, v in t.items() if p != 4}), r"part2bodyPoints: no entry 4"),
            (model, at("shape", lambda t: {**t, 2: {"T": np.zeros(5)}}), r"shape\[2\]\['T'\]: expected an array of shape \(126\), found \(5,\)"),
            (model, at("partFaces", lambda t: {**t, 6: t[6] + 1}), r"partFaces\[6\]: entry \d+ is 42, expected 0 to 41"),
            (model, at("pairs", lambda t: t[:-1]), r"pairs: expected pairs of parts, then the same pairs turned round"),
            (model, at("interfacePointsFromTo", lambda t: put(0, [])(t)), r"interfacePointsFromTo\[0\]\[1\]: no entry 1"),
            (model, at("names", lambda t: None), None),
            ("skeleton/skeleton_pca_female.pkl", at("M", lambda a: a[1:]), r"M: expected an array of shape \(882, 3\), found \(881, 3\)"),
            ("skeleton/skeleton_pca_female.pkl", at("B", put((0, 0, 0), np.inf)), r"B: entry 0 is not a finite number"),
            ("skeleton/betas_regressor_female.pkl", lambda a: a[:10], r"betas_regressor_female\.pkl: expected an array of shape \(11, 10 or more\)"),
            ("skeleton/ldm_indices.pkl", lambda a: a + [9], r"ldm_regressor_female\.pkl: expected an array of shape \(64, 1008\), found \(63, 1008\)"),
            ("skeleton/ldm_indices.pkl", put(0, 882), r"ldm_indices\.pkl: entry 0 is 882, expected 0 to 881"),
            ("skeleton/lying_pose_female.pkl", lambda a: a[1:], r"lying_pose_female\.pkl: expected an array of shape \(69\), found \(68,\)"),
            ("loss/skin_skel_contacts.pkl", lambda a: a[:2], r"skin_skel_contacts\.pkl: expected 3 entries, found 2"),
            ("loss/skin_skel_contacts.pkl", lambda a: [a[0], a[1] + 500, a[2]], r"skeleton: entry \d+ is \d+, expected 0 to 880"),
            ("loss/skin_skel_contacts.pkl", lambda a: [a[0], a[1], -a[2]], r"contacts\.pkl: weight: entry 0 is -0\.1, expected a weight of at least 0"),
            ("loss/knee_ligament_pairs.pkl", lambda a: [], None),
            ("loss/skin_skeleton_pairs.pkl", lambda a: [a[0], a[1][1:]], r"skin_skeleton_pairs\.pkl: skeleton: expected"),
            ("loss/knee_ligament_pairs.pkl", lambda a: a[:, :1], r"knee_ligament_pairs\.pkl: expected an array of shape \(any, 2\)"),
            ("loss/gloss_ball_joints_ldm.pkl", at("names", lambda t: ["hip" if n == "hips_L" else n for n in t]), r"hips_L: missing"),
            ("loss/gloss_ball_joints_ldm.pkl", at("verts_ids", lambda t: [[0, 1, 2, 50]] + t[1:]), r"hips_L: expected points of one part"),
            ("loss/gloss_ball_joints_ldm.pkl", lambda t: "text", r"gloss_ball_joints_ldm\.pkl: expected a dict, found str 'text'"),
        ]
        for name, change, sentence in cases:
            with self.subTest(sentence):
                content = tiny_pack.changed(tiny_pack.files(), name, change)
                if sentence is None:  # not read: no complaint
                    self.convert(content)
                else:
                    self.assertRegex(self.problem(content), sentence)

    def test_missing_files_are_named(self):
        for name in tiny_pack.files():
            if "_male" in name or "/male/" in name:
                continue
            content = tiny_pack.files()
            tiny_pack.write(self.folder, content)
            os.remove(self.folder / name)
            with self.subTest(name), self.assertRaises(Problem) as caught:
                import_model.convert(import_model.parse(options(self.folder, "unused.npz")))
            self.assertIn(pathlib.Path(name).name, str(caught.exception))

    def test_a_mirrored_skeleton_is_refused(self):
        content = tiny_pack.files()
        names = content["loss/gloss_ball_joints_ldm.pkl"]["names"]
        swapped = [n[:-1] + {"L": "R", "R": "L"}[n[-1]] for n in names]
        self.assertIn("left", self.problem(tiny_pack.changed(content, "loss/gloss_ball_joints_ldm.pkl", lambda t: t.update(names=swapped))))

    def test_npz_with_objects_or_too_little_data_is_refused(self):
        path = self.folder / "body.npz"
        np.savez(path, v_template=np.array([None, {}], dtype=object))
        with self.assertRaisesRegex(Problem, "v_template: holds Python objects"):
            source_body.read_npz_arrays(str(path), source_body.KEYS)
        stream = io.BytesIO()
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 3)})
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("v_template.npy", stream.getvalue())
        with self.assertRaisesRegex(Problem, "v_template: an array of shape"):
            source_body.read_npz_arrays(str(path), source_body.KEYS)
        path.write_bytes(path.read_bytes()[:40])
        with self.assertRaisesRegex(Problem, "not an .npz archive"):
            source_body.read_npz_arrays(str(path), source_body.KEYS)

    def test_tables_of_something_else_are_refused(self):
        np.savez(self.folder / "tables.npz", kin_segment_name=np.array(["pelvis"]))
        self.assertIn("expected a built-in model", self.problem(tiny_pack.files(), tables=self.folder / "tables.npz"))


    def test_numbers_that_overflow_are_named(self):
        """Each is finite, what is computed from them is not."""
        for name, change, array in (("skeleton/skeleton_pca_female.pkl", lambda t: t.update(M=np.full_like(t["M"], 1.7e308)), "skel_mean"),
                                    ("skeleton/lying_pose_female.pkl", lambda a: np.full_like(a, 1e200), "skel_lying_R")):
            tiny_pack.write(self.folder, tiny_pack.changed(tiny_pack.files(), name, change))
            output = self.folder / "model.npz"
            failed = run(*options(self.folder, output))
            with self.subTest(name):
                self.assertEqual((failed.returncode, failed.stderr.count("\n"), output.exists()), (3, 1, False), failed.stderr)
                self.assertIn(f"import: {array}: entry", failed.stderr)
                self.assertIn("is not a finite number", failed.stderr)
        with self.assertRaisesRegex(Problem, "skel_mean: entry 1 is not a finite number"):
            archive.write(str(self.folder / "a.npz"), {"fine": np.arange(3), "skel_mean": np.array([0.0, np.inf])})
        self.assertFalse((self.folder / "a.npz").exists())


class Program(Folder):
    def test_an_input_is_not_written_over(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        for name in ("star_1_1/female/model.npz", "loss/../skeleton/ldm_indices.pkl"):
            path = self.folder / name
            before = path.read_bytes()
            refused = run(*options(self.folder, path))
            self.assertEqual(refused.returncode, 3)
            self.assertTrue(path.read_bytes() == before)  # assertEqual would compare a megabyte for its message
            self.assertIn("is one of the files that are read", refused.stderr)
        link = self.folder / "link.npz"
        link.symlink_to(self.folder / "star_1_1/female/model.npz")
        self.assertEqual(run(*options(self.folder, link)).returncode, 3)
        self.assertTrue(link.is_symlink())

    def test_output_is_a_file(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        os.mkfifo(self.folder / "pipe")
        refused = run(*options(self.folder, self.folder / "pipe"))
        self.assertEqual(refused.returncode, 3)
        self.assertIn("pipe: cannot be written: not a file", refused.stderr)

    def test_what_nobody_foresaw_is_a_sentence(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        for error, sentence in ((MemoryError(), "ldm_indices.pkl: needs more memory"), (RecursionError("deep\n"), r"ldm_indices\.pkl: .*RecursionError: 'deep\\n'"),
                                (KeyError("x"), r"ldm_indices\.pkl: .*KeyError")):
            said = io.StringIO()
            with mock.patch.object(values, "indices", stop_at("ldm_indices.pkl", error, values.indices)), contextlib.redirect_stderr(said):
                self.assertEqual(import_model.main(options(self.folder, self.folder / "a.npz")), 3)
            self.assertRegex(said.getvalue(), sentence)
            self.assertEqual(said.getvalue().count("\n"), 1)

    def test_too_little_memory_is_a_sentence(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        (self.folder / "loss/skin_skel_contacts.pkl").write_bytes(pickle.dumps([list(range(1 << 22))] * 3, 2))
        limit = 600 << 20  # numpy itself takes some 300 MB of addresses with one thread
        failed = run(*options(self.folder, self.folder / "a.npz"), env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertEqual(failed.returncode, 3, failed.stderr[-300:])
        self.assertNotIn("Traceback", failed.stderr)

    def test_exit_codes(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        output = self.folder / "model.npz"
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run(*options(self.folder, output), "--gender", "neutral").returncode, 2)
        self.assertEqual(run("--help").returncode, 0)
        done = run(*options(self.folder, output))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("21 parts of 882 vertices", done.stdout)
        (self.folder / "loss" / "skin_skeleton_pairs.pkl").write_bytes(hostile.call(b"os", b"system"))
        failed = run(*options(self.folder, output))
        self.assertEqual(failed.returncode, 3)
        self.assertRegex(failed.stderr, r"^osso_ik: error: import: .*skin_skeleton_pairs\.pkl: refused: it asks for 'os\.system'")
        self.assertEqual(failed.stderr.count("\n"), 1)

    def test_nothing_is_half_written(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        output = self.folder / "out" / "model.npz"
        missing = run(*options(self.folder, output))
        self.assertEqual(missing.returncode, 3)
        self.assertIn("model.npz: cannot be written", missing.stderr)
        output.parent.mkdir()
        output.write_bytes(b"old")
        (self.folder / "loss" / "skin_skeleton_pairs.pkl").unlink()
        self.assertEqual(run(*options(self.folder, output)).returncode, 3)
        self.assertEqual((os.listdir(output.parent), output.read_bytes()), (["model.npz"], b"old"))

    def test_equal_input_gives_equal_bytes(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        for name in ("a.npz", "b.npz"):
            self.assertEqual(run(*options(self.folder, self.folder / name)).returncode, 0)
        self.assertEqual((self.folder / "a.npz").read_bytes(), (self.folder / "b.npz").read_bytes())

    def test_the_archive_names_what_it_was_made_from(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        self.assertEqual(run(*options(self.folder, self.folder / "a.npz")).returncode, 0)
        with np.load(self.folder / "a.npz") as model:
            named = dict(line.split(" ") for line in model["meta_sources"])
        self.assertEqual(len(named), 12)
        for name, digest in named.items():
            found = [path for path in self.folder.rglob(os.path.basename(name)) if path.parent.name == os.path.dirname(name)]
            self.assertEqual([hashlib.sha256(path.read_bytes()).hexdigest() for path in found], [digest])

    def test_the_archive_is_stored_with_its_hash(self):
        tiny_pack.write(self.folder, tiny_pack.files())
        self.assertEqual(run(*options(self.folder, self.folder / "a.npz")).returncode, 0)
        with zipfile.ZipFile(self.folder / "a.npz") as archive:
            entries = archive.infolist()
            self.assertEqual({e.compress_type for e in entries}, {zipfile.ZIP_STORED})
            lines = sorted(f"{e.filename} {e.file_size} {zlib.crc32(archive.read(e)):08x}\n" for e in entries if "content_hash" not in e.filename)
        with np.load(self.folder / "a.npz") as model:
            self.assertEqual(str(model["meta_content_hash"][0]), hashlib.sha256("".join(lines).encode()).hexdigest())
            self.assertTrue(all(np.isfinite(model[k]).all() for k in model if model[k].dtype.kind == "f"))


class Skin(Folder):
    def test_star_arrays(self):
        content = tiny_pack.files()
        model, body = self.convert(content), content["star_1_1/female/model.npz"]
        self.assertEqual(str(model["meta_family"][0]), "STAR")
        np.testing.assert_array_equal(model["skin_template"], body["v_template"])
        np.testing.assert_array_equal(model["skin_correctives"], body["posedirs"].transpose(2, 0, 1)[:92])
        for k in range(10):
            driven = body["posedirs"][:, :, 92] if k == 1 else 0.0
            np.testing.assert_array_equal(model["skin_modes"][k], body["shapedirs"][:, :, k] + driven)
            np.testing.assert_allclose(model["skin_mode_joints"][k], body["J_regressor"] @ body["shapedirs"][:, :, k], rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(model["skin_joints"], body["J_regressor"] @ body["v_template"], rtol=0, atol=ROUNDING)

    def test_smpl_is_known_by_its_shape(self):
        content = tiny_pack.files(n_correctives=207)
        tiny_pack.write(self.folder, content)
        body = content["star_1_1/female/model.npz"]
        (self.folder / "any name").write_bytes(pickle.dumps(body, 2))
        for place in (f"{self.folder}/star_1_1", f"{self.folder}/any name", f"{self.folder}/star_1_1/female/model.npz"):
            model = import_model.convert(import_model.parse(options(self.folder, "unused.npz", star=place)))
            self.assertEqual((str(model["meta_family"][0]), model["skin_correctives"].shape), ("SMPL", (207, 1008, 3)))
            np.testing.assert_array_equal(model["skin_modes"][1], body["shapedirs"][:, :, 1])

    def test_weights_come_back_from_their_table(self):
        content = tiny_pack.files()
        model, weights = self.convert(content), content["star_1_1/female/model.npz"]["weights"]
        dense = np.zeros_like(weights)
        np.add.at(dense, (np.arange(len(weights))[:, None], model["skin_weight_joint"]), model["skin_weight"])
        np.testing.assert_array_equal(dense, weights)
        self.assertEqual(model["skin_weight"].shape[1], 2)
        self.assertTrue((np.diff(model["skin_weight"], axis=1) <= 0).all())

    def test_mirror_is_an_involution_that_finds_twins(self):
        points = np.random.default_rng(3).normal(size=(40, 3))
        points[:, 0] += 3.0
        both = np.concatenate([points, points * [-1, 1, 1], [[0, 9.0, 9.0]]])
        twin = skin.mirror_twins(both)
        np.testing.assert_array_equal(twin, np.concatenate([np.arange(40, 80), np.arange(40), [80]]))
        odd = skin.mirror_twins(np.random.default_rng(4).normal(size=(101, 3)))  # not symmetric at all
        np.testing.assert_array_equal(odd[odd], np.arange(101))
        self.assertGreater((odd != np.arange(101)).mean(), 0.5)


def placed(model):
    return model["skel_mean"] + model["skel_rest_t"][model["skel_point_part"]]


def points_of(model, index):
    start, point = model["skel_list_start"], model["skel_list_point"]
    return point[start[index] : start[index + 1]]


class Puppet(Folder):
    def test_local_points_are_those_of_the_published_method(self):
        content = tiny_pack.files()
        model = self.convert(content)
        part, n = model["skel_vertex_bone"], 882
        s = np.random.default_rng(1).normal(size=10)
        shape_space = content["skeleton/skeleton_pca_female.pkl"]
        shaped = shape_space["M"] + shape_space["B"][:, :, :10] @ s
        own = np.concatenate([content["skeleton/skeleton_model.pkl"]["shape"][p]["T"].reshape(-1, 3) for p in range(21)])
        found = model["skel_mean"] + np.einsum("k,nkc->nc", s, model["skel_mode_vector"].reshape(-1, 10, 3))
        for p in range(21):
            expected = shaped[part == p] - shaped[part == p].mean(0) + own[part == p].mean(0)
            np.testing.assert_allclose(found[:n][part == p], expected, rtol=0, atol=ROUNDING)

    def test_parents_come_first_in_any_order_of_the_file(self):
        forward = self.convert(tiny_pack.files())
        names = list(tiny_pack.part_table())
        shuffled = names[:]
        random.Random(2).shuffle(shuffled)
        for order in (names[::-1], shuffled):
            model = self.convert(tiny_pack.files(order=order))
            parent = model["skel_part_parent"]
            self.assertTrue((parent < np.arange(21)).all())
            self.assertTrue((np.diff(model["skel_point_part"][:882]) >= 0).all())
            self.assertEqual({str(model["skel_part_name"][p]): str(model["skel_part_name"][q]) for p, q in enumerate(parent) if q >= 0},
                             {str(forward["skel_part_name"][p]): str(forward["skel_part_name"][q]) for p, q in enumerate(forward["skel_part_parent"]) if q >= 0})
            for name in ("skel_spring_point", "skel_contact_point", "skel_landmark_point", "skel_stitch_a", "skel_stitch_b"):
                expected, found = (np.sort(placed(m)[m[name]].round(9), axis=0) for m in (forward, model))
                np.testing.assert_array_equal(found, expected, err_msg=name)
            np.testing.assert_allclose(placed(model)[model["skel_faces"]].mean(1).sum(0), placed(forward)[forward["skel_faces"]].mean(1).sum(0),
                                       rtol=0, atol=1e-9)  # a sum of 1680 triangles

    def test_a_shared_template_vertex_is_that_of_the_first_triangle(self):
        content = tiny_pack.files()
        skeleton = content["skeleton/skeleton_model.pkl"]
        number = np.concatenate([skeleton["part2bodyPoints"][p] for p in range(21)])
        shared = next(v for v, n in zip(*np.unique(number, return_counts=True)) if n == 2)
        contact = [[shared], [shared], [1.0]]
        holders = np.flatnonzero(number == shared)
        for order in (np.arange(len(skeleton["tri"])), np.arange(len(skeleton["tri"]))[::-1]):
            def change(table, order=order):
                table["tri"], table["seg"] = table["tri"][order], table["seg"][order]

            pack = tiny_pack.changed(content, "skeleton/skeleton_model.pkl", change)
            pack["loss/skin_skel_contacts.pkl"] = contact
            expected = holders[0] if order[0] == 0 else holders[1]
            self.assertEqual(self.convert(pack)["skel_contact_point"].tolist(), [expected])

    def test_stitches_and_ball_joints(self):
        model = self.convert(tiny_pack.files())
        names, part = [str(n) for n in model["skel_part_name"]], model["skel_vertex_bone"]
        joined = {frozenset(pair) for s in "LR" for pair in (("hip_bones", f"thigh_{s}"), (f"upper_arm_{s}", f"lower_arm_{s}"),
                                                            (f"girdle_{s}", f"upper_arm_{s}"), (f"thigh_{s}", f"shank_{s}"))}
        for a, b, weight in zip(model["skel_stitch_a"], model["skel_stitch_b"], model["skel_stitch_weight_pose"]):
            self.assertEqual(weight == 0.0, frozenset((names[part[a]], names[part[b]])) in joined)
        self.assertEqual(np.unique(model["skel_stitch_edge"]).tolist(), list(range(20)))
        carriers = [tuple(names[part[points_of(model, i)[0]]] for i in row) for row in model["skel_ball_list"]]
        self.assertEqual(carriers[:4], [("thigh_L", "hip_bones"), ("thigh_R", "hip_bones"), ("upper_arm_L", "lower_arm_L"), ("upper_arm_R", "lower_arm_R")])
        self.assertEqual(model["skel_ball_coincide"].tolist(), [1, 1, 0, 0, 0, 0, 0, 0])

    def test_part_joints_and_mirror(self):
        model = self.convert(tiny_pack.files())
        for p, name in enumerate(map(str, model["skel_part_name"])):
            self.assertEqual(model["skel_part_joint"][p], tiny_pack.part_table()[name][2], name)
            twin = str(model["skel_part_name"][model["skel_part_mirror"][p]])
            self.assertEqual(twin, name[:-1] + {"L": "R", "R": "L"}[name[-1]] if name[-2] == "_" else name)

    def test_mirror_by_place_when_names_do_not_pair(self):
        content = tiny_pack.files()
        plain = self.convert(content)["skel_part_mirror"]

        def rename(table):
            new = {name: f"bone{p}" for name, p in table["parts"].items()}
            table["parts"] = {new[name]: p for name, p in table["parts"].items()}
            table["parent"] = {new[name]: new.get(parent, []) if isinstance(parent, str) else [] for name, parent in table["parent"].items()}

        renamed = self.convert(tiny_pack.changed(content, "skeleton/skeleton_model.pkl", rename))
        lateral = plain != np.arange(21)
        np.testing.assert_array_equal(renamed["skel_part_mirror"][lateral], plain[lateral])

    def test_sphere_centre_and_its_slope(self):
        rng = np.random.default_rng(8)
        direction = rng.normal(size=(30, 3))
        x = np.array([0.3, -0.2, 0.9]) + 0.024 * direction / np.linalg.norm(direction, axis=1)[:, None]
        modes = 0.01 * rng.normal(size=(4, 30, 3))
        centre, slopes = carried.sphere(x, modes)
        np.testing.assert_allclose(centre, [0.3, -0.2, 0.9], rtol=0, atol=1e-10)
        h = 1e-6  # central differences: 1e-12 of truncation, 1e-10 of rounding
        for k in range(4):
            difference = (carried.sphere(x + h * modes[k], modes[:0])[0] - carried.sphere(x - h * modes[k], modes[:0])[0]) / (2 * h)
            np.testing.assert_allclose(slopes[k], difference, rtol=0, atol=1e-8)


def rotation_angles(R, axes):
    """Angles of R = R1 R2 R3 about z, x, y or y, z, x, of small size but for the first."""
    a, b, c = axes
    sign = 1.0 if (b - a) % 3 == 1 else -1.0
    second = np.arcsin(np.clip(sign * R[a, c], -1, 1))
    return np.degrees([np.arctan2(-sign * R[b, c], R[c, c]), second, np.arctan2(-sign * R[a, b], R[a, a])])


class Kinematics(Folder):
    """The T-pose of the made-up skeleton: straight knees and elbows, arms level, palms down."""

    def setUp(self):
        super().setUp()
        self.take(tiny_pack.files())

    def take(self, content):
        self.model = self.convert(content)
        self.names = [str(n) for n in self.model["kin_segment_name"]]
        self.frames = {name: self.frame(row) for name, row in zip(self.names, self.model["kin_segment_recipe"])}

    def mean(self, index):
        return placed(self.model)[points_of(self.model, index)].mean(0)

    def frame(self, row):
        axes = np.zeros((3, 3))
        primary = self.mean(row[3]) - self.mean(row[2])
        axes[:, row[6]] = primary / np.linalg.norm(primary)
        secondary = self.mean(row[5]) - self.mean(row[4])
        secondary -= axes[:, row[6]] * (secondary @ axes[:, row[6]])
        axes[:, row[7]] = secondary / np.linalg.norm(secondary)
        third = 3 - row[6] - row[7]
        axes[:, third] = np.cross(axes[:, (third + 1) % 3], axes[:, (third + 2) % 3])
        return axes

    def test_segments_of_the_21_parts(self):
        limb = ["scapula", "humerus", "ulna", "hand", "femur", "tibia", "calcn"]
        self.assertEqual(self.names, ["pelvis", "lumbar", "thorax", "neck", "head"] + [f"{n}_{s}" for s in "rl" for n in limb])
        parents = [-1 if row[0] < 0 else self.names[row[0]] for row in self.model["kin_joint_recipe"]]
        self.assertEqual(parents[:12], [-1, "pelvis", "lumbar", "thorax", "neck", "thorax", "scapula_r", "humerus_r", "ulna_r", "pelvis", "femur_r", "tibia_r"])
        self.assertEqual(len(self.model["kin_dof_name"]), self.model["kin_joint_recipe"][:, 4].sum())
        self.assertTrue((self.model["kin_dof_range"][:, 0] <= self.model["kin_dof_range"][:, 1]).all())

    def test_frames_point_forward_up_and_right(self):
        forward, up, right = np.array([0, 0, 1.0]), np.array([0, 1.0, 0]), np.array([-1.0, 0, 0])
        level = np.cos(np.radians(20))  # bones of the figure lean by up to 17 degrees
        for name in ("pelvis", "lumbar", "thorax", "neck", "head", "femur_r", "femur_l", "tibia_r", "tibia_l", "calcn_r", "calcn_l"):
            for axis, direction in zip(self.frames[name].T, (forward, up, right)):
                self.assertGreater(axis @ direction, level, name)
        for side, outward in (("r", right), ("l", -right)):
            for name in ("humerus", "ulna", "hand"):
                self.assertLess(self.frames[f"{name}_{side}"][:, 1] @ outward, -level, name)  # y points towards the body
            self.assertGreater(self.frames[f"scapula_{side}"][:, 2] @ right, np.cos(np.radians(40)))

    def test_joint_centres_are_where_bones_meet(self):
        expected = {"hip_l": (0.09, -0.06, 0), "knee_l": (0.1, -0.46, 0), "shoulder_l": (0.17, 0.46, 0), "elbow_l": (0.44, 0.46, 0), "wrist_l": (0.7, 0.46, 0),
                    "thoracolumbar": (0, 0.2, -0.03), "cervicothoracic": (0, 0.5, -0.03), "sternoclavicular_l": (0.02, 0.46, 0.045)}
        for name, row in zip(map(str, self.model["kin_joint_name"]), self.model["kin_joint_recipe"]):
            if name in expected:  # spindle ends are no spheres: their fitted centres lie inside the bone, and some ends differ in radius
                self.assertLess(np.linalg.norm(self.mean(row[5]) - expected[name]), 0.04, name)

    def test_hinges_are_straight_and_palms_down(self):
        for side in "rl":
            knee = rotation_angles(self.frames[f"femur_{side}"].T @ self.frames[f"tibia_{side}"], (2, 0, 1))
            elbow = rotation_angles(self.frames[f"humerus_{side}"].T @ self.frames[f"ulna_{side}"], (2, 0, 1))
            np.testing.assert_allclose(knee, 0.0, atol=10)  # degrees; an extreme vertex of an eight-sided bone is up to 8 off
            np.testing.assert_allclose(elbow, 0.0, atol=10)
            wrist = rotation_angles(self.frames[f"ulna_{side}"].T @ self.frames[f"hand_{side}"], (1, 2, 0))
            turn = 1 if side == "r" else -1  # the tables' axis of pronation is (0, 1, 0), on the left (0, -1, 0)
            np.testing.assert_allclose(wrist, [90 * turn, 0, 0], atol=25)  # half a vertex step of the bone is 22.5

    def test_a_turned_hand_is_seen_by_its_springs(self):
        """Thumbs 60 degrees below the T-pose: a hand that is pronated by 150 degrees."""
        before = [self.frames["ulna_r"].T @ self.frames["hand_r"], self.frames["ulna_l"].T @ self.frames["hand_l"]]
        self.take(tiny_pack.files(hand_turn=np.radians(60)))
        for side, turn, was in (("r", 60, before[0]), ("l", -60, before[1])):
            now = self.frames[f"ulna_{side}"].T @ self.frames[f"hand_{side}"]
            change = rotation_angles(now, (1, 2, 0)) - rotation_angles(was, (1, 2, 0))
            np.testing.assert_allclose(change, [turn, 0, 0], atol=4.0)  # degrees: the wrist's eight points are others, up to 5 mm of 80

    def test_axes_of_hinges_follow_the_tables(self):
        """Axes through points and axes of the tables agree in the direction of flexion."""
        names, first = [str(n) for n in self.model["kin_joint_name"]], np.concatenate([[0], np.cumsum(self.model["kin_joint_recipe"][:, 4])])
        for joint in ("elbow_r", "elbow_l", "knee_r", "knee_l"):
            i = names.index(joint)
            row = self.model["kin_joint_recipe"][i]
            line = self.mean(row[9]) - self.mean(row[6])
            parent = self.frames[self.names[row[0]]]
            self.assertGreater(parent.T @ (line / np.linalg.norm(line)) @ self.model["kin_dof_axis"][first[i]], np.cos(np.radians(10)), joint)

    def test_gaps_join_sphere_centres(self):
        names = [str(n) for n in self.model["skel_part_name"]]
        pairs = [tuple(names[self.model["skel_point_part"][p]] for p in row) for row in self.model["skel_gap"]]
        self.assertEqual(pairs, [("hip_bones", "thigh_R"), ("hip_bones", "thigh_L"), ("girdle_R", "upper_arm_R"), ("girdle_L", "upper_arm_L")])


class Oracle(unittest.TestCase):
    """The reference program's own numbers."""

    def setUp(self):
        self.place = SHARED / "oracle"
        if not (self.place / "pack").is_dir():
            self.skipTest(f"no {self.place}")

    def of(self, gender):
        parsed = import_model.parse(options(self.place / "pack" / "data", "unused.npz", gender=gender))
        return import_model.convert(parsed)

    def test_shape_faces_and_stitches(self):
        for gender in ("female", "male"):
            model = self.of(gender)
            with np.load(self.place / "expected" / gender / "skel_lying.npz") as lying, np.load(self.place / "expected" / gender / "star_posed.npz") as body:
                s = np.append(body["betas"], 1.0) @ model["skel_shape_regressor"]
                n = len(model["skel_vertex_bone"])
                local = (model["skel_mean"] + np.einsum("k,nkc->nc", s, model["skel_mode_vector"].reshape(-1, len(s), 3)))[:n]
                np.testing.assert_allclose(local, lying["T"].reshape(-1, 3), rtol=0, atol=ROUNDING)
                np.testing.assert_array_equal(model["skel_faces"], lying["faces"])
                np.testing.assert_array_equal(model["skel_stitch_a"], lying["interfI"])
                np.testing.assert_array_equal(model["skel_stitch_b"], lying["interfJ"])
                np.testing.assert_array_equal(model["skel_stitch_edge"], lying["pairIdx"])

    def test_contacts_take_the_reference_s_vertices(self):
        """First residuals of stage 3: bones at the template's place, contacts 5 mm under the lying skin."""
        for gender in ("female", "male"):
            model = self.of(gender)
            with np.load(self.place / "expected" / gender / "skel_lying.npz") as lying, np.load(self.place / "expected" / gender / "min_infer_0.npz") as call:
                y = lying["T"].reshape(-1, 3) + model["skel_rest_t"][model["skel_vertex_bone"]]
                x, faces = lying["star_lying"], model["skin_faces"]
                across = np.cross(x[faces[:, 1]] - x[faces[:, 0]], x[faces[:, 2]] - x[faces[:, 0]])
                normal = np.zeros_like(x)
                for k in range(3):
                    np.add.at(normal, faces[:, k], across)
                normal /= np.linalg.norm(normal, axis=1)[:, None]
                gap = x[model["skel_contact_skin"]] - 0.005 * normal[model["skel_contact_skin"]] - y[model["skel_contact_point"]]
                found = model["skel_contact_weight"] * (gap**2).sum(1)
                # the lying skin is stored in single precision: 6e-8 m of 0.2 m squared; another vertex would be 5e-6 off
                np.testing.assert_allclose(found, call["r0_contacts"], rtol=0, atol=1e-7)


if __name__ == "__main__":
    unittest.main()
