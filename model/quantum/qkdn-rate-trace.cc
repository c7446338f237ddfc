/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-rate-trace.h"

#include "ns3/abort.h"
#include "ns3/csv-reader.h"
#include "ns3/log.h"
#include "ns3/qkdn-csv-fields.h"

#include <algorithm>
#include <fstream>
#include <limits>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRateTrace");

namespace
{

/// The columns, in this order.
const std::vector<std::string> COLUMNS = {"time_s", "rate_bps", "qber"};

/// Longest time of a row, s: it has to fit into Time.
constexpr double MAX_TIME_S = 1e9;

/**
 * @brief Read a row.
 * @param fields its fields
 * @param rows the rows before it
 * @param [out] row the row
 * @return empty, or what is wrong and what would be right
 */
std::string
ReadRow(const std::vector<std::string>& fields,
        const std::vector<RateTraceRow>& rows,
        RateTraceRow& row)
{
    if (fields.size() != COLUMNS.size())
    {
        return "has " + std::to_string(fields.size()) +
               " fields; give the three of time_s,rate_bps,qber";
    }
    double values[3];
    for (std::size_t i = 0; i < COLUMNS.size(); ++i)
    {
        if (!ReadCsvNumber(fields[i], values[i]))
        {
            return COLUMNS[i] + " is \"" + fields[i].substr(0, 40) + "\"; give a number";
        }
    }
    if (!(values[0] >= 0.0 && values[0] <= MAX_TIME_S))
    {
        return "time_s is " + fields[0] + "; give a time from 0 to 1e9 s";
    }
    row.time = Seconds(values[0]);
    row.rateBps = values[1];
    row.qber = values[2];
    if (rows.empty() && !row.time.IsZero())
    {
        return "the first time_s is " + fields[0] + "; start at 0";
    }
    if (!rows.empty() && row.time <= rows.back().time)
    {
        return "time_s is " + fields[0] + "; give a time after that of the row before";
    }
    if (!(row.rateBps >= 0.0 && row.rateBps <= 1e13))
    {
        return "rate_bps is " + fields[1] + "; give a rate from 0 to 1e13 bit/s";
    }
    if (!(row.qber >= 0.0 && row.qber <= 0.5))
    {
        return "qber is " + fields[2] + "; give a ratio from 0 to 0.5";
    }
    return "";
}

} // namespace

std::string
RateTrace::Read(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    std::ifstream file(path);
    // a folder can be opened, but not read
    if (!file || file.peek() == std::ifstream::traits_type::eof())
    {
        return path + ": cannot be read or is empty; give a file with time_s,rate_bps,qber";
    }
    CsvReader reader(file);
    std::vector<RateTraceRow> rows;
    bool headed = false;
    while (reader.FetchNextRow())
    {
        if (reader.IsBlankRow() || reader.ColumnCount() == 0)
        {
            continue;
        }
        const std::vector<std::string> fields = ReadCsvFields(reader);
        const std::string place = path + ": line " + std::to_string(reader.RowNumber());
        if (!headed)
        {
            if (fields != COLUMNS)
            {
                return place + ": is no heading; give time_s,rate_bps,qber";
            }
            headed = true;
            continue;
        }
        RateTraceRow row;
        row.place = place;
        const std::string problem = ReadRow(fields, rows, row);
        if (!problem.empty())
        {
            return place + ": " + problem;
        }
        rows.push_back(row);
    }
    if (rows.empty())
    {
        return path + ": has no row; give at least one after the heading time_s,rate_bps,qber";
    }
    m_rows = rows;
    return "";
}

const std::vector<RateTraceRow>&
RateTrace::GetRows() const
{
    return m_rows;
}

std::size_t
RateTrace::FindRow(Time time) const
{
    NS_ABORT_MSG_IF(m_rows.empty(), "a rate trace is used before its file was read");
    const auto later =
        std::upper_bound(m_rows.begin(), m_rows.end(), time, [](Time t, const RateTraceRow& row) {
            return t < row.time;
        });
    return later == m_rows.begin() ? 0 : static_cast<std::size_t>(later - m_rows.begin()) - 1;
}

const RateTraceRow&
RateTrace::GetRow(Time time) const
{
    return m_rows[FindRow(time)];
}

RateTrace::Yield
RateTrace::Generate(Time from, double bits) const
{
    Yield yield;
    double left = bits;
    Time at = from;
    for (std::size_t i = FindRow(from); i < m_rows.size(); ++i)
    {
        const RateTraceRow& row = m_rows[i];
        const bool last = i + 1 == m_rows.size();
        const double stepS =
            last ? std::numeric_limits<double>::infinity() : (m_rows[i + 1].time - at).GetSeconds();
        const double neededS =
            row.rateBps > 0.0 ? left / row.rateBps : std::numeric_limits<double>::infinity();
        const double made = neededS <= stepS ? left : row.rateBps * stepS;
        yield.durationS += std::min(neededS, stepS);
        if (row.rateBps > 0.0)
        {
            yield.qber += row.qber * (made / bits);
            left -= made;
        }
        if (neededS <= stepS)
        {
            break;
        }
        at = last ? at : m_rows[i + 1].time;
    }
    return yield;
}

} // namespace qkdn
} // namespace ns3
