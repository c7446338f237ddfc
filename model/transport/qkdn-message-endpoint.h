/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MESSAGE_ENDPOINT_H
#define QKDN_MESSAGE_ENDPOINT_H

#include "qkdn-endpoint-name.h"
#include "qkdn-message-connection.h"
#include "qkdn-tcp-socket.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-ids.h"
#include "ns3/traced-callback.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/// @cond
struct PeerKind
{
};

/// @endcond

using PeerId = Identifier<PeerKind>; //!< a peer of one message endpoint; other endpoints differ

/// Attribute DataRetries of endpoints whose peers are watched by hellos: more than a cut or a queue
/// can take. An hour of retransmissions every 0.4 s.
constexpr uint32_t WATCHED_DATA_RETRIES = 9000;

/**
 * @ingroup qkdn-resilience
 * @brief Which end opens the connection to a peer.
 */
enum ConnectRole
{
    CONNECT_BY_ADDRESS, //!< the end with the lower (address, port) it listens on
    CONNECT_ACTIVE,     //!< this end, always
    CONNECT_PASSIVE     //!< the other end, always
};

/**
 * @ingroup qkdn-resilience
 * @brief Exchanges messages with peers over TCP connections that heal themselves.
 *
 * There is one connection per pair of peers. The end that opens it tries every RetryInterval
 * for ever; the other waits. Both introduce themselves by the address they listen on before
 * the peer counts as up at either end. A further connection from a known peer replaces the
 * old one. A message arrives once and whole, in order with the others of its connection, or
 * not at all: what was under way when a connection broke is lost, so requests need time-outs
 * and have to be safe to repeat.
 *
 * The endpoint does not find out by itself that an idle connection leads nowhere. Abandon() it
 * when a HelloAgent declares the peer dead, and Reconnect() when it is alive again.
 *
 * ns-3 takes the source address of an outgoing connection from the route: the peer is told by
 * its introduction, never by the source address.
 */
class MessageEndpoint : public Object
{
  public:
    /// Takes a message: from, type, body, incident.
    using ReceiveCallback = Callback<void, PeerId, uint16_t, Ptr<Packet>, IncidentId>;
    /// Takes a change of state: peer, true for up.
    using PeerCallback = Callback<void, PeerId, bool>;

    /**
     * @brief Signature of the traces Sent and Received.
     * @param [in] local address the endpoint listens on
     * @param [in] remote address the peer listens on
     * @param [in] type message type, 0 for an introduction
     * @param [in] bytes bytes on the TCP stream, with the frame header
     * @param [in] incident the incident that caused the message, not valid for none
     */
    typedef void (*MessageTracedCallback)(const Address& local,
                                          const Address& remote,
                                          uint16_t type,
                                          uint32_t bytes,
                                          IncidentId incident);

    /**
     * @brief Signature of the trace PeerState.
     * @param [in] local address the endpoint listens on
     * @param [in] remote address the peer listens on
     * @param [in] up whether messages can be sent now
     */
    typedef void (*PeerStateTracedCallback)(const Address& local, const Address& remote, bool up);

    /**
     * @brief Signature of the trace Dropped.
     * @param [in] reason peer-down, too-large, queue-full (refused by Send()); connection-lost
     * (was queued); malformed-frame, oversized-frame, unknown-peer, role-conflict, no-introduction
     * (received; the connection is closed)
     * @param [in] type message type
     * @param [in] bytes bytes on the TCP stream, as far as they were read
     */
    typedef void (*DroppedTracedCallback)(const std::string& reason, uint16_t type, uint32_t bytes);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MessageEndpoint();
    ~MessageEndpoint() override;

    /**
     * @brief Set the node. Call it first.
     * @param node a node with an internet stack
     */
    void SetNode(Ptr<Node> node);

    /**
     * @brief Listen on an address, which is also the name of this endpoint, and start.
     *
     * The first call aborts if the address is in use; it may come before the simulation runs.
     * @param local an InetSocketAddress with address and port
     */
    void Listen(const Address& local);

    /**
     * @brief Make a peer known. A peer that is known keeps its id and takes the new role.
     * @param remote the InetSocketAddress that the peer listens on
     * @param role which end opens the connection
     * @return the peer's id
     */
    PeerId AddPeer(const Address& remote, ConnectRole role = CONNECT_BY_ADDRESS);

