/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel.h"

#include "ns3/abort.h"
#include "ns3/drop-tail-queue.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/log.h"
#include "ns3/mac48-address.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-compat.h"
#include "ns3/queue-size.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <limits>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSecureTunnel");

NS_OBJECT_ENSURE_REGISTERED(SecureTunnel);

namespace
{
constexpr uint16_t DEFAULT_TUNNEL_MTU = 1400; //!< fits two key IDs into 1500 octets outside
} // namespace

TypeId
SecureTunnel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::SecureTunnel")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<SecureTunnel>()
            .AddAttribute("Mode",
                          "How packets are encrypted, at both ends alike.",
                          EnumValue(TUNNEL_OTP),
                          qkdn::MakeEnumAccessor<TunnelMode>(&SecureTunnel::m_mode),
                          MakeEnumChecker(TUNNEL_OTP, "otp", TUNNEL_AES, "aes-256"))
            .AddAttribute("SaeId",
                          "SAE id of this end on Ak, as master of the session for what it sends.",
                          StringValue(""),
                          MakeStringAccessor(&SecureTunnel::m_saeId),
                          MakeStringChecker())
            .AddAttribute("PeerSaeId",
                          "SAE id of the other end, as slave of that session.",
                          StringValue(""),
                          MakeStringAccessor(&SecureTunnel::m_peerSaeId),
                          MakeStringChecker())
            .AddAttribute("ReceiveSaeId",
                          "SAE id of this end as slave of the session for what it receives; "
                          "empty: SaeId.",
                          StringValue(""),
                          MakeStringAccessor(&SecureTunnel::m_receiveSaeId),
                          MakeStringChecker())
            .AddAttribute("ReceivePeerSaeId",
                          "SAE id of the other end as master of that session; empty: PeerSaeId.",
                          StringValue(""),
                          MakeStringAccessor(&SecureTunnel::m_receivePeerSaeId),
                          MakeStringChecker())
            .AddAttribute("LocalAddress",
                          "Own address and UDP port in the network between the gateways.",
                          AddressValue(),
                          MakeAddressAccessor(&SecureTunnel::m_localAddress),
                          MakeAddressChecker())
            .AddAttribute("PeerAddress",
                          "Address and UDP port of the other end.",
                          AddressValue(),
                          MakeAddressAccessor(&SecureTunnel::m_peerAddress),
                          MakeAddressChecker())
            .AddAttribute("KeyManagerAddress",
                          "Address and port at which the key manager serves Ak over HTTP; an "
                          "invalid address for calls in process.",
                          AddressValue(),
                          MakeAddressAccessor(&SecureTunnel::m_keyManagerAddress),
                          MakeAddressChecker())
            .AddAttribute("TagBits",
                          "Length of the one-time authentication tag of a packet, bit, a multiple "
                          "of 8; as many key bits are spent on it; 0 for none (OTP).",
                          UintegerValue(96),
                          MakeUintegerAccessor(&SecureTunnel::m_tagBits),
                          MakeUintegerChecker<uint32_t>(0, 1024))
            .AddAttribute("KeySize",
                          "Size of the keys that are asked for, bit, a multiple of 8; 0 takes the "
                          "default of the session (OTP; with AES always 256).",
                          UintegerValue(8192),
                          MakeUintegerAccessor(&SecureTunnel::m_keySizeBit),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Batch",
                          "Keys per call (OTP).",
                          UintegerValue(1),
                          MakeUintegerAccessor(&SecureTunnel::m_batch),
                          MakeUintegerChecker<uint32_t>(1, 1024))
            .AddAttribute("KeyBuffer",
                          "Key that the sending end wants to hold in store, bit (OTP); more than "
                          "the largest packet and its tag need.",
                          UintegerValue(65536),
                          MakeUintegerAccessor(&SecureTunnel::m_keyBufferBits),
                          MakeUintegerChecker<uint64_t>(1))
            .AddAttribute("RekeyInterval",
                          "Age at which a session key is to be replaced (AES).",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&SecureTunnel::m_rekeyInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RekeyVolume",
                          "Octets of packets after which a session key is to be replaced (AES).",
                          UintegerValue(uint64_t{1} << 30),
                          MakeUintegerAccessor(&SecureTunnel::m_rekeyVolume),
                          MakeUintegerChecker<uint64_t>(1))
            .AddAttribute("KeyLifetime",
                          "Age at which a session key must not be used any more, at least "
                          "RekeyInterval (AES).",
                          TimeValue(Seconds(120)),
                          MakeTimeAccessor(&SecureTunnel::m_keyLifetime),
                          MakeTimeChecker())
            .AddAttribute("KeyVolume",
                          "Octets of packets that a session key may seal at most, at least "
                          "RekeyVolume (AES).",
                          UintegerValue(uint64_t{1} << 32),
                          MakeUintegerAccessor(&SecureTunnel::m_keyVolume),
                          MakeUintegerChecker<uint64_t>(1))
            .AddAttribute("MaxQueueSize",
                          "Packets, or octets of packets, that may wait for key.",
                          QueueSizeValue(QueueSize("100p")),
                          MakeQueueSizeAccessor(&SecureTunnel::SetMaxQueueSize,
                                                &SecureTunnel::GetMaxQueueSize),
                          MakeQueueSizeChecker())
            .AddAttribute("Queue",
                          "Where packets wait for key.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&SecureTunnel::m_queue),
                          MakePointerChecker<Queue<Packet>>())
            .AddAttribute("MaxQueueDelay",
                          "A packet that waits for key as long is dropped; 0: never.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&SecureTunnel::m_maxQueueDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RetryInterval",
                          "From an answer without keys to the next call, above 0.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&SecureTunnel::m_retryInterval),
                          MakeTimeChecker())
            .AddAttribute("RequestLifetime",
                          "A key that a packet names is given up after this time, above 0.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&SecureTunnel::m_requestLifetime),
                          MakeTimeChecker())
            .AddAttribute("DeliveryRetries",
                          "How often the call for a key that a packet names is repeated after an "
                          "answer 503.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&SecureTunnel::m_deliveryRetries),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("KeyLimit",
                          "Keys that the receiving end keeps for packets that are late.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&SecureTunnel::m_keyLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("WaitLimit",
                          "Received packets that may wait for their keys.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&SecureTunnel::m_waitLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Device",
                          "The device into which the node routes what is to be carried.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&SecureTunnel::m_device),
                          MakePointerChecker<VirtualNetDevice>())
            .AddTraceSource("Tx",
                            "A packet was sealed and sent.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_txTrace),
                            "ns3::qkdn::SecureTunnel::PassedTracedCallback")
            .AddTraceSource("Rx",
                            "A packet was received and opened.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_rxTrace),
                            "ns3::qkdn::SecureTunnel::PassedTracedCallback")
            .AddTraceSource("Drop",
                            "A packet was dropped.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_dropTrace),
                            "ns3::qkdn::SecureTunnel::DropTracedCallback")
            .AddTraceSource("QueueDelay",
                            "A packet that waited for key is sent.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_queueDelayTrace),
                            "ns3::qkdn::SecureTunnel::QueueDelayTracedCallback")
            .AddTraceSource("QueueLength",
                            "Packets that wait for key.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_queueLength),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("KeyBits",
                            "Key bits that the sending end holds in store.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_keyBits),
                            "ns3::TracedValueCallback::Uint64")
            .AddTraceSource("KeyUsed",
                            "Key bits were spent on a packet or a session key.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_usedTrace),
                            "ns3::qkdn::SecureTunnel::KeyUsedTracedCallback")
            .AddTraceSource("Rekey",
                            "A session key was taken into use.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_rekeyTrace),
                            "ns3::qkdn::SecureTunnel::RekeyTracedCallback")
            .AddTraceSource("KeyRefused",
                            "A key was refused for another reason than lack of keys, or one that "
                            "the other end uses cannot be had.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_refusedTrace),
                            "ns3::qkdn::SecureTunnel::KeyRefusedTracedCallback")
            .AddTraceSource("KeyUnclaimed",
                            "A key came when nobody waited for it any more; it is not used.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_unclaimedTrace),
                            "ns3::qkdn::SecureTunnel::KeyUnclaimedTracedCallback");
    return tid;
}

