/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Rate, QBER and time to fill a block of any QKD protocol over the length of fibre.
//
// qkdn-key-rate --protocol=decoy-bb84-finite --preset=lim2014 --length-km=0:150:10 --plot=rate.svg
//
// Exit code: 0 it ran, 1 a file cannot be written, 2 the command line is wrong.

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-attribute-text.h"
#include "ns3/qkdn-key-rate-writer.h"
#include "ns3/qkdn-plot-writer.h"
#include "ns3/qkdn-qkd-protocol-helper.h"
#include "ns3/qkdn-raman-noise.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-units.h"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Lengths that one run may ask for.
constexpr double MAX_ROWS = 100000;

/// The longest fibre, km.
constexpr double MAX_LENGTH_KM = 1e6;

/// The command line.
struct Options
{
    std::string protocol{"decoy-bb84"};  //!< name of the protocol
    std::string preset;                  //!< name of its preset
    std::vector<std::string> attributes; //!< Attribute=value
    std::string lengthKm{"0:100:5"};     //!< first:last:step
    std::string attenuation{"0.2"};      //!< dB/km
    std::string loss{"0"};               //!< extra loss, dB
    std::string format{"json"};          //!< of the rows on stdout
    std::string plot;                    //!< SVG file
    std::string classicalPower;          //!< in each direction, dBm
    bool vanishingPower{false};          //!< find the power at which the key ends
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

/// Split a text; empty parts stay.
std::vector<std::string>
Split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream stream(text + separator);
    std::string part;
    while (std::getline(stream, part, separator))
    {
        parts.push_back(part);
    }
    return parts;
}

/// A number of the command line, in a range.
double
ReadNumber(const std::string& option, const std::string& text, double low, double high)
{
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= low && value <= high))
    {
        std::ostringstream mend;
        mend << "give a number from " << low << " to " << high;
        throw ScenarioError(option, "", Excerpt(text) + " is none that it accepts", mend.str());
    }
    return value;
}

/// The lengths of A:B:STEP.
std::vector<double>
ReadLengths(const std::string& text)
{
    const std::string option = "--length-km";
    const std::vector<std::string> parts = Split(text, ':');
    if (parts.size() != 1 && parts.size() != 3)
    {
        throw ScenarioError(option,
                            "",
                            Excerpt(text) + " has " + std::to_string(parts.size()) + " parts",
                            "give FIRST:LAST:STEP or one length");
    }
    const double first = ReadNumber(option, parts[0], 0.0, MAX_LENGTH_KM);
    if (parts.size() == 1)
    {
        return {first};
    }
    const double last = ReadNumber(option, parts[1], first, MAX_LENGTH_KM);
    const double step = ReadNumber(option, parts[2], 1e-6, MAX_LENGTH_KM);
    // the last length counts although sums of steps are rounded
    const double count = std::floor((last - first) / step + 1e-9) + 1.0;
    if (count > MAX_ROWS)
    {
        throw ScenarioError(option, "", Excerpt(text) + " is too many", "give a longer step");
    }
    std::vector<double> lengths;
    for (double i = 0.0; i < count; i += 1.0)
    {
        lengths.push_back(first + i * step);
    }
    return lengths;
}

