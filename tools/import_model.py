#!/usr/bin/env python3
"""
Licensed STAR or SMPL and OSSO model files -> a model archive of osso_ik. docs/importing.md says what is read and what is written.

Exit codes: 0 done, 2 wrong usage, 3 a file is missing, damaged or not what it should be.
"""
import argparse
import os
import sys
import warnings

FOLDER = os.path.dirname(os.path.abspath(__file__))
EXIT_INPUT, EXIT_INTERRUPTED = 3, 130
INSTALL = "python3-numpy is needed: apt install python3-numpy, or pip install numpy"
TABLE_PLACES = ("../build/models", "../models")  # in the build tree and where the program is installed
LICENCE = "Licensed files of STAR or SMPL and OSSO: for the licence holder only, not to be redistributed"
UNITS = "metre, radian; y up, left +x, facing +z"


def parse(arguments):
    # no abbreviations: the subcommand looks for the same names
    parser = argparse.ArgumentParser(prog="osso_ik import", allow_abbrev=False, description="Make a model archive from licensed STAR or SMPL and OSSO files.",
                                     epilog="The archive holds the licensed data: it must not be redistributed. See docs/importing.md.")
    parser.add_argument("--star", required=True, metavar="PLACE", help="STAR's folder star_1_1, or a STAR or SMPL model file (.npz, .pkl)")
    parser.add_argument("--osso", required=True, metavar="DIR", help="folder 'skeleton' of OSSO")
    parser.add_argument("--loss", required=True, metavar="DIR", help="folder 'loss' of OSSO")
    parser.add_argument("-g", "--gender", required=True, choices=("female", "male"))
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="archive to write (.npz)")
    parser.add_argument("--tables", metavar="FILE", help="built-in model that names, axes and ranges of joints are taken from")
    return parser.parse_args(arguments)


def find_tables(gender):
    places = [os.path.join(FOLDER, place, gender + ".npz") for place in TABLE_PLACES]
    return next((path for path in places if os.path.exists(path)), places[0])


def convert(options):
    """Arrays of the archive."""
    import numpy as np
    from osso_import import anatomy, archive, kinematics, points, puppet, skin, source_body, source_skeleton, sources

    sources.begin()
    body = source_body.read_body(options.star, options.gender)
    skeleton = source_skeleton.read_skeleton(options.osso, options.loss, options.gender, len(body.template))
    sources.end_files()
    parts = anatomy.identify(skeleton)
    carried = points.Points(skeleton)
    archive.check_finite({"skel_mean": carried.vertex_mean, "skel_mode_vector": carried.vertex_modes})  # before spheres are fitted
    arrays = {
        "meta_format": np.array(["osso_ik model 1"]),
        "meta_name": np.array([f"{body.family} and OSSO {options.gender}, imported"]),
        "meta_gender": np.array([options.gender]),
        "meta_licence": np.array([LICENCE]),
        "meta_units": np.array([UNITS]),
        "meta_family": np.array([body.family]),
        "meta_sources": np.array(sources.lines()),
    }
    arrays.update(skin.skin_arrays(body))
    arrays.update(puppet.puppet_arrays(skeleton, carried, anatomy.part_joints(skeleton, body, parts)))
    arrays.update(kinematics.kinematic_arrays(skeleton, body, parts, carried, options.tables or find_tables(options.gender)))
    arrays.update(carried.arrays())
    return arrays


def has_numpy():
    try:
        import numpy
    except ImportError:
        return False
    return hasattr(numpy, "ndarray")


def unforeseen(error):
    """A sentence about an error that no check foresaw."""
    from osso_import import sources

    where = sources.reading() or "the model"
    if isinstance(error, MemoryError):
        return f"{where}: needs more memory than there is"
    return f"{where}: cannot be converted ({type(error).__name__}: {str(error)[:80]!r})"


def main(arguments):
    if arguments == ["--probe"]:  # the subcommand asks whether this python3 will do
        return 0 if has_numpy() else EXIT_INPUT
    options = parse(arguments)
    if not has_numpy():
        print(f"osso_ik: error: import: {INSTALL}", file=sys.stderr)
        return EXIT_INPUT
    from osso_import import archive, problem

    warnings.simplefilter("ignore")  # of numpy; what overflows is found before it is written
    try:
        arrays = convert(options)
        digest = archive.write(options.output, arrays)
    except problem.Problem as error:
        print(f"osso_ik: error: import: {error}", file=sys.stderr)
        return EXIT_INPUT
    except Exception as error:  # whatever else a file can bring about, memory and recursion included
        print(f"osso_ik: error: import: {unforeseen(error)}", file=sys.stderr)
        return EXIT_INPUT
    print(f"{options.output}: {arrays['meta_name'][0]}, {len(arrays['skin_template'])} skin vertices, "
          f"{len(arrays['skel_part_name'])} parts of {len(arrays['skel_vertex_bone'])} vertices, content hash {digest[:12]}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
