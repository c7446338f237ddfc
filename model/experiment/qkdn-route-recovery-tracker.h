/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_RECOVERY_TRACKER_H
#define QKDN_ROUTE_RECOVERY_TRACKER_H

#include "qkdn-preemption-log.h"
#include "qkdn-route-inventory.h"
#include "qkdn-tracked-recovery.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/qkdn-session-policy.h"

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
 * @brief A session as the tracker of route recoveries sees it.
 */
struct RoutedSession
{
    SessionId id;           //!< the session
    std::string name;       //!< its name
    KmId masterKm;          //!< KM of the master application
    SessionPolicy policy;   //!< what is done for it
    Time start{0};          //!< when its master begins to ask for keys
    Time stop{Time::Max()}; //!< when it asks for no more
};

/**
 * @ingroup qkdn-resilience
 * @brief Follows each failure episode of each session that is served over key relay routes.
 *
 * It is omniscient and changes nothing: it is told what happens, at the time at which it happens,
 * and notes the markers of the recovery's stages.
 *
 * - t0: a fault hits the route in use, or the one to which the session is switching: a QKD link of
 *   a hop, a module, a KM or a node of it. A fault elsewhere begins no episode, nor does one
 *   that strikes while the session does not ask for keys. Faults that hit
 *   the route in use, or the one to which the session switches, meanwhile belong to the episode.
 * - t1: a module or KM on the route detects it; t2: hold-off is over.
 * - t3: the master's KM knows; for restoration the controller.
 * - t4: the master's KM, or the controller, decides to use another route. An attempt that a
 *   further fault thwarts counts to the decision of the one that succeeds.
 * - t5: all KMs of that route have acknowledged; t6 = t5.
 * - t7: the first KSA-key that the route gives is confirmed at both ends. If that was before t5,
 *   because acknowledgements took longer than the key, then t7 = t5.
 *
 * If no mechanism brings the session back before the repair, t4' is the repair of all that is
 * broken on the route, t5 = t4', t6 is when each of its hops generates again, and t7 the first
 * key over it after that.
 *
 * A session that uses several routes at once has an episode for each of them that a fault hits
 * while no other episode goes on. Its t4 and t5 are when its master's KM goes on without that
 * route, or with enough routes again; its route after that is the first one in use.
 *
 * A session that is restored over several routes uses them together: a fault that hits one of them
 * is a fault of what it uses, and recovery is complete when all of them are. If all routes of a
 * session of class route-1:1 have failed and the controller restores it, the controller's decision
 * and the acknowledgements of its commands count.
 *
 * The episode goes on while a fault of it breaks the route in use, even if pools still serve.
 * Reversion is the decision to return to the route that had failed: its KMs still have it.
 */
class RouteRecoveryTracker
{
  public:
    /**
     * @brief Follow a session.
     * @param session the session
     */
    void AddSession(const RoutedSession& session);

    /**
     * @brief Add a QKD link.
     * @param link the link
     * @param a KM at one end
     * @param b KM at the other end
     */
    void AddLink(LinkId link, KmId a, KmId b);

    /**
     * @brief Whether a session has been given a route so far.
     * @param session the session
     * @return true if so
     */
    bool HasRoute(SessionId session) const;

    /**
     * @brief Sessions whose keys go over some hops now.
     * @param hops pairs of neighbours
     * @return the sessions that use a route with one of them
     */
    std::set<SessionId> GetUsersOf(const std::vector<KmPair>& hops) const;

    /**
     * @brief A fault strikes.
     * @param now the time
     * @param fault its id
     * @param target what it stops
     * @param hops neighbours whose packets take the way that breaks: it may have no effect on
     * them, because packets can take another way, and counts only once a failure is detected
     */
    void FaultStruck(Time now,
                     const std::string& fault,
                     const FaultTarget& target,
                     const std::vector<KmPair>& hops);

    /**
     * @brief A fault is repaired.
     * @param now the time
     * @param fault its id
     */
    void FaultRepaired(Time now, const std::string& fault);

