/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_SELECTOR_H
#define QKDN_ROUTE_SELECTOR_H

#include "qkdn-ck-messages.h"
#include "qkdn-key-session.h"
#include "qkdn-route-conditions.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/qkdn-aps-message.h"
#include "ns3/qkdn-switch-events.h"
#include "ns3/traced-callback.h"

#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Decides at the master's KM which route of a session supplies its keys.
 *
 * A route is in **signal fail** from the first condition of the kind that the session's policy
 * names as trigger until no condition of that kind and no link-down condition is left. Other
 * kinds are remembered and do nothing. Link-down counts for the end of signal fail whatever the
 * trigger: keys that flow again over another route, or a demand that has gone there, would
 * otherwise clear supply-interrupted or pool-low at once and make the session return to a route
 * whose link is still cut.
 *
 * Every route has a hold-off timer. It starts with signal fail, is not stopped when that
 * clears, and what counts when it ends is whether the route is in signal fail then, for
 * whatever reason (RFC 7347, 7.3; ITU-T G.808.1, 14).
 *
 * Class route-1:1 follows the local state table of RFC 7271 (clause 11.1 with the changes of
 * 11.3 for 1+1 unidirectional switching: the two ends need not agree, since the master's KM
 * alone chooses), as far as it concerns signal fail and timers. It differs in three points:
 *  - If both routes are in signal fail the selector stays where it is (RFC 7271 goes to the
 *    working route): a switch would spend messages and key, and gain nothing.
 *  - A new signal fail of the working route ends wait-to-restore at once, not after its
 *    hold-off: the timer must not end in a return to a route that has failed again.
 *  - In wait-to-restore, signal fail of the protection route acts without hold-off: the
 *    session is about to return to the working route anyway.
 *
 * Operator commands (RFC 4427, 4.13) follow the same table: lockout of protection, forced switch,
 * manual switch to either route, clear. A crash of the KM clears the command (RFC 8234, 4.1). A
 * protection route that is lost counts as one in signal fail.
 *
 * A policy can keep the selector from leaving the working route when it fails (SetAutonomy());
 * what operators order, and the way back, do not depend on it.
 *
 * In the other classes the selection follows SetRoutes() alone; signal fail, its end and the
 * end of hold-off are told as events.
 *
 * Decisions that follow from SignalFail() and ClearFail() are taken in an event at the same
 * simulated time, so that failures of one moment are seen together; those that follow from
 * SetRoutes() before it returns. Of the methods that change something, the callbacks may call
 * Acknowledged() from the select callback, and no other.
 */
class RouteSelector : public Object
{
  public:
    /// What the selector does.
    enum State
    {
        NORMAL,          //!< the working route is in use and good
        HOLD_OFF,        //!< the route in use has failed, hold-off runs
        PROTECTING,      //!< another route than the working one is in use and good
        WAIT_TO_RESTORE, //!< so, and the working route is good again: WTR runs
        DO_NOT_REVERT,   //!< so, and the session does not revert
        LOCKED_OUT,      //!< an operator keeps the session off its protection route
        FORCED,          //!< an operator keeps it on its protection route, whatever happens
        MANUAL,          //!< an operator has chosen the route, until something fails
        UNAVAILABLE      //!< no route, or the one in use has failed and no other is better
    };

    /// Use this route now: session, the route, the one before (both may be none), incident.
    using SelectCallback = Callback<void, SessionId, RouteId, RouteId, IncidentId>;
    /// What happens: session, route, event, trigger, KM before the failed hop, incident.
    using EventCallback =
        Callback<void, SessionId, RouteId, RouteEventKind, ResilienceTrigger, KmId, IncidentId>;

    /**
     * @brief TracedCallback signature of a change of state.
     * @param session the session
     * @param before the old state
     * @param after the new state
     */
    using StateCallback = void (*)(SessionId session, State before, State after);

    /**
     * @brief TracedCallback signature of what becomes of an operator command.
     * @param session the session
     * @param command the command
     * @param entity the route that a manual switch is to
     * @param result what has become of it
     */
    using CommandCallback = void (*)(SessionId session,
                                     SwitchRequest command,
                                     Entity entity,
                                     CommandResult result);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RouteSelector();
    ~RouteSelector() override;

    /**
     * @brief The name of a state as in logs.
     * @param state the state
     * @return for example "wait-to-restore"
     */
    static const char* GetStateName(State state);

    /**
     * @brief Set the session. Call it first.
     * @param session the session; aborts if hold-off or WTR is negative
     */
    void Configure(const KeySession& session);

    /**
     * @brief Set who is told to use another route.
     * @param callback the callback
     */
    void SetSelectCallback(SelectCallback callback);

