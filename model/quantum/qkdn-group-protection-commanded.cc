/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of GroupProtection that reports to a controller and does what it says.

#include "qkdn-group-protection.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnGroupProtectionCommanded");

bool
GroupProtection::IsCommanded() const
{
    return m_config.groupClass == GROUP_LINK_RESTORATION;
}

bool
GroupProtection::Fits(uint32_t index, uint32_t protection) const
{
    // other fibre for the modules of one working entity helps no other one
    const EntityEnd& end = m_config.protection[protection];
    return !end.monitor || end.link == m_config.working[index].link;
}

std::string
GroupProtection::Select(uint32_t index, ProtectionEntity entity, IncidentId incident)
{
    NS_LOG_FUNCTION(this << m_config.name << index << entity);
    if (!IsCommanded() || index >= m_working.size() ||
        (entity.protection ? entity.index >= m_protection.size() : entity.index != index) ||
        (entity.protection && !Fits(index, entity.index)))
    {
        return "makes no sense";
    }
    if (!m_running)
    {
        return "not running";
    }
    if (entity.protection)
    {
        const auto holder = GetHolder(entity.index);
        if (holder && *holder != index)
        {
            return entity.ToString() + " is in use by " +
                   ProtectionEntity{false, *holder}.ToString();
        }
        if (!IsUsable(entity.index))
        {
            return entity.ToString() + " has failed";
        }
    }
    Working& working = m_working[index];
    working.onProtection = entity.protection;
    working.incident = incident;
    m_incident = incident;
    if (entity.protection)
    {
        Give(index, entity.index);
    }
    else
    {
        Release(index, false);
    }
    Operate(index);
    Rearrange();
    return "";
}

GroupReport
GroupProtection::GetReport() const
{
    GroupReport report;
    for (uint32_t i = 0; i < m_working.size(); ++i)
    {
        const ProtectionEntity selected = GetSelected(i);
        const auto status = m_links.find(GetEnd(selected).link);
        report.working.push_back(m_working[i].watch->GetReported());
        report.selected.push_back(selected);
        report.generating.push_back(status != m_links.end() && status->second == LINK_ACTIVE);
    }
    for (const Protection& protection : m_protection)
    {
        report.protection.push_back(protection.watch->GetReported());
    }
    return report;
}

IncidentId
GroupProtection::GetIncident() const
{
    return m_incident;
}

void
GroupProtection::UpdateReport()
{
    if (!IsCommanded())
    {
        return;
    }
    const GroupReport report = GetReport();
    if (!(report == m_report))
    {
        m_report = report;
        m_observer->ReportChanged(m_config, report, m_incident);
    }
}

} // namespace qkdn
} // namespace ns3
