/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/simulator.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A small network that is as large as it may be.
const std::string BASE = R"({"name": "limits", "simulation": {"duration_s": 1000},
 "nodes": [{"id": "A"}, {"id": "B"}],
 "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 10, "risk_groups": ["duct"]}],
 "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"],
                "protocol": {"type": "measured", "rate_bps": 1e6, "block_key_bit": 1000}}],
 "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 9000},
              {"id": "T", "master": "B", "slave": "A", "rate_keys_per_s": 2000, "start_s": 500}],
 "faults": [{"at_s": 500, "type": "classical-congestion", "target": "f", "load_bps": 5e8,
             "repair_after_s": 100}],
 "fault_processes": [{"type": "classical-congestion", "targets": "all", "load_bps": 1e6,
                      "mtbf_s": 900, "mttr_s": 100}]})";

/**
 * @brief An array of texts.
 * @param count how many
 * @param bytes length of each
 * @return JSON
 */
std::string
MakeNames(int count, std::size_t bytes)
{
    std::string names;
    for (int i = 0; i < count; ++i)
    {
        std::string name = std::to_string(i);
        name.resize(bytes, 'x');
        names += (i == 0 ? "\"" : ", \"") + name + "\"";
    }
    return "[" + names + "]";
}

/**
 * @brief Build the network of a scenario and forget it.
 * @param overrides changes of BASE
 */