    /**
     * @brief Set who is told of events. Each carries the incident that began the failure.
     * @param callback the callback
     */
    void SetEventCallback(EventCallback callback);

    /**
     * @brief The routes of the session, as the controller says. Safe to repeat.
     *
     * A route that another one replaces loses its conditions; those of a suspended session are
     * kept. A first route is selected without an event; any other change of the selection is
     * SWITCH, or REVERT if the recovery route is taken back.
     *
     * @param working working (or extra) route, none if the session has none or is suspended
     * @param protection protection route, or none; aborts if it is one of the others
     * @param recovery route to use instead of the working one, or none
     * @param incident the failure behind it, or none
     * @param preempted with working = none: whether the session is suspended for another one
     * @param beside routes that are used together with the recovery route: their signal fail is
     * told, and what is done about it is up to others
     */
    void SetRoutes(RouteId working,
                   RouteId protection,
                   RouteId recovery,
                   IncidentId incident,
                   bool preempted = false,
                   const std::vector<RouteId>& beside = {});

    /**
     * @brief A failure condition is there. Safe to repeat.
     *
     * Conditions of a route that the session does not have (yet) are kept until SetRoutes()
     * brings it or ForgetRoute() is called.
     *
     * @param route the route; aborts if none
     * @param condition kind of condition
     * @param failedHop KM before the hop, or none
     * @param incident the failure
     * @param holdOver how long buffered key lasts from now; Time::Max() for ever. It counts with
     * policy holdOffAuto only: hold-off is holdOver less RouteSwitchTime, and a repetition can
     * bring its end forward
     */
    void SignalFail(RouteId route,
                    ResilienceTrigger condition,
                    KmId failedHop,
                    IncidentId incident,
                    Time holdOver);

    /**
     * @brief A failure condition is gone; nothing happens if it was not there.
     * @param route the route
     * @param condition kind of condition
     * @param failedHop KM before the hop, or none
     */
    void ClearFail(RouteId route, ResilienceTrigger condition, KmId failedHop);

    /**
     * @brief All KMs of a route have acknowledged the switch to it: event SWITCHED, unless no
     * switch to that route is waiting for it.
     * @param route the route
     */
    void Acknowledged(RouteId route);

    /**
     * @brief An operator gives a command. It is in effect until it is cleared, or overridden by
     * a higher request.
     * @param command REQUEST_LOCKOUT, REQUEST_FORCED_SWITCH, REQUEST_MANUAL_SWITCH or
     * REQUEST_CLEAR; nothing else is possible with unidirectional switching
     * @param entity the route that a manual switch is to; no matter otherwise
     * @return COMMAND_ACCEPTED; COMMAND_REJECTED_LOCAL for a higher or conflicting request,
     * COMMAND_REJECTED_NOTHING if there is nothing to clear, COMMAND_REJECTED_STATE for a
     * session that has no routes to choose from, or another command
     */
    CommandResult Command(SwitchRequest command, Entity entity);

    /**
     * @brief Set whether a failure of the working route may make it go to the protection route.
     * @param mayProtect whether it may; it does if this says nothing
     */
    void SetAutonomy(bool mayProtect);

    /**
     * @brief A route is over: forget its conditions. One that the session has is kept in use if it
     * is, but not gone to, until RouteInstalled() or SetRoutes().
     * @param route the route
     */
    void ForgetRoute(RouteId route);

    /**
     * @brief A route is there; what it says matters for one that was over.
     * @param route the route
     */
    void RouteInstalled(RouteId route);

    /// Forget routes, conditions and timers without a callback, as a process that crashes.
    void Reset();

    /**
     * @brief The route that supplies keys.
     * @return the route, or none
     */
    RouteId GetSelected() const;

    /**
     * @brief What the selector does.
     * @return the state
     */
    State GetState() const;

    /**
     * @brief The routes of the session that are installed and not in signal fail.
     * @return the routes
     */
    std::vector<RouteId> GetGood() const;

    /**
     * @brief Whether a route of the session is in signal fail.
     * @param route the route
     * @return false also for routes that the session does not have
     */
    bool IsInSignalFail(RouteId route) const;

  protected:
    void DoDispose() override;

  private:
    /// A route, with what is known of it.
    struct RouteState
    {
        RouteConditions conditions; //!< conditions
        bool failed{false};         //!< signal fail
        bool heldOff{false};        //!< signal fail, and its hold-off is over
        bool over{false};           //!< released, though the session has it
        RouteFailureCause cause;    //!< what began the last signal fail
        EventId holdOff;            //!< end of hold-off
    };

    /// A switch that is not yet acknowledged.
    struct Switch
    {
        RouteId route;           //!< to this route
        RouteFailureCause cause; //!< because of this
    };

