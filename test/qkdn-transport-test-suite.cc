/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-transport-test-network.h"

#include "ns3/boolean.h"
#include "ns3/qkdn-frame-assembler.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Port of the endpoints.
constexpr uint16_t PORT = 5000;

/**
 * @brief The bytes of a packet.
 * @param packet the packet
 * @return the bytes
 */
std::vector<uint8_t>
BytesOf(Ptr<const Packet> packet)
{
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

/**
 * @brief A packet with bytes that depend on a number.
 * @param size number of bytes
 * @param salt the number
 * @return the packet
 */
Ptr<Packet>
Pattern(uint32_t size, uint32_t salt)
{
    std::vector<uint8_t> bytes(size);
    for (uint32_t i = 0; i < size; ++i)
    {
        bytes[i] = static_cast<uint8_t>((i * 7 + salt * 13) % 251);
    }
    return Create<Packet>(bytes.data(), size);
}

/**
 * @brief A frame as it travels.
 * @param type message type
 * @param body the body
 * @return the packet
 */
Ptr<Packet>
Frame(uint16_t type, Ptr<Packet> body)
{
    Ptr<Packet> frame = body->Copy();
    frame->AddHeader(FrameHeader(type, body->GetSize(), IncidentId{3, type}));
    return frame;
}

/// The body of an introduction of 10.0.0.x:port.
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
 * @brief Streams cut at any place give the same frames; bad streams are noticed.
 */
class FrameAssemblerTest : public TestCase
{
  public:
    FrameAssemblerTest()
        : TestCase("Frames come out of a stream however it was cut")
    {
    }

  private:
    /**
     * @brief What comes first out of some bytes.
     * @param bytes the bytes
     * @param maxFrameBytes longest frame
     * @return the result
     */
    static FrameAssembler::Result First(Ptr<Packet> bytes, uint32_t maxFrameBytes)
    {
        FrameAssembler assembler(maxFrameBytes);
        FrameHeader header;
        Ptr<Packet> body;
        assembler.Append(bytes);
        return assembler.Next(header, body);
    }

    void DoRun() override
    {
        // zeros before, between and after other bytes, and shorter and longer than what is kept
        std::vector<Ptr<Packet>> bodies = {Create<Packet>(0), Pattern(1, 5), Pattern(700, 1)};
        for (uint32_t zeros : {1U, 900U, 1500U})
        {
            bodies.push_back(Create<Packet>(zeros));
            Ptr<Packet> mixed = Create<Packet>(zeros);
            mixed->AddAtEnd(Pattern(50, 2));
            mixed->AddAtEnd(Create<Packet>(zeros));
            mixed->AddAtEnd(Pattern(50, 3));
            mixed->AddAtEnd(Create<Packet>(zeros));
            bodies.push_back(mixed);
        }
        Ptr<Packet> stream = Create<Packet>();
        for (uint16_t i = 0; i < bodies.size(); ++i)
        {
            stream->AddAtEnd(Frame(i, bodies[i]));
        }
        for (uint32_t cut : {1U, 2U, 15U, 16U, 17U, 100U, 1448U, 1000000U})
        {
            FrameAssembler assembler(5000);
            uint16_t frames = 0;
            for (uint32_t at = 0; at < stream->GetSize(); at += cut)
            {
                assembler.Append(stream->CreateFragment(at, std::min(cut, stream->GetSize() - at)));
                FrameHeader header;
                Ptr<Packet> body;
                while (assembler.Next(header, body) == FrameAssembler::FRAME)
                {
                    NS_TEST_ASSERT_MSG_EQ(header.GetType(), frames, "in order, cut at " << cut);
                    NS_TEST_ASSERT_MSG_EQ((header.GetIncident() == IncidentId{3, frames}),
                                          true,
                                          "the incident of frame " << frames);
                    NS_TEST_ASSERT_MSG_EQ((BytesOf(body) == BytesOf(bodies.at(frames))),
                                          true,
                                          "frame " << frames << " cut at " << cut);
                    ++frames;
                }
            }
            NS_TEST_ASSERT_MSG_EQ(frames, bodies.size(), "all frames, cut at " << cut);
        }
        NS_TEST_EXPECT_MSG_EQ(First(Frame(1, Create<Packet>(84)), 100),
                              FrameAssembler::FRAME,
                              "a frame of just the bound");
        NS_TEST_EXPECT_MSG_EQ(First(Frame(1, Create<Packet>(85)), 100),
                              FrameAssembler::OVERSIZED,
                              "a frame of one byte more");
        NS_TEST_EXPECT_MSG_EQ(First(Create<Packet>(16), 100),
                              FrameAssembler::MALFORMED,
                              "version 0");
        NS_TEST_EXPECT_MSG_EQ(First(Create<Packet>(15), 100),
                              FrameAssembler::NEED_MORE,
                              "less than a header");
        const uint8_t flags[16] = {1, 1};
        NS_TEST_EXPECT_MSG_EQ(First(Create<Packet>(flags, 16), 100),
                              FrameAssembler::MALFORMED,
                              "a flag that this version does not know");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two message endpoints on a link.
 */
class EndpointTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit EndpointTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /// A message as it was received, or a report of a peer.
    struct Event
    {
        Time at;             //!< when
        uint16_t type;       //!< message type; 1 for up, 0 for down
        Ptr<Packet> body;    //!< the body, null for a report
        IncidentId incident; //!< the incident
    };

    void DoSetup() override
    {
        m_network = std::make_unique<TestNetwork>();
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_ends[i] = CreateObject<MessageEndpoint>();
            m_ends[i]->SetNode(m_network->Get(i));
        }
        m_ends[0]->SetReceiveCallback(MakeCallback(&EndpointTest::Receive0, this));
        m_ends[1]->SetReceiveCallback(MakeCallback(&EndpointTest::Receive1, this));
        m_ends[0]->SetPeerCallback(MakeCallback(&EndpointTest::Report0, this));
        m_ends[1]->SetPeerCallback(MakeCallback(&EndpointTest::Report1, this));
    }

    void DoTeardown() override
    {
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_ends[i]->Dispose();
            m_ends[i] = nullptr;
            m_onReceive[i] = nullptr;
        }
        m_network.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Start one end now.
     * @param i the end
     * @param role its role
     */
    void StartEnd(uint32_t i, ConnectRole role = CONNECT_BY_ADDRESS)
    {
        m_ends[i]->Listen(TestNetwork::At(i, PORT));
        const PeerId id = m_ends[i]->AddPeer(TestNetwork::At(1 - i, PORT), role);
        NS_TEST_ASSERT_MSG_EQ(id, m_peer, "the first peer");
    }

    /// Start both ends now.
    void StartBoth()
    {
        StartEnd(0);
        StartEnd(1);
    }

    /**
     * @brief Do something later.
     * @param seconds when, in s
     * @param what what to do
     */
    void At(double seconds, std::function<void()> what)
    {
        Simulator::Schedule(Seconds(seconds) - Simulator::Now(), [what]() { what(); });
    }

    /**
     * @brief Run.
     * @param seconds end of the simulation, in s
     */
    void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    /**
     * @brief The states that an end was told of, oldest first.
     * @param i the end
     * @return u for up, d for down
     */
    std::string Reports(uint32_t i) const
    {
        std::string text;
        for (const auto& report : m_reports[i])
        {
            text += report.type ? 'u' : 'd';
        }
        return text;
    }

    std::unique_ptr<TestNetwork> m_network; //!< the network
    Ptr<MessageEndpoint> m_ends[2];         //!< the endpoints
    const PeerId m_peer{1};                 //!< the peer of each
    std::vector<Event> m_received[2];       //!< messages received
    std::vector<Event> m_reports[2];        //!< states of the peer
    std::function<void()> m_onReceive[2];   //!< done after each message

  private:
    /// @cond
    void Receive(uint32_t i, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        m_received[i].push_back({Simulator::Now(), type, body, incident});
        if (m_onReceive[i])
        {
            m_onReceive[i]();
        }
    }

    void Receive0(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        Receive(0, type, body, incident);
    }

    void Receive1(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        Receive(1, type, body, incident);
    }

    void Report0(PeerId, bool up)
    {
        m_reports[0].push_back({Simulator::Now(), up, nullptr, IncidentId()});
    }

    void Report1(PeerId, bool up)
    {
        m_reports[1].push_back({Simulator::Now(), up, nullptr, IncidentId()});
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Many messages of random sizes both ways, with small and large socket buffers.
 */
class EchoTest : public EndpointTest
{
  public:
    /**
     * @brief Constructor
     * @param bufferBytes size of the socket buffers
     */
    explicit EchoTest(uint32_t bufferBytes)
        : EndpointTest("Messages of 0 to 300 kB arrive once, in order, unchanged; buffers of " +
                       std::to_string(bufferBytes) + " bytes"),
          m_bufferBytes(bufferBytes)
    {
    }

  private:
    /// Messages each way.
    static constexpr uint32_t MESSAGES = 120;

    /**
     * @brief Trace sink of Sent.
     * @param bytes bytes
     */
    void CountSent(const Address&, const Address&, uint16_t, uint32_t bytes, IncidentId)
    {
        m_sentBytes += bytes;
    }

    /**
     * @brief Trace sink of Received.
     * @param bytes bytes
     */
    void CountReceived(const Address&, const Address&, uint16_t, uint32_t bytes, IncidentId)
    {
        m_receivedBytes += bytes;
    }

    void DoRun() override
    {
        for (auto& end : m_ends)
        {
            end->SetAttribute("SendBufferBytes", UintegerValue(m_bufferBytes));
            end->SetAttribute("ReceiveBufferBytes", UintegerValue(m_bufferBytes));
            end->TraceConnectWithoutContext("Sent", MakeCallback(&EchoTest::CountSent, this));
            end->TraceConnectWithoutContext("Received",
                                            MakeCallback(&EchoTest::CountReceived, this));
        }
        StartBoth();
        Ptr<UniformRandomVariable> sizes = CreateObject<UniformRandomVariable>();
        sizes->SetStream(4711);
        std::vector<Ptr<Packet>> bodies;
        for (uint32_t i = 0; i < MESSAGES; ++i)
        {
            const uint32_t large = sizes->GetInteger(0, 300000);
            const uint32_t small = sizes->GetInteger(0, 60);
            bodies.push_back(i % 4 == 0   ? Create<Packet>(large)
                             : i % 4 == 1 ? Pattern(large / 10, i)
                                          : Pattern(small, i));
        }
        for (uint32_t i = 0; i < MESSAGES; ++i)
        {
            // bursts of ten, so that small messages share segments
            At(1 + i / 10 * 0.1, [this, &bodies, i]() {
                for (auto& end : m_ends)
                {
                    const bool taken = end->Send(m_peer, i + 1, bodies[i], IncidentId{7, i + 1});
                    NS_TEST_ASSERT_MSG_EQ(taken, true, "message " << i << " is taken");
                }
            });
        }
        RunUntil(120);
        for (uint32_t end = 0; end < 2; ++end)
        {
            NS_TEST_ASSERT_MSG_EQ(m_received[end].size(), MESSAGES, "all arrive, once");
            for (uint32_t i = 0; i < MESSAGES; ++i)
            {
                const Event& got = m_received[end][i];
                NS_TEST_ASSERT_MSG_EQ(got.type, i + 1, "in order");
                NS_TEST_ASSERT_MSG_EQ((got.incident == IncidentId{7, i + 1}), true, "incident");
                NS_TEST_ASSERT_MSG_EQ((BytesOf(got.body) == BytesOf(bodies[i])),
                                      true,
                                      "contents of message " << i);
                if (bodies[i]->GetSize() > 10000 && i % 4 == 0)
                {
                    NS_TEST_ASSERT_MSG_LT(got.body->GetSerializedSize(), 2000, "still virtual");
                }
            }
            NS_TEST_EXPECT_MSG_EQ(Reports(end), "u", "one connection, never lost");
        }
        NS_TEST_EXPECT_MSG_EQ(m_sentBytes, m_receivedBytes, "bytes in the traces");
    }

    uint32_t m_bufferBytes;      //!< size of the socket buffers
    uint64_t m_sentBytes{0};     //!< bytes sent by both ends
    uint64_t m_receivedBytes{0}; //!< bytes received by both ends
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Megabytes of virtual bytes between small messages; what Send() refuses.
 */
class BulkTest : public EndpointTest
{
  public:
    BulkTest()
        : EndpointTest("Megabytes stay virtual; Send() refuses what it cannot keep")
    {
    }

  private:
    void DoRun() override
    {
        for (auto& end : m_ends)
        {
            end->SetAttribute("MaxQueueBytes", UintegerValue(6000000));
            end->SetAttribute("MaxFrameBytes", UintegerValue(5000016));
        }
        StartBoth();
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 1, Create<Packet>(1)), false, "peer down");
        At(1, [this]() {
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 2, Pattern(40, 0)), true, "small");
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 3, Create<Packet>(5000000)), true, "max");
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 4, Create<Packet>(5000001)),
                                  false,
                                  "above MaxFrameBytes");
            // a buffer of 1 MiB has taken its part
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 5, Create<Packet>(2100000)),
                                  false,
                                  "above MaxQueueBytes");
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 6, Create<Packet>(2000000)),
                                  true,
                                  "fits");
            NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 7, Pattern(40, 0)), true, "fits");
        });
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->GetDropCount("peer-down"), 1, "counted");
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->GetDropCount("too-large"), 1, "counted");
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->GetDropCount("queue-full"), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(m_received[1].size(), 4, "what was taken arrives");
        NS_TEST_EXPECT_MSG_EQ(m_received[1][1].body->GetSize(), 5000000, "whole");
        NS_TEST_EXPECT_MSG_LT(m_received[1][1].body->GetSerializedSize(), 2000, "virtual");
        NS_TEST_EXPECT_MSG_LT(m_received[1][2].body->GetSerializedSize(), 2000, "virtual");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One connection per pair, with the settings of the module at both ends.
 */
