#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""What README and tutorial say that programs print is what they print.

usage: check-quotes.py FOLDER      (of the examples' programs)"""

import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

# file, text before the quotation, and what prints it
QUOTES = [
    ("README.md", "prints\n", ["qkdn-scenario", "--quiet",
                               "--scenario=examples/scenarios/itu-example-1-2.json"]),
    ("doc/tutorial.rst", "   first: ", ["qkdn-first"]),
    ("doc/tutorial.rst", "is cut at 60 s::\n", ["qkdn-second"]),
    ("doc/tutorial.rst", "which ends at 114 s::\n", ["qkdn-second", "--protect=0"]),
]


def quoted_lines(text, start):
    """Lines of the first indented block that begins at, or behind, some text."""
    if text.count(start) != 1:
        raise SystemExit(f'"{start.strip()}" has to be there once')
    at = text.index(start)
    lines = []
    for line in text[at if start.startswith(" ") else at + len(start):].splitlines():
        if line.startswith("   "):
            lines.append(line.strip())
        elif line and lines:
            break
    return lines


def main():
    folder = Path(sys.argv[1]).resolve()
    bad = False
    for name, start, command in QUOTES:
        lines = quoted_lines((TOP / name).read_text(), start)
        with tempfile.TemporaryDirectory() as output:
            run = subprocess.run(
                [folder / command[0], *command[1:], "--output=" + output],
                cwd=TOP, capture_output=True, text=True, check=True,
            )
        printed = {line.strip() for line in run.stdout.splitlines()}
        for line in lines:
            if line not in printed:
                print(f"{name}: {' '.join(command)} does not print: {line}")
                bad = True
        if not lines:
            print(f"{name}: nothing is quoted after {start.strip()}")
            bad = True
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
