/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_DISASTER_H
#define QKDN_SCENARIO_DISASTER_H

#include "qkdn-scenario.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A disaster: all within a circle fails.
 */
struct ScenarioDisaster
{
    double xKm{0.0};      //!< centre, km
    double yKm{0.0};      //!< centre, km
    double radiusKm{0.0}; //!< radius, km
};

/**
 * @ingroup qkdn-resilience
 * @brief What a disaster breaks: the power of each node within, and each fibre that comes there if
 * it runs on the straight line between its nodes, cut where it is nearest to the centre.
 * @param scenario the scenario
 * @param disaster the disaster
 * @param model a fault that says when, and how what is broken is repaired; the others have its id,
 * followed by type and target of what they break
 * @return the faults: nodes, then fibres, in the order of their lists
 */
std::vector<ScenarioFault> ExpandScenarioDisaster(const Scenario& scenario,
                                                  const ScenarioDisaster& disaster,
                                                  const ScenarioFault& model);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_DISASTER_H */
