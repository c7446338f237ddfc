/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-session-checker.h"

#include "qkdn-scenario-error.h"

#include "ns3/qkdn-link-state-route-provider.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience
 * @brief Checks one session of a scenario.
 */
class SessionChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param session the session
     * @param source name of the file
     * @param place JSON pointer to the session
     */
    SessionChecker(const Scenario& scenario,
                   const ScenarioSession& session,
                   const std::string& source,
                   const std::string& place)
        : m_scenario(scenario),
          m_session(session),
          m_source(source),
          m_place(place)
    {
    }

    /**
     * @brief Check that key can come from one end to the other.
     * @param qkdParts the parts that QKD links join
     */
    void CheckEnds(const ScenarioParts& qkdParts) const;

    /**
     * @brief Whether anybody finds routes over several hops and further ones.
     * @return true if so
     */
    bool HasRouteProvider() const
    {
        return !m_scenario.controllers.empty() ||
               m_scenario.routing.provider == ScenarioRouteProvider::LINK_STATE;
    }

    /// Check that there is somebody to find routes if resilience needs that.
    void CheckResilience() const;

    /// Check that applications can reach their key managers.
    void CheckApplications() const;

    /**
     * @brief Check that one application can reach its key manager.
     * @param key place of its node below the session
     * @param node its node
     * @param km node of its key manager
     */
    void CheckApplication(const std::string& key,
                          const std::string& node,
                          const std::string& km) const;

    /// Check sizes against the pools.
    void CheckSizes() const;

    /// Check that it starts and stops within the run.
    void CheckTimes() const;

  private:
    /**
     * @brief Report an error.
     * @param key place below the session
     * @param problem what is wrong
     * @param mend what to do
     */
    [[noreturn]] void Fail(const std::string& key,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_source, m_place + key, problem, mend);
    }

    const Scenario& m_scenario;       //!< the scenario
    const ScenarioSession& m_session; //!< the session
    const std::string& m_source;      //!< name of the file
    const std::string& m_place;       //!< JSON pointer to the session
};

void
SessionChecker::CheckEnds(const ScenarioParts& qkdParts) const
{
    const std::string& master = m_session.master;
    const std::string& slave = m_session.slave;
    if (master == slave)
    {
        Fail("/slave",
             "master and slave are both at " + QuoteId(master),
             "give two different nodes");
    }
    for (const bool isMaster : {true, false})
    {
        const std::string& node = isMaster ? master : slave;
        if (!qkdParts.Has(node))
        {
            Fail(isMaster ? "/master" : "/slave",
                 "node " + QuoteId(node) + " has no QKD link, hence no key manager",
                 "add a QKD link that ends there, or give another node");
        }
    }
    const auto& links = m_scenario.qkdLinks;
    const auto joins = [&master, &slave](const auto& link) {
        return (link.tx == master && link.rx == slave) || (link.tx == slave && link.rx == master);
    };
    const std::string ends = QuoteId(master) + " and " + QuoteId(slave);
    if (!HasRouteProvider() && std::none_of(links.begin(), links.end(), joins))
    {
        Fail("/slave",
             "session " + QuoteId(m_session.id) + ": no QKD link joins " + ends +
                 ", and key relay over several hops needs a controller",
             "add one to /controllers, add such a link, give two nodes that have one, or "
             "\"link-state\" for /routing/provider");
    }
    if (!qkdParts.AreJoined(master, slave))
    {
        Fail("/slave",
             "session " + QuoteId(m_session.id) + ": no chain of QKD links leads from " +
                 QuoteId(master) + " to " + QuoteId(slave),
             "add QKD links that do, or give other nodes");
    }
}

void
SessionChecker::CheckResilience() const
{
    const ScenarioResilience& resilience = m_session.resilience;
    if (m_scenario.controllers.empty())
    {
        if (!resilience.scheme.empty())
        {
            Fail("/resilience/class",
                 Excerpt(resilience.scheme) + " of session " + QuoteId(m_session.id) +
                     " needs a controller",
                 "add one to /controllers, or give \"unprotected\"");
        }
        if (resilience.resilienceClass != CLASS_UNPROTECTED &&
            (!HasRouteProvider() || !LinkStateRouteProvider::Serves(resilience.resilienceClass)))
        {
            Fail("/resilience/class",
                 std::string(ResilienceClassName(resilience.resilienceClass)) + " of session " +
                     QuoteId(m_session.id) + " needs a controller",
                 "add one to /controllers, or give \"unprotected\", or \"link-state\" for "
                 "/routing/provider");
        }
        if (resilience.restoration != RESTORATION_ONE_PATH ||
            resilience.escalation != ESCALATION_NONE)
        {
            const bool escalates = resilience.escalation != ESCALATION_NONE;
            Fail(escalates ? "/resilience/escalation" : "/resilience/restoration",
                 "session " + QuoteId(m_session.id) + " needs a controller that restores it",
                 std::string("add one to /controllers, or give ") +
                     (escalates ? "\"none\"" : "\"one-path\""));
        }
        if (resilience.extraTraffic)
        {
            Fail("/resilience/extra_traffic",
                 "session " + QuoteId(m_session.id) +
                     " needs a controller that gives it protection routes of others to use",
                 "add one to /controllers, or give false");
        }
    }
    if (m_session.minRateKeysPerS > m_session.rateKeysPerS)
    {
        Fail("/min_rate_keys_per_s",
             "session " + QuoteId(m_session.id) + " accepts no less than it asks for",
             "give at most rate_keys_per_s");
    }
    if (resilience.extraTraffic && !resilience.scheme.empty())
    {
        Fail("/resilience/extra_traffic",
             "the routes of session " + QuoteId(m_session.id) +
                 " are those of others, not what its class plans",
             "give false, or another class");
    }
    if (resilience.extraTraffic && UsesSeveralRoutes(resilience.resilienceClass))
    {
        Fail("/resilience/extra_traffic",
             "session " + QuoteId(m_session.id) +
                 " uses several routes at once, and extra traffic "
                 "uses one",
             "give false, or another class");
    }
    if (resilience.extraTraffic && resilience.escalation != ESCALATION_NONE)
    {
        Fail("/resilience/escalation",
             "session " + QuoteId(m_session.id) + " is extra traffic, which gives way to others",
             "give \"none\", or false for extra_traffic");
    }
    if (resilience.GetThreshold() > resilience.GetShares())
    {
        Fail("/resilience/threshold",
             std::to_string(resilience.GetThreshold()) + " shares of " +
                 std::to_string(resilience.GetShares()) + " cannot be had",
             "give no more than shares, or raise that");
    }
    const uint64_t capacity = m_scenario.keyManagement.capacityBit;
    if (resilience.protectionReserveBit > capacity)
    {
        Fail("/resilience/protection_reserve_bit",
             "a pool of " + std::to_string(capacity) + " bits never holds more than " +
                 std::to_string(resilience.protectionReserveBit),
             "give less, or raise /key_management/capacity_bit");
    }
}

