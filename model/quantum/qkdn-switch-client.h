/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SWITCH_CLIENT_H
#define QKDN_SWITCH_CLIENT_H

#include "qkdn-switch-control.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <memory>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Cops on the node of whoever moves the optical switches of another ns-3
 * node of the site.
 *
 * A request that the server did not answer goes out again after a reconnection, and counts as
 * failed after Timeout.
 */
class SwitchClient : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SwitchClient();
    ~SwitchClient() override;

    /**
     * @brief Begin.
     * @param node the ns-3 node
     * @param local own address and port, TCP and UDP
     * @param server address and port of the SwitchServer
     */
    void Start(Ptr<Node> node, const Address& local, const Address& server);

    /**
     * @brief A switch of the other node.
     * @param number its number there
     * @return its control, which lives as long as this object
     */
    SwitchControl* GetSwitch(uint32_t number);

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
    /// A switch as its user sees it.
    class RemoteSwitch : public SwitchControl
    {
      public:
        /**
         * @brief Constructor
         * @param client who speaks for it
         * @param number its number
         */
        RemoteSwitch(SwitchClient* client, uint32_t number);

        void Select(uint32_t port, DoneCallback done, IncidentId incident) override;
        void SetAlarmCallback(AlarmCallback alarm) override;

        /**
         * @brief Pass an alarm on.
         * @param failed true if the switch is broken
         */
        void Alarm(bool failed);

      private:
        SwitchClient* m_client; //!< who speaks for it
        uint32_t m_number;      //!< its number
        AlarmCallback m_alarm;  //!< told of alarms
    };

    /// A request without answer.
    struct Request
    {
        uint32_t sw{0};                   //!< number of the switch
        uint32_t port{0};                 //!< port that is asked for
        SwitchControl::DoneCallback done; //!< told the outcome
        IncidentId incident;              //!< the failure behind it
        EventId timeout;                  //!< end of patience
    };

    /**
     * @brief Ask for a port.
     * @param sw number of the switch
     * @param port the port
     * @param done told the outcome
     * @param incident the failure behind it
     */
    void Select(uint32_t sw, uint32_t port, SwitchControl::DoneCallback done, IncidentId incident);

    /**
     * @brief Send a request, if the server is reachable.
     * @param number its number
     * @param request the request
     */
    void Send(uint32_t number, const Request& request);

    /**
     * @brief The outcome of a request is known.
     * @param number its number
     * @param success whether the switch stands at the port
     */
    void Answer(uint32_t number, bool success);

    /**
     * @brief An answer or an alarm.
     * @param peer the server
     * @param type message type
     * @param body message
     * @param incident the failure behind it
     */
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief The server is reachable or not.
     * @param peer the server
     * @param up true if it is
     */
    void PeerConnected(PeerId peer, bool up);

    Time m_timeout;                                               //!< Timeout
    Ptr<SupervisedEndpoint> m_endpoint;                           //!< connection to the server
    PeerId m_peer;                                                //!< the server
    uint32_t m_lastRequest{0};                                    //!< number of the last request
    std::map<uint32_t, Request> m_requests;                       //!< without answer, by number
    std::map<uint32_t, std::unique_ptr<RemoteSwitch>> m_switches; //!< by number
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace;           //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SWITCH_CLIENT_H */
