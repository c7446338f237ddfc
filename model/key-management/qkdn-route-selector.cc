/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-selector.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteSelector");
NS_OBJECT_ENSURE_REGISTERED(RouteSelector);

TypeId
RouteSelector::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RouteSelector")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<RouteSelector>()
            .AddAttribute("RouteSwitchTime",
                          "Time that a switch of routes is reckoned to take: with an automatic "
                          "hold-off it begins that long before buffered key runs out.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&RouteSelector::m_switchTime),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("State",
                            "The state changes.",
                            MakeTraceSourceAccessor(&RouteSelector::m_stateTrace),
                            "ns3::qkdn::RouteSelector::StateCallback")
            .AddTraceSource("Command",
                            "What becomes of an operator command.",
                            MakeTraceSourceAccessor(&RouteSelector::m_commandTrace),
                            "ns3::qkdn::RouteSelector::CommandCallback");
    return tid;
}

RouteSelector::RouteSelector()
{
    NS_LOG_FUNCTION(this);
}

RouteSelector::~RouteSelector()
{
    NS_LOG_FUNCTION(this);
}

void
RouteSelector::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_select = SelectCallback();
    m_event = EventCallback();
    Reset();
    Object::DoDispose();
}

const char*
RouteSelector::GetStateName(State state)
{
    switch (state)
    {
    case NORMAL:
        return "normal";
    case HOLD_OFF:
        return "hold-off";
    case PROTECTING:
        return "protecting";
    case WAIT_TO_RESTORE:
        return "wait-to-restore";
    case DO_NOT_REVERT:
        return "do-not-revert";
    case LOCKED_OUT:
        return "locked-out";
    case FORCED:
        return "forced";
    case MANUAL:
        return "manual";
    case UNAVAILABLE:
        return "unavailable";
    }
    return "unknown";
}

void
RouteSelector::Configure(const KeySession& session)
{
    NS_LOG_FUNCTION(this << session.id);
    NS_ABORT_MSG_IF(session.policy.holdOff.IsStrictlyNegative() ||
                        session.policy.wtr.IsStrictlyNegative(),
                    "session " << session.id << ": hold-off and WTR must not be negative");
    m_session = session;
}

void
RouteSelector::SetSelectCallback(SelectCallback callback)
{
    m_select = callback;
}

void
RouteSelector::SetEventCallback(EventCallback callback)
{
    m_event = callback;
}

void
RouteSelector::Reset()
{
    NS_LOG_FUNCTION(this);
    for (auto& entry : m_routes)
    {
        entry.second.holdOff.Cancel();
    }
    m_routes.clear();
    StopWaiting();
    m_decision.Cancel();
    m_working = m_protection = m_recovery = m_selected = RouteId();
    m_beside.clear();
    m_pending.reset();
    m_left = RouteFailureCause();
    m_preempted = false;
    m_command.reset();
    TraceState();
}

RouteId
RouteSelector::GetSelected() const
{
    return m_selected;
}

bool
RouteSelector::IsInSignalFail(RouteId route) const
{
    return IsMember(route) && m_routes.at(route).failed;
}

bool
RouteSelector::IsFree(RouteId route) const
{
    return IsMember(route) && !m_routes.at(route).failed && !m_routes.at(route).over;
}

RouteSelector::State
RouteSelector::GetState() const
{
    if (!m_selected.IsValid())
    {
        return UNAVAILABLE;
    }
    const RouteState& selected = m_routes.at(m_selected);
    if (selected.failed)
    {
        return selected.heldOff ? UNAVAILABLE : HOLD_OFF;
    }
    if (m_command)
    {
        return m_command->request == REQUEST_LOCKOUT         ? LOCKED_OUT
               : m_command->request == REQUEST_FORCED_SWITCH ? FORCED
                                                             : MANUAL;
    }
    if (m_selected == m_working)
    {
        return NORMAL;
    }
    if (m_selected == m_protection && IsFree(GetPrimary()))
    {
        return m_session.policy.revertive ? WAIT_TO_RESTORE : DO_NOT_REVERT;
    }
    return PROTECTING;
}

