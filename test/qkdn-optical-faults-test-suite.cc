/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-optical-fault.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time PERSISTENCE = MilliSeconds(5); //!< loss_of_light_s by default
const Time RESYNC = Seconds(5);           //!< resync_s of the link

/// One QKD link on a fibre of 20 km and, through optical switches, on one of 30 km; packets go
/// another way. The pools hold keys for some seconds.
const char* const BASE = R"({
  "name": "optical", "simulation": {"duration_s": 100},
  "nodes": [{"id": "A"}, {"id": "B"}],
  "fibres": [{"id": "own", "a": "A", "b": "B", "length_km": 20, "classical": false},
             {"id": "spare", "a": "A", "b": "B", "length_km": 30, "classical": false},
             {"id": "packets", "a": "A", "b": "B", "length_km": 40}],
  "qkd_links": [{"id": "q", "tx": "A", "rx": "B", "fibres": ["own"],
      "protocol": {"type": "measured", "rate_bps": 4000, "block_key_bit": 1000},
      "initial_pool_bit": 4000, "initial_state": "running", "resync_s": 5}],
  "optical_switches": [{"id": "sa", "node": "A"}, {"id": "sb", "node": "B"}],
  "protection_groups": [{"id": "g", "class": "link-1:1", "working": ["q"], "wtr_s": 5,
      "protection": [{"modules_of": "q", "fibres": ["spare"], "switches": ["sa", "sb"]}]}],
  "key_management": {"capacity_bit": 8000},
  "sessions": [{"id": "s", "master": "A", "slave": "B", "rate_keys_per_s": 5, "start_s": 5}]
})";

/// The protocol of a link with a central station.
const ScenarioOverride STATION_PROTOCOL{
    "/qkd_links/0/protocol",
    R"({"type": "bbm92", "preset": "ma2007", "set": {"BlockSiftedBits": 4000}})"};

/**
 * @brief Read BASE with changes.
 * @param changes the changes
 * @return the scenario
 */
Scenario
Read(const std::vector<ScenarioOverride>& changes)
{
    return ScenarioReader::ReadString(BASE, "optical", changes);
}

/**
 * @brief Run BASE with changes.
 * @param changes the changes
 * @return what it gives
 */
ExperimentResults
RunWith(const std::vector<ScenarioOverride>& changes)
{
    return ScenarioRunner().Run(Read(changes), "optical");
}

/**
 * @brief The recoveries of a session or group.
 * @param results the results
 * @param name the session or group
 * @return its recoveries
 */
std::vector<RecoveryResult>
RecoveriesOf(const ExperimentResults& results, const std::string& name)
{
    std::vector<RecoveryResult> found;
    std::copy_if(results.recoveries.begin(),
                 results.recoveries.end(),
                 std::back_inserter(found),
                 [&name](const RecoveryResult& r) { return r.sessionOrGroup == name; });
    return found;
}

/**
 * @brief What a group said of its state.
 * @param results the results
 * @param end end of the group
 * @return time in ms and state of each entry
 */
std::string
StatesOf(const ExperimentResults& results, const std::string& end)
{
    std::string text;
    std::string last;
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind == "group-status" && event.entity == "group/g/" + end &&
            event.detail.at(0).second != last)
        {
            last = event.detail.at(0).second;
            text += (text.empty() ? "" : " ") + std::to_string(event.time.GetMilliSeconds()) + ":" +
                    last;
        }
    }
    return text;
}

/**
 * @brief Whether a key was handed over in a time.
 * @param results the results
 * @param from begin
 * @param to end
 * @return true if so
 */
