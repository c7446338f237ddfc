/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-correlation.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFaultCorrelation");
NS_OBJECT_ENSURE_REGISTERED(FaultCorrelation);

namespace
{

/**
 * @brief Whether a cause that an end of a link gives is an alarm: no key is made, unless by intent.
 * @param cause the cause
 * @return true if so
 */
bool
IsFailure(LinkCause cause)
{
    return cause == CAUSE_LOSS_OF_LIGHT || cause == CAUSE_QBER_ABORT || cause == CAUSE_PEER ||
           cause == CAUSE_CLASSICAL_CHANNEL;
}

} // namespace

const char*
CauseStateName(CauseState state)
{
    static const char* const names[] = {"open", "cleared", "absorbed"};
    return names[state];
}

TypeId
FaultCorrelation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::FaultCorrelation")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<FaultCorrelation>()
            .AddAttribute("CorrelationWindow",
                          "Time from the first alarm that no cause explains to the decision what "
                          "its cause is; longer than hellos take to find out.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&FaultCorrelation::m_window),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Cause",
                            "A component is taken for the cause of alarms, or they are over.",
                            MakeTraceSourceAccessor(&FaultCorrelation::m_causeTrace),
                            "ns3::qkdn::FaultCorrelation::CauseCallback");
    return tid;
}

FaultCorrelation::FaultCorrelation() = default;

FaultCorrelation::~FaultCorrelation() = default;

void
FaultCorrelation::DoDispose()
{
    m_decision.Cancel();
    m_inventory = nullptr;
    m_suspects.reset();
    Object::DoDispose();
}

void
FaultCorrelation::SetInventory(const Inventory& inventory)
{
    m_inventory = &inventory;
    m_suspects = std::make_unique<FaultSuspects>(inventory, m_alarms);
}

void
FaultCorrelation::InventoryChanged()
{
    m_stale = true;
}

FaultSuspects&
FaultCorrelation::Suspects()
{
    if (m_stale)
    {
        m_stale = false;
        m_suspects->Refresh();
    }
    return *m_suspects;
}

void
FaultCorrelation::AlarmReported(const McAlarm& alarm, IncidentId incident)
{
    const auto link = m_inventory->GetLinks().find(alarm.link);
    if (link == m_inventory->GetLinks().end() ||
        (alarm.km != link->second.status.a && alarm.km != link->second.status.b))
    {
        NS_LOG_LOGIC("alarm of an end of a link that is not in the inventory");
        return;
    }
    const AlarmKey key{ALARM_LINK_END, alarm.link.value, alarm.km};
    if (IsFailure(alarm.alarm.cause))
    {
        Raise(key, incident, alarm.alarm.cause);
    }
    else
    {
        Clear(key);
    }
}

void
FaultCorrelation::LinkReported(const McLinkStatus& status, IncidentId incident)
{
    if (status.aReports && status.bReports && status.status == LINK_ACTIVE)
    {
        // a controller that has started again does not tell that an alarm is over
        Clear(AlarmKey{ALARM_LINK_END, status.link.value, status.a});
        Clear(AlarmKey{ALARM_LINK_END, status.link.value, status.b});
    }
    if (status.aReports)
    {
        NeighbourReported(status.a, status.b, status.aSeesB, incident);
    }
    if (status.bReports)
    {
        NeighbourReported(status.b, status.a, status.bSeesA, incident);
    }
}

void
FaultCorrelation::NeighbourReported(KmId by, KmId neighbour, bool sees, IncidentId incident)
{
    if (sees)
    {
        m_seen.emplace(by, neighbour);
    }
    const bool isMissed = !sees && m_seen.count({by, neighbour}) > 0;
    Set(isMissed, AlarmKey{ALARM_NEIGHBOUR, neighbour.value, by}, incident);
}

void
FaultCorrelation::KmReported(const McKmStatus& status)
{
    Set(!status.reachable, AlarmKey{ALARM_KM, status.km.value, KmId()}, IncidentId());
}

void
FaultCorrelation::RouteReported(const McRouteStatus& status, IncidentId incident)
{
    Set(status.state == MC_ROUTE_FAILED,
        AlarmKey{ALARM_ROUTE, status.route.id.value, KmId()},
        incident);
}

void
FaultCorrelation::Set(bool stands, const AlarmKey& key, IncidentId incident)
{
    if (stands)
    {
        Raise(key, incident);
    }
    else
    {
        Clear(key);
    }
}

void
FaultCorrelation::Raise(const AlarmKey& key, IncidentId incident, LinkCause cause)
{
    const auto [found, isNew] =
        m_alarms.emplace(key, StandingAlarm{Simulator::Now(), incident, cause, 0});
    if (!isNew)
    {
        found->second.cause = cause;
        return;
    }
    NS_LOG_FUNCTION(this << +key.kind << key.about << key.by << incident.ToString());
    for (const uint32_t number : m_open)
    {
        FaultCause& open = m_causes.at(number - 1);
        if (Suspects().Explains(open.component, key))
        {
            Join(key, open);
            return;
        }
    }
    Gather(key);
}

