/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROL_TRAFFIC_H
#define QKDN_CONTROL_TRAFFIC_H

#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Control messages that were sent, all of them and those that a failure caused.
 */
class ControlTraffic
{
  public:
    /// Messages and bytes.
    struct Figures
    {
        uint64_t messages{0}; //!< messages
        uint64_t bytes{0};    //!< bytes on the TCP stream, or in UDP datagrams
    };

    /**
     * @brief Count a message.
     * @param bytes its size
     * @param incident the failure behind it, or none
     */
    void Add(uint32_t bytes, IncidentId incident)
    {
        Count(m_total, bytes);
        if (incident.IsValid())
        {
            Count(m_byIncident[incident], bytes);
        }
    }

    /**
     * @brief All messages.
     * @return the figures
     */
    const Figures& GetTotal() const
    {
        return m_total;
    }

    /**
     * @brief The messages that a failure caused.
     * @param incident the failure
     * @return the figures
     */
    Figures GetOf(IncidentId incident) const
    {
        const auto found = m_byIncident.find(incident);
        return found == m_byIncident.end() ? Figures() : found->second;
    }

    /**
     * @brief The messages that failures caused.
     * @return the figures by failure
     */
    const std::map<IncidentId, Figures>& GetIncidents() const
    {
        return m_byIncident;
    }

    /**
     * @brief Add messages that a failure caused at another rank of a run by several processes. They
     * do not count among all messages, which each rank has for itself.
     * @param incident the failure
     * @param figures the messages
     */
    void AddOfOtherRank(IncidentId incident, const Figures& figures)
    {
        Figures& mine = m_byIncident[incident];
        mine.messages += figures.messages;
        mine.bytes += figures.bytes;
    }

  private:
    /**
     * @brief Count a message.
     * @param [in,out] figures where
     * @param bytes its size
     */
    static void Count(Figures& figures, uint32_t bytes)
    {
        ++figures.messages;
        figures.bytes += bytes;
    }

    Figures m_total;                            //!< all
    std::map<IncidentId, Figures> m_byIncident; //!< those that failures caused
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROL_TRAFFIC_H */
