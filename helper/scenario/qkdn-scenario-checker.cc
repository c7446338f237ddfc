/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-checker.h"

#include "qkdn-scenario-control-checker.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-checker.h"
#include "qkdn-scenario-fault-processes.h"
#include "qkdn-scenario-find.h"
#include "qkdn-scenario-flow-checker.h"
#include "qkdn-scenario-limits.h"
#include "qkdn-scenario-parts.h"
#include "qkdn-scenario-protection-checker.h"
#include "qkdn-scenario-protocol.h"
#include "qkdn-scenario-session-checker.h"

#include <algorithm>
#include <map>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

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
          m_source(source),
          m_classicalParts(ScenarioParts::OfClassicalLinks(scenario)),
          m_qkdParts(ScenarioParts::OfQkdLinks(scenario))
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
     * @brief Check the place of the central station of a QKD link.
     * @param link the link, whose fibres are consistent
     * @param place JSON pointer of the object with "station_km"
     */
    void CheckStation(const ScenarioQkdLink& link, const std::string& place) const;

    /// Check the ways of protection entities that have modules of a working QKD link.
    void CheckProtectionPaths() const;

    /**
     * @brief Check a session.
     * @param session the session
     * @param place its JSON pointer
     */
    void CheckSession(const ScenarioSession& session, const std::string& place) const;

    /**
     * @brief Check the thresholds of the error ratio of a QKD link.
     * @param link the link
     * @param place its JSON pointer
     */
    void CheckThresholds(const ScenarioQkdLink& link, const std::string& place) const;

    const Scenario& m_scenario;     //!< the scenario
    const std::string& m_source;    //!< name of the file
    Index<ScenarioNode> m_nodes;    //!< nodes
    Index<ScenarioFibre> m_fibres;  //!< fibres
    Index<ScenarioQkdLink> m_links; //!< QKD links
    ScenarioParts m_classicalParts; //!< parts of the classical network
    ScenarioParts m_qkdParts;       //!< parts that QKD links join
    /// bits that all links of two key managers, which fill one pool, bring along
    std::map<std::pair<std::string, std::string>, uint64_t> m_poolBits;
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
                 QuoteId(list[i].id) + " is the id of an earlier one, too",
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
             "there is no " + what + " " + QuoteId(id) + DidYouMean(id, known),
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
    MakeIndex(m_scenario.controllers, "controllers");
    MakeIndex(m_scenario.sessions, "sessions");
    for (std::size_t i = 0; i < m_scenario.fibres.size(); ++i)
    {
        const ScenarioFibre& fibre = m_scenario.fibres[i];
        CheckFibre(fibre, GetScenarioElementPlace(fibre, "fibres", i));
    }
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        m_poolBits[std::minmax(link.tx, link.rx)] += link.initialPoolBit;
    }
    for (std::size_t i = 0; i < m_scenario.qkdLinks.size(); ++i)
    {
        const ScenarioQkdLink& link = m_scenario.qkdLinks[i];
        CheckQkdLink(link, GetScenarioElementPlace(link, "qkd_links", i));
    }
    CheckScenarioProtection(m_scenario, m_source);
    CheckProtectionPaths();
    CheckScenarioControl(m_scenario, m_classicalParts, m_qkdParts, m_source);
    for (std::size_t i = 0; i < m_scenario.sessions.size(); ++i)
    {
        CheckSession(m_scenario.sessions[i], "/sessions/" + std::to_string(i));
    }
    CheckScenarioFaults(m_scenario, m_source);
    CheckScenarioRandomFaults(m_scenario, m_source);
    CheckScenarioLimits(m_scenario, m_source);
}

