#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Exit codes and messages of qkdn-scenario, qkdn-key-rate, qkdn-benchmark, qkdn-routes and qkdn-video-over-otp: a wrong command line or
# scenario ends with 2 and one line that names the file, the place and the mend; nothing hangs.
#
# usage: test/program-exit-codes.sh QKDN-SCENARIO QKDN-KEY-RATE QKDN-BENCHMARK QKDN-ROUTES QKDN-VIDEO-OVER-OTP
set -u

program=$1
key_rate=$2
benchmark=$3
routes=$4
video=$5
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
bad "--class: route-1+2 is no .*did you mean" --class=route-1+2
bad "--class: RESTORATION is no .*did you mean \"restoration\"" --class=RESTORATION
bad "good.json: /sessions/0/resilience/class: route-1:1 of session \"S\" needs a controller; add" \
    --class=route-1:1
bad "/sessions/0/resilience/class" --class=restoration
bad "two-path is no kind of restoration" --class=restoration/two-path
bad "report.html is no file of a run" --files=summary.json,report.html
rm -rf "$work/out"
expect 0 "" --scenario="$work/good.json" --files=summary.json,faults.csv
[ "$(ls "$work/out" | tr '\n' ' ')" = "faults.csv summary.json " ] || { echo "FAIL: --files"; failures=$((failures + 1)); }
expect 0 "" --scenario="$work/good.json" --class=unprotected
for class in unprotected route-1:1 restoration restoration/time-window; do
    expect 0 "" --scenario="$work/good.json" --class="$class" \
        --set='/controllers=[{"id": "C1", "node": "A"}]' --set='/manager={"node": "A"}'
    grep -q "\"class\": \"${class%/*}\"" "$work/out/summary.json" ||
        { echo "FAIL: class $class is not in the results"; failures=$((failures + 1)); }
done
: > "$work/file"
# before a run that would take too long
expect 1 "" --scenario="$work/good.json" --output="$work/file/below" --set=/simulation/duration_s=4e6
grep -q "file/below: .*; give another --output" "$work/stderr" ||
    { echo "FAIL: a folder that cannot be made: $(cat "$work/stderr")"; failures=$((failures + 1)); }

bad "/qkd_links/0/protocol/rate_bps: missing" --set='/qkd_links/0/protocol={"type": "measured"}'
bad "SecondDecoyProbability is 1.2, it has to be 1" --set='/qkd_links/0/protocol={"type": "decoy-bb84-finite",
    "set": {"Optimise": false, "SignalProbability": 0.57}}'
bad "/qkd_links/0/protocol/set/PulseRate" \
    --set='/qkd_links/0/protocol={"type": "bbm92", "set": {"PulseRate": "fast"}}'
printf 'time_s,rate_bps,qber\n0,5000,0.02\n2,oops,0.02\n' > "$work/trace.csv"
bad "trace.csv: line 3: rate_bps is \"oops\"; give a number" \
    --set='/qkd_links/0/protocol={"type": "measured", "trace_file": "trace.csv"}'
printf 'time_s,rate_bps,qber\n0,0,0.3\n1,5000,0.02\n' > "$work/trace.csv"
expect 0 "" --scenario="$work/good.json" \
    --set='/qkd_links/0/protocol={"type": "measured", "trace_file": "trace.csv"}'
for type in decoy-bb84-finite cv-qkd bbm92 twin-field; do
    rate=PulseRate
    [ "$type" != cv-qkd ] || rate=SymbolRate
    expect 0 "" --scenario="$work/good.json" \
        --set="/qkd_links/0/protocol={\"type\": \"$type\", \"set\": {\"$rate\": 2e7}}"
done

