/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <map>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Two working QKD links with one spare one. A module of each working link fails at the same time,
/// at different ends.
const char* const BOTH_ENDS = R"({
    "name": "contention",
    "simulation": {"duration_s": 12, "distillation": "ideal"},
    "nodes": [{"id": "A"}, {"id": "B"}],
    "fibres": [{"id": "f0", "a": "A", "b": "B", "length_km": 20},
               {"id": "f1", "a": "A", "b": "B", "length_km": 20},
               {"id": "f2", "a": "A", "b": "B", "length_km": 20}],
    "qkd_links": [
        {"id": "w0", "tx": "A", "rx": "B", "fibres": ["f0"], "initial_state": "running",
         "resync_s": 1, "start_up_s": 1, "protocol": {"type": "measured", "rate_bps": 20000}},
        {"id": "w1", "tx": "A", "rx": "B", "fibres": ["f1"], "initial_state": "running",
         "resync_s": 1, "start_up_s": 1, "protocol": {"type": "measured", "rate_bps": 20000}},
        {"id": "p", "tx": "A", "rx": "B", "fibres": ["f2"], "initial_state": "running",
         "resync_s": 1, "start_up_s": 1, "protocol": {"type": "measured", "rate_bps": 20000}}],
    "protection_groups": [{"id": "g", "class": "link-1:n", "working": ["w0", "w1"],
                           "protection": ["p"], "wtr_s": 1}],
    "sessions": [{"id": "s", "master": "A", "slave": "B", "rate_keys_per_s": 2}],
    "faults": [
        {"at_s": 5, "type": "module-failure", "target": "w0/tx", "repair_after_s": 3},
        {"at_s": 5, "type": "module-failure", "target": "w1/rx", "repair_after_s": 3}]})";

/// Two working QKD links with one spare one. One of them fails and is repaired, keys go on coming
/// from the spare one, and that is degraded for three seconds.
const char* const DEGRADED = R"({
    "name": "degraded spare",
    "simulation": {"duration_s": 12},
    "nodes": [{"id": "A"}, {"id": "B"}],
    "fibres": [{"id": "f0", "a": "A", "b": "B", "length_km": 20},
               {"id": "f1", "a": "A", "b": "B", "length_km": 20},
               {"id": "f2", "a": "A", "b": "B", "length_km": 20}],
    "qkd_links": [
        {"id": "w0", "tx": "A", "rx": "B", "fibres": ["f0"], "initial_state": "running",
         "resync_s": 0.1, "start_up_s": 1,
         "protocol": {"type": "measured", "rate_bps": 20000, "block_key_bit": 1000}},
        {"id": "w1", "tx": "A", "rx": "B", "fibres": ["f1"], "initial_state": "running",
         "resync_s": 0.1, "start_up_s": 1,
         "protocol": {"type": "measured", "rate_bps": 20000, "block_key_bit": 1000}},
        {"id": "p", "tx": "A", "rx": "B", "fibres": ["f2"], "initial_state": "running",
         "resync_s": 0.1, "start_up_s": 1, "qber_warning": 0.05, "qber_warning_clear": 0.04,
         "protocol": {"type": "measured", "rate_bps": 20000, "block_key_bit": 1000}}],
    "protection_groups": [{"id": "g", "class": "link-m:n", "working": ["w0", "w1"],
                           "protection": ["p"], "revertive": false, "signal_degrade": true}],
    "sessions": [{"id": "s", "master": "A", "slave": "B", "rate_keys_per_s": 2}],
    "faults": [
        {"at_s": 3, "type": "fibre-cut", "target": "f0", "repair_after_s": 2},
        {"at_s": 7, "type": "eavesdropping", "target": "p", "added_qber": 0.04,
         "repair_after_s": 3}]})";

/// Group decisions of a run.
struct Decision
{
    Time time;            //!< when
    std::string end;      //!< who decided
    std::string member;   //!< the working entity
    std::string selected; //!< where its keys come from
};

/**
 * @brief Run a scenario.
 * @param text the scenario
 * @return what the ends of its group decided
 */
std::vector<Decision>
Decide(const char* text)
{
    const ExperimentResults results =
        ScenarioRunner().Run(ScenarioReader::ReadString(text, "contention"), "contention");
    std::vector<Decision> decisions;
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind == "group-decision")
        {
            std::map<std::string, std::string> detail(event.detail.begin(), event.detail.end());
            decisions.push_back({event.time, event.entity, detail["member"], detail["selected"]});
        }
    }
    return decisions;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each end of a group sees another working entity fail, and there is one protection entity.
 */
class ContentionTest : public TestCase
{
  public:
    ContentionTest()
        : TestCase("Ends that see different failures agree on who has the protection entity")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<Decision> decisions = Decide(BOTH_ENDS);
        std::map<std::string, std::map<std::string, std::string>> selected; // by end and member
        for (const Decision& decision : decisions)
        {
            if (decision.time < Seconds(7))
            {
                selected[decision.end][decision.member] = decision.selected;
            }
        }
        // to the protection entity and back at both ends, and what one end gives up for the other
        NS_TEST_EXPECT_MSG_LT(decisions.size(), 12, "decisions");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/0"]["W1"], "P0", "what the transmitters' end saw");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/1"]["W1"], "P0", "the receivers' end follows");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/1"]["W0"], "W0", "and gives up its own choice");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A protection entity is degraded while keys come from it and its working one is good.
 */
class DegradedProtectionTest : public TestCase
{
  public:
    DegradedProtectionTest()
        : TestCase("A degraded protection entity is given up once")
    {
    }

  private:
    void DoRun() override
    {
        std::map<std::string, std::vector<std::string>> selected; // by end
        for (const Decision& decision : Decide(DEGRADED))
        {
            NS_TEST_EXPECT_MSG_EQ(decision.member, "W0", "the other one is well all the time");
            selected[decision.end].push_back(decision.selected);
        }
        const std::vector<std::string> once{"P0", "W0"};
        for (const char* end : {"group/g/0", "group/g/1"})
        {
            NS_TEST_EXPECT_MSG_EQ((selected[end] == once), true, "decisions of " << end);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of contention for protection entities.
 */
class QkdnProtectionContentionTestSuite : public TestSuite
{
  public:
    QkdnProtectionContentionTestSuite()
        : TestSuite("qkdn-protection-contention", Type::SYSTEM)
    {
        AddTestCase(new ContentionTest);
        AddTestCase(new DegradedProtectionTest);
    }
};

static QkdnProtectionContentionTestSuite g_qkdnProtectionContentionTestSuite; //!< registers it
