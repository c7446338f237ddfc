#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# The Wireshark dissector: its numbers are those of the headers; of a message of each type, and of
# all that two scenarios send, nothing is malformed, unknown or left; every field appears. Ends
# with 77 (skipped) where there is no tshark.
#
# usage: test/program-dissector.sh QKDN-MESSAGE-SAMPLES QKDN-SCENARIO
set -u

command -v tshark > /dev/null || {
    echo "skipped: there is no tshark, install Debian's package tshark"
    exit 77
}

samples=$1
scenario=$2
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# dissect CAPTURE ARGUMENT...: what tshark says; retransmitted segments are put in order
dissect() {
    local capture=$1
    shift
    timeout 300 tshark -X "lua_script:$top/tools/wireshark/qkdn.lua" -o tcp.reassemble_out_of_order:TRUE \
        -r "$capture" "$@" 2> "$work/stderr" || fail "tshark: $(cat "$work/stderr")"
    ! grep -q "Lua" "$work/stderr" || fail "$(cat "$work/stderr")"
}

# clean CAPTURE: nothing of it is malformed, unknown, or data of no protocol
clean() {
    local bad
    bad=$(dissect "$1" -Y "qkdn.malformed or qkdn.unknown or _ws.malformed or data" | head -n 5)
    [ -z "$bad" ] || fail "$1: $bad"
}

python3 -B "$top/tools/update-dissector.py" --check || fail "numbers"

"$samples" --output="$work/samples.pcap" || fail "no samples"
clean "$work/samples.pcap"
dissect "$work/samples.pcap" -T json > "$work/samples.json"
python3 -B - "$work" "$top/tools/wireshark/qkdn-numbers.lua" << 'PY' || fail "types or fields of the samples"
import re, sys
work, numbers = sys.argv[1:]
text = open(work + "/samples.json").read()
seen = set(re.findall(r'"(qkdn\.[\w.]+)"', text))
layouts = open(numbers.replace("numbers", "layouts")).read().split("return {")[1]
known = {"qkdn." + name for name in re.findall(r"([\w.]+)(?::\w|[*@]\d\[)", layouts)}
known |= {"qkdn." + flag for flags in re.findall(r":\d/([\w,]+)", layouts) for flag in flags.split(",")}
known -= {"qkdn.state", "qkdn.source"}
missing = sorted(known - seen)
assert len(known) > 100 and not missing, missing
types = {int(number, 16) for number in re.findall(r'\[0x(\w{4})\] = "', open(numbers).read())}
steps = {base + step for base in (0x110, 0x120) for step in range(1, 6)}
expected = (types - {0x110, 0x120}) | steps | {0}
found = {int(number, 0) for number in re.findall(r'"qkdn.type": "(\w+)"', text)}
assert found == expected, [hex(number) for number in found ^ expected]
PY

# a session in shares, and link protection below route protection
for name in secret-sharing layered-protection; do
    "$scenario" --quiet --scenario="$top/examples/scenarios/$name.json" --output="$work/$name" --pcap \
        --files=summary.json > /dev/null || fail "$name"
    clean "$(find "$work/$name" -name '*.pcap' | sort | head -n 1)"
done

[ "$failures" -eq 0 ]