class SocketsTest : public EndpointTest
{
  public:
    SocketsTest()
        : EndpointTest("There is one connection, with the module's TCP settings at both ends")
    {
    }

  private:
    void DoRun() override
    {
        StartBoth();
        RunUntil(10);
        for (uint32_t i = 0; i < 2; ++i)
        {
            const auto sockets = m_network->Sockets(i);
            NS_TEST_EXPECT_MSG_EQ(sockets.size(), 2, "one listens, one is connected");
            NS_TEST_EXPECT_MSG_EQ(m_ends[i]->IsUp(m_peer), true, "up");
            for (const auto& socket : sockets)
            {
                BooleanValue flag;
                socket->GetAttribute("Timestamp", flag);
                NS_TEST_EXPECT_MSG_EQ(flag.Get(), false, "Timestamp");
                socket->GetAttribute("TcpNoDelay", flag);
                NS_TEST_EXPECT_MSG_EQ(flag.Get(), true, "TcpNoDelay");
                const std::vector<std::pair<std::string, Time>> times = {
                    {"MinRto", MilliSeconds(200)},
                    {"DelAckTimeout", MilliSeconds(40)},
                    {"ConnTimeout", Seconds(1)}};
                for (const auto& expected : times)
                {
                    TimeValue time;
                    socket->GetAttribute(expected.first, time);
                    NS_TEST_EXPECT_MSG_EQ(time.Get(), expected.second, expected.first);
                }
                const std::vector<std::pair<std::string, uint64_t>> numbers = {
                    {"SegmentSize", 1448},
                    {"ConnCount", 1},
                    {"SndBufSize", 1048576},
                    {"RcvBufSize", 1048576}};
                for (const auto& expected : numbers)
                {
                    UintegerValue number;
                    socket->GetAttribute(expected.first, number);
                    NS_TEST_EXPECT_MSG_EQ(number.Get(), expected.second, expected.first);
                }
            }
        }
    }
};

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
        At(20, [this, other]() {
            m_network->ShutBoth(false);
            NS_TEST_EXPECT_MSG_EQ(m_ends[other]->IsUp(m_peer), m_silent, "the other end knows");
            NS_TEST_EXPECT_MSG_EQ(Reports(m_crashing), "u", "a dead process is told nothing");
            m_ends[m_crashing]->Start();
            if (m_silent)
            {
                m_ends[other]->Abandon(m_peer); // what a hello agent does
            }
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

        // a peer that introduces itself again breaks the protocol and loses its connection
        Attack(16, [] {
            Ptr<Packet> twice = Frame(0, Introduction(1, PORT));
            twice->AddAtEnd(Frame(0, Introduction(1, PORT)));
            return twice;
        }());
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(m_ends[1]->GetDropCount("malformed-frame"), 2, "said twice");
        NS_TEST_EXPECT_MSG_EQ(Reports(1), "ududu", "replaced, closed, and the true peer again");
    }

    uint32_t m_closed{0}; //!< strangers' connections closed
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Servers that take unknown clients; ends that both insist on opening.
 */
class RoleTest : public EndpointTest
{
  public:
    RoleTest()
        : EndpointTest("A client always opens, a server takes it if it may; two openers do not")
    {
    }

  private:
    void DoRun() override
    {
        // the client has the higher address
        m_ends[0]->SetAttribute("AcceptUnknownPeers", BooleanValue(true));
        m_ends[0]->Listen(TestNetwork::At(0, PORT));
        StartEnd(1, CONNECT_ACTIVE);
        RunUntil(2);
        NS_TEST_ASSERT_MSG_EQ(Reports(0), "u", "the client is known now");
        NS_TEST_EXPECT_MSG_EQ((m_ends[0]->GetPeerAddress(m_peer) == TestNetwork::At(1, PORT)),
                              true,
                              "by its name");
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->Send(m_peer, 1, Pattern(5, 5)), true, "and gets answers");
        RunUntil(3);
        NS_TEST_EXPECT_MSG_EQ(m_received[1].size(), 1, "an answer");
        m_ends[1]->Abandon(m_peer);
        RunUntil(5);
        NS_TEST_EXPECT_MSG_EQ(Reports(0), "udu", "the same peer comes back");

        m_ends[1]->Stop();
        RunUntil(6);
        m_ends[0]->AddPeer(TestNetwork::At(1, PORT), CONNECT_ACTIVE);
        m_ends[1]->Start();
        RunUntil(12);
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->IsUp(m_peer), false, "both open: neither gets through");
        NS_TEST_EXPECT_MSG_GT(m_ends[0]->GetDropCount("role-conflict"), 0, "and it is counted");
        m_ends[1]->AddPeer(TestNetwork::At(0, PORT), CONNECT_PASSIVE);
        RunUntil(15);
        NS_TEST_EXPECT_MSG_EQ(m_ends[0]->IsUp(m_peer), true, "one opens");
    }
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
 * @brief The suite of the transport folder.
 */
class QkdnTransportTestSuite : public TestSuite
{
  public:
    QkdnTransportTestSuite()
        : TestSuite("qkdn-transport", Type::UNIT)
    {
        AddTestCase(new FrameAssemblerTest());
        AddTestCase(new EchoTest(1048576));
        AddTestCase(new EchoTest(4000));
        AddTestCase(new BulkTest());
        AddTestCase(new SocketsTest());
        AddTestCase(new RetransmissionTest());
        AddTestCase(new OutageTest());
        AddTestCase(new RestartTest(0, false));
        AddTestCase(new RestartTest(1, false));
        AddTestCase(new RestartTest(0, true));
        AddTestCase(new RestartTest(1, true));
        AddTestCase(new RetryTest());
        AddTestCase(new StrangerTest());
        AddTestCase(new RoleTest());
        AddTestCase(new ReentryTest());
    }
};

static QkdnTransportTestSuite g_qkdnTransportTestSuite; //!< registers the suite
