/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-route-planner.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// What a hop has.
struct HopState
{
    uint64_t rateBps{0};     //!< its key rate
    uint64_t poolBits{0};    //!< in its pool
    uint64_t promisedBps{0}; //!< to other sessions
    uint64_t reserveBits{0}; //!< to be left in its pool
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A network with one session that is to be restored, as a controller knows it.
 */
class RecoveryCase
{
  public:
    /**
     * @brief Constructor
     * @param kms number of KMs; the session is between the first and the last one
     * @param demandBps what it asks for
     */
    RecoveryCase(uint32_t kms, uint64_t demandBps)
        : m_kms(kms),
          m_planner(m_view, m_demand)
    {
        needs.from = KmId(1);
        needs.to = KmId(kms);
        needs.demandBps = demandBps;
    }

    RecoveryCase(const RecoveryCase&) = delete;
    RecoveryCase& operator=(const RecoveryCase&) = delete;

    /// Add a hop.
    void AddHop(uint32_t a, uint32_t b, const HopState& state)
    {
        hops[KmHop(KmId(a), KmId(b))] = state;
    }

    /// The network is complete.
    void Build()
    {
        std::map<uint32_t, std::vector<CkLinkState>> links;
        uint32_t number = 0;
        for (const auto& [hop, state] : hops)
        {
            ++number;
            for (const auto& [self, other] :
                 {std::make_pair(hop.low, hop.high), std::make_pair(hop.high, hop.low)})
            {
                CkLinkState link;
                link.link = LinkId(number);
                link.neighbour = other;
                link.neighbourAlive = true;
                link.status = LINK_ACTIVE;
                link.keyRateBps = state.rateBps;
                link.poolBits = state.poolBits;
                links[self.value].push_back(link);
            }
            const KeyRoute other{RouteId(number),
                                 SessionId(number),
                                 ROUTE_WORKING,
                                 {hop.low, hop.high},
                                 0};
            m_demand.Add(other, state.promisedBps);
            m_reserves[hop] = state.reserveBits;
        }
        for (uint32_t km = 1; km <= m_kms; ++km)
        {
            m_view.Register({KmId(km), links[km]}, Time(0));
            m_planner.SetReady(KmId(km), true);
        }
    }

    /// Plan in some mode.
    std::optional<RecoveryPlan> Plan(RestorationMode mode,
                                     Time window,
                                     const std::vector<SuspensionCandidate>& candidates = {})
    {
        RecoveryScheme scheme;
        scheme.mode = mode;
        scheme.window = window;
        scheme.reserves = m_reserves;
        return m_planner.PlanRecovery(needs, {}, candidates, scheme);
    }

    /// Let pools count besides rates.
    void SetBridging(Time bridging)
    {
        m_planner.SetAdmission(ADMISSION_RATE_AND_POOL, bridging);
    }

    /// Promise a route of another session key rate.
    void Promise(const KeyRoute& route, uint64_t bps)
    {
        m_demand.Add(route, bps);
    }

    RouteNeeds needs;               //!< of the session
    std::map<KmHop, HopState> hops; //!< the network

