/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HELLO_AGENT_H
#define QKDN_HELLO_AGENT_H

#include "qkdn-endpoint-name.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-ids.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

class HelloHeader;
class HelloWatch;

/// @cond
struct HelloPeerKind
{
};

/// @endcond

using HelloPeerId = Identifier<HelloPeerKind>; //!< a peer of one hello agent, from 1 on

/**
 * @ingroup qkdn-resilience
 * @brief Finds out by UDP hellos whether peers are alive.
 *
 * In the manner of BFD's asynchronous mode (RFC 5880): a hello goes to each peer every
 * Interval. A peer is heard until its multiplier times its interval have passed since its last
 * hello, both as that hello announced them. It is alive if it is heard and says that it hears
 * this end; so loss in one direction is noticed at both ends. Whenever an end begins or ceases
 * to hear a peer it says so at once with a further hello, so the other end follows within the
 * propagation delay, or with its next hello if that one is lost. Each
 * hello carries the number of starts of its sender, as engine boots do in RFC 3414: a peer that was
 * started again is reported dead, even if it is back before it was missed, and also if it was
 * dead before, so that what was set up with it meanwhile is given up. Likewise with the number of
 * times that the sender has missed the peer: after an interruption that only one end has noticed,
 * the other end, too, gives up what they had.
 *
 * A peer that does not come alive within Multiplier times Interval from Start() is reported
 * dead once.
 */
class HelloAgent : public Object
{
  public:
    /// Takes a change of state: peer, true for alive.
    using PeerCallback = Callback<void, HelloPeerId, bool>;

    /**
     * @brief Signature of the traces Sent and Received.
     * @param [in] local address of this end
     * @param [in] remote address of the peer
     * @param [in] bytes UDP payload, bytes
     */
    typedef void (*HelloTracedCallback)(const Address& local,
                                        const Address& remote,
                                        uint32_t bytes);

    /**
     * @brief Signature of the trace PeerState.
     * @param [in] local address of this end
     * @param [in] remote address of the peer
     * @param [in] alive the new state
     */
    typedef void (*PeerStateTracedCallback)(const Address& local,
                                            const Address& remote,
                                            bool alive);

    /**
     * @brief Signature of the trace Dropped.
     * @param [in] reason malformed, unknown-peer, or stale (received); not-sent
     * @param [in] bytes UDP payload, bytes
     */
    typedef void (*DroppedTracedCallback)(const std::string& reason, uint32_t bytes);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    HelloAgent();
    ~HelloAgent() override;

    /**
     * @brief Set the node. Call it first.
     * @param node a node with an internet stack
     */
    void SetNode(Ptr<Node> node);

    /**
     * @brief Set the address of this end and start.
     * @param local an InetSocketAddress; aborts if it is in use
     */
    void Listen(const Address& local);

    /**
     * @brief Make a peer known. A peer that is known keeps its id.
     * @param remote the InetSocketAddress that the peer listens on
     * @return the peer's id, counted from 1
     */
    HelloPeerId AddPeer(const Address& remote);

    /**
     * @brief Set who is told of peers that come alive or die.
     * @param callback the callback
     */
    void SetPeerCallback(PeerCallback callback);

    /**
     * @brief Whether a peer is alive.
     * @param peer the peer
     * @return false also if nothing was reported yet
     */
    bool IsAlive(HelloPeerId peer) const;

    /**
     * @brief The address of a peer.
     * @param peer the peer
     * @return an InetSocketAddress
     */
    Address GetPeerAddress(HelloPeerId peer) const;

    /// Start again after Stop(), on the same address; nothing is known of the peers' state.
    void Start();

    /// Stop as a process that crashes: no hello and no callback any more.
    void Stop();

    /**
     * @brief A HelloWatch says whether a peer is alive. Nothing else does where there is one.
     * @param peer the peer
     * @param alive whether it is
     */
    void Declare(HelloPeerId peer, bool alive);

    /**
     * @brief The address of this end.
     * @return address and port, both 0 before Listen()
     */
    EndpointName GetLocalName() const;

    /**
     * @brief The name of a peer.
     * @param peer the peer
     * @return its address and port
     */
    EndpointName GetPeerName(HelloPeerId peer) const;

