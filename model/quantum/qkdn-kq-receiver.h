/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KQ_RECEIVER_H
#define QKDN_KQ_RECEIVER_H

#include "qkdn-qkd-key.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/qkdn-number-set.h"
#include "ns3/traced-callback.h"

#include <map>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Kq on the ns-3 node of a key manager whose modules are on other ones.
 *
 * A key whose acknowledgement got lost comes again; it is acknowledged again and handed over once,
 * also if Stop() and Start() lie between.
 */
class KqReceiver : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KqReceiver();

    /**
     * @brief Begin, or begin again after Stop().
     * @param node the ns-3 node
     * @param local address and port to listen at, TCP and UDP
     * @param consumer the key manager
     */
    void Start(Ptr<Node> node, const Address& local, QkdKeyConsumer* consumer);

    /// Close all connections, as a process that ends.
    void Stop();

    /**
     * @brief The endpoint of the messages.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief TracedCallback signature of a message that is not understood.
     * @param type its type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A message of a module.
     * @param peer the sender
     * @param type message type
     * @param body message
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief A module is reachable or not.
     * @param peer the module
     * @param up true if it is
     */
    void PeerConnected(PeerId peer, bool up);

    Ptr<MessageEndpoint> m_endpoint;                         //!< endpoint
    Ptr<HelloAgent> m_hello;                                 //!< tells modules of liveness
    QkdKeyConsumer* m_consumer{nullptr};                     //!< the key manager
    std::map<std::pair<PeerId, LinkId>, NumberSet> m_blocks; //!< keys that came
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace;      //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KQ_RECEIVER_H */