  private:
    uint32_t m_kms;                       //!< KMs
    NetworkView m_view;                   //!< what is known
    DemandTable m_demand;                 //!< what was promised
    std::map<KmHop, uint64_t> m_reserves; //!< what stays in pools
    RoutePlanner m_planner;               //!< plans
};

/// A plan as text.
std::string
Text(const std::optional<RecoveryPlan>& plan)
{
    if (!plan)
    {
        return "none";
    }
    std::string text;
    for (const PlannedRoute& route : plan->routes)
    {
        text += text.empty() ? "" : " ";
        for (const KmId km : route.kms)
        {
            text += std::to_string(km.value);
        }
        text += ":" + std::to_string(route.bps);
    }
    return text + " = " + std::to_string(plan->recoveredBps);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief One session and random graphs: no mode recovers less than the one before, and no plan
 * promises more than there is.
 */
class RecoveryOrderTest : public TestCase
{
  public:
    RecoveryOrderTest()
        : TestCase("With equal resources TWRM recovers at least what MPRM does, and that OPRM")
    {
    }

  private:
    void DoRun() override
    {
        const auto random = CreateObject<UniformRandomVariable>();
        random->SetStream(77);
        for (uint32_t trial = 0; trial < 400; ++trial)
        {
            Check(trial, *random);
        }
        NS_TEST_EXPECT_MSG_GT(m_splitIsBetter, 40, "several routes recover more than one");
        NS_TEST_EXPECT_MSG_GT(m_windowIsBetter, 40, "a window recovers more than rates");
        NS_TEST_EXPECT_MSG_GT(m_severalRoutes, 40, "over several routes");
        NS_TEST_EXPECT_MSG_GT(m_none, 5, "there is not always a route");
    }

    /// Draw a network.
    static void Draw(RecoveryCase& net, uint32_t kms, UniformRandomVariable& random)
    {
        for (uint32_t a = 1; a <= kms; ++a)
        {
            for (uint32_t b = a + 1; b <= kms; ++b)
            {
                if (random.GetValue(0, 1) < 0.45)
                {
                    HopState state;
                    state.rateBps = random.GetInteger(0, 1000);
                    state.promisedBps = random.GetInteger(0, 600);
                    state.poolBits = random.GetInteger(0, 8000);
                    state.reserveBits = random.GetInteger(0, 1) * random.GetInteger(0, 4000);
                    net.AddHop(a, b, state);
                    if (random.GetValue(0, 1) < 0.15)
                    {
                        net.needs.avoidedHops.insert(KmHop(KmId(a), KmId(b)));
                    }
                }
            }
        }
        net.Build();
    }

    /// What bits give when they are used up over some time.
    static uint64_t Spread(uint64_t bits, Time time)
    {
        return static_cast<uint64_t>(static_cast<double>(bits) / time.GetSeconds());
    }

    /// What a hop is free to give; no bridging: only rates are admitted.
    static uint64_t Free(const HopState& state, Time window, Time bridging)
    {
        uint64_t offered = state.rateBps;
        if (bridging.IsStrictlyPositive() && state.rateBps > 0)
        {
            offered += Spread(state.poolBits, bridging);
        }
        if (window.IsStrictlyPositive() && state.poolBits > state.reserveBits)
        {
            offered = std::max(offered,
                               state.rateBps + Spread(state.poolBits - state.reserveBits, window));
        }
        return offered > state.promisedBps ? offered - state.promisedBps : 0;
    }

    /// Check that a plan over several routes can be carried out.
    void CheckFeasible(const RecoveryCase& net,
                       const RecoveryPlan& plan,
                       Time window,
                       Time bridging)
    {
        std::map<KmHop, uint64_t> used;
        uint64_t sum = 0;
        for (const PlannedRoute& route : plan.routes)
        {
            NS_TEST_EXPECT_MSG_EQ(route.kms.front(), net.needs.from, "from the master's KM");
            NS_TEST_EXPECT_MSG_EQ(route.kms.back(), net.needs.to, "to the slave's KM");
            const std::set<KmId> once(route.kms.begin(), route.kms.end());
            NS_TEST_EXPECT_MSG_EQ(once.size(), route.kms.size(), "no KM twice");
            sum += route.bps;
            for (const KmHop& hop : HopsOf(route.kms))
            {
                NS_TEST_ASSERT_MSG_EQ(net.hops.count(hop), 1, "a hop that exists");
                NS_TEST_EXPECT_MSG_EQ(net.needs.avoidedHops.count(hop), 0, "not a failed one");
                used[hop] += route.bps;
            }
        }
        if (plan.recoveredBps == 0)
        {
            return; // the best route regardless
        }
        NS_TEST_EXPECT_MSG_EQ(sum, plan.recoveredBps, "the parts make what is recovered");
        for (const auto& [hop, bps] : used)
        {
            NS_TEST_EXPECT_MSG_EQ((bps <= Free(net.hops.at(hop), window, bridging)),
                                  true,
                                  "hop " << hop.low << "-" << hop.high << " carries " << bps);
        }
    }

    /// One network.
    void Check(uint32_t trial, UniformRandomVariable& random)
    {
        const uint32_t kms = random.GetInteger(3, 8);
        RecoveryCase net(kms, random.GetInteger(100, 1500));
        Draw(net, kms, random);
        const Time window = Seconds(random.GetInteger(1, 30));
        const Time bridging = Seconds(trial % 2 == 0 ? 0 : random.GetInteger(1, 60));
        if (bridging.IsStrictlyPositive())
        {
            net.SetBridging(bridging);
        }
        const auto one = net.Plan(RESTORATION_ONE_PATH, Time(0));
        const auto several = net.Plan(RESTORATION_MULTI_PATH, Time(0));
        const auto windowed = net.Plan(RESTORATION_TIME_WINDOW, window);
        NS_TEST_ASSERT_MSG_EQ(one.has_value(), several.has_value(), "network " << trial);
        NS_TEST_ASSERT_MSG_EQ(one.has_value(), windowed.has_value(), "network " << trial);
        if (!one)
        {
            ++m_none;
            return;
        }
        NS_TEST_EXPECT_MSG_EQ((several->recoveredBps >= one->recoveredBps),
                              true,
                              "network " << trial << ": MPRM " << Text(several) << ", OPRM "
                                         << Text(one));
        NS_TEST_EXPECT_MSG_EQ((windowed->recoveredBps >= several->recoveredBps),
                              true,
                              "network " << trial << ": TWRM " << Text(windowed) << ", MPRM "
                                         << Text(several));
        NS_TEST_EXPECT_MSG_EQ((windowed->recoveredBps <= net.needs.demandBps), true, "no more");
        NS_TEST_EXPECT_MSG_EQ(one->routes.size(), 1, "one route");
        CheckFeasible(net, *several, Time(0), bridging);
        CheckFeasible(net, *windowed, window, bridging);
        m_splitIsBetter += several->recoveredBps > one->recoveredBps ? 1 : 0;
        m_windowIsBetter += windowed->recoveredBps > several->recoveredBps ? 1 : 0;
        m_severalRoutes += several->routes.size() > 1 ? 1 : 0;
    }

    uint32_t m_splitIsBetter{0};  //!< networks where several routes recover more
    uint32_t m_windowIsBetter{0}; //!< networks where a window recovers more
    uint32_t m_severalRoutes{0};  //!< plans of several routes
    uint32_t m_none{0};           //!< networks without a route
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two routes, 1-2-4 and 1-3-4, and what each mode makes of them.
 */
class RecoveryModesTest : public TestCase
{
  public:
    RecoveryModesTest()
        : TestCase("One route if it is enough, several if not, pools last; then others stop")
    {
    }

  private:
    /// Make a network of four equal hops.
    static void BuildRing(RecoveryCase& ring, const HopState& state)
    {
        for (const auto& [a, b] : {std::make_pair(1, 2), {2, 4}, {1, 3}, {3, 4}})
        {
            ring.AddHop(a, b, state);
        }
        ring.Build();
    }

    void DoRun() override
    {
        // 700 of 1000 bit/s are free on each hop; pools give 4000 bits within 10 s
        const HopState state{1000, 5000, 300, 1000};
        const Time window = Seconds(10);
        const auto plan = [&](uint64_t demandBps, RestorationMode mode) {
            RecoveryCase ring(4, demandBps);
            BuildRing(ring, state);
            return Text(ring.Plan(mode, window));
        };
        NS_TEST_EXPECT_MSG_EQ(plan(700, RESTORATION_ONE_PATH), "124:700 = 700", "enough");
        NS_TEST_EXPECT_MSG_EQ(plan(700, RESTORATION_MULTI_PATH), "124:700 = 700", "enough");
        NS_TEST_EXPECT_MSG_EQ(plan(700, RESTORATION_TIME_WINDOW), "124:700 = 700", "enough");
        NS_TEST_EXPECT_MSG_EQ(plan(701, RESTORATION_ONE_PATH), "124:701 = 700", "not quite");
        NS_TEST_EXPECT_MSG_EQ(plan(701, RESTORATION_MULTI_PATH), "124:700 134:1 = 701", "split");
        NS_TEST_EXPECT_MSG_EQ(plan(1400, RESTORATION_TIME_WINDOW),
                              "124:700 134:700 = 1400",
                              "rates are enough");
        NS_TEST_EXPECT_MSG_EQ(plan(2000, RESTORATION_MULTI_PATH),
                              "124:700 134:700 = 1400",
                              "all there is");
        NS_TEST_EXPECT_MSG_EQ(plan(1500, RESTORATION_TIME_WINDOW),
                              "124:1100 134:400 = 1500",
                              "with pools");
        NS_TEST_EXPECT_MSG_EQ(plan(9999, RESTORATION_TIME_WINDOW),
                              "124:1100 134:1100 = 2200",
                              "with pools, all there is");
        CheckSuspension();
        CheckSuspensionOfOneRoute();
    }

    /// Others stop only if more can be recovered then.
    void CheckSuspension()
    {
        RecoveryCase ring(4, 1400);
        BuildRing(ring, {1000, 0, 300, 0});
        const KeyRoute weak{RouteId(99), SessionId(99), ROUTE_WORKING, {KmId(1), KmId(2)}, 0};
        ring.Promise(weak, 500);
        const std::vector<SuspensionCandidate> candidates = {{SessionId(99), {{weak, 500}}}};
        NS_TEST_EXPECT_MSG_EQ(Text(ring.Plan(RESTORATION_MULTI_PATH, Time(0))),
                              "134:700 124:200 = 900",
                              "nobody may be stopped");
        const auto stops = ring.Plan(RESTORATION_MULTI_PATH, Time(0), candidates);
        NS_TEST_EXPECT_MSG_EQ(Text(stops), "124:700 134:700 = 1400", "one stops");
        NS_TEST_ASSERT_MSG_EQ(stops->suspend.size(), 1, "that one");
        ring.needs.demandBps = 900;
        const auto fits = ring.Plan(RESTORATION_MULTI_PATH, Time(0), candidates);
        NS_TEST_EXPECT_MSG_EQ(Text(fits), "134:700 124:200 = 900", "there is room beside it");
        NS_TEST_EXPECT_MSG_EQ(fits->suspend.size(), 0, "nobody has to stop");
    }

    /// A route that is too weak for all of the demand gets no more from others than it can use.
    void CheckSuspensionOfOneRoute()
    {
        const std::vector<std::size_t> stops = {0, 1, 2, 2};
        const std::vector<uint64_t> secondHopBps = {200, 300, 600, 1000};
        for (std::size_t i = 0; i < stops.size(); ++i)
        {
            RecoveryCase chain(3, 1400);
            chain.AddHop(1, 2, {1000, 0, 300, 0});
            chain.AddHop(2, 3, {secondHopBps[i], 0, 0, 0});
            chain.Build();
            std::vector<SuspensionCandidate> candidates;
            for (const auto& [number, bps] : {std::make_pair(98U, 100U), {99U, 400U}})
            {
                const KeyRoute weak{RouteId(number),
                                    SessionId(number),
                                    ROUTE_WORKING,
                                    {KmId(1), KmId(2)},
                                    0};
                chain.Promise(weak, bps);
                candidates.push_back({SessionId(number), {{weak, bps}}});
            }
            // 200 bit/s of the first hop are free, 300 without the first candidate, 700 without
            // both
            const auto plan = chain.Plan(RESTORATION_ONE_PATH, Time(0), candidates);
            NS_TEST_EXPECT_MSG_EQ(Text(plan),
                                  "123:1400 = " +
                                      std::to_string(std::min<uint64_t>(secondHopBps[i], 700)),
                                  "as much as the weaker hop gives");
            NS_TEST_ASSERT_MSG_EQ(plan.has_value(), true, "there is a route");
            NS_TEST_EXPECT_MSG_EQ(plan->suspend.size(),
                                  stops[i],
                                  "sessions that stop for " << secondHopBps[i] << " bit/s");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite.
 */
class RecoveryPlannerTestSuite : public TestSuite
{
  public:
    RecoveryPlannerTestSuite()
        : TestSuite("qkdn-recovery-planner", Type::UNIT)
    {
        AddTestCase(new RecoveryModesTest);
        AddTestCase(new RecoveryOrderTest);
    }
};

static RecoveryPlannerTestSuite g_recoveryPlannerTestSuite; //!< the suite
