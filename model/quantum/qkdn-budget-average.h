/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BUDGET_AVERAGE_H
#define QKDN_BUDGET_AVERAGE_H

#include "qkdn-qkd-protocol.h"

#include "ns3/nstime.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the pulses of a block went through, if it changed while the block was filled: added
 * errors and noise are averages over time, everything else is as it was last.
 */
class BudgetAverage
{
  public:
    /**
     * @brief Begin a block.
     * @param now when
     * @param budget what pulses go through from now on
     */
    void Begin(Time now, const QuantumLinkBudget& budget);

    /**
     * @brief Begin a block with what pulses go through already.
     * @param now when
     */
    void Begin(Time now);

    /**
     * @brief Something changes.
     * @param now when, not before the last call
     * @param budget what pulses go through from now on
     */
    void Change(Time now, const QuantumLinkBudget& budget);

    /**
     * @brief What pulses go through now.
     * @return the budget of the last change
     */
    const QuantumLinkBudget& GetNewest() const;

    /**
     * @brief Whether something has changed since the block began.
     * @return true if so
     */
    bool HasChanged() const;

    /**
     * @brief What the block went through.
     * @param now its end, not before the last call
     * @return exactly the newest budget if nothing has changed
     */
    QuantumLinkBudget Get(Time now) const;

  private:
    /// Weigh what has passed since the last change.
    void Account(Time now);

    QuantumLinkBudget m_newest;  //!< since the last change
    bool m_hasChanged{false};    //!< something has changed
    Time m_begin;                //!< of the block
    Time m_last;                 //!< last change
    double m_errorSeconds{0.0};  //!< added error times time, before the last change
    double m_clickSeconds{0.0};  //!< noise click probability times time
    double m_photonSeconds{0.0}; //!< noise photon rate times time
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_BUDGET_AVERAGE_H */
