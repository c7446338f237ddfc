/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_ARGUMENTS_H
#define QKDN_CAMPAIGN_ARGUMENTS_H

#include "qkdn-campaign-options.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The command line of a campaign as texts.
 */
struct CampaignArguments
{
    std::string scenarios;             //!< --scenario
    std::string classes;               //!< --classes
    std::vector<std::string> variants; //!< --variant, each
    std::vector<std::string> sets;     //!< --set, each
    std::string seed;                  //!< --seed
    std::string runs;                  //!< --runs
    std::string stopWidth;             //!< --stop-width
    std::string stopMetric;            //!< --stop-metric
    std::string minimumRuns;           //!< --min-runs
    std::string batchRuns;             //!< --batch-runs
    std::string confidence;            //!< --confidence
    std::string keep;                  //!< --keep
    std::string enumerate;             //!< --enumerate
    std::string faultAt;               //!< --fault-at-s
    std::string horizon;               //!< --horizon-s
    std::string repairAfter;           //!< --repair-after-s
    std::string output;                //!< --output
    std::string program;               //!< --program
    std::string jobs;                  //!< --jobs
    std::string sshLogin;              //!< --sshlogin
    std::string onlyRuns;              //!< --only-runs
    std::string format{"text"};        //!< --format
    bool allowOtherFaults{false};      //!< --allow-other-faults
    bool quiet{false};                 //!< --quiet
};

/**
 * @ingroup qkdn-resilience
 * @brief Read the texts.
 * @param arguments the texts
 * @return what the campaign is to do; the program and the output as they were given
 * @throw ScenarioError if a text is wrong or texts do not fit together; the message names the
 * option as its source
 */
CampaignOptions ReadCampaignArguments(const CampaignArguments& arguments);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_ARGUMENTS_H */
