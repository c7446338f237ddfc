/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-km-control-agent.h"

#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmControlAgent");
NS_OBJECT_ENSURE_REGISTERED(KmControlAgent);

namespace
{

/// Number of the agent among the detecting components of its node.
constexpr uint16_t INCIDENT_COMPONENT = 4095;

} // namespace

TypeId
KmControlAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KmControlAgent")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KmControlAgent>()
            .AddAttribute("RepeatInterval",
                          "Time after which the switch of a route is told again, as long as not "
                          "all its KMs have acknowledged.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KmControlAgent::SetRepeatInterval,
                                           &KmControlAgent::GetRepeatInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Supervisor",
                          "What watches the hops of routes.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KmControlAgent::GetSupervisor),
                          MakePointerChecker<RouteSupervisor>())
            .AddAttribute("ControllerClient",
                          "The end of Ck towards the controller.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&KmControlAgent::GetControllerClient),
                          MakePointerChecker<ControllerClient>())
            .AddTraceSource("Route",
                            "A key relay route is installed or over.",
                            MakeTraceSourceAccessor(&KmControlAgent::m_routeTrace),
                            "ns3::qkdn::KmControlAgent::RouteCallback")
            .AddTraceSource("RouteEvent",
                            "Something happens to a route of a session whose master is here.",
                            MakeTraceSourceAccessor(&KmControlAgent::m_routeEventTrace),
                            "ns3::qkdn::KmControlAgent::RouteEventCallback")
            .AddTraceSource("Command",
                            "What becomes of an operator command for the routes of a session.",
                            MakeTraceSourceAccessor(&KmControlAgent::m_commandTrace),
                            "ns3::qkdn::RouteSelector::CommandCallback");
    return tid;
}

KmControlAgent::KmControlAgent()
    : m_supervisor(CreateObject<RouteSupervisor>()),
      m_client(CreateObject<ControllerClient>())
{
    NS_LOG_FUNCTION(this);
}

KmControlAgent::~KmControlAgent()
{
    NS_LOG_FUNCTION(this);
}

void
KmControlAgent::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_switcher.Reset();
    m_routeSets.Dispose();
    m_client->Dispose();
    if (m_provider)
    {
        m_provider->Dispose();
        m_provider = nullptr;
    }
    m_supervisor->Dispose();
    for (auto& session : m_sessions)
    {
        session.second.selector->Dispose();
    }
    m_sessions.clear();
    m_parts = KmParts();
    m_links = LinkSource();
    Object::DoDispose();
}

void
KmControlAgent::Configure(const KmParts& parts, LinkSource links)
{
    m_parts = parts;
    m_links = links;
    m_supervisor->Configure(parts.self,
                            parts.channel,
                            parts.routes,
                            parts.neighbours,
                            MakeCallback(&KmControlAgent::StatusChanged, this));
    m_switcher.Configure(parts.channel, parts.routes, parts.gate);
    m_switcher.SetCallbacks(MakeCallback(&KmControlAgent::ReviewExtraTraffic, this),
                            MakeCallback(&KmControlAgent::SwitchAcknowledged, this));
    m_routeSets.Configure(parts, MakeCallback(&KmControlAgent::Event, this));
}

void
KmControlAgent::Describe(const CkLinkDescription& description)
{
    m_descriptions[description.link] = description;
}

const CkLinkDescription*
KmControlAgent::GetDescription(LinkId link) const
{
    const auto found = m_descriptions.find(link);
    return found == m_descriptions.end() ? nullptr : &found->second;
}

void
KmControlAgent::SetNodeName(const std::string& name)
{
    m_nodeName = name;
}

void
KmControlAgent::SetRepeatInterval(Time interval)
{
    m_switcher.SetInterval(interval);
}

Time
KmControlAgent::GetRepeatInterval() const
{
    return m_switcher.GetInterval();
}

