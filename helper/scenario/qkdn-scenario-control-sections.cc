/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-control-sections.h"

#include "qkdn-scenario-resilience.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Read a controller.
 * @param object the object
 * @return what it says
 */
ScenarioController
ReadController(const ScenarioObject& object)
{
    ScenarioController controller;
    object.ReadId("id", controller.id);
    object.Read("node", controller.node);
    object.Read("decision_s", controller.decision);
    object.Read("settle_s", controller.settle);
    object.Read("takeover_s", controller.takeover);
    object.Read<RouteCost>("cost",
                           {{"hops", ROUTE_COST_HOPS},
                            {"rate", ROUTE_COST_RATE},
                            {"length", ROUTE_COST_LENGTH},
                            {"pool", ROUTE_COST_POOL}},
                           controller.cost);
    object.Read<RouteDisjointness>("disjoint",
                                   {{"link", ROUTE_DISJOINT_LINK},
                                    {"node", ROUTE_DISJOINT_NODE},
                                    {"srlg", ROUTE_DISJOINT_SRLG}},
                                   controller.disjoint);
    object.Read<AdmissionMode>("admission",
                               {{"best-effort", ADMISSION_BEST_EFFORT},
                                {"rate", ADMISSION_RATE},
                                {"rate-and-pool", ADMISSION_RATE_AND_POOL}},
                               controller.admission);
    object.Read("bridging_s", controller.bridging);
    object.Read("report_max_age_s", controller.reportMaxAge);
    object.Read("report_refresh_s", controller.reportRefresh);
    return controller;
}

/**
 * @brief Read object "manager".
 * @param object the object
 * @return what it says
 */
ScenarioManager
ReadManager(const ScenarioObject& object)
{
    ScenarioManager manager;
    object.Read("node", manager.node);
    if (object.Has("policy"))
    {
        const ScenarioObject policy = object.GetObject("policy", "policy");
        policy.Read("may_restore", manager.policy.mayRestore);
        policy.Read("may_preempt", manager.policy.mayPreempt);
        policy.Read("abandon_on_toleration", manager.policy.abandonOnToleration);
        policy.Read("max_hops", manager.policy.maxHops);
    }
    if (object.Has("km_policy"))
    {
        manager.kmPolicy = ReadScenarioKmPolicy(object.GetObject("km_policy", "km_policy"));
    }
    object.Read("correlation_window_s", manager.correlationWindow);
    object.Read("repair_delay_s", manager.repairDelay);
    object.Read("reorder_after_s", manager.reorderAfter);
    object.Read("pool_warning_bit", manager.poolWarningBit);
    return manager;
}

/**
 * @brief Read object "routing".
 * @param object the object
 * @return what it says
 */
ScenarioRouting
ReadRouting(const ScenarioObject& object)
{
    ScenarioRouting routing;
    object.Read<ScenarioRouteProvider>("provider",
                                       {{"controller", ScenarioRouteProvider::CONTROLLER},
                                        {"link-state", ScenarioRouteProvider::LINK_STATE}},
                                       routing.provider);
    object.Read("refresh_s", routing.refresh);
    object.Read("max_age_s", routing.maxAge);
    object.Read("min_interval_s", routing.minInterval);
    object.Read("settle_s", routing.settle);
    object.Read("decision_s", routing.decision);
    object.Read("route_lifetime_s", routing.routeLifetime);
    object.Read<RouteCost>("cost",
                           {{"hops", ROUTE_COST_HOPS}, {"rate", ROUTE_COST_RATE}},
                           routing.cost);
    object.Read("max_hops", routing.maxHops);
    object.Read("abandon_on_toleration", routing.abandonOnToleration);
    return routing;
}

/**
 * @brief Read object "charging".
 * @param object the object
 * @return what it says
 */
ScenarioCharging
ReadCharging(const ScenarioObject& object)
{
    ScenarioCharging charging;
    object.Read("report_interval_s", charging.reportInterval);
    for (const auto& element : object.GetObjects("tariffs", "tariff"))
    {
        ResilienceClass resilienceClass{CLASS_UNPROTECTED};
        element.Read<ResilienceClass>("class", ScenarioClassNames(), resilienceClass);
        const auto [tariff, isNew] = charging.tariff.emplace(resilienceClass, ClassTariff());
        if (!isNew)
        {
            element.Fail("class",
                         "the class has a tariff already",
                         "remove one of them, or give another class");
        }
        ClassTariff& prices = tariff->second;
        element.Read("base_micro_per_s", prices.basePerS);
        element.Read("supply_micro_per_bit", prices.perBit[CHARGED_SUPPLY]);
        element.Read("working_micro_per_bit", prices.perBit[CHARGED_WORKING]);
        element.Read("protection_micro_per_bit", prices.perBit[CHARGED_PROTECTION]);
        element.Read("extra_micro_per_bit", prices.perBit[CHARGED_EXTRA]);
        element.Read("credit_micro_per_violation", prices.creditPerViolation);
        element.Read("credit_micro_per_s", prices.creditPerS);
    }
    return charging;
}

} // namespace

ScenarioKmPolicy
ReadScenarioKmPolicy(const ScenarioObject& object)
{
    ScenarioKmPolicy policy;
    object.Read("may_switch", policy.maySwitch);
    object.Read("extra_traffic", policy.extraTraffic);
    object.Read("extra_reserve_bit", policy.reserveBit);
    return policy;
}

void
ReadScenarioControl(const ScenarioObject& object, Scenario& scenario)
{
    for (const auto& controller : object.GetObjects("controllers", "controller"))
    {
        scenario.controllers.push_back(ReadController(controller));
    }
    if (object.Has("routing"))
    {
        scenario.routing = ReadRouting(object.GetObject("routing", "routing"));
    }
    if (object.Has("manager"))
    {
        scenario.manager = ReadManager(object.GetObject("manager", "manager"));
    }
    if (object.Has("charging"))
    {
        scenario.charging = ReadCharging(object.GetObject("charging", "charging"));
    }
}

} // namespace qkdn
} // namespace ns3
