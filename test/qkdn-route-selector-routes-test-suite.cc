/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-selector-fixture.h"

#include "ns3/qkdn-random-stream.h"
#include "ns3/random-variable-stream.h"

#include <map>
#include <set>
#include <string>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::selector_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The same again, and what concerns nobody.
 */
class SelectorRepetitionTest : public SelectorTest
{
  public:
    SelectorRepetitionTest()
        : SelectorTest("Repetitions, unknown conditions and unknown routes change nothing")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        m_selector->SetRoutes(W, P, NONE, Incident(7));
        Clear(1, W);
        Clear(1, P, KmId(), TRIGGER_SUPPLY_INTERRUPTED);
        Clear(1, RouteId(77));
        Expect("");
        Fail(2, W, 1);
        Fail(2, W, 2);
        Fail(2.25, W, 3);
        Expect("2000000000: signal-fail 1 link-down@7 0-1\n"
               "2000000000: -> hold-off\n"
               "2500000000: hold-off-over 1 link-down@7 0-1\n"
               "2500000000: switch 2 link-down@7 0-1\n"
               "2500000000: -> protecting\n"
               "2500000000: use 2 after 1 0-1");
        m_selector->SetRoutes(W, P, NONE, Incident(7)); // the controller has connected again
        Fail(3, W, 4);
        Expect("");
        Clear(4, W); // once is enough
        At(5, [this] { m_selector->SetRoutes(W, P, NONE, Incident(7)); });
        Clear(5.5, W);
        Expect("4000000000: clear 1 link-down@7 0-1\n"
               "4000000000: -> wait-to-restore\n"
               "4000000000: wait-to-restore 1 link-down@7 0-1\n"
               "6000000000: revert 1 link-down@7 0-1\n"
               "6000000000: -> normal\n"
               "6000000000: use 1 after 2 0-1");
        NS_TEST_EXPECT_MSG_EQ(m_selector->IsInSignalFail(RouteId(77)), false, "unknown route");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes come, go and come back.
 */
class SelectorRoutesTest : public SelectorTest
{
  public:
    SelectorRoutesTest()
        : SelectorTest("Routes are replaced, and failures known before them count")
    {
    }

  private:
    /**
     * @brief Set routes now, run and expect.
     * @param working working route
     * @param protection protection route
     * @param recovery recovery route
     * @param expected lines
     */
    void SetRoutes(RouteId working,
                   RouteId protection,
                   RouteId recovery,
                   const std::string& expected)
    {
        m_selector->SetRoutes(working, protection, recovery, Incident(9));
        Expect(expected);
    }

