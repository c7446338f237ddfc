/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/qkdn-optical-switch.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Plays with a switch of three ports and 20 ms and writes down what its traces and callbacks say.
class SwitchPlay
{
  public:
    /**
     * @brief Constructor
     * @param name name of the switch
     */
    explicit SwitchPlay(const std::string& name = "s1")
    {
        m_switch = CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                             StringValue(name),
                                                             "Ports",
                                                             UintegerValue(3));
        m_switch->TraceConnectWithoutContext("LitPort", MakeCallback(&SwitchPlay::Lit, this));
        m_switch->TraceConnectWithoutContext("Request", MakeCallback(&SwitchPlay::Request, this));
        m_switch->TraceConnectWithoutContext("Outcome", MakeCallback(&SwitchPlay::Outcome, this));
        m_switch->TraceConnectWithoutContext("Failure", MakeCallback(&SwitchPlay::Failure, this));
        m_switch->SetAlarmCallback(MakeCallback(&SwitchPlay::Alarm, this));
    }

    ~SwitchPlay()
    {
        m_switch->Dispose();
        Simulator::Destroy();
    }

    SwitchPlay(const SwitchPlay&) = delete;
    SwitchPlay& operator=(const SwitchPlay&) = delete;

    /**
     * @brief Ask for a port.
     * @param at when, ms
     * @param port the port; it is also the number of the incident
     */
    void SelectAt(int64_t at, uint32_t port)
    {
        Simulator::Schedule(MilliSeconds(at), [this, port] {
            m_switch->Select(port, MakeCallback(&SwitchPlay::Done, this), IncidentId{9, port});
        });
    }

    /**
     * @brief Break the switch for a while.
     * @param at when, ms
     * @param to until when, ms
     */
    void FailAt(int64_t at, int64_t to)
    {
        Simulator::Schedule(MilliSeconds(at), &OpticalSwitch::Fail, m_switch);
        Simulator::Schedule(MilliSeconds(to), &OpticalSwitch::Repair, m_switch);
    }

    Ptr<OpticalSwitch> m_switch; //!< the switch
    std::string m_light;         //!< ports that were lit, "ms:port"
    std::string m_done;          //!< outcomes as the callback told, "ms:outcome"
    std::string m_outcomes;      //!< outcomes as traced, "ms:port=outcome/incident"
    std::string m_requests;      //!< requests as traced, "ms:port/incident"
    std::string m_failures;      //!< failures as traced, "ms:failed"
    std::string m_alarms;        //!< alarms, "ms:failed"

  private:
    /**
     * @brief Write down.
     * @param to where
     * @param what what follows the time
     */
    static void Note(std::string& to, const std::string& what)
    {
        to += (to.empty() ? "" : " ") + std::to_string(Simulator::Now().GetMilliSeconds()) + ":" +
              what;
    }

    /// @cond
    void Lit(Ptr<const OpticalSwitch>, uint32_t port)
    {
        Note(m_light, std::to_string(port));
    }

    void Request(Ptr<const OpticalSwitch>, uint32_t port, IncidentId incident)
    {
        Note(m_requests, std::to_string(port) + "/" + incident.ToString());
    }

    void Outcome(Ptr<const OpticalSwitch>, uint32_t port, bool success, IncidentId incident)
    {
        Note(m_outcomes, std::to_string(port) + (success ? "=yes/" : "=no/") + incident.ToString());
    }

    void Failure(Ptr<const OpticalSwitch>, bool failed)
    {
        Note(m_failures, failed ? "broken" : "well");
    }

    void Alarm(bool failed)
    {
        Note(m_alarms, failed ? "broken" : "well");
    }

    void Done(bool success)
    {
        Note(m_done, success ? "yes" : "no");
    }

    /// @endcond
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a switch does when it is told to move, worked out by hand.
 */
class OpticalSwitchMoveTest : public TestCase
{
  public:
    OpticalSwitchMoveTest()
        : TestCase("An optical switch moves, turns round and refuses as told")
    {
    }

