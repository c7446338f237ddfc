/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_PAGE_H
#define QKDN_CAMPAIGN_PAGE_H

#include "qkdn-campaign-results.h"
#include "qkdn-restorability.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes report.html of a campaign: one file that needs no other.
 */
class CampaignPageWriter
{
  public:
    /**
     * @brief Write the page of replications.
     * @param results the runs
     * @param os where to
     */
    void Write(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write the page of an enumeration.
     * @param matrix the matrix
     * @param os where to
     */
    void Write(const RestorabilityMatrix& matrix, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_PAGE_H */
