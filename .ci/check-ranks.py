#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Checks that the ranks of a run by several processes have measured what one process measures.

usage: .ci/check-ranks.py DIRECTORY-OF-ONE DIRECTORY-OF-RANKS

The sessions, recoveries and books of all ranks together have to be those of the run by one process, and
each of them at one rank; the packets of all ranks together as many.
"""

import json
import sys
from pathlib import Path


def table(summary):
    """What has to be equal: sessions, recoveries and books, by what they are about."""
    rows = {}
    for session in summary["sessions"]:
        rows["session", session["id"]] = session
    for recovery in summary["recoveries"]:
        rows["recovery", recovery["session_or_group"], recovery["fault"]] = recovery
    for link in summary["conservation"]["kma"]["links"]:
        rows["link", link["link"]] = link
    for session in summary["conservation"]["ksa"]["sessions"]:
        rows["keys", session["session"]] = session
    return rows


def main():
    """Compare both."""
    one = json.loads((Path(sys.argv[1]) / "summary.json").read_text())
    ranks = [
        json.loads((folder / "summary.json").read_text())
        for folder in sorted(Path(sys.argv[2]).glob("rank-*"))
    ]
    if len(ranks) < 2:
        sys.exit(f"{sys.argv[2]}: there are not two ranks")
    together = {}
    for rank, summary in enumerate(ranks):
        rows = table(summary)
        if not rows:
            sys.exit(f"rank {rank} has measured nothing")
        twice = rows.keys() & together.keys()
        if twice:
            sys.exit(f"at two ranks: {sorted(twice)}")
        together.update(rows)
        if summary["conservation"]["violations"]:
            sys.exit(f"rank {rank}: {summary['conservation']['violations']}")
    expected = table(one)
    if expected.keys() != together.keys():
        sys.exit(f"only once: {sorted(expected.keys() ^ together.keys())}")
    faults = 0
    for what, row in expected.items():
        for key, value in row.items():
            if together[what][key] != value:
                print(f"{what} {key}: {value} by one process, {together[what][key]} by several")
                faults += 1
    packets = sum(summary["packets"] for summary in ranks)
    if packets != one["packets"]:
        print(f"packets: {one['packets']} by one process, {packets} by several")
        faults += 1
    if faults:
        sys.exit(f"{faults} figures differ")
    print(f"{len(expected)} sessions, recoveries and books, and {packets} packets are equal")


main()
