/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QBER_MONITOR_H
#define QKDN_QBER_MONITOR_H

#include <optional>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What an end of a QKD link makes of the error ratios that it estimates, block by block.
 *
 * Two thresholds with hysteresis each: a warning is given at the warning threshold and withdrawn at
 * or below its clear threshold; key generation is aborted at the abort threshold and may go on at
 * or below the clear threshold of the abort.
 */
class QberMonitor
{
  public:
    /// What the estimates say.
    enum Level
    {
        GOOD,    //!< no complaint
        WARNING, //!< the error ratio is high
        ABORT    //!< the error ratio is too high for a key
    };

    /// The thresholds; ratios from 0 to 0.5.
    struct Thresholds
    {
        double warning{0.08};      //!< at or above: warning
        double warningClear{0.08}; //!< at or below: the warning ends
        double abort{0.11};        //!< at or above: abort
        double clear{0.08};        //!< at or below: the abort ends
    };

    /**
     * @brief Check thresholds against each other.
     * @param thresholds the thresholds
     * @return empty if they can be used, otherwise which contradict each other, with the values
     */
    static std::string Validate(const Thresholds& thresholds);

    /**
     * @brief Set the thresholds.
     * @param thresholds thresholds that Validate() finds nothing wrong with
     */
    void SetThresholds(const Thresholds& thresholds);

    /**
     * @brief Take an estimate.
     * @param qber the error ratio of a block, 0 to 1
     * @return what the estimates say now
     */
    Level Update(double qber);

    /// Forget all estimates: nothing is wrong as far as is known.
    void Reset();

    /**
     * @brief What the estimates say.
     * @return the level
     */
    Level GetLevel() const;

    /**
     * @brief The newest estimate.
     * @return the error ratio, nothing if there is no estimate
     */
    std::optional<double> GetEstimate() const;

  private:
    Thresholds m_thresholds;          //!< thresholds
    Level m_level{GOOD};              //!< what the estimates say
    std::optional<double> m_estimate; //!< newest estimate
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QBER_MONITOR_H */
