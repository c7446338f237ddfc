/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_OBSERVER_H
#define QKDN_ROUTE_OBSERVER_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-session.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief When something was seen, and which entry of the event log tells of it.
 */
struct Sighting
{
    Time time;         //!< when
    uint64_t event{0}; //!< number of the entry in the event log, 0 for none
};

/**
 * @ingroup qkdn-resilience
 * @brief A key relay route as the KMs on it hold it.
 */
struct ObservedRoute
{
    KeyRoute route;         //!< the route
    std::set<KmId> holders; //!< KMs that have it installed
    Sighting changed;       //!< last time a KM installed or released it
    /// since when all KMs on it hold it; not set if they do not
    std::optional<Sighting> complete;
};

/**
 * @ingroup qkdn-resilience
 * @brief What the master's KM has said last of a route. Nothing is left of it after a crash of this
 * KM, and while the session has to give way to another one.
 */
struct RouteWord
{
    /// Something that is so or not.
    struct Fact
    {
        bool value; //!< whether it is so
        Time since; //!< since when
    };

    std::optional<Fact> failed; //!< whether it has failed; not set if it has said nothing
    std::optional<Fact> used;   //!< whether the session uses it; not set if it has said nothing
};

/**
 * @ingroup qkdn-resilience
 * @brief Signal fail of a key relay route at the master's KM.
 */
struct ObservedFailure
{
    SessionId session;         //!< the session
    RouteId route;             //!< the route
    bool inUse{false};         //!< whether the session used it when it failed
    Sighting failed;           //!< when it failed
    Time holdOffOver;          //!< when hold-off is or was over; Time::Max() while nobody knows
    std::optional<Time> ended; //!< when it was clear again, or the route was gone
};

/**
 * @ingroup qkdn-resilience
 * @brief A session that went over to a protection or recovery route.
 */
struct ObservedRecovery
{
    SessionId session; //!< the session
    RouteId to;        //!< its new route
    Sighting at;       //!< when all KMs had acknowledged
};

/**
 * @ingroup qkdn-resilience
 * @brief A time in which the route in use had failed, hold-off was over and another route of the
 * session was available, so that the KM had to switch.
 */
struct SwitchDuty
{
    SessionId session;              //!< the session
    RouteId failed;                 //!< route in use
    RouteId alternative;            //!< an available route
    bool toProtection{false};       //!< whether that is a protection route
    Time since;                     //!< when it began
    bool done{false};               //!< the KM switched in time
    bool doneToProtection{false};   //!< to a protection route
    std::vector<uint64_t> evidence; //!< log entries
};

/**
 * @ingroup qkdn-resilience
 * @brief Follows, from what KMs do, which key relay routes are installed, used and failed.
 *
 * It is omniscient, as the monitor is: no part of the simulated network can know all this.
 */
class RouteObserver
{
  public:
    /**
     * @brief Constructor
     * @param settling how long a KM may take to switch
     */
    explicit RouteObserver(Time settling);

    /**
     * @brief Follow a session.
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
     * @brief The controller decides to restore a session over routes that are used together.
     * @param session the session
     * @param routes the routes; the first one is named in events
     */
    void RecoveryChosen(SessionId session, const std::vector<RouteId>& routes);

    /**
     * @brief The master's KM relays a key over a route. This tells which route is in use after it
     * has started again, which is no recovery.
     * @param at when
     * @param session the session
     * @param route the route
     */
    void RouteUsed(const Sighting& at, SessionId session, RouteId route);

    /**
     * @brief An operator fixes which route a session uses (lockout, forced switch), or ends that.
     * While it is fixed the KM has not to switch.
     * @param at when
     * @param session the session
     * @param fixed true while the command is in effect
     */
    void RouteFixed(const Sighting& at, SessionId session, bool fixed);

    /**
     * @brief A KM crashes or starts again. One that crashed forgets which routes have failed.
     * @param at when
     * @param km the KM
     * @param running true if it starts again
     */
    void ProcessChanged(const Sighting& at, KmId km, bool running);

    /**
     * @brief All routes, those that nobody holds any more too.
     * @return routes by number
     */
    const std::map<RouteId, ObservedRoute>& GetRoutes() const;

    /**
     * @brief The protection route of a session that is installed at all its KMs now; of a session
     * that uses several routes at once the first one more than its keys need.
     * @param session the session
     * @return since when, nothing if there is none
     */
    std::optional<Sighting> GetProtection(SessionId session) const;