SecureTunnel::SecureTunnel()
    : m_queue(CreateObject<DropTailQueue<Packet>>()),
      m_client(CreateObject<KeyDeliveryClient>()),
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
}

Ptr<VirtualNetDevice>
SecureTunnel::GetDevice() const
{
    return m_device;
}

std::string
SecureTunnel::FindConfigurationError() const
{
    const std::string name = "secured tunnel '" + m_saeId + "': ";
    if (m_saeId.empty() || m_peerSaeId.empty())
    {
        return name + "SaeId and PeerSaeId ('" + m_peerSaeId + "') have to be set";
    }
    if (!InetSocketAddress::IsMatchingType(m_localAddress))
    {
        return name + "LocalAddress is not an IPv4 address with a port";
    }
    if (!InetSocketAddress::IsMatchingType(m_peerAddress))
    {
        return name + "PeerAddress is not an IPv4 address with a port";
    }
    if (!m_service && m_keyManagerAddress.IsInvalid())
    {
        return name + "SetKeySupplyService() was not called and KeyManagerAddress is not set";
    }
    if (!m_keyManagerAddress.IsInvalid() && !InetSocketAddress::IsMatchingType(m_keyManagerAddress))
    {
        return name + "KeyManagerAddress is not an IPv4 address with a port";
    }
    if (!m_retryInterval.IsStrictlyPositive() || !m_requestLifetime.IsStrictlyPositive())
    {
        return name + "RetryInterval and RequestLifetime have to be above 0";
    }
    if (m_tagBits % 8 != 0 || m_keySizeBit % 8 != 0)
    {
        return name + "TagBits " + std::to_string(m_tagBits) + " and KeySize " +
               std::to_string(m_keySizeBit) + " have to be multiples of 8";
    }
    const uint64_t largest = 8 * uint64_t{m_device->GetMtu()} + m_tagBits;
    if (m_mode == TUNNEL_OTP && m_keyBufferBits < largest)
    {
        return name + "KeyBuffer " + std::to_string(m_keyBufferBits) + " is below the " +
               std::to_string(largest) + " bits of a packet of the MTU and its tag";
    }
    if (m_mode == TUNNEL_AES && (m_keyLifetime < m_rekeyInterval || m_keyVolume < m_rekeyVolume))
    {
        return name + "KeyLifetime is below RekeyInterval, or KeyVolume below RekeyVolume";
    }
    return "";
}

