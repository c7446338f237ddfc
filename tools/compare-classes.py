#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a scenario with each resilience class and prints what that comes to, one line a class.

usage: tools/compare-classes.py [--scenario=FILE,...] [--classes=A,B,...] [--output=DIRECTORY] [--jobs=N]
                                [--program=FILE] [--set=/pointer=value ...]

recovered: failure episodes of sessions that the class's means ended, of all; key rate %: what was recovered of the
key rate that failed, where a class promises a rate (restoration); more key %: what routes that failures made
longer took beside what the ones before would have, of all key generated; outage: interrupted time of all
sessions together, and the longest interruption; late, lost: requests; spent: bits of QKD links for each bit
supplied, without authentication; wasted: of these, bits for keys that never came about, in percent; spare: key
rate of the routes that sessions had at the first fault beyond those that a key needs (those with the most hops
are the spare ones, at the rate of keys supplied), with route-shared the most that the failure of one hop or one
key manager needs of each hop; messages: of control and management.

With several scenarios (other seeds of the same network) each figure is a mean with the half width of its 95 %
confidence interval (Student t), and a second table has the differences from the class above, scenario by scenario.

A class may be followed by how it restores: restoration/multi-path, restoration/time-window (of 10 s, unless
the scenario says otherwise).
"""

import argparse
import concurrent.futures
import json
import math
import re
import statistics
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
CLASSES = (
    "unprotected,restoration,restoration/multi-path,restoration/time-window,"
    "route-1:1,route-shared,multi-path,route-1+1,secret-sharing"
)
WINDOW_S = 10  # where the scenario gives none
COLUMNS = {  # name of a figure and its decimals
    "episodes": 0,
    "recovered": 0,
    "key rate %": 1,
    "more key %": 2,
    "outage s": 1,
    "longest s": 1,
    "late": 0,
    "lost": 0,
    "spent": 2,
    "wasted %": 1,
    "spare kbit/s": 1,
    "messages": 0,
}


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


def run(arguments, scenario, name):
    """Run a scenario with a class; gives the figures of the results."""
    folder = Path(arguments.output) / Path(scenario).stem / name.replace(":", "-").replace("/", "-")
    name, _, restoration = name.partition("/")
    command = [arguments.program, f"--scenario={scenario}", f"--output={folder}"]
    if restoration:
        for i, session in enumerate(json.loads(Path(scenario).read_text())["sessions"]):
            resilience = session.get("resilience", {}) | {"class": name, "restoration": restoration}
            if restoration == "time-window":
                resilience.setdefault("time_window_s", WINDOW_S)
            command += [f"--set=/sessions/{i}/resilience={json.dumps(resilience)}"]
    else:
        command += [f"--class={name}"]
    command += ["--quiet"] + [f"--set={change}" for change in arguments.set]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return make_figures(folder)


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


def make_figures(folder):
    """What a run comes to, by column; None where there is nothing to tell."""
    summary = json.loads((folder / "summary.json").read_text())
    sessions = summary["sessions"]
    ids = {session["id"] for session in sessions}
    episodes = [entry["outcome"] for entry in summary["recoveries"] if entry["session_or_group"] in ids]
    gaps = [gap["end_s"] - gap["start_s"] for session in sessions for gap in session["interruptions"]]
    book = summary["conservation"]["kma"]["total"]
    uses = ["relay_working", "relay_protection", "relay_extra", "direct_supply", "wasted"]
    spent = sum(book[use] for use in uses)
    supplied = summary["conservation"]["ksa"]["total"]["supplied"]
    ratio = summary["network"]["secret_key_recovery_ratio"]
    more = summary["network"]["secret_key_consumption_ratio"]
    routes = read_routes(folder, summary)
    rate = (shared_spare if sessions[0]["class"] == "route-shared" else dedicated_spare)(sessions, routes)
    figures = [
        len(episodes),
        episodes.count("recovered"),
        None if ratio is None else 100 * ratio,
        None if more is None else 100 * more,
        sum(gaps),
        max(gaps, default=0),
        sum(session["late"] for session in sessions),
        sum(session["lost"] for session in sessions),
        spent / supplied if supplied else None,
        100 * book["wasted"] / spent if spent else None,
        rate / 1000,
        summary["network"]["control_messages"],
    ]
    return dict(zip(COLUMNS, figures))


def student_t(freedom):
    """The 97.5 % quantile of Student's t, by Abramowitz and Stegun 26.7.5; 0.1 % too small at 3 degrees."""
    x = statistics.NormalDist().inv_cdf(0.975)
    terms = [
        x,
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    ]
    return sum(term / freedom**i for i, term in enumerate(terms))


def describe(values, decimals):
    """One value, or the mean of several with the half width of its interval; what is missing counts for nothing."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    text = f"{statistics.fmean(known):.{decimals if len(values) == 1 else decimals + 1}f}"
    if len(known) > 1:
        half = student_t(len(known) - 1) * statistics.stdev(known) / math.sqrt(len(known))
        text += f" +- {half:.{decimals + 1}f}"
    return text


def print_table(rows):
    """Print rows of texts in columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def differences(figures, above):
    """Differences between two classes in one column, scenario by scenario."""
    return [None if None in pair else pair[0] - pair[1] for pair in zip(figures, above)]


def main():
    """Run all classes in all scenarios and print the tables."""
    arguments = parse_arguments()
    classes = arguments.classes.split(",")
    scenarios = str(arguments.scenario).split(",")
    cases = [(scenario, name) for name in classes for scenario in scenarios]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = dict(zip(cases, pool.map(lambda case: run(arguments, *case), cases)))
    figures = {
        name: {column: [results[(scenario, name)][column] for scenario in scenarios] for column in COLUMNS}
        for name in classes
    }
    heading = ["class", *COLUMNS]
    print_table(
        [heading]
        + [[name] + [describe(figures[name][c], COLUMNS[c]) for c in COLUMNS] for name in classes]
    )
    if len(scenarios) > 1 and len(classes) > 1:
        print(f"\nDifferences from the class above, mean over {len(scenarios)} scenarios:")
        print_table(
            [heading]
            + [
                [f"{name} - {above}"]
                + [describe(differences(figures[name][c], figures[above][c]), COLUMNS[c]) for c in COLUMNS]
                for above, name in zip(classes, classes[1:])
            ]
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
