/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_HOP_H
#define QKDN_KM_HOP_H

#include "ns3/qkdn-ids.h"

#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A hop of key relay routes: two neighbouring KMs, in no direction.
 */
struct KmHop
{
    KmId low;  //!< KM with the lower number
    KmId high; //!< KM with the higher number

    /**
     * @brief Constructor
     * @param a one KM
     * @param b the other KM
     */
    KmHop(KmId a, KmId b)
        : low(b < a ? b : a),
          high(b < a ? a : b)
    {
    }

    /// @cond
    bool operator==(const KmHop& o) const
    {
        return low == o.low && high == o.high;
    }

    bool operator<(const KmHop& o) const
    {
        return std::tie(low, high) < std::tie(o.low, o.high);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief The hops of a route.
 * @param kms its KMs in order
 * @return one hop for each KM but the first, in order
 */
inline std::vector<KmHop>
HopsOf(const std::vector<KmId>& kms)
{
    std::vector<KmHop> hops;
    for (std::size_t i = 1; i < kms.size(); ++i)
    {
        hops.emplace_back(kms[i - 1], kms[i]);
    }
    return hops;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_HOP_H */
