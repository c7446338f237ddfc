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

namespace
{

/// Estimates come in messages, which round them: at a threshold is within this of it.
constexpr double RESOLUTION = 1e-9;

/// Whether a ratio is at or above a threshold.
bool
Reaches(double qber, double threshold)
{
    return qber >= threshold - RESOLUTION;
}

/// Whether a ratio is at or below a threshold.
bool
FallsTo(double qber, double threshold)
{
    return qber <= threshold + RESOLUTION;
}

} // namespace

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
    const bool tooHigh = Reaches(qber, m_thresholds.abort);
    if (tooHigh || (m_level == ABORT && !FallsTo(qber, m_thresholds.clear)))
    {
        m_level = ABORT;
        return m_level;
    }
    // what has just left a level is judged by the threshold at which the next one ends
    const bool high = Reaches(qber, m_thresholds.warning);
    const bool warned = m_level != GOOD && !FallsTo(qber, m_thresholds.warningClear);
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
