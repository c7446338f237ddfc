/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-trace-reader.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-names.h"

#include "ns3/csv-reader.h"
#include "ns3/qkdn-csv-fields.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The columns, those first that there have to be.
const std::vector<std::string> COLUMNS = {"at_s",
                                          "type",
                                          "target",
                                          "id",
                                          "repair_after_s",
                                          "position",
                                          "load_bps",
                                          "added_qber",
                                          "curve_file",
                                          "curve",
                                          "wiretap"};

/// How many columns there have to be.
constexpr std::size_t REQUIRED_COLUMNS = 3;

/// Longest time, s.
constexpr int64_t MAX_WHOLE_S = 1000000000;

/// Digits of a second.
constexpr std::size_t DECIMALS = 9;

/**
 * @brief Read a time exactly.
 * @param text seconds as a decimal number
 * @return the time; none if the text is something else, or too long a time
 */
std::optional<Time>
ParseSeconds(const std::string& text)
{
    const auto point = text.find('.');
    const std::string whole = text.substr(0, point);
    std::string part = point == std::string::npos ? "" : text.substr(point + 1);
    const bool digits = (whole + part).find_first_not_of("0123456789") == std::string::npos;
    if (!digits || whole.empty() || whole.size() > 10 || part.size() > DECIMALS ||
        (point != std::string::npos && part.empty()))
    {
        return std::nullopt;
    }
    part.append(DECIMALS - part.size(), '0');
    const int64_t seconds = std::stoll(whole);
    const int64_t nanoseconds = std::stoll(part);
    if (seconds > MAX_WHOLE_S || (seconds == MAX_WHOLE_S && nanoseconds > 0))
    {
        return std::nullopt;
    }
    return NanoSeconds(seconds * 1000000000 + nanoseconds);
}

/// A row and its columns.
class FaultTraceRow
{
  public:
    /// Constructor: places of the columns, the fields, and where the row is.
    FaultTraceRow(const std::map<std::string, std::size_t>& places,
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
    ScenarioFault Read() const
    {
        ScenarioFault fault;
        fault.origin = m_source + " line " + std::to_string(m_line);
        fault.traced = true;
        fault.id = Get("id").empty() ? "trace-" + std::to_string(m_line) : Get("id");
        fault.at = ReadTime("at_s");
        fault.type = ReadName("type", ScenarioFaultTypeNames());
        ReadTarget(fault);
        if (!Get("repair_after_s").empty())
        {
            fault.repairAfter = ReadTime("repair_after_s");
            if (fault.repairAfter->IsZero())
            {
                Fail("repair_after_s is 0", "give a time above 0 s, or nothing for no repair");
            }
        }
        ReadParameters(fault);
        return fault;
    }

  private:
    /// The field of a column, empty if there is none.
    std::string Get(const std::string& column) const
    {
        const auto place = m_places.find(column);
        return place == m_places.end() ? "" : m_fields[place->second];
    }

    /// Read a time.
    Time ReadTime(const std::string& column) const
    {
        const std::optional<Time> time = ParseSeconds(Get(column));
        if (!time)
        {
            Fail(column + " is " + QuoteId(Get(column)),
                 "give seconds from 0 to 1e9 with up to nine decimals, such as 12.5");
        }
        return *time;
    }

    /// Read one of some names.
    template <typename E>
    E ReadName(const std::string& column, const std::vector<std::pair<const char*, E>>& names) const
    {
        const std::string field = Get(column);
        std::vector<std::string> known;
        std::string list;
        for (const auto& [name, value] : names)
        {
            if (field == name)
            {
                return value;
            }
            known.emplace_back(name);
            list += (list.empty() ? "" : ", ") + known.back();
        }
        Fail(column + " is " + QuoteId(field) + DidYouMean(field, known), "give one of " + list);
    }

    /// Read a number in a range.
    double ReadNumber(const std::string& column, double low, double high) const
    {
        double value = 0.0;
        if (!ReadCsvNumber(Get(column), value) || !(value >= low && value <= high))
        {
            Fail(column + " is " + QuoteId(Get(column)),
                 "give a number from " + std::to_string(low) + " to " + std::to_string(high));
        }
        return value;
    }

    /// Read what breaks.
    void ReadTarget(ScenarioFault& fault) const
    {
        const std::string target = Get("target");
        const bool isManager = fault.type == ScenarioFaultType::MANAGER_CRASH;
        if (isManager ? !target.empty() && target != "manager" : target.empty())
        {
            Fail("target is " + QuoteId(target),
                 isManager ? "give manager or nothing" : "give the id of what fails");
        }
        if (!SetScenarioFaultTarget(isManager ? "" : target, fault))
        {
            Fail("target " + QuoteId(target) + " names no module",
                 "give the id of a QKD link with /tx or /rx");
        }
    }

    /**
     * @brief Whether the row has a parameter.
     * @param column its column
     * @param allowed whether faults of this type have it
     * @param required whether they have to have it
     * @return true if it is there
     */
    bool HasParameter(const std::string& column, bool allowed, bool required) const
    {
        const bool given = !Get(column).empty();
        if (given && !allowed)
        {
            Fail("a fault of type " + Get("type") + " has no " + column, "leave the field empty");
        }
        if (!given && required)
        {
            Fail("a fault of type " + Get("type") + " needs " + column, "give it");
        }
        return given;
    }

    /// Read what only some types of faults have.
    void ReadParameters(ScenarioFault& fault) const
    {
        const bool cuts = fault.type == ScenarioFaultType::FIBRE_CUT ||
                          fault.type == ScenarioFaultType::RISK_GROUP_CUT;
        if (HasParameter("position", cuts, false))
        {
            fault.position = ReadNumber("position", 0.0, 1.0);
        }
        const bool loads = fault.type == ScenarioFaultType::CLASSICAL_CONGESTION;
        if (HasParameter("load_bps", loads, loads))
        {
            fault.loadBps = ReadNumber("load_bps", 1.0, 1e12);
        }
        const bool eavesdrops = fault.type == ScenarioFaultType::EAVESDROPPING;
        if (HasParameter("added_qber", eavesdrops, eavesdrops))
        {
            fault.addedQber = ReadNumber("added_qber", 1e-9, 0.5);
        }
        const bool drifts = fault.type == ScenarioFaultType::QBER_DRIFT;
        if (HasParameter("curve_file", drifts, drifts))
        {
            fault.curveFile = Get("curve_file");
        }
        if (HasParameter("curve", drifts, false))
        {
            fault.curve = ReadName<ScenarioCurve>(
                "curve",
                {{"linear", ScenarioCurve::LINEAR}, {"step", ScenarioCurve::STEP}});
        }
        if (HasParameter("wiretap", fault.type == ScenarioFaultType::NODE_COMPROMISE, false))
        {
            fault.wiretap = ReadName<bool>("wiretap", {{"true", true}, {"false", false}});
        }
    }

    /// Throw an error about this row.
    [[noreturn]] void Fail(const std::string& problem, const std::string& mend) const
    {
        throw ScenarioError(m_source, "line " + std::to_string(m_line), problem, mend);
    }

    const std::map<std::string, std::size_t>& m_places; //!< columns by name
    std::vector<std::string> m_fields;                  //!< the fields
    const std::string& m_source;                        //!< the file
    std::size_t m_line;                                 //!< the line
};

/**
 * @brief Read the names of the columns.
 * @param names the fields of the first line
 * @param source name of the file
 * @param line its number
 * @return the columns by name
 */
std::map<std::string, std::size_t>
ReadHeader(const std::vector<std::string>& names, const std::string& source, std::size_t line)
{
    const std::string place = "line " + std::to_string(line);
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        if (std::find(COLUMNS.begin(), COLUMNS.end(), names[i]) == COLUMNS.end())
        {
            throw ScenarioError(source,
                                place,
                                "there is no column " + QuoteId(names[i]) +
                                    DidYouMean(names[i], COLUMNS),
                                "remove it, or give the names of columns in the first line");
        }
        if (!places.emplace(names[i], i).second)
        {
            throw ScenarioError(source,
                                place,
                                "column " + QuoteId(names[i]) + " is there twice",
                                "remove one");
        }
    }
    for (std::size_t i = 0; i < REQUIRED_COLUMNS; ++i)
    {
        if (places.count(COLUMNS[i]) == 0)
        {
            throw ScenarioError(source,
                                place,
                                "column " + QuoteId(COLUMNS[i]) + " is missing",
                                "name the columns at_s, type and target in the first line");
        }
    }
    return places;
}

} // namespace

