/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-client.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRestorationClient");
NS_OBJECT_ENSURE_REGISTERED(RestorationClient);

TypeId
RestorationClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RestorationClient")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<RestorationClient>()
            .AddTraceSource("Command",
                            "A command of a controller has come.",
                            MakeTraceSourceAccessor(&RestorationClient::m_commandTrace),
                            "ns3::qkdn::RestorationClient::CommandCallback")
            .AddTraceSource("Rejected",
                            "A message is not understood; it changes nothing.",
                            MakeTraceSourceAccessor(&RestorationClient::m_rejectedTrace),
                            "ns3::qkdn::RestorationClient::RejectedCallback");
    return tid;
}

RestorationClient::RestorationClient()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

RestorationClient::~RestorationClient()
{
    NS_LOG_FUNCTION(this);
}

void
RestorationClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_groups.clear();
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
RestorationClient::AddGroup(Ptr<GroupProtection> group)
{
    m_groups[group->GetConfig().id].group = group;
}

void
RestorationClient::AddController(const Address& local, const Address& controller)
{
    NS_ABORT_MSG_IF(m_running, "a controller comes after the start of a restoration client");
    m_local = local;
    m_controllers.push_back(controller);
}

void
RestorationClient::Start(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this);
    if (m_controllers.empty() || m_groups.empty())
    {
        return;
    }
    if (m_peers.empty())
    {
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&RestorationClient::Receive, this));
        GetEndpoint()->SetPeerCallback(MakeCallback(&RestorationClient::PeerConnected, this));
        for (const Address& controller : m_controllers)
        {
            m_peers.insert(m_endpoint->AddPeer(controller));
        }
    }
    m_running = true;
    m_endpoint->Listen(m_local);
}

void
RestorationClient::Stop()
{
    NS_LOG_FUNCTION(this);
    if (!m_running)
    {
        return;
    }
    m_running = false;
    m_endpoint->Stop();
    for (auto& [id, member] : m_groups)
    {
        // whether it was carried out is forgotten; if it comes again, it is done again
        member.executing = false;
        member.answer.reset();
    }
}

Ptr<MessageEndpoint>
RestorationClient::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
RestorationClient::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
RestorationClient::Report(GroupId group, const GroupReport& report, IncidentId incident)
{
    for (const PeerId peer : m_peers)
    {
        if (m_running && GetEndpoint()->IsUp(peer))
        {
            GetEndpoint()->Send(peer, CQ_STATUS, CqStatus{group, report}.ToPacket(), incident);
        }
    }
}

void
RestorationClient::Register(PeerId peer, const Member& member) const
{
    const GroupEnd& config = member.group->GetConfig();
    CqRegistration message;
    message.group = config.id;
    message.name = config.name;
    message.end = config.end;
    message.revertive = config.revertive;
    message.waitToRestore = config.waitToRestore;
    message.startTimeout = config.startTimeout;
    message.lastCommand = member.command.number;
    for (const EntityEnd& entity : config.working)
    {
        message.working.push_back({entity.link, false, entity.description});
    }
    for (const EntityEnd& entity : config.protection)
    {
        message.protection.push_back({entity.link, entity.monitor != nullptr, entity.description});
    }
    const IncidentId incident = member.group->GetIncident();
    GetEndpoint()->Send(peer, CQ_REGISTRATION, message.ToPacket(), incident);
    GetEndpoint()->Send(peer,
                        CQ_STATUS,
                        CqStatus{config.id, member.group->GetReport()}.ToPacket(),
                        incident);
}

void
RestorationClient::PeerConnected(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << up);
    if (!up)
    {
        return;
    }
    for (const auto& [id, member] : m_groups)
    {
        Register(peer, member);
    }
}

void
RestorationClient::Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    const auto command = type == CQ_SELECT ? CqSelect::FromPacket(body) : std::nullopt;
    const auto found = command ? m_groups.find(command->group) : m_groups.end();
    if (found == m_groups.end())
    {
        NS_LOG_WARN("Cq message of type " << type << " not understood");
        m_rejectedTrace(type, body->GetSize());
        return;
    }
    Execute(found->second, peer, *command, incident);
}

void
RestorationClient::Execute(Member& member,
                           PeerId peer,
                           const CqSelect& command,
                           IncidentId incident)
{
    const GroupEnd& config = member.group->GetConfig();
    const uint64_t last = member.command.number;
    if (command.number < last)
    {
        const std::string reason = "superseded";
        m_commandTrace(config.name, config.end, command, reason);
        GetEndpoint()->Send(peer,
                            CQ_ACKNOWLEDGEMENT,
                            CqAcknowledgement{config.id, command.number, false, reason}.ToPacket(),
                            incident);
        return;
    }
    member.sender = peer;
    if (command.number == last && (member.executing || member.answer))
    {
        m_commandTrace(config.name, config.end, command, "repeated");
        if (member.answer)
        {
            GetEndpoint()->Send(peer, CQ_ACKNOWLEDGEMENT, member.answer->ToPacket(), incident);
        }
        return;
    }
    member.command = command;
    member.incident = incident;
    Begin(member);
}

void
RestorationClient::Begin(Member& member)
{
    const GroupEnd& config = member.group->GetConfig();
    const CqSelect command = member.command;
    member.executing = true;
    member.answer.reset();
    m_commandTrace(config.name, config.end, command, "begun");
    const std::string refusal =
        member.group->Select(command.working, command.selected, member.incident);
    if (!refusal.empty())
    {
        m_commandTrace(config.name, config.end, command, refusal);
        Answer(member, false, refusal);
    }
}

void
RestorationClient::Operated(GroupId group, uint32_t working, bool done)
{
    const auto found = m_groups.find(group);
    if (m_running && found != m_groups.end() && found->second.executing &&
        found->second.command.working == working)
    {
        Answer(found->second, done, done ? "" : "an optical switch did not move");
    }
}

void
RestorationClient::Answer(Member& member, bool done, const std::string& reason)
{
    member.executing = false;
    member.answer =
        CqAcknowledgement{member.group->GetConfig().id, member.command.number, done, reason};
    if (GetEndpoint()->IsUp(member.sender))
    {
        GetEndpoint()->Send(member.sender,
                            CQ_ACKNOWLEDGEMENT,
                            member.answer->ToPacket(),
                            member.incident);
    }
}

} // namespace qkdn
} // namespace ns3
