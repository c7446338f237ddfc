#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the examples of examples-to-run.py as test.py of ns-3 does, with an installed ns-3. Examples
that were not built, for want of an ns-3 module, are named and left out.

usage: test/program-examples.py FOLDER-OF-EXAMPLES
"""

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
IN_TREE = "../../contrib/qkdn-resilience"


def listed_examples():
    """Each example with its arguments."""
    tree = ast.parse((TOP / "test" / "examples-to-run.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "cpp_examples":
            return [entry[0].split() for entry in ast.literal_eval(statement.value)]
    sys.exit("test/examples-to-run.py has no cpp_examples")


def main():
    folder = Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        for name, *arguments in listed_examples():
            if not (folder / name).exists():
                print(f"{name}: not built")
                continue
            command = [str(folder / name)] + [a.replace(IN_TREE, str(TOP)) for a in arguments]
            run = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300)
            print(f"{name} {' '.join(arguments)}: exit code {run.returncode}")
            if run.returncode != 0:
                failed += 1
                print(run.stdout[-500:] + run.stderr[-500:])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
