/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-topology.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-link-sections.h"
#include "qkdn-topology-reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/// What the id of a QKD link has after that of its fibre.
const char* const LINK_SUFFIX = "-qkd";

/// Most spans of a row.
constexpr double MAX_SPANS = 1000;

/// Object "topology_defaults".
struct TopologyDefaults
{
    std::optional<double> maxSpanKm; //!< "max_span_km"
    ScenarioFibre fibre;             //!< what fibres have in common
    ScenarioQkdLink link;            //!< what QKD links have in common
    bool hasProtocol{false};         //!< whether there is a protocol among it
};

/**
 * @brief Read object "topology_defaults".
 * @param object the object
 * @return what it says
 */
TopologyDefaults
ReadDefaults(const ScenarioObject& object)
{
    TopologyDefaults defaults;
    object.Read("max_span_km", defaults.maxSpanKm);
    object.Read("attenuation_db_per_km", defaults.fibre.attenuationDbPerKm);
    object.Read("extra_loss_db", defaults.fibre.extraLossDb);
    object.Read("classical", defaults.fibre.classical);
    ReadScenarioQkdLinkSettings(object, defaults.link);
    defaults.hasProtocol = object.Has("protocol");
    return defaults;
}

/// Makes the nodes, fibres and QKD links of a topology file.
class TopologyExpander
{
  public:
    /**
     * @brief Constructor
     * @param topology the file
     * @param defaults what its rows have in common
     * @param scenario where they go
     */
    TopologyExpander(const Topology& topology, const TopologyDefaults& defaults, Scenario& scenario)
        : m_topology(topology),
          m_defaults(defaults),
          m_scenario(scenario),
          m_ownNodes(GetIds(scenario.nodes)),
          m_ownFibres(GetIds(scenario.fibres)),
          m_ownLinks(GetIds(scenario.qkdLinks))
    {
    }

    /// Make all of them.
    void Expand()
    {
        for (const TopologyLink& row : m_topology.links)
        {
            for (const std::string& node : {row.a, row.b})
            {
                if (m_named.insert(node).second)
                {
                    CheckId(node, row);
                    AddNode(node);
                }
            }
        }
        for (const TopologyLink& row : m_topology.links)
        {
            ExpandRow(row);
        }
    }

  private:
    /// The ids of a list.
    template <typename T>
    static std::set<std::string> GetIds(const std::vector<T>& list)
    {
        std::set<std::string> ids;
        for (const T& element : list)
        {
            ids.insert(element.id);
        }
        return ids;
    }

