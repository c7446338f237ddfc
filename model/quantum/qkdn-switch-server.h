/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SWITCH_SERVER_H
#define QKDN_SWITCH_SERVER_H

#include "qkdn-optical-switch.h"

#include "ns3/node.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <set>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Cops on the ns-3 node of optical switches: does what a SwitchClient on
 * another node of the site asks.
 *
 * A request that comes again, as its answer got lost with a connection, is carried out once.
 */
class SwitchServer : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SwitchServer();
    ~SwitchServer() override;

    /**
     * @brief Add a switch of this node. It tells its alarms to this server from now on.
     * @param number its number on the node
     * @param sw the switch
     */
    void AddSwitch(uint32_t number, Ptr<OpticalSwitch> sw);

    /**
     * @brief Begin.
     * @param node the ns-3 node
     * @param local address and port to listen at, TCP and UDP
     * @param client address and port of the SwitchClient
     */
    void Start(Ptr<Node> node, const Address& local, const Address& client);

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
     * @brief A request.
     * @param peer the client
     * @param type message type
     * @param body message
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief The client is reachable or not.
     * @param peer the client
     * @param up true if it is
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief The outcome of a request.
     * @param server this
     * @param request its number
     * @param success whether the switch stands at the port
     */
    static void Done(Ptr<SwitchServer> server, uint32_t request, bool success);

    /**
     * @brief An alarm.
     * @param server this
     * @param number number of the switch
     * @param failed true if it is broken
     */
    static void Alarm(SwitchServer* server, uint32_t number, bool failed);

    Ptr<SupervisedEndpoint> m_endpoint;                 //!< connection to the client
    PeerId m_peer;                                      //!< the client
    std::map<uint32_t, Ptr<OpticalSwitch>> m_switches;  //!< by number
    std::set<uint32_t> m_running;                       //!< requests without outcome
    std::map<uint32_t, bool> m_outcomes;                //!< the newest outcomes by request
    std::map<uint32_t, bool> m_alarms;                  //!< last alarm by switch
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace; //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SWITCH_SERVER_H */
