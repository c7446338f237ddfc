/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/bulk-send-helper.h"
#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/packet.h"
#include "ns3/qkdn-classical-link.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint16_t PORT = 9; //!< of all servers

/// A ring of nodes; span and link i join node i and its successor.
struct Ring
{
    /**
     * @brief Build the ring.
     * @param size number of nodes
     * @param lengthKm length of each span, km
     * @param rate rate of each link
     */
    Ring(uint32_t size, double lengthKm, DataRate rate)
    {
        nodes.Create(size);
        plant.InstallStack(nodes);
        for (uint32_t i = 0; i < size; ++i)
        {
            spans.push_back(
                CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(lengthKm)));
            FibrePath path;
            path.AddSpan(spans.back());
            links.push_back(plant.Connect("link-" + std::to_string(i),
                                          nodes.Get(i),
                                          nodes.Get((i + 1) % size),
                                          path,
                                          rate));
        }
    }

    /**
     * @brief Service address of a node.
     * @param i number of the node
     * @return the address
     */
    Ipv4Address GetService(uint32_t i) const
    {
        return PlantHelper::GetServiceAddress(nodes.Get(i));
    }

    PlantHelper plant;                     //!< helper
    NodeContainer nodes;                   //!< nodes
    std::vector<Ptr<FibreSpan>> spans;     //!< spans
    std::vector<Ptr<ClassicalLink>> links; //!< links
};

/**
 * @brief Answer each datagram with the same bytes.
 * @param socket the server's socket
 */
void
Echo(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        socket->SendTo(packet, 0, from);
    }
}

/**
 * @brief Open an echo server on all addresses of a node.
 * @param node the node
 */
