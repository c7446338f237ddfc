/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENT_CHECKER_H
#define QKDN_REQUIREMENT_CHECKER_H

#include "qkdn-charging-requirements.h"
#include "qkdn-protection-requirements.h"
#include "qkdn-requirement-finding.h"
#include "qkdn-requirement-result.h"
#include "qkdn-route-observer.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-session.h"
#include "ns3/qkdn-mc-messages.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Finds out what a run says of each requirement of the draft Recommendation Y.QKDN-rsrq
 * (July 2023 output).
 *
 * Tell it everything as it happens, in order of time, each with the number of its entry in the
 * event log; tell it the interruptions of key supply at the end; then call Check().
 *
 * Messages under way at the end of a run are no offence: what is younger than the settling time
 * is not judged unless it has come to a good end already. These are the predicates:
 *
 * - G-K1: whenever the route in use had failed, hold-off was over and another route of the session
 *   was installed at all its KMs and had not failed, the master's KM switched within the settling
 *   time, unless this state ended earlier. P-K1: the same for protection routes alone.
 * - G-C0: each session that a fault concerned had a protection route installed at all its KMs when
 *   the fault struck. P-C1: and its key supply was not interrupted from then on. Extra traffic is
 *   left out: it gives way by agreement.
 * - G-C1: each session of class route-1:1, and each other session whose route failed for longer
 *   than hold-off and settling time, was given more than one route; routes over the same KMs are
 *   one. Extra traffic is left out.
 * - G-C3: the controller moved (to a recovery route, or back from one), pre-empted or resumed a
 *   session because of a failure: it names it, or the session's KM says that the route had failed.
 *   What KMs do on their own is not its doing: switches of class route-1:1, and stopping extra
 *   traffic or letting it go on. No failure of extra traffic calls for it.
 * - G-C4: a report of its own (of the action, or within the settling time of the session on its
 *   new route) reached the manager for each recovery. A recovery is a session that went over to a
 *   protection or recovery route, as its KM or the controller says; a reversion that its KM takes
 *   back at the same moment makes none. Of a protection group that a
 *   controller commands it is an action.
 * - G-M0b: during each interruption of key supply the manager's record said that the session is
 *   failed, interrupted or pre-empted, and an action for this session, other than a search in
 *   vain, was entered in its log from then on until the interruption was over, both up to the
 *   settling time later. Interruptions that began before the session had a route are part of its
 *   set-up and left out, and those that last to the end of the run if the log says that the session
 *   gave way to another one.
 * - G-M1: the manager received status and actions, and a controller accepted a policy of it;
 *   exercised by recoveries.
 * - R-C1: with a controller, two or more recovery routes were in use at once, of whatever sessions.
 * - R-C2: for each failure of the route in use of a session of class restoration, and each one that
 *   leaves a session with escalation without routes set up in advance: a recovery route was
 *   installed and acknowledged before the interruption of key supply had lasted for the toleration
 *   time, or there was no interruption. A failure that ends before is not counted. If recovery
 *   routes give a part of the key rate only, no interruption may last for longer than the
 *   toleration time until others give it all, or the failure ends.
 * - R-M1: a log record for each recovery, also of a protection group (both ends switched to one
 *   protection entity because of a failure), and at the end of the run the manager's table of
 * routes equals the routes installed in the KMs. A route is compared if its last change at a KM is
 * older than the settling time. The table has to have a route that all its KMs hold, must not have
 * one that no KM holds, and must not call one released that some KM holds. If the last word of the
 *   master's KM on a route is that it failed, is clear, or is in use, and is older than the
 *   settling time, the table must not say otherwise. A record may be late: what
 *   happens while the manager cannot be told is told afterwards.
 *
 * Those of spare QKD links and modules are judged by ProtectionRequirements, that of charging
 * (G-C2) by ChargingRequirements.
 */
class RequirementChecker
{
  public:
    /**
     * @brief Constructor
     * @param settling longest time that reactions and messages take; longer than any time-out and
     * repetition of theirs
     */
    explicit RequirementChecker(Time settling = Seconds(5));

    /// Say that there is a controller.
    void AddController();

    /// Say that there is a manager.
    void AddManager();

    /**
     * @brief What judges the requirements of spare QKD links and modules; tell it what happens to
     * protection groups. It learns of managers and faults from here.
     * @return its records
     */
    ProtectionRequirements& GetProtection();

