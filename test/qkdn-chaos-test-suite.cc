/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-run.h"
#include "qkdn-chaos-scenario.h"

#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// What has to be among many scenarios, as it is counted.
const std::vector<std::string> KINDS = {"class unprotected",
                                        "class route-1:1",
                                        "class route-1+1",
                                        "class route-shared",
                                        "class restoration",
                                        "class multi-path",
                                        "class secret-sharing",
                                        "restoration one-path",
                                        "restoration multi-path",
                                        "restoration time-window",
                                        "escalation",
                                        "extra traffic",
                                        "bridging by KSA-keys",
                                        "group link-1+1",
                                        "group link-1:1",
                                        "group link-1:n",
                                        "group link-m:n",
                                        "group link-restoration",
                                        "spare fibre through switches",
                                        "fault fibre-cut",
                                        "fault risk-group-cut",
                                        "fault disaster",
                                        "fault classical-link-failure",
                                        "fault classical-congestion",
                                        "fault module-failure",
                                        "fault km-crash",
                                        "fault node-power",
                                        "fault node-compromise",
                                        "fault controller-crash",
                                        "fault controller-partition",
                                        "fault manager-crash",
                                        "fault optical-switch-failure",
                                        "fault station-failure",
                                        "fault eavesdropping",
                                        "fault qber-drift",
                                        "flapping",
                                        "repair crews",
                                        "crews sent by the manager",
                                        "group command freeze",
                                        "group command exercise",
                                        "session command lockout",
                                        "command to key managers",
                                        "two controllers",
                                        "link-state routing",
                                        "no controller",
                                        "flow mode",
                                        "charging",
                                        "ak http",
                                        "ak stream",
                                        "remote application",
                                        "split site",
                                        "classical channel of its own",
                                        "relay scheme destination",
                                        "pools destroyed by a crash",
                                        "classical network own-fibres",
                                        "classical network out-of-band"};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is drawn for chaos runs.
 */
class ChaosDrawTest : public TestCase
{
  public:
    ChaosDrawTest()
        : TestCase("Random scenarios are legal and have everything")
    {
    }

