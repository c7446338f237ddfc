/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_PLANNER_H
#define QKDN_ROUTE_PLANNER_H

#include "qkdn-demand-table.h"
#include "qkdn-network-view.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-session-policy.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What routes of a session that are to fail separately may not have in common, if it can be.
 */
enum RouteDisjointness
{
    ROUTE_DISJOINT_LINK, //!< hops
    ROUTE_DISJOINT_NODE, //!< hops, and KMs between the ends
    ROUTE_DISJOINT_SRLG  //!< hops, KMs between the ends, and risk groups
};

/**
 * @ingroup qkdn-resilience
 * @brief What a new session's routes must find on their hops.
 */
enum AdmissionMode
{
    ADMISSION_BEST_EFFORT,  //!< nothing: enough key rate is preferred
    ADMISSION_RATE,         //!< enough key rate
    ADMISSION_RATE_AND_POOL //!< enough of the key rate and what the pool adds over a time
};

/**
 * @ingroup qkdn-resilience
 * @brief A route and the key rate that it was promised.
 */
struct PromisedRoute
{
    KeyRoute route;  //!< the route
    uint64_t bps{0}; //!< on each of its hops, bit/s
};

/**
 * @ingroup qkdn-resilience
 * @brief What a session needs of its routes.
 */
struct RouteNeeds
{
    KmId from;                   //!< master's KM
    KmId to;                     //!< slave's KM
    uint64_t demandBps{0};       //!< key rate, bit/s
    std::set<KmHop> avoidedHops; //!< hops that failed
    std::set<KmId> avoidedKms;   //!< KMs that refused
    /// routes of the session that have failed: a further one may use what they were promised
    std::vector<PromisedRoute> left{};
};

/**
 * @ingroup qkdn-resilience
 * @brief Routes for a new session.
 */
struct RoutePlan
{
    std::vector<KmId> working;    //!< working (or extra) route
    std::vector<KmId> protection; //!< protection route, empty if there is none
    /// further working routes, of a session that uses several at once
    std::vector<std::vector<KmId>> further;
    uint64_t floorBits{0}; //!< extra traffic: bits that it leaves in each pool
};

/**
 * @ingroup qkdn-resilience
 * @brief A session that another one may stop.
 */
struct SuspensionCandidate
{
    SessionId session;                 //!< the session
    std::vector<PromisedRoute> routes; //!< its routes
};

/**
 * @ingroup qkdn-resilience
 * @brief How a session is restored.
 */
struct RecoveryScheme
{
    RestorationMode mode{RESTORATION_ONE_PATH}; //!< over what
    Time window;                                //!< within it pools are used up; time-window only
    std::map<KmHop, uint64_t> reserves{};       //!< bits that stay in the pools of hops
};

/**
 * @ingroup qkdn-resilience
 * @brief A route of a recovery plan.
 */
struct PlannedRoute
{
    std::vector<KmId> kms; //!< the route
    uint64_t bps{0};       //!< key rate that it is to be promised, bit/s
};

/**
 * @ingroup qkdn-resilience
 * @brief Routes after a failure, and the price of them.
 */
struct RecoveryPlan
{
    std::vector<PlannedRoute> routes; //!< at least one, the one with the largest part first
    std::vector<SessionId> suspend;   //!< sessions that have to stop for them
    uint64_t recoveredBps{0};         //!< what the routes are free to give of the demand, bit/s
};

/**
 * @ingroup qkdn-resilience
 * @brief Chooses routes for sessions over the usable hops of a network view.
 *
 * It prefers hops whose key rate minus what was promised to others is enough. If no route has
 * that, it takes the best route regardless: too little key is better than none. A protection
 * route that is disjoint from the working route is worth more to it than enough key rate.
 */
class RoutePlanner
{
  public:
    /**
     * @brief Constructor
     * @param view what is known of the network; must live longer
     * @param demand what was promised; must live longer
     */
    RoutePlanner(const NetworkView& view, const DemandTable& demand);

    /**
     * @brief Set what routes are compared by.
     * @param cost the cost of a hop
     */
    void SetCost(RouteCost cost);

    /**
     * @brief Set what routes that are to fail separately may not have in common.
     * @param disjointness it; what is less is taken if there is nothing better
     */
    void SetDisjointness(RouteDisjointness disjointness);

