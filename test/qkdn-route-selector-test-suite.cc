/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-selector-fixture.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::selector_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Failure, hold-off, switch (G-K1, P-K1), clear, wait-to-restore, reversion.
 */
class SelectorCycleTest : public SelectorTest
{
  public:
    SelectorCycleTest()
        : SelectorTest("Switch after hold-off, return after wait-to-restore")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        Fail(1, W, 1);
        At(1.25, [this] { m_selector->Acknowledged(W); }); // no switch to it
        At(1.75, [this] { m_selector->Acknowledged(P); });
        At(1.8125, [this] { m_selector->Acknowledged(P); }); // told already
        Clear(3, W);
        At(5.25, [this] { m_selector->Acknowledged(P); }); // too late
        At(5.5, [this] { m_selector->Acknowledged(W); });
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1500000000: hold-off-over 1 link-down@7 0-1\n"
               "1500000000: switch 2 link-down@7 0-1\n"
               "1500000000: -> protecting\n"
               "1500000000: use 2 after 1 0-1\n"
               "1750000000: switched 2 link-down@7 0-1\n"
               "3000000000: clear 1 link-down@7 0-1\n"
               "3000000000: -> wait-to-restore\n"
               "3000000000: wait-to-restore 1 link-down@7 0-1\n"
               "5000000000: revert 1 link-down@7 0-1\n"
               "5000000000: -> normal\n"
               "5000000000: use 1 after 2 0-1\n"
               "5500000000: switched 1 link-down@7 0-1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Nothing waits.
 */
class SelectorNoTimersTest : public SelectorTest
{
  public:
    SelectorNoTimersTest()
        : SelectorTest("Without hold-off and wait-to-restore all happens at once, from an event")
    {
    }

