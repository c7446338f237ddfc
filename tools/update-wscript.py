#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the lists of wscript-compat/qkdn-resilience/wscript from the CMake files.

usage: tools/update-wscript.py [--check]

With --check nothing is written; the exit code is 1 if the wscript is out of date.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
WSCRIPT = TOP / "wscript-compat" / "qkdn-resilience" / "wscript"
BEGIN = "# -- begin of the lists, written by tools/update-wscript.py\n"
END = "# -- end of the lists\n"


def read_cmake(path):
    """Text of a CMake file without its comments."""
    return re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))


def cmake_list(text, name):
    """Elements of the list that set(name ...) makes."""
    found = re.search(r"\bset\(\s*" + re.escape(name) + r"\s([^)]*)\)", text)
    if not found:
        sys.exit("CMakeLists.txt has no list " + name)
    return found.group(1).split()


def module_names(words):
    """Names of the ns-3 modules among the words that name libraries."""
    return [m.group(1) for m in (re.fullmatch(r"\$\{lib([^}]+)\}", w) for w in words) if m]


def section(words, keyword, keywords):
    """Words between one keyword of a CMake command and the next one."""
    if keyword not in words:
        return []
    tail = words[words.index(keyword) + 1 :]
    ends = [i for i, word in enumerate(tail) if word in keywords]
    return tail[: ends[0]] if ends else tail


def module_dependencies(text):
    """ns-3 modules that the module is linked to."""
    call = re.search(r"\bbuild_lib\(([^)]*)\)", text).group(1).split()
    keywords = {"LIBNAME", "SOURCE_FILES", "HEADER_FILES", "LIBRARIES_TO_LINK", "TEST_SOURCES"}
    return module_names(section(call, "LIBRARIES_TO_LINK", keywords))


def examples(text):
    """(name, sources, ns-3 modules) of each example."""
    found = []
    keywords = {"NAME", "SOURCE_FILES", "HEADER_FILES", "LIBRARIES_TO_LINK", "IGNORE_PCH"}
    for call in re.finditer(r"\bbuild_lib_example\(([^)]*)\)", text):
        words = call.group(1).split()
        found.append(
            (
                section(words, "NAME", keywords)[0],
                ["examples/" + s for s in section(words, "SOURCE_FILES", keywords)],
                module_names(section(words, "LIBRARIES_TO_LINK", keywords)),
            )
        )
    return found


def python_list(name, values):
    """An assignment of a list of strings."""
    lines = "".join(f"    '{value}',\n" for value in values)
    return f"{name} = [\n{lines}]\n\n"


def make_lists():
    """The lists as they have to stand in the wscript."""
    cmake = read_cmake(TOP / "CMakeLists.txt")
    text = python_list("MODULES", module_dependencies(cmake))
    text += python_list("SOURCES", cmake_list(cmake, "qkdn_sources"))
    text += python_list("HEADERS", cmake_list(cmake, "qkdn_headers"))
    text += python_list("TESTS", cmake_list(cmake, "qkdn_tests"))
    text += "# name, sources, ns-3 modules\nEXAMPLES = [\n"
    for name, sources, modules in examples(read_cmake(TOP / "examples" / "CMakeLists.txt")):
        text += f"    ('{name}',\n     {sources},\n     {modules}),\n"
    return text + "]\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    old = WSCRIPT.read_text(encoding="utf-8")
    head, rest = old.split(BEGIN)
    tail = rest.split(END)[1]
    new = head + BEGIN + make_lists() + END + tail
    if sys.argv[1:] == ["--check"]:
        if new != old:
            sys.exit(f"{WSCRIPT.relative_to(TOP)} is out of date: run tools/update-wscript.py")
    elif new != old:
        WSCRIPT.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