void
SessionChecker::CheckApplications() const
{
    const std::string master = m_session.GetApplicationNode(true);
    const std::string slave = m_session.GetApplicationNode(false);
    CheckApplication("/master_application", master, m_session.master);
    CheckApplication("/slave_application", slave, m_session.slave);
    if (master == slave)
    {
        Fail("/slave_application",
             "both applications are at " + QuoteId(slave),
             "give two different nodes");
    }
}

void
SessionChecker::CheckApplication(const std::string& key,
                                 const std::string& node,
                                 const std::string& km) const
{
    const auto& nodes = m_scenario.nodes;
    if (std::none_of(nodes.begin(), nodes.end(), [&node](const ScenarioNode& known) {
            return known.id == node;
        }))
    {
        Fail(key, "no node is called " + QuoteId(node), "give the id of one in /nodes");
    }
    if (node != km && m_session.ak != ScenarioAk::HTTP)
    {
        Fail(key,
             "an application at " + QuoteId(node) + " cannot call the key manager at " +
                 QuoteId(km) + " in process",
             "give \"http\" for ak, or leave this out");
    }
    if (node != km && !ScenarioParts::OfClassicalLinks(m_scenario).AreJoined(node, km))
    {
        Fail(key,
             "no classical links join " + QuoteId(node) + " and " + QuoteId(km) +
                 ", where its key manager is",
             "add a fibre with a classical link, or give another node");
    }
}

void
SessionChecker::CheckSizes() const
{
    if (m_session.keySizeBit % 8 != 0)
    {
        Fail("/key_size_bit",
             std::to_string(m_session.keySizeBit) + " is no multiple of 8",
             "give whole bytes");
    }
    const auto& pool = m_scenario.keyManagement;
    if (m_session.keySizeBit > pool.capacityBit - pool.reserveBit)
    {
        Fail("/key_size_bit",
             std::to_string(m_session.keySizeBit) + " bits never come out of a pool of " +
                 std::to_string(pool.capacityBit) + " with a reserve of " +
                 std::to_string(pool.reserveBit),
             "give less, or raise /key_management/capacity_bit");
    }
    const ScenarioKsaPool& keys = m_session.ksaPool;
    if (keys.lowKeys > keys.highKeys)
    {
        Fail("/ksa_pool/low_keys",
             std::to_string(keys.lowKeys) + " is above high_keys, " + std::to_string(keys.highKeys),
             "give no more than high_keys, or raise that");
    }
}

void
SessionChecker::CheckTimes() const
{
    const Time end = m_scenario.simulation.duration;
    const Time start = m_session.start;
    const Time stop = m_session.stop;
    if (start >= end)
    {
        Fail("/start_s",
             TimeText(start) + " is not before the end of the run at " + TimeText(end),
             "start earlier, or raise /simulation/duration_s");
    }
    if (stop > end)
    {
        Fail("/stop_s",
             TimeText(stop) + " is after the end of the run at " + TimeText(end),
             "stop earlier, or raise /simulation/duration_s");
    }
    if (stop <= start)
    {
        Fail("/stop_s",
             TimeText(stop) + " is not after the start at " + TimeText(start),
             "stop later");
    }
}

} // namespace

void
CheckScenarioSession(const Scenario& scenario,
                     const ScenarioSession& session,
                     const ScenarioParts& qkdParts,
                     const std::string& source,
                     const std::string& place)
{
    const SessionChecker checker(scenario, session, source, place);
    checker.CheckEnds(qkdParts);
    checker.CheckApplications();
    checker.CheckResilience();
    checker.CheckSizes();
    checker.CheckTimes();
}

} // namespace qkdn
} // namespace ns3
