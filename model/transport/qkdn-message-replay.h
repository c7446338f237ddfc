/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MESSAGE_REPLAY_H
#define QKDN_MESSAGE_REPLAY_H

#include "qkdn-message-trace.h"
#include "qkdn-tcp-socket.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/socket.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace ns3
{
namespace qkdn
{

class ReplayStream;

/**
 * @ingroup qkdn-resilience
 * @brief Sends the messages of a trace again, as bytes without meaning over bare sockets: what a
 * run would cost if there were nothing but its packets.
 *
 * There is a TCP connection for each pair of addresses, as in the run that was recorded, set up
 * when its first message is due, and a UDP socket for each address that sends datagrams. What
 * cannot be sent at once follows as soon as TCP takes it. The nodes must have the addresses of the
 * recorded run.
 */
class MessageReplay : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MessageReplay();
    ~MessageReplay() override;

    /**
     * @brief Begin to send. Call it before the simulation runs.
     * @param in what a MessageTraceWriter wrote; it is read message by message as time goes on
     * and has to live as long as the simulation runs
     */
    void Start(std::istream& in);

    /**
     * @brief Messages sent so far.
     * @return their number
     */
    uint64_t GetSentMessages() const;

    /**
     * @brief Bytes that have arrived so far.
     * @return their number
     */
    uint64_t GetReceivedBytes() const;

  protected:
    void DoDispose() override;

  private:
    using Pair = std::pair<EndpointName, EndpointName>; //!< the lower address first
    using Origin = std::pair<uint32_t, uint16_t>;       //!< id of the opener's node, and its port

    /// A connection.
    struct Connection
    {
        Ptr<ReplayStream> lower;  //!< the end with the lower address, which opens it
        Ptr<ReplayStream> higher; //!< the other end
    };

    /// Send what is due and wait for the next message.
    void Proceed();

    /**
     * @brief Send a message by UDP.
     * @param message the message
     */
    void SendDatagram(const SentMessage& message);

    /**
     * @brief Send a message by TCP.
     * @param message the message
     */
    void SendOnStream(const SentMessage& message);

    /**
     * @brief Open a connection.
     * @param pair its ends
     * @return the connection
     */
    Connection Open(const Pair& pair);

    /**
     * @brief Where the replay listens at an address. That the run used a port does not matter: it
     * may have been drawn, and a socket of the replay may have drawn it, too.
     * @param address the address
     * @return the address and a port
     */
    EndpointName GetListeningName(uint32_t address);

    /**
     * @brief The UDP socket of an address.
     * @param name the address
     * @return the socket
     */
    Ptr<Socket> GetDatagramSocket(const EndpointName& name);

    /**
     * @brief The node with an address.
     * @param address the address; aborts if no node has it
     * @return the node
     */
    Ptr<Node> FindNode(uint32_t address) const;

    /**
     * @brief A socket that is not bound.
     * @param node its node
     * @return the socket
     */
    static Ptr<Socket> MakeSocket(Ptr<Node> node);

    /**
     * @brief A connection has come in.
     * @param socket its socket
     */
    void HandleAccept(Ptr<Socket> socket);

    /**
     * @brief A datagram has come.
     * @param socket the socket
     */
    void HandleDatagram(Ptr<Socket> socket);

    std::unique_ptr<MessageTraceReader> m_reader;     //!< reads the trace
    std::optional<SentMessage> m_next;                //!< the next message
    std::map<uint32_t, Ptr<Node>> m_nodes;            //!< by address
    std::map<uint32_t, Ptr<TcpAcceptor>> m_acceptors; //!< by address
    std::map<EndpointName, Ptr<Socket>> m_datagrams;  //!< UDP sockets by address
    std::map<Pair, Connection> m_connections;         //!< by ends
    std::map<Origin, Pair> m_openers;                 //!< connections by their opener
    uint64_t m_sent{0};                               //!< messages sent
    uint64_t m_receivedDatagramBytes{0};              //!< bytes arrived by UDP
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MESSAGE_REPLAY_H */
