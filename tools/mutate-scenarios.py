#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a program with scenario files that are wrong, or right and extreme.

Each file is one of examples/scenarios, shortened to a few seconds, with some changes that its
number and the seed decide: keys lost, doubled, renamed or added, values of other types, extreme
numbers, wrong references, long arrays, deep nesting, broken text. A run is good if it ends with 0
and says nothing on standard error, or with 2 and one line there, within the limits of CPU time
and memory. Prints what happened to the others and keeps their files. Exit code 1 if there are any.

usage: tools/mutate-scenarios.py PROGRAM [--count=N] [--seed=N] [--first=N] [--jobs=N] [--keep=FOLDER]
"""

import argparse
import collections
import concurrent.futures
import copy
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SCENARIOS = TOP / "examples" / "scenarios"
SCHEMA = json.loads((TOP / "doc" / "scenario.schema.json").read_text())
SHORT_S = 4.0  # duration of runs with packets
CPU_S = 20
EASY_RATE = 1000  # keys of a session per second
EASY_LOAD = 1e8  # bit/s
MEMORY_BYTES = 1 << 30
PROGRESS_FILES = 500
# keys of points in time and of times that have to end within the run
TIMES = {"at_s", "start_s", "stop_s", "warm_up_s", "repair_after_s", "repair_work_s", "period_s"}
NUMBERS = [0, -1, 1, 2, 1e-300, 1e-9, 0.5, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18, 1e308, -1e308, 2**31,
           2**32, 2**53, 2**63, 2**64 - 1, 10**30, 0.1, -0.0, 5e-324]
TEXTS = ["", " ", "A" * 65, "B" * 5000, "a/b", "\0", "\x1b[31m", "\u00e9\u20ac\U0001f511", "../..",
         "/dev/zero", "/", "NaN", "1e999", "<script>", "%s%n", "all", "ns3::Object",
         "ns3::qkdn::QkdModule", "ns3::qkdn::DecoyBb84Protocol", "line\nbreak", "\ud800"]
OTHERS = [None, True, False, [], {}, [[]], "x", 7, [1], {"a": 1}]
RAW = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "01", "0x10", "1.", "+1", "'a'",
       "9" * 400, "[" * 5000, '{"a":' * 5000, "[" * 40 + "]" * 40]


def shorten(value, factor):
    """Bring all times of an example into a short run."""
    if isinstance(value, list):
        for element in value:
            shorten(element, factor)
    elif isinstance(value, dict):
        for key, element in value.items():
            if key in TIMES and isinstance(element, (int, float)):
                value[key] = element * factor
            else:
                shorten(element, factor)


def read_bases():
    """The examples, short."""
    bases = []
    for path in sorted(SCENARIOS.glob("*.json")):
        scenario = json.loads(path.read_text())
        simulation = scenario["simulation"]
        if simulation.get("supply") != "flow":
            shorten(scenario, SHORT_S / simulation["duration_s"])
            simulation["duration_s"] = SHORT_S
        bases.append(scenario)
    return bases


def refer(schema):
    """What a reference within the schema stands for."""
    found = SCHEMA
    for step in schema["$ref"].split("/")[1:]:
        found = found[step]
    return found


def resolve(schema):
    """The kinds of object that a schema allows: their properties, in one."""
    properties = {}
    if "$ref" in schema:
        properties.update(resolve(refer(schema)))
    properties.update(schema.get("properties", {}))
    for word in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(word, []):
            properties.update(resolve(part))
    return properties


def items_of(schema):
    """The schema of the elements of an array."""
    if "items" in schema:
        return schema["items"]
    for word in ("oneOf", "anyOf"):
        for part in schema.get(word, []):
            if "items" in part:
                return part["items"]
    return {}


def places(value, schema, found):
    """All places of a document: holder, key and schema of what is there."""
    if isinstance(value, dict):
        properties = resolve(schema)
        for key in value:
            inner = properties.get(key, {})
            found.append((value, key, inner))
            places(value[key], inner, found)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            found.append((value, index, items_of(schema)))
            places(element, items_of(schema), found)
    return found


def objects(value, schema, found):
    """All objects of a document that have a known kind, with their properties."""
    if isinstance(value, dict):
        properties = resolve(schema)
        if properties:
            found.append((value, properties))
        for key, element in value.items():
            objects(element, properties.get(key, {}), found)
    elif isinstance(value, list):
        for element in value:
            objects(element, items_of(schema), found)
    return found


class Mutation:
    """Changes one scenario."""

    def __init__(self, base, choose):
        self.document = base
        self.choose = choose

    def any_place(self):
        """Some place."""
        return self.choose.choice(places(self.document, SCHEMA, []))

    def strings(self):
        """All texts in the document."""
        return [holder[key] for holder, key, _ in places(self.document, SCHEMA, [])
                if isinstance(holder[key], str)]

    def legal(self, schema):
        """A value that a schema allows, extreme if it can be."""
        choose = self.choose
        if "$ref" in schema:
            return self.legal(refer(schema))
        for word in ("oneOf", "anyOf"):
            if word in schema and "properties" not in schema:
                return self.legal(choose.choice(schema[word]))
        if "enum" in schema:
            return choose.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if kind in ("number", "integer"):
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            high = schema.get("maximum", 1e6)
            value = choose.choice([low, high, low + (high - low) * choose.random(),
                                   max(low, min(high, 10 ** choose.uniform(-9, 15)))])
            return int(value) if kind == "integer" else value
        if kind == "boolean":
            return choose.random() < 0.5
        if kind == "array":
            return [self.legal(schema.get("items", {})) for _ in range(choose.randrange(1, 4))]
        if kind == "object" or "properties" in schema:
            properties = resolve(schema)
            required = schema.get("required", [])
            return {key: self.legal(inner) for key, inner in properties.items()
                    if key in required or choose.random() < 0.2}
        return choose.choice(self.strings() or ["x"])

    def change(self):
        """One change."""
        choose = self.choose
        holder, key, schema = self.any_place()
        value = holder[key]
        kind = choose.choices(
            ["delete", "number", "scale", "legal", "add", "type", "text", "reference", "swap",
             "double", "grow", "rename", "unknown"],
            [3, 4, 6, 10, 12, 2, 2, 4, 3, 3, 1, 2, 1])[0]
        if kind == "delete":
            del holder[key]
        elif kind == "number":
            holder[key] = choose.choice(NUMBERS)
        elif kind == "scale":
            numbers = [place for place in places(self.document, SCHEMA, [])
                       if type(place[0][place[1]]) in (int, float)]
            if numbers:
                holder, key, _ = choose.choice(numbers)
                holder[key] = holder[key] * 10.0 ** choose.randrange(-6, 7)
                if holder[key] == int(holder[key]):
                    holder[key] = int(holder[key])
        elif kind == "legal":
            holder[key] = self.legal(schema) if schema else choose.choice(OTHERS)
        elif kind == "add":
            thing, properties = choose.choice(objects(self.document, SCHEMA, []))
            name = choose.choice(sorted(properties))
            thing[name] = self.legal(properties[name])
        elif kind == "type":
            holder[key] = choose.choice(OTHERS)
        elif kind == "text":
            holder[key] = choose.choice(TEXTS)
        elif kind == "reference":
            strings = [place for place in places(self.document, SCHEMA, [])
                       if isinstance(place[0][place[1]], str)]
            if strings:
                holder, key, _ = choose.choice(strings)
                holder[key] = choose.choice(self.strings())
        elif kind == "swap":
            other, other_key, _ = self.any_place()
            inside = json.dumps(other[other_key])
            holder[key], other[other_key] = json.loads(inside), copy.deepcopy(value)
        elif kind in ("double", "grow"):
            self.repeat(1 if kind == "double" else choose.choice([10, 100, 300]))
        elif kind == "rename" and isinstance(holder, dict):
            holder[choose.choice([key + "x", key[:-1], key.upper(), "id", "type"])] = holder.pop(key)
        elif kind == "unknown" and isinstance(holder, dict):
            holder[choose.choice(TEXTS)] = choose.choice(OTHERS)

    def repeat(self, times):
        """Copy an element of an array, most times with an id of its own."""
        arrays = [holder[key] for holder, key, _ in places(self.document, SCHEMA, [])
                  if isinstance(holder[key], list) and holder[key]]
        if not arrays:
            return
        array = self.choose.choice(arrays)
        element = self.choose.choice(array)
        fresh = self.choose.random() < 0.8
        for number in range(times):
            twin = copy.deepcopy(element)
            if fresh and isinstance(twin, dict) and "id" in twin:
                twin["id"] = f"{twin['id']}~{number}"
            array.append(twin)

    def spoil(self, text):
        """Changes of the text."""
        choose = self.choose
        data = bytearray(text.encode("utf-8", "surrogatepass"))
        place = choose.randrange(len(data))
        kind = choose.randrange(8)
        if kind == 0:
            del data[place:]
        elif kind == 1:
            data[place] = choose.randrange(256)
        elif kind == 2:
            data[place:place] = choose.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b"\xf8\x88"])
        elif kind == 3:
            data[0:0] = choose.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"//x\n", b"[]"])
        elif kind == 4:
            del data[place:place + choose.randrange(1, 40)]
        elif kind == 5:
            end = choose.randrange(len(data))
            data[place:place] = data[min(place, end):max(place, end)][:2000]
        else:
            # a raw number or nesting in place of a value
            colons = [index for index, byte in enumerate(data) if byte == ord(":")]
            if colons:
                colon = choose.choice(colons)
                end = colon + 1
                while end < len(data) and data[end] not in b",}]\n":
                    end += 1
                data[colon + 1:end] = choose.choice(RAW).encode()
        return bytes(data)


def is_legal(value, low, high):
    """Whether a value is a number above low, up to high."""
    return type(value) in (int, float) and low < value <= high


def ease(document, duration):
    """Options that keep a run short which is long and within the limits of the reader."""
    options = []
    simulation = document.get("simulation")
    if isinstance(simulation, dict) and is_legal(simulation.get("duration_s"), duration, 1e9):
        options.append(f"--set=/simulation/duration_s={duration}")
    for name, key, easy in (("sessions", "rate_keys_per_s", EASY_RATE), ("faults", "load_bps", EASY_LOAD),
                            ("fault_processes", "load_bps", EASY_LOAD)):
        things = document.get(name)
        for index, thing in enumerate(things if isinstance(things, list) else []):
            # whatever the limits refuse in a second is left to them
            limit_per_s = 1e7 if key == "rate_keys_per_s" else 6e10
            if isinstance(thing, dict) and is_legal(thing.get(key), easy, limit_per_s / duration):
                options.append(f"--set=/{name}/{index}/{key}={easy}")
    return options


def mutate(bases, seed, number):
    """The text of a file, and options that keep its run short."""
    choose = random.Random(f"{seed}/{number}")
    base = copy.deepcopy(choose.choice(bases))
    duration = base["simulation"]["duration_s"]
    mutation = Mutation(base, choose)
    for _ in range(choose.choices([1, 2, 3, 5, 8], [8, 6, 3, 2, 1])[0]):
        if base:
            mutation.change()
    text = json.dumps(base, ensure_ascii=choose.random() < 0.5)
    options = ease(base, duration)
    if choose.random() < 0.1 and text:
        return mutation.spoil(text), options
    return text.encode("utf-8", "surrogatepass"), options


def limit():
    """Limits of a run, for its process alone."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_BYTES, 2 * MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judge(code, stderr, peak_bytes, path):
    """What is wrong with a run, empty if nothing."""
    lines = stderr.count(b"\n")
    if code not in (0, 2):
        return f"exit code {code}"
    if peak_bytes > MEMORY_BYTES:
        return f"{peak_bytes >> 20} MiB of memory"
    if code == 0 and stderr:
        return "a text on standard error"
    if code == 2 and (lines != 1 or not stderr.endswith(b"\n")):
        return f"{lines} lines on standard error"
    if code == 2 and (not stderr.startswith(str(path.parent.parent).encode()) or b"; " not in stderr):
        return "an error without file or mend"
    return ""


