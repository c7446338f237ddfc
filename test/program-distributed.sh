#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# A run by two processes gives what one process gives, with both ways in which ns-3 synchronises ranks,
# and bad partitions are refused.
#
# usage: test/program-distributed.sh QKDN-SCENARIO QKDN-DISTRIBUTED
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
one=$(realpath "$1")
several=$(realpath "$2")
scenario=$top/examples/scenarios/two-domains.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As root, and on machines with one processor.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
by_two() { timeout 300 mpirun --oversubscribe -np 2 "$several" "$@"; }

"$one" --quiet --scenario="$scenario" --output="$work/one" > /dev/null
for option in "" --null-message; do
    by_two --scenario="$scenario" --output="$work/two$option" $option > "$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
    python3 -B "$top/.ci/check-ranks.py" "$work/one" "$work/two$option"
done

# Runs by two processes that have to be refused, and what they have to say.
refused() {
    local expected=$1 status=0
    shift
    sed "$@" "$scenario" > "$work/bad.json"
    by_two --scenario="$work/bad.json" --output="$work/bad" > "$work/log" 2>&1 || status=$?
    if [ "$status" -ne 2 ] || ! grep -q "$expected" "$work/log"; then
        echo "expected: $expected (exit code 2, not $status)"
        cat "$work/log"
        exit 1
    fi
}
refused '/nodes/7/rank: 2 is no rank of 2; give 0 to 1' '/"id": "b4", "x_km"/s/"rank": 1/"rank": 2/'
refused '/qkd_links/6: joins nodes b3 and b4 of ranks 1 and 0' '/"id": "b4", "x_km"/s/"rank": 1/"rank": 0/'
refused '/nodes: 1 of 2 ranks have no node' 's/"rank": 1/"rank": 0/'
refused '/sessions/1/resilience/class: .*controller C of another rank' \
    's/"id": "C", "node": "a1"/"id": "C", "node": "b2"/'
refused '/simulation/supply: .*no flow mode' 's/"duration_s": 80/"duration_s": 80, "supply": "flow"/'
echo "bad partitions are refused"
