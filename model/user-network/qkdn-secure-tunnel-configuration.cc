/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// attributes of SecureTunnel, and what has to hold between them

#include "qkdn-secure-tunnel.h"

#include "ns3/inet-socket-address.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-compat.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(SecureTunnel);

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
                          MakePointerAccessor(&SecureTunnel::GetQueue),
                          MakePointerChecker<Queue<Packet>>())
            .AddAttribute(
                "MaxQueueDelay",
                "A packet that waits for key as long is dropped; 0: never.",
                TimeValue(Time(0)),
                MakeTimeAccessor(&SecureTunnel::SetMaxQueueDelay, &SecureTunnel::GetMaxQueueDelay),
                MakeTimeChecker(Time(0)))
            .AddAttribute("KeyStoreTime",
                          "A key that the sending end has held as long is thrown away, above 0; "
                          "below KsaSlaveAgent::KeyTtl.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&SecureTunnel::m_keyStoreTime),
                          MakeTimeChecker())
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
                            "ns3::qkdn::SecureTunnel::KeyUnclaimedTracedCallback")
            .AddTraceSource("KeyDiscarded",
                            "A key was thrown away because it was held for KeyStoreTime.",
                            MakeTraceSourceAccessor(&SecureTunnel::m_discardedTrace),
                            "ns3::qkdn::SecureTunnel::KeyDiscardedTracedCallback");
    return tid;
}

std::string
SecureTunnel::FindConfigurationError() const
{
    const std::string name = "secured tunnel '" + m_saeId + "': ";
    if (m_saeId.empty() || m_peerSaeId.empty())
    {
        return name + "SaeId or PeerSaeId ('" + m_peerSaeId + "') is empty; set both";
    }
    if (!InetSocketAddress::IsMatchingType(m_localAddress))
    {
        return name + "LocalAddress is not set; give an IPv4 address with a port";
    }
    if (!InetSocketAddress::IsMatchingType(m_peerAddress))
    {
        return name + "PeerAddress is not set; give an IPv4 address with a port";
    }
    if (!m_service && m_keyManagerAddress.IsInvalid())
    {
        return name + "it has no key manager; call SetKeySupplyService() or set KeyManagerAddress";
    }
    if (!m_keyManagerAddress.IsInvalid() && !InetSocketAddress::IsMatchingType(m_keyManagerAddress))
    {
        return name + "KeyManagerAddress is no IPv4 address with a port; give one";
    }
    return FindLimitError(name);
}

std::string
SecureTunnel::FindLimitError(const std::string& name) const
{
    const std::vector<std::pair<std::string, Time>> times = {{"RetryInterval", m_retryInterval},
                                                             {"RequestLifetime", m_requestLifetime},
                                                             {"KeyStoreTime", m_keyStoreTime}};
    for (const auto& [attribute, time] : times)
    {
        if (!time.IsStrictlyPositive())
        {
            return name + attribute + " is not above 0; give a time above it";
        }
    }
    if (m_tagBits % 8 != 0 || m_keySizeBit % 8 != 0)
    {
        return name + "TagBits " + std::to_string(m_tagBits) + " or KeySize " +
               std::to_string(m_keySizeBit) + " is no whole number of octets; give multiples of 8";
    }
    const uint64_t largest = 8 * uint64_t{m_device->GetMtu()} + m_tagBits;
    if (m_mode == TUNNEL_OTP && m_keyBufferBits < largest)
    {
        return name + "KeyBuffer " + std::to_string(m_keyBufferBits) + " is below the " +
               std::to_string(largest) + " bits of a packet of the MTU and its tag; give more";
    }
    if (m_mode == TUNNEL_AES && m_keyLifetime < m_rekeyInterval)
    {
        return name + "KeyLifetime is below RekeyInterval; give as long a time at least";
    }
    if (m_mode == TUNNEL_AES && m_keyVolume < m_rekeyVolume)
    {
        return name + "KeyVolume " + std::to_string(m_keyVolume) + " is below RekeyVolume " +
               std::to_string(m_rekeyVolume) + "; give as many octets at least";
    }
    if (m_mode == TUNNEL_AES && m_keyVolume < m_device->GetMtu())
    {
        return name + "KeyVolume " + std::to_string(m_keyVolume) +
               " is below the MTU of the device; give as many octets at least";
    }
    return "";
}

Ptr<Queue<Packet>>
SecureTunnel::GetQueue() const
{
    return m_waiting.GetQueue();
}

void
SecureTunnel::SetMaxQueueSize(QueueSize size)
{
    m_waiting.GetQueue()->SetMaxSize(size);
}

QueueSize
SecureTunnel::GetMaxQueueSize() const
{
    return m_waiting.GetQueue()->GetMaxSize();
}

void
SecureTunnel::SetMaxQueueDelay(Time delay)
{
    m_waiting.SetMaxDelay(delay);
}

Time
SecureTunnel::GetMaxQueueDelay() const
{
    return m_waiting.GetMaxDelay();
}

} // namespace qkdn
} // namespace ns3
