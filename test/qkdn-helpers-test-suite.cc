/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-named-network.h"

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/names.h"
#include "ns3/packet.h"
#include "ns3/qkdn-controller-helper.h"
#include "ns3/qkdn-cryptographic-application-helper.h"
#include "ns3/qkdn-fault-injector.h"
#include "ns3/qkdn-fault.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-log-helper.h"
#include "ns3/qkdn-manager-helper.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-qkd-link-helper.h"
#include "ns3/qkdn-relay-key-maker.h"
#include "ns3/qkdn-resilience-monitor-helper.h"
#include "ns3/qkdn-route-supervisor.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Read a file.
 * @param name its path
 * @return its lines
 */
std::vector<std::string>
ReadLines(const std::string& name)
{
    std::ifstream file(name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
    {
        lines.push_back(line);
    }
    return lines;
}

/**
 * @brief Count lines with a beginning and a text.
 * @param lines the lines
 * @param begin how they begin
 * @param text what they contain
 * @return the number
 */
std::size_t
CountLines(const std::vector<std::string>& lines, const std::string& begin, const std::string& text)
{
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.rfind(begin, 0) == 0 && line.find(text) != std::string::npos;
    });
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Config paths lead to attributes.
 */
class HelperAttributePathsTest : public TestCase
{
  public:
    HelperAttributePathsTest()
        : TestCase("Config paths set attributes, by ns-3's lists and by names")
    {
    }

