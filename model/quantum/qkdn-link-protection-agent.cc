/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-protection-agent.h"

#include "qkdn-mq-messages.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkProtectionAgent");
NS_OBJECT_ENSURE_REGISTERED(LinkProtectionAgent);

namespace
{

/// Component of incidents that agents detect; modules use the index of their device.
constexpr uint16_t INCIDENT_COMPONENT = 4093;

} // namespace

TypeId
LinkProtectionAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::LinkProtectionAgent")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<LinkProtectionAgent>()
            .AddAttribute("LossWindow",
                          "A change that was told less than this time before the connection to "
                          "the manager is lost may not have arrived and is told again; longer "
                          "than hellos take to find out.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&LinkProtectionAgent::m_lossWindow),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Signal",
                            "The condition of an entity changes.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_signalTrace),
                            "ns3::qkdn::LinkProtectionAgent::SignalCallback")
            .AddTraceSource("HoldOffOver",
                            "A condition has lasted for the hold-off.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_holdOffTrace),
                            "ns3::qkdn::LinkProtectionAgent::HoldOffCallback")
            .AddTraceSource("Informed",
                            "An end comes to know of a failure of a working entity.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_informedTrace),
                            "ns3::qkdn::LinkProtectionAgent::InformedCallback")
            .AddTraceSource("ApsSent",
                            "A datagram goes to the other end.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_sentTrace),
                            "ns3::qkdn::LinkProtectionAgent::ApsCallback")
            .AddTraceSource("ApsReceived",
                            "A datagram of the other end has come.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_receivedTrace),
                            "ns3::qkdn::LinkProtectionAgent::ApsCallback")
            .AddTraceSource("Decided",
                            "An end decides where keys come from.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_decidedTrace),
                            "ns3::qkdn::LinkProtectionAgent::DecidedCallback")
            .AddTraceSource("Operated",
                            "All that an end had to switch is done.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_operatedTrace),
                            "ns3::qkdn::LinkProtectionAgent::OperatedCallback")
            .AddTraceSource("GroupStatus",
                            "A group changes.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_statusTrace),
                            "ns3::qkdn::LinkProtectionAgent::StatusCallback")
            .AddTraceSource("Command",
                            "What becomes of a command of an operator.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_commandTrace),
                            "ns3::qkdn::LinkProtectionAgent::CommandCallback")
            .AddTraceSource("Protocol",
                            "The protocol with the other end fails, or works again.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_protocolTrace),
                            "ns3::qkdn::LinkProtectionAgent::ProtocolCallback")
            .AddTraceSource("Dropped",
                            "A datagram is dropped; it changes nothing.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_droppedTrace),
                            "ns3::qkdn::LinkProtectionAgent::DroppedCallback")
            .AddTraceSource("Process",
                            "The process crashes or starts again.",
                            MakeTraceSourceAccessor(&LinkProtectionAgent::m_processTrace),
                            "ns3::qkdn::LinkProtectionAgent::ProcessCallback");
    return tid;
}

LinkProtectionAgent::LinkProtectionAgent()
    : m_endpoint(CreateObject<SupervisedEndpoint>()),
      m_restoration(CreateObject<RestorationClient>())
{
    NS_LOG_FUNCTION(this);
}

LinkProtectionAgent::~LinkProtectionAgent()
{
    NS_LOG_FUNCTION(this);
}

void
LinkProtectionAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    // before its end tells anybody that the connection is over
    m_endpoint->Dispose();
    if (m_running)
    {
        Close();
    }
    m_groups.clear();
    m_restoration->Dispose();
    Application::DoDispose();
}

void
LinkProtectionAgent::SetIdentity(const Address& local)
{
    m_local = ToEndpointName(local);
}

void
LinkProtectionAgent::AddGroup(const GroupEnd& group, const Address& peer)
{
    NS_LOG_FUNCTION(this << group.name);
    NS_ABORT_MSG_IF(m_started, "protection group " << group.name << " comes after the start");
    NS_ABORT_MSG_IF(m_groups.count(group.name) > 0,
                    "there is a protection group " << group.name << " already");
    Member member;
    member.group = Create<GroupProtection>(group, this);
    member.peer = ToEndpointName(peer);
    m_groups[group.name] = member;
    if (group.groupClass == GROUP_LINK_RESTORATION)
    {
        m_restoration->AddGroup(member.group);
    }
}

void
LinkProtectionAgent::SetManager(const Address& local, const Address& manager)
{
    m_managerLocal = local;
    m_manager = manager;
}

Ptr<RestorationClient>
LinkProtectionAgent::GetRestorationClient() const
{
    return m_restoration;
}

const LinkProtectionAgent::Member&
LinkProtectionAgent::Find(const std::string& group) const
{
    const auto found = m_groups.find(group);
    NS_ABORT_MSG_IF(found == m_groups.end(), "there is no protection group " << group << " here");
    return found->second;
}

