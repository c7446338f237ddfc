/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PLOTS_H
#define QKDN_PLOTS_H

#include "ns3/gnuplot.h"
#include "ns3/qkdn-results.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Keys handed over per second over time: a curve for each session, or their sum if there
 * are more than can be told apart. With one curve the keys asked for are drawn as well.
 * @param results the results
 * @return the plot; none if there was no request
 */
std::optional<Gnuplot> MakeKeySupplyPlot(const ExperimentResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief Level of the KMA pools over time: for each the lower of its two ends, because a key
 * counts when both hold it. If there are more pools than can be told apart, those that fell
 * lowest are drawn.
 * @param results the results
 * @return the plot; none if there is no sample
 */
std::optional<Gnuplot> MakePoolPlot(const ExperimentResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief A bar for each recovery, stacked from its stages; at most 20, the longest ones.
 * @param results the results
 * @return the plot; none if there is no recovery
 */
std::optional<Gnuplot> MakeRecoveryPlot(const ExperimentResults& results);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PLOTS_H */
