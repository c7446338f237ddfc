/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-client.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnControllerClient");
NS_OBJECT_ENSURE_REGISTERED(ControllerClient);

namespace
{

/**
 * @brief Whether two states of a link differ in more than amounts.
 * @param a a state
 * @param b another
 * @return true if so
 */
bool
DifferInStatus(const CkLinkState& a, const CkLinkState& b)
{
    return a.status != b.status || a.neighbourAlive != b.neighbourAlive ||
           a.neighbour != b.neighbour || a.poolLow != b.poolLow || a.alarm.cause != b.alarm.cause;
}

/**
 * @brief Whether an amount has changed by more than a share of what it was.
 * @param before what it was
 * @param after what it is
 * @param share the share
 * @return true if so
 */
bool
HasChanged(uint64_t before, uint64_t after, double share)
{
    const uint64_t change = before < after ? after - before : before - after;
    return static_cast<double>(change) > share * static_cast<double>(before);
}

} // namespace

TypeId
ControllerClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ControllerClient")
            .SetParent<RouteProvider>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ControllerClient>()
            .AddAttribute("RequestInterval",
                          "Time after which a session request without answer is repeated.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&ControllerClient::m_requestInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("ReportInterval",
                          "Shortest time between reports of a link that tell no change of "
                          "status but of pool level or key rate.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&ControllerClient::m_reportInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ReportChange",
                          "Change of pool level or key rate that is reported if it is exceeded, "
                          "relative to what was told last.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&ControllerClient::m_reportChange),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("RefreshInterval",
                          "Time after which a link of which nothing was told is told again, so "
                          "that the controller does not take it for forgotten; zero for never.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ControllerClient::m_refreshInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("LossWindow",
                          "What was sent less than this time before a connection is lost may "
                          "not have arrived and is told again; longer than hellos take to find "
                          "out.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&ControllerClient::m_lossWindow),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("BadMessage",
                            "A message is not understood; it changes nothing.",
                            MakeTraceSourceAccessor(&ControllerClient::m_badMessageTrace),
                            "ns3::qkdn::ControllerClient::BadMessageCallback")
            .AddTraceSource("SessionRate",
                            "The controller grants a session another key rate than before.",
                            MakeTraceSourceAccessor(&ControllerClient::m_sessionRateTrace),
                            "ns3::qkdn::ControllerClient::SessionRateCallback");
    return tid;
}

ControllerClient::ControllerClient()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

ControllerClient::~ControllerClient()
{
    NS_LOG_FUNCTION(this);
}

void
ControllerClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    ConnectionOver();
    m_endpoint->Dispose();
    m_user = nullptr;
    m_routes = nullptr;
    RouteProvider::DoDispose();
}

void
ControllerClient::Configure(KmId self)
{
    m_self = self;
}

void
ControllerClient::SetCallbacks(ControllerClientUser* user)
{
    m_user = user;
}

void
ControllerClient::Attach(const RouteProviderPlace& place)
{
    Configure(place.self);
    SetCallbacks(place.user);
    m_routes = place.routes;
}

void
ControllerClient::SetAddresses(const Address& local, const Address& controller)
{
    m_ownAddress = local;
    m_controllerAddress = controller;
}

void
ControllerClient::Start(Ptr<Node> node)
{
    NS_ABORT_MSG_IF(m_controllerAddress.IsInvalid(),
                    "KM " << m_self << " does not know the address of its controller");
    Start(node, m_ownAddress, m_controllerAddress);
}

void
ControllerClient::Start(Ptr<Node> node, const Address& local, const Address& controller)
{
    NS_LOG_FUNCTION(this << m_self << local << controller);
    NS_ABORT_MSG_UNLESS(m_self.IsValid() && m_user,
                        "a controller client was started without a key manager");
    const bool first = m_local.IsInvalid();
    NS_ABORT_MSG_UNLESS(
        first || (local == m_local && controller == GetEndpoint()->GetPeerAddress(m_controller)),
        "KM " << m_self << " cannot change its own address or controller on Ck");
    m_local = local;
    m_endpoint->SetNode(node);
    GetEndpoint()->SetReceiveCallback(MakeCallback(&ControllerClient::Receive, this));
    GetEndpoint()->SetPeerCallback(MakeCallback(&ControllerClient::PeerConnected, this));
    m_controller = m_endpoint->AddPeer(controller);
    m_endpoint->Listen(local);
}

