/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/node-container.h"
#include "ns3/node.h"
#include "ns3/qkdn-classical-link.h"
#include "ns3/qkdn-classical-topology.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-reachability.h"
#include "ns3/queue-disc.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/test.h"
#include "ns3/traffic-control-layer.h"
#include "ns3/udp-socket-factory.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Next hops over random graphs with failures and recoveries against Floyd and Warshall.
 */
class ClassicalTopologyRandomGraphTest : public TestCase
{
  public:
    ClassicalTopologyRandomGraphTest()
        : TestCase("Next hops are those of shortest paths whatever failed before")
    {
    }

  private:
    static constexpr uint32_t N = 9;                 //!< nodes
    static constexpr int64_t FAR = int64_t{1} << 40; //!< no path

    using Matrix = std::vector<std::vector<int64_t>>; //!< ns by node and node

    /**
     * @brief Costs of the links that are up: the best of parallel ones.
     * @param links all links
     * @return the costs
     */
    static Matrix GetCosts(const std::vector<Ptr<ClassicalLink>>& links)
    {
        Matrix costs(N, std::vector<int64_t>(N, FAR));
        for (const Ptr<ClassicalLink>& link : links)
        {
            if (link->IsUp())
            {
                const uint32_t a = link->GetDevice(false)->GetNode()->GetId();
                const uint32_t b = link->GetDevice(true)->GetNode()->GetId();
                const int64_t cost = link->GetDelay().GetNanoSeconds() + 1000;
                costs[a][b] = costs[b][a] = std::min(costs[a][b], cost);
            }
        }
        return costs;
    }

    /**
     * @brief Lengths of all shortest paths (Floyd and Warshall).
     * @param distance costs of the links
     * @return the lengths
     */
    static Matrix GetDistances(Matrix distance)
    {
        for (uint32_t k = 0; k < N; ++k)
        {
            distance[k][k] = 0;
            for (uint32_t i = 0; i < N; ++i)
            {
                for (uint32_t j = 0; j < N; ++j)
                {
                    distance[i][j] = std::min(distance[i][j], distance[i][k] + distance[k][j]);
                }
            }
        }
        return distance;
    }

    /**
     * @brief Compare all next hops.
     * @param topology the topology
     */
    void Check(Ptr<ClassicalTopology> topology)
    {
        const auto links = topology->GetLinks();
        const Matrix costs = GetCosts(links);
        const Matrix distances = GetDistances(costs);
        for (uint32_t from = 0; from < N; ++from)
        {
            for (uint32_t to = 0; to < N; ++to)
            {
                const auto hop = topology->GetNextHop(from, to);
                const bool reachable = from != to && distances[from][to] < FAR;
                NS_TEST_ASSERT_MSG_EQ(hop.has_value(), reachable, from << " to " << to);
                m_unreachable += from != to && !reachable;
                if (!reachable)
                {
                    continue;
                }
                uint32_t expected = 0;
                while (costs[from][expected] + distances[expected][to] != distances[from][to])
                {
                    ++expected;
                }
                NS_TEST_ASSERT_MSG_EQ(hop->node, expected, from << " to " << to);
                const auto used = std::find_if(links.begin(), links.end(), [&](const auto& link) {
                    return link->GetDevice(false) == hop->device ||
                           link->GetDevice(true) == hop->device;
                });
                NS_TEST_ASSERT_MSG_EQ((*used)->IsUp(), true, "the link is up");
                NS_TEST_ASSERT_MSG_EQ(hop->device->GetNode()->GetId(), from, "own device");
                NS_TEST_ASSERT_MSG_EQ((*used)->GetDelay().GetNanoSeconds() + 1000,
                                      costs[from][expected],
                                      "the best of parallel links");
                NS_TEST_ASSERT_MSG_EQ(*topology->GetOwner(hop->gateway), expected, "gateway");
            }
        }
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        for (uint32_t graph = 0; graph < 20; ++graph)
        {
            NodeContainer nodes;
            nodes.Create(N);
            PlantHelper plant;
            plant.GetTopology()->SetAttribute("Reconvergence", TimeValue(Time(0)));
            plant.InstallStack(nodes);
            std::vector<Ptr<ClassicalLink>> links;
            for (uint32_t i = 0; i < 14; ++i)
            {
                const uint32_t a = random->GetInteger(0, N - 1);
                const uint32_t b = (a + random->GetInteger(1, N - 1)) % N;
                const Time delay = MicroSeconds(random->GetInteger(0, 2));
                links.push_back(plant.ConnectLocal(std::to_string(i),
                                                   nodes.Get(a),
                                                   nodes.Get(b),
                                                   delay,
                                                   DataRate("1Gbps")));
            }
            Check(plant.GetTopology());
            for (uint32_t step = 0; step < 40; ++step)
            {
                Ptr<ClassicalLink> link = links[random->GetInteger(0, links.size() - 1)];
                link->IsUp() ? link->Fail() : link->Recover();
                Simulator::Run();
                Check(plant.GetTopology());
            }
            Simulator::Destroy();
        }
        NS_TEST_ASSERT_MSG_GT(m_unreachable, 0, "some graphs fell apart");
    }

