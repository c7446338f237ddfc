#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs, on Debian 12, what is needed to build, run and test the module. What is there already
# is left alone. Needs root or sudo only if something is missing.
#
# usage: tools/setup.sh [PACKAGE ...]     (further packages to install)
set -euo pipefail

# ns3: the CMake files of libns3-dev name its programs, and CMake stops if they are absent;
# parallel: campaigns of several processes at a time, which the tests have, too
packages=(g++ cmake ninja-build ccache libns3-dev ns3 libgsl-dev libboost-dev nlohmann-json3-dev parallel "$@")
# any build of gnuplot will do
command -v gnuplot > /dev/null || packages+=(gnuplot-nox)

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || {
        echo "run as root, or install: ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes \
    --no-install-recommends "${missing[@]}"