    /**
     * @brief What judges charging; tell it of use and records.
     * @return its records
     */
    ChargingRequirements& GetCharging();

    /**
     * @brief Follow a session. Call it before anything happens.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief A KM installs or releases a route.
     * @param at when
     * @param km the KM
     * @param route the route
     * @param installed true if it installs it
     */
    void RouteChanged(const Sighting& at, KmId km, const KeyRoute& route, bool installed);

    /**
     * @brief An event of a route at the session's master KM.
     * @param at when
     * @param session the session
     * @param route the route
     * @param kind what happens
     */
    void RouteEvent(const Sighting& at, SessionId session, RouteId route, RouteEventKind kind);

    /**
     * @brief An operator fixes which route a session uses, or ends that.
     * @param at when
     * @param session the session
     * @param fixed true while the command is in effect
     */
    void RouteFixed(const Sighting& at, SessionId session, bool fixed);

    /**
     * @brief The master's KM begins to relay a KSA-key: it uses the route, also if no event has
     * said so (a process that has started again).
     * @param at when
     * @param session the session
     * @param route the route, or none
     */
    void RouteUsed(const Sighting& at, SessionId session, RouteId route);

    /**
     * @brief A KM crashes or starts again.
     * @param at when
     * @param km the KM
     * @param running true if it starts again
     */
    void ProcessChanged(const Sighting& at, KmId km, bool running);

    /**
     * @brief The last acknowledgement of a recovery has come to the controller.
     * @param at when
     * @param session the session
     * @param route its new route
     */
    void ControllerCompleted(const Sighting& at, SessionId session, RouteId route);

    /**
     * @brief A controller decides to restore a session.
     * @param recovery over which routes
     */
    void RecoveryChosen(const SessionRecovery& recovery);

    /**
     * @brief A controller reports an action, whether or not a manager gets it. One that it repeats
     * counts once.
     * @param at when
     * @param operation the action
     * @param incident the failure behind it as the controller knows it, or none
     */
    void ControllerOperation(const Sighting& at, const McOperation& operation, IncidentId incident);

    /**
     * @brief A manager enters an action in its log.
     * @param at when
     * @param operation the action
     */
    void ManagerOperation(const Sighting& at, const McOperation& operation);

    /**
     * @brief The status of a route changes in the records of a manager.
     * @param at when
     * @param status the route and its new status
     */
    void ManagerRouteStatus(const Sighting& at, const McRouteStatus& status);

    /**
     * @brief A session changes in the records of a manager.
     * @param at when
     * @param status the session and its new status
     */
    void ManagerSessionStatus(const Sighting& at, const McSessionStatus& status);

    /**
     * @brief A QKD link changes in the records of a manager.
     * @param at when
     */
    void ManagerLinkStatus(const Sighting& at);

    /**
     * @brief A policy of a manager is sent to a controller, or accepted by one.
     * @param at when
     * @param accepted true if it is accepted
     */
    void ManagerPolicy(const Sighting& at, bool accepted);

    /**
     * @brief The manager sends a policy to a key manager, or is told that it is in force there.
     * @param at when
     * @param km name of the key manager
     * @param number number of the policy
     * @param accepted whether it is in force
     */
    void KmPolicy(const Sighting& at, const std::string& km, uint32_t number, bool accepted);

    /**
     * @brief A fault strikes.
     * @param at when
     * @param fault its id, unique in the run
     * @param sessions the sessions that it may concern
     */
    void FaultStruck(const Sighting& at,
                     const std::string& fault,
                     const std::vector<SessionId>& sessions);

    /**
     * @brief Say which of the sessions that faults might concern they have concerned: the route in
     * use depended on what broke, and somebody noticed. Known at the end of the run; without this
     * call all of them.
     * @param sessions the sessions by id of the fault
     */
    void SetConcerned(const std::map<std::string, std::set<SessionId>>& sessions);

    /**
     * @brief Key supply of a session was interrupted. Known at the end of the run.
     * @param session the session
     * @param start when it began
     * @param end when it was over, or the end of the run
     */
    void SupplyInterrupted(SessionId session, Time start, Time end);

    /**
     * @brief What the run says of all requirements.
     * @param end the end of the run
     * @return an entry for each requirement, in the order of the draft
     */
    std::vector<RequirementResult> Check(Time end) const;

  private:
    using Finding = RequirementFinding; //!< what was found out about a requirement

