/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SESSION_CONTROL_H
#define QKDN_SESSION_CONTROL_H

#include "qkdn-command-sender.h"
#include "qkdn-controlled-session.h"
#include "qkdn-cx-messages.h"
#include "qkdn-demand-table.h"
#include "qkdn-network-view.h"
#include "qkdn-route-installer.h"
#include "qkdn-route-planner.h"
#include "qkdn-session-planner.h"

#include "ns3/event-id.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Gives sessions their routes, watches over them, and restores them after failures.
 *
 * Sessions, and the routes that are announced, are kept over a crash as in stable storage.
 */
class SessionControl
{
  public:
    /**
     * @brief Constructor
     * @param view what is known of the network; must live longer
     * @param sender gives commands; must live longer
     * @param observer told of what happens; must live longer
     */
    SessionControl(const NetworkView& view, CommandSender& sender, SessionObserver& observer);
    ~SessionControl();
    SessionControl(const SessionControl&) = delete;
    SessionControl& operator=(const SessionControl&) = delete;

    /**
     * @brief Set the numbers of routes.
     * @param first number before that of the first route
     */
    void SetFirstRoute(uint32_t first);

    /**
     * @brief Set how long the search after a failure takes.
     * @param time the time
     */
    void SetDecisionTime(Time time);

    /**
     * @brief Set what routes are compared by.
     * @param cost the cost of a hop
     */
    void SetCost(RouteCost cost);

    /**
     * @brief Set what routes that are to fail separately may not have in common.
     * @param disjointness it
     */
    void SetDisjointness(RouteDisjointness disjointness);

    /**
     * @brief Set what the first routes of sessions must find.
     * @param mode it
     * @param bridging time over which a pool may be used up
     */
    void SetAdmission(AdmissionMode mode, Time bridging);

    /**
     * @brief A policy comes into force.
     * @param policy the policy
     */
    void SetPolicy(const McPolicy& policy);

    /// The network is known well enough: admit sessions that wait, and watch over all.
    void Open();

    /// A new part of the network shows up: admit no more sessions until Open().
    void Close();

    /**
     * @brief A session is requested, for the first time or again.
     * @param from KM that requests it
     * @param request the request
     * @return false if it is not possible
     */
    bool HandleRequest(KmId from, const CkSessionRequest& request);

    /**
     * @brief A KM says what happens to a route.
     * @param from the KM
     * @param event what happens
     * @param incident the failure behind it
     * @return false if it is not possible
     */
    bool HandleRouteEvent(KmId from, const CkRouteEvent& event, IncidentId incident);

    /**
     * @brief The view of a hop has changed.
     * @param hop the hop
     * @param incident the failure behind it, or none
     */
    void HopChanged(const KmHop& hop, IncidentId incident);

    /// Key rate may have become free: look for what waits for it, if sessions are admitted by it.
    void RoomAppeared();

    /// The view has changed, or a KM can take commands: search again what was not found.
    void Retry();

    /// Pools have changed: search more for sessions that are restored in part.
    void ImproveLater();

    // for another controller (qkdn-session-replica.cc)

    /**
     * @brief A session as another controller has to know it to go on.
     * @param id a session that is known
     * @return the session
     */
    CxSession Export(SessionId id) const;

    /**
     * @brief The failure that a session suffers from.
     * @param id a session that is known
     * @return the failure, or none
     */
    IncidentId GetIncident(SessionId id) const;

    /**
     * @brief All sessions.
     * @return their ids
     */
    std::set<SessionId> GetSessions() const;

    /// Forget all sessions and routes, which are another controller's: no KM is told.
    void Discard();

    /**
     * @brief Go on with a session of another controller. A recovery route that is being installed
     * or announced is so still; what was not decided is decided after Open().
     * @param copy the session; it is not known yet
     * @param incident the failure behind what is being done for it, or none
     */
    void Restore(const CxSession& copy, IncidentId incident);

    /**
     * @brief Release routes that belong to no session, and install those that are missing.
     * @param km the KM
     * @param routes all routes that it has
     */
    void RoutesListed(KmId km, const std::vector<RouteId>& routes);

    /**
     * @brief A KM has registered and can take commands.
     * @param km the KM
     */
    void KmReady(KmId km);

    /**
     * @brief A KM cannot take commands any more.
     * @param km the KM
     */
    void KmLost(KmId km);

    /// Tell the observer the status of all routes and sessions.
    void ReportAll();

    /**
     * @brief The key relay routes that the observer was told of, or has to be, and that are not
     * released.
     * @return their numbers
     */
    std::vector<RouteId> GetReportedRoutes() const;

    /// The process has crashed and its commands are lost; keep what is in stable storage.
    void Crash();

