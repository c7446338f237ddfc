/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-endpoint-test-network.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief The body of an introduction of 10.0.0.x:port.
 * @param x last byte of the address
 * @param port the port
 * @return the body
 */
Ptr<Packet>
Introduction(uint8_t x, uint16_t port)
{
    const uint8_t bytes[] =
        {10, 0, 0, x, static_cast<uint8_t>(port >> 8), static_cast<uint8_t>(port)};
    return Create<Packet>(bytes, sizeof(bytes));
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The retransmission timeout of an old connection is still short.
 */
class RetransmissionTest : public EndpointTest
{
  public:
    RetransmissionTest()
        : EndpointTest("After 1,000 s of request and answer 0.5 s of loss is healed within 1 s")
    {
    }

  private:
    /**
     * @brief Trace sink of RTO, which tells of changes only.
     * @param from the old timeout
     */
    void SeeRto(Time from, Time /* to */)
    {
        if (Simulator::Now() > Seconds(1000) && m_rto.IsZero())
        {
            m_rto = from;
        }
    }

    /// Ask, and ask again 0.1 s after the answer.
    void Ask()
    {
        m_ends[0]->Send(m_peer, 1, Pattern(200, 0));
    }

    void DoRun() override
    {
        StartBoth();
        m_onReceive[1] = [this]() { m_ends[1]->Send(m_peer, 2, Pattern(300, 0)); };
        m_onReceive[0] = [this]() { Simulator::Schedule(MilliSeconds(100), [this]() { Ask(); }); };
        At(1, [this]() {
            Ask();
            for (uint32_t i = 0; i < 2; ++i)
            {
                for (const auto& socket : m_network->Sockets(i))
                {
                    socket->TraceConnectWithoutContext(
                        "RTO",
                        MakeCallback(&RetransmissionTest::SeeRto, this));
                }
            }
        });
        At(1000, [this]() { m_network->ShutBoth(true); });
        At(1000.5, [this]() { m_network->ShutBoth(false); });
        RunUntil(1010);
        NS_TEST_EXPECT_MSG_GT(m_received[0].size(), 9000, "the traffic was there");
        NS_TEST_EXPECT_MSG_GT(m_rto, Time(0), "the loss made RTO change");
        NS_TEST_EXPECT_MSG_LT(m_rto, Seconds(1), "RTO until then");
        const auto healed = std::find_if(m_received[0].begin(), m_received[0].end(), [](auto& e) {
            return e.at > Seconds(1000.5);
        });
        NS_TEST_ASSERT_MSG_EQ((healed != m_received[0].end()), true, "it was healed");
        NS_TEST_EXPECT_MSG_LT(healed->at, Seconds(1001.5), "within 1 s");
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "u", "on the one connection");
    }

    Time m_rto; //!< retransmission timeout before the loss
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A long outage with hello agents that abandon and reconnect.
 */
class OutageTest : public EndpointTest
{
  public:
    OutageTest()
        : EndpointTest("After an outage of 100 s messages get through within 3 s, both ways")
    {
    }

  private:
    /// @cond
    void Alive(uint32_t i, bool alive)
    {
        if (alive)
        {
            m_ends[i]->Reconnect(m_peer);
        }
        else
        {
            m_ends[i]->Abandon(m_peer);
        }
    }

    void Alive0(HelloPeerId, bool alive)
    {
        Alive(0, alive);
    }

    void Alive1(HelloPeerId, bool alive)
    {
        Alive(1, alive);
    }

    /// @endcond

    void DoRun() override
    {
        StartBoth();
        Ptr<HelloAgent> hellos[2];
        for (uint32_t i = 0; i < 2; ++i)
        {
            hellos[i] = CreateObject<HelloAgent>();
            hellos[i]->SetNode(m_network->Get(i));
            hellos[i]->Listen(TestNetwork::At(i, 3784));
            hellos[i]->AddPeer(TestNetwork::At(1 - i, 3784));
        }
        hellos[0]->SetPeerCallback(MakeCallback(&OutageTest::Alive0, this));
        hellos[1]->SetPeerCallback(MakeCallback(&OutageTest::Alive1, this));
        for (uint32_t k = 0; k < 1200; ++k)
        {
            At(0.1 * k, [this]() {
                m_ends[0]->Send(m_peer, 1, Create<Packet>(100));
                m_ends[1]->Send(m_peer, 1, Create<Packet>(100));
            });
        }
        At(10.05, [this]() { m_network->ShutBoth(true); });
        At(14, [this]() {
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->IsUp(m_peer), false, "noticed");
            NS_TEST_EXPECT_MSG_EQ(m_ends[1]->IsUp(m_peer), false, "noticed");
        });
        At(110.05, [this]() { m_network->ShutBoth(false); });
        RunUntil(120);
        for (uint32_t i = 0; i < 2; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(Reports(i), "udu", "up, down, up");
            const auto first = std::find_if(m_received[i].begin(),
                                            m_received[i].end(),
                                            [](auto& e) { return e.at > Seconds(11); });
            NS_TEST_ASSERT_MSG_EQ((first != m_received[i].end()), true, "messages again");
            NS_TEST_EXPECT_MSG_GT(first->at, Seconds(110.05), "none during the outage");
            NS_TEST_EXPECT_MSG_LT(first->at, Seconds(113.05), "within 3 s");
            NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(i).size(), 2, "no socket is left over");
            hellos[i]->Dispose();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A process that crashes and comes back.
 */
class RestartTest : public EndpointTest
{
  public:
    /**
     * @brief Constructor
     * @param crashing the end that crashes; 0 opens the connection
     * @param silent whether the link is cut at the crash, so that nobody is told
     */
    RestartTest(uint32_t crashing, bool silent)
        : EndpointTest("Crash and restart of end " + std::to_string(crashing) +
                       (silent ? ", unseen" : "")),
          m_crashing(crashing),
          m_silent(silent)
    {
    }

  private:
    void DoRun() override
    {
        StartBoth();
        const uint32_t other = 1 - m_crashing;
        At(10, [this]() {
            m_network->ShutBoth(m_silent);
            m_ends[m_crashing]->Stop();
            NS_TEST_EXPECT_MSG_EQ(m_ends[m_crashing]->IsUp(m_peer), false, "stopped");
        });
        At(15, [this, other]() {
            NS_TEST_EXPECT_MSG_EQ(m_ends[other]->IsUp(m_peer), m_silent, "the other end knows");
            if (m_silent)
            {
                m_ends[other]->Abandon(m_peer); // what a hello agent does meanwhile
            }
        });
        At(20, [this]() {
            m_network->ShutBoth(false);
            NS_TEST_EXPECT_MSG_EQ(Reports(m_crashing), "u", "a dead process is told nothing");
            m_ends[m_crashing]->Start();
        });
        At(23, [this]() {
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 1, Pattern(10, 1)), true, "up in 3 s");
            NS_TEST_EXPECT_MSG_EQ(m_ends[1]->Send(m_peer, 1, Pattern(10, 1)), true, "up in 3 s");
        });
        // a restart in one instant: the old sockets must not keep the address
        At(30, [this]() {
            m_ends[m_crashing]->Stop();
            m_ends[m_crashing]->Start();
        });
        At(33, [this]() {
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 1, Pattern(10, 1)), true, "up in 3 s");
            NS_TEST_EXPECT_MSG_EQ(m_ends[1]->Send(m_peer, 1, Pattern(10, 1)), true, "up in 3 s");
        });
        RunUntil(40);
        NS_TEST_EXPECT_MSG_EQ(Reports(other), "ududu", "the other end sees both crashes");
        NS_TEST_EXPECT_MSG_EQ(Reports(m_crashing), "uuu", "three lives");
        if (!m_silent)
        {
            NS_TEST_EXPECT_MSG_LT(m_reports[other].at(1).at, Seconds(10.1), "down at once");
        }
        for (uint32_t i = 0; i < 2; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(m_received[i].size(), 2, "both messages");
            NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(i).size(), 2, "no socket is left over");
        }
    }

    uint32_t m_crashing; //!< the end that crashes
    bool m_silent;       //!< whether the other end is not told
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Peers that do not answer are tried for ever.
 */
