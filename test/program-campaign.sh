#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Campaigns of qkdn-campaign: one that is killed and begun again gives the same files as one that is not; what
# cannot be done ends with 2 and one line.
#
# usage: test/program-campaign.sh QKDN-CAMPAIGN QKDN-SCENARIO
set -u

campaign=$1
scenario=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

cat > "$work/net.json" << 'JSON'
{"name": "net", "simulation": {"duration_s": 60}, "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
 "fibres": [{"id": "ab", "a": "A", "b": "B", "length_km": 10, "risk_groups": ["duct"]},
            {"id": "bc", "a": "B", "b": "C", "length_km": 10, "risk_groups": ["duct"]},
            {"id": "ca", "a": "C", "b": "A", "length_km": 10}],
 "qkd_links": [{"id": "AB", "tx": "A", "rx": "B", "fibres": ["ab"], "initial_state": "running", "initial_pool_bit": 3000,
                "protocol": {"type": "measured", "rate_bps": 2000}},
               {"id": "BC", "tx": "B", "rx": "C", "fibres": ["bc"], "initial_state": "running", "initial_pool_bit": 3000,
                "protocol": {"type": "measured", "rate_bps": 2000}},
               {"id": "CA", "tx": "C", "rx": "A", "fibres": ["ca"], "initial_state": "running", "initial_pool_bit": 3000,
                "protocol": {"type": "measured", "rate_bps": 2000}}],
 "key_management": {"capacity_bit": 3000},
 "controllers": [{"id": "C1", "node": "C"}],
 "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 2, "start_s": 2}],
 "fault_processes": [{"type": "fibre-cut", "targets": "all", "mtbf_h": 0.02, "mttr_s": 15}]}
JSON

# run ARGUMENT...: a campaign of two classes and three runs
run() {
    timeout 300 "$campaign" --scenario="$work/net.json" --classes=unprotected,restoration --runs=3 --quiet "$@" \
        > "$work/stdout" 2> "$work/stderr"
}

# same DIRECTORY: its files are those of the first campaign, but for what runs took
same() {
    local file
    for file in plan.json campaign.csv sessions.csv statistics.csv campaign.json report.html campaign-outage-s.plt \
        runs/1-unprotected/run-0002/faults.csv; do
        cmp "$work/whole/$file" "$1/$file" || fail "$1/$file differs"
    done
}

run --output="$work/whole" || { fail "a campaign: $(cat "$work/stderr")"; exit 1; }
[ "$(wc -l < "$work/whole/campaign.csv")" -eq 7 ] || fail "rows of campaign.csv"
[ "$(find "$work/whole/runs" -name summary.json | wc -l)" -eq 6 ] || fail "runs"
[ "$(find "$work/whole/runs" -name '*.part-*' -o -name '*.failed' | wc -l)" -eq 0 ] || fail "remains of runs"
grep -q "^interrupted time of all sessions (s) " "$work/stdout" || fail "no table"
python3 - "$work/whole" << 'PY' || fail "campaign.json"
import csv, json, statistics, sys
found = json.load(open(sys.argv[1] + "/campaign.json"))
rows = list(csv.DictReader(open(sys.argv[1] + "/campaign.csv")))
outages = {name: [float(r["outage_s"]) for r in rows if r["class"] == name] for name in ("unprotected", "restoration")}
assert sum(outages["unprotected"]) > sum(outages["restoration"]), outages
for entry in found["classes"]:
    mean = entry["statistics"]["outage_s"]["mean"]
    assert abs(mean - statistics.fmean(outages[entry["name"]])) < 1e-6, entry["name"]
half = 4.302652730 * statistics.stdev(outages["unprotected"]) / 3**0.5
shown = found["classes"][0]["statistics"]["outage_s"]
assert abs(shown["high"] - shown["mean"] - half) < 1e-5, (shown, half)
pairs = [b - a for a, b in zip(*outages.values())]
assert abs(found["differences"][0]["statistics"]["outage_s"]["mean"] - statistics.fmean(pairs)) < 1e-6
assert [r["faults"] for r in rows[:3]] == [r["faults"] for r in rows[3:]], "not the same faults"
PY

