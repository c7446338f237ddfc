#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Keys of a simulated QKD network for real programs: runs qkdn-emulation in real time, and two clients
# of ETSI GS QKD 014 (curl), each in a network namespace of its own. The master's client asks for a key
# twice a second, the slave's fetches the same one by its ID; a fibre is cut meanwhile. Passes if keys
# with one ID are equal at both ends and came before, during and after the cut. Needs root; exits with 77
# and says why where TAP devices or network namespaces are not allowed.
#
# usage: tools/emulation.sh [PROGRAM [DIRECTORY]]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -eq 0 ]; then
    "$top/tools/build.sh" default qkdn-emulation
fi
program=$(realpath "${1:-$top/build/default/examples/qkdn-emulation}")
results=$(realpath --canonicalize-missing "${2:-$top/results/emulation}")
scenario=$top/examples/emulation/emulation.json
# names of devices have at most 15 characters
id=$$
master=qk-m-$id
slave=qk-s-$id

skip() {
    echo "skipped: $1" >&2
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "TAP devices and network namespaces need root"
for tool in ip curl; do
    command -v "$tool" > /dev/null || skip "$tool is not installed (packages iproute2, curl)"
done

work=$(mktemp -d)
touch "$work/log"
simulation=
clean_up() {
    [ -z "$simulation" ] || kill "$simulation" 2> /dev/null || true
    ip netns del "$master" 2> /dev/null || true
    ip netns del "$slave" 2> /dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
ip netns add "$master" 2> "$work/why" || skip "network namespaces: $(cat "$work/why")"
ip netns add "$slave"

"$program" --scenario="$scenario" --output="$results" --master-tap="$master" --slave-tap="$slave" \
    > "$work/log" 2> "$work/errors" &
simulation=$!
until grep -q '^ready' "$work/log"; do
    if ! kill -0 "$simulation" 2> /dev/null; then
        status=0
        wait "$simulation" || status=$?
        cat "$work/errors" >&2
        exit "$status"
    fi
    sleep 0.05
done

# role SAE TAP address gateway key-manager
declare -A sae km
while read -r _ role name tap address gateway key_manager; do
    sae[$role]=$name
    km[$role]=$key_manager
    ip link set "$tap" netns "$tap"
    ip -n "$tap" addr add "$address" dev "$tap"
    ip -n "$tap" link set "$tap" up
    ip -n "$tap" route add "$key_manager/32" via "$gateway"
done < <(grep '^end ' "$work/log")

# One call of ETSI GS QKD 014; prints the body of an answer with status 200.
call() {
    local role=$1 namespace=$2 resource=$3
    ip netns exec "$namespace" curl --silent --show-error --fail --max-time 5 \
        --header "Client-SAE-ID: ${sae[$role]}" "http://${km[$role]}:8080/api/v1/keys/$resource"
}

# The value of a member of the one key of an answer.
member() { sed -nE "s/.*\"$1\": ?\"([^\"]*)\".*/\1/p"; }

# Whether the simulation goes on.
runs() { kill -0 "$simulation" 2> /dev/null && ! grep -q '^over' "$work/log"; }

state=before
total=0
declare -A count=([before]=0 [cut]=0)
failed=0
unequal=0
while runs; do
    ! grep -q '^fault ' "$work/log" || state=cut
    if answer=$(call master "$master" "${sae[slave]}/enc_keys?number=1" 2>> "$work/curl"); then
        key_id=$(member key_ID <<< "$answer")
        key=$(member key <<< "$answer")
        other=$(call slave "$slave" "${sae[master]}/dec_keys?key_ID=$key_id" 2>> "$work/curl" |
            member key) || true
        if [ -n "$key" ] && [ "$key" = "$other" ]; then
            count[$state]=$((count[$state] + 1))
            total=$((total + 1))
        elif [ -n "$other" ] || runs; then # else it ended between the two calls
            unequal=$((unequal + 1))
            echo "key $key_id: '$key' at the master, '$other' at the slave" >&2
        fi
    else
        failed=$((failed + 1))
    fi
    sleep 0.5
done
status=0
wait "$simulation" || status=$?
simulation=
cat "$work/errors" >&2
grep -vE '^(end|ready|over)' "$work/log"
[ ! -s "$work/curl" ] || sort "$work/curl" | uniq -c
echo "$total keys equal at both ends (${count[before]} before the cut, ${count[cut]} after it), $unequal" \
    "not; $failed requests without a key"
[ "$status" -eq 0 ] && [ "$unequal" -eq 0 ] && [ "${count[before]}" -gt 0 ] && [ "${count[cut]}" -gt 0 ]
