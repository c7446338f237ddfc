/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAILOVER_FIXTURE_H
#define QKDN_FAILOVER_FIXTURE_H

#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-km-control-agent.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of runs with two controllers, C1 and C2: what key managers install, and what
 * controllers command, over the whole run.
 */
class FailoverTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    /**
     * @brief The example of a controller that fails, with a cut at 10 s.
     * @param top folder of the module
     * @param overrides further values to replace
     * @return the scenario
     */
    static Scenario ReadFailoverScenario(const std::string& top,
                                         const std::vector<ScenarioOverride>& overrides)
    {
        std::vector<ScenarioOverride> all = {{"/simulation/duration_s", "30"},
                                             {"/faults/0/at_s", "10"},
                                             {"/faults/0/repair_after_s", "100"}};
        all.insert(all.end(), overrides.begin(), overrides.end());
        return ScenarioReader::ReadFile(top + "/examples/scenarios/controller-failover.json", all);
    }

    /**
     * @brief Build a scenario and watch it.
     * @param scenario the scenario
     */
    void Build(const Scenario& scenario)
    {
        m_installs.clear();
        m_routes.clear();
        m_held.clear();
        m_decided.clear();
        m_commands.clear();
        m_roles.clear();
        m_builder = std::make_unique<ScenarioBuilder>(scenario, "test.json");
        for (const ScenarioNode& node : scenario.nodes)
        {
            if (const auto km = m_builder->GetKeyManager(node.id))
            {
                km->GetControlAgent()->TraceConnectWithoutContext(
                    "Route",
                    MakeCallback(&FailoverTest::RouteChanged, this));
            }
        }
        for (const char* id : {"C1", "C2"})
        {
            const auto controller = m_builder->GetController(id);
            controller->GetRedundancy()->TraceConnectWithoutContext(
                "Role",
                MakeCallback(&FailoverTest::RoleChanged, this));
            controller->TraceConnectWithoutContext("Recovery",
                                                   MakeCallback(&FailoverTest::Decided, this));
            controller->GetEndpoint()->TraceConnect("Sent",
                                                    id,
                                                    MakeCallback(&FailoverTest::MessageSent, this));
        }
    }

    /**
     * @brief Run on.
     * @param seconds until when
     */
    void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    /// The run is over.
    void End()
    {
        m_builder.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Expect that in the whole run these routes were installed and no other, each once at
     * each of its key managers, and that each decision to restore was made once.
     * @param what which case it is
     * @param expected the key managers of each route, for example "1-3-4-2"; a second route over
     * the same ones would be one more
     */
    void ExpectInstalledOnce(const std::string& what, std::multiset<std::string> expected)
    {
        std::multiset<std::string> ever;
        for (const auto& [id, kms] : m_routes)
        {
            std::string name;
            for (const KmId km : kms)
            {
                name += (name.empty() ? "" : "-") + std::to_string(km.value);
                NS_TEST_EXPECT_MSG_EQ(m_installs[id][km],
                                      1,
                                      what << ": route " << id << " at KM " << km);
            }
            NS_TEST_EXPECT_MSG_EQ(m_installs[id].size(),
                                  kms.size(),
                                  what << ": route " << id << " at its KMs only");
            ever.insert(name);
        }
        NS_TEST_EXPECT_MSG_EQ(Join(ever), Join(expected), what << ": routes of the whole run");
        for (const auto& [id, times] : m_decided)
        {
            NS_TEST_EXPECT_MSG_EQ(times, 1, what << ": decisions for route " << id);
        }
    }

    /**
     * @brief Expect that C1 sent one command to each key manager of each route that it chose in
     * term 1, and C2 in term 2 no more than that for its own ones, and twice for those that it
     * took over: with its role, and when the key manager has registered.
     * @param what which case it is
     */
    void ExpectCommands(const std::string& what)
    {
        std::map<uint32_t, uint32_t> kms; // of routes, by the term in which they were chosen
        for (const auto& [id, route] : m_routes)
        {
            kms[id.value >> TERM_SHIFT] += static_cast<uint32_t>(route.size());
        }
        NS_TEST_EXPECT_MSG_EQ(m_commands["C1"], kms[1], what << ": commands of C1");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(m_commands["C2"], 2 * kms[1] + kms[2], what << ": and of C2");
    }

    /**
     * @brief Expect that the manager's table has the routes that key managers hold, and no other.
     * @param what which case it is
     */
    void ExpectTable(const std::string& what)
    {
        std::map<RouteId, std::set<KmId>> known;
        for (const auto& [id, route] : m_builder->GetManager()->GetInventory().GetRoutes())
        {
            if (route.status.state != MC_ROUTE_RELEASED)
            {
                const std::vector<KmId>& kms = route.status.route.kms;
                known[id] = std::set<KmId>(kms.begin(), kms.end());
            }
        }
        NS_TEST_EXPECT_MSG_EQ((known == m_held), true, what << ": the table is that of the KMs");
    }

    /**
     * @brief Expect that requirements are met.
     * @param what which case it is
     * @param results of the run
     * @param ids the requirements
     */
    void ExpectSatisfied(const std::string& what,
                         const ExperimentResults& results,
                         const std::set<std::string>& ids)
    {
        std::size_t found = 0;
        for (const RequirementResult& result : results.requirements)
        {
            if (ids.count(result.id) > 0)
            {
                ++found;
                NS_TEST_EXPECT_MSG_EQ(result.status,
                                      REQUIREMENT_SATISFIED,
                                      what << ": " << result.id << " " << result.reason);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(found, ids.size(), what << ": requirements");
    }

    /**
     * @brief Expect that C2 took the place of C1.
     * @param what which case it is
     */
    void ExpectTakeover(const std::string& what)
    {
        NS_TEST_ASSERT_MSG_EQ(m_roles.size(), 2, what << ": the first, then the second");
        NS_TEST_EXPECT_MSG_EQ(m_roles[0].first.number, 1, what);
        NS_TEST_EXPECT_MSG_EQ(m_roles[1].first.number, 2, what);
        NS_TEST_EXPECT_MSG_EQ(m_roles[1].first.term, 2, what);
    }

    std::unique_ptr<ScenarioBuilder> m_builder;             //!< the simulation
    std::map<RouteId, std::map<KmId, uint32_t>> m_installs; //!< installations so far
    std::map<RouteId, std::vector<KmId>> m_routes;          //!< routes that were ever installed
    std::map<RouteId, std::set<KmId>> m_held;               //!< who has which route now
    std::map<RouteId, uint32_t> m_decided;                  //!< decisions to restore over it
    std::map<std::string, uint32_t> m_commands;             //!< commands to install, sent
    std::vector<std::pair<ControllerTerm, bool>> m_roles;   //!< roles that were taken

  private:
    /// Numbers of routes begin with the term in which they are given.
    static constexpr uint32_t TERM_SHIFT = 20;

    /// Names in one line.
    static std::string Join(const std::multiset<std::string>& names)
    {
        std::string text;
        for (const std::string& name : names)
        {
            text += (text.empty() ? "" : " ") + name;
        }
        return text;
    }

    /// @cond
    void RouteChanged(KmId km, const KeyRoute& route, bool installed)
    {
        if (installed)
        {
            ++m_installs[route.id][km];
            m_routes[route.id] = route.kms;
            m_held[route.id].insert(km);
        }
        else if (m_held[route.id].erase(km) > 0 && m_held[route.id].empty())
        {
            m_held.erase(route.id);
        }
    }

    void Decided(const SessionRecovery& recovery, IncidentId /* incident */)
    {
        for (const RouteId route : recovery.routes)
        {
            ++m_decided[route];
        }
    }

    void MessageSent(std::string controller,
                     const Address& /* local */,
                     const Address& /* remote */,
                     uint16_t type,
                     uint32_t /* bytes */,
                     IncidentId /* incident */)
    {
        m_commands[controller] += type == CK_ROUTE_INSTALL ? 1 : 0;
    }

    void RoleChanged(const ControllerTerm& term, bool active)
    {
        m_roles.emplace_back(term, active);
    }

    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAILOVER_FIXTURE_H */