void
RouteSelector::TraceState()
{
    const State state = GetState();
    if (state != m_traced)
    {
        NS_LOG_LOGIC("session " << m_session.id << ": " << GetStateName(state));
        const State before = m_traced;
        m_traced = state;
        m_stateTrace(m_session.id, before, state);
    }
}

void
RouteSelector::SignalFail(RouteId route,
                          ResilienceTrigger condition,
                          KmId failedHop,
                          IncidentId incident,
                          Time holdOver)
{
    NS_LOG_FUNCTION(this << route << ResilienceTriggerName(condition) << failedHop << holdOver);
    NS_ABORT_MSG_UNLESS(route.IsValid(), "a failure condition needs a route");
    const Time now = Simulator::Now();
    const bool forEver = holdOver > Time::Max() - now;
    m_routes[route].conditions.Add({condition, failedHop, incident},
                                   forEver ? Time::Max() : now + holdOver);
    if (IsMember(route))
    {
        Reassess(route);
        ScheduleDecision();
    }
}

void
RouteSelector::ClearFail(RouteId route, ResilienceTrigger condition, KmId failedHop)
{
    NS_LOG_FUNCTION(this << route << ResilienceTriggerName(condition) << failedHop);
    const auto known = m_routes.find(route);
    if (known != m_routes.end() && known->second.conditions.Clear(condition, failedHop) &&
        IsMember(route))
    {
        Reassess(route);
        ScheduleDecision();
    }
}

void
RouteSelector::ForgetRoute(RouteId route)
{
    NS_LOG_FUNCTION(this << route);
    if (!IsMember(route))
    {
        m_routes.erase(route);
        return;
    }
    m_routes.at(route).over = true;
    ScheduleDecision();
}

void
RouteSelector::RouteInstalled(RouteId route)
{
    if (IsMember(route) && std::exchange(m_routes.at(route).over, false))
    {
        ScheduleDecision();
    }
}

void
RouteSelector::Reassess(RouteId route)
{
    RouteState& entity = m_routes.at(route);
    const ResilienceTrigger trigger = m_session.policy.trigger;
    const bool begins = entity.conditions.Has(trigger);
    if (!entity.failed && begins)
    {
        entity.failed = true;
        entity.cause = entity.conditions.GetFirst(trigger);
        Emit(route, ROUTE_EVENT_SIGNAL_FAIL, entity.cause);
    }
    else if (entity.failed && !begins && !entity.conditions.Has(TRIGGER_LINK_DOWN))
    {
        entity.failed = entity.heldOff = false;
        Emit(route, ROUTE_EVENT_CLEAR, entity.cause);
    }
    if (entity.failed && !entity.heldOff)
    {
        StartHoldOff(route);
    }
}

void
RouteSelector::StartHoldOff(RouteId route)
{
    const SessionPolicy& policy = m_session.policy;
    RouteState& entity = m_routes.at(route);
    const bool running = !entity.holdOff.IsExpired();
    if (running && !policy.holdOffAuto)
    {
        return;
    }
    Time delay = policy.holdOff;
    if (policy.holdOffAuto)
    {
        const Time until = entity.conditions.GetBufferedUntil(policy.trigger);
        if (until == Time::Max())
        {
            return; // buffered key lasts for ever, or longer than a timer that runs already
        }
        delay = Max(until - m_switchTime - Simulator::Now(), Time(0));
        if (running && Simulator::GetDelayLeft(entity.holdOff) <= delay)
        {
            return;
        }
    }
    entity.holdOff.Cancel();
    if (delay <= Time::Max() - Simulator::Now())
    {
        entity.holdOff = Simulator::Schedule(delay, &RouteSelector::HoldOffOver, this, route);
    }
}

