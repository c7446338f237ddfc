/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-writer.h"

#include "qkdn-report-format.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

using CampaignJson = nlohmann::ordered_json;

/**
 * @brief A number that may be missing.
 * @param number the number
 * @return the number or null
 */
CampaignJson
NumberOrNull(const std::optional<double>& number)
{
    return number ? CampaignJson(*number) : CampaignJson(nullptr);
}

/**
 * @brief A number that may be missing.
 * @param number the number
 * @return a cell
 */
std::string
NumberCell(const std::optional<double>& number)
{
    return number ? FormatNumber(*number) : std::string();
}

/**
 * @brief Add the limits of an interval that may be missing.
 * @param interval the interval
 * @param [in,out] json where they go
 */
void
AddLimits(const std::optional<ConfidenceInterval>& interval, CampaignJson& json)
{
    json["low"] = interval ? CampaignJson(interval->low) : CampaignJson(nullptr);
    json["high"] = interval ? CampaignJson(interval->high) : CampaignJson(nullptr);
}

/**
 * @brief Statistics of a metric.
 * @param statistics the statistics
 * @return the object, null if there are none
 */
CampaignJson
StatisticsToJson(const std::optional<SampleStatistics>& statistics)
{
    if (!statistics)
    {
        return nullptr;
    }
    CampaignJson json;
    json["count"] = statistics->count;
    json["mean"] = statistics->mean;
    json["standard_deviation"] = NumberOrNull(statistics->standardDeviation);
    AddLimits(statistics->interval, json);
    json["minimum"] = statistics->minimum;
    json["median"] = statistics->median;
    json["maximum"] = statistics->maximum;
    return json;
}

/**
 * @brief An availability.
 * @param availability the statistics
 * @return the object, null if there are none
 */
CampaignJson
AvailabilityToJson(const std::optional<AvailabilityStatistics>& availability)
{
    if (!availability)
    {
        return nullptr;
    }
    CampaignJson json;
    json["count"] = availability->sample.count;
    json["mean"] = availability->sample.mean;
    AddLimits(availability->interval, json);
    json["nines"] = NumberOrNull(availability->nines);
    json["nines_low"] = NumberOrNull(availability->ninesLow);
    json["nines_high"] = NumberOrNull(availability->ninesHigh);
    json["no_outage_bound"] = nullptr;
    if (availability->bound)
    {
        json["no_outage_bound"] = CampaignJson{
            {"outage_run_upper", availability->bound->outageRunUpper},
            {"availability_lower", availability->bound->availabilityLower},
            {"nines_lower", NumberOrNull(availability->bound->nines)},
            {"interruptions_per_s_upper", availability->bound->interruptionRateUpperPerS}};
    }
    return json;
}

/**
 * @brief A proportion.
 * @param proportion the proportion
 * @return the object
 */
CampaignJson
ProportionToJson(const ProportionStatistics& proportion)
{
    CampaignJson json{{"count", proportion.count}, {"trials", proportion.trials}};
    json["proportion"] = proportion.trials > 0
                             ? CampaignJson(static_cast<double>(proportion.count) /
                                            static_cast<double>(proportion.trials))
                             : CampaignJson(nullptr);
    AddLimits(proportion.interval, json);
    return json;
}

/**
 * @brief Quantiles.
 * @param quantiles the quantiles
 * @return the object, null if there are none
 */
CampaignJson
QuantilesToJson(const std::optional<QuantileStatistics>& quantiles)
{
    return quantiles ? CampaignJson{{"count", quantiles->count},
                                    {"p50", quantiles->p50},
                                    {"p90", quantiles->p90},
                                    {"p95", quantiles->p95},
                                    {"p99", quantiles->p99},
                                    {"maximum", quantiles->maximum}}
                     : CampaignJson(nullptr);
}

/**
 * @brief The metrics.
 * @return an array that describes them
 */
CampaignJson
MetricsToJson()
{
    CampaignJson json = CampaignJson::array();
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const RunMetricDescription& metric = DescribeRunMetric(static_cast<RunMetric>(i));
        json.push_back(CampaignJson{{"name", metric.name},
                                    {"label", metric.label},
                                    {"unit", metric.unit},
                                    {"less_is_better", metric.lessIsBetter}});
    }
    return json;
}

/**
 * @brief A run.
 * @param run the run
 * @return the object
 */