# program PROGRAM CODE PATTERN ARGUMENT...: the same for another program, with a pattern on either output
program() {
    local program=$1 code=$2 pattern=$3
    shift 3
    timeout 60 "$program" "$@" > "$work/stdout" 2> "$work/stderr"
    local got=$?
    if [ "$got" -ne "$code" ] || { [ "$code" -eq 2 ] && [ "$(wc -l < "$work/stderr")" -ne 1 ]; } ||
        ! grep -q -- "$pattern" "$work/stdout" "$work/stderr"; then
        echo "FAIL: $program $*: exit code $got, not $code with '$pattern'"
        cat "$work/stderr"
        failures=$((failures + 1))
    fi
}

rate() { program "$key_rate" "$@"; }
bench() { program "$benchmark" "$@"; }
route() { local code=$1 pattern=$2; shift 2; program "$routes" "$code" "$pattern" --topology="$work/trap.csv" --from=S --to=T "$@"; }

rate 0 '"reach_km": 140.6' --preset=gys --attenuation-db-per-km=0.21
python3 -c 'import json, sys; rows = json.load(open(sys.argv[1]))["rows"]; assert len(rows) == 21
assert abs(rows[10]["rate_bps"] - 419.25) < 0.01, rows[10]' "$work/stdout" ||
    { echo "FAIL: rows of qkdn-key-rate"; failures=$((failures + 1)); }
rate 0 "^50,10,0.00030" --protocol=decoy-bb84-finite --preset=lim2014 --length-km=50 --format=csv \
    --set=BlockSiftedBits=1e6,Optimise=true
for protocol in cv-qkd bbm92 twin-field measured; do
    rate 0 '"rows"' --protocol="$protocol" --plot="$work/$protocol.svg"
    [ -s "$work/$protocol.plt" ] || { echo "FAIL: no plot"; failures=$((failures + 1)); }
done
rate 0 "^length_km,loss_db,bit_per_pulse,rate_bps,qber,block_s$" --length-km=300 --format=csv
rate 0 "^50,10,.*,-8.34898" --preset=gys --set=Estimation=infinite --length-km=50 --format=csv --vanishing-power
rate 0 '"classical_power_dbm": 0,' --preset=gys --length-km=10 --classical-power-dbm=0
python3 - "$key_rate" << 'PY' || { echo "FAIL: 0 dBm over 10 km"; failures=$((failures + 1)); }
import json, subprocess, sys
def rate(*more):
    text = subprocess.check_output([sys.argv[1], "--preset=gys", "--set=Estimation=infinite", "--length-km=10", *more])
    return json.loads(text)["rows"][0]["rate_bps"]
ratio = rate("--classical-power-dbm=0") / rate()
assert abs(ratio - 0.1198) < 1e-4, ratio
PY
rate 2 "--classical-power-dbm: loud is none that it accepts" --classical-power-dbm=loud
rate 0 "" --help
rate 2 "is no protocol (did you mean \"bbm92\"?); give one of" --protocol=bbm93
rate 2 "is no preset of cv-qkd; give one of gg02" --protocol=cv-qkd --preset=gys
rate 2 "is no preset of measured; leave it out" --protocol=measured --preset=gys
rate 2 "--attenuation-db-per-km: -0.2 is none that it accepts; give a number" --attenuation-db-per-km=-0.2
rate 2 "--loss-db" --loss-db=much
rate 2 "--length-km: 0:100 has 2 parts" --length-km=0:100
rate 2 "--length-km" --length-km=100:0:5
rate 2 "--length-km" --length-km=0:100:0
rate 2 "longer step" --length-km=0:1000000:0.001
rate 2 "Colour: cannot be set to red; give an attribute of" --set=Colour=red
rate 2 "PulseRate: cannot be set to fast" --set=PulseRate=fast
rate 2 "PulseRate is 0, it has to be above 0 Hz" --set=PulseRate=0
rate 2 "DecoyIntensity is 0.5" --set=DecoyIntensity=0.5
rate 2 "has no value" --set=PulseRate
rate 2 "is no format" --format=xml
rate 2 "cannot be the name of a plot" --plot=rates.png
rate 2 "is no option" --bogus=1
rate 2 "is no option" stray
rate 1 "" --plot="$work/file/below/rate.svg"

