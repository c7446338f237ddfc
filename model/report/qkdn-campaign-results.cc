/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-results.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Describe a sample that may be empty.
 * @param values the values
 * @param confidence of the interval
 * @return the statistics, none without values
 */
std::optional<SampleStatistics>
DescribeIfAny(const std::vector<double>& values, double confidence)
{
    return values.empty() ? std::nullopt
                          : std::optional<SampleStatistics>(DescribeSample(values, confidence));
}

/**
 * @brief What the absence of interruptions says.
 * @param runs number of runs
 * @param measuredS their measured time, s
 * @param confidence of the bounds
 * @return the bounds
 */
NoOutageBound
BoundWithoutOutage(std::size_t runs, double measuredS, double confidence)
{
    NoOutageBound bound;
    bound.outageRunUpper = ClopperPearsonUpper(0, runs, confidence);
    bound.availabilityLower = 1 - bound.outageRunUpper;
    bound.nines = Nines(bound.availabilityLower);
    bound.interruptionRateUpperPerS = PoissonRateUpper(0, measuredS, confidence);
    return bound;
}

/**
 * @brief Describe availability.
 * @param values availability in each run
 * @param hasOutage whether a run had an interruption
 * @param measuredS measured time of all runs, s
 * @param confidence of interval and bounds
 * @return the statistics, none without values
 */
std::optional<AvailabilityStatistics>
DescribeAvailabilities(const std::vector<double>& values,
                       bool hasOutage,
                       double measuredS,
                       double confidence)
{
    if (values.empty())
    {
        return std::nullopt;
    }
    AvailabilityStatistics statistics;
    statistics.sample = DescribeSample(values, confidence);
    statistics.nines = Nines(statistics.sample.mean);
    if (!hasOutage)
    {
        statistics.bound = BoundWithoutOutage(values.size(), measuredS, confidence);
    }
    else if (statistics.sample.interval)
    {
        const ConfidenceInterval& interval = *statistics.sample.interval;
        statistics.interval =
            ConfidenceInterval{std::max(0.0, interval.low), std::min(1.0, interval.high)};
        statistics.ninesLow = Nines(statistics.interval->low);
        statistics.ninesHigh = Nines(statistics.interval->high);
    }
    return statistics;
}

/**
 * @brief Make a proportion.
 * @param count how often
 * @param trials of how many
 * @param confidence of the interval
 * @return the proportion
 */
ProportionStatistics
MakeProportion(uint64_t count, uint64_t trials, double confidence)
{
    ProportionStatistics proportion{count, trials, std::nullopt};
    if (trials > 0)
    {
        proportion.interval = WilsonInterval(count, trials, confidence);
    }
    return proportion;
}

/**
 * @brief Quantiles of a sample that may be empty.
 * @param values the values
 * @return the quantiles, none without values
 */
std::optional<QuantileStatistics>
QuantilesIfAny(const std::vector<double>& values)
{
    if (values.empty())
    {
        return std::nullopt;
    }
    QuantileStatistics quantiles;
    quantiles.count = values.size();
    quantiles.p50 = SampleQuantile(values, 0.5);
    quantiles.p90 = SampleQuantile(values, 0.9);
    quantiles.p95 = SampleQuantile(values, 0.95);
    quantiles.p99 = SampleQuantile(values, 0.99);
    quantiles.maximum = *std::max_element(values.begin(), values.end());
    return quantiles;
}

} // namespace

std::optional<SampleStatistics>
DescribeMetric(const CampaignSeries& series, RunMetric metric, double confidence)
{
    std::vector<double> values;
    for (const RunFigures& run : series.runs)
    {
        if (run.values[metric])
        {
            values.push_back(*run.values[metric]);
        }
    }
    return DescribeIfAny(values, confidence);
}

std::optional<SampleStatistics>
DescribeDifference(const CampaignSeries& series,
                   const CampaignSeries& base,
                   RunMetric metric,
                   double confidence)
{
    std::vector<double> values;
    for (std::size_t i = 0; i < std::min(series.runs.size(), base.runs.size()); ++i)
    {
        const std::optional<double>& value = series.runs[i].values[metric];
        const std::optional<double>& other = base.runs[i].values[metric];
        if (value && other)
        {
            values.push_back(*value - *other);
        }
    }
    return DescribeIfAny(values, confidence);
}

