/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_TEST_NETWORK_H
#define QKDN_CONTROLLER_TEST_NETWORK_H

#include "qkdn-test-schedule.h"

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/simple-channel.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simple-net-device.h"
#include "ns3/test.h"

#include <deque>
#include <map>
#include <memory>
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

    std::map<LinkId, CkLinkState> m_links;   //!< its links
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
        const auto accepted =
            type == MC_POLICY_ACCEPTED ? McPolicyAccepted::FromPacket(body) : std::nullopt;
        m_accepted.push_back(accepted ? accepted->number : 0);
        return "policy";
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The ring of KMs 1-2-4-3-1 with QKD links 12, 24, 34, 13, a controller (node 0) and a
 * manager (node 5) on one local network.
 */
class ControllerTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit ControllerTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /// A failure as its detector names it.
    static constexpr IncidentId INCIDENT{7, 3};

    /// The node of KM 1; 0 puts it beside the controller.
    virtual uint32_t NodeOfFirst() const
    {
        return 1;
    }

    void DoSetup() override
    {
        m_nodes = NodeContainer();
        m_nodes.Create(6);
        InternetStackHelper internet;
        internet.SetIpv6StackInstall(false);
        internet.Install(m_nodes);
        m_channel = CreateObject<SimpleChannel>();
        m_channel->SetAttribute("Delay", TimeValue(MilliSeconds(1)));
        m_devices = SimpleNetDeviceHelper().Install(m_nodes, m_channel);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(m_devices);

        // node 0 reaches itself through its loopback interface
        Ptr<Ipv4> self = m_nodes.Get(0)->GetObject<Ipv4>();
        self->AddAddress(0, Ipv4InterfaceAddress(At(0, 0).GetIpv4(), Ipv4Mask::GetOnes()));

        m_controller = CreateObject<QkdnController>();
        m_controller->SetIdentity(1, At(0, 7011));
        m_controller->SetManager(At(0, 7020), At(5, 7021));
        for (uint32_t i = 1; i <= 4; ++i)
        {
            const uint32_t node = i == 1 ? NodeOfFirst() : i;
            m_controller->AddKeyManager(KmId(i), At(node, 7010));
            m_kms[i] = std::make_unique<ScriptedKm>(KmId(i),
                                                    m_nodes.Get(node),
                                                    At(node, 7010),
                                                    At(0, 7011));
        }
        m_manager = std::make_unique<ScriptedManager>(m_nodes.Get(5), At(5, 7021), At(0, 7020));
        for (const auto& [a, b] : {std::make_pair(1, 2), {2, 4}, {3, 4}, {1, 3}})
        {
            m_kms[a]->AddLink(10 * a + b, b, RATE_BPS);
            m_kms[b]->AddLink(10 * a + b, a, RATE_BPS);
        }
        m_nodes.Get(0)->AddApplication(m_controller);
        m_controller->TraceConnectWithoutContext(
            "BadMessage",
            MakeCallback(&ControllerTest::CountBadMessage, this));
        m_controller->TraceConnectWithoutContext("Informed",
                                                 MakeCallback(&ControllerTest::Informed, this));
        m_controller->TraceConnectWithoutContext("Decision",
                                                 MakeCallback(&ControllerTest::Decision, this));
        m_controller->TraceConnectWithoutContext("Completed",
                                                 MakeCallback(&ControllerTest::Completed, this));
    }

    void DoTeardown() override
    {
        m_manager.reset();
        for (auto& km : m_kms)
        {
            km.reset();
        }
        Simulator::Destroy();
        m_controller = nullptr;
        m_channel = nullptr;
    }

    /// A session of KM 1: its master asks for it after each connection.
    CkSessionRequest& AddSession(uint32_t number, uint32_t slaveKm, ResilienceClass resilience)
    {
        CkSessionRequest request{SessionId(number), KmId(1), KmId(slaveKm), 256, {}};
        request.policy.resilienceClass = resilience;
        request.policy.priority = 1;
        request.policy.wtr = Seconds(5);
        m_kms[1]->m_sessions.push_back(request);
        return m_kms[1]->m_sessions.back();
    }

    /// Both ends of a link report its status.
    void SetLink(uint32_t link, LinkStatus status, IncidentId incident = IncidentId())
    {
        m_kms[link / 10]->Report(link, status, incident);
        m_kms[link % 10]->Report(link, status, incident);
    }

    /// Cut or repair the network between the controller and a node.
    void SetCut(uint32_t node, bool cut)
    {
        const auto a = DynamicCast<SimpleNetDevice>(m_devices.Get(0));
        const auto b = DynamicCast<SimpleNetDevice>(m_devices.Get(node));
        if (cut)
        {
            m_channel->BlackList(a, b);
            m_channel->BlackList(b, a);
        }
        else
        {
            m_channel->UnBlackList(a, b);
            m_channel->UnBlackList(b, a);
        }
    }

    /// What a peer received since the last call, joined by "; ".
    std::string Take(ScriptedPeer& peer)
    {
        std::string text;
        for (const std::string& line : peer.m_log)
        {
            text += (text.empty() ? "" : "; ") + line;
        }
        peer.m_log.clear();
        peer.m_times.clear();
        return text;
    }

    /// What KMs received since the last call.
    std::string TakeKm(uint32_t km)
    {
        return Take(*m_kms[km]);
    }

    /// Compare texts; unlike ns-3's macro it evaluates them once.
    void ExpectText(const std::string& actual, const std::string& expected, const char* what)
    {
        NS_TEST_EXPECT_MSG_EQ(actual, expected, what);
    }

    /// Forget what all KMs received.
    void Forget()
    {
        for (uint32_t km = 1; km <= 4; ++km)
        {
            TakeKm(km);
        }
    }

    /// Address on a node.
    static InetSocketAddress At(uint32_t node, uint16_t port)
    {
        return InetSocketAddress(Ipv4Address(0x0a000001 + node), port);
    }

    static constexpr uint64_t RATE_BPS = 1000; //!< key rate of each link, bit/s

    Ptr<QkdnController> m_controller;           //!< what is tested
    std::unique_ptr<ScriptedKm> m_kms[5];       //!< KMs 1 to 4
    std::unique_ptr<ScriptedManager> m_manager; //!< the manager
    uint32_t m_badMessages{0};                  //!< messages that changed nothing
    std::string m_marks;                        //!< Informed, Decision, Completed
    std::vector<Time> m_markTimes;              //!< when
    IncidentId m_markIncident;                  //!< incident of the newest

  private:
    /// @cond
    void Mark(const std::string& text, IncidentId incident)
    {
        m_marks += (m_marks.empty() ? "" : "; ") + text;
        m_markTimes.push_back(Simulator::Now());
        m_markIncident = incident;
    }

    void CountBadMessage(uint32_t, KmId, uint16_t)
    {
        ++m_badMessages;
    }

    void Informed(SessionId session, IncidentId incident)
    {
        Mark("informed s" + std::to_string(session.value), incident);
    }

    void Decision(SessionId, RouteId from, RouteId to, IncidentId incident)
    {
        Mark("decision " + RouteText(from) + " " + RouteText(to), incident);
    }

    void Completed(SessionId, RouteId route, IncidentId incident)
    {
        Mark("completed " + RouteText(route), incident);
    }

    /// @endcond

    NodeContainer m_nodes;        //!< the nodes
    NetDeviceContainer m_devices; //!< their devices
    Ptr<SimpleChannel> m_channel; //!< the local network
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_TEST_NETWORK_H */
