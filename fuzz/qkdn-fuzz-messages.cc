/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a peer sends as one message or datagram: the first byte of the input says of what kind it
// is, the rest is the packet. What is read has to be written as a packet that is read as the same.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <functional>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Bytes = std::vector<uint8_t>;

/// Reads bytes and writes what was read; empty if they are no message.
using Reader = std::function<Bytes(const Bytes&)>;

Ptr<Packet>
ToPacket(const Bytes& bytes)
{
    return Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

Bytes
ToBytes(Ptr<const Packet> packet)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    return bytes;
}

/// A message that fills its packet.
template <typename Message>
Bytes
ReadMessage(const Bytes& bytes)
{
    const auto message = Message::FromPacket(ToPacket(bytes));
    return message ? ToBytes(message->ToPacket()) : Bytes();
}

/// A message with payload behind its fields, which is present by size alone.
template <typename Message>
Bytes
ReadWithPayload(const Bytes& bytes)
{
    const auto message = Message::FromPacket(ToPacket(bytes));
    return message ? ToBytes(message->ToPacket(0)) : Bytes();
}

/// The body of a message that travels along a route.
template <typename Message>
Bytes
ReadBody(const Bytes& bytes)
{
    const auto message = Message::FromBytes(bytes);
    return message ? message->ToBytes() : Bytes();
}

/// A header of one length, which its users see to.
template <typename FixedHeader>
Bytes
ReadFixedHeader(const Bytes& bytes)
{
    FixedHeader header;
    if (bytes.size() != FixedHeader::SIZE)
    {
        return {};
    }
    ToPacket(bytes)->PeekHeader(header);
    if (!header.IsValid())
    {
        return {};
    }
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    return ToBytes(packet);
}

/// A header that knows its length, 0 for none.
template <typename SizedHeader>
Bytes
ReadSizedHeader(const Bytes& bytes)
{
    SizedHeader header;
    if (ToPacket(bytes)->PeekHeader(header) == 0)
    {
        return {};
    }
    Ptr<Packet> packet = Create<Packet>();
    packet->AddHeader(header);
    return ToBytes(packet);
}

/// The readers by the first byte of an input; new ones go to the end, so that the corpus stays
/// good.
const std::vector<Reader>&
GetReaders()
{
    static const std::vector<Reader> readers = {
        &ReadWithPayload<DistillationRequest>,
        &ReadWithPayload<DistillationResponse>,
        &ReadMessage<ModuleSignal>,
        &ReadWithPayload<StepRequest>,
        &ReadWithPayload<StepAnswer>,
        &ReadWithPayload<StepNotice>,
        &ReadMessage<ApsDatagram>,
        &ReadMessage<KqKey>,
        &ReadMessage<KqKeyAck>,
        &ReadMessage<KqModuleCommand>,
        &ReadMessage<KqLinkStatus>,
        &ReadMessage<CqRegistration>,
        &ReadMessage<CqStatus>,
        &ReadMessage<CqSelect>,
        &ReadMessage<CqAcknowledgement>,
        &ReadMessage<CopsSelect>,
        &ReadMessage<CopsOutcome>,
        &ReadMessage<CopsAlarm>,
        &ReadMessage<MqGroupStatus>,
        &ReadMessage<KxKeyStored>,
        &ReadMessage<KxKeyRefused>,
        &ReadMessage<KxShareRequest>,
        &ReadMessage<KxShareGrant>,
        &ReadMessage<KxAgreement>,
        &ReadMessage<KxLinkStatus>,
        &ReadMessage<KxSupplyNotification>,
        &ReadMessage<KxSupplyResponse>,
        &ReadMessage<KxKeyVoid>,
        &ReadMessage<KxForward>,
        &ReadMessage<KxReturn>,
        &ReadBody<KxKeyRelay>,
        &ReadMessage<KxMaskedKeys>,
        &ReadBody<KxKeyResults>,
        &ReadBody<KxSuppliedKeys>,
        &ReadMessage<KxRelayVoid>,
        &ReadMessage<KxRouteSwitch>,
        &ReadMessage<KxRouteStatus>,
        &ReadMessage<KxLinkState>,
        &ReadMessage<KxLinkStateSummary>,
        &ReadMessage<KxRouteSetUp>,
        &ReadMessage<KxRouteSetUpAnswer>,
        &ReadMessage<KxRouteTearDown>,
        &ReadBody<KxStreamSync>,
        &ReadBody<KxStreamStates>,
        &ReadMessage<KxStreamAsk>,
        &ReadMessage<CkRegistration>,
        &ReadMessage<CkLinkReport>,
        &ReadMessage<CkSessionRequest>,
        &ReadMessage<CkRouteEvent>,
        &ReadMessage<CkAcknowledgement>,
        &ReadMessage<CkRouteInstall>,
        &ReadMessage<CkRouteRelease>,
        &ReadMessage<CkSessionRoutes>,
        &ReadMessage<CkSessionRate>,
        &ReadMessage<ControllerTerm>,
        &ReadMessage<CkRouteList>,
        &ReadMessage<CkUsageReport>,
        &ReadMessage<MkRegister>,
        &ReadMessage<MkPolicy>,
        &ReadMessage<MkAcknowledge>,
        &ReadMessage<CxRole>,
        &ReadMessage<CxSession>,
        &ReadMessage<McLinkStatus>,
        &ReadMessage<McLinkDescription>,
        &ReadMessage<McKmStatus>,
        &ReadMessage<McSessionStatus>,
        &ReadMessage<McRouteStatus>,
        &ReadMessage<McOperation>,
        &ReadMessage<McAlarm>,
        &ReadMessage<McPolicy>,
        &ReadMessage<McPolicyAccepted>,
        &ReadMessage<ChargingAccount>,
        &ReadMessage<ChargingRecord>,
        &ReadFixedHeader<FrameHeader>,
        &ReadFixedHeader<HelloHeader>,
        &ReadSizedHeader<KeyIdHeader>,
        &ReadSizedHeader<SecureTunnelHeader>,
    };
    return readers;
}

} // namespace

/// A function of libFuzzer's interface.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::vector<Reader>& readers = GetReaders();
    if (size == 0 || data[0] >= readers.size())
    {
        return -1; // not for the corpus
    }
    const Reader& read = readers[data[0]];
    const Bytes written = read(Bytes(data + 1, data + size));
    NS_ABORT_MSG_IF(!written.empty() && read(written) != written,
                    "a message of kind " << uint32_t{data[0]} << " is not read as it was written");
    return 0;
}
