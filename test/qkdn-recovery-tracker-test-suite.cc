/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-route-recovery-tracker.h"
#include "ns3/qkdn-session-metrics.h"
#include "ns3/test.h"

#include <algorithm>
#include <array>
#include <numeric>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t LINKS = 5; //!< QKD links of the network

const SessionId A(1);          //!< the session that is protected
const SessionId X(2);          //!< a session of extra traffic
const RouteId WORKING(1);      //!< A's working route 1-2-4
const RouteId OTHER(2);        //!< A's other route 1-3-5-4
const RouteId EXTRA(3);        //!< X's route 3-5
const LinkId ON_WORKING(2);    //!< QKD link 2-4
const LinkId ON_OTHER(4);      //!< QKD link 3-5
const IncidentId FIRST{2, 1};  //!< of a module on the working route
const IncidentId SECOND{4, 1}; //!< of a module on the other route

/**
 * @brief An instant.
 * @param ms milliseconds
 * @return the instant
 */
Time
At(uint64_t ms)
{
    return MilliSeconds(ms);
}

/// Two ways from KM 1 to KM 4, all modules running; A is served over the shorter one.
class Network
{
  public:
    /**
     * @brief Constructor
     * @param policy policy of A
     * @param otherRole role of A's other route
     */
    explicit Network(const SessionPolicy& policy, RouteRole otherRole = ROUTE_PROTECTION)
    {
        const std::vector<std::pair<uint32_t, uint32_t>> ends = {{1, 2},
                                                                 {2, 4},
                                                                 {3, 1},
                                                                 {3, 5},
                                                                 {5, 4}};
        for (uint32_t i = 0; i < LINKS; ++i)
        {
            tracker.AddLink(LinkId(i + 1), KmId(ends[i].first), KmId(ends[i].second));
            Generate(Time(), LinkId(i + 1), true);
        }
        tracker.AddSession({A, "A", KmId(1), policy});
        tracker.AddSession({X, "X", KmId(3), SessionPolicy()});
        Install({WORKING, A, ROUTE_WORKING, {KmId(1), KmId(2), KmId(4)}, 0});
        Install({OTHER, A, otherRole, {KmId(1), KmId(3), KmId(5), KmId(4)}, 0});
        Install({EXTRA, X, ROUTE_EXTRA, {KmId(3), KmId(5)}, 0});
    }

    /**
     * @brief Install a route at all its KMs.
     * @param route the route
     */
    void Install(const KeyRoute& route)
    {
        for (const KmId km : route.kms)
        {
            tracker.RouteChanged(Time(), km, route, true);
        }
    }

    /**
     * @brief Both modules of a link begin or end to generate.
     * @param now the time
     * @param link the link
     * @param generating true if they generate
     */
    void Generate(Time now, LinkId link, bool generating)
    {
        tracker.ModuleChanged(now, link, 0, generating);
        tracker.ModuleChanged(now, link, 1, generating);
    }

    /**
     * @brief A fault stops a QKD link and is detected 5 ms later.
     * @param now the time
     * @param fault its id
     * @param link the link
     * @param incident id of the detection
     */
    void Cut(Time now, const std::string& fault, LinkId link, IncidentId incident)
    {
        tracker.FaultStruck(now, fault, {{link}, {}}, {});
        tracker.LinkIncident(now + At(5), link, incident);
        Generate(now + At(5), link, false);
    }

