/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESTORATION_NETWORK_H
#define QKDN_RESTORATION_NETWORK_H

#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-km-control-agent.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Runs of a network of four QKD nodes with three ways from A to D: the QKD link AD, over B,
 * and over C. Fibre f-AD is cut from CUT_S to REPAIR_S.
 */
class RestorationTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    using Overrides = std::vector<ScenarioOverride>; //!< changes of the scenario

    static constexpr uint64_t DEMAND_BPS = 2048; //!< 8 keys of 256 bits a second
    static constexpr double CUT_S = 12;          //!< fibre f-AD is cut
    static constexpr double REPAIR_S = 32;       //!< it is good again
    static constexpr double STOP_S = 46;         //!< no request any more
    static constexpr double END_S = 50;          //!< end of the run

    /**
     * @brief The network.
     * @return text of a scenario file
     */
    static std::string GetText()
    {
        return R"({
  "name": "three-ways",
  "simulation": {"duration_s": 50, "distillation": "ideal"},
  "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}, {"id": "NOC"}],
  "fibres": [{"id": "f-AD", "a": "A", "b": "D", "length_km": 20},
             {"id": "f-AB", "a": "A", "b": "B", "length_km": 20},
             {"id": "f-BD", "a": "B", "b": "D", "length_km": 20},
             {"id": "f-AC", "a": "A", "b": "C", "length_km": 20},
             {"id": "f-CD", "a": "C", "b": "D", "length_km": 20},
             {"id": "f-NA", "a": "NOC", "b": "A", "length_km": 10},
             {"id": "f-NB", "a": "NOC", "b": "B", "length_km": 10},
             {"id": "f-NC", "a": "NOC", "b": "C", "length_km": 10},
             {"id": "f-ND", "a": "NOC", "b": "D", "length_km": 10}],
  "qkd_links": [
    {"id": "AD", "tx": "A", "rx": "D", "fibres": ["f-AD"], "initial_pool_bit": 40000,
     "initial_state": "running", "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000}},
    {"id": "AB", "tx": "A", "rx": "B", "fibres": ["f-AB"], "initial_pool_bit": 40000,
     "initial_state": "running", "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000}},
    {"id": "BD", "tx": "B", "rx": "D", "fibres": ["f-BD"], "initial_pool_bit": 40000,
     "initial_state": "running", "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000}},
    {"id": "AC", "tx": "A", "rx": "C", "fibres": ["f-AC"], "initial_pool_bit": 40000,
     "initial_state": "running", "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000}},
    {"id": "CD", "tx": "C", "rx": "D", "fibres": ["f-CD"], "initial_pool_bit": 40000,
     "initial_state": "running", "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000}}
  ],
  "key_management": {"kx_authentication": "none", "reserve_bit": 0},
  "controllers": [{"id": "C1", "node": "NOC"}],
  "manager": {"node": "NOC"},
  "sessions": [{"id": "S", "master": "A", "slave": "D", "key_size_bit": 256, "rate_keys_per_s": 8,
                "stop_s": 46, "deadline_s": 0.5, "request_lifetime_s": 1,
                "resilience": {"class": "restoration", "trigger": "link-down", "wtr_s": 3}}],
  "faults": [{"id": "cut", "at_s": 12, "type": "fibre-cut", "target": "f-AD",
              "repair_after_s": 20}]
})";
    }

    /**
     * @brief Make key scarce on the ways over B and C.
     * @param bps key rate of each of their links
     * @param poolBits size of pools, which are full at the start
     * @return the changes
     */
    static Overrides GetRates(uint32_t bps, uint32_t poolBits)
    {
        Overrides changes;
        changes.push_back({"/key_management/capacity_bit", std::to_string(poolBits)});
        changes.push_back({"/qkd_links/0/initial_pool_bit", std::to_string(poolBits)});
        for (const int link : {1, 2, 3, 4})
        {
            const std::string place = "/qkd_links/" + std::to_string(link);
            changes.push_back({place + "/protocol/rate_bps", std::to_string(bps)});
            changes.push_back({place + "/initial_pool_bit", std::to_string(poolBits)});
        }
        return changes;
    }

    /**
     * @brief Run the network, and compare at the end the routes that KMs hold with those that the
     * manager knows.
     * @param changes changes of the scenario
     * @return what was measured
     */
    ExperimentResults RunNetwork(const Overrides& changes)
    {
        const Scenario scenario = ScenarioReader::ReadString(GetText(), "three-ways", changes);
        RngSeedManager::SetSeed(scenario.simulation.seed);
        RngSeedManager::SetRun(scenario.simulation.run);
        m_chosen = 0;
        ExperimentResults results;
        {
            ScenarioBuilder builder(scenario, "three-ways");
            builder.GetController("C1")->TraceConnectWithoutContext(
                "Recovery",
                MakeCallback(&RestorationTest::NoteRecovery, this));
            builder.GetKeyManager("A")->GetMasterAgent()->TraceConnectWithoutContext(
                "KeyEvent",
                MakeCallback(&RestorationTest::NoteKey, this));
            m_held.clear();
            for (const char* node : {"A", "B", "C", "D"})
            {
                builder.GetKeyManager(node)->GetControlAgent()->TraceConnectWithoutContext(
                    "Route",
                    MakeCallback(&RestorationTest::NoteRoute, this));
            }
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            CompareRoutes(builder);
            results = builder.GetMonitor()->Collect(scenario.simulation.warmUp);
        }
        Simulator::Destroy();
        return results;
    }

    /**
     * @brief The last decision to restore the session.
     * @return what was decided
     */
    const SessionRecovery& GetChosen() const
    {
        return m_recovery;
    }

    /**
     * @brief Check that books balance and stages add up, and that no rule was broken.
     * @param results of the run
     * @param what the run
     */
    void CheckHonest(const ExperimentResults& results, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(results.conservation.Balances(), true, what << ": books");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, what << ": violations");
        for (const RecoveryResult& recovery : results.recoveries)
        {
            const RecoveryStages stages = recovery.markers.ComputeStages();
            Time sum;
            for (const Time& stage : stages.stage)
            {
                sum += stage;
            }
            NS_TEST_EXPECT_MSG_EQ(stages.total.value_or(sum), sum, what << ": stages add up");
        }
        for (const RequirementResult& requirement : results.requirements)
        {
            // the log and the table of routes of the manager agree with the KMs
            NS_TEST_EXPECT_MSG_EQ(
                (requirement.id == "R-M1" && requirement.status == REQUIREMENT_VIOLATED),
                false,
                what << ": R-M1: " << requirement.reason);
        }
    }

    /**
     * @brief Check that the session is served as before when all is repaired.
     * @param results of the run
     * @param what the run
     */
    void CheckServedAtEnd(const ExperimentResults& results, const std::string& what)
    {
        uint32_t requests = 0;
        for (const RequestResult& request : results.requests)
        {
            if (request.issued > Seconds(REPAIR_S + 8))
            {
                ++requests;
                NS_TEST_EXPECT_MSG_EQ(request.outcome,
                                      REQUEST_ON_TIME,
                                      what << ": request of " << request.issued.As(Time::S));
            }
        }
        NS_TEST_EXPECT_MSG_GT(requests, 20, what << ": requests");
        NS_TEST_EXPECT_MSG_EQ(m_routesAtEnd, GetRoutesExpected(), what << ": routes at the end");
    }

    /**
     * @brief How many routes KMs hold when all is repaired.
     * @return the working route alone
     */
    virtual std::size_t GetRoutesExpected() const
    {
        return 1;
    }

    /**
     * @brief Status of a requirement.
     * @param results of the run
     * @param id the requirement
     * @return its name
     */
    static std::string GetStatus(const ExperimentResults& results, const std::string& id)
    {
        for (const RequirementResult& requirement : results.requirements)
        {
            if (requirement.id == id)
            {
                return RequirementStatusName(requirement.status);
            }
        }
        return "unknown";
    }

    uint32_t m_chosen{0};                 //!< decisions to restore the session
    std::function<void(RouteId)> m_onKey; //!< told of each key that is confirmed

  private:
    /// The controller decides.
    void NoteRecovery(const SessionRecovery& recovery, IncidentId)
    {
        ++m_chosen;
        m_recovery = recovery;
    }

    /// Something happens to a key of the session.
    void NoteKey(const KsaKeyEvent& event)
    {
        if (event.kind == KSA_EVENT_CONFIRMED && m_onKey)
        {
            m_onKey(event.route);
        }
    }

    /// A KM installs or releases a route.
    void NoteRoute(KmId km, const KeyRoute& route, bool installed)
    {
        std::set<KmId>& holders = m_held[route.id];
        if (installed)
        {
            holders.insert(km);
        }
        else
        {
            holders.erase(km);
        }
        if (holders.empty())
        {
            m_held.erase(route.id);
        }
    }

    /// No KM holds a route that the manager does not know, and the other way round.
    void CompareRoutes(const ScenarioBuilder& builder)
    {
        std::map<RouteId, std::set<KmId>> known;
        for (const auto& [id, route] : builder.GetManager()->GetInventory().GetRoutes())
        {
            if (route.status.state != MC_ROUTE_RELEASED)
            {
                const std::vector<KmId>& kms = route.status.route.kms;
                known[id] = std::set<KmId>(kms.begin(), kms.end());
            }
        }
        NS_TEST_EXPECT_MSG_EQ((m_held == known), true, "routes of KMs are those of the manager");
        m_routesAtEnd = m_held.size();
    }

    SessionRecovery m_recovery;               //!< the last decision
    std::map<RouteId, std::set<KmId>> m_held; //!< routes that KMs hold
    std::size_t m_routesAtEnd{0};             //!< as many of them at the end
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESTORATION_NETWORK_H */
