/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TCP_SOCKET_H
#define QKDN_TCP_SOCKET_H

#include "ns3/address.h"
#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-base.h"

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
 * @brief Listens for connections and takes them, until told to refuse them.
 *
 * A connection that is being set up keeps the listening socket's callback beyond the life of
 * the listening socket and of its owner. This object lives as long as the callback does.
 *
 * A listening socket of ns-3 whose first segment is not a SYN but, say, the RST of a connection
 * that is gone, takes it for an announcement of a zero window and fails an assertion at its first
 * SYN. It is exchanged for a new one here.
 */
class TcpAcceptor : public SimpleRefCount<TcpAcceptor>
{
  public:
    /// Takes an accepted connection.
    using AcceptCallback = Callback<void, Ptr<Socket>>;

    /// Makes a socket that is not bound.
    using SocketFactory = Callback<Ptr<Socket>>;

    /**
     * @brief Listen.
     * @param local the address to listen on
     * @param factory makes the listening socket
     * @param accept takes the connections
     * @return false if the address is in use; nothing has changed then
     */
    bool Listen(const Address& local, SocketFactory factory, AcceptCallback accept);

    /// Close the listening socket and reset the connections that are being set up.
    void Close();

  private:
    /**
     * @brief Make a listening socket.
     * @return false if the address is in use
     */
    bool Open();

    /// Let go of the listening socket.
    void CloseSocket();

    /**
     * @brief Exchange a listening socket for a new one.
     * @param spoilt the socket, ignored unless it is the present one
     */
    void Renew(Ptr<Socket> spoilt);

    /**
     * @brief Trace sink of Rx.
     * @param packet payload
     * @param header the TCP header
     * @param socket the listening socket or one that it has accepted
     */
    void HandleSegment(Ptr<const Packet> packet,
                       const TcpHeader& header,
                       Ptr<const TcpSocketBase> socket);

    /**
     * @brief A connection was set up.
     * @param socket its socket
     * @param from the remote address
     */
    void HandleAccept(Ptr<Socket> socket, const Address& from);

    Address m_local;         //!< address to listen on
    SocketFactory m_factory; //!< makes the listening socket
    Ptr<Socket> m_socket;    //!< the listening socket
    bool m_fresh{true};      //!< no SYN has come to the listening socket
    AcceptCallback m_accept; //!< takes the connections, null once closed
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TCP_SOCKET_H */
