/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RANDOM_SCENARIO_H
#define QKDN_RANDOM_SCENARIO_H

#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draws scenarios: a small connected network, sessions over it, and faults with repairs.
 *
 * All faults are repaired before CALM; sessions ask for keys until STOP; the run ends at END.
 */
class RandomScenario
{
  public:
    static constexpr double FIRST_FAULT = 3.0; //!< no fault before, s
    static constexpr double CALM = 12.0;       //!< all is repaired, s
    static constexpr double SETTLED = 21.0;    //!< requests from here on have to be served, s
    static constexpr double STOP = 25.0;       //!< no request any more, s
    static constexpr double END = 32.0;        //!< end of the run, s

    /**
     * @brief Constructor
     * @param number number of the network, the same network for the same number
     */
    explicit RandomScenario(uint32_t number)
        : m_number(number),
          m_random(CreateObject<UniformRandomVariable>())
    {
        m_random->SetStream(5000 + static_cast<int64_t>(number));
        m_starved = Chance(0.25);
        m_json["name"] = "network-" + std::to_string(number);
        m_json["simulation"] = {{"duration_s", END},
                                {"seed", m_random->GetInteger(1, 1000000)},
                                {"run", number + 1},
                                {"distillation", Pick({"per-block", "per-block", "ideal"})}};
        DrawNetwork();
        DrawKeyManagement();
        DrawSessions();
        DrawFaults();
        ChooseByNumber();
    }

    /**
     * @brief Whether a key manager is compromised for a time.
     * @return true if so
     */
    bool IsCompromised() const
    {
        return m_number % 4 == 1;
    }

    /**
     * @brief The scenario.
     * @return text of a scenario file
     */
    std::string GetText() const
    {
        return m_json.dump(2);
    }

