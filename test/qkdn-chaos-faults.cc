/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-faults.h"

#include <algorithm>
#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draws what goes wrong in a random scenario.
 */
class ChaosFaultDrawer
{
  public:
    /**
     * @brief Constructor
     * @param draw the draws
     * @param network the network
     * @param times when
     * @param json the scenario
     */
    ChaosFaultDrawer(ChaosDraw& draw,
                     const ChaosNetwork& network,
                     const ChaosTimes& times,
                     nlohmann::json& json);

    /// Draw everything.
    void Run();

  private:
    /**
     * @brief Let faults of a type be drawn.
     * @param type the type
     * @param targets what it can break; none: it is not drawn
     */
    void Allow(const std::string& type, const std::vector<std::string>& targets);

    /**
     * @brief A type that can be drawn.
     * @return its name
     */
    std::string PickType();

    /// A fault at a drawn time.
    void AddFault();

    /**
     * @brief Draw what a fault of a type has besides its target.
     * @param type the type
     * @param fault where it goes
     */
    void AddOwnKeys(const std::string& type, nlohmann::json& fault);

    /**
     * @brief Draw how long a fault lasts, and perhaps that it strikes again and again.
     * @param at when it strikes, s
     * @param fault where it goes
     */
    void AddRepair(double at, nlohmann::json& fault);

    /// A disaster in the midst of the network.
    void AddDisaster();

    /// A component that fails at random.
    void AddProcess();

    /// What an operator does to a protection group, and undoes.
    void CommandGroup();

    /// What an operator does to the routes of a session, and undoes.
    void CommandSession();

    /// Another policy of key managers for a time.
    void CommandPolicy();

    /**
     * @brief Add a command.
     * @param atS when, s
     * @param command the command
     */
    void AddCommand(double atS, nlohmann::json command);

    ChaosDraw& m_draw;                                         //!< the draws
    const ChaosNetwork& m_network;                             //!< the network
    const ChaosTimes& m_times;                                 //!< when
    nlohmann::json& m_json;                                    //!< the scenario
    std::map<std::string, std::vector<std::string>> m_targets; //!< by type
    std::vector<std::string> m_types;                          //!< types that can be drawn
    bool m_hasCrews{false};                                    //!< there are repair crews
};

ChaosFaultDrawer::ChaosFaultDrawer(ChaosDraw& draw,
                                   const ChaosNetwork& network,
                                   const ChaosTimes& times,
                                   nlohmann::json& json)
    : m_draw(draw),
      m_network(network),
      m_times(times),
      m_json(json)
{
    std::vector<std::string> modules;
    std::vector<std::string> stations;
    std::vector<std::string> quantum = network.fibres;
    for (const ChaosLink& link : network.links)
    {
        modules.push_back(link.id + "/tx");
        modules.push_back(link.id + "/rx");
        quantum.push_back(link.id);
        if (link.hasStation)
        {
            stations.push_back(link.id);
        }
    }
    std::vector<std::string> controllers;
    std::vector<std::string> partitions;
    for (const nlohmann::json& controller : json.value("controllers", nlohmann::json::array()))
    {
        controllers.push_back(controller["id"]);
        if (network.split.count(controller["node"]) > 0)
        {
            partitions.push_back(controller["id"]);
        }
    }
    std::vector<std::string> fibres = network.fibres;
    if (network.classical == "own-fibres")
    {
        fibres.insert(fibres.end(), network.classicalFibres.begin(), network.classicalFibres.end());
    }
    Allow("fibre-cut", fibres);
    Allow("risk-group-cut", network.riskGroups);
    Allow("classical-link-failure", network.classicalFibres);
    if (json["classical"]["rate_bps"].get<double>() < 1e8)
    {
        Allow("classical-congestion", network.classicalFibres); // else it is too many packets
    }
    Allow("module-failure", modules);
    Allow("km-crash", network.nodes);
    Allow("node-power", network.nodes);
    Allow("controller-crash", controllers);
    Allow("controller-partition", partitions);
    Allow("optical-switch-failure", network.switches);
    Allow("station-failure", stations);
    if (!network.ideal)
    {
        Allow("eavesdropping", quantum);
        Allow("qber-drift", quantum);
    }
    if (!network.flow)
    {
        Allow("node-compromise", network.nodes);
    }
    if (json.contains("manager"))
    {
        Allow("manager-crash", {""});
    }
}

void
ChaosFaultDrawer::Allow(const std::string& type, const std::vector<std::string>& targets)
{
    if (!targets.empty())
    {
        m_targets[type] = targets;
        m_types.push_back(type);
    }
}