    /**
     * @brief What was promised to routes.
     * @return the table
     */
    const DemandTable& GetDemand() const;

  private:
    // placing (qkdn-session-placement.cc)

    /// Sessions by priority, higher first, then by number.
    std::vector<SessionId> InOrder(const std::set<SessionId>& sessions) const;
    /// Whether a KM may request a session like this.
    static bool IsPossible(KmId from, const CkSessionRequest& request);
    /// Search and install the first routes of a session.
    void Place(ControlledSession& session);
    /// Search the first routes of a session for a key rate, bit/s.
    std::optional<RoutePlan> PlanFirst(const ControlledSession& session, uint64_t bps);
    /// Drop the first routes of a session.
    void Unplace(ControlledSession& session);
    /// Drop them and search others.
    void PlaceAgain(ControlledSession& session);
    /// What a session needs of its routes.
    RouteNeeds NeedsOf(const ControlledSession& session) const;
    /// Hops of protection routes, and the bits that must stay in their pools.
    std::map<KmHop, uint64_t> GetReserves() const;
    /// Make a route and promise it its key rate, by default the session's demand.
    RouteId AddRoute(ControlledSession& session,
                     RouteRole role,
                     const std::vector<KmId>& kms,
                     uint64_t floorBits,
                     std::optional<uint64_t> bps = std::nullopt);
    /// Install a route at its KMs; nothing for none.
    void InstallRoute(ControlledSession& session, RouteId id);
    /// Release a route and what it was promised, and set the number to none.
    void DropRoute(RouteId& id, IncidentId incident);
    /// Promise a route its key rate, or take it back.
    void SetPromised(RouteId id, bool promised);
    /// A route is installed, or was refused.
    void RouteInstalled(SessionId session, RouteId id, KmId refusedBy, const std::string& reason);
    /// Whether all KMs of some routes have installed them.
    bool AreInstalled(const std::vector<RouteId>& routes) const;
    /// Tell the master's KM the routes of a session.
    void Announce(ControlledSession& session);
    /// It has answered.
    void Announced(SessionId id, bool done, const std::string& reason);
    /// It cannot do what was announced.
    void AnnouncementRefused(ControlledSession& session);
    /// It knows the first routes.
    void SetUpCompleted(ControlledSession& session);
    /// Whether it is to have a protection route and has none.
    static bool LacksProtection(const ControlledSession& session);
    /// Search a protection route for a session at rest that lacks one, if it may be worth it.
    void SeekProtection(ControlledSession& session);
    /// Search a protection route for a session that has a working route alone.
    void ProtectLater(ControlledSession& session);

    /// Go on with what another controller was doing for a session, or forget it.
    void GoOn(ControlledSession& session, SessionStep step);
    /// Forget what is under way, as after a crash.
    void ForgetSteps(ControlledSession& session);
    // admission by key rate (qkdn-session-admission.cc)

    /// Search the first routes of a session, for less key rate if it accepts that.
    std::optional<RoutePlan> Admit(ControlledSession& session);
    /// Why a session has no route.
    std::string RefusalOf(const ControlledSession& session);
    /// Whether a session's routes have room for a key rate, bit/s.
    bool HasRoomFor(const ControlledSession& session, uint64_t bps) const;
    /// Admit sessions that wait, and grant more to those that were granted less.
    void ReviewRoom();
    /// Grant a session as much as it asks for and there is.
    void RaiseRate(ControlledSession& session);
    /// Tell the master's KM the key rate of a session.
    void TellRate(ControlledSession& session);

    // shared protection (qkdn-session-sharing.cc)

    /// A session uses its protection route, or the working one again.
    void SetTaken(ControlledSession& session);
    /// Withdraw protection routes whose share others use, and give them back.
    void ReviewSpare();
    /// Do so when all of this instant is done: promises have changed.
    void ReviewSpareLater();
    /// Whether others use what the protection route of a session shares.
    bool IsSpareTaken(const ControlledSession& session) const;

    // events and status (qkdn-session-status.cc)

