/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_CLIENT_H
#define QKDN_MANAGER_CLIENT_H

#include "qkdn-mc-messages.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-supervised-endpoint.h"

#include <deque>
#include <functional>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A controller's end of reference point Mc.
 *
 * Status messages that the manager misses are not kept: whoever owns the client sends all of
 * them again when the manager is there. Operations happen once, so those that could not be sent
 * are kept and sent then; what was under way when a connection broke is lost.
 */
class ManagerClient : public Object
{
  public:
    /// Told that the manager is there: has nothing, or may have missed something.
    using UpFunction = std::function<void()>;
    /// Takes a message of the manager: type, body.
    using ReceiveFunction = std::function<void(uint16_t, Ptr<Packet>)>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ManagerClient();
    ~ManagerClient() override;

    /**
     * @brief Set the addresses; without them there is no manager.
     * @param local address and port of this end
     * @param manager address and port of the manager's end
     */
    void SetAddresses(const Address& local, const Address& manager);

    /**
     * @brief Set who is told.
     * @param up told that the manager is there
     * @param receive takes its messages
     */
    void SetFunctions(UpFunction up, ReceiveFunction receive);

    /**
     * @brief Start, if there is a manager.
     * @param node the node
     */
    void Start(Ptr<Node> node);

    /// Stop as a process that crashes; operations that were not sent are forgotten.
    void Stop();

    /**
     * @brief Send a message that can be missed.
     * @param type message type
     * @param body the body
     * @param incident the failure behind it, or none
     */
    void Send(uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Send an operation, now or when the manager is there.
     * @param operation the operation
     * @param incident the failure behind it, or none
     */
    void SendOperation(const McOperation& operation, IncidentId incident);

    /**
     * @brief The endpoint of Mc.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether the manager lives.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief The connection is up or down.
     * @param peer the manager
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message.
     * @param peer the manager
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /// Send the operations that were kept.
    void SendKept();

    Ptr<SupervisedEndpoint> m_endpoint; //!< Mc and hellos
    Address m_local;                    //!< this end, invalid without a manager
    Address m_manager;                  //!< the manager's end
    PeerId m_peer;                      //!< manager at the endpoint
    UpFunction m_up;                    //!< told that the manager is there
    ReceiveFunction m_receive;          //!< takes messages
    bool m_running{false};              //!< between Start() and Stop()

    std::deque<std::pair<McOperation, IncidentId>> m_kept; //!< operations to be sent
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_CLIENT_H */