std::string
ChaosFaultDrawer::PickType()
{
    return m_draw.PickOf(m_types);
}

void
ChaosFaultDrawer::Run()
{
    m_json["faults"] = nlohmann::json::array();
    m_hasCrews = m_draw.ChanceCounted(0.25, "repair crews");
    if (m_hasCrews)
    {
        m_json["repair"] = {
            {"crews", m_draw.Integer(1, 3)},
            {"policy", m_draw.PickCounted("crews", {"fifo", "most-sessions", "largest-rate"})},
            {"travel_s", m_draw.Real(0, 0.5)}};
        if (m_json.contains("manager") && m_draw.ChanceCounted(0.4, "crews sent by the manager"))
        {
            m_json["repair"]["dispatch"] = "manager";
        }
    }
    const uint32_t faults = m_draw.Integer(1, 8);
    for (uint32_t i = 0; i < faults; ++i)
    {
        AddFault();
    }
    if (m_draw.Chance(0.2))
    {
        AddDisaster();
    }
    if (m_draw.Chance(0.25))
    {
        AddProcess();
    }
    if (!m_network.groups.empty() && m_draw.Chance(0.5))
    {
        CommandGroup();
    }
    if (m_draw.Chance(0.4))
    {
        CommandSession();
    }
    if (m_json.contains("manager") && m_draw.Chance(0.2))
    {
        CommandPolicy();
    }
}

void
ChaosFaultDrawer::AddOwnKeys(const std::string& type, nlohmann::json& fault)
{
    if (type == "classical-congestion")
    {
        const double rate = m_json["classical"]["rate_bps"].get<double>();
        fault["load_bps"] = rate * m_draw.Real(0.3, 1.2);
    }
    else if (type == "eavesdropping")
    {
        fault["added_qber"] = m_draw.Real(0.01, 0.2);
    }
    else if (type == "qber-drift")
    {
        fault["curve_file"] = m_times.curve;
        fault["curve"] = m_draw.Pick({"linear", "step"});
    }
    else if (type == "node-compromise")
    {
        fault["wiretap"] = m_draw.Chance(0.5);
    }
}

void
ChaosFaultDrawer::AddRepair(double at, nlohmann::json& fault)
{
    const double longest = m_times.calm - at;
    // some are over before anybody notices
    const double lasts =
        std::min(longest,
                 m_draw.Chance(0.25) ? m_draw.Real(0.0001, 0.5) : m_draw.Real(0.001, longest));
    const std::string& type = fault["type"];
    const bool isComponent = type != "classical-congestion" && type != "eavesdropping" &&
                             type != "qber-drift" && type != "node-compromise";
    if (isComponent && m_hasCrews && m_draw.ChanceCounted(0.5, "fault for a repair crew"))
    {
        fault["repair_work_s"] = 0.3 * lasts + 0.001;
    }
    else if (m_draw.ChanceCounted(0.1, "random repair time"))
    {
        fault["mttr_s"] = 0.3 * lasts + 0.001;
        fault["repair_distribution"] = m_draw.Pick({"exponential", "deterministic"});
    }
    else if (m_draw.ChanceCounted(0.1, "flapping"))
    {
        const uint32_t times = m_draw.Integer(2, 5);
        fault["repeat"] = times;
        fault["period_s"] = longest / times;
        fault["repair_after_s"] = longest / times * m_draw.Real(0.05, 0.9);
    }
    else if (!m_draw.ChanceCounted(0.01, "fault without repair"))
    {
        fault["repair_after_s"] = lasts;
    }
}

void
ChaosFaultDrawer::AddFault()
{
    const std::string type = PickType();
    m_draw.Count("fault " + type);
    const double at = m_draw.Real(m_times.first, m_times.calm - 1.0);
    nlohmann::json fault = {{"at_s", at}, {"type", type}};
    const std::string target = m_draw.PickOf(m_targets[type]);
    if (!target.empty())
    {
        fault["target"] = target;
    }
    if (type == "fibre-cut" || type == "risk-group-cut")
    {
        fault["position"] = m_draw.Real(0, 1);
    }
    AddOwnKeys(type, fault);
    AddRepair(at, fault);
    m_json["faults"].push_back(fault);
}

void
ChaosFaultDrawer::AddDisaster()
{
    m_draw.Count("fault disaster");
    const double at = m_draw.Real(m_times.first, m_times.calm - 1.0);
    // at a node, so that it breaks something
    const nlohmann::json& centre =
        m_json["nodes"][m_draw.Integer(0, static_cast<uint32_t>(m_json["nodes"].size() - 1))];
    m_json["faults"].push_back({{"at_s", at},
                                {"type", "disaster"},
                                {"x_km", centre["x_km"]},
                                {"y_km", centre["y_km"]},
                                {"radius_km", m_draw.Real(0.1, 30)},
                                {"repair_after_s", m_draw.Real(0.1, m_times.calm - at)}});
}

