/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESTORABILITY_H
#define QKDN_RESTORABILITY_H

#include "qkdn-campaign-results.h"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A failure of an enumeration.
 */
struct EnumeratedFailure
{
    std::string name;                   //!< for example "f12" or "f12 + f23"
    std::string type;                   //!< type of its faults, for example "fibre-cut"
    std::vector<std::string> targets;   //!< what fails, all at one instant
    std::vector<std::string> endsThere; //!< ids of sessions with an end in what fails
};

/**
 * @ingroup qkdn-resilience
 * @brief What became of the sessions under a failure. Sessions with an end in what has failed do
 * not count.
 */
struct RestorabilityCell
{
    std::size_t hit{0};          //!< sessions that the failure concerned
    std::size_t recovered{0};    //!< of these, all episodes were recovered in time
    std::size_t late{0};         //!< of these, recovered, but later than tolerated
    std::size_t notRecovered{0}; //!< of these, an episode was not recovered, or by repair only
    double interruptedS{0.0};    //!< interrupted time of all sessions from the failure on, s
    double longestS{0.0};        //!< the longest interruption of a session from the failure on, s
};

/**
 * @ingroup qkdn-resilience
 * @brief All failures of a kind under all variants.
 */
struct RestorabilityMatrix
{
    std::string scenario;                    //!< name of the scenario
    std::string kind;                        //!< for example "single-link"
    double faultAtS{0.0};                    //!< when each failure strikes, s
    double horizonS{0.0};                    //!< how long it is watched, s
    std::optional<double> repairAfterS;      //!< time to the repair, s, if it is repaired
    std::vector<EnumeratedFailure> failures; //!< rows
    std::vector<CampaignSeries> series;      //!< columns; the runs are in the order of the failures

    /**
     * @brief What became of the sessions.
     * @param failure row
     * @param variant column
     * @return the figures
     */
    RestorabilityCell GetCell(std::size_t failure, std::size_t variant) const;

    /**
     * @brief Sum over all failures.
     * @param variant column
     * @return sums, and the longest interruption
     */
    RestorabilityCell GetTotal(std::size_t variant) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Writes a restorability matrix.
 */
class RestorabilityWriter
{
  public:
    /**
     * @brief Write campaign.json: the failures, for each variant the cells in the order of the
     * failures, and the sums.
     * @param matrix the matrix
     * @param os where to
     */
    void WriteJson(const RestorabilityMatrix& matrix, std::ostream& os) const;

    /**
     * @brief Write restorability.csv: one line per failure and variant. Columns scenario, failure,
     * type, targets, class, sessions_ended, sessions_hit, recovered, late, not_recovered,
     * interrupted_s, longest_s.
     * @param matrix the matrix
     * @param os where to
     */
    void WriteCsv(const RestorabilityMatrix& matrix, std::ostream& os) const;

    /**
     * @brief Write the sums, and the failures that interrupt most, for the terminal.
     * @param matrix the matrix
     * @param directory where the files are
     * @param os where to
     */
    void WriteText(const RestorabilityMatrix& matrix,
                   const std::string& directory,
                   std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESTORABILITY_H */