    /**
     * @brief The master's KM of A learns of the failure of the working route and switches.
     * @param informed when it knows
     * @param decided when it decides
     * @param switched when the last KM has acknowledged
     */
    void Switch(Time informed, Time decided, Time switched)
    {
        tracker.RouteEvent(informed, A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        tracker.RouteEvent(decided, A, OTHER, ROUTE_EVENT_SWITCH, FIRST);
        tracker.RouteEvent(switched, A, OTHER, ROUTE_EVENT_SWITCHED, FIRST);
    }

    /**
     * @brief The episodes of A.
     * @return in order of time
     */
    std::vector<TrackedRecovery> OfA() const
    {
        std::vector<TrackedRecovery> all = tracker.GetResults();
        all.erase(std::remove_if(all.begin(),
                                 all.end(),
                                 [](const TrackedRecovery& one) { return one.session != A; }),
                  all.end());
        return all;
    }

    RouteRecoveryTracker tracker; //!< under test
};

/**
 * @brief A policy.
 * @param resilienceClass its class
 * @return the policy, with trigger link-down
 */
SessionPolicy
PolicyOf(ResilienceClass resilienceClass)
{
    SessionPolicy policy;
    policy.resilienceClass = resilienceClass;
    return policy;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What all tests of the tracker need.
 */
class TrackerTestCase : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name
     */
    explicit TrackerTestCase(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /**
     * @brief The only episode; its markers are in order and its stages add up.
     * @param network the network
     * @return the episode
     */
    TrackedRecovery Only(const Network& network)
    {
        const std::vector<TrackedRecovery> all = network.OfA();
        NS_TEST_EXPECT_MSG_EQ(all.size(), 1, "one episode");
        for (const TrackedRecovery& tracked : all)
        {
            CheckOrder(tracked);
        }
        return all.empty() ? TrackedRecovery() : all.front();
    }

    /**
     * @brief Check that markers are in order and stages add up.
     * @param tracked an episode
     */
    void CheckOrder(const TrackedRecovery& tracked)
    {
        const RecoveryMarkers& markers = tracked.result.markers;
        NS_TEST_EXPECT_MSG_EQ(markers.FindDisorder(), "", "in order");
        const RecoveryStages stages = markers.ComputeStages();
        if (markers.firstKeyUsable)
        {
            NS_TEST_EXPECT_MSG_EQ(std::accumulate(stages.stage.begin(), stages.stage.end(), Time()),
                                  *markers.firstKeyUsable - markers.fault,
                                  "the stages add up");
            NS_TEST_EXPECT_MSG_EQ(std::accumulate(stages.part.begin(), stages.part.end(), Time()),
                                  stages.stage[STAGE_KEY_RESUMPTION],
                                  "the parts add up");
        }
    }

    /**
     * @brief Check the stages of an episode, in milliseconds.
     * @param tracked the episode
     * @param ms stages in the order of RecoveryStage
     */
    void CheckStages(const TrackedRecovery& tracked, const std::array<uint64_t, STAGE_COUNT>& ms)
    {
        const RecoveryStages stages = tracked.result.markers.ComputeStages();
        for (std::size_t i = 0; i < STAGE_COUNT; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(stages.stage[i],
                                  At(ms[i]),
                                  RecoveryStageName(static_cast<RecoveryStage>(i)));
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Route 1:1 without hold-off, the extra key and reversion.
 */
class ProtectionTest : public TrackerTestCase
{
  public:
    ProtectionTest()
        : TrackerTestCase("A protection switch: stages, extra key until reversion")
    {
    }

  private:
    void DoRun() override
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        RouteRecoveryTracker& tracker = network.tracker;
        NS_TEST_EXPECT_MSG_EQ(tracker.HasRoute(A), true, "it has a route");
        tracker.KeyConfirmed(At(900), A, WORKING, 256);
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        tracker.KeyConfirmed(At(1006), A, WORKING, 256);
        network.Switch(At(1010), At(1010), At(1022));
        tracker.KeyConfirmed(At(1023), A, WORKING, 256);
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.outcome, RECOVERY_NOT_RECOVERED, "no key yet");
        tracker.KeyConfirmed(At(1030), A, OTHER, 256);
        TrackedRecovery recovery = Only(network);
        CheckStages(recovery, {5, 0, 5, 0, 0, 12, 0, 8});
        NS_TEST_EXPECT_MSG_EQ(recovery.result.outcome, RECOVERY_RECOVERED, "by the switch");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.mechanism, "route-1:1", "mechanism");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.trigger, "link-down", "trigger");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.fault, "f", "fault");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.markers.repaired.has_value(), false, "no t4'");
        NS_TEST_EXPECT_MSG_EQ(*recovery.result.markers.running, At(1022), "t6 = t5");
        NS_TEST_EXPECT_MSG_EQ((recovery.before == std::vector<KmId>{KmId(1), KmId(2), KmId(4)}),
                              true,
                              "route before");
        NS_TEST_EXPECT_MSG_EQ(recovery.after.size(), 4, "route after");
        NS_TEST_EXPECT_MSG_EQ(recovery.incidents.count(FIRST), 1, "incident");