  private:
    void DoRun() override
    {
        const NamedNetwork network({"alice", "bob"});
        const auto alice = DynamicCast<KeyManager>(network.keyManagers.Get(0));
        const auto bob = DynamicCast<KeyManager>(network.keyManagers.Get(1));
        NS_TEST_ASSERT_MSG_EQ(alice->GetKmId(), KmId(1), "numbered by node");
        NS_TEST_ASSERT_MSG_EQ(bob->GetKmId(), KmId(2), "numbered by node");

        Config::Set("/NodeList/*/ApplicationList/*/$ns3::qkdn::KeyManager/PoolList/*/Capacity",
                    UintegerValue(4711));
        NS_TEST_ASSERT_MSG_EQ(alice->GetPool(KmId(2))->GetCapacityBits(), 4711, "pool of alice");
        NS_TEST_ASSERT_MSG_EQ(bob->GetPool(KmId(1))->GetCapacityBits(), 4711, "pool of bob");
        Config::Set("/Names/alice/key-manager/PoolList/2/Capacity", UintegerValue(4712));
        NS_TEST_ASSERT_MSG_EQ(alice->GetPool(KmId(2))->GetCapacityBits(), 4712, "by name");
        NS_TEST_ASSERT_MSG_EQ(bob->GetPool(KmId(1))->GetCapacityBits(), 4711, "alice's alone");
        NS_TEST_ASSERT_MSG_EQ(Config::LookupMatches("/Names/alice/key-manager/PoolList/1").GetN(),
                              0,
                              "no pool with itself");

        Config::Set("/Names/bob/key-manager/RelayKeyMaker/RelayBatch", UintegerValue(7));
        UintegerValue batch;
        bob->GetRelayKeyMaker()->GetAttribute("RelayBatch", batch);
        NS_TEST_ASSERT_MSG_EQ(batch.Get(), 7, "parts of a key manager");
        Config::Set("/Names/bob/key-manager/ControlAgent/Supervisor/PoolRecoverBits",
                    UintegerValue(99));
        UintegerValue recover;
        bob->GetControlAgent()->GetSupervisor()->GetAttribute("PoolRecoverBits", recover);
        NS_TEST_ASSERT_MSG_EQ(recover.Get(), 99, "parts of parts");

        Config::Set("/Names/alice/module-alicebob/Distillation/$ns3::qkdn::PerBlockDistillation/"
                    "Statistics",
                    StringValue("drawn"));
        StringValue statistics;
        network.made[0].transmitter->GetDistillation()->GetAttribute("Statistics", statistics);
        NS_TEST_ASSERT_MSG_EQ(statistics.Get(), "drawn", "distillation");
        Config::Set("/ChannelList/*/$ns3::qkdn::QuantumChannel/ExtraLossDb", DoubleValue(1.5));
        DoubleValue loss;
        network.made[0].channel->GetAttribute("ExtraLossDb", loss);
        NS_TEST_ASSERT_MSG_EQ(loss.Get(), 1.5, "channels");
        DoubleValue wavelength;
        network.made[0].channel->GetAttribute("WavelengthNm", wavelength);
        NS_TEST_ASSERT_MSG_EQ(wavelength.Get(), 1310, "set by the helper");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Config paths lead to trace sources.
 */
class HelperTracePathsTest : public TestCase
{
  public:
    HelperTracePathsTest()
        : TestCase("Config paths connect trace sources, by ns-3's lists and by names")
    {
    }

  private:
    /**
     * @brief Note a level.
     * @param path where it comes from
     * @param bits the level
     */
    void LevelChanged(std::string path, KmId, KmId, uint64_t bits)
    {
        m_levels[path].push_back(bits);
    }

    /**
     * @brief Note the end of a request.
     * @param end how it ended
     */
    void Ended(const ApplicationIdentity&, const RequestEnd& end)
    {
        m_onTime += end.outcome == REQUEST_ON_TIME ? 1 : 0;
    }

    /**
     * @brief Note a state.
     * @param path where it comes from
     * @param to the state
     */
    void StateChanged(std::string path,
                      LinkId,
                      QkdModule::Role,
                      QkdModule::State,
                      QkdModule::State to,
                      IncidentId)
    {
        m_states.push_back(path + " " + QkdModule::StateName(to));
    }

    void DoRun() override
    {
        NamedNetwork network({"alice", "bob"});
        KeyManagerHelper::AddInitialKeys(network.made[0], 5000);
        const ApplicationContainer pair = network.applications.Install("A", "alice", "bob");
        NS_TEST_ASSERT_MSG_EQ(pair.GetN(), 2, "master and slave");
        Config::Connect("/NodeList/*/ApplicationList/*/$ns3::qkdn::KeyManager/PoolList/*/Level",
                        MakeCallback(&HelperTracePathsTest::LevelChanged, this));
        Config::ConnectWithoutContext("/Names/alice/application-A/RequestEnded",
                                      MakeCallback(&HelperTracePathsTest::Ended, this));
        Config::Connect("/Names/bob/module-alicebob/StateChange",
                        MakeCallback(&HelperTracePathsTest::StateChanged, this));
        Simulator::Schedule(Seconds(20), &FibreSpan::Cut, network.spans[0], 0.5);
        Simulator::Stop(Seconds(30));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_levels.size(), 2, "one context for each end");
        for (const auto& [path, levels] : m_levels)
        {
            NS_TEST_EXPECT_MSG_EQ((path.find("PoolList/") != std::string::npos), true, path);
            NS_TEST_EXPECT_MSG_GT(levels.size(), 10, "levels of " << path);
        }
        NS_TEST_EXPECT_MSG_EQ(m_onTime, 20, "a key each second until the cut");
        NS_TEST_ASSERT_MSG_EQ(m_states.size(), 2, "start and cut");
        NS_TEST_EXPECT_MSG_EQ(m_states[1], "/Names/bob/module-alicebob/StateChange Aborted", "it");
    }

    std::map<std::string, std::vector<uint64_t>> m_levels; //!< by path
    std::vector<std::string> m_states;                     //!< of a module
    uint32_t m_onTime{0};                                  //!< requests
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief ASCII traces and packet captures of single devices.
 */
class HelperTraceFilesTest : public TestCase
{
  public:
    HelperTraceFilesTest()
        : TestCase("ASCII traces tell of modules, pools and packets; captures of single devices")
    {
    }

  private:
    void DoRun() override
    {
        const std::string qkd = CreateTempDirFilename("qkd.tr");
        const std::string packets = CreateTempDirFilename("packets.tr");
        const std::string capture = CreateTempDirFilename("bob.pcap");
        {
            NamedNetwork network({"alice", "bob"});
            const auto stream = AsciiTraceHelper().CreateFileStream(qkd);
            QkdLinkHelper::EnableAscii(stream, network.made[0].GetModules());
            KeyManagerHelper::EnableAscii(stream, network.keyManagers);
            network.plant.EnableAscii(AsciiTraceHelper().CreateFileStream(packets),
                                      "/Names/alice/classical-alicebob");
            network.plant.EnablePcap(capture, "/Names/bob/classical-alicebob", false, true);
            KeyManagerHelper::AddInitialKeys(network.made[0], 5000);
            Simulator::Schedule(Seconds(20), &FibreSpan::Cut, network.spans[0], 0.5);
            Simulator::Stop(Seconds(30));
            Simulator::Run();
        }
        const std::vector<std::string> lines = ReadLines(qkd);
        const std::string module = "/ApplicationList/1/$ns3::qkdn::QkdModule/";
        NS_TEST_EXPECT_MSG_EQ(
            CountLines(lines, "s 20.00", module + "StateChange link=1 from=Running to=Aborted"),
            2,
            "both modules see the cut");
        NS_TEST_EXPECT_MSG_EQ(CountLines(lines, "i 20.00", "cause="), 2, "and say why");
        NS_TEST_EXPECT_MSG_GT(CountLines(lines, "d ", module + "KeyDelivered"), 5, "keys");
        NS_TEST_EXPECT_MSG_GT(CountLines(lines, "l ", "PoolList/2/Level peer=2 bits="),
                              5,
                              "levels");
        NS_TEST_EXPECT_MSG_EQ(CountLines(lines, "k 20.00", "status=PASSIVE end=here"), 2, "status");
        NS_TEST_EXPECT_MSG_EQ(CountLines(lines, "n ", "state=dead"), 2, "hellos are missed");
        const std::vector<std::string> sent = ReadLines(packets);
        NS_TEST_EXPECT_MSG_GT(CountLines(sent, "+ ", "/NodeList/0/DeviceList/"), 20, "packets");
        NS_TEST_EXPECT_MSG_EQ(CountLines(sent, "", "/NodeList/1/"), 0, "of one device alone");
        std::ifstream pcap(capture, std::ios::binary | std::ios::ate);
        NS_TEST_EXPECT_MSG_GT(pcap.tellg(), 1000, "a capture with packets");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Log components by layer.
 */
class HelperLogTest : public TestCase
{
  public:
    HelperLogTest()
        : TestCase("Log components of a layer are enabled, and no others")
    {
    }

  private:
    /**
     * @brief Whether a component logs.
     * @param name its name
     * @return true if any level is enabled
     */
    static bool IsEnabled(const std::string& name)
    {
        return !LogComponent::GetComponentList()->at(name)->IsNoneEnabled();
    }

    void DoRun() override
    {
        const auto all = QkdnLogHelper::GetLogComponents();
        if (all.empty())
        {
            return; // an ns-3 without logging
        }
        const auto quantum = QkdnLogHelper::GetLogComponents("quantum");
        NS_TEST_ASSERT_MSG_LT(quantum.size(), all.size(), "a layer is a part");
        std::size_t sum = 0;
        for (const std::string layer : {"base",
                                        "transport",
                                        "plant",
                                        "resilience",
                                        "quantum",
                                        "key-management",
                                        "control",
                                        "management",
                                        "user-network",
                                        "experiment",
                                        "report",
                                        "helper"})
        {
            sum += QkdnLogHelper::GetLogComponents(layer).size();
        }
        NS_TEST_EXPECT_MSG_EQ(sum, all.size(), "each component is in one layer");
        const auto has = [](const std::vector<std::string>& names, const std::string& name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        NS_TEST_EXPECT_MSG_EQ(has(quantum, "QkdnQkdModule"), true, "a module is quantum");
        NS_TEST_EXPECT_MSG_EQ(has(quantum, "QkdnKeyManager"), false, "a key manager is not");
        NS_TEST_EXPECT_MSG_EQ(has(QkdnLogHelper::GetLogComponents("helper"), "QkdnScenarioBuilder"),
                              true,
                              "helpers in folders");

        const bool before = IsEnabled("QkdnKeyManager");
        QkdnLogHelper::EnableLogComponents(LOG_LEVEL_ERROR, "quantum");
        for (const std::string& name : quantum)
        {
            NS_TEST_EXPECT_MSG_EQ(IsEnabled(name), true, name);
            LogComponentDisable(name.c_str(), LOG_LEVEL_ERROR);
        }
        NS_TEST_EXPECT_MSG_EQ(IsEnabled("QkdnKeyManager"), before, "other layers are left alone");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A network with controller, manager, session and monitor in a few calls.
 */
class HelperNetworkTest : public TestCase
{
  public:
    HelperNetworkTest()
        : TestCase("Helpers on containers and names make a network that a controller serves")
    {
    }

  private:
    void DoRun() override
    {
        NamedNetwork network({"a", "b", "c"});
        const QkdnControllerHelper controllers;
        NodeContainer places(network.nodes.Get(1));
        places.Add(network.nodes.Get(2));
        const ApplicationContainer pair = controllers.Install(places);
        controllers.Connect(pair, network.keyManagers);
        const QkdnManagerHelper managerHelper;
        const Ptr<QkdnManager> manager = managerHelper.Install("b");
        managerHelper.Connect(manager, pair, network.keyManagers);
        SessionPolicy policy;
        policy.resilienceClass = CLASS_RESTORATION;
        network.applications.SetPolicy(policy);
        network.applications.SetAttribute("Rate", DoubleValue(1.5));
        ApplicationContainer applications = network.applications.Install("S", "a", "c");
        applications.Start(Seconds(5));
        const auto sessions = network.applications.GetSessions();
        NS_TEST_ASSERT_MSG_EQ(sessions.size(), 1, "a session");
        NS_TEST_EXPECT_MSG_EQ(sessions[0].session.policy.demandBps, 384, "1.5 keys of 256 bit");
        NS_TEST_EXPECT_MSG_EQ((Names::Find<Application>("/Names/b/controller") == pair.Get(0)),
                              true,
                              "named");
        NS_TEST_EXPECT_MSG_EQ((Names::Find<QkdnManager>("/Names/b/manager") == manager),
                              true,
                              "named");
        const Ptr<ResilienceMonitor> monitor =
            ResilienceMonitorHelper().InstallAll(network.made, sessions);
        for (const QkdLink& link : network.made)
        {
            KeyManagerHelper::AddInitialKeys(link, 5000);
        }
        Simulator::Stop(Seconds(60));
        Simulator::Run();
        const ExperimentResults results = monitor->Collect(Time(0));
        NS_TEST_ASSERT_MSG_EQ(results.sessions.size(), 1, "a session");
        NS_TEST_EXPECT_MSG_GT(results.requests.size(), 70, "requests of 55 s");
        const auto late =
            std::count_if(results.requests.begin(), results.requests.end(), [](const auto& r) {
                return r.outcome == REQUEST_LATE || r.outcome == REQUEST_LOST;
            });
        NS_TEST_EXPECT_MSG_EQ(late, 0, "all on time");
        NS_TEST_EXPECT_MSG_EQ(results.pools.size(), 2, "a pool for each link");
        NS_TEST_EXPECT_MSG_GT(results.packets, 500, "devices are counted");
        NS_TEST_ASSERT_MSG_EQ(results.routeUses.empty(), false, "a route");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.empty(), true, "books");
        monitor->Dispose();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Streams that are assigned by hand.
 */
class HelperStreamsTest : public TestCase
{
  public:
    HelperStreamsTest()
        : TestCase("AssignStreams gives each object streams of its own")
    {
    }

  private:
    /**
     * @brief When the requests of a Poisson process are issued.
     * @param stream first stream of the applications; -1 for none
     * @return the times
     */
    std::vector<Time> Issue(int64_t stream)
    {
        NamedNetwork network({"alice", "bob"});
        network.applications.SetAttribute("Arrival", StringValue("poisson"));
        const ApplicationContainer pair = network.applications.Install("A", "alice", "bob");
        if (stream >= 0)
        {
            NS_TEST_EXPECT_MSG_EQ(CryptographicApplicationHelper::AssignStreams(pair, stream),
                                  2,
                                  "one each");
        }
        NS_TEST_EXPECT_MSG_EQ(KeyManagerHelper::AssignStreams(network.keyManagers, 100),
                              2,
                              "one each");
        NS_TEST_EXPECT_MSG_GT(QkdLinkHelper::AssignStreams(network.made[0].GetModules(), 200),
                              1,
                              "more");
        m_issued.clear();
        Config::ConnectWithoutContext("/Names/alice/application-A/RequestIssued",
                                      MakeCallback(&HelperStreamsTest::Issued, this));
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        return m_issued;
    }

    /// Note a request.
    void Issued(const ApplicationIdentity&, uint64_t)
    {
        m_issued.push_back(Simulator::Now());
    }

    void DoRun() override
    {
        const auto named = Issue(-1);
        const auto first = Issue(1);
        NS_TEST_EXPECT_MSG_GT(first.size(), 5, "requests");
        NS_TEST_EXPECT_MSG_EQ((first == Issue(1)), true, "the same stream");
        NS_TEST_EXPECT_MSG_EQ((first == Issue(7)), false, "another one");
        NS_TEST_EXPECT_MSG_EQ((first == named), false, "that of the name");
    }

    std::vector<Time> m_issued; //!< when
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the helpers.
 */
class QkdnHelpersTestSuite : public TestSuite
{
  public:
    QkdnHelpersTestSuite()
        : TestSuite("qkdn-helpers", Type::UNIT)
    {
        AddTestCase(new HelperAttributePathsTest);
        AddTestCase(new HelperTracePathsTest);
        AddTestCase(new HelperTraceFilesTest);
        AddTestCase(new HelperLogTest);
        AddTestCase(new HelperNetworkTest);
        AddTestCase(new HelperStreamsTest);
    }

  private:
    void DoSetup() override
    {
        // before the first packet of all tests, as ASCII traces of packets need it
        Packet::EnablePrinting();
    }
};

static QkdnHelpersTestSuite g_qkdnHelpersTestSuite; //!< registers the suite