void
ControllerClient::Stop()
{
    NS_LOG_FUNCTION(this << m_self);
    m_endpoint->Stop();
    ConnectionOver();
    m_events.Clear();
    m_links.clear();
    for (auto& entry : m_sessions)
    {
        entry.second.grantedBps = entry.second.description.policy.demandBps;
    }
}

bool
ControllerClient::ReportUsage(const CkUsageReport& report)
{
    return Send(CK_USAGE_REPORT, report.ToPacket());
}

uint64_t
ControllerClient::GetConnections() const
{
    return m_connections;
}

bool
ControllerClient::IsUp() const
{
    return m_controller.IsValid() && GetEndpoint()->IsUp(m_controller);
}

Ptr<MessageEndpoint>
ControllerClient::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
ControllerClient::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

bool
ControllerClient::Send(uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    return IsUp() && GetEndpoint()->Send(m_controller, type, body, incident);
}

void
ControllerClient::SetRoleFunction(RoleFunction role)
{
    m_role = std::move(role);
}

void
ControllerClient::SetObeyFunction(ObeyFunction obey)
{
    m_obey = std::move(obey);
}

void
ControllerClient::SetActive(bool active)
{
    NS_LOG_FUNCTION(this << m_self << active);
    if (std::exchange(m_active, active) == active)
    {
        return;
    }
    ConnectionOver();
    if (active && IsUp())
    {
        Register();
        Repeat();
    }
    Refresh();
}

bool
ControllerClient::GivesSeveralRoutes() const
{
    return true;
}

void
ControllerClient::PeerConnected(PeerId, bool up)
{
    NS_LOG_FUNCTION(this << m_self << up);
    if (!up)
    {
        ConnectionOver();
        return;
    }
    ++m_connections;
    Register();
    Repeat();
    Refresh();
}

void
ControllerClient::ConnectionOver()
{
    m_repeat.Cancel();
    m_refresh.Cancel();
    m_lost = Simulator::Now();
    if (m_active)
    {
        ConfirmEvents(m_lost - m_lossWindow);
    }
    m_events.MarkUnsent();
    for (auto& entry : m_links)
    {
        entry.second.report.Cancel();
    }
    for (auto& entry : m_sessions)
    {
        entry.second.answered = false;
    }
}

void
ControllerClient::Register()
{
    const CkRegistration registration = m_user->MakeRegistration();
    Send(CK_REGISTRATION, registration.ToPacket());
    for (const CkLinkState& state : registration.links)
    {
        Link& link = m_links[state.link];
        link.told = link.newest = state;
        link.reported = Simulator::Now();
        // the registration does not tell which failure made the link what it is
        if (link.incident.IsValid() && link.changed >= m_lost - m_lossWindow)
        {
            SendLinkReport(state.link, link.incident);
        }
    }
}

void
ControllerClient::AddSession(const KeySession& session)
{
    NS_LOG_FUNCTION(this << session.id);
    NS_ABORT_MSG_UNLESS(session.masterKm == m_self,
                        "session " << session.id << ": KM " << m_self
                                   << " does not serve its master application");
    m_sessions[session.id] = Session{session, false, session.policy.demandBps};
    if (IsUp() && m_active)
    {
        SendRequest(session);
        RepeatLater();
    }
}

void
ControllerClient::SendRequest(const KeySession& session)
{
    const CkSessionRequest request{session.id,
                                   session.masterKm,
                                   session.slaveKm,
                                   session.keySizeBit,
                                   session.policy};
    Send(CK_SESSION_REQUEST, request.ToPacket());
}

