/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-csv-writer.h"

#include "qkdn-report-format.h"

#include <limits>
#include <string>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A number that is read back as the same one.
 * @param number the number
 * @return the number, or an empty cell
 */
std::string
ExactOrEmpty(const std::optional<double>& number)
{
    return number ? FormatNumber(*number, std::numeric_limits<double>::max_digits10)
                  : std::string();
}

} // namespace

void
FaultCsvWriter::WriteFaults(const ExperimentResults& results, std::ostream& os) const
{
    os << "id,at_s,type,target,repair_after_s,position,load_bps,added_qber,curve_file,curve,"
          "wiretap\n";
    for (const FaultResult& fault : results.faults)
    {
        const FaultParameters& parameters = fault.parameters;
        os << EscapeCsv(fault.id) << "," << FormatSeconds(fault.start) << ","
           << EscapeCsv(fault.type) << "," << EscapeCsv(fault.target) << ","
           << (fault.end ? FormatSeconds(*fault.end - fault.start) : std::string()) << ","
           << ExactOrEmpty(parameters.position) << "," << ExactOrEmpty(parameters.loadBps) << ","
           << ExactOrEmpty(parameters.addedQber) << "," << EscapeCsv(parameters.curveFile) << ","
           << EscapeCsv(parameters.curve) << ",";
        if (parameters.wiretap)
        {
            os << (*parameters.wiretap ? "true" : "false");
        }
        os << "\n";
    }
}

void
FaultCsvWriter::WriteRepairs(const ExperimentResults& results, std::ostream& os) const
{
    os << "order,component,ordered_s,dispatched_s,arrived_s,done_s,outcome,sessions,key_rate_bps,"
          "crew,faults\n";
    for (const RepairRecord& repair : results.repairs)
    {
        std::string faults;
        for (const std::string& fault : repair.faults)
        {
            faults += (faults.empty() ? "" : ";") + fault;
        }
        os << std::to_string(repair.order.number) << "," << EscapeCsv(repair.order.component) << ","
           << FormatSeconds(repair.order.ordered) << "," << FormatSeconds(repair.dispatched) << ","
           << FormatSeconds(repair.arrived) << "," << FormatSeconds(repair.done) << ","
           << RepairOutcomeName(repair.outcome) << "," << std::to_string(repair.order.sessions)
           << "," << FormatNumber(repair.order.keyRateBps, 12) << ","
           << (repair.crew > 0 ? std::to_string(repair.crew) : std::string()) << ","
           << EscapeCsv(faults) << "\n";
    }
}

} // namespace qkdn
} // namespace ns3
