/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_TABLE_H
#define QKDN_CAMPAIGN_TABLE_H

#include "qkdn-campaign-results.h"

#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes cells in columns, those after the first to the right.
 * @param rows rows of as many cells each, the first is the heading
 * @param os where to
 */
void WriteTextTable(const std::vector<std::vector<std::string>>& rows, std::ostream& os);

/**
 * @ingroup qkdn-resilience
 * @brief Writes the report of a campaign for the terminal: a line for each metric with mean and
 * half width of its interval in each variant, the availabilities with their nines, and the
 * differences from the first variant.
 */
class CampaignTable
{
  public:
    /**
     * @brief Write the report.
     * @param results the runs
     * @param directory where the files of the campaign are
     * @param os where to
     */
    void Write(const CampaignResults& results,
               const std::string& directory,
               std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_TABLE_H */
