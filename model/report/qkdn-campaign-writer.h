/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_WRITER_H
#define QKDN_CAMPAIGN_WRITER_H

#include "qkdn-campaign-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes what a campaign has found. The same runs give the same bytes.
 */
class CampaignWriter
{
  public:
    /**
     * @brief Write campaign.json: the plan, names, labels and units of the metrics, for each
     * variant its statistics and runs, and the differences from the first variant.
     * @param results the runs
     * @param os where to
     */
    void WriteJson(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write campaign.csv: one line per variant and run. Columns scenario, class, run, seed,
     * faults and the other metrics.
     * @param results the runs
     * @param os where to
     */
    void WriteRuns(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write sessions.csv: one line per variant, run and session. Columns scenario, class,
     * run, session, availability, interruptions, outage_s, longest_outage_s.
     * @param results the runs
     * @param os where to
     */
    void WriteSessions(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write statistics.csv: one line per variant and metric, and one per variant after the
     * first and metric for the differences from the first. Columns class, minus, metric, unit,
     * count, mean, standard_deviation, low, high, minimum, median, maximum.
     * @param results the runs
     * @param os where to
     */
    void WriteStatistics(const CampaignResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_WRITER_H */
