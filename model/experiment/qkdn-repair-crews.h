/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_CREWS_H
#define QKDN_REPAIR_CREWS_H

#include "qkdn-fault-injector.h"
#include "qkdn-repair-record.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/qkdn-repair-order.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Crews that travel to components and repair what is broken there.
 *
 * The physical side of repair: they know where to go by orders alone, and what is wrong by looking
 * when they are there. A crew that arrives takes up the faults that it finds at the component
 * (Fault::IsFoundAt()), wait for a crew and are not worked at by another one, in the order in which
 * they struck, one after the other, each for its work time. It looks again after each, and is
 * free when there is none. Faults that were not given to Await() are in other hands, or cannot be
 * repaired.
 */
class RepairCrews : public Object
{
  public:
    /// Which order is served first.
    enum RepairPolicy
    {
        FIFO,          //!< first in, first out
        MOST_SESSIONS, //!< that on which most sessions depend
        LARGEST_RATE   //!< that on which the largest promised key rate depends
    };

    /// Who orders repairs.
    enum RepairDispatch
    {
        BY_ORDER, //!< whoever calls Request()
        IMMEDIATE //!< the crews themselves, as an omniscient experimenter would: with each fault
    };

    /// What depends on a fault: sessions and the key rate that they were promised.
    struct Load
    {
        uint32_t sessions{0};   //!< sessions
        double keyRateBps{0.0}; //!< bit/s
    };

    /// Tells what depends on a fault that has just struck.
    using LoadSource = std::function<Load(const std::string& fault)>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RepairCrews();
    ~RepairCrews() override;

    /**
     * @brief Set what repairs faults.
     * @param injector the injector through which they strike
     */
    void SetInjector(Ptr<FaultInjector> injector);

    /**
     * @brief Set what tells the load of orders that the crews make themselves.
     * @param source tells it; without it there is none
     */
    void SetLoadSource(LoadSource source);

    /**
     * @brief Let a fault strike at a given time and wait for a crew.
     * @param fault the fault
     * @param at when it strikes, from now
     * @param work how long a crew works at it
     */
    void Plan(Ptr<Fault> fault, Time at, Time work);

    /**
     * @brief Let a fault wait for a crew.
     * @param fault the fault, which has just struck
     * @param work how long a crew works at it; Time::Max() for ever
     * @param repaired called when it is repaired; may be null
     */
    void Await(Ptr<Fault> fault, Time work, Callback<void> repaired);

    /**
     * @brief Order a repair. An order for a component to which a crew is to go, or where one is,
     * is merged into the one before: that is served as early as the larger load of the two asks.
     * @param order where to go, and how much depends on it
     */
    void Request(const RepairOrder& order);

    /**
     * @brief Withdraw an order. One for which a crew has set out, or into which another one was
     * merged that stands, is served nevertheless.
     * @param order the order
     */
    void Withdraw(const RepairOrder& order);

    /**
     * @brief What was ordered and what became of it.
     * @return the records, in the order in which the orders came
     */
    const std::deque<RepairRecord>& GetRecords() const;

    /**
     * @brief TracedCallback signature of something that happens to an order.
     * @param record the order and what became of it so far
     * @param step what happens
     */
    using StepCallback = void (*)(const RepairRecord& record, RepairStep step);

  protected:
    void DoDispose() override;

  private:
    /// A fault that waits for a crew.
    struct WaitingFault
    {
        Ptr<Fault> fault;        //!< the fault
        Time work;               //!< how long a crew works at it
        Callback<void> repaired; //!< called when it is repaired
        bool inWork{false};      //!< a crew works at it
    };

    /**
     * @brief A planned fault strikes.
     * @param fault the fault
     * @param work its work time
     */
    void Strike(Ptr<Fault> fault, Time work);

    /**
     * @brief The order by which a crew is to look at a component, or is there.
     * @param component the component
     * @return its index, nothing if none is open
     */
    std::optional<std::size_t> FindOrdered(const std::string& component) const;

    /**
     * @brief Merge an order into an earlier one for the same component.
     * @param order the order
     * @param index index of the earlier one
     */
    void Merge(const RepairOrder& order, std::size_t index);

    /// Send free crews to where they are needed.
    void Dispatch();

    /**
     * @brief The order to be served next.
     * @return its index, or the number of records if none waits
     */
    std::size_t FindNext() const;

    /**
     * @brief Whether an order is served before another one.
     * @param one an order
     * @param other another order
     * @return true if it goes first
     */
    bool GoesFirst(const RepairOrder& one, const RepairOrder& other) const;

    /**
     * @brief A crew arrives.
     * @param index index of the order
     */
    void Arrive(std::size_t index);

    /**
     * @brief A crew looks for something to repair.
     * @param index index of the order
     */
    void Look(std::size_t index);

    /**
     * @brief A crew has repaired a fault.
     * @param index index of the order
     * @param fault the fault
     */
    void Finish(std::size_t index, Ptr<Fault> fault);

    uint32_t m_crews{1};                 //!< attribute Crews
    RepairPolicy m_policy{FIFO};         //!< attribute Policy
    RepairDispatch m_dispatch{BY_ORDER}; //!< attribute Dispatch
    Time m_travelTime;                   //!< attribute TravelTime
    Ptr<FaultInjector> m_injector;       //!< repairs faults
    LoadSource m_loadSource;             //!< tells what depends on faults
    std::list<WaitingFault> m_faults;    //!< faults that wait, in the order in which they struck
    std::deque<RepairRecord> m_records;  //!< orders
    std::vector<std::size_t> m_open;     //!< indices of orders that no crew has taken
    std::map<std::size_t, std::set<uint32_t>> m_merged; //!< numbers of the orders that stand behind
                                                        //!< one that no crew has taken, by index
    std::set<uint32_t> m_busy;                          //!< crews that are not free
    std::map<std::size_t, EventId> m_jobs; //!< what a crew does next, by index of its order
    std::vector<EventId> m_planned;        //!< planned faults
    TracedCallback<const RepairRecord&, RepairStep> m_trace; //!< Repair
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_CREWS_H */
