/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RECOVERY_BAR_H
#define QKDN_RECOVERY_BAR_H

#include "ns3/qkdn-results.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A recovery as a bar of pieces: the stages before key resumption, then the parts of that.
 */
struct RecoveryBar
{
    /// Pieces of a bar.
    static constexpr std::size_t PIECE_COUNT =
        std::size_t{STAGE_KEY_RESUMPTION} + std::size_t{RESUMPTION_COUNT};

    const RecoveryResult* recovery;       //!< the recovery
    std::array<Time, PIECE_COUNT> pieces; //!< how long each took
    std::vector<std::size_t> order;       //!< pieces in the order in which they came
    std::optional<Time> total;            //!< fault to first usable key, if it came
    Time length;                          //!< sum of the pieces

    /**
     * @brief The name of a piece.
     * @param piece the piece
     * @return for the legend
     */
    static std::string NameOf(std::size_t piece);

    /**
     * @brief The colour of a piece: waiting is grey, the rest can be told apart by colour-blind
     * readers.
     * @param piece the piece
     * @return for example "#D55E00"
     */
    static std::string ColourOf(std::size_t piece);

    /**
     * @brief The fault behind the bar.
     * @param results the results
     * @return in words
     */
    std::string DescribeFault(const ExperimentResults& results) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The longest recoveries.
 * @param results the results, which have to live as long as the bars
 * @param most largest number of bars
 * @return in the order of the results
 */
std::vector<RecoveryBar> ChooseRecoveryBars(const ExperimentResults& results, std::size_t most);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RECOVERY_BAR_H */