void
OpenEchoServer(Ptr<Node> node)
{
    Ptr<Socket> server = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
    server->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    // from ns-3.47 on the service address of its own node needs it
    server->SetAllowBroadcast(true);
    server->SetRecvCallback(MakeCallback(&Echo));
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A UDP echo between neighbours on a ring of four whose link is cut.
 *
 * 70 byte of payload take 800 ns a hop at 1 Gbit/s and 10 km 49,000 ns: the answer comes after
 * 2 x 49,800 ns over one hop each way and 6 x 49,800 ns the other way round.
 */
class FibreRingEchoTest : public TestCase
{
  public:
    FibreRingEchoTest()
        : TestCase("Traffic takes the other way round Reconvergence after a cut")
    {
    }

  private:
    static constexpr int64_t DIRECT = 2 * 49800; //!< round trip over the link, ns
    static constexpr int64_t DETOUR = 6 * 49800; //!< round trip the other way round, ns

    /**
     * @brief Note the round trip time of a request.
     * @param socket the client's socket
     */
    void Receive(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            const int64_t now = Simulator::Now().GetNanoSeconds();
            const int64_t issued = now / 1000000;
            m_roundTrips[issued] = now - issued * 1000000;
        }
    }

    /**
     * @brief Check the requests of a time.
     * @param from issue time of the first, ms
     * @param to issue time after the last, ms
     * @param expected round trip time of all, ns, 0 if unanswered
     */
    void Check(int64_t from, int64_t to, int64_t expected)
    {
        for (int64_t ms = from; ms < to; ++ms)
        {
            NS_TEST_ASSERT_MSG_EQ(m_roundTrips[ms], expected, "request of " << ms << " ms");
        }
    }

    void DoRun() override
    {
        Ring ring(4, 10.0, DataRate("1Gbps"));
        OpenEchoServer(ring.nodes.Get(1));
        Ptr<Socket> client = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        client->Bind(InetSocketAddress(ring.GetService(0), 0));
        client->SetRecvCallback(MakeCallback(&FibreRingEchoTest::Receive, this));
        const InetSocketAddress peer(ring.GetService(1), PORT);
        for (int64_t ms = 1; ms < 4000; ++ms)
        {
            Simulator::Schedule(MilliSeconds(ms),
                                [client, peer]() { client->SendTo(Create<Packet>(70), 0, peer); });
        }
        auto at = [span = ring.spans[0]](int64_t us, void (*action)(Ptr<FibreSpan>)) {
            Simulator::Schedule(MicroSeconds(us), [span, action]() { action(span); });
        };
        auto cut = [](Ptr<FibreSpan> span) { span->Cut(); };
        auto repair = [](Ptr<FibreSpan> span) { span->Repair(); };
        at(500400, cut);     // dropped at 700.4 ms
        at(1000400, repair); // back at 1200.4 ms
        at(1500400, cut);
        at(1700399, repair); // a flap of 1 us less than Reconvergence
        at(2500400, cut);    // dropped at 2700.4 ms
        at(3000400, repair);
        at(3200399, cut); // up for too short a time
        Simulator::Run();

        Check(1, 501, DIRECT);
        Check(501, 701, 0);
        Check(701, 1201, DETOUR);
        Check(1201, 1501, DIRECT);
        Check(1501, 1701, 0);
        Check(1701, 2501, DIRECT);
        Check(2501, 2701, 0);
        Check(2701, 4000, DETOUR);
        Simulator::Destroy();
    }

    std::map<int64_t, int64_t> m_roundTrips; //!< round trip time in ns by issue time in ms
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A chain of three nodes that falls apart.
 */
class FibreNoPathTest : public TestCase
{
  public:
    FibreNoPathTest()
        : TestCase("Without a path sockets get an error and routers drop")
    {
    }

  private:
    /**
     * @brief Count the packets that a router cannot route.
     * @param reason reason of the drop
     */
    void CountDrop(const Ipv4Header& /* header */,
                   Ptr<const Packet> /* packet */,
                   Ipv4L3Protocol::DropReason reason,
                   Ptr<Ipv4> /* ipv4 */,
                   uint32_t /* interface */)
    {
        NS_TEST_EXPECT_MSG_EQ(reason, Ipv4L3Protocol::DROP_ROUTE_ERROR, "no other reason");
        ++m_drops;
    }

    /**
     * @brief Expect an error from both kinds of sockets.
     * @param node the sending node
     * @param to destination
     */
    void ExpectError(Ptr<Node> node, Ipv4Address to)
    {
        Ptr<Socket> udp = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        NS_TEST_EXPECT_MSG_EQ(udp->SendTo(Create<Packet>(10), 0, InetSocketAddress(to, PORT)),
                              -1,
                              "UDP to " << to);
        NS_TEST_EXPECT_MSG_EQ(udp->GetErrno(), Socket::ERROR_NOROUTETOHOST, "UDP to " << to);
        Ptr<Socket> tcp = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
        NS_TEST_EXPECT_MSG_EQ(tcp->Connect(InetSocketAddress(to, PORT)), -1, "TCP to " << to);
        NS_TEST_EXPECT_MSG_EQ(tcp->GetErrno(), Socket::ERROR_NOROUTETOHOST, "TCP to " << to);
    }

    void DoRun() override
    {
        Ring ring(3, 10.0, DataRate("1Gbps"));
        ring.links[2]->Fail(); // the chain 0 - 1 - 2
        Simulator::Run();
        OpenEchoServer(ring.nodes.Get(2));
        ring.nodes.Get(1)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
            "Drop",
            MakeCallback(&FibreNoPathTest::CountDrop, this));
        Ptr<Socket> bound = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        bound->Bind(InetSocketAddress(ring.GetService(0), 0));
        auto send = [bound, peer = InetSocketAddress(ring.GetService(2), PORT)]() {
            bound->SendTo(Create<Packet>(70), 0, peer);
        };
        const Time cut = Seconds(1);
        const Time dropped = cut + MilliSeconds(200);
        Simulator::Schedule(cut, [&ring]() { ring.spans[1]->Cut(); });
        // on its way to the router when the path goes
        Simulator::Schedule(dropped - MicroSeconds(10), send);
        Simulator::Schedule(dropped + MicroSeconds(1), [this, &ring]() {
            ExpectError(ring.nodes.Get(0), ring.GetService(2));
            ExpectError(ring.nodes.Get(2), ring.GetService(0));
            ExpectError(ring.nodes.Get(0), Ipv4Address("192.0.2.1"));
            ExpectError(ring.nodes.Get(0), Ipv4Address("224.0.0.9"));
        });
        Simulator::Schedule(dropped + MicroSeconds(2), send); // lost without a word
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_drops, 1, "the router dropped the packet in flight only");

        std::ostringstream table;
        ring.nodes.Get(1)->GetObject<Ipv4>()->GetRoutingProtocol()->PrintRoutingTable(
            Create<OutputStreamWrapper>(&table));
        const std::string text = table.str();
        for (const char* row : {"10.0.0.1        172.16.0.1      1       0\n",
                                "10.0.0.2        local           -       1\n",
                                "10.0.0.3        unreachable     -       2\n"})
        {
            NS_TEST_ASSERT_MSG_NE(text.find(row), std::string::npos, row << " in\n" << text);
        }
        Simulator::Destroy();
    }

    uint32_t m_drops{0}; //!< packets the router could not route
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Echo by all kinds of addresses.
 */
