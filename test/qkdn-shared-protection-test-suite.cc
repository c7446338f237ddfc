/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-test-network.h"

#include "ns3/enum.h"
#include "ns3/qkdn-demand-table.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/qkdn-shared-spare-table.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A failure of a risk group.
NetworkRisk
Group(const std::string& name)
{
    return {NetworkRisk::GROUP, KmId(), KmId(), name};
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief The spare key rate is what its definition says, on random routes, whatever comes and goes.
 */
class SharedSpareTableTest : public TestCase
{
  public:
    SharedSpareTableTest()
        : TestCase("shared spare key rate against its definition")
    {
    }

  private:
    /// A protection route as the definition needs it.
    struct Backup
    {
        KeyRoute route;              //!< the route
        std::set<KmHop> hops;        //!< its hops
        std::set<NetworkRisk> risks; //!< failures of its working route
        uint64_t bps;                //!< demand, bit/s
    };

    static constexpr uint32_t HOPS = 8;   //!< hops of the network
    static constexpr uint32_t GROUPS = 6; //!< failures

    /// A hop by number.
    static KmHop Hop(uint32_t i)
    {
        return KmHop(KmId(i + 1), KmId(i + 2));
    }

    /**
     * @brief Compare the table with the largest sum over failures, by the definition, and what it
     * says with what a table of demands says of the same routes if each has key rate of its own.
     * @param table the table
     * @param own the same routes, not shared
     * @param backups the same routes as the definition needs them
     */
    void Check(const SharedSpareTable& table,
               const DemandTable& own,
               const std::map<RouteId, Backup>& backups)
    {
        const auto flows = own.GetFlows();
        for (uint32_t i = 0; i < HOPS; ++i)
        {
            const auto flow = flows.find(Hop(i));
            const uint64_t dedicated = flow == flows.end() ? 0 : flow->second.protection;
            uint64_t worst = 0;
            for (uint32_t f = 0; f < GROUPS; ++f)
            {
                uint64_t sum = 0;
                for (const auto& [id, backup] : backups)
                {
                    const bool hit = backup.hops.count(Hop(i)) > 0;
                    sum += hit && backup.risks.count(Group(std::to_string(f))) > 0 ? backup.bps : 0;
                }
                worst = std::max(worst, sum);
            }
            NS_TEST_ASSERT_MSG_EQ(table.Get(Hop(i)), worst, "the worst single failure");
            NS_TEST_ASSERT_MSG_LT_OR_EQ(table.Get(Hop(i)), dedicated, "shared never needs more");
            m_saved += dedicated - table.Get(Hop(i));
        }
    }

    /**
     * @brief Draw a protection route of up to three hops, and what its working route fails by.
     * @param id its number
     * @param draw gives numbers
     * @return the route; a demand of 0 is a session that asks for nothing
     */
    static Backup Draw(RouteId id, UniformRandomVariable& draw)
    {
        Backup backup{{id, SessionId(id.value), ROUTE_PROTECTION, {}, 0},
                      {},
                      {},
                      draw.GetInteger(0, 9)};
        const uint32_t first = draw.GetInteger(0, HOPS - 1);
        const uint32_t last = std::min(first + draw.GetInteger(0, 2), HOPS - 1);
        for (uint32_t i = first; i <= last + 1; ++i)
        {
            backup.route.kms.emplace_back(i + 1);
            if (i <= last)
            {
                backup.hops.insert(Hop(i));
            }
        }
        for (uint32_t k = 0; k < 3; ++k)
        {
            backup.risks.insert(Group(std::to_string(draw.GetInteger(0, GROUPS - 1))));
        }
        return backup;
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(4711);
        SharedSpareTable table;
        DemandTable own;
        std::map<RouteId, Backup> backups;
        for (uint32_t step = 1; step <= 400; ++step)
        {
            if (backups.size() > 10 || (!backups.empty() && draw->GetInteger(0, 2) == 0))
            {
                auto gone = backups.begin();
                std::advance(gone, draw->GetInteger(0, backups.size() - 1));
                table.Remove(gone->first);
                own.Remove(gone->second.route, gone->second.bps);
                backups.erase(gone);
            }
            else
            {
                Backup backup = Draw(RouteId(step), *draw);
                const std::vector<KmHop> hops(backup.hops.begin(), backup.hops.end());
                const uint64_t forecast = table.GetWith(hops[0], backup.risks, backup.bps);
                table.Add(RouteId(step), hops, backup.risks, backup.bps);
                own.Add(backup.route, backup.bps);
                NS_TEST_ASSERT_MSG_EQ(table.Get(hops[0]), forecast, "as forecast");
                backups[RouteId(step)] = backup;
            }
            Check(table, own, backups);
        }
        NS_TEST_EXPECT_MSG_GT(m_saved, 1000, "sharing spared key rate");
        for (const auto& backup : backups)
        {
            table.Remove(backup.first);
            own.Remove(backup.second.route, backup.second.bps);
        }
        Check(table, own, {});
    }

    uint64_t m_saved{0}; //!< what dedicated routes would have needed beyond, bit/s
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is promised is shown by use, and nothing is left after the end.
 */
class KeyFlowTest : public TestCase
{
  public:
    KeyFlowTest()
        : TestCase("key rate by use on each hop")
    {
    }

  private:
    void DoRun() override
    {
        const auto route = [](uint32_t id, RouteRole role) {
            return KeyRoute{RouteId(id), SessionId(id), role, {KmId(1), KmId(2), KmId(3)}, 0};
        };
        DemandTable table;
        table.Add(route(1, ROUTE_WORKING), 100);
        table.Add(route(2, ROUTE_PROTECTION), 20);
        table.Add(route(3, ROUTE_EXTRA), 7);
        table.Add(route(4, ROUTE_RECOVERY), 3);
        table.AddShared(route(5, ROUTE_PROTECTION), {Group("a")}, 40);
        table.AddShared(route(6, ROUTE_PROTECTION), {Group("b")}, 50);
        const auto flows = table.GetFlows();
        NS_TEST_ASSERT_MSG_EQ(flows.size(), 2, "two hops");
        const HopFlow flow = flows.at(KmHop(KmId(2), KmId(3)));
        NS_TEST_EXPECT_MSG_EQ(flow.working, 100, "working");
        NS_TEST_EXPECT_MSG_EQ(flow.protection, 20, "protection of its own");
        NS_TEST_EXPECT_MSG_EQ(flow.shared, 50, "the larger of 40 and 50");
        NS_TEST_EXPECT_MSG_EQ(flow.extra, 7, "extra traffic");
        NS_TEST_EXPECT_MSG_EQ(flow.recovery, 3, "recovery");
        const KmHop hop(KmId(1), KmId(2));
        NS_TEST_EXPECT_MSG_EQ(table.GetUsed(hop, ROUTE_WORKING), 173, "100 + 3 + 20 + 50");
        NS_TEST_EXPECT_MSG_EQ(table.GetUsed(hop, ROUTE_EXTRA), 110, "100 + 3 + 7");
        NS_TEST_EXPECT_MSG_EQ(table.GetUsedWithShared(hop, {Group("a")}, 25), 188, "65, not 50");
        NS_TEST_EXPECT_MSG_EQ(table.GetUsedWithShared(hop, {Group("c")}, 25), 173, "nothing more");
        NS_TEST_EXPECT_MSG_EQ(table.GetUsedAfterFailure(hop, RouteId(5)), 163, "40, not 50");
        DemandTable branch = table.Branch();
        branch.Remove(route(1, ROUTE_WORKING), 100);
        branch.Remove(route(6, ROUTE_PROTECTION), 50);
        branch.Add({RouteId(7), SessionId(7), ROUTE_WORKING, {KmId(3), KmId(4)}, 0}, 1);
        NS_TEST_EXPECT_MSG_EQ(branch.GetUsed(hop, ROUTE_WORKING), 63, "3 + 20 + 40");
        NS_TEST_EXPECT_MSG_EQ(branch.GetFlows().size(), 3, "a further hop");
        NS_TEST_EXPECT_MSG_EQ(branch.GetFlows().at(hop).working, 0, "taken back in the branch");
        NS_TEST_EXPECT_MSG_EQ(table.GetUsed(hop, ROUTE_WORKING), 173, "as before");
        NS_TEST_EXPECT_MSG_EQ(table.GetFlows().size(), 2, "as before");
        const std::map<uint32_t, std::pair<RouteRole, uint64_t>> all{{1, {ROUTE_WORKING, 100}},
                                                                     {2, {ROUTE_PROTECTION, 20}},
                                                                     {3, {ROUTE_EXTRA, 7}},
                                                                     {4, {ROUTE_RECOVERY, 3}},
                                                                     {5, {ROUTE_PROTECTION, 40}},
                                                                     {6, {ROUTE_PROTECTION, 50}}};
        for (const auto& [id, what] : all)
        {
            table.Remove(route(id, what.first), what.second);
        }
        NS_TEST_EXPECT_MSG_EQ(table.GetFlows().size(), 0, "all was taken back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two sessions that no failure moves together have one spare key rate; who comes second
 * has no protection while the first one uses it.
 */
class ControllerSharedProtectionTest : public ControllerTest
{
  public:
    ControllerSharedProtectionTest()
        : ControllerTest("two sessions share key rate of their protection routes")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("Admission", EnumValue(ADMISSION_RATE));
        m_controller->TraceConnectWithoutContext(
            "KeyFlow",
            MakeCallback(&ControllerSharedProtectionTest::NoteFlow, this));
        // 1-2-4, protected by 1-3-4; 1-3, protected by 1-2-4-3: both need hop 34
        AddSession(1, 4, CLASS_ROUTE_SHARED).policy.demandBps = 500;
        AddSession(2, 3, CLASS_ROUTE_SHARED).policy.demandBps = 500;
        SetKeyRate(34, 600);
        RunUntil(5);
        ExpectText(TakeKm(4),
                   "install r1 working 124; install r2 protection 134; install r4 protection 1243",
                   "hop 34 has room for one of them");
        const KmHop common(KmId(3), KmId(4));
        const auto flow = m_controller->GetDemand().GetFlows().at(common);
        NS_TEST_EXPECT_MSG_EQ(flow.shared, 500, "counted once");
        NS_TEST_EXPECT_MSG_EQ(flow.protection, 0, "none of its own");
        ExpectText(TakeKm(1).substr(0, 30), "install r1 working 124; instal", "master");

        // session 1 switches: no key rate is left for session 2
        ScriptedKm& km = *m_kms[1];
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 2);
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6);
        ExpectText(TakeKm(1), "routes s2 r3 - -", "protection is withdrawn");
        const auto taken = m_controller->GetDemand().GetFlows().at(common);
        NS_TEST_EXPECT_MSG_EQ(taken.protection, 500, "used by session 1");
        NS_TEST_EXPECT_MSG_EQ(taken.shared, 500, "what session 2 would need");

        // and back
        km.Event(1, 1, ROUTE_EVENT_CLEAR, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_REVERT, INCIDENT);
        km.Event(1, 1, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(7);
        ExpectText(TakeKm(1), "routes s2 r3 r4 -", "protection is given back");
        NS_TEST_EXPECT_MSG_EQ(m_controller->GetDemand().GetFlows().at(common).shared, 500, "again");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
        ExpectText(m_told[common],
                   "shared 500; protection 500 shared 500; shared 500; ",
                   "told at each change, once at each instant");
    }

    /**
     * @brief Note what the controller tells of a hop.
     * @param hop the hop
     * @param flow what is promised
     */
    void NoteFlow(const KmHop& hop, const HopFlow& flow)
    {
        std::string& told = m_told[hop];
        told += flow.working > 0 ? "working " + std::to_string(flow.working) + " " : "";
        told += flow.protection > 0 ? "protection " + std::to_string(flow.protection) + " " : "";
        told += "shared " + std::to_string(flow.shared) + "; ";
    }

    std::map<KmHop, std::string> m_told; //!< what was told, by hop
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that others leave no spare key rate gets its protection back when a restored
 * session leaves.
 */
class SpareAndRestorationTest : public ControllerTest
{
  public:
    SpareAndRestorationTest()
        : ControllerTest("a restored session takes spare key rate, and gives it back")
    {
    }

  private:
    void DoRun() override
    {
        for (const uint32_t link : {12, 24, 34, 13})
        {
            SetKeyRate(link, link == 34 ? 1100 : 5000);
        }
        // protected by 1-3-4 and 1-2-4-3; hop 34 has room for both at once, and no more
        AddSession(1, 4, CLASS_ROUTE_SHARED).policy.demandBps = 500;
        AddSession(2, 3, CLASS_ROUTE_SHARED).policy.demandBps = 500;
        AddSession(3, 2, CLASS_RESTORATION).policy.demandBps = 300;
        RunUntil(5);
        Forget();
        ScriptedKm& km = *m_kms[1];
        km.Event(1, 1, ROUTE_EVENT_SIGNAL_FAIL, INCIDENT, 1);
        km.Event(1, 2, ROUTE_EVENT_SWITCH, INCIDENT);
        km.Event(1, 2, ROUTE_EVENT_SWITCHED, INCIDENT);
        RunUntil(6);
        ExpectText(TakeKm(1), "", "session 2 keeps its protection");
        SetLink(12, LINK_PASSIVE, INCIDENT);
        RunUntil(7);
        ExpectText(TakeKm(1),
                   "install r6 recovery 1342; routes s2 r3 - -; routes s3 r5 - r6",
                   "session 3 needs what session 2 would need");
        SetLink(12, LINK_ACTIVE);
        RunUntil(14);
        ExpectText(TakeKm(1), "routes s3 r5 - -; release r6; routes s2 r3 r4 -", "given back");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The spare key rate of dedicated and of shared protection routes in germany50.
 */
class Germany50SpareTest : public TestCase
{
  public:
    Germany50SpareTest()
        : TestCase("shared protection needs less spare key rate than dedicated in germany50")
    {
    }

  private:
    /**
     * @brief Run some seconds without faults.
     * @param resilienceClass class of all sessions
     * @return spare key rate of the network, bit/s
     */
    double GetSpare(const std::string& resilienceClass)
    {
        const std::string file =
            std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/germany50-classes.json";
        Scenario scenario =
            ScenarioReader::ReadFile(file, {{"/simulation/duration_s", "8"}, {"/faults", "[]"}});
        ScenarioReader::SetClass(scenario, resilienceClass, file);
        const ExperimentResults results = ScenarioRunner().Run(scenario, file);
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_EXPECT_MSG_GT(session.supplied, 0, resilienceClass << ": keys were supplied");
        }
        return results.network.spareKeyRateBps;
    }

    void DoRun() override
    {
        const double dedicated = GetSpare("route-1:1");
        const double shared = GetSpare("route-shared");
        NS_TEST_EXPECT_MSG_GT(shared, 0.0, "there are protection routes");
        NS_TEST_EXPECT_MSG_LT(shared, dedicated, "and sharing spares key rate");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Protection routes that key managers share.
 */
class QkdnSharedProtectionTestSuite : public TestSuite
{
  public:
    QkdnSharedProtectionTestSuite()
        : TestSuite("qkdn-shared-protection", Type::SYSTEM)
    {
        AddTestCase(new SharedSpareTableTest);
        AddTestCase(new KeyFlowTest);
        AddTestCase(new ControllerSharedProtectionTest);
        AddTestCase(new SpareAndRestorationTest);
        AddTestCase(new Germany50SpareTest);
    }
};

QkdnSharedProtectionTestSuite g_qkdnSharedProtectionTestSuite;

} // namespace

} // namespace qkdn
} // namespace ns3
