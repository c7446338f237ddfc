/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CAMPAIGN_RESULTS_H
#define QKDN_CAMPAIGN_RESULTS_H

#include "qkdn-run-figures.h"
#include "qkdn-sample-statistics.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One of the ways to run a scenario that a campaign compares.
 */
struct CampaignVariant
{
    std::string name;              //!< its name in results
    std::string resilienceClass;   //!< class of all sessions; empty: as in the file
    std::vector<std::string> sets; //!< changes, each as the value of option --set
};

/**
 * @ingroup qkdn-resilience
 * @brief A variant with its runs.
 */
struct CampaignSeries
{
    CampaignVariant variant;      //!< the variant
    std::vector<RunFigures> runs; //!< in the order of the replications, the same for all variants
};

/**
 * @ingroup qkdn-resilience
 * @brief When a campaign may end before its last run.
 */
struct CampaignStopRule
{
    RunMetric metric{METRIC_OUTAGE}; //!< the metric that has to be known well enough
    double relativeWidth{0.0};       //!< largest half width of its interval, of its mean
    uint32_t minimumRuns{0};         //!< runs before the first look
    uint32_t batchRuns{0};           //!< runs from one look to the next
};

/**
 * @ingroup qkdn-resilience
 * @brief The runs of a campaign.
 */
struct CampaignResults
{
    std::vector<std::string> scenarios;       //!< names of the scenarios
    uint32_t plannedRuns{0};                  //!< runs of each scenario at most
    double confidence{0.95};                  //!< of all intervals
    std::optional<CampaignStopRule> stopRule; //!< if there is one
    bool stopped{false};                      //!< the stop rule was met
    bool haveSameFaults{true};                //!< each replication has the same faults everywhere
    std::vector<CampaignSeries> series;       //!< by variant
};

/**
 * @ingroup qkdn-resilience
 * @brief A proportion.
 */
struct ProportionStatistics
{
    uint64_t count{0};                          //!< how often
    uint64_t trials{0};                         //!< of how many
    std::optional<ConfidenceInterval> interval; //!< by Wilson; none without trials
};

/**
 * @ingroup qkdn-resilience
 * @brief What can be said of a variant of which no run had an interruption: one-sided bounds.
 */
struct NoOutageBound
{
    double outageRunUpper{1.0};            //!< probability that a run has an interruption
    double availabilityLower{0.0};         //!< availability, if such a run had no key supply at all
    std::optional<double> nines;           //!< of that
    double interruptionRateUpperPerS{0.0}; //!< interruptions per second of the measured time
};

/**
 * @ingroup qkdn-resilience
 * @brief Availability of a variant.
 */
struct AvailabilityStatistics
{
    SampleStatistics sample;                    //!< of the runs
    std::optional<ConfidenceInterval> interval; //!< that of the sample within [0, 1]
    std::optional<double> nines;                //!< of the mean; none if it is 1
    std::optional<double> ninesLow;             //!< of the lower limit
    std::optional<double> ninesHigh;            //!< of the upper limit; none if it is 1
    std::optional<NoOutageBound> bound;         //!< if no run had an interruption
};

/**
 * @ingroup qkdn-resilience
 * @brief Quantiles of what all runs of a variant have seen together.
 */
struct QuantileStatistics
{
    std::size_t count{0}; //!< number of values
    double p50{0.0};      //!< median
    double p90{0.0};      //!< 90 % quantile
    double p95{0.0};      //!< 95 % quantile
    double p99{0.0};      //!< 99 % quantile
    double maximum{0.0};  //!< largest value
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether the runs of each variant are equal in all metrics, so that intervals between them
 * say nothing: nothing in the scenario is random.
 * @param results the campaign
 * @return true if so and there are two runs of each or more
 */
bool AreRunsEqual(const CampaignResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief The statistics of a metric of a variant.
 * @param series the variant
 * @param metric the metric
 * @param confidence of the interval
 * @return the statistics of the runs that have it, none if none has
 */
std::optional<SampleStatistics> DescribeMetric(const CampaignSeries& series,
                                               RunMetric metric,
                                               double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The differences of a metric between two variants, run by run (paired differences: the
 * replications of a campaign have common random numbers).
 * @param series the variant
 * @param base the variant that is taken off
 * @param metric the metric
 * @param confidence of the interval
 * @return the statistics of the replications that have it in both, none if none has
 */
std::optional<SampleStatistics> DescribeDifference(const CampaignSeries& series,
                                                   const CampaignSeries& base,
                                                   RunMetric metric,
                                                   double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The availability of all sessions of a variant.
 * @param series the variant
 * @param confidence of interval and bounds
 * @return the statistics, none without a measured session
 */
std::optional<AvailabilityStatistics> DescribeAvailability(const CampaignSeries& series,
                                                           double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief The availability of one session of a variant.
 * @param series the variant
 * @param session id of the session
 * @param confidence of interval and bounds
 * @return the statistics, none if it was not measured
 */
std::optional<AvailabilityStatistics> DescribeSessionAvailability(const CampaignSeries& series,
                                                                  const std::string& session,
                                                                  double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief Failure episodes that the means of the class ended in time, of all. The interval takes
 * them for independent, which those of one failure are not.
 * @param series the variant
 * @param confidence of the interval
 * @return the proportion
 */
ProportionStatistics DescribeRecovered(const CampaignSeries& series, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief Runs with an interruption, of all.
 * @param series the variant
 * @param confidence of the interval
 * @return the proportion
 */
ProportionStatistics DescribeOutageRuns(const CampaignSeries& series, double confidence);

/**
 * @ingroup qkdn-resilience
 * @brief Times from fault to first key of all episodes that ended, seconds.
 * @param series the variant
 * @return the quantiles, none without an episode
 */
std::optional<QuantileStatistics> DescribeRecoveryTimes(const CampaignSeries& series);

/**
 * @ingroup qkdn-resilience
 * @brief Lengths of all interruptions of sessions, seconds.
 * @param series the variant
 * @return the quantiles, none without an interruption
 */
std::optional<QuantileStatistics> DescribeInterruptions(const CampaignSeries& series);

/**
 * @ingroup qkdn-resilience
 * @brief Whether a stop rule is met: in each variant the half width of the interval of the mean
 * is at most the given share of the mean. A metric that is 0 in all runs so far has no relative
 * width, and the rule is not met.
 * @param results the runs, with a stop rule
 * @return true if the campaign may end
 */
bool MeetsStopRule(const CampaignResults& results);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CAMPAIGN_RESULTS_H */
