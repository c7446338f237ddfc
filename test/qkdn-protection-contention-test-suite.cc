/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <map>
#include <string>

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
        const ExperimentResults results =
            ScenarioRunner().Run(ScenarioReader::ReadString(BOTH_ENDS, "contention"), "contention");
        uint32_t decisions = 0;
        std::map<std::string, std::map<std::string, std::string>> selected; // by end and member
        for (const EventResult& event : results.eventLog)
        {
            if (event.kind != "group-decision")
            {
                continue;
            }
            ++decisions;
            if (event.time < Seconds(7))
            {
                std::map<std::string, std::string> detail(event.detail.begin(), event.detail.end());
                selected[event.entity][detail["member"]] = detail["selected"];
            }
        }
        // to the protection entity and back at both ends, and what one end gives up for the other
        NS_TEST_EXPECT_MSG_LT(decisions, 12, "decisions");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/0"]["W1"], "P0", "what the transmitters' end saw");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/1"]["W1"], "P0", "the receivers' end follows");
        NS_TEST_EXPECT_MSG_EQ(selected["group/g/1"]["W0"], "W0", "and gives up its own choice");
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
    }
};

static QkdnProtectionContentionTestSuite g_qkdnProtectionContentionTestSuite; //!< registers it
