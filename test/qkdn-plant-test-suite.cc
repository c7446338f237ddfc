/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/ppp-header.h"
#include "ns3/qkdn-classical-link.h"
#include "ns3/qkdn-control-first-queue.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"

#include <map>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Make a fibre span.
 * @param lengthKm its length, km
 * @param extraLossDb its extra loss, dB
 * @return the span
 */
Ptr<FibreSpan>
MakeSpan(double lengthKm, double extraLossDb = 0.0)
{
    return CreateObjectWithAttributes<FibreSpan>("LengthKm",
                                                 DoubleValue(lengthKm),
                                                 "AttenuationDbPerKm",
                                                 DoubleValue(0.25),
                                                 "ExtraLossDb",
                                                 DoubleValue(extraLossDb));
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What leaves a queue first.
 */
class ControlFirstQueueTest : public TestCase
{
  public:
    ControlFirstQueueTest()
        : TestCase("Network control traffic leaves first, also when the queue is full")
    {
    }

  private:
    /**
     * @brief A packet as it waits for a link.
     * @param service field of the IPv4 header
     * @param payload bytes behind it, by which it is known
     * @return the packet
     */
    static Ptr<Packet> Make(uint8_t service, uint32_t payload)
    {
        Ptr<Packet> packet = Create<Packet>(payload);
        Ipv4Header ipv4;
        ipv4.SetTos(service);
        packet->AddHeader(ipv4);
        PppHeader ppp;
        ppp.SetProtocol(0x0021);
        packet->AddHeader(ppp);
        return packet;
    }

    /**
     * @brief Take all packets.
     * @param queue the queue
     * @return their payloads in order
     */
    static std::vector<uint32_t> Drain(Ptr<ControlFirstQueue> queue)
    {
        std::vector<uint32_t> payloads;
        while (Ptr<Packet> packet = queue->Dequeue())
        {
            payloads.push_back(packet->GetSize() - 22);
        }
        return payloads;
    }

    void DoRun() override
    {
        using Payloads = std::vector<uint32_t>;
        Ptr<ControlFirstQueue> queue = CreateObject<ControlFirstQueue>();
        queue->SetMaxSize(QueueSize("4p"));
        queue->Enqueue(Make(0, 1));
        queue->Enqueue(Make(0xc0, 2)); // CS6
        queue->Enqueue(Make(0xb8, 3)); // EF
        queue->Enqueue(Make(0xe0, 4)); // CS7
        NS_TEST_EXPECT_MSG_EQ(queue->Enqueue(Make(0, 5)), false, "full");
        NS_TEST_EXPECT_MSG_EQ(queue->Enqueue(Make(0xc0, 6)), true, "full, but for it");
        NS_TEST_EXPECT_MSG_EQ((Drain(queue) == Payloads{2, 4, 6, 1}), true, "order");
        NS_TEST_EXPECT_MSG_EQ(queue->GetTotalDroppedPackets(), 2, "the last data, twice");

        for (uint32_t i = 0; i < 4; ++i)
        {
            queue->Enqueue(Make(0xc0, i));
        }
        NS_TEST_EXPECT_MSG_EQ(queue->Enqueue(Make(0xc0, 9)), false, "full of control");
        queue->Remove();
        queue->Enqueue(Make(0, 7));
        queue->Dequeue();
        queue->Enqueue(Make(0xc0, 8));
        NS_TEST_EXPECT_MSG_EQ((Drain(queue) == Payloads{2, 3, 8, 7}), true, "order");
        queue->Enqueue(Make(0, 1));
        queue->Enqueue(Make(0, 2));
        queue->Enqueue(Make(0xc0, 3));
        NS_TEST_EXPECT_MSG_EQ((Drain(queue) == Payloads{3, 1, 2}), true, "order");
        NS_TEST_EXPECT_MSG_EQ(queue->Enqueue(Create<Packet>(1)), true, "no headers at all");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A span through nested cuts.
 */
class FibreSpanTest : public TestCase
{
  public:
    FibreSpanTest()
        : TestCase("Cuts of a span nest, and it remembers when it was cut")
    {
    }

  private:
    /**
     * @brief Note a change of state.
     * @param span the span
     * @param cut true if cut
     */
    void NoteChange(Ptr<const FibreSpan> span, bool cut)
    {
        NS_TEST_EXPECT_MSG_EQ(span->IsCut(), cut, "the span agrees with its trace");
        m_changes += std::to_string(Simulator::Now().GetNanoSeconds()) + (cut ? "-" : "+");
    }

    void DoRun() override
    {
        Ptr<FibreSpan> span = MakeSpan(40.0, 1.5);
        span->TraceConnectWithoutContext("StateChange",
                                         MakeCallback(&FibreSpanTest::NoteChange, this));
        span->SetRiskGroups({"duct-1", "bridge"});
        NS_TEST_ASSERT_MSG_EQ(span->GetRiskGroups().size(), 2, "risk groups");
        NS_TEST_ASSERT_MSG_EQ_TOL(span->GetLossDb(), 11.5, 1e-12, "40 km of 0.25 dB/km + 1.5 dB");
        NS_TEST_ASSERT_MSG_EQ(span->GetDelay(), MicroSeconds(196), "40 km of 4.9 us/km");

        Simulator::Schedule(NanoSeconds(100), &FibreSpan::Cut, span, 0.25);
        Simulator::Schedule(NanoSeconds(150), &FibreSpan::Cut, span, 0.75);
        Simulator::Schedule(NanoSeconds(160), [this, span]() {
            NS_TEST_EXPECT_MSG_EQ(span->GetCutPosition(), 0.25, "nearest to end A");
            NS_TEST_EXPECT_MSG_EQ(span->GetCutPosition(true), 0.75, "nearest to end B");
        });
        Simulator::Schedule(NanoSeconds(200), &FibreSpan::Repair, span);
        Simulator::Schedule(NanoSeconds(210), [this, span]() {
            NS_TEST_EXPECT_MSG_EQ(span->IsCut(), true, "two cuts need two repairs");
            NS_TEST_EXPECT_MSG_EQ(span->GetCutPosition(), 0.75, "the older cut is mended first");
            NS_TEST_EXPECT_MSG_EQ(span->WasCutDuring(NanoSeconds(90), NanoSeconds(100)),
                                  false,
                                  "not yet, while it is cut now");
        });
        Simulator::Schedule(NanoSeconds(300), &FibreSpan::Repair, span);
        Simulator::Schedule(NanoSeconds(400), &FibreSpan::Cut, span, 1.0);
        Simulator::Schedule(NanoSeconds(410), &FibreSpan::Repair, span);
        Simulator::Run();

        NS_TEST_ASSERT_MSG_EQ(m_changes, "100-300+400-410+", "each change is traced once");
        auto cut = [span](int64_t from, int64_t to) {
            return span->WasCutDuring(NanoSeconds(from), NanoSeconds(to));
        };
        NS_TEST_ASSERT_MSG_EQ(cut(0, 100), false, "up to the cut");
        NS_TEST_ASSERT_MSG_EQ(cut(0, 101), true, "the first instant of the cut");
        NS_TEST_ASSERT_MSG_EQ(cut(220, 230), true, "within the cut");
        NS_TEST_ASSERT_MSG_EQ(cut(299, 300), true, "the last instant of the cut");
        NS_TEST_ASSERT_MSG_EQ(cut(300, 400), false, "between the cuts");
        NS_TEST_ASSERT_MSG_EQ(cut(350, 405), true, "into the second cut");
        NS_TEST_ASSERT_MSG_EQ(cut(50, 500), true, "over both cuts");
        NS_TEST_ASSERT_MSG_EQ(cut(410, 500), false, "after all");
        Simulator::Destroy();
    }

    std::string m_changes; //!< time in ns and direction of each change
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Paths over several spans.
 */
class FibrePathTest : public TestCase
{
  public:
    FibrePathTest()
        : TestCase("A path adds up its spans and knows the cut nearest to each end")
    {
    }

  private:
    void DoRun() override
    {
        FibrePath path;
        NS_TEST_ASSERT_MSG_EQ(path.IsIntact(), true, "no span, no cut");
        NS_TEST_ASSERT_MSG_EQ(path.GetDelay(), Time(0), "no span, no delay");
        Ptr<FibreSpan> first = MakeSpan(10.0, 0.5);
        Ptr<FibreSpan> second = MakeSpan(20.0);
        Ptr<FibreSpan> third = MakeSpan(30.0, 2.0);
        path.AddSpan(first);
        path.AddSpan(second, true);
        path.AddSpan(third);
        NS_TEST_ASSERT_MSG_EQ_TOL(path.GetLengthKm(), 60.0, 1e-12, "length");
        NS_TEST_ASSERT_MSG_EQ_TOL(path.GetLossDb(), 17.5, 1e-12, "loss");
        NS_TEST_ASSERT_MSG_EQ(path.GetDelay(), MicroSeconds(294), "60 km of 4.9 us/km");

        // the second span is reversed: 0.25 from its end A is 15 km from the first span
        second->Cut(0.25);
        NS_TEST_ASSERT_MSG_EQ(path.IsIntact(), false, "one span is cut");
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(false), NanoSeconds(122500), "10 + 15 km");
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(true), NanoSeconds(171500), "5 + 30 km");
        second->Cut(0.75); // 5 km from the first span
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(false), NanoSeconds(73500), "10 + 5 km");
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(true), NanoSeconds(171500), "5 + 30 km");
        third->Cut(0.9);
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(false), NanoSeconds(73500), "10 + 5 km");
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(true), NanoSeconds(14700), "3 km");
        first->Cut(0.0);
        NS_TEST_ASSERT_MSG_EQ(path.DelayFromCut(false), Time(0), "at the end itself");

        Simulator::Schedule(NanoSeconds(500), [=]() {
            first->Repair();
            second->Repair();
            second->Repair();
        });
        Simulator::Schedule(NanoSeconds(600), &FibreSpan::Repair, third);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(path.IsIntact(), true, "all mended");
        NS_TEST_ASSERT_MSG_EQ(path.WasCutDuring(NanoSeconds(599), NanoSeconds(700)),
                              true,
                              "the last span was cut");
        NS_TEST_ASSERT_MSG_EQ(path.WasCutDuring(NanoSeconds(600), NanoSeconds(700)),
                              false,
                              "all spans were whole");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The state of a link from those of its spans and transceivers.
 */
