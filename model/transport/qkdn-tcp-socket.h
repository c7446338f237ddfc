/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TCP_SOCKET_H
#define QKDN_TCP_SOCKET_H

#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A TCP socket with the settings that all sockets of this module have.
 *
 * No timestamps (on a persistent two-way connection ns-3's echoed timestamps go stale and the
 * retransmission timeout grows with the age of the connection), SegmentSize 1448 bytes,
 * MinRto 200 ms, DelAckTimeout 40 ms, ConnTimeout 1 s, ConnCount 1, no Nagle algorithm.
 * Sockets that a listening socket accepts inherit the settings.
 *
 * @param node the node; it needs an internet stack, aborts otherwise
 * @param sendBufferBytes size of the send buffer, bytes
 * @param receiveBufferBytes size of the receive buffer, bytes
 * @return the socket, not bound
 */
Ptr<Socket> CreateTcpSocket(Ptr<Node> node, uint32_t sendBufferBytes, uint32_t receiveBufferBytes);

/**
 * @ingroup qkdn-resilience
 * @brief Let go of a TCP socket for good: no more callbacks, and a connection is reset.
 *
 * The socket is closed by an event of the same instant, since the caller may be inside one of
 * its callbacks. Data not yet acknowledged is lost and the peer is sent a RST. A connection
 * that the peer has half closed delivers its data first: ns-3 has no way to reset it.
 *
 * @param socket the socket, in any state
 */
void ResetTcpSocket(Ptr<Socket> socket);

/**
 * @ingroup qkdn-resilience
 * @brief Takes the connections that a listening socket accepts, until told to refuse them.
 *
 * A connection that is being set up keeps the listening socket's callback beyond the life of
 * the listening socket and of its owner. This object lives as long as the callback does.
 */
class TcpAcceptor : public SimpleRefCount<TcpAcceptor>
{
  public:
    /// Takes an accepted connection.
    using AcceptCallback = Callback<void, Ptr<Socket>>;

    /**
     * @brief Listen on a socket.
     * @param socket a bound socket
     * @param accept takes the connections
     */
    void Listen(Ptr<Socket> socket, AcceptCallback accept);

    /// Close the listening socket and reset the connections that are being set up.
    void Close();

  private:
    /**
     * @brief A connection was set up.
     * @param socket its socket
     * @param from the remote address
     */
    void HandleAccept(Ptr<Socket> socket, const Address& from);

    Ptr<Socket> m_socket;    //!< the listening socket
    AcceptCallback m_accept; //!< takes the connections, null once closed
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TCP_SOCKET_H */
