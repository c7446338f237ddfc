#!/bin/bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# A program of a user's own finds the module as a CMake package, in its build folder and
# installed, and runs.
# usage: test/program-package.sh BUILD-FOLDER PROGRAM.cc
set -euo pipefail
build=$1
program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp "$program" "$folder/mine.cc"
cat > "$folder/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.13)
project(mine CXX)
find_package(qkdn-resilience CONFIG REQUIRED)
add_executable(mine mine.cc)
target_link_libraries(mine PRIVATE qkdn::qkdn-resilience)
END

# configure and build, and see that the program runs; options of cmake as arguments
try() {
    rm -rf "$folder/build"
    if ! { cmake -S "$folder" -B "$folder/build" "$@" && cmake --build "$folder/build"; } \
        > "$folder/log" 2>&1; then
        cat "$folder/log"
        exit 1
    fi
    "$folder/build/mine" --output="$folder/results" > "$folder/report"
    grep -q "keys supplied" "$folder/report"
}

try -Dqkdn-resilience_DIR="$build"
cmake --install "$build" --prefix "$folder/installed" > /dev/null
LD_LIBRARY_PATH=$(dirname "$(find "$folder/installed" -name 'libns3-qkdn-resilience.so')")
export LD_LIBRARY_PATH
try -DCMAKE_PREFIX_PATH="$folder/installed"
echo "package: a program was built with it and ran, in the build folder and installed"
