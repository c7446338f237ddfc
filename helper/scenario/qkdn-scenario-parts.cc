/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-parts.h"

namespace ns3
{
namespace qkdn
{

ScenarioParts::ScenarioParts(const Links& links)
{
    std::map<std::string, std::vector<std::string>> neighbours;
    for (const auto& [a, b] : links)
    {
        neighbours[a].push_back(b);
        neighbours[b].push_back(a);
    }
    for (const auto& entry : neighbours)
    {
        std::vector<std::string> open{entry.first};
        while (!open.empty())
        {
            const std::string next = open.back();
            open.pop_back();
            if (m_part.emplace(next, entry.first).second)
            {
                open.insert(open.end(), neighbours[next].begin(), neighbours[next].end());
            }
        }
    }
}

ScenarioParts
ScenarioParts::OfClassicalLinks(const Scenario& scenario)
{
    Links links;
    if (scenario.classical.network == ScenarioClassicalNetwork::OUT_OF_BAND)
    {
        for (const auto& node : scenario.nodes)
        {
            links.emplace_back(scenario.nodes.front().id, node.id);
        }
    }
    for (const auto& fibre : scenario.fibres)
    {
        if (fibre.classical)
        {
            links.emplace_back(fibre.a, fibre.b);
        }
    }
    return ScenarioParts(links);
}

ScenarioParts
ScenarioParts::OfQkdLinks(const Scenario& scenario)
{
    Links links;
    for (const auto& link : scenario.qkdLinks)
    {
        links.emplace_back(link.tx, link.rx);
    }
    return ScenarioParts(links);
}

bool
ScenarioParts::Has(const std::string& node) const
{
    return m_part.count(node) > 0;
}

bool
ScenarioParts::AreJoined(const std::string& a, const std::string& b) const
{
    return a == b || (Has(a) && Has(b) && m_part.at(a) == m_part.at(b));
}

} // namespace qkdn
} // namespace ns3
