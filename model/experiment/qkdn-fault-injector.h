/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_INJECTOR_H
#define QKDN_FAULT_INJECTOR_H

#include "qkdn-fault.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/traced-callback.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Lets faults strike and be repaired, now or at given times.
 */
class FaultInjector : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Plan a fault.
     * @param fault the fault
     * @param at when it strikes, from now
     */
    void Plan(Ptr<Fault> fault, Time at);

    /**
     * @brief Plan a fault and its repair.
     * @param fault the fault
     * @param at when it strikes, from now
     * @param repairAfter when it is repaired, from when it strikes
     */
    void Plan(Ptr<Fault> fault, Time at, Time repairAfter);

    /**
     * @brief Let a fault strike now.
     * @param fault the fault, which is not active
     */
    void Strike(Ptr<Fault> fault);

    /**
     * @brief Repair a fault now.
     * @param fault the fault, which is active
     */
    void Repair(Ptr<Fault> fault);

    /**
     * @brief TracedCallback signature of a fault that strikes or is repaired.
     * @param fault the fault
     * @param active true if it strikes
     */
    using FaultCallback = void (*)(Ptr<const Fault> fault, bool active);

  protected:
    void DoDispose() override;

  private:
    std::vector<EventId> m_events;                  //!< what is planned
    TracedCallback<Ptr<const Fault>, bool> m_trace; //!< Fault
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_INJECTOR_H */