class RetryTest : public EndpointTest
{
  public:
    RetryTest()
        : EndpointTest("A closed port and a missing route are tried for ever")
    {
    }

  private:
    void DoRun() override
    {
        StartEnd(0);
        m_ends[0]->AddPeer(InetSocketAddress("192.168.7.7", 1), CONNECT_ACTIVE);
        At(1000.5, [this]() {
            NS_TEST_EXPECT_MSG_LT(m_network->Sockets(0).size(), 5, "attempts leave nothing behind");
            StartEnd(1);
        });
        RunUntil(1003.5);
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->IsUp(m_peer), true, "up when somebody listens");
        NS_TEST_ASSERT_MSG_EQ(Reports(0), "u", "and reported once");
        NS_TEST_EXPECT_MSG_LT(m_reports[0][0].at, Seconds(1002), "with the next attempt");
        // lost SYNs: the attempt that is under way is dropped for a new one
        m_network->ShutBoth(true);
        m_ends[0]->Abandon(m_peer);
        m_ends[1]->Abandon(m_peer);
        At(1010.25, [this]() {
            m_network->ShutBoth(false);
            m_ends[0]->Reconnect(m_peer);
        });
        RunUntil(1010.3);
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->IsUp(m_peer), true, "at once");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What strangers may do to an endpoint: nothing.
 */
