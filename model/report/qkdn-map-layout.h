/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MAP_LAYOUT_H
#define QKDN_MAP_LAYOUT_H

#include "ns3/qkdn-network-map.h"

#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Where the nodes of a map are drawn.
 */
struct MapLayout
{
    /// x to the right and y downwards of each node; both begin at 0, the longer side is 1
    std::vector<std::pair<double, double>> places;
    double width{1.0};  //!< largest x
    double height{1.0}; //!< largest y
    bool isFree{false}; //!< the scenario has no positions: a drawing may be turned
};

/**
 * @ingroup qkdn-resilience
 * @brief Place the nodes of a map: where the scenario has them; if all of them are at one point,
 * by the lengths of the fibres (LayOutGraph()). Nodes that are closer than can be told apart are
 * moved away from each other.
 * @param map the map
 * @return the places, always the same for the same map
 */
MapLayout LayOutMap(const NetworkMap& map);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MAP_LAYOUT_H */