        tracker.KeyConfirmed(At(1080), A, OTHER, 256);
        tracker.LinkIncident(At(1090), ON_WORKING, SECOND);
        tracker.FaultRepaired(At(20000), "f");
        network.Generate(At(30000), ON_WORKING, true);
        tracker.RouteEvent(At(35000), A, WORKING, ROUTE_EVENT_REVERT, {});
        tracker.KeyConfirmed(At(35001), A, OTHER, 256);
        tracker.RouteEvent(At(35010), A, WORKING, ROUTE_EVENT_SWITCHED, {});
        tracker.KeyConfirmed(At(35020), A, WORKING, 256);
        recovery = Only(network);
        CheckStages(recovery, {5, 0, 5, 0, 0, 12, 0, 8});
        NS_TEST_EXPECT_MSG_EQ(recovery.result.extraKeyBits, 512, "one hop more, two keys");
        NS_TEST_EXPECT_MSG_EQ(*recovery.result.revertedAt, At(35000), "decided");
        NS_TEST_EXPECT_MSG_EQ(recovery.incidents.count(SECOND), 1, "the other end's detection");

        // the working route is in use again
        network.Cut(At(40000), "g", ON_OTHER, SECOND);
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 1, "elsewhere");
        network.Cut(At(41000), "h", ON_WORKING, FIRST);
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 2, "on the working route");
        NS_TEST_EXPECT_MSG_EQ(tracker.GetFaults(A).size(), 2, "two of three faults");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hold-off, on either side of the notification.
 */
class HoldOffTest : public TrackerTestCase
{
  public:
    HoldOffTest()
        : TrackerTestCase("Hold-off after or before the notification; repair during hold-off")
    {
    }