  private:
    void DoRun() override
    {
        m_policy.holdOff = Time(0);
        m_policy.wtr = Time(0);
        MakeWithRoutes();
        At(1, [this] {
            m_selector->SignalFail(W, TRIGGER_LINK_DOWN, HOP, Incident(1), ENDLESS);
            NS_TEST_EXPECT_MSG_EQ(m_selector->GetSelected(), W, "not from the caller's stack");
        });
        At(2, [this] {
            m_selector->ClearFail(W, TRIGGER_LINK_DOWN, HOP);
            NS_TEST_EXPECT_MSG_EQ(m_selector->GetSelected(), P, "not from the caller's stack");
        });
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1000000000: hold-off-over 1 link-down@7 0-1\n"
               "1000000000: switch 2 link-down@7 0-1\n"
               "1000000000: -> protecting\n"
               "1000000000: use 2 after 1 0-1\n"
               "2000000000: clear 1 link-down@7 0-1\n"
               "2000000000: -> wait-to-restore\n"
               "2000000000: wait-to-restore 1 link-down@7 0-1\n"
               "2000000000: revert 1 link-down@7 0-1\n"
               "2000000000: -> normal\n"
               "2000000000: use 1 after 2 0-1");
        // a node of both routes dies: no switch to a route that has just failed too
        At(3, [this] {
            m_selector->SignalFail(W, TRIGGER_LINK_DOWN, HOP, Incident(2), ENDLESS);
            m_selector->SignalFail(P, TRIGGER_LINK_DOWN, HOP, Incident(3), ENDLESS);
        });
        Expect("3000000000: signal-fail 1 link-down@7 0-2\n"
               "3000000000: -> hold-off\n"
               "3000000000: signal-fail 2 link-down@7 0-3\n"
               "3000000000: hold-off-over 1 link-down@7 0-2\n"
               "3000000000: -> unavailable\n"
               "3000000000: hold-off-over 2 link-down@7 0-3");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Failures shorter than hold-off.
 */
class SelectorHoldOffTest : public SelectorTest
{
  public:
    SelectorHoldOffTest()
        : SelectorTest("What counts is whether the route is failed when hold-off ends")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        Fail(1, W, 1);
        Clear(1.25, W);
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1250000000: clear 1 link-down@7 0-1\n"
               "1250000000: -> normal");
        // the failure at the end need not be the one that began
        Fail(3, W, 2);
        Clear(3.25, W);
        Fail(3.375, W, 3, HOP2);
        Expect("3000000000: signal-fail 1 link-down@7 0-2\n"
               "3000000000: -> hold-off\n"
               "3250000000: clear 1 link-down@7 0-2\n"
               "3250000000: -> normal\n"
               "3375000000: signal-fail 1 link-down@8 0-3\n"
               "3375000000: -> hold-off\n"
               "3500000000: hold-off-over 1 link-down@8 0-3\n"
               "3500000000: switch 2 link-down@8 0-3\n"
               "3500000000: -> protecting\n"
               "3500000000: use 2 after 1 0-3");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link that goes down again and again.
 */
class SelectorFlappingTest : public SelectorTest
{
  public:
    SelectorFlappingTest()
        : SelectorTest("Flapping faster than wait-to-restore causes one switch and one return")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        Fail(1, W, 1);
        Clear(2, W);
        Fail(3.75, W, 2);
        Clear(4, W);
        Fail(5.9375, W, 3);
        Clear(8, W);
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1500000000: hold-off-over 1 link-down@7 0-1\n"
               "1500000000: switch 2 link-down@7 0-1\n"
               "1500000000: -> protecting\n"
               "1500000000: use 2 after 1 0-1\n"
               "2000000000: clear 1 link-down@7 0-1\n"
               "2000000000: -> wait-to-restore\n"
               "2000000000: wait-to-restore 1 link-down@7 0-1\n"
               "3750000000: signal-fail 1 link-down@7 0-2\n"
               "3750000000: -> protecting\n"
               "4000000000: clear 1 link-down@7 0-2\n"
               "4000000000: -> wait-to-restore\n"
               "4000000000: wait-to-restore 1 link-down@7 0-1\n"
               "5937500000: signal-fail 1 link-down@7 0-3\n"
               "5937500000: -> protecting\n"
               "6437500000: hold-off-over 1 link-down@7 0-3\n"
               "8000000000: clear 1 link-down@7 0-3\n"
               "8000000000: -> wait-to-restore\n"
               "8000000000: wait-to-restore 1 link-down@7 0-1\n"
               "10000000000: revert 1 link-down@7 0-1\n"
               "10000000000: -> normal\n"
               "10000000000: use 1 after 2 0-1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Both routes fail, in every order.
 */
class SelectorBothFailedTest : public SelectorTest
{
  public:
    SelectorBothFailedTest()
        : SelectorTest("With both routes failed nothing is switched until one is good again")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        Fail(1, P, 1); // the one that is not in use
        Fail(2, W, 2);
        Expect("1000000000: signal-fail 2 link-down@7 0-1\n"
               "1500000000: hold-off-over 2 link-down@7 0-1\n"
               "2000000000: signal-fail 1 link-down@7 0-2\n"
               "2000000000: -> hold-off\n"
               "2500000000: hold-off-over 1 link-down@7 0-2\n"
               "2500000000: -> unavailable");
        Clear(4, P);
        Fail(5, P, 3);
        Expect("4000000000: clear 2 link-down@7 0-1\n"
               "4000000000: switch 2 link-down@7 0-2\n"
               "4000000000: -> protecting\n"
               "4000000000: use 2 after 1 0-2\n"
               "5000000000: signal-fail 2 link-down@7 0-3\n"
               "5000000000: -> hold-off\n"
               "5500000000: hold-off-over 2 link-down@7 0-3\n"
               "5500000000: -> unavailable");
        Clear(7, W);
        Expect("7000000000: clear 1 link-down@7 0-2\n"
               "7000000000: switch 1 link-down@7 0-3\n"
               "7000000000: -> normal\n"
               "7000000000: use 1 after 2 0-3");
        Fail(8, W, 4);
        Clear(9, W); // the one in use first
        Clear(10, P);
        Expect("8000000000: signal-fail 1 link-down@7 0-4\n"
               "8000000000: -> hold-off\n"
               "8500000000: hold-off-over 1 link-down@7 0-4\n"
               "8500000000: -> unavailable\n"
               "9000000000: clear 1 link-down@7 0-4\n"
               "9000000000: -> normal\n"
               "10000000000: clear 2 link-down@7 0-3");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The protection route fails while the working route waits for its return.
 */
class SelectorProtectionFailsTest : public SelectorTest
{
  public:
    SelectorProtectionFailsTest()
        : SelectorTest("In wait-to-restore a failure of the protection route acts at once")
    {
    }

