/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_FOLDER_H
#define QKDN_CAMPAIGN_FOLDER_H

#include "qkdn-campaign-plan.h"

#include <filesystem>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The folder of a campaign: plan.json, and below runs/ a folder for each run.
 *
 * A run writes into a folder of its own name with ".part-", its machine and the number of its
 * process, which is renamed when the run is complete: results are there as a whole or not at all,
 * also if the machine stops, and several campaigns and machines may share the folder. A run that
 * fails leaves a folder with ".failed" and its messages in it.
 */
class CampaignFolder
{
  public:
    /**
     * @brief Constructor
     * @param path the folder; it is made if it is not there
     */
    explicit CampaignFolder(const std::string& path);

    /**
     * @brief Begin a campaign, or go on with one.
     * @param identity what its runs depend on
     * @throw ScenarioError if runs of another campaign are there
     * @throw ReportError if the folder cannot be used
     */
    void Open(const std::string& identity) const;

    /**
     * @brief The folder of the results of a run.
     * @param job the run
     * @return its path
     */
    std::filesystem::path GetRunFolder(const CampaignJob& job) const;

    /**
     * @brief Whether the results of a run are there.
     * @param job the run
     * @return true if so
     */
    bool IsComplete(const CampaignJob& job) const;

    /**
     * @brief Whether a run has failed.
     * @param job the run
     * @return true if so
     */
    bool HasFailed(const CampaignJob& job) const;

    /**
     * @brief What a run that failed has said last.
     * @param job the run
     * @return the line; empty if it has said nothing
     */
    std::string GetLastWords(const CampaignJob& job) const;

    /**
     * @brief The command, for a POSIX shell, that makes the results of a run.
     * @param job the run
     * @param program path of qkdn-scenario
     * @param files the files that are kept
     * @return the command
     */
    std::string MakeCommand(const CampaignJob& job,
                            const std::string& program,
                            const std::vector<std::string>& files) const;

    /**
     * @brief Put a text into quotes, so that a POSIX shell takes it as one word.
     * @param text any text
     * @return the word
     */
    static std::string QuoteForShell(const std::string& text);

  private:
    /**
     * @brief Remove what runs on this machine have left that were killed.
     */
    void RemoveRemains() const;

    std::filesystem::path m_path; //!< the folder
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_FOLDER_H */
