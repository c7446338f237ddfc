/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switcher.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

ProtectionSwitcher::~ProtectionSwitcher()
{
    Reset();
}

void
ProtectionSwitcher::Configure(KxChannel* channel, const RouteTable* routes, ExtraTrafficGate* gate)
{
    m_channel = channel;
    m_routes = routes;
    m_gate = gate;
}

void
ProtectionSwitcher::SetCallbacks(AppliedCallback applied, AcknowledgedCallback acknowledged)
{
    m_applied = applied;
    m_acknowledged = acknowledged;
}

void
ProtectionSwitcher::SetInterval(Time interval)
{
    m_interval = interval;
}

Time
ProtectionSwitcher::GetInterval() const
{
    return m_interval;
}

void
ProtectionSwitcher::Start(const KeyRoute& route, const Switch& change)
{
    const KxRouteSwitch message{route.id, ++m_last, change.active, change.preemption};
    m_pending[route.id] = Pending{change, message};
    Apply(route, message, change.incident);
    Repeat();
}

void
ProtectionSwitcher::Apply(const KeyRoute& route, const KxRouteSwitch& message, IncidentId incident)
{
    m_gate->Switch(route, message.active, message.preemption);
    m_applied(incident);
}

void
ProtectionSwitcher::Repeat()
{
    m_repeat.Cancel();
    for (const auto& [id, pending] : m_pending)
    {
        const KeyRoute* route = m_routes->Find(id);
        m_channel->SendKx(m_routes->GetNext(*route),
                          KX_ROUTE_SWITCH,
                          pending.message.ToPacket(),
                          pending.change.incident);
    }
    if (!m_pending.empty())
    {
        m_repeat = Simulator::Schedule(m_interval, &ProtectionSwitcher::Repeat, this);
    }
}

bool
ProtectionSwitcher::Handle(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident)
{
    const auto message = KxRouteSwitch::FromPacket(packet);
    const KeyRoute* route = message ? m_routes->Find(message->route) : nullptr;
    if (!route)
    {
        return false;
    }
    const KmId previous = m_routes->GetPrevious(*route);
    const KmId next = m_routes->GetNext(*route);
    if (route->role != ROUTE_PROTECTION || peer != (type == KX_ROUTE_SWITCH ? previous : next))
    {
        return false;
    }
    if (type == KX_ROUTE_SWITCH)
    {
        Apply(KeyRoute(*route), *message, incident);
        const bool isEnd = !next.IsValid();
        m_channel->SendKx(isEnd ? previous : next,
                          isEnd ? KX_ROUTE_SWITCHED : KX_ROUTE_SWITCH,
                          message->ToPacket(),
                          incident);
        return true;
    }
    if (previous.IsValid())
    {
        m_channel->SendKx(previous, KX_ROUTE_SWITCHED, message->ToPacket(), incident);
        return true;
    }
    const auto found = m_pending.find(message->route);
    if (found != m_pending.end() && found->second.message.number == message->number)
    {
        const Switch change = found->second.change;
        m_pending.erase(found);
        m_acknowledged(change.session, change.selected);
    }
    return true;
}

void
ProtectionSwitcher::Release(const KeyRoute& route)
{
    m_pending.erase(route.id);
    Apply(route, KxRouteSwitch{route.id, 0, false, PREEMPTION_STRICT}, IncidentId());
}

void
ProtectionSwitcher::Reset()
{
    m_repeat.Cancel();
    m_pending.clear();
}

} // namespace qkdn
} // namespace ns3
