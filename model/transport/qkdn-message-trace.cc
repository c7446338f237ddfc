/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-message-trace.h"

#include "ns3/abort.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/qkdn-protocol-numbers.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/udp-header.h"

#include <type_traits>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A message as it stands in a trace.
struct Line
{
    int64_t atNs;      //!< when, ns
    uint32_t from;     //!< address of its sender
    uint32_t to;       //!< address of its receiver
    uint32_t bytes;    //!< its size
    uint16_t fromPort; //!< port of its sender
    uint16_t toPort;   //!< port of its receiver
    uint64_t datagram; //!< 1 if it went by UDP; fills the structure up to a multiple of 8 bytes
};

static_assert(std::is_trivially_copyable_v<Line> && sizeof(Line) == 32, "no gaps to write");

} // namespace

MessageTraceWriter::MessageTraceWriter(std::ostream& out)
    : m_out(out)
{
}

void
MessageTraceWriter::Watch(Ptr<MessageEndpoint> endpoint)
{
    endpoint->TraceConnectWithoutContext(
        "Sent",
        MakeCallback(&MessageTraceWriter::MessageSent, Ptr<MessageTraceWriter>(this)));
}

void
MessageTraceWriter::Watch(Ptr<HelloAgent> agent)
{
    agent->TraceConnectWithoutContext(
        "Sent",
        MakeCallback(&MessageTraceWriter::HelloSent, Ptr<MessageTraceWriter>(this)));
}

void
MessageTraceWriter::Watch(Ptr<Node> node)
{
    const auto ipv4 = node->GetObject<Ipv4L3Protocol>();
    NS_ABORT_MSG_UNLESS(ipv4, "a node that is watched for its packets has no IPv4 stack");
    ipv4->TraceConnectWithoutContext(
        "SendOutgoing",
        MakeCallback(&MessageTraceWriter::PacketSent, Ptr<MessageTraceWriter>(this)));
}

uint64_t
MessageTraceWriter::GetCount() const
{
    return m_count;
}

uint64_t
MessageTraceWriter::GetBytes() const
{
    return m_bytes;
}

void
MessageTraceWriter::PacketSent(const Ipv4Header& header,
                               Ptr<const Packet> packet,
                               uint32_t /* interface */)
{
    uint16_t fromPort = 0;
    uint16_t toPort = 0;
    uint32_t headerBytes = 0;
    const bool datagram = header.GetProtocol() == PROTOCOL_UDP;
    if (datagram)
    {
        UdpHeader udp;
        headerBytes = packet->PeekHeader(udp);
        fromPort = udp.GetSourcePort();
        toPort = udp.GetDestinationPort();
    }
    else if (header.GetProtocol() == PROTOCOL_TCP)
    {
        TcpHeader tcp;
        headerBytes = packet->PeekHeader(tcp);
        fromPort = tcp.GetSourcePort();
        toPort = tcp.GetDestinationPort();
    }
    if (headerBytes > 0 && packet->GetSize() > headerBytes)
    {
        Write(InetSocketAddress(header.GetSource(), fromPort),
              InetSocketAddress(header.GetDestination(), toPort),
              packet->GetSize() - headerBytes,
              datagram);
    }
}

void
MessageTraceWriter::MessageSent(const Address& local,
                                const Address& remote,
                                uint16_t type,
                                uint32_t bytes,
                                IncidentId /* incident */)
{
    if (type != 0)
    {
        Write(local, remote, bytes, false);
    }
}

void
MessageTraceWriter::HelloSent(const Address& local, const Address& remote, uint32_t bytes)
{
    Write(local, remote, bytes, true);
}

void
MessageTraceWriter::Write(const Address& local,
                          const Address& remote,
                          uint32_t bytes,
                          bool datagram)
{
    const EndpointName from = ToEndpointName(local);
    const EndpointName to = ToEndpointName(remote);
    const Line line{Simulator::Now().GetNanoSeconds(),
                    from.first,
                    to.first,
                    bytes,
                    from.second,
                    to.second,
                    datagram ? uint64_t{1} : uint64_t{0}};
    m_out.write(reinterpret_cast<const char*>(&line), sizeof(line));
    NS_ABORT_MSG_UNLESS(m_out, "a message trace cannot be written: is the disk full?");
    ++m_count;
    m_bytes += bytes;
}

MessageTraceReader::MessageTraceReader(std::istream& in)
    : m_in(in)
{
}

std::optional<SentMessage>
MessageTraceReader::Next()
{
    Line line;
    m_in.read(reinterpret_cast<char*>(&line), sizeof(line));
    if (m_in.gcount() == 0)
    {
        return std::nullopt;
    }
    NS_ABORT_MSG_UNLESS(m_in, "a message trace ends within a message");
    SentMessage message;
    message.at = NanoSeconds(line.atNs);
    message.from = EndpointName(line.from, line.fromPort);
    message.to = EndpointName(line.to, line.toPort);
    message.bytes = line.bytes;
    message.datagram = line.datagram != 0;
    return message;
}

} // namespace qkdn
} // namespace ns3