void
ControllerClient::RepeatLater()
{
    if (m_repeat.IsExpired())
    {
        m_repeat = Simulator::Schedule(m_requestInterval, &ControllerClient::Repeat, this);
    }
}

void
ControllerClient::Repeat()
{
    m_repeat.Cancel();
    if (!m_active)
    {
        return;
    }
    SendEvents();
    for (const auto& entry : m_sessions)
    {
        if (!entry.second.answered)
        {
            SendRequest(entry.second.description);
            RepeatLater();
        }
    }
}

void
ControllerClient::SendEvents()
{
    m_events.Flush(Simulator::Now(), [this](const CkRouteEvent& event, IncidentId incident) {
        return Send(CK_ROUTE_EVENT, event.ToPacket(), incident);
    });
    if (IsUp() && m_events.HasUnsent())
    {
        RepeatLater();
    }
}

void
ControllerClient::ConfirmEvents(Time time)
{
    m_events.Confirm(time, [this](RouteId route) { return !m_routes || m_routes->Find(route); });
}

void
ControllerClient::ReportRouteEvent(const CkRouteEvent& event, IncidentId incident)
{
    NS_LOG_FUNCTION(this << event.session << event.route << RouteEventName(event.kind));
    if (!m_active)
    {
        m_events.Add(event, incident);
        return;
    }
    ConfirmEvents(Simulator::Now() - m_lossWindow);
    m_events.Add(event, incident);
    SendEvents();
}

void
ControllerClient::ReportLink(const CkLinkState& state, IncidentId incident)
{
    NS_LOG_FUNCTION(this << state.link << LinkStatusName(state.status) << state.poolBits);
    const bool known = m_links.find(state.link) != m_links.end();
    Link& link = m_links[state.link];
    const bool news = !known || DifferInStatus(link.newest, state);
    link.newest = state;
    if (news)
    {
        link.incident = incident;
        link.changed = Simulator::Now();
    }
    if (!IsUp())
    {
        return; // the registration will tell
    }
    if (news)
    {
        SendLinkReport(state.link, incident);
    }
    else
    {
        ReviewLink(state.link);
    }
}

void
ControllerClient::SendLinkReport(LinkId id, IncidentId incident)
{
    Link& link = m_links.at(id);
    link.report.Cancel();
    if (Send(CK_LINK_REPORT, CkLinkReport{link.newest}.ToPacket(), incident))
    {
        link.told = link.newest;
        link.reported = Simulator::Now();
    }
    else if (IsUp())
    {
        link.report =
            Simulator::Schedule(m_requestInterval, &ControllerClient::ReviewLink, this, id);
    }
}

void
ControllerClient::ReviewLink(LinkId id)
{
    Link& link = m_links.at(id);
    if (DifferInStatus(link.told, link.newest))
    {
        SendLinkReport(id, link.incident);
        return;
    }
    const bool changed = HasChanged(link.told.poolBits, link.newest.poolBits, m_reportChange) ||
                         HasChanged(link.told.keyRateBps, link.newest.keyRateBps, m_reportChange);
    const Time next = link.reported + m_reportInterval;
    if (changed && next <= Simulator::Now())
    {
        SendLinkReport(id, IncidentId());
    }
    else if (changed && link.report.IsExpired())
    {
        link.report =
            Simulator::Schedule(next - Simulator::Now(), &ControllerClient::ReviewLink, this, id);
    }
}

void
ControllerClient::Refresh()
{
    if (m_refreshInterval.IsZero() || !IsUp())
    {
        return;
    }
    Time next = Simulator::Now() + m_refreshInterval;
    for (const auto& [id, link] : m_links)
    {
        if (link.reported + m_refreshInterval <= Simulator::Now())
        {
            SendLinkReport(id, IncidentId());
        }
        else
        {
            next = Min(next, link.reported + m_refreshInterval);
        }
    }
    m_refresh = Simulator::Schedule(next - Simulator::Now(), &ControllerClient::Refresh, this);
}

uint64_t
ControllerClient::GetGrantedBps(SessionId session) const
{
    const auto found = m_sessions.find(session);
    NS_ABORT_MSG_IF(found == m_sessions.end(),
                    "KM " << m_self << " requests no routes for session " << session);
    return found->second.grantedBps;
}

