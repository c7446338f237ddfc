/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-conditions.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

std::vector<RouteConditions::Entry>::iterator
RouteConditions::Find(ResilienceTrigger trigger, KmId failedHop)
{
    return std::find_if(m_entries.begin(), m_entries.end(), [=](const Entry& entry) {
        return entry.cause.trigger == trigger && entry.cause.failedHop == failedHop;
    });
}

void
RouteConditions::Add(const RouteFailureCause& cause, Time bufferedUntil)
{
    const auto known = Find(cause.trigger, cause.failedHop);
    if (known == m_entries.end())
    {
        m_entries.push_back({cause, bufferedUntil});
        return;
    }
    known->bufferedUntil = Min(known->bufferedUntil, bufferedUntil);
}

bool
RouteConditions::Clear(ResilienceTrigger trigger, KmId failedHop)
{
    const auto known = Find(trigger, failedHop);
    if (known == m_entries.end())
    {
        return false;
    }
    m_entries.erase(known);
    return true;
}

bool
RouteConditions::Has(ResilienceTrigger trigger) const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [trigger](const Entry& entry) {
        return entry.cause.trigger == trigger;
    });
}

RouteFailureCause
RouteConditions::GetFirst(ResilienceTrigger trigger) const
{
    const auto first =
        std::find_if(m_entries.begin(), m_entries.end(), [trigger](const Entry& entry) {
            return entry.cause.trigger == trigger;
        });
    NS_ABORT_MSG_IF(first == m_entries.end(),
                    "a route has no condition " << ResilienceTriggerName(trigger));
    return first->cause;
}

Time
RouteConditions::GetBufferedUntil(ResilienceTrigger trigger) const
{
    Time earliest = Time::Max();
    for (const Entry& entry : m_entries)
    {
        if (entry.cause.trigger == trigger)
        {
            earliest = Min(earliest, entry.bufferedUntil);
        }
    }
    return earliest;
}

} // namespace qkdn
} // namespace ns3
