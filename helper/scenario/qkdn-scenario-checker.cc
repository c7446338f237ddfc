/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-checker.h"

#include "qkdn-scenario-error.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief An id in an error message.
 * @param id the id
 * @return the id in quotes
 */
std::string
Quote(const std::string& id)
{
    return "\"" + Excerpt(id) + "\"";
}

/**
 * @brief A time in an error message.
 * @param time the time
 * @return seconds and "s"
 */
std::string
Text(const Time& time)
{
    std::ostringstream text;
    text.precision(12);
    text << time.GetSeconds() << " s";
    return text.str();
}

/**
 * @ingroup qkdn-resilience
 * @brief Checks one scenario; remembers its ids.
 */
class ScenarioChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param source name of the file
     */
    ScenarioChecker(const Scenario& scenario, const std::string& source)
        : m_scenario(scenario),
          m_source(source)
    {
    }

    /// Check everything.
    void Check();

  private:
    /// Objects of one kind by their ids.
    template <typename T>
    using Index = std::map<std::string, const T*>;

    /**
     * @brief Report an error.
     * @param place JSON pointer
     * @param problem what is wrong
     * @param mend what to do
     */
    [[noreturn]] void Fail(const std::string& place,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_source, place, problem, mend);
    }

    /**
     * @brief Index the objects of a list; their ids must differ.
     * @tparam T type of an object
     * @param list the objects
     * @param key key of the list in the file
     * @return the index
     */
    template <typename T>
    Index<T> MakeIndex(const std::vector<T>& list, const std::string& key) const;

    /**
     * @brief Find what an id refers to.
     * @tparam T type of an object
     * @param index the objects
     * @param id the id
     * @param what "node", "fibre" or "QKD link"
     * @param place JSON pointer to the reference
     * @return the object
     */
    template <typename T>
    const T& Find(const Index<T>& index,
                  const std::string& id,
                  const std::string& what,
                  const std::string& place) const;

    /// Check the run and the pools.
    void CheckSettings() const;

    /**
     * @brief Check a fibre.
     * @param fibre the fibre
     * @param place its JSON pointer
     */
    void CheckFibre(const ScenarioFibre& fibre, const std::string& place) const;

    /**
     * @brief Check a QKD link.
     * @param link the link
     * @param place its JSON pointer
     */
    void CheckQkdLink(const ScenarioQkdLink& link, const std::string& place) const;

    /**
     * @brief Check that the fibres of a QKD link lead from its transmitter to its receiver.
     * @param link the link
     * @param place JSON pointer to the list of its fibres
     */
    void CheckPath(const ScenarioQkdLink& link, const std::string& place) const;

    /**
     * @brief Check a session.
     * @param session the session
     * @param place its JSON pointer
     */
    void CheckSession(const ScenarioSession& session, const std::string& place) const;

    /**
     * @brief Check that a session starts and stops within the run.
     * @param session the session
     * @param place its JSON pointer
     */
    void CheckSessionTimes(const ScenarioSession& session, const std::string& place) const;

    /**
     * @brief Check a fault.
     * @param fault the fault
     * @param place its JSON pointer
     */
    void CheckFault(const ScenarioFault& fault, const std::string& place) const;

    /**
     * @brief Find the nodes that classical links join.
     * @return for each node the first node, in the order of ids, of the part it belongs to
     */
    std::map<std::string, std::string> GetClassicalParts() const;

    const Scenario& m_scenario;                         //!< the scenario
    const std::string& m_source;                        //!< name of the file
    Index<ScenarioNode> m_nodes;                        //!< nodes
    Index<ScenarioFibre> m_fibres;                      //!< fibres
    Index<ScenarioQkdLink> m_links;                     //!< QKD links
    std::map<std::string, std::string> m_classicalPart; //!< part of the classical network by node
};

template <typename T>
ScenarioChecker::Index<T>
ScenarioChecker::MakeIndex(const std::vector<T>& list, const std::string& key) const
{
    Index<T> index;
    for (std::size_t i = 0; i < list.size(); ++i)
    {
        if (!index.emplace(list[i].id, &list[i]).second)
        {
            Fail("/" + key + "/" + std::to_string(i) + "/id",
                 Quote(list[i].id) + " is the id of an earlier one, too",
                 "give each its own id");
        }
    }
    return index;
}

template <typename T>
const T&
ScenarioChecker::Find(const Index<T>& index,
                      const std::string& id,
                      const std::string& what,
                      const std::string& place) const
{
    const auto it = index.find(id);
    if (it == index.end())
    {
        std::vector<std::string> known;
        for (const auto& entry : index)
        {
            known.push_back(entry.first);
        }
        Fail(place,
             "there is no " + what + " " + Quote(id) + DidYouMean(id, known),
             "give the id of a " + what);
    }
    return *it->second;
}