bench 0 "^2000 keys of 256 bit over 3 hops, 7 to a relay: 2000 equal at both ends$" --keys=2000 --hops=3 --batch=7 --quiet
bench 0 '"equal_keys": 500, ' --keys=500 --batch=64 --format=json --quiet
bench 0 "^1000 of 1000 requests answered over 3 hops: 6015 packet hops in " --workload=tcp --keys=1000 --hops=3
bench 0 '"answered":10,' --workload=tcp --keys=10 --hops=100 --format=json
bench 2 "0 is no length of a line; give 1 to 100" --workload=tcp --hops=0
bench 2 "no requests cannot be measured" --workload=tcp --keys=0
bench 0 "^3 pairs of 300 nodes with 900 links: 3 with right routes$" --workload=routes --nodes=300 --links=900 --pairs=3
bench 0 '"good_pairs": 2, ' --workload=routes --nodes=300 --links=900 --pairs=2 --format=json
bench 2 "is no workload" --workload=walk
bench 2 "--links: 299 is none" --workload=routes --nodes=300 --links=299
bench 2 "--nodes: 2 is no size" --workload=routes --nodes=2
bench 0 '"different_keys":0,' --workload=network --n=4 --duration=7 --fidelity=ideal --format=json --quiet
bench 0 "^ratio_to_floor " --workload=W --n=3 --duration=6 --quiet
bench 2 "is no topology" --workload=network --topology=star
bench 2 "15 nodes is no square" --workload=network --topology=grid --n=15
bench 2 "2 is no size of a network" --workload=W --n=2
bench 2 "not before the end of the run" --workload=W --n=4 --duration=3
bench 2 "on nodes of their own" --workload=W --n=4 --ak=in-process
bench 2 "no keys cannot be measured" --keys=0
bench 2 "1 is no length of a relay" --hops=1
bench 2 "0 is no number of keys" --batch=64,0
bench 2 "is no option (did you mean \"batch\"?)" --bach=1
bench 2 "has no value" --keys
bench 2 "is no format" --format=xml

cat > "$work/trap.csv" << 'CSV'
# the shortest route leaves no other
a,b,length_km,skr_bps,risk_groups
S,A,1,1000,duct 1
A,B,1,2000,
B,T,1,3000,duct 2;duct 3
S,B,3,1500,duct 4
A,T,3,700,
CSV
route 0 '"total_cost": 3.0' --cost=length
for disjoint in link node srlg; do
    route 0 '"total_cost": 8.0' --disjoint=$disjoint --cost=length --k=2
done
python3 -c 'import json, sys; found = json.load(open(sys.argv[1]))
assert sorted(r["nodes"] for r in found["routes"]) == [["S", "A", "T"], ["S", "B", "T"]], found
assert [r["cost"] for r in found["routes"]] == [4, 4] and found["exact"] is True, found' "$work/stdout" ||
    { echo "FAIL: routes of the trap"; failures=$((failures + 1)); }
