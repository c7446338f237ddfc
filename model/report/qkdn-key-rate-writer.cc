/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-rate-writer.h"

#include "qkdn-plot-style.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A number that may be missing.
 * @param value the number
 * @param missing what stands for none
 * @return its text
 */
std::string
NumberOr(const std::optional<double>& value, const std::string& missing)
{
    return value ? FormatNumber(*value) : missing;
}

} // namespace

void
KeyRateWriter::WriteJson(const KeyRateTable& table, std::ostream& os) const
{
    os << "{\n  \"protocol\": \"" << table.protocol << "\",\n  \"preset\": ";
    os << (table.preset.empty() ? "null" : "\"" + table.preset + "\"");
    os << ",\n  \"attenuation_db_per_km\": " << FormatNumber(table.attenuationDbPerKm)
       << ",\n  \"extra_loss_db\": " << FormatNumber(table.extraLossDb)
       << (table.classicalPowerDbm
               ? ",\n  \"classical_power_dbm\": " + FormatNumber(*table.classicalPowerDbm)
               : "")
       << ",\n  \"reach_km\": " << NumberOr(table.reachKm, "null") << ",\n  \"rows\": [";
    for (const KeyRateRow& row : table.rows)
    {
        os << (&row == &table.rows.front() ? "" : ",")
           << "\n    {\"length_km\": " << FormatNumber(row.lengthKm)
           << ", \"loss_db\": " << FormatNumber(row.lossDb)
           << ", \"bit_per_pulse\": " << FormatNumber(row.bitPerPulse)
           << ", \"rate_bps\": " << FormatNumber(row.rateBps)
           << ", \"qber\": " << FormatNumber(row.qber)
           << ", \"block_s\": " << NumberOr(row.blockS, "null");
        if (table.hasVanishingPower)
        {
            os << ", \"vanishing_power_dbm\": " << NumberOr(row.vanishingPowerDbm, "null");
        }
        os << "}";
    }
    os << "\n  ]\n}\n";
}

void
KeyRateWriter::WriteCsv(const KeyRateTable& table, std::ostream& os) const
{
    os << "length_km,loss_db,bit_per_pulse,rate_bps,qber,block_s"
       << (table.hasVanishingPower ? ",vanishing_power_dbm\n" : "\n");
    for (const KeyRateRow& row : table.rows)
    {
        os << FormatNumber(row.lengthKm) << ',' << FormatNumber(row.lossDb) << ','
           << FormatNumber(row.bitPerPulse) << ',' << FormatNumber(row.rateBps) << ','
           << FormatNumber(row.qber) << ',' << NumberOr(row.blockS, "");
        if (table.hasVanishingPower)
        {
            os << ',' << NumberOr(row.vanishingPowerDbm, "");
        }
        os << '\n';
    }
}

Gnuplot
KeyRateWriter::MakePlot(const KeyRateTable& table, const std::string& name) const
{
    const std::string title =
        table.preset.empty() ? table.protocol : table.protocol + ", preset " + table.preset;
    Gnuplot plot = PlotStyle::StartPlot(name, title + ": key rate over distance", 480);
    plot.SetLegend("length of fibre (km)", "secret key rate (bit/s)");
    Gnuplot2dDataset rates(title);
    rates.SetStyle(Gnuplot2dDataset::LINES);
    rates.SetExtra("linewidth 2.5 linecolor rgb \"" + PlotStyle::Colour(0) + "\"");
    double lowest = std::numeric_limits<double>::infinity();
    double highest = 0.0;
    for (const KeyRateRow& row : table.rows)
    {
        if (row.rateBps > 0.0)
        {
            rates.Add(row.lengthKm, row.rateBps);
            lowest = std::min(lowest, row.rateBps);
            highest = std::max(highest, row.rateBps);
        }
    }
    if (!(highest > 0.0))
    {
        plot.AppendExtra("set label \"no secret key at any of these lengths\" at graph 0.5, graph "
                         "0.5 center front");
        lowest = highest = 1.0;
    }
    // whole decades, at least one
    const double bottom = std::floor(std::log10(lowest));
    const double top = std::max(bottom + 1.0, std::ceil(std::log10(highest)));
    plot.AppendExtra("set logscale y\nset format y \"1e%T\"\nset yrange [1e" +
                     FormatNumber(bottom, 4) + ":1e" + FormatNumber(top, 4) + "]");
    const double first = table.rows.empty() ? 0.0 : table.rows.front().lengthKm;
    const double last = table.rows.empty() ? 1.0 : table.rows.back().lengthKm;
    plot.AppendExtra("set xrange [" + FormatNumber(first) + ":" +
                     FormatNumber(last > first ? last : first + 1.0) + "]");
    if (table.reachKm && *table.reachKm > first && *table.reachKm < last)
    {
        plot.AppendExtra("set arrow from " + FormatNumber(*table.reachKm) + ", graph 0 to " +
                         FormatNumber(*table.reachKm) +
                         ", graph 1 nohead linecolor rgb \"#606060\" dashtype 2\nset label \"" +
                         FormatNumber(*table.reachKm, 5) + " km\" at " +
                         FormatNumber(*table.reachKm) + ", graph 0.95 right offset -0.7,0");
    }
    if (highest > 0.0 && lowest < highest)
    {
        plot.AddDataset(rates);
    }
    else
    {
        rates.SetStyle(Gnuplot2dDataset::LINES_POINTS);
        rates.Add(first, std::pow(10.0, bottom - 1.0)); // gnuplot draws axes along with data only
        plot.AddDataset(rates);
    }
    return plot;
}

} // namespace qkdn
} // namespace ns3
