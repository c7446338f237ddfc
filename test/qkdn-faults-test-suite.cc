/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-process-fault.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A link between A and B with a further fibre that packets use, one that they do not, and a
/// node C beside it all.
Scenario
ScenarioWith(const std::string& faults, const std::string& more = "")
{
    const std::string json = R"({"name": "faults", "simulation": {"duration_s": 200},
        "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
        "fibres": [{"id": "AB", "a": "A", "b": "B", "length_km": 20},
                   {"id": "spare", "a": "A", "b": "B", "length_km": 500},
                   {"id": "alt", "a": "A", "b": "B", "length_km": 30},
                   {"id": "BC", "a": "B", "b": "C", "length_km": 20}],
        "qkd_links": [{"id": "q", "tx": "A", "rx": "B", "fibres": ["AB"],
            "protocol": {"type": "measured", "rate_bps": 2000}, "initial_pool_bit": 3000,
            "initial_state": "running", "resync_s": 5, "start_up_s": 5},
                      {"id": "r", "tx": "B", "rx": "C", "fibres": ["BC"],
            "protocol": {"type": "measured", "rate_bps": 2000}}],
        "sessions": [{"id": "s", "master": "A", "slave": "B", "rate_keys_per_s": 2)" +
                             more + R"(}],
        "faults": [)" + faults +
                             "]}";
    return ScenarioReader::ReadString(json, "faults");
}

/// Run it.
ExperimentResults
RunWith(const std::string& faults, const std::string& more = "")
{
    return ScenarioRunner().Run(ScenarioWith(faults, more), "faults");
}

const char* const CUT = R"({"id": "cut", "at_s": 50, "type": "fibre-cut", "target": "AB",
                            "repair_after_s": 20})";

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault that concerns nobody is in no episode and no cause.
 */
class HarmlessFaultTest : public TestCase
{
  public:
    HarmlessFaultTest()
        : TestCase("Faults that concern no session lengthen no episode and are no cause")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults alone = RunWith(CUT);
        const ExperimentResults both =
            RunWith(std::string(CUT) + R"(, {"id": "spare", "at_s": 60, "type": "fibre-cut",
                                            "target": "spare", "repair_after_s": 60})");
        NS_TEST_ASSERT_MSG_EQ(alone.recoveries.size(), 1, "one episode");
        NS_TEST_ASSERT_MSG_EQ(both.recoveries.size(), 1, "one episode");
        NS_TEST_ASSERT_MSG_EQ(*both.recoveries[0].markers.firstKeyUsable,
                              *alone.recoveries[0].markers.firstKeyUsable,
                              "the same end");
        NS_TEST_ASSERT_MSG_EQ(both.recoveries[0].alsoFaults.empty(), true, "not part of it");

        const ExperimentResults rerouted = RunWith(R"({"id": "cl", "at_s": 50,
            "type": "classical-link-failure", "target": "AB", "repair_after_s": 100})");
        NS_TEST_ASSERT_MSG_EQ(rerouted.sessions[0].interruptions.size(), 0, "another way");
        NS_TEST_ASSERT_MSG_EQ(rerouted.recoveries.size(), 0, "nothing to recover from");

        const ExperimentResults shortage =
            RunWith(R"({"id": "other", "at_s": 50, "type": "km-crash", "target": "C"})",
                    R"(, "key_size_bit": 1024)");
        NS_TEST_ASSERT_MSG_EQ(shortage.sessions[0].interruptions.empty(), false, "shortage");
        for (const Interruption& interruption : shortage.sessions[0].interruptions)
        {
            NS_TEST_ASSERT_MSG_EQ(interruption.cause, "key supply below demand", "cause");
        }
        NS_TEST_ASSERT_MSG_EQ(shortage.recoveries.size(), 0, "C serves no session");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A loss of the classical network that the KMs notice is an episode of its own.
 */
class PartitionTest : public TestCase
{
  public:
    PartitionTest()
        : TestCase("A partition of the classical network is an episode once it is noticed")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunWith(R"(
            {"id": "1", "at_s": 40, "type": "classical-link-failure", "target": "alt",
             "repair_after_s": 60},
            {"id": "2", "at_s": 45, "type": "classical-link-failure", "target": "spare",
             "repair_after_s": 60},
            {"id": "3", "at_s": 50, "type": "classical-link-failure", "target": "AB",
             "repair_after_s": 20})");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
        const RecoveryResult& recovery = results.recoveries[0];
        NS_TEST_ASSERT_MSG_EQ(recovery.fault, "3", "the fault that cut the way in use");
        NS_TEST_ASSERT_MSG_EQ(recovery.IsDetected(), true, "missed hellos");
        NS_TEST_ASSERT_MSG_EQ(*recovery.markers.repaired, Seconds(70), "t4'");
        NS_TEST_ASSERT_MSG_LT(*recovery.markers.firstKeyUsable, Seconds(73), "within 3 s");
        NS_TEST_ASSERT_MSG_EQ(results.sessions[0].interruptions.size(), 1, "no keys meanwhile");
        NS_TEST_ASSERT_MSG_EQ(results.sessions[0].interruptions[0].cause,
                              "classical-link-failure AB (3)",
                              "cause");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Overlapping faults of one thing, and faults from the very beginning.
 */
class OverlappingFaultsTest : public TestCase
{
  public:
    OverlappingFaultsTest()
        : TestCase("A thing works again when its last fault is repaired; faults at 0 s count")
    {
    }

