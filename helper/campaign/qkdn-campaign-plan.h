/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_PLAN_H
#define QKDN_CAMPAIGN_PLAN_H

#include "qkdn-campaign-options.h"

#include "ns3/qkdn-scenario-reader.h"

#include <cstddef>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One run of a campaign: a process of qkdn-scenario.
 */
struct CampaignJob
{
    std::string id;                     //!< folder of its results below that of all runs
    std::string name;                   //!< for messages
    std::size_t variant{0};             //!< variant
    std::size_t replication{0};         //!< replication
    std::vector<std::string> arguments; //!< of qkdn-scenario, without --output and --files
};

/**
 * @ingroup qkdn-resilience
 * @brief What runs a campaign consists of.
 *
 * A replication is a run number of a scenario (all scenarios with run 1 come first, then all with
 * run 2), or a failure of an enumeration. Each replication is run with every variant.
 */
class CampaignPlan
{
  public:
    /**
     * @brief Constructor: reads every scenario in every variant.
     * @param options what the campaign is to do
     * @throw ScenarioError if the options do not fit or a scenario cannot be used
     */
    explicit CampaignPlan(const CampaignOptions& options);

    /**
     * @brief Number of replications.
     * @return runs times scenarios, or the number of failures
     */
    std::size_t GetReplications() const;

    /**
     * @brief The runs of some replications.
     * @param begin first replication
     * @param end the one after the last
     * @return the runs of all variants, by replication
     */
    std::vector<CampaignJob> GetJobs(std::size_t begin, std::size_t end) const;

    /**
     * @brief What the results of the runs depend on, as JSON: two campaigns can share a folder if
     * they have the same. The number of runs and the way they are run do not belong to it.
     * @return the text
     */
    std::string GetIdentity() const;

    /**
     * @brief The files of each run that are kept.
     * @return their names
     */
    const std::vector<std::string>& GetFiles() const;

    /**
     * @brief Names of the scenarios.
     * @return as in their files
     */
    const std::vector<std::string>& GetScenarioNames() const;

    /**
     * @brief The enumeration without its runs.
     * @return scenario, kind, times and failures; without failures if there is none
     */
    const RestorabilityMatrix& GetEnumeration() const;

  private:
    /**
     * @brief Check that no two variants have one name.
     */
    void CheckVariants() const;

    /**
     * @brief Read a scenario in a variant.
     * @param path the file
     * @param variant the variant, null for none
     * @param sets further changes
     * @return the scenario
     */
    Scenario ReadScenario(const std::string& path,
                          const CampaignVariant* variant,
                          const std::vector<std::string>& sets) const;

    /**
     * @brief Find the failures of an enumeration.
     */
    void PlanEnumeration();

    /**
     * @brief The run of a replication in a variant.
     * @param replication the replication
     * @param variant the variant
     * @return the run
     */
    CampaignJob MakeJob(std::size_t replication, std::size_t variant) const;

    CampaignOptions m_options;                           //!< what the campaign is to do
    std::vector<std::string> m_names;                    //!< of the scenarios
    std::vector<std::string> m_files;                    //!< files of each run that are kept
    RestorabilityMatrix m_enumeration;                   //!< without runs
    std::vector<std::vector<std::string>> m_failureSets; //!< changes by failure
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_PLAN_H */
