/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-run-figures.h"

#include "qkdn-report-error.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A number that may be null.
 * @param json the value
 * @return the number, none for null
 */
std::optional<double>
NumberOrNone(const nlohmann::json& json)
{
    return json.is_null() ? std::nullopt : std::optional<double>(json.get<double>());
}

/**
 * @brief A ratio.
 * @param part the part
 * @param whole the whole
 * @return part / whole, none without a whole
 */
std::optional<double>
Ratio(double part, double whole)
{
    return whole > 0 ? std::optional<double>(part / whole) : std::nullopt;
}

/**
 * @brief What a run did to a session.
 * @param json the session in summary.json
 * @return its figures
 */
RunSession
ReadRunSession(const nlohmann::json& json)
{
    RunSession session;
    session.id = json.at("id").get<std::string>();
    session.availability = NumberOrNone(json.at("availability"));
    for (const auto& gap : json.at("interruptions"))
    {
        session.interruptions.push_back(
            {gap.at("start_s").get<double>(), gap.at("end_s").get<double>()});
    }
    return session;
}

/**
 * @brief Add what is summed up or averaged over the sessions.
 * @param json "sessions" of summary.json
 * @param [in,out] figures the figures of the run, with its sessions
 */
void
AddSessionMetrics(const nlohmann::json& json, RunFigures& figures)
{
    double requested = 0;
    double supplied = 0;
    double late = 0;
    double lost = 0;
    double violations = 0;
    double delay = 0;
    double answered = 0;
    double throughput = 0;
    double availability = 0;
    std::size_t measured = 0;
    for (const auto& session : json)
    {
        requested += session.at("requested").get<double>();
        supplied += session.at("supplied").get<double>();
        late += session.at("late").get<double>();
        lost += session.at("lost").get<double>();
        violations += session.at("toleration_violations").get<double>();
        throughput += NumberOrNone(session.at("throughput_bps")).value_or(0);
        if (!session.at("kkrd_s").is_null())
        {
            const double keys = session["supplied"].get<double>();
            delay += session["kkrd_s"].at("mean").get<double>() * keys;
            answered += keys;
        }
        if (!session.at("availability").is_null())
        {
            availability += session["availability"].get<double>();
            ++measured;
        }
    }
    auto& values = figures.values;
    values[METRIC_AVAILABILITY] = Ratio(availability, static_cast<double>(measured));
    values[METRIC_TOLERATION] = violations;
    values[METRIC_REQUESTED] = requested;
    values[METRIC_LATE] = late;
    values[METRIC_LOST] = lost;
    values[METRIC_ON_TIME] = Ratio(supplied - late, supplied + lost);
    values[METRIC_KEY_DELAY] = Ratio(delay, answered);
    values[METRIC_THROUGHPUT] = throughput;
}

/**
 * @brief Add what interruptions come to.
 * @param [in,out] figures the figures of the run, with its sessions
 */
void
AddOutageMetrics(RunFigures& figures)
{
    double count = 0;
    double total = 0;
    double longest = 0;
    for (const RunSession& session : figures.sessions)
    {
        count += static_cast<double>(session.interruptions.size());
        total += session.GetOutageS();
        for (const RunInterruption& interruption : session.interruptions)
        {
            longest = std::max(longest, interruption.endS - interruption.startS);
        }
    }
    figures.values[METRIC_INTERRUPTIONS] = count;
    figures.values[METRIC_OUTAGE] = total;
    figures.values[METRIC_LONGEST_OUTAGE] = longest;
}

/**
 * @brief Add the failure episodes of sessions.
 * @param json "recoveries" of summary.json
 * @param [in,out] figures the figures of the run, with its sessions
 */
void
AddEpisodes(const nlohmann::json& json, RunFigures& figures)
{
    std::set<std::string> ids;
    for (const RunSession& session : figures.sessions)
    {
        ids.insert(session.id);
    }
    double recovered = 0;
    double ended = 0;
    double time = 0;
    for (const auto& recovery : json)
    {
        const auto session = recovery.at("session_or_group").get<std::string>();
        if (ids.count(session) == 0)
        {
            continue; // a protection group
        }
        const RunEpisode episode{session,
                                 recovery.at("outcome").get<std::string>(),
                                 NumberOrNone(recovery.at("total_s"))};
        recovered += episode.outcome == "recovered" ? 1 : 0;
        ended += episode.totalS ? 1 : 0;
        time += episode.totalS.value_or(0);
        figures.episodes.push_back(episode);
    }
    figures.values[METRIC_EPISODES] = static_cast<double>(figures.episodes.size());
    figures.values[METRIC_RECOVERED] = recovered;
    figures.values[METRIC_RECOVERY_TIME] = Ratio(time, ended);
}

/**
 * @brief Add what the run cost.
 * @param json summary.json
 * @param [in,out] figures the figures of the run
 */