class ClassicalLinkTest : public TestCase
{
  public:
    ClassicalLinkTest()
        : TestCase("A link is up if its fibre is intact and its transceivers work")
    {
    }

  private:
    /**
     * @brief Note a change of state.
     * @param link the link
     * @param up true if up
     */
    void NoteChange(Ptr<const ClassicalLink> link, bool up)
    {
        NS_TEST_EXPECT_MSG_EQ(link->IsUp(), up, "the link agrees with its trace");
        m_changes += up ? "+" : "-";
    }

    void DoRun() override
    {
        FibrePath path;
        Ptr<FibreSpan> first = MakeSpan(10.0);
        Ptr<FibreSpan> second = MakeSpan(20.0);
        path.AddSpan(first);
        path.AddSpan(second);
        Ptr<ClassicalLink> link = CreateObject<ClassicalLink>();
        link->SetPath(path);
        link->TraceConnectWithoutContext("StateChange",
                                         MakeCallback(&ClassicalLinkTest::NoteChange, this));
        NS_TEST_ASSERT_MSG_EQ(link->GetDelay(), MicroSeconds(147), "the delay of the path");
        first->Cut();
        link->Fail();
        second->Cut();
        first->Repair();
        link->Fail();
        second->Repair();
        link->Recover();
        NS_TEST_ASSERT_MSG_EQ(m_changes, "-", "one fault is left");
        link->Recover();
        NS_TEST_ASSERT_MSG_EQ(m_changes, "-+", "no fault is left");
        link->Fail();
        NS_TEST_ASSERT_MSG_EQ(m_changes, "-+-", "transceivers alone take it down");

        link = nullptr;
        second->Cut(); // a link that is gone must not hear of it
        NS_TEST_ASSERT_MSG_EQ(m_changes, "-+-", "the link has left its spans");
        Simulator::Destroy();
    }

