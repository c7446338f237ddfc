/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-signaller.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <string>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSignaller");

namespace
{

/// Bits of a route's number that hold the counter. The 15 bits above hold the KM, the top bit is 0.
constexpr uint32_t COUNTER_BITS = 16;

/// How often a source repeats its message in a lifetime.
constexpr int64_t REPETITIONS = 3;

/// The KM beside one on a route; none beyond its ends.
KmId
Beside(const KeyRoute& route, KmId self, std::ptrdiff_t step)
{
    const auto here = std::find(route.kms.begin(), route.kms.end(), self);
    const std::ptrdiff_t place = here - route.kms.begin() + step;
    const auto count = static_cast<std::ptrdiff_t>(route.kms.size());
    return place < 0 || place >= count ? KmId() : route.kms[static_cast<std::size_t>(place)];
}

bool
IsSameRoute(const KeyRoute& a, const KeyRoute& b)
{
    return a.session == b.session && a.role == b.role && a.kms == b.kms &&
           a.floorBits == b.floorBits;
}

} // namespace

RouteSignaller::~RouteSignaller()
{
    Stop();
}

void
RouteSignaller::Configure(const RouteProviderPlace& place)
{
    NS_ABORT_MSG_IF(place.self.value >= LOCAL_ROUTE_BASE >> COUNTER_BITS,
                    "KM " << place.self << ": its number does not fit into those of routes");
    m_place = place;
}

void
RouteSignaller::SetCallbacks(ResultCallback result, DemandCallback demand)
{
    m_result = result;
    m_demand = demand;
}

void
RouteSignaller::SetTiming(Time lifetime, Time timeout)
{
    m_lifetime = lifetime;
    m_timeout = timeout;
}

RouteId
RouteSignaller::NextRoute()
{
    constexpr uint32_t counters = 1U << COUNTER_BITS;
    RouteId route;
    do
    {
        m_lastRoute = (m_lastRoute + 1) % counters;
        route = RouteId((m_place.self.value << COUNTER_BITS) + m_lastRoute);
    } while (m_routes.find(route) != m_routes.end());
    return route;
}

bool
RouteSignaller::IsSource(const KeyRoute& route) const
{
    return route.kms.front() == m_place.self;
}

// ---- at the source

void
RouteSignaller::SetUp(const KeyRoute& route, uint64_t demandBps, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_place.self << route.id);
    KxRouteSetUp message;
    message.route = route;
    message.number = ++m_number;
    message.demandBps = demandBps;
    message.lifetime = m_lifetime;
    const KxFailure failure = Enter(message, incident);
    if (failure != KX_FAILURE_NONE)
    {
        const KxRouteSetUpAnswer answer{route.id, message.number, failure, m_place.self};
        m_failed[route.id] = Simulator::ScheduleNow([this, answer, incident] {
            m_failed.erase(answer.route);
            m_result(answer, incident);
        });
    }
}

void
RouteSignaller::TearDown(RouteId id, IncidentId incident)
{
    const auto failed = m_failed.find(id);
    if (failed != m_failed.end())
    {
        failed->second.Cancel();
        m_failed.erase(failed);
    }
    const auto found = m_routes.find(id);
    if (found == m_routes.end())
    {
        return;
    }
    const KmId next = Beside(found->second.message.route, m_place.self, 1);
    m_place.channel->SendKx(next,
                            KX_ROUTE_TEAR_DOWN,
                            KxRouteTearDown{id, ++m_number}.ToPacket(),
                            incident);
    Release(id);
}

void
RouteSignaller::Refresh(RouteId id)
{
    Entry& entry = m_routes.at(id);
    entry.message.number = ++m_number;
    entry.message.goesOn = true;
    SendOn(entry, IncidentId());
    entry.timer = Simulator::Schedule(NanoSeconds(m_lifetime.GetNanoSeconds() / REPETITIONS),
                                      &RouteSignaller::Refresh,
                                      this,
                                      id);
}

void
RouteSignaller::Timeout(RouteId id)
{
    const Entry& entry = m_routes.at(id);
    if (!IsSource(entry.message.route))
    {
        NS_LOG_LOGIC("KM " << m_place.self << ": route " << id << " is not told any more");
        Release(id);
        return;
    }
    const KxRouteSetUpAnswer answer{id, entry.message.number, KX_FAILURE_TIMEOUT, KmId()};
    TearDown(id, IncidentId());
    m_result(answer, IncidentId());
}

