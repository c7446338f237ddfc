/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-selector-fixture.h"

using namespace ns3;
using namespace ns3::qkdn;
using namespace ns3::qkdn::selector_test;

/**
 * @ingroup qkdn-resilience-tests
 * @brief A selector that operators command; the log has also what becomes of commands.
 */
class SelectorCommandTest : public SelectorTest
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     * @param revertive whether the session reverts
     */
    SelectorCommandTest(const std::string& name, bool revertive)
        : SelectorTest(name)
    {
        m_policy.revertive = revertive;
        m_policy.holdOff = Time(0);
    }

  protected:
    /// Make the selector with its routes, and follow commands.
    void Begin()
    {
        MakeWithRoutes();
        m_selector->TraceConnectWithoutContext(
            "Command",
            MakeCallback(&SelectorCommandTest::NoteCommand, this));
    }

    /**
     * @brief Give a command.
     * @param seconds when
     * @param command the command
     * @param entity the route that a manual switch is to
     */
    void Command(double seconds, SwitchRequest command, Entity entity = ENTITY_PROTECTION)
    {
        At(seconds, [=, selector = m_selector] { selector->Command(command, entity); });
    }

  private:
    /// @cond
    void NoteCommand(SessionId, SwitchRequest command, Entity entity, CommandResult result)
    {
        std::string text =
            std::to_string(Simulator::Now().GetNanoSeconds()) + ": " + SwitchRequestName(command);
        if (command == REQUEST_MANUAL_SWITCH)
        {
            text += entity == ENTITY_WORKING ? " W" : " P";
        }
        m_log.push_back(text + " " + CommandResultName(result));
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Lockout of protection.
 */
class LockoutTest : public SelectorCommandTest
{
  public:
    LockoutTest()
        : SelectorCommandTest("Lockout keeps the working route though it fails", true)
    {
    }

  private:
    void DoRun() override
    {
        Begin();
        Command(1, REQUEST_LOCKOUT);
        Fail(2, W, 5);
        Command(3, REQUEST_FORCED_SWITCH);
        Command(3, REQUEST_MANUAL_SWITCH);
        Command(4, REQUEST_CLEAR);
        Expect("1000000000: -> locked-out\n"
               "1000000000: lockout accepted\n"
               "2000000000: signal-fail 1 link-down@7 0-5\n"
               "2000000000: -> hold-off\n"
               "2000000000: hold-off-over 1 link-down@7 0-5\n"
               "2000000000: -> unavailable\n"
               "3000000000: forced-switch rejected-local\n"
               "3000000000: manual-switch P rejected-local\n"
               "4000000000: lockout cleared\n"
               "4000000000: clear accepted\n"
               "4000000000: switch 2 link-down@7 0-5\n"
               "4000000000: -> protecting\n"
               "4000000000: use 2 after 1 0-5");
        // on protection: back at once, and not to protection again though the working route fails
        Command(5, REQUEST_LOCKOUT);
        Command(6, REQUEST_CLEAR);
        Command(7, REQUEST_CLEAR);
        Expect("5000000000: -> locked-out\n"
               "5000000000: lockout accepted\n"
               "5000000000: switch 1 link-down@0 \n"
               "5000000000: -> unavailable\n"
               "5000000000: use 1 after 2\n"
               "6000000000: lockout cleared\n"
               "6000000000: clear accepted\n"
               "6000000000: switch 2 link-down@7 0-5\n"
               "6000000000: -> protecting\n"
               "6000000000: use 2 after 1 0-5\n"
               "7000000000: clear rejected-nothing-to-clear");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Forced switch.
 */
class ForcedSwitchTest : public SelectorCommandTest
{
  public:
    /**
     * @brief Constructor
     * @param revertive whether the session reverts
     */
    explicit ForcedSwitchTest(bool revertive)
        : SelectorCommandTest(std::string("Forced switch, ") +
                                  (revertive ? "revertive" : "non-revertive"),
                              revertive)
    {
    }

  private:
    void DoRun() override
    {
        const bool revertive = m_policy.revertive;
        Begin();
        Command(1, REQUEST_FORCED_SWITCH);
        Fail(2, W, 5);
        Clear(3, W);
        Command(4, REQUEST_MANUAL_SWITCH, ENTITY_WORKING);
        Command(10, REQUEST_CLEAR);
        const std::string until = "1000000000: -> forced\n"
                                  "1000000000: forced-switch accepted\n"
                                  "1000000000: switch 2 link-down@0 \n"
                                  "1000000000: use 2 after 1\n"
                                  "2000000000: signal-fail 1 link-down@7 0-5\n"
                                  "2000000000: hold-off-over 1 link-down@7 0-5\n"
                                  "3000000000: clear 1 link-down@7 0-5\n"
                                  "4000000000: manual-switch W rejected-local\n"
                                  "10000000000: forced-switch cleared\n";
        Expect(until + (revertive ? "10000000000: revert 1 link-down@0 \n"
                                    "10000000000: -> normal\n"
                                    "10000000000: use 1 after 2\n"
                                    "10000000000: clear accepted"
                                  : "10000000000: -> do-not-revert\n"
                                    "10000000000: clear accepted"));
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A failed protection route overrides a forced switch, and keeps it away.
 */
class ForcedSwitchFailsTest : public SelectorCommandTest
{
  public:
    ForcedSwitchFailsTest()
        : SelectorCommandTest("Forced switch gives way to a failed protection route", true)
    {
    }

  private:
    void DoRun() override
    {
        Begin();
        Command(1, REQUEST_FORCED_SWITCH);
        Fail(2, P, 6);
        Command(3, REQUEST_FORCED_SWITCH);
        Expect("1000000000: -> forced\n"
               "1000000000: forced-switch accepted\n"
               "1000000000: switch 2 link-down@0 \n"
               "1000000000: use 2 after 1\n"
               "2000000000: signal-fail 2 link-down@7 0-6\n"
               "2000000000: -> hold-off\n"
               "2000000000: hold-off-over 2 link-down@7 0-6\n"
               "2000000000: forced-switch overridden-local\n"
               "2000000000: switch 1 link-down@7 0-6\n"
               "2000000000: -> normal\n"
               "2000000000: use 1 after 2 0-6\n"
               "3000000000: forced-switch rejected-local");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Manual switches.
 */
class ManualSwitchTest : public SelectorCommandTest
{
  public:
    ManualSwitchTest()
        : SelectorCommandTest("Manual switches give way to failures", false)
    {
    }

  private:
    void DoRun() override
    {
        Begin();
        Command(1, REQUEST_MANUAL_SWITCH);
        Command(2, REQUEST_MANUAL_SWITCH, ENTITY_WORKING);
        Fail(3, W, 5);
        Command(4, REQUEST_MANUAL_SWITCH);
        Clear(5, W);
        Command(6, REQUEST_MANUAL_SWITCH, ENTITY_WORKING);
        Command(7, REQUEST_FORCED_SWITCH);
        Command(8, REQUEST_EXERCISE);
        Expect("1000000000: -> manual\n"
               "1000000000: manual-switch P accepted\n"
               "1000000000: switch 2 link-down@0 \n"
               "1000000000: use 2 after 1\n"
               "2000000000: manual-switch W rejected-local\n"
               "3000000000: signal-fail 1 link-down@7 0-5\n"
               "3000000000: hold-off-over 1 link-down@7 0-5\n"
               "3000000000: manual-switch P overridden-local\n"
               "3000000000: -> protecting\n"
               "4000000000: manual-switch P rejected-local\n"
               "5000000000: clear 1 link-down@7 0-5\n"
               "5000000000: -> do-not-revert\n"
               "6000000000: -> manual\n"
               "6000000000: manual-switch W accepted\n"
               "6000000000: switch 1 link-down@0 \n"
               "6000000000: use 1 after 2\n"
               "7000000000: manual-switch W overridden-local\n"
               "7000000000: -> forced\n"
               "7000000000: forced-switch accepted\n"
               "7000000000: switch 2 link-down@0 \n"
               "7000000000: use 2 after 1\n"
               "8000000000: exercise rejected-not-possible");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Clear ends the wait to restore; commands need two routes; a crash forgets them.
 */
class ClearWaitTest : public SelectorCommandTest
{
  public:
    ClearWaitTest()
        : SelectorCommandTest("Clear in wait-to-restore, without routes, after a crash", true)
    {
    }

  private:
    void DoRun() override
    {
        m_policy.wtr = Seconds(100);
        Begin();
        Fail(1, W, 5);
        Clear(2, W);
        Command(3, REQUEST_CLEAR);
        At(4, [selector = m_selector] {
            selector->Command(REQUEST_LOCKOUT, ENTITY_WORKING);
            selector->Reset();
            selector->Command(REQUEST_CLEAR, ENTITY_WORKING);
            selector->SetRoutes(W, P, NONE, IncidentId());
        });
        Expect("1000000000: signal-fail 1 link-down@7 0-5\n"
               "1000000000: -> hold-off\n"
               "1000000000: hold-off-over 1 link-down@7 0-5\n"
               "1000000000: switch 2 link-down@7 0-5\n"
               "1000000000: -> protecting\n"
               "1000000000: use 2 after 1 0-5\n"
               "2000000000: clear 1 link-down@7 0-5\n"
               "2000000000: -> wait-to-restore\n"
               "2000000000: wait-to-restore 1 link-down@7 0-5\n"
               "3000000000: revert 1 link-down@7 0-5\n"
               "3000000000: -> normal\n"
               "3000000000: use 1 after 2 0-5\n"
               "3000000000: clear accepted\n"
               "4000000000: -> locked-out\n"
               "4000000000: lockout accepted\n"
               "4000000000: -> unavailable\n"
               "4000000000: clear rejected-not-possible\n"
               "4000000000: -> normal\n"
               "4000000000: use 1 after 0");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of operator commands for the routes of sessions.
 */
class QkdnRouteSelectorCommandsTestSuite : public TestSuite
{
  public:
    QkdnRouteSelectorCommandsTestSuite()
        : TestSuite("qkdn-route-selector-commands", Type::UNIT)
    {
        AddTestCase(new LockoutTest);
        AddTestCase(new ForcedSwitchTest(true));
        AddTestCase(new ForcedSwitchTest(false));
        AddTestCase(new ForcedSwitchFailsTest);
        AddTestCase(new ManualSwitchTest);
        AddTestCase(new ClearWaitTest);
    }
};

static QkdnRouteSelectorCommandsTestSuite
    g_qkdnRouteSelectorCommandsTestSuite; //!< registers the suite