class FibreAddressTest : public TestCase
{
  public:
    FibreAddressTest()
        : TestCase("Own addresses and those of all interfaces are reached")
    {
    }

  private:
    /**
     * @brief Note who answered.
     * @param socket the client's socket
     */
    void Receive(Ptr<Socket> socket)
    {
        Address from;
        while (socket->RecvFrom(from))
        {
            ++m_answers[InetSocketAddress::ConvertFrom(from).GetIpv4()];
        }
    }

    /**
     * @brief Ask a server and count the answers.
     * @param client the client's socket
     * @param address address of the server
     * @return number of answers
     */
    uint32_t Ask(Ptr<Socket> client, Ipv4Address address)
    {
        m_answers.clear();
        client->SendTo(Create<Packet>(70), 0, InetSocketAddress(address, PORT));
        Simulator::Run();
        uint32_t answers = 0;
        for (const auto& [from, count] : m_answers)
        {
            answers += count;
        }
        return answers;
    }

    void DoRun() override
    {
        Ring ring(4, 10.0, DataRate("1Gbps"));
        OpenEchoServer(ring.nodes.Get(0));
        OpenEchoServer(ring.nodes.Get(2));
        Ptr<Socket> loose = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        Ptr<Socket> bound = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        bound->Bind(InetSocketAddress(ring.GetService(0), 0));
        for (Ptr<Socket> client : {loose, bound})
        {
            client->SetRecvCallback(MakeCallback(&FibreAddressTest::Receive, this));
            client->SetAllowBroadcast(true);
            for (uint32_t node : {0, 2})
            {
                NS_TEST_ASSERT_MSG_EQ(Ask(client, ring.GetService(node)), 1, "service address");
                Ptr<Ipv4> ipv4 = ring.nodes.Get(node)->GetObject<Ipv4>();
                for (uint32_t interface : {1, 2})
                {
                    const Ipv4Address address = ipv4->GetAddress(interface, 0).GetLocal();
                    NS_TEST_ASSERT_MSG_EQ(Ask(client, address), 1, "interface " << address);
                }
            }
        }
        NS_TEST_ASSERT_MSG_EQ(Ask(loose, Ipv4Address::GetLoopback()), 1, "loopback address");
        Ptr<Socket> tied = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        tied->BindToNetDevice(ring.links[0]->GetDevice(false));
        NS_TEST_ASSERT_MSG_EQ(
            tied->SendTo(Create<Packet>(70), 0, InetSocketAddress(ring.GetService(1), PORT)),
            70,
            "over the device that the socket is bound to");
        NS_TEST_ASSERT_MSG_EQ(
            tied->SendTo(Create<Packet>(70), 0, InetSocketAddress(ring.GetService(3), PORT)),
            -1,
            "over another device");
        // the interface that is reached over the other way round
        ring.spans[1]->Cut();
        Simulator::Run();
        const Ipv4Address dark = ring.nodes.Get(2)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
        NS_TEST_ASSERT_MSG_EQ(dark, Ipv4Address("172.16.0.6"), "end B of link 1");
        NS_TEST_ASSERT_MSG_EQ(Ask(bound, dark), 1, "address on a link that is cut");
        Simulator::Destroy();
    }

