/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qber-monitor.h"

#include <sstream>

namespace ns3
{
namespace qkdn
{

std::string
QberMonitor::Validate(const Thresholds& thresholds)
{
    std::ostringstream text;
    if (!(thresholds.warning <= thresholds.abort))
    {
        text << "QberWarning is " << thresholds.warning << ", it has to be QberAbort ("
             << thresholds.abort << ") or less";
    }
    else if (!(thresholds.warningClear <= thresholds.warning))
    {
        text << "QberWarningClear is " << thresholds.warningClear << ", it has to be QberWarning ("
             << thresholds.warning << ") or less";
    }
    else if (!(thresholds.clear <= thresholds.abort))
    {
        text << "QberClear is " << thresholds.clear << ", it has to be QberAbort ("
             << thresholds.abort << ") or less";
    }
    return text.str();
}

void
QberMonitor::SetThresholds(const Thresholds& thresholds)
{
    m_thresholds = thresholds;
}

QberMonitor::Level
QberMonitor::Update(double qber)
{
    m_estimate = qber;
    const bool stays = m_level == ABORT && qber > m_thresholds.clear;
    if (qber >= m_thresholds.abort || stays)
    {
        m_level = ABORT;
        return m_level;
    }
    // what has just left a level is judged by the threshold at which the next one ends
    const bool warned = m_level != GOOD && qber > m_thresholds.warningClear;
    const bool high = m_level == GOOD && qber >= m_thresholds.warning;
    m_level = warned || high ? WARNING : GOOD;
    return m_level;
}

void
QberMonitor::Reset()
{
    m_level = GOOD;
    m_estimate.reset();
}

QberMonitor::Level
QberMonitor::GetLevel() const
{
    return m_level;
}

std::optional<double>
QberMonitor::GetEstimate() const
{
    return m_estimate;
}

} // namespace qkdn
} // namespace ns3