void
RouteSelector::HoldOffOver(RouteId route)
{
    NS_LOG_FUNCTION(this << route);
    RouteState& entity = m_routes.at(route);
    if (entity.failed)
    {
        entity.heldOff = true;
        Emit(route, ROUTE_EVENT_HOLD_OFF_OVER, entity.cause);
        Decide();
    }
}

void
RouteSelector::ScheduleDecision()
{
    TraceState();
    if (m_decision.IsExpired())
    {
        m_decision = Simulator::ScheduleNow(&RouteSelector::Decide, this);
    }
}

void
RouteSelector::Decide()
{
    NS_LOG_FUNCTION(this);
    if (ChoosesItself() && m_selected.IsValid())
    {
        OverrideCommand();
        const RouteState& selected = m_routes.at(m_selected);
        if (m_command)
        {
            FollowCommand();
        }
        else if (m_selected == m_protection)
        {
            DecideOnProtection();
        }
        else if (selected.heldOff && IsFree(m_protection) && m_mayProtect)
        {
            Select(m_protection, ROUTE_EVENT_SWITCH, selected.cause);
        }
    }
    TraceState();
}

void
RouteSelector::DecideOnProtection()
{
    const SessionPolicy& policy = m_session.policy;
    const RouteState& protection = m_routes.at(m_protection);
    const RouteId primary = GetPrimary();
    if (!IsFree(primary))
    {
        StopWaiting();
    }
    else if (protection.failed)
    {
        if (policy.revertive || protection.heldOff)
        {
            Select(primary, ROUTE_EVENT_SWITCH, protection.cause);
        }
    }
    else if (policy.revertive && !m_waiting)
    {
        m_waiting = true;
        Emit(primary, ROUTE_EVENT_WTR, m_left);
        if (policy.wtr <= Time::Max() - Simulator::Now())
        {
            m_wtr = Simulator::Schedule(policy.wtr, &RouteSelector::Revert, this);
        }
    }
}

void
RouteSelector::StopWaiting()
{
    m_waiting = false;
    m_wtr.Cancel();
}

void
RouteSelector::Revert()
{
    NS_LOG_FUNCTION(this);
    Select(GetPrimary(), ROUTE_EVENT_REVERT, m_left);
}

void
RouteSelector::Select(RouteId route,
                      std::optional<RouteEventKind> kind,
                      const RouteFailureCause& cause)
{
    NS_LOG_FUNCTION(this << m_selected << route);
    // a copy: callbacks may change what the reference refers to
    const RouteFailureCause why = cause;
    const RouteId previous = m_selected;
    m_selected = route;
    StopWaiting();
    m_pending.reset();
    if (kind && (*kind == ROUTE_EVENT_SWITCH || *kind == ROUTE_EVENT_REVERT))
    {
        m_pending = Switch{route, why};
    }
    if (route == m_protection)
    {
        m_left = why;
    }
    if (kind)
    {
        Emit(route, *kind, why);
    }
    TraceState();
    if (!m_select.IsNull())
    {
        m_select(m_session.id, route, previous, why.incident);
    }
}

void
RouteSelector::Acknowledged(RouteId route)
{
    NS_LOG_FUNCTION(this << route);
    if (m_pending && m_pending->route == route)
    {
        const RouteFailureCause cause = m_pending->cause;
        m_pending.reset();
        Emit(route, ROUTE_EVENT_SWITCHED, cause);
    }
}

void
RouteSelector::Emit(RouteId route, RouteEventKind kind, const RouteFailureCause& cause)
{
    NS_LOG_INFO("session " << m_session.id << ": " << RouteEventName(kind) << " of route " << route
                           << ", incident " << cause.incident.ToString());
    if (!m_event.IsNull())
    {
        m_event(m_session.id, route, kind, cause.trigger, cause.failedHop, cause.incident);
    }
}

} // namespace qkdn
} // namespace ns3