    uint32_t m_unreachable{0}; //!< pairs without a path
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief More links than a scenario of the size the module is made for.
 */
class ClassicalTopologyAddressTest : public TestCase
{
  public:
    ClassicalTopologyAddressTest()
        : TestCase("5000 links get addresses of their own, and no queue disc")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes;
        nodes.Create(101);
        PlantHelper plant;
        plant.InstallStack(nodes);
        for (uint32_t i = 0; i < 5000; ++i)
        {
            plant.ConnectLocal(std::to_string(i),
                               nodes.Get(i % 101),
                               nodes.Get((i + 1 + i / 101) % 101),
                               MicroSeconds(5),
                               DataRate("1Gbps"));
        }
        // the topology aborts if an address is taken twice; 5,000 subnets of 4 addresses are
        // 0x4e20: the last interface is 172.16.78.30
        const auto owner = plant.GetTopology()->GetOwner(Ipv4Address("172.16.78.30"));
        NS_TEST_ASSERT_MSG_EQ(owner.has_value(), true, "the last interface");
        NS_TEST_ASSERT_MSG_EQ(*owner, (4999 + 1 + 4999 / 101) % 101, "its node");
        Ptr<NetDevice> device = plant.GetTopology()->GetLinks().back()->GetDevice(true);
        NS_TEST_ASSERT_MSG_EQ(
            device->GetNode()->GetObject<TrafficControlLayer>()->GetRootQueueDiscOnDevice(device),
            nullptr,
            "no queue disc");
        NS_TEST_ASSERT_MSG_EQ(PlantHelper::GetServiceAddress(nodes.Get(100)),
                              Ipv4Address("10.0.0.101"),
                              "service addresses in the order of the nodes");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link without transit is for the nodes at its ends.
 */
class ClassicalTopologyTransitTest : public TestCase
{
  public:
    ClassicalTopologyTransitTest()
        : TestCase("A link without transit carries what its ends send to each other, and no more")
    {
    }

  private:
    /**
     * @brief The node to which packets are sent next.
     * @param from where
     * @param to the destination
     * @return its id, or -1 without a path
     */
    int64_t Next(uint32_t from, uint32_t to) const
    {
        const auto hop = m_topology->GetNextHop(from, to);
        return hop ? static_cast<int64_t>(hop->node) : -1;
    }