void
KmControlAgent::AddSession(const KeySession& session)
{
    KeyRoute local;
    local.id = RouteId(LOCAL_ROUTE_BASE + session.id.value);
    local.session = session.id;
    local.kms = {session.masterKm, session.slaveKm};
    const KmId other = session.masterKm == m_parts.self ? session.slaveKm : session.masterKm;
    const bool areNeighbours = m_parts.neighbours->find(other) != m_parts.neighbours->end();
    if (areNeighbours && !m_provider)
    {
        m_parts.routes->Install(local);
    }
    if (session.masterKm != m_parts.self)
    {
        return;
    }
    NS_ABORT_MSG_IF(!areNeighbours && !m_provider,
                    "session " << session.name << ": KM " << session.slaveKm
                               << " is no neighbour of KM " << m_parts.self
                               << ", and there is nobody to find a route");
    NS_ABORT_MSG_IF(!m_provider && session.policy.resilienceClass != CLASS_UNPROTECTED,
                    "session " << session.name << ": class "
                               << ResilienceClassName(session.policy.resilienceClass)
                               << " needs a controller or link-state routing, connected before the "
                                  "session is added");
    if (UsesSeveralRoutes(session.policy.resilienceClass))
    {
        NS_ABORT_MSG_UNLESS(m_provider && m_provider->GivesSeveralRoutes(),
                            "session " << session.name << ": class "
                                       << ResilienceClassName(session.policy.resilienceClass)
                                       << " needs a controller to find routes");
        m_routeSets.AddSession(session);
        m_provider->AddSession(session);
        return;
    }
    Session& mine = m_sessions[session.id];
    mine.description = session;
    mine.selector = CreateObject<RouteSelector>();
    mine.selector->Configure(session);
    mine.selector->SetAutonomy(m_policy.maySwitch);
    mine.selector->SetSelectCallback(MakeCallback(&KmControlAgent::Select, this));
    mine.selector->SetEventCallback(MakeCallback(&KmControlAgent::Event, this));
    mine.selector->TraceConnectWithoutContext("Command",
                                              MakeCallback(&KmControlAgent::CommandChanged, this));
    if (session.policy.MaySplitRecovery())
    {
        m_parts.shareMaker->AddSession(session);
    }
    if (!m_provider)
    {
        m_parts.UseRoute(session.id, local);
    }
    else
    {
        m_provider->AddSession(session);
    }
}

void
KmControlAgent::Start(Ptr<Node> node)
{
    m_running = true;
    m_incidents.SetDetector(node->GetId(), INCIDENT_COMPONENT);
    if (m_provider)
    {
        m_provider->Start(node);
    }
}

void
KmControlAgent::Stop()
{
    m_running = false;
    if (m_provider)
    {
        m_provider->Stop();
    }
    // a process that starts does not know the policy; it is sent again
    m_policy = MkPolicy();
    m_parts.gate->SetPolicy(m_policy.mayCarryExtra, m_policy.reserveBits);
    m_switcher.Reset();
    m_supervisor->Reset();
    m_parts.relayMaker->ForgetFailures();
    if (!m_provider)
    {
        return;
    }
    // a process that starts does not know its routes; they are installed again
    m_routeSets.Reset();
    m_toTell = m_routeSets.GetSessions();
    for (auto& [id, session] : m_sessions)
    {
        m_toTell.insert(id);
        session.selector->Reset();
        session.selector->SetAutonomy(m_policy.maySwitch);
        session.stopped = false;
        session.beside.clear();
        session.weights.clear();
        Apply(session);
    }
    while (!m_parts.routes->GetAll().empty())
    {
        const KeyRoute route = m_parts.routes->GetAll().begin()->second;
        m_parts.relayAgent->LeaveRoute(route.id);
        RemoveRoute(route);
    }
}

CkRegistration
KmControlAgent::MakeRegistration() const
{
    CkRegistration registration{m_parts.self, m_links(), {}};
    for (const auto& description : m_descriptions)
    {
        registration.descriptions.push_back(description.second);
    }
    registration.name = m_nodeName;
    return registration;
}

