/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QuantumChannel that adds errors to what passes.

#include "qkdn-quantum-channel.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQuantumChannelDisturbance");

QuantumLinkBudget
QuantumChannel::GetPathBudget(uint32_t path) const
{
    QuantumLinkBudget budget = GetQuietBudget(path, 1);
    double added = 0.0;
    for (const auto& disturbance : m_disturbances)
    {
        added += disturbance.second;
    }
    const FibrePath fibre = path < m_paths.size() ? m_paths[path].path.GetFibre() : FibrePath();
    for (std::size_t i = 0; i < fibre.GetNSpans(); ++i)
    {
        for (const auto& disturbance : fibre.GetSpan(i)->GetDisturbances())
        {
            added += disturbance.second.addedError;
        }
    }
    budget.addedError = std::min(0.5, added);
    return budget;
}

void
QuantumChannel::BeginDisturbances(Alternative& alternative) const
{
    const FibrePath& fibre = alternative.path.GetFibre();
    for (Direction& direction : alternative.directions)
    {
        for (const auto& [source, addedError] : m_disturbances)
        {
            direction.disturbances[{fibre.GetNSpans(), source}] = addedError;
        }
        for (std::size_t i = 0; i < fibre.GetNSpans(); ++i)
        {
            for (const auto& [source, disturbance] : fibre.GetSpan(i)->GetDisturbances())
            {
                direction.disturbances[{i, source}] = disturbance.addedError;
            }
        }
    }
}

void
QuantumChannel::Disturb(const std::string& source, double addedError)
{
    NS_LOG_FUNCTION(this << source << addedError);
    NS_ABORT_MSG_UNLESS(addedError >= 0.0 && addedError <= 0.5,
                        "quantum channel: added error probability " << addedError
                                                                    << ", must be from 0 to 0.5");
    m_disturbances[source] = addedError;
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        const FibrePath& fibre = m_paths[p].path.GetFibre();
        for (uint32_t end = 0; end < 2; ++end)
        {
            Simulator::Schedule(end == 1 ? fibre.GetDelay() : Time(),
                                &QuantumChannel::DisturbanceArrives,
                                Ptr<QuantumChannel>(this),
                                p,
                                1 - end,
                                fibre.GetNSpans(),
                                source,
                                addedError);
        }
    }
}

void
QuantumChannel::SpanDisturbed(Ptr<const FibreSpan> span,
                              const std::string& source,
                              double addedError,
                              double position)
{
    NS_LOG_FUNCTION(this << span << source << addedError << position);
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        const QuantumPath& path = m_paths[p].path;
        for (std::size_t i = 0; i < path.GetFibre().GetNSpans(); ++i)
        {
            for (uint32_t end = 0; path.GetFibre().GetSpan(i) == span && end < 2; ++end)
            {
                Simulator::Schedule(path.GetDelayFromPlace(i, position, end),
                                    &QuantumChannel::DisturbanceArrives,
                                    Ptr<QuantumChannel>(this),
                                    p,
                                    1 - end,
                                    i,
                                    source,
                                    addedError);
            }
        }
    }
}

void
QuantumChannel::DisturbanceArrives(uint32_t path,
                                   uint32_t from,
                                   std::size_t place,
                                   const std::string& source,
                                   double addedError)
{
    // the channel may have been disposed of
    if (path < m_paths.size())
    {
        m_paths[path].directions[from].disturbances[{place, source}] = addedError;
        Update(from);
    }
}

} // namespace qkdn
} // namespace ns3
