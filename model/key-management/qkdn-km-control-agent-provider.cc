/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of KmControlAgent between who gives routes and the rest of the key manager.

#include "qkdn-km-control-agent.h"
#include "qkdn-kx-routing-messages.h"

#include "ns3/abort.h"

namespace ns3
{
namespace qkdn
{

void
KmControlAgent::SetController(const Address& local, const Address& controller)
{
    m_client->SetAddresses(local, controller);
    SetRouteProvider(m_client);
}

void
KmControlAgent::AddStandbyController(const Address& local, const Address& controller)
{
    NS_ABORT_MSG_UNLESS(m_provider, "a standby controller needs another one before it");
    Ptr<ControllerGroup> group = GetControllerGroup();
    if (!group)
    {
        group = CreateObject<ControllerGroup>();
        group->AddClient(m_client);
    }
    const Ptr<ControllerClient> standby = CreateObject<ControllerClient>();
    standby->SetAddresses(local, controller);
    group->AddClient(standby);
    SetRouteProvider(group);
}

Ptr<ControllerGroup>
KmControlAgent::GetControllerGroup() const
{
    return DynamicCast<ControllerGroup>(m_provider);
}

void
KmControlAgent::SetRouteProvider(Ptr<RouteProvider> provider)
{
    NS_ABORT_MSG_UNLESS(m_parts.self.IsValid(),
                        "a key manager needs an identity before a route provider");
    NS_ABORT_MSG_UNLESS(m_sessions.empty(),
                        "KM " << m_parts.self << " needs its route provider before sessions");
    m_provider = provider;
    RouteProviderPlace place;
    place.self = m_parts.self;
    place.channel = m_parts.channel;
    place.routes = m_parts.routes;
    place.neighbours = m_parts.neighbours;
    place.user = this;
    m_provider->Attach(place);
}

void
KmControlAgent::LinkChanged(const CkLinkState& state, IncidentId incident)
{
    if (m_provider)
    {
        m_provider->ReportLink(state, incident);
    }
}

void
KmControlAgent::HopChanged(KmId neighbour, bool usable, IncidentId incident)
{
    m_supervisor->SetUsable(neighbour, usable, incident);
    if (m_provider)
    {
        m_provider->HopChanged(neighbour, usable, incident);
    }
}

void
KmControlAgent::PeerUp(KmId neighbour)
{
    if (m_provider)
    {
        m_provider->PeerUp(neighbour);
    }
    m_supervisor->PeerUp(neighbour);
    m_parts.relayAgent->RepeatVoids();
    m_switcher.Repeat();
}

bool
KmControlAgent::HandleMessage(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident)
{
    if (IsRoutingMessage(type))
    {
        return m_provider && m_provider->HandleMessage(peer, type, packet, incident);
    }
    return type == KX_ROUTE_STATUS ? m_supervisor->HandleStatus(peer, packet, incident)
                                   : m_switcher.Handle(peer, type, packet, incident);
}

Ptr<RouteSupervisor>
KmControlAgent::GetSupervisor() const
{
    return m_supervisor;
}

Ptr<ControllerClient>
KmControlAgent::GetControllerClient() const
{
    return m_client;
}

Ptr<ControllerClient>
KmControlAgent::GetObeyedClient() const
{
    const Ptr<ControllerGroup> group = GetControllerGroup();
    return group ? group->GetObeyed() : m_client;
}

Ptr<RouteProvider>
KmControlAgent::GetRouteProvider() const
{
    return m_provider;
}

const RouteSetControl&
KmControlAgent::GetRouteSets() const
{
    return m_routeSets;
}

Ptr<RouteSelector>
KmControlAgent::GetSelector(SessionId session) const
{
    const auto found = m_sessions.find(session);
    return found == m_sessions.end() ? nullptr : found->second.selector;
}

CommandResult
KmControlAgent::Command(SessionId session, SwitchRequest command, Entity entity)
{
    const Ptr<RouteSelector> selector = GetSelector(session);
    if (selector && m_running)
    {
        return selector->Command(command, entity);
    }
    m_commandTrace(session, command, entity, COMMAND_REJECTED_STATE);
    return COMMAND_REJECTED_STATE;
}

void
KmControlAgent::CommandChanged(SessionId session,
                               SwitchRequest command,
                               Entity entity,
                               CommandResult result)
{
    m_commandTrace(session, command, entity, result);
}

} // namespace qkdn
} // namespace ns3
