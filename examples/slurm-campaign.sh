#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
#SBATCH --array=1-10
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
#
# A campaign as an array job of Slurm: each task makes a share of the replications, in one folder on a file
# system that all nodes share. A call without --only-runs then gathers them, in a job that waits for the array:
#
#   job=$(sbatch --parsable examples/slurm-campaign.sh)
#   sbatch --dependency=afterok:"$job" --wrap="examples/slurm-campaign.sh gather"
#
# A task that was killed can be submitted again (sbatch --array=NUMBER): it goes on where it was.
set -euo pipefail

runs=200
campaign=(
    build/default/examples/qkdn-campaign
    --scenario=examples/scenarios/campaign-ring.json
    --classes=unprotected,restoration,route-1:1
    --runs="$runs"
    --output=results/campaign-ring
    --quiet
)

if [ "${1:-}" = gather ]; then
    exec "${campaign[@]}"
fi
share=$(((runs + SLURM_ARRAY_TASK_COUNT - 1) / SLURM_ARRAY_TASK_COUNT))
first=$(((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN) * share + 1))
last=$((first + share - 1))
[ "$first" -le "$runs" ] || exit 0
exec "${campaign[@]}" --jobs="$SLURM_CPUS_PER_TASK" --only-runs="$first:$((last < runs ? last : runs))"
