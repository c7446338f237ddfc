/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-budget-average.h"

namespace ns3
{
namespace qkdn
{

void
BudgetAverage::Begin(Time now, const QuantumLinkBudget& budget)
{
    m_newest = budget;
    Begin(now);
}

void
BudgetAverage::Begin(Time now)
{
    m_hasChanged = false;
    m_begin = m_last = now;
    m_errorSeconds = m_clickSeconds = m_photonSeconds = 0.0;
}

void
BudgetAverage::Account(Time now)
{
    const double seconds = (now - m_last).GetSeconds();
    m_errorSeconds += m_newest.addedError * seconds;
    m_clickSeconds += m_newest.noiseClickProbability * seconds;
    m_photonSeconds += m_newest.noisePhotonRatePerNmHz * seconds;
    m_last = now;
}

void
BudgetAverage::Change(Time now, const QuantumLinkBudget& budget)
{
    Account(now);
    m_newest = budget;
    m_hasChanged = true;
}

const QuantumLinkBudget&
BudgetAverage::GetNewest() const
{
    return m_newest;
}

bool
BudgetAverage::HasChanged() const
{
    return m_hasChanged;
}

QuantumLinkBudget
BudgetAverage::Get(Time now) const
{
    const double seconds = (now - m_begin).GetSeconds();
    if (!m_hasChanged || !(seconds > 0.0))
    {
        return m_newest;
    }
    BudgetAverage whole(*this);
    whole.Account(now);
    QuantumLinkBudget budget = m_newest;
    budget.addedError = whole.m_errorSeconds / seconds;
    budget.noiseClickProbability = whole.m_clickSeconds / seconds;
    budget.noisePhotonRatePerNmHz = whole.m_photonSeconds / seconds;
    return budget;
}

} // namespace qkdn
} // namespace ns3
