/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-transport-test-network.h"

#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-hello-header.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <memory>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Port of the agents.
constexpr uint16_t PORT = 3784;

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two hello agents on a link, and what they report.
 */
class HelloTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit HelloTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /// A report of an agent.
    struct Report
    {
        Time at;    //!< when
        bool alive; //!< what
    };

    void DoSetup() override
    {
        m_network = std::make_unique<TestNetwork>();
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_agents[i] = CreateObject<HelloAgent>();
            m_agents[i]->SetNode(m_network->Get(i));
            m_agents[i]->TraceConnectWithoutContext("Received",
                                                    MakeCallback(&HelloTest::CountHello, this));
        }
        m_agents[0]->SetPeerCallback(MakeCallback(&HelloTest::Report0, this));
        m_agents[1]->SetPeerCallback(MakeCallback(&HelloTest::Report1, this));
    }

    /// Start both agents now.
    void StartBoth()
    {
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_agents[i]->Listen(TestNetwork::At(i, PORT));
            m_agents[i]->AddPeer(TestNetwork::At(1 - i, PORT));
        }
    }

    /**
     * @brief Run.
     * @param until end of the simulation
     */
    void RunUntil(Time until)
    {
        Simulator::Stop(until);
        Simulator::Run();
    }

    void DoTeardown() override
    {
        for (auto& agent : m_agents)
        {
            agent->Dispose();
            agent = nullptr;
        }
        m_network.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Trace sink of Received.
     * @param local address of this end
     * @param remote address of the peer
     * @param bytes bytes
     */
    void CountHello(const Address& local, const Address& /* remote */, uint32_t bytes)
    {
        NS_TEST_ASSERT_MSG_EQ(bytes, 24, "size of a hello");
        const bool second =
            InetSocketAddress::ConvertFrom(local).GetIpv4() == Ipv4Address("10.0.0.2");
        m_lastHello[second ? 1 : 0] = Simulator::Now();
    }

    /**
     * @brief Report of the first agent.
     * @param peer the peer
     * @param alive its state
     */
    void Report0(HelloPeerId peer, bool alive)
    {
        NS_TEST_ASSERT_MSG_EQ(peer, HelloPeerId(1), "the only peer");
        m_reports[0].push_back({Simulator::Now(), alive});
    }

    /**
     * @brief Report of the second agent.
     * @param peer the peer
     * @param alive its state
     */
    void Report1(HelloPeerId peer, bool alive)
    {
        NS_TEST_ASSERT_MSG_EQ(peer, HelloPeerId(1), "the only peer");
        m_reports[1].push_back({Simulator::Now(), alive});
    }

    std::unique_ptr<TestNetwork> m_network; //!< the network
    Ptr<HelloAgent> m_agents[2];            //!< the agents
    std::vector<Report> m_reports[2];       //!< what they reported
    Time m_lastHello[2];                    //!< when they last heard a hello
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A cut of both directions is detected at the last hello plus three intervals.
 */
class HelloCutTest : public HelloTest
{
  public:
    HelloCutTest()
        : HelloTest("A cut is detected Multiplier x Interval after the last hello")
    {
    }

  private:
    void DoRun() override
    {
        for (auto& agent : m_agents)
        {
            agent->SetAttribute("Interval", TimeValue(MilliSeconds(300)));
            agent->SetAttribute("Multiplier", UintegerValue(4));
        }
        StartBoth();
        Time last[2];
        Simulator::Schedule(Seconds(10.05), [this, &last]() {
            m_network->ShutBoth(true);
            last[0] = m_lastHello[0];
            last[1] = m_lastHello[1];
        });
        Simulator::Schedule(Seconds(60.05), [this]() { m_network->ShutBoth(false); });
        RunUntil(Seconds(70));
        for (uint32_t i = 0; i < 2; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(m_reports[i].size(), 3, "alive, dead, alive");
            NS_TEST_EXPECT_MSG_LT(m_reports[i][0].at, MilliSeconds(10), "alive after the start");
            NS_TEST_EXPECT_MSG_EQ(m_reports[i][0].alive, true, "alive after the start");
            NS_TEST_EXPECT_MSG_EQ(m_reports[i][1].alive, false, "dead");
            NS_TEST_EXPECT_MSG_GT(last[i], Seconds(9.7), "hellos until the cut");
            NS_TEST_EXPECT_MSG_EQ(m_reports[i][1].at,
                                  last[i] + MilliSeconds(1200),
                                  "the detection time to the nanosecond");
            NS_TEST_EXPECT_MSG_EQ(m_reports[i][2].alive, true, "alive again");
            NS_TEST_EXPECT_MSG_LT(m_reports[i][2].at,
                                  Seconds(60.05) + MilliSeconds(310),
                                  "alive with the first hello after the repair");
            NS_TEST_EXPECT_MSG_EQ(m_agents[i]->IsAlive(HelloPeerId(1)), true, "alive at the end");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Loss in one direction is noticed at both ends.
 */
class HelloOneWayTest : public HelloTest
{
  public:
    HelloOneWayTest()
        : HelloTest("One-way loss is noticed at both ends")
    {
    }

  private:
    void DoRun() override
    {
        StartBoth();
        Simulator::Schedule(Seconds(10.5), [this]() { m_network->Shut(1, true); });
        Simulator::Schedule(Seconds(30.5), [this]() { m_network->Shut(1, false); });
        RunUntil(Seconds(40));
        for (uint32_t i = 0; i < 2; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(m_reports[i].size(), 3, "alive, dead, alive");
            NS_TEST_EXPECT_MSG_EQ(m_reports[i][1].alive, false, "dead");
            NS_TEST_EXPECT_MSG_GT(m_reports[i][1].at, Seconds(13), "not before three intervals");
            NS_TEST_EXPECT_MSG_LT(m_reports[i][1].at, Seconds(13.1), "both at once");
            NS_TEST_EXPECT_MSG_GT(m_reports[i][2].at, Seconds(30.5), "not before the repair");
            NS_TEST_EXPECT_MSG_LT(m_reports[i][2].at, Seconds(31.1), "with the next hello");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Peers never heard, and peers that stop and start.
 */
class HelloRestartTest : public HelloTest
{
  public:
    HelloRestartTest()
        : HelloTest("A peer never heard is dead once; a restart is noticed")
    {
    }

  private:
    void DoRun() override
    {
        m_agents[0]->Listen(TestNetwork::At(0, PORT));
        m_agents[0]->AddPeer(TestNetwork::At(1, PORT));
        Simulator::Schedule(Seconds(20.5), [this]() {
            m_agents[1]->Listen(TestNetwork::At(1, PORT));
            m_agents[1]->AddPeer(TestNetwork::At(0, PORT));
        });
        // a restart quicker than the detection time is noticed all the same
        Simulator::Schedule(Seconds(30.2), [this]() { m_agents[1]->Stop(); });
        Simulator::Schedule(Seconds(30.7), [this]() { m_agents[1]->Start(); });
        Simulator::Schedule(Seconds(40.2), [this]() { m_agents[1]->Stop(); });
        RunUntil(Seconds(100));
        const auto& r = m_reports[0];
        NS_TEST_ASSERT_MSG_EQ(r.size(), 5, "dead, alive, dead, alive, dead");
        NS_TEST_EXPECT_MSG_EQ(r[0].alive, false, "never heard");
        NS_TEST_EXPECT_MSG_EQ(r[0].at, Seconds(3), "three intervals after the start, once");
        NS_TEST_EXPECT_MSG_EQ(r[1].alive, true, "the peer has started");
        NS_TEST_EXPECT_MSG_LT(r[1].at, Seconds(20.51), "at once");
        NS_TEST_EXPECT_MSG_EQ(r[2].alive, false, "the peer has restarted");
        NS_TEST_EXPECT_MSG_LT(r[2].at, Seconds(30.71), "with its first hello");
        NS_TEST_EXPECT_MSG_EQ(r[3].alive, true, "it hears us");
        NS_TEST_EXPECT_MSG_LT(r[3].at, Seconds(31.71), "within an interval");
        NS_TEST_EXPECT_MSG_EQ(r[4].alive, false, "the peer has stopped");
        NS_TEST_EXPECT_MSG_EQ(r[4].at, m_lastHello[0] + Seconds(3), "three intervals later");
        NS_TEST_EXPECT_MSG_EQ(m_reports[1].size(), 2, "a stopped agent reports nothing");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A restart shorter than it takes to be found dead, of which the first hello is lost.
 */
class HelloShortRestartTest : public HelloTest
{
  public:
    HelloShortRestartTest()
        : HelloTest("A short restart is noticed by the peer, though the first hello is lost")
    {
    }

  private:
    void DoRun() override
    {
        StartBoth();
        Simulator::Schedule(Seconds(10.2), [this]() { m_agents[1]->Stop(); });
        Simulator::Schedule(Seconds(10.3), [this]() {
            m_network->ShutBoth(true);
            m_agents[1]->Start();
        });
        // hellos of the first agent come first
        Simulator::Schedule(Seconds(10.9), [this]() { m_network->ShutBoth(false); });
        RunUntil(Seconds(20));
        const auto& r = m_reports[0];
        NS_TEST_ASSERT_MSG_EQ(r.size(), 3, "alive, dead, alive");
        NS_TEST_EXPECT_MSG_EQ(r[1].alive, false, "the restart was noticed");
        NS_TEST_EXPECT_MSG_LT(r[1].at, Seconds(12), "by the next hello");
        NS_TEST_EXPECT_MSG_LT(r[2].at, Seconds(13), "and is over soon");
        NS_TEST_ASSERT_MSG_EQ(m_reports[1].size(), 2, "alive in both lives");
        NS_TEST_EXPECT_MSG_LT(m_reports[1][1].at, Seconds(13), "soon");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A second restart, before the first one is over for the peer.
 */
class HelloTwiceRestartedTest : public HelloTest
{
  public:
    HelloTwiceRestartedTest()
        : HelloTest("Of two restarts in a row the second one is reported, too")
    {
    }

  private:
    void DoRun() override
    {
        StartBoth();
        for (const double at : {10.2, 10.4})
        {
            Simulator::Schedule(Seconds(at), [this]() {
                m_agents[1]->Stop();
                m_agents[1]->Start();
            });
            // it hears nothing of the first agent until it is started again
            Simulator::Schedule(Seconds(at - 0.1), [this]() { m_network->Shut(1, true); });
        }
        Simulator::Schedule(Seconds(10.5), [this]() { m_network->Shut(1, false); });
        RunUntil(Seconds(20));
        const auto& r = m_reports[0];
        NS_TEST_ASSERT_MSG_EQ(r.size(), 4, "alive, dead, dead, alive");
        NS_TEST_EXPECT_MSG_LT(r[1].at, Seconds(10.21), "the first restart");
        NS_TEST_EXPECT_MSG_EQ(r[2].alive, false, "the second one");
        NS_TEST_EXPECT_MSG_LT(r[2].at, Seconds(10.41), "at once");
        NS_TEST_EXPECT_MSG_EQ(r[3].alive, true, "and back");
        NS_TEST_EXPECT_MSG_LT(r[3].at, Seconds(12), "soon");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An interruption that is long enough for one end only.
 */
class HelloUnequalTest : public HelloTest
{
  public:
    HelloUnequalTest()
        : HelloTest("An interruption that one end has noticed is reported by the other end, too")
    {
    }

  private:
    void DoRun() override
    {
        // the second agent misses the first one after 0.6 s, and is missed after 6 s
        m_agents[0]->SetAttribute("Interval", TimeValue(MilliSeconds(200)));
        m_agents[1]->SetAttribute("Interval", TimeValue(Seconds(2)));
        StartBoth();
        Simulator::Schedule(Seconds(10.5), [this]() { m_network->ShutBoth(true); });
        Simulator::Schedule(Seconds(11.7), [this]() { m_network->ShutBoth(false); });
        // twice, so that numbers which have once changed are compared again
        Simulator::Schedule(Seconds(30.5), [this]() { m_network->ShutBoth(true); });
        Simulator::Schedule(Seconds(31.7), [this]() { m_network->ShutBoth(false); });
        RunUntil(Seconds(50));
        for (uint32_t i = 0; i < 2; ++i)
        {
            const auto& r = m_reports[i];
            NS_TEST_ASSERT_MSG_EQ(r.size(), 5, "alive, dead, alive, dead, alive at end " << i);
            for (const std::size_t dead : {1, 3})
            {
                const double begin = dead == 1 ? 10.5 : 30.5;
                NS_TEST_EXPECT_MSG_EQ(r[dead].alive, false, "dead at end " << i);
                NS_TEST_EXPECT_MSG_GT(r[dead].at, Seconds(begin + (i == 0 ? 1.2 : 0.4)), "when");
                NS_TEST_EXPECT_MSG_LT(r[dead].at, Seconds(begin + (i == 0 ? 3.3 : 0.7)), "when");
                NS_TEST_EXPECT_MSG_EQ(r[dead + 1].alive, true, "and back at end " << i);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Bad packets are counted and dropped.
 */
class HelloBadPacketTest : public HelloTest
{
  public:
    HelloBadPacketTest()
        : HelloTest("Bad hellos change no state")
    {
    }

  private:
    /**
     * @brief Send a packet to the first agent from a socket of the second node.
     * @param port port to send from
     * @param packet the packet
     */
    void SendFrom(uint16_t port, Ptr<Packet> packet)
    {
        Ptr<Socket> socket = Socket::CreateSocket(m_network->Get(1), UdpSocketFactory::GetTypeId());
        socket->Bind(TestNetwork::At(1, port));
        socket->SendTo(packet, 0, TestNetwork::At(0, PORT));
        socket->Close();
    }

    void DoRun() override
    {
        m_agents[0]->Listen(TestNetwork::At(0, PORT));
        m_agents[0]->AddPeer(TestNetwork::At(1, PORT));
        Simulator::Schedule(Seconds(5), [this]() {
            SendFrom(PORT, Create<Packet>(24));
            SendFrom(PORT, Create<Packet>(0));
            const std::vector<uint8_t> garbage(100, 0xa5);
            SendFrom(PORT, Create<Packet>(garbage.data(), garbage.size()));
            for (const auto& bad : {HelloHeader(0, 1, 1, 1, 1),
                                    HelloHeader(1, 0, 1, 1, 1),
                                    HelloHeader(1, 1, 0, 1, 1),
                                    HelloHeader(1, 1, 1, 1, 0)})
            {
                Ptr<Packet> packet = Create<Packet>();
                packet->AddHeader(bad);
                SendFrom(PORT, packet);
            }
            Ptr<Packet> good = Create<Packet>();
            good->AddHeader(HelloHeader(3, 1000000, 1, 1, 1));
            SendFrom(PORT + 1, good);
        });
        RunUntil(Seconds(6));
        NS_TEST_EXPECT_MSG_EQ(m_agents[0]->GetDropCount("malformed"), 7, "counted");
        NS_TEST_EXPECT_MSG_EQ(m_agents[0]->GetDropCount("unknown-peer"), 1, "counted");
        NS_TEST_EXPECT_MSG_EQ(m_reports[0].size(), 1, "dead since 3 s, and nothing new");
        NS_TEST_EXPECT_MSG_EQ(m_agents[0]->IsAlive(HelloPeerId(1)), false, "dead");

        // the same socket, with a good hello twice: alive, and the second one is stale
        Simulator::Schedule(Seconds(1), [this]() {
            for (int i = 0; i < 2; ++i)
            {
                Ptr<Packet> packet = Create<Packet>();
                packet->AddHeader(HelloHeader(2, 1000000, 7, 1, 1));
                SendFrom(PORT, packet);
            }
        });
        RunUntil(Seconds(10));
        NS_TEST_EXPECT_MSG_EQ(m_agents[0]->GetDropCount("stale"), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(m_reports[0].size(), 3, "dead, alive, dead");
        NS_TEST_EXPECT_MSG_EQ(m_reports[0][2].at,
                              m_reports[0][1].at + Seconds(2),
                              "the announced multiplier and interval count");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the hello agent.
 */
class QkdnHelloTestSuite : public TestSuite
{
  public:
    QkdnHelloTestSuite()
        : TestSuite("qkdn-hello", Type::UNIT)
    {
        AddTestCase(new HelloCutTest());
        AddTestCase(new HelloOneWayTest());
        AddTestCase(new HelloRestartTest());
        AddTestCase(new HelloShortRestartTest());
        AddTestCase(new HelloTwiceRestartedTest());
        AddTestCase(new HelloUnequalTest());
        AddTestCase(new HelloBadPacketTest());
    }
};

static QkdnHelloTestSuite g_qkdnHelloTestSuite; //!< registers the suite
