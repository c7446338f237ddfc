#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the two figures of the documentation about stored key, from runs of qkdn-scenario.

usage: tools/plot-bridging.py [--program=FILE] [--output=DIRECTORY] [--jobs=N]

outage-stored-key.svg: interruption of key supply against the key that is stored when a fibre is cut
(resync-or-restart.json), with resynchronisation and with a restart; lines: max(0, time without key - stored key /
demand), with the time without key of the run that has the least.
layered-protection.svg: the same where a spare fibre and a protection route stand by (layered-protection.json), with
the spare fibre alone and with a route that waits for it ("auto"), and the key that the longer route takes.
The runs go to results/bridging. Needs gnuplot.
"""

import argparse
import concurrent.futures
import csv
import json
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SCENARIOS = TOP / "examples/scenarios"
RESERVE_BIT = 1920  # of a pool, which the session may not use: default of key_management.reserve_bit
STYLE = "set terminal svg size 640,400 font 'sans,12' background 'white'; set grid; set key top right;"


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=TOP / "build/default/examples/qkdn-scenario")
    parser.add_argument("--output", default=TOP / "doc/figures")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def run(program, scenario, name, overrides):
    """Run a scenario; its summary, with the key (bit) that the session could use when the first fault struck."""
    folder = TOP / "results/bridging" / name
    subprocess.run(
        [program, f"--scenario={SCENARIOS / scenario}", f"--output={folder}", "--quiet"]
        + [f"--set={pointer}={json.dumps(value)}" for pointer, value in overrides.items()],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    summary = json.loads((folder / "summary.json").read_text())
    fault_s = min(fault["t_fault_s"] for fault in summary["recoveries"])
    link = json.loads((SCENARIOS / scenario).read_text())["qkd_links"][0]
    stored = 0
    with open(folder / "pools.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["link"] == link["id"] and row["km"] == link["tx"] and float(row["time_s"]) <= fault_s:
                stored = int(row["stored_bits"])
    summary["usable_bit"] = max(0, stored - RESERVE_BIT)
    return summary


def sweep(arguments, scenario, name, pools, overrides):
    """Runs with different keys at first."""
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as executor:
        return list(
            executor.map(
                lambda pool: run(
                    arguments.program,
                    scenario,
                    f"{name}-{pool}",
                    {"/qkd_links/0/initial_pool_bit": pool, **overrides},
                ),
                pools,
            )
        )


def block(name, rows):
    """Data of a curve."""
    return f"${name} << END\n" + "\n".join(" ".join(f"{x:g}" for x in row) for row in rows) + "\nEND\n"


def outages(summaries):
    """Points: stored key, kbit, and longest outage, s."""
    return [(s["usable_bit"] / 1000, s["sessions"][0]["longest_outage_s"]) for s in summaries]


def demand_bps(scenario):
    """What the session of a scenario asks for."""
    session = json.loads((SCENARIOS / scenario).read_text())["sessions"][0]
    return session["key_size_bit"] * session["rate_keys_per_s"]


def theory(scenario, summaries):
    """The line through the points."""
    without_s = summaries[0]["recoveries"][0]["total_s"]
    return f"max(0, {without_s} - 1000 * x / {demand_bps(scenario)})"


def plot(path, commands):
    """Let gnuplot draw."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{STYLE} set output '{path}'\nmax(a, b) = a > b ? a : b\n{commands}\n"
    subprocess.run(["gnuplot", "-"], input=text, text=True, check=True)
    lines = [line.replace("\t", " ").rstrip() for line in path.read_text().rstrip().splitlines()]
    path.write_text("\n".join(lines) + "\n")  # as all files of the repository


def main():
    """Both figures."""
    arguments = parse_arguments()
    output = Path(arguments.output)
    scenario = "resync-or-restart.json"
    pools = range(0, 400001, 40000)
    curves = {
        timing: sweep(arguments, scenario, timing, pools, {"/qkd_links/0/timing": timing})
        for timing in ("hhi-resync", "cold")
    }
    plot(
        output / "outage-stored-key.svg",
        block("A", outages(curves["hhi-resync"]))
        + block("B", outages(curves["cold"]))
        + "set xlabel 'key stored at the cut, kbit'; set ylabel 'interruption of key supply, s'\n"
        + f"plot $A with points pt 7 lc 1 title 'resynchronisation', {theory(scenario, curves['hhi-resync'])} "
        + "lc 1 notitle, "
        + f"$B with points pt 5 lc 2 title 'restart', {theory(scenario, curves['cold'])} lc 2 notitle",
    )
    scenario = "layered-protection.json"
    pools = range(0, 24001, 2000)
    alone = {"/sessions/0/resilience": {"class": "unprotected"}}
    link = sweep(arguments, scenario, "link", pools, alone)
    both = sweep(arguments, scenario, "both", pools, {})
    relayed = [
        (s["usable_bit"] / 1000, s["conservation"]["kma"]["total"]["relay_protection"] / 1000) for s in both
    ]
    plot(
        output / "layered-protection.svg",
        block("A", outages(link))
        + block("B", outages(both))
        + block("C", relayed)
        + "set xlabel 'key stored at the cut, kbit'; set ylabel 'interruption of key supply, s'\n"
        + "set y2label 'key that the longer route took, kbit'; set y2tics; set ytics nomirror\n"
        + f"plot $A with points pt 7 lc 1 title 'spare fibre alone', {theory(scenario, link)} lc 1 notitle, "
        + "$B with linespoints pt 5 lc 2 title 'and a route that waits for it (auto)', "
        + "$C with linespoints pt 4 lc 3 axes x1y2 title 'key of the longer route'",
    )


if __name__ == "__main__":
    main()
