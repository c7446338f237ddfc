/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fibre-routing.h"

#include "ns3/abort.h"
#include "ns3/ipv4-route.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"

#include <iomanip>
#include <sstream>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFibreRouting");

NS_OBJECT_ENSURE_REGISTERED(FibreRouting);

TypeId
FibreRouting::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FibreRouting")
                            .SetParent<Ipv4RoutingProtocol>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FibreRouting>()
                            .AddAttribute("Topology",
                                          "The graph shared by all nodes of the network.",
                                          PointerValue(),
                                          MakePointerAccessor(&FibreRouting::m_topology),
                                          MakePointerChecker<ClassicalTopology>());
    return tid;
}

void
FibreRouting::DoDispose()
{
    m_topology = nullptr;
    m_ipv4 = nullptr;
    Ipv4RoutingProtocol::DoDispose();
}

Ipv4Address
FibreRouting::GetServiceAddress() const
{
    const auto address = m_topology->GetServiceAddress(m_node);
    NS_ABORT_MSG_UNLESS(address, "node " << m_node << " is not in the classical topology");
    return *address;
}

bool
FibreRouting::IsOwnAddress(Ipv4Address address) const
{
    // one look-up for nearly all packets, where Ipv4 searches all interfaces
    const auto owner = m_topology->GetOwner(address);
    return owner ? *owner == m_node : m_ipv4->GetInterfaceForAddress(address) >= 0;
}

Ptr<Ipv4Route>
FibreRouting::LookUp(Ipv4Address destination, bool forwards) const
{
    const auto owner = m_topology->GetOwner(destination);
    if (!owner)
    {
        return LookUpNeighbour(destination);
    }
    const auto source = m_topology->GetServiceAddress(m_node);
    if (!source)
    {
        return nullptr;
    }
    const auto hop = m_topology->GetNextHop(m_node, *owner, forwards);
    if (!hop)
    {
        return nullptr;
    }
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    route->SetDestination(destination);
    route->SetSource(*source);
    route->SetGateway(hop->gateway);
    route->SetOutputDevice(hop->device);
    return route;
}

Ptr<Ipv4Route>
FibreRouting::LookUpNeighbour(Ipv4Address destination) const
{
    for (uint32_t i = 1; i < m_ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress own = m_ipv4->GetAddress(i, j);
            if (own.GetMask().IsMatch(own.GetLocal(), destination))
            {
                Ptr<Ipv4Route> route = Create<Ipv4Route>();
                route->SetDestination(destination);
                route->SetSource(own.GetLocal());
                route->SetGateway(Ipv4Address::GetZero());
                route->SetOutputDevice(m_ipv4->GetNetDevice(i));
                return route;
            }
        }
    }
    return nullptr;
}

Ptr<Ipv4Route>
FibreRouting::RouteOutput(Ptr<Packet> /* packet */,
                          const Ipv4Header& header,
                          Ptr<NetDevice> oif,
                          Socket::SocketErrno& sockerr)
{
    const Ipv4Address destination = header.GetDestination();
    NS_LOG_FUNCTION(this << destination << oif);
    Ptr<Ipv4Route> route;
    // sockets may still close their connections when the node has been disposed of
    if (m_ipv4)
    {
        if (IsOwnAddress(destination))
        {
            route = Create<Ipv4Route>();
            route->SetDestination(destination);
            route->SetSource(destination);
            route->SetGateway(Ipv4Address::GetZero());
            route->SetOutputDevice(m_ipv4->GetNetDevice(0));
        }
        else
        {
            route = LookUp(destination, false);
        }
    }
    if (!route || (oif && oif != route->GetOutputDevice()))
    {
        NS_LOG_LOGIC("no route to " << destination);
        sockerr = Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    sockerr = Socket::ERROR_NOTERROR;
    return route;
}

bool
FibreRouting::RouteInput(Ptr<const Packet> packet,
                         const Ipv4Header& header,
                         Ptr<const NetDevice> idev,
                         RouteInputTypes::UnicastForward ucb,
                         RouteInputTypes::MulticastForward /* mcb */,
                         RouteInputTypes::LocalDeliver lcb,
                         RouteInputTypes::RouteError ecb)
{
    const Ipv4Address destination = header.GetDestination();
    NS_LOG_FUNCTION(this << destination << idev);
    const int32_t interface = m_ipv4->GetInterfaceForDevice(idev);
    if (IsOwnAddress(destination))
    {
        lcb(packet, header, interface);
        return true;
    }
    Ptr<Ipv4Route> route;
    if (m_ipv4->IsForwarding(interface))
    {
        route = LookUp(destination, true);
    }
    if (route)
    {
        ucb(route, packet, header);
    }
    else
    {
        NS_LOG_LOGIC("no route to " << destination);
        ecb(packet, header, Socket::ERROR_NOROUTETOHOST);
    }
    return true;
}

void
FibreRouting::NotifyInterfaceUp(uint32_t /* interface */)
{
    // routing follows the links of the topology, not the interfaces
}

void
FibreRouting::NotifyInterfaceDown(uint32_t /* interface */)
{
    // routing follows the links of the topology, not the interfaces
}

void
FibreRouting::NotifyAddAddress(uint32_t /* interface */, Ipv4InterfaceAddress /* address */)
{
    // the topology knows the addresses
}

void
FibreRouting::NotifyRemoveAddress(uint32_t /* interface */, Ipv4InterfaceAddress /* address */)
{
    // the topology knows the addresses
}

void
FibreRouting::SetIpv4(Ptr<Ipv4> ipv4)
{
    Ptr<Node> node = ipv4->GetObject<Node>();
    NS_ABORT_MSG_UNLESS(node, "aggregate Ipv4 to its node before it gets fibre routing");
    NS_ABORT_MSG_UNLESS(m_topology,
                        "set attribute Topology before node " << node->GetId()
                                                              << " gets its fibre routing");
    m_ipv4 = ipv4;
    m_node = node->GetId();
}

void
FibreRouting::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    std::ostringstream text;
    text << "Node: " << m_node << ", Time: " << Simulator::Now().As(unit)
         << ", FibreRouting table\n"
         << std::left << std::setw(16) << "Destination" << std::setw(16) << "Gateway"
         << std::setw(8) << "Iface"
         << "Node\n";
    for (const auto& [node, address] : m_topology->GetServiceAddresses())
    {
        std::ostringstream destination;
        destination << address;
        text << std::setw(16) << destination.str();
        const Ptr<Ipv4Route> route = LookUp(address, false);
        std::ostringstream gateway;
        if (route)
        {
            gateway << route->GetGateway();
            text << std::setw(16) << gateway.str() << std::setw(8)
                 << m_ipv4->GetInterfaceForDevice(route->GetOutputDevice());
        }
        else
        {
            gateway << (node == m_node ? "local" : "unreachable");
            text << std::setw(16) << gateway.str() << std::setw(8) << "-";
        }
        text << node << "\n";
    }
    *stream->GetStream() << text.str() << std::endl;
}

} // namespace qkdn
} // namespace ns3