    /**
     * @brief Send a message.
     * @param to the peer
     * @param type message type, not 0
     * @param body the body, may be empty; left as it is
     * @param incident the incident that caused the message
     * @return false if the peer is not up, the queue is full or the message too large: nothing is
     * kept
     */
    bool Send(PeerId to, uint16_t type, Ptr<Packet> body, IncidentId incident = IncidentId());

    /**
     * @brief Set who takes the messages.
     * @param callback the callback
     */
    void SetReceiveCallback(ReceiveCallback callback);

    /**
     * @brief Set who is told of peers that go up and down.
     * @param callback the callback
     */
    void SetPeerCallback(PeerCallback callback);

    /**
     * @brief Reset the connection to a peer, drop what is queued, report the peer down (before
     * this call returns), and go on trying.
     * @param peer the peer
     */
    void Abandon(PeerId peer);

    /**
     * @brief Try to connect at once, unless TCP is connected already or it is the other end that
     * opens.
     * @param peer the peer
     */
    void Reconnect(PeerId peer);

    /**
     * @brief Whether messages can be sent to a peer.
     * @param peer the peer
     * @return true if so
     */
    bool IsUp(PeerId peer) const;

    /**
     * @brief The address that a peer listens on.
     * @param peer the peer
     * @return an InetSocketAddress
     */
    Address GetPeerAddress(PeerId peer) const;

    /// Start again after Stop(), on the same address and with the same peers.
    void Start();

    /**
     * @brief Stop as a process that crashes: the operating system resets all connections.
     *
     * No callback comes any more (the trace PeerState tells of the peers), nothing is tried until
     * Start() or Listen().
     */
    void Stop();

    /**
     * @brief Frames dropped so far.
     * @param reason the reason as in the trace Dropped
     * @return number of frames
     */
    uint64_t GetDropCount(const std::string& reason) const;

  protected:
    void DoDispose() override;

  private:
    /// What is known of a peer.
    struct Peer
    {
        EndpointName name;    //!< address it listens on
        ConnectRole role;     //!< who opens the connection
        uint32_t link{0};     //!< number of the connection, 0 for none
        bool up{false};       //!< whether messages can be sent
        Time nextAttempt;     //!< no attempt to connect before this time
        EventId attemptEvent; //!< the next attempt
    };

    /// A connection that is being set up, or in use.
    struct Link
    {
        Ptr<MessageConnection> connection; //!< the connection
        PeerId peer;                       //!< the peer, not valid before its introduction
        bool opener{false};                //!< whether this end opened it
        bool connected{false};             //!< whether this end opened it and TCP is set up
        bool introduced{false};            //!< whether the peer has introduced itself
        EventId timeout;                   //!< end of patience with the introduction
    };

    /**
     * @brief A peer by its id; aborts if there is none.
     * @param peer the id
     * @return the peer
     */
    const Peer& GetPeer(PeerId peer) const;

    /**
     * @brief Whether this end opens the connection to a peer.
     * @param peer the peer
     * @return true if so
     */
    bool Opens(const Peer& peer) const;

    /**
     * @brief Make a socket with this endpoint's buffers.
     * @return the socket, not bound
     */
    Ptr<Socket> MakeSocket() const;

    /**
     * @brief Open the listening socket and begin to connect.
     * @return false if the address is in use
     */
    bool Open();

    /// Open(), and try again later as long as sockets of before Stop() keep the address in use.
    void OpenOrRetry();

    /**
     * @brief Plan the next attempt to connect, if this end is the one to do it.
     * @param id the peer
     * @param earliest no earlier than this
     */
    void ScheduleAttempt(PeerId id, Time earliest);

    /**
     * @brief Try to connect.
     * @param id the peer
     */
    void Attempt(PeerId id);

    /**
     * @brief Start to use a socket.
     * @param socket a new or an accepted socket
     * @param peer the peer, not valid if it is not known yet
     * @return the number of the connection
     */
    uint32_t AddLink(Ptr<Socket> socket, PeerId peer);

