/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_REPORT_STORE_H
#define QKDN_GROUP_REPORT_STORE_H

#include "qkdn-mq-messages.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-resend-list.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Keeps what an agent has to tell the manager of its protection groups.
 *
 * The newest status of each group is kept for ever, and of those before it each one that another
 * change of where keys come from has followed, until the manager has heard of it: an action happens
 * once. A status that only tells other conditions is replaced by the next one.
 *
 * A status that was sent is kept for a while: the connection may have been dead already. The
 * manager knows it again by its number.
 */
class GroupReportStore
{
  public:
    /// Sends a status; false if that was not possible.
    using Sender = ResendList<MqGroupStatus>::Sender;

    /**
     * @brief Keep a status that is to be sent.
     * @param status the status; ignored if it is the newest one of its group already
     * @param incident the failure behind it, or none
     */
    void Add(const GroupStatus& status, IncidentId incident);

    /**
     * @brief Send what was not sent, oldest first, until something cannot be sent.
     * @param now the time
     * @param send sends
     */
    void Flush(Time now, const Sender& send);

    /**
     * @brief Forget what was sent before a time, apart from the newest status of each group.
     * @param time the time
     */
    void Confirm(Time time);

    /// What is kept may be lost: send it again.
    void MarkUnsent();

    /**
     * @brief Number of statuses kept.
     * @return the number
     */
    std::size_t GetSize() const;

  private:
    /// The statuses of a group.
    struct Group
    {
        ResendList<MqGroupStatus> reports; //!< statuses
        uint32_t number{0};                //!< number of the newest one
    };

    std::map<std::string, Group> m_groups; //!< by name
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_REPORT_STORE_H */
