#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes the pages of the public API with Doxygen, in DIRECTORY/html. A warning about a header of the
# module is an error.
#
# usage: tools/api-docs.sh [DIRECTORY]     (default: build/api-docs)
set -euo pipefail

cd "$(dirname "$0")/.."
tools/setup.sh doxygen
output=$(realpath --canonicalize-missing "${1:-build/api-docs}")
rm -rf "$output"
mkdir -p "$output"

# Headers of ns-3 with the base classes, from which members that are overridden have their texts
bases=(application channel chunk error-model header ipv4-routing-helper ipv4-routing-protocol net-device object object-base
    queue simple-ref-count tag virtual-net-device)
ns3=/usr/include/ns3
{
    cat doc/doxygen.conf
    echo "INPUT += ${bases[*]/%/.h}" | sed "s# \([a-z0-9-]*\.h\)# $ns3/\1#g"
    echo "OUTPUT_DIRECTORY = $output"
    echo "WARN_LOGFILE = $output/warnings"
    echo "STRIP_FROM_PATH = $PWD $ns3"
} > "$output/doxygen.conf"
doxygen "$output/doxygen.conf" > "$output/log" 2>&1 || { tail "$output/log"; exit 1; }
[ -s "$output/html/classns3_1_1qkdn_1_1KeyManager.html" ] ||
    { echo "no page of class KeyManager: see $output/log"; exit 1; }
if grep -v "^$ns3/" "$output/warnings"; then
    echo "warnings about the module's own headers"
    exit 1
fi
echo "API pages: $output/html/index.html"
