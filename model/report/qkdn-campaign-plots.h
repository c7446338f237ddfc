/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_PLOTS_H
#define QKDN_CAMPAIGN_PLOTS_H

#include "qkdn-campaign-results.h"
#include "qkdn-restorability.h"

#include "ns3/gnuplot.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A plot and the name of its files.
 */
struct NamedPlot
{
    std::string name; //!< its files are name.plt and name.svg
    Gnuplot plot;     //!< the plot
};

/**
 * @ingroup qkdn-resilience
 * @brief The plots of a campaign: for interrupted time, lost keys, time to recover and key spent,
 * the mean of each variant with its interval and the runs as points; and availability in nines.
 * @param results the runs
 * @return the plots that are not empty
 */
std::vector<NamedPlot> MakeCampaignPlots(const CampaignResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief The maps of a restorability matrix, with faults from top to bottom and variants from left
 * to right: the share of sessions that were recovered in time, of those that the fault hit (white
 * if it hit none), and interrupted time.
 * @param matrix the matrix
 * @return the plots
 */
std::vector<NamedPlot> MakeRestorabilityPlots(const RestorabilityMatrix& matrix);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_PLOTS_H */
