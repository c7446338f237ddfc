/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCRIPTED_PEERS_H
#define QKDN_SCRIPTED_PEERS_H

#include "ns3/abort.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-ck-role-messages.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/simulator.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// Upper bits of the numbers of routes of controller 1.
constexpr uint32_t FIRST_ROUTE = 1U << 20;

/**
 * @ingroup qkdn-resilience-tests
 * @brief A route by its number at controller 1.
 * @param id the route
 * @return for example "r1", "-" for none
 */
inline std::string
RouteText(RouteId id)
{
    return id.IsValid() ? "r" + std::to_string(id.value - FIRST_ROUTE) : "-";
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief One end of Ck or Mc that does as it is told.
 */
class ScriptedPeer
{
  public:
    /**
     * @brief Constructor
     * @param node its node
     * @param local its address
     * @param controller the controller's address
     */
    ScriptedPeer(Ptr<Node> node, const Address& local, const Address& controller)
        : m_endpoint(CreateObject<MessageEndpoint>()),
          m_hello(CreateObject<HelloAgent>())
    {
        m_endpoint->SetNode(node);
        m_endpoint->SetReceiveCallback(MakeCallback(&ScriptedPeer::Receive, this));
        m_endpoint->SetPeerCallback(MakeCallback(&ScriptedPeer::PeerConnected, this));
        m_endpoint->Listen(local);
        m_peer = m_endpoint->AddPeer(controller);
        m_hello->SetNode(node);
        m_hello->SetPeerCallback(MakeCallback(&ScriptedPeer::PeerAlive, this));
        m_hello->AddPeer(controller);
        m_hello->Listen(local);
    }

    virtual ~ScriptedPeer()
    {
        m_endpoint->Dispose();
        m_hello->Dispose();
    }

    /// Send a message; the connection has to be up.
    void Send(uint16_t type, Ptr<Packet> body, IncidentId incident = IncidentId())
    {
        NS_ABORT_MSG_UNLESS(m_endpoint->Send(m_peer, type, body, incident), "not connected");
    }

    /// Stop as a process that crashes.
    void Stop()
    {
        m_endpoint->Stop();
        m_hello->Stop();
    }

    /// Start again.
    void Start()
    {
        m_endpoint->Start();
        m_hello->Start();
    }

    std::vector<std::string> m_log; //!< what was received, as text
    std::vector<Time> m_times;      //!< when
    IncidentId m_incident;          //!< incident of the newest message

  protected:
    /// The connection is up.
    virtual void Connected() = 0;
    /// A message as text; may answer.
    virtual std::string Handle(uint16_t type, Ptr<Packet> body) = 0;

  private:
    /// @cond
    void Receive(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        m_incident = incident;
        m_times.push_back(Simulator::Now());
        m_log.push_back(Handle(type, body));
    }

    void PeerConnected(PeerId, bool up)
    {
        if (up)
        {
            Connected();
        }
    }

    void PeerAlive(HelloPeerId, bool alive)
    {
        if (alive)
        {
            m_endpoint->Reconnect(m_peer);
        }
        else
        {
            m_endpoint->Abandon(m_peer);
        }
    }

    /// @endcond

    Ptr<MessageEndpoint> m_endpoint; //!< messages
    Ptr<HelloAgent> m_hello;         //!< liveness
    PeerId m_peer;                   //!< the controller
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A KM: registers, requests sessions, acknowledges.
 */
class ScriptedKm : public ScriptedPeer
{
  public:
    /// What it does with commands.
    enum Answer
    {
        ACKNOWLEDGE, //!< says that it has done it
        REFUSE,      //!< says that it cannot
        IGNORE       //!< says nothing
    };

    /// Constructor: number, then as ScriptedPeer.
    ScriptedKm(KmId id, Ptr<Node> node, const Address& local, const Address& controller)
        : ScriptedPeer(node, local, controller),
          m_id(id)
    {
    }

    /// Add a QKD link; numbers like 12 for that between KMs 1 and 2.
    void AddLink(uint32_t link, uint32_t neighbour, uint64_t rateBps)
    {
        CkLinkState& state = m_links[LinkId(link)];
        state.link = LinkId(link);
        state.neighbour = KmId(neighbour);
        state.neighbourAlive = true;
        state.status = LINK_ACTIVE;
        state.keyRateBps = rateBps;
        state.poolBits = 100000;
    }

    /// Change the status of a link and report it.
    void Report(uint32_t link, LinkStatus status, IncidentId incident = IncidentId())
    {
        CkLinkState& state = m_links.at(LinkId(link));
        state.status = status;
        Send(CK_LINK_REPORT, CkLinkReport{state}.ToPacket(), incident);
    }

    /// Report that the pool of a link is low, or not any more.
    void ReportLow(uint32_t link, bool low)
    {
        CkLinkState& state = m_links.at(LinkId(link));
        state.poolLow = low;
        Send(CK_LINK_REPORT, CkLinkReport{state}.ToPacket());
    }

    /// Report an event of a route.
    void Event(uint32_t session,
               uint32_t route,
               RouteEventKind kind,
               IncidentId incident = IncidentId(),
               uint32_t failedHop = 0,
               ResilienceTrigger trigger = TRIGGER_LINK_DOWN)
    {
        const CkRouteEvent event{SessionId(session),
                                 RouteId(FIRST_ROUTE + route),
                                 kind,
                                 trigger,
                                 KmId(failedHop)};
        Send(CK_ROUTE_EVENT, event.ToPacket(), incident);
    }

    /// Request a session.
    void Request(const CkSessionRequest& request)
    {
        Send(CK_SESSION_REQUEST, request.ToPacket());
    }

    std::map<LinkId, CkLinkState> m_links; //!< its links

    std::vector<CkLinkDescription> m_descriptions; //!< what is constant of them

    std::deque<CkSessionRequest> m_sessions; //!< requested after each connection
    Answer m_answer{ACKNOWLEDGE};            //!< what it does with commands
    std::vector<uint32_t> m_numbers;         //!< numbers of the commands

  private:
    void Connected() override
    {
        CkRegistration message;
        message.km = m_id;
        for (const auto& link : m_links)
        {
            message.links.push_back(link.second);
        }
        message.descriptions = m_descriptions;
        Send(CK_REGISTRATION, message.ToPacket());
        for (const CkSessionRequest& session : m_sessions)
        {
            Request(session);
        }
    }

    std::string Handle(uint16_t type, Ptr<Packet> body) override
    {
        std::string text = "malformed";
        uint32_t number = 0;
        if (type == CK_ROUTE_INSTALL)
        {
            const auto message = CkRouteInstall::FromPacket(body);
            number = message->command;
            text = "install " + RouteText(message->route.id) + " " +
                   RouteRoleName(message->route.role) + " ";
            for (const KmId km : message->route.kms)
            {
                text += std::to_string(km.value);
            }
            text += message->route.floorBits > 0
                        ? " floor " + std::to_string(message->route.floorBits)
                        : "";
        }
        else if (type == CK_ROUTE_RELEASE)
        {
            const auto message = CkRouteRelease::FromPacket(body);
            number = message->command;
            text = "release " + RouteText(message->route);
        }
        else if (type == CK_SESSION_ROUTES)
        {
            const auto message = CkSessionRoutes::FromPacket(body);
            number = message->command;
            text = "routes s" + std::to_string(message->session.value) + " " +
                   RouteText(message->working) + " " + RouteText(message->protection) + " " +
                   RouteText(message->recovery) +
                   (message->refusal.empty() ? "" : " " + message->refusal);
        }
        else if (type == CK_SESSION_RATE)
        {
            const auto message = CkSessionRate::FromPacket(body);
            number = message->command;
            text = "rate s" + std::to_string(message->session.value) + " " +
                   std::to_string(message->grantedBps);
        }
        m_numbers.push_back(number);
        if (m_answer != IGNORE)
        {
            const bool done = m_answer == ACKNOWLEDGE;
            Send(CK_ACKNOWLEDGEMENT,
                 CkAcknowledgement{number, done, done ? "" : "as told"}.ToPacket());
        }
        return text;
    }

    KmId m_id; //!< its number
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A manager: notes what it is told.
 */
class ScriptedManager : public ScriptedPeer
{
  public:
    using ScriptedPeer::ScriptedPeer;

    std::vector<McOperation> m_operations;        //!< operations
    std::map<SessionId, McSupplyState> m_supply;  //!< newest state of each session
    std::map<SessionId, bool> m_sharesRisk;       //!< whether a risk group breaks both its routes
    std::map<RouteId, McRouteState> m_routes;     //!< newest status of each route
    std::map<LinkId, LinkStatus> m_links;         //!< newest status of each link
    std::vector<uint32_t> m_accepted;             //!< policies in force
    std::vector<IncidentId> m_operationIncidents; //!< incident of each operation

  private:
    void Connected() override
    {
    }

    std::string Handle(uint16_t type, Ptr<Packet> body) override
    {
        if (const auto link =
                type == MC_LINK_STATUS ? McLinkStatus::FromPacket(body) : std::nullopt)
        {
            m_links[link->link] = link->status;
            return "link";
        }
        if (const auto session =
                type == MC_SESSION_STATUS ? McSessionStatus::FromPacket(body) : std::nullopt)
        {
            m_supply[session->session] = session->state;
            m_sharesRisk[session->session] = session->sharesRisk;
            return "session";
        }
        if (const auto route =
                type == MC_ROUTE_STATUS ? McRouteStatus::FromPacket(body) : std::nullopt)
        {
            m_routes[route->route.id] = route->state;
            return "route";
        }
        if (const auto operation =
                type == MC_OPERATION ? McOperation::FromPacket(body) : std::nullopt)
        {
            m_operations.push_back(*operation);
            m_operationIncidents.push_back(m_incident);
            return std::string(McOperationName(operation->kind)) + " s" +
                   std::to_string(operation->session.value) + " " + RouteText(operation->from) +
                   " " + RouteText(operation->to);
        }
        if (type == MC_ROLE && ControllerTerm::FromPacket(body))
        {
            return "role";
        }
        if (type == MC_ROUTE_LIST && CkRouteList::FromPacket(body))
        {
            return "routes";
        }
        if (type == MC_KM_STATUS && McKmStatus::FromPacket(body))
        {
            return "km";
        }
        if (type == MC_LINK_DESCRIPTION && McLinkDescription::FromPacket(body))
        {
            return "about link";
        }
        const auto accepted =
            type == MC_POLICY_ACCEPTED ? McPolicyAccepted::FromPacket(body) : std::nullopt;
        m_accepted.push_back(accepted ? accepted->number : 0);
        return "policy";
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCRIPTED_PEERS_H */