    /**
     * @brief Set what the first routes of sessions must find.
     * @param mode it
     * @param bridging time over which a pool may be used up, above 0; ADMISSION_RATE_AND_POOL only
     */
    void SetAdmission(AdmissionMode mode, Time bridging);

    /**
     * @brief Whether first routes must have enough key rate.
     * @return false for ADMISSION_BEST_EFFORT
     */
    bool IsStrict() const;

    /**
     * @brief Key rate that may be promised on a hop.
     * @param hop the hop
     * @return key rate, with what the pool adds if that counts, bit/s
     */
    uint64_t GetCapacity(const KmHop& hop) const;

    /**
     * @brief The single failures that break a route, apart from those of its ends.
     * @param kms its KMs
     * @return its hops, KMs between the ends and risk groups
     */
    std::set<NetworkRisk> GetRisks(const std::vector<KmId>& kms) const;

    /**
     * @brief Whether a risk group can break two routes together.
     * @param a the KMs of a route
     * @param b those of another
     * @return true if so
     */
    bool ShareRiskGroup(const std::vector<KmId>& a, const std::vector<KmId>& b) const;

    /**
     * @brief Whether all hops of a route have enough key rate for it.
     * @param route the route
     * @param bps what it needs, bit/s
     * @param shared failures of the working route if it shares key rate, otherwise null
     * @param demand what was promised, without the route
     * @return true if so
     */
    bool HasRoomFor(const KeyRoute& route,
                    uint64_t bps,
                    const std::set<NetworkRisk>* shared,
                    const DemandTable& demand) const;

    /**
     * @brief Set the longest route.
     * @param maxHops hops, at least 1
     */
    void SetMaxHops(uint32_t maxHops);

    /**
     * @brief The longest route.
     * @return hops
     */
    uint32_t GetMaxHops() const;

    /**
     * @brief What is known of the network.
     * @return the view
     */
    const NetworkView& GetView() const;

    /**
     * @brief Why a route cannot be set up for a session; its length does not matter.
     * @param needs what the session needs
     * @param kms the KMs of the route
     * @return what is wrong, empty if nothing is
     */
    std::string FindRouteFault(const RouteNeeds& needs, const std::vector<KmId>& kms) const;

    /**
     * @brief Say whether a KM can take commands; at first none can.
     * @param km the KM
     * @param ready whether routes may go through it
     */
    void SetReady(KmId km, bool ready);

    /**
     * @brief A working route.
     * @param needs what the session needs
     * @return the plan, none if there is no route
     */
    std::optional<RoutePlan> PlanWorking(const RouteNeeds& needs);

    /**
     * @brief A working route and a protection route that is disjoint from it.
     * @param needs what the session needs
     * @return the plan, without protection if there are no disjoint routes; none if there is no
     * route
     */
    std::optional<RoutePlan> PlanProtected(const RouteNeeds& needs);

    /**
     * @brief A working route and a disjoint protection route that shares key rate.
     *
     * The working route is the best one, and the protection route the best beside it; if there is
     * none beside it, both come from the cheapest disjoint pair.
     *
     * @param needs what the session needs
     * @return the plan, without protection if there are no disjoint routes; none if there is no
     * route
     */
    std::optional<RoutePlan> PlanShared(const RouteNeeds& needs);

    /**
     * @brief A protection route that shares key rate, for a working route that exists.
     * @param needs what the session needs
     * @param working the KMs of the working route
     * @return its KMs, empty if there is no disjoint route
     */
    std::vector<KmId> PlanSharedProtection(const RouteNeeds& needs,
                                           const std::vector<KmId>& working);

    /**
     * @brief Disjoint working routes.
     *
     * Routes that share no KM between the ends go before such as share no hop: these are taken if
     * there are fewer than two of the former, or fewer than are needed.
     *
     * @param needs what the session needs
     * @param most how many routes at most
     * @param least how many routes at least
     * @return the plan with as many as there are; none if there are too few
     */
    std::optional<RoutePlan> PlanSeveral(const RouteNeeds& needs,
                                         std::size_t most,
                                         std::size_t least);

    /**
     * @brief A further working route beside others.
     * @param needs what the session needs
     * @param others the KMs of each of the others
     * @return its KMs, empty if there is no disjoint route
     */
    std::vector<KmId> PlanFurther(const RouteNeeds& needs,
                                  const std::vector<std::vector<KmId>>& others);