void
FaultCorrelation::Clear(const AlarmKey& key)
{
    const auto found = m_alarms.find(key);
    if (found == m_alarms.end())
    {
        return;
    }
    NS_LOG_FUNCTION(this << +key.kind << key.about << key.by);
    const uint32_t number = found->second.explainedBy;
    m_alarms.erase(found);
    if (number == 0)
    {
        return;
    }
    FaultCause& cause = m_causes.at(number - 1);
    cause.standing.erase(key);
    if (std::none_of(cause.standing.begin(), cause.standing.end(), [](const AlarmKey& alarm) {
            return alarm.IsPrimary();
        }))
    {
        CloseCause(cause, CAUSE_CLEARED);
    }
}

void
FaultCorrelation::Start()
{
    m_running = true;
    for (const AlarmKey& key : GetUnexplained())
    {
        Gather(key);
    }
}

void
FaultCorrelation::Stop()
{
    m_running = false;
    m_decision.Cancel();
}

std::set<AlarmKey>
FaultCorrelation::GetUnexplained() const
{
    std::set<AlarmKey> keys;
    for (const auto& [key, alarm] : m_alarms)
    {
        if (alarm.explainedBy == 0)
        {
            keys.insert(key);
        }
    }
    return keys;
}

void
FaultCorrelation::Gather(const AlarmKey& key)
{
    if (m_running && key.IsPrimary() && m_decision.IsExpired())
    {
        m_decision = Simulator::Schedule(m_window, &FaultCorrelation::Decide, this);
    }
}

void
FaultCorrelation::Decide()
{
    NS_LOG_FUNCTION(this << m_alarms.size());
    for (std::set<AlarmKey> unexplained = GetUnexplained(); !unexplained.empty();
         unexplained = GetUnexplained())
    {
        const std::vector<Component> ranked = Suspects().Rank(unexplained);
        if (ranked.empty())
        {
            // routes, KMs out of reach, and links that may be good again soon
            return;
        }
        Open(ranked.front(), unexplained);
    }
}

void
FaultCorrelation::Open(const Component& component, const std::set<AlarmKey>& alarms)
{
    FaultCause cause;
    cause.number = static_cast<uint32_t>(m_causes.size() + 1);
    cause.component = component;
    cause.opened = Simulator::Now();
    m_causes.push_back(cause);
    m_open.insert(cause.number);
    FaultCause& mine = m_causes.back();
    for (const AlarmKey& key : alarms)
    {
        if (Suspects().Explains(component, key))
        {
            Join(key, mine);
        }
    }
    Absorb(mine);
    Time oldest = Time::Max();
    for (const AlarmKey& key : mine.standing)
    {
        const StandingAlarm& alarm = m_alarms.at(key);
        if (alarm.incident.IsValid() && alarm.raised < oldest)
        {
            oldest = alarm.raised;
            mine.incident = alarm.incident;
        }
    }
    NS_LOG_INFO("cause " << mine.number << ": " << ComponentKindName(component.kind) << " "
                         << component.name << ", " << mine.alarms << " alarms");
    m_causeTrace(mine);
}

void
FaultCorrelation::Join(const AlarmKey& key, FaultCause& cause)
{
    StandingAlarm& alarm = m_alarms.at(key);
    alarm.explainedBy = cause.number;
    cause.standing.insert(key);
    ++cause.alarms;
    cause.incident = cause.incident.IsValid() ? cause.incident : alarm.incident;
}

void
FaultCorrelation::Absorb(FaultCause& cause)
{
    const std::set<uint32_t> open = m_open;
    for (const uint32_t number : open)
    {
        FaultCause& older = m_causes.at(number - 1);
        if (number == cause.number ||
            !std::all_of(older.standing.begin(), older.standing.end(), [&](const AlarmKey& key) {
                return Suspects().Explains(cause.component, key);
            }))
        {
            continue;
        }
        for (const AlarmKey& key : older.standing)
        {
            m_alarms.at(key).explainedBy = 0;
            Join(key, cause);
        }
        older.standing.clear();
        older.absorbedBy = cause.number;
        CloseCause(older, CAUSE_ABSORBED);
    }
}

void
FaultCorrelation::CloseCause(FaultCause& cause, CauseState state)
{
    for (const AlarmKey& key : cause.standing)
    {
        m_alarms.at(key).explainedBy = 0;
    }
    cause.standing.clear();
    m_open.erase(cause.number);
    cause.state = state;
    cause.closed = Simulator::Now();
    m_causeTrace(cause);
}

const std::vector<FaultCause>&
FaultCorrelation::GetCauses() const
{
    return m_causes;
}

const FaultCause&
FaultCorrelation::GetCause(uint32_t number) const
{
    NS_ABORT_MSG_IF(number == 0 || number > m_causes.size(), "there is no cause " << number);
    return m_causes[number - 1];
}

const StandingAlarms&
FaultCorrelation::GetAlarms() const
{
    return m_alarms;
}

std::vector<Component>
FaultCorrelation::GetSuspects(uint32_t number)
{
    return Suspects().Rank(GetCause(number).standing);
}

std::set<SessionId>
FaultCorrelation::GetSessions(uint32_t number)
{
    const std::set<KmHop> hops = Suspects().GetHops(GetCause(number).standing);
    std::set<SessionId> sessions;
    for (const auto& [id, route] : m_inventory->GetRoutes())
    {
        if (route.status.state != MC_ROUTE_RELEASED &&
            FaultSuspects::Uses(route.status.route, hops))
        {
            sessions.insert(route.status.route.session);
        }
    }
    return sessions;
}

} // namespace qkdn
} // namespace ns3
