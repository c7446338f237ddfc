/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <algorithm>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief One link on one fibre, without another way for packets, through one outage.
 *
 * The durations are those at which QKDNetSim v2 and 3.1.2 crash, hang or leave keys at one end.
 */
class OutageOfOneLinkTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param type type of the fault
     * @param target what breaks
     * @param seconds how long
     * @param site "single" or "split"
     * @param survive whether pools survive a crash
     */
    OutageOfOneLinkTest(const std::string& type,
                        const std::string& target,
                        double seconds,
                        const std::string& site,
                        bool survive)
        : TestCase(Name(type, target, seconds, site, survive)),
          m_type(type),
          m_target(target),
          m_seconds(seconds),
          m_site(site),
          m_survive(survive)
    {
    }

  private:
    /**
     * @brief Name of the case.
     * @param type type of the fault
     * @param target what breaks
     * @param seconds how long
     * @param site "single" or "split"
     * @param survive whether pools survive a crash
     * @return the name
     */
    static std::string Name(const std::string& type,
                            const std::string& target,
                            double seconds,
                            const std::string& site,
                            bool survive)
    {
        std::string what = target;
        std::replace(what.begin(), what.end(), '/', ' ');
        std::ostringstream name;
        name << type << " of " << what << " for " << seconds << " s, site " << site
             << (survive ? "" : ", pools lost");
        return name.str();
    }

    /**
     * @brief The scenario.
     * @return JSON text
     */
    std::string MakeScenario() const
    {
        std::ostringstream json;
        json << R"({"name": "outage", "simulation": {"duration_s": )" << 70 + m_seconds << R"(},
            "nodes": [{"id": "A", "site": ")"
             << m_site << R"("}, {"id": "B", "site": ")" << m_site << R"("}],
            "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 25}],
            "key_management": {"pools_survive_crash": )"
             << (m_survive ? "true" : "false") << R"(, "ksa_key_ttl_s": 20},
            "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"],
                "protocol": {"type": "measured", "rate_bps": 4000},
                "initial_pool_bit": 4000, "initial_state": "running",
                "resync_s": 1, "start_up_s": 1}],
            "sessions": [{"id": "S", "master": "A", "slave": "B", "rate_keys_per_s": 4,
                          "deadline_s": 0.5},
                         {"id": "T", "master": "B", "slave": "A", "rate_keys_per_s": 1,
                          "start_s": 0.0301, "deadline_s": 0.5}],
            "faults": [{"at_s": 20.0303, "type": ")"
             << m_type << R"(", "target": ")" << m_target << R"(", "repair_after_s": )" << m_seconds
             << "}]}";
        return json.str();
    }

    void DoRun() override
    {
        const Scenario scenario = ScenarioReader::ReadString(MakeScenario(), "outage");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "outage");
        const Time repair = scenario.faults.at(0).at + *scenario.faults.at(0).repairAfter;
        const Time bound = repair + scenario.qkdLinks.at(0).resync + Seconds(3);
        for (const SessionResult& session : results.sessions)
        {
            for (const Interruption& interruption : session.interruptions)
            {
                NS_TEST_ASSERT_MSG_LT(interruption.end,
                                      bound,
                                      session.id << ": supply is back within 3 s plus resync");
            }
            NS_TEST_ASSERT_MSG_LT(session.open, 3, session.id << ": requests end");
        }
        for (const RecoveryResult& recovery : results.recoveries)
        {
            NS_TEST_ASSERT_MSG_EQ(recovery.outcome,
                                  RECOVERY_REPAIRED,
                                  recovery.sessionOrGroup << ": the episode ends");
            NS_TEST_ASSERT_MSG_EQ(recovery.markers.FindDisorder(), "", "markers in order");
        }
        // a loss of packets shorter than three hellos is noticed by nobody
        const bool noticed = m_type != "classical-link-failure" || m_seconds > 3;
        NS_TEST_ASSERT_MSG_EQ(results.recoveries.size(),
                              (noticed ? 2 : 0),
                              "an episode for each session that is concerned");
        NS_TEST_ASSERT_MSG_EQ(results.conservation.violations.size(),
                              0,
                              (results.conservation.violations.empty()
                                   ? ""
                                   : results.conservation.violations.front()));
        NS_TEST_ASSERT_MSG_EQ(results.conservation.Balances(), true, "books balance");
        const KeyBook kma = results.conservation.GetKmaTotal();
        NS_TEST_ASSERT_MSG_EQ(kma.bits[KEY_ONE_SIDED], 0, "no one-sided KMA-key is left");
        const KsaFigures ksa = results.conservation.GetKsaTotal();
        NS_TEST_ASSERT_MSG_LT(ksa.stored + ksa.inFlight, 2 * 256 + 1, "no KSA-key is left behind");
        const KmaLinkBooks& books = results.conservation.kma.at(0);
        NS_TEST_ASSERT_MSG_LT(
            std::max(books.ends[0].book.bits[KEY_STORED], books.ends[1].book.bits[KEY_STORED]) -
                std::min(books.ends[0].book.bits[KEY_STORED], books.ends[1].book.bits[KEY_STORED]),
            1025,
            "both ends hold the same but for what is on its way");
    }

    std::string m_type;   //!< type of the fault
    std::string m_target; //!< what breaks
    double m_seconds;     //!< how long
    std::string m_site;   //!< "single" or "split"
    bool m_survive;       //!< whether pools survive a crash
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of outages.
 */
class QkdnOutagesTestSuite : public TestSuite
{
  public:
    QkdnOutagesTestSuite()
        : TestSuite("qkdn-outages", Type::SYSTEM)
    {
        const std::vector<std::pair<std::string, std::string>> faults = {
            {"fibre-cut", "f"},
            {"classical-link-failure", "f"},
            {"module-failure", "L/tx"},
            {"module-failure", "L/rx"},
            {"km-crash", "A"},
            {"km-crash", "B"}};
        for (const auto& [type, target] : faults)
        {
            for (const double seconds : {0.003, 0.5, 5.0, 20.0, 60.0, 100.0, 200.0})
            {
                AddTestCase(new OutageOfOneLinkTest(type, target, seconds, "single", true));
            }
            AddTestCase(new OutageOfOneLinkTest(type, target, 60, "split", true));
        }
        for (const char* target : {"A", "B"})
        {
            AddTestCase(new OutageOfOneLinkTest("km-crash", target, 5, "single", false));
            AddTestCase(new OutageOfOneLinkTest("km-crash", target, 60, "split", false));
        }
    }
};

static QkdnOutagesTestSuite g_qkdnOutagesTestSuite; //!< registers the suite