    /// A fault.
    struct SeenFault
    {
        std::string id;                  //!< its id
        Sighting at;                     //!< when it struck
        std::vector<SessionId> sessions; //!< sessions that it may concern
        /// when those of them had got a protection route that had one
        std::map<SessionId, Sighting> protections;
    };

    /// An action as somebody reported it.
    struct SeenOperation
    {
        Sighting at;           //!< when
        McOperation operation; //!< the action
        bool relevant{false};  //!< controllers: its own doing, and because of a failure
    };

    /// What tells an action from another one; the first is whether it is relevant.
    using OperationKey =
        std::tuple<bool, McOperationKind, SessionId, RouteId, RouteId, Time, Time, Time>;

    /// A state in a manager's records.
    struct SeenStatus
    {
        Sighting at;            //!< when
        McSessionStatus status; //!< the state
    };

    /// A route in a manager's table.
    struct TableRoute
    {
        Sighting at;          //!< last change
        McRouteStatus status; //!< the route
    };

    /// An end of a recovery search.
    struct SeenCompletion
    {
        Sighting at;       //!< when
        SessionId session; //!< the session
        RouteId route;     //!< its new route
    };

    /// An interruption of key supply.
    struct SeenInterruption
    {
        Time start; //!< when it began
        Time end;   //!< when it was over
    };

    /// A predicate.
    using Predicate = Finding (RequirementChecker::*)(Time end) const;

    /**
     * @brief The predicate of a requirement.
     * @param id id of the requirement
     * @return the predicate; aborts if there is none
     */
    static Predicate FindPredicate(const std::string& id);

    /**
     * @brief What the run says of a requirement.
     * @param id id of the requirement
     * @param end the end of the run
     * @return the finding
     */
    Finding FindOut(const std::string& id, Time end) const;

    /// @cond
    Finding CheckGK1(Time end) const;
    Finding CheckPK1(Time end) const;
    Finding CheckGC0(Time end) const;
    Finding CheckGC1(Time end) const;
    Finding CheckGC2(Time end) const;
    Finding CheckGC3(Time end) const;
    Finding CheckGC4(Time end) const;
    Finding CheckPC1(Time end) const;
    Finding CheckGM0b(Time end) const;
    Finding CheckGM1(Time end) const;
    Finding CheckRC1(Time end) const;
    Finding CheckRC2(Time end) const;
    Finding CheckRM1(Time end) const;
    /// @endcond

    /**
     * @brief Compare the manager's table of routes with the KMs.
     * @param end the end of the run
     * @param [in,out] finding bad cases are added
     */
    void CompareRoutes(Time end, Finding& finding) const;

    /**
     * @brief Compare the manager's table with the status of a route as the master's KM says.
     * @param observed the route
     * @param state its status in the table
     * @param end the end of the run
     * @return what is wrong in the table, empty if nothing is
     */
    std::string CompareStatus(const ObservedRoute& observed, McRouteState state, Time end) const;

    /**
     * @brief Find the manager's record that key supply of a session was interrupted.
     * @param session the session
     * @param interruption the interruption
     * @return the record, null if there is none
     */
    const SeenStatus* FindInterrupted(SessionId session,
                                      const SeenInterruption& interruption) const;

    /**
     * @brief Find an entry for a session in the manager's log.
     * @param session the session
     * @param since not before this
     * @param until not after this
     * @param preemption whether it has to be a pre-emption, or must not be one
     * @return the entry, null if there is none
     */
    const SeenOperation* FindAction(SessionId session,
                                    Time since,
                                    Time until,
                                    bool preemption) const;

    /**
     * @brief Judge one interruption for G-M0b.
     * @param session the session
     * @param interruption the interruption
     * @param end the end of the run
     * @param [in,out] finding the case is added if it is one
     */
    void CheckResponse(SessionId session,
                       const SeenInterruption& interruption,
                       Time end,
                       Finding& finding) const;

    /**
     * @brief The failures that call for a search of a recovery route: of the route in use of a
     * session of class restoration, and the last one of all routes set up in advance of a session
     * with escalation.
     * @return the failures; they end when the search is pointless
     */
    std::vector<ObservedFailure> GetSearches() const;

    /**
     * @brief Find out whether a failure leaves a session with escalation without any of the routes
     * that were set up in advance.
     * @param failure the failure
     * @return the failure, which ends when the first of these routes is good; nothing if one is
     */
    std::optional<ObservedFailure> FindEscalation(const ObservedFailure& failure) const;