    /**
     * @brief Keys of a QKD link come over another fibre, or from other modules between the same
     * two KMs, from now on.
     * @param now the time
     * @param decided when this was decided
     * @param link the link
     * @param mechanism what did it, for example "link-1:1"
     */
    void LinkProtected(Time now, Time decided, LinkId link, const std::string& mechanism);

    /**
     * @brief A QKD module detects a failure.
     * @param now the time
     * @param link its link
     * @param incident the id it gives
     */
    void LinkIncident(Time now, LinkId link, IncidentId incident);

    /**
     * @brief A KM detects that a neighbour is dead.
     * @param now the time
     * @param km the KM
     * @param neighbour the neighbour
     * @param incident the id it gives
     */
    void NeighbourIncident(Time now, KmId km, KmId neighbour, IncidentId incident);

    /**
     * @brief A module begins or ends to generate.
     * @param now the time
     * @param link its link
     * @param end 0 for the transmitter, 1 for the receiver
     * @param generating true if it generates
     */
    void ModuleChanged(Time now, LinkId link, uint32_t end, bool generating);

    /**
     * @brief A KM has installed or released a route.
     * @param now the time
     * @param km the KM
     * @param route the route
     * @param installed true if it has installed it
     */
    void RouteChanged(Time now, KmId km, const KeyRoute& route, bool installed);

    /**
     * @brief Something happens to a route at the master's KM.
     * @param now the time
     * @param session the session
     * @param route the route
     * @param kind what happens
     * @param incident the failure behind it, or none
     */
    void RouteEvent(Time now,
                    SessionId session,
                    RouteId route,
                    RouteEventKind kind,
                    IncidentId incident);

    /**
     * @brief The controller learns that a route of a session has failed.
     * @param now the time
     * @param session the session
     * @param incident the failure
     */
    void ControllerInformed(Time now, SessionId session, IncidentId incident);

    /**
     * @brief The controller decides which route a session is to use.
     * @param now the time
     * @param session the session
     * @param to the route, none if it has found none
     * @param incident the failure behind it, or none
     */
    void ControllerDecided(Time now, SessionId session, RouteId to, IncidentId incident);

    /**
     * @brief The controller decides to restore a session; ControllerDecided() follows.
     * @param recovery over which routes
     */
    void RecoveryChosen(const SessionRecovery& recovery);

    /**
     * @brief All have acknowledged the controller's commands.
     * @param now the time
     * @param session the session
     * @param route the route that it uses from now on
     * @param incident the failure behind it, or none
     */
    void ControllerCompleted(Time now, SessionId session, RouteId route, IncidentId incident);

    /**
     * @brief A session has to stop for another one.
     * @param now the time
     * @param session the session
     * @param route its route
     * @param incident the failure behind it, or none
     */
    void Preempted(Time now, SessionId session, RouteId route, IncidentId incident);

    /**
     * @brief A session that had to stop may go on.
     * @param now the time
     * @param session the session
     */
    void Resumed(Time now, SessionId session);

    /**
     * @brief The master's KM begins to relay a KSA-key: it uses the route, also if no event has
     * said so (a process that has started again).
     * @param now the time
     * @param session the session
     * @param route the route that it is relayed over
     */
    void KeyCreated(Time now, SessionId session, RouteId route);

    /**
     * @brief The master's KM knows that the slave's KM holds a KSA-key.
     * @param now the time
     * @param session the session
     * @param route the route that it was relayed over
     * @param bits size of the key
     */
    void KeyConfirmed(Time now, SessionId session, RouteId route, uint64_t bits);

    /**
     * @brief All episodes so far, those that go on included.
     * @return in order of session, then time; the outcome takes no account of toleration times
     */
    std::vector<TrackedRecovery> GetResults() const;

    /**
     * @brief The faults of the episodes of a session.
     * @param session the session
     * @return their ids
     */
    std::set<std::string> GetFaults(SessionId session) const;

