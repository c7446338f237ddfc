#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Writes two scenarios of 50 sessions in germany50: germany50-classes.json (30 cuts with repairs in 300 s) and,
with --year, germany50-year.json (a year of random failures in flow mode).

usage: tools/make-germany50.py [--year] [--check] [--seed=N] [--key-size=BIT] [--link-class=CLASS]
                               [--extra-traffic] [--escalation] [--output=FILE]

The scenario has the name of its file. All is drawn with a fixed seed: run again, it writes the same file.
With --check nothing is written; the exit code is 1 if the file is another one. Another seed gives other sessions and other cuts, another
size of keys (one a second for each session) another load. With a class of QKD links (link-1+1, link-1:1,
link-1:n, link-m:n or link-restoration) each span gets a second fibre of its own, with a classical link and spare
module pairs, in a group of that class; the same sessions are unprotected, and the cuts stay the same. There is
one pair on each fibre, but with link-1:n two working pairs share the key rate of the span and its fibre, and one
spare pair has the key rate of one of them; with link-m:n there are three and two.

With --extra-traffic each second session is extra traffic of lower priority and has no protection. With --escalation
sessions whose two routes have both failed are restored.

Demands: each node is master of one session; its slave is drawn among the nodes that are 100 km to 400 km
away over the shortest fibres. Cuts: a Poisson process over all fibre, so that a fibre is drawn in
proportion to its length, and the distances in time are exponential; repairs take an exponential time. A
fibre that is cut is not cut again before its repair. The run lasts 300 s, or as long as the last cut needs.
"""

import argparse
import heapq
import json
import os
import random
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TOPOLOGY = TOP / "examples" / "topologies" / "sndlib-germany50.csv"
SCENARIO = TOP / "examples" / "scenarios" / "germany50-classes.json"
SEED = 50
KEY_SIZE_BIT = 256
MAX_SPAN_KM = 100
LEAST_DURATION_S = 300
AFTER_LAST_CUT_S = 20
CUTS = 30
FIRST_CUT_S = 20
MEAN_INTERVAL_S = 8
MEAN_REPAIR_S = 15
LEAST_REPAIR_S = 2
WTR_S = 5
YEAR = TOP / "examples" / "scenarios" / "germany50-year.json"
YEAR_S = 8760 * 3600
YEAR_MAX_SPAN_KM = 80
YEAR_SESSIONS = 40
PROTOCOL = {"type": "measured", "rate_bps": 6000, "block_key_bit": 3000}
# enough for every class while nothing has failed: three shares of each key are the most
YEAR_PROTOCOL = {"type": "measured", "rate_bps": 16000, "block_key_bit": 8000}
TIMING = "hhi-resync"
# working and spare module pairs of a span, where there is more than one of either
LINK_PAIRS = {"link-1:n": (2, 1), "link-m:n": (3, 2)}


def read_links():
    """The rows of the topology: a, b, length in km."""
    lines = [line for line in TOPOLOGY.read_text().splitlines() if not line.startswith("#")]
    rows = [line.split(",") for line in lines[1:]]
    return [(row[0], row[1], float(row[2])) for row in rows]


def distances(links, source):
    """Length of the shortest way from a node to each other one, km."""
    best = {source: 0.0}
    queue = [(0.0, source)]
    while queue:
        length, node = heapq.heappop(queue)
        if length > best[node]:
            continue
        for a, b, km in links:
            if node in (a, b):
                other = b if node == a else a
                if length + km < best.get(other, float("inf")):
                    best[other] = length + km
                    heapq.heappush(queue, (length + km, other))
    return best


def part_of(protocol, parts):
    """The protocol of each of some module pairs that have the key rate together."""
    return {**protocol, "rate_bps": protocol["rate_bps"] // parts}


def add_extra_traffic(sessions):
    """Make each second session extra traffic of the others."""
    for i, session in enumerate(sessions):
        if i % 2 == 0:
            session["priority"] = 1
        else:
            session["resilience"] = {"class": "unprotected", "extra_traffic": True}


def make_sessions(links, rng, key_size_bit, resilience):
    """A session from each node."""
    nodes = list(dict.fromkeys(node for link in links for node in link[:2]))
    sessions = []
    for master in nodes:
        lengths = distances(links, master)
        near = [node for node in nodes if 100 <= lengths[node] <= 400]
        size = {} if key_size_bit == KEY_SIZE_BIT else {"key_size_bit": key_size_bit}
        sessions.append(
            {
                "id": f"s{len(sessions) + 1}",
                "master": master,
                "slave": near[int(rng.random() * len(near))],
                **size,
                "rate_keys_per_s": 1,
                "start_s": 5,
                "deadline_s": 1,
                "toleration_s": 2,
                "resilience": resilience,
            }
        )
    return sessions


def make_spans(links):
    """Name, ends and length in km of the fibres that the topology file gives: rows are cut into equal spans."""
    fibres = []
    for a, b, km in links:
        spans = -int(-km // MAX_SPAN_KM)
        names = [f"{a}-{b}"] if spans == 1 else [f"{a}-{b}.{i + 1}" for i in range(spans)]
        # the node at the end of a span that is not the last has the name of the span
        nodes = [a, *names[:-1], b]
        fibres += [(name, *nodes[i : i + 2], km / spans) for i, name in enumerate(names)]
    return fibres


def make_link_protection(spans, link_class):
    """Further module pairs for each span, and the groups."""
    n, m = LINK_PAIRS.get(link_class, (1, 1))
    fibres, qkd_links, groups = [], [], []
    for name, a, b, km in spans:
        spare = f"{name}-spare"
        working = [f"{name}-qkd"] + [f"{name}-qkd-{i + 1}" for i in range(1, n)]
        protection = [f"{spare}-qkd"] + [f"{spare}-qkd-{i + 1}" for i in range(1, m)]
        fibres.append({"id": spare, "a": a, "b": b, "length_km": km})
        # the first working link comes with the topology
        for link, fibre in [(link, name) for link in working[1:]] + [(link, spare) for link in protection]:
            qkd_links.append(
                {
                    "id": link,
                    "tx": a,
                    "rx": b,
                    "fibres": [fibre],
                    "protocol": part_of(PROTOCOL, n),
                    "initial_state": "running",
                    "timing": TIMING,
                }
            )
        groups.append(
            {
                "id": f"{name}-group",
                "class": link_class,
                "working": working,
                "protection": protection,
                "wtr_s": WTR_S,
            }
        )
    return {"fibres": fibres, "qkd_links": qkd_links, "protection_groups": groups}


def make_faults(spans, rng):
    """The cuts."""
    fibres = [(name, km) for name, _, _, km in spans]
    total = sum(km for _, km in fibres)
    faults = []
    repaired = {}
    at = FIRST_CUT_S
    while len(faults) < CUTS:
        at += rng.expovariate(1 / MEAN_INTERVAL_S)
        repair = LEAST_REPAIR_S + rng.expovariate(1 / (MEAN_REPAIR_S - LEAST_REPAIR_S))
        where = rng.random() * total
        for name, km in fibres:
            where -= km
            if where < 0:
                break
        if repaired.get(name, 0) < at:
            repaired[name] = at + repair
            faults.append(
                {
                    "at_s": round(at, 3),
                    "type": "fibre-cut",
                    "target": name,
                    "repair_after_s": round(repair, 3),
                }
            )
    return faults


def make_network(topology, max_span_km, protocol, pool):
    """What both scenarios have in common."""
    return {
        "topology_file": topology,
        "topology_defaults": {
            "max_span_km": max_span_km,
            "protocol": protocol,
            "initial_pool_bit": pool["initial"],
            "initial_state": "running",
            "timing": TIMING,
        },
        "key_management": {"capacity_bit": pool["capacity"]},
        "controllers": [{"id": "C", "node": "Frankfurt"}],
        "manager": {"node": "Frankfurt", "policy": {"max_hops": 32}},
    }


def make_scenario(arguments, topology):
    """30 cuts in 300 s."""
    rng = random.Random(arguments.seed)
    links = read_links()
    spans = make_spans(links)
    link_class = arguments.link_class
    protocol = part_of(PROTOCOL, LINK_PAIRS.get(link_class, (1, 1))[0])
    resilience = {"class": "unprotected"} if link_class else {"class": "route-1:1", "wtr_s": WTR_S}
    if arguments.escalation:
        resilience["escalation"] = "restoration"
    sessions = make_sessions(links, rng, arguments.key_size, resilience)
    if arguments.extra_traffic:
        add_extra_traffic(sessions)
    faults = make_faults(spans, rng)
    duration = max(LEAST_DURATION_S, int(faults[-1]["at_s"]) + AFTER_LAST_CUT_S)
    return {
        "name": arguments.output.stem,
        "description": (
            "All resilience classes on the same failures: the network germany50 of SNDlib (Orlowski et al., "
            "Networks 55(3), 276-286, 2010), its links cut into spans of at most 100 km with trusted nodes "
            "between them, 50 sessions and 30 cuts with repairs. Demands, key rates, pools and cuts are ours "
            "(tools/make-germany50.py): cuts hit each km of fibre alike, and times between them and "
            "to their repair are exponential, with means of 8 s and 15 s instead of two weeks and half a day. "
            "Pools hold keys for some seconds only, so that cuts are felt."
        ),
        "simulation": {"duration_s": duration, "distillation": "ideal"},
        **make_network(topology, MAX_SPAN_KM, protocol, {"initial": 8000, "capacity": 14000}),
        **(make_link_protection(spans, link_class) if link_class else {}),
        "sessions": sessions,
        "faults": faults,
    }


def make_year(arguments, topology):
    """A year of random failures in flow mode."""
    rng = random.Random(arguments.seed)
    resilience = {"class": "unprotected"}
    return {
        "name": arguments.output.stem,
        "description": (
            "A year of germany50 (Orlowski et al., Networks 55(3), 276-286, 2010) in flow mode, its links cut "
            "into spans of at most 80 km with trusted nodes between them. Fibres and modules fail at random, at "
            "rates of the literature and an assumed one for modules; 40 sessions, key rates and pools are ours "
            "(tools/make-germany50.py). Made for campaigns: qkdn-campaign compares classes."
        ),
        "simulation": {"duration_s": YEAR_S, "supply": "flow", "distillation": "ideal"},
        **make_network(topology, YEAR_MAX_SPAN_KM, YEAR_PROTOCOL, {"initial": 1000000, "capacity": 1000000}),
        "sessions": make_sessions(read_links(), rng, arguments.key_size, resilience)[:YEAR_SESSIONS],
        "fault_processes": [
            {"type": "fibre-cut", "targets": "all", "rates": "buried-cable"},
            {"type": "module-failure", "targets": "all", "rates": "qkd-module"},
        ],
    }


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--key-size", type=int, default=KEY_SIZE_BIT)
    parser.add_argument("--link-class", choices=["link-1+1", "link-1:1", "link-1:n", "link-m:n", "link-restoration"])
    parser.add_argument("--extra-traffic", action="store_true")
    parser.add_argument("--escalation", action="store_true")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    of_routes = arguments.extra_traffic or arguments.escalation
    if arguments.year and (arguments.link_class or of_routes):
        parser.error("--year goes with neither --link-class, --extra-traffic nor --escalation")
    if arguments.link_class and of_routes:
        parser.error("--link-class has unprotected sessions: leave out --extra-traffic and --escalation")
    if not arguments.output:
        arguments.output = YEAR if arguments.year else SCENARIO
    return arguments


def main():
    arguments = parse_arguments()
    topology = os.path.relpath(TOPOLOGY, arguments.output.resolve().parent)
    if arguments.year:
        scenario = make_year(arguments, topology)
    else:
        scenario = make_scenario(arguments, topology)
    text = json.dumps(scenario, indent=2) + "\n"
    if arguments.check:
        return 0 if arguments.output.read_text() == text else 1
    arguments.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
