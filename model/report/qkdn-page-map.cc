/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a page draws the network from.

#include "qkdn-map-layout.h"
#include "qkdn-page-sections.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A coordinate, short in text.
 * @param value the coordinate
 * @return it with four decimals
 */
double
RoundCoordinate(double value)
{
    return std::round(value * 1e4) / 1e4;
}

} // namespace

PageJson
MakeMapSection(const ExperimentResults& results)
{
    const NetworkMap& map = results.map;
    const MapLayout layout = LayOutMap(map);
    PageJson json;
    json["width"] = RoundCoordinate(layout.width);
    json["height"] = RoundCoordinate(layout.height);
    json["free"] = layout.isFree;
    for (const char* list : {"nodes", "fibres", "links", "groups", "sessions"})
    {
        json[list] = PageJson::array();
    }
    for (std::size_t i = 0; i < map.nodes.size(); ++i)
    {
        const MapNode& node = map.nodes[i];
        json["nodes"].push_back({{"id", node.id},
                                 {"x", RoundCoordinate(layout.places[i].first)},
                                 {"y", RoundCoordinate(layout.places[i].second)},
                                 {"km", node.hasKeyManager},
                                 {"functions", node.functions}});
    }
    for (const MapFibre& fibre : map.fibres)
    {
        json["fibres"].push_back({{"id", fibre.id},
                                  {"a", fibre.a},
                                  {"b", fibre.b},
                                  {"length_km", fibre.lengthKm},
                                  {"risk_groups", fibre.riskGroups}});
    }
    for (const MapLink& link : map.links)
    {
        json["links"].push_back(
            {{"id", link.id}, {"tx", link.tx}, {"rx", link.rx}, {"fibres", link.fibres}});
    }
    for (const MapGroup& group : map.groups)
    {
        PageJson spares = PageJson::array();
        for (const MapSpare& spare : group.protection)
        {
            spares.push_back({{"member", spare.member},
                              {"link", spare.link},
                              {"same_modules", spare.sameModules},
                              {"fibres", spare.fibres}});
        }
        json["groups"].push_back({{"id", group.id},
                                  {"class", group.groupClass},
                                  {"working", group.working},
                                  {"protection", spares}});
    }
    for (const MapSession& session : map.sessions)
    {
        json["sessions"].push_back(
            {{"id", session.id}, {"master", session.master}, {"slave", session.slave}});
    }
    return json;
}

} // namespace qkdn
} // namespace ns3
