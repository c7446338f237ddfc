/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Writes a capture with one message of each type, and a hello and an APS message, each list with
// an element: to look at them in Wireshark, and to test its dissector (tools/wireshark).
//
// qkdn-message-samples --output=samples.pcap

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint16_t FRAME_PORT = 7000;   //!< of Kx; the dissector tells messages by their types
constexpr uint16_t APS_PORT = 7030;     //!< of APS
constexpr uint32_t LINK_TYPE_RAW = 101; //!< packets begin with the IP header

const RouteId ROUTE(7);
const SessionId SESSION(5);
const KmId KM(3);
const LinkId LINK(2);
const GroupId GROUP(1);
const KeyId KEY{LINK, 9};
const KsaKeyId KSA_KEY{SESSION, 11};
const std::vector<KeyRange> RANGES{KeyRange{KEY, 64, 128}};
const KxTag TAG{RANGES, std::vector<uint8_t>(12, 0xa5)};
const std::vector<uint8_t> SECRET(32, 0x5a);
const std::string STREAM = "01234567-89ab-4def-8123-456789abcdef";

/// A capture of one TCP connection and some datagrams.
class Capture
{
  public:
    explicit Capture(const std::string& name)
    {
        m_file.Open(name, std::ios::out | std::ios::binary);
        m_file.Init(LINK_TYPE_RAW);
        WriteSegment(Create<Packet>(), TcpHeader::SYN);
    }

    /// Whether all could be written.
    bool IsGood() const
    {
        return !m_file.Fail();
    }

    /// Add a frame.
    void Add(uint16_t type, Ptr<const Packet> body)
    {
        Ptr<Packet> packet = body->Copy();
        packet->AddHeader(FrameHeader(type, body->GetSize(), IncidentId{4, ++m_count}));
        WriteSegment(packet, TcpHeader::ACK | TcpHeader::PSH);
    }

    /// Add a datagram.
    void AddDatagram(uint16_t port, Ptr<Packet> packet)
    {
        UdpHeader udp;
        udp.SetSourcePort(port);
        udp.SetDestinationPort(port);
        packet->AddHeader(udp);
        Write(packet, PROTOCOL_UDP);
    }

  private:
    void WriteSegment(Ptr<Packet> packet, uint8_t flags)
    {
        TcpHeader tcp;
        tcp.SetSourcePort(FRAME_PORT);
        tcp.SetDestinationPort(FRAME_PORT);
        tcp.SetSequenceNumber(SequenceNumber32(m_sequence));
        tcp.SetFlags(flags);
        m_sequence += (flags & TcpHeader::SYN) != 0 ? 1 : packet->GetSize();
        packet->AddHeader(tcp);
        Write(packet, PROTOCOL_TCP);
    }

    void Write(Ptr<Packet> packet, uint8_t protocol)
    {
        Ipv4Header ip;
        ip.SetSource(Ipv4Address("10.0.0.1"));
        ip.SetDestination(Ipv4Address("10.0.0.2"));
        ip.SetProtocol(protocol);
        ip.SetPayloadSize(static_cast<uint16_t>(packet->GetSize()));
        ip.SetTtl(64);
        packet->AddHeader(ip);
        m_file.Write(0, m_count, packet);
    }

    PcapFile m_file;        //!< where to
    uint32_t m_sequence{0}; //!< of the next byte of the connection
    uint32_t m_count{0};    //!< frames so far
};

KeyRoute
MakeRoute()
{
    KeyRoute route;
    route.id = ROUTE;
    route.session = SESSION;
    route.kms = {KM, KmId(4)};
    return route;
}

void
AddDistillation(Capture& capture)
{
    DistillationRequest request;
    request.key = KEY;
    capture.Add(DISTILLATION_REQUEST, request.ToPacket(200));
    capture.Add(DISTILLATION_PROBE, request.ToPacket(200));
    capture.Add(DISTILLATION_RESPONSE, DistillationResponse{KEY, true}.ToPacket(100));
    capture.Add(MODULE_SIGNAL, ModuleSignal{}.ToPacket());
    for (int step = STEP_SIFTING; step <= STEP_AMPLIFICATION; ++step)
    {
        StepRequest ask;
        ask.key = KEY;
        ask.step = static_cast<DistillationStep>(step);
        capture.Add(GetStepType(STEP_REQUEST, ask.step), ask.ToPacket(50));
        StepAnswer answer;
        answer.key = KEY;
        answer.step = ask.step;
        capture.Add(GetStepType(STEP_ANSWER, ask.step), answer.ToPacket(50));
    }
    capture.Add(DISTILLATION_PART, StepNotice{KEY, 1, 2}.ToPacket(50));
    capture.Add(DISTILLATION_ABANDON, StepNotice{KEY, 0, 0}.ToPacket(0));
}

