/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MESSAGE_CONNECTION_H
#define QKDN_MESSAGE_CONNECTION_H

#include "qkdn-frame-assembler.h"

#include "ns3/callback.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"

#include <deque>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One TCP connection that carries frames; part of MessageEndpoint.
 */
class MessageConnection : public SimpleRefCount<MessageConnection>
{
  public:
    /// What a connection tells its owner. The first argument is the connection's number.
    struct Callbacks
    {
        Callback<void, uint32_t> connected; //!< set up (only at the end that opened it)
        Callback<void, uint32_t> closed;    //!< gone, for whatever reason but Close()
        Callback<void, uint32_t, const FrameHeader&, Ptr<Packet>> frame; //!< header and body
        Callback<void, const std::string&, uint16_t, uint32_t>
            dropped; //!< reason, type and bytes of a frame that was dropped
    };

    /**
     * @brief Constructor
     * @param number number of the connection at its owner
     * @param socket a new or an accepted socket
     * @param maxFrameBytes longest frame, bytes
     * @param maxQueueBytes most bytes that wait for the socket
     * @param callbacks what to tell the owner
     */
    MessageConnection(uint32_t number,
                      Ptr<Socket> socket,
                      uint32_t maxFrameBytes,
                      uint64_t maxQueueBytes,
                      const Callbacks& callbacks);

    ~MessageConnection();

    /**
     * @brief Send a frame, or queue it until the socket takes it.
     * @param type message type
     * @param body the body, left as it is
     * @param incident the incident that caused the message
     * @return false if the queue is full: nothing is kept
     */
    bool Send(uint16_t type, Ptr<const Packet> body, IncidentId incident);

    /// Reset the connection now and drop what is queued; the owner is told of the drops only.
    void Close();

  private:
    /// A frame, or what is left of it, that the socket has not taken yet.
    struct QueuedFrame
    {
        uint16_t type;       //!< message type
        uint32_t frameBytes; //!< length of the whole frame
        Ptr<Packet> rest;    //!< bytes that the socket has not taken
    };

    /**
     * @brief The connection was set up.
     * @param socket the socket
     */
    void HandleConnected(Ptr<Socket> socket);

    /**
     * @brief The connection is gone, or could not be set up.
     * @param socket the socket
     */
    void HandleGone(Ptr<Socket> socket);

    /**
     * @brief The socket takes bytes again.
     * @param socket the socket
     * @param available number of bytes
     */
    void HandleSend(Ptr<Socket> socket, uint32_t available);

    /**
     * @brief The socket has received bytes.
     * @param socket the socket
     */
    void HandleReceive(Ptr<Socket> socket);

    /// Hand over the frames that are whole.
    void DeliverFrames();

    /// Give the socket what it takes.
    void Flush();

    uint32_t m_number;               //!< number of the connection
    Ptr<Socket> m_socket;            //!< the socket, null once closed
    FrameAssembler m_assembler;      //!< cuts the received stream into frames
    std::deque<QueuedFrame> m_queue; //!< frames that the socket has not taken
    uint64_t m_queuedBytes{0};       //!< bytes in the queue
    uint64_t m_maxQueueBytes;        //!< most bytes in the queue
    Callbacks m_callbacks;           //!< what to tell the owner
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MESSAGE_CONNECTION_H */