    /**
     * @brief The pre-emptions of a session.
     * @param session the session
     * @return in order of time
     */
    std::vector<Preemption> GetPreemptions(SessionId session) const;

  private:
    /// A fault that is not repaired.
    struct ActiveFault
    {
        Time since;               //!< when it struck
        FaultTarget target;       //!< what it stops
        std::vector<KmPair> hops; //!< neighbours whose packets took the way that it broke
    };

    /// A failure episode of one session.
    struct Episode
    {
        std::string fault;              //!< the fault that began it
        std::vector<std::string> also;  //!< later ones
        std::set<std::string> open;     //!< those not repaired
        Time lastRepair;                //!< the latest repair
        RecoveryMarkers markers;        //!< what has happened
        std::set<IncidentId> incidents; //!< of the detectors
        RouteId before;                 //!< route that failed
        RouteId after;                  //!< route that it was switched to, or none
        std::set<LinkId> replaced;      //!< broken links that others stand in for
        std::string replacedBy;         //!< what replaced them, empty if none are
        std::optional<Time> heldOff;    //!< a hold-off ended after a decision
        bool keyEarly{false};           //!< a key came over it before the last acknowledgement
        bool closed{false};             //!< it is over
        uint64_t extraBits{0};          //!< further relay bits over the longer route
        std::optional<Time> reverted;   //!< when the route before was chosen again
        std::set<RouteId> restored;     //!< first of each set of recovery routes that it had
        SessionRecovery recovery{};     //!< the newest of them
    };

    /// A session and its episodes.
    struct Session
    {
        RoutedSession description; //!< the session
        std::set<RouteId> normal;  //!< working and extra routes that are installed
        bool hadRoute{false};      //!< there was one ever
        RouteId selected;          //!< route in use, or none
        RouteId target;            //!< route to which it is switching, or none
        RouteId commanded;         //!< so, if its controller has decided that, or none
        std::map<RouteId, SessionRecovery> chosen; //!< recovery routes by the first of each set
        std::vector<Episode> episodes; //!< in order of time; only the last one can be open
    };

    /**
     * @brief The episode that goes on.
     * @param session the session
     * @return the episode, null if there is none
     */
    static Episode* Current(Session& session);

    /**
     * @brief The route whose state decides how an episode goes on.
     * @param session the session
     * @param episode its episode
     * @return the route in use; of several the one that failed until the session goes on without
     */
    static RouteId GetDecisive(const Session& session, const Episode& episode);

    /**
     * @brief Keys of a session whose routes take turns come over one of them.
     * @param now the time
     * @param route the route; episodes that it was left for are over with it
     * @param session the session
     */
    static void NoteReturn(Time now, RouteId route, Session& session);

    /**
     * @brief The master's KM had no route and has one again.
     * @param now the time
     * @param session its session, with that route selected
     */
    void TakeNewRoute(Time now, Session& session) const;

    /**
     * @brief Whether a session over several routes does without one of them.
     * @param session the session
     * @param route the route
     * @param fault a fault that does not count
     * @return true if another fault has hit it before and is not repaired, and no episode of it
     * goes on
     */
    bool IsLeft(Session& session, RouteId route, const std::string& fault) const;

    /**
     * @brief The routes that are used together with a route.
     * @param session the session
     * @param first the route, the first one of them
     * @return the routes, that one alone unless it is a recovery route beside others
     */
    static std::vector<RouteId> GetTogether(const Session& session, RouteId first);

    /**
     * @brief The first one of the routes in use, or of those aimed at, that a route belongs to.
     * @param session the session
     * @param route the route
     * @return the route itself if it belongs to none
     */
    static RouteId GetFirst(const Session& session, RouteId route);

    /**
     * @brief Whether the controller decides which route a session uses.
     * @param session the session
     * @return true if it restores it
     */
    static bool IsRestored(const Session& session);

    /**
     * @brief Whether a session uses a route, or is switching to it.
     * @param session the session
     * @param route the route
     * @return true if so
     */
    static bool IsUsed(const Session& session, RouteId route);