void
ScenarioChecker::Check()
{
    CheckSettings();
    m_nodes = MakeIndex(m_scenario.nodes, "nodes");
    m_fibres = MakeIndex(m_scenario.fibres, "fibres");
    m_links = MakeIndex(m_scenario.qkdLinks, "qkd_links");
    MakeIndex(m_scenario.sessions, "sessions");
    MakeIndex(m_scenario.faults, "faults");
    for (std::size_t i = 0; i < m_scenario.fibres.size(); ++i)
    {
        CheckFibre(m_scenario.fibres[i], "/fibres/" + std::to_string(i));
    }
    m_classicalPart = GetClassicalParts();
    for (std::size_t i = 0; i < m_scenario.qkdLinks.size(); ++i)
    {
        CheckQkdLink(m_scenario.qkdLinks[i], "/qkd_links/" + std::to_string(i));
    }
    for (std::size_t i = 0; i < m_scenario.sessions.size(); ++i)
    {
        CheckSession(m_scenario.sessions[i], "/sessions/" + std::to_string(i));
    }
    for (std::size_t i = 0; i < m_scenario.faults.size(); ++i)
    {
        CheckFault(m_scenario.faults[i], "/faults/" + std::to_string(i));
    }
}

void
ScenarioChecker::CheckSettings() const
{
    const auto& simulation = m_scenario.simulation;
    if (simulation.warmUp >= simulation.duration)
    {
        Fail("/simulation/warm_up_s",
             Text(simulation.warmUp) + " leaves nothing of a run of " + Text(simulation.duration),
             "give less than duration_s");
    }
    const auto& management = m_scenario.keyManagement;
    if (management.reserveBit >= management.capacityBit)
    {
        Fail("/key_management/reserve_bit",
             std::to_string(management.reserveBit) + " leaves nothing of a pool of " +
                 std::to_string(management.capacityBit) + " bits",
             "give less than capacity_bit");
    }
}

void
ScenarioChecker::CheckFibre(const ScenarioFibre& fibre, const std::string& place) const
{
    Find(m_nodes, fibre.a, "node", place + "/a");
    Find(m_nodes, fibre.b, "node", place + "/b");
    if (fibre.a == fibre.b)
    {
        Fail(place + "/b", "both ends are at " + Quote(fibre.a), "give two different nodes");
    }
}

void
ScenarioChecker::CheckQkdLink(const ScenarioQkdLink& link, const std::string& place) const
{
    Find(m_nodes, link.tx, "node", place + "/tx");
    Find(m_nodes, link.rx, "node", place + "/rx");
    if (link.tx == link.rx)
    {
        Fail(place + "/rx",
             "transmitter and receiver are both at " + Quote(link.tx),
             "give two different nodes");
    }
    CheckPath(link, place + "/fibres");
    if (m_classicalPart.at(link.tx) != m_classicalPart.at(link.rx))
    {
        Fail(place + "/fibres",
             "no classical links join " + Quote(link.tx) + " and " + Quote(link.rx) +
                 ", which have to exchange messages",
             "set \"classical\" of a fibre to true, or add a fibre");
    }
    if (link.initialPoolBit > m_scenario.keyManagement.capacityBit)
    {
        Fail(place + "/initial_pool_bit",
             std::to_string(link.initialPoolBit) + " bits do not go into a pool of " +
                 std::to_string(m_scenario.keyManagement.capacityBit),
             "give no more than /key_management/capacity_bit, or raise that");
    }
}

void
ScenarioChecker::CheckPath(const ScenarioQkdLink& link, const std::string& place) const
{
    const std::string mend = "list fibres that lead from " + Quote(link.tx) + " to " +
                             Quote(link.rx) + ", in this order";
    if (link.fibres.empty())
    {
        Fail(place, "the QKD link has no fibre", mend);
    }
    std::set<std::string> used;
    std::string reached = link.tx;
    for (std::size_t i = 0; i < link.fibres.size(); ++i)
    {
        const std::string& id = link.fibres[i];
        const std::string here = place + "/" + std::to_string(i);
        const ScenarioFibre& fibre = Find(m_fibres, id, "fibre", here);
        if (!used.insert(id).second)
        {
            Fail(here, "the path uses fibre " + Quote(id) + " twice", mend);
        }
        if (fibre.a != reached && fibre.b != reached)
        {
            Fail(here,
                 "fibre " + Quote(id) + " does not touch " + Quote(reached) +
                     ", where the path has come to",
                 mend);
        }
        reached = fibre.a == reached ? fibre.b : fibre.a;
    }
    if (reached != link.rx)
    {
        Fail(place, "the fibres end at " + Quote(reached) + " and not at the receiver", mend);
    }
}

