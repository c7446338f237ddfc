/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCRIPTED_CONTROLLER_H
#define QKDN_SCRIPTED_CONTROLLER_H

#include "ns3/qkdn-controller-client.h"

#include <sstream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A KM that notes the commands of its controller.
 */
class ScriptedKm : public ControllerClientUser
{
  public:
    /**
     * @brief What was carried out since the last time.
     * @return commands, one a line
     */
    std::string TakeLog()
    {
        const std::string log = m_log.str();
        m_log.str("");
        return log;
    }

    CkRegistration m_registration; //!< what it registers
    std::string m_refusal;         //!< why commands are refused, empty if they are not

  private:
    CkRegistration MakeRegistration() const override
    {
        return m_registration;
    }

    bool InstallRoute(const KeyRoute& route, std::string& reason) override
    {
        m_log << "install " << route.id << "\n";
        reason = m_refusal;
        return reason.empty();
    }

    bool ReleaseRoute(RouteId route, std::string& reason) override
    {
        m_log << "release " << route << "\n";
        reason = m_refusal;
        return reason.empty();
    }

    bool UseRoutes(const CkSessionRoutes& routes, IncidentId incident, std::string& reason) override
    {
        m_log << "use " << routes.working << " " << routes.protection << " " << routes.recovery
              << " for " << routes.session << " " << incident.ToString() << "\n";
        reason = m_refusal;
        return reason.empty();
    }

    std::ostringstream m_log; //!< commands
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that sends what a test says and notes what KMs say.
 */
class ScriptedController
{
  public:
    /**
     * @brief Begin.
     * @param node the node
     * @param local address of this end
     * @param remote address of the KM's end
     */
    void Start(Ptr<Node> node, const Address& local, const Address& remote)
    {
        m_endpoint->SetNode(node);
        m_endpoint->SetReceiveCallback(MakeCallback(&ScriptedController::Receive, this));
        m_endpoint->Listen(local);
        m_peer = m_endpoint->AddPeer(remote);
        m_hello->SetNode(node);
        m_hello->SetPeerCallback(MakeCallback(&ScriptedController::PeerAlive, this));
        m_hello->AddPeer(remote);
        m_hello->Listen(local);
    }

    /// Crash.
    void Stop()
    {
        m_endpoint->Stop();
        m_hello->Stop();
    }

    /// Start again.
    void Restart()
    {
        m_endpoint->Start();
        m_hello->Start();
    }

    /// End.
    void Dispose()
    {
        m_endpoint->Dispose();
        m_hello->Dispose();
    }

    /**
     * @brief Send a message.
     * @param type its type
     * @param body its body
     * @param incident the incident
     */
    void Send(uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        m_endpoint->Send(m_peer, type, body, incident);
    }

    /**
     * @brief Send the routes of a session.
     * @param command number of the command
     * @param session the session
     * @param working its working route
     * @param protection its protection route
     * @param incident the incident
     */
    void SendRoutes(uint32_t command,
                    SessionId session,
                    RouteId working,
                    RouteId protection,
                    IncidentId incident)
    {
        CkSessionRoutes routes;
        routes.command = command;
        routes.session = session;
        routes.working = working;
        routes.protection = protection;
        Send(CK_SESSION_ROUTES, routes.ToPacket(), incident);
    }

    /**
     * @brief What was received since the last time.
     * @return messages, one a line
     */
    std::string TakeLog()
    {
        const std::string log = m_log.str();
        m_log.str("");
        return log;
    }

  private:
    /// @cond
    void PeerAlive(HelloPeerId, bool alive)
    {
        alive ? m_endpoint->Reconnect(m_peer) : m_endpoint->Abandon(m_peer);
    }

    void NoteLink(const CkLinkState& state)
    {
        m_log << " " << state.link << " " << LinkStatusName(state.status) << " " << state.poolBits
              << (state.neighbourAlive ? "" : " alone");
    }

    void Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        if (const auto message = CkRegistration::FromPacket(body); type == CK_REGISTRATION)
        {
            m_log << "registration of " << message->km << ":";
            for (const CkLinkState& link : message->links)
            {
                NoteLink(link);
            }
        }
        else if (const auto message = CkLinkReport::FromPacket(body); type == CK_LINK_REPORT)
        {
            m_log << "link";
            NoteLink(message->state);
        }
        else if (const auto message = CkSessionRequest::FromPacket(body);
                 type == CK_SESSION_REQUEST)
        {
            m_log << "request " << message->session << " to " << message->slaveKm;
        }
        else if (const auto message = CkRouteEvent::FromPacket(body); type == CK_ROUTE_EVENT)
        {
            m_log << "event " << RouteEventName(message->kind) << " " << message->route << " of "
                  << message->session;
        }
        else if (const auto message = CkAcknowledgement::FromPacket(body);
                 type == CK_ACKNOWLEDGEMENT)
        {
            m_log << "ack " << message->command << (message->done ? " done" : " refused: ")
                  << message->reason;
        }
        else
        {
            m_log << "message of type " << type;
        }
        m_log << (incident.IsValid() ? " " + incident.ToString() : "") << "\n";
    }

    /// @endcond

    Ptr<MessageEndpoint> m_endpoint{CreateObject<MessageEndpoint>()}; //!< endpoint
    Ptr<HelloAgent> m_hello{CreateObject<HelloAgent>()};              //!< liveness
    PeerId m_peer;                                                    //!< the KM
    std::ostringstream m_log;                                         //!< messages
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCRIPTED_CONTROLLER_H */
