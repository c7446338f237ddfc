/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-group.h"

#include "qkdn-route-table.h"

#include "ns3/abort.h"
#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnControllerGroup");
NS_OBJECT_ENSURE_REGISTERED(ControllerGroup);

TypeId
ControllerGroup::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ControllerGroup")
            .SetParent<RouteProvider>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ControllerGroup>()
            .AddTraceSource("Controller",
                            "Another controller, or another term of it, is obeyed.",
                            MakeTraceSourceAccessor(&ControllerGroup::m_controllerTrace),
                            "ns3::qkdn::ControllerGroup::ControllerCallback");
    return tid;
}

ControllerGroup::ControllerGroup()
{
    NS_LOG_FUNCTION(this);
}

ControllerGroup::~ControllerGroup()
{
    NS_LOG_FUNCTION(this);
}

void
ControllerGroup::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (const auto& client : m_clients)
    {
        client->Dispose();
    }
    m_clients.clear();
    m_place = RouteProviderPlace();
    RouteProvider::DoDispose();
}

void
ControllerGroup::AddClient(Ptr<ControllerClient> client)
{
    m_clients.push_back(client);
}

const std::vector<Ptr<ControllerClient>>&
ControllerGroup::GetClients() const
{
    return m_clients;
}

Ptr<ControllerClient>
ControllerGroup::GetObeyed() const
{
    return m_clients.at(m_obeyed);
}

const ControllerTerm&
ControllerGroup::GetTerm() const
{
    return m_term;
}

void
ControllerGroup::Attach(const RouteProviderPlace& place)
{
    NS_LOG_FUNCTION(this << place.self);
    m_place = place;
    for (std::size_t i = 0; i < m_clients.size(); ++i)
    {
        m_clients[i]->Attach(place);
        m_clients[i]->SetActive(i == m_obeyed);
        m_clients[i]->SetRoleFunction([this, i](const ControllerTerm& term) { RoleSaid(i, term); });
        m_clients[i]->SetObeyFunction(
            [this, i](std::string& reason) { return IsObeyed(i, reason); });
    }
}

void
ControllerGroup::Start(Ptr<Node> node)
{
    for (const auto& client : m_clients)
    {
        client->Start(node);
    }
}

void
ControllerGroup::Stop()
{
    NS_LOG_FUNCTION(this << m_place.self);
    for (const auto& client : m_clients)
    {
        client->Stop();
    }
    // a process that starts does not know whom it has obeyed
    m_term = ControllerTerm();
    Follow(0);
}

void
ControllerGroup::AddSession(const KeySession& session)
{
    for (const auto& client : m_clients)
    {
        client->AddSession(session);
    }
}

void
ControllerGroup::ReportLink(const CkLinkState& state, IncidentId incident)
{
    for (const auto& client : m_clients)
    {
        client->ReportLink(state, incident);
    }
}

void
ControllerGroup::ReportRouteEvent(const CkRouteEvent& event, IncidentId incident)
{
    for (const auto& client : m_clients)
    {
        client->ReportRouteEvent(event, incident);
    }
}

bool
ControllerGroup::GivesSeveralRoutes() const
{
    return true;
}

void
ControllerGroup::RoleSaid(std::size_t index, const ControllerTerm& term)
{
    NS_LOG_FUNCTION(this << m_place.self << index << term.term << term.number);
    if (m_term.Outranks(term))
    {
        m_clients[index]->Send(CK_SUPERSEDED, m_term.ToPacket());
        return;
    }
    m_term = term;
    m_controllerTrace(m_place.self, term);
    CkRouteList list;
    for (const auto& route : m_place.routes->GetAll())
    {
        if (!KeyRoute::IsLocal(route.first))
        {
            list.routes.push_back(route.first);
        }
    }
    Follow(index);
    m_clients[index]->Send(CK_ROUTE_LIST, list.ToPacket());
}

void
ControllerGroup::Follow(std::size_t index)
{
    if (m_obeyed != index)
    {
        m_clients[m_obeyed]->SetActive(false);
        m_obeyed = index;
        m_clients[index]->SetActive(true);
    }
}

bool
ControllerGroup::IsObeyed(std::size_t index, std::string& reason)
{
    if (index == m_obeyed)
    {
        return true;
    }
    reason = m_term.term == 0 ? "the controller has not said that it is active"
                              : "controller " + std::to_string(m_term.number) +
                                    " is active in term " + std::to_string(m_term.term);
    if (m_term.term > 0)
    {
        m_clients[index]->Send(CK_SUPERSEDED, m_term.ToPacket());
    }
    return false;
}

} // namespace qkdn
} // namespace ns3
