/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-sessions.h"

#include <iterator>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Draw what the restoration of a session does.
 * @param draw the draws
 * @param resilience where it goes
 */
void
DrawRestoration(ChaosDraw& draw, nlohmann::json& resilience)
{
    const std::string mode =
        draw.PickCounted("restoration", {"one-path", "multi-path", "time-window"});
    resilience["restoration"] = mode;
    if (mode == "time-window")
    {
        resilience["time_window_s"] = draw.Real(0.5, 20);
    }
}

/**
 * @brief Draw the class of a session and what belongs to it.
 * @param draw the draws
 * @param network the network
 * @param resilience where it goes
 */
void
DrawClass(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& resilience)
{
    std::vector<std::string> classes{"unprotected"};
    if (network.controlled)
    {
        classes = {"unprotected",
                   "route-1:1",
                   "route-1:1",
                   "restoration",
                   "restoration",
                   "multi-path",
                   "route-1+1",
                   "secret-sharing",
                   "route-shared"};
    }
    else if (network.linkState)
    {
        classes = {"unprotected", "route-1:1", "restoration"};
    }
    const std::string name = draw.PickCounted("class", classes);
    resilience["class"] = name;
    const bool several = name == "multi-path" || name == "secret-sharing";
    const uint32_t shares = draw.Integer(2, 3);
    if (several)
    {
        resilience["shares"] = shares;
    }
    if (name == "secret-sharing")
    {
        resilience["threshold"] = draw.Integer(1, shares);
    }
    if (!network.controlled)
    {
        return;
    }
    if (!several && name != "route-1+1" && draw.ChanceCounted(0.15, "extra traffic"))
    {
        resilience["extra_traffic"] = true;
    }
    else if (name == "restoration")
    {
        DrawRestoration(draw, resilience);
    }
    else if (name == "route-1:1" && draw.ChanceCounted(0.5, "escalation"))
    {
        resilience["escalation"] = "restoration";
        DrawRestoration(draw, resilience);
    }
}

/**
 * @brief Draw how a session survives failures.
 * @param draw the draws
 * @param network the network
 * @return for "resilience" of the session
 */
nlohmann::json
DrawResilience(ChaosDraw& draw, const ChaosNetwork& network)
{
    nlohmann::json resilience = {
        {"trigger", draw.PickCounted("trigger", {"link-down", "pool-low", "supply-interrupted"})},
        {"wtr_s", draw.Real(0, 3)},
        {"revertive", draw.Chance(0.7)},
        {"preemption", draw.PickCounted("preemption", {"strict", "residual"})}};
    if (draw.ChanceCounted(0.15, "hold-off auto"))
    {
        resilience["hold_off_s"] = "auto";
    }
    else
    {
        resilience["hold_off_s"] = draw.Chance(0.5) ? 0.0 : draw.Real(0, 1);
    }
    if (draw.Chance(0.3))
    {
        resilience["protection_reserve_bit"] = draw.Integer(0, 10000);
    }
    DrawClass(draw, network, resilience);
    return resilience;
}

/**
 * @brief Draw how applications call their key managers, and where they are.
 * @param draw the draws
 * @param network the network
 * @param session the session
 */
void
DrawApplications(ChaosDraw& draw, const ChaosNetwork& network, nlohmann::json& session)
{
    std::vector<std::string> calls{"in-process", "in-process", "http"};
    if (!network.flow)
    {
        calls.emplace_back("stream");
    }
    session["ak"] = draw.PickCounted("ak", calls);
    if (session["ak"] == "http" && draw.Chance(0.3))
    {
        const std::string place = draw.PickOf(network.nodes);
        if (place != session["slave"])
        {
            session["master_application"] = place;
            draw.Count("remote application");
        }
    }
    if (!network.flow && draw.ChanceCounted(0.3, "bridging by KSA-keys"))
    {
        session["ksa_pool"] = {{"low_keys", draw.Integer(1, 4)},
                               {"high_keys", draw.Integer(4, 12)}};
    }
}

/**
 * @brief Draw the two ends of a session.
 * @param draw the draws
 * @param network the network
 * @return master and slave
 */
std::pair<std::string, std::string>
DrawEnds(ChaosDraw& draw, const ChaosNetwork& network)
{
    if (!network.controlled && !network.linkState)
    {
        // neighbours only
        const auto steps = draw.Integer(0, static_cast<uint32_t>(network.pairs.size() - 1));
        const auto pair = *std::next(network.pairs.begin(), steps);
        return draw.Chance(0.5) ? pair : std::make_pair(pair.second, pair.first);
    }
    const auto count = static_cast<uint32_t>(network.nodes.size());
    const uint32_t a = draw.Integer(0, count - 1);
    const uint32_t step = draw.Integer(1, count - 1);
    return {network.nodes[a], network.nodes[(a + step) % count]};
}

} // namespace

void
DrawChaosSessions(ChaosDraw& draw, const ChaosNetwork& network, double stopS, nlohmann::json& json)
{
    const uint32_t sessions = draw.Integer(1, 5);
    for (uint32_t i = 0; i < sessions; ++i)
    {
        const auto ends = DrawEnds(draw, network);
        const double rate = draw.Real(0.5, 4);
        nlohmann::json session = {
            {"id", "s" + std::to_string(i)},
            {"master", ends.first},
            {"slave", ends.second},
            {"key_size_bit", 8 * draw.Integer(8, 64)},
            {"rate_keys_per_s", rate},
            {"arrival",
             network.flow ? "constant" : draw.PickCounted("arrival", {"constant", "poisson"})},
            {"start_s", draw.Real(0.5, 3)},
            {"stop_s", stopS},
            {"deadline_s", 0.5},
            {"request_lifetime_s", 3},
            {"priority", draw.Integer(0, 2)},
            {"resilience", DrawResilience(draw, network)}};
        if (draw.ChanceCounted(0.4, "toleration"))
        {
            session["toleration_s"] = draw.Real(0.1, 5);
        }
        if (draw.ChanceCounted(0.2, "minimum rate"))
        {
            session["min_rate_keys_per_s"] = rate * draw.Real(0.1, 1);
        }
        DrawApplications(draw, network, session);
        json["sessions"].push_back(session);
    }
}

} // namespace qkdn
} // namespace ns3
