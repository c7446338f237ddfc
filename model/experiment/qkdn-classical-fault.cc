/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-classical-fault.h"

#include "ns3/double.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/qkdn-protocol-numbers.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnClassicalFault");
NS_OBJECT_ENSURE_REGISTERED(ClassicalCongestion);
NS_OBJECT_ENSURE_REGISTERED(ControllerPartition);

namespace
{

/// IP protocol number for experiments (RFC 3692): no node answers it.
constexpr uint8_t EXPERIMENT_PROTOCOL = 253;

/// Bits of a byte.
constexpr double LOAD_BYTE_BITS = 8.0;

} // namespace

TypeId
ClassicalCongestion::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ClassicalCongestion")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ClassicalCongestion>()
                            .AddAttribute("LoadBps",
                                          "Load in each direction, bit/s of IP packets.",
                                          DoubleValue(1e6),
                                          MakeDoubleAccessor(&ClassicalCongestion::m_loadBps),
                                          MakeDoubleChecker<double>(1.0))
                            .AddAttribute("PacketSize",
                                          "Size of its IP packets, byte.",
                                          UintegerValue(1500),
                                          MakeUintegerAccessor(&ClassicalCongestion::m_packetSize),
                                          MakeUintegerChecker<uint32_t>(20, 1500));
    return tid;
}

void
ClassicalCongestion::DoDispose()
{
    for (EventId& event : m_sends)
    {
        event.Cancel();
    }
    m_link = nullptr;
    Fault::DoDispose();
}

void
ClassicalCongestion::SetLink(Ptr<ClassicalLink> link)
{
    m_link = link;
}

std::string
ClassicalCongestion::GetKind() const
{
    return "classical-congestion";
}

FaultParameters
ClassicalCongestion::GetParameters() const
{
    FaultParameters parameters;
    parameters.loadBps = m_loadBps;
    return parameters;
}

void
ClassicalCongestion::Strike()
{
    NS_LOG_FUNCTION(this << m_loadBps);
    Send(0);
    Send(1);
}

void
ClassicalCongestion::Repair()
{
    NS_LOG_FUNCTION(this);
    for (EventId& event : m_sends)
    {
        event.Cancel();
    }
}

void
ClassicalCongestion::Send(uint32_t end)
{
    const bool endB = end == 1;
    Ipv4Header header;
    header.SetSource(GetAddress(endB));
    header.SetDestination(GetAddress(!endB));
    header.SetProtocol(EXPERIMENT_PROTOCOL);
    header.SetTtl(1);
    header.SetPayloadSize(static_cast<uint16_t>(m_packetSize - header.GetSerializedSize()));
    Ptr<Packet> packet = Create<Packet>(m_packetSize - header.GetSerializedSize());
    packet->AddHeader(header);
    const Ptr<NetDevice> device = m_link->GetDevice(endB);
    device->Send(packet, device->GetBroadcast(), ETHERTYPE_IPV4);
    m_sends.at(end) = Simulator::Schedule(Seconds(LOAD_BYTE_BITS * m_packetSize / m_loadBps),
                                          &ClassicalCongestion::Send,
                                          this,
                                          end);
}

Ipv4Address
ClassicalCongestion::GetAddress(bool endB) const
{
    const Ptr<NetDevice> device = m_link->GetDevice(endB);
    const Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    const int32_t interface = ipv4->GetInterfaceForDevice(device);
    return ipv4->GetAddress(static_cast<uint32_t>(interface), 0).GetLocal();
}

TypeId
ControllerPartition::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ControllerPartition")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ControllerPartition>();
    return tid;
}

void
ControllerPartition::DoDispose()
{
    m_links.clear();
    Fault::DoDispose();
}

void
ControllerPartition::AddLink(Ptr<ClassicalLink> link)
{
    m_links.push_back(link);
}

std::string
ControllerPartition::GetKind() const
{
    return "controller-partition";
}

void
ControllerPartition::Strike()
{
    NS_LOG_FUNCTION(this);
    for (const auto& link : m_links)
    {
        link->Fail();
    }
}

void
ControllerPartition::Repair()
{
    NS_LOG_FUNCTION(this);
    for (const auto& link : m_links)
    {
        link->Recover();
    }
}

} // namespace qkdn
} // namespace ns3
