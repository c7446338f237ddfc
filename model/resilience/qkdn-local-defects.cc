/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-local-defects.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

LocalDefects::~LocalDefects()
{
    Reset();
}

void
LocalDefects::SetCallbacks(ReportCallback report, HoldOffCallback holdOff)
{
    m_report = report;
    m_holdOffOver = holdOff;
}

void
LocalDefects::SetHoldOff(Time duration)
{
    m_holdOff = duration;
}

Time
LocalDefects::GetHoldOff() const
{
    return m_holdOff;
}

void
LocalDefects::Set(Entity entity, SwitchDefect defect, bool present, IncidentId incident)
{
    Known& known = m_known[entity];
    if (known.present[defect] == present)
    {
        return;
    }
    known.present[defect] = present;
    if (!present)
    {
        if (known.reported[defect])
        {
            known.reported[defect] = false;
            m_report(entity, defect, false, incident);
        }
        return;
    }
    known.incident[defect] = incident;
    known.newest = incident;
    if (m_holdOff.IsZero())
    {
        Report(entity);
    }
    else if (known.holdOff.IsExpired())
    {
        known.holdOff = Simulator::Schedule(m_holdOff, &LocalDefects::Report, this, entity);
    }
}

void
LocalDefects::Expire()
{
    for (const Entity entity : {ENTITY_WORKING, ENTITY_PROTECTION})
    {
        if (IsHeldOff(entity))
        {
            m_known[entity].holdOff.Cancel();
            Report(entity);
        }
    }
}

bool
LocalDefects::IsHeldOff(Entity entity) const
{
    return !m_known[entity].holdOff.IsExpired();
}

void
LocalDefects::Reset()
{
    for (Known& known : m_known)
    {
        known.holdOff.Cancel();
        known = Known();
    }
}

void
LocalDefects::Report(Entity entity)
{
    Known& known = m_known[entity];
    const auto& present = known.present;
    m_holdOffOver(entity,
                  std::find(present.begin(), present.end(), true) != present.end(),
                  known.newest);
    for (const SwitchDefect defect : {DEFECT_FAIL, DEFECT_DEGRADE})
    {
        // what is told may change what is there
        if (known.present[defect] && !known.reported[defect])
        {
            known.reported[defect] = true;
            m_report(entity, defect, true, known.incident[defect]);
        }
    }
}

} // namespace qkdn
} // namespace ns3