bool
KmControlAgent::InstallRoute(const KeyRoute& route, std::string& reason)
{
    NS_LOG_FUNCTION(this << m_parts.self << route.id);
    const KeyRoute* before = m_parts.routes->Find(route.id);
    if (before && before->kms == route.kms && before->role == route.role &&
        before->floorBits == route.floorBits)
    {
        return true;
    }
    reason = m_parts.routes->Install(route);
    if (!reason.empty())
    {
        return false;
    }
    for (const KmId beside : {m_parts.routes->GetNext(route), m_parts.routes->GetPrevious(route)})
    {
        if (beside.IsValid() && m_parts.neighbours->find(beside) == m_parts.neighbours->end())
        {
            m_parts.routes->Release(route.id);
            reason = "key manager " + std::to_string(beside.value) + " is no neighbour of " +
                     std::to_string(m_parts.self.value);
            return false;
        }
    }
    m_routeTrace(m_parts.self, route, true);
    m_supervisor->RouteInstalled(route);
    const auto session = m_sessions.find(route.session);
    if (session != m_sessions.end())
    {
        session->second.selector->RouteInstalled(route.id);
    }
    else if (m_routeSets.Has(route.session))
    {
        m_routeSets.RouteInstalled(route.session, route.id);
    }
    return true;
}

bool
KmControlAgent::ReleaseRoute(RouteId id, std::string& /* reason */)
{
    NS_LOG_FUNCTION(this << m_parts.self << id);
    const KeyRoute* found = m_parts.routes->Find(id);
    if (!found)
    {
        // a process that has started again may still have keys to void from before
        VoidOverNextRoute(m_parts.relayAgent->ReleaseRoute(id));
        return true;
    }
    const KeyRoute route = *found;
    Abandon(id, IncidentId());
    const std::vector<KsaKeyId> unvoided = m_parts.relayAgent->ReleaseRoute(id);
    const auto session = m_sessions.find(route.session);
    if (session != m_sessions.end())
    {
        session->second.selector->ForgetRoute(id);
    }
    else if (m_routeSets.Has(route.session))
    {
        m_routeSets.ForgetRoute(route.session, id);
    }
    VoidOverNextRoute(unvoided);
    RemoveRoute(route);
    return true;
}

void
KmControlAgent::VoidOverNextRoute(const std::vector<KsaKeyId>& keys)
{
    std::map<SessionId, std::vector<KsaKeyId>> bySession;
    for (const KsaKeyId& key : keys)
    {
        bySession[key.session].push_back(key);
    }
    for (const auto& [session, ofSession] : bySession)
    {
        m_parts.masterAgent->VoidOverNextRoute(session, ofSession);
    }
}

void
KmControlAgent::RemoveRoute(const KeyRoute& route)
{
    m_supervisor->RouteReleased(route.id);
    m_switcher.Release(route);
    m_parts.routes->Release(route.id);
    m_routeTrace(m_parts.self, route, false);
}

void
KmControlAgent::Select(SessionId id, RouteId selected, RouteId previous, IncidentId incident)
{
    NS_LOG_FUNCTION(this << id << selected << previous);
    Session& session = m_sessions.at(id);
    const KeyRoute* route = m_parts.routes->Find(selected);
    session.stopped = IsStopped(route);
    const KeyRoute* old = m_parts.routes->Find(previous);
    const KeyRoute before = old ? *old : KeyRoute();
    Apply(session);
    const bool hasFailed = session.selector->IsInSignalFail(previous);
    if (old && hasFailed)
    {
        Abandon(previous, incident);
    }
    ProtectionSwitcher::Switch change;
    change.session = id;
    change.selected = selected;
    change.preemption = session.description.policy.preemption;
    change.incident = incident;
    if (old && before.role == ROUTE_PROTECTION)
    {
        change.active = false;
        m_switcher.Start(before, change);
    }
    if (route && route->role == ROUTE_PROTECTION)
    {
        change.active = true;
        m_switcher.Start(*route, change);
    }
    else if (!old || before.role != ROUTE_PROTECTION || hasFailed)
    {
        // a failed protection route may never hear that it is not used any more
        session.selector->Acknowledged(selected);
    }
}

bool
KmControlAgent::IsStopped(const KeyRoute* route) const
{
    return route && route->role == ROUTE_EXTRA && m_parts.gate->IsPreempted(*route);
}