  private:
    void DoRun() override
    {
        const std::string folder = CreateTempDirFilename("draws");
        std::filesystem::create_directories(folder);
        ChaosScenario::WriteCurve(folder);
        ChaosCounts all;
        for (uint32_t number = 0; number < 300; ++number)
        {
            const ChaosScenario drawn(number, folder);
            std::string problem;
            try
            {
                ScenarioReader::ReadString(drawn.GetText(), "drawn");
            }
            catch (const ScenarioError& error)
            {
                problem = error.what();
            }
            NS_TEST_EXPECT_MSG_EQ(problem, "", "scenario " << number);
            for (const auto& [what, count] : drawn.GetCounts())
            {
                all[what] += count;
            }
        }
        for (const std::string& kind : KINDS)
        {
            NS_TEST_EXPECT_MSG_GT(all[kind], 0, kind << " is drawn");
        }
        NS_TEST_EXPECT_MSG_EQ(ChaosScenario(7, folder).GetText(),
                              ChaosScenario(7, folder).GetText(),
                              "the same for the same number");
        NS_TEST_EXPECT_MSG_NE(ChaosScenario(7, folder).GetText(),
                              ChaosScenario(8, folder).GetText(),
                              "another for another number");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The checks of books find what is wrong.
 */
class ChaosBooksTest : public TestCase
{
  public:
    ChaosBooksTest()
        : TestCase("Books that do not balance or figures that become less are noted")
    {
    }

  private:
    /**
     * @brief Results with the book of one QKD link and of one session.
     * @param generated bits that the link has generated
     * @param stored of these, bits that are stored
     * @param supplied bits of KSA-key supplied, of 512
     * @return the results
     */
    static ExperimentResults Make(uint64_t generated, uint64_t stored, uint64_t supplied)
    {
        ExperimentResults results;
        KmaLinkBooks books;
        books.link = "l";
        books.common.generated = generated;
        books.common.bits[KEY_STORED] = stored;
        results.conservation.kma.push_back(books);
        KsaFigures figures;
        figures.session = "s";
        figures.created = 512;
        figures.supplied = supplied;
        figures.stored = 512 - supplied;
        results.conservation.ksa.push_back(figures);
        return results;
    }

    void DoRun() override
    {
        ChaosNotes notes;
        ChaosBooks books(notes);
        books.Check(Make(1000, 1000, 256));
        NS_TEST_EXPECT_MSG_EQ(notes.Get().size(), 0, "sound");
        books.Check(Make(2000, 1999, 256));
        NS_TEST_ASSERT_MSG_EQ(notes.Get().size(), 1, "a bit is lost");
        NS_TEST_EXPECT_MSG_NE(notes.Get()[0].find("stored 1999"), std::string::npos, "figures");
        books.Check(Make(1500, 1500, 256));
        NS_TEST_ASSERT_MSG_EQ(notes.Get().size(), 2, "less than before");
        NS_TEST_EXPECT_MSG_NE(notes.Get()[1].find("2000, now 1500"), std::string::npos, "figures");
        books.Check(Make(1500, 1500, 128));
        NS_TEST_EXPECT_MSG_EQ(notes.Get().size(), 3, "a supplied key is taken back");
        ExperimentResults results = Make(1500, 1500, 128);
        results.conservation.ksa[0].created = 600;
        results.conservation.violations.emplace_back("a bit is used twice");
        books.Check(results);
        NS_TEST_EXPECT_MSG_EQ(notes.Get().size(), 5, "two more");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A few chaos runs; the program qkdn-chaos does many.
 */
class ChaosRunsTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param numbers numbers of the runs
     * @param twice whether each is run twice
     */
    ChaosRunsTest(const std::vector<uint32_t>& numbers, bool twice)
        : TestCase(std::string("Random networks survive random faults") +
                   (twice ? ", twice in the same way" : "")),
          m_numbers(numbers),
          m_twice(twice)
    {
    }

  private:
    void DoRun() override
    {
        const std::string folder = CreateTempDirFilename("runs");
        std::filesystem::create_directories(folder);
        ChaosScenario::WriteCurve(folder);
        ChaosCounts all;
        for (const uint32_t number : m_numbers)
        {
            const ChaosScenario drawn(number, folder);
            const ChaosOutcome outcome = RunChaos(drawn, 10, m_twice);
            std::string problems;
            for (const std::string& problem : outcome.problems)
            {
                problems += problem + "; ";
            }
            if (!problems.empty())
            {
                // it can be run with qkdn-scenario
                const std::string file = folder + "/chaos-" + std::to_string(number) + ".json";
                std::ofstream(file) << drawn.GetText();
                problems += "scenario in " + file;
            }
            NS_TEST_EXPECT_MSG_EQ(problems, "", "run " << number);
            for (const auto& [what, count] : outcome.counts)
            {
                all[what] += count;
            }
        }
        NS_TEST_EXPECT_MSG_GT(all["faults"], m_numbers.size(), "faults strike");
        NS_TEST_EXPECT_MSG_GT(all["keys supplied"], 10 * m_numbers.size(), "keys are supplied");
        NS_TEST_EXPECT_MSG_GT(all["runs that became calm"], 0, "faults are over");
        NS_TEST_EXPECT_MSG_EQ(all["instants checked"], 11 * m_numbers.size(), "instants");
    }

    std::vector<uint32_t> m_numbers; //!< numbers of the runs
    bool m_twice;                    //!< whether each is run twice
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of chaos runs.
 */
class QkdnChaosTestSuite : public TestSuite
{
  public:
    QkdnChaosTestSuite()
        : TestSuite("qkdn-chaos", Type::SYSTEM)
    {
        AddTestCase(new ChaosDrawTest);
        AddTestCase(new ChaosBooksTest);
        AddTestCase(new ChaosRunsTest({0, 1, 2, 4, 6, 7, 9, 10, 13, 14}, false));
        AddTestCase(new ChaosRunsTest({16, 17}, true));
    }
};

static QkdnChaosTestSuite g_qkdnChaosTestSuite; //!< registers the suite
