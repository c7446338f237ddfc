/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-event-log.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

uint64_t
EventLog::Add(const std::string& kind,
              const std::string& entity,
              IncidentId incident,
              Detail detail)
{
    EventResult entry;
    entry.id = m_entries.size() + 1;
    entry.time = Simulator::Now();
    entry.kind = kind;
    entry.entity = entity;
    entry.incident = incident.ToString();
    entry.detail = std::move(detail);
    m_entries.push_back(std::move(entry));
    return m_entries.back().id;
}

const std::vector<EventResult>&
EventLog::GetEntries() const
{
    return m_entries;
}

std::string
EventLog::RouteText(RouteId route)
{
    return route.IsValid() ? std::to_string(route.value) : std::string();
}

} // namespace qkdn
} // namespace ns3