  private:
    void DoRun() override
    {
        MakeWithRoutes();
        Fail(1, W, 1);
        Clear(2, W);
        Fail(3, P, 2);
        Clear(9, P);
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1500000000: hold-off-over 1 link-down@7 0-1\n"
               "1500000000: switch 2 link-down@7 0-1\n"
               "1500000000: -> protecting\n"
               "1500000000: use 2 after 1 0-1\n"
               "2000000000: clear 1 link-down@7 0-1\n"
               "2000000000: -> wait-to-restore\n"
               "2000000000: wait-to-restore 1 link-down@7 0-1\n"
               "3000000000: signal-fail 2 link-down@7 0-2\n"
               "3000000000: -> hold-off\n"
               "3000000000: switch 1 link-down@7 0-2\n"
               "3000000000: -> normal\n"
               "3000000000: use 1 after 2 0-2\n"
               "3500000000: hold-off-over 2 link-down@7 0-2\n"
               "9000000000: clear 2 link-down@7 0-2");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session that does not revert.
 */
class SelectorNonRevertiveTest : public SelectorTest
{
  public:
    SelectorNonRevertiveTest()
        : SelectorTest("A non-revertive session stays until the route in use fails")
    {
    }

  private:
    void DoRun() override
    {
        m_policy.revertive = false;
        MakeWithRoutes();
        Fail(1, W, 1);
        Clear(3, W);
        Expect("1000000000: signal-fail 1 link-down@7 0-1\n"
               "1000000000: -> hold-off\n"
               "1500000000: hold-off-over 1 link-down@7 0-1\n"
               "1500000000: switch 2 link-down@7 0-1\n"
               "1500000000: -> protecting\n"
               "1500000000: use 2 after 1 0-1\n"
               "3000000000: clear 1 link-down@7 0-1\n"
               "3000000000: -> do-not-revert");
        Fail(1000, P, 2);
        Clear(1000.25, P);
        Fail(1004, P, 3);
        Expect("1000000000000: signal-fail 2 link-down@7 0-2\n"
               "1000000000000: -> hold-off\n"
               "1000250000000: clear 2 link-down@7 0-2\n"
               "1000250000000: -> do-not-revert\n"
               "1004000000000: signal-fail 2 link-down@7 0-3\n"
               "1004000000000: -> hold-off\n"
               "1004500000000: hold-off-over 2 link-down@7 0-3\n"
               "1004500000000: switch 1 link-down@7 0-3\n"
               "1004500000000: -> normal\n"
               "1004500000000: use 1 after 2 0-3");
        // failure of the route in use while the other one is still failed
        Fail(1006, W, 4);
        Clear(1008, P);
        Expect("1006000000000: signal-fail 1 link-down@7 0-4\n"
               "1006000000000: -> hold-off\n"
               "1006500000000: hold-off-over 1 link-down@7 0-4\n"
               "1006500000000: -> unavailable\n"
               "1008000000000: clear 2 link-down@7 0-3\n"
               "1008000000000: switch 2 link-down@7 0-4\n"
               "1008000000000: -> protecting\n"
               "1008000000000: use 2 after 1 0-4");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hold-off as long as buffered key lasts.
 */
class SelectorAutoHoldOffTest : public SelectorTest
{
  public:
    SelectorAutoHoldOffTest()
        : SelectorTest("An automatic hold-off ends RouteSwitchTime before buffered key")
    {
    }

  private:
    /**
     * @brief A link of the working route goes down.
     * @param seconds when
     * @param holdOver how long buffered key lasts
     */
    void FailWithBuffer(double seconds, Time holdOver)
    {
        At(seconds, [this, holdOver] {
            m_selector->SignalFail(W, TRIGGER_LINK_DOWN, HOP, Incident(1), holdOver);
        });
    }

    /// Forget what was said but for the time of the switch, and go back to the working route.
    void ExpectSwitch(const std::string& when)
    {
        Simulator::Run();
        std::string found;
        for (const std::string& line : m_log)
        {
            if (line.find("use 2") != std::string::npos)
            {
                found += line.substr(0, line.find(':'));
            }
        }
        NS_TEST_EXPECT_MSG_EQ(found, when, "time of the switch");
        m_selector->ClearFail(W, TRIGGER_LINK_DOWN, HOP);
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_selector->GetSelected(), W, "back");
        m_log.clear();
    }

    void DoRun() override
    {
        m_policy.holdOffAuto = true;
        MakeWithRoutes();
        FailWithBuffer(1, Seconds(3));
        ExpectSwitch("3900000000"); // 1 s + 3 s - 100 ms
        FailWithBuffer(11, MilliSeconds(50));
        ExpectSwitch("11000000000"); // too late to wait
        FailWithBuffer(21, MilliSeconds(-5));
        ExpectSwitch("21000000000");
        FailWithBuffer(31, Seconds(3));
        FailWithBuffer(32, Seconds(1)); // demand has grown
        ExpectSwitch("32900000000");
        FailWithBuffer(41, Seconds(3));
        FailWithBuffer(42, Seconds(9)); // never later
        ExpectSwitch("43900000000");
        FailWithBuffer(51, ENDLESS);
        ExpectSwitch(""); // nobody asks for keys
        FailWithBuffer(61, ENDLESS);
        FailWithBuffer(62, Seconds(1));
        ExpectSwitch("62900000000");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Conditions by kind and hop.
 */
class SelectorTriggerTest : public SelectorTest
{
  public:
    /**
     * @brief Constructor
     * @param trigger what makes the session switch
     */
    explicit SelectorTriggerTest(ResilienceTrigger trigger)
        : SelectorTest(std::string("Signal fail by trigger ") + ResilienceTriggerName(trigger)),
          m_trigger(trigger)
    {
    }

  private:
    void DoRun() override
    {
        m_policy.trigger = m_trigger;
        m_policy.holdOff = Time(0);
        MakeWithRoutes();
        const std::string name = ResilienceTriggerName(m_trigger);
        for (const ResilienceTrigger kind :
             {TRIGGER_LINK_DOWN, TRIGGER_POOL_LOW, TRIGGER_SUPPLY_INTERRUPTED})
        {
            if (kind != m_trigger)
            {
                Fail(1, W, 1, HOP, kind);
            }
        }
        Expect(""); // other kinds are remembered only
        Fail(2, W, 2, HOP, m_trigger);
        Expect("2000000000: signal-fail 1 " + name + "@7 0-2\n" + "2000000000: -> hold-off\n" +
               "2000000000: hold-off-over 1 " + name + "@7 0-2\n" + "2000000000: switch 2 " + name +
               "@7 0-2\n" + "2000000000: -> protecting\n" + "2000000000: use 2 after 1 0-2");
        Fail(3, W, 3, HOP2, m_trigger);
        Clear(4, W, HOP, m_trigger);
        Expect(""); // another hop has the same condition
        Clear(5, W, HOP2, m_trigger);
        if (m_trigger != TRIGGER_LINK_DOWN)
        {
            Expect(""); // not as long as a link is down
            Clear(5, W, HOP, TRIGGER_LINK_DOWN);
        }
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_log.size(), 6, "clear, wait-to-restore and reversion");
        NS_TEST_EXPECT_MSG_EQ(m_log.front(), "5000000000: clear 1 " + name + "@7 0-2", "clear");
        NS_TEST_EXPECT_MSG_EQ(m_log.back(), "7000000000: use 1 after 2 0-2", "back");
    }

    ResilienceTrigger m_trigger; //!< what makes the session switch
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class RouteSelectorTestSuite : public TestSuite
{
  public:
    RouteSelectorTestSuite()
        : TestSuite("qkdn-route-selector", Type::UNIT)
    {
        AddTestCase(new SelectorCycleTest);
        AddTestCase(new SelectorNoTimersTest);
        AddTestCase(new SelectorHoldOffTest);
        AddTestCase(new SelectorFlappingTest);
        AddTestCase(new SelectorBothFailedTest);
        AddTestCase(new SelectorProtectionFailsTest);
        AddTestCase(new SelectorNonRevertiveTest);
        AddTestCase(new SelectorAutoHoldOffTest);
        AddTestCase(new SelectorTriggerTest(TRIGGER_LINK_DOWN));
        AddTestCase(new SelectorTriggerTest(TRIGGER_POOL_LOW));
        AddTestCase(new SelectorTriggerTest(TRIGGER_SUPPLY_INTERRUPTED));
    }
};

static RouteSelectorTestSuite g_routeSelectorTestSuite; //!< registers the suite
