/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-redundancy.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnControllerRedundancy");
NS_OBJECT_ENSURE_REGISTERED(ControllerRedundancy);

TypeId
ControllerRedundancy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ControllerRedundancy")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ControllerRedundancy>()
            .AddAttribute("TakeoverDelay",
                          "Time from the loss of the active controller to the takeover.",
                          TimeValue(MilliSeconds(10)),
                          MakeTimeAccessor(&ControllerRedundancy::m_takeoverDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StartDelay",
                          "Time that a controller that starts waits for the other one before it "
                          "takes over.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&ControllerRedundancy::m_startDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RepeatInterval",
                          "Time after which everything is told again if the queue was full.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&ControllerRedundancy::m_repeatInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Role",
                            "The controller becomes active or stands by.",
                            MakeTraceSourceAccessor(&ControllerRedundancy::m_roleTrace),
                            "ns3::qkdn::ControllerRedundancy::RoleCallback");
    return tid;
}

ControllerRedundancy::ControllerRedundancy()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

ControllerRedundancy::~ControllerRedundancy()
{
    NS_LOG_FUNCTION(this);
}

void
ControllerRedundancy::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_takeover.Cancel();
    m_repeat.Cancel();
    m_endpoint->Dispose();
    m_user = nullptr;
    Object::DoDispose();
}

void
ControllerRedundancy::SetUser(ControllerRoleUser* user)
{
    m_user = user;
}

void
ControllerRedundancy::SetPeer(uint32_t number,
                              const Address& local,
                              const Address& remote,
                              bool first)
{
    NS_ABORT_MSG_IF(number == 0, "a controller has another one and no number");
    m_term.number = number;
    m_local = local;
    m_remote = remote;
    m_first = first;
    m_active = first;
}

bool
ControllerRedundancy::HasPeer() const
{
    return !m_local.IsInvalid();
}

bool
ControllerRedundancy::IsActive() const
{
    return m_active;
}

ControllerTerm
ControllerRedundancy::GetTerm() const
{
    return m_term;
}

Ptr<HelloAgent>
ControllerRedundancy::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

Ptr<MessageEndpoint>
ControllerRedundancy::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

void
ControllerRedundancy::Start(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << m_term.number);
    if (!HasPeer())
    {
        return;
    }
    m_endpoint->SetNode(node);
    GetEndpoint()->SetReceiveCallback(MakeCallback(&ControllerRedundancy::Receive, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&ControllerRedundancy::PeerConnected, this));
    m_peer = m_endpoint->AddPeer(m_remote);
    m_active = m_first && m_term.term == 0;
    if (m_active)
    {
        m_term.term = 1;
        m_roleTrace(m_term, true);
    }
    else
    {
        TakeOverLater(m_startDelay);
    }
    m_endpoint->Listen(m_local);
}

void
ControllerRedundancy::Stop()
{
    NS_LOG_FUNCTION(this << m_term.number);
    m_takeover.Cancel();
    m_repeat.Cancel();
    m_replica.clear();
    m_incidents.clear();
    m_isTold = false;
    if (HasPeer())
    {
        m_endpoint->Stop();
        m_active = false;
    }
}

void
ControllerRedundancy::PeerConnected(PeerId, bool up)
{
    NS_LOG_FUNCTION(this << m_term.number << up);
    if (up)
    {
        SendRole();
    }
    else if (!m_active)
    {
        TakeOverLater(m_takeoverDelay);
    }
}

void
ControllerRedundancy::SendRole()
{
    GetEndpoint()->Send(m_peer, CX_ROLE, CxRole{m_term, m_active}.ToPacket(), IncidentId());
    SendReplica();
}

void
ControllerRedundancy::SendReplica()
{
    m_repeat.Cancel();
    if (m_active)
    {
        for (const auto& [session, incident] : m_user->GetReplica())
        {
            Replicate(session, incident);
        }
    }
    for (const ChargingAccount& account : m_user->GetAccounts())
    {
        ReplicateAccount(account);
    }
}