    /// An event of a route that the session has.
    void HandleOwnRouteEvent(ControlledSession& session,
                             ControlledRoute& route,
                             const CkRouteEvent& event,
                             IncidentId incident);
    /// The master's KM reports signal fail.
    void SignalFail(ControlledSession& session,
                    ControlledRoute& route,
                    const CkRouteEvent& event,
                    IncidentId incident);
    /// The master's KM reports that a failure is gone.
    void SignalClear(ControlledSession& session, ControlledRoute& route, IncidentId incident);
    /// Whether the end of hold-off of a route makes the controller act.
    static bool IsHeldOffBy(const ControlledSession& session, RouteId route);
    /// Whether a session is switching because the controller says so.
    static bool IsCommanded(const ControlledSession& session);
    /// Whether the controller is restoring a session, or has restored it.
    static bool IsRestoring(const ControlledSession& session);
    /// The master's KM has switched on its own.
    void Switched(ControlledSession& session, RouteId route, IncidentId incident);
    /// KMs stopped a session, or let it go on.
    void SetPreempted(ControlledSession& session, const CkRouteEvent& event, IncidentId incident);
    /// Keys cannot be had, or can again.
    void SetInterrupted(ControlledSession& session, bool interrupted, IncidentId incident);
    /// Whether the session was not interrupted for longer than it tolerates.
    bool IsTolerated(const ControlledSession& session) const;
    /// Whether signal fail of the session's routes is what the view says, not what its KM says.
    static bool IsWatchedByView(const ControlledSession& session);
    /// Whether the view says that keys cannot be relayed over a route.
    bool HasUnusableHop(const KeyRoute& route) const;
    /// Set signal fail of a route from the view.
    void CheckRoute(ControlledRoute& route);
    /// Whether a route is in signal fail; not for none.
    bool IsFailed(RouteId id) const;
    /// Whether all routes that a session uses are in signal fail.
    bool HaveActiveFailed(const ControlledSession& session) const;
    /// How a session is served.
    McSessionStatus StatusOf(const ControlledSession& session) const;
    /// Status of a route of a session.
    McRouteState StateOf(const ControlledSession& session, RouteId id) const;
    /// Tell the observer what is new of a session and its routes.
    void Update(ControlledSession& session, IncidentId incident);
    /// Tell the observer if the status of a route is new.
    void UpdateRoute(const ControlledSession& session, RouteId id, IncidentId incident);
    /// Tell the observer of an action.
    void Report(McOperationKind kind, const ControlledSession& session, RouteId from, RouteId to);

    // restoration (qkdn-session-recovery.cc)

    /// Something has changed: do what has to be done for a session.
    void Reconsider(ControlledSession& session, IncidentId incident);
    /// The route in use is in signal fail.
    void RouteInUseFailed(ControlledSession& session, IncidentId incident);
    /// The route in use is not in signal fail.
    void RouteInUseClear(ControlledSession& session);
    /// The controller now has to act.
    void Inform(ControlledSession& session);
    /// Hold-off at the controller.
    Time GetHoldOff(const ControlledSession& session) const;
    /// Hold-off at the master's KM is over.
    void HoldOffOver(ControlledSession& session);
    /// Hold-off was over before failures were reacted to.
    void GoOnAfterHoldOff(ControlledSession& session);
    /// Begin to search a route.
    void ScheduleDecision(ControlledSession& session);
    /// Choose a recovery route.
    void Decide(ControlledSession& session);
    /// There is no recovery route.
    void SearchFailed(ControlledSession& session);
    /// Hops that a recovery route must avoid even if the view says that they are usable.
    std::set<KmHop> GetFailedHops(const ControlledSession& session) const;
    /// Sessions that may have to stop, lowest priority first.
    std::vector<SuspensionCandidate> GetSuspensionCandidates(
        const ControlledSession& session) const;
    /// Routes of a session that are promised key rate.
    std::vector<PromisedRoute> GetPromised(const ControlledSession& session) const;
    /// The recovery route is in use, or the working one again.
    void RecoveryCompleted(ControlledSession& session, RouteId to, McOperationKind kind);
    /// A session has nothing under way: do what it could not react to meanwhile.
    void Rest(ControlledSession& session);
    /// The working route is clear.
    void WaitToRestore(ControlledSession& session);
    /// Return to the working route.
    void Revert(ControlledSession& session);
    /// Search no more.
    void EndSearch(ControlledSession& session);

    // recovery over several routes, and more of it (qkdn-session-recovery-routes.cc)