    std::map<Ipv4Address, uint32_t> m_answers; //!< answers by source
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A TCP transfer over a ring of four whose link is cut and mended meanwhile.
 */
class FibreTcpTransferTest : public TestCase
{
  public:
    FibreTcpTransferTest()
        : TestCase("A TCP transfer outlives a cut of a ring")
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t bytes = 4000000;
        Ring ring(4, 10.0, DataRate("10Mbps"));
        const InetSocketAddress peer(ring.GetService(1), PORT);
        BulkSendHelper sender("ns3::TcpSocketFactory", peer);
        sender.SetAttribute("MaxBytes", UintegerValue(bytes));
        sender.Install(ring.nodes.Get(0));
        PacketSinkHelper receiver("ns3::TcpSocketFactory", peer);
        Ptr<PacketSink> sink = DynamicCast<PacketSink>(receiver.Install(ring.nodes.Get(1)).Get(0));
        sink->TraceConnectWithoutContext("Rx", MakeCallback(&FibreTcpTransferTest::Receive, this));
        Simulator::Schedule(Seconds(1), [this, &ring]() {
            m_beforeCut = m_received;
            ring.spans[0]->Cut();
        });
        Simulator::Schedule(MilliSeconds(3500), [this, &ring]() {
            m_duringCut = m_received - m_beforeCut;
            ring.spans[0]->Repair();
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_GT(m_beforeCut, 0, "begun before the cut");
        NS_TEST_ASSERT_MSG_GT(m_duringCut, 0, "gone on while the link was cut");
        NS_TEST_ASSERT_MSG_LT(m_beforeCut + m_duringCut, bytes, "not over before the repair");
        NS_TEST_ASSERT_MSG_EQ(m_received, bytes, "every byte arrived");
        NS_TEST_ASSERT_MSG_EQ(m_from, ring.GetService(0), "from the service address");
        Simulator::Destroy();
    }

    /**
     * @brief Count bytes.
     * @param packet bytes received
     * @param from the sender
     */
    void Receive(Ptr<const Packet> packet, const Address& from)
    {
        m_received += packet->GetSize();
        m_from = InetSocketAddress::ConvertFrom(from).GetIpv4();
    }

    uint32_t m_received{0};  //!< bytes received
    uint32_t m_beforeCut{0}; //!< bytes received before the cut
    uint32_t m_duringCut{0}; //!< bytes received while the link was cut
    Ipv4Address m_from;      //!< address of the sender
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A host in a local network of a node, with routing of ns-3, reaches the node's service
 * address and gets its answers; other nodes have no route to it.
 */
class FibreLocalHostTest : public TestCase
{
  public:
    FibreLocalHostTest()
        : TestCase("A host in a local network of a node is reached from this node only")
    {
    }

  private:
    void DoRun() override
    {
        Ring ring(3, 10.0, DataRate("10Mbps"));
        NodeContainer host(CreateObject<Node>());
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(host);
        const NetDeviceContainer devices =
            SimpleNetDeviceHelper().Install(NodeContainer(host.Get(0), ring.nodes.Get(0)));
        Ipv4AddressHelper addresses("192.168.1.0", "255.255.255.0");
        const Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(host.Get(0)->GetObject<Ipv4>())
            ->SetDefaultRoute(interfaces.GetAddress(1), 1);

        Ptr<Socket> server = Socket::CreateSocket(ring.nodes.Get(0), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(ring.GetService(0), PORT));
        server->SetRecvCallback(MakeCallback(&Echo));
        Ptr<Socket> client = Socket::CreateSocket(host.Get(0), UdpSocketFactory::GetTypeId());
        client->Bind();
        Ptr<Socket> far = Socket::CreateSocket(ring.nodes.Get(1), UdpSocketFactory::GetTypeId());
        far->Bind();
        Simulator::Schedule(Seconds(1), [&]() {
            client->SendTo(Create<Packet>(100), 0, InetSocketAddress(ring.GetService(0), PORT));
            m_farSent =
                far->SendTo(Create<Packet>(100), 0, InetSocketAddress(interfaces.GetAddress(0), 7));
        });
        Simulator::Stop(Seconds(2));
        Simulator::Run();
        Address from;
        const Ptr<Packet> answer = client->RecvFrom(from);
        NS_TEST_ASSERT_MSG_NE(answer, nullptr, "an answer");
        NS_TEST_EXPECT_MSG_EQ(answer->GetSize(), 100, "the answer");
        NS_TEST_EXPECT_MSG_EQ(InetSocketAddress::ConvertFrom(from).GetIpv4(),
                              ring.GetService(0),
                              "comes from the service address");
        NS_TEST_EXPECT_MSG_EQ(m_farSent, -1, "no route from another node");
        Simulator::Destroy();
    }

    int m_farSent{0}; //!< what the other node's socket said
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of routing over the classical network.
 */
class QkdnFibreRoutingTestSuite : public TestSuite
{
  public:
    QkdnFibreRoutingTestSuite()
        : TestSuite("qkdn-fibre-routing", Type::UNIT)
    {
        AddTestCase(new FibreRingEchoTest);
        AddTestCase(new FibreNoPathTest);
        AddTestCase(new FibreAddressTest);
        AddTestCase(new FibreTcpTransferTest);
        AddTestCase(new FibreLocalHostTest);
    }
};

static QkdnFibreRoutingTestSuite g_qkdnFibreRoutingTestSuite; //!< registers the suite
