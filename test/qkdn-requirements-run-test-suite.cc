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
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Expected status by requirement; those that are not named are not exercised.
using Expected = std::map<std::string, RequirementStatus>;

constexpr auto GOOD = REQUIREMENT_SATISFIED;
constexpr auto BAD = REQUIREMENT_NOT_FOLLOWED;
constexpr auto NONE = REQUIREMENT_NOT_EXERCISED;
constexpr auto VIOLATED = REQUIREMENT_VIOLATED;

/// Example 1.2: a pre-set protection route, with extra traffic on it.
const Expected PROTECTED = {{"G-K1", GOOD},
                            {"P-K1", GOOD},
                            {"G-C0", GOOD},
                            {"G-C1", GOOD},
                            {"P-C1", GOOD},
                            {"G-C4", GOOD},
                            {"G-M0b", GOOD},
                            {"G-M1", GOOD},
                            {"R-M1", GOOD}};

/// Example 2.1: no protection route, keys bridge the search for a recovery route.
const Expected RESTORED = {{"G-K1", GOOD},
                           {"G-C0", BAD},
                           {"P-C1", BAD},
                           {"G-C1", GOOD},
                           {"G-C3", GOOD},
                           {"G-C4", GOOD},
                           {"G-M1", GOOD},
                           {"R-C1", REQUIREMENT_NOT_USED},
                           {"R-C2", GOOD},
                           {"R-M1", GOOD}};

/**
 * @brief Change some of the expected statuses.
 * @param expected the statuses
 * @param changes what is different
 * @return the new ones
 */
Expected
But(Expected expected, const Expected& changes)
{
    for (const auto& [id, status] : changes)
    {
        expected[id] = status;
    }
    return expected;
}

/**
 * @brief Read a shipped scenario.
 * @param name its name
 * @param overrides values to replace
 * @return the scenario
 */
Scenario
Shipped(const std::string& name, const std::vector<ScenarioOverride>& overrides = {})
{
    return ScenarioReader::ReadFile(std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/" + name +
                                        ".json",
                                    overrides);
}

/**
 * @brief One more fault.
 * @param json its description
 * @return the override
 */
