/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLED_SESSION_H
#define QKDN_CONTROLLED_SESSION_H

#include "qkdn-mc-messages.h"
#include "qkdn-shared-spare-table.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-km-hop.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a controller is doing for a session. Steps that wait for an acknowledgement do
 * not react to failures; when it has come the session is looked at again.
 */
enum SessionStep
{
    STEP_NONE,            //!< nothing
    STEP_SET_UP,          //!< its first routes are installed and announced to its master's KM
    STEP_HOLD_OFF,        //!< its route has failed; it waits whether the failure goes by itself
    STEP_DECIDING,        //!< a route is searched
    STEP_SEARCHING,       //!< none was found; what may help starts a new search
    STEP_IMPROVING,       //!< it is restored in part; routes for more of its demand are searched
    STEP_INSTALLING,      //!< a further route is installed
    STEP_ANNOUNCING,      //!< the recovery route is announced
    STEP_WAIT_TO_RESTORE, //!< the working route is clear again
    STEP_REVERTING,       //!< the return to the working route is announced
    STEP_PROTECTING,      //!< a protection route that was found later is announced
    STEP_SUSPENDING,      //!< the stop is announced
    STEP_RESUMING         //!< the end of the stop is announced
};

/**
 * @ingroup qkdn-resilience
 * @brief A switch that a session's master's KM does by itself, until all KMs of the route know. It
 * may turn round before.
 */
class OwnSwitch
{
  public:
    /**
     * @brief The KM has selected a route.
     * @param route the route
     * @param active the route that was in use when all KMs knew last
     */
    void Select(RouteId route, RouteId active)
    {
        if (route != active)
        {
            m_to = route;
            m_turnedFrom = RouteId();
        }
        else if (m_to.IsValid())
        {
            m_turnedFrom = std::exchange(m_to, RouteId());
        }
    }

    /**
     * @brief All KMs know of what was selected last.
     * @return the route from which the session turned back to the active one, or none
     */
    RouteId Complete()
    {
        m_to = RouteId();
        return std::exchange(m_turnedFrom, RouteId());
    }

  private:
    RouteId m_to;         //!< selected, and not the active one
    RouteId m_turnedFrom; //!< was selected before the active one was again
};

/**
 * @ingroup qkdn-resilience
 * @brief A session as its controller keeps it.
 */
struct ControlledSession
{
    // kept over a crash of the controller
    CkSessionRequest request;             //!< what its master's KM asked for
    RouteId working;                      //!< working (or extra) route, or none
    RouteId protection;                   //!< protection route, or none
    RouteId recovery;                     //!< recovery route, or none
    std::vector<RouteId> further;         //!< further working routes, if it uses several at once
    std::vector<RouteId> furtherRecovery; //!< further recovery routes, used together with recovery
    RouteId active;                       //!< the route in use, or none before the first
    bool announced{false};                //!< its master's KM knows a route
    SessionId suspendedBy;                //!< session for which it had to stop, or none
    std::set<SessionId> suspends;         //!< sessions that had to stop for it
    uint64_t grantedBps{0};     //!< key rate that its routes are promised; 0 before the first
    bool spareTaken{false};     //!< others use what its protection route shares
    bool toldSpareTaken{false}; //!< its master's KM was told, so it has no protection route

    // lost in a crash
    SessionStep step{STEP_NONE};            //!< what is being done
    RouteId candidate;                      //!< route that is being installed in addition, or none
    RouteId replaced;                       //!< route to release after the announcement, or none
    std::vector<RouteId> furtherCandidates; //!< recovery routes that are installed with candidate
    std::vector<RouteId> furtherReplaced;   //!< routes to release with replaced
    uint64_t candidateBps{0};               //!< what the candidates are free to give, bit/s
    uint64_t recoveredBps{0};               //!< what the recovery routes were free to give, bit/s
    Time windowEnd;                 //!< time-window restoration: until then more is searched
    uint32_t announcement{0};       //!< command that announces its routes
    uint32_t rateCommand{0};        //!< command that tells its key rate
    EventId timer;                  //!< end of hold-off, decision or wait to restore
    IncidentId incident;            //!< the failure it suffers from, or none
    Time informed;                  //!< when the controller knew of it
    Time decided;                   //!< when it was decided what to do
    bool searchFailed{false};       //!< a search after this failure was in vain
    std::set<RouteId> failedInVain; //!< several routes: those that had failed at a search in vain
    uint64_t soughtAt{0};     //!< gains of the network at the last search for a protection route
    bool preempted{false};    //!< its KM stopped it: extra traffic
    bool interrupted{false};  //!< keys that were asked for cannot be had
    Time interruptedAt;       //!< since when
    bool exceeded{false};     //!< was interrupted for longer than it tolerates
    RouteId stoppedOn;        //!< the route that it used when it was suspended
    OwnSwitch ownSwitch;      //!< what its master's KM switches by itself
    std::set<KmId> refusedBy; //!< KMs that refused a route of it
    std::string refusal;      //!< why it has no route, empty if it has

    std::optional<McSessionStatus> reported; //!< what was said of it last

    /**
     * @brief The routes that it has apart from recovery.
     * @return working, further and protection routes without those that are none
     */
    std::vector<RouteId> GetBaseRoutes() const
    {
        std::vector<RouteId> routes = {working};
        routes.insert(routes.end(), further.begin(), further.end());
        routes.push_back(protection);
        routes.erase(std::remove(routes.begin(), routes.end(), RouteId()), routes.end());
        return routes;
    }

