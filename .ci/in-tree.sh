#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds and tests the module as contrib/qkdn-resilience inside the ns-3 source of the Debian release.
# The ns-3 tree is kept in the user's cache folder, keyed by version and configuration, and made
# anew when it is absent. Ends with "in-tree: N passed, N failed", one for each test suite.
#
# With --short it leaves out suites of many long runs, which take a quarter of the time of all and
# whose code others reach, too.
#
# usage: .ci/in-tree.sh [--prepare-only | --short]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
profile=default
# what is tested is whether it builds and works: optimised as little as keeps the tests short
flags="-O1"
modules="core;network;internet;applications;point-to-point;csma;flow-monitor;traffic-control;stats;topology-read;internet-apps;virtual-net-device;mpi"
version=$(dpkg-query -W -f '${Version}' libns3-dev)
key=$(printf '%s|%s|%s|%s|%s' "$version" "$profile" "$flags" "$modules" "$(g++ -dumpfullversion)" | sha256sum | cut -c1-12)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/qkdn-resilience/ns3-$version-$profile-$key"

# A private apt configuration with the source packages of the archives that this machine uses.
fetch_source() {
    local apt="$cache.apt"
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/sources.list.d"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        # keep the stanzas of Debian itself
        awk -v RS= -v ORS='\n\n' '/\nSuites:[^\n]*bookworm/' "$file" |
            sed -E 's/^Types:.*/Types: deb-src/' > "$apt/sources.list.d/$(basename "$file")"
        [ -s "$apt/sources.list.d/$(basename "$file")" ] || rm "$apt/sources.list.d/$(basename "$file")"
    done
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        grep -E '^deb .* bookworm' | sed 's/^deb /deb-src /' > "$apt/sources.list" || true
    local options=(-o "Dir::Etc::sourcelist=$apt/sources.list"
        -o "Dir::Etc::sourceparts=$apt/sources.list.d"
        -o "Dir::State::lists=$apt/lists" -o "APT::Sandbox::User=root")
    apt-get "${options[@]}" -qq update
    (cd "$1" && apt-get "${options[@]}" -qq --download-only source "ns3=$version")
    rm -rf "$apt"
}

if [ ! -f "$cache/.complete" ]; then
    echo "ns-3 $version is not in the cache: fetching its source"
    rm -rf "$cache"
    mkdir -p "$cache/download" "$cache/tree"
    fetch_source "$cache/download"
    tar -xf "$(find "$cache/download" -name 'ns3_*.orig.tar.*' ! -name '*.asc' | head -1)" \
        -C "$cache/tree" --strip-components=1
    touch "$cache/.complete"
fi

# Debian's archive of the upstream release may hold ns-3 one folder below.
ns3=$(dirname "$(find "$cache/tree" -maxdepth 2 -name VERSION -path '*' | head -1)")
exec 9> "$cache/.lock"
flock 9
ln -sfn "$top" "$ns3/contrib/qkdn-resilience"
# The link may have led to other files, newer or older: build all of ours anew (from ccache, mostly).
rm -rf "$ns3/cmake-cache/contrib" "$ns3"/build/lib/*qkdn-resilience* \
    "$ns3"/build/include/ns3/qkdn-* "$ns3/build/contrib/qkdn-resilience"
cd "$ns3"
./ns3 configure -d "$profile" -G Ninja --enable-tests --enable-examples --enable-mpi --disable-python \
    --disable-precompiled-headers \
    --enable-modules="${modules//;/,},qkdn-resilience" \
    --filter-module-examples-and-tests=qkdn-resilience -- -DQKDN_UNITY=ON \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=$flags" > "$cache/configure.log" 2>&1 ||
    { tail -40 "$cache/configure.log"; exit 1; }
if [ "${1:-}" = --prepare-only ]; then
    cmake --build cmake-cache -j"$(nproc)" --target all 2>&1 | tail -3
    exit 0
fi
cmake --build cmake-cache -j"$(nproc)" > "$cache/build.log" 2>&1 || { tail -60 "$cache/build.log"; exit 1; }
if grep -E 'contrib/qkdn-resilience/.*warning:' "$cache/build.log"; then
    echo "the in-tree build has warnings"
    exit 1
fi

# suites that the runner knows, so that none is left out by mistake
runner=$(find "$ns3/build/utils" -name 'ns3*test-runner*' -type f | head -1)
known=$("$runner" --list | grep '^qkdn-' | sort)
listed=$(sed -n '/^set(qkdn_suites$/,/^)$/p' "$top/CMakeLists.txt" | grep -oE '\bqkdn-[a-z0-9-]+' | sort)
passed=0
failed=0
if [ "$known" != "$listed" ]; then
    echo "the test runner knows other suites than CMakeLists.txt:"
    diff <(echo "$known") <(echo "$listed") || true
    failed=1
fi

# The path of an example.
program() { find "$ns3/build/contrib/qkdn-resilience/examples" -name "ns3*-$1-*" -type f | head -1; }

# Runs a suite in a folder of its own, so that several can run at once.
run_suite() {
    local suite=$1 log="$2/$1.log" folder="$2/$1"
    mkdir -p "$folder"
    if "$3" --suite="$suite" --verbose --tempdir="$folder" > "$log" 2>&1 &&
        grep -q "^PASS $suite " "$log"; then
        echo "passed $suite"
    else
        echo "FAILED $suite"
    fi
}
export -f run_suite

# the way of users, once; it starts the same runner
./test.py --no-build -s qkdn-base > "$cache/test.log" 2>&1 && grep -q '^1 of 1 tests passed' "$cache/test.log" ||
    { cat "$cache/test.log"; failed=$((failed + 1)); }

suites=$listed
if [ "${1:-}" = --short ]; then
    suites=$(grep -vE '^qkdn-(flow-agreement|key-properties|relay-routes|requirements-run)$' <<< "$listed")
fi
results="$cache/suites"
rm -rf "$results"
mkdir -p "$results"
xargs -P "$(nproc)" -I SUITE \
    bash -c 'run_suite "$@"' run_suite SUITE "$results" "$runner" <<< "$suites" > "$results/all" || true
passed=$(grep -c '^passed ' "$results/all" || true)
failed=$((failed + $(grep -c '^FAILED ' "$results/all" || true)))
for suite in $(sed -n 's/^FAILED //p' "$results/all"); do
    echo "FAILED: $suite"
    grep -E -B1 -A8 "FAIL|assert failed" "$results/$suite.log" | head -60 || true
    tail -5 "$results/$suite.log"
done
# the examples, as test.py runs them
if ./test.py --no-build --constrain=example > "$cache/examples.log" 2>&1 &&
    grep -qE '^([0-9]+) of \1 tests passed' "$cache/examples.log"; then
    passed=$((passed + 1))
else
    cat "$cache/examples.log"
    failed=$((failed + 1))
fi

# a run by two processes
if "$top/test/program-distributed.sh" "$(program qkdn-scenario)" "$(program qkdn-distributed)"; then
    passed=$((passed + 1))
else
    echo "FAILED: program-distributed"
    failed=$((failed + 1))
fi
echo "in-tree: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