std::vector<ScenarioFault>
ReadFaultTrace(const std::string& path)
{
    std::ifstream file(path);
    if (!file)
    {
        throw ScenarioError(path,
                            "",
                            "the file of faults cannot be read",
                            "give the path of a CSV file, relative to the scenario's folder");
    }
    std::vector<ScenarioFault> faults;
    std::map<std::string, std::size_t> places;
    std::map<std::string, std::size_t> lines;
    CsvReader reader(file);
    while (reader.FetchNextRow())
    {
        std::vector<std::string> fields = ReadCsvFields(reader);
        if (reader.IsBlankRow() || (fields.size() == 1 && fields[0].empty()))
        {
            continue;
        }
        const std::size_t line = reader.RowNumber();
        if (places.empty())
        {
            places = ReadHeader(fields, path, line);
            continue;
        }
        if (fields.size() + 1 == places.size())
        {
            fields.emplace_back(); // CsvReader leaves out a last field that is empty
        }
        if (fields.size() != places.size())
        {
            throw ScenarioError(path,
                                "line " + std::to_string(line),
                                std::to_string(fields.size()) + " fields for " +
                                    std::to_string(places.size()) + " columns",
                                "give a field for each column, empty if there is no value");
        }
        faults.push_back(FaultTraceRow(places, fields, path, line).Read());
        const auto [first, isNew] = lines.emplace(faults.back().id, line);
        if (!isNew)
        {
            throw ScenarioError(path,
                                "line " + std::to_string(line),
                                "line " + std::to_string(first->second) + " has the id " +
                                    QuoteId(faults.back().id) + ", too",
                                "give each fault its own id");
        }
    }
    if (places.empty())
    {
        throw ScenarioError(path,
                            "",
                            "there is nothing in it",
                            "name the columns at_s, type and target in the first line");
    }
    return faults;
}

} // namespace qkdn
} // namespace ns3