  private:
    /**
     * @brief One fault within another.
     * @param type type of both
     * @param target target of both
     */
    void Check(const std::string& type, const std::string& target)
    {
        const std::string what = R"("type": ")" + type + R"(", "target": ")" + target + R"(")";
        const ExperimentResults results =
            RunWith("{" + what + R"(, "at_s": 60, "repair_after_s": 70}, {)" + what +
                    R"(, "at_s": 70, "repair_after_s": 10})");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, type << ": one episode");
        const RecoveryResult& recovery = results.recoveries[0];
        NS_TEST_ASSERT_MSG_EQ(*recovery.markers.repaired, Seconds(130), type << ": t4'");
        NS_TEST_ASSERT_MSG_GT(*recovery.markers.running + NanoSeconds(1),
                              Seconds(130),
                              type << ": t6");
        for (const RequestResult& request : results.requests)
        {
            NS_TEST_ASSERT_MSG_EQ((type == "km-crash" && request.handedOver &&
                                   *request.handedOver > Seconds(60) &&
                                   *request.handedOver < Seconds(130)),
                                  false,
                                  "no key of a crashed KM");
        }

        const ExperimentResults early =
            RunWith("{" + what + R"(, "at_s": 0, "repair_after_s": 100})");
        NS_TEST_ASSERT_MSG_EQ(early.recoveries.size(), 1, type << ": one episode");
        NS_TEST_ASSERT_MSG_EQ(early.recoveries[0].outcome, RECOVERY_REPAIRED, type << ": ends");
        NS_TEST_ASSERT_MSG_EQ(early.sessions[0].interruptions.empty(), false, type << ": felt");
        NS_TEST_ASSERT_MSG_GT(early.sessions[0].interruptions.back().end,
                              Seconds(100),
                              type << ": until the repair");
    }

    void DoRun() override
    {
        Check("km-crash", "B");
        Check("module-failure", "q/rx");
        Check("fibre-cut", "AB");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault so short that it is noticed after its repair.
 */
class LateDetectionTest : public TestCase
{
  public:
    LateDetectionTest()
        : TestCase("A detection after the repair is a stage all the same")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunWith(R"({"at_s": 50, "type": "fibre-cut",
            "target": "AB", "repair_after_s": 0.005})");
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "one episode");
        const RecoveryResult& recovery = results.recoveries[0];
        NS_TEST_ASSERT_MSG_EQ(recovery.IsDetected(), true, "5 ms without light");
        NS_TEST_ASSERT_MSG_EQ(recovery.incidents.empty(), false, "an incident");
        NS_TEST_ASSERT_MSG_EQ(recovery.markers.FindDisorder(), "", "in order");
        const RecoveryStages stages = recovery.markers.ComputeStages();
        // the rest of 20 km from the middle, 4.9 us/km, and the persistence
        NS_TEST_ASSERT_MSG_EQ(stages.stage[STAGE_DETECTION], NanoSeconds(5049000), "t1 - t0");
        NS_TEST_ASSERT_MSG_EQ(stages.stage[STAGE_REPAIR_WAIT], Time(0), "no wait");
        NS_TEST_ASSERT_MSG_GT(stages.stage[STAGE_RESYNC], Seconds(5), "resynchronisation");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A loss of power, alone and with other faults of the same things.
 */
class NodePowerTest : public TestCase
{
  public:
    NodePowerTest()
        : TestCase("A node without power is silent; its peers notice by hellos; faults nest")
    {
    }