std::optional<AvailabilityStatistics>
DescribeAvailability(const CampaignSeries& series, double confidence)
{
    std::vector<double> values;
    bool hasOutage = false;
    double measuredS = 0.0;
    for (const RunFigures& run : series.runs)
    {
        if (run.values[METRIC_AVAILABILITY])
        {
            values.push_back(*run.values[METRIC_AVAILABILITY]);
            hasOutage = hasOutage || run.HasOutage();
            measuredS += run.measuredS;
        }
    }
    return DescribeAvailabilities(values, hasOutage, measuredS, confidence);
}

std::optional<AvailabilityStatistics>
DescribeSessionAvailability(const CampaignSeries& series,
                            const std::string& session,
                            double confidence)
{
    std::vector<double> values;
    bool hasOutage = false;
    double measuredS = 0.0;
    for (const RunFigures& run : series.runs)
    {
        for (const RunSession& candidate : run.sessions)
        {
            if (candidate.id == session && candidate.availability)
            {
                values.push_back(*candidate.availability);
                hasOutage = hasOutage || !candidate.interruptions.empty();
                measuredS += run.measuredS;
            }
        }
    }
    return DescribeAvailabilities(values, hasOutage, measuredS, confidence);
}

ProportionStatistics
DescribeRecovered(const CampaignSeries& series, double confidence)
{
    uint64_t recovered = 0;
    uint64_t episodes = 0;
    for (const RunFigures& run : series.runs)
    {
        for (const RunEpisode& episode : run.episodes)
        {
            ++episodes;
            recovered += episode.outcome == "recovered" ? 1 : 0;
        }
    }
    return MakeProportion(recovered, episodes, confidence);
}

ProportionStatistics
DescribeOutageRuns(const CampaignSeries& series, double confidence)
{
    const auto count = std::count_if(series.runs.begin(),
                                     series.runs.end(),
                                     [](const RunFigures& run) { return run.HasOutage(); });
    return MakeProportion(static_cast<uint64_t>(count), series.runs.size(), confidence);
}

std::optional<QuantileStatistics>
DescribeRecoveryTimes(const CampaignSeries& series)
{
    std::vector<double> values;
    for (const RunFigures& run : series.runs)
    {
        for (const RunEpisode& episode : run.episodes)
        {
            if (episode.totalS)
            {
                values.push_back(*episode.totalS);
            }
        }
    }
    return QuantilesIfAny(values);
}

std::optional<QuantileStatistics>
DescribeInterruptions(const CampaignSeries& series)
{
    std::vector<double> values;
    for (const RunFigures& run : series.runs)
    {
        for (const RunSession& session : run.sessions)
        {
            for (const RunInterruption& interruption : session.interruptions)
            {
                values.push_back(interruption.endS - interruption.startS);
            }
        }
    }
    return QuantilesIfAny(values);
}

bool
AreRunsEqual(const CampaignResults& results)
{
    return std::all_of(results.series.begin(),
                       results.series.end(),
                       [](const CampaignSeries& series) {
                           const std::vector<RunFigures>& runs = series.runs;
                           return runs.size() > 1 &&
                                  std::all_of(runs.begin(), runs.end(), [&](const auto& run) {
                                      return run.values == runs.front().values;
                                  });
                       });
}

bool
MeetsStopRule(const CampaignResults& results)
{
    const CampaignStopRule& rule = *results.stopRule;
    return std::all_of(
        results.series.begin(),
        results.series.end(),
        [&](const CampaignSeries& series) {
            const auto statistics = DescribeMetric(series, rule.metric, results.confidence);
            return statistics && statistics->GetHalfWidth() && statistics->mean != 0.0 &&
                   *statistics->GetHalfWidth() <= rule.relativeWidth * std::fabs(statistics->mean);
        });
}

} // namespace qkdn
} // namespace ns3
