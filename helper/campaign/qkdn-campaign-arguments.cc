/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-arguments.h"

#include "ns3/qkdn-csv-fields.h"
#include "ns3/qkdn-report-format.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr double MAX_RUNS = 1000000;       //!< runs of a campaign
constexpr double MAX_JOBS = 4096;          //!< processes at a time
constexpr double LAST_SEED = 4294967295;   //!< of RngSeedManager
constexpr double LONGEST_TIME_S = 1e9;     //!< of times of enumerated failures
constexpr uint32_t DEFAULT_MIN_RUNS = 10;  //!< runs before the stop rule is looked at
constexpr uint32_t DEFAULT_BATCH_RUNS = 5; //!< runs between two looks

/**
 * @brief Split a text.
 * @param text the text
 * @param separator between the parts
 * @return the parts; none of an empty text
 */
std::vector<std::string>
SplitText(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream is(text);
    for (std::string part; std::getline(is, part, separator);)
    {
        parts.push_back(part);
    }
    return parts;
}

/**
 * @brief Names in a row.
 * @param names the names
 * @return separated by commas
 */
std::string
NameList(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names)
    {
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

/**
 * @brief Throw unless a text is one of some names.
 * @param option the option
 * @param text the text
 * @param names the names
 */
void
RequireOneOf(const std::string& option,
             const std::string& text,
             const std::vector<std::string>& names)
{
    if (std::find(names.begin(), names.end(), text) == names.end())
    {
        throw ScenarioError(option,
                            "",
                            QuoteId(text) + " is none that it accepts" + DidYouMean(text, names),
                            "give one of " + NameList(names));
    }
}

/**
 * @brief A number in a range.
 * @param option the option
 * @param text the text
 * @param low smallest number
 * @param high largest number
 * @return the number
 */
double
ReadReal(const std::string& option, const std::string& text, double low, double high)
{
    double value = 0.0;
    if (!ReadCsvNumber(text, value) || !(value >= low && value <= high))
    {
        throw ScenarioError(option,
                            "",
                            QuoteId(text) + " is none that it accepts",
                            "give a number from " + FormatNumber(low) + " to " +
                                FormatNumber(high));
    }
    return value;
}

/**
 * @brief A whole number in a range.
 * @param option the option
 * @param text the text
 * @param high largest number
 * @return the number, at least 1
 */
uint32_t
ReadWhole(const std::string& option, const std::string& text, double high)
{
    double value = 0.0;
    if (!ReadCsvNumber(text, value) || !(value >= 1 && value <= high) || value != std::floor(value))
    {
        throw ScenarioError(option,
                            "",
                            QuoteId(text) + " is none that it accepts",
                            "give a whole number from 1 to " + FormatNumber(high));
    }
    return static_cast<uint32_t>(value);
}

/**
 * @brief A time.
 * @param option the option
 * @param text seconds
 * @param low shortest time, s
 * @return the time
 */
Time
ReadTime(const std::string& option, const std::string& text, double low)
{
    return NanoSeconds(std::llround(ReadReal(option, text, low, LONGEST_TIME_S) * 1e9));
}

/**
 * @brief A value of option --variant.
 * @param text name, and changes that begin with "/" or "class=", separated by ";"
 * @return the variant
 */
CampaignVariant
ReadVariant(const std::string& text)
{
    const std::vector<std::string> parts = SplitText(text, ';');
    CampaignVariant variant;
    const std::string ofClass = "class=";
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
        if (i == 0)
        {
            variant.name = parts[i];
        }
        else if (parts[i].rfind(ofClass, 0) == 0)
        {
            variant.resilienceClass = parts[i].substr(ofClass.size());
        }
        else
        {
            ScenarioReader::ParseOverride(parts[i]);
            variant.sets.push_back(parts[i]);
        }
    }
    if (variant.name.empty() || parts.size() < 2)
    {
        throw ScenarioError("--variant",
                            "",
                            QuoteId(text) + " has not the form NAME;CHANGE;...",
                            "give one such as link-1:1;/protection_groups/0/class=link-1:1");
    }
    return variant;
}

/**
 * @brief What is compared.
 * @param arguments the texts
 * @return the variants: classes first; the file as it is if there is nothing else
 */
std::vector<CampaignVariant>
ReadVariants(const CampaignArguments& arguments)
{
    std::vector<CampaignVariant> variants;
    for (const std::string& name : SplitText(arguments.classes, ','))
    {
        variants.push_back({name, name, {}});
    }
    for (const std::string& text : arguments.variants)
    {
        variants.push_back(ReadVariant(text));
    }
    if (variants.empty())
    {
        variants.push_back({"as in the file", "", {}});
    }
    return variants;
}

/**
 * @brief Throw if an option was given that needs another one.
 * @param option the option
 * @param text its text
 * @param needed the other one
 */
void
RequireWith(const std::string& option, const std::string& text, const std::string& needed)
{
    if (!text.empty())
    {
        throw ScenarioError(option, "", "goes with " + needed, "leave it out, or give " + needed);
    }
}

/**
 * @brief The stop rule.
 * @param arguments the texts
 * @param runs runs of the campaign
 * @return the rule, if there is one
 */
