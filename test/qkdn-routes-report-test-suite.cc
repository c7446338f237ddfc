/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-graph-layout.h"
#include "ns3/qkdn-route-list-writer.h"
#include "ns3/test.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Points = std::vector<std::pair<double, double>>;

/// The distance of two points.
double
Between(const Points& points, std::size_t a, std::size_t b)
{
    return std::hypot(points[a].first - points[b].first, points[a].second - points[b].second);
}

/// Two routes of which one has a name that needs escapes.
RouteList
MakeList()
{
    RouteList list;
    list.topology = "t.csv";
    list.from = "S";
    list.to = "T";
    list.choice = "cheapest";
    list.disjoint = "srlg";
    list.costBy = "length";
    list.costUnit = "km";
    list.routes.resize(2);
    list.routes[0].nodes = {"S", "T"};
    list.routes[0].cost = 3.0;
    list.routes[1].nodes = {"S", "M\"\xff", "T"};
    list.routes[1].cost = 9.5;
    list.totalCost = 12.5;
    list.exact = false;
    list.links = {{"S", "T", 3.0}, {"S", "M\"\xff", 4.0}, {"M\"\xff", "T", 5.5}};
    return list;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Distances of the drawing.
 */
class GraphLayoutTest : public TestCase
{
  public:
    GraphLayoutTest()
        : TestCase("layout of graphs")
    {
    }

  private:
    void DoRun() override
    {
        // lengths that fit into a plane are kept, in a unit of their mean
        const Points triangle = LayOutGraph(3, {{0, 1, 3.0}, {1, 2, 4.0}, {0, 2, 5.0}});
        NS_TEST_ASSERT_MSG_EQ(triangle.size(), 3, "three points");
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(triangle, 0, 1), 0.75, 1e-9, "3 of 4");
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(triangle, 1, 2), 1.0, 1e-9, "4 of 4");
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(triangle, 0, 2), 1.25, 1e-9, "5 of 4");
        const Points line = LayOutGraph(4, {{0, 1, 1.0}, {1, 2, 1.0}, {2, 3, 1.0}});
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(line, 0, 3), 3.0, 1e-9, "a line is straight");
        const Points shortOne = LayOutGraph(3, {{0, 1, 0.001}, {1, 2, 2.0}});
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(shortOne, 0, 1), 0.3, 1e-9, "drawn longer");
        // 120 degrees on a circle of radius 1
        const Points parts = LayOutGraph(3, {{0, 1, 1.0}});
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(parts, 0, 2), std::sqrt(3.0), 1e-9, "two parts");
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(parts, 0, 1), std::sqrt(3.0), 1e-9, "two parts");
        NS_TEST_EXPECT_MSG_EQ(LayOutGraph(0, {}).size(), 0, "nothing");
        std::vector<LayoutEdge> ring;
        for (std::size_t i = 0; i < 300; ++i)
        {
            ring.push_back({i, (i + 1) % 300, 1.0});
        }
        const Points large = LayOutGraph(300, ring);
        NS_TEST_EXPECT_MSG_EQ_TOL(Between(large, 0, 150), 2.0, 1e-9, "many nodes on a circle");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief JSON, text and the plot file.
 */
class RouteListWriterTest : public TestCase
{
  public:
    RouteListWriterTest()
        : TestCase("lists of routes")
    {
    }

  private:
    void DoRun() override
    {
        RouteList list = MakeList();
        std::ostringstream text;
        RouteListWriter().WriteJson(list, text);
        auto json = nlohmann::json::parse(text.str());
        NS_TEST_EXPECT_MSG_EQ(json["routes"].size(), 2, "two routes");
        NS_TEST_EXPECT_MSG_EQ(json["routes"][1]["nodes"][2].get<std::string>(), "T", "its end");
        NS_TEST_EXPECT_MSG_EQ(json["routes"][1]["hops"].get<int>(), 2, "two hops");
        NS_TEST_EXPECT_MSG_EQ_TOL(json["routes"][1]["cost"].get<double>(), 9.5, 1e-12, "cost");
        NS_TEST_EXPECT_MSG_EQ_TOL(json["total_cost"].get<double>(), 12.5, 1e-12, "together");
        NS_TEST_EXPECT_MSG_EQ(json["cost_unit"].get<std::string>(), "km", "unit");
        NS_TEST_EXPECT_MSG_EQ(json["exact"].get<bool>(), false, "a heuristic");
        NS_TEST_EXPECT_MSG_EQ(json.contains("bottleneck_bps"), false, "not asked for");
        NS_TEST_EXPECT_MSG_EQ(json["routes"][0].contains("share_bps"), false, "no split");

        std::ostringstream lines;
        RouteListWriter().WriteText(list, lines);
        NS_TEST_EXPECT_MSG_NE(lines.str().find("S-T: 3 km\n"), std::string::npos, lines.str());
        NS_TEST_EXPECT_MSG_NE(lines.str().find("2 routes, 12.5 km together, found by a heuristic"),
                              std::string::npos,
                              lines.str());

        list.routes[0].shareBps = 700.0;
        list.splitBps = 700.0;
        list.bottleneckBps = 900.0;
        std::ostringstream split;
        RouteListWriter().WriteJson(list, split);
        json = nlohmann::json::parse(split.str());
        NS_TEST_EXPECT_MSG_EQ_TOL(json["routes"][0]["share_bps"].get<double>(),
                                  700.0,
                                  1e-9,
                                  "share");
        NS_TEST_EXPECT_MSG_EQ_TOL(json["split_bps"].get<double>(), 700.0, 1e-9, "all shares");
        NS_TEST_EXPECT_MSG_EQ_TOL(json["bottleneck_bps"].get<double>(), 900.0, 1e-9, "narrowest");

        std::ostringstream plot;
        RouteListWriter().MakePlot(list, "routes").GenerateOutput(plot);
        NS_TEST_EXPECT_MSG_NE(plot.str().find("S-T: 3 km"), std::string::npos, "a route");
        NS_TEST_EXPECT_MSG_NE(plot.str().find("\"routes.svg\""), std::string::npos, "its file");
        NS_TEST_EXPECT_MSG_EQ(plot.str().find("M\""), std::string::npos, "quotes are escaped");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is printed and drawn of routes.
 */
class QkdnRoutesReportTestSuite : public TestSuite
{
  public:
    QkdnRoutesReportTestSuite()
        : TestSuite("qkdn-routes-report", Type::UNIT)
    {
        AddTestCase(new GraphLayoutTest);
        AddTestCase(new RouteListWriterTest);
    }
};

static QkdnRoutesReportTestSuite g_qkdnRoutesReportTestSuite;