    /// Whether the routes over which a session is served, or would be by itself, have failed.
    bool HasServiceFailed(const ControlledSession& session) const;
    /// Whether a session can be served without recovery routes.
    bool IsBaseClear(const ControlledSession& session) const;
    /// Whether one of its routes has failed, by word of its KM or by the view.
    bool IsDown(const ControlledSession& session, RouteId id) const;
    /// The route that it uses without recovery routes.
    RouteId GetBaseTarget(const ControlledSession& session) const;
    /// Plan its recovery.
    std::optional<RecoveryPlan> PlanRecovery(const ControlledSession& session);
    /// Install the routes of a plan.
    void InstallRecovery(ControlledSession& session, const RecoveryPlan& plan);
    /// Release several routes and what they were promised.
    void DropRoutes(std::vector<RouteId>& routes, IncidentId incident);
    /// Release what is being installed for a session.
    void DropCandidates(ControlledSession& session);
    /// Release what a session has used before.
    void DropReplaced(ControlledSession& session);
    /// Put recovery routes aside, to be released later.
    void ReplaceRecovery(ControlledSession& session);
    /// Use again what was put aside.
    void KeepReplaced(ControlledSession& session);
    /// All further routes are installed.
    void CandidateInstalled(ControlledSession& session);
    /// A further route cannot be had.
    void CandidateLost(ControlledSession& session);
    /// Have a session wait for what it misses in spite of being served.
    void WaitForMore(ControlledSession& session);
    /// Whether a session is restored in part and its window is not over.
    bool IsImprovable(const ControlledSession& session) const;
    /// Search more for a session, if it is restored in part.
    void ScheduleImprovement(ControlledSession& session);
    /// Search more for all such sessions.
    void ImproveAll();
    /// Choose further routes for more of the demand of a session.
    void Improve(ControlledSession& session);

    // sessions that use several routes at once (qkdn-session-route-set.cc)

    /// A route has failed, or is good again, or too few are there.
    void ReconsiderSet(ControlledSession& session, IncidentId incident);
    /// The routes that have failed.
    std::vector<RouteId> GetFailedOfSet(const ControlledSession& session) const;
    /// A route beside those that have not failed.
    std::vector<KmId> PlanFurtherOfSet(const ControlledSession& session);
    /// A route that is to be replaced because it has failed; none if there is none.
    RouteId FindFailedOfSet(const ControlledSession& session) const;
    /// Whether routes are missing or have failed.
    bool IsSetIncomplete(const ControlledSession& session) const;
    /// Search a further route.
    void DecideSet(ControlledSession& session);
    /// A further route is installed.
    void SetCandidateInstalled(ControlledSession& session, RouteId candidate);
    /// It is announced.
    void SetCompleted(ControlledSession& session);
    /// Its announcement was refused.
    void SetRefused(ControlledSession& session);
    /// Whether too few routes for a key have not failed.
    bool HasSetFailed(const ControlledSession& session) const;

    // suspension (qkdn-session-suspension.cc)

    /// Stop a session for another one.
    void Suspend(ControlledSession& session, ControlledSession& by);
    /// It has stopped.
    void SuspensionCompleted(ControlledSession& session);
    /// Let go on what had to stop for a session and is not in the way of its recovery route.
    void ResumeFreed(ControlledSession& by);
    /// Let a session go on.
    void Resume(ControlledSession& session, IncidentId incident);
    /// It goes on.
    void ResumptionCompleted(ControlledSession& session);
    /// Let a session go on if it had to stop and is in the way no more.
    void ResumeIfFreed(const ControlledSession& session);
    /// Whether the view says of each of some routes that keys cannot be relayed over it.
    bool HaveAllUnusableHops(const std::vector<RouteId>& routes) const;
    /// If the route that a session uses was released, it uses another one.
    void LeaveReleased(ControlledSession& session);

    /**
     * @brief Do something for a session later.
     * @param session the session
     * @param delay when
     * @param what what to do
     */
    void After(ControlledSession& session,
               Time delay,
               void (SessionControl::*what)(ControlledSession&));

    const NetworkView& m_view;                         //!< what is known of the network
    CommandSender& m_sender;                           //!< gives commands
    SessionObserver& m_observer;                       //!< told of what happens
    RouteInstaller m_installer;                        //!< installs and releases routes
    DemandTable m_demand;                              //!< what was promised
    RoutePlanner m_planner;                            //!< finds routes
    SessionPlanner m_sessionPlanner{m_planner};        //!< chooses routes by class or scheme
    McPolicy m_policy;                                 //!< in force
    Time m_decisionTime;                               //!< a search takes so long
    std::map<SessionId, ControlledSession> m_sessions; //!< sessions
    std::map<RouteId, ControlledRoute> m_routes;       //!< routes
    std::map<KmHop, std::set<RouteId>> m_routesOfHop;  //!< routes over each hop
    std::set<SessionId> m_waiting;                     //!< sessions that miss a route
    uint32_t m_firstRoute{0};                          //!< number before the first route
    uint32_t m_lastRoute{0};                           //!< number of the newest route
    bool m_open{false};                                //!< sessions are admitted
    bool m_watching{false};                            //!< failures are reacted to
    EventId m_improvement;                             //!< searches more
    EventId m_roomReview;                              //!< next ReviewRoom()
    EventId m_spareReview;                             //!< next ReviewSpare()
    uint64_t m_gains{1};                               //!< changes after which a search is worth it
    std::set<SessionId> m_sharing;                     //!< sessions that share key rate
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SESSION_CONTROL_H */
