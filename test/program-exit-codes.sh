#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Exit codes and messages of qkdn-scenario: a wrong command line or scenario ends with 2 and one
# line that names the file, the place and the mend; nothing hangs.
#
# usage: test/program-exit-codes.sh PROGRAM
set -u

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

cat > "$work/good.json" << 'JSON'
{"name": "good", "simulation": {"duration_s": 5}, "nodes": [{"id": "A"}, {"id": "B"}],
 "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 10}],
 "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"], "initial_state": "running",
                "protocol": {"type": "measured", "rate_bps": 5000}, "initial_pool_bit": 9000}],
 "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 2}]}
JSON

# expect CODE PATTERN ARGUMENT...: exit code, and a pattern that the only line on stderr has
expect() {
    local code=$1 pattern=$2
    shift 2
    timeout 60 "$program" --quiet --output="$work/out" "$@" > "$work/stdout" 2> "$work/stderr"
    local got=$?
    local lines
    lines=$(wc -l < "$work/stderr")
    if [ "$got" -ne "$code" ]; then
        echo "FAIL: exit code $got instead of $code: $*"
        cat "$work/stderr"
        failures=$((failures + 1))
    elif [ "$code" -eq 2 ] && { [ "$lines" -ne 1 ] || ! grep -q -- "$pattern" "$work/stderr"; }; then
        echo "FAIL: not one line with '$pattern': $*"
        cat "$work/stderr"
        failures=$((failures + 1))
    fi
}

bad() {
    local pattern=$1
    shift
    expect 2 "$pattern" --scenario="$work/good.json" "$@"
}

expect 0 "" --scenario="$work/good.json"
for file in summary.json recoveries.csv key-supply.csv pools.csv events.jsonl requirements.json report.html; do
    [ -s "$work/out/$file" ] || { echo "FAIL: no $file"; failures=$((failures + 1)); }
done
expect 0 "" --scenario="$work/good.json" --pcap --format=json --seed=2 --run=3
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/stdout" ||
    { echo "FAIL: --format=json"; failures=$((failures + 1)); }
ls "$work"/out/*.pcap > /dev/null || failures=$((failures + 1))

expect 2 "give --scenario" # no scenario at all
expect 2 "no-such-file.json" --scenario="$work/no-such-file.json"
expect 2 "$work" --scenario="$work"
echo 'not json' > "$work/text.json"
expect 2 "text.json" --scenario="$work/text.json"
: > "$work/empty.json"
expect 2 "empty.json" --scenario="$work/empty.json"
bad "good.json: /fibres/0/colour" --set=/fibres/0/colour=red
bad "/fibres/0/length_km" --set=/fibres/0/length_km=-3
bad "/qkd_links/0/fibres" --set='/qkd_links/0/fibres=[]'
bad "/qkd_links/0/tx" --set=/qkd_links/0/tx=Z
bad "/nodes/1/id" --set=/nodes/1/id=A
bad "/sessions/0/slave" --set=/sessions/0/slave=A
bad "/qkd_links/0/protocol/rate_bps" --set=/qkd_links/0/protocol/rate_bps=0
bad "/sessions/0/rate_keys_per_s" --set=/sessions/0/rate_keys_per_s=0
bad "/sessions/0/key_size_bit" --set=/sessions/0/key_size_bit=0
bad "/simulation/duration_s" --set=/simulation/duration_s=0
bad "/qkd_links/0/protocol/set/Colour" \
    --set='/qkd_links/0/protocol={"type": "decoy-bb84", "set": {"Colour": 1}}'
bad "no secret key over" --set='/qkd_links/0/protocol={"type": "decoy-bb84"}' \
    --set=/fibres/0/length_km=300
bad "--set" --set=nonsense
bad "/nowhere" --set=/nowhere/at/all=1
bad "--format" --format=xml
bad "--bogus" --bogus=1
bad "--pcap" --pcap=maybe
bad "is no option" stray
bad "/key_management/request_timeout_s" --set='/key_management={"request_timeout_s": 0.0005}'
bad "/qkd_links/0/loss_of_light_s" --set=/qkd_links/0/loss_of_light_s=0
bad "/qkd_links/0/authentication_reserve_bit" --set=/qkd_links/0/authentication_reserve_bit=191
bad "/sessions/0/resilience/hold_off_s" \
    --set='/sessions/0/resilience={"class": "unprotected", "hold_off_s": "soon"}'
bad "/sessions/0/slave" --set='/nodes/-={"id": "C"}' --set=/sessions/0/slave=C
bad "/controllers/0/node" --set='/controllers=[{"id": "C1", "node": "Z"}]'
bad "/manager: .*; add one to /controllers" --set='/manager={"node": "A"}'
bad "/faults/0/target: missing" --set='/faults=[{"at_s": 1, "type": "node-power"}]'
bad "/faults/0/type: there is no manager" --set='/faults=[{"at_s": 1, "type": "manager-crash"}]'
bad "--class: heroic is no resilience class; give one of unprotected" --class=heroic
bad "--class: route-1+1 is no .*did you mean" --class=route-1+1
bad "good.json: /sessions/0/resilience/class: route-1:1 of session \"S\" needs a controller; add" \
    --class=route-1:1
bad "/sessions/0/resilience/class" --class=restoration
expect 0 "" --scenario="$work/good.json" --class=unprotected
for class in unprotected route-1:1 restoration; do
    expect 0 "" --scenario="$work/good.json" --class="$class" \
        --set='/controllers=[{"id": "C1", "node": "A"}]' --set='/manager={"node": "A"}'
    grep -q "\"class\": \"$class\"" "$work/out/summary.json" ||
        { echo "FAIL: class $class is not in the results"; failures=$((failures + 1)); }
done
: > "$work/file"
expect 1 "" --scenario="$work/good.json" --output="$work/file/below"

[ "$failures" -eq 0 ] && echo "all exit codes are right"
exit "$failures"
