#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs what is missing, configures a CMake preset and builds it.
#
# usage: tools/build.sh PRESET [TARGET ...]
set -euo pipefail

cd "$(dirname "$0")/.."
preset=${1:?usage: tools/build.sh PRESET [TARGET ...]}
shift
tools/setup.sh
options=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
# another checkout of the same sources finds what was compiled here
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# a first build is made in batches of files, in half the time; see CONTRIBUTING.md
[ -e "build/$preset/CMakeCache.txt" ] || options+=(-DQKDN_UNITY=ON)
cmake --preset "$preset" "${options[@]}"
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
