/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_CLIENT_FIXTURE_H
#define QKDN_CONTROLLER_CLIENT_FIXTURE_H

#include "qkdn-scripted-controller.h"
#include "qkdn-test-schedule.h"
#include "qkdn-transport-test-network.h"

#include "ns3/test.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{
namespace client_test
{

inline const KmId SELF(1);         //!< the KM
inline const LinkId LINK(12);      //!< its link
inline const SessionId SESSION(9); //!< a session
inline const RouteId W(1);         //!< its working route
inline const RouteId P(2);         //!< its protection route
inline const RouteId R(3);         //!< its recovery route
constexpr uint16_t PORT = 7010;    //!< of the KM, the next one is the controller's

/**
 * @ingroup qkdn-resilience-tests
 * @brief An incident.
 * @param counter its number
 * @return the incident, "0-counter" as text
 */
inline IncidentId
Incident(uint32_t counter)
{
    return IncidentId{1, counter};
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session of which the KM serves the master application.
 * @param id its number
 * @return the session
 */
inline KeySession
MakeSession(SessionId id)
{
    KeySession session;
    session.id = id;
    session.masterKm = SELF;
    session.slaveKm = KmId(4);
    return session;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief An event of a route of the session.
 * @param kind the event
 * @param route the route
 * @param session the session
 * @return the event
 */
inline CkRouteEvent
MakeEvent(RouteEventKind kind, RouteId route = W, SessionId session = SESSION)
{
    CkRouteEvent event;
    event.session = session;
    event.route = route;
    event.kind = kind;
    return event;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A state of the link.
 * @param status its status
 * @param poolBits its pool level, bit
 * @return the state
 */
inline CkLinkState
MakeLink(LinkStatus status, uint64_t poolBits)
{
    CkLinkState state;
    state.link = LINK;
    state.neighbour = KmId(2);
    state.neighbourAlive = true;
    state.status = status;
    state.keyRateBps = 1000;
    state.poolBits = poolBits;
    return state;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller client and a scripted controller on two nodes.
 */
class ControllerClientTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit ControllerClientTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    void DoSetup() override
    {
        m_network = std::make_unique<TestNetwork>();
        Make(m_network->Get(0),
             TestNetwork::At(0, PORT),
             m_network->Get(1),
             TestNetwork::At(1, PORT + 1));
    }

    /**
     * @brief Make both ends and start them in the first event.
     * @param node node of the KM
     * @param local address of the KM
     * @param controllerNode node of the controller
     * @param remote address of the controller
     */
    void Make(Ptr<Node> node,
              const InetSocketAddress& local,
              Ptr<Node> controllerNode,
              const InetSocketAddress& remote)
    {
        m_km.m_registration.km = SELF;
        m_km.m_registration.links = {MakeLink(LINK_ACTIVE, 1000)};
        m_client = CreateObject<ControllerClient>();
        m_client->Configure(SELF);
        m_client->SetCallbacks(&m_km);
        m_client->TraceConnectWithoutContext(
            "BadMessage",
            MakeCallback(&ControllerClientTest::CountBadMessage, this));
        m_start = [this, node, local, remote] { m_client->Start(node, local, remote); };
        At(0, m_start);
        At(0, [this, controllerNode, local, remote] {
            m_controller.Start(controllerNode, remote, local);
        });
    }

    void DoTeardown() override
    {
        m_client->Dispose();
        m_client = nullptr;
        m_start = nullptr;
        m_controller.Dispose();
        m_network.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Run and check what the controller has received since the last time.
     * @param seconds until when
     * @param expected messages, one a line
     */
    void Expect(double seconds, const std::string& expected)
    {
        RunUntil(seconds);
        // a variable: the macro reads its arguments twice
        const std::string log = m_controller.TakeLog();
        NS_TEST_EXPECT_MSG_EQ("\n" + log,
                              "\n" + (expected.empty() ? "" : expected + "\n"),
                              "received up to " << seconds << " s");
    }

    /**
     * @brief Check what the KM has carried out since the last time.
     * @param expected commands, one a line
     */
    void ExpectDone(const std::string& expected)
    {
        const std::string log = m_km.TakeLog();
        NS_TEST_EXPECT_MSG_EQ(log, expected, "carried out");
    }

    /**
     * @brief Report a state of the link.
     * @param seconds when
     * @param status its status
     * @param poolBits its pool level, bit
     * @param incident number of the incident, 0 for none
     */
    void ReportLink(double seconds, LinkStatus status, uint64_t poolBits, uint32_t incident = 0)
    {
        At(seconds, [this, status, poolBits, incident, client = m_client] {
            m_km.m_registration.links = {MakeLink(status, poolBits)};
            client->ReportLink(MakeLink(status, poolBits),
                               incident > 0 ? Incident(incident) : IncidentId());
        });
    }

    /**
     * @brief Report an event.
     * @param seconds when
     * @param kind the event
     * @param route the route
     * @param incident number of the incident
     */
    void ReportEvent(double seconds, RouteEventKind kind, RouteId route, uint32_t incident)
    {
        At(seconds, [=, client = m_client] {
            client->ReportRouteEvent(MakeEvent(kind, route), Incident(incident));
        });
    }

    std::unique_ptr<TestNetwork> m_network; //!< the network
    ScriptedClientUser m_km;                //!< carries out commands
    Ptr<ControllerClient> m_client;         //!< the client
    ScriptedCkController m_controller;      //!< the controller
    std::function<void()> m_start;          //!< starts the client
    std::vector<uint16_t> m_badMessages;    //!< types of messages not understood

  private:
    /**
     * @brief Trace sink of BadMessage.
     * @param type the type
     */
    void CountBadMessage(uint16_t type)
    {
        m_badMessages.push_back(type);
    }
};

} // namespace client_test
} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_CLIENT_FIXTURE_H */
