/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-control-checker.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-find.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Check the controllers: there is one at most, and it can reach all key managers.
 * @param scenario the scenario
 * @param classicalParts the parts that classical links join
 * @param qkdParts the parts that QKD links join
 * @param source name of the file
 */
void
CheckControllers(const Scenario& scenario,
                 const ScenarioParts& classicalParts,
                 const ScenarioParts& qkdParts,
                 const std::string& source)
{
    const auto& controllers = scenario.controllers;
    for (std::size_t i = 0; i < controllers.size(); ++i)
    {
        const std::string place = "/controllers/" + std::to_string(i);
        const std::string& at = controllers[i].node;
        FindScenarioElement(scenario.nodes, at, "node", source, place + "/node");
        if (i > 1)
        {
            throw ScenarioError(source,
                                place,
                                "there is one controller and one that stands by, at most",
                                "remove it");
        }
        if (!controllers[i].reportMaxAge.IsZero() &&
            controllers[i].reportRefresh >= controllers[i].reportMaxAge)
        {
            throw ScenarioError(
                source,
                place + "/report_max_age_s",
                "reports that are too old after " + TimeText(controllers[i].reportMaxAge) +
                    " are not repeated before " + TimeText(controllers[i].reportRefresh),
                "give more than report_refresh_s");
        }
        if (i > 0 && at == controllers[0].node)
        {
            throw ScenarioError(source,
                                place + "/node",
                                "controller " + QuoteId(controllers[0].id) +
                                    " is at the same node, and would fail with it",
                                "give another node");
        }
        for (const ScenarioNode& node : scenario.nodes)
        {
            if (qkdParts.Has(node.id) && !classicalParts.AreJoined(node.id, at))
            {
                throw ScenarioError(source,
                                    place + "/node",
                                    "no classical links join " + QuoteId(at) + " and " +
                                        QuoteId(node.id) + ", whose key manager controller " +
                                        QuoteId(controllers[i].id) + " controls",
                                    "add a fibre with a classical link, or give another node");
            }
        }
    }
}

/**
 * @brief Check the manager: there are controllers, and it can reach them.
 * @param scenario the scenario
 * @param classicalParts the parts that classical links join
 * @param source name of the file
 */
void
CheckManager(const Scenario& scenario,
             const ScenarioParts& classicalParts,
             const std::string& source)
{
    if (!scenario.manager)
    {
        return;
    }
    const std::string& node = scenario.manager->node;
    FindScenarioElement(scenario.nodes, node, "node", source, "/manager/node");
    if (scenario.controllers.empty())
    {
        throw ScenarioError(source,
                            "/manager",
                            "it learns everything from controllers, and there is none",
                            "add one to /controllers, or remove the manager");
    }
    for (const auto& controller : scenario.controllers)
    {
        if (!classicalParts.AreJoined(node, controller.node))
        {
            throw ScenarioError(source,
                                "/manager/node",
                                "no classical links join " + QuoteId(node) + " and " +
                                    QuoteId(controller.node) + ", where controller " +
                                    QuoteId(controller.id) + " is",
                                "add a fibre with a classical link, or give another node");
        }
    }
}

/**
 * @brief Check routing.
 * @param scenario the scenario
 * @param source name of the file
 */
void
CheckRouting(const Scenario& scenario, const std::string& source)
{
    const ScenarioRouting& routing = scenario.routing;
    if (routing.maxAge <= routing.refresh)
    {
        throw ScenarioError(source,
                            "/routing/max_age_s",
                            "advertisements that are dropped after " + TimeText(routing.maxAge) +
                                " are not issued again before " + TimeText(routing.refresh),
                            "give more than refresh_s");
    }
    if (routing.provider == ScenarioRouteProvider::LINK_STATE && !scenario.controllers.empty())
    {
        throw ScenarioError(source,
                            "/routing/provider",
                            "key managers that route by link states have no controller",
                            "remove /controllers and /manager, or give \"controller\"");
    }
}

/**
 * @brief Check charging: there is a controller to charge, and a tariff for each session.
 * @param scenario the scenario
 * @param source name of the file
 */
void
CheckCharging(const Scenario& scenario, const std::string& source)
{
    if (!scenario.charging)
    {
        return;
    }
    if (scenario.controllers.empty())
    {
        throw ScenarioError(source,
                            "/charging",
                            "controllers charge, and there is none",
                            "add one to /controllers, or remove it");
    }
    for (std::size_t i = 0; i < scenario.sessions.size(); ++i)
    {
        const ResilienceClass resilienceClass = scenario.sessions[i].resilience.resilienceClass;
        if (scenario.charging->tariff.count(resilienceClass) == 0)
        {
            throw ScenarioError(source,
                                "/charging/tariffs",
                                "session " + QuoteId(scenario.sessions[i].id) + " has class \"" +
                                    ResilienceClassName(resilienceClass) +
                                    "\", which has no tariff",
                                "add one with \"class\": \"" +
                                    std::string(ResilienceClassName(resilienceClass)) + "\"");
        }
    }
}

} // namespace

void
CheckScenarioControl(const Scenario& scenario,
                     const ScenarioParts& classicalParts,
                     const ScenarioParts& qkdParts,
                     const std::string& source)
{
    CheckControllers(scenario, classicalParts, qkdParts, source);
    CheckManager(scenario, classicalParts, source);
    CheckRouting(scenario, source);
    CheckCharging(scenario, source);
}

} // namespace qkdn
} // namespace ns3
