/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RUN_FIGURES_H
#define QKDN_RUN_FIGURES_H

#include <array>
#include <cstddef>
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
 * @brief The figures of a run that a campaign compares.
 */
enum RunMetric
{
    METRIC_AVAILABILITY,       //!< mean of the availabilities of the sessions
    METRIC_INTERRUPTIONS,      //!< interruptions of all sessions
    METRIC_OUTAGE,             //!< interrupted time of all sessions together
    METRIC_LONGEST_OUTAGE,     //!< the longest interruption of a session
    METRIC_TOLERATION,         //!< interruptions longer than tolerated
    METRIC_REQUESTED,          //!< keys asked for
    METRIC_LATE,               //!< keys handed over too late
    METRIC_LOST,               //!< requests without a key
    METRIC_ON_TIME,            //!< share of the decided requests that were on time
    METRIC_FAULTS,             //!< faults that struck
    METRIC_EPISODES,           //!< failure episodes of sessions
    METRIC_RECOVERED,          //!< of these, those that the means of the class ended in time
    METRIC_KEY_RATE_RECOVERED, //!< share of the failed key rate that was recovered
    METRIC_MORE_KEY,           //!< key that longer routes took, of all generated
    METRIC_RECOVERY_TIME,      //!< mean time from fault to first key of the episodes that ended
    METRIC_KEY_DELAY,          //!< mean KSA-key response delay
    METRIC_THROUGHPUT,         //!< supplied key bits per second of all sessions
    METRIC_SPENT,              //!< bits of QKD links for each bit supplied, without authentication
    METRIC_WASTED,             //!< of these, the share of keys that never came about
    METRIC_SPARE,              //!< key rate of routes beyond those that a key needs
    METRIC_CONTROL_MESSAGES,   //!< messages of control and management
    METRIC_CONTROL_BYTES,      //!< their bytes
    METRIC_EXPOSED             //!< supplied key bits that attackers know
};

/// Number of metrics.
constexpr std::size_t RUN_METRIC_COUNT = METRIC_EXPOSED + 1;

/**
 * @ingroup qkdn-resilience
 * @brief Describes a metric.
 */
struct RunMetricDescription
{
    const char* name;  //!< for columns and keys, with its unit
    const char* label; //!< for people, without unit
    const char* unit;  //!< for example "s"; "1" for ratios and numbers
    bool lessIsBetter; //!< a small value is good
    int decimals;      //!< in the text table
};

/**
 * @ingroup qkdn-resilience
 * @brief Describe a metric.
 * @param metric the metric
 * @return its description
 */
const RunMetricDescription& DescribeRunMetric(RunMetric metric);

/**
 * @ingroup qkdn-resilience
 * @brief Find a metric by its name.
 * @param name the name
 * @return the metric, none if there is none of that name
 */
std::optional<RunMetric> FindRunMetric(const std::string& name);

/**
 * @ingroup qkdn-resilience
 * @brief The names of all metrics.
 * @return the names, in order
 */
std::vector<std::string> RunMetricNames();

/**
 * @ingroup qkdn-resilience
 * @brief A failure episode of a session in a run.
 */
struct RunEpisode
{
    std::string session;          //!< id of the session
    std::string outcome;          //!< recovered, toleration-exceeded, not-recovered or repaired
    std::optional<double> totalS; //!< from the fault to the first key, if it came
};

/**
 * @ingroup qkdn-resilience
 * @brief A time without key supply.
 */
struct RunInterruption
{
    double startS{0.0}; //!< its begin
    double endS{0.0};   //!< its end
};

/**
 * @ingroup qkdn-resilience
 * @brief What a run did to a session.
 */
struct RunSession
{
    std::string id;                             //!< its id
    std::optional<double> availability;         //!< in the measured time
    std::vector<RunInterruption> interruptions; //!< in order of time

    /**
     * @brief Its interrupted time from an instant on.
     * @param fromS the instant, s
     * @return the time, s
     */
    double GetOutageS(double fromS = 0.0) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The figures of a run.
 */
struct RunFigures
{
    std::string scenario;    //!< name of the scenario
    std::string description; //!< what it shows
    std::string ns3Version;  //!< release of ns-3
    uint32_t seed{0};        //!< seed of the random streams
    uint64_t run{0};         //!< run number of the random streams
    double measuredS{0.0};   //!< measured time
    std::array<std::optional<double>, RUN_METRIC_COUNT> values; //!< by metric; none without a base
    std::vector<RunEpisode> episodes;                           //!< of sessions
    std::vector<RunSession> sessions;                           //!< in the order of the scenario

    /**
     * @brief Whether the key supply of a session was interrupted.
     * @return true if there was an interruption in the measured time
     */
    bool HasOutage() const;

    /**
     * @brief Read the figures of a run.
     * @param file its summary.json
     * @return the figures
     * @throw ReportError if the file cannot be read or is not a summary
     */
    static RunFigures ReadFile(const std::string& file);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RUN_FIGURES_H */
