/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_NEIGHBOUR_H
#define QKDN_KM_NEIGHBOUR_H

#include "qkdn-kma-pool.h"
#include "qkdn-kma-synchroniser.h"

#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A neighbouring KM as the parts of a key manager see it.
 */
struct KmNeighbour
{
    Ptr<KmaPool> pool;                 //!< this end of the pool shared with it
    Ptr<KmaSynchroniser> synchroniser; //!< keeps the pool's ends alike
};

/// Neighbouring KMs by number.
using KmNeighbours = std::map<KmId, KmNeighbour>;

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_NEIGHBOUR_H */
