/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_FIXTURE_H
#define QKDN_MANAGER_FIXTURE_H

#include "qkdn-test-schedule.h"

#include "ns3/double.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/test.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Numbers in tests of the manager.
 */
struct ManagerTestNumbers
{
    static constexpr uint16_t CONTROLLER_PORT = 7020; //!< controllers' end of Mc
    static constexpr uint16_t MANAGER_PORT = 7021;    //!< manager's end of Mc

    static inline const IncidentId INCIDENT{2, 7};    //!< a failure
    static inline const SessionId SESSION{1};         //!< a session
    static inline const RouteId WORKING{0x100001};    //!< its working route
    static inline const RouteId PROTECTION{0x100002}; //!< its protection route
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that says what the test wants, and notes what the manager says.
 */
class ScriptedController : public ManagerTestNumbers
{
  public:
    /**
     * @brief Constructor
     * @param node its node
     * @param local address and port of its end of Mc
     * @param manager those of the manager
     */
    ScriptedController(Ptr<Node> node, const Address& local, const Address& manager)
        : m_endpoint(CreateObject<MessageEndpoint>()),
          m_hello(CreateObject<HelloAgent>())
    {
        m_endpoint->SetNode(node);
        m_endpoint->SetReceiveCallback(MakeCallback(&ScriptedController::Receive, this));
        m_endpoint->SetPeerCallback(MakeCallback(&ScriptedController::PeerConnected, this));
        m_endpoint->Listen(local);
        m_peer = m_endpoint->AddPeer(manager);
        m_hello->SetNode(node);
        m_hello->SetPeerCallback(MakeCallback(&ScriptedController::PeerAlive, this));
        m_hello->Listen(local);
        m_hello->AddPeer(manager);
    }

    ~ScriptedController()
    {
        m_endpoint->Dispose();
        m_hello->Dispose();
    }

    /**
     * @brief Send a message.
     * @param type its type
     * @param body its body
     * @param incident the failure behind it
     * @return whether it was sent
     */
    bool Send(uint16_t type, Ptr<Packet> body, IncidentId incident = IncidentId())
    {
        return m_endpoint->Send(m_peer, type, body, incident);
    }

    /// Send a report of a route.
    bool SendRoute(RouteId route, RouteRole role, McRouteState state)
    {
        return Send(
            MC_ROUTE_STATUS,
            McRouteStatus{KeyRoute{route, SESSION, role, {KmId(1), KmId(2)}, 0}, state}.ToPacket());
    }

    /// Send a report of the session.
    bool SendSession(McSupplyState state)
    {
        return Send(MC_SESSION_STATUS,
                    McSessionStatus{SESSION, CLASS_ROUTE_1_1, WORKING, PROTECTION, RouteId(), state}
                        .ToPacket());
    }

    /// Send a report of an action.
    bool SendOperation(McOperationKind kind,
                       RouteId from,
                       RouteId to,
                       std::optional<Time> completed = std::nullopt)
    {
        McOperation operation;
        operation.kind = kind;
        operation.session = SESSION;
        operation.from = from;
        operation.to = to;
        operation.informed = Seconds(1);
        operation.completed = completed.value_or(Simulator::Now());
        return Send(MC_OPERATION, operation.ToPacket(), INCIDENT);
    }

    /// Crash.
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

    bool m_accepts{true};             //!< whether it accepts policies
    std::vector<McPolicy> m_policies; //!< policies received

  private:
    /// @cond
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId)
    {
        const auto policy = type == MC_POLICY ? McPolicy::FromPacket(body) : std::nullopt;
        if (!policy)
        {
            m_policies.emplace_back();
            return;
        }
        m_policies.push_back(*policy);
        if (m_accepts)
        {
            m_endpoint->Send(peer, MC_POLICY_ACCEPTED, McPolicyAccepted{policy->number}.ToPacket());
        }
    }

    void PeerConnected(PeerId, bool)
    {
    }

    void PeerAlive(HelloPeerId, bool alive)
    {
        if (alive)
        {
            m_endpoint->Reconnect(m_peer);
            return;
        }
        m_endpoint->Abandon(m_peer);
    }

    /// @endcond