void
ControllerRedundancy::Replicate(const CxSession& session, IncidentId incident)
{
    if (m_active)
    {
        Tell(CX_SESSION, session.ToPacket(), incident);
    }
}

void
ControllerRedundancy::ReplicateAccount(const ChargingAccount& account)
{
    Tell(CX_ACCOUNT, account.ToPacket(), IncidentId());
}

void
ControllerRedundancy::Tell(uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (!HasPeer() || !GetEndpoint()->IsUp(m_peer) || !m_repeat.IsExpired())
    {
        return;
    }
    if (!GetEndpoint()->Send(m_peer, type, body, incident))
    {
        NS_LOG_INFO("controller " << m_term.number << " tells what it knows later");
        m_repeat = Simulator::Schedule(m_repeatInterval, &ControllerRedundancy::SendReplica, this);
    }
}

void
ControllerRedundancy::Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (type == CX_ROLE)
    {
        if (const auto role = CxRole::FromPacket(body))
        {
            HandleRole(*role);
            return;
        }
    }
    else if (type == CX_SESSION && !m_active && m_isTold)
    {
        if (auto session = CxSession::FromPacket(body))
        {
            const SessionId id = session->request.session;
            m_replica[id] = std::move(*session);
            m_incidents[id] = incident;
            return;
        }
    }
    else if (type == CX_ACCOUNT)
    {
        if (const auto account = ChargingAccount::FromPacket(body))
        {
            m_user->AccountTold(*account);
            return;
        }
    }
    NS_LOG_WARN("controller " << m_term.number << ": message of type " << type
                              << " from the other one changed nothing");
}

void
ControllerRedundancy::HandleRole(const CxRole& role)
{
    NS_LOG_FUNCTION(this << m_term.number << role.term.number << role.term.term << role.active);
    const bool outranked = role.term.Outranks(m_term);
    if (role.active && m_active && !outranked)
    {
        // it stands by as soon as it hears of this one
        return;
    }
    if (role.active)
    {
        if (m_active)
        {
            StandBy();
        }
        m_takeover.Cancel();
        m_term.term = std::max(m_term.term, role.term.term);
        m_replica.clear();
        m_incidents.clear();
        m_isTold = true;
    }
    else if (!m_active && !outranked)
    {
        // both stand by: the one with the higher term, else the lower number, need not wait
        TakeOverLater(m_takeoverDelay);
    }
}

void
ControllerRedundancy::Superseded(const ControllerTerm& term)
{
    NS_LOG_FUNCTION(this << m_term.number << term.number << term.term);
    if (m_active && HasPeer() && term.Outranks(m_term))
    {
        StandBy();
        m_term.term = std::max(m_term.term, term.term);
        SendRole();
        TakeOverLater(m_startDelay);
    }
}

void
ControllerRedundancy::TakeOverLater(Time delay)
{
    if (!m_takeover.IsExpired() && Simulator::GetDelayLeft(m_takeover) <= delay)
    {
        return;
    }
    m_takeover.Cancel();
    m_takeover = Simulator::Schedule(delay, &ControllerRedundancy::TakeOver, this);
}

void
ControllerRedundancy::TakeOver()
{
    ++m_term.term;
    NS_LOG_INFO("controller " << m_term.number << " takes over in term " << m_term.term);
    m_active = true;
    m_roleTrace(m_term, true);
    std::vector<SessionReplica> sessions;
    for (auto& [id, session] : std::exchange(m_replica, {}))
    {
        sessions.emplace_back(session, m_incidents[id]);
    }
    m_incidents.clear();
    m_user->BecomeActive(sessions, std::exchange(m_isTold, false));
    if (GetEndpoint()->IsUp(m_peer))
    {
        SendRole();
    }
}

void
ControllerRedundancy::StandBy()
{
    NS_LOG_INFO("controller " << m_term.number << " stands by");
    m_active = false;
    m_repeat.Cancel();
    m_roleTrace(m_term, false);
    m_user->BecomeStandby();
}

} // namespace qkdn
} // namespace ns3
