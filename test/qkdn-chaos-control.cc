/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-control.h"

#include <string>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A rate at which congestion is not too many packets, bit/s.
constexpr uint32_t SLOW_BPS = 20000000;

/**
 * @brief Draw how key managers work.
 * @param draw the draws
 * @param network the network
 * @param json the scenario
 */
void
DrawKeyManagement(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    const bool small = draw.ChanceCounted(0.3, "small pools");
    const bool survive = draw.Chance(0.5);
    draw.Count(survive ? "pools survive a crash" : "pools destroyed by a crash");
    nlohmann::json management = {
        {"hello_interval_s", draw.Real(0.3, 1)},
        {"hello_multiplier", draw.Integer(2, 4)},
        {"reserve_bit", draw.Chance(0.5) ? 1920 : 4000},
        {"capacity_bit", small ? 100000 : 10000000},
        {"kx_authentication",
         draw.PickCounted("authentication",
                          {"its-per-batch", "its-per-message", "computational", "none"})},
        {"pools_survive_crash", survive},
        {"request_timeout_s", draw.Real(0.5, 3)},
        {"ksa_key_ttl_s", draw.Real(1, 4)},
        {"relay_batch", draw.Integer(1, 8)},
        {"relay_window", draw.Integer(1, 8)},
        {"relay_scheme",
         network.flow ? "hop-by-hop"
                      : draw.PickCounted("relay scheme", {"hop-by-hop", "destination"})},
        {"pool_low_margin_s", draw.Real(0.1, 10)}};
    if (draw.ChanceCounted(0.3, "states of pools"))
    {
        management["pool_low_bit"] = draw.Integer(1000, 10000);
        management["pool_high_bit"] = draw.Integer(10000, 20000);
    }
    if (draw.Chance(0.3))
    {
        management["pool_recover_bit"] = draw.Integer(0, 5000);
    }
    if (!network.flow && draw.ChanceCounted(0.15, "key lifetime"))
    {
        management["key_lifetime_s"] = draw.Real(2, 20);
    }
    json["key_management"] = management;
}

/**
 * @brief Draw the classical network.
 * @param draw the draws
 * @param network the network
 * @param json the scenario
 */
void
DrawClassical(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    json["classical"] = {{"network", network.classical},
                         {"reconvergence_s", draw.Real(0.01, 0.5)},
                         {"rate_bps", draw.Chance(0.4) ? SLOW_BPS : 1000000000}};
}

/**
 * @brief Draw controllers.
 * @param draw the draws
 * @param network the network
 * @param json the scenario
 */
void
DrawControllers(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    const uint32_t controllers = draw.Chance(0.4) ? 2 : 1;
    draw.Count(controllers > 1 ? "two controllers" : "one controller");
    const auto first = draw.Integer(0, static_cast<uint32_t>(network.nodes.size() - 1));
    for (uint32_t i = 0; i < controllers; ++i)
    {
        nlohmann::json controller = {
            {"id", "C" + std::to_string(i + 1)},
            {"node", network.nodes[(first + i) % network.nodes.size()]},
            {"settle_s", 0.5},
            {"decision_s", draw.Real(0, 0.2)},
            {"takeover_s", draw.Real(0.01, 0.5)},
            {"cost", draw.PickCounted("cost", {"hops", "rate", "length", "pool"})},
            {"disjoint", draw.PickCounted("disjoint", {"link", "node", "srlg"})},
            {"admission",
             draw.PickCounted("admission",
                              {"best-effort", "best-effort", "rate", "rate-and-pool"})},
            {"bridging_s", draw.Real(10, 100)}};
        if (!network.flow && draw.ChanceCounted(0.2, "reports that grow old"))
        {
            controller["report_refresh_s"] = draw.Real(0.5, 2);
            controller["report_max_age_s"] = draw.Real(5, 10);
        }
        json["controllers"].push_back(controller);
    }
}

/**
 * @brief Draw the manager, or none.
 * @param draw the draws
 * @param network the network
 * @param json the scenario
 */
void
DrawManager(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    if (!draw.ChanceCounted(0.7, "manager"))
    {
        return;
    }
    nlohmann::json manager = {{"node", draw.PickOf(network.nodes)},
                              {"correlation_window_s", draw.Real(0, 3)},
                              {"repair_delay_s", draw.Chance(0.5) ? 0.0 : draw.Real(0, 2)},
                              {"reorder_after_s", draw.Chance(0.5) ? 0.0 : draw.Real(1, 5)},
                              {"pool_warning_bit", draw.Chance(0.5) ? 0 : 5000}};
    if (draw.ChanceCounted(0.4, "policy"))
    {
        manager["policy"] = {{"may_restore", draw.Chance(0.8)},
                             {"may_preempt", draw.Chance(0.7)},
                             {"abandon_on_toleration", draw.Chance(0.3)},
                             {"max_hops", draw.Integer(6, 16)}};
    }
    if (draw.ChanceCounted(0.3, "policy of key managers"))
    {
        manager["km_policy"] = {{"may_switch", draw.Chance(0.8)},
                                {"extra_traffic", draw.Chance(0.7)},
                                {"extra_reserve_bit", draw.Integer(0, 5000)}};
    }
    json["manager"] = manager;
}

/**
 * @brief Draw tariffs for all classes, or none.
 * @param draw the draws
 * @param network the network
 * @param json the scenario
 */
void
DrawCharging(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    if (network.flow || !draw.ChanceCounted(0.4, "charging"))
    {
        return;
    }
    nlohmann::json tariffs = nlohmann::json::array();
    for (const char* name : {"unprotected",
                             "route-1:1",
                             "restoration",
                             "multi-path",
                             "route-1+1",
                             "secret-sharing",
                             "route-shared"})
    {
        tariffs.push_back({{"class", name},
                           {"base_micro_per_s", draw.Integer(0, 100)},
                           {"supply_micro_per_bit", draw.Integer(0, 10)},
                           {"working_micro_per_bit", draw.Integer(0, 10)},
                           {"protection_micro_per_bit", draw.Integer(0, 10)},
                           {"extra_micro_per_bit", draw.Integer(0, 10)},
                           {"credit_micro_per_violation", draw.Integer(0, 1000)},
                           {"credit_micro_per_s", draw.Integer(0, 1000)}});
    }
    json["charging"] = {{"report_interval_s", draw.Real(0.5, 5)}, {"tariffs", tariffs}};
}

} // namespace

void
DrawChaosControl(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& json)
{
    DrawKeyManagement(draw, network, json);
    DrawClassical(draw, network, json);
    if (network.controlled)
    {
        DrawControllers(draw, network, json);
        DrawManager(draw, network, json);
        DrawCharging(draw, network, json);
    }
    if (network.linkState)
    {
        json["routing"] = {{"provider", "link-state"},
                           {"refresh_s", draw.Real(2, 10)},
                           {"max_age_s", draw.Real(12, 30)},
                           {"min_interval_s", draw.Real(0.01, 0.3)},
                           {"settle_s", draw.Real(0.5, 1.5)},
                           {"route_lifetime_s", draw.Real(3, 10)},
                           {"cost", draw.PickCounted("link-state cost", {"hops", "rate"})}};
        draw.Count("link-state routing");
    }
    else if (!network.controlled)
    {
        draw.Count("no controller");
    }
}

} // namespace qkdn
} // namespace ns3