    /**
     * @brief A protection route for a working route that exists.
     * @param needs what the session needs
     * @param working the KMs of the working route
     * @return its KMs, empty if there is no disjoint route
     */
    std::vector<KmId> PlanProtection(const RouteNeeds& needs, const std::vector<KmId>& working);

    /**
     * @brief A route for extra traffic: over hops of protection routes, if it can be.
     * @param needs what the session needs
     * @param reserves hops of protection routes of other sessions, each with the bits that must
     * stay in its pool
     * @return the plan, none if there is no route
     */
    std::optional<RoutePlan> PlanExtra(const RouteNeeds& needs,
                                       const std::map<KmHop, uint64_t>& reserves);

    /**
     * @brief Routes after a failure.
     *
     * The ways to restore are known by name from the literature (OPRM, MPRM, TWRM: one-path,
     * multi-path and time-window based recovery); these rules are our own.
     *  - **One-path**: the best route with enough free key rate; else such a route if sessions of
     *    candidates stop; else the best route regardless, for which they stop as far as it carries
     *    more then.
     *  - **Multi-path**: the same, but if no route alone is enough the demand is split over several
     *    by SplitOverRoutes(), as much of it as they can carry; sessions stop only if more can be
     *    carried then.
     *  - **Time-window**: as multi-path, and if free key rate is not enough a hop can give what its
     *    pool holds above the reserve besides, spread over the window.
     *
     * With the same resources, time-window never recovers less than multi-path, and that never less
     * than one-path.
     *
     * @param needs what the session needs
     * @param own routes that the session has and will not use meanwhile
     * @param candidates sessions that it may stop, those to be stopped first in front
     * @param scheme how it is restored
     * @return the plan, none if there is no route
     */
    std::optional<RecoveryPlan> PlanRecovery(const RouteNeeds& needs,
                                             const std::vector<PromisedRoute>& own,
                                             const std::vector<SuspensionCandidate>& candidates,
                                             const RecoveryScheme& scheme = RecoveryScheme());

    /**
     * @brief What the routes of a recovery plan are free to give.
     * @param plan routes, and sessions that stop
     * @param own routes that the session has and will not use meanwhile
     * @param candidates sessions that it may stop
     * @param scheme how it is restored: with mode time-window, pools count
     * @return key rate, bit/s; at most what the routes are to be promised
     */
    uint64_t GetRecoveredBps(const RecoveryPlan& plan,
                             const std::vector<PromisedRoute>& own,
                             const std::vector<SuspensionCandidate>& candidates,
                             const RecoveryScheme& scheme) const;

  private:
    /// Whether a hop has enough key rate left.
    using RoomFunction = std::function<bool(const KmHop&)>;

    /// Disjoint routes.
    struct RankedRoutes
    {
        int rank{0};                           //!< higher for less in common; 0: none
        std::vector<std::vector<KmId>> routes; //!< their KMs, the cheapest first
    };

    /**
     * @brief The cheapest disjoint routes.
     * @param needs what the session needs
     * @param filter what they may use
     * @param most how many at most
     * @param least how many at least
     * @return the routes that have least in common, as far as that is asked for
     */
    RankedRoutes FindDisjoint(const RouteNeeds& needs,
                              const RouteFilter& filter,
                              std::size_t most,
                              std::size_t least);

    /**
     * @brief The cheapest routes without a common risk group.
     * @param needs what the session needs
     * @param filter what they may use
     * @param most how many at most
     * @param least how many at least
     * @return the routes, none if there are too few
     */
    RankedRoutes FindRiskDisjoint(const RouteNeeds& needs,
                                  const RouteFilter& filter,
                                  std::size_t most,
                                  std::size_t least);

    /**
     * @brief The graph of usable hops, as new as the view.
     * @return the graph
     */
    const RouteGraph& GetGraph();

    /**
     * @brief What a session's routes may use.
     * @param needs what it needs
     * @return the filter
     */
    RouteFilter MakeFilter(const RouteNeeds& needs) const;

    /**
     * @brief Whether a hop has enough key rate left.
     * @param hop the hop
     * @param bps what is needed, bit/s
     * @param role role of the route
     * @param demand what was promised
     * @return true if so
     */
    bool HasRoom(const KmHop& hop, uint64_t bps, RouteRole role, const DemandTable& demand) const;

