#!/usr/bin/env python3
"""Check the rules of the source tree that no compiler checks.

1. Include direction: base <- {mesh, solve} <- body <- skeleton <- ik <- rig <- export <- api <- cli; models/ may use all of the library.
2. One owner per external library: cholmod.h in src/solve/cholesky.c, nlopt.h in src/solve/bounded.c, and so on.
3. Files are opened only where the design says so.
4. The library does not print, exit or change the locale.
5. Function bodies stay below 100 lines, files below 600 lines (the public header 800).

Prints one line "file:line: sentence" per violation; exit code 1 when there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

LAYERS = {
    "base": set(),
    "mesh": {"base"},
    "solve": {"base"},
    "body": {"base", "mesh", "solve"},
    "skeleton": {"base", "mesh", "solve", "body"},
    "ik": {"base", "mesh", "solve", "body", "skeleton"},
    "rig": {"base", "mesh", "solve", "body", "skeleton", "ik"},
    "export": {"base", "mesh", "solve", "body", "skeleton", "ik", "rig"},
    "api": {"base", "mesh", "solve", "body", "skeleton", "ik", "rig", "export"},
    "cli": {"base", "mesh", "solve", "body", "skeleton", "ik", "rig", "export", "api"},
}

# header of an external library -> the files that may include it
OWNERS = {
    "cholmod.h": r"src/solve/cholesky\.c",
    "nlopt.h": r"src/solve/bounded\.c",
    "zip.h": r"src/base/npz\w*\.[ch]|src/api/model_hash\.c",
    "cblas.h": r"src/body/register_jacobian\.c|src/solve/normal_matrix\.c",
    "lapacke.h": r"src/solve/band_cholesky\.c|models/\w+\.c",
    "libqhull_r/qhull_ra.h": r"models/\w+\.c",
    "png.h": r"src/export/picture_png\.c",
    "jansson.h": r"src/export/\w*json\w*\.[ch]|src/ik/chain_load\w*\.[ch]|src/cli/\w+\.c",
}

# calls -> (files where they are allowed, what is wrong elsewhere)
CALLS = [
    (r"\b(fopen|open|openat|creat|fdopen|freopen|zip_open|zip_source_file)\s*\(",
     r"src/base/(file|npz\w*)\.c|src/mesh/.*|src/.*_load\.c|src/export/.*|src/cli/.*|src/api/model_hash\.c|models/.*",
     "opens a file outside base/file, base/npz, mesh/, *_load.c, export/, cli/"),
    (r"\b(printf|puts|putchar|perror|vprintf)\s*\(|\bf(printf|puts|putc|write)\s*\(\s*(stdout|stderr)|\b(stdout|stderr)\b",
     r"src/cli/.*|models/.*|bench/.*", "the library prints"),
    (r"\b(exit|_exit|abort|quick_exit|assert)\s*\(", r"src/cli/.*|models/.*|bench/.*", "the library exits"),
    (r"\bsetlocale\s*\(", r"", "changes the locale of the whole process"),
    (r"\bcholmod_(l_)?(sdmult|ssmult|horzcat|vertcat|scale|submatrix|norm_sparse|norm_dense|symmetry|updown|super_\w+)\s*\(",
     r"", "calls a GPL module of CHOLMOD"),
]

MAX_FUNCTION, MAX_FILE = 100, 600
MAX_PUBLIC = 800  # the one public header holds every stage


def strip_comments(text):
    """Comments and literals blanked, line numbers kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def module_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def check_includes(path, text):
    own = module_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not found:
            continue
        name = found.group(2)
        owner = OWNERS.get(name)
        if owner and not re.fullmatch(owner, path) and not path.startswith("tests/"):
            yield number, f"{name} belongs to {owner.replace(chr(92), '')}"
        target = name.split("/")[0]
        if own and found.group(1) == '"' and "/" in name and target in LAYERS:
            if target != own and target not in LAYERS[own]:
                yield number, f"src/{own} must not use src/{target}"
        if own and name.startswith("models/"):
            yield number, "the library must not use models/"


def check_calls(path, code):
    if not path.startswith(("src/", "models/")):
        return
    for number, line in enumerate(code.splitlines(), 1):
        for call, allowed, what in CALLS:
            if re.search(call, line) and not re.fullmatch(allowed, path):
                yield number, what


def check_lengths(path, code):
    """clang-format's layout is assumed: a body starts with a line ending in '{' at column 0's declaration, ends with '}' at column 0."""
    lines = code.splitlines()
    most = MAX_PUBLIC if path == "include/osso_ik.h" else MAX_FILE
    if len(lines) > most:
        yield len(lines), f"{len(lines)} lines; a file past {most} is two ideas"
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z_].*\)\s*\{\s*$", line) or (re.match(r"\s+.*\)\s*\{\s*$", line) and start is None
                                                         and number > 1 and re.match(r"[A-Za-z_][^;=]*\(", lines[number - 2])):
            start = start or number
        elif line.startswith("}") and start:
            if number - start > MAX_FUNCTION:
                yield start, f"a function of {number - start} lines; past {MAX_FUNCTION} it is split"
            start = None


def main():
    bad = 0
    for folder in ("include", "src", "models", "tests", "bench", "examples"):
        for file in sorted((ROOT / folder).rglob("*.[ch]")):
            path = file.relative_to(ROOT).as_posix()
            text = file.read_text(encoding="utf-8")
            code = strip_comments(text)
            # #include "x" is a literal too, so the includes are read from the text with only comments blanked
            findings = list(check_includes(path, text)) + list(check_calls(path, code)) + list(check_lengths(path, code))
            for number, sentence in sorted(findings):
                print(f"{path}:{number}: {sentence}")
                bad += 1
    if not bad:
        print("layers: ok")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