    /**
     * @brief Whether the session has a route.
     * @param route the route
     * @return false for none too
     */
    bool IsMember(RouteId route) const;

    /**
     * @brief The routes that the session has.
     * @return working, protection and recovery routes without those that are none
     */
    std::vector<RouteId> GetMembers() const;

    /**
     * @brief The route to use unless it fails.
     * @return the recovery route, else the working one, or none
     */
    RouteId GetPrimary() const;

    /**
     * @brief Whether a route can be switched to.
     * @param route the route
     * @return true if the session has it, and it is installed and not in signal fail
     */
    bool IsFree(RouteId route) const;

    /**
     * @brief Begin or end signal fail of a route of the session by its conditions.
     * @param route the route
     */
    void Reassess(RouteId route);

    /**
     * @brief Start hold-off, or bring its end forward.
     * @param route the route
     */
    void StartHoldOff(RouteId route);

    /**
     * @brief Hold-off of a route is over.
     * @param route the route
     */
    void HoldOffOver(RouteId route);

    /**
     * @brief Forget what is known of routes that the session had and has no more.
     * @param before routes that it had
     */
    void LeaveRoutes(const std::vector<RouteId>& before);

    /**
     * @brief Select by what the controller says.
     * @param previousRecovery recovery route before
     * @param incident the failure behind it, or none
     * @param preempted whether a session without route is suspended for another one
     */
    void FollowRoutes(RouteId previousRecovery, IncidentId incident, bool preempted);

    // operator commands (qkdn-route-selector-commands.cc)

    /// A command in effect.
    struct CommandInEffect
    {
        SwitchRequest request; //!< the command
        Entity entity;         //!< the route that a manual switch is to
    };

    /**
     * @brief Whether the session has two routes to choose from by itself.
     * @return true for class route-1:1
     */
    bool ChoosesItself() const;

    /**
     * @brief Whether a command is rejected because of what is there.
     * @param command lockout, forced or manual switch
     * @return true if so
     */
    bool IsOutranked(const CommandInEffect& command) const;

    /// Cancel the command in effect if a higher request is there.
    void OverrideCommand();

    /// Use the route that the command in effect wants.
    void FollowCommand();

    /**
     * @brief The operator clears.
     * @return what becomes of that
     */
    CommandResult ClearCommand();

    /**
     * @brief End the command in effect.
     * @param result why
     */
    void EndCommand(CommandResult result);

    /// Take decisions at this simulated time.
    void ScheduleDecision();

    /// Switch, or start or end wait-to-restore, if there is reason to.
    void Decide();

    /// Decide with the protection route in use.
    void DecideOnProtection();

    /// Wait-to-restore is over.
    void Revert();

    /// End wait-to-restore.
    void StopWaiting();

    /**
     * @brief Select a route.
     * @param route the route
     * @param kind how it is told, nothing for the first one
     * @param cause why
     */
    void Select(RouteId route, std::optional<RouteEventKind> kind, const RouteFailureCause& cause);

    /**
     * @brief Tell an event.
     * @param route the route
     * @param kind the event
     * @param cause why
     */
    void Emit(RouteId route, RouteEventKind kind, const RouteFailureCause& cause);

    /// Trace the state if it has changed.
    void TraceState();

    Time m_switchTime;                        //!< attribute RouteSwitchTime
    KeySession m_session;                     //!< the session
    SelectCallback m_select;                  //!< told to use a route
    EventCallback m_event;                    //!< told of events
    RouteId m_working;                        //!< working route
    RouteId m_protection;                     //!< protection route
    RouteId m_recovery;                       //!< recovery route
    std::vector<RouteId> m_beside;            //!< recovery routes that are used together with it
    RouteId m_selected;                       //!< the route in use
    std::map<RouteId, RouteState> m_routes;   //!< routes with conditions, and those of the session
    std::optional<CommandInEffect> m_command; //!< of an operator
    RouteFailureCause m_left;                 //!< why the session left its primary route
    std::optional<Switch> m_pending;          //!< switch that is not yet acknowledged
    bool m_mayProtect{true};                  //!< a failure may make it go to protection
    bool m_preempted{false};                  //!< the session is suspended for another one
    bool m_waiting{false};                    //!< in wait-to-restore
    EventId m_wtr;                            //!< end of wait-to-restore
    EventId m_decision;                       //!< takes decisions
    State m_traced{UNAVAILABLE};              //!< last state that was traced

    TracedCallback<SessionId, State, State> m_stateTrace;                           //!< State
    TracedCallback<SessionId, SwitchRequest, Entity, CommandResult> m_commandTrace; //!< Command
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_SELECTOR_H */