# killed NAME ARGUMENT...: killed after the second run, then begun again: the runs that are there are not repeated
killed() {
    local folder=$work/$1 process
    shift
    "$campaign" --scenario="$work/net.json" --classes=unprotected,restoration --runs=3 --quiet --output="$folder" "$@" \
        > /dev/null 2>&1 &
    process=$!
    for _ in $(seq 600); do
        [ "$(find "$folder" -name summary.json -not -path '*.part-*' 2> /dev/null | wc -l)" -lt 2 ] || break
        sleep 0.05
    done
    kill -KILL "$process"
    wait "$process" 2> /dev/null
    [ ! -e "$folder/campaign.csv" ] || fail "it was not killed half-way"
    # what was under way may still come to its end
    sleep 2
    find "$folder/runs" -name summary.json -not -path '*.part-*' -exec stat -c '%n %Y %i' {} + | sort > "$work/before"
    run --output="$folder" "$@" || fail "it does not go on: $(cat "$work/stderr")"
    find "$folder/runs" -name summary.json -exec stat -c '%n %Y %i' {} + | sort > "$work/after"
    [ -s "$work/before" ] || fail "nothing was there when it was killed"
    [ -z "$(comm -23 "$work/before" "$work/after")" ] || fail "runs were repeated"
    same "$folder"
}
killed one
run --output="$work/one" || fail "nothing to do"
same "$work/one"

# tasks that share a folder, then a call that gathers
run --output="$work/tasks" --only-runs=3:3 || fail "a task"
run --output="$work/tasks" --only-runs=1:2 || fail "another task"
[ ! -e "$work/tasks/campaign.csv" ] || fail "a task has gathered"
run --output="$work/tasks" || fail "gathering"
same "$work/tasks"

if parallel --plain --version 2> /dev/null | grep -q '^GNU parallel'; then
    run --output="$work/jobs" --jobs=2 || fail "two jobs: $(cat "$work/stderr")"
    same "$work/jobs"
    run --output="$work/ssh" --jobs=1 --sshlogin=: || fail "a list of machines: $(cat "$work/stderr")"
    same "$work/ssh"
    killed two --jobs=2
fi

# without GNU parallel one job, which it says; gnuplot is hidden with it
mkdir "$work/bin"
for tool in sh rm mkdir mv sync uname test cat timeout grep wc; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
PATH=$work/bin run --output="$work/alone" --jobs=2 2> /dev/null || fail "without GNU parallel"
grep -q "without GNU parallel" "$work/stderr" || fail "it does not say that GNU parallel is missing"
same "$work/alone"

# the stop rule looks at complete batches only
run --output="$work/stopped" --runs=6 --stop-width=10 --min-runs=2 --batch-runs=2 --stop-metric=requested || fail "stop"
[ "$(wc -l < "$work/stopped/campaign.csv")" -eq 5 ] || fail "it does not stop after two runs"

# a run that fails is named with its message and how to repeat it
cat > "$work/broken" << SH
#!/bin/sh
case "\$*" in *--run=2*) echo "out of order" >&2; exit 1;; esac
exec "$scenario" "\$@"
SH
chmod +x "$work/broken"
run --output="$work/failed" --program="$work/broken"
[ $? -eq 1 ] || fail "exit code of a campaign with a run that failed"
grep -q "run 2 of net, class unprotected failed: out of order; to repeat it: .*--run=2" "$work/stderr" ||
    fail "message of a run that failed: $(cat "$work/stderr")"
run --output="$work/failed" || fail "the run that failed is not repeated"
same "$work/failed"

# other faults under another class are an error
run --output="$work/other" --variant='other;/fault_processes/0/mttr_s=5'
[ $? -eq 1 ] || fail "other faults are accepted"
grep -q "has other faults than class unprotected" "$work/stderr" || fail "other faults: $(cat "$work/stderr")"
run --output="$work/other" --variant='other;/fault_processes/0/mttr_s=5' --allow-other-faults || fail "allowed"
grep -q '"same_faults": false' "$work/other/campaign.json" || fail "campaign.json hides other faults"

# runs without anything random are not a sample
run --output="$work/equal" --set=/fault_processes='[]' || fail "runs that are equal: $(cat "$work/stderr")"
grep -q "all runs of a class are equal, .*; give random_faults" "$work/stderr" || fail "it does not say that runs are equal"
run --output="$work/tasks" && ! grep -q "are equal" "$work/stderr" || fail "it says that random runs are equal"

