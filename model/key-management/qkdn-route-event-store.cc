/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-event-store.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// What events are about.
enum Topic
{
    TOPIC_FAILURE,    //!< signal fail of a route
    TOPIC_SELECTION,  //!< the route in use
    TOPIC_PREEMPTION, //!< whether extra traffic may flow
    TOPIC_SUPPLY      //!< whether keys are supplied
};

Topic
TopicOf(RouteEventKind kind)
{
    switch (kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
    case ROUTE_EVENT_CLEAR:
    case ROUTE_EVENT_HOLD_OFF_OVER:
        return TOPIC_FAILURE;
    case ROUTE_EVENT_SWITCH:
    case ROUTE_EVENT_SWITCHED:
    case ROUTE_EVENT_WTR:
    case ROUTE_EVENT_REVERT:
        return TOPIC_SELECTION;
    case ROUTE_EVENT_PREEMPTED:
    case ROUTE_EVENT_RESUMED:
        return TOPIC_PREEMPTION;
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
    case ROUTE_EVENT_SUPPLY_RESUMED:
        break;
    }
    return TOPIC_SUPPLY;
}

bool
Supersedes(const CkRouteEvent& newer, const CkRouteEvent& older)
{
    const Topic topic = TopicOf(newer.kind);
    if (newer.session != older.session || topic != TopicOf(older.kind))
    {
        return false;
    }
    // these two add to what was said before
    if (newer.kind == ROUTE_EVENT_HOLD_OFF_OVER || newer.kind == ROUTE_EVENT_WTR)
    {
        return newer.kind == older.kind && newer.route == older.route;
    }
    return topic != TOPIC_FAILURE || newer.route == older.route;
}

bool
Lasts(const CkRouteEvent& event, const RouteEventStore::RouteTest& isInstalled)
{
    switch (event.kind)
    {
    case ROUTE_EVENT_SIGNAL_FAIL:
    case ROUTE_EVENT_HOLD_OFF_OVER:
        return isInstalled(event.route);
    case ROUTE_EVENT_PREEMPTED:
    case ROUTE_EVENT_SUPPLY_INTERRUPTED:
        return true;
    default:
        return false;
    }
}

} // namespace

void
RouteEventStore::Add(const CkRouteEvent& event, IncidentId incident)
{
    m_events.RemoveIf([&event](const auto& entry) { return Supersedes(event, entry.message); });
    m_events.Add(event, incident);
}

void
RouteEventStore::Flush(Time now, const Sender& send)
{
    m_events.Flush(now, send);
}

void
RouteEventStore::Confirm(Time time, const RouteTest& isInstalled)
{
    m_events.RemoveIf([time, &isInstalled](const auto& entry) {
        return entry.IsSentBefore(time) && !Lasts(entry.message, isInstalled);
    });
}

void
RouteEventStore::MarkUnsent()
{
    m_events.MarkUnsent();
}

bool
RouteEventStore::HasUnsent() const
{
    const auto& entries = m_events.GetEntries();
    return std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
        return !entry.sent;
    });
}

std::size_t
RouteEventStore::GetSize() const
{
    return m_events.GetEntries().size();
}

void
RouteEventStore::Clear()
{
    m_events = ResendList<CkRouteEvent>();
}

} // namespace qkdn
} // namespace ns3