// ---- at all KMs

KxFailure
RouteSignaller::Enter(const KxRouteSetUp& message, IncidentId incident)
{
    const KeyRoute& route = message.route;
    const KmId next = Beside(route, m_place.self, 1);
    if (next.IsValid() && !message.goesOn && m_usable.find(next) == m_usable.end())
    {
        return KX_FAILURE_NEIGHBOUR;
    }
    std::string reason;
    if (!m_place.user->InstallRoute(route, reason))
    {
        NS_LOG_INFO("KM " << m_place.self << ": route " << route.id << " refused: " << reason);
        return KX_FAILURE_REFUSED;
    }
    Entry& entry = m_routes[route.id];
    entry.message = message;
    entry.timer.Cancel();
    entry.timer = Simulator::Schedule(IsSource(route) ? m_timeout : message.lifetime,
                                      &RouteSignaller::Timeout,
                                      this,
                                      route.id);
    m_demand();
    if (next.IsValid() && !SendOn(entry, incident) && !message.goesOn)
    {
        Release(route.id);
        return KX_FAILURE_NEIGHBOUR;
    }
    return KX_FAILURE_NONE;
}

bool
RouteSignaller::SendOn(const Entry& entry, IncidentId incident)
{
    return m_place.channel->SendKx(Beside(entry.message.route, m_place.self, 1),
                                   KX_ROUTE_SET_UP,
                                   entry.message.ToPacket(),
                                   incident);
}

bool
RouteSignaller::HandleMessage(KmId peer,
                              uint16_t type,
                              Ptr<const Packet> packet,
                              IncidentId incident)
{
    switch (type)
    {
    case KX_ROUTE_SET_UP:
        return HandleSetUp(peer, packet, incident);
    case KX_ROUTE_SET_UP_ANSWER:
        return HandleAnswer(peer, packet, incident);
    case KX_ROUTE_TEAR_DOWN:
        return HandleTearDown(peer, packet, incident);
    default:
        return false;
    }
}

bool
RouteSignaller::HandleSetUp(KmId peer, Ptr<const Packet> packet, IncidentId incident)
{
    const auto message = KxRouteSetUp::FromPacket(packet);
    if (!message || Beside(message->route, m_place.self, -1) != peer)
    {
        return false;
    }
    const RouteId id = message->route.id;
    const auto known = m_routes.find(id);
    if (known != m_routes.end())
    {
        const KxRouteSetUp& before = known->second.message;
        if (message->number < before.number || IsSource(before.route))
        {
            return false;
        }
        if (!IsSameRoute(before.route, message->route))
        {
            // the source has used up its numbers and begins anew
            Release(id);
        }
    }
    if (known == m_routes.end() && message->goesOn)
    {
        TakeBackStatus(message->route, peer);
    }
    const KxFailure failure = Enter(*message, incident);
    const KxRouteSetUpAnswer answer{id, message->number, failure, m_place.self};
    if (failure != KX_FAILURE_NONE)
    {
        Release(id);
        m_place.channel->SendKx(peer, KX_ROUTE_SET_UP_ANSWER, answer.ToPacket(), incident);
    }
    else if (message->route.kms.back() == m_place.self)
    {
        Answer(answer, incident);
    }
    return true;
}

void
RouteSignaller::TakeBackStatus(const KeyRoute& route, KmId previous)
{
    const KmId next = Beside(route, m_place.self, 1);
    if (!next.IsValid())
    {
        return;
    }
    KxRouteStatus status{route.id, m_place.self, TRIGGER_POOL_LOW, false, Time::Max()};
    m_place.channel->SendKx(previous, KX_ROUTE_STATUS, status.ToPacket(), IncidentId());
    if (m_usable.find(next) != m_usable.end())
    {
        status.condition = TRIGGER_LINK_DOWN;
        m_place.channel->SendKx(previous, KX_ROUTE_STATUS, status.ToPacket(), IncidentId());
    }
}

bool
RouteSignaller::HandleAnswer(KmId peer, Ptr<const Packet> packet, IncidentId incident)
{
    const auto answer = KxRouteSetUpAnswer::FromPacket(packet);
    const auto known = answer ? m_routes.find(answer->route) : m_routes.end();
    if (!answer ||
        (known != m_routes.end() && Beside(known->second.message.route, m_place.self, 1) != peer))
    {
        return false;
    }
    const bool current = known != m_routes.end() && known->second.message.number == answer->number;
    if (current && (answer->failure == KX_FAILURE_NONE || !known->second.message.goesOn))
    {
        Answer(*answer, incident);
    }
    return true;
}