std::optional<CampaignStopRule>
ReadStopRule(const CampaignArguments& arguments, uint32_t runs)
{
    if (arguments.stopWidth.empty())
    {
        RequireWith("--stop-metric", arguments.stopMetric, "--stop-width");
        RequireWith("--min-runs", arguments.minimumRuns, "--stop-width");
        RequireWith("--batch-runs", arguments.batchRuns, "--stop-width");
        return std::nullopt;
    }
    CampaignStopRule rule;
    rule.relativeWidth = ReadReal("--stop-width", arguments.stopWidth, 1e-6, 10);
    if (!arguments.stopMetric.empty())
    {
        RequireOneOf("--stop-metric", arguments.stopMetric, RunMetricNames());
        rule.metric = *FindRunMetric(arguments.stopMetric);
    }
    rule.minimumRuns = arguments.minimumRuns.empty()
                           ? std::min(DEFAULT_MIN_RUNS, runs)
                           : ReadWhole("--min-runs", arguments.minimumRuns, MAX_RUNS);
    rule.batchRuns = arguments.batchRuns.empty()
                         ? DEFAULT_BATCH_RUNS
                         : ReadWhole("--batch-runs", arguments.batchRuns, MAX_RUNS);
    if (rule.minimumRuns < 2 || rule.minimumRuns > runs)
    {
        throw ScenarioError("--min-runs",
                            "",
                            std::to_string(rule.minimumRuns) + " runs are too few or too many",
                            "give at least 2, and at most --runs");
    }
    return rule;
}

/**
 * @brief Read what belongs to an enumeration.
 * @param arguments the texts
 * @param [in,out] options where it goes
 */
void
ReadEnumeration(const CampaignArguments& arguments, CampaignOptions& options)
{
    if (arguments.enumerate.empty())
    {
        RequireWith("--fault-at-s", arguments.faultAt, "--enumerate");
        RequireWith("--horizon-s", arguments.horizon, "--enumerate");
        RequireWith("--repair-after-s", arguments.repairAfter, "--enumerate");
        return;
    }
    std::vector<std::string> names;
    for (const auto& [name, kind] : FailureKindNames())
    {
        names.emplace_back(name);
        options.enumerate = arguments.enumerate == name ? kind : options.enumerate;
    }
    RequireOneOf("--enumerate", arguments.enumerate, names);
    if (!arguments.runs.empty() || !arguments.stopWidth.empty())
    {
        throw ScenarioError(arguments.runs.empty() ? "--stop-width" : "--runs",
                            "",
                            "an enumeration has one run for each failure",
                            "leave it out");
    }
    if (!arguments.faultAt.empty())
    {
        options.times.faultAt = ReadTime("--fault-at-s", arguments.faultAt, 0);
    }
    if (!arguments.horizon.empty())
    {
        options.times.horizon = ReadTime("--horizon-s", arguments.horizon, 1e-3);
    }
    if (!arguments.repairAfter.empty())
    {
        options.times.repairAfter = ReadTime("--repair-after-s", arguments.repairAfter, 1e-9);
    }
}

/**
 * @brief Read how processes are run.
 * @param arguments the texts
 * @param [in,out] options where it goes
 */
void
ReadExecution(const CampaignArguments& arguments, CampaignOptions& options)
{
    options.output = arguments.output;
    options.program = arguments.program;
    options.sshLogin = arguments.sshLogin;
    if (!arguments.jobs.empty())
    {
        options.jobs = ReadWhole("--jobs", arguments.jobs, MAX_JOBS);
    }
    if (!arguments.onlyRuns.empty())
    {
        const std::vector<std::string> ends = SplitText(arguments.onlyRuns, ':');
        if (ends.size() != 2)
        {
            throw ScenarioError("--only-runs",
                                "",
                                QuoteId(arguments.onlyRuns) + " has not the form FIRST:LAST",
                                "give one such as 1:10");
        }
        options.onlyRuns = ReplicationRange{ReadWhole("--only-runs", ends[0], MAX_RUNS),
                                            ReadWhole("--only-runs", ends[1], MAX_RUNS)};
        if (options.onlyRuns->first > options.onlyRuns->last)
        {
            throw ScenarioError("--only-runs",
                                "",
                                QuoteId(arguments.onlyRuns) + " ends before it begins",
                                "give the smaller number first");
        }
    }
}

} // namespace

CampaignOptions
ReadCampaignArguments(const CampaignArguments& arguments)
{
    CampaignOptions options;
    options.scenarios = SplitText(arguments.scenarios, ',');
    if (options.scenarios.empty())
    {
        throw ScenarioError("--scenario", "", "is missing", "give --scenario=FILE");
    }
    RequireOneOf("--format", arguments.format, {"text", "json"});
    options.variants = ReadVariants(arguments);
    options.sets = arguments.sets;
    for (const std::string& set : options.sets)
    {
        ScenarioReader::ParseOverride(set);
    }
    if (!arguments.seed.empty())
    {
        options.seed = ReadWhole("--seed", arguments.seed, LAST_SEED);
    }
    if (!arguments.runs.empty())
    {
        options.runs = ReadWhole("--runs", arguments.runs, MAX_RUNS);
    }
    if (!arguments.confidence.empty())
    {
        options.confidence = ReadReal("--confidence", arguments.confidence, 0.5, 0.999999);
    }
    options.stop = ReadStopRule(arguments, options.runs);
    options.allowOtherFaults = arguments.allowOtherFaults;
    options.files = SplitText(arguments.keep, ',');
    for (const std::string& file : options.files)
    {
        RequireOneOf("--keep", file, ResultsWriter::GetDataFiles());
    }
    ReadEnumeration(arguments, options);
    ReadExecution(arguments, options);
    return options;
}

} // namespace qkdn
} // namespace ns3
