/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_RUN_TEST_H
#define QKDN_CHARGING_RUN_TEST_H

#include "qkdn-scenario-error-test.h"

#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-runner.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{
namespace charging_test
{

/// Values to replace.
using Overrides = std::vector<ScenarioOverride>;

/// What the tests charge, in micro-units.
inline const char* const CHARGING = R"({
  "report_interval_s": 5,
  "tariffs": [
    {"class": "route-1:1", "base_micro_per_s": 1000, "supply_micro_per_bit": 20,
     "working_micro_per_bit": 5, "protection_micro_per_bit": 7,
     "credit_micro_per_violation": 1000000, "credit_micro_per_s": 250000},
    {"class": "unprotected", "base_micro_per_s": 100, "supply_micro_per_bit": 8,
     "working_micro_per_bit": 5, "extra_micro_per_bit": 2,
     "credit_micro_per_violation": 3000000, "credit_micro_per_s": 40000}]
})";

/// Example 1.2, shortened, with charging. All requests are answered long before the end.
inline Overrides
Shortened(const Overrides& more)
{
    Overrides overrides{{"/charging", CHARGING},
                        {"/simulation/duration_s", "50"},
                        {"/sessions/0/stop_s", "34.9"},
                        {"/sessions/1/stop_s", "34.9"},
                        {"/faults", "[]"}};
    overrides.insert(overrides.end(), more.begin(), more.end());
    return overrides;
}

/// Where the example is; only sources know the folder of the module
/// (qkdn-charging-run-test-suite.cc).
std::string GetExamplePath();

/// The example with values replaced.
inline Scenario
Example(const Overrides& more)
{
    return ScenarioReader::ReadFile(GetExamplePath(), Shortened(more));
}

/// The cut of QKD link 12 from 15 s to 45 s.
inline const ScenarioOverride CUT{"/faults/-",
                                  R"({"at_s": 15, "type": "fibre-cut", "target": "f12",
                               "repair_after_s": 30})"};

/// What became of the key bits of all links, or of a session, by the monitor's books.
struct Books
{
    std::map<std::string, uint64_t> supplied; //!< KSA-key by session
    std::array<uint64_t, 3> relayed{};        //!< KMA-key: working, protection, extra
    uint64_t direct{0};                       //!< KMA-key that became KSA-key
};

inline Books
BooksOf(const ExperimentResults& results)
{
    Books books;
    for (const KsaFigures& figures : results.conservation.ksa)
    {
        books.supplied[figures.session] = figures.supplied;
    }
    const KeyBook kma = results.conservation.GetKmaTotal();
    books.relayed = {kma.bits[KEY_RELAY_WORKING],
                     kma.bits[KEY_RELAY_PROTECTION],
                     kma.bits[KEY_RELAY_EXTRA]};
    books.direct = kma.bits[KEY_DIRECT_SUPPLY];
    return books;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of charging in whole runs.
 */
class ChargingRunTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /// Run a scenario.
    static ExperimentResults Run(const Overrides& more)
    {
        return ScenarioRunner().Run(Example(more), "charging");
    }

    /// A fault of some seconds.
    static ScenarioOverride Fault(const std::string& type,
                                  const std::string& target,
                                  const std::string& at,
                                  const std::string& repair)
    {
        return {"/faults/-",
                R"({"type": ")" + type + R"(", "target": ")" + target + R"(", "at_s": )" + at +
                    R"(, "repair_after_s": )" + repair + "}"};
    }

    /// The charge of a session.
    const ChargeResult& Find(const ExperimentResults& results, const std::string& session)
    {
        static const ChargeResult none;
        for (const ChargeResult& charge : results.charges)
        {
            if (charge.session == session)
            {
                return charge;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "session " << session << " has no charge");
        return none;
    }

    /// What the run says of G-C2.
    void ExpectVerdict(const ExperimentResults& results,
                       RequirementStatus status,
                       const std::string& reason)
    {
        for (const RequirementResult& result : results.requirements)
        {
            if (result.id == "G-C2")
            {
                NS_TEST_EXPECT_MSG_EQ(std::string(RequirementStatusName(result.status)),
                                      RequirementStatusName(status),
                                      result.reason);
                NS_TEST_EXPECT_MSG_EQ(Contains(result.reason, reason), true, result.reason);
            }
        }
    }

    /// Expect that the bits charged to all sessions are those of the monitor's books.
    void ExpectBooks(const ExperimentResults& results, const std::string& what)
    {
        const Books books = BooksOf(results);
        std::array<uint64_t, 3> charged{};
        for (const ChargeResult& charge : results.charges)
        {
            NS_TEST_EXPECT_MSG_EQ(charge.service.bits[CHARGED_SUPPLY],
                                  books.supplied.at(charge.session),
                                  what << ": KSA-key of " << charge.session);
            for (std::size_t role = 0; role < charged.size(); ++role)
            {
                charged[role] += charge.service.bits[CHARGED_WORKING + role];
            }
        }
        NS_TEST_EXPECT_MSG_EQ(charged[0] + charged[1] + charged[2],
                              books.relayed[0] + books.relayed[1] + books.relayed[2] + books.direct,
                              what << ": KMA-key");
        for (std::size_t role = 0; role < charged.size() && books.direct == 0; ++role)
        {
            NS_TEST_EXPECT_MSG_EQ(charged[role], books.relayed[role], what << ": role " << role);
        }
        NS_TEST_EXPECT_MSG_EQ(results.conservation.IsSound(), true, what << ": sound books");
    }
};

} // namespace charging_test
} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_RUN_TEST_H */