  private:
    /// Check what the other node saw.
    void CheckPeer(const ExperimentResults& results)
    {
        const auto first = std::find_if(results.eventLog.begin(),
                                        results.eventLog.end(),
                                        [](const EventResult& event) {
                                            return event.kind == "km-neighbour" &&
                                                   event.entity == "km/A" &&
                                                   event.time >= Seconds(50);
                                        });
        NS_TEST_ASSERT_MSG_EQ((first != results.eventLog.end()), true, "it notices");
        NS_TEST_EXPECT_MSG_EQ(first->detail[1].second, "dead", "not by a closing connection");
        NS_TEST_EXPECT_MSG_GT(first->time, Seconds(52), "missed hellos");
        for (const RequestResult& request : results.requests)
        {
            NS_TEST_EXPECT_MSG_EQ((request.handedOver && *request.handedOver > Seconds(54) &&
                                   *request.handedOver < Seconds(80)),
                                  false,
                                  "no key meanwhile");
        }
        const auto last = std::max_element(
            results.requests.begin(),
            results.requests.end(),
            [](const auto& a, const auto& b) { return a.handedOver < b.handedOver; });
        NS_TEST_EXPECT_MSG_GT(*last->handedOver, Seconds(190), "keys again");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
    }

    void DoRun() override
    {
        ScenarioBuilder builder(ScenarioWith(""), "faults");
        Ptr<FaultInjector> injector = CreateObject<FaultInjector>();
        builder.GetMonitor()->AddFaultInjector(injector);
        const Ptr<KeyManager> km = builder.GetKeyManager("B");
        const Ptr<QkdModule> module = builder.GetQkdLink("q").receiver;
        const Ptr<ClassicalLink> link = builder.GetClassicalLink("AB");
        Ptr<NodePowerFault> power = CreateObject<NodePowerFault>();
        power->SetNames("power", "B");
        for (const char* fibre : {"AB", "spare", "alt", "BC"})
        {
            power->AddLink(builder.GetClassicalLink(fibre));
        }
        power->AddModule(module);
        power->AddProcess(MakeFaultableProcess(km));
        injector->Plan(power, Seconds(50), Seconds(20));
        Ptr<KeyManagerCrash> crash = CreateObject<KeyManagerCrash>();
        crash->SetNames("crash", "B");
        crash->SetKeyManager(km);
        injector->Plan(crash, Seconds(60), Seconds(20));
        for (const char* fault : {"power", "crash"})
        {
            builder.GetMonitor()->SetFaultScope(fault, {});
        }

        Simulator::Stop(Seconds(55));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(link->IsUp(), false, "silent");
        NS_TEST_EXPECT_MSG_EQ(module->GetState(), QkdModule::FAILED, "no light");
        NS_TEST_EXPECT_MSG_EQ(km->IsRunning(), false, "no process");
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(link->IsUp(), true, "power is back");
        NS_TEST_EXPECT_MSG_EQ((module->GetState() != QkdModule::FAILED), true, "starting");
        NS_TEST_EXPECT_MSG_EQ(km->IsRunning(), false, "the other fault lasts");
        Simulator::Stop(Seconds(125));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(km->IsRunning(), true, "all is well");
        CheckPeer(builder.GetMonitor()->Collect(Time(0)));
        injector->Dispose();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Crashes of the processes of controllers and managers.
 */
class ProcessCrashTest : public TestCase
{
  public:
    ProcessCrashTest()
        : TestCase("Crashes stop the process of a controller or manager and let go of it")
    {
    }

  private:
    /// A process that counts.
    struct Process : public SimpleRefCount<Process>
    {
        /// It is stopped.
        void Crash()
        {
            ++stopped;
        }

        /// It may run.
        void Restart()
        {
            --stopped;
        }

        int stopped{0}; //!< faults that stop it
    };

    /**
     * @brief Check a fault.
     * @param kind its kind in results
     */
    template <typename T>
    void Check(const std::string& kind)
    {
        const Ptr<Process> process = Create<Process>();
        const Ptr<T> fault = CreateObject<T>();
        fault->SetProcess(MakeFaultableProcess(process));
        NS_TEST_EXPECT_MSG_EQ(fault->GetKind(), kind, "kind");
        fault->Strike();
        NS_TEST_EXPECT_MSG_EQ(process->stopped, 1, kind << " strikes");
        fault->Repair();
        NS_TEST_EXPECT_MSG_EQ(process->stopped, 0, kind << " is repaired");
    }

    void DoRun() override
    {
        Check<ControllerCrashFault>("controller-crash");
        Check<ManagerCrashFault>("manager-crash");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of faults and what they are blamed for.
 */
class QkdnFaultsTestSuite : public TestSuite
{
  public:
    QkdnFaultsTestSuite()
        : TestSuite("qkdn-faults", Type::SYSTEM)
    {
        AddTestCase(new HarmlessFaultTest);
        AddTestCase(new PartitionTest);
        AddTestCase(new OverlappingFaultsTest);
        AddTestCase(new LateDetectionTest);
        AddTestCase(new NodePowerTest);
        AddTestCase(new ProcessCrashTest);
    }
};

static QkdnFaultsTestSuite g_qkdnFaultsTestSuite; //!< registers the suite
