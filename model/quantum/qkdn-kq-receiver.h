/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KQ_RECEIVER_H
#define QKDN_KQ_RECEIVER_H

#include "qkdn-link-status-listener.h"
#include "qkdn-module-control.h"
#include "qkdn-qkd-key.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/qkdn-number-set.h"
#include "ns3/traced-callback.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

struct KqLinkStatus;

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Kq on the ns-3 node of a key manager whose modules are on other ones.
 *
 * A key whose acknowledgement got lost comes again; it is acknowledged again and handed over once,
 * also if Stop() and Start() lie between. A command to a module goes out again after each
 * reconnection, when the module has told the status of its link.
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
     * @brief Add one who is told each status of a link, after the key manager.
     * @param listener outlives this object
     */
    void AddStatusListener(LinkStatusListener* listener);

    /**
     * @brief The module of a link at this end.
     * @param link the QKD link
     * @return its control, which lives as long as this object
     */
    ModuleControl* GetModule(LinkId link);

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
    /// A module as its user sees it.
    class RemoteModule : public ModuleControl
    {
      public:
        /**
         * @brief Constructor
         * @param receiver who speaks to it
         * @param link the QKD link
         */
        RemoteModule(KqReceiver* receiver, LinkId link);

        void Activate(IncidentId incident) override;
        void Standby(IncidentId incident) override;

      private:
        KqReceiver* m_receiver; //!< who speaks to it
        LinkId m_link;          //!< the QKD link
    };

    /// The newest command to a module.
    struct Command
    {
        bool active;         //!< generate, or stand by
        IncidentId incident; //!< the failure behind it
    };

    /**
     * @brief Command a module now, or as soon as it is reachable.
     * @param link the QKD link
     * @param command what to do
     */
    void SetCommand(LinkId link, const Command& command);

    /**
     * @brief Send the newest command to a module, if there is one and the module is reachable.
     * @param link the QKD link
     */
    void SendCommand(LinkId link);

    /**
     * @brief A module tells the status of its link.
     * @param peer the module
     * @param message what it tells
     * @param incident the failure behind it
     */
    void TakeStatus(PeerId peer, const KqLinkStatus& message, IncidentId incident);

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

    Ptr<MessageEndpoint> m_endpoint;                           //!< endpoint
    Ptr<HelloAgent> m_hello;                                   //!< tells modules of liveness
    QkdKeyConsumer* m_consumer{nullptr};                       //!< the key manager
    std::map<std::pair<PeerId, LinkId>, NumberSet> m_blocks;   //!< keys that came
    std::vector<LinkStatusListener*> m_listeners;              //!< told of the status too
    std::map<LinkId, PeerId> m_peers;                          //!< modules that are connected
    std::map<LinkId, Command> m_commands;                      //!< newest commands
    std::map<LinkId, std::unique_ptr<RemoteModule>> m_modules; //!< as their users see them
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace;        //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KQ_RECEIVER_H */
