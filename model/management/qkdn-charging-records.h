/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_RECORDS_H
#define QKDN_CHARGING_RECORDS_H

#include "ns3/qkdn-charging-record.h"

#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The charging records that a manager has got from controllers (ITU-T Y.3804, accounting
 * management): the newest of each session.
 */
class ChargingRecords
{
  public:
    /**
     * @brief Enter a record.
     * @param record the record
     * @return false if it is not newer than the one of its session that is there
     */
    bool Update(const ChargingRecord& record);

    /**
     * @brief All records.
     * @return by session
     */
    const std::map<SessionId, ChargingRecord>& GetAll() const;

  private:
    std::map<SessionId, ChargingRecord> m_records; //!< by session
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_RECORDS_H */
