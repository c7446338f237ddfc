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
#include <array>
#include <cmath>
#include <limits>
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

/// Where the name of a node stands: justification and offsets in gnuplot's characters.
struct NameSpot
{
    const char* justify; //!< left, right or center
    double part;         //!< part of the text that is left of the anchor
    double x;            //!< offset to the right
    double y;            //!< offset upwards
};

constexpr double CHARACTER_X_PX = 9.0;  //!< width of gnuplot's character
constexpr double CHARACTER_Y_PX = 16.0; //!< its height
constexpr double LETTER_PX = 6.8;       //!< width of a letter of a name
constexpr double NAME_PX = 12.0;        //!< height of a name
constexpr double MAP_WIDTH_PX = 660.0;  //!< width of a map
constexpr double MAP_HEIGHT_PX = 460.0; //!< height of a map
constexpr double NAME_COST = 4.0;       //!< of each px^2 of a name under a name
constexpr double NODE_COST = 60.0;      //!< of a node under a name
constexpr double LINE_COST = 4.0;       //!< of a piece of a line under a name
constexpr double PIECE_PX = 4.0;        //!< length of a piece

/// Places of a name, the best first.
constexpr std::array<NameSpot, 8> NAME_SPOTS = {{{"left", 0.0, 0.4, 0.5},
                                                 {"right", 1.0, -0.4, 0.5},
                                                 {"left", 0.0, 0.4, -0.5},
                                                 {"right", 1.0, -0.4, -0.5},
                                                 {"left", 0.0, 0.7, 0.0},
                                                 {"right", 1.0, -0.7, 0.0},
                                                 {"center", 0.5, 0.0, 0.8},
                                                 {"center", 0.5, 0.0, -0.8}}};

/// A rectangle that a name covers, px.
struct NameBox
{
    double left;   //!< smallest x
    double right;  //!< largest x
    double bottom; //!< smallest y
    double top;    //!< largest y

    /// Area that it has in common with another one, px^2.
    double Overlap(const NameBox& other) const
    {
        const double width = std::min(right, other.right) - std::max(left, other.left);
        const double height = std::min(top, other.top) - std::max(bottom, other.bottom);
        return width > 0.0 && height > 0.0 ? width * height : 0.0;
    }

    /// Whether a point is in it.
    bool Has(const std::pair<double, double>& point) const
    {
        return point.first > left && point.first < right && point.second > bottom &&
               point.second < top;
    }
};

/**
 * @brief Points of a drawing, px.
 * @param places x and y by node
 * @return x and y by node
 */
Places
ToPixels(const Places& places)
{
    if (places.empty())
    {
        return places;
    }
    const auto byX = [](const auto& a, const auto& b) { return a.second.first < b.second.first; };
    const auto byY = [](const auto& a, const auto& b) { return a.second.second < b.second.second; };
    const auto [left, right] = std::minmax_element(places.begin(), places.end(), byX);
    const auto [lowest, highest] = std::minmax_element(places.begin(), places.end(), byY);
    const double width = std::max(1e-9, right->second.first - left->second.first);
    const double height = std::max(1e-9, highest->second.second - lowest->second.second);
    const double scale = std::min(MAP_WIDTH_PX / width, MAP_HEIGHT_PX / height);
    Places pixels;
    for (const auto& [node, place] : places)
    {
        pixels[node] = {place.first * scale, place.second * scale};
    }
    return pixels;
}

/**
 * @brief Points along the links, px.
 * @param links the network
 * @param pixels points of the nodes
 * @return a point for each piece of a link
 */
std::vector<std::pair<double, double>>
CutLines(const std::vector<ListedLink>& links, const Places& pixels)
{
    std::vector<std::pair<double, double>> points;
    for (const ListedLink& link : links)
    {
        const auto& [ax, ay] = pixels.at(link.a);
        const auto& [bx, by] = pixels.at(link.b);
        const int pieces = 1 + static_cast<int>(std::hypot(bx - ax, by - ay) / PIECE_PX);
        for (int i = 1; i < pieces; ++i)
        {
            const double part = static_cast<double>(i) / pieces;
            points.emplace_back(ax + part * (bx - ax), ay + part * (by - ay));
        }
    }
    return points;
}

/**
 * @brief Find where names of nodes hide least, one name after the other.
 * @param links the network
 * @param places x and y by node
 * @return place of the name by node
 */
std::map<std::string, NameSpot>
PlaceNames(const std::vector<ListedLink>& links, const Places& places)
{
    const Places pixels = ToPixels(places);
    const auto lines = CutLines(links, pixels);
    std::vector<NameBox> placed;
    std::map<std::string, NameSpot> spots;
    for (const auto& [node, point] : pixels)
    {
        const double length =
            LETTER_PX * static_cast<double>(std::min(node.size(), MAX_NODE_LABEL));
        double least = std::numeric_limits<double>::max();
        NameBox best{};
        for (const NameSpot& spot : NAME_SPOTS)
        {
            const double left = point.first + spot.x * CHARACTER_X_PX - spot.part * length;
            const double middle = point.second + spot.y * CHARACTER_Y_PX;
            const NameBox box{left, left + length, middle - NAME_PX / 2, middle + NAME_PX / 2};
            double cost = 0.0;
            for (const NameBox& other : placed)
            {
                cost += NAME_COST * box.Overlap(other);
            }
            for (const auto& entry : pixels)
            {
                cost += box.Has(entry.second) ? NODE_COST : 0.0;
            }
            cost += LINE_COST *
                    static_cast<double>(
                        std::count_if(lines.begin(), lines.end(), [&box](const auto& piece) {
                            return box.Has(piece);
                        }));
            if (cost < least)
            {
                least = cost;
                best = box;
                spots[node] = spot;
            }
        }
        placed.push_back(best);
    }
    return spots;
}

/**
 * @brief Add the names of the nodes.
 * @param links the network
 * @param places x and y by node
 * @param [in,out] plot the plot
 */
void
AddNames(const std::vector<ListedLink>& links, const Places& places, Gnuplot& plot)
{
    for (const auto& [node, spot] : PlaceNames(links, places))
    {
        const auto& [x, y] = places.at(node);
        plot.AppendExtra("set label \"" + EscapeGnuplot(Shorten(node, MAX_NODE_LABEL)) + "\" at " +
                         FormatNumber(x) + ", " + FormatNumber(y) + " " + spot.justify +
                         " offset " + FormatNumber(spot.x) + "," + FormatNumber(spot.y) +
                         " front font \",11\"");
    }
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
    for (const auto& entry : places)
    {
        nodes.Add(entry.second.first, entry.second.second);
    }
    if (places.size() <= MAX_NAMED)
    {
        AddNames(list.links, places, plot);
    }
    plot.AddDataset(nodes);
    return plot;
}

} // namespace qkdn
} // namespace ns3
