#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Checks the files that a run has written.

usage: .ci/check-results.py DIRECTORY [DIRECTORY]

With two directories their files have to be equal, but for the real time that a run took.
"""

import csv
import json
import sys
from pathlib import Path

TABLES = ["recoveries.csv", "key-supply.csv", "pools.csv", "route-use.csv", "causes.csv", "key-flow.csv", "faults.csv", "repairs.csv"]
FILES = ["summary.json", "events.jsonl", "requirements.json", "report.html", *TABLES]


def check(directory):
    """Abort unless the directory has the results of a run that went well."""
    for name in FILES:
        if not (directory / name).is_file():
            sys.exit(f"{directory}: there is no {name}")
    summary = json.loads((directory / "summary.json").read_text())
    if not summary["conservation"]["balanced"]:
        sys.exit(f"{directory}: the key books do not balance")
    if not any(session["supplied"] for session in summary["sessions"]):
        sys.exit(f"{directory}: no key was supplied")
    for recovery in summary["recoveries"]:
        stages = ["detection_s", "hold_off_s", "notification_s", "decision_s", "repair_wait_s",
                  "operation_s", "resync_s", "key_resumption_s"]
        total = recovery["total_s"]
        if total is not None and abs(sum(recovery[s] for s in stages) - total) > 1e-6:
            sys.exit(f"{directory}: the stages of {recovery['fault']} do not add up")
    for line in (directory / "events.jsonl").read_text().splitlines():
        json.loads(line)
    for name in TABLES:
        with open(directory / name, newline="") as file:
            rows = list(csv.reader(file))
        if any(len(row) != len(rows[0]) for row in rows):
            sys.exit(f"{directory / name}: rows of different length")
    if not list(directory.glob("*.svg")):
        sys.exit(f"{directory}: there is no plot")


def comparable(path):
    """Contents of a file without the real time that the run took."""
    if path.name != "summary.json":
        return path.read_bytes()
    summary = json.loads(path.read_text())
    del summary["wall_s"]
    return summary


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    directories = [Path(argument) for argument in sys.argv[1:]]
    for directory in directories:
        check(directory)
    if len(directories) == 2:
        names = [sorted(p.name for p in directory.iterdir()) for directory in directories]
        if names[0] != names[1]:
            sys.exit(f"different files: {names[0]} and {names[1]}")
        for name in names[0]:
            if comparable(directories[0] / name) != comparable(directories[1] / name):
                sys.exit(f"{name} differs between two runs of the same seed")
    print("results are complete: " + ", ".join(map(str, directories)))


if __name__ == "__main__":
    main()