  private:
    void TestMoves()
    {
        SwitchPlay f;
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->GetLitPort(), 1, "it begins at port 1");
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->GetNPorts(), 3, "attribute");
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->GetSwitchingTime(), MilliSeconds(20), "default");
        f.SelectAt(100, 2);
        // asked again on the way: answered with the first
        f.SelectAt(110, 2);
        // it stands there
        f.SelectAt(200, 2);
        f.SelectAt(300, 3);
        // not a port
        f.SelectAt(400, 0);
        f.SelectAt(500, 4);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 120:2 300:0 320:3", "dark while it moves");
        NS_TEST_ASSERT_MSG_EQ(f.m_done, "120:yes 120:yes 200:yes 320:yes 400:no 500:no", "told");
        NS_TEST_ASSERT_MSG_EQ(f.m_requests,
                              "100:2/8-2 110:2/8-2 200:2/8-2 300:3/8-3 400:0/ 500:4/8-4",
                              "traced with incidents");
        NS_TEST_ASSERT_MSG_EQ(f.m_outcomes,
                              "120:2=yes/8-2 120:2=yes/8-2 200:2=yes/8-2 320:3=yes/8-3 400:0=no/ "
                              "500:4=no/8-4",
                              "traced with incidents");
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->GetPort(), 3, "there it stands");
    }

    void TestTurnsRound()
    {
        {
            SwitchPlay f;
            f.SelectAt(100, 2);
            f.SelectAt(115, 3);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 135:3", "dark all the time");
            NS_TEST_ASSERT_MSG_EQ(f.m_outcomes, "115:2=no/8-2 135:3=yes/8-3", "superseded");
        }
        {
            // back to where it came from: that takes the whole time too
            SwitchPlay f;
            f.SelectAt(100, 2);
            f.SelectAt(115, 1);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 135:1", "back");
            NS_TEST_ASSERT_MSG_EQ(f.m_done, "115:no 135:yes", "superseded");
        }
    }

    void TestNoTime()
    {
        SwitchPlay f;
        f.m_switch->SetAttribute("SwitchingTime", TimeValue(Time()));
        f.SelectAt(100, 2);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 100:2", "at once");
        NS_TEST_ASSERT_MSG_EQ(f.m_done, "100:yes", "told");
    }

    void DoRun() override
    {
        TestMoves();
        TestTurnsRound();
        TestNoTime();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A broken switch.
 */
class OpticalSwitchFailureTest : public TestCase
{
  public:
    OpticalSwitchFailureTest()
        : TestCase("A broken optical switch is stuck or dark until it is repaired")
    {
    }

  private:
    void TestStuck()
    {
        SwitchPlay f;
        f.FailAt(100, 1000);
        f.SelectAt(200, 2);
        f.SelectAt(300, 1);
        f.SelectAt(1100, 2);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_light, "1100:0 1120:2", "stuck, not dark");
        NS_TEST_ASSERT_MSG_EQ(f.m_done, "220:no 320:no 1120:yes", "read back");
        NS_TEST_ASSERT_MSG_EQ(f.m_failures, "100:broken 1000:well", "traced");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms, "100:broken 1000:well", "supervised");
    }

    void TestDark()
    {
        SwitchPlay f;
        f.m_switch->SetAttribute("FailDark", BooleanValue(true));
        f.m_switch->SetAttribute("Supervised", BooleanValue(false));
        f.FailAt(100, 1000);
        // two failures need two repairs
        f.FailAt(200, 1500);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 1500:1", "dark");
        NS_TEST_ASSERT_MSG_EQ(f.m_failures, "100:broken 1500:well", "traced");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms, "", "nobody is told");
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->IsFailed(), false, "well");
    }

    void TestWhileMoving()
    {
        {
            SwitchPlay f;
            f.SelectAt(100, 2);
            f.FailAt(110, 1000);
            f.SelectAt(500, 3);
            f.SelectAt(1100, 2);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(f.m_light,
                                  "100:0 1000:1 1100:0 1120:2",
                                  "between two ports, then where it stood last");
            NS_TEST_ASSERT_MSG_EQ(f.m_done, "120:no 520:no 1120:yes", "told at the end");
        }
        {
            // repaired before the movement would have ended: it ends where it began
            SwitchPlay f;
            f.SelectAt(100, 2);
            f.FailAt(105, 110);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 120:1", "back");
            NS_TEST_ASSERT_MSG_EQ(f.m_done, "120:no", "told");
        }
    }

    void DoRun() override
    {
        TestStuck();
        TestDark();
        TestWhileMoving();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Switchings that fail by chance.
 */
class OpticalSwitchCoverageTest : public TestCase
{
  public:
    OpticalSwitchCoverageTest()
        : TestCase("Switchings work with the probability Coverage")
    {
    }

  private:
    /**
     * @brief Switch to and fro.
     * @param name name of the switch
     * @param coverage its coverage
     * @param n number of requests
     * @return the outcomes, one letter each
     */
    static std::string Play(const std::string& name, double coverage, int n)
    {
        SwitchPlay f(name);
        f.m_switch->SetAttribute("Coverage", DoubleValue(coverage));
        for (int i = 0; i < n; ++i)
        {
            Simulator::Schedule(MilliSeconds(100 * i), [&f] {
                f.m_switch->Select(f.m_switch->GetPort() == 1 ? 2 : 1,
                                   OpticalSwitch::DoneCallback(),
                                   IncidentId());
            });
        }
        Simulator::Run();
        std::string outcomes;
        for (std::size_t at = f.m_outcomes.find('='); at != std::string::npos;
             at = f.m_outcomes.find('=', at + 1))
        {
            outcomes += f.m_outcomes[at + 1];
        }
        return outcomes;
    }

    void DoRun() override
    {
        {
            SwitchPlay f;
            f.m_switch->SetAttribute("Coverage", DoubleValue(0.0));
            f.SelectAt(100, 2);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(f.m_light, "100:0 120:1", "it is where it was");
            NS_TEST_ASSERT_MSG_EQ(f.m_done, "120:no", "told");
            NS_TEST_ASSERT_MSG_EQ(f.m_switch->IsFailed(), false, "it may work next time");
        }
        const int n = 2000;
        const std::string one = Play("s1", 0.9, n);
        NS_TEST_ASSERT_MSG_EQ(one.size(), std::size_t{n}, "an outcome each");
        const auto worked = static_cast<double>(std::count(one.begin(), one.end(), 'y'));
        // binomial: 1800, four standard deviations of 13.4
        NS_TEST_ASSERT_MSG_EQ_TOL(worked, 0.9 * n, 4.0 * std::sqrt(n * 0.9 * 0.1), "nine of ten");
        NS_TEST_ASSERT_MSG_EQ(Play("s1", 0.9, n), one, "the same draws again");
        NS_TEST_ASSERT_MSG_NE(Play("s2", 0.9, n), one, "a switch draws for itself");
        NS_TEST_ASSERT_MSG_EQ(Play("s1", 1.0, n), std::string(n, 'y'), "always");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Attributes out of range.
 */
class OpticalSwitchAttributeTest : public TestCase
{
  public:
    OpticalSwitchAttributeTest()
        : TestCase("An optical switch refuses values that make no sense")
    {
    }

  private:
    void DoRun() override
    {
        const Ptr<OpticalSwitch> sw = CreateObject<OpticalSwitch>();
        NS_TEST_ASSERT_MSG_EQ(sw->SetAttributeFailSafe("LossDb", DoubleValue(-0.1)), false, "loss");
        NS_TEST_ASSERT_MSG_EQ(sw->SetAttributeFailSafe("Coverage", DoubleValue(1.1)),
                              false,
                              "a probability");
        NS_TEST_ASSERT_MSG_EQ(sw->SetAttributeFailSafe("SwitchingTime", TimeValue(Seconds(-1))),
                              false,
                              "a duration");
        NS_TEST_ASSERT_MSG_EQ(sw->SetAttributeFailSafe("Ports", UintegerValue(0)), false, "ports");
        const auto third = CreateObjectWithAttributes<OpticalSwitch>("Ports",
                                                                     UintegerValue(4),
                                                                     "InitialPort",
                                                                     UintegerValue(3));
        NS_TEST_ASSERT_MSG_EQ(third->GetLitPort(), 3, "it begins where it is told");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the optical switch.
 */
class QkdnOpticalSwitchTestSuite : public TestSuite
{
  public:
    QkdnOpticalSwitchTestSuite()
        : TestSuite("qkdn-optical-switch", Type::UNIT)
    {
        AddTestCase(new OpticalSwitchMoveTest);
        AddTestCase(new OpticalSwitchFailureTest);
        AddTestCase(new OpticalSwitchCoverageTest);
        AddTestCase(new OpticalSwitchAttributeTest);
    }
};

static QkdnOpticalSwitchTestSuite g_qkdnOpticalSwitchTestSuite; //!< registers the suite
