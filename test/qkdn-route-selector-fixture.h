/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SELECTOR_FIXTURE_H
#define QKDN_ROUTE_SELECTOR_FIXTURE_H

#include "qkdn-test-schedule.h"

#include "ns3/qkdn-route-selector.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <sstream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{
namespace selector_test
{

inline const SessionId SESSION(9);      //!< the session
inline const RouteId NONE;              //!< no route
inline const RouteId W(1);              //!< its working route
inline const RouteId P(2);              //!< its protection route
inline const RouteId R(3);              //!< its recovery route
inline const KmId HOP(7);               //!< KM before a hop
inline const KmId HOP2(8);              //!< KM before another hop
inline const Time ENDLESS(Time::Max()); //!< buffered key for ever

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
 * @brief A route selector, with a log of all that it says.
 *
 * A line of the log is "time in ns: what". What is an event with route, trigger, hop and
 * incident, or "use NEW after OLD" with the incident, or "-> STATE".
 */
class SelectorTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit SelectorTest(const std::string& name)
        : TestCase(name)
    {
        m_policy.resilienceClass = CLASS_ROUTE_1_1;
        m_policy.holdOff = MilliSeconds(500);
        m_policy.wtr = Seconds(2);
    }

  protected:
    /// Make the selector by the policy.
    void Make()
    {
        KeySession session;
        session.id = SESSION;
        session.policy = m_policy;
        m_selector = CreateObject<RouteSelector>();
        m_selector->Configure(session);
        m_selector->SetSelectCallback(MakeCallback(&SelectorTest::NoteSelect, this));
        m_selector->SetEventCallback(MakeCallback(&SelectorTest::NoteEvent, this));
        m_selector->TraceConnectWithoutContext("State",
                                               MakeCallback(&SelectorTest::NoteState, this));
    }

    /// Make the selector by the policy, with a working and a protection route.
    void MakeWithRoutes()
    {
        Make();
        m_selector->SetRoutes(W, P, NONE, IncidentId());
        ExpectNow("0: -> normal\n0: use 1 after 0");
    }

    /**
     * @brief A link goes down.
     * @param seconds when
     * @param route the route
     * @param incident its number
     * @param hop KM before the hop
     * @param kind kind of condition
     */
    void Fail(double seconds,
              RouteId route,
              uint32_t incident,
              KmId hop = HOP,
              ResilienceTrigger kind = TRIGGER_LINK_DOWN)
    {
        At(seconds, [=, selector = m_selector] {
            selector->SignalFail(route, kind, hop, Incident(incident), ENDLESS);
        });
    }

    /**
     * @brief A link is back.
     * @param seconds when
     * @param route the route
     * @param hop KM before the hop
     * @param kind kind of condition
     */
    void Clear(double seconds,
               RouteId route,
               KmId hop = HOP,
               ResilienceTrigger kind = TRIGGER_LINK_DOWN)
    {
        At(seconds, [=, selector = m_selector] { selector->ClearFail(route, kind, hop); });
    }

    /**
     * @brief Expect what was said since the last time.
     * @param expected lines
     */
    void ExpectNow(const std::string& expected)
    {
        std::string text = "\n";
        for (const std::string& line : m_log)
        {
            text += line + "\n";
        }
        NS_TEST_EXPECT_MSG_EQ(text,
                              (expected.empty() ? "\n" : "\n" + expected + "\n"),
                              "what was said up to " << Simulator::Now().GetSeconds() << " s");
        m_log.clear();
    }

    /**
     * @brief Run until nothing is left to do and expect what was said.
     * @param expected lines
     */
    void Expect(const std::string& expected)
    {
        Simulator::Run();
        ExpectNow(expected);
    }

    void DoTeardown() override
    {
        if (m_selector)
        {
            m_selector->Dispose();
        }
        m_selector = nullptr;
        Simulator::Destroy();
    }

    SessionPolicy m_policy;         //!< policy of the session
    Ptr<RouteSelector> m_selector;  //!< the selector
    std::vector<std::string> m_log; //!< what was said

  private:
    /// @cond
    void Note(const std::string& text)
    {
        m_log.push_back(std::to_string(Simulator::Now().GetNanoSeconds()) + ": " + text);
    }

    void NoteSelect(SessionId session, RouteId route, RouteId previous, IncidentId incident)
    {
        NS_TEST_EXPECT_MSG_EQ(session, SESSION, "the session");
        NS_TEST_EXPECT_MSG_EQ(m_selector->GetSelected(), route, "selected already");
        std::ostringstream text;
        text << "use " << route << " after " << previous
             << (incident.IsValid() ? " " + incident.ToString() : "");
        Note(text.str());
    }

    void NoteEvent(SessionId session,
                   RouteId route,
                   RouteEventKind kind,
                   ResilienceTrigger trigger,
                   KmId hop,
                   IncidentId incident)
    {
        NS_TEST_EXPECT_MSG_EQ(session, SESSION, "the session");
        std::ostringstream text;
        text << RouteEventName(kind) << " " << route << " " << ResilienceTriggerName(trigger) << "@"
             << hop << " " << incident.ToString();
        Note(text.str());
    }

    void NoteState(SessionId, RouteSelector::State, RouteSelector::State after)
    {
        Note(std::string("-> ") + RouteSelector::GetStateName(after));
    }

    /// @endcond
};

} // namespace selector_test
} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SELECTOR_FIXTURE_H */
