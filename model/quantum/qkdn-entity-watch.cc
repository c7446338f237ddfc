/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-entity-watch.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

EntityWatch::EntityWatch(Time holdOff, ChangeCallback change, HoldOffCallback report)
    : m_holdOff(holdOff),
      m_change(change),
      m_report(report)
{
}

EntityWatch::~EntityWatch()
{
    m_timer.Cancel();
}

void
EntityWatch::Set(Source source,
                 EntityCondition condition,
                 const std::string& cause,
                 IncidentId incident)
{
    const EntityCondition before = GetCondition();
    m_conditions.at(source) = condition;
    const EntityCondition now = GetCondition();
    if (now == before)
    {
        return;
    }
    if (now > before)
    {
        m_incident = incident;
    }
    m_change(now, cause, incident.IsValid() ? incident : m_incident);
    if (now > m_reported)
    {
        if (m_holdOff.IsZero())
        {
            HoldOffOver();
        }
        else if (m_timer.IsExpired())
        {
            m_timer = Simulator::Schedule(m_holdOff, &EntityWatch::HoldOffOver, this);
        }
    }
    else if (now < m_reported)
    {
        m_reported = now;
        m_report(false, m_incident);
    }
}

void
EntityWatch::HoldOffOver()
{
    const EntityCondition now = GetCondition();
    if (now > m_reported)
    {
        m_reported = now;
        m_report(true, m_incident);
    }
}

EntityCondition
EntityWatch::GetCondition() const
{
    return *std::max_element(m_conditions.begin(), m_conditions.end());
}

EntityCondition
EntityWatch::GetCondition(Source source) const
{
    return m_conditions.at(source);
}

EntityCondition
EntityWatch::GetReported() const
{
    return m_reported;
}

IncidentId
EntityWatch::GetIncident() const
{
    return m_incident;
}

void
EntityWatch::Start()
{
    if (GetCondition() > m_reported)
    {
        m_timer.Cancel();
        m_timer = Simulator::Schedule(m_holdOff, &EntityWatch::HoldOffOver, this);
    }
}

void
EntityWatch::Stop()
{
    m_timer.Cancel();
}

} // namespace qkdn
} // namespace ns3
