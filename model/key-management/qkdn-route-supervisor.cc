/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-supervisor.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSupervisor");
NS_OBJECT_ENSURE_REGISTERED(RouteSupervisor);

TypeId
RouteSupervisor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RouteSupervisor")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<RouteSupervisor>()
            .AddAttribute("PoolLowMargin",
                          "A pool that is predicted to run out sooner than this is low (trigger "
                          "pool-low); it is not low any more above twice this time.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&RouteSupervisor::m_lowMargin),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("PoolRecoverBits",
                          "A pool that was low stays so until it holds at least as many bits above "
                          "its reserve, too.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RouteSupervisor::m_recoverBits),
                          MakeUintegerChecker<uint64_t>());
    return tid;
}

void
RouteSupervisor::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_channel = nullptr;
    m_routes = nullptr;
    m_neighbours = nullptr;
    m_callback = StatusCallback();
    m_statuses.clear();
    Object::DoDispose();
}

void
RouteSupervisor::Configure(KmId self,
                           KxChannel* channel,
                           const RouteTable* routes,
                           const KmNeighbours* neighbours,
                           StatusCallback callback)
{
    m_self = self;
    m_channel = channel;
    m_routes = routes;
    m_neighbours = neighbours;
    m_callback = callback;
}

RouteSupervisor::Hop&
RouteSupervisor::GetHop(KmId neighbour)
{
    return m_hops[neighbour];
}

void
RouteSupervisor::SetUsable(KmId neighbour, bool usable, IncidentId incident)
{
    Hop& hop = GetHop(neighbour);
    if (hop.usable == usable)
    {
        return;
    }
    NS_LOG_LOGIC("KM " << m_self << ": hop to KM " << neighbour << (usable ? " up" : " down"));
    hop.usable = usable;
    hop.known = hop.known || usable;
    if (hop.known)
    {
        hop.incident = incident;
        TellAll(neighbour, TRIGGER_LINK_DOWN, !usable);
        PoolChanged(neighbour);
    }
}

void
RouteSupervisor::NoteGenerated(KmId neighbour, uint64_t bits)
{
    GetHop(neighbour).generated.Note(Simulator::Now(), bits);
}

Time
RouteSupervisor::PredictHoldOver(KmId neighbour) const
{
    const auto hop = m_hops.find(neighbour);
    const KmNeighbour& to = m_neighbours->at(neighbour);
    const bool generating = hop != m_hops.end() && hop->second.usable;
    const double supply = generating ? hop->second.generated.GetBps(Simulator::Now()) : 0.0;
    const KmaFlow* flow = to.pool->GetFlow();
    const double missing =
        flow ? flow->GetMissingBps() : to.synchroniser->GetTotalDemandBps() - supply;
    if (missing <= 0.0)
    {
        return Time::Max();
    }
    const auto bits = static_cast<double>(to.pool->GetSpendableBits());
    // more than a century is for ever, and would not fit into Time
    const double seconds = bits / missing;
    return seconds < 3e9 ? Seconds(seconds) : Time::Max();
}

bool
RouteSupervisor::IsLow(KmId neighbour) const
{
    const auto hop = m_hops.find(neighbour);
    return hop != m_hops.end() && hop->second.low;
}

void
RouteSupervisor::PoolChanged(KmId neighbour)
{
    Hop& hop = GetHop(neighbour);
    if (!hop.known || m_routes->GetAll().empty())
    {
        return;
    }
    const Time holdOver = PredictHoldOver(neighbour);
    const bool recovered = holdOver > 2 * m_lowMargin &&
                           m_neighbours->at(neighbour).pool->GetSpendableBits() >= m_recoverBits;
    const bool low = hop.low ? !recovered : holdOver < m_lowMargin;
    if (low != hop.low)
    {
        hop.low = low;
        TellAll(neighbour, TRIGGER_POOL_LOW, low);
    }
}

void
RouteSupervisor::TellAll(KmId neighbour, ResilienceTrigger condition, bool failed)
{
    const Hop& hop = GetHop(neighbour);
    // what is told may change the routes
    const std::map<RouteId, KeyRoute> routes = m_routes->GetAll();
    for (const auto& [id, route] : routes)
    {
        if (m_routes->GetNext(route) == neighbour)
        {
            const KxRouteStatus status{id, m_self, condition, failed, PredictHoldOver(neighbour)};
            Tell(route, status, hop.incident);
        }
    }
}

void
RouteSupervisor::Tell(const KeyRoute& route, const KxRouteStatus& status, IncidentId incident)
{
    const KmId previous = m_routes->GetPrevious(route);
    if (!previous.IsValid())
    {
        m_callback(route, status, incident);
        return;
    }
    m_statuses[StatusKey{route.id, status.hop, status.condition}] = Status{status, incident};
    m_channel->SendKx(previous, KX_ROUTE_STATUS, status.ToPacket(), incident);
}

void
RouteSupervisor::RouteInstalled(const KeyRoute& route)
{
    const auto hop = m_hops.find(m_routes->GetNext(route));
    if (hop == m_hops.end() || !hop->second.known)
    {
        return;
    }
    const Time holdOver = PredictHoldOver(hop->first);
    if (!hop->second.usable)
    {
        Tell(route,
             KxRouteStatus{route.id, m_self, TRIGGER_LINK_DOWN, true, holdOver},
             hop->second.incident);
    }
    if (hop->second.low)
    {
        Tell(route,
             KxRouteStatus{route.id, m_self, TRIGGER_POOL_LOW, true, holdOver},
             hop->second.incident);
    }
}

void
RouteSupervisor::RouteReleased(RouteId route)
{
    for (auto status = m_statuses.begin(); status != m_statuses.end();)
    {
        const bool isOver = std::get<0>(status->first) == route;
        status = isOver ? m_statuses.erase(status) : std::next(status);
    }
}

void
RouteSupervisor::PeerUp(KmId neighbour)
{
    for (const auto& [key, status] : m_statuses)
    {
        const KeyRoute* route = m_routes->Find(std::get<0>(key));
        if (route && m_routes->GetPrevious(*route) == neighbour)
        {
            m_channel->SendKx(neighbour,
                              KX_ROUTE_STATUS,
                              status.message.ToPacket(),
                              status.incident);
        }
    }
}

bool
RouteSupervisor::HandleStatus(KmId peer, Ptr<Packet> packet, IncidentId incident)
{
    const auto message = KxRouteStatus::FromPacket(packet);
    const KeyRoute* route = message ? m_routes->Find(message->route) : nullptr;
    if (!route || m_routes->GetNext(*route) != peer)
    {
        return false;
    }
    Tell(KeyRoute(*route), *message, incident);
    return true;
}

void
RouteSupervisor::SupplyPossible(const KeyRoute& route)
{
    const Time holdOver = PredictHoldOver(m_routes->GetNext(route));
    Tell(route,
         KxRouteStatus{route.id, m_self, TRIGGER_SUPPLY_INTERRUPTED, false, holdOver},
         IncidentId());
}

void
RouteSupervisor::Reset()
{
    m_statuses.clear();
    for (auto& hop : m_hops)
    {
        hop.second.usable = false;
        hop.second.low = false;
        hop.second.known = false;
    }
}

} // namespace qkdn
} // namespace ns3
