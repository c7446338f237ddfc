/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-report-store.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

bool
HasSameSelection(const GroupStatus& a, const GroupStatus& b)
{
    return std::equal(
        a.working.begin(),
        a.working.end(),
        b.working.begin(),
        b.working.end(),
        [](const WorkingStatus& x, const WorkingStatus& y) { return x.selected == y.selected; });
}

} // namespace

void
GroupReportStore::Add(const GroupStatus& status, IncidentId incident)
{
    Group& group = m_groups[status.name];
    const auto& entries = group.reports.GetEntries();
    if (!entries.empty() && entries.back().message.status == status)
    {
        return;
    }
    if (!entries.empty() && HasSameSelection(entries.back().message.status, status))
    {
        const uint32_t replaced = group.number;
        group.reports.RemoveIf(
            [replaced](const auto& entry) { return entry.message.number == replaced; });
    }
    ++group.number;
    group.reports.Add(MqGroupStatus{status, group.number}, incident);
}

void
GroupReportStore::Flush(Time now, const Sender& send)
{
    for (auto& group : m_groups)
    {
        if (!group.second.reports.Flush(now, send))
        {
            return;
        }
    }
}

void
GroupReportStore::Confirm(Time time)
{
    for (auto& group : m_groups)
    {
        ResendList<MqGroupStatus>& reports = group.second.reports;
        const uint32_t newest = group.second.number;
        reports.RemoveIf([time, newest](const auto& entry) {
            return entry.message.number != newest && entry.IsSentBefore(time);
        });
    }
}

void
GroupReportStore::MarkUnsent()
{
    for (auto& group : m_groups)
    {
        group.second.reports.MarkUnsent();
    }
}

std::size_t
GroupReportStore::GetSize() const
{
    std::size_t size = 0;
    for (const auto& group : m_groups)
    {
        size += group.second.reports.GetEntries().size();
    }
    return size;
}

} // namespace qkdn
} // namespace ns3
