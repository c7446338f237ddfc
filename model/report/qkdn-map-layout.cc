/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-map-layout.h"

#include "qkdn-graph-layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

using MapPoints = std::vector<std::pair<double, double>>;

/// Nodes above which moving them apart would take long.
constexpr std::size_t MAX_MOVED = 400;

/// Rounds of moving nodes apart.
constexpr int ROUNDS = 150;

/// Shortest length of fibre that a layout is made with, km.
constexpr double SHORTEST_KM = 0.1;

/**
 * @brief Move and scale points such that both coordinates begin at 0 and the longer side is 1.
 * @param [in,out] points the points
 * @return the sides
 */
std::pair<double, double>
FitIntoUnit(MapPoints& points)
{
    if (points.empty())
    {
        return {1.0, 1.0};
    }
    auto low = points.front();
    auto high = points.front();
    for (const auto& [x, y] : points)
    {
        low = {std::min(low.first, x), std::min(low.second, y)};
        high = {std::max(high.first, x), std::max(high.second, y)};
    }
    const double side = std::max(high.first - low.first, high.second - low.second);
    const double scale = side > 0.0 ? 1.0 / side : 1.0;
    for (auto& [x, y] : points)
    {
        x = (x - low.first) * scale;
        y = (y - low.second) * scale;
    }
    return {(high.first - low.first) * scale, (high.second - low.second) * scale};
}

/**
 * @brief Put points that are at one place on a circle around it, so that no three are in a line.
 * @param radius radius of the circle
 * @param [in,out] points the points
 */
void
FanOut(double radius, MapPoints& points)
{
    std::map<std::pair<double, double>, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < points.size(); ++i)
    {
        groups[points[i]].push_back(i);
    }
    for (const auto& [centre, members] : groups)
    {
        for (std::size_t i = 0; members.size() > 1 && i < members.size(); ++i)
        {
            const double angle =
                0.5 + 2.0 * M_PI * static_cast<double>(i) / static_cast<double>(members.size());
            points[members[i]] = {centre.first + radius * std::cos(angle),
                                  centre.second + radius * std::sin(angle)};
        }
    }
}

/**
 * @brief Move points apart that are closer than a distance.
 * @param distance the distance
 * @param [in,out] points the points, no two at one place
 */
void
MoveApart(double distance, MapPoints& points)
{
    bool moved = points.size() <= MAX_MOVED;
    for (int round = 0; moved && round < ROUNDS; ++round)
    {
        moved = false;
        for (std::size_t i = 0; i < points.size(); ++i)
        {
            for (std::size_t j = i + 1; j < points.size(); ++j)
            {
                const double dx = points[j].first - points[i].first;
                const double dy = points[j].second - points[i].second;
                const double length = std::hypot(dx, dy);
                if (length > 0.0 && length < distance * 0.999)
                {
                    const double step = (distance / length - 1.0) / 2.0;
                    points[i].first -= dx * step;
                    points[i].second -= dy * step;
                    points[j].first += dx * step;
                    points[j].second += dy * step;
                    moved = true;
                }
            }
        }
    }
}

/**
 * @brief Places by the lengths of the fibres.
 * @param map the map
 * @return the places
 */
MapPoints
PlaceByFibres(const NetworkMap& map)
{
    std::map<std::string, std::size_t> numbers;
    for (const MapNode& node : map.nodes)
    {
        numbers.emplace(node.id, numbers.size());
    }
    std::vector<LayoutEdge> edges;
    for (const MapFibre& fibre : map.fibres)
    {
        edges.push_back(LayoutEdge{numbers.at(fibre.a),
                                   numbers.at(fibre.b),
                                   std::max(fibre.lengthKm, SHORTEST_KM)});
    }
    return LayOutGraph(map.nodes.size(), edges);
}

} // namespace

MapLayout
LayOutMap(const NetworkMap& map)
{
    MapLayout layout;
    for (const MapNode& node : map.nodes)
    {
        layout.places.emplace_back(node.xKm, -node.yKm); // screens count downwards
    }
    layout.isFree =
        std::all_of(layout.places.begin(), layout.places.end(), [&layout](const auto& place) {
            return place == layout.places.front();
        });
    if (layout.isFree)
    {
        layout.places = PlaceByFibres(map);
    }
    FitIntoUnit(layout.places);
    const double distance =
        std::min(0.16, 0.5 / std::sqrt(static_cast<double>(map.nodes.size()) + 1.0));
    FanOut(distance / 3.0, layout.places);
    MoveApart(distance, layout.places);
    std::tie(layout.width, layout.height) = FitIntoUnit(layout.places);
    return layout;
}

} // namespace qkdn
} // namespace ns3