def run(program, path, options, output):
    """Run the program: exit code, standard error, peak of memory and CPU time."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [program, "--quiet", f"--scenario={path}", f"--output={output}", "--files=summary.json",
             *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return (process.returncode, errors.read(), usage.ru_maxrss * 1024,
                usage.ru_utime + usage.ru_stime)


def try_file(program, work, keep, bases, seed, number):
    """Make a file, run the program and judge: exit code, problem, CPU time and memory."""
    text, options = mutate(bases, seed, number)
    path = work / "scenarios" / f"{number}.json"
    path.write_bytes(text)
    code, stderr, peak, cpu = run(program, path, options, work / f"out-{number}")
    problem = judge(code, stderr, peak, path)
    if problem:
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, keep / path.name)
        said = stderr.decode(errors="replace").strip()[:600]
        print(f"{number}: {problem}, {cpu:.1f} s, {peak >> 20} MiB: {' '.join(options)} {said}", flush=True)
    path.unlink()
    shutil.rmtree(work / f"out-{number}", ignore_errors=True)
    return code, problem, cpu, peak


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("results/hostile-scenarios"))
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    program = str(Path(arguments.program).resolve())
    bases = read_bases()
    codes = collections.Counter()
    bad = 0
    longest = largest = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        # files that scenarios name stand where they did
        (work / "topologies").symlink_to(TOP / "examples" / "topologies")
        (work / "scenarios").mkdir()
        for csv in SCENARIOS.glob("*.csv"):
            shutil.copy(csv, work / "scenarios")
        numbers = range(arguments.first, arguments.first + arguments.count)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for code, problem, cpu, peak in pool.map(
                    lambda number: try_file(program, work, arguments.keep, bases, arguments.seed, number), numbers):
                codes[code] += 1
                bad += bool(problem)
                longest = max(longest, cpu)
                largest = max(largest, peak)
                if codes.total() % PROGRESS_FILES == 0:
                    print(f"{codes.total()} of {arguments.count} files, {bad} went wrong", file=sys.stderr, flush=True)
    print(f"{arguments.count} files: {codes[0]} ran, {codes[2]} were refused, {bad} went wrong; at most "
          f"{longest:.1f} s of CPU time and {largest >> 20} MiB")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
