#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Rules for all text files: no tabs, no trailing white space, ASCII, a newline at the end. No two
tests have a class of the same name, as they are linked together. What is made of other files is
like them. Code that pages show is where they say, and the manual has all its chapters. Warns of
long files."""

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LONG = 700
MANUAL = TOP / "doc" / "qkdn-resilience.rst"
SKIPPED = {"LICENSE"}  # the text of others
CORPUS = TOP / "fuzz" / "corpus"  # what no file should be like


def repository_files():
    """Files under version control or about to be; all files where there is no git."""
    try:
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=TOP, check=True, capture_output=True,
        ).stdout.decode().split("\0")
        return [TOP / name for name in names if name and (TOP / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        folders = {"build", "results", ".git"}
        return [
            path
            for path in TOP.rglob("*")
            if path.is_file() and path.relative_to(TOP).parts[0] not in folders
        ]


def faults(path):
    """What is wrong with a file: line number and text of each fault."""
    data = path.read_bytes()
    for number, line in enumerate(data.split(b"\n"), 1):
        if b"\t" in line:
            yield number, "tab"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if any(byte > 126 for byte in line):
            yield number, "not ASCII"
    if data and (not data.endswith(b"\n") or data.endswith(b"\n\n")):
        yield data.count(b"\n") + 1, "not one newline at the end"


def twin_classes(paths):
    """Classes of tests that have the name of another one: file and name of each."""
    seen = {}
    for path in paths:
        if path.parent == TOP / "test" and path.suffix in {".cc", ".h"}:
            for name in re.findall(r"^class (\w+)\b[^;]*$", path.read_text(), re.MULTILINE):
                if seen.setdefault(name, path) != path:
                    yield path, name


def lost_code(path):
    """Code of other files that a page shows, of which file or marks are not there: line and text."""
    text = path.read_text()
    pattern = r"^\.\. literalinclude:: (.*)\n((?:   :.*\n)*)"
    for found in re.finditer(pattern, text, re.MULTILINE):
        number = text.count("\n", 0, found.start()) + 1
        source = path.parent / found.group(1)
        if not source.is_file():
            yield number, f"{found.group(1)} is not there"
            continue
        code = source.read_text()
        options = dict(re.findall(r"^   :([\w-]+): (.*)$", found.group(2), re.MULTILINE))
        start = options.get("start-after") or options.get("start-at") or ""
        end = options.get("end-before", "")
        if not start or code.count(start) != 1:
            yield number, f'the start "{start}" is not once in {found.group(1)}'
        elif not end or end not in code[code.index(start) + len(start):]:
            yield number, f'the end "{end}" does not follow in {found.group(1)}'


def lost_chapters():
    """Files of the manual that it does not include, and files that it includes and that are not there."""
    included = set(re.findall(r"^\.\. include:: (.*\.rst)$", MANUAL.read_text(), re.MULTILINE))
    there = {path.name for path in MANUAL.parent.glob("*.rst")} - {MANUAL.name}
    return sorted(included ^ there)


def main():
    bad = False
    for name in lost_chapters():
        print(f"{MANUAL.relative_to(TOP)}: {name} has to be there and to be included")
        bad = True
    for path in (TOP / "doc").glob("*.rst"):
        for number, text in lost_code(path):
            print(f"{path.relative_to(TOP)}:{number}: {text}")
            bad = True
    for path, twin in twin_classes(sorted(repository_files())):
        print(f"{path.relative_to(TOP)}: class {twin} has the name of another test's class")
        bad = True
    if subprocess.run([sys.executable, "-B", TOP / "tools" / "embed-pages.py", "--check"]).returncode:
        bad = True
    for path in sorted(repository_files()):
        name = path.relative_to(TOP)
        if str(name) in SKIPPED or path.suffix in {".png", ".pcap"} or CORPUS in path.parents:
            continue
        for number, text in faults(path):
            print(f"{name}:{number}: {text}")
            bad = True
        lines = path.read_bytes().count(b"\n")
        if lines > LONG and path.name != "qkdn-page-files.cc":  # made of files of their own
            print(f"{name}: warning: {lines} lines")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