  private:
    void DoRun() override
    {
        Network late(PolicyOf(CLASS_ROUTE_1_1));
        late.Cut(At(1000), "f", ON_WORKING, FIRST);
        late.tracker.RouteEvent(At(1010), A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        late.tracker.RouteEvent(At(1110), A, WORKING, ROUTE_EVENT_HOLD_OFF_OVER, FIRST);
        late.Switch(At(1111), At(1112), At(1122));
        late.tracker.KeyConfirmed(At(1130), A, OTHER, 256);
        CheckStages(Only(late), {5, 100, 5, 2, 0, 10, 0, 8});
        const RecoveryStages stages = Only(late).result.markers.ComputeStages();
        NS_TEST_EXPECT_MSG_EQ(stages.order[1], STAGE_NOTIFICATION, "first");
        NS_TEST_EXPECT_MSG_EQ(stages.order[2], STAGE_HOLD_OFF, "then");

        // hold-off at the KM, which tells the controller when it is over
        SessionPolicy policy = PolicyOf(CLASS_RESTORATION);
        policy.trigger = TRIGGER_SUPPLY_INTERRUPTED;
        policy.holdOff = At(100);
        Network early(policy, ROUTE_RECOVERY);
        early.Cut(At(1000), "f", ON_WORKING, FIRST);
        early.tracker.RouteEvent(At(1010), A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        early.tracker.RouteEvent(At(1110), A, WORKING, ROUTE_EVENT_HOLD_OFF_OVER, FIRST);
        early.tracker.ControllerInformed(At(1113), A, FIRST);
        early.tracker.ControllerDecided(At(1120), A, OTHER, FIRST);
        early.tracker.ControllerCompleted(At(1140), A, OTHER, FIRST);
        early.tracker.KeyConfirmed(At(1145), A, OTHER, 256);
        CheckStages(Only(early), {5, 105, 3, 7, 0, 20, 0, 5});
        NS_TEST_EXPECT_MSG_EQ(Only(early).result.trigger, "supply-interrupted", "trigger");

        Network repaired(PolicyOf(CLASS_ROUTE_1_1));
        repaired.Cut(At(1000), "f", ON_WORKING, FIRST);
        repaired.tracker.RouteEvent(At(1010), A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        repaired.tracker.FaultRepaired(At(1050), "f");
        repaired.Generate(At(1080), ON_WORKING, true);
        repaired.tracker.RouteEvent(At(1081), A, WORKING, ROUTE_EVENT_CLEAR, FIRST);
        repaired.tracker.KeyConfirmed(At(1090), A, WORKING, 256);
        CheckStages(Only(repaired), {5, 0, 5, 0, 40, 0, 30, 10});
        NS_TEST_EXPECT_MSG_EQ(Only(repaired).result.outcome, RECOVERY_REPAIRED, "no switch");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Restoration by the controller.
 */
class TrackedRestorationTest : public TrackerTestCase
{
  public:
    TrackedRestorationTest()
        : TrackerTestCase("Restoration: the controller's hold-off, no route at first, early key")
    {
    }

  private:
    void DoRun() override
    {
        SessionPolicy policy = PolicyOf(CLASS_RESTORATION);
        policy.holdOff = At(50);
        Network network(policy, ROUTE_RECOVERY);
        RouteRecoveryTracker& tracker = network.tracker;
        tracker.ControllerDecided(At(1), A, WORKING, {});
        tracker.ControllerCompleted(At(2), A, WORKING, {});
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        tracker.RouteEvent(At(1007), A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        tracker.ControllerInformed(At(1010), A, FIRST);
        tracker.ControllerInformed(At(1011), A, FIRST);
        tracker.ControllerDecided(At(1062), A, RouteId(), FIRST);
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.markers.decided.has_value(), false, "no route");
        tracker.ControllerDecided(At(1100), A, OTHER, FIRST);
        // the KM uses the route, and a key is ready, before the controller has heard of it
        tracker.RouteEvent(At(1105), A, OTHER, ROUTE_EVENT_SWITCH, FIRST);
        tracker.RouteEvent(At(1106), A, OTHER, ROUTE_EVENT_SWITCHED, FIRST);
        tracker.KeyConfirmed(At(1108), A, OTHER, 128);
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.outcome, RECOVERY_NOT_RECOVERED, "t5 to come");
        tracker.ControllerCompleted(At(1110), A, OTHER, FIRST);
        CheckStages(Only(network), {5, 50, 5, 40, 0, 10, 0, 0});
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.outcome, RECOVERY_RECOVERED, "restored");
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.mechanism, "restoration", "mechanism");

        tracker.FaultRepaired(At(5000), "f");
        tracker.ControllerDecided(At(9000), A, WORKING, {});
        tracker.ControllerCompleted(At(9010), A, WORKING, {});
        tracker.KeyConfirmed(At(9020), A, WORKING, 128);
        NS_TEST_EXPECT_MSG_EQ(*Only(network).result.revertedAt, At(9000), "reversion");
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.extraKeyBits, 128, "one hop more");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Faults during an episode, after it, and elsewhere.
 */
class FurtherFaultsTest : public TrackerTestCase
{
  public:
    FurtherFaultsTest()
        : TrackerTestCase(
              "A second fault during an episode is part of it; faults elsewhere are not")
    {
    }

  private:
    /// Both routes break, the working one is repaired first.
    void CheckBothBroken()
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        RouteRecoveryTracker& tracker = network.tracker;
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        network.Switch(At(1010), At(1010), At(1020));
        network.Cut(At(1021), "g", ON_OTHER, SECOND);
        tracker.KeyConfirmed(At(1030), A, OTHER, 256);
        TrackedRecovery recovery = Only(network);
        NS_TEST_EXPECT_MSG_EQ(recovery.result.outcome, RECOVERY_NOT_RECOVERED, "only from pools");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.alsoFaults.size(), 1, "second fault");
        tracker.RouteEvent(At(1040), A, OTHER, ROUTE_EVENT_SIGNAL_FAIL, SECOND);
        tracker.FaultRepaired(At(3000), "f");
        network.Generate(At(4000), ON_WORKING, true);
        tracker.RouteEvent(At(4010), A, WORKING, ROUTE_EVENT_SWITCH, {});
        tracker.RouteEvent(At(4015), A, WORKING, ROUTE_EVENT_SWITCHED, {});
        tracker.KeyConfirmed(At(4020), A, WORKING, 256);
        recovery = Only(network);
        CheckStages(recovery, {5, 0, 5, 0, 1990, 1015, 0, 5});
        NS_TEST_EXPECT_MSG_EQ(recovery.result.outcome, RECOVERY_REPAIRED, "by repair");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.alsoFaults.front(), "g", "its id");
        NS_TEST_EXPECT_MSG_EQ(recovery.incidents.size(), 2, "two incidents");
    }