bool
ControllerClient::Grant(const CkSessionRate& rate, std::string& reason)
{
    const auto session = m_sessions.find(rate.session);
    if (session == m_sessions.end())
    {
        reason = "no such session here";
        return false;
    }
    if (rate.grantedBps > session->second.description.policy.demandBps)
    {
        reason = "the session does not ask for so much key";
        return false;
    }
    if (session->second.grantedBps != rate.grantedBps)
    {
        session->second.grantedBps = rate.grantedBps;
        m_sessionRateTrace(rate.session, rate.grantedBps);
    }
    return true;
}

void
ControllerClient::Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_self << type << body->GetSize());
    if (!Dispatch(type, body, incident))
    {
        NS_LOG_WARN("KM " << m_self << ": Ck message of type " << type << " not understood");
        m_badMessageTrace(type);
    }
}

bool
ControllerClient::Dispatch(uint16_t type, Ptr<const Packet> body, IncidentId incident)
{
    std::string reason;
    const auto obey = [&](const auto& command, const auto& carryOut) {
        if (command)
        {
            const bool done = (!m_obey || m_obey(reason)) && carryOut(*command);
            Acknowledge(command->command, done, reason, incident);
        }
        return command.has_value();
    };
    switch (type)
    {
    case CK_ROUTE_INSTALL:
        return obey(CkRouteInstall::FromPacket(body),
                    [&](const CkRouteInstall& command) { return Install(command.route, reason); });
    case CK_ROUTE_RELEASE:
        return obey(CkRouteRelease::FromPacket(body), [&](const CkRouteRelease& command) {
            return m_user->ReleaseRoute(command.route, reason);
        });
    case CK_SESSION_ROUTES:
        return obey(CkSessionRoutes::FromPacket(body),
                    [&](const CkSessionRoutes& command) { return Use(command, incident, reason); });
    case CK_SESSION_RATE:
        return obey(CkSessionRate::FromPacket(body),
                    [&](const CkSessionRate& command) { return Grant(command, reason); });
    case CK_ROLE: {
        const auto term = m_role ? ControllerTerm::FromPacket(body) : std::nullopt;
        if (term)
        {
            m_role(*term);
        }
        return term.has_value();
    }
    default:
        return false;
    }
}

bool
ControllerClient::Install(const KeyRoute& route, std::string& reason)
{
    std::vector<KmId> kms = route.kms;
    std::sort(kms.begin(), kms.end());
    if (!route.id.IsValid() || !route.session.IsValid())
    {
        reason = "the route has no number or no session";
    }
    else if (std::adjacent_find(kms.begin(), kms.end()) != kms.end())
    {
        reason = "the route goes through a key manager twice";
    }
    else if (!std::binary_search(kms.begin(), kms.end(), m_self))
    {
        reason = "the route does not go through this key manager";
    }
    return reason.empty() && m_user->InstallRoute(route, reason);
}

bool
ControllerClient::Use(const CkSessionRoutes& routes, IncidentId incident, std::string& reason)
{
    const auto session = m_sessions.find(routes.session);
    if (session == m_sessions.end())
    {
        reason = "no such session here";
        return false;
    }
    if (routes.protection.IsValid() &&
        (routes.protection == routes.working || routes.protection == routes.recovery))
    {
        reason = "a route cannot protect itself";
        return false;
    }
    const bool done = m_user->UseRoutes(routes, incident, reason);
    session->second.answered = session->second.answered || done;
    return done;
}

void
ControllerClient::Acknowledge(uint32_t command,
                              bool done,
                              const std::string& reason,
                              IncidentId incident)
{
    CkAcknowledgement answer;
    answer.command = command;
    answer.done = done;
    answer.reason = done ? std::string() : reason;
    // lost with the connection, as the command then comes again
    Send(CK_ACKNOWLEDGEMENT, answer.ToPacket(), incident);
}

} // namespace qkdn
} // namespace ns3