void
AddCosts(const nlohmann::json& json, RunFigures& figures)
{
    const auto& book = json.at("conservation").at("kma").at("total");
    double spent = 0;
    for (const char* use :
         {"relay_working", "relay_protection", "relay_extra", "direct_supply", "wasted"})
    {
        spent += book.at(use).get<double>();
    }
    const auto& supplied = json.at("conservation").at("ksa").at("total").at("supplied");
    const auto& network = json.at("network");
    // flow mode leaves out what is wasted and what attackers read: their zeros say nothing
    const bool keys = json.at("supply").get<std::string>() == "keys";
    auto& values = figures.values;
    values[METRIC_FAULTS] = static_cast<double>(json.at("faults").size());
    values[METRIC_SPENT] = Ratio(spent, supplied.get<double>());
    values[METRIC_WASTED] = keys ? Ratio(book.at("wasted").get<double>(), spent) : std::nullopt;
    values[METRIC_SPARE] = NumberOrNone(network.at("spare_key_rate_bps"));
    values[METRIC_KEY_RATE_RECOVERED] = NumberOrNone(network.at("secret_key_recovery_ratio"));
    values[METRIC_MORE_KEY] = NumberOrNone(network.at("secret_key_consumption_ratio"));
    values[METRIC_CONTROL_MESSAGES] = network.at("control_messages").get<double>();
    values[METRIC_CONTROL_BYTES] = network.at("control_bytes").get<double>();
    if (keys)
    {
        values[METRIC_EXPOSED] = network.at("exposed_bits").get<double>();
    }
}

/**
 * @brief The figures of a summary.
 * @param json summary.json
 * @return the figures
 */
RunFigures
ToFigures(const nlohmann::json& json)
{
    RunFigures figures;
    figures.scenario = json.at("scenario").get<std::string>();
    figures.description = json.at("description").get<std::string>();
    figures.ns3Version = json.at("ns3_version").get<std::string>();
    figures.seed = json.at("seed").get<uint32_t>();
    figures.run = json.at("run").get<uint64_t>();
    figures.measuredS = json.at("simulated_s").get<double>() - json.at("warm_up_s").get<double>();
    for (const auto& session : json.at("sessions"))
    {
        figures.sessions.push_back(ReadRunSession(session));
    }
    AddSessionMetrics(json.at("sessions"), figures);
    AddOutageMetrics(figures);
    AddEpisodes(json.at("recoveries"), figures);
    AddCosts(json, figures);
    return figures;
}

/// Descriptions by metric.
const std::array<RunMetricDescription, RUN_METRIC_COUNT> DESCRIPTIONS = {{
    {"availability", "availability", "1", false, 6},
    {"interruptions", "interruptions", "1", true, 1},
    {"outage_s", "interrupted time of all sessions", "s", true, 1},
    {"longest_outage_s", "longest interruption", "s", true, 1},
    {"toleration_violations", "interruptions longer than tolerated", "1", true, 1},
    {"requested", "keys asked for", "1", false, 0},
    {"late", "keys that came late", "1", true, 1},
    {"lost", "keys that never came", "1", true, 1},
    {"on_time_ratio", "share of keys on time", "1", false, 6},
    {"faults", "faults", "1", true, 1},
    {"episodes", "failure episodes of sessions", "1", true, 1},
    {"recovered", "failure episodes recovered", "1", false, 1},
    {"key_rate_recovered_ratio", "share of failed key rate recovered", "1", false, 3},
    {"more_key_ratio", "share of key that longer routes took", "1", true, 5},
    {"recovery_s", "mean time to recover", "s", true, 3},
    {"key_delay_s", "mean response delay of keys", "s", true, 6},
    {"throughput_bps", "supplied key rate", "bit/s", false, 1},
    {"spent_bits_per_bit", "key bits spent per bit supplied", "1", true, 2},
    {"wasted_ratio", "share of spent key bits wasted", "1", true, 3},
    {"spare_key_rate_bps", "key rate of spare routes", "bit/s", true, 0},
    {"control_messages", "control messages", "1", true, 0},
    {"control_bytes", "bytes of control messages", "byte", true, 0},
    {"exposed_bits", "supplied key bits that attackers know", "bit", true, 0},
}};

} // namespace

const RunMetricDescription&
DescribeRunMetric(RunMetric metric)
{
    return DESCRIPTIONS.at(metric);
}

std::optional<RunMetric>
FindRunMetric(const std::string& name)
{
    const std::vector<std::string> names = RunMetricNames();
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end()
               ? std::nullopt
               : std::optional<RunMetric>(static_cast<RunMetric>(found - names.begin()));
}

std::vector<std::string>
RunMetricNames()
{
    std::vector<std::string> names;
    names.reserve(DESCRIPTIONS.size());
    for (const RunMetricDescription& description : DESCRIPTIONS)
    {
        names.emplace_back(description.name);
    }
    return names;
}

double
RunSession::GetOutageS(double fromS) const
{
    double sum = 0;
    for (const RunInterruption& interruption : interruptions)
    {
        sum += std::max(0.0, interruption.endS - std::max(fromS, interruption.startS));
    }
    return sum;
}

bool
RunFigures::HasOutage() const
{
    return std::any_of(sessions.begin(), sessions.end(), [](const RunSession& session) {
        return !session.interruptions.empty();
    });
}

RunFigures
RunFigures::ReadFile(const std::string& file)
{
    std::ifstream is(file, std::ios::binary);
    if (!is)
    {
        throw ReportError(file, "cannot be read; remove its folder, and the run is repeated");
    }
    try
    {
        return ToFigures(nlohmann::json::parse(is));
    }
    catch (const nlohmann::json::exception& error)
    {
        throw ReportError(file,
                          std::string("is no summary of a run (") + error.what() +
                              "); remove its folder, and the run is repeated");
    }
}

} // namespace qkdn
} // namespace ns3