class StrangerTest : public EndpointTest
{
  public:
    StrangerTest()
        : EndpointTest("Garbage, oversized frames and unknown peers close their connection only")
    {
    }

  private:
    /**
     * @brief Connect from the first node to the second endpoint and send something.
     * @param at when, in s
     * @param bytes what to send, null for nothing
     */
    void Attack(double at, Ptr<Packet> bytes)
    {
        At(at, [this, bytes]() {
            Ptr<Socket> socket = CreateTcpSocket(m_network->Get(0), 100000, 100000);
            socket->SetCloseCallbacks(MakeCallback(&StrangerTest::SeeClose, this),
                                      MakeCallback(&StrangerTest::SeeClose, this));
            socket->Connect(TestNetwork::At(1, PORT));
            if (bytes)
            {
                socket->Send(bytes);
            }
        });
    }

    /**
     * @brief A stranger's connection was closed.
     * @param socket its socket
     */
    void SeeClose(Ptr<Socket> socket)
    {
        ++m_closed;
        ResetTcpSocket(socket);
    }

    void DoRun() override
    {
        StartBoth();
        const std::vector<uint8_t> garbage(5000, 0xa5);
        Attack(2, Create<Packet>(garbage.data(), garbage.size()));
        Ptr<Packet> oversized = Create<Packet>();
        oversized->AddHeader(FrameHeader(0, 0xffffffff, IncidentId()));
        Attack(3, oversized);
        Attack(4, Frame(0, Introduction(9, 9)));
        Attack(5, Frame(0, Introduction(2, PORT))); // itself
        Attack(6, Frame(0, Create<Packet>(7)));
        Attack(7, Frame(5, Create<Packet>(6)));
        Attack(8, nullptr);
        RunUntil(15);
        NS_TEST_EXPECT_MSG_EQ(m_closed, 7, "all are closed");
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("malformed-frame"), 1, "garbage");
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("oversized-frame"), 1, "too long");
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("unknown-peer"), 2, "strangers");
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("no-introduction"), 3, "no introduction");
        NS_TEST_EXPECT_MSG_EQ(m_received[1].size(), 0, "nothing came through");
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "u", "the peer is not concerned");
        NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(1).size(), 2, "no socket is left over");

        // who introduces itself again breaks the protocol
        m_ends[0]->Stop();
        Ptr<Packet> twice = Frame(0, Introduction(1, PORT));
        twice->AddAtEnd(Frame(0, Introduction(1, PORT)));
        Attack(16, twice);
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("malformed-frame"), 2, "said twice");
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "udud", "taken for the peer, and closed");
    }

    uint32_t m_closed{0}; //!< strangers' connections closed
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Segments of connections that are gone come before the first SYN.
 */
class StraySegmentTest : public EndpointTest
{
  public:
    StraySegmentTest()
        : EndpointTest("Stray segments that come first do not spoil a listening socket")
    {
    }

  private:
    /**
     * @brief Send a segment without payload to the second endpoint.
     * @param flags its flags
     */
    void SendSegment(uint8_t flags)
    {
        TcpHeader header;
        header.SetSourcePort(50000);
        header.SetDestinationPort(PORT);
        header.SetFlags(flags);
        header.SetWindowSize(0);
        m_network->Get(0)->GetObject<TcpL4Protocol>()->SendPacket(Create<Packet>(),
                                                                  header,
                                                                  Ipv4Address("10.0.0.1"),
                                                                  Ipv4Address("10.0.0.2"));
    }