    /**
     * @brief Judge one failure for R-C2.
     * @param failure the failure, which calls for a search
     * @param end the end of the run
     * @param [in,out] finding the case is added if it is one
     */
    void CheckSearch(const ObservedFailure& failure, Time end, Finding& finding) const;

    /**
     * @brief All recoveries: as KMs say, and those that only controllers tell of.
     * @return the recoveries
     */
    std::vector<ObservedRecovery> GetRecoveries() const;

    /**
     * @brief The failures of routes in use that lasted for longer than hold-off and settling time.
     * @param end the end of the run
     * @return the failures
     */
    std::vector<ObservedFailure> GetLastingFailures(Time end) const;

    /**
     * @brief Whether somebody had time enough to react.
     * @param since since when
     * @param end the end of the run
     * @return true if the settling time has passed
     */
    bool IsSettled(Time since, Time end) const;

    /**
     * @brief Whether a fault concerned a session.
     * @param fault the fault
     * @param session one of those that it might concern
     * @return true if so, or if that is not known yet
     */
    bool HasConcerned(const SeenFault& fault, SessionId session) const;

    /**
     * @brief Judge the sessions that faults concern, for G-C0 and P-C1.
     * @param seamless whether an interruption of key supply is an offence
     * @return the finding
     */
    Finding CheckFaultedSessions(bool seamless) const;

    /**
     * @brief An interruption of key supply.
     * @param session the session
     * @param since it was over later than this
     * @return the first, nothing if there is none
     */
    std::optional<SeenInterruption> FindInterruption(SessionId session, Time since) const;

    /**
     * @brief The record of a recovery in the manager's log.
     * @param recovery the recovery
     * @param [in,out] used records that belong to other recoveries; the one found is added
     * @return the record, null if there is none
     */
    const SeenOperation* FindRecord(const ObservedRecovery& recovery,
                                    std::set<std::size_t>& used) const;

    /**
     * @brief The manager's record of a session that uses the route of a recovery, within the
     * settling time.
     * @param recovery the recovery
     * @param [in,out] used records that belong to other recoveries; the one found is added
     * @return the record, null if there is none
     */
    const SeenStatus* FindStatus(const ObservedRecovery& recovery,
                                 std::set<const SeenStatus*>& used) const;

    /**
     * @brief A time for people.
     * @param time the time
     * @return for example "20.005 s"
     */
    static std::string AtTime(Time time);

    /**
     * @brief Name of a route.
     * @param route the route
     * @return "route " and its number
     */
    static std::string NameOf(RouteId route);

    /**
     * @brief Name of a session.
     * @param session the session
     * @return "session " and its name
     */
    std::string NameOf(SessionId session) const;

    Time m_settling;                            //!< longest time that reactions take
    ProtectionRequirements m_protection;        //!< spare QKD links and modules
    ChargingRequirements m_charging;            //!< charging
    bool m_hasController{false};                //!< there is a controller
    bool m_hasManager{false};                   //!< there is a manager
    std::map<SessionId, KeySession> m_sessions; //!< sessions
    RouteObserver m_routes;                     //!< routes in the KMs
    std::vector<SeenFault> m_faults;            //!< faults
    /// sessions that faults concerned, none if that is not known yet
    std::optional<std::map<std::string, std::set<SessionId>>> m_concerned;
    std::vector<SeenCompletion> m_completions;             //!< searches that ended
    std::set<RouteId> m_partial;                           //!< recoveries of a part of the keys
    std::vector<SeenOperation> m_reported;                 //!< actions that controllers report
    std::set<OperationKey> m_reportedKeys;                 //!< what tells them apart
    std::vector<SeenOperation> m_logged;                   //!< actions in managers' logs
    std::map<RouteId, TableRoute> m_table;                 //!< managers' tables of routes
    std::map<SessionId, std::vector<SeenStatus>> m_states; //!< sessions in managers' records
    std::map<SessionId, std::vector<SeenInterruption>> m_interruptions; //!< of key supply
    std::optional<Sighting> m_firstStatus;   //!< first status that reached a manager
    std::optional<Sighting> m_firstAccepted; //!< first policy that was accepted

    /// The newest policy of a key manager.
    struct PolicyOfKm
    {
        uint32_t number{0};                 //!< its number
        Sighting sent;                      //!< when it was first sent
        std::optional<Sighting> accepted{}; //!< when it was first in force
    };

    std::map<std::string, PolicyOfKm> m_kmPolicies; //!< policies by name of the key manager
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENT_CHECKER_H */