    /**
     * @brief The same scenario, with sessions whose keys go over several routes.
     * @return text of a scenario file
     */
    std::string GetTextWithSeveralRoutes() const
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(9000 + static_cast<int64_t>(m_number));
        nlohmann::json json = m_json;
        for (nlohmann::json& session : json["sessions"])
        {
            nlohmann::json& resilience = session["resilience"];
            const uint32_t which = random->GetInteger(0, 3);
            const uint32_t shares = random->GetInteger(2, 3);
            if (which == 0)
            {
                resilience["class"] = "route-1+1";
                continue;
            }
            resilience["class"] = which == 1 ? "multi-path" : "secret-sharing";
            resilience["shares"] = shares;
            if (which > 1)
            {
                resilience["threshold"] = random->GetInteger(1, shares);
            }
        }
        return json.dump(2);
    }

    /**
     * @brief The same scenario, with sessions that are restored over one route or several, some of
     * them only when their protection route has failed, too.
     * @return text of a scenario file
     */
    std::string GetTextWithRestoration() const
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(11000 + static_cast<int64_t>(m_number));
        const std::vector<std::string> modes{"one-path", "multi-path", "time-window"};
        nlohmann::json json = m_json;
        for (nlohmann::json& session : json["sessions"])
        {
            nlohmann::json& resilience = session["resilience"];
            const bool escalates = random->GetValue(0, 1) < 0.4;
            resilience["class"] = escalates ? "route-1:1" : "restoration";
            if (escalates)
            {
                resilience["escalation"] = "restoration";
            }
            resilience["restoration"] = modes[random->GetInteger(0, 2)];
            const double window = random->GetValue(0.5, 20);
            if (resilience["restoration"] == "time-window")
            {
                resilience["time_window_s"] = window;
            }
        }
        return json.dump(2);
    }

    /**
     * @brief Whether links may generate less than sessions ask for.
     * @return true if so
     */
    bool IsStarved() const
    {
        return m_starved;
    }

    /**
     * @brief The pairs of nodes that a QKD link joins.
     * @return each pair once
     */
    const std::vector<std::pair<std::string, std::string>>& GetPairs() const
    {
        return m_pairs;
    }

  private:
    /// What follows from the number alone, so that it does not change what is drawn.
    void ChooseByNumber()
    {
        m_json["key_management"]["relay_scheme"] = m_number % 3 == 1 ? "destination" : "hop-by-hop";
        if (IsCompromised())
        {
            m_json["faults"].push_back({{"at_s", FIRST_FAULT + m_number % 5},
                                        {"type", "node-compromise"},
                                        {"target", m_nodes[m_number % m_nodes.size()]},
                                        {"wiretap", m_number % 8 == 1},
                                        {"repair_after_s", 1 + m_number % 7}});
        }
    }

    /**
     * @brief A number.
     * @param low the smallest
     * @param high the largest
     * @return a number between them
     */
    double Draw(double low, double high)
    {
        return m_random->GetValue(low, high);
    }

    /**
     * @brief Something that happens or not.
     * @param probability its probability
     * @return whether it happens
     */
    bool Chance(double probability)
    {
        return m_random->GetValue(0.0, 1.0) < probability;
    }

    /**
     * @brief One of several texts, all equally likely.
     * @param texts the texts
     * @return one of them
     */
    std::string Pick(const std::vector<std::string>& texts)
    {
        return texts[m_random->GetInteger(0, static_cast<uint32_t>(texts.size() - 1))];
    }

    /// Nodes, and a random connected graph of fibres with a QKD link in each.
    void DrawNetwork()
    {
        const uint32_t nodes = m_random->GetInteger(3, 7);
        for (uint32_t i = 0; i < nodes; ++i)
        {
            m_nodes.push_back("n" + std::to_string(i));
            m_json["nodes"].push_back(
                {{"id", m_nodes.back()}, {"site", Chance(0.15) ? "split" : "single"}});
            if (i > 0)
            {
                AddLink(m_nodes[m_random->GetInteger(0, i - 1)], m_nodes[i]);
            }
        }
        for (uint32_t i = 0; i < nodes; ++i)
        {
            for (uint32_t j = i + 1; j < nodes; ++j)
            {
                if (Chance(0.25))
                {
                    AddLink(m_nodes[i], m_nodes[j]);
                }
            }
        }
    }

    /**
     * @brief A fibre with a QKD link.
     * @param a one node
     * @param b the other node
     */
    void AddLink(const std::string& a, const std::string& b)
    {
        const std::string id = a + "-" + b + "-" + std::to_string(m_links.size());
        const bool turned = Chance(0.5);
        const bool off = Chance(0.2);
        m_fibres.push_back("f-" + id);
        m_links.push_back(id);
        m_json["fibres"].push_back(
            {{"id", m_fibres.back()}, {"a", a}, {"b", b}, {"length_km", Draw(0.1, 90)}});
        m_json["qkd_links"].push_back(
            {{"id", id},
             {"tx", turned ? b : a},
             {"rx", turned ? a : b},
             {"fibres", nlohmann::json::array({m_fibres.back()})},
             {"protocol",
              {{"type", "measured"},
               {"rate_bps", m_starved ? Draw(1000, 4000) : Draw(20000, 40000)},
               {"block_key_bit",
                m_random->GetInteger(m_starved ? 1000 : 10000, m_starved ? 4000 : 40000)}}},
             {"initial_pool_bit", m_random->GetInteger(0, 30000)},
             {"initial_state", off ? "off" : "running"},
             {"start_up_s", Draw(0.1, 2)},
             {"resync_s", Draw(0.01, 2)}});
        const auto pair = std::minmax(a, b);
        const std::pair<std::string, std::string> sorted(pair.first, pair.second);
        if (std::find(m_pairs.begin(), m_pairs.end(), sorted) == m_pairs.end())
        {
            m_pairs.push_back(sorted);
        }
    }

    /// How key managers work, and who controls them.
    void DrawKeyManagement()
    {
        m_json["key_management"] = {
            {"hello_interval_s", Draw(0.3, 1)},
            {"reserve_bit", Chance(0.5) ? 1920 : 4000},
            {"capacity_bit", Chance(0.3) ? 100000 : 10000000},
            {"kx_authentication",
             Pick({"its-per-batch", "its-per-message", "computational", "none"})},
            {"pools_survive_crash", Chance(0.5)},
            {"request_timeout_s", Draw(0.5, 3)},
            {"ksa_key_ttl_s", Draw(1, 4)},
            {"relay_batch", m_random->GetInteger(1, 8)},
            {"relay_window", m_random->GetInteger(1, 8)}};
        const std::string host = Pick(m_nodes);
        m_json["controllers"].push_back({{"id", "C"}, {"node", host}, {"settle_s", 0.5}});
        if (m_number % 3 == 0)
        {
            m_json["controllers"].push_back(
                {{"id", "C2"}, {"node", m_nodes[host == m_nodes[0] ? 1 : 0]}, {"settle_s", 0.5}});
        }
        if (Chance(0.5))
        {
            m_json["manager"] = {{"node", Pick(m_nodes)}};
        }
    }

    /// Pairs of applications.
    void DrawSessions()
    {
        const uint32_t sessions = m_random->GetInteger(1, 4);
        for (uint32_t i = 0; i < sessions; ++i)
        {
            const auto a = m_random->GetInteger(0, static_cast<uint32_t>(m_nodes.size() - 1));
            const auto step = m_random->GetInteger(1, static_cast<uint32_t>(m_nodes.size() - 1));
            nlohmann::json resilience = {
                {"class", Pick({"unprotected", "route-1:1", "restoration"})},
                {"trigger", Pick({"link-down", "pool-low", "supply-interrupted"})},
                {"wtr_s", Draw(0, 3)},
                {"revertive", Chance(0.7)}};
            resilience["hold_off_s"] = Chance(0.1) ? nlohmann::json("auto")
                                                   : nlohmann::json(Chance(0.5) ? 0.0 : Draw(0, 1));
            nlohmann::json session = {{"id", "s" + std::to_string(i)},
                                      {"master", m_nodes[a]},
                                      {"slave", m_nodes[(a + step) % m_nodes.size()]},
                                      {"key_size_bit", 8 * m_random->GetInteger(8, 64)},
                                      {"rate_keys_per_s", Draw(0.5, 4)},
                                      {"arrival", Pick({"constant", "poisson"})},
                                      {"start_s", Draw(0.5, 3)},
                                      {"stop_s", STOP},
                                      {"deadline_s", 0.5},
                                      {"request_lifetime_s", 3},
                                      {"priority", m_random->GetInteger(0, 2)},
                                      {"resilience", resilience}};
            if (Chance(0.3))
            {
                session["ksa_pool"] = {{"low_keys", m_random->GetInteger(1, 4)},
                                       {"high_keys", m_random->GetInteger(4, 12)}};
            }
            m_json["sessions"].push_back(session);
        }
    }

    /// What fails, and for how long; faults overlap.
    void DrawFaults()
    {
        m_json["faults"] = nlohmann::json::array();
        const uint32_t faults = m_random->GetInteger(1, 6);
        std::vector<std::string> hit;
        for (uint32_t i = 0; i < faults; ++i)
        {
            const std::string type = Pick({"fibre-cut",
                                           "fibre-cut",
                                           "classical-link-failure",
                                           "module-failure",
                                           "km-crash",
                                           "km-crash",
                                           "node-power"});
            std::string target;
            if (type == "fibre-cut" || type == "classical-link-failure")
            {
                target = Pick(m_fibres);
            }
            else if (type == "module-failure")
            {
                target = Pick(m_links) + Pick({"/tx", "/rx"});
            }
            else
            {
                target = Pick(m_nodes);
            }
            const double at = Draw(FIRST_FAULT, CALM - 1.0);
            // some are over before anybody notices
            const double longest = CALM - at;
            const double lasts = Chance(0.25) ? Draw(0.0001, 0.5) : Draw(0.001, longest);
            m_json["faults"].push_back({{"at_s", at},
                                        {"type", type},
                                        {"target", target},
                                        {"repair_after_s", std::min(lasts, longest)}});
        }
        if (Chance(0.3))
        {
            const double at = Draw(FIRST_FAULT, CALM - 1.0);
            m_json["faults"].push_back({{"at_s", at},
                                        {"type", "controller-crash"},
                                        {"target", "C"},
                                        {"repair_after_s", Draw(0.001, CALM - at)}});
        }
    }

    uint32_t m_number;                                        //!< number of the network
    Ptr<UniformRandomVariable> m_random;                      //!< all draws
    bool m_starved{false};                                    //!< little key
    nlohmann::json m_json;                                    //!< the scenario
    std::vector<std::string> m_nodes;                         //!< ids of nodes
    std::vector<std::string> m_fibres;                        //!< ids of fibres
    std::vector<std::string> m_links;                         //!< ids of QKD links
    std::vector<std::pair<std::string, std::string>> m_pairs; //!< neighbours
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RANDOM_SCENARIO_H */
