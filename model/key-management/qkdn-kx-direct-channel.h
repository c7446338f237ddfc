/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_DIRECT_CHANNEL_H
#define QKDN_KX_DIRECT_CHANNEL_H

#include "ns3/address.h"
#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-supervised-endpoint.h"

#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Connections of a KM with the KMs at the other ends of its sessions, over the classical
 * network and past the KMs on the way. These KMs share no pool.
 *
 * Each connection is watched by hellos, as those of neighbours are. Connections of others are not
 * accepted. Without peers it does not listen.
 */
class KxDirectChannel : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// Takes a message: sender, type, body, incident.
    using ReceiveCallback = Callback<void, KmId, uint16_t, Ptr<Packet>, IncidentId>;

    KxDirectChannel();
    ~KxDirectChannel() override;

    /**
     * @brief Set where it works. Call it before Start().
     * @param node the KM's node
     * @param receive takes messages
     */
    void Configure(Ptr<Node> node, ReceiveCallback receive);

    /**
     * @brief Make a KM known. Call it before Start().
     * @param km the KM
     * @param local address and port of this end, the same for all
     * @param remote address and port of the KM's end
     */
    void AddPeer(KmId km, const Address& local, const Address& remote);

    /// Listen and connect.
    void Start();

    /// Close everything, as a process that crashes.
    void Stop();

    /**
     * @brief Whether a message could be sent.
     * @param km to whom
     * @return true if there is a connection
     */
    bool IsUp(KmId km) const;

    /**
     * @brief Send a message.
     * @param km to whom
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     * @return false if there is no connection: nothing is kept
     */
    bool Send(KmId km, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief What exchanges messages.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether the KMs live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A message.
     * @param peer the sender
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    Ptr<SupervisedEndpoint> m_endpoint;  //!< messages and hellos
    ReceiveCallback m_receive;           //!< takes messages
    Address m_local;                     //!< this end
    std::map<KmId, Address> m_addresses; //!< peers
    std::map<KmId, PeerId> m_peers;      //!< peers at the endpoint, since the first start
    std::map<PeerId, KmId> m_byPeer;     //!< the other way
    bool m_running{false};               //!< between Start() and Stop()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_DIRECT_CHANNEL_H */