    /**
     * @brief All routes that it has, with those that it does not use yet or no more.
     * @return the routes
     */
    std::vector<RouteId> GetAllRoutes() const
    {
        std::vector<RouteId> routes = GetBaseRoutes();
        for (const RouteId route : {recovery, replaced, candidate})
        {
            if (route.IsValid())
            {
                routes.push_back(route);
            }
        }
        for (const auto* more : {&furtherRecovery, &furtherReplaced, &furtherCandidates})
        {
            routes.insert(routes.end(), more->begin(), more->end());
        }
        return routes;
    }

    /**
     * @brief The recovery routes that it has.
     * @return the first one and the further ones, empty without recovery
     */
    std::vector<RouteId> GetRecoveryRoutes() const
    {
        std::vector<RouteId> routes;
        if (recovery.IsValid())
        {
            routes.push_back(recovery);
            routes.insert(routes.end(), furtherRecovery.begin(), furtherRecovery.end());
        }
        return routes;
    }

    /**
     * @brief The routes that are being installed.
     * @return the first one and the further ones, empty if there are none
     */
    std::vector<RouteId> GetCandidates() const
    {
        std::vector<RouteId> routes;
        if (candidate.IsValid())
        {
            routes.push_back(candidate);
            routes.insert(routes.end(), furtherCandidates.begin(), furtherCandidates.end());
        }
        return routes;
    }

    /**
     * @brief The key rate that its routes need.
     * @return what it was granted, or asks for before that, bit/s
     */
    uint64_t GetDemandBps() const
    {
        return grantedBps > 0 ? grantedBps : request.policy.demandBps;
    }

    /**
     * @brief Whether it was granted less key rate than it asks for.
     * @return true if so
     */
    bool HasReducedRate() const
    {
        return grantedBps > 0 && grantedBps < request.policy.demandBps;
    }

    /**
     * @brief Whether it uses several routes at once.
     * @return true if so
     */
    bool HasRouteSet() const
    {
        return UsesSeveralRoutes(request.policy.resilienceClass);
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief A route as its controller keeps it.
 */
struct ControlledRoute
{
    KeyRoute route;                    //!< the route
    uint64_t demandBps{0};             //!< key rate of its session, bit/s
    bool promised{false};              //!< whether it is promised that key rate
    std::set<NetworkRisk> sharedRisks; //!< failures of the working route, if it shares key rate
    bool isTaken{false};               //!< whether its session uses what it shares
    bool failed{false};                //!< whether it is in signal fail
    bool saidFailed{false};            //!< whether its master's KM says so, whatever the view says
    bool heldOff{false};               //!< whether its KM says that hold-off is over, too
    std::set<KmHop> failedHops;        //!< hops of it that its master's KM named as failed
    std::optional<McRouteState> reported; //!< what was said of it last
};

/**
 * @ingroup qkdn-resilience
 * @brief Told of what happens to sessions.
 */
class SessionObserver
{
  public:
    virtual ~SessionObserver() = default;

    /**
     * @brief The controller learns that a route of a session has failed and it has to act.
     * @param session the session
     * @param incident the failure
     */
    virtual void SessionInformed(SessionId session, IncidentId incident) = 0;

    /**
     * @brief The controller decides which route a session shall use.
     * @param session the session
     * @param from route before
     * @param to route after, or none if there is none
     * @param incident the failure
     */
    virtual void SessionDecision(SessionId session,
                                 RouteId from,
                                 RouteId to,
                                 IncidentId incident) = 0;

    /**
     * @brief The controller decides to restore a session; SessionDecision() follows.
     * @param recovery over which routes, and how much of its demand
     * @param incident the failure
     */
    virtual void SessionRecoveryChosen(const SessionRecovery& recovery, IncidentId incident) = 0;

    /**
     * @brief A decision is carried out: the last acknowledgement has come.
     * @param session the session
     * @param route route in use
     * @param incident the failure
     */
    virtual void SessionCompleted(SessionId session, RouteId route, IncidentId incident) = 0;

    /**
     * @brief A protection or recovery action is over.
     * @param operation the action
     * @param incident the failure behind it, or none
     */
    virtual void SessionOperation(const McOperation& operation, IncidentId incident) = 0;

    /**
     * @brief A session is served in another way.
     * @param status how
     * @param incident the failure behind it, or none
     */
    virtual void SessionStatusChanged(const McSessionStatus& status, IncidentId incident) = 0;

    /**
     * @brief Something of a session has changed that another controller would have to know.
     * @param session the session
     */
    virtual void SessionChanged(SessionId session) = 0;

    /**
     * @brief A route has another status.
     * @param status the route
     * @param incident the failure behind it, or none
     */
    virtual void RouteStatusChanged(const McRouteStatus& status, IncidentId incident) = 0;

    /**
     * @brief A session is granted a key rate: less than it asks for, or other than before.
     * @param session the session
     * @param askedBps what it asks for, bit/s
     * @param grantedBps what its routes are promised, bit/s
     */
    virtual void SessionRateGranted(SessionId session, uint64_t askedBps, uint64_t grantedBps) = 0;

    /**
     * @brief What is promised of the hops of a route changes.
     * @param route the route
     */
    virtual void KeyFlowChanged(const KeyRoute& route) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLED_SESSION_H */
