/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-operations-log.h"

#include <algorithm>
#include <tuple>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Whether two entries tell of the same action; when they were entered is no part of it.
bool
IsSameReport(const LoggedOperation& a, const LoggedOperation& b)
{
    const auto key = [](const LoggedOperation& entry) {
        const McOperation& operation = entry.operation;
        return std::make_tuple(entry.controller,
                               entry.incident,
                               operation.kind,
                               operation.session,
                               operation.from,
                               operation.to,
                               operation.informed,
                               operation.decided,
                               operation.completed,
                               operation.withinToleration);
    };
    return key(a) == key(b);
}

} // namespace

bool
OperationsLog::Add(const LoggedOperation& entry)
{
    std::vector<std::size_t>& places = m_ofSessions[entry.operation.session];
    if (std::any_of(places.begin(), places.end(), [this, &entry](std::size_t place) {
            return IsSameReport(m_entries[place], entry);
        }))
    {
        return false;
    }
    places.push_back(m_entries.size());
    m_entries.push_back(entry);
    return true;
}

bool
OperationsLog::Add(const LoggedAlarm& entry)
{
    LinkCause& cause = m_causes[{entry.alarm.link, entry.alarm.km}];
    if (cause == entry.alarm.alarm.cause)
    {
        return false;
    }
    cause = entry.alarm.alarm.cause;
    m_alarms.push_back(entry);
    return true;
}

void
OperationsLog::Add(const LoggedGroupAction& action)
{
    m_groupActions.push_back(action);
}

const std::vector<LoggedGroupAction>&
OperationsLog::GetGroupActions() const
{
    return m_groupActions;
}

void
OperationsLog::Add(const RepairOrder& order)
{
    m_orders.push_back(order);
}

const std::vector<RepairOrder>&
OperationsLog::GetRepairOrders() const
{
    return m_orders;
}

const std::vector<LoggedAlarm>&
OperationsLog::GetAlarms() const
{
    return m_alarms;
}

const std::vector<LoggedOperation>&
OperationsLog::GetEntries() const
{
    return m_entries;
}

std::vector<LoggedOperation>
OperationsLog::GetEntriesOf(SessionId session) const
{
    std::vector<LoggedOperation> entries;
    const auto places = m_ofSessions.find(session);
    if (places != m_ofSessions.end())
    {
        for (const std::size_t place : places->second)
        {
            entries.push_back(m_entries[place]);
        }
    }
    return entries;
}

} // namespace qkdn
} // namespace ns3
