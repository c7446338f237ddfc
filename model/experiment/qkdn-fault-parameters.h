/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_PARAMETERS_H
#define QKDN_FAULT_PARAMETERS_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a fault has besides its target: as much as is needed to let it strike again.
 */
struct FaultParameters
{
    std::optional<double> position;  //!< of a cut: from 0 at end A to 1 at end B
    std::optional<double> addedQber; //!< of an eavesdropper: added error probability
    std::string curveFile;           //!< of a drift: CSV file of its curve, if there is one
    std::string curve;               //!< of a drift: between two points, "linear" or "step"
    std::optional<double> loadBps;   //!< of a congestion: load in each direction, bit/s
    std::optional<bool> wiretap;     //!< of a compromise: the classical network is read, too

    /// of a kind of a user's own: names and values as in the log of events; not in the list of
    /// faults, which is for kinds that can be replayed
    std::vector<std::pair<std::string, std::string>> others;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_PARAMETERS_H */
