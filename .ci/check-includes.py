#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Compiles source files one by one, without output: each has to include what it uses, which builds
in batches do not show.

usage: .ci/check-includes.py BUILD-DIRECTORY [--all]

The directory is one that CMake has configured without batches. Checked are the files that changed
in the last four hours; all of them with --all, or if the history does not tell.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
AGE = "4 hours ago"


def git(*arguments):
    """What git says, or nothing if it cannot."""
    try:
        result = subprocess.run(["git", "-C", TOP, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout


def changed_files():
    """Paths that changed lately, or None if that is not known."""
    base = git("rev-list", "-1", f"--before={AGE}", "HEAD")
    if not base or not base.strip():
        return None
    names = git("diff", "--name-only", base.strip(), "--")
    new = git("ls-files", "--others", "--exclude-standard")
    if names is None or new is None:
        return None
    return {TOP / name for name in (names + new).splitlines()}


def check(entry):
    """Compile a file; gives what the compiler says, empty if it is content."""
    command = re.sub(r" -o \S+ -c ", " -fsyntax-only ", entry["command"])
    result = subprocess.run(command, shell=True, cwd=entry["directory"], capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stderr


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--all"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    entries = json.loads((Path(arguments[0]) / "compile_commands.json").read_text())
    changed = None if "--all" in sys.argv else changed_files()
    entries = [entry for entry in entries if changed is None or Path(entry["file"]) in changed]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [text for text in pool.map(check, entries) if text]
    print("\n".join(problems + [f"{len(entries)} files compiled alone, {len(problems)} do not compile"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
