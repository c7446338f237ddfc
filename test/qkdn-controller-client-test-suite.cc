/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-client-fixture.h"

#include "ns3/qkdn-controller-group.h"
#include "ns3/qkdn-route-table.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::client_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Registration, and requests until they are answered.
 */
class ClientRequestTest : public ControllerClientTest
{
  public:
    ClientRequestTest()
        : ControllerClientTest("It registers and requests sessions until their routes come")
    {
    }

  private:
    void DoRun() override
    {
        m_client->AddSession(MakeSession(SESSION));
        m_client->AddSession(MakeSession(SessionId(10)));
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), false, "not started");
        Expect(0.5, "registration of 1: 12 ACTIVE 1000\nrequest 9 to 4\nrequest 10 to 4");
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), true, "connected");
        Expect(1.5, "request 9 to 4\nrequest 10 to 4");
        // 1 ms and transmission there: sent 1 s after the connection was up
        m_controller.SendRoutes(1, SESSION, W, P, Incident(1));
        m_km.m_refusal = "not installed";
        m_controller.SendRoutes(2, SessionId(10), W, P, Incident(2));
        At(1.501, [this] { m_km.m_refusal.clear(); });
        RunUntil(1.501);
        m_km.m_refusal = "not installed";
        Expect(1.6, "ack 1 refused: not installed 0-1\nack 2 refused: not installed 0-2");
        m_km.m_refusal.clear();
        m_controller.SendRoutes(3, SESSION, W, P, Incident(1));
        Expect(1.9, "ack 3 done 0-1");
        At(2, [this] { m_client->AddSession(MakeSession(SessionId(11))); });
        Expect(4.5,
               "request 11 to 4\n"
               "request 10 to 4\nrequest 11 to 4\n"
               "request 10 to 4\nrequest 11 to 4\n"
               "request 10 to 4\nrequest 11 to 4");
        for (const uint32_t session : {10, 11})
        {
            m_controller.SendRoutes(session, SessionId(session), RouteId(), RouteId(), {});
        }
        Expect(9, "ack 10 done\nack 11 done");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Commands, good and bad.
 */
class ClientCommandTest : public ControllerClientTest
{
  public:
    ClientCommandTest()
        : ControllerClientTest("Commands are carried out and answered, nonsense is not")
    {
    }

  private:
    /**
     * @brief A command to install a route.
     * @param number number of the command
     * @param route number of the route
     * @param session its session
     * @param kms its KMs
     * @return the message
     */
    static Ptr<Packet> Install(uint32_t number,
                               RouteId route,
                               SessionId session,
                               const std::vector<uint32_t>& kms)
    {
        CkRouteInstall command;
        command.command = number;
        command.route.id = route;
        command.route.session = session;
        command.route.role = ROUTE_PROTECTION;
        for (const uint32_t km : kms)
        {
            command.route.kms.emplace_back(km);
        }
        return command.ToPacket();
    }

