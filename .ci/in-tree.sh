#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds and tests the module as contrib/qkdn-resilience inside the ns-3 source of the Debian release.
# The ns-3 tree is kept in the user's cache folder, keyed by version and configuration, and made
# anew when it is absent. Ends with "in-tree: N passed, N failed", one for each test suite.
#
# usage: .ci/in-tree.sh [--prepare-only]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
profile=default
modules="core;network;internet;applications;point-to-point;csma;flow-monitor;traffic-control;stats;topology-read;internet-apps"
version=$(dpkg-query -W -f '${Version}' libns3-dev)
key=$(printf '%s|%s|%s|%s' "$version" "$profile" "$modules" "$(g++ -dumpfullversion)" | sha256sum | cut -c1-12)
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
./ns3 configure -d "$profile" -G Ninja --enable-tests --enable-examples --disable-python \
    --disable-precompiled-headers \
    --enable-modules="${modules//;/,},qkdn-resilience" \
    --filter-module-examples-and-tests=qkdn-resilience > "$cache/configure.log" 2>&1 ||
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
for suite in $listed; do
    # test.py exits with 0 if no suite has the name
    if ./test.py --no-build -s "$suite" > "$cache/test.log" 2>&1 &&
        grep -q '^1 of 1 tests passed' "$cache/test.log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $suite"
        "$runner" --suite="$suite" --verbose > "$cache/suite.log" 2>&1 || true
        grep -E -B1 -A8 "FAIL|assert failed" "$cache/suite.log" | head -60 || true
    fi
done
echo "in-tree: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
