/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SUPERVISED_ENDPOINT_H
#define QKDN_SUPERVISED_ENDPOINT_H

#include "qkdn-hello-agent.h"
#include "qkdn-message-endpoint.h"

#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/object.h"

#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A MessageEndpoint (TCP) and a HelloAgent (UDP) on the same address and port: the
 * connection to a peer that does not answer hellos is given up, and set up anew as soon as the
 * peer answers again.
 */
class SupervisedEndpoint : public Object
{
  public:
    /// Takes a change: peer, true if it answers hellos.
    using AliveCallback = Callback<void, PeerId, bool>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SupervisedEndpoint();
    ~SupervisedEndpoint() override;

    /**
     * @brief Set the node. Call it first.
     * @param node a node with an internet stack
     */
    void SetNode(Ptr<Node> node);

    /**
     * @brief Set who is told that peers answer hellos or do not, before the connection follows.
     * @param callback the callback
     */
    void SetAliveCallback(AliveCallback callback);

    /**
     * @brief Make a peer known. A peer that is known keeps its id.
     * @param remote the InetSocketAddress that the peer listens on, with both TCP and UDP
     * @return the peer's id at the message endpoint
     */
    PeerId AddPeer(const Address& remote);

    /**
     * @brief Start, also again after Stop().
     * @param local the InetSocketAddress to listen on, with both TCP and UDP
     */
    void Listen(const Address& local);

    /// Stop as a process that crashes: connections are reset, hellos end.
    void Stop();

    /**
     * @brief What exchanges messages. Its callbacks are free to use.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether peers live. Its callback is taken.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A peer answers hellos or does not.
     * @param peer the peer
     * @param alive true if it does
     */
    void PeerAlive(HelloPeerId peer, bool alive);

    Ptr<MessageEndpoint> m_endpoint;         //!< messages
    Ptr<HelloAgent> m_hello;                 //!< liveness
    AliveCallback m_alive;                   //!< told of liveness
    std::map<HelloPeerId, PeerId> m_byHello; //!< peers by hello peer
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SUPERVISED_ENDPOINT_H */