    void DoRun() override
    {
        m_client->AddSession(MakeSession(SESSION));
        RunUntil(0.5);
        m_controller.TakeLog();
        m_controller.Send(CK_ROUTE_INSTALL, Install(1, W, SESSION, {1, 2, 3}), Incident(1));
        m_controller.Send(CK_ROUTE_INSTALL, Install(1, W, SESSION, {1, 2, 3}), Incident(1));
        m_controller.SendRoutes(2, SESSION, W, P, Incident(2));
        m_controller.Send(CK_ROUTE_RELEASE, CkRouteRelease{3, P}.ToPacket(), Incident(3));
        Expect(0.6, "ack 1 done 0-1\nack 1 done 0-1\nack 2 done 0-2\nack 3 done 0-3");
        ExpectDone("install 1\ninstall 1\nuse 1 2 0 for 9 0-2\nrelease 2\n");
        m_km.m_refusal = "out of routes";
        m_controller.Send(CK_ROUTE_INSTALL, Install(4, W, SESSION, {1, 2}), Incident(1));
        m_controller.Send(CK_ROUTE_RELEASE, CkRouteRelease{5, P}.ToPacket(), IncidentId());
        Expect(0.7, "ack 4 refused: out of routes 0-1\nack 5 refused: out of routes");
        m_km.TakeLog();
        m_km.m_refusal.clear();
        m_controller.Send(CK_ROUTE_INSTALL, Install(6, RouteId(), SESSION, {1, 2}), {});
        m_controller.Send(CK_ROUTE_INSTALL, Install(7, W, SessionId(), {1, 2}), {});
        m_controller.Send(CK_ROUTE_INSTALL, Install(8, W, SESSION, {1, 2, 3, 2}), {});
        m_controller.Send(CK_ROUTE_INSTALL, Install(9, W, SESSION, {2, 3}), {});
        m_controller.SendRoutes(10, SessionId(77), W, P, {});
        m_controller.SendRoutes(11, SESSION, W, W, {});
        Expect(0.8,
               "ack 6 refused: the route has no number or no session\n"
               "ack 7 refused: the route has no number or no session\n"
               "ack 8 refused: the route goes through a key manager twice\n"
               "ack 9 refused: the route does not go through this key manager\n"
               "ack 10 refused: no such session here\n"
               "ack 11 refused: a route cannot protect itself");
        // too short, too long, unknown, of the other direction
        const std::vector<uint8_t> bytes(400, 0);
        std::vector<uint16_t> types;
        for (const uint16_t type : {CK_ROUTE_INSTALL, CK_ROUTE_RELEASE, CK_SESSION_ROUTES})
        {
            for (const uint32_t size : {0U, 3U, 400U})
            {
                m_controller.Send(type, Create<Packet>(bytes.data(), size), {});
                types.push_back(type);
            }
        }
        m_controller.Send(0x0499, Create<Packet>(bytes.data(), 8), {});
        m_controller.Send(CK_REGISTRATION, Create<Packet>(bytes.data(), 8), {});
        types.push_back(0x0499);
        types.push_back(CK_REGISTRATION);
        Expect(0.9, "");
        NS_TEST_EXPECT_MSG_EQ((m_badMessages == types), true, "all traced");
        ExpectDone("");
        NS_TEST_EXPECT_MSG_EQ(m_client->IsUp(), true, "still connected");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Reports of links.
 */
class ClientLinkReportTest : public ControllerClientTest
{
  public:
    ClientLinkReportTest()
        : ControllerClientTest("Status changes are reported at once, levels now and then")
    {
    }

  private:
    void DoRun() override
    {
        Expect(0.5, "registration of 1: 12 ACTIVE 1000");
        // 10 % is not more than 10 %
        ReportLink(2, LINK_ACTIVE, 1100);
        ReportLink(2.1, LINK_ACTIVE, 900);
        Expect(5, "");
        ReportLink(5, LINK_ACTIVE, 1101);
        Expect(5.01, "link 12 ACTIVE 1101");
        // within the interval: the newest when it is over
        ReportLink(5.25, LINK_ACTIVE, 2000);
        ReportLink(5.5, LINK_ACTIVE, 3000);
        Expect(5.99, "");
        Expect(6.01, "link 12 ACTIVE 3000");
        // back before it is over
        ReportLink(6.25, LINK_ACTIVE, 5000);
        ReportLink(6.5, LINK_ACTIVE, 3001);
        Expect(8, "");
        // empty, and a first bit
        ReportLink(8, LINK_ACTIVE, 0);
        ReportLink(9.5, LINK_ACTIVE, 1);
        Expect(10, "link 12 ACTIVE 0\nlink 12 ACTIVE 1");
        // status at once, whatever was planned
        ReportLink(10.6, LINK_ACTIVE, 500);
        ReportLink(10.625, LINK_ACTIVE, 900);
        ReportLink(10.65, LINK_PASSIVE, 901, 4);
        ReportLink(10.65, LINK_PASSIVE, 901, 5); // nothing new
        ReportLink(10.675, LINK_ACTIVE, 902, 6);
        Expect(13,
               "link 12 ACTIVE 500\n"
               "link 12 PASSIVE 901 0-4\nlink 12 ACTIVE 902 0-6");
        // its neighbour
        CkLinkState alone = MakeLink(LINK_ACTIVE, 902);
        alone.neighbourAlive = false;
        At(13, [this, alone] { m_client->ReportLink(alone, Incident(7)); });
        Expect(14, "link 12 ACTIVE 902 alone 0-7");
        // a link that was not registered, and its rate
        CkLinkState other = alone;
        other.link = LinkId(13);
        At(14, [this, other] { m_client->ReportLink(other, IncidentId()); });
        other.keyRateBps = 2000;
        At(16, [this, other] { m_client->ReportLink(other, IncidentId()); });
        Expect(17, "link 13 ACTIVE 902 alone\nlink 13 ACTIVE 902 alone");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link of which there is nothing new is told again.
 */
class ClientRefreshTest : public ControllerClientTest
{
  public:
    ClientRefreshTest()
        : ControllerClientTest("Reports are repeated after a while")
    {
    }

  private:
    void DoRun() override
    {
        m_client->SetAttribute("RefreshInterval", TimeValue(Seconds(4)));
        RunUntil(3);
        m_controller.TakeLog();
        Expect(6, "link 12 ACTIVE 1000");
        ReportLink(7, LINK_PASSIVE, 1000);
        Expect(7.5, "link 12 PASSIVE 1000");
        Expect(10.9, "");
        Expect(11.5, "link 12 PASSIVE 1000");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller grants a session a key rate.
 */
class ClientRateTest : public ControllerClientTest
{
  public:
    ClientRateTest()
        : ControllerClientTest("Key rate of a session")
    {
    }

  private:
    /// The controller sends a key rate.
    void Grant(double seconds, SessionId session, uint64_t bps)
    {
        At(seconds, [this, session, bps] {
            m_controller.Send(CK_SESSION_RATE,
                              CkSessionRate{++m_command, session, bps}.ToPacket(),
                              IncidentId());
        });
    }

    void DoRun() override
    {
        m_client->TraceConnectWithoutContext("SessionRate",
                                             MakeCallback(&ClientRateTest::Rate, this));
        KeySession session = MakeSession(SESSION);
        session.policy.demandBps = 500;
        session.policy.minDemandBps = 100;
        m_client->AddSession(session);
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 500, "what it asks for");
        Grant(3, SESSION, 200);
        Grant(3.1, SESSION, 200);
        RunUntil(4);
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 200, "less");
        Grant(4, SESSION, 501);
        Grant(4, SessionId(77), 1);
        RunUntil(5);
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 200, "not more than it asks for");
        Grant(5, SESSION, 500);
        RunUntil(6);
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 500, "raised");
        NS_TEST_EXPECT_MSG_EQ(m_rates.size(), 2, "traced once each");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages.size(), 0, "all were understood");
    }

    /// @cond
    void Rate(SessionId, uint64_t bps)
    {
        m_rates.push_back(bps);
    }

    /// @endcond

    uint32_t m_command{100};       //!< number of the newest command
    std::vector<uint64_t> m_rates; //!< trace SessionRate
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Of two controllers one is obeyed, whatever it commands.
 */
class ClientObedienceTest : public ControllerClientTest
{
  public:
    ClientObedienceTest()
        : ControllerClientTest("A controller that the KM does not obey grants no key rate")
    {
    }

  private:
    /// The controller sends a key rate.
    void Grant(double seconds, uint64_t bps)
    {
        At(seconds, [this, bps] {
            m_controller.Send(CK_SESSION_RATE,
                              CkSessionRate{++m_command, SESSION, bps}.ToPacket(),
                              IncidentId());
        });
    }

    void DoRun() override
    {
        // the scripted controller is the second one
        const Ptr<ControllerGroup> group = CreateObject<ControllerGroup>();
        const Ptr<ControllerClient> other = CreateObject<ControllerClient>();
        group->AddClient(other);
        group->AddClient(m_client);
        RouteProviderPlace place;
        place.self = SELF;
        place.user = &m_km;
        place.routes = &m_routes;
        group->Attach(place);
        KeySession session = MakeSession(SESSION);
        session.policy.demandBps = 500;
        m_client->AddSession(session);
        Grant(3, 200);
        RunUntil(4);
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 500, "it is not obeyed");
        NS_TEST_EXPECT_MSG_EQ(group->GetObeyed(), other, "but the first one");
        At(4, [this] {
            m_controller.Send(CK_ROLE, ControllerTerm{1, 2}.ToPacket(), IncidentId());
        });
        Grant(5, 200);
        RunUntil(6);
        NS_TEST_EXPECT_MSG_EQ(group->GetObeyed(), m_client, "it is active");
        NS_TEST_EXPECT_MSG_EQ(m_client->GetGrantedBps(SESSION), 200, "now it is");
        const std::string log = m_controller.TakeLog();
        NS_TEST_EXPECT_MSG_EQ((log.find("has not said that it is active") != std::string::npos),
                              true,
                              "refused at first: " << log);
        group->Dispose();
    }

    uint32_t m_command{100}; //!< number of the newest command
    RouteTable m_routes;     //!< routes installed at the KM
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is kept for the controller.
 */
class RouteEventStoreTest : public TestCase
{
  public:
    RouteEventStoreTest()
        : TestCase("The newest state of each session is kept, in order")
    {
    }

  private:
    /**
     * @brief Keep events, send all of them and expect.
     * @param events what happens
     * @param expected names of events and routes
     */
    void Expect(const std::vector<CkRouteEvent>& events, const std::string& expected)
    {
        RouteEventStore store;
        for (const CkRouteEvent& event : events)
        {
            store.Add(event, IncidentId());
        }
        std::string sent;
        store.Flush(Seconds(1), [&sent](const CkRouteEvent& event, IncidentId) {
            sent += std::string(RouteEventName(event.kind)) + " " +
                    std::to_string(event.route.value) + ", ";
            return true;
        });
        NS_TEST_EXPECT_MSG_EQ(sent, expected, "kept");
    }

    void DoRun() override
    {
        const auto fail = MakeEvent(ROUTE_EVENT_SIGNAL_FAIL);
        const auto over = MakeEvent(ROUTE_EVENT_HOLD_OFF_OVER);
        const auto clear = MakeEvent(ROUTE_EVENT_CLEAR);
        Expect({fail, over}, "signal-fail 1, hold-off-over 1, ");
        Expect({fail, over, clear}, "clear 1, ");
        Expect({fail, over, clear, fail}, "signal-fail 1, ");
        Expect({fail, MakeEvent(ROUTE_EVENT_CLEAR, P)}, "signal-fail 1, clear 2, ");
        Expect({fail, MakeEvent(ROUTE_EVENT_CLEAR, W, SessionId(10))}, "signal-fail 1, clear 1, ");
        const auto there = MakeEvent(ROUTE_EVENT_SWITCH, P);
        const auto done = MakeEvent(ROUTE_EVENT_SWITCHED, P);
        const auto wait = MakeEvent(ROUTE_EVENT_WTR);
        Expect({there, done, wait}, "switched 2, wait-to-restore 1, ");
        Expect({there, done, wait, wait}, "switched 2, wait-to-restore 1, ");
        Expect({there, done, wait, MakeEvent(ROUTE_EVENT_REVERT)}, "revert 1, ");
        Expect({MakeEvent(ROUTE_EVENT_PREEMPTED), MakeEvent(ROUTE_EVENT_RESUMED, P)},
               "resumed 2, ");
        Expect({MakeEvent(ROUTE_EVENT_SUPPLY_INTERRUPTED),
                done,
                MakeEvent(ROUTE_EVENT_SUPPLY_RESUMED, P)},
               "switched 2, supply-resumed 2, ");

        RouteEventStore store;
        uint32_t room = 1;
        const auto send = [&room](const CkRouteEvent&, IncidentId) {
            return room > 0 ? room-- > 0 : false;
        };
        store.Add(fail, IncidentId());
        store.Add(done, IncidentId());
        store.Flush(Seconds(1), send);
        NS_TEST_EXPECT_MSG_EQ(store.HasUnsent(), true, "no room for the second");
        room = 1;
        store.Flush(Seconds(2), send);
        NS_TEST_EXPECT_MSG_EQ(store.HasUnsent(), false, "all sent");
        const auto isInstalled = [](RouteId) { return false; };
        store.Confirm(Seconds(2), isInstalled);
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 1, "the second was sent at that time");
        store.MarkUnsent();
        NS_TEST_EXPECT_MSG_EQ(store.HasUnsent(), true, "once more");
        store.Confirm(Seconds(9), isInstalled);
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 1, "not before it was sent");
        store.Clear();
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 0, "nothing left");
        CheckWhatLasts();
    }

    /// What lasts is kept, though the controller has heard of it.
    void CheckWhatLasts()
    {
        RouteEventStore store;
        const auto send = [](const CkRouteEvent&, IncidentId) { return true; };
        bool isThere = true;
        const auto isInstalled = [&isThere](RouteId) { return isThere; };
        for (const auto kind : {ROUTE_EVENT_SIGNAL_FAIL,
                                ROUTE_EVENT_HOLD_OFF_OVER,
                                ROUTE_EVENT_SWITCHED,
                                ROUTE_EVENT_PREEMPTED,
                                ROUTE_EVENT_SUPPLY_INTERRUPTED})
        {
            store.Add(MakeEvent(kind), IncidentId());
        }
        store.Flush(Seconds(1), send);
        store.Confirm(Seconds(9), isInstalled);
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 4, "all but the switch");
        for (const auto kind : {ROUTE_EVENT_CLEAR, ROUTE_EVENT_RESUMED, ROUTE_EVENT_SUPPLY_RESUMED})
        {
            store.Add(MakeEvent(kind), IncidentId());
        }
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 3, "it is over");
        store.Flush(Seconds(10), send);
        store.Confirm(Seconds(19), isInstalled);
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 0, "and the controller has heard of that");
        store.Add(MakeEvent(ROUTE_EVENT_SIGNAL_FAIL), IncidentId());
        store.Flush(Seconds(20), send);
        isThere = false;
        store.Confirm(Seconds(29), isInstalled);
        NS_TEST_EXPECT_MSG_EQ(store.GetSize(), 0, "the route is gone");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class ControllerClientTestSuite : public TestSuite
{
  public:
    ControllerClientTestSuite()
        : TestSuite("qkdn-controller-client", Type::UNIT)
    {
        AddTestCase(new ClientRequestTest);
        AddTestCase(new ClientCommandTest);
        AddTestCase(new ClientLinkReportTest);
        AddTestCase(new ClientRefreshTest);
        AddTestCase(new ClientRateTest);
        AddTestCase(new ClientObedienceTest);
        AddTestCase(new RouteEventStoreTest);
    }
};

static ControllerClientTestSuite g_controllerClientTestSuite; //!< registers the suite