std::string
LinkProtectionAgent::Command(const std::string& group, uint32_t working, GroupCommand command)
{
    return Find(group).group->Command(command, working);
}

void
LinkProtectionAgent::CommandAll(const std::string& group, GroupCommand command)
{
    const Ptr<GroupProtection> member = Find(group).group;
    // a freeze concerns the whole end
    const bool once = command == GROUP_COMMAND_FREEZE || command == GROUP_COMMAND_CLEAR_FREEZE;
    const std::size_t count = once ? 1 : member->GetConfig().working.size();
    for (uint32_t i = 0; i < count; ++i)
    {
        member->Command(command, i);
    }
}

std::vector<std::string>
LinkProtectionAgent::GetGroups() const
{
    std::vector<std::string> names;
    for (const auto& group : m_groups)
    {
        names.push_back(group.first);
    }
    return names;
}

Ptr<const GroupProtection>
LinkProtectionAgent::GetGroup(const std::string& group) const
{
    return Find(group).group;
}

Ptr<MessageEndpoint>
LinkProtectionAgent::GetManagerEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
LinkProtectionAgent::GetManagerHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

void
LinkProtectionAgent::StartApplication()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_local.second == 0, "a link protection agent was started without an identity");
    m_incidents.SetDetector(GetNode()->GetId(), INCIDENT_COMPONENT);
    if (!m_manager.IsInvalid())
    {
        m_endpoint->SetNode(GetNode());
        GetManagerEndpoint()->SetReceiveCallback(
            MakeCallback(&LinkProtectionAgent::ManagerMessage, this));
        GetManagerEndpoint()->SetPeerCallback(
            MakeCallback(&LinkProtectionAgent::ManagerConnected, this));
        m_managerPeer = m_endpoint->AddPeer(m_manager);
    }
    m_started = true;
    if (m_crashes == 0)
    {
        Open();
    }
}

void
LinkProtectionAgent::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_started = false;
    if (m_running)
    {
        Close();
    }
}

void
LinkProtectionAgent::Open()
{
    m_running = true;
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(ToSocketAddress(m_local)) != 0,
                    "a link protection agent cannot listen on " << Address(ToSocketAddress(m_local))
                                                                << ": in use");
    m_socket->SetRecvCallback(MakeCallback(&LinkProtectionAgent::HandleReceive, this));
    if (m_managerPeer.IsValid())
    {
        m_endpoint->Listen(m_managerLocal);
    }
    m_restoration->Start(GetNode());
    for (auto& group : m_groups)
    {
        group.second.group->Start();
    }
}

void
LinkProtectionAgent::Close()
{
    m_running = false;
    for (auto& group : m_groups)
    {
        group.second.group->Stop();
    }
    m_endpoint->Stop();
    m_restoration->Stop();
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->Close();
    m_socket = nullptr;
}

void
LinkProtectionAgent::Crash()
{
    NS_LOG_FUNCTION(this);
    ++m_crashes;
    if (m_crashes > 1)
    {
        return;
    }
    if (m_running)
    {
        Close();
    }
    m_processTrace(false);
}

void
LinkProtectionAgent::Restart()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_IF(m_crashes == 0, "the link protection agent runs and is restarted");
    --m_crashes;
    if (m_crashes > 0)
    {
        return;
    }
    m_processTrace(true);
    if (m_started)
    {
        Open();
    }
}

bool
LinkProtectionAgent::IsRunning() const
{
    return m_running;
}

void
LinkProtectionAgent::LinkStatusChanged(LinkId link,
                                       LinkStatus status,
                                       IncidentId incident,
                                       const LinkAlarm& alarm)
{
    NS_LOG_FUNCTION(this << link << LinkStatusName(status));
    for (auto& group : m_groups)
    {
        group.second.group->LinkStatusChanged(link, status, alarm.cause, incident);
    }
}

void
LinkProtectionAgent::HandleReceive(Ptr<Socket> socket)
{
    Address from;
    for (Ptr<Packet> packet = socket->RecvFrom(from); packet; packet = socket->RecvFrom(from))
    {
        const auto datagram = ApsDatagram::FromPacket(packet);
        if (!datagram)
        {
            m_droppedTrace("malformed", packet->GetSize());
            continue;
        }
        std::string reason = "unknown-group";
        const EndpointName peer = ToEndpointName(from);
        for (auto& [name, member] : m_groups)
        {
            if (member.group->GetConfig().id != datagram->group)
            {
                continue;
            }
            reason = member.peer == peer ? "malformed" : "unknown-peer";
            if (member.peer == peer)
            {
                m_receivedTrace(name, member.group->GetConfig().end, *datagram);
                reason = member.group->Receive(*datagram) ? "" : reason;
            }
            break;
        }
        if (!reason.empty())
        {
            NS_LOG_WARN("APS datagram dropped: " << reason);
            m_droppedTrace(reason, packet->GetSize());
        }
        if (!m_socket)
        {
            return;
        }
    }
}

