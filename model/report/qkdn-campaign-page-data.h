/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_PAGE_DATA_H
#define QKDN_CAMPAIGN_PAGE_DATA_H

#include "qkdn-campaign-results.h"
#include "qkdn-restorability.h"

#include <cstddef>
#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes the data that the page of a campaign draws from, as JSON that can stand in HTML:
 * what campaign.json has, with the runs by metric in place of one object each.
 *
 * Its size is bounded: runs are thinned evenly, the same ones of all variants; of sessions those
 * that are available least stay, of failures those that interrupt most. "notes" says so in
 * sentences. Statistics are those of all.
 */
class CampaignPageData
{
  public:
    static constexpr std::size_t MAX_POINTS = 4000;  //!< runs of all variants together
    static constexpr std::size_t MAX_SESSIONS = 100; //!< sessions
    static constexpr std::size_t MAX_FAILURES = 300; //!< failures of an enumeration

    /**
     * @brief Write the data of replications.
     * @param results the runs
     * @param os where to
     */
    void Write(const CampaignResults& results, std::ostream& os) const;

    /**
     * @brief Write the data of an enumeration.
     * @param matrix the matrix
     * @param os where to
     */
    void Write(const RestorabilityMatrix& matrix, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_PAGE_DATA_H */
