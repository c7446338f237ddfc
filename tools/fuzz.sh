#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds targets of libFuzzer (folder fuzz) and runs each of them for some time on its corpus and,
# if it reads files that the examples have, on these. New inputs go to build/fuzz/corpus, those that
# went wrong to build/fuzz; the exit code is 1 if there are any.
#
# With --quick the library is that of the default build, without sanitizers and without a view of the
# ways through it.
#
# usage: tools/fuzz.sh [--quick] SECONDS [TARGET ...]     messages, frames, http, scenario, csv
set -euo pipefail

cd "$(dirname "$0")/.."
preset=sanitize
if [ "${1:-}" = --quick ]; then
    preset=default
    shift
fi
seconds=${1:?usage: tools/fuzz.sh [--quick] SECONDS [TARGET ...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(messages frames http scenario csv)
declare -A longest=([messages]=1024 [frames]=6000 [http]=2048 [scenario]=6000 [csv]=2048)

# the runtime is only recommended by the package of the compiler
tools/setup.sh clang libclang-rt-14-dev
if [ "$preset" = sanitize ]; then
    CXX=clang++ tools/build.sh sanitize "${targets[@]/#/qkdn-fuzz-}"
else
    tools/build.sh default qkdn-fuzz-quick
fi

# as the tests of the same build have it: long stacks of each allocation take most of the time
export ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=64
failures=0
for target in "${targets[@]}"; do
    new=build/fuzz/corpus/$target
    mkdir -p "$new"
    corpora=("$new" "fuzz/corpus/$target")
    options=()
    if [ "$target" = scenario ]; then
        corpora+=(examples/scenarios)
        python3 tools/fuzz-dictionary.py > build/fuzz/scenario.dict
        options+=(-dict=build/fuzz/scenario.dict)
    fi
    # a single input never takes a tenth of these limits
    build/$preset/fuzz/qkdn-fuzz-"$target" -max_total_time="$seconds" -max_len="${longest[$target]}" \
        -timeout=10 -rss_limit_mb=1024 -artifact_prefix="build/fuzz/$target-" -print_final_stats=1 \
        "${options[@]}" "${corpora[@]}" > "build/fuzz/$preset-$target.log" 2>&1 || {
        failures=$((failures + 1))
        tail -n 40 "build/fuzz/$preset-$target.log"
    }
    echo "$target: $(sed -nE 's/^stat::number_of_executed_units: *//p' "build/fuzz/$preset-$target.log") inputs"
done
[ "$failures" -eq 0 ]
