/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-joined-names.h"

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Overrides = std::vector<ScenarioOverride>;

const Time RESYNC = Seconds(4);        //!< resync_s of the QKD links
const Time WTR = Seconds(5);           //!< wtr_s of the group and the session
const Time CUT = Seconds(10);          //!< the working fibre is cut
const Time DETECTED = MilliSeconds(6); //!< from a cut to its detection, at most
const Time SOON = MilliSeconds(600);   //!< messages, and the wait for the next key

/// QKD link 12 has a spare module pair; a session goes over it, and has another way.
constexpr const char* NETWORK = R"({
  "name": "escalation",
  "simulation": {"duration_s": 60},
  "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}],
  "fibres": [
    {"id": "f12", "a": "1", "b": "2", "length_km": 20, "classical": false},
    {"id": "f12p", "a": "1", "b": "2", "length_km": 22, "classical": false},
    {"id": "f24", "a": "2", "b": "4", "length_km": 20},
    {"id": "f13", "a": "1", "b": "3", "length_km": 20},
    {"id": "f34", "a": "3", "b": "4", "length_km": 20}],
  "qkd_links": [
    {"id": "12", "tx": "1", "rx": "2", "fibres": ["f12"], "initial_pool_bit": 60000,
     "protocol": {"type": "measured", "rate_bps": 8000, "block_key_bit": 4096},
     "initial_state": "running", "resync_s": 4},
    {"id": "12p", "tx": "1", "rx": "2", "fibres": ["f12p"],
     "protocol": {"type": "measured", "rate_bps": 8000, "block_key_bit": 4096},
     "initial_state": "running", "resync_s": 4},
    {"id": "24", "tx": "2", "rx": "4", "fibres": ["f24"], "initial_pool_bit": 60000,
     "protocol": {"type": "measured", "rate_bps": 8000, "block_key_bit": 4096},
     "initial_state": "running", "resync_s": 4},
    {"id": "13", "tx": "1", "rx": "3", "fibres": ["f13"], "initial_pool_bit": 60000,
     "protocol": {"type": "measured", "rate_bps": 8000, "block_key_bit": 4096},
     "initial_state": "running", "resync_s": 4},
    {"id": "34", "tx": "3", "rx": "4", "fibres": ["f34"], "initial_pool_bit": 60000,
     "protocol": {"type": "measured", "rate_bps": 8000, "block_key_bit": 4096},
     "initial_state": "running", "resync_s": 4}],
  "protection_groups": [
    {"id": "g12", "class": "link-1:1", "working": ["12"], "protection": ["12p"], "wtr_s": 5}],
  "controllers": [{"id": "C", "node": "4"}],
  "manager": {"node": "4"},
  "sessions": [
    {"id": "A", "master": "1", "slave": "4", "key_size_bit": 256, "rate_keys_per_s": 4,
     "start_s": 5, "toleration_s": 5, "deadline_s": 1,
     "resilience": {"class": "route-1:1", "hold_off_s": 8, "wtr_s": 5}}],
  "faults": [
    {"id": "working", "at_s": 10, "type": "fibre-cut", "target": "f12"},
    {"id": "spare", "at_s": 25, "type": "fibre-cut", "target": "f12p"}]
})";

