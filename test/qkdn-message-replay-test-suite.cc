/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-endpoint-test-network.h"

#include "ns3/packet-sink-helper.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-replay.h"
#include "ns3/qkdn-message-trace.h"
#include "ns3/random-variable-stream.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/test.h"

#include <memory>
#include <sstream>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Port of the endpoints and of the hello agents.
constexpr uint16_t PORT = 5000;

/// Counts packets that leave the devices of a network.
struct PacketCounter
{
    /**
     * @brief Count the packets of a network.
     * @param network the network
     */
    void Watch(const TestNetwork& network)
    {
        for (uint32_t i = 0; i < 2; ++i)
        {
            network.Get(i)->GetDevice(1)->TraceConnectWithoutContext(
                "PhyTxBegin",
                MakeCallback(&PacketCounter::Count, this));
        }
    }

    /**
     * @brief Sink of PhyTxBegin.
     * @param packet the packet
     */
    void Count(Ptr<const Packet> packet)
    {
        ++packets;
        bytes += packet->GetSize();
    }

    uint64_t packets{0}; //!< packets
    uint64_t bytes{0};   //!< their bytes, with all headers
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The messages of a run, sent again over bare sockets.
 */
class MessageReplayTest : public TestCase
{
  public:
    MessageReplayTest()
        : TestCase("A replay carries the messages of a run at their times")
    {
    }

  private:
    /// A message that the run sends.
    struct Planned
    {
        Time at;        //!< when
        uint32_t from;  //!< node
        uint32_t bytes; //!< body
    };

    /**
     * @brief Messages at random, one of them longer than the sockets' buffers.
     * @return the messages
     */
    static std::vector<Planned> Plan()
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        std::vector<Planned> plan;
        for (uint32_t i = 0; i < 200; ++i)
        {
            plan.push_back({MilliSeconds(1000 + 10 * i),
                            random->GetInteger(0, 1),
                            i == 100 ? 3000000 : random->GetInteger(0, 5000)});
        }
        return plan;
    }

    /**
     * @brief Run and write down what is sent.
     * @param plan what the endpoints send
     * @param [out] trace what was sent
     * @param [out] packets packets of the run
     * @return number and bytes of the messages that the trace holds
     */
    std::pair<uint64_t, uint64_t> Record(const std::vector<Planned>& plan,
                                         std::ostream& trace,
                                         PacketCounter& packets)
    {
        const TestNetwork network;
        packets.Watch(network);
        const auto writer = Create<MessageTraceWriter>(trace);
        std::vector<Ptr<MessageEndpoint>> ends;
        std::vector<Ptr<HelloAgent>> hellos;
        std::vector<PeerId> peers;
        for (uint32_t i = 0; i < 2; ++i)
        {
            ends.push_back(CreateObject<MessageEndpoint>());
            ends[i]->SetNode(network.Get(i));
            ends[i]->Listen(TestNetwork::At(i, PORT));
            peers.push_back(ends[i]->AddPeer(TestNetwork::At(1 - i, PORT)));
            hellos.push_back(CreateObject<HelloAgent>());
            hellos[i]->SetNode(network.Get(i));
            hellos[i]->Listen(TestNetwork::At(i, PORT));
            hellos[i]->AddPeer(TestNetwork::At(1 - i, PORT));
            writer->Watch(ends[i]);
            writer->Watch(hellos[i]);
        }
        for (const Planned& message : plan)
        {
            Simulator::Schedule(message.at, [&ends, &peers, message]() {
                ends[message.from]->Send(peers[message.from],
                                         1,
                                         Create<Packet>(message.bytes),
                                         IncidentId());
            });
        }
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        for (uint32_t i = 0; i < 2; ++i)
        {
            ends[i]->Dispose();
            hellos[i]->Dispose();
        }
        Simulator::Destroy();
        return {writer->GetCount(), writer->GetBytes()};
    }

