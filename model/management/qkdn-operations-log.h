/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OPERATIONS_LOG_H
#define QKDN_OPERATIONS_LOG_H

#include "qkdn-group-actions.h"
#include "qkdn-repair-order.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-mc-messages.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A protection or recovery action in the log of a manager.
 */
struct LoggedOperation
{
    Time entered;           //!< when the manager learned of it
    uint32_t controller{0}; //!< who reported it
    IncidentId incident;    //!< the failure behind it, or none
    McOperation operation;  //!< what was done, to which session, and when
};

/**
 * @ingroup qkdn-resilience
 * @brief An alarm in the log of a manager, raised or cleared.
 */
struct LoggedAlarm
{
    Time entered;           //!< when the manager learned of it
    uint32_t controller{0}; //!< who reported it
    IncidentId incident;    //!< the failure behind it, or none
    McAlarm alarm;          //!< what is wrong with which end of which QKD link
};

/**
 * @ingroup qkdn-resilience
 * @brief The log of all protection and recovery actions that a manager was told of (draft
 * Y.QKDN-rsrq, July 2023 output, clause 9.4), of sessions and of protection groups, of the alarms
 * of QKD links, and of the repairs that the manager ordered.
 *
 * Entries are added and never changed.
 */
class OperationsLog
{
  public:
    /**
     * @brief Enter an action. A report that was repeated is entered once.
     * @param entry the action
     * @return false if the log has it already
     */
    bool Add(const LoggedOperation& entry);

    /**
     * @brief Enter an alarm. One that says nothing new of an end of a link is not entered: the
     * same cause again, or the end of an alarm that is not in the log.
     * @param entry the alarm
     * @return false if it was not entered
     */
    bool Add(const LoggedAlarm& entry);

    /**
     * @brief Enter an action of a protection group.
     * @param action the action
     */
    void Add(const LoggedGroupAction& action);

    /**
     * @brief All actions of protection groups.
     * @return the actions in the order in which they were added
     */
    const std::vector<LoggedGroupAction>& GetGroupActions() const;

    /**
     * @brief Enter an order to repair something.
     * @param order the order
     */
    void Add(const RepairOrder& order);

    /**
     * @brief All orders to repair something.
     * @return the orders, by number
     */
    const std::vector<RepairOrder>& GetRepairOrders() const;

    /**
     * @brief All alarms.
     * @return the alarms in the order in which they were added
     */
    const std::vector<LoggedAlarm>& GetAlarms() const;

    /**
     * @brief All entries of sessions.
     * @return the entries in the order in which they were added
     */
    const std::vector<LoggedOperation>& GetEntries() const;

    /**
     * @brief The entries of one session.
     * @param session the session
     * @return the entries in the order in which they were added
     */
    std::vector<LoggedOperation> GetEntriesOf(SessionId session) const;

  private:
    std::vector<LoggedOperation> m_entries;                     //!< the entries
    std::map<SessionId, std::vector<std::size_t>> m_ofSessions; //!< their places by session
    std::vector<LoggedGroupAction> m_groupActions;              //!< of protection groups
    std::vector<LoggedAlarm> m_alarms;                          //!< the alarms
    std::vector<RepairOrder> m_orders;                          //!< orders to repair something
    std::map<std::pair<LinkId, KmId>, LinkCause> m_causes;      //!< newest cause by end of a link
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OPERATIONS_LOG_H */
