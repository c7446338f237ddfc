/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-limits.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-processes.h"
#include "qkdn-scenario-find.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Most names in a list of a message, and most bytes of one.
constexpr std::size_t MOST_NAMES = 255;

/// Bits of a packet of classical congestion.
constexpr double LOAD_PACKET_BITS = 1500 * 8;

/// Both directions of a link are congested.
constexpr double DIRECTIONS = 2;

/**
 * @brief A number in an error message.
 * @param number the number
 * @return it, rounded
 */
std::string
RoundText(double number)
{
    return std::to_string(std::llround(number));
}

/**
 * @brief Check the names that a QKD link is described with.
 * @param scenario the scenario
 * @param link the link
 * @param place its JSON pointer
 * @param source name of the file
 */
void
CheckNames(const Scenario& scenario,
           const ScenarioQkdLink& link,
           const std::string& place,
           const std::string& source)
{
    if (link.fibres.size() > MOST_NAMES)
    {
        throw ScenarioError(source,
                            place + "/fibres",
                            "QKD link " + QuoteId(link.id) + " has " +
                                std::to_string(link.fibres.size()) + " fibres",
                            "give at most " + std::to_string(MOST_NAMES));
    }
    std::set<std::string> groups;
    for (std::size_t i = 0; i < scenario.fibres.size(); ++i)
    {
        const ScenarioFibre& fibre = scenario.fibres[i];
        if (std::find(link.fibres.begin(), link.fibres.end(), fibre.id) == link.fibres.end())
        {
            continue;
        }
        for (const std::string& group : fibre.riskGroups)
        {
            if (group.empty() || group.size() > MOST_NAMES)
            {
                throw ScenarioError(source,
                                    GetScenarioElementPlace(fibre, "fibres", i) + "/risk_groups",
                                    "the name " + QuoteId(group) + " has " +
                                        std::to_string(group.size()) + " bytes",
                                    "give one of 1 to " + std::to_string(MOST_NAMES));
            }
            groups.insert(group);
        }
    }
    if (groups.size() > MOST_NAMES)
    {
        throw ScenarioError(source,
                            place + "/fibres",
                            "the fibres of QKD link " + QuoteId(link.id) + " are in " +
                                std::to_string(groups.size()) + " risk groups",
                            "give at most " + std::to_string(MOST_NAMES));
    }
}

/**
 * @brief Check the number of requests.
 * @param scenario the scenario
 * @param source name of the file
 */
void
CheckRequests(const Scenario& scenario, const std::string& source)
{
    if (scenario.simulation.supply == ScenarioSupply::FLOW)
    {
        return;
    }
    const auto most = static_cast<double>(scenario.simulation.maxRequests);
    double requests = 0;
    for (std::size_t i = 0; i < scenario.sessions.size(); ++i)
    {
        const ScenarioSession& session = scenario.sessions[i];
        requests += session.rateKeysPerS * (session.stop - session.start).GetSeconds();
        if (requests > most)
        {
            throw ScenarioError(source,
                                "/sessions/" + std::to_string(i) + "/rate_keys_per_s",
                                "the sessions up to this one make " + RoundText(requests) +
                                    " requests in the run, more than " + RoundText(most),
                                "give less, shorten the run, give \"flow\" for "
                                "/simulation/supply, or raise /simulation/max_requests if the "
                                "computer has half a kilobyte for each");
        }
    }
}

/// Adds up the packets of classical congestion.
class LoadCounter
{
  public:
    /**
     * @brief Constructor
     * @param most packets that there may be
     * @param source name of the file
     */
    LoadCounter(double most, const std::string& source)
        : m_most(most),
          m_source(source)
    {
    }

    /**
     * @brief Add some congestion.
     * @param loadBps its load, bit/s
     * @param seconds its time
     * @param place JSON pointer to its fault
     */
    void Add(double loadBps, double seconds, const std::string& place)
    {
        m_packets += DIRECTIONS * loadBps * seconds / LOAD_PACKET_BITS;
        if (m_packets > m_most)
        {
            throw ScenarioError(m_source,
                                place + "/load_bps",
                                "the congestion up to this one makes " + RoundText(m_packets) +
                                    " packets in the run, more than " + RoundText(m_most),
                                "give less, or raise /simulation/max_load_packets");
        }
    }

  private:
    double m_most;               //!< that there may be
    const std::string& m_source; //!< name of the file
    double m_packets{0};         //!< so far
};

/**
 * @brief Check the load of classical congestion.
 * @param scenario the scenario
 * @param source name of the file
 */
void
CheckCongestion(const Scenario& scenario, const std::string& source)
{
    LoadCounter counter(static_cast<double>(scenario.simulation.maxLoadPackets), source);
    const Time end = scenario.simulation.duration;
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
    {
        const ScenarioFault& fault = scenario.faults[i];
        const Time rest = end - fault.at;
        const Time lasts = std::min(fault.repairAfter.value_or(rest), rest);
        counter.Add(fault.loadBps, lasts.GetSeconds(), GetScenarioElementPlace(fault, "faults", i));
    }
    for (std::size_t i = 0; i < scenario.faultProcesses.size(); ++i)
    {
        const ScenarioFaultProcess& process = scenario.faultProcesses[i];
        if (process.type != ScenarioFaultType::CLASSICAL_CONGESTION)
        {
            continue;
        }
        for (const ScenarioFault& fault : FindProcessComponents(scenario, process))
        {
            const double upS = GetProcessMeanUpS(scenario, process, fault) / process.acceleration;
            const double share = process.repair.meanS / (process.repair.meanS + upS);
            counter.Add(process.loadBps,
                        share * (end - process.start).GetSeconds(),
                        "/fault_processes/" + std::to_string(i));
        }
    }
}

} // namespace

void
CheckScenarioLimits(const Scenario& scenario, const std::string& source)
{
    for (std::size_t i = 0; i < scenario.qkdLinks.size(); ++i)
    {
        const ScenarioQkdLink& link = scenario.qkdLinks[i];
        CheckNames(scenario, link, GetScenarioElementPlace(link, "qkd_links", i), source);
    }
    CheckRequests(scenario, source);
    CheckCongestion(scenario, source);
}

} // namespace qkdn
} // namespace ns3
