/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-quantum-net-device.h"

#include "qkdn-quantum-channel.h"

#include "ns3/log.h"
#include "ns3/node.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQuantumNetDevice");
NS_OBJECT_ENSURE_REGISTERED(QuantumNetDevice);

TypeId
QuantumNetDevice::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::QuantumNetDevice")
                            .SetParent<NetDevice>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<QuantumNetDevice>();
    return tid;
}

QuantumNetDevice::QuantumNetDevice()
    : m_address("00:00:00:00:00:00")
{
    NS_LOG_FUNCTION(this);
}

QuantumNetDevice::~QuantumNetDevice()
{
    NS_LOG_FUNCTION(this);
}

void
QuantumNetDevice::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_node = nullptr;
    m_channel = nullptr;
    m_lightCallback = LightCallback();
    NetDevice::DoDispose();
}

void
QuantumNetDevice::SetChannel(Ptr<QuantumChannel> channel, uint32_t end)
{
    NS_LOG_FUNCTION(this << channel << end);
    m_channel = channel;
    m_end = end;
    m_linkChange();
}

void
QuantumNetDevice::SetLightCallback(LightCallback callback)
{
    m_lightCallback = callback;
}

void
QuantumNetDevice::Emit(const Light& light)
{
    NS_LOG_FUNCTION(this << light.sync << light.quantum);
    NS_ABORT_MSG_IF(!m_channel, "a quantum device emits light before it has a channel");
    m_channel->Emit(m_end, light);
}

const ReceivedLight&
QuantumNetDevice::GetReceivedLight() const
{
    return m_received;
}

void
QuantumNetDevice::ReceiveLight(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.light.sync << light.light.quantum);
    m_received = light;
    if (!m_lightCallback.IsNull())
    {
        m_lightCallback(m_received);
    }
}

void
QuantumNetDevice::SetIfIndex(const uint32_t index)
{
    m_ifIndex = index;
}

uint32_t
QuantumNetDevice::GetIfIndex() const
{
    return m_ifIndex;
}

Ptr<Channel>
QuantumNetDevice::GetChannel() const
{
    return m_channel;
}

void
QuantumNetDevice::SetAddress(Address address)
{
    m_address = Mac48Address::ConvertFrom(address);
}

Address
QuantumNetDevice::GetAddress() const
{
    return m_address;
}

bool
QuantumNetDevice::SetMtu(const uint16_t mtu)
{
    return mtu == 0;
}

uint16_t
QuantumNetDevice::GetMtu() const
{
    return 0;
}

bool
QuantumNetDevice::IsLinkUp() const
{
    return m_channel != nullptr;
}

void
QuantumNetDevice::AddLinkChangeCallback(Callback<void> callback)
{
    m_linkChange.ConnectWithoutContext(callback);
}

bool
QuantumNetDevice::IsBroadcast() const
{
    return false;
}

Address
QuantumNetDevice::GetBroadcast() const
{
    return m_address;
}

bool
QuantumNetDevice::IsMulticast() const
{
    return false;
}

Address
QuantumNetDevice::GetMulticast(Ipv4Address) const
{
    return m_address;
}

Address
QuantumNetDevice::GetMulticast(Ipv6Address) const
{
    return m_address;
}

bool
QuantumNetDevice::IsBridge() const
{
    return false;
}

bool
QuantumNetDevice::IsPointToPoint() const
{
    return true;
}

bool
QuantumNetDevice::Send(Ptr<Packet> packet, const Address&, uint16_t)
{
    NS_LOG_WARN("a packet of " << packet->GetSize() << " bytes was sent to a quantum device");
    return false;
}

bool
QuantumNetDevice::SendFrom(Ptr<Packet> packet,
                           const Address&,
                           const Address& dest,
                           uint16_t protocolNumber)
{
    return Send(packet, dest, protocolNumber);
}

Ptr<Node>
QuantumNetDevice::GetNode() const
{
    return m_node;
}

void
QuantumNetDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
}

bool
QuantumNetDevice::NeedsArp() const
{
    return false;
}

void
QuantumNetDevice::SetReceiveCallback(NetDevice::ReceiveCallback)
{
    // no packet is ever received
}

void
QuantumNetDevice::SetPromiscReceiveCallback(NetDevice::PromiscReceiveCallback)
{
    // no packet is ever received
}

bool
QuantumNetDevice::SupportsSendFrom() const
{
    return false;
}

} // namespace qkdn
} // namespace ns3
