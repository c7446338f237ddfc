/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-page-data.h"

#include "qkdn-html-page.h"
#include "qkdn-page-sections.h"
#include "qkdn-report-format.h"

namespace ns3
{
namespace qkdn
{

void
PageDataWriter::Write(const ExperimentResults& results, std::ostream& os) const
{
    PageNotes notes;
    PageJson json;
    json["scenario"] = results.scenario;
    json["simulated_s"] = SecondsOf(results.simulated);
    json["warm_up_s"] = SecondsOf(results.warmUp);
    json["map"] = MakeMapSection(results);
    json["status"] = MakeStatusSection(results, notes);
    json["supply"] = MakeSupplySection(results, notes);
    json["pools"] = MakePoolSection(results, notes);
    json["recoveries"] = MakeRecoverySection(results, notes);
    json["events"] = MakeEventSection(results, notes);
    json["notes"] = notes;
    os << HtmlPage::EscapeJson(json.dump(-1, ' ', false, PageJson::error_handler_t::replace));
}

} // namespace qkdn
} // namespace ns3
