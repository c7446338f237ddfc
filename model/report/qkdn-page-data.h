/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PAGE_DATA_H
#define QKDN_PAGE_DATA_H

#include "ns3/qkdn-results.h"

#include <cstddef>
#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes the data that report.html draws from, as JSON that can stand in HTML.
 *
 * Its size is bounded: of what there is too much of, the most important, longest or lowest
 * stays, and "notes" says so in sentences.
 */
class PageDataWriter
{
  public:
    static constexpr std::size_t MAX_EVENTS = 2500;       //!< entries of the event log
    static constexpr std::size_t MAX_INTERVALS = 3000;    //!< times of each kind of state
    static constexpr std::size_t MAX_SESSIONS = 100;      //!< sessions with a curve of supply
    static constexpr std::size_t MAX_POOLS = 60;          //!< pools with a curve
    static constexpr std::size_t MAX_POOL_POINTS = 24000; //!< points of all curves of pools
    static constexpr std::size_t MAX_RECOVERIES = 60;     //!< recoveries with a bar

    /**
     * @brief Write the data.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PAGE_DATA_H */
