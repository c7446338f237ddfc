/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-endpoint-test-network.h"

#include "ns3/boolean.h"
#include "ns3/qkdn-frame-assembler.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

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
        for (std::size_t i = 0; i < bodies.size(); ++i)
        {
            stream->AddAtEnd(Frame(static_cast<uint16_t>(i), bodies[i]));
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
 * @brief The suite of the transport folder: messages and connections.
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
        AddTestCase(new RoleTest());
    }
};

static QkdnTransportTestSuite g_qkdnTransportTestSuite; //!< registers the suite
