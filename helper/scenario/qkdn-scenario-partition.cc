/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-partition.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-find.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The rank of each QKD node.
 * @param scenario the scenario
 * @return ranks by id of the node
 */
std::map<std::string, uint32_t>
GetNodeRanks(const Scenario& scenario)
{
    std::map<std::string, uint32_t> ranks;
    for (const ScenarioNode& node : scenario.nodes)
    {
        ranks[node.id] = node.rank;
    }
    return ranks;
}

/**
 * @ingroup qkdn-resilience
 * @brief Finds what keeps a scenario from being run by several ranks.
 */
class PartitionChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param source name of the file
     */
    PartitionChecker(const Scenario& scenario, const std::string& source)
        : m_scenario(scenario),
          m_source(source),
          m_ranks(GetNodeRanks(scenario))
    {
    }

    /**
     * @brief Check all.
     * @param ranks number of ranks
     */
    void Check(uint32_t ranks) const
    {
        CheckNodes(ranks);
        CheckWhole();
        for (std::size_t i = 0; i < m_scenario.qkdLinks.size(); ++i)
        {
            const ScenarioQkdLink& link = m_scenario.qkdLinks[i];
            CheckTogether({link.tx, link.rx}, GetScenarioElementPlace(link, "qkd_links", i));
        }
        for (std::size_t i = 0; i < m_scenario.sessions.size(); ++i)
        {
            CheckSession(m_scenario.sessions[i], "/sessions/" + std::to_string(i));
        }
        for (std::size_t i = 0; i < m_scenario.faults.size(); ++i)
        {
            const ScenarioFault& fault = m_scenario.faults[i];
            if (fault.type == ScenarioFaultType::CLASSICAL_CONGESTION)
            {
                const std::string place = GetScenarioElementPlace(fault, "faults", i);
                const ScenarioFibre& fibre =
                    FindScenarioElement(m_scenario.fibres, fault.target, "fibre", m_source, place);
                CheckTogether({fibre.a, fibre.b}, place);
            }
        }
        for (std::size_t i = 0; i < m_scenario.protectionGroups.size(); ++i)
        {
            const ScenarioProtectionGroup& group = m_scenario.protectionGroups[i];
            if (group.groupClass == GROUP_LINK_RESTORATION)
            {
                const std::string place = "/protection_groups/" + std::to_string(i) + "/class";
                CheckControl(FindScenarioElement(m_scenario.qkdLinks,
                                                 group.working.front(),
                                                 "QKD link",
                                                 m_source,
                                                 place)
                                 .tx,
                             place);
            }
        }
    }

  private:
    /**
     * @brief Report what does not work.
     * @param place JSON pointer
     * @param problem what is wrong
     * @param mend what to do
     */
    [[noreturn]] void Fail(const std::string& place,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_source, place, "with several ranks " + problem, mend);
    }

    /**
     * @brief Check that each rank has a node, and no others are named.
     * @param ranks number of ranks
     */
    void CheckNodes(uint32_t ranks) const
    {
        std::set<uint32_t> used;
        for (std::size_t i = 0; i < m_scenario.nodes.size(); ++i)
        {
            const uint32_t rank = m_scenario.nodes[i].rank;
            used.insert(rank);
            if (rank >= ranks)
            {
                throw ScenarioError(
                    m_source,
                    "/nodes/" + std::to_string(i) + "/rank",
                    std::to_string(rank) + " is no rank of " + std::to_string(ranks),
                    "give 0 to " + std::to_string(ranks - 1) + ", or start more processes");
            }
        }
        if (used.size() < ranks)
        {
            throw ScenarioError(m_source,
                                "/nodes",
                                std::to_string(ranks - used.size()) + " of " +
                                    std::to_string(ranks) + " ranks have no node",
                                "give nodes a rank, or start fewer processes");
        }
    }

    /// Check what concerns the whole run.
    void CheckWhole() const
    {
        if (m_scenario.simulation.supply == ScenarioSupply::FLOW)
        {
            Fail("/simulation/supply", "there is no flow mode", "give \"keys\"");
        }
        if (m_scenario.charging)
        {
            Fail("/charging", "nothing is charged", "remove it");
        }
        if (m_scenario.repair)
        {
            Fail("/repair", "there are no repair crews", "remove it");
        }
        if (!m_scenario.faultProcesses.empty())
        {
            Fail("/fault_processes",
                 "nothing fails at random",
                 "replay the faults of a run by one process (fault_trace)");
        }
        if (!m_scenario.commands.empty())
        {
            Fail("/commands", "operators give no commands", "remove them");
        }
    }

    /**
     * @brief Check that nodes are at one rank.
     * @param nodes ids of the nodes
     * @param place JSON pointer of what needs it
     */
    void CheckTogether(const std::vector<std::string>& nodes, const std::string& place) const
    {
        for (const std::string& node : nodes)
        {
            if (m_ranks.at(node) != m_ranks.at(nodes.front()))
            {
                throw ScenarioError(m_source,
                                    place,
                                    "joins nodes " + nodes.front() + " and " + node + " of ranks " +
                                        std::to_string(m_ranks.at(nodes.front())) + " and " +
                                        std::to_string(m_ranks.at(node)),
                                    "let only classical links lead from rank to rank");
            }
        }
    }

    /**
     * @brief Check that all controllers are at the rank of what they have to restore.
     * @param node id of a node of it
     * @param place JSON pointer of what they restore
     */
    void CheckControl(const std::string& node, const std::string& place) const
    {
        for (const ScenarioController& controller : m_scenario.controllers)
        {
            if (m_ranks.at(controller.node) != m_ranks.at(node))
            {
                Fail(
                    place,
                    "controller " + controller.id + " of another rank restores it",
                    "give a class that key managers switch by themselves (unprotected, route-1:1), "
                    "or move the controller");
            }
        }
    }

    /**
     * @brief Check a session.
     * @param session the session
     * @param place its JSON pointer
     */
    void CheckSession(const ScenarioSession& session, const std::string& place) const
    {
        CheckTogether({session.master,
                       session.slave,
                       session.GetApplicationNode(true),
                       session.GetApplicationNode(false)},
                      place);
        if (session.ak == ScenarioAk::STREAM)
        {
            Fail(place + "/ak", "there are no key streams", "give \"in-process\" or \"http\"");
        }
        const ScenarioResilience& resilience = session.resilience;
        const bool alone = resilience.resilienceClass == CLASS_UNPROTECTED ||
                           (resilience.resilienceClass == CLASS_ROUTE_1_1 &&
                            resilience.escalation == ESCALATION_NONE);
        if (!alone)
        {
            CheckControl(session.master, place + "/resilience/class");
        }
    }

    const Scenario& m_scenario;              //!< the scenario
    std::string m_source;                    //!< name of the file
    std::map<std::string, uint32_t> m_ranks; //!< rank by node
};

