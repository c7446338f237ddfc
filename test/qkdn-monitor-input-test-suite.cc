/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a script gives to the monitor: names and numbers that occur twice, and applications that
// begin and end by themselves.

#include "qkdn-abort-text.h"
#include "qkdn-named-network.h"

#include "ns3/qkdn-fault-injector.h"
#include "ns3/qkdn-fault.h"
#include "ns3/qkdn-resilience-monitor-helper.h"
#include "ns3/test.h"

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Plan cuts of a fibre, called "cut".
 * @param network the network
 * @param monitor its monitor, which learns of the injector
 * @param cuts when they strike, and after what time each is repaired
 * @param fibre its place among the fibres
 * @return what strikes and repairs, to be kept until the end of the run
 */
[[nodiscard]] Ptr<FaultInjector>
PlanCuts(const NamedNetwork& network,
         Ptr<ResilienceMonitor> monitor,
         const std::vector<std::pair<Time, Time>>& cuts,
         std::size_t fibre = 0)
{
    auto cut = CreateObject<FibreCut>();
    cut->SetNames("cut", "fibre");
    cut->SetSpan(network.spans.at(fibre), 0.5);
    auto injector = CreateObject<FaultInjector>();
    for (const auto& [at, repairAfter] : cuts)
    {
        injector->Plan(cut, at, repairAfter);
    }
    monitor->AddFaultInjector(injector);
    return injector;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two things with one number or name.
 */
class DuplicateTest : public TestCase
{
  public:
    DuplicateTest()
        : TestCase("Sessions, links and faults that cannot be told apart end the program")
    {
    }

  private:
    /**
     * @brief Check what a program ends with.
     * @param body the program
     * @param text what it has to say
     */
    void Check(const std::function<void()>& body, const std::string& text)
    {
        const std::string said = TextOfAbort(body);
        NS_TEST_EXPECT_MSG_NE(said.find(text), std::string::npos, said);
    }

    void DoRun() override
    {
        Check(
            [] {
                NamedNetwork network({"a", "b", "c"});
                CryptographicApplicationHelper second;
                network.applications.Install("S", "a", "b");
                second.Install("T", "b", "c");
                std::vector<MonitoredSession> all = network.applications.GetSessions();
                all.push_back(second.GetSessions().front());
                ResilienceMonitorHelper().InstallAll(network.made, all);
            },
            "sessions S and T have the same number, 1; install all sessions with one helper");
        Check(
            [] {
                NamedNetwork network({"a", "b"});
                std::vector<QkdLink> all = network.made;
                all.push_back(network.made.front());
                ResilienceMonitorHelper().InstallAll(all, {});
            },
            "QKD links ab and ab have the same number, 1; install all links with one helper");
        for (const bool twice : {true, false})
        {
            Check(
                [twice] {
                    NamedNetwork network({"a", "b", "c"});
                    const auto monitor = ResilienceMonitorHelper().InstallAll(network.made, {});
                    monitor->SetFaultTarget("cut", {network.made.at(0).id}, {});
                    const Time repairAfter = Seconds(5);
                    const std::pair<Time, Time> first(Seconds(10), repairAfter);
                    const std::pair<Time, Time> second(Seconds(twice ? 12 : 30), repairAfter);
                    std::vector<Ptr<FaultInjector>> injectors;
                    if (twice)
                    {
                        injectors = {PlanCuts(network, monitor, {first, second})};
                    }
                    else
                    {
                        injectors = {PlanCuts(network, monitor, {first}),
                                     PlanCuts(network, monitor, {second}, 1)};
                    }
                    Simulator::Stop(Seconds(50));
                    Simulator::Run();
                },
                twice ? "fault cut strikes at +12s and has not been repaired since it struck before"
                      : "two faults are called cut; give each its own name with SetNames()");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One fault that strikes again after its repair.
 */
class FaultAgainTest : public TestCase
{
  public:
    FaultAgainTest()
        : TestCase("A fault that strikes again after its repair is in the results twice")
    {
    }

  private:
    void DoRun() override
    {
        NamedNetwork network({"a", "b"});
        const auto monitor = ResilienceMonitorHelper().InstallAll(network.made, {});
        const auto injector =
            PlanCuts(network, monitor, {{Seconds(20), Seconds(10)}, {Seconds(50), Seconds(10)}});
        monitor->SetFaultTarget("cut", {network.made.at(0).id}, {});
        Simulator::Stop(Seconds(80));
        Simulator::Run();
        const auto faults = monitor->Collect(Time(0)).faults;
        NS_TEST_ASSERT_MSG_EQ(faults.size(), 2, "two rows");
        NS_TEST_EXPECT_MSG_EQ(faults[0].end.value_or(Time(0)), Seconds(30), "the first repair");
        NS_TEST_EXPECT_MSG_EQ(faults[1].start, Seconds(50), "again");
        NS_TEST_EXPECT_MSG_EQ(faults[1].end.value_or(Time(0)), Seconds(60), "the second repair");
        monitor->Dispose();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Applications that begin late and stop early, by ApplicationContainer.
 */
class ApplicationTimesTest : public TestCase
{
  public:
    ApplicationTimesTest()
        : TestCase("Sessions begin and end when their applications do")
    {
    }

  private:
    void DoRun() override
    {
        NamedNetwork network({"a", "b"});
        ApplicationContainer pair = network.applications.Install("S", "a", "b");
        NS_TEST_EXPECT_MSG_EQ(network.applications.GetSessions()[0].stop, Time::Max(), "no end");
        pair.Start(Seconds(60));
        pair.Stop(Seconds(100));
        pair.Get(0)->SetAttribute("Deadline", TimeValue(MilliSeconds(70)));
        const MonitoredSession session = network.applications.GetSessions().front();
        NS_TEST_EXPECT_MSG_EQ(session.start, Seconds(60), "start");
        NS_TEST_EXPECT_MSG_EQ(session.stop, Seconds(100), "stop");
        NS_TEST_EXPECT_MSG_EQ(session.deadline, MilliSeconds(70), "set after Install()");
        const auto monitor = ResilienceMonitorHelper().InstallAll(network.made, {session});
        const auto injector =
            PlanCuts(network, monitor, {{Seconds(20), Seconds(10)}, {Seconds(90), Seconds(30)}});
        monitor->SetFaultScope("cut", {session.session.id});
        Simulator::Stop(Seconds(200));
        Simulator::Run();
        const ExperimentResults results = monitor->Collect(Time(0));
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(), 1, "asleep during the first cut");
        NS_TEST_EXPECT_MSG_EQ(results.recoveries[0].markers.fault, Seconds(90), "the second one");
        const SessionResult& result = results.sessions.at(0);
        NS_TEST_ASSERT_MSG_GT(result.interruptions.size(), 0, "pools were empty");
        NS_TEST_EXPECT_MSG_LT(result.interruptions.back().end,
                              Seconds(101),
                              "who does not ask misses nothing");
        monitor->Dispose();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What scripts give to the monitor.
 */
class QkdnMonitorInputTestSuite : public TestSuite
{
  public:
    QkdnMonitorInputTestSuite()
        : TestSuite("qkdn-monitor-input", Type::SYSTEM)
    {
        AddTestCase(new DuplicateTest);
        AddTestCase(new FaultAgainTest);
        AddTestCase(new ApplicationTimesTest);
    }
};

QkdnMonitorInputTestSuite g_qkdnMonitorInputTestSuite; //!< registers the suite

} // namespace
