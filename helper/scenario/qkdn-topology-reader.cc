/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-topology-reader.h"

#include "qkdn-scenario-error.h"

#include "ns3/csv-reader.h"
#include "ns3/qkdn-csv-fields.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The columns, those first that there have to be.
const std::vector<std::string> COLUMNS =
    {"a", "b", "length_km", "loss_db", "skr_bps", "risk_groups"};

/// How many columns there have to be.
constexpr std::size_t REQUIRED = 3;

/// Longest name of a node or risk group, bytes.
constexpr std::size_t MAX_NAME = 100;

/// A row and its columns.
class TopologyRow
{
  public:
    /// Constructor: places of the columns, the fields, and where the row is.
    TopologyRow(const std::map<std::string, std::size_t>& places,
                std::vector<std::string> fields,
                const std::string& source,
                std::size_t line)
        : m_places(places),
          m_fields(std::move(fields)),
          m_source(source),
          m_line(line)
    {
    }

    /// Read the row.
    TopologyLink Read() const
    {
        TopologyLink link;
        link.line = m_line;
        link.a = ReadName("a", Get("a"));
        link.b = ReadName("b", Get("b"));
        if (link.a == link.b)
        {
            Fail("a and b are both " + QuoteId(link.a), "name two nodes");
        }
        link.lengthKm = *ReadNumber("length_km", 1e-6, 1e5, true);
        link.lossDb = ReadNumber("loss_db", 0.0, 1e3, false);
        link.keyRateBps = ReadNumber("skr_bps", 1e-6, 1e12, false);
        std::istringstream groups(Get("risk_groups"));
        std::string group;
        while (std::getline(groups, group, ';'))
        {
            link.riskGroups.insert(ReadName("risk_groups", group));
        }
        return link;
    }

  private:
    /// The field of a column, empty if there is none.
    std::string Get(const std::string& column) const
    {
        const auto place = m_places.find(column);
        return place == m_places.end() ? "" : m_fields[place->second];
    }

    /// A number in a range; none if the field is empty and may be.
    std::optional<double> ReadNumber(const std::string& column,
                                     double low,
                                     double high,
                                     bool required) const
    {
        const std::string field = Get(column);
        if (field.empty() && !required)
        {
            return std::nullopt;
        }
        double value = 0.0;
        if (!ReadCsvNumber(field, value) || !(value >= low && value <= high))
        {
            std::ostringstream mend;
            mend << "give a number from " << low << " to " << high;
            Fail(column + " is " + QuoteId(field), mend.str());
        }
        return value;
    }

    /// A name.
    std::string ReadName(const std::string& column, const std::string& name) const
    {
        const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) {
            return c < 0x20 || c == 0x7f;
        });
        if (name.empty() || name.size() > MAX_NAME || control)
        {
            Fail(column + " has the name " + QuoteId(name),
                 "give a name of 1 to " + std::to_string(MAX_NAME) + " printable characters");
        }
        return name;
    }

    /// Throw an error about this row.
    [[noreturn]] void Fail(const std::string& problem, const std::string& mend) const
    {
        throw ScenarioError(m_source, "line " + std::to_string(m_line), problem, mend);
    }

    const std::map<std::string, std::size_t>& m_places; //!< of the columns
    std::vector<std::string> m_fields;                  //!< the row
    std::string m_source;                               //!< the file
    std::size_t m_line;                                 //!< the line
};

/// The places of the columns that the first line names.
std::map<std::string, std::size_t>
ReadHeading(const std::vector<std::string>& fields, const std::string& source, std::size_t line)
{
    const std::string place = "line " + std::to_string(line);
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < fields.size(); ++i)
    {
        const std::string& field = fields[i];
        const bool known = std::find(COLUMNS.begin(), COLUMNS.end(), field) != COLUMNS.end();
        // one letter is close to any other
        const std::string hint = known || field.size() < 3 ? "" : DidYouMean(field, COLUMNS);
        if (!hint.empty())
        {
            throw ScenarioError(source,
                                place,
                                "column " + QuoteId(field) + " is none that is read" + hint,
                                "rename it");
        }
        if (!places.emplace(field, i).second && known)
        {
            throw ScenarioError(source,
                                place,
                                "column " + QuoteId(field) + " is there twice",
                                "leave one out");
        }
    }
    for (std::size_t i = 0; i < REQUIRED; ++i)
    {
        if (places.find(COLUMNS[i]) == places.end())
        {
            throw ScenarioError(source,
                                place,
                                "there is no column " + COLUMNS[i],
                                "begin with the heading a,b,length_km");
        }
    }
    return places;
}

} // namespace

Topology
ReadTopology(std::istream& in, const std::string& source)
{
    Topology topology;
    topology.source = source;
    CsvReader reader(in);
    std::map<std::string, std::size_t> places;
    std::size_t columns = 0;
    std::set<std::string> named;
    while (reader.FetchNextRow())
    {
        if (reader.IsBlankRow() || reader.ColumnCount() == 0)
        {
            continue;
        }
        std::vector<std::string> fields = ReadCsvFields(reader);
        const std::size_t line = reader.RowNumber();
        if (columns == 0)
        {
            places = ReadHeading(fields, source, line);
            columns = fields.size();
            continue;
        }
        if (fields.size() + 1 == columns)
        {
            fields.emplace_back(); // CsvReader leaves out an empty field at the end
        }
        if (fields.size() != columns)
        {
            throw ScenarioError(source,
                                "line " + std::to_string(line),
                                "has " + std::to_string(fields.size()) + " fields",
                                "give " + std::to_string(columns) + " as in the heading");
        }
        topology.links.push_back(TopologyRow(places, fields, source, line).Read());
        for (const std::string& node : {topology.links.back().a, topology.links.back().b})
        {
            if (named.insert(node).second)
            {
                topology.nodes.push_back(node);
            }
        }
    }
    if (topology.links.empty())
    {
        throw ScenarioError(source,
                            "",
                            "there is no link in it",
                            "give the heading a,b,length_km and a row for each link");
    }
    return topology;
}

Topology
ReadTopologyFile(const std::string& path)
{
    std::ifstream file(path);
    // a folder can be opened, but not read
    if (!file || (file.peek(), file.bad()))
    {
        throw ScenarioError(path, "", "cannot be read", "give a file with a,b,length_km");
    }
    return ReadTopology(file, path);
}

} // namespace qkdn
} // namespace ns3