    /**
     * @brief The route in use, or the one to which a session is switching, for which something
     * holds.
     * @param session the session
     * @param holds whether it holds for a route
     * @return the route, none if it holds for neither
     */
    template <typename Predicate>
    static RouteId FindUsed(const Session& session, Predicate holds);

    /**
     * @brief A fault takes effect on a session: an episode begins, or the fault is part of one.
     * @param id the fault
     * @param fault the fault
     * @param route the route that it breaks
     * @param session the session
     */
    void Affect(const std::string& id, const ActiveFault& fault, RouteId route, Session& session);

    /**
     * @brief Let faults of the classical network take effect, because a failure was detected.
     * @param route the route that has failed
     * @param session the session
     */
    void AdoptPossibleFaults(RouteId route, Session& session);

    /**
     * @brief A failure of a route is detected.
     * @param now the time
     * @param route the route
     * @param incident the id of the failure
     * @param session the session
     */
    void NoteIncident(Time now, RouteId route, IncidentId incident, Session& session);

    /**
     * @brief Something is detected at a hop.
     * @param now the time
     * @param incident the id of the failure
     * @param concerns whether a route has that hop
     */
    template <typename Predicate>
    void Detected(Time now, IncidentId incident, Predicate concerns);

    /**
     * @brief Note t3.
     * @param now the time
     * @param episode the episode
     */
    static void Inform(Time now, Episode& episode);

    /**
     * @brief A route is chosen.
     * @param now the time
     * @param route the route
     * @param decides whether the one who decides for the session's class has chosen it
     * @param session the session
     */
    void Aim(Time now, RouteId route, bool decides, Session& session);

    /**
     * @brief A route is in use.
     * @param now the time
     * @param route the route
     * @param acknowledged whether that was the last acknowledgement of the session's class
     * @param session the session
     */
    void Select(Time now, RouteId route, bool acknowledged, Session& session);

    /**
     * @brief Whether a fault of an episode breaks the route in use.
     * @param session the session
     * @param episode its episode
     * @return true if so
     */
    bool IsBroken(const Session& session, const Episode& episode) const;

    /**
     * @brief Note t4' and t6 of the route in use if they have come.
     * @param now the time
     * @param session the session
     */
    void CheckRepaired(Time now, Session& session);

    /**
     * @brief End the episode if a key that came now over the route in use ends it.
     * @param now the time
     * @param session the session
     */
    void CheckClosed(Time now, Session& session);

    /**
     * @brief Bring the markers of an episode into their final form.
     * @param episode the episode
     * @param byRepair whether it ended, or can only end, by repair
     * @param [in,out] markers its markers
     */
    static void Settle(const Episode& episode, bool byRepair, RecoveryMarkers& markers);

    /**
     * @brief Note what restoration has recovered.
     * @param session the session
     * @param episode its episode
     * @param [in,out] result the result
     */
    static void DescribeRestoration(const Session& session,
                                    const Episode& episode,
                                    RecoveryResult& result);

    /**
     * @brief Count the bits of a key that a longer route costs.
     * @param now the time
     * @param route the route
     * @param bits size of the key
     * @param session the session
     */
    void CountExtraBits(Time now, RouteId route, uint64_t bits, Session& session);

    /**
     * @brief The session whose episode has stopped another one.
     * @param stopped the other one
     * @param route its route
     * @param incident the failure behind it
     * @return its name, empty if it is not known
     */
    std::string FindPreemptor(SessionId stopped, RouteId route, IncidentId incident) const;

    std::map<std::string, ActiveFault> m_faults; //!< faults by id
    RouteInventory m_routes;                     //!< routes
    std::map<SessionId, Session> m_sessions;     //!< sessions
    std::set<SessionId> m_open;                  //!< sessions with an episode that may go on
    PreemptionLog m_preemptions;                 //!< pre-emptions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_RECOVERY_TRACKER_H */
