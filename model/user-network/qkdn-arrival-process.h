/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ARRIVAL_PROCESS_H
#define QKDN_ARRIVAL_PROCESS_H

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How the requests of an application follow each other.
 */
enum ArrivalModel
{
    ARRIVAL_CONSTANT, //!< the n-th request (from 0) at start + n / rate
    ARRIVAL_POISSON   //!< independent exponential intervals, also before the first request
};

/**
 * @ingroup qkdn-resilience
 * @brief The instants at which requests are issued.
 */
class ArrivalProcess
{
  public:
    /**
     * @brief Begin.
     * @param model how requests follow each other
     * @param ratePerS requests per second, above 0
     * @param start the beginning
     * @param stream number of the random stream; a constant process uses none
     */
    ArrivalProcess(ArrivalModel model, double ratePerS, Time start, int64_t stream);

    /**
     * @brief The instant of the next request.
     *
     * Constant instants are computed from their number, so that rounding does not add up.
     *
     * @return the instant, never before the one returned last
     */
    Time Next();

  private:
    double m_ratePerS;                                  //!< requests per second
    Time m_start;                                       //!< the beginning
    Time m_last;                                        //!< last instant (Poisson)
    uint64_t m_count{0};                                //!< requests so far (constant)
    Ptr<ExponentialRandomVariable> m_interval{nullptr}; //!< intervals in s; null: constant
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ARRIVAL_PROCESS_H */