void
RouteSignaller::Answer(const KxRouteSetUpAnswer& answer, IncidentId incident)
{
    Entry& entry = m_routes.at(answer.route);
    const KeyRoute route = entry.message.route;
    const bool good = answer.failure == KX_FAILURE_NONE;
    const bool isNew = !entry.confirmed;
    entry.confirmed = good;
    if (!IsSource(route))
    {
        const KmId previous = Beside(route, m_place.self, -1);
        m_place.channel->SendKx(previous, KX_ROUTE_SET_UP_ANSWER, answer.ToPacket(), incident);
    }
    else if (good && isNew)
    {
        entry.timer.Cancel();
        entry.timer = Simulator::Schedule(NanoSeconds(m_lifetime.GetNanoSeconds() / REPETITIONS),
                                          &RouteSignaller::Refresh,
                                          this,
                                          route.id);
    }
    if (!good)
    {
        Release(route.id);
    }
    if (IsSource(route) && isNew)
    {
        m_result(answer, incident);
    }
}

bool
RouteSignaller::HandleTearDown(KmId peer, Ptr<const Packet> packet, IncidentId incident)
{
    const auto message = KxRouteTearDown::FromPacket(packet);
    const auto known = message ? m_routes.find(message->route) : m_routes.end();
    if (!message ||
        (known != m_routes.end() && Beside(known->second.message.route, m_place.self, -1) != peer))
    {
        return false;
    }
    if (known != m_routes.end() && message->number > known->second.message.number)
    {
        const KmId next = Beside(known->second.message.route, m_place.self, 1);
        if (next.IsValid())
        {
            m_place.channel->SendKx(next, KX_ROUTE_TEAR_DOWN, message->ToPacket(), incident);
        }
        Release(message->route);
    }
    return true;
}

void
RouteSignaller::Refuse(RouteId id, KxFailure failure, IncidentId incident)
{
    const auto found = m_routes.find(id);
    if (found != m_routes.end())
    {
        const uint32_t number = found->second.message.number;
        Answer(KxRouteSetUpAnswer{id, number, failure, m_place.self}, incident);
    }
}

void
RouteSignaller::Release(RouteId id)
{
    const auto found = m_routes.find(id);
    if (found == m_routes.end())
    {
        return;
    }
    found->second.timer.Cancel();
    m_routes.erase(found);
    std::string reason;
    m_place.user->ReleaseRoute(id, reason);
    m_demand();
}

void
RouteSignaller::HopChanged(KmId neighbour, bool usable, IncidentId incident)
{
    if (usable)
    {
        m_usable.insert(neighbour);
        return;
    }
    m_usable.erase(neighbour);
    std::vector<RouteId> lost;
    for (const auto& [id, entry] : m_routes)
    {
        const bool underWay = !entry.confirmed && !entry.message.goesOn;
        if (underWay && Beside(entry.message.route, m_place.self, 1) == neighbour)
        {
            lost.push_back(id);
        }
    }
    for (const RouteId id : lost)
    {
        Refuse(id, KX_FAILURE_NEIGHBOUR, incident);
    }
}

void
RouteSignaller::PeerUp(KmId neighbour)
{
    for (auto& [id, entry] : m_routes)
    {
        if (Beside(entry.message.route, m_place.self, 1) == neighbour)
        {
            entry.message.goesOn = entry.message.goesOn || entry.confirmed;
            SendOn(entry, IncidentId());
        }
    }
}

uint64_t
RouteSignaller::GetDemandBps(KmId neighbour) const
{
    uint64_t bps = 0;
    for (const auto& [id, entry] : m_routes)
    {
        const KeyRoute& route = entry.message.route;
        if (Beside(route, m_place.self, 1) == neighbour ||
            Beside(route, m_place.self, -1) == neighbour)
        {
            bps += entry.message.demandBps;
        }
    }
    return bps;
}

void
RouteSignaller::Stop()
{
    for (auto& [id, entry] : m_routes)
    {
        entry.timer.Cancel();
    }
    for (auto& [id, event] : m_failed)
    {
        event.Cancel();
    }
    m_routes.clear();
    m_failed.clear();
    m_usable.clear();
}

} // namespace qkdn
} // namespace ns3
