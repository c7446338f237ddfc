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
    std::list<Entry>& entries = group.entries;
    if (!entries.empty() && entries.back().report.status == status)
    {
        return;
    }
    if (!entries.empty() && HasSameSelection(entries.back().report.status, status))
    {
        entries.pop_back();
    }
    ++group.number;
    entries.push_back({MqGroupStatus{status, group.number}, incident, std::nullopt});
}

void
GroupReportStore::Flush(Time now, const Sender& send)
{
    for (auto& entry : m_groups)
    {
        for (Entry& kept : entry.second.entries)
        {
            if (!kept.sent)
            {
                if (!send(kept.report, kept.incident))
                {
                    return;
                }
                kept.sent = now;
            }
        }
    }
}

void
GroupReportStore::Confirm(Time time)
{
    for (auto& entry : m_groups)
    {
        std::list<Entry>& entries = entry.second.entries;
        while (entries.size() > 1 && entries.front().sent && *entries.front().sent < time)
        {
            entries.pop_front();
        }
    }
}

void
GroupReportStore::MarkUnsent()
{
    for (auto& entry : m_groups)
    {
        for (Entry& kept : entry.second.entries)
        {
            kept.sent.reset();
        }
    }
}

std::size_t
GroupReportStore::GetSize() const
{
    std::size_t size = 0;
    for (const auto& entry : m_groups)
    {
        size += entry.second.entries.size();
    }
    return size;
}

} // namespace qkdn
} // namespace ns3