    void DoRun() override
    {
        m_ends[1]->Listen(TestNetwork::At(1, PORT));
        m_ends[1]->AddPeer(TestNetwork::At(0, PORT), CONNECT_BY_ADDRESS);
        const std::vector<uint8_t> flags = {TcpHeader::RST,
                                            TcpHeader::RST | TcpHeader::ACK,
                                            TcpHeader::ACK,
                                            TcpHeader::FIN};
        for (std::size_t i = 0; i < flags.size(); ++i)
        {
            At(0.1 * (1 + i), [this, flag = flags[i]]() { SendSegment(flag); });
        }
        // two in one instant of the receiver's
        At(0.5, [this]() { SendSegment(TcpHeader::RST); });
        At(0.5, [this]() { SendSegment(TcpHeader::RST); });
        At(1, [this]() {
            m_ends[0]->Listen(TestNetwork::At(0, PORT));
            m_ends[0]->AddPeer(TestNetwork::At(1, PORT), CONNECT_BY_ADDRESS);
        });
        RunUntil(100);
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "u", "connected once and for all");
        NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(1).size(), 2, "no socket is left over");
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_ends[i]->Stop();
        }
        RunUntil(110);
        NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(1).size(), 0, "no socket is left over");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A connection that is abandoned and opened again at once.
 */
class ReconnectTest : public EndpointTest
{
  public:
    ReconnectTest()
        : EndpointTest("The reset of a connection and the next attempt are no one instant")
    {
    }

  private:
    /// Note when a reset and a SYN leave.
    void Note(const Ipv4Header& /* ip */, Ptr<const Packet> packet, uint32_t /* interface */)
    {
        TcpHeader header;
        packet->PeekHeader(header);
        if ((header.GetFlags() & TcpHeader::RST) != 0)
        {
            m_reset = Simulator::Now();
        }
        if ((header.GetFlags() & TcpHeader::SYN) != 0)
        {
            m_attempt = Simulator::Now();
        }
    }

    void DoRun() override
    {
        StartBoth();
        m_network->Get(0)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
            "SendOutgoing",
            MakeCallback(&ReconnectTest::Note, this));
        At(2, [this]() {
            m_ends[0]->Abandon(m_peer);
            m_ends[0]->Reconnect(m_peer);
        });
        RunUntil(3);
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "udu", "up again");
        NS_TEST_EXPECT_MSG_EQ(m_reset, Seconds(2), "the reset");
        NS_TEST_EXPECT_MSG_GT(m_attempt, m_reset, "a listening socket sees the reset first");
        NS_TEST_EXPECT_MSG_LT(m_attempt, Seconds(2.001), "but does not wait");
    }

    Time m_reset;   //!< the last reset
    Time m_attempt; //!< the last SYN
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Calls from inside the callbacks.
 */
class ReentryTest : public EndpointTest
{
  public:
    ReentryTest()
        : EndpointTest("Abandon, Stop and Dispose work from inside a callback")
    {
    }

  private:
    /// Send three messages that share a segment.
    void SendThree()
    {
        for (uint16_t i = 1; i <= 3; ++i)
        {
            m_ends[0]->Send(m_peer, i, Pattern(20, i));
        }
    }

    void DoRun() override
    {
        StartBoth();
        m_onReceive[1] = [this]() { m_ends[1]->Abandon(m_peer); };
        At(2, [this]() { SendThree(); });
        RunUntil(5);
        NS_TEST_EXPECT_MSG_EQ(m_received[1].size(), 1, "the rest went with the connection");
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "udu", "abandoned, and up again");
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "udu", "abandoned, and up again");
        m_onReceive[1] = [this]() { m_ends[1]->Stop(); };
        SendThree();
        RunUntil(10);
        NS_TEST_EXPECT_MSG_EQ(m_received[1].size(), 2, "nothing after Stop()");
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "udu", "nothing after Stop()");
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "udud", "the peer is told");
        m_ends[1]->Start();
        m_onReceive[1] = [this]() { m_ends[1]->Dispose(); };
        RunUntil(13);
        SendThree();
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(m_received[1].size(), 3, "nothing after Dispose()");
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "ududud", "the peer is told");
        NS_TEST_EXPECT_MSG_EQ(m_network->Sockets(1).size(), 0, "no socket is left over");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the transport folder: failures and bad input.
 */
class QkdnTransportFailureTestSuite : public TestSuite
{
  public:
    QkdnTransportFailureTestSuite()
        : TestSuite("qkdn-transport-failure", Type::UNIT)
    {
        AddTestCase(new RetransmissionTest());
        AddTestCase(new OutageTest());
        AddTestCase(new RestartTest(0, false));
        AddTestCase(new RestartTest(1, false));
        AddTestCase(new RestartTest(0, true));
        AddTestCase(new RestartTest(1, true));
        AddTestCase(new RetryTest());
        AddTestCase(new StrangerTest());
        AddTestCase(new StraySegmentTest());
        AddTestCase(new ReconnectTest());
        AddTestCase(new ReentryTest());
    }
};

static QkdnTransportFailureTestSuite g_qkdnTransportFailureTestSuite; //!< registers the suite
