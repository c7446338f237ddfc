/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-outage-history.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

bool
OutageHistory::Begin()
{
    ++m_faults;
    if (m_faults > 1)
    {
        return false;
    }
    m_intervals.push_back(Interval{Simulator::Now(), Time::Max()});
    return true;
}

bool
OutageHistory::End()
{
    NS_ABORT_MSG_IF(m_faults == 0, "a fault ends that never began");
    --m_faults;
    if (m_faults > 0)
    {
        return false;
    }
    m_intervals.back().end = Simulator::Now();
    return true;
}

bool
OutageHistory::IsDown() const
{
    return m_faults > 0;
}

bool
OutageHistory::WasDownDuring(Time from, Time to) const
{
    // the questions are about the recent past: from the newest outage backwards
    for (auto interval = m_intervals.rbegin(); interval != m_intervals.rend(); ++interval)
    {
        if (interval->end <= from)
        {
            return false;
        }
        if (interval->begin < to)
        {
            return true;
        }
    }
    return false;
}

} // namespace qkdn
} // namespace ns3