void
SecureTunnel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    StopApplication();
    m_client->Dispose();
    m_client = nullptr;
    m_device->SetSendCallback(VirtualNetDevice::SendCallback());
    m_device = nullptr;
    m_queue = nullptr;
    m_service = nullptr;
    Application::DoDispose();
}

void
SecureTunnel::StartApplication()
{
    NS_LOG_FUNCTION(this);
    const std::string error = FindConfigurationError();
    NS_ABORT_MSG_IF(!error.empty(), error);
    NS_ABORT_MSG_IF(m_device->GetNode() != GetNode(),
                    "secured tunnel '" << m_saeId << "': its device is not on its node");
    if (!m_keyManagerAddress.IsInvalid())
    {
        m_client->SetAttribute("CallTimeout", TimeValue(m_requestLifetime));
        m_client->Configure(GetNode(),
                            InetSocketAddress::ConvertFrom(m_localAddress).GetIpv4(),
                            m_keyManagerAddress,
                            m_saeId);
        m_service = PeekPointer(m_client);
    }
    MakeOpener();
    MakeSealer();
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(m_socket->Bind(m_localAddress) != 0,
                    "secured tunnel '" << m_saeId << "': LocalAddress is in use");
    m_socket->SetRecvCallback(MakeCallback(&SecureTunnel::ReceiveFromSocket, this));
    m_sealer->Start();
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
                                  m_retryInterval},
        TunnelKeySource::Listener{MakeCallback(&SecureTunnel::SendWaiting, self),
                                  MakeCallback(&SecureTunnel::ReportRefusal, self),
                                  MakeCallback(&SecureTunnel::ReportUse, self),
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
    collector.service = m_service;
    collector.sae = m_receiveSaeId.empty() ? m_saeId : m_receiveSaeId;
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
    m_expiry.Cancel();
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
    while (!m_queued.empty())
    {
        Time since;
        m_dropTrace(TakeWaiting(since), TUNNEL_STOPPED);
    }
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
    if (protocol != Ipv4L3Protocol::PROT_NUMBER && protocol != Ipv6L3Protocol::PROT_NUMBER)
    {
        m_dropTrace(packet, TUNNEL_NOT_IP);
        return false;
    }
    if (m_queued.empty() && TrySend(packet))
    {
        return true;
    }
    if (!m_queue->Enqueue(packet))
    {
        m_dropTrace(packet, TUNNEL_QUEUE_FULL);
        return false;
    }
    m_queued.push_back(Simulator::Now());
    m_queueLength = m_queued.size();
    ScheduleExpiry();
    return true;
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
    while (!m_queued.empty() && TrySend(m_queue->Peek()->Copy()))
    {
        Time since;
        const Ptr<Packet> sent = TakeWaiting(since);
        m_queueDelayTrace(sent, Simulator::Now() - since);
    }
    ScheduleExpiry();
}

Ptr<Packet>
SecureTunnel::TakeWaiting(Time& since)
{
    since = m_queued.front();
    m_queued.pop_front();
    const Ptr<Packet> packet = m_queue->Dequeue();
    m_queueLength = m_queued.size();
    return packet;
}

void
SecureTunnel::ScheduleExpiry()
{
    if (m_queued.empty())
    {
        m_expiry.Cancel();
    }
    else if (m_maxQueueDelay.IsStrictlyPositive() && m_expiry.IsExpired())
    {
        m_expiry = Simulator::Schedule(m_queued.front() + m_maxQueueDelay - Simulator::Now(),
                                       &SecureTunnel::Expire,
                                       this);
    }
}

void
SecureTunnel::Expire()
{
    while (!m_queued.empty() && m_queued.front() + m_maxQueueDelay <= Simulator::Now())
    {
        Time since;
        m_dropTrace(TakeWaiting(since), TUNNEL_QUEUE_TIME);
    }
    ScheduleExpiry();
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
    const uint16_t protocol =
        first >> 4 == 6 ? Ipv6L3Protocol::PROT_NUMBER : Ipv4L3Protocol::PROT_NUMBER;
    const Address own = m_device->GetAddress();
    m_device->Receive(inner, protocol, own, own, NetDevice::PACKET_HOST);
}

void
SecureTunnel::SetMaxQueueSize(QueueSize size)
{
    m_queue->SetMaxSize(size);
}

QueueSize
SecureTunnel::GetMaxQueueSize() const
{
    return m_queue->GetMaxSize();
}

void
SecureTunnel::ReportDrop(Ptr<const Packet> packet, TunnelDropReason reason)
{
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

} // namespace qkdn
} // namespace ns3