void
AddKq(Capture& capture)
{
    KqKey key;
    key.key.id = KEY;
    key.key.material = KeyMaterial::FromGenerator(1, 2, 0, 256);
    capture.Add(KQ_KEY, key.ToPacket());
    key.key.material = KeyMaterial::FromBytes(SECRET);
    capture.Add(KQ_KEY, key.ToPacket());
    capture.Add(KQ_KEY_ACK, KqKeyAck{KEY}.ToPacket());
    KqLinkStatus status;
    status.link = LINK;
    capture.Add(KQ_LINK_STATUS, status.ToPacket());
    capture.Add(KQ_MODULE_COMMAND, KqModuleCommand{LINK, true}.ToPacket());
}

void
AddKxPools(Capture& capture)
{
    KxKeyStored stored;
    stored.keys = {{KEY, 8, 4}};
    capture.Add(KX_KEY_STORED, stored.ToPacket());
    capture.Add(KX_KEY_REFUSED, KxKeyRefused{KEY}.ToPacket());
    capture.Add(KX_SHARE_REQUEST, KxShareRequest{}.ToPacket());
    capture.Add(KX_SHARE_GRANT, KxShareGrant{1, RANGES}.ToPacket());
    KxAgreement agreement;
    agreement.holdings.emplace_back();
    agreement.holdings[0].key = KEY;
    agreement.holdings[0].own.push_back(BitSpan{0, 8});
    agreement.holdings[0].peer.push_back(BitSpan{8, 8});
    agreement.ksaKeys = {KSA_KEY};
    capture.Add(KX_AGREEMENT, agreement.ToPacket());
    KxLinkStatus status;
    status.link = LINK;
    capture.Add(KX_LINK_STATUS, status.ToPacket());
    KxSupplyNotification notification;
    notification.tag = TAG;
    notification.responseTagRanges = RANGES;
    notification.keys.emplace_back();
    notification.keys[0].key = KSA_KEY;
    notification.keys[0].ranges = RANGES;
    capture.Add(KX_SUPPLY_NOTIFICATION, notification.ToPacket());
    KxSupplyResponse response;
    response.tag = TAG;
    response.results = {KxNotifiedResult{KSA_KEY, true}};
    capture.Add(KX_SUPPLY_RESPONSE, response.ToPacket());
    capture.Add(KX_KEY_VOID, KxKeyVoid{{KSA_KEY}}.ToPacket());
}

Ptr<Packet>
Forward(const std::vector<uint8_t>& body)
{
    return KxForward{ROUTE, 1, TAG, RANGES, body}.ToPacket();
}

Ptr<Packet>
Return(KxFailure failure, const std::vector<uint8_t>& body)
{
    return KxReturn{ROUTE, 1, TAG, failure, KM, body}.ToPacket();
}

void
AddKxRelay(Capture& capture)
{
    KxKeyRelay relay;
    relay.keys = {KxRelayedKey{KSA_KEY, 1, 256}};
    relay.pad = RANGES;
    relay.cipher = SECRET;
    capture.Add(KX_KEY_RELAY, Forward(relay.ToBytes()));
    KxKeyResults results;
    results.results = {KxNotifiedResult{KSA_KEY, true}};
    capture.Add(KX_RELAY_COMPLETION, Return(KX_FAILURE_NONE, results.ToBytes()));
    capture.Add(KX_RELAY_FAILURE, Return(KX_FAILURE_NO_KEY, {1}));
    const KxRelayVoid voided{ROUTE, {1, 2}, {KSA_KEY}};
    capture.Add(KX_RELAY_VOID, voided.ToPacket());
    capture.Add(KX_RELAY_VOIDED, voided.ToPacket());
    capture.Add(KX_RELAYED_NOTIFICATION, Forward(KxSuppliedKeys{{KSA_KEY}}.ToBytes()));
    capture.Add(KX_RELAYED_RESPONSE, Return(KX_FAILURE_NONE, results.ToBytes()));
    KxRouteSwitch change;
    change.route = ROUTE;
    capture.Add(KX_ROUTE_SWITCH, change.ToPacket());
    capture.Add(KX_ROUTE_SWITCHED, change.ToPacket());
    KxRouteStatus status;
    status.route = ROUTE;
    capture.Add(KX_ROUTE_STATUS, status.ToPacket());
    capture.Add(KX_MASKED_KEYS, KxMaskedKeys{ROUTE, 1, SECRET, SECRET}.ToPacket());
    KxStream stream;
    stream.id = STREAM;
    stream.chunks.emplace_back();
    KxStreamSync sync;
    sync.streams = {stream};
    capture.Add(KX_STREAM_SYNC, Forward(sync.ToBytes()));
    KxStreamState state;
    state.id = STREAM;
    state.results.emplace_back();
    KxStreamStates states;
    states.streams = {state};
    capture.Add(KX_STREAM_STATE, Return(KX_FAILURE_NONE, states.ToBytes()));
    capture.Add(KX_STREAM_ASK, KxStreamAsk{ROUTE}.ToPacket());
}