    std::string m_changes; //!< direction of each change
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Packets and outages to the nanosecond.
 *
 * 70 byte of payload are 100 byte with UDP, IP and PPP headers, 800 ns at 1 Gbit/s; 10 km are
 * 49,000 ns: a packet sent at t is on the link from t to t + 49,800 ns.
 */
class FibreLossModelTest : public TestCase
{
  public:
    FibreLossModelTest()
        : TestCase("A packet is lost if the link was down while it was on it, to the ns")
    {
    }

  private:
    /// An outage around one packet.
    struct Case
    {
        int64_t down;     //!< begin of the outage after the packet is sent, ns
        int64_t up;       //!< end of the outage after the packet is sent, ns
        bool lost;        //!< expected
        const char* what; //!< description
    };

    void DoRun() override
    {
        const std::vector<Case> cases{
            {-900, 0, false, "up again when the transmission starts"},
            {-900, 1, true, "down in the first instant of the transmission"},
            {0, 1, true, "down for the first instant only"},
            {700, 25000, true, "down during the transmission"},
            {20000, 20001, true, "a flap of 1 ns while the packet is under way"},
            {900, 90000, true, "down when the packet should arrive"},
            {49799, 60000, true, "down in the last instant of the reception"},
            {49800, 60000, false, "down when all has arrived"},
            {-900, 90000, true, "down all the time"},
            {100000, 200000, false, "down later"},
        };
        NodeContainer nodes;
        nodes.Create(2);
        PlantHelper plant;
        plant.InstallStack(nodes);
        FibrePath path;
        Ptr<FibreSpan> span = MakeSpan(10.0);
        path.AddSpan(span);
        Ptr<ClassicalLink> link =
            plant.Connect("link", nodes.Get(0), nodes.Get(1), path, DataRate("1Gbps"));

        Ptr<Socket> sender = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        Ptr<Socket> receiver = Socket::CreateSocket(nodes.Get(1), UdpSocketFactory::GetTypeId());
        const InetSocketAddress peer(PlantHelper::GetServiceAddress(nodes.Get(1)), 9);
        receiver->Bind(peer);
        receiver->SetRecvCallback(MakeCallback(&FibreLossModelTest::Receive, this));
        for (std::size_t i = 0; i < 2 * cases.size(); ++i)
        {
            const Case& testCase = cases[i / 2];
            const Time start = MilliSeconds(i + 1);
            Simulator::Schedule(start,
                                [sender, peer]() { sender->SendTo(Create<Packet>(70), 0, peer); });
            Simulator::Schedule(start + NanoSeconds(testCase.down),
                                [i, span, link]() { (i % 2 == 0) ? span->Cut() : link->Fail(); });
            Simulator::Schedule(start + NanoSeconds(testCase.up), [i, span, link]() {
                (i % 2 == 0) ? span->Repair() : link->Recover();
            });
        }
        Simulator::Run();
        for (std::size_t i = 0; i < 2 * cases.size(); ++i)
        {
            const Time arrival = MilliSeconds(i + 1) + NanoSeconds(49800);
            NS_TEST_ASSERT_MSG_EQ(m_arrivals.count(arrival),
                                  (cases[i / 2].lost ? 0 : 1),
                                  std::string(i % 2 == 0 ? "fibre " : "transceiver ") +
                                      cases[i / 2].what);
            m_arrivals.erase(arrival);
        }
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.empty(), true, "no packet at any other time");
        Simulator::Destroy();
    }

    /**
     * @brief Note the arrival of a packet.
     * @param socket the socket
     */
    void Receive(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            ++m_arrivals[Simulator::Now()];
        }
    }

    std::map<Time, uint32_t> m_arrivals; //!< packets by arrival time
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of fibre, links and packet loss.
 */
class QkdnPlantTestSuite : public TestSuite
{
  public:
    QkdnPlantTestSuite()
        : TestSuite("qkdn-plant", Type::UNIT)
    {
        AddTestCase(new FibreSpanTest);
        AddTestCase(new FibrePathTest);
        AddTestCase(new ClassicalLinkTest);
        AddTestCase(new FibreLossModelTest);
        AddTestCase(new ControlFirstQueueTest);
    }
};

static QkdnPlantTestSuite g_qkdnPlantTestSuite; //!< registers the suite