void
ScenarioChecker::CheckSession(const ScenarioSession& session, const std::string& place) const
{
    Find(m_nodes, session.master, "node", place + "/master");
    Find(m_nodes, session.slave, "node", place + "/slave");
    if (session.master == session.slave)
    {
        Fail(place + "/slave",
             "master and slave are both at " + Quote(session.master),
             "give two different nodes");
    }
    const std::set<std::string> pair{session.master, session.slave};
    const auto& links = m_scenario.qkdLinks;
    if (std::none_of(links.begin(), links.end(), [&pair](const auto& link) {
            return pair == std::set<std::string>{link.tx, link.rx};
        }))
    {
        Fail(place + "/slave",
             "no QKD link joins " + Quote(session.master) + " and " + Quote(session.slave) +
                 ", and this version supplies keys over one hop",
             "add such a link, or give two nodes that have one");
    }
    if (session.keySizeBit % 8 != 0)
    {
        Fail(place + "/key_size_bit",
             std::to_string(session.keySizeBit) + " is no multiple of 8",
             "give whole bytes");
    }
    const auto& pool = m_scenario.keyManagement;
    if (session.keySizeBit > pool.capacityBit - pool.reserveBit)
    {
        Fail(place + "/key_size_bit",
             std::to_string(session.keySizeBit) + " bits never come out of a pool of " +
                 std::to_string(pool.capacityBit) + " with a reserve of " +
                 std::to_string(pool.reserveBit),
             "give less, or raise /key_management/capacity_bit");
    }
    CheckSessionTimes(session, place);
}

void
ScenarioChecker::CheckSessionTimes(const ScenarioSession& session, const std::string& place) const
{
    const Time end = m_scenario.simulation.duration;
    if (session.start >= end)
    {
        Fail(place + "/start_s",
             Text(session.start) + " is not before the end of the run at " + Text(end),
             "start earlier, or raise /simulation/duration_s");
    }
    if (session.stop > end)
    {
        Fail(place + "/stop_s",
             Text(session.stop) + " is after the end of the run at " + Text(end),
             "stop earlier, or raise /simulation/duration_s");
    }
    if (session.stop <= session.start)
    {
        Fail(place + "/stop_s",
             Text(session.stop) + " is not after the start at " + Text(session.start),
             "stop later");
    }
}

void
ScenarioChecker::CheckFault(const ScenarioFault& fault, const std::string& place) const
{
    const Time end = m_scenario.simulation.duration;
    if (fault.at >= end)
    {
        Fail(place + "/at_s",
             Text(fault.at) + " is not before the end of the run at " + Text(end),
             "give an earlier time, or raise /simulation/duration_s");
    }
    const std::string target = place + "/target";
    switch (fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
        Find(m_fibres, fault.target, "fibre", target);
        break;
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
        if (!Find(m_fibres, fault.target, "fibre", target).classical)
        {
            Fail(target,
                 "no classical link runs in fibre " + Quote(fault.target),
                 "set \"classical\" of the fibre to true, or give another fibre");
        }
        break;
    case ScenarioFaultType::MODULE_FAILURE:
        Find(m_links, fault.target, "QKD link", target);
        break;
    case ScenarioFaultType::KM_CRASH:
        Find(m_nodes, fault.target, "node", target);
        break;
    }
}

std::map<std::string, std::string>
ScenarioChecker::GetClassicalParts() const
{
    std::map<std::string, std::vector<std::string>> neighbours;
    for (const auto& fibre : m_scenario.fibres)
    {
        if (fibre.classical)
        {
            neighbours[fibre.a].push_back(fibre.b);
            neighbours[fibre.b].push_back(fibre.a);
        }
    }
    std::map<std::string, std::string> part;
    for (const auto& node : m_nodes)
    {
        std::vector<std::string> open{node.first};
        while (!open.empty())
        {
            const std::string next = open.back();
            open.pop_back();
            if (part.emplace(next, node.first).second)
            {
                open.insert(open.end(), neighbours[next].begin(), neighbours[next].end());
            }
        }
    }
    return part;
}

} // namespace

void
CheckScenario(const Scenario& scenario, const std::string& source)
{
    ScenarioChecker(scenario, source).Check();
}

} // namespace qkdn
} // namespace ns3
