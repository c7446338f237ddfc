/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-records.h"

namespace ns3
{
namespace qkdn
{

bool
ProtectionRecords::Update(Time now, const GroupStatus& status)
{
    ProtectionRecord& record = m_groups[{status.group, status.end}];
    if (record.status == status)
    {
        return false;
    }
    record.status = status;
    record.updated = now;
    return true;
}

const std::map<ProtectionRecords::Key, ProtectionRecord>&
ProtectionRecords::GetGroups() const
{
    return m_groups;
}

std::vector<ProtectionMatchUp>
ProtectionRecords::GetMatchUps() const
{
    std::vector<ProtectionMatchUp> rows;
    for (const auto& [key, record] : m_groups)
    {
        for (const WorkingStatus& working : record.status.working)
        {
            for (uint32_t p = 0; p < record.status.protection.size(); ++p)
            {
                const ProtectionStatus& protection = record.status.protection[p];
                ProtectionMatchUp row;
                row.group = key.first;
                row.name = record.status.name;
                row.end = key.second;
                row.working = working.link;
                row.protection = protection.link;
                row.sameModules = protection.sameModules;
                row.inUse = working.selected == ProtectionEntity{true, p};
                rows.push_back(row);
            }
        }
    }
    return rows;
}

} // namespace qkdn
} // namespace ns3
