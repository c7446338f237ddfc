#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Sets up and builds the module, and runs a scenario: by default a network of four nodes in which the
# fibre of a QKD link is cut for a minute, and a session moves to its protection route.
#
# usage: tools/demo.sh [SCENARIO [DIRECTORY]]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
scenario=$(realpath "${1:-$top/examples/scenarios/itu-example-1-2.json}")
results=$(realpath --canonicalize-missing "${2:-$top/results/$(basename "$scenario" .json)}")

"$top/tools/build.sh" default qkdn-scenario
"$top/build/default/examples/qkdn-scenario" --scenario="$scenario" --output="$results"
echo "Results: $results (open report.html)"