    /// Report an error in a row.
    [[noreturn]] void Fail(const TopologyLink& row,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_topology.source, "line " + std::to_string(row.line), problem, mend);
    }

    /// Check that a name can be an id.
    void CheckId(const std::string& id, const TopologyLink& row) const
    {
        constexpr std::size_t LONGEST = 64;
        if (id.size() > LONGEST || id.find('/') != std::string::npos)
        {
            Fail(row,
                 QuoteId(id) + " cannot be an id in a scenario",
                 "give names without \"/\", and so short that a-b-qkd has 64 characters");
        }
    }

    /// Add a node, unless the scenario has it.
    void AddNode(const std::string& id)
    {
        if (m_ownNodes.count(id) == 0)
        {
            ScenarioNode node;
            node.id = id;
            m_scenario.nodes.push_back(node);
        }
    }

    /// Into how many spans a row is cut.
    uint32_t CountSpans(const TopologyLink& row) const
    {
        if (!m_defaults.maxSpanKm || row.keyRateBps)
        {
            return 1;
        }
        // a row of exactly n spans is not cut into n + 1 because of rounding
        const double spans = std::ceil(row.lengthKm / *m_defaults.maxSpanKm * (1 - 1e-12));
        if (spans > MAX_SPANS)
        {
            Fail(row,
                 "a link of " + std::to_string(row.lengthKm) + " km has more than 1000 spans",
                 "raise \"max_span_km\" in \"topology_defaults\"");
        }
        return std::max(1U, static_cast<uint32_t>(spans));
    }

    /// Make what a row says.
    void ExpandRow(const TopologyLink& row)
    {
        std::string id = row.a + "-" + row.b;
        const uint32_t parallel = ++m_rows[id];
        if (parallel > 1)
        {
            id += "-" + std::to_string(parallel);
        }
        const uint32_t spans = CountSpans(row);
        std::string from = row.a;
        for (uint32_t span = 1; span <= spans; ++span)
        {
            const std::string spanId = spans == 1 ? id : id + "." + std::to_string(span);
            CheckId(spanId + LINK_SUFFIX, row);
            std::string to = row.b;
            if (span < spans)
            {
                to = spanId;
                if (!m_named.insert(to).second)
                {
                    Fail(row, "there is another node " + QuoteId(to), "rename it");
                }
                AddNode(to);
            }
            AddSpan(row, spanId, {from, to}, spans);
            from = to;
        }
    }

    /// Add the fibre and the QKD link of a span, unless the scenario has them.
    void AddSpan(const TopologyLink& row,
                 const std::string& id,
                 const std::pair<std::string, std::string>& ends,
                 uint32_t spans)
    {
        if (!m_made.insert(id).second)
        {
            Fail(row, "there is another link " + QuoteId(id), "rename a node");
        }
        if (m_ownFibres.count(id) == 0)
        {
            m_scenario.fibres.push_back(MakeFibre(row, spans));
            m_scenario.fibres.back().id = id;
            std::tie(m_scenario.fibres.back().a, m_scenario.fibres.back().b) = ends;
        }
        const std::string linkId = id + LINK_SUFFIX;
        if (m_ownLinks.count(linkId) == 0)
        {
            ScenarioQkdLink link = m_defaults.link;
            link.id = linkId;
            std::tie(link.tx, link.rx) = ends;
            std::tie(link.txBoundary, link.rxBoundary) = ends;
            link.fibres = {id};
            link.protocol = MakeProtocol(row);
            link.origin = GetOrigin(row);
            m_scenario.qkdLinks.push_back(link);
        }
    }

    /// The fibre of a span of a row.
    ScenarioFibre MakeFibre(const TopologyLink& row, uint32_t spans) const
    {
        constexpr double LONGEST_KM = 20000;
        constexpr double LARGEST_DB_PER_KM = 1000;
        ScenarioFibre fibre = m_defaults.fibre;
        fibre.lengthKm = row.lengthKm / spans;
        if (fibre.lengthKm > LONGEST_KM)
        {
            Fail(row, "length_km is above 20000", "give less, or \"max_span_km\"");
        }
        if (row.lossDb)
        {
            fibre.attenuationDbPerKm = *row.lossDb / row.lengthKm;
            fibre.extraLossDb = 0.0;
            if (fibre.attenuationDbPerKm > LARGEST_DB_PER_KM)
            {
                Fail(row, "loss_db is more than 1000 dB/km", "give less");
            }
        }
        fibre.riskGroups.assign(row.riskGroups.begin(), row.riskGroups.end());
        fibre.origin = GetOrigin(row);
        return fibre;
    }

    /// The protocol of the QKD links of a row.
    ScenarioProtocol MakeProtocol(const TopologyLink& row) const
    {
        if (!row.keyRateBps)
        {
            if (!m_defaults.hasProtocol)
            {
                Fail(row,
                     "there is neither a key rate nor a protocol for this link",
                     "give skr_bps, or \"protocol\" in \"topology_defaults\"");
            }
            return m_defaults.link.protocol;
        }
        ScenarioProtocol protocol;
        if (m_defaults.link.protocol.type == ScenarioProtocolType::MEASURED)
        {
            protocol = m_defaults.link.protocol;
        }
        protocol.type = ScenarioProtocolType::MEASURED;
        protocol.law = RATE_CONSTANT;
        protocol.traceFile.clear();
        protocol.rateBps = *row.keyRateBps;
        return protocol;
    }

    /// Where a row is, for error messages.
    std::string GetOrigin(const TopologyLink& row) const
    {
        return m_topology.source + " line " + std::to_string(row.line);
    }

    const Topology& m_topology;              //!< the file
    const TopologyDefaults& m_defaults;      //!< what its rows have in common
    Scenario& m_scenario;                    //!< where everything goes
    const std::set<std::string> m_ownNodes;  //!< nodes of the scenario itself
    const std::set<std::string> m_ownFibres; //!< fibres of the scenario itself
    const std::set<std::string> m_ownLinks;  //!< QKD links of the scenario itself
    std::set<std::string> m_named;           //!< nodes of the file
    std::set<std::string> m_made;            //!< ids of its fibres and QKD links
    std::map<std::string, uint32_t> m_rows;  //!< how many rows have an id so far
};

} // namespace

void
ReadScenarioTopology(const ScenarioObject& object, Scenario& scenario)
{
    if (!object.Has("topology_file"))
    {
        if (object.Has("topology_defaults"))
        {
            object.Fail("topology_defaults",
                        "there is no topology file",
                        "remove it or give \"topology_file\"");
        }
        return;
    }
    std::string file;
    object.Read("topology_file", file);
    TopologyDefaults defaults;
    if (object.Has("topology_defaults"))
    {
        defaults = ReadDefaults(object.GetObject("topology_defaults", "topology_defaults"));
    }
    // an absolute path stays as it is
    const auto folder = std::filesystem::path(object.GetSource()).parent_path();
    const Topology topology = ReadTopologyFile((folder / file).string());
    TopologyExpander(topology, defaults, scenario).Expand();
}

} // namespace qkdn
} // namespace ns3
