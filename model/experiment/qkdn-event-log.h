/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_EVENT_LOG_H
#define QKDN_EVENT_LOG_H

#include "qkdn-results.h"

#include "ns3/qkdn-ids.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The log of what happened in a run, in order of time.
 */
class EventLog
{
  public:
    /// Further facts, in order.
    using Detail = std::vector<std::pair<std::string, std::string>>;

    /**
     * @brief Write an entry at the present time.
     * @param kind kind of event
     * @param entity who or what
     * @param incident the failure behind it, or none
     * @param detail further facts
     * @return number of the entry, from 1
     */
    uint64_t Add(const std::string& kind,
                 const std::string& entity,
                 IncidentId incident,
                 Detail detail);

    /**
     * @brief All entries.
     * @return the entries in order
     */
    const std::vector<EventResult>& GetEntries() const;

    /**
     * @brief A route as the log names it.
     * @param route the route, or none
     * @return its number, or nothing
     */
    static std::string RouteText(RouteId route);

  private:
    std::vector<EventResult> m_entries; //!< the entries
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_EVENT_LOG_H */
