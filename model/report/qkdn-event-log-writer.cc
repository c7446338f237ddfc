/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-event-log-writer.h"

#include "qkdn-report-format.h"

#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

void
EventLogWriter::Write(const ExperimentResults& results, std::ostream& os) const
{
    using Json = nlohmann::ordered_json;
    for (const auto& event : results.eventLog)
    {
        Json json;
        json["id"] = event.id;
        json["time_s"] = SecondsOf(event.time);
        json["kind"] = event.kind;
        json["entity"] = event.entity;
        json["incident"] = event.incident.empty() ? Json(nullptr) : Json(event.incident);
        json["detail"] = Json::object();
        for (const auto& [key, value] : event.detail)
        {
            json["detail"][key] = value;
        }
        os << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    }
}

} // namespace qkdn
} // namespace ns3