    /**
     * @brief The different routes that a session was given: installed at all their KMs.
     * @param session the session
     * @return when the installation was complete, by route
     */
    std::map<RouteId, Sighting> GetGivenRoutes(SessionId session) const;

    /**
     * @brief Whether a route of a session has failed now, as the master's KM says.
     * @param session the session
     * @param route the route
     * @return true if so
     */
    bool HasFailed(SessionId session, RouteId route) const;

    /**
     * @brief What the master's KM has said last of a route.
     * @param session the session
     * @param route the route
     * @return what it has said
     */
    RouteWord GetLastWord(SessionId session, RouteId route) const;

    /**
     * @brief All failures.
     * @return in order of time
     */
    const std::vector<ObservedFailure>& GetFailures() const;

    /**
     * @brief All recoveries.
     * @return in order of time
     */
    const std::vector<ObservedRecovery>& GetRecoveries() const;

    /**
     * @brief All times in which a KM had to switch, and whether it did. Those are left out in
     * which it did not, but had less time than it may take.
     * @param end the end of the run
     * @return in no particular order
     */
    std::vector<SwitchDuty> GetDuties(Time end) const;

    /**
     * @brief When most recovery routes were in use at once, for the first time.
     * @return the switches that led to it, one a route
     */
    const std::vector<Sighting>& GetMostRecoveriesInUse() const;

  private:
    /// A session.
    struct Session
    {
        KeySession session;                    //!< its description
        RouteId base;                          //!< newest working or extra route, or none
        RouteId chosen;                        //!< route it switched to, or none: the base
        Sighting chosenAt;                     //!< when
        RouteId left;                          //!< route that it left at that time to revert
        std::map<RouteId, std::size_t> failed; //!< failures that last, by route
        std::map<RouteId, Sighting> given;     //!< routes it was given
        std::optional<SwitchDuty> duty;        //!< its KM has to switch
        std::map<RouteId, RouteWord> words;    //!< last words of its KM
        bool restarted{false};                 //!< its KM has not said what it uses since a crash
        bool fixed{false};                     //!< an operator has fixed the route
        /// had failed when its KM crashed; the KM has not said since whether they are good
        std::set<RouteId> doubtful{};
        /// recovery routes that are used together, by the first of them
        std::map<RouteId, std::vector<RouteId>> together{};
    };

    /// @cond
    RouteId GetRouteInUse(const Session& session) const;
    std::vector<RouteId> GetRoutesInUse(const Session& session) const;
    static std::vector<RouteId> GetTogether(const Session& session, RouteId first);
    bool IsInUse(const Session& session, RouteId route) const;
    const ObservedRoute* FindAlternative(SessionId id, const Session& session) const;
    void Gone(const Sighting& at, const ObservedRoute& observed);
    void Fail(const Sighting& at, SessionId id, Session& session, RouteId route);
    void Clear(const Sighting& at, Session& session, RouteId route);
    void ClearAll(const Sighting& at, Session& session);
    void EndHoldOff(const Sighting& at, Session& session, RouteId route);
    void Use(const Sighting& at, SessionId id, Session& session, RouteId route);
    void TakeBackRevert(Time now, Session& session, RouteId route);
    void Reassess(const Sighting& at, SessionId id, Session& session);
    void CloseDuty(Time now, Session& session);
    void CountRecoveriesInUse();
    bool HasRole(RouteId route, RouteRole role) const;
    std::vector<const ObservedRoute*> GetCompleteRoutes(const Session& session) const;
    std::optional<Sighting> GetSpareOfSet(const Session& session) const;
    void NoteWord(Time now, RouteId route, RouteEventKind kind, Session& session) const;
    /// @endcond

    Time m_settling;                            //!< how long a KM may take to switch
    std::map<SessionId, Session> m_sessions;    //!< sessions
    std::map<RouteId, ObservedRoute> m_routes;  //!< routes
    std::vector<ObservedFailure> m_failures;    //!< failures
    std::vector<ObservedRecovery> m_recoveries; //!< recoveries
    std::vector<SwitchDuty> m_duties;           //!< duties that are over
    std::vector<Sighting> m_mostRecoveries;     //!< most recovery routes in use at once
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_OBSERVER_H */
