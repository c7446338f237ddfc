/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-disaster.h"

#include "qkdn-scenario-fault-names.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A node of a scenario.
 * @param scenario the scenario
 * @param id its id
 * @return the node, null if there is none
 */
const ScenarioNode*
FindPlace(const Scenario& scenario, const std::string& id)
{
    const auto place = std::find_if(scenario.nodes.begin(),
                                    scenario.nodes.end(),
                                    [&id](const ScenarioNode& node) { return node.id == id; });
    return place == scenario.nodes.end() ? nullptr : &*place;
}

/**
 * @brief The point of a straight line that is nearest to a centre.
 * @param a begin of the line
 * @param b end of the line
 * @param centre the centre
 * @return its place, from 0 at a to 1 at b
 */
double
NearestPosition(const ScenarioNode& a, const ScenarioNode& b, const ScenarioDisaster& centre)
{
    const double dx = b.xKm - a.xKm;
    const double dy = b.yKm - a.yKm;
    const double square = dx * dx + dy * dy;
    if (square == 0.0)
    {
        return 0.5;
    }
    const double along = (centre.xKm - a.xKm) * dx + (centre.yKm - a.yKm) * dy;
    return std::clamp(along / square, 0.0, 1.0);
}

} // namespace

std::vector<ScenarioFault>
ExpandScenarioDisaster(const Scenario& scenario,
                       const ScenarioDisaster& disaster,
                       const ScenarioFault& model)
{
    std::vector<ScenarioFault> faults;
    const auto isWithin = [&disaster](double xKm, double yKm) {
        return std::hypot(xKm - disaster.xKm, yKm - disaster.yKm) <= disaster.radiusKm;
    };
    const auto add = [&faults, &model](ScenarioFaultType type, const std::string& target) {
        faults.push_back(model);
        faults.back().type = type;
        faults.back().target = target;
        faults.back().id += "/" + GetScenarioFaultTypeName(type) + "/" + target;
    };
    for (const ScenarioNode& node : scenario.nodes)
    {
        if (isWithin(node.xKm, node.yKm))
        {
            add(ScenarioFaultType::NODE_POWER, node.id);
        }
    }
    for (const ScenarioFibre& fibre : scenario.fibres)
    {
        const ScenarioNode* const a = FindPlace(scenario, fibre.a);
        const ScenarioNode* const b = FindPlace(scenario, fibre.b);
        if (!a || !b)
        {
            continue; // an error of the fibre, which is reported as such
        }
        const double position = NearestPosition(*a, *b, disaster);
        if (isWithin(a->xKm + position * (b->xKm - a->xKm), a->yKm + position * (b->yKm - a->yKm)))
        {
            add(ScenarioFaultType::FIBRE_CUT, fibre.id);
            faults.back().position = position;
        }
    }
    return faults;
}

} // namespace qkdn
} // namespace ns3
