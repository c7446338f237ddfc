/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_OPTIONS_H
#define QKDN_CAMPAIGN_OPTIONS_H

#include "qkdn-fault-enumeration.h"

#include "ns3/qkdn-campaign-results.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Some of the replications of a campaign, counted from 1.
 */
struct ReplicationRange
{
    uint32_t first{1}; //!< the first
    uint32_t last{1};  //!< the last, included
};

/**
 * @ingroup qkdn-resilience
 * @brief What a campaign is to do.
 */
struct CampaignOptions
{
    std::vector<std::string> scenarios;       //!< scenario files
    std::vector<CampaignVariant> variants;    //!< what is compared; the first is the base
    std::vector<std::string> sets;            //!< changes of all runs, each as the value of --set
    std::optional<uint32_t> seed;             //!< seed of all runs; none: the file's
    uint32_t runs{10};                        //!< runs of each scenario and variant, at most
    std::optional<CampaignStopRule> stop;     //!< when to end before
    double confidence{0.95};                  //!< of all intervals
    bool allowOtherFaults{false};             //!< classes may see different faults
    std::vector<std::string> files;           //!< further files of each run that are kept
    FailureKind enumerate{FAILURES_NONE};     //!< failures that are enumerated in place of runs
    FailureTimes times;                       //!< when enumerated failures strike
    std::string output;                       //!< folder
    std::string program;                      //!< path of qkdn-scenario
    uint32_t jobs{1};                         //!< processes at a time
    std::string sshLogin;                     //!< machines, as GNU parallel takes them
    std::optional<ReplicationRange> onlyRuns; //!< run these only, and report nothing
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_OPTIONS_H */
