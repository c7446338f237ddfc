/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MESSAGE_TRACE_H
#define QKDN_MESSAGE_TRACE_H

#include "qkdn-endpoint-name.h"
#include "qkdn-hello-agent.h"
#include "qkdn-message-endpoint.h"

#include "ns3/ipv4-header.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/simple-ref-count.h"

#include <istream>
#include <optional>
#include <ostream>

namespace ns3
{
namespace qkdn
{

/// A message that was sent in a run.
struct SentMessage
{
    Time at;              //!< when
    EndpointName from;    //!< address that its sender listens on
    EndpointName to;      //!< address that its receiver listens on
    uint32_t bytes{0};    //!< bytes on the TCP stream, or in the datagram
    bool datagram{false}; //!< whether it went by UDP
};

/**
 * @ingroup qkdn-resilience
 * @brief Writes down which messages a run sends, so that MessageReplay can send as much again.
 *
 * The form is that of this build and machine, for a file between two runs of one program.
 */
class MessageTraceWriter : public SimpleRefCount<MessageTraceWriter>
{
  public:
    /**
     * @brief Constructor
     * @param out where it writes to; the writer does not live longer
     */
    explicit MessageTraceWriter(std::ostream& out);

    /**
     * @brief Write down what an endpoint sends. Introductions are left out: a replay has its own
     * way to set connections up.
     * @param endpoint the endpoint
     */
    void Watch(Ptr<MessageEndpoint> endpoint);

    /**
     * @brief Write down what a hello agent sends.
     * @param agent the agent
     */
    void Watch(Ptr<HelloAgent> agent);

    /**
     * @brief Write down all that a node sends by TCP and UDP, whatever program it comes from: the
     * contents of each segment and datagram. Segments without contents are left out, since a
     * replay's own TCP makes them, and what TCP sends again is written down again.
     * @param node the node, which has an IPv4 stack
     */
    void Watch(Ptr<Node> node);

    /**
     * @brief Messages written down so far.
     * @return their number
     */
    uint64_t GetCount() const;

    /**
     * @brief Bytes of these messages.
     * @return their number
     */
    uint64_t GetBytes() const;

  private:
    /**
     * @brief Sink of Ipv4L3Protocol's trace SendOutgoing.
     * @param header IPv4 header
     * @param packet what follows it
     * @param interface number of the interface
     */
    void PacketSent(const Ipv4Header& header, Ptr<const Packet> packet, uint32_t interface);

    /**
     * @brief Sink of MessageEndpoint's trace Sent.
     * @param local address of the endpoint
     * @param remote address of the peer
     * @param type message type
     * @param bytes bytes on the TCP stream
     * @param incident the failure behind it
     */
    void MessageSent(const Address& local,
                     const Address& remote,
                     uint16_t type,
                     uint32_t bytes,
                     IncidentId incident);

    /**
     * @brief Sink of HelloAgent's trace Sent.
     * @param local address of the agent
     * @param remote address of the peer
     * @param bytes bytes in the datagram
     */
    void HelloSent(const Address& local, const Address& remote, uint32_t bytes);

    /**
     * @brief Write a message down.
     * @param local address of its sender
     * @param remote address of its receiver
     * @param bytes its size
     * @param datagram whether it goes by UDP
     */
    void Write(const Address& local, const Address& remote, uint32_t bytes, bool datagram);

    std::ostream& m_out; //!< where it writes to
    uint64_t m_count{0}; //!< messages so far
    uint64_t m_bytes{0}; //!< their bytes
};

/**
 * @ingroup qkdn-resilience
 * @brief Reads what a MessageTraceWriter wrote.
 */
class MessageTraceReader
{
  public:
    /**
     * @brief Constructor
     * @param in where it reads from; the reader does not live longer
     */
    explicit MessageTraceReader(std::istream& in);

    /**
     * @brief Read the next message.
     * @return the message, none at the end
     */
    std::optional<SentMessage> Next();

  private:
    std::istream& m_in; //!< where it reads from
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MESSAGE_TRACE_H */
