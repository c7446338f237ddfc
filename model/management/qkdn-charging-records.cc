/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-records.h"

namespace ns3
{
namespace qkdn
{

bool
ChargingRecords::Update(const ChargingRecord& record)
{
    const auto [found, isNew] = m_records.emplace(record.session, record);
    if (!isNew && record.service.until <= found->second.service.until)
    {
        return false;
    }
    found->second = record;
    return true;
}

const std::map<SessionId, ChargingRecord>&
ChargingRecords::GetAll() const
{
    return m_records;
}

} // namespace qkdn
} // namespace ns3
