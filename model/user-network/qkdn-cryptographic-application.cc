/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cryptographic-application.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnCryptographicApplication");

NS_OBJECT_ENSURE_REGISTERED(CryptographicApplication);

namespace
{
/// Notices on their way: below what the endpoint queues, so that acknowledgements drive the rest.
constexpr std::size_t NOTICE_WINDOW = 1024;
} // namespace

TypeId
CryptographicApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::CryptographicApplication")
            .SetParent<Application>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<CryptographicApplication>()
            .AddAttribute(
                "Role",
                "Role in the pair.",
                EnumValue(APPLICATION_MASTER),
                qkdn::MakeEnumAccessor<ApplicationRole>(&CryptographicApplication::m_role),
                MakeEnumChecker(APPLICATION_MASTER, "master", APPLICATION_SLAVE, "slave"))
            .AddAttribute("Session",
                          "Name of the session: it stands in the traces and names the random "
                          "stream of the arrivals.",
                          StringValue(""),
                          MakeStringAccessor(&CryptographicApplication::m_session),
                          MakeStringChecker())
            .AddAttribute("SaeId",
                          "SAE id of this application on Ak.",
                          StringValue(""),
                          MakeStringAccessor(&CryptographicApplication::m_saeId),
                          MakeStringChecker())
            .AddAttribute("PeerSaeId",
                          "SAE id of the other application of the pair.",
                          StringValue(""),
                          MakeStringAccessor(&CryptographicApplication::m_peerSaeId),
                          MakeStringChecker())
            .AddAttribute("LocalAddress",
                          "Own address and TCP port of the exchange of key IDs.",
                          AddressValue(),
                          MakeAddressAccessor(&CryptographicApplication::m_localAddress),
                          MakeAddressChecker())
            .AddAttribute("PeerAddress",
                          "Address and TCP port of the peer in the exchange of key IDs.",
                          AddressValue(),
                          MakeAddressAccessor(&CryptographicApplication::m_peerAddress),
                          MakeAddressChecker())
            .AddAttribute("KeySize",
                          "Size of a key in bit; 0 takes the default of the session.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&CryptographicApplication::m_keySizeBit),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Batch",
                          "Keys per request.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&CryptographicApplication::m_batch),
                          MakeUintegerChecker<uint32_t>(1, 1024))
            .AddAttribute(
                "Arrival",
                "How the requests of a master follow each other.",
                EnumValue(ARRIVAL_CONSTANT),
                qkdn::MakeEnumAccessor<ArrivalModel>(&CryptographicApplication::m_arrivalModel),
                MakeEnumChecker(ARRIVAL_CONSTANT, "constant", ARRIVAL_POISSON, "poisson"))
            .AddAttribute("Rate",
                          "Requests per second of a master, above 0.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&CryptographicApplication::m_ratePerS),
                          MakeDoubleChecker<double>())
            .AddAttribute("Deadline",
                          "A key is on time if it is handed over within this time of the request.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&CryptographicApplication::m_deadline),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RetryInterval",
                          "From an answer 503 to the next call, above 0.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&CryptographicApplication::m_retryInterval),
                          MakeTimeChecker())
            .AddAttribute("RequestLifetime",
                          "A request that is not served within this time is lost, and a slave "
                          "gives up a delivery after it; above 0.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&CryptographicApplication::m_requestLifetime),
                          MakeTimeChecker())
            .AddAttribute("DeliveryRetries",
                          "How often a slave repeats the call for keys after an answer 503.",
                          UintegerValue(10),
                          MakeUintegerAccessor(&CryptographicApplication::m_deliveryRetries),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("OutboxLimit",
                          "Number of requests whose key IDs a master keeps until the slave has "
                          "acknowledged them; further ones are dropped.",
                          UintegerValue(100000),
                          MakeUintegerAccessor(&CryptographicApplication::m_outboxLimit),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("AcknowledgeTimeout",
                          "A master that waits longer for the acknowledgement of key IDs gives "
                          "the connection up and makes a new one; more than a delivery takes.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&CryptographicApplication::m_acknowledgeTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("KeyManagerAddress",
                          "Address and port at which the key manager serves Ak over HTTP; an "
                          "invalid address for calls in process.",
                          AddressValue(),
                          MakeAddressAccessor(&CryptographicApplication::m_keyManagerAddress),
                          MakeAddressChecker())
            .AddAttribute("KeyDeliveryClient",
                          "What calls the key manager over HTTP.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&CryptographicApplication::m_client),
                          MakePointerChecker<KeyDeliveryClient>())
            .AddAttribute("Endpoint",
                          "The connection to the peer.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&CryptographicApplication::m_endpoint),
                          MakePointerChecker<MessageEndpoint>())
            .AddTraceSource(
                "RequestIssued",
                "A master issued a request.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_requestIssuedTrace),
                "ns3::qkdn::CryptographicApplication::RequestIssuedTracedCallback")
            .AddTraceSource("RequestEnded",
                            "A request of a master ended: on time, late, lost or open.",
                            MakeTraceSourceAccessor(&CryptographicApplication::m_requestEndedTrace),
                            "ns3::qkdn::CryptographicApplication::RequestEndedTracedCallback")
            .AddTraceSource(
                "RequestRefused",
                "A request is lost for another reason than lack of keys.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_requestRefusedTrace),
                "ns3::qkdn::CryptographicApplication::RequestRefusedTracedCallback")
            .AddTraceSource(
                "KeyHandedOver",
                "The application, master or slave, got a key.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_keyHandedOverTrace),
                "ns3::qkdn::CryptographicApplication::KeyTracedCallback")
            .AddTraceSource("KeyUnclaimed",
                            "A key came after its request or delivery had ended; it is not used.",
                            MakeTraceSourceAccessor(&CryptographicApplication::m_keyUnclaimedTrace),
                            "ns3::qkdn::CryptographicApplication::KeyTracedCallback")
            .AddTraceSource(
                "DeliveryError",
                "A slave did not get a key that the master uses.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_deliveryErrorTrace),
                "ns3::qkdn::CryptographicApplication::DeliveryErrorTracedCallback")
            .AddTraceSource(
                "KeyIdsAcknowledged",
                "A master learned how the delivery of the keys of a request ended.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_keyIdsAcknowledgedTrace),
                "ns3::qkdn::CryptographicApplication::KeyIdsAcknowledgedTracedCallback")
            .AddTraceSource(
                "KeyIdsDropped",
                "The outbox of a master was full: the slave never hears of these keys.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_keyIdsDroppedTrace),
                "ns3::qkdn::CryptographicApplication::KeyIdsDroppedTracedCallback")
            .AddTraceSource(
                "MessageDropped",
                "A message was not understood.",
                MakeTraceSourceAccessor(&CryptographicApplication::m_messageDroppedTrace),
                "ns3::qkdn::CryptographicApplication::MessageDroppedTracedCallback");
    return tid;
}

CryptographicApplication::CryptographicApplication()
    : m_client(CreateObject<KeyDeliveryClient>()),
      m_endpoint(CreateObject<MessageEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

CryptographicApplication::~CryptographicApplication()
{
    NS_LOG_FUNCTION(this);
}

void
CryptographicApplication::SetKeySupplyService(KeySupplyService* service)
{
    m_service = service;
}

int64_t
CryptographicApplication::AssignStreams(int64_t stream)
{
    m_stream = stream;
    return 1;
}

std::string
CryptographicApplication::FindConfigurationError() const
{
    const std::string name = "cryptographic application '" + m_saeId + "': ";
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
    if (m_role == APPLICATION_MASTER && !(m_ratePerS > 0))
    {
        return name + "Rate " + std::to_string(m_ratePerS) + " is not above 0";
    }
    if (m_role == APPLICATION_MASTER && m_arrivalModel == ARRIVAL_POISSON && m_stream < 0 &&
        m_session.empty())
    {
        return name + "Session has to be set, or AssignStreams() called, for Poisson arrivals";
    }
    return "";
}

ApplicationIdentity
CryptographicApplication::GetIdentity() const
{
    return {m_session, m_saeId, m_peerSaeId, m_role};
}

void
CryptographicApplication::DoDispose()
{
    NS_LOG_FUNCTION(this);
    Clear();
    m_client->Dispose();
    m_client = nullptr;
    m_endpoint->Dispose();
    m_endpoint = nullptr;
    m_requester = nullptr;
    m_collector = nullptr;
    m_service = nullptr;
    Application::DoDispose();
}

void
CryptographicApplication::Clear()
{
    if (m_requester)
    {
        m_requester->Cancel();
    }
    m_outbox.clear();
    m_unsent.clear();
    m_acknowledgeTimer.Cancel();
    if (m_collector)
    {
        m_collector->Stop();
    }
}

void
CryptographicApplication::StartApplication()
{
    NS_LOG_FUNCTION(this);
    const std::string error = FindConfigurationError();
    NS_ABORT_MSG_IF(!error.empty(), error);
    m_identity = GetIdentity();
    if (!m_keyManagerAddress.IsInvalid())
    {
        m_client->SetAttribute("CallTimeout", TimeValue(m_requestLifetime));
        m_client->Configure(GetNode(),
                            InetSocketAddress::ConvertFrom(m_localAddress).GetIpv4(),
                            m_keyManagerAddress,
                            m_saeId);
        m_service = PeekPointer(m_client);
    }
    m_endpoint->SetNode(GetNode());
    m_endpoint->SetReceiveCallback(MakeCallback(&CryptographicApplication::ReceiveMessage, this));
    m_endpoint->SetPeerCallback(MakeCallback(&CryptographicApplication::PeerChanged, this));
    if (m_role == APPLICATION_SLAVE)
    {
        MakeCollector();
    }
    else
    {
        MakeRequester();
    }
    m_endpoint->Listen(m_localAddress);
    // the master notices a dead connection, because it waits for answers: it opens the next one
    m_peer = m_endpoint->AddPeer(m_peerAddress,
                                 m_role == APPLICATION_MASTER ? CONNECT_ACTIVE : CONNECT_PASSIVE);
    if (m_requester)
    {
        m_requester->Start();
    }
}

void
CryptographicApplication::MakeRequester()
{
    const int64_t stream =
        m_stream < 0 ? RandomStreamNumber("session/" + m_session, "arrival") : m_stream;
    // held by the requester, which outlives the application until its last call is answered
    const Ptr<CryptographicApplication> self(this);
    m_requester = Create<KeyRequester>(
        KeyRequester::Settings{m_service,
                               m_saeId,
                               m_peerSaeId,
                               m_batch,
                               m_keySizeBit,
                               m_deadline,
                               m_retryInterval,
                               m_requestLifetime},
        ArrivalProcess(m_arrivalModel, m_ratePerS, Simulator::Now(), stream),
        KeyRequester::Listener{MakeCallback(&CryptographicApplication::ReportIssue, self),
                               MakeCallback(&CryptographicApplication::ReportHandOver, self),
                               MakeCallback(&CryptographicApplication::ReportUnclaimed, self),
                               MakeCallback(&CryptographicApplication::ReportRefusal, self),
                               MakeCallback(&CryptographicApplication::ReportEnd, self),
                               MakeCallback(&CryptographicApplication::NameKeys, self)});
}

void
CryptographicApplication::MakeCollector()
{
    const Ptr<CryptographicApplication> self(this);
    m_collector = Create<KeyCollector>(
        KeyCollector::Settings{m_service,
                               m_saeId,
                               m_peerSaeId,
                               m_retryInterval,
                               m_deliveryRetries,
                               m_requestLifetime},
        KeyCollector::Listener{MakeCallback(&CryptographicApplication::ReportHandOver, self),
                               MakeCallback(&CryptographicApplication::ReportUnclaimed, self),
                               MakeCallback(&CryptographicApplication::ReportDeliveryError, self),
                               MakeCallback(&CryptographicApplication::SendAcknowledgement, self)});
}

void
CryptographicApplication::StopApplication()
{
    NS_LOG_FUNCTION(this);
    if (m_requester)
    {
        m_requester->Stop();
    }
    Clear();
    m_endpoint->Stop();
}

void
CryptographicApplication::NameKeys(uint64_t sequence, std::vector<KeyUuid> keyIds)
{
    if (m_outbox.size() >= m_outboxLimit)
    {
        m_keyIdsDroppedTrace(m_identity, sequence);
        return;
    }
    m_outbox.emplace(sequence, std::move(keyIds));
    m_unsent.insert(sequence);
    SendNotices();
}

void
CryptographicApplication::SendNotices()
{
    while (m_endpoint->IsUp(m_peer) && !m_unsent.empty() &&
           m_outbox.size() - m_unsent.size() < NOTICE_WINDOW)
    {
        const uint64_t sequence = *m_unsent.begin();
        KeyIdHeader header;
        header.SetSequence(sequence);
        header.SetOldest(std::min(m_outbox.begin()->first, m_requester->GetOldestOpen()));
        header.SetKeyIds(m_outbox.at(sequence));
        const Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        if (!m_endpoint->Send(m_peer, KEY_ID_NOTICE, packet, IncidentId()))
        {
            NS_LOG_INFO(m_saeId << " keeps the key IDs of " << m_unsent.size() << " requests");
            return;
        }
        m_unsent.erase(sequence);
    }
    if (m_acknowledgeTimer.IsExpired() && m_outbox.size() > m_unsent.size())
    {
        m_progress = Simulator::Now();
        m_acknowledgeTimer = Simulator::Schedule(m_acknowledgeTimeout,
                                                 &CryptographicApplication::CheckProgress,
                                                 this);
    }
}

void
CryptographicApplication::CheckProgress()
{
    if (m_outbox.size() == m_unsent.size())
    {
        return;
    }
    const Time waited = Simulator::Now() - m_progress;
    if (waited < m_acknowledgeTimeout)
    {
        m_acknowledgeTimer = Simulator::Schedule(m_acknowledgeTimeout - waited,
                                                 &CryptographicApplication::CheckProgress,
                                                 this);
        return;
    }
    NS_LOG_INFO(m_saeId << " gives up a connection without acknowledgements");
    m_endpoint->Abandon(m_peer);
}

void
CryptographicApplication::SendAcknowledgement(uint64_t sequence, KeySupplyStatus status)
{
    KeyIdHeader header;
    header.SetSequence(sequence);
    header.SetStatus(status);
    const Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    if (!m_endpoint->IsUp(m_peer) ||
        !m_endpoint->Send(m_peer, KEY_ID_ACKNOWLEDGEMENT, packet, IncidentId()))
    {
        NS_LOG_INFO(m_saeId << " waits to be asked again for request " << sequence);
    }
}

void
CryptographicApplication::ReportIssue(uint64_t sequence)
{
    m_requestIssuedTrace(m_identity, sequence);
}

void
CryptographicApplication::ReportRefusal(uint64_t sequence,
                                        KeySupplyStatus status,
                                        const std::string& message)
{
    m_requestRefusedTrace(m_identity, sequence, status, message);
}

void
CryptographicApplication::ReportEnd(const RequestEnd& end)
{
    m_requestEndedTrace(m_identity, end);
}

void
CryptographicApplication::ReportHandOver(uint64_t sequence, const SuppliedKey& key)
{
    m_keyHandedOverTrace(m_identity, sequence, key);
}

void
CryptographicApplication::ReportUnclaimed(uint64_t sequence, const SuppliedKey& key)
{
    m_keyUnclaimedTrace(m_identity, sequence, key);
}

void
CryptographicApplication::ReportDeliveryError(uint64_t sequence,
                                              const std::string& keyId,
                                              KeySupplyStatus status)
{
    m_deliveryErrorTrace(m_identity, sequence, keyId, status);
}

void
CryptographicApplication::ReceiveMessage(PeerId from, uint16_t type, Ptr<Packet> packet, IncidentId)
{
    NS_LOG_FUNCTION(this << type << packet);
    const uint32_t bytes = packet->GetSize();
    const uint16_t expected = m_role == APPLICATION_SLAVE ? KEY_ID_NOTICE : KEY_ID_ACKNOWLEDGEMENT;
    KeyIdHeader header;
    const bool read = packet->PeekHeader(header) == bytes && bytes > 0;
    const bool isNotice = read && type == KEY_ID_NOTICE;
    const bool valid =
        read &&
        (!isNotice || (!header.GetKeyIds().empty() && header.GetOldest() <= header.GetSequence()));
    if (from != m_peer || type != expected || !valid)
    {
        m_messageDroppedTrace(m_identity, type, bytes);
    }
    else if (isNotice)
    {
        HandleNotice(header);
    }
    else
    {
        HandleAcknowledgement(header);
    }
}

void
CryptographicApplication::HandleNotice(const KeyIdHeader& header)
{
    std::vector<std::string> keyIds;
    for (const KeyUuid& uuid : header.GetKeyIds())
    {
        keyIds.push_back(KeyUuidText(uuid));
    }
    m_collector->Collect(header.GetSequence(), header.GetOldest(), std::move(keyIds));
}

void
CryptographicApplication::HandleAcknowledgement(const KeyIdHeader& header)
{
    const uint64_t sequence = header.GetSequence();
    m_progress = Simulator::Now();
    if (m_outbox.erase(sequence) > 0)
    {
        m_unsent.erase(sequence);
        m_keyIdsAcknowledgedTrace(m_identity, sequence, header.GetStatus());
    }
    SendNotices();
}

void
CryptographicApplication::PeerChanged(PeerId peer, bool up)
{
    NS_LOG_FUNCTION(this << up);
    if (peer != m_peer)
    {
        return;
    }
    // what was on its way when the connection ended may have arrived or not
    for (const auto& kept : m_outbox)
    {
        m_unsent.insert(kept.first);
    }
    if (up)
    {
        SendNotices();
    }
}

} // namespace qkdn
} // namespace ns3