/// Read the command line. CommandLine keeps only the last of several --set arguments.
void
ParseOptions(int argc, char* argv[], Options& options)
{
    const ArgumentChecker checker({"protocol",
                                   "preset",
                                   "length-km",
                                   "attenuation-db-per-km",
                                   "loss-db",
                                   "format",
                                   "plot",
                                   "classical-power-dbm"},
                                  {"vanishing-power"});
    const std::string set = "--set=";
    std::vector<std::string> rest;
    for (int i = 0; i < argc; ++i)
    {
        const std::string argument = argv[i];
        if (i > 0 && argument.compare(0, set.size(), set) == 0)
        {
            for (const std::string& part : Split(argument.substr(set.size()), ','))
            {
                options.attributes.push_back(part);
            }
            continue;
        }
        if (i > 0)
        {
            checker.Check(argument);
        }
        rest.push_back(argument);
    }
    std::string ignored;
    CommandLine cmd(__FILE__);
    cmd.Usage("Prints secret key rate, QBER and time to fill a block of a QKD protocol over the "
              "length of fibre. A central station is in the middle.");
    cmd.AddValue("protocol", Join(QkdProtocolHelper::GetNames()), options.protocol);
    cmd.AddValue("preset", "published set of parameters; no other name lists them", options.preset);
    cmd.AddValue("set", "attributes, repeatable: --set=PulseRate=1e9,SiftingFactor=1", ignored);
    cmd.AddValue("length-km", "FIRST:LAST:STEP or one length, km", options.lengthKm);
    cmd.AddValue("attenuation-db-per-km", "attenuation of the fibre, dB/km", options.attenuation);
    cmd.AddValue("loss-db", "loss besides that of the fibre, dB", options.loss);
    cmd.AddValue("classical-power-dbm",
                 "classical light in the same fibre, launched at each end, dBm; its Raman noise "
                 "(2e-9 per km and nm) reaches the receiver at the far end",
                 options.classicalPower);
    cmd.AddValue("vanishing-power",
                 "also find the power of such light at which the key vanishes",
                 options.vanishingPower);
    cmd.AddValue("format", "rows on standard output: json or csv", options.format);
    cmd.AddValue("plot", "SVG file to draw; a .plt file is written beside it", options.plot);
    cmd.Parse(rest);
}

/// The protocol with its parameters.
Ptr<QkdProtocol>
MakeProtocol(const Options& options)
{
    const std::vector<std::string> names = QkdProtocolHelper::GetNames();
    if (std::find(names.begin(), names.end(), options.protocol) == names.end())
    {
        throw ScenarioError("--protocol",
                            "",
                            Excerpt(options.protocol) + " is no protocol" +
                                DidYouMean(options.protocol, names),
                            "give one of " + Join(names));
    }
    const Ptr<QkdProtocol> protocol = QkdProtocolHelper::Create(options.protocol);
    if (!options.preset.empty() && !protocol->SetPreset(options.preset).empty())
    {
        const std::vector<std::string> presets = protocol->GetPresetNames();
        throw ScenarioError("--preset",
                            "",
                            Excerpt(options.preset) + " is no preset of " + options.protocol,
                            presets.empty() ? "leave it out" : "give one of " + Join(presets));
    }
    for (const std::string& text : options.attributes)
    {
        const std::size_t equal = text.find('=');
        if (equal == std::string::npos)
        {
            throw ScenarioError("--set",
                                "",
                                Excerpt(text) + " has no value",
                                "give Attribute=value");
        }
        const std::string name = text.substr(0, equal);
        const std::string value = text.substr(equal + 1);
        const std::string mend = SetAttributeText(*protocol, name, value);
        if (!mend.empty())
        {
            throw ScenarioError("--set", name, "cannot be set to " + Excerpt(value), mend);
        }
    }
    const std::string problem = protocol->Validate();
    if (!problem.empty())
    {
        throw ScenarioError("--set", "", problem, "correct the value");
    }
    return protocol;
}

/// Limits of the power of classical light, dBm.
constexpr double LEAST_DBM = -200.0;
constexpr double MOST_DBM = 60.0;

/// The link over a length of fibre with classical light of some power in each direction.
QuantumLinkBudget
MakeBudget(const KeyRateTable& table, double lengthKm, const std::optional<double>& dbm)
{
    constexpr double RAMAN_PER_KM_NM = 2e-9;
    constexpr double WAVELENGTH_NM = 1550.0;
    QuantumLinkBudget budget;
    budget.lengthKm = lengthKm;
    budget.lossDb = table.extraLossDb + lengthKm * table.attenuationDbPerKm;
    const double power = dbm ? WattFromDbm(*dbm) : 0.0;
    const double noise =
        RamanNoise::GetForwardWPerNm(power, table.attenuationDbPerKm, lengthKm, RAMAN_PER_KM_NM) +
        RamanNoise::GetBackwardWPerNm(power, table.attenuationDbPerKm, lengthKm, RAMAN_PER_KM_NM);
    budget.noisePhotonRatePerNmHz = RamanNoise::GetPhotonRateHz(noise, WAVELENGTH_NM);
    return budget;
}

/// Where a function of what there is changes from key to no key, to 1e-6; nothing if it does not.
template <typename HasKey>
std::optional<double>
FindEnd(HasKey hasKey, double low, double high)
{
    if (!hasKey(low) || hasKey(high))
    {
        return std::nullopt;
    }
    const auto sign = [&hasKey](double x) { return hasKey(x) ? -1.0 : 1.0; };
    const auto near = [](double a, double b) { return b - a < 1e-6; };
    return boost::math::tools::bisect(sign, low, high, near).first;
}

