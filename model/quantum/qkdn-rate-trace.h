/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RATE_TRACE_H
#define QKDN_RATE_TRACE_H

#include "ns3/nstime.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A row of a trace: what holds from a time to that of the next row.
 */
struct RateTraceRow
{
    Time time;           //!< time since the start of the simulation
    double rateBps{0.0}; //!< secret key rate, bit/s; 0: no key
    double qber{0.0};    //!< quantum bit error ratio
    std::string place;   //!< file and line
};

/**
 * @ingroup qkdn-resilience
 * @brief A key rate and QBER that was recorded over time, as a step function.
 *
 * The file has comma-separated values, the heading time_s,rate_bps,qber and rows of rising time,
 * the first at 0 s. The last row holds to the end. Text after a # is a comment.
 */
class RateTrace
{
  public:
    /**
     * @brief Read a file.
     * @param path the file
     * @return empty if it was read, otherwise file, line, what is wrong and what would be right;
     * then the trace is as it was
     */
    [[nodiscard]] std::string Read(const std::string& path);

    /**
     * @brief All rows.
     * @return the rows in the order of time, none before a file was read
     */
    const std::vector<RateTraceRow>& GetRows() const;

    /**
     * @brief The row in force.
     * @param time a time, 0 or more
     * @return the row; a file has to have been read
     */
    const RateTraceRow& GetRow(Time time) const;

    /// Some key that is generated from a time on.
    struct Yield
    {
        double durationS{0.0}; //!< time until the last bit is there, s; infinite if it never is
        double qber{0.0};      //!< average QBER of the time in which the key was generated
    };

    /**
     * @brief How long it takes to generate some key.
     * @param from when generation starts
     * @param bits secret bits, above 0
     * @return duration and QBER
     */
    Yield Generate(Time from, double bits) const;

  private:
    /**
     * @brief The row in force.
     * @param time a time, 0 or more
     * @return its index
     */
    std::size_t FindRow(Time time) const;

    std::vector<RateTraceRow> m_rows; //!< in the order of time
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RATE_TRACE_H */
