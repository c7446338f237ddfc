/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENT_STORY_H
#define QKDN_REQUIREMENT_STORY_H

#include "ns3/qkdn-requirement-checker.h"
#include "ns3/test.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

inline const SessionId A{1};     //!< session of class route-1:1
inline const SessionId B{2};     //!< session of class restoration
inline const SessionId C{3};     //!< session of class restoration
inline const SessionId EXTRA{4}; //!< extra traffic

inline const IncidentId INCIDENT{1, 1}; //!< a failure

inline const KeyRoute A_WORKING{RouteId(11), A, ROUTE_WORKING, {KmId(1), KmId(2), KmId(4)}, 0};
inline const KeyRoute A_PROTECTION{RouteId(12),
                                   A,
                                   ROUTE_PROTECTION,
                                   {KmId(1), KmId(3), KmId(4)},
                                   0};
inline const KeyRoute A_RECOVERY{RouteId(13), A, ROUTE_RECOVERY, {KmId(1), KmId(5), KmId(4)}, 0};
inline const KeyRoute B_WORKING{RouteId(21), B, ROUTE_WORKING, {KmId(1), KmId(2)}, 0};
inline const KeyRoute B_RECOVERY{RouteId(22), B, ROUTE_RECOVERY, {KmId(1), KmId(3), KmId(2)}, 0};
inline const KeyRoute C_WORKING{RouteId(31), C, ROUTE_WORKING, {KmId(2), KmId(1)}, 0};
inline const KeyRoute C_RECOVERY{RouteId(32), C, ROUTE_RECOVERY, {KmId(2), KmId(3), KmId(1)}, 0};
inline const KeyRoute E_ROUTE{RouteId(41), EXTRA, ROUTE_EXTRA, {KmId(1), KmId(3)}, 100};

/// The settling time of the checker.
constexpr double SETTLING_S = 5;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Tells a checker what happens. Each event has a number and is younger than the one before.
 */
class Story
{
  public:
    /**
     * @brief Constructor
     * @param hasController whether there is a controller
     * @param hasManager whether there is a manager
     */
    explicit Story(bool hasController = true, bool hasManager = true)
        : m_checker(Seconds(SETTLING_S))
    {
        if (hasController)
        {
            m_checker.AddController();
        }
        if (hasManager)
        {
            m_checker.AddManager();
        }
        AddSession(A, "A", CLASS_ROUTE_1_1, false, KmId(1));
        AddSession(B, "B", CLASS_RESTORATION, false, KmId(1));
        AddSession(C, "C", CLASS_RESTORATION, false, KmId(2));
        AddSession(EXTRA, "E", CLASS_UNPROTECTED, true, KmId(1));
    }

    /// Session A is restored when both routes have failed. Call it first.
    Story& Escalate()
    {
        AddSession(A, "A", CLASS_ROUTE_1_1, false, KmId(1), ESCALATION_RESTORATION);
        return *this;
    }

    /// Go to a time, in s.
    Story& At(double seconds)
    {
        m_now = Seconds(seconds);
        return *this;
    }

    /// All KMs of a route but some install or release it.
    Story& Install(const KeyRoute& route, bool installed = true, std::size_t leaveOut = 0)
    {
        for (std::size_t i = 0; i + leaveOut < route.kms.size(); ++i)
        {
            m_checker.RouteChanged(Next(), route.kms[i], route, installed);
        }
        return *this;
    }

    /// Release a route.
    Story& Release(const KeyRoute& route)
    {
        return Install(route, false);
    }

    /// An operator fixes which route the session of a route uses, or ends that.
    Story& Fix(const KeyRoute& route, bool fixed)
    {
        m_checker.RouteFixed(Next(), route.session, fixed);
        return *this;
    }

    /// An event of a route.
    Story& Event(const KeyRoute& route, RouteEventKind kind)
    {
        m_checker.RouteEvent(Next(), route.session, route.id, kind);
        return *this;
    }

    /// The master's KM relays a key over a route.
    Story& Use(const KeyRoute& route)
    {
        m_checker.RouteUsed(Next(), route.session, route.id);
        return *this;
    }

    /// A KM crashes or starts again.
    Story& Process(KmId km, bool running)
    {
        m_checker.ProcessChanged(Next(), km, running);
        return *this;
    }

    /// An event at the time of the one before.
    Story& EventThen(const KeyRoute& route, RouteEventKind kind)
    {
        m_checker.RouteEvent({m_now, ++m_events}, route.session, route.id, kind);
        return *this;
    }

    /// A controller decides on a recovery that gives so much of what the session asks for.
    Story& Choose(const KeyRoute& route, uint64_t demandBps, uint64_t recoveredBps)
    {
        m_checker.RecoveryChosen({route.session, {route.id}, demandBps, recoveredBps});
        return *this;
    }

    /// A controller has all acknowledgements.
    Story& Complete(const KeyRoute& route)
    {
        m_checker.ControllerCompleted(Next(), route.session, route.id);
        return *this;
    }

    /// An action that a controller reports, and the manager gets if it should.
    Story& Act(McOperationKind kind,
               const KeyRoute& from,
               const KeyRoute& to,
               bool logged = true,
               IncidentId incident = INCIDENT)
    {
        McOperation operation;
        operation.kind = kind;
        operation.session = from.session;
        operation.from = from.id;
        operation.to = to.id;
        m_checker.ControllerOperation(Next(), operation, incident);
        if (logged)
        {
            m_checker.ManagerOperation(Next(), operation);
        }
        return *this;
    }

