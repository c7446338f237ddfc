/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-fixture.h"

#include "ns3/qkdn-html-page.h"
#include "ns3/qkdn-map-layout.h"
#include "ns3/qkdn-page-data.h"
#include "ns3/qkdn-page-files.h"
#include "ns3/qkdn-report-writer.h"
#include "ns3/test.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A name that leaves the script element, or the text of a string, where nothing is escaped.
const std::string HOSTILE = "</script><script>alert('1')</script><!--\"\\ {{title}} &lt;";

/**
 * @brief The fixture's network: one link, and a spare fibre beside its own.
 * @param results the results
 */
void
AddMap(ExperimentResults& results)
{
    results.map.nodes = {{"1", 0.0, 0.0, true, {"controller C"}}, {"2", 20.0, 0.0, true, {}}};
    results.map.fibres = {{"f12", "1", "2", 20.0, {"duct"}}, {"f12p", "1", "2", 25.0, {}}};
    results.map.links = {{"12", "1", "2", {"f12"}}};
    results.map.groups = {{"g/1", "link-1:1", {"12"}, {{"P0", "12", true, {"f12p"}}}}};
    results.map.sessions = {{"A", "1", "2"}};
}

/**
 * @brief The data of a page.
 * @param results the results
 * @return as JSON
 */
nlohmann::json
DataOf(const ExperimentResults& results)
{
    std::ostringstream os;
    PageDataWriter().Write(results, os);
    return nlohmann::json::parse(os.str());
}

/**
 * @brief How often a text occurs in another.
 * @param part the text
 * @param text the other one
 * @return times
 */
std::size_t
CountOf(const std::string& part, const std::string& text)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        ++count;
    }
    return count;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The page as a whole.
 */
class ReportPageTest : public TestCase
{
  public:
    ReportPageTest()
        : TestCase("The page has no script but its own, whatever things are called")
    {
    }