route 1 '"total_cost": 8.0' --disjoint=srlg --cost=length --k=3
route 0 '^S-B-A-T: 7 km$' --k=4 --cost=length --format=text
route 1 '^4 routes' --k=5 --format=text
route 0 '^S-B-T: 0.000999999999 s/bit$' --cost=rate --format=text
route 0 '"bottleneck_bps": 1500.0' --choose=widest --cost=length
route 0 '^S-B-T: 2 hops, 1300 bit/s$' --choose=split --demand-bps=2000 --format=text
route 1 '"split_bps": 2500.0' --choose=split --demand-bps=3000
route 1 '"exact": false' --choose=split --demand-bps=2400 --k=1
route 0 'total_cost' --disjoint=link --plot="$work/routes.svg"
[ -s "$work/routes.plt" ] || { echo "FAIL: no plot"; failures=$((failures + 1)); }
route 1 "" --plot="$work/file/below/routes.svg"
route 2 "cannot be the name of a plot" --plot=routes.png
route 2 '"Z" is no node of .*trap.csv' --to=Z
route 2 "is the same node as --from" --to=S
route 2 "give a whole number from 1 to 1000" --k=0
route 2 '"many" is none that it accepts' --k=many
route 2 'did you mean "node"' --disjoint=nodes
route 2 "give one of hops, length, rate" --cost=pool
route 2 "give one of cheapest, widest, split" --choose=best
route 2 "does not go with --choose=widest" --choose=widest --disjoint=node
route 2 "goes with --choose=split" --choose=split
route 2 "goes with --choose=split" --demand-bps=5
route 2 "is no option" --bogus=1
program "$routes" 2 "--topology: is missing" --from=S --to=T
program "$routes" 2 "no-such.csv: cannot be read" --topology="$work/no-such.csv" --from=S --to=T
program "$routes" 2 "work: cannot be read\|$work: cannot be read" --topology="$work" --from=S --to=T
# topology TEXT PATTERN: a file that cannot be used
topology() {
    printf "$1" > "$work/bad.csv"
    program "$routes" 2 "bad.csv: $2" --topology="$work/bad.csv" --from=A --to=B --cost=rate
}
topology '' 'there is no link'
topology 'a,b,length_km\n' 'there is no link'
topology 'a,b\nA,B\n' 'line 1: there is no column length_km'
topology 'a,b,length_km,risk_group\nA,B,1,x\n' 'line 1: column "risk_group" .*did you mean "risk_groups"'
topology 'a,b,length_km,length_km\nA,B,1,1\n' 'line 1: column "length_km" is there twice'
topology 'a,b,length_km\nA\n' 'line 2: has 1 fields'
topology 'a,b,length_km\nA,B,0\n' 'line 2: length_km is "0"'
topology '# a comment\na,b,length_km\nA,A,1\n' 'line 3: a and b are both "A"'
topology 'a,b,length_km,skr_bps\nA,B,1,\n' 'line 2: there is no skr_bps, which --cost=rate needs'
topology 'a,b,length_km,risk_groups\nA,B,1,x;;y\n' 'line 2: risk_groups has the name ""'

film() { local code=$1 pattern=$2; shift 2; program "$video" "$code" "$pattern" --output="$work/video" "$@"; }
film 0 '^route-1:1  ' --class=route-1:1 --cut-s=8 --repair-s=9 --duration-s=12
for file in csv plt svg; do
    [ -s "$work/video/video-over-otp.$file" ] || { echo "FAIL: no video-over-otp.$file"; failures=$((failures + 1)); }
done
[ "$(wc -l < "$work/video/video-over-otp.csv")" -eq 13 ] || { echo "FAIL: rows of the video"; failures=$((failures + 1)); }
film 0 '^unprotected  ' --class=unprotected --mode=aes-256 --cut-s=8 --repair-s=9 --duration-s=10
film 2 "--class: heroic is no resilience class; give one of unprotected" --class=heroic
film 2 "--mode: .*rot13.* is no mode; give otp or aes-256" --mode=rot13
film 2 "--trace: .*no-such.* cannot be read; give a file" --trace="$work/no-such.txt"
film 2 "--queue: .*0.* is none that it accepts; give a number from 1 to" --queue=0
film 2 "--key-rate-bps: .*fast.* is none that it accepts" --key-rate-bps=fast
film 2 "give --cut-s below --repair-s below --duration-s" --cut-s=100
film 2 "is no option" --bogus=1
program "$video" 1 "below" --class=unprotected --cut-s=2 --repair-s=3 --duration-s=7 --output="$work/file/below"

[ "$failures" -eq 0 ] && echo "all exit codes are right"
exit "$failures"
