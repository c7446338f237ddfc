/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_PAGE_TABLES_H
#define QKDN_CAMPAIGN_PAGE_TABLES_H

#include "qkdn-campaign-results.h"
#include "qkdn-restorability.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The tables of the page of a campaign. They need no script.
 */
class CampaignPageTables
{
  public:
    /**
     * @brief Write the tables of replications: classes, statistics, differences, sessions, runs.
     * @param results the runs
     * @param os where to
     */
    void WriteAll(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write the tables of an enumeration: classes with sums, and failures.
     * @param matrix the matrix
     * @param os where to
     */
    void WriteAll(const RestorabilityMatrix& matrix, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_PAGE_TABLES_H */
