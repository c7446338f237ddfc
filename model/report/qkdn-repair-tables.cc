/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-repair-tables.h"

#include "qkdn-html-table.h"
#include "qkdn-report-format.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Digits of availabilities and mean times.
constexpr int DIGITS = 8;

/**
 * @brief Components that fail at random.
 * @param results the results
 * @param os where to
 */
void
WriteProcesses(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table("Components that fail at random",
                    {"type",
                     "component",
                     "mean up time (s)",
                     "distribution",
                     "shortened by",
                     "mean repair work (s)",
                     "distribution of it",
                     "faults",
                     "availability",
                     "by the means, without waiting"});
    for (const FaultProcessResult& process : results.faultProcesses)
    {
        const auto availability = process.GetAvailability();
        table.AddRow({process.type,
                      process.target,
                      FormatNumber(process.up.meanS, DIGITS),
                      TimeDistributionName(process.up.kind),
                      FormatNumber(process.acceleration, DIGITS),
                      FormatNumber(process.repair.meanS, DIGITS),
                      TimeDistributionName(process.repair.kind),
                      FormatCount(process.faults),
                      availability ? FormatNumber(*availability, DIGITS) : "-",
                      FormatNumber(process.GetExpectedAvailability(), DIGITS)});
    }
    table.Write("There was none.", os);
}

/**
 * @brief What repair crews did.
 * @param results the results
 * @param os where to
 */
void
WriteRepairs(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table("Repair orders",
                    {"order",
                     "component",
                     "ordered (s)",
                     "crew",
                     "dispatched (s)",
                     "arrived (s)",
                     "done (s)",
                     "outcome",
                     "sessions",
                     "faults"});
    for (const RepairRecord& repair : results.repairs)
    {
        table.AddRow({std::to_string(repair.order.number),
                      repair.order.component,
                      FormatSeconds(repair.order.ordered),
                      repair.crew > 0 ? std::to_string(repair.crew) : "-",
                      FormatSeconds(repair.dispatched),
                      FormatSeconds(repair.arrived),
                      FormatSeconds(repair.done),
                      RepairOutcomeName(repair.outcome),
                      FormatCount(repair.order.sessions),
                      FormatCount(repair.faults.size())});
    }
    table.Write("There was none.", os);
}

} // namespace

void
RepairTables::Write(const ExperimentResults& results, std::ostream& os) const
{
    const std::string verdict = Verdict(results);
    if (!verdict.empty())
    {
        WriteProcesses(results, os);
        os << "<p>" << EscapeHtml(verdict) << "</p>\n";
    }
    if (!results.repairs.empty())
    {
        WriteRepairs(results, os);
    }
}

std::string
RepairTables::Verdict(const ExperimentResults& results)
{
    const auto& processes = results.faultProcesses;
    if (processes.empty())
    {
        return "";
    }
    uint64_t faults = 0;
    for (const FaultProcessResult& process : processes)
    {
        faults += process.faults;
    }
    const auto [least, most] =
        std::minmax_element(processes.begin(), processes.end(), [](const auto& a, const auto& b) {
            return a.acceleration < b.acceleration;
        });
    std::string factor = FormatNumber(least->acceleration, DIGITS);
    if (most->acceleration > least->acceleration)
    {
        factor += " to " + FormatNumber(most->acceleration, DIGITS);
    }
    const bool real = least->acceleration == 1.0 && most->acceleration == 1.0;
    return FormatCount(processes.size()) +
           (processes.size() == 1 ? " component fails" : " components fail") +
           " at random: " + FormatCount(faults) + (faults == 1 ? " fault" : " faults") +
           "; up times are " +
           (real ? "not accelerated."
                 : "shortened by a factor of " + factor +
                       " (acceleration): availability is that of this setting.");
}

} // namespace qkdn
} // namespace ns3
