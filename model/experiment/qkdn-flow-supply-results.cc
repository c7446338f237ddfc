/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of FlowSupply that counts what sessions have got.

#include "qkdn-flow-supply.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFlowSupplyResults");

void
FlowSupply::EndWarmUp()
{
    m_network.Advance(Simulator::Now());
    for (auto& entry : m_sessions)
    {
        Session& session = entry.second;
        session.suppliedBefore = m_network.GetSupplied(session.number);
        session.spentBefore = m_network.GetSpent(session.number);
        session.lateBefore = session.late;
    }
}

uint64_t
FlowSupply::CountRequests(const FlowSession& session, Time from, Time to) const
{
    // request n is issued at start + n / rate, from n = 0 on
    const auto before = [&session](Time time) {
        const Time passed = std::min(time, session.stop) - session.start;
        return passed.IsStrictlyPositive() ? static_cast<uint64_t>(std::ceil(
                                                 passed.GetSeconds() * session.rateKeysPerS - 1e-9))
                                           : 0;
    };
    const uint64_t early = before(from);
    return std::max(before(to), early) - early;
}

void
FlowSupply::EndShortage(Session& session, Time now, uint64_t caughtBits) const
{
    const FlowSession& description = session.description;
    const Time since = *session.shortSince;
    session.shortSince.reset();
    // a session that has stopped asks for nothing
    const Time end = std::min(now, description.stop);
    if (end - since <= description.deadline)
    {
        return;
    }
    session.interruptions.emplace_back(since, end);
    const Time oldest = std::max({since, now - description.requestLifetime, m_warmUp});
    const Time onTime = now - description.deadline;
    if (oldest < onTime && now < description.stop)
    {
        session.late += std::min(CountRequests(description, oldest, onTime),
                                 caughtBits / description.session.keySizeBit);
    }
}

void
FlowSupply::Finish()
{
    NS_LOG_FUNCTION(this);
    m_network.Advance(Simulator::Now());
    for (const auto& entry : m_links)
    {
        const Link& link = entry.second;
        if (link.open)
        {
            m_network.Bring(link.number, link.distillation->GetDueBits());
        }
    }
    for (auto& [id, session] : m_sessions)
    {
        TellFlows(id, session, true);
    }
}

FlowFigures
FlowSupply::GetFigures(SessionId id) const
{
    const Session& session = m_sessions.at(id);
    const FlowSession& description = session.description;
    const Time now = Simulator::Now();
    FlowFigures figures;
    figures.allBits = m_network.GetSupplied(session.number);
    figures.suppliedBits = figures.allBits - session.suppliedBefore;
    figures.spentBits = m_network.GetSpent(session.number) - session.spentBefore;
    figures.requested = CountRequests(description, m_warmUp, now);
    figures.late = session.late - session.lateBefore;
    for (const auto& [start, end] : session.interruptions)
    {
        figures.interruptions.emplace_back(start, std::min(end, now));
    }
    const Time asked = std::min(now, description.stop);
    if (session.shortSince)
    {
        const Time undecided =
            std::max({*session.shortSince, m_warmUp, now - description.deadline});
        figures.open = CountRequests(description, undecided, asked);
        if (asked - *session.shortSince > description.deadline)
        {
            figures.interruptions.emplace_back(*session.shortSince, asked);
        }
    }
    // a request is served at its beginning: part of a key is one that is still to be completed
    const uint64_t size = description.session.keySizeBit;
    figures.supplied =
        std::min((figures.suppliedBits + size - 1) / size, figures.requested - figures.open);
    return figures;
}

const KeyLedger&
FlowSupply::GetBook(LinkId link) const
{
    return m_network.GetBook(m_links.at(link).number);
}

} // namespace qkdn
} // namespace ns3
