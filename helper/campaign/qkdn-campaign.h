/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_H
#define QKDN_CAMPAIGN_H

#include "qkdn-campaign-folder.h"
#include "qkdn-campaign-plan.h"
#include "qkdn-job-runner.h"

#include <chrono>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A campaign cannot go on: a run failed, or runs do not fit together. what() is one line.
 */
class CampaignError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * @ingroup qkdn-resilience
 * @brief Runs a scenario many times, by processes of qkdn-scenario, and gathers what they found.
 *
 * What has been found depends on the options and the scenario, and neither on the number of
 * processes nor on whether the campaign was interrupted: the stop rule looks at all runs up to a
 * number only when they are complete.
 */
class Campaign
{
  public:
    /**
     * @brief Constructor: plans the runs.
     * @param options what to do
     * @param progress where progress is reported, null for no report
     * @throw ScenarioError if the options do not fit or a scenario cannot be used
     */
    Campaign(const CampaignOptions& options, std::ostream* progress);

    /**
     * @brief Make the runs that are not there yet.
     * @throw CampaignError if a run fails, or classes have not the same faults
     * @throw ReportError if a file cannot be read or written
     */
    void Run();

    /**
     * @brief Write the files of the campaign and a report.
     * @param format of the report: "text" or "json"
     * @param os where the report goes
     * @param warnings where warnings go: plots that could not be drawn
     */
    void Report(const std::string& format, std::ostream& os, std::ostream& warnings) const;

  private:
    /**
     * @brief Make the runs of some replications that are not there yet.
     * @param begin first replication
     * @param end the one after the last
     */
    void Execute(std::size_t begin, std::size_t end);

    /**
     * @brief Report how many runs are there.
     * @param [in,out] missing the runs that were not there at the last look
     */
    void Watch(std::vector<CampaignJob>& missing);

    /**
     * @brief Throw for the first run that is missing.
     * @param jobs runs
     * @param reason what the processes had to say
     */
    [[noreturn]] void Fail(const std::vector<CampaignJob>& jobs, const std::string& reason) const;

    /**
     * @brief Read the results of some replications.
     * @param begin first replication
     * @param end the one after the last
     */
    void Gather(std::size_t begin, std::size_t end);

    /**
     * @brief Throw if variants have not seen the same faults.
     * @param jobs the runs of a replication
     */
    void CompareFaults(const std::vector<CampaignJob>& jobs);

    /**
     * @brief Write the files of replications.
     * @param warnings where warnings go
     */
    void WriteReplications(std::ostream& warnings) const;

    /**
     * @brief The matrix of an enumeration.
     * @return the matrix with its runs
     */
    RestorabilityMatrix MakeMatrix() const;

    CampaignOptions m_options;                     //!< what to do
    std::ostream* m_progress;                      //!< where progress is reported
    CampaignPlan m_plan;                           //!< the runs
    CampaignFolder m_folder;                       //!< where they are
    CampaignResults m_results;                     //!< what they found
    std::chrono::steady_clock::time_point m_begin; //!< when the first process was started
    std::chrono::steady_clock::time_point m_told;  //!< when progress was reported
    std::size_t m_done{0};                         //!< runs made by this process
    std::size_t m_toDo{0};                         //!< runs that may still be to be made
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_H */