    Ptr<MessageEndpoint> m_endpoint; //!< Mc
    Ptr<HelloAgent> m_hello;         //!< liveness
    PeerId m_peer;                   //!< the manager
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A manager on the first node, and scripted controllers.
 */
class ManagerTest : public TestCase, public ManagerTestNumbers
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit ManagerTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    void DoSetup() override
    {
        m_nodes.Create(2);
        PlantHelper plant;
        plant.InstallStack(m_nodes);
        m_span = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(25.0));
        FibrePath path;
        path.AddSpan(m_span);
        plant.Connect("link", m_nodes.Get(0), m_nodes.Get(1), path, DataRate("1Gbps"));
        m_manager = CreateObject<QkdnManager>();
        m_nodes.Get(0)->AddApplication(m_manager);
        m_manager->SetIdentity(ServiceAt(0, MANAGER_PORT));
        m_manager->TraceConnectWithoutContext("Operation",
                                              MakeCallback(&ManagerTest::OperationEntered, this));
        m_manager->TraceConnectWithoutContext("RouteStatus",
                                              MakeCallback(&ManagerTest::RouteChanged, this));
        m_manager->TraceConnectWithoutContext("SessionStatus",
                                              MakeCallback(&ManagerTest::SessionChanged, this));
        m_manager->TraceConnectWithoutContext("LinkStatus",
                                              MakeCallback(&ManagerTest::LinkChanged, this));
        m_manager->TraceConnectWithoutContext("Policy",
                                              MakeCallback(&ManagerTest::PolicyMoved, this));
        m_manager->TraceConnectWithoutContext("Controller",
                                              MakeCallback(&ManagerTest::ControllerChanged, this));
        m_manager->TraceConnectWithoutContext("Process",
                                              MakeCallback(&ManagerTest::ProcessChanged, this));
        m_manager->TraceConnectWithoutContext("BadMessage",
                                              MakeCallback(&ManagerTest::MessageRefused, this));
    }

    /**
     * @brief An address on a node.
     * @param node 0 or 1
     * @param port the port
     * @return the address
     */
    Address ServiceAt(uint32_t node, uint16_t port) const
    {
        return InetSocketAddress(PlantHelper::GetServiceAddress(m_nodes.Get(node)), port);
    }

    /**
     * @brief Add a controller.
     * @param node its node, 0 for that of the manager
     */
    void AddController(uint32_t node)
    {
        const auto number = static_cast<uint32_t>(m_controllers.size() + 1);
        const auto port = static_cast<uint16_t>(CONTROLLER_PORT - 10 * m_controllers.size());
        const Address local = ServiceAt(node, port);
        m_manager->AddController(number, local);
        m_controllers.push_back(std::make_unique<ScriptedController>(m_nodes.Get(node),
                                                                     local,
                                                                     ServiceAt(0, MANAGER_PORT)));
    }

    /**
     * @brief The first controller.
     * @return the controller
     */
    ScriptedController& Controller()
    {
        return *m_controllers.front();
    }

    void DoTeardown() override
    {
        m_controllers.clear();
        m_manager = nullptr;
        m_nodes = NodeContainer();
        m_span = nullptr;
        Simulator::Destroy();
    }

    NodeContainer m_nodes;                                          //!< the nodes
    Ptr<FibreSpan> m_span;                                          //!< the fibre between them
    Ptr<QkdnManager> m_manager;                                     //!< the manager
    std::vector<std::unique_ptr<ScriptedController>> m_controllers; //!< controllers
    std::vector<McOperation> m_operations;                          //!< trace Operation
    std::vector<IncidentId> m_incidents;                            //!< their incidents
    std::vector<McRouteStatus> m_routes;                            //!< trace RouteStatus
    std::vector<McSessionStatus> m_sessions;                        //!< trace SessionStatus
    std::vector<McLinkStatus> m_links;                              //!< trace LinkStatus
    std::string m_policies;                                         //!< trace Policy
    std::string m_states;                                           //!< trace Controller
    std::string m_processes;                                        //!< trace Process
    std::vector<uint16_t> m_refused;                                //!< trace BadMessage

  private:
    /// @cond
    void OperationEntered(const McOperation& operation, IncidentId incident)
    {
        m_operations.push_back(operation);
        m_incidents.push_back(incident);
    }

    void RouteChanged(const McRouteStatus& status)
    {
        m_routes.push_back(status);
    }

    void SessionChanged(const McSessionStatus& status)
    {
        m_sessions.push_back(status);
    }

    void LinkChanged(const McLinkStatus& status)
    {
        m_links.push_back(status);
    }

    void PolicyMoved(const McPolicy& policy, bool accepted)
    {
        m_policies += (accepted ? "accepted " : "sent ") + std::to_string(policy.number) + ", ";
    }

    void ControllerChanged(uint32_t controller, const std::string& state)
    {
        m_states += std::to_string(controller) + " " + state + ", ";
    }

    void ProcessChanged(bool running)
    {
        m_processes += running ? "up " : "down ";
    }

    void MessageRefused(uint32_t, uint16_t type)
    {
        m_refused.push_back(type);
    }

    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_FIXTURE_H */