void
AddKxRouting(Capture& capture)
{
    LinkStateAdvertisement advertisement;
    advertisement.header.origin = KM;
    advertisement.hops.emplace_back();
    advertisement.hops[0].neighbour = KmId(4);
    KxLinkState state;
    state.advertisements = {advertisement};
    capture.Add(KX_LINK_STATE, state.ToPacket());
    KxLinkStateSummary summary;
    summary.headers = {advertisement.header};
    capture.Add(KX_LINK_STATE_SUMMARY, summary.ToPacket());
    KxRouteSetUp setUp;
    setUp.route = MakeRoute();
    capture.Add(KX_ROUTE_SET_UP, setUp.ToPacket());
    KxRouteSetUpAnswer answer;
    answer.route = ROUTE;
    capture.Add(KX_ROUTE_SET_UP_ANSWER, answer.ToPacket());
    KxRouteTearDown tearDown;
    tearDown.route = ROUTE;
    capture.Add(KX_ROUTE_TEAR_DOWN, tearDown.ToPacket());
}

CkSessionRequest
MakeSessionRequest()
{
    CkSessionRequest request{};
    request.session = SESSION;
    request.masterKm = KM;
    request.keySizeBit = 256;
    return request;
}

void
AddCk(Capture& capture)
{
    CkLinkState state;
    state.link = LINK;
    CkLinkDescription description;
    description.link = LINK;
    description.riskGroups = {"duct"};
    description.name = "AB";
    description.fibres = {"ab"};
    CkRegistration registration;
    registration.km = KM;
    registration.links = {state};
    registration.descriptions = {description};
    registration.name = "A";
    capture.Add(CK_REGISTRATION, registration.ToPacket());
    CkLinkReport report;
    report.state = state;
    capture.Add(CK_LINK_REPORT, report.ToPacket());
    capture.Add(CK_SESSION_REQUEST, MakeSessionRequest().ToPacket());
    CkSessionRequest planned = MakeSessionRequest();
    planned.policy.scheme = "ns3::Scheme";
    capture.Add(CK_SESSION_REQUEST, planned.ToPacket());
    capture.Add(CK_ROUTE_EVENT, CkRouteEvent{}.ToPacket());
    capture.Add(CK_ACKNOWLEDGEMENT, CkAcknowledgement{1, false, "unknown route"}.ToPacket());
    CkUsageReport usage;
    usage.sessions.emplace_back();
    capture.Add(CK_USAGE_REPORT, usage.ToPacket());
    capture.Add(CK_ROUTE_LIST, CkRouteList{{ROUTE}}.ToPacket());
    capture.Add(CK_SUPERSEDED, ControllerTerm{1, 2}.ToPacket());
    capture.Add(CK_ROUTE_INSTALL, CkRouteInstall{1, MakeRoute()}.ToPacket());
    capture.Add(CK_ROUTE_RELEASE, CkRouteRelease{1, ROUTE}.ToPacket());
    CkSessionRoutes routes;
    routes.further = {ROUTE};
    routes.refusal = "no route";
    routes.ratesBps = {100, 200};
    capture.Add(CK_SESSION_ROUTES, routes.ToPacket());
    capture.Add(CK_SESSION_RATE, CkSessionRate{1, SESSION, 100}.ToPacket());
    capture.Add(CK_ROLE, ControllerTerm{1, 2}.ToPacket());
}

void
AddMc(Capture& capture)
{
    capture.Add(MC_LINK_STATUS, McLinkStatus{}.ToPacket());
    McSessionStatus session;
    session.session = SESSION;
    session.furtherRecovery = {ROUTE};
    capture.Add(MC_SESSION_STATUS, session.ToPacket());
    McRouteStatus route;
    route.route = MakeRoute();
    capture.Add(MC_ROUTE_STATUS, route.ToPacket());
    capture.Add(MC_OPERATION, McOperation{}.ToPacket());
    capture.Add(MC_ALARM, McAlarm{}.ToPacket());
    capture.Add(MC_CHARGING_RECORD, ChargingRecord{}.ToPacket());
    McLinkDescription description;
    description.description.name = "AB";
    capture.Add(MC_LINK_DESCRIPTION, description.ToPacket());
    McKmStatus km;
    km.name = "A";
    capture.Add(MC_KM_STATUS, km.ToPacket());
    capture.Add(MC_ROUTE_LIST, CkRouteList{{ROUTE}}.ToPacket());
    capture.Add(MC_ROLE, ControllerTerm{2, 1}.ToPacket());
    capture.Add(MC_POLICY, McPolicy{}.ToPacket());
    capture.Add(MC_POLICY_ACCEPTED, McPolicyAccepted{}.ToPacket());
    capture.Add(MK_REGISTER, MkRegister{KM, 1}.ToPacket());
    capture.Add(MK_ACKNOWLEDGE, MkAcknowledge{1, true}.ToPacket());
    capture.Add(MK_POLICY, MkPolicy{}.ToPacket());
}