CampaignJson
RunToJson(const RunFigures& run)
{
    CampaignJson json{{"scenario", run.scenario}, {"run", run.run}, {"seed", run.seed}};
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        json[DescribeRunMetric(static_cast<RunMetric>(i)).name] = NumberOrNull(run.values[i]);
    }
    return json;
}

/**
 * @brief The sessions of a variant.
 * @param series the variant
 * @param confidence of intervals
 * @return an array
 */
CampaignJson
SessionsToJson(const CampaignSeries& series, double confidence)
{
    std::vector<std::string> ids;
    for (const RunFigures& run : series.runs)
    {
        for (const RunSession& session : run.sessions)
        {
            if (std::find(ids.begin(), ids.end(), session.id) == ids.end())
            {
                ids.push_back(session.id);
            }
        }
    }
    CampaignJson json = CampaignJson::array();
    for (const std::string& id : ids)
    {
        json.push_back(CampaignJson{
            {"id", id},
            {"availability",
             AvailabilityToJson(DescribeSessionAvailability(series, id, confidence))}});
    }
    return json;
}

/**
 * @brief A variant.
 * @param series the variant
 * @param confidence of intervals
 * @return the object
 */
CampaignJson
SeriesToJson(const CampaignSeries& series, double confidence)
{
    CampaignJson json{{"name", series.variant.name}};
    json["class"] = series.variant.resilienceClass.empty()
                        ? CampaignJson(nullptr)
                        : CampaignJson(series.variant.resilienceClass);
    json["set"] = series.variant.sets;
    json["availability"] = AvailabilityToJson(DescribeAvailability(series, confidence));
    json["proportions"] = CampaignJson{
        {"recovered_episodes", ProportionToJson(DescribeRecovered(series, confidence))},
        {"runs_with_outage", ProportionToJson(DescribeOutageRuns(series, confidence))}};
    json["quantiles"] =
        CampaignJson{{"recovery_s", QuantilesToJson(DescribeRecoveryTimes(series))},
                     {"interruption_s", QuantilesToJson(DescribeInterruptions(series))}};
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const auto metric = static_cast<RunMetric>(i);
        json["statistics"][DescribeRunMetric(metric).name] =
            StatisticsToJson(DescribeMetric(series, metric, confidence));
    }
    json["sessions"] = SessionsToJson(series, confidence);
    json["runs"] = CampaignJson::array();
    for (const RunFigures& run : series.runs)
    {
        json["runs"].push_back(RunToJson(run));
    }
    return json;
}

/**
 * @brief Differences of a variant from the first one.
 * @param series the variant
 * @param base the first variant
 * @param confidence of intervals
 * @return the object
 */
CampaignJson
DifferenceToJson(const CampaignSeries& series, const CampaignSeries& base, double confidence)
{
    CampaignJson json{{"class", series.variant.name}, {"minus", base.variant.name}};
    for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
    {
        const auto metric = static_cast<RunMetric>(i);
        json["statistics"][DescribeRunMetric(metric).name] =
            StatisticsToJson(DescribeDifference(series, base, metric, confidence));
    }
    return json;
}

/**
 * @brief The stop rule.
 * @param results the campaign
 * @return the object, null if there is none
 */
CampaignJson
StopRuleToJson(const CampaignResults& results)
{
    if (!results.stopRule)
    {
        return nullptr;
    }
    return CampaignJson{{"metric", DescribeRunMetric(results.stopRule->metric).name},
                        {"relative_half_width", results.stopRule->relativeWidth},
                        {"minimum_runs", results.stopRule->minimumRuns},
                        {"batch_runs", results.stopRule->batchRuns},
                        {"met", results.stopped}};
}

/**
 * @brief Write a line of statistics.csv.
 * @param name the variant
 * @param base the variant that is taken off, or empty
 * @param metric the metric
 * @param statistics its statistics, if any
 * @param os where to
 */