    void DoRun() override
    {
        m_policy.holdOff = Time(0);
        Make();
        // told before the routes are
        m_selector->SignalFail(W, TRIGGER_LINK_DOWN, HOP, Incident(1), ENDLESS);
        m_selector->SignalFail(RouteId(5), TRIGGER_LINK_DOWN, HOP, Incident(2), ENDLESS);
        m_selector->ForgetRoute(RouteId(5));
        Expect("");
        SetRoutes(W,
                  P,
                  NONE,
                  "0: signal-fail 1 link-down@7 0-1\n"
                  "0: -> hold-off\n"
                  "0: use 1 after 0 0-9\n"
                  "0: hold-off-over 1 link-down@7 0-1\n"
                  "0: switch 2 link-down@7 0-1\n"
                  "0: -> protecting\n"
                  "0: use 2 after 1 0-1");
        m_selector->ForgetRoute(W); // the session has it: its conditions are kept
        // another protection route, while the first one is in use
        SetRoutes(W,
                  RouteId(6),
                  NONE,
                  "0: switch 6 link-down@7 0-1\n"
                  "0: use 6 after 2 0-1");
        // a new working route: the failure of the old one is gone with it
        SetRoutes(RouteId(5),
                  RouteId(6),
                  NONE,
                  "0: -> wait-to-restore\n"
                  "0: wait-to-restore 5 link-down@7 0-1\n"
                  "2000000000: revert 5 link-down@7 0-1\n"
                  "2000000000: -> normal\n"
                  "2000000000: use 5 after 6 0-1");
        SetRoutes(W,
                  P,
                  NONE,
                  "2000000000: switch 1 link-down@0 0-9\n"
                  "2000000000: use 1 after 5 0-9");
        // the protection route goes away during wait-to-restore
        Fail(3, W, 3);
        Clear(4, W);
        At(5, [this] { m_selector->SetRoutes(W, NONE, NONE, Incident(9)); });
        Expect("3000000000: signal-fail 1 link-down@7 0-3\n"
               "3000000000: -> hold-off\n"
               "3000000000: hold-off-over 1 link-down@7 0-3\n"
               "3000000000: switch 2 link-down@7 0-3\n"
               "3000000000: -> protecting\n"
               "3000000000: use 2 after 1 0-3\n"
               "4000000000: clear 1 link-down@7 0-3\n"
               "4000000000: -> wait-to-restore\n"
               "4000000000: wait-to-restore 1 link-down@7 0-3\n"
               "5000000000: switch 1 link-down@0 0-9\n"
               "5000000000: -> normal\n"
               "5000000000: use 1 after 2 0-9");
        // no protection route: nothing to switch to, until there is one
        Fail(6, W, 4);
        Expect("6000000000: signal-fail 1 link-down@7 0-4\n"
               "6000000000: -> hold-off\n"
               "6000000000: hold-off-over 1 link-down@7 0-4\n"
               "6000000000: -> unavailable");
        SetRoutes(W,
                  P,
                  NONE,
                  "6000000000: switch 2 link-down@7 0-4\n"
                  "6000000000: -> protecting\n"
                  "6000000000: use 2 after 1 0-4");
        // both have failed and the controller finds a third one
        Fail(7, P, 5);
        Simulator::Run();
        m_log.clear();
        SetRoutes(W,
                  P,
                  R,
                  "7000000000: switch 3 link-down@7 0-5\n"
                  "7000000000: -> protecting\n"
                  "7000000000: use 3 after 2 0-5");
        m_selector->Reset();
        ExpectNow("7000000000: -> unavailable");
        NS_TEST_EXPECT_MSG_EQ(m_selector->GetSelected(), NONE, "nothing is left");
        SetRoutes(W, P, NONE, "7000000000: -> normal\n7000000000: use 1 after 0 0-9");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A controller that does not know the session releases routes that it has.
 */
class SelectorReleasedRouteTest : public SelectorTest
{
  public:
    SelectorReleasedRouteTest()
        : SelectorTest("A session does not go to a route that is over")
    {
    }

  private:
    void DoRun() override
    {
        m_policy.holdOff = Time(0);
        MakeWithRoutes();
        At(1, [this] { m_selector->ForgetRoute(P); });
        Fail(2, W, 1);
        Expect("2000000000: signal-fail 1 link-down@7 0-1\n"
               "2000000000: -> hold-off\n"
               "2000000000: hold-off-over 1 link-down@7 0-1\n"
               "2000000000: -> unavailable");
        NS_TEST_EXPECT_MSG_EQ(m_selector->GetGood().empty(), true, "none is good");
        NS_TEST_EXPECT_MSG_EQ(m_selector->Command(REQUEST_FORCED_SWITCH, ENTITY_PROTECTION),
                              COMMAND_REJECTED_LOCAL,
                              "nor by order");
        // there again, by its installation alone
        At(3, [this] { m_selector->RouteInstalled(P); });
        Expect("3000000000: switch 2 link-down@7 0-1\n"
               "3000000000: -> protecting\n"
               "3000000000: use 2 after 1 0-1");
        // no way back to a working route that is over
        At(4, [this] { m_selector->ForgetRoute(W); });
        Clear(5, W);
        Expect("5000000000: clear 1 link-down@7 0-1");
        At(6, [this] { m_selector->SetRoutes(W, P, NONE, Incident(2)); });
        Expect("6000000000: -> wait-to-restore\n"
               "6000000000: wait-to-restore 1 link-down@7 0-1\n"
               "8000000000: revert 1 link-down@7 0-1\n"
               "8000000000: -> normal\n"
               "8000000000: use 1 after 2 0-1");
        // a command ends with the route that it wants
        At(9, [this] { m_selector->Command(REQUEST_FORCED_SWITCH, ENTITY_PROTECTION); });
        At(10, [this] { m_selector->ForgetRoute(P); });
        Expect("9000000000: -> forced\n"
               "9000000000: switch 2 link-down@0 \n"
               "9000000000: use 2 after 1\n"
               "10000000000: wait-to-restore 1 link-down@0 \n"
               "10000000000: -> wait-to-restore\n"
               "12000000000: revert 1 link-down@0 \n"
               "12000000000: -> normal\n"
               "12000000000: use 1 after 2");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Extra traffic is stopped and may go on.
 */
class SelectorPreemptionTest : public SelectorTest
{
  public:
    SelectorPreemptionTest()
        : SelectorTest("A suspended session remembers the failures of its route")
    {
    }

  private:
    void DoRun() override
    {
        m_policy.resilienceClass = CLASS_UNPROTECTED;
        m_policy.extraTraffic = true;
        Make();
        // no route yet, and not because of another session
        m_selector->SetRoutes(NONE, NONE, NONE, IncidentId());
        m_selector->SetRoutes(W, NONE, NONE, IncidentId());
        Expect("0: -> normal\n0: use 1 after 0");
        At(1, [this] { m_selector->SetRoutes(NONE, NONE, NONE, Incident(1), true); });
        At(2, [this] { m_selector->SetRoutes(NONE, NONE, NONE, Incident(1), true); });
        Fail(3, W, 2);
        At(4, [this] { m_selector->SetRoutes(W, NONE, NONE, Incident(1)); });
        Clear(5, W);
        Expect("1000000000: pre-empted 1 link-down@0 0-1\n"
               "1000000000: -> unavailable\n"
               "1000000000: use 0 after 1 0-1\n"
               "4000000000: signal-fail 1 link-down@7 0-2\n"
               "4000000000: resumed 1 link-down@0 0-1\n"
               "4000000000: -> hold-off\n"
               "4000000000: use 1 after 0 0-1\n"
               "4500000000: hold-off-over 1 link-down@7 0-2\n"
               "4500000000: -> unavailable\n"
               "5000000000: clear 1 link-down@7 0-2\n"
               "5000000000: -> normal");
        // route withdrawn for another reason
        m_selector->SetRoutes(NONE, NONE, NONE, Incident(3));
        m_selector->SetRoutes(W, NONE, NONE, Incident(3));
        Expect("5000000000: -> unavailable\n"
               "5000000000: use 0 after 1 0-3\n"
               "5000000000: -> normal\n"
               "5000000000: use 1 after 0 0-3");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The controller switches.
 */
class SelectorRestorationTest : public SelectorTest
{
  public:
    SelectorRestorationTest()
        : SelectorTest("In class restoration events are told and the controller switches")
    {
    }

  private:
    void DoRun() override
    {
        m_policy.resilienceClass = CLASS_RESTORATION;
        Make();
        m_selector->SetRoutes(W, NONE, NONE, IncidentId());
        Fail(1, W, 1);
        At(2, [this] { m_selector->SetRoutes(W, NONE, R, Incident(1)); });
        At(2.5, [this] { m_selector->Acknowledged(R); });
        Clear(3, W);
        At(6, [this] { m_selector->SetRoutes(W, NONE, NONE, Incident(1)); });
        At(6.5, [this] { m_selector->Acknowledged(W); });
        Expect("0: -> normal\n"
               "0: use 1 after 0\n"
               "1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1500000000: hold-off-over 1 link-down@7 0-1\n"
               "1500000000: -> unavailable\n"
               "2000000000: switch 3 link-down@0 0-1\n"
               "2000000000: -> protecting\n"
               "2000000000: use 3 after 1 0-1\n"
               "2500000000: switched 3 link-down@0 0-1\n"
               "3000000000: clear 1 link-down@7 0-1\n"
               "6000000000: revert 1 link-down@0 0-1\n"
               "6000000000: -> normal\n"
               "6000000000: use 1 after 3 0-1\n"
               "6500000000: switched 1 link-down@0 0-1");
        m_selector->Dispose(); // silent whatever comes
        Simulator::Run();
        m_selector = nullptr;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random failures against a model of what is in signal fail.
 */
class SelectorRandomTest : public TestCase
{
  public:
    SelectorRandomTest()
        : TestCase("Random failures: never on a failed route without reason, events in order")
    {
    }

  private:
    /// What the test knows of a route.
    struct Model
    {
        std::set<std::pair<ResilienceTrigger, KmId>> conditions; //!< conditions
        bool failed{false};                                      //!< signal fail
        Time since;                                              //!< since then
        bool heldOff{false}; //!< hold-off of this signal fail was told to be over
    };

    /**
     * @brief Whether there is a condition of a kind.
     * @param model the route
     * @param kind the kind
     * @return true if so
     */
    static bool Has(const Model& model, ResilienceTrigger kind)
    {
        return model.conditions.lower_bound({kind, KmId()}) !=
               model.conditions.upper_bound({kind, KmId(UINT32_MAX)});
    }

    /**
     * @brief An event of the selector: is it in order?
     */
    void NoteEvent(SessionId,
                   RouteId route,
                   RouteEventKind kind,
                   ResilienceTrigger trigger,
                   KmId,
                   IncidentId incident)
    {
        NS_TEST_EXPECT_MSG_EQ(incident.IsValid(), true, "incident");
        NS_TEST_EXPECT_MSG_EQ(trigger, m_policy.trigger, "trigger");
        Model& model = m_model[route];
        switch (kind)
        {
        case ROUTE_EVENT_SIGNAL_FAIL:
            NS_TEST_EXPECT_MSG_EQ(m_told[route], false, "told once");
            m_told[route] = true;
            break;
        case ROUTE_EVENT_CLEAR:
            NS_TEST_EXPECT_MSG_EQ(m_told[route], true, "clear after signal fail");
            m_told[route] = false;
            model.heldOff = false;
            break;
        case ROUTE_EVENT_HOLD_OFF_OVER:
            NS_TEST_EXPECT_MSG_EQ(m_told[route], true, "hold-off of a signal fail");
            NS_TEST_EXPECT_MSG_EQ(model.heldOff, false, "told once");
            model.heldOff = true;
            break;
        case ROUTE_EVENT_SWITCH:
            NS_TEST_EXPECT_MSG_EQ(m_told[m_inUse], true, "the route that is left has failed");
            [[fallthrough]];
        case ROUTE_EVENT_REVERT:
            NS_TEST_EXPECT_MSG_NE(route, m_inUse, "to another route");
            NS_TEST_EXPECT_MSG_EQ(m_told[route], false, "to a good route");
            m_announced = route;
            ++m_switches;
            break;
        case ROUTE_EVENT_WTR:
            NS_TEST_EXPECT_MSG_EQ(m_inUse, P, "from the protection route");
            break;
        default:
            NS_TEST_EXPECT_MSG_EQ(std::string(RouteEventName(kind)), "", "no other event");
        }
    }

    /**
     * @brief The selector selects.
     */
    void NoteSelect(SessionId, RouteId route, RouteId previous, IncidentId)
    {
        NS_TEST_EXPECT_MSG_EQ(previous, m_inUse, "in order");
        if (previous.IsValid())
        {
            NS_TEST_EXPECT_MSG_EQ(route, m_announced, "announced");
            m_announced = NONE;
        }
        m_inUse = route;
    }

    /// What has to hold after all decisions of a time.
    void Check()
    {
        const Time now = Simulator::Now();
        const RouteId other = m_inUse == W ? P : W;
        const Model& mine = m_model[m_inUse];
        const Model& its = m_model[other];
        for (const RouteId route : {W, P})
        {
            NS_TEST_EXPECT_MSG_EQ(m_selector->IsInSignalFail(route),
                                  m_model[route].failed,
                                  "route " << route << " at " << now);
        }
        const RouteSelector::State state = m_selector->GetState();
        if (mine.failed && !its.failed)
        {
            NS_TEST_EXPECT_MSG_EQ(state, RouteSelector::HOLD_OFF, "on a failed route at " << now);
            NS_TEST_EXPECT_MSG_LT(now - mine.since, m_policy.holdOff, "but not for longer");
            NS_TEST_EXPECT_MSG_EQ((m_inUse == W || !m_policy.revertive), true, "in hold-off");
        }
        else if (mine.failed)
        {
            const bool holding = now - mine.since < m_policy.holdOff && !mine.heldOff;
            NS_TEST_EXPECT_MSG_EQ(state,
                                  (holding ? RouteSelector::HOLD_OFF : RouteSelector::UNAVAILABLE),
                                  "both failed at " << now);
        }
        else if (m_inUse == W)
        {
            NS_TEST_EXPECT_MSG_EQ(state, RouteSelector::NORMAL, "at " << now);
        }
        else if (its.failed)
        {
            NS_TEST_EXPECT_MSG_EQ(state, RouteSelector::PROTECTING, "at " << now);
        }
        else if (m_policy.revertive)
        {
            NS_TEST_EXPECT_MSG_EQ(state, RouteSelector::WAIT_TO_RESTORE, "at " << now);
            NS_TEST_EXPECT_MSG_LT(now - its.since, m_policy.wtr, "not for longer");
        }
        else
        {
            NS_TEST_EXPECT_MSG_EQ(state, RouteSelector::DO_NOT_REVERT, "at " << now);
        }
    }

    /**
     * @brief Something random fails or is mended.
     * @param random draws
     */
    void Step(Ptr<UniformRandomVariable> random)
    {
        const RouteId route = random->GetInteger(0, 1) == 0 ? W : P;
        const auto kind = static_cast<ResilienceTrigger>(random->GetInteger(0, 2));
        const KmId hop(random->GetInteger(1, 2));
        Model& model = m_model[route];
        if (random->GetInteger(0, 9) < 4)
        {
            model.conditions.emplace(kind, hop);
            model.failed = model.failed || kind == m_policy.trigger;
            if (model.failed && !m_told[route])
            {
                model.since = Simulator::Now();
            }
            m_selector->SignalFail(route, kind, hop, Incident(++m_incidents), ENDLESS);
        }
        else
        {
            model.conditions.erase({kind, hop});
            const bool before = model.failed;
            model.failed =
                before && (Has(model, m_policy.trigger) || Has(model, TRIGGER_LINK_DOWN));
            if (before && !model.failed)
            {
                model.since = Simulator::Now();
            }
            m_selector->ClearFail(route, kind, hop);
        }
        if (random->GetInteger(0, 9) == 0)
        {
            m_selector->SetRoutes(W, P, NONE, Incident(1));
        }
    }

    /**
     * @brief Run with one policy.
     * @param number number of the run
     */
    void RunPolicy(uint32_t number)
    {
        m_policy = SessionPolicy();
        m_policy.resilienceClass = CLASS_ROUTE_1_1;
        m_policy.trigger = static_cast<ResilienceTrigger>(number % 3);
        m_policy.revertive = number / 3 % 2 == 0;
        m_policy.holdOff = MilliSeconds(number / 6 % 2 == 0 ? 0 : 30);
        m_policy.wtr = MilliSeconds(number / 12 % 2 == 0 ? 0 : 80);
        m_model.clear();
        m_told.clear();
        m_inUse = m_announced = NONE;
        KeySession session;
        session.id = SESSION;
        session.policy = m_policy;
        m_selector = CreateObject<RouteSelector>();
        m_selector->Configure(session);
        m_selector->SetSelectCallback(MakeCallback(&SelectorRandomTest::NoteSelect, this));
        m_selector->SetEventCallback(MakeCallback(&SelectorRandomTest::NoteEvent, this));
        m_selector->SetRoutes(W, P, NONE, IncidentId());
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(RandomStreamNumber("selector", std::to_string(number)));
        Time at;
        for (uint32_t i = 0; i < 2000; ++i)
        {
            // now and then two at the same time
            at += MilliSeconds(random->GetInteger(0, 40));
            Simulator::Schedule(at, [this, random] { Step(random); });
            Simulator::Schedule(at + NanoSeconds(1), [this] { Check(); });
        }
        Simulator::Run();
        m_selector->Dispose();
        m_selector = nullptr;
        Simulator::Destroy();
    }

    void DoRun() override
    {
        for (uint32_t number = 0; number < 24; ++number)
        {
            m_switches = 0;
            RunPolicy(number);
            NS_TEST_EXPECT_MSG_GT(m_switches, 20, "policy " << number << " was exercised");
        }
    }

    SessionPolicy m_policy;           //!< policy of the session
    Ptr<RouteSelector> m_selector;    //!< the selector
    std::map<RouteId, Model> m_model; //!< what it should know
    std::map<RouteId, bool> m_told;   //!< signal fail as told
    RouteId m_inUse;                  //!< selected route as told
    RouteId m_announced;              //!< route of the last switch that was not yet selected
    uint32_t m_switches{0};           //!< switches of this policy
    uint32_t m_incidents{0};          //!< incidents so far
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class RouteSelectorRoutesTestSuite : public TestSuite
{
  public:
    RouteSelectorRoutesTestSuite()
        : TestSuite("qkdn-route-selector-routes", Type::UNIT)
    {
        AddTestCase(new SelectorRepetitionTest);
        AddTestCase(new SelectorRoutesTest);
        AddTestCase(new SelectorReleasedRouteTest);
        AddTestCase(new SelectorPreemptionTest);
        AddTestCase(new SelectorRestorationTest);
        AddTestCase(new SelectorRandomTest);
    }
};

static RouteSelectorRoutesTestSuite g_routeSelectorRoutesTestSuite; //!< registers the suite
