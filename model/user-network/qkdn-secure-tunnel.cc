/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/mac48-address.h"
#include "ns3/node.h"
#include "ns3/qkdn-protocol-numbers.h"
#include "ns3/simulator.h"
#include "ns3/udp-socket-factory.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSecureTunnel");

namespace
{
constexpr uint16_t DEFAULT_TUNNEL_MTU = 1400; //!< fits two key IDs into 1500 octets outside
} // namespace

SecureTunnel::SecureTunnel()
    : m_waiting(MakeCallback(&SecureTunnel::ReportDrop, this)),
      m_client(CreateObject<KeyDeliveryClient>()),
      m_receiveClient(CreateObject<KeyDeliveryClient>()),
      m_device(CreateObject<VirtualNetDevice>())
{
    NS_LOG_FUNCTION(this);
    m_device->SetAddress(Mac48Address::Allocate());
    m_device->SetIsPointToPoint(true);
    m_device->SetNeedsArp(false);
    m_device->SetMtu(DEFAULT_TUNNEL_MTU);
    m_device->SetSendCallback(MakeCallback(&SecureTunnel::SendFromDevice, this));
}

SecureTunnel::~SecureTunnel()
{
    NS_LOG_FUNCTION(this);
}

void
SecureTunnel::SetKeySupplyService(KeySupplyService* service)
{
    m_service = service;
    m_receiveService = service;
}

Ptr<VirtualNetDevice>
SecureTunnel::GetDevice() const
{
    return m_device;
}

void
SecureTunnel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    StopApplication();
    m_client->Dispose();
    m_client = nullptr;
    m_receiveClient->Dispose();
    m_receiveClient = nullptr;
    // the node keeps the device, and may still route packets into it
    m_device->SetSendCallback(MakeCallback(&SecureTunnel::RefuseFromDevice));
    m_device = nullptr;
    m_service = nullptr;
    m_receiveService = nullptr;
    Application::DoDispose();
}

void
SecureTunnel::StartApplication()
{
    NS_LOG_FUNCTION(this);
    const std::string error = FindConfigurationError();
    NS_ABORT_MSG_IF(!error.empty(), error);
    NS_ABORT_MSG_IF(m_device->GetNode() != GetNode(),
                    "secured tunnel '" << m_saeId
                                       << "': its device is not on its node; add GetDevice() to "
                                          "the node, as SecureTunnelHelper does");
    if (!m_keyManagerAddress.IsInvalid())
    {
        ConnectClients();
    }
    MakeOpener();
    MakeSealer();
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(m_localAddress) != 0,
                    "secured tunnel '" << m_saeId
                                       << "': LocalAddress is not an address of the node or its "
                                          "port is in use; give another one");
    m_socket->SetRecvCallback(MakeCallback(&SecureTunnel::ReceiveFromSocket, this));
    m_sealer->Start();
}

const std::string&
SecureTunnel::GetSlaveSaeId() const
{
    return m_receiveSaeId.empty() ? m_saeId : m_receiveSaeId;
}

void
SecureTunnel::ConnectClients()
{
    // a connection belongs to one SAE
    const auto connect = [this](Ptr<KeyDeliveryClient> client, const std::string& sae) {
        client->SetAttribute("CallTimeout", TimeValue(m_requestLifetime));
        client->Configure(GetNode(),
                          InetSocketAddress::ConvertFrom(m_localAddress).GetIpv4(),
                          m_keyManagerAddress,
                          sae);
        return PeekPointer(client);
    };
    m_service = connect(m_client, m_saeId);
    m_receiveService =
        GetSlaveSaeId() == m_saeId ? m_service : connect(m_receiveClient, GetSlaveSaeId());
}

void
SecureTunnel::MakeSealer()
{
    const bool otp = m_mode == TUNNEL_OTP;
    const Ptr<SecureTunnel> self(this);
    m_source = Create<TunnelKeySource>(
        TunnelKeySource::Settings{m_service,
                                  m_saeId,
                                  m_peerSaeId,
                                  otp ? m_batch : 1,
                                  otp ? m_keySizeBit : TUNNEL_AES_KEY_BITS,
                                  m_retryInterval,
                                  m_keyStoreTime},
        TunnelKeySource::Listener{MakeCallback(&SecureTunnel::SendWaiting, self),
                                  MakeCallback(&SecureTunnel::ReportRefusal, self),
                                  MakeCallback(&SecureTunnel::ReportUse, self),
                                  MakeCallback(&SecureTunnel::ReportDiscard, self),
                                  MakeCallback(&SecureTunnel::ReportUnclaimed, self)});
    m_sealer = std::make_unique<TunnelSealer>(TunnelSealer::Settings{m_mode,
                                                                     m_tagBits,
                                                                     m_keyBufferBits,
                                                                     m_rekeyInterval,
                                                                     m_rekeyVolume,
                                                                     m_keyLifetime,
                                                                     m_keyVolume},
                                              m_source,
                                              MakeCallback(&SecureTunnel::ReportRekey, self));
}