void
AddCx(Capture& capture)
{
    capture.Add(CX_ROLE, CxRole{ControllerTerm{1, 2}, true}.ToPacket());
    CxSession session;
    session.request = MakeSessionRequest();
    for (auto* list : {&session.further,
                       &session.furtherRecovery,
                       &session.furtherCandidates,
                       &session.furtherReplaced})
    {
        *list = {ROUTE};
    }
    session.suspends = {SESSION};
    session.routes.emplace_back();
    session.routes[0].route = MakeRoute();
    capture.Add(CX_SESSION, session.ToPacket());
    ChargingAccount account;
    account.session = SESSION;
    account.counters[{KM, 1}].number = 1;
    capture.Add(CX_ACCOUNT, account.ToPacket());
}

void
AddProtection(Capture& capture)
{
    MqGroupStatus status;
    status.status.group = GROUP;
    status.status.name = "group";
    status.status.reason = "no spare";
    status.status.working.emplace_back();
    status.status.protection.emplace_back();
    capture.Add(MQ_GROUP_STATUS, status.ToPacket());
    capture.Add(COPS_SELECT, CopsSelect{1, 2, 3}.ToPacket());
    capture.Add(COPS_OUTCOME, CopsOutcome{1, true}.ToPacket());
    capture.Add(COPS_ALARM, CopsAlarm{2, true}.ToPacket());
    CqRegistration registration;
    registration.group = GROUP;
    registration.name = "group";
    registration.working.emplace_back();
    registration.working[0].description.fibres = {"ab"};
    registration.working[0].description.riskGroups = {"duct"};
    registration.protection.emplace_back();
    capture.Add(CQ_REGISTRATION, registration.ToPacket());
    CqStatus report;
    report.group = GROUP;
    report.report.working = {ENTITY_SIGNAL_FAIL};
    report.report.selected = {ProtectionEntity{true, 0}};
    report.report.generating = {true};
    report.report.protection = {ENTITY_GOOD};
    capture.Add(CQ_STATUS, report.ToPacket());
    capture.Add(CQ_SELECT, CqSelect{GROUP, 1, 0, ProtectionEntity{true, 0}}.ToPacket());
    capture.Add(CQ_ACKNOWLEDGEMENT, CqAcknowledgement{GROUP, 1, false, "busy"}.ToPacket());
}

void
AddApplications(Capture& capture)
{
    const std::array<uint8_t, 6> introduction = {10, 0, 0, 1, 0x1b, 0x58};
    capture.Add(FrameHeader::INTRODUCTION_TYPE, Create<Packet>(introduction.data(), 6));
    KeyIdHeader header;
    header.SetSequence(1);
    header.SetKeyIds({KeyUuid{1, 2, 3}});
    for (const uint16_t type : {KEY_ID_NOTICE, KEY_ID_ACKNOWLEDGEMENT})
    {
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        capture.Add(type, packet);
    }
    Ptr<Packet> hello = Create<Packet>();
    hello->AddHeader(HelloHeader(3, 1000000, 1, 0, 1));
    capture.AddDatagram(FRAME_PORT, hello);
    ApsDatagram aps;
    aps.group = GROUP;
    capture.AddDatagram(APS_PORT, aps.ToPacket());
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string output = "samples.pcap";
    CommandLine cmd(__FILE__);
    cmd.Usage("Writes a capture with one message of each type, for Wireshark.");
    cmd.AddValue("output", "capture to write", output);
    cmd.Parse(argc, argv);

    Capture capture(output);
    AddApplications(capture);
    AddDistillation(capture);
    AddKq(capture);
    AddKxPools(capture);
    AddKxRelay(capture);
    AddKxRouting(capture);
    AddCk(capture);
    AddMc(capture);
    AddCx(capture);
    AddProtection(capture);
    if (!capture.IsGood())
    {
        std::cerr << "qkdn-message-samples: " << output << " cannot be written" << std::endl;
        return 1;
    }
    return 0;
}