void
KmControlAgent::ReviewExtraTraffic(IncidentId incident)
{
    for (const auto& neighbour : *m_parts.neighbours)
    {
        m_parts.relayAgent->ReviewRefused(neighbour.first);
    }
    for (auto& [id, session] : m_sessions)
    {
        const KeyRoute* used = m_parts.routes->Find(session.selector->GetSelected());
        const bool stopped = IsStopped(used);
        if (stopped == session.stopped || !used)
        {
            continue;
        }
        session.stopped = stopped;
        Apply(session);
        Event(id,
              used->id,
              stopped ? ROUTE_EVENT_PREEMPTED : ROUTE_EVENT_RESUMED,
              session.description.policy.trigger,
              KmId(),
              incident);
    }
}

void
KmControlAgent::SwitchAcknowledged(SessionId session, RouteId selected)
{
    m_sessions.at(session).selector->Acknowledged(selected);
}

void
KmControlAgent::StatusChanged(const KeyRoute& route,
                              const KxRouteStatus& status,
                              IncidentId incident)
{
    if (!status.failed)
    {
        m_parts.relayMaker->Resume(route.id);
    }
    if (status.condition == TRIGGER_SUPPLY_INTERRUPTED)
    {
        // whether keys are had again is known by the next that is supplied
        return;
    }
    if (m_routeSets.Has(route.session))
    {
        m_routeSets.StatusChanged(route.session, route.id, status, incident);
        return;
    }
    const auto found = m_sessions.find(route.session);
    if (found == m_sessions.end() || KeyRoute::IsLocal(route.id))
    {
        return;
    }
    Session& session = found->second;
    if (status.failed)
    {
        const Time buffered = m_parts.masterAgent->GetPoolHoldOver(route.session);
        const Time holdOver =
            status.holdOver == Time::Max() ? status.holdOver : status.holdOver + buffered;
        session.selector->SignalFail(route.id, status.condition, status.hop, incident, holdOver);
        ReviewTogether(session, incident);
        return;
    }
    session.selector->ClearFail(route.id, status.condition, status.hop);
    if (status.condition == TRIGGER_LINK_DOWN)
    {
        // a link that generates again supplies again
        session.selector->ClearFail(route.id, TRIGGER_SUPPLY_INTERRUPTED, m_parts.self);
    }
    ReviewTogether(session, incident);
}

void
KmControlAgent::SupplyChanged(SessionId id, RouteId route, bool possible, IncidentId incident)
{
    const auto found = m_sessions.find(id);
    const bool several = m_routeSets.Has(id);
    if (!m_running || (found == m_sessions.end() && !several) || KeyRoute::IsLocal(route))
    {
        return;
    }
    const IncidentId cause = possible || incident.IsValid() ? incident : m_incidents.Next();
    Event(id,
          route,
          possible ? ROUTE_EVENT_SUPPLY_RESUMED : ROUTE_EVENT_SUPPLY_INTERRUPTED,
          TRIGGER_SUPPLY_INTERRUPTED,
          KmId(),
          cause);
    if (!route.IsValid() || several)
    {
        // which of several routes it is due to is not known
        return;
    }
    const Ptr<RouteSelector> selector = found->second.selector;
    if (possible)
    {
        selector->ClearFail(route, TRIGGER_SUPPLY_INTERRUPTED, m_parts.self);
    }
    else
    {
        selector->SignalFail(route, TRIGGER_SUPPLY_INTERRUPTED, m_parts.self, cause, Time(0));
    }
}

void
KmControlAgent::Event(SessionId session,
                      RouteId route,
                      RouteEventKind kind,
                      ResilienceTrigger trigger,
                      KmId failedHop,
                      IncidentId incident)
{
    m_routeEventTrace(m_parts.self, session, route, kind, trigger, incident);
    if (m_provider)
    {
        m_provider->ReportRouteEvent(CkRouteEvent{session, route, kind, trigger, failedHop},
                                     incident);
    }
}

} // namespace qkdn
} // namespace ns3