    /// A switch to a route that is broken already, and then to a third one.
    void CheckThirdRoute()
    {
        Network network(PolicyOf(CLASS_RESTORATION), ROUTE_RECOVERY);
        RouteRecoveryTracker& tracker = network.tracker;
        const RouteId third(9);
        network.Cut(At(900), "g", ON_OTHER, SECOND);
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 0, "elsewhere");
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        tracker.ControllerInformed(At(1010), A, FIRST);
        tracker.ControllerDecided(At(1020), A, OTHER, FIRST);
        tracker.ControllerCompleted(At(1030), A, OTHER, FIRST);
        tracker.KeyConfirmed(At(1035), A, OTHER, 256);
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.outcome, RECOVERY_NOT_RECOVERED, "broken");
        network.Install({third, A, ROUTE_RECOVERY, {KmId(1), KmId(4)}, 0});
        tracker.ControllerDecided(At(1050), A, third, FIRST);
        tracker.ControllerCompleted(At(1060), A, third, FIRST);
        tracker.KeyConfirmed(At(1061), A, third, 256);
        const TrackedRecovery recovery = Only(network);
        CheckStages(recovery, {5, 0, 5, 40, 0, 10, 0, 1});
        NS_TEST_EXPECT_MSG_EQ(recovery.result.alsoFaults.size(), 1, "the route tried first");
        NS_TEST_EXPECT_MSG_EQ(recovery.after.size(), 2, "a shorter route");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.extraKeyBits, 256, "of the route tried first");
    }

    /// A fault after the recovery is an episode of its own, of the route in use then.
    void CheckNextEpisode()
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        RouteRecoveryTracker& tracker = network.tracker;
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        network.Switch(At(1010), At(1010), At(1020));
        tracker.KeyConfirmed(At(1030), A, OTHER, 256);
        tracker.FaultStruck(At(2000), "km", {{}, {KmId(2)}}, {});
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 1, "KM of the route that was left");
        tracker.FaultStruck(At(3000), "km5", {{}, {KmId(5)}}, {});
        tracker.NeighbourIncident(At(6000), KmId(3), KmId(5), SECOND);
        const std::vector<TrackedRecovery> all = network.OfA();
        NS_TEST_ASSERT_MSG_EQ(all.size(), 2, "another episode");
        CheckOrder(all[1]);
        NS_TEST_EXPECT_MSG_EQ(all[1].result.fault, "km5", "its fault");
        NS_TEST_EXPECT_MSG_EQ(all[1].before.size(), 4, "of the other route");
        NS_TEST_EXPECT_MSG_EQ(*all[1].result.markers.detected, At(6000), "missed hellos");
    }

    /// A fault of the classical network counts once it is noticed on the route.
    void CheckClassical()
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        RouteRecoveryTracker& tracker = network.tracker;
        const KmPair hop = RouteInventory::MakePair(KmId(4), KmId(2));
        tracker.FaultStruck(At(1000), "c", {}, {hop});
        tracker.LinkIncident(At(1500), ON_OTHER, SECOND);
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 0, "not noticed on the route");
        tracker.NeighbourIncident(At(4000), KmId(2), KmId(4), FIRST);
        network.Switch(At(4010), At(4010), At(4020));
        tracker.KeyConfirmed(At(4030), A, OTHER, 256);
        CheckStages(Only(network), {3000, 0, 10, 0, 0, 10, 0, 10});
        tracker.FaultRepaired(At(5000), "c");
        tracker.FaultStruck(At(6000), "d", {}, {hop});
        tracker.FaultRepaired(At(6100), "d");
        tracker.NeighbourIncident(At(6200), KmId(2), KmId(4), FIRST);
        NS_TEST_EXPECT_MSG_EQ(network.OfA().size(), 1, "repaired in time");
    }

    void DoRun() override
    {
        CheckBothBroken();
        CheckThirdRoute();
        CheckNextEpisode();
        CheckClassical();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session without protection over a route.
 */
class UnprotectedRouteTest : public TrackerTestCase
{
  public:
    UnprotectedRouteTest()
        : TrackerTestCase("An unprotected session over a route waits for the repair")
    {
    }

  private:
    void DoRun() override
    {
        Network network(PolicyOf(CLASS_UNPROTECTED));
        RouteRecoveryTracker& tracker = network.tracker;
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        tracker.RouteEvent(At(1010), A, WORKING, ROUTE_EVENT_SIGNAL_FAIL, FIRST);
        tracker.KeyConfirmed(At(1500), A, WORKING, 256);
        network.Cut(At(2000), "g", LinkId(1), FIRST);
        tracker.FaultRepaired(At(5000), "f");
        network.Generate(At(5500), ON_WORKING, true);
        tracker.KeyConfirmed(At(5600), A, WORKING, 256);
        NS_TEST_EXPECT_MSG_EQ(Only(network).result.markers.firstKeyUsable.has_value(),
                              false,
                              "one of two is repaired");
        tracker.FaultRepaired(At(6000), "g");
        tracker.KeyConfirmed(At(6100), A, WORKING, 256);
        network.Generate(At(6500), LinkId(1), true);
        tracker.KeyConfirmed(At(6510), A, WORKING, 256);
        const TrackedRecovery recovery = Only(network);
        CheckStages(recovery, {5, 0, 5, 0, 4990, 0, 500, 10});
        NS_TEST_EXPECT_MSG_EQ(recovery.result.outcome, RECOVERY_REPAIRED, "outcome");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.mechanism, "unprotected", "mechanism");
        NS_TEST_EXPECT_MSG_EQ(recovery.result.extraKeyBits, 0, "the same route");

        // so short that it is noticed after its repair
        Network glitch(PolicyOf(CLASS_UNPROTECTED));
        glitch.tracker.FaultStruck(At(1000), "f", {{ON_WORKING}, {}}, {});
        glitch.tracker.FaultRepaired(At(1004), "f");
        glitch.tracker.LinkIncident(At(1005), ON_WORKING, FIRST);
        glitch.Generate(At(1005), ON_WORKING, false);
        glitch.Generate(At(2000), ON_WORKING, true);
        glitch.tracker.KeyConfirmed(At(2001), A, WORKING, 256);
        CheckStages(Only(glitch), {5, 0, 0, 0, 0, 0, 995, 1});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Toleration times, and interruptions by pre-emption.
 */
class JudgementTest : public TrackerTestCase
{
  public:
    JudgementTest()
        : TrackerTestCase("Outcome by toleration time; the cause of a pre-emption")
    {
    }

  private:
    /**
     * @brief The outcome of a recovery that took 30 ms, 20 ms up to the last acknowledgement.
     * @param interruptions interruptions of the session
     * @param toleration what it tolerates
     * @param outage expected outage
     * @return the outcome
     */
    RecoveryOutcome Judge(const std::vector<Interruption>& interruptions,
                          Time toleration,
                          Time outage)
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        network.Switch(At(1010), At(1010), At(1020));
        network.tracker.KeyConfirmed(At(1030), A, OTHER, 256);
        SessionResult session;
        session.toleration = toleration;
        session.interruptions = interruptions;
        RecoveryResult recovery = Only(network).result;
        JudgeRecovery(session, At(9000), recovery);
        NS_TEST_EXPECT_MSG_EQ(recovery.outage, outage, "outage");
        return recovery.outcome;
    }

    /// Outcomes.
    void CheckToleration()
    {
        const Interruption during{At(1002), At(1040), "f"};
        const Interruption split{At(1002), At(1015), "f"};
        const Interruption after{At(2000), At(3000), "f"};
        NS_TEST_EXPECT_MSG_EQ(Judge({}, At(1), At(0)), RECOVERY_RECOVERED, "none");
        NS_TEST_EXPECT_MSG_EQ(Judge({after}, At(1), At(0)), RECOVERY_RECOVERED, "after it");
        NS_TEST_EXPECT_MSG_EQ(Judge({during}, Time::Max(), At(38)), RECOVERY_RECOVERED, "any");
        NS_TEST_EXPECT_MSG_EQ(Judge({during}, At(38), At(38)), RECOVERY_RECOVERED, "just");
        NS_TEST_EXPECT_MSG_EQ(Judge({during}, At(37), At(38)),
                              RECOVERY_TOLERATION_EXCEEDED,
                              "too long");
        NS_TEST_EXPECT_MSG_EQ(Judge({split}, At(18), At(13)), RECOVERY_RECOVERED, "in time");
        NS_TEST_EXPECT_MSG_EQ(Judge({split}, At(17), At(13)),
                              RECOVERY_TOLERATION_EXCEEDED,
                              "acknowledged too late");
    }

    /// Causes.
    void CheckPreemption()
    {
        Network network(PolicyOf(CLASS_ROUTE_1_1));
        RouteRecoveryTracker& tracker = network.tracker;
        tracker.RouteEvent(At(500), X, EXTRA, ROUTE_EVENT_PREEMPTED, {});
        tracker.RouteEvent(At(600), X, EXTRA, ROUTE_EVENT_RESUMED, {});
        network.Cut(At(1000), "f", ON_WORKING, FIRST);
        network.Switch(At(1010), At(1010), At(1020));
        tracker.KeyConfirmed(At(1030), A, OTHER, 256);
        tracker.RouteEvent(At(1031), X, EXTRA, ROUTE_EVENT_PREEMPTED, FIRST);
        tracker.RouteEvent(At(1032), X, EXTRA, ROUTE_EVENT_PREEMPTED, {});
        tracker.RouteEvent(At(2000), X, EXTRA, ROUTE_EVENT_RESUMED, {});
        NS_TEST_EXPECT_MSG_EQ(tracker.GetResults().size(), 1, "no episode of X");
        const std::vector<Preemption> all = tracker.GetPreemptions(X);
        NS_TEST_ASSERT_MSG_EQ(all.size(), 2, "pre-emptions");
        NS_TEST_EXPECT_MSG_EQ(*all[1].end, At(2000), "end");
        const InterruptionCause cause =
            CauseFromPreemptions(all, [](Time, Time) { return std::string("else"); });
        NS_TEST_EXPECT_MSG_EQ(cause(At(100), At(200)), "else", "before");
        NS_TEST_EXPECT_MSG_EQ(cause(At(550), At(560)), "pre-empted", "by nobody known");
        NS_TEST_EXPECT_MSG_EQ(cause(At(1025), At(1040)), "pre-empted by A", "before the deadline");
        NS_TEST_EXPECT_MSG_EQ(cause(At(1999), At(2100)), "pre-empted by A", "at the end");
        NS_TEST_EXPECT_MSG_EQ(cause(At(2000), At(2100)), "else", "after");
    }

    void DoRun() override
    {
        CheckToleration();
        CheckPreemption();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the tracker of route recoveries.
 */
class QkdnRecoveryTrackerTestSuite : public TestSuite
{
  public:
    QkdnRecoveryTrackerTestSuite()
        : TestSuite("qkdn-recovery-tracker", Type::UNIT)
    {
        AddTestCase(new ProtectionTest);
        AddTestCase(new HoldOffTest);
        AddTestCase(new TrackedRestorationTest);
        AddTestCase(new FurtherFaultsTest);
        AddTestCase(new UnprotectedRouteTest);
        AddTestCase(new JudgementTest);
    }
};

static QkdnRecoveryTrackerTestSuite g_qkdnRecoveryTrackerTestSuite; //!< registers the suite
