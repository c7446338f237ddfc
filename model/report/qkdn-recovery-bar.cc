/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-recovery-bar.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

std::string
RecoveryBar::NameOf(std::size_t piece)
{
    std::string name =
        piece < STAGE_KEY_RESUMPTION
            ? RecoveryStageName(static_cast<RecoveryStage>(piece))
            : ResumptionPartName(static_cast<ResumptionPart>(piece - STAGE_KEY_RESUMPTION));
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

std::string
RecoveryBar::ColourOf(std::size_t piece)
{
    static const std::array<const char*, PIECE_COUNT> colours = {"#D55E00",
                                                                 "#CC79A7",
                                                                 "#F0E442",
                                                                 "#000000",
                                                                 "#BBBBBB",
                                                                 "#E69F00",
                                                                 "#56B4E9",
                                                                 "#0072B2",
                                                                 "#009E73",
                                                                 "#882255",
                                                                 "#332288"};
    return colours.at(piece);
}

std::string
RecoveryBar::DescribeFault(const ExperimentResults& results) const
{
    const auto found = std::find_if(results.faults.begin(),
                                    results.faults.end(),
                                    [this](const auto& f) { return f.id == recovery->fault; });
    return found == results.faults.end() ? recovery->fault : found->Describe();
}

std::vector<RecoveryBar>
ChooseRecoveryBars(const ExperimentResults& results, std::size_t most)
{
    std::vector<RecoveryBar> bars;
    for (const auto& recovery : results.recoveries)
    {
        const RecoveryStages stages = recovery.markers.ComputeStages();
        RecoveryBar bar{&recovery, {}, {}, stages.total, Time()};
        for (const RecoveryStage stage : stages.order)
        {
            if (stage < STAGE_KEY_RESUMPTION)
            {
                bar.order.push_back(stage);
            }
        }
        for (std::size_t i = 0; i < RecoveryBar::PIECE_COUNT; ++i)
        {
            bar.pieces[i] =
                i < STAGE_KEY_RESUMPTION ? stages.stage[i] : stages.part[i - STAGE_KEY_RESUMPTION];
            bar.length += bar.pieces[i];
            if (i >= STAGE_KEY_RESUMPTION)
            {
                bar.order.push_back(i);
            }
        }
        bars.push_back(bar);
    }
    if (bars.size() > most)
    {
        std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) {
            return a.length > b.length;
        });
        bars.resize(most);
        std::sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) {
            return a.recovery < b.recovery; // both point into one vector: its order
        });
    }
    return bars;
}

} // namespace qkdn
} // namespace ns3