void
ScenarioChecker::CheckSettings() const
{
    const auto& simulation = m_scenario.simulation;
    if (simulation.warmUp >= simulation.duration)
    {
        Fail("/simulation/warm_up_s",
             TimeText(simulation.warmUp) + " leaves nothing of a run of " +
                 TimeText(simulation.duration),
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
    if (management.poolHighBit < management.poolLowBit)
    {
        Fail("/key_management/pool_high_bit",
             std::to_string(management.poolHighBit) + " is below pool_low_bit",
             "give " + std::to_string(management.poolLowBit) + " or more");
    }
    if (management.poolHighBit > management.capacityBit - management.reserveBit)
    {
        Fail("/key_management/pool_high_bit",
             "a pool of " + std::to_string(management.capacityBit) + " bits with a reserve of " +
                 std::to_string(management.reserveBit) + " is never that full",
             "give less, or raise capacity_bit");
    }
    if (management.poolRecoverBit > management.capacityBit - management.reserveBit)
    {
        Fail("/key_management/pool_recover_bit",
             "a pool of " + std::to_string(management.capacityBit) + " bits never holds " +
                 std::to_string(management.poolRecoverBit) + " above a reserve of " +
                 std::to_string(management.reserveBit),
             "give less, or raise capacity_bit");
    }
}

void
ScenarioChecker::CheckFibre(const ScenarioFibre& fibre, const std::string& place) const
{
    Find(m_nodes, fibre.a, "node", place + "/a");
    Find(m_nodes, fibre.b, "node", place + "/b");
    if (fibre.a == fibre.b)
    {
        Fail(place + "/b", "both ends are at " + QuoteId(fibre.a), "give two different nodes");
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
             "transmitter and receiver are both at " + QuoteId(link.tx),
             "give two different nodes");
    }
    CheckPath(link, place + "/fibres");
    CheckStation(link, place);
    CheckThresholds(link, place);
    if (!m_classicalParts.AreJoined(link.tx, link.rx))
    {
        Fail(place + "/fibres",
             "no classical links join " + QuoteId(link.tx) + " and " + QuoteId(link.rx) +
                 ", which have to exchange messages",
             "set \"classical\" of a fibre to true, or add a fibre");
    }
    for (const std::string& node : {link.tx, link.rx})
    {
        if (link.classicalChannel == ScenarioClassicalChannel::OWN &&
            Find(m_nodes, node, "node", place).site != ScenarioSite::SPLIT)
        {
            Fail(place + "/classical_channel",
                 "the modules of node " + QuoteId(node) + " have no ns-3 node of their own",
                 "set \"site\" of the node to \"split\", or use \"network\"");
        }
    }
    const uint64_t poolBits = m_poolBits.at(std::minmax(link.tx, link.rx));
    if (poolBits > m_scenario.keyManagement.capacityBit)
    {
        Fail(place + "/initial_pool_bit",
             std::to_string(poolBits) + " bits do not go into a pool of " +
                 std::to_string(m_scenario.keyManagement.capacityBit),
             "give all links of " + QuoteId(link.tx) + " and " + QuoteId(link.rx) +
                 " no more than /key_management/capacity_bit, or raise that");
    }
}

void
ScenarioChecker::CheckPath(const ScenarioQkdLink& link, const std::string& place) const
{
    const std::string mend = "list fibres that lead from " + QuoteId(link.tx) + " to " +
                             QuoteId(link.rx) + ", in this order";
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
            Fail(here, "the path uses fibre " + QuoteId(id) + " twice", mend);
        }
        if (fibre.a != reached && fibre.b != reached)
        {
            Fail(here,
                 "fibre " + QuoteId(id) + " does not touch " + QuoteId(reached) +
                     ", where the path has come to",
                 mend);
        }
        reached = fibre.a == reached ? fibre.b : fibre.a;
    }
    if (reached != link.rx)
    {
        Fail(place, "the fibres end at " + QuoteId(reached) + " and not at the receiver", mend);
    }
}

void
ScenarioChecker::CheckStation(const ScenarioQkdLink& link, const std::string& place) const
{
    if (!link.stationKm)
    {
        return;
    }
    if (!NeedsStation(link.protocol))
    {
        Fail(place + "/station_km",
             "protocol " + GetScenarioProtocolName(link.protocol) + " has no central station",
             "remove it, or give a protocol that has one");
    }
    double lengthKm = 0.0;
    for (const std::string& id : link.fibres)
    {
        lengthKm += m_fibres.at(id)->lengthKm;
    }
    if (*link.stationKm > lengthKm)
    {
        Fail(place + "/station_km",
             std::to_string(*link.stationKm) + " km is beyond the fibres of " +
                 std::to_string(lengthKm) + " km",
             "give no more than their length");
    }
}

void
ScenarioChecker::CheckProtectionPaths() const
{
    const auto& groups = m_scenario.protectionGroups;
    for (std::size_t g = 0; g < groups.size(); ++g)
    {
        for (std::size_t p = 0; p < groups[g].protection.size(); ++p)
        {
            const ScenarioProtectionEntity& entity = groups[g].protection[p];
            if (entity.sameModules)
            {
                ScenarioQkdLink link = *m_links.at(entity.link);
                link.fibres = entity.fibres;
                link.stationKm = entity.stationKm;
                const std::string place =
                    "/protection_groups/" + std::to_string(g) + "/protection/" + std::to_string(p);
                CheckPath(link, place + "/fibres");
                CheckStation(link, place);
            }
        }
    }
}

void
ScenarioChecker::CheckSession(const ScenarioSession& session, const std::string& place) const
{
    Find(m_nodes, session.master, "node", place + "/master");
    Find(m_nodes, session.slave, "node", place + "/slave");
    CheckScenarioSession(m_scenario, session, m_qkdParts, m_source, place);
}

void
ScenarioChecker::CheckThresholds(const ScenarioQkdLink& link, const std::string& place) const
{
    const std::string mend = "lower it, or raise the other one";
    if (link.qberWarning > link.qberAbort)
    {
        Fail(place + "/qber_warning",
             std::to_string(link.qberWarning) + " is above qber_abort, " +
                 std::to_string(link.qberAbort),
             mend);
    }
    if (link.qberWarningClear > link.qberWarning)
    {
        Fail(place + "/qber_warning_clear",
             std::to_string(link.qberWarningClear) + " is above qber_warning, " +
                 std::to_string(link.qberWarning),
             mend);
    }
    if (link.qberClear > link.qberAbort)
    {
        Fail(place + "/qber_clear",
             std::to_string(link.qberClear) + " is above qber_abort, " +
                 std::to_string(link.qberAbort),
             mend);
    }
}

} // namespace

void
CheckScenario(const Scenario& scenario, const std::string& source)
{
    ScenarioChecker(scenario, source).Check();
    CheckScenarioFlow(scenario, source);
}

} // namespace qkdn
} // namespace ns3