void
Build(const std::vector<ScenarioOverride>& overrides)
{
    const Scenario scenario = ScenarioReader::ReadString(BASE, "bad.json", overrides);
    try
    {
        const ScenarioBuilder builder(scenario, "bad.json");
    }
    catch (const ScenarioError&)
    {
        Simulator::Destroy();
        throw;
    }
    Simulator::Destroy();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A run that asks for more than a computer has is refused.
 */
class ScenarioLoadTest : public ScenarioErrorTest
{
  public:
    ScenarioLoadTest()
        : ScenarioErrorTest("Requests and packets of congestion are counted before a run")
    {
    }

  private:
    void DoRun() override
    {
        Build({});
        Expect(BASE,
               {{"/sessions/1/rate_keys_per_s", "3000"}},
               "/sessions/1/rate_keys_per_s",
               "10500000 requests");
        Expect(BASE, {{"/sessions/0/rate_keys_per_s", "1e6"}}, "/sessions/0/rate_keys_per_s", "");
        const Scenario raised =
            ScenarioReader::ReadString(BASE,
                                       "raised.json",
                                       {{"/sessions/1/rate_keys_per_s", "3000"},
                                        {"/simulation/max_requests", "10500000"},
                                        {"/faults/0/load_bps", "7e8"},
                                        {"/simulation/max_load_packets", "12000000"}});
        NS_TEST_EXPECT_MSG_EQ(raised.sessions[1].rateKeysPerS, 3000, "rate with a higher limit");
        // without requests there is nothing to count
        const Scenario flow = ScenarioReader::ReadString(
            BASE,
            "flow.json",
            {{"/simulation/supply", "flow"}, {"/sessions/0/rate_keys_per_s", "1e6"}});
        NS_TEST_EXPECT_MSG_EQ(flow.sessions[0].rateKeysPerS, 1e6, "rate in a flow");

        Expect(BASE, {{"/faults/0/load_bps", "7e8"}}, "/faults/0/load_bps", "11666667 packets");
        Expect(BASE,
               {{"/faults/0/repair_after_s", "400"}},
               "/faults/0/load_bps",
               "33333333 packets");
        // a tenth of the run, and with the factor nearly all of it
        Expect(BASE,
               {{"/faults", "[]"}, {"/fault_processes/0/load_bps", "1e9"}},
               "/fault_processes/0/load_bps",
               "16666667 packets");
        Expect(BASE,
               {{"/faults", "[]"},
                {"/fault_processes/0/load_bps", "1e8"},
                {"/fault_processes/0/acceleration", "1e5"}},
               "/fault_processes/0/load_bps",
               " packets");

        Expect(BASE, {{"/sessions/0/retry_s", "1e-6"}}, "/sessions/0/retry_s", "too small");
        Expect(BASE,
               {{"/key_management", R"({"capacity_bit": 1e15})"},
                {"/qkd_links/0/initial_pool_bit", "1e13"}},
               "/qkd_links/0/initial_pool_bit",
               "too large");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault that is repeated.
 */
class ScenarioRepeatLimitTest : public ScenarioErrorTest
{
  public:
    ScenarioRepeatLimitTest()
        : ScenarioErrorTest("A repeated fault ends before time does")
    {
    }

  private:
    void DoRun() override
    {
        const std::string fault = R"([{"at_s": 1, "type": "fibre-cut", "target": "f",
                                       "repair_after_s": 0.001, "repeat": REPEAT, "period_s": PERIOD}])";
        const auto make = [&fault](const std::string& repeat, const std::string& period) {
            std::string text = fault;
            text.replace(text.find("REPEAT"), 6, repeat);
            text.replace(text.find("PERIOD"), 6, period);
            return std::vector<ScenarioOverride>{{"/faults", text}};
        };
        const Scenario most = ScenarioReader::ReadString(BASE, "most.json", make("10000", "0.01"));
        NS_TEST_EXPECT_MSG_EQ(most.faults.size(), 10000, "faults");
        Expect(BASE, make("10001", "0.01"), "/faults/0/repeat", "too large");
        // 1e13 s are more than 64 bits of nanoseconds hold
        Expect(BASE, make("10000", "1e9"), "/faults/0/repeat", "after the longest run");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Fibres without length among those that fail by length.
 */
class ScenarioNoLengthTest : public ScenarioErrorTest
{
  public:
    ScenarioNoLengthTest()
        : ScenarioErrorTest("A fibre without length never fails by its length")
    {
    }

  private:
    void DoRun() override
    {
        const std::string process = R"([{"type": "fibre-cut", "targets": TARGETS,
                                         "fit_per_km": 100, "mttr_s": 10}])";
        const auto make = [&process](const std::string& targets) {
            std::string text = process;
            text.replace(text.find("TARGETS"), 7, targets);
            return std::vector<ScenarioOverride>{{"/fault_processes", text},
                                                 {"/fibres/0/length_km", "0"}};
        };
        Expect(BASE, make(R"(["f"])"), "/fault_processes/0/targets/0", "has no length");
        // none is left
        Expect(BASE, make("\"all\""), "/fault_processes/0/targets", "nothing that could");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Names that messages cannot carry.
 */
class ScenarioNamesLimitTest : public ScenarioErrorTest
{
  public:
    ScenarioNamesLimitTest()
        : ScenarioErrorTest("Names are as many and as long as messages can carry")
    {
    }

  private:
    void DoRun() override
    {
        const std::string groups = "/fibres/0/risk_groups";
        Build({{groups, MakeNames(255, 255)}});
        Expect(BASE, {{groups, MakeNames(1, 256)}}, groups, "256 bytes");
        Expect(BASE, {{groups, R"([""])"}}, groups, "0 bytes");
        Expect(BASE, {{groups, MakeNames(256, 8)}}, "/qkd_links/0/fibres", "256 risk groups");
        // 64 characters of 4 bytes each
        std::string id;
        for (int i = 0; i < 64; ++i)
        {
            id += "\xf0\x9f\x94\x91";
        }
        Expect(BASE, {{"/qkd_links/0/id", id}}, "/qkd_links/0/id", "256 bytes");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Blocks that follow each other too fast.
 */
class ScenarioBlockLimitTest : public ScenarioErrorTest
{
  public:
    ScenarioBlockLimitTest()
        : ScenarioErrorTest("A block takes a millisecond at least")
    {
    }

  private:
    void DoRun() override
    {
        Build({});
        for (const char* bits : {"1", "999"})
        {
            try
            {
                Build({{"/qkd_links/0/protocol/block_key_bit", bits}});
                NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << bits);
            }
            catch (const ScenarioError& error)
            {
                CheckError(error, "bad.json", "/qkd_links/0/protocol", "makes a block in");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Test suite of the limits of a scenario.
 */
class QkdnScenarioLimitsTestSuite : public TestSuite
{
  public:
    QkdnScenarioLimitsTestSuite()
        : TestSuite("qkdn-scenario-limits", Type::UNIT)
    {
        AddTestCase(new ScenarioLoadTest);
        AddTestCase(new ScenarioRepeatLimitTest);
        AddTestCase(new ScenarioNoLengthTest);
        AddTestCase(new ScenarioNamesLimitTest);
        AddTestCase(new ScenarioBlockLimitTest);
    }
};

static QkdnScenarioLimitsTestSuite g_qkdnScenarioLimitsTestSuite; //!< registers it
