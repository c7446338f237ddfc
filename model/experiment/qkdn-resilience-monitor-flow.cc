/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of ResilienceMonitor that measures flow mode.

#include "qkdn-flow-supply.h"
#include "qkdn-resilience-monitor.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnResilienceMonitorFlow");

void
ResilienceMonitor::SetFlowSupply(Ptr<FlowSupply> flow)
{
    m_flow = flow;
    m_flow->TraceConnectWithoutContext("SessionFlow",
                                       MakeCallback(&ResilienceMonitor::SessionFlowed, this));
}

void
ResilienceMonitor::KeyFlowed(LinkId link, uint64_t bits, Time, uint64_t due)
{
    const auto newest = m_newestBlocks.find(link);
    if (newest == m_newestBlocks.end() || (bits == 0 && due == 0))
    {
        return;
    }
    // nothing delays a block of flow mode: both ends have it when it is full
    const Time now = Simulator::Now();
    for (int end = 0; end < 2; ++end)
    {
        m_tracker.KeyDelivered(now, newest->second);
        m_groups.GetTracker().KeyDelivered(now, newest->second);
    }
    for (int end = 0; end < 2; ++end)
    {
        m_tracker.KeyConfirmed(now, newest->second);
        m_groups.GetTracker().KeyConfirmed(now, newest->second);
    }
}

void
ResilienceMonitor::SessionFlowed(SessionId session, RouteId route, uint64_t bits)
{
    const Time now = Simulator::Now();
    const RouteId shown = KeyRoute::IsLocal(route) ? RouteId() : route;
    m_routeTracker.KeyCreated(now, session, shown);
    m_routeTracker.KeyConfirmed(now, session, shown, bits);
    m_checker.RouteUsed(SeenNow(0), session, shown);
    m_tracker.KeySupplied(now, session);
    NoteFlow(session, route, bits);
}

void
ResilienceMonitor::NoteFlow(SessionId session, RouteId route, uint64_t bits)
{
    const auto found = m_sessions.find(session);
    if (found == m_sessions.end())
    {
        return;
    }
    const KeySession& description = found->second.session;
    const Time now = Simulator::Now();
    const bool isLocal = !route.IsValid() || KeyRoute::IsLocal(route);
    const RouteId shown = isLocal ? NoteLocalRoute(description) : route;
    auto& [since, part] =
        m_flowed.emplace(std::make_pair(session, shown), std::make_pair(now, 0)).first->second;
    if (bits > 0)
    {
        part += bits;
        m_routeUses.AddFlow(since, now, shown, part / description.keySizeBit, m_routeUseGap);
        part %= description.keySizeBit;
    }
    since = now;
}

SessionResult
ResilienceMonitor::GetFlowResult(const MonitoredSession& session,
                                 const SessionMeasurement& measurement,
                                 const InterruptionCause& cause) const
{
    const FlowFigures figures = m_flow->GetFigures(session.session.id);
    std::vector<Interruption> interruptions;
    for (const auto& [start, end] : figures.interruptions)
    {
        interruptions.push_back(Interruption{start, end, ""});
    }
    SessionResult result;
    result.id = measurement.session;
    result.resilienceClass = measurement.resilienceClass;
    result.deadline = measurement.deadline;
    result.toleration = measurement.toleration;
    result.requested = figures.requested;
    result.supplied = figures.supplied;
    result.late = std::min(figures.late, figures.supplied);
    result.open = figures.open;
    result.lost = figures.requested - figures.supplied - figures.open;
    if (figures.requested > 0)
    {
        result.kkdlr = static_cast<double>(result.lost) / static_cast<double>(figures.requested);
    }
    const Time measured = measurement.end - measurement.warmUp;
    if (measured.IsStrictlyPositive())
    {
        result.throughputBps = static_cast<double>(result.supplied * session.session.keySizeBit) /
                               (static_cast<double>(measured.GetNanoSeconds()) / 1e9);
    }
    if (figures.suppliedBits > 0)
    {
        result.keyOverhead =
            static_cast<double>(figures.spentBits) / static_cast<double>(figures.suppliedBits);
    }
    AddInterruptions(measurement, interruptions, cause, result);
    return result;
}

void
ResilienceMonitor::CollectFlowBooks(LinkId id, KmaLinkBooks& books) const
{
    books.common = KeyBook::FromLedger(m_flow->GetBook(id));
    for (EndBook& end : books.ends)
    {
        end.book = books.common;
    }
}

} // namespace qkdn
} // namespace ns3
