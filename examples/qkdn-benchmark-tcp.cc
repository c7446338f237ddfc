/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-tcp.h"

#include "qkdn-benchmark-packet-counter.h"
#include "qkdn-benchmark-process.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/uinteger.h"

#include <iostream>
#include <nlohmann/json.hpp>

using namespace ns3;

namespace benchmark
{

namespace
{

/// Size of a request, bytes.
constexpr uint32_t REQUEST_BYTES = 200;
/// Size of an answer, bytes.
constexpr uint32_t ANSWER_BYTES = 300;
/// Port of the server.
constexpr uint16_t PORT = 9;

/// A line of links without queue discs. Gives the address of its end.
Ipv4Address
BuildLine(const NodeContainer& nodes)
{
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("1ms"));
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    Ipv4Address end;
    for (uint32_t i = 0; i + 1 < nodes.GetN(); ++i)
    {
        const NetDeviceContainer devices = link.Install(nodes.Get(i), nodes.Get(i + 1));
        end = addresses.Assign(devices).GetAddress(1);
        addresses.NewNetwork();
        TrafficControlHelper().Uninstall(devices);
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    return end;
}

/// The two ends of the connection.
class RequestAnswer
{
  public:
    /// Constructor: both ends are there; the client connects when the simulation begins.
    RequestAnswer(const NodeContainer& nodes, Ipv4Address server, uint64_t requests)
        : m_requests(requests),
          m_listener(
              Socket::CreateSocket(nodes.Get(nodes.GetN() - 1), TcpSocketFactory::GetTypeId())),
          m_client(Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId()))
    {
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&RequestAnswer::Accept, this));
        m_client->SetConnectCallback(MakeCallback(&RequestAnswer::Ask, this),
                                     MakeNullCallback<void, Ptr<Socket>>());
        m_client->SetRecvCallback(MakeCallback(&RequestAnswer::ReadAnswer, this));
        Simulator::ScheduleNow(
            [this, server] { m_client->Connect(InetSocketAddress(server, PORT)); });
    }

    /// Requests that were answered.
    uint64_t GetAnswered() const
    {
        return m_answeredBytes / ANSWER_BYTES;
    }

  private:
    /// Send a request.
    void Ask(Ptr<Socket> socket)
    {
        socket->Send(Create<Packet>(REQUEST_BYTES));
    }

    /// A client is there.
    void Accept(Ptr<Socket> socket, const Address& /* from */)
    {
        socket->SetRecvCallback(MakeCallback(&RequestAnswer::ReadRequest, this));
    }

    /// Answer each request.
    void ReadRequest(Ptr<Socket> socket)
    {
        while (const Ptr<Packet> packet = socket->Recv())
        {
            m_askedBytes += packet->GetSize();
        }
        for (; m_askedBytes >= REQUEST_BYTES; m_askedBytes -= REQUEST_BYTES)
        {
            socket->Send(Create<Packet>(ANSWER_BYTES));
        }
    }

    /// Ask again when all is answered.
    void ReadAnswer(Ptr<Socket> socket)
    {
        const uint64_t before = GetAnswered();
        while (const Ptr<Packet> packet = socket->Recv())
        {
            m_answeredBytes += packet->GetSize();
        }
        if (GetAnswered() > before && GetAnswered() < m_requests)
        {
            Ask(socket);
        }
    }

    const uint64_t m_requests;    //!< requests to make
    const Ptr<Socket> m_listener; //!< where the server listens
    const Ptr<Socket> m_client;   //!< asks
    uint64_t m_askedBytes{0};     //!< of requests that are not answered yet
    uint64_t m_answeredBytes{0};  //!< of answers
};

Counts
RunTcp(const TcpOptions& options)
{
    // on connections in use in both directions an echoed time stamp gets old, and timeouts long
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(false));
    // as far as a line may be
    Config::SetDefault("ns3::Ipv4L3Protocol::DefaultTtl", UintegerValue(255));
    Counts counts;
    {
        NodeContainer nodes;
        nodes.Create(options.hops + 1);
        const Ipv4Address end = BuildLine(nodes);
        PacketCounter packets;
        RequestAnswer run(nodes, end, options.requests);
        Simulator::Run();
        counts.events = Simulator::GetEventCount();
        counts.packetHops = packets.Get();
        counts.messages = run.GetAnswered();
        counts.simulatedSeconds = Simulator::Now().GetSeconds();
    }
    Simulator::Destroy();
    return counts;
}

} // namespace

bool
MeasureTcp(const TcpOptions& options)
{
    const Measured run = Measure([&options] { return RunTcp(options); });
    const auto hops = static_cast<double>(run.counts.packetHops);
    if (options.format == "json")
    {
        const nlohmann::json values = {{"workload", "tcp"},
                                       {"hops", options.hops},
                                       {"requests", options.requests},
                                       {"answered", run.counts.messages},
                                       {"cpu_s", run.cpuSeconds},
                                       {"events", run.counts.events},
                                       {"packet_hops", run.counts.packetHops},
                                       {"packet_hops_per_cpu_s", hops / run.cpuSeconds},
                                       {"memory_mib", run.memoryMebibyte}};
        std::cout << values.dump() << std::endl;
    }
    else
    {
        std::cout << run.counts.messages << " of " << options.requests << " requests answered over "
                  << options.hops << (options.hops == 1 ? " hop" : " hops") << ": "
                  << run.counts.packetHops << " packet hops in " << run.cpuSeconds
                  << " s of CPU time, " << static_cast<uint64_t>(hops / run.cpuSeconds)
                  << " in a second" << std::endl;
    }
    return run.counts.messages == options.requests;
}

} // namespace benchmark