    /**
     * @brief Time between hellos.
     * @return attribute Interval
     */
    Time GetInterval() const;

    /**
     * @brief Hellos that may be missed, plus one.
     * @return attribute Multiplier
     */
    uint8_t GetMultiplier() const;

    /**
     * @brief Hellos dropped so far.
     * @param reason the reason as in the trace Dropped
     * @return number of hellos
     */
    uint64_t GetDropCount(const std::string& reason) const;

  protected:
    void DoDispose() override;

  private:
    /// What was reported of a peer.
    enum State
    {
        UNKNOWN, //!< nothing yet
        ALIVE,   //!< alive
        DEAD     //!< dead
    };

    /// What is known of a peer.
    struct Peer
    {
        EndpointName name;    //!< its address
        State state{UNKNOWN}; //!< what was reported
        uint64_t heard{0};    //!< number of its last hello, 0 if it is not heard
        uint8_t starts{0};    //!< its starts as its last hello said, 0 if none has come
        uint8_t losses{0};    //!< how often it was not heard any more
        uint8_t itsLosses{0}; //!< how often it lost this end, as its last hello said
        EventId detection;    //!< not heard any more at this time
        EventId patience;     //!< dead at this time if not yet alive since Start()
        EventId nextHello;    //!< sends the next hello
    };

    /**
     * @brief A peer by its id; aborts if there is none.
     * @param peer the id
     * @return the peer
     */
    const Peer& GetPeer(HelloPeerId peer) const;

    /**
     * @brief Begin with a peer.
     * @param id the peer
     */
    void StartPeer(HelloPeerId id);

    /**
     * @brief Send a hello and plan the next.
     * @param id the peer
     */
    void SendPeriodicHello(HelloPeerId id);

    /**
     * @brief Send a hello.
     * @param id the peer
     */
    void SendHello(HelloPeerId id);

    /**
     * @brief The socket has received packets.
     * @param socket the socket
     */
    void HandleReceive(Ptr<Socket> socket);

    /**
     * @brief A good hello has come.
     * @param id the peer
     * @param hello the hello
     */
    void HandleHello(HelloPeerId id, const HelloHeader& hello);

    /**
     * @brief A peer is not heard any more.
     * @param id the peer
     */
    void HandleSilence(HelloPeerId id);

    /**
     * @brief The time in which a peer had to come alive since the start is over.
     * @param id the peer
     */
    void HandlePatienceOver(HelloPeerId id);

    /**
     * @brief Report a peer's state if it is news.
     * @param id the peer
     * @param state the state
     */
    void SetState(HelloPeerId id, State state);

    /**
     * @brief Count and trace a dropped hello.
     * @param reason why
     * @param bytes bytes of the hello
     */
    void Drop(const std::string& reason, uint32_t bytes);

    Ptr<Node> m_node;                            //!< the node
    Time m_interval;                             //!< attribute Interval
    uint8_t m_multiplier{0};                     //!< attribute Multiplier
    Time m_phase;                                //!< attribute Phase
    PeerCallback m_peerChange;                   //!< told of peers that come alive or die
    EndpointName m_local{0, 0};                  //!< address of this end
    Ptr<Socket> m_socket;                        //!< the socket, null unless hellos are sent
    Ptr<HelloWatch> m_watch;                     //!< says who is alive; null unless it does
    uint64_t m_sequence{0};                      //!< number of the last hello sent, to any peer
    uint8_t m_starts{0};                         //!< starts so far, also over crashes
    std::map<HelloPeerId, Peer> m_peers;         //!< the peers
    std::map<EndpointName, HelloPeerId> m_names; //!< the peers by address
    std::map<std::string, uint64_t> m_drops;     //!< dropped hellos by reason

    TracedCallback<const Address&, const Address&, uint32_t> m_sentTrace;     //!< trace Sent
    TracedCallback<const Address&, const Address&, uint32_t> m_receivedTrace; //!< trace Received
    TracedCallback<const Address&, const Address&, bool> m_peerStateTrace;    //!< trace PeerState
    TracedCallback<const std::string&, uint32_t> m_droppedTrace;              //!< trace Dropped
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HELLO_AGENT_H */
