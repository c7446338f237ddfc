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
#include "ns3/qkdn-message-endpoint.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Kq on the ns-3 node of a key manager whose modules are on other ones.
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
     * @param local address and port to listen at
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

    Ptr<MessageEndpoint> m_endpoint;     //!< endpoint
    QkdKeyConsumer* m_consumer{nullptr}; //!< the key manager
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KQ_RECEIVER_H */
