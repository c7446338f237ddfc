/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_EVENT_LOG_WRITER_H
#define QKDN_EVENT_LOG_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes events.jsonl: one JSON object a line, with id, time_s, kind, entity, incident
 * (null for none) and detail (an object of strings).
 */
class EventLogWriter
{
  public:
    /**
     * @brief Write the event log.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_EVENT_LOG_WRITER_H */