void
WriteStatisticsLine(const std::string& name,
                    const std::string& base,
                    RunMetric metric,
                    const std::optional<SampleStatistics>& statistics,
                    std::ostream& os)
{
    const RunMetricDescription& description = DescribeRunMetric(metric);
    os << EscapeCsv(name) << "," << EscapeCsv(base) << "," << description.name << ","
       << description.unit << ",";
    if (!statistics)
    {
        os << "0,,,,,,,\n";
        return;
    }
    os << statistics->count << "," << FormatNumber(statistics->mean) << ","
       << NumberCell(statistics->standardDeviation) << ",";
    os << (statistics->interval ? FormatNumber(statistics->interval->low) + "," +
                                      FormatNumber(statistics->interval->high)
                                : ",");
    os << "," << FormatNumber(statistics->minimum) << "," << FormatNumber(statistics->median) << ","
       << FormatNumber(statistics->maximum) << "\n";
}

} // namespace

void
CampaignWriter::WriteJson(const CampaignResults& results, std::ostream& os) const
{
    const std::vector<RunFigures>& runs = results.series.front().runs;
    CampaignJson json;
    json["kind"] = "replications";
    json["scenarios"] = results.scenarios;
    json["description"] = runs.front().description;
    json["ns3_version"] = runs.front().ns3Version;
    json["seed"] = runs.front().seed;
    json["replications"] = runs.size();
    json["planned_runs"] = results.plannedRuns;
    json["confidence"] = results.confidence;
    json["same_faults"] = results.haveSameFaults;
    json["stop_rule"] = StopRuleToJson(results);
    json["metrics"] = MetricsToJson();
    json["classes"] = CampaignJson::array();
    json["differences"] = CampaignJson::array();
    for (const CampaignSeries& series : results.series)
    {
        json["classes"].push_back(SeriesToJson(series, results.confidence));
        if (&series != &results.series.front())
        {
            json["differences"].push_back(
                DifferenceToJson(series, results.series.front(), results.confidence));
        }
    }
    os << json.dump(1, ' ', false, CampaignJson::error_handler_t::replace) << "\n";
}

void
CampaignWriter::WriteRuns(const CampaignResults& results, std::ostream& os) const
{
    os << "scenario,class,run,seed";
    for (const std::string& name : RunMetricNames())
    {
        os << "," << name;
    }
    os << "\n";
    for (const CampaignSeries& series : results.series)
    {
        for (const RunFigures& run : series.runs)
        {
            os << EscapeCsv(run.scenario) << "," << EscapeCsv(series.variant.name) << ","
               << std::to_string(run.run) << "," << std::to_string(run.seed);
            for (const std::optional<double>& value : run.values)
            {
                os << "," << NumberCell(value);
            }
            os << "\n";
        }
    }
}

void
CampaignWriter::WriteSessions(const CampaignResults& results, std::ostream& os) const
{
    os << "scenario,class,run,session,availability,interruptions,outage_s,longest_outage_s\n";
    for (const CampaignSeries& series : results.series)
    {
        for (const RunFigures& run : series.runs)
        {
            for (const RunSession& session : run.sessions)
            {
                double longest = 0.0;
                for (const RunInterruption& interruption : session.interruptions)
                {
                    longest = std::max(longest, interruption.endS - interruption.startS);
                }
                os << EscapeCsv(run.scenario) << "," << EscapeCsv(series.variant.name) << ","
                   << std::to_string(run.run) << "," << EscapeCsv(session.id) << ","
                   << NumberCell(session.availability) << ","
                   << std::to_string(session.interruptions.size()) << ","
                   << FormatNumber(session.GetOutageS()) << "," << FormatNumber(longest) << "\n";
            }
        }
    }
}

void
CampaignWriter::WriteStatistics(const CampaignResults& results, std::ostream& os) const
{
    os << "class,minus,metric,unit,count,mean,standard_deviation,low,high,minimum,median,maximum\n";
    const CampaignSeries& base = results.series.front();
    for (const CampaignSeries& series : results.series)
    {
        for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
        {
            const auto metric = static_cast<RunMetric>(i);
            WriteStatisticsLine(series.variant.name,
                                "",
                                metric,
                                DescribeMetric(series, metric, results.confidence),
                                os);
        }
    }
    for (std::size_t k = 1; k < results.series.size(); ++k)
    {
        const CampaignSeries& series = results.series[k];
        for (std::size_t i = 0; i < RUN_METRIC_COUNT; ++i)
        {
            const auto metric = static_cast<RunMetric>(i);
            WriteStatisticsLine(series.variant.name,
                                base.variant.name,
                                metric,
                                DescribeDifference(series, base, metric, results.confidence),
                                os);
        }
    }
}

} // namespace qkdn
} // namespace ns3
