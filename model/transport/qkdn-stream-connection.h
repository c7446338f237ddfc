/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_STREAM_CONNECTION_H
#define QKDN_STREAM_CONNECTION_H

#include "ns3/callback.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A TCP connection as two streams of bytes, for protocols that are not this module's own.
 *
 * It queues what its socket does not take, and knows how much the peer has acknowledged. Either
 * close callback of the socket means that the connection is gone.
 */
class StreamConnection : public SimpleRefCount<StreamConnection>
{
  public:
    /// Takes the number of the connection.
    using StateCallback = Callback<void, uint32_t>;
    /// Takes the number of the connection and bytes that have come.
    using DataCallback = Callback<void, uint32_t, const std::string&>;
    /// Takes the number of the connection and how many bytes have been acknowledged in all.
    using AcknowledgedCallback = Callback<void, uint32_t, uint64_t>;

    /// Whom the connection tells.
    struct Callbacks
    {
        StateCallback connected;           //!< it is set up; opener only
        StateCallback closed;              //!< it is gone; nothing follows
        DataCallback data;                 //!< bytes have come
        AcknowledgedCallback acknowledged; //!< more bytes have been acknowledged, or null
    };

    /**
     * @brief Constructor
     * @param number what the callbacks call it
     * @param socket its TCP socket, connected or about to be
     * @param callbacks whom it tells
     */
    StreamConnection(uint32_t number, Ptr<Socket> socket, const Callbacks& callbacks);
    ~StreamConnection();

    /**
     * @brief Send bytes.
     * @param bytes the bytes
     */
    void Send(const std::string& bytes);

    /**
     * @brief Bytes that were given to Send().
     * @return their number
     */
    uint64_t GetSentBytes() const;

    /**
     * @brief Read on, or leave what comes to the flow control of TCP.
     * @param reading whether to read; what waits is told of by an event
     */
    void SetReading(bool reading);

    /// Close the connection when the peer has acknowledged all bytes; nothing is read any more.
    void Finish();

    /// Reset the connection, without a callback.
    void Close();

  private:
    /// Hand the socket what it takes.
    void Flush();

    /// Take what the socket has.
    void Read();

    /// Close the connection if it is to be closed and all has been acknowledged.
    void FinishIfDone();

    /**
     * @brief Socket callback: connected.
     * @param socket the socket
     */
    void HandleConnected(Ptr<Socket> socket);

    /**
     * @brief Socket callback: gone.
     * @param socket the socket
     */
    void HandleGone(Ptr<Socket> socket);

    /**
     * @brief Socket callback: room in the send buffer, since something was acknowledged.
     * @param socket the socket
     * @param available free bytes
     */
    void HandleSend(Ptr<Socket> socket, uint32_t available);

    /**
     * @brief Socket callback: bytes have come.
     * @param socket the socket
     */
    void HandleReceive(Ptr<Socket> socket);

    uint32_t m_number;          //!< what the callbacks call it
    Ptr<Socket> m_socket;       //!< null once closed
    uint32_t m_sendBuffer{0};   //!< size of the socket's send buffer
    Callbacks m_callbacks;      //!< whom it tells
    std::string m_queue;        //!< bytes to send
    std::size_t m_offset{0};    //!< how many of them the socket has taken
    uint64_t m_taken{0};        //!< bytes that it has
    uint64_t m_acknowledged{0}; //!< bytes acknowledged
    bool m_reading{true};       //!< whether to read
    bool m_finishing{false};    //!< close when all is acknowledged
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_STREAM_CONNECTION_H */
