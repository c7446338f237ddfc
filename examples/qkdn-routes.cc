/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Routes between two nodes of a topology file as a QKDN controller computes them.
//
// qkdn-routes --topology=examples/topologies/sndlib-germany50.csv --from=Berlin --to=Muenchen
//             --disjoint=node --k=2 --cost=length --plot=routes.svg
//
// Exit code: 0 there are as many routes as asked for, 1 there are fewer or a file cannot be
// written, 2 the command line or the topology file is wrong.

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-csv-fields.h"
#include "ns3/qkdn-k-shortest-routes.h"
#include "ns3/qkdn-multi-path-split.h"
#include "ns3/qkdn-plot-writer.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-risk-disjoint-routes.h"
#include "ns3/qkdn-route-list-writer.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-topology-graph.h"
#include "ns3/qkdn-topology-reader.h"
#include "ns3/qkdn-widest-route.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Most routes that can be asked for.
constexpr double MAX_ROUTES = 1000;

/// The largest demand, bit/s.
constexpr double MAX_DEMAND_BPS = 1e12;

/// The command line.
struct Options
{
    std::string topology;           //!< the file
    std::string from;               //!< first node
    std::string to;                 //!< last node
    std::string choose{"cheapest"}; //!< how routes are chosen
    std::string disjoint{"none"};   //!< what they may not have in common
    std::string k;                  //!< how many, empty: 1, or 2 if they have to be disjoint
    std::string cost{"hops"};       //!< what they are compared by
    std::string demandBps;          //!< demand that is split, bit/s
    std::string format{"json"};     //!< of the routes on stdout
    std::string plot;               //!< SVG file
};

