"""What tools/python/ossoik.py declares against a C header: by the compiler (layouts, constants) and by name (fields, functions)."""
import ctypes
import os
import re
import shutil
import subprocess

KINDS = {ctypes.c_double: "double", ctypes.c_int: "int", ctypes.c_size_t: "size_t", ctypes.c_char_p: "text", ctypes.c_void_p: "pointer", None: "void"}
PROGRAM = """
#include <stddef.h>
#include <stdio.h>
#include "osso_ik.h"
#define KIND(x) _Generic((x), double: "double", int: "int", unsigned: "int", size_t: "size_t", char *: "text", const char *: "text", default: "other")
#define FIELD(type, name) printf("%s.%s %zu %zu %s\\n", #type, #name, offsetof(type, name), sizeof(((type *)0)->name), KIND(((type *)0)->name))
int main(void) {
"""


def compiler():
    return shutil.which(os.environ.get("CC", "cc"))


def text_of(folder):
    """The header without comments and preprocessor lines."""
    with open(os.path.join(folder, "osso_ik.h"), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
    return re.sub(r"^#.*(\\\n.*)*", "", text, flags=re.M)


# ---------------------------------------------------------------- structs and constants

def kind_of_field(field):
    if isinstance(field, type) and issubclass(field, ctypes.Array) and field._type_ is ctypes.c_char:
        return "text"
    kind = KINDS.get(field, "other")
    return "other" if kind == "pointer" else kind


def declared_lines(structs, constants):
    """Lines as the C program prints them."""
    lines = [f"{name} {value}" for name, value in constants.items()]
    for name, struct in structs.items():
        lines.append(f"{name} {ctypes.sizeof(struct)}")
        for field, kind in struct._fields_:
            place = getattr(struct, field)
            lines.append(f"{name}.{field} {place.offset} {place.size} {kind_of_field(kind)}")
    return lines


def compiled_lines(folder, structs, constants, scratch):
    source, program = os.path.join(scratch, "layout.c"), os.path.join(scratch, "layout")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
        file.writelines(f'    printf("%s %d\\n", "{name}", (int){name});\n' for name in constants)
        for name, struct in structs.items():
            file.write(f'    printf("%s %zu\\n", "{name}", sizeof({name}));\n')
            file.writelines(f"    FIELD({name}, {field});\n" for field, _ in struct._fields_)
        file.write("    return 0;\n}\n")
    made = subprocess.run([compiler(), "-std=c11", "-I", folder, source, "-o", program], capture_output=True, text=True)
    if made.returncode:
        return made.stderr.splitlines()  # a field that is not there any more
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()


def fields_of(folder):
    """Struct: names of its fields, in order."""
    found = {}
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text_of(folder), re.S):
        found[name] = []
        for declaration in filter(str.strip, body.split(";")):
            function = re.search(r"\(\*(\w+)\)", declaration)
            found[name] += [function.group(1)] if function else re.findall(r"(\w+)\s*(?:\[\w+\])?\s*(?:,|$)", declaration.strip())
    return found


def layout_problems(folder, structs, constants, scratch):
    """Differences between the declarations and the header in a folder; none when both are the same."""
    header, declared = fields_of(folder), {name: [field for field, _ in struct._fields_] for name, struct in structs.items()}
    problems = [f"{name}: {header.get(name)} in the header, {declared.get(name)} declared"
                for name in sorted(set(header) | set(declared)) if header.get(name) != declared.get(name)]
    ours, theirs = declared_lines(structs, constants), compiled_lines(folder, structs, constants, scratch)
    return problems + [f"header: {line}" for line in theirs if line not in ours] + [f"declared: {line}" for line in ours if line not in theirs]


# ---------------------------------------------------------------- functions

def kind_of(declaration, structs):
    """Kind of a C parameter or result."""
    words = re.findall(r"\w+|\*", declaration.replace("const", ""))
    if words[:2] == ["char", "*"]:
        return "text"
    if "*" in words or "[" in declaration:
        return "pointer"
    return {"oik_status": "int", "oik_method": "int", **{name: name for name in structs}}.get(words[0], words[0])


def functions_of(folder, structs):
    """Function: kinds of result and arguments."""
    found = re.findall(r"^([a-z][\w ]*[ *])(oik_\w+)\(([^)]*)\);", text_of(folder), re.M)
    return {name: [kind_of(result, structs)] + [kind_of(argument, structs) for argument in arguments.split(",") if argument.strip() != "void"]
            for result, name, arguments in found}


def function_problems(folder, functions, structs):
    names = {struct: name for name, struct in structs.items()}
    declared = {name: [KINDS.get(kind) or names[kind] for kind in kinds] for name, kinds in functions.items()}
    header = functions_of(folder, structs)
    return [f"{name}: {header.get(name)} in the header, {declared.get(name)} declared"
            for name in sorted(set(header) | set(declared)) if header.get(name) != declared.get(name)]