    /**
     * @brief The TCP messages of a trace are those that were planned.
     * @param plan what was planned
     * @param trace the trace
     */
    void CheckTrace(const std::vector<Planned>& plan, std::istream& trace)
    {
        MessageTraceReader reader(trace);
        std::size_t streams = 0;
        while (const auto message = reader.Next())
        {
            if (message->datagram)
            {
                continue;
            }
            NS_TEST_ASSERT_MSG_LT(streams, plan.size(), "no message that was not sent");
            const Planned& planned = plan[streams];
            NS_TEST_EXPECT_MSG_EQ(message->at, planned.at, "time");
            NS_TEST_EXPECT_MSG_EQ(message->bytes, FrameHeader::SIZE + planned.bytes, "size");
            NS_TEST_EXPECT_MSG_EQ(
                (message->from == ToEndpointName(TestNetwork::At(planned.from, PORT))),
                true,
                "sender");
            NS_TEST_EXPECT_MSG_EQ(
                (message->to == ToEndpointName(TestNetwork::At(1 - planned.from, PORT))),
                true,
                "receiver");
            ++streams;
        }
        NS_TEST_EXPECT_MSG_EQ(streams, plan.size(), "all messages");
    }

    void DoRun() override
    {
        const std::vector<Planned> plan = Plan();
        std::stringstream trace;
        PacketCounter ofRun;
        const auto [count, bytes] = Record(plan, trace, ofRun);
        NS_TEST_ASSERT_MSG_GT(count, plan.size(), "messages and hellos");
        std::istringstream copy(trace.str());
        CheckTrace(plan, copy);

        const TestNetwork network;
        PacketCounter ofReplay;
        ofReplay.Watch(network);
        const auto replay = CreateObject<MessageReplay>();
        replay->Start(trace);
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(replay->GetSentMessages(), count, "all messages were sent");
        NS_TEST_EXPECT_MSG_EQ(replay->GetReceivedBytes(), bytes, "and have arrived");
        // the run has an introduction in each direction more; acknowledgements may differ a little
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(ofReplay.packets),
                                  static_cast<double>(ofRun.packets),
                                  0.02 * static_cast<double>(ofRun.packets),
                                  "as many packets");
        NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(ofReplay.bytes),
                                  static_cast<double>(ofRun.bytes),
                                  0.01 * static_cast<double>(ofRun.bytes),
                                  "as many bytes");
        replay->Dispose();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Connections that are opened in another order than that of their first messages.
 */
class MessageReplayPortsTest : public TestCase
{
  public:
    MessageReplayPortsTest()
        : TestCase("A replay needs none of the ports that the run drew")
    {
    }

  private:
    static constexpr uint32_t BYTES = 100; //!< size of a message

    void DoRun() override
    {
        std::stringstream trace;
        {
            const TestNetwork network;
            const auto writer = Create<MessageTraceWriter>(trace);
            std::vector<Ptr<Socket>> sockets;
            for (uint32_t i = 0; i < 2; ++i)
            {
                writer->Watch(network.Get(i));
                PacketSinkHelper sink("ns3::TcpSocketFactory", TestNetwork::At(i, PORT));
                sink.Install(network.Get(i)).Start(Seconds(0));
                // node 1 opens a connection to node 0, and then one to itself
                sockets.push_back(
                    Socket::CreateSocket(network.Get(1), TcpSocketFactory::GetTypeId()));
                sockets[i]->Bind();
            }
            for (uint32_t i = 0; i < 2; ++i)
            {
                Simulator::Schedule(Seconds(1), [&sockets, i] {
                    sockets[i]->Connect(TestNetwork::At(i, PORT));
                });
                Simulator::Schedule(Seconds(3 - i),
                                    [&sockets, i] { sockets[i]->Send(Create<Packet>(BYTES)); });
            }
            Simulator::Stop(Seconds(5));
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(writer->GetCount(), 2, "two messages");
            Simulator::Destroy();
        }
        const TestNetwork network;
        const auto replay = CreateObject<MessageReplay>();
        replay->Start(trace);
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(replay->GetReceivedBytes(), 2 * BYTES, "both have arrived");
        replay->Dispose();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Tests of the message trace and its replay.
 */
class QkdnMessageReplayTestSuite : public TestSuite
{
  public:
    QkdnMessageReplayTestSuite()
        : TestSuite("qkdn-message-replay", Type::UNIT)
    {
        AddTestCase(new MessageReplayTest());
        AddTestCase(new MessageReplayPortsTest());
    }
};

static QkdnMessageReplayTestSuite g_qkdnMessageReplayTestSuite; //!< registers the suite
