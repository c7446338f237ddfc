/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_RECORDS_H
#define QKDN_PROTECTION_RECORDS_H

#include "ns3/nstime.h"
#include "ns3/qkdn-protection-group.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A protection group as one end of it reported it.
 */
struct ProtectionRecord
{
    GroupStatus status; //!< the newest report
    Time updated;       //!< when it came
};

/**
 * @ingroup qkdn-resilience
 * @brief A row of the match-up of working and protection QKD links, and of the QKD modules at one
 * end of them (P-M1, P-M2 of draft Y.QKDN-rsrq).
 */
struct ProtectionMatchUp
{
    GroupId group;           //!< the protection group
    std::string name;        //!< its name
    uint8_t end{0};          //!< end of the group where the modules are
    LinkId working;          //!< working QKD link
    LinkId protection;       //!< protection QKD link
    bool sameModules{false}; //!< the modules of the working link on another fibre
    bool inUse{false};       //!< the working link's keys come from the protection link
};

/**
 * @ingroup qkdn-resilience
 * @brief What the manager knows of protection groups in the quantum layer.
 */
class ProtectionRecords
{
  public:
    /// A group and one end of it.
    using Key = std::pair<GroupId, uint8_t>;

    /**
     * @brief Enter a report.
     * @param now the time
     * @param status the report
     * @return false if it says nothing new
     */
    bool Update(Time now, const GroupStatus& status);

    /**
     * @brief All groups.
     * @return newest reports by group and end
     */
    const std::map<Key, ProtectionRecord>& GetGroups() const;

    /**
     * @brief The match-up of working and protection links and modules.
     * @return a row for each end, working and protection entity of each group, in this order
     */
    std::vector<ProtectionMatchUp> GetMatchUps() const;

  private:
    std::map<Key, ProtectionRecord> m_groups; //!< newest reports
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_RECORDS_H */
