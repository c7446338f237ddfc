/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-client-fixture.h"

#include "ns3/qkdn-plant-helper.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::client_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The controller cannot be reached for 10 s.
 */
class ClientOutageTest : public ControllerClientTest
{
  public:
    ClientOutageTest()
        : ControllerClientTest("After an outage it tells what the controller has missed")
    {
    }

  private:
    void DoRun() override
    {
        m_client->AddSession(MakeSession(SESSION));
        At(1, [this] { m_controller.SendRoutes(1, SESSION, W, P, {}); });
        ReportEvent(2, ROUTE_EVENT_SUPPLY_INTERRUPTED, W, 1); // heard long before the outage
        ReportEvent(3, ROUTE_EVENT_SUPPLY_RESUMED, W, 1);
        ReportEvent(9.5, ROUTE_EVENT_SIGNAL_FAIL, P, 2); // just before: perhaps not heard
        ReportEvent(9.5, ROUTE_EVENT_SIGNAL_FAIL, R, 2);
        Expect(10,
               "registration of 1: 12 ACTIVE 1000\nrequest 9 to 4\nack 1 done\n"
               "event supply-interrupted 1 of 9 0-1\nevent supply-resumed 1 of 9 0-1\n"
               "event signal-fail 2 of 9 0-2\nevent signal-fail 3 of 9 0-2");
        m_network->ShutBoth(true);
        // lost on the way: nobody knows of the outage yet
        ReportLink(10.125, LINK_PASSIVE, 900, 3);
        ReportEvent(10.25, ROUTE_EVENT_SIGNAL_FAIL, W, 3);
        At(14, [this] { NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), false, "noticed"); });
        ReportEvent(15, ROUTE_EVENT_CLEAR, P, 2);
        ReportEvent(16, ROUTE_EVENT_HOLD_OFF_OVER, W, 3);
        ReportEvent(17, ROUTE_EVENT_SWITCH, P, 3);
        ReportEvent(18, ROUTE_EVENT_SWITCHED, P, 3);
        ReportLink(19, LINK_PASSIVE, 800);
        Expect(20, "");
        m_network->ShutBoth(false);
        RunUntil(23);
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), true, "back within 3 s");
        Expect(23,
               "registration of 1: 12 PASSIVE 800\n"
               "link 12 PASSIVE 800 0-3\n"
               "event signal-fail 3 of 9 0-2\n"
               "event signal-fail 1 of 9 0-3\n"
               "event clear 2 of 9 0-2\n"
               "event hold-off-over 1 of 9 0-3\n"
               "event switched 2 of 9 0-3\n"
               "request 9 to 4\n"
               "request 9 to 4\n"
               "request 9 to 4");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The processes crash and start again.
 */
class ClientRestartTest : public ControllerClientTest
{
  public:
    ClientRestartTest()
        : ControllerClientTest("It starts again after a crash of either end")
    {
    }

  private:
    void DoRun() override
    {
        m_client->AddSession(MakeSession(SESSION));
        At(0.5, [this] { m_controller.SendRoutes(1, SESSION, W, P, {}); });
        Expect(5, "registration of 1: 12 ACTIVE 1000\nrequest 9 to 4\nack 1 done");
        m_client->Stop();
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), false, "stopped");
        ReportLink(6, LINK_PASSIVE, 900, 1);
        ReportEvent(6, ROUTE_EVENT_SIGNAL_FAIL, W, 1);
        At(6.5, [this] { m_client->Stop(); }); // a process that has no memory
        At(7, m_start);
        At(7.75, [this] { m_controller.SendRoutes(2, SESSION, W, P, {}); });
        Expect(12, "registration of 1: 12 PASSIVE 900\nrequest 9 to 4\nack 2 done");
        m_controller.Stop();
        RunUntil(12.1);
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), false, "the controller's process is gone");
        At(15, [this] { m_controller.Restart(); });
        Expect(16.9,
               "registration of 1: 12 PASSIVE 900\nrequest 9 to 4\n"
               "request 9 to 4");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief KM and controller on one node with one service address.
 */
class ClientSameNodeTest : public ControllerClientTest
{
  public:
    ClientSameNodeTest()
        : ControllerClientTest("A controller on the same node is reached by its service address")
    {
    }

  private:
    void DoSetup() override
    {
        NodeContainer nodes(2);
        m_plant.InstallStack(nodes);
        const Ipv4Address address = PlantHelper::GetServiceAddress(nodes.Get(0));
        Make(nodes.Get(0),
             InetSocketAddress(address, PORT),
             nodes.Get(0),
             InetSocketAddress(address, PORT + 1));
    }

    void DoRun() override
    {
        m_client->AddSession(MakeSession(SESSION));
        At(0.5, [this] { m_controller.SendRoutes(1, SESSION, W, P, Incident(1)); });
        ReportEvent(1, ROUTE_EVENT_SIGNAL_FAIL, W, 2);
        // nothing is lost on the way, and an idle connection stays
        Expect(1000,
               "registration of 1: 12 ACTIVE 1000\nrequest 9 to 4\nack 1 done 0-1\n"
               "event signal-fail 1 of 9 0-2");
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), true, "connected");
        m_controller.Stop();
        RunUntil(1001);
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), false, "refused");
        At(1004, [this] { m_controller.Restart(); });
        At(1006.9, [this] { m_controller.SendRoutes(2, SESSION, W, P, {}); });
        RunUntil(1010);
        const std::string log = m_controller.TakeLog();
        NS_TEST_EXPECT_MSG_EQ(log.find("registration of 1: 12 ACTIVE 1000\n"
                                       "event signal-fail 1 of 9 0-2\nrequest 9 to 4\n"),
                              0,
                              log);
        NS_TEST_EXPECT_MSG_NE(log.find("ack 2 done"), std::string::npos, log);
        m_client->Stop();
        At(1011, m_start);
        Expect(1012.5, "registration of 1: 12 ACTIVE 1000\nrequest 9 to 4\nrequest 9 to 4");
    }

    PlantHelper m_plant; //!< helper
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class ControllerClientFailureTestSuite : public TestSuite
{
  public:
    ControllerClientFailureTestSuite()
        : TestSuite("qkdn-controller-client-failure", Type::UNIT)
    {
        AddTestCase(new ClientOutageTest);
        AddTestCase(new ClientRestartTest);
        AddTestCase(new ClientSameNodeTest);
    }
};

static ControllerClientFailureTestSuite g_controllerClientFailureTestSuite; //!< registers the suite