    /**
     * @brief Take a connection that a peer has opened.
     * @param socket the socket
     */
    void HandleAccept(Ptr<Socket> socket);

    /**
     * @brief A connection that this end opened is set up.
     * @param number its number
     */
    void HandleConnected(uint32_t number);

    /**
     * @brief A connection is gone, or could not be set up.
     * @param number its number
     */
    void HandleClosed(uint32_t number);

    /**
     * @brief A frame has come.
     * @param number number of the connection
     * @param header its header
     * @param body its body
     */
    void HandleFrame(uint32_t number, const FrameHeader& header, Ptr<Packet> body);

    /**
     * @brief The first frame of a connection has come.
     * @param number number of the connection
     * @param header its header
     * @param body its body
     */
    void HandleIntroduction(uint32_t number, const FrameHeader& header, Ptr<Packet> body);

    /**
     * @brief Who introduces itself on a connection that the other end opened.
     * @param name the name it gives
     * @param [out] refusal why it is refused
     * @return the peer, not valid if it is refused
     */
    PeerId Identify(const EndpointName& name, std::string& refusal);

    /**
     * @brief Patience with the introduction is over.
     * @param number number of the connection
     */
    void HandleIntroductionTimeout(uint32_t number);

    /**
     * @brief Introduce this end.
     * @param number number of the connection
     */
    void SendIntroduction(uint32_t number);

    /**
     * @brief Close a connection and tell who has to know.
     * @param number its number
     */
    void CloseLink(uint32_t number);

    /**
     * @brief Count and trace a dropped frame, then close its connection.
     * @param number number of the connection
     * @param reason why
     * @param header header of the frame
     */
    void Refuse(uint32_t number, const std::string& reason, const FrameHeader& header);

    /**
     * @brief Count and trace a dropped frame.
     * @param reason why
     * @param type message type
     * @param bytes bytes of the frame
     */
    void Drop(const std::string& reason, uint16_t type, uint32_t bytes);

    /**
     * @brief A peer goes up or down.
     * @param id the peer
     * @param up the new state
     */
    void SetUp(PeerId id, bool up);

    Ptr<Node> m_node;            //!< the node
    bool m_acceptUnknown{false}; //!< attribute AcceptUnknownPeers
    Time m_retryInterval;        //!< attribute RetryInterval
    Time m_introductionTimeout;  //!< attribute IntroductionTimeout
    uint32_t m_sendBuffer{0};    //!< attribute SendBufferBytes
    uint32_t m_receiveBuffer{0}; //!< attribute ReceiveBufferBytes
    uint32_t m_dataRetries{0};   //!< attribute DataRetries
    uint64_t m_maxQueueBytes{0}; //!< attribute MaxQueueBytes
    uint32_t m_maxFrameBytes{0}; //!< attribute MaxFrameBytes
    ReceiveCallback m_receive;   //!< takes messages
    PeerCallback m_peerChange;   //!< told of peers that go up and down

    EndpointName m_local{0, 0};              //!< address this endpoint listens on
    bool m_everOpened{false};                //!< whether the address was once free
    bool m_running{false};                   //!< between Start() and Stop()
    Ptr<TcpAcceptor> m_acceptor;             //!< takes connections; null unless open
    EventId m_openEvent;                     //!< opens the listening socket
    std::map<PeerId, Peer> m_peers;          //!< the peers
    std::map<EndpointName, PeerId> m_names;  //!< the peers by the address they listen on
    std::map<uint32_t, Link> m_links;        //!< connections by number
    uint32_t m_lastLink{0};                  //!< number of the newest connection
    std::map<std::string, uint64_t> m_drops; //!< dropped frames by reason

    TracedCallback<const Address&, const Address&, uint16_t, uint32_t, IncidentId>
        m_sentTrace; //!< trace Sent
    TracedCallback<const Address&, const Address&, uint16_t, uint32_t, IncidentId>
        m_receivedTrace;                                                   //!< trace Received
    TracedCallback<const Address&, const Address&, bool> m_peerStateTrace; //!< trace PeerState
    TracedCallback<const std::string&, uint16_t, uint32_t> m_droppedTrace; //!< trace Dropped
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MESSAGE_ENDPOINT_H */
