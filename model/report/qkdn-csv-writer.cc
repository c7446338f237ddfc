/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-csv-writer.h"

#include "qkdn-report-format.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief A list in one cell.
 * @param items the items
 * @return the items joined by ';'
 */
std::string
Join(const std::vector<std::string>& items)
{
    std::string joined;
    for (const auto& item : items)
    {
        joined += (joined.empty() ? "" : ";") + item;
    }
    return joined;
}

/**
 * @brief A number that may be missing.
 * @param number the number
 * @return the number, or an empty cell
 */
std::string
OrEmpty(const std::optional<uint64_t>& number)
{
    return number ? std::to_string(*number) : std::string();
}

} // namespace

void
CsvWriter::WriteRecoveries(const ExperimentResults& results, std::ostream& os) const
{
    os << "fault,also_faults,session_or_group,mechanism,trigger,incidents,detected,t_fault_s";
    for (int i = 0; i < STAGE_COUNT; ++i)
    {
        os << "," << RecoveryStageName(static_cast<RecoveryStage>(i)) << "_s";
    }
    for (int i = 0; i < RESUMPTION_COUNT; ++i)
    {
        os << "," << ResumptionPartName(static_cast<ResumptionPart>(i)) << "_s";
    }
    os << ",total_s,outage_s,route_before,route_after,hops_before,hops_after,extra_key_bits,"
          "recovery_routes,demand_bps,recovered_bps,control_messages,control_bytes,wasted_bits,"
          "reverted_at_s,outcome\n";
    for (const auto& recovery : results.recoveries)
    {
        os << EscapeCsv(recovery.fault) << "," << EscapeCsv(Join(recovery.alsoFaults)) << ","
           << EscapeCsv(recovery.sessionOrGroup) << "," << EscapeCsv(recovery.mechanism) << ","
           << EscapeCsv(recovery.trigger) << "," << EscapeCsv(Join(recovery.incidents)) << ","
           << (recovery.IsDetected() ? 1 : 0) << "," << FormatSeconds(recovery.markers.fault);
        const RecoveryStages stages = recovery.markers.ComputeStages();
        for (const auto& length : stages.stage)
        {
            os << "," << FormatSeconds(length);
        }
        for (const auto& length : stages.part)
        {
            os << "," << FormatSeconds(length);
        }
        os << "," << FormatSeconds(stages.total) << "," << FormatSeconds(recovery.outage) << ","
           << EscapeCsv(Join(recovery.routeBefore)) << "," << EscapeCsv(Join(recovery.routeAfter))
           << "," << OrEmpty(recovery.GetHopsBefore()) << "," << OrEmpty(recovery.GetHopsAfter())
           << "," << std::to_string(recovery.extraKeyBits) << ","
           << std::to_string(recovery.recoveryRoutes) << "," << OrEmpty(recovery.demandBps) << ","
           << OrEmpty(recovery.recoveredBps) << "," << std::to_string(recovery.controlMessages)
           << "," << std::to_string(recovery.controlBytes) << ","
           << std::to_string(recovery.wastedBits) << "," << FormatSeconds(recovery.revertedAt)
           << "," << RecoveryOutcomeName(recovery.outcome) << "\n";
    }
}

void
CsvWriter::WriteKeySupply(const ExperimentResults& results, std::ostream& os) const
{
    os << "session,sequence,issued_s,handed_over_s,delay_s,outcome,attempts,key_bits,erroneous\n";
    for (const auto& request : results.requests)
    {
        os << EscapeCsv(request.session) << "," << std::to_string(request.sequence) << ","
           << FormatSeconds(request.issued) << "," << FormatSeconds(request.handedOver) << ","
           << FormatSeconds(request.GetDelay()) << "," << RequestOutcomeName(request.outcome) << ","
           << std::to_string(request.attempts) << "," << std::to_string(request.keyBits) << ","
           << (request.erroneous ? 1 : 0) << "\n";
    }
}

void
CsvWriter::WritePools(const ExperimentResults& results, std::ostream& os) const
{
    os << "time_s,link,km,stored_bits,own_bits,peer_bits,unconfirmed_bits\n";
    for (const auto& sample : results.poolSamples)
    {
        os << FormatSeconds(sample.time) << "," << EscapeCsv(sample.link) << ","
           << EscapeCsv(sample.km) << "," << std::to_string(sample.storedBit) << ","
           << std::to_string(sample.ownBit) << "," << std::to_string(sample.peerBit) << ","
           << std::to_string(sample.unconfirmedBit) << "\n";
    }
}

void
CsvWriter::WriteRouteUses(const ExperimentResults& results, std::ostream& os) const
{
    os << "session,from_s,to_s,role,route,keys\n";
    for (const RouteUseResult& use : results.routeUses)
    {
        os << EscapeCsv(use.session) << "," << FormatSeconds(use.from) << ","
           << FormatSeconds(use.to) << "," << use.role << "," << EscapeCsv(Join(use.kms)) << ","
           << std::to_string(use.keys) << "\n";
    }
}

void
CsvWriter::WriteCharging(const ExperimentResults& results, std::ostream& os) const
{
    os << "session,class,opened_s,until_s,base";
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        const std::string name = ChargedUseName(static_cast<ChargedUse>(use));
        os << "," << name << "_bits," << name << "_charge";
    }
    os << ",violations,excess_s,credit,total\n";
    for (const auto& charge : results.charges)
    {
        const ChargedService& service = charge.service;
        os << EscapeCsv(charge.session) << "," << EscapeCsv(charge.resilienceClass) << ","
           << FormatSeconds(service.opened) << "," << FormatSeconds(service.until) << ","
           << std::to_string(charge.amounts.base);
        for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
        {
            os << "," << std::to_string(service.bits[use]) << ","
               << std::to_string(charge.amounts.uses[use]);
        }
        os << "," << std::to_string(service.violations) << "," << FormatSeconds(service.excess)
           << "," << std::to_string(charge.amounts.credit) << ","
           << std::to_string(charge.amounts.GetTotal()) << "\n";
    }
}

void
CsvWriter::WriteCauses(const ExperimentResults& results, std::ostream& os) const
{
    os << "cause,kind,component,alarms,incident,opened_s,closed_s,state,absorbed_by,named,faults\n";
    for (const CauseResult& cause : results.causes)
    {
        std::string faults;
        for (const std::string& fault : cause.faults)
        {
            faults += (faults.empty() ? "" : ";") + fault;
        }
        os << cause.number << "," << EscapeCsv(cause.kind) << "," << EscapeCsv(cause.component)
           << "," << cause.alarms << "," << EscapeCsv(cause.incident) << ","
           << FormatSeconds(cause.opened) << ","
           << (cause.closed ? FormatSeconds(*cause.closed) : std::string()) << "," << cause.state
           << "," << (cause.absorbedBy > 0 ? std::to_string(cause.absorbedBy) : std::string())
           << "," << (cause.faults.empty() ? "no" : "yes") << "," << EscapeCsv(faults) << "\n";
    }
}

void
CsvWriter::WriteKeyFlow(const ExperimentResults& results, std::ostream& os) const
{
    os << "time_s,controller,km,neighbour,working_bps,protection_bps,shared_bps,extra_bps,"
          "recovery_bps\n";
    for (const EventResult& event : results.eventLog)
    {
        if (event.kind != "key-flow")
        {
            continue;
        }
        // the facts of the entry are the columns
        os << FormatSeconds(event.time) << "," << EscapeCsv(event.entity);
        for (const auto& fact : event.detail)
        {
            os << "," << EscapeCsv(fact.second);
        }
        os << "\n";
    }
}

} // namespace qkdn
} // namespace ns3