bool
HasKey(const ExperimentResults& results, Time from, Time to)
{
    return std::any_of(results.requests.begin(),
                       results.requests.end(),
                       [from, to](const RequestResult& request) {
                           return request.handedOver && *request.handedOver >= from &&
                                  *request.handedOver < to;
                       });
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The faults alone.
 */
class OpticalFaultUnitTest : public TestCase
{
  public:
    OpticalFaultUnitTest()
        : TestCase("Faults of optical switches and central stations break them and let go")
    {
    }

  private:
    /**
     * @brief Strike twice and repair twice.
     * @tparam T what breaks
     * @param fault the fault
     * @param broken what breaks
     * @param kind kind in results
     */
    template <typename T>
    void Check(Ptr<Fault> fault, Ptr<T> broken, const std::string& kind)
    {
        fault->SetNames("f", "x");
        NS_TEST_EXPECT_MSG_EQ(fault->GetKind(), kind, "kind");
        NS_TEST_EXPECT_MSG_EQ(fault->GetTarget(), "x", "target");
        NS_TEST_EXPECT_MSG_EQ(broken->IsFailed(), false, "well");
        fault->Strike();
        NS_TEST_EXPECT_MSG_EQ(broken->IsFailed(), true, "broken");
        fault->Strike();
        fault->Repair();
        NS_TEST_EXPECT_MSG_EQ(broken->IsFailed(), true, "the other failure lasts");
        fault->Repair();
        NS_TEST_EXPECT_MSG_EQ(broken->IsFailed(), false, "well");
        const uint32_t held = broken->GetReferenceCount();
        fault->Dispose();
        NS_TEST_EXPECT_MSG_EQ(broken->GetReferenceCount(), held - 1, "it lets go");
    }

    void DoRun() override
    {
        const Ptr<OpticalSwitch> sw =
            CreateObjectWithAttributes<OpticalSwitch>("Name", StringValue("s"));
        const Ptr<OpticalSwitchFailure> failure = CreateObject<OpticalSwitchFailure>();
        failure->SetSwitch(sw);
        Check<OpticalSwitch>(failure, sw, "optical-switch-failure");
        const Ptr<CentralStation> station =
            CreateObjectWithAttributes<CentralStation>("Name", StringValue("c"));
        const Ptr<StationFailure> darkness = CreateObject<StationFailure>();
        darkness->SetStation(station);
        Check<CentralStation>(darkness, station, "station-failure");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An optical switch that is stuck when its group needs it.
 */
class StuckSwitchTest : public TestCase
{
  public:
    StuckSwitchTest()
        : TestCase(
              "Optical switch stuck: the group is unprotected, then an outage until its repair")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results =
            RunWith({{"/faults", R"([{"id": "stuck", "at_s": 20, "type": "optical-switch-failure",
                                  "target": "sb", "repair_after_s": 30},
                                 {"id": "cut", "at_s": 30, "type": "fibre-cut",
                                  "target": "own"}])"}});
        NS_TEST_ASSERT_MSG_EQ(StatesOf(results, "1"),
                              "0:protected 20000:unprotected 30005:failed 50000:switched",
                              "at the end of the switch");
        NS_TEST_ASSERT_MSG_EQ(StatesOf(results, "0"),
                              "0:protected 20000:unprotected 30005:failed 50000:switched",
                              "at the other end");
        const auto group = RecoveriesOf(results, "g");
        NS_TEST_ASSERT_MSG_EQ(group.size(), 1, "one failure");
        NS_TEST_EXPECT_MSG_EQ(group[0].fault, "cut", "a switch that stays where it is harms none");
        NS_TEST_EXPECT_MSG_EQ(group[0].outcome, RECOVERY_RECOVERED, "on the spare fibre");
        NS_TEST_ASSERT_MSG_EQ(group[0].markers.operated.has_value(), true, "t5");
        NS_TEST_EXPECT_MSG_GT(*group[0].markers.operated, Seconds(50), "after the repair");
        NS_TEST_EXPECT_MSG_LT(*group[0].markers.operated, Seconds(50.1), "at once then");
        NS_TEST_EXPECT_MSG_GT(*group[0].markers.firstKeyUsable, Seconds(50) + RESYNC, "t7");

        const auto session = RecoveriesOf(results, "s");
        NS_TEST_ASSERT_MSG_EQ(session.size(), 1, "one failure");
        NS_TEST_EXPECT_MSG_EQ(session[0].fault, "cut", "the cut");
        NS_TEST_ASSERT_MSG_EQ(results.sessions[0].interruptions.size(), 1, "one outage");
        const Interruption& outage = results.sessions[0].interruptions[0];
        NS_TEST_EXPECT_MSG_EQ(outage.cause, "fibre-cut own (cut)", "cause");
        NS_TEST_EXPECT_MSG_LT(outage.start, Seconds(50), "until the pool is empty");
        NS_TEST_EXPECT_MSG_GT(outage.end, Seconds(50) + RESYNC, "until the repair");
        NS_TEST_EXPECT_MSG_LT(outage.end, Seconds(57), "and the resynchronisation");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An optical switch that goes dark takes both entities with it.
 */
class DarkSwitchTest : public TestCase
{
  public:
    DarkSwitchTest()
        : TestCase("Optical switch dark: both ways are gone until its repair")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results =
            RunWith({{"/optical_switches/0/fail_dark", "true"},
                     {"/faults", R"([{"id": "dark", "at_s": 30, "type": "optical-switch-failure",
                                  "target": "sa", "repair_after_s": 20}])"}});
        NS_TEST_ASSERT_MSG_EQ(StatesOf(results, "0"),
                              "0:protected 30000:unprotected 50000:protected",
                              "by its alarms; the fibres behind it are well");
        for (const char* name : {"g", "s"})
        {
            const auto recoveries = RecoveriesOf(results, name);
            NS_TEST_ASSERT_MSG_EQ(recoveries.size(), 1, name);
            const RecoveryResult& recovery = recoveries[0];
            NS_TEST_EXPECT_MSG_EQ(recovery.fault, "dark", name);
            NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, name);
            NS_TEST_EXPECT_MSG_EQ(*recovery.markers.detected, Seconds(30) + PERSISTENCE, name);
            NS_TEST_EXPECT_MSG_EQ(*recovery.markers.repaired, Seconds(50), name);
            NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", name);
        }
        NS_TEST_ASSERT_MSG_EQ(results.sessions[0].interruptions.size(), 1, "one outage");
        NS_TEST_EXPECT_MSG_EQ(results.sessions[0].interruptions[0].cause,
                              "optical-switch-failure sa (dark)",
                              "cause");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fibre concerns those whose light is in it.
 */
class SpareFibreFaultTest : public TestCase
{
  public:
    SpareFibreFaultTest()
        : TestCase("A cut concerns the sessions on the fibre that carries the link when it strikes")
    {
    }

  private:
    /**
     * @brief Cut a fibre for 10 s.
     * @param fibre the fibre
     * @param onSpare whether the spare fibre carries the link
     * @param controller whether sessions have routes
     * @return the recoveries
     */
    static std::vector<RecoveryResult> Cut(const std::string& fibre, bool onSpare, bool controller)
    {
        std::vector<ScenarioOverride> changes{
            {"/sessions/0/rate_keys_per_s", "1"},
            {"/faults",
             R"([{"id": "cut", "at_s": 40, "type": "fibre-cut", "repair_after_s": 10, "target": ")" +
                 fibre + R"("}])"}};
        if (onSpare)
        {
            changes.push_back(
                {"/commands", R"([{"at_s": 20, "group": "g", "command": "manual-switch"}])"});
        }
        if (controller)
        {
            changes.push_back({"/controllers", R"([{"id": "C", "node": "A"}])"});
        }
        return RunWith(changes).recoveries;
    }

    void DoRun() override
    {
        for (const bool controller : {false, true})
        {
            const std::string what = controller ? "with a route" : "without a route";
            NS_TEST_EXPECT_MSG_EQ(Cut("spare", false, controller).size(), 0, what << ", idle");
            NS_TEST_EXPECT_MSG_EQ(Cut("own", true, controller).size(), 0, what << ", idle");
            for (const bool onSpare : {false, true})
            {
                const auto recoveries = Cut(onSpare ? "spare" : "own", onSpare, controller);
                NS_TEST_ASSERT_MSG_EQ(recoveries.size(), 2, what << ": group and session");
                for (const RecoveryResult& recovery : recoveries)
                {
                    NS_TEST_EXPECT_MSG_EQ(recovery.fault, "cut", what);
                    NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, what);
                    NS_TEST_EXPECT_MSG_EQ(recovery.IsDetected(), true, what);
                    // within 10 s and before the repair: by the group
                    NS_TEST_EXPECT_MSG_LT(*recovery.markers.firstKeyUsable, Seconds(49), what);
                }
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Central stations in scenarios.
 */
class StationPlaceTest : public TestCase
{
  public:
    StationPlaceTest()
        : TestCase("Each way of a link has its own central station, by default in the middle")
    {
    }

  private:
    /**
     * @brief Check where the stations are.
     * @param changes changes of BASE
     * @param ownKm place on the link's own fibre
     * @param spareKm place on the spare fibre
     */
    void Check(std::vector<ScenarioOverride> changes, double ownKm, double spareKm)
    {
        changes.insert(changes.begin(), STATION_PROTOCOL);
        {
            const ScenarioBuilder builder(Read(changes), "optical");
            const Ptr<QuantumChannel> channel = builder.GetQkdLink("q").channel;
            NS_TEST_ASSERT_MSG_EQ(channel->GetNPaths(), 2, "own and spare");
            const Ptr<CentralStation> own = channel->GetPath(0).GetStation();
            const Ptr<CentralStation> spare = channel->GetPath(1).GetStation();
            NS_TEST_ASSERT_MSG_EQ((own && spare && own != spare), true, "one each");
            NS_TEST_EXPECT_MSG_EQ((own->GetName() != spare->GetName()), true, "by their names");
            NS_TEST_EXPECT_MSG_EQ_TOL(channel->GetPath(0).GetStationKm(), ownKm, 1e-9, "own");
            NS_TEST_EXPECT_MSG_EQ_TOL(channel->GetPath(1).GetStationKm(), spareKm, 1e-9, "spare");
            // 1 dB of the switch at the transmitter
            NS_TEST_EXPECT_MSG_EQ_TOL(channel->GetPathBudget(0).stationLossDb,
                                      1.0 + 0.2 * ownKm,
                                      1e-9,
                                      "loss");
        }
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Check({}, 10.0, 15.0);
        Check({{"/qkd_links/0/station_km", "5"}}, 5.0, 15.0);
        Check({{"/qkd_links/0/station_km", "20"},
               {"/protection_groups/0/protection/0/station_km", "0"}},
              20.0,
              0.0);
        {
            const ScenarioBuilder builder(Read({}), "optical");
            const QuantumPath& path = builder.GetQkdLink("q").channel->GetPath(0);
            NS_TEST_EXPECT_MSG_EQ((path.GetStation() == nullptr), true, "not needed");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A central station fails and comes back.
 */
class StationFailureTest : public TestCase
{
  public:
    StationFailureTest()
        : TestCase("Central station fails: both modules lose the light; keys return with it")
    {
    }

  private:
    /// Without protection.
    void TestAlone()
    {
        const ExperimentResults results =
            RunWith({STATION_PROTOCOL,
                     {"/optical_switches", "[]"},
                     {"/protection_groups", "[]"},
                     {"/qkd_links/0/station_km", "5"},
                     {"/faults", R"([{"id": "st", "at_s": 40, "type": "station-failure",
                                  "target": "q", "repair_after_s": 20}])"}});
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one failure");
        const RecoveryResult& recovery = results.recoveries[0];
        NS_TEST_EXPECT_MSG_EQ(recovery.fault, "st", "the fault");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_REPAIRED, "repaired");
        // the transmitter is nearer: 5 km at 4.9 us/km
        NS_TEST_EXPECT_MSG_EQ(*recovery.markers.detected,
                              Seconds(40) + NanoSeconds(24500) + PERSISTENCE,
                              "t1");
        NS_TEST_EXPECT_MSG_EQ(*recovery.markers.repaired, Seconds(60), "t4'");
        const Time good = Seconds(60) + NanoSeconds(73500) + PERSISTENCE + RESYNC;
        NS_TEST_EXPECT_MSG_GT(*recovery.markers.running, good, "t6: the farther end");
        NS_TEST_EXPECT_MSG_LT(*recovery.markers.running, good + MilliSeconds(1), "and messages");
        NS_TEST_EXPECT_MSG_GT(*recovery.markers.firstKeyUsable, *recovery.markers.running, "t7");
        NS_TEST_EXPECT_MSG_LT(*recovery.markers.firstKeyUsable, Seconds(70), "key returns");
        NS_TEST_ASSERT_MSG_EQ(results.sessions[0].interruptions.size(), 1, "one outage");
        NS_TEST_EXPECT_MSG_EQ(results.sessions[0].interruptions[0].cause,
                              "station-failure q (st)",
                              "cause");
        NS_TEST_EXPECT_MSG_EQ(HasKey(results, Seconds(50), Seconds(65)), false, "no keys");
        NS_TEST_EXPECT_MSG_EQ(HasKey(results, Seconds(90), Seconds(100)),
                              true,
                              "key supply returns");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
    }

    /// The spare way has a station of its own, and what watches the ways sees the failure.
    void TestProtected()
    {
        const ExperimentResults results =
            RunWith({STATION_PROTOCOL,
                     {"/protection_groups/0/min_rate_ratio", "0"},
                     {"/faults", R"([{"id": "st", "at_s": 30, "type": "station-failure",
                                  "target": "q", "repair_after_s": 30}])"}});
        NS_TEST_EXPECT_MSG_EQ(StatesOf(results, "0"),
                              "0:protected 30005:switched 65005:protected",
                              "until wait-to-restore after the repair");
        for (const char* name : {"g", "s"})
        {
            const auto recoveries = RecoveriesOf(results, name);
            NS_TEST_ASSERT_MSG_EQ(recoveries.size(), 1, name);
            NS_TEST_EXPECT_MSG_EQ(recoveries[0].fault, "st", name);
            NS_TEST_EXPECT_MSG_EQ(recoveries[0].outcome, RECOVERY_RECOVERED, name);
        }
    }

    void DoRun() override
    {
        TestAlone();
        TestProtected();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of faults of optical switches and central stations.
 */
class QkdnOpticalFaultsTestSuite : public TestSuite
{
  public:
    QkdnOpticalFaultsTestSuite()
        : TestSuite("qkdn-optical-faults", Type::SYSTEM)
    {
        AddTestCase(new OpticalFaultUnitTest);
        AddTestCase(new StuckSwitchTest);
        AddTestCase(new DarkSwitchTest);
        AddTestCase(new SpareFibreFaultTest);
        AddTestCase(new StationPlaceTest);
        AddTestCase(new StationFailureTest);
    }
};

static QkdnOpticalFaultsTestSuite g_qkdnOpticalFaultsTestSuite; //!< registers the suite
