#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a scenario with each resilience class and prints what that comes to, one line a class.

usage: tools/compare-classes.py [--scenario=FILE] [--classes=A,B,...] [--output=DIRECTORY] [--jobs=N]
                                [--program=FILE] [--set=/pointer=value ...]

recovered: failure episodes of sessions that the class's means ended, of all; outage: interrupted time of all
sessions together, and the longest interruption; late, lost: requests; spent: bits of QKD links for each bit
supplied, without authentication; wasted: of these, bits for keys that never came about, in percent; spare: key
rate of the routes that sessions had at the first fault beyond those that a key needs (those with the most hops
are the spare ones, at the rate of keys supplied), with route-shared the most that the failure of one hop or one
key manager needs of each hop; messages: of control and management.

A class may be followed by how it restores: restoration/multi-path, restoration/time-window (of 10 s, unless
the scenario says otherwise).
"""

import argparse
import concurrent.futures
import json
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
CLASSES = (
    "unprotected,restoration,restoration/multi-path,restoration/time-window,"
    "route-1:1,route-shared,multi-path,route-1+1,secret-sharing"
)
WINDOW_S = 10  # where the scenario gives none
HEADING = ["class", "recovered", "outage s", "longest s", "late", "lost", "spent", "wasted %", "spare kbit/s", "messages"]


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default=TOP / "examples/scenarios/germany50-classes.json")
    parser.add_argument("--classes", default=CLASSES)
    parser.add_argument("--output", default=TOP / "results/classes")
    parser.add_argument("--program", default=TOP / "build/default/examples/qkdn-scenario")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    return parser.parse_args()


def run(arguments, name):
    """Run the scenario with a class; gives the folder of the results."""
    folder = Path(arguments.output) / name.replace(":", "-").replace("/", "-")
    name, _, restoration = name.partition("/")
    command = [arguments.program, f"--scenario={arguments.scenario}", f"--output={folder}"]
    if restoration:
        for i, session in enumerate(json.loads(Path(arguments.scenario).read_text())["sessions"]):
            resilience = session.get("resilience", {}) | {"class": name, "restoration": restoration}
            if restoration == "time-window":
                resilience.setdefault("time_window_s", WINDOW_S)
            command += [f"--set=/sessions/{i}/resilience={json.dumps(resilience)}"]
    else:
        command += [f"--class={name}"]
    command += ["--quiet"] + [f"--set={change}" for change in arguments.set]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def read_routes(folder, summary):
    """By session, the role and the key managers of each of its routes when the first fault strikes."""
    first = min((fault["start_s"] for fault in summary["faults"]), default=float("inf"))
    kms = {end["km"] for link in summary["conservation"]["kma"]["links"] for end in link["ends"]}
    # names may contain each other, and the dash between them
    name = re.compile("|".join(re.escape(km) for km in sorted(kms, key=len, reverse=True)))
    found = {}
    for line in (folder / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["kind"] == "route" and event["time_s"] < first:
            routes = found.setdefault(event["detail"]["session"], {})
            routes.pop(event["entity"], None)
            if event["detail"]["state"] == "installed":
                routes[event["entity"]] = (event["detail"]["role"], name.findall(event["detail"]["kms"]))
    return {session: list(routes.values()) for session, routes in found.items()}


def dedicated_spare(sessions, routes):
    """Key rate of the routes beyond those that a key needs, bit/s."""
    total = 0
    for session in sessions:
        needed = 2 if session["class"] == "secret-sharing" else 1
        hops = sorted(len(kms) - 1 for _, kms in routes.get(session["id"], []))
        total += sum(hops[needed:]) * session["throughput_bps"]
    return total


def hops_of(kms):
    """The hops of a route, each as a set of two key managers."""
    return [frozenset(hop) for hop in zip(kms, kms[1:])]


def shared_spare(sessions, routes):
    """Sum over hops of the most that one failure, of a hop or a key manager, needs there, bit/s."""
    needed = {}
    for session in sessions:
        by_role = dict(routes.get(session["id"], []))
        working, protection = by_role.get("working", []), by_role.get("protection", [])
        for hop in hops_of(protection):
            for failure in hops_of(working) + working[1:-1]:
                demands = needed.setdefault(hop, {})
                demands[failure] = demands.get(failure, 0) + session["throughput_bps"]
    return sum(max(demands.values()) for demands in needed.values())


def make_row(folder):
    """What a run comes to, as texts."""
    summary = json.loads((folder / "summary.json").read_text())
    sessions = summary["sessions"]
    ids = {session["id"] for session in sessions}
    episodes = [entry["outcome"] for entry in summary["recoveries"] if entry["session_or_group"] in ids]
    gaps = [gap["end_s"] - gap["start_s"] for session in sessions for gap in session["interruptions"]]
    book = summary["conservation"]["kma"]["total"]
    uses = ["relay_working", "relay_protection", "relay_extra", "direct_supply", "wasted"]
    spent = sum(book[use] for use in uses)
    supplied = summary["conservation"]["ksa"]["total"]["supplied"]
    routes = read_routes(folder, summary)
    rate = (shared_spare if sessions[0]["class"] == "route-shared" else dedicated_spare)(sessions, routes)
    return [
        f"{episodes.count('recovered')}/{len(episodes)}",
        f"{sum(gaps):.1f}",
        f"{max(gaps, default=0):.1f}",
        str(sum(session["late"] for session in sessions)),
        str(sum(session["lost"] for session in sessions)),
        f"{spent / supplied:.2f}" if supplied else "-",
        f"{100 * book['wasted'] / spent:.1f}" if spent else "-",
        f"{rate / 1000:.1f}",
        str(summary["network"]["control_messages"]),
    ]


def main():
    """Run all classes and print the table."""
    arguments = parse_arguments()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        folders = list(pool.map(lambda name: run(arguments, name), arguments.classes.split(",")))
    rows = [HEADING] + [
        [name] + make_row(folder) for name, folder in zip(arguments.classes.split(","), folders)
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADING))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