ScenarioOverride
MoreFault(const std::string& json)
{
    return {"/faults/-", json};
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of what whole runs say of the requirements.
 */
class RequirementsRunTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Run a scenario and compare what it says of all requirements.
     * @param scenario the scenario
     * @param expected what it should say
     * @param what which case it is
     * @return the results
     */
    ExperimentResults Run(const Scenario& scenario,
                          const Expected& expected,
                          const std::string& what)
    {
        ExperimentResults results = ScenarioRunner().Run(scenario, what);
        NS_TEST_EXPECT_MSG_EQ(results.requirements.size(), 23, what << ": all requirements");
        for (const RequirementResult& result : results.requirements)
        {
            const auto found = expected.find(result.id);
            const RequirementStatus status = found == expected.end() ? NONE : found->second;
            NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                                  RequirementStatusName(status),
                                  what << ", " << result.id << ": " << result.reason);
            NS_TEST_EXPECT_MSG_EQ(result.reason.empty(), false, what << ", " << result.id);
            if (result.status == GOOD)
            {
                NS_TEST_EXPECT_MSG_EQ(result.evidence.empty(), false, what << ", " << result.id);
            }
        }
        return results;
    }

    /**
     * @brief Expect log entries as evidence.
     * @param results the results
     * @param id id of the requirement
     * @param expected kinds of the entries, each with its event, operation, state or supply
     */
    void ExpectEvidence(const ExperimentResults& results,
                        const std::string& id,
                        const std::vector<std::string>& expected)
    {
        std::vector<std::string> seen;
        for (const RequirementResult& result : results.requirements)
        {
            for (const uint64_t event : result.id == id ? result.evidence : std::vector<uint64_t>())
            {
                seen.push_back(Describe(results, event));
            }
        }
        NS_TEST_ASSERT_MSG_EQ(seen.size(), expected.size(), id);
        for (std::size_t i = 0; i < seen.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(seen[i], expected[i], id << ", entry " << i);
        }
    }

  private:
    /**
     * @brief An entry of the event log in a few words.
     * @param results the results
     * @param id its number
     * @return its kind and what happened
     */
    static std::string Describe(const ExperimentResults& results, uint64_t id)
    {
        const auto found = std::find_if(results.eventLog.begin(),
                                        results.eventLog.end(),
                                        [id](const EventResult& event) { return event.id == id; });
        if (found == results.eventLog.end())
        {
            return "no entry";
        }
        std::string text = found->kind;
        for (const auto& [key, value] : found->detail)
        {
            if (key == "event" || key == "operation" || key == "state" || key == "supply")
            {
                text += " " + value;
            }
        }
        return text;
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The scenarios that come with the module.
 */
class ShippedRequirementsTest : public RequirementsRunTest
{
  public:
    ShippedRequirementsTest()
        : RequirementsRunTest("Examples 1.2 and 2.1, the ring and the link give true verdicts")
    {
    }

  private:
    void DoRun() override
    {
        const auto first = Run(Shipped("itu-example-1-2"), PROTECTED, "example 1.2");
        ExpectEvidence(first,
                       "P-K1",
                       {"route installed", "route-event signal-fail", "route-event switched"});
        ExpectEvidence(first, "P-C1", {"route installed", "fault"});
        ExpectEvidence(
            first,
            "G-M0b",
            {"operation pre-emption", "session-status pre-empted", "operation resumption"});
        ExpectEvidence(first,
                       "G-M1",
                       {"policy accepted", "link-inventory", "operation pre-emption"});
        ExpectEvidence(first, "R-M1", {"route-event switched", "operation protection-switch"});
        const auto second = Run(Shipped("itu-example-2-1"), RESTORED, "example 2.1");
        ExpectEvidence(second, "G-C3", {"operation restoration", "operation reversion"});
        ExpectEvidence(second, "R-C2", {"route-event signal-fail", "controller-completed"});
        Run(Shipped("ring-of-4"), But(PROTECTED, {{"G-M0b", NONE}}), "ring");
        Run(Shipped("one-link"), {}, "neither controller nor manager");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 1.2 with one thing changed.
 */
class ProtectionCounterexamplesTest : public RequirementsRunTest
{
  public:
    ProtectionCounterexamplesTest()
        : RequirementsRunTest("Example 1.2 without protection, manager, controller or repair")
    {
    }

  private:
    void DoRun() override
    {
        const std::string name = "itu-example-1-2";
        Scenario bare = Shipped(name);
        ScenarioReader::SetClass(bare, "unprotected", name);
        Run(bare,
            {{"G-C0", BAD}, {"P-C1", BAD}, {"G-C1", BAD}, {"G-C3", BAD}, {"G-M0b", VIOLATED}},
            "unprotected");

        const Expected unmanaged =
            But(PROTECTED, {{"G-C4", NONE}, {"G-M0b", NONE}, {"G-M1", NONE}, {"R-M1", NONE}});
        Scenario lonely = Shipped(name);
        lonely.manager.reset();
        Run(lonely, unmanaged, "no manager");

        const Expected unheard =
            But(PROTECTED, {{"G-C4", BAD}, {"G-M0b", VIOLATED}, {"G-M1", BAD}, {"R-M1", VIOLATED}});
        for (const std::string process :
             {R"("type": "manager-crash")", R"("type": "controller-crash", "target": "C")"})
        {
            const std::string crash = R"({"id": "crash", "at_s": 59, )" + process;
            Run(Shipped(name, {MoreFault(crash + "}")}), unheard, "crash before the cut");
            Run(Shipped(name, {MoreFault(crash + R"(, "repair_after_s": 30})")}),
                PROTECTED,
                "crash before the cut, and a restart");
        }

        Run(Shipped(name, {{"/faults/0/repair_after_s", "139"}}),
            But(PROTECTED, {{"G-M0b", NONE}}),
            "extra traffic gives way to the end");

        const std::string other = R"({"id": "other", "at_s": 60, "repair_after_s": 60, )";
        Run(Shipped(name, {{"/faults", "[" + other + R"("type": "fibre-cut", "target": "f34"}])"}}),
            {{"G-C1", GOOD}, {"G-M0b", VIOLATED}},
            "only extra traffic is hit");
        Run(Shipped(name,
                    {{"/faults",
                      "[" + other + R"("type": "classical-link-failure", "target": "f12"}])"}}),
            {{"G-C1", GOOD}},
            "packets take another way");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 2.1 with one thing changed.
 */
class RecoveryCounterexamplesTest : public RequirementsRunTest
{
  public:
    RecoveryCounterexamplesTest()
        : RequirementsRunTest("Example 2.1 with a slow search, none, crashes or no manager")
    {
    }

  private:
    void DoRun() override
    {
        const std::string name = "itu-example-2-1";
        // pools bridge some 16 s, the search takes 30 s
        const ScenarioOverride slow{"/controllers/0/decision_s", "30"};
        const ScenarioOverride hasty{"/sessions/0/toleration_s", "1"};
        const Expected late = But(RESTORED, {{"R-C2", BAD}, {"G-M0b", GOOD}});
        Run(Shipped(name, {slow, hasty}), late, "toleration time shorter than the search");
        Run(Shipped(name, {slow, hasty, {"/simulation/warm_up_s", "100"}}),
            late,
            "interrupted during the warm-up only");
        Run(Shipped(name, {slow, {"/sessions/0/toleration_s", "20"}}),
            But(late, {{"R-C2", GOOD}}),
            "interrupted for less than the toleration time");
        Run(Shipped(name, {hasty}), RESTORED, "a quick search, and no interruption");

        Run(Shipped(name, {{"/manager/policy", R"({"may_restore": false})"}}),
            {{"G-C0", BAD},
             {"P-C1", BAD},
             {"G-C1", BAD},
             {"G-C3", BAD},
             {"R-C2", BAD},
             {"G-M0b", VIOLATED}},
            "the manager forbids the search");

        Scenario lonely = Shipped(name);
        lonely.manager.reset();
        Run(lonely, But(RESTORED, {{"G-C4", NONE}, {"G-M1", NONE}, {"R-M1", NONE}}), "no manager");
        Run(Shipped(name, {MoreFault(R"({"id": "crash", "at_s": 59, "type": "manager-crash"})")}),
            But(RESTORED, {{"G-C4", BAD}, {"G-M1", BAD}, {"R-M1", VIOLATED}}),
            "manager crashed before the cut");
        Run(Shipped(name, {MoreFault(R"({"id": "crash", "at_s": 59, "repair_after_s": 20,
                                   "type": "controller-crash", "target": "C"})")}),
            But(RESTORED, {{"G-M0b", GOOD}}),
            "controller restores when it has started again");
        Run(Shipped(name,
                    {MoreFault(R"({"id": "crash", "at_s": 70, "repair_after_s": 2,
                                   "type": "km-crash", "target": "1"})"),
                     MoreFault(R"({"id": "cut-34", "at_s": 90, "repair_after_s": 60,
                                   "type": "fibre-cut", "target": "f34"})")}),
            // a search in vain is all that is done while KM 1 is down
            But(RESTORED, {{"R-C2", BAD}, {"G-M0b", VIOLATED}}),
            "the recovery route fails, which a KM uses since its restart");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Example 2.1 with a further session.
 */
class SecondSessionTest : public RequirementsRunTest
{
  public:
    SecondSessionTest()
        : RequirementsRunTest("Example 2.1 with two sessions: both restored, or one pre-empted")
    {
    }

  private:
    void DoRun() override
    {
        const std::string name = "itu-example-2-1";
        const std::string session = R"({"id": "B", "key_size_bit": 512, "start_s": 5, )";
        const auto both =
            Run(Shipped(name,
                        {{"/sessions/0/rate_keys_per_s", "2"},
                         {"/sessions/-",
                          session + R"("master": "2", "slave": "1", "rate_keys_per_s": 0.5,
                                       "resilience": {"class": "restoration", "wtr_s": 20}})"}}),
                But(RESTORED, {{"R-C1", REQUIREMENT_USED}}),
                "both restored");
        ExpectEvidence(both, "R-C1", {"route-event switched", "route-event switched"});
        const auto one = Run(
            Shipped(name,
                    {{"/sessions/-", session + R"("master": "3", "slave": "4", "rate_keys_per_s": 4,
                                       "resilience": {"class": "unprotected"}})"}}),
            But(RESTORED, {{"G-M0b", GOOD}}),
            "one pre-empted");
        ExpectEvidence(one,
                       "G-C3",
                       {"operation pre-emption",
                        "operation restoration",
                        "operation reversion",
                        "operation resumption"});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what whole runs say of the requirements.
 */
class QkdnRequirementsRunTestSuite : public TestSuite
{
  public:
    QkdnRequirementsRunTestSuite()
        : TestSuite("qkdn-requirements-run", Type::SYSTEM)
    {
        AddTestCase(new ShippedRequirementsTest);
        AddTestCase(new ProtectionCounterexamplesTest);
        AddTestCase(new RecoveryCounterexamplesTest);
        AddTestCase(new SecondSessionTest);
    }
};

static QkdnRequirementsRunTestSuite g_qkdnRequirementsRunTestSuite; //!< registers the suite
