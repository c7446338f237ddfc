#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""The animation of qkdn-animation is well-formed, and shows the faults when they happen.

usage: test/program-animation.py QKDN-ANIMATION
"""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# node ids of a, b and c; colours
A, B, C = "0", "1", "2"
GREEN, RED, GREY, WHITE = ("0", "160", "0"), ("220", "0", "0"), ("128", "128", "128"), ("255", "255", "255")


def colours(root, node):
    """Times and colours of a node, once the animation has begun."""
    found = [
        (float(update.get("t")), tuple(update.get(part) for part in "rgb"))
        for update in root.iter("nu")
        if update.get("p") == "c" and update.get("id") == node
    ]
    return found[1:]  # the first one is NetAnim's own


def main():
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "animation.xml"
        subprocess.run([sys.argv[1], f"--output={file}"], check=True, timeout=300)
        root = ElementTree.parse(file).getroot()

    states = {}
    for update in root.iter("linkupdate"):
        link = (update.get("fromId"), update.get("toId"))
        name, state, level, unit = update.get("ld").replace(",", "").split()
        assert unit == "bit" and 0 <= int(level) <= 8000, update.get("ld")
        changes = states.setdefault((link, name), [])
        if not changes or changes[-1][1] != state:
            changes.append((float(update.get("t")), state))
    assert sorted(states) == [((A, B), "ab"), ((A, C), "ac"), ((B, C), "bc")], sorted(states)
    cut = [change for change in states[((A, B), "ab")] if change[0] > 1]
    assert [state for _, state in cut] == ["Aborted", "Initialising", "Running"], cut
    assert 60 < cut[0][0] < 60.01 and 120 < cut[1][0] < 120.01, cut
    assert all(len([c for c in states[key] if c[0] > 1]) == 0 for key in states if key[1] != "ab"), states

    crash = [change for change in colours(root, C) if change[0] > 0]
    assert crash == [(90.0, GREY), (100.0, WHITE)], crash
    for node in (A, B):
        shown = [change for change in colours(root, node) if change[0] > 0]
        assert [colour for _, colour in shown][:2] == [GREEN, RED], shown
        assert 90 < shown[1][0] < 96 and shown[-1][1] == GREEN, shown
    descriptions = {(u.get("id"), u.get("descr")) for u in root.iter("nu") if u.get("p") == "d"}
    assert (C, "c: key manager crashed") in descriptions, descriptions
    assert (A, "a: key supply interrupted") in descriptions, descriptions
    print("the animation shows the cut, the crash and the interruption")


if __name__ == "__main__":
    main()