    /**
     * @brief The filter, with the further demand for enough key rate.
     * @param needs what the session needs
     * @param role role of the route
     * @param demand what was promised
     * @return the filter
     */
    RouteFilter MakeRoomFilter(const RouteNeeds& needs,
                               RouteRole role,
                               const DemandTable& demand) const;

    /**
     * @brief The best route, with room if there is one.
     * @param needs what the session needs
     * @param role role of the route
     * @param filter what it may use
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> FindBest(const RouteNeeds& needs, RouteRole role, RouteFilter filter);

    /**
     * @brief The best route, with room if there is one.
     * @param needs what the session needs
     * @param room which hops have room
     * @param filter what it may use
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> FindBest(const RouteNeeds& needs,
                               const RoomFunction& room,
                               const RouteFilter& filter);

    /**
     * @brief The best route beside others: with least in common, as far as that is asked for, but
     * never a hop.
     * @param needs what the session needs
     * @param room which hops have room
     * @param others the KMs of each of the others
     * @return its KMs, empty if there is none
     */
    std::vector<KmId> FindBeside(const RouteNeeds& needs,
                                 const RoomFunction& room,
                                 const std::vector<std::vector<KmId>>& others);

    // recovery (qkdn-route-planner-recovery.cc)

    /**
     * @brief Plan over one route.
     * @param needs what the session needs
     * @param others what was promised to others
     * @param candidates who may be stopped
     * @return the plan, none if there is no route
     */
    std::optional<RecoveryPlan> PlanOneRoute(const RouteNeeds& needs,
                                             const DemandTable& others,
                                             const std::vector<SuspensionCandidate>& candidates);

    /**
     * @brief Plan over several routes, or one if it is enough.
     * @param needs what the session needs
     * @param others what was promised to others
     * @param candidates who may be stopped
     * @param scheme how it is restored
     * @return the plan, none if nothing can be carried
     */
    std::optional<RecoveryPlan> PlanSplit(const RouteNeeds& needs,
                                          const DemandTable& others,
                                          const std::vector<SuspensionCandidate>& candidates,
                                          const RecoveryScheme& scheme);

    /**
     * @brief The routes that carry most of a demand.
     * @param needs what the session needs
     * @param demand what was promised to others
     * @param scheme how it is restored: with mode time-window, pools count
     * @return the routes, without suspensions
     */
    RecoveryPlan Split(const RouteNeeds& needs,
                       const DemandTable& demand,
                       const RecoveryScheme& scheme);

    /**
     * @brief What a hop has to give to a recovery route.
     * @param hop the hop
     * @param demand what was promised to others
     * @param scheme with mode time-window, its pool counts
     * @return key rate, bit/s
     */
    uint64_t GetFreeBps(const KmHop& hop,
                        const DemandTable& demand,
                        const RecoveryScheme& scheme) const;

    /**
     * @brief Which sessions have to stop so that routes have room.
     * @param routes the routes
     * @param scheme with mode time-window, pools count
     * @param [in,out] demand what was promised, without the session itself; then without those that
     * stop either
     * @param candidates who may be stopped
     * @return who has to
     */
    std::vector<SessionId> ChooseSuspended(
        const std::vector<PlannedRoute>& routes,
        const RecoveryScheme& scheme,
        DemandTable& demand,
        const std::vector<SuspensionCandidate>& candidates) const;

    const NetworkView& m_view;                             //!< what is known
    const DemandTable& m_demand;                           //!< what was promised
    RouteCost m_cost{ROUTE_COST_HOPS};                     //!< what routes are compared by
    RouteDisjointness m_disjointness{ROUTE_DISJOINT_NODE}; //!< what routes may not have in common
    AdmissionMode m_admission{ADMISSION_BEST_EFFORT};      //!< what first routes must find
    Time m_bridging;                                       //!< pools may be used up over this time
    uint32_t m_maxHops{16};                                //!< longest route
    std::unordered_set<uint32_t> m_ready;                  //!< numbers of KMs that take commands
    RouteGraph m_graph;                                    //!< usable hops
    uint64_t m_graphVersion{0}; //!< version of the view that the graph shows
    bool m_graphValid{false};   //!< whether the graph shows a view at all
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_PLANNER_H */