    void DoRun() override
    {
        // two modules, 0 and 3, at two routers, 1 and 2; a host, 4, behind one of them
        NodeContainer nodes;
        nodes.Create(5);
        PlantHelper plant;
        m_topology = plant.GetTopology();
        plant.InstallStack(nodes);
        const DataRate rate("1Gbps");
        const Time delay = MicroSeconds(1);
        plant.ConnectLocal("0-1", nodes.Get(0), nodes.Get(1), delay, rate);
        const auto routers = plant.ConnectLocal("1-2", nodes.Get(1), nodes.Get(2), delay, rate);
        plant.ConnectLocal("2-3", nodes.Get(2), nodes.Get(3), delay, rate);
        plant.ConnectLocal("0-4", nodes.Get(0), nodes.Get(4), delay, rate);
        const auto span =
            CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(50)); // not the shortest
        FibrePath path;
        path.AddSpan(span);
        const auto own = plant.ConnectEnds("0-3", nodes.Get(0), nodes.Get(3), path, rate);
        NS_TEST_EXPECT_MSG_EQ(own->HasTransit(), false, "as it was made");
        NS_TEST_EXPECT_MSG_EQ(Next(0, 3), 3, "to the other end");
        NS_TEST_EXPECT_MSG_EQ(Next(3, 0), 0, "and back");
        NS_TEST_EXPECT_MSG_EQ(Next(0, 2), 1, "not to others");
        NS_TEST_EXPECT_MSG_EQ(m_topology->GetNextHop(0, 3, true)->node, 1, "nor for the host");
        const auto reachability = CreateObject<Reachability>();
        reachability->SetTopology(m_topology);
        const uint32_t ends = reachability->Watch(0, 3);
        const uint32_t host = reachability->Watch(4, 3);
        NS_TEST_EXPECT_MSG_EQ(reachability->GetDelay(ends), own->GetDelay(), "over the link");
        NS_TEST_EXPECT_MSG_EQ(reachability->GetDelay(host), MicroSeconds(4), "over the routers");
        reachability->Dispose();
        routers->Fail();
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(Next(1, 2), -1, "nor from others");
        NS_TEST_EXPECT_MSG_EQ(Next(0, 2), -1, "nor on the way");
        NS_TEST_EXPECT_MSG_EQ(Next(0, 3), 3, "as before");
        routers->Recover();
        span->Cut();
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(Next(0, 3), 1, "over the network");
        NS_TEST_EXPECT_MSG_EQ(Next(3, 0), 2, "and back");
        span->Repair();
        NS_TEST_EXPECT_MSG_EQ(Next(0, 3), 1, "routing does not know yet");
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(Next(0, 3), 3, "as at the beginning");
        m_topology->SetAttribute("HopCost", TimeValue(MilliSeconds(1)));
        NS_TEST_EXPECT_MSG_EQ(Next(1, 2), 2, "whatever a hop costs");
        m_topology = nullptr;
        Simulator::Destroy();
    }

    Ptr<ClassicalTopology> m_topology; //!< the graph
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A network that is longer than the usual time to live of packets.
 */
class ClassicalTopologyLengthTest : public TestCase
{
  public:
    ClassicalTopologyLengthTest()
        : TestCase("Packets cross 254 nodes, and no more")
    {
    }

  private:
    static constexpr uint16_t PORT = 9; //!< where packets are received

    /**
     * @brief Send a packet from one end of a line to the other.
     * @param nodes nodes of the line
     * @return bytes that arrived
     */
    static uint32_t Send(uint32_t nodes)
    {
        NodeContainer line;
        line.Create(nodes);
        PlantHelper plant;
        plant.InstallStack(line);
        for (uint32_t i = 0; i + 1 < nodes; ++i)
        {
            plant.ConnectLocal(std::to_string(i),
                               line.Get(i),
                               line.Get(i + 1),
                               MicroSeconds(5),
                               DataRate("1Gbps"));
        }
        const auto receiver =
            Socket::CreateSocket(line.Get(nodes - 1), UdpSocketFactory::GetTypeId());
        receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        const auto sender = Socket::CreateSocket(line.Get(0), UdpSocketFactory::GetTypeId());
        sender->SendTo(
            Create<Packet>(100),
            0,
            InetSocketAddress(PlantHelper::GetServiceAddress(line.Get(nodes - 1)), PORT));
        Simulator::Run();
        const uint32_t bytes = receiver->GetRxAvailable();
        receiver->Close();
        sender->Close();
        Simulator::Destroy();
        return bytes;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Send(256), 100, "254 nodes between the ends");
        NS_TEST_EXPECT_MSG_EQ(Send(257), 0, "255 nodes");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the graph of the classical network.
 */
class QkdnClassicalTopologyTestSuite : public TestSuite
{
  public:
    QkdnClassicalTopologyTestSuite()
        : TestSuite("qkdn-classical-topology", Type::UNIT)
    {
        AddTestCase(new ClassicalTopologyRandomGraphTest);
        AddTestCase(new ClassicalTopologyAddressTest);
        AddTestCase(new ClassicalTopologyTransitTest);
        AddTestCase(new ClassicalTopologyLengthTest);
    }
};

static QkdnClassicalTopologyTestSuite g_qkdnClassicalTopologyTestSuite; //!< registers the suite
