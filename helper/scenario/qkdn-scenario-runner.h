/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_RUNNER_H
#define QKDN_SCENARIO_RUNNER_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-results.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Runs a scenario from description to results. One run at a time, as ns-3 has one
 * simulator.
 */
class ScenarioRunner
{
  public:
    /**
     * @brief Say where progress is reported.
     * @param progress a stream, null for no report
     */
    void SetProgress(std::ostream* progress);

    /**
     * @brief Capture the packets of all classical links.
     * @param prefix files are named prefix-node-device.pcap; empty for no capture
     */
    void SetPcap(const std::string& prefix);

    /**
     * @brief Run a scenario. Seed and run of RngSeedManager are set from it.
     * @param scenario the scenario
     * @param source what error messages call it, for example its file
     * @return what was measured
     * @throw ScenarioError if the scenario cannot be built
     */
    ExperimentResults Run(const Scenario& scenario, const std::string& source) const;

    /**
     * @brief Report nine times, at equal distances, how far the simulation is.
     * @param duration length of the simulation, which begins now
     * @param progress a stream, null for no report; the events are the same
     * @return number of events that this takes
     */
    static uint64_t ScheduleProgress(Time duration, std::ostream* progress);

  private:
    std::ostream* m_progress{nullptr}; //!< where progress is reported
    std::string m_pcapPrefix;          //!< captures, empty for none
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_RUNNER_H */