void
LinkProtectionAgent::ManagerConnected(PeerId, bool up)
{
    NS_LOG_FUNCTION(this << up);
    if (!up)
    {
        m_reports.Confirm(Simulator::Now() - m_lossWindow);
        return;
    }
    m_reports.MarkUnsent();
    for (const auto& group : m_groups)
    {
        m_reports.Add(group.second.group->GetStatus(), IncidentId());
    }
    SendReports();
}

void
LinkProtectionAgent::ManagerMessage(PeerId, uint16_t type, Ptr<Packet>, IncidentId)
{
    NS_LOG_WARN("message of type " << type << " of the manager is not understood");
}

void
LinkProtectionAgent::Report(const GroupStatus& status, IncidentId incident)
{
    if (!m_managerPeer.IsValid())
    {
        return;
    }
    m_reports.Add(status, incident);
    if (GetManagerEndpoint()->IsUp(m_managerPeer))
    {
        m_reports.Confirm(Simulator::Now() - m_lossWindow);
        SendReports();
    }
}

void
LinkProtectionAgent::SendReports()
{
    m_reports.Flush(Simulator::Now(), [this](const MqGroupStatus& report, IncidentId incident) {
        return GetManagerEndpoint()->Send(m_managerPeer,
                                          MQ_GROUP_STATUS,
                                          report.ToPacket(),
                                          incident);
    });
}

void
LinkProtectionAgent::SendAps(const std::string& group, const ApsDatagram& datagram)
{
    if (!m_socket)
    {
        return;
    }
    const Member& member = Find(group);
    const Ptr<Packet> packet = datagram.ToPacket();
    if (m_socket->SendTo(packet, 0, ToSocketAddress(member.peer)) < 0)
    {
        // as if lost on its way: it is said again
        NS_LOG_LOGIC("group " << group << ": no way to the other end");
        m_droppedTrace("not-sent", ApsDatagram::BYTES);
        return;
    }
    m_sentTrace(group, member.group->GetConfig().end, datagram);
}

void
LinkProtectionAgent::SignalChanged(const GroupEnd& group,
                                   ProtectionEntity entity,
                                   EntityCondition condition,
                                   const std::string& cause,
                                   IncidentId incident)
{
    m_signalTrace(group.name, group.end, entity, condition, cause, incident);
}

void
LinkProtectionAgent::HoldOffOver(const GroupEnd& group,
                                 ProtectionEntity entity,
                                 IncidentId incident)
{
    m_holdOffTrace(group.name, group.end, entity, incident);
}

void
LinkProtectionAgent::Informed(const GroupEnd& group, uint32_t working, IncidentId incident)
{
    m_informedTrace(group.name, group.end, working, incident);
}

void
LinkProtectionAgent::Decided(const GroupEnd& group,
                             uint32_t working,
                             ProtectionEntity selected,
                             IncidentId incident)
{
    NS_LOG_INFO("group " << group.name << ", end " << +group.end << ": W" << working << " on "
                         << selected);
    m_decidedTrace(group.name, group.end, working, selected, incident);
}

void
LinkProtectionAgent::Operated(const GroupEnd& group,
                              uint32_t working,
                              ProtectionEntity selected,
                              bool done,
                              IncidentId incident)
{
    m_operatedTrace(group.name, group.end, working, selected, done, incident);
    m_restoration->Operated(group.id, working, done);
}

void
LinkProtectionAgent::StatusChanged(const GroupEnd&, const GroupStatus& status, IncidentId incident)
{
    NS_LOG_INFO("group " << status.name << ", end " << +status.end << ": "
                         << GroupStateName(status.state) << " " << status.reason);
    m_statusTrace(status, incident);
    Report(status, incident);
}

void
LinkProtectionAgent::ReportChanged(const GroupEnd& group,
                                   const GroupReport& report,
                                   IncidentId incident)
{
    m_restoration->Report(group.id, report, incident);
}

void
LinkProtectionAgent::CommandChanged(const GroupEnd& group,
                                    uint32_t working,
                                    const std::string& command,
                                    const std::string& result,
                                    IncidentId incident)
{
    m_commandTrace(group.name, group.end, working, command, result, incident);
}

IncidentId
LinkProtectionAgent::NewIncident()
{
    return m_incidents.Next();
}

void
LinkProtectionAgent::ProtocolFailed(const GroupEnd& group,
                                    uint32_t working,
                                    bool failed,
                                    const std::string& reason)
{
    m_protocolTrace(group.name, group.end, working, failed, reason);
}

} // namespace qkdn
} // namespace ns3