/**
 * @brief Leave out elements of a list.
 * @tparam T type of the elements
 * @tparam Predicate type of the predicate
 * @param [in,out] list the list
 * @param keep says which ones stay
 */
template <typename T, typename Predicate>
void
Filter(std::vector<T>& list, Predicate keep)
{
    list.erase(std::remove_if(list.begin(),
                              list.end(),
                              [&keep](const T& element) { return !keep(element); }),
               list.end());
}

} // namespace

ScenarioPartition::ScenarioPartition(const Scenario& scenario, uint32_t rank)
    : m_scenario(scenario),
      m_rank(rank),
      m_ranks(GetNodeRanks(scenario))
{
}

void
ScenarioPartition::Check(const Scenario& scenario, const std::string& source, uint32_t ranks)
{
    PartitionChecker(scenario, source).Check(ranks);
}

bool
ScenarioPartition::IsLocal(const std::string& node) const
{
    return m_ranks.at(node) == m_rank;
}

bool
ScenarioPartition::Strikes(const ScenarioFault& fault) const
{
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
    case ScenarioFaultType::RISK_GROUP_CUT:
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
    case ScenarioFaultType::CONTROLLER_PARTITION:
    case ScenarioFaultType::NODE_POWER: // the classical links of the node end at other ranks, too
        return true;
    case ScenarioFaultType::KM_CRASH:
    case ScenarioFaultType::NODE_COMPROMISE:
        return IsLocal(fault.target);
    case ScenarioFaultType::MANAGER_CRASH:
        return m_scenario.manager && IsLocal(m_scenario.manager->node);
    default:
        break;
    }
    const auto hasTarget = [&fault](const auto& element) { return element.id == fault.target; };
    for (const ScenarioController& controller : m_scenario.controllers)
    {
        if (hasTarget(controller))
        {
            return IsLocal(controller.node);
        }
    }
    for (const ScenarioOpticalSwitch& opticalSwitch : m_scenario.opticalSwitches)
    {
        if (hasTarget(opticalSwitch))
        {
            return IsLocal(opticalSwitch.node);
        }
    }
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        if (hasTarget(link))
        {
            return IsLocal(link.tx);
        }
    }
    const auto fibre = std::find_if(m_scenario.fibres.begin(), m_scenario.fibres.end(), hasTarget);
    return fibre != m_scenario.fibres.end() && IsLocal(fibre->a) && IsLocal(fibre->b);
}

void
ScenarioPartition::KeepLocal(ExperimentResults& results) const
{
    std::set<std::string> names;
    for (const ScenarioSession& session : m_scenario.sessions)
    {
        if (IsLocal(session.master))
        {
            names.insert(session.id);
        }
    }
    std::set<std::string> links;
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        if (IsLocal(link.tx))
        {
            links.insert(link.id);
        }
    }
    std::set<std::string> recovering = names;
    for (const ScenarioProtectionGroup& group : m_scenario.protectionGroups)
    {
        if (links.count(group.working.front()) > 0)
        {
            recovering.insert(group.id);
        }
    }
    const auto isSession = [&names](const auto& element) {
        return names.count(element.session) > 0;
    };
    const auto isLink = [&links](const auto& element) { return links.count(element.link) > 0; };
    Filter(results.sessions, [&names](const auto& s) { return names.count(s.id) > 0; });
    Filter(results.requests, isSession);
    Filter(results.routeUses, isSession);
    Filter(results.recoveries, [&recovering](const auto& recovery) {
        return recovering.count(recovery.sessionOrGroup) > 0;
    });
    Filter(results.conservation.ksa, isSession);
    Filter(results.conservation.kma, isLink);
    Filter(results.pools, isLink);
    Filter(results.poolSamples, isLink);
    results.requirements.clear();
}

} // namespace qkdn
} // namespace ns3
