/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_H
#define QKDN_LINK_STATE_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A hop as the KM at one end of it advertises it.
 */
struct LinkStateHop
{
    KmId neighbour;          //!< KM at the other end
    bool usable{false};      //!< a QKD link of it generates, and the neighbour is reachable
    bool low{false};         //!< its pool runs out soon, or has not recovered from that
    uint64_t keyRateBps{0};  //!< secret key rate of its links that generate, bit/s
    uint64_t residualBps{0}; //!< what the demand of routes over it leaves of that, bit/s

    /// @cond
    bool operator==(const LinkStateHop& o) const
    {
        return std::tie(neighbour, usable, low, keyRateBps, residualBps) ==
               std::tie(o.neighbour, o.usable, o.low, o.keyRateBps, o.residualBps);
    }

    bool operator!=(const LinkStateHop& o) const
    {
        return !(*this == o);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Names one issue of a KM's advertisement.
 */
struct LinkStateHeader
{
    KmId origin;          //!< the KM
    uint64_t sequence{0}; //!< number of the issue, from 1; 64 bits do not wrap

    /// @cond
    bool operator==(const LinkStateHeader& o) const
    {
        return origin == o.origin && sequence == o.sequence;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief What a KM says of all its hops. A newer issue replaces an older one.
 */
struct LinkStateAdvertisement
{
    LinkStateHeader header;         //!< whose it is, and which issue
    Time age;                       //!< time since it was made
    std::vector<LinkStateHop> hops; //!< in order of neighbour
};

/**
 * @ingroup qkdn-resilience
 * @brief What becomes of an advertisement at a KM.
 */
enum LinkStateFate
{
    LINK_STATE_ORIGINATED, //!< the KM made it
    LINK_STATE_INSTALLED,  //!< newer than what was known
    LINK_STATE_DUPLICATE,  //!< known already
    LINK_STATE_STALE,      //!< older than what is known: the sender gets that
    LINK_STATE_OUTDONE,    //!< the KM's own from before a restart: a newer one follows
    LINK_STATE_EXPIRED,    //!< the KM's copy is too old
    LINK_STATE_PURGED      //!< another KM says that it is too old
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a fate as it appears in logs.
 * @param fate the fate
 * @return for example "installed"
 */
const char* LinkStateFateName(LinkStateFate fate);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_H */