    /// A route in the manager's table.
    Story& Table(const KeyRoute& route, McRouteState state)
    {
        m_checker.ManagerRouteStatus(Next(), McRouteStatus{route, state});
        return *this;
    }

    /// A session in the manager's records.
    Story& State(SessionId session, McSupplyState state)
    {
        McSessionStatus status;
        status.session = session;
        status.state = state;
        status.protection = A_PROTECTION.id;
        status.recovery = B_RECOVERY.id;
        m_checker.ManagerSessionStatus(Next(), status);
        return *this;
    }

    /// A policy is sent or accepted.
    Story& Policy(bool accepted)
    {
        m_checker.ManagerPolicy(Next(), accepted);
        return *this;
    }

    /// A fault strikes.
    Story& Fault(const std::vector<SessionId>& sessions)
    {
        m_checker.FaultStruck(Next(), "F1", sessions);
        return *this;
    }

    /// A fault has an effect on some sessions only.
    Story& Effect(const std::set<SessionId>& sessions, const std::string& fault = "F1")
    {
        m_checker.SetConcerned({{fault, sessions}});
        return *this;
    }

    /// Key supply was interrupted, times in s.
    Story& Interrupt(SessionId session, double start, double end)
    {
        m_checker.SupplyInterrupted(session, Seconds(start), Seconds(end));
        return *this;
    }

    /// Routes of session A, in the KMs and in the manager's table.
    Story& SetUpA()
    {
        At(1).Install(A_WORKING).Install(A_PROTECTION);
        return Table(A_WORKING, MC_ROUTE_ACTIVE).Table(A_PROTECTION, MC_ROUTE_STANDBY);
    }

    /// The route of session B, in the KMs and in the manager's table.
    Story& SetUpB()
    {
        return At(1).Install(B_WORKING).Table(B_WORKING, MC_ROUTE_ACTIVE);
    }

    /// Session B loses its route and is moved to its recovery route.
    Story& RestoreB(double fails, double restored)
    {
        SetUpB().At(fails).Fault({B}).Event(B_WORKING, ROUTE_EVENT_SIGNAL_FAIL);
        Table(B_WORKING, MC_ROUTE_FAILED);
        At(restored).Install(B_RECOVERY).Event(B_RECOVERY, ROUTE_EVENT_SWITCHED);
        return Complete(B_RECOVERY).Table(B_RECOVERY, MC_ROUTE_ACTIVE);
    }

    /**
     * @brief The result for one requirement.
     * @param id its id
     * @param end end of the run, in s
     * @return the result
     */
    RequirementResult Check(const std::string& id, double end = 60) const
    {
        for (const RequirementResult& result : m_checker.Check(Seconds(end)))
        {
            if (result.id == id)
            {
                return result;
            }
        }
        return RequirementResult();
    }

    /**
     * @brief Number of the newest event.
     * @return the number
     */
    uint64_t GetLastEvent() const
    {
        return m_events;
    }

    RequirementChecker m_checker; //!< the checker

  private:
    /// @cond
    Sighting Next()
    {
        m_now += NanoSeconds(1);
        return Sighting{m_now, ++m_events};
    }

    void AddSession(SessionId id,
                    const std::string& name,
                    ResilienceClass resilienceClass,
                    bool extra,
                    KmId master,
                    RouteEscalation escalation = ESCALATION_NONE)
    {
        KeySession session;
        session.id = id;
        session.name = name;
        session.masterKm = master;
        session.policy.resilienceClass = resilienceClass;
        session.policy.extraTraffic = extra;
        session.policy.escalation = escalation;
        session.policy.toleration = Seconds(2);
        session.policy.holdOff = Seconds(1);
        m_checker.AddSession(session);
    }

    /// @endcond

    Time m_now;           //!< now
    uint64_t m_events{0}; //!< events so far
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of predicates.
 */
class RequirementTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Expect a result.
     * @param story what happened
     * @param id id of the requirement
     * @param status the status
     * @param what which case it is
     * @param end end of the run, in s
     */
    void Expect(const Story& story,
                const std::string& id,
                RequirementStatus status,
                const std::string& what,
                double end = 60)
    {
        const RequirementResult result = story.Check(id, end);
        NS_TEST_EXPECT_MSG_EQ(result.id, id, "there is such a requirement");
        NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                              RequirementStatusName(status),
                              id << ", " << what << ": " << result.reason);
        NS_TEST_EXPECT_MSG_EQ(result.reason.empty(), false, id << " has a reason");
        NS_TEST_EXPECT_MSG_EQ(std::is_sorted(result.evidence.begin(), result.evidence.end()),
                              true,
                              id << ", " << what << ": evidence in order");
        for (const uint64_t event : result.evidence)
        {
            NS_TEST_EXPECT_MSG_EQ((event > 0 && event <= story.GetLastEvent()),
                                  true,
                                  id << ", " << what << ": evidence is an event");
        }
        if (status == REQUIREMENT_NOT_EXERCISED)
        {
            NS_TEST_EXPECT_MSG_EQ(result.evidence.empty(), true, id << ": evidence of nothing");
        }
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENT_STORY_H */
