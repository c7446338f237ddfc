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
cmake --preset "$preset" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
