/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_PARTITION_H
#define QKDN_SCENARIO_PARTITION_H

#include "qkdn-scenario.h"

#include "ns3/qkdn-results.h"

#include <cstdint>
#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What each rank of a run by several processes simulates (module mpi of ns-3): the QKD nodes
 * whose "rank" is its own.
 *
 * Every rank builds the whole scenario, so that all numbers are the same, and executes faults of
 * fibres; applications run at their own rank only. Only classical links lead from one rank to
 * another: light, and so QKD links and sessions, stay within a rank.
 */
class ScenarioPartition
{
  public:
    /**
     * @brief Constructor
     * @param scenario a scenario that CheckScenario() accepts
     * @param rank the rank of this process
     */
    ScenarioPartition(const Scenario& scenario, uint32_t rank);

    /**
     * @brief Check that a scenario can be run by several ranks.
     * @param scenario a scenario that CheckScenario() accepts
     * @param source what error messages call it
     * @param ranks number of ranks
     * @throw ScenarioError if not
     */
    static void Check(const Scenario& scenario, const std::string& source, uint32_t ranks);

    /**
     * @brief Whether this rank simulates a QKD node.
     * @param node id of the node
     * @return true if so
     */
    bool IsLocal(const std::string& node) const;

    /**
     * @brief Whether a fault strikes at this rank: what it breaks is here, or in a fibre.
     * @param fault the fault
     * @return true if so
     */
    bool Strikes(const ScenarioFault& fault) const;

    /**
     * @brief Leave out what belongs to other ranks: sessions, protection groups, QKD links, with
     * their requests, recoveries, interruptions and books. Requirements, which concern the whole
     * network, are left out, too.
     * @param [in,out] results what this rank has measured
     */
    void KeepLocal(ExperimentResults& results) const;

  private:
    const Scenario& m_scenario;              //!< the scenario
    uint32_t m_rank;                         //!< rank of this process
    std::map<std::string, uint32_t> m_ranks; //!< rank by node
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_PARTITION_H */
