/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_LIST_WRITER_H
#define QKDN_ROUTE_LIST_WRITER_H

#include "ns3/gnuplot.h"

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
 * @brief A route of a list.
 */
struct ListedRoute
{
    std::vector<std::string> nodes; //!< its nodes in order
    double cost{0.0};               //!< its cost in the unit of the list
    std::optional<double> shareBps; //!< what it carries, bit/s, if a demand is split
};

/**
 * @ingroup qkdn-resilience
 * @brief A link of the network in which routes were searched for.
 */
struct ListedLink
{
    std::string a;        //!< node at one end
    std::string b;        //!< node at the other end
    double lengthKm{1.0}; //!< length, km, above 0
};

/**
 * @ingroup qkdn-resilience
 * @brief Routes between two nodes.
 */
struct RouteList
{
    std::string topology;            //!< where the network comes from
    std::string from;                //!< first node
    std::string to;                  //!< last node
    std::string choice;              //!< how routes were chosen
    std::string disjoint;            //!< what they may not have in common
    std::string costBy;              //!< what costs are
    std::string costUnit;            //!< unit of costs
    std::vector<ListedRoute> routes; //!< the routes
    double totalCost{0.0};           //!< sum of their costs
    std::optional<bool> exact;       //!< whether better ones are ruled out, if that is a question
    std::optional<double>
        bottleneckBps;              //!< key rate of the narrowest hop, if routes were chosen by it
    std::optional<double> splitBps; //!< what the routes carry together, if a demand is split
    std::vector<ListedLink> links;  //!< the network, for the plot
};

/**
 * @ingroup qkdn-resilience
 * @brief Writes routes between two nodes.
 */
class RouteListWriter
{
  public:
    /**
     * @brief Write a JSON object: topology, from, to, choose, disjoint, cost, cost_unit, routes
     * with nodes, cost and hops (and share_bps if a demand is split), total_cost, and, where they
     * mean something, exact, bottleneck_bps and split_bps.
     * @param list the routes
     * @param os where to
     */
    void WriteJson(const RouteList& list, std::ostream& os) const;

    /**
     * @brief Write a line for each route, and one for all.
     * @param list the routes
     * @param os where to
     */
    void WriteText(const RouteList& list, std::ostream& os) const;

    /**
     * @brief A drawing of the network with the routes. Nodes are placed by the lengths of the
     * links.
     * @param list the routes
     * @param name name of the plot; its files are name.plt and name.svg
     * @return the plot
     */
    Gnuplot MakePlot(const RouteList& list, const std::string& name) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_LIST_WRITER_H */
