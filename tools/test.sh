#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Sets up and builds the module, and runs its tests.
#
# usage: tools/test.sh [CTEST-OPTION ...]
set -euo pipefail

cd "$(dirname "$0")/.."
tools/build.sh default
ctest --preset default --parallel "$(nproc)" "$@"
