/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_DISPATCH_H
#define QKDN_REPAIR_DISPATCH_H

#include "qkdn-fault-correlation.h"
#include "qkdn-inventory.h"
#include "qkdn-protection-records.h"
#include "qkdn-repair-order.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Decides what is to be repaired (draft Y.QKDN-rsrq: the manager triggers actions).
 *
 * A cause that has stood for RepairDelay is ordered to be repaired. If it still stands ReorderAfter
 * later it is ordered again: the next most likely component then that was not ordered yet, or,
 * if there is none, its most likely one once more. The orders of a cause that is over are
 * withdrawn; one that comes back is a new one. An order stands although the alarms are over if a
 * protection group took its modules to a spare fibre: then they say nothing of the fibre that was
 * theirs.
 */
class RepairDispatch : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RepairDispatch();
    ~RepairDispatch() override;

    /**
     * @brief Set what it decides by.
     * @param inventory what the manager knows; it must outlive this object
     * @param correlation what finds causes
     */
    void Configure(const Inventory& inventory, Ptr<FaultCorrelation> correlation);

    /**
     * @brief Set what tells which protection groups have switched.
     * @param protection the records; they must outlive this object. Without them none has
     */
    void SetProtectionRecords(const ProtectionRecords& protection);

    /**
     * @brief A cause is found or over.
     * @param cause the cause
     */
    void CauseChanged(const FaultCause& cause);

    /// The process starts again: causes that stood when it crashed count from now.
    void Start();

    /// The process crashes; which orders were given is on stable storage.
    void Stop();

    /**
     * @brief TracedCallback signature of an order.
     * @param order the order
     */
    using OrderCallback = void (*)(const RepairOrder& order);

  protected:
    void DoDispose() override;

  private:
    /// A cause that stands.
    struct Case
    {
        EventId order;                                         //!< the next order
        std::set<Component> ordered;                           //!< what was ordered
        std::vector<std::pair<Component, RepairOrder>> orders; //!< the orders, by number
    };

    /**
     * @brief Whether a component is in the way of a QKD link that has been switched off it.
     * @param component the component
     * @return true if the link's alarms say nothing of it any more
     */
    bool IsSwitchedOff(const Component& component) const;

    /**
     * @brief Order what is behind a cause.
     * @param number the cause
     */
    void Order(uint32_t number);

    Time m_delay;                                         //!< attribute RepairDelay
    Time m_reorder;                                       //!< attribute ReorderAfter
    const Inventory* m_inventory{nullptr};                //!< what is known
    Ptr<FaultCorrelation> m_correlation;                  //!< finds causes
    std::map<uint32_t, Case> m_cases;                     //!< causes that stand, by number
    uint32_t m_orders{0};                                 //!< orders so far
    const ProtectionRecords* m_protection{nullptr};       //!< protection groups
    TracedCallback<const RepairOrder&> m_orderTrace;      //!< RepairOrdered
    TracedCallback<const RepairOrder&> m_withdrawalTrace; //!< RepairWithdrawn
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_DISPATCH_H */
