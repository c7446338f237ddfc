#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Sets up and builds the module, and runs a scenario: a QKD link whose fibre is cut for a minute.
#
# usage: tools/demo.sh [SCENARIO [DIRECTORY]]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
scenario=$(realpath "${1:-$top/examples/scenarios/one-link.json}")
results=$(realpath --canonicalize-missing "${2:-$top/results/$(basename "$scenario" .json)}")

"$top/tools/build.sh" default qkdn-scenario
"$top/build/default/examples/qkdn-scenario" --scenario="$scenario" --output="$results"
echo "Results: $results (open report.html)"
