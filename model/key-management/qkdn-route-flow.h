/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_FLOW_H
#define QKDN_ROUTE_FLOW_H

#include "qkdn-km-hop.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A hop that a flow may use.
 */
struct FlowHop
{
    KmHop hop;           //!< the hop
    uint64_t cost{1};    //!< cost of a unit, at least 1 and at most 2^40
    int64_t capacity{1}; //!< units that it can carry, both directions together
};

/**
 * @ingroup qkdn-resilience
 * @brief A route of a flow.
 */
struct FlowRoute
{
    std::vector<KmId> kms; //!< its KMs in order
    int64_t units{0};      //!< what it carries
};

/**
 * @ingroup qkdn-resilience
 * @brief A flow of least cost from a KM to another: as many units as there is room for, up to a
 * number.
 *
 * It is found by successive shortest paths, where KMs carry one unit in the graph with each KM
 * split into an entrance and an exit. With a capacity of 1 for all hops this is the method of
 * Suurballe (Networks 4, 1974) and Bhandari (Survivable Networks, 1999). The flow has no circles:
 * they would cost. It is taken apart from the first KM on along the hop that carries most, of
 * several that to the KM with the smallest id.
 *
 * @param hops the hops in order, each once
 * @param from first KM, one of theirs
 * @param to last KM, one of theirs, another one
 * @param splitKms whether no KM between the ends may carry more than one unit
 * @param units units at most
 * @return its routes in the order in which they are taken out
 */
std::vector<FlowRoute> FindCheapestFlow(const std::vector<FlowHop>& hops,
                                        KmId from,
                                        KmId to,
                                        bool splitKms,
                                        int64_t units);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_FLOW_H */
