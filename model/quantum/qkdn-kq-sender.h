/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KQ_SENDER_H
#define QKDN_KQ_SENDER_H

#include "qkdn-qkd-key.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Kq on the ns-3 node of a QKD module whose key manager is on another one.
 *
 * To the module it is the key consumer. Keys go to the key manager as messages over the network
 * of the site and are kept until they are acknowledged; the newest status of a link is told
 * again after a reconnection. Hellos find out when the key manager is not reachable.
 */
class KqSender : public Object, public QkdKeyConsumer
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KqSender();

    /**
     * @brief Begin.
     * @param node the ns-3 node
     * @param local own address and port, TCP and UDP
     * @param keyManager address and port of the KqReceiver
     */
    void Start(Ptr<Node> node, const Address& local, const Address& keyManager);

    /**
     * @brief The endpoint of the messages.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    // from QkdKeyConsumer
    void AcceptQkdKey(const QkdKey& key) override;
    void NotifyLinkStatus(LinkId link,
                          LinkStatus status,
                          IncidentId incident,
                          const LinkAlarm& alarm) override;

    /**
     * @brief TracedCallback signature of a key that is given up because too many wait.
     * @param key the key
     */
    using DroppedCallback = void (*)(const QkdKey& key);

    /**
     * @brief TracedCallback signature of a message that is not understood.
     * @param type its type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /// The newest status of a link.
    struct Status
    {
        LinkStatus status;   //!< the status
        IncidentId incident; //!< the failure behind it
        LinkAlarm alarm;     //!< what is wrong
    };

    /**
     * @brief The key manager is reachable or not.
     * @param peer the key manager
     * @param up true if it is
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief The key manager answers hellos or does not.
     * @param peer the key manager
     * @param alive true if it does
     */
    void PeerAlive(HelloPeerId peer, bool alive);

    /**
     * @brief Send a message if the key manager is reachable.
     * @param type message type
     * @param body message
     * @param incident the failure behind it, or none
     */
    void Send(uint16_t type, Ptr<Packet> body, IncidentId incident = IncidentId());

    /**
     * @brief An acknowledgement.
     * @param peer the key manager
     * @param type message type
     * @param body message
     * @param incident not used
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    uint32_t m_maxKeys{0};                              //!< attribute MaxWaitingKeys
    Ptr<MessageEndpoint> m_endpoint;                    //!< endpoint
    Ptr<HelloAgent> m_hello;                            //!< liveness of the key manager
    PeerId m_peer;                                      //!< the key manager
    std::deque<QkdKey> m_waiting;                       //!< keys without acknowledgement
    std::map<LinkId, Status> m_status;                  //!< newest status
    TracedCallback<const QkdKey&> m_droppedTrace;       //!< Dropped
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace; //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KQ_SENDER_H */