# enumerations
for kind in single-link:3 double-link:3 single-node:3 srlg:1; do
    timeout 300 "$campaign" --scenario="$work/net.json" --classes=unprotected,restoration --quiet \
        --enumerate="${kind%:*}" --horizon-s=20 --output="$work/$kind" > "$work/stdout" 2> "$work/stderr" ||
        fail "$kind: $(cat "$work/stderr")"
    [ "$(wc -l < "$work/$kind/restorability.csv")" -eq $((2 * ${kind#*:} + 1)) ] || fail "rows of $kind"
    grep -q "^<p class=\"verdict\">${kind#*:} failures\? (${kind%:*}) under 2 classes</p>$" "$work/$kind/report.html" ||
        fail "page of $kind"
done
python3 - "$work" << 'PY' || fail "restorability"
import csv, sys
cells = {(r["failure"], r["class"]): r for r in csv.DictReader(open(sys.argv[1] + "/single-link:3/restorability.csv"))}
assert cells["ab", "unprotected"]["sessions_hit"] == "1", cells
assert cells["ab", "unprotected"]["not_recovered"] == "1", cells
assert float(cells["ab", "unprotected"]["interrupted_s"]) > 5, cells
assert cells["ab", "restoration"]["recovered"] == "1", cells
assert cells["ca", "unprotected"]["sessions_hit"] == "0", cells
groups = {r["class"]: r for r in csv.DictReader(open(sys.argv[1] + "/srlg:1/restorability.csv"))}
assert groups["restoration"]["not_recovered"] == "1", groups
nodes = {(r["failure"], r["class"]): r for r in csv.DictReader(open(sys.argv[1] + "/single-node:3/restorability.csv"))}
assert nodes["A", "restoration"]["sessions_ended"] == "1" and nodes["A", "restoration"]["sessions_hit"] == "0", nodes
PY

# bad PATTERN ARGUMENT...: exit code 2 and one line
bad() {
    local pattern=$1 code
    shift
    timeout 60 "$campaign" --output="$work/bad" "$@" > "$work/stdout" 2> "$work/stderr"
    code=$?
    if [ "$code" -ne 2 ] || [ "$(wc -l < "$work/stderr")" -ne 1 ] || ! grep -q -- "$pattern" "$work/stderr"; then
        fail "exit code $code, not 2 with '$pattern': $*: $(cat "$work/stderr")"
    fi
}
net=--scenario=$work/net.json
bad "--scenario: is missing; give --scenario=FILE"
bad "there is no such file" --scenario="$work/none.json"
bad "heroic is no resilience class" "$net" --classes=heroic
bad "net.json: /nodes/0/colour" "$net" --set=/nodes/0/colour=red
bad "net.json: /fibres/0/length_km" "$net" --variant='long;/fibres/0/length_km=-1'
bad "has not the form NAME;CHANGE" "$net" --variant=long
bad "give a whole number from 1" "$net" --runs=none
bad "goes with --stop-width" "$net" --min-runs=3
bad "did you mean \"single-link\"" "$net" --enumerate=single-links
bad "leave it out" "$net" --enumerate=single-link --runs=3
bad "there are 10 replications" "$net" --only-runs=9:11
bad "is no option (did you mean \"runs\"?)" "$net" --runz=3
bad "is not there; build qkdn-scenario" "$net" --program="$work/nothing"
bad "is none that it accepts" "$net" --keep=report.html
sed 's/"length_km": 10/"length_km": 11/' "$work/net.json" > "$work/changed.json"
bad "whole/plan.json: /scenarios: is not as it was .*; give another --output, or remove" \
    --scenario="$work/changed.json" --classes=unprotected,restoration --output="$work/whole"
bad "whole/plan.json: /classes: is not" "$net" --classes=unprotected --output="$work/whole"
bad "whole/plan.json: /seed: is not" "$net" --classes=unprotected,restoration --seed=9 --output="$work/whole"
PATH=$work/bin bad "needs GNU parallel; install" "$net" --sshlogin=host

[ "$failures" -eq 0 ] && echo "all campaigns are right"
exit "$failures"