/// Names in a row, for messages.
std::string
Join(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
    {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// Throw unless a value is one of some names.
void
RequireName(const std::string& option,
            const std::string& value,
            const std::vector<std::string>& names)
{
    if (std::find(names.begin(), names.end(), value) == names.end())
    {
        throw ScenarioError(option,
                            "",
                            QuoteId(value) + " is none that it accepts" + DidYouMean(value, names),
                            "give one of " + Join(names));
    }
}

/// A whole number of the command line, in a range.
uint64_t
ReadCount(const std::string& option, const std::string& text, double high)
{
    double value = 0.0;
    if (!ReadCsvNumber(text, value) || !(value >= 1.0 && value <= high) ||
        value != std::floor(value))
    {
        std::ostringstream mend;
        mend << "give a whole number from 1 to " << high;
        throw ScenarioError(option, "", QuoteId(text) + " is none that it accepts", mend.str());
    }
    return static_cast<uint64_t>(value);
}

/// What the costs of a command line are and how they are printed.
struct CostScale
{
    RouteCost cost;   //!< cost of a hop
    double parts;     //!< parts of the unit that costs count
    std::string unit; //!< the unit
};

/// The scales by name.
const std::map<std::string, CostScale>&
CostScales()
{
    static const std::map<std::string, CostScale> scales = {
        {"hops", {ROUTE_COST_HOPS, 1.0, "hops"}},
        {"length", {ROUTE_COST_LENGTH, 1e6, "km"}},
        {"rate", {ROUTE_COST_RATE, 1e12, "s/bit"}}};
    return scales;
}

/// Read the command line.
Options
ParseOptions(int argc, char* argv[])
{
    const ArgumentChecker checker({"topology",
                                   "from",
                                   "to",
                                   "choose",
                                   "disjoint",
                                   "k",
                                   "cost",
                                   "demand-bps",
                                   "format",
                                   "plot"},
                                  {});
    for (int i = 1; i < argc; ++i)
    {
        checker.Check(argv[i]);
    }
    Options options;
    CommandLine cmd(__FILE__);
    cmd.Usage("Prints routes between two nodes of a topology file (CSV with the columns a, b, "
              "length_km and, if they are known, loss_db, skr_bps, risk_groups).");
    cmd.AddValue("topology", "CSV file", options.topology);
    cmd.AddValue("from", "first node", options.from);
    cmd.AddValue("to", "last node", options.to);
    cmd.AddValue("choose",
                 "cheapest: least cost together; widest: largest key rate of the narrowest hop; "
                 "split: share a demand out over routes, at least cost",
                 options.choose);
    cmd.AddValue("disjoint",
                 "what the routes may not have in common: none, link, node (and links) or srlg "
                 "(risk groups and links)",
                 options.disjoint);
    cmd.AddValue("k",
                 "how many routes; for a split how many at most (default 1; 2 if they have to be "
                 "disjoint; any number for a split)",
                 options.k);
    cmd.AddValue("cost", "what is added up: hops, length (km) or rate (s/bit)", options.cost);
    cmd.AddValue("demand-bps", "the demand of a split, bit/s", options.demandBps);
    cmd.AddValue("format", "routes on standard output: json or text", options.format);
    cmd.AddValue("plot", "SVG file to draw; a .plt file is written beside it", options.plot);
    cmd.Parse(argc, argv);
    return options;
}

/// Throw if options are wrong or do not fit together.
void
CheckOptions(const Options& options)
{
    for (const auto& [option, value] : {std::pair("--topology", options.topology),
                                        {"--from", options.from},
                                        {"--to", options.to}})
    {
        if (value.empty())
        {
            throw ScenarioError(option, "", "is missing", std::string("give ") + option + "=...");
        }
    }
    RequireName("--choose", options.choose, {"cheapest", "widest", "split"});
    RequireName("--disjoint", options.disjoint, {"none", "link", "node", "srlg"});
    RequireName("--cost", options.cost, {"hops", "length", "rate"});
    RequireName("--format", options.format, {"json", "text"});
    if (options.choose != "cheapest" && options.disjoint != "none")
    {
        throw ScenarioError("--disjoint",
                            "",
                            options.disjoint + " does not go with --choose=" + options.choose,
                            "leave it out, or choose the cheapest");
    }
    if (options.choose == "widest" && !options.k.empty() && options.k != "1")
    {
        throw ScenarioError("--k", "", "there is one widest route", "leave it out");
    }
    if ((options.choose == "split") == options.demandBps.empty())
    {
        throw ScenarioError("--demand-bps",
                            "",
                            "goes with --choose=split, and only with that",
                            "give both or none");
    }
}

/// Finds the routes of a command line.
class RouteFinder
{
  public:
    RouteFinder(const Options& options, const TopologyGraph& topology, const CostScale& scale)
        : m_options(options),
          m_topology(topology),
          m_scale(scale),
          m_from(topology.GetKm(options.from, "--from")),
          m_to(topology.GetKm(options.to, "--to"))
    {
        if (m_from == m_to)
        {
            throw ScenarioError("--to", "", "is the same node as --from", "give another node");
        }
    }

    /// Find the routes; returns whether there are as many as asked for.
    bool Find(RouteList& list) const
    {
        const bool complete = m_options.choose == "widest"  ? FindWidest(list)
                              : m_options.choose == "split" ? FindSplit(list)
                                                            : FindCheapest(list);
        uint64_t total = 0;
        for (const ListedRoute& route : list.routes)
        {
            total += static_cast<uint64_t>(std::llround(route.cost * m_scale.parts));
        }
        list.totalCost = static_cast<double>(total) / m_scale.parts;
        return complete;
    }

  private:
    /// Add a route to a list.
    ListedRoute& Add(const FoundRoute& route, RouteList& list) const
    {
        ListedRoute listed;
        listed.nodes = m_topology.GetNames(route.kms);
        listed.cost = static_cast<double>(route.cost) / m_scale.parts;
        list.routes.push_back(listed);
        return list.routes.back();
    }

    /// The cheapest routes, disjoint or not.
    bool FindCheapest(RouteList& list) const
    {
        const RouteGraph& graph = m_topology.GetGraph();
        const std::string fallback = m_options.disjoint == "none" ? "1" : "2";
        const auto count = static_cast<std::size_t>(
            ReadCount("--k", m_options.k.empty() ? fallback : m_options.k, MAX_ROUTES));
        std::vector<FoundRoute> routes;
        if (m_options.disjoint == "none")
        {
            routes = KShortestRoutes::Find(graph, m_from, m_to, {}, count);
        }
        else if (m_options.disjoint == "srlg")
        {
            RiskDisjointRoutes search(graph);
            list.exact = true;
            // as many as there are, if they are fewer
            for (std::size_t few = count; few > 0 && routes.empty(); --few)
            {
                const RiskDisjointTuple tuple = search.Find(m_from, m_to, {}, few);
                list.exact = *list.exact && tuple.exact;
                routes = tuple.routes;
            }
        }
        else
        {
            routes = graph.FindCheapestTuple(m_from, m_to, {}, count, m_options.disjoint == "node");
        }
        for (const FoundRoute& route : routes)
        {
            Add(route, list);
        }
        return routes.size() == count;
    }

    /// The route of largest bottleneck.
    bool FindWidest(RouteList& list) const
    {
        m_topology.RequireKeyRates("--choose=widest");
        const auto widest = FindWidestRoute(m_topology.GetGraph(), m_from, m_to, {}, Rates());
        if (widest)
        {
            list.bottleneckBps = static_cast<double>(widest->bottleneck);
            Add(widest->route, list);
        }
        return widest.has_value();
    }

    /// A demand that is split.
    bool FindSplit(RouteList& list) const
    {
        m_topology.RequireKeyRates("--choose=split");
        const uint64_t demand = ReadCount("--demand-bps", m_options.demandBps, MAX_DEMAND_BPS);
        const std::size_t most =
            m_options.k.empty()
                ? static_cast<std::size_t>(-1)
                : static_cast<std::size_t>(ReadCount("--k", m_options.k, MAX_ROUTES));
        const MultiPathSplit split =
            SplitOverRoutes(m_topology.GetGraph(), m_from, m_to, {}, Rates(), demand, most);
        for (const RouteShare& share : split.shares)
        {
            Add(share.route, list).shareBps = static_cast<double>(share.units);
        }
        list.exact = split.exact;
        list.splitBps = static_cast<double>(split.units);
        return split.units == demand;
    }

    /// Key rates of the hops.
    HopCapacity Rates() const
    {
        return [this](const KmHop& hop) { return m_topology.GetKeyRateBps(hop); };
    }

    const Options& m_options;        //!< the command line
    const TopologyGraph& m_topology; //!< the network
    CostScale m_scale;               //!< what costs are
    KmId m_from;                     //!< first KM
    KmId m_to;                       //!< last KM
};

/// Draw the routes.
void
Draw(const RouteList& list, const std::filesystem::path& file)
{
    const std::string name = ArgumentChecker::PlotName(file);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    PlotWriter().WritePlot(RouteListWriter().MakePlot(list, name), folder, name, std::cerr);
}

int
Run(const Options& options)
{
    CheckOptions(options);
    const Topology topology = ReadTopologyFile(options.topology);
    const CostScale& scale = CostScales().at(options.cost);
    const TopologyGraph graph(topology, scale.cost);
    RouteList list;
    list.topology = options.topology;
    list.from = options.from;
    list.to = options.to;
    list.choice = options.choose;
    list.disjoint = options.disjoint;
    list.costBy = options.cost;
    list.costUnit = scale.unit;
    for (const TopologyLink& link : topology.links)
    {
        list.links.push_back({link.a, link.b, link.lengthKm});
    }
    const bool complete = RouteFinder(options, graph, scale).Find(list);
    if (!options.plot.empty())
    {
        Draw(list, options.plot);
    }
    if (options.format == "text")
    {
        RouteListWriter().WriteText(list, std::cout);
    }
    else
    {
        RouteListWriter().WriteJson(list, std::cout);
    }
    return complete ? 0 : 1;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        return Run(ParseOptions(argc, argv));
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const ReportError& error)
    {
        std::cerr << "qkdn-routes: " << error.what() << std::endl;
        return 1;
    }
}