/// The power at which the key vanishes, dBm.
std::optional<double>
FindVanishingPower(const Ptr<QkdProtocol>& protocol, const KeyRateTable& table, double lengthKm)
{
    const auto hasKey = [&](double dbm) {
        return protocol->GetRate(MakeBudget(table, lengthKm, dbm)).hasKey;
    };
    return FindEnd(hasKey, LEAST_DBM, MOST_DBM);
}

/// The length at which the key ends, km.
std::optional<double>
FindReach(const Ptr<QkdProtocol>& protocol, const KeyRateTable& table)
{
    if (table.classicalPowerDbm)
    {
        const auto hasKey = [&](double km) {
            return protocol->GetRate(MakeBudget(table, km, table.classicalPowerDbm)).hasKey;
        };
        if (!hasKey(0.0))
        {
            return 0.0;
        }
        return FindEnd(hasKey, 0.0, MAX_LENGTH_KM);
    }
    if (table.attenuationDbPerKm > 0.0)
    {
        QuantumLinkBudget fixed;
        fixed.lossDb = table.extraLossDb;
        const double reach = protocol->GetReachKm(table.attenuationDbPerKm, fixed);
        if (std::isfinite(reach))
        {
            return reach;
        }
    }
    return std::nullopt;
}

/// Compute the rows.
KeyRateTable
MakeTable(const Options& options)
{
    KeyRateTable table;
    table.protocol = options.protocol;
    table.preset = options.preset;
    table.attenuationDbPerKm =
        ReadNumber("--attenuation-db-per-km", options.attenuation, 0.0, 1000.0);
    table.extraLossDb = ReadNumber("--loss-db", options.loss, 0.0, 1000.0);
    if (!options.classicalPower.empty())
    {
        table.classicalPowerDbm =
            ReadNumber("--classical-power-dbm", options.classicalPower, LEAST_DBM, MOST_DBM);
    }
    table.hasVanishingPower = options.vanishingPower;
    const std::vector<double> lengths = ReadLengths(options.lengthKm);
    const Ptr<QkdProtocol> protocol = MakeProtocol(options);
    for (const double lengthKm : lengths)
    {
        const QuantumLinkBudget budget = MakeBudget(table, lengthKm, table.classicalPowerDbm);
        const QkdRatePoint point = protocol->GetRate(budget);
        const QkdBlockPlan plan = protocol->PlanBlock(budget);
        KeyRateRow row;
        row.lengthKm = lengthKm;
        row.lossDb = budget.lossDb;
        row.bitPerPulse = point.bitPerPulse;
        row.rateBps = point.rateBps;
        row.qber = point.qber;
        if (plan.duration.IsStrictlyPositive())
        {
            row.blockS = plan.duration.GetSeconds();
        }
        if (table.hasVanishingPower)
        {
            row.vanishingPowerDbm = FindVanishingPower(protocol, table, lengthKm);
        }
        table.rows.push_back(row);
    }
    table.reachKm = FindReach(protocol, table);
    return table;
}

/// Draw the plot.
void
Draw(const KeyRateTable& table, const std::filesystem::path& file)
{
    const std::string name = ArgumentChecker::PlotName(file);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    PlotWriter().WritePlot(KeyRateWriter().MakePlot(table, name), folder, name, std::cerr);
}

int
Run(const Options& options)
{
    if (options.format != "json" && options.format != "csv")
    {
        throw ScenarioError("--format",
                            "",
                            Excerpt(options.format) + " is no format",
                            "give json or csv");
    }
    const KeyRateTable table = MakeTable(options);
    if (!options.plot.empty())
    {
        Draw(table, options.plot);
    }
    if (options.format == "csv")
    {
        KeyRateWriter().WriteCsv(table, std::cout);
    }
    else
    {
        KeyRateWriter().WriteJson(table, std::cout);
    }
    return 0;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Options options;
        ParseOptions(argc, argv, options);
        return Run(options);
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const ReportError& error)
    {
        std::cerr << "qkdn-key-rate: " << error.what() << std::endl;
        return 1;
    }
}
