/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-list-writer.h"

#include "qkdn-graph-layout.h"
#include "qkdn-plot-style.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr std::size_t MAX_NAMED = 200;     //!< nodes up to which their names are drawn
constexpr std::size_t MAX_NODE_LABEL = 16; //!< characters of a name
constexpr std::size_t MAX_LEGEND = 80;     //!< characters of a route in the legend

using Places = std::map<std::string, std::pair<double, double>>;

/**
 * @brief Places of the nodes.
 * @param links the network
 * @return x and y by node
 */
Places
PlaceNodes(const std::vector<ListedLink>& links)
{
    std::map<std::string, std::size_t> numbers;
    std::vector<std::string> names;
    std::vector<LayoutEdge> edges;
    for (const ListedLink& link : links)
    {
        for (const std::string& node : {link.a, link.b})
        {
            if (numbers.emplace(node, names.size()).second)
            {
                names.push_back(node);
            }
        }
        edges.push_back({numbers[link.a], numbers[link.b], link.lengthKm});
    }
    const auto points = LayOutGraph(names.size(), edges);
    Places places;
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        places[names[i]] = points[i];
    }
    return places;
}

/**
 * @brief Add a node to a line.
 * @param places places of the nodes
 * @param node the node
 * @param [in,out] line the line
 */
void
AddPoint(const Places& places, const std::string& node, Gnuplot2dDataset& line)
{
    const auto& [x, y] = places.at(node);
    line.Add(x, y);
}

/**
 * @brief A route of the legend.
 * @param route the route
 * @param unit unit of its cost
 * @return its nodes and its cost
 */
std::string
LegendOf(const ListedRoute& route, const std::string& unit)
{
    return Shorten(FormatRoute(route.nodes), MAX_LEGEND) + ": " + FormatNumber(route.cost, 6) +
           " " + unit;
}

} // namespace

void
RouteListWriter::WriteJson(const RouteList& list, std::ostream& os) const
{
    Json json;
    json["topology"] = list.topology;
    json["from"] = list.from;
    json["to"] = list.to;
    json["choose"] = list.choice;
    json["disjoint"] = list.disjoint;
    json["cost"] = list.costBy;
    json["cost_unit"] = list.costUnit;
    json["routes"] = Json::array();
    for (const ListedRoute& route : list.routes)
    {
        Json item{{"nodes", route.nodes}, {"cost", route.cost}, {"hops", route.nodes.size() - 1}};
        if (route.shareBps)
        {
            item["share_bps"] = *route.shareBps;
        }
        json["routes"].push_back(item);
    }
    json["total_cost"] = list.totalCost;
    if (list.exact)
    {
        json["exact"] = *list.exact;
    }
    if (list.bottleneckBps)
    {
        json["bottleneck_bps"] = *list.bottleneckBps;
    }
    if (list.splitBps)
    {
        json["split_bps"] = *list.splitBps;
    }
    // names of a file may be in any encoding
    os << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void
RouteListWriter::WriteText(const RouteList& list, std::ostream& os) const
{
    for (const ListedRoute& route : list.routes)
    {
        os << FormatRoute(route.nodes) << ": " << FormatNumber(route.cost) << ' ' << list.costUnit
           << (route.shareBps ? ", " + FormatNumber(*route.shareBps) + " bit/s" : "") << '\n';
    }
    os << list.routes.size() << (list.routes.size() == 1 ? " route, " : " routes, ")
       << FormatNumber(list.totalCost) << ' ' << list.costUnit << " together"
       << (list.bottleneckBps ? ", " + FormatNumber(*list.bottleneckBps) + " bit/s" : "")
       << (list.splitBps ? ", " + FormatNumber(*list.splitBps) + " bit/s" : "")
       << (list.exact && !*list.exact ? ", found by a heuristic: better ones may exist" : "")
       << '\n';
}

Gnuplot
RouteListWriter::MakePlot(const RouteList& list, const std::string& name) const
{
    Gnuplot plot = PlotStyle::StartPlot(name, "Routes from " + list.from + " to " + list.to, 720);
    plot.AppendExtra("unset border\nunset tics\nunset grid\nset size ratio -1\nset offsets graph "
                     "0.05, graph 0.05, graph 0.05, graph 0.05\nset key maxcols 1 left");
    const Places places = PlaceNodes(list.links);
    Gnuplot2dDataset links("QKD links");
    links.SetStyle(Gnuplot2dDataset::LINES);
    links.SetExtra("linewidth 1.2 linecolor rgb \"#AAAAAA\"");
    for (const ListedLink& link : list.links)
    {
        AddPoint(places, link.a, links);
        AddPoint(places, link.b, links);
        links.AddEmptyLine();
    }
    plot.AddDataset(links);
    const std::size_t drawn = std::min(list.routes.size(), PlotStyle::MAX_CURVES);
    for (std::size_t i = 0; i < drawn; ++i)
    {
        Gnuplot2dDataset route(EscapeGnuplot(LegendOf(list.routes[i], list.costUnit)));
        route.SetStyle(Gnuplot2dDataset::LINES);
        // later routes are thinner, so that those with hops in common do not hide each other
        route.SetExtra("linewidth " +
                       FormatNumber(std::max(1.5, 7.0 - 1.5 * static_cast<double>(i))) +
                       " linecolor rgb \"" + PlotStyle::Colour(i) + "\"");
        for (const std::string& node : list.routes[i].nodes)
        {
            AddPoint(places, node, route);
        }
        plot.AddDataset(route);
    }
    if (drawn < list.routes.size())
    {
        plot.AppendExtra("set label \"the first " + std::to_string(drawn) + " of " +
                         std::to_string(list.routes.size()) + " routes\" at graph 0, graph 0");
    }
    Gnuplot2dDataset nodes("nodes");
    nodes.SetStyle(Gnuplot2dDataset::POINTS);
    nodes.SetExtra("pointtype 7 pointsize 0.6 linecolor rgb \"#404040\"");
    for (const auto& [node, place] : places)
    {
        nodes.Add(place.first, place.second);
        if (places.size() <= MAX_NAMED)
        {
            plot.AppendExtra("set label \"" + EscapeGnuplot(Shorten(node, MAX_NODE_LABEL)) +
                             "\" at " + FormatNumber(place.first) + ", " +
                             FormatNumber(place.second) + " offset 0.4,0.5 front font \",11\"");
        }
    }
    plot.AddDataset(nodes);
    return plot;
}

} // namespace qkdn
} // namespace ns3