  private:
    /**
     * @brief Write the page.
     * @param results the results
     * @return its text
     */
    static std::string PageOf(const ExperimentResults& results)
    {
        std::ostringstream os;
        ReportWriter().Write(results, {"<?xml?><svg id=\"gnuplot_canvas\"></svg>"}, os);
        return os.str();
    }

    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        AddMap(results);
        const std::string plain = PageOf(results);
        results.scenario = HOSTILE;
        results.description = HOSTILE;
        results.sessions[0].id = HOSTILE;
        results.sessions[0].interruptions[0].cause = HOSTILE;
        results.recoveries[0].sessionOrGroup = HOSTILE;
        results.faults[0].target = HOSTILE;
        results.map.nodes[0].id = HOSTILE;
        results.map.fibres[0].a = HOSTILE;
        results.map.fibres[1].a = HOSTILE;
        results.eventLog[0].entity = HOSTILE;
        results.eventLog[0].detail.emplace_back(HOSTILE, HOSTILE);
        const std::string hostile = PageOf(results);
        for (const char* part : {"<script", "</script", "<!--", "<svg"})
        {
            NS_TEST_ASSERT_MSG_EQ(CountOf(part, hostile), CountOf(part, plain), part);
        }
        NS_TEST_ASSERT_MSG_EQ(CountOf("{{", plain), 0, "all fields are filled in");
        NS_TEST_ASSERT_MSG_EQ((CountOf("{{title}}", hostile) > 1), true, "and only those");
        for (const char* unwanted : {"https://", "src=", "<link", "@import"})
        {
            NS_TEST_ASSERT_MSG_EQ(CountOf(unwanted, plain), 0, unwanted << " is from elsewhere");
        }
        NS_TEST_ASSERT_MSG_EQ(CountOf("http://", plain),
                              CountOf("\"http://www.w3.org/2000/svg\"", plain),
                              "no address but the name of SVG");
        const std::string page = GetPageFile("report.html").text;
        for (const PageFile& file : GetPageFiles())
        {
            const std::string name = file.name;
            if (name.find(".js") == std::string::npos)
            {
                continue;
            }
            if (page.find("{{file:" + name + "}}") != std::string::npos)
            {
                NS_TEST_ASSERT_MSG_NE(plain.find("sha256-" + std::string(file.sha256)),
                                      std::string::npos,
                                      name << " may run");
                NS_TEST_ASSERT_MSG_NE(plain.find("<script>" + std::string(file.text) + "</script>"),
                                      std::string::npos,
                                      name << " is there as it is");
            }
            else
            {
                NS_TEST_ASSERT_MSG_EQ(CountOf(file.sha256, plain),
                                      0,
                                      name << " of another page may not run");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The data that the page draws from.
 */
class PageDataTest : public TestCase
{
  public:
    PageDataTest()
        : TestCase("The data of the page say what happened")
    {
    }

  private:
    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        AddMap(results);
        results.routeUses = {{"A", {"1", "2"}, "working", Seconds(1), Seconds(24), 480}};
        uint64_t id = 2;
        const auto add =
            [&](int64_t s, const std::string& kind, const std::string& entity, auto fact) {
                results.eventLog.push_back({++id, Seconds(s), kind, entity, "", {fact}});
            };
        using Fact = std::pair<std::string, std::string>;
        add(0, "module-state", "module/12/tx", Fact{"to", "Running"});
        add(0, "module-state", "module/12/rx", Fact{"to", "Running"});
        add(20, "module-state", "module/12/rx", Fact{"to", "Initialising"});
        add(21, "module-state", "module/12/tx", Fact{"to", "Failed"});
        add(22, "group-status", "group/g/1/0", Fact{"selected", "P0"});
        add(23, "group-status", "group/g/1/1", Fact{"selected", "P0"});
        add(24, "module-state", "module/12/tx", Fact{"to", "Running"});
        add(25, "module-state", "module/12/rx", Fact{"to", "Running"});
        add(50, "group-status", "group/g/1/0", Fact{"selected", "W0"});
        add(51, "group-status", "group/g/1/1", Fact{"selected", "W0"});
        add(52, "key-flow", "controller/C", Fact{"working_bps", "7"});
        const nlohmann::json data = DataOf(results);
        const nlohmann::json links = data["status"]["links"];
        NS_TEST_ASSERT_MSG_EQ(links.size(), 3, links.dump());
        NS_TEST_ASSERT_MSG_EQ(links[0]["state"], "Initialising", "the worse end counts");
        NS_TEST_ASSERT_MSG_EQ(links[1]["state"], "Failed", "then it is the other one");
        NS_TEST_ASSERT_MSG_EQ(links[2]["to"].get<double>(), 25.0, "both run again");
        const nlohmann::json switched = data["status"]["switched"];
        NS_TEST_ASSERT_MSG_EQ(switched.size(), 1, switched.dump());
        NS_TEST_ASSERT_MSG_EQ(switched[0]["group"], "g/1", "its name may have a slash");
        NS_TEST_ASSERT_MSG_EQ(switched[0]["from"].get<double>(), 22.0, "from the first end on");
        NS_TEST_ASSERT_MSG_EQ(switched[0]["to"].get<double>(), 51.0, "to the last one");
        NS_TEST_ASSERT_MSG_EQ(data["status"]["faults"][0]["to"].get<double>(), 40.0, "repaired");
        NS_TEST_ASSERT_MSG_EQ(data["status"]["uses"][0]["keys"], 480, "keys of a route");

        uint64_t requested = 0;
        uint64_t supplied = 0;
        for (std::size_t i = 0; i < data["supply"]["sessions"][0]["requested"].size(); ++i)
        {
            requested += data["supply"]["sessions"][0]["requested"][i].get<uint64_t>();
            supplied += data["supply"]["sessions"][0]["supplied"][i].get<uint64_t>();
        }
        NS_TEST_ASSERT_MSG_EQ(requested, results.requests.size(), "all requests are counted");
        NS_TEST_ASSERT_MSG_EQ(supplied, results.sessions[0].supplied, "and all keys");
        NS_TEST_ASSERT_MSG_EQ(data["pools"][0]["reserve"], 20000, "reserve of the pool");
        const nlohmann::json bar = data["recoveries"]["bars"][0];
        double sum = 0.0;
        for (const auto& piece : bar["pieces"])
        {
            sum += piece[1].get<double>();
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(sum, bar["total"].get<double>(), 1e-9, "stages add up");
        NS_TEST_ASSERT_MSG_EQ(data["events"]["list"].size(), results.eventLog.size(), "all events");
        NS_TEST_ASSERT_MSG_EQ(data["events"]["list"][0][3], 0, "a fault matters most");
        NS_TEST_ASSERT_MSG_EQ(data["events"]["list"].back()[3], 2, "a promise of rates least");
        NS_TEST_ASSERT_MSG_EQ(data["notes"].empty(), true, "nothing was left out");
        const nlohmann::json none = DataOf(ExperimentResults());
        NS_TEST_ASSERT_MSG_EQ(none["map"]["nodes"].empty(), true, "no network");
        NS_TEST_ASSERT_MSG_EQ(none["supply"]["width_s"].is_null(), true, "no key supply");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The size of the data.
 */
class PageSizeTest : public TestCase
{
  public:
    PageSizeTest()
        : TestCase("The data of a long run are bounded, and say what is left out")
    {
    }

  private:
    void DoRun() override
    {
        ExperimentResults results = MakeResults();
        AddMap(results);
        results.simulated = Seconds(100000);
        const auto wanted = results.faults[0];
        for (int i = 0; i < 20000; ++i)
        {
            const Time now = MilliSeconds(5000 * i);
            const std::string n = std::to_string(i);
            results.faults.push_back({"F" + n, "fibre-cut", "f12", now, now + MilliSeconds(1000)});
            results.eventLog.push_back({0, now, "key-flow", "controller/C", "", {}});
            results.eventLog.push_back({0, now, i % 2 == 0 ? "fault" : "repair", "f12", "", {}});
            results.routeUses.push_back({"A", {"1", "2"}, "working", now, now, 1});
            results.recoveries.push_back(results.recoveries[0]);
        }
        for (int i = 0; i < 500; ++i)
        {
            SessionResult session = results.sessions[0];
            session.id = "S" + std::to_string(i);
            session.longestOutage = Seconds(i);
            results.sessions.push_back(session);
            for (int64_t s = 0; s < 60; ++s)
            {
                results.poolSamples.push_back({Seconds(s),
                                               session.id,
                                               "1",
                                               static_cast<uint64_t>(1000 + i + s % 7),
                                               0,
                                               0,
                                               0});
            }
        }
        std::ostringstream os;
        PageDataWriter().Write(results, os);
        NS_TEST_ASSERT_MSG_LT(os.str().size(), 3000000, "bytes");
        const nlohmann::json data = nlohmann::json::parse(os.str());
        const auto& faults = data["status"]["faults"];
        NS_TEST_ASSERT_MSG_EQ(faults.size(), std::size_t{PageDataWriter::MAX_INTERVALS}, "faults");
        NS_TEST_ASSERT_MSG_EQ(faults[0]["id"], wanted.id, "the longest one stays");
        const auto& events = data["events"]["list"];
        NS_TEST_ASSERT_MSG_EQ((events.size() <= PageDataWriter::MAX_EVENTS + 1 &&
                               events.size() > PageDataWriter::MAX_EVENTS / 2),
                              true,
                              events.size() << " events");
        for (const auto& event : events)
        {
            NS_TEST_ASSERT_MSG_EQ(event[3], 0, "of those that matter");
        }
        NS_TEST_ASSERT_MSG_GT(events.back()[1].get<double>(), 90000.0, "from the whole run");
        NS_TEST_ASSERT_MSG_EQ(data["supply"]["sessions"].size(),
                              std::size_t{PageDataWriter::MAX_SESSIONS},
                              "sessions");
        NS_TEST_ASSERT_MSG_EQ(data["supply"]["sessions"].back()["id"], "S499", "the worst one");
        NS_TEST_ASSERT_MSG_EQ(data["pools"].size(),
                              std::size_t{PageDataWriter::MAX_POOLS},
                              "pools");
        std::string notes = data["notes"].dump();
        for (const char* what :
             {"faults", "uses of routes", "sessions", "pools", "recoveries", "events"})
        {
            NS_TEST_ASSERT_MSG_NE(notes.find(what), std::string::npos, what << ": " << notes);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Places of nodes.
 */
class MapLayoutTest : public TestCase
{
  public:
    MapLayoutTest()
        : TestCase("Nodes are where the scenario has them, or by fibre, and never on each other")
    {
    }

  private:
    /**
     * @brief The distance of two nodes.
     * @param layout the layout
     * @param i one node
     * @param j the other one
     * @return their distance
     */
    static double Distance(const MapLayout& layout, std::size_t i, std::size_t j)
    {
        return std::hypot(layout.places[i].first - layout.places[j].first,
                          layout.places[i].second - layout.places[j].second);
    }

    void DoRun() override
    {
        NetworkMap map;
        NS_TEST_ASSERT_MSG_EQ(LayOutMap(map).places.empty(), true, "no node");
        map.nodes = {{"1", 0, 0, true, {}}, {"2", 40, 0, true, {}}, {"3", 40, 30, true, {}}};
        const MapLayout placed = LayOutMap(map);
        NS_TEST_ASSERT_MSG_EQ(placed.isFree, false, "as it says");
        NS_TEST_ASSERT_MSG_EQ_TOL(placed.places[1].first, 1.0, 1e-9, "to the right");
        NS_TEST_ASSERT_MSG_EQ_TOL(placed.places[2].second, 0.0, 1e-9, "north is up");
        NS_TEST_ASSERT_MSG_EQ_TOL(placed.height, 0.75, 1e-9, "not stretched");
        // three at one place, as sites of a city are
        map.nodes.push_back({"1b", 0, 0, true, {}});
        map.nodes.push_back({"1c", 0, 0, true, {}});
        const MapLayout apart = LayOutMap(map);
        for (std::size_t i = 0; i < map.nodes.size(); ++i)
        {
            for (std::size_t j = 0; j < i; ++j)
            {
                NS_TEST_ASSERT_MSG_GT(Distance(apart, i, j), 0.05, i << " and " << j);
            }
        }
        const auto& [x, y] = apart.places[0];
        const double area = (apart.places[3].first - x) * (apart.places[4].second - y) -
                            (apart.places[4].first - x) * (apart.places[3].second - y);
        NS_TEST_ASSERT_MSG_GT(std::abs(area), 0.002, "three of one place are not in a line");
        for (MapNode& node : map.nodes)
        {
            node.xKm = 0;
            node.yKm = 0;
        }
        map.fibres = {{"a", "1", "2", 10, {}},
                      {"b", "2", "3", 10, {}},
                      {"c", "3", "1b", 10, {}},
                      {"d", "1b", "1c", 0, {}}};
        const MapLayout free = LayOutMap(map);
        NS_TEST_ASSERT_MSG_EQ(free.isFree, true, "no positions");
        NS_TEST_ASSERT_MSG_GT(Distance(free, 0, 3), 1.3 * Distance(free, 0, 2), "by fibre");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the page of a run.
 */
class QkdnReportPageTestSuite : public TestSuite
{
  public:
    QkdnReportPageTestSuite()
        : TestSuite("qkdn-report-page", Type::UNIT)
    {
        AddTestCase(new ReportPageTest);
        AddTestCase(new PageDataTest);
        AddTestCase(new PageSizeTest);
        AddTestCase(new MapLayoutTest);
    }
};

static QkdnReportPageTestSuite g_qkdnReportPageTestSuite; //!< registers the suite