void
ChaosFaultDrawer::AddProcess()
{
    const std::string type = PickType();
    m_draw.Count("process " + type);
    nlohmann::json process = {
        {"type", type},
        {"mtbf_s", m_draw.Real(1, 10)},
        {"start_s", m_times.first},
        {"max_faults", m_draw.Integer(1, 3)},
        {"distribution",
         m_draw.PickCounted("up times", {"exponential", "weibull", "deterministic"})},
        {"mttr_s", m_draw.Real(0.1, 1)},
        {"repair_distribution",
         m_draw.PickCounted("repair times",
                            {"exponential", "weibull", "deterministic", "lognormal"})}};
    if (process["distribution"] == "weibull")
    {
        process["weibull_shape"] = m_draw.Real(0.5, 3);
    }
    if (process["repair_distribution"] == "weibull")
    {
        process["repair_weibull_shape"] = m_draw.Real(0.5, 3);
    }
    if (process["repair_distribution"] == "lognormal")
    {
        process["repair_lognormal_sigma"] = m_draw.Real(0.1, 1);
    }
    if (type != "manager-crash")
    {
        process["targets"] = {m_draw.PickOf(m_targets[type])};
    }
    AddOwnKeys(type, process);
    m_json["fault_processes"].push_back(process);
}

void
ChaosFaultDrawer::AddCommand(double atS, nlohmann::json command)
{
    command["at_s"] = atS;
    m_json["commands"].push_back(command);
}

void
ChaosFaultDrawer::CommandGroup()
{
    const ChaosGroup& group = m_draw.PickOf(m_network.groups);
    if (group.groupClass == "link-restoration")
    {
        return; // it obeys its controller only
    }
    const std::string what = m_draw.PickCounted("group command",
                                                {"lockout",
                                                 "forced-switch",
                                                 "manual-switch",
                                                 "manual-switch-to-working",
                                                 "exercise",
                                                 "freeze"});
    const nlohmann::json place = {{"group", group.id},
                                  {"node", m_draw.Chance(0.5) ? group.tx : group.rx}};
    nlohmann::json command = place;
    command["command"] = what;
    if (m_draw.Chance(0.5))
    {
        command["working"] = m_draw.PickOf(group.working);
    }
    const double at = m_draw.Real(m_times.first, m_times.calm - 1.0);
    AddCommand(at, command);
    command = place;
    command["command"] = what == "freeze" ? "clear-freeze" : "clear";
    AddCommand(m_draw.Real(at, m_times.calm), command);
    AddCommand(m_times.calm, command);
}

void
ChaosFaultDrawer::CommandSession()
{
    std::vector<std::string> sessions;
    for (const nlohmann::json& session : m_json["sessions"])
    {
        const std::string name = session["resilience"]["class"];
        if (name == "route-1:1" || name == "route-shared")
        {
            sessions.push_back(session["id"]);
        }
    }
    if (sessions.empty())
    {
        return;
    }
    const std::string session = m_draw.PickOf(sessions);
    const std::string what = m_draw.PickCounted(
        "session command",
        {"lockout", "forced-switch", "manual-switch", "manual-switch-to-working"});
    const double at = m_draw.Real(m_times.first, m_times.calm - 1.0);
    AddCommand(at, {{"session", session}, {"command", what}});
    AddCommand(m_draw.Real(at, m_times.calm), {{"session", session}, {"command", "clear"}});
    AddCommand(m_times.calm, {{"session", session}, {"command", "clear"}});
}

void
ChaosFaultDrawer::CommandPolicy()
{
    m_draw.Count("command to key managers");
    const double at = m_draw.Real(m_times.first, m_times.calm - 1.0);
    AddCommand(at,
               {{"km_policy",
                 {{"may_switch", m_draw.Chance(0.5)},
                  {"extra_traffic", m_draw.Chance(0.5)},
                  {"extra_reserve_bit", m_draw.Integer(0, 10000)}}}});
    AddCommand(m_times.calm, {{"km_policy", nlohmann::json::object()}});
}

} // namespace

void
DrawChaosFaults(ChaosDraw& draw,
                const ChaosNetwork& network,
                const ChaosTimes& times,
                nlohmann::json& json)
{
    ChaosFaultDrawer(draw, network, times, json).Run();
}

} // namespace qkdn
} // namespace ns3
