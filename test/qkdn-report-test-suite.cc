/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-fixture.h"

#include "ns3/csv-reader.h"
#include "ns3/qkdn-csv-writer.h"
#include "ns3/qkdn-event-log-writer.h"
#include "ns3/qkdn-report-format.h"
#include "ns3/qkdn-summary-writer.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief The summary as a program reads it.
 * @param results the results
 * @return the object
 */
nlohmann::ordered_json
Summary(const ExperimentResults& results)
{
    std::ostringstream os;
    SummaryWriter().Write(results, os);
    return nlohmann::ordered_json::parse(os.str());
}

/**
 * @brief Read a table with ns-3's reader.
 * @param text the table
 * @return rows of cells, the header first
 */
std::vector<std::vector<std::string>>
ReadCsv(const std::string& text)
{
    std::istringstream is(text);
    CsvReader reader(is);
    std::vector<std::vector<std::string>> rows;
    while (reader.FetchNextRow())
    {
        std::vector<std::string> row(reader.ColumnCount());
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            reader.GetValue(i, row[i]);
        }
        rows.push_back(row);
    }
    return rows;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief How values are written.
 */
class ReportFormatTest : public TestCase
{
  public:
    ReportFormatTest()
        : TestCase("Times are exact and texts are escaped")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(FormatSeconds(NanoSeconds(20005000001)), "20.005000001", "time");
        NS_TEST_ASSERT_MSG_EQ(FormatSeconds(NanoSeconds(-1)), "-0.000000001", "negative");
        NS_TEST_ASSERT_MSG_EQ(FormatSeconds(std::optional<Time>()), "", "no time");
        NS_TEST_ASSERT_MSG_EQ(FormatSecondsForPeople(MilliSeconds(20500)), "20.5 s", "people");
        NS_TEST_ASSERT_MSG_EQ(FormatSecondsForPeople(Seconds(200)), "200 s", "whole");
        NS_TEST_ASSERT_MSG_EQ(nlohmann::json(SecondsOf(NanoSeconds(20005000001))).dump(),
                              "20.005000001",
                              "shortest double");
        NS_TEST_ASSERT_MSG_EQ(FormatCount(1234567), "1 234 567", "groups");
        NS_TEST_ASSERT_MSG_EQ(FormatCount(123), "123", "no group");
        NS_TEST_ASSERT_MSG_EQ(FormatAmount(1234567000001), "1 234 567.000001", "amount");
        NS_TEST_ASSERT_MSG_EQ(FormatAmount(-1500000), "-1.500000", "more credit than fees");
        NS_TEST_ASSERT_MSG_EQ(FormatAmount(std::numeric_limits<int64_t>::min()),
                              "-9 223 372 036 854.775808",
                              "the lowest amount");
        NS_TEST_ASSERT_MSG_EQ(Shorten("abcdef", 6), "abcdef", "short enough");
        NS_TEST_ASSERT_MSG_EQ(Shorten("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 4),
                              "\xc3\xa4...",
                              "cut between characters");
        NS_TEST_ASSERT_MSG_EQ(EscapeHtml("<a href='x'>\"&"),
                              "&lt;a href=&#39;x&#39;&gt;&quot;&amp;",
                              "HTML");
        NS_TEST_ASSERT_MSG_EQ(EscapeCsv("plain;text"), "plain;text", "bare cell");
        NS_TEST_ASSERT_MSG_EQ(EscapeCsv("a,\"b\""), "\"a,\"\"b\"\"\"", "quoted cell");
        NS_TEST_ASSERT_MSG_EQ(EscapeGnuplot("\"`\\\n"), "\\0042\\140\\134 ", "gnuplot");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief summary.json and events.jsonl.
 */
class SummaryTest : public TestCase
{
  public:
    SummaryTest()
        : TestCase("summary.json and events.jsonl have the keys and values they promise")
    {
    }

  private:
    /**
     * @brief The keys of an object.
     * @param json the object
     * @return keys joined by blanks
     */
    static std::string Keys(const nlohmann::ordered_json& json)
    {
        std::string keys;
        for (const auto& item : json.items())
        {
            keys += (keys.empty() ? "" : " ") + item.key();
        }
        return keys;
    }

    /**
     * @brief Check the recovery.
     * @param recovery the object
     */
    void CheckRecovery(const nlohmann::ordered_json& recovery)
    {
        NS_TEST_ASSERT_MSG_EQ(Keys(recovery),
                              "fault also_faults session_or_group mechanism trigger incidents "
                              "detected t_fault_s detection_s hold_off_s notification_s decision_s "
                              "repair_wait_s operation_s resync_s key_resumption_s block_fill_s "
                              "distillation_s confirmation_s delivery_s total_s outage_s "
                              "route_before route_after hops_before hops_after extra_key_bits "
                              "recovery_routes demand_bps recovered_bps "
                              "control_messages control_bytes wasted_bits outcome reverted_at_s",
                              "keys of a recovery");
        NS_TEST_ASSERT_MSG_EQ(recovery["detection_s"].dump(), "0.005000001", "detection");
        NS_TEST_ASSERT_MSG_EQ(recovery["repair_wait_s"].dump(), "19.994999999", "repair");
        NS_TEST_ASSERT_MSG_EQ(recovery["total_s"].dump(), "24.000000007", "total");
        NS_TEST_ASSERT_MSG_EQ(recovery["outcome"], "repaired", "outcome");
        const auto sum = [&recovery](std::initializer_list<const char*> keys) {
            int64_t ns = 0;
            for (const char* key : keys)
            {
                ns += std::llround(recovery[key].get<double>() * 1e9);
            }
            return ns;
        };
        NS_TEST_ASSERT_MSG_EQ(sum({"detection_s",
                                   "hold_off_s",
                                   "notification_s",
                                   "decision_s",
                                   "repair_wait_s",
                                   "operation_s",
                                   "resync_s",
                                   "key_resumption_s"}),
                              24000000007,
                              "the stages add up");
        NS_TEST_ASSERT_MSG_EQ(
            sum({"block_fill_s", "distillation_s", "confirmation_s", "delivery_s"}),
            2000000007,
            "the parts of key resumption add up");
    }

    /// Check events.jsonl.
    void CheckEvents()
    {
        ExperimentResults results = MakeResults();
        results.eventLog[1].detail = {{"note", "line\nbreak \xff"}, {"b", "2"}, {"a", "1"}};
        std::ostringstream os;
        EventLogWriter().Write(results, os);
        NS_TEST_ASSERT_MSG_EQ(os.str(),
                              "{\"id\":1,\"time_s\":20.0,\"kind\":\"fault\",\"entity\":\"f12\","
                              "\"incident\":null,\"detail\":{\"type\":\"fibre-cut\"}}\n"
                              "{\"id\":2,\"time_s\":20.005000001,\"kind\":\"link-status\","
                              "\"entity\":\"link/12\",\"incident\":\"0-1\",\"detail\":"
                              "{\"note\":\"line\\nbreak \xef\xbf\xbd\",\"b\":\"2\",\"a\":\"1\"}}\n",
                              "one object a line, order kept, bad UTF-8 replaced");
    }

    void DoRun() override
    {
        const ExperimentResults results = MakeResults();
        const auto json = Summary(results);
        NS_TEST_ASSERT_MSG_EQ(
            Keys(json),
            "scenario description ns3_version seed run supply simulated_s warm_up_s "
            "wall_s events packets sessions recoveries conservation network "
            "faults fault_processes",
            "keys");
        const auto& session = json["sessions"][0];
        NS_TEST_ASSERT_MSG_EQ(Keys(session),
                              "id class deadline_s toleration_s requested supplied late lost open "
                              "availability interruptions longest_outage_s toleration_violations "
                              "kkrd_s kkrdv_s kkder kkdlr throughput_bps key_overhead "
                              "exposed_keys exposed_bits exposed_stored_keys trusted_relays "
                              "trusted_relays_per_key charge",
                              "keys of a session");
        NS_TEST_ASSERT_MSG_EQ(Keys(session["kkrd_s"]), "mean p50 p99 max", "keys of the delay");
        NS_TEST_ASSERT_MSG_EQ(session["requested"], 1200, "requested");
        NS_TEST_ASSERT_MSG_EQ(session["charge"], -1469194, "micro-units");
        NS_TEST_ASSERT_MSG_EQ(session["interruptions"][0]["cause"], "fibre-cut f12 (F1)", "cause");
        CheckRecovery(json["recoveries"][0]);
        const auto& kma = json["conservation"]["kma"];
        NS_TEST_ASSERT_MSG_EQ(Keys(kma["total"]),
                              "initial generated stored in_flight relay_working relay_protection "
                              "relay_extra direct_supply authentication wasted expired destroyed "
                              "one_sided balanced",
                              "keys of a book");
        NS_TEST_ASSERT_MSG_EQ(kma["links"][0]["direct_supply"], 300000, "figure of a book");
        NS_TEST_ASSERT_MSG_EQ(kma["links"][0]["ends"][1]["km"], "2", "book of an end");
        NS_TEST_ASSERT_MSG_EQ(Keys(kma["links"][0]["authentication_reserves"][0]),
                              "module initial withheld spent stored balanced",
                              "reserve");
        NS_TEST_ASSERT_MSG_EQ(Keys(json["conservation"]["ksa"]["sessions"][0]),
                              "session created supplied stored in_flight voided expired destroyed "
                              "balanced",
                              "book of a session");
        NS_TEST_ASSERT_MSG_EQ(json["conservation"]["balanced"], true, "balanced");
        NS_TEST_ASSERT_MSG_EQ(json["faults"][0]["end_s"], 40.0, "fault");

        ExperimentResults other = results;
        other.conservation.kma[0].common.bits[KEY_STORED]--;
        other.recoveries[0].markers.firstKeyUsable.reset();
        other.faults[0].end.reset();
        other.sessions[0].kkrd.reset();
        other.conservation.kma[0].common.generated = UINT64_MAX;
        other.scenario = "bad \xff byte";
        const auto broken = Summary(other);
        NS_TEST_ASSERT_MSG_EQ(broken["scenario"], "bad \xef\xbf\xbd byte", "bad UTF-8 replaced");
        NS_TEST_ASSERT_MSG_EQ(broken["conservation"]["balanced"], false, "not balanced");
        NS_TEST_ASSERT_MSG_EQ(broken["recoveries"][0]["total_s"].is_null(), true, "no total");
        NS_TEST_ASSERT_MSG_EQ(broken["faults"][0]["end_s"].is_null(), true, "never repaired");
        NS_TEST_ASSERT_MSG_EQ(broken["sessions"][0]["kkrd_s"].is_null(), true, "no delay");
        NS_TEST_ASSERT_MSG_EQ(broken["conservation"]["kma"]["links"][0]["generated"],
                              UINT64_MAX,
                              "bits are exact");
        CheckEvents();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The tables.
 */
class CsvTest : public TestCase
{
  public:
    CsvTest()
        : TestCase("The tables can be read back by ns-3's reader")
    {
    }

  private:
    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        results.requests[0].session = "a, \"quoted\" one #1";
        results.recoveries[0].mechanism = " blanks ";
        const CsvWriter writer;
        std::ostringstream supply;
        writer.WriteKeySupply(results, supply);
        const auto requests = ReadCsv(supply.str());
        NS_TEST_ASSERT_MSG_EQ(requests.size(), 1201, "a header and a line per request");
        NS_TEST_ASSERT_MSG_EQ(requests[1][0], results.requests[0].session, "escaped text");
        NS_TEST_ASSERT_MSG_EQ(requests[2][2], "0.050000001", "issued");
        NS_TEST_ASSERT_MSG_EQ(requests[2][4], "0.001501000", "delay");
        NS_TEST_ASSERT_MSG_EQ(requests[2][5], "on-time", "outcome");
        const auto lost = std::find_if(requests.begin(), requests.end(), [](const auto& row) {
            return row[5] == "lost";
        });
        NS_TEST_ASSERT_MSG_EQ((lost != requests.end()), true, "some are lost");
        NS_TEST_ASSERT_MSG_EQ((*lost)[3] + (*lost)[4], "", "no hand-over, no delay");
        std::ostringstream recoveries;
        writer.WriteRecoveries(results, recoveries);
        const auto rows = ReadCsv(recoveries.str());
        NS_TEST_ASSERT_MSG_EQ(rows.size(), 2, "a header and a recovery");
        NS_TEST_ASSERT_MSG_EQ(rows[0].size(), rows[1].size(), "as many cells as headings");
        std::map<std::string, std::string> cells;
        for (std::size_t i = 0; i < rows[0].size(); ++i)
        {
            cells[rows[0][i]] = rows[1][i];
        }
        NS_TEST_ASSERT_MSG_EQ(cells["also_faults"], "F2;F3", "list");
        NS_TEST_ASSERT_MSG_EQ(cells["total_s"], "24.000000007", "total");
        NS_TEST_ASSERT_MSG_EQ(cells["mechanism"], " blanks ", "blanks are kept");
        NS_TEST_ASSERT_MSG_EQ(cells["outcome"], "repaired", "outcome");
        std::ostringstream pools;
        writer.WritePools(results, pools);
        NS_TEST_ASSERT_MSG_EQ(ReadCsv(pools.str()).size(), 2401, "a line per sample");
        results.routeUses = {
            {"a,b", {"1", "x;y", "4"}, "protection", Seconds(1), NanoSeconds(2000000003), 77}};
        std::ostringstream uses;
        writer.WriteRouteUses(results, uses);
        NS_TEST_ASSERT_MSG_EQ(uses.str(),
                              "session,from_s,to_s,role,route,keys\n"
                              "\"a,b\",1.000000000,2.000000003,protection,1;x;y;4,77\n",
                              "routes in use");
        std::ostringstream charging;
        writer.WriteCharging(results, charging);
        NS_TEST_ASSERT_MSG_EQ(charging.str(),
                              "session,class,opened_s,until_s,base,supply_bits,supply_charge,"
                              "working_bits,working_charge,protection_bits,protection_charge,"
                              "extra_bits,extra_charge,violations,excess_s,credit,total\n"
                              "A,unprotected,1.500000000,55.000000000,54,1024,20480,2048,10240,"
                              "0,0,16,32,1,23.000000000,1500000,-1469194\n",
                              "charges");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The report for the terminal.
 */
class TextReportTest : public TestCase
{
  public:
    TextReportTest()
        : TestCase("The text report says what was interrupted, how long and why")
    {
    }

  private:
    /**
     * @brief A session that was switched to a longer route, after a hold-off.
     * @param results the results without it
     */
    void CheckRouteChange(ExperimentResults results)
    {
        RecoveryResult& recovery = results.recoveries[0];
        recovery.markers = RecoveryMarkers();
        recovery.markers.fault = Seconds(20);
        recovery.markers.detected = MilliSeconds(20005);
        recovery.markers.notified = MilliSeconds(20010);
        recovery.markers.holdOffOver = MilliSeconds(20110);
        recovery.markers.operated = MilliSeconds(20130);
        recovery.routeBefore = {"1", "2", "4"};
        recovery.routeAfter = {"1", "3", "5", "4"};
        recovery.extraKeyBits = 2560;
        recovery.revertedAt = Seconds(50);
        results.sessions[0].keyOverhead = 2.25;
        std::ostringstream os;
        TextReport().Write(results, "", os);
        for (const std::string part :
             {"; 2.25 key bits spent per bit supplied; charge -1.469194\n",
              "    detection 0.005 s, notification 0.005 s, hold_off 0.1 s, operation 0.02 s\n",
              "    route 1-2-4 -> 1-3-5-4, 3|S| instead of 2|S| per key (2 560 more key bits), "
              "back at 50 s\n"})
        {
            NS_TEST_EXPECT_MSG_EQ((os.str().find(part) != std::string::npos), true, part);
        }
        const auto json = Summary(results)["recoveries"][0];
        NS_TEST_EXPECT_MSG_EQ(json["route_after"].dump(), R"(["1","3","5","4"])", "route");
        NS_TEST_EXPECT_MSG_EQ(json["hops_before"], 2, "hops");
        NS_TEST_EXPECT_MSG_EQ(json["hops_after"], 3, "hops");
        NS_TEST_EXPECT_MSG_EQ(json["extra_key_bits"], 2560, "key");
        NS_TEST_EXPECT_MSG_EQ(json["reverted_at_s"], 50.0, "reversion");
        std::ostringstream csv;
        CsvWriter().WriteRecoveries(results, csv);
        NS_TEST_EXPECT_MSG_EQ(
            (csv.str().find(",1;2;4,1;3;5;4,2,3,2560,0,,,4,400,12,50.000000000,repaired\n") !=
             std::string::npos),
            true,
            "table");
    }

    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        std::ostringstream os;
        TextReport().Write(results, "out", os);
        const Interruption& interruption = results.sessions[0].interruptions.at(0);
        for (const std::string& part :
             {std::string("The key supply of 1 of 1 session was interrupted, for at most "),
              "interrupted for " + FormatSecondsForPeople(interruption.GetDuration()) + ", from ",
              std::string(": fibre-cut f12 (F1) (longer than tolerated)\n"),
              std::string("detection 0.005000001 s, repair_wait 19.994999999 s, resync 2 s, "
                          "key_resumption 2.000000007 s\n"),
              std::string("The key books balance.\nFiles are in out,")})
        {
            NS_TEST_ASSERT_MSG_EQ((os.str().find(part) != std::string::npos), true, part);
        }
        CheckRouteChange(results);
        results.conservation.ksa[0].created++;
        std::ostringstream broken;
        TextReport().Write(results, "", broken);
        NS_TEST_ASSERT_MSG_EQ((broken.str().find("DO NOT BALANCE") != std::string::npos),
                              true,
                              "the books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the writers that write text.
 */
class QkdnReportTestSuite : public TestSuite
{
  public:
    QkdnReportTestSuite()
        : TestSuite("qkdn-report", Type::UNIT)
    {
        AddTestCase(new ReportFormatTest);
        AddTestCase(new SummaryTest);
        AddTestCase(new CsvTest);
        AddTestCase(new TextReportTest);
    }
};

static QkdnReportTestSuite g_qkdnReportTestSuite; //!< registers the suite
