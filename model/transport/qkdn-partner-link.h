/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PARTNER_LINK_H
#define QKDN_PARTNER_LINK_H

#include "qkdn-supervised-endpoint.h"

#include "ns3/node.h"
#include "ns3/object.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An end of a reference point with one partner, as a controller or a key manager has one
 * with its manager.
 *
 * Messages that the partner misses are not kept: whoever owns this end sends all of them again
 * when the partner is there.
 */
class PartnerLink : public Object
{
  public:
    /// Told that the partner is there: has nothing, or may have missed something.
    using UpFunction = std::function<void()>;
    /// Takes a message of the partner: type, body.
    using ReceiveFunction = std::function<void(uint16_t, Ptr<Packet>)>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    PartnerLink();
    ~PartnerLink() override;

    /**
     * @brief Set the addresses; without them there is no partner.
     * @param local address and port of this end
     * @param partner address and port of the partner's end
     */
    void SetAddresses(const Address& local, const Address& partner);

    /**
     * @brief Set who is told.
     * @param up told that the partner is there
     * @param receive takes its messages
     */
    virtual void SetFunctions(UpFunction up, ReceiveFunction receive);

    /**
     * @brief Start, if there is a partner.
     * @param node the node
     */
    void Start(Ptr<Node> node);

    /// Stop as a process that crashes.
    virtual void Stop();

    /**
     * @brief Send a message that can be missed.
     * @param type message type
     * @param body the body
     * @param incident the failure behind it, or none
     */
    void Send(uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief The endpoint.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether the partner lives.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief Whether there is a connection to the partner.
     * @return true if so
     */
    bool IsUp() const;

  protected:
    void DoDispose() override;

    /**
     * @brief Whether this end runs.
     * @return true between Start() and Stop(), if there is a partner
     */
    bool IsRunning() const;

    /**
     * @brief The partner at the endpoint.
     * @return the peer, none before the start
     */
    PeerId GetPartner() const;

  private:
    /**
     * @brief The connection is up or down.
     * @param peer the partner
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message.
     * @param peer the partner
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    Ptr<SupervisedEndpoint> m_endpoint; //!< messages and hellos
    Address m_local;                    //!< this end, invalid without a partner
    Address m_remote;                   //!< the partner's end
    PeerId m_peer;                      //!< partner at the endpoint
    UpFunction m_up;                    //!< told that the partner is there
    ReceiveFunction m_receive;          //!< takes messages
    bool m_running{false};              //!< between Start() and Stop()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PARTNER_LINK_H */