void
SecureTunnel::MakeOpener()
{
    const Ptr<SecureTunnel> self(this);
    KeyCollector::Settings collector;
    collector.service = m_receiveService;
    collector.sae = GetSlaveSaeId();
    collector.masterSae = m_receivePeerSaeId.empty() ? m_peerSaeId : m_receivePeerSaeId;
    collector.retryInterval = m_retryInterval;
    collector.retries = m_deliveryRetries;
    collector.lifetime = m_requestLifetime;
    m_opener = Create<TunnelOpener>(
        TunnelOpener::Settings{m_mode, m_tagBits, m_keyLimit, m_waitLimit, collector},
        TunnelOpener::Listener{MakeCallback(&SecureTunnel::TakeOpened, self),
                               MakeCallback(&SecureTunnel::ReportDrop, self),
                               MakeCallback(&SecureTunnel::ReportMissing, self),
                               MakeCallback(&SecureTunnel::ReportUnclaimed, self)});
}

void
SecureTunnel::StopApplication()
{
    NS_LOG_FUNCTION(this);
    if (m_socket)
    {
        m_socket->SetRecvCallback(Callback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
    if (m_source)
    {
        m_source->Stop();
        m_source = nullptr;
        m_sealer.reset();
        m_keyBits = 0;
    }
    if (m_opener)
    {
        m_opener->Stop();
        m_opener = nullptr;
    }
    m_waiting.Clear();
}

bool
SecureTunnel::SendFromDevice(Ptr<Packet> packet,
                             const Address& /* source */,
                             const Address& /* destination */,
                             uint16_t protocol)
{
    NS_LOG_FUNCTION(this << packet << protocol);
    if (!m_sealer)
    {
        m_dropTrace(packet, TUNNEL_NOT_RUNNING);
        return false;
    }
    if (protocol != ETHERTYPE_IPV4 && protocol != ETHERTYPE_IPV6)
    {
        m_dropTrace(packet, TUNNEL_NOT_IP);
        return false;
    }
    if (m_waiting.GetLength() == 0 && TrySend(packet))
    {
        return true;
    }
    const bool waits = m_waiting.Add(packet);
    m_queueLength = m_waiting.GetLength();
    return waits;
}

bool
SecureTunnel::RefuseFromDevice(Ptr<Packet> /* packet */,
                               const Address& /* source */,
                               const Address& /* destination */,
                               uint16_t /* protocol */)
{
    return false;
}

bool
SecureTunnel::TrySend(Ptr<Packet> inner)
{
    const Ptr<Packet> outer = m_sealer->Seal(inner);
    m_keyBits = m_source->GetAvailableBits();
    if (!outer)
    {
        return false;
    }
    const uint32_t bytes = outer->GetSize();
    if (m_socket->SendTo(outer, 0, m_peerAddress) < 0)
    {
        m_dropTrace(inner, TUNNEL_NOT_SENT);
        return true;
    }
    m_txTrace(inner, bytes);
    return true;
}

void
SecureTunnel::SendWaiting()
{
    m_keyBits = m_source->GetAvailableBits();
    while (m_waiting.GetLength() > 0)
    {
        const Ptr<Packet> oldest = m_waiting.CopyOldest();
        if (!TrySend(oldest))
        {
            return;
        }
        m_queueDelayTrace(oldest, m_waiting.RemoveOldest());
        m_queueLength = m_waiting.GetLength();
    }
}

void
SecureTunnel::ReceiveFromSocket(Ptr<Socket> socket)
{
    Address from;
    // held, because an application that gets a packet may stop the tunnel
    const Ptr<TunnelOpener> opener = m_opener;
    while (m_socket)
    {
        const Ptr<Packet> packet = socket->RecvFrom(from);
        if (!packet)
        {
            return;
        }
        if (from != m_peerAddress)
        {
            m_dropTrace(packet, TUNNEL_WRONG_PEER);
            continue;
        }
        opener->Accept(packet);
    }
}

void
SecureTunnel::TakeOpened(Ptr<Packet> inner, uint32_t outerBytes)
{
    m_rxTrace(inner, outerBytes);
    uint8_t first = 0;
    inner->CopyData(&first, 1);
    const uint16_t protocol = first >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
    const Address own = m_device->GetAddress();
    m_device->Receive(inner, protocol, own, own, NetDevice::PACKET_HOST);
}

void
SecureTunnel::ReportDrop(Ptr<const Packet> packet, TunnelDropReason reason)
{
    m_queueLength = m_waiting.GetLength();
    m_dropTrace(packet, reason);
}

void
SecureTunnel::ReportUse(const std::string& keyId, uint32_t firstBit, uint32_t bits)
{
    m_usedTrace(keyId, firstBit, bits);
}

void
SecureTunnel::ReportRekey(const std::string& keyId, uint64_t number)
{
    m_rekeyTrace(keyId, number);
}

void
SecureTunnel::ReportRefusal(KeySupplyStatus status, const std::string& message)
{
    m_refusedTrace("", status, message);
}

void
SecureTunnel::ReportMissing(const std::string& keyId, KeySupplyStatus status)
{
    m_refusedTrace(keyId, status, "the other end uses a key that this end cannot get");
}

void
SecureTunnel::ReportUnclaimed(const SuppliedKey& key)
{
    m_unclaimedTrace(key);
}

void
SecureTunnel::ReportDiscard(const std::string& keyId, uint32_t bits)
{
    m_discardedTrace(keyId, bits);
}

} // namespace qkdn
} // namespace ns3
