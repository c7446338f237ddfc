/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QkdnController that takes turns with another controller.

#include "qkdn-controller.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnControllerRoles");

void
QkdnController::SetPeer(const Address& local, const Address& peer, bool first)
{
    NS_ABORT_MSG_IF(m_number == 0, "a controller has another one and no identity");
    m_redundancy->SetPeer(m_number, local, peer, first);
}

Ptr<ControllerRedundancy>
QkdnController::GetRedundancy() const
{
    return m_redundancy;
}

Ptr<LinkRestoration>
QkdnController::GetLinkRestoration() const
{
    return m_restoration;
}

void
QkdnController::BecomeActive(const std::vector<SessionReplica>& replica, bool isTold)
{
    NS_LOG_FUNCTION(this << m_number << replica.size() << isTold);
    for (const auto& km : m_keyManagers)
    {
        TellRole(km.first);
    }
    if (isTold)
    {
        m_sessions.Discard();
        for (const auto& [session, incident] : replica)
        {
            m_sessions.Restore(session, incident);
        }
    }
    m_sessions.Close();
    m_settleEvent.Cancel();
    m_settleEvent = Simulator::Schedule(m_settleTime, &QkdnController::Settled, this);
    ManagerUp();
    m_restoration->RoleChanged();
}

void
QkdnController::BecomeStandby()
{
    NS_LOG_FUNCTION(this << m_number);
    m_settleEvent.Cancel();
    m_changed.clear();
    m_sender.CancelAll();
    m_sessions.Discard();
    m_sender.CancelAll();
    m_restoration->RoleChanged();
}

std::vector<SessionReplica>
QkdnController::GetReplica() const
{
    std::vector<SessionReplica> replica;
    for (const SessionId session : m_sessions.GetSessions())
    {
        replica.emplace_back(m_sessions.Export(session), m_sessions.GetIncident(session));
    }
    return replica;
}

void
QkdnController::SessionChanged(SessionId session)
{
    if (!m_redundancy->HasPeer())
    {
        return;
    }
    m_changed.insert(session);
    ReplicateLater();
}

std::vector<ChargingAccount>
QkdnController::GetAccounts() const
{
    std::vector<ChargingAccount> accounts;
    const ChargingLedger& ledger = m_charging.GetLedger();
    for (const auto& account : ledger.GetAccounts())
    {
        // without a tariff nobody asks for them
        if (!ledger.GetTariff().empty())
        {
            accounts.push_back(account.second);
        }
    }
    return accounts;
}

void
QkdnController::AccountTold(const ChargingAccount& account)
{
    m_charging.Merge(account);
}

void
QkdnController::AccountChanged(SessionId session)
{
    if (m_redundancy->HasPeer() && !m_charging.GetLedger().GetTariff().empty())
    {
        m_changedAccounts.insert(session);
        ReplicateLater();
    }
}

void
QkdnController::ReplicateLater()
{
    if (m_replicate.IsExpired())
    {
        // at the end of this instant, when all that changes with it has changed
        m_replicate = Simulator::ScheduleNow(&QkdnController::Replicate, this);
    }
}

void
QkdnController::Replicate()
{
    const std::set<SessionId> known = m_sessions.GetSessions();
    for (const SessionId session : std::exchange(m_changed, {}))
    {
        if (known.count(session) > 0)
        {
            m_redundancy->Replicate(m_sessions.Export(session), m_sessions.GetIncident(session));
        }
    }
    const auto& accounts = m_charging.GetLedger().GetAccounts();
    for (const SessionId session : std::exchange(m_changedAccounts, {}))
    {
        const auto account = accounts.find(session);
        if (account != accounts.end())
        {
            m_redundancy->ReplicateAccount(account->second);
        }
    }
}

void
QkdnController::TellRole(KmId km)
{
    if (m_redundancy->HasPeer() && m_redundancy->IsActive())
    {
        GetEndpoint()->Send(m_keyManagers.at(km).peer,
                            CK_ROLE,
                            m_redundancy->GetTerm().ToPacket(),
                            IncidentId());
    }
}

bool
QkdnController::DispatchRole(KmId km, uint16_t type, Ptr<Packet> body)
{
    if (type == CK_SUPERSEDED)
    {
        const auto term = ControllerTerm::FromPacket(body);
        if (term)
        {
            m_redundancy->Superseded(*term);
        }
        return term.has_value();
    }
    if (type == CK_ROUTE_LIST)
    {
        const auto list = CkRouteList::FromPacket(body);
        if (list && m_redundancy->IsActive())
        {
            m_sessions.RoutesListed(km, list->routes);
        }
        return list.has_value();
    }
    return false;
}

} // namespace qkdn
} // namespace ns3