/// A run with some values changed.
ExperimentResults
RunNetwork(const Overrides& overrides)
{
    const Scenario scenario = ScenarioReader::ReadString(NETWORK, "escalation.json", overrides);
    return ScenarioRunner().Run(scenario, "escalation.json");
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of a session over a QKD link that a group protects.
 */
class LayerEscalationTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief The record of an episode, which has to be there.
     * @param results the run
     * @param who the session or group
     * @param fault the fault that began it
     * @return the record, an empty one if there is none
     */
    RecoveryResult Find(const ExperimentResults& results,
                        const std::string& who,
                        const std::string& fault)
    {
        for (const RecoveryResult& recovery : results.recoveries)
        {
            if (recovery.sessionOrGroup == who && recovery.fault == fault)
            {
                return recovery;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(who, "", "no record of fault " << fault);
        return RecoveryResult();
    }

    /**
     * @brief Expect an episode that is over.
     * @param recovery its record
     * @param mechanism what ended it
     * @param after the route after it
     * @param least fault to first key, at least
     * @param most the same, at most
     */
    void Expect(const RecoveryResult& recovery,
                const std::string& mechanism,
                const std::string& after,
                Time least,
                Time most)
    {
        NS_TEST_EXPECT_MSG_EQ(recovery.mechanism, mechanism, recovery.fault << ": mechanism");
        NS_TEST_EXPECT_MSG_EQ(Join(recovery.routeAfter), after, recovery.fault << ": route");
        NS_TEST_EXPECT_MSG_EQ(recovery.outcome, RECOVERY_RECOVERED, recovery.fault << ": outcome");
        NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", recovery.fault << ": markers");
        const RecoveryStages stages = recovery.markers.ComputeStages();
        NS_TEST_EXPECT_MSG_EQ(stages.total.has_value(), true, recovery.fault << ": a key came");
        Time sum;
        for (const Time& stage : stages.stage)
        {
            sum += stage;
        }
        const Time total = stages.total.value_or(Time());
        NS_TEST_EXPECT_MSG_EQ(sum, total, recovery.fault << ": stages add up");
        NS_TEST_EXPECT_MSG_GT_OR_EQ(total, least, recovery.fault << ": not earlier");
        NS_TEST_EXPECT_MSG_LT(total, most, recovery.fault << ": not later");
    }

    /**
     * @brief Expect that all keys were supplied, and that both ends hold the same.
     * @param results the run
     */
    void ExpectAllKeys(const ExperimentResults& results)
    {
        const SessionResult& a = results.sessions.at(0);
        NS_TEST_EXPECT_MSG_GT(a.requested, 0, "there were requests");
        NS_TEST_EXPECT_MSG_EQ(a.supplied, a.requested, "all keys");
        NS_TEST_EXPECT_MSG_EQ(a.interruptions.size(), 0, "pools bridge the switching");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.GetKmaTotal().bits[KEY_ONE_SIDED],
                              0,
                              "pools are equal at both ends");
    }

    /**
     * @brief The hold-off stage of an episode.
     * @param recovery its record
     * @return the stage
     */
    static Time HoldOff(const RecoveryResult& recovery)
    {
        return recovery.markers.ComputeStages().stage[STAGE_HOLD_OFF];
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The quantum layer first, then another route, by protection or by restoration.
 */
class LayersTest : public LayerEscalationTest
{
  public:
    /**
     * @brief Constructor
     * @param sessionClass class of the session
     */
    explicit LayersTest(const std::string& sessionClass)
        : LayerEscalationTest("The spare pair wins within the hold-off; without one, " +
                              sessionClass),
          m_class(sessionClass)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results =
            RunNetwork({{"/sessions/0/resilience/class", "\"" + m_class + "\""}});
        ExpectAllKeys(results);
        const RecoveryResult first = Find(results, "A", "working");
        Expect(first, "link-1:1", "1-2-4", RESYNC, RESYNC + DETECTED + SOON);
        const RecoveryResult second = Find(results, "A", "spare");
        Expect(second, m_class, "1-3-4", Seconds(8), Seconds(8) + DETECTED + SOON);
        NS_TEST_EXPECT_MSG_EQ(HoldOff(first).IsZero(), true, "nobody waited for it");
        NS_TEST_EXPECT_MSG_EQ(HoldOff(second), Seconds(8), "the hold-off is a stage");
        const RecoveryResult group = Find(results, "g12", "working");
        Expect(group, "link-1:1", "", RESYNC, RESYNC + DETECTED + Seconds(1));
        NS_TEST_EXPECT_MSG_EQ(Find(results, "g12", "spare").outcome,
                              RECOVERY_NOT_RECOVERED,
                              "the group has nothing left");
    }

    std::string m_class; //!< class of the session
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A hold-off that is over before the modules are aligned.
 */
class BothActTest : public LayerEscalationTest
{
  public:
    /**
     * @brief Constructor
     * @param holdOff the hold-off, shorter than the resynchronisation
     */
    explicit BothActTest(Time holdOff)
        : LayerEscalationTest("Both layers act: hold-off of " +
                              std::to_string(holdOff.GetMilliSeconds()) + " ms"),
          m_holdOff(holdOff)
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results =
            RunNetwork({{"/sessions/0/resilience/hold_off_s",
                         std::to_string(m_holdOff.GetMilliSeconds() / 1000)},
                        {"/faults/1/at_s", "59"}});
        ExpectAllKeys(results);
        const RecoveryResult session = Find(results, "A", "working");
        Expect(session, "route-1:1", "1-3-4", m_holdOff, m_holdOff + DETECTED + SOON);
        NS_TEST_EXPECT_MSG_EQ(HoldOff(session), m_holdOff, "the hold-off is a stage");
        const RecoveryResult group = Find(results, "g12", "working");
        Expect(group, "link-1:1", "", RESYNC, RESYNC + DETECTED + Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(session.revertedAt.has_value(), true, "it returns");
        const Time back = CUT + RESYNC + WTR;
        NS_TEST_EXPECT_MSG_GT_OR_EQ(*session.revertedAt, back, "after wait-to-restore");
        NS_TEST_EXPECT_MSG_LT(*session.revertedAt, back + DETECTED + SOON, "on the spare pair");
    }

    Time m_holdOff; //!< of the session
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Both fibres of the group are cut at once, or the spare one while its modules align.
 */
class SpareFailsTest : public LayerEscalationTest
{
  public:
    /**
     * @brief Constructor
     * @param second when the spare fibre is cut
     */
    explicit SpareFailsTest(Time second)
        : LayerEscalationTest("The spare fibre is cut at " +
                              std::to_string(second.GetMilliSeconds()) +
                              " ms, the working one at 10000 ms"),
          m_second(second)
    {
    }

  private:
    void DoRun() override
    {
        const std::string at = std::to_string(m_second.GetMilliSeconds()) + "e-3";
        const ExperimentResults results =
            RunNetwork({{"/simulation/duration_s", "30"}, {"/faults/1/at_s", at}});
        ExpectAllKeys(results);
        const RecoveryResult session = Find(results, "A", "working");
        Expect(session, "route-1:1", "1-3-4", Seconds(8), Seconds(8) + DETECTED + SOON);
        NS_TEST_EXPECT_MSG_EQ(HoldOff(session), Seconds(8), "from the first failure");
        NS_TEST_EXPECT_MSG_EQ(Find(results, "g12", "working").outcome,
                              RECOVERY_NOT_RECOVERED,
                              "no entity is left");
    }

    Time m_second; //!< when the spare fibre is cut
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The protection route fails while the working one waits to be restored: the session returns
 * at once, and the recovery is complete although a KM of the route that it leaves cannot
 * acknowledge.
 */
class ProtectionRouteFailsTest : public LayerEscalationTest
{
  public:
    ProtectionRouteFailsTest()
        : LayerEscalationTest("The protection route fails for good while the working one waits")
    {
    }

  private:
    void DoRun() override
    {
        const ExperimentResults results = RunNetwork(
            {{"/protection_groups", "[]"},
             {"/sessions/0/resilience/hold_off_s", "0"},
             {"/faults",
              R"([{"id": "first", "at_s": 10, "type": "fibre-cut", "target": "f24", "repair_after_s": 2},
                  {"id": "second", "at_s": 19, "type": "km-crash", "target": "3"}])"}});
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, "books");
        const RecoveryResult first = Find(results, "A", "first");
        NS_TEST_EXPECT_MSG_EQ(Join(first.routeAfter), "1-3-4", "it is on its protection route");
        const RecoveryResult second = Find(results, "A", "second");
        Expect(second, "route-1:1", "1-2-4", Time(), DETECTED + SOON);
        NS_TEST_EXPECT_MSG_LT(second.markers.ComputeStages().stage[STAGE_OPERATION],
                              MilliSeconds(1),
                              "nobody waits for the route that failed");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of protection in two layers.
 */
class QkdnEscalationTestSuite : public TestSuite
{
  public:
    QkdnEscalationTestSuite()
        : TestSuite("qkdn-escalation", Type::SYSTEM)
    {
        AddTestCase(new LayersTest("route-1:1"));
        AddTestCase(new LayersTest("restoration"));
        AddTestCase(new BothActTest(Seconds(0)));
        AddTestCase(new BothActTest(Seconds(2)));
        AddTestCase(new SpareFailsTest(Seconds(10)));
        AddTestCase(new SpareFailsTest(MilliSeconds(12000)));
        AddTestCase(new ProtectionRouteFailsTest);
    }
};

static QkdnEscalationTestSuite g_qkdnEscalationTestSuite; //!< registers the suite
